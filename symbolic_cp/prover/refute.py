"""Refutation: the smallest exact instance found that satisfies every hypothesis of a goal and violates its claim.

Instances are drawn (`instances`) until one refutes; then smaller dimensions are tried, smallest first; then entries
are made small (`shrink`). The search is untrusted: an answer is given only when the kernel has checked it, by
evaluation (`replay.refute`), or, where a quantifier over matrices remains, by a proof of the negated statement at the
instance (`ground`). Same goal, same effort, same answer.

Main names: refutation, counterexample, smaller, satisfiable, probe, Sampling. `None` says nothing about the truth of
a goal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Table, evaluate_formula
from symbolic_cp.kernel.formulas import Equal, Formula
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.replay import refute, replay
from symbolic_cp.kernel.terms import scalar
from symbolic_cp.prover.certificate import write, write_counterexample
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.ground import disprove_at
from symbolic_cp.prover.instances import Generator, Instances, Place, lowered, order
from symbolic_cp.prover.numeric import Entry, holds, to_instance
from symbolic_cp.prover.shrink import cost, shrink
from symbolic_cp.prover.task import Nats, Unsupported


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much work a search may do: attempts until one refutes, attempts and moves that make it smaller.

    `progress` is called before each attempt; what it raises ends the search.
    """

    attempts: int = 400
    smaller: int = 400
    moves: int = 400
    progress: Callable[[], None] | None = field(default=None, compare=False)


EFFORT = Sampling()
QUICK = Sampling(attempts=48)
"""Enough to see whether hypotheses can be met, and to refute what is plainly false."""
ASKED = 12
"""How often generators are asked for numbers of the same size."""


@dataclass(frozen=True)
class Refutation:
    """A goal is false: `values` are for its outer quantifiers, in order, and `names` their names.

    `theorem` is None if evaluation decides, else it proves the negated statement.
    """

    goal: Goal
    names: tuple[str, ...]
    values: tuple[Instance, ...]
    theorem: Theorem | None = None

    def certificate(self) -> dict[str, Any]:
        """The certificate, as data; `recheck` accepts it."""
        if self.theorem is not None:
            return write(self.theorem, f"not {self.goal.name}")
        return write_counterexample(self.goal.formula(), list(self.values), self.goal.name)


def counterexample(
    goal: Goal, *, generators: Sequence[Generator] = (), effort: Sampling = EFFORT
) -> list[Instance] | None:
    """Values for the outer quantifiers of a goal that refute it, the smallest found; None if none was found.

    Dimensions are at least 1. Checked by the kernel. Cost: some 0.3 ms an attempt for a handful of small matrices.

    >>> from symbolic_cp.exact.strict_json import parse
    >>> from symbolic_cp.prover.problem import problems
    >>> text = '{"atoms": {"A": ["n", "n"]}, "given": ["A*A = 0"], "claims": ["A = 0"]}'
    >>> counterexample(problems(parse(text))[0].goals()[0])
    [2, Matrix(rows=2, cols=2, entries=((0, 1), (0, 0)))]
    """
    found = refutation(goal, generators=generators, effort=effort)
    return None if found is None else list(found.values)


def refutation(goal: Goal, *, generators: Sequence[Generator] = (), effort: Sampling = EFFORT) -> Refutation | None:
    """As `counterexample`, with what shows that the goal is false: the values, or a theorem about them."""
    try:
        return _Search(goal, generators, effort).result()
    except Unsupported:
        return None


def smaller(
    goal: Goal, instances: Instances, place: Place, point: dict[str, Entry], effort: Sampling = EFFORT
) -> Refutation | None:
    """From one of the instances of a goal that refutes it, the smallest found; None if the kernel does not confirm it.

    Smaller dimensions are searched, then entries are made small. What is drawn depends on the state of `instances`.
    """
    search = _Search(goal, (), effort, instances)
    return None if search.confirmed(place, point) is None else search.made_small(place, point)


