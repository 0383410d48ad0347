"""Kernel proofs about given matrices, where evaluation is not enough: positive semidefinite forms, existence claims.

The kernel evaluates formulas whose quantifiers run over bounded ranges. Here the others that linear algebra decides
are proved by its rules: `all x. tr(x'Mx) >= 0` by M = sum of d l l' with d > 0 (LDL^T) or refuted by a direction of
negative curvature; an existence claim proved by a witness that solves its linear equations, or refuted by multipliers
y with y'M = 0 and y'b = 1 (Fredholm's alternative). What else there is (sums of squares, say) is left to `derive`.

Main names: prove, disprove (closed formulas with literal matrices), disprove_at (a statement and an instance). All
return None where they find no proof; what they return has been made by the kernel's rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from symbolic_cp.exact.congruence import ldlt, negative_direction
from symbolic_cp.exact.matrices import zeros
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table, evaluate
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Equal,
    Exists,
    Falsum,
    Family,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Quantifier,
    Value,
    Variable,
    at,
    free_names,
    instantiate,
    negation,
)
from symbolic_cp.kernel.logic import (
    Theorem,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
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
from symbolic_cp.kernel.terms import Poly, Rational, identity, literal, nat, scalar, trace, zero
from symbolic_cp.kernel.theory import Cofactor, Product, combine
from symbolic_cp.prover.numeric import Entry, degree, insolvable, places, solve, to_instance, unpacked, value
from symbolic_cp.prover.search import Effort, NotProved, derive
from symbolic_cp.prover.show import opened
from symbolic_cp.prover.task import All, Some, Unsupported, linear_part, quadratic_part

LITTLE = Effort(work=4_000, polish=0)


def literal_value(instance: Instance) -> Value | None:
    """An instance as a term, zero and identity matrices as such; None for a family that no polynomial gives."""
    if isinstance(instance, Table):
        return _family(instance)
    if isinstance(instance, Matrix):
        shape = instance.rows, instance.cols
        if not any(map(any, instance.entries)):
            return zero(*shape)
        size = range(instance.rows)
        if instance.entries == tuple(tuple(int(i == j) for j in size) for i in size):
            return identity(instance.rows)
        return literal(instance.entries, shape)
    return scalar(instance)


def value_for(formula: ForAll, instance: Instance) -> Value | None:
    """An instance as a term of the sort of a quantified variable; None where there is none."""
    if formula.sort.kind != "nat":
        return literal_value(instance)
    return _numbers(instance) if isinstance(instance, Table) else nat(instance) if isinstance(instance, int) else None


def _numbers(table: Table) -> Family | None:
    """The family c + s i of natural numbers that takes the values of the table; None if there is none."""
    members = {index[0]: one for index, one in table.entries.items() if len(index) == 1 and isinstance(one, int)}
    if len(members) < len(table.entries):
        return None
    (i, first), *others = sorted(members.items()) or [(0, 0)]
    step = Fraction(others[-1][1] - first, others[-1][0] - i) if others else Fraction(0)
    start = first - step * i
    if step < 0 or start < 0 or any(start + step * k != one for k, one in members.items()) or step.denominator > 1:
        return None
    return Family(1, nat(int(start)) + nat("~0").scaled(int(step)))


def _family(table: Table) -> Family | None:
    """The polynomial in the index that takes the values of the table (Lagrange); None if the shapes differ."""
    members = {index[0]: literal_value(one) for index, one in table.entries.items() if len(index) == 1}
    shapes = {one.shape for one in members.values() if isinstance(one, Poly)}
    if len(members) < len(table.entries) or len(shapes) != 1:
        return None
    i, (shape,) = scalar(nat("~0")), shapes
    total = scalar(0) if shape is None else zero(*shape)
    for k, member in members.items():
        weight = scalar(1)
        for j in members:
            if j != k:
                weight = weight * (i - j) * Fraction(1, k - j)
        assert isinstance(member, Poly)
        total = total + member * weight
    return Family(1, total)


def _literal(M: fmpq_mat) -> Poly:
    found = literal_value(to_instance(M))
    assert isinstance(found, Poly)
    return found


def _number(q: fmpq) -> Rational:
    return Fraction(int(q.p), int(q.q))


def disprove_at(statement: Formula, values: Sequence[Instance], witnesses: Sequence[Instance] = ()) -> Theorem | None:
    """|- not statement, from values for its outer quantifiers: the hypotheses are proved there, the claim disproved.

    `witnesses` are values for what the hypotheses assert to exist, in their order.
    """
    current, remaining, found = assume(statement), list(values), list(witnesses)
    while isinstance(current.conclusion, ForAll | Implies):
        formula = current.conclusion
        if isinstance(formula, Implies):
            hypothesis = prove(formula.left, found)
            if hypothesis is None:
                return None
            current = implies_elim(current, hypothesis)
            continue
        instance = remaining.pop(0)
        if formula.arity and isinstance(instance, Table) and not instance.entries:
            instance = _nothing(formula)
        term = value_for(formula, instance)
        if term is None:
            return None
        current = for_all_elim(current, term)
    if current.conclusion != Falsum():
        against = disprove(current.conclusion)
        if against is None:
            return None
        current = implies_elim(against, current)
    return implies_intro(current, statement)


def _nothing(formula: ForAll) -> Table:
    """A family without members, as one of zeros."""
    sort = formula.sort
    if sort.kind != "matrix" or sort.rows.atoms or sort.cols.atoms:
        return Table({(0,): 0})
    return Table({(0,): Matrix(sort.rows.const, sort.cols.const, ((0,) * sort.cols.const,) * sort.rows.const)})


def _evaluated(formula: Formula) -> Theorem | None:
    try:
        return evaluate(formula)
    except KernelError:  # false, or not for evaluation
        return None


# -------------------------------------------------------------------------------------------------------- proving


def prove(formula: Formula, witnesses: list[Instance] | None = None) -> Theorem | None:
    """|- formula, for a closed formula about literal matrices; `witnesses` are used for existence claims, in order.

    >>> from symbolic_cp.prover.grammar import psd
    >>> prove(psd(literal([[2, 1], [1, 1]]))).is_closed, prove(psd(literal([[1, 2], [2, 1]])))
    (True, None)
    """
    found = _evaluated(formula)
    if found is not None:
        return found
    if isinstance(formula, And):
        left, right = prove(formula.left, witnesses), prove(formula.right, witnesses)
        return and_intro(left, right) if left and right else None
    if isinstance(formula, Or):
        left, right = prove(formula.left), prove(formula.right)
        return or_left(left, formula.right) if left else or_right(right, formula.left) if right else None
    if isinstance(formula, Implies):
        right, against = prove(formula.right), disprove(formula.left)
        if right is None and against is not None:
            right = falsum_elim(implies_elim(against, assume(formula.left)), formula.right)
        return implies_intro(right, formula.left) if right else None
    if isinstance(formula, Exists):
        return _prove_exists(formula, witnesses)
    if isinstance(formula, ForAll) and not formula.arity and formula.sort.kind != "nat":
        variable, body = opened(formula)
        proved = _prove_open(body, variable) or _prove_all(body)
        return for_all_intro(proved, variable) if proved else None
    return None


def _prove_all(formula: Formula) -> Theorem | None:
    """|- formula, which may mention variables: quantifiers opened, and one certificate."""
    if isinstance(formula, ForAll) and not formula.arity and formula.sort.kind != "nat":
        variable, body = opened(formula)
        proved = _prove_all(body)
        return for_all_intro(proved, variable) if proved else None
    return _derived(formula) if isinstance(formula, NonNegative | Equal) else None


def _derived(claim: Formula, *premises: Theorem) -> Theorem | None:
    """One certificate, found with little work."""
    try:
        return derive(claim, *premises, effort=LITTLE)
    except (NotProved, KernelError):
        return None


def _prove_open(body: Formula, variable: Variable) -> Theorem | None:
    """|- body, which mentions one variable: a conjunction of linear equations and positive semidefinite forms in it."""
    if variable.name not in free_names(body):
        return prove(body)
    if isinstance(body, And):
        left, right = _prove_open(body.left, variable), _prove_open(body.right, variable)
        return and_intro(left, right) if left and right else None
    try:
        if isinstance(body, Equal) and body.term.shape is None:
            return _prove_linear(body, variable)
        if isinstance(body, NonNegative):
            return _prove_form(body, variable)
    except Unsupported:
        return None
    return None


def _prove_linear(claim: Equal, variable: Variable) -> Theorem | None:
    """rest + tr(slope X) = 0 for all X: both are zero."""
    rest, slope = linear_part(claim.term, variable.name)
    first, second = _evaluated(Equal(slope)), _evaluated(Equal(rest))
    if first is None or second is None:
        return None
    return combine(first, second, claim=claim, cofactors=(_times(0, slope, at(variable)), _once(1)), products=())


def _once(index: int, sign: int = 1) -> Cofactor:
    return Cofactor(scalar(sign), index)


def _times(index: int, slope: Poly, unknown: Poly) -> Cofactor:
    """tr(h X) for an equation h = slope, or h times X where both are scalars."""
    return Cofactor(unknown, index) if slope.shape is None else Cofactor(scalar(1), index, None, unknown)


def _prove_form(claim: NonNegative, variable: Variable) -> Theorem | None:
    """tr(x'Mx) >= 0 for all x: M is a sum of d l l' with d > 0."""
    x, M = at(variable), quadratic_part(claim.term, variable.name)
    form = value(M, {})
    assert isinstance(form, fmpq_mat)
    if negative_direction(form + form.transpose()) is not None:
        return None
    L, D, rows = ldlt((form + form.transpose()) / 2)
    n = form.nrows()
    symmetric = (M + M.T) * Fraction(1, 2)
    products: list[Product] = []
    for k in range(n):
        if D[k, k]:
            column = zeros(n, 1)
            for i in range(n):
                column[rows[i], 0] = L[i, k]
            side = _literal(column)
            symmetric = symmetric - side @ side.T * _number(D[k, k])
            products.append(Product(_plain(D[k, k]), (), (side.T @ x,)))
    difference = _evaluated(Equal(symmetric))
    if difference is None:
        return None
    around = Cofactor(scalar(1), 0, x.T, x)
    return combine(difference, claim=claim, cofactors=(around,), products=tuple(products))


def _plain(q: fmpq) -> Rational:
    return int(q.p) if q.q == 1 else _number(q)


def _prove_exists(formula: Exists, witnesses: list[Instance] | None) -> Theorem | None:
    """By the given witness, or by one that solves the linear equations."""
    if witnesses:
        term = literal_value(witnesses.pop(0))
        proved = prove(instantiate(formula, term), witnesses) if term is not None else None
        return exists_intro(proved, formula, term) if proved and term is not None else None
    variables, body = _opened_all(formula)
    claim = Some(tuple(variables), All(tuple(_equations(body))))
    linear = [term for term in _terms(claim) if degree(term, claim.unknowns) <= 1]
    shapes = {name: _shape(variable) for name, variable in variables.items()}
    if any(variable.arity or variable.sort.kind == "nat" for variable in variables.values()):
        return None
    solved = solve(linear, places(shapes), {}) if linear else None
    found = unpacked(solved[0], places(shapes), shapes) if solved else _zeros(shapes)
    terms = [literal_value(to_instance(found[name])) for name in variables]
    levels: list[Formula] = [formula]
    for term in terms:
        level = levels[-1]
        assert isinstance(level, Exists)
        assert term is not None
        levels.append(instantiate(level, term))
    proved = prove(levels[-1])
    for level, term in zip(levels[-2::-1], terms[::-1], strict=True):
        if proved is None or term is None:
            return None
        proved = exists_intro(proved, level, term)
    return proved


def _zeros(shapes: dict[str, tuple[int, int] | None]) -> dict[str, Entry]:
    return {name: zeros(*shape) if shape else fmpq(0) for name, shape in shapes.items()}


def _shape(variable: Variable) -> tuple[int, int] | None:
    sort = variable.sort
    return (sort.rows.const, sort.cols.const) if sort.kind == "matrix" else None


def _opened_all(formula: Formula) -> tuple[dict[str, Variable], Formula]:
    """The variables of a block of existence claims, under readable names, and the body."""
    variables: dict[str, Variable] = {}
    while isinstance(formula, Exists):
        variable, formula = opened(formula, frozenset(variables))
        variables[variable.name] = variable
    return variables, formula


def _equations(formula: Formula) -> Iterator[Equal]:
    if isinstance(formula, And):
        yield from _equations(formula.left)
        yield from _equations(formula.right)
    elif isinstance(formula, Equal):
        yield formula


def _terms(claim: Some) -> list[Poly]:
    assert isinstance(claim.part, All)
    return [one.term for one in claim.part.parts if isinstance(one, Equal)]


# ------------------------------------------------------------------------------------------------------ disproving


def disprove(formula: Formula) -> Theorem | None:
    """|- not formula, for a closed formula about literal matrices.

    >>> from symbolic_cp.kernel.formulas import Variable, equal, exists, matrix_sort
    >>> L = Variable("L", matrix_sort(1, 1)); solvable = exists(L, equal(literal([[0]]) @ at(L), literal([[1]])))
    >>> disprove(solvable).conclusion == negation(solvable)
    True
    """
    found = _evaluated(negation(formula))
    if found is not None:
        return found
    if isinstance(formula, And):
        return _disprove_and(formula)
    if isinstance(formula, Or):
        left, right = disprove(formula.left), disprove(formula.right)
        if left is None or right is None:
            return None
        first = implies_elim(left, assume(formula.left))
        second = implies_elim(right, assume(formula.right))
        return implies_intro(cases(assume(formula), first, second), formula)
    if isinstance(formula, Implies):
        holds, fails = prove(formula.left), disprove(formula.right)
        if holds is None or fails is None:
            return None
        return implies_intro(implies_elim(fails, implies_elim(assume(formula), holds)), formula)
    if isinstance(formula, Exists):
        return _disprove_exists(formula)
    return _disprove_for_all(formula) if isinstance(formula, Quantifier) else None


def _disprove_and(formula: And) -> Theorem | None:
    for side, part in ((formula.left, and_left), (formula.right, and_right)):
        against = disprove(side)
        if against is not None:
            return implies_intro(implies_elim(against, part(assume(formula))), formula)
    return None


def _disprove_for_all(formula: Quantifier) -> Theorem | None:
    """By a value at which the body fails."""
    if formula.arity or formula.sort.kind == "nat":
        return None
    variable, body = opened(formula)
    for candidate in _against(body, variable):
        against = disprove(instantiate(formula, candidate))
        if against is not None:
            return implies_intro(implies_elim(against, for_all_elim(assume(formula), candidate)), formula)
    return None


def _against(body: Formula, variable: Variable) -> Iterator[Poly]:
    """Values at which a conjunction of linear equations and positive semidefinite forms may fail."""
    if isinstance(body, And):
        yield from _against(body.left, variable)
        yield from _against(body.right, variable)
        return
    shape = _shape(variable)
    try:
        if isinstance(body, Equal) and body.term.shape is None:
            slope = value(linear_part(body.term, variable.name)[1], {})
            yield _literal(slope.transpose()) if isinstance(slope, fmpq_mat) else scalar(1)
            yield zero(*shape) if shape else scalar(0)
        elif isinstance(body, NonNegative) and shape:
            form = value(quadratic_part(body.term, variable.name), {})
            assert isinstance(form, fmpq_mat)
            direction = negative_direction(form + form.transpose())
            if direction is not None:
                yield _literal(direction)
    except Unsupported:
        pass
    yield zero(*shape) if shape else scalar(0)
    yield literal([[1] * shape[1]] * shape[0], shape) if shape and all(shape) else scalar(1)


def _disprove_exists(formula: Exists) -> Theorem | None:
    """By multipliers of the linear equations (they add up to 0 = 1), or by one certificate."""
    variables, body = _opened_all(formula)
    if any(one.arity or one.sort.kind == "nat" for one in variables.values()):
        return None
    premises = list(_split(assume(body)))
    terms = {one.conclusion.term: one for one in premises if isinstance(one.conclusion, Equal)}
    found = insolvable(Some(tuple(variables), All(tuple(map(Equal, terms)))), {})
    if found is None:
        contradiction = _derived(Falsum(), *(one for one in premises if isinstance(one.conclusion, Atom)))
        if contradiction is None:
            return None
    else:
        linear, weights = found
        contradiction = _contradiction([terms[term] for term in linear], linear, weights, variables)
    levels: list[Formula] = [formula]
    for variable in variables.values():
        level = levels[-1]
        assert isinstance(level, Exists)
        levels.append(instantiate(level, at(variable)))
    for level, name in zip(levels[-2::-1], list(variables)[::-1], strict=True):
        contradiction = exists_elim(assume(level), contradiction, name)
    return implies_intro(contradiction, formula)


def _split(theorem: Theorem) -> Iterator[Theorem]:
    if isinstance(theorem.conclusion, And):
        yield from _split(and_left(theorem))
        yield from _split(and_right(theorem))
    else:
        yield theorem


def _contradiction(
    premises: list[Theorem], terms: list[Poly], weights: fmpq_mat, variables: dict[str, Variable]
) -> Theorem:
    """Falsum from equations whose combination with the weights is 1 whatever the unknowns are."""
    cofactors: list[Cofactor] = []
    total, offset = scalar(0), 0
    for index, term in enumerate(terms):
        if term.shape is None:
            number = scalar(_number(weights[offset, 0]))
            cofactors.append(Cofactor(-number, index))
            total, offset = total + number * term, offset + 1
            continue
        rows, cols = term.shape[0].const, term.shape[1].const
        entries = [weights[offset + i, 0] for i in range(rows * cols)]
        side = _literal(fmpq_mat(rows, cols, entries)).T
        cofactors.append(Cofactor(scalar(-1), index, side, None))
        total, offset = total + trace(side @ term), offset + rows * cols
    facts = list(premises)
    for name, variable in variables.items():
        if degree(total, (name,)):
            total, slope = linear_part(total, name)
            cofactors.append(_times(len(facts), slope, at(variable)))
            facts.append(evaluate(Equal(slope)))
    cofactors.append(_once(len(facts)))
    facts.append(evaluate(Equal(total - 1)))
    return combine(*facts, claim=Falsum(), cofactors=tuple(cofactors), products=(Product(1),))
