"""Theorem 1, the statement and its steps: necessity (thm-1.1 to thm-1.13) and sufficiency (thm-1.14)."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.facts import in_range
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Implies,
    Variable,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat, scalar
from symbolic_cp.prover.context import Context, Known, Term, both, difference, exchange, from_fact
from symbolic_cp.prover.expression import Expr, ident, null, number, of, tr

from .spectra import next_range, spectrum_of
from .structure import Structure, widths


def data(s: Context):
    """X (d0 x m), Y (d2 x m), X+, and an orthogonal U with Lambda = U' Sigma U."""
    s.dims("d0 d1 d2 m")
    X, Y = s.matrices("X: d0 x m, Y: d2 x m")
    Xp, of_X = s.pinv(X, "Xp")
    (U,) = s.matrices("U: d2 x d2")
    orth = s.given(conjunction(U @ U.T == ident("d2"), U.T @ U == ident("d2")), "U is orthogonal")
    Sigma = Y @ Xp @ X @ Y.T
    return X, Y, Xp, of_X, U, orth, Sigma, U.T @ Sigma @ U


def gradients(X, Y, A1, A2):
    """eq-23 and eq-24."""
    return A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, (A2 @ A1 @ X - Y) @ X.T @ A1.T == 0


def eq1(U, V, C, D, L1, X, Xp, Y):
    """The right side of eq-1; D is the inverse of C."""
    return D @ V.T @ U.T @ Y @ Xp + L1 - D @ V.T @ V @ C @ L1 @ X @ Xp


def eq3(U, V, C, L1, X, Y):
    """eq-3, with the projectors written out (thm-1.13 shows that they are the projectors)."""
    return (ident("d2") - U @ V @ V.T @ U.T) @ Y @ X.T @ L1.T @ C.T @ (ident("d1") - V.T @ V) == 0


def parametrised(s: Context, Lam: Expr):
    """V, C with inverse D, L1; V is a partial isometry and V V' commutes with Lambda."""
    V, C, D, L1 = s.matrices("V: d2 x d1, C: d1 x d1, D: d1 x d1, L1: d1 x d0")
    iso = s.given(V @ V.T @ V == V, "V V' V = V")
    com = s.given(V @ V.T @ Lam == Lam @ V @ V.T, "V V' Lambda = Lambda V V'")
    inv = s.given(conjunction(C @ D == ident("d1"), D @ C == ident("d1")), "D is the inverse of C")
    return V, C, D, L1, iso, com, inv


@statement("thm-1.14", "Sufficiency: eq-1, eq-2 and eq-3 make a critical point", kind="step", hidden=True)
def sufficiency(s: Script) -> None:
    X, Y, Xp, of_X, U, orth, Sigma, Lam = data(s)
    V, C, D, L1, iso, com, inv = parametrised(s, Lam)
    A1, A2 = eq1(U, V, C, D, L1, X, Xp, Y), U @ V @ C
    e3 = s.given(eq3(U, V, C, L1, X, Y), "eq-3")
    W = U @ V
    PS = s.have(W @ W.T @ Sigma == Sigma @ W @ W.T, com, orth)
    WW = s.have(W.T @ W == V.T @ V, orth)
    product = s.step("thm-1.14.1", A2 @ A1 @ X == W @ W.T @ Y @ Xp @ X, by=[inv, iso, of_X], title="the product")
    XX = s.have(Xp @ X @ X.T == X.T, of_X)
    first = s.have(A2.T @ (W @ W.T @ Y @ Xp @ X - Y) @ X.T == 0, iso, orth, XX)
    g1 = s.have(A2.T @ (A2 @ A1 @ X - Y) @ X.T == 0, product, first)
    second = s.have((W @ W.T @ Y @ Xp @ X - Y) @ X.T @ A1.T == 0, e3, PS, WW, iso, orth, XX, inv, of_X)
    g2 = s.have((A2 @ A1 @ X - Y) @ X.T @ A1.T == 0, product, second)
    s.conclude(conjunction(g1.formula, g2.formula), by=[g1, g2])


