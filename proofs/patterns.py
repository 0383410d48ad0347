"""Every admissible pattern is the pattern of a projector: p_i <= m_i directions of every eigenspace, pb of the kernel.

Also the orthogonal matrix of eq-29, which takes given coordinates of every eigenspace to the columns of V.
"""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    NAT,
    Falsum,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    exchange,
    from_fact,
    nonnegative,
    successor,
)
from symbolic_cp.prover.expression import Expr, ident, null, number, of, tr

from .order import impossible
from .spectra import Spectrum, next_range, spectrum_of, symmetric_with_spectrum
from .structure import widths


@statement("subprojector", "a projector has a subprojector of every smaller rank", kind="lemma", hidden=True)
def subprojector(s: Script) -> None:
    """F = W J J'W', where W is a basis of E and J selects q of its columns."""
    n, q = s.dims("n q")
    (E,) = s.matrices("E: n x n")
    proj = s.given(conjunction(E.T == E, E @ E == E), "E is an orthogonal projector")
    small = s.given(number(q) <= tr(E), "q <= rank E")
    (k, W), basis = s.obtain(from_fact("basis").at(P=E)(proj[0], proj[1]), "k W")
    width = s.have(number(k) == tr(W.T @ W), basis[0])
    rank = s.have(number(k) == tr(E), width, s.have(tr(W @ W.T) == tr(E), basis[1]))
    fits = s.have(at_least(k, q), rank, sum=[Term(times=(small,))])
    (v,), rest = s.obtain(difference(fits, k, q), "v")
    (J, _), split = s.obtain(from_fact("split").at(n=k, a=q, b=v)(s.have(equal(scalar(k), scalar(q + v)), rest)), "J K")
    F = W @ J @ J.T @ W.T
    free = Variable("F", matrix_sort(n, n))
    body = lambda F: conjunction(F.T == F, F @ F == F, E @ F == F, tr(F) == number(q))
    claim = exists(free, body(of(free)))
    size = s.have(tr(F) == number(q), s.have(tr(J.T @ W.T @ W @ J) == number(q), basis[0], split[0]))
    inside = s.have(E @ F == F, s.have(E @ W == W, basis))
    s.conclude(
        claim, by=s.witness(claim, F, by=both(s.have(F.T == F), s.have(F @ F == F, basis[0], split[0]), inside, size))
    )


@statement("whole-eigenspaces", "Q[r] E[k+1] = E[k+1]", kind="lemma", hidden=True)
def whole_eigenspaces(s: Script) -> None:
    S, sp, sym = symmetric_with_spectrum(s)
    (k,) = s.dims("k")
    high = s.given(at_least(sp.r, k + 1))
    one = sp.at(s, k + 1, s.linear(at_least(k + 1, 1)), high)
    Qr = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, s.linear(at_least(sp.r, sp.r)))
    (y,), inv = s.obtain(s.cite("positive-inverse", a=sp.s(k + 1))(one[4]), "y")
    E, value = sp.E(k + 1), sp.s(k + 1)
    scaled = s.have(value * (sp.Q(sp.r) @ E) == value * E, one[2], s.have(sp.Q(sp.r) @ S == S, sp.whole, sym, Qr))
    s.conclude(sp.Q(sp.r) @ E == E, by=[s.have((y * value) * (sp.Q(sp.r) @ E) == (y * value) * E, scaled), inv[1]])


def pattern_of(sp: Spectrum, P: Expr, p: Variable, pb):
    """P captures p[k+1] directions of eigenspace k + 1, for every k < r, and pb of the kernel."""
    k = nat("k")
    each = Implies(at_least(sp.r, k + 1), tr(P @ sp.E(k + 1)) == number(nat(p.name, k + 1)))
    return conjunction(for_all(Variable("k", NAT), each), tr(P @ (ident(sp.size) - sp.Q(sp.r))) == number(pb))


def admissible(s: Context, sp: Spectrum) -> tuple[Variable, Known, object, Known]:
    """p[i] <= m_i for every i, and pb <= m-bar."""
    p = s.family("p", "k", NAT)
    small = s.given(in_range("i", 1, sp.r, number(nat("p", "i")) <= tr(sp.E("i"))), "p_i <= m_i")
    (pb,) = s.dims("pb")
    last = s.given(number(pb) <= tr(ident(sp.size) - sp.Q(sp.r)), "pb <= m-bar")
    return p, small, pb, last


