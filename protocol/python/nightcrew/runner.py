"""The worker at work: what waits, what runs, and who reads.

The handler runs in the main thread, because libraries expect it there. While nothing runs, the main thread reads
stdin itself: a job that is handed from a reading thread to the main one costs more than a short job. Only when a
handler has computed for a while does the *attendant* thread take over reading, so that a cancellation, a ping and
the end of stdin are seen; it gives reading back when that job is over.
"""
from __future__ import annotations

import sys
import threading
import time
from collections import deque

from . import errors, limits
from .channel import Channel, end_process
from .job import Job, JobCancelled
from .json_value import quote, to_json
from .limits import require_size
from .memory import resident_memory
from .tasks import ParametersInvalid, Task

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from typing import Any, Deque, Dict, List, Optional

#: Seconds a handler computes before the attendant reads in its place.
_PATIENCE = 0.005


class Runner:
    """Runs jobs one at a time, in the order in which they came."""

    def __init__(self, channel: Channel, tasks: Dict[str, Task], heartbeat_interval: float) -> None:
        self._channel = channel
        self._tasks = tasks
        self._heartbeat_interval = heartbeat_interval
        #: Guards `_waiting`, `_running` and `_shutdown_request` when they change together.
        self._state = threading.Lock()
        self._waiting: Deque[Job] = deque()
        self._running: Optional[Job] = None
        self._begun = 0
        self._shutdown_request: Optional[Any] = None
        self._draining = False
        self._exit_code: Optional[int] = None
        #: Held by the thread that reads.
        self._reading = threading.Lock()
        self._reads = 0
        #: Set while the attendant has to look whether a handler takes long.
        self._busy = threading.Event()

    def run(self, first: List[Dict[str, Any]]) -> int:
        """Handles ``first``, which came with the answer to `initialize`, and then works until the supervisor says
        `exit`. Returns the exit code."""
        threading.Thread(target=self._attend, name="nightcrew-attendant", daemon=True).start()
        threading.Thread(target=self._beat, name="nightcrew-heartbeat", daemon=True).start()
        for message in first:
            self._handle(message)
        while self._exit_code is None:
            if self._waiting:
                job = self._begin()
                if job is not None:
                    self._compute(job)
                    continue
            with self._reading:
                if not self._waiting and self._exit_code is None:
                    self._receive()
        return self._exit_code

    def _begin(self) -> Optional[Job]:
        with self._state:
            if not self._waiting:
                return None
            job = self._running = self._waiting.popleft()
        self._begun += 1
        if not self._busy.is_set():
            self._busy.set()
        return job

    def _compute(self, job: Job) -> None:
        request_id = quote(job.request_id) if isinstance(job.request_id, str) else to_json(job.request_id, "id")
        try:
            task = self._tasks.get(job.task)
            if task is None:
                names = list(self._tasks)
                self._refuse(request_id, errors.TASK_UNKNOWN, f"there is no task {job.task}", {"tasks": names})
            else:
                result = to_json(task(job), "result")
                require_size(len(result), limits.RESULT, "the result", "write the data to a file and return its path")
                self._channel.write(f'{{"jsonrpc":"2.0","id":{request_id},"result":{{"result":{result}}}}}')
        except ParametersInvalid as error:
            data = {"missing": error.missing, "unexpected": error.unexpected}
            self._refuse(request_id, errors.PARAMETERS_INVALID, str(error), data)
        except BaseException as error:
            # SystemExit as well: a library that calls exit() fails the job, not the worker.
            if isinstance(error, JobCancelled) and job.cancelled:
                self._refuse(request_id, errors.JOB_CANCELLED, "the job was cancelled")
            else:
                self._refuse(request_id, errors.JOB_FAILED, _summary(error), _failure(error))
        with self._state:
            self._running = None
            shutdown_request = self._shutdown_request
        if shutdown_request is not None:
            self._answer_shutdown(shutdown_request)

    def _receive(self) -> None:
        self._reads += 1
        for message in self._channel.read():
            self._handle(message)

    def _handle(self, message: Dict[str, Any]) -> None:
        method = message.get("method")
        if method == "job/run":
            job = Job(message["id"], message["params"], self._channel.write)
            if self._draining:
                self._refuse(to_json(job.request_id, "id"), errors.DRAINING, "the worker is draining")
            else:
                self._waiting.append(job)
        elif method == "worker/ping":
            self._channel.write('{"jsonrpc":"2.0","id":%s,"result":{}}' % to_json(message["id"], "id"))
        elif method == "$/cancelRequest":
            self._cancel(message["params"]["id"])
        elif method == "worker/drain":
            self._draining = True
        elif method == "shutdown":
            self._shut_down(message["id"])
        elif method == "exit":
            code = 0 if self._shutdown_request is not None else 1
            if self._running is not None:
                end_process(code)
            self._exit_code = code
        elif method is not None and "id" in message:
            self._refuse(to_json(message["id"], "id"), errors.METHOD_NOT_FOUND, f"there is no method {method}")

    def _cancel(self, request_id: Any) -> None:
        with self._state:
            if self._running is not None and self._running.request_id == request_id:
                self._running.cancelled = True
                return
            job = next((job for job in self._waiting if job.request_id == request_id), None)
            if job is None:
                return
            self._waiting.remove(job)
        self._refuse(to_json(request_id, "id"), errors.JOB_CANCELLED, "the job was cancelled before it began")

    def _shut_down(self, request_id: Any) -> None:
        self._draining = True
        with self._state:
            returned = list(self._waiting)
            self._waiting.clear()
            self._shutdown_request = request_id
            idle = self._running is None
        for job in returned:
            self._refuse(to_json(job.request_id, "id"), errors.DRAINING, "the worker ends before the job began")
        if idle:
            self._answer_shutdown(request_id)

    def _answer_shutdown(self, request_id: Any) -> None:
        self._channel.write('{"jsonrpc":"2.0","id":%s,"result":null}' % to_json(request_id, "id"))

    def _refuse(self, request_id: str, code: int, message: str, data: Optional[Dict[str, Any]] = None) -> None:
        error: Dict[str, Any] = {"code": code, "message": message}
        if data is not None:
            error["data"] = data
        self._channel.write('{"jsonrpc":"2.0","id":%s,"error":%s}' % (request_id, to_json(error, "error")))

    def _attend(self) -> None:
        while True:
            self._busy.wait()
            reads = self._reads
            time.sleep(_PATIENCE)
            if self._running is None:
                self._busy.clear()
                # The main thread may have begun just before the flag was cleared, and so not set it.
                if self._running is not None:
                    self._busy.set()
            elif self._reads == reads and self._reading.acquire(blocking=False):
                with_job = self._begun
                try:
                    while self._running is not None and self._begun == with_job:
                        self._receive()
                except BaseException:
                    # Without a reader the worker would be deaf for the rest of the job.
                    sys.__excepthook__(*sys.exc_info())
                    end_process(1)
                finally:
                    self._reading.release()

    def _beat(self) -> None:
        pause = threading.Event()
        used, at = time.process_time(), time.monotonic()
        while not pause.wait(self._heartbeat_interval):
            before, since = used, at
            used, at = time.process_time(), time.monotonic()
            params: Dict[str, Any] = {"cpu": round(100 * (used - before) / max(at - since, 1e-3), 1)}
            job = self._running
            if job is not None:
                params["jobId"] = job.id
                params["attempt"] = job.attempt
            memory = resident_memory()
            if memory is not None:
                params["memory"] = memory
            self._channel.write('{"jsonrpc":"2.0","method":"worker/heartbeat","params":%s}' % to_json(params, "params"))


def _summary(error: BaseException) -> str:
    text = str(error)[: limits.FAILURE_MESSAGE]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _failure(error: BaseException) -> Dict[str, str]:
    # The first two frames are the SDK's own and tell nothing about the handler.
    inner = error.__traceback__
    for _ in range(2):
        if inner is not None and inner.tb_next is not None:
            inner = inner.tb_next
    try:
        # Here, because most workers never need it and it would slow down every start.
        import traceback

        text = "".join(traceback.format_exception(type(error), error, inner))
    except Exception as problem:
        # A handler that used up all memory or descriptors leaves none to load the module with.
        text = f"{_summary(error)}\n(no traceback: {_summary(problem)})\n"
    return {"type": type(error).__name__, "message": str(error)[: limits.FAILURE_MESSAGE], "traceback": text[-limits.TRACEBACK :]}
