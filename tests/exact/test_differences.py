"""Differences of algebraic numbers, against SymPy's minimal polynomials and mpmath's decimals."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import pytest
import sympy
from flint import fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.algebraic import GENERATOR, Field, compare, decimal
from symbolic_cp.exact.differences import MOST, difference
from symbolic_cp.exact.polynomials import isolate

x = sympy.Symbol("x")
ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))


@st.composite
def numbers(draw):
    """A root of a drawn polynomial: rational or with its minimal polynomial."""
    coefficients = draw(st.lists(st.integers(-4, 4), min_size=2, max_size=4))
    f = fmpq_poly([*coefficients, 1])
    factors = [factor for factor, _ in f.factor(monic=True)[1]]
    roots = [-g[0] for g in factors if g.degree() == 1]
    roots += [Field(g, interval) for g in factors if g.degree() > 1 for interval in isolate(g)]
    return draw(st.sampled_from(roots)) if roots else fmpq(draw(st.integers(-3, 3)))


def digits(value):
    text = decimal(value, GENERATOR, 40) if isinstance(value, Field) else None
    return mpmath.mpf(int(value.p)) / int(value.q) if text is None else mpmath.mpf(text)


@given(numbers(), numbers())
def test_decimals_subtract_and_the_order_is_the_sign(first, second):
    found = difference(first, second)
    with mpmath.workdps(50):
        assert abs(digits(found) - (digits(first) - digits(second))) < mpmath.mpf(10) ** -30
    assert compare(found, fmpq(0)) == compare(first, second)
    assert compare(difference(second, first), -found if isinstance(found, fmpq) else difference(fmpq(0), found)) == 0


@pytest.mark.parametrize(("p", "q"), [(2, 3), (2, 8), (5, 7), (12, 3)])
def test_minimal_polynomials_are_those_of_sympy(p, q):
    first, second = (Field(fmpq_poly([-n, 0, 1]), (fmpq(0), fmpq(n))) for n in (p, q))
    found = difference(first, second)
    expected = sympy.Poly(sympy.minimal_polynomial(sympy.sqrt(p) - sympy.sqrt(q), x), x)
    assert isinstance(found, Field)
    assert [int(c) for c in found.minpoly.coeffs()] == [int(c) for c in reversed(expected.all_coeffs())]


def test_a_rational_difference_is_rational():
    moved = Field(fmpq_poly([-1, -2, 1]), (fmpq(2), fmpq(3)))  # 1 + sqrt 2
    assert difference(moved, ROOT2) == 1
    assert difference(ROOT2, ROOT2) == 0


def test_large_degrees_are_enclosed():
    wide = [Field(fmpq_poly([-n, *[0] * 8, 1]), (fmpq(1), fmpq(2))) for n in (2, 3)]
    assert wide[0].degree * wide[1].degree > MOST
    found = difference(wide[1], wide[0])
    assert isinstance(found, tuple)
    assert found[0] > 0
    with mpmath.workdps(40):
        exact = mpmath.root(3, 9) - mpmath.root(2, 9)
        low, high = (mpmath.mpf(int(end.p)) / int(end.q) for end in found)
        assert low <= exact <= high
        assert high - low < mpmath.mpf(10) ** -19


def test_conjugates_are_told_apart():
    """The three roots of x^3 - 3x + 1: their differences are the roots of factors of one polynomial."""
    f = fmpq_poly([1, -3, 0, 1])
    roots = [Field(f, interval) for interval in isolate(f)]
    for low, high in pairwise(roots):
        assert compare(difference(high, low), fmpq(0)) == 1
