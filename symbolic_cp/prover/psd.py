"""Positive semidefinite matrices: lemmas, each proved here once from the kernel's rules, for tactics to cite.

S is symmetric and tr(x'Sx) >= 0 for all columns x. Each function returns a closed theorem; it is proved when it is
first asked for.

Main functions: psd_null, psd_cauchy_schwarz, psd_product, psd_product_bound.
"""

from __future__ import annotations

from functools import cache

from symbolic_cp.kernel.facts import fact
from symbolic_cp.kernel.formulas import Falsum, Formula, Variable, at, at_least, equal, for_all, matrix_sort
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Nat, Poly, nat, trace
from symbolic_cp.prover.context import Context, Known, Term, anything, reciprocal
from symbolic_cp.prover.expression import Expr, ident, norm2, number, of, tr
from symbolic_cp.prover.lemmas import cauchy_schwarz, psd_at_matrices


def nonnegative_form(S: Poly) -> Formula:
    """For all columns x: tr(x'Sx) >= 0."""
    assert S.shape is not None
    x = Variable("x", matrix_sort(S.shape[0], 1))
    return for_all(x, at_least(trace(at(x).T @ S @ at(x)), 0))


def _given(c: Context, S: Expr) -> tuple[Known, Known]:
    """Suppose that S is symmetric, and that its form is not negative."""
    return c.given(equal(S.term.T, S.term)), c.given(nonnegative_form(S.term))


def value_at(size: Nat, S: Poly, form: Known, M: Poly) -> Known:
    """tr(M'SM) >= 0."""
    assert M.shape is not None
    return Known(psd_at_matrices())(size, M.shape[1], S, form, M)


def _reciprocal(c: Context, positive: Known) -> tuple[Expr, Known]:
    """A letter y, and what says that it is the inverse of a positive number."""
    (y,), unit = c.obtain(reciprocal(positive), "y")
    assert isinstance(y, Expr)
    return y, unit


@cache
def psd_null() -> Theorem:
    """If tr(M'SM) <= 0 then SM = 0.

    With g = |SM|^2 and b = tr(M'SSSM) >= 0, the form at M - g y SM, where (1 + b) y = 1, is at most -g^2 y (1 + y).
    """
    c = Context()
    n, _ = c.dims("n w")
    S, M = c.matrices("S: n x n, M: n x w")
    symmetric, form = _given(c, S)
    small = c.given(tr(M.T @ S @ M) <= 0)
    g, b = norm2(S @ M), tr(M.T @ S @ S @ S @ M)
    b_value = value_at(n, S.term, form, (S @ M).term)
    larger = c.have(number(1) + b > 0, symmetric, sum=[Term(), Term(times=(b_value,))])
    inside = c.inner()
    y, unit = _reciprocal(inside, larger)
    bent = value_at(n, S.term, form, (M - g * y * (S @ M)).term)
    none = inside.have(
        -y * g * g >= 0,
        symmetric,
        unit,
        sum=[Term(times=(bent,)), Term(times=(small,)), Term(squares=(y * g,))],
    )
    below = inside.have(-g * g >= 0, unit, sum=[Term(times=(none, larger))])
    square = inside.zero(g * ident(nat(1)), below, sum=[Term(times=(below,))])
    is_none = inside.have(g == 0, square)
    return c.close(inside.close(inside.zero(S @ M, is_none, sum=[]))).theorem


@cache
def psd_cauchy_schwarz() -> Theorem:
    """tr(M'SN)^2 <= tr(M'SM) tr(N'SN); by the form at q M - m N, where q = tr(N'SN) and m = tr(M'SN)."""
    c = Context()
    n, _ = c.dims("n w")
    S, M, N = c.matrices("S: n x n, M: n x w, N: n x w")
    symmetric, form = _given(c, S)
    p, q, m = tr(M.T @ S @ M), tr(N.T @ S @ N), tr(M.T @ S @ N)
    claim = p * q >= m * m
    of_q = value_at(n, S.term, form, N.term)

    def vanishes(zero: Known) -> Known:
        none = Known(psd_null())(n, nat("w"), S, N, symmetric, form, c.have(q <= 0, zero, sum=[]))
        return c.have(claim, zero, none, symmetric, sum=[])

    def divides(positive: Known) -> Known:
        inside = c.inner()
        y, unit = _reciprocal(inside, positive)
        bent = value_at(n, S.term, form, (q * M - m * N).term)
        return inside.close(inside.have(claim, symmetric, unit, sum=[Term(squares=(y,), times=(positive, bent))]))

    def never(negative: Known) -> Known:
        below = [Term(times=(negative,)), Term(times=(of_q,))]
        return anything(c.have(Falsum(), sum=below), claim)

    return c.close(c.by_sign(q, vanishes, divides, never)).theorem


