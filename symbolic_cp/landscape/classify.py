"""The class of a rational point of a linear network of any depth, decided exactly and with a witness.

Main function: classify(network). By T4, for all data, widths and depths: a critical point is a global minimum iff
E = 0 in the reduced problem, or its order is optimal and rank(W X) = min(d_1, ..., d_(l-1), rank(Y X^T)); otherwise
it is a strict saddle iff its order is not optimal or some pair j > k is not tightened, where tightened means
rank A_(j-1,k+1) = rank(W X) or E_jk = L_j^T E R_k^T = 0; otherwise its Hessian is positive semidefinite and it is a
non-strict saddle (T6). None of this is taken on trust: each witness is checked by exact arithmetic at the point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flint import fmpq_mat, fmpq_poly

from symbolic_cp.exact.congruence import squares
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.exact.linear import integer_rank, rank_at_least, zero_rows
from symbolic_cp.exact.matrices import is_zero
from symbolic_cp.exact.spectrum import Eigenvalue
from symbolic_cp.landscape.bound import lower_bound
from symbolic_cp.landscape.cost import squares_cost
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.directions import exchange, rank_slack
from symbolic_cp.landscape.family import descent_family
from symbolic_cp.landscape.strata import (
    GLOBAL,
    NON_STRICT,
    NOT_CRITICAL,
    STRICT,
    Pattern,
    is_optimal_order,
    rank_limit,
)
from symbolic_cp.landscape.witnesses import DescentFamily, NonzeroGradient, Witness
from symbolic_cp.networks.hessian import MAX_SIZE, hessian, size
from symbolic_cp.networks.linear import LinearNetwork

LONGEST = 60.0
"""An L D L^T that would take more seconds than this is left out: T3 says what it would show."""


@dataclass(frozen=True)
class Classification:
    """The class of a point, its order and pattern (None unless it is critical), ranks of all chains, and a witness.

    `ranks[i, j]` is the rank of A_(i,j) = A_i ... A_j, None where it was not decided (only over several fields).
    """

    kind: str
    order: str | None
    pattern: Pattern | None
    ranks: Mapping[tuple[int, int], int | None]
    witness: Witness


def classify(network: LinearNetwork, data: DataSpectrum | None = None) -> Classification:
    """The class of the point, with a witness that has been checked.

    `data` may be handed in where its spectrum is known already. Cost: the gradients, l(l+1)/2 ranks, one
    characteristic polynomial, and the witness; for a non-strict saddle an LDL^T of its Hessian, unless that is
    too large. Raises InputError if `data` is another data set, Undecided if a witness fails (which would refute one of
    T1 to T10).

    >>> network = LinearNetwork([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[0, 1]], [[0], [1]]])
    >>> found = classify(network)
    >>> found.kind, found.order, found.pattern, found.witness.curvature
    ('strict-saddle', 'non-optimal', (0, 1, 0), -3)
    """
    data = DataSpectrum(network.X, network.Y) if data is None else data
    if any(own is not other and own != other for own, other in ((data.X, network.X), (data.Y, network.Y))):
        raise InputError("the spectrum is that of other data than the network's")
    network.gram = data.gram
    ranks = chain_ranks(network)
    for k, zero in enumerate(network.gradient_zero()):
        if not zero:
            return Classification(NOT_CRITICAL, None, None, ranks, _nonzero_entry(network.gradients[k], k + 1))
    pattern = pattern_of(network, data, ranks[network.depth, 2])
    if is_optimal_order(data, pattern):
        kind, witness = _kind_in_order(network, data, pattern, ranks)
        return Classification(kind, "optimal", pattern, ranks, witness)
    first = next(i for i, m in enumerate(data.multiplicities) if pattern[i] < m)
    last = max(i for i in range(data.r) if pattern[i])
    witness = exchange(network, data, captured=last, discarded=first)
    return Classification(STRICT, "non-optimal", pattern, ranks, witness)


def _kind_in_order(
    network: LinearNetwork, data: DataSpectrum, pattern: Pattern, ranks: dict[tuple[int, int], int]
) -> tuple[str, Witness]:
    """Class and witness of a critical point of optimal order."""
    captured = sum(pattern[: data.r])
    limit = rank_limit(data, network.widths[1:-1])
    if captured in (data.rank, limit):
        return GLOBAL, lower_bound(network, data, pattern, limit)
    pair = loose_pair(network.widths, ranks, captured, lambda j, k: not is_zero(pair_error(network, j, k)))
    if pair is not None:
        return STRICT, rank_slack(network, *pair)
    return NON_STRICT, _with_inertia(network, descent_family(network))


def _with_inertia(network: LinearNetwork, family: DescentFamily) -> DescentFamily:
    """The family of a non-strict saddle with its Hessian as L D L^T, unless that is too large."""
    if size(network) > MAX_SIZE:
        return family
    H = hessian(network)
    if squares_cost(H).seconds > LONGEST:
        return family
    found = squares(H)
    if found is None:
        raise Undecided("a Hessian that T3 calls positive semidefinite is not; please report this point")
    return replace(family, squares=found)


def chain_ranks(network: LinearNetwork) -> dict[tuple[int, int], int]:
    """The rank of A_(i,j) = A_i ... A_j for all 1 <= j <= i <= l.

    Where gradients vanish, A_(l,2)^T E = 0 and E A_(l-1,1)^T = 0 leave little room beside E, so that a rank modulo a
    prime is seldom in need of an elimination over the integers. No chain has a smaller rank than W = A_(l,1): one that
    cannot have a larger one either needs no elimination of its own.
    """
    depth, widths = network.depth, network.widths
    weights = [A.numerator for A in network.stripped]
    below = [M.numerator for M in network.stripped_below]
    zero, taken = network.gradient_zero(), rank_at_least(network.stripped_error.numerator)
    least = rank_at_least(below[-1])
    ranks: dict[tuple[int, int], int] = {}
    for j in range(depth, 0, -1):
        product = weights[j - 1]
        for i in range(j, depth + 1):
            if i > j:
                product = below[i - 1] if j == 1 else weights[i - 1] * product
                most = min(ranks[i - 1, j], ranks[i, j + 1])
            else:
                most = min(widths[j - 1], widths[j])
            if zero[-1] and j == 1 and i == depth - 1:
                most = min(most, widths[0] - taken)
            if zero[0] and j == 2 and i == depth:
                most = min(most, widths[-1] - taken)
            ranks[i, j] = least if least == most else integer_rank(product, most)
    return ranks


def pattern_of(network: LinearNetwork, data: DataSpectrum, rank_above: int) -> Pattern:
    """(p_1, ..., p_r, p_bar) of A_(l,2) at a critical point, where rank_above is its rank.

    p_i is the multiplicity of sigma_i as an eigenvalue of K = W X X^T W^T (which is P Sigma, prop-1), read off the
    factors of the characteristic polynomials. If v spans the eigenspace of a simple sigma_i, then P v is v or 0, as P
    and Sigma commute. It is v iff v^T E = 0: if P v = v, since A_(l,2)^T E = 0; if P v = 0, then v^T W = 0, and
    v^T E = -v^T Y X^T is not zero, as Sigma v is not.
    """
    counts: dict[int, int] = {}
    if data.lines:
        zero = zero_rows(data.eigenrows.rows * network.stripped_error.numerator)
        counts = {i: int(row in zero) for i, row in data.lines.items()}
    if len(counts) < data.r:
        characteristic = network.captured.charpoly()
        counts |= {e.index: _power(characteristic, e) for e in data.positive if e.index not in counts}
    pattern = tuple([counts[i] for i in range(data.r)])
    return (*pattern, rank_above - sum(pattern))


def _power(characteristic: fmpq_poly, e: Eigenvalue) -> int:
    """How often the minimal polynomial of an eigenvalue divides this polynomial, at most as often as Sigma's."""
    for count in range(e.multiplicity):
        characteristic, remainder = divmod(characteristic, e.minpoly)
        if remainder:
            return count
    return e.multiplicity


