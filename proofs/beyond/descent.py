"""A direction of negative curvature at a critical point leads to lower loss at every distance.

Along A + tD the output is R[l] + t F[l] + t^2 G[l] + t^3 H[l], with H[0] = 0 and

    H[k+1] = (A[k] + t D[k]) H[k] + D[k] G[k],

and |H[l]|^2 <= c for all 0 < t <= 1, with one number c.
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    implication,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, anything, both, nonnegative, successor
from symbolic_cp.prover.expression import Expr, norm2, null, number, of, tr
from symbolic_cp.prover.show import function

from ..networks import critical_network, deep_loss, each_layer, forward, is_jet, weights, width
from ..order import impossible
from .chains import compare, letters
from .separation import values_of

k = nat("k")
HALF = Fraction(1, 2)


@statement("operator-bound", "for every A there is a >= 0 with |A Z|^2 <= a |Z|^2 for all Z", kind="lemma", hidden=True)
def operator_bound(s: Script) -> None:
    """The largest eigenvalue of A'A."""
    s.dims("n m")
    (A,) = s.matrices("A: n x m")
    sp, sym = values_of(s, A.T, "r x F Q")
    a = Variable("a", SCALAR)

    def bounded(c: Expr) -> Formula:
        Z = Variable("Z", matrix_sort("m", "w"))
        return conjunction(c >= 0, for_all(Variable("w", NAT), Z, norm2(A @ of(Z)) <= c * norm2(of(Z))))

    goal = exists(a, bounded(of(a)))

    def with_bound(c: Expr, nonneg: Known, reasons, terms) -> Known:
        t = s.inner()
        (w,) = t.dims("w")
        Z = t.matrix("Z", "m", w)
        up = t.close(t.have(norm2(A @ Z) <= c * norm2(Z), *reasons, sum=terms(Z)))
        return s.witness(goal, c, by=both(nonneg, up))

    none = Term(squares=(number(0),))

    def nothing(zero: Known) -> Known:
        empty = s.moved(lambda x: sp.Q(x) == 0, sp.starts, nat(0), sp.r, s.have(equal(scalar(sp.r), 0), zero))
        flat = s.zero(A, s.have(A.T @ A == 0, empty, sp.whole))
        return with_bound(number(0), s.have(number(0) >= 0, sum=[none]), [flat], lambda Z: [none])

    def some(more: Known) -> Known:
        high = successor(s.have(greater(sp.r, nat(0)), more), sp.r, nat(0))
        positive = sp.at(s, nat(1), s.linear(at_least(nat(1), 1)), high)[4]
        largest = lambda Z: s.cite("largest-value", **sp.named(), Z=Z)(sp.known, sym, high)
        return with_bound(
            sp.s(1), s.have(sp.s(1) >= 0, sum=[Term(times=(positive,))]), [], lambda Z: [Term(times=(largest(Z),))]
        )

    s.conclude(
        goal,
        by=s.by_sign(number(sp.r), nothing, some, lambda no: anything(impossible(s, nonnegative(sp.r), no), goal)),
    )


def third(N: Nat, A: Variable, D: Variable, G: Variable, t: Expr, H: Variable) -> Formula:
    """H[0] = 0 and H[k+1] = (A[k] + t D[k]) H[k] + D[k] G[k], for k < N."""
    grows = of(H, k + 1) == (of(A, k) + t * of(D, k)) @ of(H, k) + of(D, k) @ of(G, k)
    return conjunction(of(H, 0) == 0, each_layer(N, grows))


