"""Pseudoinverses, ranks and linear systems satisfy their laws, and agree with SymPy."""

from __future__ import annotations

import random
from math import prod

import pytest
import sympy
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact import linear
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import (
    is_pinv,
    kernel,
    particular_solution,
    penrose_residuals,
    pinv,
    pivots,
    projector,
    rank,
    solve_affine,
)
from symbolic_cp.exact.matrices import eye, from_sympy, hstack, is_zero, matrix, submatrix, to_sympy, zeros

RATIONALS = st.sampled_from([fmpq(sign * p, q) for q in range(1, 5) for p in range(6) for sign in (1, -1)])
SIZES = st.integers(0, 5)


def of_shape(rows, cols):
    return st.lists(RATIONALS, min_size=rows * cols, max_size=rows * cols).map(
        lambda e: fmpq_mat(rows, cols, e)
    )


@st.composite
def low_rank(draw):
    """A matrix of any shape, 0 included, whose rank is at most a drawn number."""
    rows, inner, cols = draw(SIZES), draw(SIZES), draw(SIZES)
    return draw(of_shape(rows, inner)) * draw(of_shape(inner, cols))


def same(M, N):
    return (M.nrows(), M.ncols()) == (N.nrows(), N.ncols()) and M == N


@given(low_rank())
def test_the_four_penrose_equations_hold(M):
    B = pinv(M)
    assert (B.nrows(), B.ncols()) == (M.ncols(), M.nrows())
    assert all(is_zero(residual) for residual in penrose_residuals(M, B))
    assert is_pinv(M, B)


@given(low_rank())
def test_laws_of_the_pseudoinverse(M):
    B = pinv(M)
    assert same(pinv(B), M)
    assert same(pinv(M.transpose()), B.transpose())
    assert same(pinv(M * fmpq(-3, 2)), B * fmpq(-2, 3))
    assert same(pinv(M.transpose() * M), B * B.transpose())
    assert same(pinv(M.transpose() * M) * M.transpose(), B)


@settings(deadline=None, max_examples=50)
@given(low_rank())
def test_pseudoinverse_and_rank_agree_with_sympy(M):
    theirs = to_sympy(M)
    assert rank(M) == theirs.rank()
    if M.nrows() and M.ncols():
        assert same(from_sympy(theirs.pinv()), pinv(M))


@pytest.mark.parametrize("seed", range(8))
def test_random_rank_deficient_matrices_agree_with_sympy(seed):
    numbers = random.Random(seed)
    left, right = (
        sympy.Matrix(rows, cols, [sympy.Rational(numbers.randint(-4, 4), 3) for _ in range(rows * cols)])
        for rows, cols in ((5, 2), (2, 4))
    )
    M = left * right
    assert rank(from_sympy(M)) == M.rank() <= 2
    assert from_sympy(M.pinv()) == pinv(from_sympy(M))


@given(low_rank(), low_rank())
def test_only_the_pseudoinverse_is_accepted(M, N):
    B = pinv(M)
    if (N.nrows(), N.ncols()) == (B.nrows(), B.ncols()):
        assert is_pinv(M, N) == all(is_zero(residual) for residual in penrose_residuals(M, N))
        assert is_pinv(M, N) == (N == B)


@pytest.mark.parametrize(
    ("equation", "places"),
    [(0, []), (1, [(0, 0), (-1, -1)]), (2, [(0, 0), (0, -1)]), (3, [(0, 0), (-1, 0)])],
)
@pytest.mark.parametrize("shape", [(2, 2), (2, 3), (3, 2), (2, 11), (11, 2)])
def test_each_penrose_equation_is_needed(shape, equation, places):
    """For each equation there is a B that violates only this one; is_pinv refuses it."""
    rows, cols = shape
    M, B = zeros(rows, cols), zeros(cols, rows)
    M[0, 0] = 1
    for i, j in places:
        B[i % cols, j % rows] = 1
    violated = [k for k, residual in enumerate(penrose_residuals(M, B)) if not is_zero(residual)]
    assert violated == [equation]
    assert not is_pinv(M, B)


