"""Matrices from their entries: coordinates are orthonormal, rows can be prescribed, sigma(M) exists.

Coordinates are those of `relu`: columns c[1], ..., c[n] whose c[k] c[k]' add up to I_n.
"""

from __future__ import annotations

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
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
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, Term, anything, both, difference, from_fact, one
from symbolic_cp.prover.expression import Expr, ident, norm2, null, number, of, tr

from .beyond.chains import compare, upward
from .families import same
from .relu import Coordinates, by_half, coordinates, is_sigma, rectified

k, v = nat("k"), nat("~0")


def at_place(
    t: Context,
    i: Nat,
    low: Known,
    claim: Callable[[Nat], Formula],
    prove: Callable[[Nat, Known], Known],
    name: str = "v",
) -> Known:
    """claim(i), from i >= 1 and claim(v + 1) for v = i - 1."""
    (before,), equation = t.obtain(difference(low, i, nat(1)), name)
    return t.moved(claim, prove(before, equation), before + 1, i, t.have(same(i, before + 1), equation))


# ------------------------------------------------------------------------------------------------- coordinates


def squares_along(s: Script, c: Coordinates, complete: Known, x: Expr, bound: Nat, high: Known) -> Known:
    """tr(x'C[m]x) >= tr(c[i]'x)^2 for i + 1 <= bound; m is the bound, which is at most the size."""
    start, grows, _ = complete.parts()
    f = Family(1, (tr(of(c.columns, v).T @ x) ** 2).term)
    S = Family(1, tr(x.T @ of(c.partial, v) @ x).term)
    t = s.inner()
    (a,) = t.dims("a")
    up = t.linear(at_least(c.size, a + 1), t.given(at_least(bound, a + 1)), high)
    column = of(c.columns, a + 1)
    value = tr(x.T @ of(c.partial, a + 1) @ x) == tr(x.T @ of(c.partial, a) @ x) + tr(column.T @ x) ** 2
    grown = t.close(t.have(value, grows(a, up), one(column.T @ x)))
    t = s.inner()
    (a,) = t.dims("a")
    t.given(at_least(bound, a + 1))
    value = tr(of(c.columns, a + 1).T @ x)
    squares = t.close(t.have(value**2 >= 0, sum=[Term(squares=(value,))]))
    zero = s.have(tr(x.T @ of(c.partial, 0) @ x) == 0, start)
    return s.cite("sum-term", r=bound, f=f, S=S)(zero, grown, squares)


@statement("coordinates-unit", "coordinates have length 1", kind="lemma", hidden=True)
def coordinates_unit(s: Script) -> None:
    """|c[i]|^2 >= |c[i]|^4, so that 1 - |c[i]|^2 >= 0; and these add up to n - tr I = 0."""
    (n,) = s.dims("n")
    c, complete = coordinates(s, "n", "c")
    start, grows, whole = complete.parts()
    t = s.inner()
    (i,) = t.dims("k")
    high = t.given(at_least(n, i + 1))
    x = c[i + 1]
    a = norm2(x)
    bound = squares_along(s, c, complete, x, n, s.linear(at_least(n, n)))(i, high)
    bound = t.have(a - a**2 >= 0, whole, sum=[Term(times=(bound,))])
    short = t.by_sign(
        1 - a,
        lambda zero: t.have(1 - a >= 0, zero, sum=[]),
        lambda yes: t.have(1 - a >= 0, sum=[Term(times=(yes,))]),
        lambda no: anything(
            t.have(Falsum(), sum=[Term(times=(bound,)), Term(squares=(a - 1,)), Term(times=(no,))]), 1 - a >= 0
        ),
    )
    all_short = t.close(short)
    f = Family(1, (1 - norm2(of(c.columns, v))).term)
    S = Family(1, (number(v) - tr(of(c.partial, v))).term)
    t = s.inner()
    (i,) = t.dims("k")
    up = grows(i, t.given(at_least(n, i + 1)))
    value = number(i + 1) - tr(of(c.partial, i + 1)) == number(i) - tr(of(c.partial, i)) + (1 - norm2(c[i + 1]))
    grown = t.close(t.have(value, up))
    empty = s.have(number(0) - tr(of(c.partial, 0)) == 0, start)
    total = s.have(number(n) - tr(of(c.partial, n)) == 0, whole)
    each = s.cite("sum-zero", r=n, f=f, S=S)(empty, grown, all_short, total)

    t = s.inner()
    (i,) = t.dims("i")
    low, high = t.given(at_least(i, 1)), t.given(at_least(n, i))
    claim = lambda m: c[m].T @ c[m] == ident(1)

    def here(u: Nat, equation: Known) -> Known:
        unit = each(u, t.linear(at_least(n, u + 1), high, equation))
        return t.have(claim(u + 1), unit, one(c[u + 1].T @ c[u + 1]))

    done = t.close(at_place(t, i, low, claim, here))
    s.conclude(done.formula, by=done)


