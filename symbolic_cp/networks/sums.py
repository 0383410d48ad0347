"""Linear networks at points whose weights are irrational: over one field Q(lambda), or sums over several.

Main class: SumNetwork(X, Y, weights). Over one field everything is plain arithmetic in Q(lambda). Over several fields
products that mix two of them are not representable; they vanish by a structural certificate, which is checked on
construction. With Sigma = Y X^+ X Y^T, N = X Y^T Y X^+, and parts A^(i) over Q(lambda_i), A^(0) rational:

  only A_1 and A_l are irrational;  Sigma A_l^(i) = lambda_i A_l^(i);  A_1^(i) N = lambda_i A_1^(i);
  A_l^(0)T A_l^(i) = 0;  A_1^(0) X X^T A_1^(i)T = 0;  A_l^(i) A_(l-1,2) A_1^(j) = 0 (coefficient by coefficient).

Sigma and N X X^T = X Y^T Y X^T are symmetric, and the lambda_i are different, so for i != j also
A_l^(i)T A_l^(j) = 0, A_1^(i) X X^T A_1^(j)T = 0 and A_l^(i)T Y X^T A_1^(j)T = 0 (Y X^T A_1^(j)T is an eigenvector of
Sigma). With these every mixed term vanishes in L_j^T E R_k^T = (L_j^T A_(l,2)) (A_1 G R_k^T) - L_j^T H R_k^T, factor by
factor, where L_j is the identity or ends in A_l and R_k is the identity or starts with A_1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, reduce

from flint import arb, arb_mat, ctx, fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import GENERATOR, Field
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.linear import kernel, pinv
from symbolic_cp.exact.matrices import eye, matrix, vstack
from symbolic_cp.networks.fieldsum import FieldSum, Weight, as_sum, enclose, field_rank
from symbolic_cp.networks.linear import Gram, LinearNetwork, check_shapes, dims, gram
from symbolic_cp.networks.unreduced import Unreduced, trace_of_product


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
        middle = self.chain(self.depth - 1, 2).rational
        for part, other in ((p, q) for p in last.parts for q in first.parts if p.field != q.field):
            if any(c * middle * d for c in part.coeffs for d in other.coeffs):
                raise Undecided("a part of the last layer meets a part of the first layer over another field")
        if not _eigenparts(last, Sigma, eye(last.shape[0])):
            raise Undecided("a part of the last layer is no eigenspace of Sigma, orthogonal to the rest")
        if not _eigenparts(first.transpose(), N.transpose(), G):
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

    @cached_property
    def _layers(self) -> tuple[Unreduced, ...]:
        return tuple(Unreduced.of(A) for A in self.weights)

    @cached_property
    def _data(self) -> tuple[Unreduced, Unreduced]:
        """G and H; products with them may leave out mixed terms, which vanish by the structure that was checked."""
        G, H = self.gram.G, self.gram.H
        return Unreduced.of(G, mixed_vanish=self.mixed), Unreduced.of(H, mixed_vanish=self.mixed)

    def _chain(self, i: int, j: int) -> Unreduced:
        if i < j:
            return Unreduced.of(eye(self.widths[i]))
        return reduce(lambda product, A: A @ product, self._layers[j - 1 : i])

    def chain(self, i: int, j: int) -> FieldSum:
        """A_(i,j) = A_i ... A_j, and the identity for i = j - 1; mixed terms are shown to vanish over Q."""
        return self._chain(i, j).value()

    def between(self, j: int, k: int) -> FieldSum:
        """A_(l,j+1)^T E A_(k-1,1)^T with E = (W X - Y) X^T: for j = k the gradient of layer k, for j > k E_jk.

        Multiplied out as (A_(l,j+1)^T A_(l,2)) (A_1 G A_(k-1,1)^T) - A_(l,j+1)^T H A_(k-1,1)^T, in small pieces.
        """
        G, H = self._data
        left, right = self._chain(self.depth, j + 1).transpose(), self._chain(k - 1, 1).transpose()
        inside = self._layers[0] @ G @ right
        above = _allowing(left, self.mixed) @ self._chain(self.depth, 2)
        return (above @ inside - left @ H @ right).value()

    def gradient_zero(self) -> tuple[bool, ...]:
        """For every layer, whether its gradient is exactly zero; computed once."""
        return self._gradient_zero

    @cached_property
    def _gradient_zero(self) -> tuple[bool, ...]:
        return tuple(self.between(k, k).is_zero() for k in range(1, self.depth + 1))

    @cached_property
    def loss(self) -> tuple[Field | None, fmpq_poly] | None:
        """The loss as an element of the field (of Q if there is none); None if there are several fields."""
        if self.mixed:
            return None
        (G, H), above, first = self._data, self._chain(self.depth, 2), self._layers[0]
        field, square = trace_of_product(above.transpose() @ above, first @ G @ first.transpose())
        _, linear = trace_of_product(above.transpose() @ H, first)
        return field, square / 2 - linear + self.gram.YY / 2

    def hessian_form(self, D: Sequence[fmpq_mat]) -> tuple[Field | None, fmpq_poly] | None:
        """Q(D) for a rational direction, as an element of the field; None if there are several fields."""
        if self.mixed:
            return None
        (G, H), W = self._data, [self._chain(0, 1)]
        for A, Dk in zip(self._layers, D, strict=True):
            turned = [Unreduced.of(Dk) @ M for M in W]
            kept = [A @ M for M in W]
            W = [kept[0], *(a + b for a, b in zip(kept[1:], turned, strict=False)), turned[-1]][:3]
        field, square = trace_of_product(W[1] @ G, W[1])
        other, twice = trace_of_product(W[0] @ G - H, W[2])
        return field or other, square + 2 * twice

    def chain_rank(self, i: int, j: int) -> int | None:
        """The exact rank of A_(i,j); over several fields None where bounds from both sides do not meet.

        Where A_l has a rational kernel, A_l M has the rank of K M, with rational rows K that have the same kernel.
        """
        rows = self._last_rows if j < i == self.depth else None
        if rows is not None:
            return matrix_rank((Unreduced.of(rows) @ self._chain(i - 1, j)).value())
        return matrix_rank(self.chain(i, j))

    @cached_property
    def _last_rows(self) -> fmpq_mat | None:
        """Rational rows with the kernel of A_l, if they have."""
        last = self.weights[-1]
        rows = kernel(common_kernel(last).transpose()).transpose()
        return rows if matrix_rank(last) == rows.nrows() else None

    def near(self, bits: int) -> LinearNetwork:
        """A rational network nearby: irrational weights rounded to `bits` binary digits of their largest entry."""
        with ctx.workprec(4 * bits):
            pairs = zip(self.weights, self.balls(2 * bits), strict=True)
            near = [_rounded(ball, bits) if A.parts else A.rational for A, ball in pairs]
        return LinearNetwork(self.X, self.Y, near)

    def balls(self, bits: int) -> list[arb_mat]:
        """The weights in ball arithmetic, lambda_i known to 2^-bits; to be called under `ctx.workprec`."""
        return [enclose(A, bits) for A in self.weights]


def _eigenparts(M: FieldSum, S: fmpq_mat, metric: fmpq_mat) -> bool:
    """Whether S M^(i) = lambda_i M^(i) and M^(0)T metric M^(i) = 0 for every irrational part M^(i)."""
    against = M.rational.transpose() * metric
    return all(
        part.scale(GENERATOR) == S @ part and (against @ part).is_zero()
        for part in M.parts
    )


def _allowing(M: Unreduced, mixed_vanish: bool) -> Unreduced:
    return Unreduced(M.rational, M.parts, mixed_vanish)


def _rounded(ball: arb_mat, bits: int) -> fmpq_mat:
    """The midpoints, rounded to so many binary digits of the largest."""
    entries = [_dyadic(entry.mid()) for entry in ball.entries()]
    size = max((abs(q) for q in entries), default=fmpq(0))
    if size == 0:
        return fmpq_mat(ball.nrows(), ball.ncols())
    scale = fmpq(2) ** (bits - int(size.p).bit_length() + int(size.q).bit_length())
    return fmpq_mat(ball.nrows(), ball.ncols(), [(q * scale + fmpq(1, 2)).floor() for q in entries]) / scale


def common_kernel(M: FieldSum) -> fmpq_mat:
    """A basis of the rational columns v with M v = 0 for every coefficient matrix of M."""
    return kernel(vstack(M.rational, *(c for part in M.parts for c in part.coeffs)))


def matrix_rank(M: FieldSum, bits: int = 512) -> int | None:
    """The exact rank; with several fields None where it is not seen.

    Seen is full rank, in balls, of M or of M without its rational kernels on both sides. With at most one field the
    rest is decided by the regular representation, which costs a rational matrix `degree` times as large.
    """
    core = M
    for wide in (M.shape[0] <= M.shape[1], M.shape[0] > M.shape[1]):
        if _is_full_rank(core, bits):
            return min(core.shape)
        core = _without_left_kernel(core) if wide else _without_left_kernel(core.transpose()).transpose()
    return min(core.shape) if _is_full_rank(core, bits) else field_rank(core)


def _without_left_kernel(M: FieldSum) -> FieldSum:
    """K M for rational rows K that are a basis of the complement of the rational left kernel: of the same rank."""
    rows = kernel(common_kernel(M.transpose()).transpose()).transpose()
    return M.map(lambda c: rows * c)


def _is_full_rank(M: FieldSum, bits: int) -> bool:
    """Whether balls show that a Gram determinant of M is not zero; False says nothing."""
    if 0 in M.shape:
        return True
    with ctx.workprec(2 * bits):
        ball = enclose(M, bits)
        turned = ball.transpose()
        gram_ball = ball * turned if M.shape[0] <= M.shape[1] else turned * ball
        return not gram_ball.det().contains(0)


def hessian_form_in_balls(network: SumNetwork, D: Sequence[fmpq_mat], bits: int) -> arb:
    """A ball that contains Q(D); to be called under `ctx.workprec`."""
    G, H = arb_mat(network.gram.G), arb_mat(network.gram.H)
    W = [arb_mat(eye(network.widths[0]))]
    for A, Dk in zip(network.balls(bits), D, strict=True):
        kept, turned = [A * M for M in W], [arb_mat(Dk) * M for M in W]
        W = [kept[0], *(a + b for a, b in zip(kept[1:], turned, strict=False)), turned[-1]][:3]
    E = product_in_balls(network, bits) * G - H
    return (W[1] * G * W[1].transpose()).trace() + 2 * (E * W[2].transpose()).trace()


def loss_in_balls(network: SumNetwork, bits: int, moves: Sequence[fmpq_mat] | None = None) -> arb:
    """A ball that contains the loss, at the weights moved by `moves` if given; under `ctx.workprec`."""
    W = product_in_balls(network, bits, moves)
    G, H = arb_mat(network.gram.G), arb_mat(network.gram.H)
    return ((W * G - 2 * H) * W.transpose()).trace() / 2 + arb(network.gram.YY) / 2


def product_in_balls(network: SumNetwork, bits: int, moves: Sequence[fmpq_mat] | None = None) -> arb_mat:
    """A ball that contains the product A_l ... A_1, at the weights moved by `moves` if given; under `ctx.workprec`."""
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
