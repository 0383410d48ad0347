"""Irrational critical points: exact answers against an exact Hessian at a rational point 300 bits nearby."""

from __future__ import annotations

from collections import Counter
from random import Random

import mpmath
import pytest
from flint import arb, ctx, fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.algebraic import Field, FieldMatrix
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.matrices import eye
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import deep_point
from symbolic_cp.landscape.generate import draw_integer_data, draw_point
from symbolic_cp.landscape.irrational import classify_sums
from symbolic_cp.landscape.shallow import critical_point
from symbolic_cp.landscape.verify import verify
from symbolic_cp.landscape.witnesses import DescentFamily, LowerBound, NegativeCurvature
from symbolic_cp.networks.hessian import hessian
from symbolic_cp.networks.sums import SumNetwork, hessian_form_in_balls, loss_in_balls

seeds = st.integers(min_value=0, max_value=2**32)


def drawn(seed, size=3):
    rng = Random(seed)
    data = DataSpectrum(*draw_integer_data(rng, *(rng.randint(2, size + 1) for _ in range(3))))
    hidden = [rng.randint(1, size) for _ in range(rng.randint(1, 3))]
    point = draw_point(rng, data, hidden, rational=False)
    return data, point, SumNetwork(data.X, data.Y, point.weights)


def smallest_eigenvalue(network):
    """Of the Hessian at the rational point nearby, by mpmath; 0 for the empty matrix."""
    H = hessian(network.near(300))
    with mpmath.workdps(60):
        values = mpmath.eigsy(
            mpmath.matrix([[mpmath.mpf(int(q.p)) / int(q.q) for q in row] for row in H.table()]), eigvals_only=True
        )
        return min(values)


