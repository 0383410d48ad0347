"""A deep network with two layers changed: layer i <= n and the last one, n + 1, of a network of depth n + 2."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, both, difference, nonnegative
from symbolic_cp.prover.expression import norm2, of

from .families import same
from .networks import forward, is_forward, network, weights, width

n = nat("n")


@statement(
    "two-layers-changed",
    "layer i and the last layer of a network exchanged for near ones",
    kind="lemma",
    hidden=True,
)
def two_layers(s: Script) -> None:
    """The products below layer i stay. If the last layer is multiplied by T, the output is T L[i+1] B R[i]."""
    net = network(s, "n", 2)
    l, A = net.depth, net.A
    (i,) = s.dims("i")
    inside = s.given(at_least(n, i), "i <= n")
    B, C = s.matrix("B", width(i + 1), width(i)), s.matrix("C", width(l), width(n + 1))
    delta = s.scalar("delta")
    positive = s.given(delta > 0, "delta > 0")
    near_B = s.given(norm2(B - of(A, i)) < delta, "B is near A[i]")
    near_C = s.given(norm2(C - of(A, n + 1)) < delta, "C is near A[n+1]")
    rows, d = Family(1, width(nat("~0") + 1)), Variable("d", NAT, 1)
    # the last layer first
    low = s.linear(at_least(l, n + 1))
    (A1,), top = s.obtain(s.cite("replace", l=l, N=n + 1, a=rows, b=d, A=A, V=C)(low), "A1")
    below_l = s.linear(at_least(l, i), inside)
    (A2,), layer = s.obtain(s.cite("replace", l=l, N=i, a=rows, b=d, A=A1, V=B)(below_l), "A2")
    at_i, others = layer.parts()
    last_is_not_i = differs(s, n + 1, i, Term(times=(inside,)), Term())
    at_top = s.have(of(A2, n + 1) == C, others(n + 1, low, last_is_not_i), top[0])
    (S,), is_S = s.obtain(s.cite("forward-exists", l=l, d=d, A=A2, X=net.X), "S")

    t = s.inner()
    (j,) = t.dims("k")
    below = t.given(at_least(l, j + 1))
    not_i, not_top = t.given(negation(same(j, i))), t.given(negation(same(j, n + 1)))
    j_l = t.linear(at_least(l, j), below)
    kept_at = t.have(of(A2, j) == of(A, j), others(j, j_l, not_i), top[1](j, j_l, not_top))
    kept = t.close(kept_at)

    t = s.inner()
    (j,) = t.dims("k")
    below = t.given(at_least(l, j + 1))
    close = lambda j: norm2(of(A2, j) - of(A, j)) < delta
    here = t.have(close(i), at_i, sum=[Term(times=(near_B,))])
    there = t.have(close(n + 1), at_top, sum=[Term(times=(near_C,))])
    unmoved = lambda no_i, no_top: t.have(close(j), kept(j, below, no_i, no_top), sum=[Term(times=(positive,))])
    near = t.decide(
        same(j, i),
        lambda eq: t.moved(close, here, i, j, eq),
        lambda no_i: t.decide(
            same(j, n + 1), lambda eq: t.moved(close, there, n + 1, j, eq), lambda no: unmoved(no_i, no)
        ),
    )
    nearby = t.close(near)

    # below layer i nothing changes
    def claim(j: Nat) -> Formula:
        return Implies(at_least(i, j), of(S, j) == of(net.R, j))

    start = s.inner()
    start.given(at_least(i, 0))
    base = start.close(start.have(of(S, 0) == of(net.R, 0), is_S[0], net.is_R[0]))

    def step(t: Context, j: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        low = c.given(at_least(i, j + 1))
        within = c.linear(at_least(l, j + 1), below)
        not_i, not_top = (
            differs(c, i, j, Term(times=(low,)), Term(), flip=True),
            differs(c, n + 1, j, Term(times=(low,)), Term(times=(inside,)), Term(2), flip=True),
        )
        layer = kept(j, within, not_i, not_top)
        before = so_far(c.linear(at_least(i, j), low))
        return c.close(c.have(claim(j + 1).right, before, layer, is_S[1](j, within), net.is_R[1](j, within)))

    every = s.induction("k", l, claim, base, step)
    same_R = every(i, below_l, s.linear(at_least(i, i)))
    first = s.have(of(S, i + 1) == B @ of(net.R, i), is_S[1](i, s.linear(at_least(l, i + 1), inside)), at_i, same_R)

    # above it, L[j] S[j] stays up to the last layer
    L = net.L
    value = of(L, i + 1) @ B @ of(net.R, i)

    def above(e: Nat) -> Formula:
        return Implies(at_least(n + 1, i + 1 + e), of(L, i + 1 + e) @ of(S, i + 1 + e) == value)

    start = s.inner()
    start.given(at_least(n + 1, i + 1))
    base = start.close(start.have(of(L, i + 1) @ of(S, i + 1) == value, first))

    def up(t: Context, e: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        low = c.given(at_least(n + 1, i + 2 + e))
        j = i + 1 + e
        within = c.linear(at_least(l, j + 1), low)
        e0 = nonnegative(e)
        not_i = differs(c, j, i, Term(times=(e0,)), Term())
        not_top = differs(c, n + 1, j, Term(times=(low,)), Term(), flip=True)
        layer = kept(j, within, not_i, not_top)
        before = so_far(c.linear(at_least(n + 1, j), low))
        return c.close(c.have(above(e + 1).right, before, layer, is_S[1](j, within), net.is_L[1](j, within)))

    along = s.induction("e", l, above, base, up)
    t = s.inner()
    T = t.matrix("T", width(l), width(l))
    multiplied = t.given(C == T @ of(A, n + 1), "C = T A[n+1]")
    c = t.inner()
    (e,), sum_ = c.obtain(difference(inside, n, i), "e")
    e_l = c.linear(at_least(l, e), sum_, nonnegative(i))
    reached = along(e, e_l, c.linear(at_least(n + 1, i + 1 + e), sum_))
    at_n = c.moved(
        lambda j: of(L, j) @ of(S, j) == value, reached, i + 1 + e, n + 1, c.have(same(n + 1, i + 1 + e), sum_)
    )
    last = is_S[1](n + 1, c.linear(at_least(l, n + 2)))
    low_L = c.have(of(L, n + 1) == of(A, n + 1), net.is_L[1](n + 1, c.linear(at_least(l, n + 2))), net.is_L[0])
    out = c.have(of(S, l) == T @ value, last, at_top, multiplied, low_L, at_n)
    output = t.close(c.close(out))

    claim_ = changed(net, i, B, C)
    s.conclude(claim_, by=s.witness(claim_, A2, S, by=both(is_S, nearby, at_i, at_top, kept, same_R, first, output)))


def changed(net, i: Nat, B, C) -> Formula:
    """There is a network within delta, with B at layer i, C as its last layer, and the other layers as they are."""
    l = net.depth
    A, S = weights("A2"), forward("S")
    j = nat("k")
    close = for_all(
        Variable("k", NAT), Implies(at_least(l, j + 1), norm2(of(A, j) - of(net.A, j)) < of(Variable("delta", SCALAR)))
    )
    kept = for_all(
        Variable("k", NAT),
        implication(at_least(l, j + 1), negation(same(j, i)), negation(same(j, n + 1)), of(A, j) == of(net.A, j)),
    )
    T = Variable("T", matrix_sort(width(l), width(l)))
    out = for_all(T, Implies(C == of(T) @ of(net.A, n + 1), of(S, l) == of(T) @ of(net.L, i + 1) @ B @ of(net.R, i)))
    return exists(
        A,
        S,
        conjunction(
            is_forward(l, A, net.X, S),
            close,
            of(A, i) == B,
            of(A, n + 1) == C,
            kept,
            of(S, i) == of(net.R, i),
            of(S, i + 1) == B @ of(net.R, i),
            out,
        ),
    )


def differs(t: Context, larger: Nat, smaller: Nat, *positive: Term, flip: bool = False) -> Known:
    """larger != smaller (or smaller != larger), where larger - smaller is the positive sum of the summands."""
    c = t.inner()
    eq = c.given(same(smaller, larger) if flip else same(larger, smaller))
    return c.close(c.have(Falsum(), eq, sum=list(positive)))
