"""Pictures: the polynomial along a witness is the loss itself; files are written, with what belongs in them."""

from __future__ import annotations

import json

import pytest
from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.cli import main
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.inertia import stratum_inertia
from symbolic_cp.landscape.verify import verify
from symbolic_cp.landscape.witnesses import DescentFamily, NegativeCurvature
from symbolic_cp.report.plot import along

UNIT, ZERO, HALF = [[1, 0], [0, 1]], [[0, 0], [0, 0]], [[0, 0], [0, 1]]
TARGET = [[2, 0], [0, 1]]


def mat(rows):
    return fmpq_mat([[fmpq(entry) for entry in row] for row in rows])


def loss(X, Y, weights):
    for layer in weights:
        X = layer * X
    return sum((entry * entry for entry in (X - Y).entries()), fmpq(0)) / 2


def at(polynomial, value):
    return polynomial(fmpq(value)) if isinstance(polynomial, fmpq_poly) else polynomial


@pytest.mark.parametrize("weights", [[ZERO, ZERO], [HALF, HALF]])
def test_along_a_direction_the_polynomial_is_the_loss(weights):
    X, Y, layers = mat(UNIT), mat(TARGET), [mat(one) for one in weights]
    witness = verify(X, Y, layers).witness
    assert isinstance(witness, NegativeCurvature)
    change, letter = along(Y, X, layers, witness)
    assert letter == "t"
    assert change[2] == witness.curvature / 2
    for t in (fmpq(1, 3), fmpq(-2), fmpq(5)):
        moved = [one + t * D for one, D in zip(layers, witness.direction, strict=True)]
        assert at(change, t) == loss(X, Y, moved) - loss(X, Y, layers)


def test_along_the_family_it_ends_at_the_change_of_the_witness():
    X, Y, layers = mat(UNIT), mat(TARGET), [mat(ZERO)] * 3
    witness = verify(X, Y, layers).witness
    assert isinstance(witness, DescentFamily)
    change, letter = along(Y, X, layers, witness)
    assert letter == "u"
    assert at(change, 1) == witness.change
    assert at(change, 0) == 0


@pytest.fixture(name="point")
def _point(tmp_path):
    def write(weights, activation="linear"):
        file = tmp_path / "point.json"
        file.write_text(json.dumps({"X": UNIT, "Y": TARGET, "weights": weights, "activation": activation}))
        return str(file)

    return write


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_loss_along_a_witness_is_drawn(ending, point, tmp_path, capsys):
    file = tmp_path / f"way.{ending}"
    assert main(["verify", point([ZERO, ZERO]), "--plot", str(file)]) == 0
    assert "saddle" in capsys.readouterr().out
    assert file.read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")


@pytest.mark.parametrize(
    ("weights", "activation", "name", "said"),
    [
        ([UNIT, TARGET], "linear", "a.svg", "here is none"),
        ([[[0, 0]], [[0], [0]]], "relu", "a.svg", "linear networks"),
        ([ZERO, ZERO], "linear", "a.gif", "plots are written as"),
    ],
)
def test_what_is_not_drawn(weights, activation, name, said, point, tmp_path, capsys):
    assert main(["verify", point(weights, activation), "--plot", str(tmp_path / name)]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert not shown.out
    assert not (tmp_path / name).exists()


def test_the_lattice_names_every_stratum_and_class(tmp_path, capsys):
    data, file = tmp_path / "data.json", tmp_path / "strata.svg"
    data.write_text(json.dumps({"X": UNIT, "Y": TARGET}))
    assert main(["landscape", str(data), "--hidden", "2", "--plot", str(file), "--json"]) == 0
    strata = json.loads(capsys.readouterr().out)["strata"]
    drawn = file.read_text()
    for one in strata:
        assert f"<!-- {','.join(map(str, one['pattern']))} -->" in drawn
        assert f"<!-- {one['class']} -->" in drawn


def test_the_inertia_is_drawn_for_every_stratum(tmp_path, capsys):
    data, file = tmp_path / "data.json", tmp_path / "inertia.svg"
    data.write_text(json.dumps({"X": UNIT, "Y": TARGET}))
    assert main(["landscape", str(data), "--hidden", "2", "--plot-inertia", str(file), "--json"]) == 0
    strata = json.loads(capsys.readouterr().out)["strata"]
    drawn = file.read_text()
    found = DataSpectrum(UNIT, TARGET)
    for one in strata:
        assert f"<!-- {','.join(map(str, one['pattern']))}" in drawn
        counts = stratum_inertia(found, 2, tuple(one["pattern"]))
        for count in (counts.negative, counts.zero, counts.positive):
            assert count == 0 or f"<!-- {count} -->" in drawn
    assert {name for name in ("negative", "zero", "positive") if f"<!-- {name} -->" in drawn} == {
        "negative", "zero", "positive",
    }  # fmt: skip
    assert main(["landscape", str(data), "--hidden", "2,2", "--plot-inertia", str(tmp_path / "b.svg")]) == 2
    assert "one hidden layer" in capsys.readouterr().err
