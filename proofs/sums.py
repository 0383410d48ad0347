"""Sums of squares, sums over ranges, and the least index.

A sum over a range is a family with S[0] = 0 and S[k+1] = S[k] + f[k+1].
"""

from symbolic_cp.book.script import Script, statement
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
    exists,
    for_all,
    greater,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import (
    Context,
    Known,
    Term,
    anything,
    both,
    difference,
    left_or,
    or_right_of,
    successor,
)
from symbolic_cp.prover.expression import Expr, norm2, number, of, tr


def squeezed(t: Context, value: Expr, low: Known, high: Known) -> Known:
    """value = 0, from value >= 0 and -value >= 0."""
    goal = value == 0
    return t.by_sign(
        value,
        lambda zero: t.have(goal, zero),
        lambda positive: anything(
            t.have(Falsum(), high, positive, sum=[Term(times=(high,)), Term(times=(positive,))]), goal
        ),
        lambda negative: anything(
            t.have(Falsum(), low, negative, sum=[Term(times=(low,)), Term(times=(negative,))]), goal
        ),
    )


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
    s.family("p", "k", NAT)
    M = s.family("M", "k", matrix_sort(nat("p", k), n))
    S = s.family("S", "k", matrix_sort(n, n))
    start = s.given(of(S, 0) == 0)
    grows = s.given(
        for_all(
            Variable("k", NAT), Implies(at_least(r, k + 1), of(S, k + 1) == of(S, k) + of(M, k + 1).T @ of(M, k + 1))
        ),
        "S[k+1] = S[k] + M[k+1]'M[k+1]",
    )
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
        return t.have(
            larger(d + 1), grows(j + 1 + d, upper), sum=[Term(times=(so_far,)), Term(grams=(of(M, j + 2 + d),))]
        )

    below_j = all_i(j, inside.linear(at_least(r, j), high))
    base = inside.have(larger(nat(0)), grows(j, high), sum=[Term(times=(below_j,))])
    at_e = inside.induction("d", e, larger, base, more)(e, inside.linear(at_least(e, e)))
    at_r = inside.moved(lambda i: tr(of(S, i)) >= norm2(one_), at_e, j + 1 + e, r, rest)
    zero = inside.zero(one_, at_r, total, sum=[Term(times=(at_r,))])
    done = inside.close(zero)
    s.conclude(done.formula, by=done)


# ------------------------------------------------------------------------------------------------- sums over ranges


def grown(r: Nat, S: Variable, f: Variable) -> Formula:
    """S[k+1] = S[k] + f[k+1] for k + 1 <= r."""
    k = nat("k")
    return for_all(Variable("k", NAT), Implies(at_least(r, k + 1), of(S, k + 1) == of(S, k) + of(f, k + 1)))


def sum_of(s: Script, r: Nat, f: str, S: str) -> tuple[Variable, Variable, Known, Known]:
    """Letters for the summands and their sums, S[0] = 0, and how S grows."""
    summands, sums = s.family(f, "k", SCALAR), s.family(S, "k", SCALAR)
    start = s.given(of(sums, 0) == 0, f"{S}[0] = 0")
    return summands, sums, start, s.given(grown(r, sums, summands), f"{S}[k+1] = {S}[k] + {f}[k+1]")


def nonnegative_summands(r: Nat, f: Variable) -> Formula:
    """f[k] >= 0 for 1 <= k <= r."""
    k = nat("k")
    return for_all(Variable("k", NAT), Implies(at_least(r, k + 1), of(f, k + 1) >= 0))


@statement("sum-additive", "the sum of f + g is the sum of f plus that of g", kind="lemma", hidden=True)
def sum_additive(s: Script) -> None:
    m, n, r = s.dims("m n r")
    sort = matrix_sort(m, n)
    f, g, S, T, U = (s.family(name, "k", sort) for name in ("f", "g", "S", "T", "U"))
    start = s.given(conjunction(of(S, 0) == 0, of(T, 0) == 0, of(U, 0) == 0), "the sums begin with 0")
    of_S, of_T = s.given(grown(r, S, f), "S sums f"), s.given(grown(r, T, g), "T sums g")
    k = nat("k")
    both_grow = Implies(at_least(r, k + 1), of(U, k + 1) == of(U, k) + of(f, k + 1) + of(g, k + 1))
    of_U = s.given(for_all(Variable("k", NAT), both_grow), "U sums f + g")

    def claim(i: Nat) -> Formula:
        return of(U, i) == of(S, i) + of(T, i)

    all_i = s.induction(
        "i",
        r,
        claim,
        s.have(claim(nat(0)), start),
        lambda t, i, below, so_far: t.have(claim(i + 1), so_far, of_S(i, below), of_T(i, below), of_U(i, below)),
    )
    s.conclude(claim(r), by=all_i(r, s.linear(at_least(r, r))))


