"""Everything `symbolic-cp verify` says about a point of a ReLU network with one hidden layer.

Main function: verify_relu(X, Y, weights). With one hidden unit every class is decided (`relu_minima`, `relu_dead`).
With more, a critical point without columns at a boundary is decided if the units that fire share their columns (then
they are a linear network, whose critical points are global minima or saddles: T5), if the loss is zero, if the Hessian
has a negative eigenvalue, or if its kernel is no more than the rescalings; otherwise Undecided is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.algebraic import Field, FieldMatrix, compare
from symbolic_cp.exact.congruence import inertia
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.exact.matrices import hstack, rows_as_json, submatrix
from symbolic_cp.landscape.relu_dead import ray_outputs
from symbolic_cp.landscape.relu_minima import FLAT, LOCAL_MAXIMUM, LOCAL_MINIMUM, SADDLE, Local
from symbolic_cp.landscape.relu_rayleigh import UnitData, strata
from symbolic_cp.landscape.strata import GLOBAL, NOT_CRITICAL
from symbolic_cp.landscape.verify import verify
from symbolic_cp.landscape.witnesses import NonzeroGradient, value_to_json
from symbolic_cp.networks.relu import ReluNetwork
from symbolic_cp.networks.relu_cells import Arrangement, Face, Flat
from symbolic_cp.networks.relu_reals import rational, real

NOT_DIFFERENTIABLE = "not-differentiable"


@dataclass(frozen=True)
class ReluReport:
    """What there is to say about a point. `extremum` is decided where the loss has a kink, with one hidden unit."""

    network: ReluNetwork
    kind: str
    extremum: str | None
    witness: NonzeroGradient | None
    seconds: float

    @property
    def critical(self) -> bool:
        """Whether the loss is differentiable with gradient zero."""
        return all(self.network.gradient_zero())

    @property
    def loss(self) -> fmpq | Field:
        """The loss."""
        return self.network.loss.number()

    def _repr_html_(self) -> str:
        """What there is to say, as a table for a notebook."""
        from symbolic_cp.landscape.display import html_table, value, witness_text

        rows = {
            "critical": "yes, the loss is differentiable with gradient zero" if self.critical else "no",
            "loss": value(self.loss),
            "class": self.kind + (f", {self.extremum}" if self.extremum else ""),
            "signs of A1 X": "\n".join("".join("0+-"[s] for s in row) for row in self.network.signs),
            "witness": None if self.witness is None else witness_text(self.witness),
        }
        return html_table([], [[name, text] for name, text in rows.items() if text])

    def to_json(self) -> dict[str, object]:
        """The document of `symbolic-cp verify`; a slope has its unit from 1."""
        return {
            "critical": self.critical,
            "gradient_zero": list(self.network.gradient_zero()),
            "loss": value_to_json(self.loss),
            "class": self.kind,
            "order": None,
            "ranks": [],
            "pattern": None,
            "witness": None if self.witness is None else self.witness.to_json(),
            "differentiable": not self.network.kinks(),
            "extremum": self.extremum,
            "signs": ["".join("0+-"[s] for s in row) for row in self.network.signs],
            "slopes": [
                {"unit": i + 1, "direction": rows_as_json(d)[0], "slope": value_to_json(slope.number())}
                for i, d, slope in self.network.kinks()
            ],
            "seconds": round(self.seconds, 6),
        }


def verify_relu(X: object, Y: object, weights: Sequence[object]) -> ReluReport:
    """Gradient, loss and class of a point of a ReLU network with one hidden layer, exactly.

    Raises InputError for shapes that do not fit, Undecided for points with several units that are not decided (see the
    module). Cost: the gradients, and what the class takes.

    >>> verify_relu([[1, 0], [0, 1]], [[2, 0], [0, 1]], [[[-1, 1]], [[0], [1]]]).kind
    'local-minimum'
    """
    start = perf_counter()
    network = ReluNetwork(X, Y, weights)
    if network.kinks():
        extremum = _one_unit(network) if network.hidden == 1 else None
        return ReluReport(network, NOT_DIFFERENTIABLE, extremum, None, perf_counter() - start)
    witness = _nonzero(network)
    if witness is not None:
        return ReluReport(network, NOT_CRITICAL, None, witness, perf_counter() - start)
    if network.loss.is_zero():
        kind = GLOBAL
    else:
        kind = (_one_unit(network) if network.hidden == 1 else _several(network)) or SADDLE
    return ReluReport(network, kind, None if kind == SADDLE else kind, None, perf_counter() - start)


def _nonzero(network: ReluNetwork) -> NonzeroGradient | None:
    for layer, G in enumerate(network.gradients, start=1):
        for row, entries in enumerate(G, start=1):
            for place, x in enumerate(entries, start=1):
                if not x.is_zero():
                    return NonzeroGradient(layer, row, place, x.number())
    return None


def face_of(arrangement: Arrangement, signs: Sequence[int]) -> Face:
    """The face on which the columns have these signs; its point is not computed (it stays zero)."""
    classes = frozenset(c for c, places in enumerate(arrangement.members) if signs[places[0]] == 0)
    flat: Flat = next(flat for flat in _flats_within(arrangement, classes) if flat.classes == classes)
    return Face(flat, (0,) * arrangement.dimension, tuple(signs))


def _flats_within(arrangement: Arrangement, classes: frozenset[int]) -> list[Flat]:
    """The flat of these classes, by solving its equations."""
    from symbolic_cp.exact.linear import kernel
    from symbolic_cp.networks.relu_systems import primitive

    normals = [arrangement.normals[c] for c in sorted(classes)]
    M = fmpq_mat(len(normals), arrangement.dimension, [x for n in normals for x in n])
    space = kernel(M)
    basis = []
    for k in range(space.ncols()):
        N, _ = submatrix(space, range(space.nrows()), [k]).numer_denom()
        basis.append(primitive([int(x) for x in N.entries()]))
    return [Flat(tuple(basis), classes)]


def _one_unit(network: ReluNetwork) -> str | None:
    """local-minimum, local-maximum, flat, or None where the only unit's point is none of these."""
    data = UnitData(network.X, network.Y)
    face = face_of(data.arrangement, network.signs[0])
    if not face.positive:
        return _silent(network, data, face)
    if not network.gradient_zero()[1]:
        return None
    # A2 is at its best: the loss is 1/2 |Y|^2 - s/2, and s must be the largest value on the flat.
    best = strata(data, face.flat, face.positive, top=True)[0]
    if compare(network.loss.number(), best.loss(data)) != 0:
        return None
    slopes = [(ray, _slope(network, data, ray)) for ray in Local(data, face, best).rays]
    if any(s < 0 for _, s in slopes):
        return None
    zero = [i for i, (_, s) in enumerate(slopes) if s == 0]
    return None if Local(data, face, best).descends(zero) else LOCAL_MINIMUM


