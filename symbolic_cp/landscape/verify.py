"""Everything `symbolic-cp verify` says about a point of a linear network: gradient, loss, class, witness.

Main function: verify(X, Y, weights). Weights are rational, over Q(lambda), or sums over several fields; all answers are
exact (a loss that lies in no single field Q(lambda) is given as 1/2 tr(Y Y^T) - 1/2 sum of eigenvalues, by prop-1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from flint import ctx

from symbolic_cp.exact.algebraic import FieldMatrix
from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.matrices import matrix
from symbolic_cp.exact.read import MatrixSum
from symbolic_cp.landscape.classify import Classification, classify
from symbolic_cp.landscape.data import DataSpectrum
from symbolic_cp.landscape.irrational import classify_sums, exact_loss
from symbolic_cp.landscape.losses import StratumLoss
from symbolic_cp.landscape.strata import NOT_CRITICAL, Pattern
from symbolic_cp.landscape.witnesses import Value, Witness, value_to_json
from symbolic_cp.networks.linear import LinearNetwork
from symbolic_cp.networks.sums import SumNetwork, ends, loss_in_balls

LOSS_BITS = 256
"""The precision to which the loss of an irrational point is enclosed."""


@dataclass(frozen=True)
class PointReport:
    """What there is to say about one point; `ranks[i, j]` is the rank of A_(i,j)."""

    gradient_zero: tuple[bool, ...]
    loss: Value
    kind: str
    order: str | None
    ranks: dict[tuple[int, int], int | None]
    pattern: Pattern | None
    witness: Witness
    seconds: float

    @property
    def critical(self) -> bool:
        """Whether all gradients are exactly zero."""
        return all(self.gradient_zero)

    def _repr_html_(self) -> str:
        """What there is to say, as a table for a notebook."""
        from symbolic_cp.landscape.display import html_table, pattern_text, rank_text, value, witness_text

        rows = {
            "critical": "yes, all gradients are exactly zero" if self.critical else "no",
            "loss": value(self.loss),
            "class": self.kind,
            "order": self.order,
            "pattern": None if self.pattern is None else pattern_text(self.pattern),
            "ranks": ", ".join(rank_text(i, j, rank) for (i, j), rank in sorted(self.ranks.items())),
            "witness": witness_text(self.witness),
        }
        return html_table([], [[name, text] for name, text in rows.items() if text])

    def to_json(self) -> dict[str, object]:
        """The document of `symbolic-cp verify`; `ranks` lists {"chain": [i, j], "rank": rank of A_i ... A_j}."""
        return {
            "critical": self.critical,
            "gradient_zero": list(self.gradient_zero),
            "loss": value_to_json(self.loss),
            "class": self.kind,
            "order": self.order,
            "ranks": [{"chain": [i, j], "rank": rank} for (i, j), rank in sorted(self.ranks.items())],
            "pattern": None if self.pattern is None else list(self.pattern),
            "witness": self.witness.to_json(),
            "seconds": round(self.seconds, 6),
        }


def verify(X: object, Y: object, weights: Sequence[object], *, data: DataSpectrum | None = None) -> PointReport:
    """Gradient, loss and class of the point, exactly, with a witness of its class.

    A weight is anything `exact.matrices.matrix` reads, a FieldMatrix or a MatrixSum. `data` may be handed in where the
    spectrum of X, Y is known already. Raises InputError for shapes that do not fit, Undecided where weights over
    several fields lack the structure that decides them (`networks.sums`) or a witness fails.

    >>> report = verify([[1]], [[1]], [[[0]], [[0]]])
    >>> report.critical, report.kind, str(report.loss), str(report.witness.curvature)
    (True, 'strict-saddle', '1/2', '-2')
    """
    start = perf_counter()
    if len(weights) < 2:
        raise InputError(f"{len(weights)} layers; a linear network here has at least two, A1 and A2", field="weights")
    if any(isinstance(A, FieldMatrix | MatrixSum) for A in weights):
        return _verify_sums(start, X, Y, weights, data)
    network = LinearNetwork(X, Y, weights)
    found = classify(network, data)
    return _report(start, network.gradient_zero(), network.loss, found)


def _verify_sums(
    start: float, X: object, Y: object, weights: Sequence[object], data: DataSpectrum | None
) -> PointReport:
    network = SumNetwork(
        X,
        Y,
        [
            A if isinstance(A, FieldMatrix | MatrixSum) else matrix(A, field=f"weights[{k}]")
            for k, A in enumerate(weights, start=1)
        ],
    )
    data = DataSpectrum(network.X, network.Y) if data is None else data
    found = classify_sums(network, data)
    return _report(start, network.gradient_zero(), _loss(network, data, found), found)


def _loss(network: SumNetwork, data: DataSpectrum, found: Classification) -> Value:
    """The loss of prop-1 at a critical point, held against balls; elsewhere exactly over one field, or its bounds."""
    with ctx.workprec(2 * LOSS_BITS):
        low, high = ends(loss_in_balls(network, LOSS_BITS))
    if found.pattern is None:
        exact = exact_loss(network)
        return (low, high) if exact is None else exact
    loss = StratumLoss(data, found.pattern[: data.r])
    below, above = loss.interval(LOSS_BITS)
    if above < low or high < below:
        raise ArithmeticError("the loss is not prop-1's at a critical point; please report this point")
    return loss.number()


def _report(start: float, zero: tuple[bool, ...], loss: Value, found: Classification) -> PointReport:
    if all(zero) != (found.kind != NOT_CRITICAL):
        raise ArithmeticError("gradient and class contradict each other; please report this point")
    return PointReport(
        zero, loss, found.kind, found.order, dict(found.ranks), found.pattern, found.witness, perf_counter() - start
    )
