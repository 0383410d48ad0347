"""Exact critical points with rational spectra, for the refuter: what no search over entries would find.

The points are drawn by Theorem 1 from data whose Sigma is diagonal, so that everything has short numbers; what they are
used for is decided by evaluating the hypotheses and the claim, never here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.linear import pinv
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table


def critical_points(rng: Random, dims: Mapping[str, int | Table]) -> dict[str, Instance]:
    """A critical point of a network with one hidden layer, and letters for what belongs to it.

    Names: d0, d1, d2, m, kappa; X, Y, A1, A2; Xp, A2p; the spectrum r, s, E, Q of Sigma; U = I; V, C, D with A2 = V C;
    u (an eigenvector with its value su) that the projector misses, v (with sv) that it contains, f and g in ker A2; and
    for rotations N = U, K = V, the coordinates eu, ev of u and v with si, sj, and c = 1 / sqrt(1 + eps^2).
    Dimensions are those that are wanted where they are at most 4, else drawn between 1 and 3.
    """
    d0, d1, d2, m = (_size(rng, dims.get(name)) for name in ("d0", "d1", "d2", "m"))
    seen = rng.randint(0 if rng.random() < 0.2 else 1, min(d0, m))  # rank of X
    size = min(seen, d2)
    numbers = sorted((rng.choice([0, 1, 1, 2, 3]) for _ in range(size)), reverse=True)
    X = filled(d0, m, {(i, i): 1 for i in range(seen)})
    Y = filled(d2, m, {(i, i): number for i, number in enumerate(numbers)})
    values = [number * number for number in numbers] + [0] * (d2 - size)
    chosen = rng.sample(range(d2), rng.randint(0, min(d1, d2)))
    V = filled(d2, d1, {(row, column): 1 for column, row in enumerate(chosen)})
    C = unimodular(rng, d1)
    D, Xp = C.inv(), pinv(X)
    A2, A1 = V * C, D * V.transpose() * Y * Xp
    matrices = {"X": X, "Y": Y, "A1": A1, "A2": A2, "Xp": Xp, "A2p": pinv(A2), "V": V, "C": C, "D": D}
    found: dict[str, Instance] = {name: instance(matrix) for name, matrix in matrices.items()}
    found |= {
        "d0": d0,
        "d1": d1,
        "d2": d2,
        "m": m,
        "kappa": min(d1, d2),
        "U": instance(filled(d2, d2, {(i, i): 1 for i in range(d2)})),
    }
    found |= _spectrum(values)
    found |= _directions(rng, values, chosen, C, D)
    found |= {"N": found["U"], "K": found["V"], "L1": instance(fmpq_mat(d1, d0))}
    c, eps = rng.choice(
        [(Fraction(4, 5), Fraction(3, 4)), (Fraction(3, 5), Fraction(4, 3)), (Fraction(12, 13), Fraction(5, 12))]
    )
    found |= {"c": c, "eps": eps}
    names = {"u": "eu", "su": "si", "v": "ev", "sv": "sj"}
    return found | {names[name]: value for name, value in found.items() if name in names}


def _size(rng: Random, wanted: object) -> int:
    return wanted if isinstance(wanted, int) and 1 <= wanted <= 4 else rng.randint(1, 3)


def filled(rows: int, cols: int, entries: Mapping[tuple[int, int], int]) -> fmpq_mat:
    """The rows x cols matrix with these entries, zeros elsewhere."""
    matrix = fmpq_mat(rows, cols)
    for (i, j), entry in entries.items():
        matrix[i, j] = fmpq(entry)
    return matrix


def unimodular(rng: Random, size: int) -> fmpq_mat:
    """A product of elementary matrices, often the identity."""
    matrix = filled(size, size, {(i, i): 1 for i in range(size)})
    for _ in range(rng.randint(0, 2) if size > 1 else 0):
        i, j = rng.sample(range(size), 2)
        step = filled(size, size, {(k, k): 1 for k in range(size)})
        step[i, j] = fmpq(rng.choice([-1, 1]))
        matrix = matrix * step
    return matrix


def instance(matrix: fmpq_mat) -> Matrix:
    """A FLINT matrix as a value of the kernel."""
    rows, cols = matrix.nrows(), matrix.ncols()
    entries = tuple(tuple(number(matrix[i, j]) for j in range(cols)) for i in range(rows))
    return Matrix(rows, cols, entries)


def family_of(members: Sequence[fmpq_mat]) -> Table:
    """FLINT matrices as a family with the indices 0, 1, ..."""
    return Table({(k,): instance(one) for k, one in enumerate(members)})


def number(value: fmpq) -> int | Fraction:
    """A FLINT number as a value of the kernel."""
    found = Fraction(int(value.p), int(value.q))
    return found.numerator if found.denominator == 1 else found


def _spectrum(values: list[int]) -> dict[str, Instance]:
    """r, s, E, Q of the diagonal matrix with these entries: its distinct positive values, decreasing."""
    size = len(values)
    distinct = sorted({value for value in values if value}, reverse=True)
    projectors: dict[tuple[int, ...], int | Fraction | Matrix] = {}
    partial: dict[tuple[int, ...], int | Fraction | Matrix] = {(0,): instance(fmpq_mat(size, size))}
    total = fmpq_mat(size, size)
    for index, value in enumerate(distinct, 1):
        one = filled(size, size, {(i, i): 1 for i in range(size) if values[i] == value})
        total += one
        projectors[index,], partial[index,] = instance(one), instance(total)
    return {
        "r": len(distinct),
        "s": Table({(index,): value for index, value in enumerate(distinct, 1)}),
        "E": Table(projectors),
        "Q": Table(partial),
    }


def _directions(rng: Random, values: list[int], chosen: list[int], C: fmpq_mat, D: fmpq_mat) -> dict[str, Instance]:
    size, width = len(values), C.nrows()
    found: dict[str, Instance] = {}
    missed = [i for i in range(size) if i not in chosen]
    if missed:
        index = rng.choice(missed)
        found |= {"u": instance(filled(size, 1, {(index, 0): 1})), "su": values[index]}
    if chosen:
        index = rng.choice(chosen)
        found |= {"v": instance(filled(size, 1, {(index, 0): 1})), "sv": values[index]}
    if len(chosen) < width:
        unit = filled(width, 1, {(len(chosen), 0): 1})
        found |= {"f": instance(D * unit), "g": instance(C.transpose() * unit), "h": instance(unit)}
    return found
