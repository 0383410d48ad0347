"""Captured and discarded singular triples, and what "optimal order" means.

At a critical point the reachable target Y X+ X = W - E splits into W = R[l] and -E, with W'E = 0 and E W' = 0. A
captured triple (p, q, s) is a singular triple of W, a discarded one (u, v, t) of -E, zeros included. The order is
optimal when every discarded singular value is at most every captured one.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Variable,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.prover.context import (
    Known,
    Term,
    anything,
    both,
    one,
    reciprocal,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, of, tr

from ..networks import Network


def triple(M: Expr, left: Expr, right: Expr, value: Expr) -> Formula:
    """M right = value left, M' left = value right, both of length 1."""
    return conjunction(
        M @ right == value * left, M.T @ left == value * right, left.T @ left == ident(1), right.T @ right == ident(1)
    )


def reached(net: Network, Xp: Expr) -> Expr:
    """E = R[l] - Y X+ X."""
    return net.output - net.Y @ Xp @ net.X


def triple_letters(W: Expr) -> list[Variable]:
    """p, q, s and u, v, t for the shape of W."""
    rows, cols = W.term.shape
    p, q, u, v = (Variable(x, matrix_sort(size, 1)) for x, size in (("p", rows), ("q", cols), ("u", rows), ("v", cols)))
    return [p, q, Variable("s", SCALAR), u, v, Variable("t", SCALAR)]


def optimal_order(W: Expr, E: Expr) -> Formula:
    """For all captured triples (p, q, s) with s > 0 and all discarded ones (u, v, t): t <= s."""
    p, q, s, u, v, t = triple_letters(W)
    captured = conjunction(of(s) > 0, triple(W, of(p), of(q), of(s)))
    discarded = triple(-E, of(u), of(v), of(t))
    return for_all(p, q, s, u, v, t, implication(captured, discarded, of(t) <= of(s)))


def exchangeable(W: Expr, E: Expr) -> Formula:
    """There are a captured triple (p, q, s) and a discarded one (u, v, t) with t > s > 0."""
    p, q, s, u, v, t = triple_letters(W)
    captured = conjunction(of(s) > 0, triple(W, of(p), of(q), of(s)))
    discarded = triple(-E, of(u), of(v), of(t))
    return exists(p, q, s, u, v, t, conjunction(captured, discarded, of(t) > of(s)))


def threshold(W: Expr, Wp: Expr, E: Expr) -> Formula:
    """Some c >= 0 separates the singular values: |E'Z|^2 <= c |Z|^2 and |W'Z|^2 >= c |W W+ Z|^2 for all Z."""
    c = Variable("c", SCALAR)
    return exists(c, conjunction(of(c) >= 0, separates(of(c), W, Wp, E)))


def separates(c: Expr, W: Expr, Wp: Expr, E: Expr) -> Formula:
    """|E'Z|^2 <= c |Z|^2 and |W'Z|^2 >= c |W W+ Z|^2 for all Z."""
    Z = Variable("Z", matrix_sort(W.term.shape[0], "w"))
    above = norm2(E.T @ of(Z)) <= c * norm2(of(Z))
    below = norm2(W.T @ of(Z)) >= c * norm2(W @ Wp @ of(Z))
    return for_all(Variable("w", NAT), Z, conjunction(above, below))


def two_matrices(s: Script) -> tuple[Expr, Expr, Expr, Known]:
    """W and E of the same shape, and the pseudoinverse of W."""
    s.dims("n m")
    W, E = s.matrices("W: n x m, E: n x m")
    Wp, of_W = s.pinv(W, "Wp")
    return W, E, Wp, of_W


@statement("singular-triple", "a unit eigenvector of M M' of value a > 0 has a partner", kind="lemma", hidden=True)
def singular_triple(s: Script) -> None:
    """x = M'p has |x|^2 = a; q is a unit vector in the projector x x'/a, and s = x'q, up to the sign."""
    s.dims("n m")
    M, p = s.matrices("M: n x m, p: n x 1")
    a = s.scalar("a")
    eigen, unit_p = s.given(M @ M.T @ p == a * p), s.given(p.T @ p == ident(1))
    positive = s.given(a > 0, "a > 0")
    (y,), inverse = s.obtain(reciprocal(positive), "y")
    x = M.T @ p
    size = s.have(x.T @ x == a * ident(1), eigen, unit_p)
    F = y * (x @ x.T)
    square = s.have(F @ F == (y * a) * F, size)
    proj = both(s.have(F.T == F), s.have(F @ F == F, square, s.have((y * a) * F == F, inverse)))
    trace = s.have(tr(F) == 1, s.have(tr(x.T @ x) == a, size), inverse)
    more = s.have(tr(F) > 0, trace, sum=[Term()])
    (q,), at_q = s.obtain(s.cite("unit", F=F)(proj, more), "q")
    value = tr(x.T @ q)
    q_is = s.have(q == y * value * x, at_q[1], one(x.T @ q))
    first = s.have(
        y * value * value == 1, s.have(tr(q.T @ q) == 1, at_q[0]), s.have(tr(q.T @ q) == y * value * value, q_is)
    )
    square = s.have(value * value == a, first, inverse)
    x_is = s.have(x == value * q, q_is, square, inverse)
    image = s.have(M @ q == (y * a) * (value * p), s.have(M @ q == y * value * (M @ M.T @ p), q_is), eigen)
    M_q = s.have(M @ q == value * p, image, s.have((y * a) * (value * p) == value * p, inverse))
    right, number_ = Variable("q", matrix_sort("m", 1)), Variable("s", SCALAR)
    claim = exists(
        right,
        number_,
        conjunction(of(number_) > 0, of(number_) * of(number_) == a, triple(M, p, of(right), of(number_))),
    )

    def with_sign(sign: int, known: Known) -> Known:
        r, b = sign * q, sign * value
        parts = [
            s.have(b > 0, sum=[Term(times=(known,))]),
            s.have(b * b == a, square),
            s.have(M @ r == b * p, M_q),
            s.have(M.T @ p == b * r, x_is),
            unit_p,
            s.have(r.T @ r == ident(1), at_q[0]),
        ]
        return s.witness(claim, r, b, by=both(*parts[:2], both(*parts[2:])))

    zero = lambda known: anything(s.have(Falsum(), s.have(a == 0, square, known), sum=[Term(times=(positive,))]), claim)
    s.conclude(claim, by=s.by_sign(value, zero, lambda up: with_sign(1, up), lambda down: with_sign(-1, down)))
