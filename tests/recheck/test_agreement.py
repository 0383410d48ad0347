"""The kernel and recheck.py, written apart, accept the same certificates and read the same statements."""

from __future__ import annotations

import ast
import inspect
import json

import pytest
from paper_book import BOOK

from symbolic_cp import recheck
from symbolic_cp.cli.coq import theorems_of
from symbolic_cp.coq.export import export
from symbolic_cp.coq.statement import statement
from symbolic_cp.kernel.facts import FACTS
from symbolic_cp.kernel.logic import RULES
from symbolic_cp.prover.certificate import write, write_counterexample

KINDS = {  # what the kernel calls a parameter, and the type that recheck.py gives it
    "formula": "Formula", "formula?": "Formula | None", "term": "Term", "nat": "Nat", "name": "str",
    "variable": "Variable", "variables": "list[Variable]", "value": "Value", "values": "list[Value]",
    "cofactors": "list[Cofactor]", "products": "list[Product]",
}  # fmt: skip


PARTS = 8


def rules_of_recheck():
    return {name: rule for name, rule in vars(recheck.Rules).items() if not name.startswith("_")}


def test_both_have_the_same_rules():
    assert set(rules_of_recheck()) == set(RULES)
    for name, rule in rules_of_recheck().items():
        *kinds, _ = rule.__annotations__.values()
        given = [kind for kind in kinds if kind not in ("Sequent", "list[Sequent]")]
        assert given == [KINDS[kind] for kind in RULES[name].parameters]
        assert RULES[name].premises == (None if "list[Sequent]" in kinds else kinds.count("Sequent"))


def test_the_corpus_uses_every_rule(corpus):
    assert {line[0] for data in corpus.values() for line in data.get("lines", [])} == set(RULES)


def test_both_accept_the_corpus(both, corpus):
    for data in corpus.values():
        assert both.say_the_same(data) is not None


def test_both_have_the_same_facts(both):
    store = recheck.Store()
    for name, formula in recheck.ledger(store).items():
        written = json.loads(json.dumps(write_counterexample(FACTS[name].formula(), [], name)))
        assert both.statement(written, store) == formula
    assert set(recheck.ledger(store)) == set(FACTS)


@pytest.fixture(scope="module")
def theorems():
    """Every proof and refutation of the book, steps and lemmas included."""
    return theorems_of(BOOK)


@pytest.mark.parametrize("part", range(PARTS))
def test_all_three_agree_on_the_book(both, theorems, part):
    """The kernel and recheck.py replay every certificate, and Coq is given the same statement to prove.

    (That coqc accepts all of them is a step of .ci/run: `symbolic-cp coq --check` on the whole book.)
    """
    for name in [*theorems][part::PARTS]:
        data = json.loads(json.dumps(write(theorems[name], name)))
        checked = both.say_the_same(data)
        assert checked is not None
        assert checked.statement == theorems[name].conclusion
        assert checked.facts == theorems[name].facts
        text = export(checked.theorems[name], name)
        # the same formula; a certificate may call bound variables by other names, and so does the text for Coq
        assert checked.theorems[name].conclusion == theorems[name].conclusion
        assert f"Prop :=\n  {statement(checked.theorems[name].conclusion)}.\n" in text
        assert all(f"fact_{fact}.formula_" in text for fact in checked.facts)


def test_it_says_what_is_proved(both, corpus):
    said = {name: both.recheck(data)["message"] for name, data in corpus.items()}
    assert said["gram-matrix-zero"] == (
        "Proved, for all natural numbers m, n, matrices A (m x n): if A'*A = 0 then A = 0. Rests on no facts."
    )
    assert said["fact-pinv"].count("there are matrices B (n x m): A*B*A = A and") == 2
    assert said["projector-not-orthogonal"] == (
        "Refuted, for all natural numbers n, matrices P (n x n): if P*P = P then P' = P. The hypotheses hold and the "
        'conclusion fails at n = 2, P = {"rows": 2, "cols": 2, "entries": [[1, 1], [0, 0]]}.'
    )


def test_names_that_would_be_misread_are_changed(both):
    """A family of matrices called I would look like identities, and an index called like a variable like that one."""
    data = {
        "format": "symbolic-cp certificate", "version": 1, "kind": "proof", "name": "names", "facts": [],
        "nats": [[0, [[1, "i", []]]], [0, [[1, "~0", []]]]], "letters": [["I", [0], 0, 0]],
        "generators": [["trace", [-1, 1]]],
        "terms": [[None, [[1, [0], []]]], [[0, 0], [[1, [], [1]]]]],
        "formulas": [[">=", 0], ["all", ["I", "matrix", 1, 1, 1], 0], ["all", ["i", "nat", 0], 1]],
        "statement": 2, "theorems": [],
        "lines": [["combine", [], [0, [], [[1, [], [1], []]]]], ["for_all_intro", [0], [["I", "matrix", 1, 1, 1]]],
                  ["for_all_intro", [1], [["i", "nat", 0]]]],
    }  # fmt: skip
    assert both.say_the_same(data) is not None
    said = "for all natural numbers i, families of matrices I1[j] (j x j): tr(I1[i]*I1[i]') >= 0"
    assert both.recheck(data)["statement"] == said


def test_one_file_of_at_most_900_lines_of_code():
    source = inspect.getsource(recheck)
    tree = ast.parse(source)
    written = set[int]()
    for node in ast.walk(tree):
        is_place = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if is_place and ast.get_docstring(node) is not None:
            written |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    code = [
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#") and number not in written
    ]
    assert len(code) <= 900
