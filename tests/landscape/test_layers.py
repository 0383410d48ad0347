"""Patterns of all layers and the paper's categories, against T4 and the Hessian's classes."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.landscape.classify import classify
from symbolic_cp.landscape.generate import draw_chain, draw_data, draw_point, draw_problem
from symbolic_cp.landscape.layers import category, layer_patterns
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.networks.linear import LinearNetwork


def drawn(seed):
    rng = Random(seed)
    hidden = [rng.randint(1, 3) for _ in range(rng.randint(1, 3))]
    if seed % 2:
        data = draw_data(rng, *(rng.randint(1, 3) for _ in range(3)))
        point = draw_chain(rng, data, hidden)
        return LinearNetwork(point.X, point.Y, point.weights)
    data = draw_problem(rng, size=3)
    return LinearNetwork(data.X, data.Y, draw_point(rng, data, hidden).weights)


def test_categories_and_classes():
    """T8 and the repair of def-deep-order, on 300 points."""
    seen: Counter[tuple[str, str]] = Counter()
    for seed in range(300):
        network = drawn(seed)
        found, patterns = classify(network), layer_patterns(network)
        name = category(patterns)
        seen[found.kind, name] += 1
        assert patterns[0].pattern == found.pattern
        assert (name == "global-minimum") == (found.kind == "global-minimum")
        if found.kind == "non-strict-saddle":
            assert name == "open"
        if not patterns[-1].is_global():
            assert found.kind == "strict-saddle"
        if name == "none":
            assert any(at.is_non_optimal(junk=True) for at in patterns)
    assert {name for _, name in seen} == {"global-minimum", "deep-non-optimal", "deep-optimal", "open", "none"}


def test_patterns_by_ranks_of_projections():
    """p_i(k) is the rank of P E_i, E_i the projector on an eigenspace of Sigma_k, where that is rational."""
    for seed in range(1, 120, 2):
        network = drawn(seed)
        for k, at in enumerate(layer_patterns(network)):
            P = network.above[k + 1] * pinv(network.above[k + 1])
            Sigma = at.data.sigma
            for p, e in zip(at.pattern, at.data.positive, strict=False):
                others = P
                for other in at.data.eigenvalues:
                    if other.value != e.value:
                        others = others * Sigma - others * other.value
                assert rank(others) == p
            assert at.rank == rank(P)


def test_values_below_a_layer_are_those_of_prop_1():
    """The loss is prop-1's for the data A_(k,1) X as well, for every k."""
    for seed in range(60):
        network = drawn(seed)
        for at in layer_patterns(network):
            low, high = StratumLoss(at.data, at.pattern[: at.data.r]).interval(60)
            assert low <= network.loss <= high


def test_junk_is_in_no_printed_category():
    """The smallest such point: X = 1, Y = (1, 0)^T, A1 = 0, A2 = (0, 1)^T."""
    (at,) = layer_patterns(LinearNetwork([[1]], [[1], [0]], [[[0]], [[0], [1]]]))
    assert (at.data.multiplicities, at.data.m_bar, at.pattern) == ((1,), 1, (0, 1))
    assert not at.is_non_optimal()
    assert not at.is_optimal_order()
    assert not at.is_global()
    assert at.is_non_optimal(junk=True)
    assert category([at]) == "none"


def test_points_that_are_not_critical_have_no_patterns():
    with pytest.raises(InputError, match="only critical points have patterns"):
        layer_patterns(LinearNetwork([[1]], [[1]], [[[1]], [[0]]]))
