"""The inner form of terms says the same as the kernel's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.kernel.terms import Poly, identity, literal, matrix, nat, scalar, symbol, trace
from symbolic_cp.prover.alphabet import Alphabet, Order, letters_of

A, B, E = matrix("A", "n", "n"), matrix("B", "n", "n"), matrix("E", "n", "n", nat("k") + 1)
FACTORS = st.sampled_from([A, A.T, B, B.T, E, E.T, identity("n")])
NUMBERS = [scalar(2), symbol("s"), symbol("f", "k"), scalar(nat("n") + 1), trace(A @ B), trace(E.T @ A)]
SCALARS = st.sampled_from(NUMBERS)
ALPHABET = letters_of([A, B, E])


@st.composite
def matrices(draw) -> Poly:
    total = Poly(A.shape, {})
    for factors in draw(st.lists(st.lists(FACTORS, min_size=1, max_size=4), max_size=3)):
        product = identity("n")
        for one in factors:
            product = product @ one
        total = total + draw(SCALARS) * product
    return total


@given(matrices(), matrices())
def test_there_and_back(M, N):
    alphabet = Alphabet(ALPHABET)
    assert alphabet.decode(alphabet.encode(M), M.shape) == M
    assert alphabet.decode(alphabet.flip_all(alphabet.encode(M)), M.shape) == M.T
    assert alphabet.decode(alphabet.encode(trace(M @ N)), None) == trace(N @ M)


@given(matrices())
def test_the_order_respects_products(M):
    alphabet = Alphabet(ALPHABET)
    every = "".join(alphabet.letters)
    words = list(alphabet.encode(M))
    for order in (Order(alphabet), Order(alphabet, every[:2]), Order(alphabet, "", every[::-1])):
        for first in words:
            for second in words:
                if order.key(first) < order.key(second):
                    for one in every:
                        assert order.key(one + first) < order.key(one + second)
                        assert order.key(first + one) < order.key(second + one)


def test_letters_stand_in_the_order_of_their_structure():
    assert letters_of([B, A]) == letters_of([A.T @ B])
    assert letters_of([trace(A @ B)]) == letters_of([A, B])


def test_literals_and_empty_matrices():
    M = literal([[1, 2], [0, 1]])
    none = literal([], (0, 2))
    alphabet = Alphabet(letters_of([M, none]))
    for term in (M @ M.T, none @ M, none.T @ none):
        assert alphabet.decode(alphabet.encode(term), term.shape) == term
