"""Sums of c_l |D x_l| over columns x_l, for all D: they vanish iff those of every class of parallel columns do.

Columns are those of a d x m matrix X in coordinates f, x_l = X f[l]. For a column x, y is parallel to it if
|x|^2 y = (x'y) x; then |x| |y| = |x'y|, which needs no square root. `is_line` says that a row W has the entries
|x'x_l| where x_l is parallel to x, and 0 elsewhere: sum over the class of c_l |x_l| is then tr(c W') / |x|.
"""

from __future__ import annotations

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    for_all,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, anything, both, one
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr

from ..entries import row_by_entries
from ..relu import Coordinates, coordinates
from .absolute import absolute, itself, signed, vanishing
from .chains import compare
from .generic import length, parallel, scaled


def is_absolute(M: Expr, N: Expr, f: Coordinates) -> Formula:
    """N = |M| by entries, of rows."""
    return in_range("l", 1, f.size, absolute(tr(M @ f["l"]), tr(N @ f["l"])))


def on_line(x: Expr, y: Expr, w: Expr) -> Formula:
    """w = |x'y| if y is parallel to x, else 0."""
    return conjunction(Implies(parallel(x, y), absolute(tr(x.T @ y), w)), Implies(negation(parallel(x, y)), w == 0))


def is_line(X: Expr, x: Expr, W: Expr, f: Coordinates) -> Formula:
    """The row W has |x'x_l| at the columns of X that are parallel to x, and 0 elsewhere."""
    return in_range("l", 1, f.size, on_line(x, X @ f["l"], tr(W @ f["l"])))


def lines_vanish(X: Expr, c: Expr, f: Coordinates) -> Formula:
    """The sum of c_l |x_l| over the columns that are parallel to x_j is 0, for every j."""
    W = Variable("W", matrix_sort(1, f.size))
    x = X @ f["j"]
    return in_range("j", 1, f.size, for_all(W, Implies(is_line(X, x, of(W), f), tr(c @ of(W).T) == 0)))


# ------------------------------------------------------------------------------------------------- rows


@statement("equal-products", "rows with equal products of entries have equal products", kind="lemma", hidden=True)
def equal_products(s: Script) -> None:
    (m,) = s.dims("m")
    f, complete = coordinates(s, "m", "f")
    start, grows, whole = complete.parts()
    A, B, C, D = s.matrices("A: 1 x m, B: 1 x m, C: 1 x m, D: 1 x m")
    entry = lambda M, l: tr(M @ f[l])
    same = s.given(
        in_range("l", 1, m, entry(A, "l") * entry(B, "l") == entry(C, "l") * entry(D, "l")), "equal products"
    )

    def claim(a: Nat) -> Formula:
        return tr(A @ of(f.partial, a) @ B.T) == tr(C @ of(f.partial, a) @ D.T)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        here = same(a + 1, t.linear(at_least(a + 1, 1)), below)
        ones = [one(M @ f[a + 1]) for M in (A, B, C, D)]
        return t.have(claim(a + 1), so_far, grows(a, below), here, *ones)

    all_a = s.induction("k", m, claim, s.have(claim(nat(0)), start), step)
    s.conclude(tr(A @ B.T) == tr(C @ D.T), by=[all_a(m, s.linear(at_least(m, m))), whole])


@statement("line-exists", "there is a row with |x'x_l| where x_l is parallel to x, else 0", kind="lemma", hidden=True)
def line_exists(s: Script) -> None:
    d, m = s.dims("d m")
    f, complete = coordinates(s, "m", "f")
    X, x = s.matrices("X: d x m, x: d x 1")

    def each(t: Context, l: Nat, low: Known, high: Known) -> Known:
        y = X @ f[l]
        free = Variable("r", SCALAR)
        goal = exists(free, on_line(x, y, of(free)))

        def yes(known: Known) -> Known:
            u = t.inner()
            (p,), of_p = u.obtain(s.cite("absolute-exists", m=tr(x.T @ y)), "p")
            a, b = u.inner(), u.inner()
            a.given(parallel(x, y))
            first = a.close(of_p)
            second = b.close(anything(b.given(negation(parallel(x, y)))(known), p == 0))
            return u.close(u.witness(goal, p, by=both(first, second)))

        def no(known: Known) -> Known:
            zero = number(0)
            a, b = t.inner(), t.inner()
            first = a.close(anything(known(a.given(parallel(x, y))), absolute(tr(x.T @ y), zero)))
            b.given(negation(parallel(x, y)))
            second = b.close(b.have(zero == 0))
            return t.witness(goal, zero, by=both(first, second))

        return t.decide(parallel(x, y), yes, no)

    body = lambda l, w: on_line(x, X @ f[l], w)
    W, known = row_by_entries(s, s.cite, f, complete, body, each, "W")
    free = Variable("W", matrix_sort(1, m))
    goal = exists(free, is_line(X, x, of(free), f))
    s.conclude(goal, by=s.witness(goal, W, by=known))


