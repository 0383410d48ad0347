"""Coefficients: a commutative ring, with numbers inside."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.prover.central import Central, central, least_common_multiple, merged, monomials, quotient

MONOMIALS = st.text(alphabet="abc", max_size=3).map(lambda text: "".join(sorted(text)))
NUMBERS = st.one_of(st.integers(-3, 3), st.fractions(-2, 2, max_denominator=3))
VALUES = st.dictionaries(MONOMIALS, NUMBERS, max_size=3).map(central)


@given(VALUES, VALUES, VALUES)
def test_ring(a, b, c):
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) * c == a * c + b * c
    assert (a * b) * c == a * (b * c)
    assert a - a == 0
    assert a * 1 == a
    assert a * 0 == 0


@given(VALUES)
def test_a_number_is_never_a_central(a):
    assert isinstance(a, Central) == any(monomials(a).keys() - {""})
    assert all(monomials(a).values())


@given(MONOMIALS, MONOMIALS)
def test_monomials_divide_their_products(a, b):
    assert quotient(merged(a, b), a) == b
    common = least_common_multiple(a, b)
    assert quotient(common, a) is not None
    assert quotient(common, b) is not None
    assert len(common) <= len(a) + len(b)


def test_quotient_of_what_does_not_divide():
    assert quotient("ab", "bb") is None
    assert quotient("", "a") is None


def test_fractions_stay_exact():
    assert central({"a": Fraction(1, 3)}) * 3 == central({"a": 1})
