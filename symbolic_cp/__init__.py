"""Critical points of neural networks, exactly, and proofs about them that anyone can recheck.

* Networks: `Data`, `LinearNetwork`, `DataSpectrum`, `critical_point`, `verify`; `matrix` makes exact matrices.
* ReLU: `ReluNetwork`, `relu_landscape` (all local minima of one hidden unit), `verify_relu`.
* Statements: `prove` takes a problem (dictionary or file) or a `Statement`, which is made from SymPy expressions over
  dimensions from `dims` and given back as such.
* Proofs: a `Context` has letters, hypotheses and calculations; `tr`, `ident` and the operators write its expressions;
  `NotProved` says what is left over. `audit` checks a book of proof scripts.
* `InputError`: what was given is wrong. `Undecided`: the question was not decided.

The names below are loaded where they are first used, so that ``import symbolic_cp`` costs nothing
and the command line starts at once.

>>> import symbolic_cp as cp
>>> cp.verify([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0]], [[2], [0]]]).kind
'global-minimum'
>>> cp.prove({"atoms": {"A": ["m", "n"]}, "pinv": {"P": "A"}, "claims": ["A'*A*P = A'"]})[0].verdict
'proved'
>>> proof = cp.Context(); m, n = proof.dims("m n"); (A,) = proof.matrices("A: m x n"); P, pinv = proof.pinv(A, "P")
>>> known = proof.calc(A @ P @ A @ P, A @ P, (A @ P).T, by=[pinv])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symbolic_cp.book.api import audit
    from symbolic_cp.exact.errors import InputError, Undecided
    from symbolic_cp.exact.matrices import matrix
    from symbolic_cp.landscape.data import DataSpectrum
    from symbolic_cp.landscape.relu import relu_landscape
    from symbolic_cp.landscape.relu_verify import verify_relu
    from symbolic_cp.landscape.shallow import critical_point
    from symbolic_cp.landscape.verify import verify
    from symbolic_cp.networks.data import Data
    from symbolic_cp.networks.linear import LinearNetwork
    from symbolic_cp.networks.relu import ReluNetwork
    from symbolic_cp.prover.context import Context
    from symbolic_cp.prover.expression import ident, tr
    from symbolic_cp.prover.search import NotProved
    from symbolic_cp.prover.statement import Statement, dims, prove

__version__ = "0.1.0"

# Public name -> the module that holds it; the same list stands above for type checkers.
_HOMES: dict[str, str] = {
    "Context": "symbolic_cp.prover.context",
    "Data": "symbolic_cp.networks.data",
    "DataSpectrum": "symbolic_cp.landscape.data",
    "InputError": "symbolic_cp.exact.errors",
    "LinearNetwork": "symbolic_cp.networks.linear",
    "NotProved": "symbolic_cp.prover.search",
    "ReluNetwork": "symbolic_cp.networks.relu",
    "Statement": "symbolic_cp.prover.statement",
    "Undecided": "symbolic_cp.exact.errors",
    "audit": "symbolic_cp.book.api",
    "critical_point": "symbolic_cp.landscape.shallow",
    "dims": "symbolic_cp.prover.statement",
    "ident": "symbolic_cp.prover.expression",
    "matrix": "symbolic_cp.exact.matrices",
    "prove": "symbolic_cp.prover.statement",
    "relu_landscape": "symbolic_cp.landscape.relu",
    "tr": "symbolic_cp.prover.expression",
    "verify": "symbolic_cp.landscape.verify",
    "verify_relu": "symbolic_cp.landscape.relu_verify",
}

__all__ = [
    "Context",
    "Data",
    "DataSpectrum",
    "InputError",
    "LinearNetwork",
    "NotProved",
    "ReluNetwork",
    "Statement",
    "Undecided",
    "__version__",
    "audit",
    "critical_point",
    "dims",
    "ident",
    "matrix",
    "prove",
    "relu_landscape",
    "tr",
    "verify",
    "verify_relu",
]


def __getattr__(name: str) -> object:
    """Return the public object ``name``; raise AttributeError for any other name."""
    if name not in _HOMES:
        names = ", ".join(sorted(_HOMES))
        raise AttributeError(f"module 'symbolic_cp' has no attribute {name!r}; it has {names}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
