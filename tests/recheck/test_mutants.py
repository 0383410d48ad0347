"""Mutants of certificates: none is accepted unless both checkers accept it, and as what it then says.

A mutation in what only the proof uses leaves the statement alone: such a mutant may be accepted only if it is still a
proof of the same statement. A mutation that reaches the statement may give a proof of another one; then both checkers
must say that other one. There are 500, or 10,000 with HYPOTHESIS_PROFILE=nightly; MUTANTS says another number, and
MUTANTS_SEED makes others.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from symbolic_cp import recheck

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
COUNT, SEED = int(os.environ.get("MUTANTS", "10000" if NIGHTLY else "500")), int(os.environ.get("MUTANTS_SEED", "1"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutant_deceives_one_checker(both, corpus, mutants, part):
    names = [name for position, name in enumerate(corpus) if position % PARTS == part]
    found = Counter[str]()
    for name in names:
        data = corpus[name]
        for kind, mutant in mutants.mutants(data, -(-COUNT // len(corpus)), f"{SEED} {name}"):
            checked = both.say_the_same(mutant)
            if checked is None:
                found["refused"] += 1
                continue
            store = recheck.Store()
            if both.statement(mutant, store) == both.statement(data, store):
                assert checked.facts == frozenset(data.get("facts", [])), kind
                found["the same statement"] += 1
            else:
                found["another statement"] += 1
    assert found["refused"] > 0.6 * sum(found.values())


def test_every_kind_of_mutant_is_made(corpus, mutants):
    made = {kind for name, data in corpus.items() for kind, _ in mutants.mutants(data, 60, name)}
    assert made == {change.__name__ for change in mutants.CHANGES}


def test_mutants_are_the_same_every_time(corpus, mutants):
    data = corpus["growing-zeros"]
    assert [*mutants.mutants(data, 30, "a")] == [*mutants.mutants(data, 30, "a")]
    assert [*mutants.mutants(data, 30, "a")] != [*mutants.mutants(data, 30, "b")]
