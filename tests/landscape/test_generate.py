from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import eye
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import (
    draw_chain,
    draw_data,
    draw_full_rank,
    draw_orthogonal,
    draw_pattern,
    draw_point,
    draw_problem,
)
from symbolic_cp.networks.linear import LinearNetwork

seeds = st.integers(min_value=0, max_value=2**32)


@given(seeds, st.integers(min_value=0, max_value=5))
def test_orthogonal_matrices(seed, n):
    Q = draw_orthogonal(Random(seed), n)
    assert Q * Q.transpose() == eye(n)


@given(seeds, st.integers(min_value=0, max_value=4), st.integers(min_value=0, max_value=4))
def test_full_rank(seed, rows, cols):
    assert rank(draw_full_rank(Random(seed), rows, cols)) == min(rows, cols)


@given(seeds)
def test_drawn_data_have_the_spectrum_that_was_drawn(seed):
    rng = Random(seed)
    d0, m, d2 = (rng.randint(1, 4) for _ in range(3))
    drawn = draw_data(rng, d0, m, d2)
    data = DataSpectrum(drawn.X, drawn.Y)
    squares = sorted((s * s for s in drawn.s if s), reverse=True)
    assert [e.value for e in data.positive for _ in range(e.multiplicity)] == squares
    assert data.rank_X == drawn.P.ncols()


def test_wished_spectrum_and_rank():
    drawn = draw_data(Random(1), 4, 5, 3, rank_X=3, values=[2, 2, 0])
    data = DataSpectrum(drawn.X, drawn.Y)
    assert (data.rank_X, data.multiplicities, data.m_bar) == (3, (2,), 1)
    assert data.positive[0].value == 4
    with pytest.raises(InputError, match="X is 2 x 3 and cannot have rank 3"):
        draw_data(Random(1), 2, 3, 2, rank_X=3)
    with pytest.raises(InputError, match="3 singular values, but M is 2 x 2 and has 2"):
        draw_data(Random(1), 2, 3, 2, rank_X=2, values=[1, 2, 3])


@given(seeds, st.lists(st.integers(min_value=1, max_value=4), min_size=1, max_size=4))
def test_chains_are_critical_and_capture_what_was_chosen(seed, hidden):
    rng = Random(seed)
    data = draw_data(rng, rng.randint(1, 4), rng.randint(1, 4), rng.randint(1, 4))
    positive = [i for i, s in enumerate(data.s) if s]
    captured = rng.sample(positive, rng.randint(0, min([len(positive), *hidden])))
    point = draw_chain(rng, data, hidden, captured)
    network = LinearNetwork(point.X, point.Y, point.weights)
    assert network.is_critical()
    assert network.widths[1:-1] == tuple(hidden)
    discarded = sum((data.s[i] ** 2 for i in positive if i not in captured), start=fmpq(0))
    outside = network.Y * (eye(network.X.ncols()) - data.S.transpose() * data.S)
    assert 2 * network.loss == discarded + sum((q * q for q in outside.entries()), start=fmpq(0))


def test_chains_that_do_not_fit_are_refused():
    data = draw_data(Random(2), 2, 2, 2, rank_X=2, values=[3, 0])
    with pytest.raises(InputError, match=r"the triples \[1\] cannot be captured; there are \[0\], room for 1"):
        draw_chain(Random(2), data, [2], [1])


@given(seeds)
def test_the_same_seed_draws_the_same_point(seed):
    def draw():
        rng = Random(seed)
        data = draw_problem(rng)
        point = draw_point(rng, data, [rng.randint(1, 3)])
        return point.to_json()

    assert draw() == draw()


def test_what_was_asked_for_occurs():
    """Among 400 draws: rank-deficient X, repeated and zero eigenvalues, d1 above and below d2, p_bar > 0, L1 != 0."""
    seen: Counter[str] = Counter()
    for seed in range(400):
        rng = Random(seed)
        data = draw_problem(rng)
        width = rng.randint(1, 4)
        point = draw_point(rng, data, [width])
        A1, A2 = point.weights
        p = sum(point.pattern)
        seen["deficient X"] += data.rank_X < min(data.X.nrows(), data.X.ncols())
        seen["repeated"] += any(m > 1 for m in data.multiplicities)
        seen["zero"] += data.m_bar > 0
        seen["irrational"] += any(not isinstance(e.value, fmpq) for e in data.positive)
        seen["d1 > d2"] += width > A2.nrows()
        seen["d1 < d2"] += width < A2.nrows()
        seen["p_bar"] += point.pattern[-1] > 0
        seen["rank A2 < d1"] += p < width
        seen["L1"] += rank(A1 * (eye(A1.ncols()) - data.GGp)) > 0
    assert min(seen.values()) >= 20, seen


def test_patterns_drawn_as_rational_take_conjugates_alike():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]])
    assert data.conjugates == ((0, 1),)
    assert {draw_pattern(Random(seed), data, [1], rational=True) for seed in range(20)} == {(0, 0, 0)}
    assert {draw_pattern(Random(seed), data, [1], rational=False) for seed in range(40)} == {
        (0, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
    }
