"""Small certificates that use every rule of the logic, made with the kernel: what the two checkers must agree on.

`proofs()` and `counterexamples()` give them as data, by name. Each is small, so that thousands of mutants are cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate
from symbolic_cp.kernel.facts import FACTS, fact, in_range, penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Family,
    Formula,
    Implies,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    family,
    for_all,
    greater,
    implication,
    matrix_sort,
    negation,
    substitute,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
    or_left,
    or_right,
)
from symbolic_cp.kernel.terms import Poly, identity, literal, nat, scalar, symbol, trace, zero
from symbolic_cp.kernel.theory import (
    Cofactor,
    Product,
    chain,
    combine,
    gram,
    inverse,
    leibniz,
    nat_difference,
    nat_nonnegative,
    nat_successor,
    one_by_one,
    trichotomy,
)
from symbolic_cp.prover.certificate import write, write_counterexample

ONE = scalar(1)
k, n, m, N = nat("k"), nat("n"), nat("m"), nat("N")
K, INDEX = scalar(k), Variable("k", NAT)
PROOFS: dict[str, Callable[[], Theorem]] = {}


def proof(function: Callable[[], Theorem]) -> Callable[[], Theorem]:
    """Enter a function that makes a closed theorem."""
    PROOFS[function.__name__.replace("_", "-")] = function
    return function


def closed(theorem: Theorem, *variables: Variable, given: tuple[Formula, ...] = ()) -> Theorem:
    """For all variables, the hypotheses given imply the conclusion."""
    for formula in reversed(given):
        theorem = implies_intro(theorem, formula)
    for variable in reversed(variables):
        theorem = for_all_intro(theorem, variable)
    return theorem


def nats(*names: str) -> list[Variable]:
    return [Variable(name, NAT) for name in names]


def parts(theorem: Theorem) -> list[Theorem]:
    """What a conjunction says."""
    found = []
    while isinstance(theorem.conclusion, And):
        found.append(and_left(theorem))
        theorem = and_right(theorem)
    return [*found, theorem]


def equation(claim: Formula, *pairs: tuple[Theorem, Cofactor]) -> Theorem:
    return combine(*(p for p, _ in pairs), claim=claim, cofactors=tuple(c for _, c in pairs), products=())


@proof
def transposed_pseudoinverse() -> Theorem:
    A, B = Variable("A", matrix_sort("m", "n")), Variable("B", matrix_sort("n", "m"))
    a, b = at(A), at(B)
    given = penrose(a, b)
    found = parts(assume(given))
    cofactors = Cofactor(-ONE, 0, None, None, transposed=True), Cofactor(ONE, 1, None, a.T)
    return closed(equation(equal(a.T, b @ a @ a.T), (found[0], cofactors[0]), (found[3], cofactors[1])),
                  *nats("m", "n"), A, B, given=(given,))


@proof
def square_or_zero() -> Theorem:
    s = symbol("s")
    goal = greater(s * s, 0)
    positive = combine(assume(greater(s, 0)), claim=goal, cofactors=(), products=(Product(1, (), (), (0, 0)),))
    negative = combine(assume(greater(-s, 0)), claim=goal, cofactors=(), products=(Product(1, (), (), (0, 0)),))
    either = trichotomy(s)
    inner = assume(either.conclusion.right)
    nonzero = cases(inner, or_left(positive, equal(s, 0)), or_left(negative, equal(s, 0)))
    return closed(cases(either, or_right(assume(equal(s, 0)), goal), nonzero), Variable("s", SCALAR))


@proof
def double_negation() -> Theorem:
    s = symbol("s")
    phi = equal(s * s, s)
    either = excluded_middle(phi)
    no = implies_elim(assume(negation(negation(phi))), assume(negation(phi)))
    return closed(cases(either, assume(phi), falsum_elim(no, phi)), Variable("s", SCALAR),
                  given=(negation(negation(phi)),))


@proof
def inverse_of_a_square() -> Theorem:
    s, t = symbol("s"), symbol("t")
    found = inverse(assume(greater(s, 0)))
    one = assume(equal(s * t, 1))
    goal = exists(Variable("u", SCALAR), equal(s * s * symbol("u"), 1))
    square = equation(equal(s * s * (t * t), 1), (one, Cofactor(s * t + 1, 0)))
    return closed(exists_elim(found, exists_intro(square, goal, t * t), "t"), Variable("s", SCALAR),
                  given=(greater(s, 0),))


@proof
def gram_matrix_zero() -> Theorem:
    A = Variable("A", matrix_sort("m", "n"))
    a = at(A)
    given = equal(a.T @ a, 0)
    small = combine(assume(given), claim=at_least(-trace(a.T @ a), 0), cofactors=(Cofactor(-ONE, 0),), products=())
    return closed(gram(small, a), *nats("m", "n"), A, given=(given,))


@proof
def gram_of_a_product() -> Theorem:
    B, C = Variable("B", matrix_sort("m", "k")), Variable("C", matrix_sort("k", "n"))
    product = at(B) @ at(C)
    theorem = gram_matrix_zero()
    for value in (m, n, product):
        theorem = for_all_elim(theorem, value)
    return closed(theorem, *nats("m", "n", "k"), B, C)


@proof
def transpose_of_a_number() -> Theorem:
    M = Variable("M", matrix_sort(1, 1))
    one = one_by_one(at(M))
    return closed(equation(equal(at(M).T, at(M)), (one, Cofactor(ONE, 0, None, None, transposed=True)),
                           (one, Cofactor(-ONE, 1))), M)


@proof
def difference_beyond_one() -> Theorem:
    given = greater(n, m)
    return closed(nat_difference(nat_successor(assume(given), n, m), n, m + 1), *nats("n", "m"), given=(given,))


@proof
def orthonormal_columns_of_equal_size() -> Theorem:
    A = Variable("A", matrix_sort("n", "m"))
    goal = exists(A, equal(at(A).T @ at(A), identity("m")))
    same = substitute(goal, {"n": m})
    trivial = combine(claim=equal(identity("m").T @ identity("m"), identity("m")), cofactors=(), products=())
    return closed(leibniz(exists_intro(trivial, same, identity("m")), "n", m, goal), *nats("m", "n"))


@proof
def sum_of_numbers() -> Theorem:
    x = Variable("x", SCALAR)
    invariant, relation = equal(2 * at(x), K * K + K), equal(symbol("x_next"), at(x) + K + 1)
    base = combine(claim=substitute(invariant, {"k": nat(0), "x": scalar(0)}), cofactors=(), products=())
    new = at(x) + K + 1
    holds = equation(substitute(invariant, {"k": k + 1, "x": new}), (assume(invariant), Cofactor(ONE, 0)))
    grows = combine(claim=substitute(relation, {"x_next": new}), cofactors=(), products=())
    body = And(substitute(invariant, {"k": k + 1, "x": symbol("x_next")}), relation)
    step = exists_intro(and_intro(holds, grows), exists(Variable("x_next", SCALAR), body), new)
    step = closed(closed(step, x, given=(invariant,)), INDEX, given=(at_least(N, k + 1),))
    return closed(chain(base, step, "k", N, (x,), invariant, relation, (scalar(0),)), Variable("N", NAT))


@proof
def products_of_layers() -> Theorem:
    d, A = family("d", "k", NAT), family("A", "k", matrix_sort(nat("d", k + 1), nat("d", k)))
    R = Variable("R", matrix_sort(nat("d", k), nat("d", 0)))
    after = Variable("R_next", matrix_sort(nat("d", k + 1), nat("d", 0)))
    invariant, relation = at_least(K, 0), equal(at(after), at(A, k) @ at(R))
    new = at(A, k) @ at(R)
    both = and_intro(nat_nonnegative(k + 1), combine(claim=equal(new, new), cofactors=(), products=()))
    step = exists_intro(both, exists(after, And(at_least(K + 1, 0), relation)), new)
    step = closed(closed(step, R, given=(invariant,)), INDEX, given=(at_least(N, k + 1),))
    start = identity(nat("d", 0))
    made = chain(nat_nonnegative(nat(0)), step, "k", N, (R,), invariant, relation, (start,))
    return closed(made, Variable("N", NAT), d, A)


@proof
def growing_zeros() -> Theorem:
    p, W = Variable("p", NAT), Variable("W", matrix_sort("p", "n"))
    size = nat("p")
    invariant = And(equal(at(W).T @ at(W), 0), at_least(scalar(size), K))
    more = {"k": k + 1, "p": size + 1, "W": zero(size + 1, "n")}
    count = combine(and_right(assume(invariant)), claim=at_least(scalar(size) + 1, K + 1), cofactors=(),
                    products=(Product(1, (), (), (0,)),))
    first = and_intro(combine(claim=equal(zero("n", "n"), 0), cofactors=(), products=()), count)
    assert first.conclusion == substitute(invariant, more)
    names = {"p": nat("p_next"), "W": at(Variable("W_next", matrix_sort("p_next", "n")))}
    body = substitute(invariant, {"k": k + 1, **names})
    inner = exists(Variable("W_next", matrix_sort("p_next", "n")), body)
    there = exists_intro(first, substitute(inner, {"p_next": size + 1}), zero(size + 1, "n"))
    step = exists_intro(there, exists(Variable("p_next", NAT), inner), size + 1)
    step = closed(closed(step, p, W, given=(invariant,)), INDEX, given=(at_least(N, k + 1),))
    zeros = combine(claim=equal(zero("n", "n"), 0), cofactors=(), products=())
    base = and_intro(zeros, nat_nonnegative(nat(2)))
    assert base.conclusion == substitute(invariant, {"k": nat(0), "p": nat(2), "W": zero(2, "n")})
    return closed(chain(base, step, "k", N, (p, W), invariant, None, (nat(2), zero(2, "n"))), *nats("N", "n"))


@proof
def induction_on_powers() -> Theorem:
    f, c = family("f", "k", SCALAR), symbol("c")
    invariant = equal(at(f, k), c * at(f, 0))
    same = for_all(INDEX, Implies(at_least(N, k + 1), equal(at(f, k + 1), at(f, k))))
    one = equal(c, 1)
    base = equation(substitute(invariant, {"k": nat(0)}), (assume(one), Cofactor(-at(f, 0), 0)))
    kept = implies_elim(for_all_elim(assume(same), k), assume(at_least(N, k + 1)))
    pairs = (kept, Cofactor(ONE, 0)), (assume(invariant), Cofactor(ONE, 1))
    step = equation(substitute(invariant, {"k": k + 1}), *pairs)
    step = closed(step, INDEX, given=(at_least(N, k + 1), invariant))
    found = chain(base, step, "k", N, (), invariant, None, ())
    return closed(found, Variable("N", NAT), f, Variable("c", SCALAR), given=(same, one))


@proof
def squares_of_families() -> Theorem:
    f, c = family("f", "k", SCALAR), family("c", "k l", SCALAR)
    square = combine(claim=at_least(at(f, 3) * at(f, 3), 0), cofactors=(), products=(Product(1, (at(f, 3),)),))
    first, index = nat("~0"), nat("n")
    values = Family(1, at(c, first, index) + scalar(first) * scalar(first))
    return closed(for_all_elim(closed(square, f), values), Variable("n", NAT), c)


@proof
def pseudoinverse_of_a_sum() -> Theorem:
    A, B = (Variable(name, matrix_sort("m", "n")) for name in "AB")
    total = at(A) + at(B)
    found = fact("pinv")
    for value in (m, n, total):
        found = for_all_elim(found, value)
    inverse_of = at(Variable("G", matrix_sort("n", "m")))
    first = and_left(assume(penrose(total, inverse_of)))
    goal = exists(Variable("G", matrix_sort("n", "m")), equal(total @ inverse_of @ total, total))
    return closed(exists_elim(found, exists_intro(first, goal, inverse_of), "G"), *nats("m", "n"), A, B)


@proof
def small_numbers() -> Theorem:
    square = for_all(INDEX, implication(at_least(nat(3), k), at_least(scalar(9), K * K)))
    found = exists(INDEX, conjunction(at_least(nat(5), k), equal(K * K, 4)))
    J = literal([[0, 1], [-1, 0]])
    return evaluate(conjunction(square, found, equal(J @ J, -identity(2)), greater(trace(J.T @ J), 0)))


@proof
def contradiction() -> Theorem:
    s = symbol("s")
    given = at_least(-s * s - 1, 0)
    products = Product(1, (s,)), Product(1, (), (), (0,)), Product(1)
    no = combine(assume(given), claim=Falsum(), cofactors=(), products=products)
    return closed(implies_intro(no, given), Variable("s", SCALAR))


for _name in FACTS:
    PROOFS[f"fact-{_name}"] = lambda _name=_name: fact(_name)  # type: ignore[misc]


def proofs() -> dict[str, dict[str, Any]]:
    """The certificates of the proofs."""
    return {name: write(make(), name) for name, make in PROOFS.items()}


def counterexamples() -> dict[str, dict[str, Any]]:
    """The certificates of the counterexamples."""
    return {data["name"]: data for data in _counterexamples()}


def _counterexamples() -> Iterator[dict[str, Any]]:
    P = Variable("P", matrix_sort("n", "n"))
    p: Poly = at(P)
    symmetric = for_all(*nats("n"), P, Implies(equal(p @ p, p), equal(p.T, p)))
    yield write_counterexample(symmetric, [2, Matrix(2, 2, ((1, 1), (0, 0)))], "projector-not-orthogonal")

    d, s = family("d", "k", NAT), family("s", "k", SCALAR)
    A = family("A", "k", matrix_sort(nat("d", k + 1), nat("d", k)))
    claim = in_range("k", 0, N, equal(at(A, k) @ at(A, k).T, at(s, k) * identity(nat("d", k + 1))))
    nonzero = in_range("k", 0, N, greater(trace(at(A, k) @ at(A, k).T), 0))
    layers = for_all(Variable("N", NAT), d, s, A, implication(nonzero, And(at_least(N, 0), claim)))
    values = [0, Table({(0,): 1, (1,): 2}), Table({(0,): Fraction(1, 2)}), Table({(0,): Matrix(2, 1, ((1,), (0,)))})]
    yield write_counterexample(layers, values, "layers-not-conformal")

    x, y = symbol("x"), symbol("y")
    order = for_all(Variable("x", SCALAR), Variable("y", SCALAR), implication(greater(x, y), for_all(
        Variable("z", SCALAR), implication(greater(symbol("z"), 0), greater(x * symbol("z"), symbol("z"))))))
    yield write_counterexample(order, [Fraction(1, 3), Fraction(-1, 7), Fraction(2)], "order-and-products")

    B = Variable("B", matrix_sort("m", "n"))
    empty = for_all(*nats("m", "n"), B, implication(equal(at(B).T @ at(B), identity("n")), greater(n, 0)))
    yield write_counterexample(empty, [2, 0, Matrix(2, 0, ((), ()))], "no-columns")



