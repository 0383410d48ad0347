"""Pairs of layers: which of them are tightened, and that this can be decided.

For layers j > k the pair is tightened when rank M[j,k+1] = r or rank(R[k] Y'L[j+1]) = r, with r the rank of the output.
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, anything, both, from_fact, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, ident, of, tr

from ..networks import Network, critical_network, network, width
from .between import layers_between
from .chains import compare, letters
from .t3 import all_pairs, seen
from .triples import reached

j, k = nat("j"), nat("k")


def block(net: Network, j: Nat, k: Nat) -> Expr:
    """R[k] Y'L[j+1], a block of the cyclic product."""
    return of(net.R, k) @ net.Y.T @ of(net.L, j + 1)


def inverses(j: Nat, k: Nat) -> tuple[Variable, Variable]:
    """Letters N, T for the pseudoinverses of M[j,k+1] and of the block."""
    return Variable("N", matrix_sort(width(k + 1), width(j))), Variable("T", matrix_sort(width(j + 1), width(k)))


def ranks_of(net: Network, M: Variable, j: Nat, k: Nat) -> tuple[Formula, Formula, Expr, Expr]:
    """What defines N and T, and the two ranks."""
    N, T = map(of, inverses(j, k))
    inner, outer = of(M, j, k + 1), block(net, j, k)
    return penrose(inner.term, N.term), penrose(outer.term, T.term), tr(inner @ N), tr(outer @ T)


def tightened(net: Network, M: Variable, Wp: Expr, j: Nat, k: Nat) -> Formula:
    """rank M[j,k+1] = r or rank(R[k] Y'L[j+1]) = r."""
    of_N, of_T, inner, outer = ranks_of(net, M, j, k)
    r = tr(net.output @ Wp)
    return for_all(*inverses(j, k), implication(of_N, of_T, Or(inner == r, outer == r)))


def loose(net: Network, M: Variable, Wp: Expr, j: Nat, k: Nat) -> Formula:
    """rank M[j,k+1] != r and rank(R[k] Y'L[j+1]) != r."""
    of_N, of_T, inner, outer = ranks_of(net, M, j, k)
    r = tr(net.output @ Wp)
    return exists(*inverses(j, k), conjunction(of_N, of_T, inner != r, outer != r))


def all_tightened(net: Network, M: Variable, Wp: Expr) -> Formula:
    """Every pair of layers j > k is tightened."""
    return all_pairs(net, tightened(net, M, Wp, j, k))


def some_loose(net: Network, M: Variable, Wp: Expr) -> Formula:
    """Some pair of layers j > k is not tightened."""
    lower = exists(Variable("k", NAT), conjunction(at_least(j, k + 1), loose(net, M, Wp, j, k)))
    return exists(Variable("j", NAT), conjunction(at_least(net.depth, j + 1), lower))


def everywhere_or(
    s: Context,
    bound: Nat,
    index: str,
    body: Callable[[Nat], Formula],
    other: Formula,
    decide: Callable[[Context, Nat, Known], Known],
) -> Known:
    """(for all index < bound: body) or other, from `decide(context, i, bound >= i + 1)`: body(i) or other."""
    i = nat(index)

    def upto(a: Nat) -> Formula:
        return for_all(Variable(index, NAT), Implies(at_least(a, i + 1), body(i)))

    t = s.inner()
    (first,) = t.dims(index)
    empty = t.given(at_least(nat(0), first + 1))
    none = t.close(anything(t.linear(Falsum(), empty), body(first)))

    def step(c: Context, a: Nat, below: Known, so_far: Known) -> Known:
        def more(known: Known) -> Known:
            def extended(here: Known) -> Known:
                u = c.inner()
                (b,) = u.dims(index)
                high = u.given(at_least(a + 1, b + 1))
                done = compare(
                    u,
                    b,
                    a,
                    lambda same: u.moved(body, here, a, b, same),
                    lambda less: known(b, less),
                    lambda more: anything(u.linear(Falsum(), high, more), body(b)),
                )
                return left_or(u.close(done), other)

            return c.either(decide(c, a, below), extended, lambda found: or_right_of(upto(a + 1), found))

        return c.either(so_far, more, lambda found: or_right_of(upto(a + 1), found))

    claim = lambda a: Or(upto(a), other)
    every = s.induction(f"{index}_", bound, claim, left_or(none, other), step)
    return every(bound, s.linear(at_least(bound, bound)))


