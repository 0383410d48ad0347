"""Rational numbers in and out: from what users write to `flint.fmpq`, and back to text.

Main functions: rational (reads, refuses what is not exact), show (exact text), decimal (rounded text),
readable (both). Strings are matched against a grammar and never evaluated.
"""

from __future__ import annotations

import math
import operator
import re
import sys
from decimal import Decimal
from fractions import Fraction
from typing import SupportsIndex, cast

from flint import fmpq, fmpz

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.limits import MAX_DIGITS, check_digits

_MAX_BITS = math.ceil(MAX_DIGITS * math.log2(10))
_FRACTION = re.compile(r"([+-]?[0-9]+)(?:/([0-9]+))?")
_DECIMAL = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,7}))?")
_EXPECTED = 'an exact number is an integer, a fraction such as "3/4" or a decimal string such as "0.75"'


def rational(value: object, *, decimals: bool = False, field: str | None = None) -> fmpq:
    """The rational number that `value` denotes.

    Read are int, Fraction, Decimal, fmpz, fmpq, SymPy and NumPy integers, SymPy rationals, and the strings
    "p", "p/q", "0.25" and "2.5e-3". A float is refused, since it is rarely the number that was meant; with
    `decimals=True` it is read as the decimal that it prints as.

    Raises InputError (TooLarge beyond 100,000 digits), with `field` as the place.

    >>> rational("0.1"), rational("-6/4"), rational(0.1, decimals=True)
    (1/10, -3/2, 1/10)
    >>> rational("1/0", field="X[1][1]")
    Traceback (most recent call last):
    symbolic_cp.exact.errors.InputError: X[1][1]: the denominator of 1/0 is zero
    """
    if isinstance(value, bool):
        raise InputError(f"{value} is a truth value; {_EXPECTED}", field=field)
    if isinstance(value, int):
        _check_bits(value.bit_length(), field)
        return fmpq(value)
    if isinstance(value, str):
        return _from_text(value, field)
    if isinstance(value, fmpq):
        _check_bits(value.height_bits(), field)
        return value
    if isinstance(value, fmpz):
        _check_bits(value.bit_length(), field)
        return fmpq(value)
    if isinstance(value, Fraction):
        return fmpq(rational(value.numerator, field=field), rational(value.denominator, field=field))
    if isinstance(value, Decimal):
        return _from_text(str(value), field)
    return _from_library(value, decimals, field)


def _from_library(value: object, decimals: bool, field: str | None) -> fmpq:
    """Floats, and the numbers of NumPy and SymPy (known only if someone has imported them)."""
    sympy = sys.modules.get("sympy")
    if sympy is not None and isinstance(value, sympy.Basic):
        if isinstance(value, sympy.Rational):
            return fmpq(rational(int(value.p), field=field), rational(int(value.q), field=field))
        if not isinstance(value, sympy.Float):
            symbols = sorted(str(symbol) for symbol in value.free_symbols)
            reason = f"has the symbol {symbols[0]}" if symbols else "is not written as a rational number"
            raise InputError(f"{_short(str(value))} {reason}; {_EXPECTED}", field=field)
        return _from_float(str(value), decimals, field)
    if isinstance(value, float):
        return _from_float(float.__repr__(value), decimals, field)
    if type(value).__module__ == "numpy" and getattr(getattr(value, "dtype", None), "kind", "") == "f":
        return _from_float(str(value), decimals, field)
    if hasattr(type(value), "__index__"):
        return rational(operator.index(cast("SupportsIndex", value)), field=field)
    raise InputError(f"a value of type {type(value).__name__} is not a number; {_EXPECTED}", field=field)


def _from_float(text: str, decimals: bool, field: str | None) -> fmpq:
    if not decimals:
        raise InputError(
            f"{text} is a float, so not exact; write it as a string, or allow decimals to read it as printed",
            field=field,
        )
    return _from_text(text, field)


def _from_text(text: str, field: str | None) -> fmpq:
    if len(text) > 2 * MAX_DIGITS + 16:
        raise TooLarge(
            f"a number of {len(text):,} characters; at most {MAX_DIGITS:,} digits are read", field=field
        )
    stripped = text.strip(" \t")
    fraction = _FRACTION.fullmatch(stripped)
    if fraction is not None:
        numerator, denominator = fraction.group(1), fraction.group(2) or "1"
        _check_digits(max(len(numerator.lstrip("+-")), len(denominator)), field)
        if not denominator.strip("0"):
            raise InputError(f"the denominator of {_short(stripped)} is zero", field=field)
        return fmpq(fmpz(numerator.removeprefix("+")), fmpz(denominator))
    decimal_match = _DECIMAL.fullmatch(stripped)
    if decimal_match is None or not (decimal_match.group(2) or decimal_match.group(3)):
        raise InputError(f"{_short(repr(text))} is not an exact number; {_EXPECTED}", field=field)
    return _from_decimal(*decimal_match.groups(default=""), field=field)


