"""Matrices are read from rows, FLINT, SymPy and NumPy; wrong ones are refused with the place."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpz_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.matrices import (
    column,
    columns,
    diagonal,
    eye,
    frobenius2,
    from_sympy,
    hstack,
    is_symmetric,
    is_zero,
    matrix,
    rows_as_json,
    show_matrix,
    submatrix,
    to_sympy,
    trace,
    vstack,
    zeros,
)

RATIONALS = st.sampled_from([fmpq(sign * p, q) for q in range(1, 10) for p in range(21) for sign in (1, -1)])
SHAPES = st.tuples(st.integers(0, 4), st.integers(0, 4))


def of_shape(rows, cols):
    return st.lists(RATIONALS, min_size=rows * cols, max_size=rows * cols).map(
        lambda e: fmpq_mat(rows, cols, e)
    )


MATRICES = SHAPES.flatmap(lambda shape: of_shape(*shape))


def same(M, N):
    return (M.nrows(), M.ncols()) == (N.nrows(), N.ncols()) and M == N


EXPECTED = fmpq_mat([[1, fmpq(1, 2)], [fmpq(1, 10), -3]])


@pytest.mark.parametrize(
    "rows",
    [
        [[1, "1/2"], ["0.1", -3]],
        ((1, Fraction(1, 2)), (Fraction(1, 10), -3)),
        EXPECTED,
        sympy.Matrix([[1, sympy.Rational(1, 2)], [sympy.Rational(1, 10), -3]]),
        sympy.ImmutableMatrix([[1, sympy.Rational(1, 2)], [sympy.Rational(1, 10), -3]]),
        sympy.SparseMatrix([[1, sympy.Rational(1, 2)], [sympy.Rational(1, 10), -3]]),
        np.array([[1, Fraction(1, 2)], [Fraction(1, 10), -3]], dtype=object),
    ],
    ids=["lists", "tuples", "flint", "sympy", "immutable", "sparse", "numpy"],
)
def test_all_kinds_of_rows_are_read(rows):
    assert matrix(rows) == EXPECTED


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16])
def test_integer_arrays_are_read(dtype):
    assert matrix(np.array([[1, 2], [3, 4]], dtype=dtype)) == fmpq_mat([[1, 2], [3, 4]])
    assert matrix(fmpz_mat([[1, 2], [3, 4]])) == fmpq_mat([[1, 2], [3, 4]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_float_arrays_are_refused_or_read_as_printed(dtype):
    array = np.array([[0.1, 2.5]], dtype=dtype)
    with pytest.raises(InputError, match="its entries must be integers; allow decimals"):
        matrix(array)
    assert matrix(array, decimals=True) == fmpq_mat([[fmpq(1, 10), fmpq(5, 2)]])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2], [3]], "X[2]: row 2 has 1 entry, but row 1 has 2: the rows must be equally long"),
        ([[1], [2, 3, 4]], "X[2]: row 2 has 3 entries, but row 1 has 1: the rows must be equally long"),
        ([], "X: a matrix without rows; it needs at least one row with one entry"),
        ([[]], "X[1]: row 1 is empty; a row needs at least one entry"),
        ([[1], []], "X[2]: row 2 is empty; a row needs at least one entry"),
        ([[1], 2], "X[2]: row 2 is no list but of type int"),
        (["12"], "X[1]: row 1 is no list but of type str"),
        ("12", "X: a value of type str is no matrix; write a list of rows"),
        (5, "X: a value of type int is no matrix; write a list of rows"),
        (None, "X: a value of type NoneType is no matrix; write a list of rows"),
        ([[1, "1/0"]], "X[1][2]: the denominator of 1/0 is zero"),
        (np.zeros((2, 2, 2), dtype=int), "X: an array of 3 dimensions; a matrix has two"),
        (np.array([[True]]), "X: an array of dtype bool; its entries must be integers"),
        (sympy.MatrixSymbol("A", 2, 2),
         "X: MatrixSymbol is not a SymPy matrix with explicit entries; write M.as_explicit()"),
    ],
)  # fmt: skip
def test_wrong_matrices_are_refused_with_the_place(rows, message):
    with pytest.raises(InputError) as caught:
        matrix(rows, field="X")
    assert caught.value.located() == message


def test_the_place_of_a_float_is_named():
    with pytest.raises(InputError) as caught:
        matrix([[1, 2], [3, 0.5]], field="Y")
    assert caught.value.field == "Y[2][2]"
    assert matrix([[0.5]], decimals=True) == fmpq_mat([[fmpq(1, 2)]])


def test_unevaluated_and_symbolic_sympy_entries_are_refused():
    a = sympy.Symbol("a")
    with pytest.raises(InputError, match=r"X\[1\]\[2\]: a \+ 1 has the symbol a"):
        from_sympy(sympy.Matrix([[1, a + 1]]), field="X")
    with pytest.raises(InputError, match="sqrt\\(2\\) is not written as a rational number"):
        from_sympy(sympy.Matrix([[sympy.sqrt(2)]]))
    with pytest.raises(InputError, match="is not a SymPy matrix"):
        from_sympy([[1]])


@given(MATRICES)
def test_sympy_and_back(M):
    there = to_sympy(M)
    assert there.shape == (M.nrows(), M.ncols())
    assert same(from_sympy(there), M)
    assert same(matrix(there.as_immutable()), M)


@given(MATRICES)
def test_json_and_back(M):
    if M.nrows() and M.ncols():
        assert matrix(rows_as_json(M)) == M


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (2, 3)])
def test_zeros_of_any_shape(shape):
    Z = zeros(*shape)
    assert (Z.nrows(), Z.ncols()) == shape
    assert is_zero(Z)


@pytest.mark.parametrize("shape", [(-1, 2), (2, -1), (-1, -1)])
def test_negative_sizes_are_refused(shape):
    with pytest.raises(InputError, match="sizes are not negative"):
        zeros(*shape)


@pytest.mark.parametrize("shape", [(10**20, 0), (10**4, 10**4), (0, 2**63)])
def test_huge_sizes_are_refused(shape):
    with pytest.raises(TooLarge, match="10,000,000"):
        zeros(*shape)


def test_reading_stops_at_the_size_limit(monkeypatch):
    monkeypatch.setattr("symbolic_cp.exact.limits.MAX_ENTRIES", 5)
    with pytest.raises(TooLarge, match="a 2 x 3 matrix"):
        matrix([[1, 2, 3], [4, 5, 6]])


@given(SHAPES.flatmap(lambda s: st.tuples(of_shape(s[0], s[1]), of_shape(s[0], 2), of_shape(3, s[1]))))
def test_stacking_and_submatrices(blocks):
    A, right, below = blocks
    wide, high = hstack(A, right), vstack(A, below)
    rows, cols = range(A.nrows()), range(A.ncols())
    assert same(submatrix(wide, rows, cols), A)
    assert same(submatrix(wide, rows, range(A.ncols(), A.ncols() + 2)), right)
    assert same(submatrix(high, rows, cols), A)
    assert same(submatrix(high, range(A.nrows(), A.nrows() + 3), cols), below)
    assert same(hstack(*columns(wide)), wide)


def test_stacking_needs_fitting_blocks():
    with pytest.raises(InputError, match="equally many rows, not 2 and 3"):
        hstack(eye(2), eye(3))
    with pytest.raises(InputError, match="equally many columns, not 2 and 3"):
        vstack(eye(2), eye(3))
    with pytest.raises(InputError, match="no blocks at all"):
        hstack()


def test_submatrices_need_existing_rows_and_columns():
    with pytest.raises(InputError, match="no row 2 in a 2 x 2 matrix"):
        submatrix(eye(2), [0, 2], [0])
    with pytest.raises(InputError, match="no column -1"):
        submatrix(eye(2), [0], [-1])


@given(MATRICES)
def test_frobenius_norm_is_the_trace_of_the_gram_matrix(M):
    assert frobenius2(M) == trace(M * M.transpose())
    assert (frobenius2(M) == 0) == is_zero(M)


def test_only_square_matrices_have_a_trace():
    with pytest.raises(InputError, match="2 x 3"):
        trace(zeros(2, 3))
    assert trace(zeros(0, 0)) == 0


def test_symmetry():
    assert is_symmetric(matrix([[1, 2], [2, 3]]))
    assert is_symmetric(zeros(0, 0))
    assert not is_symmetric(matrix([[1, 2], [3, 4]]))
    assert not is_symmetric(zeros(2, 3))


def test_shown_matrices():
    assert show_matrix(matrix([[1, "1/2"], [-30, 4]])) == "[  1  1/2]\n[-30    4]"
    assert show_matrix(zeros(2, 0)) == "[2 x 0]"
    assert diagonal([1, 2]) == matrix([[1, 0], [0, 2]])
    assert column([1, 2]) == matrix([[1], [2]])
