"""Mutants of the statements of the book: each is refuted, proved or undecided; what is proved stands up to instances.

With HYPOTHESIS_PROFILE=nightly 20 of every statement are judged, which takes hours; else one of each of a few that are
quick. STATEMENT_MUTANTS says another number.
`python tests/statement_mutants.py` lists those that are undecided.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from symbolic_cp.book.book import Book, home
from symbolic_cp.kernel.formulas import Equal, Implies, Variable, at, equal, for_all, matrix_sort
from symbolic_cp.prover.goal import Goal, Hypothesis

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
COUNT = int(os.environ.get("STATEMENT_MUTANTS", "20" if NIGHTLY else "1"))
QUICK = ("eq-21", "eq-22", "eq-23", "eq-24", "lem-1")
PATH = Path(__file__).resolve().parent.parent / "statement_mutants.py"
spec = importlib.util.spec_from_file_location("statement_mutants", PATH)
assert spec is not None
assert spec.loader is not None
made = sys.modules["statement_mutants"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)


@pytest.fixture(scope="module")
def book():
    return Book(home())


@pytest.mark.parametrize("name", Book(home()).ids() if NIGHTLY else QUICK)
def test_no_false_mutant_is_proved(book, name, record_property):
    step = book.script(name).conclusion
    if step is None or step.proof is None:
        return  # a definition, or refuted: then there is no proof to change the statement of
    verdicts = Counter()
    for kind, mutant in made.drawn(step.goal, COUNT):
        one = made.judged(kind, mutant, step.proof, step.goal, step.generators)
        assert one.violated is None, f"proved, and false at an instance: {mutant.formula()}"
        verdicts[one.verdict] += 1
    assert sum(verdicts.values()) == len(made.drawn(step.goal, COUNT)) <= COUNT
    record_property("verdicts", dict(verdicts))


def test_every_kind_of_mutant_of_one_statement(book):
    """What is false is refuted; what is proved is true: eq-22 with its hypothesis changed in every way."""
    step = book.script("eq-22").conclusion
    judged = [made.judged(kind, goal, step.proof, step.goal) for kind, goal in made.drawn(step.goal, 40)]
    assert {one.kind for one in judged} == {"hypothesis dropped", "sign", "constant"}
    verdicts = Counter(one.verdict for one in judged)
    assert verdicts["undecided"] <= 3
    assert verdicts["refuted"] >= 3
    assert all(one.violated is None for one in judged)
    assert next(one for one in judged if one.kind == "hypothesis dropped").verdict == "refuted"


def test_a_false_proof_would_be_seen():
    """Instances violate a claim that does not follow."""
    A = Variable("A", matrix_sort(2, 2))
    a = at(A)
    goal = Goal("false", (A,), (Hypothesis("square", equal(a @ a, a)),), equal(a.T, a))
    seen, violated = made.survived(goal, ())
    assert seen > 0
    assert violated is not None


def test_mutants_say_something_else():
    A = Variable("A", matrix_sort(2, 2))
    a = at(A)
    goal = Goal("symmetric", (A,), (Hypothesis("symmetric", equal(a.T, a)),), equal(a.T @ a, a @ a))
    found = made.drawn(goal, 50)
    assert {kind for kind, _ in found} == {"sign", "constant", "transpose", "hypothesis dropped"}
    statements = [mutant.formula() for _, mutant in found]
    assert goal.formula() not in statements
    assert for_all(A, equal(a.T @ a, a @ a)) in statements
    assert for_all(A, Implies(Equal(a.T + a), equal(a.T @ a, a @ a))) in statements
    assert len({*statements}) > 8
    assert made.judged("hypothesis dropped", replace(goal, hypotheses=()), None, goal).verdict == "refuted"