@statement("coordinates-apart", "coordinates are orthogonal to each other", kind="lemma", hidden=True)
def coordinates_apart(s: Script) -> None:
    """|x|^2 is at least the sum of the squares of two of the coordinates of x = c[i], one of which is |x| = 1."""
    (n,) = s.dims("n")
    c, complete = coordinates(s, "n", "c")
    start, grows, whole = complete.parts()
    unit = s.cite("coordinates-unit", c=c.columns, Cs=c.partial)(complete)
    t = s.inner()
    i, j = t.dims("i j")
    low, up, high = t.given(at_least(i, 1)), t.given(at_least(j, i + 1)), t.given(at_least(n, j))
    x = c[i]
    length = unit(i, low, t.linear(at_least(n, i), up, high))
    S = lambda m: tr(x.T @ of(c.partial, m) @ x)
    claim = lambda m: c[m].T @ x == null(1, 1)

    def here(w: Nat, equation: Known) -> Known:
        inside = t.linear(at_least(n, w + 1), high, equation)
        low_w, room = t.linear(at_least(w, i), up, equation), t.linear(at_least(n, w), high, equation)
        below = lambda m: S(w) >= tr(c[m].T @ x) ** 2
        before = squares_along(s, c, complete, x, w, room)
        first = at_place(t, i, low, below, lambda a, e: before(a, t.linear(at_least(w, a + 1), low_w, e)), "u")
        value, y = tr(c[w + 1].T @ x), c[w + 1]
        more = lambda m: S(m) >= 1 + value**2
        square = one(y.T @ x)
        base = t.have(more(w + 1), grows(w, inside), square, length, sum=[Term(times=(first,))])

        def step(c_, m, low_, below_, so_far):
            new = of(c.columns, m + 1)
            return c_.have(more(m + 1), grows(m, below_), sum=[Term(times=(so_far,)), Term(grams=(new.T @ x,))])

        total = upward(t, w + 1, n, inside, more, base, step, "e m")
        bound = t.have(0 - value**2 >= 0, whole, length, sum=[Term(times=(total,))])
        zero = t.zero(y.T @ x, square, sum=[Term(times=(bound,))])
        return t.have(claim(w + 1), zero)

    done = t.close(at_place(t, j, t.linear(at_least(j, 1), low, up), claim, here, "w"))
    s.conclude(done.formula, by=done)


