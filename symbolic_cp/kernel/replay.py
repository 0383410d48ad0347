"""Chapter 7. Replay: the only ground for believing a theorem or a counterexample.

A `Theorem` is a Python object, and Python objects can be forged. So a proof is written down as lines, each a rule,
the numbers of earlier lines and parameters, and read again by somebody who may be hostile. Here every conclusion is
computed anew from its line. The rules believe that terms and formulas were made by the constructors of chapters 1, 2;
a reader of stored lines uses these alone, and then it does not matter how the lines are stored: whatever they are, what
comes out is a theorem that the rules give, and it says what it says. (So a verdict rests on a certificate, written and
read again, and never on `replay` of an object.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from symbolic_cp.kernel import evaluation, facts, theory  # noqa: F401 - their rules are in the table once imported
from symbolic_cp.kernel.errors import require
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table, Values, evaluate_formula, evaluate_nat
from symbolic_cp.kernel.formulas import ForAll, Formula, Implies
from symbolic_cp.kernel.logic import RULES, Theorem


def apply_rule(label: str, premises: Sequence[Theorem], parameters: Sequence[Any]) -> Theorem:
    """The theorem that a rule gives. Raises KernelError if there is no such rule or it does not apply."""
    require(label in RULES, f"there is no rule {label!r}")
    rule = RULES[label]
    require(rule.premises in (None, len(premises)), f"{label} takes {rule.premises} premises, not {len(premises)}")
    require(len(parameters) == len(rule.parameters), f"{label} takes {len(rule.parameters)} parameters")
    return rule.apply(*premises, *parameters)


def replay(theorem: Theorem) -> Theorem:
    """The theorem made anew by its rules, from the leaves up; raises KernelError if it was not made by them.

    The result has the same hypotheses, conclusion and facts, and every theorem beneath it has been recomputed too.
    """
    done: dict[int, Theorem] = {}
    for one in in_order(theorem):
        made = apply_rule(one.rule, [done[id(premise)] for premise in one.premises], one.parameters)
        same = (made.hyps, made.conclusion, made.facts) == (one.hyps, one.conclusion, one.facts)
        require(same, f"a theorem that says it comes from {one.rule} does not")
        done[id(one)] = made
    return done[id(theorem)]


def in_order(theorem: Theorem) -> Iterable[Theorem]:
    """Every theorem beneath, premises first, each once."""
    done: set[int] = set()
    stack = [(theorem, False)]
    while stack:
        one, ready = stack.pop()
        if ready and id(one) not in done:
            done.add(id(one))
            yield one
        elif id(one) not in done:
            stack.append((one, True))
            stack.extend((premise, False) for premise in reversed(one.premises))


def refute(statement: Formula, values: list[Instance]) -> None:
    """Check that the values satisfy every hypothesis of a closed statement and violate its conclusion.

    One value for each outer universal quantifier, in their order. Raises KernelError, which says what fails.
    """
    given: dict[str, Instance] = {}
    remaining = list(values)
    formula = statement
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, Implies):
            require(evaluate_formula(formula.left, given), "the values violate a hypothesis")
            formula = formula.right
        else:
            require(bool(remaining), f"no value is given for {formula.hint}")
            given[f"#{formula.height}"] = _of_sort(formula, remaining.pop(0), given)
            formula = formula.body
    require(not remaining, "more values than quantifiers")
    require(not evaluate_formula(formula, given), "the values satisfy the conclusion")


def _of_sort(formula: ForAll, value: Instance, given: Values) -> Instance:
    kind, name = formula.sort.kind, formula.hint
    require(isinstance(value, Table) == bool(formula.arity), f"{name} is {'' if formula.arity else 'not '}a family")
    for one in value.entries.values() if isinstance(value, Table) else [value]:
        fits = isinstance(one, Matrix) == (kind == "matrix") and (kind != "nat" or (isinstance(one, int) and one >= 0))
        require(fits, f"the value of {name} is not of its sort")
    if isinstance(value, Matrix):
        shape = evaluate_nat(formula.sort.rows, given), evaluate_nat(formula.sort.cols, given)
        require((value.rows, value.cols) == shape, f"the value of {name} is not a {shape[0]} x {shape[1]} matrix")
    return value
