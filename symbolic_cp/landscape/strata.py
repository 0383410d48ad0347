"""All critical strata of a data set: patterns (p_1, ..., p_r, p_bar), their losses and classes, the global minimum.

Main functions: landscape(X, Y, hidden), count_strata, patterns, classes_of, best_pattern. A pattern says how many
eigenvectors of each eigenvalue of Sigma the columns of A_(l,2) span (thm-1, thm-3); every admissible one occurs
(thm-1.ex). Its loss is prop-1's; its class comes from prop-2 with T4 and T5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import accumulate

from flint import fmpq

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.numbers import as_json, show
from symbolic_cp.exact.spectrum import Eigenvalue
from symbolic_cp.landscape.cost import strata_cost
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.losses import StratumLoss

GLOBAL, STRICT, NON_STRICT, NOT_CRITICAL = "global-minimum", "strict-saddle", "non-strict-saddle", "not-critical"

MAX_STRATA = 200_000
"""Landscapes with more strata than this are not listed; the number is computed before any of them is."""

MOST_SHOWN = 40
"""So many strata are shown in a notebook."""

Pattern = tuple[int, ...]


def check_hidden(hidden: object) -> tuple[int, ...]:
    """The hidden widths (d_1, ..., d_(l-1)): at least one, all positive. Raises InputError."""
    if not isinstance(hidden, tuple | list) or not hidden or not all(type(d) is int and d >= 1 for d in hidden):
        raise InputError("hidden widths are a list of positive integers, one for each hidden layer", field="hidden")
    return tuple(hidden)


def count_strata(data: DataSpectrum, hidden: Sequence[int]) -> int:
    """The number of admissible patterns, without listing them: coefficients of a product of small polynomials.

    >>> count_strata(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]]), [1])
    3
    """
    room = min(*check_hidden(hidden), data.sigma.nrows())
    ways = [1] + [0] * room
    for m in (*data.multiplicities, data.m_bar):
        sums = [0, *accumulate(ways)]
        ways = [sums[n + 1] - sums[max(n - m, 0)] for n in range(room + 1)]
    return sum(ways)


def patterns(data: DataSpectrum, hidden: Sequence[int]) -> Iterator[Pattern]:
    """All admissible patterns, lazily, in decreasing lexicographic order.

    >>> list(patterns(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 0]]), [2]))
    [(1, 1), (1, 0), (0, 1), (0, 0)]
    """
    yield from _patterns((*data.multiplicities, data.m_bar), min(*check_hidden(hidden), data.sigma.nrows()))


def _patterns(bounds: Sequence[int], room: int) -> Iterator[Pattern]:
    if not bounds:
        yield ()
        return
    for p in range(min(bounds[0], room), -1, -1):
        for rest in _patterns(bounds[1:], room - p):
            yield (p, *rest)


def is_optimal_order(data: DataSpectrum, pattern: Pattern) -> bool:
    """Whether every discarded singular value is at most every captured one: no p_i < m_i before a p_j > 0."""
    discarded = next((i for i, m in enumerate(data.multiplicities) if pattern[i] < m), data.r)
    return not any(pattern[discarded + 1 : data.r])


def rank_limit(data: DataSpectrum, hidden: Sequence[int]) -> int:
    """min(d_1, ..., d_(l-1), rank(Y X^T)): how many singular triples a network can capture."""
    return min(*hidden, data.rank)


def classes_of(data: DataSpectrum, hidden: Sequence[int], pattern: Pattern) -> tuple[str, ...]:
    """The classes that critical points with this pattern have; one unless there are several hidden layers.

    Global minimum iff nothing is discarded, or the order is optimal and the rank is the largest possible (T4). All
    others are strict saddles with one hidden layer (T5) or if the order is not optimal (T1). With more hidden layers
    and optimal order, p_bar > 0 leaves rank A_(l-1,2) > rank W, so strict (T4); p_bar = 0 occurs as both.
    """
    captured = sum(pattern[: data.r])
    optimal = is_optimal_order(data, pattern)
    if captured == data.rank or (optimal and captured == rank_limit(data, hidden)):
        return (GLOBAL,)
    if len(hidden) > 1 and optimal and pattern[-1] == 0:
        return (STRICT, NON_STRICT)
    return (STRICT,)


def descents_of(data: DataSpectrum, hidden: Sequence[int], pattern: Pattern) -> Pattern | None:
    """The pattern towards which a direction of negative curvature leads: an exchange (T1) or one triple more (T2).

    None for a global minimum. The largest discarded eigenvalue comes in; if the order is not optimal, the smallest
    captured one goes out.
    """
    if classes_of(data, hidden, pattern) == (GLOBAL,):
        return None
    out = list(pattern)
    if not is_optimal_order(data, pattern):
        out[max(i for i in range(data.r) if pattern[i])] -= 1
    elif sum(pattern) == min(*hidden, data.sigma.nrows()):
        out[-1] -= 1
    out[next(i for i, m in enumerate(data.multiplicities) if pattern[i] < m)] += 1
    return tuple(out)


def best_pattern(data: DataSpectrum, hidden: Sequence[int]) -> Pattern:
    """The pattern of a global minimum with p_bar = 0: the largest eigenvalues, as many as fit (prop-2)."""
    left, out = rank_limit(data, check_hidden(hidden)), []
    for m in data.multiplicities:
        out.append(min(m, left))
        left -= out[-1]
    return (*out, 0)


@dataclass(frozen=True)
class Stratum:
    """The critical points with one pattern: rank of A_(l,2), loss, order, classes, and the pattern below (descent)."""

    pattern: Pattern
    loss: StratumLoss
    order: str
    classes: tuple[str, ...]
    descent: Pattern | None

    @property
    def rank(self) -> int:
        """The rank p_1 + ... + p_r + p_bar of A_(l,2)."""
        return sum(self.pattern)

    def to_json(self) -> dict[str, object]:
        """`class` is a list where the pattern does not fix it."""
        return {
            "pattern": list(self.pattern),
            "rank": self.rank,
            "loss": self.loss.to_json(),
            "order": self.order,
            "class": self.classes[0] if len(self.classes) == 1 else list(self.classes),
            "descent": None if self.descent is None else list(self.descent),
        }


def stratum(data: DataSpectrum, hidden: Sequence[int], pattern: Pattern) -> Stratum:
    """The stratum of an admissible pattern."""
    order = "optimal" if is_optimal_order(data, pattern) else "non-optimal"
    loss = StratumLoss(data, pattern[: data.r])
    return Stratum(pattern, loss, order, classes_of(data, hidden, pattern), descents_of(data, hidden, pattern))


@dataclass(frozen=True)
class Landscape:
    """The spectrum of Sigma, all strata in increasing order of loss, and the loss of the global minimum.

    `minima` are the strata of the global minima of networks whose narrowest hidden layer has width 1, 2, ..., up to
    the rank of Y X^T, from where on they stay the same; whatever the widths here.
    """

    data: DataSpectrum
    hidden: tuple[int, ...]
    strata: tuple[Stratum, ...]
    global_minimum: StratumLoss
    minima: tuple[Stratum, ...]

    def levels(self) -> list[list[Stratum]]:
        """The strata grouped by equal loss, decided exactly, the lowest first."""
        groups: list[list[Stratum]] = []
        for item in self.strata:
            if groups and groups[-1][0].loss == item.loss:
                groups[-1].append(item)
            else:
                groups.append([item])
        return groups

    def _repr_html_(self) -> str:
        """The strata as a table for a notebook; the end of a long list is left out."""
        from symbolic_cp.landscape.display import STRATA, html_table, stratum_row

        shown = self.strata if len(self.strata) <= MOST_SHOWN else self.strata[:MOST_SHOWN]
        caption = f"{len(self.strata):,} critical strata, by loss; hidden widths {', '.join(map(str, self.hidden))}"
        caption += f"; the first {MOST_SHOWN}" * (len(shown) < len(self.strata))
        return html_table(STRATA, map(stratum_row, shown), caption)

    def to_json(self) -> dict[str, object]:
        """The document of `symbolic-cp landscape`."""
        return {
            "spectrum": [eigenvalue_to_json(e) for e in self.data.eigenvalues],
            "strata": [item.to_json() for item in self.strata],
            "global_minimum": self.global_minimum.to_json(),
            "minima": [
                {"width": width, "pattern": list(item.pattern), "loss": item.loss.to_json()}
                for width, item in enumerate(self.minima, start=1)
            ],
        }


def landscape(data: DataSpectrum, hidden: Sequence[int], *, limit: int = MAX_STRATA) -> Landscape:
    """All critical strata of a linear network with these hidden widths on the data, the lowest loss first.

    Strata of equal loss (decided exactly) stand in decreasing lexicographic order of their patterns. Cost: the
    spectrum of Sigma, then some log(n) interval comparisons for each of n strata. Raises TooLarge, with the number,
    beyond `limit` strata, before any is listed.

    >>> found = landscape(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]]), [1])
    >>> [(s.pattern, str(s.loss.rational()), s.classes) for s in found.strata]  # doctest: +NORMALIZE_WHITESPACE
    [((1, 0, 0), '1/2', ('global-minimum',)),
     ((0, 1, 0), '2', ('strict-saddle',)),
     ((0, 0, 0), '5/2', ('strict-saddle',))]
    """
    widths = check_hidden(hidden)
    number = count_strata(data, widths)
    if number > limit:
        said = f"these data have {number:,} critical strata, which would take {strata_cost(number)}"
        raise TooLarge(f"{said}; at most {limit:,} are listed", field="hidden")
    strata = [stratum(data, widths, pattern) for pattern in patterns(data, widths)]
    strata.sort(key=cmp_to_key(lambda a, b: a.loss.compare(b.loss)))
    lowest = StratumLoss(data, best_pattern(data, widths)[: data.r])
    minima = [stratum(data, [width], best_pattern(data, [width])) for width in range(1, data.rank + 1)]
    return Landscape(data, widths, tuple(strata), lowest, tuple(minima))


def eigenvalue_to_json(e: Eigenvalue) -> dict[str, object]:
    """An eigenvalue of Sigma as the interfaces write it: value, minpoly, multiplicity."""
    return {
        "value": show(e.value) if isinstance(e.value, fmpq) else e.value.to_json(),
        "minpoly": [as_json(a) for a in e.minpoly.coeffs()],
        "multiplicity": e.multiplicity,
    }
