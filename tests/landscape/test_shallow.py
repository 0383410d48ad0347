from __future__ import annotations

from random import Random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.algebraic import FieldMatrix, enclosure
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import pinv, projector, rank
from symbolic_cp.exact.matrices import eye, is_zero, submatrix, zeros
from symbolic_cp.exact.stripped import strip
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.generate import draw_data, draw_full_rank, draw_matrix, draw_pattern, draw_problem
from symbolic_cp.landscape.lines import lies_on_lines, weights_on_lines
from symbolic_cp.landscape.shallow import basis, critical_point, shallow_weights
from symbolic_cp.networks.fieldsum import FieldSum
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.sums import SumNetwork

seeds = st.integers(min_value=0, max_value=2**32)


def drawn(seed, *, rational):
    rng = Random(seed)
    data = draw_problem(rng)
    width = rng.randint(1, 4)
    pattern = draw_pattern(rng, data, [width], rational=rational)
    return rng, data, width, pattern, draw_full_rank(rng, width, width)


@given(seeds)
def test_rational_points_are_critical_with_the_loss_of_prop_1(seed):
    rng, data, width, pattern, C = drawn(seed, rational=True)
    point = critical_point(data, width, pattern, C=C, free=draw_matrix(rng, width, data.X.nrows()))
    network = LinearNetwork(data.X, data.Y, point.weights)
    assert network.gradient_zero() == (True, True)
    assert [bool(G) for G in network.gradients] == [False, False]
    assert network.loss == point.loss.rational()
    assert rank(network.weights[1]) == sum(pattern)


@given(seeds, st.integers(2, 4), st.integers(2, 4))
def test_a_point_on_lines_is_that_of_the_general_formulas(seed, d0, d2):
    """Simple rational eigenvalues: X of any rank, Sigma with and without a kernel, any pattern without p_bar."""
    rng = Random(seed)
    rank_X = rng.randint(1, d0)
    values = rng.sample([fmpq(3), fmpq(2), fmpq(1), fmpq(1, 2)], rng.randint(1, min(rank_X, d2)))
    drawn = draw_data(rng, d0, 4, d2, rank_X=rank_X, values=values)
    data, width = DataSpectrum(drawn.X, drawn.Y), rng.randint(1, 4)
    pattern = (*draw_pattern(rng, data, [width], rational=True)[:-1], 0)
    assert lies_on_lines(data, pattern, {})
    C, F = draw_full_rank(rng, width, width), draw_matrix(rng, width, d0)
    general = shallow_weights(data, basis(data, pattern, {}), C, strip(C.inv()), F)
    assert weights_on_lines(data, pattern, strip(C), strip(C.inv()), F) == tuple(A.rational for A in general)
    assert not any(A.parts for A in general)


@given(seeds)
def test_points_satisfy_eq_1_to_eq_3(seed):
    """L1 is recovered from A1, and put into the paper's formulas with P_Col(UV) = A2 A2^+ and P_ker(V)."""
    rng, data, width, pattern, C = drawn(seed, rational=True)
    p = sum(pattern)
    point = critical_point(data, width, pattern, C=C, free=draw_matrix(rng, width, data.X.nrows()))
    A1, A2 = point.weights
    B = submatrix(A2 * C.inv(), range(A2.nrows()), range(p))
    assert is_zero(submatrix(A2 * C.inv(), range(A2.nrows()), range(p, width)))
    keep = fmpq_mat(width, width, [int(i == j < p) for i in range(width) for j in range(width)])
    start = C.inv() * _padded(pinv(B), width) * data.Y * pinv(data.X)
    # eq-1 determines L1 up to what it maps to zero: L1 := A1 - start solves it, as start X X^+ = start.
    L1 = A1 - start
    assert A1 == start + L1 - C.inv() * keep * C * L1 * data.X * pinv(data.X)
    outside = eye(A2.nrows()) - projector(A2)
    assert is_zero(outside * data.Y * data.X.transpose() * L1.transpose() * C.transpose() * (eye(width) - keep))


def _padded(M, rows):
    return fmpq_mat(rows, M.ncols(), M.entries() + [0] * ((rows - M.nrows()) * M.ncols()))


@given(seeds)
def test_an_l1_that_satisfies_eq_3_is_used_as_it_is(seed):
    """The lower rows of C L1 are drawn from the left kernel of X Y^T (I - P); A1 must be eq-1 with that L1."""
    rng, data, width, pattern, C = drawn(seed, rational=True)
    p = sum(pattern)
    plain = critical_point(data, width, pattern, C=C)
    A2 = plain.weights[1]
    K = data.X * data.Y.transpose() * (eye(A2.nrows()) - projector(A2))
    CL1 = draw_matrix(rng, width, data.X.nrows())
    fitting = CL1 * (eye(data.X.nrows()) - K * pinv(K))
    rows = [*CL1.table()[:p], *fitting.table()[p:]]
    L1 = C.inv() * fmpq_mat(width, data.X.nrows(), [q for row in rows for q in row])
    keep = fmpq_mat(width, width, [int(i == j < p) for i in range(width) for j in range(width)])
    point = critical_point(data, width, pattern, C=C, free=L1)
    assert point.weights[0] == plain.weights[0] + L1 - C.inv() * keep * C * L1 * data.X * pinv(data.X)


