"""Exact instances of a claim on the pages of the proof book: some are drawn, and the claim is evaluated there.

The numbers and the seed make the instances the same on every machine; how many are drawn for a page is bounded by work
that is counted, not by a clock. What quantifies matrices is tried, and the page says so: no instance is a proof.

Main names: instances, drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape

from symbolic_cp.book.campaigns import Checked, Drawn, Trial
from symbolic_cp.book.parts import peeled
from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import Record
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.prover.tex import Line, Printer, number
from symbolic_cp.report.mathml import math
from symbolic_cp.report.pieces import Shelf

MOST, EFFORT, SEED = 3, 5_000, 0
"""Instances are drawn until one decides something: so many at most, and none after so much work, about a second
(`book.trials.MOST_WORK` has what that is)."""
BETTER = ("no instance", "undecided", "tried", "violated", "holds")
LARGEST, CORNER, MEMBERS = 6, 4, 4
"""Larger matrices are shown by their first rows and columns, longer families by their first members."""


@dataclass(frozen=True, slots=True)
class Found:
    """The instances drawn of a part of a claim: how many, and the one that says most."""

    trial: Trial
    count: int
    best: Checked
    at: Drawn | None


def instances(record: Record, shelf: Shelf) -> list[str]:
    """How the claim fares on drawn instances, with the one that says most; the command that draws more."""
    step = shelf.step(record.id)
    if step is None or record.formal is None or record.verdict not in ("proved", "repaired", "refuted"):
        return []
    found = drawn(step)
    several = len(found) > 1
    heads = [f"part {i} " * several + one.best.verdict for i, one in enumerate(found, 1)]
    blocks = [f"<p>{f'Part {i}. ' * several}{_said(one)}</p>{_values(one)}" for i, one in enumerate(found, 1)]
    more = f"<code>symbolic-cp campaign --statement {escape(record.id)} --count 1000 --seed {SEED}</code>"
    last = f'<p class="soft">Instances prove nothing. {more} draws more.</p>'
    head = f"exact instance{'s' * several}: {'; '.join(heads)}"
    return [f"<details><summary>{head}</summary>{''.join(blocks)}{last}</details>"]


def drawn(step: Step) -> list[Found]:
    """What instances say of each part of a claim. Cost: a tenth of a second, up to some seconds."""
    return [_drawn(replace(one, effort=EFFORT)) for one in Trial.for_goal(step.goal, step.generators, step.proof).parts]


def _drawn(trial: Trial) -> Found:
    best, at, count, work = Checked(0, BETTER[0]), None, 0, 0
    while best.verdict in BETTER[:2] and count < MOST and work <= EFFORT:
        place, one = trial.drawn_and_checked(count, SEED)
        count, work = count + 1, work + trial.work
        if place is None and at is None and count > 1:
            break
        if place is not None and (at is None or BETTER.index(one.verdict) > BETTER.index(best.verdict)):
            best, at = one, place
    return Found(trial, count, best, at)


def _said(found: Found) -> str:
    """What the verdict on the instance that is shown means."""
    if found.at is None:
        return "No values that satisfy all hypotheses were found among those that were drawn."
    exact = found.at.given.exact
    given = "All hypotheses hold at these values" if exact else "No hypothesis was seen to fail at these values"
    count = found.best.tried
    tried = f"{count} value{'s' * (count != 1)}"
    if found.best.verdict == "tried":
        end = f"it was tried with {tried}, none of which speaks against the claim; that is less than that it holds here"
        return f"{given}. Not everything that is quantified can be evaluated: {end}."
    if found.best.verdict == "undecided":
        end = f"{tried} tried for it decided nothing" if count else "nothing was at hand to try"
        what = "it quantifies what cannot be evaluated"
        return f"{given}. Whether the claim holds there is not known: {what}, and {end}."
    claim = "so does the claim" if found.best.verdict == "holds" else "the claim is false"
    return f"{given}, and {claim}; all was evaluated exactly."


def _values(found: Found) -> str:
    if found.at is None:
        return ""
    values = found.at.instance()
    write = printer_of(peeled(found.trial.goal))
    names = [one.name for one in found.trial.task.variables if one.name in values]
    shown = "".join(f"<li>{one}</li>" for one in _shown(write, {name: values[name] for name in names}))
    return f'<div class="scroll"><ul class="values">{shown}</ul></div>'


def _shown(write: Printer, values: Mapping[str, Instance]) -> Iterator[str]:
    """Values one behind the other, large ones cut; how much is cut is said."""
    for name, value in values.items():
        if isinstance(value, Table):
            members = dict(sorted(value.entries.items()))
            first = Table(dict(list(members.items())[:MEMBERS]))
            for line, one in zip(write.value(name, first), first.entries.values(), strict=True):
                yield _cut(line, one)
            left = len(members) - len(first.entries)
            yield from [f"and {left} more member{'s' * (left > 1)} of {math(write.name(name))}"] if left > 0 else []
        else:
            yield _cut(write.value(name, value)[0], value)


def _cut(line: Line, value: object) -> str:
    if not isinstance(value, Matrix) or max(value.rows, value.cols) <= LARGEST:
        return math(f"{line.left} {line.right}")
    rows = [" & ".join([*map(number, row[:CORNER]), *[r"\cdots"] * (value.cols > CORNER)]) for row in value.entries]
    body = [*rows[:CORNER], *[r"\vdots"] * (value.rows > CORNER)]
    matrix = r"\begin{pmatrix} " + r" \\ ".join(body) + r" \end{pmatrix}"
    return f"{math(f'{line.left} = {matrix}')} (cut: {value.rows} × {value.cols})"
