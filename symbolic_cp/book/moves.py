"""Points near a network with one hidden layer, and directions: what claims about lower and higher loss are tried with.

The moves are those of the proofs: turning a captured direction towards a missed one, adding a missed direction with a
column that A2 does not use, scaling A2; and steps in random directions. Everything is rational; the vectors are not of
unit length, which the formulas allow for. A move shows something only when the claim is evaluated with it.

Main names: moves, directions, lowest.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.book.points import captured_directions, missed_directions
from symbolic_cp.exact.linear import kernel, pinv
from symbolic_cp.exact.matrices import columns, eye, hstack, zeros
from symbolic_cp.prover.zoo import integers

Pair = tuple[fmpq_mat, fmpq_mat]
FEW = 2
STEPS = 9
RANDOM = 3


def _product(u: fmpq_mat, v: fmpq_mat) -> fmpq:
    return (u.transpose() * v)[0, 0]


def _spare(A2: fmpq_mat) -> list[tuple[fmpq_mat, fmpq_mat]]:
    """f and g with A2 f = 0, g'f = 1, g in the row space's complement: f = z, g = z / z'z for z in ker A2."""
    return [(z, z * (1 / _product(z, z))) for z in columns(kernel(A2))]


def moves(X: fmpq_mat, Y: fmpq_mat, A1: fmpq_mat, A2: fmpq_mat, rng: Random) -> Iterator[Pair]:
    """Pairs (B1, B2) that approach (A1, A2): steps 1, 1/4, 1/16, ... of every kind. Cost: some 20 products a step."""
    M, a = Y * pinv(X), pinv(A2)
    missed = list(islice(missed_directions(X, Y, A2), FEW))
    captured = captured_directions(X, Y, A2)[::-1][:FEW]
    spare = _spare(A2)[:1]
    some = [(integers(rng, A1.nrows(), A1.ncols()), integers(rng, A2.nrows(), A2.ncols())) for _ in range(RANDOM)]
    for power in range(STEPS):
        t = fmpq(1, 4**power)
        for _, u in missed:
            for _, v in captured:
                ratio = _product(u, u) / _product(v, v)
                h = 1 / (1 + t * t * ratio)
                w = v * ((1 - t * t * ratio) * h) + u * (2 * t * h)
                step = (w - v) * (1 / _product(v, v))
                yield A1 + a * v * step.transpose() * M, A2 + step * v.transpose() * A2
            for f, g in spare:
                for sign in (1, -1):
                    unit = u * (1 / _product(u, u))
                    yield A1 + f * u.transpose() * M * t, A2 + unit * g.transpose() * (t * t * sign)
        for sign in (1, -1):
            yield A1, A2 * (1 + t * sign)
            yield A1 * (1 + t * sign), A2
            for D1, D2 in some:
                yield A1 + D1 * (t * sign), A2
                yield A1, A2 + D2 * (t * sign)
                yield A1 + D1 * (t * sign), A2 + D2 * t


def directions(X: fmpq_mat, Y: fmpq_mat, A1: fmpq_mat, A2: fmpq_mat, rng: Random) -> Iterator[Pair]:
    """Pairs (D1, D2) along which the curvature may be negative: those of T5, then random ones."""
    M, a = Y * pinv(X), pinv(A2)
    missed = list(islice(missed_directions(X, Y, A2), FEW))
    for _, u in missed:
        for _, v in captured_directions(X, Y, A2)[::-1][:FEW]:
            scale = 1 / _product(v, v)
            yield a * v * u.transpose() * M * scale, u * v.transpose() * A2 * scale
        for f, g in _spare(A2)[:1]:
            for power in range(STEPS):
                yield f * u.transpose() * M * fmpq(4**power), u * g.transpose()
    for _ in range(RANDOM):
        yield integers(rng, A1.nrows(), A1.ncols()), integers(rng, A2.nrows(), A2.ncols())


def lowest(X: fmpq_mat, Y: fmpq_mat, d1: int) -> Pair:
    """A point that captures the largest rational eigenvalues of Sigma, as many as fit.

    Where all eigenvalues are rational it is a global minimum.
    """
    d2 = Y.nrows()
    found = missed_directions(X, Y, zeros(d2, d1))
    chosen: list[fmpq_mat] = []
    for value, u in found:
        if value > 0 and len(chosen) < min(d1, d2):
            W = hstack(*chosen) if chosen else zeros(d2, 1)
            rest = (eye(d2) - W * pinv(W)) * u
            chosen += [rest] if any(rest.entries()) else []
    B2 = hstack(*chosen, zeros(d2, d1 - len(chosen))) if d1 > len(chosen) else hstack(*chosen)
    return pinv(B2) * Y * pinv(X), B2
