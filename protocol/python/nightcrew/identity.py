"""What this process is to the supervisor."""
from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

VERSION = "0.1.0"
PROTOCOL_VERSION = 1


class WorkerIdentity:
    """Filled in when the supervisor has accepted the worker; before that, and in a run by hand, empty."""

    def __init__(self) -> None:
        #: ``<pool>-<number>``, e.g. ``simulate-3``; stable over restarts.
        self.id: Optional[str] = None
        #: Name of the pool the worker belongs to.
        self.pool: Optional[str] = None
        #: Which start of this worker the process is, from 1.
        self.launch: Optional[int] = None
        #: Free metadata from the crew file, e.g. ``{"annotator": "ada"}``.
        self.labels: Dict[str, str] = {}

    def _accept(self, result: Dict[str, Any]) -> None:
        self.id = result["workerId"]
        self.pool = result["pool"]
        self.launch = result["launch"]
        self.labels = result["labels"]


worker = WorkerIdentity()
