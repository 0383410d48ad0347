"""Whatever is in a file, the program answers: an exit code of its own, one line or one document, never a traceback.

FLINT ends the process on negative sizes and absurd powers, so a case that reached it would end this test run.
"""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symbolic_cp.cli import main

numbers = st.one_of(
    st.integers(-3, 3),
    st.integers(-(10**40), 10**40),
    st.sampled_from(["1/2", "-3/7", "0.25", "1e3", "1e-30", "0", "1/0", "x", "", " 1", "1e999999", "٣", "1_0", "0x1"]),
    st.floats(),
    st.none() | st.booleans(),
)
rows = st.integers(0, 3).flatmap(lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), max_size=3))
fields = st.fixed_dictionaries({
    "minpoly": st.lists(st.integers(-3, 3), max_size=4) | numbers,
    "interval": st.lists(st.integers(-3, 3), max_size=3) | numbers,
})
over_field = st.fixed_dictionaries({"field": fields, "entries": st.lists(st.lists(st.lists(numbers, max_size=3)))})
matrices = st.one_of(rows, rows, rows, over_field, st.fixed_dictionaries({"sum": st.lists(rows | over_field)}), numbers)
points = st.fixed_dictionaries(
    {"X": matrices, "Y": matrices, "weights": st.lists(matrices, max_size=4) | matrices},
    optional={"activation": st.sampled_from(["linear", "relu", "tanh"]) | numbers, "more": numbers},
)
instances = st.fixed_dictionaries({"X": matrices, "Y": matrices})
cells = st.sampled_from(["1", "-2", "0.5", "1/3", "a", "b", "", '"', '"x"', " ", "1e5", "nan", "é", "=1+1", "\t"])
tables = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=5).map(
    lambda lines: "a,b,k\n" + "\n".join(",".join(line) for line in lines)
)
fuzz = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def answered(capsys, words, codes):
    code = main(words)
    out, err = capsys.readouterr()
    assert code in codes
    assert "Traceback" not in err
    if code in (2, 3):
        assert (out, err.count("\n")) == ("", 1)
    assert main([*words, "--json"]) == code
    out, err = capsys.readouterr()
    assert err == ""
    document = json.loads(out)
    assert ("error" in document) == (code in (2, 3))


@fuzz
@given(points)
def test_points(tmp_path, capsys, point):
    path = tmp_path / "point.json"
    path.write_text(json.dumps(point), encoding="utf-8")
    answered(capsys, ["verify", str(path)], {0, 1, 2, 3})
    answered(capsys, ["verify", str(path), "--decimals"], {0, 1, 2, 3})


@st.composite
def fitting(draw):
    """A point whose shapes fit, with entries so small that many of them are critical."""
    widths = draw(st.lists(st.integers(1, 3), min_size=3, max_size=5))
    samples = draw(st.integers(1, 3))

    def some(rows, columns):
        row = st.lists(st.sampled_from([0, 0, 1, -1, "1/2"]), min_size=columns, max_size=columns)
        return draw(st.lists(row, min_size=rows, max_size=rows))

    weights = [some(after, before) for before, after in pairwise(widths)]
    return {"X": some(widths[0], samples), "Y": some(widths[-1], samples), "weights": weights}


@fuzz
@given(fitting())
def test_points_that_fit_are_classified(tmp_path, capsys, point):
    path = tmp_path / "point.json"
    path.write_text(json.dumps(point), encoding="utf-8")
    answered(capsys, ["verify", str(path)], {0, 1})


@fuzz
@given(instances, st.integers(0, 9), st.lists(st.integers(0, 3), max_size=4))
def test_instances(tmp_path, capsys, instance, width, pattern):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(instance), encoding="utf-8")
    answered(capsys, ["landscape", str(path), "--hidden", str(width)], {0, 2, 3})
    shown = ",".join(map(str, pattern))
    answered(capsys, ["point", str(path), "--hidden", str(width), "--pattern", shown], {0, 2, 3})


@fuzz
@given(tables, st.sampled_from(["k", "a", "z", ""]), st.booleans())
def test_tables(tmp_path, capsys, table, target, classes):
    path = tmp_path / "table.csv"
    path.write_text(table, encoding="utf-8")
    words = ["landscape", str(path), "--hidden", "1", "--target", target, *["--classes"] * classes]
    answered(capsys, words, {0, 2, 3})


@fuzz
@given(points.map(json.dumps), st.data())
def test_damaged_files(tmp_path, capsys, text, data):
    place = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from(["", "[", "]", "{", "}", ",", ":", '"', "\\", "-", "1e9", "NaN", "\x00", "é"]))
    path = tmp_path / "point.json"
    path.write_text(text[:place] + put + text[place + data.draw(st.integers(0, 3)) :], encoding="utf-8")
    answered(capsys, ["verify", str(path)], {0, 1, 2, 3})


@pytest.mark.parametrize("data", [b"", b"\xff\xfe{\x00", b"\xef\xbb\xbf{}", b"\x00" * 100, b"PK\x03\x04", b"\x93NUMPY"])
@pytest.mark.parametrize("ending", ["json", "csv", "npy", "npz"])
def test_bytes(tmp_path, capsys, data, ending):
    path = tmp_path / f"data.{ending}"
    path.write_bytes(data)
    answered(capsys, ["landscape", str(path), "--hidden", "1", "--target", "k"], {2})
    if ending == "json":
        answered(capsys, ["verify", str(path)], {2})
