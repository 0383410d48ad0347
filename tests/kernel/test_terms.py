"""Normal forms: `==` decides the laws of rings, of the transpose and of the trace, and nothing that is not one."""

from __future__ import annotations

import ast
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel import terms
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate_nat, evaluate_poly
from symbolic_cp.kernel.terms import (
    Nat,
    Poly,
    identity,
    literal,
    matrix,
    nat,
    rational,
    scalar,
    symbol,
    trace,
    zero,
)

MOST_LINES = 1000
DIMENSIONS = (nat("m"), nat("d", nat("k") + 1), nat("m") + nat("k"), nat(1), nat(0))
places = st.integers(0, len(DIMENSIONS) - 1)
rationals = st.fractions(-3, 3, max_denominator=4)


def symbols():
    made = [symbol("s"), symbol("x", nat("k")), scalar(nat("k")), trace(matrix("T", "m", "m"))]
    return st.lists(st.sampled_from(made), max_size=2).map(lambda factors: _product(scalar(1), factors))


def _product(start, factors):
    for factor in factors:
        start = start * factor
    return start


def scalars():
    sums = st.lists(st.tuples(rationals, symbols()), max_size=3)
    return sums.map(lambda terms_: sum((c * s for c, s in terms_), scalar(0)))


@st.composite
def matrices(draw, row, col):
    """A sum of up to three products of letters, from dimension number `row` to number `col`."""
    total = zero(DIMENSIONS[row], DIMENSIONS[col])
    for _ in range(draw(st.integers(0, 3))):
        stops = [row, *draw(st.lists(places, max_size=2)), col]
        word = draw(symbols()) * identity(DIMENSIONS[row])
        if row != col or draw(st.booleans()):
            for i, j in pairwise(stops):
                name = draw(st.sampled_from("AB"))
                there = matrix(f"{name}{i}{j}", DIMENSIONS[i], DIMENSIONS[j])
                back = matrix(f"{name}{j}{i}", DIMENSIONS[j], DIMENSIONS[i]).T
                word = word @ draw(st.sampled_from([there, back]))
        total = total + draw(rationals) * word
    return total


@st.composite
def chains(draw, *shapes):
    """Matrices that fit together: `chains("ij", "jk")` draws an i x j and a j x k matrix."""
    where = {letter: draw(places) for letter in sorted(set("".join(shapes)))}
    return tuple(draw(matrices(where[rows], where[cols])) for rows, cols in shapes)


def values(k):
    """Numbers for every name above, small and all different."""
    given_ = {"k": k, "m": 2, "s": Fraction(1, 2)}
    table = {"d": {k + 1: 3}, "x": {k: Fraction(-2, 3)}}
    sizes = [2, 3, 2 + k, 1, 0]
    seed = 0
    for name in "AB":
        for i, rows in enumerate(sizes):
            for j, cols in enumerate(sizes):
                seed += 1
                given_[f"{name}{i}{j}"] = _numbers(rows, cols, seed)
    given_["T"] = _numbers(2, 2, 7)
    return given_, table


def _numbers(rows, cols, seed):
    entries = [[(seed * (i + 2) * (j + 3)) % 7 - 3 for j in range(cols)] for i in range(rows)]
    return Matrix(rows, cols, tuple(map(tuple, entries)))


def evaluated(term, k=1):
    given_, table = values(k)
    given_ |= {name: Table({(index,): value for index, value in entries.items()}) for name, entries in table.items()}
    return evaluate_poly(term, given_)


# ------------------------------------------------------------------------------------------------------------- laws


@given(chains("ij", "ij", "ij"))
def test_addition_is_a_commutative_group(drawn):
    A, B, C = drawn
    assert A + B == B + A
    assert (A + B) + C == A + (B + C)
    assert A - A == zero(*A.shape)
    assert A + 0 * B == A
    assert hash(A + B) == hash(B + A)


@given(chains("ij", "jk", "kl", "jk"), scalars())
def test_multiplication_is_associative_and_distributes(drawn, s):
    A, B, C, D = drawn
    assert (A @ B) @ C == A @ (B @ C)
    assert A @ (B + D) == A @ B + A @ D
    assert (B + D) @ C == B @ C + D @ C
    assert s * (A @ B) == (s * A) @ B == A @ (s * B)
    assert identity(A.shape[0]) @ A == A == A @ identity(A.shape[1])


