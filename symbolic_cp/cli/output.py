"""What commands write: one JSON document, or text for people; files with a message when that fails.

Main names: emit (JSON or text on standard output), console, table (rich on a terminal, plain when piped; NO_COLOR
is honoured by rich), foretell (what a long task will cost), write_file. Results go to standard output, progress and
messages to standard error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.source import reason

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from symbolic_cp.landscape.cost import Cost


LONG_WORD = 16
"""Shorter words stay whole in a narrow table."""


def emit(document: object, as_json: bool, show: Callable[[Console], None]) -> None:
    """Write the document as one line of JSON, or show it to a person."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        show(console())


def numbered(count: int, noun: str) -> str:
    """A count with its noun.

    >>> numbered(1, "theorem"), numbered(2, "theorem")
    ('1 theorem', '2 theorems')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def console(*, stderr: bool = False) -> Console:
    """A rich console that prints text as it is: no markup, no highlighting; lines are not broken when piped."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise  # rich would end the process with exit code 1  # noqa: PLE0704 - it is called where one is handled

    out = Plain(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not out.is_terminal:
        out = Plain(stderr=stderr, markup=False, highlight=False, emoji=False, width=10_000, color_system=None)
    return out


def table(out: Console, columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> Table:
    """A table of texts, with the columns numbered in `right` (from 0) flush right; plain columns when piped."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    lines = [list(row) for row in rows]
    least = [max(len(name), _longest_word(line[j] for line in lines)) for j, name in enumerate(columns)]
    most = [max(len(line[j]) for line in [columns, *lines]) for j in range(len(columns))]
    roomy = out.is_terminal and sum(least) + 3 * len(columns) <= out.width
    between = 3 if roomy else 2 if not out.is_terminal or sum(least) + 2 * len(columns) <= out.width else 1
    widths = _fitted(least, most, out.width - between * len(columns))
    grid = Table(box=SIMPLE_HEAD if roomy else None, pad_edge=False, header_style="bold" if out.is_terminal else "")
    grid.collapse_padding = between == 1
    for j, name in enumerate(columns):
        side: Literal["left", "right"] = "right" if j in right else "left"
        grid.add_column(name, justify=side, overflow="fold", width=None if widths is None else widths[j])
    for line in lines:
        grid.add_row(*line)
    return grid


def _fitted(least: Sequence[int], most: Sequence[int], room: int) -> list[int] | None:
    """Widths between the least and the most that fit into the room; None if nothing is too wide, or nothing fits."""
    left = room - sum(least)
    if sum(most) <= room or left < 0:
        return None
    widths = list(least)
    for _ in range(left):
        j = max(range(len(most)), key=lambda j: most[j] - widths[j])
        widths[j] += 1
    return widths


def _longest_word(texts: Iterable[str]) -> int:
    """The length of the longest word that stays whole."""
    return max((len(word) for text in texts for word in text.split() if len(word) <= LONG_WORD), default=0)


def foretell(what: str, cost: Cost, *, anyway: bool) -> None:
    """Say on standard error what a long task will cost; refuse one that costs too much, unless it is wanted anyway.

    Raises TooLarge.
    """
    if cost.too_much and not anyway:
        raise TooLarge(f"{what} would take {cost}; --anyway begins nevertheless")
    if cost.worth_saying:
        click.echo(f"{what} takes {cost}", err=True)


def write_file(path: str | Path, text: str) -> None:
    """Write a text file. Raises InputError with the system's reason."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {reason(error)}", file=str(path)) from None
