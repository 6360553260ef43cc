"""Tasks: the handlers of a worker by their names, and whether parameters fit them."""
from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, FrozenSet, List, Optional

from .job import Job


class ParametersInvalid(Exception):
    """The parameters of a job do not fit the handler's arguments."""

    def __init__(self, task: str, missing: List[str], unexpected: List[str]) -> None:
        parts = []
        if missing:
            parts.append(f"misses {', '.join(missing)}")
        if unexpected:
            parts.append(f"does not take {', '.join(unexpected)}")
        super().__init__(f"task {task} {' and '.join(parts)}")
        self.missing = missing
        self.unexpected = unexpected


class Task:
    """A handler, and which parameters it takes."""

    __slots__ = ("name", "description", "_handler", "_required", "_accepted", "_job_argument", "_accepts_any")

    def __init__(self, name: str, handler: Callable[..., Any]) -> None:
        if inspect.iscoroutinefunction(handler):
            raise TypeError(f"task {name}: a handler cannot be async; call asyncio.run() in a plain one")
        arguments = list(inspect.signature(handler).parameters.values())
        if not arguments or arguments[0].kind not in (
            inspect.Parameter.POSITIONAL_ONLY,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
        ):
            raise TypeError(f"task {name}: the first argument of a handler is the job: def {name}(job, …)")
        named = [
            argument
            for argument in arguments[1:]
            if argument.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        ]
        documentation = inspect.getdoc(handler)
        self.name = name
        #: First line of the handler's docstring.
        self.description: Optional[str] = documentation.splitlines()[0] if documentation else None
        self._handler = handler
        self._required: FrozenSet[str] = frozenset(
            argument.name for argument in named if argument.default is inspect.Parameter.empty
        )
        self._accepted: FrozenSet[str] = frozenset(argument.name for argument in named)
        self._job_argument = arguments[0].name if arguments[0].kind is not inspect.Parameter.POSITIONAL_ONLY else None
        self._accepts_any = any(argument.kind is inspect.Parameter.VAR_KEYWORD for argument in arguments)

    def __call__(self, job: Job) -> Any:
        parameters = job.parameters
        names = parameters.keys()
        if not (self._required <= names and (names <= self._accepted or self._fits_any(parameters))):
            raise ParametersInvalid(
                self.name,
                sorted(self._required - names),
                [] if self._fits_any(parameters) else sorted(names - self._accepted),
            )
        return self._handler(job, **parameters)

    def _fits_any(self, parameters: Dict[str, Any]) -> bool:
        return self._accepts_any and self._job_argument not in parameters


#: Every task of this process, in the order of definition.
registered: Dict[str, Task] = {}


def task(handler: Optional[Callable[..., Any]] = None, *, name: Optional[str] = None) -> Callable[..., Any]:
    """Makes a function the handler of a task: ``@nightcrew.task`` or ``@nightcrew.task(name="run")``.

    It is called with the job and then the job's parameters as keyword arguments; what it returns is the result.
    The function itself stays as it is and can be called and tested like any other.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        task_name = name or function.__name__
        registered[task_name] = Task(task_name, function)
        return function

    return register if handler is None else register(handler)
