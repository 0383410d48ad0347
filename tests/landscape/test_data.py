from __future__ import annotations

from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.spectrum import sigma
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_problem


@given(st.integers(min_value=0, max_value=2**32))
def test_products_are_those_of_their_definitions(seed):
    data = draw_problem(Random(seed))
    Xp = pinv(data.X)
    assert data.YXp == data.Y * Xp
    assert data.GGp == data.X * Xp
    assert data.sigma == sigma(data.X, data.Y)
    assert data.sigma_pinv == pinv(data.sigma)
    assert data.rank_X == rank(data.X)
    assert data.rank == rank(data.Y * data.X.transpose())
    assert sum(data.multiplicities) + data.m_bar == data.Y.nrows()


def test_enclosures_narrow_and_keep_what_they_know():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]])
    low, high = data.enclosure(0, 20)
    assert 0 <= high - low <= fmpq(1, 2**20)
    assert data.positive[0].minpoly(low) * data.positive[0].minpoly(high) < 0
    assert data.enclosure(0, 5) == data.enclosure(0, 20)
    finer = data.enclosure(0, 100)
    assert low <= finer[0] < finer[1] <= high
    assert DataSpectrum([[1]], [[3]]).enclosure(0, 50) == (9, 9)


def test_data_without_samples_or_inputs():
    for X, Y in ((fmpq_mat(2, 0), fmpq_mat(3, 0)), (fmpq_mat(0, 2), fmpq_mat(3, 2, [1, 2, 3, 4, 5, 6]))):
        data = DataSpectrum(X, Y)
        assert (data.r, data.m_bar, data.rank_X) == (0, 3, 0)
        assert data.check_pattern([2], 4) == (2,)


def test_columns_must_match():
    with pytest.raises(InputError, match="Y: X has 2 columns and Y has 1: they must have equally many"):
        DataSpectrum([[1, 2]], [[1]])


@pytest.mark.parametrize(
    ("pattern", "room", "message"),
    [
        ([1, 0], None, "a pattern of 2 numbers, but Sigma has 2 distinct positive eigenvalues: it needs 3"),
        ([2, 0, 0], None, "p_1 = 2 does not fit: it must lie between 0 and m_1 = 1"),
        ([0, -1, 0], None, "p_2 = -1 does not fit"),
        ([0, 0, 2], None, "p_bar = 2 does not fit: it must lie between 0 and m_bar = 1"),
        ([1, 1, 0], 1, "the pattern has sum 2, but the rank of A2 is at most 1"),
        ([1, 0, "0"], None, "a pattern is a list of 3 integers"),
        ([True, 0, 0], None, "a pattern is a list of 3 integers"),
        ("100", None, "a pattern is a list of 3 integers"),
    ],
)
def test_patterns_that_do_not_fit(pattern, room, message):
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1], [0, 0]])
    with pytest.raises(InputError, match=message):
        data.check_pattern(pattern, room)
