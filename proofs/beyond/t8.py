"""T8: where the saddles that are not strict lie: all of them in the class that the paper leaves open."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Formula,
    Implies,
    Or,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    from_fact,
    left_or,
    or_right_of,
)
from symbolic_cp.prover.expression import Expr, ident, number, of, tr

from ..layers import halves
from ..networks import Network, critical_network, forward, is_forward, network, weights, width
from ..ranks import projects
from ..spectra import Spectrum, spectrum_formula
from ..thm_4 import sigma_spectra
from .between import layers_between
from .chains import letters, upward
from .largest import pattern
from .open_deep import left_open
from .pairs import block, tightened
from .t3 import seen
from .triples import reached
from .upper import upper_minimum

g, k = nat("g"), nat("k")


def spectral_letters(size: Nat, projectors: str = "E") -> list[Variable]:
    """r, s, E, Q for a spectrum of that size."""
    square = matrix_sort(size, size)
    return [Variable("r", NAT), Variable("s", SCALAR, 1), Variable(projectors, square, 1), Variable("Q", square, 1)]


def optimal_above(net: Network, g: Nat) -> Formula:
    """A_(l,q), here L[g+1], is of optimal order with regard to Sigma_(q-2) = Y R[g]+ R[g] Y'.

    rank L[g+1] < min(d[l], d[g+1]), and the projector on its columns captures the largest eigenvalues.
    """
    Lp = Variable("Lp", matrix_sort(width(g + 1), width(net.depth)))
    Rp = Variable("Rp", matrix_sort(net.X.term.shape[1], width(g)))
    r, s, E, Q = spectral_letters(width(net.depth))
    P = of(net.L, g + 1) @ of(Lp)
    Sigma = net.Y @ of(Rp) @ of(net.R, g) @ net.Y.T
    sp = Spectrum(Sigma, width(net.depth), nat("r"), s, E, Q, Known(None))
    narrow = conjunction(tr(P) < number(width(net.depth)), tr(P) < number(width(g + 1)))
    given = penrose(of(net.L, g + 1).term, of(Lp).term), penrose(of(net.R, g).term, of(Rp).term)
    spectrum = spectrum_formula(Sigma, nat("r"), s, E, Q)
    return for_all(Lp, Rp, r, s, E, Q, implication(*given, spectrum, conjunction(narrow, pattern(sp, P))))


def open_class(net: Network) -> Formula:
    """Some q <= l - 1, q = g + 2: (A_l, ..., A_q) is a global minimum given the rest, A_(l,q) of optimal order."""
    deep = at_least(net.depth, g + 3)
    return exists(Variable("g", NAT), conjunction(deep, upper_minimum(net, g + 1), optimal_above(net, g)))


@statement(
    "last-pair", "every pair tightened: (R[l] - Y)R[k]' = 0, or rank M[l-1,k+1] = rank R[l]", kind="lemma", hidden=True
)
def last_pair(s: Script) -> None:
    """The pair of the last layer j = l - 1 and k < j, where L[j+1] is I."""
    net, critical = critical_network(s)
    M_, is_M = layers_between(s, net)
    L, l, Y, W = (lambda a: of(net.L, a)), net.depth, net.Y, net.output
    Wp, of_W = s.pinv(W, "Wp")
    j, k = s.dims("j k")
    last, above = s.given(equal(scalar(l), scalar(j + 1)), "l = j + 1"), s.given(at_least(j, k + 1), "j > k")
    tight = s.given(tightened(net, M_, Wp, j, k), "the pair is tightened")
    M = of(M_, j, k + 1)
    N, of_N = s.pinv(M, "N")
    below = s.linear(at_least(l, j + 1), last)
    unit = s.moved(
        lambda a: L(a) @ L(a).T == ident(width(l)),
        s.have(L(l) @ L(l).T == ident(width(l)), net.is_L[0]),
        l,
        j + 1,
        s.have(equal(scalar(j + 1), scalar(l)), last),
    )
    E_jk = seen(net, j, k)
    (T,), of_T = s.obtain(from_fact("pinv").at(A=block(net, j, k)), "T")
    (e,), of_E = s.obtain(from_fact("pinv").at(A=E_jk), "e")
    one = s.linear(at_least(l, 1), below)
    total = s.cite("T4.1", **letters(net), Y=Y, j=j, k=k, Wp=Wp, Np=T, Ep=e)(
        net.is_R, net.is_L, critical, one, below, s.linear(at_least(l, k + 1), above, below), of_W, of_T, of_E
    )
    blind, same = (W - Y) @ of(net.R, k).T == 0, tr(M @ N) == tr(W @ Wp)

    def outer(known: Known) -> Known:
        none = s.cite("rank-zero", A=E_jk, a=e)(of_E, s.have(tr(E_jk @ e) == 0, total, known))
        return left_or(s.have(blind, s.have(L(j + 1) @ E_jk == 0, none), unit), same)

    s.conclude(Or(blind, same), by=s.either(tight(N, T, of_N, of_T), lambda known: or_right_of(blind, known), outer))


@statement("T8.1", "(A_l, A_(l-1)) not a global minimum given the rest: negative curvature", kind="step", hidden=True)
def not_optimal_above(s: Script) -> None:
    """Else the order is optimal and (l-1, l-2) tightened: (R[l] - Y)R[l-2]' = 0 or rank R[l] = d[l-1], and the two
    layers are a global minimum in both cases."""
    net, critical = critical_network(s)
    l, X, Y, W = net.depth, net.X, net.Y, net.output
    s.dims("g")
    depth = s.given(equal(scalar(l), scalar(g + 2)), "l = g + 2")
    not_best = s.given(negation(upper_minimum(net, g)), "the last two layers are no global minimum given the rest")
    down = net.strictly_down()
    (M_,), is_M = s.obtain(s.cite("between-exists", l=l, d=Variable("d", NAT, 1), A=net.A), "M")
    (Xp,), of_X = s.obtain(from_fact("pinv").at(A=X), "Xp")
    (Wp,), of_W = s.obtain(from_fact("pinv").at(A=W), "Wp")
    deep = s.linear(at_least(l, 2), depth)
    named = dict(**letters(net), Y=Y)
    two = s.cite("rough-or-flat", **named, M=M_, Xp=Xp, Wp=Wp)(net.is_R, net.is_L, is_M, of_X, of_W)
    rough = lambda known: s.cite("T4.2", **named, M=M_, Xp=Xp, Wp=Wp)(
        net.is_R, net.is_L, critical, is_M, deep, of_X, of_W, known
    )

    def flat(known: Known) -> Known:
        order, tight = known[0], known[1]
        t = s.inner()
        M = of(M_, g + 1, g + 1)
        (N,), of_N = t.obtain(from_fact("pinv").at(A=M), "N")
        last, above = t.have(equal(scalar(l), scalar(g + 2)), depth), t.linear(at_least(g + 1, g + 1))
        in_l = t.linear(at_least(l, g + 2), depth)
        pair = s.cite("last-pair", **named, M=M_, Wp=Wp, j=g + 1, k=g, N=N)(
            net.is_R, net.is_L, critical, is_M, of_W, last, above, tight(g + 1, in_l, g, above), of_N
        )
        g_l = t.linear(at_least(l, g), depth)
        blind = lambda zero: s.cite("upper-blind", **named, g=g)(net.is_R, net.is_L, g_l, zero)

        def full(rank: Known) -> Known:
            eye = is_M[0](g + 1, t.linear(at_least(l, g + 1), depth))
            size = t.have(tr(M @ N) == number(width(g + 1)), t.have(M @ N == ident(width(g + 1)), eye, of_N))
            same = t.have(tr(W @ Wp) == number(width(g + 1)), rank, size)
            narrow = s.cite("upper-narrow", **named, Xp=Xp, Wp=Wp, g=g, i=g + 1)
            return narrow(
                net.is_R,
                net.is_L,
                critical,
                t.linear(at_least(l, 1), depth),
                of_X,
                of_W,
                order,
                t.linear(at_least(g + 1, g)),
                t.linear(at_least(l, g + 1), depth),
                same,
            )

        return t.close(anything(not_best(t.either(pair, blind, full)), down))

    s.conclude(down, by=s.either(two, rough, flat))


@statement("T8.2", "every saddle that is not strict lies in the open class", kind="step", hidden=True)
def in_open_class(s: Script) -> None:
    """The order is optimal and every pair tightened, so no width is rank R[l], and (l-1, l-2) gives E R[l-2]' = 0.

    Take g with E R[g]' != 0 and E R[g+1]' = 0. The layers from g + 1 on are a global minimum, and (l-1, g) is tight:
    rank L[g+1] = rank R[l], so that the columns of L[g+1] are those of R[l].
    """
    net, critical = critical_network(s)
    R, L, l, X, Y = (lambda a: of(net.R, a)), (lambda a: of(net.L, a)), net.depth, net.X, net.Y
    W = net.output
    deep = s.given(at_least(l, 2), "l >= 2")
    semidefinite = s.given(net.semidefinite(), "the Hessian is positive semidefinite")
    not_best = s.given(negation(net.global_minimum()), "not a global minimum")
    goal = open_class(net)
    d = Variable("d", NAT, 1)
    (M_,), is_M = s.obtain(s.cite("between-exists", l=l, d=d, A=net.A), "M")
    M = lambda b, a: of(M_, b, a)
    (Xp,), of_X = s.obtain(from_fact("pinv").at(A=X), "Xp")
    (Wp,), of_W = s.obtain(from_fact("pinv").at(A=W), "Wp")
    E = reached(net, Xp)
    named = dict(**letters(net), Y=Y)
    one, zero_l = s.linear(at_least(l, 1), deep), s.linear(at_least(l, 0))
    product = s.cite("chain-product", **letters(net))(net.is_R, net.is_L)
    two = s.cite("rough-or-flat", **named, M=M_, Xp=Xp, Wp=Wp)(net.is_R, net.is_L, is_M, of_X, of_W)

    def rough(known: Known) -> Known:
        t = s.inner()
        down = s.cite("T4.2", **named, M=M_, Xp=Xp, Wp=Wp)(net.is_R, net.is_L, critical, is_M, deep, of_X, of_W, known)
        (D, F, G), at = t.obtain(down, "D F G")
        up = semidefinite(D, F, G, at[0])
        return t.close(anything(t.have(Falsum(), sum=[Term(times=(up,)), Term(times=(at[1],))]), goal))

    def flat(known: Known) -> Known:
        order, tight = known[0], known[1]

        def nowhere(best: Known) -> Known:
            """Falsum, from a global minimum of the layers from 0 on."""
            return not_best(s.cite("upper-global", **named)(net.is_R, net.is_L, best))

        def not_width(t: Context, a: Nat, high: Known) -> Known:
            """rank R[l] < d[a]."""
            narrow = s.cite("output-rank", l=l, d=d, A=net.A, R=net.R, X=X, j=a, w=Wp)(net.is_R, high, of_W)
            smaller = tr(W @ Wp) < number(width(a))

            def same(zero: Known) -> Known:
                rank = t.have(tr(W @ Wp) == number(width(a)), zero)
                best = s.cite("upper-narrow", **named, Xp=Xp, Wp=Wp, g=nat(0), i=a)(
                    net.is_R, net.is_L, critical, one, of_X, of_W, order, t.linear(at_least(a, 0)), high, rank
                )
                return anything(nowhere(best), smaller)

            return t.by_sign(
                number(width(a)) - tr(W @ Wp),
                same,
                lambda more: t.have(smaller, sum=[Term(times=(more,))]),
                lambda less: anything(t.have(Falsum(), sum=[Term(times=(less,)), Term(times=(narrow,))]), smaller),
            )

        blind = lambda a: (W - Y) @ R(a).T == 0
        t = s.inner()
        at_0 = t.given(blind(nat(0)))
        seen_0 = t.close(nowhere(s.cite("upper-blind", **named, g=nat(0))(net.is_R, net.is_L, zero_l, at_0)))

        t = s.inner()
        (e,), last = t.obtain(difference(deep, l, nat(2)), "e")
        top_is = t.have(equal(scalar(l), scalar(e + 2)), last)
        top_l = t.linear(at_least(l, e + 2), last)

        def pair(c: Context, a: Nat, above: Known, name: str) -> tuple[Expr, Known, Known]:
            """The pair of the last layer and a: N = M[l-1,a+1]+, and E R[a]' = 0 or rank M[l-1,a+1] = rank R[l]."""
            (N,), of_N = c.obtain(from_fact("pinv").at(A=M(e + 1, a + 1)), name)
            found = s.cite("last-pair", **named, M=M_, Wp=Wp, j=e + 1, k=a, N=N)(
                net.is_R, net.is_L, critical, is_M, of_W, top_is, above, tight(e + 1, top_l, a, above), of_N
            )
            return N, of_N, found

        body = conjunction(at_least(l, g + 3), negation(blind(g)), blind(g + 1))
        found = exists(Variable("g", NAT), body)

        def claim(a: Nat) -> Formula:
            return Or(negation(blind(a)), found)

        def step(c: Context, a: Nat, below: Known, so_far: Known) -> Known:
            high = c.linear(at_least(l, a + 3), below, last)
            return c.either(
                so_far,
                lambda seen_a: c.decide(
                    blind(a + 1),
                    lambda yes: or_right_of(negation(blind(a + 1)), c.witness(found, a, by=both(high, seen_a, yes))),
                    lambda no: left_or(no, found),
                ),
                lambda known: or_right_of(negation(blind(a + 1)), known),
            )

        every = t.induction("a", e, claim, left_or(seen_0, found), step)
        at_e = every(e, t.linear(at_least(e, e)))

        def seen_e(known: Known) -> Known:
            c = t.inner()
            N, of_N, two = pair(c, e, c.linear(at_least(e + 1, e + 1)), "N")
            in_l = c.linear(at_least(l, e + 1), last)

            def full(rank: Known) -> Known:
                eye = is_M[0](e + 1, in_l)
                size = c.have(
                    tr(M(e + 1, e + 1) @ N) == number(width(e + 1)),
                    c.have(M(e + 1, e + 1) @ N == ident(width(e + 1)), eye, of_N),
                )
                less = not_width(c, e + 1, in_l)
                return c.have(Falsum(), size, rank, sum=[Term(times=(less,))])

            return c.close(anything(c.either(two, known, full), found))

        layer = t.either(at_e, seen_e, lambda known: known)

        def opened(c: Context, a: Nat, at: Known) -> Known:
            a_deep, seen_a, blind_a = at.parts()
            below = c.linear(at_least(l, a + 1), a_deep)
            best = s.cite("upper-blind", **named, g=a + 1)(net.is_R, net.is_L, below, blind_a)
            return both(a_deep, best, order_above(s, c, a, a_deep, seen_a, blind_a))

        def order_above(s: Script, c: Context, a: Nat, a_deep: Known, seen_a: Known, blind_a: Known) -> Known:
            u = c.inner()
            Lp = u.matrix("Lp", width(a + 1), width(l))
            Rp = u.matrix("Rp", "m", width(a))
            r, v, K, Q = (u.let(one_) for one_ in spectral_letters(width(l), "K"))
            P, Z, H = L(a + 1) @ Lp, Y @ Rp @ R(a), Rp @ R(a)
            Sigma = Y @ Rp @ R(a) @ Y.T
            of_L = u.given(penrose(L(a + 1).term, Lp.term))
            of_R = u.given(penrose(R(a).term, Rp.term))
            spectrum = u.given(spectrum_formula(Sigma, nat("r"), v, K, Q))
            in_l, a_l = u.linear(at_least(l, a + 1), a_deep), u.linear(at_least(l, a), a_deep)
            # the rank of L[a+1]
            above = u.linear(at_least(e + 1, a + 1), a_deep, last)
            N, of_N, two = pair(u, a, above, "N")
            rank_is = u.either(
                two, lambda zero: anything(seen_a(zero), tr(M(e + 1, a + 1) @ N) == tr(W @ Wp)), lambda known: known
            )
            between_ = s.cite("chain-between", **letters(net), M=M_, k=a + 1, j=e + 1)
            high = between_(net.is_R, net.is_L, is_M, above, u.linear(at_least(l, e + 1), last))[1]
            of_LM = u.have(penrose((L(e + 1) @ M(e + 1, a + 1)).term, Lp.term), of_L, high)
            bound = s.cite("rank-right", A=L(e + 1), B=M(e + 1, a + 1), b=N, c=Lp)(of_N, of_LM)
            most = u.have(tr(P) <= tr(W @ Wp), high, rank_is, sum=[Term(times=(bound,))])
            W_is = u.have(L(a + 1) @ R(a + 1) == W, product(a + 1, in_l))
            inside = u.have(P @ W == W, W_is, of_L)
            gap = u.zero(P - W @ Wp, of_L, of_W, inside, most, sum=[Term(times=(most,))])
            P_is = u.have(P == W @ Wp, gap)
            size = u.have(tr(P) == tr(W @ Wp), P_is)
            narrow = both(
                *(
                    u.have(tr(P) < number(width(b)), size, sum=[Term(times=(not_width(u, b, b_l),))])
                    for b, b_l in ((l, u.linear(at_least(l, l))), (a + 1, in_l))
                )
            )
            # what L[a+1] captures
            rows = u.have(W @ H == W, product(a, a_l), of_R)
            rest = u.have(W - Z == (W - Y) @ Rp @ R(a), rows)
            kept = s.cite("chain-data", l=l, d=d, A=net.A, S=net.R, X=X, Xp=Xp)(net.is_R, of_X)
            in_X = u.have(Xp @ X @ H == H, kept(a, a_l), of_X, of_R)
            part = u.have(W - Z == E @ H, rows, u.have(Y @ Xp @ X @ H == Y @ H, in_X))
            onto = u.have(
                W @ Wp @ Z == W,
                u.have(
                    P @ Z == W,
                    inside,
                    u.have(P @ (W - Z) == 0, rest, u.have(P @ (W - Y) @ R(a).T == 0, critical(a, in_l), of_L), of_R),
                ),
                P_is,
            )
            right = u.have((W - Z) @ W.T == 0, u.have((W - Z) @ W.T == (W - Y) @ W.T, rest, rows, of_R), W_is, blind_a)
            w = u.inner()
            equal_ = w.given(W == Z)
            differs = w.close(seen_a(w.have(blind(a), w.have((W - Y) @ Rp @ R(a) == 0, rest, equal_), of_R)))
            captured = s.cite("captures-largest", W=W, E=E, Wp=Wp, Z=Z, H=H, P=P, S=Sigma, r=nat("r"), s=v, K=K, Q=Q)(
                of_W,
                projects(u, H, of_R),
                part,
                onto,
                right,
                differs,
                order,
                P_is,
                u.have(Sigma == Z @ Z.T, of_R),
                spectrum,
            )
            return u.close(both(narrow, captured))

        c = t.inner()
        (a,), at = c.obtain(layer, "g")
        return t.close(c.close(c.witness(goal, a, by=opened(c, a, at))))

    s.conclude(goal, by=s.either(two, rough, flat))


