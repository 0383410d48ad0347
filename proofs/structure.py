"""The block structure of V in Theorem 1, and the matrices V that have it.

U is any orthogonal matrix and Lambda = U' Sigma U, whose eigenprojectors E[1], ..., E[r] (of the positive eigenvalues
s[1] > ... > s[r]) are the blocks of coordinates when Lambda is diagonal; the block of zeros is I - Q[r].
The block structure V = [diag(V_1, ..., V_r, Vbar), 0] says

    V = W[1] T[1]' + ... + W[r] T[r]' + Wb Tb'

with orthonormal columns W[i] (d2 x p[i]) in block i, E[i] W[i] = W[i], Wb (d2 x pb) in the block of zeros, and
selectors T[i] (d1 x p[i]), Tb of disjoint columns. V_i is the block W[i] without its zero rows.
"""

from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    matrix_sort,
    substitute,
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import Context, Term, both, difference, exchange, from_fact
from symbolic_cp.prover.expression import Expr, ident, null, number, of, tr

from .spectra import Spectrum, next_range, spectrum_of


@dataclass(frozen=True)
class Structure:
    """Letters for the block structure of V."""

    p: Variable
    W: Variable
    T: Variable
    partial: Variable
    pb: Nat
    Wb: Expr
    Tb: Expr
    V: Expr

    def formula(self, E: Variable, Q: Variable, r: Nat):
        k = nat("k")
        V, W, T = of(self.partial, k), of(self.W, k + 1), of(self.T, k + 1)
        width = nat(self.p.name, k + 1)
        block = conjunction(
            of(self.partial, k + 1) == V + W @ T.T,
            W.T @ W == ident(width),
            of(E, k + 1) @ W == W,
            T.T @ T == ident(width),
            V @ T == 0,
        )
        return conjunction(
            of(self.partial, 0) == 0,
            for_all(Variable("k", NAT), Implies(at_least(r, k + 1), block)),
            self.V == of(self.partial, r) + self.Wb @ self.Tb.T,
            self.Wb.T @ self.Wb == ident(self.pb),
            of(Q, r) @ self.Wb == 0,
            self.Tb.T @ self.Tb == ident(self.pb),
            of(self.partial, r) @ self.Tb == 0,
        )

    def named(self):
        return {
            "p": self.p,
            "W": self.W,
            "T": self.T,
            "Vs": self.partial,
            "pb": self.pb,
            "Wb": self.Wb,
            "Tb": self.Tb,
            "V": self.V,
        }


def widths(s: Context) -> Structure:
    """Introduce a block structure: d2 rows, d1 columns."""
    p = s.family("p", "k", NAT)
    W = s.family("W", "k", matrix_sort("d2", nat("p", "k")))
    T = s.family("T", "k", matrix_sort("d1", nat("p", "k")))
    Vs = s.family("Vs", "k", matrix_sort("d2", "d1"))
    (pb,) = s.dims("pb")
    Wb, Tb, V = s.matrices("Wb: d2 x pb, Tb: d1 x pb, V: d2 x d1")
    return Structure(p, W, T, Vs, pb, Wb, Tb, V)


