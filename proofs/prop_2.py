"""Proposition 2 and Theorem 2: global minimizers and the landscape, without assuming that a minimizer exists.

kappa is min(d1, d2): kappa <= d1, kappa <= d2, and kappa is one of them. P = A2 A2+, p_i = tr(P E[i]), m_i = tr E[i].
"""

from fractions import Fraction

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
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
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, anything, both, from_fact, left_or, or_right_of
from symbolic_cp.prover.expression import ident, norm2, number, of, tr

from .order import case_1, case_2, commuting, complement, improvable, sums_of, top
from .patterns import admissible, pattern_of
from .perturb import point
from .prop_1 import loss
from .spectra import spectrum_of


def everywhere(X, Y, A1, A2):
    """(A1, A2) is a global minimizer: for all B1, B2, L(A1, A2) <= L(B1, B2)."""
    B1, B2 = Variable("B1", matrix_sort("d1", "d0")), Variable("B2", matrix_sort("d2", "d1"))
    return for_all(B1, B2, loss(X, Y, A1, A2) <= loss(X, Y, of(B1), of(B2)))


def smallest_width(s: Script):
    """kappa = min(d1, d2) > 0."""
    (kappa,) = s.dims("kappa")
    least = conjunction(
        at_least(nat("d1"), kappa),
        at_least(nat("d2"), kappa),
        at_least(kappa, 1),
        Or(equal(scalar(kappa), scalar(nat("d1"))), equal(scalar(kappa), scalar(nat("d2")))),
    )
    return number(kappa), s.given(least, "kappa = min(d1, d2) >= 1")


def setting(s: Script):
    """A critical point with the spectrum of Sigma, its projector P, and kappa."""
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2 = point(s)
    Sigma, P = Y @ Xp @ X @ Y.T, A2 @ a
    sp = spectrum_of(s, Sigma)
    sym = s.have(Sigma.T == Sigma, of_X)
    lemma = s.cite("lem-1", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a)(eq23, eq24, of_X, of_A2)
    com = s.have(P @ Sigma == Sigma @ P, lemma.parts()[2])
    proj = both(s.have(P.T == P, of_A2), s.have(P @ P == P, of_A2))
    return X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj


@statement(
    "T10",
    "L >= 1/2 Tr(YY') - 1/2 Tr(P Sigma) with the gap; Tr(F Sigma) is at most the sum of the largest values",
)
def t10(s: Script) -> None:
    """For every (A1, A2), critical or not, and every orthogonal projector F of rank at most kappa.

    The bound on Tr(F Sigma) holds for every k, and is the sum of the kappa largest singular values when m_1 + ... + m_k
    <= kappa <= m_1 + ... + m_(k+1); T[r] is the sum of all.
    """
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2 = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    Xp, of_X = s.pinv(X, "Xp")
    a, of_A2 = s.pinv(A2, "A2p")
    Sigma, P = Y @ Xp @ X @ Y.T, A2 @ a
    sp = spectrum_of(s, Sigma)
    sym = s.have(Sigma.T == Sigma, of_X)
    gap = s.step(
        "T10.1",
        loss(X, Y, A1, A2) == tr(Y @ Y.T) / 2 - tr(P @ Sigma) / 2 + norm2(A2 @ A1 @ X - P @ Y @ Xp @ X) / 2,
        by=[of_X, of_A2],
        title="the gap",
    )
    below = s.step(
        "T10.2",
        loss(X, Y, A1, A2) >= tr(Y @ Y.T) / 2 - tr(P @ Sigma) / 2,
        by=[gap],
        sum=[Term(Fraction(1, 2), grams=(A2 @ A1 @ X - P @ Y @ Xp @ X,))],
        title="the lower bound",
    )
    (F,) = s.matrices("F: d2 x d2")
    F_proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    kappa = s.scalar("kappa")
    rank = s.given(tr(F) <= kappa, "rank F <= kappa")
    T, sums = sums_of(s, sp)
    t = s.inner()
    (k,) = t.dims("k")
    inside = t.given(at_least(sp.r, k + 1))
    bound = t.close(
        s.cite("T10.bound", **sp.named(), F=F, k=k, kappa=kappa, T=T)(sp.known, sym, F_proj, inside, rank, sums)
    )
    every = s.linear(at_least(sp.r, sp.r))
    total = s.have(tr(Sigma) == of(T, sp.r), head_value(s, sp, Sigma, T, sums, sp.r, every), sp.whole)
    most = s.cite("T10.all", **sp.named(), F=F)(sp.known, sym, F_proj)
    all_ = s.have(tr(F @ Sigma) <= of(T, sp.r), total, sum=[Term(times=(most,))])
    third = s.step(
        "T10.3",
        conjunction(bound.formula, all_.formula),
        proof=both(bound, all_),
        title="Tr(F Sigma) is at most the sum of the kappa largest values, for every projector F of rank <= kappa",
    )
    s.conclude(conjunction(gap.formula, below.formula, third.formula), by=both(gap, below, third))


