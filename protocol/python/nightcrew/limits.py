"""How large things may be on the wire; ``x-limits`` of the protocol's schema."""
from __future__ import annotations

#: Bytes of a message.
FRAME = 67108864
#: Bytes of a checkpoint as JSON.
CHECKPOINT = 33554432
#: Characters of a progress message.
PROGRESS_MESSAGE = 1000

#: Bytes; what stands around a result in its message is less.
_ENVELOPE = 1024
#: Bytes of a result as JSON.
RESULT = FRAME - _ENVELOPE

#: Characters of what a failed job says. Its beginning tells what happened, a traceback's end where.
FAILURE_MESSAGE = 10000
TRACEBACK = 100000


class TooLarge(ValueError):
    """A value that does not fit into a message; the message says what to do instead."""


def require_size(size: int, limit: int, what: str, step: str) -> None:
    """Raises :class:`TooLarge` when ``what``, which has ``size`` bytes as JSON, is above the limit."""
    if size > limit:
        raise TooLarge(f"{what} has {size:,} bytes as JSON; at most {limit:,} can be sent: {step}")
