"""Strategies give what they promise, and shrink to the smallest networks."""

from __future__ import annotations

import pytest
from hypothesis import find, given, settings

from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import InputError
from symbolic_cp.landscape.classify import classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.strata import best_pattern
from symbolic_cp.landscape.strategies import critical_points, data_sets
from symbolic_cp.networks.hessian import hessian

few = settings(max_examples=40)


@given(data_sets(3))
def test_data_sets(data):
    assert max(data.X.nrows(), data.X.ncols(), data.Y.nrows()) <= 3
    assert sum(data.multiplicities) + data.m_bar == data.Y.nrows()


@given(critical_points(depths=(2, 5), width=3, size=2))
def test_points_are_critical_and_within_the_bounds(network):
    assert network.is_critical()
    assert network.depth in {2, 5}
    assert max(network.widths[1:-1]) <= 3
    assert max(network.X.nrows(), network.X.ncols(), network.Y.nrows()) <= 2


@few
@given(critical_points(kind="strict-saddle"))
def test_strict_saddles(network):
    assert inertia(hessian(network))[2] > 0


@few
@given(critical_points(kind="non-strict-saddle"))
def test_non_strict_saddles(network):
    assert network.depth > 2
    assert inertia(hessian(network))[2] == 0
    assert classify(network).witness.change < 0


@few
@given(critical_points(kind="global-minimum"))
def test_global_minima(network):
    data = DataSpectrum(network.X, network.Y)
    low, high = StratumLoss(data, best_pattern(data, network.widths[1:-1])[: data.r]).interval(50)
    assert low <= network.loss <= high


def test_widths_shrink():
    """The smallest non-strict saddle that captures something needs widths above 1."""
    saddles = critical_points(kind="non-strict-saddle", size=2)
    assert find(saddles, lambda _: True, settings=few).widths[1:-1] == (1, 1)
    captured = find(saddles, lambda network: bool(network.product), settings=few)
    assert captured.depth == 3
    assert min(captured.widths[1:-1]) == 2


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"kind": "saddle"}, "kind: 'saddle' is no class"),
        ({"depths": (1, 2)}, "depths: a network has at least two layers"),
        ({"depths": ()}, "depths: a network has at least two layers"),
        ({"depths": (2,), "kind": "non-strict-saddle"}, "depths: saddles of networks with one hidden layer are strict"),
    ],
)
def test_impossible_wishes(wishes, message):
    with pytest.raises(InputError, match=message):
        critical_points(**wishes)