@statement("pairs-decided", "every pair of layers is tightened, or some pair is not", kind="lemma", hidden=True)
def pairs_decided(s: Script) -> None:
    net = network(s)
    M, is_M = layers_between(s, net)
    (Wp,) = s.matrices("Wp: m x d[l]")
    l, r = net.depth, tr(net.output @ Wp)
    found = some_loose(net, M, Wp)

    def pair(t: Context, b: Nat, a: Nat, above: Known, below: Known) -> Known:
        """Tightened, or some pair is loose: by the two ranks at pseudoinverses, which are unique."""
        c = t.inner()
        inner, outer = of(M, b, a + 1), block(net, b, a)
        (N,), of_N = c.obtain(from_fact("pinv").at(A=inner), "N1")
        (T,), of_T = c.obtain(from_fact("pinv").at(A=outer), "T1")
        tight = tightened(net, M, Wp, b, a)

        def holds(first: bool, known: Known) -> Known:
            u = c.inner()
            N2, T2 = (of(u.let(one)) for one in inverses(b, a))
            of_N2, of_T2 = u.given(penrose(inner.term, N2.term)), u.given(penrose(outer.term, T2.term))
            same = (
                s.cite("pinv-unique", A=inner, B=N2, C=N)(of_N2, of_N)
                if first
                else s.cite("pinv-unique", A=outer, B=T2, C=T)(of_T2, of_T)
            )
            one, two = tr(inner @ N2) == r, tr(outer @ T2) == r
            done = left_or(u.have(one, known, same), two) if first else or_right_of(one, u.have(two, known, same))
            return left_or(u.close(done), found)

        def neither(not_inner: Known, not_outer: Known) -> Known:
            here = c.witness(loose(net, M, Wp, b, a), N, T, by=both(of_N, of_T, not_inner, not_outer))
            lower = exists(Variable("k", NAT), conjunction(at_least(b, k + 1), loose(net, M, Wp, b, k)))
            lower_ = c.witness(lower, a, by=both(above, here))
            return or_right_of(tight, c.witness(found, b, by=both(below, lower_)))

        return c.close(
            c.decide(
                tr(inner @ N) == r,
                lambda yes: holds(True, yes),
                lambda no: c.decide(
                    tr(outer @ T) == r, lambda yes: holds(False, yes), lambda other: neither(no, other)
                ),
            )
        )

    def row(b: Nat) -> Formula:
        return for_all(Variable("k", NAT), Implies(at_least(b, k + 1), tightened(net, M, Wp, b, k)))

    def decide_row(t: Context, b: Nat, below: Known) -> Known:
        return everywhere_or(
            t, b, "k", lambda a: tightened(net, M, Wp, b, a), found, lambda c, a, high: pair(c, b, a, high, below)
        )

    rows = everywhere_or(s, l, "j", row, found, decide_row)

    s.conclude(Or(all_tightened(net, M, Wp), found), by=rows)


@statement("rank-sum", "N = C - D, T C = C = C S, T D = 0 = D S: rank N = rank C + rank D", kind="lemma", hidden=True)
def rank_sum(s: Script) -> None:
    """G = S g T - (I - S) D+ (I - T) has N G N = N, and so rank N = tr(N G)."""
    s.dims("m n")
    N, C, D = s.matrices("N: m x n, C: m x n, D: m x n")
    T, S = s.matrices("T: m x m, S: n x n")
    g, p, q = s.matrices("g: n x m, p: n x m, q: n x m")
    parts = s.given(N == C - D)
    T_C, C_S, T_D, D_S = s.given(T @ C == C), s.given(C @ S == C), s.given(T @ D == 0), s.given(D @ S == 0)
    inverse = s.given(C @ g @ C == C, "g is a generalised inverse of C")
    of_D, of_N = s.given(penrose(D.term, p.term), "p is D+"), s.given(penrose(N.term, q.term), "q is N+")
    TN, NS = s.have(T @ N == C, parts, T_C, T_D), s.have(N @ S == C, parts, C_S, D_S)
    G = S @ g @ T - (p - S @ p) @ (ident("m") - T)
    NG = s.have(N @ G == C @ g @ T + D @ p - D @ p @ T, NS, s.have(N @ (p - S @ p) == -(D @ p), NS, parts))
    NGN = s.have(
        N @ G @ N == N, NG, TN, inverse, s.have(D @ p @ N - D @ p @ T @ N == -(D @ p @ D), TN, parts), of_D[0], parts
    )
    first = s.have(tr(C @ g @ T) == tr(C @ g), T_C)
    second = s.have(tr(D @ p @ T) == 0, T_D)
    value = s.have(tr(N @ G) == tr(C @ g) + tr(D @ p), NG, first, second)
    same = s.have(tr(N @ q) == tr(N @ G), s.have(tr(N @ G @ N @ q) == tr(N @ q), NGN), of_N[0])
    s.conclude(tr(N @ q) == tr(C @ g) + tr(D @ p), by=[same, value])


