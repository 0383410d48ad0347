"""Data of a network, read exactly: X with a column a sample, and Y with the targets of each.

Main names: Data, read_data (CSV, .npy, .npz, or JSON {"X", "Y"}). A row of a table is a sample, that is, a column of
X. Targets that are text, and with `classes` those that are integers, are one-hot: one row of Y for each class, in
sorted order. Decimals in CSV are exact (`0.1` is 1/10). Every InputError names file, line and column where it can.
Notation of the paper: X is d0 x m, Y is d2 x m (Zhou & Liang, ICLR 2018, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.limits import MAX_ENTRIES
from symbolic_cp.exact.matrices import matrices_latex, matrix
from symbolic_cp.exact.numbers import rational
from symbolic_cp.exact.read import instance
from symbolic_cp.exact.source import Source, quoted, read_source
from symbolic_cp.exact.strict_json import parse
from symbolic_cp.networks.table import Table, listed, read_csv

ENDINGS = (".csv", ".json", ".npy", ".npz")
"""What files of data may end in."""


@dataclass(frozen=True)
class Data:
    """X, a d0 x m matrix, and Y, a d2 x m matrix, with the names of their rows; a column is a sample.

    `classes` holds, for each target column that became one-hot, its classes in the order of the rows of Y.
    """

    X: fmpq_mat
    Y: fmpq_mat
    features: tuple[str, ...]
    targets: tuple[str, ...]
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def _repr_latex_(self) -> str:
        return matrices_latex([("X", self.X), ("Y", self.Y)])

    @classmethod
    def of(cls, X: object, Y: object) -> Data:
        """The data with these matrices, anything that `exact.matrices.matrix` reads. Raises InputError.

        >>> Data.of([[1, 0], [0, 1]], [[2, "1/3"]]).targets
        ('y1',)
        """
        X_, Y_ = matrix(X, field="X"), matrix(Y, field="Y")
        if X_.ncols() != Y_.ncols():
            shapes = f"X is {X_.nrows()} x {X_.ncols()} and Y is {Y_.nrows()} x {Y_.ncols()}"
            raise InputError(f"{shapes}; they need equally many columns, a column a sample", field="Y")
        return cls(X_, Y_, names("x", X_.nrows()), names("y", Y_.nrows()))

    @classmethod
    def read(
        cls, path: str | Path, target: str | Sequence[str] = (), *, classes: bool = False, decimals: bool = False
    ) -> Data:
        """The data in a file, as read_data reads it; `target` is a column's name or several."""
        return read_data(path, [target] if isinstance(target, str) else target, classes=classes, decimals=decimals)

    @property
    def samples(self) -> int:
        """The number m of samples."""
        return self.X.ncols()


def names(letter: str, count: int) -> tuple[str, ...]:
    """The names of rows that have none of their own: x1, x2, ..."""
    return tuple(f"{letter}{i}" for i in range(1, count + 1))


def read_data(
    path: str | Path, targets: Sequence[str] = (), *, classes: bool = False, decimals: bool = False
) -> Data:
    """The data in a .csv, .npy, .npz or .json file; `-` is standard input, JSON if it starts with `{`, else CSV.

    `targets` names the target columns of a table (CSV, .npy); files that hold X and Y apart take none. `classes`
    makes integer targets one-hot. `decimals` reads floats (JSON, .npy, .npz) as the decimals that they print as.
    Cost: linear in the size of the file.
    """
    ending = Path(path).suffix.lower()
    if str(path) == "-":
        source = read_source(path)
        ending = ".json" if source.text.lstrip().startswith("{") else ".csv"
        return _from_text(source, ending, targets, classes, decimals)
    if ending not in ENDINGS:
        said = f"the ending {quoted(ending)} is not known" if ending else "the file's name has no ending"
        raise InputError(f"{said}; data are read from {', '.join(ENDINGS)}", file=str(path))
    if ending in (".npy", ".npz"):
        from symbolic_cp.networks.arrays import read_arrays

        arrays = read_arrays(path, decimals=decimals)
        return from_table(arrays, targets, classes=classes) if isinstance(arrays, Table) else Data.of(*arrays)
    return _from_text(read_source(path), ending, targets, classes, decimals)


