"""Points of a ReLU network with the letters by which Section 4 of the book speaks of them, for campaigns.

The units I fire on the samples J and nowhere else, the other units nowhere: the point lies in the cell K_{I x J}. Half
of the points are critical there: Y_J = (A2)_I (A1)_I X_J + K R H with (A2)_I' K = 0 and (A1)_I X_J H' = 0. What a
statement makes of a point is decided by evaluating its hypotheses, never here.

Main name: cell_points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from symbolic_cp.book.generators import family_of, instance
from symbolic_cp.exact.linear import kernel
from symbolic_cp.exact.matrices import columns, eye, submatrix, zeros
from symbolic_cp.kernel.evaluation import Instance, Table
from symbolic_cp.landscape.generate import draw_integers, draw_orthogonal

LARGEST = 3


def cell_points(rng: Random, dims: Mapping[str, int | Table]) -> dict[str, Instance]:
    """X, Y, A1, A2 and N = sigma(A1 X); SI, TI and SJ, TJ, which select I, J and the others; coordinates of all four.

    Coordinates are unit vectors: a[k] with As[k] = a[1]a[1]' + ... + a[k]a[k]' for I, so b, f, g for the others.
    Dimensions are those that are wanted where they are 1 to 3 (and d0 > 1), else drawn.
    """
    d0, d1, d2, m = (_size(rng, dims.get(name), least) for name, least in zip(NAMES, (2, 1, 1, 1), strict=True))
    fires, seen = _some(rng, d1), _some(rng, m)
    others, unseen = _left(d1, fires), _left(m, seen)
    X = draw_integers(rng, d0, m, 1)
    for sample in range(m):
        X[0, sample], X[1, sample] = (1 if sample in seen else -1), 1
    A1 = draw_integers(rng, d1, d0, 1)
    for unit in range(d1):
        A1[unit, 0], A1[unit, 1] = (2 * d0, 0) if unit in fires else (0, -2 * d0)
    A2 = draw_integers(rng, d2, d1, 1)
    SI, TI = (submatrix(eye(d1), range(d1), units) for units in (fires, others))
    SJ, TJ = (submatrix(eye(m), range(m), samples) for samples in (seen, unseen))
    Y = draw_integers(rng, d2, m)
    inner, outer = SI.transpose() * A1 * X * SJ, A2 * SI
    if rng.randrange(2):
        K, H = kernel(outer.transpose()), kernel(inner).transpose()
        wanted = outer * inner + K * draw_integers(rng, K.ncols(), H.nrows(), 1) * H
        Y = Y * TJ * TJ.transpose() + wanted * SJ.transpose()
    matrices = {"X": X, "Y": Y, "A1": A1, "A2": A2, "SI": SI, "TI": TI, "SJ": SJ, "TJ": TJ}
    matrices |= {"N": SI * inner * SJ.transpose(), "U": draw_orthogonal(rng, d2)}
    sizes = dict(zip("pqjo", map(len, (fires, others, seen, unseen)), strict=True))
    found: dict[str, Instance] = {name: instance(M) for name, M in matrices.items()}
    found |= {"d0": d0, "d1": d1, "d2": d2, "m": m} | sizes
    for letter, size in zip("abfg", sizes.values(), strict=True):
        found |= _coordinates(letter, size)
    return found


NAMES = ("d0", "d1", "d2", "m")


def _size(rng: Random, wanted: object, least: int) -> int:
    return wanted if isinstance(wanted, int) and least <= wanted <= LARGEST else rng.randint(least, LARGEST)


def _some(rng: Random, size: int) -> list[int]:
    """Some of the first numbers; seldom none."""
    return sorted(rng.sample(range(size), rng.randint(int(rng.randrange(6) > 0), size)))


def _left(size: int, chosen: Sequence[int]) -> list[int]:
    return [one for one in range(size) if one not in chosen]


def _coordinates(letter: str, size: int) -> dict[str, Instance]:
    """Unit vectors from 1 on, and their partial sums from 0 on."""
    units = [zeros(size, 1), *columns(eye(size))]
    sums = [zeros(size, size)]
    for one in units[1:]:
        sums.append(sums[-1] + one * one.transpose())
    members = Table({index: one for index, one in family_of(units).entries.items() if index != (0,)})
    return {letter: members, f"{letter.upper()}s": family_of(sums)}
