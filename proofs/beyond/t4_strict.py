"""Negative curvature and semidefinite Hessians at critical points, from T1, T2, T3 and the ranks of the blocks."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    Falsum,
    Formula,
    Or,
    at_least,
    conjunction,
    negation,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Known, Term, anything, both, from_fact, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, number, of, tr

from ..networks import Network, critical_network, network
from ..ranks import projects
from .between import layers_between
from .chains import letters
from .pairs import all_tightened, block, some_loose
from .t3 import seen, settled
from .triples import optimal_order, reached

j, k = nat("j"), nat("k")


def steep(net: Network, M, Wp: Expr, E: Expr) -> Formula:
    """The order is not optimal, or some pair of layers is not tightened."""
    return Or(negation(optimal_order(net.output, E)), some_loose(net, M, Wp))


def level(net: Network, M, Wp: Expr, E: Expr) -> Formula:
    """The order is optimal, and every pair of layers is tightened."""
    return conjunction(optimal_order(net.output, E), all_tightened(net, M, Wp))


@statement("rank-zero", "A of rank 0 is 0", kind="lemma", hidden=True)
def rank_zero(s: Script) -> None:
    s.dims("m n")
    (A,) = s.matrices("A: m x n")
    a, of_A = s.pinv(A, "a")
    zero = s.given(tr(A @ a) == 0, "rank A = 0")
    none = s.zero(A @ a, of_A, zero, sum=[Term(squares=(number(0),))])
    s.conclude(A == 0, by=[none, of_A])


@statement("inner-rank", "rank M[j,k+1] >= rank R[l]", kind="lemma", hidden=True)
def inner_rank(s: Script) -> None:
    """W W+ = L[j] M N M R[k+1] W+ with N = M[j,k+1]+."""
    net = network(s)
    M_, is_M = layers_between(s, net)
    R, L, l = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth
    s.dims("k j")
    above, inside = s.given(at_least(j, k + 1), "j > k"), s.given(at_least(l, j + 1), "j < l")
    M, W = of(M_, j, k + 1), net.output
    N, of_M = s.pinv(M, "N")
    Wp, of_W = s.pinv(W, "Wp")
    between_ = s.cite("chain-between", **letters(net), M=M_, k=k + 1, j=j)
    low, high = between_(net.is_R, net.is_L, is_M, above, s.linear(at_least(l, j), inside)).parts()
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    through = s.have(L(j) @ M @ R(k + 1) == W, product(k + 1, s.linear(at_least(l, k + 1), above, inside)), high)
    factor = s.have(W @ Wp == L(j) @ (M @ N) @ (M @ R(k + 1) @ Wp), through, of_M[0])
    bound = s.cite("rank-factor", H=W @ Wp, G=M @ N, F=L(j), K=M @ R(k + 1) @ Wp)
    s.conclude(tr(W @ Wp) <= tr(M @ N), by=bound(projects(s, W @ Wp, of_W), projects(s, M @ N, of_M), factor))


@statement(
    "T4.2", "order not optimal, or some pair not tightened: a direction of negative curvature", kind="step", hidden=True
)
def steep_is_strict(s: Script) -> None:
    """The first by T1. In a pair that is not tightened E_jk != 0, by T4.1, and rank M[j,k+1] > r: T2."""
    net, critical = critical_network(s)
    M_, is_M = layers_between(s, net)
    l, X, Y, W = net.depth, net.X, net.Y, net.output
    deep = s.given(at_least(l, 2), "l >= 2")
    Xp, of_X = s.pinv(X, "Xp")
    E = reached(net, Xp)
    Wp, of_W = s.pinv(W, "Wp")
    given = s.given(steep(net, M_, Wp, E), "the order is not optimal, or some pair is not tightened")
    down = net.strictly_down()

    def exchange(not_optimal: Known) -> Known:
        two = s.cite("order-decided", W=W, E=E, Wp=Wp)(of_W)

        def separated(known: Known) -> Known:
            return anything(not_optimal(s.cite("threshold-order", W=W, E=E, Wp=Wp)(of_W, known)), down)

        def exchanged(known: Known) -> Known:
            t = s.inner()
            (p, q, a, u, v, b), at = t.obtain(known, "p q s u v t")
            captured, discarded, larger = at.parts()
            found = s.cite("T1.down", **letters(net), Y=Y, Xp=Xp, p=p, q=q, s=a, u=u, v=v, t=b)
            triple = both(*captured.parts()[1:])
            return t.close(found(net.is_R, net.is_L, critical, deep, of_X, triple, discarded, captured[0], larger))

        return s.either(two, separated, exchanged)

    def slack(known: Known) -> Known:
        t = s.inner()
        (b,), at = t.obtain(known, "j")
        below, lower = at.parts()
        (a,), at = t.obtain(lower, "k")
        above, loose_ = at.parts()
        (N, T), of_both = t.obtain(loose_, "N T")
        of_N, of_T, not_inner, not_outer = of_both.parts()
        E_jk, M = seen(net, b, a), of(M_, b, a + 1)
        (e,), of_E = t.obtain(from_fact("pinv").at(A=E_jk), "e")
        total = s.cite("T4.1", **letters(net), Y=Y, j=b, k=a, Wp=Wp, Np=T, Ep=e)(
            net.is_R,
            net.is_L,
            critical,
            t.linear(at_least(l, 1), deep),
            below,
            t.linear(at_least(l, a + 1), above, below),
            of_W,
            of_T,
            of_E,
        )
        c = t.inner()
        blind = c.given(E_jk == 0)
        outer = c.have(tr(block(net, b, a) @ T) == tr(W @ Wp), total, c.have(tr(E_jk @ e) == 0, blind))
        visible = c.close(not_outer(outer))
        least = s.cite("inner-rank", **letters(net), M=M_, k=a, j=b, N=N, Wp=Wp)(
            net.is_R, net.is_L, is_M, above, below, of_N, of_W
        )
        gap = tr(M @ N) - tr(W @ Wp)
        more = t.by_sign(
            gap,
            lambda zero: anything(not_inner(t.have(tr(M @ N) == tr(W @ Wp), zero)), tr(M @ N) > tr(W @ Wp)),
            lambda yes: t.have(tr(M @ N) > tr(W @ Wp), sum=[Term(times=(yes,))]),
            lambda no: anything(
                t.have(Falsum(), sum=[Term(times=(no,)), Term(times=(least,))]), tr(M @ N) > tr(W @ Wp)
            ),
        )
        found = s.cite("T2", **letters(net), Y=Y, M=M_, k=a, j=b, Mp=N, Wp=Wp)
        return t.close(found(net.is_R, net.is_L, is_M, above, below, of_N, of_W, more, visible))

    s.conclude(down, by=s.either(given, exchange, slack))


@statement(
    "T4.3", "optimal order and every pair tightened: the Hessian is positive semidefinite", kind="step", hidden=True
)
def level_is_semidefinite(s: Script) -> None:
    """By T4.1 a tightened pair has rank M[j,k+1] = r or rank E_jk = 0: T3."""
    net, critical = critical_network(s)
    M_, is_M = layers_between(s, net)
    l, X, Y, W = net.depth, net.X, net.Y, net.output
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, of_X = s.pinv(X, "Xp")
    E = reached(net, Xp)
    Wp, of_W = s.pinv(W, "Wp")
    order, tight = s.given(level(net, M_, Wp, E), "the order is optimal, and every pair tightened").parts()[:2]
    t = s.inner()
    (b,) = t.dims("j")
    below = t.given(at_least(l, b + 1))
    (a,) = t.dims("k")
    above = t.given(at_least(b, a + 1))
    E_jk, M = seen(net, b, a), of(M_, b, a + 1)
    N = t.matrix("N", *M.T.term.shape)
    of_N = t.given(penrose(M.term, N.term))
    (T,), of_T = t.obtain(from_fact("pinv").at(A=block(net, b, a)), "T")
    (e,), of_E = t.obtain(from_fact("pinv").at(A=E_jk), "e")
    total = s.cite("T4.1", **letters(net), Y=Y, j=b, k=a, Wp=Wp, Np=T, Ep=e)(
        net.is_R, net.is_L, critical, deep, below, t.linear(at_least(l, a + 1), above, below), of_W, of_T, of_E
    )
    blind, same = E_jk == 0, tr(M @ N) == tr(W @ Wp)

    def outer(known: Known) -> Known:
        none = s.cite("rank-zero", A=E_jk, a=e)(of_E, t.have(tr(E_jk @ e) == 0, total, known))
        return left_or(none, same)

    done = t.either(tight(b, below, a, above, N, T, of_N, of_T), lambda known: or_right_of(blind, known), outer)
    pairs = t.close(done)
    pairs = s.have(settled(net, M_, Wp), pairs)
    found = s.cite("T3", **letters(net), Y=Y, M=M_, Xp=Xp, Wp=Wp)
    s.conclude(net.semidefinite(), by=found(net.is_R, net.is_L, critical, is_M, deep, of_X, of_W, order, pairs))


@statement(
    "rough-or-flat",
    "order not optimal or a pair not tightened, or optimal order and every pair tightened",
    kind="lemma",
    hidden=True,
)
def rough_or_flat(s: Script) -> None:
    net = network(s)
    M, is_M = layers_between(s, net)
    X, Y, W = net.X, net.Y, net.output
    Xp, of_X = s.pinv(X, "Xp")
    E = reached(net, Xp)
    Wp, of_W = s.pinv(W, "Wp")
    rough, flat = steep(net, M, Wp, E), level(net, M, Wp, E)

    def tight(pairs: Known) -> Known:
        def separated(known: Known) -> Known:
            order = s.cite("threshold-order", W=W, E=E, Wp=Wp)(of_W, known)
            return or_right_of(rough, both(order, pairs))

        def exchanged(known: Known) -> Known:
            t = s.inner()
            order = t.given(optimal_order(W, E))
            c = t.inner()
            triple, at = c.obtain(known, "p q s u v t")
            most = order(*triple, at[0], at[1])
            wrong = t.close(c.close(c.have(Falsum(), sum=[Term(times=(most,)), Term(times=(at[2],))])))
            return left_or(left_or(wrong, rough.right), flat)

        return s.either(s.cite("order-decided", W=W, E=E, Wp=Wp)(of_W), separated, exchanged)

    two = s.either(
        s.cite("pairs-decided", **letters(net), Y=Y, M=M, Wp=Wp)(net.is_R, net.is_L, is_M),
        tight,
        lambda loose: left_or(or_right_of(rough.left, loose), flat),
    )
    s.conclude(Or(rough, flat), by=two)
