"""Exact instances of a claim on the pages of the proof book: some are drawn, and the claim is evaluated there.

Only claims without quantifiers about plain letters are evaluated here, which takes milliseconds; for the others the
page names the command that tries them. The numbers and the seed make the instances the same on every machine.

Main function: instances.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from random import Random

from symbolic_cp.book.campaigns import Trial
from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import Record
from symbolic_cp.kernel.evaluation import Instance
from symbolic_cp.kernel.formulas import is_quantifier_free
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.report.pieces import Shelf, values_list

COUNT, SEED = 3, 0


def instances(record: Record, shelf: Shelf) -> list[str]:
    """How the claim fares on drawn instances, with the first of them; the command that draws more."""
    step = shelf.step(record.id)
    if step is None or record.formal is None or record.verdict not in ("proved", "repaired", "refuted"):
        return []
    more = f"<code>symbolic-cp campaign --statement {escape(record.id)} --count 1000 --seed {SEED}</code>"
    found = drawn(step) if _is_plain(step) else []
    if not found:
        return [f"<details><summary>exact instances</summary><p>{more} tries it on drawn ones.</p></details>"]
    counts = Counter(verdict for verdict, _ in found)
    said = ", ".join(f"{verdict} at {count}" for verdict, count in counts.items())
    write = printer_of(step.goal)
    return [
        f"<details><summary>exact instances: {said}</summary><p>The first, where it "
        f"{'holds' if found[0][0] == 'holds' else 'is ' + found[0][0]}:</p>"
        f"{values_list(write, found[0][1])}<p>{more} draws more.</p></details>"
    ]


def drawn(step: Step) -> list[tuple[str, dict[str, Instance]]]:
    """The verdict and values at COUNT instances; those that none was found for are left out."""
    trial = Trial.for_goal(step.goal, step.generators)
    found = []
    for number in range(COUNT):
        rng = Random(f"{step.goal.name} {SEED} {number}")
        one = trial.draw(rng)
        if one is not None:
            values = one.instance()
            names = [variable.name for variable in step.goal.variables]
            found.append((trial.at(one, rng, number).verdict, {name: values[name] for name in names if name in values}))
    return found


def _is_plain(step: Step) -> bool:
    formulas = [step.goal.claim, *(one.formula for one in step.goal.hypotheses)]
    return all(one.arity == 0 for one in step.goal.variables) and all(map(is_quantifier_free, formulas))
