"""The pages of the proof book as HTML, printed from records and the goals behind them; readable without JavaScript.

Main names: page, statement_page, alias_page, listed, against, numbering.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from symbolic_cp.book.verdict import Record, flattened
from symbolic_cp.prover.notation import naming, printer_of
from symbolic_cp.report.goals import goal_of
from symbolic_cp.report.instances import instances
from symbolic_cp.report.mathml import math
from symbolic_cp.report.pieces import Shelf, facts, link, look, mark, stands_for, supposed, table, values_list, written
from symbolic_cp.report.proofs import proof

MENU = (
    ("index.html", "Proof book"),
    ("graph.html", "Graph"),
    ("errata.html", "Errata"),
    ("facts.html", "Facts"),
    ("landscape.html", "Evidence"),
    ("search.html", "Search"),
    ("api.html", "Python"),
)
PAPER = {
    "lem": "Lemma", "thm": "Theorem", "prop": "Proposition", "rem": "Remark", "eq": "equation", "def": "Definition",
    "ex": "Example", "T": "beyond the paper, T",
}  # fmt: skip


BEYOND = ("relu-", "laurent-", "kawaguchi", "open-deep")
"""How ids begin that the paper does not have, and the library neither."""


def page(title: str, body: Iterable[str], *, up: str = "", script: bool = False) -> str:
    """A whole page; `up` leads from its folder to the front page's."""
    menu = "".join(
        f'<a href="{up}{file}"{" class=home" if not i else ""}>{name}</a>' for i, (file, name) in enumerate(MENU)
    )
    end = f'<script src="{up}search.js"></script>' if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{up}style.css"></head>'
        f"<body><nav>{menu}</nav><main>\n{chr(10).join(body)}\n</main>{end}</body></html>\n"
    )


def numbering(name: str) -> str:
    """What the paper calls it: `thm-1.8` is Theorem 1, step 8."""
    stem, dash, rest = name.partition("-")
    if name.startswith(BEYOND):
        return f"beyond the paper: {name}"
    if not dash:
        return f"beyond the paper: {name}" if name[:1] == "T" and name[1:2].isdigit() else "a lemma of the library"
    base, dot, step = rest.partition(".")
    if stem not in PAPER:
        return "a lemma of the library"
    return f"{PAPER[stem]} {base}" + (f", {step if not step[:1].isdigit() else f'step {step}'}" if dot else "")


def claim(record: Record, shelf: Shelf) -> list[str]:
    """For all ..., suppose ..., then ...: the formula that the record was judged by."""
    if record.formal is None:
        return ['<p class="soft">It claims nothing.</p>']
    goal = goal_of(record, shelf.goal)
    write, avoid = printer_of(goal), frozenset(one.name for one in goal.variables)
    blocks = []
    if goal.variables:
        *firsts, last = (math(write.variable(one)) for one in goal.variables)
        listed_ = " ".join(f'<span class="letter">{one}</span>' for one in [*(f"{one}," for one in firsts), last])
        blocks.append(f"<p>For all {listed_}</p>")
    blocks.append(stands_for(write, [*(one.formula for one in goal.hypotheses), goal.claim], avoid))
    blocks = list(filter(None, blocks))
    if goal.hypotheses:
        given = supposed(write, goal.hypotheses, avoid)
        blocks.append(f"<p>{'suppose' if blocks else 'Suppose'}</p>{given}")
    short, named = naming(write, goal)
    blocks.append(f"<p>{'then' if blocks else 'Claim'}</p>{table([written(short, goal.claim, avoid)])}")
    if named:
        where = [written(one, formula, avoid, before=rf"\text{{{name}}}\quad ") for name, formula, one in named]
        blocks.append(f"<p>where</p>{table(where)}")
    return blocks


def verdict(record: Record, shelf: Shelf, up: str) -> str:
    """What is known, and why."""
    if record.verdict is None:
        return ""
    said = f"{mark(record.verdict)}<b>{record.verdict}</b>"
    said += ", with a gap in the printed proof" * (record.printed_proof == "gap")
    said += f", by {link(shelf, record.repair, up)}" if record.repair else ""
    said += f"; facts: {', '.join(facts(record.facts, up))}" if record.facts else ""
    said += (
        f"; not reached: {', '.join(link(shelf, one, up) for one in record.not_reached)}" if record.not_reached else ""
    )
    return f"<p>{said}</p>"


def against(record: Record, shelf: Shelf) -> list[str]:
    """The counterexample, matrix by matrix."""
    if record.counterexample is None or record.formal is None:
        return []
    write = printer_of(goal_of(record, shelf.goal))
    how = "at these values" if record.values else "by a proof of its negation"
    head = f"<h3>Counterexample</h3><p>Every hypothesis holds and the claim does not, {how}.</p>"
    return [head + (values_list(write, record.values) if record.values else "")]


