"""What goes past the paper, at any depth: proved from the ledger alone, and about the networks that it speaks of."""

from __future__ import annotations

from importlib import import_module

import pytest
from paper_book import BOOK

from symbolic_cp.book.book import _package as package
from symbolic_cp.book.book import home
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate_formula
from symbolic_cp.kernel.formulas import ForAll, Variable, generic, instantiate
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import outer_variables

LEDGER = {"pinv", "basis", "spectral", "split"}
FACTS = {
    "T1": set(),
    "T2": LEDGER - {"spectral"},
    "T3": LEDGER,
    "T4": LEDGER,
    "T6": LEDGER - {"spectral"},
    "T8": LEDGER,
    "T9.2": set(),
    "T9.3": {"pinv", "basis"},
    "T9.4": set(),
}
FACTS |= dict.fromkeys(("T7", "open-deep", "laurent-von-brecht", "kawaguchi"), LEDGER)
FACTS |= dict.fromkeys(("T6.any-loss", "laurent-von-brecht.any-loss"), LEDGER - {"spectral"})
DEPTHS = {"T7": "h", "laurent-von-brecht.any-loss": "h", "kawaguchi": "h"}  # l = h + 1
DEPTHS |= dict.fromkeys(("T4", "T8", "open-deep", "laurent-von-brecht"), "n")  # l = n + 2


@pytest.mark.parametrize("name", FACTS)
def test_a_theorem_is_proved_from_its_facts_with_its_steps(name):
    theorem, script = BOOK.theorem(name), BOOK.script(name)
    assert theorem.is_closed
    assert theorem.facts == FACTS[name]
    assert [step.id for step in script.steps if step.proof is None] == []


@pytest.mark.parametrize("name", FACTS)
def test_the_depth_and_all_widths_are_variables(name):
    """One proof for every depth: the depth is bound outside, and so is the family of widths."""
    formula = BOOK.theorem(name).conclusion
    assert isinstance(formula, ForAll)
    found = {variable.name: (variable.sort.kind, variable.arity) for variable in outer_variables(formula)}
    assert (found[DEPTHS.get(name, "l")], found["d"]) == (("nat", 0), ("nat", 1))


ZERO, ONE = Matrix(1, 1, ((0,),)), Matrix(1, 1, ((1,),))


def constant(value, *indices):
    return Table(dict.fromkeys(indices, value))


def open_point():
    """Depth 3, all widths 1, X = Y = 1, all weights 0: a point of the class that the paper leaves open.

    Sigma_0 = 1, and Sigma_1 = 0 has no positive singular value.
    """
    layers = [(k,) for k in range(4)]
    return {
        "n": 1,
        "m": 1,
        "d": constant(1, *layers),
        "A": constant(ZERO, *layers[:3]),
        "R": Table({(0,): ONE, (1,): ZERO, (2,): ZERO, (3,): ZERO}),
        "Rp": Table({(0,): ONE, (1,): ZERO, (2,): ZERO, (3,): ZERO}),
        "L": Table({(0,): ZERO, (1,): ZERO, (2,): ZERO, (3,): ONE}),
        "Lp": Table({(0,): ZERO, (1,): ZERO, (2,): ZERO, (3,): ONE}),
        "X": ONE,
        "Y": ONE,
        "r": Table({(0,): 1, (1,): 0}),
        "s": Table({(0, 1): 1}),
        "E": Table({(0, 1): ONE}),
        "Q": Table({(0, 0): ZERO, (0, 1): ONE, (1, 0): ZERO}),
    }


def test_the_class_that_the_paper_leaves_open_is_not_empty():
    values = open_point()
    goal = BOOK.find("open-deep").goal
    known = {one.label: one.formula for one in goal.hypotheses}
    open_class = known.pop("of the class that the paper leaves open")
    not_best = known.pop("not a global minimum")
    assert len(known) == 5
    assert all(evaluate_formula(formula, values) for formula in known.values())

    # the class, at i = 0: its middle part is the lemma, whose hypotheses hold
    first = instantiate(open_class, nat(0))
    in_range, best_above, in_order = first.left, first.right.left, first.right.right
    assert evaluate_formula(in_range, values)
    assert evaluate_formula(in_order, values)
    lemma = BOOK.find("blind-above").goal
    assert all(evaluate_formula(one.formula, values | {"i": 0}) for one in lemma.hypotheses)
    script = import_module(f"{package(home())}.beyond.open_deep")
    assert lemma.claim == script.best_above(script.network(script.Context(), "n", 2), nat("i"))
    assert best_above == script.best_above(script.network(script.Context(), "n", 2), nat(0))

    # not a global minimum: with all weights 1 the loss is 0
    better = not_best.left
    for name in "BS":
        better = instantiate(better, generic(Variable(name, better.sort, better.arity)))
    ones = {"B": constant(ONE, (0,), (1,), (2,)), "S": constant(ONE, (0,), (1,), (2,), (3,))}
    assert evaluate_formula(better.left, values | ones)
    assert not evaluate_formula(better.right, values | ones)
