"""Results of a campaign in one SQLite file, written batch by batch, each in a transaction of its own.

What is committed survives SIGKILL and power cuts (WAL, synchronous); a batch that was not committed was not done. The
file is locked while a campaign writes to it. Nothing in it is ever executed: values are JSON, and are read as strictly
as any other input.

Main names: Store, Heading.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from symbolic_cp.campaign.trials import VERDICTS, Batch, Odd
from symbolic_cp.exact.errors import InputError

MAGIC = 0x53435031
"""Marks a SQLite file as the store of a campaign (PRAGMA application_id)."""

SCHEMA = """
CREATE TABLE heading (
    statement TEXT NOT NULL, fingerprint TEXT NOT NULL, formal TEXT NOT NULL,
    seed INTEGER NOT NULL, book TEXT, version TEXT NOT NULL
) STRICT;
CREATE TABLE batch (
    first INTEGER PRIMARY KEY, count INTEGER NOT NULL CHECK (count > 0),
    counts TEXT NOT NULL, cases TEXT NOT NULL, seconds REAL NOT NULL
) STRICT;
CREATE TABLE odd (
    number INTEGER PRIMARY KEY, verdict TEXT NOT NULL, instance TEXT, message TEXT NOT NULL,
    shrunk TEXT, shrinking_done INTEGER NOT NULL DEFAULT 0
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a store is about. `book` is None for the book that comes with the package."""

    statement: str
    fingerprint: str
    formal: str
    seed: int
    book: str | None
    version: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An odd instance as the store has it; `shrunk` is the smaller one that was made of it."""

    number: int
    verdict: str
    values: dict[str, Any] | None
    message: str
    shrunk: dict[str, Any] | None


class Store:
    """The file of one campaign; ":memory:" keeps results nowhere. Use it in a `with` statement.

    Raises InputError if the file cannot be opened, is in use, or is no store of a campaign.
    """

    def __init__(self, path: str | Path = ":memory:") -> None:
        self.path = str(path)
        with self._errors():
            self._database = sqlite3.connect(self.path, isolation_level=None, timeout=1)
            try:
                self._open()
            except BaseException:
                self._database.close()
                raise

    def _open(self) -> None:
        run = self._database.execute
        if run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            if run("PRAGMA application_id").fetchone()[0] != MAGIC:
                raise InputError("is a SQLite file of something else; give --store a new file", file=self.path)
            fresh = False
        else:
            fresh = True
        run("PRAGMA locking_mode = EXCLUSIVE")  # one writer; the lock goes with the process, however it ends
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("BEGIN IMMEDIATE")
        if fresh:
            run(f"PRAGMA application_id = {MAGIC}")
            for command in SCHEMA.split(";"):
                run(command)
        run("COMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; it is one file again then."""
        self._database.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What SQLite complains about, in a line."""
        try:
            yield
        except sqlite3.OperationalError as error:
            busy = "locked" in str(error)
            said = "another campaign is writing to this file" if busy else f"SQLite says: {error}"
            raise InputError(said, file=self.path) from None
        except sqlite3.DatabaseError as error:
            raise InputError(f"is no store of a campaign; SQLite says: {error}", file=self.path) from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
        with self._errors():
            cursor = self._database.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    # ----------------------------------------------------------------------------------------------------- heading

    def heading(self) -> Heading | None:
        """What the store is about; None if it is new."""
        with self._errors():
            found = self._database.execute("SELECT * FROM heading").fetchone()
        return None if found is None else Heading(*found)

    def entitle(self, heading: Heading) -> None:
        """Say what the store is about. Raises InputError if it is about something else already."""
        known = self.heading()
        if known is None:
            with self._transaction() as cursor:
                cursor.execute("INSERT INTO heading VALUES (?, ?, ?, ?, ?, ?)", tuple(asdict(heading).values()))
            return
        for name, word in (("statement", "of the statement"), ("seed", "with the seed"), ("book", "of the book")):
            mine, theirs = getattr(known, name), getattr(heading, name)
            if mine != theirs:
                said = f"holds a campaign {word} {mine}, not {theirs}; give --store a new file"
                raise InputError(said, file=self.path)
        if (known.fingerprint, known.version) != (heading.fingerprint, heading.version):
            changed = known.fingerprint != heading.fingerprint
            what = "the statement" if changed else f"this program, then {known.version},"
            said = f"{what} has changed since this campaign began; give --store a new file"
            raise InputError(said, file=self.path)

    # ----------------------------------------------------------------------------------------------------- results

    def add(self, batch: Batch) -> None:
        """Keep a batch, all of it or nothing. Raises InputError if one of its instances was kept before."""
        with self._transaction() as cursor:
            clash = "SELECT first FROM batch WHERE first < ? AND first + count > ? LIMIT 1"
            if cursor.execute(clash, (batch.first + batch.count, batch.first)).fetchone():
                raise InputError(f"instances from number {batch.first} on are kept already", file=self.path)
            texts = json.dumps(dict(batch.counts)), json.dumps(dict(batch.cases))
            row = (batch.first, batch.count, *texts, batch.seconds)
            cursor.execute("INSERT INTO batch VALUES (?, ?, ?, ?, ?)", row)
            cursor.executemany(
                "INSERT INTO odd (number, verdict, instance, message) VALUES (?, ?, ?, ?)", map(_row, batch.odd)
            )

    def ranges(self) -> list[tuple[int, int]]:
        """The batches kept, as (first, count), in order."""
        with self._errors():
            return list(self._database.execute("SELECT first, count FROM batch ORDER BY first"))

    def gaps(self, count: int) -> Iterator[tuple[int, int]]:
        """The numbers from 0 to count - 1 that are missing, as (first, count)."""
        at = 0
        for first, length in self.ranges():
            if first > at:
                yield at, min(first, count) - at
            at = first + length
            if at >= count:
                return
        if at < count:
            yield at, count - at

    def tally(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many instances have each verdict, and how many are special in which way."""
        counts, cases = Counter[str](), Counter[str]()
        with self._errors():
            for one, special in self._database.execute("SELECT counts, cases FROM batch"):
                counts.update(_read(one) or {})
                cases.update(_read(special) or {})
        return {verdict: counts[verdict] for verdict in VERDICTS}, dict(sorted(cases.items()))

    def seconds(self) -> float:
        """How long workers have worked, all together."""
        with self._errors():
            (found,) = self._database.execute("SELECT coalesce(sum(seconds), 0.0) FROM batch").fetchone()
        return float(found)

    def odd(self, verdict: str | None = None, limit: int = -1) -> list[Kept]:
        """Odd instances in the order of their numbers, of one verdict or of all."""
        return self._kept("verdict = coalesce(?, verdict) ORDER BY number LIMIT ?", (verdict, limit))

    def numbered(self, number: int) -> Kept | None:
        """The odd instance of that number; None if the store has none."""
        return next(iter(self._kept("number = ?", (number,))), None)

    def _kept(self, where: str, values: tuple[object, ...]) -> list[Kept]:
        query = f"SELECT number, verdict, instance, message, shrunk FROM odd WHERE {where}"  # noqa: S608 - our own words
        with self._errors():
            rows = self._database.execute(query, values).fetchall()
        return [Kept(number, one, _read(given), message, _read(shrunk)) for number, one, given, message, shrunk in rows]

    def to_shrink(self, verdict: str, limit: int) -> list[int]:
        """The first so many instances of a verdict, without those that have been made small already."""
        with self._errors():
            rows = self._database.execute(
                "SELECT number, shrinking_done FROM odd WHERE verdict = ? ORDER BY number LIMIT ?", (verdict, limit)
            )
            return [number for number, done in rows if not done]

    def keep_shrunk(self, number: int, values: dict[str, Any] | None) -> None:
        """Keep what an instance was shrunk to; None if nothing came of it."""
        with self._transaction() as cursor:
            text = None if values is None else json.dumps(values)
            cursor.execute("UPDATE odd SET shrunk = ?, shrinking_done = 1 WHERE number = ?", (text, number))


def _row(one: Odd) -> tuple[int, str, str | None, str]:
    return one.number, one.verdict, None if one.values is None else json.dumps(one.values), one.message


def _read(text: str | None) -> dict[str, Any] | None:
    found: dict[str, Any] | None = None if text is None else json.loads(text)
    return found
