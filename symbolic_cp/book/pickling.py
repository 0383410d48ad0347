"""Goals for other processes.

A term keeps its hash, and Python hashes texts differently in every process: a term that is pickled as it is would not
be found in a dictionary there. Here every term is made anew by its constructor where it arrives.

Main functions: packed, unpacked.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly
from symbolic_cp.prover.goal import Goal


def packed(goal: Goal) -> bytes:
    """The goal as bytes; `unpacked` gives an equal one in any process.

    >>> from symbolic_cp.kernel.formulas import equal
    >>> from symbolic_cp.kernel.terms import matrix
    >>> goal = Goal("g", (), (), equal(matrix("A", "n", "n"), 0)); unpacked(packed(goal)) == goal
    True
    """
    out = io.BytesIO()
    pickler = pickle.Pickler(out)
    pickler.dispatch_table = {Nat: _nat, Letter: _letter, Generator: _generator, Poly: _poly}
    pickler.dump(goal)
    return out.getvalue()


def unpacked(data: bytes) -> Goal:
    """The goal that `packed` made these bytes of."""
    found = pickle.loads(data)  # noqa: S301 - bytes that `packed` made in our own parent process
    assert isinstance(found, Goal)
    return found


def _nat(one: Nat) -> tuple[Any, ...]:
    return Nat, (one.const, dict(one.atoms))


def _letter(one: Letter) -> tuple[Any, ...]:
    return Letter, (one.name, one.args, one.rows, one.cols, one.transposed, one.entries)


def _generator(one: Generator) -> tuple[Any, ...]:
    return Generator, (one.kind, one.name, one.args, one.word)


def _poly(one: Poly) -> tuple[Any, ...]:
    return Poly, (one.shape, one.terms)
