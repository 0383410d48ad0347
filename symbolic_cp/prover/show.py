"""Formulas as text. Nothing here is trusted to decide anything, but it is what a reader sees: it prints the object."""

from __future__ import annotations

from collections.abc import Collection

from symbolic_cp.kernel.formulas import (
    And,
    Connective,
    Equal,
    Exists,
    Falsum,
    Family,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Positive,
    Quantifier,
    Sort,
    Variable,
    free_names,
    generic,
    instantiate,
    substitute_nat,
    substitute_poly,
)
from symbolic_cp.kernel.terms import Nat, Poly, nat


def show_relation(term: Poly, sign: str) -> str:
    """`term sign 0`, with the negative terms moved to the other side.

    >>> from symbolic_cp.kernel.terms import matrix
    >>> A, B = matrix("A", "n", "n"), matrix("B", "n", "n"); show_relation(A @ B - B @ A, "=")
    'A*B = B*A'
    """
    left = Poly(term.shape, {key: coef for key, coef in term.terms.items() if coef > 0})
    right = left - term
    if sign == "=" and not left.terms:
        left, right = right, left
    return f"{left!r} {sign} {right!r}"


def show_variable(variable: Variable) -> str:
    """`A : m x n`, `s : scalar`, `A[k] : d[k+1] x d[k]`."""
    params = ["i", "j", "k", "l", "p", "q"][: variable.arity] if variable.arity else []
    taken = free_names(variable.sort.rows) | free_names(variable.sort.cols)
    names = [param if param not in taken else f"{param}_" for param in params]
    sub = {f"~{i}": nat(name) for i, name in enumerate(names)}
    sort: Sort = variable.sort
    kind = sort.kind
    if kind == "matrix":
        kind = f"{substitute_nat(sort.rows, sub)!r} x {substitute_nat(sort.cols, sub)!r}"
    return variable.name + (f"[{', '.join(names)}]" if names else "") + f" : {kind}"


def show(formula: Formula, avoid: frozenset[str] = frozenset()) -> str:
    """A formula on one line, with readable names for what is bound.

    >>> from symbolic_cp.kernel.formulas import NAT, equal, for_all, matrix_sort, at
    >>> A = Variable("A", matrix_sort("n", "n"))
    >>> show(for_all(Variable("n", NAT), A, equal(at(A).T, at(A))))
    "for all n : nat, A : n x n. A' = A"
    """
    if isinstance(formula, Equal):
        return show_relation(formula.term, "=")
    if isinstance(formula, NonNegative | Positive):
        return show_relation(formula.term, ">=" if isinstance(formula, NonNegative) else ">")
    if isinstance(formula, Falsum):
        return "false"
    if isinstance(formula, ForAll | Exists):
        kind, word = type(formula), "for all" if isinstance(formula, ForAll) else "there are"
        variables = []
        body: Formula = formula
        while isinstance(body, kind):
            variable, body = opened(body, avoid)
            avoid |= {variable.name}
            variables.append(show_variable(variable))
        return f"{word} {', '.join(variables)}. {show(body, avoid)}"
    if isinstance(formula, Implies):
        if isinstance(formula.right, Falsum):
            if isinstance(formula.left, Equal):
                return show_relation(formula.left.term, "!=")
            return f"not {_enclosed(formula.left, avoid)}"
        return f"{_enclosed(formula.left, avoid)} -> {show(formula.right, avoid)}"
    assert isinstance(formula, Connective)
    parts = _flattened(formula, type(formula))
    return (" and " if isinstance(formula, And) else " or ").join(_enclosed(part, avoid) for part in parts)


def _flattened(formula: Formula, kind: type[Connective]) -> list[Formula]:
    if isinstance(formula, kind):
        return [formula.left, *_flattened(formula.right, kind)]
    return [formula]


def _enclosed(formula: Formula, avoid: frozenset[str]) -> str:
    text = show(formula, avoid)
    atom = isinstance(formula, Equal | NonNegative | Positive | Falsum)
    return text if atom else f"({text})"


def opened(formula: Quantifier, avoid: frozenset[str] = frozenset()) -> tuple[Variable, Formula]:
    """A variable with a readable fresh name, and the body about it; `for_all(*opened(f)) == f`."""
    variable = Variable(fresh(formula.hint, avoid | free_names(formula.body)), formula.sort, formula.arity)
    return variable, instantiate(formula, generic(variable))


def fresh(hint: str, taken: Collection[str]) -> str:
    """The hint, or the hint with the first number that makes it a name that is not taken."""
    name, count = hint, 0
    while name in taken:
        count += 1
        name = f"{hint}{count}"
    return name


def function(params: str, body: Nat | Poly) -> Family:
    """The family term `params -> body`, for (space-separated) parameters that the body mentions."""
    names = params.split()
    sub = {name: nat(f"~{i}") for i, name in enumerate(names)}
    return Family(len(names), substitute_nat(body, sub) if isinstance(body, Nat) else substitute_poly(body, sub))