def _from_decimal(sign: str, whole: str, places: str, exponent: str, *, field: str | None) -> fmpq:
    power = int(exponent or "0") - len(places)
    _check_digits(len(whole) + len(places) + abs(power), field)
    digits = fmpz((whole + places).lstrip("0") or "0")
    value = fmpq(digits * fmpz(10) ** power) if power >= 0 else fmpq(digits, fmpz(10) ** -power)
    return -value if sign == "-" else value


def _check_bits(bits: int, field: str | None) -> None:
    if bits > _MAX_BITS:
        raise TooLarge(f"a number has more than {MAX_DIGITS:,} digits, the most that are read", field=field)


def _check_digits(digits: int, field: str | None) -> None:
    if digits > MAX_DIGITS:
        raise TooLarge(f"a number of {digits:,} digits; at most {MAX_DIGITS:,} are read", field=field)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:36] + " ..."


def show(q: fmpq | int) -> str:
    """The exact text of a rational number: "p", or "p/q" in lowest terms.

    >>> show(fmpq(6, 4)), show(fmpq(5))
    ('3/2', '5')
    """
    return fmpq(q).str()


def decimal(q: fmpq | int, digits: int = 6) -> str:
    """A rational number rounded to so many significant digits (halves away from zero), without idle zeros.

    Raises InputError unless digits is from 1 to 100,000.

    >>> decimal(fmpq(22, 7)), decimal(fmpq(1, 2)), decimal(fmpq(-1, 3000000), 3), decimal(fmpq(10) ** 20 + 1)
    ('3.14286', '0.5', '-3.33e-7', '1e+20')
    """
    check_digits(digits)
    q = fmpq(q)
    if q == 0:
        return "0"
    exponent = decimal_exponent(abs(q))
    significand = (abs(q) * _power_of_ten(digits - 1 - exponent) + fmpq(1, 2)).floor()
    if significand == fmpz(10) ** digits:
        exponent, significand = exponent + 1, fmpz(10) ** (digits - 1)
    text = str(significand)
    sign = "-" if q < 0 else ""
    if 0 <= exponent < digits:
        return sign + _with_point(text[: exponent + 1], text[exponent + 1 :])
    if -5 <= exponent < 0:
        return sign + _with_point("0", "0" * (-exponent - 1) + text)
    return f"{sign}{_with_point(text[0], text[1:])}e{exponent:+d}"


def _with_point(whole: str, places: str) -> str:
    places = places.rstrip("0")
    return f"{whole}.{places}" if places else whole


def _power_of_ten(exponent: int) -> fmpq:
    return fmpq(fmpz(10) ** exponent) if exponent >= 0 else fmpq(1, fmpz(10) ** -exponent)


def decimal_exponent(q: fmpq) -> int:
    """The integer e with 10^e <= q < 10^(e+1), for q > 0."""
    estimate = math.floor((q.p.bit_length() - q.q.bit_length()) * math.log10(2))
    while _power_of_ten(estimate) > q:
        estimate -= 1
    while _power_of_ten(estimate + 1) <= q:
        estimate += 1
    return estimate


def as_json(q: fmpq) -> int | str:
    """A rational number as JSON holds it: an integer below 2^53 in size as a number, any other as text.

    >>> as_json(fmpq(-3)), as_json(fmpq(1, 2))
    (-3, '1/2')
    """
    return int(q.p) if q.q == 1 and abs(q.p) < 2**53 else show(q)


def readable(q: fmpq | int, digits: int = 6) -> str:
    """Exact text with a short decimal behind it where that helps: "5", "22/7 (3.14286)".

    >>> readable(fmpq(22, 7)), readable(fmpq(1, 2)), readable(fmpq(-3))
    ('22/7 (3.14286)', '1/2 (0.5)', '-3')
    """
    q = fmpq(q)
    return show(q) if q.q == 1 else f"{show(q)} ({decimal(q, digits)})"
