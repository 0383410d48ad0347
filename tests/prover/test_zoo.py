"""Every kind of matrix satisfies the law that it is named after, at every size, 0 x 0 included."""

from __future__ import annotations

from random import Random

import pytest
from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.congruence import negative_direction
from symbolic_cp.exact.matrices import eye, is_zero
from symbolic_cp.prover.zoo import (
    KINDS,
    annihilated,
    companion,
    derived,
    number,
    ordinary,
    orthonormal_columns,
    partial_isometry,
)

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


@given(seeds, sizes, st.lists(st.integers(-2, 2), min_size=2, max_size=4).filter(lambda coefs: coefs[-1]))
def test_annihilated(seed, n, coefs):
    X = annihilated(Random(seed), n, [fmpq(coef) for coef in coefs])
    if X is None:
        assert n % 2 or len(coefs) > 3  # no real root, so no matrix of odd size; or only roots of high degree
        return
    powers = [eye(n)]
    for _ in coefs[1:]:
        powers.append(powers[-1] * X)
    assert is_zero(sum((power * coef for power, coef in zip(powers, coefs, strict=True)), powers[0] * 0))


def test_companion_matrices():
    p = fmpq_poly([2, -3, 1, 5])
    assert companion(p).charpoly() == p / 5


def test_all_kinds_vary():
    """A sampler that always gives the same matrix would find nothing."""
    for kind, sampler in KINDS.items():
        assert len({str(sampler(Random(seed), 2, 2)) for seed in range(40)}) >= 2, kind


@given(seeds)
def test_numbers(seed):
    assert number(Random(seed), positive=True) > 0
