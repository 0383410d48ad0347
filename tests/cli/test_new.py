"""symbolic-cp new: what it writes is proved, is collected by pytest, and nothing is overwritten."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from symbolic_cp.cli import main


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_are_listed(here, capsys):
    assert main(["new", "least-squares", "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert files == [f"least-squares/{name}" for name in ("least_squares.py", "test_least_squares.py", "ORDER")]
    assert sorted(str(path.relative_to(here)) for path in here.rglob("*.*")) == sorted(files[:2])
    assert main(["new", "other"]) == 0
    assert capsys.readouterr().out.endswith("other/ORDER\n\nNext: pytest other\n")


def test_the_script_is_proved(capsys):
    assert main(["new", "lemma"]) == 0
    assert main(["audit", "--book", "lemma", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out.partition("Next: pytest lemma\n")[2])["summary"]
    assert summary == {"proved": 3, "refuted": 0, "repaired": 0, "instances": 0, "open": 0}


def test_pytest_collects_each_step_and_runs_the_test(here):
    assert main(["new", "my_lemma"]) == 0
    command = [sys.executable, "-m", "pytest", "-q", "-p", "symbolic_cp.pytest_plugin", "-p", "no:cacheprovider", "-rA"]
    done = subprocess.run([*command, "my_lemma"], cwd=here, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [f"my_lemma.py::my-lemma{end}" for end in (".1", ".2", "")]
    for item in [*steps, "test_the_book_is_proved"]:
        assert any(line.startswith("PASSED") and line.endswith(item) for line in done.stdout.splitlines()), item


def test_a_script_that_is_spoiled_fails_its_test(here, capsys):
    assert main(["new", "lemma"]) == 0
    script = here / "lemma" / "lemma.py"
    text = script.read_text()
    assert text.count("A.T @ (B - A @ Z) == 0") == 1
    script.write_text(text.replace("A.T @ (B - A @ Z) == 0", "B - A @ Z == 0"))
    assert main(["audit", "--book", "lemma"]) == 1
    assert "refuted" in capsys.readouterr().out


def test_nothing_is_overwritten(here, capsys):
    assert main(["new", "lemma"]) == 0
    before = {path: path.read_bytes() for path in (here / "lemma").iterdir()}
    capsys.readouterr()
    assert main(["new", "lemma"]) == 2
    said = "symbolic-cp: lemma: this is there already, and new overwrites nothing; give another name\n"
    assert capsys.readouterr().err == said
    assert {path: path.read_bytes() for path in (here / "lemma").iterdir()} == before
    (here / "file").write_text("kept")
    assert main(["new", "file"]) == 2
    assert (here / "file").read_text() == "kept"


@pytest.mark.parametrize("name", ["3d", "a b", "class", "test_x", "a/../b.c", "x" * 61, "é", '"', "a;b", ".."])
def test_names_that_are_refused(here, capsys, name):
    assert main(["new", name]) == 2
    assert "cannot name a proof script" in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_folder_that_cannot_be_made(capsys):
    assert main(["new", "no/such/lemma"]) == 2
    assert "cannot be made" in capsys.readouterr().err


def test_the_script_is_python_with_one_statement(here):
    assert main(["new", "least-squares"]) == 0
    tree = ast.parse((here / "least-squares" / "least_squares.py").read_text())
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] == ["least_squares"]
