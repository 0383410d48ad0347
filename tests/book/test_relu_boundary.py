"""What the book says of boundaries (relu-boundary to relu-maximum), by columns, against the engine."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_book import BOOK

from symbolic_cp.exact.matrices import column, frobenius2, is_zero, submatrix, trace
from symbolic_cp.landscape.relu import relu_landscape
from symbolic_cp.landscape.relu_verify import verify_relu
from symbolic_cp.networks.relu import ReluNetwork

seeds = st.integers(0, 10**9)


def drawn(seed):
    """Columns of which many are parallel or vanish together."""
    draw = Random(seed)
    d0, m, d2 = draw.randint(1, 3), draw.randint(2, 6), draw.randint(1, 2)
    X = fmpq_mat(d0, m, [draw.randint(-1, 1) for _ in range(d0 * m)])
    return X, fmpq_mat(d2, m, [draw.randint(-2, 2) for _ in range(d2 * m)])


def points(X, Y, seed):
    """Rational points of the landscape, and points on faces with any A2."""
    draw = Random(seed)
    found = relu_landscape(X, Y)
    for piece in found.pieces:
        A1, A2 = found.weights(piece)
        if isinstance(A1, fmpq_mat) and isinstance(A2, fmpq_mat):
            yield A1, A2
            yield A1, fmpq_mat(Y.nrows(), 1, [draw.randint(-1, 1) for _ in range(Y.nrows())])


def split(X, A1):
    """The samples that fire, and those at the boundary."""
    values = (A1 * X).entries()
    return [j for j, q in enumerate(values) if q > 0], [j for j, q in enumerate(values) if q == 0]


def part(M, places):
    return submatrix(M, range(M.nrows()), places)


def parallel(x, y):
    return x * (x.transpose() * y)[0, 0] == y * frobenius2(x)


def conditions(X, Y, A1, A2):
    """(a), (b) and (c) of relu-boundary."""
    P, Z = split(X, A1)
    pulls = {j: -(A2.transpose() * part(Y, [j]))[0, 0] for j in Z}
    columns = {j: part(X, [j]) for j in Z}
    a = True
    for x in columns.values():
        line = [k for k in Z if parallel(x, columns[k])]
        a = a and sum((pulls[k] * abs((x.transpose() * columns[k])[0, 0]) for k in line), fmpq(0)) == 0
    R = A2 * A1 * part(X, P) - part(Y, P)
    gradient = A2.transpose() * R * part(X, P).transpose()
    for j in Z:
        gradient += columns[j].transpose() * (pulls[j] / 2)
    return a and is_zero(gradient) and is_zero(R * part(X, P).transpose() * A1.transpose())


def orders(X, Y, A1, A2, D):
    """The slope and the second order of relu-minimum in the direction D."""
    P, Z = split(X, A1)
    XP, YP, YZ = part(X, P), part(Y, P), part(Y, Z)
    h, u = A1 * XP, D * XP
    N = fmpq_mat(1, len(Z), [max(q, fmpq(0)) for q in (D * part(X, Z)).entries()])
    slope = trace((A2 * h - YP).transpose() * (A2 * u)) - trace(YZ.transpose() * (A2 * N))
    pull = YP * u.transpose() + YZ * N.transpose()
    return slope, frobenius2(h) * frobenius2(A2) * (frobenius2(u) + frobenius2(N)) - frobenius2(pull)


def silent_orders(X, Y, A1, A2, D):
    """The slope of relu-silent in the direction D, and a negative number if A2 can be moved where it is 0."""
    _, Z = split(X, A1)
    N = fmpq_mat(1, len(Z), [max(q, fmpq(0)) for q in (D * part(X, Z)).entries()])
    pull = part(Y, Z) * N.transpose()
    return -trace(A2.transpose() * pull), -frobenius2(pull)


@settings(max_examples=40)
@given(seeds)
def test_the_three_sums_vanish_where_the_gradient_does(seed):
    X, Y = drawn(seed)
    for A1, A2 in points(X, Y, seed):
        assert conditions(X, Y, A1, A2) == all(ReluNetwork(X, Y, [A1, A2]).gradient_zero())


@settings(max_examples=40)
@given(seeds)
def test_local_minima_are_where_no_direction_goes_down(seed):
    """Directions are drawn; those that go down show that there is no local minimum."""
    X, Y = drawn(seed)
    draw = Random(seed)
    for A1, A2 in points(X, Y, seed):
        P, _ = split(X, A1)
        best = is_zero((A2 * A1 * part(X, P) - part(Y, P)) * (A1 * part(X, P)).transpose())
        tried = [fmpq_mat(1, X.nrows(), [draw.randint(-3, 3) for _ in range(X.nrows())]) for _ in range(40)]
        seen = [orders(X, Y, A1, A2, D) if P else silent_orders(X, Y, A1, A2, D) for D in tried]
        down = not best or any(slope < 0 or (slope == 0 and second < 0) for slope, second in seen)
        report = verify_relu(X, Y, [A1, A2])
        assert not (down and report.extremum in {"local-minimum", "global-minimum"})


@settings(max_examples=40)
@given(seeds)
def test_local_maxima_are_where_no_direction_goes_up(seed):
    """relu-maximum: none where the unit fires; else <YZ, A2 N> is positive unless N = 0."""
    X, Y = drawn(seed)
    draw = Random(seed)
    for A1, A2 in points(X, Y, seed):
        P, Z = split(X, A1)
        tried = [fmpq_mat(1, X.nrows(), [draw.randint(-3, 3) for _ in range(X.nrows())]) for _ in range(40)]
        up = bool(P)
        for D in [] if P else tried:
            fires = any(q > 0 for q in (D * part(X, Z)).entries())
            up = up or (fires and silent_orders(X, Y, A1, A2, D)[0] >= 0)
        assert not (up and verify_relu(X, Y, [A1, A2]).extremum in {"local-maximum", "flat"})


def test_a_minimum_where_three_lines_meet():
    """Nine samples, of which seven on three lines are at the boundary; one change of a target makes it a saddle."""
    lines = [(0, 1, 0), (0, -2, 0), (0, 0, 1), (0, 0, -1), (0, 1, 1), (0, -1, -1), (0, 2, 2)]
    columns = [(1, 0, 0), (2, 0, 0), *lines]
    X = fmpq_mat(3, 9, [c[i] for i in range(3) for c in columns])
    A1, A2 = fmpq_mat(1, 3, [1, 0, 0]), fmpq_mat(1, 1, [1])
    kinds = []
    for last in (-1, 2):
        Y = fmpq_mat(1, 9, [1, 2, -1, -1, -1, -1, -1, -1, last])
        directions = [fmpq_mat(1, 3, list(d)) for d in combinations(range(-2, 3), 3)]
        directions += [fmpq_mat(1, 3, [0, p, q]) for p in range(-2, 3) for q in range(-2, 3)]
        slopes = [orders(X, Y, A1, A2, D)[0] for D in directions]
        kinds.append((verify_relu(X, Y, [A1, A2]).extremum, min(slopes) >= 0))
    assert kinds[0] == ("local-minimum", True)
    assert kinds[1] == (None, False)


@pytest.mark.parametrize(
    "name", ["relu-boundary", "relu-differentiable", "relu-minimum", "relu-silent", "relu-maximum", "eq-7.1"]
)
def test_they_hold_for_all_dimensions(name):
    step = BOOK.find(name)
    assert step.proof is not None
    assert not step.proof.hyps
    assert step.proof.facts <= {"split"}


def test_columns_of_the_test_are_columns():
    assert parallel(column([1, 2]), column([-2, -4]))
    assert not parallel(column([1, 2]), column([2, 1]))
