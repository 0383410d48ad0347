"""Hypotheses dropped: needed with a counterexample, unnecessary with a proof, else undecided; and what is kept."""

import copy
import re

import pytest
from paper_book import BOOK

from symbolic_cp.book.audit import own_steps
from symbolic_cp.book.book import home
from symbolic_cp.book.hypotheses import Part, analyse, is_counterexample, parts, proved_without, refutes
from symbolic_cp.book.nearby import Hunt
from symbolic_cp.book.needed import NAME, differences, found, read_findings, summary, write_findings
from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.evaluation import Matrix

SECTION_2 = re.compile(r"(eq-(18|19|20|21|22)|lem-1|thm-1|rem-1|prop-[123]|def-order|thm-2|rem-strict|T5|T10)($|\.)")
SQUARES = """
@statement("squares", "Powers commute")
def squares(s):
    s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    same = s.given(A @ B == B @ A, "A and B commute")
    s.given(A.T == A, "A is symmetric")
    s.conclude(A @ A @ B == B @ A @ A, by=[same])


@statement("weaker", "The same for symmetric matrices of which the square is the identity")
def weaker(s):
    s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    same = s.given(A @ B == B @ A, "A and B commute")
    square = s.given(A @ A == ident("n"), "A A = I")
    symmetric = s.given(A.T == A, "A is symmetric")
    s.conclude(A @ A @ B == B @ A @ A, by=[square])


@statement("iff", "A projector is symmetric, and is positive semidefinite")
def iff(s):
    s.dims("n")
    (P,) = s.matrices("P: n x n")
    t = s.inner()
    square = t.given(P @ P.T == P, "P P' = P")
    first = t.close(t.have(P.T == P, square))
    t = s.inner()
    (x,) = t.matrices("x: n x 1")
    square = t.given(P @ P.T == P, "P P' = P")
    whole = t.have(P.T == P, square)
    second = t.close(t.have(P @ x == P @ P @ x, square, whole))
    s.conclude(conjunction(first.formula, second.formula), by=both(first, second))
"""


LENGTHS = """
@statement("implied", "A Gram matrix is symmetric")
def implied(s):
    s.dims("m n")
    P, S = s.matrices("P: m x n, S: n x n")
    gram = s.given(S == P.T @ P, "S = P'P")
    s.conclude(S.T == S, by=[gram])


@statement("norm", "What a Gram matrix of any size does")
def norm(s):
    s.dims("p q")
    P, S, X = s.matrices("P: p x q, S: q x q, X: q x q")
    gram = s.given(S == P.T @ P, "S = P'P")
    symmetric = s.given(S.T == S, "S is symmetric")
    s.conclude(S @ X == S.T @ X, by=[symmetric])
"""


@pytest.fixture
def squares(book):
    return book(squares=SQUARES)


def kept_of(one, name):
    return dict(found(one, [name], {}))[name]


def statuses(kept):
    return {(one["part"], one["hypothesis"]): (one["status"], one["by"]) for one in kept["hypotheses"]}


def test_needed_with_a_counterexample_and_unnecessary_by_the_certificate(squares):
    kept = kept_of(squares, "squares")
    assert statuses(kept) == {
        (0, "A and B commute"): ("needed", None),
        (0, "A is symmetric"): ("unnecessary", "certificate"),
    }
    A, B = (kept["hypotheses"][0]["counterexample"][name] for name in "AB")
    assert A == [list(row) for row in zip(*A, strict=True)]
    assert A != B


def test_unnecessary_by_another_statement_or_by_a_search(squares):
    found_ = statuses(kept_of(squares, "weaker"))
    assert found_[0, "A and B commute"] == ("unnecessary", "certificate")
    assert found_[0, "A A = I"][0] == "unnecessary"
    assert differences(squares, {"weaker": kept_of(squares, "weaker")}) == []


