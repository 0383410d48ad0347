"""Every kind of matrix satisfies the law that it is named after, at every size, 0 x 0 included."""

from __future__ import annotations

from random import Random

import pytest
from flint import fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.congruence import negative_direction
from symbolic_cp.exact.matrices import eye
from symbolic_cp.prover.zoo import KINDS, derived, number, ordinary, orthonormal_columns, partial_isometry

LAWS = {
    "symmetric": lambda X: X == X.transpose(),
    "skew": lambda X: X == -X.transpose(),
    "psd": lambda X: negative_direction(X) is None,
    "scalar": lambda X: not X.nrows() or X == eye(X.nrows()) * X[0, 0],
    "projector": lambda X: X == X.transpose() == X * X,
    "idempotent": lambda X: X * X == X,
    "involution": lambda X: X * X == eye(X.nrows()),
    "orthogonal": lambda X: X.transpose() * X == eye(X.nrows()) == X * X.transpose(),
    "nilpotent": lambda X: X * X == X * 0,
    "normal": lambda X: X * X.transpose() == X.transpose() * X,
    "invertible": lambda X: X.det() != 0,
}
seeds, sizes = st.integers(0, 10**6), st.integers(0, 4)


def test_every_kind_has_a_law():
    assert set(LAWS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=seeds, n=sizes)
def test_law(kind, seed, n):
    X = KINDS[kind](Random(seed), n, n)
    assert (X.nrows(), X.ncols()) == (n, n)
    assert LAWS[kind](X)


@given(seeds, sizes, sizes)
def test_orthonormal_columns_or_rows(seed, rows, cols):
    U = orthonormal_columns(Random(seed), rows, cols)
    assert (U.nrows(), U.ncols()) == (rows, cols)
    gram = U.transpose() * U if rows >= cols else U * U.transpose()
    assert gram == eye(min(rows, cols))


@given(seeds, sizes, sizes)
def test_partial_isometry(seed, rows, cols):
    V = partial_isometry(Random(seed), rows, cols)
    assert V * V.transpose() * V == V


@given(seeds, sizes, sizes)
def test_ordinary_and_derived_have_the_shape(seed, rows, cols):
    rng = Random(seed)
    known = [ordinary(rng, rows, cols), ordinary(rng, cols, rows), ordinary(rng, rows, rows)]
    for X in (ordinary(rng, rows, cols, known), derived(rng, rows, cols, known)):
        assert isinstance(X, fmpq_mat)
        assert (X.nrows(), X.ncols()) == (rows, cols)


def test_all_kinds_vary():
    """A sampler that always gives the same matrix would find nothing."""
    for kind, sampler in KINDS.items():
        assert len({str(sampler(Random(seed), 2, 2)) for seed in range(40)}) >= 2, kind


@given(seeds)
def test_numbers(seed):
    assert number(Random(seed), positive=True) > 0
