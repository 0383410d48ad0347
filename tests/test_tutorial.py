"""The tutorial does what it says: its blocks are run in order, and print what stands beneath them."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import symbolic_cp as cp

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TEXT = (EXAMPLES / "tutorial_baldi_hornik.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:<!-- (file|output of): ([^\n]+) -->\n)?```(python|text)\n(.*?)```\n", re.DOTALL)
BLOCKS = BLOCK.findall(TEXT)
SECONDS = re.compile(r"\d+(\.\d+)? s\b")


def test_every_block_of_the_tutorial_is_read():
    assert len(BLOCKS) == TEXT.count("```") // 2
    assert [kind for kind, *_ in BLOCKS].count("file") == 1


def test_the_blocks_print_what_stands_beneath_them():
    names, printed = {}, ""
    for kind, _, language, body in BLOCKS:
        if kind:
            continue
        if language == "text":
            assert printed == body
            printed = ""
            continue
        assert printed == "", "what a block prints stands beneath it"
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(body, "tutorial", "exec"), names)  # noqa: S102 - the blocks of our own file are what is tested
        printed = out.getvalue()
    assert printed == ""


def test_the_script_is_shown_as_it_is():
    shown = {name: body for kind, name, _, body in BLOCKS if kind == "file"}
    for name, body in shown.items():
        assert (EXAMPLES.parent / name).read_text(encoding="utf-8") == body


@pytest.mark.parametrize(("command", "shown"), [(name, body) for kind, name, _, body in BLOCKS if kind == "output of"])
def test_the_commands_print_what_is_shown(command, shown):
    words = shlex.split(command)
    assert words[0] == "symbolic-cp"
    done = subprocess.run(
        [sys.executable, "-m", "symbolic_cp", *words[1:]],
        cwd=EXAMPLES.parent, capture_output=True, encoding="utf-8", check=True, timeout=60,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
    )
    assert plain(done.stdout) == plain(shown)


def plain(text: str) -> list[str]:
    return [SECONDS.sub("0 s", line.rstrip()) for line in text.strip().splitlines()]


def test_the_lemma_rests_on_no_fact():
    report = cp.audit(book=EXAMPLES / "baldi_hornik")
    (record,) = report.records
    assert (record.id, record.verdict, list(record.facts)) == ("critical", "proved", [])
    assert len(record.steps) == 5
    assert report.summary["proved"] == 6


def test_the_printed_counterexample_is_a_critical_point():
    names = {}
    first = next(body for *_, body in BLOCKS if "claim = {" in body)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile("import symbolic_cp as cp\n" + first, "tutorial", "exec"), names)  # noqa: S102 - as above
    from sympy import Matrix

    (answer,) = cp.prove(names["claim"])
    values = {name: Matrix(value) for name, value in answer.counterexample.items() if name in {"X", "Y", "A", "B"}}
    X, Y, A, B = (values[name] for name in "XYAB")
    E = A * B * X - Y
    assert A.T * E * X.T == Matrix.zeros(*B.shape)
    assert E * X.T * B.T == Matrix.zeros(*A.shape)
    assert A * B != Y * X.T * (X * X.T).inv()
