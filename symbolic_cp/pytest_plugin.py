"""pytest collects proof scripts: every statement and every step is a test item, and judging it is running it.

    pytest proofs/                    all of them: proofs/lem_1.py::lem-1.6, the statement itself ...::lem-1
    pytest proofs/ -k lem-1           as anywhere

A proof script is a Python file that imports symbolic_cp and has functions marked @statement; the folder of a book is
found from it: the nearest one above with a book.lock or an ORDER, else the outermost one that has scripts all the way.
An item passes if its certificate was replayed, and if it is refuted as book.lock says. Nothing but pytest is imported
before such a file is met.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from symbolic_cp.book.audit import Auditor
    from symbolic_cp.book.lock import Locked
    from symbolic_cp.book.script import Script, Step
    from symbolic_cp.book.verdict import Record

MARKS = "book.lock", "ORDER"
WIDTH = 118
"""Lines of reports are broken here."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a proof script; None for any other file."""
    if not is_proof_script(file_path):
        return None
    script: pytest.Collector = ProofScript.from_parent(parent, path=file_path)
    return script


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """Claims that are refuted, and known to be, are counted apart from those that are proved."""
    verdict = dict(getattr(report, "user_properties", ())).get("verdict")
    if report.when != "call" or not report.passed or verdict not in ("refuted", "repaired"):
        return None
    return str(verdict), "r", str(verdict).upper()


def is_proof_script(path: Path) -> bool:
    """Whether a Python file has functions marked @statement of symbolic_cp."""
    if path.suffix != ".py" or path.name.startswith(("_", "test_", "conftest")):
        return False
    try:
        text = path.read_text(encoding="utf-8")
        if "symbolic_cp" not in text or "statement(" not in text:
            return False
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return False
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return any(_is_mark(decorator) for function in functions for decorator in function.decorator_list)