def _from_text(source: Source, ending: str, targets: Sequence[str], classes: bool, decimals: bool) -> Data:
    if ending == ".csv":
        return from_table(read_csv(source), targets, classes=classes)
    if targets or classes:
        raise InputError("this file holds X and Y apart: --target and --classes are for tables", file=source.file)
    data = instance(parse(source.text, source.file), decimals=decimals)
    return Data(data.X, data.Y, names("x", data.X.nrows()), names("y", data.Y.nrows()))


def from_table(table: Table, targets: Sequence[str], *, classes: bool = False) -> Data:
    """The data in a table whose target columns are named. Raises InputError with the place of the first wrong cell."""
    chosen = [table.index(name) for name in targets]
    if not chosen:
        said = f"no target is named; give --target with one or more of the columns {listed(table.columns)}"
        raise InputError(said, file=table.file)
    if len(set(chosen)) != len(chosen):
        raise InputError("a target column is named twice", file=table.file)
    inputs = [j for j in range(len(table.columns)) if j not in chosen]
    if not inputs:
        raise InputError("every column is a target; at least one must be left as a feature", file=table.file)
    if not table.cells:
        raise InputError("there are no samples below the names of the columns", file=table.file)
    reader = _Reader(table)
    X = _matrix([reader.numbers(j) for j in inputs], table)
    rows: list[list[fmpq]] = []
    labels: list[str] = []
    found: dict[str, tuple[str, ...]] = {}
    for j in chosen:
        name = table.columns[j]
        column = reader.classes(j, classes)
        if column is None:
            rows.append(reader.numbers(j))
            labels.append(name)
            continue
        kinds, values = column
        found[name] = tuple(values)
        rows += [[fmpq(kind == value) for kind in kinds] for value in values]
        labels += [f"{name}={value}" for value in values]
    return Data(X, _matrix(rows, table), tuple(table.columns[j] for j in inputs), tuple(labels), found)


def _matrix(rows: list[list[fmpq]], table: Table) -> fmpq_mat:
    if len(rows) * len(rows[0]) > MAX_ENTRIES:
        shape = f"{len(rows)} x {len(rows[0])}"
        raise TooLarge(f"this gives a matrix of {shape}; at most {MAX_ENTRIES:,} entries are held", file=table.file)
    return fmpq_mat(len(rows), len(rows[0]), [entry for row in rows for entry in row])


class _Reader:
    """Turns the cells of a table into numbers or classes; a text that occurs often is read once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.known: dict[object, fmpq] = {}

    def number(self, i: int, j: int) -> fmpq:
        cell = self.table.cells[i][j]
        value = self.known.get(cell)
        if value is None:
            if cell == "":
                raise self.table.error("this cell is empty; fill it in or leave the sample out", i, j)
            try:
                value = self.known[cell] = rational(cell)
            except InputError as error:
                raise error.at(file=self.table.file, **self.table.locate(i, j)) from None
        return value

    def numbers(self, j: int) -> list[fmpq]:
        """A column that must hold numbers. Raises InputError at the first cell that does not."""
        return [self.number(i, j) for i in range(len(self.table.cells))]

    def classes(self, j: int, integers: bool) -> tuple[list[str], list[str]] | None:
        """The class of each sample and the sorted classes, for text (with `integers`, integers too); else None."""
        count = len(self.table.cells)
        texts = [i for i in range(count) if not self._is_number(i, j)]
        if len(texts) == count:
            names = [str(self.table.cells[i][j]) for i in range(count)]
            return names, sorted(set(names))
        if texts:
            said = f"{quoted(str(self.table.cells[texts[0]][j]))} is no number, but other cells of this column are"
            raise self.table.error(f"{said}; targets are all numbers or all text", texts[0], j)
        if not integers:
            return None
        values = self.numbers(j)
        for i, value in enumerate(values):
            if value.q != 1:
                raise self.table.error(f"{value.str()} is no integer; classes are integers or text", i, j)
        return [value.str() for value in values], [str(p) for p in sorted({int(value.p) for value in values})]

    def _is_number(self, i: int, j: int) -> bool:
        try:
            self.number(i, j)
        except TooLarge:
            raise
        except InputError:
            if self.table.cells[i][j] == "":
                raise
            return False
        return True
