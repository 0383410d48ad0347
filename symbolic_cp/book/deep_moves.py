"""Points near a deep network, and directions: what claims about lower and higher loss are tried with.

Directions D come with F and G, the first two derivatives of the products R[k] along A + tD; points B with S, their
products. They come from the witnesses of `landscape.classify` and from random steps, and show something only when the
claim is evaluated with them. Main name: suggested.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.book.generators import family_of
from symbolic_cp.exact.errors import InputError, TooLarge, Undecided
from symbolic_cp.exact.matrices import zeros
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.landscape.classify import Classification, classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import deep_point
from symbolic_cp.landscape.family import family_weights
from symbolic_cp.landscape.strata import NOT_CRITICAL, rank_limit
from symbolic_cp.landscape.witnesses import DescentFamily, NegativeCurvature
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.prover.numeric import Entry
from symbolic_cp.prover.zoo import integers

Weights = Sequence[fmpq_mat]
RANDOM = 3
STEPS = 9


def suggested(names: Sequence[str], point: Mapping[str, Entry], rng: Random) -> Iterator[Mapping[str, Instance]]:
    """Values for D, F, G or for B, S, where these are asked for and the point has the letters A[k], X and Y."""
    wanted = set(names)
    if not ({"D", "F", "G"} <= wanted or {"B", "S"} <= wanted):
        return
    network = network_at(point)
    if network is None:
        return
    found = _classified(network)
    if "D" in wanted:
        yield from (jet(network, D) for D in directions(network, found, rng))
    else:
        yield from ({"B": family_of(B), "S": family_of(products(network.X, B))} for B in moves(network, found, rng))


def network_at(point: Mapping[str, Entry]) -> LinearNetwork | None:
    """The network A[0], A[1], ... on the data X, Y; None if these are not the letters of one."""
    weights: list[fmpq_mat] = []
    while isinstance(layer := point.get(f"A[{len(weights)}]"), fmpq_mat):
        weights.append(layer)
    X, Y = point.get("X"), point.get("Y")
    if not isinstance(X, fmpq_mat) or not isinstance(Y, fmpq_mat):
        return None
    with suppress(InputError):
        return LinearNetwork(X, Y, weights)
    return None


def products(X: fmpq_mat, weights: Weights) -> list[fmpq_mat]:
    """X, A[0] X, A[1] A[0] X, ..."""
    found = [X]
    for A in weights:
        found.append(A * found[-1])
    return found


def jet(network: LinearNetwork, D: Weights) -> dict[str, Instance]:
    """D with F[0] = G[0] = 0, F[k+1] = A[k] F[k] + D[k] R[k], G[k+1] = A[k] G[k] + D[k] F[k]."""
    none = zeros(network.X.nrows(), network.X.ncols())
    F, G = [none], [none]
    for A, Dk, R in zip(network.weights, D, products(network.X, network.weights), strict=False):
        G.append(A * G[-1] + Dk * F[-1])
        F.append(A * F[-1] + Dk * R)
    return {"D": family_of(D), "F": family_of(F), "G": family_of(G)}


def directions(network: LinearNetwork, found: Classification | None, rng: Random) -> Iterator[Weights]:
    """The direction of negative curvature, if there is one, and random ones."""
    if found is not None and isinstance(found.witness, NegativeCurvature):
        yield found.witness.direction
    for _ in range(RANDOM):
        yield [integers(rng, A.nrows(), A.ncols()) for A in network.weights]


def moves(network: LinearNetwork, found: Classification | None, rng: Random) -> Iterator[Weights]:
    """A global minimum, where it is rational; then points that approach the network, lower and higher ones."""
    with suppress(InputError, Undecided, TooLarge):
        lowest = _lowest(network)
        if lowest is not None:
            yield lowest
    some = [[integers(rng, A.nrows(), A.ncols()) for A in network.weights] for _ in range(RANDOM)]
    if found is not None and isinstance(found.witness, NegativeCurvature):
        some.insert(0, list(found.witness.direction))
    elif found is not None and found.kind == NOT_CRITICAL:
        some.insert(0, list(network.gradients))
    some += [[-D[0], *D[1:]] for D in some]  # what goes down along D goes up along this one, where all layers are zero
    for power in range(STEPS):
        t = fmpq(1, 4**power)
        if found is not None and isinstance(found.witness, DescentFamily):
            yield from _family_points(network, found.witness, t)
        for D in some:
            for step in (t, -t):
                yield [A + Dk * step for A, Dk in zip(network.weights, D, strict=True)]


def _family_points(network: LinearNetwork, family: DescentFamily, step: fmpq) -> Iterator[Weights]:
    """T6's family at a smaller t: lower at s, higher at -s."""
    t = family.t * step
    if family.g is None or family.c is None or not family.g(t):
        return
    s = family.g(t) / (1 + family.c(t)) * step
    for end in (s, -s):
        yield family_weights(network, family.q, family.vectors, t, end)


def _lowest(network: LinearNetwork) -> Weights | None:
    """The point of thm-3 that captures the largest eigenvalues of Sigma. Raises InputError where it is not rational."""
    data = DataSpectrum(network.X, network.Y)
    hidden = network.widths[1:-1]
    room, pattern = rank_limit(data, hidden), list[int]()
    for m in data.multiplicities:
        pattern.append(min(m, room))
        room -= pattern[-1]
    found = deep_point(data, hidden, (*pattern, 0)).weights
    rational = [A for A in found if isinstance(A, fmpq_mat)]
    return rational if len(rational) == len(found) else None


@dataclass(frozen=True)
class _Asked:
    """A network whose class is asked for; equal to one with the same matrices."""

    text: str
    network: LinearNetwork = field(compare=False)


@lru_cache(maxsize=16)
def _class_of(asked: _Asked) -> Classification | None:
    with suppress(InputError, Undecided, TooLarge):
        return classify(asked.network)
    return None


def _classified(network: LinearNetwork) -> Classification | None:
    """The class and the witness; kept for a while, because one instance is asked again and again."""
    return _class_of(_Asked(str((network.X, network.Y, network.weights)), network))