@statement("thm-1.structure", "V is a partial isometry and V V' commutes with Lambda", kind="lemma", hidden=True)
def structure(s: Script) -> None:
    s.dims("d1 d2")
    (Lam,) = s.matrices("S: d2 x d2")
    sp = spectrum_of(s, Lam)
    sym = s.given(Lam.T == Lam, "Lambda is symmetric")
    st = widths(s)
    known = s.given(st.formula(sp.projectors, sp.partial, sp.r), "block structure of V")
    start, blocks_, total, WbWb, QWb, TbTb, VTb = known.parts()
    Vk = lambda k: of(st.partial, k)

    def claim(k):
        return conjunction(
            Vk(k) @ Vk(k).T @ Vk(k) == Vk(k), Vk(k) @ Vk(k).T @ Lam == Lam @ Vk(k) @ Vk(k).T, sp.Q(k) @ Vk(k) == Vk(k)
        )

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        one = both(*sp.at(t, k + 1, low, high)[:3])
        apart = s.cite("spectral-orthogonal", **sp.named(), j=k)(sp.known, sym, high)
        block = blocks_(k, high)
        W = of(st.W, k + 1)
        iso, com, inside = so_far.parts()
        Qk = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(k, t.linear(at_least(sp.r, k), high))
        QW = t.have(sp.Q(k) @ W == 0, apart, block[2])
        VW = t.have(Vk(k).T @ W == 0, inside, Qk[0], QW)
        LW = t.have(Lam @ W == sp.s(k + 1) * W, one, block[2])
        grows = block[0]
        gram = t.have(Vk(k + 1) @ Vk(k + 1).T == Vk(k) @ Vk(k).T + W @ W.T, grows, block[3], block[4])
        a = t.have(Vk(k + 1) @ Vk(k + 1).T @ Vk(k + 1) == Vk(k + 1), gram, grows, iso, VW, block[1], block[4])
        b = t.have(Vk(k + 1) @ Vk(k + 1).T @ Lam == Lam @ Vk(k + 1) @ Vk(k + 1).T, gram, com, LW, sym)
        EV = t.have(sp.E(k + 1) @ Vk(k) == 0, apart, inside, one[0], Qk[0])
        c = t.have(sp.Q(k + 1) @ Vk(k + 1) == Vk(k + 1), sp.grows(k, high), grows, inside, block[2], QW, EV)
        return both(a, b, c)

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), start), step)
    iso, com, inside = all_k(sp.r, s.linear(at_least(sp.r, sp.r))).parts()
    Vr = Vk(sp.r)
    LWb = s.have(Lam @ st.Wb == 0, sp.whole, QWb)
    gram = s.have(st.V @ st.V.T == Vr @ Vr.T + st.Wb @ st.Wb.T, total, TbTb, VTb)
    Qr = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, s.linear(at_least(sp.r, sp.r)))
    VW = s.have(Vr.T @ st.Wb == 0, inside, QWb, Qr[0])
    a = s.have(st.V @ st.V.T @ st.V == st.V, gram, total, iso, VW, WbWb, VTb)
    b = s.have(st.V @ st.V.T @ Lam == Lam @ st.V @ st.V.T, gram, com, LWb, sym)
    s.conclude(conjunction(a.formula, b.formula), by=[a, b])


@statement("thm-1.extend", "A partial isometry V is extended by a projector F with F V = 0", kind="lemma", hidden=True)
def extend(s: Script) -> None:
    """R holds an orthonormal basis of ker V; part of it takes up the columns of F, the rest is the new R."""
    n, e, w = s.dims("n e w")
    V, R, F = s.matrices("V: n x e, R: e x w, F: n x n")
    rest = s.given(V.T @ V + R @ R.T == ident(e))
    RR = s.given(R.T @ R == ident(w))
    VR = s.given(V @ R == 0)
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    FV = s.given(F @ V == 0)
    room = s.given(tr(V @ V.T) + tr(F) <= number(e), "there is room")
    (p, W), WW = s.obtain(from_fact("basis").at(P=F)(*proj.parts()), "p W")
    trace_F = s.have(number(p) == tr(F), WW)
    width = s.have(number(w) == number(e) - tr(V @ V.T), rest, RR)
    larger = s.have(at_least(w, p), trace_F, width, room, sum=[Term(times=(room,))])
    (w2,), sum_ = s.obtain(difference(larger, w, p), "w2")
    (J, K), JK = s.obtain(from_fact("split").at(n=w, a=p, b=w2)(sum_), "J K")
    T, R2, V2 = R @ J, R @ K, V + W @ (R @ J).T
    VT = s.have(V @ T == 0, VR)
    FW = s.have(F @ W == W, WW)
    WV = s.have(W.T @ V == 0, FW, FV, proj[0])
    TT = s.have(T.T @ T == ident(p), JK[0], RR)
    found = [
        WW[0],
        WW[1],
        TT,
        VT,
        s.have(V2.T @ V2 + R2 @ R2.T == ident(e), WV, WW[0], rest, s.have(T @ T.T + R2 @ R2.T == R @ R.T, JK[3])),
        s.have(R2.T @ R2 == ident(w2), JK[1], RR),
        s.have(V2 @ R2 == 0, VR, s.have(T.T @ R2 == 0, JK[2], RR)),
        s.have(V2 @ V2.T == V @ V.T + F, VT, TT, WW[1]),
        trace_F,
    ]

    def goal(p, w2, W, T, R2):
        V2 = V + W @ T.T
        return conjunction(
            W.T @ W == ident(p),
            W @ W.T == F,
            T.T @ T == ident(p),
            V @ T == 0,
            V2.T @ V2 + R2 @ R2.T == ident(e),
            R2.T @ R2 == ident(w2),
            V2 @ R2 == 0,
            V2 @ V2.T == V @ V.T + F,
            equal(scalar(p), tr(F).term),
        )

    letters = [Variable("p", NAT), Variable("w2", NAT)]
    shapes = [("W", n, nat("p")), ("T", e, nat("p")), ("R2", e, nat("w2"))]
    matrices = [Variable(name, matrix_sort(rows, cols)) for name, rows, cols in shapes]
    claim = exists(*letters, *matrices, goal(nat("p"), nat("w2"), *map(of, matrices)))
    s.conclude(claim, by=s.witness(claim, p, w2, W, T, R2, by=both(*found)))


