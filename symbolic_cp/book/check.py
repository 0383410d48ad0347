"""A statement on somebody's own instance: every hypothesis and every claim, held or its residual.

Everything is computed over Q. A claim that something exists is decided by the witness that the file gives under its
name, by linear algebra where the equations for it are linear, or by what the proof of the statement constructs at this
instance, if evaluation finds that it is as claimed; else it is not decided.

Main names: check, Outcome, Finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from flint import fmpq_mat

from symbolic_cp.book.complete import complete
from symbolic_cp.book.letters import Letters, as_json, read_given
from symbolic_cp.exact.strict_json import Node
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import And, Atom, Exists, Formula, Implies, Variable, exists, implication
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.constructions import Construction, Delayed, obstacle
from symbolic_cp.prover.constructions import part as part_of
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.numeric import degree, equations, gathered, holds, insolvable, value
from symbolic_cp.prover.show import opened, show
from symbolic_cp.prover.task import All, Condition, Some, Unsupported, concrete


@dataclass(frozen=True, slots=True)
class Finding:
    """A formula at the instance: `holds` is None where that is not decided; `residual` is what should be zero.

    For an inequality the residual is what should be positive, or not negative.
    """

    label: str
    formula: Formula
    holds: bool | None
    residual: object = None

    def to_json(self) -> dict[str, Any]:
        """As INTERFACES has it, and the label by which the script calls the formula."""
        return {"formula": show(self.formula), "holds": self.holds, "residual": self.residual, "label": self.label}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found; `computed` has the letters that the file left out.

    `remarks` say why what a proof constructs is not there at this instance.
    """

    hypotheses: tuple[Finding, ...]
    claims: tuple[Finding, ...]
    computed: dict[str, Any]
    remarks: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """holds, violated, not-applicable if a hypothesis fails, or undecided."""
        given, claimed = [one.holds for one in self.hypotheses], [one.holds for one in self.claims]
        if False in given:
            return "not-applicable"
        if None in given:
            return "undecided"
        return "violated" if False in claimed else "undecided" if None in claimed else "holds"

    def to_json(self) -> dict[str, Any]:
        """As INTERFACES has it, and the letters that were computed."""
        return {
            "hypotheses": [one.to_json() for one in self.hypotheses],
            "claims": [one.to_json() for one in self.claims],
            "verdict": self.verdict,
            "computed": self.computed,
            "remarks": list(self.remarks),
        }


def check(
    goal: Goal,
    path: str | Path | Node,
    others: Sequence[str] = (),
    *,
    decimals: bool = False,
    proof: Theorem | None = None,
) -> Outcome:
    """The hypotheses and claims of a goal at the instance in a file, or in one that was read already.

    Names in `others` may stand in the file as well; `proof` is the theorem of the goal, if it is proved. Cost: the
    products that the formulas write out, by FLINT; a construction by the proof, some tenths of a second. Raises
    InputError for values that do not fit or are missing, Undecided where a left-out spectrum is not rational.
    """
    witnesses = {one.name: one for one in _asserted(goal)}
    known = read_given(path, [*goal.variables, *witnesses.values()], others, decimals=decimals)
    complete(goal, known)
    taken = frozenset(one.name for one in goal.variables)
    hypotheses = [found for one in goal.hypotheses for found in _findings(one.label, one.formula, known, taken)]
    claims = tuple(_findings("", goal.claim, known, taken))
    remarks: list[str] = []
    if proof is not None and all(one.holds for one in hypotheses):
        claims = tuple(_constructed(claims, goal, proof, known, remarks))
    return Outcome(tuple(hypotheses), claims, _computed(known), tuple(remarks))


def _constructed(
    claims: Sequence[Finding], goal: Goal, proof: Theorem, known: Letters, remarks: list[str]
) -> Iterator[Finding]:
    """The findings; those that nothing else decided with what the proof constructs, where that is as claimed."""
    from symbolic_cp.book.trials import Examiner

    evidence = Construction(proof).evidence(goal, {**known.nats, **gathered(known.point)})
    pieces = {id(part): one for part, one in _pieces(goal.claim, evidence)}
    for one in claims:
        if one.holds is not None or id(one.formula) not in pieces:
            yield one
            continue
        its = pieces[id(one.formula)]
        if Examiner(known.nats, known.point, Random(0)).answer(one.formula, its).true:
            yield replace(one, holds=True)
            continue
        yield one
        last = max((number for number in known.nats.values() if isinstance(number, int)), default=0)
        why = obstacle(one.formula, its, last) if isinstance(one.formula, Exists) else ""
        remarks += [f"The proof constructs what is claimed to exist, but not at this instance: {why}."] if why else []


