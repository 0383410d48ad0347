"""Cells of a ReLU unit, linear systems with certificates, and the loss at a point, each by another route."""

from __future__ import annotations

import json
from itertools import product
from math import comb
from random import Random

import ppl
import pytest
import sympy
from flint import fmpq, fmpq_mat, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp import recheck
from symbolic_cp.exact.algebraic import Field
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.networks.relu import ReluNetwork
from symbolic_cp.networks.relu_cells import Arrangement, count_bound, face_bound
from symbolic_cp.networks.relu_certificates import all_certificates
from symbolic_cp.networks.relu_reals import Real, rational, signs
from symbolic_cp.networks.relu_systems import Infeasible, Solution, solve, solve_over_field

ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
small = st.integers(-2, 2)


@st.composite
def data(draw, rows=3, columns=4):
    d, m = draw(st.integers(1, rows)), draw(st.integers(1, columns))
    return [[draw(small) for _ in range(m)] for _ in range(d)]


def general(d, m):
    """Columns (1, t, t^2, ...): any d of them are independent (Vandermonde)."""
    return matrix([[t**k for t in range(1, m + 1)] for k in range(d)])


@pytest.mark.parametrize(("d", "m"), [(1, 1), (1, 4), (2, 3), (2, 9), (3, 7), (4, 6), (5, 5)])
def test_cells_in_general_position_are_counted_by_the_formula(d, m):
    found = Arrangement(general(d, m))
    number = 2 * sum(comb(m - 1, k) for k in range(d))
    # Parallel columns of the line: they share their hyperplane.
    expected = number if d > 1 else 2
    assert (len(found.chambers), found.bound) == (expected, expected)


def test_faces_in_general_position_are_counted_by_the_bound():
    found = Arrangement(general(3, 7))
    assert sum(1 for flat in found.flats for _ in found.faces(flat)) == face_bound(7, 3)
    assert count_bound(60, 3) == 3542


@given(data())
def test_cells_are_the_patterns_that_linear_systems_allow(X):
    """K_J for every J, by the library; and whether it has inner points, by the strict system."""
    found = Arrangement(matrix(X))
    full = {face.cell for face in found.chambers}
    thin = {face.cell for face in found.thin}
    assert len(full) == len(found.chambers)
    assert len(thin) == len(found.thin)
    columns = list(zip(*X, strict=True))
    for choice in product([True, False], repeat=len(columns)):
        J = tuple(j for j, active in enumerate(choice) if active)
        silent = [tuple(-x for x in columns[j]) for j in range(len(columns)) if j not in J]
        exists = isinstance(solve(silent, [columns[j] for j in J], size=len(X)), Solution)
        inner = isinstance(solve([*silent, *(columns[j] for j in J if any(columns[j]))], size=len(X)), Solution)
        assert (J in full) == (exists and inner)
        assert (J in thin) == (exists and not inner)


@given(data())
def test_faces_are_all_sign_vectors(X):
    found = Arrangement(matrix(X))
    faces = [face.signs for flat in found.flats for face in found.faces(flat)]
    assert len(set(faces)) == len(faces)
    columns = list(zip(*X, strict=True))
    for wanted in product([1, 0, -1], repeat=len(columns)):
        strict = [tuple(s * x for x in c) for s, c in zip(wanted, columns, strict=True) if s]
        weak = [tuple(k * x for x in c) for s, c in zip(wanted, columns, strict=True) if not s for k in (1, -1)]
        assert (wanted in set(faces)) == isinstance(solve(strict, weak, size=len(X)), Solution)


def test_points_lie_on_their_faces_and_in_their_flats():
    X = matrix([[1, -2, 0, 3], [0, 1, 0, "1/2"], [1, 1, 0, 1]])
    found = Arrangement(X)
    for flat in found.flats:
        for face in found.faces(flat):
            outputs = (found.unit(face.point) * X).entries()
            assert tuple((q > 0) - (q < 0) for q in outputs) == face.signs


