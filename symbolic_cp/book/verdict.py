"""Verdicts: computed from certificates and counterexamples, never written down.

`judge` turns a step into a `Record`. *Proved*: its certificate, written as data and read again, was replayed and states
the claim. *Refuted*: values were found which satisfy every hypothesis and violate the claim, checked by the kernel, or
a replayed proof ends in its negation. *Repaired*: refuted, with a proved statement `ID.repair`.

Main names: Record, judge, mark_repair, written, batch.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from symbolic_cp.book.checker import Answer, Established, answered
from symbolic_cp.book.fingerprint import fingerprint
from symbolic_cp.book.script import Step
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table, evaluate_nat, evaluate_poly
from symbolic_cp.kernel.formulas import Family, ForAll, Formula, Value, free_names, negation
from symbolic_cp.kernel.logic import Theorem, and_intro
from symbolic_cp.kernel.replay import in_order
from symbolic_cp.kernel.terms import Nat
from symbolic_cp.prover.certificate import number, write
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.notation import goal_latex
from symbolic_cp.prover.show import show
from symbolic_cp.prover.tex import Printer

if TYPE_CHECKING:
    from symbolic_cp.prover.instances import Generator
    from symbolic_cp.prover.refute import Refutation

VERDICTS = ("proved", "refuted", "repaired", "instances", "open")
SETTLED = ("proved", "refuted", "repaired")
Check = Callable[[dict[str, Any]], Answer]


@dataclass(slots=True)
class Record:
    """What is known of a statement or step; `to_json` has the fields of INTERFACES and some more.

    `values` are those of the counterexample. `failure` says why there is no proof, `residual` what should be zero,
    `not_reached` the ids on which it rests and that are not proved; `stands_in` is the step of which an equation is
    another name. `place` is a file and a line.
    """

    id: str
    title: str
    kind: str
    formal: Formula | None
    verdict: str | None
    facts: tuple[str, ...] = ()
    printed_proof: str | None = None
    counterexample: dict[str, Any] | None = None
    values: Mapping[str, Instance] = field(default_factory=dict)
    repair: str | None = None
    certificate: dict[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    failure: str = ""
    residual: str = ""
    not_reached: tuple[str, ...] = ()
    stands_in: str | None = None
    place: tuple[str, int] = ("", 0)
    seconds: float = 0.0
    steps: list[Record] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """Whether it is proved, refuted or repaired, or claims nothing."""
        return self.verdict is None or self.verdict in SETTLED

    @property
    def said(self) -> str:
        """The verdict in words; a gap in the printed proof is said."""
        gap = " (gap in the printed proof)" if self.printed_proof == "gap" else ""
        return (self.verdict or "claims nothing") + gap

    def _repr_html_(self) -> str:
        """The claim, the verdict and the counterexample, for a notebook."""
        from html import escape

        shown = [f"<p><b>{escape(self.id)}</b> {escape(self.title)}: {escape(self.said)}</p>"]
        if self.formal is not None:
            shown.append(f"<div>{escape(goal_latex(Goal(self.id, (), (), self.formal)))}</div>")
        lines = [line for name, value in self.values.items() for line in Printer().value(name, value)]
        text = r",\quad ".join(f"{line.left} {line.right}" for line in lines)
        return "".join([*shown, f"<div>{escape(f'$${text}$$')}</div>" if text else ""])

    @property
    def fingerprint(self) -> str | None:
        """The fingerprint of the formal statement; None if it claims nothing that was reached."""
        return None if self.formal is None else fingerprint(self.formal)

    def to_json(self, *, certificates: bool = False) -> dict[str, Any]:
        """The record as data; certificates only on demand, because they are long."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "formal": None if self.formal is None else show(self.formal),
            "verdict": self.verdict,
            "printed_proof": self.printed_proof,
            "facts": list(self.facts),
            "counterexample": self.counterexample,
            "repair": self.repair,
            "certificate": self.certificate if certificates else None,
            "seconds": round(self.seconds, 3),
            "steps": [step.to_json(certificates=certificates) for step in self.steps],
            "reasons": list(self.reasons),
            "cites": list(self.cites),
            "failure": self.failure or None,
            "residual": self.residual or None,
            "not_reached": list(self.not_reached),
            "stands_in": self.stands_in,
        }


def flattened(records: Sequence[Record]) -> list[Record]:
    """The records and those of their steps, each before its steps."""
    return [one for record in records for one in [record, *flattened(record.steps)]]


