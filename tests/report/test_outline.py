"""A proof cut into lemmas: each is a theorem, rests on what it names, and long certificates come in sums."""

from __future__ import annotations

import re

import pytest
from paper_book import BOOK

from symbolic_cp.book.audit import audit
from symbolic_cp.book.book import Book
from symbolic_cp.book.explain import MOST
from symbolic_cp.book.verdict import flattened
from symbolic_cp.cli import main
from symbolic_cp.kernel.replay import replay
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.report import certificate
from symbolic_cp.report.derivation import derivation
from symbolic_cp.report.outline import core_of, named, outline, terms_of

LONG = """
from symbolic_cp.book.script import statement

@statement("sum", "A sum of zeros")
def long(s):
    s.dims("n")
    names = [f"B{i}" for i in range(1, 46)]
    matrices = s.matrices(", ".join(f"{name}: n x n" for name in names))
    given = [s.given(one == 0, f"{name} = 0") for name, one in zip(names, matrices)]
    total = matrices[0]
    for one in matrices[1:]:
        total = total + one
    s.conclude(total == 0, by=given)
"""


@pytest.fixture(scope="module")
def book():
    return BOOK


@pytest.mark.parametrize("name", ["lem-1", "prop-1", "thm-1.ex", "eq-19"])
def test_every_lemma_is_a_theorem_that_names_what_it_rests_on(book, name):
    (record,) = audit(book, [name], twice=False).records
    known = named(record, book.find)
    for one in flattened([record]):
        step = book.find(one.id)
        found = outline(step, known)
        assert found is not None
        assert found.conclusion.theorem is core_of(step)
        before = set(found.labels.values()) | set(known.values())
        for lemma in found.lemmas:
            replay(lemma.theorem)
            assert terms_of(lemma.theorem) <= MOST
            assert {one for one in lemma.reasons if one.startswith(f"{step.id}:")} <= before
            assert set(lemma.assumed) <= set(found.assumptions)
            before.add(lemma.name)
        given = {one.formula for one in step.goal.hypotheses}
        assert found.conclusion.theorem.hyps <= given
        for lemma in found.lemmas:
            assert lemma.theorem.hyps <= given | {found.assumptions[one] for one in lemma.assumed}


def test_steps_are_not_opened(book):
    (record,) = audit(book, ["lem-1"], twice=False).records
    found = outline(book.find("lem-1.9"), named(record, book.find))
    assert "lem-1.8" in found.conclusion.reasons
    assert "lem-1.6" not in found.conclusion.reasons


def test_a_step_by_itself_rests_on_the_steps_beside_it(book, capsys):
    (record,) = audit(book, ["lem-1.9"], twice=False).records
    found = outline(book.find("lem-1.9"), named(record, book.find))
    assert "lem-1.8" in found.conclusion.reasons
    assert len(found.lemmas) == 1
    assert main(["explain", "lem-1.5"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"lem-1.5:4 +h\*A2'\*Y\*X'\*g' = A2p\*Y\*Xp +\[by lem-1.5:2, lem-1.5:3", shown)
    assert re.search(r"lem-1.5  the claim +\[by vec-determines", shown)


def test_a_long_certificate_comes_in_sums(tmp_path):
    (tmp_path / "long.py").write_text(LONG, encoding="utf-8")
    book = Book(tmp_path)
    (record,) = audit(book, twice=False).records
    step = book.find("sum")
    assert terms_of(core_of(step)) == 45
    found = outline(step, {})
    assert [terms_of(one.theorem) for one in found.lemmas] == [20, 20, 5, 3]
    *sums, whole = (replay(one.theorem) for one in found.lemmas)
    assert whole.conclusion == step.goal.claim
    total = Poly(step.goal.claim.term.shape, {})
    for one in sums:
        total += one.conclusion.term
    assert total == step.goal.claim.term
    assert found.conclusion.reasons == ("sum:1", "sum:2", "sum:3")
    text = derivation(record, book.find)
    assert r"\label{sum:2}" in text
    assert r"by \eqref{sum:1}, \eqref{sum:2}, \eqref{sum:3}" in text


def test_an_identity_that_would_fill_pages_is_a_sum_of_named_quantities(book, monkeypatch):
    (record,) = audit(book, ["lem-1.6"], twice=False).records
    assert "Indeed, $" in derivation(record, book.find)
    monkeypatch.setattr(certificate, "LONG", 100)
    text = derivation(record, book.find)
    count = terms_of(core_of(book.find("lem-1.6")))
    assert "Indeed, $" not in text
    (whole,) = re.findall(r"\\mathcal{T}_\{0\} = (.*?)\\end", text, re.DOTALL)
    assert len(re.findall(r"\\mathcal{T}_{\d+}", whole)) == count > 1
    for name in set(re.findall(r"\\mathcal{T}_{\d+}", whole)):
        assert f"${name}$ is zero by" in text or f"${name}$, the left side less the right side of" in text
