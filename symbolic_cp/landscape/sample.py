"""Exact critical points of linear networks of any depth and class, for campaigns, tests and tables.

Main function: draw_network(rng, hidden, size). One of three sources: the recursion of thm-3 (`recursion.py`: all V_k,
L_k not zero), the normal form T9 (`generate.draw_chain`: inner junk), thm-1 with layers that pass the rest on
(`deep.py`). Data of any rank, spectra with repeated, zero and irrational values. The same state of the random number
generator gives the same point on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random

from flint import fmpq_mat

from symbolic_cp.exact.matrices import zeros
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import (
    DrawnData,
    draw_chain,
    draw_data,
    draw_full_rank,
    draw_integers,
    draw_mixing,
    draw_point,
    draw_problem,
)
from symbolic_cp.landscape.recursion import recursive_point
from symbolic_cp.landscape.shallow import CriticalPoint
from symbolic_cp.landscape.strata import Pattern, is_optimal_order, patterns
from symbolic_cp.networks.linear import LinearNetwork

Source = Callable[[Random, Sequence[int], int], LinearNetwork]


def draw_varied(rng: Random, size: int) -> DrawnData:
    """Data with a rational spectrum, d0, m, dl up to `size`; half of them of full rank, values distinct."""
    d0, m, dl = (max(rng.randint(1, size), rng.randint(1, size)) for _ in range(3))
    if rng.randrange(2):
        return draw_data(rng, d0, m, dl)
    rank = min(d0, m)
    return draw_data(rng, d0, m, dl, rank_X=rank, values=rng.sample(range(1, 7), min(rank, dl)))


def draw_spectrum(rng: Random, size: int) -> DataSpectrum:
    """Data as `draw_varied` or, one time in three, of small integers, with eigenvalues that are mostly irrational."""
    if rng.randrange(3) == 0:
        return draw_problem(rng, size)
    data = draw_varied(rng, size)
    return DataSpectrum(data.X, data.Y)


def draw_varied_pattern(rng: Random, data: DataSpectrum, hidden: Sequence[int]) -> Pattern:
    """A pattern with rational points: any one, one of non-optimal order, or the largest values and nothing else."""
    found = [
        pattern
        for pattern in patterns(data, hidden)
        if all(len({pattern[i] for i in group}) == 1 for group in data.conjugates)
    ]
    wish = rng.randrange(3)
    some = found
    if wish == 1:
        some = [pattern for pattern in found if not is_optimal_order(data, pattern)]
    elif wish == 2:
        some = [pattern for pattern in found if pattern[-1] == 0 and is_optimal_order(data, pattern)]
    return rng.choice(some or found)


def draw_recursion(rng: Random, data: DataSpectrum, hidden: Sequence[int]) -> CriticalPoint:
    """A critical point by thm-3: pattern, C_k, L_k, subspaces and the columns that B_k gains are drawn.

    One time in three nothing is there that need not be: no columns are gained, and the rows of C_k L_k that are free
    are zero.
    """
    pattern, bare = draw_varied_pattern(rng, data, hidden), rng.randrange(3) == 0
    height, left = data.sigma.nrows(), min(hidden) - sum(pattern)
    junk: list[fmpq_mat] = []
    for _ in hidden[1:]:
        count = 0 if bare else rng.choice([0, rng.randint(0, left)])
        junk.append(draw_integers(rng, height, count, height=1))
        left -= count
    widths = (data.X.nrows(), *hidden)
    return recursive_point(
        data,
        hidden,
        pattern,
        junk=junk,
        bases=[draw_full_rank(rng, d, d) for d in hidden],
        free=[
            zeros(high, low) if bare or rng.randrange(3) == 0 else draw_integers(rng, high, low)
            for low, high in pairwise(widths)
        ],
        mixing=draw_mixing(rng, data, pattern),
    )


def by_recursion(rng: Random, hidden: Sequence[int], size: int) -> LinearNetwork:
    """A point of `draw_recursion` on drawn data with d0, m, dl up to `size`."""
    data = draw_spectrum(rng, size)
    return LinearNetwork(data.X, data.Y, draw_recursion(rng, data, hidden).weights)


def by_normal_form(rng: Random, hidden: Sequence[int], size: int) -> LinearNetwork:
    """A point of `draw_chain` on data with a drawn rational spectrum: any triples, or the largest ones, captured."""
    data = draw_varied(rng, size)
    order = sorted((i for i, value in enumerate(data.s) if value > 0), key=lambda i: -data.s[i])
    room = min(*hidden, len(order))
    captured = sorted(order[: rng.randint(0, room)]) if rng.randrange(2) else None
    point = draw_chain(rng, data, hidden, captured)
    return LinearNetwork(point.X, point.Y, point.weights)


def by_theorem_1(rng: Random, hidden: Sequence[int], size: int) -> LinearNetwork:
    """A point of `draw_point` on drawn data."""
    data = draw_spectrum(rng, size)
    pattern = draw_varied_pattern(rng, data, hidden)
    return LinearNetwork(data.X, data.Y, draw_point(rng, data, hidden, pattern=pattern).weights)


SOURCES: tuple[Source, ...] = (by_recursion, by_normal_form, by_theorem_1)


def draw_network(rng: Random, hidden: Sequence[int], size: int = 4) -> LinearNetwork:
    """A rational critical point with these hidden widths; d0, m and dl are drawn up to `size`.

    >>> draw_network(Random(1), (2, 1)).is_critical()
    True
    """
    return rng.choice(SOURCES)(rng, hidden, size)
