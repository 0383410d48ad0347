"""Mutants of the statements of the book: one change each, and whether it is proved, refuted or undecided.

Run as a program it judges 20 mutants of every statement and prints those that are undecided, those that are proved
with the number of instances that they survived, and a table:

    python tests/statement_mutants.py [--each 20] [--seconds 180] [--again few|stopped|undecided|all] [ID...]

What was found is kept in `statement_mutants.jsonl`, a line for each mutant, as it is found: a run that was stopped
goes on where it was, and several may run at once, on different statements. Lines about statements that have changed
are judged again; with `--again` also those that are proved but met few instances, those that were stopped, the
undecided ones, or all. A mutant that takes too long is stopped, and said to be. A few of those that are proved needed
more time than the default to meet so many instances.
"""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mutant_instances import INSTANCES, Judged, Original
from mutant_verdicts import judged
from mutations import Mutant, drawn

from symbolic_cp.book.audit import own_steps
from symbolic_cp.book.book import Book, home
from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.book.script import Step
from symbolic_cp.prover.show import show

RECORD = Path(__file__).with_suffix(".jsonl")
EACH = 20
SECONDS = 180
"""Processor time after which a mutant is stopped, unless `--seconds` says otherwise."""
Line = dict[str, Any]
VERDICTS = ("refuted", "refuted at an instance", "proved", "proved, contradictory", "undecided", "stopped", "failed")


class Stopped(BaseException):
    """The time for one mutant is over. No search catches it."""


def statements(book: Book, steps: bool = False) -> Iterator[Step]:
    """The proved statements of a book, with its steps, if asked."""
    for name in book.ids():
        script = book.script(name)
        for step in own_steps(book, script):
            if step.proof is not None and (steps or step is script.conclusion):
                yield step


def of(step: Step) -> Original:
    """A proved statement or step as what its mutants come from."""
    assert step.proof is not None
    return Original(step.goal, step.proof, step.generators)


def described(step: Step, number: int, mutant: Mutant) -> Line:
    """A mutant as the record has it, without what became of it."""
    before, after = mutant.changed()
    place = "claim" if mutant.place < 0 else step.goal.hypotheses[mutant.place].label
    said = {"id": step.id, "number": number, "kind": mutant.kind, "place": place, "before": before, "after": after}
    return {**said, "mutant": fingerprint(mutant.goal.formula())}


def found(step: Step, number: int, mutant: Mutant, original: Original, seconds: float = 0) -> Line:
    """The line of a mutant in the record. With `seconds` of processor time it is stopped after these."""
    one = limited(mutant, original, seconds)
    if one.violated is not None:
        raise AssertionError(f"PROVED AND FALSE AT AN INSTANCE: {show(mutant.goal.formula())}\n{one.violated}")
    met = {"instances": one.instances, "different": one.different}
    return {**described(step, number, mutant), "verdict": one.verdict, **met}


def limited(mutant: Mutant, original: Original, seconds: float) -> Judged:
    def stop(*_: object) -> None:
        raise Stopped

    original.so_far = Judged("stopped")
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return judged(mutant, original)
    except Stopped:
        return original.so_far
    except AssertionError:  # a checker refused a certificate
        raise
    except Exception:  # noqa: BLE001 - a fault of the prover must not lose the run; it is shown, and in the record
        traceback.print_exc()
        return Judged("failed")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


# ------------------------------------------------------------------------------------------------------- the record


def recorded() -> dict[tuple[str, int], Line]:
    """The lines of the record by statement and number; the last one counts."""
    lines = RECORD.read_text(encoding="utf-8").splitlines() if RECORD.exists() else []
    return {(one["id"], one["number"]): one for one in map(json.loads, lines)}


AGAIN: dict[str, Callable[[Line], bool]] = {
    "few": lambda line: line["verdict"] == "proved" and line["instances"] < INSTANCES,
    "stopped": lambda line: line["verdict"] in {"stopped", "failed"},
    "undecided": lambda line: line["verdict"] == "undecided",
    "all": lambda _line: True,
}


def run(options: argparse.Namespace) -> list[Line]:
    """Judge what is not in the record, and write it anew."""
    kept, made, book = recorded(), dict[tuple[str, int], Line](), Book(home())
    gc.freeze()
    again = AGAIN.get(options.again, lambda _line: False)
    with RECORD.open("a", encoding="utf-8") as file:
        for step in statements(book, options.steps):
            if options.ids and step.id not in options.ids:
                continue
            original = of(step)
            for number, mutant in enumerate(drawn(step.goal, options.each)):
                line = kept.get((step.id, number))
                same = line is not None and line["mutant"] == fingerprint(mutant.goal.formula())
                if line is None or not same or again(line):
                    line = found(step, number, mutant, original, options.seconds)
                    file.write(json.dumps(line) + "\n")
                    file.flush()
                made[step.id, number] = line
    write(recorded(), book)
    return [*made.values()]


def write(lines: Mapping[tuple[str, int], Line], book: Book) -> None:
    """The record anew, in the order of the book."""
    order = {name: place for place, name in enumerate(book.ids())}
    places = sorted(lines, key=lambda one: (order.get(one[0], len(order)), one))
    RECORD.write_text("".join(json.dumps(lines[one]) + "\n" for one in places), encoding="utf-8")


def listed(lines: Iterable[Line]) -> Iterator[str]:
    """The mutants that are not refuted, and a table of kinds and verdicts."""
    lines = [*lines]
    for one in lines:
        if not one["verdict"].startswith("refuted"):
            met = f" [{one['instances']} instances, {one['different']} different]"
            told = met if one["verdict"] == "proved" else ""
            change = f"{one['before']}  ->  {one['after']}" if one["before"] else "dropped"
            yield f"{one['verdict']}: {one['id']} {one['number']}, {one['kind']} in {one['place']}: {change}{told}"
    kinds = [*dict.fromkeys(one["kind"] for one in lines)]
    counts = Counter((one["kind"], one["verdict"]) for one in lines)
    yield f"{'':20}" + "".join(f"{verdict:>24}" for verdict in VERDICTS)
    for kind in [*kinds, "all"]:
        row = [sum(counts[one, verdict] for one in (kinds if kind == "all" else [kind])) for verdict in VERDICTS]
        yield f"{kind:20}" + "".join(f"{count:24}" for count in row)
    met = sum(one["verdict"] == "proved" and one["instances"] >= INSTANCES for one in lines)
    yield f"{len(lines)} mutants judged; {met} of those that are proved survived {INSTANCES} instances"


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge mutants of the statements of the book.")
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--each", type=int, default=EACH, help="mutants of each statement")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="processor time for each")
    parser.add_argument("--steps", action="store_true", help="steps, too")
    parser.add_argument("--again", choices=AGAIN, help="which mutants in the record are judged again")
    sys.stdout.write("".join(line + "\n" for line in listed(run(parser.parse_args()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
