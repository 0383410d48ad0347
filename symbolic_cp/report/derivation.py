r"""Statements of the book with their derivations as LaTeX: claim, verdict, steps with reasons, counterexamples.

Equations are numbered; a hypothesis or step has a \label, and reasons cite it by \eqref. A short certificate is shown
as the identity that it is, a longer one only counted. What is printed needs amsmath and amssymb.
Main functions: derivation, document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from symbolic_cp.book.explain import MOST, readable
from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import Record, flattened
from symbolic_cp.kernel.formulas import Atom, Formula
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.kernel.theory import Cofactor, Product
from symbolic_cp.prover.goal import Goal
from symbolic_cp.report.latex import Line, Printer, escaped, goal_of, number, printer_of
from symbolic_cp.report.layout import display, width

Find = Callable[[str], Step | None]
"""A statement or step by its id, or None if it was not reached."""
PAGE = 46.0
"""The width of the text of `document`, in em."""
HEAD = r"""\documentclass[a4paper,10pt]{article}
\usepackage[hmargin=2.2cm,vmargin=2.4cm]{geometry}
\usepackage{amsmath,amssymb}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt}
\begin{document}
"""


def document(fragments: Sequence[str]) -> str:
    """A whole document of fragments."""
    return HEAD + "\n".join(fragments) + "\\end{document}\n"


@dataclass(slots=True)
class _Writer:
    """Writes one statement. `labels`: what a reason is called by in this fragment; `steps`: its steps."""

    find: Find
    page: float
    steps: frozenset[str] = frozenset()
    labels: dict[str, str] = field(default_factory=dict)

    def goal(self, record: Record) -> Goal:
        """The goal behind a record; the closed formula itself if the two are not the same."""
        def goals(name: str) -> Goal | None:
            step = self.find(name)
            return None if step is None else step.goal

        return goal_of(record, goals)

    def claimed(self, record: Record) -> list[str]:
        """For all ..., suppose ..., then ...."""
        return [] if record.formal is None else self._claim(record.id, self.goal(record))

    def _claim(self, name: str, goal: Goal) -> list[str]:
        write, avoid = printer_of(goal), frozenset(one.name for one in goal.variables)
        blocks = []
        if goal.variables:
            blocks.append("For all " + ", ".join(f"${write.variable(one)}$" for one in goal.variables))
        if goal.hypotheses:
            blocks.append("suppose" if blocks else "Suppose")
        for i, one in enumerate(goal.hypotheses, start=1):
            self.labels[one.label] = label = labelled(f"{name}:given-{i}")
            blocks += display(write.lines(one.formula, avoid), escaped(one.label), label, self.page)
        self.labels[name] = label = labelled(name)
        return [*blocks, "then" if blocks else "Claim", *display(write.lines(goal.claim, avoid), "", label, self.page)]

    def against(self, record: Record) -> list[str]:
        """The counterexample, matrix by matrix, and what was proved instead."""
        if record.counterexample is None or record.formal is None:
            return []
        write = printer_of(self.goal(record))
        how = "at these values" if record.values else "by a proof of its negation"
        said = f"Counterexample to {escaped(record.id)}: every hypothesis holds and the claim does not, {how}."
        found = [line for name, value in record.values.items() for line in write.value(name, value)]
        shown = [_small(f"{line.left} {line.right}", self.page) for line in found]
        blocks = [said, rf"{{\raggedright {', '.join(f'${one}$' for one in shown)}.\par}}"] if shown else [said]
        repair = None if record.repair is None else self.find(record.repair)
        if repair is not None and repair.id in self.steps:
            blocks.append(rf"\emph{{Repaired}} as {escaped(repair.id)}, \eqref{{{labelled(repair.id)}}}.")
        elif repair is not None:
            title = f"{escaped(repair.id)}, {escaped(repair.title)}".removesuffix(", ")
            blocks += [rf"\emph{{Repaired}} as {title}.", *self._claim(repair.id, repair.goal)]
        return blocks

    def step(self, step: Record) -> list[str]:
        """A step: its claim with its reasons on the right, and its certificate if that is short."""
        self.labels[step.id] = label = labelled(step.id)
        words = [rf"\textbf{{{escaped(step.id)}}}", escaped(step.title)]
        words += [f"by {', '.join(map(self._cited, filter(None, step.reasons)))}"] if any(step.reasons) else []
        words += [f"cites {', '.join(map(self._cited, step.cites))}"] if step.cites else []
        words += [_verdict(step)] if step.verdict != "proved" else []
        said = "; ".join(filter(None, words))
        if step.formal is None:
            return display([Line("", r"\text{(not reached)}")], said, label, self.page)
        goal = self.goal(step)
        write, avoid = printer_of(goal), frozenset(one.name for one in goal.variables)
        shown = display(write.lines(goal.claim, avoid), said, label, self.page)
        found = self.find(step.id)
        if step.verdict == "proved" and found is not None and found.proof is not None:
            shown += self._certificate(found.proof, goal, write)
        elif step.counterexample is not None:
            shown += [*self.claimed_again(step), *self.against(step)]
        return shown

    def claimed_again(self, step: Record) -> list[str]:
        """The hypotheses of a refuted step, which are those at which the counterexample is taken."""
        goal = self.goal(step)
        if not goal.variables and not goal.hypotheses:
            return []
        return ["In full:", *_Writer(self.find, self.page, self.steps).claimed(_renamed(step))]

    def _cited(self, name: str) -> str:
        return rf"\eqref{{{self.labels[name]}}}" if name in self.labels else escaped(name)

    def _certificate(self, theorem: Theorem, goal: Goal, write: Printer) -> list[str]:
        core = theorem
        while core.rule in ("for_all_intro", "implies_intro"):
            (core,) = core.premises
        if core.rule != "combine" or not isinstance(core.parameters[0], Atom):
            said = readable(theorem, goal.hypotheses)
            counted = len(said) == 1 and said[0].startswith("a proof of")
            return [rf"{{\small Shown by {escaped(said[0])}.\par}}"] if counted else []
        claim, cofactors, products = core.parameters
        if not 2 <= len(cofactors) + len(products) <= MOST or not all(_is_atom(one) for one in core.premises):
            return []
        traced = claim.term.shape is None
        terms = [_cofactor(one, core.premises, write, traced=traced) for one in cofactors]
        terms += [_product(one, core.premises, write) for one in products]
        text = " ".join(terms).removeprefix("+").strip()
        left = write.poly(claim.term)
        given = {one.formula: one.label for one in goal.hypotheses}
        names = list(dict.fromkeys(_label(one, given) for one in core.premises))
        used = [self._cited(name) for name in names if name] + ["what is derived or cited"] * ("" in names)
        tail = rf", where what is in square brackets is zero by {', '.join(used)}" if used else ""
        return [rf"{{\small\raggedright Indeed, ${left} = {text}${tail}.\par}}"]


def derivation(record: Record, find: Find, page: float = PAGE) -> str:
    """A statement with its hypotheses, claim and verdict, and its steps with their reasons, as a LaTeX fragment.

    What is printed as the claim is the formula that the record was judged by. `page` is the width of the text in em.
    Cost: linear in what is printed.
    """
    steps = flattened(record.steps)
    write = _Writer(find, page, frozenset(one.id for one in steps))
    blocks = [rf"\paragraph{{{escaped(record.id)}}} {escaped(record.title)}".rstrip(), "", *write.claimed(record)]
    blocks += [rf"\textbf{{{_verdict(record)}}}", *write.against(record)]
    if steps:
        blocks.append(r"\emph{Steps.} Each holds under the hypotheses on which its reasons rest.")
    for step in steps:
        blocks += write.step(step)
    start = r"\begingroup\allowdisplaybreaks\sloppy\setcounter{MaxMatrixCols}{99}"
    start += r"\abovedisplayskip=3pt\belowdisplayskip=3pt"
    return "\n".join([start, *blocks, r"\par\endgroup", ""])


def labelled(name: str) -> str:
    r"""A name as \label takes it.

    >>> labelled("P Q & R")
    'P-Q-R'
    """
    return re.sub(r"[^A-Za-z0-9.:]+", "-", name)


def _renamed(step: Record) -> Record:
    """The record for a display of its own, whose labels are not those of the step."""
    return replace(step, id=f"{step.id}:full", stands_in=step.stands_in or step.id)


def _verdict(record: Record) -> str:
    if record.verdict is None:
        return "Claims nothing."
    said = record.verdict.capitalize() + (f" by {record.repair}" if record.repair else "")
    said += ", with a gap in the printed proof" * (record.printed_proof == "gap")
    said += f", from the facts {', '.join(record.facts)}" if record.facts else ""
    said += f"; it rests on {', '.join(record.not_reached)}, not proved" if record.not_reached else ""
    said += f": {record.failure.strip().rstrip('.')}" if record.verdict == "open" and record.failure.strip() else ""
    return escaped(said) + "."


def _small(text: str, room: float) -> str:
    """A matrix in small print if it is too wide."""
    return text if width(text) < room - 2 else text.replace("{pmatrix}", "{smallmatrix}")


def _is_atom(theorem: Theorem) -> bool:
    return isinstance(theorem.conclusion, Atom)


def _label(theorem: Theorem, given: Mapping[Formula, str]) -> str:
    """The label of the hypothesis from which a part was taken."""
    while theorem.rule in ("and_left", "and_right"):
        (theorem,) = theorem.premises
    return given.get(theorem.conclusion, "") if theorem.rule == "assume" else ""


def _cofactor(one: Cofactor, premises: Sequence[Theorem], write: Printer, *, traced: bool) -> str:
    formula = premises[one.index].conclusion
    assert isinstance(formula, Atom)
    middle = f"[{write.poly(formula.term)}]" + r"^{\top}" * one.transposed
    factors = [_factor(one.left, write), middle, _factor(one.right, write)]
    body = "".join(filter(None, factors))
    if traced and formula.term.shape is not None:
        body = rf"\operatorname{{Tr}}({body})"
    return _signed(one.coef, body, write)


def _factor(term: Poly | None, write: Printer) -> str:
    if term is None:
        return ""
    text = write.poly(term)
    return f"({text})" if len(term.terms) > 1 or text.startswith("-") else text


def _signed(coef: Poly, body: str, write: Printer) -> str:
    if coef.shape is None and set(coef.terms) <= {((), ())}:
        value = coef.terms.get(((), ()), 0)
        size = value if value >= 0 else -value
        return f"{'-' if value < 0 else '+'} {'' if size == 1 else number(size)}{body}"
    return f"+ {_factor(coef, write)}{body}"


def _product(one: Product, premises: Sequence[Theorem], write: Printer) -> str:
    factors = [f"({write.poly(factor)})^{{2}}" for factor in one.squares]
    factors += [rf"\lVert {write.poly(factor)} \rVert^{{2}}" for factor in one.grams]
    for index in one.indices:
        formula = premises[index].conclusion
        assert isinstance(formula, Atom)
        factors.append(f"[{write.poly(formula.term)}]")
    weight = "" if one.weight == 1 and factors else number(one.weight)
    return "+ " + weight + "".join(factors)