@statement("T10.all", "Tr(F Sigma) <= Tr Sigma", kind="lemma", hidden=True)
def at_most_all(s: Script) -> None:
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    sp = spectrum_of(s, S)
    sym = s.given(S.T == S)
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    rest = s.cite("psd-trace", **sp.named(), F=ident("n") - F)(sp.known, sym, complement(s, F, proj))
    s.conclude(tr(F @ S) <= tr(S), by=s.have(tr(F @ S) <= tr(S), sum=[Term(times=(rest,))]))


@statement("improve", "an improvable critical point has lower points at every distance", kind="lemma", hidden=True)
def improve(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    rank = s.scalar("kappa")
    wide = s.given(rank <= number("d1"), "kappa <= d1")
    better = s.given(improvable(sp, P, rank), "improvable")
    delta = s.scalar("delta")
    near = s.given(delta > 0, "delta > 0")
    (i,), known = s.obtain(better, "i")
    low, high, less, more = known.parts()
    (u,), at_u = s.obtain(s.cite("pick-missed", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, less), "u")
    point_ = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, u=u, su=sp.s(i), delta=delta)
    B1, B2 = Variable("B1", matrix_sort("d1", "d0")), Variable("B2", matrix_sort("d2", "d1"))
    claim = exists(
        B1,
        B2,
        conjunction(norm2(of(B1) - A1) + norm2(of(B2) - A2) < delta, loss(X, Y, of(B1), of(B2)) < loss(X, Y, A1, A2)),
    )

    def without_rank(t, known):
        (C1, C2, c), found = t.obtain(known, "C1 C2 c")
        return t.close(t.witness(claim, C1, C2, by=both(found[0], found[1])))

    def exchange(beyond):
        t = s.inner()
        (v,), at_v = t.obtain(
            s.cite("pick-beyond", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, high, beyond), "v"
        )
        value = tr(v.T @ Sigma @ v)
        hv = both(t.have(value == value), at_v[0], at_v[1])
        lower = s.cite("exchange", **point_, v=v, sv=value)(eq23, eq24, of_X, of_A2, at_u, hv, at_v[2], near)
        return without_rank(t, lower)

    def slack(spare):
        t = s.inner()
        G = ident("d1") - a @ A2
        G_proj = both(t.have(G.T == G, of_A2), t.have(G @ G == G, of_A2))
        room = t.have(tr(G) > 0, sum=[Term(times=(spare,)), Term(times=(wide,))])
        (z,), at_z = t.obtain(s.cite("unit", F=G)(G_proj, room), "z")
        kernel = both(t.have(A2 @ z == 0, t.have(A2 @ G == 0, of_A2), at_z[1]), at_z[0])
        positive = sp.at(t, i, low, high)[4]
        lower = s.cite("slack", **point_, f=z, g=z)(eq23, eq24, of_X, of_A2, at_u, kernel, positive, near)
        return without_rank(t, lower)

    s.conclude(claim, by=s.either(more, exchange, slack))


