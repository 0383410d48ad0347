"""Two layers in a deep network: where the narrowest layer j is used in full, the others only pass on.

If the product M of the layers 1, ..., j-1 has a right inverse and the product T of the layers j, ..., h-1 a left
inverse, then changes of the first layer 0 and the last layer h alone reach every pair (B1, B2) near (A1, A2), where
A1 is the product of the layers below j and A2 that of the layers from j on. So the point (A1, A2) of a network with
one hidden layer of width d[j] has all that the deep point has: it is critical, a local minimum, ...
"""

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, successor
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of
from symbolic_cp.prover.show import function

from ..families import same
from ..networks import Network, curvature, each_layer, forward, is_forward, is_jet, k, network, weights, width
from ..thm_2 import hessian
from .chains import apart, compare
from .choice import negative
from .products import carries

# -------------------------------------------------------------------------------------------------- the two layers


@dataclass(frozen=True)
class Narrow:
    """A network of h hidden layers with the products M below and T above the hidden layer j, and their inverses."""

    net: Network
    h: Nat
    j: Nat
    M: Expr
    T: Expr
    rho: Expr
    lam: Expr
    low: Known
    high: Known
    is_M: Known
    is_T: Known
    right: Known
    left: Known

    @property
    def A1(self) -> Expr:
        """The product of the layers below j."""
        return self.M @ of(self.net.A, 0)

    @property
    def A2(self) -> Expr:
        """The product of the layers from j on."""
        return of(self.net.A, self.h) @ self.T

    def letters(self) -> dict[str, Nat | Variable | Expr]:
        """Values for the letters of a lemma about such a network."""
        named = {"h": self.h, "d": Variable("d", NAT, 1), "A": self.net.A, "X": self.net.X, "m": nat("m"), "j": self.j}
        return named | {"M": self.M, "T": self.T, "rho": self.rho, "lam": self.lam}

    def known(self) -> tuple[Known, ...]:
        """What is given of them, in the order of `narrow_network`."""
        return self.low, self.high, self.is_M, self.is_T, self.right, self.left


def narrow_network(s: Context) -> Narrow:
    """Introduce a network of h hidden layers, one of them narrow enough."""
    net = network(s, "h", 1)
    h = nat("h")
    (j,) = s.dims("j")
    low, high = s.given(at_least(j, 1), "j >= 1"), s.given(at_least(h, j), "j <= h")
    M, T = s.matrix("M", width(j), width(1)), s.matrix("T", width(h), width(j))
    is_M = s.given(carries(net.A, nat(1), j, M), "M is the product of the layers 1, ..., j-1")
    is_T = s.given(carries(net.A, j, h, T), "T is the product of the layers j, ..., h-1")
    rho, lam = s.matrix("rho", width(1), width(j)), s.matrix("lam", width(j), width(h))
    right, left = s.given(M @ rho == ident(width(j)), "M rho = I"), s.given(lam @ T == ident(width(j)), "lam T = I")
    return Narrow(net, h, j, M, T, rho, lam, low, high, is_M, is_T, right, left)


def along(s: Context, two: Narrow, B: Variable, S: Variable, is_S: Known, others: Known) -> tuple[Known, Known]:
    """S[j] = M S[1] and S[h] = T S[j], for a network B that has the layers 1, ..., h-1 of A."""

    def carried(low: Nat, high: Nat, in_range) -> Known:
        t = s.inner()
        (a,) = t.dims("k")
        first, last = t.given(at_least(a, low)), t.given(at_least(high, a + 1))
        middle, below = in_range(t, first, last, a)
        return t.close(t.have(of(S, a + 1) == of(two.net.A, a) @ of(S, a), is_S[1](a, below), others(a, *middle)))

    def bottom(t: Context, first: Known, last: Known, a: Nat):
        up = t.linear(at_least(two.h, a + 1), last, two.high)
        return (first, up), t.linear(at_least(two.h + 1, a + 1), up)

    def top(t: Context, first: Known, last: Known, a: Nat):
        return (t.linear(at_least(a, 1), first, two.low), last), t.linear(at_least(two.h + 1, a + 1), last)

    return two.is_M[0](nat("m"), S, carried(nat(1), two.j, bottom)), two.is_T[0](
        nat("m"), S, carried(two.j, two.h, top)
    )


