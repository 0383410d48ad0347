"""One interval more: where a layer is not done, one begins there.

Q[k] = I - V[k] Y[k]' is what the strands leave of layer k, and A[k] Q[k] = Q[k+1] A[k]. Where Q[a] is the first that is
not zero, let b be the last layer with A[b-1] ... A[a] Q[a] not zero, and q'A[b-1] ... A[a] Q[a] p = 1. The interval is
[a, b], with the vectors A[k-1] ... A[a] Q[a] p and the dual vectors q'A[b-1] ... A[k] Q[k].
"""

from __future__ import annotations

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    implication,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, both
from symbolic_cp.prover.expression import Expr, ident, of
from symbolic_cp.prover.show import function

from ..networks import each_layer, k, weights, width
from .chains import compare, upward
from .strands import (
    Strands,
    absurd,
    columns,
    d,
    placed,
    up_to,
)


def interval(one: Strands, v: Variable, y: Variable, a: Nat, b: Nat) -> Formula:
    """v and y are the vectors of a new interval [a, b], beside those of the strands."""
    V, Y = of(one.V, k), of(one.Y, k)
    live = lambda x: of(y, x).T @ of(v, x)
    gone = conjunction(of(v, k) == 0, of(y, k) == 0)
    inside = implication(at_least(k, a), at_least(b, k), live(k) == ident(1))
    shape = conjunction(inside, Implies(at_least(a, k + 1), gone), Implies(at_least(k, b + 1), gone))
    beside = conjunction(Y.T @ of(v, k) == 0, of(y, k).T @ V == 0)
    own = conjunction(of(v, k) @ live(k) == of(v, k), live(k) @ of(y, k).T == of(y, k).T)
    up = of(one.A, k) @ of(v, k) == of(v, k + 1) @ live(k)
    down = of(y, k + 1).T @ of(one.A, k) == live(k + 1) @ of(y, k).T
    return conjunction(
        at_least(b, a),
        at_least(one.depth, b),
        up_to(one.depth, shape),
        up_to(one.depth, conjunction(beside, own)),
        each_layer(one.depth, conjunction(up, down)),
    )


def some_strands(s: Context) -> tuple[Strands, Nat, Known, Known, Known]:
    """A chain with strands that fill all layers below a, and a <= l."""
    l, a, count = s.dims("l a N")
    s.let(d)
    one = Strands.named(l, s.let(weights()), count)
    s.let(one.V), s.let(one.Y), s.let(one.e)
    known = s.given(one.formula(), "V, Y, e are strands")
    full = s.given(one.done_below(a), "all layers below a are done")
    return one, a, s.given(at_least(l, a), "a <= l"), known, full


