"""Positive semidefinite matrices and their order.

psd(S) says that S' = S and x'Sx >= 0 for all x : n x 1; A is below B where B - A is psd.
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    Falsum,
    Formula,
    Variable,
    at_least,
    conjunction,
    for_all,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    from_fact,
    reciprocal,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr
from symbolic_cp.prover.grammar import psd as psd_term
from symbolic_cp.prover.show import function

from .sums import squeezed


def psd(S: Expr) -> Formula:
    """S is symmetric positive semidefinite."""
    return psd_term(S.term)


def conclude_psd(s: Script, S: Expr, sym: Known, value: Callable[[Context, Expr], Known]) -> None:
    """The statement is psd(S); `value` proves x'Sx >= 0 for the letter x."""
    s.conclude(psd(S), by=both(sym, for_vectors(s, S, value)))


def for_vectors(s: Context, S: Expr, value: Callable[[Context, Expr], Known]) -> Known:
    """For all x: tr(x'Sx) >= 0."""
    inside = s.inner()
    x = inside.matrix("x", S.term.shape[0], 1)
    return inside.close(value(inside, x))


@statement("psd-gram", "G'G is psd", kind="lemma", hidden=True)
def psd_gram(s: Script) -> None:
    s.dims("m n")
    (G,) = s.matrices("G: m x n")
    S = G.T @ G
    conclude_psd(s, S, s.have(S == S.T), lambda t, x: t.have(tr(x.T @ S @ x) >= 0, sum=[Term(grams=(G @ x,))]))


@statement("psd-sum", "S + T is psd if S and T are", kind="lemma", hidden=True)
def psd_sum(s: Script) -> None:
    s.dims("n")
    S, T = s.matrices("S: n x n, T: n x n")
    of_S, of_T = s.given(psd(S), "S is psd"), s.given(psd(T), "T is psd")
    conclude_psd(
        s,
        S + T,
        s.have(S + T == (S + T).T, of_S[0], of_T[0]),
        lambda t, x: t.linear(tr(x.T @ (S + T) @ x) >= 0, of_S[1](x), of_T[1](x)),
    )


@statement("psd-multiple", "cS is psd for c >= 0 and S psd", kind="lemma", hidden=True)
def psd_multiple(s: Script) -> None:
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    c = s.scalar("c")
    of_c, of_S = s.given(c >= 0, "c >= 0"), s.given(psd(S), "S is psd")
    conclude_psd(
        s,
        c * S,
        s.have(c * S == (c * S).T, of_S[0]),
        lambda t, x: t.have(tr(x.T @ (c * S) @ x) >= 0, sum=[Term(times=(of_c, of_S[1](x)))]),
    )


@statement("psd-congruence", "C'SC is psd if S is", kind="lemma", hidden=True)
def psd_congruence(s: Script) -> None:
    s.dims("m n")
    S, C = s.matrices("S: n x n, C: n x m")
    of_S = s.given(psd(S), "S is psd")
    conclude_psd(
        s,
        C.T @ S @ C,
        s.have(C.T @ S @ C == (C.T @ S @ C).T, of_S[0]),
        lambda t, x: t.have(tr(x.T @ (C.T @ S @ C) @ x) >= 0, sum=[Term(times=(of_S[1](C @ x),))]),
    )


@statement("psd-projector", "an orthogonal projector P is psd, and so is I - P", kind="lemma", hidden=True)
def psd_projector(s: Script) -> None:
    (n,) = s.dims("n")
    (P,) = s.matrices("P: n x n")
    proj = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")

    def of_projector(Q: Expr) -> Known:
        return both(
            s.have(Q == Q.T, proj),
            for_vectors(s, Q, lambda t, x: t.have(tr(x.T @ Q @ x) >= 0, proj, sum=[Term(grams=(Q @ x,))])),
        )

    known = both(of_projector(P), of_projector(ident(n) - P))
    s.conclude(conjunction(psd(P), psd(ident(n) - P)), by=known)


@statement("order-transitive", "B - A and C - B psd give C - A psd", kind="lemma", hidden=True)
def order_transitive(s: Script) -> None:
    s.dims("n")
    A, B, C = s.matrices("A: n x n, B: n x n, C: n x n")
    first, second = s.given(psd(B - A), "B - A is psd"), s.given(psd(C - B), "C - B is psd")
    conclude_psd(
        s,
        C - A,
        s.have(C - A == (C - A).T, first[0], second[0]),
        lambda t, x: t.linear(tr(x.T @ (C - A) @ x) >= 0, first[1](x), second[1](x)),
    )


@statement("form-zero", "S' = S and x'Sx = 0 for all x give S = 0", kind="lemma", hidden=True)
def form_zero(s: Script) -> None:
    """At x = a + b, a and b: 2 a'Sb = 0; a matrix S != 0 has vectors with a'Sb = 1."""
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    sym = s.given(S == S.T, "S is symmetric")
    x = Variable("x", matrix_sort("n", 1))
    zero = s.given(for_all(x, tr(of(x).T @ S @ of(x)) == 0), "x'Sx = 0 for all x")

    def refute(not_zero: Known) -> Known:
        inside = s.inner()
        (a, b), unit = inside.obtain(s.cite("nonzero", M=S)(not_zero), "a b")
        mixed = inside.have(tr(a.T @ S @ b) == 0, zero(a + b), zero(a), zero(b), sym)
        return inside.close(inside.have(Falsum(), inside.have(tr(a.T @ S @ b) == 1, unit), mixed, sum=[Term()]))

    claim = S == 0
    s.conclude(claim, by=s.contradiction(claim, refute))


