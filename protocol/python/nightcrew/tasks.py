"""Tasks: the handlers of a worker by their names, and whether parameters fit them."""
from __future__ import annotations

from types import FunctionType

from .job import Job

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, FrozenSet, List, Optional, Union

# Of `inspect`, whose import would slow down every start.
_CO_VARKEYWORDS = 0x08
_CO_COROUTINE = 0x80


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
        self.name = name
        #: First line of the handler's docstring.
        self.description: Optional[str] = None
        self._handler = handler
        #: Names of the parameters without a default, and of all.
        self._required: FrozenSet[str]
        self._accepted: FrozenSet[str]
        #: Name of the first argument, unless it is positional only and so in no parameter's way.
        self._job_argument: Optional[str]
        self._accepts_any: bool
        if _is_plain(handler):
            self._describe_plain(handler)
        else:
            self._describe(handler)

    def _describe_plain(self, function: FunctionType) -> None:
        """What `_describe` finds out, without the import of `inspect`: that takes longer than all else at the start."""
        code = function.__code__
        if code.co_argcount == 0:
            raise self._lacks_job()
        last = code.co_argcount + code.co_kwonlyargcount
        accepted = code.co_varnames[max(1, code.co_posonlyargcount) : last]
        positional = code.co_varnames[: code.co_argcount]
        defaults = function.__defaults__ or ()
        optional = {*positional[len(positional) - len(defaults) :], *(function.__kwdefaults__ or ())}
        self._required = frozenset(accepted) - optional
        self._accepted = frozenset(accepted)
        self._job_argument = None if code.co_posonlyargcount else positional[0]
        self._accepts_any = bool(code.co_flags & _CO_VARKEYWORDS)
        self.description = _first_line(function.__doc__)

    def _describe(self, handler: Callable[..., Any]) -> None:
        import inspect

        if inspect.iscoroutinefunction(handler):
            raise TypeError(f"task {self.name}: a handler cannot be async; call asyncio.run() in a plain one")
        arguments = list(inspect.signature(handler).parameters.values())
        if not arguments or arguments[0].kind not in (
            inspect.Parameter.POSITIONAL_ONLY,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
        ):
            raise self._lacks_job()
        named = [
            argument
            for argument in arguments[1:]
            if argument.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        ]
        self._required = frozenset(
            argument.name for argument in named if argument.default is inspect.Parameter.empty
        )
        self._accepted = frozenset(argument.name for argument in named)
        self._job_argument = arguments[0].name if arguments[0].kind is not inspect.Parameter.POSITIONAL_ONLY else None
        self._accepts_any = any(argument.kind is inspect.Parameter.VAR_KEYWORD for argument in arguments)
        self.description = _first_line(inspect.getdoc(handler))

    def _lacks_job(self) -> TypeError:
        return TypeError(f"task {self.name}: the first argument of a handler is the job: def {self.name}(job, …)")

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


def _is_plain(handler: Callable[..., Any]) -> bool:
    """Whether the code object says all: no decorator in between, no method with an inherited docstring, not async."""
    return (
        type(handler) is FunctionType
        and not handler.__dict__
        and handler.__name__ == handler.__qualname__
        and not handler.__code__.co_flags & _CO_COROUTINE
    )


def _first_line(documentation: Optional[str]) -> Optional[str]:
    if not isinstance(documentation, str):
        return None
    return next((line.strip() for line in documentation.expandtabs().splitlines() if line.strip()), None)


#: Every task of this process, in the order of definition.
registered: Dict[str, Task] = {}


def task(
    handler: Union[Callable[..., Any], str, None] = None, *, name: Optional[str] = None
) -> Callable[..., Any]:
    """Makes a function the handler of a task: ``@nightcrew.task`` or, under another name, ``@nightcrew.task("run")``.

    It is called with the job and then the job's parameters as keyword arguments; what it returns is the result.
    The function itself stays as it is and can be called and tested like any other.
    """

    if isinstance(handler, str):
        handler, name = None, handler

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        task_name = name or function.__name__
        registered[task_name] = Task(task_name, function)
        return function

    return register if handler is None else register(handler)
