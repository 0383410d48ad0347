"""The same family for any differentiable loss of the output: what it needs of a network, without the loss.

There is no letter for a function of matrices. But all that a differentiable loss f has to do with it is its gradient E
at the output W: where W - sN are outputs of networks within any given distance, for all small s of either sign, and
<E, N> != 0, the point is neither a local minimum nor a local maximum of f (f(W - sN) = f(W) - s <E, N> + o(s)). So the
statements are about any matrix E. The gradients of the layers are L[k+1]'E R[k]', and E X' = 0 says that the product of
the weights is a critical point of f(CX) among all matrices C: the minimum, if f is convex.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Known, Term, anything, both, from_fact
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr
from symbolic_cp.prover.show import function

from ..layers import halves
from ..networks import Network, each_layer, forward, is_forward, k, network, weights, width
from .chains import letters
from .choice import narrow
from .corollaries import wide_enough
from .t6 import split_four


def output_at(net: Network, delta: Expr, W: Expr) -> Formula:
    """W is the output of a network within delta."""
    B, S = weights("B"), forward("S")
    made = is_forward(net.depth, B, net.X, S), net.near(B, delta), of(S, net.depth) == W
    return exists(B, S, conjunction(*made))


def segment(net: Network, E: Expr, delta: Expr) -> Formula:
    """There is N with <E, N> != 0 so that W - sN is the output of a network within delta, if s^2 K < delta."""
    s, K, N = Variable("s", SCALAR), Variable("K", SCALAR), Variable("N", matrix_sort(width(net.depth), "m"))
    member = output_at(net, delta, net.output - of(s) * of(N))
    reach = for_all(s, Implies(of(s) * of(s) * of(K) < delta, member))
    return exists(N, K, conjunction(of(K) >= 0, tr(E.T @ of(N)) != 0, reach))


def crossed(net: Network, E: Expr) -> Formula:
    """Such a segment of outputs at every distance."""
    delta = Variable("delta", SCALAR)
    return for_all(delta, Implies(of(delta) > 0, segment(net, E, of(delta))))


@statement(
    "T6.any-loss",
    "any E with E X' != 0, rank R[l] < every hidden width: outputs W - sN of near networks, <E, N> != 0",
)
def t6_any_loss(s: Script) -> None:
    """N = x(t) z(t)' for some small t; <E, N> = g(t). At any point, critical or not."""
    net = network(s)
    l, A, X = net.depth, net.A, net.X
    d = Variable("d", NAT, 1)
    deep = s.given(at_least(l, 1), "l >= 1")
    E = s.matrix("E", width(l), "m")
    EX = s.given(E @ X.T != 0, "E X' != 0")
    w, of_W = s.pinv(net.output, "w")
    rank = s.given(narrow(net, tr(net.output @ w)), "rank R[l] < every hidden width")
    (u, v), uv = s.obtain(s.cite("nonzero", M=E @ X.T)(EX), "u v")
    chosen = s.cite("T6.4", **letters(net), w=w, u=u, v=v)(net.is_R, net.is_L, deep, of_W, rank)
    (q, rho, y), at_y = s.obtain(chosen, "q rho y")
    inside, full, ker, at_0, at_l, units = at_y.parts()
    t = s.inner()
    (a,) = t.dims("k")
    low, high = t.given(at_least(a, 1)), t.given(at_least(l, a + 1))
    square = t.have(norm2(of(y, a)) == 1, units(a, low, high))
    nonzero = t.close(t.have(norm2(of(y, a)) > 0, square, sum=[Term()]))
    first = tr(of(y, l).T @ E @ X.T @ of(y, 0))
    t = s.inner()
    zero = t.given(first == 0)
    value = t.have(first == 1, t.have(tr(u.T @ E @ X.T @ v) == 1, uv), at_0, at_l)
    seen = t.close(t.have(Falsum(), t.have(number(1) == 0, value, zero), sum=[Term()]))
    sizes = function("k", norm2(of(y, k + 1) @ of(y, k).T).term)
    (K,), below_K = s.obtain(s.cite("bounded", n=l, f=sizes), "K")

    c = s.inner()
    delta = c.scalar("delta")
    small = c.given(delta > 0)
    sloped = s.cite("family-slope", l=l, q=q, m=nat("m"), d=d, A=A, y=y, X=X, E=E, K=K, delta=delta)
    (t, G, x), at_t = c.obtain(sloped(inside, nonzero, seen, below_K[0], small), "t G x")
    small_t, is_G, is_x, no_root = split_four(at_t)
    N = of(x, l) @ of(y, q).T @ of(G, q)
    v = c.inner()
    slope = v.given(tr(E.T @ N) == 0)
    not_zero = v.close(no_root(v.have(tr(of(x, l).T @ E @ (of(G, q).T @ of(y, q))) == 0, slope)))
    v = c.inner()
    step = v.scalar("s")
    near = v.given(step * step * K < delta)
    member = s.cite("family-member", **letters(net), q=q, y=y, t=t, s=step, K=K, delta=delta)
    (B, S), at_B = v.obtain(member(net.is_R, net.is_L, inside, below_K[1], small_t, near), "B S")
    is_B, rest = halves(at_B)
    is_S, close = halves(rest)
    identity = s.cite("T6.1", **letters(net), q=q, y=y, rho=rho, t=t, s=step, G=G, x=x, B=B, S=S)
    output = identity(net.is_R, net.is_L, inside, ker, full, is_G, is_x, is_B, is_S)
    member = v.witness(output_at(net, delta, net.output - step * N), B, S, by=both(is_S, close, output))
    found = c.witness(segment(net, E, delta), N, K, by=both(below_K[0], not_zero, v.close(member)))
    s.conclude(crossed(net, E), by=c.close(found))