@statement(
    "interval-vectors", "where a layer is not done, there is an interval that begins there", kind="lemma", hidden=True
)
def interval_vectors(s: Script) -> None:
    one, a, inside, known, full = some_strands(s)
    l, Q = one.depth, one.left
    rest = s.given(one.taken(a) != ident(width(a)), "layer a is not done")
    dual, carried = known[0], known[1]
    A, V, Y = (lambda x: of(one.A, x)), (lambda x: of(one.V, x)), (lambda x: of(one.Y, x))
    (M_,), is_M = s.obtain(s.cite("between-exists", l=l, d=d, A=one.A), "M")
    M = lambda b, x: of(M_, b, x)
    right = lambda x, y, above, inside: s.cite("between-right", l=l, d=d, A=one.A, M=M_, k=x, j=y)(is_M, above, inside)
    T = lambda x: M(x, a) @ Q(a)

    t = s.inner()
    (x,) = t.dims("k")
    below = t.given(at_least(l, x + 1))
    low, high = dual(x, t.linear(at_least(l, x), below)), dual(x + 1, below)
    moves = t.close(t.have(A(x) @ Q(x) == Q(x + 1) @ A(x), carried(x, below), low, high))

    at_a = s.have(T(a) == Q(a), is_M[0](a, inside))
    square = s.have(Q(a) @ Q(a) == Q(a), dual(a, inside))

    # b: the last layer that something of Q[a] reaches
    u = s.inner()
    zero = u.given(T(a) == 0)
    alive = u.close(rest(u.have(one.taken(a) == ident(width(a)), zero, at_a)))
    (b,), of_b = s.obtain(s.cite("last-reached", l=l, d=d, A=one.A, M=M_, a=a, Z=Q(a))(is_M, inside, alive), "b")
    ordered, b_l, alive, last = of_b.parts()
    (q, p), unit = s.obtain(s.cite("nonzero", M=T(b))(alive), "q p")

    # the vectors: those of the layers a, ..., b, and 0 elsewhere
    (c_,), is_c = s.obtain(s.cite("interval-indicator", l=l, a=a, b=b)(ordered), "c")
    values = (lambda x: T(x) @ p), (lambda x: (q.T @ M(b, x) @ Q(x)).T)
    v_, y_ = columns("v", 1), columns("y", 1)

    def chosen(v: Callable[[Nat], Expr], y: Callable[[Nat], Expr]) -> Formula:
        gone = conjunction(v(k) == 0, y(k) == 0)
        here = conjunction(v(k) == values[0](k), y(k) == values[1](k))
        parts = implication(at_least(k, a), at_least(b, k), here), Implies(at_least(a, k + 1), gone)
        return up_to(l, conjunction(*parts, Implies(at_least(k, b + 1), gone)))

    scaled = [lambda x, value=value: of(c_, x) * value(x) for value in values]
    t = s.inner()
    (x,) = t.dims("k")
    x_l = t.given(at_least(l, x))
    cases = [((at_least(x, a), at_least(b, x)), values), ((at_least(a, x + 1),), None), ((at_least(x, b + 1),), None)]
    parts = []
    for number_, (case, value) in enumerate(cases):
        u = t.inner()
        bounds = [u.given(bound) for bound in case]
        is_value = is_c(x, x_l)[number_](*bounds)
        parts.append(
            u.close(
                both(*(u.have(one_(x) == (value[w](x) if value else 0), is_value) for w, one_ in enumerate(scaled)))
            )
        )
    goal = exists(v_, y_, chosen(lambda x: of(v_, x), lambda x: of(y_, x)))
    made = s.witness(goal, *(function("k", one_(k).term) for one_ in scaled), by=t.close(both(*parts)))
    (v_, y_), is_v = s.obtain(made, "v y")
    v, y = (lambda x: of(v_, x)), (lambda x: of(y_, x))
    live = lambda x: y(x).T @ v(x)

    # Q[k] T[k] = T[k] for k >= a, and M[b,k] T[k] = T[b] for a <= k <= b
    t = s.inner()
    (x,) = t.dims("k")
    from_a, x_l = t.given(at_least(x, a)), t.given(at_least(l, x))

    def keep(u: Context, w: Nat, low: Known, high: Known, so_far: Known) -> Known:
        below = u.linear(at_least(l, w + 1), high, x_l)
        grown = is_M[1](w, below, a, low)
        return u.have(kept(w + 1), so_far, grown, moves(w, below))

    kept = lambda w: Q(w) @ T(w) == T(w)
    first = t.have(kept(a), at_a, square)
    stays = t.close(upward(t, a, x, from_a, kept, first, keep, "e1 i1"))

    def joined(x: Nat, low: Known, high: Known) -> Known:
        composed = s.cite("between-composes", l=l, d=d, A=one.A, M=M_, i=a, k=x, j=b)
        return composed(is_M, low, high, b_l)

    # pairing, and what lies beside
    t = s.inner()
    (x,) = t.dims("k")
    x_l = t.given(at_least(l, x))
    u = t.inner()
    low, high = u.given(at_least(x, a)), u.given(at_least(b, x))
    here = is_v(x, x_l)[0](low, high)
    reaches = u.have(M(b, x) @ T(x) == T(b), joined(x, low, high))
    ends_at_b = u.have(M(b, x) @ Q(x) @ T(x) == T(b), stays(x, low, x_l), reaches)
    product = u.have(live(x) == q.T @ M(b, x) @ Q(x) @ T(x) @ p, here)
    pairs = u.close(u.have(live(x) == ident(1), product, ends_at_b, unit))
    zero_below, zero_above = is_v(x, x_l)[1], is_v(x, x_l)[2]
    shape = t.close(both(pairs, zero_below, zero_above))

    t = s.inner()
    (x,) = t.dims("k")
    x_l = t.given(at_least(l, x))
    orthogonal = conjunction(Y(x).T @ v(x) == 0, y(x).T @ V(x) == 0)
    own = conjunction(v(x) @ live(x) == v(x), live(x) @ y(x).T == y(x).T)

    def gone(bound: Known, which: int) -> Known:
        return t.have(conjunction(orthogonal, own), is_v(x, x_l)[which](bound))

    def within(low: Known, high: Known) -> Known:
        here = is_v(x, x_l)[0](low, high)
        at_v = t.have(v(x) == Q(x) @ v(x), here, stays(x, low, x_l))
        at_y = t.have(y(x).T == y(x).T @ Q(x), here, dual(x, x_l))
        one_ = shape(x, x_l)[0](low, high)
        beside = both(t.have(Y(x).T @ v(x) == 0, at_v, dual(x, x_l)), t.have(y(x).T @ V(x) == 0, at_y, dual(x, x_l)))
        return both(beside, t.have(v(x) @ live(x) == v(x), one_), t.have(live(x) @ y(x).T == y(x).T, one_))

    beside = t.close(placed(t, x, a, b, lambda bound: gone(bound, 1), within, lambda bound: gone(bound, 2)))

    # along the chain
    t = s.inner()
    (x,) = t.dims("k")
    below = t.given(at_least(l, x + 1))
    x_l = t.linear(at_least(l, x), below)
    up = A(x) @ v(x) == v(x + 1) @ live(x)

    def up_inside(low: Known, high: Known) -> Known:
        here, one_ = is_v(x, x_l)[0](low, high), shape(x, x_l)[0](low, high)
        grown = is_M[1](x, below, a, low)

        def goes_on(less: Known) -> Known:
            there = is_v(x + 1, below)[0](t.linear(at_least(x + 1, a), low), less)
            return t.have(up, t.have(A(x) @ v(x) == v(x + 1), here, there, grown), one_)

        def stops(equal: Known) -> Known:
            there = is_v(x + 1, below)[2](t.linear(at_least(x + 1, b + 1), equal))
            end = Implies(at_least(l, x + 1), T(x + 1) == 0)
            at_end = t.moved(lambda w: Implies(at_least(l, w + 1), T(w + 1) == 0), last, b, x, equal)
            assert at_end.formula == end
            return t.have(up, there, t.have(A(x) @ v(x) == 0, here, grown, at_end(below)))

        return compare(t, x, b, stops, goes_on, lambda more: absurd(t, up, high, more))

    upwards = placed(
        t,
        x,
        a,
        b,
        lambda bound: t.have(up, is_v(x, x_l)[1](bound)),
        up_inside,
        lambda bound: t.have(up, is_v(x, x_l)[2](bound)),
    )
    down = y(x + 1).T @ A(x) == live(x + 1) @ y(x).T

    def down_inside(low: Known, high: Known) -> Known:
        """a <= k + 1 <= b: the vectors of layer k + 1 are there, and those of layer k where a <= k."""
        there, one_ = is_v(x + 1, below)[0](low, high), shape(x + 1, below)[0](low, high)
        factor = right(x, b, high, b_l)
        pulled = t.have(y(x + 1).T @ A(x) == q.T @ M(b, x) @ Q(x), there, moves(x, below), factor)

        def goes_on(from_a: Known) -> Known:
            here = is_v(x, x_l)[0](from_a, t.linear(at_least(b, x), high))
            return t.have(down, one_, here, pulled)

        def begins(bound: Known) -> Known:
            return t.have(down, pulled, full(x, bound), is_v(x, x_l)[1](bound))

        return compare(
            t,
            x,
            a,
            lambda equal: goes_on(t.linear(at_least(x, a), equal)),
            begins,
            lambda more: goes_on(t.linear(at_least(x, a), more)),
        )

    downwards = placed(
        t,
        x + 1,
        a,
        b,
        lambda bound: t.have(down, is_v(x + 1, below)[1](bound)),
        down_inside,
        lambda bound: t.have(down, is_v(x + 1, below)[2](bound)),
    )
    chain = t.close(both(upwards, downwards))
    v_free, y_free = columns("v", 1), columns("y", 1)
    goal = exists(Variable("b", NAT), v_free, y_free, interval(one, v_free, y_free, a, nat("b")))
    s.conclude(goal, by=s.witness(goal, b, v_, y_, by=both(ordered, b_l, shape, beside, chain)))