# --------------------------------------------------------------------------------------------------- certificates


def written(theorem: Theorem, name: str, lemmas: dict[str, Theorem] | None = None) -> dict[str, Any]:
    """The certificate of a theorem, as plain data. Raises KernelError if what is called a theorem cannot be written.

    Scripts are programs, and a `Theorem` may be any object; so everything about it is doubted here.
    """
    try:
        _refuse_cycles(theorem)
        data: dict[str, Any] = json.loads(json.dumps(write(theorem, name, lemmas)))
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as e:
        what = f"{type(e).__name__}: {e}"
        raise KernelError(f"the proof of {name} was not made by the rules of the kernel ({what})") from None
    return data


def _refuse_cycles(theorem: Theorem) -> None:
    """Raise KernelError if a theorem stands beneath itself."""
    above, done = set[int](), set[int]()
    stack = [(theorem, False)]
    while stack:
        one, leaving = stack.pop()
        if leaving:
            above.discard(id(one))
            done.add(id(one))
        elif id(one) in above:
            raise KernelError("a theorem stands beneath itself")
        elif id(one) not in done:
            above.add(id(one))
            stack.append((one, True))
            stack.extend((premise, False) for premise in one.premises)


def batch(steps: Sequence[Step]) -> dict[str, Any] | None:
    """One certificate for all proofs of these steps, each a lemma of it: what they share is replayed once.

    None if there is nothing to prove. Raises KernelError.
    """
    theorems = {step.id: theorem for step in steps if (theorem := step.proof or step.refutation) is not None}
    if not theorems:
        return None
    rest = list(theorems.values())
    try:
        while len(rest) > 1:
            rest = [and_intro(*pair) if len(pair) == 2 else pair[0] for pair in _pairs(rest)]
    except (AttributeError, TypeError):
        raise KernelError("a proof was not made by the rules of the kernel") from None
    name = next(iter(theorems)) if len(theorems) == 1 else " and ".join(theorems)[:200]
    return written(rest[0], name, theorems)


def _pairs(items: list[Theorem]) -> list[list[Theorem]]:
    return [items[i : i + 2] for i in range(0, len(items), 2)]


# ------------------------------------------------------------------------------------------------------- judging


def judge(step: Step, *, known: Mapping[str, Established] | None = None, check: Check = answered) -> Record:
    """The record of one step, without its repair. Cost: replaying its certificate, or looking for an instance.

    `known` is what certificates have established already, by id; `check` says what a certificate establishes.
    """
    begin = time.perf_counter()
    record = _blank(step)
    theorem = step.proof or step.refutation
    if record.formal is None:
        return record
    if theorem is not None:
        refuted = step.proof is None
        claim = negation(record.formal) if refuted else record.formal
        _accept(record, theorem, claim, "refuted" if refuted else "proved", (known or {}).get(step.id), check)
    if record.verdict == "open" and not record.not_reached:
        _refute(record, step, check)
    record.seconds = step.seconds + time.perf_counter() - begin
    return record


def _blank(step: Step) -> Record:
    record = Record(step.id, step.title, step.kind, None, "open", reasons=step.reasons)
    record.cites, record.failure, record.residual = step.cites, step.failure, step.residual
    record.not_reached, record.place = step.rests_on_failure, step.place
    try:
        record.formal = step.goal.formula()
    except KernelError as error:
        record.failure = f"the claim is not well formed: {error}"
    return record


def _accept(
    record: Record, theorem: Theorem, claim: Formula, verdict: str, established: Established | None, check: Check
) -> None:
    if established is None:
        try:
            record.certificate = written(theorem, record.id)
            answer = check(record.certificate)
        except KernelError as error:
            answer = Answer(refused=str(error))
        if answer.refused:
            record.certificate, record.failure = None, f"the certificate is refused: {answer.refused}"
            return
        established = answer.found.get(record.id, Established(""))
    if established.refuted or established.fingerprint != fingerprint(claim):
        record.certificate, record.failure = None, "the certificate proves something else"
        return
    if verdict == "refuted":
        record.values = instance_in(theorem, record.formal)
        if _is_empty(record.values.values()):
            record.failure = "the refutation is at an instance with a dimension of 0"
            return
        values = {name: readable(value) for name, value in record.values.items()}
        record.counterexample = {"values": values, "decided_by": "proof"}
    record.verdict, record.facts = verdict, established.facts


