"""Classes by T4, T5 and prop-2 against the inertia of the full exact Hessian, and every witness taken apart again."""

from __future__ import annotations

from collections import Counter
from math import prod
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import eye, frobenius2, zeros
from symbolic_cp.landscape.bound import lower_bound, separating_number
from symbolic_cp.landscape.classify import chain_ranks, classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.deep import deep_point
from symbolic_cp.landscape.display import witness_text
from symbolic_cp.landscape.family import descent_family, family_weights
from symbolic_cp.landscape.generate import draw_chain, draw_data, draw_matrix, draw_point, draw_problem
from symbolic_cp.landscape.witnesses import DescentFamily, LowerBound, NegativeCurvature, NonzeroGradient
from symbolic_cp.networks.hessian import hessian
from symbolic_cp.networks.linear import LinearNetwork

seeds = st.integers(min_value=0, max_value=2**32)


def by_chain(seed):
    rng = Random(seed)
    data = draw_data(rng, *(rng.randint(1, 4) for _ in range(3)))
    point = draw_chain(rng, data, [rng.randint(1, 3) for _ in range(rng.randint(1, 3))])
    return LinearNetwork(point.X, point.Y, point.weights)


def by_theorem(seed):
    rng = Random(seed)
    data = draw_problem(rng)
    point = draw_point(rng, data, [rng.randint(1, 3) for _ in range(rng.randint(1, 3))])
    return LinearNetwork(data.X, data.Y, point.weights)


@pytest.mark.parametrize("draw", [by_chain, by_theorem])
def test_class_agrees_with_the_inertia_of_the_hessian(draw):
    """300 points of depth 2 to 4 from each generator; every class occurs, and each is what the Hessian allows."""
    seen: Counter[tuple[str, str]] = Counter()
    for seed in range(300):
        network = draw(seed)
        found = classify(network)
        _, _, negative = inertia(hessian(network))
        assert (negative > 0) == (found.kind == "strict-saddle"), seed
        seen[found.kind, found.order] += 1
        if network.depth == 2:
            assert found.kind != "non-strict-saddle"
    assert set(seen) == {
        ("global-minimum", "optimal"),
        ("strict-saddle", "optimal"),
        ("strict-saddle", "non-optimal"),
        ("non-strict-saddle", "optimal"),
    }
    assert min(seen.values()) >= 5, seen


@given(seeds, st.sampled_from([by_chain, by_theorem]))
def test_directions_have_the_curvature_that_they_claim(seed, draw):
    network = draw(seed)
    witness = classify(network).witness
    if isinstance(witness, NegativeCurvature):
        along = network.loss_along(witness.direction)
        assert along[1] == 0
        assert 2 * along[2] == witness.curvature < 0


@given(seeds, st.sampled_from([by_chain, by_theorem]), st.booleans())
def test_ranks_are_those_of_the_products(seed, draw, moved):
    network = draw(seed)
    if moved:  # then it is rarely critical
        A = network.weights[0]
        network = network.with_weights([A + A * A.transpose() * A, *network.weights[1:]])
    ranks = chain_ranks(network)
    assert {*ranks} == {(i, j) for i in range(1, network.depth + 1) for j in range(1, i + 1)}
    for (i, j), found in ranks.items():
        assert found == network.chain(i, j).rank()


@given(seeds, st.sampled_from([by_chain, by_theorem]))
def test_global_minima_are_below_other_points(seed, draw):
    network = draw(seed)
    witness = classify(network).witness
    if isinstance(witness, LowerBound):
        rng = Random(seed)
        assert witness.bound == network.loss
        for _ in range(5):
            other = network.with_weights([A + draw_matrix(rng, A.nrows(), A.ncols(), 1) for A in network.weights])
            assert other.loss >= witness.bound
        data = DataSpectrum(network.X, network.Y)
        largest = [i for i, m in enumerate(data.multiplicities) for _ in range(m)][: witness.rank_limit]
        bounds = [(data.enclosure(i, 60)) for i in largest]
        low, high = (sum((b[k] for b in bounds), start=fmpq(0)) for k in (0, 1))
        assert data.gram.YY - high <= 2 * witness.bound <= data.gram.YY - low


