"""Captured and discarded singular triples, and what "optimal order" means.

At a critical point the reachable target Y X+ X = W - E splits into W = R[l] and -E, with W'E = 0 and E W' = 0. A
captured triple (p, q, s) is a singular triple of W, a discarded one (u, v, t) of -E, zeros included. The order is
optimal when every discarded singular value is at most every captured one.
"""

from symbolic_cp.kernel.formulas import (
    SCALAR,
    Formula,
    Variable,
    conjunction,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.prover.expression import Expr, ident, of

from ..networks import Network


def triple(M: Expr, left: Expr, right: Expr, value: Expr) -> Formula:
    """M right = value left, M' left = value right, both of length 1."""
    return conjunction(
        M @ right == value * left, M.T @ left == value * right, left.T @ left == ident(1), right.T @ right == ident(1)
    )


def reached(net: Network, Xp: Expr) -> Expr:
    """E = R[l] - Y X+ X."""
    return net.output - net.Y @ Xp @ net.X


def optimal_order(W: Expr, E: Expr) -> Formula:
    """For all captured triples (p, q, s) with s > 0 and all discarded ones (u, v, t): t <= s."""
    rows, cols = W.term.shape
    p, u = (Variable(name, matrix_sort(rows, 1)) for name in ("p", "u"))
    q, v = (Variable(name, matrix_sort(cols, 1)) for name in ("q", "v"))
    s, t = Variable("s", SCALAR), Variable("t", SCALAR)
    captured = conjunction(of(s) > 0, triple(W, of(p), of(q), of(s)))
    discarded = triple(-E, of(u), of(v), of(t))
    return for_all(p, q, s, u, v, t, implication(captured, discarded, of(t) <= of(s)))