@statement("line-removed", "a row with 0 where x_l is parallel to x, else that of G, exists", kind="lemma", hidden=True)
def line_removed(s: Script) -> None:
    d, m = s.dims("d m")
    f, complete = coordinates(s, "m", "f")
    X, x, G = s.matrices("X: d x m, x: d x 1, G: 1 x m")

    def each(t: Context, l: Nat, low: Known, high: Known) -> Known:
        y, g = X @ f[l], tr(G @ f[l])
        free = Variable("r", SCALAR)
        goal = exists(free, outside(x, y, g, of(free)))

        def made(value: Expr, inside: bool):
            def proof(known: Known) -> Known:
                a, b = t.inner(), t.inner()
                here, there = a.given(parallel(x, y)), b.given(negation(parallel(x, y)))
                first = a.have(value == 0) if inside else anything(known(here), value == 0)
                second = anything(there(known), value == g) if inside else b.have(value == g)
                return t.witness(goal, value, by=both(a.close(first), b.close(second)))

            return proof

        return t.decide(parallel(x, y), made(number(0), True), made(g, False))

    body = lambda l, w: outside(x, X @ f[l], tr(G @ f[l]), w)
    N, known = row_by_entries(s, s.cite, f, complete, body, each, "N")
    free = Variable("N", matrix_sort(1, m))
    goal = exists(free, is_rest(X, x, G, of(free), f))
    s.conclude(goal, by=s.witness(goal, N, by=known))


def outside(x: Expr, y: Expr, g: Expr, w: Expr) -> Formula:
    """w = 0 if y is parallel to x, else w = g."""
    return conjunction(Implies(parallel(x, y), w == 0), Implies(negation(parallel(x, y)), w == g))


def is_rest(X: Expr, x: Expr, G: Expr, N: Expr, f: Coordinates) -> Formula:
    """The row N is G without the columns that are parallel to x."""
    return in_range("l", 1, f.size, outside(x, X @ f["l"], tr(G @ f["l"]), tr(N @ f["l"])))


@statement(
    "line-apart",
    "without the columns parallel to x, the sums over all classes still vanish",
    kind="lemma",
    hidden=True,
)
def line_apart(s: Script) -> None:
    """A column parallel to x and z is zero, or x and z are parallel: the class of z is kept or lost as a whole."""
    d, m = s.dims("d m")
    f, complete = coordinates(s, "m", "f")
    X, x, z, G, N, W = s.matrices("X: d x m, x: d x 1, z: d x 1, G: 1 x m, N: 1 x m, W: 1 x m")
    rest = s.given(is_rest(X, x, G, N, f), "N is G without the line of x")
    line = s.given(is_line(X, z, W, f), "W belongs to the line of z")
    zero = s.given(tr(G @ W.T) == 0, "the sum of G over the line of z is 0")
    goal = tr(N @ W.T) == 0

    def entrywise(C: Expr, on) -> Known:
        """tr(N W') = tr(C W') by entries; `on` proves it for the columns y that are parallel to z."""
        u = s.inner()
        (l,) = u.dims("l")
        low, high = u.given(at_least(l, 1)), u.given(at_least(m, l))
        y, w = X @ f[l], tr(W @ f[l])
        here, weight = rest(l, low, high), line(l, low, high)
        claim = tr(N @ f[l]) * w == tr(C @ f[l]) * w
        none = lambda zero: u.have(claim, vanishing(u, tr(z.T @ y), w, zero[0], zero[1]))
        done = u.decide(
            parallel(z, y),
            lambda yes: on(u, y, claim, yes, here, lambda zero: none((weight[0](yes), zero))),
            lambda no: u.have(claim, weight[1](no)),
        )
        rows = dict(m=m, f=f.columns, Fs=f.partial, A=N, B=W, C=C, D=W)
        return s.have(goal, s.cite("equal-products", **rows)(complete, u.close(done)), zero)

    nothing = null(1, m)

    def same_line(known: Known) -> Known:
        def at_zero(none: Known) -> Known:
            return entrywise(nothing, lambda u, y, claim, yes, here, gone: gone(u.have(tr(z.T @ y) == 0, none)))

        def at_z(not_zero: Known) -> Known:
            size = length(s, z, not_zero)

            def on(u, y, claim, yes, here, gone) -> Known:
                product = u.have(norm2(z) * tr(x.T @ y) == tr(z.T @ y) * tr(x.T @ z), yes)
                off = norm2(x) * y - tr(x.T @ y) * x
                none = scaled(u, norm2(z), off, u.have(norm2(z) * off == 0, yes, known, product), size)
                return u.have(claim, here[0](u.have(parallel(x, y), none)))

            return entrywise(nothing, on)

        return s.decide(z == null(d, 1), at_zero, at_z)

    def other_line(not_parallel: Known) -> Known:
        off = norm2(x) * z - tr(x.T @ z) * x
        t = s.inner()
        on_it = t.close(not_parallel(t.have(parallel(x, z), t.given(off == 0))))
        size = length(s, off, on_it)

        def on(u, y, claim, yes, here, gone) -> Known:
            def both_lines(par: Known) -> Known:
                first = u.have(norm2(x) * tr(z.T @ y) == tr(x.T @ y) * tr(x.T @ z), par)
                second = u.have(norm2(z) * tr(x.T @ y) == tr(z.T @ y) * tr(x.T @ z), yes)
                product = u.have(norm2(off) * tr(z.T @ y) == 0, first, second)
                return gone(scaled(u, norm2(off), tr(z.T @ y), product, size))

            return u.decide(parallel(x, y), both_lines, lambda no: u.have(claim, here[1](no)))

        return entrywise(G, on)

    s.conclude(goal, by=s.decide(parallel(x, z), same_line, other_line))


