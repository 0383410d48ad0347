"""Deciding the order: a threshold between the singular values, or two triples to exchange; what a threshold gives.

The threshold c is the largest discarded value squared: |E'Z|^2 <= c |Z|^2 and |W'Z|^2 >= c |W W+ Z|^2 for all Z.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    Falsum,
    Formula,
    Or,
    at_least,
    conjunction,
    equal,
    greater,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    left_or,
    nonnegative,
    or_right_of,
    reciprocal,
    successor,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from ..order import impossible, top
from ..ranks import is_projector
from ..spectra import Spectrum, next_range, symmetric_with_spectrum
from .chains import compare
from .triples import exchangeable, optimal_order, threshold, triple, triple_letters, two_matrices


def positive_values(s: Script) -> tuple[Expr, Spectrum, Known, Known, Expr]:
    """A symmetric S with its spectrum, at least one positive value, and any Z."""
    S, sp, sym = symmetric_with_spectrum(s)
    s.dims("w")
    (Z,) = s.matrices("Z: n x w")
    return S, sp, sym, s.given(at_least(sp.r, 1), "r >= 1"), Z


@statement("largest-value", "tr(Z'SZ) <= s[1] |Z|^2", kind="lemma", hidden=True)
def largest_value(s: Script) -> None:
    S, sp, sym, some, Z = positive_values(s)
    low, first = s.linear(at_least(nat(1), 1)), sp.s(1)

    def claim(a: Nat) -> Formula:
        return tr(Z.T @ S @ sp.Q(a) @ Z) <= first * tr(Z.T @ sp.Q(a) @ Z)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        i_low, high = next_range(t, sp, a, below)
        one_ = sp.at(t, a + 1, i_low, high)

        def later(sign: Known) -> Known:
            gap = sp.ordered(1, low, some, a + 1, t.linear(at_least(a + 1, 2), successor(sign, a, nat(0))), high)
            return t.have(first >= sp.s(a + 1), sum=[Term(times=(gap,))])

        smaller = t.by_sign(
            number(a),
            lambda zero: t.moved(
                lambda x: first >= sp.s(x + 1),
                t.have(first >= first, sum=[Term(squares=(number(0),))]),
                nat(0),
                a,
                t.have(equal(scalar(a), scalar(nat(0))), zero),
            ),
            lambda positive: later(t.have(greater(a, nat(0)), positive)),
            lambda negative: anything(impossible(t, nonnegative(a), negative), first >= sp.s(a + 1)),
        )
        part = t.have(tr(Z.T @ sp.E(a + 1) @ Z) >= 0, one_[0], one_[1], sum=[Term(grams=(sp.E(a + 1) @ Z,))])
        return t.have(
            claim(a + 1), one_[2], sp.grows(a, high), sum=[Term(times=(so_far,)), Term(times=(smaller, part))]
        )

    start = s.have(claim(nat(0)), sp.starts, sum=[Term(squares=(number(0),))])
    at_r = s.induction("k", sp.r, claim, start, step)(sp.r, top(s, sp))
    Q = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, top(s, sp))
    less = s.have(tr(Z.T @ sp.Q(sp.r) @ Z) <= norm2(Z), Q, sum=[Term(grams=(Z - sp.Q(sp.r) @ Z,))])
    positive = sp.at(s, nat(1), low, some)[4]
    goal = tr(Z.T @ S @ Z) <= first * norm2(Z)
    s.conclude(goal, by=s.have(goal, sp.whole, sum=[Term(times=(at_r,)), Term(times=(positive, less))]))


@statement("smallest-value", "tr(Z'SZ) >= s[r] tr(Z'Q[r]Z)", kind="lemma", hidden=True)
def smallest_value(s: Script) -> None:
    S, sp, sym, some, Z = positive_values(s)
    last, in_r = sp.s(sp.r), top(s, sp)

    def claim(a: Nat) -> Formula:
        return tr(Z.T @ S @ sp.Q(a) @ Z) >= last * tr(Z.T @ sp.Q(a) @ Z)

    def step(t: Context, a: Nat, below: Known, so_far: Known) -> Known:
        i_low, high = next_range(t, sp, a, below)
        one_ = sp.at(t, a + 1, i_low, high)
        larger = compare(
            t,
            a + 1,
            sp.r,
            lambda same: t.moved(
                lambda x: sp.s(x) >= last, t.have(last >= last, sum=[Term(squares=(number(0),))]), sp.r, a + 1, same
            ),
            lambda less: t.have(
                sp.s(a + 1) >= last, sum=[Term(times=(sp.ordered(a + 1, i_low, high, sp.r, less, in_r),))]
            ),
            lambda more: anything(t.linear(Falsum(), more, high), sp.s(a + 1) >= last),
        )
        part = t.have(tr(Z.T @ sp.E(a + 1) @ Z) >= 0, one_[0], one_[1], sum=[Term(grams=(sp.E(a + 1) @ Z,))])
        return t.have(claim(a + 1), one_[2], sp.grows(a, high), sum=[Term(times=(so_far,)), Term(times=(larger, part))])

    start = s.have(claim(nat(0)), sp.starts, sum=[Term(squares=(number(0),))])
    at_r = s.induction("k", sp.r, claim, start, step)(sp.r, in_r)
    goal = tr(Z.T @ S @ Z) >= last * tr(Z.T @ sp.Q(sp.r) @ Z)
    s.conclude(goal, by=s.have(goal, sp.whole, sum=[Term(times=(at_r,))]))


def values_of(s: Script, G: Expr, names: str) -> tuple[Spectrum, Known]:
    """The positive eigenvalues of G G', with their projectors, under these names."""
    S = G @ G.T
    found = s.cite("positive-spectrum", S=S, G=G)(s.have(S == S))
    (r, v, E, Q), known = s.obtain(found, names)
    return Spectrum(S, G.term.shape[0], r, v, E, Q, known), s.have(S.T == S)