@given(scalars(), scalars(), scalars())
def test_scalars_are_a_commutative_ring(s, t, u):
    assert s * t == t * s
    assert s * (t + u) == s * t + s * u
    assert (s * t) * u == s * (t * u)
    assert s.T == s


@given(chains("ij", "jk", "ij"), scalars())
def test_transposition_is_an_anti_automorphism(drawn, s):
    A, B, C = drawn
    assert A.T.T == A
    assert (A @ B).T == B.T @ A.T
    assert (A + s * C).T == A.T + s * C.T


@given(chains("ij", "jk", "ki", "ii"), scalars())
def test_the_trace_is_linear_cyclic_and_blind_to_transposition(drawn, s):
    A, B, C, D = drawn
    assert trace(A @ B @ C) == trace(B @ C @ A) == trace(C @ A @ B)
    assert trace((A @ B @ C).T) == trace(A @ B @ C)
    assert trace(A @ B @ C + s * D) == trace(A @ B @ C) + s * trace(D)


@given(chains("ij", "jk", "ij", "ii"), st.integers(0, 2))
def test_normal_forms_mean_what_they_should(drawn, k):
    """Evaluation is a homomorphism: to compute with terms is to compute with the matrices that they stand for."""
    A, B, C, D = drawn
    a, b, c, d = (evaluated(one, k) for one in drawn)
    assert evaluated(A @ B, k) == a @ b
    assert evaluated(A.T, k) == a.T
    assert evaluated(trace(D), k) == d.trace()
    rows = zip(a.entries, c.entries, strict=True)
    total = tuple(tuple(x + y for x, y in zip(left, right, strict=True)) for left, right in rows)
    assert evaluated(A + C, k) == Matrix(a.rows, a.cols, total)


def test_what_is_no_law_does_not_hold():
    A, B = matrix("A", "n", "n"), matrix("B", "n", "n")
    assert A @ B != B @ A
    assert trace(A @ B) != trace(A) * trace(B)
    assert A.T != A
    assert trace(A @ B @ A.T) != trace(A @ A @ B)
    assert trace(identity("n")) != scalar(1)
    assert trace(matrix("A", 1, 1)) * identity(1) != matrix("A", 1, 1)  # the rule one_by_one, not a law of rings


# -------------------------------------------------------------------------------------------------- natural numbers


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("mkn")), max_size=4), st.integers(0, 4))
def test_natural_number_terms_add_up(parts, const):
    total = nat(const)
    for coef, name in parts:
        total = total + nat(name).scaled(coef)
    numbers = {"m": 2, "k": 0, "n": 5}
    assert evaluate_nat(total, numbers) == const + sum(coef * numbers[name] for coef, name in parts)
    assert total == sum((nat(name).scaled(coef) for coef, name in reversed(parts)), nat(const))


@pytest.mark.parametrize("make", [lambda: nat(-1), lambda: Nat(0, {("n", ()): -1}), lambda: nat("n").scaled(-1)])
def test_a_dimension_is_never_negative(make):
    with pytest.raises(KernelError, match="no negative part"):
        make()


def test_an_index_is_part_of_the_name():
    assert nat("d", 1) != nat("d", 2) != nat("d")
    assert nat("d", nat("k") + 1) == nat("d", 1 + nat("k"))
    assert nat("d", "k").names == {"d", "k"}


# ------------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize("value", [True, 0.5, "1", None, 1 + 2j])
def test_only_exact_numbers_are_numbers(value):
    with pytest.raises(KernelError, match="not an exact number"):
        rational(value)
    with pytest.raises(KernelError, match="not an exact number"):
        literal([[value]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda A: A @ A, "cannot multiply a m x n matrix by a m x n matrix"),
        (lambda A: A + A.T, "cannot add a m x n matrix and a n x m matrix"),
        (lambda A: A + symbol("s"), "cannot add a m x n matrix and a scalar"),
        (lambda A: symbol("s") + A, "cannot add a scalar and a m x n matrix"),
        (lambda A: A + 1, "cannot add"),
        (lambda A: A - identity("m"), "cannot add"),
        (trace, "the trace of a m x n matrix"),
        (lambda A: trace(symbol("s") * trace(A @ A.T)), "the trace of a scalar"),
        (lambda A: A @ matrix("B", nat("n") + 0, "k") @ A, "cannot multiply"),
    ],
)
def test_shapes_are_checked_and_both_are_named(make, message):
    with pytest.raises(KernelError, match=message):
        make(matrix("A", "m", "n"))


