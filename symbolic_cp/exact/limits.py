"""What is checked before FLINT sees it, because FLINT ends the process otherwise: sizes, digits, bits, moduli.

Main functions: check_shape, check_digits, check_bits, check_modulus. Each raises InputError (TooLarge beyond a limit)
with a message that names the limit, and costs next to nothing.
"""

from __future__ import annotations

from functools import lru_cache

from flint import fmpz

from symbolic_cp.exact.errors import InputError, TooLarge

MAX_ENTRIES = 10_000_000
"""Matrices with more entries, rows or columns than this are refused (FLINT aborts when memory runs out)."""

MAX_DIGITS = 100_000
"""Numbers with more digits than this, in numerator or denominator, are refused; decimals are printed to as many."""

MAX_BITS = 1 << 26
"""The precision to which an irrational number is enclosed, 2^-67108864, at most."""

MAX_MODULUS = 1 << 63


def check_shape(rows: int, columns: int, field: str | None = None) -> None:
    """Raise InputError unless there can be a rows x columns matrix; either may be 0."""
    if rows < 0 or columns < 0:
        raise InputError(f"a matrix cannot be {rows} x {columns}; sizes are not negative", field=field)
    if max(rows, columns, rows * columns) > MAX_ENTRIES:
        raise TooLarge(f"a {rows} x {columns} matrix; at most {MAX_ENTRIES:,} entries are held", field=field)


def check_digits(digits: int) -> None:
    """Raise InputError unless a number can be printed to so many significant digits."""
    if digits < 1:
        raise InputError(f"a number is printed to at least one digit, not to {digits}")
    if digits > MAX_DIGITS:
        raise TooLarge(f"{digits:,} digits; at most {MAX_DIGITS:,} are printed")


def check_bits(bits: int) -> None:
    """Raise InputError unless a number can be enclosed to within 2^-bits."""
    if bits < 0:
        raise InputError(f"a precision of {bits} bits; it is 0 or more")
    if bits > MAX_BITS:
        raise TooLarge(f"a precision of {bits:,} bits; at most {MAX_BITS:,} are computed")


@lru_cache(maxsize=64)
def check_modulus(modulus: int) -> None:
    """Raise InputError unless one can eliminate modulo it: a prime below 2^63 (FLINT ends where one cannot divide)."""
    if not 1 < modulus < MAX_MODULUS or not fmpz(modulus).is_prime():
        raise InputError(f"eliminations are done modulo a prime below 2^63, and {modulus} is none")
