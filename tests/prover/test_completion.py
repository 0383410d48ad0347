"""Completion: every rule is what its certificate says, and normal forms decide what they should."""

from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.terms import Poly, identity, matrix, nat, scalar, symbol, trace
from symbolic_cp.prover.alphabet import Alphabet, Order, letters_of
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.expansion import expand, value
from symbolic_cp.prover.forms import flattened
from symbolic_cp.prover.rules import Budget, OutOfWork, add_word

A, B, C = (matrix(name, "n", "n") for name in "ABC")
u, v = matrix("u", "n", 1), matrix("v", "n", 1)
s, t = symbol("s"), symbol("t")


def completed(terms: list[Poly], work: int = 2_000, *, traces: bool = False, ranks: tuple[str, str] = ("", "")):
    alphabet = Alphabet(letters_of([*terms, A, B, C, u, v]))
    completion = Completion(alphabet, Order(alphabet, *ranks), terms, Budget(work), traces=traces)
    completion.start()
    try:
        while completion.step():
            pass
    except OutOfWork:
        pass
    completion.budget = Budget(10**6)
    return completion


def check_certificates(completion: Completion) -> int:
    """Every rule is the sum that its expanded certificate says; the number of rules."""
    for number, rule in enumerate(completion.rules):
        is_scalar = rule.word is None
        flat = expand(completion, {("", completion.first + number, ""): 1}, scalar=is_scalar, limit=500)
        total = dict.fromkeys((), 0)
        for term, coef in flat.items():
            for word, factor in value(completion, term, scalar=is_scalar).items():
                add_word(total, word, coef * factor)
        assert total == rule.equation()
    return len(completion.rules)


def moore_penrose(M: Poly, name: str) -> list[Poly]:
    assert M.shape is not None
    return [one.term for one in flattened(penrose(M, matrix(name, M.shape[1], M.shape[0])))]


SYSTEMS = {
    "pseudoinverses": [*moore_penrose(A, "a"), *moore_penrose(B, "b"), A @ B - B @ A],
    "a sum": [*moore_penrose(A + B, "c"), A @ A - 2 * A, A.T - A],
    "eigenvectors": [A.T - A, A @ B - s * B, A @ C - t * C],
    "scalars": [s * t - 1, s * A @ B - t * B, A @ A - s * A],
    "vectors": [A @ u - s * u, A @ v - t * v, A.T - A, u.T @ u - identity(1)],
    "a column update": [B @ A + B @ u @ v.T - identity("n"), A @ C - identity("n"), s + s * trace(v.T @ C @ u) - 1],
    "a commutator": [A @ B - B @ A - identity("n")],
    "traces": [trace(A @ B) - s, A @ A - A, trace(A) * s - 1, A @ B @ A - A],
    "an identity": [s * identity("n") - t * identity("n"), A @ B - identity("n")],
}


@pytest.mark.parametrize("name", list(SYSTEMS))
@pytest.mark.parametrize("traces", [False, True])
def test_certificates_of_rules(name, traces):
    assert check_certificates(completed(SYSTEMS[name], 400, traces=traces)) >= 2


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_certificates_in_other_orders(name):
    alphabet = Alphabet(letters_of([*SYSTEMS[name], A, B, C, u, v]))
    every = "".join(alphabet.letters)
    assert check_certificates(completed(SYSTEMS[name], 300, ranks=("", every[::-1]))) >= 2
    assert check_certificates(completed(SYSTEMS[name], 300, ranks=(every[2:4], ""))) >= 2


WORDS = st.lists(st.sampled_from([A, B, A.T, B.T]), min_size=1, max_size=3)


@given(st.lists(st.tuples(WORDS, WORDS, st.integers(-2, 2)), min_size=1, max_size=3))
def test_certificates_of_random_systems(equations):
    terms = []
    for left, right, factor in equations:
        first, second = identity("n"), identity("n")
        for one in left:
            first = first @ one
        for one in right:
            second = second @ one
        terms.append(first - factor * second)
    completion = completed([term for term in terms if term.terms], 120)
    check_certificates(completion)
    completion.budget = Budget(300)
    try:
        complete = not completion.step() and not completion.truncated
    except OutOfWork:
        complete = False
    event("complete" if complete else "not complete")
    completion.budget = Budget(10**6)
    for term in terms if complete else ():
        assert completion.reduce(completion.alphabet.encode(term), {}, term.shape) == {}


def test_a_budget_that_ends_loses_nothing():
    terms = [*moore_penrose(A, "a"), *moore_penrose(B, "b"), trace(A @ B) - s, s * t - 1]
    alphabet = Alphabet(letters_of([*terms, C]))
    slow = Completion(alphabet, Order(alphabet), terms, Budget(0), traces=True)
    slow.start()
    for _ in range(4_000):
        slow.budget = Budget(5)
        try:
            if not slow.step():
                break
        except OutOfWork:
            continue
    fast = Completion(alphabet, Order(alphabet), terms, Budget(10**6), traces=True)
    fast.start()
    while fast.step():
        pass
    assert set(slow.firm) == set(fast.firm)
    assert len(slow.scalars.active) == len(fast.scalars.active) == 2


def test_scalar_rules_reduce_coefficients():
    completion = completed([s * t - 1])
    encoded = completion.alphabet.encode(s * t * A - A)
    assert completion.reduce(encoded, {}, A.shape) == {}


def test_a_loose_rule_needs_its_factor():
    completion = completed([(s - t) * A])
    assert completion.loose
    assert completion.reduce(completion.alphabet.encode(s * A @ B - t * A @ B), {}, A.shape) == {}
    assert completion.reduce(completion.alphabet.encode(A), {}, A.shape) != {}


def test_an_inverse_makes_a_loose_rule_firm():
    completion = completed([(s - t) * A, symbol("y") * (s - t) - 1])
    assert completion.reduce(completion.alphabet.encode(A), {}, A.shape) == {}


def test_one_by_one_matrices_are_scalars():
    completion = completed([])
    difference = u @ v.T @ A @ u @ u.T - trace(v.T @ A @ u) * (u @ u.T)
    assert completion.reduce(completion.alphabet.encode(difference), {}, difference.shape) == {}


def test_traces_around_a_circle():
    terms = [A @ A - A, *moore_penrose(A, "a")]
    difference = trace(A @ matrix("a", "n", "n")) - trace(A)
    completion = completed(terms, traces=True)
    assert completion.scalars.reduce(completion.alphabet.encode(difference).get("", 0), {}) == 0


def test_a_trace_that_is_its_own_negative():
    completion = completed([A.T - A, B.T + B])
    assert completion.scalars.reduce(completion.alphabet.encode(trace(A @ B))[""], {}) == 0


def test_the_trace_of_an_identity_is_its_size():
    completion = completed([A @ B - identity("n")])
    difference = trace(B @ A) - scalar(nat("n"))
    assert completion.scalars.reduce(completion.alphabet.encode(difference).get("", 0), {}) == 0
