"""One statement, one seed: instance number 0, 1, 2, ... is drawn, checked, and shrunk if it violates the statement.

An instance depends on the statement, the seed and its number alone: not on the process that draws it, nor on what was
drawn before. So a campaign can be cut into any pieces, and a number is all it takes to draw an instance again.

Main names: Trials, Batch, Odd, trials_of.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, cast

from symbolic_cp.book.audit import locate
from symbolic_cp.book.book import Book, home
from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.book.verdict import readable
from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.instances import Generator, Instances, Place
from symbolic_cp.prover.numeric import Entry, holds
from symbolic_cp.prover.refute import Sampling, smaller
from symbolic_cp.prover.show import show
from symbolic_cp.prover.task import Nats, Unsupported

HOLDS, VIOLATED, UNDECIDED, NOT_APPLICABLE, ERROR = "holds", "violated", "undecided", "not-applicable", "error"
VERDICTS = (HOLDS, VIOLATED, UNDECIDED, NOT_APPLICABLE, ERROR)
"""What becomes of an instance. *not-applicable*: none was found that satisfies the hypotheses. *error*: checking broke
off, which is a fault of this program."""

DRAWS = 64
"""So many draws may fail the hypotheses before an instance is given up."""
EFFORT = Sampling(smaller=200, moves=300)
"""How much work it is worth to make a failing instance smaller."""


@dataclass(frozen=True, slots=True)
class Odd:
    """An instance that does not simply hold: its number, what became of it, its values as JSON, and a message."""

    number: int
    verdict: str
    values: dict[str, Any] | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of the instances number `first`, ..., `first + count - 1`; those that are not odd hold."""

    first: int
    count: int
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
        every = (self.trial(number) for number in range(first, first + count))
        odd = tuple(one for one in every if one.verdict != HOLDS)
        return Batch(first, count, odd, time.perf_counter() - start)

    def trial(self, number: int) -> Odd:
        """Draw and check one instance; its values come along unless it holds."""
        try:
            instances = _instances(self)
            found = self._drawn(instances, number)
            if found is None:
                return Odd(number, NOT_APPLICABLE)
            place, point = found
            answer = holds(place.claim, point)
            if answer:
                return Odd(number, HOLDS)
            return Odd(number, UNDECIDED if answer is None else VIOLATED, self._values(instances, place, point))
        except Unsupported as error:
            return Odd(number, UNDECIDED, message=f"{error} is not decided on instances")
        except Exception as error:  # noqa: BLE001 - one instance that breaks the checker must not end a campaign
            return Odd(number, ERROR, message=f"{type(error).__name__}: {error}"[:1000])

    def drawn(self, number: int) -> dict[str, Any] | None:
        """The values of an instance as JSON; None if none was found that satisfies the hypotheses."""
        instances = _instances(self)
        found = self._drawn(instances, number)
        return None if found is None else self._values(instances, *found)

    def shrunk(self, number: int) -> dict[str, Any] | None:
        """A violating instance made as small as it gets, as JSON; None if the kernel does not confirm the violation.

        Deterministic as all else. Cost: up to a second or two.
        """
        instances = _instances(self)
        found = self._drawn(instances, number)
        if found is None or holds(found[0].claim, found[1]) is not False:
            return None
        made = smaller(self.goal, instances, *found, EFFORT)
        if made is None:
            return None
        return {name: readable(value) for name, value in zip(made.names, made.values, strict=True)}

    def numbered_shrunk(self, number: int) -> tuple[int, dict[str, Any] | None]:
        """The number and what `shrunk` gives."""
        return number, self.shrunk(number)

    def _drawn(self, instances: Instances, number: int) -> tuple[Place, dict[str, Entry]] | None:
        """The first of some draws that satisfies the hypotheses; sizes are drawn first, generators take turns."""
        instances.rng = Random(f"{self.seed}/{number}")
        for turn in range(DRAWS if instances.numbers else 0):
            place = instances.at(instances.rng.choice(instances.numbers))
            found = None if place is None else instances.attempt_at(place, number + turn)
            if found is not None:
                return found
        return None

    def _values(self, instances: Instances, place: Place, point: dict[str, Entry]) -> dict[str, Any]:
        values = zip(instances.task.variables, instances.values(place, point), strict=True)
        return {variable.name: readable(value) for variable, value in values}


@lru_cache(maxsize=4)
def _prepared(trials: Trials) -> Instances:
    return Instances(trials.goal, trials.generators)


def _instances(trials: Trials) -> Instances:
    """The instances of a goal, with a source of random numbers of its own: threads may ask at once."""
    return copy(_prepared(trials))


def trials_of(statement: str, seed: int, folder: str | Path | None = None) -> Trials:
    """The trials of a statement or step of a book, by default the one that comes with the package.

    Cost: running its script. Raises InputError if there is no such claim, or instances of it cannot be drawn.
    """
    book = Book(home() if folder is None else Path(folder))
    place = locate(book, statement)
    step = book.find(place.step or place.owner)
    if step is None:
        failure = book.script(place.owner).failure
        why = failure.splitlines()[0] if failure else "it claims nothing"
        raise InputError(f"{statement} cannot be checked: {why}")
    generators = tuple(_by_name(one, book.folder) for one in step.generators)
    trials = Trials(statement, step.goal, seed, generators)
    try:
        _prepared(trials)
    except Unsupported as error:
        raise InputError(f"{statement} cannot be checked on instances: {error} is not decided there") from None
    return trials


def _by_name(generator: Callable[..., object], folder: Path) -> Generator:
    """A generator that another process finds: those of the package are found by name anyway."""
    module = generator.__module__
    if module.startswith("symbolic_cp."):
        return cast("Generator", generator)
    return FromScript(str(folder.resolve()), module, generator.__qualname__)
