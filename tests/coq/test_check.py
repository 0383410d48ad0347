"""What is read of coqc's answers: a program that stands in for it refuses and reports what the files say."""

from __future__ import annotations

import json
import os

import pytest

from symbolic_cp.coq.check import check
from symbolic_cp.coq.export import INDEX, LIBRARY

COQC = r"""#!/bin/sh
# Refuses a file with the word REFUSED; knows axioms beneath the theorems whose names begin with "by_".
for file; do :; done
if grep -q REFUSED "$file"; then echo "File \"./$file\", line 1: refused" >&2; exit 1; fi
case "$(grep '^Print Assumptions' "$file")" in
    "") ;;
    *everything*) grep -q '@by_' "$file" && printf 'Axioms:\nbad : False\n' || echo "Closed under the global context" ;;
    *by_two*) printf 'Axioms:\nbad : False\nworse\n  : forall n : nat,\n    n = 0\n' ;;
    *by_*) printf 'Axioms:\nbad : False\n' ;;
    *) echo "Closed under the global context" ;;
esac
"""


@pytest.fixture
def exported(tmp_path, monkeypatch):
    """Writes files with these texts, and what they cite, where the stand-in is the coqc that is found."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "coqc"
    program.write_text(COQC)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def write(theorems, library="Definition a := 1."):
        folder = tmp_path / "files"
        for part in ("book", "library"):
            (folder / part).mkdir(parents=True)
        for name in LIBRARY:
            (folder / "library" / f"{name}.v").write_text(library)
        rows = [
            {"id": name.replace("_", "-"), "file": f"{name}.v", "cites": [one.replace("_", "-") for one in cites]}
            for name, (_, cites) in theorems.items()
        ]
        for name, (text, _) in theorems.items():
            (folder / "book" / f"{name}.v").write_text(f"Set Implicit Arguments.\n{text}\n")
        (folder / INDEX).write_text(json.dumps(rows))
        return folder

    return write


def test_all_are_accepted_and_nothing_is_asked_one_by_one(exported):
    folder = exported({"a": ("one", []), "b": ("two", ["a"]), "c": ("three", [])})
    told = []
    answers = check(folder, lambda done, of: told.append((done, of)))
    assert [(one.id, one.accepted, one.axioms, one.message) for one in answers] == [
        (name, True, (), "") for name in "abc"
    ]
    assert told[-1] == (len(LIBRARY) + 3, len(LIBRARY) + 3)
    assert not (folder / "units" / "Asked.v").exists()


def test_a_refused_one_is_named_by_its_own_file_and_others_are_accepted(exported):
    folder = exported({"a": ("one", []), "b": ("REFUSED", []), "c": ("three", ["b"]), "d": ("four", ["a"])})
    answers = {one.id: one for one in check(folder)}
    assert {name: one.accepted for name, one in answers.items()} == {"a": True, "b": False, "c": False, "d": True}
    assert answers["b"].message == 'File "./book/b.v", line 1: refused'
    assert answers["c"].message == "it cites b"
    assert not any(one.axioms for one in answers.values())


@pytest.mark.parametrize("beside", ["plain", "REFUSED"])
def test_axioms_are_those_of_each_theorem(exported, beside):
    folder = exported({"a": ("one", []), "by_one": ("x", []), "by_two": ("y", ["a"]), "b": (beside, [])})
    answers = {one.id: one for one in check(folder)}
    assert answers["b"].accepted == (beside == "plain")
    assert {name: one.axioms for name, one in answers.items()} == {
        "a": (), "b": (), "by-one": ("bad",), "by-two": ("bad", "worse")
    }  # fmt: skip


def test_what_cites_a_theorem_without_a_file_is_refused(exported):
    (answer,) = check(exported({"a": ("one", ["gone"])}))
    assert (answer.accepted, answer.message) == (False, "it cites a theorem that has no file")


def test_a_refused_library_is_the_answer(exported):
    (answer,) = check(exported({"a": ("one", [])}, library="REFUSED"))
    assert (answer.id, answer.accepted) == ("Terms", False)
    assert answer.message.endswith("line 1: refused")