@statement("eq-7.2", "every space has coordinates", kind="step", hidden=True)
def coordinates_exist(s: Script) -> None:
    """The k-th column is split off from what the first k - 1 leave, K with K'K = I and C[k] + K K' = I."""
    (n,) = s.dims("n")
    q, K_ = Variable("q", NAT), Variable("K", matrix_sort(n, "q"))
    w_, C_ = Variable("c", matrix_sort(n, 1)), Variable("Cs", matrix_sort(n, n))
    K, C = of(K_), of(C_)
    invariant = conjunction(number(n) == number(k + "q"), K.T @ K == ident("q"), C + K @ K.T == ident(n))
    w1, C1 = of(Variable("c_next", w_.sort)), of(Variable("Cs_next", C_.sort))
    base = both(
        s.have(number(n) == number(n)),
        s.have(ident(n).T @ ident(n) == ident(n)),
        s.have(null(n, n) + ident(n) @ ident(n).T == ident(n)),
    )

    def step(t: Context, a: Nat, below: Known, so_far: Known):
        size, own, whole = so_far.parts()
        (v1,), rest = t.obtain(difference(t.linear(at_least(nat("q"), 1), below, size), nat("q"), nat(1)), "v")
        fits = t.have(number("q") == number(v1 + 1), rest)
        (J, L), split = t.obtain(from_fact("split").at(n=nat("q"), a=nat(1), b=v1)(fits), "J L")
        column, after = K @ J, C + K @ J @ J.T @ K.T
        proofs = [
            t.linear(number(n) == number(a + v1 + 1), size, rest),
            t.have((K @ L).T @ (K @ L) == ident(v1), own, split),
            t.have(after + K @ L @ (K @ L).T == ident(n), whole, split),
        ]
        grown = t.have(after == C + column @ column.T)
        return (v1, K @ L, column, after), both(both(*proofs), grown)

    start = (n, ident(n), null(n, 1), null(n, n))
    made = s.recursion("k", n, [q, K_, w_, C_], start, invariant, C1 == C + w1 @ w1.T, base, step)
    (sizes, rests, c, Cs), known = s.obtain(made, "q K c Cs")
    *_, at_0, every, grows = known.parts()
    size, own, whole = every(n, s.linear(at_least(n, n))).parts()
    last = of(rests, n)
    none = s.zero(last, own, size, sum=[])
    full = s.have(of(Cs, n) == ident(n), whole, none)
    found = Coordinates(n, Variable("c", matrix_sort(n, 1), 1), Variable("Cs", matrix_sort(n, n), 1))
    goal = exists(found.columns, found.partial, found.formula())
    s.conclude(goal, by=s.witness(goal, c, Cs, by=both(at_0, grows, full)))


# ------------------------------------------------------------------------------------------------- prescribed rows


@statement("rows-given", "there is a matrix with given rows", kind="lemma", hidden=True)
def rows_given(s: Script) -> None:
    """N[k] = c[1] w[1] + ... + c[k] w[k]: row i is w[i] for i <= k, and 0 for i > k."""
    n, m = s.dims("n m")
    c, complete = coordinates(s, "n", "c")
    w = s.family("w", "k", matrix_sort(1, m))
    unit = s.cite("coordinates-unit", c=c.columns, Cs=c.partial)(complete)
    apart = s.cite("coordinates-apart", c=c.columns, Cs=c.partial)(complete)
    free = Variable("N", matrix_sort(n, m))
    there = lambda N, i: c[i].T @ N == of(w, i)
    not_yet = lambda N, i: c[i].T @ N == null(1, m)

    def rows(N: Expr, a: Nat) -> Formula:
        i = nat("i")
        placed = conjunction(Implies(at_least(a, i), there(N, i)), Implies(at_least(i, a + 1), not_yet(N, i)))
        return in_range("i", 1, n, placed)

    def claim(a: Nat) -> Formula:
        return exists(free, rows(of(free), a))

    zero = null(n, m)
    t = s.inner()
    (i,) = t.dims("i")
    low, _ = t.given(at_least(i, 1)), t.given(at_least(n, i))
    none, all_ = t.inner(), t.inner()
    never = none.given(at_least(nat(0), i))
    no = none.close(anything(none.linear(Falsum(), low, never), there(zero, i)))
    all_.given(at_least(i, 1))
    yes = all_.close(all_.have(not_yet(zero, i)))
    base = s.witness(claim(nat(0)), zero, by=t.close(both(no, yes)))

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        (N,), known = t.obtain(so_far, "N0")
        low_a = t.linear(at_least(a + 1, 1))
        N1 = N + c[a + 1] @ of(w, a + 1)
        own = unit(a + 1, low_a, below)
        u = t.inner()
        (i,) = u.dims("i")
        low, high = u.given(at_least(i, 1)), u.given(at_least(n, i))
        first, second = u.inner(), u.inner()
        inside = first.given(at_least(a + 1, i))
        here = known(a + 1, low_a, below)[1](first.linear(at_least(a + 1, a + 1)))
        placed = compare(
            first,
            i,
            a + 1,
            lambda equal: first.moved(lambda x: there(N1, x), first.have(there(N1, a + 1), here, own), a + 1, i, equal),
            lambda less: first.have(
                there(N1, i),
                known(i, low, high)[0](first.linear(at_least(a, i), less)),
                apart(i, a + 1, low, less, below),
            ),
            lambda more: anything(first.linear(Falsum(), more, inside), there(N1, i)),
        )
        placed = first.close(placed)
        beyond = second.given(at_least(i, a + 2))
        rest = second.have(
            not_yet(N1, i),
            known(i, low, high)[1](second.linear(at_least(i, a + 1), beyond)),
            apart(a + 1, i, low_a, beyond, high),
        )
        rest = second.close(rest)
        return t.witness(claim(a + 1), N1, by=u.close(both(placed, rest)))

    every = s.induction("k", n, claim, base, step)
    (N,), known = s.obtain(every(n, s.linear(at_least(n, n))), "N1")
    t = s.inner()
    (i,) = t.dims("i")
    low, high = t.given(at_least(i, 1)), t.given(at_least(n, i))
    found = t.close(known(i, low, high)[0](high))
    goal = exists(free, in_range("i", 1, n, there(of(free), nat("i"))))
    s.conclude(goal, by=s.witness(goal, N, by=found))


