"""What becomes of a mutant of a statement: proved, refuted or undecided, and how its proof stands up to instances.

* refuted: a counterexample that both checkers accept, or a proof of the negation;
* refuted at an instance: exact evaluation and linear algebra say that the hypotheses hold there and the claim fails,
  but no certificate was made (a claim about all matrices);
* proved: by a certificate that both checkers accept; `instances` of the hypotheses were drawn, and the claim held;
* proved, contradictory: the hypotheses are proved to be absurd, so that there are no instances;
* undecided, or stopped by the clock of the program that runs all of them.

Work is counted in draws and in ticks of searches. Main name: judged.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from typing import Any

from mutant_absurdities import absurd_at_numbers, in_excluded_case
from mutant_disproofs import Thorough, along, disproved_at
from mutant_instances import Judged, Original, Trials, drawings, small, survived
from mutant_proofs import FEW_TICKS, Adaption, adapted, contradictory, searched
from mutations import Mutant

from symbolic_cp import recheck
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import And, ForAll, Formula, Implies, for_all, negation
from symbolic_cp.kernel.logic import Theorem, assume, implies_elim, implies_intro
from symbolic_cp.kernel.replay import refute
from symbolic_cp.prover.certificate import replay, write, write_counterexample
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.ground import disprove_at
from symbolic_cp.prover.refute import Sampling, refutation
from symbolic_cp.prover.search import NotProved
from symbolic_cp.prover.show import opened
from symbolic_cp.prover.task import task

SAMPLING = Sampling(attempts=80, smaller=0, moves=0)
TRIED = 1_500
"""As many values are tried in all when a claim is to be refuted."""
SEARCHED = 4
"""Small instances at which a disproof is searched for."""
CERTIFICATES = 2
"""So often a certificate is looked for where a claim is violated, or undecided."""


def judged(mutant: Mutant, original: Original) -> Judged:
    """Prove the mutant or refute it, within limits; what is found is checked by the kernel and by recheck.py."""
    goal, whole, proof = mutant.goal, original.goal, original.proof
    theorem = adapted(goal, whole, proof, search=False)
    if theorem is None:
        if evaluated(mutant, original):
            return Judged("refuted")
        theorem = adapted(goal, whole, proof, search=True)
    if theorem is None:
        found = met(mutant, original)
        if found:
            return Judged(found)
        if disproved(mutant, original):
            return Judged("refuted")
        theorem = searched(goal) or adapted(goal, whole, proof, search=True, way=Thorough, ticks=FEW_TICKS)
        theorem = theorem or along(goal) or (contradictory(goal, whole, proof) if mutant.place >= 0 else None)
        if theorem is None:
            return Judged("undecided")
    absurd = contradictory(goal, whole, proof, FEW_TICKS) if mutant.place >= 0 else None
    if absurd is None and mutant.place >= 0 and next(drawings(mutant, goal, original), None) is None:
        absurd = in_excluded_case(goal, whole, proof) or absurd_at_numbers(goal)
    check(write(absurd or theorem, "mutant"), goal.formula())
    return survived(mutant, original, theorem) if absurd is None else Judged("proved, contradictory")


def check(certificate: dict[str, Any], statement: Formula | None = None) -> None:
    """Have both checkers read a certificate, which proves the statement."""
    data = json.loads(json.dumps(certificate))
    theorem = replay(data)
    assert statement is None or theorem.statement == statement
    assert recheck.check(json.dumps(data).encode())["ok"]


# ------------------------------------------------------------------------------------------------------- refutation


def parts(mutant: Mutant, original: Goal) -> list[Goal]:
    """The mutant with one conjunct of its claim: the one that was changed, or each."""
    goal = mutant.goal
    if mutant.place < 0:
        return [replace(goal, claim=_changed(original.claim, goal.claim))]
    return [replace(goal, claim=one) for one in _conjuncts(goal.claim)]


def _changed(before: Formula, after: Formula) -> Formula:
    if isinstance(before, And) and isinstance(after, And):
        if before.left == after.left:
            return _changed(before.right, after.right)
        return _changed(before.left, after.left) if before.right == after.right else after
    if isinstance(before, Implies) and isinstance(after, Implies) and before.left == after.left:
        return Implies(after.left, _changed(before.right, after.right))
    if isinstance(before, ForAll) and isinstance(after, ForAll):
        taken = before.names | after.names
        (variable, one), (same, other) = opened(before, taken), opened(after, taken)
        return for_all(same, _changed(one, other)) if variable == same else after
    return after


def _conjuncts(formula: Formula) -> list[Formula]:
    if isinstance(formula, And):
        return [*_conjuncts(formula.left), *_conjuncts(formula.right)]
    return [formula]


def evaluated(mutant: Mutant, original: Original) -> bool:
    """Whether the mutant, or a conjunct of it, is refuted by instances that evaluation decides."""
    for goal in parts(mutant, original.goal):
        found = refutation(goal, generators=Trials.for_goal(goal, original.generators).generators, effort=SAMPLING)
        if found is not None and goal.claim == mutant.goal.claim:
            check(found.certificate())
            return True
        if found is not None and certified(goal, mutant.goal, list(found.values)):
            return True
    return False


def met(mutant: Mutant, original: Original) -> str:
    """"refuted", "refuted at an instance", or nothing: by instances as campaigns draw and decide them."""
    goals = parts(mutant, original.goal)
    goal = goals[0] if len(goals) == 1 else mutant.goal
    best, tries, tried = "", 0, 0
    for trial, drawn, rng in drawings(mutant, goal, original):
        checked = trial.at(drawn, rng)
        verdict, tried = checked.verdict, tried + checked.tried
        if tried > TRIED:
            break
        if verdict not in {"violated", "undecided"}:
            continue
        if tries < CERTIFICATES and (verdict == "violated" or not tries):
            tries += 1
            values = drawn.instance()
            parted = task(goal)
            given = [values.get(one.name) for one in parted.variables]
            hidden = [values[one.name] for one in parted.hidden if one.name in values]
            if None not in given and certified(goal, mutant.goal, given, hidden):
                return "refuted"
        if verdict == "violated":
            best = "refuted at an instance"
        if best and tries == CERTIFICATES:
            break
    return best


def certified(goal: Goal, whole: Goal, values: list[Any], hidden: tuple[Any, ...] | list[Any] = ()) -> bool:
    """Whether there is a certificate against the whole mutant from values that refute a part of it."""
    statement = goal.formula()
    if goal.claim == whole.claim:
        try:
            refute(statement, values)
            check(write_counterexample(statement, values, "mutant"))
            return True
        except KernelError:
            pass
    try:
        return against(disprove_at(statement, values, hidden), goal, whole)
    except KernelError:
        return False


def against(theorem: Theorem | None, goal: Goal, whole: Goal) -> bool:
    """Whether a theorem is the negation of a part of a mutant, so that the negation of the mutant can be checked."""
    if theorem is None:
        return False
    statement, everything = goal.formula(), whole.formula()
    assert theorem.conclusion == negation(statement)
    try:
        if everything != statement:
            part = Adaption().transfer(assume(everything), statement, [])
            theorem = implies_intro(implies_elim(theorem, part), everything)
    except NotProved:
        return False
    check(write(theorem, "not mutant"), negation(everything))
    return True


def disproved(mutant: Mutant, original: Original) -> bool:
    """Whether the negation of the mutant is found by search at a small instance."""
    goals = parts(mutant, original.goal)
    goal = goals[0] if len(goals) == 1 else mutant.goal
    parted = task(goal)
    for _, drawn, _ in islice(small(goal, original), SEARCHED):
        values = drawn.instance()
        given = [values.get(one.name) for one in goal.variables]
        hidden = [values[one.name] for one in parted.hidden if one.name in values]
        if None not in given and against(disproved_at(goal.formula(), given, hidden), goal, mutant.goal):
            return True
    return False
