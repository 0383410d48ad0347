"""Points made by thm-3's recursion: critical, with the patterns that were asked for, and nothing left out."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.matrices import eye, hstack, is_zero, submatrix
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_chain, draw_data
from symbolic_cp.landscape.layers import layer_patterns
from symbolic_cp.landscape.recursion import recursive_point
from symbolic_cp.landscape.sample import draw_recursion, draw_spectrum
from symbolic_cp.networks.linear import LinearNetwork

seeds = st.integers(min_value=0, max_value=2**32)


def hidden_widths(rng, most=4):
    return [rng.randint(1, 4) for _ in range(rng.randint(1, most))]


@given(seeds)
def test_points_are_critical_with_the_pattern_and_loss_that_were_asked_for(seed):
    rng = Random(seed)
    data, hidden = draw_spectrum(rng, 4), hidden_widths(rng)
    point = draw_recursion(rng, data, hidden)
    network = LinearNetwork(data.X, data.Y, point.weights)
    assert network.is_critical()
    assert network.widths[1:-1] == tuple(hidden)
    patterns = layer_patterns(network)
    assert patterns[0].pattern == point.pattern
    low, high = point.loss.interval(40)
    assert low <= network.loss <= high
    columns = [network.above[k + 1] for k in range(network.depth - 1)]
    for lower, upper in pairwise(columns):
        assert rank(hstack(upper, lower)) == rank(upper)  # Col A_(l,k+1) lies in Col A_(l,k+2)


@given(seeds)
def test_eq_4_holds_with_the_matrices_that_are_used(seed):
    """A_(k+1) = A^+ Y R^+ + L - A^+ A L R R^+ for some L, A = A_(l,k+2): L = A_(k+1) is one."""
    rng = Random(seed)
    data = draw_spectrum(rng, 3)
    network = LinearNetwork(data.X, data.Y, draw_recursion(rng, data, hidden_widths(rng, 3)).weights)
    for k in range(network.depth - 1):
        A, R = network.above[k + 1], network.below[k] * network.X
        L = network.weights[k]
        assert L == pinv(A) * network.Y * pinv(R) + L - pinv(A) * A * L * R * pinv(R)


def test_every_critical_point_arises():
    """Points of the normal form T9 are points of the recursion with their own L_k: junk, bases and rows read off."""
    rebuilt = 0
    for seed in range(60):
        rng = Random(seed)
        drawn = draw_data(rng, *(rng.randint(1, 3) for _ in range(3)))
        point = draw_chain(rng, drawn, [rng.randint(1, 3) for _ in range(rng.randint(1, 3))])
        network = LinearNetwork(point.X, point.Y, point.weights)
        again = rebuild(network)
        assert again == list(network.weights)
        rebuilt += 1
    assert rebuilt == 60


def rebuild(network):
    """The module's formula, with B_k and C_k read off A_(l,k+2) = [B_k, 0] C_k, and the rows of C_k A_(k+1)."""
    weights = []
    for k in range(network.depth - 1):
        above, below = network.above[k + 1], network.below[k]
        B = submatrix(above, range(above.nrows()), pivots(above))
        p, width = B.ncols(), above.ncols()
        top = pinv(B) * above
        C = completed(top, width)
        R = below * network.X
        T = top * network.weights[k]
        N = submatrix(C * network.weights[k], range(p, width), range(below.nrows()))
        if k == network.depth - 2:
            assert is_zero(N * R * network.Y.transpose() * (eye(B.nrows()) - B * pinv(B)))
        rows = pinv(B) * network.Y * pinv(R) + T * (eye(R.nrows()) - R * pinv(R))
        stacked = hstack(rows.transpose(), N.transpose()).transpose()
        weights.append(C.inv() * stacked)
        if k:
            assert T == pinv(B) * network.above[k]
    return [*weights, network.weights[-1]]


def pivots(M):
    chosen = []
    for j in range(M.ncols()):
        if rank(submatrix(M, range(M.nrows()), [*chosen, j])) > len(chosen):
            chosen.append(j)
    return chosen


def completed(top, width):
    """An invertible matrix with these rows first."""
    rows = top
    for i in range(width):
        longer = hstack(rows.transpose(), submatrix(eye(width), range(width), [i])).transpose()
        if rank(longer) > rows.nrows():
            rows = longer
    return rows


def test_all_patterns_of_later_layers():
    """B_1 gains a column that R_1 Y^T does not see: p_bar(1) = 1."""
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    point = recursive_point(data, (2, 2), (1, 0, 0), junk=[[[0], [1]]])
    network = LinearNetwork(data.X, data.Y, point.weights)
    assert network.is_critical()
    assert [at.pattern for at in layer_patterns(network)] == [(1, 0, 0), (1, 1)]


DATA = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hidden": (1, 1), "pattern": (1, 1, 0)}, "pattern: the pattern has sum 2"),
        ({"hidden": (2, 1), "pattern": (1, 0, 0), "free": [[[1, 1]]]}, "free: 1 free matrices for 2 layers"),
        (
            {"hidden": (1, 1), "pattern": (1, 0, 0), "free": [[[1, 1]], [[1, 1]]]},
            r"free\[2\]: a 1 x 2 matrix; it must be 1 x 1, as A2",
        ),
        (
            {"hidden": (2, 2), "pattern": (1, 0, 0), "junk": [[[1]]]},
            r"junk\[1\]: a 1 x 1 matrix; its columns must have 2 entries",
        ),
        (
            {"hidden": (1, 1), "pattern": (1, 0, 0), "junk": [[[0], [1]]]},
            r"junk\[1\]: 2 columns, but the layers from here on have room for 1",
        ),
        ({"hidden": (1, 1), "pattern": (1, 0, 0), "bases": [[[1]], [[0]]]}, r"bases\[2\]: C_2 is 1 x 1; it must be"),
    ],
)
def test_choices_that_do_not_fit(arguments, message):
    with pytest.raises(InputError, match=message):
        recursive_point(DATA, **arguments)


def test_irrational_points_are_refused():
    with pytest.raises(InputError, match="conjugate eigenvalues are not taken alike"):
        recursive_point(DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]]), (1,), (1, 0, 0))
