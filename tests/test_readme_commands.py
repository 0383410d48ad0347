"""Every command that README.md names is executed, and its screenshot is what the program shows.

A command stands in README.md as people type it, with words such as ID and DIR in capitals; RUNS says with which words
it is run here. What takes minutes for the whole book (certify: three and a half) is run on two of its scripts, and with
HYPOTHESIS_PROFILE=nightly on all of it. `python -m pytest tests/test_readme_commands.py --accept` renews the picture.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from symbolic_cp.book.book import home
from symbolic_cp.cli import main
from symbolic_cp.cli import output as output_module

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = ROOT / "examples" / "audit.svg"
SHOWN = ["audit", "thm-1"]
WIDTH = 104
NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
PROSE = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
TYPED = re.compile(r"`((?:symbolic-cp|python|pip|\.ci/run|--)[^`]*)`")
NAMED = list(dict.fromkeys(" ".join(one.split()) for one in TYPED.findall(PROSE)))
WHOLE = ["--book", "BOOK"]
"""Stands for the book: two scripts, or nightly nothing, which is all of it."""
POINT = {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]], "weights": [[[0, 0], [0, 0]], [[0, 0], [0, 0]]]}

RUNS = {
    "symbolic-cp audit": [["audit", *WHOLE]],
    "symbolic-cp explain ID": [["explain", "thm-1.8"], ["explain", "lem-1.6"]],
    "symbolic-cp explain": [["explain", "prop-1.3"]],
    "symbolic-cp new NAME": [["new", "mine"]],
    "symbolic-cp facts": [["facts"]],
    "symbolic-cp certify -o DIR": [["certify", *WHOLE, "-o", "DIR"]],
    "symbolic-cp latex ID": [["latex", "lem-1.6"]],
    "--fragment": [["latex", "lem-1.6", "--fragment"]],
    "--pdf": [["latex", "lem-1.6", "--pdf"]],
    "symbolic-cp book -o site": [["book", *WHOLE, "-o", "site"]],
    "--plot FILE": [
        ["landscape", "DATA", "--hidden", "1", "--plot", "strata.svg"],
        ["verify", "POINT", "--plot", "way.svg"],
        ["relu", "DATA", "--hidden", "1", "--plot", "cells.svg"],
    ],
    "--plot-inertia FILE": [["landscape", "DATA", "--hidden", "1", "--plot-inertia", "inertia.svg"]],
    "symbolic-cp campaign --statement thm-1 --count 100000 --seed 1 --jobs 2 --store thm-1.db": [
        ["campaign", *["--statement", "thm-1", "--count", "20", "--seed", "1", "--jobs", "2", "--store", "thm-1.db"]]
    ],
    "--jobs": [["campaign", *["--statement", "eq-22", "--count", "20", "--seed", "1", "--jobs", "2"]]],
}
"""What is run in this process, in a temporary folder; every word in capitals is a file or folder there."""
ELSEWHERE = {
    "symbolic-cp coq -o DIR --check": "coq -o ",
    ".ci/run": "",
    "python -m pytest tests/bad --accept": "as_reader test",
    "python -m pytest tests/test_readme.py tests/test_readme_commands.py tests/test_notebooks.py --accept": (
        "as_reader test"
    ),
    "python -m pytest tests/benchmarks": "",
}
"""What .ci/run or the tests themselves do, with what .ci/run says there; benchmarks take minutes and are collected."""
CLUSTER = {"--dask ADDRESS": "dask_cluster", "--replay NUMBER --store FILE": "--replay"}
"""What tests/campaign or tests/cli/test_campaign.py do, with a word that stands there."""
CHECKER = "python -I recheck.py DIR/*.cert.json"


@pytest.fixture(name="place")
def _place(tmp_path, monkeypatch):
    """A folder with data, a point and a small book, in which the commands are run; DIR is shared by none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.json").write_text(json.dumps({name: POINT[name] for name in "XY"}))
    (tmp_path / "point.json").write_text(json.dumps(POINT))
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for name in ("eq_21", "library"):
        shutil.copy(home() / f"{name}.py", scripts)
    (scripts / "ORDER").write_text("library\neq_21", encoding="utf-8")
    return tmp_path