def _pieces(formula: Formula, evidence: Delayed) -> Iterator[tuple[Formula, Delayed]]:
    """The parts of a conjunction, each with its evidence."""
    if isinstance(formula, And):
        yield from _pieces(formula.left, part_of(evidence, 0))
        yield from _pieces(formula.right, part_of(evidence, 1))
    else:
        yield formula, evidence


def _computed(known: Letters) -> dict[str, Any]:
    """The letters that were left out and the values that they have."""
    found: dict[str, Any] = {}
    for name in known.computed:
        members = {key: entry for key, entry in known.point.items() if key.startswith(f"{name}[")}
        if name in known.nats:
            found[name] = known.nats[name]
        elif name in known.point:
            found[name] = as_json(known.point[name])
        else:
            found[name] = {key.partition("[")[2][:-1]: as_json(entry) for key, entry in members.items()}
    return found


def _asserted(goal: Goal) -> Iterator[Variable]:
    """What is said to exist, under the names that a reader sees."""
    taken = frozenset(one.name for one in goal.variables)
    for formula in [*(one.formula for one in goal.hypotheses), goal.claim]:
        for part in parts(formula):
            yield from _opened(_behind(part)[1], taken)[0]


def _behind(formula: Formula) -> tuple[list[Formula], Formula]:
    """The conditions of an implication, and what they imply."""
    conditions: list[Formula] = []
    while isinstance(formula, Implies):
        conditions.append(formula.left)
        formula = formula.right
    return conditions, formula


def _opened(formula: Formula, taken: frozenset[str]) -> tuple[list[Variable], Formula]:
    """The variables that are said to exist, and what is said about them."""
    found: list[Variable] = []
    while isinstance(formula, Exists):
        variable, formula = opened(formula, taken)
        taken |= {variable.name}
        found.append(variable)
    return found, formula


def parts(formula: Formula) -> Iterator[Formula]:
    """The parts of a conjunction."""
    if isinstance(formula, And):
        yield from parts(formula.left)
        yield from parts(formula.right)
    else:
        yield formula


def _findings(label: str, formula: Formula, known: Letters, taken: frozenset[str]) -> Iterator[Finding]:
    for part in parts(formula):
        for one in _with_witnesses(part, known, taken):
            yield _decided(label, one, known)


def _with_witnesses(formula: Formula, known: Letters, taken: frozenset[str]) -> Iterator[Formula]:
    """A claim that something exists, in parts, with the witnesses put in that the file gives; others as they are."""
    conditions, asserted = _behind(formula)
    variables, rest = _opened(asserted, taken)
    unknown = [one for one in variables if not known.knows(one)]
    if len(unknown) == len(variables):
        yield formula
    elif unknown:
        yield implication(*conditions, exists(*unknown, rest))
    else:
        yield from (implication(*conditions, part) for part in parts(rest))


def _decided(label: str, formula: Formula, known: Letters) -> Finding:
    """Whether a formula holds at the instance."""
    try:
        condition = concrete(formula, known.nats)
        answer = holds(condition, known.point)
    except (KernelError, Unsupported, KeyError):  # a quantifier that is not decided, or a member without a value
        return Finding(label, formula, None)
    if answer is None and isinstance(condition, Some) and is_linear(condition):
        answer = insolvable(condition, known.point) is None
    return Finding(label, formula, answer, None if answer else _residual(condition, known))


def is_linear(condition: Some) -> bool:
    """Whether there is nothing but linear equations for the unknowns."""
    inside = condition.part.parts if isinstance(condition.part, All) else (condition.part,)
    terms = equations(condition.part)
    return len(terms) == len(inside) and all(degree(term, condition.unknowns) <= 1 for term in terms)


def _residual(condition: Condition, known: Letters) -> object:
    """The value that should be zero (or positive), of the first part that fails."""
    for part in condition.parts if isinstance(condition, All) else (condition,):
        if isinstance(part, Atom) and holds(part, known.point) is False:
            found = value(part.term, known.point)
            return as_json(found if isinstance(found, fmpq_mat) else +found)
    return None