@pytest.mark.parametrize(
    "make",
    [
        lambda: literal([[1, 2], [3]]),
        lambda: literal([[1, 2]], (2, 1)),
        lambda: literal([], (1, 0)),
        lambda: literal([[], []], (0, 2)),
    ],
)
def test_a_literal_is_rectangular(make):
    with pytest.raises(KernelError, match="rectangular"):
        make()


# ---------------------------------------------------------------------------------------------------- literals


def test_numbers_of_a_literal_are_canonical():
    assert literal([[Fraction(4, 2)]]) == literal([[2]])
    assert repr(literal([[Fraction(4, 2), Fraction(1, 3)]])) == "[2 1/3]"


def test_empty_literals_have_shapes():
    assert literal([], (0, 3)).shape == (nat(0), nat(3))
    assert literal([[], []], (2, 0)).T.shape == (nat(0), nat(2))
    assert literal([], (0, 3)) != literal([], (0, 2))
    assert (literal([[], []], (2, 0)) @ literal([], (0, 3))).shape == (nat(2), nat(3))


def test_a_transposed_literal_is_another_letter_of_the_same_value():
    """Normal forms do not compute with numbers: `evaluate` does."""
    A, B = literal([[1, 2]]), literal([[1], [2]])
    assert A.T != B
    assert evaluated(A.T) == evaluated(B)
    assert trace(A @ B) == trace(B @ A) == trace(B.T @ A.T)
    assert evaluated(trace(A @ B)) == 5


def test_names_of_literals_are_none():
    assert literal([[1]]).names == frozenset()


# ------------------------------------------------------------------------------------------------ names and limits


def test_letters_differ_by_name_index_and_shape():
    assert matrix("A", 2, 2) != matrix("A", 3, 3)
    assert matrix("A", "n", "n", "k") != matrix("A", "n", "n")
    assert matrix("A", "n", "n") + matrix("B", "n", "n") != 2 * matrix("A", "n", "n")
    assert symbol("n") != scalar(nat("n"))


def test_names_include_those_of_shapes():
    assert (matrix("A", "m", "n") @ matrix("B", "n", nat("d", "k"))).names == {"A", "B", "m", "n", "d", "k"}
    assert zero("m", "n").names == {"m", "n"}
    assert trace(matrix("A", "m", "n") @ matrix("B", "n", "m")).names == {"A", "B", "m", "n"}


def test_a_product_of_too_many_terms_is_refused(monkeypatch):
    monkeypatch.setattr(terms, "MOST_TERMS", 5)
    s, t, u = symbol("s"), symbol("t"), symbol("u")
    assert len(((s + t) * (s + u)).terms) == 4
    with pytest.raises(KernelError, match="more than 5 terms"):
        (s + t + u) * (s + t)


def test_a_word_that_is_too_long_is_refused():
    word = matrix("A", "n", "n")
    for _ in range(13):
        word = word @ word
    assert [len(letters) for _, letters in word.terms] == [2**13]
    with pytest.raises(KernelError, match="a word of over 10000 letters"):
        word @ word


def test_what_is_printed_does_not_depend_on_the_order_of_creation():
    A, B = matrix("A", "n", "n"), matrix("B", "n", "n")
    assert repr(A @ B - 2 * B) == repr(-2 * B + A @ B) == "A*B - 2*B"
    assert repr(zero("n", "n")) == "0"
    assert repr(Poly(None, {})) == "0"


def test_the_kernel_has_at_most_a_thousand_lines_of_code(root):
    """Docstrings, comments and blank lines are not counted."""
    counts = {path.name: _lines_of_code(path.read_text()) for path in (root / "symbolic_cp/kernel").glob("*.py")}
    assert len(counts) >= 8
    assert sum(counts.values()) <= MOST_LINES, counts


def _lines_of_code(source):
    documentation = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            documentation.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(1 for number, line in lines if number not in documentation and line.strip() and line.lstrip()[0] != "#")


def test_lines_of_code_are_counted_right():
    source = '"""Doc.\n\nMore."""\n\n# comment\nx = 1  # one\n\n\ndef f():\n    """Doc."""\n    return """\n  x"""\n'
    assert _lines_of_code(source) == 4
