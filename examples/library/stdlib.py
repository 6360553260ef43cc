"""Finds the sources of Python's standard library, wherever this machine has them."""
from __future__ import annotations

import sysconfig
from pathlib import Path

STDLIB = Path(sysconfig.get_path("stdlib"))


def source(module: str) -> Path:
    """The file of a module or package. `importlib.util.find_spec` would import the packages above it to find it."""
    path = STDLIB.joinpath(*module.split("."))
    for candidate in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"no source of {module} in {STDLIB}")
