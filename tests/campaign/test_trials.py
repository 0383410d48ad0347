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
    one, other = trials_of("false", 1, folder), trials_of("false", 2, folder)
    assert [one.drawn(k) for k in range(20)] != [other.drawn(k) for k in range(20)]
    assert len({repr(one.drawn(k)) for k in range(20)}) > 5


def test_what_fails_satisfies_the_hypothesis_and_violates_the_claim(folder):
    trials = trials_of("false", 3, folder)
    failing = [one for one in trials.batch(0, 60).odd if one.verdict == VIOLATED]
    assert failing
    for one in failing:
        A = exact(one.values["A"])
        assert product(A, A) == A
        assert [list(column) for column in zip(*A, strict=True)] != A
        assert trials.drawn(one.number) == one.values


def test_what_holds_does(folder):
    trials = trials_of("false", 3, folder)
    odd = {one.number for one in trials.batch(0, 60).odd}
    for number in set(range(60)) - odd:
        A = exact(trials.drawn(number)["A"])
        assert product(A, A) == A
        assert [list(column) for column in zip(*A, strict=True)] == A


def test_a_failing_instance_is_made_small(folder):
    trials = trials_of("false", 3, folder)
    one = trials.batch(0, 60).odd[0]
    small = trials.shrunk(one.number)
    A = exact(small["A"])
    assert small["n"] == 2  # the smallest there is: 1 x 1 matrices are symmetric
    assert product(A, A) == A
    assert sum(abs(entry) for row in A for entry in row) == 2  # one in the corner, one beside it
    assert trials.shrunk(one.number) == small


def test_what_holds_is_not_shrunk(folder):
    trials = trials_of("true", 3, folder)
    assert trials.trial(0).verdict == HOLDS
    assert trials.shrunk(0) is None


def test_a_statement_of_the_book_holds():
    assert trials_of("lem-1.6", 1).batch(0, 50).odd == ()


def test_unknown_statements_are_refused(folder):
    with pytest.raises(InputError, match="has no 'flase'; is false meant"):
        trials_of("flase", 1, folder)
