"""T3: in optimal order, with every pair of layers tight or blind, the Hessian is positive semidefinite."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, both, from_fact, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, norm2, number, of, tr

from ..networks import Network, critical_network, curvature, each_layer, forward, is_jet, network, weights, width
from .between import layers_between
from .chains import letters, upward
from .triples import optimal_order, reached

i, j, k = nat("i"), nat("j"), nat("k")


def seen(net: Network, j: Nat, k: Nat) -> Expr:
    """E_jk = L[j+1]'(R[l] - Y)R[k]', what the layers j and k see of the residual."""
    return of(net.L, j + 1).T @ (net.output - net.Y) @ of(net.R, k).T


def all_pairs(net: Network, body: Formula) -> Formula:
    """For all layers j > k: body."""
    lower = for_all(Variable("k", NAT), Implies(at_least(j, k + 1), body))
    return each_layer(net.depth, lower, "j")


def settled(net: Network, M: Variable, Wp: Expr) -> Formula:
    """Every pair of layers j > k has E_jk = 0 or rank M[j,k+1] = rank R[l]."""
    inner = of(M, j, k + 1)
    N = Variable("N", matrix_sort(width(k + 1), width(j)))
    same_rank = tr(inner @ of(N)) == tr(net.output @ Wp)
    pair = for_all(N, implication(penrose(inner.term, of(N).term), Or(seen(net, j, k) == 0, same_rank)))
    return all_pairs(net, pair)


@statement("tight-middle", "rank B = rank(ABC) gives B C (ABC)+ A B = B", kind="lemma", hidden=True)
def tight_middle(s: Script) -> None:
    """T = B C (ABC)+ A is idempotent, T T+ has its trace, and B B+ - T T+ is a projector of trace 0."""
    s.dims("p q s t")
    A, B, C = s.matrices("A: p x q, B: q x s, C: s x t")
    b, of_b = s.pinv(B, "b")
    w, of_w = s.pinv(A @ B @ C, "w")
    rank = s.given(tr(B @ b) == tr(A @ B @ C @ w), "rank B = rank(ABC)")
    T = B @ C @ w @ A
    (e,), of_e = s.obtain(from_fact("pinv").at(A=T), "e")
    square = s.have(T @ T == T, of_w)
    trace = s.have(tr(T @ e) == tr(A @ B @ C @ w), s.have(tr(T @ e) == tr(T), s.have(T @ T @ e == T @ e, square), of_e))
    inside = s.have(B @ b @ T @ e == T @ e, of_b[0])
    rest = s.zero(
        B @ b - T @ e,
        of_b,
        of_e,
        s.have(tr((B @ b).T @ T @ e) == tr(T @ e), inside, of_b[2]),
        trace,
        rank,
        sum=[Term(squares=(number(0),))],
    )
    s.conclude(T @ B == B, by=[s.have(T @ e @ B == B, rest, of_b), s.have(T @ T @ e == T @ e, square)])


@statement(
    "jet-data",
    "F[l] X+ X = F[l] and G[l] X+ X = G[l]: a move of the output lies in the rows of the data",
    kind="lemma",
    hidden=True,
)
def jet_data(s: Script) -> None:
    net = network(s)
    l, X = net.depth, net.X
    Xp, of_X = s.pinv(X, "Xp")
    D, F, G = s.let(weights("D")), s.let(forward("F")), s.let(forward("G"))
    jet = s.given(is_jet(l, net.A, net.R, D, F, G), "F and G are the derivatives along D")
    kept = s.cite("chain-data", l=l, d=Variable("d", NAT, 1), A=net.A, S=net.R, X=X, Xp=Xp)(net.is_R, of_X)

    def claim(a: Nat) -> Formula:
        return conjunction(of(F, a) @ Xp @ X == of(F, a), of(G, a) @ Xp @ X == of(G, a))

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        return t.have(claim(a + 1), so_far, jet[2](a, below), kept(a, t.linear(at_least(l, a), below)))

    done = s.induction("i", l, claim, s.have(claim(nat(0)), jet[0], jet[1]), step)
    s.conclude(claim(l), by=done(l, s.linear(at_least(l, l))))


def tight_or_blind(net: Network, M: Variable, Wp: Expr) -> Formula:
    """Every pair of layers j > k has E_jk = 0 or M[j,k+1] = R[j] W+ L[k+1]."""
    tight = of(M, j, k + 1) == of(net.R, j) @ Wp @ of(net.L, k + 1)
    return all_pairs(net, Or(seen(net, j, k) == 0, tight))


@statement("T3.1", "rank M[j,k+1] = rank W gives M[j,k+1] = R[j] W+ L[k+1]", kind="step", hidden=True)
def pairs_settled(s: Script) -> None:
    """W is L[j] M[j,k+1] R[k+1]. In pairs with E_jk = 0 nothing is said of M."""
    net = network(s)
    M_, is_M = layers_between(s, net)
    R, L, l, M = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth, (lambda a, b: of(M_, a, b))
    W = net.output
    Wp, of_W = s.pinv(W, "Wp")
    pairs = s.given(settled(net, M_, Wp), "every pair of layers has E_jk = 0 or rank M[j,k+1] = rank W")
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    t = s.inner()
    (b,) = t.dims("j")
    below = t.given(at_least(l, b + 1))
    (a,) = t.dims("k")
    above = t.given(at_least(b, a + 1))
    (N,), of_N = t.obtain(from_fact("pinv").at(A=M(b, a + 1)), "N")
    between_ = s.cite("chain-between", **letters(net), M=M_, k=a + 1, j=b)
    low, high = between_(net.is_R, net.is_L, is_M, above, t.linear(at_least(l, b), below)).parts()
    through = t.have(
        L(b) @ M(b, a + 1) @ R(a + 1) == W, product(a + 1, t.linear(at_least(l, a + 1), above, below)), high
    )
    blind, tight = seen(net, b, a) == 0, M(b, a + 1) == R(b) @ Wp @ L(a + 1)

    def same_rank(known: Known) -> Known:
        of_LMR = t.have(penrose((L(b) @ M(b, a + 1) @ R(a + 1)).term, Wp.term), of_W, through)
        rank = t.have(tr(M(b, a + 1) @ N) == tr(L(b) @ M(b, a + 1) @ R(a + 1) @ Wp), known, through)
        middle = s.cite("tight-middle", A=L(b), B=M(b, a + 1), C=R(a + 1), b=N, w=Wp)(of_N, of_LMR, rank)
        return or_right_of(blind, t.have(tight, middle, low, high))

    done = t.either(pairs(b, below, a, above, N, of_N), lambda known: left_or(known, tight), same_rank)
    s.conclude(tight_or_blind(net, M_, Wp), by=t.close(done))


@statement(
    "T3.2", "then Q(D) = |N|^2 + 2 <E, N W+ N>, where N = F[l] is the move of the output", kind="step", hidden=True
)
def identity(s: Script) -> None:
    """With N[i] = L[i] F[i], the sum of L[k+1] D[k] R[k] over k < i, <E, L[i] G[i]> = <E, N[i] W+ N[i]> for all i.

    A pair j > k has E_jk = 0, or M[j,k+1] = R[j] W+ L[k+1]; for k >= j, R[k] E'L[j+1] = 0 by the gradients.
    """
    net, critical = critical_network(s)
    M_, is_M = layers_between(s, net)
    R, L, l = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth
    X, Y, W, M = net.X, net.Y, net.output, (lambda a, b: of(M_, a, b))
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, of_X = s.pinv(X, "Xp")
    E = reached(net, Xp)
    (Wp,) = s.matrices("Wp: m x d[l]")
    key = s.given(tight_or_blind(net, M_, Wp), "every pair of layers has E_jk = 0 or M[j,k+1] = R[j] W+ L[k+1]")
    D_, F_, G_ = s.let(weights("D")), s.let(forward("F")), s.let(forward("G"))
    jet = s.given(is_jet(l, net.A, net.R, D_, F_, G_), "F and G are the derivatives along D")
    D, F, G = (lambda a: of(D_, a)), (lambda a: of(F_, a)), (lambda a: of(G_, a))
    known = s.cite("chain-residual", **letters(net), Y=Y, Xp=Xp)(net.is_R, net.is_L, critical, deep, of_X)
    same = known.parts()[3]
    N = lambda a: L(a) @ F(a)

    def gradient(t: Context, a: Nat, below: Known) -> Known:
        return t.have(L(a + 1).T @ E @ R(a).T == 0, critical(a, below), same(a, t.linear(at_least(l, a), below)))

    # for a layer h: R[h] E'N[h] = 0, and F[h] E'L[h+1] = R[h] W+ N[h] E'L[h+1]
    t = s.inner()
    (h,) = t.dims("h")
    below = t.given(at_least(l, h + 1))
    h_l = t.linear(at_least(l, h), below)

    def kept(c: Context, a: Nat, high: Known) -> Known:
        """M[h,a] R[a] = R[h], for a <= h."""
        return s.cite("chain-between", **letters(net), M=M_, k=a, j=h)(net.is_R, net.is_L, is_M, high, h_l)[0]

    def nothing(a: Nat) -> Formula:
        return R(h) @ E.T @ N(a) == 0

    def step_1(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        in_l = c.linear(at_least(l, a + 1), high, below)
        onto = kept(c, a, c.linear(at_least(h, a), high))
        zero = c.have(R(h) @ E.T @ L(a + 1) == 0, onto, gradient(c, a, in_l))
        return c.have(nothing(a + 1), so_far, zero, jet[2](a, in_l), net.is_L[1](a, in_l))

    flat = upward(t, nat(0), h, t.linear(at_least(h, 0)), nothing, t.have(nothing(nat(0)), jet[0]), step_1)

    def carried_(a: Nat) -> Formula:
        return M(h, a) @ F(a) @ E.T @ L(h + 1) == R(h) @ Wp @ N(a) @ E.T @ L(h + 1)

    def step_2(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        in_l = c.linear(at_least(l, a + 1), high, below)
        left = s.cite("between-right", l=l, d=Variable("d", NAT, 1), A=net.A, M=M_, k=a, j=h)(is_M, high, h_l)
        grows, back = jet[2](a, in_l), net.is_L[1](a, in_l)
        shown = c.have((W - Y) @ R(a).T == E @ R(a).T, same(a, c.linear(at_least(l, a), in_l)))
        more = M(h, a + 1) @ D(a) @ R(a) @ E.T @ L(h + 1) == R(h) @ Wp @ L(a + 1) @ D(a) @ R(a) @ E.T @ L(h + 1)
        added = c.either(
            key(h, below, a, high),
            lambda blind: c.have(more, c.have(L(h + 1).T @ E @ R(a).T == 0, blind, shown)),
            lambda tight: c.have(more, tight),
        )
        return c.have(carried_(a + 1), so_far, left, grows, back, added)

    bent = upward(t, nat(0), h, t.linear(at_least(h, 0)), carried_, t.have(carried_(nat(0)), jet[0]), step_2)
    bent = t.have(F(h) @ E.T @ L(h + 1) == R(h) @ Wp @ N(h) @ E.T @ L(h + 1), bent, is_M[0](h, h_l))
    layer = t.close(both(flat, bent))

    def claim(a: Nat) -> Formula:
        return tr(E.T @ L(a) @ G(a)) == tr(E.T @ N(a) @ Wp @ N(a))

    def step_3(c: Context, a: Nat, in_l: Known, so_far: Known) -> Known:
        flat, bent = layer(a, in_l).parts()
        grows, back = jet[2](a, in_l), net.is_L[1](a, in_l)
        P = L(a + 1) @ D(a) @ R(a)
        first = c.have(tr(E.T @ L(a + 1) @ D(a) @ F(a)) == tr(E.T @ P @ Wp @ N(a)), bent)
        second = c.have(tr(E.T @ N(a) @ Wp @ P) == 0, flat)
        third = c.have(tr(E.T @ P @ Wp @ P) == 0, gradient(c, a, in_l))
        moves = c.have(N(a + 1) == N(a) + P, grows, back)
        bends = c.have(L(a + 1) @ G(a + 1) == L(a) @ G(a) + L(a + 1) @ D(a) @ F(a), grows, back)
        whole = c.have(tr(E.T @ N(a + 1) @ Wp @ N(a + 1)) == tr(E.T @ (N(a) + P) @ Wp @ (N(a) + P)), moves)
        return c.have(
            claim(a + 1),
            c.have(tr(E.T @ L(a + 1) @ G(a + 1)) == tr(E.T @ (L(a) @ G(a) + L(a + 1) @ D(a) @ F(a))), bends),
            so_far,
            first,
            second,
            third,
            whole,
        )

    every = s.induction("i", l, claim, s.have(claim(nat(0)), jet[0], jet[1]), step_3)
    top = s.have(tr(E.T @ G(l)) == tr(E.T @ F(l) @ Wp @ F(l)), every(l, s.linear(at_least(l, l))), net.is_L[0])
    data = s.cite("jet-data", **letters(net), Xp=Xp, D=D_, F=F_, G=G_)(net.is_R, net.is_L, of_X, jet)
    shown = s.have(
        tr((W - Y).T @ G(l)) == tr(E.T @ G(l)),
        s.have(tr((W - Y).T @ G(l) @ Xp @ X) == tr(E.T @ G(l) @ Xp @ X), of_X),
        data,
    )
    value = curvature(W, Y, F(l), G(l))
    s.conclude(value == norm2(F(l)) + 2 * tr(E.T @ F(l) @ Wp @ F(l)), by=[top, shown])


@statement("T3", "optimal order, and E_jk = 0 or rank M[j,k+1] = rank W for all j > k: the Hessian is semidefinite")
def t3(s: Script) -> None:
    """Q(D) = |N|^2 + 2 <E, N W+ N> >= 0, because discarded singular values are at most captured ones."""
    net, critical = critical_network(s)
    M, is_M = layers_between(s, net)
    l, X, Y = net.depth, net.X, net.Y
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, of_X = s.pinv(X, "Xp")
    W, E = net.output, reached(net, Xp)
    Wp, of_W = s.pinv(W, "Wp")
    order = s.given(optimal_order(W, E), "the order is optimal")
    pairs = s.given(settled(net, M, Wp), "every pair of layers has E_jk = 0 or rank M[j,k+1] = rank W")
    s.include("T3.1")
    s.include("T3.2")
    key = s.cite("T3.1", **letters(net), Y=Y, M=M, Wp=Wp)(net.is_R, net.is_L, is_M, of_W, pairs)
    residual = s.cite("chain-residual", **letters(net), Y=Y, Xp=Xp)(net.is_R, net.is_L, critical, deep, of_X)
    right, left = residual.parts()[:2]
    t = s.inner()
    D, F, G = t.let(weights("D")), t.let(forward("F")), t.let(forward("G"))
    jet = t.given(is_jet(l, net.A, net.R, D, F, G), "F and G are the derivatives along D")
    exact = s.cite("T3.2", **letters(net), Y=Y, M=M, Xp=Xp, Wp=Wp, D=D, F=F, G=G)(
        net.is_R, net.is_L, critical, is_M, deep, of_X, key, jet
    )
    form = s.cite("order-form", W=W, E=E, Wp=Wp, N=of(F, l))(of_W, right, left, order)
    value = t.have(curvature(W, Y, of(F, l), of(G, l)) >= 0, exact, sum=[Term(times=(form,))])
    s.conclude(net.semidefinite(), by=t.close(value))