@statement(
    "laurent-von-brecht.any-loss",
    "hidden widths >= min(d[0], d[l]), all gradients of the layers 0: E X' = 0, or outputs W - sN, <E, N> != 0",
)
def any_loss(s: Script) -> None:
    """So a local minimum of a differentiable loss of the product is a critical point of the loss among all matrices C,
    and its minimum if the loss is convex. Where rank W is at least d[l], W w = I, and L[1]'E X' = 0 can be cancelled;
    where it is at least d[0], E X'C' = 0 can, with R[h] = C X."""
    net = network(s, "h", 1)
    h, A, X, W = nat("h"), net.A, net.X, net.output
    E = s.matrix("E", width(h + 1), "m")
    wide = s.given(wide_enough(net), "every hidden width is at least min(d[0], d[l])")
    flat = s.given(
        each_layer(h + 1, of(net.L, k + 1).T @ E @ of(net.R, k).T == 0), "the gradients of all layers vanish"
    )
    seen = s.given(E @ X.T != 0, "E X' != 0")
    (w,), of_W = s.obtain(from_fact("pinv").at(A=W), "w")
    d = Variable("d", NAT, 1)
    first, last = s.linear(at_least(h + 1, 1)), s.linear(at_least(h + 1, h + 1))
    goal = crossed(net, E)

    def thin(below: Known) -> Known:
        return s.cite("T6.any-loss", **letters(net), E=E, w=w)(net.is_R, net.is_L, first, seen, of_W, below)

    t = s.inner()
    (a,) = t.dims("k")
    under = t.given(at_least(h, a + 1))
    lower = both(net.is_R[0], t.close(net.is_R[1](a, t.linear(at_least(h + 1, a + 1), under))))
    through = s.cite("factors-through", l=h, j=nat(0), d=d, A=A, X=X, R=net.R)(lower, s.linear(at_least(h, 0)))
    (C,), below_h = s.obtain(through, "C")
    R_h = s.have(of(net.R, h) == C @ X, below_h, net.is_R[0])
    top = s.have(E @ X.T @ C.T == 0, flat(h, last), net.is_L[0], R_h)
    bottom = s.have(of(net.L, 1).T @ E @ X.T == 0, flat(nat(0), first), net.is_R[0])
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)(nat(1), first)
    W_low = s.have(W == of(net.L, 1) @ of(A, 0) @ X, product, net.is_R[1](nat(0), first), net.is_R[0])
    W_high = s.have(W == of(A, h) @ C @ X, net.is_R[1](h, last), R_h)

    def cancelled(rank: Known, many: Known, left: Expr, right: Expr, equal: Known):
        """The inverses of W = left right, where rank W is at least the inner dimension."""
        size = left.term.shape[1]
        large = s.have(tr(W @ w) >= number(size), sum=[Term(times=(rank,)), Term(times=(many,))])
        of_w = s.have(penrose((left @ right).term, w.term), of_W, equal)
        same_ = s.have(tr(W @ w) == tr(left @ right @ w), equal)
        bound = s.have(tr(left @ right @ w) >= number(size), same_, sum=[Term(times=(large,))])
        return s.cite("full-factors", A=left, B=right, w=w)(of_w, bound)

    def thick(reach: Known) -> Known:
        t = s.inner()
        (j,), at_j = t.obtain(reach, "j")
        inside = t.linear(at_least(h + 1, j + 1), at_j[1])

        def few_inputs(every: Known) -> Known:
            c = t.inner()
            found = cancelled(at_j[2], every(j, at_j[0], inside), of(A, h) @ C, X, W_high)
            (a, b), full = c.obtain(found, "a b")
            none = c.have(E @ X.T == 0, c.have(E @ X.T @ C.T @ of(A, h).T @ a.T == 0, top), full[0])
            return c.close(anything(seen(none), goal))

        def few_outputs(every: Known) -> Known:
            c = t.inner()
            eye = ident(width(h + 1))
            found = cancelled(at_j[2], every(j, at_j[0], inside), eye, W, s.have(W == eye @ W))
            (a, b), full = c.obtain(found, "a b")
            right = c.have(of(net.L, 1) @ of(A, 0) @ X @ b == eye, full[1], W_low)
            zero = c.have((of(A, 0) @ X @ b).T @ of(net.L, 1).T @ E @ X.T == 0, bottom)
            none = c.have(E @ X.T == 0, zero, right)
            return c.close(anything(seen(none), goal))

        return t.close(t.either(wide, few_inputs, few_outputs))

    two = s.cite("narrow-or-wide", n=h, d=d, r=tr(W @ w))
    s.conclude(goal, by=s.either(two, thin, thick))
