"""symbolic-cp explain: one statement, step or equation: the claim, why it holds, or what refutes it and the repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from symbolic_cp.cli.instance import instance_as_text
from symbolic_cp.cli.options import as_command
from symbolic_cp.cli.output import emit, table
from symbolic_cp.cli.shelf import COLOURS, book_option, mark, marked, open_book

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from symbolic_cp.book.book import Book
    from symbolic_cp.book.script import Step
    from symbolic_cp.book.verdict import Record

WIDTH = 120
"""Lines are broken here where the width of the terminal is not known."""
HEADS = r"(?m)^(?:(?:if|and|then|where|[A-Z][a-z]+(?: [a-z]+)?)(?= {2})|Counterexample(?=:))"
"""The words that stand at the left."""


@as_command("explain", "explain thm-1.8")
@click.argument("name", metavar="ID")
@book_option
def command(*, name: str, folder: str | None, as_json: bool) -> None:
    """Judge it, show it."""
    from symbolic_cp.book.audit import locate, records

    book = open_book(folder)
    record = records(book, name)
    place = locate(book, name)
    step = book.find(place.step or place.owner)
    repair = None if record.repair is None else book.find(record.repair)
    document = record.to_json(certificates=True)
    kept = _kept(book, record)
    document["hypotheses"] = kept
    emit(document, as_json, lambda out: _show(out, book, record, step, repair, kept))


def _kept(book: Book, record: Record) -> list[dict[str, Any]] | None:
    """What is known of the hypotheses, if somebody looked at this statement as it is."""
    from symbolic_cp.book.needed import read_findings

    kept = read_findings(book.folder).get(record.stands_in or record.id)
    if kept is None or kept["statement"] != record.fingerprint:
        return None
    return list(kept["hypotheses"])


def _needed(kept: list[dict[str, Any]] | None, width: int) -> list[str]:
    """Which hypotheses are needed, a line each."""
    from symbolic_cp.book.explain import lines_of

    lines: list[str] = []
    for i, one in enumerate(kept or []):
        part = f" (part {one['part']})" if one["part"] else ""
        why = f", by {one['by']}" if one["by"] else ", as a counterexample shows" if one["counterexample"] else ""
        lines += lines_of(" " * 13 if i else "Hypotheses   ", f"{one['hypothesis']}{part}: {one['status']}{why}", width)
    return lines


def _show(
    out: Console,
    book: Book,
    record: Record,
    step: Step | None,
    repair: Step | None,
    kept: list[dict[str, Any]] | None,
) -> None:
    from symbolic_cp.book.explain import claim_lines, lines_of

    width = out.width if out.is_terminal else WIDTH
    lines = [record.id + (f" = {record.stands_in}" if record.stands_in else "") + f"  {record.title}".rstrip()]
    verdict = mark(record.verdict, out) + (", with a gap in the printed proof" * (record.printed_proof == "gap"))
    lines += [f"{verdict}{_place(book, record)}", ""]
    if step is not None and record.formal is not None:
        lines += [*claim_lines(step.goal, width), ""]
    if record.reasons:
        lines += lines_of("Reasons      ", ", ".join(record.reasons), width)
    lines += _proof(book, record, step, width)
    if record.verdict == "proved":
        lines += lines_of("Facts        ", ", ".join(record.facts) or "none", width)
    if record.cites:
        lines += lines_of("Cites        ", ", ".join(record.cites), width)
    lines += _needed(kept, width)
    lines += _against(record, out, width)
    if repair is not None:
        lines += ["", *lines_of("Repair       ", f"{record.repair}  {repair.title}", width)]
        lines += claim_lines(repair.goal, width)
    out.print(_coloured("\n".join(lines), record, verdict) if out.is_terminal else "\n".join(lines))
    if record.steps:
        steps = table(out, ["step", "verdict", "title", "facts"], [])
        for one in record.steps:
            steps.add_row(one.id, marked(one, out), one.title, " ".join(one.facts))
        out.print("", steps, sep="\n")


def _coloured(text: str, record: Record, verdict: str) -> Text:
    """The id and the words at the left in bold, the verdict in its colour."""
    from rich.text import Text

    found = Text(text)
    found.stylize("bold", 0, len(record.id))
    start = text.index("\n") + 1
    found.stylize(COLOURS.get(record.verdict or "", ""), start, start + len(verdict))
    found.highlight_regex(HEADS, "bold")
    return found


def _place(book: Book, record: Record) -> str:
    from pathlib import Path

    file, line = record.place
    if not file:
        return ""
    path = Path(file)
    folder = book.folder.resolve()
    shown = path.resolve().relative_to(folder.parent) if path.resolve().is_relative_to(folder.parent) else path
    return f"   ({shown}:{line})"


def _proof(book: Book, record: Record, step: Step | None, width: int) -> list[str]:
    """The certificate in lines, or the lemmas that lead to the claim, or why there is no proof."""
    from symbolic_cp.book.explain import lines_of, readable

    if record.verdict == "proved" and step is not None and step.proof is not None:
        shown = readable(step.proof, step.goal.hypotheses)
        first, *rest = [line for text in shown for line in lines_of("", text, width - 13)]
        counted = [f"Proof        {first}", *(" " * 13 + line for line in rest)]
        if len(shown) > 1:
            return counted
        written = " " * 13 + f"symbolic-cp certify {record.id} -o DIR writes it"
        return [*counted, *_lemmas(book, record, step, width), written]
    lines: list[str] = []
    if record.not_reached:
        lines += lines_of("Not reached  ", f"it rests on {', '.join(record.not_reached)}", width)
    if record.failure:
        lines += lines_of("No proof     ", record.failure, width)
    return lines


def _lemmas(book: Book, record: Record, step: Step, width: int) -> list[str]:
    """The lemmas of a longer proof, each with what it rests on; of many the last."""
    from symbolic_cp.book.explain import MOST, lines_of
    from symbolic_cp.prover.view import in_words
    from symbolic_cp.report.outline import named, outline

    found = outline(step, named(record, book.find))
    if found is None:
        return []
    lines = []
    if len(found.lemmas) > MOST:
        lines.append(f"the last {MOST} of {len(found.lemmas)} lemmas; symbolic-cp latex {record.id} writes all")
    for name, formula in found.assumptions.items():
        used = any(name in one.assumed for one in found.lemmas[-MOST:])
        lines += lines_of(f"{name}  suppose ", in_words(formula), width - 13) if used else []
    for one in found.lemmas[-MOST:]:
        under = f" if {', '.join(one.assumed)}" if one.assumed else ""
        claim = "the claim" if one is found.conclusion else in_words(one.theorem.conclusion)
        by = f"   [by {', '.join(one.reasons)}]" if one.reasons else ""
        lines += lines_of(f"{one.name}  ", f"{claim}{under}{by}", width - 13)
    return [" " * 13 + line for line in lines]


def _against(record: Record, out: Console, width: int) -> list[str]:
    """The counterexample: every hypothesis holds, and the claim does not."""
    from symbolic_cp.book.explain import lines_of

    if record.counterexample is None:
        return []
    how = "by evaluation" if record.counterexample["decided_by"] == "evaluation" else "by a proof at this instance"
    pretty = out.encoding.lower().startswith("utf")
    values = instance_as_text(record.values, width - 4, pretty=pretty)
    said = f"Counterexample: every hypothesis holds, and the claim does not ({how}, checked by the kernel)"
    return ["", *lines_of("", said, width), *(f"    {line}".rstrip() for line in values)]