@dataclass(frozen=True)
class Probe:
    """What instances show: a refutation if there is one, else values by name that satisfy the hypotheses, if any."""

    refutation: Refutation | None
    satisfied: dict[str, Instance] | None


def probe(goal: Goal, *, generators: Sequence[Generator] = (), effort: Sampling = QUICK) -> Probe:
    """Look for a counterexample, and keep an instance that satisfies the hypotheses on the way."""
    try:
        search = _Search(goal, generators, effort)
        found = search.result()
    except Unsupported:
        return Probe(None, None)
    if found is not None:
        return Probe(found, dict(zip(found.names, found.values, strict=True)))
    return Probe(None, search.met_values())


def satisfiable(
    goal: Goal, *, generators: Sequence[Generator] = (), effort: Sampling = EFFORT
) -> dict[str, Instance] | None:
    """An instance that satisfies the hypotheses, as values by name; None if none was found.

    The claim plays no part. Hypotheses that evaluation decides are checked by the kernel. A goal with quantifiers that
    instances do not decide gives None.
    """
    try:
        search = _Search(Goal(goal.name, goal.variables, goal.hypotheses, Equal(scalar(0))), generators, effort)
        for number in range(effort.attempts):
            search.tick()
            search.met = search.instances.attempt(number)
            if search.met is not None and (values := search.met_values()) is not None:
                return values
    except Unsupported:
        return None
    return None


def _not_violated(formula: Formula, values: dict[str, Instance]) -> bool:
    try:
        return evaluate_formula(formula, values)
    except KernelError:  # a quantifier over matrices: decided by linear algebra when the instance was drawn
        return True


