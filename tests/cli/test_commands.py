"""landscape, point and verify on real data, against NumPy's floating point as the second route."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from symbolic_cp.cli import main

DATA = {"iris": "species", "wine": "target", "breast_cancer": "target", "diabetes": "target", "digits": "target"}


@pytest.fixture
def run(capsys):
    """Run a command line that says nothing on standard error; the exit code, and the document or the text."""

    def _run(*words):
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert err == ""
        return code, json.loads(out) if "--json" in words else out

    return _run


def floats(path, target):
    """X and Y of a data set as NumPy reads them."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    X = np.array([[float(row[name]) for name in rows[0] if name != target] for row in rows]).T
    labels = [row[target] for row in rows]
    try:
        Y = np.array([[float(label) for label in labels]])
    except ValueError:
        Y = np.array([[float(label == name) for label in labels] for name in sorted(set(labels))])
    return X, Y


def number(exact):
    """A number of the interfaces, as a float; of an algebraic one the interval must hold the decimal."""
    if isinstance(exact, str):
        return float(Fraction(exact))
    low, high = map(Fraction, exact["interval"])
    assert low - Fraction(1, 10**9) <= Fraction(exact["decimal"]) <= high + Fraction(1, 10**9)
    return float(exact["decimal"])


@pytest.mark.parametrize("name", DATA)
def test_the_spectrum_and_the_losses_agree_with_floating_point(run, root, name):
    path = root / f"examples/data/{name}.csv"
    code, found = run("landscape", path, "--target", DATA[name], "--hidden", "2", "--json")
    assert code == 0
    X, Y = floats(path, DATA[name])
    eigenvalues = np.linalg.eigvalsh(Y @ np.linalg.pinv(X) @ X @ Y.T)[::-1]
    spectrum = [(number(e["value"]), e["multiplicity"]) for e in found["spectrum"]]
    assert np.allclose([x for x, m in spectrum for _ in range(m)], eigenvalues, rtol=1e-6, atol=1e-6)
    whole = (Y * Y).sum() / 2
    for stratum in found["strata"]:
        captured = sum(p * x for p, (x, _) in zip(stratum["pattern"], spectrum, strict=False))
        low, high = (float(Fraction(end)) for end in stratum["loss"]["interval"])
        assert low <= high
        assert np.isclose(low, whole - captured / 2, rtol=1e-9, atol=1e-6)
    lowest = float(Fraction(found["global_minimum"]["interval"][0]))
    assert np.isclose(lowest, whole - eigenvalues[:2].sum() / 2, rtol=1e-6)


def test_iris_has_numbers_of_degree_three(run, root):
    words = ["landscape", root / "examples/data/iris.csv", "--target", "species", "--hidden", "2"]
    _, found = run(*words, "--json")
    assert [len(e["minpoly"]) - 1 for e in found["spectrum"]] == [3, 3, 3]
    classes = {tuple(s["pattern"]): s["class"] for s in found["strata"]}
    assert [pattern for pattern in classes if classes[pattern] == "global-minimum"] == [(1, 1, 0, 0)]
    assert set(classes.values()) == {"global-minimum", "strict-saddle"}
    _, text = run(*words)
    for pattern in classes:
        assert ",".join(map(str, pattern)) in text
    assert text.count("degree 3") == 3


def test_long_lists_are_cut_unless_all_is_asked_for(run, root):
    words = ["landscape", root / "examples/data/digits.csv", "--target", "target", "--hidden", "3"]
    assert "… 141 more" in run(*words)[1]
    assert len(run(*words, "--all")[1].splitlines()) == len(run(*words)[1].splitlines()) + 141 - 1


def test_target_columns_may_follow_one_flag(run, root):
    words = ["landscape", root / "examples/data/diabetes.csv", "--hidden", "1", "--json", "--target"]
    assert run(*words, "bp", "target") == run(*words, "bp", "--target", "target")


