"""What is known of the hypotheses of a book, kept beside its scripts: needed, unnecessary or undecided.

`hypotheses.json` has, for every id that somebody looked at, the fingerprint of the statement and what came of dropping
each hypothesis, counterexamples included. Checking it again takes no search: the kernel evaluates the counterexamples,
and proofs that do without a hypothesis are closed without it.

Main names: read_findings, write_findings, found, differences.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from symbolic_cp.book.audit import locate, own_steps
from symbolic_cp.book.book import Book
from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.book.hypotheses import STATUSES, analyse, difference, parts
from symbolic_cp.book.lock import sorting
from symbolic_cp.book.script import Step
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import reason
from symbolic_cp.prover.show import show

NAME = "hypotheses.json"
Kept = dict[str, Any]
"""Of one id: `statement`, a fingerprint, and `hypotheses`, a list as `Finding.to_json` gives it."""


def read_findings(folder: Path) -> dict[str, Kept]:
    """What is kept in a folder of proof scripts, by id. Raises InputError for a file that is not such a one."""
    path = folder / NAME
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        kept = data["records"]
        sound = all(isinstance(one["statement"], str) and _is_sound(one["hypotheses"]) for one in kept.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"cannot be read ({type(error).__name__}); audit --hypotheses --accept writes it anew", file=str(path)
        ) from None
    if not sound:
        raise InputError("an entry is no finding; audit --hypotheses --accept writes it anew", file=str(path))
    return dict(kept)


def _is_sound(findings: Sequence[Kept]) -> bool:
    return all(one["status"] in STATUSES and isinstance(one["formula"], str) for one in findings)


def write_findings(folder: Path, kept: Mapping[str, Kept]) -> None:
    """Write them, one id a line, sorted. Raises InputError with the system's reason."""
    lines = [f"{json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept, key=sorting)]
    text = '{"version": 1, "records": {\n' + ",\n".join(lines) + "\n}}\n"
    try:
        (folder / NAME).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {reason(error)}", file=str(folder / NAME)) from None


def proved_steps(book: Book, names: Iterable[str] | None = None) -> dict[str, Step]:
    """The proved statements and steps by id, of the whole book or those named. Raises InputError."""
    found: dict[str, Step] = {}
    for name in names if names is not None else book.ids(hidden=True):
        place = locate(book, name)
        if place.step is not None:
            step = book.find(place.step)
            found |= {step.id: step} if step is not None and step.proof is not None else {}
        else:
            found |= {one.id: one for one in own_steps(book, book.script(place.owner)) if one.proof is not None}
    return found


def by_conclusion(steps: Iterable[Step]) -> dict[str, list[Step]]:
    """Statements by what they claim, as it is shown: without the shapes of letters."""
    found: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        found[show(step.goal.claim)].append(step)
    return found


def found(book: Book, names: Sequence[str] | None, kept: Mapping[str, Kept]) -> Iterator[tuple[str, Kept]]:
    """Findings for the ids named, or for all that are not kept as they are now. Cost: seconds an id."""
    everything = proved_steps(book)
    wanted = everything if names is None else proved_steps(book, names)
    others = by_conclusion(everything.values())
    for name, step in wanted.items():
        statement = fingerprint(step.goal.formula())
        if names is None and name in kept and kept[name]["statement"] == statement:
            continue
        findings = [one.to_json() for part in parts(step) for one in analyse(part, others)]
        yield name, {"statement": statement, "hypotheses": findings}


def differences(book: Book, kept: Mapping[str, Kept], names: Sequence[str] | None = None) -> list[str]:
    """Where what is kept does not hold any more, a line each. Cost: running the scripts, and evaluation."""
    wanted = sorted(kept if names is None else set(names) & set(kept), key=sorting)
    cited = {one["by"] for name in wanted for one in kept[name]["hypotheses"]} - {None, "certificate", "search"}
    steps: dict[str, Step] = {}
    lines: list[str] = []
    for name in (*wanted, *cited):
        try:
            steps |= proved_steps(book, [name])
        except InputError as error:
            lines.append(str(error))
    others = by_conclusion(steps.values())
    for name in wanted:
        step = steps.get(name)
        if step is None:
            lines.append(f"{name} is not proved")
        elif fingerprint(step.goal.formula()) != kept[name]["statement"]:
            lines.append(f"{name} says something else than when its hypotheses were looked at")
        else:
            lines += [f"{name}: {said}" for said in _of_step(step, kept[name]["hypotheses"], others)]
    return lines


def _of_step(step: Step, kept: Sequence[Kept], others: Mapping[str, Sequence[Step]]) -> Iterator[str]:
    for part in parts(step):
        own = [one for one in kept if one["part"] == part.number]
        formulas = [one["formula"] for one in own]
        for hypothesis in part.hypotheses:
            if show(hypothesis.formula) not in formulas:
                yield f"nothing is said about {hypothesis.label}"
        yield from filter(None, (difference(part, one, others) for one in own))


def summary(kept: Iterable[Kept]) -> dict[str, int]:
    """How many hypotheses have each status."""
    counted = Counter(one["status"] for entry in kept for one in entry["hypotheses"])
    return {status: counted[status] for status in STATUSES}
