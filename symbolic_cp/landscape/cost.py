"""What a landscape will cost, said before it is computed: from sizes and digits alone.

The formulas are fits to measured times on one core of a server of 2024, within a factor of about three: n is the number
of features, b the bits of an entry of X X^T over its common denominator. Main names: Cost, spectrum_cost,
strata_cost, squares_cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from flint import fmpq_mat

from symbolic_cp.exact.linear import rank_at_least
from symbolic_cp.networks.linear import Gram

SAY = 10.0
"""Tasks that take more seconds than this are announced."""
MOST_SECONDS = 3600.0
MOST_BYTES = 8 * 2**30
"""Tasks beyond these are not begun unless they are asked for again."""
STRATUM = 150e-6, 1600
"""Seconds and bytes for a stratum, at 2^15 of them."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on one core and bytes of memory, roughly.

    >>> print(Cost(5000, 3 * 2**30))
    about 1.4 hours and 3 GB of memory
    """

    seconds: float
    bytes: float

    @property
    def worth_saying(self) -> bool:
        """Whether somebody who waits should be told."""
        return self.seconds > SAY or self.bytes > MOST_BYTES

    @property
    def too_much(self) -> bool:
        """Whether it should not begin by mistake."""
        return self.seconds > MOST_SECONDS or self.bytes > MOST_BYTES

    def __str__(self) -> str:
        return f"about {_time(self.seconds)} and {_size(self.bytes)} of memory"

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, max(self.bytes, other.bytes))


def spectrum_cost(gram: Gram) -> Cost:
    """The cost of Sigma = Y X^+ X Y^T and its spectrum, with G = X X^T (n x n) and H = Y X^T (d2 x n) at hand.

    Cost of saying so: the largest entry, and a rank modulo a prime.

    >>> from symbolic_cp.networks.linear import gram
    >>> from symbolic_cp.exact.matrices import eye
    >>> spectrum_cost(gram(eye(30), eye(30))).worth_saying
    False
    """
    n, d2 = gram.G.nrows(), gram.H.nrows()
    if not n or not d2:
        return Cost(0, 0)
    b = _bits(gram.G)
    deficient = rank_at_least(gram.stripped_G.numerator) < n
    inverse = 0.36 * (n / 100) ** 3.4 * (b / 24) ** 1.4 * (6 if deficient else 1)
    polynomial = 0.16 * (d2 / 40) ** 3.2 * (n * b / 1200) ** 1.5
    return Cost(inverse + polynomial, 4e7 + n**3 * b + d2**3 * n * b / 4)


def strata_cost(count: int) -> Cost:
    """The cost of listing so many strata in the order of their losses."""
    seconds, size = STRATUM
    return Cost(count * seconds * max(log2(max(count, 2)), 1) / 15, 4e7 + count * size)


def squares_cost(S: fmpq_mat) -> Cost:
    """The cost of writing a semidefinite n x n matrix as L D L^T: rank r times entries, of r times the bits.

    Cost of saying so: a rank modulo a prime.

    >>> from symbolic_cp.exact.matrices import eye
    >>> squares_cost(eye(40)).worth_saying
    False
    """
    b, numerator = _bits(S), S.numer_denom()[0]
    r = rank_at_least(numerator)
    filled = sum(entry != 0 for entry in numerator.entries())
    words = max(1.0, r * b / 64)
    return Cost(2e-7 * r * filled * words**1.15, 4e7 + filled * words * 16 + S.nrows() ** 2 * 16)


def _bits(M: fmpq_mat) -> int:
    """The bits of the largest entry over the common denominator."""
    numerator, _ = M.numer_denom()
    return max((abs(int(entry)).bit_length() for entry in numerator.entries()), default=1) or 1


def _time(seconds: float) -> str:
    for unit, length in (("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 1.2 * length:
            return f"{seconds / length:,.2g} {unit}" if seconds < 100 * length else f"{seconds / length:,.0f} {unit}"
    return f"{max(seconds, 1):.0f} seconds"


def _size(size: float) -> str:
    return f"{size / 2**30:,.0f} GB" if size >= 2**30 else f"{max(size / 2**20, 1):.0f} MB"