@statement(
    "optimal-captures-most",
    "a projector of optimal pattern has the largest Tr(P S) for its rank",
    kind="lemma",
    hidden=True,
)
def optimal_captures_most(s: Script) -> None:
    """T10's bound is attained: tr(F S) <= tr(P S) for every orthogonal projector F of rank at most kappa."""
    S, sp, sym, P, proj, com = commuting(s)
    kappa = s.scalar("kappa")
    pattern = s.given(Or(case_1(sp, P, kappa), case_2(sp, P, kappa)), "case 1 or case 2")
    (F,) = s.matrices("F: n x n")
    F_proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    rank = s.given(tr(F) <= kappa, "rank F <= kappa")
    T, sums = sums_of_exist(s, sp)
    goal = tr(F @ S) <= tr(P @ S)

    def first(case):
        c = s.inner()
        _, full_rank, existence = case.parts()
        (k,), known = c.obtain(existence, "k")
        inside, before, last, _ = known.parts()
        most = s.cite("T10.bound", **sp.named(), F=F, k=k, kappa=kappa, T=T)(sp.known, sym, F_proj, inside, rank, sums)
        PQ = s.cite("captured-upto", **sp.named(), P=P, k=k)(
            sp.known, sym, proj, com, c.linear(at_least(sp.r, k), inside), before
        )
        grows = sp.grows(k, inside)
        # P captures nothing beyond k + 1
        nothing = c.have(tr(P @ (ident(sp.size) - sp.Q(k + 1))) == 0, PQ, grows, last, full_rank)
        Q1 = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(k + 1, inside)
        PQ1 = s.cite("commute-partial", **sp.named(), P=P)(sp.known, sym, proj, com)(k + 1, inside)
        R = P @ (ident(sp.size) - sp.Q(k + 1))
        R_proj = both(c.have(R.T == R, PQ1, Q1[0], proj[0]), c.have(R @ R == R, PQ1, Q1[1], proj[1]))
        zero = s.cite("projector-zero", F=R)(R_proj, c.have(tr(R) <= 0, nothing, sum=[Term(squares=(number(0),))]))
        value_k = head_value(c, sp, S, T, sums, k, inside)
        one = sp.at(c, k + 1, c.linear(at_least(k + 1, 1)), inside)
        total = c.have(
            tr(P @ S) == of(T, k) + sp.s(k + 1) * tr(P @ sp.E(k + 1)),
            c.have(
                tr(P @ S) == tr(S @ sp.Q(k)) + tr(P @ S @ sp.E(k + 1)),
                c.have(P @ S == S @ P @ sp.Q(k + 1), zero, com),
                grows,
                PQ,
                com,
            ),
            value_k,
            one[2],
        )
        return c.close(c.have(goal, total, last, sum=[Term(times=(most,))]))

    def second(case):
        PQ = s.cite("captured-upto", **sp.named(), P=P, k=sp.r)(sp.known, sym, proj, com, top(s, sp), case.parts()[1])
        whole = s.have(tr(P @ S) == tr(S), PQ, sp.whole, com)
        most = s.cite("T10.all", **sp.named(), F=F)(sp.known, sym, F_proj)
        return s.have(goal, whole, sum=[Term(times=(most,))])

    s.conclude(goal, by=s.either(pattern, first, second))


