"""Linear networks of any depth at a rational point: product, loss, gradients, Hessian form, loss along a line.

Main class: LinearNetwork(X, Y, weights). Notation of the paper (Zhou & Liang, ICLR 2018, section 3): data X is
d0 x m and Y is dl x m, layers A_k are d_k x d_(k-1) for k = 1..l, A_(i,j) = A_i ... A_j, and the loss is
L = 1/2 ||A_l ... A_1 X - Y||_F^2. Everything is a formula of its own over Q; nothing is differentiated by a program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import eye, matrices_latex, matrix, zeros
from symbolic_cp.exact.once import cached_property
from symbolic_cp.exact.stripped import Stripped, reduced, strip


@dataclass(frozen=True, eq=False)
class Gram:
    """What the loss needs of the data: G = X X^T (d0 x d0), H = Y X^T (dl x d0), and tr(Y Y^T).

    G and H are kept over common denominators, and brought to lowest terms when they are asked for.
    """

    stripped_G: Stripped
    stripped_H: Stripped
    YY: fmpq

    @cached_property
    def G(self) -> fmpq_mat:
        """X X^T."""
        return self.stripped_G.value()

    @cached_property
    def H(self) -> fmpq_mat:
        """Y X^T."""
        return self.stripped_H.value()


def gram(X: fmpq_mat, Y: fmpq_mat) -> Gram:
    """The products of the data from which the loss of every linear network on it is computed."""
    x, y = strip(X), strip(Y)
    turned = x.transpose()
    return Gram(x @ turned, y @ turned, y.inner(y))


def inner(M: fmpq_mat, N: fmpq_mat) -> fmpq:
    """The Frobenius inner product tr(M^T N) of two matrices of one shape; one pass over the entries.

    >>> inner(matrix([[1, 2]]), matrix([["1/2", 3]]))
    13/2
    """
    return strip(M).inner(strip(N))


def shape(M: fmpq_mat) -> str:
    """The shape in words, for messages: "2 x 3"."""
    return f"{M.nrows()} x {M.ncols()}"


class LinearNetwork:
    """The network A_l ... A_1 on data X, Y, at rational weights [A_1, ..., A_l] with at least one hidden layer.

    X, Y and the weights are anything `exact.matrices.matrix` reads. Raises InputError with the field (`weights[k]`,
    counted from 1, or `Y`) if shapes do not fit, or if there are fewer than two layers.

    >>> network = LinearNetwork([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[1, 0]], [[2], [0]]])
    >>> network.loss, network.is_critical()
    (1/2, True)
    """

    def __init__(self, X: object, Y: object, weights: Sequence[object]) -> None:
        self.X: fmpq_mat = matrix(X, field="X")
        self.Y: fmpq_mat = matrix(Y, field="Y")
        self.weights: tuple[fmpq_mat, ...] = tuple(
            matrix(A, field=f"weights[{k}]") for k, A in enumerate(weights, start=1)
        )
        check_shapes(dims(self.X), dims(self.Y), [dims(A) for A in self.weights])

    def _repr_latex_(self) -> str:
        named = [(f"A_{{{k}}}", A) for k, A in enumerate(self.weights, start=1)]
        return matrices_latex([*named, ("X", self.X), ("Y", self.Y)])

    @property
    def depth(self) -> int:
        """The number l of layers."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """(d0, d1, ..., dl)."""
        return (self.X.nrows(), *(A.nrows() for A in self.weights))

    @cached_property
    def gram(self) -> Gram:
        """X X^T, Y X^T and tr(Y Y^T)."""
        return gram(self.X, self.Y)

    def with_weights(self, weights: Sequence[object]) -> LinearNetwork:
        """The network on the same data at other weights; products of the data are not computed again."""
        other = LinearNetwork(self.X, self.Y, weights)
        other.gram = self.gram
        return other

    def chain(self, i: int, j: int) -> fmpq_mat:
        """A_(i,j) = A_i A_(i-1) ... A_j, d_i x d_(j-1), for 1 <= j <= i + 1 <= l + 1; A_(j-1,j) is the identity."""
        if not 1 <= j <= i + 1 <= self.depth + 1:
            raise InputError(f"there is no chain A_({i},{j}) in a network of {self.depth} layers")
        product = eye(self.widths[j - 1])
        for A in self.weights[j - 1 : i]:
            product = A * product
        return product

    @cached_property
    def stripped(self) -> tuple[Stripped, ...]:
        """The weights over common denominators."""
        return tuple(strip(A) for A in self.weights)

    @cached_property
    def below(self) -> tuple[fmpq_mat, ...]:
        """(A_(0,1), A_(1,1), ..., A_(l-1,1), A_(l,1)): at index k the product of the first k layers."""
        return (eye(self.widths[0]), self.weights[0], *[M.value() for M in self.stripped_below[1:]])

    @cached_property
    def stripped_below(self) -> tuple[Stripped, ...]:
        """(A_(1,1), ..., A_(l,1)) over common denominators: at index k - 1 the product of the first k layers."""
        products = [self.stripped[0]]
        for A in self.stripped[1:]:
            longer = A @ products[-1]
            products.append(Stripped(*reduced(longer.numerator, longer.denominator)))
        return tuple(products)

    @cached_property
    def above(self) -> tuple[fmpq_mat, ...]:
        """(A_(l,1), A_(l,2), ..., A_(l,l), I): at index k the product A_(l,k+1) of the layers above the k-th."""
        products = [eye(self.widths[-1]), self.weights[-1]]
        for A in reversed(self.weights[1:-1]):
            products.append(products[-1] * A)
        return (self.product, *reversed(products))

    @property
    def product(self) -> fmpq_mat:
        """W = A_l ... A_1, dl x d0."""
        return self.below[-1]

    @cached_property
    def stripped_error(self) -> Stripped:
        """E over a common denominator, not in lowest terms."""
        return self.stripped_below[-1] @ self.gram.stripped_G - self.gram.stripped_H

    @cached_property
    def error(self) -> fmpq_mat:
        """E = (A_l ... A_1 X - Y) X^T, dl x d0: the gradient of the loss with respect to the product W."""
        return self.stripped_error.value()

    @cached_property
    def captured(self) -> fmpq_mat:
        """K = W X X^T W^T, dl x dl: at a critical point P Sigma, what the network captures of Sigma."""
        W = self.stripped_below[-1]
        return (W @ self.gram.stripped_G @ W.transpose()).value()

    @cached_property
    def loss(self) -> fmpq:
        """L = 1/2 ||A_l ... A_1 X - Y||_F^2 = 1/2 (tr(Y Y^T) + <W, E - Y X^T>).

        Where the first gradient is known to vanish, <W, E> = <A_1, A_(l,2)^T E> = 0.
        """
        W, H = self.stripped_below[-1], self.gram.stripped_H
        if "_gradient_zero" in vars(self) and self._gradient_zero[0]:
            return (self.gram.YY - W.inner(H)) / 2
        return (self.gram.YY + W.inner(self.stripped_error - H)) / 2

    @cached_property
    def gradients(self) -> tuple[fmpq_mat, ...]:
        """The gradients A_(l,k+1)^T (A_l ... A_1 X - Y) X^T A_(k-1,1)^T, d_k x d_(k-1), for k = 1..l.

        For l = 2 these are eq-23 and eq-24. Cost: 4l - 4 products (the chains from both ends, E, and the layers').
        """
        E, last = self.error, self.depth
        out = [self.above[1].transpose() * E]
        out += [self.above[k].transpose() * (E * self.below[k - 1].transpose()) for k in range(2, last)]
        return (*out, E * self.below[last - 1].transpose())

    def gradient_zero(self) -> tuple[bool, ...]:
        """For every layer, whether its gradient is exactly zero. Decided once, and remembered."""
        return self._gradient_zero

    @cached_property
    def _gradient_zero(self) -> tuple[bool, ...]:
        """Whether the gradients are exactly zero.

        Decided on integer numerators: positive factors do not matter. Products that are at hand are used; else no
        common factor is looked for. Cost: 4l - 4 products of integer matrices.
        """
        if "stripped_below" in vars(self):  # then they are at hand
            N = [A.numerator for A in self.stripped]
            below = [M.numerator for M in self.stripped_below]
            below.pop()
            E = self.stripped_error.numerator
        else:
            G, H = self.gram.stripped_G, self.gram.stripped_H
            N, g = [], G.denominator
            for A in self.weights:
                numerator, denominator = A.numer_denom()
                N.append(numerator)
                g *= denominator
            below = N[:1]
            for M in N[1:]:
                below.append(M * below[-1])
            E = _difference(below.pop() * G.numerator, g, H.numerator, H.denominator)
        zero = [(E * below[-1].transpose()).is_zero()]
        above = N[-1].transpose()
        for k in range(len(N) - 2, 0, -1):
            zero.append((above * (E * below[k - 1].transpose())).is_zero())
            above = N[k].transpose() * above
        return ((above * E).is_zero(), *reversed(zero))

    def is_critical(self) -> bool:
        """Whether all gradients are exactly zero."""
        return all(self.gradient_zero())

    def direction(self, D: Sequence[object]) -> tuple[fmpq_mat, ...]:
        """The direction [D_1, ..., D_l] as rational matrices; InputError unless shaped as the weights."""
        out = tuple(matrix(Dk, field=f"direction[{k}]") for k, Dk in enumerate(D, start=1))
        if len(out) != self.depth:
            raise InputError(
                f"a direction of {len(out)} matrices; it needs {self.depth}, one a layer", field="direction"
            )
        for k, (Dk, A) in enumerate(zip(out, self.weights, strict=True), start=1):
            if dims(Dk) != dims(A):
                raise InputError(f"a {shape(Dk)} matrix for the {shape(A)} layer A{k}", field=f"direction[{k}]")
        return out

    def moved(self, D: Sequence[object], t: fmpq | int = 1) -> LinearNetwork:
        """The network at the weights A_k + t D_k."""
        step = fmpq(t)
        pairs = zip(self.weights, self.direction(D), strict=True)
        return self.with_weights([A + Dk * step for A, Dk in pairs])

    def product_along(self, D: Sequence[object], order: int | None = None) -> list[fmpq_mat]:
        """The coefficients W_0, ..., W_l of (A_l + t D_l) ... (A_1 + t D_1), or those up to t^order.

        Cost: about 2l products for each order.
        """
        if order is not None and order < 0:
            raise InputError(f"an expansion to order {order}; the order is 0 or more")
        top = self.depth if order is None else min(order, self.depth)
        return [W.value() for W in self._along(self.direction(D), top)]

    def _along(self, D: Sequence[fmpq_mat], top: int) -> list[Stripped]:
        """The coefficients of product_along up to t^top, over common denominators."""
        pairs = [(A, strip(Dk)) for A, Dk in zip(self.stripped, D, strict=True)]
        series = list(pairs[0][: top + 1])
        for A, Dk in pairs[1:]:
            longer = [A @ W for W in series]
            if len(series) <= top:
                longer.append(strip(zeros(A.numerator.nrows(), self.widths[0])))
            if not Dk.is_zero():
                for n in range(1, len(longer)):
                    longer[n] += Dk @ series[n - 1]
            series = longer
        return series

    def hessian_form(self, D: Sequence[object]) -> fmpq:
        """Q(D), the second derivative of L(A + tD) at t = 0, for a direction D = [D_1, ..., D_l].

        Q(D) = ||sum_k L_k D_k R_k X||^2 + 2 <E, sum_(j>k) L_j D_j mid_jk D_k R_k>, with L_k = A_(l,k+1),
        R_k = A_(k-1,1), mid_jk = A_(j-1,k+1) and E = (A_l ... A_1 X - Y) X^T; the two sums are the coefficients of
        t and t^2 of the product. Cost: some 5l products.

        >>> LinearNetwork([[1]], [[1]], [[[0]], [[0]]]).hessian_form([[[1]], [[1]]])
        -2
        """
        _, W1, W2 = self._along(self.direction(D), 2)
        return (W1 @ strip(self.gram.G)).inner(W1) + 2 * strip(self.error).inner(W2)

    def loss_along(self, D: Sequence[object]) -> fmpq_poly:
        """L(A + tD) as an exact polynomial in t, of degree at most 2l.

        >>> LinearNetwork([[1]], [[1]], [[[0]], [[0]]]).loss_along([[[1]], [[1]]])
        1/2*x^4 + (-1)*x^2 + 1/2
        """
        W = self.product_along(D)
        WG = [Wn * self.gram.G for Wn in W]
        coefficients = [fmpq(0)] * (2 * len(W) - 1)
        for a, M in enumerate(WG):
            coefficients[a] -= inner(W[a], self.gram.H)
            for b, N in enumerate(W):
                coefficients[a + b] += inner(M, N) / 2
        coefficients[0] += self.gram.YY / 2
        return fmpq_poly(coefficients)


def _difference(M: fmpz_mat, d: fmpz, N: fmpz_mat, e: fmpz) -> fmpz_mat:
    """A positive multiple of M / d - N / e, for d, e > 0."""
    common = d.gcd(e)
    return M * (e // common) - N * (d // common)


def dims(M: fmpq_mat) -> tuple[int, int]:
    """(rows, columns)."""
    return M.nrows(), M.ncols()


def check_shapes(X: tuple[int, int], Y: tuple[int, int], weights: Sequence[tuple[int, int]]) -> None:
    """Raise InputError unless A_l ... A_1 X - Y can be formed and there are at least two layers."""
    if len(weights) < 2:
        raise InputError(f"{len(weights)} layers; a linear network here has at least two, A1 and A2", field="weights")
    if X[1] != Y[1]:
        raise InputError(
            f"X is {X[0]} x {X[1]} and Y is {Y[0]} x {Y[1]}: they must have equally many columns, a column a sample",
            field="Y",
        )
    for k, (lower, upper) in enumerate(pairwise([X, *weights]), start=1):
        if upper[1] != lower[0]:
            high, low = f"A{k}", f"A{k - 1}" if k > 1 else "X"
            raise InputError(
                f"{high} is {upper[0]} x {upper[1]} and {low} is {lower[0]} x {lower[1]}: "
                f"{high} must have as many columns as {low} has rows",
                field=f"weights[{k}]",
            )
    if weights[-1][0] != Y[0]:
        raise InputError(
            f"A{len(weights)} is {weights[-1][0]} x {weights[-1][1]} and Y is {Y[0]} x {Y[1]}: "
            "they must have equally many rows",
            field=f"weights[{len(weights)}]",
        )
