"""The notebooks in examples/: every code cell runs, and finds what the text around it says."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "examples"


def run(name, monkeypatch):
    """The names after all cells, and what was printed."""
    monkeypatch.chdir(FOLDER)
    book = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        for cell in book["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)  # noqa: S102 - our own notebooks
    return names, out.getvalue()


def test_every_notebook_is_run_here():
    assert {one.stem for one in FOLDER.glob("*.ipynb")} == {
        "paper_in_one_sitting",
        "check_your_own_lemma",
        "exact_landscapes",
    }


def test_the_paper_in_one_sitting(monkeypatch):
    _, said = run("paper_in_one_sitting", monkeypatch)
    for part in ("lem-1", "Counterexample", "prop-7.1.repair", r"\label{lem-1.6}"):
        assert part in said


def test_check_your_own_lemma(monkeypatch):
    names, said = run("check_your_own_lemma", monkeypatch)
    assert [names[one].verdict for one in ("proved", "refuted", "by_sympy")] == ["proved", "refuted", "proved"]
    assert "<pre>" in names["proved"]._repr_html_()
    assert "proof of" in said


def test_exact_landscapes(monkeypatch):
    names, said = run("exact_landscapes", monkeypatch)
    assert "Critical strata: 7" in said
    assert names["saddle"].kind == "strict-saddle"
    minima = names["minima"]
    assert {minima.is_global(piece) for piece in minima.local_minima} == {True, False}
