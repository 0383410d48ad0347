"""Verdicts: computed from certificates and counterexamples, never written down.

`judge` turns a step into a `Record`. *Proved*: its certificate, written as data and read again, was replayed and states
the claim. *Refuted*: values were found which satisfy every hypothesis and violate the claim, checked by the kernel, or
a replayed proof ends in its negation. *Repaired*: refuted, with a proved statement `ID.repair`.

Main names: Record, judge.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from symbolic_cp.book.script import Script, Step
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import Falsum, Formula, Implies
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.certificate import Checked, replay, write, write_counterexample
from symbolic_cp.prover.refute import counterexample
from symbolic_cp.prover.show import show


@dataclass(slots=True)
class Record:
    """What is known of a statement or step; `to_json` has the fields of INTERFACES."""

    id: str
    title: str
    kind: str
    formal: Formula
    verdict: str | None
    facts: tuple[str, ...] = ()
    printed_proof: str | None = None
    counterexample: dict[str, Any] | None = None
    repair: str | None = None
    certificate: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    failure: str = ""
    not_reached: tuple[str, ...] = ()
    seconds: float = 0.0
    steps: list[Record] = field(default_factory=list)

    def to_json(self, *, certificates: bool = False) -> dict[str, Any]:
        """The record as data; certificates only on demand, because they are long."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "formal": show(self.formal),
            "verdict": self.verdict,
            "printed_proof": self.printed_proof,
            "facts": list(self.facts),
            "counterexample": self.counterexample,
            "repair": self.repair,
            "certificate": self.certificate if certificates else None,
            "seconds": round(self.seconds, 3),
            "steps": [step.to_json(certificates=certificates) for step in self.steps],
        }


def judge(step: Step, lemmas: dict[str, Theorem] | None = None) -> Record:
    """The record of one step, without its repair. Cost: replaying its certificate, or looking for an instance."""
    begin = time.perf_counter()
    formal = step.goal.formula()
    record = Record(step.id, step.title, step.kind, formal, "open", reasons=step.reasons, failure=step.failure)
    record.not_reached = step.rests_on_failure
    if step.proof is not None:
        _accept(record, certified(step.proof, step.id, lemmas), formal, "proved")
    elif step.refutation is not None:
        _accept(record, certified(step.refutation, step.id, lemmas), Implies(formal, Falsum()), "refuted")
    if record.verdict == "open" and step.proof is None and step.refutation is None:
        _refute(record, step)
    record.seconds = step.seconds + time.perf_counter() - begin
    return record


def certified(theorem: Theorem, name: str, lemmas: dict[str, Theorem] | None = None) -> tuple[dict[str, Any], Checked]:
    """The certificate of a theorem as data, and what replaying it establishes. Raises KernelError."""
    data = write(theorem, name, lemmas)
    return data, replay(data)


def _accept(record: Record, found: tuple[dict[str, Any], Checked], claim: Formula, verdict: str) -> None:
    data, checked = found
    if checked.statement != claim:
        record.failure = f"the certificate proves something else: {show(checked.statement)}"
        return
    record.verdict, record.certificate, record.facts = verdict, data, tuple(sorted(checked.facts))


def _refute(record: Record, step: Step) -> None:
    values = counterexample(step.goal, generators=step.generators)
    if values is None:
        return
    data = write_counterexample(record.formal, values, step.id)
    try:
        replay(data)
    except KernelError as error:
        record.failure = f"a counterexample was refused: {error}"
        return
    record.verdict, record.certificate = "refuted", data
    names = [variable.name for variable in step.goal.variables]
    record.counterexample = {"values": dict(zip(names, data["values"], strict=True))}


def judge_script(script: Script, lemmas: dict[str, Theorem] | None = None) -> Record:
    """The record of a statement with those of its steps; repairs are matched, and gaps in the printed proof seen."""
    steps = [judge(step, lemmas) for step in script.steps]
    if script.conclusion is None:
        record = Record(script.id, script.title, script.kind, Falsum(), "open", failure="the script concludes nothing")
    else:
        record = judge(script.conclusion, lemmas)
    record.steps = steps
    _match_repairs([record, *steps])
    if script.kind == "statement":
        record.printed_proof = "gap" if any(step.verdict != "proved" for step in printed(steps)) else "complete"
    record.seconds += sum(step.seconds for step in steps)
    return record


def printed(steps: Sequence[Record]) -> list[Record]:
    """The steps that stand in the paper: all but repairs."""
    return [step for step in steps if not step.id.endswith(".repair")]


def _match_repairs(records: Sequence[Record]) -> None:
    proved = {record.id for record in records if record.verdict == "proved"}
    for record in records:
        if record.verdict == "refuted" and f"{record.id}.repair" in proved:
            record.verdict, record.repair = "repaired", f"{record.id}.repair"