@statement(
    "order-decided",
    "a threshold separates the singular values, or two triples can be exchanged",
    kind="lemma",
    hidden=True,
)
def order_decided(s: Script) -> None:
    """The threshold is the largest discarded value squared; it is compared with the smallest captured one."""
    W, E, Wp, of_W = two_matrices(s)
    low, high = threshold(W, Wp, E), exchangeable(W, E)
    goal = Or(low, high)
    of_E, sym_E = values_of(s, E, "a x F B")
    of_V, sym_V = values_of(s, W, "b y H C")
    P = W @ Wp

    def separated(t: Context, c: Expr, nonneg: Known, above, below) -> Known:
        """c is a threshold, by proofs of the two bounds for any Z."""
        u = t.inner()
        (w,) = u.dims("w")
        Z = u.matrix("Z", "n", w)
        up = u.have(norm2(E.T @ Z) <= c * norm2(Z), *above(u, Z)[0], sum=above(u, Z)[1])
        down = u.have(norm2(W.T @ Z) >= c * norm2(P @ Z), *below(u, Z)[0], sum=below(u, Z)[1])
        return left_or(t.witness(low, c, by=both(nonneg, u.close(both(up, down)))), high)

    def nothing_discarded(zero: Known) -> Known:
        start = s.moved(lambda x: of_E.Q(x) == 0, of_E.starts, nat(0), of_E.r, s.have(equal(scalar(of_E.r), 0), zero))
        none = s.zero(E.T, s.have(E @ E.T == 0, start, of_E.whole))
        nonneg = s.have(number(0) >= 0, sum=[Term(squares=(number(0),))])
        return separated(
            s,
            number(0),
            nonneg,
            lambda u, Z: ([none], [Term(squares=(number(0),))]),
            lambda u, Z: ([], [Term(grams=(W.T @ Z,))]),
        )

    def some_discarded(more: Known) -> Known:
        some_E = successor(s.have(greater(of_E.r, nat(0)), more), of_E.r, nat(0))
        at_1 = of_E.at(s, nat(1), s.linear(at_least(nat(1), 1)), some_E)
        c = of_E.s(1)
        nonneg = s.have(c >= 0, sum=[Term(times=(at_1[4],))])

        def above(u: Context, Z: Expr):
            return [], [Term(times=(s.cite("largest-value", **of_E.named(), Z=Z)(of_E.known, sym_E, some_E),))]

        def nothing_captured(zero: Known) -> Known:
            start = s.moved(
                lambda x: of_V.Q(x) == 0, of_V.starts, nat(0), of_V.r, s.have(equal(scalar(of_V.r), 0), zero)
            )
            none = s.zero(W.T, s.have(W @ W.T == 0, start, of_V.whole))
            return separated(s, c, nonneg, above, lambda u, Z: ([none], [Term(squares=(number(0),))]))

        def some_captured(more: Known) -> Known:
            some_V = successor(s.have(greater(of_V.r, nat(0)), more), of_V.r, nat(0))
            r = of_V.r
            at_r = of_V.at(s, r, some_V, top(s, of_V))
            Q = s.cite("spectral-partial-sums", **of_V.named())(of_V.known, sym_V)(r, top(s, of_V))
            QW = s.have(of_V.Q(r) @ W == W, s.have(W @ W.T @ of_V.Q(r) == W @ W.T, of_V.whole), Q, of_W)
            least = of_V.s(r)

            def separate(known: Known) -> Known:  # c <= the smallest captured value squared
                def below(u: Context, Z: Expr):
                    bound = s.cite("smallest-value", **of_V.named(), Z=Z)(of_V.known, sym_V, some_V)
                    inside = u.have(
                        tr(Z.T @ of_V.Q(r) @ Z) >= norm2(P @ Z), Q, QW, of_W, sum=[Term(grams=((of_V.Q(r) - P) @ Z,))]
                    )
                    size = u.have(norm2(P @ Z) >= 0, sum=[Term(grams=(P @ Z,))])
                    return [], [Term(times=(bound,)), Term(times=(at_r[4], inside)), Term(times=(known, size))]

                return separated(s, c, nonneg, above, below)

            def exchange(known: Known) -> Known:
                t = s.inner()
                (u,), at_u = t.obtain(s.cite("unit", F=of_E.E(1))(both(at_1[0], at_1[1]), at_1[3]), "u")
                (p,), at_p = t.obtain(s.cite("unit", F=of_V.E(r))(both(at_r[0], at_r[1]), at_r[3]), "p")
                eigen_u = t.have(-E @ (-E).T @ u == c * u, at_1[2], at_u[1])
                eigen_p = t.have(W @ W.T @ p == least * p, at_r[2], at_p[1])
                (v, large), of_u = t.obtain(s.cite("singular-triple", M=-E, p=u, a=c)(eigen_u, at_u[0], at_1[4]), "v t")
                (q, small), of_p = t.obtain(
                    s.cite("singular-triple", M=W, p=p, a=least)(eigen_p, at_p[0], at_r[4]), "q s"
                )
                more = t.have(large * large - small * small > 0, of_u[1], of_p[1], sum=[Term(times=(known,))])
                positive = t.have(large + small > 0, sum=[Term(times=(of_u[0],)), Term(times=(of_p[0],))])
                larger = t.by_sign(
                    large - small,
                    lambda zero: anything(
                        t.have(
                            Falsum(), t.have((large - small) * (large + small) == 0, zero), sum=[Term(times=(more,))]
                        ),
                        large > small,
                    ),
                    lambda yes: t.have(large > small, sum=[Term(times=(yes,))]),
                    lambda no: anything(
                        t.have(Falsum(), sum=[Term(times=(more,)), Term(times=(no, positive))]), large > small
                    ),
                )
                captured, discarded = both(of_p[0], both(*of_p.parts()[2:])), both(*of_u.parts()[2:])
                found = t.witness(high, p, q, small, u, v, large, by=both(captured, discarded, larger))
                return or_right_of(low, t.close(found))

            gap = least - c
            none = Term(squares=(number(0),))
            return s.by_sign(
                gap,
                lambda zero: separate(s.have(gap >= 0, zero, sum=[none])),
                lambda yes: separate(s.have(gap >= 0, sum=[Term(times=(yes,))])),
                lambda no: exchange(s.have(c - least > 0, sum=[Term(times=(no,))])),
            )

        return s.by_sign(
            number(of_V.r),
            nothing_captured,
            some_captured,
            lambda no: anything(impossible(s, nonnegative(of_V.r), no), goal),
        )

    s.conclude(
        goal,
        by=s.by_sign(
            number(of_E.r),
            nothing_discarded,
            some_discarded,
            lambda no: anything(impossible(s, nonnegative(of_E.r), no), goal),
        ),
    )


