"""The audit: every statement and step of a book with its verdict.

Scripts are run once, one after the other; meanwhile another process replays the certificates of what has been proved
so far (`checker`). What one certificate holds is replayed once, so statements wait in a batch while it is busy.

Main names: audit, Report, locate, records.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from symbolic_cp.book.book import Book
from symbolic_cp.book.checker import Answer, Checker, Established, answered
from symbolic_cp.book.script import Script, Step
from symbolic_cp.book.verdict import (
    VERDICTS,
    Check,
    Record,
    batch,
    flattened,
    judge,
    mark_printed_proof,
    mark_repair,
)
from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.logic import Theorem

Progress = Callable[[int, int, str], None]
"""Called with how many statements are done, how many there are, and the id of the next."""


@dataclass(frozen=True, slots=True)
class Report:
    """Records of statements and of library lemmas (`lemmas`: used by statements, not listed in the paper)."""

    records: list[Record]
    lemmas: list[Record]
    seconds: float

    @property
    def summary(self) -> dict[str, int]:
        """How many ids have each verdict, steps and equations included."""
        found = Counter(one.verdict for one in flattened(self.records))
        return {verdict: found[verdict] for verdict in VERDICTS}

    def _repr_html_(self) -> str:
        """The records as a table for a notebook."""
        from symbolic_cp.landscape.display import html_table

        rows = [[depth * "\u2003" + one.id, one.said, one.title, " ".join(one.facts)] for depth, one in self._lines()]
        caption = ", ".join(f"{count} {verdict}" for verdict, count in self.summary.items() if count)
        return html_table(["id", "verdict", "title", "facts"], rows, caption)

    def _lines(self) -> Iterator[tuple[int, Record]]:
        stack = [(0, one) for one in reversed(self.records)]
        while stack:
            depth, one = stack.pop()
            yield depth, one
            stack += [(depth + 1, step) for step in reversed(one.steps)]

    def to_json(self) -> dict[str, Any]:
        """As INTERFACES has it."""
        return {
            "statements": [one.to_json() for one in self.records],
            "summary": self.summary,
            "seconds": round(self.seconds, 3),
            "lemmas": [one.to_json() for one in self.lemmas],
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where an id stands: the statement, the step (None: the statement itself), the equation that is asked for."""

    owner: str
    step: str | None = None
    equation: str | None = None


def locate(book: Book, name: str) -> Place:
    """Where a statement, a step or an equation stands. Runs a script where it must. Raises InputError."""
    everything = book.ids(hidden=True)
    stated = [book.meta(owner).equations[name] for owner in everything if name in book.meta(owner).equations]
    if name in everything or not stated:
        return _claim(book, name)
    return replace(_claim(book, stated[0]), equation=name)


def _claim(book: Book, name: str) -> Place:
    """Where a statement or a step stands."""
    everything = book.ids(hidden=True)
    if name in everything:
        return Place(name)
    stem = name
    while "." in stem:
        stem = stem.rpartition(".")[0]
        if stem in everything:
            return _step_of(book, book.owner(name), name)
    for owner in everything:
        if any(step.id == name for step in book.script(owner).steps):
            return Place(owner, name)
    known = [*everything, *(equation for owner in everything for equation in book.meta(owner).equations)]
    near = get_close_matches(name, known, n=1)
    raise InputError(f"the book has no {name!r}; " + (f"is {near[0]} meant?" if near else "audit lists what it has"))


def _step_of(book: Book, owner: str, name: str) -> Place:
    steps = [step.id for step in book.script(owner).steps]
    if name in steps:
        return Place(owner, name)
    broken, *_ = [*book.script(owner).failure.splitlines(), ""]
    has = f"it has {', '.join(steps)}" if steps else "it has no steps"
    raise InputError(f"{owner} has no step {name!r}; {has}" + (f" ({broken})" if broken else ""))


