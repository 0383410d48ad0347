"""symbolic-cp relu and verify of ReLU points, as a user runs them."""

from __future__ import annotations

import json

import pytest

from symbolic_cp.cli import main

EX1 = {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]]}


@pytest.fixture
def ex1(tmp_path):
    path = tmp_path / "ex1.json"
    path.write_text(json.dumps(EX1))
    return str(path)


def run(capsys, *words):
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def test_the_document_of_one_unit(capsys, ex1):
    code, out, _ = run(capsys, "relu", ex1, "--hidden", "1", "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["cells"], document["cells_lower_dimensional"], document["cells_not_covered"]) == (4, 0, 0)
    assert (document["global_minimum"], document["worst_local_minimum"], document["gap"]) == ("1/2", "5/2", "2")
    first = document["local_minima"][0]
    assert {"weights", "loss", "global", "cell", "flat"} <= set(first)
    assert (first["loss"], first["global"], first["cell"]) == ("1/2", True, [1])
    assert all(one["slopes"] for one in document["local_minima"] if not one["differentiable"])


def test_the_minima_verify_again(capsys, ex1, tmp_path):
    _, out, _ = run(capsys, "relu", ex1, "--hidden", "1", "--json")
    for one in json.loads(out)["local_minima"]:
        point = tmp_path / "point.json"
        point.write_text(json.dumps({**EX1, "weights": one["weights"], "activation": "relu"}))
        code, out, _ = run(capsys, "verify", str(point), "--json")
        document = json.loads(out)
        assert code == (0 if one["differentiable"] else 1)
        assert (document["loss"], document["critical"]) == (one["loss"], one["differentiable"])
        assert document["class"] == (one["class"] if one["differentiable"] else "not-differentiable")
        assert document["extremum"] == one["class"]


def test_what_people_read(capsys, ex1):
    code, out, _ = run(capsys, "relu", ex1, "--hidden", "1")
    assert code == 0
    assert "Cells: 4" in out
    assert "Global minimum: 1/2 (0.5); worst local minimum: 5/2 (2.5); the gap is 2" in out
    code, out, _ = run(capsys, "relu", ex1, "--hidden", "2")
    assert code == 0
    assert (
        "Not covered: 6 cells in which units fire for different samples; points where a sample is at the boundary of a "
        "unit"
    ) in " ".join(out.split())


def test_the_plane_is_drawn_with_three_colours(capsys, ex1, tmp_path):
    """The sectors of J, J' and J'' have three colours; that of both columns, without a local minimum, is white."""
    from matplotlib.image import imread

    picture = tmp_path / "plane.png"
    code, _, _ = run(capsys, "relu", ex1, "--hidden", "1", "--plot", str(picture))
    assert code == 0
    pixels = imread(picture)
    middle = [pixels.shape[0] // 2, int(pixels.shape[1] * 0.42)]
    seen = [tuple(pixels[middle[0] + y, middle[1] + x, :3]) for y, x in [(-99, -99), (99, -99), (40, 99), (-99, 99)]]
    assert len(set(seen)) == 4
    assert seen[3] == (1, 1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hidden", "1", "--limit", "3"], "these data cut the units into 4 cells"),
        (["--hidden", "1", "--plot", "plane.bmp"], "plots are written as .pdf, .png, .svg"),
        (["--hidden", "2", "--plot", "plane.png"], "--plot draws networks with one hidden unit"),
        (["--hidden", "0"], "0 is not in the range"),
    ],
)
def test_what_is_refused(capsys, ex1, words, said):
    code, _, err = run(capsys, "relu", ex1, *words)
    assert code == 2
    assert said in err
