"""What the commands about a book share: --book, verdicts with marks, records as text.

Main names: book_option, open_book, mark, marked.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from symbolic_cp.book.book import Book
    from symbolic_cp.book.verdict import Record

Function = Callable[..., Any]

MARKS = {"proved": "✓+", "refuted": "✗x", "repaired": "⟲~", "instances": "≈i", "open": "??"}
"""A sign for each verdict, and one for terminals that have ASCII only."""

COLOURS = {"proved": "green", "refuted": "red", "repaired": "cyan", "instances": "yellow", "open": "yellow"}


def book_option(function: Function) -> Function:
    """--book DIR: a folder of proof scripts instead of the book that comes with the package."""
    said = "A folder of proof scripts; by default the book that comes with the package."
    option: Function = click.option("--book", "folder", metavar="DIR", help=said)(function)
    return option


def open_book(folder: str | None) -> Book:
    """The book in that folder, or the one that comes with the package. Raises InputError."""
    from symbolic_cp.book.book import Book, home

    return Book(home() if folder is None else Path(folder))


def mark(verdict: str | None, out: Console) -> str:
    """The sign and the word for a verdict."""
    if verdict is None:
        return "  claims nothing"
    fancy = out.encoding.lower().startswith("utf")
    return f"{MARKS[verdict][0 if fancy else 1]} {verdict}"


def marked(record: Record, out: Console) -> str | Text:
    """The verdict of a record, in colour (and short) on a terminal; a gap in the printed proof is said."""
    from rich.text import Text

    gap = " (gap)" if out.is_terminal else " (gap in the printed proof)"
    said = mark(record.verdict, out) + gap * (record.printed_proof == "gap")
    return Text(said, style=COLOURS.get(record.verdict or "", "")) if out.is_terminal else said


def first_line(text: str) -> str:
    """The first line of a message; more is in `explain`."""
    return text.strip().splitlines()[0] if text.strip() else ""
