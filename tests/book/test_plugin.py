"""The pytest plugin on small books, run by pytest itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from symbolic_cp.book.audit import audit
from symbolic_cp.book.book import Book
from symbolic_cp.book.lock import locks, write_lock
from symbolic_cp.pytest_plugin import book_folder, is_proof_script

pytest_plugins = "pytester"


@pytest.fixture
def run(pytester, make, monkeypatch):
    """Run pytest on a folder of scripts; what it says."""
    monkeypatch.chdir(pytester.path)

    def _run(*words, lock=False, **scripts):
        folder = make(**scripts)
        if lock:
            write_lock(folder, locks(audit(Book(folder), twice=False).records))
        options = ["-p", "symbolic_cp.pytest_plugin", "-p", "no:cacheprovider", "-W", "ignore", "-v"]
        return pytester.runpytest_inprocess(*options, f"--rootdir={folder.parent}", *(words or [folder]))

    return _run


def names(result):
    return [line.split("::")[1].split()[0] for line in result.outlines if "::" in line and "%]" in line]


def test_every_step_and_statement_is_an_item(run, texts):
    result = run(commute=texts.proved)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*scripts/commute.py::commute.1 PASSED*", "*scripts/commute.py::commute PASSED*"])


def test_a_failing_item_says_everything(run, texts):
    result = run(wrong=texts.wrong.replace('"A square root of zero is zero"', '"", equations={"eq-5": "wrong.1"}'))
    result.assert_outcomes(passed=1, failed=3)
    text = "\n".join(result.outlines)
    for line in (
        "step         wrong.1 (eq-5) the step that fails",
        "verdict      refuted; there is no book.lock that accepts this (symbolic-cp audit --accept writes one)",
        "for all      n : nat, A : n x n",
        "if           A*A = 0   [A A = 0]",
        "then         A = 0",
        "rule         combine: one certificate",
        "reasons      A A = 0",
        "residual     A   (should be 0)",
    ):
        assert f"\n{line}\n" in text
    assert "\nrefuted by   n = 2, A = [[" in text
    assert "Traceback" not in text


def test_what_rests_on_a_failed_step_is_not_reached_and_names_it(run, texts):
    text = "\n".join(run(wrong=texts.wrong).outlines)
    failures, _, _ = text.partition("short test summary info")  # where CI is set, pytest says everything there again
    assert failures.count("\nverdict      not reached: it rests on wrong.1\n") == 2
    assert "::wrong.3 PASSED" in text


def test_a_refuted_step_with_a_proved_repair_passes_as_repaired_if_the_lock_says_so(run, texts):
    result = run(lock=True, wrong=texts.repaired)
    result.stdout.fnmatch_lines(["*::wrong.1 REPAIRED*", "*2 failed, 2 passed, 1 repaired*"])


def test_without_a_lock_it_fails(run, texts):
    result = run(wrong=texts.repaired)
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(["verdict      repaired; there is no book.lock*", "repair       wrong.1.repair"])


def test_a_lock_entry_accepts_a_refuted_claim(run, texts):
    result = run(lock=True, wrong=texts.wrong)
    result.stdout.fnmatch_lines(["*::wrong.1 REFUTED*", "*2 failed, 1 passed, 1 refuted*"])


def test_a_lock_accepts_what_it_was_written_for_only(run, make, texts):
    write_lock(make(), locks(audit(Book(make(wrong=texts.wrong)), twice=False).records))
    stronger = texts.wrong.replace("A == 0, by=[square]", "A == A.T, by=[square]")
    result = run(wrong=stronger)
    result.stdout.fnmatch_lines(["verdict      refuted; book.lock accepts this for another formal statement"])


def test_a_lock_that_says_something_else(run, make, texts):
    write_lock(make(), locks(audit(Book(make(wrong=texts.repaired)), twice=False).records))
    result = run(wrong=texts.wrong)
    result.stdout.fnmatch_lines(["verdict      refuted; book.lock says repaired"])


def test_items_are_chosen_as_anywhere(run, make, texts):
    folder = make(commute=texts.proved, wrong=texts.wrong)
    assert names(run(folder, "-k", "wrong.3")) == ["wrong.3"]
    assert names(run(f"{folder / 'commute.py'}::commute.1")) == ["commute.1"]
    assert names(run(folder / "commute.py")) == ["commute.1", "commute"]


def test_a_script_that_breaks_off_fails_with_its_reason(run, texts):
    result = run(commute=texts.proved.replace("    s.conclude", "    undefined\n    s.conclude"))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["message      the script breaks off: NameError: name 'undefined' is not defined"])


def test_a_script_that_cannot_be_loaded_is_an_error_in_one_line(run, texts):
    result = run(commute=texts.proved, broken=texts.proved.replace("commute", "broken") + "\n1 / 0\n")
    text = "\n".join(result.outlines)
    assert "broken.py:16: this script cannot be loaded: ZeroDivisionError: division by zero" in text
    assert "Traceback" not in text
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_statement_of_another_file_is_cited_and_not_collected_twice(run, texts):
    above = """
    @statement("above", "From the other file")
    def above(s):
        s.dims("n")
        A, B = s.matrices("A: n x n, B: n x n")
        same = s.given(A @ B == B @ A)
        s.include("commute")
        s.conclude(A @ A @ B @ B == B @ B @ A @ A, by=s.cite("commute", A=A, B=B)(same))
    """
    assert sorted(names(run(commute=texts.proved, above=above))) == ["above", "commute", "commute.1"]


def test_scripts_run_on_several_cores(run, make, texts, monkeypatch, root):
    monkeypatch.setenv("PYTHONPATH", str(root))
    result = run("-n", "2", make(commute=texts.proved, wrong=texts.repaired), lock=True)
    result.stdout.fnmatch_lines(["*2 failed, 4 passed, 1 repaired*"])


def test_other_python_files_are_left_alone(tmp_path):
    files = {
        "helper.py": "def f(): pass\n",
        "other.py": "import symbolic_cp\n\nclass A:\n    @statement('a')\n    def f(self): pass\n",
        "words.py": '"""symbolic_cp has @statement."""\n',
        "test_words.py": "from symbolic_cp.book.script import statement\n@statement('a')\ndef f(s): pass\n",
        "broken.py": "from symbolic_cp.book.script import statement\n@statement('a'\n",
        "foreign.py": "from elsewhere import statement\n@statement('a')\ndef f(s): pass\n",
        "data.txt": "from symbolic_cp.book.script import statement\n@statement('a')\ndef f(s): pass\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert [name for name in files if is_proof_script(tmp_path / name)] == []
    for text in ("import symbolic_cp.book.script as x\n@x.statement('a')\ndef f(s): pass\n", files["data.txt"]):
        (tmp_path / "script.py").write_text(text)
        assert is_proof_script(tmp_path / "script.py")


def test_the_book_of_a_script(tmp_path):
    script = "from symbolic_cp.book.script import statement\n@statement('a')\ndef f(s): pass\n"
    inner = tmp_path / "home" / "book" / "beyond"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        (folder / "script.py").write_text(script)
    assert book_folder(inner / "script.py", tmp_path) == inner.parent
    assert book_folder(inner / "script.py", inner) == inner
    assert book_folder(inner / "script.py", tmp_path / "elsewhere") == inner
    (tmp_path / "home" / "ORDER").touch()
    assert book_folder(inner / "script.py", tmp_path) == tmp_path / "home"
    (inner / "book.lock").touch()
    assert book_folder(inner / "script.py", tmp_path) == inner


def test_the_plugin_imports_nothing_heavy():
    code = "import symbolic_cp.pytest_plugin, sys; print([m for m in ('flint', 'sympy', 'rich') if m in sys.modules])"
    code += "; print([m for m in sys.modules if m.startswith('symbolic_cp.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n['symbolic_cp.pytest_plugin']\n"
