"""What exact points show beside the proofs, and what of three other papers follows from statements of the book.

Main name: comparison.
"""

from __future__ import annotations

from html import escape

from symbolic_cp.landscape.evidence import recorded, table
from symbolic_cp.report.pieces import Shelf, link, mark

OTHERS = (
    (
        "Kawaguchi 2016, Deep Learning without Poor Local Minima",
        "Deep linear networks: every local minimum is global; every other critical point is a saddle; where the "
        "product of the inner layers has full rank, saddles are strict.",
        "Hypotheses of his that the statements do without: X X' and X Y' of full rank, d_l at most d_0, distinct "
        "eigenvalues of Sigma.",
        ("T7", "kawaguchi"),
    ),
    (
        "Zhang 2019, Depth Creates No More Spurious Local Minima in Linear Networks",
        "A deep linear network has no more spurious local minima than one with a single hidden layer; for the "
        "quadratic loss it has none.",
        "For the quadratic loss no hypothesis on data or widths is left, there as here.",
        ("T7",),
    ),
    (
        "Achour, Malgouyres and Gerchinovitz 2024, The Loss Landscape of Deep Linear Neural Networks",
        "Critical points are told apart by ranks: global minima, strict saddles, saddles that are not strict.",
        "Hypotheses of theirs that the statements do without: X X' of full rank, d_l at most d_0, distinct singular "
        "values.",
        ("T4", "T1", "T2", "T3", "T7"),
    ),
)


def comparison(shelf: Shelf) -> list[str]:
    """The page: the evidence as a table, then the three papers. A conclusion counts if its statements are proved."""
    found = table()
    head = "".join(f"<th>{escape(str(cell))}</th>" for cell in found.headers)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in found.rows)
    wrong = len(found.disagreements)
    body = [
        "<h1>Evidence</h1>",
        f"<p>{recorded()['count']} exact critical points at each depth, singular data included: the class by T4 "
        f"against the inertia of the full exact Hessian, and the identity of T6 where it "
        f"applies. Disagreements: {wrong}.</p>",
        f'<div class="scroll"><table class="list"><tr>{head}</tr>{lines}</table></div>',
        "<h1>What follows for other papers</h1>",
        "<p>Only where every statement that is named is in the book and proved.</p>",
    ]
    for paper, says, beyond, names in OTHERS:
        here = [name for name in names if shelf.address(name) is not None]
        whole = here == list(names) and all(shelf.proof(name) is not None for name in here)
        cited = ", ".join(link(shelf, name, "") for name in here)
        said = f"{mark('proved')}It follows from {cited}." if whole else f"{mark('open')}Not in this book."
        body += [f"<h2>{escape(paper)}</h2>", f"<p>{escape(says)}</p>", f"<p>{said}</p>"]
        body += [f"<p>{escape(beyond)}</p>"] if whole else []
    return body
