from __future__ import annotations

from itertools import pairwise
from random import Random

import mpmath
import pytest
from flint import ctx, fmpq, fmpq_mat, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.algebraic import Field, FieldMatrix, enclosure
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.exact.matrices import zeros
from symbolic_cp.networks.fieldsum import (
    FieldSum,
    as_sum,
    enclose,
    field_rank,
    is_nonzero_in_balls,
    number,
    simplest,
    weight_to_json,
)
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.sums import SumNetwork, hessian_form_in_balls, loss_in_balls, matrix_rank
from symbolic_cp.networks.unreduced import Unreduced, trace_of_product

ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(1), fmpq(2)))
MINUS_ROOT2 = Field(fmpq_poly([-2, 0, 1]), (fmpq(-2), fmpq(-1)))
ROOT3 = Field(fmpq_poly([-3, 0, 1]), (fmpq(1), fmpq(2)))
CUBIC = Field(fmpq_poly([1, -3, 0, 1]), (fmpq(1), fmpq(2)))

seeds = st.integers(min_value=0, max_value=2**32)


def draw(rng, rows, cols):
    return fmpq_mat(rows, cols, [fmpq(rng.randint(-3, 3), rng.randint(1, 3)) for _ in range(rows * cols)])


def draw_sum(rng, rows, cols, fields):
    parts = [FieldMatrix(f, tuple(draw(rng, rows, cols) for _ in range(rng.randint(1, f.degree)))) for f in fields]
    return FieldSum(draw(rng, rows, cols), tuple(parts))


def numeric(M):
    """By mpmath, from the coefficients and the roots it finds itself."""
    total = mpmath.matrix([[_mpf(q) for q in row] for row in M.rational.table()])
    for part in M.parts:
        low, high = (_mpf(q) for q in part.field.interval)
        roots = mpmath.polyroots([_mpf(c) for c in reversed(part.field.minpoly.coeffs())], extraprec=200)
        (root,) = (mpmath.re(x) for x in roots if low < mpmath.re(x) < high)
        for k, c in enumerate(part.coeffs):
            total += root**k * mpmath.matrix([[_mpf(q) for q in row] for row in c.table()])
    return total


def _mpf(q):
    return mpmath.mpf(int(q.p)) / int(q.q)


def close(A, B):
    return mpmath.mnorm(A - B, "f") < mpmath.mpf(10) ** -30


@given(seeds, st.sampled_from([(ROOT2,), (CUBIC,), (ROOT2, CUBIC)]))
def test_arithmetic_agrees_with_numbers(seed, fields):
    rng = Random(seed)
    M, N, R = draw_sum(rng, 2, 3, fields), draw_sum(rng, 2, 3, fields[:1]), draw(rng, 3, 2)
    with mpmath.workdps(50):
        assert close(numeric(M + N), numeric(M) + numeric(N))
        assert close(numeric(M - N), numeric(M) - numeric(N))
        assert close(numeric(M.transpose()), numeric(M).T)
        assert close(numeric((Unreduced.of(M) @ Unreduced.of(R)).value()), numeric(M) * numeric(FieldSum(R, ())))
        assert close(numeric((Unreduced.of(M) - Unreduced.of(N)).value()), numeric(M) - numeric(N))
        if len(fields) == 1:
            product = Unreduced.of(M) @ Unreduced.of(N.transpose()) @ Unreduced.of(M)
            assert close(numeric(product.value()), numeric(M) * numeric(N).T * numeric(M))
            field, element = trace_of_product(Unreduced.of(M), Unreduced.of(N))
            low, high = enclosure(field, element, fmpq(1, 10**40))
            trace = sum(a * b for a, b in zip(numeric(M), numeric(N), strict=True))
            assert abs(_mpf(low) - trace) < mpmath.mpf(10) ** -30 > abs(_mpf(high) - trace)


