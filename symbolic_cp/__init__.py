"""Critical points of neural networks, exactly, and proofs about them that anyone can recheck.

The names below are loaded where they are first used, so that ``import symbolic_cp`` costs nothing
and the command line starts at once.

>>> import symbolic_cp as cp
>>> cp.verify([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0]], [[2], [0]]]).kind
'global-minimum'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbolic_cp.exact.errors import InputError, Undecided
    from symbolic_cp.exact.matrices import matrix
    from symbolic_cp.landscape.data import DataSpectrum
    from symbolic_cp.landscape.shallow import critical_point
    from symbolic_cp.landscape.verify import verify
    from symbolic_cp.networks.data import Data
    from symbolic_cp.networks.linear import LinearNetwork

__version__ = "0.1.0"

# Public name -> the module that holds it; the same list stands above for type checkers.
_HOMES: dict[str, str] = {
    "Data": "symbolic_cp.networks.data",
    "DataSpectrum": "symbolic_cp.landscape.data",
    "InputError": "symbolic_cp.exact.errors",
    "LinearNetwork": "symbolic_cp.networks.linear",
    "Undecided": "symbolic_cp.exact.errors",
    "critical_point": "symbolic_cp.landscape.shallow",
    "matrix": "symbolic_cp.exact.matrices",
    "verify": "symbolic_cp.landscape.verify",
}

__all__ = [
    "Data",
    "DataSpectrum",
    "InputError",
    "LinearNetwork",
    "Undecided",
    "__version__",
    "critical_point",
    "matrix",
    "verify",
]


def __getattr__(name: str) -> object:
    """Return the public object ``name``; raise AttributeError for any other name."""
    if name not in _HOMES:
        names = ", ".join(sorted(_HOMES))
        raise AttributeError(f"module 'symbolic_cp' has no attribute {name!r}; it has {names}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