def _refute(record: Record, step: Step, check: Check) -> None:
    """Look for values that refute the claim; what is found counts when its certificate has been replayed."""
    found = _refutation(step.goal, step.generators)
    if found is None:
        if step.by_reasons is not None and step.by_reasons.hypotheses != step.goal.hypotheses:
            _doubt_reasons(record, step.by_reasons, step.generators)
        return
    assert record.formal is not None
    data = found.certificate()
    answer = check(data)
    established = answer.found.get(data["name"], Established(""))
    wanted = record.formal if found.theorem is None else negation(record.formal)
    if answer.refused or (established.fingerprint, established.refuted) != (fingerprint(wanted), found.theorem is None):
        record.failure += f"\na counterexample was refused: {answer.refused or 'it refutes something else'}"
        return
    record.verdict, record.facts, record.certificate = "refuted", established.facts, data
    record.values = dict(zip(found.names, found.values, strict=True))
    record.counterexample = {"values": _values(found), "decided_by": "evaluation" if found.theorem is None else "proof"}


def _doubt_reasons(record: Record, goal: Goal, generators: tuple[Callable[..., object], ...]) -> None:
    """Say so if the reasons that are given do not imply the claim, though all that is supposed may."""
    found = _refutation(goal, generators)
    if found is not None:
        values = ", ".join(f"{name} = {value}" for name, value in _values(found).items())
        record.failure += f"\nthe reasons that are given do not suffice, as this shows: {values}"


def _refutation(goal: Goal, generators: tuple[Callable[..., object], ...]) -> Refutation | None:
    """A refutation with dimensions of at least 1."""
    from symbolic_cp.prover.refute import refutation

    found = refutation(goal, generators=cast("tuple[Generator, ...]", generators))
    if found is None:
        return None
    return None if _is_empty(found.values) else found


def _is_empty(values: Iterable[Instance]) -> bool:
    """Whether some matrix has no rows or no columns."""
    members = chain.from_iterable(one.entries.values() if isinstance(one, Table) else [one] for one in values)
    return any(isinstance(one, Matrix) and (one.rows == 0 or one.cols == 0) for one in members)


def instance_in(theorem: Theorem, statement: Formula | None) -> dict[str, Instance]:
    """The values at which a proof of not-statement uses the statement, for its outer quantifiers, by name.

    They are read off the proof, which starts from the statement; nothing rests on them.
    """
    current = next((one for one in in_order(theorem) if one.rule == "assume" and one.conclusion == statement), None)
    found: dict[str, Instance] = {}
    for one in in_order(theorem):
        if current is not None and one.premises[:1] == (current,) and one.rule in ("for_all_elim", "implies_elim"):
            formula, current = current.conclusion, one
            value = _constant(one.parameters[0]) if isinstance(formula, ForAll) else None
            if value is not None:
                assert isinstance(formula, ForAll)
                found[formula.hint] = value
    return found


def _constant(value: Value) -> Instance | None:
    """The number or matrix that a term without variables is."""
    if isinstance(value, Family) or free_names(value):
        return None
    return evaluate_nat(value, {}) if isinstance(value, Nat) else evaluate_poly(value, {})


def _values(found: Refutation) -> dict[str, Any]:
    """The values of a counterexample as the files of instances have them."""
    return {name: readable(value) for name, value in zip(found.names, found.values, strict=True)}


def readable(value: Instance) -> Any:  # noqa: ANN401 - a number, a list of rows, or these by index
    """A value as JSON: a number, a matrix as its rows, a family as an object from indices to members."""
    if isinstance(value, Table):
        return {",".join(map(str, index)): readable(entry) for index, entry in sorted(value.entries.items())}
    if isinstance(value, Matrix):
        return [[number(entry) for entry in row] for row in value.entries]
    return number(value)


def mark_repair(record: Record, repair: Record | None) -> None:
    """A refuted claim whose repair is proved is repaired."""
    if record.verdict == "refuted" and repair is not None and repair.verdict == "proved":
        record.verdict, record.repair = "repaired", repair.id


def mark_printed_proof(record: Record) -> None:
    """A proved statement whose printed steps are not all proved has a gap in its printed proof."""
    if record.kind == "statement" and record.verdict == "proved":
        printed = [step for step in flattened(record.steps) if step.kind == "step" and not step.id.endswith(".repair")]
        record.printed_proof = "gap" if any(step.verdict != "proved" for step in printed) else "complete"