def test_zero_over_one_and_several_fields():
    root2 = FieldMatrix(ROOT2, (zeros(1, 1), fmpq_mat([[1]])))
    minus = FieldMatrix(MINUS_ROOT2, (zeros(1, 1), fmpq_mat([[1]])))
    zero = zeros(1, 1)
    assert FieldSum(zero, ()).is_zero()
    assert FieldSum(fmpq_mat([[-1]]), (FieldMatrix(ROOT2, (fmpq_mat([[1]]),)),)).is_zero()
    assert not FieldSum(fmpq_mat([[-1]]), (root2,)).is_zero()
    assert (FieldSum(zero, (root2,)) - FieldSum(zero, (root2,))).is_zero()
    assert not FieldSum(zero, (root2, FieldMatrix(ROOT3, (zero, fmpq_mat([[1]]))))).is_zero()
    with pytest.raises(Undecided, match="may cancel each other"):
        FieldSum(zero, (root2, minus)).is_zero()  # sqrt 2 + (-sqrt 2), over two different roots


def test_mixed_terms_must_vanish_or_be_said_to():
    left = FieldSum(zeros(1, 1), (FieldMatrix(ROOT2, (zeros(1, 1), fmpq_mat([[1]]))),))
    right = FieldSum(zeros(1, 1), (FieldMatrix(ROOT3, (zeros(1, 1), fmpq_mat([[1]]))),))
    with pytest.raises(Undecided, match="a product of parts over two fields is not seen to vanish"):
        Unreduced.of(left) @ Unreduced.of(right)
    assert (Unreduced.of(left, mixed_vanish=True) @ Unreduced.of(right)).is_zero()
    with pytest.raises(Undecided, match="no element of one of them"):
        trace_of_product(Unreduced.of(left), Unreduced.of(right))
    across = FieldSum(zeros(1, 2), (FieldMatrix(ROOT2, (fmpq_mat([[1, 0]]),)),))
    down = FieldSum(zeros(2, 1), (FieldMatrix(ROOT3, (fmpq_mat([[0], [1]]),)),))
    assert (Unreduced.of(across) @ Unreduced.of(down)).is_zero()


def test_simplest_forms():
    M = fmpq_mat([[1, 2]])
    part = FieldMatrix(ROOT2, (M, M))
    assert simplest(as_sum(M)) == M
    assert simplest(FieldSum(M, (part,))) == part + M
    both = FieldSum(M, (part, FieldMatrix(ROOT3, (M,))))
    assert simplest(both) is both
    assert as_sum(part).parts == (part,)
    assert weight_to_json(M) == [[1, 2]]
    assert set(weight_to_json(part)) == {"field", "entries"}
    assert [type(item) for item in weight_to_json(both)["sum"]] == [list, dict, dict]


def test_elements_as_numbers():
    assert number(None, fmpq_poly([fmpq(1, 2)])) == fmpq(1, 2)
    assert number(ROOT2, fmpq_poly([3])) == 3
    assert number(ROOT2, fmpq_poly([0, 1])) == ROOT2
    assert number(ROOT2, fmpq_poly([0, -1])) == MINUS_ROOT2
    square = number(CUBIC, fmpq_poly([0, 0, 1]))
    assert square.minpoly == fmpq_poly([-1, 9, -6, 1])
    low, high = square.interval
    with mpmath.workdps(30):
        root = mpmath.findroot(lambda x: x**3 - 3 * x + 1, 1.5)
        assert _mpf(low) < root**2 < _mpf(high)


@given(seeds)
def test_ranks(seed):
    rng = Random(seed)
    left, right = draw_sum(rng, 3, 1, (CUBIC,)), draw_sum(rng, 1, 3, (CUBIC,))
    product = (Unreduced.of(left) @ Unreduced.of(right)).value()
    expected = 0 if left.is_zero() or right.is_zero() else 1
    assert matrix_rank(product) == field_rank(product) == expected
    total = draw_sum(rng, 2, 3, (ROOT2, ROOT3))
    assert matrix_rank(total) in {2, None}
    assert field_rank(total) is None


def test_ranks_with_rational_kernels_over_several_fields():
    parts = tuple(FieldMatrix(f, (zeros(2, 2), fmpq_mat([[1, 1], [1, 1]]))) for f in (ROOT2, ROOT3))
    assert matrix_rank(FieldSum(zeros(2, 2), parts)) == 1
    assert matrix_rank(FieldSum(zeros(0, 3), ())) == 0
    opposite = tuple(FieldMatrix(f, (zeros(1, 1), fmpq_mat([[1]]))) for f in (ROOT2, MINUS_ROOT2))
    assert matrix_rank(FieldSum(zeros(1, 1), opposite)) is None