@statement("sum-factor", "the sum of A f[k] B is A (sum of f) B", kind="lemma", hidden=True)
def sum_factor(s: Script) -> None:
    p, m, n, q, r = s.dims("p m n q r")
    A, B = s.matrices("A: p x m, B: n x q")
    f, S = (s.family(name, "k", matrix_sort(m, n)) for name in ("f", "S"))
    T = s.family("T", "k", matrix_sort(p, q))
    start = s.given(conjunction(of(S, 0) == 0, of(T, 0) == 0), "the sums begin with 0")
    of_S = s.given(grown(r, S, f), "S sums f")
    k = nat("k")
    of_T = s.given(
        for_all(Variable("k", NAT), Implies(at_least(r, k + 1), of(T, k + 1) == of(T, k) + A @ of(f, k + 1) @ B)),
        "T sums A f B",
    )

    def claim(i: Nat) -> Formula:
        return of(T, i) == A @ of(S, i) @ B

    all_i = s.induction(
        "i",
        r,
        claim,
        s.have(claim(nat(0)), start),
        lambda t, i, below, so_far: t.have(claim(i + 1), so_far, of_S(i, below), of_T(i, below)),
    )
    s.conclude(claim(r), by=all_i(r, s.linear(at_least(r, r))))


@statement("sum-nonnegative", "a sum of numbers >= 0 is >= 0, at every length", kind="lemma", hidden=True)
def sum_nonnegative(s: Script) -> None:
    (r,) = s.dims("r")
    f, S, start, grows = sum_of(s, r, "f", "S")
    positive = s.given(nonnegative_summands(r, f), "f[k] >= 0")

    def claim(i: Nat) -> Formula:
        return of(S, i) >= 0

    all_i = s.induction(
        "i",
        r,
        claim,
        s.have(claim(nat(0)), start, sum=[Term(squares=(number(0),))]),
        lambda t, i, below, so_far: t.have(
            claim(i + 1), grows(i, below), sum=[Term(times=(so_far,)), Term(times=(positive(i, below),))]
        ),
    )
    s.conclude(all_i.formula, by=all_i)


@statement("sum-monotone", "f[k] <= g[k] gives sum of f <= sum of g", kind="lemma", hidden=True)
def sum_monotone(s: Script) -> None:
    (r,) = s.dims("r")
    f, S, start, grows = sum_of(s, r, "f", "S")
    g, T, start_g, grows_g = sum_of(s, r, "g", "T")
    k = nat("k")
    below_ = s.given(
        for_all(Variable("k", NAT), Implies(at_least(r, k + 1), of(g, k + 1) >= of(f, k + 1))), "f[k] <= g[k]"
    )

    def claim(i: Nat) -> Formula:
        return of(T, i) >= of(S, i)

    base = s.have(claim(nat(0)), start, start_g, sum=[Term(squares=(number(0),))])
    all_i = s.induction(
        "i",
        r,
        claim,
        base,
        lambda t, i, below, so_far: t.have(
            claim(i + 1),
            grows(i, below),
            grows_g(i, below),
            sum=[Term(times=(so_far,)), Term(times=(below_(i, below),))],
        ),
    )
    s.conclude(claim(r), by=all_i(r, s.linear(at_least(r, r))))


@statement("sum-term", "a sum of numbers >= 0 is at least each of them", kind="lemma", hidden=True)
def sum_term(s: Script) -> None:
    (r,) = s.dims("r")
    f, S, start, grows = sum_of(s, r, "f", "S")
    positive = s.given(nonnegative_summands(r, f), "f[k] >= 0")
    nonneg = s.cite("sum-nonnegative", r=r, f=f, S=S)(start, grows, positive)
    inside = s.inner()
    (j,) = inside.dims("j")
    high = inside.given(at_least(r, j + 1))
    (e,), rest = inside.obtain(difference(high, r, j + 1), "e")

    def larger(d: Nat) -> Formula:
        return of(S, j + 1 + d) >= of(f, j + 1)

    def more(t: Context, d: Nat, below: Known, so_far: Known) -> Known:
        upper = t.linear(at_least(r, j + d + 2), below, rest)
        return t.have(
            larger(d + 1),
            grows(j + 1 + d, upper),
            sum=[Term(times=(so_far,)), Term(times=(positive(j + 1 + d, upper),))],
        )

    base = inside.have(
        larger(nat(0)), grows(j, high), sum=[Term(times=(nonneg(j, inside.linear(at_least(r, j), high)),))]
    )
    at_e = inside.induction("d", e, larger, base, more)(e, inside.linear(at_least(e, e)))
    done = inside.close(inside.moved(lambda i: of(S, i) >= of(f, j + 1), at_e, j + 1 + e, r, rest))
    s.conclude(done.formula, by=done)


