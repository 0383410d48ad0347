"""audit, explain, check, certify and facts on small books; certificates that certify writes hold with recheck."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from symbolic_cp.cli import main
from symbolic_cp.kernel.facts import FACTS

SCRIPT = """
from symbolic_cp.book.script import statement
from symbolic_cp.kernel.formulas import *
from symbolic_cp.prover.context import from_fact


@statement("commute", "Powers commute", equations={"eq-7": "commute.1"})
def commute(s):
    s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    same = s.given(A @ B == B @ A, "A and B commute")
    first = s.step("commute.1", A @ A @ B == B @ A @ A, by=[same], title="twice")
    s.conclude(A @ A @ B @ B == B @ B @ A @ A, by=[same, first])


@statement("inner", "There is a generalised inverse")
def inner(s):
    m, n = s.dims("m n")
    (A,) = s.matrices("A: m x n")
    (B,), known = s.obtain(from_fact("pinv").at(A=A), "B")
    x = Variable("x", matrix_sort("n", "m"))
    claim = exists(x, equal(A.term @ at(x) @ A.term, A.term))
    s.conclude(claim, by=s.witness(claim, B, by=known[0]))
"""

WRONG = """

@statement("wrong", "A square root of zero is zero")
def wrong(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square = s.given(A @ A == 0, "A A = 0")
    s.conclude(A == 0, by=[square])
"""

REPAIR = """

@statement("wrong.repair", "A symmetric one is")
def repair(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square, symmetric = s.given(A @ A == 0, "A A = 0"), s.given(A.T == A, "A is symmetric")
    s.conclude(A == 0, by=s.zero(A, square, symmetric))
"""

OPEN = """

@statement("hard", "Something that is not proved")
def hard(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    s.conclude(exists(Variable("R", matrix_sort("n", "n")), equal(A.term, A.term)), by=[])
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with the scripts that are given."""

    def _folder(*texts):
        place = tmp_path / "scripts"
        place.mkdir(exist_ok=True)
        (place / "script.py").write_text("".join(texts))
        return place

    return _folder


@pytest.fixture
def run(capsys):
    """Run a command line: exit code, standard output (as JSON where asked for), standard error."""

    def _run(*words):
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, json.loads(out) if "--json" in words else out, err

    return _run


# -------------------------------------------------------------------------------------------------------------- audit


def test_an_audit_that_is_piped_is_plain_and_names_every_id(run, folder):
    code, out, err = run("audit", "--book", folder(SCRIPT))
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    rows = [line[0] for line in lines[1:] if line[1:3] == ["✓", "proved"]]
    assert rows == ["commute", "commute.1", "eq-7", "inner"]
    assert "\x1b" not in out
    assert "4 ids: 4 proved" in out
    assert "There is no book.lock to compare with" in out


def test_an_audit_as_json(run, folder):
    code, document, err = run("audit", "--json", "--book", folder(SCRIPT, WRONG, REPAIR))
    assert (code, err) == (0, "")
    assert document["summary"] == {"proved": 5, "refuted": 0, "repaired": 1, "instances": 0, "open": 0}
    assert [one["id"] for one in document["statements"]] == ["commute", "eq-7", "inner", "wrong", "wrong.repair"]
    assert document["statements"][2]["facts"] == ["pinv"]
    assert document["statements"][3]["repair"] == "wrong.repair"
    assert document["lock"] is None


@pytest.mark.parametrize(
    ("more", "code"), [([], 0), ([WRONG], 1), ([WRONG, REPAIR], 0), ([OPEN], 3), ([WRONG, OPEN], 1)]
)
def test_exit_codes_without_a_lock(run, folder, more, code):
    assert run("audit", "--book", folder(SCRIPT, *more))[0] == code


def test_a_lock_is_accepted_compared_and_updated(run, folder):
    place = folder(SCRIPT, WRONG)
    code, out, _ = run("audit", "--book", place, "--accept")
    assert code == 0
    assert "Written to book.lock; new or different:\n  commute is new\n" in out
    code, out, _ = run("audit", "--book", place)
    assert (code, out.splitlines()[-1]) == (0, "As in book.lock.")
    folder(SCRIPT.replace("A @ A @ B == B @ A @ A", "A @ B @ B == B @ B @ A"), WRONG, REPAIR)
    code, out, _ = run("audit", "--book", place)
    assert code == 1
    said = out[out.index("Different from book.lock:") :].splitlines()[1:]
    assert said[0].startswith("  commute.1: the statement was ")
    assert "A*B*B = B*B*A" in said[0]
    assert "  wrong: the verdict was refuted and is repaired" in said
    assert "  wrong.repair is new" in said
    code, document, _ = run("audit", "--json", "--book", place)
    assert code == 1
    assert {"id": "wrong.repair", "what": "id", "old": None, "new": "proved"} in document["lock"]
    assert run("audit", "--book", place, "wrong")[0] == 1
    assert run("audit", "--book", place, "inner")[0] == 0
    assert run("audit", "--book", place, "--accept", "wrong")[0] == 0
    assert run("audit", "--book", place, "wrong")[0] == 0
    assert run("audit", "--book", place)[0] == 1
    assert run("audit", "--book", place, "--accept")[0] == 0
    assert run("audit", "--book", place)[0] == 0


def test_what_is_open_is_never_a_success(run, folder):
    place = folder(SCRIPT, OPEN)
    code, out, _ = run("audit", "--book", place, "--accept")
    assert code == 3
    assert "hard: there are R : n x n. 0 = 0 is no equation or inequality" in out
    assert run("audit", "--book", place)[0] == 3


def test_a_lock_that_cannot_be_read_is_bad_input_and_can_be_replaced(run, folder):
    place = folder(SCRIPT)
    (place / "book.lock").write_text("<<<<<<< HEAD\n")
    code, out, err = run("audit", "--book", place)
    assert (code, out) == (2, "")
    assert err.startswith(f"symbolic-cp: {place / 'book.lock'}:1:1: this is no JSON")
    assert run("audit", "--book", place, "--accept")[0] == 0
    assert run("audit", "--book", place)[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["audit", "comute"], "the book has no 'comute'; is commute meant?"),
        (["audit", "zzz"], "the book has no 'zzz'; audit lists what it has"),
        (["explain", "commute.4"], "commute has no step 'commute.4'; it has commute.1"),
        (["certify", "zzz", "-o", "out"], "the book has no 'zzz'; audit lists what it has"),
        (["check", "zzz", "x.json"], "the book has no 'zzz'; audit lists what it has"),
    ],
)
def test_ids_that_are_not_there(run, folder, words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(*words, "--book", folder(SCRIPT)) == (2, "", f"symbolic-cp: {message}\n")
    code, document, err = run(*words, "--json", "--book", folder(SCRIPT))
    assert (code, document["error"]["message"], err) == (2, message, "")


@pytest.mark.parametrize("name", ["audit", "facts"])
def test_folders_that_are_no_books(run, tmp_path, name):
    code, _, err = run(name, "--book", tmp_path / "missing")
    assert (code, err) == (2, f"symbolic-cp: there is no folder {tmp_path / 'missing'} with proof scripts\n")
    code, _, err = run(name, "--book", tmp_path)
    assert code == 2
    assert "holds no proof scripts (Python files with functions marked @statement)" in err


# ------------------------------------------------------------------------------------------------------------ explain


def test_explain_shows_the_claim_the_reasons_and_the_certificate(run, folder):
    code, out, _ = run("explain", "eq-7", "--book", folder(SCRIPT))
    assert code == 0
    found = out.splitlines()
    assert sorted(line.strip(" =+") for line in found[10:12]) == ["A*h1", "h1*A"]
    assert "\n".join([*found[:10], *found[12:]]) == dedent("""\
        eq-7 = commute.1  twice
        ✓ proved   (scripts/script.py:12)

        For all      n : nat, A : n x n, B : n x n
        if           A*B = B*A   [A and B commute]
        then         A*A*B = B*A*A

        Reasons      A and B commute
        Proof        h1 = A*B - B*A   (A and B commute)
                     A*A*B - B*A*A
        Facts        none""")


def test_explain_shows_the_counterexample_and_the_repair(run, folder):
    code, out, _ = run("explain", "wrong", "--book", folder(SCRIPT, WRONG, REPAIR))
    assert code == 0
    for line in (
        "⟲ repaired   (scripts/script.py:31)",
        "Counterexample: every hypothesis holds, and the claim does not (by evaluation, checked by the kernel)",
        "    n = 2",
        "Repair       wrong.repair  A symmetric one is",
        "and          A' = A   [A is symmetric]",
    ):
        assert f"\n{line}\n" in out


def test_explain_lists_the_steps_of_a_statement(run, folder):
    out = run("explain", "commute", "--book", folder(SCRIPT))[1]
    assert [line.split() for line in out.splitlines()[-2:]] == [
        ["step", "verdict", "title", "facts"],
        ["commute.1", "✓", "proved", "twice"],
    ]


def test_explain_as_json_has_the_certificate(run, folder, tmp_path):
    code, record, _ = run("explain", "inner", "--json", "--book", folder(SCRIPT))
    assert (code, record["id"], record["verdict"], record["facts"]) == (0, "inner", "proved", ["pinv"])
    file = tmp_path / "inner.cert.json"
    file.write_text(json.dumps(record["certificate"]))
    assert run("recheck", file)[0] == 0


def test_explain_says_why_there_is_no_proof(run, folder):
    out = run("explain", "hard", "--book", folder(SCRIPT, OPEN))[1]
    assert "? open" in out
    assert "No proof     there are R : n x n. 0 = 0 is no equation or inequality" in out


# -------------------------------------------------------------------------------------------------------------- check


def test_check_shows_hypotheses_claims_and_residuals(run, folder, tmp_path):
    place, file = folder(SCRIPT), tmp_path / "pair.json"
    file.write_text('{"A": [[1, 1], [0, 1]], "B": [[1, 5], [0, 1]]}')
    code, out, _ = run("check", "commute.1", file, "--book", place)
    assert code == 0
    assert out.splitlines()[-1] == "holds: every hypothesis and every claim"
    file.write_text('{"A": [[1, 1], [0, 1]], "B": [[1, 5], [1, 1]]}')
    code, out, _ = run("check", "commute.1", file, "--book", place)
    assert code == 1
    assert "if    A*B = B*A      fails  [[1, 0], [0, -1]]  A and B commute" in out
    assert out.splitlines()[-1] == "not applicable: a hypothesis does not hold"
    code, document, _ = run("check", "commute.1", file, "--json", "--book", place)
    assert (code, document["verdict"]) == (1, "not-applicable")
    assert document["hypotheses"][0]["residual"] == [[1, 0], [0, -1]]


def test_check_of_a_wrong_claim(run, folder, tmp_path):
    file = tmp_path / "nilpotent.json"
    file.write_text('{"A": [[0, 1], [0, 0]]}')
    code, document, _ = run("check", "wrong", file, "--json", "--book", folder(SCRIPT, WRONG))
    assert (code, document["verdict"]) == (1, "violated")
    assert document["claims"] == [{"formula": "A = 0", "holds": False, "residual": [[0, 1], [0, 0]], "label": ""}]


def test_check_of_bad_files(run, folder, tmp_path):
    file = tmp_path / "bad.json"
    file.write_text('{"A": [[0, 1], [0]]}')
    code, out, err = run("check", "commute", file, "--book", folder(SCRIPT))
    assert (code, out) == (2, "")
    assert err.startswith(f"symbolic-cp: {file}:1:16: A[2]: this row has length 1")


# ------------------------------------------------------------------------------------------------- certify and facts


def test_certificates_hold_for_the_other_checker(run, folder, tmp_path):
    place, target = folder(SCRIPT, WRONG, REPAIR), tmp_path / "certificates"
    code, document, err = run("certify", "--json", "-o", target, "--book", place)
    assert (code, err) == (0, "")
    names = ["commute.1", "commute", "inner", "wrong", "wrong.repair"]
    assert sorted(document["files"]) == sorted(str(target / f"{name}.cert.json") for name in names)
    code, found, _ = run("recheck", "--json", *document["files"])
    assert code == 0
    assert all(one["ok"] for one in found["certificates"])
    kinds = {name: json.loads((target / f"{name}.cert.json").read_text())["kind"] for name in names}
    assert kinds == dict.fromkeys(names, "proof") | {"wrong": "counterexample"}


def test_certify_names_what_has_no_certificate(run, folder, tmp_path):
    code, out, err = run("certify", "hard", "inner", "-o", tmp_path / "new" / "folder", "--book", folder(SCRIPT, OPEN))
    assert (code, err) == (3, "without a certificate: hard\n")
    assert out.startswith("1 certificate written to")


def test_certify_into_a_file_is_bad_input(run, folder, tmp_path):
    (tmp_path / "file").touch()
    code, out, err = run("certify", "-o", tmp_path / "file", "--book", folder(SCRIPT))
    assert (code, out) == (2, "")
    assert "cannot be made: file exists" in err


def test_facts_and_who_rests_on_them(run, folder):
    code, document, _ = run("facts", "--json", "--book", folder(SCRIPT, WRONG))
    assert code == 0
    assert {one["id"]: one["used_by"] for one in document["facts"]} == {
        "pinv": ["inner"],
        "split": [],
        "basis": [],
        "spectral": [],
    }
    assert {one["coq"] for one in document["facts"]} == {True}
    assert document["facts"][0]["statement"].startswith("for all m : nat, n : nat, A : m x n. there are B : n x m.")
    out = run("facts", "--book", folder(SCRIPT))[1]
    assert "pinv: every matrix has a Moore-Penrose inverse" in out


@pytest.mark.parametrize(
    ("known", "said"), [(True, "proved, without axioms"), (False, "refused"), (None, "not checked since its library")]
)
def test_facts_says_what_coq_says(run, folder, monkeypatch, known, said):
    monkeypatch.setattr("symbolic_cp.coq.recorded.proved_facts", lambda: dict.fromkeys(FACTS, known))
    code, out, _ = run("facts", "--book", folder(SCRIPT))
    assert code == 0
    assert out.count(f"  Coq        {said}") == len(FACTS)


# ---------------------------------------------------------------------------------------------------------------- coq

CITING = """

@statement("thrice", "What commutes commutes with powers of powers")
def thrice(s):
    n, = s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    same = s.given(A @ B == B @ A, "A and B commute")
    s.conclude(A @ A @ B @ B == B @ B @ A @ A, by=s.cite("commute", n=n, A=A, B=B)(same))
"""


def test_ids_are_exported_to_coq_with_what_they_cite(run, folder, tmp_path):
    book = folder(SCRIPT, CITING)
    code, document, err = run("coq", "thrice", "--json", "-o", tmp_path / "coq", "--book", book)
    assert (code, err) == (0, "")
    names = {one["id"] for one in document["statements"] if not one["id"].startswith("fact-")}
    assert names == {"commute", "commute.1", "thrice"}
    assert {path.name for path in (tmp_path / "coq" / "book").glob("[ct]*.v")} == {
        "commute.v",
        "commute_1.v",
        "thrice.v",
    }


def test_an_id_that_the_book_does_not_have_is_not_exported(run, folder, tmp_path):
    code, out, err = run("coq", "comute", "-o", tmp_path / "coq", "--book", folder(SCRIPT))
    assert (code, out) == (2, "")
    assert "is commute meant?" in err
