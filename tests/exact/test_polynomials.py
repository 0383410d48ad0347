"""Real roots are counted, isolated and narrowed exactly; mpmath's intervals confirm it by a second route."""

from __future__ import annotations

from itertools import pairwise

import pytest
import sympy
from flint import fmpq, fmpq_poly
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import iv

from symbolic_cp.exact.polynomials import (
    _bisect,
    count_real_roots,
    isolate,
    narrow,
    primitive,
    roots_in,
    show_polynomial,
    sign_at,
)

X = fmpq_poly([0, 1])
COEFFICIENTS = st.lists(st.integers(-30, 30), min_size=2, max_size=7)


def irreducible(coefficients):
    """The factors of degree 2 or more of a polynomial with these coefficients."""
    f = fmpq_poly(coefficients)
    assume(f.degree() >= 2)
    factors = [g for g, _ in f.factor(monic=True)[1] if g.degree() >= 2]
    assume(factors)
    return factors[0]


def interval(low, high):
    """An mpmath interval that has both rationals, rounded outward."""
    ends = [iv.mpf(int(q.p)) / iv.mpf(int(q.q)) for q in (low, high)]
    return iv.mpf([ends[0].a, ends[1].b])


def at_interval(f, t):
    value = iv.mpf(0)
    for k in range(f.degree(), -1, -1):
        value = value * t + iv.mpf(int(f[k].p)) / iv.mpf(int(f[k].q))
    return value


def sympy_poly(f):
    x = sympy.Symbol("x")
    return sympy.Poly([sympy.Rational(int(c.p), int(c.q)) for c in reversed(f.coeffs())], x)


@given(COEFFICIENTS)
def test_the_number_of_real_roots_agrees_with_sympy(coefficients):
    f = fmpq_poly(coefficients)
    assume(f.degree() >= 1)
    assert count_real_roots(f) == len(set(sympy.real_roots(sympy_poly(f), multiple=True)))


@given(COEFFICIENTS, st.integers(-9, 9), st.integers(1, 9))
@example([0, 0, 1, -1], -1, 1)  # a double root at the end of the interval
def test_the_number_of_roots_in_an_interval_agrees_with_sympy(coefficients, low, width):
    f = fmpq_poly(coefficients)
    assume(f.degree() >= 1)
    assume(f(low) != 0)
    expected = {root for root in sympy.real_roots(sympy_poly(f)) if low < root <= low + width}
    assert count_real_roots(f, (fmpq(low), fmpq(low + width))) == len(expected)


@given(COEFFICIENTS)
def test_isolating_intervals_are_disjoint_and_hold_one_root_each(coefficients):
    f = irreducible(coefficients)
    found = isolate(f)
    assert len(found) == count_real_roots(f)
    assert all(count_real_roots(f, each) == 1 for each in found)
    assert all(left[1] <= right[0] for left, right in pairwise(found))


@given(COEFFICIENTS)
def test_mpmath_intervals_confirm_the_isolation(coefficients):
    """Second route: signs at the ends and monotonicity in between, in mpmath's interval arithmetic."""
    f = irreducible(coefficients)
    for wide in isolate(f):
        low, high = narrow(f, wide, fmpq(1, 10**9))
        left, right = at_interval(f, interval(low, low)), at_interval(f, interval(high, high))
        slope = at_interval(f.derivative(), interval(low, high))
        if 0 not in left and 0 not in right:
            assert (left > 0) != (right > 0)
        assert 0 not in slope


@given(COEFFICIENTS, st.integers(0, 300))
def test_narrowed_intervals_keep_the_root(coefficients, bits):
    f = irreducible(coefficients)
    width = fmpq(1, 2**bits)
    for low, high in isolate(f):
        left, right = narrow(f, (low, high), width)
        assert low <= left < right <= high
        assert right - left <= width
        assert sign_at(f, left) * sign_at(f, right) < 0


def test_close_roots_are_separated():
    """Mignotte's polynomial: two roots near 1e-20 that agree in the first forty digits after those zeros."""
    f = X**4 - (fmpq(10) ** 20 * X - 1) ** 2 * 2
    found = isolate(f)
    assert len(found) == count_real_roots(f) == 4
    near = found[1:3]
    assert near[0][1] <= near[1][0]
    tight = [narrow(f, each, fmpq(1, 10**80)) for each in near]
    assert tight[1][1] - tight[0][0] < fmpq(1, 10**59)


def test_large_and_small_roots():
    assert isolate(X**2 - fmpq(2) * fmpq(10) ** 40)[1][1] > 10**20
    low, high = isolate(X**2 - fmpq(2, 10**40))[1]
    assert 0 < low < high < fmpq(2, 10**20)


def test_a_polynomial_without_real_roots():
    assert isolate(X**2 + 1) == []
    assert count_real_roots(X**2 + 1) == 0
    assert count_real_roots(fmpq_poly([5])) == 0


@given(COEFFICIENTS, st.integers(-9, 9), st.integers(0, 9))
def test_roots_in_an_interval_are_as_many_as_sturm_counts(coefficients, low, width):
    f = irreducible(coefficients)
    bounds = (fmpq(low), fmpq(low + width))
    found = roots_in(f, bounds)
    assert len(found) == count_real_roots(f, bounds)
    assert set(found) <= set(isolate(f))


@given(COEFFICIENTS)
def test_bisection_finds_the_same_roots(coefficients):
    f = irreducible(coefficients)
    for (low, high), (left, right) in zip(isolate(f), _bisect(f), strict=True):
        assert (
            count_real_roots(f, (left, right)) == count_real_roots(f, (max(low, left), min(high, right))) == 1
        )


@pytest.mark.parametrize(
    ("coefficients", "text"),
    [
        ([], "0"),
        ([-1], "-1"),
        ([0, 1], "x"),
        ([0, -1], "-x"),
        ([1, 0, fmpq(-1, 2)], "-1/2*x^2 + 1"),
        ([-1, 6, -5, 1], "x^3 - 5*x^2 + 6*x - 1"),
    ],
)
def test_shown_polynomials(coefficients, text):
    assert show_polynomial(fmpq_poly(coefficients)) == text


@given(COEFFICIENTS, st.fractions(max_denominator=50, min_value=-20, max_value=20))
def test_the_primitive_part_has_the_same_signs(coefficients, t):
    f = fmpq_poly(coefficients) / 6
    assume(f)
    point = fmpq(t.numerator, t.denominator)
    assert sign_at(f, point) == sign_at(primitive(f), point)
    assert primitive(f).content() == 1