@statement("third-bound", "|H[l]|^2 <= c for all 0 < t <= 1, with one number c", kind="lemma", hidden=True)
def third_bound(s: Script) -> None:
    l, _ = s.dims("l m")
    s.let(Variable("d", NAT, 1))
    A, D, G = s.let(weights()), s.let(weights("D")), s.let(forward("G"))
    H, t = forward("H"), Variable("t", SCALAR)

    def claim(n: Nat) -> Formula:
        c = Variable("c", SCALAR)
        inside = implication(of(t) > 0, of(t) <= 1, third(n, A, D, G, of(t), H), norm2(of(H, n)) <= of(c))
        return exists(c, conjunction(of(c) >= 0, for_all(t, H, inside)))

    def bounded(u: Context, n: Nat, c: Expr, nonneg: Known, value) -> Known:
        v = u.inner()
        x = of(v.let(t))
        v.let(H)
        positive, small, is_H = v.given(x > 0), v.given(x <= 1), v.given(third(n, A, D, G, x, H))
        return u.witness(claim(n), c, by=both(nonneg, v.close(value(v, x, positive, small, is_H))))

    zero = s.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
    first = bounded(
        s,
        nat(0),
        number(0),
        zero,
        lambda v, x, positive, small, is_H: v.have(
            norm2(of(H, 0)) <= number(0), is_H[0], sum=[Term(squares=(number(0),))]
        ),
    )

    def step(u: Context, n: Nat, below: Known, so_far: Known) -> Known:
        w = u.inner()
        (c,), of_c = w.obtain(so_far, "c")
        (a,), of_a = w.obtain(s.cite("operator-bound", A=of(A, n)), "a")
        (b,), of_b = w.obtain(s.cite("operator-bound", A=of(D, n)), "b")
        g = norm2(of(D, n) @ of(G, n))
        next_ = 3 * (a * c + b * c + g)
        nonneg = w.have(
            next_ >= 0,
            sum=[
                Term(3, times=(of_a[0], of_c[0])),
                Term(3, times=(of_b[0], of_c[0])),
                Term(3, grams=(of(D, n) @ of(G, n),)),
            ],
        )

        def value(v: Context, x: Expr, positive: Known, small: Known, is_H: Known) -> Known:
            y = v.inner()
            (i,) = y.dims("k")
            high = y.given(at_least(n, i + 1))
            lower = both(is_H[0], y.close(is_H[1](i, y.linear(at_least(n + 1, i + 1), high))))
            before = of_c[1](x, H, positive, small, lower)
            grows = is_H[1](n, v.linear(at_least(n + 1, n + 1)))
            h, parts = of(H, n), [of(A, n) @ of(H, n), x * (of(D, n) @ of(H, n)), of(D, n) @ of(G, n)]
            by_A = v.have(
                norm2(parts[0]) <= a * c, sum=[Term(times=(of_a[1](nat("m"), h),)), Term(times=(of_a[0], before))]
            )
            by_D = v.have(
                norm2(of(D, n) @ h) <= b * c, sum=[Term(times=(of_b[1](nat("m"), h),)), Term(times=(of_b[0], before))]
            )
            room = v.have(1 - x * x >= 0, sum=[Term(times=(small,)), Term(times=(positive, small))])
            scaled = v.have(
                norm2(parts[1]) <= b * c, sum=[Term(grams=(of(D, n) @ h,), times=(room,)), Term(times=(by_D,))]
            )
            pairs = [Term(grams=(parts[p] - parts[q],)) for p, q in ((0, 1), (0, 2), (1, 2))]
            return v.have(
                norm2(of(H, n + 1)) <= next_, grows, sum=[*pairs, Term(3, times=(by_A,)), Term(3, times=(scaled,))]
            )

        return w.close(bounded(w, n + 1, next_, nonneg, value))

    every = s.induction("n", l, claim, first, step)
    s.conclude(claim(l), by=every(l, s.linear(at_least(l, l))))


@statement(
    "direction-bound",
    "the directions D[0], ..., D[l-1] have |D[k]|^2 <= b with one number b",
    kind="lemma",
    hidden=True,
)
def direction_bound(s: Script) -> None:
    (l,) = s.dims("l")
    s.let(Variable("d", NAT, 1))
    D = s.let(weights("D"))

    def claim(n: Nat) -> Formula:
        b = Variable("b", SCALAR)
        return exists(b, conjunction(of(b) >= 0, each_layer(n, norm2(of(D, k)) <= of(b))))

    t = s.inner()
    (i,) = t.dims("k")
    low = t.given(at_least(nat(0), i + 1))
    none = t.close(anything(t.linear(Falsum(), low), norm2(of(D, i)) <= number(0)))
    zero = s.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
    first = s.witness(claim(nat(0)), number(0), by=both(zero, none))

    def step(t: Context, n: Nat, below: Known, so_far: Known) -> Known:
        c = t.inner()
        (b,), of_b = c.obtain(so_far, "b")
        size = norm2(of(D, n))
        nonneg = c.have(size >= 0, sum=[Term(grams=(of(D, n),))])
        total = c.have(b + size >= 0, sum=[Term(times=(of_b[0],)), Term(times=(nonneg,))])
        u = c.inner()
        (i,) = u.dims("k")
        high = u.given(at_least(n + 1, i + 1))
        goal = lambda x: norm2(of(D, x)) <= b + size
        last = u.have(goal(n), sum=[Term(times=(of_b[0],))])
        each = compare(
            u,
            i,
            n,
            lambda same: u.moved(goal, last, n, i, same),
            lambda less: u.have(goal(i), sum=[Term(times=(of_b[1](i, less),)), Term(times=(nonneg,))]),
            lambda more: anything(u.linear(Falsum(), high, more), goal(i)),
        )
        return c.close(c.witness(claim(n + 1), b + size, by=both(total, u.close(each))))

    every = s.induction("n", l, claim, first, step)
    s.conclude(claim(l), by=every(l, s.linear(at_least(l, l))))


