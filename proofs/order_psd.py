"""Sums of squares, positive semidefinite matrices, sums over ranges, and the least index.

psd(S) says that S' = S and x'Sx >= 0 for all x : n x 1. A sum over a range is a family with S[k+1] = S[k] + f[k+1].
"""

from collections.abc import Callable

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT, SCALAR, Formula, Implies, Or, Variable, at_least, conjunction, exists, for_all, greater, matrix_sort, Falsum
)
from symbolic_cp.kernel.terms import Nat, nat, scalar
from symbolic_cp.prover.context import (
    Context, Known, Term, anything, both, difference, exchange, from_fact, left_or, one, or_right_of, successor,
)
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr
from symbolic_cp.prover.grammar import psd as psd_term


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


# ------------------------------------------------------------------------------------------------- sums of squares


@statement("gram-zero", "M'M = 0 gives M = 0", kind="lemma", hidden=True)
def gram_zero(s: Script) -> None:
    s.dims("m n")
    (M,) = s.matrices("M: m x n")
    known = s.given(M.T @ M == 0, "M'M = 0")
    s.conclude(M == 0, by=s.zero(M, known))


@statement("gram-sum-zero", "A'A + B'B = 0 gives A = 0 and B = 0", kind="lemma", hidden=True)
def gram_sum_zero(s: Script) -> None:
    s.dims("m k n")
    A, B = s.matrices("A: m x n, B: k x n")
    known = s.given(A.T @ A + B.T @ B == 0, "A'A + B'B = 0")
    first = s.zero(A, known, sum=[Term(grams=(B,))])
    second = s.zero(B, known, sum=[Term(grams=(A,))])
    s.conclude(conjunction(A == 0, B == 0), by=both(first, second))


@statement("gram-family-zero", "M[1]'M[1] + ... + M[r]'M[r] = 0 gives every M[j] = 0", kind="lemma", hidden=True)
def gram_family_zero(s: Script) -> None:
    """The trace of the sum up to j + d is at least that of its summand j."""
    n, r = s.dims("n r")
    k = nat("k")
    p = s.family("p", "k", NAT)
    M = s.family("M", "k", matrix_sort(nat("p", k), n))
    S = s.family("S", "k", matrix_sort(n, n))
    start = s.given(of(S, 0) == 0)
    grows = s.given(for_all(Variable("k", NAT), Implies(
        at_least(r, k + 1), of(S, k + 1) == of(S, k) + of(M, k + 1).T @ of(M, k + 1))), "S[k+1] = S[k] + M[k+1]'M[k+1]")
    total = s.given(of(S, r) == 0, "S[r] = 0")

    def nonneg(i: Nat) -> Formula:
        return tr(of(S, i)) >= 0

    def step(t: Context, i: Nat, below: Known, so_far: Known) -> Known:
        return t.have(nonneg(i + 1), grows(i, below), sum=[Term(times=(so_far,)), Term(grams=(of(M, i + 1),))])

    all_i = s.induction("i", r, nonneg, s.have(nonneg(nat(0)), start), step)
    inside = s.inner()
    (j,) = inside.dims("j")
    high = inside.given(at_least(r, j + 1))
    (e,), rest = inside.obtain(difference(high, r, j + 1), "e")
    one_ = of(M, j + 1)

    def larger(d: Nat) -> Formula:
        return tr(of(S, j + 1 + d)) >= norm2(one_)

    def more(t: Context, d: Nat, below: Known, so_far: Known) -> Known:
        upper = t.linear(at_least(r, j + d + 2), below, rest)
        return t.have(larger(d + 1), grows(j + 1 + d, upper), sum=[Term(times=(so_far,)), Term(grams=(of(M, j + 2 + d),))])

    below_j = all_i(j, inside.linear(at_least(r, j), high))
    base = inside.have(larger(nat(0)), grows(j, high), sum=[Term(times=(below_j,))])
    at_e = inside.induction("d", e, larger, base, more)(e, inside.linear(at_least(e, e)))
    at_r = inside.moved(lambda i: tr(of(S, i)) >= norm2(one_), at_e, j + 1 + e, r, rest)
    zero = inside.zero(one_, at_r, total, sum=[Term(times=(at_r,))])
    done = inside.close(zero)
    s.conclude(done.formula, by=done)


# ------------------------------------------------------------------------------------------------- psd


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
    conclude_psd(s, S + T, s.have(S + T == (S + T).T, of_S[0], of_T[0]),
                 lambda t, x: t.linear(tr(x.T @ (S + T) @ x) >= 0, of_S[1](x), of_T[1](x)))


