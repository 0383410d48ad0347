"""The field Q(lambda) of one real algebraic number: its elements, and their exact signs and order.

Main names: Field, sign, compare, refine, enclosure, inverse, decimal, readable. An element is an `fmpq_poly`
in lambda, reduced modulo the minimal polynomial; it is zero exactly if the polynomial is. No field with two
generators is ever built.
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq, fmpq_poly, fmpz

from symbolic_cp.exact import numbers
from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.limits import check_digits
from symbolic_cp.exact.numbers import as_json, rational, show
from symbolic_cp.exact.polynomials import (
    Interval,
    isolate,
    narrow,
    primitive,
    roots_in,
    show_polynomial,
    sign_at,
)

MAX_DEGREE = 128
"""Minimal polynomials of a higher degree are refused when they are read."""

GENERATOR = fmpq_poly([0, 1])
"""lambda, as an element."""


@dataclass(frozen=True, eq=False)
class Field:
    """Q(lambda) for the one real root lambda of `minpoly` in the open interval between two rationals.

    `minpoly` is monic, irreducible over Q and of degree at least 2: rational numbers are no fields, just
    fmpq. Monic, degree and the change of sign in the interval are checked here; `Field.from_json` checks
    everything. Two fields are equal if they have the same root, whatever their intervals. Raises InputError.

    >>> golden = Field(fmpq_poly([-1, -1, 1]), (fmpq(1), fmpq(2)))
    >>> print(golden)
    1.618 (root of x^2 - x - 1)
    """

    minpoly: fmpq_poly
    interval: Interval

    def __post_init__(self) -> None:
        if self.minpoly.degree() < 2 or self.minpoly.leading_coefficient() != 1:
            raise InputError(
                f"{show_polynomial(self.minpoly)} is no minimal polynomial of an irrational number: "
                "it must be monic and irreducible, of degree 2 or more"
            )
        low, high = self.interval
        if not low < high or sign_at(self.minpoly, low) * sign_at(self.minpoly, high) >= 0:
            raise InputError(
                f"[{show(low)}, {show(high)}] isolates no root of {show_polynomial(self.minpoly)}: "
                "the polynomial must have different signs at its ends"
            )

    @property
    def degree(self) -> int:
        """The degree of lambda over Q."""
        return self.minpoly.degree()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and self.minpoly == other.minpoly and _same_root(self, other)

    def __hash__(self) -> int:
        return hash(tuple(self.minpoly.coeffs()))

    def __str__(self) -> str:
        return readable(self, GENERATOR)

    def to_json(self) -> dict[str, object]:
        """The number lambda as JSON: minimal polynomial (constant term first), interval, decimal."""
        return {
            "minpoly": [as_json(c) for c in self.minpoly.coeffs()],
            "interval": [show(end) for end in self.interval],
            "decimal": decimal(self, GENERATOR, 17),
        }

    @staticmethod
    def from_json(data: object, *, field: str | None = None) -> Field:
        """The field that `to_json` describes; "decimal" is ignored, any other further key refused.

        Checked: numbers, degree, irreducibility over Q, and that the interval has exactly one root. The
        polynomial need not be monic. Raises InputError.

        >>> Field.from_json({"minpoly": [-4, 0, 2], "interval": [1, 2]}).minpoly
        x^2 + (-2)
        """
        if not isinstance(data, dict) or not {"minpoly", "interval"} <= set(data) <= _KEYS:
            raise InputError(
                'an algebraic number is written {"minpoly": [...], "interval": [a, b]}', field=field
            )
        place = field or ""
        coefficients = numbers_from_json(data["minpoly"], f"{place}.minpoly")
        ends = numbers_from_json(data["interval"], f"{place}.interval")
        if len(coefficients) > MAX_DEGREE + 1:
            raise TooLarge(f"a minimal polynomial of degree above {MAX_DEGREE:,}", field=f"{place}.minpoly")
        if len(ends) != 2:
            raise InputError("an interval is written [a, b], with two numbers", field=f"{place}.interval")
        _, factors = fmpq_poly(coefficients).factor(monic=True)
        if len(factors) != 1 or factors[0][1] != 1 or factors[0][0].degree() < 2:
            raise InputError(
                "this polynomial is not irreducible of degree 2 or more over the rational numbers; "
                "give the minimal polynomial, and rational numbers as such",
                field=f"{place}.minpoly",
            )
        return _isolated(factors[0][0], (ends[0], ends[1]), f"{place}.interval")


_LISTED = 10
"""As many roots are named in a message."""

_KEYS = {"minpoly", "interval", "decimal"}


def _isolated(minpoly: fmpq_poly, interval: Interval, place: str) -> Field:
    low, high = interval
    if not low < high or len(roots_in(minpoly, interval)) != 1:
        known = [f"[{show(a)}, {show(b)}]" for a, b in isolate(minpoly)[:_LISTED]]
        roots = (", ".join(known) + (", ..." if len(known) == _LISTED else "")) or "none"
        raise InputError(
            f"[{show(low)}, {show(high)}] does not hold exactly one root of {show_polynomial(minpoly)}; "
            f"its real roots lie in: {roots}",
            field=place,
        )
    return Field(minpoly, interval)


def numbers_from_json(data: object, place: str) -> list[fmpq]:
    """A JSON list of numbers; InputError with the place otherwise."""
    if not isinstance(data, list):
        raise InputError("a list of numbers belongs here", field=place)
    return [rational(entry, field=f"{place}[{i}]") for i, entry in enumerate(data, start=1)]


def reduced(field: Field, element: fmpq_poly) -> fmpq_poly:
    """The element as a polynomial of degree less than the field's."""
    return element % field.minpoly


