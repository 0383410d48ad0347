"""Linear networks whose weights or data hold symbols: what vanishes identically is shown to.

Main class: SymbolicNetwork(X, Y, weights), of SymPy matrices with explicit entries (rational functions over Q in
symbols). Product, loss, gradients and Hessian form are the formulas of `linear.py`, expanded as polynomials by
python-flint. SymPy's own `MatrixExpr.diff` is never used: it returns 0 for some expressions that are not constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import eye
from symbolic_cp.networks.fractions import Fraction, FractionMatrix, SymbolRing
from symbolic_cp.networks.linear import check_shapes

if TYPE_CHECKING:
    import sympy


class SymbolicNetwork:
    """The network A_l ... A_1 on data X, Y, where any of them may hold symbols; at least one hidden layer.

    What is shown holds for all real values of the symbols at which no denominator of the input is zero.
    Raises InputError as `LinearNetwork` does, and for entries that are no rational functions.

    >>> import sympy
    >>> c, y = sympy.symbols("c y")
    >>> network = SymbolicNetwork([[1, 0]], sympy.Matrix([[y, 0]]), [sympy.Matrix([[y / c]]), sympy.Matrix([[c]])])
    >>> network.gradient_zero(), network.loss
    ((True, True), 0)
    """

    def __init__(self, X: object, Y: object, weights: Sequence[object]) -> None:
        self.ring = SymbolRing([X, Y, *weights])
        self.X = self.ring.matrix(X, field="X")
        self.Y = self.ring.matrix(Y, field="Y")
        self.weights = tuple(self.ring.matrix(A, field=f"weights[{k}]") for k, A in enumerate(weights, start=1))
        check_shapes(self.X.shape, self.Y.shape, [A.shape for A in self.weights])

    @property
    def depth(self) -> int:
        """The number l of layers."""
        return len(self.weights)

    def chain(self, i: int, j: int) -> FractionMatrix:
        """A_(i,j) = A_i ... A_j, and the identity for i = j - 1."""
        if not 1 <= j <= i + 1 <= self.depth + 1:
            raise InputError(f"there is no chain A_({i},{j}) in a network of {self.depth} layers")
        if i < j:
            return self.ring.constant(eye(self.weights[i - 1].rows if i else self.X.rows))
        return reduce(lambda product, A: A @ product, self.weights[j - 1 : i])

    @cached_property
    def error(self) -> FractionMatrix:
        """E = (A_l ... A_1 X - Y) X^T."""
        return (self.chain(self.depth, 1) @ self.X - self.Y) @ self.X.T

    @cached_property
    def gradients(self) -> tuple[FractionMatrix, ...]:
        """The gradients A_(l,k+1)^T E A_(k-1,1)^T, d_k x d_(k-1), for k = 1..l."""
        last = self.depth
        return tuple(
            self.chain(last, k + 1).T @ (self.error @ self.chain(k - 1, 1).T) for k in range(1, last + 1)
        )

    def gradient_zero(self) -> tuple[bool, ...]:
        """For every layer, whether its gradient is zero identically; exact."""
        return tuple(G.is_zero() for G in self.gradients)

    def is_critical(self) -> bool:
        """Whether all gradients are zero identically."""
        return all(self.gradient_zero())

    def to_sympy(self, M: FractionMatrix) -> sympy.Matrix:
        """A matrix of this network, such as a gradient, as a SymPy Matrix."""
        return M.to_sympy()

    @cached_property
    def loss(self) -> sympy.Expr:
        """L = 1/2 ||A_l ... A_1 X - Y||_F^2 as a SymPy expression in lowest terms."""
        residual = self.chain(self.depth, 1) @ self.X - self.Y
        return self.ring.expression(*(residual @ residual.T).trace()) / 2

    def hessian_form(self, D: Sequence[object]) -> sympy.Expr:
        """Q(D), the second derivative of L(A + tD) at t = 0, for a rational direction D, as a SymPy expression."""
        direction = self._direction(D)
        W: list[FractionMatrix] = [self.ring.constant(eye(self.X.rows))]
        for A, Dk in zip(self.weights, direction, strict=True):
            straight = [A @ M for M in W]
            turned = [Dk @ M for M in W]
            W = [straight[0], *(a + b for a, b in zip(straight[1:], turned, strict=False)), turned[-1]][:3]
        first = W[1] @ self.X
        p, q = self._sum((first @ first.T).trace(), (self.error.T @ W[2]).scaled(2).trace())
        return self.ring.expression(p, q)

    def _sum(self, one: Fraction, two: Fraction) -> Fraction:
        return one[0] * two[1] + two[0] * one[1], one[1] * two[1]

    def _direction(self, D: Sequence[object]) -> list[FractionMatrix]:
        if len(D) != self.depth:
            raise InputError(f"a direction of {len(D)} matrices; it needs {self.depth}, one a layer", field="direction")
        out = [self.ring.matrix(Dk, field=f"direction[{k}]") for k, Dk in enumerate(D, start=1)]
        for k, (Dk, A) in enumerate(zip(out, self.weights, strict=True), start=1):
            if Dk.shape != A.shape:
                raise InputError(
                    f"a {Dk.rows} x {Dk.cols} matrix for the {A.rows} x {A.cols} layer A{k}", field=f"direction[{k}]"
                )
        return out
