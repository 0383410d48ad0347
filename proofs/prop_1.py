"""Proposition 1: the loss at a critical point."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import NAT, SCALAR, Implies, Variable, at_least, conjunction, for_all, matrix_sort
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import Known, both
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr

from .lem_1 import critical_point
from .spectra import next_range, spectrum_of
from .structure import widths


def loss(X: Expr, Y: Expr, A1: Expr, A2: Expr) -> Expr:
    """L = 1/2 |A2 A1 X - Y|^2."""
    R = A2 @ A1 @ X - Y
    return tr(R @ R.T) / 2


@statement("eq-23", "the gradient with respect to A1 is A2'(A2 A1 X - Y)X'", kind="equation")
def eq_23(s: Script) -> None:
    """The coefficient of t in L(A1 + t D, A2) is tr(G'D) for every direction D; it is 0 for all of them iff G = 0."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2, D = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1, D: d1 x d0")
    t = s.scalar("t")
    B1, G = s.matrices("B1: d1 x d0, G: d1 x d0")
    moved = s.given(B1 == A1 + t * D, "B1 = A1 + t D")
    gradient = s.given(G == A2.T @ (A2 @ A1 @ X - Y) @ X.T, "G = A2'(A2 A1 X - Y)X'")
    expansion = s.have(
        loss(X, Y, B1, A2) == loss(X, Y, A1, A2) + t * tr(G.T @ D) + t * t * norm2(A2 @ D @ X) / 2,
        moved,
        gradient,
        heavy=[B1, G],
    )
    zero = only_zero(s, G, Variable("D", matrix_sort("d1", "d0")))
    s.conclude(conjunction(expansion.formula, zero.formula), by=both(expansion, zero))


def only_zero(s: Script, G: Expr, D: Variable) -> Known:
    """If tr(G'D) = 0 for every D, then G = 0."""
    t = s.inner()
    vanishes = t.given(for_all(D, tr(G.T @ of(D)) == 0), "no direction changes the loss at first order")
    return t.close(t.zero(G, vanishes(G)))


@statement("eq-24", "the gradient with respect to A2 is (A2 A1 X - Y)X'A1'", kind="equation")
def eq_24(s: Script) -> None:
    """The coefficient of t in L(A1, A2 + t D) is tr(G'D) for every direction D; it is 0 for all of them iff G = 0."""
    s.dims("d0 d1 d2 m")
    X, Y, A1, A2, D = s.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1, D: d2 x d1")
    t = s.scalar("t")
    B2, G = s.matrices("B2: d2 x d1, G: d2 x d1")
    moved = s.given(B2 == A2 + t * D, "B2 = A2 + t D")
    gradient = s.given(G == (A2 @ A1 @ X - Y) @ X.T @ A1.T, "G = (A2 A1 X - Y)X'A1'")
    expansion = s.have(
        loss(X, Y, A1, B2) == loss(X, Y, A1, A2) + t * tr(G.T @ D) + t * t * norm2(D @ A1 @ X) / 2,
        moved,
        gradient,
        heavy=[B2, G],
    )
    zero = only_zero(s, G, Variable("D", matrix_sort("d2", "d1")))
    s.conclude(conjunction(expansion.formula, zero.formula), by=both(expansion, zero))


@statement("prop-1", "At every critical point L = 1/2 (Tr(YY') - sum p_i s_i)", equations={"eq-28": "prop-1.4"})
def proposition_1(s: Script) -> None:
    X, Y, A1, A2, eq23, eq24 = critical_point(s)
    Xp, of_X = s.pinv(X, "Xp")
    A2p, of_A2 = s.pinv(A2, "A2p")
    (U,) = s.matrices("U: d2 x d2")
    orth = s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U is orthogonal")
    P, Sigma = A2 @ A2p, Y @ Xp @ X @ Y.T
    Lam = U.T @ Sigma @ U
    sp = spectrum_of(s, Lam)
    lemma = s.cite("lem-1", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=A2p)(eq23, eq24, of_X, of_A2)
    PSP, commutes = lemma.parts()[1:3]
    eq27 = s.have(A2 @ A1 @ X == P @ Y @ Xp @ X, eq23, of_A2, of_X)
    L, YY = loss(X, Y, A1, A2), tr(Y @ Y.T)

    expanded = YY / 2 - tr(A2 @ A1 @ X @ Y.T) + tr(A2 @ A1 @ X @ X.T @ A1.T @ A2.T) / 2
    with s.aside():
        R = s.matrix("R", "d2", "m")
        residual = s.given(R == A2 @ A1 @ X - Y, "R = A2 A1 X - Y, L = 1/2 tr(RR')")
        s.step("prop-1.1", tr(R @ R.T) / 2 == expanded, by=[residual], heavy=[R], title="the loss, expanded")
    one = s.have(L == expanded)
    first = s.have(tr(A2 @ A1 @ X @ Y.T) == tr(P @ Sigma), eq27)
    square = s.have(A2 @ A1 @ X @ X.T @ A1.T @ A2.T == P @ Sigma @ P, eq27, of_A2, of_X)
    second = s.have(tr(A2 @ A1 @ X @ X.T @ A1.T @ A2.T) == tr(P @ Sigma @ P), square)
    two = s.step(
        "prop-1.2", L == YY / 2 - tr(P @ Sigma) + tr(P @ Sigma @ P) / 2, by=[one, first, second], title="with eq-27"
    )
    three = s.step(
        "prop-1.3", L == YY / 2 - tr(P @ Sigma) / 2, by=[two, PSP, of_A2], title="Tr(P Sigma P) = Tr(P Sigma)"
    )
    with s.aside():
        b, of_B = s.pinv(U.T @ A2, "b")
        same = s.have(b == A2p @ U, of_A2, of_B, orth)
        moved = s.have(tr(P @ Sigma) == tr(U.T @ A2 @ b @ Lam), same, orth)
        s.step("prop-1.4", L == YY / 2 - tr(U.T @ A2 @ b @ Lam) / 2, by=[three, moved], title="eq-28")
    with s.aside():
        (V,) = s.matrices("V: d2 x d1")
        form = s.given(P == U @ V @ V.T @ U.T, "thm-1.6")
        moved = s.have(tr(P @ Sigma) == tr(V.T @ Lam @ V), form, orth)
        s.step(
            "prop-1.5",
            L == YY / 2 - tr(V.T @ Lam @ V) / 2,
            by=[three, moved],
            title="with thm-1.6: Tr(P_Col(U'A2) Lambda) = Tr(V' Lambda V)",
        )

    # the sum p_1 s_1 + ... + p_r s_r, with p_i = tr(Q E[i]) for the projector Q = U' P U onto Col(U'A2)
    Q = U.T @ P @ U
    S = s.family("sum", "k", SCALAR)
    starts = s.given(of(S, 0) == 0, "empty sum")
    k = nat("k")
    grows = s.given(
        for_all(
            Variable("k", NAT),
            Implies(at_least(sp.r, k + 1), of(S, k + 1) == of(S, k) + sp.s(k + 1) * tr(Q @ sp.E(k + 1))),
        ),
        "sum of p_i s_i",
    )

    def claim(k):
        return tr(Q @ Lam @ sp.Q(k)) == of(S, k)

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        eigen = sp.at(t, k + 1, low, high)[2]
        return t.have(claim(k + 1), so_far, grows(k, high), sp.grows(k, high), eigen)

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), starts, sp.starts), step)
    total = s.have(tr(Q @ Lam) == of(S, sp.r), all_k(sp.r, s.linear(at_least(sp.r, sp.r))), sp.whole)
    moved = s.have(tr(P @ Sigma) == tr(Q @ Lam), orth)
    six = s.step(
        "prop-1.6", L == YY / 2 - of(S, sp.r) / 2, by=[three, moved, total], title="block by block: sum p_i s_i"
    )
    s.conclude(L == YY / 2 - of(S, sp.r) / 2, by=six)


