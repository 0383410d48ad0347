from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import rank
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import deep_point
from symbolic_cp.landscape.generate import draw_full_rank, draw_matrix, draw_pattern, draw_problem
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.sums import SumNetwork

hidden_widths = st.lists(st.integers(min_value=1, max_value=4), min_size=1, max_size=4)


@given(st.integers(min_value=0, max_value=2**32), hidden_widths)
def test_rational_points(seed, hidden):
    rng = Random(seed)
    data = draw_problem(rng)
    pattern = draw_pattern(rng, data, hidden, rational=True)
    q = rng.randint(sum(pattern), min(hidden))
    bases = [draw_full_rank(rng, d, d) for d in hidden]
    point = deep_point(
        data, hidden, pattern, middle_rank=q, bases=bases, free=draw_matrix(rng, hidden[0], data.X.nrows())
    )
    network = LinearNetwork(data.X, data.Y, point.weights)
    assert all(network.gradient_zero())
    assert network.loss == point.loss.rational()
    assert network.widths[1:-1] == tuple(hidden)
    assert rank(network.chain(network.depth, 2)) == sum(pattern)
    if len(hidden) > 1:
        assert rank(network.chain(network.depth - 1, 2)) == q


@given(st.integers(min_value=0, max_value=2**32), hidden_widths)
def test_irrational_points(seed, hidden):
    rng = Random(seed)
    data = draw_problem(rng)
    pattern = draw_pattern(rng, data, hidden, rational=False)
    point = deep_point(data, hidden, pattern, bases=[draw_full_rank(rng, d, d) for d in hidden])
    network = SumNetwork(data.X, data.Y, point.weights)
    assert all(network.gradient_zero())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"middle_rank": 0}, "middle_rank: the rank 0 of the middle layers must lie between 1 and 2"),
        ({"middle_rank": 3}, "must lie between 1 and 2"),
        ({"bases": [[[1]]]}, "bases: 1 bases for 2 hidden layers"),
        ({"bases": [[[1, 0], [0, 1]], [[1, 2, 3], [2, 4, 6], [0, 0, 1]]]}, r"bases\[2\]: C_2 is 3 x 3; .* invertible"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    with pytest.raises(InputError, match=message):
        deep_point(data, (2, 3), (1, 0, 0), **options)
