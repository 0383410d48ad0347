"""Attempts: what counts as a definition, what is kept, and what a failure says."""

from __future__ import annotations

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.terms import matrix, scalar, symbol, trace
from symbolic_cp.prover.attempts import Effort, Failure, Question, definitions
from symbolic_cp.prover.forms import flattened
from symbolic_cp.prover.shorten import Found, size

A, B, C, W = (matrix(name, "n", "n") for name in "ABCW")


def test_definitions():
    (letter,) = definitions([W - A @ B])
    assert letter.name == "W"
    assert [one.name for one in definitions([A @ B - W.T - C @ C])] == ["W"]
    assert definitions([W - W.T, W - A @ W, A @ B - C @ C, symbol("s") * W - A @ B, trace(A) - 1]) == []


def test_a_failure_of_a_complete_system_says_so():
    found = Question(A @ B - B @ A, [A @ A - A, B @ B - B], Effort()).answer()
    assert isinstance(found, Failure)
    assert found.complete
    assert found.residual == A @ B - B @ A


def test_more_polish_is_never_longer():
    a, b = matrix("a", "n", "n"), matrix("b", "n", "n")
    terms = [one.term for M in (a, b) for one in flattened(penrose(A, M))]
    sizes = []
    for polish in (0, 100, 3_000):
        found = Question(a - b, terms, Effort(polish=polish)).answer()
        assert isinstance(found, Found)
        sizes.append(size(found.certificate))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 12


def test_the_equations_used():
    found = Question(A @ C - B @ C, [C @ C, A - B, W - A], Effort()).answer()
    assert isinstance(found, Found)
    assert found.used == {1}


def test_nothing_to_show():
    found = Question(A - A, [], Effort()).answer()
    assert isinstance(found, Found)
    assert found.certificate == {}
    assert isinstance(Question(scalar(1), [], Effort()).answer(), Failure)
