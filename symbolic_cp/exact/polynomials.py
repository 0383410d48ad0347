"""Real roots of rational polynomials, exactly: how many, where, and narrower.

Main functions: count_real_roots (Sturm's theorem), isolate, roots_in, narrow, sign_at, show_polynomial. Root
enclosures come from FLINT's ball arithmetic, which is used as a guess only: an interval counts because the
polynomial has different signs at its rational ends, and all of them are found because their number is the
degree or Sturm's count.
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

from flint import acb, fmpq, fmpq_poly, fmpz, fmpz_poly

from symbolic_cp.exact.numbers import decimal_exponent, show

Interval = tuple[fmpq, fmpq]


def primitive(f: fmpq_poly) -> fmpz_poly:
    """The positive multiple of a nonzero polynomial with integer coefficients without common factor.

    >>> primitive(fmpq_poly([fmpq(1, 2), fmpq(-3, 4)]))
    (-3)*x + 2
    """
    numerator = f.numer()
    return numerator // numerator.content()


def sign_at(f: fmpz_poly | fmpq_poly, t: fmpq) -> int:
    """The sign of f(t): -1, 0 or 1.

    >>> sign_at(fmpq_poly([-2, 0, 1]), fmpq(7, 5))
    -1
    """
    value = f(t)
    return int(value > 0) - int(value < 0)


def count_real_roots(f: fmpq_poly, interval: Interval | None = None) -> int:
    """How many different real roots f has, on the whole line or in an interval (a, b], by Sturm's theorem.

    f is not zero and f(a) is not zero. Cost: the remainder sequence of f and f', quadratic in the degree.

    >>> x = fmpq_poly([0, 1])
    >>> count_real_roots(x**3 - 2), count_real_roots(x**2 - 2, (fmpq(0), fmpq(2))), count_real_roots(x**2)
    (1, 1, 1)
    """
    sequence = _sturm(f)
    if interval is None:
        low = [_sign(p.leading_coefficient()) * (-1) ** p.degree() for p in sequence]
        high = [_sign(p.leading_coefficient()) for p in sequence]
        return _changes(low) - _changes(high)
    return _count_between(sequence, interval)


def _sturm(f: fmpq_poly) -> list[fmpz_poly]:
    sequence = [primitive(f)]
    following = f.derivative()
    while following:
        sequence.append(primitive(following))
        following = -(fmpq_poly(sequence[-2]) % fmpq_poly(sequence[-1]))
    common = sequence[-1]  # the greatest common divisor: at a multiple root of f all would vanish
    return [p // common for p in sequence] if common.degree() else sequence


def _count_between(sequence: list[fmpz_poly], interval: Interval) -> int:
    low, high = ([sign_at(p, end) for p in sequence] for end in interval)
    return _changes(low) - _changes(high)


def _sign(q: fmpz) -> int:
    return int(q > 0) - int(q < 0)


def _changes(signs: list[int]) -> int:
    nonzero = [sign for sign in signs if sign]
    return sum(a != b for a, b in pairwise(nonzero))


def isolate(f: fmpq_poly) -> list[Interval]:
    """Disjoint open intervals, in increasing order, each with exactly one of the real roots of f.

    f is irreducible of degree at least 2 (so no root is rational). The ends are decimals of some five
    significant digits where that separates the roots. Certified by a change of sign in each interval and by
    the number of intervals. Roots closer than FLINT's working precision are separated by bisection and
    Sturm's theorem.

    >>> isolate(fmpq_poly([-2, 0, 1]))
    [(-14143/10000, -7071/5000), (7071/5000, 14143/10000)]
    """
    F = primitive(f)
    # The stubs of python-flint 0.9 forget that roots come with multiplicities.
    roots = cast("list[tuple[acb, int]]", F.complex_roots())
    balls = [root.real for root, _ in roots if root.imag.is_zero()]
    enclosures = sorted((ball.lower().fmpq(), ball.upper().fmpq()) for ball in balls)
    if len(enclosures) == F.degree() or len(enclosures) == count_real_roots(f):
        for extra in (0, 4, 8):
            intervals = [_decimal_frame(*enclosure, extra) for enclosure in enclosures]
            if _separate(F, intervals):
                return intervals
        if _separate(F, enclosures):
            return enclosures
    return _bisect(f)


def _bisect(f: fmpq_poly) -> list[Interval]:
    """Isolating intervals, by halving one that has all roots (Cauchy's bound) until each has one."""
    sequence = _sturm(f)
    bound = 1 + sum((abs(c / f.leading_coefficient()) for c in f.coeffs()), fmpq(0))
    isolated: list[Interval] = []
    pending = [(-bound, bound)]
    while pending:
        low, high = pending.pop()
        count = _count_between(sequence, (low, high))
        if count == 1:
            isolated.append((low, high))
        elif count > 1:
            middle = (low + high) / 2
            pending += [(middle, high), (low, middle)]
    return isolated


def _decimal_frame(lower: fmpq, upper: fmpq, extra: int) -> Interval:
    """The enclosure rounded outward to 5 + `extra` significant digits, or to integers if these say more."""
    size = max(abs(lower), abs(upper))
    scale = fmpz(10) ** max(0, 4 - decimal_exponent(size) + extra)
    return fmpq((lower * scale).floor(), scale), fmpq((upper * scale).ceil(), scale)


def _separate(F: fmpz_poly, intervals: list[Interval]) -> bool:
    ordered = all(left[1] <= right[0] for left, right in pairwise(intervals))
    return ordered and all(sign_at(F, low) * sign_at(F, high) < 0 for low, high in intervals)


def roots_in(f: fmpq_poly, interval: Interval) -> list[Interval]:
    """The isolating intervals (of `isolate`) of those roots of f that lie in an interval with rational ends.

    f is irreducible of degree at least 2. Costs as isolate and two values of f for each root.

    >>> roots_in(fmpq_poly([-2, 0, 1]), (fmpq(0), fmpq(2)))
    [(7071/5000, 14143/10000)]
    """
    F = primitive(f)
    low, high = interval
    return [root for root in isolate(f) if _exceeds(F, root, low) and not _exceeds(F, root, high)]


def _exceeds(F: fmpz_poly, isolating: Interval, t: fmpq) -> bool:
    """Whether the root in an isolating interval of F is larger than t, which is no root."""
    if not isolating[0] < t < isolating[1]:
        return t <= isolating[0]
    return sign_at(F, t) == sign_at(F, isolating[0])


def narrow(f: fmpq_poly, interval: Interval, width: fmpq) -> Interval:
    """A part of an isolating interval, at most so wide, that has the root.

    f changes its sign in the interval and has no rational root there. The root is guessed by the secant, and
    the guess is checked by signs of f (quadratic interval refinement, Abbott 2006): the number of digits
    doubles with each good guess, and no guess can mislead.

    >>> low, high = narrow(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)), fmpq(1, 1000))
    >>> high - low <= fmpq(1, 1000), low**2 < 2 < high**2
    (True, True)
    """
    F = primitive(f)
    low, high = interval
    at_low, at_high = F(low), F(high)
    bits = 2
    while high - low > width:
        parts = fmpz(1) << bits
        step = (high - low) / parts
        guess = max(fmpz(0), min(parts - 1, (parts * at_low / (at_low - at_high)).floor()))
        left, right = low + guess * step, low + (guess + 1) * step
        at_left, at_right = F(left), F(right)
        if (at_left > 0) != (at_right > 0):
            low, high, at_low, at_high = left, right, at_left, at_right
            bits *= 2
            continue
        if (at_left > 0) == (at_low > 0):
            low, at_low = right, at_right
        else:
            high, at_high = left, at_left
        bits = max(1, bits // 2)
    return low, high


def show_polynomial(f: fmpq_poly, variable: str = "x") -> str:
    """A polynomial as text, highest power first.

    >>> show_polynomial(fmpq_poly([fmpq(-1, 2), 0, -5, 1]))
    'x^3 - 5*x^2 - 1/2'
    """
    text = ""
    for k in range(f.degree(), -1, -1):
        coefficient = f[k]
        if not coefficient:
            continue
        power = "" if k == 0 else variable if k == 1 else f"{variable}^{k}"
        size = show(abs(coefficient))
        term = power if size == "1" and power else f"{size}*{power}" if power else size
        sign = "-" if coefficient < 0 else "+"
        text += f" {sign} {term}" if text else term if sign == "+" else f"-{term}"
    return text or "0"
