"""Proved, refuted or undecided: proof search and refutation, one goal at a time, each answer checked.

First a few instances are drawn: they refute what is plainly false, and show whether the hypotheses can be met. Then a
short proof is searched for, then a counterexample with more effort, then a proof with all of it. What is called proved
or refuted has been written as a certificate and replayed by the kernel. Hypotheses that contradict each other prove
everything, so nothing is proved from them: the answer says that they do.

Main names: decide, Decision. Bounded by work: same goal, same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.kernel.formulas import Falsum, Formula, at_least, equal, negation
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Nat, identity, nat
from symbolic_cp.prover.certificate import replay, write
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.instances import Instances
from symbolic_cp.prover.numeric import holds
from symbolic_cp.prover.refute import EFFORT, QUICK, Refutation, probe, refutation, satisfiable
from symbolic_cp.prover.search import DEFAULT, Effort, NotProved
from symbolic_cp.prover.tactics import prove_goal
from symbolic_cp.prover.task import Unsupported

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"
EMPTY_ATTEMPTS = 60
FIRST = 30
"""This part of the work a proof may take before a counterexample is looked for, which is found fast if there is one."""
ABSURD = "the hypotheses contradict each other: nothing with dimensions of at least 1 satisfies them"
INHABITED = "proved for dimensions of at least 1; with an empty matrix the claim fails"


@dataclass(frozen=True)
class Decision:
    """The verdict on a goal, and what shows it.

    `goal` is what was decided: where the claim fails for empty matrices only, it has the hypotheses that dimensions
    are at least 1. `satisfied` is an instance of the hypotheses (values by name), if one was found. `message` says
    what is left, or what is wrong with the hypotheses.
    """

    goal: Goal
    verdict: str
    theorem: Theorem | None = None
    refutation: Refutation | None = None
    satisfied: dict[str, Instance] | None = None
    message: str = ""

    def certificate(self) -> dict[str, Any] | None:
        """The certificate as data; None if undecided."""
        if self.theorem is not None:
            return write(self.theorem, self.goal.name)
        return self.refutation.certificate() if self.refutation is not None else None


def decide(goal: Goal, *, effort: Effort = DEFAULT, progress: Callable[[], None] | None = None) -> Decision:
    """Prove or refute a goal. `progress` is called now and then; what it raises ends the search."""
    effort = replace(effort, progress=progress)
    first = probe(goal, effort=replace(QUICK, progress=progress))
    if first.refutation is not None:
        return _refuted(goal, first.refutation)
    satisfied = first.satisfied or satisfiable(goal, effort=replace(EFFORT, progress=progress))
    if satisfied is None and goal.hypotheses and _contradictory(goal, effort):
        return Decision(goal, UNDECIDED, message=ABSURD)
    unmet = "" if satisfied or not goal.hypotheses else "no exact instance of the hypotheses was found"
    found = _proof(goal, replace(effort, work=effort.work // FIRST))
    if not isinstance(found, Theorem):
        against = refutation(goal, effort=replace(EFFORT, progress=progress))
        if against is not None:
            return _refuted(goal, against)
        found = _proof(goal, effort)
    if isinstance(found, Theorem):
        return Decision(goal, PROVED, theorem=found, satisfied=satisfied, message=unmet)
    if _fails_when_empty(goal):
        inhabited = with_dimensions(goal)
        again = _proof(inhabited, effort)
        if isinstance(again, Theorem):
            said = "; ".join(filter(None, [INHABITED, unmet]))
            return Decision(inhabited, PROVED, theorem=again, satisfied=satisfied, message=said)
    return Decision(goal, UNDECIDED, satisfied=satisfied, message="; ".join(filter(None, [str(found), unmet])))


def _proof(goal: Goal, effort: Effort) -> Theorem | NotProved | KernelError:
    """A theorem that states the goal and has been replayed from its certificate, or why there is none."""
    try:
        theorem = prove_goal(goal, effort)
        _replayed(write(theorem, goal.name), goal.formula())
        return theorem
    except (NotProved, KernelError) as error:
        return error


def _replayed(data: dict[str, Any], statement: Formula) -> None:
    """Raise KernelError unless the certificate holds and is about this statement."""
    if replay(data).statement != statement:
        raise KernelError("the certificate is about another statement")


def _refuted(goal: Goal, found: Refutation) -> Decision:
    statement = goal.formula()
    _replayed(found.certificate(), statement if found.theorem is None else negation(statement))
    named = dict(zip(found.names, found.values, strict=True))
    return Decision(goal, REFUTED, refutation=found, satisfied=named)


def _contradictory(goal: Goal, effort: Effort) -> bool:
    """Whether it is proved that no matrices of dimensions at least 1 satisfy the hypotheses.

    Either falsum follows, or I_n = 0 does for a dimension n, by name or as the side of a matrix.
    """
    inhabited = with_dimensions(goal)
    names = [nat(one.name) for one in goal.variables if one.sort.kind == "nat" and not one.arity]
    sides = [side for one in goal.variables for side in (one.sort.rows, one.sort.cols) if _at_least_one(side)]
    claims: list[Formula] = [Falsum(), *(equal(identity(side), 0) for side in dict.fromkeys([*names, *sides]))]
    return any(isinstance(_proof(replace(inhabited, claim=claim), effort), Theorem) for claim in claims)


def _at_least_one(side: Nat) -> bool:
    """Whether a side of a matrix is not 0 where all dimensions are at least 1; members of families may be."""
    return bool(side.const or side.atoms) and not any(args for (_, args), _ in side.atoms)


def with_dimensions(goal: Goal) -> Goal:
    """The goal with the hypothesis n >= 1 for each of its dimensions."""
    kept = [one.name for one in goal.variables if one.sort.kind == "nat" and not one.arity]
    added = [Hypothesis(f"{name} >= 1", at_least(nat(name), 1)) for name in kept]
    return replace(goal, hypotheses=(*added, *goal.hypotheses))


def _fails_when_empty(goal: Goal) -> bool:
    """Whether an instance with an empty matrix violates the claim (dimensions are at least 1 elsewhere)."""
    try:
        instances = Instances(goal, least_dimension=0)
        for number in range(EMPTY_ATTEMPTS):
            found = instances.attempt(number)
            if found is not None and 0 in found[0].nats.values() and holds(found[0].claim, found[1]) is False:
                return True
    except Unsupported:
        return False
    return False