@given(seeds)
def test_families_are_what_t6_says(seed):
    """W(t, s) X = W X - s x(t) y(t)^T X for several t, s, and g has degree l - 1 with T6's leading coefficient."""
    network = by_chain(seed)
    if not network.error or rank(network.product * network.X) >= min(network.widths[1:-1]):
        with pytest.raises(Undecided, match=r"no loss is lower|a kernel that T6 needs is trivial"):
            descent_family(network)
        return
    family = descent_family(network)
    y = family.vectors
    norms = prod((frobenius2(v) for v in y[1:-1]), start=fmpq(1))
    assert family.g.degree() == network.depth - 1
    assert family.g.leading_coefficient() == norms * (y[-1].transpose() * network.error * y[0])[0, 0] != 0
    for t, s in ((fmpq(1), fmpq(1)), (fmpq(-2, 3), fmpq(5)), (family.t, family.s), (fmpq(0), fmpq(3))):
        moved = network.with_weights(family_weights(network, family.q, y, t, s))
        assert moved.loss - network.loss == -s * family.g(t) + s * s * family.c(t) / 2
    assert family.change < 0
    assert 0 < abs(family.s) <= family.t


def test_non_strict_saddles_have_a_semidefinite_hessian_and_lower_points_nearby():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    network = LinearNetwork(data.X, data.Y, deep_point(data, (2, 2, 2), (1, 0, 0)).weights)
    found = classify(network)
    assert found.kind == "non-strict-saddle"
    assert isinstance(found.witness, DescentFamily)
    assert found.witness.inertia == inertia(hessian(network))
    assert found.witness.inertia[2] == 0


def test_t6_leaves_global_minima_alone():
    with pytest.raises(Undecided, match="no loss is lower"):
        descent_family(LinearNetwork([[1]], [[1]], [[[1]], [[1]]]))
    with pytest.raises(Undecided, match="a kernel that T6 needs is trivial"):
        descent_family(LinearNetwork([[1]], [[1]], [[[2]], [[1]]]))


def tied_data():
    rows = [[3, 1, 1, 0, 0, 0, 0, 0], [1, -2, 0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 4, 2, 1, 0], [0, 0, 0, 0, 1, -1, -1, 4]]
    return DataSpectrum(eye(8), rows)


def test_exchange_of_irrational_triples_at_a_rational_point():
    """The point captures 10 +- sqrt 2 and leaves 20 +- sqrt 2: T1's eigenvectors are irrational and get rounded."""
    data = tied_data()
    network = LinearNetwork(data.X, data.Y, deep_point(data, (2,), (0, 0, 1, 1, 0)).weights)
    found = classify(network, data)
    assert (found.kind, found.order, found.pattern) == ("strict-saddle", "non-optimal", (0, 0, 1, 1, 0))
    assert found.witness.theorem == "T1"
    assert 2 * network.loss_along(found.witness.direction)[2] == found.witness.curvature < 0


def test_threshold_between_irrational_eigenvalues():
    data = tied_data()
    network = LinearNetwork(data.X, data.Y, deep_point(data, (2,), (1, 1, 0, 0, 0)).weights)
    witness = classify(network, data).witness
    assert fmpq(12) < witness.threshold <= 18


def test_threshold_at_an_eigenvalue_that_is_captured_in_part():
    data = DataSpectrum(eye(3), [[2, 0, 0], [0, 2, 0], [0, 0, 1]])
    network = LinearNetwork(data.X, data.Y, deep_point(data, (1,), (1, 0, 0)).weights)
    witness = classify(network, data).witness
    assert (witness.threshold, witness.bound, witness.rank_limit) == (4, fmpq(5, 2), 1)