@statement("pattern-projector", "every admissible pattern is that of a projector", kind="lemma", hidden=True)
def pattern_projector(s: Script) -> None:
    """P = F[1] + ... + F[r] + Fb with F[i] below E[i] of rank p_i; R[k] is the sum of the first k."""
    S, sp, sym = symmetric_with_spectrum(s)
    p, small, pb, last = admissible(s, sp)
    sums = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)
    n, k = sp.size, nat("k")
    R_, after = Variable("R", matrix_sort(n, n)), Variable("R_next", matrix_sort(n, n))
    R = of(R_)
    invariant = conjunction(R.T == R, R @ R == R, sp.Q(k) @ R == R, R @ S == S @ R)
    D = of(after) - R
    relation = conjunction(sp.E(k + 1) @ D == D, tr(D) == number(nat("p", k + 1)))
    zero = null(n, n)
    base = s.have(conjunction(zero.T == zero, zero @ zero == zero, sp.Q(0) @ zero == zero, zero @ S == S @ zero))

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        one = sp.at(t, k + 1, low, high)
        E = sp.E(k + 1)
        apart = s.cite("spectral-orthogonal", **sp.named(), j=k)(sp.known, sym, high)
        found = s.cite("subprojector", E=E, q=nat("p", k + 1))(both(one[0], one[1]), small(k + 1, low, high))
        (F,), about = t.obtain(found, "F")
        FE = t.have(F @ E == F, about[0], about[2], one[0])
        ER = t.have(E @ R == 0, so_far[2], apart, one[0], sums(k, t.linear(at_least(sp.r, k), high))[0])
        FR = t.have(F @ R == 0, FE, ER)
        SF = t.have(S @ F == sp.s(k + 1) * F, about[2], one[2])
        QF = t.have(sp.Q(k) @ F == 0, about[2], apart)
        R1 = R + F
        proofs = [
            t.have(R1.T == R1, so_far[0], about[0]),
            t.have(R1 @ R1 == R1, so_far[0], so_far[1], about[0], about[1], FR),
            t.have(sp.Q(k + 1) @ R1 == R1, sp.grows(k, high), so_far[2], QF, ER, about[2]),
            t.have(R1 @ S == S @ R1, so_far[3], SF, about[0], sym),
        ]
        new = [t.have(E @ (R1 - R) == R1 - R, about[2]), t.have(tr(R1 - R) == number(nat("p", k + 1)), about[3])]
        return (R1,), both(both(*proofs), both(*new))

    chain = s.recursion("k", sp.r, [R_], (zero,), invariant, relation, base, step)
    (Rs,), known = s.obtain(chain, "R")
    *_, all_k, steps = known.parts()
    every = s.linear(at_least(sp.r, sp.r))
    inv = all_k(sp.r, every)
    Qr = sums(sp.r, every)
    G = ident(n) - sp.Q(sp.r)
    G_proj = both(s.have(G.T == G, Qr[0]), s.have(G @ G == G, Qr))
    (Fb,), about = s.obtain(s.cite("subprojector", E=G, q=pb)(G_proj, last), "Fb")
    Rr = of(Rs, sp.r)
    P = Rr + Fb
    QF = s.have(sp.Q(sp.r) @ Fb == 0, about[2], Qr)
    FR = s.have(Fb @ Rr == 0, inv[2], QF, about[0], Qr[0])
    SF = s.have(S @ Fb == 0, s.have(S @ G == 0, sp.whole), about[2])
    proofs = [
        s.have(P.T == P, inv[0], about[0]),
        s.have(P @ P == P, inv[0], inv[1], about[0], about[1], FR),
        s.have(P @ S == S @ P, inv[3], SF, about[0], sym),
    ]
    RQ = s.have(Rr @ sp.Q(sp.r) == Rr, inv[0], inv[2], Qr[0])
    beyond = s.have(tr(P @ G) == number(pb), RQ, about[3], s.have(Fb @ sp.Q(sp.r) == 0, QF, about[0], Qr[0]))

    t = s.inner()
    (j,) = t.dims("k")
    high = t.given(at_least(sp.r, j + 1))
    (e,), rest = t.obtain(difference(high, sp.r, j + 1), "e")
    E = sp.E(j + 1)
    one = sp.at(t, j + 1, t.linear(at_least(j + 1, 1)), high)
    before = all_k(j, t.linear(at_least(sp.r, j), high))
    now = all_k(j + 1, high)
    made = steps(j, high)
    apart = s.cite("spectral-orthogonal", **sp.named(), j=j)(sp.known, sym, high)
    Qj = sums(j, t.linear(at_least(sp.r, j), high))
    RE = t.have(of(Rs, j) @ E == 0, before[0], before[2], apart, Qj[0])
    DE = t.have((of(Rs, j + 1) - of(Rs, j)) @ E == of(Rs, j + 1) - of(Rs, j), made[0], before[0], now[0], one[0])

    def claim(v):
        return of(Rs, j + 1 + v) @ E == of(Rs, j + 1) - of(Rs, j)

    def later(c, v, below, so_far):
        up = c.linear(at_least(sp.r, j + 2 + v), below, rest)
        new = steps(j + 1 + v, up)
        here = sp.at(c, j + 2 + v, c.linear(at_least(j + 2 + v, 1)), up)
        first = all_k(j + 1 + v, c.linear(at_least(sp.r, j + 1 + v), up))
        second = all_k(j + 2 + v, up)
        all_apart = s.cite("spectral-orthogonal-all", **sp.named(), j=j + 1 + v)(sp.known, sym, up)
        at_j = all_apart(j, c.linear(at_least(j + 1 + v, j)))
        at_next = all_apart(j + 1, c.linear(at_least(j + 1 + v, j + 1)))
        EE = c.have(E @ sp.E(j + 2 + v) == 0, at_j, at_next, sp.grows(j, high))
        D = of(Rs, j + 2 + v) - of(Rs, j + 1 + v)
        DEn = c.have(D @ sp.E(j + 2 + v) == D, new[0], first[0], second[0], here[0])
        zero = c.have(D @ E == 0, DEn, EE, here[0], one[0])
        return c.have(claim(v + 1), so_far, zero)

    start = t.have(claim(nat(0)), RE, DE)
    end = t.induction("v", e, claim, start, later)(e, t.linear(at_least(e, e)))
    same = t.have(equal(scalar(sp.r), scalar(j + 1 + e)), rest)
    RrE = t.moved(lambda m: of(Rs, m) @ E == of(Rs, j + 1) - of(Rs, j), end, j + 1 + e, sp.r, same)
    QE = s.cite("whole-eigenspaces", **sp.named(), k=j)(sp.known, sym, high)
    FE = t.have(Fb @ E == 0, t.have(Fb @ sp.Q(sp.r) @ E == Fb @ E, QE), QF, about[0], Qr[0])
    captured = t.close(t.have(tr(P @ E) == number(nat("p", j + 1)), RrE, FE, made[1]))
    free = Variable("P", matrix_sort(n, n))
    body = lambda P: conjunction(P.T == P, P @ P == P, P @ S == S @ P, pattern_of(sp, P, p, pb))
    goal = exists(free, body(of(free)))
    s.conclude(goal, by=s.witness(goal, P, by=both(*proofs, both(captured, beyond))))


