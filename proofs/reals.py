"""Lemmas about real numbers and unit vectors: positive inverses, small steps, vectors in a nonzero projector."""

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    SCALAR,
    Falsum,
    Variable,
    at_least,
    conjunction,
    exists,
    greater,
    matrix_sort,
)
from symbolic_cp.kernel.terms import nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    from_fact,
    reciprocal,
    successor,
)
from symbolic_cp.prover.expression import Expr, ident, number, of, tr


@statement("positive-inverse", "s > 0 has an inverse t > 0", kind="lemma", hidden=True)
def positive_inverse(s: Script) -> None:
    a = s.scalar("a")
    positive = s.given(a > 0, "a > 0")
    (t,), inv = s.obtain(reciprocal(positive), "y")
    nonneg = s.have(t >= 0, inv, positive, sum=[Term(squares=(t,), times=(positive,))])
    above = s.by_sign(
        t,
        lambda zero: anything(s.have(Falsum(), s.have(number(0) * a == 1, inv, zero), sum=[Term()]), t > 0),
        lambda yes: yes,
        lambda no: anything(s.have(Falsum(), nonneg, no, sum=[Term(times=(nonneg,)), Term(times=(no,))]), t > 0),
    )
    claim = exists(
        Variable("t", SCALAR),
        conjunction(greater(of(Variable("t", SCALAR)).term, 0), a * of(Variable("t", SCALAR)) == 1),
    )
    s.conclude(claim, by=s.witness(claim, t, by=both(above, inv)))


@statement(
    "small", "for a, b >= 0 and p, q > 0 there is 0 < t <= 1 with ta < p and t^2 b < q", kind="lemma", hidden=True
)
def small(s: Script) -> None:
    a, b, p, q = (s.scalar(name) for name in "abpq")
    ha, hb, hp, hq = s.given(a >= 0), s.given(b >= 0), s.given(p > 0), s.given(q > 0)
    w = p * q + a * q + b * p  # t = pq / (pq + aq + bp)
    pq = s.have(p * q > 0, hp, hq, sum=[Term(times=(hp, hq))])
    aq = s.have(a * q >= 0, ha, hq, sum=[Term(times=(ha, hq))])
    bp = s.have(b * p >= 0, hb, hp, sum=[Term(times=(hb, hp))])
    positive = s.have(w > 0, pq, aq, bp, sum=[Term(times=(pq,)), Term(times=(aq,)), Term(times=(bp,))])
    (y,), known = s.obtain(s.cite("positive-inverse", a=w)(positive), "y")
    y0, inv = known.parts()
    t = p * q * y
    t0 = s.have(t > 0, pq, y0, sum=[Term(times=(pq, y0))])
    t1 = s.have(t <= 1, inv, sum=[Term(times=(aq, y0)), Term(times=(bp, y0))])
    # p - ta = p (1 - qya) = p y (w - aq) = p y (pq + bp)
    ta = s.have(t * a < p, inv, sum=[Term(times=(hp, y0, pq)), Term(times=(hp, y0, bp))])
    tb = s.have(t * b < q, inv, sum=[Term(times=(hq, y0, pq)), Term(times=(hq, y0, aq))])
    room = s.have(1 - t >= 0, t1, sum=[Term(times=(t1,))])
    ttb = s.have(t * t * b < q, tb, t0, room, hb, sum=[Term(times=(tb,)), Term(times=(t0, room, hb))])
    T = of(Variable("t", SCALAR))
    claim = exists(Variable("t", SCALAR), conjunction(T > 0, T <= 1, T * a < p, T * T * b < q))
    s.conclude(claim, by=s.witness(claim, t, by=both(t0, t1, ta, ttb)))


@statement("unit", "a projector with positive trace has a unit vector", kind="lemma", hidden=True)
def unit(s: Script) -> None:
    (n,) = s.dims("n")
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    positive = s.given(tr(F) > 0, "tr F > 0")
    (k, W), WW = s.obtain(from_fact("basis").at(P=F)(*proj.parts()), "k W")
    width = s.have(number(k) == tr(F), s.have(number(k) == tr(W.T @ W), WW[0]), s.have(tr(W @ W.T) == tr(F), WW[1]))
    more = s.have(greater(k, nat(0)), width, positive, sum=[Term(times=(positive,))])
    (j,), rest = s.obtain(difference(s.linear(at_least(k, nat(1)), successor(more, k, nat(0))), k, nat(1)), "j")
    (J, K), JK = s.obtain(from_fact("split").at(n=k, a=nat(1), b=j)(rest), "J K")
    u = W @ J
    claim = exists(Variable("u", matrix_sort("n", 1)), unit_in(F, of(Variable("u", matrix_sort("n", 1)))))
    s.conclude(
        claim, by=s.witness(claim, u, by=both(s.have(u.T @ u == ident(1), JK[0], WW[0]), s.have(F @ u == u, WW)))
    )


def unit_in(F: Expr, u: Expr):
    """u is a unit vector in the range of F."""
    return conjunction(u.T @ u == ident(1), F @ u == u)


def trace_zero_or_positive(s: Context, F: Expr, proj: Known) -> Known:
    """tr F >= 0 for an orthogonal projector F."""
    return s.have(tr(F) >= 0, proj, sum=[Term(grams=(F,))])


@statement("projector-zero", "an orthogonal projector with trace at most 0 is 0", kind="lemma", hidden=True)
def projector_zero(s: Script) -> None:
    s.dims("n")
    (F,) = s.matrices("F: n x n")
    proj = s.given(conjunction(F.T == F, F @ F == F), "F is an orthogonal projector")
    small_ = s.given(tr(F) <= 0, "tr F <= 0")
    s.conclude(F == 0, by=s.zero(F, proj, small_, sum=[Term(times=(small_,))]))


@statement("nonzero", "M != 0 has vectors with a'Mb = 1", kind="lemma", hidden=True)
def nonzero(s: Script) -> None:
    s.dims("m n")
    (M,) = s.matrices("M: m x n")
    not_zero = s.given(M != 0, "M != 0")
    (e,), of_M = s.obtain(from_fact("pinv").at(A=M), "e")
    P = M @ e
    proj = both(s.have(P.T == P, of_M), s.have(P @ P == P, of_M))

    def impossible(bound: Known) -> Known:
        zero = s.cite("projector-zero", F=P)(proj, bound)
        return anything(not_zero(s.have(M == 0, zero, of_M)), tr(P) > 0)

    positive = s.by_sign(
        tr(P),
        lambda zero: impossible(s.have(tr(P) <= 0, zero)),
        lambda yes: yes,
        lambda no: impossible(s.have(tr(P) <= 0, no, sum=[Term(times=(no,))])),
    )
    (a,), unit_a = s.obtain(s.cite("unit", F=P)(proj, positive), "a")
    A, B = Variable("a", matrix_sort("m", 1)), Variable("b", matrix_sort("n", 1))
    claim = exists(A, B, of(A).T @ M @ of(B) == ident(1))
    s.conclude(claim, by=s.witness(claim, a, e @ a, by=s.have(a.T @ M @ (e @ a) == ident(1), unit_a)))
