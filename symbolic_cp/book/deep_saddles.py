"""Critical points of deep linear networks with the letters that T1 and T2 speak of, for campaigns.

Main names: exchange_points (T1: a captured and a larger discarded singular triple), slack_points (T2: layers j > k with
E_jk != 0 and rank M[j,k+1] > rank W X), both None where the drawn point has nothing of the kind; flag_points (T9.2: the
C[k] and T[k] of any network). `deep_generators_for` says what a campaign tries on a statement about deep networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random

from flint import fmpq_mat

from symbolic_cp.book.deep_generators import (
    Letters,
    Wanted,
    at_layer,
    deep_critical_points,
    example_points,
    networks,
    sampled_points,
)
from symbolic_cp.book.deep_moves import jet
from symbolic_cp.book.generators import family_of, filled, instance, unimodular
from symbolic_cp.exact.linear import pinv, pivots, rank
from symbolic_cp.exact.matrices import is_zero
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.landscape.directions import rank_slack
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.prover.instances import Generator
from symbolic_cp.prover.numeric import from_instance

EXTRA = 0.2
"""How often a column is taken along that is no part of a basis."""
TRIES = 60
"""So many points are drawn until one has what is wanted."""


def exchange_points(rng: Random, dims: Wanted) -> Letters | None:
    """T1: R[l] q = s p, R[l]' p = s q, and (Y Xp X - R[l]) v = t u, its transpose u = t v; unit vectors, t > s > 0.

    The data are diagonal, so that singular vectors are unit vectors.
    """
    return next(filter(None, (_exchange(rng, dims) for _ in range(TRIES))), None)


def _exchange(rng: Random, dims: Wanted) -> Letters | None:
    found = deep_critical_points(rng, dims)
    depth = found["l"]
    assert isinstance(depth, int)
    output = _matrix(_member(found, "R", depth))
    whole = _matrix(found["Y"]) * _matrix(found["Xp"]) * _matrix(found["X"])
    size = min(output.nrows(), output.ncols())
    captured = [i for i in range(size) if output[i, i]]
    discarded = [i for i in range(size) if whole[i, i] and not output[i, i]]
    pairs = [(i, j) for i in captured for j in discarded if whole[j, j] > output[i, i] > 0]
    if not pairs:
        return None
    i, j = rng.choice(pairs)
    for (left, right), place in ((("p", "q"), i), (("u", "v"), j)):
        found[left] = instance(filled(output.nrows(), 1, {(place, 0): 1}))
        found[right] = instance(filled(output.ncols(), 1, {(place, 0): 1}))
    found["s"], found["t"] = int(output[i, i].p), int(whole[j, j].p)
    last = depth - 1
    p, u = (filled(output.nrows(), 1, {(at, 0): 1}) for at in (i, j))
    q, v = (filled(output.ncols(), 1, {(at, 0): 1}) for at in (i, j))
    return (
        found
        | {"j": last}
        | _along(
            found,
            {
                0: _matrix(_member(found, "R", 1)) * q * v.transpose() * _matrix(found["Xp"]) / output[i, i],
                last: u * p.transpose() * _matrix(_member(found, "L", last)) / output[i, i],
            },
        )
    )


def _along(found: Letters, layers: Mapping[int, fmpq_mat]) -> dict[str, Instance]:
    """D with these layers and zeros elsewhere, and its F and G: the witness that the theorem's proof gives."""
    depth = found["l"]
    assert isinstance(depth, int)
    weights = [_matrix(_member(found, "A", k)) for k in range(depth)]
    network = LinearNetwork(_matrix(found["X"]), _matrix(found["Y"]), weights)
    return jet(network, [layers.get(k, A * 0) for k, A in enumerate(weights)])


def slack_points(rng: Random, dims: Wanted) -> Letters | None:
    """T2: j > k with L[j+1]'(R[l] - Y)R[k]' != 0 and rank M[j,k+1] > rank R[l], and Mp = M[j,k+1]^+."""
    return next(filter(None, (_slack(rng, dims) for _ in range(TRIES))), None)


