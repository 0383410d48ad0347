"""Every chain of matrices splits into intervals.

There are bases of all layers in which every A[k] sends basis vectors to basis vectors or to zero, and different ones to
different ones: a basis vector and its images live on an interval of layers. Intervals are split off one by one, those
first that begin first; no earlier choice is ever revised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    And,
    Falsum,
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
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, from_fact, left_or, or_right_of
from symbolic_cp.prover.expression import Expr, ident, null, number, of, tr
from symbolic_cp.prover.show import function

from ..networks import each_layer, k, weights, width
from .chains import compare
from .strands import (
    Strands,
    absurd,
    conjuncts,
    d,
    each_case,
    each_lives,
    for_each,
    for_each_below,
    i,
    j,
    lives,
    lives_at,
    opened_at,
    orthonormal,
    strands_exist,
    up_to,
)


@statement("intervals-exist", "every chain of matrices splits into intervals", kind="lemma", hidden=True)
def intervals_exist(s: Script) -> None:
    """Layer by layer: at most d[a] intervals begin in layer a, because each raises the rank of V[a] Y[a]' by 1."""
    (l,) = s.dims("l")
    s.let(d)
    A = s.let(weights())

    def begun(layer: Nat, rank: Nat) -> Formula:
        """All layers below are done, and this one is, or V Y' has at least that rank there."""

        def more(one: Strands) -> Formula:
            taken = one.taken(layer)
            return And(one.done_below(layer), Or(tr(taken) >= number(rank), taken == ident(width(layer))))

        return strands_exist(l, A, more)

    def done(layer: Nat) -> Formula:
        return strands_exist(l, A, lambda one: one.done_below(layer))

    def opened(t: Context, existence: Known) -> tuple[Strands, list[Known]]:
        """The strands, what they are, and what more is known of them."""
        (count, V, Y, e), known = t.obtain(existence, "N V Y e")
        return Strands(l, A, count, V, Y, e), known.parts()

    def given(t: Context, goal: Formula, one: Strands, *known: Known) -> Known:
        """The goal, by these strands."""
        return t.witness(goal, one.count, one.V, one.Y, one.e, by=both(*known))

    def rank_is(t: Context, one: Strands, strands: Known, layer: Nat, inside: Known) -> tuple[Known, Known]:
        """0 <= tr(V Y') <= d[layer]."""
        D, taken, eye = one.alive(layer), one.taken(layer), ident(width(layer))
        dual = strands.parts()[0](layer, inside)
        projector = both(t.have(D.T == D, dual), t.have(D @ D == D, dual))
        factor = s.cite("rank-factor", H=D, G=eye, F=of(one.Y, layer).T, K=of(one.V, layer))
        whole, through = t.have(conjunction(eye.T == eye, eye @ eye == eye)), t.have(D == D)
        high = t.have(tr(taken) <= number(width(layer)), factor(projector, whole, through))
        return t.have(tr(taken) >= 0, projector, sum=[Term(grams=(D,))]), high

    def first() -> Known:
        """No intervals: V[k] and Y[k] have no columns."""
        t, N = s.inner(), nat(0)
        free = Strands.named(l, A, N)
        nothing = conjunction(of(free.V, k) == 0, of(free.Y, k) == 0, of(free.e, k) == 0)
        shapes = lambda x: [null(width(x), N), null(width(x), N), null(N, 1)]
        none = [function("k", zero.term) for zero in shapes(k)]
        zeros = for_each(s, lambda u, x: u.have(conjunction(*(zero == 0 for zero in shapes(x)))))
        empty = exists(free.V, free.Y, free.e, for_all(Variable("k", NAT), nothing))
        (V, Y, e), zero = t.obtain(s.witness(empty, *none, by=zeros), "V Y e")
        one = Strands(l, A, N, V, Y, e)

        def every(formula: Formula, names: str, *others: Nat) -> Known:
            """For all of these indices: both sides are 0, or there is no such index."""
            u = t.inner()
            known = [zero(x) for x in u.dims(names)]
            claim = formula
            for name in names.split():
                claim = opened_at(claim, nat(name))
            bounds = []
            while isinstance(claim, Implies):
                bounds.append(u.given(claim.left))
                claim = claim.right
            more = [zero(x) for x in others]
            impossible = at_least(N, nat(names.split(maxsplit=1)[0]) + 1) in [bound.formula for bound in bounds]
            return u.close(absurd(u, claim, *bounds) if impossible else u.have(claim, *known, *more))

        parts = [*conjuncts(one.formula()), one.done_below(nat(0))]
        names = "k", "k", "i j k", "n", "i", "i j", "k"
        pairs = zip(parts, names, ((), (k + 1,), (), (), (), (), ()), strict=True)
        proved = [every(part, name, *more) for part, name, more in pairs]
        return t.close(given(t, done(nat(0)), one, both(*proved[:-1]), proved[-1]))

    def layer(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        inside = t.linear(at_least(l, a), below)

        def begin() -> Known:
            u = t.inner()
            one, (strands, full) = opened(u, so_far)
            enough = left_or(rank_is(u, one, strands, a, inside)[0], one.taken(a) == ident(width(a)))
            return u.close(given(u, begun(a, nat(0)), one, strands, full, enough))

        def rise(u: Context, rank: Nat, _: Known, known: Known) -> Known:
            v = u.inner()
            one, (strands, full, state) = opened(v, known)
            whole, goal = one.taken(a) == ident(width(a)), begun(a, rank + 1)

            def finished(yes: Known) -> Known:
                return given(v, goal, one, strands, full, or_right_of(tr(one.taken(a)) >= number(rank + 1), yes))

            def another(high: Known, no: Known) -> Known:
                w = v.inner()
                named = {"l": l, "a": a, "N": one.count, "d": d, "A": A, "V": one.V, "Y": one.Y, "e": one.e}
                split = s.cite("interval-split", **named)(strands, full, inside, no)
                (V, Y, e), grown = w.obtain(split, "V2 Y2 e2")
                two = Strands(l, A, one.count + 1, V, Y, e)
                parts = grown.parts()
                new = two.taken(a) == ident(width(a))
                risen = left_or(w.linear(tr(two.taken(a)) >= number(rank + 1), high, parts[2]), new)
                return w.close(given(w, goal, two, parts[0], parts[1], risen))

            def low(high: Known) -> Known:
                return v.decide(whole, finished, lambda no: another(high, no))

            return v.close(v.either(state, low, finished))

        top = width(a) + 1
        steps = t.induction("m", top, lambda rank: begun(a, rank), begin(), rise)
        u = t.inner()
        one, (strands, full, state) = opened(u, steps(top, u.linear(at_least(top, top))))
        whole = one.taken(a) == ident(width(a))
        bound = rank_is(u, one, strands, a, inside)[1]
        complete = u.either(state, lambda high: anything(u.linear(Falsum(), high, bound), whole), lambda yes: yes)
        v = u.inner()
        (x,) = v.dims("k")
        x_a = v.given(at_least(a + 1, x + 1))
        claim = lambda w: one.taken(w) == ident(width(w))
        each = compare(
            v,
            x,
            a,
            lambda equal: v.moved(claim, complete, a, x, equal),
            lambda less: full(x, less),
            lambda more: absurd(v, claim(x), more, x_a),
        )
        return u.close(given(u, done(a + 1), one, strands, v.close(each)))

    every = s.induction("a", l + 1, done, first(), layer)
    one, (strands, full) = opened(s, every(l + 1, s.linear(at_least(l + 1, l + 1))))
    t = s.inner()
    (x,) = t.dims("k")
    x_l = t.given(at_least(l, x))
    each = t.close(full(x, t.linear(at_least(l + 1, x + 1), x_l)))
    goal = strands_exist(l, A, lambda one: up_to(l, one.taken(k) == ident(width(k))))
    s.conclude(goal, by=given(s, goal, one, strands, each))


# ----------------------------------------------------------------------------------------------- bases of the layers


@dataclass(frozen=True)
class Splitting:
    """Bases B[k] of the layers, with inverses Bi[k], and J[k] : N x d[k] that places them among N intervals."""

    depth: Nat
    A: Variable
    count: Nat
    e: Variable
    J: Variable
    B: Variable
    Bi: Variable

    @classmethod
    def named(cls, depth: Nat, A: Variable, count: Nat) -> Splitting:
        """With the letters e, J, B, Bi."""
        e = family("e", "n", matrix_sort(count, 1))
        J = family("J", "k", matrix_sort(count, width(k)))
        B, Bi = (family(name, "k", matrix_sort(width(k), width(k))) for name in ("B", "Bi"))
        return cls(depth, A, count, e, J, B, Bi)

    def letters(self) -> tuple[Variable, ...]:
        """e, J, B, Bi."""
        return self.e, self.J, self.B, self.Bi

    def alive(self, index: Nat) -> Expr:
        """J[k] J[k]'."""
        return of(self.J, index) @ of(self.J, index).T

    def formula(self) -> Formula:
        """In the bases B[k] layer k is J[k+1]'J[k]: what is alive in both layers is passed on."""
        J, B, Bi = of(self.J, k), of(self.B, k), of(self.Bi, k)
        bases = conjunction(J.T @ J == ident(width(k)), B @ Bi == ident(width(k)), Bi @ B == ident(width(k)))
        layer = of(self.A, k) == of(self.B, k + 1) @ of(self.J, k + 1).T @ J @ Bi
        return conjunction(
            orthonormal(self.count, self.e),
            up_to(self.depth, bases),
            each_layer(self.depth, layer),
            each_lives(self.alive, self.count, self.e, self.depth),
        )

    def convex(self) -> Formula:
        """What is alive in the layers i and k is alive between them, in the bases."""
        J = lambda x: of(self.J, x)
        joined = J(k).T @ J(j) @ J(j).T @ J(i) == J(k).T @ J(i)
        body = implication(at_least(j, i), at_least(k, j), at_least(self.depth, k), joined)
        return for_all(*(Variable(name, NAT) for name in "ijk"), body)


def splitting_exists(depth: Nat, A: Variable, more: Callable[[Splitting], Formula]) -> Formula:
    """There is a splitting, with more that is said of it."""
    one = Splitting.named(depth, A, nat("N"))
    return exists(Variable("N", NAT), *one.letters(), And(one.formula(), more(one)))


@statement(
    "chain-splits", "every chain splits, and what lives on both sides of a layer lives in it", kind="lemma", hidden=True
)
def chain_splits(s: Script) -> None:
    """The columns of J[k] are a basis of the coordinates that are alive; then B[k] = V[k] J[k], with inverse J'Y'."""
    (l,) = s.dims("l")
    s.let(d)
    A = s.let(weights())
    (count, V_, Y_, e), known = s.obtain(s.cite("intervals-exist", l=l, d=d, A=A), "N V Y e")
    one = Strands(l, A, count, V_, Y_, e)
    strands, full = known.parts()
    dual, carried, convex, alive, unit, zero = strands.parts()
    V, Y, D = (lambda x: of(V_, x)), (lambda x: of(Y_, x)), one.alive

    state = Variable("J", matrix_sort(count, width(k)))

    def places(index: Nat, size: Nat, J: Expr) -> Formula:
        return conjunction(J.T @ J == ident(size), J @ J.T == D(index))

    def place(t: Context, x: Nat, x_l: Known) -> Known:
        projector = t.have(conjunction(D(x).T == D(x), D(x) @ D(x) == D(x)), dual(x, x_l))
        u = t.inner()
        (w, W), columns_ = u.obtain(from_fact("basis").at(P=D(x))(*projector.parts()), "w W")
        sized = lambda size: exists(
            Variable("J", matrix_sort(count, size)), places(x, size, of(Variable("J", matrix_sort(count, size))))
        )
        as_many = u.have(number(width(x)) == number(w), columns_, full(x, x_l))
        here = u.witness(sized(w), W, by=columns_)
        return u.close(u.moved(sized, here, w, width(x), as_many))

    each = for_each_below(s, l, place)
    (start,), at_0 = s.obtain(each(nat(0), s.linear(at_least(l, 0))), "J0")

    def step(t: Context, x: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        (following,), placed_ = t.obtain(each(x + 1, below), "J1")
        return (following,), placed_

    chosen = s.recursion("k", l, [state], (start,), places(k, width(k), of(state)), None, at_0, step)
    (J_,), of_J = s.obtain(chosen, "J")
    J_is = of_J.parts()[-1]
    J = lambda x: of(J_, x)
    values = (lambda x: V(x) @ J(x)), (lambda x: J(x).T @ Y(x).T)
    free = Splitting.named(l, A, count)
    named = for_all(Variable("k", NAT), conjunction(of(free.B, k) == values[0](k), of(free.Bi, k) == values[1](k)))
    same_ = for_each(s, lambda t, x: t.have(conjunction(*(value(x) == value(x) for value in values))))
    bases = s.witness(exists(free.B, free.Bi, named), *(function("k", value(k).term) for value in values), by=same_)
    (B_, Bi_), is_B = s.obtain(bases, "B Bi")
    two = Splitting(l, A, count, e, J_, B_, Bi_)
    B, Bi = (lambda x: of(B_, x)), (lambda x: of(Bi_, x))

    def basis(t: Context, x: Nat, x_l: Known) -> Known:
        reasons = J_is(x, x_l), dual(x, x_l), full(x, x_l)
        forth = t.have(V(x) @ J(x) @ J(x).T @ Y(x).T == ident(width(x)), *reasons)
        back = t.have(J(x).T @ Y(x).T @ V(x) @ J(x) == ident(width(x)), *reasons)
        return both(
            t.have(J(x).T @ J(x) == ident(width(x)), reasons[0]),
            t.have(B(x) @ Bi(x) == ident(width(x)), is_B(x), forth),
            t.have(Bi(x) @ B(x) == ident(width(x)), is_B(x), back),
        )

    def layer(t: Context, x: Nat) -> Known:
        below = t.given(at_least(l, x + 1))
        x_l = t.linear(at_least(l, x), below)
        A_x = of(A, x)
        passes = t.have(A_x == V(x + 1) @ D(x) @ Y(x).T, carried(x, below), full(x, x_l))
        short = t.have(A_x == V(x + 1) @ Y(x).T, passes, dual(x, x_l))
        right = V(x + 1) @ J(x + 1) @ J(x + 1).T @ J(x) @ J(x).T @ Y(x).T
        long = t.have(right == V(x + 1) @ Y(x).T, J_is(x, x_l), J_is(x + 1, below), dual(x, x_l), dual(x + 1, below))
        return t.have(A_x == B(x + 1) @ J(x + 1).T @ J(x) @ Bi(x), short, long, is_B(x), is_B(x + 1))

    def life(t: Context, x: Nat) -> Known:
        less = t.given(at_least(count, x + 1))
        (a, b), lived = t.obtain(alive(x, less), "a b")

        def at(u: Context, w: Nat, w_l: Known) -> Known:
            claim = lives_at(two.alive, of(e, x), w, a, b)
            was, places_ = lived[2](w, w_l), J_is(w, w_l)
            return each_case(u, claim, lambda v, part, case, bounds: v.have(case, was[part](*bounds), places_))

        every = for_each_below(t, l, at)
        ends = Variable("a", NAT), Variable("b", NAT)
        goal = exists(*ends, lives(two.alive, of(e, x), l, nat("a"), nat("b")))
        return t.witness(goal, a, b, by=both(lived[0], lived[1], every))

    t = s.inner()
    x, z, w = t.dims("i j k")
    low, high, w_l = t.given(at_least(z, x)), t.given(at_least(w, z)), t.given(at_least(l, w))
    z_l = t.linear(at_least(l, z), high, w_l)
    x_l = t.linear(at_least(l, x), low, z_l)
    projectors = J(w) @ J(w).T @ J(z) @ J(z).T @ J(x) @ J(x).T == J(w) @ J(w).T @ J(x) @ J(x).T
    within = t.have(projectors, convex(x, z, w, low, high, w_l), J_is(x, x_l), J_is(z, z_l), J_is(w, w_l))
    joined = J(w).T @ J(z) @ J(z).T @ J(x) == J(w).T @ J(x)
    units = t.have(
        conjunction(J(x).T @ J(x) == ident(width(x)), J(w).T @ J(w) == ident(width(w))), J_is(x, x_l), J_is(w, w_l)
    )
    between_ = t.close(t.have(joined, within, units))

    split = both(both(unit, zero), for_each_below(s, l, basis), for_each(s, layer), for_each(s, life, "n"))
    goal = splitting_exists(l, A, Splitting.convex)
    s.conclude(goal, by=s.witness(goal, count, e, J_, B_, Bi_, by=both(split, between_)))


@statement("T9.1", "in suitable bases every layer passes basis vectors on: the network splits into intervals")
def t9_splits(s: Script) -> None:
    """At every depth, for all widths and weights. There are N intervals, with the coordinates e[0], ..., e[N-1] of R^N.

    J[k] J[k]' keeps the coordinates that are alive in layer k: e[n] is from layer a to layer b, and in no other. The
    vectors B[k] J[k]'e[n] of those that are alive are a basis of layer k (dual to Bi[k]'J[k]'e[n]), and A[k]
    sends that of e[n] to that of e[n] in layer k + 1, which is zero where n ends: A[k] = B[k+1] J[k+1]'J[k] Bi[k]. Only
    B[1], ..., B[l-1] change the network; the columns of B[l] are the left vectors, the rows of Bi[0] the right vectors
    in which the intervals end.
    """
    (l,) = s.dims("l")
    s.let(d)
    A = s.let(weights())
    (count, *letters), known = s.obtain(s.cite("chain-splits", l=l, d=d, A=A), "N e J B Bi")
    one = Splitting.named(l, A, nat("N"))
    goal = exists(Variable("N", NAT), *one.letters(), one.formula())
    s.conclude(goal, by=s.witness(goal, count, *letters, by=known[0]))
