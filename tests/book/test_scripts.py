"""Every lemma of the library and every statement of the book that is claimed to hold is found by the search."""

import pytest

from symbolic_cp.book.book import Book, home

BOOK = Book(home())


@pytest.mark.parametrize("name", ["eq-18", "eq-19", "eq-20", "eq-21", "eq-22", "lem-1", "thm-1", "thm-1.14", "thm-1.ex"])
def test_a_statement_is_proved_with_its_steps(name):
    script = BOOK.script(name)
    assert script.conclusion is not None
    assert script.conclusion.failure == ""
    assert script.conclusion.proof is not None
