"""The interval is split off: it joins the strands as one coordinate more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Formula,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, anything, both, from_fact
from symbolic_cp.prover.expression import Expr, ident, of, tr
from symbolic_cp.prover.show import function

from ..families import same
from ..networks import k, width
from .chains import apart, compare, distinct
from .intervals import some_strands
from .strands import (
    Strands,
    absurd,
    d,
    each_case,
    each_lives,
    for_each,
    for_each_below,
    lives_at,
    opened_at,
    placed,
)


@dataclass(frozen=True)
class Longer:
    """The strands `one`, the vectors v, y of an interval [a, b] beside them, and the longer strands `two`.

    V2[k] = V[k] J' + v[k] c' and Y2[k] = Y[k] J' + y[k] c', e2[n] = J e[n] and e2[N] = c, where [J c] is orthogonal.
    """

    s: Context
    one: Strands
    known: Known
    two: Strands
    v: Variable
    y: Variable
    ends: tuple[Nat, Nat]
    new: Known
    J: Expr
    c: Expr
    orthogonal: Known
    is_column: Known
    is_coordinate: Known

    @property
    def depth(self) -> Nat:
        """The number of layers."""
        return self.one.depth

    def live(self, x: Nat) -> Expr:
        """y[k]'v[k]: 1 where the interval is alive."""
        return of(self.y, x).T @ of(self.v, x)

    def V(self, x: Nat) -> Expr:
        """What V2[k] is."""
        return of(self.one.V, x) @ self.J.T + of(self.v, x) @ self.c.T

    def Y(self, x: Nat) -> Expr:
        """What Y2[k] is."""
        return of(self.one.Y, x) @ self.J.T + of(self.y, x) @ self.c.T

    def D(self, x: Nat) -> Expr:
        """What D2[k] is: J D[k] J' + c y'v c'."""
        return self.J @ self.one.alive(x) @ self.J.T + self.c @ self.live(x) @ self.c.T

    def D_is(self, t: Context, x: Nat, x_l: Known) -> Known:
        """D2[k] is that."""
        return t.have(self.two.alive(x) == self.D(x), self.is_column(x), self.new[3](x, x_l))

    def shape(self, x: Nat, x_l: Known) -> Known:
        """Where the interval is alive y'v = 1, and v = y = 0 below it and above it."""
        return self.new[2](x, x_l)

    def old(self, t: Context, x: Nat, less: Known) -> Known:
        """e2[n] = J e[n] for n < N."""
        count = self.one.count
        return self.is_coordinate[1](x, t.linear(at_least(count, x), less), apart(t, count, x, less)[0])

    def dual(self, t: Context, x: Nat, x_l: Known) -> Known:
        """V2 D2 = V2, D2 Y2' = Y2' and D2' = D2: true of what they are, so of them."""
        V2, Y2, D2 = of(self.two.V, x), of(self.two.Y, x), self.two.alive(x)
        beside, dual = self.new[3](x, x_l), self.known[0](x, x_l)
        parts = []
        for claim in (lambda V, _, D: V @ D == V), (lambda _, Y, D: D @ Y.T == Y.T), (lambda _, __, D: D.T == D):
            written = t.have(claim(self.V(x), self.Y(x), self.D(x)), dual, beside, self.orthogonal)
            parts.append(t.have(claim(V2, Y2, D2), written, self.D_is(t, x, x_l), self.is_column(x)))
        return both(*parts)

    def carried(self, t: Context, x: Nat) -> Known:
        """A V2[k] = V2[k+1] D2[k] and Y2[k+1]'A = D2[k+1] Y2[k]'."""
        below = t.given(at_least(self.depth, x + 1))
        x_l = t.linear(at_least(self.depth, x), below)
        A, V2, Y2 = of(self.one.A, x), (lambda w: of(self.two.V, w)), (lambda w: of(self.two.Y, w))
        columns_ = self.is_column(x), self.is_column(x + 1)
        reasons = self.known[1](x, below), self.new[4](x, below), *columns_, self.orthogonal
        up = t.have(A @ V2(x) == V2(x + 1) @ self.two.alive(x), *reasons, self.D_is(t, x, x_l))
        down = Y2(x + 1).T @ A == self.two.alive(x + 1) @ Y2(x).T
        return both(up, t.have(down, *reasons, self.D_is(t, x + 1, below)))

    def convex(self, t: Context) -> Known:
        """Between two layers where the interval is alive, it is alive; so D2[k] D2[j] D2[i] = D2[k] D2[i]."""
        (a, b), l = self.ends, self.depth
        x, z, w = t.dims("i j k")
        low, high, w_l = t.given(at_least(z, x)), t.given(at_least(w, z)), t.given(at_least(l, w))
        z_l = t.linear(at_least(l, z), high, w_l)
        x_l = t.linear(at_least(l, x), low, z_l)
        joined = self.live(w) @ self.live(z) @ self.live(x) == self.live(w) @ self.live(x)

        def none(which: Nat, which_l: Known, part: int) -> Callable[[Known], Known]:
            return lambda bound: t.have(joined, self.shape(which, which_l)[part](bound))

        def from_x(from_a: Known, _: Known) -> Known:
            def to_w(_: Known, to_b: Known) -> Known:
                inside = t.linear(at_least(z, a), from_a, low), t.linear(at_least(b, z), to_b, high)
                return t.have(joined, self.shape(z, z_l)[0](*inside))

            return placed(t, w, a, b, none(w, w_l, 1), to_w, none(w, w_l, 2))

        alike = placed(t, x, a, b, none(x, x_l, 1), from_x, none(x, x_l, 2))
        was = self.known[2](x, z, w, low, high, w_l)
        sums = t.have(self.D(w) @ self.D(z) @ self.D(x) == self.D(w) @ self.D(x), was, alike, self.orthogonal)
        D2, named = self.two.alive, [self.D_is(t, one, one_l) for one, one_l in ((w, w_l), (z, z_l), (x, x_l))]
        return t.have(D2(w) @ D2(z) @ D2(x) == D2(w) @ D2(x), sums, *named)

    def life(self, index: Nat) -> Formula:
        """e2[index] lives on an interval of layers."""
        return opened_at(each_lives(self.two.alive, self.two.count, self.two.e, self.depth), index).right

    def lived(self, t: Context, x: Nat, a: Nat, b: Nat, was: Callable[[Nat, Known], Known], *by: Known) -> Known:
        """e2[x] lives from a to b, because `was(k, k <= l)` says so of what it comes from."""

        def at(u: Context, w: Nat, w_l: Known) -> Known:
            claim = lives_at(self.two.alive, of(self.two.e, x), w, a, b)
            reasons = self.D_is(u, w, w_l), self.orthogonal, *by
            return each_case(u, claim, lambda v, part, case, bounds: v.have(case, was(w, w_l)[part](*bounds), *reasons))

        return for_each_below(t, self.depth, at)

    def alive(self, t: Context, x: Nat) -> Known:
        """Every e2[n] lives on an interval: that of e[n], or [a, b] for n = N."""
        count, more = self.one.count, t.given(at_least(self.two.count, x + 1))
        bounds = both(self.new[0], self.new[1])
        newest = self.lived(t, count, *self.ends, self.shape, self.is_coordinate[0])
        top = t.witness(self.life(count), *self.ends, by=both(*bounds.parts(), newest))

        def earlier(less: Known) -> Known:
            u = t.inner()
            (a, b), lived = u.obtain(self.known[3](x, less), "a0 b0")
            still = self.lived(u, x, a, b, lived[2], self.old(u, x, less))
            return u.close(u.witness(self.life(x), a, b, by=both(lived[0], lived[1], still)))

        same_ = lambda equal: t.moved(self.life, top, count, x, equal)
        return compare(t, x, count, same_, earlier, lambda bound: absurd(t, self.life(x), bound, more))

    def unit(self, t: Context, x: Nat) -> Known:
        """e2[n]'e2[n] = 1."""
        count, more = self.one.count, t.given(at_least(self.two.count, x + 1))
        claim = lambda w: of(self.two.e, w).T @ of(self.two.e, w) == ident(1)
        top = t.have(claim(count), self.is_coordinate[0], self.orthogonal)
        same_ = lambda equal: t.moved(claim, top, count, x, equal)
        earlier = lambda less: t.have(claim(x), self.old(t, x, less), self.known[4](x, less), self.orthogonal)
        return compare(t, x, count, same_, earlier, lambda bound: absurd(t, claim(x), bound, more))

    def zero(self, t: Context) -> Known:
        """e2[i]'e2[j] = 0 for i != j."""
        x, z = t.dims("i j")
        count, top = self.one.count, self.is_coordinate[0]
        x_more, z_more = (t.given(at_least(self.two.count, one + 1)) for one in (x, z))
        differ = t.given(distinct(x, z))
        claim = lambda w, u: of(self.two.e, w).T @ of(self.two.e, u) == 0
        beyond = lambda more: lambda bound: absurd(t, claim(x, z), bound, more)

        def x_old(less: Known) -> Known:
            was = self.old(t, x, less)
            last = t.have(claim(x, count), was, top, self.orthogonal)
            same_ = lambda equal: t.moved(lambda u: claim(x, u), last, count, z, equal)

            def z_old(z_less: Known) -> Known:
                zero = self.known[5](x, z, less, z_less, differ)
                return t.have(claim(x, z), was, self.old(t, z, z_less), zero, self.orthogonal)

            return compare(t, z, count, same_, z_old, beyond(z_more))

        def x_top(equal: Known) -> Known:
            def z_old(less: Known) -> Known:
                last = t.have(claim(count, z), self.old(t, z, less), top, self.orthogonal)
                return t.moved(lambda u: claim(u, z), last, count, x, equal)

            both_top = lambda other: anything(differ(t.have(same(x, z), equal, other)), claim(x, z))
            return compare(t, z, count, both_top, z_old, beyond(z_more))

        return compare(t, x, count, x_top, x_old, beyond(x_more))

    def strands(self) -> Known:
        """The longer strands are strands."""
        s, l = self.s, self.depth
        convex, zero = s.inner(), s.inner()
        return both(
            for_each_below(s, l, self.dual),
            for_each(s, self.carried),
            convex.close(self.convex(convex)),
            for_each(s, self.alive, "n"),
            for_each(s, self.unit, "i"),
            zero.close(self.zero(zero)),
        )