def _is_mark(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else None
    return (called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")) == "statement"


def book_folder(script: Path, top: Path) -> Path:
    """The folder of the book that a script belongs to; nothing above `top` is looked at."""
    above = [folder for folder in script.parents if folder == top or top in folder.parents] or [script.parent]
    for folder in above:
        if any((folder / name).is_file() for name in MARKS):
            return folder
    found = script.parent
    for folder in above:
        if not any(is_proof_script(path) for path in folder.glob("*.py")):
            break
        found = folder
    return found


class OpenBook:
    """A book whose scripts run as items ask for them, and what its lock says."""

    def __init__(self, folder: Path) -> None:
        from symbolic_cp.book.audit import Auditor
        from symbolic_cp.book.book import Book
        from symbolic_cp.book.lock import read_lock

        self.book = Book(folder)
        self.lock: dict[str, Locked] | None = read_lock(folder)
        self.auditor: Auditor = Auditor(self.book, None, lambda *_: None)
        self._learned: set[str] = set()

    def script(self, name: str) -> Script:
        """The script of a statement, run once."""
        return self.book.script(name)

    def judge(self, owner: str, step: Step) -> Record:
        """The record of a step; the proofs of its whole statement are replayed together, once."""
        from symbolic_cp.book.audit import own_steps

        if owner not in self._learned:
            self._learned.add(owner)
            self.auditor.learn(own_steps(self.book, self.script(owner)))
        return self.auditor.of_step(step)


BOOKS = pytest.StashKey[dict[Path, OpenBook]]()


class ProofScript(pytest.File):
    """A file of proof scripts."""

    def collect(self) -> Iterable[pytest.Item]:
        """One item for each step and each statement; the scripts run now, because they say what steps there are."""
        from symbolic_cp.exact.errors import InputError

        try:
            opened = self.opened()
        except InputError as error:
            raise self.CollectError(str(error)) from None
        here = self.path.resolve()
        names = [name for name in opened.book.ids(hidden=True) if opened.book.path(name).resolve() == here]
        return [item for name in names for item in self.items(opened, name)]

    def opened(self) -> OpenBook:
        """The book of this file, opened once in a session."""
        books = self.session.stash.setdefault(BOOKS, {})
        folder = book_folder(self.path.resolve(), self.config.rootpath.resolve())
        if folder not in books:
            books[folder] = OpenBook(folder)
        return books[folder]

    def items(self, opened: OpenBook, owner: str) -> Iterator[ProofItem]:
        """The items of a statement, without steps that are statements with a script of their own."""
        script = opened.script(owner)
        others = opened.book.ids(hidden=True)
        for step in script.steps:
            if step.id not in others:
                yield ProofItem.of(self, step.id, opened, owner, step)
        yield ProofItem.of(self, owner, opened, owner, script.conclusion)


class NotHeld(Exception):
    """An item that fails, with what there is to say about it."""


class ProofItem(pytest.Item):
    """A statement or step; running it judges it."""

    opened: OpenBook
    owner: str
    step: Step | None

    @classmethod
    def of(cls, parent: ProofScript, name: str, opened: OpenBook, owner: str, step: Step | None) -> ProofItem:
        """The item of that name; `step` is None for a statement whose script reached no conclusion."""
        item: ProofItem = cls.from_parent(parent, name=name)
        item.opened, item.owner, item.step = opened, owner, step
        return item

    def runtest(self) -> None:
        """Judge; raise NotHeld if it is not proved, nor refuted as the lock says."""
        from symbolic_cp.book.audit import unfinished

        step = self.step
        script = self.opened.script(self.owner)
        record = unfinished(script) if step is None else self.opened.judge(self.owner, step)
        self.user_properties.append(("verdict", record.verdict))
        message = complaint(record, self.opened)
        if message:
            raise NotHeld(report(record, self, message))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401
        """What a person needs; a traceback only for faults of ours."""
        return str(excinfo.value) if isinstance(excinfo.value, NotHeld) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """File, line and a heading (not the bare name, in which pytest would replace the points)."""
        place = self.step.place if self.step is not None else self.opened.script(self.owner).place
        line = place[1] - 1 if place[0] and Path(place[0]).resolve() == self.path.resolve() else None
        return self.path, line, f"{'statement' if self.name == self.owner else 'step'} {self.name}"


def complaint(record: Record, opened: OpenBook) -> str:
    """Why an item fails; nothing if it passes."""
    if record.verdict in (None, "proved"):
        return ""
    if record.verdict not in ("refuted", "repaired"):
        return f"not reached: it rests on {', '.join(record.not_reached)}" if record.not_reached else "not proved"
    locked = (opened.lock or {}).get(record.id)
    if locked is not None and (locked.verdict, locked.statement) == (record.verdict, record.fingerprint):
        return ""
    if opened.lock is None:
        return f"{record.verdict}; there is no book.lock that accepts this (symbolic-cp audit --accept writes one)"
    if locked is None:
        return f"{record.verdict}; book.lock does not know {record.id} (symbolic-cp audit --accept updates it)"
    if locked.verdict != record.verdict:
        return f"{record.verdict}; book.lock says {locked.verdict}"
    return f"{record.verdict}; book.lock accepts this for another formal statement"


def report(record: Record, item: ProofItem, message: str) -> str:
    """The equation, the rule and reasons, the claim, the residual and the counterexample, as far as there are."""
    from symbolic_cp.book.explain import claim_lines, lines_of

    owner, step = item.owner, item.step
    equations = [name for name, one in item.opened.book.meta(owner).equations.items() if one == record.id]
    head = " ".join(filter(None, [record.id, f"({', '.join(equations)})" if equations else "", record.title]))
    rule = "combine: one certificate" if record.reasons else "a proof of several steps"
    parts = {
        "step" if record.id != owner else record.kind: head,
        "verdict": message,
        "rule": "" if step is None else rule,
        "reasons": ", ".join(record.reasons),
        "residual": "" if record.residual in ("", "0") else f"{record.residual}   (should be 0)",
        "message": record.failure,
        "repair": record.repair or "",
    }
    lines = [line for name, text in parts.items() if text for line in lines_of(f"{name:<13}", text, WIDTH)]
    claim = [] if step is None else claim_lines(step.goal, WIDTH)
    lines[2:2] = [line[:1].lower() + line[1:] for line in claim]
    if record.counterexample is not None:
        values = record.counterexample["values"].items()
        shown = ", ".join(f"{name} = {value}" for name, value in values).replace("'", "")
        lines += lines_of(f"{'refuted by':<13}", shown or "a proof of the negation", WIDTH)
    return "\n".join(lines)