@pytest.fixture
def instance(tmp_path):
    path = tmp_path / "instance.json"
    path.write_text('{"X": [[1, 0, 1], [0, 1, 2]], "Y": [[2, 0, 1], [0, "1/2", 1]]}')
    return path


def test_every_pattern_gives_a_point_of_its_class_and_loss(run, tmp_path, instance):
    file = tmp_path / "point.json"
    _, found = run("landscape", instance, "--hidden", "2", "--json")
    assert len(found["strata"]) > 3
    for stratum in found["strata"]:
        pattern = ",".join(map(str, stratum["pattern"]))
        assert run("point", instance, "--hidden", "2", "--pattern", pattern, "-o", file)[0] == 0
        code, answer = run("verify", file, "--json")
        assert code == 0
        assert answer["critical"]
        assert answer["gradient_zero"] == [True, True]
        assert (answer["class"], answer["pattern"]) == (stratum["class"], stratum["pattern"])
        low, high = map(Fraction, stratum["loss"]["interval"])
        assert float(low) - 1e-12 <= number(answer["loss"]) <= float(high) + 1e-12


def test_parameters_move_the_point_and_nothing_else(run, tmp_path, instance):
    parameters = tmp_path / "parameters.json"
    parameters.write_text('{"C1": [[1, 2], [3, 5]], "L1": [[1, 0], ["1/3", 2]]}')
    words = ["point", instance, "--hidden", "2", "--pattern", "1,0,0"]
    _, plain = run(*words, "--json")
    _, moved = run(*words, "--parameters", parameters, "--json")
    assert plain["weights"] != moved["weights"]
    answers = []
    for name, point in {"plain": plain, "moved": moved}.items():
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(point))
        answers.append(run("verify", file, "--json")[1])
    assert {a["class"] for a in answers} == {"strict-saddle"}
    assert answers[0]["loss"] == answers[1]["loss"]


def test_a_point_that_is_not_critical(run, tmp_path):
    file = tmp_path / "point.json"
    file.write_text('{"X": [[1]], "Y": [[2]], "weights": [[[1]], [["1/2"]]]}')
    code, answer = run("verify", file, "--json")
    assert code == 1
    assert (answer["critical"], answer["class"], answer["loss"]) == (False, "not-critical", "9/8")
    assert run("verify", file)[0] == 1


def test_the_iris_saddles_are_verified_over_their_field(run, root, tmp_path):
    file = tmp_path / "point.json"
    for pattern in ("1,0,0,0", "0,1,1,0"):
        data = [root / "examples/data/iris.csv", "--target", "species"]
        code, text = run("point", *data, "--hidden", "2", "--pattern", pattern, "-o", file)
        assert (code, f"pattern {pattern}" in text) == (0, True)
        code, answer = run("verify", file, "--json")
        assert (code, answer["class"]) == (0, "strict-saddle")
        assert ",".join(map(str, answer["pattern"])) == pattern


def test_recheck_says_what_the_stand_alone_checker_says(run, root, tmp_path):
    problem, certificate = tmp_path / "problem.json", tmp_path / "idempotent.cert.json"
    problem.write_text('{"atoms": {"A": ["n", "n"]}, "given": ["A*A = A"], "claims": ["A*A*A = A"]}')
    assert run("prove", problem, "-o", certificate)[0] == 0
    (tmp_path / "no.cert.json").write_text("{}")
    checker = [sys.executable, "-I", str(root / "symbolic_cp/recheck.py")]
    for files, code in [([certificate], 0), ([certificate, tmp_path / "no.cert.json"], 2), ([tmp_path / "none"], 2)]:
        for words in ([], ["--json"]):
            alone = subprocess.run([*checker, *words, *files], capture_output=True, text=True, check=False)
            answered, out = run("recheck", *files, *words)
            assert (answered, alone.returncode) == (code, code)
            assert out == (json.loads(alone.stdout) if words else alone.stdout)