@statement("order-antisymmetric", "S and -S psd give S = 0", kind="lemma", hidden=True)
def order_antisymmetric(s: Script) -> None:
    s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    S = B - A
    up, down = s.given(psd(S), "B - A is psd"), s.given(psd(A - B), "A - B is psd")
    inside = s.inner()
    x = inside.matrix("x", "n", 1)
    value = tr(x.T @ S @ x)
    zero = inside.close(squeezed(inside, value, up[1](x), down[1](x)))
    s.conclude(A == B, by=[s.cite("form-zero", S=S)(up[0], zero)])


@statement("psd-null", "S psd and x'Sx = 0 give Sx = 0", kind="lemma", hidden=True)
def psd_null(s: Script) -> None:
    """At x - t Sx the form is t (t b - 2 g), with g = |Sx|^2 and b the form at Sx: below 0 for small t unless g = 0."""
    s.dims("n")
    S, x = s.matrices("S: n x n, x: n x 1")
    of_S = s.given(psd(S), "S is psd")
    zero = s.given(tr(x.T @ S @ x) == 0, "x'Sx = 0")
    y = S @ x
    b, g = tr(y.T @ S @ y), norm2(y)

    def refute(positive: Known) -> Known:
        inside = s.inner()
        one_ = s.have(number(1) > 0, sum=[Term()])
        found = s.cite("small", a=b, b=number(0), p=g, q=number(1))
        (t,), known = inside.obtain(
            found(of_S[1](y), s.have(number(0) >= 0, sum=[Term(squares=(number(0),))]), positive, one_), "t"
        )
        form = of_S[1](x - t * y)
        return inside.close(
            inside.have(
                Falsum(),
                zero,
                of_S[0],
                sum=[Term(times=(form,)), Term(times=(known[0], known[2])), Term(times=(known[0], positive))],
            )
        )

    none = s.by_sign(
        g,
        lambda known: s.have(number(0) >= g, known, sum=[Term(squares=(number(0),))]),
        lambda positive: anything(refute(positive), number(0) >= g),
        lambda negative: s.have(number(0) >= g, sum=[Term(times=(negative,))]),
    )
    s.conclude(y == 0, by=s.zero(y, none, sum=[Term(times=(none,))]))


@statement("psd-trace-zero", "S psd and tr S = 0 give S = 0", kind="lemma", hidden=True)
def psd_trace_zero(s: Script) -> None:
    """S = s[1] E[1] + ... + s[r] E[r] with s[i] >= 0: the numbers s[i] tr E[i] add up to 0, so each of them is 0."""
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    of_S = s.given(psd(S), "S is psd")
    trace = s.given(tr(S) == 0, "tr S = 0")
    (r, v, E, Q), spec = s.obtain(from_fact("spectral").at(S=S)(s.have(S.T == S, of_S[0])), "r s E Q")
    k = nat("k")

    def eigen(t: Context, i: Nat, low: Known, high: Known) -> tuple[Known, Known]:
        """What is known of E[i], and s[i] tr E[i] >= 0."""
        each = both(*spec[0](i, low, high).parts())
        inside = t.inner()
        (u,), unit = inside.obtain(s.cite("unit", F=of(E, i))(both(each[0], each[1]), each[3]), "u")
        Su = inside.have(S @ u == of(v, i) * u, each[2], unit[1])
        rayleigh = inside.have(tr(u.T @ S @ u) == of(v, i), Su, inside.have(tr(u.T @ u) == 1, unit[0]))
        value = inside.close(inside.have(of(v, i) >= 0, rayleigh, sum=[Term(times=(of_S[1](u),))]))
        return each, t.have(of(v, i) * tr(of(E, i)) >= 0, sum=[Term(times=(value, each[3]))])

    inside = s.inner()
    (i,) = inside.dims("i")
    high = inside.given(at_least(r, i + 1))
    nonneg = inside.close(eigen(inside, i + 1, inside.linear(at_least(i + 1, 1)), high)[1])
    inside = s.inner()
    (i,) = inside.dims("i")
    high = inside.given(at_least(r, i + 1))
    each = spec[0](i + 1, inside.linear(at_least(i + 1, 1)), high)
    grows = inside.close(
        inside.have(
            tr(S @ of(Q, i + 1)) == tr(S @ of(Q, i)) + of(v, i + 1) * tr(of(E, i + 1)), spec[3](i, high), each[2]
        )
    )
    start = s.have(tr(S @ of(Q, 0)) == 0, spec[2])
    total = s.have(tr(S @ of(Q, r)) == 0, spec[4], trace)
    summands = function("k", (of(v, k) * tr(of(E, k))).term)
    sums = function("k", tr(S @ of(Q, k)).term)
    zero = s.cite("sum-zero", r=r, f=summands, S=sums)(start, grows, nonneg, total)

    def claim(i: Nat) -> Formula:
        return S @ of(Q, i) == 0

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        each = spec[0](i + 1, t.linear(at_least(i + 1, 1)), below)
        d = t.inner()
        (y,), unit = d.obtain(reciprocal(each[3]), "y")
        value = d.close(d.have(of(v, i + 1) == 0, zero(i, below), unit))
        return t.have(claim(i + 1), spec[3](i, below), so_far, each[2], value)

    all_i = s.induction("i", r, claim, s.have(claim(nat(0)), spec[2]), step)
    s.conclude(S == 0, by=s.have(S == 0, spec[4], all_i(r, s.linear(at_least(r, r)))))