@statement("third-exists", "for every t there is H", kind="lemma", hidden=True)
def third_exists(s: Script) -> None:
    l, m = s.dims("l m")
    s.let(Variable("d", NAT, 1))
    A, D, G = s.let(weights()), s.let(weights("D")), s.let(forward("G"))
    t = s.scalar("t")
    state = Variable("H", matrix_sort(width(k), m))
    value = lambda a: (of(A, a) + t * of(D, a)) @ of(state) + of(D, a) @ of(G, a)
    true = s.have(number(0) == 0)
    relation = of(Variable("H_next", matrix_sort(width(k + 1), m))) == value(k)

    def step(c: Context, a: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        return (value(a),), both(true, c.have(value(a) == value(a)))

    found = s.recursion("k", l, [state], (null(width(0), m),), number(0) == 0, relation, true, step)
    (H,), known = s.obtain(found, "H")
    claim = exists(forward("H"), third(l, A, D, G, t, forward("H")))
    s.conclude(claim, by=s.witness(claim, H, by=both(known[0], known[2])))


@statement(
    "first-order",
    "at a critical point the loss has no first-order change: <R[l] - Y, F[l]> = 0",
    kind="lemma",
    hidden=True,
)
def first_order(s: Script) -> None:
    net, critical = critical_network(s)
    l, W, Y = net.depth, net.output, net.Y
    D, F, G = s.let(weights("D")), s.let(forward("F")), s.let(forward("G"))
    jet = s.given(is_jet(l, net.A, net.R, D, F, G), "F and G are the derivatives along D")

    def claim(a: Nat) -> Formula:
        return tr((W - Y).T @ of(net.L, a) @ of(F, a)) == 0

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        E, L1 = W - Y, of(net.L, a + 1)
        moves = t.have(
            L1 @ of(F, a + 1) == of(net.L, a) @ of(F, a) + L1 @ of(D, a) @ of(net.R, a),
            jet[2](a, below),
            net.is_L[1](a, below),
        )
        flat = t.have(tr(E.T @ L1 @ of(D, a) @ of(net.R, a)) == 0, critical(a, below))
        whole = t.have(
            tr(E.T @ L1 @ of(F, a + 1)) == tr(E.T @ (of(net.L, a) @ of(F, a) + L1 @ of(D, a) @ of(net.R, a))), moves
        )
        return t.have(claim(a + 1), whole, so_far, flat)

    every = s.induction("i", l, claim, s.have(claim(nat(0)), jet[0]), step)
    end = every(l, s.linear(at_least(l, l)))
    s.conclude(tr((W - Y).T @ of(F, l)) == 0, by=[end, net.is_L[0]])


@statement(
    "strict-lower",
    "at a critical point a direction of negative curvature gives lower loss at every distance",
    kind="lemma",
    hidden=True,
)
def strict_lower(s: Script) -> None:
    """With q = -Q(D) > 0 the loss at A + tD is at most L - 1/2 t^2 q + t^3 K, for 0 < t <= 1."""
    net, critical = critical_network(s)
    l, A, R, X, Y, W = net.depth, net.A, net.R, net.X, net.Y, net.output
    down = s.given(net.strictly_down(), "some direction has negative curvature")
    (D, F, G), at = s.obtain(down, "D F G")
    jet, negative = at.parts()
    d = Variable("d", NAT, 1)
    named = dict(**letters(net), Y=Y)
    flat = s.cite("first-order", **named, D=D, F=F, G=G)(net.is_R, net.is_L, critical, jet)
    (c,), of_c = s.obtain(s.cite("third-bound", l=l, m=nat("m"), d=d, A=A, D=D, G=G), "c")
    (b,), of_b = s.obtain(s.cite("direction-bound", l=l, d=d, D=D), "b")
    E, f, g = W - Y, of(F, l), of(G, l)
    q = -(norm2(f) + 2 * tr(E.T @ g))
    K = norm2(f) + Fraction(3, 2) * norm2(g) + HALF * norm2(E) + 2 * c
    bound = s.have(
        K >= 0,
        sum=[Term(grams=(f,)), Term(Fraction(3, 2), grams=(g,)), Term(HALF, grams=(E,)), Term(2, times=(of_c[0],))],
    )
    positive = s.have(q / 2 > 0, sum=[Term(HALF, times=(negative,))])

    u = s.inner()
    delta = u.scalar("delta")
    near = u.given(delta > 0)
    found = s.cite("small", a=K, b=b, p=q / 2, q=delta)(bound, of_b[0], positive, near)
    (t,), of_t = u.obtain(found, "t")
    above, small, less, close = of_t.parts()
    (H,), is_H = u.obtain(s.cite("third-exists", l=l, m=nat("m"), d=d, A=A, D=D, G=G, t=t), "H")
    h = of(H, l)
    size = of_c[1](t, H, above, small, is_H)
    B = function("k", (of(A, k) + t * of(D, k)).term)
    value = lambda a: of(R, a) + t * of(F, a) + t * t * of(G, a) + t * t * t * of(H, a)
    S = function("k", value(k).term)
    v = u.inner()
    (i,) = v.dims("k")
    below = v.given(at_least(l, i + 1))
    grows = v.close(
        v.have(
            value(i + 1) == (of(A, i) + t * of(D, i)) @ value(i),
            net.is_R[1](i, below),
            jet.parts()[2](i, below),
            is_H[1](i, below),
        )
    )
    is_S = both(u.have(value(nat(0)) == X, net.is_R[0], jet.parts()[0], jet.parts()[1], is_H[0]), grows)
    v = u.inner()
    (i,) = v.dims("k")
    below = v.given(at_least(l, i + 1))
    step = of(A, i) + t * of(D, i) - of(A, i)
    nearby = v.close(
        v.have(norm2(step) < delta, sum=[Term(times=(close,)), Term(squares=(t,), times=(of_b[1](i, below),))])
    )
    # the loss there
    V = value(l)
    there = deep_loss(V, Y)
    rest = tr(f.T @ g) + tr(E.T @ h) + t * (norm2(g) / 2 + tr(f.T @ h)) + t * t * tr(g.T @ h) + t * t * t * norm2(h) / 2
    exact = u.have(there == net.loss - t * t * q / 2 + t * t * t * rest, flat)
    room = u.have(1 - t >= 0, sum=[Term(times=(small,))])
    cubic = u.have(
        1 - t * t * t >= 0, sum=[Term(times=(room,)), Term(times=(room, above)), Term(times=(room, above, above))]
    )
    square = u.have(1 - t * t >= 0, sum=[Term(times=(room,)), Term(times=(room, above))])
    most = u.have(
        rest <= K,
        sum=[
            Term(HALF, grams=(f - g,)),
            Term(HALF, grams=(E - h,)),
            Term(HALF, grams=(f - h,), times=(above,)),
            Term(HALF, grams=(g - h,), times=(above, above)),
            Term(HALF, times=(size,)),
            Term(HALF, times=(size, above)),
            Term(HALF, times=(size, above, above)),
            Term(HALF, times=(size, above, above, above)),
            Term(HALF, grams=(f,), times=(room,)),
            Term(HALF, grams=(g,), times=(room,)),
            Term(HALF, grams=(g,), times=(square,)),
            Term(HALF, times=(of_c[0], room)),
            Term(HALF, times=(of_c[0], square)),
            Term(HALF, times=(of_c[0], cubic)),
        ],
    )
    lower = u.have(
        there < net.loss,
        exact,
        sum=[Term(times=(above, above, less)), Term(times=(above, above, above, most))],
    )
    goal = net.at_distance(delta, higher=False)
    done = u.close(u.witness(goal, B, S, by=both(is_S, nearby, lower)))
    s.conclude(net.nearby(higher=False), by=done)
