"""The notebooks in examples/: every code cell runs, finds what the text says, and shows what is stored beneath it.

`python -m pytest tests/test_notebooks.py --accept` stores what is shown now; read the diff. Times and line numbers of
scripts are masked.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "examples"
NAMES = ("paper_in_one_sitting", "check_your_own_lemma", "exact_landscapes")
MASKED = re.compile(r"\d+(\.\d+)? m?s\b|(?<=\.py:)\d+")
REPRS = {"text/html": "_repr_html_", "text/latex": "_repr_latex_"}


def cell_shows(source, names):
    """What Jupyter shows beneath a cell: what is printed, and the last expression unless a semicolon hides it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own notebooks
        value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - as above
    shown = []
    if out.getvalue():
        shown.append({"name": "stdout", "output_type": "stream", "text": out.getvalue().splitlines(keepends=True)})
    if value is not None and not source.rstrip().endswith(";"):
        rich = {kind: getattr(value, name)() for kind, name in REPRS.items() if hasattr(value, name)}
        plain = repr(value) if not rich else f"<{type(value).__name__}>"
        data = {kind: text.splitlines(keepends=True) for kind, text in {**rich, "text/plain": plain}.items()}
        shown.append({"data": data, "execution_count": None, "metadata": {}, "output_type": "execute_result"})
    return shown


@pytest.fixture(scope="module")
def ran():
    """For each notebook the names after all cells, what was printed, and the notebook with fresh outputs."""
    found = {}
    for name in NAMES:
        book = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
        names = {}
        for number, cell in enumerate((one for one in book["cells"] if one["cell_type"] == "code"), start=1):
            with contextlib.chdir(FOLDER):
                cell["outputs"] = cell_shows("".join(cell["source"]), names)
            cell["execution_count"] = number
            for out in cell["outputs"]:
                if "execution_count" in out:
                    out["execution_count"] = number
        printed = (out.get("text", ()) for cell in book["cells"] for out in cell.get("outputs", ()))
        said = "".join(line for lines in printed for line in lines)
        found[name] = names, said, book
    return found


def test_every_notebook_is_run_here():
    assert {one.stem for one in FOLDER.glob("*.ipynb")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_is_what_is_shown(ran, name, accept):
    path = FOLDER / f"{name}.ipynb"
    fresh = json.dumps(ran[name][2], indent=1, ensure_ascii=False) + "\n"
    if accept and MASKED.sub("0", fresh) != MASKED.sub("0", path.read_text(encoding="utf-8")):
        path.write_text(fresh, encoding="utf-8")
    assert MASKED.sub("0", path.read_text(encoding="utf-8")) == MASKED.sub("0", fresh)


def test_the_paper_in_one_sitting(ran):
    _, said, _ = ran["paper_in_one_sitting"]
    for part in ("Counterexample", "prop-7.1.repair", r"\label{lem-1.6}"):
        assert part in said


def test_check_your_own_lemma(ran):
    names, said, _ = ran["check_your_own_lemma"]
    assert [names[one].verdict for one in ("proved", "refuted", "by_sympy")] == ["proved", "refuted", "proved"]
    assert "proof of" in said
    assert names["refused"] == 0


def test_exact_landscapes(ran):
    names, said, _ = ran["exact_landscapes"]
    assert "Critical strata: 7" in said
    assert len(names["found"].strata) == 7
    assert names["saddle"].kind == "strict-saddle"
    minima = names["minima"]
    assert {minima.is_global(piece) for piece in minima.local_minima} == {True, False}


def test_notebooks_show_objects(ran):
    kinds = {
        kind
        for _, _, book in ran.values()
        for cell in book["cells"]
        for out in cell.get("outputs", ())
        for kind in out.get("data", ())
    }
    assert {"text/html", "text/latex"} <= kinds
