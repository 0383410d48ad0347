"""Pictures of exact results: the lattice of critical strata, their inertia, and the loss along a witness.

What is drawn is computed exactly and rounded only on paper. Needs matplotlib (the extra `plot`).
Main functions: draw_strata, draw_inertia, draw_witness, along.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mat, fmpq_poly

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.polynomials import show_polynomial
from symbolic_cp.exact.source import reason
from symbolic_cp.landscape.inertia import stratum_inertia
from symbolic_cp.landscape.strata import Landscape, Stratum
from symbolic_cp.landscape.witnesses import DescentFamily, NegativeCurvature, Witness
from symbolic_cp.report.relu_plot import check_format

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKS = {
    "global-minimum": ("*", "#009e73"),
    "strict-saddle": ("o", "#0072b2"),
    "non-strict-saddle": ("s", "#d55e00"),
}
"""Shape and colour (Okabe and Ito) of a class; others, and what a pattern does not fix, are grey diamonds."""
OTHER = ("D", "#777777")
MOST_NAMED = 24
"""So many strata are named by their patterns."""
MOST_EDGES = 2000
LONG_TITLE = 90
MOST_BARS = 30
"""So many strata, the lowest ones, have their inertia drawn."""
PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


def draw_strata(found: Landscape, file: str) -> None:
    """The strata by rank and loss, with an arrow from each to the stratum below it. Raises InputError.

    Cost: linear in the number of strata.
    """
    figure, axes = _figure(file)
    places = {item.pattern: (float(item.rank), _float(item)) for item in found.strata}
    named = len(found.strata) <= MOST_NAMED
    edges = [(places[item.pattern], places[item.descent]) for item in found.strata if item.descent in places]
    for start, end in edges[:MOST_EDGES]:
        style = {"arrowstyle": "->", "color": "#999999", "linewidth": 0.8, "shrinkA": 5, "shrinkB": 6}
        axes.annotate("", xy=end, xytext=start, arrowprops=style, zorder=1)
    for kind in dict.fromkeys(" or ".join(item.classes) for item in found.strata):
        shape, colour = LOOKS.get(kind, OTHER)
        here = [places[item.pattern] for item in found.strata if " or ".join(item.classes) == kind]
        size = 160 if shape == "*" else 45
        ranks, losses = zip(*here, strict=True)
        axes.scatter(ranks, losses, marker=shape, color=colour, s=size, edgecolors="black", label=kind, zorder=2)
    for i, item in enumerate(found.strata if named else ()):
        said, side = ",".join(map(str, item.pattern)), "right" if i % 2 else "left"
        offset = (-8 if i % 2 else 8, 3)  # neighbours by loss on two sides, so that close ones can be read
        axes.annotate(said, places[item.pattern], offset, textcoords="offset points", fontsize=7, ha=side)
    axes.set_xlabel("rank of the layers above the first")
    axes.set_ylabel("loss")
    axes.set_title(f"{len(found.strata):,} critical strata, hidden widths {', '.join(map(str, found.hidden))}")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.margins(0.12)
    axes.legend(fontsize=8)
    _save(figure, file)


SIGNS = (
    ("negative", "#d55e00", "\\\\\\"),
    ("zero", "#dddddd", ""),
    ("positive", "#0072b2", "..."),
)
"""Of eigenvalues, with a colour and a hatching, so that they are told apart without colour."""


def draw_inertia(found: Landscape, file: str) -> None:
    """How many eigenvalues of the Hessian are negative, zero and positive over each stratum, the lowest loss first.

    Raises InputError for several hidden layers, where the pattern does not fix it. Cost: linear in the strata.
    """
    if len(found.hidden) != 1:
        raise InputError("the inertia over strata is drawn for one hidden layer", field="--plot-inertia")
    figure, axes = _figure(file)
    shown = found.strata[:MOST_BARS]
    counts = [stratum_inertia(found.data, found.hidden[0], item.pattern) for item in shown]
    figure.set_size_inches(8, max(3.0, 1.4 + 0.34 * len(shown)))
    left = [0] * len(shown)
    for name, colour, hatch in SIGNS:
        sizes = [getattr(one, name) for one in counts]
        bars = axes.barh(range(len(shown)), sizes, left=left, color=colour, hatch=hatch, edgecolor="white", label=name)
        axes.bar_label(bars, [str(size) if size else "" for size in sizes], label_type="center", fontsize=8, bbox=PAPER)
        left = [a + b for a, b in zip(left, sizes, strict=True)]
    axes.set_yticks(range(len(shown)), [_stratum_name(item) for item in shown], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("eigenvalues of the Hessian")
    axes.set_ylabel("pattern and loss of the stratum")
    rest = f", the {len(shown)} lowest of {len(found.strata):,}" if len(shown) < len(found.strata) else ""
    axes.set_title(f"The Hessian at the simplest point of each stratum, hidden width {found.hidden[0]}{rest}")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.9 / figure.get_figheight()))
    _save(figure, file)


def _stratum_name(item: Stratum) -> str:
    return f"{','.join(map(str, item.pattern))}\n{_float(item):.6g}  {' or '.join(item.classes)}"


def draw_witness(Y: fmpq_mat, X: fmpq_mat, weights: Sequence[object], witness: Witness, file: str) -> None:
    """The loss along the witness as an exact polynomial, with its leading term. Raises InputError where none is."""
    figure, axes = _figure(file)
    change, letter = along(Y, X, weights, witness)
    order = next(k for k in range(change.degree() + 1) if change[k] != 0)
    leading = fmpq_poly([0] * order + [change[order]])
    reach = _reach(change, order) if letter == "t" else 1.0
    points = [reach * k / 200 for k in range(-200 if letter == "t" else 0, 201)]
    axes.axhline(0, color="#999999", linewidth=0.8)
    axes.plot(points, [_at(change, t) for t in points], color="#0072b2", label="loss - loss at the point")
    said = f"leading term {_shown(leading, letter)}"
    axes.plot(points, [_at(leading, t) for t in points], color="#d55e00", linestyle="--", label=said)
    axes.set_xlabel(letter)
    axes.set_ylabel("change of the loss")
    axes.set_title(_shown(change, letter), fontsize=9)
    axes.legend(fontsize=8)
    _save(figure, file)


def along(Y: fmpq_mat, X: fmpq_mat, weights: Sequence[object], witness: Witness) -> tuple[fmpq_poly, str]:
    """The change of the loss along the witness as a polynomial, and the name of its variable.

    Along a direction D it is L(A + tD) - L(A) in t. Along T6's family it goes from the point to the family's values
    (t, s) as (tu, s u^k), k the lowest degree in g, in u from 0 to 1. Raises InputError where there is no such way, or
    it is not rational.
    """
    if isinstance(witness, DescentFamily) and witness.g is not None and witness.c is not None:
        k = next(i for i in range(witness.g.degree() + 1) if witness.g[i] != 0)
        t, s = fmpq_poly([0, witness.t]), fmpq_poly([0] * k + [witness.s])
        return s * s * witness.c(t) / 2 - s * witness.g(t), "u"
    rational = [one for one in weights if isinstance(one, fmpq_mat)]
    if not isinstance(witness, NegativeCurvature) or len(rational) < len(weights):
        message = "the loss is drawn along a way down from a rational saddle; here is none"
        raise InputError(message, field="--plot")
    product = [X]
    for layer, direction in zip(rational, witness.direction, strict=True):
        grown = [layer * one for one in product] + [fmpq_mat(layer.nrows(), X.ncols())]
        for k, one in enumerate(product):
            grown[k + 1] += direction * one
        product = grown
    product[0] -= Y
    sums = [fmpq(0)] * (2 * len(product) - 1)
    for i, one in enumerate(product):
        for j, other in enumerate(product):
            sums[i + j] += sum((a * b for a, b in zip(one.entries(), other.entries(), strict=True)), fmpq(0)) / 2
    return fmpq_poly([fmpq(0), *sums[1:]]), "t"


def _reach(change: fmpq_poly, order: int) -> float:
    """How far to draw: twice as far as the leading term is as large as any other."""
    lead = abs(_number(change[order]))
    others = [(k, abs(_number(change[k]))) for k in range(order + 1, change.degree() + 1) if change[k] != 0]
    return min((1.3 * (lead / size) ** (1 / (k - order)) for k, size in others), default=1.0)


def _at(polynomial: fmpq_poly, t: float) -> float:
    total = 0.0
    for k in range(polynomial.degree(), -1, -1):
        total = total * t + _number(polynomial[k])
    return total


def _number(value: fmpq) -> float:
    return int(value.p) / int(value.q)


def _shown(polynomial: fmpq_poly, letter: str) -> str:
    """The polynomial itself, or rounded if that is long."""
    text = show_polynomial(polynomial, letter)
    if len(text) <= LONG_TITLE:
        return text
    present = [k for k in range(polynomial.degree() + 1) if polynomial[k] != 0]
    terms = [f"{_number(polynomial[k]):+.4g} {letter}^{k}" for k in present]
    return "~ " + " ".join(terms)


def _float(item: Stratum) -> float:
    low, high = item.loss.interval(64)
    return _number((low + high) / 2)


def _figure(file: str) -> tuple[Figure, Any]:
    check_format(file)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5.5), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _save(figure: Figure, file: str) -> None:
    try:
        figure.savefig(file, dpi=120, metadata={"Date": None} if Path(file).suffix.lower() == ".svg" else None)
    except OSError as error:
        raise InputError(f"cannot be written: {reason(error)}", file=file) from None
