"""Rational matrices in and out, and their elementary arithmetic. The type is `flint.fmpq_mat`, unwrapped.

Main functions: matrix (reads rows, SymPy and NumPy matrices), from_sympy, to_sympy, rows_as_json,
show_matrix, matrices_latex; zeros, eye, hstack, vstack, columns, submatrix; trace, frobenius2, is_zero,
is_symmetric. Nothing that is read is evaluated: text is matched against the grammar of numbers.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from operator import mul
from typing import TYPE_CHECKING, Any, Protocol

from flint import fmpq, fmpq_mat, fmpz_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.limits import check_shape
from symbolic_cp.exact.numbers import as_json, rational, show

if TYPE_CHECKING:
    import sympy


class _Array(Protocol):
    """What is used of a NumPy array; NumPy itself is not required."""

    dtype: Any
    ndim: int

    def __iter__(self) -> Iterator[Iterable[object]]: ...


def matrix(rows: object, *, decimals: bool = False, field: str | None = None) -> fmpq_mat:
    """The rational matrix with these rows.

    `rows` is a list of rows of numbers (as `rational` reads them), an fmpq_mat or fmpz_mat, a SymPy matrix or
    a two-dimensional NumPy array of integers (of floats with `decimals=True`). Rows may be empty only in
    matrices that carry their shape (FLINT's and SymPy's).

    Raises InputError with the place of the first wrong entry, `FIELD[row][column]` counted from 1.

    >>> print(matrix([[1, "1/2"], ["0.25", -3]]))
    [  1, 1/2]
    [1/4,  -3]
    >>> matrix([[1, 2], [3]], field="X")
    Traceback (most recent call last):
    symbolic_cp.exact.errors.InputError: X[2]: row 2 has 1 entry, but row 1 has 2: ...
    """
    if isinstance(rows, fmpq_mat):
        return rows
    if isinstance(rows, fmpz_mat):
        return fmpq_mat(rows)
    sympy_module = sys.modules.get("sympy")
    if sympy_module is not None and isinstance(rows, sympy_module.Basic | sympy_module.MatrixBase):
        return from_sympy(rows, field=field)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(rows, numpy.ndarray):
        rows = _numpy_rows(rows, decimals, field)
    return _from_rows(rows, decimals, field)


def _numpy_rows(array: _Array, decimals: bool, field: str | None) -> object:
    kind = array.dtype.kind
    if array.ndim != 2:
        raise InputError(f"an array of {array.ndim} dimensions; a matrix has two", field=field)
    if kind not in ("iufO" if decimals else "iuO"):
        advice = "; allow decimals to read floats as printed" if kind == "f" else ""
        raise InputError(
            f"an array of dtype {array.dtype}; its entries must be integers{advice}", field=field
        )
    return [list(row) for row in array]


def _from_rows(rows: object, decimals: bool, field: str | None) -> fmpq_mat:
    if isinstance(rows, str | bytes) or not isinstance(rows, Sequence):
        raise InputError(
            f"a value of type {type(rows).__name__} is no matrix; write a list of rows", field=field
        )
    if not rows:
        raise InputError("a matrix without rows; it needs at least one row with one entry", field=field)
    place = field or ""
    entries: list[fmpq] = []
    width = 0
    for i, row in enumerate(rows, start=1):
        where = f"{place}[{i}]"
        if isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise InputError(f"row {i} is no list but of type {type(row).__name__}", field=where)
        if not row:
            raise InputError(f"row {i} is empty; a row needs at least one entry", field=where)
        width = width or len(row)
        if len(row) != width:
            raise InputError(
                f"row {i} has {_count(len(row), 'entry', 'entries')}, but row 1 has {width}: "
                "the rows must be equally long",
                field=where,
            )
        check_shape(len(rows), width, field)
        entries += [
            rational(entry, decimals=decimals, field=f"{where}[{j}]") for j, entry in enumerate(row, start=1)
        ]
    return fmpq_mat(len(rows), width, entries)


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def from_sympy(M: object, *, field: str | None = None) -> fmpq_mat:
    """The rational matrix that a SymPy matrix (dense, sparse, mutable or not; any shape) denotes.

    Each entry must be a SymPy integer or rational; a symbol, a float or an unevaluated number is refused with
    its place. Raises InputError.

    >>> import sympy
    >>> print(from_sympy(sympy.Matrix([[sympy.Rational(1, 3), 2]])))
    [1/3, 2]
    >>> from_sympy(sympy.Matrix([[sympy.Symbol("a")]]), field="X")
    Traceback (most recent call last):
    symbolic_cp.exact.errors.InputError: X[1][1]: a has the symbol a; an exact number is an integer, ...
    """
    import sympy

    if not isinstance(M, sympy.MatrixBase):
        raise InputError(
            f"{type(M).__name__} is not a SymPy matrix with explicit entries; write M.as_explicit()",
            field=field,
        )
    rows, columns = int(M.rows), int(M.cols)
    check_shape(rows, columns, field)
    place = field or ""
    return fmpq_mat(
        rows,
        columns,
        [rational(M[i, j], field=f"{place}[{i + 1}][{j + 1}]") for i in range(rows) for j in range(columns)],
    )


def to_sympy(M: fmpq_mat) -> sympy.Matrix:
    """The same matrix as a (mutable, dense) SymPy Matrix of integers and rationals.

    >>> to_sympy(matrix([["1/2", 3]]))
    Matrix([[1/2, 3]])
    """
    import sympy

    return sympy.Matrix(M.nrows(), M.ncols(), [sympy.Rational(int(q.p), int(q.q)) for q in M.entries()])


def rows_as_json(M: fmpq_mat) -> list[list[int | str]]:
    """The rows as JSON holds them: integers as numbers, other rationals as "p/q".

    >>> rows_as_json(matrix([["1/2", 3]]))
    [['1/2', 3]]
    """
    return [[as_json(q) for q in row] for row in M.table()]


def show_matrix(M: fmpq_mat) -> str:
    """The matrix as aligned text, a line a row; a matrix without entries shows its shape.

    >>> print(show_matrix(matrix([[1, "1/2"], [-30, 4]])))
    [  1  1/2]
    [-30    4]
    >>> show_matrix(zeros(0, 3))
    '[0 x 3]'
    """
    if not M.nrows() or not M.ncols():
        return f"[{M.nrows()} x {M.ncols()}]"
    texts = [[show(q) for q in row] for row in M.table()]
    widths = [max(len(row[j]) for row in texts) for j in range(M.ncols())]
    return "\n".join("[" + "  ".join(map(str.rjust, row, widths)) + "]" for row in texts)


def zeros(rows: int, columns: int) -> fmpq_mat:
    """The zero matrix, rows x columns; either may be 0. Raises InputError for negative sizes, TooLarge."""
    check_shape(rows, columns)
    return fmpq_mat(rows, columns)


def eye(n: int) -> fmpq_mat:
    """The identity matrix, n x n. Raises as zeros does."""
    check_shape(n, n)
    return diagonal([1] * n)


def diagonal(entries: Sequence[fmpq | int]) -> fmpq_mat:
    """The square matrix with these diagonal entries.

    >>> print(show_matrix(diagonal([1, 2])))
    [1  0]
    [0  2]
    """
    D = zeros(len(entries), len(entries))
    for i, entry in enumerate(entries):
        D[i, i] = entry
    return D


def hstack(*blocks: fmpq_mat) -> fmpq_mat:
    """The blocks side by side; they must have equally many rows. Raises InputError.

    >>> print(show_matrix(hstack(eye(2), matrix([[5], [6]]))))
    [1  0  5]
    [0  1  6]
    """
    heights = {block.nrows() for block in blocks}
    if len(heights) != 1:
        raise InputError(f"blocks side by side need equally many rows, not {_listed(heights)}")
    tables = [block.table() for block in blocks]
    rows = [[q for table in tables for q in table[i]] for i in range(heights.pop())]
    return fmpq_mat(len(rows), sum(block.ncols() for block in blocks), [q for row in rows for q in row])


def vstack(*blocks: fmpq_mat) -> fmpq_mat:
    """The blocks one below the other; they must have equally many columns. Raises InputError."""
    widths = {block.ncols() for block in blocks}
    if len(widths) != 1:
        raise InputError(f"blocks one below the other need equally many columns, not {_listed(widths)}")
    entries = [q for block in blocks for q in block.entries()]
    return fmpq_mat(sum(block.nrows() for block in blocks), widths.pop(), entries)


def _listed(numbers: set[int]) -> str:
    return " and ".join(map(str, sorted(numbers))) or "no blocks at all"


def submatrix(M: fmpq_mat, rows: Iterable[int], cols: Iterable[int]) -> fmpq_mat:
    """The matrix of these rows and columns, in the order given (from 0; repetitions allowed).

    >>> print(show_matrix(submatrix(matrix([[1, 2], [3, 4]]), [1], [1, 0])))
    [4  3]
    """
    rows, cols = list(rows), list(cols)
    for kind, indices, limit in (("row", rows, M.nrows()), ("column", cols, M.ncols())):
        wrong = next((i for i in indices if not 0 <= i < limit), None)
        if wrong is not None:
            raise InputError(
                f"there is no {kind} {wrong} in a {M.nrows()} x {M.ncols()} matrix (counted from 0)"
            )
    table = M.table() if rows else []
    return fmpq_mat(len(rows), len(cols), [table[i][j] for i in rows for j in cols])


def columns(M: fmpq_mat) -> list[fmpq_mat]:
    """The columns of an m x n matrix, as n matrices of shape m x 1."""
    entries, n = M.entries(), M.ncols()
    return [fmpq_mat(M.nrows(), 1, entries[j::n]) for j in range(n)]


def column(entries: Sequence[fmpq | int]) -> fmpq_mat:
    """The column with these entries."""
    return fmpq_mat(len(entries), 1, entries)


def trace(M: fmpq_mat) -> fmpq:
    """The trace of a square matrix; InputError for another shape.

    >>> trace(matrix([["1/2", 5], [7, 3]]))
    7/2
    """
    if M.nrows() != M.ncols():
        raise InputError(f"only a square matrix has a trace, not a {M.nrows()} x {M.ncols()} matrix")
    return sum((M[i, i] for i in range(M.nrows())), fmpq(0))


def frobenius2(M: fmpq_mat) -> fmpq:
    """The squared Frobenius norm tr(M M^T), the sum of the squared entries; one pass over them.

    >>> frobenius2(matrix([[1, 2], ["1/2", 0]]))
    21/4
    """
    numerator, denominator = M.numer_denom()
    entries = numerator.entries()
    return fmpq(sum(map(mul, entries, entries)), denominator**2)


def is_zero(M: fmpq_mat) -> bool:
    """Whether every entry is zero, decided exactly; true for matrices without entries.

    >>> is_zero(matrix([[0, 0]])), is_zero(matrix([[0, "1/1000000"]])), is_zero(zeros(0, 3))
    (True, False, True)
    """
    return not M


def is_symmetric(M: fmpq_mat) -> bool:
    """Whether M is square and equals its transpose."""
    return M.nrows() == M.ncols() and M.transpose() == M


LARGE = 60
"""Matrices of more entries are shown by their shapes."""


def matrices_latex(pairs: Iterable[tuple[str, fmpq_mat]]) -> str:
    r"""Matrices by their names as one display; a large one by its shape.

    >>> print(matrices_latex([("A_1", matrix([["1/2", 0]]))]))
    $$A_1 = \begin{pmatrix} \tfrac{1}{2} & 0 \end{pmatrix}$$
    """
    found: list[str] = []
    for name, M in pairs:
        large = M.nrows() * M.ncols() > LARGE
        rows = r" \\ ".join(" & ".join(_latex(entry) for entry in row) for row in M.table())
        exact = rf"{name} = \begin{{pmatrix}} {rows} \end{{pmatrix}}"
        found.append(rf"{name} \in \mathbb{{Q}}^{{{M.nrows()} \times {M.ncols()}}}" if large else exact)
    return "$$" + r",\quad ".join(found) + "$$"


def _latex(number: fmpq) -> str:
    sign, size = ("-" if number < 0 else ""), abs(number)
    return sign + (str(size.p) if size.q == 1 else rf"\tfrac{{{size.p}}}{{{size.q}}}")
