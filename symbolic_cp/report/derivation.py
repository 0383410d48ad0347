r"""Statements of the book with their derivations as LaTeX: claim, verdict, steps with reasons, counterexamples.

Equations are numbered; a hypothesis or step has a \label, and reasons cite it by \eqref. A short certificate is shown
as the identity that it is; a longer proof as lemmas with names of their own (`report.outline`). What is printed needs
amsmath and amssymb.

Main functions: derivation, derivations, document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from symbolic_cp.book.script import Step
from symbolic_cp.book.verdict import Record, flattened
from symbolic_cp.kernel.formulas import Formula, Variable, free_names
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.notation import meanings, naming, printer_of
from symbolic_cp.prover.tex import Line, Printer, escaped
from symbolic_cp.report.arrange import arranged
from symbolic_cp.report.certificate import in_quantities, indeed, is_certificate
from symbolic_cp.report.goals import goal_of
from symbolic_cp.report.layout import display, room_beside, width
from symbolic_cp.report.outline import Lemma, Outline, named, outline, terms_of

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
    """Writes one statement.

    `steps`: its steps; `known`: theorems with a name, by identity; `labels` and `given`: the labels of names and of
    hypotheses in this fragment; `letters`: the variables that it has introduced; `taken`: the names of all variables;
    `meanings`: what shorthands stand for.
    """

    find: Find
    page: float
    steps: frozenset[str] = frozenset()
    known: Mapping[int, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    given: dict[Formula, str] = field(default_factory=dict)
    letters: set[Variable] = field(default_factory=set)
    taken: frozenset[str] = frozenset()
    meanings: dict[str, str] = field(default_factory=dict)

    def goal(self, record: Record) -> Goal:
        """The goal behind a record; the closed formula itself if the two are not the same."""
        def goals(name: str) -> Goal | None:
            step = self.find(name)
            return None if step is None else step.goal

        return goal_of(record, goals)

    def variables(self, record: Record) -> tuple[Variable, ...]:
        """Those of its goal."""
        return () if record.formal is None else self.goal(record).variables

    def claimed(self, record: Record) -> list[str]:
        """For all ..., suppose ..., then ...."""
        return [] if record.formal is None else self._claim(record.id, self.goal(record))

    def _claim(self, name: str, goal: Goal) -> list[str]:
        write, avoid = self.printer(goal), frozenset(one.name for one in goal.variables)
        blocks = self._supposed(name, goal, "For all")
        self.labels[name] = label = labelled(name)
        again = f"Under {self._cited((one.label for one in goal.hypotheses), goal)}:" if goal.hypotheses else "Claim"
        short, named = naming(write, goal)
        claim = self._display(short, goal.claim, avoid, "", label)
        for i, (letter, formula, full) in enumerate(named):
            lines = arranged(full, formula, avoid, room_beside("", self.page), before=rf"\text{{{letter}}}\quad ")
            at = labelled(f"{name}:{letter.strip('()')}")
            claim += [*([] if i else ["where"]), *display(lines, "", at, self.page)]
        return [*blocks, "then" if blocks else again, *claim]

    def _supposed(self, name: str, goal: Goal, quantified: str) -> list[str]:
        """The variables and hypotheses of a goal that this fragment has not shown yet."""
        write, avoid = self.printer(goal), frozenset(one.name for one in goal.variables)
        letters = [one for one in goal.variables if one not in self.letters]
        fresh = [one for one in goal.hypotheses if one.formula not in self.given]
        self.letters |= set(letters)
        blocks = [f"{quantified} " + ", ".join(f"${write.variable(one)}$" for one in letters)] if letters else []
        if fresh:
            blocks = [f"{blocks[0]}, suppose" if blocks else "Suppose"]
        for one in fresh:
            self.given[one.formula] = label = labelled(f"{name}:given-{len(self.given) + 1}")
            blocks += self._display(write, one.formula, avoid, escaped(one.label), label)
        return blocks

    def against(self, record: Record) -> list[str]:
        """The counterexample, matrix by matrix, and what was proved instead."""
        if record.counterexample is None or record.formal is None:
            return []
        write = self.printer(self.goal(record))
        how = "at these values" if record.values else "by a proof of its negation"
        said = f"Counterexample to {escaped(record.id)}: every hypothesis holds and the claim does not, {how}."
        found = [line for name, value in record.values.items() for line in write.value(name, value)]
        shown = [_small(f"{line.left} {line.right}", self.page) for line in found]
        blocks = [said, f"{', '.join(f'${one}$' for one in shown)}."] if shown else [said]
        repair = None if record.repair is None else self.find(record.repair)
        if repair is not None and repair.id in self.steps:
            blocks.append(rf"\emph{{Repaired}} as {escaped(repair.id)}, \eqref{{{labelled(repair.id)}}}.")
        elif repair is not None:
            title = f"{escaped(repair.id)}, {escaped(repair.title)}".removesuffix(", ")
            blocks += [rf"\emph{{Repaired}} as {title}.", *self._claim(repair.id, repair.goal)]
        return blocks

    def step(self, step: Record) -> list[str]:
        """A step: what it supposes beside the statement, its claim with its reasons on the right, and its proof."""
        label = labelled(step.id)
        words = [rf"\textbf{{{escaped(step.id)}}}", escaped(step.title)]
        words += [_verdict(step)] if step.verdict != "proved" else []
        if step.formal is None:
            self.labels[step.id] = label
            return display([Line("", r"\text{(not reached)}")], "; ".join(filter(None, words)), label, self.page)
        goal = self.goal(step)
        found = self.find(step.id)
        proved = step.verdict == "proved" and found is not None and found.proof is not None
        shown = self._supposed(step.id, goal, "Let") if proved else []
        shown += ["Then"] if shown else []
        self.labels[step.id] = label
        words[2:2] = [f"by {self._cited(step.reasons, goal)}"] if any(step.reasons) else []
        words[-1:] += [f"cites {self._cited(step.cites, goal)}"] if step.cites else []
        write, avoid = self.printer(goal), frozenset(one.name for one in goal.variables)
        shown += self._display(write, goal.claim, avoid, "; ".join(filter(None, words)), label)
        if proved and found is not None:
            shown += self._proof(found, goal)
        elif step.counterexample is not None:
            shown += [*self.claimed_again(step), *self.against(step)]
        return shown

    def again(self, step: Record) -> str:
        """A step that the document has shown before."""
        return rf"\textbf{{{escaped(step.id)}}} {escaped(step.title)}: see {self._cited([step.id])}."

    def finally_(self, record: Record) -> list[str]:
        """How the statement itself follows, if it is proved."""
        found = self.find(record.stands_in or record.id)
        if record.verdict != "proved" or found is None or record.formal is None:
            return []
        shown = self._proof(found, self.goal(record))
        return [rf"\emph{{The statement}} \eqref{{{labelled(record.id)}}}.", *shown] if shown else []

    def claimed_again(self, step: Record) -> list[str]:
        """The hypotheses of a refuted step, which are those at which the counterexample is taken."""
        goal = self.goal(step)
        if not goal.variables and not goal.hypotheses:
            return []
        return ["In full:", *self._anew().claimed(_renamed(step))]

    def _anew(self) -> _Writer:
        """A writer for a display that stands by itself, in the same fragment."""
        return _Writer(self.find, self.page, self.steps, taken=self.taken, meanings=self.meanings)

    def _cited(self, names: Iterable[str], goal: Goal | None = None) -> str:
        r"""Reasons, by \eqref where they stand in this fragment."""
        own = {one.label: self.given.get(one.formula) for one in goal.hypotheses} if goal is not None else {}
        found = []
        for name in filter(None, names):
            label = own.get(name) or self.labels.get(name)
            found.append(escaped(name) if label is None else rf"\eqref{{{label}}}")
        return ", ".join(found)

    def _proof(self, step: Step, goal: Goal) -> list[str]:
        """The certificate if that is short; else the lemmas that lead to it; or by what it holds."""
        found = outline(step, self.known)
        if found is None:
            return []
        write, avoid = self.printer(goal), frozenset(one.name for one in goal.variables)
        shown = ["Suppose for a while"] if found.assumptions else []
        for name, formula in found.assumptions.items():
            self.labels[name] = labelled(name)
            said = rf"\textbf{{{escaped(name)}}}"
            shown += self._display(write, formula, avoid, said, labelled(name))
        for lemma in found.lemmas:
            if lemma is not found.conclusion:
                shown += self._lemma(lemma, goal, write)
            if is_certificate(lemma.theorem) and terms_of(lemma.theorem) > 1:
                shown += self._certificate(lemma, found, write, goal)
            elif lemma is found.conclusion and set(lemma.reasons) - {*step.reasons, *step.cites}:
                shown.append(rf"{{\small It holds {self._because(lemma, goal)}.}}")
        return shown

    def _certificate(self, lemma: Lemma, found: Outline, write: Printer, goal: Goal) -> list[str]:
        """The identity that a certificate is: in a line, or with named quantities."""
        brackets = dict.fromkeys(name for one in lemma.theorem.premises for name in found.reasons(one))
        short = indeed(lemma.theorem, write, self._cited(brackets, goal))
        if short is not None:
            return [short]

        def equation(premise: Theorem) -> str:
            name = found.name_of(premise)
            shown = "" if name is None or name == lemma.name else self._cited([name], goal)
            return shown if shown.startswith(r"\eqref") else ""

        def because(premise: Theorem) -> str:
            return self._cited(found.reasons(premise), goal)

        return in_quantities(lemma.theorem, self.labels[lemma.name], write, equation, because, self.page)

    def _lemma(self, lemma: Lemma, goal: Goal, write: Printer) -> list[str]:
        """A lemma on the way: its claim, and on the right its name and by what it holds."""
        formula = lemma.theorem.conclusion
        said = rf"\textbf{{{escaped(lemma.name)}}} {self._because(lemma, goal)}".strip()
        self.labels[lemma.name] = label = labelled(lemma.name)
        return self._display(write, formula, free_names(formula), said, label)

    def _because(self, lemma: Lemma, goal: Goal) -> str:
        said = [f"if {self._cited(lemma.assumed, goal)}"] if lemma.assumed else []
        return " ".join([*said, *([f"by {self._cited(lemma.reasons, goal)}"] if lemma.reasons else [])])

    def _display(self, write: Printer, formula: Formula, avoid: frozenset[str], said: str, label: str) -> list[str]:
        """A formula as a numbered display, with what is said on the right."""
        lines = arranged(write, formula, avoid, room_beside(said, self.page))
        return display(lines, said, label, self.page)

    def printer(self, goal: Goal) -> Printer:
        """The printer of a goal; what its shorthands stand for is kept, to be said."""
        write = printer_of(goal, self.taken)
        self.meanings.update(meanings(write))
        return write


def derivations(records: Iterable[Record], find: Find, page: float = PAGE) -> list[str]:
    """Statements for one document: a step that stands in an earlier one is only referred to."""
    written: set[str] = set()
    found = []
    for record in records:
        found.append(derivation(record, find, page, frozenset(written)))
        written |= {one.id for one in flattened([record])}
    return found


def derivation(record: Record, find: Find, page: float = PAGE, written: frozenset[str] = frozenset()) -> str:
    """A statement with its hypotheses, claim and verdict, and its steps with their reasons, as a LaTeX fragment.

    What is printed as the claim is the formula that the record was judged by. `page` is the width of the text in em;
    `written` are ids that the same document has shown before. Cost: linear in what is printed.
    """
    steps = flattened(record.steps)
    write = _Writer(find, page, frozenset(one.id for one in steps), named(record, find))
    write.taken = frozenset(one.name for step in [record, *steps] for one in write.variables(step))
    write.labels |= {name: labelled(name) for name in written}
    there = record.stands_in or record.id
    if there in written:
        return rf"\paragraph{{{escaped(record.id)}}} It is {escaped(there)}, \eqref{{{labelled(there)}}}." + "\n"
    blocks = [*write.claimed(record), rf"\textbf{{{_verdict(record)}}}", *write.against(record)]
    if steps:
        blocks.append(r"\emph{Steps.} Each holds under the hypotheses on which its reasons rest.")
    for step in steps:
        blocks += [write.again(step)] if step.id in written else write.step(step)
    blocks += write.finally_(record)
    text = "\n".join(blocks)
    short = [f"${name} = {meaning}$" for name, meaning in write.meanings.items() if name in text]
    head = [rf"\paragraph{{{escaped(record.id)}}} {escaped(record.title)}".rstrip(), ""]
    head += [rf"Throughout, {', '.join(short)}.", ""] if short else []
    blocks = [*head, *blocks]
    start = r"\begingroup\allowdisplaybreaks\raggedright\setcounter{MaxMatrixCols}{99}"
    start += r"\abovedisplayskip=3pt\belowdisplayskip=3pt"
    return "\n".join([start, *_apart(blocks), r"\par\endgroup", ""])


def _apart(blocks: Sequence[str]) -> list[str]:
    """With an empty line between two paragraphs; none before a display, where TeX would set it."""
    found: list[str] = []
    shown = False
    for one in blocks:
        shown = shown or one.startswith(r"\begin{flalign}")
        text = not shown and bool(found) and not found[-1].startswith(r"\end{flalign}")
        found += ["", one] if text else [one]
        shown = shown and not one.startswith(r"\end{flalign}")
    return found


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
