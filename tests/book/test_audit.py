"""Verdicts of small books: what is proved, refuted, repaired, not reached; and what never counts as proved."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path

import pytest
from paper_book import BOOK

from symbolic_cp.book.audit import audit, locate, records
from symbolic_cp.book.book import Book
from symbolic_cp.book.checker import Checker
from symbolic_cp.book.verdict import flattened
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.kernel.facts import FACTS, Fact
from symbolic_cp.kernel.formulas import Falsum
from symbolic_cp.kernel.logic import RULES, Rule, Theorem, concluded
from symbolic_cp.prover.certificate import replay


def verdicts(found):
    return {one.id: one.verdict for one in flattened(found)}


def audited(book, *ids, twice=False):
    report = audit(book, ids, twice=twice)
    return {one.id: one for one in flattened([*report.records, *report.lemmas])}


def test_a_proved_statement_with_its_step_and_equations(book, texts):
    report = audit(book(commute=texts.proved))
    assert verdicts(report.records) == dict.fromkeys(["commute", "commute.1", "eq-7", "eq-8"], "proved")
    commute, seven, eight = report.records
    assert (commute.printed_proof, commute.steps[0].printed_proof) == ("complete", None)
    assert (seven.kind, seven.stands_in, seven.fingerprint) == ("equation", "commute.1", commute.steps[0].fingerprint)
    assert (eight.stands_in, eight.steps) == ("commute", [])
    assert report.summary == {"proved": 4, "refuted": 0, "repaired": 0, "instances": 0, "open": 0}


def test_the_document_has_the_promised_fields(book, texts):
    document = audit(book(commute=texts.proved)).to_json()
    assert list(document)[:3] == ["statements", "summary", "seconds"]
    assert list(document["statements"][0])[:12] == [
        "id", "title", "kind", "formal", "verdict", "printed_proof", "facts", "counterexample", "repair", "certificate",
        "seconds", "steps",
    ]
    assert document["statements"][0]["formal"] == (
        "for all n : nat, A : n x n, B : n x n. A*B = B*A -> A*A*B*B = B*B*A*A"
    )


def test_a_wrong_step_is_refuted_and_what_rests_on_it_is_not_reached(book, texts):
    found = audited(book(wrong=texts.wrong))
    assert {name: one.verdict for name, one in found.items()} == {
        "wrong": "open", "wrong.1": "refuted", "wrong.2": "open", "wrong.3": "proved",
    }
    against = found["wrong.1"].counterexample
    assert (against["decided_by"], against["values"]["n"]) == ("evaluation", 2)
    (a, b), (c, d) = against["values"]["A"]
    assert (a * a + b * c, a * b + b * d, c * a + d * c, c * b + d * d) == (0, 0, 0, 0)
    assert any((a, b, c, d))
    assert found["wrong.2"].not_reached == found["wrong"].not_reached == ("wrong.1",)
    assert found["wrong.1"].residual == "A"
    assert found["wrong.1"].reasons == ("A A = 0",)


def test_a_refutation_satisfies_all_that_the_script_supposes(book, texts):
    """A forgotten reason is the fault of the script, not of the claim: then the claim is not refuted."""
    found = audited(book(forgot=texts.wrong.replace("zero = s.step", "s.given(A.T == A); zero = s.step")))
    assert found["wrong.1"].verdict == "open"
    assert "the reasons that are given do not suffice, as this shows: n = 2" in found["wrong.1"].failure


def test_a_repair_is_a_statement_of_its_own(book, texts):
    found = audited(book(wrong=texts.repaired))
    assert (found["wrong.1"].verdict, found["wrong.1"].repair) == ("repaired", "wrong.1.repair")
    assert found["wrong.1"].counterexample is not None
    assert found["wrong.1.repair"].verdict == "proved"


def test_a_repair_that_is_not_proved_repairs_nothing(book, texts):
    text = texts.repaired.replace(", symmetric)", ")")
    assert audited(book(wrong=text))["wrong.1"].verdict == "refuted"


def test_a_step_alone_finds_its_repair(book, texts):
    opened = book(wrong=texts.repaired)
    report = audit(opened, ["wrong.1"])
    assert [(one.id, one.verdict, one.repair) for one in report.records] == [("wrong.1", "repaired", "wrong.1.repair")]
    assert records(opened, "wrong.1").verdict == "repaired"


def test_a_gap_in_the_printed_proof(book, texts):
    text = texts.proved.replace("s.conclude", 's.step("commute.2", A @ B == 0, by=[same])\n    s.conclude')
    found = audited(book(commute=text))
    assert (found["commute"].verdict, found["commute"].printed_proof) == ("proved", "gap")
    assert found["commute.2"].verdict == "refuted"


def test_a_definition_claims_nothing(book):
    text = '@statement("def-x", "Words", kind="definition")\ndef words(s):\n    s.dims("n")\n'
    found = audited(book(defined=text))
    assert (found["def-x"].verdict, found["def-x"].formal, found["def-x"].settled) == (None, None, True)


def test_lemmas_of_the_library_are_checked_and_listed_apart(book, texts):
    hidden = texts.proved.replace('equations={"eq-7": "commute.1", "eq-8": "commute"}', 'kind="lemma", hidden=True')
    report = audit(book(commute=hidden))
    assert report.records == []
    assert verdicts(report.lemmas) == {"commute": "proved", "commute.1": "proved"}


CITES = """
@statement("above", "Cites the other")
def above(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square = s.given(A @ A == 0, "A A = 0")
    s.step("above.1", A == 0, proof=lambda: s.cite("wrong", A=A)(square))
    s.step("above.2", A @ A @ A == 0, by=[square])
    known = s.cite("wrong", A=A)
    s.conclude(A == 0, by=known)
"""


def test_a_script_that_cites_what_is_not_proved_is_not_reached(book, texts):
    found = audited(book(above=CITES, wrong=texts.wrong))
    assert {name: found[name].verdict for name in ("above", "above.1", "above.2")} == {
        "above": "open", "above.1": "open", "above.2": "proved",
    }
    assert found["above"].not_reached == found["above.1"].not_reached == ("wrong",)
    assert "wrong is not proved" in found["above"].failure


def test_only_what_a_proof_uses_is_listed_as_cited(book, texts):
    uses = """
    @statement("uses", "Cites two, uses one")
    def uses(s):
        s.dims("n")
        A, B = s.matrices("A: n x n, B: n x n")
        same = s.given(A @ B == B @ A)
        s.cite("eq-22", M=A, p=B)
        s.conclude(A @ A @ B @ B == B @ B @ A @ A, by=s.cite("commute", A=A, B=B)(same))
    """
    other = """
    @statement("eq-22", "Another")
    def other(s):
        s.dims("m n")
        (M,) = s.matrices("M: m x n")
        p, of_M = s.pinv(M, "p")
        s.conclude(M @ p @ M == M, by=[of_M])
    """
    assert audited(book(uses=uses, other=other, commute=texts.proved))["uses"].cites == ("commute",)


def test_statements_that_cite_each_other_prove_nothing(book):
    circle = """
    def falsehood(s, other):
        s.dims("n")
        (A,) = s.matrices("A: n x n")
        s.conclude(A == 0, by=s.cite(other, A=A))

    @statement("first")
    def first(s):
        falsehood(s, "second")

    @statement("second")
    def second(s):
        falsehood(s, "first")
    """
    found = audited(book(circle=circle))
    assert verdicts(found.values()) == {"first": "open", "second": "open"}
    assert "first rests on itself: first -> second -> first" in found["second"].failure


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("undefined", "NameError: name 'undefined' is not defined"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("A @ s.matrix('C', 'm', 'm')", "cannot multiply a n x n matrix by a m x m matrix"),
        ("assert False", "AssertionError"),
    ],
)
def test_a_script_that_raises_is_a_statement_that_is_open(book, line, said, texts):
    text = texts.proved.replace("    s.conclude", f"    {line}\n    s.conclude")
    opened = book(commute=text)
    found = audited(opened)
    assert found["commute"].verdict == "open"
    assert said in found["commute"].failure
    assert found["commute"].formal is None
    assert found["commute.1"].verdict == "proved"
    file, number = found["commute"].place
    assert line in Path(file).read_text(encoding="utf-8").splitlines()[number - 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(:\n", "not a Python file"),
        ("1 / 0\n", "this script cannot be loaded: ZeroDivisionError: division by zero"),
        ("from symbolic_cp import nothing_of_that_name\n", "this script cannot be loaded: ImportError"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_bad_input_with_its_place(make, text, said, texts):
    folder = make(commute=texts.proved)
    (folder / "broken.py").write_text(text)
    with pytest.raises(InputError, match=said) as raised:
        Book(folder)
    assert raised.value.file is not None
    assert raised.value.file.endswith("broken.py")
    assert raised.value.line == 1


def test_a_script_that_concludes_nothing_is_open(book, texts):
    found = audited(book(commute=texts.proved.replace("s.conclude", "(lambda *_, **__: None)")))
    assert (found["commute"].verdict, found["commute"].failure) == ("open", "the script concludes nothing")


def test_two_claims_of_one_name_are_refused(book, texts):
    text = texts.proved.replace("    s.conclude", '    s.step("commute.1", A @ B == B @ A, by=[same])\n    s.conclude')
    with pytest.raises(InputError, match=r"two claims are called commute\.1"):
        audit(book(commute=text))


def test_ids_that_are_not_there(book, texts):
    opened = book(commute=texts.proved)
    with pytest.raises(InputError, match=r"commute has no step 'commute\.9'; it has commute\.1"):
        audit(opened, ["commute.9"])
    with pytest.raises(InputError, match="is commute meant"):
        audit(opened, ["comute"])
    assert locate(opened, "eq-7").step == "commute.1"


def test_an_equation_that_stands_for_itself_is_not_there(book, texts):
    opened = book(commute=texts.proved.replace('"eq-7": "commute.1"', '"eq-7": "eq-7"'))
    with pytest.raises(InputError, match="the book has no 'eq-7'"):
        locate(opened, "eq-7")


def test_every_equation_of_the_paper_is_found_by_its_name():
    """Also one that is a step of a step that has a script of its own."""
    equations = {name: stated for owner in BOOK.ids(hidden=True) for name, stated in BOOK.meta(owner).equations.items()}
    assert {"eq-26", "eq-30", "eq-31"} <= set(equations)
    for name, stated in equations.items():
        place = locate(BOOK, name)
        steps = {step.id for step in BOOK.script(place.owner).steps}
        assert stated == place.owner if place.step is None else stated == place.step in steps


# ---------------------------------------------------------------------------------------------------------- soundness

FORGED = """
import copy, dataclasses, pickle
from symbolic_cp.kernel.logic import Theorem, assume

@statement("false", "Every matrix is zero")
def false(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    claim = A == 0
    honest = s.have(A == A)
    forged = FORGE(honest.theorem, claim)
    s.conclude(claim, by=Known(forged))
"""


def constructed(_honest, claim):
    return Theorem(frozenset(), claim, frozenset(), "assume", (), (claim,))


def copied(honest, claim):
    return copy.copy(dataclasses.replace(honest, conclusion=claim))


def deeply_copied(honest, claim):
    return copy.deepcopy(dataclasses.replace(honest, conclusion=claim))


def pickled(honest, claim):
    return pickle.loads(pickle.dumps(dataclasses.replace(honest, conclusion=claim)))  # noqa: S301 - our own


def replaced(honest, claim):
    return dataclasses.replace(honest, conclusion=claim)


def replaced_hypotheses(honest, claim):
    return dataclasses.replace(constructed(honest, claim), hyps=frozenset(), rule="implies_elim")


def bare(_honest, claim):
    forged = object.__new__(Theorem)
    for name in ("hyps", "facts"):
        object.__setattr__(forged, name, frozenset())
    object.__setattr__(forged, "conclusion", claim)
    return forged


def overwritten(honest, claim):
    object.__setattr__(honest, "conclusion", claim)
    return honest


def circular(honest, claim):
    forged = dataclasses.replace(honest, conclusion=claim, rule="and_intro")
    object.__setattr__(forged, "premises", (forged, forged))
    return forged


def of_another_class(_honest, claim):
    class Lie:
        hyps, facts, conclusion, premises, parameters, rule = frozenset(), frozenset(), claim, (), (), "no such rule"

    return Lie()


def with_wrong_parameters(honest, claim):
    return dataclasses.replace(honest, conclusion=claim, parameters=(claim,) * 7)


FORGERS = [
    constructed, copied, deeply_copied, pickled, replaced, replaced_hypotheses, bare, overwritten, circular,
    of_another_class, with_wrong_parameters,
]


@pytest.fixture
def forge(make, monkeypatch):
    """A book whose script concludes a falsehood from a forged theorem."""

    def _forge(forger, text=FORGED):
        monkeypatch.setattr("builtins.FORGE", forger, raising=False)
        return Book(make(false=text))

    return _forge


@pytest.mark.parametrize("forger", FORGERS)
def test_a_forged_theorem_is_never_proved(forge, forger):
    found = audited(forge(forger))["false"]
    assert found.verdict == "refuted"
    assert found.counterexample["values"] == {"n": 1, "A": [[1]]}
    assert records(forge(forger), "false").verdict == "refuted"


@pytest.mark.parametrize("forger", FORGERS)
def test_a_forged_theorem_beneath_spoils_what_rests_on_it_and_nothing_else(forge, forger, texts):
    above = FORGED + texts.proved + """
@statement("above", "From what is false")
def above(s):
    s.dims("n")
    (B,) = s.matrices("B: n x n")
    s.conclude(B @ B == 0, by=[s.cite("false", A=B)])
"""
    found = audited(forge(forger, above))
    assert {one.verdict for name, one in found.items() if name in ("false", "above")} == {"refuted"}
    assert {found[name].verdict for name in ("commute", "commute.1")} == {"proved"}


USES_FACT = """
@statement("beneath", "Every matrix has a Moore-Penrose inverse")
def beneath(s):
    m, n = s.dims("m n")
    (A,) = s.matrices("A: m x n")
    (B,), known = s.obtain(from_fact("pinv").at(A=A), "B")
    x = Variable("x", matrix_sort("n", "m"))
    s.conclude(exists(x, equal(A.term @ at(x) @ A.term, A.term)),
               by=s.witness(exists(x, equal(A.term @ at(x) @ A.term, A.term)), B, by=known[0]))

@statement("middle", "The same")
def middle(s):
    m, n = s.dims("m n")
    (A,) = s.matrices("A: m x n")
    known = s.cite("beneath", A=A)
    s.conclude(known.formula, by=known)

@statement("top", "And again")
def top(s):
    m, n = s.dims("m n")
    (A,) = s.matrices("A: m x n")
    s.step("top.1", A @ A.T == A @ A.T, by=[])
    known = s.cite("middle", A=A)
    s.conclude(known.formula, by=known)
"""


def test_a_fact_shows_up_everywhere_above(book):
    found = audited(book(facts=USES_FACT))
    assert {name: one.facts for name, one in found.items()} == {
        "beneath": ("pinv",), "middle": ("pinv",), "top": ("pinv",), "top.1": (),
    }


@pytest.fixture
def smuggled(monkeypatch):
    """A ledger with an entry that says anything."""
    monkeypatch.setitem(FACTS, "mine", Fact("anything", "nobody", Falsum))


SMUGGLES = """
@statement("beneath", "Everything is zero")
def beneath(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    claim = A == 0
    from symbolic_cp.prover.context import anything
    s.conclude(claim, by=anything(from_fact("mine"), claim))

@statement("top", "And so is its square")
def top(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    s.conclude(A @ A == 0, by=[s.cite("beneath", A=A)])
"""


@pytest.mark.usefixtures("smuggled")
def test_a_smuggled_fact_is_seen_in_this_process_and_refused_by_the_other(book):
    opened = book(facts=SMUGGLES)
    for name in ("beneath", "top"):
        assert records(opened, name).facts == ("mine",)
    assert verdicts(audited(opened).values()) == {"beneath": "refuted", "top": "refuted"}


def test_a_smuggled_rule_is_refused_by_the_other_process(book, monkeypatch):
    def magic(formula):
        return concluded("magic", (), (formula,), formula)

    monkeypatch.setitem(RULES, "magic", Rule(magic, 0, ("formula",)))
    text = """
    from symbolic_cp.kernel.logic import RULES

    @statement("false", "Every matrix is zero")
    def false(s):
        s.dims("n")
        (A,) = s.matrices("A: n x n")
        s.conclude(A == 0, by=Known(RULES["magic"].apply(A == 0)))
    """
    assert audited(book(false=text))["false"].verdict == "refuted"


def test_a_step_that_proves_something_else_is_not_proved(book, texts):
    """What counts is what the certificate says, whatever the step calls its claim."""
    text = texts.proved + "    s.conclusion.goal = dataclasses.replace(s.conclusion.goal, claim=A == 0)\n"
    found = audited(book(commute="import dataclasses\n" + text))
    assert found["commute"].verdict == "refuted"


def test_a_claim_that_is_not_well_formed_is_open(book, texts):
    turned = "    goal = s.conclusion.goal\n    s.conclusion.goal = replace(goal, variables=goal.variables[::-1])\n"
    found = audited(book(commute="from dataclasses import replace\n" + texts.proved + turned))
    assert found["commute"].verdict == "open"
    assert "the claim is not well formed" in found["commute"].failure


# ------------------------------------------------------------------------------------------------- the other process


def test_the_process_that_checks_has_seen_no_script(book, texts):
    opened = book(commute=texts.proved)
    with Checker() as checker:
        answer = checker.check(records(opened, "commute").certificate)
    assert set(answer.found) == {"commute"}
    assert answer.refused == ""


def test_it_is_noticed_when_that_process_ends(book, texts):
    certificate = records(book(commute=texts.proved), "commute").certificate
    with Checker() as checker:
        checker.check(certificate)
        checker._process.kill()
        checker._process.wait()
        with pytest.raises(Undecided, match="has ended"):
            checker.check(certificate)


def test_both_checkers_must_accept(book, monkeypatch, tmp_path, texts):
    other = tmp_path / "recheck.py"
    other.write_text("print('{\"certificates\": [{\"ok\": false, \"message\": \"no\"}]}')")
    monkeypatch.setattr("symbolic_cp.book.checker.RECHECK", other)
    found = audited(book(commute=texts.proved), twice=True)
    assert found["commute"].verdict == "open"
    assert "recheck.py: no" in found["commute"].failure
    assert audited(book(commute=texts.proved), twice=False)["commute"].verdict == "proved"


def test_a_refused_line_is_named(book, texts):
    certificate = records(book(commute=texts.proved), "commute").certificate
    certificate["lines"][-1][0] = "no rule"
    with Checker() as checker:
        assert "there is no rule 'no rule'" in checker.check(certificate).refused


def test_certificates_state_what_the_record_says(book, texts):
    found = records(book(commute=texts.proved), "commute")
    assert replay(found.certificate).statement == found.formal
