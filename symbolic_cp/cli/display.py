"""Exact numbers and matrices as text for people: short where the exact form is long, --json holds it all.

Main names: value (any exact number), loss_formula, loss_decimal (a stratum's loss), labelled (lines `name  text`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flint import fmpq_mat
    from rich.console import Console

    from symbolic_cp.landscape.losses import StratumLoss
    from symbolic_cp.landscape.witnesses import Value

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


def labelled(out: Console, lines: Mapping[str, str | None]) -> None:
    """Print each name and its text, aligned; further lines of a text stand below its first, None is left out."""
    width = max(map(len, lines))
    for name, text in lines.items():
        if text is not None:
            first, *rest = text.splitlines()
            out.print(f"{name:<{width}}  {first}", *(" " * (width + 2) + line for line in rest), sep="\n")
