"""Formulas as LaTeX: every construct, balanced, the same every time; names and shorthands that stay apart."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.evaluation import Matrix, Table
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Implies,
    Or,
    Variable,
    at,
    at_least,
    equal,
    exists,
    family,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import identity, literal, matrix, nat, scalar, symbol, trace, zero
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.prover.tex import Printer, escaped, number, pmatrix

A, B = matrix("A", "n", "n"), matrix("B", "n", "n")
WRITE = Printer()


def balanced(text: str) -> bool:
    depth = 0
    for one in re.sub(r"\\[\\{}]", "", text):
        depth += (one == "{") - (one == "}")
        if depth < 0:
            return False
    begun, ended = (re.findall(rf"\\{word}{{(\S+?)}}", text) for word in ("begin", "end"))
    return depth == 0 and sorted(begun) == sorted(ended)


def test_the_count_of_braces_sees_what_is_wrong():
    assert balanced(r"\{a_{1}")
    assert not balanced("}{")
    assert not balanced("a_{1")
    assert not balanced(r"\begin{pmatrix}")


CONSTRUCTS = [
    (equal(A @ B.T, B), r"A\,B^{\top} = B"),
    (equal(-A @ B, 0), r"A\,B = 0"),
    (equal(A, zero("n", "n")), "A = 0"),
    (equal(A @ A, identity(nat("n"))), r"A\,A = I_{n}"),
    (at_least(trace(A), 0), r"\operatorname{Tr}(A) \ge 0"),
    (greater(trace(A) * trace(A), 0), r"(\operatorname{Tr}(A))^{2} > 0"),
    (greater(symbol("s") * symbol("s"), scalar(Fraction(1, 2))), r"s^{2} > \tfrac{1}{2}"),
    (greater(symbol("lambda", "i"), scalar(nat("n") + 1)), r"\lambda_{i} > n + 1"),
    (Falsum(), r"\bot"),
    (negation(equal(A, B)), r"A \neq B"),
    (negation(equal(-A, 0)), r"A \neq 0"),
    (negation(greater(trace(A), 0)), r"\lnot(\operatorname{Tr}(A) > 0)"),
    (And(equal(A, 0), Or(equal(B, 0), equal(A, B))), r"A = 0 \land (B = 0 \lor A = B)"),
    (And(And(equal(A, 0), equal(B, 0)), equal(A, B)), r"A = 0 \land B = 0 \land A = B"),
    (And(Implies(equal(A, 0), equal(B, 0)), Implies(equal(B, 0), equal(A, 0))), r"A = 0 \iff B = 0"),
    (penrose(A, B), r"B = A^{\dagger}"),
    (penrose(A @ A, B), r"B = (A\,A)^{\dagger}"),
    (penrose(A.T, B), r"B = (A^{\top})^{\dagger}"),
    (penrose(2 * A, B), r"B = (2\,A)^{\dagger}"),
    (penrose(-A, B), r"B = (-A)^{\dagger}"),
    (And(equal(A, 0), penrose(A, B)), r"A = 0 \land B = A^{\dagger}"),
    (Implies(Implies(equal(A, 0), equal(B, 0)), equal(A, B)), r"(A = 0 \implies B = 0) \implies A = B"),
    (for_all(Variable("s", SCALAR), at_least(symbol("s") * symbol("s"), 0)),
     r"\forall\, s \in \mathbb{R}:\; s^{2} \ge 0"),
    (exists(Variable("n", NAT), at_least(nat("n"), 1)), r"\exists\, n \in \mathbb{N}:\; n \ge 1"),
    (equal(literal([[1, Fraction(1, 2)], [0, -3]]).T, zero(2, 2)),
     r"\begin{pmatrix} 1 & \tfrac{1}{2} \\ 0 & -3 \end{pmatrix}^{\top} = 0"),
    (equal(literal([], (0, 3)), zero(0, 3)), r"0_{0 \times 3} = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "text"), CONSTRUCTS, ids=[text for _, text in CONSTRUCTS])
def test_every_construct(formula, text):
    assert WRITE.formula(formula) == text
    assert balanced(text)


def test_families():
    layer = family("A", "k", matrix_sort(nat("d", nat("k") + 1), nat("d", "k")))
    text = WRITE.formula(for_all(family("d", "k", NAT), layer, equal(at(layer, nat("h") + 1), 0)))
    shape = r"A_{i} \in \mathbb{R}^{d_{i+1} \times d_{i}}\ (i \in \mathbb{N})"
    assert text == rf"\forall\, d_{{i}} \in \mathbb{{N}}\ (i \in \mathbb{{N}}), {shape}:\; A_{{h+1}} = 0"
    lines = WRITE.value("s", Table({(2,): 1, (1,): Matrix(1, 1, ((7,),))}))
    assert [line.left for line in lines] == ["s_{1}", "s_{2}"]


def test_names_stay_apart():
    names = ["A", "A1", "A01", "A_1", "Ap", "A1p", "Sigma", "Sigma1", "sigma", "I", "I1", "Sigma_1", "lam"]
    assert len({WRITE.name(name) for name in names} | {"I_{1}"}) == len(names) + 1
    both = Goal("g", (family("A", "k", SCALAR), Variable("A1", SCALAR)), (), equal(symbol("A", 1), symbol("A1")))
    assert printer_of(both).formula(both.claim) == r"A_{1} = \mathit{A1}"
    inner = exists(Variable("A", SCALAR), greater(symbol("A"), 0))
    shadowed = Goal("g", (family("A", "k", SCALAR),), (), And(inner, greater(symbol("A", 1), 0)))
    text = printer_of(shadowed).formula(shadowed.claim, frozenset({"A"}))
    assert text == r"(\exists\, \mathit{A1} \in \mathbb{R}:\; \mathit{A1} > 0) \land A_{1} > 0"


def goal(*hypotheses):
    n, m = Variable("n", NAT), Variable("m", NAT)
    X = Variable("X", matrix_sort("n", "m"))
    inverse, other = (Variable(name, matrix_sort("m", "n")) for name in ("Xp", "Q"))
    makes = {"Xp": penrose(at(X), at(inverse)), "Q": penrose(at(X), at(other))}
    given = tuple(Hypothesis("", makes[one]) for one in hypotheses)
    return Goal("g", (n, m, X, inverse, other), given, equal(at(inverse), at(other)))


@pytest.mark.parametrize(
    ("hypotheses", "text"),
    [
        ((), r"\mathit{Xp} = Q"),
        (("Xp",), r"X^{\dagger} = Q"),
        (("Q",), r"\mathit{Xp} = X^{\dagger}"),
        (("Xp", "Q"), r"\mathit{Xp} = Q"),
    ],
)
def test_a_pseudoinverse_is_one_where_the_hypothesis_says_so(hypotheses, text):
    one = goal(*hypotheses)
    sides = printer_of(one).formula(one.claim).split(" = ")
    assert sorted(sides) == sorted(text.split(" = "))


@given(st.text())
def test_any_text_is_balanced(text):
    found = escaped(text)
    assert balanced(found)
    assert not re.search(r"(?<!\\)[$&#%_]", re.sub(r"\\\\", "", found))


@given(st.fractions(), st.integers(0, 3), st.integers(0, 3))
def test_numbers_and_matrices_are_balanced(value, rows, cols):
    text = pmatrix(rows, cols, [[value] * cols] * rows)
    assert balanced(text)
    assert text.count(number(value)) >= rows * cols


def test_no_shorthand_looks_like_a_variable():
    names = ("n", "m")
    X, Xp, Y = matrix("X", *names), matrix("Xp", "m", "n"), matrix("Y", "k", "m")
    variables = [Variable(name, NAT) for name in "nmk"]
    for name, shape in {"X": "nm", "Xp": "mn", "Y": "km", "Sigma": "kk"}.items():
        variables.append(Variable(name, matrix_sort(*shape)))
    claim = equal(Y @ Xp @ X @ Y.T, matrix("Sigma", "k", "k"))
    made = (Hypothesis("", penrose(X, Xp)),)
    goal_ = Goal("g", tuple(variables), made, claim)
    assert r"Y\,X^{\dagger}\,X\,Y^{\top}" in printer_of(goal_).formula(claim)
    free = Goal("g", tuple(variables[:-1]), made, equal(Y @ Xp @ X @ Y.T, 0))
    assert printer_of(free).formula(free.claim) == r"\Sigma = 0"
    assert r"\Sigma" not in printer_of(free, frozenset({"Sigma"})).formula(free.claim)


def test_a_trace_is_turned_until_its_projector_is_seen():
    A, Ap, S = matrix("A", "n", "m"), matrix("Ap", "m", "n"), matrix("S", "n", "n")
    variables = [Variable("n", NAT), Variable("m", NAT)]
    variables += [Variable(name, matrix_sort(*shape)) for name, shape in (("A", "nm"), ("Ap", "mn"), ("S", "nn"))]
    one = Goal("g", tuple(variables), (Hypothesis("", penrose(A, Ap)),), equal(trace(Ap @ S @ A), 0))
    text = printer_of(one).formula(one.claim)
    assert r"P_{\mathrm{col}(A)}" in text
