from __future__ import annotations

from itertools import product
from random import Random

import mpmath
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import Undecided
from symbolic_cp.landscape import losses
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_problem
from symbolic_cp.landscape.losses import StratumLoss, sign_of_sum


def eye(n):
    return [[int(i == j) for j in range(n)] for i in range(n)]


def tied_data():
    """X = I, Sigma = diag([[11, 1], [1, 9]], [[21, 1], [1, 19]]): eigenvalues 20 +- sqrt 2 and 10 +- sqrt 2.

    (20 + sqrt 2) + (10 - sqrt 2) = (20 - sqrt 2) + (10 + sqrt 2), though neither side takes conjugates alike.
    """
    rows = [[3, 1, 1, 0], [1, -2, 0, 2], [4, 2, 1, 0], [1, -1, -1, 4]]
    Y = [[*rows[0], 0, 0, 0, 0], [*rows[1], 0, 0, 0, 0], [0, 0, 0, 0, *rows[2]], [0, 0, 0, 0, *rows[3]]]
    return DataSpectrum(eye(8), Y)


def test_sums_over_two_irrational_polynomials_that_are_equal():
    data = tied_data()
    assert [str(e.minpoly) for e in data.positive] == [
        "x^2 + (-40)*x + 398",
        "x^2 + (-40)*x + 398",
        "x^2 + (-20)*x + 98",
        "x^2 + (-20)*x + 98",
    ]
    assert sign_of_sum(data, [1, -1, -1, 1]) == 0
    assert StratumLoss(data, (1, 0, 0, 1)) == StratumLoss(data, (0, 1, 1, 0))
    assert StratumLoss(data, (1, 0, 1, 0)) < StratumLoss(data, (0, 1, 1, 0))
    assert StratumLoss(data, (1, 0, 0, 1)).rational() is None
    assert StratumLoss(data, (1, 1, 0, 0)).rational() == fmpq(60 - 40, 2)


def test_every_integer_combination_has_the_sign_that_numbers_say():
    data = tied_data()
    with mpmath.workdps(50):
        root = mpmath.sqrt(2)
        values = [20 + root, 20 - root, 10 + root, 10 - root]
        for counts in product(range(-2, 3), repeat=4):
            value = mpmath.fdot(counts, values)
            expected = 0 if abs(value) < mpmath.mpf(10) ** -40 else int(mpmath.sign(value))
            assert sign_of_sum(data, counts) == expected


@given(st.integers(min_value=0, max_value=2**32))
def test_signs_against_mpmath(seed):
    rng = Random(seed)
    data = draw_problem(rng)
    counts = [rng.randint(-3, 3) for _ in range(data.r)]
    with mpmath.workdps(60):
        roots = [mpmath.mpf(int(x.p)) / int(x.q) for x in (data.enclosure(i, 180)[0] for i in range(data.r))]
        value = mpmath.fdot(counts, roots)
    if abs(value) > mpmath.mpf(10) ** -45:
        assert sign_of_sum(data, counts) == mpmath.sign(value)
    else:
        assert sign_of_sum(data, counts) == 0


@given(st.integers(min_value=0, max_value=2**32))
def test_intervals_hold_the_value_and_narrow(seed):
    rng = Random(seed)
    data = draw_problem(rng)
    loss = StratumLoss(data, tuple(rng.randint(0, m) for m in data.multiplicities))
    low, high = loss.interval(10)
    finer = loss.interval(100)
    assert low <= finer[0] <= finer[1] <= high
    value = loss.rational()
    if value is not None:
        assert finer[0] <= value <= finer[1]
    document = loss.to_json()
    assert [document["minus_half"].count(i) for i in range(data.r)] == list(loss.counts)


def test_a_comparison_that_needs_too_much_is_not_decided(monkeypatch):
    monkeypatch.setattr(losses, "MAX_BITS", 1)
    monkeypatch.setattr(losses, "_bits_of_smallest", lambda *_: 10**6)
    with pytest.raises(Undecided, match="agree to 1 bits"):
        sign_of_sum(tied_data(), [1, -1, -1, 1])


def test_losses_of_different_data_are_not_compared():
    with pytest.raises(ValueError, match="different data sets"):
        assert StratumLoss(tied_data(), (0, 0, 0, 0)) < StratumLoss(tied_data(), (0, 0, 0, 0))
