"""symbolic-cp campaign: what it prints, exit codes, replay, bad input."""

from __future__ import annotations

import json

import pytest

from symbolic_cp.cli import main

BOOK = """
from symbolic_cp.book.script import statement
from symbolic_cp.kernel.formulas import Variable, at, equal, exists, matrix_sort
from symbolic_cp.prover.expression import tr

B = Variable("B", matrix_sort("n", "n"))


@statement("true", "Squares of projectors")
def true(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    s.conclude(A @ A @ A == A, by=[s.given(A @ A == A, "A A = A")])


@statement("false", "Projectors are orthogonal")
def false(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    s.conclude(A.T == A, by=[s.given(A @ A == A, "A A = A")])


@statement("open", "There is a root")
def root(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    s.conclude(exists(B, equal(at(B) @ at(B) @ at(B), A.term)), by=[])


@statement("never", "Impossible")
def never(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    s.conclude(A == 0, by=[s.given(tr(A @ A.T) + 1 == 0, "impossible")])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("book")
    (made / "projectors.py").write_text(BOOK)
    return str(made)


@pytest.fixture
def run(capsys, folder):
    def _run(*words, book=True):
        code = main(["campaign", *words, *(["--book", folder] if book else [])])
        out, err = capsys.readouterr()
        return code, out, err

    return _run


def wanted(statement, count=60):
    return "--statement", statement, "--count", str(count), "--seed", "3"


def test_all_hold(run):
    code, out, err = run(*wanted("true"), "--json")
    found = json.loads(out)
    assert (code, err, found["checked"], found["failed"]) == (0, "", 60, 0)
    assert found["per_second"] > 0


def test_some_fail_and_are_shown_small(run):
    code, out, err = run(*wanted("false"))
    assert (code, err) == (1, "")
    assert "false, seed 3: 60 instances (60 now, " in out
    assert "Failing instances, made small (5 of " in out
    assert "n = 2, A = [[" in out


@pytest.mark.parametrize(("statement", "field"), [("open", "undecided"), ("never", "no_instance")])
def test_what_is_not_decided_is_no_success(run, statement, field):
    code, out, _ = run(*wanted(statement), "--json")
    found = json.loads(out)
    assert code == 3
    assert found["failed"] == 0
    assert found[field] == 60 - found["checked"] > 0


def test_replay(run, tmp_path):
    store = str(tmp_path / "false.db")
    code, out, _ = run(*wanted("false"), "--store", store)
    assert code == 1
    again = out.splitlines()[-1]
    assert again.startswith("Again: symbolic-cp campaign ")
    words = again.split()[3:]
    code, out, _ = run(*words, book=False)
    assert code == 1
    assert "Drawn and checked again: the same" in out
    assert out.count("violated: every hypothesis holds, and a claim does not") == 2  # as drawn, and made small
    found = json.loads(run(*words, "--json", book=False)[1])
    assert found["same"] is True
    assert found["shrunk"]["n"] == 2
    assert found["outcome"]["verdict"] == found["shrunk_outcome"]["verdict"] == "violated"
    code, _, err = run("--store", store, "--replay", "100000", book=False)
    assert code == 2
    assert "instance 100000 is not kept by itself; failing instances are kept: " in err


def test_a_replayed_instance_is_what_check_takes(run, tmp_path, capsys, folder):
    store, file = str(tmp_path / "false.db"), tmp_path / "instance.json"
    number = json.loads(run(*wanted("false"), "--store", store, "--json")[1])["failures"][0]["number"]
    found = json.loads(run("--store", store, "--replay", str(number), "--json", book=False)[1])
    file.write_text(json.dumps(found["shrunk"]))
    assert main(["check", "false", str(file), "--book", folder]) == 1
    assert "violated" in capsys.readouterr().out


def test_values_that_do_not_come_again_are_said_to(run, tmp_path):
    import sqlite3

    store = str(tmp_path / "false.db")
    run(*wanted("false"), "--store", store)
    with sqlite3.connect(store) as database:
        (number,) = database.execute("SELECT min(number) FROM odd").fetchone()
        database.execute("UPDATE odd SET instance = '{\"n\": 1, \"A\": [[1]]}' WHERE number = ?", (number,))
    database.close()
    code, out, _ = run("--store", store, "--replay", str(number), book=False)
    assert code == 1
    assert "Drawn and checked again: not what was kept" in out
    assert "holds: every hypothesis and every claim" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--statement ID, --count N and --seed S say what to check"),
        (("--statement", "true", "--count", "5"), "--seed S say what to check"),
        (("--statement", "true", "--count", "0", "--seed", "1"), "0 is not in the range"),
        (("--statement", "true", "--count", "-5", "--seed", "1"), "-5 is not in the range"),
        (("--statement", "true", "--count", "1e9", "--seed", "1"), "'1e9' is no whole number"),
        (("--statement", "true", "--count", "9" * 50, "--seed", "1"), "is not in the range"),
        (("--statement", "true", "--count", "5", "--seed", "-1"), "is not in the range"),
        ((*wanted("true"), "--jobs", "0"), "0 is not in the range"),
        ((*wanted("true"), "--jobs", "2", "--dask", "tcp://x:1"), "give one of them"),
        ((*wanted("true"), "--dask", "nonsense"), "there is no Dask scheduler at nonsense"),
        ((*wanted("nothing"),), "the book has no 'nothing'"),
        ((*wanted("true"), "--store", ""), "--store needs the name of a file"),
        ((*wanted("true"), "--store", ":memory:"), "--store needs the name of a file"),
        ((*wanted("true"), "--store", "/no/such/folder/x.db"), "/no/such/folder/x.db: SQLite says: unable to open"),
        ((*wanted("true"), "--replay", "3"), "goes with --store FILE, and with nothing else"),
        (("--replay", "3", "--store", "missing.db"), "goes with --store FILE, and with nothing else"),
    ],
)
def test_bad_input_is_one_line(run, words, said, monkeypatch):
    monkeypatch.setattr("symbolic_cp.campaign.executors.CONNECT", 0.3)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_replay_of_no_store(run, tmp_path):
    assert run("--replay", "3", "--store", str(tmp_path / "no.db"), book=False)[0] == 2
    assert not (tmp_path / "no.db").exists()


def test_a_failing_part_of_a_statement_is_made_small_and_replayed(run, tmp_path):
    store = str(tmp_path / "parts.db")
    code, out, _ = run("--statement", "prop-6", "--count", "8", "--seed", "0", "--store", store, book=False)
    assert code == 1
    assert "7: d0 = 1, d2 = 1, m = 1" in out
    code, out, _ = run("--replay", "7", "--store", store, book=False)
    assert code == 1
    assert "Drawn and checked again: the same" in out
    assert out.count("violated: every hypothesis holds, and a claim does not") == 2
