"""Rational numbers are read by a grammar, refused with their place, and printed back exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.limits import MAX_DIGITS
from symbolic_cp.exact.numbers import as_json, decimal, rational, readable, show

HALF = fmpq(1, 2)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, fmpq(3)),
        (Fraction(2, 4), HALF),
        (Decimal("0.50"), HALF),
        (Decimal("1E+2"), fmpq(100)),
        (fmpz(-7), fmpq(-7)),
        (HALF, HALF),
        (sympy.Rational(1, 2), HALF),
        (sympy.Integer(-4), fmpq(-4)),
        (sympy.S.Half, HALF),
        (np.int64(-3), fmpq(-3)),
        (np.uint8(200), fmpq(200)),
        ("5", fmpq(5)),
        ("+5", fmpq(5)),
        ("-5", fmpq(-5)),
        ("2/4", HALF),
        ("-2/4", -HALF),
        ("0.5", HALF),
        (".5", HALF),
        ("5.", fmpq(5)),
        ("-0.50", -HALF),
        ("5e-1", HALF),
        ("1.25E2", fmpq(125)),
        ("0.1", fmpq(1, 10)),
        ("0e5", fmpq(0)),
        (" 7 ", fmpq(7)),
        ("007", fmpq(7)),
    ],
)
def test_exact_numbers_are_read(value, expected):
    assert rational(value) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", "+", ".", "e5", "1/", "/2", "1/2/3", "1/-2", "1.5/2", "1 2", "1 / 2", "1_000", "0x10",
     "nan", "inf", "1e", "1e1.5", "--1", "٣", "½", "1\n", "2**3", "1+1", "a", "pi", "sqrt(2)", "1j",
     "__import__('os')"],
)  # fmt: skip
def test_other_text_is_refused(text):
    with pytest.raises(InputError, match="is not an exact number") as caught:
        rational(text, field="X[1][1]")
    assert caught.value.field == "X[1][1]"


@pytest.mark.parametrize("value", [True, False, np.True_, None, 1j, object(), [1], b"1", sympy.true, sympy.I])
def test_other_values_are_refused(value):
    with pytest.raises(InputError):
        rational(value)


@pytest.mark.parametrize("value", [0.1, np.float64(0.1), np.float32(0.1), sympy.Float("0.1")])
def test_floats_are_refused_or_read_as_printed(value):
    with pytest.raises(InputError, match="is a float, so not exact"):
        rational(value)
    assert rational(value, decimals=True) == fmpq(1, 10)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), Decimal("NaN"), Decimal("Infinity")]
)
def test_what_is_no_number_is_refused_even_as_decimal(value):
    with pytest.raises(InputError, match="is not an exact number"):
        rational(value, decimals=True)


@pytest.mark.parametrize("text", ["1/0", "-7/000", "0/0"])
def test_zero_denominators_are_refused(text):
    with pytest.raises(InputError, match=r"the denominator of .* is zero"):
        rational(text)


@pytest.mark.parametrize(
    "value",
    ["9" * (MAX_DIGITS + 1), "1/" + "9" * (MAX_DIGITS + 1), "1e1000000", "1e-1000000",
     "0.1" + "3" * MAX_DIGITS, "9" * 10_000_000, 10 ** (MAX_DIGITS + 1), fmpz(10) ** (MAX_DIGITS + 1),
     fmpq(1, fmpz(10) ** (MAX_DIGITS + 1)), Decimal("1E+999999"), Fraction(1, 10 ** (MAX_DIGITS + 1))],
    ids=[f"long{k}" for k in range(11)],
)  # fmt: skip
def test_too_long_numbers_are_refused(value):
    with pytest.raises(TooLarge, match=r"100,000"):
        rational(value)


@pytest.mark.parametrize("digits", [5000, MAX_DIGITS])
def test_long_numbers_are_read(digits):
    assert rational("9" * digits) == rational(10**digits - 1) == fmpz(10) ** digits - 1


def test_exponents_of_more_than_seven_digits_are_refused_before_they_are_computed():
    with pytest.raises(InputError):
        rational("1e99999999999999999999")


@given(st.fractions())
def test_shown_numbers_are_read_back(q):
    value = rational(q)
    assert rational(show(value)) == value
    assert rational(as_json(value)) == value
    assert isinstance(as_json(value), int) == (q.denominator == 1 and abs(q) < 2**53)


@given(st.fractions(), st.integers(1, 30))
def test_decimals_are_correctly_rounded(q, digits):
    shown = Fraction(decimal(rational(q), digits))
    leading = next(k for k in range(400, -400, -1) if q == 0 or abs(q) >= Fraction(10) ** k)
    assert 2 * abs(shown - q) <= Fraction(10) ** (leading - digits + 1) or q == shown == 0


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(3, 12))
def test_decimals_agree_with_mpmath(q, digits):
    with mpmath.workdps(60):
        theirs = mpmath.mpf(q.numerator) / q.denominator
        assert abs(mpmath.mpf(decimal(rational(q), digits)) - theirs) <= abs(theirs) * mpmath.mpf(10) ** (
            1 - digits
        )


@pytest.mark.parametrize(
    ("q", "text"),
    [(fmpq(0), "0"), (fmpq(999999, 1000000), "0.999999"), (fmpq(9999999, 10000000), "1"),
     (fmpq(-5, 2), "-2.5"), (fmpq(1, 3), "0.333333"), (fmpq(123456789), "1.23457e+8"),
     (fmpq(1, 10**9), "1e-9"), (fmpq(100), "100")],
)  # fmt: skip
def test_decimals_look_so(q, text):
    assert decimal(q) == text


def test_readable_numbers():
    assert readable(fmpq(22, 7)) == "22/7 (3.14286)"
    assert readable(5) == "5"
    assert show(-HALF) == "-1/2"
    assert as_json(fmpq(2**53)) == str(2**53)
