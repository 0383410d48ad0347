"""Proofs on the pages of the proof book: the certificate, or the lemmas that lead to the claim, to be opened.

Main function: proof.
"""

from __future__ import annotations

from html import escape

from symbolic_cp.book.explain import readable
from symbolic_cp.book.verdict import Record
from symbolic_cp.kernel.formulas import free_names
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.report.outline import Lemma, outline, terms_of
from symbolic_cp.report.pieces import Shelf, link, table, written


def proof(record: Record, shelf: Shelf, up: str) -> list[str]:
    """The certificate, or the lemmas that lead to the claim with theirs, to be opened."""
    step = shelf.step(record.stands_in or record.id)
    if step is None or step.proof is None or record.verdict != "proved":
        return []
    found = outline(step, shelf.known)
    if found is None or len(found.lemmas) == 1:
        shown = readable(step.proof, step.goal.hypotheses)
        because = "" if found is None else _because(found.conclusion, shelf, up)
        if len(shown) == 1 and because:
            return [f'<p class="why">It holds {because}.</p>']
        return [_opened("certificate", f"<pre>{escape(chr(10).join(shown))}</pre>")]
    write = printer_of(step.goal)
    lines = [
        written(write, formula, free_names(formula), f"suppose for a while: <b>{escape(name)}</b>")
        for name, formula in found.assumptions.items()
    ]
    for lemma in found.lemmas[:-1]:
        formula = lemma.theorem.conclusion
        said = f"<b>{escape(lemma.name)}</b> {_because(lemma, shelf, up)}{_certificate(lemma.theorem, step.goal)}"
        lines.append(written(write, formula, free_names(formula), said))
    end = f'<p class="why">The claim holds {_because(found.conclusion, shelf, up)}.</p>'
    count = len(found.lemmas) - 1
    head = f"proof, with {count} lemma{'s' * (count > 1)}"
    return [_opened(head, table(lines) + end + _certificate(found.conclusion.theorem, step.goal))]


def _because(lemma: Lemma, shelf: Shelf, up: str) -> str:
    said = [f"if {', '.join(map(escape, lemma.assumed))}"] if lemma.assumed else []
    said += [f"by {', '.join(link(shelf, one, up) for one in lemma.reasons)}"] if lemma.reasons else []
    return " ".join(said)


def _certificate(theorem: Theorem, goal: Goal) -> str:
    """The terms, to be opened; nothing for what is no certificate."""
    if terms_of(theorem) == 0:
        return ""
    return _opened("certificate", f"<pre>{escape(chr(10).join(readable(theorem, goal.hypotheses)))}</pre>")


def _opened(summary: str, inside: str) -> str:
    return f"<details><summary>{summary}</summary>{inside}</details>"
