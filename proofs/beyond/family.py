"""The family behind T6: rank-one terms in every layer, whose output differs from R[l] by one rank-one term.

q is a layer and y[0], ..., y[l] are vectors, y[k] of length d[k]:

    y[k]'R[k] = 0 for q < k < l,    L[k] y[k] = 0 for 1 <= k <= q,    q = 0 or R[q] has a right inverse.

With numbers t and s, A[k] becomes A[k] + t y[k+1] y[k]' in every layer k != q, and A[q] - s y[q+1] y[q]'. The vectors
x(t) and z(t) of the output W - s x(t) z(t)' are built up and down the chain from layer q:

    x[q+1] = y[q+1],  x[k+1] = (A[k] + t y[k+1] y[k]') x[k],        x(t) = x[l]
    G[0] = X,         G[k+1] = (A[k] + t y[k+1] y[k]') G[k],        z(t)' = y[q]'G[q]

(z(t) is called y(t) in the literature of this family; here y[k] are the vectors that it is made of.)
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, both, one
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr
from symbolic_cp.prover.show import function

from ..families import same
from ..networks import Network, deep_loss, forward, is_forward, k, network, weights, width
from .chains import apart, letters, upward
from .horner import horner, values, vanish
from .triples import reached


def vectors(name: str = "y") -> Variable:
    """y[k] : d[k] x 1."""
    return family(name, "k", matrix_sort(width(k), 1))


def moved(A: Variable, y: Variable, t: Expr, layer: Nat) -> Expr:
    """A[k] + t y[k+1] y[k]'."""
    return of(A, layer) + t * (of(y, layer + 1) @ of(y, layer).T)


def kernels(net: Network, y: Variable, q: Nat) -> Formula:
    """y[k]'R[k] = 0 for q < k < l, and L[k] y[k] = 0 for 1 <= k <= q."""
    above = implication(at_least(k, q + 1), at_least(net.depth, k + 1), of(y, k).T @ of(net.R, k) == 0)
    below = implication(at_least(q, k + 1), of(net.L, k + 1) @ of(y, k + 1) == 0)
    return conjunction(for_all(Variable("k", NAT), above), for_all(Variable("k", NAT), below))


def onto(net: Network, q: Nat, rho: Expr) -> Formula:
    """q = 0, or rho is a right inverse of R[q]."""
    return Or(same(q, nat(0)), of(net.R, q) @ rho == ident(width(q)))


def bottom(A: Variable, y: Variable, t: Expr, q: Nat, X: Expr, G: Variable) -> Formula:
    """G[0] = X and G[k+1] = (A[k] + t y[k+1] y[k]') G[k] for k < q."""
    grows = Implies(at_least(q, k + 1), of(G, k + 1) == moved(A, y, t, k) @ of(G, k))
    return conjunction(of(G, 0) == X, for_all(Variable("k", NAT), grows))


def top(A: Variable, y: Variable, t: Expr, q: Nat, l: Nat, x: Variable) -> Formula:
    """x[q+1] = y[q+1] and x[k+1] = (A[k] + t y[k+1] y[k]') x[k] for q < k < l."""
    grows = implication(at_least(k, q + 1), at_least(l, k + 1), of(x, k + 1) == moved(A, y, t, k) @ of(x, k))
    return conjunction(of(x, q + 1) == of(y, q + 1), for_all(Variable("k", NAT), grows))


def in_family(net: Network, y: Variable, t: Expr, s: Expr, q: Nat, B: Variable) -> Formula:
    """B[k] = A[k] + t y[k+1] y[k]' for k != q, and B[q] = A[q] - s y[q+1] y[q]'."""
    others = implication(at_least(net.depth, k + 1), negation(same(k, q)), of(B, k) == moved(net.A, y, t, k))
    return conjunction(for_all(Variable("k", NAT), others), of(B, q) == moved(net.A, y, -s, q))


