"""The proof book as a static site: a page a statement, the graph, the errata, the facts, evidence, search, the API.

Everything is computed from the records of an audit. Pages work offline and are read without JavaScript; the search
box alone needs it, and without it the list is there to be read.

Main names: Built, build.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path

from symbolic_cp.book.audit import Progress, Report
from symbolic_cp.book.book import Book
from symbolic_cp.book.needed import read_findings
from symbolic_cp.book.verdict import Record, flattened
from symbolic_cp.coq.export import export_all
from symbolic_cp.coq.recorded import proved_facts
from symbolic_cp.kernel.facts import FACTS
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.tex import Printer
from symbolic_cp.report.apidoc import api_page
from symbolic_cp.report.comparison import comparison
from symbolic_cp.report.errata import errata
from symbolic_cp.report.graph import Node, drawing
from symbolic_cp.report.outline import named
from symbolic_cp.report.pages import alias_page, listed, numbering, page, rests_on, statement_page
from symbolic_cp.report.pieces import MARKS, Shelf, link, look, mark, table, written

PAPER = (
    "Sections are those of Y. Zhou and Y. Liang, Critical Points of Linear Neural Networks: Analytical Forms and "
    "Landscape Properties, ICLR 2018."
)
PARTS = (
    ("Preliminaries", "Identities of vec, Kronecker products and pseudoinverses.", r"eq-(18|19|2[0-2])$"),
    ("Section 2: one hidden layer", PAPER, r"(lem-1|thm-[12]|rem-|prop-[123]|def-order|eq-([123]|2[3-9]|3[01])$)"),
    ("Section 3: deep linear networks", "", r"(thm-[34]|prop-[45]|def-deep|open-deep|eq-([456]|3[2-7])$)"),
    ("Section 4: ReLU networks", "", r"(prop-[678]|ex-1|eq-([789]|1[0-7])$)"),
    ("Beyond the paper", "Theorems that close what the paper leaves open.", r"(T[0-9]|laurent|kawaguchi|relu-)"),
)
REST = "Other statements"


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: the front page and how many pages there are."""

    index: Path
    pages: int


def build(book: Book, report: Report, folder: Path, progress: Progress | None = None) -> Built:
    """Write the site into a folder; `progress` is told how many statements are written.

    Raises OSError if it cannot be written. Cost: about that of the audit, for formulas and exact instances half each.
    """
    site = _Site(book, report, folder)
    site.write(progress or (lambda *_: None))
    return Built(folder / "index.html", site.pages)


