"""Lifted inverses are FLINT's inverses."""

from __future__ import annotations

import random

import pytest
from flint import fmpq_mat, fmpz, fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact import inverses
from symbolic_cp.exact.inverses import integer_inverse, is_scalar


@settings(deadline=None)
@given(st.integers(0, 7), st.integers(1, 90), st.randoms(use_true_random=False), st.booleans())
def test_inverses_agree_with_flint(n, bits, numbers, lifted):
    A = fmpz_mat(n, n, [numbers.randint(-(2**bits), 2**bits) for _ in range(n * n)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inverses, "LIFTED_FROM", 0 if lifted else 100)
        if A.det() == 0:
            with pytest.raises(ZeroDivisionError):
                integer_inverse(A)
            return
        P, e = integer_inverse(A)
    assert A * P == fmpz_mat(n, n, [e * int(i == j) for i in range(n) for j in range(n)])
    assert fmpq_mat(P) / e == fmpq_mat(A).inv()


@pytest.mark.parametrize("bits", [1, 3, 30, 200])
def test_large_inverses(bits):
    numbers = random.Random(bits)
    n = inverses.LIFTED_FROM + 3
    A = fmpz_mat(n, n, [numbers.randint(-(2**bits), 2**bits) for _ in range(n * n)])
    P, e = integer_inverse(A)
    assert fmpq_mat(P) / e == fmpq_mat(A).inv()


def test_a_wrong_guess_of_the_size_is_corrected():
    """The adjugate of this matrix has entries of 230 bits, its determinant is 1."""
    n = inverses.LIFTED_FROM
    A = fmpz_mat(n, n, [int(i == j) - (1000 if j == i + 1 else 0) for i in range(n) for j in range(n)])
    P, e = integer_inverse(A)
    assert fmpq_mat(P) / e == fmpq_mat(A).inv()
    assert P[0, n - 1] / e == fmpz(1000) ** (n - 1)


def test_solutions_that_hide_the_denominator(monkeypatch):
    """Both solutions are integers here, but the inverse is not: the determinant is asked."""
    n = inverses.LIFTED_FROM
    columns = inverses._two_columns(n)
    common = [int(columns[i, 0].gcd(columns[i, 1])) for i in range(n)]
    assert max(common) > 1
    A = fmpz_mat(n, n, [common[i] * int(i == j) for i in range(n) for j in range(n)])
    monkeypatch.setattr(inverses, "_SMALL_PRIMES", 1)
    P, e = integer_inverse(A)
    assert e > 1
    assert fmpq_mat(P) / e == fmpq_mat(A).inv()


def test_a_prime_that_divides_the_determinant_is_given_up(monkeypatch):
    n = inverses.LIFTED_FROM
    A = fmpz_mat(n, n, [7 * int(i == j) for i in range(n) for j in range(n)])
    starts = []
    honest = inverses._prime_above

    def seven_first(start):
        starts.append(start)
        return fmpz(7) if len(starts) == 1 else honest(start)

    monkeypatch.setattr(inverses, "_prime_above", seven_first)
    P, e = integer_inverse(A)
    assert len(starts) == 2
    assert fmpq_mat(P) / e == fmpq_mat(A).inv()


def test_scalar_matrices():
    assert is_scalar(fmpz_mat(0, 0), fmpz(5))
    assert is_scalar(fmpz_mat([[5, 0], [0, 5]]), fmpz(5))
    assert not is_scalar(fmpz_mat([[5, 0], [0, 5]]), fmpz(4))
    assert not is_scalar(fmpz_mat([[5, 1], [0, 5]]), fmpz(5))
    assert not is_scalar(fmpz_mat([[5, 0]]), fmpz(5))
