"""Statements of several parts: each claims something about variables of its own, and has instances of its own.

"(for all X ...: P) and (for all Z ...: Q)" has no instance at which both are looked at; an instance of it is one of
either part. Where matrices or numbers come before the conjunction, they are the instance, and there are no parts.

Main function: parts.
"""

from __future__ import annotations

from symbolic_cp.book.check import parts as conjuncts
from symbolic_cp.kernel.formulas import ForAll, Formula, Implies, free_names
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.show import opened


def parts(goal: Goal) -> tuple[Goal, ...]:
    """A goal for each part, or the goal itself if it has none. Together they say what the goal says.

    >>> from symbolic_cp.kernel.formulas import SCALAR, And, Variable, at, equal, for_all
    >>> x, y = Variable("x", SCALAR), Variable("y", SCALAR)
    >>> claim = And(for_all(x, equal(at(x), at(x))), for_all(y, equal(2 * at(y), at(y) + at(y))))
    >>> [one.variables[0].name for one in parts(Goal("both", (), (), claim))]
    ['x', 'y']
    """
    whole = peeled(goal)
    found = list(conjuncts(whole.claim))
    common = any(one.sort.kind != "nat" for one in whole.variables)
    if common or len(found) == 1 or not any(map(_speaks_of_all, found)):
        return (goal,)
    return tuple(peeled(Goal(goal.name, whole.variables, whole.hypotheses, part)) for part in found)


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