def _slope(network: ReluNetwork, data: UnitData, ray: Sequence[int]) -> int:
    return network.slope(0, data.arrangement.unit(ray)).sign()


def _silent(network: ReluNetwork, data: UnitData, face: Face) -> str | None:
    rays = ray_outputs(data, face)
    if not rays:
        return FLAT
    pulls = []
    for _, Yh, fires in rays:
        parts = (real(network.field, network.tops[0], k) * q for k, q in enumerate(Yh.entries()))
        value = sum(parts, start=rational(0))
        pulls.append((value.sign(), any(Yh.entries()), fires))
    if all(sign < 0 for sign, counts, _ in pulls if counts):
        return LOCAL_MINIMUM
    return LOCAL_MAXIMUM if all(sign > 0 for sign, _, fires in pulls if fires) else None


def _several(network: ReluNetwork) -> str | None:
    """local-minimum, flat, or None for a saddle, at a critical point of positive loss with several units."""
    firing = [i for i, row in enumerate(network.signs) if any(s > 0 for s in row)]
    at_boundary = any(network.lines(i) for i in range(network.hidden))
    if not firing:
        return _when_none_fires(network) if at_boundary else FLAT
    if at_boundary:
        return _by_hessian(network, firing, interior=False)
    masks = {network.signs[i] for i in firing}
    if len(masks) == 1:
        J = [j for j, s in enumerate(next(iter(masks))) if s > 0]
        X, Y = (submatrix(M, range(M.nrows()), J) for M in (network.X, network.Y))
        A1 = _part(network.A1, firing, range(network.X.nrows()))
        A2 = _part(network.A2, range(network.Y.nrows()), firing)
        return LOCAL_MINIMUM if verify(X, Y, [A1, A2]).kind == GLOBAL else None
    return _by_hessian(network, firing, interior=True)


