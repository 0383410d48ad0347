"""Critical points of neural networks, exactly, and proofs about them that anyone can recheck.

The names below are loaded where they are first used, so that ``import symbolic_cp`` costs nothing
and the command line starts at once.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

# Public name -> the module that holds it.
_HOMES: dict[str, str] = {}

__all__ = ["__version__"]


def __getattr__(name: str) -> object:
    """Return the public object ``name``; raise AttributeError for any other name."""
    if name not in _HOMES:
        names = ", ".join(sorted(_HOMES))
        raise AttributeError(f"module 'symbolic_cp' has no attribute {name!r}; it has {names}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
