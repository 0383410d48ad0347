"""Instances by number: the same wherever, in whatever order they are drawn; what fails is false."""

from __future__ import annotations

import pickle

import pytest

from symbolic_cp.campaign.trials import HOLDS, VIOLATED, trials_of
from symbolic_cp.exact.errors import InputError

IDEMPOTENT, SYMMETRIC = "A*A = A", "A' = A"


def product(A, B):
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*B, strict=True)] for row in A]


def exact(A):
    from fractions import Fraction

    return [[Fraction(entry) for entry in row] for row in A]


def test_batches_in_pieces_are_the_batch(folder):
    trials = trials_of("false", 7, folder)
    whole = trials.batch(0, 60)
    pieces = [trials.batch(40, 20), trials.batch(0, 13), trials.batch(13, 27)]
    odd = sorted((one for piece in pieces for one in piece.odd), key=lambda one: one.number)
    assert tuple(odd) == whole.odd
    assert 0 < len(whole.odd) < 60


def test_another_process_would_draw_the_same(folder):
    trials = trials_of("false", 7, folder)
    there = pickle.loads(pickle.dumps(trials))  # noqa: S301 - how executors send it
    assert there.batch(0, 40).odd == trials.batch(0, 40).odd


def test_seeds_differ_and_numbers_differ(folder):
    one, other = (trials_of("false", seed, folder).batch(0, 60).odd for seed in (1, 2))
    assert one != other
    assert len({repr(each.values) for each in one}) > 5


def test_what_fails_satisfies_the_hypothesis_and_violates_the_claim(folder):
    trials = trials_of("false", 3, folder)
    failing = [one for one in trials.batch(0, 60).odd if one.verdict == VIOLATED]
    assert failing
    for one in failing:
        A = exact(one.values["A"])
        assert product(A, A) == A
        assert [list(column) for column in zip(*A, strict=True)] != A
        assert trials.trial(one.number)[0] == one


def test_verdicts_are_counted(folder):
    batch = trials_of("false", 3, folder).batch(0, 60)
    assert batch.counts[HOLDS] == 60 - len(batch.odd) > 0
    assert sum(batch.counts.values()) == 60


def test_special_cases_are_counted():
    batch = trials_of("lem-1.6", 3).batch(0, 40)
    assert batch.counts == {HOLDS: 40}
    assert batch.cases["rank(X) < min(d0, m)"] > 0
    assert batch.cases["zero singular value"] > 0


def test_a_failing_instance_is_made_small(folder):
    trials = trials_of("false", 3, folder)
    one = trials.batch(0, 60).odd[0]
    number, small = trials.shrunk(one.number)
    assert number == one.number
    A = exact(small["A"])
    assert small["n"] == 2  # the smallest there is: 1 x 1 matrices are symmetric
    assert product(A, A) == A
    assert sum(abs(entry) for row in A for entry in row) == 2  # one in the corner, one beside it; signs do not count
    assert trials.shrunk(one.number) == (number, small)


def test_what_holds_is_not_shrunk(folder):
    trials = trials_of("true", 3, folder)
    assert trials.trial(0)[0].verdict == HOLDS
    assert trials.shrunk(0) == (0, None)


def test_unknown_statements_are_refused(folder):
    with pytest.raises(InputError, match="has no 'flase'; is false meant"):
        trials_of("flase", 1, folder)