def why(record: Record, shelf: Shelf, up: str) -> str:
    """Reasons and citations."""
    parts = []
    if record.reasons:
        parts.append("by " + ", ".join(link(shelf, one, up) for one in record.reasons))
    if record.cites:
        parts.append("cites " + ", ".join(link(shelf, one, up) for one in record.cites))
    return f'<p class="why">{"; ".join(parts)}</p>' if parts else ""


def step(record: Record, shelf: Shelf, up: str) -> str:
    """A step of a statement."""
    inside = [
        f'<h3><a href="#{escape(record.id)}">{escape(record.id)}</a> {escape(record.title)}</h3>',
        verdict(record, shelf, up),
    ]
    if record.formal is not None:
        goal = goal_of(record, shelf.goal)
        avoid = frozenset(one.name for one in goal.variables)
        inside.append(table([written(printer_of(goal), goal.claim, avoid)]))
        if goal.hypotheses or goal.variables:
            whole = "".join(claim(record, shelf))
            inside.append(f"<details><summary>with its hypotheses</summary>{whole}</details>")
    inside += [why(record, shelf, up), *against(record, shelf), *proof(record, shelf, up)]
    inside += [*instances(record, shelf), *coq(record, shelf, up)]
    inside += [step(one, shelf, up) for one in record.steps]
    return f'<article class="step {look(record)}" id="{escape(record.id)}">{"".join(inside)}</article>'


def coq(record: Record, shelf: Shelf, up: str) -> list[str]:
    """Where the file for Coq is."""
    file = shelf.coq.get(record.stands_in or record.id)
    return (
        []
        if file is None
        else [f'<p class="why">Coq: <a href="{up}{escape(file)}">{escape(file.rpartition("/")[2])}</a></p>']
    )


def needed(record: Record, shelf: Shelf) -> list[str]:
    """Which hypotheses are needed, as far as somebody looked."""
    found = shelf.hypotheses.get(record.id)
    if not found:
        return []
    lines = [
        f"<tr><td>{escape(str(one['hypothesis']))}</td><td>{escape(str(one['status']))}</td></tr>" for one in found
    ]
    return [f'<h2>Are the hypotheses needed?</h2><table class="list">{"".join(lines)}</table>']


def statement_page(record: Record, shelf: Shelf) -> str:
    """The page of a statement, in the folder `s`."""
    up = "../"
    body = [
        f'<p class="soft">{escape(numbering(record.id))}</p>',
        f"<h1>{escape(record.id)}  {escape(record.title)}</h1>",
        verdict(record, shelf, up),
        "<h2>The formal statement</h2>",
        *claim(record, shelf),
        why(record, shelf, up),
        *against(record, shelf),
        *proof(record, shelf, up),
        *instances(record, shelf),
        *coq(record, shelf, up),
    ]
    if record.steps:
        body.append('<h2>Steps</h2><p class="soft">Each holds under the hypotheses on which its reasons rest.</p>')
        body += [step(one, shelf, up) for one in record.steps]
    body += needed(record, shelf)
    below = rests_on(record)
    above = shelf.used_by.get(record.id, ())
    body.append(
        f"<h2>Rests on</h2><p>{', '.join(link(shelf, one, up) for one in below) or 'nothing but the rules'}</p>"
    )
    body.append(f"<h2>Used by</h2><p>{', '.join(link(shelf, one, up) for one in above) or 'nothing in the book'}</p>")
    return page(f"{record.id} – proof book", body, up=up)


def rests_on(record: Record) -> list[str]:
    """What a statement and its steps cite, themselves left out."""
    own = {one.id for one in flattened([record])}
    names = dict.fromkeys(name for one in flattened([record]) for name in one.cites)
    return [name for name in names if name not in own]


def alias_page(record: Record, shelf: Shelf) -> str:
    """The page of an equation of the paper that a step or statement states."""
    target = record.stands_in or ""
    body = [
        f'<p class="soft">{escape(numbering(record.id))}</p>',
        f"<h1>{escape(record.id)}  is {link(shelf, target, '../')}</h1>",
        verdict(record, shelf, "../"),
        *claim(record, shelf),
    ]
    return page(f"{record.id} – proof book", body, up="../")


def listed(title: str, intro: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    """A heading, a sentence and a list of marked links."""
    items = "".join(f'<li class="{kind}">{inside}</li>' for kind, inside in entries)
    return [f"<h2>{title}</h2>", f'<p class="soft">{intro}</p>' if intro else "", f'<ul class="overview">{items}</ul>']
