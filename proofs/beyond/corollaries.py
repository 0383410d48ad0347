"""What follows for theorems of others: Laurent and von Brecht 2018, Kawaguchi 2016.

T. Laurent, J. von Brecht, Deep linear networks with arbitrary loss: all local minima are global (ICML 2018).
K. Kawaguchi, Deep learning without poor local minima (NeurIPS 2016), Theorem 2.3.
"""

from dataclasses import replace
from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    for_all,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Known, Term, anything, both, from_fact, left_or, or_right_of, successor
from symbolic_cp.prover.expression import ident, norm2, number, of, tr

from ..networks import Network, critical_network, curvature, deep_loss, k, network, width
from ..prop_2 import everywhere
from ..ranks import projects
from ..thm_2 import gradients_zero, strictly_down
from .choice import negative
from .products import passed
from .reduction import seen
from .t7 import global_from_two, with_products

HALF = Fraction(1, 2)


# ------------------------------------------------------------------------------------- Laurent and von Brecht


def wide_enough(net: Network) -> Formula:
    """Every hidden width is at least min(d[0], d[l])."""

    def at_least_all(end: Nat) -> Formula:
        bound = at_least(width(k), width(end))
        return for_all(Variable("k", NAT), implication(at_least(k, 1), at_least(net.depth, k + 1), bound))

    return Or(at_least_all(nat(0)), at_least_all(net.depth))


@statement(
    "laurent-von-brecht",
    "hidden widths >= min(d[0], d[l]): a local minimum is as good as any matrix C, L <= 1/2 |CX - Y|^2",
)
def laurent_von_brecht(s: Script) -> None:
    """The quadratic loss of their theorem. The best output Y X+ X has rank at most d[0] and d[l], so that some network
    has it, and a local minimum, which is global by T7, is as good."""
    net = network(s, "n", 2)
    l, X, Y, n = net.depth, net.X, net.Y, nat("n")
    wide = s.given(wide_enough(net), "every hidden width is at least min(d[0], d[l])")
    local = s.given(net.local_minimum(), "local minimum")
    best = s.cite("T7", **net.named(without="l"), h=n + 1)(net.is_R, net.is_L)[0](local)
    (Xp,), of_X = s.obtain(from_fact("pinv").at(A=X), "Xp")
    V = Y @ Xp @ X
    (p,), of_V = s.obtain(from_fact("pinv").at(A=V), "p")
    (y,), of_Y = s.obtain(from_fact("pinv").at(A=Y @ Xp), "y")
    F = V @ p
    rows = s.cite("rank-bound", A=V, a=p)(of_V)[0]
    less = s.cite("rank-left", A=Y @ Xp, B=X, a=y, c=p)(of_Y, of_V)
    cols = s.cite("rank-bound", A=Y @ Xp, a=y)(of_Y)[1]

    def fits(end: Nat, *bounds: Known):
        def room(known: Known) -> Known:
            t = s.inner()
            (a,) = t.dims("k")
            low, high = t.given(at_least(a, 1)), t.given(at_least(l, a + 1))
            parts = [Term(times=(one,)) for one in (*bounds, known(a, low, high))]
            return t.close(t.have(tr(F) <= number(width(a)), sum=parts))

        return room

    spacious = s.either(wide, fits(nat(0), less, cols), fits(l, rows))
    found = s.cite("realise", n=n, m=nat("m"), d=Variable("d", NAT, 1), X=X, Y=Y, Xp=Xp, F=F)
    (B, S), at_B = s.obtain(found(of_X, projects(s, F, of_V), spacious), "B S")
    output = s.have(of(S, l) == V, at_B[1], of_V)
    t = s.inner()
    C = t.matrix("C", width(l), width(0))
    value = t.have(deep_loss(C @ X, Y) == deep_loss(V, Y) + norm2(C @ X - V) / 2, of_X)
    there = t.have(deep_loss(of(S, l), Y) == deep_loss(V, Y), output)
    least = [Term(times=(best(B, S, at_B[0]),)), Term(HALF, grams=(C @ X - V,))]
    every = t.close(t.have(net.loss <= deep_loss(C @ X, Y), value, there, sum=least))
    s.conclude(every.formula, by=every)


# ------------------------------------------------------------------------------------------------ Kawaguchi


@statement("shallow-strict", "T5 with its pinvs and spectrum obtained from the ledger", kind="lemma", hidden=True)
def shallow_strict(s: Script) -> None:
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    some = s.given(conjunction(at_least(nat("d1"), 1), at_least(nat("d2"), 1)), "d1, d2 >= 1")
    eq23, eq24 = s.given(gradients_zero(X, Y, A1, A2), "critical").parts()
    not_best = s.given(negation(everywhere(X, Y, A1, A2)), "not a global minimum")
    (Xp,), of_X = s.obtain(from_fact("pinv").at(A=X), "Xp")
    (a,), of_A2 = s.obtain(from_fact("pinv").at(A=A2), "A2p")
    Sigma, G = Y @ Xp @ X @ Y.T, Y @ Xp @ X
    found = s.cite("positive-spectrum", S=Sigma, G=G)(s.have(Sigma == G @ G.T, of_X))
    (r, v, E, Q), spectrum = s.obtain(found, "r s E Q")
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, r=r, s=v, E=E, Q=Q)
    d1, d2 = nat("d1"), nat("d2")

    def at(kappa: Nat, first: Known, second: Known, low: Known) -> Known:
        is_it = s.have(equal(scalar(kappa), scalar(kappa)))
        one = (
            left_or(is_it, equal(scalar(kappa), scalar(d2)))
            if kappa == d1
            else or_right_of(equal(scalar(kappa), scalar(d1)), is_it)
        )
        return s.cite("T5", **letters, kappa=kappa)(
            eq23, eq24, of_X, of_A2, spectrum, both(first, second, low, one), not_best
        )[0]

    narrow = lambda less: at(d1, s.linear(at_least(d1, d1)), less, some[0])
    flat = lambda less: at(d2, less, s.linear(at_least(d2, d2)), some[1])
    known = s.by_sign(
        number(d1) - number(d2),
        lambda zero: narrow(s.have(at_least(d2, d1), zero, sum=[Term(squares=(number(0),))])),
        lambda more: flat(s.have(at_least(d1, d2), sum=[Term(times=(more,))])),
        lambda less: narrow(s.have(at_least(d2, d1), sum=[Term(times=(less,))])),
    )
    s.conclude(strictly_down(X, Y, A1, A2), by=known)


