"""Problem files: what they mean, and that everything wrong is refused with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.strict_json import parse
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import And, Exists, free_names, negation
from symbolic_cp.kernel.terms import matrix
from symbolic_cp.prover.problem import MOST_FORMULAS, problems, read_problems
from symbolic_cp.prover.show import show
from symbolic_cp.prover.tokens import ExpressionError


def read(**fields):
    return problems(parse(json.dumps(fields), "p.json"))


def statement(**fields):
    (problem,) = read(**fields)
    (goal,) = problem.goals()
    return show(goal.formula())


def refusal(**fields):
    with pytest.raises(InputError) as caught:
        read(**fields)
    return caught.value.located()


SQUARE = {"A": ["n", "n"], "B": ["n", "n"]}


def test_the_example_of_the_interfaces():
    (problem,) = read(
        name="lemma",
        atoms={"A": ["m", "n"], "B": ["n", "m"], "C": ["n", "n"], "S": ["n", "n"]},
        symmetric=["S"],
        pinv={"Ap": "A", "c": "A*B"},
        inverse={"K": "C"},
        scalars=["s"],
        exists={"L": ["n", "m"]},
        given=["A*B*A = A", "s > 0"],
        claims=["A*L*A = A", "rank(A) = rank(A*Ap)"],
    )
    (goal,) = problem.goals()
    assert goal.name == "lemma"
    assert [one.name for one in goal.variables] == ["m", "n", "s", "A", "B", "C", "S", "Ap", "c", "K", "AAp_pinv"]
    assert [one.label for one in goal.hypotheses] == [
        "S is symmetric",
        "Ap = pinv(A)",
        "c = pinv(A*B)",
        "K = inverse(C)",
        "AAp_pinv = pinv(A*Ap)",
        "A*B*A = A",
        "s > 0",
    ]
    assert isinstance(goal.claim, Exists)
    assert show(goal.formula()).startswith("for all m : nat, n : nat, s : scalar, A : m x n, B : n x m")
    assert show(goal.claim).startswith("there are L : n x m. A*L*A = A and ")


def test_claims_are_goals_of_their_own():
    (problem,) = read(name="two", atoms=SQUARE, claims=["A = A", "tr(A*B) = tr(B*A)"])
    assert [goal.name for goal in problem.goals()] == ["two.1", "two.2"]
    assert [claim.label for claim in problem.claims] == ["A = A", "tr(A*B) = tr(B*A)"]


def test_a_letter_for_pinv_belongs_to_the_goals_that_use_it():
    (problem,) = read(atoms=SQUARE, given=["rank(A) = n"], claims=["rank(B) >= 0", "A*B = B*A", "pinv(rank(B)*A) = A"])
    names = [[one.name for one in goal.variables if one.sort.kind == "matrix"] for goal in problem.goals()]
    assert names[0] == ["A", "B", "A_pinv", "B_pinv"]
    assert names[1] == ["A", "B", "A_pinv"]
    assert set(names[2]) == {"A", "B", "A_pinv", "B_pinv", names[2][-1]}
    for goal in problem.goals():
        assert not free_names(goal.formula())


def test_pinv_and_inverse_may_use_what_is_defined_later():
    (problem,) = read(atoms={"A": ["n", "n"]}, pinv={"p": "K*A"}, inverse={"K": "A + I[n]"}, claims=["p = K"])
    assert [one.name for one in problem.definitions] == ["K", "p"]
    (goal,) = problem.goals()
    assert goal.hypotheses[1].formula == penrose(
        matrix("K", "n", "n") @ matrix("A", "n", "n"), matrix("p", "n", "n")
    )


def test_witnesses_carry_what_is_defined_by_them():
    (problem,) = read(
        atoms={"A": ["n", "n"]},
        exists={"L": ["n", "n"]},
        symmetric=["L"],
        pinv={"l": "L", "a": "A"},
        claims=["A*l = L*a", "rank(L) = n"],
    )
    (goal,) = problem.goals()
    assert [one.name for one in goal.variables] == ["n", "A", "a"]
    assert show(goal.claim).startswith("there are L : n x n, l : n x n. ")
    assert "L' = L" in show(goal.claim) or "L = L'" in show(goal.claim)
    assert not free_names(goal.formula())


def test_dimensions_are_names_or_numbers():
    assert statement(atoms={"x": ["n", 1], "y": ["n", "1"]}, claims=["tr(x*y') = tr(y*x')"]).startswith(
        "for all n : nat, x : n x 1, y : n x 1"
    )
    assert statement(atoms={"A": ["n", "n"]}, claims=["tr(I[n]) = 2*n"]).endswith(". n = 0")
    assert statement(scalars=["s"], claims=["s*s >= 0"]) == "for all s : scalar. s*s >= 0"


def test_relations_of_every_kind():
    (problem,) = read(atoms=SQUARE, scalars=["s"], claims=["A != B", "s > 0", "s >= 0", "psd(A)", "A = 0", "n = 1"])
    first, *_, form, _, _ = (claim.formula for claim in problem.claims)
    assert first == negation(first.left)
    assert isinstance(form, And)


def test_ignored_fields_and_files_of_several_problems(tmp_path):
    one = {"atoms": SQUARE, "claims": ["A = A"], "expect": "proved", "published_terms": [1], "note": "x"}
    path = tmp_path / "many.json"
    path.write_text(json.dumps({"problems": [one, {**one, "name": "b"}], "note": "two"}))
    assert [problem.name for problem in read_problems(path)] == ["many 1", "b"]


REFUSED = [
    ({}, 'p.json:1:1: the field "claims" is missing'),
    ({"claims": []}, "p.json:1:12: claims: there are no claims; a problem has at least one"),
    ({"claims": "A"}, "p.json:1:12: claims: this is a string; a list […] is expected"),
    ({"claims": [1]}, "p.json:1:13: claims[1]: this is a number; a string is expected"),
    ({"claims": ["1 = 1"], "atom": {}}, 'p.json:1:31: atom: unknown field "atom"; is "atoms" meant?'),
    ({"claims": ["1 = 1"], "problems": []}, 'unknown field "claims"'),
    ({"problems": []}, "p.json:1:14: problems: there are no problems in this list"),
    ({"atoms": {"A": ["n"]}, "claims": ["A = 0"]}, 'a shape is two dimensions, ["m", "n"]; this list has 1'),
    ({"atoms": {"A": ["n", -1]}, "claims": ["A = 0"]}, "this is a number; a natural number is expected"),
    ({"atoms": {"A": ["n", "n+1"]}, "claims": ["A = 0"]}, '"n+1" is no dimension; a dimension is a name or a natural'),
    ({"atoms": {"A": ["n", "9" * 9]}, "claims": ["A = 0"]}, "this dimension is too large; at most 1,000,000"),
    ({"atoms": {"A B": ["n", "n"]}, "claims": ["1 = 1"]}, '"A B" is no name; a name has letters, digits and _'),
    ({"atoms": {"tr": ["n", "n"]}, "claims": ["1 = 1"]}, '"tr" is a word of the expressions'),
    ({"atoms": {"é": ["n", "n"]}, "claims": ["1 = 1"]}, '"é" is no name'),
    ({"atoms": {"n": ["n", "n"]}, "claims": ["1 = 1"]}, '"n" is an atom and a dimension; it can be one of them'),
    ({"atoms": SQUARE, "scalars": ["A"], "claims": ["1 = 1"]}, '"A" is already an atom; it cannot be a scalar too'),
    ({"atoms": SQUARE, "pinv": {"A": "B"}, "claims": ["1 = 1"]}, 'it cannot be a letter under "pinv" too'),
    ({"atoms": SQUARE, "symmetric": ["C"], "claims": ["1 = 1"]}, '"C" is not a matrix of this problem; known here: A'),
    ({"atoms": {"A": ["m", "n"]}, "symmetric": ["A"], "claims": ["A = 0"]}, '"A" is m x n; a symmetric matrix is'),
    ({"atoms": {"A": ["m", "n"]}, "inverse": {"K": "A"}, "claims": ["1 = 1"]}, "inverse takes a square matrix"),
    ({"scalars": ["s"], "pinv": {"K": "s"}, "claims": ["1 = 1"]}, 'pinv takes a matrix; "s" is a scalar'),
    (
        {"atoms": SQUARE, "pinv": {"p": "q", "q": "A*p"}, "claims": ["1 = 1"]},
        '"p" is defined by itself: "p", "q" mention one another',
    ),
    (
        {"atoms": SQUARE, "exists": {"L": ["n", "n"]}, "given": ["A = L"], "claims": ["L = 0"]},
        'given[1]: "L" is asserted to exist; what is given cannot speak of it',
    ),
    (
        {"atoms": SQUARE, "exists": {"L": ["n", "n"]}, "pinv": {"l": "L"}, "given": ["A = l"], "claims": ["L = 0"]},
        'given[1]: "l" is asserted to exist',
    ),
    ({"atoms": {"A": ["m", "n"]}, "claims": ["A*A = A"]}, '"A" is m x n and "A" is m x n; in a product'),
    ({"atoms": SQUARE, "pinv": {"p": "A*("}, "claims": ["1 = 1"]}, "pinv.p: a name, a number or a bracket is expected"),
    ({"atoms": SQUARE, "pinv": {"p": "A$"}, "claims": ["1 = 1"]}, 'pinv.p: "$" is not part of an expression'),
    ({"atoms": SQUARE, "claims": ["Ap = A"]}, '"Ap" is not defined; is "A" meant?'),
    ({"scalars": [f"s{i}" for i in range(101)], "claims": ["1 = 1"]}, "a problem with 101 names; at most 100 are read"),
    ({"atoms": SQUARE, "given": ["A = B"] * 101, "claims": ["1 = 1"]}, "a problem with 101 hypotheses"),
    ({"claims": ["1 = 1"] * 1_001}, "a problem with 1001 claims"),
    ({"exists": {"L": [1, 1]}, "claims": ["L = L"] * 101}, "a problem with 101 claims under exists"),
]


@pytest.mark.parametrize(("fields", "message"), REFUSED, ids=range(len(REFUSED)))
def test_refuses(fields, message):
    assert message in refusal(**fields)


def test_a_mistake_in_an_expression_has_its_place_in_the_file():
    text = '{"atoms": {"A": ["m", "n"]},\n "claims": [\n  "A*A\' = 0",\n  "A + A\' = 0"]}'
    with pytest.raises(ExpressionError) as caught:
        problems(parse(text, "p.json"))
    error = caught.value
    assert (error.file, error.line, error.column, error.field) == ("p.json", 4, 6, "claims[2]")
    assert error.caret() == "    A + A' = 0\n      ^"


def test_a_text_with_escapes_is_placed_where_it_starts():
    with pytest.raises(ExpressionError) as caught:
        problems(parse('{"atoms": {"A": ["m", "n"]}, "claims": ["A\\u0020= B"]}', "p.json"))
    assert (caught.value.line, caught.value.column) == (1, 41)


def test_the_largest_problem_that_is_read_has_a_statement():
    (problem,) = read(
        atoms={f"A{i}": ["n", "n"] for i in range(MOST_FORMULAS - 1)},
        given=[f"A{i} = 0" for i in range(MOST_FORMULAS - 1)],
        claims=["A0 = 0"],
    )
    assert show(problem.goals()[0].formula()).endswith("A0 = 0")


# ------------------------------------------------------------------------------------------------ for all files

names = ["A", "B", "L", "n", "m", "s"]
pieces = st.sampled_from([*names, "1", "0", "pinv(A)", "tr(A)", "I[n]", "rank(B)", "A'", "psd(A)"])
signs = st.sampled_from([" = ", "*", " + ", " - ", " != ", " >= ", " > ", "", "(", ")", "''"])
texts = st.lists(st.tuples(pieces, signs), max_size=6).map(lambda pairs: "".join(a + b for a, b in pairs)) | pieces
sides = st.sampled_from(["n", "m", 1, "2", 0, "n n", None, [], 1.5, "tr"])
shapes = st.dictionaries(st.sampled_from(["A", "B", "L", "n", "I", "é"]), st.lists(sides, max_size=3), max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
files = st.fixed_dictionaries(
    {},
    optional={
        "name": texts | json_values,
        "atoms": shapes | json_values,
        "symmetric": st.lists(pieces, max_size=3) | json_values,
        "pinv": st.dictionaries(pieces, texts, max_size=3) | json_values,
        "inverse": st.dictionaries(pieces, texts, max_size=3) | json_values,
        "scalars": st.lists(pieces, max_size=3) | json_values,
        "exists": shapes | json_values,
        "given": st.lists(texts, max_size=3) | json_values,
        "claims": st.lists(texts, max_size=3) | json_values,
        "note": json_values,
    },
)


@given(files | json_values | st.builds(lambda some: {"problems": some}, st.lists(files, max_size=2)))
def test_any_json_is_a_problem_or_is_refused_in_one_line(value):
    try:
        found = problems(parse(json.dumps(value), "p.json"))
    except InputError as error:
        assert error.file == "p.json"
        assert "\n" not in error.message
        return
    for problem in found:
        for goal in problem.goals():
            assert not free_names(goal.formula())


valid = {
    "atoms": {"A": ["m", "n"], "B": ["n", "m"]},
    "symmetric": [],
    "pinv": {"p": "A*B"},
    "scalars": ["s"],
    "given": ["A*B*A = A", "s > 0"],
    "claims": ["rank(A) = rank(A*B)", "psd(A*A')"],
}


@given(st.data())
def test_any_damage_to_a_file_is_refused_in_one_line(data):
    text = json.dumps(valid)
    place = data.draw(st.integers(0, len(text)))
    inserted = data.draw(st.text(alphabet='ABmnps*+-=\'"[]{}(),: 01\\', max_size=3))
    damaged = text[:place] + inserted + text[place + data.draw(st.integers(0, 3)) :]
    try:
        found = problems(parse(damaged, "p.json"))
    except InputError as error:
        assert error.file == "p.json"
        assert "\n" not in error.message
    else:
        assert all(goal.formula() for problem in found for goal in problem.goals())