@statement(
    "T4.1",
    "rank(R[k] Y'L[j+1]) = rank R[l] + rank E_jk at critical points, for all layers j and k",
    kind="step",
    hidden=True,
)
def rank_identity(s: Script) -> None:
    """The block N is C - D with C = R[k] W'L[j+1] of rank r and D = E_jk'. With T = R[k] W+ L[k], S = R[j+1] W+ L[j+1]

        T C = C = C S,   T D = 0 = D S,

    G = S C+ T - (I - S) D+ (I - T) satisfies N G N = N, and its trace with N is rank C + rank D.
    """
    net, critical = critical_network(s)
    R, L, l = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth
    X, Y, W = net.X, net.Y, net.output
    deep = s.given(at_least(l, 1), "l >= 1")
    s.dims("j k")
    in_j, in_k = s.given(at_least(l, j + 1), "j < l"), s.given(at_least(l, k + 1), "k < l")
    Wp, of_W = s.pinv(W, "Wp")
    N, E_jk = block(net, j, k), seen(net, j, k)
    Np, of_N = s.pinv(N, "Np")
    Ep, of_E = s.pinv(E_jk, "Ep")
    (Xp,), of_X = s.obtain(from_fact("pinv").at(A=X), "Xp")
    E = reached(net, Xp)
    known = s.cite("chain-residual", **letters(net), Y=Y, Xp=Xp)(net.is_R, net.is_L, critical, deep, of_X)
    right, left, _, same = known.parts()
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    k_l, j_l = s.linear(at_least(l, k), in_k), s.linear(at_least(l, j + 1), in_j)
    through_k, through_j = product(k, k_l), product(j + 1, j_l)
    D = E_jk.T
    shown = s.have(D == R(k) @ E.T @ L(j + 1), same(k, k_l))
    C = R(k) @ W.T @ L(j + 1)
    parts = s.have(N == C - D)
    T, S = R(k) @ Wp @ L(k), R(j + 1) @ Wp @ L(j + 1)
    T_C = s.have(T @ C == C, through_k, of_W)
    C_S = s.have(C @ S == C, through_j, of_W)
    T_D = s.have(T @ D == 0, s.have(T @ R(k) @ E.T @ L(j + 1) == 0, through_k, right, of_W), shown)
    D_S = s.have(D @ S == 0, s.have(R(k) @ E.T @ L(j + 1) @ S == 0, through_j, left), shown)
    g = R(j + 1) @ Wp @ Wp.T @ Wp @ L(k)
    cancel = s.have(C @ g == R(k) @ W.T @ Wp.T @ Wp @ L(k), through_j, of_W)
    inverse = s.have(C @ g @ C == C, cancel, through_k, of_W)
    size = s.have(tr(C @ g) == tr(W @ Wp), s.have(tr(C @ g) == tr(W @ W.T @ Wp.T @ Wp), cancel, through_k), of_W)
    total = s.cite("rank-sum", N=N, C=C, D=D, T=T, S=S, g=g, p=Ep.T, q=Np)(
        parts, T_C, C_S, T_D, D_S, inverse, transposed(s, D, E_jk, Ep, of_E), of_N
    )
    s.conclude(tr(N @ Np) == tr(W @ Wp) + tr(E_jk @ Ep), by=[total, size])


def transposed(s: Context, D: Expr, A: Expr, a: Expr, of_A: Known) -> Known:
    """a' is the pseudoinverse of D = A'."""
    return s.have(penrose(D.term, a.T.term), of_A)
