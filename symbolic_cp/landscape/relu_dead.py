"""Units of a ReLU network that fire for no column: where the loss is 1/2 |Y|^2 and yet need not be a local minimum.

Main name: dead_pieces. Let a x_j <= 0 for all j, with equality for the columns Z. Near a the outputs are h = sigma(d
X_Z), linear on every cone of the fan, and the loss changes by -(A2 + w)^T Y h^T + 1/2 |A2 + w|^2 |h|^2. With h(r) the
outputs along a ray r of the fan:

* no columns in Z but zero ones: the loss is constant nearby;
* local minimum iff A2^T Y h(r)^T < 0 for every ray with Y h(r)^T != 0;
* local maximum iff A2^T Y h(r)^T > 0 for every ray with h(r) != 0;
* differentiable with gradient zero iff A2^T Y h(r)^T = 0 for every ray; such a point is a saddle unless the rule above
  makes it a local minimum.

(First order terms are linear on each cone, so rays decide; where they vanish, |A2 + w|^2 |h|^2 >= 0 is left, or a small
w of either sign. In the book: relu-silent and relu-maximum.) These are linear in A2.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq_mat

from symbolic_cp.exact.linear import kernel
from symbolic_cp.exact.matrices import column, is_zero
from symbolic_cp.landscape.relu_minima import FLAT, LOCAL_MAXIMUM, LOCAL_MINIMUM, SADDLE, Piece
from symbolic_cp.landscape.relu_rayleigh import UnitData
from symbolic_cp.networks.relu_cells import Face, Vector
from symbolic_cp.networks.relu_reals import Real, Row, rational
from symbolic_cp.networks.relu_systems import Solution, solve


def ray_outputs(data: UnitData, face: Face) -> list[tuple[Vector, fmpq_mat, bool]]:
    """Every ray across the flat of a face with Y h^T (d2 x 1), h = sigma(ray X_Z), and whether h != 0."""
    rays = data.arrangement.rays(face.flat) if face.flat.classes else ()
    columns = data.arrangement.columns_of(face.flat)
    out = []
    for ray in rays:
        direction = fmpq_mat(1, len(ray), ray)
        values = (direction * data.inputs).entries()
        h = column([values[j] if values[j] > 0 and j in columns else 0 for j in range(len(values))])
        out.append((ray, data.Y * h, not is_zero(h)))
    return out


def dead_pieces(data: UnitData, face: Face) -> Iterator[Piece]:
    """What a face without active columns holds: a flat piece, local minima, local maxima, differentiable points."""
    d2 = data.Y.nrows()
    rays = ray_outputs(data, face)
    if not rays:
        yield _piece(data, face, FLAT, [0] * d2, rays)
        return
    lower = [_integers(-Yh) for _, Yh, _ in rays if not is_zero(Yh)]
    minimum = solve(_distinct(lower), size=d2)
    if isinstance(minimum, Solution):
        yield _piece(data, face, LOCAL_MINIMUM, minimum.integers, rays)
    upper = [_integers(Yh) for _, Yh, fires in rays if fires]
    maximum = solve(_distinct(upper), size=d2)
    if isinstance(maximum, Solution):
        yield _piece(data, face, LOCAL_MAXIMUM, maximum.integers, rays)
    if lower:
        yield _piece(data, face, SADDLE, [0] * d2, rays)


def _distinct(rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    return list(dict.fromkeys(rows))


def _integers(Yh: fmpq_mat) -> tuple[int, ...]:
    return tuple(int(q) for q in Yh.numer_denom()[0].entries())


def _piece(
    data: UnitData, face: Face, kind: str, top: list[int] | tuple[int, ...], rays: list[tuple[Vector, fmpq_mat, bool]]
) -> Piece:
    A2 = fmpq_mat(1, data.Y.nrows(), list(top))
    slopes = tuple((ray, rational((A2 * -Yh)[0, 0])) for ray, Yh, _ in rays)
    differentiable = all(slope.is_zero() for _, slope in slopes)
    unit: Row = (fmpq_mat(1, len(face.point), face.point),)
    free = max(0, face.flat.dimension + data.Y.nrows() - 1 - _constraints(rays, kind, data.Y.nrows()))
    shown: tuple[tuple[Vector, Real], ...] = () if differentiable else slopes
    return Piece(face, None, unit, (A2,), data.constant, kind, differentiable, free, shown)


def _constraints(rays: list[tuple[Vector, fmpq_mat, bool]], kind: str, d2: int) -> int:
    """The equations on A2: for differentiable saddles those of its module, else none."""
    if kind != SADDLE:
        return 0
    M = fmpq_mat(len(rays), d2, [q for _, Yh, _ in rays for q in Yh.entries()])
    return d2 - kernel(M).ncols()
