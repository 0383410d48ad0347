"""symbolic-cp audit: every statement and step of the book, checked; what holds, and what differs from the lock.

Exit code 0: all settled, and as in book.lock; 1: something differs (without a lock: something is refuted); 3: something
is open, or was only seen on instances.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import console, emit, table
from symbolic_cp.cli.shelf import book_option, first_line, marked, open_book
from symbolic_cp.exact.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from symbolic_cp.book.audit import Progress, Report
    from symbolic_cp.book.book import Book
    from symbolic_cp.book.lock import Difference, Locked
    from symbolic_cp.book.verdict import Record


@as_command(
    "audit",
    "audit lem-1 prop-1.3",
    "Without IDs the whole book. Each proof is written down as a certificate, which a process that has seen no script "
    "replays, first with the kernel, then with the stand-alone checker recheck.py; what is not proved is attacked with "
    "exact instances. Exit codes: 0 all is settled and as in book.lock, 1 something differs from it (without a lock: "
    "something is refuted), 3 something is open.",
)
@click.argument("ids", nargs=-1, metavar="[ID…]")
@book_option
@click.option("--accept", is_flag=True, help="Write what was found to book.lock; later audits are compared with it.")
@click.option(
    "--hypotheses",
    is_flag=True,
    help="Is every hypothesis needed? Checks what hypotheses.json says (counterexamples, proofs without); with "
    "--accept each hypothesis is dropped anew, for the IDs or for all that changed.",
)
def command(*, ids: tuple[str, ...], folder: str | None, accept: bool, hypotheses: bool, as_json: bool) -> int:
    """Audit, compare with the lock, show."""
    from symbolic_cp.book.audit import audit
    from symbolic_cp.book.lock import read_lock

    book = open_book(folder)
    if hypotheses:
        return _hypotheses(book, ids, accept=accept, as_json=as_json)
    lock = None if accept else read_lock(book.folder)
    with progress_on_terminal() as progress:
        report = audit(book, ids, progress)
    everything = [*report.records, *report.lemmas]
    found = _accept(book, everything, whole=not ids) if accept else _differences(lock, everything, whole=not ids)
    document = report.to_json() | {"lock": None if found is None else [one.to_json() for one in found]}
    emit(document, as_json, lambda out: _show(out, report, found, accepted=accept))
    differs = any(one.verdict == "refuted" for one in all_of(everything)) if found is None else bool(found)
    if differs and not accept:
        return 1
    return 0 if all(one.settled for one in all_of(everything)) else 3


def _hypotheses(book: Book, ids: Sequence[str], *, accept: bool, as_json: bool) -> int:
    """Check or renew what is kept of the hypotheses; 1 if something does not hold any more."""
    from symbolic_cp.book.needed import differences, found, proved_steps, read_findings, summary, write_findings

    kept = read_findings(book.folder)
    names = list(proved_steps(book, ids)) if ids else None
    if accept:
        for name, one in found(book, names, kept):
            kept[name] = one
            write_findings(book.folder, kept)
    shown = {name: one for name, one in kept.items() if names is None or name in names}
    wrong = differences(book, kept, names)
    document = {
        "hypotheses": [{"id": name, **one} for name, one in shown.items()],
        "summary": summary(shown.values()),
        "differences": wrong,
    }
    emit(document, as_json, lambda out: _show_hypotheses(out, shown, wrong))
    return 1 if wrong else 0


def _show_hypotheses(out: Console, shown: dict[str, dict[str, Any]], wrong: Sequence[str]) -> None:
    from symbolic_cp.book.needed import summary

    rows = table(out, ["id", "hypothesis", "is", "by"], [])
    for name, kept in shown.items():
        for one in kept["hypotheses"]:
            part = f"{name} ({one['part']})" if one["part"] else name
            by = one["by"] or ("counterexample" if one["counterexample"] else "")
            rows.add_row(part, one["hypothesis"], one["status"], by)
    out.print(rows)
    counts = ", ".join(f"{count} {status}" for status, count in summary(shown.values()).items())
    out.print(f"\n{len(shown)} ids; hypotheses: {counts}")
    out.print(*(wrong or ["As in hypotheses.json."]), sep="\n")


def all_of(records: Sequence[Record]) -> list[Record]:
    """The records and their steps."""
    from symbolic_cp.book.verdict import flattened

    return flattened(records)


@contextmanager
def progress_on_terminal() -> Iterator[Progress | None]:
    """A line on standard error: how many are done, how many a second, which is next; nothing when piped."""
    if not sys.stderr.isatty():
        yield None
        return
    begin = time.perf_counter()
    with console(stderr=True).status("") as status:

        def show(done: int, of: int, name: str) -> None:
            rate = done / max(time.perf_counter() - begin, 1e-9)
            status.update(f"{done} of {of} statements, {rate:,.1f} a second  {name}")

        yield show


def _differences(lock: dict[str, Locked] | None, records: Sequence[Record], *, whole: bool) -> list[Difference] | None:
    """Where the book is not as the lock says; None if there is no lock."""
    from symbolic_cp.book.lock import differences

    return None if lock is None else differences(lock, records, whole=whole)


def _accept(book: Book, records: Sequence[Record], *, whole: bool) -> list[Difference]:
    """Write the lock, of the whole book or for some ids; what is different from the one before."""
    from symbolic_cp.book.lock import differences, locks, read_lock, write_lock

    try:
        before = read_lock(book.folder) or {}
    except InputError:  # a lock that cannot be read is replaced
        before = {}
    write_lock(book.folder, {**({} if whole else before), **locks(records)})
    return differences(before, records, whole=whole)


def _show(out: Console, report: Report, found: list[Difference] | None, *, accepted: bool) -> None:
    rows = table(out, ["id", "verdict", "title", "facts"], [])
    for depth, one in _indented([*report.records, *(one for one in report.lemmas if not one.settled)], 0):
        title = f"= {one.stands_in}" if one.stands_in else one.title
        rows.add_row("  " * depth + one.id, marked(one, out), title, " ".join(one.facts))
    out.print(rows)
    out.print()
    _show_unsettled(out, report)
    counts = ", ".join(f"{count} {verdict}" for verdict, count in report.summary.items() if count)
    total = sum(report.summary.values())
    lemmas = f"; {len(report.lemmas)} lemmas of the library beneath" if report.lemmas else ""
    out.print(f"{total} id{'s' * (total != 1)}: {counts}{lemmas}; {report.seconds:.1f} s")
    if found is None:
        out.print("There is no book.lock to compare with; --accept writes one.")
    elif not found:
        out.print("As in book.lock.")
    else:
        said = "Written to book.lock; new or different:" if accepted else "Different from book.lock:"
        out.print(said, *(f"  {one}" for one in found), sep="\n")


def _indented(records: Sequence[Record], depth: int) -> Iterator[tuple[int, Record]]:
    for one in records:
        yield depth, one
        yield from _indented(one.steps, depth + 1)


def _show_unsettled(out: Console, report: Report) -> None:
    """Why something is not settled, one line each."""
    said = False
    for one in all_of([*report.records, *report.lemmas]):
        if not one.settled and not one.stands_in:
            reached = f"not reached: it rests on {', '.join(one.not_reached)}" if one.not_reached else ""
            out.print(f"{one.id}: {reached or first_line(one.failure) or 'there is no proof'}")
            said = True
    if said:
        out.print()
