"""Critical points in certificates: over Q and over Q(x), against other routes, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp import recheck

ROOT2 = {"minpoly": [-2, 0, 1], "interval": [1, 2]}


def certificate(X, Y, *weights):
    head = {"format": "symbolic-cp certificate", "version": 1, "kind": "critical-point", "name": "point"}
    return {**head, "X": X, "Y": Y, "weights": list(weights)}


def said(*matrices):
    return recheck.check(json.dumps(certificate(*matrices)).encode())


def over_root2(*rows):
    """A matrix over Q(sqrt 2) from pairs (a, b) for a + b sqrt 2."""
    return {"field": ROOT2, "entries": [[list(entry) for entry in row] for row in rows]}


def test_a_rational_point():
    report = said([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[2, 0]], [[1], [0]])
    assert report["ok"]
    assert report["message"].startswith("Proved, a critical point of 1/2 |A2*A1*X - Y|^2 over Q: X (2 x 2), Y (2 x ")
    assert report["message"].endswith("the loss is 1/2.")


def test_a_point_over_an_extension():
    """Y has the eigenvectors (1, sqrt 2 - 1) and (1, -sqrt 2 - 1)."""
    v, scale = [(1, 0), (-1, 1)], (Fraction(1, 2), Fraction(1, 4))  # 1/|v|^2 = (2 + sqrt 2)/4
    A2 = over_root2([v[0]], [v[1]])
    Sigma = [[1, 1], [1, -1]]
    row = [multiply(scale, add(multiply(v[0], (Sigma[0][j], 0)), multiply(v[1], (Sigma[1][j], 0)))) for j in range(2)]
    A1 = over_root2([tuple(map(str, entry)) for entry in row])
    report = said([[1, 0], [0, 1]], Sigma, A1, A2)
    assert report["ok"], report["message"]
    assert "over Q(x), -2 + 1*x^2 = 0, 1 <= x <= 2" in report["message"]
    assert report["message"].endswith("the loss is 1.")


def add(a, b):
    return a[0] + b[0], a[1] + b[1]


def multiply(a, b):
    return a[0] * b[0] + 2 * a[1] * b[1], a[0] * b[1] + a[1] * b[0]


def test_almost_zero_is_not_zero():
    Y = over_root2([(0, 1)])
    report = said([[1]], Y, [["1414213562/1000000000"]])
    assert (report["code"], report["message"][:41]) == (1, "the gradient for A1 is not zero: its entr")
    assert said([[1]], Y, over_root2([(0, 1)]))["ok"]


matrices = st.lists(st.lists(st.integers(-2, 2), min_size=2, max_size=2), min_size=2, max_size=2)


@given(matrices, matrices, matrices, matrices)
def test_gradients_are_those_of_sympy(X, Y, A1, A2):
    names = [sympy.Matrix(2, 2, sympy.symbols(f"{name}:4")) for name in "ab"]
    E = names[1] * names[0] * sympy.Matrix(X) - sympy.Matrix(Y)
    loss = sum(x**2 for x in E) / 2
    point = dict(zip([*names[0], *names[1]], [x for rows in (A1, A2) for row in rows for x in row], strict=True))
    gradients = [loss.diff(x).subs(point) for x in point]
    report = said(X, Y, A1, A2)
    assert report["ok"] == (not any(gradients))
    if report["ok"]:
        assert report["message"].endswith(f"the loss is {loss.subs(point)}.")


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=6), st.integers(-5, 5), st.integers(0, 5))
def test_roots_are_counted_as_sympy_does(coefficients, low, width):
    x = sympy.Symbol("x")
    poly = sympy.Poly(coefficients[::-1], x)
    if poly.degree() < 1:
        return
    exact = [Fraction(c) for c in coefficients[: poly.degree() + 1]]
    spend = recheck.Store().spend
    if poly.discriminant() == 0 and poly.degree() > 1:
        with pytest.raises(recheck.Refused, match="multiple roots"):
            recheck.roots_between(spend, exact, Fraction(low), Fraction(low + width))
    else:
        expected = poly.count_roots(low, low + width)
        assert recheck.roots_between(spend, exact, Fraction(low), Fraction(low + width)) == expected


@pytest.mark.parametrize(("pattern", "over"), [("1,0,0,0", "over Q(x), -24043932409108"), ("0,0,0,0", "over Q: ")])
def test_points_of_real_data(root, tmp_path, pattern, over):
    """What `symbolic-cp point` constructs for the iris data is critical, by this file's own arithmetic."""
    target = tmp_path / "point.json"
    words = ["point", root / "examples/data/iris.csv", "--target", "species", "--hidden", "2", "--pattern", pattern]
    command = [sys.executable, "-m", "symbolic_cp", *words, "-o", target]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    point = json.loads(target.read_text())
    report = said(point["X"], point["Y"], *point["weights"])
    assert report["ok"], report["message"]
    assert over in report["message"]
    assert report["message"].endswith("75 + -1/2*x^1." if pattern == "1,0,0,0" else "75.")
    changed = json.loads(json.dumps(point))
    changed["Y"][0][0] = 7
    assert said(changed["X"], changed["Y"], *changed["weights"])["code"] == (1 if pattern == "1,0,0,0" else 0)