@statement("optimal-is-global", "a critical point of optimal pattern is a global minimizer", kind="lemma", hidden=True)
def optimal_is_global(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    kappa, least = smallest_width(s)
    pattern = s.given(Or(case_1(sp, P, kappa), case_2(sp, P, kappa)), "case 1 or case 2")
    eq27 = s.have(A2 @ A1 @ X == P @ Y @ Xp @ X, eq23, of_A2, of_X)
    value = s.cite("loss-of-projection", X=X, Y=Y, Xp=Xp, W=A2 @ A1 @ X, Q=P)(of_X, eq27, proj)

    t = s.inner()
    B1, B2 = t.matrices("B1: d1 x d0, B2: d2 x d1")
    (b,), of_B2 = t.obtain(from_fact("pinv").at(A=B2), "b")
    F = B2 @ b
    F_proj = both(t.have(F.T == F, of_B2), t.have(F @ F == F, of_B2))
    gap = t.have(
        loss(X, Y, B1, B2) == tr(Y @ Y.T) / 2 - tr(F @ Sigma) / 2 + norm2(B2 @ B1 @ X - F @ Y @ Xp @ X) / 2, of_X, of_B2
    )
    by_rows = t.have(tr(F) <= number("d2"), F_proj, sum=[Term(grams=(ident("d2") - F,))])
    by_cols = t.have(tr(F) <= number("d1"), of_B2, sum=[Term(grams=(ident("d1") - b @ B2,))])
    rank = t.either(
        least.parts()[3],
        lambda eq: t.have(tr(F) <= kappa, eq, sum=[Term(times=(by_cols,))]),
        lambda eq: t.have(tr(F) <= kappa, eq, sum=[Term(times=(by_rows,))]),
    )
    better = s.cite("optimal-captures-most", **sp.named(), P=P, kappa=kappa, F=F)(
        sp.known, sym, proj, com, pattern, F_proj, rank
    )
    final = t.have(
        loss(X, Y, A1, A2) <= loss(X, Y, B1, B2),
        value,
        gap,
        sum=[Term(Fraction(1, 2), times=(better,)), Term(Fraction(1, 2), grams=(B2 @ B1 @ X - F @ Y @ Xp @ X,))],
    )
    s.conclude(everywhere(X, Y, A1, A2), by=t.close(final))


def sums_of_exist(s: Context, sp) -> tuple[Variable, Known]:
    """A family T[k] = m_1 s_1 + ... + m_k s_k, obtained by recursion."""
    k = nat("k")
    state = Variable("T", SCALAR)
    relation = of(Variable("T_next", SCALAR)) == of(state) + sp.s(k + 1) * tr(sp.E(k + 1))
    trivial = number(0) == 0

    def step(t, k, below, so_far):
        following = of(state) + sp.s(k + 1) * tr(sp.E(k + 1))
        return (following,), both(t.have(trivial), t.have(following == following))

    (T,), known = s.obtain(s.recursion("k", sp.r, [state], (number(0),), trivial, relation, s.have(trivial), step), "T")
    start, _, grows = known.parts()
    return T, both(start, grows)


def head_value(c: Context, sp, S, T, sums, k, inside) -> Known:
    """tr(S Q[k]) = T[k]."""

    def claim(j):
        return tr(S @ sp.Q(j)) == of(T, j)

    def step(t, j, below, so_far):
        low, high = t.linear(at_least(j + 1, 1)), t.linear(at_least(sp.r, j + 1), below, inside)
        return t.have(claim(j + 1), so_far, sp.at(t, j + 1, low, high)[2], sp.grows(j, high), sums[1](j, high))

    return c.induction("j", k, claim, c.have(claim(nat(0)), sp.starts, sums[0]), step)(k, c.linear(at_least(k, k)))


@statement(
    "projector-realised", "a critical point for every projector that commutes with Sigma", kind="lemma", hidden=True
)
def realised(s: Script) -> None:
    """For every orthogonal projector P that commutes with Sigma and has rank at most d1 there is a critical point with
    A2 A2+ = P: A2 = V, A1 = V'YX+, where V V' = P (thm-1.ex with U = C = I)."""
    s.dims("d0 d1 d2 m")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    Sigma = Y @ Xp @ X @ Y.T
    sp = spectrum_of(s, Sigma)
    sym = s.have(Sigma.T == Sigma, of_X)
    (P,) = s.matrices("P: d2 x d2")
    proj = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")
    com = s.given(P @ Sigma == Sigma @ P, "P Sigma = Sigma P")
    room = s.given(tr(P) <= number("d1"), "rank P <= d1")
    found = s.cite("thm-1.blocks", **sp.named(), d1=nat("d1"), P=P)(sp.known, sym, proj, com, room)
    letters, known = s.obtain(found, "p W T Vs pb Wb Tb V w R")
    V = letters[7]
    VV, VR, RR, VR0 = known.parts()[1:]
    iso = s.have(V @ V.T @ V == V, VR, VR0)
    A1, A2 = V.T @ Y @ Xp, V
    B1, B2, b = (
        Variable(name, matrix_sort(*shape))
        for name, shape in (("A1", ("d1", "d0")), ("A2", ("d2", "d1")), ("a", ("d1", "d2")))
    )
    body = lambda A1, A2, a: conjunction(
        A1 == A2.T @ Y @ Xp,
        A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0,
        (A2 @ A1 @ X - Y) @ X.T @ A1.T == 0,
        penrose(A2.term, a.term),
        A2 @ a == P,
    )
    claim = exists(B1, B2, b, body(of(B1), of(B2), of(b)))
    XX = s.have(Xp @ X @ X.T == X.T, of_X)
    g1 = s.have(V.T @ (V @ V.T @ Y @ Xp @ X - Y) @ X.T == 0, iso, XX)
    PV = s.have(P @ V == V, VV, iso)
    g2 = s.have((V @ V.T @ Y @ Xp @ X - Y) @ X.T @ (V.T @ Y @ Xp).T == 0, VV, XX, com, PV, of_X)
    four = s.have(penrose(V.term, V.T.term), iso)
    form = s.have(A1 == A2.T @ Y @ Xp)
    s.conclude(claim, by=s.witness(claim, A1, A2, V.T, by=both(form, g1, g2, four, VV)))


@statement("prop-2.1", "L1 = 0 realises every admissible pattern", kind="step", hidden=True)
def every_pattern(s: Script) -> None:
    """For all p_i <= m_i and pb <= m-bar with p_1 + ... + p_r + pb <= d1 there is a critical point of that pattern.

    It has L1 = 0: A1 = A2'YX+ (thm-1.ex with U = C = I and A2 = V).
    """
    s.dims("d0 d1 d2 m")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    Sigma = Y @ Xp @ X @ Y.T
    sp = spectrum_of(s, Sigma)
    sym = s.have(Sigma.T == Sigma, of_X)
    p, small, pb, last = admissible(s, sp)
    total = s.family("sum", "k", SCALAR)
    k = nat("k")
    starts = s.given(of(total, 0) == 0, "empty sum")
    grows = s.given(
        for_all(
            Variable("k", NAT),
            Implies(at_least(sp.r, k + 1), of(total, k + 1) == of(total, k) + number(nat("p", k + 1))),
        ),
        "sum of the p_i",
    )
    room = s.given(of(total, sp.r) + number(pb) <= number("d1"), "p_1 + ... + p_r + pb <= d1")
    found = s.cite("pattern-projector", **sp.named(), p=p, pb=pb)(sp.known, sym, small, last)
    (P,), about = s.obtain(found, "P")
    each, beyond = about.parts()[3], about.parts()[4]

    def claim(k):
        return tr(P @ sp.Q(k)) == of(total, k)

    def step(t, k, below, so_far):
        high = t.linear(at_least(sp.r, k + 1), below)
        return t.have(claim(k + 1), so_far, sp.grows(k, high), grows(k, high), each(k, high))

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), starts, sp.starts), step)
    rank = s.have(tr(P) == of(total, sp.r) + number(pb), all_k(sp.r, top(s, sp)), beyond)
    fits = s.have(tr(P) <= number("d1"), rank, sum=[Term(times=(room,))])
    letters = dict(r=sp.r, s=sp.values, E=sp.projectors, Q=sp.partial)
    point_ = s.cite("projector-realised", d1=nat("d1"), X=X, Y=Y, Xp=Xp, **letters, P=P)(
        of_X, sp.known, both(about[0], about[1]), about[2], fits
    )
    (A1, A2, a), known = s.obtain(point_, "A1 A2 a")
    form, one, two, *_ = known.parts()
    PQ = known.parts()[-1]
    t = s.inner()
    (j,) = t.dims("k")
    high = t.given(at_least(sp.r, j + 1))
    captured = t.close(t.have(tr(A2 @ a @ sp.E(j + 1)) == number(nat("p", j + 1)), each(j, high), PQ))
    rest = s.have(tr(A2 @ a @ (ident("d2") - sp.Q(sp.r))) == number(pb), beyond, PQ)
    four = s.have(penrose(A2.term, a.term), known)
    B1, B2, b = (
        Variable(name, matrix_sort(*shape))
        for name, shape in (("A1", ("d1", "d0")), ("A2", ("d2", "d1")), ("a", ("d1", "d2")))
    )
    body = lambda A1, A2, a: conjunction(
        A1 == A2.T @ Y @ Xp,
        A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0,
        (A2 @ A1 @ X - Y) @ X.T @ A1.T == 0,
        penrose(A2.term, a.term),
        pattern_of(sp, A2 @ a, p, pb),
    )
    goal = exists(B1, B2, b, body(of(B1), of(B2), of(b)))
    s.conclude(goal, by=s.witness(goal, A1, A2, a, by=both(form, one, two, four, both(captured, rest))))


