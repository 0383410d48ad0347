"""Counterexamples to a claim without one of its hypotheses, looked for where they are likely.

An instance of the whole statement satisfies every hypothesis. Most of its letters are kept, a few are drawn anew so
that the other hypotheses still hold (equations that are linear in a letter are solved): if the hypothesis is needed,
the claim often fails there. Only then instances are drawn from nothing; last, rows and columns of one letter are
scaled and added, in larger instances too (not where the claim quantifies matrices: that takes too long to evaluate).
Small dimensions come first; instances of the whole statement are drawn once for all its hypotheses; work is counted in
draws, never in seconds.

Main names: Hunt, alterations. Deterministic: the same goal and hypothesis give the same counterexample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.book.campaigns import Drawn, Laid, Trial
from symbolic_cp.book.points import LARGEST
from symbolic_cp.exact.matrices import eye
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.kernel.formulas import Formula, free_names
from symbolic_cp.prover.draw import completed, draw
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.numeric import Entry, shape_of, to_instance
from symbolic_cp.prover.plan import Plan
from symbolic_cp.prover.plan import plan as plan_of
from symbolic_cp.prover.task import Nats, quantifiers
from symbolic_cp.prover.zoo import ordinary

LEVELS = (1, 2, 3)
"""Dimensions are at most each of these in turn."""
BASES = 12
"""So many instances of the whole statement at each level,"""
MISSES = 3
"""unless so many draws in a row give none."""
PAIRS = 6
"""So often two to four letters of an instance are drawn anew."""
NEAR, ANEW, ALTERED = 600, 40, 1500
"""Draws near such instances, from nothing, and with a letter altered, at each level."""
QUANTIFIED, UNDECIDED = 40, 12
"""An instance counts for so many draws more where the claim quantifies matrices, and where it stays undecided; values
that are tried for quantifiers count too."""
ENOUGH = 2
"""The smallest of so many counterexamples is taken."""
UNCLEAR = ("violated", "undecided")
Confirmed = Callable[[Trial, Drawn], bool]


@dataclass(slots=True)
class Hunt:
    """The search for counterexamples to a goal that lacks a hypothesis; `bases` are instances of the whole goal."""

    goal: Goal
    generators: tuple[object, ...]
    confirmed: Confirmed
    bases: dict[int, list[Drawn]] = field(default_factory=dict)

    def without(self, goal: Goal, hypothesis: Formula) -> dict[str, Instance] | None:
        """The smallest counterexample found to the goal, which is the whole one without this hypothesis."""
        trial = Trial.for_goal(goal, self.generators)
        trial.loose, trial.targets = True, free_names(hypothesis)
        for level in LEVELS:
            trial.largest = level
            for found, work in ((self._near(trial, level), NEAR), (_anew(trial, level), ANEW)):
                best = self._smallest(trial, found, work)
                if best is not None:
                    return best
        for level in () if _quantifies_matrices(trial) else (*LEVELS, LARGEST):
            trial.largest = level
            best = self._smallest(trial, self._altered(trial, level), ALTERED)
            if best is not None:
                return best
        return None

    def _smallest(
        self, trial: Trial, found: Iterator[tuple[Drawn | None, Random]], work: int
    ) -> dict[str, Instance] | None:
        """The smallest of the first counterexamples among instances, within this work."""
        best: tuple[int, dict[str, Instance]] | None = None
        count = 0
        price = QUANTIFIED if _quantifies_matrices(trial) else 0
        for drawn, rng in found:
            work -= 1
            checked = None if drawn is None else trial.at(drawn, rng)
            work -= price + checked.tried if checked is not None else 0
            if drawn is not None and checked is not None and checked.verdict in UNCLEAR:
                work -= UNDECIDED if checked.verdict == "undecided" else 0
                values = drawn.instance()
                size = _size(values)
                if (best is None or size < best[0]) and self.confirmed(trial, drawn):
                    names = [one.name for one in (*trial.task.variables, *trial.task.hidden) if one.name in values]
                    best, count = (size, {name: values[name] for name in names}), count + 1
            if work <= 0 or count == ENOUGH:
                break
        return best[1] if best is not None else None

    def _near(self, trial: Trial, level: int) -> Iterator[tuple[Drawn | None, Random]]:
        """Instances that share most letters with one of the whole statement."""
        for number, base in enumerate(self._bases(level)):
            rng = Random(f"{self.goal.name} {level} near {number}")
            for nats in _numbers(trial, base, level):
                try:
                    laid = trial.laid(nats)
                except KernelError:
                    continue
                if laid is not None:
                    for point in _points(laid, base.point, trial.targets, rng):
                        yield None if point is None else trial.accepted(nats, point, base.origin, rng), rng
                    for origin in _origins(laid.plan, base.point, trial.targets, rng):
                        yield trial.completed(origin, rng, forgive=True), rng

    def _altered(self, trial: Trial, level: int) -> Iterator[tuple[Drawn | None, Random]]:
        """Instances of the whole statement in which rows or columns of one letter are scaled or added."""
        for number, base in enumerate(self._bases(level)):
            rng = Random(f"{self.goal.name} {level} altered {number}")
            laid = trial.laid(base.nats)
            roots = {} if laid is None else _roots(laid.plan, base.point)
            if laid is None or len(roots) < len(laid.plan.roots):
                continue
            for name in _about(laid.plan, trial.targets):
                entry = roots[name]
                for other in alterations(entry) if isinstance(entry, fmpq_mat) else ():
                    point = completed(laid.plan, {**roots, name: other})
                    yield None if point is None else trial.accepted(base.nats, point, base.origin, rng), rng

    def _bases(self, level: int) -> Iterator[Drawn]:
        """Instances of the whole statement, drawn when they are asked for first."""
        found = self.bases.setdefault(level, [])
        yield from found
        trial = Trial.for_goal(self.goal, self.generators)
        trial.largest, misses = level, 0
        while found[BASES - 1 :] == [] and misses < MISSES:
            base = trial.draw(Random(f"{self.goal.name} {level} {len(found)} {misses}"))
            misses = misses + 1 if base is None else 0
            if base is not None:
                found.append(base)
                yield base


def _anew(trial: Trial, level: int) -> Iterator[tuple[Drawn | None, Random]]:
    """Instances that are drawn from nothing, or from what generators give."""
    number = 0
    while True:
        rng = Random(f"{trial.goal.name} {level} {number}")
        number += 1
        yield trial.draw(rng), rng


def _numbers(trial: Trial, base: Drawn, level: int) -> Iterator[Nats]:
    """The natural numbers of an instance, then others for one of those that the hypothesis speaks of."""
    yield base.nats
    for name, least in trial.task.nats.items():
        old = base.nats.get(name)
        if name in trial.targets and isinstance(old, int):
            for other in range(least, level + 2):
                if other != old:
                    yield {**base.nats, name: other}


def _points(
    laid: Laid, old: Mapping[str, Entry], targets: frozenset[str], rng: Random
) -> Iterator[dict[str, Entry] | None]:
    """Points near an old one; None for each attempt that the other hypotheses do not let happen."""
    plan = laid.plan
    fitting = _fitting(plan, old)
    roots, about = _roots(plan, old), _about(plan, targets)
    for anew in _choices(plan, about, rng):
        yield draw(plan, rng, {name: entry for name, entry in roots.items() if name not in anew})
    for name in about:
        entry = roots.get(name)
        if isinstance(entry, fmpq_mat):
            yield completed(plan, {**roots, name: _altered(entry, rng)}) if len(roots) == len(plan.roots) else None
    for anew in _exchanges(plan, about) if len(fitting) == len(plan.shapes) else ():
        part = plan_of(laid.given, {name: shape for name, shape in plan.shapes.items() if name in anew})
        yield draw(part, rng, {name: entry for name, entry in fitting.items() if name not in anew})


def _origins(
    plan: Plan, old: Mapping[str, Entry], targets: frozenset[str], rng: Random
) -> Iterator[dict[str, Instance]]:
    """Values to complete, families and numbers too: an old point, a letter of the hypothesis being another matrix."""
    plain = {name: entry for name in plan.roots if "[" not in name and (entry := old.get(name)) is not None}
    for name in sorted(targets & set(plain)):
        entry = plain[name]
        if isinstance(entry, fmpq_mat):
            other = _altered(entry, rng) if rng.randrange(2) else ordinary(rng, entry.nrows(), entry.ncols())
            yield {each: to_instance(one) for each, one in {**plain, name: other}.items()}


def _fitting(plan: Plan, old: Mapping[str, Entry]) -> dict[str, Entry]:
    return {name: entry for name, entry in old.items() if name in plan.shapes and shape_of(entry) == plan.shapes[name]}


def _roots(plan: Plan, old: Mapping[str, Entry]) -> dict[str, Entry]:
    return {name: entry for name, entry in _fitting(plan, old).items() if name in plan.roots}


def _about(plan: Plan, targets: frozenset[str]) -> list[str]:
    """The roots on which letters of the hypothesis depend."""
    about = [needs for name, needs in plan.needs.items() if name.partition("[")[0] in targets]
    return [root for root in plan.roots if any(root in needs for needs in about)]


def _choices(plan: Plan, about: Sequence[str], rng: Random) -> Iterator[frozenset[str]]:
    """Roots to draw anew: each on which the hypothesis depends, all of them, and such a one with any others."""
    yield from (frozenset([root]) for root in about)
    if len(about) > 1:
        yield frozenset(about)
    for _ in range(PAIRS if about and len(plan.roots) > 1 else 0):
        yield frozenset([rng.choice(about), *rng.sample(plan.roots, rng.randint(1, min(3, len(plan.roots))))])
    if not about:
        yield frozenset()


def _altered(M: fmpq_mat, rng: Random) -> fmpq_mat:
    """The matrix times a number, or a row or column of it, or with a multiple of one added to another."""
    factor = fmpq(rng.choice((0, 2, 2, -1)))
    roll = rng.randrange(3)
    if not roll or not M.entries():
        return M * factor
    size = M.nrows() if roll == 1 else M.ncols()
    E = eye(size)
    E[rng.randrange(size), rng.randrange(size)] = factor
    return E * M if roll == 1 else M * E


def alterations(M: fmpq_mat) -> Iterator[fmpq_mat]:
    """The matrix doubled, with a row or column doubled, and with a row or column added to another."""
    yield M * 2
    for size, left in ((M.nrows(), True), (M.ncols(), False)):
        for i, j in product(range(size), repeat=2):
            E = eye(size)
            E[i, j] = fmpq(2 if i == j else 1)
            yield E * M if left else M * E


def _exchanges(plan: Plan, about: Sequence[str]) -> Iterator[frozenset[str]]:
    """Letters to draw anew such that one that follows from others stays: two of these, and what else follows."""
    for one in plan.computed:
        behind = [name for name in plan.roots if name in plan.needs[one.name]]
        for name, other in combinations(behind, 2):
            if name in about or other in about:
                after = [each.name for each in plan.computed if plan.needs[each.name] & {name, other}]
                yield frozenset({name, other, *after} - {one.name})


def _quantifies_matrices(trial: Trial) -> bool:
    return any(one.sort.kind != "nat" for one in quantifiers(trial.task.claim))


def _size(values: Mapping[str, Instance]) -> int:
    return len(repr(sorted(values.items(), key=lambda pair: pair[0])))
