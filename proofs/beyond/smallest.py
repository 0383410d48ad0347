"""The largest rank that an output can have: kappa = min(d[1], ..., d[l], rank X, rank(Y X+ X))."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    implication,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    left_or,
    or_right_of,
)
from symbolic_cp.prover.expression import Expr, number, of, tr

from ..layers import halves
from ..networks import Network, network, width
from .chains import compare

k = nat("k")


def smallest(net: Network, kappa: Expr, Xp: Expr, Zp: Expr) -> Formula:
    """kappa = min(d[1], ..., d[l], rank X, rank(Y X+ X)); Zp is the pseudoinverse of Y X+ X."""
    low, high = at_least(k, 1), at_least(net.depth, k)
    Z = net.Y @ Xp @ net.X
    rank_X, rank_Z = tr(net.X @ Xp), tr(Z @ Zp)
    one = exists(Variable("k", NAT), conjunction(low, high, kappa == number(width(k))))
    return conjunction(
        for_all(Variable("k", NAT), implication(low, high, kappa <= number(width(k)))),
        kappa <= rank_X,
        kappa <= rank_Z,
        Or(one, Or(kappa == rank_X, kappa == rank_Z)),
    )


@statement(
    "smallest-exists", "the minimum of d[1..l], rank X and rank(Y X+ X) exists, for l >= 1", kind="lemma", hidden=True
)
def smallest_exists(s: Script) -> None:
    """So that the hypothesis about kappa in T4 is no assumption."""
    net = network(s)
    l = net.depth
    deep = s.given(at_least(l, 1), "l >= 1")
    Xp, Zp = s.matrix("Xp", "m", width(0)), s.matrix("Zp", "m", width(l))
    rank_X, rank_Z = tr(net.X @ Xp), tr(net.Y @ Xp @ net.X @ Zp)
    kappa = Variable("kappa", SCALAR)

    def among(n: Nat, c: Expr) -> Formula:
        """c is the least of d[1], ..., d[n]."""
        low, high = at_least(k, 1), at_least(n, k)
        every = for_all(Variable("k", NAT), implication(low, high, c <= number(width(k))))
        return conjunction(every, exists(Variable("k", NAT), conjunction(low, high, c == number(width(k)))))

    def least(n: Nat) -> Formula:
        return exists(kappa, among(n, of(kappa)))

    def smaller(t: Context, first: Expr, second: Expr, left, right) -> Known:
        """`left(first <= second)` or `right(second <= first)`."""
        none = Term(squares=(number(0),))
        return t.by_sign(
            second - first,
            lambda zero: left(t.have(first <= second, zero, sum=[none])),
            lambda more: left(t.have(first <= second, sum=[Term(times=(more,))])),
            lambda less: right(t.have(second <= first, sum=[Term(times=(less,))])),
        )

    def one(n: Nat, t: Context, c: Expr, every, index: Nat, low: Known, high: Known, equal_: Known) -> Known:
        u = t.inner()
        (a,) = u.dims("k")
        a_low, a_high = u.given(at_least(a, 1)), u.given(at_least(n, a))
        found = exists(Variable("k", NAT), conjunction(at_least(k, 1), at_least(n, k), c == number(width(k))))
        known = both(u.close(every(u, a, a_low, a_high)), t.witness(found, index, by=both(low, high, equal_)))
        return t.witness(least(n), c, by=known)

    def shifted(n: Nat) -> Formula:
        return least(n + 1)

    first = one(
        nat(1),
        s,
        number(width(1)),
        lambda u, a, low, high: u.moved(
            lambda x: number(width(1)) <= number(width(x)),
            u.have(number(width(1)) <= number(width(1)), sum=[Term(squares=(number(0),))]),
            nat(1),
            a,
            same_number(u, a, nat(1), low, high),
        ),
        nat(1),
        s.linear(at_least(nat(1), 1)),
        s.linear(at_least(nat(1), nat(1))),
        s.have(number(width(1)) == number(width(1))),
    )

    def step(t: Context, n: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        (b,), of_b = c.obtain(so_far, "kappa")
        every, found = halves(of_b)
        new = number(width(n + 2))

        def keep(less: Known) -> Known:  # b <= d[n + 2]
            u = c.inner()
            (a,), at = u.obtain(found, "a")

            def each(v: Context, x: Nat, low: Known, high: Known) -> Known:
                goal = lambda y: b <= number(width(y))
                return compare(
                    v,
                    x,
                    n + 2,
                    lambda same: v.moved(goal, less, n + 2, x, same),
                    lambda smaller_: every(x, low, v.linear(at_least(n + 1, x), smaller_)),
                    lambda larger: anything(v.linear(Falsum(), high, larger), goal(x)),
                )

            return u.close(one(n + 2, u, b, each, a, at[0], u.linear(at_least(n + 2, a), at[1]), at[2]))

        def change(less: Known) -> Known:  # d[n + 2] <= b
            def each(v: Context, x: Nat, low: Known, high: Known) -> Known:
                goal = lambda y: new <= number(width(y))
                return compare(
                    v,
                    x,
                    n + 2,
                    lambda same: v.moved(goal, v.have(new <= new, sum=[Term(squares=(number(0),))]), n + 2, x, same),
                    lambda smaller_: v.have(
                        goal(x),
                        sum=[Term(times=(less,)), Term(times=(every(x, low, v.linear(at_least(n + 1, x), smaller_)),))],
                    ),
                    lambda larger: anything(v.linear(Falsum(), high, larger), goal(x)),
                )

            top = c.linear(at_least(n + 2, n + 2))
            return one(n + 2, c, new, each, n + 2, c.linear(at_least(n + 2, 1)), top, c.have(new == new))

        return c.close(smaller(c, b, new, keep, change))

    t = s.inner()
    (e,), rest = t.obtain(difference(deep, l, nat(1)), "e")
    widths = t.induction("n", e, shifted, first, step)(e, t.linear(at_least(e, e)))
    widths = t.close(t.moved(least, widths, e + 1, l, rest))

    (b,), of_b = s.obtain(widths, "b")
    every, found = halves(of_b)
    goal = exists(kappa, smallest(net, of(kappa), Xp, Zp))

    def conclude(t: Context, c: Expr, below_b: Known, below_X: Known, below_Z: Known, which: Known) -> Known:
        u = t.inner()
        (a,) = u.dims("k")
        low, high = u.given(at_least(a, 1)), u.given(at_least(l, a))
        each = u.close(u.have(c <= number(width(a)), sum=[Term(times=(below_b,)), Term(times=(every(a, low, high),))]))
        return t.witness(goal, c, by=both(each, below_X, below_Z, which))

    def refl(c: Expr) -> Known:
        return s.have(c <= c, sum=[Term(squares=(number(0),))])

    def cases(c: Expr) -> tuple[Formula, Formula, Formula]:
        width_ = exists(Variable("k", NAT), conjunction(at_least(k, 1), at_least(l, k), c == number(width(k))))
        return width_, c == rank_X, c == rank_Z

    def by_Z(below_b: Known, below_X: Known) -> Known:
        a, x, z = cases(rank_Z)
        which = or_right_of(a, or_right_of(x, s.have(z)))
        return conclude(s, rank_Z, below_b, below_X, refl(rank_Z), which)

    def by_b(below_X: Known) -> Known:
        _, x, z = cases(b)
        return smaller(
            s,
            b,
            rank_Z,
            lambda below_Z: conclude(s, b, refl(b), below_X, below_Z, left_or(found, Or(x, z))),
            lambda less: by_Z(less, s.have(rank_Z <= rank_X, sum=[Term(times=(less,)), Term(times=(below_X,))])),
        )

    def by_X(below_b: Known) -> Known:
        a, x, z = cases(rank_X)
        return smaller(
            s,
            rank_X,
            rank_Z,
            lambda below_Z: conclude(s, rank_X, below_b, refl(rank_X), below_Z, or_right_of(a, left_or(s.have(x), z))),
            lambda less: by_Z(s.have(rank_Z <= b, sum=[Term(times=(less,)), Term(times=(below_b,))]), less),
        )

    s.conclude(goal, by=smaller(s, b, rank_X, by_b, by_X))


def same_number(s: Context, first: Nat, second: Nat, low: Known, high: Known) -> Known:
    """first = second, from first >= second and second >= first."""
    goal = equal(scalar(first), scalar(second))
    wrong = lambda known: anything(s.linear(Falsum(), known, low, high), goal)
    return compare(s, first, second, lambda same: same, wrong, wrong)
