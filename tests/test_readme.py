"""README.md shows what the program really prints.

A block under `<!-- output of: COMMAND -->` is compared with what COMMAND prints in the checkout; times are masked.
`python -m pytest tests/test_readme.py --accept` writes the output that is printed now; read the diff.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- output of: symbolic-cp ([^\n]+) -->\n```text\n(.*?)```\n", re.DOTALL)
TIME = re.compile(r"\d+(\.\d+)? m?s\b")
BLOCKS = BLOCK.findall(README.read_text(encoding="utf-8"))


def output(words: list[str]) -> str:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "symbolic_cp", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    return done.stdout


def plain(text: str) -> str:
    """Without trailing spaces, and with every time the same."""
    return "\n".join(TIME.sub("0 s", line.rstrip()) for line in text.strip().splitlines())


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_readme_shows_the_real_output(accept, command, shown):
    printed = output(shlex.split(command))
    if accept and plain(printed) != plain(shown):
        lines = "\n".join(line.rstrip() for line in printed.strip().splitlines())
        head = f"<!-- output of: symbolic-cp {command} -->\n```text\n"
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(f"{head}{shown}```", f"{head}{lines}\n```"), encoding="utf-8")
        shown = printed
    assert plain(printed) == plain(shown)


@pytest.mark.parametrize("name", ["audit", "test"])
def test_readme_has_the_commands_that_ci_runs(name):
    text = README.read_text(encoding="utf-8")
    found = re.findall(f"<!-- command: {name} -->\n```sh\n(.+)\n```\n", text)
    assert len(found) == 1
    assert " .venv " in found[0]
