"""Matrices of polynomials in epsilon are what their values are."""

from __future__ import annotations

import pytest
from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import eye, trace, zeros
from symbolic_cp.exact.series import add, evaluate, inner, mul, scale, transpose, trim
from symbolic_cp.exact.series import trace as series_trace

RATIONALS = st.sampled_from([fmpq(sign * p, q) for q in range(1, 4) for p in range(5) for sign in (1, -1)])
SIZES = st.integers(0, 3)


def of_shape(rows, cols):
    entries = st.lists(RATIONALS, min_size=rows * cols, max_size=rows * cols)
    return st.lists(entries.map(lambda e: fmpq_mat(rows, cols, e)), min_size=1, max_size=4)


def same(M, N):
    return (M.nrows(), M.ncols()) == (N.nrows(), N.ncols()) and M == N


FACTORS = st.tuples(SIZES, SIZES, SIZES).flatmap(
    lambda s: st.tuples(of_shape(s[0], s[1]), of_shape(s[1], s[2]))
)


@given(FACTORS, RATIONALS, st.integers(0, 7))
def test_products(factors, epsilon, order):
    P, Q = factors
    product = mul(P, Q)
    assert same(evaluate(product, epsilon), evaluate(P, epsilon) * evaluate(Q, epsilon))
    truncated = mul(P, Q, order)
    assert len(truncated) == min(len(product), order + 1)
    assert all(same(a, b) for a, b in zip(truncated, product, strict=False))
    assert same(evaluate(transpose(product), epsilon), evaluate(mul(transpose(Q), transpose(P)), epsilon))


@given(
    st.tuples(SIZES, SIZES).flatmap(lambda s: st.tuples(of_shape(*s), of_shape(*s), of_shape(*s))), RATIONALS
)
def test_sums_scalings_and_inner_products(terms, epsilon):
    P, Q, R = terms
    values = [evaluate(term, epsilon) for term in terms]
    assert same(evaluate(add(P, Q, R), epsilon), values[0] + values[1] + values[2])
    f = fmpq_poly([1, 0, fmpq(1, 2)])
    assert same(evaluate(scale(P, f), epsilon), values[0] * f(epsilon))
    assert same(evaluate(scale(P, -2), epsilon), values[0] * -2)
    assert inner(P, Q)(epsilon) == trace(values[0] * values[1].transpose())
    assert same(evaluate(trim(P), epsilon), values[0])


@given(SIZES.flatmap(lambda n: of_shape(n, n)), RATIONALS)
def test_traces(P, epsilon):
    assert series_trace(P)(epsilon) == trace(evaluate(P, epsilon))


def test_trimmed_series_end_in_something():
    Z = zeros(1, 2)
    assert trim([Z, Z]) == [Z]
    assert trim([Z, Z + fmpq_mat([[1, 0]]), Z]) == [Z, fmpq_mat([[1, 0]])]


def test_scaling_by_zero_is_zero():
    assert scale([eye(1), eye(1)], 0) == [zeros(1, 1), zeros(1, 1)]


def test_wrong_operands_are_refused():
    with pytest.raises(InputError, match="different shapes"):
        add([eye(2)], [eye(3)])
    with pytest.raises(InputError, match="at least one coefficient"):
        add([])
    with pytest.raises(InputError, match="at least one coefficient"):
        trim([])
    with pytest.raises(InputError, match="a 2 x 2 matrix cannot be multiplied by a 3 x 3 matrix"):
        mul([eye(2)], [eye(3)])
    with pytest.raises(InputError, match="the order is 0 or more"):
        mul([eye(2)], [eye(2)], order=-1)
    with pytest.raises(InputError, match="only a square matrix has a trace"):
        series_trace([zeros(1, 2)])
