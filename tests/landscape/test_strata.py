from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_point, draw_problem
from symbolic_cp.landscape.strata import (
    GLOBAL,
    best_pattern,
    classes_of,
    count_strata,
    is_optimal_order,
    landscape,
    patterns,
    stratum,
)
from symbolic_cp.landscape.verify import verify
from symbolic_cp.networks.data import read_data

seeds = st.integers(min_value=0, max_value=2**32)
hidden_widths = st.lists(st.integers(min_value=1, max_value=4), min_size=1, max_size=3)


@given(seeds, hidden_widths)
def test_patterns_are_all_that_are_admissible_and_counted(seed, hidden):
    data = draw_problem(Random(seed))
    ranges = [range(m + 1) for m in (*data.multiplicities, data.m_bar)]
    wanted = {p for p in product(*ranges) if sum(p) <= min(hidden)}
    found = list(patterns(data, hidden))
    assert set(found) == wanted
    assert len(found) == len(wanted) == count_strata(data, hidden)


@given(seeds, hidden_widths)
def test_losses_increase_and_the_global_minimum_is_the_lowest(seed, hidden):
    data = draw_problem(Random(seed), size=3)
    found = landscape(data, hidden)
    for one, two in zip(found.strata, found.strata[1:], strict=False):
        assert one.loss < two.loss or one.loss == two.loss
    lowest = found.strata[0]
    assert found.global_minimum == lowest.loss
    for item in found.strata:
        assert (item.loss == found.global_minimum) == (item.classes == (GLOBAL,))
        assert (item.descent is None) == (item.classes == (GLOBAL,))
    assert sum(map(len, found.levels())) == len(found.strata)


@given(seeds, hidden_widths)
def test_descents_are_admissible_and_lower(seed, hidden):
    data = draw_problem(Random(seed), size=3)
    for pattern in patterns(data, hidden):
        item = stratum(data, hidden, pattern)
        if item.descent is not None:
            assert data.check_pattern(list(item.descent), min(*hidden, data.sigma.nrows())) == item.descent
            assert stratum(data, hidden, item.descent).loss < item.loss


@given(seeds, hidden_widths, st.booleans())
def test_points_have_a_class_that_their_pattern_allows(seed, hidden, rational):
    rng = Random(seed)
    data = draw_problem(rng, size=3)
    point = draw_point(rng, data, hidden, rational=rational)
    report = verify(data.X, data.Y, point.weights, data=data)
    assert report.critical
    assert report.pattern == point.pattern
    assert report.kind in classes_of(data, hidden, point.pattern)
    assert (report.order == "optimal") == is_optimal_order(data, point.pattern)


def test_both_classes_of_an_ambiguous_pattern_occur():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    assert classes_of(data, (2, 2), (1, 0, 0)) == ("strict-saddle", "non-strict-saddle")
    kinds = {
        verify(data.X, data.Y, draw_point(Random(s), data, (2, 2), pattern=(1, 0, 0)).weights).kind for s in range(20)
    }
    assert kinds == {"strict-saddle", "non-strict-saddle"}


def test_prop_2_case_1_and_case_2():
    """Case 1: the rank is used up by the largest eigenvalues. Case 2: more room than singular values, p_bar free."""
    data = DataSpectrum([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[3, 0, 0], [0, 3, 0], [0, 0, 1], [0, 0, 0]])
    assert best_pattern(data, [1]) == (1, 0, 0)
    assert best_pattern(data, [2]) == (2, 0, 0)
    assert best_pattern(data, [4]) == (2, 1, 0)
    assert {p for p in patterns(data, [4]) if classes_of(data, [4], p) == (GLOBAL,)} == {(2, 1, 0), (2, 1, 1)}
    assert landscape(data, [2]).global_minimum.rational() == fmpq(1, 2)


def test_iris():
    """The spectrum has degree 3 over Q; one-hot targets of three classes; seven strata with two hidden units."""
    file = Path(__file__).parents[2] / "examples" / "data" / "iris.csv"
    data = read_data(file, ["species"])
    found = landscape(DataSpectrum(data.X, data.Y), [2])
    assert [e.degree for e in found.data.positive] == [3, 3, 3]
    assert len({str(e.minpoly) for e in found.data.positive}) == 1
    assert [s.pattern for s in found.strata] == [
        (1, 1, 0, 0),
        (1, 0, 1, 0),
        (0, 1, 1, 0),
        (1, 0, 0, 0),
        (0, 1, 0, 0),
        (0, 0, 1, 0),
        (0, 0, 0, 0),
    ]
    assert [s.classes for s in found.strata] == [(GLOBAL,)] + [("strict-saddle",)] * 6
    assert found.strata[-1].loss.rational() == 75
    # The numbers, from floating-point singular values of the same data: sigma = 49.6597, 48.4334, 8.08746.
    low, high = found.global_minimum.interval()
    assert fmpq(2595, 100) < low < high < fmpq(2596, 100)


def test_too_many_strata_are_counted_and_refused():
    n = 40
    data = DataSpectrum(
        [[int(i == j) for j in range(n)] for i in range(n)],
        [[(i + 1) * int(i == j) for j in range(n)] for i in range(n)],
    )
    assert count_strata(data, [n]) == 2**n
    with pytest.raises(TooLarge, match=r"1,099,511,627,776 critical strata, .* about 1\d years .*; at most 200,000"):
        landscape(data, [n])


@pytest.mark.parametrize("hidden", [[], [0], [2, -1], ["2"], 3, [True]])
def test_hidden_widths_that_are_none(hidden):
    with pytest.raises(InputError, match="hidden widths are a list of positive integers"):
        landscape(DataSpectrum([[1]], [[1]]), hidden)


def test_json_documents():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]])
    document = landscape(data, [1, 1]).to_json()
    assert [e["multiplicity"] for e in document["spectrum"]] == [1, 1]
    assert document["spectrum"][0]["minpoly"] == [1, -7, 1]
    assert document["spectrum"][0]["value"]["decimal"].startswith("6.85")
    assert [s["class"] for s in document["strata"]] == [
        "global-minimum",
        "strict-saddle",
        ["strict-saddle", "non-strict-saddle"],
    ]
    assert document["strata"][0]["loss"]["minus_half"] == [0]
    assert document["global_minimum"] == document["strata"][0]["loss"]