@statement(
    "block-turn", "W and J have orthonormal columns in E: D turns J into W, E into itself", kind="lemma", hidden=True
)
def block_turn(s: Script) -> None:
    """D = W J' + N M', where N and M are bases of what W and J leave of E; they have the same width."""
    n, p = s.dims("n p")
    E, W, J = s.matrices("E: n x n, W: n x p, J: n x p")
    proj = s.given(conjunction(E.T == E, E @ E == E), "E is an orthogonal projector")
    inside_W = s.given(conjunction(W.T @ W == ident(p), E @ W == W), "W has orthonormal columns in E")
    inside_J = s.given(conjunction(J.T @ J == ident(p), E @ J == J), "J has orthonormal columns in E")

    def rest(t, B, about, names):
        F = E - B @ B.T
        basis = from_fact("basis").at(P=F)(t.have(F.T == F, proj), t.have(F @ F == F, proj, about))
        (q, N), known = t.obtain(basis, names)
        width = t.have(
            number(q) == tr(E) - number(p),
            t.have(number(q) == tr(N.T @ N), known[0]),
            t.have(tr(N @ N.T) == tr(E) - tr(B @ B.T), known[1]),
            t.have(tr(B.T @ B) == number(p), about[0]),
        )
        return q, N, known, width

    q, N, NN, width_N = rest(s, W, inside_W, "q N")
    q2, M2, MM2, width_M = rest(s, J, inside_J, "q2 M")
    free = Variable("D", matrix_sort(n, n))
    goal = exists(free, turns(E, W, J, of(free)))
    t = s.inner()
    M = t.matrix("M", n, q)
    mm = t.given(conjunction(M.T @ M == ident(q), M @ M.T == E - J @ J.T))
    D = W @ J.T + N @ M.T
    WN = t.have(W.T @ N == 0, t.have((E - W @ W.T) @ N == N, NN), inside_W, proj)
    JM = t.have(J.T @ M == 0, t.have((E - J @ J.T) @ M == M, mm), inside_J, proj)
    EN = t.have(E @ N == N, t.have((E - W @ W.T) @ N == N, NN), WN)
    EM = t.have(E @ M == M, t.have((E - J @ J.T) @ M == M, mm), JM)
    made = t.close(
        t.witness(
            goal,
            D,
            by=both(
                t.have(D.T @ D == E, inside_W, NN[0], WN, mm),
                t.have(D @ D.T == E, inside_J, mm[0], JM, NN[1]),
                t.have(E @ D == D, inside_W, EN),
                t.have(D @ E == D, inside_J, EM, proj),
                t.have(D @ J == W, inside_J, JM),
            ),
        )
    )
    other = Variable("M", matrix_sort(n, "q3"))
    hypothesis = conjunction(of(other).T @ of(other) == ident("q3"), of(other) @ of(other).T == E - J @ J.T)
    moved = exchange("q3", q, for_all(other, Implies(hypothesis, goal)), made)
    c = s.inner()
    c.dims("q3")
    same = s.have(number(q2) == number(q), width_N, width_M)
    s.conclude(goal, by=c.close(moved)(q2, same, M2, MM2))


