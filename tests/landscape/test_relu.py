"""Landscapes of ReLU networks against known facts, brute force and the other route of verify."""

from __future__ import annotations

from itertools import combinations, product
from math import comb
from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact.algebraic import GENERATOR, compare, decimal
from symbolic_cp.exact.errors import InputError, TooLarge, Undecided
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.landscape.relu import relu_landscape, unit_data
from symbolic_cp.landscape.relu_minima import Local, active_pieces, copositive
from symbolic_cp.landscape.relu_rayleigh import strata
from symbolic_cp.landscape.relu_rectangles import rectangles
from symbolic_cp.landscape.relu_verify import face_of, verify_relu
from symbolic_cp.networks.relu import ReluNetwork
from symbolic_cp.networks.relu_reals import rational

EX1 = [[1, 0], [0, 1]], [[2, 0], [0, 1]]
BENT = [[1, 0, "1/2"], [0, 1, "1/2"], [1, 1, 1]], [[0, 0, 1]]
seeds = st.integers(0, 10**9)


def drawn(seed, rows=3, columns=5, outputs=2):
    draw = Random(seed)
    d0, m, d2 = draw.randint(1, rows), draw.randint(1, columns), draw.randint(1, outputs)
    return (
        [[draw.randint(-2, 2) for _ in range(m)] for _ in range(d0)],
        [[draw.randint(-2, 2) for _ in range(m)] for _ in range(d2)],
    )


def test_ex_1_of_the_paper():
    """J = {1}: 1/2, J' = {2}: 2, J'' = {}: 5/2; in the chamber of both columns there is none."""
    found = relu_landscape(*EX1)
    full = [piece for piece in found.local_minima if piece.face.flat.dimension == 2]
    inside = {piece.face.cell: (piece.kind, str(piece.loss)) for piece in full}
    assert inside == {(0,): ("local-minimum", "1/2"), (1,): ("local-minimum", "2"), (): ("flat", "5/2")}
    assert (found.global_minimum, found.worst, found.gap) == (fmpq(1, 2), fmpq(5, 2), 2)
    assert (found.cells.covered, found.cells.covered_thin, found.cells.others) == (4, 0, 0)


def test_the_bent_data_of_yun_sra_and_jadbabaie():
    """One unit with bias reaches the affine least squares value 1/3, two reach 0."""
    found = relu_landscape(*BENT)
    assert found.global_minimum == fmpq(1, 3)
    two = verify_relu(*BENT, [[[-2, 0, 2], [-2, 0, 1]], [[1, -2]]])
    assert (two.kind, two.loss) == ("global-minimum", 0)
    affine = verify_relu(*BENT, [[[0, 0, 1], [0, 0, 1]], [["1/6", "1/6"]]])
    assert (affine.kind, affine.loss) == ("local-minimum", fmpq(1, 3))


@settings(max_examples=30)
@given(seeds)
def test_every_piece_is_what_verify_says(seed):
    """verify starts from the weights alone: loss, differentiability and class must be the same."""
    X, Y = drawn(seed)
    found = relu_landscape(X, Y)
    for piece in found.pieces:
        report = verify_relu(X, Y, found.weights(piece))
        assert compare(report.loss, piece.loss) == 0
        assert (report.kind != "not-differentiable") == piece.differentiable
        if report.kind != "global-minimum":
            assert (report.extremum or "saddle") == piece.kind


@settings(max_examples=25)
@given(seeds)
def test_no_neighbour_of_a_local_minimum_is_lower(seed):
    """Exact losses at many rational neighbours; of a local maximum none is higher, of a flat piece none differs."""
    X, Y = drawn(seed, 2, 4)
    draw = Random(seed)
    found = relu_landscape(X, Y)
    for piece in found.pieces:
        A1, A2 = found.weights(piece)
        if not isinstance(A1, fmpq_mat) or not isinstance(A2, fmpq_mat) or piece.kind == "saddle":
            continue
        for _ in range(20):
            step = 10 ** draw.randint(3, 5)
            moved = [[[q + fmpq(draw.randint(-9, 9), step) for q in row] for row in A.table()] for A in (A1, A2)]
            loss = ReluNetwork(X, Y, moved).loss.number()
            assert piece.kind == "local-maximum" or loss >= piece.loss
            assert piece.kind == "local-minimum" or loss <= piece.loss


