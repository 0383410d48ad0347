"""Data from CSV, NumPy and JSON: exactly what is written there, or a message that says where it is wrong."""

from __future__ import annotations

import builtins
import csv
import io
import json
import pickle
import sys

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.exact.source import Source
from symbolic_cp.networks.data import Data, read_data
from symbolic_cp.networks.table import read_csv

# What RFC 4180 can carry; the standard library's writer quotes where it must. Outer spaces are not kept.
words = st.text(st.sampled_from('ab ,"\n;\'é'), min_size=1, max_size=6).filter(lambda s: s == s.strip() and s)


@pytest.fixture
def write(tmp_path):
    def _write(text, name="d.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@given(st.integers(2, 4).flatmap(lambda n: st.lists(st.lists(words, min_size=n, max_size=n, unique=True), min_size=1)))
def test_csv_reads_what_the_standard_library_writes(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    table = read_csv(Source("t.csv", out.getvalue()))
    assert [list(table.columns), *map(list, table.cells)] == rows


def test_iris(root):
    data = read_data(root / "examples/data/iris.csv", ["species"])
    assert data.features == ("sepal_length", "sepal_width", "petal_length", "petal_width")
    assert data.targets == ("species=setosa", "species=versicolor", "species=virginica")
    assert data.classes == {"species": ("setosa", "versicolor", "virginica")}
    assert (data.X.nrows(), data.X.ncols(), data.Y.nrows(), data.samples) == (4, 150, 3, 150)
    assert [data.X[i, 0] for i in range(4)] == [fmpq(51, 10), fmpq(7, 2), fmpq(7, 5), fmpq(1, 5)]
    assert fmpq_mat(1, 3, [1, 1, 1]) * data.Y == fmpq_mat(1, 150, [1] * 150)
    assert data.Y * data.Y.transpose() == fmpq_mat(3, 3, [50, 0, 0, 0, 50, 0, 0, 0, 50])


@pytest.mark.parametrize(
    ("file", "shape"),
    [("wine", (13, 3, 178)), ("breast_cancer", (30, 2, 569)), ("diabetes", (10, 1, 442)), ("digits", (64, 10, 1797))],
)
def test_the_other_data_sets(root, file, shape):
    data = read_data(root / f"examples/data/{file}.csv", ["target"])
    assert (data.X.nrows(), data.Y.nrows(), data.samples) == shape


def test_several_targets_and_quotes(write):
    path = write('"a, in cm",b,kind,c\r\n 0.5 ,1/3,"x ""y""",-2\r\n1e2,+4,z,.25\r\n\r\n')
    data = read_data(path, ["c", "kind"])
    assert data.features == ("a, in cm", "b")
    assert data.targets == ("c", 'kind=x "y"', "kind=z")
    assert data.X == fmpq_mat(2, 2, [fmpq(1, 2), 100, fmpq(1, 3), 4])
    assert data.Y == fmpq_mat(3, 2, [-2, fmpq(1, 4), 1, 0, 0, 1])


def test_integer_classes_are_sorted_as_integers(write):
    path = write("a,k\n1,10\n2,9\n3,-1\n")
    assert read_data(path, ["k"]).Y == fmpq_mat(1, 3, [10, 9, -1])
    assert read_data(path, ["k"], classes=True).targets == ("k=-1", "k=9", "k=10")


def test_a_file_with_a_byte_order_mark(write):
    assert read_data(write("﻿a,k\n1,2\n"), ["k"]).features == ("a",)


@pytest.mark.parametrize(
    ("text", "targets", "message"),
    [
        ("a,k\n1,2\nx,3\n", ["k"], '3:1: a: \'x\' is not an exact number; an exact number is an integer, a fraction '
         'such as "3/4" or a decimal string such as "0.75"'),
        ('a,k\n1,2\n"1",\n', ["k"], "3:5: k: this cell is empty; fill it in or leave the sample out"),
        ("a,k\n1,2\n1/0,3\n", ["k"], "3:1: a: the denominator of 1/0 is zero"),
        ("a,k\n1,2\n1\n", ["k"], "3:1: this line has 1 cells and the first line has 2; they must be equally many"),
        ("a;k\n1,2;3\n", ["k"], "2:1: this line has 2 cells and the first line has 1; they must be equally many; "
         "cells are separated by commas, not by ;"),
        ("a,k\n1,2\n3,x\n", ["k"], '3:3: k: "x" is no number, but other cells of this column are; '
         "targets are all numbers or all text"),
        ("a,k\n1,2\n3,4\n", ["c"], 'there is no column "c"; the columns are "a", "k"'),
        ("age,kind\n1,2\n3,4\n", ["kin"], 'there is no column "kin"; is "kind" meant?'),
        ("a,k\n1,2\n", [], 'no target is named; give --target with one or more of the columns "a", "k"'),
        ("a,k\n1,2\n", ["a", "k"], "every column is a target; at least one must be left as a feature"),
        ("a,k\n1,2\n", ["k", "k"], "a target column is named twice"),
        ("a,k\n", ["k"], "there are no samples below the names of the columns"),
        ("", ["k"], "1:1: this file is empty; the first line names the columns"),
        ("1,2\n3,4\n", ["k"], "1:1: the first line holds only numbers; it must name the columns"),
        ("a,,k\n3,4,5\n", ["k"], "1:3: this column has no name; the first line names every column"),
        ("a,k,a\n3,4,5\n", ["k"], '1:5: two columns have the name "a"; names must differ'),
        ('a,k\n"1,2\n', ["k"], "2:1: this quote is never closed"),
        ('a,k\n1"2,3\n', ["k"], '2:2: "\\"" cannot stand here; put the whole cell in quotes, '
         "and double the quotes inside it"),
        ('a,k\n"1"2,3\n', ["k"], '2:4: "2" cannot stand here; put the whole cell in quotes, '
         "and double the quotes inside it"),
        ("a,k\r1,2\r", ["k"], "1:4: a carriage return stands alone here; lines end in LF or CR LF"),
    ],
)
def test_messages(write, text, targets, message):
    path = write("")
    path.write_bytes(text.encode())
    with pytest.raises(InputError) as caught:
        read_data(path, targets)
    assert str(caught.value).removeprefix(str(path)).lstrip(": ") == message


def test_classes_must_be_integers_or_text(write):
    with pytest.raises(InputError, match="d.csv:3:3: k: 1/2 is no integer; classes are integers or text"):
        read_data(write("a,k\n1,2\n3,0.5\n"), ["k"], classes=True)


def test_a_huge_number_in_a_cell(write):
    with pytest.raises(TooLarge, match="d.csv:2:3: k: a number of 1,000,000 characters; at most 100,000"):
        read_data(write("a,k\n1," + "7" * 1_000_000 + "\n"), ["k"])


def test_unknown_endings(write):
    for name, said in [("d.xlsx", 'the ending ".xlsx" is not known'), ("d", "the file's name has no ending")]:
        with pytest.raises(InputError, match=f"{said}; data are read from .csv, .json, .npy, .npz"):
            read_data(write("", name), ["k"])


def test_json(write):
    path = write('{"X": [[1, "1/2"]], "Y": [["0.1", 2]]}', "d.json")
    data = read_data(path)
    assert data.X == fmpq_mat(1, 2, [1, fmpq(1, 2)])
    assert data.targets == ("y1",)
    with pytest.raises(InputError, match="d.json: this file holds X and Y apart: --target and"):
        read_data(path, ["k"])


def test_standard_input(monkeypatch):
    for text, targets in [(' {"X": [[1]], "Y": [[2]]}', []), ("a,b\n1,2\n", ["b"])]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert read_data("-", targets).Y == fmpq_mat(1, 1, [2])


def test_npy_tables(tmp_path):
    path = tmp_path / "t.npy"
    np.save(path, np.array([[1, 2, 7], [3, 4, 8]], dtype=np.uint8))
    data = read_data(path, ["2"])
    assert data.X == fmpq_mat(2, 2, [1, 3, 2, 4])
    assert data.Y == fmpq_mat(1, 2, [7, 8])
    assert data.features == ("0", "1")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_are_the_decimals_that_they_print_as(tmp_path, dtype):
    path = tmp_path / "t.npy"
    np.save(path, np.array([[0.1, 1e-3]], dtype=dtype))
    with pytest.raises(InputError, match="t.npy: an array of floats .*--decimals reads floats"):
        read_data(path, ["1"])
    data = read_data(path, ["1"], decimals=True)
    assert (data.X[0, 0], data.Y[0, 0]) == (fmpq(1, 10), fmpq(1, 1000))


def test_npz_holds_x_and_y(tmp_path):
    path = tmp_path / "t.npz"
    np.savez(path, X=np.array([[1, 2, 3]]), Y=np.array([[4, 5, 6], [7, 8, 9]]))
    data = read_data(path)
    assert (data.X, data.Y) == (fmpq_mat([[1, 2, 3]]), fmpq_mat([[4, 5, 6], [7, 8, 9]]))


class Trap:
    """Reading this pickle would run code."""

    def __reduce__(self):
        return (print, ("the trap was sprung",))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.npy", np.array([[1.0, float("nan")]]), r"t.npy: \[0\]\[1\]: nan is no number; only exact numbers are read"),
        ("t.npy", np.array([1, 2]), "t.npy: an array of 1 dimensions; a matrix has two"),
        ("t.npy", np.array([[True, False]]), "t.npy: an array of bool; integers and floats are read"),
        ("t.npy", np.zeros((3, 0)), "t.npy: 3 x 0: there are no numbers in it"),
        ("t.npy", np.array([[Trap(), 1]]), "t.npy: cannot be read: an array of Python objects is never read"),
        ("t.npy", b"\x93NUMPY\x01\x00", "t.npy: cannot be read"),
        ("t.npy", b"", "t.npy: cannot be read"),
        ("t.npy", pickle.dumps(Trap()), "t.npy: is no .npy file: it does not begin as one"),
        ("t.npz", b"hello", "t.npz: is no .npz file: it is not a zip archive"),
        ("t.npz", {"X": [[1]], "y": [[1]]}, 't.npz: holds "X", "y"; a .npz file holds the arrays X and Y'),
        ("t.npz", {"X": [[1], [2]], "Y": [[1, 1], [1, 1]]}, "t.npz: X is 2 x 1 and Y is 2 x 2; a column is a sample"),
        ("t.npz", {"X": [[1]], "Y": np.array([[Trap()]])}, "cannot be read: an array of Python objects is never read"),
    ],
)
def test_bad_arrays(tmp_path, capsys, name, content, message):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, dict):
        np.savez(path, **content)
    else:
        np.save(path, content)
    with pytest.raises(InputError, match=message):
        read_data(path, ["1"] if name == "t.npy" else [], decimals=True)
    assert capsys.readouterr().out == ""