def turns(E, W, J, D):
    """D is a partial isometry from E to E that takes J to W."""
    return conjunction(D.T @ D == E, D @ D.T == E, E @ D == D, D @ E == D, D @ J == W)


@statement(
    "prop-3.1",
    "eq-29: an orthonormal block-diagonal S takes coordinates of every block to the columns of V: S'V = K",
    kind="step",
    hidden=True,
)
def block_diagonal(s: Script) -> None:
    """K is V with coordinates J[i] of block i in place of W[i]: diag(I_(m_i x p_i)), 0, if they are the first ones.

    S is the sum of partial isometries, one for every block; Z[k] is the sum of the first k.
    """
    d1, d2 = s.dims("d1 d2")
    (Lam,) = s.matrices("Lam: d2 x d2")
    sp = spectrum_of(s, Lam)
    sym = s.given(Lam.T == Lam, "Lambda is symmetric")
    st = widths(s)
    shape = s.given(st.formula(sp.projectors, sp.partial, sp.r), "block structure of V")
    J = s.family("J", "k", matrix_sort(d2, nat("p", "k")))
    Ks = s.family("Ks", "k", matrix_sort(d2, d1))
    Jb, K = s.matrices("Jb: d2 x pb, K: d2 x d1")
    k = nat("k")
    one_ = of(J, k + 1)
    columns = conjunction(one_.T @ one_ == ident(nat("p", k + 1)), sp.E(k + 1) @ one_ == one_)
    coordinates = s.given(
        for_all(Variable("k", NAT), Implies(at_least(sp.r, k + 1), columns)), "J[i] are coordinates of block i"
    )
    others = s.given(conjunction(Jb.T @ Jb == ident(st.pb), sp.Q(sp.r) @ Jb == 0), "Jb are coordinates of the zeros")
    grown = of(Ks, k + 1) == of(Ks, k) + of(J, k + 1) @ of(st.T, k + 1).T
    sums_K = s.given(
        conjunction(
            of(Ks, 0) == 0,
            for_all(Variable("k", NAT), Implies(at_least(sp.r, k + 1), grown)),
            K == of(Ks, sp.r) + Jb @ st.Tb.T,
        ),
        "K is V with J in place of W",
    )
    start_V, blocks, whole, WbWb, QWb, _, _ = shape.parts()
    sums = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)

    Z_ = Variable("Z", matrix_sort(d2, d2))
    Z, j = of(Z_), nat("j")
    turned = lambda Z, k: for_all(Variable("j", NAT), Implies(at_least(k, j + 1), Z @ of(J, j + 1) == of(st.W, j + 1)))
    invariant = conjunction(
        Z.T @ Z == sp.Q(k),
        Z @ Z.T == sp.Q(k),
        sp.Q(k) @ Z == Z,
        Z @ sp.Q(k) == Z,
        Z @ Lam == Lam @ Z,
        turned(Z, k),
    )
    zero = null(d2, d2)
    t = s.inner()
    (j0,) = t.dims("j")
    never = t.given(at_least(nat(0), j0 + 1))
    none = t.have(Falsum(), sum=[Term(times=(never,)), Term(times=(nonnegative(j0),)), Term()])
    vacuous = t.close(anything(none, zero @ of(J, j0 + 1) == of(st.W, j0 + 1)))
    base = both(
        s.have(zero.T @ zero == sp.Q(0), sp.starts),
        s.have(zero @ zero.T == sp.Q(0), sp.starts),
        s.have(sp.Q(0) @ zero == zero),
        s.have(zero @ sp.Q(0) == zero),
        s.have(zero @ Lam == Lam @ zero),
        vacuous,
    )
    trivial = number(0) == 0

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        e = sp.at(t, k + 1, low, high)
        E = sp.E(k + 1)
        block, here = blocks(k, high), coordinates(k, high)
        apart = s.cite("spectral-orthogonal", **sp.named(), j=k)(sp.known, sym, high)
        all_apart = s.cite("spectral-orthogonal-all", **sp.named(), j=k)(sp.known, sym, high)
        Qk = sums(k, t.linear(at_least(sp.r, k), high))
        found = s.cite("block-turn", E=E, W=of(st.W, k + 1), J=of(J, k + 1))(
            both(e[0], e[1]), both(block[1], block[2]), both(here[0], here[1])
        )
        (D,), about = t.obtain(found, "D")
        ZtZ, ZZt, QZ, ZQ, com, before = so_far.parts()
        EQ = t.have(E @ sp.Q(k) == 0, apart, e[0], Qk[0])
        ED = t.have(sp.Q(k) @ D == 0, about[2], apart)
        DQ = t.have(D @ sp.Q(k) == 0, about[3], EQ)
        EZ = t.have(E @ Z == 0, QZ, EQ)
        ZE = t.have(Z @ E == 0, ZQ, apart)
        ZD = t.have(Z.T @ D == 0, QZ, ED, Qk[0])
        DZ = t.have(Z @ D.T == 0, ZQ, DQ, Qk[0])
        grows = sp.grows(k, high)
        LD = t.have(Lam @ D == sp.s(k + 1) * D, about[2], e[2])
        DL = t.have(D @ Lam == sp.s(k + 1) * D, about[3], t.have(E @ Lam == sp.s(k + 1) * E, e[2], e[0], sym))
        Z1 = Z + D
        c = t.inner()
        (j,) = c.dims("j")
        upto = c.given(at_least(k + 1, j + 1))
        goal = Z1 @ of(J, j + 1) == of(st.W, j + 1)
        last = t.have(Z1 @ of(J, k + 1) == of(st.W, k + 1), about[4], t.have(Z @ of(J, k + 1) == 0, ZE, here[1]))

        def earlier(sign):
            less = c.linear(at_least(k, j + 1), successor(c.have(greater(k, j), sign), k, j))
            inside = coordinates(j, c.linear(at_least(sp.r, j + 1), less, high))
            both_apart = [all_apart(j, c.linear(at_least(k, j), less)), all_apart(j + 1, less)]
            in_r = c.linear(at_least(sp.r, j + 1), less, high)
            ej = sp.at(c, j + 1, c.linear(at_least(j + 1, 1)), in_r)
            EE = c.have(sp.E(j + 1) @ E == 0, *both_apart, sp.grows(j, in_r))
            DJ = c.have(D @ of(J, j + 1) == 0, about[3], inside[1], c.have(E @ sp.E(j + 1) == 0, EE, e[0], ej[0]))
            return c.have(goal, before(j, less), DJ)

        def same(zero_):
            return c.moved(
                lambda m: Z1 @ of(J, m + 1) == of(st.W, m + 1), last, k, j, c.have(equal(scalar(j), scalar(k)), zero_)
            )

        every = c.close(
            c.by_sign(number(k) - number(j), same, earlier, lambda no: anything(impossible(c, upto, no), goal))
        )
        return (Z1,), both(
            both(
                t.have(Z1.T @ Z1 == sp.Q(k + 1), ZtZ, ZD, about[0], grows),
                t.have(Z1 @ Z1.T == sp.Q(k + 1), ZZt, DZ, about[1], grows),
                t.have(sp.Q(k + 1) @ Z1 == Z1, grows, QZ, ED, EZ, about[2]),
                t.have(Z1 @ sp.Q(k + 1) == Z1, grows, ZQ, DQ, ZE, about[3]),
                t.have(Z1 @ Lam == Lam @ Z1, com, LD, DL),
                every,
            ),
            t.have(trivial),
        )

    chain = s.recursion("k", sp.r, [Z_], (zero,), invariant, trivial, base, step)
    (Zs,), known = s.obtain(chain, "Z")
    *_, all_k, _ = known.parts()
    top_ = s.linear(at_least(sp.r, sp.r))
    *inv, turn_all = all_k(sp.r, top_).parts()
    Zr, Qr = of(Zs, sp.r), sums(sp.r, top_)
    G = ident(d2) - sp.Q(sp.r)
    G_proj = both(s.have(G.T == G, Qr[0]), s.have(G @ G == G, Qr))
    last_ = s.cite("block-turn", E=G, W=st.Wb, J=Jb)(
        G_proj, both(WbWb, s.have(G @ st.Wb == st.Wb, QWb)), both(others[0], s.have(G @ Jb == Jb, others[1]))
    )
    (D,), about = s.obtain(last_, "D")
    S = Zr + D
    QD = s.have(sp.Q(sp.r) @ D == 0, about[2], Qr)
    DQ = s.have(D @ sp.Q(sp.r) == 0, about[3], Qr)
    ZD = s.have(Zr.T @ D == 0, inv[2], QD, Qr[0])
    DZ = s.have(Zr @ D.T == 0, inv[3], DQ, Qr[0])
    first = s.have(S.T @ S == ident(d2), inv[0], ZD, about[0])
    second = s.have(S @ S.T == ident(d2), inv[1], DZ, about[1])
    SG = s.have(Lam @ G == 0, sp.whole)
    LD, DL = s.have(Lam @ D == 0, SG, about[2]), s.have(D @ Lam == 0, SG, about[3], sym, G_proj[0])
    com = s.have(S @ Lam == Lam @ S, inv[4], LD, DL)

    t = s.inner()
    (i,) = t.dims("i")
    low, high = t.given(at_least(i, 1)), t.given(at_least(sp.r, i))
    e = sp.at(t, i, low, high)
    E = sp.E(i)
    right = s.cite("eigenspace-full", **sp.named(), N=S @ E, i=i)(
        sp.known, sym, low, high, t.have(Lam @ (S @ E) == sp.s(i) * (S @ E), com, e[2])
    )
    back = t.have(S.T @ Lam == Lam @ S.T, com, sym)
    left = s.cite("eigenspace-full", **sp.named(), N=S.T @ E, i=i)(
        sp.known, sym, low, high, t.have(Lam @ (S.T @ E) == sp.s(i) * (S.T @ E), back, e[2])
    )
    diagonal = t.close(t.have(S @ E == E @ S, right, t.have(E @ S @ E == E @ S, left, e[0])))

    def taken(k):
        return S.T @ of(st.partial, k) == of(Ks, k)

    def further(c, k, below, so_far):
        up = c.linear(at_least(sp.r, k + 1), below)
        at_k, here = turn_all(k, up), coordinates(k, up)
        inside = s.cite("whole-eigenspaces", **sp.named(), k=k)(sp.known, sym, up)
        DJ = c.have(D @ of(J, k + 1) == 0, about[3], c.have(G @ of(J, k + 1) == 0, inside, here[1]))
        SJ = c.have(S @ of(J, k + 1) == of(st.W, k + 1), at_k, DJ)
        SW = c.have(S.T @ of(st.W, k + 1) == of(J, k + 1), SJ, first)
        return c.have(taken(k + 1), so_far, SW, blocks(k, up)[0], sums_K[1](k, up))

    all_taken = s.induction("k", sp.r, taken, s.have(taken(nat(0)), start_V, sums_K[0]), further)
    SJb = s.have(S @ Jb == st.Wb, about[4], s.have(Zr @ Jb == 0, inv[3], others[1]))
    SWb = s.have(S.T @ st.Wb == Jb, SJb, first)
    result = s.have(S.T @ st.V == K, all_taken(sp.r, top_), SWb, whole, sums_K[2])
    free = Variable("S", matrix_sort(d2, d2))
    X = of(free)
    goal = exists(
        free,
        conjunction(
            X.T @ X == ident(d2),
            X @ X.T == ident(d2),
            X @ Lam == Lam @ X,
            in_range("i", 1, sp.r, X @ sp.E("i") == sp.E("i") @ X),
            X.T @ st.V == K,
        ),
    )
    s.conclude(goal, by=s.witness(goal, S, by=both(first, second, com, diagonal, result)))
