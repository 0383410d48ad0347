"""Rational spectra by their eigenvectors: right where they are found, and no wrong guess gets through."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from flint import fmpq, fmpq_mat, fmpz
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact import rational_spectrum as module
from symbolic_cp.exact.linear import kernel, rank
from symbolic_cp.exact.matrices import diagonal, eye, submatrix
from symbolic_cp.exact.rational_spectrum import rational_spectrum
from symbolic_cp.exact.spectrum import diagonalised, spectrum

VALUES = st.lists(st.fractions(-6, 6, max_denominator=3).map(lambda q: fmpq(q.numerator, q.denominator)), max_size=6)


def rotated(values, seed, height=5):
    """U diag(values) U^T for a dense rational orthogonal U."""
    n, rng = len(values), Random(seed)
    v = fmpq_mat(n, 1, [rng.randint(1, height) for _ in range(n)])
    U = eye(n) - v * v.transpose() * (fmpq(2) / (v.transpose() * v)[0, 0]) if n else eye(0)
    return U * diagonal(values) * U.transpose()


def check(S, values, found):
    """The eigenvalues are those that went in; the rows are reduced eigenvectors, one basis after the other."""
    assert found is not None
    distinct, rows = found
    assert distinct == sorted(set(values), reverse=True)
    assert all(a > b for a, b in pairwise(distinct))
    V = fmpq_mat(rows.rows)
    assert rank(V) == V.nrows() == S.nrows()
    for i, value in enumerate(distinct):
        mine = [row for row, of in enumerate(rows.of) if of == i]
        assert len(mine) == values.count(value)
        own = submatrix(V, mine, range(S.nrows()))
        assert own * S == own * value
        reduced = diagonal([fmpq(1, rows.units[row]) for row in mine]) * own
        assert reduced.transpose() == kernel(S - eye(S.nrows()) * value)


@pytest.mark.parametrize("modular_from", [0, 100])
@given(VALUES, st.integers(0, 100))
def test_rational_spectra_are_found(modular_from, values, seed):
    S = rotated(values, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MODULAR_FROM", modular_from)
        check(S, values, rational_spectrum(S))


@pytest.mark.parametrize("height", [10**3, 10**6])
def test_long_eigenvectors_are_found_as_integers(height):
    """Modulo one prime they would be too long, so that the whole spectrum would be left to its factors."""
    values = [fmpq(5), fmpq(7, 3), fmpq(0), fmpq(-1, 2)]
    S = rotated(values, 1, height)
    found = rational_spectrum(S)
    if found is not None:  # roots are sought up to 2^60 only
        check(S, values, found)
    assert [e.value for e in spectrum(S)] == values
    assert (found is None) == (height == 10**6)


def test_large_sizes():
    values = [fmpq(k * k) for k in range(30, 0, -1)]
    S = rotated(values, 3, 2)
    check(S, values, rational_spectrum(S))
    check(S * S, [value * value for value in values], rational_spectrum(S * S))


def test_irrational_spectra_are_left_to_their_factors():
    values, rows = diagonalised(fmpq_mat([[2, 1], [1, 1]]))
    assert rows is None
    assert [e.degree for e in values] == [2, 2]


@pytest.mark.parametrize("guess", [[2, 1], [3, 0], [5, -5], [1]])
def test_wrong_eigenvalues_are_refused(monkeypatch, guess):
    """x^2 - 3 x + 1 has roots modulo half of all primes: what looks like eigenvalues has no eigenvectors."""
    monkeypatch.setattr(module, "_integer_roots", lambda _: guess)
    assert rational_spectrum(fmpq_mat([[2, 1], [1, 1]])) is None


def test_roots_modulo_the_prime_need_not_be_eigenvalues():
    """Two is a square modulo the prime, so +-sqrt(2) look like integers; no eigenvectors belong to them."""
    S = fmpq_mat([[1, 1], [1, -1]])
    guess = module._integer_roots(S.numer_denom()[0])
    assert guess is not None
    assert all((value * value - 2) % module.ROOT_PRIMES[0] == 0 for value in guess)
    assert rational_spectrum(S) is None


@pytest.mark.parametrize("modular_from", [0, 100])
def test_a_start_without_a_component_in_an_eigenspace(monkeypatch, modular_from):
    """(38, -1) is orthogonal to the start (1, 38): the spectrum is found by its factors."""
    monkeypatch.setattr(module, "MODULAR_FROM", modular_from)
    U = fmpq_mat([[1, 38], [38, -1]])
    S = U * diagonal([1, 2]) * U / (1 + 38 * 38)
    assert rational_spectrum(S) is None
    assert [e.value for e in spectrum(S)] == [2, 1]


def test_the_primes():
    assert all(fmpz(p).is_prime() for p in module.ROOT_PRIMES)
    assert sorted(module.ROOT_PRIMES) == list(module.ROOT_PRIMES)