def test_an_archive_that_unpacks_to_too_much(tmp_path):
    path = tmp_path / "t.npz"
    np.savez_compressed(path, X=np.zeros((1, 30_000_000), dtype=np.uint64), Y=np.zeros((1, 1), dtype=np.uint64))
    with pytest.raises(TooLarge, match='"X.npy" unpacks to 240,000,128 bytes'):
        read_data(path)


def test_without_numpy(tmp_path, monkeypatch):
    def without(name, *rest, **more):
        if name == "numpy":
            raise ImportError(name)
        return importing(name, *rest, **more)

    importing = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="NumPy reads this file and is not installed: pip install numpy"):
        read_data(tmp_path / "t.npy", ["1"])


def test_matrices_of_any_kind():
    data = Data.of(np.array([[1, 2]]), [["1/2", 3]])
    assert data.Y == fmpq_mat(1, 2, [fmpq(1, 2), 3])
    with pytest.raises(InputError, match="Y: X is 1 x 1 and Y is 1 x 2; they need equally many columns"):
        Data.of([[1]], [[1, 2]])


def test_a_missing_file(tmp_path):
    for ending in ("csv", "json", "npy", "npz"):
        with pytest.raises(InputError, match=f"none.{ending}: cannot be read: no such file or directory"):
            read_data(tmp_path / f"none.{ending}", ["k"])


def test_json_and_csv_agree(write):
    rows = [[1, "1/2", "0.3"], [4, 5, 6]]
    table = write("a,b,c\n" + "\n".join(",".join(map(str, row)) for row in rows), "t.csv")
    letters = {"X": [[row[j] for row in rows] for j in (0, 1)], "Y": [[row[2] for row in rows]]}
    both = [read_data(table, ["c"]), read_data(write(json.dumps(letters), "t.json"))]
    assert both[0].X == both[1].X
    assert both[0].Y == both[1].Y