def test_bounds_that_are_not_met_are_refused():
    data = DataSpectrum(eye(2), [[2, 0], [0, 1]])
    saddle = LinearNetwork(data.X, data.Y, deep_point(data, (1,), (0, 1, 0)).weights)
    with pytest.raises(Undecided, match="the order is not optimal"):
        lower_bound(saddle, data, (0, 1, 0), 1)
    with pytest.raises(Undecided, match="no global minimum"):
        lower_bound(saddle, data, (1, 0, 0), 2)
    with pytest.raises(Undecided, match="the point is not critical"):
        lower_bound(saddle.moved([[[1, 0]], [[0], [0]]]), data, (0, 1, 0), 1)
    assert separating_number(data, (0, 0, 0)) == 4


def test_points_that_are_not_critical():
    network = LinearNetwork([[1, 0], [0, 1]], [[1, 0], [0, 1]], [[[1, 0]], [[1], [1]]])
    found = classify(network)
    assert (found.kind, found.order, found.pattern) == ("not-critical", None, None)
    assert isinstance(found.witness, NonzeroGradient)
    G = network.gradients[found.witness.layer - 1]
    assert G[found.witness.row - 1, found.witness.column - 1] == found.witness.value != 0
    assert found.ranks == {(1, 1): 1, (2, 1): 1, (2, 2): 1}


def test_rem_strict_is_a_global_minimum():
    """The paper's example of a non-strict saddle, L = 1/2 (a2 a1 x - y)^2 with y = 0 at a1 = 0, a2 = 1."""
    found = classify(LinearNetwork([[3]], [[0]], [[[0]], [[1]]]))
    assert found.kind == "global-minimum"
    assert found.pattern == (1,)


def test_the_origin_of_a_deep_network_is_a_non_strict_saddle():
    found = classify(LinearNetwork([[1]], [[1]], [[[0]], [[0]], [[0]]]))
    assert found.kind == "non-strict-saddle"
    assert found.witness.inertia == (0, 3, 0)


def origin(n):
    """Three layers of n x n zeros, with n singular values."""
    data = DataSpectrum(eye(n), [[int(i == j) * (i + 1) for j in range(n)] for i in range(n)])
    return LinearNetwork(data.X, data.Y, [zeros(n, n)] * 3), data


def test_the_hessian_of_two_hundred_weights_is_written_as_squares():
    n, kept = 8, 2
    data = DataSpectrum(eye(n), [[int(i == j) * (n - i) for j in range(n)] for i in range(n)])
    P = fmpq_mat(n, n, [int(i == j < kept) for i in range(n) for j in range(n)])
    network = LinearNetwork(data.X, data.Y, [P * data.Y, P, P])
    found = classify(network, data)
    assert found.kind == "non-strict-saddle"
    L, D = found.witness.squares
    H = hessian(network)
    scaled = fmpq_mat(L.nrows(), L.ncols(), [L[i, j] * D[j] for i in range(L.nrows()) for j in range(L.ncols())])
    assert scaled * L.transpose() == H
    assert min(D) > 0
    assert found.witness.inertia == inertia(H)


def test_large_hessians_are_left_to_the_theorem():
    found = classify(*origin(27))
    assert found.kind == "non-strict-saddle"
    assert "by T3 (an LDL^T of the Hessian, which has 2,187 rows, would take too long)" in witness_text(found.witness)
    assert found.witness.inertia is None
    assert found.witness.to_json()["hessian"] == {
        "negative": 0,
        "by": "T3",
        "inertia": None,
        "L": None,
        "D": None,
    }


def test_another_data_set_is_refused():
    network = LinearNetwork([[1]], [[1]], [[[1]], [[1]]])
    with pytest.raises(InputError, match="the spectrum is that of other data"):
        classify(network, DataSpectrum([[1]], [[2]]))