def test_balls_hold_the_value():
    M = FieldSum(fmpq_mat([[1]]), (FieldMatrix(CUBIC, (zeros(1, 1), zeros(1, 1), fmpq_mat([[1]]))),))
    with ctx.workprec(200), mpmath.workdps(50):
        ball = enclose(M, 100)[0, 0]
        assert abs(mpmath.mpf(ball.mid().str(40, radius=False)) - numeric(M)[0]) < mpmath.mpf(10) ** -25
    assert is_nonzero_in_balls(M)
    assert not is_nonzero_in_balls(FieldSum(zeros(2, 2), ()))


@given(seeds)
def test_networks_over_one_field_agree_with_rational_networks_nearby(seed):
    rng = Random(seed)
    widths = [rng.randint(1, 3) for _ in range(rng.randint(3, 4))]
    X, Y = draw(rng, widths[0], 2), draw(rng, widths[-1], 2)
    weights = [draw_sum(rng, b, a, (CUBIC,)) for a, b in pairwise(widths)]
    network = SumNetwork(X, Y, weights)
    near = network.near(300)
    small = fmpq(1, 10**40)
    field, loss = network.loss
    assert abs(enclosure(field, loss, small)[0] - near.loss) < 3 * small
    for k in range(1, network.depth + 1):
        for entry, exact in zip(near.gradients[k - 1].entries(), _entries(network.between(k, k)), strict=True):
            assert abs(enclosure(field, exact, small)[0] - entry) < 3 * small
    D = [draw(rng, b, a) for a, b in pairwise(widths)]
    field, curvature = network.hessian_form(D)
    assert abs(enclosure(field, curvature, small)[0] - near.hessian_form(D)) < 3 * small
    with ctx.workprec(400):
        assert abs(fmpq(*_fraction(hessian_form_in_balls(network, D, 200))) - near.hessian_form(D)) < fmpq(1, 10**20)
        assert abs(fmpq(*_fraction(loss_in_balls(network, 200))) - near.loss) < fmpq(1, 10**20)
        moved = near.moved(D).loss
        assert abs(fmpq(*_fraction(loss_in_balls(network, 200, D))) - moved) < fmpq(1, 10**20)


def _entries(M):
    value = simplest(M)
    if isinstance(value, fmpq_mat):
        return [fmpq_poly([q]) for q in value.entries()]
    return [value.entry(i, j) for i in range(value.nrows()) for j in range(value.ncols())]


def _fraction(ball):
    mantissa, exponent = ball.mid().man_exp()
    return (int(mantissa) << int(exponent), 1) if exponent >= 0 else (int(mantissa), 1 << -int(exponent))


def test_weights_over_several_fields_need_structure():
    one = fmpq_mat([[1]])
    part = lambda f: FieldMatrix(f, (zeros(1, 1), one))  # noqa: E731  # short
    mixed = FieldSum(zeros(1, 1), (part(ROOT2), part(ROOT3)))
    with pytest.raises(Undecided, match="an irrational layer between the first and the last"):
        SumNetwork([[1]], [[1]], [one, mixed, one])
    with pytest.raises(Undecided, match="meets a part of the first layer over another field"):
        SumNetwork([[1]], [[1]], [mixed, mixed])
    with pytest.raises(Undecided, match="a part of the last layer is no eigenspace of Sigma"):
        SumNetwork([[1]], [[1]], [one, mixed])
    with pytest.raises(Undecided, match="a part of the first layer is no eigenspace"):
        SumNetwork([[1]], [[1]], [mixed, one])


def test_a_network_without_irrational_weights():
    network = SumNetwork([[1]], [[1]], [fmpq_mat([[2]]), fmpq_mat([[1]])])
    rational = LinearNetwork([[1]], [[1]], [[[2]], [[1]]])
    assert network.loss == (None, fmpq_poly([rational.loss]))
    assert network.gradient_zero() == rational.gradient_zero()
    with pytest.raises(InputError, match="A2 is 1 x 1 and A1 is 2 x 1"):
        SumNetwork([[1]], [[1]], [fmpq_mat(2, 1), fmpq_mat([[1]])])
