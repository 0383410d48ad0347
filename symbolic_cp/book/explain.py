"""Claims and proofs as lines that a person reads: for all, if, then; the terms of a certificate.

Main functions: claim_lines, readable, lines_of.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from symbolic_cp.kernel.formulas import Atom, Formula
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.replay import in_order
from symbolic_cp.kernel.terms import Poly, Rational
from symbolic_cp.kernel.theory import Cofactor, Product
from symbolic_cp.prover.certificate import number
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.show import show, show_variable
from symbolic_cp.prover.view import laid, repeated, viewed

MOST = 20
"""Certificates of more terms, and derivations of more lines, are only counted."""
HARD = "\N{NO-BREAK SPACE}"
HEAD = 13
"""What stands before the parts of a statement, in characters."""
LONG_ITEM = 36
"""Shorter declarations and labels stand on one line."""


def lines_of(head: str, text: str, width: int) -> list[str]:
    """A text behind a head, wrapped so that its lines stand under each other.

    >>> lines_of("if ", "A*B = C", 80)
    ['if A*B = C']
    """
    inner = max(40, width - len(head))
    found: list[str] = []
    for paragraph in text.splitlines() or [""]:
        found += textwrap.wrap(paragraph, inner, break_long_words=False, break_on_hyphens=False) or [""]
    return [(head if i == 0 else " " * len(head)) + line.replace(HARD, " ") for i, line in enumerate(found)]


def _whole(text: str) -> str:
    """A text that is not broken, unless it is long."""
    return text.replace(" ", HARD) if len(text) <= LONG_ITEM else text


def claim_lines(goal: Goal, width: int) -> list[str]:
    """For all ..., if ..., then ...: a goal with its hypotheses one a line, and what is named in them at the end."""
    lines: list[str] = []
    known = [one.name for one in goal.variables]
    names = repeated([*(one.formula for one in goal.hypotheses), goal.claim], known)
    if goal.variables:
        lines += lines_of("For all      ", ", ".join(_whole(show_variable(one)) for one in goal.variables), width)
    for i, one in enumerate(goal.hypotheses):
        lines += _under("and" if i else "if", laid(viewed(one.formula, known, names), width - HEAD), width, one.label)
    claim = laid(viewed(goal.claim, known, names), width - HEAD)
    lines += _under("then" if goal.hypotheses else "Claim", claim, width)
    for i, (formula, name) in enumerate(names.items()):
        head = f"{'' if i else 'where':{HEAD}}{name:4} "
        told = laid(viewed(formula, known, names), width - len(head))
        lines += [(" " * len(head) if j else head) + line for j, line in enumerate(told)]
    return lines


def _under(word: str, lines: Sequence[str], width: int, label: str = "") -> list[str]:
    """Lines behind a word, and a label behind them or below."""
    said = f"   [{label}]" if label else ""
    if label and (len(lines) > 1 or len(lines[0]) + len(said) > width - HEAD):
        lines, said = [*lines, *lines_of("   ", f"[{label}]", width - HEAD)], ""
    return [f"{'' if i else word:{HEAD}}{line}" for i, line in enumerate([*lines[:-1], lines[-1] + said])]


def readable(theorem: Theorem, hypotheses: Sequence[Hypothesis]) -> list[str]:
    """The certificate behind a theorem, or its derivation, in lines; long ones are counted.

    Labels of hypotheses are used. A claim is the sum of cofactor * h * cofactor; h1, h2, ... are what is zero.
    """
    labels = {one.formula: one.label for one in hypotheses}
    core = theorem
    while core.rule in ("for_all_intro", "implies_intro"):
        (core,) = core.premises
    if core.rule == "combine" and len(core.parameters[1]) + len(core.parameters[2]) <= MOST:
        return _certificate(core, labels)
    lines = list(in_order(core))
    if len(lines) <= MOST:
        return _derivation(lines, labels)
    terms = sum(len(one.parameters[1]) + len(one.parameters[2]) for one in lines if one.rule == "combine")
    return [f"a proof of {len(lines)} lines, with {terms} terms in its certificates"]


def _certificate(theorem: Theorem, labels: Mapping[Formula, str]) -> list[str]:
    claim, cofactors, products = theorem.parameters
    names = [f"h{i}" for i in range(1, len(theorem.premises) + 1)]
    lines = [_premise(name, one, labels) for name, one in zip(names, theorem.premises, strict=True)]
    head = f"{claim.term!r}" if isinstance(claim, Atom) else "0"
    traced = isinstance(claim, Atom) and claim.term.shape is None
    terms = [_cofactor(one, names, theorem.premises, traced=traced) for one in cofactors]
    terms += [_product(one, names) for one in products]
    if not terms:
        return [*lines, f"{head} is zero as it stands"]
    first, *rest = terms
    return [*lines, f"{head}", f"  = {first.removeprefix('+ ')}", *(f"    {term}" for term in rest)]


def _premise(name: str, theorem: Theorem, labels: Mapping[Formula, str]) -> str:
    """`h1 = A*B - C   (label)`, or `h1 > 0: ...` for an inequality."""
    formula = theorem.conclusion
    label = _label(theorem, labels)
    said = f"{name} = {formula.term!r}" if isinstance(formula, Atom) else f"{name}: {show(formula)}"
    sign = "" if not isinstance(formula, Atom) or "=" in show(formula).split() else ", an inequality"
    return said + sign + (f"   ({label})" if label else "")


def _label(theorem: Theorem, labels: Mapping[Formula, str]) -> str:
    """The label of the hypothesis from which a part was taken."""
    while theorem.rule in ("and_left", "and_right"):
        (theorem,) = theorem.premises
    return labels.get(theorem.conclusion, "") if theorem.rule == "assume" else theorem.rule.replace("_", " ")


def _cofactor(one: Cofactor, names: list[str], premises: Sequence[Theorem], *, traced: bool) -> str:
    formula = premises[one.index].conclusion
    matrix = isinstance(formula, Atom) and formula.term.shape is not None
    middle = names[one.index] + "'" * one.transposed
    factors = [_enclosed(side) if side is not None else "" for side in (one.left, one.right)]
    body = "*".join(filter(None, [factors[0], middle, factors[1]]))
    return _signed(one.coef, f"tr({body})" if traced and matrix else body)


def _signed(coef: Poly, body: str) -> str:
    """`+ 2*body`, `- body`, `+ (s - t)*body`."""
    if coef.shape is None and set(coef.terms) <= {((), ())}:
        value: Rational = coef.terms.get(((), ()), 0)
        size: Rational = value if value >= 0 else -value
        return f"{'-' if value < 0 else '+'} {'' if size == 1 else f'{number(size)}*'}{body}"
    return f"+ {_enclosed(coef)}*{body}"


def _enclosed(term: Poly) -> str:
    text = repr(term)
    return f"({text})" if len(term.terms) > 1 or text.startswith("-") else text


def _product(one: Product, names: list[str]) -> str:
    factors = [f"({factor!r})^2" for factor in one.squares]
    factors += [f"|{factor!r}|^2" for factor in one.grams]
    factors += [names[index] for index in one.indices]
    weight = "" if one.weight == 1 and factors else str(number(one.weight))
    return "+ " + "*".join(filter(None, [weight, *factors]))


def _derivation(lines: Sequence[Theorem], labels: Mapping[Formula, str]) -> list[str]:
    place = {id(one): i for i, one in enumerate(lines, start=1)}
    return [f"{i:2}. {show(one.conclusion)}   {_why(one, place, labels)}" for i, one in enumerate(lines, start=1)]


def _why(one: Theorem, place: Mapping[int, int], labels: Mapping[Formula, str]) -> str:
    if one.rule == "assume":
        return f"[{labels.get(one.conclusion) or 'supposed'}]"
    above = ", ".join(str(place[id(premise)]) for premise in one.premises)
    terms = f", {len(one.parameters[1]) + len(one.parameters[2])} terms" if one.rule == "combine" else ""
    named = f" {one.parameters[0]}" if one.rule == "fact" else ""
    return f"[{one.rule.replace('_', ' ')}{named}{f' of {above}' if above else ''}{terms}]"