@statement("thm-1.ex", "L1 = 0 satisfies eq-3, so (C^-1 V'U'YX+, UVC) is critical for every C and V", kind="example")
def example(s: Script) -> None:
    X, Y, Xp, of_X, U, orth, Sigma, Lam = data(s)
    V, C, D, L1, iso, com, inv = parametrised(s, Lam)
    zero = s.given(L1 == 0, "L1 = 0")
    A1, A2 = s.matrices("A1: d1 x d0, A2: d2 x d1")
    e1 = s.given(A1 == D @ V.T @ U.T @ Y @ Xp, "A1 = C^-1 V'U'YX+")
    e2 = s.given(A2 == U @ V @ C, "A2 = UVC")
    solves = s.have(eq3(U, V, C, L1, X, Y), zero)
    cited = s.cite("thm-1.14", X=X, Y=Y, Xp=Xp, U=U, V=V, C=C, D=D, L1=null("d1", "d0"))(
        of_X, orth, iso, com, inv, s.have(eq3(U, V, C, null("d1", "d0"), X, Y))
    )
    one, two = gradients(X, Y, A1, A2)
    first, second = s.have(one, cited, e1, e2), s.have(two, cited, e1, e2)
    with s.aside():
        C1, C2 = s.matrices("C1: d1 x d1, C2: d1 x d1")
        a, b = s.scalar("a"), s.scalar("b")
        mixed = s.given(C == a * C1 + b * C2, "C = a C1 + b C2")
        left = lambda C: (ident("d2") - U @ V @ V.T @ U.T) @ Y @ X.T @ L1.T @ C.T @ (ident("d1") - V.T @ V)
        s.step(
            "thm-1.ex.linear",
            left(C) == a * left(C1) + b * left(C2),
            by=[mixed],
            heavy=[C],
            title="for fixed V and L1 the left side of eq-3 is linear in C",
        )
    s.conclude(conjunction(solves.formula, one, two), by=both(solves, first, second))


def parameters(X, Y, Xp, A1, A2, U, sp, rank):
    """There are p, W, T, ... of block structure with p_1 + ... + pb = `rank`, and C, D, L1 with eq-1, eq-2 and eq-3."""
    t = Context()
    st = widths(t)
    total = t.family("count", "k", SCALAR)
    C, D, L1 = t.matrices("C: d1 x d1, D: d1 x d1, L1: d1 x d0")
    k = nat("k")
    grows = Implies(at_least(sp.r, k + 1), of(total, k + 1) == of(total, k) + number(nat("p", k + 1)))
    body = conjunction(
        st.formula(sp.projectors, sp.partial, sp.r),
        conjunction(
            in_range("i", 1, sp.r, number(nat("p", "i")) <= tr(sp.E("i"))),
            number(st.pb) <= tr(ident("d2") - sp.Q(sp.r)),
            conjunction(of(total, 0) == 0, for_all(Variable("k", NAT), grows), of(total, sp.r) + number(st.pb) == rank),
            tr(st.V @ st.V.T) == rank,
            C @ D == ident("d1"),
            D @ C == ident("d1"),
            A2 == U @ st.V @ C,
            A1 == eq1(U, st.V, C, D, L1, X, Xp, Y),
            eq3(U, st.V, C, L1, X, Y),
        ),
    )
    return exists(*(thing for _, thing, _ in t.entries), body)


@statement("thm-1.8", "A2+ = C^-1 V'U' for A2 = UVC", kind="step", hidden=True)
def pseudoinverse(s: Script) -> None:
    """As printed, for every invertible C. (C^-1 V'U' is a generalised inverse, and thm-1 needs no more.)"""
    X, Y, Xp, of_X, U, orth, Sigma, Lam = data(s)
    V, C, D, L1, iso, com, inv = parametrised(s, Lam)
    (A2,) = s.matrices("A2: d2 x d1")
    a, of_A2 = s.pinv(A2, "A2p")
    eq2 = s.given(A2 == U @ V @ C, "eq-2")
    s.conclude(a == D @ V.T @ U.T, by=[of_X, orth, iso, com, inv, of_A2, eq2])