@statement("rem-1", "p_1 + ... + p_r + pb = rank(A2)", kind="statement")
def remark_1(s: Script) -> None:
    """With the block structure of V and A2 = UVC: the widths of the blocks add up to the rank of A2."""
    s.dims("d1 d2")
    (U, A2, C, D) = s.matrices("U: d2 x d2, A2: d2 x d1, C: d1 x d1, D: d1 x d1")
    a, of_A2 = s.pinv(A2, "A2p")
    orth = s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U is orthogonal")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    (Lam,) = s.matrices("S: d2 x d2")
    sym = s.given(Lam.T == Lam, "Lambda is symmetric")
    sp = spectrum_of(s, Lam)
    st = widths(s)
    shape = s.given(st.formula(sp.projectors, sp.partial, sp.r), "block structure of V")
    eq2 = s.given(A2 == U @ st.V @ C, "eq-2")
    S = s.family("sum", "k", SCALAR)
    starts = s.given(of(S, 0) == 0, "empty sum")
    k = nat("k")
    grows = s.given(
        for_all(Variable("k", NAT), Implies(at_least(sp.r, k + 1), of(S, k + 1) == of(S, k) + number(nat("p", k + 1)))),
        "sum of the p_i",
    )
    start, blocks, whole, WbWb, _, TbTb, VTb = shape.parts()
    Vk = lambda k: of(st.partial, k)

    def claim(k):
        return tr(Vk(k) @ Vk(k).T) == of(S, k)

    def step(t, k, below, so_far):
        low, high = next_range(t, sp, k, below)
        block = blocks(k, high)
        W = of(st.W, k + 1)
        gram = t.have(Vk(k + 1) @ Vk(k + 1).T == Vk(k) @ Vk(k).T + W @ W.T, block[0], block[3], block[4])
        split = t.have(tr(Vk(k + 1) @ Vk(k + 1).T) == tr(Vk(k) @ Vk(k).T) + tr(W @ W.T), gram)
        width = t.have(tr(W.T @ W) == number(nat("p", k + 1)), block[1])
        return t.have(claim(k + 1), so_far, grows(k, high), split, width)

    all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), start, starts), step)
    end = all_k(sp.r, s.linear(at_least(sp.r, sp.r)))
    Vr = Vk(sp.r)
    gram = s.have(st.V @ st.V.T == Vr @ Vr.T + st.Wb @ st.Wb.T, whole, TbTb, VTb)
    split = s.have(tr(st.V @ st.V.T) == tr(Vr @ Vr.T) + tr(st.Wb @ st.Wb.T), gram)
    width = s.have(tr(st.Wb.T @ st.Wb) == number(st.pb), WbWb)
    iso = s.cite("thm-1.structure", **sp.named(), **st.named())(sp.known, sym, shape)[0]
    V = st.V
    proj = s.cite("projector-of", A=A2, B=a, G=D @ V.T @ U.T, Q=U @ V @ V.T @ U.T)(
        of_A2,
        s.have((U @ V @ V.T @ U.T).T == U @ V @ V.T @ U.T),
        s.have(U @ V @ V.T @ U.T @ A2 == A2, eq2, iso, orth),
        s.have(A2 @ D @ V.T @ U.T == U @ V @ V.T @ U.T, eq2, inv),
    )
    W = U @ V
    rank = s.have(
        tr(A2 @ a) == tr(V @ V.T), s.have(tr(A2 @ a) == tr(W @ W.T), proj), s.have(tr(W @ W.T) == tr(V @ V.T), orth)
    )
    s.conclude(of(S, sp.r) + number(st.pb) == tr(A2 @ a), by=[rank, split, width, end])