def _slack(rng: Random, dims: Wanted) -> Letters | None:
    found = rng.choice((deep_critical_points, sampled_points))(rng, dims)
    depth = found["l"]
    assert isinstance(depth, int)
    output = _matrix(_member(found, "R", depth))
    E = output - _matrix(found["Y"])
    pairs = []
    for j in range(1, depth):
        for k in range(j):
            error = _matrix(_member(found, "L", j + 1)).transpose() * E * _matrix(_member(found, "R", k)).transpose()
            middle = _matrix(_member(found, "M", j, k + 1))
            if not is_zero(error) and rank(middle) > rank(output):
                pairs.append((j, k, middle))
    if not pairs:
        return None
    j, k, middle = rng.choice(pairs)
    weights = [_matrix(_member(found, "A", at)) for at in range(depth)]
    network = LinearNetwork(_matrix(found["X"]), _matrix(found["Y"]), weights)
    along = jet(network, rank_slack(network, j + 1, k + 1).direction)
    return found | {"j": j, "k": k, "Mp": instance(pinv(middle))} | along


def flag_points(rng: Random, dims: Wanted) -> Letters:
    """T9.2: C[k] = L[k+1] V[k], L[k+1] = C[k] U[k] and T[k] = R[k]' H[k], R[k]' = T[k] G[k], for any network."""
    found = rng.choice((deep_critical_points, sampled_points, networks))(rng, dims)
    depth = found["l"]
    assert isinstance(depth, int)
    sides = {
        ("C", "U", "V", "c"): [_matrix(_member(found, "L", k + 1)) for k in range(depth)],
        ("T", "G", "H", "t"): [_matrix(_member(found, "R", k)).transpose() for k in range(depth)],
    }
    for names, wholes in sides.items():
        made = [_spanning(rng, whole) for whole in wholes]
        for name, matrices in zip(names[:3], zip(*made, strict=True), strict=True):
            found[name] = family_of(matrices)
        found[names[3]] = Table({(k,): M.ncols() for k, (M, _, _) in enumerate(made)})
    return found


def _spanning(rng: Random, whole: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat]:
    """(M, first, then) with M = whole then and whole = M first: columns that span those of the matrix."""
    _, chosen = pivots(whole)
    chosen = sorted({*chosen, *(j for j in range(whole.ncols()) if rng.random() < EXTRA)})
    then = filled(whole.ncols(), len(chosen), {(j, i): 1 for i, j in enumerate(chosen)}) * unimodular(rng, len(chosen))
    M = whole * then
    return M, pinv(M) * whole, then


def _member(found: Letters, name: str, *index: int) -> Instance:
    family = found[name]
    assert isinstance(family, Table)
    return family.entries[index]


def _matrix(value: Instance) -> fmpq_mat:
    assert isinstance(value, Matrix)
    found = from_instance(value)
    assert isinstance(found, fmpq_mat)
    return found


DEEP: tuple[Generator, ...] = (
    deep_critical_points,
    sampled_points,
    at_layer(deep_critical_points, 0),
    at_layer(sampled_points, 0),
    networks,
    example_points,
    exchange_points,
    slack_points,
    flag_points,
)


def deep_generators_for(letters: Mapping[str, int]) -> tuple[Generator, ...]:
    """Those of DEEP that give the most of these letters (names with the number of their indices), the best first.

    Two letters less than the best are too few. Cost: some draws, once.
    """
    given = [_coverage(generator, letters) for generator in DEEP]
    best = sorted(range(len(DEEP)), key=lambda i: -given[i])
    return tuple(DEEP[i] for i in best if given[i] > given[best[0]] - 2)


def _coverage(generator: Generator, letters: Mapping[str, int]) -> int:
    """The most of the letters that a few draws give."""
    fitting = {(name, arity > 0) for name, arity in letters.items()}
    return max(len(fitting & one) for one in _given(generator))


@lru_cache(maxsize=64)
def _given(generator: Generator) -> tuple[frozenset[tuple[str, bool]], ...]:
    """What a few draws give: the names, and whether each is a family."""
    rng = Random(0)
    draws = [generator(rng, {}) or {} for _ in range(12)]
    return tuple(frozenset((name, isinstance(value, Table)) for name, value in one.items()) for one in draws)