def chosen(s: Context, bound: Nat, state: Variable, body, start: Expr, each) -> tuple[Variable, Known]:
    """A family with body(k, member k) for 1 <= k <= bound: `each(context, k)` proves that a member exists, k >= 1.

    `start` is the member 0, about which nothing is said; names of families are those of the state.
    """
    free, after = Variable(state.name, state.sort), Variable(f"{state.name}_next", state.sort)
    trivial = number(0) == 0

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> tuple[list[Expr], Known]:
        (found,), known = t.obtain(each(t, a + 1, t.linear(at_least(a + 1, 1)), below), f"{state.name}_new")
        return [found], both(t.have(trivial), known)

    made = s.recursion("k", bound, [free], (start,), trivial, body(k + 1, of(after)), s.have(trivial), step)
    (F,), known = s.obtain(made, f"{state.name}_all")
    t = s.inner()
    (i,) = t.dims("i")
    low, high = t.given(at_least(i, 1)), t.given(at_least(bound, i))
    claim = lambda a: body(a, of(F, a))
    done = at_place(t, i, low, claim, lambda a, e: known[2](a, t.linear(at_least(bound, a + 1), high, e)))
    return F, t.close(done)


@statement("row-given", "there is a row with given entries", kind="lemma", hidden=True)
def row_given(s: Script) -> None:
    (m,) = s.dims("m")
    f, complete = coordinates(s, "m", "f")
    a = s.family("a", "k", SCALAR)
    rows = Family(1, (of(a, v) * ident(1)).term)
    (N,), known = s.obtain(s.cite("rows-given", c=f.columns, Cs=f.partial, n=m, m=nat(1), w=rows)(complete), "N")
    t = s.inner()
    (l,) = t.dims("l")
    entry = known(l, t.given(at_least(l, 1)), t.given(at_least(m, l)))
    done = t.close(t.have(tr(N.T @ f[l]) == of(a, l), entry))
    free = Variable("w", matrix_sort(1, m))
    goal = exists(free, in_range("l", 1, m, tr(of(free) @ f["l"]) == of(a, "l")))
    s.conclude(goal, by=s.witness(goal, N.T, by=done))


def row_by_entries(
    s: Context, cite, f: Coordinates, complete: Known, body: Callable[[Nat, Expr], Formula], each, name: str
) -> tuple[Expr, Known]:
    """A row w with body(l, tr(w f[l])) for every place l; `each(context, l, low, high)` proves exists x. body(l, x)."""
    F, known = chosen(s, f.size, Variable(f"{name}_entry", SCALAR), body, number(0), each)
    (w,), entries = s.obtain(cite("row-given", m=f.size, f=f.columns, Fs=f.partial, a=F)(complete), name)
    t = s.inner()
    (l,) = t.dims("l")
    low, high = t.given(at_least(l, 1)), t.given(at_least(f.size, l))
    value = entries(l, low, high)
    return w, t.close(rewritten(t, body(l, tr(w @ f[l])), known(l, low, high), value))


