"""Systems of linear inequalities over the rationals: theorems that they have no solution, and points that solve them.

Main functions: no_solution (the statement), farkas (its proof from multipliers), solves (its refutation by a point).
A constraint is a row of coefficients a, a relation ">=" or ">", and a bound b, and says a x >= b or a x > b. Both ways
end in the kernel: multipliers are the products of one `combine`, and a point is a counterexample.

Source: A. Schrijver, Theory of Linear and Integer Programming, 1986, section 7.8 (Motzkin's form of Farkas' lemma).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symbolic_cp.kernel.errors import require
from symbolic_cp.kernel.formulas import SCALAR, Falsum, Formula, Variable, at_least, for_all, greater, implication
from symbolic_cp.kernel.logic import Theorem, assume, for_all_intro, implies_intro
from symbolic_cp.kernel.replay import refute
from symbolic_cp.kernel.terms import Poly, Rational, scalar, symbol
from symbolic_cp.kernel.theory import Product, combine

RELATIONS = {">=": at_least, ">": greater}


class Constraint(NamedTuple):
    """coefficients * variables >= bound, or > bound."""

    coefficients: Sequence[Rational]
    relation: str
    bound: Rational

    def formula(self, variables: Sequence[str]) -> Formula:
        """The inequality. Raises KernelError if it has another number of coefficients or another relation."""
        require(len(self.coefficients) == len(variables), "a constraint has a coefficient for each variable")
        require(self.relation in RELATIONS, "a constraint says >= or >")
        total: Poly = scalar(0)
        for name, coefficient in zip(variables, self.coefficients, strict=True):
            total = total + symbol(name) * scalar(coefficient)
        return RELATIONS[self.relation](total, scalar(self.bound))


def no_solution(variables: Sequence[str], constraints: Sequence[Constraint]) -> Formula:
    """For all real numbers, the constraints imply falsum."""
    require(len({*variables}) == len(variables), "two variables have one name")
    body = implication(*(one.formula(variables) for one in constraints), Falsum())
    return for_all(*(Variable(name, SCALAR) for name in variables), body)


def farkas(variables: Sequence[str], constraints: Sequence[Constraint], multipliers: Sequence[Rational]) -> Theorem:
    """The theorem that the constraints have no solution.

    There is a multiplier >= 0 for each constraint, and a last one for 1 > 0; with them the left sides cancel, and one
    that is positive belongs to a strict inequality. Raises KernelError if that is not so; the message shows what is
    left over. Cost: one pass over the coefficients.

    >>> system = [Constraint([1], ">=", 2), Constraint([-1], ">=", -1)]
    >>> farkas(["x"], system, [1, 1, 1]).conclusion == no_solution(["x"], system)
    True
    """
    require(len({*variables}) == len(variables), "two variables have one name")
    require(len(multipliers) == len(constraints) + 1, "there is a multiplier for each constraint, and one for 1 > 0")
    given = [assume(one.formula(variables)) for one in constraints]
    used = [(i, weight) for i, weight in enumerate(multipliers) if weight]
    products = tuple(Product(weight, (), (), (i,) if i < len(given) else ()) for i, weight in used)
    theorem = combine(*given, claim=Falsum(), cofactors=(), products=products)
    for one in reversed(given):
        theorem = implies_intro(theorem, one.conclusion)
    for name in reversed(variables):
        theorem = for_all_intro(theorem, Variable(name, SCALAR))
    return theorem


def solves(variables: Sequence[str], constraints: Sequence[Constraint], point: Sequence[Rational]) -> None:
    """Check that the constraints hold at a point. Raises KernelError if not.

    >>> solves(["x", "y"], [Constraint([1, 1], ">", 0)], [1, 0])
    """
    refute(no_solution(variables, constraints), list(point))