@statement(
    "line-sum",
    "what the columns parallel to x take away from the sum of |D x_l| vanishes",
    kind="lemma",
    hidden=True,
)
def line_sum(s: Script) -> None:
    """|x|^2 (G - N)_l |D x_l| = |D x| G_l W_l for every l."""
    d, m = s.dims("d m")
    f, complete = coordinates(s, "m", "f")
    X, x, D, G, N, W, H = s.matrices("X: d x m, x: d x 1, D: 1 x d, G: 1 x m, N: 1 x m, W: 1 x m, H: 1 x m")
    rest = s.given(is_rest(X, x, G, N, f), "N is G without the line of x")
    line = s.given(is_line(X, x, W, f), "W belongs to the line of x")
    sizes = s.given(is_absolute(D @ X, H, f), "H = |D X|")
    positive = s.given(norm2(x) > 0, "x is not zero")
    zero = s.given(tr(G @ W.T) == 0, "the sum of G over the line of x is 0")
    (h,), of_h = s.obtain(s.cite("absolute-exists", m=tr(D @ x)), "h")
    u = s.inner()
    (l,) = u.dims("l")
    low, high = u.given(at_least(l, 1)), u.given(at_least(m, l))
    y, w, b = X @ f[l], tr(W @ f[l]), tr(H @ f[l])
    here, weight, size = rest(l, low, high), line(l, low, high), sizes(l, low, high)
    A, B = norm2(x) * (G - N), h * G
    claim = tr(A @ f[l]) * b == tr(B @ f[l]) * w

    def on(yes: Known) -> Known:
        square = norm2(x)
        at_x = u.have(square * tr(D @ y) == tr(D @ x) * tr(x.T @ y), yes)
        numbers = dict(a=square, b=tr(D @ y), c=tr(D @ x), d=tr(x.T @ y), p=square, q=b, r=h, w=w)
        same = s.cite("absolute-product", **numbers)(itself(u, x), size, of_h, weight[0](yes), at_x)
        return u.have(claim, here[0](yes), same)

    entry = u.decide(parallel(x, y), on, lambda no: u.have(claim, here[1](no), weight[1](no)))
    rows = dict(m=m, f=f.columns, Fs=f.partial, A=A, B=H, C=B, D=W)
    product = s.cite("equal-products", **rows)(complete, u.close(entry))
    value = tr(G @ H.T) - tr(N @ H.T)
    gone = scaled(s, norm2(x), value, s.have(norm2(x) * value == 0, product, zero), positive)
    s.conclude(tr(N @ H.T) == tr(G @ H.T), by=[gone])


