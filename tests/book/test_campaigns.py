"""Statements on drawn instances: true ones hold, false ones are violated, and quantifiers are reported as tried."""

import json
import pickle
from collections import Counter
from random import Random

import pytest
from paper_book import BOOK

from symbolic_cp.book.campaigns import VERDICTS, Trial, _members
from symbolic_cp.book.check import check
from symbolic_cp.book.points import CASES, cases
from symbolic_cp.book.trials import Answer, Examiner, both, either
from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.evaluation import Table
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Implies,
    Variable,
    at_least,
    exists,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.replay import refute
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.expression import ident, norm2, number, of


@pytest.fixture(scope="module")
def shallow():
    return BOOK


def verdicts(trial, count, seed=0):
    found = [trial.check(number, seed) for number in range(count)]
    assert {one.verdict for one in found} <= set(VERDICTS)
    return found


@pytest.mark.parametrize("name", ["lem-1", "eq-21", "eq-18", "lem-1.5", "thm-1.12", "thm-1", "prop-1"])
def test_true_statements_hold_at_every_instance(shallow, name):
    found = verdicts(Trial.of(shallow, name), 12)
    assert "violated" not in {one.verdict for one in found}
    assert sum(one.verdict == "holds" for one in found) >= 6


def test_the_instances_of_theorem_1_are_of_every_case(shallow):
    found = verdicts(Trial.of(shallow, "thm-1"), 60)
    assert {case for one in found for case in one.cases} == set(CASES)
    assert {one.verdict for one in found} == {"holds"}


SECTION_2 = [
    "eq-18",
    "eq-19",
    "eq-20",
    "eq-21",
    "eq-22",
    "lem-1",
    "thm-1",
    "rem-1",
    "prop-1",
    "prop-2",
    "def-order",
    "prop-3",
    "thm-2",
    "rem-strict",
    "T5",
    "T10",
]
AT_CRITICAL_POINTS = [
    "lem-1",
    "thm-1",
    "thm-1.14",
    "rem-1",
    "prop-1",
    "prop-2",
    "def-order",
    "prop-3",
    "thm-2",
    "thm-2.strong",
    "T5",
    "T10",
]


@pytest.mark.parametrize("name", SECTION_2)
def test_every_statement_of_section_2_runs_as_a_campaign(shallow, name):
    found = Counter(one.verdict for one in verdicts(Trial.of(shallow, name), 6))
    assert not found["no instance"]
    assert not found["violated"] or name in ("def-order", "rem-strict")  # the two that the book refutes
    assert found["holds"] + found["tried"] >= 3 or name == "rem-strict"


@pytest.mark.parametrize("name", AT_CRITICAL_POINTS)
def test_the_instances_of_every_theorem_are_of_every_case(shallow, name):
    trial, found = Trial.of(shallow, name), Counter()
    for k in range(40):
        drawn = trial.draw(Random(f"{trial.goal.name} 0 {k}"))
        found.update(cases({**drawn.origin, **drawn.instance()}))
    assert {case: found[case] for case in CASES if found[case] < 3} == {}


def test_the_printed_example_has_every_case_that_it_can_have(shallow):
    trial, found = Trial.of(shallow, "thm-1.ex"), Counter()
    for k in range(40):
        drawn = trial.draw(Random(f"thm-1.ex 0 {k}"))
        found.update(cases({**drawn.origin, **drawn.instance()}))
    assert set(CASES) - set(found) == {"L1 != 0"}  # it is about L1 = 0


@pytest.mark.parametrize("name", ["thm-1.8", "def-order"])
def test_false_statements_are_violated_and_the_kernel_agrees(shallow, name, tmp_path):
    trial = Trial.of(shallow, name)
    one = next(one for one in verdicts(trial, 30) if one.verdict == "violated")
    file = tmp_path / "instance.json"
    file.write_text(json.dumps(one.values), encoding="utf-8")
    assert check(trial.goal, file).verdict == "violated"
    drawn = trial.draw(Random(f"{name} 0 {one.number}"))
    values = drawn.instance()
    refute(trial.goal.formula(), [values[variable.name] for variable in trial.task.variables])


def test_the_same_number_and_seed_give_the_same_answer_also_after_pickling(shallow):
    trial = Trial.of(shallow, "def-order")
    copy = pickle.loads(pickle.dumps(trial))  # noqa: S301 - what was just pickled here
    assert [trial.check(k, 3) for k in (5, 2, 7)] == [copy.check(k, 3) for k in (5, 2, 7)]
    assert [trial.check(k, 3).values for k in range(9)] != [trial.check(k, 4).values for k in range(9)]


def test_what_is_not_there_is_no_trial(book, texts):
    with pytest.raises(InputError, match="no-such"):
        Trial.of(book(one=texts.proved), "no-such")


def test_statements_of_any_book_are_tried(book, texts):
    assert {one.verdict for one in verdicts(Trial.of(book(one=texts.proved), "commute.1"), 10)} == {"holds"}
    assert "violated" in {one.verdict for one in verdicts(Trial.of(book(two=texts.wrong), "wrong.1"), 30)}


# ------------------------------------------------------------------------------------------------------ answers


def examiner(**values):
    return Examiner({}, values, Random(0))


def test_true_as_far_as_tried_is_not_true():
    x = Variable("x", SCALAR)
    fourth = for_all(x, of(x) * of(x) * of(x) * of(x) >= 0)
    found = examiner().answer(fourth)
    assert (found.holds, found.exact) == (True, False)
    assert found.tried > 1


def test_one_value_decides():
    x = Variable("x", SCALAR)
    assert examiner().answer(for_all(x, of(x) * of(x) > 5)).false
    assert examiner().answer(exists(x, of(x) * of(x) > 0)).true
    assert not examiner().answer(exists(x, of(x) * of(x) * of(x) * of(x) < 0)).exact


def test_bounded_quantifiers_are_decided_and_unbounded_ones_are_tried():
    n, x = Variable("n", NAT), Variable("x", SCALAR)
    inside = exists(x, of(x) * of(x) == number(nat("n")) * number(nat("n")))
    few = for_all(n, Implies(at_least(nat(3), nat("n")), inside))
    assert examiner().answer(few).holds is not False
    assert not examiner().answer(for_all(n, inside)).exact


def test_matrices_that_exist_are_drawn():
    B = Variable("B", matrix_sort(2, 2))
    assert examiner().answer(exists(B, of(B) @ of(B) == ident(2))).true
    assert not examiner().answer(exists(B, norm2(of(B)) < 0)).true


def test_answers_combine():
    yes, seems, no, unknown = Answer(holds=True), Answer(True, False, 2), Answer(holds=False), Answer(None, False)
    assert both([yes, seems]) == seems
    assert both([seems, no]).false
    assert both([seems, unknown]).holds is None
    assert either([no, yes]).true
    assert either([no, seems]) == seems
    assert either([no, unknown]).holds is None
    assert seems.negated().false is False


def test_families_have_members_as_far_as_there_are_widths():
    layers = next(one for one in Trial.of(BOOK, "T2").goal.variables if one.name == "A")
    widths = Table({(k,): k + 1 for k in range(5)})
    assert _members(layers, {"l": 2, "d": widths}) == {f"A[{k}]": (k + 2, k + 1) for k in range(4)}