@statement(
    "interval-split", "an interval that begins in the first layer not done is split off", kind="lemma", hidden=True
)
def interval_split(s: Script) -> None:
    """The strands get one coordinate more, and the rank of V[a] Y[a]' grows by 1."""
    one, a, inside, known, full = some_strands(s)
    l, count, more = one.depth, one.count, one.count + 1
    rest = s.given(one.taken(a) != ident(width(a)), "layer a is not done")
    named = {"l": l, "a": a, "N": count, "d": d, "A": one.A, "V": one.V, "Y": one.Y, "e": one.e}
    found = s.cite("interval-vectors", **named)(known, full, inside, rest)
    (b, v, y), new = s.obtain(found, "b v y")
    (J, c), orthogonal = s.obtain(from_fact("split")(more, count, nat(1))(s.have(same(more, count + 1))), "J c")

    # the columns V2 and Y2, and the coordinates e2
    free = Strands.named(l, one.A, more, "V2 Y2 e2")
    V, Y = (lambda x: of(one.V, x) @ J.T + of(v, x) @ c.T), (lambda x: of(one.Y, x) @ J.T + of(y, x) @ c.T)
    is_column = lambda V2, Y2: conjunction(of(V2, k) == V(k), of(Y2, k) == Y(k))
    goal = exists(free.V, free.Y, for_all(Variable("k", NAT), is_column(free.V, free.Y)))
    made = for_each(s, lambda t, x: t.have(conjunction(V(x) == V(x), Y(x) == Y(x))))
    columns_ = s.witness(goal, function("k", V(k).term), function("k", Y(k).term), by=made)
    (V2, Y2), are_columns = s.obtain(columns_, "V2 Y2")
    spread = function("k", (J @ of(one.e, k)).term)
    exchanged = s.cite("replace", l=count, N=count, a=function("k", more), b=function("k", nat(1)), A=spread, V=c)
    (e2,), are_coordinates = s.obtain(exchanged(s.linear(at_least(count, count))), "e2")
    two = Strands(l, one.A, more, V2, Y2, e2)
    longer = Longer(s, one, known, two, v, y, (a, b), new, J, c, orthogonal, are_columns, are_coordinates)

    # what is done, and the rank
    def still(t: Context, x: Nat) -> Known:
        bound = t.given(at_least(a, x + 1))
        gone = longer.shape(x, t.linear(at_least(l, x), bound, inside))[1](bound)
        return t.have(two.taken(x) == ident(width(x)), are_columns(x), gone, full(x, bound), orthogonal)

    done = for_each(s, still)
    paired = longer.shape(a, inside)[0](s.linear(at_least(a, a)), new[0])
    written = s.have(V(a) @ Y(a).T == one.taken(a) + of(v, a) @ of(y, a).T, orthogonal)
    taken = s.have(two.taken(a) == one.taken(a) + of(v, a) @ of(y, a).T, are_columns(a), written)
    rank = lambda strands: tr(strands.taken(a))
    rises = s.have(rank(two) == rank(one) + 1, taken, paired)

    body = conjunction(free.formula(), free.done_below(a), rank(free) == rank(one) + 1)
    goal = exists(free.V, free.Y, free.e, body)
    s.conclude(goal, by=s.witness(goal, V2, Y2, e2, by=both(longer.strands(), done, rises)))