def words(line):
    """The words of a command, with the names of files; nightly the whole book."""
    names = {"DATA": "data.json", "POINT": "point.json", "DIR": "certificates", "BOOK": "scripts"}
    if NIGHTLY and line[1:3] == WHOLE:
        line = [line[0], *line[3:]]
    return [names.get(word, word) for word in line]


def test_every_command_is_known():
    known = {*RUNS, *ELSEWHERE, *CLUSTER, CHECKER}
    assert [one for one in NAMED if one not in known and not one.startswith("pip ")] == []
    assert [one for one in known if one not in NAMED] == []


@pytest.mark.parametrize("command", [one for one in RUNS if one in NAMED])
@pytest.mark.usefixtures("place")
def test_it_runs(command, capsys):
    for line in RUNS[command]:
        if "--pdf" in line and shutil.which("latexmk") is None and not os.environ.get("REQUIRE_TEX"):
            pytest.skip("latexmk is not installed")
        before = {path for path in Path().rglob("*") if path.is_file()}
        assert main(words(line)) == 0, capsys.readouterr()
        written = {path for path in Path().rglob("*") if path.is_file()} - before
        assert written or capsys.readouterr().out.strip()


def test_certificates_are_rechecked_on_a_bare_python(place):
    assert main(words(RUNS["symbolic-cp certify -o DIR"][0])) == 0
    shutil.copy(ROOT / "symbolic_cp/recheck.py", place)
    files = sorted(str(path) for path in (place / "certificates").glob("*.cert.json"))
    line = [sys.executable, *CHECKER.replace(" DIR/*.cert.json", "").split()[1:], *files]
    done = subprocess.run(line, cwd=place, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" holds. ") == len(files) > 0


def test_blocks_of_shell_run(place):
    blocks = re.findall(r"(?<!-->\n)```sh\n(.*?)```", README, re.DOTALL)
    assert blocks
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=place, env=os.environ | {"PATH": path},
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "proved" in done.stdout


@pytest.mark.parametrize(("command", "there"), list(ELSEWHERE.items()))
def test_what_ci_runs_stands_there(command, there):
    assert there in (ROOT / ".ci/run").read_text(encoding="utf-8")
    if command.startswith("python -m pytest"):
        paths = [word for word in shlex.split(command)[3:] if not word.startswith("--")]
        assert all((ROOT / path).exists() for path in paths)


def test_benchmarks_are_there_to_be_run():
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/benchmarks"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^\d+ tests collected", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(("command", "there"), list(CLUSTER.items()))
def test_what_other_tests_run_stands_there(command, there):
    files = [*ROOT.glob("tests/campaign/test_*.py"), ROOT / "tests/cli/test_campaign.py"]
    assert any(there in path.read_text(encoding="utf-8") for path in files), command


def test_every_extra_exists():
    extras = importlib.metadata.metadata("symbolic-cp").get_all("Provides-Extra")
    found = re.findall(r"symbolic-cp\[(\w+)\]", README)
    assert found
    assert set(found) <= set(extras)


FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
MASK = re.compile(r"\d+\.\d&#160;s")


def picture(monkeypatch):
    """What the command shows on a terminal, as SVG."""
    out = Console(
        file=io.StringIO(), record=True, force_terminal=True, width=WIDTH, color_system="truecolor",
        legacy_windows=False, markup=False, highlight=False,
    )  # fmt: skip
    monkeypatch.setattr(output_module, "console", lambda **_: out)
    assert main(SHOWN) == 0
    return out.export_svg(title=f"symbolic-cp {' '.join(SHOWN)}", code_format=FORMAT, unique_id="audit")


def words_of(drawn):
    """What stands in a picture, times masked; how it is drawn may change with rich."""
    return [MASK.sub("", word) for word in re.findall(r">([^<>]+)</text>", drawn)]


def test_the_screenshot_is_what_the_program_shows(monkeypatch, accept):
    monkeypatch.delenv("NO_COLOR", raising=False)
    drawn = picture(monkeypatch)
    if accept and (not PICTURE.exists() or words_of(drawn) != words_of(PICTURE.read_text(encoding="utf-8"))):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert words_of(drawn) == words_of(PICTURE.read_text(encoding="utf-8"))
    assert any("thm-1.8.repair" in word for word in words_of(drawn))
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in README
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
