"""Lemmas that the tactics cite: what real matrices have beyond a ring, each proved here once from the kernel's rules.

Main functions: square_inverse, psd_at_matrices, nonzero_inverse, positive_inverse, cauchy_schwarz. Each returns a
closed theorem; it is proved when it is first asked for, in some milliseconds.
"""

from __future__ import annotations

from functools import cache

from symbolic_cp.kernel.facts import fact, penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Exists,
    Falsum,
    Formula,
    Or,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    instantiate,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    assume,
    cases,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
)
from symbolic_cp.kernel.terms import Nat, Poly, identity, matrix, nat, scalar, symbol, trace
from symbolic_cp.kernel.theory import Product, chain, gram, inverse, trichotomy
from symbolic_cp.prover.search import DEFAULT, Effort, derive


def specialised(theorem: Theorem, *values: Nat | Poly | Theorem) -> Theorem:
    """A theorem at values for its outer quantifiers, and with premises for its antecedents, in order."""
    for value in values:
        theorem = implies_elim(theorem, value) if isinstance(value, Theorem) else for_all_elim(theorem, value)
    return theorem


def closed(theorem: Theorem, *introduced: Variable | Formula) -> Theorem:
    """The theorem about all values of the variables, under the hypotheses, as listed."""
    for one in reversed(introduced):
        theorem = for_all_intro(theorem, one) if isinstance(one, Variable) else implies_intro(theorem, one)
    return theorem


def vanishing(factor: Poly, *premises: Theorem, effort: Effort = DEFAULT) -> Theorem:
    """factor = 0, because tr(factor'factor) is not positive. Raises NotProved."""
    return gram(derive(at_least(-trace(factor.T @ factor), 0), *premises, effort=effort), factor)


@cache
def square_inverse() -> Theorem:
    """For square A and B: if AB = I then BA = I.

    With a the pseudoinverse of A: A a = A a A B = AB = I, so that tr(I - aA) = tr(I) - tr(Aa) = 0, and this is the
    squared norm of I - aA.
    """
    n, A, B, a = nat("n"), matrix("A", "n", "n"), matrix("B", "n", "n"), matrix("a", "n", "n")
    given, known = equal(A @ B, identity(n)), assume(penrose(A, a))
    inside = derive(equal(A @ a, identity(n)), assume(given), known)
    outside = vanishing(identity(n) - a @ A, inside, known)
    claim = derive(equal(B @ A, identity(n)), assume(given), known, outside)
    claim = exists_elim(specialised(fact("pinv"), n, n, A), claim, "a")
    square = matrix_sort(n, n)
    return closed(claim, Variable("n", NAT), Variable("A", square), Variable("B", square), given)


@cache
def psd_at_matrices() -> Theorem:
    """If tr(x'Sx) >= 0 for all columns x, then tr(M'SM) >= 0 for all matrices M; by induction on the columns of M."""
    n, k, size = nat("n"), nat("k"), nat("w")
    S = matrix("S", n, n)
    x = Variable("x", matrix_sort(n, 1))
    columns = for_all(x, at_least(trace(at(x).T @ S @ at(x)), 0))

    def form(M: Poly) -> Poly:
        return trace(M.T @ S @ M)

    def statement(width: Nat) -> Formula:
        M = Variable("M", matrix_sort(n, width))
        return for_all(M, at_least(form(at(M)), 0))

    nothing = vanishing(identity(0))
    base = derive(at_least(form(matrix("M", n, 0)), 0), nothing)
    base = for_all_intro(base, Variable("M", matrix_sort(n, 0)))
    M, J, K = matrix("M", n, k + 1), matrix("J", k + 1, k), matrix("K", k + 1, 1)
    trivial = derive(equal(scalar(k + 1), scalar(k + 1)))
    parts = specialised(fact("split"), k + 1, k, nat(1), trivial)
    first = instantiated(parts.conclusion, J)
    second = instantiated(first, K)
    before, last = specialised(assume(statement(k)), M @ J), specialised(assume(columns), M @ K)
    products = [Product(1, (), (), (0,)), Product(1, (), (), (1,))]
    step = derive(at_least(form(M), 0), before, last, assume(second), products=products)
    step = exists_elim(parts, exists_elim(assume(first), step, "K"), "J")
    below = at_least(size, k + 1)
    step = closed(
        for_all_intro(step, Variable("M", matrix_sort(n, k + 1))), Variable("k", NAT), below, statement(k)
    )
    everywhere = chain(base, step, "k", size, (), statement(k), None, ())
    reached = specialised(everywhere, size, derive(at_least(size, size)))
    return closed(reached, Variable("n", NAT), Variable("w", NAT), Variable("S", matrix_sort(n, n)), columns)