@statement("T6.1", "the output of the family is W - s x(t) z(t)'", kind="step", hidden=True)
def identity(s: Script) -> None:
    """Below layer q, L[k] G[k] = W, as L[k+1] y[k+1] = 0. Above it the layers carry R[q+1] to W, as y[k]'R[k] = 0; so
    their product T has T A[q] R[q] = W = L[q] R[q], and R[q] cancels: T A[q] = L[q], T A[q] G[q] = W."""
    net = network(s)
    l, A, X = net.depth, net.A, net.X
    (q,) = s.dims("q")
    inside = s.given(at_least(l, q + 1), "q < l")
    y = s.let(vectors())
    ker = s.given(kernels(net, y, q), "y[k]'R[k] = 0 above layer q, L[k] y[k] = 0 below it")
    rho = s.matrix("rho", "m", width(q))
    full = s.given(onto(net, q, rho), "q = 0, or R[q] is onto")
    t, step_ = s.scalar("t"), s.scalar("s")
    G_, x_ = s.let(forward("G")), s.let(vectors("x"))
    is_G = s.given(bottom(A, y, t, q, X, G_), "z(t)' = y[q]'G[q]")
    is_x = s.given(top(A, y, t, q, l, x_), "x(t) = x[l]")
    B, S_ = s.let(weights("B")), s.let(forward("S"))
    is_B = s.given(in_family(net, y, t, step_, q, B), "B is the network at (t, s)")
    is_S = s.given(is_forward(l, B, X, S_), "S[k] is the product of the layers below k with X")
    R, L, G, S, x = ((lambda a, f=f: of(f, a)) for f in (net.R, net.L, G_, S_, x_))
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    q_l = s.linear(at_least(l, q), inside)

    def low_claim(a: Nat) -> Formula:
        return conjunction(L(a) @ G(a) == R(l), S(a) == G(a))

    def low_step(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = c.linear(at_least(l, a + 1), high, inside)
        layer = is_B[0](a, below, apart(c, q, a, high)[0])
        first = c.have(L(a + 1) @ G(a + 1) == R(l), so_far[0], is_G[1](a, high), ker[1](a, high), net.is_L[1](a, below))
        return both(first, c.have(S(a + 1) == G(a + 1), so_far[1], is_G[1](a, high), is_S[1](a, below), layer))

    zero = s.have(low_claim(nat(0)), is_G[0], is_S[0], product(nat(0), s.linear(at_least(l, 0))), net.is_R[0])
    low = upward(s, nat(0), q, s.linear(at_least(q, 0)), low_claim, zero, low_step)

    T_ = lambda a: Variable("T", matrix_sort(width(a), width(q + 1)))
    carried = lambda a, T: conjunction(T @ R(q + 1) == R(a), T @ S(q + 1) == S(a), T @ of(y, q + 1) == x(a))
    high_claim = lambda a: exists(T_(a), carried(a, of(T_(a))))

    def high_step(c: Context, a: Nat, low_: Known, below: Known, so_far: Known) -> Known:
        (T,), known = c.obtain(so_far, "T")
        layer = is_B[0](a, below, apart(c, a, q, low_)[1])
        following = moved(A, y, t, a) @ T
        kept = c.have(following @ R(q + 1) == R(a + 1), known[0], net.is_R[1](a, below), ker[0](a, low_, below))
        grown = c.have(following @ S(q + 1) == S(a + 1), known[1], is_S[1](a, below), layer)
        vector = c.have(following @ of(y, q + 1) == x(a + 1), known[2], is_x[1](a, low_, below))
        return c.witness(high_claim(a + 1), following, by=both(kept, grown, vector))

    eye = ident(width(q + 1))
    first = s.witness(high_claim(q + 1), eye, by=s.have(carried(q + 1, eye), is_x[0]))
    (T,), known = s.obtain(upward(s, q + 1, l, inside, high_claim, first, high_step), "T")

    through = s.have(T @ of(A, q) @ R(q) == R(l), known[0], net.is_R[1](q, inside))
    claim = T @ of(A, q) @ G(q) == R(l)

    def lowest(zero_: Known) -> Known:
        equal = lambda a: R(a) == G(a)
        start = s.have(equal(nat(0)), net.is_R[0], is_G[0])
        at_q = s.moved(equal, start, nat(0), q, zero_)
        return s.have(claim, through, at_q)

    def cancelled(right: Known) -> Known:
        same_ = s.have(
            T @ of(A, q) == L(q), right, s.have(T @ of(A, q) @ R(q) == L(q) @ R(q), through, product(q, q_l))
        )
        return s.have(claim, same_, low[0])

    kept = s.either(full, lowest, cancelled)
    output = S(l) == R(l) - step_ * (x(l) @ (of(y, q).T @ G(q)))
    s.conclude(output, by=[kept, known[1], known[2], is_S[1](q, inside), is_B[1], low[1]])


@statement("T6.2", "L(t,s) - L = -s g(t) + 1/2 s^2 |x(t)|^2 |z(t)|^2, g(t) = x(t)'E z(t)", kind="step", hidden=True)
def loss_polynomial(s: Script) -> None:
    """E = R[l] - Y X+ X is the part of the residual that a network can reach: (R[l] - Y) z = E z, as z = X+ X z."""
    net = network(s)
    l, A, X, Y = net.depth, net.A, net.X, net.Y
    Xp, of_X = s.pinv(X, "Xp")
    (q,) = s.dims("q")
    y = s.let(vectors())
    t, step_ = s.scalar("t"), s.scalar("s")
    G = s.let(forward("G"))
    x = s.matrix("x", width(l), 1)
    is_G = s.given(bottom(A, y, t, q, X, G), "z(t)' = y[q]'G[q]")
    W = s.matrix("W", width(l), "m")
    z = of(G, q).T @ of(y, q)
    output = s.given(W == net.output - step_ * (x @ z.T), "W = R[l] - s x(t) z(t)'")
    claim = lambda a: of(G, a) @ Xp @ X == of(G, a)

    def grow(c: Context, a: Nat, below: Known, so_far: Known) -> Known:
        return c.have(claim(a + 1), so_far, is_G[1](a, below))

    rows = s.induction("i", q, claim, s.have(claim(nat(0)), is_G[0], of_X), grow)(q, s.linear(at_least(q, q)))
    slope = tr(x.T @ reached(net, Xp) @ z)
    seen = s.have(tr(x.T @ (net.output - Y) @ z) == slope, s.have(z.T @ Xp @ X == z.T, rows), of_X)
    value = net.loss - step_ * slope + step_ * step_ * norm2(x) * norm2(z) / 2
    plain = net.loss - step_ * tr(x.T @ (net.output - Y) @ z) + step_ * step_ * norm2(x) * norm2(z) / 2
    expanded = s.have(deep_loss(net.output - step_ * (x @ z.T), Y) == plain)
    s.conclude(deep_loss(W, Y) == value, by=[s.have(deep_loss(W, Y) == plain, expanded, output), seen])


def lengths(y: Variable, l: Nat, p: Variable) -> Formula:
    """p[1] = 1 and p[k+1] = p[k] |y[k]|^2 for 1 <= k < l: p[l] is the product of |y[k]|^2 over the hidden layers."""
    grows = implication(at_least(k, 1), at_least(l, k + 1), of(p, k + 1) == of(p, k) * norm2(of(y, k)))
    return conjunction(of(p, 1) == 1, for_all(Variable("k", NAT), grows))


def slope_is(A: Variable, y: Variable, q: Nat, l: Nat, X: Expr, E: Expr, c: Variable) -> Formula:
    """g(t) = c[0] t^(l-1) + ... + c[l-1] for all t."""
    T, G, x, h = Variable("t", SCALAR), forward("G"), vectors("x"), family("h", "k", SCALAR)
    t = of(T)
    given = bottom(A, y, t, q, X, G), top(A, y, t, q, l, x), horner(t, lambda a: of(c, a), h, l)
    g = tr(of(x, l).T @ E @ (of(G, q).T @ of(y, q)))
    return for_all(T, G, x, h, implication(*given, g == of(h, l)))


@statement(
    "T6.3", "g(t) is a polynomial of degree l - 1 with the coefficient prod |y[k]|^2 u'EX'v", kind="step", hidden=True
)
def degree(s: Script) -> None:
    """u = y[l], v = y[0]. For any E and y. G[k] is a polynomial of degree k, the matrix x[k] z' one of degree k - 1,
    both with the leading coefficient K[k] = y[k] y[k-1]' y[k-1] ... y[0]'X, by induction with lemma horner-next."""
    l, q = s.dims("l q")
    s.dims("m")
    s.let(Variable("d", NAT, 1))
    A, y = s.let(weights()), s.let(vectors())
    X, E = s.matrix("X", width(0), "m"), s.matrix("E", width(l), "m")
    inside = s.given(at_least(l, q + 1), "q < l")
    p = s.family("p", "k", SCALAR)
    is_p = s.given(lengths(y, l, p), "p[l] is the product of |y[k]|^2 over the hidden layers")
    term = lambda a: of(y, a + 1) @ of(y, a).T
    ranks_one = function("k", term(k).term)
    (K_,), is_K = s.obtain(s.cite("forward-exists", l=l, d=Variable("d", NAT, 1), A=ranks_one, X=X), "K")
    K = lambda a: of(K_, a)

    def coefficients(a: Nat) -> Variable:
        return family("c", "k", matrix_sort(width(a), "m"))

    def claim(a: Nat, degree_: Nat, what: Callable[[Expr, Variable, Variable], Formula]) -> Formula:
        """There are coefficients, the first of them K[a], of a polynomial with degree + 1 of them for what it says."""
        c = coefficients(a)
        return exists(c, conjunction(of(c, 0) == K(a), vanish(c, degree_, l), what(a, c)))

    def is_bottom(a: Nat, c: Variable) -> Formula:
        T, G, H = Variable("t", SCALAR), forward("G"), family("H", "k", matrix_sort(width(a), "m"))
        given = bottom(A, y, of(T), q, X, G), horner(of(T), lambda b: of(c, b), H, l + 1)
        return for_all(T, G, H, implication(*given, of(G, a) == of(H, a + 1)))

    def is_top(a: Nat, c: Variable) -> Formula:
        T, G, x, H = Variable("t", SCALAR), forward("G"), vectors("x"), family("H", "k", matrix_sort(width(a), "m"))
        t = of(T)
        given = bottom(A, y, t, q, X, G), top(A, y, t, q, l, x), horner(t, lambda b: of(c, b), H, l + 1)
        return for_all(T, G, x, H, implication(*given, of(x, a) @ of(y, q).T @ of(G, q) == of(H, a)))

    def point(u: Context, a: Nat, c: Variable, above: bool):
        """t, G (and x) and Horner's values H of the coefficients c."""
        t, G = u.scalar("t"), u.let(forward("G"))
        x = u.let(vectors("x")) if above else None
        H = u.let(family("H", "k", matrix_sort(width(a), "m")))
        is_G = u.given(bottom(A, y, t, q, X, G))
        is_x = u.given(top(A, y, t, q, l, x)) if above else None
        return t, G, x, H, is_G, is_x, u.given(horner(t, lambda b: of(c, b), H, l + 1))

    def next_layer(u: Context, a: Nat, degree_: Nat, below: Known, c: Variable, known: Known):
        """Coefficients for layer a + 1."""
        made = s.cite("horner-next", n=degree_, N=l, a=width(a + 1), b=width(a), m=nat("m"), P=of(A, a), Q=term(a), c=c)
        (e,), at_e = u.obtain(made(u.linear(at_least(l, degree_), below), known[1]), "e")
        lead = u.have(of(e, 0) == K(a + 1), at_e[0], known[0], is_K[1](a, below))
        return e, lead, at_e[1], at_e[2]

    def bottom_step(u: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        (c,), known = u.obtain(so_far, "c")
        below = u.linear(at_least(l, a + 1), high, inside)
        e, lead, zero, grows = next_layer(u, a, a + 1, below, c, known)
        v = u.inner()
        t, G, _, H, is_G, _, of_H = point(v, a + 1, e, False)
        (H0,), of_H0 = v.obtain(grows(t, H, of_H), "H0")
        value = v.have(of(G, a + 1) == of(H, a + 2), known[2](t, G, H0, is_G, of_H0[0]), of_H0[1], is_G[1](a, high))
        return u.witness(claim(a + 1, a + 2, is_bottom), e, by=both(lead, zero, v.close(value)))

    # a polynomial of degree 0: X
    state, following = Variable("c", matrix_sort(width(0), "m")), Variable("c_next", matrix_sort(width(0), "m"))
    trivial = number(0) == 0
    nothing = null(width(0), "m")
    made = s.recursion(
        "k",
        l,
        [state],
        (X,),
        trivial,
        of(following) == 0,
        s.have(trivial),
        lambda u, a, below, so_far: ((nothing,), both(u.have(trivial), u.have(nothing == 0))),
    )
    (c0,), is_c0 = s.obtain(made, "c0")
    u = s.inner()
    (a,) = u.dims("i")
    under = u.given(at_least(l, 1 + a))
    zero = u.close(is_c0[2](a, under))
    v = s.inner()
    t, G, _, H, is_G, _, of_H = point(v, nat(0), c0, False)
    first = v.have(of(G, 0) == of(H, 1), is_G[0], is_c0[0], of_H[0], of_H[1](nat(0), v.linear(at_least(l + 1, 1))))
    start = s.witness(
        claim(nat(0), nat(1), is_bottom),
        c0,
        by=both(s.have(of(c0, 0) == K(nat(0)), is_c0[0], is_K[0]), zero, v.close(first)),
    )
    low = upward(
        s, nat(0), q, s.linear(at_least(q, 0)), lambda a: claim(a, a + 1, is_bottom), start, bottom_step, "r j"
    )

    # across layer q
    (c,), known = s.obtain(low, "c")
    Q = term(q)
    across = function("k", (Q @ of(c, k)).term)
    u = s.inner()
    (a,) = u.dims("i")
    under = u.given(at_least(l, q + 1 + a))
    zero = u.close(u.have(Q @ of(c, q + 1 + a) == 0, known[1](a, under)))
    v = s.inner()
    c_next = lambda b: Q @ of(c, b)
    t, G, x = v.scalar("t"), v.let(forward("G")), v.let(vectors("x"))
    H = v.let(family("H", "k", matrix_sort(width(q + 1), "m")))
    is_G, is_x = v.given(bottom(A, y, t, q, X, G)), v.given(top(A, y, t, q, l, x))
    of_H = v.given(horner(t, c_next, H, l + 1))
    H0, of_H0 = values(v, t, lambda b: of(c, b), l + 1, "H0")
    same_ = multiplied(v, l + 1, lambda b: of(H, b) == Q @ of(H0, b), of_H, of_H0)
    here = same_(q + 1, v.linear(at_least(l + 1, q + 1), inside))
    value = v.have(of(x, q + 1) @ of(y, q).T @ of(G, q) == of(H, q + 1), known[2](t, G, H0, is_G, of_H0), here, is_x[0])
    lead = s.have(c_next(nat(0)) == K(q + 1), known[0], is_K[1](q, inside))
    start = s.witness(claim(q + 1, q + 1, is_top), across, by=both(lead, zero, v.close(value)))

    def top_step(u: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        (c,), known = u.obtain(so_far, "c")
        e, lead, zero, grows = next_layer(u, a, a, high, c, known)
        v = u.inner()
        t, G, x, H, is_G, is_x, of_H = point(v, a + 1, e, True)
        (H0,), of_H0 = v.obtain(grows(t, H, of_H), "H0")
        before = known[2](t, G, x, H0, is_G, is_x, of_H0[0])
        product = of(x, a + 1) @ of(y, q).T @ of(G, q)
        layer = moved(A, y, t, a) @ of(H0, a)
        left = v.have(
            product == layer,
            v.have(product == moved(A, y, t, a) @ of(x, a) @ of(y, q).T @ of(G, q), is_x[1](a, low, high)),
            before,
        )
        value = v.have(product == of(H, a + 1), left, of_H0[1])
        return u.witness(claim(a + 1, a + 1, is_top), e, by=both(lead, zero, v.close(value)))

    high = upward(s, q + 1, l, inside, lambda a: claim(a, a, is_top), start, top_step, "r j")

    # the slope is the trace of E' x z'
    (C,), known = s.obtain(high, "C")
    traces = function("k", tr(E.T @ of(C, k)).term)
    v = s.inner()
    t, G, x, h = v.scalar("t"), v.let(forward("G")), v.let(vectors("x")), v.let(family("h", "k", SCALAR))
    is_G, is_x = v.given(bottom(A, y, t, q, X, G)), v.given(top(A, y, t, q, l, x))
    of_h = v.given(horner(t, lambda b: tr(E.T @ of(C, b)), h, l))
    H, of_H = values(v, t, lambda b: of(C, b), l + 1, "H")
    w = v.inner()
    (b,) = w.dims("k")
    under = w.given(at_least(l, b + 1))
    less = both(of_H[0], w.close(of_H[1](b, w.linear(at_least(l + 1, b + 1), under))))
    at_l = multiplied(v, l, lambda b: of(h, b) == tr(E.T @ of(H, b)), of_h, less)(l, v.linear(at_least(l, l)))
    before = known[2](t, G, x, H, is_G, is_x, of_H)
    g = tr(of(x, l).T @ E @ (of(G, q).T @ of(y, q)))
    value = v.close(v.have(g == of(h, l), at_l, v.have(g == tr(E.T @ of(H, l)), before)))

    leading = lambda a: K(a) == of(p, a) * (of(y, a) @ of(y, 0).T @ X)
    start = s.have(leading(nat(1)), is_p[0], is_K[1](nat(0), s.linear(at_least(l, 1), inside)), is_K[0])

    def longer(u: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        square = of(p, a) * norm2(of(y, a)) * (of(y, a + 1) @ of(y, 0).T @ X)
        rows = u.have(
            of(y, a).T @ K(a) == of(p, a) * norm2(of(y, a)) * (of(y, 0).T @ X),
            so_far,
            one(of(y, a).T @ of(y, a)),
            heavy=[K(a)],
        )
        return u.have(leading(a + 1), u.have(K(a + 1) == square, rows, is_K[1](a, high)), is_p[1](a, low, high))

    whole = upward(s, nat(1), l, s.linear(at_least(l, 1), inside), leading, start, longer)
    first_is = of(p, l) * tr(of(y, l).T @ E @ X.T @ of(y, 0))
    lead = s.have(tr(E.T @ of(C, 0)) == first_is, known[0], whole)
    free = family("c", "k", SCALAR)
    goal = exists(free, conjunction(of(free, 0) == first_is, slope_is(A, y, q, l, X, E, free)))
    s.conclude(goal, by=s.witness(goal, traces, by=both(lead, value)))


def multiplied(s: Context, bound: Nat, claim: Callable[[Nat], Formula], first: Known, second: Known) -> Known:
    """claim(k), an equation between two of Horner's values, by induction along both schemes."""

    def step(u: Context, a: Nat, below: Known, so_far: Known) -> Known:
        return u.have(claim(a + 1), so_far, first[1](a, below), second[1](a, below))

    return s.induction("i", bound, claim, s.have(claim(nat(0)), first[0], second[0]), step)
