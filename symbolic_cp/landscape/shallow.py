"""thm-1 as a constructor: an exact critical point for any data, width, admissible pattern, invertible C and any L1.

Main function: critical_point(data, width, pattern, C=..., free=...). With B a basis of a Sigma-invariant subspace of
the given pattern (eigenvectors are not normalised: scalings go into C, so there are no square roots) and p columns,
A2 = [B, 0] C, A1 = C^-1 [(B^T B)^-1 B^T; 0] Y X^+ + L1 - C^-1 [I_p, 0; 0, 0] C L1 X X^+,
and eq-3 asks of the lower rows N of C L1 that N X Y^T (I - P) = 0, P = B B^+. It is solved by
N = F - F X Y^T (I - P) Sigma^+ Y X^+ for any matrix F, and every solution is its own image.

The basis is rational where the pattern takes conjugate eigenvalues alike (Krylov spaces of Sigma); otherwise it has
columns over Q(lambda_i), and a weight that mixes several such fields is kept as a sum (`FieldSum`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat, fmpz, fmpz_mat

from symbolic_cp.exact.algebraic import Field, FieldMatrix
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.field_matrices import inverse
from symbolic_cp.exact.linear import kernel, pinv, rank, stripped_inverse, take_rows
from symbolic_cp.exact.matrices import (
    diagonal,
    eye,
    hstack,
    matrices_latex,
    matrix,
    rows_as_json,
    submatrix,
    vstack,
    zeros,
)
from symbolic_cp.exact.stripped import Stripped, strip
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.lines import lies_on_lines, weights_on_lines
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.strata import Pattern
from symbolic_cp.networks.fieldsum import FieldSum, Weight, simplest, weight_to_json
from symbolic_cp.networks.linear import shape


@dataclass(frozen=True)
class Block:
    """Columns of B over one field, with B^+ (its rows): a basis of the part of Col(B) that lies over that field.

    `field` is None for the rational block, which may lie in several eigenspaces.
    """

    field: Field | None
    columns: tuple[fmpq_mat, ...]
    rows: tuple[fmpq_mat, ...]

    @property
    def size(self) -> int:
        """The number of columns."""
        return self.columns[0].ncols()


@dataclass(frozen=True)
class CriticalPoint:
    """A critical point made by theorem: the data, weights A1, ..., Al, its pattern and loss."""

    data: DataSpectrum
    weights: tuple[Weight, ...]
    pattern: Pattern
    loss: StratumLoss

    def _repr_html_(self) -> str:
        """Pattern, loss and weights for a notebook; a weight over an extension of Q by its shape."""
        from symbolic_cp.landscape.display import html_table, pattern_text, value

        rows = [["pattern", pattern_text(self.pattern)], ["loss", value(self.loss)]]
        named = [(f"A_{{{k}}}", A) for k, A in enumerate(self.weights, start=1)]
        rational = [(name, A) for name, A in named if isinstance(A, fmpq_mat)]
        rows += [[name, "over an extension of Q"] for name, A in named if not isinstance(A, fmpq_mat)]
        return html_table([], rows) + (matrices_latex(rational) if rational else "")

    def to_json(self) -> dict[str, object]:
        """The point file of the interfaces."""
        return {
            "X": rows_as_json(self.data.X),
            "Y": rows_as_json(self.data.Y),
            "weights": [weight_to_json(A) for A in self.weights],
            "activation": "linear",
        }


def critical_point(
    data: DataSpectrum,
    width: int,
    pattern: Sequence[int],
    *,
    C: object = None,
    free: object = None,
    mixing: Mapping[int, object] | None = None,
) -> CriticalPoint:
    """The critical point (A1, A2) of thm-1 with this pattern and d1 = width.

    C: any invertible rational width x width matrix (default I). free: any rational width x d0 matrix; L1 is its image
    under the projection of the module onto the solutions of eq-3 (default 0), so an L1 that satisfies eq-3 is used as
    it is. mixing: for the eigenvalue at position i (r for the eigenvalue 0) an m_i x p_i matrix of rank p_i that
    chooses the p_i-dimensional subspace of its eigenspace (default the first p_i vectors of a basis).

    Weights are rational, over one Q(lambda), or sums. Cost: pseudoinverses of X X^T and Sigma, the spectrum, and some
    ten products (times the degree of the field). Raises InputError for a pattern, C, free or mixing that do not fit.

    >>> point = critical_point(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 1]]), 1, (1, 0, 0), C=[[3]])
    >>> print(*point.weights)
    [2/3, 0] [3]
    [0]
    """
    checked = data.check_pattern(list(pattern), min(width, data.sigma.nrows()))
    C = eye(width) if C is None else matrix(C, field="C")
    F = zeros(width, data.X.nrows()) if free is None else matrix(free, field="free")
    c = strip(C)
    back = _inverse(c, width)
    if (F.nrows(), F.ncols()) != (width, data.X.nrows()):
        raise InputError(f"the free matrix is {shape(F)}; it must be {width} x {data.X.nrows()}, as A1", field="free")
    loss = StratumLoss(data, checked[: data.r])
    if lies_on_lines(data, checked, mixing or {}):
        return CriticalPoint(data, weights_on_lines(data, checked, c, back, F), checked, loss)
    A1, A2 = shallow_weights(data, basis(data, checked, mixing or {}), C, back, F)
    return CriticalPoint(data, (simplest(A1), simplest(A2)), checked, loss)


def _inverse(C: Stripped, width: int) -> Stripped:
    if (C.numerator.nrows(), C.numerator.ncols()) != (width, width):
        raise InputError(f"C is {C.shape}; it must be {width} x {width}", field="C")
    try:
        return stripped_inverse(C)
    except ZeroDivisionError:
        message = f"C is singular (rank {C.numerator.rank()} of {width}); thm-1 needs an invertible C"
        raise InputError(message, field="C") from None


def basis(data: DataSpectrum, pattern: Pattern, mixing: Mapping[int, object]) -> list[Block]:
    """Blocks whose columns together span a Sigma-invariant subspace with this pattern; the first block is rational.

    Blocks are pairwise orthogonal. InputError if a mixing matrix does not fit.
    """
    lines: list[int] = []
    rational: list[fmpq_mat] = []
    irrational: list[Block] = []
    for group in data.conjugates:
        e = data.positive[group[0]]
        if not any(pattern[i] or i in mixing for i in group):
            continue
        if group[0] in data.lines and group[0] not in mixing:
            lines.append(group[0])
            continue
        starts = _krylov_starts(data, group[0])
        chosen = {i: starts * _mixing(mixing, i, e.multiplicity, pattern[i]) for i in group}
        if isinstance(e.value, fmpq):
            rational.append(chosen[group[0]])
            continue
        alike = 0
        if len({str(chosen[i]) for i in group}) == 1:
            alike = pattern[group[0]]
        elif not any(i in mixing for i in group):
            alike = min(pattern[i] for i in group)
        rational += _krylov_columns(data, chosen[group[0]], alike, int(e.minpoly.degree()))
        irrational += [
            _field_block(data, i, _columns_from(chosen[i], alike)) for i in group if pattern[i] > alike
        ]
    if pattern[-1] or data.r in mixing:
        rational.append(kernel(data.sigma) * _mixing(mixing, data.r, data.m_bar, pattern[-1]))
    columns, rows = _on_lines(data, lines)
    if rational:
        others = hstack(*rational)
        columns, rows = hstack(columns, others), vstack(rows, pinv(others))
    return [Block(None, (columns,), (rows,)), *irrational]


def _on_lines(data: DataSpectrum, lines: Sequence[int]) -> tuple[fmpq_mat, fmpq_mat]:
    """(B, B^+) for the reduced eigenvectors of simple rational eigenvalues, which are orthogonal."""
    found, chosen = data.eigenrows, [data.lines[i] for i in lines]
    V = found.take(chosen)
    units = [found.units[row] for row in chosen]
    lengths = [fmpq(unit, square) for unit, square in zip(units, _diagonal(V * V.transpose()), strict=True)]
    rows = fmpq_mat(V)
    return rows.transpose() * diagonal([fmpq(1, unit) for unit in units]), diagonal(lengths) * rows


def _diagonal(M: fmpz_mat) -> list[fmpz]:
    return [M[i, i] for i in range(M.nrows())]


def _mixing(mixing: Mapping[int, object], index: int, m: int, p: int) -> fmpq_mat:
    if index not in mixing:
        return fmpq_mat(m, p, [int(i == j) for i in range(m) for j in range(p)])
    field = f"mixing[{index}]"
    T = matrix(mixing[index], field=field)
    if (T.nrows(), T.ncols()) != (m, p) or rank(T) != p:
        raise InputError(f"this mixing matrix is {shape(T)}; it must be {m} x {p} of rank {p}", field=field)
    return T


def _krylov_starts(data: DataSpectrum, index: int) -> fmpq_mat:
    """m rational columns whose Krylov spaces under Sigma are orthogonal and together span ker f(Sigma).

    For a rational eigenvalue a basis of its eigenspace (not orthogonal).
    """
    e, Sigma = data.positive[index], data.sigma
    if isinstance(e.value, fmpq):
        return kernel(Sigma - eye(Sigma.nrows()) * e.value)
    image = zeros(Sigma.nrows(), Sigma.nrows())
    degree = int(e.minpoly.degree())
    for k in range(degree, -1, -1):
        image = image * Sigma + eye(Sigma.nrows()) * e.minpoly[k]
    starts = [zeros(Sigma.nrows(), 0)]
    for _ in range(e.multiplicity):
        w = submatrix(kernel(image), range(Sigma.nrows()), [0])
        starts.append(w)
        space = hstack(*_krylov_columns(data, w, 1, degree))
        image = vstack(image, space.transpose())
    return hstack(*starts)


def _krylov_columns(data: DataSpectrum, starts: fmpq_mat, count: int, degree: int) -> list[fmpq_mat]:
    """w, Sigma w, ..., Sigma^(degree-1) w for the first `count` columns w."""
    out = []
    for j in range(count):
        w = submatrix(starts, range(starts.nrows()), [j])
        for _ in range(degree):
            out.append(w)
            w = data.sigma * w
    return out


def _columns_from(M: fmpq_mat, first: int) -> fmpq_mat:
    return submatrix(M, range(M.nrows()), range(first, M.ncols()))


def _field_block(data: DataSpectrum, index: int, starts: fmpq_mat) -> Block:
    """Eigenvectors ((f(x) - f(Sigma))/(x - Sigma)) w at x = lambda, for each column w of `starts`, and their B^+."""
    e = data.positive[index]
    assert isinstance(e.value, Field)
    f, n = e.minpoly, int(e.minpoly.degree())
    coeffs = [starts]
    for k in range(n - 1, 0, -1):
        coeffs.append(data.sigma * coeffs[-1] + starts * f[k])
    B = FieldMatrix(e.value, tuple(reversed(coeffs)))
    Bt = B.transpose()
    return Block(e.value, B.coeffs, (inverse(Bt @ B) @ Bt).coeffs)


def shallow_weights(
    data: DataSpectrum, blocks: Sequence[Block], C: fmpq_mat, inverse_C: Stripped, F: fmpq_mat
) -> tuple[FieldSum, FieldSum]:
    """A1 and A2 of the module's formulas, for the basis in blocks, an invertible C and the free matrix F."""
    if len(blocks) == 1:
        first, second = _rational_weights(data, blocks[0], C, inverse_C, F)
        return FieldSum(first, ()), FieldSum(second, ())
    back, p = inverse_C.value(), sum(block.size for block in blocks)
    CF = C * F
    top = submatrix(CF, range(p), range(CF.ncols()))
    bottom = submatrix(CF, range(p, CF.nrows()), range(CF.ncols()))
    fall = bottom * data.gram.H.transpose() * data.sigma_pinv
    d0 = data.X.nrows()
    rest = vstack(top * (eye(d0) - data.GGp), bottom - fall * data.YXp)
    A1 = FieldSum(back * rest, ())
    A2 = FieldSum(zeros(data.sigma.nrows(), C.nrows()), ())
    start = 0
    for block in blocks:
        place = vstack(zeros(start, block.size), eye(block.size), zeros(C.nrows() - start - block.size, block.size))
        above = zeros(p, block.size)
        left = [back * vstack(above, fall * B) for B in block.columns]
        left[0] += back * place
        A1 += _product(block.field, left, [R * data.YXp for R in block.rows])
        A2 += _over(block.field, [B * place.transpose() * C for B in block.columns])
        start += block.size
    return A1, A2


