"""Arithmetic over one denominator is arithmetic of rational matrices."""

from __future__ import annotations

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import eye, is_zero, zeros
from symbolic_cp.exact.stripped import strip

RATIONALS = st.sampled_from([fmpq(sign * p, q) for q in range(1, 10) for p in range(10) for sign in (1, -1)])
SIZES = st.integers(0, 4)


def of_shape(rows, cols):
    return st.lists(RATIONALS, min_size=rows * cols, max_size=rows * cols).map(
        lambda e: fmpq_mat(rows, cols, e)
    )


def same(M, N):
    return (M.nrows(), M.ncols()) == (N.nrows(), N.ncols()) and M == N


@given(st.tuples(SIZES, SIZES, SIZES).flatmap(
    lambda s: st.tuples(of_shape(s[0], s[1]), of_shape(s[0], s[1]), of_shape(s[1], s[2]))
))  # fmt: skip
def test_values_and_zero_tests_agree(matrices):
    A, B, C = matrices
    a, b, c = map(strip, matrices)
    assert same(a.value(), A)
    assert same((a + b).value(), A + B)
    assert same((a - b).value(), A - B)
    assert same((a @ c).value(), A * C)
    assert same(((a - b) @ c).transpose().value(), ((A - B) * C).transpose())
    assert ((a + b) @ c - a @ c - b @ c).is_zero()
    assert (a - b).is_zero() == is_zero(A - B)


def test_wrong_shapes_are_refused():
    with pytest.raises(InputError, match="a 2 x 3 matrix cannot be multiplied by a 2 x 2 matrix"):
        strip(zeros(2, 3)) @ strip(eye(2))
    with pytest.raises(InputError, match="2 x 2 and 3 x 3 matrices cannot be added"):
        strip(eye(2)) + strip(eye(3))
