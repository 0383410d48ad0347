"""Lifted kernels and eigenvectors: right where numbers are small, and right where one prime is not enough."""

from __future__ import annotations

from random import Random

import pytest
from flint import fmpq, fmpq_mat, nmod_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.eigenvectors import rational_eigenvectors
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.lifting import BOUND, PRIME, lifted, lifted_kernel
from symbolic_cp.exact.linear import kernel, rank
from symbolic_cp.exact.matrices import diagonal, eye, submatrix, zeros

NUMBERS = st.integers(-(10**4), 10**4)


def from_fractions(pairs):
    return [a * pow(b, -1, PRIME) % PRIME for a, b in pairs]


@given(st.lists(st.tuples(NUMBERS, st.integers(1, 30)), min_size=1, max_size=5), st.integers(1, PRIME - 1))
def test_small_fractions_come_back(pairs, unit):
    residues = [residue * unit % PRIME for residue in from_fractions(pairs)]
    found = lifted(residues, unit)
    assert found is not None
    vector, denominator = found
    assert [fmpq(a, denominator) for a in vector] == [fmpq(a, b) for a, b in pairs]


def test_what_is_not_small_is_refused():
    assert lifted(from_fractions([(1, BOUND - 1), (1, BOUND - 3)])) is None


def test_a_kernel_modulo_the_prime():
    found = lifted_kernel(nmod_mat(2, 3, [1, 2, 4, 2, 4, 8], PRIME))
    assert found == [([PRIME - 2 - PRIME, 1, 0], 1), ([-4, 0, 1], 1)]


def rotated(rng, values, height):
    """U diag(values) U^T for a dense rational orthogonal U, and U."""
    n = len(values)
    v = fmpq_mat(n, 1, [rng.randint(1, height) for _ in range(n)])
    U = eye(n) - v * v.transpose() * (fmpq(2) / (v.transpose() * v)[0, 0])
    return U * diagonal(values) * U.transpose(), U


@pytest.mark.parametrize("height", [3, 10**6, 10**30])
def test_eigenvectors_of_every_height(height):
    """Small ones are lifted from a prime, large ones come from a kernel; each spans its eigenspace."""
    values = [fmpq(5), fmpq(5), fmpq(7, 3), fmpq(0), fmpq(-1, 2)]
    S, U = rotated(Random(height), values, height)
    distinct = [fmpq(7, 3), fmpq(5), fmpq(-1, 2), fmpq(0)]
    found = rational_eigenvectors(S, distinct)
    assert found.of == (0, 1, 1, 2, 3)
    rows = fmpq_mat(found.rows)
    assert rank(rows) == 5
    for row, position in enumerate(found.of):
        v = submatrix(rows, [row], range(5))
        assert v * S == v * distinct[position]
    assert fmpq_mat(found.take([1, 2])) * U == fmpq_mat(found.take([1, 2])) * U * diagonal([1, 1, 0, 0, 0])


def test_reduced_vectors_are_those_of_the_kernel():
    S, _ = rotated(Random(1), [fmpq(2), fmpq(2), fmpq(1), fmpq(3)], 4)
    found = rational_eigenvectors(S, [fmpq(2)])
    reduced = diagonal([fmpq(1, unit) for unit in found.units]) * fmpq_mat(found.rows)
    assert reduced.transpose() == kernel(S - eye(4) * 2)


@pytest.mark.parametrize("value", [fmpq(3), fmpq(1, 2), fmpq(10**40)])
def test_no_eigenvalue(value):
    with pytest.raises(InputError, match="no eigenvalue"):
        rational_eigenvectors(fmpq_mat([[1, 0], [0, 2]]), [fmpq(1), value])


def test_an_unlucky_prime():
    """Modulo the prime everything is in the kernel; over Q only half."""
    M = fmpq_mat([[PRIME, 0], [0, 0]])
    assert kernel(M) == fmpq_mat([[0], [1]])
    assert rational_eigenvectors(M, [fmpq(0)]).rows.nrows() == 1
    assert kernel(zeros(0, 2)) == eye(2)
    assert kernel(zeros(2, 0)) == zeros(0, 0)
