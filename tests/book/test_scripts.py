"""Every lemma of the library and every statement of the book that is claimed to hold is found by the search."""

import pytest
from paper_book import BOOK

PROVED = ["eq-18", "eq-19", "eq-20", "eq-21", "lem-1", "thm-1", "thm-1.ex", "prop-1", "prop-2", "prop-3", "thm-2", "T5"]


@pytest.mark.parametrize("name", PROVED)
def test_a_statement_is_proved_with_its_steps(name):
    script = BOOK.script(name)
    assert script.conclusion is not None
    assert script.conclusion.failure == ""
    assert script.conclusion.proof is not None
