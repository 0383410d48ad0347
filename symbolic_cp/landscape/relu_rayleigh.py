"""Critical units of a ReLU network with one hidden unit on a flat: the theorem on all critical points, in input space.

Main names: UnitData, Stratum, strata. With A2 at its best, A2 = Y h^T / |h|^2 for the outputs h = sigma(a X), the loss
is 1/2 |Y|^2 - 1/2 phi(a) with phi(a) = |Y h^T|^2 / |h|^2. Where the columns J are active, phi is a quotient of two
quadratic forms, N = H^T H over G, with G = X_J X_J^T and H = Y_J X_J^T. Its critical units solve (N - s G) a = 0, its
critical values s are the singular values of Sigma_J = H G^+ H^T: prop-7's v is A2 = c U_J v, an eigenvector of Sigma_J,
and its units are c^-1 (U_J v)^T Y_J X_J^+ + l1 (I - X_J X_J^+). The value 0 has A2 = 0 and the units with Y h^T = 0. On
a flat of units B^T b the same holds for the forms B N B^T and B G B^T.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.algebraic import Field, compare
from symbolic_cp.exact.linear import kernel, pivots, rank
from symbolic_cp.exact.matrices import eye, frobenius2, hstack, is_zero, submatrix, trace, zeros
from symbolic_cp.exact.polynomials import isolate
from symbolic_cp.networks.relu_cells import Arrangement, Flat
from symbolic_cp.networks.relu_reals import Real, Row, rational, times


class UnitData:
    """X (d0 x m), Y (d2 x m), the arrangement of X, and X in its coordinates (`inputs`, rank X rows)."""

    def __init__(self, X: fmpq_mat, Y: fmpq_mat) -> None:
        self.X, self.Y = X, Y
        self.arrangement = Arrangement(X)
        self.inputs = submatrix(X, self.arrangement.rows, range(X.ncols()))
        self._x, self._y = self.inputs.table() if self.arrangement.rows else [], Y.table()

    @property
    def constant(self) -> fmpq:
        """1/2 |Y|^2: the loss of a network that is silent."""
        return frobenius2(self.Y) / 2

    def forms(self, active: Sequence[int]) -> tuple[fmpq_mat, fmpq_mat]:
        """G = X_J X_J^T and H = Y_J X_J^T for the active columns J, in the arrangement's coordinates."""
        X = fmpq_mat(len(self._x), len(active), [row[j] for row in self._x for j in active])
        Y = fmpq_mat(len(self._y), len(active), [row[j] for row in self._y for j in active])
        return X * X.transpose(), Y * X.transpose()


@dataclass(frozen=True)
class Stratum:
    """A critical value s of phi on a flat and a basis of its critical units, rows over Q or Q(s)."""

    value: Real
    basis: tuple[Row, ...]

    @property
    def field(self) -> Field | None:
        """The field of the basis."""
        return self.value.field

    def loss(self, data: UnitData) -> fmpq | Field:
        """1/2 |Y|^2 - s/2."""
        return (data.constant - self.value * fmpq(1, 2)).number()


def strata(data: UnitData, flat: Flat, active: Sequence[int], *, top: bool = False) -> list[Stratum]:
    """The critical values on a flat where these columns are active, the largest first (with `top` only that).

    The units with h = 0 belong to every stratum (they change nothing); at the value 0 Y h^T = 0. If all units of the
    flat are critical with value 0, it is the only stratum. Cost: a characteristic polynomial of the flat's dimension.
    """
    B = fmpq_mat(flat.dimension, data.arrangement.dimension, [x for row in flat.basis for x in row])
    G, H = data.forms(active)
    G, H = B * G * B.transpose(), H * B.transpose()
    if is_zero(H):
        return [Stratum(rational(0), tuple((row,) for row in _rows(B)))]
    N = H.transpose() * H
    if flat.dimension == 1:
        return [Stratum(rational(N[0, 0] / G[0, 0]), ((B,),))]
    found = _eigen(G, N, top)
    if not top:
        null = kernel(H)
        if null.ncols() > flat.dimension - rank(G):
            found.append((rational(0), [(row,) for row in _rows(null.transpose())]))
    return [Stratum(value, tuple(times(row, B) for row in basis)) for value, basis in found]


def _rows(M: fmpq_mat) -> list[fmpq_mat]:
    return [fmpq_mat(1, M.ncols(), row) for row in M.table()] if M.nrows() else []


def _eigen(G: fmpq_mat, N: fmpq_mat, top: bool) -> list[tuple[Real, list[Row]]]:
    """The positive values s of N a = s G a, the largest first, with all a; N vanishes where G does."""
    n = G.nrows()
    places = pivots(G)[0]
    small, lift = (submatrix(M, places, places) for M in (G, N)), submatrix(eye(n), places, range(n))
    G_, N_ = small
    free = [(row,) for row in _rows(kernel(G).transpose())]
    M = G_.inv() * N_
    roots: list[tuple[fmpq | Field, fmpq_poly]] = []
    for f, _ in M.charpoly().factor(monic=True)[1]:
        if f.degree() > 1:
            roots += [(Field(f, interval), f) for interval in isolate(f)]
        elif f[0]:
            roots.append((-f[0], f))
    if len(roots) > 1:
        order = cmp_to_key(compare)
        roots.sort(key=lambda root: order(root[0]), reverse=True)
    out: list[tuple[Real, list[Row]]] = []
    for value, f in roots[: 1 if top else None]:
        if isinstance(value, Field):
            vectors, s = _over_field(M, f), Real(value, fmpq_poly([0, 1]))
        else:
            vectors, s = [(row,) for row in _rows(kernel(M - eye(M.nrows()) * value).transpose())], rational(value)
        out.append((s, [*(times(v, lift) for v in vectors), *free]))
    return out


def _over_field(M: fmpq_mat, f: fmpq_poly) -> list[Row]:
    """Independent eigenvectors ((f(x) - f(M)) / (x - M)) w at a root of f; M has a basis of eigenvectors."""
    degree, n = f.degree(), M.nrows()
    image = zeros(n, n)
    for k in range(degree, -1, -1):
        image = image * M + eye(n) * f[k]
    starts, spanned, out = kernel(image), zeros(n, 0), list[Row]()
    for j in range(starts.ncols()):
        w = submatrix(starts, range(n), [j])
        krylov = [w]
        for k in range(degree - 1, 0, -1):
            krylov.insert(0, M * krylov[0] + w * f[k])
        longer = hstack(spanned, *krylov)
        if rank(longer) == longer.ncols():
            spanned = longer
            out.append(tuple(v.transpose() for v in krylov))
    if spanned.ncols() != starts.ncols():
        raise ArithmeticError("eigenvectors are missing; please report these data")
    return out


def output(data: UnitData, field: Field | None, unit: Row, active: Sequence[int]) -> tuple[Row, Real]:
    """(|h|^2 A2^T, |h|^2) at a unit: Y h^T as a row, and |h|^2."""
    G, H = data.forms(active)
    squared = inner(field, times(unit, G), unit)
    return times(unit, H.transpose()), squared


def inner(field: Field | None, first: Row, second: Row) -> Real:
    """The scalar product of two rows over the field."""
    total = rational(0)
    for i, a in enumerate(first):
        for k, b in enumerate(second):
            power = fmpq_poly([0] * (i + k) + [trace(a * b.transpose())])
            total += Real(field, power if field is None else power % field.minpoly)
    return total