def instantiated(formula: Formula, value: Nat | Poly) -> Formula:
    """The body of an existential formula at a value."""
    assert isinstance(formula, Exists)
    return instantiate(formula, value)


@cache
def nonzero_inverse() -> Theorem:
    """A number other than 0 has an inverse: if s != 0 there is t with st = 1."""
    s, t = symbol("s"), symbol("t")
    nonzero = negation(equal(s, scalar(0)))
    goal = exists(Variable("t", SCALAR), equal(s * t, scalar(1)))
    zero = falsum_elim(implies_elim(assume(nonzero), assume(equal(s, scalar(0)))), goal)
    positive, negative = greater(s, 0), greater(-s, 0)
    turned = derive(equal(-(s * t), scalar(1)), assume(equal(-s * t, scalar(1))))
    turned = exists_intro(derive(equal(s * -t, scalar(1)), turned), goal, -t)
    less = exists_elim(inverse(assume(negative)), turned, "t")
    either = trichotomy(s)
    rest = assume(Or(positive, negative))
    found = cases(either, zero, cases(rest, inverse(assume(positive)), less))
    return closed(found, Variable("s", SCALAR), nonzero)


@cache
def positive_inverse() -> Theorem:
    """A positive number has a positive inverse: if s > 0 there is t > 0 with st = 1; t = s t^2, and t != 0."""
    s, t = symbol("s"), symbol("t")
    given = greater(s, 0)
    product = assume(equal(s * t, scalar(1)))
    goal = exists(Variable("t", SCALAR), conjunction(equal(s * t, scalar(1)), greater(t, 0)))
    zero, negative = assume(equal(t, scalar(0))), assume(greater(-t, 0))
    products = [Product(1, (), ()), Product(1, (), (), (0, 1))]
    absurd = derive(Falsum(), assume(given), negative, product, products=products)
    never = derive(Falsum(), zero, product, products=[Product(1)])
    either = cases(assume(Or(greater(t, 0), greater(-t, 0))), assume(greater(t, 0)), falsum_elim(absurd, greater(t, 0)))
    positive = cases(trichotomy(t), falsum_elim(never, greater(t, 0)), either)
    found = exists_intro(and_intro(product, positive), goal, t)
    return closed(exists_elim(inverse(assume(given)), found, "t"), Variable("s", SCALAR), given)


@cache
def cauchy_schwarz() -> Theorem:
    """tr(A'B)^2 <= tr(A'A) tr(B'B).

    If tr(B'B) = 0 then B = 0. Otherwise, with t tr(B'B) = 1, the difference is tr(B'B) tr(M'M) for M = A - t tr(A'B) B.
    """
    A, B, t = matrix("A", "m", "n"), matrix("B", "m", "n"), symbol("t")
    square, mixed = trace(B.T @ B), trace(A.T @ B)
    claim = at_least(trace(A.T @ A) * square, mixed * mixed)
    none = derive(claim, vanishing(B, assume(equal(square, scalar(0)))))
    away = A - t * mixed * B
    some = derive(claim, assume(equal(square * t, scalar(1))), products=[Product(1, (), (B, away))])
    positive = exists_elim(inverse(assume(greater(square, 0))), some, "t")
    below = assume(greater(-square, 0))
    products = [Product(1, (), (), (0,)), Product(1, (), (B,))]
    never = falsum_elim(derive(Falsum(), below, products=products), claim)
    rest = cases(assume(Or(greater(square, 0), greater(-square, 0))), positive, never)
    shape = matrix_sort("m", "n")
    found = cases(trichotomy(square), none, rest)
    return closed(found, Variable("m", NAT), Variable("n", NAT), Variable("A", shape), Variable("B", shape))
