"""thm-1 with symbols: C and the free part of L1 left open, or data with symbols whose spectrum is given.

Main functions: symbolic_point (rational data), point_of_spectrum (symbolic data). Both give a SymbolicPoint, whose
gradients are shown to vanish identically. The invertible matrix C cancels as a whole: with A2 = [B, 0] C and
A1 = C^-1 N the product is [B, 0] N, and the gradients are C^T times, and times C^-T, those of ([B, 0], N); so only the
core ([B, 0], N) is expanded. `network()` expands the weights themselves, for a second look at small sizes.

N = [B^+ Y X^+ + F_1 (I - X X^+); F_2 - F_2 X Y^T (I - P) Sigma^+ Y X^+] for a free matrix F = [F_1; F_2] that stands
for C L1 before eq-3 is solved; P = B B^+.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flint import fmpq_mat

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.linear import pinv
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.shallow import basis
from symbolic_cp.networks.fractions import FractionMatrix, SymbolRing
from symbolic_cp.networks.symbolic import SymbolicNetwork

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True, eq=False)
class SymbolicPoint:
    """A critical point (A1, A2) = (C^-1 N, [B, 0] C) of one hidden layer, with symbols in C, N or the data."""

    X: FractionMatrix
    Y: FractionMatrix
    C: FractionMatrix
    core: tuple[FractionMatrix, FractionMatrix]

    @cached_property
    def core_gradients(self) -> tuple[FractionMatrix, FractionMatrix]:
        """The gradients at the core (N, [B, 0]), from which those at the point differ by C^T and C^-T."""
        N, B0 = self.core
        E = (B0 @ N @ self.X - self.Y) @ self.X.T
        return B0.T @ E, E @ N.T

    def gradient_zero(self) -> tuple[bool, ...]:
        """For both layers, whether the gradient vanishes identically (wherever C is invertible)."""
        return tuple(G.is_zero() for G in self.core_gradients)

    @cached_property
    def loss(self) -> sympy.Expr:
        """The loss as a SymPy expression; C and the free part cancel."""
        N, B0 = self.core
        residual = B0 @ N @ self.X - self.Y
        return self.X.ring.expression(*(residual @ residual.T).trace()) / 2

    @cached_property
    def weights(self) -> tuple[sympy.Matrix, sympy.Matrix]:
        """A1 and A2 as SymPy matrices, expanded: C is inverted by cofactors, so for small widths only."""
        N, B0 = self.core
        return (self.C.inverse() @ N).to_sympy(), (B0 @ self.C).to_sympy()

    def network(self) -> SymbolicNetwork:
        """The network at the expanded weights: a second route to the gradients, for small widths."""
        return SymbolicNetwork(self.X.to_sympy(), self.Y.to_sympy(), list(self.weights))


def symbols(letter: str, rows: int, cols: int) -> sympy.Matrix:
    """A rows x cols SymPy matrix of symbols, the entries letter[i, j] of a MatrixSymbol."""
    import sympy

    return sympy.Matrix(rows, cols, lambda i, j: sympy.MatrixSymbol(letter, rows, cols)[i, j])


def symbolic_point(
    data: DataSpectrum,
    width: int,
    pattern: Sequence[int],
    *,
    C: object = None,
    free: object = None,
    mixing: Mapping[int, object] | None = None,
) -> SymbolicPoint:
    """thm-1's point for rational data and a pattern that takes conjugate eigenvalues alike, with symbols.

    C (width x width) and free (width x d0, standing for C L1) are SymPy matrices; by default all their entries are
    symbols C[i, j], F[i, j]. mixing: as for `shallow.critical_point`. Raises InputError for what does not fit.

    >>> point = symbolic_point(DataSpectrum([[1, 0], [0, 1]], [[2, 0], [0, 0]]), 2, (1, 0))
    >>> point.gradient_zero(), point.loss
    ((True, True), 0)
    """
    checked = data.check_pattern(list(pattern), min(width, data.sigma.nrows()))
    C = symbols("C", width, width) if C is None else C
    free = symbols("F", width, data.X.nrows()) if free is None else free
    blocks = basis(data, checked, mixing or {})
    if len(blocks) > 1:
        raise InputError(
            "this pattern takes conjugate eigenvalues differently, so its points are irrational", field="pattern"
        )
    ring = SymbolRing([C, free])
    constants = _Data(*map(ring.constant, (data.X, data.Y, data.YXp, data.GGp, data.sigma_pinv)))
    B, Bp = ring.constant(blocks[0].columns[0]), ring.constant(blocks[0].rows[0])
    return _point(constants, B, Bp, _square(ring, C, width), _free(ring, free, width, data.X.nrows()))


def point_of_spectrum(
    X: object,
    Y: object,
    U: object,
    values: Sequence[object],
    select: Sequence[int],
    *,
    width: int,
    C: object = None,
    free: object = None,
) -> SymbolicPoint:
    """thm-1's point for data with symbols, where the spectrum of Sigma = Y X^+ X Y^T is given.

    U (d2 x d2, orthogonal columns) and values say Sigma U = U diag(values), which is checked identically; a value is
    the number 0 or not zero identically. `select` lists the columns of U (from 0) that span Col(A2). X is rational of
    any rank, or has symbols and X X^T is invertible. C and free as for `symbolic_point`.

    >>> import sympy
    >>> a, b = sympy.symbols("a b")
    >>> point = point_of_spectrum([[1, 0], [0, 1]], sympy.diag(a, b), [[1, 0], [0, 1]], [a**2, b**2], [1], width=1)
    >>> point.gradient_zero(), point.loss
    ((True, True), a**2/2)
    """
    ring_sources = [X, Y, U, *values, C, free]
    rows = _rows_of(X)
    C = symbols("C", width, width) if C is None else C
    free = symbols("F", width, rows) if free is None else free
    ring = SymbolRing([*ring_sources, C, free])
    data, vectors, chosen = _given_spectrum(ring, X, Y, U, values, select, width)
    B = vectors.block(range(vectors.rows), chosen)
    Bp = (B.T @ B).inverse() @ B.T if chosen else B.T
    return _point(data, B, Bp, _square(ring, C, width), _free(ring, free, width, rows))


@dataclass(frozen=True, eq=False)
class _Data:
    """X, Y, Y X^+, X X^+ and Sigma^+ as matrices of rational functions."""

    X: FractionMatrix
    Y: FractionMatrix
    YXp: FractionMatrix
    XXp: FractionMatrix
    sigma_pinv: FractionMatrix


def _point(data: _Data, B: FractionMatrix, Bp: FractionMatrix, C: FractionMatrix, F: FractionMatrix) -> SymbolicPoint:
    """The point of the module's formula for the basis B with left inverse B^+."""
    ring, width, p = data.X.ring, C.rows, B.cols
    upper, lower = F.block(range(p), range(F.cols)), F.block(range(p, width), range(F.cols))
    XYt = data.X @ data.Y.T
    fall = lower @ XYt @ data.sigma_pinv
    top = Bp @ data.YXp + upper - upper @ data.XXp
    bottom = lower - (fall - fall @ B @ Bp) @ data.YXp
    B0 = B @ ring.constant(fmpq_mat(p, width, [int(i == j) for i in range(p) for j in range(width)]))
    return SymbolicPoint(data.X, data.Y, C, (top.stacked(bottom), B0))


