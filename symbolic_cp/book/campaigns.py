"""One statement or step on one random exact instance: what a campaign runs many times.

::

    trial = Trial.of(Book(home()), "thm-1")  # runs the script of the statement, once
    trial.check(17, seed=0)                  # instance number 17: Checked(number=17, verdict="holds", ...)

A `Trial` is plain data (it can be pickled, so worker processes need no scripts), and `check(number, seed)` depends on
its arguments alone: the same number and seed give the same instance and answer on every machine. An instance is drawn
until all hypotheses hold; then the claim is evaluated. Quantifiers over matrices that linear algebra does not decide
are tried with finitely many values, and the verdict says so:

* `holds`: every hypothesis and the claim were evaluated, and are true (existence by a witness that was evaluated, one
  that the proof of the statement constructs where it does);
* `tried`: true as far as it was tried, `Checked.tried` values for quantifiers in all;
* `violated`: the hypotheses hold and the claim is false, both decided exactly; `Checked.values` is the instance, as
  `symbolic-cp check ID FILE` reads it;
* `undecided`: neither; `no instance`: none was drawn that satisfies the hypotheses.

`Checked.cases` says what is special about the instance (`points.CASES`: rank-deficient X, repeated and zero singular
values, ...), computed from its matrices. Cost: 1 to 30 ms an instance.

Main names: Trial, Checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any, cast

from flint import fmpq_mat

from symbolic_cp.book.book import Book
from symbolic_cp.book.complete import define_families
from symbolic_cp.book.deep_saddles import deep_generators_for
from symbolic_cp.book.letters import Letters
from symbolic_cp.book.parts import parts
from symbolic_cp.book.pickling import packed, packed_proof, unpacked, unpacked_proof
from symbolic_cp.book.points import LARGEST, cases, theorem_1_points
from symbolic_cp.book.relu_points import cell_points
from symbolic_cp.book.trials import MOST_CANDIDATES, MOST_WORK, Answer, Examiner, Kept, asserts, both
from symbolic_cp.book.verdict import readable
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table, evaluate_nat
from symbolic_cp.kernel.formulas import Atom, Connective, Formula, Quantifier, Value, Variable, substitute_nat
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.constructions import Construction, Delayed
from symbolic_cp.prover.draw import draw, released
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.instances import Generator
from symbolic_cp.prover.numeric import Entry, from_instance, gathered, holds, to_instance
from symbolic_cp.prover.plan import Plan, plan
from symbolic_cp.prover.task import (
    MOST_MEMBERS,
    All,
    Condition,
    Shape,
    Task,
    Unsupported,
    concrete,
    member_name,
    shapes,
    task,
)
from symbolic_cp.prover.zoo import ordinary

ATTEMPTS = 60
"""So many instances are drawn until one satisfies the hypotheses; for a loose trial fewer."""
LOOSE_ATTEMPTS = 6
LOOSE_MOST = 40
PLANNING, LETTERS = 50, 5
"""Units of work of an attempt to draw an instance: so many, and one more for so many letters of the goal."""
MOST_PLANS = 200
"""Plans are kept for so many choices of natural numbers."""
DERIVED = ("Xp", "A2p", "D", "b", "P", "S")
"""Letters of `theorem_1_points` that the hypotheses define by others."""
Limits = tuple[int, bool, frozenset[str], int, int]
VERDICTS = ("holds", "tried", "violated", "undecided", "no instance")


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one instance. `values` are those of a violation, as files of instances have them."""

    number: int
    verdict: str
    cases: tuple[str, ...] = ()
    tried: int = 0
    values: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields."""
        return {
            "number": self.number,
            "verdict": self.verdict,
            "cases": list(self.cases),
            "tried": self.tried,
            "values": self.values,
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """An instance that satisfies the hypotheses: its natural numbers and point, from where, and how it was checked."""

    nats: Mapping[str, int | Table]
    point: Mapping[str, Entry]
    origin: Mapping[str, Instance]
    given: Answer
    families: tuple[str, ...] = ()

    def instance(self) -> dict[str, Instance]:
        """The values by name; members of families together."""
        found: dict[str, Instance] = {name: Table({}) for name in self.families}
        found |= self.nats
        return found | gathered(self.point)


@dataclass(frozen=True, slots=True)
class Laid:
    """The hypotheses at some natural numbers, as far as instances decide them, the others, and how to draw.

    `claim` is None where instances do not decide it.
    """

    given: Condition
    others: tuple[Formula, ...]
    claim: Condition | None
    plan: Plan


@dataclass(slots=True)
class Trial:
    """A goal to be checked on instances. `generators` draw values for some letters; the others follow or are drawn.

    `largest` bounds the dimensions that are drawn. A `loose` trial is for goals that lack a hypothesis which generated
    instances satisfy: letters that follow from others are left out, the `targets` are left out or changed. A quantifier
    over matrices is tried with at most `most` values. `effort` is the most work that drawing or examining an instance
    may take, `work` what the last one took (`trials.MOST_WORK`).
    """

    goal: Goal
    generators: tuple[Generator, ...] = ()
    largest: int = LARGEST
    loose: bool = False
    targets: frozenset[str] = frozenset()
    most: int = MOST_CANDIDATES
    effort: int = MOST_WORK
    construction: Construction | None = None
    _task: Task | None = field(default=None, repr=False)
    _kept: Kept = field(default_factory=Kept, repr=False)
    _plans: dict[str, Laid | None] = field(default_factory=dict, repr=False)
    _length: int = field(default=0, repr=False)
    work: int = field(default=0, repr=False)
    _parts: tuple[Trial, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, book: Book, name: str) -> Trial:
        """The trial of a statement or step. Raises InputError for a name that is not there, or claims nothing."""
        from symbolic_cp.book.audit import locate

        place = locate(book, name)
        step = book.find(place.step or place.owner)
        if step is None:
            raise InputError(f"{name} claims nothing that can be checked on instances")
        return cls.for_goal(step.goal, step.generators, step.proof)

    @classmethod
    def for_goal(cls, goal: Goal, generators: Sequence[object] = (), proof: Theorem | None = None) -> Trial:
        """The trial of a goal; one about a network is tried at critical points too, and at points of ReLU cells.

        If its proof is given, what the goal claims to exist is constructed by it (`prover.constructions`).
        """
        own = cast("tuple[Generator, ...]", tuple(generators))
        variables = goal.variables or task(goal).variables
        names = {atom for one in variables for side in (one.sort.rows, one.sort.cols) for (atom, _), _ in side.atoms}
        shallow = (theorem_1_points,) if names & {"d1", "d2"} else ()
        letters = {one.name: one.arity for one in variables}
        deep = deep_generators_for(letters) if letters.get("A") else ()
        relu = (cell_points,) if "SJ" in letters else ()
        construction = Construction(proof) if proof is not None and asserts(goal.claim) else None
        return cls(goal, tuple(dict.fromkeys((*relu, *shallow, *deep, *own))), construction=construction)

    def __getstate__(self) -> tuple[bytes, tuple[Generator, ...], Limits, bytes]:
        """What is pickled: the goal, how instances are drawn, the proof; not what is kept between instances."""
        limits = self.largest, self.loose, self.targets, self.most, self.effort
        proof = packed_proof(None if self.construction is None else self.construction.theorem)
        return packed(self.goal), self.generators, limits, proof

    def __setstate__(self, state: tuple[bytes, tuple[Generator, ...], Limits, bytes]) -> None:
        """From what was pickled."""
        goal, self.generators, (self.largest, self.loose, self.targets, self.most, self.effort), proof = state
        self.goal = unpacked(goal)
        self._task, self._kept, self._plans, self._length, self._parts = None, Kept(), {}, 0, ()
        theorem = unpacked_proof(proof)
        self.work, self.construction = 0, None if theorem is None else Construction(theorem)

    @property
    def length(self) -> int:
        """How many letters the goal is long."""
        if not self._length:
            self._length = sum(map(_length, (*self.task.hypotheses, self.task.claim)))
        return self._length

    @property
    def task(self) -> Task:
        """The goal taken apart."""
        if self._task is None:
            self._task = task(self.goal)
        return self._task

    @property
    def parts(self) -> tuple[Trial, ...]:
        """A trial for each part of a statement that speaks of several things; else the trial itself."""
        if not self._parts:
            found = parts(self.goal, None if self.construction is None else self.construction.theorem)
            self._parts = tuple(Trial.for_goal(one, self.generators, proof) for one, proof in found)
            self._parts = self._parts if len(found) > 1 else (self,)
        return self._parts

    def check(self, number: int, seed: int = 0) -> Checked:
        """Draw instance `number` and evaluate the statement there; the parts of a statement take turns."""
        return self.part(number).drawn_and_checked(number, seed)[1]

    def part(self, number: int) -> Trial:
        """The trial of the part whose turn it is."""
        return self.parts[number % len(self.parts)]

    def drawn_and_checked(self, number: int, seed: int = 0) -> tuple[Drawn | None, Checked]:
        """Instance `number` itself, not of a part, and what came of it."""
        rng = Random(f"{self.goal.name} {seed} {number}")
        drawn = self.draw(rng)
        return drawn, Checked(number, "no instance") if drawn is None else self.at(drawn, rng, number)

    def at(self, drawn: Drawn, rng: Random, number: int = 0) -> Checked:
        """The statement at an instance that satisfies its hypotheses."""
        found = self._answer(drawn, rng)
        values = drawn.instance()
        special = () if self.loose else tuple(sorted(cases({**drawn.origin, **values})))
        exact = found.exact and drawn.given.exact
        tried = found.tried + drawn.given.tried
        if found.holds is None or not (found.holds or exact):
            return Checked(number, "undecided", special, tried)
        if found.holds:
            return Checked(number, "holds" if exact else "tried", special, tried)
        names = [one.name for one in self.task.variables]
        shown = {name: readable(values[name]) for name in names if name in values}
        return Checked(number, "violated", special, tried, shown)

    def _answer(self, drawn: Drawn, rng: Random) -> Answer:
        laid = self.laid(drawn.nats)
        known = None if laid is None or laid.claim is None else holds(laid.claim, drawn.point)
        if known is not None:
            return Answer(known)
        return self._worked_out(drawn, rng)

    def _worked_out(self, drawn: Drawn, rng: Random) -> Answer:
        """The claim with values that are tried, and where these do not do, with those that the proof constructs."""
        found = self._examined(drawn, rng, None)
        if found.holds or found.false or self.construction is None:
            return found
        constructed = self._examined(drawn, rng, self._constructing(self.construction, drawn))
        return constructed if constructed.holds else found

    def _constructing(self, proof: Construction, drawn: Drawn) -> Delayed:
        """What the proof constructs at these values, which is worked out as far as somebody asks for it."""
        return proof.evidence(self.goal, drawn.instance(), self.task.variables[len(self.goal.variables) :])

    def _examined(self, drawn: Drawn, rng: Random, evidence: Delayed | None) -> Answer:
        examiner = self._examiner(drawn.nats, drawn.point, rng, drawn.origin)
        found = examiner.answer(self.task.claim, evidence)
        self.work += examiner.work
        return found

    def draw(self, rng: Random) -> Drawn | None:
        """An instance that satisfies the hypotheses, or None: after ATTEMPTS, or `effort` of examining."""
        self.work = 0
        for attempt in range(LOOSE_ATTEMPTS if self.loose else ATTEMPTS):
            if self.work > self.effort:
                break
            plain = not self.generators or attempt % 5 == 4  # now and then without a generator
            origin = {} if plain else self._generated(self.generators[attempt % len(self.generators)], rng)
            if attempt >= 6 or self.loose:  # leave out some letters, which are then drawn
                sizes = ("l", "m", "d") if isinstance(origin.get("d"), Table) else ()
                origin = {
                    name: value for name, value in origin.items() if name in sizes or rng.randrange(5 + 5 * self.loose)
                }
            found = self.completed(origin, rng, forgive=attempt >= 6 or self.loose)
            if found is not None:
                return found
        return None

    def _generated(self, generator: Generator, rng: Random) -> dict[str, Instance]:
        """Values that a generator hands in, of the dimensions that are allowed."""
        dims = (
            {} if self.largest >= LARGEST else {name: rng.randint(1, self.largest) for name in ("d0", "d1", "d2", "m")}
        )
        found = dict(generator(rng, dims) or {})
        return self._loosened(found, rng) if self.loose else found

    def _loosened(self, found: dict[str, Instance], rng: Random) -> dict[str, Instance]:
        """The targets kept, left out or drawn anew, one third each; what follows from others is left out."""
        kept: dict[str, Instance] = {}
        for name, value in found.items():
            roll = rng.randrange(3) if name in self.targets else 0
            if roll == 1 or name in DERIVED:
                continue
            anew = roll == 2 and isinstance(value, Matrix)
            kept[name] = (
                to_instance(ordinary(rng, value.rows, value.cols)) if anew and isinstance(value, Matrix) else value
            )
        return kept

    # ------------------------------------------------------------------------------------------------- drawing

    def _examiner(
        self, nats: Mapping[str, int | Table], point: Mapping[str, Entry], rng: Random, origin: Mapping[str, Instance]
    ) -> Examiner:
        most = min(self.most, LOOSE_MOST) if self.loose else self.most
        return Examiner(nats, point, rng, origin, self._kept, most, self.effort)

    def completed(self, origin: Mapping[str, Instance], rng: Random, *, forgive: bool) -> Drawn | None:
        """An instance with these values, or None; forgiving: without some of those that violate hypotheses."""
        self.work += PLANNING + self.length // LETTERS
        known = Letters()
        for variable in (*self.task.variables, *self.task.hidden):
            self._take(known, variable, origin.get(variable.name))
        try:
            self._choose_nats(known, rng)
            self._drop_misfits(known)
            laid = self.laid(known.nats)
        except (Undecided, InputError, KernelError):
            return None
        if laid is None:
            return None
        fixed = {name: one for name, one in known.point.items() if name in laid.plan.shapes}
        point = draw(laid.plan, rng, released(laid.plan, rng, fixed) if forgive else fixed)
        return None if point is None else self.accepted(known.nats, point, origin, rng)

    def accepted(
        self, nats: Mapping[str, int | Table], point: Mapping[str, Entry], origin: Mapping[str, Instance], rng: Random
    ) -> Drawn | None:
        """The instance with these values, if no hypothesis is seen to fail there."""
        laid = self.laid(nats)
        if laid is None or not holds(laid.given, point):
            return None
        examiner = self._examiner(nats, point, rng, origin)
        answer = both([examiner.answer(one) for one in laid.others])
        self.work += examiner.work
        families = tuple(one.name for one in (*self.task.variables, *self.task.hidden) if one.arity)
        return Drawn(nats, point, origin, answer, families) if answer.holds else None

    def laid(self, nats: Mapping[str, int | Table]) -> Laid | None:
        """How instances with these natural numbers are drawn; None if a hypothesis is false. Raises KernelError."""
        key = repr(sorted(nats.items(), key=lambda pair: pair[0]))
        if key not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[key] = self._laid(nats)
        return self._plans[key]

    def _asked(self, variable: Variable, unknowns: Mapping[str, Shape], claim: Condition | None) -> bool:
        """Whether all members of a family are drawn: where only a claim mentions it that evaluation does not read."""
        return claim is None and not any(name.startswith(f"{variable.name}[") for name in unknowns)

    def _take(self, known: Letters, variable: Variable, value: Instance | None) -> None:
        """Use a value for a variable of its sort."""
        if value is None or (variable.arity > 0) is not isinstance(value, Table):
            return
        if variable.sort.kind == "nat":
            if isinstance(value, int | Table):
                known.nats[variable.name] = value
            return
        entries = value.entries if isinstance(value, Table) else {(): value}
        for index, one in entries.items():
            entry = from_instance(one)
            if isinstance(entry, fmpq_mat) is (variable.sort.kind == "matrix"):
                known.point[member_name(variable.name, index)] = entry

    def _choose_nats(self, known: Letters, rng: Random) -> None:
        """Numbers for the dimensions and indices that nothing determines, one after the other."""
        define_families(self.goal, known)
        for variable in self.task.variables:
            if variable.sort.kind == "nat" and not variable.arity and variable.name not in known.nats:
                least = self.task.nats[variable.name]
                known.nats[variable.name] = rng.randint(least, least + min(2, self.largest - 1))
                define_families(self.goal, known)

    def _drop_misfits(self, known: Letters) -> None:
        """Forget matrices, and families of them, that do not have the shape that the numbers ask for."""
        by_name = {one.name: one for one in (*self.task.variables, *self.task.hidden)}
        wrong = {
            name.partition("[")[0]
            for name, entry in known.point.items()
            if isinstance(entry, fmpq_mat) and not _fits(by_name[name.partition("[")[0]], name, entry, known.nats)
        }
        for name in [name for name in known.point if name.partition("[")[0] in wrong]:
            del known.point[name]

    def _laid(self, nats: Mapping[str, int | Table]) -> Laid | None:
        found: list[Condition] = []
        others: list[Formula] = []
        for formula in self.task.hypotheses:
            condition = _condition(formula, nats)
            if condition is False:
                return None
            if condition is None:
                others.append(formula)
            elif condition is not True:
                found += condition.parts if isinstance(condition, All) else [condition]
        unknowns: dict[str, Shape] = {}
        for variable in (*self.task.variables, *self.task.hidden):
            if variable.sort.kind != "nat" and not variable.arity:
                rows, cols = (evaluate_nat(side, nats) for side in (variable.sort.rows, variable.sort.cols))
                unknowns[variable.name] = (rows, cols) if variable.sort.kind == "matrix" else None
        claim = _condition(self.task.claim, nats)
        for condition in (*found, claim):
            unknowns |= shapes(condition) if condition is not None else {}
        for variable in self.task.variables:
            if variable.arity and variable.sort.kind != "nat" and self._asked(variable, unknowns, claim):
                unknowns |= _members(variable, nats)
        given: Condition = All(tuple(found))
        return Laid(given, tuple(others), claim, plan(given, unknowns))


def _members(variable: Variable, nats: Mapping[str, int | Table]) -> dict[str, Shape]:
    """The members of a family with indices up to the largest natural number or index, as far as they have shapes."""
    found: dict[str, Shape] = {}
    numbers = [one for one in nats.values() if isinstance(one, int)]
    indices = [i for one in nats.values() if isinstance(one, Table) for index in one.entries for i in index]
    last = max([*numbers, *indices], default=0)
    for index in product(range(min(last, MOST_MEMBERS) + 1), repeat=variable.arity):
        at: dict[str, Value] = {f"~{i}": nat(k) for i, k in enumerate(index)}
        with suppress(KernelError):
            rows, cols = (
                evaluate_nat(substitute_nat(side, at), nats) for side in (variable.sort.rows, variable.sort.cols)
            )
            found[member_name(variable.name, index)] = (rows, cols) if variable.sort.kind == "matrix" else None
    return found


def _fits(variable: Variable, name: str, entry: fmpq_mat, nats: Mapping[str, int | Table]) -> bool:
    """Whether a matrix, a member of a family perhaps, has the shape of the variable; True where nobody can say."""
    indices = name.partition("[")[2].removesuffix("]")
    at: dict[str, Value] = {f"~{i}": nat(int(one)) for i, one in enumerate(indices.split(",")) if one}
    try:
        rows, cols = (evaluate_nat(substitute_nat(side, at), nats) for side in (variable.sort.rows, variable.sort.cols))
    except KernelError:
        return True
    return (entry.nrows(), entry.ncols()) == (rows, cols)


def _condition(formula: Formula, nats: Mapping[str, int | Table]) -> Condition | None:
    """The condition that a formula is; None if instances do not decide its quantifiers."""
    try:
        return concrete(formula, nats)
    except Unsupported:
        return None


def _length(formula: Formula) -> int:
    """How many letters stand in a formula."""
    if isinstance(formula, Atom):
        return sum(len(word) + sum(len(one.word) for one in scalars) for scalars, word in formula.term.terms)
    if isinstance(formula, Connective):
        return _length(formula.left) + _length(formula.right)
    return _length(formula.body) if isinstance(formula, Quantifier) else 0
