"""Data from NumPy's files: .npy is a table (a row a sample), .npz holds X and Y as the paper has them.

Main function: read_arrays. NumPy is no dependency: without it a message says so. Object arrays are refused, since
reading them would run code (pickle). Sizes are checked before anything is loaded. Integers are read as they are,
floats only with `decimals`, as the decimals that they print as. Places in messages are NumPy's indices, from 0.
"""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import fmpq_mat

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.limits import MAX_ENTRIES
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.exact.source import quoted, reason
from symbolic_cp.networks.table import Place, Table, listed

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

MAGIC = b"\x93NUMPY"
"""How every .npy file begins."""


def read_arrays(path: str | Path, *, decimals: bool = False) -> Table | tuple[fmpq_mat, fmpq_mat]:
    """The table in a .npy file, or the matrices X (d0 x m) and Y (d2 x m) in a .npz file.

    The columns of a table are named by their numbers, "0", "1", ... Raises InputError.
    """
    try:
        import numpy as np
    except ImportError:
        raise InputError("NumPy reads this file and is not installed: pip install numpy", file=str(path)) from None
    file = str(path)
    try:
        # Headers first, mapped and not loaded; nothing is ever unpickled.
        if Path(path).suffix.lower() == ".npy":
            with Path(path).open("rb") as handle:
                begin = handle.read(len(MAGIC))
            if begin.startswith(b"PK"):
                raise InputError("is a zip archive; its ending should be .npz", file=file)
            if not MAGIC.startswith(begin):
                raise InputError("is no .npy file: it does not begin as one", file=file)
            return _table(np.load(path, allow_pickle=False, mmap_mode="r"), file, decimals)
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, file)
        with np.load(path, allow_pickle=False) as arrays:
            return _matrices(arrays, file, decimals)
    except zipfile.BadZipFile:
        raise InputError("is no .npz file: it is not a zip archive", file=file) from None
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", file=file) from None
    except EOFError:
        raise InputError("cannot be read: the file ends too early", file=file) from None
    except InputError:
        raise
    except ValueError as error:  # NumPy's word for a wrong header, and for arrays that would need pickle
        said = str(error).splitlines()[0]
        objects = "pickle" in said or "Python objects" in said
        hint = "an array of Python objects is never read" if objects else f"NumPy says {quoted(said, 120)}"
        raise InputError(f"cannot be read: {hint}", file=file) from None


def _check_sizes(archive: zipfile.ZipFile, file: str) -> None:
    for member in archive.infolist():
        if member.file_size > 16 * MAX_ENTRIES:
            said = f"{quoted(member.filename)} unpacks to {member.file_size:,} bytes"
            raise TooLarge(f"{said}; at most {16 * MAX_ENTRIES:,} are read", file=file)


def _check(array: Array, file: str, decimals: bool, field: str | None = None) -> None:
    """Raise InputError unless the array is a matrix of integers or, with `decimals`, of finite floats."""
    if array.ndim != 2:
        raise InputError(f"an array of {array.ndim} dimensions; a matrix has two", file=file, field=field)
    if array.size > MAX_ENTRIES:
        said = f"{array.shape[0]} x {array.shape[1]} numbers; at most {MAX_ENTRIES:,} are read"
        raise TooLarge(said, file=file, field=field)
    if array.size == 0:
        raise InputError(f"{array.shape[0]} x {array.shape[1]}: there are no numbers in it", file=file, field=field)
    if array.dtype.kind == "f" and not decimals:
        advice = "--decimals reads floats as the decimals that they print as"
        raise InputError(f"an array of floats ({array.dtype}); {advice}", file=file, field=field)
    if array.dtype.kind not in "iuf":
        raise InputError(f"an array of {array.dtype}; integers and floats are read", file=file, field=field)


def _cells(array: Array) -> list[list[object]]:
    """The entries as Python integers, or as the text that the floats print as in their own precision."""
    if array.dtype.kind in "iu":
        rows: list[list[object]] = array.tolist()
        return rows
    return [[str(entry) for entry in row] for row in array]


def _check_finite(array: Array, file: str, field: str = "") -> None:
    """Raise InputError at the first entry that is infinite or not a number."""
    for i, row in enumerate(array if array.dtype.kind == "f" else ()):
        for j, entry in enumerate(row):
            if not math.isfinite(entry):
                place = f"{field}[{i}][{j}]"
                raise InputError(f"{entry} is no number; only exact numbers are read", file=file, field=place)


def _table(array: Array, file: str, decimals: bool) -> Table:
    _check(array, file, decimals)
    _check_finite(array, file)

    def locate(row: int, column: int) -> Place:
        return {"field": f"[{row}][{column}]"}

    return Table(file, [str(j) for j in range(array.shape[1])], _cells(array), locate)


def _matrices(arrays: Any, file: str, decimals: bool) -> tuple[fmpq_mat, fmpq_mat]:  # noqa: ANN401 - NumPy's NpzFile
    if sorted(arrays.files) != ["X", "Y"]:
        raise InputError(f"holds {listed(arrays.files) or 'nothing'}; a .npz file holds the arrays X and Y", file=file)
    X, Y = arrays["X"], arrays["Y"]
    for name, array in (("X", X), ("Y", Y)):
        _check(array, file, decimals, name)
        _check_finite(array, file, name)
    if X.shape[1] != Y.shape[1] and X.shape[0] == Y.shape[0]:
        shapes = f"X is {X.shape[0]} x {X.shape[1]} and Y is {Y.shape[0]} x {Y.shape[1]}"
        raise InputError(f"{shapes}; a column is a sample, so transpose both", file=file)
    try:
        return matrix(_cells(X), field="X"), matrix(_cells(Y), field="Y")
    except InputError as error:
        raise error.at(file=file) from None
