"""Goals and proofs for other processes.

A term keeps its hash, and Python hashes texts differently in every process: a term that is pickled as it is would not
be found in a dictionary there. Here every term is made anew by its constructor where it arrives.

A proof goes as its certificate, which is replayed.

Main functions: packed, unpacked, packed_proof, unpacked_proof.
"""

from __future__ import annotations

import io
import json
import pickle
import zlib
from functools import lru_cache
from typing import Any

from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly
from symbolic_cp.prover.certificate import replay, write
from symbolic_cp.prover.goal import Goal

NAME = "proof"


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


@lru_cache(maxsize=4)
def packed_proof(theorem: Theorem | None) -> bytes:
    """A closed theorem as bytes; none for None. Cost: linear in its proof."""
    return b"" if theorem is None else zlib.compress(json.dumps(write(theorem, NAME, {NAME: theorem})).encode(), 1)


@lru_cache(maxsize=4)
def unpacked_proof(data: bytes) -> Theorem | None:
    """The theorem, replayed. Raises KernelError if the kernel does not accept it. Cost: up to seconds."""
    return replay(json.loads(zlib.decompress(data))).theorems[NAME] if data else None


def _nat(one: Nat) -> tuple[Any, ...]:
    return Nat, (one.const, dict(one.atoms))


def _letter(one: Letter) -> tuple[Any, ...]:
    return Letter, (one.name, one.args, one.rows, one.cols, one.transposed, one.entries)


def _generator(one: Generator) -> tuple[Any, ...]:
    return Generator, (one.kind, one.name, one.args, one.word)


def _poly(one: Poly) -> tuple[Any, ...]:
    return Poly, (one.shape, one.terms)