def middle_layers(h: Nat, body: Formula) -> Formula:
    """For the layers k = 1, ..., h - 1: body."""
    return for_all(Variable("k", NAT), implication(at_least(k, 1), at_least(h, k + 1), body))


def ends(s: Script, two: Narrow, base, first: Expr, last: Expr, name: str) -> tuple[Variable, Known]:
    """A family with the layers `first` at 0, `last` at h, and base(k) for k = 1, ..., h - 1."""
    h, d = two.h, Variable("d", NAT, 1)
    rows, given = function("k", width(k + 1)), function("k", base(k).term)
    zero, top = s.linear(at_least(h, 0)), s.linear(at_least(h, h))
    found = s.cite("replace", l=h, N=nat(0), a=rows, b=d, A=given, V=first)(zero)
    (C,), at_C = s.obtain(found, f"{name}0")
    (B,), at_B = s.obtain(s.cite("replace", l=h, N=h, a=rows, b=d, A=C, V=last)(top), name)
    at_0 = s.have(of(B, 0) == first, at_B[1](nat(0), zero, apart(s, h, nat(0), two.low, two.high)[0]), at_C[0])
    t = s.inner()
    (a,) = t.dims("k")
    low, high = t.given(at_least(a, 1)), t.given(at_least(h, a + 1))
    inside = t.linear(at_least(h, a), high)
    kept = at_B[1](a, inside, apart(t, h, a, high)[0]), at_C[1](a, inside, apart(t, a, nat(0), low)[1])
    return B, both(at_0, at_B[0], t.close(t.have(of(B, a) == base(a), *kept)))


def seen(two: Narrow, s: Context) -> tuple[Known, Known, Known, Known]:
    """R[h] = T A1 X, R[h+1] = A2 A1 X, and L[j] = A2, L[1] = A2 M."""
    net, h, A, R, L = two.net, two.h, two.net.A, two.net.R, two.net.L
    t = s.inner()
    (a,) = t.dims("k")
    t.given(at_least(a, 1)), t.given(at_least(h, a + 1))
    same_ = t.close(t.have(of(A, a) == of(A, a)))
    below, above = along(s, two, A, R, net.is_R, same_)
    first = net.is_R[1](nat(0), s.linear(at_least(h + 1, 1)))
    last = net.is_R[1](h, s.linear(at_least(h + 1, h + 1)))
    R_h = s.have(of(R, h) == two.T @ two.A1 @ net.X, below, above, first, net.is_R[0])
    R_l = s.have(of(R, h + 1) == two.A2 @ two.A1 @ net.X, R_h, last)

    def down(low_: Nat, high_: Nat, *bounds: Known) -> Known:
        t = s.inner()
        (a,) = t.dims("k")
        t.given(at_least(a, low_))
        high = t.given(at_least(high_, a + 1))
        return t.close(net.is_L[1](a, t.linear(at_least(h + 1, a + 1), high, *bounds)))

    L_h = s.have(of(L, h) == of(A, h), net.is_L[1](h, s.linear(at_least(h + 1, h + 1))), net.is_L[0])
    L_j = s.have(of(L, two.j) == two.A2, two.is_T[1](width(h + 1), L, down(two.j, h)), L_h)
    L_1 = s.have(of(L, 1) == two.A2 @ two.M, two.is_M[1](width(h + 1), L, down(nat(1), two.j, two.high)), L_j)
    return R_h, R_l, L_j, L_1


