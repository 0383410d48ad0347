"""Matrices over Q(lambda) form a ring, and agree with SymPy."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.field_matrices import FieldMatrix, inverse, rank, regular
from symbolic_cp.exact.fields import GENERATOR, Field
from symbolic_cp.exact.matrices import eye, matrix, zeros

ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
ROOT3 = Field(fmpq_poly([-3, 0, 1]), (fmpq(1), fmpq(2)))
COSINE = Field(fmpq_poly([1, -2, -1, 1]), (fmpq(9, 5), fmpq(2)))
FIELDS = st.sampled_from([ROOT2, COSINE])
RATIONALS = st.sampled_from([fmpq(sign * p, q) for q in range(1, 4) for p in range(5) for sign in (1, -1)])


def rational_matrices(rows, cols):
    return st.lists(RATIONALS, min_size=rows * cols, max_size=rows * cols).map(
        lambda e: fmpq_mat(rows, cols, e)
    )


def over(field, rows, cols):
    return st.lists(rational_matrices(rows, cols), min_size=1, max_size=field.degree).map(
        lambda coeffs: FieldMatrix(field, tuple(coeffs))
    )


def chains(*sizes):
    """Matrices over one field, of shapes sizes[0] x sizes[1], sizes[1] x sizes[2], ... ."""
    shapes = list(pairwise(sizes))
    return FIELDS.flatmap(lambda field: st.tuples(*(over(field, *shape) for shape in shapes)))


def as_sympy(M):
    """SymPy's way: the root as an algebraic number, entries expanded in it."""
    x = sympy.Symbol("x")
    minpoly = sympy.Poly([sympy.Rational(str(c)) for c in reversed(M.field.minpoly.coeffs())], x)
    root = max(sympy.real_roots(minpoly))
    entry = lambda i, j: sum(  # noqa: E731  # the shape that sympy.Matrix takes
        (sympy.Rational(str(c)) * root**k for k, c in enumerate(M.entry(i, j).coeffs())), sympy.Integer(0)
    )
    return sympy.Matrix(M.nrows(), M.ncols(), entry)


@given(chains(2, 3, 0, 2), chains(0, 2, 2, 0))
def test_products_of_any_shape_are_associative(first, second):
    for A, B, C in (first, second):
        assert (A @ B) @ C == A @ (B @ C)


@given(chains(2, 3, 2, 1))
def test_products_are_associative_and_transpose(matrices):
    A, B, C = matrices
    assert (A @ B) @ C == A @ (B @ C)
    assert (A @ B).transpose() == B.transpose() @ A.transpose()


@given(
    FIELDS.flatmap(lambda f: st.tuples(over(f, 2, 3), over(f, 2, 3), over(f, 3, 2))), rational_matrices(3, 2)
)
def test_sums_distribute_also_with_rational_matrices(matrices, R):
    A, B, C = matrices
    assert (A + B) @ C == A @ C + B @ C
    assert A @ (C + R) == A @ C + A @ R
    assert (C + R) - R == C == R + (C - R)
    assert R - C == -(C - R)
    assert (-C + C).is_zero()
    assert eye(2) @ A == A == A @ eye(3)
    assert (A - A).is_zero()


@given(chains(2, 2, 2))
def test_traces_are_cyclic(matrices):
    A, B = matrices
    assert (A @ B).trace() == (B @ A).trace()


@settings(deadline=None, max_examples=20)
@given(chains(2, 2, 2))
def test_products_and_ranks_agree_with_sympy(matrices):
    A, B = matrices
    theirs, ours = as_sympy(A) * as_sympy(B), as_sympy(A @ B)
    assert all(abs(difference) < 1e-40 for difference in sympy.N(theirs - ours, 50))
    determinant = sympy.N(as_sympy(A).det(), 60)
    assert (rank(A) == 2) == (abs(determinant) > 1e-40)


@given(chains(3, 3, 3))
def test_the_regular_representation_multiplies(matrices):
    A, B = matrices
    assert regular(A @ B) == regular(A) * regular(B)
    assert regular(A + B) == regular(A) + regular(B)


@given(chains(3, 1, 3))
def test_outer_products_have_rank_one(matrices):
    u, v = matrices
    assert rank(u @ v) == (0 if u.is_zero() or v.is_zero() else 1)


@given(chains(2, 2))
def test_inverses(matrices):
    (A,) = matrices
    if rank(A) < 2:
        with pytest.raises(ZeroDivisionError):
            inverse(A)
    else:
        assert inverse(A) @ A == A @ inverse(A) == eye(2)


@given(chains(2, 3), RATIONALS)
def test_scaling(matrices, q):
    (A,) = matrices
    assert A.scale(q) == A.scale(fmpq_poly([q]))
    assert A.scale(GENERATOR).scale(GENERATOR) == A.scale(GENERATOR**2)
    assert A.scale(A.field.minpoly).is_zero()
    assert A.scale(2) == A + A


