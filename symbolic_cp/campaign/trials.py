"""One statement, one seed: instance number 0, 1, 2, ... is drawn, checked, and shrunk if it violates the statement.

What is drawn and how it is checked is the business of `book.campaigns`. An instance depends on the statement, the seed
and its number alone: not on the process that draws it, nor on what was drawn before. So a campaign can be cut into any
pieces, and a number is all it takes to draw an instance again.

Main names: Trials, Batch, Odd, trials_of.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, cast

from symbolic_cp.book.audit import locate
from symbolic_cp.book.book import Book, home
from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.book.letters import read_given
from symbolic_cp.book.pickling import packed, packed_proof, unpacked, unpacked_proof
from symbolic_cp.book.trials import asserts
from symbolic_cp.book.verdict import readable
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.strict_json import parse
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.draw import draw
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.instances import Generator, Instances
from symbolic_cp.prover.numeric import holds
from symbolic_cp.prover.refute import Sampling, smaller
from symbolic_cp.prover.show import show
from symbolic_cp.prover.task import Nats, Unsupported

HOLDS, TRIED, VIOLATED, UNDECIDED, NO_INSTANCE, ERROR = (
    "holds", "tried", "violated", "undecided", "no instance", "error"
)
VERDICTS = (HOLDS, TRIED, VIOLATED, UNDECIDED, NO_INSTANCE, ERROR)
"""What becomes of an instance: those of `book.campaigns`, and *error*: checking broke off, a fault of this program."""

EFFORT = Sampling(smaller=200, moves=300)
"""How much work it is worth to make a failing instance smaller."""


@dataclass(frozen=True, slots=True)
class Odd:
    """An instance that does not hold: its number, what became of it, a violation's values as JSON, and a message."""

    number: int
    verdict: str
    values: dict[str, Any] | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of the instances number `first`, ..., `first + count - 1`.

    `counts` says how many have each verdict, `cases` how many are special in which way (`book.points.CASES`).
    """

    first: int
    count: int
    counts: Mapping[str, int]
    cases: Mapping[str, int]
    odd: tuple[Odd, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class FromScript:
    """A generator that a script of somebody's book defines; a process that has not loaded the book loads it first."""

    folder: str
    module: str
    name: str

    def __call__(self, rng: Random, dims: Nats) -> Mapping[str, Instance] | None:
        """What the script's generator gives."""
        if self.module not in sys.modules:
            Book(Path(self.folder))
        generator: Generator = getattr(sys.modules[self.module], self.name)
        return generator(rng, dims)


@dataclass(frozen=True)
class Trials:
    """A statement and a seed. It travels to other processes, which need this package and nothing else."""

    statement: str
    goal: Goal = field(hash=False)  # equality looks at it; hashing it anew for every instance would cost more than that
    seed: int
    generators: tuple[Generator, ...] = field(default=(), compare=False)
    proof: Theorem | None = field(default=None, compare=False)

    def __reduce__(self) -> tuple[Callable[..., Trials], tuple[Any, ...]]:
        """How it travels: the goal made anew where it arrives (`book.pickling`), the proof as a certificate.

        A proof travels if the statement claims that something exists, which the proof constructs.
        """
        proof = packed_proof(self.proof if asserts(self.goal.claim) else None)
        return _arrived, (self.statement, packed(self.goal), self.seed, self.generators, proof)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the formal statement."""
        return fingerprint(self.goal.formula())

    @property
    def formal(self) -> str:
        """The formal statement, printed."""
        return show(self.goal.formula())

    def batch(self, first: int, count: int) -> Batch:
        """Draw and check so many instances. Cost: some milliseconds each, by FLINT."""
        start = time.perf_counter()
        counts, cases, odd = Counter[str](), Counter[str](), list[Odd]()
        for number in range(first, first + count):
            one, special = self.trial(number)
            counts[one.verdict] += 1
            cases.update(special)
            if one.verdict not in (HOLDS, TRIED):
                odd.append(one)
        return Batch(first, count, dict(counts), dict(cases), tuple(odd), time.perf_counter() - start)

    def trial(self, number: int) -> tuple[Odd, tuple[str, ...]]:
        """Draw and check one instance; what became of it, and in which ways it is special."""
        try:
            found = _prepared(self).check(number, self.seed)
        except Exception as error:  # noqa: BLE001 - one instance that breaks the checker must not end a campaign
            return Odd(number, ERROR, message=f"{type(error).__name__}: {error}"[:1000]), ()
        return Odd(number, found.verdict, found.values), found.cases

    def part(self, number: int) -> Goal:
        """What an instance is one of: a part of a statement of several parts (`book.parts`), else the whole."""
        return _prepared(self).part(number).goal

    def shrunk(self, number: int) -> tuple[int, dict[str, Any] | None]:
        """The number of a violating instance, and what it was made smaller to, as JSON.

        None if it does not violate, or in a way that the kernel does not decide by itself. Deterministic as all else.
        Cost: up to a second or two.
        """
        values = self.trial(number)[0].values
        made = None if values is None else self._smaller(values, number)
        return number, made

    def _smaller(self, values: dict[str, Any], number: int) -> dict[str, Any] | None:
        trial = _prepared(self).part(number)
        try:
            instances = Instances(trial.goal, trial.generators)
            given = read_given(parse(json.dumps(values), "the instance"), trial.task.variables)
            place = instances.at(given.nats)
            if place is None:
                return None
            known = {name: entry for name, entry in given.point.items() if name in place.plan.shapes}
            point = draw(place.plan, Random(number), known)
            if point is None or holds(place.claim, point) is not False:
                return None
            made = smaller(trial.goal, instances, place, point, EFFORT)
        except Unsupported:  # a quantifier over families: decided for this instance, but not by the kernel
            return None
        if made is None:
            return None
        return {name: readable(value) for name, value in zip(made.names, made.values, strict=True)}


def _arrived(statement: str, goal: bytes, seed: int, generators: tuple[Generator, ...], proof: bytes) -> Trials:
    return Trials(statement, unpacked(goal), seed, generators, unpacked_proof(proof))


@lru_cache(maxsize=4)
def _prepared(trials: Trials) -> Trial:
    return Trial.for_goal(trials.goal, trials.generators, trials.proof)


def trials_of(statement: str, seed: int, folder: str | Path | None = None) -> Trials:
    """The trials of a statement or step of a book, by default the one that comes with the package.

    Cost: running its script. Raises InputError if there is no such claim.
    """
    book = Book(home() if folder is None else Path(folder))
    place = locate(book, statement)
    step = book.find(place.step or place.owner)
    if step is None:
        failure = book.script(place.owner).failure
        why = failure.splitlines()[0] if failure else "it claims nothing"
        raise InputError(f"{statement} cannot be checked: {why}")
    generators = tuple(_by_name(one, book.folder) for one in step.generators)
    return Trials(statement, step.goal, seed, generators, step.proof)


def _by_name(generator: Callable[..., object], folder: Path) -> Generator:
    """A generator that another process finds: those of the package are found by name anyway."""
    module = generator.__module__
    if module.startswith("symbolic_cp."):
        return cast("Generator", generator)
    return FromScript(str(folder.resolve()), module, generator.__qualname__)