@statement("thm-1.8.repair", "eq-1 with L1 = A1, for every invertible C with A2 = UVC", kind="step", hidden=True)
def every_C(s: Script) -> None:
    X, Y, Xp, of_X, U, orth, Sigma, Lam = data(s)
    V, C, D, _, iso, com, inv = parametrised(s, Lam)
    A1, A2 = s.matrices("A1: d1 x d0, A2: d2 x d1")
    eq2 = s.given(A2 == U @ V @ C, "eq-2")
    eq23 = s.given(gradients(X, Y, A1, A2)[0], "eq-23")
    normal = s.have(V.T @ V @ C @ A1 @ X @ X.T == V.T @ U.T @ Y @ X.T, eq23, eq2, orth, inv)
    over = s.have(V.T @ V @ C @ A1 @ X @ Xp == V.T @ U.T @ Y @ Xp, normal, of_X)
    s.conclude(A1 == eq1(U, V, C, D, A1, X, Xp, Y), by=[over])


def equivalent(s: Script, first, second, forward, backward) -> Known:
    """first -> second, and second -> first."""
    there, back = s.inner(), s.inner()
    return both(there.close(forward(there, there.given(first))), back.close(backward(back, back.given(second))))


def expansion(s: Script, X, Y, Xp, of_X, U, orth, Sigma, Lam) -> None:
    """thm-1.9 to thm-1.13: the second gradient in terms of V, C and L1."""
    V, C, D, L1, iso, com, inv = parametrised(s, Lam)
    A1, A2 = eq1(U, V, C, D, L1, X, Xp, Y), U @ V @ C
    UV, I1, I2 = U @ V, ident("d1"), ident("d2")
    rest = I1 - C.T @ V.T @ V @ D.T
    s.step(
        "thm-1.9", A2 @ A1 @ X == UV @ UV.T @ Y @ Xp @ X, by=[inv, iso, of_X], title="the product A2 A1 X = UV(UV)'YX+X"
    )
    LV = s.have(V @ V.T @ Lam @ V == Lam @ V, com, iso)
    left = A2 @ A1 @ X @ X.T @ A1.T
    YXL = Y @ X.T @ L1.T
    ten = s.step(
        "thm-1.10",
        conjunction(
            left == UV @ UV.T @ Sigma @ UV @ D.T + UV @ UV.T @ YXL - UV @ UV.T @ YXL @ C.T @ V.T @ V @ D.T,
            left == U @ V @ V.T @ Lam @ V @ D.T + UV @ UV.T @ YXL @ rest,
            left == U @ Lam @ V @ D.T + UV @ UV.T @ YXL @ rest,
        ),
        by=[inv, iso, of_X, orth, LV],
        title="A2 A1 XX'A1', expanded with X+XX' = X' and VV'Lambda V = Lambda V",
    )
    eleven = s.step(
        "thm-1.11",
        conjunction(Y @ X.T @ A1.T == Sigma @ UV @ D.T + YXL @ rest, Y @ X.T @ A1.T == U @ Lam @ V @ D.T + YXL @ rest),
        by=[of_X, orth],
        title="YX'A1', expanded",
    )
    eq24 = gradients(X, Y, A1, A2)[1]
    middle = (I2 - UV @ UV.T) @ YXL @ rest == 0
    last = (I2 - UV @ UV.T) @ YXL @ C.T @ (I1 - V.T @ V) == 0
    first = equivalent(
        s,
        eq24,
        middle,
        lambda t, h: t.have(middle, h, ten[2], eleven[1]),
        lambda t, h: t.have(eq24, h, ten[2], eleven[1]),
    )
    second = equivalent(s, middle, last, lambda t, h: t.have(last, h, inv), lambda t, h: t.have(middle, h, inv))
    s.step("thm-1.12", both(first, second).formula, proof=both(first, second), title="eq-24 iff eq-3")
    q, of_UV = s.pinv(UV, "q")
    v, of_V = s.pinv(V, "v")
    s.step(
        "thm-1.13",
        conjunction(UV @ UV.T == UV @ q, V.T @ V == v @ V),
        by=[of_UV, of_V, iso, orth],
        title="the projectors of eq-3",
    )


