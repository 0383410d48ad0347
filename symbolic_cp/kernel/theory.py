"""Chapter 4. The rules about numbers and matrices.

One rule does algebra: `combine` checks that a claim is a combination of established equations and inequalities, by
expanding both sides. It is the only rule that looks inside terms, and it does nothing but expand. The others say
what real numbers have beyond a ring (order, inverses, tr M'M = 0 only for M = 0), what natural numbers have beyond
that (no element between n and n + 1, equals may be exchanged in shapes), and how families arise (`chain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symbolic_cp.kernel.errors import expect, require
from symbolic_cp.kernel.formulas import (
    NAT, SCALAR, And, Atom, Equal, Falsum, Family, Formula, Implies, NonNegative, Or, Positive, Sort, Substitution,
    Value, Variable, at, at_least, check_fits, conjunction, equal, exists, for_all, free_names, generic, greater,
    member, substitute, substitute_nat,
)
from symbolic_cp.kernel.logic import RULES, Rule, Theorem, concluded, rule
from symbolic_cp.kernel.terms import Nat, Poly, Rational, identity, nat, scalar, trace


@dataclass(frozen=True, slots=True)
class Cofactor:
    """coef * left * h * right, where h is equation number `index` (transposed if so marked).

    For a scalar h there are no left and right. For a scalar claim and a matrix h it means coef * tr(left h right).
    """

    coef: Poly
    index: int
    left: Poly | None = None
    right: Poly | None = None
    transposed: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """weight * (product of s^2) * (product of tr(M'M)) * (product of the inequalities number `indices`), weight > 0."""

    weight: Rational
    squares: tuple[Poly, ...] = ()
    grams: tuple[Poly, ...] = ()
    indices: tuple[int, ...] = ()


def combine(
    *premises: Theorem, claim: Formula, cofactors: tuple[Cofactor, ...], products: tuple[Product, ...]
) -> Theorem:
    """The one algebraic rule: the claim is a combination of the premises, as normal forms.

    ::

        G_i |- h_i = 0        G_j |- t_j >= 0  or  t_j > 0
        ----------------------------------------------------   claim = sum c a h b + sum lambda s^2 tr(M'M) t
                     all G |- claim  (= 0, >= 0, > 0, falsum)

    In an equation there are no products. For >= every lambda is positive. For > and for falsum (read 0 > 0) some
    product has no squares and no Gram factors, and all its inequalities are strict. Fails if a shape does not fit, an
    index is out of range or of the wrong kind, or the two sides differ; then the message shows what is left over.

    In Coq: `ring` by reflexion: polynomials are data, their meaning in the ring of matrices is a function, and a
    lemma says that equal normal forms have equal meanings.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> s = symbol("s"); combine(claim=at_least(s * s, 0), cofactors=(), products=(Product(1, (s,)),)).conclusion.term
    s*s
    """
    goal = scalar(0) if isinstance(claim, Falsum) else expect(claim, Atom, "combine: the claim is no (in)equation").term
    require(goal.shape is None or isinstance(claim, Equal), "combine: a matrix has no sign")
    total = Poly(goal.shape, {})
    for cofactor in cofactors:
        total += _expanded(cofactor, premises, goal)
    strict = False
    for product in products:
        require(not isinstance(claim, Equal) and product.weight > 0, "combine: a weight is positive, in inequalities")
        value = scalar(product.weight)
        for factor in product.squares:
            value = value * factor * factor
        for gram_factor in product.grams:
            value = value * trace(gram_factor.T @ gram_factor)
        for index in product.indices:
            value = value * _term(premises, index, NonNegative, Positive)
        positive = all(isinstance(premises[index].conclusion, Positive) for index in product.indices)
        strict = strict or (positive and not product.squares and not product.grams)
        total += value
    require(strict or isinstance(claim, Equal | NonNegative), "combine: no product is strictly positive")
    require(total == goal, f"combine: the certificate leaves {goal - total}")
    return concluded("combine", premises, (claim, cofactors, products), claim)


def _combine_line(*line: Any) -> Theorem:  # noqa: ANN401 - the premises, then the three parameters
    *premises, claim, cofactors, products = line
    return combine(*premises, claim=claim, cofactors=cofactors, products=products)


RULES["combine"] = Rule(_combine_line, None, ("formula", "cofactors", "products"))


def _term(premises: tuple[Theorem, ...], index: int, *kinds: type[Atom]) -> Poly:
    require(0 <= index < len(premises), f"combine: there is no premise {index}")
    formula = premises[index].conclusion
    require(isinstance(formula, kinds), f"combine: premise {index} is not of the kind that is used")
    return expect(formula, Atom, "combine: a premise is no (in)equation").term


def _expanded(cofactor: Cofactor, premises: tuple[Theorem, ...], goal: Poly) -> Poly:
    term = _term(premises, cofactor.index, Equal)
    if term.shape is None:
        require(cofactor.left is None and cofactor.right is None, "combine: a scalar equation has no left and right")
        return cofactor.coef * term
    require(cofactor.coef.shape is None, "combine: the coefficient of a matrix equation is a scalar")
    term = term.T if cofactor.transposed else term
    if cofactor.left is not None:
        term = cofactor.left @ term
    if cofactor.right is not None:
        term = term @ cofactor.right
    return cofactor.coef * (trace(term) if goal.shape is None else term)


@rule(1, "term")
def gram(premise: Theorem, factor: Poly) -> Theorem:
    """A matrix whose squared Frobenius norm is not positive is zero.

    ::

        G |- -tr(M'M) >= 0
        ------------------
            G |- M = 0

    Fails if the premise is anything else.

    In Coq: tr(M'M) is the sum of the squares of the entries; if it is 0 each of them is.

    >>> from symbolic_cp.kernel.terms import matrix
    >>> from symbolic_cp.kernel.logic import assume
    >>> M = matrix("M", "m", "n"); gram(assume(NonNegative(-trace(M.T @ M))), M).conclusion == Equal(M)
    True
    """
    require(factor.shape is not None, "gram: M is a matrix")
    require(premise.conclusion == NonNegative(-trace(factor.T @ factor)), "gram: the premise is not -tr(M'M) >= 0")
    return concluded("gram", (premise,), (factor,), Equal(factor))


@rule(0, "term")
def trichotomy(term: Poly) -> Theorem:
    """A real number is zero, positive or negative.

    ::

        ----------------------------
        |- s = 0 | (s > 0 | -s > 0)

    Fails if s is a matrix.

    In Coq: the order of a real field is total (`ltrgtP`).

    >>> from symbolic_cp.kernel.terms import symbol
    >>> s = symbol("s"); trichotomy(s).conclusion == Or(Equal(s), Or(Positive(s), Positive(-s)))
    True
    """
    require(term.shape is None, "trichotomy: a matrix has no sign")
    return concluded("trichotomy", (), (term,), Or(Equal(term), Or(Positive(term), Positive(-term))))


@rule(1)
def inverse(premise: Theorem) -> Theorem:
    """A positive number has an inverse.

    ::

             G |- s > 0
        ---------------------
        G |- exists t. st = 1

    Fails if the premise is not of this form.

    In Coq: `ex_intro` with `s^-1`, and `mulfV`.

    >>> from symbolic_cp.kernel.terms import symbol
    >>> from symbolic_cp.kernel.logic import assume
    >>> found = inverse(assume(Positive(symbol("s")))).conclusion; found.hint, found.body.term
    ('t', #0*s - 1)
    """
    formula = expect(premise.conclusion, Positive, "inverse: the premise is not s > 0")
    variable = Variable(_fresh("t", free_names(formula)), SCALAR)
    return concluded("inverse", (premise,), (), exists(variable, equal(formula.term * at(variable), scalar(1))))


def _fresh(name: str, taken: frozenset[str]) -> str:
    return name if name not in taken else _fresh(name + "0", taken)


@rule(0, "term")
def one_by_one(term: Poly) -> Theorem:
    """A 1 x 1 matrix is its trace.

    ::

        -------------------     M of shape 1 x 1
        |- M = tr(M) * I[1]

    Fails if M has any other shape.

    In Coq: `mx11_scalar` and `mxtrace1`: the matrix is its only entry times the identity.

    >>> from symbolic_cp.kernel.terms import matrix
    >>> x, y = matrix("x", "n", 1), matrix("y", "n", 1); one_by_one(x.T @ y).conclusion.term
    x'*y - tr(x*y')*I[1]
    """
    require(term.shape == (nat(1), nat(1)), "one_by_one: the matrix is not 1 x 1")
    return concluded("one_by_one", (), (term,), Equal(term - trace(term) * identity(1)))


@rule(0, "nat")
def nat_nonnegative(term: Nat) -> Theorem:
    """A natural number is not negative.

    ::

        ---------
        |- n >= 0

    Never fails.

    In Coq: `ler0n`, for the image n%:R of n in the field.

    >>> nat_nonnegative(nat("n") + 1).conclusion.term
    n + 1
    """
    return concluded("nat_nonnegative", (), (term,), at_least(nat(term), 0))


@rule(1, "nat", "nat")
def nat_successor(premise: Theorem, larger: Nat, smaller: Nat) -> Theorem:
    """There is nothing between n and n + 1.

    ::

          G |- n > m
        ---------------
        G |- n >= m + 1

    Fails if the premise is not n > m for the natural numbers given.

    In Coq: `ltr_nat` and `ler_nat`, and that `m < n` is `m.+1 <= n` by definition.

    >>> from symbolic_cp.kernel.logic import assume
    >>> n, m = nat("n"), nat("m"); nat_successor(assume(greater(n, m)), n, m).conclusion.term
    -m + n - 1
    """
    require(premise.conclusion == greater(larger, smaller), "nat_successor: the premise is not n > m")
    return concluded("nat_successor", (premise,), (larger, smaller), at_least(nat(larger), nat(smaller) + 1))


@rule(1, "nat", "nat")
def nat_difference(premise: Theorem, larger: Nat, smaller: Nat) -> Theorem:
    """The difference of natural numbers, as a natural number.

    ::

             G |- n >= m
        ------------------------
        G |- exists v. n = m + v

    Fails if the premise is not n >= m for the natural numbers given.

    In Coq: `ex_intro` with `(n - m)%N`, and `subnKC`.

    >>> from symbolic_cp.kernel.logic import assume
    >>> n, m = nat("n"), nat("m"); nat_difference(assume(at_least(n, m)), n, m).conclusion.body.term
    -#0 - m + n
    """
    require(premise.conclusion == at_least(larger, smaller), "nat_difference: the premise is not n >= m")
    name = _fresh("v", free_names(larger) | free_names(smaller))
    conclusion = exists(Variable(name, NAT), equal(scalar(nat(larger)), scalar(nat(smaller) + nat(name))))
    return concluded("nat_difference", (premise,), (larger, smaller), conclusion)


@rule(1, "name", "nat", "formula")
def leibniz(premise: Theorem, name: str, term: Nat, formula: Formula) -> Theorem:
    """Equal natural numbers may be exchanged, in shapes too.

    ::

           G |- phi[n := t]
        ---------------------     n not in G, t; no free matrix of phi has n in its shape
        G |- n = t -> phi

    Fails if a side condition fails or the premise is not phi[n := t]. (Bind matrices of that shape first.)

    In Coq: `subst`; matrices are arrays of which their letters cut out a part, so no cast stands in the way.

    >>> from symbolic_cp.kernel.logic import assume, implies_intro
    >>> x = Variable("x", Sort("matrix", nat("n"), nat(1))); every = for_all(x, equal(at(x), at(x)))
    >>> two = substitute(every, {"n": nat(2)})
    >>> leibniz(implies_intro(assume(two), two), "n", nat(2), Implies(every, every)).conclusion.left.term
    n - 2
    """
    require(name not in free_names(term), f"leibniz: {name} occurs in the term")
    require(all(name not in free_names(hyp) for hyp in premise.hyps), f"leibniz: {name} is free in a hypothesis")
    for_all(Variable(name, NAT), formula)  # refuses a name that is no natural number, or in the shape of a free matrix
    require(premise.conclusion == substitute(formula, {name: term}), "leibniz: the premise is not phi[n := t]")
    conclusion = Implies(equal(scalar(nat(name)), scalar(term)), formula)
    return concluded("leibniz", (premise,), (name, term, formula), conclusion)


@rule(2, "name", "nat", "variables", "formula", "formula?", "values")
def chain(
    base: Theorem, step: Theorem, index: str, bound: Nat, states: tuple[Variable, ...], invariant: Formula,
    relation: Formula | None, start: tuple[Value, ...],
) -> Theorem:
    """Induction, recursion and choice along 0, 1, ..., N, in one.

    ::

        G |- phi(0, a)
        G |- all k. k + 1 <= N -> all x. phi(k, x) -> exists x'. phi(k + 1, x') & psi(k, x, x')
        ----------------------------------------------------------------------------------------------
        G |- exists F. F[0] = a & (all k <= N. phi(k, F[k])) & (all k < N. psi(k, F[k], F[k+1]))

    x is a list of states; the sort of a state may mention k and earlier states of sort nat. In psi the next state of
    x is written `x_next`. Without states this is induction; with psi an equation, recursion; with psi about x_next
    alone, choice. The equation F[0] = a is left out for a matrix whose shape depends on a state.

    Fails if a premise is not of this form, a start value does not fit, k, x or x_next occurs in N, a or G, or two
    of these names are the same.

    In Coq: induction on N; the families are functions on nat, built one value at a time, without an axiom of
    choice.

    >>> from symbolic_cp.kernel.logic import for_all_intro, implies_intro
    >>> k, N = nat("k"), nat("N"); here = at_least(k, 0)
    >>> step = implies_intro(implies_intro(nat_nonnegative(k + 1), here), at_least(N, k + 1))
    >>> step = for_all_intro(step, Variable("k", NAT))
    >>> found = chain(nat_nonnegative(nat(0)), step, "k", N, (), here, None, ()).conclusion
    >>> found == for_all(Variable("k", NAT), Implies(at_least(N, k), here))
    True
    """
    names, nexts = [state.name for state in states], [f"{state.name}_next" for state in states]
    own = {index, *names, *nexts}
    require(len(own) == 1 + 2 * len(names), "chain: two names are the same")
    require(len(start) == len(states), "chain: every state needs a start value")
    require(not free_names(invariant) & set(nexts), "chain: the invariant mentions a next state")
    outside = free_names(bound).union(*map(free_names, start), *map(free_names, base.hyps | step.hyps))
    require(not own & outside, f"chain: {', '.join(sorted(own & outside))} occurs outside")

    zero_: dict[str, Value] = {index: nat(0)}
    successor: dict[str, Value] = {index: nat(index) + 1}
    parameter: dict[str, Value] = {index: nat("~0")}
    upcoming, families, allowed = list[Variable](), list[Variable](), {index}
    for state, value in zip(states, start, strict=True):
        mentioned = free_names(state.sort.rows) | free_names(state.sort.cols)
        require(state.arity == 0 and not (mentioned & own) - allowed, f"chain: the sort of {state.name}")
        check_fits(_moved(state.sort, zero_), 0, value, state.name)
        upcoming.append(Variable(f"{state.name}_next", _moved(state.sort, successor)))
        families.append(Variable(state.name, _moved(state.sort, parameter), 1))
        if state.sort.kind == "nat":
            allowed.add(state.name)
            zero_[state.name] = value
            successor[state.name] = nat(f"{state.name}_next")
            parameter[state.name] = nat(state.name, "~0")

    begin: dict[str, Value] = {index: nat(0), **dict(zip(names, start, strict=True))}
    require(base.conclusion == substitute(invariant, begin), "chain: the first premise is not the invariant at 0")
    after: dict[str, Value] = {index: nat(index) + 1}
    after.update((name, generic(variable)) for name, variable in zip(names, upcoming, strict=True))
    goal = substitute(invariant, after) if relation is None else And(substitute(invariant, after), relation)
    counter, below = Variable(index, NAT), at_least(bound, nat(index) + 1)
    expected = for_all(counter, Implies(below, for_all(*states, Implies(invariant, exists(*upcoming, goal)))))
    require(step.conclusion == expected, "chain: the second premise is not the step of this chain")

    here = {name: member(variable, index) for name, variable in zip(names, families, strict=True)}
    there = {name: member(variable, nat(index) + 1) for name, variable in zip(nexts, families, strict=True)}
    parts: list[Formula] = [
        equal(scalar(member(variable, 0)), scalar(value)) for variable, value in zip(families, start, strict=True)
        if not isinstance(value, Family) and not (variable.sort.rows.names | variable.sort.cols.names) & set(names)
    ]
    parts.append(for_all(counter, Implies(at_least(bound, nat(index)), substitute(invariant, here))))
    if relation is not None:
        parts.append(for_all(counter, Implies(below, substitute(relation, {**here, **there}))))
    conclusion = exists(*families, conjunction(*parts))
    return concluded("chain", (base, step), (index, bound, states, invariant, relation, start), conclusion)


def _moved(sort: Sort, sub: Substitution) -> Sort:
    return Sort(sort.kind, substitute_nat(sort.rows, sub), substitute_nat(sort.cols, sub))