@statement("sum-zero", "numbers >= 0 that add up to 0 are 0", kind="lemma", hidden=True)
def sum_zero(s: Script) -> None:
    (r,) = s.dims("r")
    f, S, start, grows = sum_of(s, r, "f", "S")
    positive = s.given(nonnegative_summands(r, f), "f[k] >= 0")
    total = s.given(of(S, r) == 0, "S[r] = 0")
    terms = s.cite("sum-term", r=r, f=f, S=S)(start, grows, positive)
    inside = s.inner()
    (j,) = inside.dims("j")
    high = inside.given(at_least(r, j + 1))
    value = of(f, j + 1)
    above = inside.have(0 - value >= 0, total, sum=[Term(times=(terms(j, high),))])
    done = inside.close(squeezed(inside, value, positive(j, high), above))
    s.conclude(done.formula, by=done)


# ------------------------------------------------------------------------------------------------- the least index


@statement(
    "least-index",
    "if some f[i] > 0, i <= n, there is a least such i; else f[i] <= 0 for all i <= n",
    kind="lemma",
    hidden=True,
)
def least_index(s: Script) -> None:
    (n,) = s.dims("n")
    f = s.family("f", "k", SCALAR)
    i, j = nat("i"), nat("j")

    def none_up_to(bound: Nat) -> Formula:
        """f[j] <= 0 for j <= bound."""
        return for_all(Variable("j", NAT), Implies(at_least(bound, j), of(f, j) <= 0))

    def least(bound: Nat) -> Formula:
        """There is i <= bound with f[i] > 0, and f[j] <= 0 for all j < i."""
        before = for_all(Variable("j", NAT), Implies(at_least(i, j + 1), of(f, j) <= 0))
        return exists(Variable("i", NAT), conjunction(at_least(bound, i), of(f, i) > 0, before))

    def claim(k: Nat) -> Formula:
        return Or(least(k), none_up_to(k))

    def found(t: Context, k: Nat, sign: Known, before: Known) -> Known:
        """k is the least."""
        return left_or(t.witness(least(k), k, by=both(t.linear(at_least(k, k)), sign, before)), none_up_to(k))

    def not_found(t: Context, k: Nat, bound: Known, before: Known) -> Known:
        """f[k] <= 0, and f[j] <= 0 for j < k."""
        inside = t.inner()
        (other,) = inside.dims("j")
        high = inside.given(at_least(k, other))
        goal = of(f, other) <= 0

        def smaller(sign: Known) -> Known:
            return before(other, successor(inside.have(greater(k, other), sign, sum=[Term(times=(sign,))]), k, other))

        each = inside.by_sign(
            number(k) - number(other),
            lambda zero: inside.moved(
                lambda x: of(f, x) <= 0, bound, k, other, inside.have(number(other) == number(k), zero)
            ),
            smaller,
            lambda negative: anything(
                inside.have(Falsum(), high, negative, sum=[Term(times=(high,)), Term(times=(negative,))]), goal
            ),
        )
        return or_right_of(least(k), inside.close(each))

    def decided(t: Context, k: Nat, before: Known) -> Known:
        """claim(k), where f[j] <= 0 for all j < k."""
        return t.by_sign(
            of(f, k),
            lambda zero: not_found(t, k, t.have(of(f, k) <= 0, zero, sum=[Term(squares=(number(0),))]), before),
            lambda positive: found(t, k, positive, before),
            lambda negative: not_found(t, k, t.have(of(f, k) <= 0, sum=[Term(times=(negative,))]), before),
        )

    def nothing_before() -> Known:
        inside = s.inner()
        (other,) = inside.dims("j")
        low = inside.given(at_least(nat(0), other + 1))
        return inside.close(anything(inside.linear(Falsum(), low), of(f, other) <= 0))

    def step(t: Context, k: Nat, _below: Known, so_far: Known) -> Known:
        def kept(known: Known) -> Known:
            inside = t.inner()
            (first,), what = inside.obtain(known, "i")
            again = inside.witness(
                least(k + 1), first, by=both(inside.linear(at_least(k + 1, first), what[0]), what[1], what[2])
            )
            return inside.close(left_or(again, none_up_to(k + 1)))

        def still_none(known: Known) -> Known:
            inside = t.inner()
            (other,) = inside.dims("j")
            high = inside.given(at_least(k + 1, other + 1))
            before = inside.close(known(other, inside.linear(at_least(k, other), high)))
            return decided(t, k + 1, before)

        return t.either(so_far, kept, still_none)

    all_k = s.induction("k", n, claim, decided(s, nat(0), nothing_before()), step)
    s.conclude(claim(n), by=all_k(n, s.linear(at_least(n, n))))