def rewritten(t: Context, goal: Formula, known: Known, *equations: Known) -> Known:
    """A conjunction of implications from another one with equal numbers in the conclusions."""
    if isinstance(goal, Implies):
        u = t.inner()
        return u.close(rewritten(u, goal.right, known(u.given(goal.left)), *equations))
    if len(known.parts()) > 1:
        first, *others = known.parts()
        return both(rewritten(t, goal.left, first, *equations), rewritten(t, goal.right, both(*others), *equations))
    return t.have(goal, known, *equations)


def sigma_entry(t: Context, value: Expr) -> Known:
    """There is x = sigma(value)."""
    free = Variable("x", SCALAR)
    goal = exists(free, rectified(value, of(free)))

    def made(x: Expr, known: Known) -> Known:
        parts = []
        for case, claim in ((value >= 0, x == value), (value < 0, x == 0)):
            u = t.inner()
            given = u.given(case)
            if case == known.formula:
                parts.append(u.close(u.have(claim)))
            else:
                falsum = u.have(Falsum(), sum=[Term(times=(given,)), Term(times=(known,))])
                parts.append(u.close(anything(falsum, claim)))
        return t.witness(goal, x, by=both(*parts))

    return by_half(t, value, lambda up: made(value, up), lambda down: made(number(0), down))


@statement("sigma-row", "sigma(M) exists for every row M", kind="lemma", hidden=True)
def sigma_row(s: Script) -> None:
    (m,) = s.dims("m")
    f, complete = coordinates(s, "m", "f")
    (M,) = s.matrices("M: 1 x m")
    N, known = row_by_entries(
        s,
        s.cite,
        f,
        complete,
        lambda l, x: rectified(tr(M @ f[l]), x),
        lambda t, l, low, high: sigma_entry(t, tr(M @ f[l])),
        "N",
    )
    goal = exists(Variable("N", matrix_sort(1, m)), is_sigma_row(M, of(Variable("N", matrix_sort(1, m))), f))
    s.conclude(goal, by=s.witness(goal, N, by=known))


def is_sigma_row(M: Expr, N: Expr, f: Coordinates) -> Formula:
    """N = sigma(M), of rows."""
    return in_range("l", 1, f.size, rectified(tr(M @ f["l"]), tr(N @ f["l"])))


@statement("eq-7.1", "sigma(M) exists for every matrix M", kind="step", hidden=True)
def sigma_exists(s: Script) -> None:
    """The rows are sigma of the rows; with eq-7 there is exactly one."""
    n, m = s.dims("n m")
    c, complete_c = coordinates(s, "n", "c")
    f, complete_f = coordinates(s, "m", "f")
    (M,) = s.matrices("M: n x m")
    row = Variable("w", matrix_sort(1, m))
    W, known = chosen(
        s,
        n,
        row,
        lambda i, w: is_sigma_row(c[i].T @ M, w, f),
        null(1, m),
        lambda t, i, low, high: s.cite("sigma-row", f=f.columns, Fs=f.partial, M=c[i].T @ M)(complete_f),
    )
    (N,), rows = s.obtain(s.cite("rows-given", c=c.columns, Cs=c.partial, n=n, m=m, w=W)(complete_c), "N")
    t = s.inner()
    (i,) = t.dims("i")
    a = t.given(at_least(i, 1)), t.given(at_least(n, i))
    u = t.inner()
    (l,) = u.dims("l")
    b = u.given(at_least(l, 1)), u.given(at_least(m, l))
    goal = rectified(tr(c[i].T @ M @ f[l]), tr(c[i].T @ N @ f[l]))
    entry = rewritten(u, goal, known(i, *a)(l, *b), rows(i, *a))
    whole = t.close(u.close(entry))
    free = Variable("N", matrix_sort(n, m))
    claim = exists(free, is_sigma(M, of(free), c, f))
    s.conclude(claim, by=s.witness(claim, N, by=whole))
