"""The library that scripts cite: every lemma is proved, from the facts that it needs and no others."""

from __future__ import annotations

import pytest
from paper_book import BOOK

from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import And, ForAll, Implies, conjunction
from symbolic_cp.prover.context import Context, Known
from symbolic_cp.prover.expression import tr

STEMS = ("ranks", "pinv_algebra", "sums", "order_psd", "blocks")
LEMMAS = [name for name in BOOK.ids(hidden=True) if BOOK.path(name).stem in STEMS]
FACTS = {
    "rank-factor": {"pinv"},
    "rank-right": {"pinv"},
    "frobenius": {"pinv"},
    "sylvester": {"pinv"},
    "square-inverse": {"pinv"},
    "form-zero": {"pinv", "basis", "split"},
    "order-antisymmetric": {"pinv", "basis", "split"},
    "psd-trace-zero": {"spectral", "basis", "split"},
}


@pytest.mark.parametrize("name", LEMMAS)
def test_a_lemma_is_proved_from_its_facts(name):
    theorem = BOOK.theorem(name)
    assert not theorem.hyps
    assert theorem.facts == FACTS.get(name, set())


@pytest.mark.parametrize("name", LEMMAS)
def test_a_lemma_has_hypotheses_of_its_own(name):
    """Nothing is proved from a claim that stands among the hypotheses."""
    formula = BOOK.theorem(name).conclusion
    given = []
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, Implies):
            given.append(formula.left)
            formula = formula.right
        else:
            formula = formula.body
    assert formula not in [part for one in given for part in _parts(one)]


def _parts(formula):
    while isinstance(formula, And):
        yield formula.left
        formula = formula.right
    yield formula


def test_a_lemma_is_used_on_other_letters():
    c = Context()
    c.dims("n")
    P, Q = c.matrices("P: n x n, Q: n x n")
    projectors = [c.given(conjunction(one.T == one, one @ one == one)) for one in (P, Q)]
    inside = c.given(P @ Q == Q)
    lemma = Known(BOOK.theorem("projector-below"), "projector-below").at(D=P, E=Q)
    assert lemma(*projectors, inside).formula == (tr(Q) <= tr(P))
    with pytest.raises(KernelError):
        lemma(*reversed(projectors), inside)