@settings(max_examples=25)
@given(seeds)
def test_no_direction_of_the_plane_is_lower_than_the_global_minimum(seed):
    """With A2 at its best, on a grid of directions."""
    X, Y = drawn(seed, 2, 4)
    if len(X) < 2:
        return
    found = relu_landscape(X, Y)
    least = found.global_minimum
    for p, q in product(range(-6, 7), repeat=2):
        h = [max(p * x + q * y, 0) for x, y in zip(*X, strict=True)]
        squared = sum(x * x for x in h)
        if squared:
            fit = sum(sum(y * x for y, x in zip(row, h, strict=True)) ** 2 for row in Y)
            loss = fmpq(sum(y * y for row in Y for y in row), 2) - fmpq(fit, 2 * squared)
            assert compare(least, loss) <= 0


def test_the_gap_of_two_irrational_minima():
    """Best and worst lie in Q(sqrt 5) and Q(sqrt 3145); the columns leave no silent unit, whose loss were rational."""
    found = relu_landscape([[2, 1, -2, -2], [-1, 0, -1, 1]], [[2, -2, 0, -2], [-1, 2, 1, 0]])
    best, worst, gap = found.global_minimum, found.worst, found.gap
    assert best.minpoly != worst.minpoly
    assert gap.degree == 4
    values = [float(decimal(number, GENERATOR, 15)) for number in (best, worst, gap)]
    assert abs(values[1] - values[0] - values[2]) < 1e-12
    assert found.to_json()["gap"]["minpoly"] == [str(c) if c.q > 1 else int(c) for c in gap.minpoly.coeffs()]


def test_slopes_of_a_minimum_at_a_kink():
    """x = 1, y = -1: a unit at the boundary of firing with A2 > 0 would only do harm."""
    found = relu_landscape([[1]], [[-1]])
    kinks = [piece for piece in found.local_minima if piece.slopes]
    slopes = [sorted(slope.number() for _, slope in piece.slopes) for piece in kinks]
    assert slopes == [[0, 1]]


def test_copositivity_of_a_classical_matrix():
    """Horn's matrix is copositive and neither nonnegative nor positive semidefinite; a small change is not."""
    horn = [[1, -1, 1, 1, -1], [-1, 1, -1, 1, 1], [1, -1, 1, -1, 1], [1, 1, -1, 1, -1], [-1, 1, 1, -1, 1]]
    assert copositive([[rational(x) for x in row] for row in horn])
    low = [[(i - k) ** 2 for k in range(30)] for i in range(30)]  # of rank 3: 4,525 systems, not 2^30
    assert copositive([[rational(x) for x in row] for row in low])
    low[7][7] = -1
    assert not copositive([[rational(x) for x in row] for row in low])
    horn[0][0] = fmpq(99, 100)
    assert not copositive([[rational(x) for x in row] for row in horn])


def test_zero_data():
    found = relu_landscape([[0, 0]], [[1, 2]])
    assert [(piece.kind, piece.loss) for piece in found.pieces] == [("flat", fmpq(5, 2))]


def test_too_many_cells_are_announced_with_their_number():
    X = matrix([[t**k for t in range(1, 200)] for k in range(4)])
    with pytest.raises(TooLarge, match=f"{2 * sum(comb(198, k) for k in range(4)):,} cells"):
        relu_landscape(X, matrix([[1] * 199]))
    with pytest.raises(InputError, match="equally many"):
        relu_landscape([[1, 2]], [[1]])


@settings(max_examples=20)
@given(seeds)
def test_minima_of_several_units_are_what_verify_says(seed):
    X, Y = drawn(seed, 3, 5, 3)
    found = rectangles(X, Y, 2)
    for corner in found.local_minima:
        if corner.weights is not None:
            report = verify_relu(X, Y, corner.weights)
            total = corner.total()
            assert isinstance(total, tuple) or compare(report.loss, total) == 0
            assert report.kind in {"local-minimum", "global-minimum", "flat"}


def test_cells_of_several_units_are_counted():
    """Of 4^2 sign patterns of two units 10 are rectangular: three choices of I for three J, and silence."""
    found = rectangles(*EX1, 2)
    assert (found.cells.covered, found.cells.others) == (10, 6)
    assert min(corner.total() for corner in found.local_minima) == 0


@settings(max_examples=30)
@given(seeds, st.integers(2, 3))
def test_the_cells_that_are_not_covered_are_counted(seed, hidden):
    """Patterns of all units at once, one by one: which are open, and all firing units share their samples."""
    X, Y = drawn(seed, 2, 3)
    found = rectangles(X, Y, hidden)
    chambers = {face.cell for face in found.data.arrangement.chambers}
    cells = chambers | {face.cell for face in found.data.arrangement.thin}
    patterns = list(product(cells, repeat=hidden))
    covered = [one for one in patterns if set(one) <= chambers and len(set(one) - {()}) <= 1]
    document = found.to_json()
    assert document["cells"] == len(covered)
    assert document["cells_not_covered"] == len(patterns) - len(covered)