class _Search:
    """One search for a counterexample."""

    def __init__(
        self, goal: Goal, generators: Sequence[Generator], effort: Sampling, instances: Instances | None = None
    ) -> None:
        self.goal = goal
        self.effort = effort
        self.instances = Instances(goal, generators) if instances is None else instances
        self.met: tuple[Place, dict[str, Entry]] | None = None
        self.names = tuple(variable.name for variable in self.instances.task.variables)

    @cached_property
    def statement(self) -> Formula:
        """The closed formula that is to be refuted."""
        return self.goal.formula()

    def result(self) -> Refutation | None:
        """First something that refutes, then something smaller, then the kernel's word for it."""
        for number in range(self.effort.attempts):
            self.tick()
            found = self.instances.attempt(number)
            self.met = self.met or found
            if found is None or holds(found[0].claim, found[1]) is not False:
                continue
            if self.confirmed(*found) is not None:
                return self.made_small(*found)
        return None

    def made_small(self, place: Place, point: dict[str, Entry]) -> Refutation:
        """From a point that was confirmed to refute, the smallest found."""
        place, point = self.with_small_entries(*self.at_small_dimensions(place, point))
        smallest = self.confirmed(place, point)
        assert smallest is not None  # every step on the way was confirmed
        if smallest.theorem is not None:
            replay(smallest.theorem)
        return self.trimmed(smallest)

    def trimmed(self, found: Refutation) -> Refutation:
        """The same without members of families of natural numbers that nothing asks for."""
        values = list(found.values)
        for i, value in enumerate(values):
            while isinstance(value, Table) and len(value.entries) > 1:
                entries = dict(sorted(value.entries.items()))
                entries.popitem()
                value = Table(entries)  # noqa: PLW2901 - shorter and shorter
                try:
                    refute(self.statement, [*values[:i], value, *values[i + 1 :]])
                except KernelError:  # this member is needed
                    break
                values[i] = value
        return Refutation(found.goal, found.names, tuple(values), found.theorem)

    def met_values(self) -> dict[str, Instance] | None:
        """The first instance of the hypotheses that was met, by name, if the kernel does not object."""
        if self.met is None:
            return None
        values = dict(zip(self.names, self.instances.values(*self.met), strict=True))
        return values if all(_not_violated(one, values) for one in self.instances.task.hypotheses) else None

    def tick(self) -> None:
        if self.effort.progress:
            self.effort.progress()

    def confirmed(self, place: Place, point: dict[str, Entry]) -> Refutation | None:
        """The refutation that the kernel accepts; None if it does not."""
        values = self.instances.values(place, point)
        try:
            refute(self.statement, values)
            return Refutation(self.goal, self.names, tuple(values))
        except KernelError:  # a quantifier that is not evaluated: prove the negation instead
            witnesses = [to_instance(point[one.name]) for one in self.instances.task.hidden if one.name in point]
            theorem = disprove_at(self.statement, values, witnesses)
            return None if theorem is None else Refutation(self.goal, self.names, tuple(values), theorem)

    def at_small_dimensions(self, place: Place, point: dict[str, Entry]) -> tuple[Place, dict[str, Entry]]:
        """A counterexample with the smallest dimensions, in their fixed order, at which one is found."""
        smaller = [nats for nats in self.instances.numbers if order(nats) < order(place.nats)]
        left = self.effort.smaller
        for rank, nats in enumerate(smaller):
            attempts = min(left, max(4, 48 - 4 * rank))  # the smallest are worth the most
            found = self.smallest_at(nats, attempts)
            if found is not None:
                return found
            left -= attempts
        return self.smallest_handed_in(place, point)

    def smallest_handed_in(self, place: Place, point: dict[str, Entry]) -> tuple[Place, dict[str, Entry]]:
        """The smallest counterexample that generators hand in: free to choose, then asked for one number less."""
        best = place, point
        for number in range(self.effort.smaller // 4 if self.instances.generators else 0):
            best = self._less(best, self.instances.handed_in(number))
        left, wishes = self.effort.smaller // 2, lowered(best[0].nats)
        while self.instances.generators and left > 0 and (wanted := next(wishes, None)) is not None:
            before = best
            for number in range(min(left, ASKED)):
                best = self._less(best, self.instances.handed_in(number, wanted))
            left -= ASKED
            if best is not before:
                wishes = lowered(best[0].nats)
        return best

    def _less(
        self, best: tuple[Place, dict[str, Entry]], found: tuple[Place, dict[str, Entry]] | None
    ) -> tuple[Place, dict[str, Entry]]:
        """What was found, if it is smaller, and the kernel confirms that it refutes."""
        self.tick()
        if found is None or order(found[0].nats) >= order(best[0].nats) or holds(found[0].claim, found[1]) is not False:
            return best
        return best if self.confirmed(*found) is None else found

    def smallest_at(self, nats: Nats, attempts: int) -> tuple[Place, dict[str, Entry]] | None:
        """The counterexample with the smallest entries among so many attempts with these dimensions."""
        place = self.instances.at(nats)
        best: dict[str, Entry] | None = None
        for number in range(attempts if place is not None else 0):
            self.tick()
            assert place is not None
            found = self.instances.attempt_at(place, number)
            if found is None or found[0] is not place or holds(place.claim, found[1]) is not False:
                continue
            point = found[1]
            better = best is None or cost(place.plan, point) < cost(place.plan, best)
            if better and self.confirmed(place, point) is not None:
                best = point
        return None if best is None or place is None else (place, best)

    def with_small_entries(self, place: Place, point: dict[str, Entry]) -> tuple[Place, dict[str, Entry]]:
        """The same dimensions, small entries: the best of some more attempts, shrunk."""
        other = self.smallest_at(place.nats, self.effort.smaller // 8)
        if other is not None and cost(place.plan, other[1]) < cost(place.plan, point):
            place, point = other

        def refutes(candidate: dict[str, Entry]) -> bool:
            return holds(place.claim, candidate) is False and self.confirmed(place, candidate) is not None

        return place, shrink(place.plan, point, refutes, self.effort.moves)
