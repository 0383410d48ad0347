from __future__ import annotations

import random

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError, TooLarge
from symbolic_cp.networks import hessian as hessian_module
from symbolic_cp.networks.hessian import flatten, hessian, size, unflatten
from symbolic_cp.networks.linear import LinearNetwork, inner


def random_network(seed, widths=None, samples=None):
    rng = random.Random(seed)
    widths = widths or [rng.randint(1, 3) for _ in range(rng.randint(3, 5))]
    samples = rng.randint(1, 4) if samples is None else samples
    draw = lambda r, c: fmpq_mat(r, c, [fmpq(rng.randint(-4, 4), rng.randint(1, 2)) for _ in range(r * c)])  # noqa: E731  # short
    shapes = list(zip(widths[1:], widths[:-1], strict=True))
    network = LinearNetwork(draw(widths[0], samples), draw(widths[-1], samples), [draw(*s) for s in shapes])
    return network, [draw(*s) for s in shapes]


seeds = st.integers(min_value=0, max_value=10**9)


@given(seeds)
def test_loss_along_a_line_is_the_loss_there(seed):
    network, D = random_network(seed)
    polynomial = network.loss_along(D)
    assert polynomial.degree() <= 2 * network.depth
    for t in (fmpq(0), fmpq(1), fmpq(-1, 3), fmpq(5, 2)):
        assert polynomial(t) == network.moved(D, t).loss


@given(seeds)
def test_first_and_second_order_along_a_line_are_gradient_and_hessian_form(seed):
    network, D = random_network(seed)
    polynomial = network.loss_along(D)
    gradient = sum((inner(G, Dk) for G, Dk in zip(network.gradients, D, strict=True)), start=fmpq(0))
    assert polynomial[1] == gradient
    assert 2 * polynomial[2] == network.hessian_form(D)


@given(seeds)
def test_hessian_is_symmetric_and_gives_the_hessian_form(seed):
    network, D = random_network(seed)
    H = hessian(network)
    assert H == H.transpose()
    d = flatten(D)
    assert (d.transpose() * H * d)[0, 0] == network.hessian_form(D)
    assert list(unflatten(d, network)) == D


@given(seeds)
def test_gradients_are_zero_where_they_are(seed):
    """Zero layers make some gradients zero and leave others; all depths, and the answer on integers is the same."""
    network, _ = random_network(seed)
    rng = random.Random(seed)
    weights = [A * rng.randint(0, 1) for A in network.weights]
    moved = network.with_weights(weights)
    assert moved.gradient_zero() == tuple(not G for G in moved.gradients)


def test_chains():
    network, _ = random_network(3, widths=[2, 3, 1, 2])
    A1, A2, A3 = network.weights
    assert network.chain(3, 1) == A3 * A2 * A1 == network.product
    assert network.chain(2, 2) == A2
    assert network.chain(0, 1) == fmpq_mat(2, 2, [1, 0, 0, 1])
    assert network.chain(3, 4) == fmpq_mat(2, 2, [1, 0, 0, 1])
    assert network.above == (A3 * A2 * A1, A3 * A2, A3, network.chain(3, 4))
    assert network.widths == (2, 3, 1, 2)
    with pytest.raises(InputError, match=r"there is no chain A_\(4,1\) in a network of 3 layers"):
        network.chain(4, 1)


def test_no_samples_and_no_inputs():
    network = LinearNetwork(fmpq_mat(2, 0), fmpq_mat(1, 0), [[[1, 2]], [[3]]])
    assert network.loss == 0
    assert network.is_critical()
    network = LinearNetwork(fmpq_mat(0, 2), fmpq_mat(1, 2, [1, 1]), [fmpq_mat(2, 0), [[1, 1]]])
    assert network.loss == 1
    assert network.is_critical()
    assert hessian(network) == fmpq_mat(2, 2)


def test_with_weights_keeps_the_data():
    network, _ = random_network(5, widths=[2, 2, 2])
    other = network.with_weights([A * 2 for A in network.weights])
    assert other.loss == LinearNetwork(network.X, network.Y, other.weights).loss
    assert other.gram is network.gram


@pytest.mark.parametrize(
    ("X", "Y", "weights", "message"),
    [
        ([[1, 2]], [[1]], [[[1]], [[1]]], "Y: X is 1 x 2 and Y is 1 x 1: they must have equally many columns"),
        ([[1]], [[1]], [[[1]]], "weights: 1 layers; a linear network here has at least two"),
        ([[1]], [[1]], [[[1, 2]], [[1]]], r"weights\[1\]: A1 is 1 x 2 and X is 1 x 1: A1 must have as many"),
        ([[1]], [[1]], [[[1]], [[1, 1]]], r"weights\[2\]: A2 is 1 x 2 and A1 is 1 x 1"),
        ([[1]], [[1], [2]], [[[1]], [[1]]], r"weights\[2\]: A2 is 1 x 1 and Y is 2 x 1: .* equally many rows"),
        ([[1]], [[1]], [[[0.5]], [[1]]], r"weights\[1\]\[1\]\[1\]: 0.5 is a float"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(X, Y, weights, message):
    with pytest.raises(InputError, match=message):
        LinearNetwork(X, Y, weights)


def test_directions_that_do_not_fit_are_refused():
    network, D = random_network(1, widths=[2, 2, 1])
    with pytest.raises(InputError, match="a direction of 1 matrices; it needs 2"):
        network.hessian_form(D[:1])
    with pytest.raises(InputError, match=r"direction\[1\]: a 1 x 2 matrix for the 2 x 2 layer A1"):
        network.loss_along([D[1], D[0]])
    with pytest.raises(InputError, match=f"a direction is a column of height {size(network)}"):
        unflatten(fmpq_mat(1, 1), network)


def test_large_hessians_are_refused(monkeypatch):
    network, _ = random_network(1, widths=[2, 2, 2])
    monkeypatch.setattr(hessian_module, "MAX_SIZE", 7)
    with pytest.raises(TooLarge, match="a Hessian of 8 rows; at most 7"):
        hessian(network)
