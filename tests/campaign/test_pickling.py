"""Trials mean the same in a process whose hashes of texts are others."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest
from paper_book import BOOK

from symbolic_cp.book.campaigns import Trial
from symbolic_cp.campaign.trials import trials_of

THERE = """
import pickle, sys
batch = pickle.load(open(sys.argv[1], "rb")).batch(0, 12)
pickle.dump((dict(batch.counts), dict(batch.cases)), open(sys.argv[2], "wb"))
"""


@pytest.mark.parametrize(("name", "holding"), [("thm-1", 12), ("T9.3", 3)])
def test_another_process_finds_the_same(tmp_path, name, holding):
    """Where something is said to exist that evaluation does not find, the proof travels and constructs it."""
    trials = trials_of(name, 1)
    sent, back = tmp_path / "sent", tmp_path / "back"
    sent.write_bytes(pickle.dumps(trials))
    env = os.environ | {"PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", THERE, str(sent), str(back)], env=env, check=True)
    batch = trials.batch(0, 12)
    assert pickle.loads(back.read_bytes()) == (batch.counts, batch.cases)  # noqa: S301 - our own
    assert batch.counts["holds"] >= holding
    assert set(batch.counts) <= {"holds", "undecided"}


def test_what_arrives_is_equal():
    trials = trials_of("thm-1", 1)
    assert pickle.loads(pickle.dumps(trials)) == trials  # noqa: S301 - our own
    trial = Trial.of(BOOK, "lem-1.6")
    assert pickle.loads(pickle.dumps(trial)).goal == trial.goal  # noqa: S301 - our own


def test_a_trial_that_travelled_constructs_what_it_did():
    trial = Trial.of(BOOK, "T9.3")
    again = pickle.loads(pickle.dumps(trial))  # noqa: S301 - our own
    assert again.construction.theorem.conclusion == trial.goal.formula()
    assert again.check(0).verdict == trial.check(0).verdict == "holds"
