"""`python -I recheck.py` as a person on a bare machine runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.fixture
def run(root, tmp_path):
    """Run the file, copied to where nothing of the package is, without site-packages; exit code, stdout, stderr."""
    alone = tmp_path / "alone" / "recheck.py"
    alone.parent.mkdir()
    alone.write_bytes((root / "symbolic_cp/recheck.py").read_bytes())

    def call(*words: object) -> tuple[int, str, str]:
        command = [sys.executable, "-I", "-S", "recheck.py", *map(str, words)]
        done = subprocess.run(command, cwd=alone.parent, capture_output=True, text=True, env={}, check=False)
        return done.returncode, done.stdout, done.stderr

    return call


@pytest.fixture
def files(corpus, tmp_path):
    for name, data in corpus.items():
        (tmp_path / f"{name}.cert.json").write_text(json.dumps(data))
    return tmp_path


def test_a_proof_in_words(run, files):
    code, out, err = run(files / "square-or-zero.cert.json")
    said = "proof 'square-or-zero' holds. Proved, for all real numbers s: s*s > 0 or s = 0. Rests on no facts."
    assert (code, out, err) == (0, f"{files / 'square-or-zero.cert.json'}: {said}\n", "")


def test_several_files_and_the_worst_exit_code(run, files):
    good, bad, none = files / "contradiction.cert.json", files / "bad.cert.json", files / "none.cert.json"
    data = json.loads(good.read_text())
    data["lines"][1][2][2].pop()
    bad.write_text(json.dumps(data))
    code, out, err = run(good, bad)
    assert (code, err) == (1, "")
    assert out.splitlines()[1] == (
        f"{bad}: not accepted. step 1 ('combine'): no product is strictly positive"
    )
    assert run(good, bad, none)[0] == 2
    assert run(none)[:2] == (2, f"{none}: not accepted. No such file or directory\n")


def test_json_has_the_promised_fields(run, files):
    good, none = files / "fact-basis.cert.json", files / "none.cert.json"
    code, out, err = run("--json", good, none)
    assert (code, err) == (2, "")
    (first, second) = json.loads(out)["certificates"]
    assert {"file", "ok", "message", "statement"} <= set(first) & set(second)
    assert (first["file"], first["ok"], first["facts"], first["lemmas"]) == (str(good), True, ["basis"], ["fact-basis"])
    assert first["statement"] in first["message"]
    assert (second["ok"], second["statement"]) == (False, None)


def test_usage(run):
    assert run()[0] == 2
    assert run("--nonsense", "x")[0] == 2
    code, out, _ = run("--help")
    assert (code, "example: recheck lem-1.cert.json" in out) == (0, True)


def test_a_long_number_in_a_file_is_read(run, tmp_path):
    """Data may have numbers of up to 100,000 digits."""
    big = "7" * 90_000
    point = {"format": "symbolic-cp certificate", "version": 1, "kind": "critical-point", "name": "long",
             "X": [[1]], "Y": [[int("7" * 4000)]], "weights": [[["LONG"]]]}  # fmt: skip
    file = tmp_path / "long.cert.json"
    file.write_text(json.dumps(point).replace("7" * 4000, big).replace('"LONG"', big))
    code, out, _ = run(file)
    assert (code, "the loss is 0." in out) == (0, True)
    file.write_text(json.dumps(point).replace("7" * 4000, big).replace('"LONG"', big[:-1] + "6"))
    code, out, _ = run(file)
    assert (code, out.endswith("its entry 1, 1 contains -1\n")) == (1, True)
