"""Exact instances of mutants of statements: drawn to refute them, and to see whether those that are proved survive.

Hypotheses and claims with quantifiers over matrices are evaluated as campaigns do it: decided, or tried with some
values. Main names: Original, Judged, drawings, small, survived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from typing import Any

from flint import fmpq, fmpq_mat
from mutations import Mutant

from symbolic_cp.book.campaigns import Drawn, Trial, _fits
from symbolic_cp.book.generators import family_of, instance, unimodular
from symbolic_cp.book.letters import Letters
from symbolic_cp.book.nearby import Hunt
from symbolic_cp.book.trials import Answer, Examiner, Unknown
from symbolic_cp.exact.matrices import zeros
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Table
from symbolic_cp.kernel.formulas import (
    Atom,
    Connective,
    ForAll,
    Formula,
    Implies,
    Variable,
    at_least,
    equal,
    for_all,
    free_names,
)
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Generator, nat, scalar
from symbolic_cp.prover.constructions import Construction, Delayed
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.instances import Instances, Place
from symbolic_cp.prover.numeric import Entry, gathered, holds, to_instance
from symbolic_cp.prover.show import opened
from symbolic_cp.prover.task import MOST_MEMBERS, Condition, Shape, Unsupported, task
from symbolic_cp.prover.zoo import integers

INSTANCES, MANY = 200, 600
"""So many different instances are met, or so many that need not be different: hypotheses may leave few."""
VAIN = 60
"""So many more instances than met so far may leave the claim undecided before another way to draw them is taken."""
LEVELS = (1, 2, 3)
"""Dimensions of drawn instances are at most each of these in turn."""
DRAWS, NEAR = 10, 30
"""Draws at each level, and draws near instances of the original statement."""
BOUND = 4
"""So far natural numbers range that a mutant does not bound."""
EFFORT, WIDE_EFFORT = 1_500, 15_000
"""Work for each draw and each evaluation (`symbolic_cp.book.trials.MOST_WORK`); wide trials look at many members."""
PLACES, MISSES, PATIENCE, FRUITLESS = 16, 3, 12, 2
"""Choices of dimensions, and draws in a row without an instance, after which another one or another way is taken:
patience where there have been some. A draw of a campaign makes many attempts, so few of them are fruitless."""


@dataclass(frozen=True)
class Judged:
    """What became of a mutant; `violated` shows an instance that a proved mutant fails at (a disaster)."""

    verdict: str
    instances: int = 0
    different: int = 0
    violated: Any = None


@dataclass
class Original:
    """A proved statement, and instances of it, drawn once; `so_far` is what is known of a mutant meanwhile."""

    goal: Goal
    proof: Theorem
    generators: tuple[Any, ...] = ()
    hunt: Hunt = field(init=False)
    so_far: Judged = field(default_factory=lambda: Judged("stopped"))

    def __post_init__(self) -> None:
        self.hunt = Hunt(self.goal, self.generators, lambda _trial, _drawn: False)


@dataclass(slots=True)
class Closer(Examiner):
    """Tries for quantified matrices first what has the same shapes (no step at all), and zeros (no direction)."""

    own: tuple[Variable, ...] = ()

    def _suggested(self, unknowns: Sequence[Unknown], point: Mapping[str, Entry]) -> Iterator[Any]:
        for factor in (1, 0) if all(one.kind != "nat" for one in unknowns) else ():
            values = {one.hint: self._alike(one, point, factor) for one in unknowns}
            if None not in values.values():
                yield values
        yield from Examiner._suggested(self, unknowns, point)

    def _decided(self, formula: Formula, nats: Any, point: Any) -> bool | None:
        try:
            return Examiner._decided(self, formula, nats, point)
        except ValueError:  # members of a family of other shapes than this statement asks for
            return None

    def _alike(self, one: Unknown, point: Mapping[str, Entry], factor: int) -> Any:
        if one.kind != "matrix":
            return fmpq(factor) if one.kind == "scalar" and not one.variable.arity else None
        twins = [v for v in self.own if (v.sort, v.arity) == (one.variable.sort, one.variable.arity)]
        if not one.variable.arity and not twins:
            try:
                return zeros(*one.shape(self.nats))
            except KernelError:  # a shape that a quantified number gives
                return None
        if not twins:
            return None
        if not one.variable.arity:
            entry = point.get(twins[0].name)
            return entry * factor if isinstance(entry, fmpq_mat) else None
        members = {name: entry for name, entry in point.items() if name.partition("[")[0] == twins[0].name}
        indices = {tuple(map(int, name[:-1].partition("[")[2].split(","))): entry for name, entry in members.items()}
        if not all(_fits(one.variable, name, entry, self.nats) for name, entry in members.items()):
            return None
        return Table({index: to_instance(entry * factor) for index, entry in sorted(indices.items())})


def square_networks(rng: Random, _dims: Any) -> dict[str, Any]:
    """Networks of two to four invertible layers, on data of any rank, and the products from each width to each other.

    There are more layers than the network has, and M[j, k] is an inverse where j < k.
    """
    depth, width, samples = rng.randint(2, 4), rng.randint(1, 3), rng.randint(1, 3)
    X, Y = (integers(rng, width, samples) for _ in "XY")
    factor = integers(rng, width, 1) * integers(rng, 1, samples)
    layers = [unimodular(rng, width) for _ in range(2 * depth + 2)]
    below = [fmpq_mat(unimodular(rng, width))]
    for layer in layers:
        below.append(layer * below[-1])
    M = {(j, k): instance(P * Q.inv()) for j, P in enumerate(below) for k, Q in enumerate(below)}
    sizes = {"l": depth, "h": depth - 1, "n": depth - 2, "m": samples}
    families = {"d": Table({(k,): width for k in range(len(below))}), "A": family_of(layers), "M": Table(M)}
    return {**sizes, **families, "X": instance(rng.choice((X, factor))), "Y": instance(Y)}


def trials(goal: Goal, original: Original, least: int = 1) -> Trials:
    """Trials of a goal, with dimensions from the least on."""
    trial = Trials.for_goal(goal, original.generators)
    trial.effort, trial._task = EFFORT, task(goal, least)
    return trial


@dataclass(frozen=True, slots=True)
class Wide:
    """What wide trials know: the goal that was proved, before its hypotheses were bounded, and generators of their own.

    They have more members of every family than the original statement speaks of: a mutant may speak of them. They
    forget the indices that a generator chose, which fit the original statement, or all that it chose but sizes.
    """

    proved: Goal
    generators: tuple[Any, ...] = ()


@dataclass(slots=True)
class Trials(Trial):
    """Trials that try for quantifiers over matrices as `Closer` does."""

    wide: Wide | None = None

    def _generated(self, generator: Any, rng: Random) -> dict[str, Any]:
        found = Trial._generated(self, generator, rng)
        way = rng.randrange(4) if self.wide else 0
        sizes = {name for one in self.task.variables for name in one.sort.rows.names | one.sort.cols.names}
        if way == 1:
            return {name: one for name, one in found.items() if name in sizes}
        return {name: one for name, one in found.items() if way == 0 or not isinstance(one, int) or name in sizes}

    def _choose_nats(self, known: Letters, rng: Random) -> None:
        Trial._choose_nats(self, known, rng)
        if self.wide:
            last = 2 * max((one for one in known.nats.values() if isinstance(one, int)), default=0) + 2
            for name, value in known.nats.items():
                if isinstance(value, Table) and value.entries and all(len(index) == 1 for index in value.entries):
                    more = {(k,): rng.randint(0, self.largest) for k in range(min(last, MOST_MEMBERS) + 1)}
                    known.nats[name] = Table({**more, **value.entries})

    def _worked_out(self, drawn: Drawn, rng: Random) -> Answer:
        """What the proof constructs comes first: it is nearly always there, and to look for it takes longest."""
        if self.construction is not None:
            found = self._examined(drawn, rng, self._constructing(self.construction, drawn))
            if found.holds or found.false:
                return found
        return self._examined(drawn, rng, None)

    def _constructing(self, proof: Construction, drawn: Drawn) -> Delayed:
        goal = self.goal if self.wide is None else self.wide.proved
        return proof.evidence(goal, drawn.instance(), self.task.variables[len(goal.variables) :])

    def _asked(self, variable: Variable, unknowns: Mapping[str, Shape], claim: Condition | None) -> bool:
        return self.wide is not None or Trial._asked(self, variable, unknowns, claim)

    def _examiner(self, nats: Any, point: Any, rng: Random, origin: Any) -> Examiner:
        effort = WIDE_EFFORT if self.wide else self.effort
        return Closer(nats, point, rng, origin, self._kept, self.most, effort, own=self.task.variables)


def drawings(mutant: Mutant, goal: Goal, original: Original) -> Iterator[tuple[Trial, Drawn, Random]]:
    """Instances of a mutant, small ones first; near those of the original statement where a hypothesis was changed."""
    for least, level in ((1, 1), (0, 2), (1, 2), (1, 3)):
        trial = trials(goal, original, least)
        trial.largest = level
        yield from ((trial, *one) for one in _draws(trial, range(DRAWS)))
    if mutant.place >= 0:
        yield from _loose(mutant, goal, original, NEAR)


def small(goal: Goal, original: Original) -> Iterator[tuple[Trial, Drawn, Random]]:
    """Small instances of a goal, each with matrices of zeros first."""
    for least, level in ((0, 2), (1, 1), (1, 2)):
        trial = trials(goal, original, least)
        trial.largest = level
        for drawn, rng in _draws(trial, range(DRAWS)):
            nothing = {name: to_instance(entry * 0) for name, entry in drawn.point.items() if "[" not in name}
            empty = trial.completed({**drawn.nats, **nothing}, rng, forgive=True)
            if empty is not None:
                yield trial, empty, rng
            yield trial, drawn, rng


def _loose(
    mutant: Mutant, goal: Goal, original: Original, near: int, proof: Construction | None = None
) -> Iterator[tuple[Trial, Drawn, Random]]:
    changed = free_names(mutant.before) | (frozenset() if mutant.after is None else free_names(mutant.after))
    trial = trials(goal, original)
    trial.loose, trial.targets, trial.construction = True, changed, proof
    for level in LEVELS:
        trial.largest = level
        for drawn, rng in islice(original.hunt._near(trial, level), near):
            if drawn is not None:
                yield trial, drawn, rng


# --------------------------------------------------------------------------------------------------------- survival


def survived(mutant: Mutant, original: Original, theorem: Theorem) -> Judged:
    """How many exact instances satisfy the hypotheses, and the first at which the claim fails.

    Claims with quantifiers over matrices are evaluated as campaigns do: decided, or tried with some values. What is
    claimed to exist is constructed by the proof, and then what is said about it is evaluated. Instances are drawn from
    nothing, then by campaigns, then near those of the original statement, then with empty matrices.
    """
    proof = Construction(theorem)
    seen, different = 0, set[int]()
    original.so_far = Judged("proved")
    for source in sources(mutant, original, proof):
        vain = 0
        for values, answer in source:
            if answer is False:
                return Judged("proved", seen, len(different), values)
            vain += answer is None
            if answer is True:
                seen += 1
                different.add(hash(repr(values)))
                original.so_far = Judged("proved", seen, len(different))
            if len(different) == INSTANCES or seen == MANY or vain > seen + VAIN:
                break
        if seen >= INSTANCES:
            break
    return Judged("proved", seen, len(different))


def sources(mutant: Mutant, original: Original, proof: Construction) -> Iterator[Iterator[tuple[Any, bool | None]]]:
    """Where instances of the hypotheses come from, with whether the claim holds there, as far as it is tried."""
    goal = mutant.goal
    for least in (1, 0):
        yield _plain(goal, original, least)
    for least in (1, 0):
        yield _by_trials(goal, original, least, proof)
        yield _given(goal, original, least, proof)
    if mutant.place >= 0:
        yield (_answered(*one) for one in _loose(mutant, goal, original, 10 * NEAR, proof))
    ended = bounded(goal)
    for least in (1, 0):
        if any(one.name == "A" and one.arity for one in goal.variables):
            yield _by_trials(ended, original, least, proof, Wide(goal, (square_networks,)))
        yield _by_trials(ended, original, least, proof, Wide(goal))


def bounded(goal: Goal) -> Goal:
    """The goal with bounds for natural numbers that range without one in its hypotheses: an instance has so many.

    What holds of the members that an instance has is as much as can be looked at there.
    """
    given = [Hypothesis(one.label, _bounded(one.formula)) for one in goal.hypotheses]
    return replace(goal, hypotheses=tuple(given))


def _bounded(formula: Formula) -> Formula:
    if isinstance(formula, Connective):
        return type(formula)(_bounded(formula.left), _bounded(formula.right))
    if not isinstance(formula, ForAll) or formula.sort.kind != "nat" or formula.arity:
        return formula
    variable, body = opened(formula)
    inner = _bounded(body)
    own = ((Generator("nat", variable.name), ), ())
    guards = []
    while isinstance(body, Implies):
        guards.append(body.left)
        body = body.right
    if any(isinstance(one, Atom) and one.term.terms.get(own, 0) < 0 for one in guards):
        return for_all(variable, inner)
    return for_all(variable, Implies(at_least(scalar(BOUND), nat(variable.name)), inner))


def _by_trials(
    goal: Goal, original: Original, least: int, proof: Construction, wide: Wide | None = None
) -> Iterator[tuple[Any, bool | None]]:
    """Instances as campaigns draw them; wide ones are the last resort, and need more patience."""
    trial = trials(goal, original, least)
    trial.construction, trial.wide = proof, wide
    if wide and wide.generators:
        trial.generators = wide.generators
    most = 4 * INSTANCES if wide else INSTANCES
    for number in range(2 * len(LEVELS)):
        trial.largest = LEVELS[number % len(LEVELS)]
        rounds = range(number * most, (number + 1) * most)
        yield from (_answered(trial, *one) for one in islice(_draws(trial, rounds), INSTANCES // 2))


def _draws(trial: Trials, numbers: Iterable[int]) -> Iterator[tuple[Drawn, Random]]:
    misses, fruitful = 0, False
    for number in numbers:
        rng = Random(f"{trial.goal.name} {trial.largest} {number}")
        drawn = trial.draw(rng)
        misses = misses + 1 if drawn is None else 0
        if drawn is not None:
            fruitful = True
            yield drawn, rng
        if misses == (5 * PATIENCE if trial.wide else PATIENCE if fruitful else FRUITLESS):
            return


def _at_places(made: Instances) -> Iterator[tuple[Place, dict[str, Entry]]]:
    """Instances at dimensions of all sizes in turn, as long as there are some."""
    step = max(1, len(made.numbers) // PLACES)
    misses = dict.fromkeys([*range(min(PLACES // 2, len(made.numbers))), *range(0, len(made.numbers), step)], 0)
    alive: set[int] = set()
    for number in range(INSTANCES):
        for i in [*misses]:
            place = made.at(made.numbers[i])
            found = None if place is None else made.attempt_at(place, number)
            misses[i] = misses[i] + 1 if found is None else 0
            if found is not None:
                alive.add(i)
                yield found
            if place is None or misses[i] == (PATIENCE if i in alive else MISSES):
                del misses[i]


def _plain(goal: Goal, original: Original, least: int) -> Iterator[tuple[Any, bool | None]]:
    """Instances that evaluation decides."""
    try:
        for place, point in _at_places(Instances(goal, original.generators, seed=1, least_dimension=least)):
            yield (place.nats, point), holds(place.claim, point)
    except Unsupported:
        return


def _given(goal: Goal, original: Original, least: int, proof: Construction) -> Iterator[tuple[Any, bool | None]]:
    """Instances that are drawn by the hypotheses alone."""
    try:
        alone = Instances(replace(goal, claim=equal(scalar(0), 0)), original.generators, 1, least_dimension=least)
        for number, (place, point) in enumerate(_at_places(alone)):
            values = {**place.nats, **gathered(point)}
            evidence = proof.evidence(goal, values)
            examiner = Closer(place.nats, point, Random(number), effort=EFFORT, own=goal.variables)
            found = examiner.answer(goal.claim, evidence)
            yield (place.nats, point), None if found.holds is False and not found.exact else found.holds
    except Unsupported:
        return


def _answered(trial: Trial, drawn: Drawn, rng: Random) -> tuple[Any, bool | None]:
    checked = trial.at(drawn, rng)
    return drawn.instance(), {"holds": True, "tried": True, "violated": False}.get(checked.verdict)
