"""Starting: as a worker of a supervisor, or by hand in a terminal."""
from __future__ import annotations

import os
import signal
import sys

from .channel import Channel
from .identity import PROTOCOL_VERSION, VERSION, worker
from .json_value import to_json
from .runner import Runner
from .tasks import registered

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Dict, List, Optional, Tuple

_INITIALIZE = "initialize"


def run(*, prefetch: int = 32) -> None:
    """Works off jobs until the supervisor ends the worker. Call it last, in the main thread.

    ``prefetch`` is how many jobs the worker accepts to hold ahead of the running one: many short jobs run faster
    with it. Returns when the supervisor says so and nothing runs, so that code behind it may clean up; when the
    supervisor goes away the process ends at once.

    Started by hand, without a supervisor, it runs one job: ``python simulate.py --job '{"beta": 0.2}'``.
    """
    if _is_child_of_multiprocessing():
        # A pool that imports the script again wants its functions, not a second worker.
        return
    # Out of the environment, so that no child can pass for this worker.
    token = os.environ.pop("NIGHTCREW_TOKEN", None)
    if token is None:
        # Here, because a worker does without it and its parser of arguments.
        from .by_hand import run_by_hand

        run_by_hand(registered, sys.argv)
        return
    if not registered:
        sys.exit("nightcrew: there is no task; put @nightcrew.task in front of a function")
    # Ctrl-C in a terminal reaches everything in it; whether a worker ends is the supervisor's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel.over_standard_streams()
    heartbeat_interval, rest = _register(channel, token, prefetch)
    code = Runner(channel, registered, heartbeat_interval).run(rest)
    if code != 0:
        sys.exit(code)


def _register(channel: Channel, token: str, prefetch: int) -> Tuple[float, List[Dict[str, Any]]]:
    tasks = [
        {"name": task.name, "description": task.description} if task.description else {"name": task.name}
        for task in registered.values()
    ]
    params = {
        "protocolVersion": PROTOCOL_VERSION,
        "token": token,
        "worker": {
            "name": os.path.basename(sys.argv[0]) or "python",
            "language": "python",
            "version": sys.version.split()[0],
            "sdk": f"nightcrew-python {VERSION}",
            **({"host": os.uname().nodename} if hasattr(os, "uname") else {}),
        },
        "tasks": tasks,
        "capabilities": {"prefetch": prefetch, "cancel": True, "progress": True, "checkpoint": True},
    }
    request = {"jsonrpc": "2.0", "id": _INITIALIZE, "method": "initialize", "params": params}
    channel.write(to_json(request, "initialize"))
    while True:
        messages = channel.read()
        for index, message in enumerate(messages):
            if message.get("id") != _INITIALIZE or "method" in message:
                continue
            if "error" in message:
                sys.exit(f"nightcrew: the supervisor refused this worker: {message['error']['message']}")
            worker._accept(message["result"])
            channel.write('{"jsonrpc":"2.0","method":"initialized","params":{}}')
            return message["result"]["heartbeatInterval"], messages[index + 1 :]


def _is_child_of_multiprocessing() -> bool:
    """A spawned child runs the script under this name before it is anything else."""
    frame: Optional[FrameType] = sys._getframe()
    while frame is not None:
        if frame.f_globals.get("__name__") == "__mp_main__":
            return True
        frame = frame.f_back
    return False
