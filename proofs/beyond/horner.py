"""Polynomials of any degree, by Horner's scheme.

There is no binder for sums. A polynomial with coefficients c[0], c[1], ... (the highest first) has the values

    h[0] = 0,  h[k+1] = t h[k] + c[k],  so that h[n+1] = c[0] t^n + c[1] t^(n-1) + ... + c[n]

where the coefficients are numbers or matrices.
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Sort,
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
from symbolic_cp.prover.context import Context, Known, Term, anything, both, reciprocal
from symbolic_cp.prover.expression import Expr, null, number, of

i, k = nat("i"), nat("k")


def horner(t: Expr, c: Callable[[Nat], Expr], h: Variable, bound: Nat) -> Formula:
    """h[0] = 0 and h[k+1] = t h[k] + c[k] for k < bound."""
    grows = of(h, k + 1) == t * of(h, k) + c(k)
    return conjunction(of(h, 0) == 0, for_all(Variable("k", NAT), Implies(at_least(bound, k + 1), grows)))


def vanish(c: Variable, first: Nat, last: Nat) -> Formula:
    """c[first] = ... = c[last] = 0."""
    return for_all(Variable("i", NAT), Implies(at_least(last, first + i), of(c, first + i) == 0))


def values(s: Context, t: Expr, c: Callable[[Nat], Expr], bound: Nat, name: str) -> tuple[Variable, Known]:
    """Horner's values for the coefficients c, by recursion."""
    shape = c(nat(0)).term.shape
    sort = SCALAR if shape is None else Sort("matrix", *shape)
    state, following = Variable(name, sort), Variable(f"{name}_next", sort)
    start = number(0) if shape is None else null(*shape)
    true = s.have(number(0) == 0)

    def step(inner: Context, a: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        value = t * of(state) + c(a)
        return (value,), both(inner.have(number(0) == 0), inner.have(value == value))

    relation = of(following) == t * of(state) + c(nat("k"))
    made = s.recursion("k", bound, [state], (start,), number(0) == 0, relation, true, step)
    (h,), known = s.obtain(made, name)
    assert isinstance(h, Variable)
    return h, both(known[0], known[2])


@statement("horner-next", "(P + tQ) times a polynomial of degree n is one of degree n + 1", kind="lemma", hidden=True)
def horner_next(s: Script) -> None:
    """The coefficients are Q c[0], P c[0] + Q c[1], P c[1] + Q c[2], ...; by induction H'[j+1] = P H[j] + Q H[j+1]."""
    n, N = s.dims("n N")
    s.dims("a b m")
    P, Q = s.matrices("P: a x b, Q: a x b")
    c = s.family("c", "k", matrix_sort("b", "m"))
    inside = s.given(at_least(N, n), "n <= N")
    ends = s.given(vanish(c, n, N), "c[n] = ... = c[N] = 0")
    state, following = Variable("e", matrix_sort("a", "m")), Variable("e_next", matrix_sort("a", "m"))
    true = s.have(number(0) == 0)

    def make(t: Context, j: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        value = P @ of(c, j) + Q @ of(c, j + 1)
        return (value,), both(t.have(number(0) == 0), t.have(value == value))

    relation = of(following) == P @ of(c, k) + Q @ of(c, k + 1)
    made = s.recursion("k", N, [state], (Q @ of(c, 0),), number(0) == 0, relation, true, make)
    (e,), is_e = s.obtain(made, "e")
    starts, _, grows = is_e.parts()
    u = s.inner()
    (j,) = u.dims("i")
    below = u.given(at_least(N, n + 1 + j))
    none = both(ends(j, u.linear(at_least(N, n + j), below)), ends(j + 1, below))
    zero = u.close(u.have(of(e, n + 1 + j) == 0, grows(n + j, below), none))

    u = s.inner()
    t = u.scalar("t")
    H_next = u.let(family("H_next", "k", matrix_sort("a", "m")))
    of_next = u.given(horner(t, lambda j: of(e, j), H_next, N + 1))
    H, of_H = values(u, t, lambda j: of(c, j), N + 1, "H")

    def claim(j: Nat) -> Formula:
        return of(H_next, j + 1) == P @ of(H, j) + Q @ of(H, j + 1)

    first = u.linear(at_least(N + 1, 1))
    base = u.have(claim(nat(0)), of_next[0], of_next[1](nat(0), first), of_H[0], of_H[1](nat(0), first), starts)

    def step(v: Context, j: Nat, below: Known, so_far: Known) -> Known:
        here, there = v.linear(at_least(N + 1, j + 1), below), v.linear(at_least(N + 1, j + 2), below)
        made_ = of_next[1](j + 1, there), of_H[1](j, here), of_H[1](j + 1, there)
        return v.have(claim(j + 1), so_far, *made_, grows(j, below))

    every = u.induction("i", N, claim, base, step)
    last = ends(nat(0), inside), of_H[1](n, u.linear(at_least(N + 1, n + 1), inside))
    value = u.have(of(H_next, n + 1) == (P + t * Q) @ of(H, n), every(n, inside), *last)
    H_ = family("H", "k", matrix_sort("b", "m"))
    product = of(H_next, n + 1) == (P + t * Q) @ of(H_, n)
    found = exists(H_, conjunction(horner(t, lambda j: of(c, j), H_, N + 1), product))
    each = u.close(u.witness(found, H, by=both(of_H, value)))
    free = family("e", "k", matrix_sort("a", "m"))
    T = Variable("t", SCALAR)
    given = horner(of(T), lambda j: of(free, j), H_next, N + 1)
    goal = exists(
        free,
        conjunction(
            of(free, 0) == Q @ of(c, 0),
            vanish(free, n + 1, N),
            for_all(T, H_next, Implies(given, found)),
        ),
    )
    s.conclude(goal, by=s.witness(goal, e, by=both(starts, zero, each)))


@statement("horner-bound", "a polynomial is bounded for 0 < t <= 1", kind="lemma", hidden=True)
def horner_bound(s: Script) -> None:
    """h[k+1]^2 <= 2 h[k]^2 + 2 c[k]^2."""
    (n,) = s.dims("n")
    c = s.family("c", "k", SCALAR)
    T, h_, M_ = Variable("t", SCALAR), family("h", "k", SCALAR), Variable("M", SCALAR)

    def bounded(j: Nat, M: Expr) -> Formula:
        t = of(T)
        reasons = t > 0, t <= 1, horner(t, lambda a: of(c, a), h_, n)
        return for_all(T, h_, implication(*reasons, of(h_, j) * of(h_, j) <= M))

    def claim(j: Nat) -> Formula:
        return exists(M_, conjunction(of(M_) >= 0, bounded(j, of(M_))))

    def point(u: Context) -> tuple[Expr, Variable, Known, Known, Known]:
        t = u.scalar("t")
        h = u.let(h_)
        return t, h, u.given(t > 0), u.given(t <= 1), u.given(horner(t, lambda a: of(c, a), h, n))

    u = s.inner()
    _, h, _, _, of_h = point(u)
    zero = u.have(of(h, 0) * of(h, 0) <= 0, of_h[0], sum=[Term(squares=(number(0),))])
    base = s.witness(claim(nat(0)), 0, by=both(s.have(number(0) >= 0, sum=[Term(squares=(number(0),))]), u.close(zero)))

    def step(v: Context, j: Nat, below: Known, so_far: Known) -> Known:
        (M,), known = v.obtain(so_far, "M")
        more = 2 * M + 2 * of(c, j) * of(c, j)
        u = v.inner()
        t, h, positive, small, of_h = point(u)
        last = known[1](t, h, positive, small, of_h)
        rest = u.have(1 - t * t >= 0, sum=[Term(times=(small,)), Term(times=(small, positive))])
        bound = u.have(
            of(h, j + 1) * of(h, j + 1) <= more,
            of_h[1](j, below),
            sum=[
                Term(2, times=(last,)),
                Term(2, squares=(of(h, j),), times=(rest,)),
                Term(squares=(t * of(h, j) - of(c, j),)),
            ],
        )
        nonneg = v.have(more >= 0, sum=[Term(2, times=(known[0],)), Term(2, squares=(of(c, j),))])
        return v.witness(claim(j + 1), more, by=both(nonneg, u.close(bound)))

    every = s.induction("i", n, claim, base, step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))


@statement("horner-nonzero", "a polynomial with c[0] != 0 is not 0 at some small t > 0", kind="lemma", hidden=True)
def horner_nonzero(s: Script) -> None:
    """t > 0 with t^2 b < q. Where the constant term is 0, t is a factor; else t is so small that it wins."""
    (n,) = s.dims("n")
    c = s.family("c", "k", SCALAR)
    lead = s.given(of(c, 0) != 0, "c[0] != 0")
    B_, Q_, T, h_ = (*(Variable(x, SCALAR) for x in "bqt"), family("h", "k", SCALAR))

    def at(j: Nat, t: Expr) -> Formula:
        return for_all(h_, Implies(horner(t, lambda a: of(c, a), h_, j + 1), of(h_, j + 1) != 0))

    def found(j: Nat, b: Expr, q: Expr) -> Formula:
        return exists(T, conjunction(of(T) > 0, of(T) * of(T) * b < q, at(j, of(T))))

    def claim(j: Nat) -> Formula:
        return for_all(B_, Q_, implication(of(B_) >= 0, of(Q_) > 0, found(j, of(B_), of(Q_))))

    def point(u: Context) -> tuple[Expr, Expr, Known, Known]:
        b, q = u.scalar("b"), u.scalar("q")
        return b, q, u.given(b >= 0), u.given(q > 0)

    u = s.inner()
    b, q, b0, q0 = point(u)
    zero = u.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
    unit = u.have(number(1) > 0, sum=[Term()])
    (t,), ht = u.obtain(s.cite("small", a=number(0), b=b, p=number(1), q=q)(zero, b0, unit, q0), "t")
    v = u.inner()
    h = v.let(h_)
    of_h = v.given(horner(t, lambda a: of(c, a), h, nat(1)))
    root = v.given(of(h, 1) == 0)
    no = v.close(lead(v.have(of(c, 0) == 0, of_h[0], of_h[1](nat(0), v.linear(at_least(nat(1), 1))), root)))
    base = u.close(u.witness(found(nat(0), b, q), t, by=both(ht[0], ht[3], no)))

    def step(w: Context, j: Nat, below: Known, so_far: Known) -> Known:
        u = w.inner()
        b, q, b0, q0 = point(u)
        constant = of(c, j + 1)

        def root_at(v: Context, t: Expr) -> tuple[Variable, Known, Known, Known]:
            """A root of degree j + 1, its values up to degree j, and the last one."""
            h = v.let(h_)
            of_h = v.given(horner(t, lambda a: of(c, a), h, j + 2))
            root = v.given(of(h, j + 2) == 0)
            x = v.inner()
            (a,) = x.dims("k")
            under = x.given(at_least(j + 1, a + 1))
            less = both(of_h[0], x.close(of_h[1](a, x.linear(at_least(j + 2, a + 1), under))))
            last = of_h[1](j + 1, v.linear(at_least(j + 2, j + 2)))
            return h, less, v.have(t * of(h, j + 1) + constant == 0, root, last), last

        def factor(zero: Known) -> Known:
            x = u.inner()
            (t,), ht = x.obtain(so_far(b, q, b0, q0), "t")
            v = x.inner()
            h, less, last, _ = root_at(v, t)
            (y,), inverse = v.obtain(reciprocal(ht[0]), "y")
            falsum = ht[2](h, less, v.have(of(h, j + 1) == 0, last, inverse, zero))
            return x.close(x.witness(found(j + 1, b, q), t, by=both(ht[0], ht[1], v.close(falsum))))

        def dominated(not_zero: Known) -> Known:
            x = u.inner()
            square = constant * constant
            size = x.by_sign(
                constant,
                lambda z: anything(not_zero(z), square > 0),
                lambda p: x.have(square > 0, sum=[Term(times=(p, p))]),
                lambda m: x.have(square > 0, sum=[Term(times=(m, m))]),
            )
            (M,), bound = x.obtain(s.cite("horner-bound", n=j + 1, c=c), "M")
            (t,), ht = x.obtain(s.cite("small", a=M, b=b, p=square, q=q)(bound[0], b0, size, q0), "t")
            v = x.inner()
            h, less, last, _ = root_at(v, t)
            below_M = bound[1](t, h, ht[0], ht[1], less)
            same = v.have(square == t * t * of(h, j + 1) * of(h, j + 1), last)
            falsum = v.have(
                Falsum(),
                same,
                sum=[
                    Term(times=(ht[2],)),
                    Term(times=(ht[0], ht[1], bound[0])),
                    Term(squares=(t,), times=(below_M,)),
                ],
            )
            return x.close(x.witness(found(j + 1, b, q), t, by=both(ht[0], ht[3], v.close(falsum))))

        return u.close(u.decide(constant == 0, factor, dominated))

    every = s.induction("i", n, claim, base, step)
    s.conclude(claim(n), by=every(n, s.linear(at_least(n, n))))