class _Site:
    def __init__(self, book: Book, report: Report, folder: Path) -> None:
        self.book, self.report, self.folder = book, report, folder
        self.pages = 0
        self.statements = [one for one in report.records if one.stands_in is None]
        self.aliases = [one for one in report.records if one.stands_in is not None]
        self.everything = [*self.statements, *report.lemmas]
        self.home: dict[str, str] = {}
        for record in self.everything:
            for one in flattened([record]):
                self.home.setdefault(one.id, f"s/{name_of(record.id)}.html" + ("" if one is record else f"#{one.id}"))
        self.home.update((one.id, f"s/{name_of(one.id)}.html") for one in self.aliases)
        known = {key: name for one in reversed(self.everything) for key, name in named(one, book.find).items()}
        used: dict[str, dict[str, None]] = {}
        for record in self.everything:
            for name in rests_on(record):
                used.setdefault(self.owner(name), {})[record.id] = None
        self.shelf = Shelf(
            book.find,
            known,
            self.home.get,
            {name: tuple(users) for name, users in used.items()},
            self._coq(),
            {name: kept["hypotheses"] for name, kept in read_findings(book.folder).items()},
            {one.id: one.title for one in flattened(self.everything)},
        )

    # ------------------------------------------------------------------------------------------------ looking up

    def owner(self, name: str) -> str:
        """The statement on whose page an id stands."""
        address = self.home.get(name, "").partition("#")[0]
        return next((one.id for one in self.everything if f"s/{name_of(one.id)}.html" == address), name)

    def _coq(self) -> dict[str, str]:
        """The files for Coq by id, written beside the pages."""
        theorems: dict[str, Theorem] = {}
        for record in flattened(self.everything):
            step = self.book.find(record.id)
            theorem = None if step is None else step.proof or step.refutation
            if theorem is not None:
                theorems.setdefault(record.id, theorem)
        found = export_all(theorems, self.folder / "coq")
        return {one.id: f"coq/book/{one.file}" for one in found if one.file is not None}

    # --------------------------------------------------------------------------------------------------- writing

    def write(self, progress: Progress) -> None:
        """All pages."""
        (self.folder / "s").mkdir(parents=True, exist_ok=True)
        for file in ("style.css", "search.js"):
            text = resources.files("symbolic_cp.report").joinpath("site", file).read_text(encoding="utf-8")
            (self.folder / file).write_text(text, encoding="utf-8")
        for done, record in enumerate(self.everything):
            progress(done, len(self.everything), record.id)
            self.put(f"s/{name_of(record.id)}.html", statement_page(record, self.shelf))
        for alias in self.aliases:
            self.put(f"s/{name_of(alias.id)}.html", alias_page(alias, self.shelf))
        self.put("index.html", self.front())
        self.put("graph.html", self.graph())
        self.put("errata.html", errata(self.statements, self.shelf))
        self.put("facts.html", self.facts())
        self.put("landscape.html", page("Evidence – proof book", comparison(self.shelf)))
        self.put("search.html", self.search())
        self.put("api.html", page("Python – proof book", api_page()))

    def put(self, file: str, text: str) -> None:
        """One page."""
        (self.folder / file).write_text(text, encoding="utf-8")
        self.pages += 1

    def front(self) -> str:
        """The verdict on every statement at a glance."""
        counts = self.report.summary
        summary = "".join(f"<span>{mark(name)}{counts[name]} {name}</span>" for name in counts if counts[name])
        body = [
            "<h1>The proof book</h1>",
            "<p>Every statement and step is judged by a certificate that two programs written apart accept, or by an "
            "exact counterexample; nothing on these pages is typed beside a proof.</p>",
            f'<p class="summary">{summary}</p>',
        ]
        rest = list(self.report.records)
        for title, intro, pattern in PARTS:
            here = [one for one in rest if re.match(pattern, one.id)]
            rest = [one for one in rest if one not in here]
            if here:
                body += listed(title, intro, [self.entry(one) for one in here])
        if rest:
            body += listed(REST, "", [self.entry(one) for one in rest])
        lemmas = [self.entry(one) for one in self.report.lemmas]
        body += listed("Library", "Lemmas that statements cite; yours may cite them too.", lemmas)
        return page("The proof book", body)

    def entry(self, record: Record) -> tuple[str, str]:
        """A marked link."""
        gap = " (gap)" if record.printed_proof == "gap" else ""
        inside = f"{mark(record.verdict)}{escape(record.id)}{gap}"
        return look(record), f'<a href="{self.home[record.id]}" title="{escape(record.title)}">{inside}</a>'

    def graph(self) -> str:
        """The statements that are not of the library, and what they rest on, through lemmas where it must be."""
        shown = {one.id for one in self.statements}
        below = {one.id: [self.owner(name) for name in rests_on(one)] for one in self.everything}
        looks = {one.id: one.verdict for one in self.everything}
        nodes = []
        for one in self.statements:
            reached = _through(one.id, below, shown)
            whole = one.verdict == "proved" and all(looks.get(name) == "proved" for name in _beneath(one.id, below))
            facts = f" [{', '.join(one.facts)}]" if one.facts else ""
            in_coq = " · Coq" if one.id in self.shelf.coq else ""
            title = f"{one.title}{facts}{in_coq}"
            kind = "whole" if whole else look(one)
            sign = MARKS[one.verdict] + ("ᶜ" if in_coq else "") + ("*" if one.facts else "")
            nodes.append(Node(one.id, self.home[one.id], kind, sign, title, tuple(reached)))
        body = [
            "<h1>What rests on what</h1>",
            '<p class="soft">What a statement rests on stands to its left; click a box for its page. A thick round box '
            "is proved, and so is all beneath it. A thin box: proved, with something beneath that is not as printed. "
            "Dashed: repaired. ᶜ: there is a file for Coq. *: rests on facts of the ledger.</p>",
            f'<div class="scroll">{drawing(nodes)}</div>',
        ]
        return page("Graph – proof book", body)

    def facts(self) -> str:
        """The ledger."""
        known = proved_facts()
        body = ["<h1>Facts</h1>", "<p>The linear algebra that is assumed, all of it.</p>"]
        for name, fact in FACTS.items():
            users = [one.id for one in flattened(self.statements) if name in one.facts]
            said = {True: "proved in Coq, without axioms", False: "refused by Coq", None: "not checked by Coq here"}[
                known[name]
            ]
            file = self.shelf.coq.get(f"fact-{name}")
            source = f' (<a href="{file}">file</a>)' if file else ""
            body += [
                f'<section id="{name}"><h2>{name}</h2>',
                f"<p>{escape(fact.purpose)}. {escape(fact.reference)}; {said}{source}.</p>",
                table([written(Printer(equations=True), fact.formula(), frozenset())]),
                f"<p>Used by: {', '.join(link(self.shelf, one, '') for one in users) or 'nothing'}</p></section>",
            ]
        return page("Facts – proof book", body)

    def search(self) -> str:
        """Every id with its title; the box narrows the list by id, title and symbols."""
        lines = []
        for record in [*self.report.records, *self.report.lemmas]:
            for one in flattened([record]):
                symbols = sorted(_symbols(self.shelf.goal(one.stands_in or one.id)))
                text = escape(" ".join([one.id, one.title, numbering(one.id), *symbols]).lower())
                cells = f"<td>{mark(one.verdict)}{link(self.shelf, one.id, '')}</td><td>{escape(one.title)}</td>"
                lines.append(f'<tr data-search="{text}">{cells}<td class="soft">{escape(numbering(one.id))}</td></tr>')
        body = [
            "<h1>Search</h1>",
            '<p><input id="search" type="search" placeholder="id, words or symbols, such as: prop-3 Sigma" hidden></p>',
            f'<table class="list"><tbody>{"".join(lines)}</tbody></table>',
        ]
        return page("Search – proof book", body, script=True)


def name_of(statement: str) -> str:
    """The file name of a statement, for ever."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", statement)


def _symbols(goal: Goal | None) -> set[str]:
    return set() if goal is None else {one.name for one in goal.variables}


def _beneath(name: str, below: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything that a statement rests on."""
    found: set[str] = set()
    stack = list(below.get(name, ()))
    while stack:
        one = stack.pop()
        if one not in found:
            found.add(one)
            stack.extend(below.get(one, ()))
    return found - {name}


def _through(name: str, below: Mapping[str, Sequence[str]], shown: set[str]) -> list[str]:
    """The shown statements that are reached first, through those that are not shown."""
    found: dict[str, None] = {}
    seen: set[str] = {name}
    stack = list(reversed(below.get(name, ())))
    while stack:
        one = stack.pop()
        if one in seen:
            continue
        seen.add(one)
        if one in shown:
            found[one] = None
        else:
            stack.extend(reversed(below.get(one, ())))
    return list(found)
