"""What is shown on terminals: words stay whole where there is room, marks and colours, nothing of that when piped."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from symbolic_cp.book.explain import claim_lines
from symbolic_cp.cli import main
from symbolic_cp.cli import output as output_module
from symbolic_cp.cli import recheck as recheck_module
from symbolic_cp.cli.output import table
from symbolic_cp.cli.shelf import open_book

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
DATA = {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]]}


def terminal(width, **more):
    return Console(file=io.StringIO(), force_terminal=True, width=width, markup=False, highlight=False, **more)


def shown(out):
    return out.file.getvalue()


@pytest.mark.parametrize("width", [56, 60, 80, 120])
def test_words_of_a_table_stay_whole_and_the_width_is_kept(width):
    columns = ["pattern", "rank", "loss", "exactly", "class", "descends to"]
    row = ["1,1,0,0", "2", "25.9535", "75 - (σ1 + σ2)/2", "global-minimum", "1,0,0,0"]
    out = terminal(width)
    out.print(table(out, columns, [row] * 3, right=[1]))
    lines = ESCAPES.sub("", shown(out)).splitlines()
    assert max(map(len, lines)) <= width
    assert sum("global-minimum" in line for line in lines) == 3
    assert sum("25.9535" in line for line in lines) == 3
    assert any("descends to" in line for line in lines)


def test_where_there_is_no_room_the_width_is_kept_all_the_same():
    out = terminal(24)
    out.print(table(out, ["pattern", "class"], [["1,1,0,0,0,0", "global-minimum"]]))
    lines = ESCAPES.sub("", shown(out)).splitlines()
    assert max(map(len, lines)) <= 24
    assert "".join(line[-14:].strip() for line in lines[1:]).endswith("minimum")


@pytest.fixture(name="data")
def _data(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(DATA))
    return str(path)


@pytest.mark.parametrize("no_color", [False, True])
def test_colours_on_a_terminal_only_and_not_with_no_color(data, monkeypatch, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    out = terminal(80, color_system="standard")
    monkeypatch.setattr(output_module, "console", lambda **_: out)
    assert main(["landscape", data, "--hidden", "1"]) == 0
    assert ("\x1b[32m" in shown(out)) == (not no_color)
    assert "global-minimum" in shown(out)


def test_piped_there_is_no_escape(data, capsys):
    assert main(["landscape", data, "--hidden", "1"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_declarations_and_labels_are_not_broken():
    goal = open_book(None).find("lem-1").goal
    text = "\n".join(claim_lines(goal, 60))
    assert "\N{NO-BREAK SPACE}" not in text
    assert "A2p : d1 x d2" in text
    assert "[Penrose equations of A2]" in text
    assert max(map(len, text.splitlines())) <= 60


def test_recheck_on_a_terminal(tmp_path, monkeypatch, capsys):
    assert main(["certify", "lem-1.6", "-o", str(tmp_path)]) == 0
    capsys.readouterr()
    good, bad = str(tmp_path / "lem-1.6.cert.json"), tmp_path / "bad.json"
    bad.write_text("{")
    out = terminal(70)
    monkeypatch.setattr(recheck_module, "console", lambda **_: out)
    assert main(["recheck", good]) == 0
    assert main(["recheck", good, str(bad), str(tmp_path / "none.json")]) == 2
    assert not capsys.readouterr().out
    text = ESCAPES.sub("", shown(out))
    assert len(re.findall(r"✓\s+holds", text)) == 2
    assert len(re.findall(r"✗\s+not\s+accepted", text)) == 2
    assert "1 certificates: all hold" not in text
    assert "1 certificate: all hold" in text
    assert max(len(line) for line in text.splitlines() if line.startswith("    ")) <= 70


def test_explain_on_a_terminal_shows_its_verdict_in_colour_and_keeps_the_width(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = terminal(60, color_system="truecolor", legacy_windows=False)
    monkeypatch.setattr(output_module, "console", lambda **_: out)
    assert main(["explain", "thm-1.8"]) == 0
    text = shown(out)
    assert "\x1b[1mthm-1.8\x1b[0m" in text
    assert "\x1b[36m⟲ repaired\x1b[0m" in text
    for head in ("For all", "if", "then", "No proof", "Counterexample", "Repair"):
        assert f"\x1b[1m{head}\x1b[0m" in text
    assert max(map(len, ESCAPES.sub("", text).splitlines())) <= 60