rows = st.lists(st.lists(small, min_size=2, max_size=2), max_size=7)


@given(rows, rows)
def test_either_answer_of_a_system_is_certified(strict, weak):
    answer = solve(strict, weak, size=2)
    if isinstance(answer, Solution):
        t = answer.integers
        assert all(r[0] * t[0] + r[1] * t[1] > 0 for r in strict)
        assert all(r[0] * t[0] + r[1] * t[1] >= 0 for r in weak)
        return
    mu = {j: x.number() for j, x in answer.multipliers.items()}
    both = [*strict, *weak]
    assert all(x > 0 for x in mu.values())
    assert any(j < len(strict) for j in mu)
    assert all(sum(x * both[j][i] for j, x in mu.items()) == 0 for i in range(2))


@given(rows, rows)
def test_z3_and_the_parma_polyhedra_library_agree(strict, weak):
    """Which systems have a solution, by another library; and its own multipliers, of the system that Motzkin names."""
    program = ppl.MIP_Problem(2)
    for row, least in [*((r, 1) for r in strict), *((r, 0) for r in weak)]:
        program.add_constraint(ppl.Linear_Expression(row, -least) >= 0)
    assert program.is_satisfiable() == isinstance(solve(strict, weak, size=2), Solution)
    every = [*strict, *weak]
    alternative = ppl.MIP_Problem(len(every))
    for k in range(len(every)):
        alternative.add_constraint(ppl.Variable(k) >= 0)
    for i in range(2):
        alternative.add_constraint(ppl.Linear_Expression([r[i] for r in every], 0) == 0)
    alternative.add_constraint(ppl.Linear_Expression([1] * len(strict) + [0] * len(weak), -1) == 0)
    assert alternative.is_satisfiable() == isinstance(solve(strict, weak, size=2), Infeasible)


def test_numbers_longer_than_python_prints():
    """10^5000 is beyond the 4,300 digits that Python turns into text."""
    far = 10**5000
    found = solve([(far, -1), (1 - far, 1)], size=2)
    assert isinstance(found, Solution)
    t = found.integers
    assert far * t[0] > t[1] > (far - 1) * t[0]
    nothing = solve([(far, -1), (-far, 1)], size=2)
    assert isinstance(nothing, Infeasible)
    assert set(nothing.multipliers) == {0, 1}


@given(rows)
def test_the_simplex_method_over_a_field_agrees_with_the_library(strict):
    over = solve_over_field([[rational(x) for x in row] for row in strict], size=2)
    assert type(over) is type(solve(strict, size=2))


def test_systems_over_an_irrational_field():
    x = Real(ROOT2, fmpq_poly([0, 1]))
    one = rational(1)
    between = [[x, -one], [one * fmpq(-7, 5), one]]  # x t0 > t1 > 7/5 t0
    found = solve_over_field(between, size=2)
    assert isinstance(found, Solution)
    assert all((row[0] * found.point[0] + row[1] * found.point[1]).sign() > 0 for row in between)
    nothing = solve_over_field([[x, -one], [-x, one]], size=2)
    assert isinstance(nothing, Infeasible)
    assert set(nothing.multipliers) == {0, 1}


def test_signs_of_rows_that_are_nearly_zero():
    near = fmpq(14142135623730950488016887242096980785696718753769, 10**49)  # the digits of sqrt 2
    assert signs(ROOT2, (fmpq_mat([[-near, 0]]), fmpq_mat([[1, 0]]))) == [1, 0]