def audit(
    book: Book, ids: Sequence[str] | None = None, progress: Progress | None = None, *, twice: bool = True
) -> Report:
    """Run and judge a book, or the statements and steps that are named and what they rest on.

    With `twice` every certificate is also checked by recheck.py. Cost: running the scripts; replaying happens beside
    it. Raises InputError for an id that is not there, Undecided if the checking process ends.
    """
    begin = time.perf_counter()
    places = None if not ids else [locate(book, name) for name in dict.fromkeys(ids)]
    with Checker(twice=twice) as checker:
        auditor = Auditor(book, checker, progress or _silent)
        if places is not None:
            records = auditor.chosen(places)
            return Report(records, [], time.perf_counter() - begin)
        names = book.ids(hidden=True)
        auditor.run(names)
        found = auditor.whole(names)
    shown = set(book.ids())
    records = [one for name, group in found.items() for one in group if name in shown]
    lemmas = [one for name, group in found.items() for one in group if name not in shown]
    return Report(records, lemmas, time.perf_counter() - begin)


def _silent(_done: int, _of: int, _name: str) -> None:
    return


def records(book: Book, name: str, check: Check = answered) -> Record:
    """The record of one statement, step or equation, with its own certificate and its repair; in this process."""
    auditor = Auditor(book, None, _silent, check)
    place = locate(book, name)
    if place.step is None:
        steps = [step for step in own_steps(book, book.script(place.owner)) if step.id != place.owner]
        auditor.learn(steps)
    return auditor.chosen([place])[0]


def certified(book: Book, ids: Sequence[str] | None = None, progress: Progress | None = None) -> Iterator[Record]:
    """The records of statements and steps, each judged with a certificate of its own, replayed by the other process.

    A statement comes with its steps and, for the whole book, lemmas of the library with the others.
    """
    names = book.ids(hidden=True)
    with Checker() as checker:
        auditor = Auditor(book, checker, progress or _silent)
        places = [locate(book, name) for name in ids] if ids else [Place(name) for name in names]
        seen: set[str] = set()
        for number, place in enumerate(places):
            auditor.progress(number, len(places), place.step or place.owner)
            for record in flattened(auditor.chosen([replace(place, equation=None)])):
                if record.id not in seen:
                    seen.add(record.id)
                    yield record


