"""The order in which terms are written: for people, with variables in the order in which they are quantified.

Main functions: monomials, generators. The order carries no meaning: Coq sorts again.
"""

from __future__ import annotations

from symbolic_cp.kernel.terms import Generator, Key, Monomial, Poly, Rational


def _readable(key: object) -> object:
    """A key in which bound variables come in the order of their quantifiers, the outermost first."""
    if isinstance(key, tuple):
        return tuple(map(_readable, key))
    if isinstance(key, str):
        return (1, -int(key[1:]), "") if key.startswith("#") else (0, 0, key)
    return key


def generators(scalars: tuple[Generator, ...]) -> list[Generator]:
    """The factors of a coefficient: scalars and numbers before traces, else in the order of the variables."""
    return sorted(scalars, key=lambda one: (one.kind == "trace", _key(one.key)))


def monomials(term: Poly) -> list[tuple[Monomial, Rational]]:
    """The terms of a polynomial: long words first, then those with many factors."""

    def order(item: tuple[Monomial, Rational]) -> Key:
        (scalars, word), _ = item
        letters = _key(tuple(one.key for one in word))
        return (-len(word), -len(scalars), letters, [_key(one.key) for one in generators(scalars)])

    return sorted(term.terms.items(), key=order)


def _key(key: Key) -> Key:
    found = _readable(key)
    assert isinstance(found, tuple)
    return found
