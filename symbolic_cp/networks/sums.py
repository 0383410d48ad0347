"""Linear networks at points whose weights are irrational: over one field Q(lambda), or sums over several.

Main class: SumNetwork(X, Y, weights). Over one field everything is plain arithmetic in Q(lambda). Over several fields
products that mix two of them are not representable; they vanish by a structural certificate, which is checked on
construction. With Sigma = Y X^+ X Y^T, N = X Y^T Y X^+, and parts A^(i) over Q(lambda_i), A^(0) rational:

  only A_1 and A_l are irrational;  Sigma A_l^(i) = lambda_i A_l^(i);  A_1^(i) N = lambda_i A_1^(i);
  A_l^(0)T A_l^(i) = 0;  A_1^(0) X X^T A_1^(i)T = 0;  A_l^(i) A_(l-1,2) A_1^(j) = 0 (coefficient by coefficient).

Sigma and N X X^T = X Y^T Y X^T are symmetric, and the lambda_i are different, so for i != j also
A_l^(i)T A_l^(j) = 0, A_1^(i) X X^T A_1^(j)T = 0 and A_l^(i)T Y X^T A_1^(j)T = 0 (Y X^T A_1^(j)T is an eigenvector of
Sigma). With these every mixed term in L_k^T (E R_k^T) is zero: T_i = A_l^(i) mid A_1^(i) + A_l^(i) mid A_1^(0) +
A_l^(0) mid A_1^(i) is the part of W, and each factor next to a part of another field is one of the products above.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import GENERATOR, Field, FieldMatrix, refine
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import kernel, pinv
from symbolic_cp.exact.matrices import eye, matrix, vstack, zeros
from symbolic_cp.networks.fieldsum import FieldSum, Weight, as_sum, enclose, field_rank, times
from symbolic_cp.networks.linear import Gram, LinearNetwork, check_shapes, dims, gram, inner


class SumNetwork:
    """The network A_l ... A_1 on rational data X, Y, at weights over Q, over Q(lambda), or sums over several fields.

    Raises InputError if shapes do not fit, Undecided if the weights mix several fields without the structure of the
    module (critical points made by `landscape.shallow` and `landscape.deep` have it).
    """

    def __init__(self, X: object, Y: object, weights: Sequence[Weight]) -> None:
        self.X: fmpq_mat = matrix(X, field="X")
        self.Y: fmpq_mat = matrix(Y, field="Y")
        self.weights: tuple[FieldSum, ...] = tuple(as_sum(A) for A in weights)
        check_shapes(dims(self.X), dims(self.Y), [A.shape for A in self.weights])
        fields: list[Field] = []
        for A in self.weights:
            fields += [field for field in A.fields if field not in fields]
        self.fields: tuple[Field, ...] = tuple(fields)
        self.mixed: bool = len(fields) > 1
        if self.mixed:
            self._check_structure()

    def _check_structure(self) -> None:
        first, last = self.weights[0], self.weights[-1]
        if any(A.parts for A in self.weights[1:-1]):
            raise Undecided("several irrational fields, and an irrational layer between the first and the last")
        G, H = self.gram.G, self.gram.H
        YXp = H * pinv(G)
        Sigma, N = YXp * H.transpose(), H.transpose() * YXp
        for part in last.parts:
            one = FieldSum(zeros(*last.shape), (part,))
            orthogonal = times(FieldSum(last.rational.transpose(), ()), one)
            if not (one.map(lambda c: Sigma * c) - _times_root(part)).is_zero() or not orthogonal.is_zero():
                raise Undecided("a part of the last layer is no eigenspace of Sigma, orthogonal to the rest")
        for part in first.parts:
            one = FieldSum(zeros(*first.shape), (part,))
            orthogonal = times(FieldSum(first.rational * G, ()), one.transpose())
            if not (one.map(lambda c: c * N) - _times_root(part)).is_zero() or not orthogonal.is_zero():
                raise Undecided("a part of the first layer is no eigenspace of X Y^T Y X^+, orthogonal to the rest")

    @property
    def depth(self) -> int:
        """The number l of layers."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """(d0, d1, ..., dl)."""
        return (self.X.nrows(), *(A.shape[0] for A in self.weights))

    @cached_property
    def gram(self) -> Gram:
        """X X^T, Y X^T and tr(Y Y^T)."""
        return gram(self.X, self.Y)

    def chain(self, i: int, j: int) -> FieldSum:
        """A_(i,j) = A_i ... A_j, and the identity for i = j - 1; mixed terms are shown to vanish over Q."""
        if i < j:
            return FieldSum(eye(self.widths[i]), ())
        return reduce(lambda product, A: times(A, product), self.weights[j - 1 : i])

    @cached_property
    def error(self) -> FieldSum:
        """E = (A_l ... A_1 X - Y) X^T."""
        G, H = self.gram.G, self.gram.H
        return self.chain(self.depth, 1).map(lambda c: c * G) - FieldSum(H, ())

    def between(self, j: int, k: int) -> FieldSum:
        """A_(l,j+1)^T E A_(k-1,1)^T: for j = k the gradient of layer k, for j > k the matrix E_jk."""
        right = times(self.error, self.chain(k - 1, 1).transpose(), mixed_vanish=self.mixed)
        return times(self.chain(self.depth, j + 1).transpose(), right, mixed_vanish=self.mixed)

    def gradient_zero(self) -> tuple[bool, ...]:
        """For every layer, whether its gradient is exactly zero."""
        return tuple(self.between(k, k).is_zero() for k in range(1, self.depth + 1))

    @cached_property
    def loss(self) -> tuple[Field | None, fmpq_poly] | None:
        """The loss as an element of the field (of Q if there is none); None if there are several fields."""
        if self.mixed:
            return None
        W = self.chain(self.depth, 1)
        value = element_inner(W.map(lambda c: c * self.gram.G), W) - 2 * element_inner(FieldSum(self.gram.H, ()), W)
        return self._element((value + self.gram.YY) / 2)

    def hessian_form(self, D: Sequence[fmpq_mat]) -> tuple[Field | None, fmpq_poly] | None:
        """Q(D) for a rational direction, as an element of the field; None if there are several fields."""
        if self.mixed:
            return None
        W = [FieldSum(eye(self.widths[0]), ())]
        for A, Dk in zip(self.weights, D, strict=True):
            kept = [times(A, M) for M in W]
            turned = [times(FieldSum(Dk, ()), M) for M in W]
            W = [kept[0], *(a + b for a, b in zip(kept[1:], turned, strict=False)), turned[-1]][:3]
        value = element_inner(W[1].map(lambda c: c * self.gram.G), W[1]) + 2 * element_inner(self.error, W[2])
        return self._element(value)

    def _element(self, value: fmpq_poly) -> tuple[Field | None, fmpq_poly]:
        field = self.fields[0] if self.fields else None
        return field, value if field is None else value % field.minpoly

    def chain_rank(self, i: int, j: int) -> int | None:
        """The exact rank of A_(i,j); over several fields None where bounds from both sides do not meet.

        Where A_l has a rational kernel, A_l M has the rank of K M, with rational rows K that have the same kernel.
        """
        rows = self._last_rows if self.mixed and j < i == self.depth else None
        if rows is not None:
            return matrix_rank(times(FieldSum(rows, ()), self.chain(i - 1, j)))
        return matrix_rank(self.chain(i, j))

    @cached_property
    def _last_rows(self) -> fmpq_mat | None:
        """Rational rows with the kernel of A_l, if they have."""
        last = self.weights[-1]
        rows = kernel(common_kernel(last).transpose()).transpose()
        return rows if matrix_rank(last) == rows.nrows() else None

    def near(self, bits: int) -> LinearNetwork:
        """The rational network with every lambda_i replaced by a rational within 2^-bits."""
        return LinearNetwork(self.X, self.Y, [_evaluated(A, bits) for A in self.weights])

    def balls(self, bits: int) -> list[arb_mat]:
        """The weights in ball arithmetic, lambda_i known to 2^-bits; to be called under `ctx.workprec`."""
        return [enclose(A, bits) for A in self.weights]


def _times_root(part: FieldMatrix) -> FieldSum:
    """lambda times the part, over its field."""
    return FieldSum(zeros(part.nrows(), part.ncols()), (part.scale(GENERATOR),))


def element_inner(M: FieldSum, N: FieldSum) -> fmpq_poly:
    """tr(M^T N) as a polynomial in lambda (not reduced), for matrices over Q or over one common field."""
    left, right = _coefficients(M), _coefficients(N)
    out = [fmpq(0)] * (len(left) + len(right) - 1)
    for a, P in enumerate(left):
        for b, Q in enumerate(right):
            out[a + b] += inner(P, Q)
    return fmpq_poly(out)


def _coefficients(M: FieldSum) -> list[fmpq_mat]:
    if not M.parts:
        return [M.rational]
    (part,) = M.parts
    return list((part + M.rational).coeffs)


def _evaluated(A: FieldSum, bits: int) -> fmpq_mat:
    total = A.rational
    for part in A.parts:
        low, high = refine(part.field, fmpq(1, 2**bits)).interval
        x, value = (low + high) / 2, zeros(*A.shape)
        for c in reversed(part.coeffs):
            value = value * x + c
        total += value
    return total


def common_kernel(M: FieldSum) -> fmpq_mat:
    """A basis of the rational columns v with M v = 0 for every coefficient matrix of M."""
    return kernel(vstack(M.rational, *(c for part in M.parts for c in part.coeffs)))


def matrix_rank(M: FieldSum, bits: int = 512) -> int | None:
    """The exact rank with at most one field; with more, if M without its rational kernels is seen to have full rank."""
    exact = field_rank(M)
    if exact is not None:
        return exact
    right = kernel(common_kernel(M).transpose())
    left = kernel(common_kernel(M.transpose()).transpose())
    core = M.map(lambda c: left.transpose() * c * right)
    if 0 in core.shape:
        return 0
    with ctx.workprec(2 * bits):
        ball = enclose(core, bits)
        turned = ball.transpose()
        gram_ball = ball * turned if core.shape[0] <= core.shape[1] else turned * ball
        return None if gram_ball.det().contains(0) else min(core.shape)


def hessian_form_in_balls(network: SumNetwork, D: Sequence[fmpq_mat], bits: int) -> arb:
    """A ball that contains Q(D); to be called under `ctx.workprec`."""
    G, H = arb_mat(network.gram.G), arb_mat(network.gram.H)
    W = [arb_mat(eye(network.widths[0]))]
    for A, Dk in zip(network.balls(bits), D, strict=True):
        kept, turned = [A * M for M in W], [arb_mat(Dk) * M for M in W]
        W = [kept[0], *(a + b for a, b in zip(kept[1:], turned, strict=False)), turned[-1]][:3]
    E = _product_in_balls(network, bits) * G - H
    return (W[1] * G * W[1].transpose()).trace() + 2 * (E * W[2].transpose()).trace()


def loss_in_balls(network: SumNetwork, bits: int, moves: Sequence[fmpq_mat] | None = None) -> arb:
    """A ball that contains the loss, at the weights moved by `moves` if given; under `ctx.workprec`."""
    W = _product_in_balls(network, bits, moves)
    G, H = arb_mat(network.gram.G), arb_mat(network.gram.H)
    return ((W * G - 2 * H) * W.transpose()).trace() / 2 + arb(network.gram.YY) / 2


def _product_in_balls(network: SumNetwork, bits: int, moves: Sequence[fmpq_mat] | None = None) -> arb_mat:
    product = arb_mat(eye(network.widths[0]))
    for k, A in enumerate(network.balls(bits)):
        product = (A if moves is None else A + arb_mat(moves[k])) * product
    return product


def ends(ball: arb) -> tuple[fmpq, fmpq]:
    """Rational numbers below and above everything in a ball, exactly its ends."""
    middle, radius = (_dyadic(part) for part in (ball.mid(), ball.rad()))
    return middle - radius, middle + radius


def _dyadic(x: arb) -> fmpq:
    mantissa, exponent = x.man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)
