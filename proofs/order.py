"""Which singular values a projector captures: sums, bounds, and the dichotomy behind prop-2, thm-2 and T5.

P is an orthogonal projector that commutes with the symmetric S, p_i = tr(P E[i]) and m_i = tr E[i].
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
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
    nonnegative,
    or_right_of,
    successor,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from .spectra import Spectrum, next_range, symmetric_with_spectrum


def top(t: Context, sp: Spectrum) -> Known:
    """r <= r."""
    return t.linear(at_least(sp.r, sp.r))


@statement("psd-trace", "tr(F S) >= 0 for an orthogonal projector F", kind="lemma", hidden=True)
def psd_trace(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")

    def claim(k):
        return tr(F @ S @ sp.Q(k)) >= 0

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        one = sp.at(t, k + 1, low, high)
        some = s.cite("projector-order", P=F, E=sp.E(k + 1))(proj, both(one[0], one[1]))[0]
        return t.have(claim(k + 1), one[2], sp.grows(k, high), sum=[Term(times=(so_far,)), Term(times=(one[4], some))])

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), sp.starts), step)
    end = all_k(sp.r, top(s, sp))
    s.conclude(tr(F @ S) >= 0, by=s.have(tr(F @ S) >= 0, sp.whole, sum=[Term(times=(end,))]))


@statement(
    "tail",
    "tr(F S (I - Q[k])) <= s[k+1] tr(F (I - Q[k])): what lies beyond the first k values",
    kind="lemma",
    hidden=True,
)
def tail(s: Script) -> None:
    """Both sides from k up to r, by induction on the number of values beyond k."""
    S, sp, sym = symmetric_with_spectrum(s)
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    (k,) = s.dims("k")
    inside = s.given(at_least(sp.r, k + 1))
    x = sp.s(k + 1)
    low = s.linear(at_least(k + 1, 1))
    (e,), rest = s.obtain(difference(s.linear(at_least(sp.r, k), inside), sp.r, k), "e")

    def claim(d):
        return tr(F @ S @ sp.Q(k + d)) - tr(F @ S @ sp.Q(k)) <= x * (tr(F @ sp.Q(k + d)) - tr(F @ sp.Q(k)))

    def step(t, d, below, so_far):
        i = k + d + 1
        high = t.linear(at_least(sp.r, i), below, rest)
        i_low = t.linear(at_least(i, 1))
        one = sp.at(t, i, i_low, high)
        some = s.cite("projector-order", P=F, E=sp.E(i))(proj, both(one[0], one[1]))[0]

        def later(sign):  # i > k + 1
            more = successor(t.have(greater(i, k + 1), sign), i, k + 1)
            gap = sp.ordered(k + 1, low, inside, i, t.linear(at_least(i, k + 2), more), high)
            return t.have(x >= sp.s(i), sum=[Term(times=(gap,))])

        smaller = t.by_sign(
            number(d),
            lambda zero: t.moved(
                lambda n: x >= sp.s(k + n + 1), t.have(x >= x, sum=[Term(squares=(number(0),))]), nat(0), d, zero
            ),
            lambda positive: later(t.have(greater(i, k + 1), positive, sum=[Term(times=(positive,))])),
            lambda negative: anything(impossible(t, nonnegative(d), negative), x >= sp.s(i)),
        )
        grows = sp.grows(k + d, high)
        return t.have(claim(d + 1), one[2], grows, sum=[Term(times=(so_far,)), Term(times=(smaller, some))])

    all_d = s.induction("d", e, claim, s.have(claim(nat(0))), step)
    at_e = all_d(e, s.linear(at_least(e, e)))
    same = s.moved(lambda n: sp.Q(n) == sp.Q(k + e), s.have(sp.Q(k + e) == sp.Q(k + e)), k + e, sp.r, rest)
    below = tr(F @ S @ (ident(sp.size) - sp.Q(k))) <= x * (tr(F @ sp.Q(sp.r)) - tr(F @ sp.Q(k)))
    first = s.have(below, same, sp.whole, sum=[Term(times=(at_e,))])
    sums = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, top(s, sp))
    room = s.cite("projector-order", P=F, E=ident(sp.size) - sp.Q(sp.r))(proj, complement(s, sp.Q(sp.r), sums))[0]
    positive = sp.at(s, k + 1, low, inside)[4]
    s.conclude(
        tr(F @ S @ (ident(sp.size) - sp.Q(k))) <= x * tr(F @ (ident(sp.size) - sp.Q(k))),
        by=s.have(
            tr(F @ S @ (ident(sp.size) - sp.Q(k))) <= x * tr(F @ (ident(sp.size) - sp.Q(k))),
            sum=[Term(times=(first,)), Term(times=(positive, room))],
        ),
    )


def complement(s: Context, Q: Expr, proj: Known) -> Known:
    """I - Q is an orthogonal projector, because Q is."""
    R = ident(Q.term.shape[0]) - Q
    return both(s.have(R.T == R, proj), s.have(R @ R == R, proj))


def impossible(t: Context, low: Known, negative: Known) -> Known:
    """Falsum, from n >= 0 and -n > 0."""
    return t.have(Falsum(), low, negative, sum=[Term(times=(low,)), Term(times=(negative,))])


@statement("head", "tr(F S Q[k]) <= sum of m_i s_i (i <= k) + s[k+1] (tr(F Q[k]) - tr Q[k])", kind="lemma", hidden=True)
def head(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    (k,) = s.dims("k")
    inside = s.given(at_least(sp.r, k + 1))
    x = sp.s(k + 1)
    T, known = sums_of(s, sp)

    def claim(j):
        return tr(F @ S @ sp.Q(j)) <= of(T, j) + x * (tr(F @ sp.Q(j)) - tr(sp.Q(j)))

    def step(t, j, below, so_far):
        low, high = t.linear(at_least(j + 1, 1)), t.linear(at_least(sp.r, j + 1), below, inside)
        one = sp.at(t, j + 1, low, high)
        gap = sp.ordered(j + 1, low, high, k + 1, t.linear(at_least(k + 1, j + 2), below), inside)
        most = s.cite("projector-order", P=F, E=sp.E(j + 1))(proj, both(one[0], one[1]))[1]
        return t.have(
            claim(j + 1),
            one[2],
            sp.grows(j, high),
            known[1](j, high),
            sum=[Term(times=(so_far,)), Term(times=(gap, most))],
        )

    all_j = s.induction(
        "j", k, claim, s.have(claim(nat(0)), sp.starts, known[0], sum=[Term(squares=(number(0),))]), step
    )
    s.conclude(claim(k), by=all_j(k, s.linear(at_least(k, k))))


def sums_of(s: Context, sp: Spectrum, name: str = "T") -> tuple[Variable, Known]:
    """The family T[k] = m_1 s_1 + ... + m_k s_k."""
    T = s.family(name, "k", SCALAR)
    k = nat("k")
    grows = Implies(at_least(sp.r, k + 1), of(T, k + 1) == of(T, k) + sp.s(k + 1) * tr(sp.E(k + 1)))
    return T, s.given(conjunction(of(T, 0) == 0, for_all(Variable("k", NAT), grows)), "T[k] = sum of m_i s_i")


@statement(
    "T10.bound",
    "tr(F S) <= sum of m_i s_i (i <= k) + (kappa - sum of m_i) s[k+1], rank F <= kappa",
    kind="lemma",
    hidden=True,
)
def kyfan(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    (k,) = s.dims("k")
    inside = s.given(at_least(sp.r, k + 1))
    kappa = s.scalar("kappa")
    rank = s.given(tr(F) <= kappa, "rank F <= kappa")
    T, known = sums_of(s, sp)
    first = s.cite("head", **sp.named(), F=F, k=k, T=T)(sp.known, sym, proj, inside, known)
    second = s.cite("tail", **sp.named(), F=F, k=k)(sp.known, sym, proj, inside)
    positive = sp.at(s, k + 1, s.linear(at_least(k + 1, 1)), inside)[4]
    claim = tr(F @ S) <= of(T, k) + (kappa - tr(sp.Q(k))) * sp.s(k + 1)
    s.conclude(claim, by=s.have(claim, sum=[Term(times=(first,)), Term(times=(second,)), Term(times=(positive, rank))]))


def commuting(s: Script):
    """S with its spectrum, and an orthogonal projector P that commutes with it."""
    S, sp, sym = symmetric_with_spectrum(s)
    (P,) = s.matrices("P: n x n")
    proj = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")
    com = s.given(P @ S == S @ P, "P S = S P")
    return S, sp, sym, P, proj, com


@statement("commute-partial", "P commutes with Q[k]", kind="lemma", hidden=True)
def commute_partial(s: Script) -> None:
    S, sp, sym, P, proj, com = commuting(s)
    swap = s.cite("spectral-commute", **sp.named(), P=P)(sp.known, sym, proj, com)

    def claim(k):
        return P @ sp.Q(k) == sp.Q(k) @ P

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        return t.have(claim(k + 1), so_far, swap(k + 1, low, high), sp.grows(k, high))

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), sp.starts), step)
    s.conclude(all_k.formula, by=all_k)


@statement("captured", "tr(PE) = tr E implies P E = E", kind="lemma", hidden=True)
def captured(s: Script) -> None:
    s.dims("n")
    P, E = s.matrices("P: n x n, E: n x n")
    p = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")
    e = s.given(conjunction(E.T == E, E @ E == E), "E is an orthogonal projector")
    full = s.given(tr(P @ E) == tr(E), "tr(PE) = tr E")
    value = s.have(norm2(E - P @ E) == tr(E) - tr(P @ E), p, e)
    zero = s.zero(E - P @ E, value, full)
    s.conclude(P @ E == E, by=[zero])


def full_upto(sp: Spectrum, P: Expr, k: Nat):
    """p_i = m_i for i = 1..k."""
    return in_range("i", 1, k, tr(P @ sp.E("i")) == tr(sp.E("i")))


@statement("captured-upto", "p_i = m_i for i <= k implies P Q[k] = Q[k]", kind="lemma", hidden=True)
def captured_upto(s: Script) -> None:
    S, sp, sym, P, proj, com = commuting(s)
    (k,) = s.dims("k")
    inside = s.given(at_least(sp.r, k))
    full = s.given(full_upto(sp, P, k), "p_i = m_i for i <= k")

    def claim(j):
        return P @ sp.Q(j) == sp.Q(j)

    def step(t, j, below, so_far):
        low, high = t.linear(at_least(j + 1, 1)), t.linear(at_least(sp.r, j + 1), below, inside)
        one = sp.at(t, j + 1, low, high)
        here = s.cite("captured", P=P, E=sp.E(j + 1))(proj, both(one[0], one[1]), full(j + 1, low, below))
        return t.have(claim(j + 1), so_far, here, sp.grows(j, high))

    all_j = s.induction("j", k, claim, s.have(claim(nat(0)), sp.starts), step)
    s.conclude(claim(k), by=all_j(k, s.linear(at_least(k, k))))


@statement("rank-grows", "tr Q[k] <= tr Q[r]", kind="lemma", hidden=True)
def rank_grows(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (k,) = s.dims("k")
    inside = s.given(at_least(sp.r, k))
    (e,), rest = s.obtain(difference(inside, sp.r, k), "e")

    def claim(d):
        return tr(sp.Q(k)) <= tr(sp.Q(k + d))

    def step(t, d, below, so_far):
        low, high = t.linear(at_least(k + d + 1, 1)), t.linear(at_least(sp.r, k + d + 1), below, rest)
        positive = sp.at(t, k + d + 1, low, high)[3]
        return t.have(claim(d + 1), sp.grows(k + d, high), sum=[Term(times=(so_far,)), Term(times=(positive,))])

    at_e = s.induction("d", e, claim, s.have(claim(nat(0)), sum=[Term(squares=(number(0),))]), step)(
        e, s.linear(at_least(e, e))
    )
    s.conclude(tr(sp.Q(k)) <= tr(sp.Q(sp.r)), by=s.moved(lambda n: tr(sp.Q(k)) <= tr(sp.Q(n)), at_e, k + e, sp.r, rest))


@statement("pick-missed", "p_i < m_i: a unit eigenvector of s[i] that P misses", kind="lemma", hidden=True)
def pick_missed(s: Script) -> None:
    S, sp, sym, P, proj, com = commuting(s)
    (i,) = s.dims("i")
    low, high = s.given(at_least(i, 1)), s.given(at_least(sp.r, i))
    less = s.given(tr(P @ sp.E(i)) < tr(sp.E(i)), "p_i < m_i")
    one = sp.at(s, i, low, high)
    swap = s.cite("spectral-commute", **sp.named(), P=P)(sp.known, sym, proj, com)(i, low, high)
    F = sp.E(i) - P @ sp.E(i)
    F_proj = both(s.have(F.T == F, swap, one[0], proj[0]), s.have(F @ F == F, swap, one[1], proj[1]))
    positive = s.have(tr(F) > 0, sum=[Term(times=(less,))])
    (u,), known = s.obtain(s.cite("unit", F=F)(F_proj, positive), "u")
    Eu = s.have(sp.E(i) @ u == u, known[1], swap, one[1])
    Pu = s.have(P @ u == 0, known[1], proj[1])
    claim = missed_vector(S, P, sp.s(i))
    s.conclude(claim, by=s.witness(claim, u, by=both(s.have(S @ u == sp.s(i) * u, Eu, one[2]), known[0], Pu)))


def missed_vector(S: Expr, P: Expr, value: Expr):
    """There is a unit eigenvector of S of that value that P misses."""
    variable = Variable("u", matrix_sort(S.term.shape[0], 1))
    u = of(variable)
    return exists(variable, conjunction(S @ u == value * u, u.T @ u == ident(1), P @ u == 0))


@statement("pick-beyond", "tr(P (I - Q[i])) > 0: a unit vector in P with v'Sv < s[i]", kind="lemma", hidden=True)
def pick_beyond(s: Script) -> None:
    S, sp, sym, P, proj, com = commuting(s)
    (i,) = s.dims("i")
    low, high = s.given(at_least(i, 1)), s.given(at_least(sp.r, i))
    more = s.given(tr(P @ (ident(sp.size) - sp.Q(i))) > 0, "P captures something beyond s[i]")
    PQ = s.cite("commute-partial", **sp.named(), P=P)(sp.known, sym, proj, com)(i, high)
    Qi = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(i, high)
    F = P @ (ident(sp.size) - sp.Q(i))
    F_proj = both(s.have(F.T == F, PQ, Qi[0], proj[0]), s.have(F @ F == F, PQ, Qi[1], proj[1]))
    (v,), known = s.obtain(s.cite("unit", F=F)(F_proj, more), "v")
    Pv = s.have(P @ v == v, known[1], proj[1])
    Qv = s.have(sp.Q(i) @ v == 0, s.have(sp.Q(i) @ F == 0, PQ, Qi[1]), known[1])
    positive = sp.at(s, i, low, high)[4]

    def last(sign):  # i = r: S v = S Q[r] v = 0
        Qr = s.moved(lambda n: sp.Q(n) @ v == 0, Qv, i, sp.r, s.have(equal(scalar(sp.r), scalar(i)), sign))
        return s.have(tr(v.T @ S @ v) < sp.s(i), s.have(S @ v == 0, Qr, sp.whole), sum=[Term(times=(positive,))])

    def before(sign):  # i + 1 <= r
        inside = successor(s.have(greater(sp.r, i), sign), sp.r, i)
        vv = both(s.have((v @ v.T).T == v @ v.T), s.have(v @ v.T @ v @ v.T == v @ v.T, known[0]))
        most = s.cite("tail", **sp.named(), F=v @ v.T, k=i)(sp.known, sym, vv, inside)
        size = s.have(tr(v.T @ v) == 1, known[0])
        gap = sp.ordered(i, low, high, i + 1, s.linear(at_least(i + 1, i + 1)), inside)
        return s.have(tr(v.T @ S @ v) < sp.s(i), Qv, size, sum=[Term(times=(most,)), Term(times=(gap,))])

    less = s.by_sign(
        number(sp.r) - number(i),
        last,
        before,
        lambda sign: anything(
            s.have(Falsum(), high, sign, sum=[Term(times=(high,)), Term(times=(sign,))]), tr(v.T @ S @ v) < sp.s(i)
        ),
    )
    variable = Variable("v", matrix_sort(sp.size, 1))
    w = of(variable)
    claim = exists(variable, conjunction(w.T @ w == ident(1), P @ w == w, tr(w.T @ S @ w) < sp.s(i)))
    s.conclude(claim, by=s.witness(claim, v, by=both(known[0], Pv, less)))


def case_1(sp: Spectrum, P: Expr, kappa: Expr):
    """kappa <= sum m_i, rank P = kappa, and P captures the largest values: p_i = m_i for i <= k, p_(k+1) the rest."""
    k = nat("k")
    rest = kappa - tr(sp.Q(k))
    pattern = conjunction(
        at_least(sp.r, k + 1), full_upto(sp, P, k), tr(P @ sp.E(k + 1)) == rest, rest <= tr(sp.E(k + 1))
    )
    return conjunction(kappa <= tr(sp.Q(sp.r)), tr(P) == kappa, exists(Variable("k", NAT), pattern))


def case_2(sp: Spectrum, P: Expr, kappa: Expr):
    """kappa > sum m_i, and P captures every positive value."""
    return conjunction(kappa > tr(sp.Q(sp.r)), full_upto(sp, P, sp.r))


def improvable(sp: Spectrum, P: Expr, kappa: Expr):
    """Some s[i] is not captured whole, and P captures something beyond it or has rank to spare."""
    i = nat("i")
    more = Or(tr(P @ (ident(sp.size) - sp.Q(i))) > 0, tr(P) < kappa)
    return exists(
        Variable("i", NAT), conjunction(at_least(i, 1), at_least(sp.r, i), tr(P @ sp.E(i)) < tr(sp.E(i)), more)
    )


@statement(
    "dichotomy", "P is of optimal pattern (case 1 or 2 of prop-2), or it can be improved", kind="lemma", hidden=True
)
def dichotomy(s: Script) -> None:
    S, sp, sym, P, proj, com = commuting(s)
    kappa = s.scalar("kappa")
    some = s.given(kappa > 0, "kappa > 0")
    rank = s.given(tr(P) <= kappa, "rank P <= kappa")
    one_, two_, three_ = case_1(sp, P, kappa), case_2(sp, P, kappa), improvable(sp, P, kappa)
    goal = Or(one_, Or(two_, three_))
    first = lambda known: left_or(known, Or(two_, three_))
    second = lambda known: or_right_of(one_, left_or(known, three_))
    third = lambda known: or_right_of(one_, or_right_of(two_, known))
    upto = lambda k: s.cite("captured-upto", **sp.named(), P=P, k=k)
    sums = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)

    k = nat("k")
    gap = exists(
        Variable("k", NAT),
        conjunction(at_least(sp.r, k + 1), full_upto(sp, P, k), tr(P @ sp.E(k + 1)) < tr(sp.E(k + 1))),
    )

    def least(j):
        return Or(full_upto(sp, P, j), gap)

    def grow(t, j, below, so_far):
        low, high = next_range(t, sp, j, below)
        one = sp.at(t, j + 1, low, high)
        most = s.cite("projector-order", P=P, E=sp.E(j + 1))(proj, both(one[0], one[1]))[1]

        def extend(full):
            def same(zero):
                inside = t.inner()
                (i,) = inside.dims("i")
                i1, i2 = inside.given(at_least(i, 1)), inside.given(at_least(j + 1, i))
                here = inside.have(tr(P @ sp.E(j + 1)) == tr(sp.E(j + 1)), zero)
                wanted = lambda n: tr(P @ sp.E(n)) == tr(sp.E(n))
                case = inside.by_sign(
                    number(j + 1) - number(i),
                    lambda eq: inside.moved(wanted, here, j + 1, i, inside.have(equal(scalar(i), scalar(j + 1)), eq)),
                    lambda more: full(
                        i, i1, inside.linear(at_least(j, i), successor(inside.have(greater(j + 1, i), more), j + 1, i))
                    ),
                    lambda no: anything(impossible(inside, i2, no), wanted(i)),
                )
                return left_or(inside.close(case), gap)

            def less(positive):
                smaller = t.have(tr(P @ sp.E(j + 1)) < tr(sp.E(j + 1)), sum=[Term(times=(positive,))])
                return or_right_of(full_upto(sp, P, j + 1), t.witness(gap, j, by=both(high, full, smaller)))

            return t.by_sign(
                tr(sp.E(j + 1)) - tr(P @ sp.E(j + 1)),
                same,
                less,
                lambda no: anything(
                    t.have(Falsum(), most, no, sum=[Term(times=(most,)), Term(times=(no,))]), least(j + 1)
                ),
            )

        return t.either(so_far, extend, lambda found: or_right_of(full_upto(sp, P, j + 1), found))

    nothing = s.inner()
    (i,) = nothing.dims("i")
    i1, i2 = nothing.given(at_least(i, 1)), nothing.given(at_least(nat(0), i))
    empty = nothing.close(
        anything(
            nothing.have(Falsum(), i1, i2, sum=[Term(times=(i1,)), Term(times=(i2,)), Term()]),
            tr(P @ sp.E(i)) == tr(sp.E(i)),
        )
    )
    found = s.induction("j", sp.r, least, left_or(empty, gap), grow)(sp.r, top(s, sp))

    def all_full(full):
        PQ = upto(sp.r)(sp.known, sym, proj, com, top(s, sp), full)
        Qr = sums(sp.r, top(s, sp))
        most = s.cite("projector-order", P=ident(sp.size) - sp.Q(sp.r), E=P)(complement(s, sp.Q(sp.r), Qr), proj)[0]
        least_rank = s.have(tr(sp.Q(sp.r)) <= tr(P), PQ, sum=[Term(times=(most,))])

        def tight(zero):  # kappa = tr Q[r] = tr P, so r >= 1 and the last value is captured whole
            def no_values(r0):
                empty_sum = s.moved(lambda n: sp.Q(n) == 0, sp.starts, nat(0), sp.r, r0)
                return anything(
                    s.have(
                        Falsum(),
                        s.have(kappa == tr(sp.Q(sp.r)), zero),
                        s.have(tr(sp.Q(sp.r)) == 0, empty_sum),
                        sum=[Term(times=(some,))],
                    ),
                    goal,
                )

            def values(positive):
                t = s.inner()
                (q,), last = t.obtain(
                    difference(
                        s.linear(at_least(sp.r, 1), successor(s.have(greater(sp.r, nat(0)), positive), sp.r, nat(0))),
                        sp.r,
                        nat(1),
                    ),
                    "q",
                )
                high = s.linear(at_least(sp.r, q + 1), last)
                part = full(q + 1, s.linear(at_least(q + 1, 1)), high)
                grows = sp.grows(q, high)
                at_r = s.moved(
                    lambda n: tr(sp.Q(n)) == tr(sp.Q(q)) + tr(sp.E(q + 1)),
                    s.have(tr(sp.Q(q + 1)) == tr(sp.Q(q)) + tr(sp.E(q + 1)), grows),
                    q + 1,
                    sp.r,
                    s.have(equal(scalar(sp.r), scalar(q + 1)), last),
                )
                inside = s.inner()
                (i,) = inside.dims("i")
                i1, i2 = inside.given(at_least(i, 1)), inside.given(at_least(q, i))
                before = inside.close(full(i, i1, inside.linear(at_least(sp.r, i), i2, high)))
                rest = kappa - tr(sp.Q(q))
                exact = s.have(tr(P @ sp.E(q + 1)) == rest, part, at_r, zero)
                fits = s.have(rest <= tr(sp.E(q + 1)), at_r, zero, sum=[Term(squares=(number(0),))])
                pattern = s.witness(one_.right.right, q, by=both(high, before, exact, fits))
                equal_rank = antisymmetric(
                    s, tr(P), kappa, rank, s.have(kappa <= tr(P), zero, sum=[Term(times=(least_rank,))])
                )
                return t.close(
                    first(
                        both(
                            s.have(kappa <= tr(sp.Q(sp.r)), zero, sum=[Term(squares=(number(0),))]), equal_rank, pattern
                        )
                    )
                )

            return s.by_sign(
                number(sp.r), no_values, values, lambda no: anything(impossible(s, nonnegative(sp.r), no), goal)
            )

        return s.by_sign(
            kappa - tr(sp.Q(sp.r)),
            tight,
            lambda positive: second(both(s.have(kappa > tr(sp.Q(sp.r)), sum=[Term(times=(positive,))]), full)),
            lambda no: anything(
                s.have(Falsum(), sum=[Term(times=(no,)), Term(times=(least_rank,)), Term(times=(rank,))]), goal
            ),
        )

    def not_full(existence):
        t = s.inner()
        (q,), known = t.obtain(existence, "q")
        high, before, less = known.parts()
        low = t.linear(at_least(q + 1, 1))
        PQ = upto(q)(sp.known, sym, proj, com, t.linear(at_least(sp.r, q), high), before)
        grows = sp.grows(q, high)
        head_rank = t.have(tr(P @ sp.Q(q + 1)) == tr(sp.Q(q)) + tr(P @ sp.E(q + 1)), PQ, grows)
        Q1 = sums(q + 1, high)
        beyond = s.cite("projector-order", P=P, E=ident(sp.size) - sp.Q(q + 1))(proj, complement(t, sp.Q(q + 1), Q1))[0]
        improve = lambda more: third(t.witness(three_, q + 1, by=both(low, high, less, more)))
        open_ = tr(P @ (ident(sp.size) - sp.Q(q + 1)))

        def nothing_beyond(zero):
            total = t.have(tr(P) == tr(sp.Q(q)) + tr(P @ sp.E(q + 1)), head_rank, zero)

            def whole(sign):
                rest = kappa - tr(sp.Q(q))
                exact = t.have(tr(P @ sp.E(q + 1)) == rest, total, sign)
                fits = t.have(rest <= tr(sp.E(q + 1)), exact, sum=[Term(times=(less,))])
                pattern = t.witness(one_.right.right, q, by=both(high, before, exact, fits))
                grown = s.cite("rank-grows", **sp.named(), k=q + 1)(sp.known, sym, high)
                bound = t.have(kappa <= tr(sp.Q(sp.r)), grows, sum=[Term(times=(fits,)), Term(times=(grown,))])
                return first(both(bound, t.have(tr(P) == kappa, sign), pattern))

            return t.by_sign(
                kappa - tr(P),
                whole,
                lambda spare: improve(or_right_of(open_ > 0, t.have(tr(P) < kappa, sum=[Term(times=(spare,))]))),
                lambda no: anything(t.have(Falsum(), sum=[Term(times=(no,)), Term(times=(rank,))]), goal),
            )

        result = t.by_sign(
            open_,
            nothing_beyond,
            lambda positive: improve(left_or(positive, tr(P) < kappa)),
            lambda no: anything(t.have(Falsum(), sum=[Term(times=(no,)), Term(times=(beyond,))]), goal),
        )
        return t.close(result)

    s.conclude(goal, by=s.either(found, all_full, not_full))


def antisymmetric(s: Context, x: Expr, y: Expr, below: Known, above: Known) -> Known:
    """x = y, from x <= y and y <= x."""
    return s.by_sign(
        x - y,
        lambda zero: s.have(x == y, zero),
        lambda more: anything(s.have(Falsum(), sum=[Term(times=(more,)), Term(times=(below,))]), x == y),
        lambda less: anything(s.have(Falsum(), sum=[Term(times=(less,)), Term(times=(above,))]), x == y),
    )
