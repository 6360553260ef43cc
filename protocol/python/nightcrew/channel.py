"""The two ends of the protocol: framed JSON read from one file descriptor and written to another."""
from __future__ import annotations

import json
import os
import re
import select
import sys
import threading

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from typing import Any, Dict, List, NoReturn

_CHUNK = 65536
_MAX_HEADER = 1024
# Any header lines around the length, as the base framing allows.
_HEADER = re.compile(rb"(?:[^\r\n]+\r\n)*?Content-Length: *(\d+)\r\n(?:[^\r\n]+\r\n)*\r\n", re.IGNORECASE)

# Skips the search for white space that `json.loads` begins with: a body begins with `{`.
_decode = json.JSONDecoder().raw_decode


class Channel:
    """Reading is for one thread at a time, the caller sees to that; writing is for any thread at any time."""

    def __init__(self, input_descriptor: int, output_descriptor: int) -> None:
        self._input = input_descriptor
        self._output = output_descriptor
        #: The beginning of a message whose rest has not come yet, in the pieces in which it came.
        self._pieces: List[bytes] = []
        #: How many bytes that message needs at least to be worth looking at.
        self._missing = 1
        self._writing = threading.Lock()

    @classmethod
    def over_standard_streams(cls) -> "Channel":
        """Takes stdin and stdout away from everybody else: what the script, its libraries and native code print
        from now on goes to stderr, which is the log, and stdin is empty for them."""
        sys.stdout.flush()
        channel = cls(os.dup(0), os.dup(1))
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(line_buffering=True)
        if sys.platform == "win32":
            import msvcrt

            msvcrt.setmode(channel._input, os.O_BINARY)
            msvcrt.setmode(channel._output, os.O_BINARY)
        else:
            os.register_at_fork(after_in_child=channel._abandon)
        return channel

    def read(self) -> List[Dict[str, Any]]:
        """Waits for input and returns the messages that are complete by then, perhaps none.
        The end of the input ends the process."""
        chunk = os.read(self._input, _CHUNK)
        if not chunk:
            end_process(0)
        self._pieces.append(chunk)
        self._missing -= len(chunk)
        if self._missing > 0:
            return []
        received = chunk if len(self._pieces) == 1 else b"".join(self._pieces)
        length = len(received)
        messages = []
        start = 0
        needed = 1
        while start < length:
            header = _HEADER.match(received, start)
            if header is None:
                if length - start > _MAX_HEADER:
                    raise ValueError(f"the supervisor sent no header: {received[start:start + 80]!r}")
                break
            body = header.end()
            end = body + int(header[1])
            if end > length:
                needed = end - length
                break
            messages.append(_decode(received[body:end].decode())[0])
            start = end
        self._pieces = [received[start:]] if start < length else []
        self._missing = needed
        return messages

    def write(self, body: str) -> None:
        """Sends one message, which must be ASCII, in one piece."""
        frame = b"Content-Length: %d\r\n\r\n%b" % (len(body), body.encode("ascii"))
        try:
            with self._writing:
                written = os.write(self._output, frame)
                if written < len(frame):
                    self._write_rest(memoryview(frame)[written:])
        except BlockingIOError:
            with self._writing:
                self._write_rest(memoryview(frame))
        except BrokenPipeError:
            # Nobody will ever read what this process computes.
            end_process(1)
        except OSError as error:
            if self._output != -1:
                raise
            raise RuntimeError("a job reports only from the worker's own process, not from a forked one") from error

    def _write_rest(self, rest: memoryview) -> None:
        while rest:
            try:
                rest = rest[os.write(self._output, rest) :]
            except BlockingIOError:
                select.select([], [self._output], [])

    def _abandon(self) -> None:
        """In a forked child, which must neither speak for the worker nor hold its pipes open."""
        os.close(self._input)
        os.close(self._output)
        self._input = self._output = -1
        self._writing = threading.Lock()


def end_process(code: int) -> NoReturn:
    """Ends the process at once, from any thread, whatever the others do."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit(code)