@statement(
    "lines-cancel", "if the sums over all classes vanish, so does that of c_l |D x_l|", kind="lemma", hidden=True
)
def lines_cancel(s: Script) -> None:
    """The classes of x_1, x_2, ... are taken away in turn; G is what is left of c, in the end 0 where x_l is not."""
    d, m = s.dims("d m")
    f, complete = coordinates(s, "m", "f")
    X, D, c, H = s.matrices("X: d x m, D: 1 x d, c: 1 x m, H: 1 x m")
    sizes = s.given(is_absolute(D @ X, H, f), "H = |D X|")
    vanish = s.given(lines_vanish(X, c, f), "the sums over all classes of parallel columns vanish")
    free, W_ = Variable("G", matrix_sort(1, m)), Variable("W", matrix_sort(1, m))
    W = of(W_)
    named = dict(d=d, m=m, f=f.columns, Fs=f.partial, X=X)

    def gone(G: Expr, l: Nat) -> Formula:
        return tr(G @ f[l]) * (X @ f[l]) == 0

    def left(G: Expr, a: Nat) -> Formula:
        return conjunction(in_range("l", 1, a, gone(G, nat("l"))), lines_vanish(X, G, f), tr(G @ H.T) == tr(c @ H.T))

    def claim(a: Nat) -> Formula:
        return exists(free, left(of(free), a))

    t = s.inner()
    (l,) = t.dims("l")
    never = t.linear(Falsum(), t.given(at_least(l, 1)), t.given(at_least(nat(0), l)))
    vacuous = t.close(anything(never, gone(c, l)))
    start = s.witness(claim(nat(0)), c, by=both(vacuous, vanish, s.have(tr(c @ H.T) == tr(c @ H.T))))

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        (G,), known = t.obtain(so_far, "G0")
        before, classes, total = known.parts()
        x = X @ f[a + 1]

        def extended(u: Context, N: Expr, last: Known, earlier, lines: Known, same: Known) -> Known:
            e = u.inner()
            (l,) = e.dims("l")
            low, high = e.given(at_least(l, 1)), e.given(at_least(a + 1, l))
            every = compare(
                e,
                l,
                a + 1,
                lambda equal: e.moved(lambda i: gone(N, i), last, a + 1, l, equal),
                lambda less: earlier(e, l, low, e.linear(at_least(a, l), less)),
                lambda more: anything(e.linear(Falsum(), more, high), gone(N, l)),
            )
            return u.witness(claim(a + 1), N, by=both(e.close(every), lines, same))

        def kept(none: Known) -> Known:
            last = t.have(gone(G, a + 1), none)
            return extended(t, G, last, lambda e, l, low, high: before(l, low, high), classes, total)

        def removed(not_zero: Known) -> Known:
            u = t.inner()
            size = length(u, x, not_zero)
            (V,), of_V = u.obtain(s.cite("line-exists", **named, x=x)(complete), "V")
            (N,), of_N = u.obtain(s.cite("line-removed", **named, x=x, G=G)(complete), "N0")
            low_a = u.linear(at_least(a + 1, 1))
            own = classes(a + 1, low_a, below)(V, of_V)
            sums = s.cite("line-sum", **named, x=x, D=D, G=G, N=N, W=V, H=H)
            same = u.have(tr(N @ H.T) == tr(c @ H.T), sums(complete, of_N, of_V, sizes, size, own), total)
            itself_ = of_N(a + 1, low_a, below)[0](u.have(parallel(x, x)))
            last = u.have(gone(N, a + 1), itself_)

            def earlier(e: Context, l: Nat, low: Known, high: Known) -> Known:
                here = of_N(l, low, e.linear(at_least(m, l), high, below))
                return e.decide(
                    parallel(x, X @ f[l]),
                    lambda yes: e.have(gone(N, l), here[0](yes)),
                    lambda no: e.have(gone(N, l), here[1](no), before(l, low, high)),
                )

            e = u.inner()
            (j,) = e.dims("j")
            low, high = e.given(at_least(j, 1)), e.given(at_least(m, j))
            e.let(W_)
            z = X @ f[j]
            of_W = e.given(is_line(X, z, W, f))
            apart = s.cite("line-apart", **named, x=x, z=z, G=G, N=N, W=W)
            lines = e.close(apart(complete, of_N, of_W, classes(j, low, high)(W, of_W)))
            return u.close(extended(u, N, last, earlier, lines, same))

        return t.decide(x == null(d, 1), kept, removed)

    every = s.induction("k", m, claim, start, step)
    (G,), known = s.obtain(every(m, s.linear(at_least(m, m))), "G1")
    gone_all, _, total = known.parts()
    t = s.inner()
    (l,) = t.dims("l")
    low, high = t.given(at_least(l, 1)), t.given(at_least(m, l))
    g, y, size = tr(G @ f[l]), X @ f[l], sizes(l, low, high)
    product = t.have(g * tr(D @ y) == 0, gone_all(l, low, high))
    value = tr(H @ f[l])
    entry = t.have(g * value == tr(null(1, m) @ f[l]) * value, signed(t, g, tr(D @ y), value, size, product))
    rows = dict(m=m, f=f.columns, Fs=f.partial, A=G, B=H, C=null(1, m), D=H)
    none = s.cite("equal-products", **rows)(complete, t.close(entry))
    s.conclude(tr(c @ H.T) == 0, by=[none, total])