@statement("prop-2", "a critical point is a global minimizer iff it is of case 1 or case 2")
def proposition_2(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24, Xp, of_X, a, of_A2, Sigma, P, sp, sym, com, proj = setting(s)
    kappa, least = smallest_width(s)
    optimal = Or(case_1(sp, P, kappa), case_2(sp, P, kappa))
    letters = dict(X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a, r=sp.r, s=sp.values, E=sp.projectors, Q=sp.partial)
    is_global = s.inner()
    given = is_global.given(optimal, "case 1 or case 2")
    best = s.cite("optimal-is-global", **letters, kappa=nat("kappa"))
    enough = is_global.close(best(eq23, eq24, of_X, of_A2, sp.known, least, given))
    s.include("prop-2.1")
    for name, case, wrap, title in (
        ("prop-2.2", optimal.left, lambda known: left_or(known, optimal.right), "case 1 is minimal"),
        ("prop-2.3", optimal.right, lambda known: or_right_of(optimal.left, known), "case 2 is minimal"),
    ):
        with s.aside():
            assumed = s.given(case, title)
            minimal = best(eq23, eq24, of_X, of_A2, sp.known, least, wrap(assumed))
            s.step(name, minimal.formula, proof=minimal, title=title)

    t = s.inner()
    minimal = t.given(everywhere(X, Y, A1, A2), "global minimizer")
    two = dichotomy_at(s, t, letters, P, Sigma, sp, sym, proj, com, of_A2, kappa, least)

    def not_minimal(better):
        c = t.inner()
        one = c.have(number(1) > 0, sum=[Term()])
        lower = s.cite("improve", **letters, kappa=kappa, delta=number(1))(
            eq23, eq24, of_X, of_A2, sp.known, least.parts()[0], better, one
        )
        (B1, B2), known = c.obtain(lower, "C1 C2")
        not_less = minimal(B1, B2)
        return c.close(anything(c.have(Falsum(), sum=[Term(times=(known[1],)), Term(times=(not_less,))]), optimal))

    needed = t.close(
        t.either(
            two,
            lambda first: left_or(first, optimal.right),
            lambda rest: t.either(rest, lambda second: or_right_of(optimal.left, second), not_minimal),
        )
    )
    s.conclude(conjunction(enough.formula, needed.formula), by=both(enough, needed))


def dichotomy_at(s, t, letters, P, Sigma, sp, sym, proj, com, of_A2, kappa, least) -> Known:
    """Optimal (case 1 or 2) or improvable, for P = A2 A2+ and kappa = min(d1, d2)."""
    a, A2 = letters["A2p"], letters["A2"]
    by_rows = t.have(tr(P) <= number("d2"), proj, sum=[Term(grams=(ident("d2") - P,))])
    by_cols = t.have(tr(P) <= number("d1"), of_A2, sum=[Term(grams=(ident("d1") - a @ A2,))])
    rank = t.either(
        least.parts()[3],
        lambda eq: t.have(tr(P) <= kappa, eq, sum=[Term(times=(by_cols,))]),
        lambda eq: t.have(tr(P) <= kappa, eq, sum=[Term(times=(by_rows,))]),
    )
    some = t.have(kappa > 0, sum=[Term(times=(least.parts()[2],)), Term()])
    return s.cite("dichotomy", **sp.named(), P=P, kappa=kappa)(sp.known, sym, proj, com, some, rank)