def _when_none_fires(network: ReluNetwork) -> str | None:
    """None for a saddle: the others add nothing, so what one of them reaches alone, all reach."""
    rows, cols = range(network.Y.nrows()), range(network.X.nrows())
    for i in range(network.hidden):
        weights = [_part(network.A1, [i], cols), _part(network.A2, rows, [i])]
        if _one_unit(ReluNetwork(network.X, network.Y, weights)) is None:
            return None
    raise Undecided("no unit fires, some are at a boundary, and none of them alone makes this point a saddle")


def _part(A: fmpq_mat | FieldMatrix, rows: Sequence[int], cols: Sequence[int]) -> fmpq_mat | FieldMatrix:
    return A.submatrix(rows, cols) if isinstance(A, FieldMatrix) else submatrix(A, rows, cols)


def _by_hessian(network: ReluNetwork, firing: Sequence[int], *, interior: bool) -> str | None:
    """By the Hessian along the flats of the units: a negative eigenvalue, or a kernel of rescalings only."""
    if network.field is not None:
        raise Undecided("the class of this point over Q(lambda) with units that fire for different columns")
    arrangement = Arrangement(network.X)
    H, free = _hessian(network, arrangement, firing)
    _, null, negative = inertia(H)
    if negative:
        return None
    if interior and null == free:
        return LOCAL_MINIMUM
    raise Undecided("the Hessian is positive semidefinite, and more than rescalings lie in its kernel or at a boundary")


def _hessian(network: ReluNetwork, arrangement: Arrangement, firing: Sequence[int]) -> tuple[fmpq_mat, int]:
    """The Hessian in the coordinates of the flats and of A2, and the dimension of the rescalings."""
    d2, m = network.Y.nrows(), network.Y.ncols()
    columns: list[list[fmpq]] = []
    first: list[tuple[int, list[fmpq]]] = []
    second: list[tuple[int, int]] = []
    for i in firing:
        face = face_of(arrangement, network.signs[i])
        for vector in face.flat.basis:
            moves = (arrangement.unit(vector) * network.X).entries()
            k = [q if s > 0 else fmpq(0) for q, s in zip(moves, network.signs[i], strict=True)]
            first.append((i, k))
            columns.append([real(None, network.tops[i], o).element[0] * q for o in range(d2) for q in k])
    for i in firing:
        h = [x.element[0] for x in network.outputs[i]]
        for o in range(d2):
            second.append((i, o))
            columns.append([q if row == o else fmpq(0) for row in range(d2) for q in h])
    V = hstack(*(fmpq_mat(d2 * m, 1, column) for column in columns))
    H = V.transpose() * V
    for a, (i, moved) in enumerate(first):
        for b, (other, o) in enumerate(second):
            if i == other:
                mixed = sum((network.residuals[j][o].element[0] * moved[j] for j in range(m)), start=fmpq(0))
                H[a, len(first) + b] += mixed
                H[len(first) + b, a] += mixed
    return H, len(firing)


__all__ = ["ReluReport", "face_of", "verify_relu"]