def test_a_conjunction_of_implications_is_taken_part_by_part(squares):
    kept = kept_of(squares, "iff")
    assert [(one["part"], one["status"]) for one in kept["hypotheses"]] == [(1, "needed"), (2, "needed")]
    step = squares.find("iff")
    assert [part.number for part in parts(step)] == [1, 2]
    assert all(isinstance(part, Part) and part.theorem is not None for part in parts(step))


def test_what_is_kept_is_checked_by_the_kernel_again(squares, tmp_path):
    kept = {name: kept_of(squares, name) for name in ("squares", "iff")}
    write_findings(tmp_path, kept)
    assert read_findings(tmp_path) == kept
    assert differences(squares, kept) == []
    assert summary(kept.values()) == {"needed": 3, "unnecessary": 1, "undecided": 0}
    other = copy.deepcopy(kept)
    other["squares"]["hypotheses"][0]["counterexample"]["B"] = other["squares"]["hypotheses"][0]["counterexample"]["A"]
    assert differences(squares, other) == ["squares: A and B commute: the counterexample is none"]
    other = copy.deepcopy(kept)
    other["squares"]["hypotheses"][0] |= {"status": "unnecessary", "by": "certificate"}
    assert differences(squares, other) == ["squares: A and B commute: unnecessary by certificate, now by nothing"]
    other = copy.deepcopy(kept)
    other["iff"]["statement"] = "0" * 64
    assert "something else" in differences(squares, other)[0]
    del other["iff"]
    other["squares"]["hypotheses"].pop()
    assert differences(squares, other) == ["squares: nothing is said about A is symmetric"]


def test_counterexamples_have_all_values_and_violate_the_claim(squares):
    (part,) = parts(squares.find("squares"))
    goal = part.goal(part.hypotheses[0])
    swap, flip = Matrix(2, 2, ((0, 1), (1, 0))), Matrix(2, 2, ((1, 0), (0, -1)))
    lower = Matrix(2, 2, ((1, 1), (1, 0)))
    assert not refutes(goal, [2, swap, flip])  # swap squared is I
    assert refutes(goal, [2, lower, flip])
    assert not refutes(goal, [2, lower, None])


def test_files_that_are_none(tmp_path):
    assert read_findings(tmp_path) == {}
    unknown = '{"records": {"a": {"statement": "0", "hypotheses": [{"status": "true", "formula": "x"}]}}}'
    for text in ("{", "{}", unknown):
        (tmp_path / NAME).write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="--accept"):
            read_findings(tmp_path)


@pytest.fixture(scope="module")
def printed():
    return BOOK


def test_what_is_kept_of_the_book_holds(printed):
    kept = read_findings(home())
    assert summary(kept.values())["needed"] > 300
    assert differences(printed, kept) == []


def test_every_hypothesis_of_section_2_was_dropped(printed):
    kept = read_findings(home())
    names = [name for name in printed.ids(hidden=True) if SECTION_2.match(name)]
    steps = [step for name in names for step in own_steps(printed, printed.script(name)) if step.proof is not None]
    asked = {step.id for step in steps if any(part.hypotheses for part in parts(step))}
    assert asked <= set(kept)
    assert len(asked) > 80


def test_certificates_are_searched_for_the_claim_and_for_the_hypothesis(squares):
    (part,) = parts(squares.find("weaker"))
    square = next(one for one in part.hypotheses if one.label == "A A = I")
    assert proved_without(part, square, {}) == ""  # its own proof uses it; another statement is not asked here
    hunt = Hunt(part.goal(), (), is_counterexample)
    assert hunt.without(part.goal(square), square.formula) is None
    assert [one.by for one in analyse(part, {})] == ["certificate", "search", "certificate"]


def test_what_another_statement_implies_is_unnecessary_at_any_size(book):
    one = book(lengths=LENGTHS)
    kept = dict(found(one, ["norm"], {}))["norm"]
    assert statuses(kept)[0, "S is symmetric"] == ("unnecessary", "implied")
    assert statuses(kept)[0, "S = P'P"] == ("unnecessary", "certificate")  # each alone, not both
    assert differences(one, {"norm": kept}) == []
