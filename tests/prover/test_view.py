"""Statements as a reader takes them in: nothing is lost, and what repeats is written once."""

from __future__ import annotations

import pytest
from paper_book import BOOK

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    And,
    Connective,
    ForAll,
    Implies,
    Or,
    Quantifier,
    Variable,
    at,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.prover.show import opened, show
from symbolic_cp.prover.view import (
    Bound,
    Inverse,
    Joined,
    Named,
    Not,
    Relation,
    in_words,
    laid,
    one_line,
    repeated,
    viewed,
)

A, B, P = (Variable(name, matrix_sort("n", "n")) for name in "ABP")
a, b, p = at(A), at(B), at(P)


def formula_of(view, named):
    """The formula that a tree stands for."""
    match view:
        case Relation(formula):
            return formula
        case Inverse(letter, term):
            return penrose(term, letter)
        case Named(name):
            return formula_of(named[name], named)
        case Not(part):
            return negation(formula_of(part, named))
        case Bound(universal, variables, part):
            return (for_all if universal else exists)(*variables, formula_of(part, named))
        case Joined("iff", (left, right)):
            left, right = formula_of(left, named), formula_of(right, named)
            return And(Implies(left, right), Implies(right, left))
        case Joined(word, parts):
            *rest, found = (formula_of(part, named) for part in parts)
            for one in reversed(rest):
                found = {"and": And, "or": Or, "->": Implies}[word](one, found)
            return found


def regrouped(formula):
    """The same with conjunctions and disjunctions bracketed from the right."""
    if isinstance(formula, Quantifier):
        variable, body = opened(formula)
        return (for_all if isinstance(formula, ForAll) else exists)(variable, regrouped(body))
    if isinstance(formula, Implies):
        return Implies(regrouped(formula.left), regrouped(formula.right))
    if not isinstance(formula, Connective):
        return formula
    *rest, found = map(regrouped, spine(formula, type(formula)))
    for one in reversed(rest):
        found = type(formula)(one, found)
    return found


def spine(formula, kind):
    return [*spine(formula.left, kind), *spine(formula.right, kind)] if isinstance(formula, kind) else [formula]


@pytest.fixture(scope="module")
def book():
    return BOOK


@pytest.mark.parametrize("name", ["T4", "T9", "thm-1", "thm-3", "prop-7", "relu-minimum", "prop-3", "thm-2"])
def test_nothing_is_lost(book, name):
    goal = book.script(name).conclusion.goal
    known = [one.name for one in goal.variables]
    formulas = [goal.claim, *(one.formula for one in goal.hypotheses)]
    names = repeated(formulas, known)
    named = {name: viewed(formula, known, names) for formula, name in names.items()}
    for formula in formulas:
        view = viewed(formula, known, names)
        assert regrouped(formula_of(view, named)) == regrouped(formula)
        for width in (40, 90):
            lines = laid(view, width)
            assert " ".join(line.strip() for line in lines) == one_line(view)


def test_what_repeats_is_written_once(book):
    goal = book.script("T4").conclusion.goal
    known = [one.name for one in goal.variables]
    named = repeated([goal.claim], known)
    texts = [one_line(viewed(one, known, named)) for one in (goal.claim, *named)]
    assert len(named) >= 4
    assert sum(map(len, texts)) < 0.4 * len(show(goal.claim))
    assert len({*texts}) == len(texts)
    for name in named.values():
        assert sum(text.count(name) for text in texts) >= 2


def test_pseudoinverses_equivalences_and_negations():
    assert in_words(penrose(a, p)) == "P = pinv(A)"
    assert in_words(penrose(a @ b, p)) == "P = pinv(A*B)"
    assert in_words(penrose(a - 2 * b, p)) == "P = pinv(A - 2*B)"
    three = And(equal(a @ p @ a, a), And(equal(p @ a @ p, p), equal((a @ p).T, a @ p)))
    assert "pinv" not in in_words(three)
    left, right = equal(a, b), equal(b, b.T)
    both = And(Implies(left, right), Implies(right, left))
    assert in_words(And(both, left)) == "(A = B iff B = B') and A = B"
    assert "iff" not in in_words(And(Implies(left, right), Implies(right, equal(a @ a, a))))
    assert in_words(negation(left)) == "A != B"
    assert in_words(negation(And(left, right))) == "not (A = B and B = B')"
    assert in_words(Implies(Implies(left, right), left)) == "(A = B -> B = B') -> A = B"


def test_conditions_about_bound_letters_are_not_named():
    """What a name stands for must mean the same in every place."""
    long = equal(a @ b @ a @ b @ a @ b @ a @ b @ a @ b, b @ a @ b @ a @ b @ a @ b @ a @ b @ a @ a @ a @ a @ a @ a)
    twice = And(for_all(B, Or(And(long, equal(b, a)), equal(b, a.T))), exists(B, And(long, equal(b, a))))
    assert repeated([twice], "An") == {}
    closed = And(long, equal(b, a))
    formula = And(Or(closed, equal(a, a.T)), Implies(closed, equal(b, b.T)))
    names = repeated([formula], "ABn")
    assert names == {closed: "(a)"}
    assert one_line(viewed(formula, "ABn", names)) == "((a) or A = A') and ((a) -> B = B')"
    assert one_line(viewed(closed, "ABn", names)) == in_words(closed)
    assert repeated([closed, closed], "ABn") == {}
    assert repeated([closed, formula.left, formula.right], "ABn") == {closed: "(a)"}


def test_lines_are_broken_at_connectives():
    formula = for_all(B, Implies(And(equal(a, b), greater(1, 0)), exists(P, equal(a @ p @ a, b))))
    view = viewed(formula, "A")
    assert laid(view, 200) == ["for all B : n x n. (A = B and 1 > 0) -> there are P : n x n. A*P*A = B"]
    assert laid(view, 40) == [
        "for all B : n x n.",
        "  (A = B and 1 > 0)",
        "  -> there are P : n x n. A*P*A = B",
    ]
    assert isinstance(view.part.parts[1], Bound)
    assert not view.part.parts[1].universal
