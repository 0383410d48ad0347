"""Linear programs: what is found is a combination, and what can be combined is found."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.prover.simplex import nonnegative_combination

VECTORS = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(-3, 3), max_size=4), min_size=1, max_size=6)


def combined(vectors, weights):
    total = {}
    for vector, weight in zip(vectors, weights, strict=True):
        for place, value in vector.items():
            total[place] = total.get(place, 0) + weight * value
    return {place: value for place, value in total.items() if value}


@given(VECTORS, st.data())
def test_what_can_be_combined_is(vectors, data):
    weights = data.draw(st.lists(st.fractions(0, 4, max_denominator=4), min_size=len(vectors), max_size=len(vectors)))
    target = combined(vectors, weights)
    found = nonnegative_combination(vectors, target)
    assert found is not None
    assert min(found) >= 0
    assert combined(vectors, found) == target


@given(VECTORS, st.dictionaries(st.sampled_from("abcd"), st.integers(-3, 3), max_size=4))
def test_what_is_found_is_a_combination(vectors, target):
    found = nonnegative_combination(vectors, target)
    if found is not None:
        assert min(found) >= 0
        assert combined(vectors, found) == {place: value for place, value in target.items() if value}


@given(VECTORS, st.data())
def test_a_reward_is_at_least_what_any_combination_has(vectors, data):
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(vectors), max_size=len(vectors)))
    reward = data.draw(st.lists(st.integers(-2, 2), min_size=len(vectors), max_size=len(vectors)))
    bounded = [{**vector, "all": 1} for vector in vectors]  # the weights add up to a number: no unbounded reward
    found = nonnegative_combination(bounded, combined(bounded, weights) | {"all": sum(weights)}, reward)
    assert found is not None
    assert sum(map(Fraction.__mul__, found, map(Fraction, reward))) >= sum(map(int.__mul__, weights, reward))


def test_an_unbounded_reward_is_positive():
    found = nonnegative_combination([{"a": 1}, {"a": -1}], {"a": 0}, [1, 0])
    assert found is not None
    assert found[0] > 0
    assert found[0] == found[1]


def test_what_cannot_be_combined():
    assert nonnegative_combination([{"a": 1}], {"a": -1}) is None
    assert nonnegative_combination([{"a": 1}, {"a": 2}], {"b": 1}) is None
    assert nonnegative_combination([], {"b": 1}) is None
    assert nonnegative_combination([], {}) == []


def test_a_long_program_can_be_ended():
    """Ticks come while it works; what they raise ends it."""
    rng = Random(1)
    vectors = [{place: rng.randint(-9, 9) for place in range(30)} for _ in range(60)]
    target = combined(vectors, [Fraction(rng.randint(0, 3)) for _ in vectors])

    def tick():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        nonnegative_combination(vectors, target, tick=tick)