@statement("order-threshold", "in optimal order a threshold separates the singular values", kind="lemma", hidden=True)
def order_threshold(s: Script) -> None:
    W, E, Wp, of_W = two_matrices(s)
    order = s.given(optimal_order(W, E), "the order is optimal")
    goal = threshold(W, Wp, E)

    def impossible_(found: Known) -> Known:
        t = s.inner()
        letters, known = t.obtain(found, "p q s u v t")
        most = order(*letters, known[0], known[1])
        return t.close(anything(t.have(Falsum(), sum=[Term(times=(most,)), Term(times=(known[2],))]), goal))

    two = s.cite("order-decided", W=W, E=E, Wp=Wp)(of_W)
    s.conclude(goal, by=s.either(two, lambda known: known, impossible_))


@statement(
    "threshold-order", "a threshold that separates the singular values: optimal order", kind="lemma", hidden=True
)
def threshold_order(s: Script) -> None:
    """t^2 = |E'u|^2 <= c <= |W'p|^2 = s^2."""
    W, E, Wp, of_W = two_matrices(s)
    found = s.given(threshold(W, Wp, E), "a threshold")
    (c,), known = s.obtain(found, "c")
    nonneg, bounds = known.parts()
    t = s.inner()
    p, q, small, u, v, large = (of(t.let(one_)) for one_ in triple_letters(W))
    captured = t.given(conjunction(small > 0, triple(W, p, q, small)))
    discarded = t.given(triple(-E, u, v, large))
    above, below = bounds(nat(1), u)[0], bounds(nat(1), p)[1]
    size = lambda x, unit: t.have(norm2(x) == 1, unit)
    up = t.have(
        large * large <= c,
        t.have(norm2(E.T @ u) == large * large, discarded[1], discarded[3]),
        size(u, discarded[2]),
        sum=[Term(times=(above,))],
    )
    (y,), inverse = t.obtain(reciprocal(captured[0]), "y")
    triple_ = captured.parts()[1:]
    Pp = t.have(W @ Wp @ p == p, t.have(W @ Wp @ (small * p) == small * p, triple_[0], of_W), inverse)
    down = t.have(
        small * small >= c,
        t.have(norm2(W.T @ p) == small * small, triple_[1], triple_[3]),
        t.have(norm2(W @ Wp @ p) == 1, Pp, triple_[2]),
        sum=[Term(times=(below,))],
    )
    less = t.have(small * small - large * large >= 0, sum=[Term(times=(up,)), Term(times=(down,))])
    wanted = large <= small
    result = t.by_sign(
        small - large,
        lambda zero: t.have(wanted, zero, sum=[Term(squares=(number(0),))]),
        lambda yes: t.have(wanted, sum=[Term(times=(yes,))]),
        lambda no: anything(
            t.have(Falsum(), sum=[Term(times=(less,)), Term(times=(no, no)), Term(2, times=(no, captured[0]))]), wanted
        ),
    )
    s.conclude(optimal_order(W, E), by=t.close(result))