def partial_isometry(V: Expr, R: Expr, e: Nat, w: Nat):
    """R has orthonormal columns, a basis of ker V, and V is isometric on the rest."""
    return V.T @ V + R @ R.T == ident(e), R.T @ R == ident(w), V @ R == 0


@statement(
    "thm-1.blocks",
    "A projector that commutes with Lambda is V V' for a V of block structure",
    kind="lemma",
    hidden=True,
)
def blocks_of(s: Script) -> None:
    n, e = s.dims("d2 d1")
    (Lam,) = s.matrices("S: d2 x d2")
    sp = spectrum_of(s, Lam)
    sym = s.given(Lam.T == Lam, "Lambda is symmetric")
    (P,) = s.matrices("P: d2 x d2")
    proj = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")
    com = s.given(P @ Lam == Lam @ P, "P Lambda = Lambda P")
    room = s.given(tr(P) <= number(e), "rank P <= d1")
    swap = s.cite("spectral-commute", **sp.named(), P=P)(sp.known, sym, proj, com)
    sums = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)

    k = nat("k")
    states = [
        Variable("p", NAT),
        Variable("w", NAT),
        Variable("W", matrix_sort(n, "p")),
        Variable("T", matrix_sort(e, "p")),
        Variable("R", matrix_sort(e, "w")),
        Variable("Vs", matrix_sort(n, e)),
    ]
    R, V = of(states[4]), of(states[5])
    invariant = conjunction(
        *partial_isometry(V, R, e, nat("w")), V @ V.T == P @ sp.Q(k), sp.Q(k) @ V == V, sp.Q(k) @ P == P @ sp.Q(k)
    )
    width = nat("p_next")
    W1, T1, V1 = (
        of(Variable(f"{x}_next", matrix_sort(rows, cols)))
        for x, rows, cols in (("W", n, width), ("T", e, width), ("Vs", n, e))
    )
    relation = conjunction(
        V1 == V + W1 @ T1.T, W1.T @ W1 == ident(width), sp.E(k + 1) @ W1 == W1, T1.T @ T1 == ident(width), V @ T1 == 0
    )

    def base():
        return s.have(
            substitute(invariant, {"k": nat(0), "w": e, "R": ident(e).term, "Vs": null(n, e).term}), sp.starts
        )

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        one = both(*sp.at(t, k + 1, low, high)[:3])
        Qk, Q1 = sums(k, t.linear(at_least(sp.r, k), high)), sums(k + 1, high)
        apart = s.cite("spectral-orthogonal", **sp.named(), j=k)(sp.known, sym, high)
        PE = swap(k + 1, low, high)
        *iso, VV, QV, QP = so_far.parts()
        F = P @ sp.E(k + 1)
        F_proj = both(t.have(F.T == F, PE, one[0], proj[0]), t.have(F @ F == F, PE, one[1], proj[1]))
        EV = t.have(sp.E(k + 1) @ V == 0, apart, QV, one[0], Qk[0])
        grows = sp.grows(k, high)
        QP1 = t.have(sp.Q(k + 1) @ P == P @ sp.Q(k + 1), QP, PE, grows)
        inside = t.have(tr(P @ sp.Q(k + 1)) <= tr(P), proj, Q1, QP1, sum=[Term(grams=(P - P @ sp.Q(k + 1),))])
        total = t.have(tr(V @ V.T) + tr(F) == tr(P @ sp.Q(k + 1)), VV, grows)
        fits = t.have(
            tr(V @ V.T) + tr(F) <= number(e), total, inside, room, sum=[Term(times=(inside,)), Term(times=(room,))]
        )
        found = s.cite("thm-1.extend", V=V, R=R, F=F)(*iso, F_proj, t.have(F @ V == 0, EV), fits)
        (p1, w2, W, T, R2), known = t.obtain(found, "p1 w2 W1 T1 R2")
        V2 = V + W @ T.T
        EW = t.have(sp.E(k + 1) @ W == W, known[0], known[1], PE, one[1])
        QW = t.have(sp.Q(k) @ W == 0, EW, apart)
        after = [
            known[4],
            known[5],
            known[6],
            t.have(V2 @ V2.T == P @ sp.Q(k + 1), known[7], VV, grows),
            t.have(sp.Q(k + 1) @ V2 == V2, grows, QV, EV, EW, QW),
            QP1,
        ]
        then = [t.have(V2 == V + W @ T.T), known[0], EW, known[2], known[3]]
        return (p1, w2, W, T, R2, V2), both(both(*after), both(*then))

    start = (nat(0), e, null(n, 0), null(e, 0), ident(e), null(n, e))
    chain = s.recursion("k", sp.r, states, start, invariant, relation, base(), step)
    (p, w, W, T, R_, Vs), known = s.obtain(chain, "p w W T R Vs")
    *_, first, all_k, steps = known.parts()

    # the block of zeros: what is left of P
    *iso, VV, QV, QP = all_k(sp.r, s.linear(at_least(sp.r, sp.r))).parts()
    r = sp.r
    V, R = of(Vs, r), of(R_, r)
    Qr = sums(r, s.linear(at_least(r, r)))
    F = P - P @ sp.Q(r)
    F_proj = both(s.have(F.T == F, QP, Qr[0], proj[0]), s.have(F @ F == F, QP, Qr[1], proj[1]))
    FV = s.have(F @ V == 0, QV)
    fits = s.have(tr(V @ V.T) + tr(F) <= number(e), VV, room, sum=[Term(times=(room,))])
    found = s.cite("thm-1.extend", V=V, R=R, F=F)(*iso, F_proj, FV, fits)
    (pb, w2, Wb, Tb, R2), last = s.obtain(found, "pb wb Wb Tb Rb")
    whole = V + Wb @ Tb.T
    QWb = s.have(sp.Q(r) @ Wb == 0, s.have(F @ Wb == Wb, last[0], last[1]), QP, Qr[1])
    j = s.inner()
    (kk,) = j.dims("k")
    low = j.given(at_least(r, kk + 1))
    blocks_known = j.close(steps(kk, low))
    shape = both(first, blocks_known, s.have(whole == whole), last[0], QWb, last[2], last[3])
    result = both(shape, both(s.have(whole @ whole.T == P, last[7], VV), last[4], last[5], last[6]))

    claim = block_claim(sp, P, e, n)
    s.conclude(claim, by=s.witness(claim, p, W, T, Vs, pb, Wb, Tb, whole, w2, R2, by=result))