@statement(
    "two-layers-reach",
    "changes of the first and the last layer reach every pair (B1, B2), and are small where it is near",
    kind="lemma",
    hidden=True,
)
def two_layers_reach(s: Script) -> None:
    """A[0] + rho (B1 - A1) and A[h] + (B2 - A2) lam; the squared norms grow at most by K = |rho|^2 + |lam|^2 + 1."""
    two = narrow_network(s)
    h, A, X, j = two.h, two.net.A, two.net.X, two.j
    B1, B2 = s.matrix("B1", width(j), width(0)), s.matrix("B2", width(h + 1), width(j))
    low_move, high_move = two.rho @ (B1 - two.A1), (B2 - two.A2) @ two.lam
    layer = lambda a: of(A, a)
    B, at_B = ends(s, two, layer, layer(0) + low_move, layer(h) + high_move, "B")
    d = Variable("d", NAT, 1)
    (S,), is_S = s.obtain(s.cite("forward-exists", l=h + 1, d=d, A=B, X=X), "S")
    below, above = along(s, two, B, S, is_S, at_B[2])
    first = is_S[1](nat(0), s.linear(at_least(h + 1, 1)))
    last = is_S[1](h, s.linear(at_least(h + 1, h + 1)))
    S_j = s.have(
        of(S, j) == B1 @ X,
        s.have(of(S, j) == two.M @ (layer(0) + low_move) @ X, below, first, is_S[0], at_B[0]),
        two.right,
    )
    S_h = s.have(of(S, h) == two.T @ B1 @ X, above, S_j)
    output = s.have(
        of(S, h + 1) == B2 @ B1 @ X,
        s.have(of(S, h + 1) == (layer(h) + high_move) @ two.T @ B1 @ X, last, S_h, at_B[1]),
        two.left,
    )

    K, D1, D2 = room(two), norm2(B1 - two.A1), norm2(B2 - two.A2)
    bound = lambda a: norm2(of(B, a) - of(A, a)) <= K * (D1 + D2)
    t = s.inner()
    (a,) = t.dims("k")
    inside = t.given(at_least(h + 1, a + 1))
    rest = [
        Term(grams=(two.rho, B2 - two.A2)),
        Term(grams=(two.lam, B1 - two.A1)),
        Term(grams=(B1 - two.A1,)),
        Term(grams=(B2 - two.A2,)),
    ]
    lower = s.cite("norm-product", A=two.rho, B=B1 - two.A1)
    upper = s.cite("norm-product", A=B2 - two.A2, B=two.lam)
    at_0 = s.have(
        bound(nat(0)),
        s.have(norm2(of(B, 0) - of(A, 0)) == norm2(low_move), at_B[0]),
        sum=[Term(times=(lower,)), Term(grams=(two.lam, B2 - two.A2)), *rest],
    )
    at_h = s.have(
        bound(h),
        s.have(norm2(of(B, h) - of(A, h)) == norm2(high_move), at_B[1]),
        sum=[Term(times=(upper,)), Term(grams=(two.rho, B1 - two.A1)), *rest],
    )
    every = [Term(grams=(x, y)) for x in (two.rho, two.lam) for y in (B1 - two.A1, B2 - two.A2)] + rest[2:]

    def middle(low: Known, high: Known) -> Known:
        nothing = t.have(norm2(of(B, a) - of(A, a)) == 0, at_B[2](a, low, high))
        return t.have(bound(a), nothing, sum=every)

    near = t.close(
        by_place(
            t,
            h,
            a,
            inside,
            bound(a),
            lambda zero: t.moved(bound, at_0, nat(0), a, zero),
            lambda equal: t.moved(bound, at_h, h, a, equal),
            middle,
        )
    )
    goal = reached_by(two, B1, B2)
    s.conclude(goal, by=s.witness(goal, B, S, by=both(is_S, output, near)))


def room(two: Narrow) -> Expr:
    """|rho|^2 + |lam|^2 + 1."""
    return norm2(two.rho) + norm2(two.lam) + 1


def reached_by(two: Narrow, B1: Expr, B2: Expr) -> Formula:
    """There is a network with output B2 B1 X that is as near as (B1, B2), up to a constant."""
    B, S, depth = weights("B"), forward("S"), two.h + 1
    bound = room(two) * (norm2(B1 - two.A1) + norm2(B2 - two.A2))
    near = each_layer(depth, norm2(of(B, k) - of(two.net.A, k)) <= bound)
    return exists(B, S, conjunction(is_forward(depth, B, two.net.X, S), of(S, depth) == B2 @ B1 @ two.net.X, near))


