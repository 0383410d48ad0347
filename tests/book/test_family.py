"""T6's family in the book, held against the exact engine: the same points, computed by another route."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest
from flint import fmpq
from paper_book import BOOK

from symbolic_cp.book.deep_generators import deep_critical_points, networks
from symbolic_cp.book.generators import instance, number
from symbolic_cp.exact.errors import Undecided
from symbolic_cp.kernel.evaluation import Table, evaluate_formula
from symbolic_cp.kernel.formulas import Exists, ForAll, Implies, Variable, generic, instantiate
from symbolic_cp.landscape.family import family_polynomials, family_vectors, family_weights
from symbolic_cp.networks.linear import LinearNetwork, inner
from symbolic_cp.prover.numeric import from_instance

TIMES = [(fmpq(1, 2), fmpq(-1, 3)), (fmpq(0), fmpq(2)), (fmpq(-3), fmpq(1, 5))]


def members(found, name):
    return {index: from_instance(one) for index, one in found[name].entries.items()}


def table(matrices):
    return Table({(index,): instance(one) for index, one in matrices.items()})


@cache
def points():
    """Networks with T6's q and y from the engine; R, L and pseudoinverses from the generators of the book."""
    made = []
    for seed in range(60):
        generator = (networks, deep_critical_points)[seed % 2]
        found = generator(Random(seed), {})
        A = members(found, "A")
        net = LinearNetwork(from_instance(found["X"]), from_instance(found["Y"]), [A[k,] for k in range(found["l"])])
        try:
            q, y = family_vectors(net)
        except Undecided:
            continue
        made.append((found, net, q, y))
    return made


def at(found, net, q, y, t, s):
    """Values for the letters of T6.1 and T6.2; the engine counts layers from 1."""
    l, X = net.depth, net.X
    B = family_weights(net, q, y, t, s)
    S = [X]
    for weight in B:
        S.append(weight * S[-1])
    x = {q: y[q]}
    for k in range(q, l):
        x[k + 1] = B[k] * x[k]
    letters = {name: found[name] for name in ("l", "m", "d", "A", "R", "L", "X", "Y", "Xp")}
    return letters | {
        "q": q - 1,
        "rho": found["Rp"].entries[q - 1,],
        "y": table(dict(enumerate(y))),
        "t": number(t),
        "s": number(s),
        "G": table({k: S[k] for k in range(q)}),
        "B": table(dict(enumerate(B))),
        "S": table(dict(enumerate(S))),
    }, x, S


def test_points_are_of_several_depths_and_places():
    assert len(points()) >= 25
    assert {net.depth for _, net, _, _ in points()} >= {2, 3, 4}
    assert {1, 2} <= {q for _, _, q, _ in points()}


def holds(name, values):
    """All hypotheses of a step and its claim, at given values."""
    goal = BOOK.find(name).goal
    failed = [one.label for one in goal.hypotheses if not evaluate_formula(one.formula, values)]
    assert failed == []
    return evaluate_formula(goal.claim, values)


@pytest.mark.parametrize(("t", "s"), TIMES)
def test_the_engine_satisfies_the_hypotheses_of_the_identity_and_of_the_loss_polynomial(t, s):
    for found, net, q, y in points():
        values, x, S = at(found, net, q, y, t, s)
        assert holds("T6.1", values | {"x": table(x)})
        assert holds("T6.2", values | {"x": instance(x[net.depth]), "W": instance(S[-1])})


def opened(formula):
    """A formula without its outer quantifiers, whose variables keep their names."""
    while isinstance(formula, ForAll | Exists):
        formula = instantiate(formula, generic(Variable(formula.hint, formula.sort, formula.arity)))
    return formula


def test_the_coefficients_of_the_engine_are_those_of_the_book():
    """The first is prod |y[k]|^2 u'EX'v, and Horner's scheme gives g(t)."""
    goal = BOOK.find("T6.3").goal
    lead, slope = (claim := opened(goal.claim)).left, opened(claim.right)
    seen = 0
    for found, net, q, y in points():
        l = net.depth
        g, _ = family_polynomials(net, q, y)
        coefficients = [g[l - 1 - k] for k in range(l)]
        assert g.degree() <= l - 1
        p = {1: fmpq(1)}
        for k in range(1, l):
            p[k + 1] = p[k] * inner(y[k], y[k])
        E = net.product * net.X - from_instance(found["Y"]) * from_instance(found["Xp"]) * net.X
        for t, s in TIMES:
            values, x, _ = at(found, net, q, y, t, s)
            h = [fmpq(0)]
            for c in coefficients:
                h.append(t * h[-1] + c)
            values |= {"E": instance(E), "x": table(x)}
            for name, numbers in (("c", coefficients), ("h", h)):
                values[name] = Table({(k,): number(one) for k, one in enumerate(numbers)})
            values["p"] = Table({(k,): number(one) for k, one in p.items()})
            assert evaluate_formula(lead, values)
            assert all(evaluate_formula(one.formula, values) for one in goal.hypotheses)
            given = slope
            while isinstance(given, Implies):
                assert evaluate_formula(given.left, values)
                given = given.right
            assert evaluate_formula(given, values)
        seen += g.degree() == l - 1
    assert seen == len(points())