def _rational_weights(
    data: DataSpectrum, block: Block, C: fmpq_mat, inverse_C: Stripped, F: fmpq_mat
) -> tuple[fmpq_mat, fmpq_mat]:
    """The same for a rational basis B, with no fraction brought to lowest terms before the end.

    A1 = C^-1 [upper rows of C F (1 - X X^+) + B^+ Y X^+; lower rows of C F + fall (B B^+ - 1) Y X^+], A2 = B times the
    upper rows of C.
    """
    (B,), (Bp,), p, width = block.columns, block.rows, block.size, C.nrows()
    upper, lower = _split(strip(C), p)
    left, right = _split(inverse_C.transpose(), p)
    S, R, YXp, free = strip(B), strip(Bp), data.stripped_YXp, strip(F)
    A1 = Stripped(fmpz_mat(width, F.ncols()), fmpz(1))
    if p:
        top = R @ YXp
        if data.rank_X < data.X.nrows():
            kept = upper @ free
            top = top + (kept - kept @ strip(data.GGp))
        A1 += left.transpose() @ top
    if p < width and F:
        bottom = lower @ free
        fall = bottom @ data.gram.stripped_H.transpose() @ strip(data.sigma_pinv)
        A1 += right.transpose() @ (bottom + ((fall @ S) @ R - fall) @ YXp)
    return A1.value(), (S @ upper).value()


def _split(M: Stripped, p: int) -> tuple[Stripped, Stripped]:
    """The first p rows, and the others."""
    N, d = M.numerator, M.denominator
    return Stripped(take_rows(N, range(p)), d), Stripped(take_rows(N, range(p, N.nrows())), d)


def _over(field: Field | None, coeffs: Sequence[fmpq_mat]) -> FieldSum:
    if field is None:
        return FieldSum(coeffs[0], ())
    return FieldSum(zeros(coeffs[0].nrows(), coeffs[0].ncols()), (FieldMatrix(field, tuple(coeffs)),))


def _product(field: Field | None, left: Sequence[fmpq_mat], right: Sequence[fmpq_mat]) -> FieldSum:
    if field is None:
        return FieldSum(left[0] * right[0], ())
    product = FieldMatrix(field, tuple(left)) @ FieldMatrix(field, tuple(right))
    return _over(field, product.coeffs)