@statement("order-form", "in optimal order |N|^2 + 2 <E, N W+ N> >= 0 for every N", kind="lemma", hidden=True)
def order_form(s: Script) -> None:
    """Only N1 = (I - P) N U and N2 = P N (I - U) meet E and W+, with P = W W+ and U = W+ W: <E, N W+ N> is
    <W+'N1'E, N2>, and |W+'N1'E|^2 <= |N1'E|^2 / c <= |N1|^2 for a threshold c > 0."""
    W, E, Wp, of_W = two_matrices(s)
    right, left = s.given(E @ W.T == 0, "E W' = 0"), s.given(E.T @ W == 0, "E'W = 0")
    order = s.given(optimal_order(W, E), "the order is optimal")
    (N,) = s.matrices("N: n x m")
    P, U = W @ Wp, Wp @ W
    N1, N2 = N @ U - P @ N @ U, P @ N - P @ N @ U
    rest = P @ N @ U, N - P @ N - N @ U + P @ N @ U
    K = Wp.T @ N1.T @ E
    value = norm2(N) + 2 * tr(E.T @ N @ Wp @ N)
    (c,), known = s.obtain(s.cite("order-threshold", W=W, E=E, Wp=Wp)(of_W, order), "c")
    nonneg, bounds = known.parts()
    EWp = s.have(E @ Wp == 0, right, of_W)
    EP = s.have(E.T @ W @ Wp == 0, left)
    mixed = s.have(tr(E.T @ N @ Wp @ N) == tr(K.T @ N2), EWp, EP, of_W)
    pieces = s.have(norm2(N) == norm2(N1) + norm2(N2) + norm2(rest[0]) + norm2(rest[1]), of_W)
    goal = value >= 0

    def at_zero(zero: Known) -> Known:
        above = bounds(nat("n"), ident("n"))[0]
        none = s.zero(E.T, s.have(norm2(E.T) <= 0, zero, sum=[Term(times=(above,))]))
        return s.have(goal, none, sum=[Term(grams=(N,))])

    def positive(more: Known) -> Known:
        t = s.inner()
        (y,), of_y = t.obtain(s.cite("positive-inverse", a=c)(more), "y")
        above, below = bounds(nat("m"), N1)[0], bounds(nat("m"), K)[1]
        onto = t.have(W @ Wp @ K == K, of_W)
        back = t.have(W.T @ K == N1.T @ E, of_W)
        swap = t.have(norm2(N1.T @ E) == norm2(E.T @ N1))
        first = t.have(
            c * norm2(K) <= c * norm2(N1),
            t.have(norm2(W.T @ K) == norm2(N1.T @ E), back),
            swap,
            t.have(norm2(W @ Wp @ K) == norm2(K), onto),
            sum=[Term(times=(above,)), Term(times=(below,))],
        )
        small = t.have(norm2(K) <= norm2(N1), of_y[1], sum=[Term(times=(of_y[0], first))])
        result = t.have(
            goal, mixed, pieces, sum=[Term(times=(small,)), Term(grams=(N2 + K,)), *(Term(grams=(r,)) for r in rest)]
        )
        return t.close(result)

    s.conclude(goal, by=s.by_sign(c, at_zero, positive, lambda no: anything(impossible(s, nonneg, no), goal)))


