"""The difference of two real algebraic numbers of different fields, as a number of its own.

Main name: difference. The numbers alpha_i - beta_k, for all roots alpha_i of f and beta_k of g, are the eigenvalues of
C_f (x) I - I (x) C_g, with companion matrices. Of the factors of its characteristic polynomial the one with a root
where the difference lies is found by narrowing. No common field is built.
"""

from __future__ import annotations

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.fields import Field, refine
from symbolic_cp.exact.polynomials import Interval, count_real_roots

MOST = 64
"""Beyond this product of degrees the difference is only enclosed."""

FINE = fmpq(1, 10**20)


def difference(first: fmpq | Field, second: fmpq | Field) -> fmpq | Field | Interval:
    """first - second: rational, or with its minimal polynomial; an interval (low, high) if degrees are large.

    An interval is at most 10^-20 wide, and does not contain zero unless the numbers are equal. Cost: the characteristic
    polynomial of a matrix whose size is the product of the degrees, and its factors.

    >>> roots = [Field(fmpq_poly([-n, 0, 1]), (fmpq(1), fmpq(2))) for n in (2, 3)]
    >>> print(difference(roots[1], roots[0]))
    0.31784 (root of x^4 - 10*x^2 + 1)
    """
    if first == second:
        return fmpq(0)
    if not isinstance(first, Field):
        return first - second if not isinstance(second, Field) else _shifted(second, -1, first)
    if not isinstance(second, Field):
        return _shifted(first, 1, -second)
    if first.degree * second.degree > MOST:
        return _enclosed(first, second)
    factors = [factor for factor, _ in _all_differences(first.minpoly, second.minpoly).factor(monic=True)[1]]
    width = fmpq(1, 16)
    while True:
        interval = _bounds(first, second, width)
        meeting = [factor for factor in factors if _roots(factor, interval)]
        if len(meeting) == 1 and _roots(meeting[0], interval) == 1:
            factor = meeting[0]
            return -factor[0] if factor.degree() == 1 else Field(factor, interval)
        width *= width


def _shifted(number: Field, turn: int, by: fmpq) -> Field:
    """turn * number + by, for turn 1 or -1: the roots of f(turn (x - by))."""
    shifted = number.minpoly(fmpq_poly([-turn * by, turn]))
    ends = sorted(turn * end + by for end in number.interval)
    return Field(shifted / shifted.leading_coefficient(), (ends[0], ends[1]))


def _all_differences(f: fmpq_poly, g: fmpq_poly) -> fmpq_poly:
    """The monic polynomial whose roots are alpha_i - beta_k."""
    n, m = f.degree(), g.degree()
    F, G = _companion(f), _companion(g)
    total = fmpq_mat(n * m, n * m)
    for i in range(n):
        for k in range(m):
            for j in range(n):
                total[i * m + k, j * m + k] += F[i, j]
            for j in range(m):
                total[i * m + k, i * m + j] -= G[k, j]
    return total.charpoly()


def _companion(f: fmpq_poly) -> fmpq_mat:
    n, lead = f.degree(), f.leading_coefficient()
    return fmpq_mat(n, n, [
        -f[i] / lead if j == n - 1 else fmpq(int(i == j + 1)) for i in range(n) for j in range(n)
    ])


def _bounds(first: Field, second: Field, width: fmpq) -> Interval:
    (a, b), (c, d) = (refine(number, width).interval for number in (first, second))
    return a - d, b - c


def _roots(factor: fmpq_poly, interval: Interval) -> int:
    """How many roots of an irreducible monic polynomial lie in an interval with rational ends."""
    if factor.degree() == 1:
        return int(interval[0] <= -factor[0] <= interval[1])
    return count_real_roots(factor, interval)


def _enclosed(first: Field, second: Field) -> Interval:
    """Bounds of the difference of two numbers that are not equal."""
    width = FINE / 4
    while True:
        low, high = _bounds(first, second, width)
        if low > 0 or high < 0:
            return low, high
        width *= width