def _given_spectrum(
    ring: SymbolRing, X: object, Y: object, U: object, values: Sequence[object], select: Sequence[int], width: int
) -> tuple[_Data, FractionMatrix, list[int]]:
    """The data's matrices and U, after checking that U and values are what they should be."""
    Xs, Ys, Us = ring.matrix(X, field="X"), ring.matrix(Y, field="Y"), ring.matrix(U, field="U")
    d2 = Ys.rows
    if Us.shape != (d2, d2) or len(values) != d2:
        raise InputError(f"U must be {d2} x {d2} and values must have {d2} entries, as Y has {d2} rows", field="U")
    if Xs.cols != Ys.cols:
        raise InputError(f"X has {Xs.cols} columns and Y has {Ys.cols}; they must have equally many", field="Y")
    if not all(type(i) is int and 0 <= i < d2 for i in select) or len(set(select)) < len(select):
        raise InputError(f"columns of U have numbers 0 to {d2 - 1}; list some of them, each once", field="select")
    if len(select) > width:
        raise InputError(f"{len(select)} columns do not fit into a hidden layer of width {width}", field="select")
    Gp = _gram_pinv(ring, Xs)
    YXp = Ys @ Xs.T @ Gp
    Sigma = YXp @ (Xs @ Ys.T)
    fractions = [ring.fraction(value, field=f"values[{i}]") for i, value in enumerate(values, start=1)]
    diagonal = ring.over_one_denominator(
        d2, d2, [fractions[i] if i == j else (ring.zero, ring.one) for i in range(d2) for j in range(d2)]
    )
    if not (Sigma @ Us - Us @ diagonal).is_zero():
        raise InputError("Sigma U = U diag(values) does not hold identically", field="values")
    lengths = Us.T @ Us
    entries = lengths.numerators
    if any(bool(entries[i * d2 + j]) != (i == j) for i in range(d2) for j in range(d2)):
        raise InputError("the columns of U must be orthogonal and none of them zero", field="U")
    inverse_values = ring.over_one_denominator(
        d2,
        d2,
        [
            (q, p) if i == j and p else (ring.zero, ring.one)
            for i, (p, q) in enumerate(fractions)
            for j in range(d2)
        ],
    )
    sigma_pinv = Us @ inverse_values @ lengths.inverse() @ Us.T
    return _Data(Xs, Ys, YXp, Xs @ Xs.T @ Gp, sigma_pinv), Us, list(select)


def _gram_pinv(ring: SymbolRing, X: FractionMatrix) -> FractionMatrix:
    """(X X^T)^+ for a rational X, and (X X^T)^-1 for one with symbols."""
    G = X @ X.T
    if all(p.is_constant() for p in (*G.numerators, G.denominator)):
        entries = [p.leading_coefficient() if p else 0 for p in G.numerators]
        return ring.constant(pinv(fmpq_mat(G.rows, G.cols, entries) / G.denominator.leading_coefficient()))
    return G.inverse()


def _rows_of(X: object) -> int:
    rows = getattr(X, "rows", None)
    return int(rows) if isinstance(rows, int) else matrix(X, field="X").nrows()


def _square(ring: SymbolRing, C: object, width: int) -> FractionMatrix:
    found = ring.matrix(C, field="C")
    if found.shape != (width, width):
        raise InputError(f"C is {found.rows} x {found.cols}; it must be {width} x {width}", field="C")
    if not _is_generic(found):
        found.inverse()
    return found


def _is_generic(C: FractionMatrix) -> bool:
    """Whether the entries are multiples of different symbols, so that det(C) is not zero identically."""
    return all(p.total_degree() == 1 and len(p) == 1 for p in C.numerators) and len(
        {tuple(map(int, exponents)) for p in C.numerators for exponents, _ in p.terms()}
    ) == len(C.numerators)


def _free(ring: SymbolRing, free: object, width: int, d0: int) -> FractionMatrix:
    found = ring.matrix(free, field="free")
    if found.shape != (width, d0):
        raise InputError(f"the free matrix is {found.rows} x {found.cols}; it must be {width} x {d0}", field="free")
    return found
