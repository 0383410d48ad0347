"""In optimal order the output captures the largest eigenvalues of Sigma, also with an upper layer as data."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import NAT, Falsum, Formula, Variable, at_least, conjunction, equal, exists, greater
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, anything, both, nonnegative, successor
from symbolic_cp.prover.expression import Expr, norm2, number, tr

from ..order import full_upto, impossible, top
from ..ranks import is_projector, projects
from ..spectra import Spectrum, spectrum_of
from .triples import optimal_order, two_matrices


def pattern(sp: Spectrum, P: Expr) -> Formula:
    """P captures the largest values: p_i = m_i for i <= k < r, and p_(k+1) = rank P - (m_1 + ... + m_k) <= m_(k+1)."""
    k = nat("k")
    rest = tr(P) - tr(sp.Q(k))
    body = conjunction(at_least(sp.r, k + 1), full_upto(sp, P, k), tr(P @ sp.E(k + 1)) == rest, rest <= tr(sp.E(k + 1)))
    return exists(Variable("k", NAT), body)


@statement(
    "captures-largest",
    "optimal order: W W+ captures the largest eigenvalues of Z Z', where W W+ Z = W",
    kind="lemma",
    hidden=True,
)
def captures_largest(s: Script) -> None:
    """W - Z is E followed by a projector: a missed value s[i] is |E'u|^2 <= c for a unit vector u that W W+ misses, and
    a unit vector v in it has v'Z Z'v = |W'v|^2 >= c, with the threshold c. So nothing is captured beyond s[i]."""
    W, E, Wp, of_W = two_matrices(s)
    Z, Pi = s.matrices("Z: n x m, H: m x m")
    proj_Pi = s.given(is_projector(Pi), "H is an orthogonal projector")
    part = s.given(W - Z == E @ Pi, "W - Z = E H")
    onto = s.given(W @ Wp @ Z == W, "W W+ Z = W")
    right = s.given((W - Z) @ W.T == 0, "(W - Z)W' = 0")
    rest = s.given(W != Z, "W != Z")
    order = s.given(optimal_order(W, E), "the order is optimal")
    P, Sigma = s.matrices("P: n x n, S: n x n")
    P_is, S_is = s.given(P == W @ Wp, "P = W W+"), s.given(Sigma == Z @ Z.T, "S = Z Z'")
    sp = spectrum_of(s, Sigma, projectors="K")
    goal = pattern(sp, P)
    sym = s.have(Sigma.T == Sigma, S_is)
    proj = projects(s, P, P_is, of_W)
    PS = s.have(P @ Sigma == W @ W.T, P_is, S_is, s.have(W @ Wp @ Z @ Z.T == W @ W.T, onto, right))
    com = s.have(
        P @ Sigma == Sigma @ P, PS, s.have(Sigma @ P == W @ W.T, s.have((P @ Sigma).T == W @ W.T, PS), proj[0], sym)
    )
    (c,), known = s.obtain(s.cite("order-threshold", W=W, E=E, Wp=Wp)(of_W, order), "c")
    bounds = known.parts()[1]
    F = W - Z
    remains = s.have(Sigma - W @ W.T == F @ F.T, right, S_is)

    def nothing_missed(t: Context, whole: Known) -> Known:
        """Falsum, from P Sigma = Sigma."""
        none = t.zero(F.T, t.have(F @ F.T == 0, remains, PS, whole))
        return rest(t.have(W == Z, none))

    def no_values(zero: Known) -> Known:
        empty = s.moved(lambda x: sp.Q(x) == 0, sp.starts, nat(0), sp.r, s.have(equal(scalar(sp.r), 0), zero))
        none = s.have(Sigma == 0, empty, sp.whole)
        return anything(nothing_missed(s, s.have(P @ Sigma == Sigma, none)), goal)

    def some_values(more: Known) -> Known:
        high = successor(s.have(greater(sp.r, nat(0)), more), sp.r, nat(0))

        def no_rank(zero: Known) -> Known:
            t = s.inner()
            (a,) = t.dims("i")
            low, up = t.given(at_least(a, 1)), t.given(at_least(nat(0), a))
            upto = t.close(anything(t.linear(Falsum(), low, up), tr(P @ sp.E(a)) == tr(sp.E(a))))
            none = s.cite("rank-zero", A=W, a=Wp)(of_W, s.have(tr(W @ Wp) == 0, zero, P_is))
            first = s.have(tr(P @ sp.E(1)) == tr(P) - tr(sp.Q(0)), none, P_is, sp.starts)
            at_1 = sp.at(s, nat(1), s.linear(at_least(nat(1), 1)), high)
            fits = s.have(tr(P) - tr(sp.Q(0)) <= tr(sp.E(1)), sp.starts, zero, sum=[Term(times=(at_1[3],))])
            return s.witness(goal, nat(0), by=both(high, upto, first, fits))

        def some_rank(positive: Known) -> Known:
            same = s.have(tr(P) <= tr(P), sum=[Term(squares=(number(0),))])
            two = s.cite("dichotomy", **sp.named(), P=P, kappa=tr(P))(sp.known, sym, proj, com, positive, same)

            def all_captured(known: Known) -> Known:
                PQ = s.cite("captured-upto", **sp.named(), P=P, k=sp.r)(
                    sp.known, sym, proj, com, top(s, sp), known.parts()[1]
                )
                return anything(nothing_missed(s, s.have(P @ Sigma == Sigma, PQ, sp.whole, com)), goal)

            def improved(known: Known) -> Known:
                t = s.inner()
                (i,), at = t.obtain(known, "i")
                low, in_r, less, more = at.parts()
                (u,), at_u = t.obtain(
                    s.cite("pick-missed", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, in_r, less), "u"
                )

                def beyond(known: Known) -> Known:
                    d = t.inner()
                    (v,), at_v = d.obtain(
                        s.cite("pick-beyond", **sp.named(), P=P, i=i)(sp.known, sym, proj, com, low, in_r, known), "v"
                    )
                    Wu = d.have(W.T @ u == 0, d.have(W @ Wp @ u == 0, at_u[2], P_is), of_W)
                    value = d.have(
                        norm2(Z.T @ u) == sp.s(i),
                        d.have(tr(u.T @ Sigma @ u) == norm2(Z.T @ u), S_is),
                        d.have(tr(u.T @ Sigma @ u) == sp.s(i) * tr(u.T @ u), at_u[0]),
                        d.have(tr(u.T @ u) == 1, at_u[1]),
                    )
                    moved = d.have(
                        norm2(Z.T @ u) == norm2(Pi @ E.T @ u), d.have(Z.T @ u == -(Pi @ E.T @ u), part, Wu, proj_Pi)
                    )
                    size = d.have(norm2(u) == 1, at_u[1])
                    small = d.have(
                        sp.s(i) <= c,
                        value,
                        moved,
                        proj_Pi,
                        size,
                        sum=[Term(times=(bounds(nat(1), u)[0],)), Term(grams=(E.T @ u - Pi @ E.T @ u,))],
                    )
                    form = d.have(
                        tr(v.T @ Sigma @ v) == norm2(W.T @ v),
                        d.have(tr(v.T @ P @ Sigma @ v) == norm2(W.T @ v), PS),
                        d.have(v.T @ P == v.T, at_v[1], proj[0]),
                    )
                    length = d.have(norm2(W @ Wp @ v) == 1, P_is, at_v[1], at_v[0])
                    large = d.have(tr(v.T @ Sigma @ v) >= c, form, length, sum=[Term(times=(bounds(nat(1), v)[1],))])
                    return d.close(
                        anything(
                            d.have(Falsum(), sum=[Term(times=(small,)), Term(times=(large,)), Term(times=(at_v[2],))]),
                            goal,
                        )
                    )

                no_room = lambda known: anything(t.have(Falsum(), sum=[Term(times=(known,))]), goal)
                return t.close(t.either(more, beyond, no_room))

            return s.either(
                two,
                lambda first: both(*first.parts()[2:]),
                lambda others: s.either(others, all_captured, improved),
            )

        bound = s.have(tr(P) >= 0, proj, sum=[Term(grams=(P,))])
        return s.by_sign(tr(P), no_rank, some_rank, lambda no: anything(impossible(s, bound, no), goal))

    s.conclude(
        goal,
        by=s.by_sign(
            number(sp.r), no_values, some_values, lambda no: anything(impossible(s, nonnegative(sp.r), no), goal)
        ),
    )
