"""Tables of samples: named columns, a row a sample, and for every cell where it stands.

Main names: Table, read_csv. A table knows nothing of features and targets; data.py decides what a column means.
CSV is read as RFC 4180 has it: commas, quotes doubled inside quotes, a first line that names the columns.
Cost: linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypedDict

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.numbers import rational
from symbolic_cp.exact.source import Source, quoted

# A cell: in quotes (doubled inside), or anything without comma, quote and line end. Spaces around are dropped.
_CELL = re.compile(r'[ \t]*(?:"([^"]*(?:""[^"]*)*)"[ \t]*|([^",\r\n]*))')


class Place(TypedDict, total=False):
    """Where something stands, as InputError takes it."""

    line: int | None
    column: int | None
    field: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with names and samples in rows; `cells[i][j]` is text, an int or a float.

    `locate(i, j)` gives what InputError takes as the place of a cell, with i = -1 for the names of the columns.
    """

    file: str
    columns: Sequence[str]
    cells: Sequence[Sequence[object]]
    locate: Callable[[int, int], Place]

    def error(self, message: str, row: int, column: int) -> InputError:
        """The InputError that says `message` about a cell (about a column's name, for row = -1)."""
        return InputError(message, file=self.file, **self.locate(row, column))

    def index(self, name: str) -> int:
        """The position of a column. Raises InputError that names the nearest column."""
        if name in self.columns:
            return self.columns.index(name)
        close = get_close_matches(name, self.columns, 1)
        hint = f"is {quoted(close[0])} meant?" if close else f"the columns are {listed(self.columns)}"
        raise InputError(f"there is no column {quoted(name)}; {hint}{separated(self.columns)}", file=self.file)


def separated(columns: Sequence[str]) -> str:
    """What to add to a message where all of the first line became one name: another mark may separate the cells.

    >>> separated(["a;b"]), separated(["a", "b;c"])
    ('; cells are separated by commas, not by ;', '')
    """
    marks = {";": ";", "\t": "tabs", "|": "|"}
    found = [said for mark, said in marks.items() if len(columns) == 1 and mark in columns[0]]
    return f"; cells are separated by commas, not by {found[0]}" if found else ""


def listed(names: Sequence[str], limit: int = 8) -> str:
    """Names for a message, the first few of them.

    >>> listed(["a", "b"]), listed(["a", "b", "c"], limit=2)
    ('"a", "b"', '"a", "b" and 1 more')
    """
    shown = ", ".join(quoted(name, 30) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def read_csv(source: Source) -> Table:
    r"""The table in a CSV text. Raises InputError with line and column.

    >>> table = read_csv(Source("a.csv", 'x,"y, in cm"\n1,0.5\n'))
    >>> table.columns, table.cells
    (['x', 'y, in cm'], [['1', '0.5']])
    """
    rows = list(_rows(source))
    if not rows:
        raise source.error("this file is empty; the first line names the columns", 0)
    columns = rows[0][1]

    def locate(row: int, column: int) -> Place:
        cells, _ = _scan(source, rows[row + 1][0])
        line, character = source.place(cells[column][0])
        return {"line": line, "column": character, "field": None if row < 0 else _name(columns[column])}

    table = Table(source.file, columns, [cells for _, cells in rows[1:]], locate)
    _check_header(table)
    for start, cells in rows[1:]:
        if len(cells) != len(columns):
            said = f"this line has {len(cells)} cells and the first line has {len(columns)}"
            raise source.error(f"{said}; they must be equally many{separated(columns)}", start)
    return table


def _name(column: str) -> str:
    return column if column.isprintable() and len(column) <= 40 else quoted(column, 40)


def _check_header(table: Table) -> None:
    for j, name in enumerate(table.columns):
        if not name:
            raise table.error("this column has no name; the first line names every column", -1, j)
        if table.columns.index(name) != j:
            raise table.error(f"two columns have the name {quoted(name)}; names must differ", -1, j)
    if all(_is_number(name) for name in table.columns):
        raise table.error("the first line holds only numbers; it must name the columns", -1, 0)


def _is_number(text: str) -> bool:
    try:
        rational(text)
    except InputError:
        return False
    return True


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The offset and the cells of every line that is not blank."""
    text, start = source.text, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if '"' in line or "\r" in line[:-1]:
            cells, end = _scan(source, start)
            yield start, [cell for _, cell in cells]
        elif line.strip(" \t\r"):
            yield start, [cell.strip(" \t") for cell in line.removesuffix("\r").split(",")]
        start = end + 1


def _scan(source: Source, start: int) -> tuple[list[tuple[int, str]], int]:
    """The offset and the text of each cell of the line that starts there, and the offset of its end."""
    cells: list[tuple[int, str]] = []
    while True:
        match = _CELL.match(source.text, start)
        assert match is not None  # an empty cell matches everywhere
        quoted_text, plain = match.groups()
        offset = match.start(2) if quoted_text is None else match.start(1) - 1
        cells.append((offset, plain.rstrip(" \t") if quoted_text is None else quoted_text.replace('""', '"')))
        end = match.end()
        follows = source.text[end : end + 1]
        if follows in ("\n", "") or source.text.startswith("\r\n", end):
            return cells, end + (follows == "\r")
        if follows != ",":
            raise source.error(_misplaced(follows, end == offset), end)
        start = end + 1


def _misplaced(character: str, first: bool) -> str:
    if character == "\r":
        return "a carriage return stands alone here; lines end in LF or CR LF"
    if character == '"' and first:
        return "this quote is never closed"
    return f"{quoted(character)} cannot stand here; put the whole cell in quotes, and double the quotes inside it"
