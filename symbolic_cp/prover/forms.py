"""Formulas taken apart and put together, for tactics.

Main functions: flattened, conjoined, defined_by, letters_in, names_in_hypotheses.
"""

from __future__ import annotations

from collections.abc import Sequence

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import And, Equal, Exists, Formula, Variable, at, free_names
from symbolic_cp.kernel.logic import Theorem, and_intro
from symbolic_cp.kernel.terms import Letter, Poly


def flattened(formula: Formula) -> list[Formula]:
    """The parts of a conjunction, however it is nested."""
    if isinstance(formula, And):
        return [*flattened(formula.left), *flattened(formula.right)]
    return [formula]


def conjoined(theorems: Sequence[Theorem]) -> Theorem:
    """The conjunction, nested to the right."""
    first, *rest = theorems
    return and_intro(first, conjoined(rest)) if rest else first


def letters_in(claim: Formula, *, beside: bool = False) -> list[Letter]:
    """The free matrix letters without indices in the equations under "there are", untransposed, each once, in order.

    With `beside`, only those that stand in a product with what is asserted to exist.
    """
    while isinstance(claim, Exists):
        claim = claim.body
    words = [word for one in flattened(claim) if isinstance(one, Equal) for _, word in one.term.terms]
    words = [word for word in words if not beside or any(one.name.startswith("#") for one in word)]
    found = {one.flipped() if one.transposed else one for word in words for one in word}
    free = [one for one in found if one.name and not one.name.startswith("#") and not one.args]
    return sorted(free, key=lambda one: one.key)


def defined_by(variable: Variable, parts: Sequence[Formula]) -> Poly | None:
    """The matrix whose pseudoinverse the variable is, if its Penrose equations are among the parts."""
    if variable.sort.kind != "matrix" or variable.arity:
        return None
    for part in parts:
        if isinstance(part, Equal) and part.term.shape == (variable.sort.cols, variable.sort.rows):
            rest = {key: -coef for key, coef in part.term.terms.items() if all(a.name != variable.name for a in key[1])}
            term = Poly(part.term.shape, rest)
            if all(one in parts for one in flattened(penrose(term, at(variable)))):
                return term
    return None


def names_in_hypotheses(theorem: Theorem) -> frozenset[str]:
    """The names that are free in the hypotheses of a theorem."""
    return frozenset[str]().union(*map(free_names, theorem.hyps))
