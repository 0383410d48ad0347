"""Files and command lines that must be refused, each with the exact message expected.

NAME.cmd holds the words behind `symbolic-cp`, NAME.err what it must print on standard error. A message that changed
is read and then accepted with `python -m pytest tests/bad --accept`. The real command line is run, in a folder with
all files of this one and those of MADE, which are too large to keep. Each must answer in one line, with exit code 2,
nothing on standard output, no traceback, and with --json say the same as JSON.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from symbolic_cp.cli import main

HERE = Path(__file__).resolve().parent
CASES = sorted(path.stem for path in HERE.glob("*.cmd"))
LIMIT = 30  # seconds: the time in which anything must have been refused

MADE = {
    "huge-number.json": lambda: '{"X": [[' + "7" * 10_000_000 + ']], "Y": [[1]], "weights": [[[1]], [[1]]]}',
    "huge-text-number.json": lambda: '{"X": [["' + "7" * 10_000_000 + '"]], "Y": [[1]], "weights": [[[1]], [[1]]]}',
    "huge-number.csv": lambda: "a,b\n1," + "7" * 10_000_000 + "\n",
    "deep.json": lambda: "[" * 100_000,
    "deep-object.json": lambda: '{"a":' * 100_000,
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("bad")
    for path in HERE.iterdir():
        if path.is_file():
            (made / path.name).write_bytes(path.read_bytes())
    for name, text in MADE.items():
        (made / name).write_text(text())
    return made


def run(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(HERE.parent.parent), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "symbolic_cp", *words]
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", timeout=LIMIT, check=False
    )


@pytest.mark.parametrize("name", CASES)
def test_is_refused_with_this_message(accept, monkeypatch, capsys, folder, name):
    words = shlex.split((HERE / f"{name}.cmd").read_text(encoding="utf-8"))
    done = run(folder, words)
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    expected = HERE / f"{name}.err"
    if accept:
        expected.write_text(done.stderr, encoding="utf-8")
    assert done.stderr == expected.read_text(encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main([*words, "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    error = json.loads(out)["error"]
    assert list(error) == ["message", "file", "line", "column", "field"]
    places = ":".join(str(error[part]) for part in ("file", "line", "column") if error[part] is not None)
    said = ": ".join(filter(None, ["symbolic-cp", places, error["field"], error["message"]]))
    assert said + "\n" == done.stderr


def test_every_message_has_its_command_line():
    assert sorted(path.stem for path in HERE.glob("*.err")) == CASES


@pytest.mark.parametrize("name", CASES)
def test_its_file_is_there(name):
    """A case that names a file which is missing would be refused for that, and not for what it is about."""
    words = shlex.split((HERE / f"{name}.cmd").read_text(encoding="utf-8"))
    files = [word for word in words if "." in word and not word.startswith("-")]
    for file in files:
        assert (HERE / file).exists() or file in MADE or file.startswith("missing")