@statement(
    "thm-1",
    "(A1, A2) is critical iff eq-1, eq-2 and eq-3 hold for some L1, V of block structure and invertible C",
    equations={"eq-1": "thm-1.8.repair", "eq-2": "thm-1.7", "eq-3": "thm-1.12"},
)
def theorem_1(s: Script) -> None:
    X, Y, Xp, of_X, U, orth, Sigma, Lam = data(s)
    A1, A2 = s.matrices("A1: d1 x d0, A2: d2 x d1")
    a, of_A2 = s.pinv(A2, "A2p")
    sp = spectrum_of(s, Lam)
    sym = s.have(Lam.T == Lam, of_X)
    grads = conjunction(*gradients(X, Y, A1, A2))
    claim = parameters(X, Y, Xp, A1, A2, U, sp, tr(A2 @ a))

    necessity = necessary(s, X, Y, Xp, of_X, U, orth, Lam, A1, A2, a, of_A2, sp, sym, grads, claim)
    with s.aside():
        expansion(s, X, Y, Xp, of_X, U, orth, Sigma, Lam)
    s.include("thm-1.14")
    sufficient = sufficiency_of(s, X, Y, Xp, of_X, U, orth, Lam, A1, A2, sp, sym, grads, claim)
    s.conclude(conjunction(necessity.formula, sufficient.formula), by=both(necessity, sufficient))


def necessary(s, X, Y, Xp, of_X, U, orth, Lam, A1, A2, a, of_A2, sp, sym, grads, claim) -> Known:
    """Critical implies the three equations; thm-1.1 to thm-1.8 on the way."""
    keep = len(s.entries)
    critical = s.given(grads, "(A1, A2) is critical")
    eq23, eq24 = critical.parts()
    commutes = s.cite("lem-1", X=X, Y=Y, A1=A1, A2=A2, Xp=Xp, A2p=a)(eq23, eq24, of_X, of_A2)[2]
    P, B = A2 @ a, U.T @ A2
    Q = B @ a @ U  # P_Col(U'A2): a U is the pseudoinverse of U'A2
    with s.aside():
        b, of_B = s.pinv(B, "b")
        s.step("thm-1.1", P == U @ B @ b @ U.T, by=[of_A2, of_B, orth], title="P_Col(A2) = U P_Col(U'A2) U'")
        same = s.have(b == a @ U, of_A2, of_B, orth)
        s.step(
            "thm-1.2", Lam @ B @ b == B @ b @ Lam, by=[same, commutes, orth], title="Lambda commutes with P_Col(U'A2)"
        )
    proj = s.have(conjunction(Q.T == Q, Q @ Q == Q), of_A2, orth)
    com = s.have(Q @ Lam == Lam @ Q, commutes, orth)
    swap = s.cite("spectral-commute", **sp.named(), P=Q)(sp.known, sym, proj, com)
    every = s.linear(at_least(sp.r, sp.r))
    partial = s.cite("commute-partial", **sp.named(), P=Q)(sp.known, sym, proj, com)(sp.r, every)
    zeros = ident("d2") - sp.Q(sp.r)
    last = s.have(Q @ zeros == zeros @ Q, partial)
    s.step(
        "thm-1.3",
        conjunction(swap.formula, last.formula),
        proof=both(swap, last),
        title="hence P_Col(U'A2) is block diagonal: it commutes with every E[i], and with the block of zeros I - Q[r]",
    )
    ranks(s, sp, sym, orth, Q, proj, swap, last, P)

    room = s.have(tr(Q) <= number("d1"), of_A2, orth, sum=[Term(grams=(ident("d1") - a @ A2,))])
    found = s.cite("thm-1.blocks", **sp.named(), d1=nat("d1"), P=Q)(sp.known, sym, proj, com, room)
    blocks_and_C(s, found, sp, X, Y, Xp, A1, U, A2, a, P, orth, of_A2)
    letters, known = s.obtain(found, "p W T Vs pb Wb Tb V w R")
    p, W, T, Vs, pb, Wb, Tb, V, w, R = letters
    st = Structure(p, W, T, Vs, pb, Wb, Tb, V)
    *_, VV, VR, RR, VR0 = known.parts()
    shape = known[0]
    rank_V, rank_Q = s.have(tr(V @ V.T) == tr(Q), VV), s.have(tr(Q) == tr(P), orth)
    made = s.cite("thm-1.invertible", U=U, A=A2, V=V, R=R, a=a)(orth, of_A2, VV, both(VR, RR, VR0))
    (C, D), CDknown = s.obtain(made, "C D")

    structure = s.cite("thm-1.structure", **sp.named(), **st.named())(sp.known, sym, shape)
    inv = both(CDknown[0], CDknown[1])
    s.include("thm-1.8")
    s.include("thm-1.8.repair")
    first = s.cite("thm-1.8.repair", X=X, Y=Y, Xp=Xp, U=U, V=V, C=C, D=D, A1=A1, A2=A2)(
        of_X, orth, *structure.parts(), inv, CDknown[2], eq23
    )
    flat = s.have((ident("d2") - P) @ Y @ X.T @ A1.T == 0, eq24, of_A2)
    third = s.have(eq3(U, V, C, A1, X, Y), flat, VV, orth)
    bounds, last = small_ranks(s, st, sp, sym, shape)
    rank = s.have(tr(V @ V.T) == tr(P), rank_V, rank_Q)
    total, sums = sum_of_widths(s, sp, p)
    count = s.cite("rem-1", U=U, A2=A2, C=C, D=D, A2p=a, **sp.named(), **st.named(), sum=total)(
        of_A2, orth, inv, sym, sp.known, shape, CDknown[2], sums[0], sums[1]
    )
    added = both(sums[0], sums[1], count)
    whole = both(shape, both(bounds, last, added, rank, CDknown[0], CDknown[1], CDknown[2], first, third))
    return s.close(s.witness(claim, p, W, T, Vs, pb, Wb, Tb, V, total, C, D, A1, by=whole), keep)