@statement("T8", "every saddle that is not strict lies in the open class; not optimal in (A_l, A_(l-1)): strict")
def t8(s: Script) -> None:
    """The open class as in open-deep: for some q <= l - 1, (A_l, ..., A_q) is a global minimum with the layers below
    fixed, and A_(l,q) is of optimal order. The depth is n + 2."""
    net = network(s, "n", 2)
    layers, pinvs, spectra = sigma_spectra(s, net)
    critical = s.given(net.critical(), "all gradients vanish")
    l, n = net.depth, nat("n")
    s.include("T8.1")
    s.include("T8.2")
    named = dict(**letters(net), Y=net.Y)
    t = s.inner()
    flat, not_best = t.given(net.semidefinite()), t.given(negation(net.global_minimum()))
    found = s.cite("T8.2", **named)(net.is_R, net.is_L, critical, t.linear(at_least(l, 2)), flat, not_best)
    c = t.inner()
    (a,), at = c.obtain(found, "g")
    deep, best, order = at.parts()
    below, next_ = c.linear(at_least(l, a), deep), c.linear(at_least(l, a + 1), deep)
    one = layers.at(a)
    known = order(
        of(layers.Lp, a + 1),
        of(layers.Rp, a),
        nat("r", a),
        *(one[name] for name in ("s", "E", "Q")),
        halves(pinvs(a + 1, next_))[1],
        halves(pinvs(a, below))[0],
        spectra(a, c.linear(at_least(l, a + 2), deep)),
    )
    narrow, largest = halves(known)
    rows, cols = halves(narrow)
    inside = both(both(cols, largest), rows)

    u = c.inner()
    B, S = u.let(weights("B")), u.let(forward("S"))
    is_S = u.given(is_forward(l, B, net.X, S))
    kept = u.given(for_all(Variable("k", NAT), Implies(at_least(a, k), of(B, k) == of(net.A, k))))

    def same(b: Nat) -> Formula:
        return of(S, b) == of(net.R, b)

    def step(v: Context, b: Nat, low: Known, high: Known, so_far: Known) -> Known:
        in_l = v.linear(at_least(l, b + 1), high, next_)
        fixed = kept(b, v.linear(at_least(a, b), high))
        return v.have(same(b + 1), so_far, is_S[1](b, in_l), net.is_R[1](b, in_l), fixed)

    start = upward(
        u, nat(0), a + 1, u.linear(at_least(a + 1, 0)), same, u.have(same(nat(0)), is_S[0], net.is_R[0]), step
    )
    v = u.inner()
    (b,) = v.dims("i")
    v.given(at_least(b, a + 1))
    above = v.close(is_S[1](b, v.given(at_least(l, b + 1))))
    above_ = u.close(best(B, S, both(start, above)))
    enough = c.linear(at_least(n, a + 1), deep)
    goal = left_open(layers)
    first = t.close(c.close(c.witness(goal, a, by=both(enough, above_, inside))))

    t = s.inner()
    not_optimal = t.given(negation(upper_minimum(net, n)))
    last = t.have(equal(scalar(l), scalar(n + 2)))
    second = t.close(s.cite("T8.1", **named, g=n)(net.is_R, net.is_L, critical, last, not_optimal))
    s.conclude(conjunction(first.formula, second.formula), by=both(first, second))
