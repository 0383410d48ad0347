"""Statements of several parts: each claims something about variables of its own, and has instances of its own.

"(for all X ...: P) and (for all Z ...: Q)" has no instance at which both are looked at; an instance of it is one of
either part. Where matrices or numbers come before the conjunction, they are the instance, and there are no parts.

Main function: parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbolic_cp.book.check import parts as conjuncts
from symbolic_cp.kernel.formulas import And, ForAll, Formula, Implies, free_names, generic
from symbolic_cp.kernel.logic import (
    Theorem,
    and_left,
    and_right,
    assume,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
)
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.show import opened


def parts(goal: Goal, theorem: Theorem | None = None) -> tuple[tuple[Goal, Theorem | None], ...]:
    """A goal for each part, or the goal itself if it has none, with its theorem if that of the goal is given.

    Together they say what the goal says.

    >>> from symbolic_cp.kernel.formulas import SCALAR, And, Variable, at, equal, for_all
    >>> x, y = Variable("x", SCALAR), Variable("y", SCALAR)
    >>> claim = And(for_all(x, equal(at(x), at(x))), for_all(y, equal(2 * at(y), at(y) + at(y))))
    >>> [one.variables[0].name for one, _ in parts(Goal("both", (), (), claim))]
    ['x', 'y']
    """
    whole = peeled(goal)
    found = list(conjuncts(whole.claim))
    common = any(one.sort.kind != "nat" for one in whole.variables)
    if common or len(found) == 1 or not any(map(_speaks_of_all, found)):
        return ((goal, theorem),)
    proofs = [None] * len(found) if theorem is None else [*_taken_apart(_beneath(goal, theorem, whole))]
    made: list[tuple[Goal, Theorem | None]] = []
    for part, proof in zip(found, proofs, strict=True):
        outer = Goal(goal.name, whole.variables, whole.hypotheses, part)
        inner = peeled(outer)
        made.append((inner, proof and _closed(_peeled(proof, inner, outer), inner)))
    return tuple(made)


def _beneath(goal: Goal, theorem: Theorem, whole: Goal) -> Theorem:
    """What the closed theorem of a goal says of its variables, under its hypotheses, beneath those of the claim."""
    for variable in goal.variables:
        theorem = for_all_elim(theorem, generic(variable))
    for one in goal.hypotheses:
        theorem = implies_elim(theorem, assume(one.formula))
    return _peeled(theorem, whole, goal)


def _peeled(theorem: Theorem, inner: Goal, outer: Goal) -> Theorem:
    """What the claim of a goal says beneath the quantifiers and conditions that it begins with."""
    variables = iter(inner.variables[len(outer.variables) :])
    while isinstance(theorem.conclusion, ForAll | Implies):
        if isinstance(theorem.conclusion, Implies):
            theorem = implies_elim(theorem, assume(theorem.conclusion.left))
        else:
            theorem = for_all_elim(theorem, generic(next(variables)))
    return theorem


def _taken_apart(theorem: Theorem) -> Iterator[Theorem]:
    if isinstance(theorem.conclusion, And):
        yield from _taken_apart(and_left(theorem))
        yield from _taken_apart(and_right(theorem))
    else:
        yield theorem


def _closed(theorem: Theorem, goal: Goal) -> Theorem:
    for one in reversed(goal.hypotheses):
        theorem = implies_intro(theorem, one.formula)
    for variable in reversed(goal.variables):
        theorem = for_all_intro(theorem, variable)
    return theorem


def peeled(goal: Goal) -> Goal:
    """The goal with the quantifiers and conditions that its claim begins with among its variables and hypotheses."""
    variables, hypotheses, claim = list(goal.variables), list(goal.hypotheses), goal.claim
    names = {one.name for one in variables}.union(*(free_names(one.formula) for one in hypotheses), free_names(claim))
    while isinstance(claim, ForAll | Implies):
        if isinstance(claim, Implies):
            hypotheses.append(Hypothesis("", claim.left))
            claim = claim.right
        else:
            variable, claim = opened(claim, frozenset(names))
            names.add(variable.name)
            variables.append(variable)
    return Goal(goal.name, tuple(variables), tuple(hypotheses), claim)


def _speaks_of_all(formula: Formula) -> bool:
    """Whether it begins with a quantifier over matrices, numbers or families, behind natural numbers perhaps."""
    while isinstance(formula, ForAll) and formula.sort.kind == "nat":
        formula = formula.body
    return isinstance(formula, ForAll)