def sum_of_widths(s: Context, sp, p: Variable) -> tuple[Variable, Known]:
    """A family sum[k] = p_1 + ... + p_k, by recursion."""
    state, after = Variable("sum", SCALAR), Variable("sum_next", SCALAR)
    k = nat("k")
    trivial = number(0) == 0
    relation = of(after) == of(state) + number(nat(p.name, k + 1))

    def step(t, k, below, so_far):
        following = of(state) + number(nat(p.name, k + 1))
        return (following,), both(t.have(trivial), t.have(following == following))

    chain = s.recursion("k", sp.r, [state], (number(0),), trivial, relation, s.have(trivial), step)
    (total,), known = s.obtain(chain, "sum")
    start, _, grows = known.parts()
    return total, both(start, grows)


def blocks_and_C(s, found, sp, X, Y, Xp, A1, U, A2, a, P, orth, of_A2) -> None:
    """thm-1.6, thm-1.7, and thm-1.8 in the reading that is true: each says that there are such V and C."""

    def there_is(*more: str):
        """The claim about V (and the letters in `more`) with what `about` says of them."""
        c = Context()
        st = widths(c)
        others = c.matrices(", ".join(more)) if more else ()

        def closed(*said):
            shape = st.formula(sp.projectors, sp.partial, sp.r)
            return exists(*(thing for _, thing, _ in c.entries), conjunction(shape, *said))

        return st.V, others, closed

    V6, _, closed = there_is()
    six = closed(P == U @ V6 @ V6.T @ U.T)
    V7, (C7, D7), closed = there_is("C: d1 x d1", "D: d1 x d1")
    inverse = C7 @ D7 == ident("d1"), D7 @ C7 == ident("d1")
    seven = closed(*inverse, A2 == U @ V7 @ C7)
    L1 = Variable("L1", matrix_sort("d1", "d0"))

    def in_eq1(V, C, D):
        eq25 = A1 == a @ Y @ Xp + of(L1) - a @ A2 @ of(L1) @ X @ Xp
        return for_all(L1, Implies(eq25, A1 == eq1(U, V, C, D, of(L1), X, Xp, Y)))

    eight = closed(*inverse, A2 == U @ V7 @ C7, a == D7 @ V7.T @ U.T, in_eq1(V7, C7, D7))

    t = s.inner()
    letters, known = t.obtain(found, "p W T Vs pb Wb Tb V w R")
    *blocks, V, _, R = letters
    *_, VV, VR, RR, VR0 = known.parts()
    shape = known[0]
    first = t.witness(six, *blocks, V, by=both(shape, t.have(P == U @ V @ V.T @ U.T, VV, orth)))
    made = s.cite("thm-1.invertible", U=U, A=A2, V=V, R=R, a=a)(orth, of_A2, VV, both(VR, RR, VR0))
    (C, D), CD = t.obtain(made, "C D")
    second = t.witness(seven, *blocks, V, C, D, by=both(shape, CD[0], CD[1], CD[2]))
    u = t.inner()
    u.let(L1)
    eq25 = u.given(A1 == a @ Y @ Xp + of(L1) - a @ A2 @ of(L1) @ X @ Xp, "eq-25")
    aA = u.have(a @ A2 == D @ V.T @ V @ C, CD[3], CD[2], orth)
    put = u.close(u.have(A1 == eq1(U, V, C, D, of(L1), X, Xp, Y), eq25, CD[3], aA))
    third = t.witness(eight, *blocks, V, C, D, by=both(shape, CD[0], CD[1], CD[2], CD[3], put))
    titles = {
        "thm-1.6": "P_Col(A2) = U V V' U' with V of block structure (and its zero columns already)",
        "thm-1.7": "A2 = U V C with C invertible",
        "thm-1.8.chosen": "for the C of thm-1.7: A2+ = C^-1 V'U', and eq-25 is eq-1 for every L1",
    }
    proved = t.close(both(first, second, third)).parts()
    for (name, title), one in zip(titles.items(), proved, strict=True):
        s.step(name, one.formula, proof=one, title=title)


