"""The layers from g on as a network of their own, with R[g] as data: when they are a global minimum of it."""

from collections.abc import Callable
from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import NAT, Formula, Implies, Variable, at_least, exists, for_all, matrix_sort
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, both, from_fact
from symbolic_cp.prover.expression import ident, norm2, number, of, tr

from ..networks import Network, critical_network, deep_loss, forward, is_forward, network, weights, width
from ..ranks import projects
from .chains import carried, letters, upward
from .triples import optimal_order, reached

g, i = nat("g"), nat("i")
HALF = Fraction(1, 2)


def upper_minimum(net: Network, g: Nat) -> Formula:
    """(A[g], ..., A[l-1]) is a global minimum of the loss with the layers below g fixed."""
    B, S = weights("B"), forward("S")
    chain = carried(B, S, g, net.depth, of(net.R, g))
    return for_all(B, S, Implies(chain, net.loss <= deep_loss(of(S, net.depth), net.Y)))


@statement(
    "upper-blind",
    "(R[l] - Y)R[g]' = 0: the layers from g on are a global minimum, given those below",
    kind="lemma",
    hidden=True,
)
def upper_blind(s: Script) -> None:
    """Every output S[l] that they can have lies in the rows of R[g], and the residual is orthogonal to them."""
    net = network(s)
    R, l, W, Y = (lambda a: of(net.R, a)), net.depth, net.output, net.Y
    s.dims("g")
    inside = s.given(at_least(l, g), "g <= l")
    blind = s.given((W - Y) @ R(g).T == 0, "(R[l] - Y)R[g]' = 0")

    def orthogonal(S: Variable, moves: Callable[[Nat, Known, Known], Known]):
        """(W - Y)S[a]' = 0 and the step to a + 1, for a chain S of which `moves` says S[a+1] = B[a] S[a]."""

        def claim(a: Nat) -> Formula:
            return (W - Y) @ of(S, a).T == 0

        def step(c: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
            return c.have(claim(a + 1), so_far, moves(a, low, high))

        return claim, step

    claim, step = orthogonal(net.R, lambda a, low, high: net.is_R[1](a, high))
    here = upward(s, g, l, inside, claim, blind, step)
    t = s.inner()
    B, S = t.let(weights("B")), t.let(forward("S"))
    chain = t.given(carried(B, S, g, l, R(g)))
    claim, step = orthogonal(S, chain[1])
    there = upward(t, g, l, inside, claim, t.have(claim(g), blind, chain[0]), step)
    V = of(S, l)
    cross = t.have(tr((W - Y) @ (V - W).T) == 0, here, there)
    done = t.have(net.loss <= deep_loss(V, Y), cross, sum=[Term(HALF, grams=(V - W,))])
    s.conclude(upper_minimum(net, g), by=t.close(done))


@statement("upper-global", "a global minimum of the layers from 0 on is a global minimum", kind="lemma", hidden=True)
def upper_global(s: Script) -> None:
    net = network(s)
    best = s.given(upper_minimum(net, nat(0)), "a global minimum of the layers from 0 on")
    t = s.inner()
    B, S = t.let(weights("B")), t.let(forward("S"))
    is_S = t.given(is_forward(net.depth, B, net.X, S))
    c = t.inner()
    (a,) = c.dims("i")
    c.given(at_least(a, 0))
    high = c.given(at_least(net.depth, a + 1))
    chain = both(t.have(of(S, 0) == of(net.R, 0), is_S[0], net.is_R[0]), c.close(is_S[1](a, high)))
    s.conclude(net.global_minimum(), by=t.close(best(B, S, chain)))


@statement("upper-factors", "S[l] is N S[i] for some N, for a chain S of layers", kind="lemma", hidden=True)
def upper_factors(s: Script) -> None:
    l, _ = s.dims("l m")
    s.let(Variable("d", NAT, 1))
    B, S = s.let(weights("B")), s.let(forward("S"))
    s.dims("g")
    inside = s.given(at_least(l, g), "g <= l")
    grows = s.given(carried(B, S, g, l, of(S, g)), "S[k+1] = B[k] S[k] from g on")[1]

    def claim(a: Nat) -> Formula:
        N = Variable("N", matrix_sort(width(a), width(g)))
        return exists(N, of(S, a) == of(N) @ of(S, g))

    def step(t: Context, a: Nat, low: Known, high: Known, so_far: Known) -> Known:
        c = t.inner()
        (N,), at = c.obtain(so_far, "N")
        next_ = c.have(of(S, a + 1) == of(B, a) @ N @ of(S, g), grows(a, low, high), at)
        return c.close(c.witness(claim(a + 1), of(B, a) @ N, by=next_))

    first = s.witness(claim(g), ident(width(g)), by=s.have(of(S, g) == ident(width(g)) @ of(S, g)))
    s.conclude(claim(l), by=upward(s, g, l, inside, claim, first, step))


@statement(
    "upper-narrow",
    "optimal order and rank R[l] = d[i], i >= g: the layers from g on are a global minimum",
    kind="lemma",
    hidden=True,
)
def upper_narrow(s: Script) -> None:
    """An output V of these layers has rank at most d[i]; with F = V V+ its loss is at least
    1/2 |Y|^2 - 1/2 tr(F Z Z'), Z = Y X+ X, and tr(F Z Z') <= |W|^2."""
    net, critical = critical_network(s)
    R, l, X, Y, W = (lambda a: of(net.R, a)), net.depth, net.X, net.Y, net.output
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, of_X = s.pinv(X, "Xp")
    E, Z = reached(net, Xp), Y @ Xp @ X
    Wp, of_W = s.pinv(W, "Wp")
    order = s.given(optimal_order(W, E), "the order is optimal")
    s.dims("g i")
    low, high = s.given(at_least(i, g), "i >= g"), s.given(at_least(l, i), "i <= l")
    rank = s.given(tr(W @ Wp) == number(width(i)), "rank R[l] = d[i]")
    residual = s.cite("chain-residual", **letters(net), Y=Y, Xp=Xp)(net.is_R, net.is_L, critical, deep, of_X)
    right, left = residual.parts()[:2]
    kept = s.cite("chain-data", l=l, d=Variable("d", NAT, 1), A=net.A, S=net.R, X=X, Xp=Xp)(net.is_R, of_X)
    g_l = s.linear(at_least(l, g), low, high)
    rows = kept(l, s.linear(at_least(l, l)))
    total = s.have(tr(W @ Y.T) == norm2(W), s.have(tr(W @ Xp @ X @ Y.T) == norm2(W), right, of_X), rows)
    value = s.have(net.loss == tr(Y @ Y.T) / 2 - norm2(W) / 2, total)

    t = s.inner()
    B, S = t.let(weights("B")), t.let(forward("S"))
    chain = t.given(carried(B, S, g, l, R(g)))
    V = of(S, l)

    def data(a: Nat) -> Formula:
        return of(S, a) @ Xp @ X == of(S, a)

    def step(c: Context, a: Nat, above: Known, below: Known, so_far: Known) -> Known:
        return c.have(data(a + 1), so_far, chain[1](a, above, below))

    in_rows = upward(t, g, l, g_l, data, t.have(data(g), chain[0], kept(g, g_l)), step, "e a")
    c = t.inner()
    (a,) = c.dims("a")
    a_low, a_high = c.given(at_least(a, i)), c.given(at_least(l, a + 1))
    after = c.close(chain[1](a, c.linear(at_least(a, g), a_low, low), a_high))
    from_i = both(t.have(of(S, i) == of(S, i)), after)
    (N,), through = t.obtain(s.cite("upper-factors", l=l, d=Variable("d", NAT, 1), B=B, S=S, g=i)(high, from_i), "N")
    (v,), of_V = t.obtain(from_fact("pinv").at(A=V), "v")
    (q,), of_N = t.obtain(from_fact("pinv").at(A=N), "q")
    F = V @ v
    proj = projects(t, F, of_V)
    inside = t.have(N @ q @ F == F, through, of_N)
    below = s.cite("projector-below", D=N @ q, E=F)(projects(t, N @ q, of_N), proj, inside)
    cols = t.have(tr(N @ q) <= number(width(i)), of_N, sum=[Term(grams=(ident(width(i)) - q @ N,))])
    less = t.have(tr(F) <= tr(W @ Wp), rank, sum=[Term(times=(below,)), Term(times=(cols,))])
    most = s.cite("captured-most", W=W, E=E, Wp=Wp, F=F)(of_W, right, left, order, proj, less)
    there = deep_loss(V, Y)
    gap = t.have(there == tr(Y @ Y.T) / 2 - tr(F @ Z @ Z.T) / 2 + norm2(V - F @ Z) / 2, in_rows, of_V, of_X)
    done = t.have(net.loss <= there, value, gap, sum=[Term(HALF, times=(most,)), Term(HALF, grams=(V - F @ Z,))])
    s.conclude(upper_minimum(net, g), by=t.close(done))