def test_shapes_of_pseudoinverses_are_checked():
    assert not is_pinv(zeros(2, 3), zeros(2, 3))
    with pytest.raises(InputError, match="pseudoinverse of a 2 x 3 matrix is 3 x 2, not 2 x 3"):
        penrose_residuals(zeros(2, 3), zeros(2, 3))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 2), (2, 12)])
def test_zero_matrices(shape):
    Z = zeros(*shape)
    assert same(pinv(Z), zeros(shape[1], shape[0]))
    assert rank(Z) == 0
    assert pivots(Z) == ([], [])
    assert same(kernel(Z), eye(shape[1]))


@pytest.mark.parametrize(("rows", "cols"), [(3, 40), (40, 3), (30, 30), (26, 60), (30, 20)])
@pytest.mark.parametrize("deficiency", [0, 2])
def test_larger_pseudoinverses(rows, cols, deficiency):
    """Long matrices and lifted inverses take routes of their own."""
    inner = min(rows, cols) - deficiency
    left = fmpq_mat(rows, inner, [(i * i + 7 * j) % 11 - 5 for i in range(rows) for j in range(inner)])
    right = fmpq_mat(inner, cols, [(3 * i + j * j * j) % 13 - 6 for i in range(inner) for j in range(cols)])
    M = left * right / 6
    assert all(is_zero(residual) for residual in penrose_residuals(M, pinv(M)))
    assert rank(M) == M.rank()


@given(low_rank())
def test_pivots_carry_the_rank(M):
    rows, cols = pivots(M)
    assert len(rows) == len(cols) == rank(M) == M.rank()
    assert submatrix(M, rows, cols).det() != 0


@given(low_rank())
def test_unlucky_primes_are_noticed(M):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear, "_PRIMES", (2, 3, 5, 7, *linear._PRIMES))
        assert rank(M) == M.rank()
        assert len(pivots(M)[0]) == M.rank()
        assert all(is_zero(residual) for residual in penrose_residuals(M, pinv(M)))


def test_where_all_primes_at_hand_are_unlucky_others_are_found():
    product = prod(linear._PRIMES)
    first, *_ = linear._PRIMES
    for M in (matrix([[product]]), matrix([[product, 0], [0, 0]]), matrix([[first, 0], [0, product // first]])):
        assert all(is_zero(residual) for residual in penrose_residuals(M, pinv(M)))
        assert len(pivots(M)[0]) == rank(M) == M.rank()
        assert kernel(M).ncols() == M.ncols() - M.rank()


@given(low_rank())
def test_the_projector_projects_onto_the_columns(M):
    P = projector(M)
    assert same(P * P, P)
    assert same(P.transpose(), P)
    assert same(P * M, M)
    assert rank(P) == rank(M)


@given(low_rank())
def test_the_kernel_is_all_of_it(M):
    K = kernel(M)
    assert (K.nrows(), K.ncols()) == (M.ncols(), M.ncols() - rank(M))
    assert is_zero(M * K)
    assert rank(K) == K.ncols()


@given(low_rank(), st.integers(0, 3), st.data())
def test_solvable_systems_are_solved(A, width, data):
    b = A * data.draw(of_shape(A.ncols(), width))
    solved = solve_affine(A, b)
    assert solved is not None
    x, basis = solved
    assert same(A * x, b)
    assert same(basis, kernel(A))


@given(low_rank(), st.data())
def test_systems_without_solution_have_none(A, data):
    b = data.draw(of_shape(A.nrows(), 1))
    solvable = rank(hstack(A, b)) == rank(A)
    assert (solve_affine(A, b) is not None) == (particular_solution(A, b) is not None) == solvable


def test_systems_need_equal_heights():
    with pytest.raises(InputError, match="A has 2 and b has 3"):
        solve_affine(eye(2), eye(3))