@statement("psd-multiple", "cS is psd for c >= 0 and S psd", kind="lemma", hidden=True)
def psd_multiple(s: Script) -> None:
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    c = s.scalar("c")
    of_c, of_S = s.given(c >= 0, "c >= 0"), s.given(psd(S), "S is psd")
    conclude_psd(s, c * S, s.have(c * S == (c * S).T, of_S[0]),
                 lambda t, x: t.have(tr(x.T @ (c * S) @ x) >= 0, sum=[Term(times=(of_c, of_S[1](x)))]))


@statement("psd-congruence", "C'SC is psd if S is", kind="lemma", hidden=True)
def psd_congruence(s: Script) -> None:
    s.dims("m n")
    S, C = s.matrices("S: n x n, C: n x m")
    of_S = s.given(psd(S), "S is psd")
    conclude_psd(s, C.T @ S @ C, s.have(C.T @ S @ C == (C.T @ S @ C).T, of_S[0]),
                 lambda t, x: t.have(tr(x.T @ (C.T @ S @ C) @ x) >= 0, sum=[Term(times=(of_S[1](C @ x),))]))


@statement("psd-projector", "an orthogonal projector P is psd, and so is I - P", kind="lemma", hidden=True)
def psd_projector(s: Script) -> None:
    (n,) = s.dims("n")
    (P,) = s.matrices("P: n x n")
    proj = s.given(conjunction(P.T == P, P @ P == P), "P is an orthogonal projector")

    def of_projector(Q: Expr) -> Known:
        return both(s.have(Q == Q.T, proj), for_vectors(s, Q, lambda t, x: t.have(
            tr(x.T @ Q @ x) >= 0, proj, sum=[Term(grams=(Q @ x,))])))

    known = both(of_projector(P), of_projector(ident(n) - P))
    s.conclude(conjunction(psd(P), psd(ident(n) - P)), by=known)


@statement("order-transitive", "B - A and C - B psd give C - A psd", kind="lemma", hidden=True)
def order_transitive(s: Script) -> None:
    s.dims("n")
    A, B, C = s.matrices("A: n x n, B: n x n, C: n x n")
    first, second = s.given(psd(B - A), "B - A is psd"), s.given(psd(C - B), "C - B is psd")
    conclude_psd(s, C - A, s.have(C - A == (C - A).T, first[0], second[0]),
                 lambda t, x: t.linear(tr(x.T @ (C - A) @ x) >= 0, first[1](x), second[1](x)))


@statement("form-zero", "S' = S and x'Sx = 0 for all x give S = 0", kind="lemma", hidden=True)
def form_zero(s: Script) -> None:
    """At x = a + b, a and b: 2 a'Sb = 0; a matrix S != 0 has vectors with a'Sb = 1."""
    s.dims("n")
    (S,) = s.matrices("S: n x n")
    sym = s.given(S == S.T, "S is symmetric")
    x = Variable("x", matrix_sort("n", 1))
    zero = s.given(for_all(x, tr(of(x).T @ S @ of(x)) == 0), "x'Sx = 0 for all x")

    def refute(not_zero: Known) -> Known:
        (a, b), unit = s.obtain(s.cite("nonzero", M=S)(not_zero), "a b")
        mixed = s.have(tr(a.T @ S @ b) == 0, zero(a + b), zero(a), zero(b), sym)
        return s.have(Falsum(), s.have(number(0) == 1, s.have(tr(a.T @ S @ b) == 1, unit), mixed), sum=[Term()])

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
    zero = inside.close(inside.equal_bounds(value, up[1](x), down[1](x))) if hasattr(inside, "equal_bounds") else inside.close(squeezed(inside, value, up[1](x), down[1](x)))
    s.conclude(A == B, by=[s.cite("form-zero", S=S)(up[0], zero)])


def squeezed(t: Context, value: Expr, low: Known, high: Known) -> Known:
    """value = 0, from value >= 0 and -value >= 0."""
    goal = value == 0
    return t.by_sign(
        value,
        lambda zero: t.have(goal, zero),
        lambda positive: anything(t.have(Falsum(), high, positive, sum=[Term(times=(high,)), Term(times=(positive,))]), goal),
        lambda negative: anything(t.have(Falsum(), low, negative, sum=[Term(times=(low,)), Term(times=(negative,))]), goal),
    )