def by_place(s: Context, h: Nat, layer: Nat, inside: Known, goal: Formula, first, last, middle) -> Known:
    """The goal for layer 0, for layer h, and for those between, with `inside`: layer <= h."""
    return s.by_sign(
        number(layer),
        lambda zero: first(s.have(same(layer, nat(0)), zero)),
        lambda sign: compare(
            s,
            layer,
            h,
            last,
            lambda less: middle(successor(sign, layer, nat(0)), less),
            lambda more: anything(s.linear(Falsum(), more, inside), goal),
        ),
        lambda sign: negative(s, layer, sign, goal),
    )


@statement("two-layers-behind", "every output is B2 B1 X for some B1, B2 of width d[j]", kind="lemma", hidden=True)
def two_layers_behind(s: Script) -> None:
    l, m, j = s.dims("l m j")
    d = s.let(Variable("d", NAT, 1))
    A, S = s.let(weights()), s.let(forward("S"))
    X = s.matrix("X", width(0), "m")
    is_S = s.given(is_forward(l, A, X, S), "S[k] is the product of the layers below k with X")
    inside = s.given(at_least(l, j), "j <= l")
    t = s.inner()
    (a,) = t.dims("k")
    below = t.given(at_least(j, a + 1))
    lower = both(is_S[0], t.close(is_S[1](a, t.linear(at_least(l, a + 1), below, inside))))
    named = dict(d=d, A=A, X=X, R=S)
    (N,), top = s.obtain(s.cite("factors-through", l=l, j=j, **named)(is_S, inside), "N")
    (C,), bottom = s.obtain(s.cite("factors-through", l=j, j=nat(0), **named)(lower, s.linear(at_least(j, 0))), "C")
    goal = exists(
        Variable("B1", matrix_sort(width(j), width(0))),
        Variable("B2", matrix_sort(width(l), width(j))),
        of(S, l)
        == of(Variable("B2", matrix_sort(width(l), width(j))))
        @ of(Variable("B1", matrix_sort(width(j), width(0))))
        @ X,
    )
    s.conclude(goal, by=s.witness(goal, C, N, by=s.have(of(S, l) == N @ C @ X, top, bottom, is_S[0])))


@statement("two-layers-critical", "at a critical point the two gradients vanish at (A1, A2)", kind="lemma", hidden=True)
def two_layers_critical(s: Script) -> None:
    """M'A2'E X' = 0 and E X'A1'T' = 0, and M and T cancel."""
    two = narrow_network(s)
    net, h = two.net, two.h
    critical = s.given(net.critical(), "all gradients vanish")
    E = net.output - net.Y
    R_h, R_l, _, L_1 = seen(two, s)
    low = s.have(
        two.M.T @ two.A2.T @ E @ net.X.T == 0, critical(nat(0), s.linear(at_least(h + 1, 1))), L_1, net.is_R[0]
    )
    high = s.have(E @ (two.T @ two.A1 @ net.X).T == 0, critical(h, s.linear(at_least(h + 1, h + 1))), R_h, net.is_L[0])
    first = s.have(
        two.A2.T @ E @ net.X.T == 0, s.have(two.rho.T @ two.M.T @ two.A2.T @ E @ net.X.T == 0, low), two.right
    )
    cancelled = s.have(E @ net.X.T @ two.A1.T @ two.T.T @ two.lam.T == 0, high)
    second = s.have(E @ net.X.T @ two.A1.T == 0, cancelled, two.left)
    W = two.A2 @ two.A1 @ net.X
    output = s.have(W == net.output, R_l)
    g1 = s.have(two.A2.T @ (W - net.Y) @ net.X.T == 0, first, output)
    g2 = s.have((W - net.Y) @ net.X.T @ two.A1.T == 0, second, output)
    s.conclude(conjunction(output.formula, g1.formula, g2.formula), by=both(output, g1, g2))