def ranks(s, sp, sym, orth, Q, proj, swap, last, P) -> None:
    """thm-1.4 and thm-1.5: every block of the projector is a projector with a rank between 0 and m_i."""
    zeros = ident("d2") - sp.Q(sp.r)
    Qr = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, s.linear(at_least(sp.r, sp.r)))
    zeros_proj = both(s.have(zeros.T == zeros, Qr), s.have(zeros @ zeros == zeros, Qr))
    Fb = Q @ zeros
    block_b = both(s.have(Fb.T == Fb, last, proj, Qr), s.have(Fb @ Fb == Fb, last, proj, Qr))
    between_b = s.cite("projector-order", P=Q, E=zeros)(proj, zeros_proj)
    inside = s.inner()
    (i,) = inside.dims("i")
    low, high = inside.given(at_least(i, 1)), inside.given(at_least(sp.r, i))
    one = both(*sp.at(inside, i, low, high)[:3])
    F, here = Q @ sp.E(i), swap(i, low, high)
    block = inside.have(conjunction(F.T == F, F @ F == F), here, one, proj)
    between = s.cite("projector-order", P=Q, E=sp.E(i))(proj, both(one[0], one[1]))
    every = inside.close(both(block, between))
    s.step(
        "thm-1.4",
        conjunction(every.formula, both(block_b, between_b).formula),
        proof=both(every, block_b, between_b),
        title="every block is a projector, with rank p_i <= m_i; that of zeros too, pb <= m-bar",
    )
    with s.aside():
        S = s.family("sum", "k", SCALAR)
        start = s.given(of(S, 0) == 0)
        k = nat("k")
        grows = s.given(
            for_all(Variable("k", NAT), Implies(at_least(sp.r, k + 1), of(S, k + 1) == of(S, k) + tr(Q @ sp.E(k + 1)))),
            "sum of the p_i",
        )

        def claim(k):
            return tr(Q @ sp.Q(k)) == of(S, k)

        def step(t, k, below, so_far):
            low, high = next_range(t, sp, k, below)
            return t.have(claim(k + 1), so_far, grows(k, high), sp.grows(k, high))

        all_k = s.induction("k", sp.r, claim, s.have(claim(nat(0)), start, sp.starts), step)
        end = all_k(sp.r, s.linear(at_least(sp.r, sp.r)))
        orth_trace = s.have(tr(P) == tr(Q), orth)
        s.step(
            "thm-1.4.sum",
            of(S, sp.r) + tr(Q @ (ident("d2") - sp.Q(sp.r))) == tr(P),
            by=[end, orth_trace],
            title="the ranks add up to rank(A2)",
        )
    inside = s.inner()
    (i,) = inside.dims("i")
    low, high = inside.given(at_least(i, 1)), inside.given(at_least(sp.r, i))
    one = both(*sp.at(inside, i, low, high)[:3])
    F, here = Q @ sp.E(i), swap(i, low, high)
    basis = from_fact("basis").at(P=F)(inside.have(F.T == F, here, one, proj), inside.have(F @ F == F, here, one, proj))
    (q, N), NN = inside.obtain(basis, "q N")
    body = lambda q, N: conjunction(N.T @ N == ident(q), N @ N.T == F, sp.E(i) @ N == N)
    EN = inside.have(sp.E(i) @ N == N, NN, here, one)
    goal = exists(
        Variable("p", NAT),
        Variable("W", matrix_sort("d2", "p")),
        body(nat("p"), of(Variable("W", matrix_sort("d2", "p")))),
    )
    every = inside.close(inside.witness(goal, q, N, by=both(NN[0], NN[1], EN)))
    c = s.inner()
    (q, N), NN = c.obtain(from_fact("basis").at(P=Fb)(block_b[0], block_b[1]), "q N")
    free = of(Variable("W", matrix_sort("d2", "p")))
    goal = exists(
        Variable("p", NAT),
        Variable("W", matrix_sort("d2", "p")),
        conjunction(free.T @ free == ident("p"), free @ free.T == Fb, sp.Q(sp.r) @ free == 0),
    )
    outside = c.have(sp.Q(sp.r) @ N == 0, c.have(Fb @ N == N, NN), last, Qr)
    last_ = c.close(c.witness(goal, q, N, by=both(NN[0], NN[1], outside)))
    s.step(
        "thm-1.5",
        conjunction(every.formula, last_.formula),
        proof=both(every, last_),
        title="P_i = V_i V_i' with orthonormal columns, and so for the block of zeros",
    )


