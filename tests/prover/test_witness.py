"""Witnesses: candidates satisfy the equations, and the right ones are among them."""

from __future__ import annotations

from itertools import islice

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.terms import Letter, identity, letter, matrix, nat, symbol, trace
from symbolic_cp.prover.forms import flattened
from symbolic_cp.prover.rules import Budget
from symbolic_cp.prover.witness import Witnesses, put

A, B, C = matrix("A", "m", "n"), matrix("B", "p", "q"), matrix("C", "m", "q")
a, b = matrix("a", "n", "m"), matrix("b", "q", "p")
SX = Letter("X", (), nat("n"), nat("p"))
X = letter(SX)
PINVS = [one.term for M, g in ((A, a), (B, b)) for one in flattened(penrose(M, g))]


def first(unknowns, claims, known, count=3):
    return list(islice(Witnesses(unknowns, claims, known, Budget(100_000)).assignments(), count))


def test_a_linear_equation_is_solved_by_pseudoinverses():
    found = first([SX], [A @ X @ B - C], [*PINVS, A @ a @ C @ b @ B - C])
    assert found[0] == [a @ C @ b]


def test_a_transposed_unknown():
    D = matrix("D", "p", "m")
    assert first([SX], [X.T @ A.T - D], [*PINVS, A @ a @ D.T - D.T])[0] == [a @ D.T]


def test_a_combination_of_words():
    N, L = matrix("N", "n", "n"), Letter("L", (), nat("n"), nat("n"))
    one = identity("n")
    found = first([L], [(one - 2 * N) @ letter(L) - one], [N @ N - N])
    assert found[0] == [one - 2 * N]


def test_two_unknowns():
    N = matrix("N", "n", "n")
    L, M = (Letter(name, (), nat("n"), nat("n")) for name in "LM")
    found = first([L, M], [letter(L) - N @ N, letter(L) @ letter(M) - N], [N @ N - identity("n")], 1)
    assert found == [[N @ N, N]]


def test_nothing_fits():
    assert first([SX], [A @ X @ B - C], PINVS) == []


def test_equations_with_unknowns_under_traces_are_left_to_the_proof():
    N, L = matrix("N", "n", "n"), Letter("L", (), nat("n"), nat("n"))
    found = first([L], [letter(L) - N, trace(letter(L)) - symbol("s")], [])
    assert found == [[N]]


def test_put_replaces_all_at_once():
    assert put({"AB": 1}, {"A": {"B": 2, "": 1}, "B": {"A": 1}}) == {"BA": 2, "A": 1}