def plane(rays, seed):
    """Two samples on axes of their own, with a double singular value, and others in a plane, one a line."""
    draw = Random(seed)
    columns = [(1, 0, 0, 0), (0, 1, 0, 0), *((0, 0, 1, j) for j in range(rays))]
    X = [[column[i] for column in columns] for i in range(4)]
    return X, [[int(i == k) for i in range(2)] + [draw.randint(-2, 1) for _ in range(rays)] for k in range(2)]


@pytest.mark.parametrize("seed", range(4))
def test_zeros_among_the_slopes_of_a_family(seed):
    """A plane of critical units between six rays: which slopes can vanish, by all combinations."""
    data = unit_data(*plane(3, seed))
    face = face_of(data.arrangement, (1, 1, 0, 0, 0))
    local = Local(data, face, strata(data, face.flat, face.positive)[0])
    places = range(len(local.rays))
    always = [i for i in places if all(x.is_zero() for x in local.slopes[i])]
    others = [i for i in places if i not in always]
    subsets = [more for count in range(len(others) + 1) for more in combinations(others, count)]
    exists = [local.find(sorted([*always, *more]), [i for i in others if i not in more]) for more in subsets]
    wanted = [sorted([*always, *more]) for more, found in zip(subsets, exists, strict=True) if found is not None]
    assert [zero for zero, _ in local.choices(always, others)] == wanted


def test_a_family_of_units_between_many_rays():
    """Sixteen rays, of which all combinations would be too many."""
    X, Y = plane(8, 3)
    data = unit_data(X, Y)
    face = face_of(data.arrangement, (1, 1, *[0] * 8))
    pieces = list(active_pieces(data, face))
    assert [(piece.kind, piece.free) for piece in pieces] == [("local-minimum", 1)]
    A1 = [[*pieces[0].unit[0].entries()]]
    A2 = [[q] for q in pieces[0].top[0].entries()]
    assert verify_relu(X, Y, [A1, A2]).extremum == "local-minimum"


def test_points_of_several_units():
    silent = verify_relu(*EX1, [[[-1, -1], [-1, -2]], [[0, 3], [1, 0]]])
    assert (silent.kind, silent.loss) == ("flat", fmpq(5, 2))
    shared = verify_relu(*EX1, [[[1, 2], [2, 4]], [[0, 0], [0, 0]]])
    assert (shared.kind, shared.witness.layer) == ("not-critical", 2)
    mixed = verify_relu([[1, -1]], [[1, 2]], [[[1], [-1]], [[1, 2]]])
    assert (mixed.kind, mixed.loss) == ("global-minimum", 0)
    apart = verify_relu([[1, 1, -1]], [[1, 2, 3]], [[[1], [-1]], [["3/2", 3]]])
    assert (apart.kind, apart.loss) == ("local-minimum", fmpq(1, 4))
    with pytest.raises(Undecided):
        verify_relu([[1, 1]], [[1, 3]], [[[1], [0]], [[2, 0]]])


@pytest.mark.parametrize(
    ("X", "Y", "weights"),
    [
        ([[1]], [[1]], [[[0], [0]], [[0, 0]]]),
        ([[1, 0], [0, 1]], [[1, 1]], [[[-1, 0], [-1, 0]], [[0, 0]]]),
        ([[1, 0], [0, 1]], [[1, 1]], [[[-1, -1], [-1, 0]], [[0, 0]]]),
    ],
)
def test_several_units_of_which_none_fires_at_a_boundary(X, Y, weights):
    """One unit alone goes up and down, and the others stay silent."""
    assert verify_relu(X, Y, weights).kind == "saddle"
    (A1, A2), step = weights, fmpq(1, 1000)
    here = ReluNetwork(X, Y, weights).loss.number()
    moved = [[*row[:-1], row[-1] + 1] for row in A1]
    tops = [[[q + sign * step for q in row] for row in A2] for sign in (1, -1)]
    low, high = (ReluNetwork(X, Y, [moved, top]).loss.number() for top in tops)
    assert low < here < high


def test_several_silent_units_that_no_one_alone_makes_a_saddle():
    with pytest.raises(Undecided, match="no unit fires"):
        verify_relu([[1, 0]], [[0, 1]], [[[0], [0]], [[0, 0]]])  # the second sample is out of reach


def test_data_without_rows_are_refused():
    with pytest.raises(InputError, match="Y has no rows"):
        relu_landscape([[1, 2]], fmpq_mat(0, 2))
