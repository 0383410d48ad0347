"""Coefficients of words: numbers, or polynomials in what commutes with everything (scalars, dimensions, traces).

A `Coefficient` is an int, a Fraction or a `Central`. A central monomial is a sorted string with one character for each
factor, so that monomials multiply by merging and divide by removing characters. A `Central` never stands for a
number: results that are numbers come back as numbers, so that code which only adds and multiplies is as fast as on
numbers where there are no scalars.

Main names: Central, Coefficient, Falling, central, monomials, quotient.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Number = int | Fraction


def merged(left: str, right: str) -> str:
    """The product of two monomials."""
    if not left or not right:
        return left or right
    return "".join(sorted(left + right))


def quotient(whole: str, part: str) -> str | None:
    """The monomial `whole / part`, or None if `part` does not divide it.

    >>> quotient("aabc", "ab"), quotient("a", "b")
    ('ac', None)
    """
    for one in part:
        if one not in whole:
            return None
        whole = whole.replace(one, "", 1)
    return whole


def least_common_multiple(left: str, right: str) -> str:
    """The least monomial that both divide.

    >>> least_common_multiple("aab", "bc")
    'aabc'
    """
    missing = right
    for one in left:
        missing = missing.replace(one, "", 1)
    return merged(left, missing)


class Central:
    """A polynomial with at least one monomial other than 1; made by `central` and by arithmetic."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[str, Number]) -> None:
        self.terms = terms

    def __add__(self, other: Coefficient) -> Coefficient:
        if not other:
            return self
        total = dict(self.terms)
        for monomial, number in monomials(other).items():
            total[monomial] = total.get(monomial, 0) + number
        return central(total)

    __radd__ = __add__

    def __neg__(self) -> Central:
        return Central({monomial: -number for monomial, number in self.terms.items()})

    def __sub__(self, other: Coefficient) -> Coefficient:
        return self + (-other)

    def __rsub__(self, other: Coefficient) -> Coefficient:
        return -self + other

    def __mul__(self, other: Coefficient) -> Coefficient:
        if not isinstance(other, Central):
            return Central({monomial: number * other for monomial, number in self.terms.items()}) if other else 0
        total: dict[str, Number] = {}
        for left, first in self.terms.items():
            for right, second in other.terms.items():
                product = merged(left, right)
                total[product] = total.get(product, 0) + first * second
        return central(total)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Central) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __repr__(self) -> str:
        return f"Central({self.terms!r})"


Coefficient = int | Fraction | Central


def central(terms: Mapping[str, Number]) -> Coefficient:
    """The polynomial with these monomials, as a number where it is one.

    >>> central({"": 2, "a": 0})
    2
    """
    kept = {monomial: number for monomial, number in terms.items() if number}
    if not kept:
        return 0
    if len(kept) == 1 and "" in kept:
        return kept[""]
    return Central(kept)


def monomials(value: Coefficient) -> dict[str, Number]:
    """The monomials of a coefficient with their numbers; to be read, not changed."""
    if isinstance(value, Central):
        return value.terms
    return {"": value} if value else {}


class Falling:
    """Monomials from which the largest is taken, again and again, while others are added.

    `key` orders them, and no two alike. Cost of a step: that of finding a place among those that are left.

    >>> rest = Falling(central({"a": 2, "aa": 1}), len)
    >>> rest.take(), rest.add(central({"a": -2, "": 3})), rest.take(), rest.take()
    (('aa', 1), None, ('', 3), None)
    """

    def __init__(self, value: Coefficient, key: Callable[[str], Any]) -> None:
        self.key, self.numbers = key, dict(monomials(value))
        self.order = sorted([(key(monomial), monomial) for monomial in self.numbers])

    def add(self, value: Coefficient) -> None:
        """Add a polynomial."""
        for monomial, number in monomials(value).items():
            if monomial not in self.numbers:
                insort(self.order, (self.key(monomial), monomial))
            self.numbers[monomial] = self.numbers.get(monomial, 0) + number

    def take(self) -> tuple[str, Number] | None:
        """The largest monomial and its number, taken off; None if nothing is left."""
        while self.order:
            _, monomial = self.order.pop()
            number = self.numbers.pop(monomial)
            if number:
                return monomial, number
        return None


def count(value: Coefficient) -> int:
    """The number of monomials."""
    return len(value.terms) if isinstance(value, Central) else 1