@given(data(2, 3), st.integers(0, 10**6))
def test_loss_and_gradient_are_those_of_sympy_where_it_is_smooth(X, seed):


    draw = Random(seed)
    m, d0 = len(X[0]), len(X)
    Y = [[draw.randint(-2, 2) for _ in range(m)]]
    A1 = [[draw.randint(-2, 2) for _ in range(d0)] for _ in range(2)]
    A2 = [[draw.randint(-2, 2) for _ in range(2)]]
    network = ReluNetwork(X, Y, [A1, A2])
    if any(s == 0 for row in network.signs for s in row):
        return
    a = sympy.Matrix(2, d0, sympy.symbols(f"a:{2 * d0}"))
    b = sympy.Matrix(1, 2, sympy.symbols("b:2"))
    at = dict(zip([*a, *b], [*(x for row in A1 for x in row), *A2[0]], strict=True))
    masks = sympy.Matrix([[int(s > 0) for s in row] for row in network.signs])
    h = (a * sympy.Matrix(X)).multiply_elementwise(masks)
    loss = sum(x**2 for x in b * h - sympy.Matrix(Y)) / 2
    assert network.loss.number() == fmpq(*map(int, sympy.Rational(loss.subs(at)).as_numer_denom()))
    first, second = network.gradients
    mine = [str(x.number()) for row in (*first, *second) for x in row]
    assert mine == [str(loss.diff(x).subs(at)) for x in [*a, *b]]
    assert network.kinks() == []


@given(data(2, 3), st.integers(0, 10**6))
def test_slopes_are_one_sided_difference_quotients(X, seed):


    draw = Random(seed)
    m, d0 = len(X[0]), len(X)
    Y, A1, A2 = [[draw.randint(-2, 2) for _ in range(m)]], [[0] * d0], [[draw.choice([-1, 1, 2])]]
    network = ReluNetwork(X, Y, [A1, A2])
    direction = fmpq_mat(1, d0, [draw.randint(-2, 2) for _ in range(d0)])
    t = fmpq(1, 10**6)
    moved = ReluNetwork(X, Y, [direction * t, A2])
    quotient = (moved.loss - network.loss) / t
    assert abs((quotient - network.slope(0, direction)).number()) < fmpq(1, 100)


def test_wrong_points_are_refused():
    with pytest.raises(InputError, match="one hidden layer"):
        ReluNetwork([[1]], [[1]], [[[1]], [[1]], [[1]]])
    with pytest.raises(InputError, match="A1 must have as many columns"):
        ReluNetwork([[1]], [[1]], [[[1, 2]], [[1]]])


@given(data(2, 4))
def test_certificates_show_that_the_cells_are_all(X):
    """The second checker accepts every certificate, and the patterns cover all sign vectors."""
    arrangement = Arrangement(matrix(X))
    certificates = [certificate for _, certificate in all_certificates(arrangement)]
    assert sum(c["kind"] == "feasible" for c in certificates) == len(arrangement.chambers) + len(arrangement.thin)
    patterns = []
    for certificate in certificates:
        report = recheck.check(json.dumps(certificate).encode())
        assert report["ok"], report["message"]
        patterns.append("".join("+" if sign == ">=" else "-" for _, sign, _ in certificate["constraints"]))
    assert sum(2 ** (len(X[0]) - len(pattern)) for pattern in patterns) == 2 ** len(X[0])


@given(data(2, 3), st.integers(0, 10**6))
def test_changed_certificates_are_refused(X, seed):
    """A sign turned round, or a multiplier changed."""
    draw = Random(seed)
    arrangement = Arrangement(matrix(X))
    for _, certificate in all_certificates(arrangement):
        changed = json.loads(json.dumps(certificate))
        if certificate["kind"] == "infeasible":
            seen = [any(row[j] for row in X) for j in range(len(X[0]))]
            used = [j for j, mu in enumerate(changed["multipliers"][:-1]) if mu not in {0, "0"} and seen[j]]
            if not used:
                continue
            place = draw.choice(used)
            changed["multipliers"][place] = "-1"
        else:
            strict = [row for row, sign, _ in changed["constraints"] if sign == ">"]
            if not strict:
                continue
            row = draw.choice(strict)
            row[:] = [str(-int(x)) for x in row]
        assert not recheck.check(json.dumps(changed).encode())["ok"]