@statement(
    "kawaguchi",
    "where the product of the inner layers has the rank of the narrowest hidden layer, saddles are strict",
)
def kawaguchi(s: Script) -> None:
    """His Theorem 2.3 (iv), without assumptions on data and widths; (ii) and (iii) are T7. N[h] is the product of all
    layers but the first and the last, and d[j] the width of any hidden layer."""
    net, critical = critical_network(s, "h", 1)
    h, X, Y = nat("h"), net.X, net.Y
    (j,) = s.dims("j")
    low, high = s.given(at_least(j, 1), "j >= 1"), s.given(at_least(h, j), "j <= h")
    N_ = s.family("N", "k", matrix_sort(width(k), width(1)))
    N = lambda a: of(N_, a)
    product = conjunction(N(1) == ident(width(1)), passed(net.A, N_, nat(1), h, True))
    is_N = s.given(product, "N[h] is the product of the layers 1, ..., h-1")
    p, of_N = s.pinv(N(h), "p")
    rank = s.given(tr(N(h) @ p) >= number(width(j)), "rank N[h] >= d[j]")
    not_best = s.given(negation(net.global_minimum()), "not a global minimum")
    two = with_products(s, net, j, low, high)
    t = s.inner()
    (a,) = t.dims("k")
    bounds = t.given(at_least(a, 1)), t.given(at_least(j, a + 1))
    lower = t.close(is_N[1](a, bounds[0], t.linear(at_least(h, a + 1), bounds[1], high)))
    t = s.inner()
    (a,) = t.dims("k")
    bounds = t.given(at_least(a, j)), t.given(at_least(h, a + 1))
    upper = t.close(is_N[1](a, t.linear(at_least(a, 1), bounds[0], low), bounds[1]))
    parts = two.is_M[0](width(1), N_, lower), two.is_T[0](width(1), N_, upper)
    whole = s.have(N(h) == two.T @ two.M, *parts, is_N[0])
    of_TM = s.have(penrose((two.T @ two.M).term, p.term), of_N, whole)
    rank_is = s.have(tr(N(h) @ p) == tr(two.T @ two.M @ p), whole)
    rank = s.have(tr(two.T @ two.M @ p) >= number(width(j)), rank_is, sum=[Term(times=(rank,))])
    (lam, rho), full = s.obtain(s.cite("full-factors", A=two.T, B=two.M, w=p)(of_TM, rank), "lam rho")
    two = replace(two, rho=rho, lam=lam, right=full[1], left=full[0])
    output = seen(two, s)[1]

    def some(end: Nat, inside: Known, then) -> Known:
        def none(zero: Known) -> Known:
            nothing = s.have(at_least(nat(0), width(end)), zero, sum=[Term(squares=(number(0),))])
            best = s.cite("zero-is-global", **net.named(without="l"), h=h, j=end)(net.is_R, net.is_L, inside, nothing)
            return anything(not_best(best), net.strictly_down())

        return s.by_sign(
            number(width(end)),
            none,
            lambda sign: then(successor(sign, width(end), nat(0))),
            lambda sign: negative(s, width(end), sign, net.strictly_down()),
        )

    def down(first: Known, last: Known) -> Known:
        t = s.inner()
        named = two.letters() | {"R": net.R, "L": net.L, "Y": Y}
        grads = s.cite("two-layers-critical", **named)(net.is_R, net.is_L, *two.known(), critical)
        theorem = s.cite("shallow-strict", X=X, Y=Y, A1=two.A1, A2=two.A2)(both(first, last), both(grads[1], grads[2]))
        c = t.inner()
        best = c.given(theorem.formula.left.left)
        no = c.close(not_best(global_from_two(s, c, two, output, best)))
        (D1, D2), curved = t.obtain(theorem(no), "D1 D2")
        (D, F, G), at_D = t.obtain(
            s.cite("two-layers-jet", **named, D1=D1, D2=D2)(net.is_R, net.is_L, *two.known()), "D F G"
        )
        value = curvature(net.output, Y, of(F, h + 1), of(G, h + 1))
        below = t.have(value < 0, at_D[1], sum=[Term(times=(curved,))])
        return t.close(t.witness(net.strictly_down(), D, F, G, by=both(at_D[0], below)))

    inside, last = s.linear(at_least(h + 1, j), high), s.linear(at_least(h + 1, h + 1))
    s.conclude(net.strictly_down(), by=some(j, inside, lambda one: some(h + 1, last, lambda two_: down(one, two_))))
