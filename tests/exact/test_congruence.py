"""Inertia, LDL^T and directions of negative curvature, against their laws and against a second route."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import assume, given
from hypothesis import strategies as st

from symbolic_cp.exact.congruence import congruence, inertia, ldlt, negative_direction, squares
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import diagonal, eye, matrix, submatrix, to_sympy, zeros

RATIONALS = st.sampled_from([fmpq(sign * p, q) for q in range(1, 4) for p in range(5) for sign in (1, -1)])


def of_shape(rows, cols):
    return st.lists(RATIONALS, min_size=rows * cols, max_size=rows * cols).map(
        lambda e: fmpq_mat(rows, cols, e)
    )


@st.composite
def symmetric(draw):
    """Symmetric, often singular, often with zeros on the diagonal (where 2 x 2 pivots are needed)."""
    n = draw(st.integers(0, 6))
    S = zeros(n, n)
    hollow = draw(st.booleans())
    for i in range(n):
        for j in range(i + 1):
            if not (hollow and i == j):
                S[i, j] = S[j, i] = draw(RATIONALS)
    return draw(st.sampled_from([S, S * S, -S * S]))


def signs_by_descartes(S):
    """All eigenvalues are real, so Descartes' rule counts the positive ones exactly."""
    n = S.nrows()
    coefficients = list(S.charpoly().coeffs())
    zero = next(k for k, c in enumerate(coefficients) if c != 0)
    signs = [c > 0 for c in coefficients if c != 0]
    positive = sum(a != b for a, b in pairwise(signs))
    return positive, zero, n - positive - zero


@given(symmetric())
def test_inertia_agrees_with_descartes_rule(S):
    assert inertia(S) == signs_by_descartes(S)


@given(symmetric(), st.data())
def test_inertia_is_kept_by_congruence_and_turned_by_the_sign(S, data):
    n = S.nrows()
    C = data.draw(of_shape(n, n))
    assume(rank(C) == n)
    assert inertia(C.transpose() * S * C) == inertia(S)
    assert inertia(-S) == tuple(reversed(inertia(S)))
    assert sum(inertia(S)) == n
    assert inertia(S)[1] == n - rank(S)


@given(symmetric())
def test_the_certificate_holds(S):
    found = congruence(S)
    Z = fmpq_mat(found.Z)
    assert Z.transpose() * S * Z == found.D
    assert Z.det() != 0
    blocks = found.D * 1
    for k in found.pairs:
        assert (found.D[k, k], found.D[k + 1, k + 1]) == (0, 0)
        assert found.D[k, k + 1] == found.D[k + 1, k] != 0
        blocks[k, k + 1] = blocks[k + 1, k] = 0
    assert blocks == diagonal([blocks[k, k] for k in range(S.nrows())])


@given(symmetric())
def test_ldlt_multiplies_out(S):
    L, D, order = ldlt(S)
    n = S.nrows()
    assert sorted(order) == list(range(n))
    assert L * D * L.transpose() == submatrix(S, order, order)
    assert all(L[i, i] == 1 and all(L[i, j] == 0 for j in range(i + 1, n)) for i in range(n))


@given(symmetric())
def test_a_negative_direction_exists_exactly_if_there_is_a_negative_eigenvalue(S):
    v = negative_direction(S)
    assert (v is None) == (inertia(S)[2] == 0)
    if v is not None:
        assert (v.transpose() * S * v)[0, 0] < 0
        assert all(entry.q == 1 for entry in v.entries())


@pytest.mark.parametrize(
    ("rows", "signs"),
    [
        ([[0]], (0, 1, 0)),
        ([[0, 1], [1, 0]], (1, 0, 1)),
        ([[0, -1], [-1, 0]], (1, 0, 1)),
        ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], (1, 0, 2)),
        ([[0, 0, 1], [0, 0, 0], [1, 0, 0]], (1, 1, 1)),
        ([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 2], [0, 0, 2, 0]], (2, 0, 2)),
        ([[1, 1], [1, 1]], (1, 1, 0)),
        ([["1/3", 0], [0, "-1/7"]], (1, 0, 1)),
    ],
)
def test_known_inertias(rows, signs):
    S = matrix(rows)
    assert inertia(S) == signs
    assert to_sympy(S).is_positive_definite == (signs[1:] == (0, 0))


def test_the_empty_matrix():
    assert inertia(zeros(0, 0)) == (0, 0, 0)
    assert negative_direction(zeros(0, 0)) is None
    assert ldlt(zeros(0, 0)) == (zeros(0, 0), zeros(0, 0), [])


@pytest.mark.parametrize("function", [inertia, ldlt, negative_direction, congruence])
@pytest.mark.parametrize("S", [matrix([[1, 2], [3, 4]]), zeros(2, 3)])
def test_only_symmetric_matrices_have_an_inertia(function, S):
    with pytest.raises(InputError, match="is not symmetric"):
        function(S)


def test_a_larger_matrix_of_known_inertia():
    n = 24
    C = fmpq_mat(n, n, [(i * j + i) % 7 - 3 for i in range(n) for j in range(n)]) + eye(n) * 9
    assert rank(C) == n
    D = diagonal([1] * 10 + [-1] * 9 + [0] * 5)
    S = C * D * C.transpose()
    assert inertia(S) == (10, 5, 9)


@given(st.integers(0, 2**32), st.integers(0, 5), st.integers(0, 5))
def test_squares_of_semidefinite_matrices(seed, n, columns):
    rng = Random(seed)
    B = fmpq_mat(n, columns, [fmpq(rng.randint(-3, 3), rng.randint(1, 3)) for _ in range(n * columns)])
    S = B * B.transpose()
    V, d = squares(S)
    assert V.ncols() == len(d) == rank(B)
    assert all(value > 0 for value in d)
    scaled = fmpq_mat(n, len(d), [V[i, j] * d[j] for i in range(n) for j in range(len(d))])
    assert scaled * V.transpose() == S


@given(st.integers(0, 2**32), st.integers(1, 5))
def test_only_semidefinite_matrices_are_squares(seed, n):
    rng = Random(seed)
    B = fmpq_mat(n, n, [rng.randint(-2, 2) for _ in range(n * n)])
    S = B + B.transpose()
    assert (squares(S) is None) == (inertia(S)[2] > 0)
