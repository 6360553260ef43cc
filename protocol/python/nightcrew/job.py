"""What a handler is given: one attempt of a job."""
from __future__ import annotations

from . import limits
from .json_value import quote, to_json

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional


class JobCancelled(BaseException):
    """Raised by :meth:`Job.raise_if_cancelled`. No ``Exception``, so that a handler's own ``except Exception``
    does not take it for a failure."""


class Job:
    """One attempt of a job. Its methods may be called from any thread of the worker's process."""

    __slots__ = ("request_id", "id", "attempt", "task", "parameters", "deadline", "checkpoint", "cancelled", "_write")

    def __init__(self, request_id: Any, params: Dict[str, Any], write: Callable[[str], None]) -> None:
        deadline = params.get("deadline")
        #: Of the request that brought the job; the protocol's business, not the handler's.
        self.request_id = request_id
        #: Number of the job within the workspace.
        self.id: int = params["jobId"]
        #: Which run of the job this is, from 1.
        self.attempt: int = params["attempt"]
        #: Name of the task.
        self.task: str = params["task"]
        #: What the handler gets as keyword arguments as well.
        self.parameters: Dict[str, Any] = params["parameters"]
        #: When the attempt will be ended, seconds since 1970 as ``time.time()`` has them; None when not known.
        self.deadline: Optional[float] = None if deadline is None else deadline / 1000
        #: What was saved last, by this attempt or an earlier one; None when nothing was.
        self.checkpoint: Any = params.get("checkpoint")
        #: Whether somebody has cancelled the job. Long loops look at it, or call `raise_if_cancelled`.
        self.cancelled = False
        self._write = write

    def progress(self, fraction: Optional[float] = None, message: Optional[str] = None) -> None:
        """Tells how far the job is: ``fraction`` from 0 to 1, ``message`` one line for people, of
        which the first 1,000 characters are shown."""
        members = f'"jobId":{self.id},"attempt":{self.attempt}'
        if fraction is not None:
            # Rounding errors of a loop are no reason to fail; `not a number` is unknown progress.
            within = min(1.0, max(0.0, float(fraction)))
            if fraction == fraction:
                members += f',"fraction":{within!r}'
        if message is not None:
            members += f',"message":{quote(str(message)[: limits.PROGRESS_MESSAGE])}'
        self._write('{"jsonrpc":"2.0","method":"$/progress","params":{%s}}' % members)

    def save_checkpoint(self, data: Any) -> None:
        """Saves what the next attempt needs to go on from here: any JSON value. Large state belongs in a file,
        and its path here; above 32 MiB of JSON it raises a ValueError, and nothing is saved."""
        checkpoint = to_json(data, "checkpoint")
        limits.require_size(
            len(checkpoint), limits.CHECKPOINT, "the checkpoint", "write the state to a file and save its path"
        )
        self._write(
            '{"jsonrpc":"2.0","method":"job/checkpoint","params":{"jobId":%d,"attempt":%d,"checkpoint":%s}}'
            % (self.id, self.attempt, checkpoint)
        )
        self.checkpoint = data

    def raise_if_cancelled(self) -> None:
        """Ends the handler if somebody has cancelled the job. Clean up in ``finally``, as always."""
        if self.cancelled:
            raise JobCancelled