@statement(
    "two-layers-jet", "curvature at (A1, A2) along (D1, D2) is curvature of the network", kind="lemma", hidden=True
)
def two_layers_jet(s: Script) -> None:
    """D[0] = rho D1 and D[h] = D2 lam, and 0 between."""
    two = narrow_network(s)
    net, h, A, X, j = two.net, two.h, two.net.A, two.net.X, two.j
    D1, D2 = s.matrix("D1", width(j), width(0)), s.matrix("D2", width(h + 1), width(j))
    none = lambda a: null(width(a + 1), width(a))
    D, at_D = ends(s, two, none, two.rho @ D1, D2 @ two.lam, "D")
    d = Variable("d", NAT, 1)
    (F, G), jet = s.obtain(s.cite("jet-exists", l=h + 1, d=d, A=A, R=net.R, D=D), "F G")
    zero_F, zero_G, grows = jet.parts()
    R_h, R_l, _, _ = seen(two, s)

    def up(V: Variable, part: int) -> tuple[Known, Known]:
        def carried(low: Nat, high: Nat, *bounds: Known) -> Known:
            t = s.inner()
            (a,) = t.dims("k")
            first, last = t.given(at_least(a, low)), t.given(at_least(high, a + 1))
            above, under = t.linear(at_least(a, 1), first, two.low), t.linear(at_least(h, a + 1), last, two.high)
            step = grows(a, t.linear(at_least(h + 1, a + 1), under))[part]
            return t.close(t.have(of(V, a + 1) == of(A, a) @ of(V, a), step, at_D[2](a, above, under)))

        return two.is_M[0](nat("m"), V, carried(nat(1), j)), two.is_T[0](nat("m"), V, carried(j, h))

    first, last = grows(nat(0), s.linear(at_least(h + 1, 1))), grows(h, s.linear(at_least(h + 1, h + 1)))
    F_1 = s.have(of(F, 1) == two.rho @ D1 @ X, first[0], zero_F, at_D[0], net.is_R[0])
    G_1 = s.have(of(G, 1) == 0, first[1], zero_F, zero_G)
    F_low, F_high = up(F, 0)
    G_low, G_high = up(G, 1)
    F_j = s.have(of(F, j) == D1 @ X, s.have(of(F, j) == two.M @ two.rho @ D1 @ X, F_low, F_1), two.right)
    F_h = s.have(of(F, h) == two.T @ D1 @ X, F_high, F_j)
    G_h = s.have(of(G, h) == 0, G_high, s.have(of(G, j) == 0, G_low, G_1))
    F_wide = of(A, h) @ two.T @ D1 @ X + D2 @ two.lam @ two.T @ two.A1 @ X
    F_l = s.have(
        of(F, h + 1) == two.A2 @ D1 @ X + D2 @ two.A1 @ X,
        s.have(of(F, h + 1) == F_wide, last[0], F_h, R_h, at_D[1]),
        two.left,
    )
    G_wide = s.have(of(G, h + 1) == D2 @ two.lam @ two.T @ D1 @ X, last[1], G_h, F_h, at_D[1])
    G_l = s.have(of(G, h + 1) == D2 @ D1 @ X, G_wide, two.left)
    value = curvature(net.output, net.Y, of(F, h + 1), of(G, h + 1))
    square = s.have(norm2(of(F, h + 1)) == norm2(two.A2 @ D1 @ X + D2 @ two.A1 @ X), F_l)
    bend = s.have((net.output - net.Y).T @ of(G, h + 1) == (two.A2 @ two.A1 @ X - net.Y).T @ D2 @ D1 @ X, G_l, R_l)
    same_ = s.have(value == hessian(X, net.Y, two.A1, two.A2, D1, D2), square, bend)
    D_, F_, G_ = weights("D"), forward("F"), forward("G")
    there = curvature(net.output, net.Y, of(F_, h + 1), of(G_, h + 1)) == hessian(X, net.Y, two.A1, two.A2, D1, D2)
    goal = exists(D_, F_, G_, conjunction(is_jet(h + 1, A, net.R, D_, F_, G_), there))
    s.conclude(goal, by=s.witness(goal, D, F, G, by=both(jet, same_)))
