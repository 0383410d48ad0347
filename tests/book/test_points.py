"""Generated critical points: they are what they are said to be, and every case occurs."""

from collections import Counter
from random import Random

from flint import fmpq, fmpq_mat

from symbolic_cp.book.moves import lowest, moves
from symbolic_cp.book.points import CASES, cases, theorem_1_points
from symbolic_cp.exact.linear import pinv, rank
from symbolic_cp.exact.matrices import eye, is_zero, trace
from symbolic_cp.kernel.evaluation import Table
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.prover.numeric import from_instance

COUNT = 200


def drawn(seed):
    return theorem_1_points(Random(seed), {})


def matrices(values, *names):
    return [from_instance(values[name]) for name in names]


def test_every_case_occurs_often_enough():
    found = Counter(case for seed in range(COUNT) for case in cases(drawn(seed)))
    assert set(found) == set(CASES)
    assert min(found.values()) >= COUNT // 20


def test_the_points_are_critical_by_the_gradients_of_the_network_room():
    for seed in range(60):
        X, Y, A1, A2 = matrices(drawn(seed), "X", "Y", "A1", "A2")
        assert LinearNetwork(X, Y, [A1, A2]).is_critical()


def test_the_structure_of_theorem_1():
    for seed in range(60):
        values = drawn(seed)
        U, V, C, D, A2, P, R = matrices(values, "U", "V", "C", "D", "A2", "P", "R")
        assert U * V * C == A2
        assert C * D == eye(C.nrows())
        assert P == A2 * pinv(A2)
        assert is_zero(V * R)
        assert V.transpose() * V + R * R.transpose() == eye(V.ncols())
        widths = [int(one) for one in values["p"].entries.values()] + [values["pb"]]
        assert sum(widths) == rank(A2)
        assert isinstance(values["W"], Table)


def test_cases_are_read_off_the_matrices():
    one, zero = eye(1), fmpq_mat(1, 1)
    assert cases({"X": _value(zero), "Y": _value(one)}) == {"rank(X) < min(d0, m)", "zero singular value"}
    shear = _value(fmpq_mat(2, 2, [1, 1, 0, 1]))
    assert "rank(A2) < d1, C not orthogonal" in cases({"A2": _value(fmpq_mat(1, 2, [1, 0])), "C": shear})
    assert cases({"X": _value(eye(2)), "Y": _value(eye(2))}) == {"repeated singular value"}
    assert cases({"L1": _value(one)}) == {"L1 != 0"}
    up = {"X": _value(one), "Y": _value(fmpq_mat(2, 1, [1, 0])), "A2": _value(fmpq_mat(2, 1, [0, 1]))}
    assert cases(up) == {"zero singular value", "d1 < d2", "pb > 0"}


def _value(matrix):
    from symbolic_cp.prover.numeric import to_instance

    return to_instance(matrix)


def loss(X, Y, A1, A2):
    R = A2 * A1 * X - Y
    return trace(R * R.transpose()) / 2


def test_moves_come_near_and_go_down_where_the_point_is_not_lowest():
    seen = 0
    for seed in range(40):
        X, Y, A1, A2 = matrices(drawn(seed), "X", "Y", "A1", "A2")
        here, least = loss(X, Y, A1, A2), loss(X, Y, *lowest(X, Y, A1.nrows()))
        assert least <= here
        down = any(loss(X, Y, *pair) < here for pair in moves(X, Y, A1, A2, Random(0)))
        assert down == (least < here)
        seen += least < here
    assert seen > 10


def test_the_lowest_point_has_the_loss_of_the_largest_eigenvalues():
    X, Y = eye(3), fmpq_mat(3, 3, [3, 0, 0, 0, 1, 0, 0, 0, 2])
    assert loss(X, Y, *lowest(X, Y, 2)) == fmpq(1, 2)
