"""The data sets of examples/data, exactly; floating-point least squares (NumPy) agree as far as they go."""

from __future__ import annotations

import csv
import json
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from symbolic_cp.cli import main
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.strata import landscape
from symbolic_cp.networks.data import read_data

SETS = {
    "iris": ("species", 4, 4, 3, 150),  # target, d0, rank of X, d2, samples
    "wine": ("target", 13, 13, 3, 178),
    "breast_cancer": ("target", 30, 30, 2, 569),
    "diabetes": ("target", 10, 10, 1, 442),
    "digits": ("target", 64, 61, 10, 1797),
}


@cache
def files(root):
    return {name: root / "examples" / "data" / f"{name}.csv" for name in SETS}


@cache
def exact(root, name):
    data = read_data(files(root)[name], [SETS[name][0]])
    return data, DataSpectrum(data.X, data.Y)


def floating(file, target):
    """Features and targets by another reader, in floating point."""
    with file.open() as lines:
        rows = list(csv.DictReader(lines))
    labels = [row.pop(target) for row in rows]
    X = np.array([[float(cell) for cell in row.values()] for row in rows]).T
    names = sorted(set(labels))
    if target == "target" and file.stem == "diabetes":
        return X, np.array([[float(label) for label in labels]])
    return X, np.array([[float(label == name) for label in labels] for name in names])


@pytest.mark.parametrize("name", SETS)
def test_spectrum_and_every_selection(root, name):
    target, d0, rank_X, d2, samples = SETS[name]
    data, spectrum = exact(root, name)
    assert (data.X.nrows(), spectrum.rank_X, data.Y.nrows(), data.samples) == (d0, rank_X, d2, samples)
    X, Y = floating(files(root)[name], target)
    # X^+ X by an orthonormal basis of the rows of X, its columns scaled to length one.
    scaled = X / np.where(np.linalg.norm(X, axis=1) > 0, np.linalg.norm(X, axis=1), 1)[:, None]
    _, values, rows = np.linalg.svd(scaled, full_matrices=False)
    projected = Y @ rows[values > 1e-10 * values[0]].T
    eigenvalues = np.sort(np.linalg.eigvalsh(projected @ projected.T))[::-1]
    known = [float(low) for low, _ in (spectrum.enclosure(i, 60) for i in range(spectrum.r))]
    assert np.allclose(eigenvalues, known, rtol=1e-8)
    found = landscape(spectrum, [d2])
    assert len(found.strata) == 2**d2  # simple spectra, every selection of eigenvalues
    assert len({item.pattern for item in found.strata}) == 2**d2
    losses = [float(item.loss.interval()[0]) for item in found.strata]
    half = (Y**2).sum() / 2
    expected = sorted(half - sum(chosen) / 2 for k in range(d2 + 1) for chosen in combinations(eigenvalues, k))
    assert np.allclose(losses, expected, rtol=1e-6)
    assert losses == sorted(losses)
    assert found.strata[-1].pattern == (0,) * (d2 + 1)


@pytest.mark.parametrize("name", SETS)
def test_the_global_minimum_for_every_width(root, name):
    d2 = SETS[name][3]
    _, spectrum = exact(root, name)
    minima = landscape(spectrum, [1]).minima
    assert [item.pattern for item in minima] == [(1,) * k + (0,) * (d2 + 1 - k) for k in range(1, d2 + 1)]
    for width, item in enumerate(minima, start=1):
        found = landscape(spectrum, [width])
        assert found.global_minimum == item.loss == found.strata[0].loss
        assert item.classes == ("global-minimum",)


@pytest.mark.parametrize("name", SETS)
def test_a_point_of_a_stratum_is_critical(root, name, tmp_path, capsys):
    target, _, _, d2, _ = SETS[name]
    pattern = ",".join(["0"] * (d2 - 1) + ["1", "0"])  # the smallest eigenvalue alone
    point = str(tmp_path / "point.json")
    data = [str(files(root)[name]), "--target", target]
    assert main(["point", *data, "--hidden", "1", "--pattern", pattern, "-o", point]) == 0
    capsys.readouterr()
    assert main(["verify", point, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gradient_zero"] == [True, True]
    assert found["class"] == ("global-minimum" if d2 == 1 else "strict-saddle")
    weights = json.loads((tmp_path / "point.json").read_text())["weights"]
    degree = exact(root, name)[1].positive[-1].degree
    assert all(len(A["field"]["minpoly"]) == degree + 1 for A in weights if isinstance(A, dict))
    assert isinstance(weights[1], dict) is (degree > 1)  # over Q(lambda), where lambda is irrational


def test_a_point_over_several_fields(root, tmp_path, capsys):
    point = str(tmp_path / "point.json")
    data = [str(files(root)["wine"]), "--target", "target"]
    assert main(["point", *data, "--hidden", "2", "--pattern", "1,0,1,0", "-o", point]) == 0
    capsys.readouterr()
    assert main(["verify", point, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["class"] == "strict-saddle"
    assert found["order"] == "non-optimal"


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_arrays_give_what_the_table_gives(root, ending, tmp_path, capsys):
    file = tmp_path / f"digits.{ending}"
    with files(root)["digits"].open() as lines:
        rows = list(csv.reader(lines))[1:]
    table = np.array([[*map(int, row[:-1]), int(row[-1].removeprefix("digit-"))] for row in rows])
    words = ["landscape", str(file), "--hidden", "10", "--json"]
    if ending == "npy":
        np.save(file, table)
        words += ["--target", "64", "--classes"]
    else:
        np.savez(file, X=table[:, :-1].T, Y=(table[:, -1] == np.arange(10)[:, None]).astype(int))
    assert main(words) == 0
    arrays = json.loads(capsys.readouterr().out)
    assert main(["landscape", str(files(root)["digits"]), "--target", "target", "--hidden", "10", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == arrays
    assert len(arrays["strata"]) == 1024


def test_floats_are_the_decimals_they_print_as(root, tmp_path, capsys):
    with files(root)["iris"].open() as lines:
        rows = list(csv.reader(lines))[1:]
    X = np.array([[float(cell) for cell in row[:-1]] for row in rows]).T
    names = sorted({row[-1] for row in rows})
    Y = np.array([[row[-1] == name for row in rows] for name in names]).astype(int)
    np.savez(tmp_path / "iris.npz", X=X, Y=Y)
    assert main(["landscape", str(tmp_path / "iris.npz"), "--hidden", "2", "--json"]) == 2
    assert "--decimals reads floats as the decimals" in capsys.readouterr().out
    assert main(["landscape", str(tmp_path / "iris.npz"), "--hidden", "2", "--json", "--decimals"]) == 0
    arrays = json.loads(capsys.readouterr().out)
    assert main(["landscape", str(files(root)["iris"]), "--target", "species", "--hidden", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == arrays