def small_ranks(s, st, sp, sym, shape) -> tuple[Known, Known]:
    """p_i <= m_i for every i, and pb <= m-bar."""
    _, blocks, _, WbWb, QWb, _, _ = shape.parts()
    inside = s.inner()
    (i,) = inside.dims("i")
    low, high = inside.given(at_least(i, 1)), inside.given(at_least(sp.r, i))
    (k,), at_k = inside.obtain(difference(low, i, nat(1)), "k")
    # block k + 1, moved to i = k + 1 by exchanging equal indices
    t = inside.inner()
    (kk,) = t.dims("k")
    below = t.given(at_least(sp.r, kk + 1))
    block = blocks(kk, below)
    one = both(*sp.at(t, kk + 1, t.linear(at_least(kk + 1, 1)), below)[:3])
    W = of(st.W, kk + 1)
    bound = t.have(
        number(nat("p", kk + 1)) <= tr(sp.E(kk + 1)),
        block[1],
        block[2],
        one,
        sum=[Term(grams=(sp.E(kk + 1) - W @ W.T,))],
    )
    at_next = t.close(bound)
    moved = exchange("i", k + 1, Implies(at_least(sp.r, nat("i")), number(nat("p", "i")) <= tr(sp.E("i"))), at_next(k))
    every = inside.close(moved(inside.have(equal(scalar(i), scalar(k + 1)), at_k), high))
    Qr = s.cite("spectral-partial-sums", **sp.named())(sp.known, sym)(sp.r, s.linear(at_least(sp.r, sp.r)))
    rest = ident("d2") - sp.Q(sp.r) - st.Wb @ st.Wb.T
    last = s.have(number(st.pb) <= tr(ident("d2") - sp.Q(sp.r)), WbWb, QWb, Qr, sum=[Term(grams=(rest,))])
    return every, last


def sufficiency_of(s, X, Y, Xp, of_X, U, orth, Lam, A1, A2, sp, sym, grads, claim) -> Known:
    """The three equations imply that the gradients vanish."""
    keep = len(s.entries)
    given = s.given(claim, "eq-1, eq-2, eq-3")
    letters, known = s.obtain(given, "p W T Vs pb Wb Tb V sum C D L1")
    p, W, T, Vs, pb, Wb, Tb, V, _, C, D, L1 = letters
    st = Structure(p, W, T, Vs, pb, Wb, Tb, V)
    *_, CD, DC, e2, e1, e3 = known.parts()
    shape = known[0]
    structure = s.cite("thm-1.structure", **sp.named(), **st.named())(sp.known, sym, shape)
    vanish = s.cite("thm-1.14", X=X, Y=Y, Xp=Xp, U=U, V=V, C=C, D=D, L1=L1)(
        of_X, orth, *structure.parts(), both(CD, DC), e3
    )
    one, two = gradients(X, Y, A1, A2)
    return s.close(both(s.have(one, vanish, e1, e2), s.have(two, vanish, e1, e2)), keep)