@given(seeds)
def test_irrational_points_are_critical(seed):
    rng, data, width, pattern, C = drawn(seed, rational=False)
    point = critical_point(data, width, pattern, C=C, free=draw_matrix(rng, width, data.X.nrows()))
    network = SumNetwork(data.X, data.Y, point.weights)
    assert network.gradient_zero() == (True, True)
    if network.loss is not None:
        field, element = network.loss
        if field is None:
            assert element[0] == point.loss.rational()
        else:
            low, high = enclosure(field, element, fmpq(1, 2**80))
            below, above = point.loss.interval(80)
            assert max(low, below) <= min(high, above)


GOLDEN = DataSpectrum([[1, 0], [0, 1]], [[2, 1], [1, 1]])


def test_one_irrational_eigenvalue_gives_weights_over_its_field():
    point = critical_point(GOLDEN, 1, (0, 1, 0))
    assert all(isinstance(A, FieldMatrix) and A.field == GOLDEN.positive[1].value for A in point.weights)


def test_conjugate_eigenvalues_taken_alike_give_rational_weights():
    point = critical_point(GOLDEN, 3, (1, 1, 0), C=[[1, 2, 0], [0, 1, 1], [1, 0, 1]])
    assert all(isinstance(A, fmpq_mat) for A in point.weights)
    assert LinearNetwork(GOLDEN.X, GOLDEN.Y, point.weights).loss == 0


def two_fields():
    """X = I, Sigma with eigenvalues 20 +- sqrt 2, 10 +- sqrt 2 (see test_losses) and two units: sums of two fields."""
    rows = [[3, 1, 1, 0, 0, 0, 0, 0], [1, -2, 0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 4, 2, 1, 0], [0, 0, 0, 0, 1, -1, -1, 4]]
    return DataSpectrum([[int(i == j) for j in range(8)] for i in range(8)], rows)


def test_two_irrational_eigenvalues_give_sums():
    data = two_fields()
    point = critical_point(data, 3, (1, 0, 1, 0, 0), C=[[1, 2, 0], [0, 1, 1], [1, 0, 1]])
    assert all(isinstance(A, FieldSum) and len(A.parts) == 2 for A in point.weights)
    network = SumNetwork(data.X, data.Y, point.weights)
    assert network.mixed
    assert network.gradient_zero() == (True, True)
    assert network.loss is None


def test_mixing_chooses_the_subspace_of_an_eigenspace():
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 2]])
    point = critical_point(data, 1, (1, 0), mixing={0: [[3], [4]]})
    A2 = point.weights[1]
    assert A2[0, 0] * 4 == A2[1, 0] * 3 != 0
    assert LinearNetwork(data.X, data.Y, point.weights).is_critical()


def test_mixing_within_irrational_eigenspaces():
    """Sigma = diag(S, S): a repeated irrational pair; conjugates mixed alike are rational, differently they are not."""
    block = [[2, 1, 0, 0], [1, 1, 0, 0], [0, 0, 2, 1], [0, 0, 1, 1]]
    data = DataSpectrum([[int(i == j) for j in range(4)] for i in range(4)], block)
    assert data.multiplicities == (2, 2)
    alike = critical_point(data, 2, (1, 1, 0), mixing={0: [[1], [1]], 1: [[1], [1]]})
    assert all(isinstance(A, fmpq_mat) for A in alike.weights)
    assert LinearNetwork(data.X, data.Y, alike.weights).is_critical()
    differently = {0: [[1], [1]], 1: [[1], [-1]]}
    for pattern, mixing in (((1, 1, 0), differently), ((2, 1, 0), {}), ((1, 0, 0), {0: [[1], [2]]})):
        point = critical_point(data, 3, pattern, mixing=mixing, free=draw_matrix(Random(1), 3, 4))
        assert all(SumNetwork(data.X, data.Y, point.weights).gradient_zero())


def test_data_without_samples_and_patterns_of_p_bar_only():
    data = DataSpectrum(fmpq_mat(2, 0), fmpq_mat(3, 0))
    point = critical_point(data, 2, (2,), C=[[1, 1], [0, 1]], free=[[1, 2], [3, 4]])
    assert LinearNetwork(data.X, data.Y, point.weights).is_critical()
    assert rank(point.weights[1]) == 2
    assert point.weights[0] == fmpq_mat([[1, 2], [3, 4]])


def test_the_zero_pattern():
    point = critical_point(GOLDEN, 2, (0, 0, 0))
    assert point.weights[1] == zeros(2, 2)
    assert point.loss.rational() == fmpq(7, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pattern": (1, 1, 0)}, "pattern: the pattern has sum 2, but the rank of A2 is at most 1"),
        ({"pattern": (1, 0)}, "pattern: a pattern of 2 numbers"),
        ({"C": [[0]]}, r"C: C is singular \(rank 0 of 1\); thm-1 needs an invertible C"),
        ({"C": [[1, 2]]}, "C: C is 1 x 2; it must be 1 x 1"),
        ({"C": [[0.5]]}, r"C\[1\]\[1\]: 0.5 is a float"),
        ({"free": [[1]]}, "free: the free matrix is 1 x 1; it must be 1 x 2, as A1"),
        ({"mixing": {0: [[0]]}}, r"mixing\[0\]: this mixing matrix is 1 x 1; it must be 1 x 1 of rank 1"),
        ({"mixing": {0: [[1, 2]]}}, r"mixing\[0\]: this mixing matrix is 1 x 2; it must be 1 x 1 of rank 1"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    data = DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]])
    pattern = options.pop("pattern", (1, 0, 0))
    with pytest.raises(InputError, match=message):
        critical_point(data, 1, pattern, **options)
