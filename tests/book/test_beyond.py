"""What goes past the paper, at any depth: proved from the ledger alone, and about the networks that it speaks of."""

from __future__ import annotations

import pytest

from symbolic_cp.book.book import Book, home
from symbolic_cp.kernel.formulas import ForAll
from symbolic_cp.prover.context import outer_variables

BOOK = Book(home())
LEDGER = {"pinv", "basis", "spectral", "split"}
FACTS = {
    "T1": set(),
    "T2": LEDGER - {"spectral"},
    "T3": LEDGER,
    "T4": LEDGER,
    "T6": LEDGER - {"spectral"},
    "T8": LEDGER,
}
FACTS |= dict.fromkeys(("T7", "open-deep", "laurent-von-brecht", "kawaguchi"), LEDGER)
DEPTHS = {"T7": "h", "kawaguchi": "h", "open-deep": "n", "laurent-von-brecht": "n"}  # l = h + 1, l = n + 2


@pytest.mark.parametrize("name", FACTS)
def test_a_theorem_is_proved_from_its_facts_with_its_steps(name):
    theorem, script = BOOK.theorem(name), BOOK.script(name)
    assert theorem.is_closed
    assert theorem.facts == FACTS[name]
    assert [step.id for step in script.steps if step.proof is None] == []


@pytest.mark.parametrize("name", FACTS)
def test_the_depth_and_all_widths_are_variables(name):
    """One proof for every depth: the depth is bound outside, and so is the family of widths."""
    formula = BOOK.theorem(name).conclusion
    assert isinstance(formula, ForAll)
    found = {variable.name: (variable.sort.kind, variable.arity) for variable in outer_variables(formula)}
    assert (found[DEPTHS.get(name, "l")], found["d"]) == (("nat", 0), ("nat", 1))