@dataclass
class Auditor:
    """Scripts that were run, and what certificates have established so far."""

    book: Book
    checker: Checker | None
    progress: Progress
    check: Check = answered
    known: dict[str, Established] = field(default_factory=dict)
    judged: dict[int, Record] = field(default_factory=dict)
    _waiting: list[Step] = field(default_factory=list)
    _asked: list[Future[Answer]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.checker is not None:
            self.check = self.checker.check

    # ----------------------------------------------------------------------------------------- running and checking

    def run(self, names: Sequence[str]) -> None:
        """Run the scripts, and have their proofs replayed as soon as there is somebody to do it."""
        for number, name in enumerate(names):
            self.progress(number, len(names), name)
            self._waiting += own_steps(self.book, self.book.script(name))
            if self.checker is not None and not self.checker.busy:
                self.send()
        self.send()
        self.progress(len(names), len(names), "")

    def send(self) -> None:
        """Have the proofs that wait replayed, all by one certificate."""
        steps, self._waiting = self._waiting, []
        try:
            data = batch(steps)
        except KernelError:
            return  # then each is judged by itself, and the one at fault is found
        if data is not None and self.checker is not None:
            self._asked.append(self.checker.submit(data))

    def learn(self, steps: Sequence[Step]) -> None:
        """Have the proofs of these steps replayed by one certificate; if it is refused, each is judged by itself."""
        try:
            data = batch(steps)
        except KernelError:
            return
        if data is not None:
            self.known.update(self.check(data).found)

    def collect(self) -> None:
        """Wait for the answers. A batch that is refused is left out: each of its steps is judged by itself."""
        for asked in self._asked:
            self.known.update(asked.result().found)
        self._asked.clear()

    # ------------------------------------------------------------------------------------------------------ records

    def whole(self, names: Sequence[str]) -> dict[str, list[Record]]:
        """The records of statements, each with its equations; one that is a step of another stands there only."""
        self.refuse_doubles(names)
        for name in names:  # what is not proved is refuted first: the other process is still replaying
            for step in own_steps(self.book, self.book.script(name)):
                if step.proof is None and step.refutation is None:
                    self.of_step(step)
        self.collect()
        included = {step.id for name in names for step in self.book.script(name).steps if step.id in names}
        found = {name: self.statement(name) for name in names if name not in included}
        return {name: [record, *self.equations(name, record)] for name, record in found.items()}

    def refuse_doubles(self, names: Sequence[str]) -> None:
        """Raise InputError if two claims have one id."""
        seen: dict[str, Step] = {}
        for name in names:
            for step in own_steps(self.book, self.book.script(name)):
                other = seen.setdefault(step.id, step)
                if other is not step:
                    file, line = step.place
                    raise InputError(f"two claims are called {step.id}", file=file or None, line=line or None)

    def chosen(self, places: Sequence[Place]) -> list[Record]:
        """The records of what is asked for."""
        found: list[Record] = []
        for place in places:
            whole = place.step is None
            record = self.statement(place.owner) if whole else self.named(place.owner, place.step or "")
            found.append(record if place.equation is None else renamed(record, place.equation))
        return found

    def named(self, owner: str, name: str) -> Record:
        """The record of a step by its id."""
        script = self.book.script(owner)
        step = next((one for one in script.steps if one.id == name), None)
        if step is None:
            return Record(name, "", "step", None, "open", failure=script.failure or f"{owner} has no such step")
        return self.of_step(step)

    def of_step(self, step: Step) -> Record:
        """The record of a step, made once; a statement that is a step of another brings its own steps along."""
        if id(step) not in self.judged:
            record = judge(step, known=self.known, check=self.check)
            if record.verdict == "proved" and step.proof is not None:
                record.cites = cited(self.book, step, step.proof)
            self.judged[id(step)] = record
            if record.verdict == "refuted":
                mark_repair(record, self.repair(step.id))
        return self.judged[id(step)]

    def repair(self, name: str) -> Record | None:
        """The record of the repair of a claim, if the book has one."""
        name = f"{name}.repair"
        if name not in self.book.ids(hidden=True):
            owner = self.book.owner(name)
            step = next((one for one in self.book.script(owner).steps if one.id == name), None)
            return None if step is None else self.of_step(step)
        conclusion = self.book.script(name).conclusion
        return None if conclusion is None else self.of_step(conclusion)

    def statement(self, name: str) -> Record:
        """The record of a statement with its steps."""
        script = self.book.script(name)
        conclusion = script.conclusion
        record = self.of_step(conclusion) if conclusion is not None else unfinished(script)
        own = self.book.ids(hidden=True)
        record.steps = [self.statement(step.id) if step.id in own else self.of_step(step) for step in script.steps]
        mark_printed_proof(record)
        return record

    def equations(self, name: str, record: Record) -> list[Record]:
        """The equations of the paper that a statement or its steps stand for."""
        steps = {step.id: step for step in flattened([record])}
        taken = self.book.ids(hidden=True)
        pairs = [(eq, step) for eq, step in self.book.meta(name).equations.items() if eq not in taken]
        return [renamed(steps.get(step) or self.named(name, step), equation) for equation, step in pairs]


def cited(book: Book, step: Step, proof: Theorem) -> tuple[str, ...]:
    """The statements of the book that a proof uses directly, of those that its script cited up to there."""
    found = {name: book.find(name) for name in step.cites}
    names = {id(one.proof): name for name, one in found.items() if one is not None and one.proof is not None}
    used, seen, stack = set[str](), set[int](), [proof]
    while stack:
        one = stack.pop()
        if id(one) in names and one is not proof:
            used.add(names[id(one)])
        elif id(one) not in seen:
            seen.add(id(one))
            stack.extend(one.premises)
    return tuple(name for name in step.cites if name in used)


def own_steps(book: Book, script: Script) -> list[Step]:
    """The steps and the conclusion of a script, without statements that have a script of their own."""
    statements = book.ids(hidden=True)
    steps = [step for step in script.steps if step.id not in statements]
    return steps if script.conclusion is None else [*steps, script.conclusion]


def unfinished(script: Script) -> Record:
    """The record of a statement whose script reached no conclusion; a definition need not have one."""
    claims_nothing = script.kind == "definition" and not script.failure
    record = Record(script.id, script.title, script.kind, None, None if claims_nothing else "open")
    record.failure = script.failure or "" if claims_nothing else script.failure or "the script concludes nothing"
    record.not_reached, record.place = script.rests_on_failure, script.place
    return record


def renamed(record: Record, equation: str) -> Record:
    """The record of an equation of the paper that another record states."""
    return replace(record, id=equation, kind="equation", printed_proof=None, stands_in=record.id, seconds=0.0, steps=[])
