"""Intervals of a chain: what is said of them, and the small lemmas about where an index lies.

Take any matrices A[0], ..., A[l-1] that can be multiplied. N intervals have one coordinate each in R^N. The columns of
V[k] : d[k] x N are their vectors in layer k, those of Y[k] the dual vectors, and zero where the interval is not alive;
D[k] = Y[k]'V[k] is the diagonal of zeros and ones that says which are. A[k] passes on what is alive in both layers:
A[k] V[k] = V[k+1] D[k] and Y[k+1]'A[k] = D[k+1] Y[k]'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symbolic_cp.book.script import Script, statement
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    ForAll,
    Formula,
    Implies,
    Variable,
    at_least,
    conjunction,
    exists,
    family,
    for_all,
    implication,
    instantiate,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, nat
from symbolic_cp.prover.context import Context, Known, anything, both
from symbolic_cp.prover.expression import Expr, ident, number, of

from ..networks import each_layer, k, width
from .chains import compare, distinct

i, j, n = nat("i"), nat("j"), nat("n")
d = Variable("d", NAT, 1)


def up_to(bound: Nat, body: Formula, index: str = "k") -> Formula:
    """For all index <= bound: body."""
    return for_all(Variable(index, NAT), Implies(at_least(bound, nat(index)), body))


def columns(name: str, count: Nat | str) -> Variable:
    """name[k] : d[k] x count."""
    return family(name, "k", matrix_sort(width(k), count))


def lives_at(alive: Callable[[Nat], Expr], e: Expr, index: Nat, a: Nat, b: Nat) -> Formula:
    """alive(index) e is e where a <= index <= b, and else 0."""
    inside = implication(at_least(index, a), at_least(b, index), alive(index) @ e == e)
    gone = alive(index) @ e == 0
    return conjunction(inside, Implies(at_least(a, index + 1), gone), Implies(at_least(index, b + 1), gone))


def lives(alive: Callable[[Nat], Expr], e: Expr, depth: Nat, a: Nat, b: Nat) -> Formula:
    """alive(k) e is e for a <= k <= b, and 0 in all other layers."""
    return conjunction(at_least(b, a), at_least(depth, b), up_to(depth, lives_at(alive, e, k, a, b)))


def each_lives(alive: Callable[[Nat], Expr], count: Nat, e: Variable, depth: Nat) -> Formula:
    """Every e[n] lives on an interval of layers."""
    a, b = Variable("a", NAT), Variable("b", NAT)
    one = exists(a, b, lives(alive, of(e, n), depth, nat("a"), nat("b")))
    return for_all(Variable("n", NAT), Implies(at_least(count, n + 1), one))


def orthonormal(count: Nat, e: Variable) -> Formula:
    """e[0], ..., e[count - 1] are orthonormal."""
    I, J = Variable("i", NAT), Variable("j", NAT)
    unit = for_all(I, Implies(at_least(count, i + 1), of(e, i).T @ of(e, i) == ident(1)))
    zero = implication(at_least(count, i + 1), at_least(count, j + 1), distinct(i, j), of(e, i).T @ of(e, j) == 0)
    return conjunction(unit, for_all(I, J, zero))


@dataclass(frozen=True)
class Strands:
    """Some intervals of the chain A[0], ..., A[l-1]: their vectors V, dual vectors Y and coordinates e."""

    depth: Nat
    A: Variable
    count: Nat
    V: Variable
    Y: Variable
    e: Variable

    @classmethod
    def named(cls, depth: Nat, A: Variable, count: Nat, letters: str = "V Y e") -> Strands:
        """With those letters."""
        V, Y, e = letters.split()
        vectors = family(e, "n", matrix_sort(count, 1))
        return cls(depth, A, count, columns(V, count), columns(Y, count), vectors)

    def alive(self, index: Nat) -> Expr:
        """D[k]."""
        return of(self.Y, index).T @ of(self.V, index)

    def taken(self, index: Nat) -> Expr:
        """V[k] Y[k]', which is I where the layer is done."""
        return of(self.V, index) @ of(self.Y, index).T

    def left(self, index: Nat) -> Expr:
        """Q[k] = I - V[k] Y[k]'."""
        return ident(width(index)) - self.taken(index)

    def dual(self) -> Formula:
        """V D = V, D Y' = Y' and D' = D in all layers."""
        D, V, Y = self.alive(k), of(self.V, k), of(self.Y, k)
        return up_to(self.depth, conjunction(V @ D == V, D @ Y.T == Y.T, D.T == D))

    def carried(self) -> Formula:
        """A[k] V[k] = V[k+1] D[k] and Y[k+1]'A[k] = D[k+1] Y[k]'."""
        A, V, Y = of(self.A, k), of(self.V, k), of(self.Y, k)
        up = A @ V == of(self.V, k + 1) @ self.alive(k)
        return each_layer(self.depth, conjunction(up, of(self.Y, k + 1).T @ A == self.alive(k + 1) @ Y.T))

    def convex(self) -> Formula:
        """What is alive in the layers i and k is alive between them."""
        D = self.alive
        body = implication(at_least(j, i), at_least(k, j), at_least(self.depth, k), D(k) @ D(j) @ D(i) == D(k) @ D(i))
        return for_all(*(Variable(name, NAT) for name in "ijk"), body)

    def formula(self) -> Formula:
        """All that is said of them."""
        alive = each_lives(self.alive, self.count, self.e, self.depth)
        return conjunction(self.dual(), self.carried(), self.convex(), alive, orthonormal(self.count, self.e))

    def done_below(self, layer: Nat) -> Formula:
        """V[k] Y[k]' = I for all k < layer."""
        return for_all(Variable("k", NAT), Implies(at_least(layer, k + 1), self.taken(k) == ident(width(k))))