def test_class_agrees_with_the_numerical_hessian():
    """60 irrational points: a negative eigenvalue, far from rounding, exactly for strict saddles."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    seed = -1
    while sum(seen.values()) < 60:
        seed += 1
        data, point, network = drawn(seed)
        if not network.fields:
            continue
        found = classify_sums(network, data)
        assert found.pattern == point.pattern
        lowest = smallest_eigenvalue(network)
        if found.kind == "strict-saddle":
            assert lowest < -mpmath.mpf(10) ** -12, seed
        else:
            assert lowest > -mpmath.mpf(10) ** -30, seed
        seen[found.kind, found.order, network.mixed] += 1
    kinds = {kind for kind, _, _ in seen}
    assert kinds == {"global-minimum", "strict-saddle", "non-strict-saddle"}, seen
    assert {order for kind, order, _ in seen if kind == "strict-saddle"} == {"optimal", "non-optimal"}, seen
    assert {mixed for _, _, mixed in seen} == {True, False}, seen


@given(seeds)
def test_witnesses_hold_at_higher_precision(seed):
    data, point, network = drawn(seed)
    if not network.fields:
        return
    witness = classify_sums(network, data).witness
    with ctx.workprec(4000):
        if isinstance(witness, NegativeCurvature):
            assert all(isinstance(D, fmpq_mat) for D in witness.direction)
            ball = hessian_form_in_balls(network, witness.direction, 1000)
            assert ball < 0
            low, high = _ends(witness.curvature)
            assert ball > arb(low) - fmpq(1, 10**6)
            assert ball < arb(high) + fmpq(1, 10**6)
        elif isinstance(witness, DescentFamily):
            y, (t, s) = witness.vectors, (witness.t, witness.s)
            moves = [y[k] * y[k - 1].transpose() * (-s if k == witness.q else t) for k in range(1, len(y))]
            change = loss_in_balls(network, 1000, moves) - loss_in_balls(network, 1000)
            assert change < 0
            assert witness.change[1] < 0
        else:
            assert isinstance(witness, LowerBound)
            assert point.loss.number() == witness.bound or witness.bound == point.loss


def _ends(value):
    if isinstance(value, fmpq):
        return value, value
    return value.interval if isinstance(value, Field) else value


def golden(width, pattern, **options):
    """X = I, Sigma = [[5, 3], [3, 2]] with the eigenvalues (7 +- 3 sqrt 5)/2."""
    data = DataSpectrum(eye(2), [[2, 1], [1, 1]])
    point = deep_point(data, width, pattern, **options)
    return data, SumNetwork(data.X, data.Y, point.weights)


def test_the_smaller_conjugate_captured_is_a_strict_saddle_with_its_curvature():
    data, network = golden([1], (0, 1, 0))
    found = classify_sums(network, data)
    assert (found.kind, found.order) == ("strict-saddle", "non-optimal")
    assert isinstance(found.witness.curvature, Field)
    assert found.witness.curvature.minpoly.degree() == 2
    assert found.witness.curvature.interval[1] < 0


def test_the_larger_conjugate_captured_is_a_global_minimum():
    data, network = golden([1], (1, 0, 0))
    found = classify_sums(network, data)
    assert found.kind == "global-minimum"
    low, high = found.witness.bound.interval
    # 1/2 of the smaller eigenvalue (7 - 3 sqrt 5)/2 = 0.1459
    assert fmpq(72, 1000) < low + (high - low) / 2 < fmpq(74, 1000)


def test_an_irrational_eigenvalue_captured_in_part_is_the_threshold():
    block = [[2, 1, 0, 0], [1, 1, 0, 0], [0, 0, 2, 1], [0, 0, 1, 1]]
    data = DataSpectrum(eye(4), block)
    point = deep_point(data, [1], (1, 0, 0))
    found = classify_sums(SumNetwork(data.X, data.Y, point.weights), data)
    assert found.kind == "global-minimum"
    assert found.witness.threshold == data.positive[0].value


def test_deep_points_with_slack_are_strict_and_without_it_not():
    rows = [[3, 1, 1, 0, 0, 0, 0, 0], [1, -2, 0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 4, 2, 1, 0], [0, 0, 0, 0, 1, -1, -1, 4]]
    data = DataSpectrum(eye(8), rows)
    for middle_rank, kind in ((1, "non-strict-saddle"), (2, "strict-saddle")):
        point = deep_point(data, [2, 2, 3], (1, 0, 0, 0, 0), middle_rank=middle_rank)
        found = classify_sums(SumNetwork(data.X, data.Y, point.weights), data)
        assert (found.kind, found.order) == (kind, "optimal")


def test_irrational_points_that_are_not_critical():
    data, network = golden([1], (0, 1, 0))
    A1, A2 = network.weights
    moved = SumNetwork(data.X, data.Y, [A1.map(lambda c: c * 2), A2])
    found = classify_sums(moved, data)
    assert found.kind == "not-critical"
    low, high = found.witness.value
    assert 0 < low <= high or low <= high < 0


def test_structure_that_is_missing_is_undecided():
    data, network = golden([1], (0, 1, 0))
    other = FieldMatrix(Field(data.positive[0].minpoly, data.positive[0].value.interval), (fmpq_mat(2, 1, [1, 1]),))
    weird = FieldMatrix(other.field, (fmpq_mat(2, 1), fmpq_mat(2, 1, [1, 1])))
    with pytest.raises(Undecided, match="over another field|eigenspace"):
        SumNetwork(data.X, data.Y, [network.weights[0], weird])


ROOT5 = DataSpectrum([[1, 0], [0, 1]], [[1, 1], [0, 1]])


@pytest.mark.parametrize("digits", [20, 40, 300])
def test_layers_of_very_different_entries(digits):
    """What is captured lies far below the last digit of the largest entry: roundings become finer until it is seen."""
    free = [[0, 0], [10**digits, 0]]
    saddle = verify(ROOT5.X, ROOT5.Y, list(critical_point(ROOT5, 2, (0, 1, 0), free=free).weights))
    assert saddle.kind == "strict-saddle"
    deep = verify(ROOT5.X, ROOT5.Y, list(deep_point(ROOT5, (2, 2), (1, 0, 0), free=free).weights))
    assert deep.kind == "non-strict-saddle"
    assert deep.witness.change[1] < 0 < deep.witness.rise[0]


def test_data_of_very_different_entries():
    data = DataSpectrum([[10**20, 1], [1, 1]], [[10**20, 1], [1, 2]])
    report = verify(data.X, data.Y, list(deep_point(data, (2, 2), (1, 0, 0)).weights))
    assert report.kind == "non-strict-saddle"
