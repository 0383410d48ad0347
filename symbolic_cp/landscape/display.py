"""Exact numbers and matrices as text for people: short where the exact form is long; the JSON output holds it all.

Main names: value (any exact number), loss_formula, loss_decimal (a stratum's loss), named_matrix, witness_text,
html_table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flint import fmpq_mat

    from symbolic_cp.landscape.losses import StratumLoss
    from symbolic_cp.landscape.strata import Stratum
    from symbolic_cp.landscape.witnesses import DescentFamily, Value, Witness

LONG_NUMBER, LONG_LINE, LONG_POLYNOMIAL, LARGE_MATRIX = 40, 100, 500, 60
"""Longer numbers, rows and polynomials (in characters) and larger matrices (in entries) are described, not printed."""

DIGITS = 6


def value(number: Value) -> str:
    """Any exact number: "1/2 (0.5)", "2.41421 (root of x^2 - 2*x - 1)", "-1.25 (between two rationals)"."""
    from flint import fmpq

    from symbolic_cp.exact.algebraic import GENERATOR, Field
    from symbolic_cp.exact.algebraic import decimal as root_decimal
    from symbolic_cp.exact.numbers import decimal, readable
    from symbolic_cp.exact.polynomials import show_polynomial

    if isinstance(number, fmpq):
        text = readable(number, DIGITS)
        return text if len(text) <= LONG_NUMBER else f"{decimal(number, DIGITS)} (rational)"
    if isinstance(number, Field):
        text = show_polynomial(number.minpoly)
        what = f"root of {text}" if len(text) <= LONG_POLYNOMIAL else f"of degree {number.degree}"
        return f"{root_decimal(number, GENERATOR, DIGITS)} ({what})"
    if isinstance(number, tuple):
        low, high = (decimal(end, DIGITS) for end in number)
        return f"{low} (enclosed)" if low == high else f"between {low} and {high}"
    formula = loss_formula(number)
    return formula if formula == loss_decimal(number) else f"{loss_decimal(number)} = {formula}"


def loss_formula(loss: StratumLoss) -> str:
    """A stratum's loss: a rational number unless it is long, or 75 - (σ1 + 2 σ3)/2."""
    from symbolic_cp.exact.numbers import show

    rational = loss.rational()
    if rational is not None and len(show(rational)) <= LONG_NUMBER:
        return show(rational)
    terms = [f"{p} σ{i}" if p > 1 else f"σ{i}" for i, p in enumerate(loss.counts, start=1) if p]
    if not terms:
        return show(loss.constant)
    total = " + ".join(terms)
    return f"{show(loss.constant)} - {f'({total})' if len(terms) > 1 else total}/2"


def loss_decimal(loss: StratumLoss) -> str:
    """A stratum's loss, rounded; its exact interval is narrowed until both ends round alike."""
    from symbolic_cp.exact.numbers import decimal

    low = high = loss.rational()
    bits = 64
    while low is None or high is None or (decimal(low, DIGITS) != decimal(high, DIGITS) and bits <= 4096):
        low, high = loss.interval(bits)
        bits *= 4
    return decimal((low + high) / 2, DIGITS)


def named_matrix(name: str, M: fmpq_mat) -> str:
    """`name = ` and the rows of a matrix, aligned; rounded (`~`) if its numbers are long, its shape if it is large."""
    from symbolic_cp.exact.matrices import show_matrix
    from symbolic_cp.exact.numbers import decimal

    if M.nrows() * M.ncols() > LARGE_MATRIX:
        return f"{name} is {M.nrows()} x {M.ncols()}, see --json"
    sign, lines = "=", show_matrix(M).splitlines()
    if any(len(line) > LONG_LINE for line in lines):
        texts = [[decimal(entry, DIGITS) for entry in row] for row in M.table()]
        width = max(len(text) for row in texts for text in row)
        sign, lines = "~", ["[" + "  ".join(text.rjust(width) for text in row) + "]" for row in texts]
    return "\n".join([f"{name} {sign} {lines[0]}", *(" " * (len(name) + 3) + line for line in lines[1:])])


def rank_text(i: int, j: int, rank: int | None) -> str:
    """The rank of A_i ... A_j."""
    product = " ".join(f"A{k}" for k in range(i, j - 1, -1))
    return f"{product}: {'not decided' if rank is None else rank}"


def witness_text(witness: Witness) -> str:
    """A witness in words, with its matrices where they are small."""
    from symbolic_cp.landscape.witnesses import DescentFamily, LowerBound, NegativeCurvature

    if isinstance(witness, NegativeCurvature):
        said = f"a direction D with curvature {value(witness.curvature)}, by {witness.theorem}"
        return "\n".join([said, *(named_matrix(f"D{k}", D) for k, D in enumerate(witness.direction, start=1))])
    if isinstance(witness, DescentFamily):
        return _family(witness)
    if isinstance(witness, LowerBound):
        return f"no weights of these widths have a loss below {value(witness.bound)}, by T10"
    place = f"in row {witness.row}, column {witness.column}"
    return f"the gradient for A{witness.layer} is {value(witness.value)} {place}"


def _family(witness: DescentFamily) -> str:
    """T6's family: no direction of negative curvature, and still a way down."""
    from symbolic_cp.exact.numbers import show
    from symbolic_cp.exact.polynomials import show_polynomial

    by = "LDL^T of the Hessian" if witness.squares else "T3"
    if by == "T3" and witness.g is not None:
        rows = sum(low.nrows() * high.nrows() for low, high in pairwise(witness.vectors))
        by += f" (an LDL^T of the Hessian, which has {rows:,} rows, would take too long)"
    lines = [
        f"no direction has negative curvature, by {by}; T6's family goes down:",
        f"at t = {show(witness.t)}, s = {show(witness.s)} the loss changes by {value(witness.change)}",
    ]
    if witness.rise is not None:
        lines.append(f"at t = {show(witness.t)}, s = {show(-witness.s)} it changes by {value(witness.rise)}")
    if witness.g is not None and witness.c is not None:
        polynomials = f"g = {show_polynomial(witness.g, 't')}, c = {show_polynomial(witness.c, 't')}"
        lines.append(f"L(t, s) - L = -s g(t) + s^2 c(t)/2 with {polynomials}")
    return "\n".join(lines)


def pattern_text(pattern: Sequence[int]) -> str:
    """A pattern as `symbolic-cp point --pattern` takes it."""
    return ",".join(map(str, pattern))


STRATA = ("pattern", "rank", "loss", "exactly", "class", "descends to")
"""The columns of a table of strata."""


def stratum_row(item: Stratum) -> list[str]:
    """A stratum as a row of the table."""
    loss, below = item.loss, "" if item.descent is None else pattern_text(item.descent)
    exactly, classes = loss_formula(loss), " or ".join(item.classes)
    return [pattern_text(item.pattern), str(item.rank), loss_decimal(loss), exactly, classes, below]


def html_table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table of texts for a notebook; lines of a text stay lines.

    >>> html_table(["a"], [["1 < 2"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1 &lt; 2</td></tr></tbody></table>'
    """
    top = "".join(f"<th>{escape(one)}</th>" for one in head)
    top = f"<thead><tr>{top}</tr></thead>" if head else ""
    body = "".join("<tr>" + "".join(_cell(one) for one in row) + "</tr>" for row in rows)
    name = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{name}{top}<tbody>{body}</tbody></table>"


def _cell(text: str) -> str:
    return f"<td><pre>{escape(text)}</pre></td>" if "\n" in text else f"<td>{escape(text)}</td>"