def conjuncts(formula: Formula) -> list[Formula]:
    """The parts of a conjunction that is nested to the right."""
    parts = []
    while isinstance(formula, And):
        parts.append(formula.left)
        formula = formula.right
    return [*parts, formula]


def opened_at(formula: Formula, index: Nat) -> Formula:
    """What a formula about all indices says of one."""
    assert isinstance(formula, ForAll)
    return instantiate(formula, index)


def strands_exist(depth: Nat, A: Variable, more: Callable[[Strands], Formula]) -> Formula:
    """There are strands, with more that is said of them."""
    one = Strands.named(depth, A, nat("N"))
    return exists(Variable("N", NAT), one.V, one.Y, one.e, And(one.formula(), more(one)))


def placed(
    t: Context,
    index: Nat,
    a: Nat,
    b: Nat,
    below: Callable[[Known], Known],
    inside: Callable[[Known, Known], Known],
    above: Callable[[Known], Known],
) -> Known:
    """The same conclusion where index < a, where a <= index <= b, and where index > b."""

    def from_a(low: Known) -> Known:
        return compare(
            t,
            index,
            b,
            lambda equal: inside(low, t.linear(at_least(b, index), equal)),
            lambda less: inside(low, t.linear(at_least(b, index), less)),
            above,
        )

    return compare(
        t,
        index,
        a,
        lambda equal: from_a(t.linear(at_least(index, a), equal)),
        below,
        lambda more: from_a(t.linear(at_least(index, a), more)),
    )


def absurd(t: Context, goal: Formula, *bounds: Known) -> Known:
    """Anything, from bounds that cannot be."""
    return anything(t.linear(Falsum(), *bounds), goal)


def is_indicator(index: Nat, value: Expr, a: Nat, b: Nat) -> Formula:
    """The value is 1 for a <= index <= b, and 0 elsewhere."""
    return conjunction(
        implication(at_least(index, a), at_least(b, index), value == 1),
        Implies(at_least(a, index + 1), value == 0),
        Implies(at_least(index, b + 1), value == 0),
    )


@statement("interval-indicator", "there are c[k] = 1 for a <= k <= b, and 0 elsewhere", kind="lemma", hidden=True)
def interval_indicator(s: Script) -> None:
    l, a, b = s.dims("l a b")
    ordered = s.given(at_least(b, a), "a <= b")
    state = Variable("c", SCALAR)
    every = s.inner()
    (index,) = every.dims("i")
    goal = exists(state, is_indicator(index, of(state), a, b))

    def found(value: int, *bounds: Known) -> Known:
        parts = []
        cases = (
            ((at_least(index, a), at_least(b, index)), 1),
            ((at_least(a, index + 1),), 0),
            ((at_least(index, b + 1),), 0),
        )
        for case, right in cases:
            t = every.inner()
            given = [t.given(one) for one in case]
            claim = number(value) == right
            parts.append(t.close(t.have(claim) if value == right else absurd(t, claim, ordered, *bounds, *given)))
        return every.witness(goal, number(value), by=both(*parts))

    zero = lambda bound: found(0, bound)
    each = every.close(placed(every, index, a, b, zero, lambda low, high: found(1, low, high), zero))
    (start,), at_0 = s.obtain(each(nat(0)), "c0")

    def step(t: Context, index: Nat, below: Known, so_far: Known) -> tuple[tuple[Expr], Known]:
        (following,), known = t.obtain(each(index + 1), "c1")
        return (following,), known

    made = s.recursion("k", l, [state], (start,), is_indicator(k, of(state), a, b), None, at_0, step)
    (c,), known = s.obtain(made, "c")
    free = Variable("c", SCALAR, 1)
    claim = exists(free, up_to(l, is_indicator(k, of(free, k), a, b)))
    s.conclude(claim, by=s.witness(claim, c, by=known[1]))


def for_each(s: Context, prove: Callable[[Context, Nat], Known], index: str = "k") -> Known:
    """For all indices: what is proved."""
    t = s.inner()
    (x,) = t.dims(index)
    return t.close(prove(t, x))


def for_each_below(s: Context, bound: Nat, prove: Callable[[Context, Nat, Known], Known], index: str = "k") -> Known:
    """For all indices <= bound: what is proved."""
    return for_each(s, lambda t, x: prove(t, x, t.given(at_least(bound, x))), index)


def each_case(t: Context, claim: Formula, prove: Callable[[Context, int, Formula, list[Known]], Known]) -> Known:
    """A conjunction of implications: `prove(context, number, conclusion, hypotheses)` proves the conclusion of each."""
    parts = []
    for number_, case in enumerate(conjuncts(claim)):
        u, body, bounds = t.inner(), case, list[Known]()
        while isinstance(body, Implies):
            bounds.append(u.given(body.left))
            body = body.right
        parts.append(u.close(prove(u, number_, body, bounds)))
    return both(*parts)