@cache
def psd_product() -> Theorem:
    """tr(ST) >= 0 for two of them.

    T is a sum of t[i] E[i], each t[i] >= 0 because t[i] tr E[i] = tr(E[i] T E[i]), and tr(S E[i]) = tr(E[i] S E[i]).
    """
    c = Context()
    (n,) = c.dims("n")
    S, T = c.matrices("S: n x n, T: n x n")
    _, form_S = _given(c, S)
    symmetric, form_T = _given(c, T)
    inside = c.inner()
    (r, t, E, Q), spectrum = inside.obtain(Known(fact("spectral"))(n, T, symmetric), "r t E Q")
    assert isinstance(r, Nat)
    assert isinstance(t, Variable)
    assert isinstance(E, Variable)
    assert isinstance(Q, Variable)

    def claim(k: Nat) -> Formula:
        return tr(S @ T @ of(Q, k)) >= 0

    def step(d: Context, k: Nat, below: Known, so_far: Known) -> Known:
        i, e = k + 1, of(E, k + 1)
        each = spectrum[0](i, d.linear(at_least(i, 1)), below)
        inner = d.inner()
        y, unit = _reciprocal(inner, each[3])
        here = inner.have(of(t, i) * tr(e) >= 0, each, sum=[Term(times=(value_at(n, T.term, form_T, e.term),))])
        eigenvalue = inner.close(
            inner.have(of(t, i) >= 0, unit, sum=[Term(squares=(y,), times=(here, each[3]))])
        )
        part = d.have(tr(S @ e) >= 0, each, sum=[Term(times=(value_at(n, S.term, form_S, e.term),))])
        grows = spectrum[3](k, below)
        return d.have(claim(i), grows, each, sum=[Term(times=(so_far,)), Term(times=(eigenvalue, part))])

    start = inside.have(claim(nat(0)), spectrum[2], sum=[])
    everywhere = inside.induction("k", r, claim, start, step)
    end = everywhere(r, inside.linear(at_least(r, r)))
    whole = inside.have(tr(S @ T) >= 0, spectrum[4], sum=[Term(times=(end,))])
    return c.close(inside.close(whole)).theorem


@cache
def psd_product_bound() -> Theorem:
    """tr(S) tr(T) >= tr(ST) for two of them.

    x'x I - x x' is one by the Cauchy-Schwarz inequality, so that tr(T) x'x >= x'Tx; so tr(T) I - T is one too.
    """
    c = Context()
    (n,) = c.dims("n")
    S, T = c.matrices("S: n x n, T: n x n")
    of_S, of_T = _given(c, S), _given(c, T)
    outer = c.inner()
    x = outer.matrix("x", n, 1)
    room = tr(x.T @ x) * ident(n) - x @ x.T
    inner = outer.inner()
    y = inner.matrix("y", n, 1)
    bound = Known(cauchy_schwarz())(n, 1, x, y)
    form = inner.close(inner.have(tr(y.T @ room @ y) >= 0, sum=[Term(times=(bound,))]))
    product = Known(psd_product())(n, room, T, outer.have(room.T == room), form, *of_T)
    rest = tr(T) * ident(n) - T
    of_rest = outer.close(outer.have(tr(x.T @ rest @ x) >= 0, sum=[Term(times=(product,))]))
    symmetric = c.have(rest.T == rest, of_T[0])
    last = Known(psd_product())(n, S, rest, *of_S, symmetric, of_rest)
    return c.close(c.have(tr(S) * tr(T) >= tr(S @ T), sum=[Term(times=(last,))])).theorem