@given(chains(2, 3))
def test_json_and_back(matrices):
    (A,) = matrices
    assert FieldMatrix.from_json(json.loads(json.dumps(A.to_json()))) == A


@given(chains(2, 3))
def test_entries_and_back(matrices):
    (A,) = matrices
    entries = [A.entry(i, j) for i in range(2) for j in range(3)]
    assert FieldMatrix.from_entries(A.field, 2, 3, entries) == A
    assert FieldMatrix.from_entries(A.field, 2, 3, [e + A.field.minpoly for e in entries]) == A
    assert A.submatrix([1], [2, 0]).entry(0, 1) == A.entry(1, 0)


def test_equality_is_of_values():
    one = FieldMatrix(ROOT2, (eye(2),))
    padded = FieldMatrix(ROOT2, (eye(2), zeros(2, 2)))
    assert one == padded == eye(2)
    assert hash(one) == hash(padded)
    assert one != eye(3)
    assert one != "one"
    elsewhere = FieldMatrix(ROOT3, (eye(2),))
    assert one == elsewhere
    assert hash(one) == hash(elsewhere)
    assert FieldMatrix(ROOT2, (zeros(2, 2), eye(2))) != FieldMatrix(ROOT3, (zeros(2, 2), eye(2)))
    minus = Field(ROOT2.minpoly, (fmpq(-2), fmpq(-1)))
    assert FieldMatrix(ROOT2, (zeros(1, 1), eye(1))) != FieldMatrix(minus, (zeros(1, 1), eye(1)))


def test_wrong_operands_are_refused():
    A = FieldMatrix(ROOT2, (zeros(2, 3), zeros(2, 3)))
    with pytest.raises(InputError, match="different fields"):
        A @ FieldMatrix(ROOT3, (eye(3), eye(3)))
    with pytest.raises(InputError, match="a 2 x 3 matrix cannot be multiplied by a 2 x 3 matrix"):
        A @ A
    with pytest.raises(InputError, match="2 x 3 and 3 x 3 matrices cannot be added"):
        A + eye(3)
    with pytest.raises(InputError, match="only a square matrix has a trace"):
        A.trace()
    with pytest.raises(InputError, match="only a square matrix has an inverse"):
        inverse(A)
    with pytest.raises(InputError, match="3 coefficient matrices over a field of degree 2"):
        FieldMatrix(ROOT2, (eye(2), eye(2), eye(2)))
    with pytest.raises(InputError, match="0 coefficient matrices"):
        FieldMatrix(ROOT2, ())
    with pytest.raises(InputError, match="different shapes"):
        FieldMatrix(ROOT2, (eye(2), eye(3)))
    with pytest.raises(InputError, match="1 entries for a 2 x 2 matrix"):
        FieldMatrix.from_entries(ROOT2, 2, 2, [GENERATOR])


ROOT2_JSON = {"minpoly": [-2, 0, 1], "interval": [1, 2]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], 'V: a matrix over Q(lambda) is written {"field": ..., "entries": ...}'),
        (
            {"field": ROOT2_JSON, "entries": [], "rows": 1},
            'V: a matrix over Q(lambda) is written {"field": ..., "entries": ...}',
        ),
        (
            {"field": ROOT2_JSON, "entries": []},
            "V.entries: a matrix is a list of rows, none of them empty",
        ),
        (
            {"field": ROOT2_JSON, "entries": [[]]},
            "V.entries: a matrix is a list of rows, none of them empty",
        ),
        (
            {"field": ROOT2_JSON, "entries": [[[1], [1]], [[1]]]},
            "V.entries[2]: row 2 has length 1, but row 1 has 2",
        ),
        ({"field": ROOT2_JSON, "entries": [[[1], 5]]}, "V.entries[1][2]: a list of numbers belongs here"),
        (
            {"field": ROOT2_JSON, "entries": [[["1/0"]]]},
            "V.entries[1][1][1]: the denominator of 1/0 is zero",
        ),
        (
            {"field": ROOT2_JSON, "entries": [[[1, 2, 3]]]},
            "V.entries[1][1]: 3 coefficients over a field of degree 2; an entry lists the coefficients of "
            "1, lambda, ... up to the degree - 1",
        ),
        (
            {"field": {"minpoly": [1]}, "entries": [[[1]]]},
            'V.field: an algebraic number is written {"minpoly": [...], "interval": [a, b]}',
        ),
    ],
)
def test_wrong_matrices_are_refused_with_the_place(data, message):
    with pytest.raises(InputError) as caught:
        FieldMatrix.from_json(data, field="V")
    assert caught.value.located() == message


def test_rational_ones_are_recognised():
    assert FieldMatrix(ROOT2, (matrix([[1]]), matrix([[0]]))).is_rational()
    assert not FieldMatrix(ROOT2, (matrix([[1]]), matrix([[1]]))).is_rational()
