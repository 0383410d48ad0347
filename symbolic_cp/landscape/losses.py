"""Values of the loss at critical points, constant - 1/2 sum of eigenvalues, and their exact comparison.

Main names: StratumLoss (prop-1's value 1/2 tr(Y Y^T) - 1/2 sum p_i sigma_i), sign_of_sum (the sign of an integer
combination of eigenvalues). No composite field and no minimal polynomial of a sum is ever built: a combination that
is not zero is separated from zero by intervals, and one that might be zero is decided by a root bound. With D a
common denominator of the minimal polynomials, z = D * sum c_i sigma_i is an algebraic integer; all its conjugates
permute the eigenvalues within their minimal polynomials and are at most B in size, so z != 0 implies
|z| >= B^(1 - N), where N is the number of those conjugates (the norm of z is an integer that is not zero).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial, lcm, prod

from flint import fmpq, fmpq_poly, fmpz

from symbolic_cp.exact.algebraic import Field
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.numbers import show
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.networks.fieldsum import number

MAX_BITS = 1 << 22
"""Intervals are refined at most to this width, 2^-4194304; a comparison that needs more raises Undecided."""

FIRST_BITS = 64


@dataclass(frozen=True, eq=False)
class StratumLoss:
    """1/2 tr(Y Y^T) - 1/2 sum p_i sigma_i for the counts (p_1, ..., p_r). Ordered and compared exactly.

    >>> data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> StratumLoss(data, (1, 0)).to_json()
    {'constant': '5/2', 'minus_half': [0], 'interval': ['1/2', '1/2']}
    >>> StratumLoss(data, (1, 1)) < StratumLoss(data, (1, 0)), StratumLoss(data, (1, 1)).rational()
    (True, 0)
    """

    data: DataSpectrum
    counts: tuple[int, ...]

    @property
    def constant(self) -> fmpq:
        """1/2 tr(Y Y^T)."""
        return self.data.gram.YY / 2

    @property
    def indices(self) -> tuple[int, ...]:
        """Positions in the spectrum (from 0), each repeated p_i times."""
        return tuple(i for i, p in enumerate(self.counts) for _ in range(p))

    def interval(self, bits: int = FIRST_BITS) -> tuple[fmpq, fmpq]:
        """Rational bounds of the value, from eigenvalues known to within 2^-bits."""
        low, high = bounds(self.data, self.counts, bits)
        return self.constant - high / 2, self.constant - low / 2

    def rational(self) -> fmpq | None:
        """The value if every minimal polynomial has all its roots counted alike, else None (it may be rational)."""
        total, rest = _reduced(self.data, self.counts)
        return None if rest else self.constant - total / 2

    def number(self) -> fmpq | Field | StratumLoss:
        """The value as a number where it is rational or lies in one Q(sigma_i), else the loss itself.

        >>> data = DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]])
        >>> print(StratumLoss(data, (1, 0)).number())
        0.072949 (root of x^2 - 7/2*x + 1/4)
        """
        total, rest = _reduced(self.data, self.counts)
        if not rest:
            return self.constant - total / 2
        if len(rest) > 1:
            return self
        ((index, count),) = rest.items()
        field = self.data.positive[index].value
        assert isinstance(field, Field)
        return number(field, fmpq_poly([self.constant - total / 2, fmpq(-count, 2)]))

    def to_json(self) -> dict[str, object]:
        """The form of the interfaces: constant, minus_half (positions in the spectrum), interval."""
        return {
            "constant": show(self.constant),
            "minus_half": list(self.indices),
            "interval": [show(q) for q in self.interval()],
        }

    def compare(self, other: StratumLoss) -> int:
        """-1, 0 or 1 as this loss is below, equal to or above another of the same data, exactly."""
        if self.data is not other.data:
            raise ValueError("losses of different data sets are not compared here")
        return sign_of_sum(self.data, [q - p for p, q in zip(self.counts, other.counts, strict=True)])

    def __lt__(self, other: StratumLoss) -> bool:
        return self.compare(other) < 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StratumLoss) and self.data is other.data and self.compare(other) == 0

    __hash__ = None  # type: ignore[assignment]  # equal values may have different counts


def bounds(data: DataSpectrum, counts: Sequence[int], bits: int) -> tuple[fmpq, fmpq]:
    """Rational bounds of sum counts_i sigma_i, the sigma_i known to within 2^-bits."""
    low = high = fmpq(0)
    for i, c in enumerate(counts):
        if c:
            a, b = data.enclosure(i, bits)
            low += c * (a if c > 0 else b)
            high += c * (b if c > 0 else a)
    return low, high


def sign_of_sum(data: DataSpectrum, coefficients: Sequence[int]) -> int:
    """The sign of sum c_i sigma_i over the positive eigenvalues, exactly: -1, 0 or 1.

    Cost: a few interval evaluations unless the sum is zero without a reason seen at once (all conjugates alike);
    then a precision of (number of conjugates) * (bits of the bound). Raises Undecided beyond MAX_BITS.

    >>> data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    >>> sign_of_sum(data, [1, -4]), sign_of_sum(data, [1, -3])
    (0, 1)
    """
    total, rest = _reduced(data, coefficients)
    if not rest:
        return (total > 0) - (total < 0)
    counts = [rest.get(i, 0) for i in range(data.r)]
    needed: int | None = None
    bits = FIRST_BITS
    while True:
        low, high = bounds(data, counts, bits)
        low, high = low + total, high + total
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        needed = _bits_of_smallest(data, counts, total) if needed is None else needed
        if max(-low, high) < fmpq(1, fmpz(1) << needed):
            return 0
        if bits > MAX_BITS:
            raise Undecided(f"two sums of eigenvalues agree to {MAX_BITS:,} bits; more are not computed")
        bits *= 2


def _reduced(data: DataSpectrum, coefficients: Sequence[int]) -> tuple[fmpq, dict[int, int]]:
    """The sum as a rational number plus a combination of irrational eigenvalues, as few as possible of each class."""
    total = fmpq(0)
    rest: dict[int, int] = {}
    for group in data.conjugates:
        e = data.positive[group[0]]
        if isinstance(e.value, fmpq):
            total += coefficients[group[0]] * e.value
            continue
        common = Counter(coefficients[i] for i in group).most_common(1)[0][0]
        total -= common * e.minpoly[e.minpoly.degree() - 1]
        rest |= {i: coefficients[i] - common for i in group if coefficients[i] != common}
    return total, rest


def _bits_of_smallest(data: DataSpectrum, counts: Sequence[int], total: fmpq) -> int:
    """b such that total + sum counts_i sigma_i is zero or at least 2^-b in size, by the bound of the module."""
    denominator, conjugates = int(total.q), 1
    size = Fraction(abs(int(total.p)), int(total.q))
    for group in data.conjugates:
        values = [counts[i] for i in group]
        if not any(values):
            continue
        minpoly = data.positive[group[0]].minpoly
        n = int(minpoly.degree())
        denominator = lcm(denominator, *(int(minpoly[k].q) for k in range(n)))
        missing = n - len(values)  # conjugates that are no positive eigenvalue: none, but counted all the same
        times = Counter([*values, *([0] * missing)])
        conjugates *= factorial(n) // prod(factorial(t) for t in times.values())
        top = data.enclosure(group[0], FIRST_BITS)[1]
        size += sum(map(abs, values)) * Fraction(int(top.p), int(top.q))
    bound = denominator * max(size, Fraction(1))
    return (conjugates - 1) * (int(bound) + 1).bit_length() + denominator.bit_length()