def loose_pair(
    widths: tuple[int, ...],
    ranks: Mapping[tuple[int, int], int | None],
    captured: int,
    is_nonzero: Callable[[int, int], bool],
) -> tuple[int, int] | None:
    """Some j > k with E_jk != 0 (`is_nonzero(j, k)`) and rank A_(j-1,k+1) > captured = rank(W X), or None.

    None means that all pairs are tightened. The closest layers come first. Raises Undecided if it hangs on a rank
    that is not known.
    """
    depth = len(widths) - 1
    for distance in range(1, depth):
        for k in range(1, depth - distance + 1):
            j = k + distance
            middle = widths[k] if distance == 1 else ranks[j - 1, k + 1]
            if middle is not None and middle <= captured:
                continue
            if is_nonzero(j, k):
                if middle is None:
                    raise Undecided(f"the rank of A_({j - 1},{k + 1}) is not known, and the class hangs on it")
                return j, k
    return None


def pair_error(network: LinearNetwork, j: int, k: int) -> fmpq_mat:
    """E_jk = A_(l,j+1)^T (W X - Y) X^T A_(k-1,1)^T, d_j x d_(k-1)."""
    return network.above[j].transpose() * (network.error * network.below[k - 1].transpose())


def _nonzero_entry(G: fmpq_mat, layer: int) -> NonzeroGradient:
    place, value = next((i, q) for i, q in enumerate(G.entries()) if q != 0)
    return NonzeroGradient(layer, place // G.ncols() + 1, place % G.ncols() + 1, value)