@statement(
    "captured-most", "optimal order: tr(F Z Z') <= |W|^2 for Z = W - E and rank F <= rank W", kind="lemma", hidden=True
)
def captured_most(s: Script) -> None:
    """With a threshold c: |E'F|^2 <= c (rank F - tr(PF)), and |W|^2 - |W'F|^2 >= c (rank W - tr(PF)), P = W W+."""
    W, E, Wp, of_W = two_matrices(s)
    right, left = s.given(E @ W.T == 0, "E W' = 0"), s.given(E.T @ W == 0, "E'W = 0")
    order = s.given(optimal_order(W, E), "the order is optimal")
    (F,) = s.matrices("F: n x n")
    proj = s.given(is_projector(F), "F is an orthogonal projector")
    P, Z, one = W @ Wp, W - E, ident("n")
    rank = s.given(tr(F) <= tr(P), "rank F <= rank W")
    (c,), known = s.obtain(s.cite("order-threshold", W=W, E=E, Wp=Wp)(of_W, order), "c")
    nonneg, bounds = known.parts()
    EP = s.have(E.T @ W @ Wp == 0, left)
    above, below = bounds(nat("n"), F - P @ F)[0], bounds(nat("n"), one - F)[1]
    first = s.have(norm2(E.T @ F) <= c * (tr(F) - tr(P @ F)), EP, proj, of_W, sum=[Term(times=(above,))])
    second = s.have(norm2(W) - norm2(W.T @ F) >= c * (tr(P) - tr(P @ F)), proj, of_W, sum=[Term(times=(below,))])
    total = s.have(tr(F @ Z @ Z.T) == norm2(W.T @ F) + norm2(E.T @ F), right, proj)
    claim = tr(F @ Z @ Z.T) <= norm2(W)
    s.conclude(
        claim,
        by=s.have(claim, total, sum=[Term(times=(first,)), Term(times=(second,)), Term(times=(nonneg, rank))]),
    )