def inverse(field: Field, element: fmpq_poly) -> fmpq_poly:
    """The inverse of a nonzero element, by the extended Euclidean algorithm; ZeroDivisionError for zero.

    >>> golden = Field(fmpq_poly([-1, -1, 1]), (fmpq(1), fmpq(2)))
    >>> inverse(golden, GENERATOR)
    x + (-1)
    """
    element = reduced(field, element)
    if not element:
        raise ZeroDivisionError("zero has no inverse")
    return element.xgcd(field.minpoly)[1] % field.minpoly


def refine(field: Field, width: fmpq) -> Field:
    """The same field with an isolating interval at most so wide. Raises InputError unless width > 0.

    >>> refine(Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2))), fmpq(1, 100)).interval[1] < fmpq(143, 100)
    True
    """
    if not width > 0:
        raise InputError(f"an interval cannot be refined to width {show(width)}; a positive one is needed")
    if field.interval[1] - field.interval[0] <= width:
        return field
    return Field(field.minpoly, narrow(field.minpoly, field.interval, width))


def enclosure(field: Field, element: fmpq_poly, width: fmpq) -> Interval:
    """Rationals a <= element <= b with b - a <= width, exactly.

    By the mean value theorem: |g(lambda) - g(t)| <= |lambda - t| max |g'| over the isolating interval. Cost:
    the refinement of the interval to about `width` and one evaluation.
    """
    g = reduced(field, element)
    slope = g.derivative()
    bound = max(abs(end) for end in field.interval)
    steepest = sum((abs(slope[k]) * bound**k for k in range(len(slope))), fmpq(0))
    if not steepest:
        return g[0], g[0]
    low, high = refine(field, width / steepest).interval
    value, radius = g((low + high) / 2), steepest * (high - low) / 2
    return value - radius, value + radius


def sign(field: Field, element: fmpq_poly) -> int:
    """The sign of an element as a real number: -1, 0 or 1, exactly.

    Zero is decided by the polynomial; else the enclosure is squared in width until it avoids zero.

    >>> golden = Field(fmpq_poly([-1, -1, 1]), (fmpq(1), fmpq(2)))
    >>> sign(golden, GENERATOR - fmpq(1618, 1000)), sign(golden, GENERATOR**2 - GENERATOR - 1)
    (1, 0)
    """
    if not reduced(field, element):
        return 0
    width = fmpq(1, 16)
    while True:
        low, high = enclosure(field, element, width)
        if low > 0 or high < 0:
            return 1 if low > 0 else -1
        width *= width


def compare(first: Field | fmpq, second: Field | fmpq) -> int:
    """The order of two real numbers, each rational or the generator of a field: -1 (less), 0 or 1, exactly.

    Different minimal polynomials have no common root, and equal ones are told apart by a change of sign where
    the intervals overlap; so refining both intervals until they are disjoint comes to an end.

    >>> root2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
    >>> root3 = Field(fmpq_poly([-3, 0, 1]), (fmpq(1), fmpq(2)))
    >>> compare(root2, root3), compare(root2, fmpq(7, 5)), compare(root3, root3)
    (-1, 1, 0)
    """
    if not isinstance(first, Field):
        if not isinstance(second, Field):
            return int(first > second) - int(first < second)
        return -compare(second, first)
    if not isinstance(second, Field):
        return sign(first, GENERATOR - second)
    if first == second:
        return 0
    while True:
        if first.interval[1] <= second.interval[0]:
            return -1
        if second.interval[1] <= first.interval[0]:
            return 1
        first, second = _sharper(first), _sharper(second)


def _sharper(field: Field) -> Field:
    width = field.interval[1] - field.interval[0]
    return refine(field, width * min(width, fmpq(1)) / 16)


def _same_root(first: Field, second: Field) -> bool:
    """Whether two isolating intervals of one polynomial isolate the same root."""
    low = max(first.interval[0], second.interval[0])
    high = min(first.interval[1], second.interval[1])
    F = primitive(first.minpoly)
    return low < high and sign_at(F, low) * sign_at(F, high) < 0


def decimal(field: Field, element: fmpq_poly, digits: int = 6) -> str:
    """An element rounded correctly to so many significant digits.

    >>> decimal(Field(fmpq_poly([-1, -1, 1]), (fmpq(1), fmpq(2))), GENERATOR**2, 10)
    '2.618033989'
    """
    check_digits(digits)
    g = reduced(field, element)
    if g.degree() <= 0:
        return numbers.decimal(g[0], digits)
    width = fmpq(1, fmpz(10) ** digits)
    while True:
        low, high = enclosure(field, g, width)
        text = numbers.decimal(low, digits)
        if low * high > 0 and text == numbers.decimal(high, digits):
            return text
        width *= width


def readable(field: Field, element: fmpq_poly, digits: int = 5) -> str:
    """An element for people: "1.8019 (root of x^3 - x^2 - 2*x + 1)".

    Elements other than the generator name the polynomial in it as well.

    >>> readable(Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2))), 3 * GENERATOR - 1)
    '3.2426 (3*a - 1 for the root a = 1.4142 of x^2 - 2)'
    """
    g = reduced(field, element)
    if g.degree() <= 0:
        return numbers.readable(g[0])
    polynomial = show_polynomial(field.minpoly)
    if g == GENERATOR:
        return f"{decimal(field, g, digits)} (root of {polynomial})"
    root = decimal(field, GENERATOR, digits)
    return f"{decimal(field, g, digits)} ({show_polynomial(g, 'a')} for the root a = {root} of {polynomial})"
