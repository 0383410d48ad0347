"""The lock of a book: what was known of every id when somebody last looked and agreed.

`book.lock` stands beside the scripts. It is JSON, one record a line, sorted by id: the verdict, the fingerprint of the
formal statement (`fingerprint`), and the facts beneath. An audit that finds something else says so. A refuted claim is
accepted by being in the lock.

Main names: read_lock, write_lock, differences, Locked, Difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from symbolic_cp.book.verdict import VERDICTS, Record, flattened
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import quoted, reason
from symbolic_cp.exact.strict_json import Node, read
from symbolic_cp.prover.show import show

NAME = "book.lock"
VERSION = 1
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class Locked(NamedTuple):
    """What a lock says about an id."""

    verdict: str | None
    statement: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """An id about which the lock and the book disagree: in what, the old and the new."""

    id: str
    what: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.what == "id":
            return f"{self.id} is new" if self.old is None else f"{self.id} is gone"
        return f"{self.id}: the {self.what} was {self.old or 'none'} and is {self.new or 'none'}"

    def to_json(self) -> dict[str, str | None]:
        """The four fields."""
        return {"id": self.id, "what": self.what, "old": self.old, "new": self.new}


def of_record(record: Record) -> Locked:
    """What a lock says about a record."""
    return Locked(record.verdict, record.fingerprint, record.facts)


def sorting(name: str) -> list[tuple[int, int | str]]:
    """Ids in their natural order.

    >>> sorted(["lem-1.10", "lem-1.9", "eq-3"], key=sorting)
    ['eq-3', 'lem-1.9', 'lem-1.10']
    """
    parts = re.split(r"([0-9]+)", name)
    return [(0, int(part)) if part.isascii() and part.isdigit() else (1, part) for part in parts]


def read_lock(folder: Path) -> dict[str, Locked] | None:
    """The lock in a folder of proof scripts; None if there is none. Raises InputError."""
    path = folder / NAME
    if not path.exists():
        return None
    members = read(path).members(["version", "records"])
    if members["version"].natural() != VERSION:
        raise members["version"].error(f"locks of version {VERSION} are read; symbolic-cp audit --accept writes one")
    return {name: _locked(node) for name, node in members["records"].object().items()}


def _locked(node: Node) -> Locked:
    members = node.members(["verdict", "statement", "facts"])
    verdict, statement = (_text_or_null(members[part]) for part in ("verdict", "statement"))
    if verdict is not None and verdict not in VERDICTS:
        raise members["verdict"].error(f"there is no verdict {quoted(verdict)}; there are {', '.join(VERDICTS)}")
    if statement is not None and not FINGERPRINT.fullmatch(statement):
        raise members["statement"].error("a fingerprint has 64 hexadecimal digits")
    return Locked(verdict, statement, tuple(fact.string() for fact in members["facts"].items()))


def _text_or_null(node: Node) -> str | None:
    return None if node.value is None else node.string()


def write_lock(folder: Path, locked: Mapping[str, Locked]) -> None:
    """Write the lock of a folder. Raises InputError with the system's reason."""
    path = folder / NAME
    try:
        path.write_text(text(locked), encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {reason(error)}", file=str(path)) from None


def text(locked: Mapping[str, Locked]) -> str:
    """The lock as it is written: one record a line, sorted."""
    lines = [f"{json.dumps(name)}: {json.dumps(_entry(locked[name]))}" for name in sorted(locked, key=sorting)]
    inside = "{\n" + ",\n".join(lines) + "\n}" if lines else "{}"
    return f'{{"version": {VERSION}, "records": {inside}}}\n'


def _entry(locked: Locked) -> dict[str, Any]:
    return {"verdict": locked.verdict, "statement": locked.statement, "facts": list(locked.facts)}


def locks(records: Iterable[Record]) -> dict[str, Locked]:
    """What a lock says about records and their steps."""
    return {one.id: of_record(one) for one in flattened(list(records))}


def differences(
    old: Mapping[str, Locked], records: Iterable[Record], *, whole: bool = True
) -> list[Difference]:
    """Where the lock and the records disagree, by id; with `whole`, ids that the records lack are gone."""
    found: list[Difference] = []
    now = {one.id: one for one in flattened(list(records))}
    for name in sorted({*now, *(old if whole else ())}, key=sorting):
        if name not in now:
            found.append(Difference(name, "id", old[name].verdict, None))
        elif name not in old:
            found.append(Difference(name, "id", None, now[name].verdict))
        else:
            found += _changes(name, old[name], now[name])
    return found


def _changes(name: str, old: Locked, record: Record) -> list[Difference]:
    new = of_record(record)
    found: list[Difference] = []
    if old.verdict != new.verdict:
        found.append(Difference(name, "verdict", old.verdict, new.verdict))
    if old.statement != new.statement:
        said = None if record.formal is None else f"{str(new.statement)[:12]}…: {show(record.formal)}"
        found.append(Difference(name, "statement", None if old.statement is None else f"{old.statement[:12]}…", said))
    if old.facts != new.facts:
        found.append(Difference(name, "list of facts", ", ".join(old.facts) or None, ", ".join(new.facts) or None))
    return found
