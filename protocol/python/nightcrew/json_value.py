"""Writes values as JSON, also those of numpy and its kin, without importing them."""
from __future__ import annotations

import json
import sys

TYPE_CHECKING = False  # `typing` itself would slow down every start
if TYPE_CHECKING:
    from typing import Any, List

#: Also bounds how deep a value that contains itself is followed.
_MAX_DEPTH = 500
_INFINITY = float("inf")


class NotJsonError(TypeError):
    """A value that JSON cannot hold; the message says which part of it."""


def _duck_typed(value: Any) -> Any:
    """Arrays and scalars of numpy, torch, pandas and others know how to become plain values."""
    for name in ("tolist", "item"):
        method = getattr(value, name, None)
        if callable(method) and not isinstance(value, type):
            return method()
    raise TypeError(f"{type(value).__name__} is not JSON")


# ASCII only: what os.fsdecode makes of odd file names could not be written as UTF-8.
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_duck_typed).encode

#: A string with its quotes; several times faster than the encoder.
quote = json.encoder.encode_basestring_ascii


def to_json(value: Any, what: str) -> str:
    """``value`` as JSON, pure ASCII. ``what`` names it in the message of :class:`NotJsonError`."""
    if value is None:
        return "null"
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError):
        # Slow, and only now: finds the offending part, or mends what can be mended.
        lost: List[str] = []
        plain = _plain(value, what, 0, lost)
        if lost:
            print(f"nightcrew: {lost[0]} is not a finite number, which JSON cannot hold: it became null", file=sys.stderr)
        return _encode(plain)


def _plain(value: Any, path: str, depth: int, lost: List[str]) -> Any:
    if depth > _MAX_DEPTH:
        raise NotJsonError(f"{path[:60]}… is nested too deeply, or contains itself")
    if isinstance(value, float) and not _is_finite(value):
        lost.append(path)
        return None
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {
            _plain_key(key, path): _plain(member, f"{path}[{key!r}]", depth + 1, lost) for key, member in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_plain(member, f"{path}[{index}]", depth + 1, lost) for index, member in enumerate(value)]
    try:
        converted = _duck_typed(value)
    except Exception:
        raise NotJsonError(f"{path} is a {type(value).__name__}, which JSON cannot hold") from None
    return _plain(converted, path, depth + 1, lost)


def _is_finite(value: float) -> bool:
    return -_INFINITY < float(value) < _INFINITY


def _plain_key(key: Any, path: str) -> Any:
    if isinstance(key, str):
        return key
    if isinstance(key, (bool, int, float)) or key is None:
        return key if not isinstance(key, float) or _is_finite(key) else str(key)
    try:
        return _plain_key(_duck_typed(key), path)
    except Exception:
        raise NotJsonError(f"{path} has the key {key!r}, a {type(key).__name__}; JSON has only strings") from None
