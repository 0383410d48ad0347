"""The patterns of thm-3, one for every k = 0, ..., l-2, and the categories of critical points that the paper names.

Main functions: layer_patterns(network), category(patterns). With A_(k,1) X as the data, the layers above are a network
of their own; Sigma_k is its Sigma, and A_(l,k+2) = U_k V_k C_k its "A2". The numbers p_i(k), p_bar(k) of columns in the
blocks of V_k are what thm-3, def-deep-order and open-deep speak of. All at a rational critical point.

Categories, as printed: "deep-non-optimal" (some k and i < j <= r(k) with p_i(k) < m_i(k) and p_j(k) > 0),
"deep-optimal" ((A_l, A_(l-1)) is no global minimum given the rest, rank A_l < min(d_l, d_(l-1)), V_(l-2) of optimal
order), "open" (for some q <= l-1, (A_l, ..., A_q) is a global minimum given the rest, and A_(l,q) of optimal order).
"none" is what they leave out: with singular value 0 counted as the last one, such points are non-optimal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.strata import GLOBAL, Pattern, is_optimal_order, rank_limit
from symbolic_cp.networks.linear import LinearNetwork

NON_OPTIMAL, OPTIMAL, OPEN, NONE = "deep-non-optimal", "deep-optimal", "open", "none"


@dataclass(frozen=True)
class LayerPattern:
    """At index k: the data A_(k,1) X, Y with the spectrum of Sigma_k, and the pattern (p_1, ..., p_r, p_bar) of V_k.

    `hidden` are the widths d_(k+1), ..., d_(l-1) of the network above.
    """

    data: DataSpectrum
    pattern: Pattern
    hidden: tuple[int, ...]

    @property
    def rank(self) -> int:
        """The rank of A_(l,k+2), the sum of the pattern."""
        return sum(self.pattern)

    def is_non_optimal(self, *, junk: bool = False) -> bool:
        """Some i < j <= r with p_i < m_i and p_j > 0; with `junk`, j = r + 1 stands for the singular value 0."""
        if not is_optimal_order(self.data, self.pattern):
            return True
        missed = any(p < m for p, m in zip(self.pattern, self.data.multiplicities, strict=False))
        return junk and missed and self.pattern[-1] > 0

    def is_optimal_order(self) -> bool:
        """def-order, as printed: rank A_(l,k+2) < min(d_l, d_(k+1)), and it takes the largest values."""
        return self.rank < min(self.data.sigma.nrows(), self.hidden[0]) and self.takes_largest()

    def takes_largest(self) -> bool:
        """p_1 = m_1, ..., p_(k-1) = m_(k-1) and p_k is the rest of the rank, at most m_k, for some k <= r."""
        full = 0
        for p, m in zip(self.pattern, self.data.multiplicities, strict=False):
            if p == self.rank - full <= m:
                return True
            if p != m:
                return False
            full += m
        return False

    def is_printed_minimum(self) -> bool:
        """prop-2 and prop-5, as printed: case 1 or case 2 of a global minimum (of the layers above)."""
        limit = min(*self.hidden, self.data.sigma.nrows())
        if limit <= self.data.rank:
            return self.rank == limit and self.takes_largest()
        return self.pattern[:-1] == self.data.multiplicities

    def is_global(self) -> bool:
        """Whether the layers above are a global minimum of the loss with those below fixed (T4)."""
        captured = sum(self.pattern[: self.data.r])
        limit = rank_limit(self.data, self.hidden)
        return captured == self.data.rank or (is_optimal_order(self.data, self.pattern) and captured == limit)


def layer_patterns(network: LinearNetwork) -> tuple[LayerPattern, ...]:
    """The patterns of V_0, ..., V_(l-2). Raises InputError unless the point is critical.

    Cost: for each k a pseudoinverse and the spectrum of Sigma_k.

    >>> network = LinearNetwork([[1]], [[1]], [[[0]], [[0]], [[1]]])
    >>> [(at.data.multiplicities, at.pattern) for at in layer_patterns(network)]
    [((1,), (0, 0)), ((), (1,))]
    """
    if not network.is_critical():
        raise InputError("the point is not critical; only critical points have patterns")
    found = []
    for k in range(network.depth - 1):
        data = DataSpectrum(network.below[k] * network.X, network.Y)
        found.append(LayerPattern(data, _pattern(data, network.above[k + 1]), network.widths[k + 1 : -1]))
    return tuple(found)


def _pattern(data: DataSpectrum, above: fmpq_mat) -> Pattern:
    """How often each sigma_i is an eigenvalue of P Sigma, P the projector on the columns of `above`; they commute."""
    characteristic = (above * pinv(above) * data.sigma).charpoly()
    counts = []
    for e in data.positive:
        remaining, count = characteristic, 0
        while count < e.multiplicity:
            remaining, remainder = divmod(remaining, e.minpoly)
            if remainder:
                break
            count += 1
        counts.append(count)
    return (*counts, rank(above) - sum(counts))


def category(patterns: Sequence[LayerPattern]) -> str:
    """The category of a critical point with these patterns, as printed: the first one that fits.

    >>> network = LinearNetwork([[1]], [[1], [0]], [[[0]], [[0], [1]]])
    >>> category(layer_patterns(network))
    'none'
    """
    if patterns[0].is_global():
        return GLOBAL
    if any(at.is_non_optimal() for at in patterns):
        return NON_OPTIMAL
    if not patterns[-1].is_global() and patterns[-1].is_optimal_order():
        return OPTIMAL
    is_open = any(high.is_global() and low.is_optimal_order() for low, high in pairwise(patterns))
    return OPEN if is_open else NONE