@statement(
    "thm-1.invertible",
    "A = U V C with C invertible, where V V' is the projector U'A A+ U",
    kind="lemma",
    hidden=True,
)
def invertible(s: Script) -> None:
    """C = V'U'A + R Z' takes the orthonormal basis Z of ker A to the columns R that V does not use."""
    d1, d2, w = s.dims("d1 d2 w")
    U, A, V, R = s.matrices("U: d2 x d2, A: d2 x d1, V: d2 x d1, R: d1 x w")
    orth = s.given(conjunction(U @ U.T == ident(d2), U.T @ U == ident(d2)), "U is orthogonal")
    a, of_A = s.pinv(A, "a")
    Q = U.T @ A @ a @ U
    VV = s.given(V @ V.T == Q, "V V' is the projector onto Col(U'A)")
    VR, RR, VR0 = s.given(conjunction(*partial_isometry(V, R, d1, w)), "R is an orthonormal basis of ker V").parts()
    G = ident(d1) - a @ A
    (k2, Z), ZZ = s.obtain(from_fact("basis").at(P=G)(s.have(G.T == G, of_A), s.have(G @ G == G, of_A)), "k2 Z")
    width_Z = s.have(number(k2) == tr(G), s.have(number(k2) == tr(Z.T @ Z), ZZ[0]), s.have(tr(Z @ Z.T) == tr(G), ZZ[1]))
    rank_V = s.have(tr(V @ V.T) == tr(Q), VV)
    rank_R = s.have(tr(V.T @ V) + tr(R @ R.T) == number(d1), VR)
    width_R = s.have(number(w) == number(d1) - tr(Q), rank_R, rank_V, s.have(number(w) == tr(R.T @ R), RR))
    rank_Q = s.have(tr(Q) == tr(A @ a), orth)
    width = s.have(number(k2) == number(w), width_Z, width_R, rank_Q)
    inside = s.inner()
    Zw = inside.matrix("Z", d1, w)
    zz = inside.given(conjunction(Zw.T @ Zw == ident(w), Zw @ Zw.T == G))
    az = inside.have(A @ Zw == 0, zz[1], zz[0], of_A)
    za = inside.have(Zw.T @ a == 0, az, of_A)
    C, D = V.T @ U.T @ A + R @ Zw.T, a @ U @ V + Zw @ R.T
    QV = inside.have(Q @ V == V, VV, VR, VR0)
    found = [
        inside.have(C @ D == ident(d1), VR, RR, az, za, QV, zz[0], VR0),
        inside.have(D @ C == ident(d1), VV, VR0, RR, zz[1], orth, of_A),
        inside.have(A == U @ V @ C, VV, VR0, orth, of_A),
        inside.have(a == D @ V.T @ U.T, VV, VR0, orth, of_A),
    ]
    c, d = Variable("C", matrix_sort(d1, d1)), Variable("D", matrix_sort(d1, d1))
    inverse = of(c) @ of(d) == ident(d1), of(d) @ of(c) == ident(d1)
    goal = exists(c, d, conjunction(*inverse, A == U @ V @ of(c), a == of(d) @ V.T @ U.T))
    made = inside.close(inside.witness(goal, C, D, by=both(*found)))
    free = Variable("Z", matrix_sort(d1, "k3"))
    hypothesis = conjunction(of(free).T @ of(free) == ident("k3"), of(free) @ of(free).T == G)
    moved = exchange("k3", w, for_all(free, Implies(hypothesis, goal)), made)
    t = s.inner()
    (k3,) = t.dims("k3")
    s.conclude(goal, by=t.close(moved)(k2, width, Z, ZZ))


def block_claim(sp: Spectrum, P: Expr, e: Nat, n: Nat):
    """There is a V of block structure with V V' = P, and an orthonormal basis R of its kernel."""
    t = Context()
    st = widths(t)
    R = of(Variable("R", matrix_sort(e, "w")))
    body = conjunction(
        st.formula(sp.projectors, sp.partial, sp.r),
        conjunction(st.V @ st.V.T == P, *partial_isometry(st.V, R, e, nat("w"))),
    )
    variables = [thing for kind, thing, _ in t.entries]
    return exists(*variables, Variable("w", NAT), Variable("R", matrix_sort(e, "w")), body)
