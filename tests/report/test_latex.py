"""LaTeX: the command, documents that compile without a warning, formulas broken to fit."""

from __future__ import annotations

import json
import os
import re
from fractions import Fraction
from shutil import which
from textwrap import dedent

import pytest
from paper_book import BOOK

from symbolic_cp.book.audit import audit
from symbolic_cp.cli import main
from symbolic_cp.kernel.formulas import SCALAR, Variable, at, at_least, equal
from symbolic_cp.kernel.logic import assume
from symbolic_cp.kernel.terms import scalar
from symbolic_cp.kernel.theory import Cofactor, Product, combine
from symbolic_cp.prover.show import show
from symbolic_cp.prover.tex import Printer
from symbolic_cp.report.certificate import in_quantities, indeed
from symbolic_cp.report.derivation import derivations, document
from symbolic_cp.report.layout import broken, width
from symbolic_cp.report.typeset import typeset

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SCRIPT = """
from symbolic_cp.book.script import statement
from symbolic_cp.kernel.facts import penrose

@statement("wrong", "A square root of zero is 50% zero")
def wrong(s):
    s.dims("n m")
    A, M, Mp = s.matrices("A: n x n, M: n x m, Mp: m x n")
    square = s.given(A @ A == 0, "A_1 & zero")
    inverse = s.given(penrose(M.term, Mp.term), "Mp = M+")
    s.step("wrong.1", A == 0, by=[square], title="false")
    s.step("wrong.2", A @ A @ A == 0, by=[square], title="true")
    s.step("wrong.3", M @ Mp @ M @ Mp == M @ Mp, by=[inverse], title="projector")
    s.conclude(A @ A @ A @ M @ Mp.T.T == 0, by=[square])
"""


def balanced(text: str) -> bool:
    depth = 0
    for one in re.sub(r"\\[\\{}]", "", text):
        depth += (one == "{") - (one == "}")
        if depth < 0:
            return False
    begun, ended = (re.findall(rf"\\{word}{{(\S+?)}}", text) for word in ("begin", "end"))
    return depth == 0 and sorted(begun) == sorted(ended)


@pytest.fixture(name="folder")
def _folder(tmp_path):
    place = tmp_path / "scripts"
    place.mkdir()
    (place / "wrong.py").write_text(dedent(SCRIPT), encoding="utf-8")
    return str(place)


def test_the_command_prints_claims_reasons_and_counterexamples(folder, capsys):
    assert main(["latex", "--book", folder]) == 0
    text = capsys.readouterr().out
    assert balanced(text)
    assert main(["latex", "wrong", "--book", folder]) == 0
    assert capsys.readouterr().out == text
    assert r"A square root of zero is 50\% zero" in text
    assert r"A\_1 \& zero" in text
    assert r"A\,A & = 0" in text
    assert r"\textbf{Proved, with a gap in the printed proof.}" in text
    assert r"\label{wrong:given-1}" in text
    assert r"\textbf{wrong.1}; false; by \eqref{wrong:given-1}; Refuted." in text
    assert re.search(r"Counterexample to wrong.1.*\n(.*\n)*.*\$A = \\begin{pmatrix}", text)
    assert r"M\,M^{\dagger}\,M\,M^{\dagger} & = M\,M^{\dagger} && " in text
    assert set(re.findall(r"\\eqref{(.*?)}", text)) <= set(re.findall(r"\\label{(.*?)}", text))
    assert r"\documentclass" in text
    assert main(["latex", "--book", folder, "--fragment"]) == 0
    fragment = capsys.readouterr().out
    assert r"\documentclass" not in fragment
    assert fragment.strip() in text
    assert "not reached" not in text


def test_a_file(folder, tmp_path, capsys):
    path = tmp_path / "out.tex"
    assert main(["latex", "wrong.2", "--book", folder, "-o", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(path)]}
    assert r"A\,A\,A & = 0" in path.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["nothing"], "the book has no 'nothing'"), (["--pdf", "--fragment"], "leave out --fragment")],
)
def test_what_is_refused(folder, arguments, said, capsys):
    assert main(["latex", *arguments, "--book", folder]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert not shown.out


def test_json_needs_a_file(folder, capsys):
    assert main(["latex", "--json", "--book", folder]) == 2
    assert "give -o FILE" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_a_script_that_breaks_off_says_so(folder, tmp_path, capsys):
    (tmp_path / "scripts" / "wrong.py").write_text(dedent(SCRIPT).replace("s.step(", "s.stop(", 1), encoding="utf-8")
    assert main(["latex", "--book", folder]) == 0
    assert "Open: the script breaks off" in capsys.readouterr().out


def test_without_tex_it_says_what_to_install(folder, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", "")
    assert main(["latex", "wrong.2", "--book", folder, "--pdf", "-o", str(tmp_path / "a.pdf")]) == 2
    assert "apt install latexmk texlive-latex-extra texlive-science" in capsys.readouterr().err


def test_long_formulas_are_broken_and_stay_what_they_are():
    text = " + ".join(rf"A_{{{i}}}\,B^{{\top}}" for i in range(40))
    rows = broken(text, 20)
    assert max(map(width, rows)) <= 20
    assert " ".join(rows) == text
    single = r"\,".join(["A_{1}"] * 60)
    assert max(map(width, broken(single, 20))) <= 20
    assert r"\,".join(broken(single, 20)) == single


# Without TeX these tests are skipped, and say so; where REQUIRE_TEX is set, as .ci/run does, they fail. The whole book
# takes a minute and a half: nightly and where REQUIRE_TEX is set, else two parts of it.
REQUIRED = bool(os.environ.get("REQUIRE_TEX"))
COMPILED = [()] if NIGHTLY or REQUIRED else [("lem-1", "lem-1.6", "prop-1"), ("prop-7", "ex-1", "prop-8")]
needs_tex = pytest.mark.skipif(which("latexmk") is None and not REQUIRED, reason="latexmk is not installed")


@needs_tex
@pytest.mark.parametrize("names", COMPILED)
def test_it_compiles_without_a_warning(names, tmp_path):
    report = audit(BOOK, names, twice=False)
    file = tmp_path / "out.pdf"
    log = typeset(document(derivations(report.records, BOOK.find)), str(file))
    assert file.read_bytes().startswith(b"%PDF")
    assert [line for line in log.splitlines() if re.search(r"Warning|(Over|Under)full|undefined", line)] == []


@needs_tex
def test_a_fragment_stands_in_a_paper_and_is_cited_there(tmp_path, capsys):
    assert main(["latex", "lem-1.6", "thm-1.8", "--fragment", "--width", "34.5"]) == 0
    fragment = capsys.readouterr().out
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\nBy \\eqref{lem-1.6}:\n\n"
    log = typeset(f"{head}{fragment}\nIndeed.\n\\end{{document}}\n", str(tmp_path / "paper.pdf"))
    assert [line for line in log.splitlines() if re.search(r"Warning|Overfull|undefined", line)] == []


def test_projectors_and_sigma_are_written_as_in_the_paper_and_explained(capsys):
    assert main(["latex", "lem-1", "--fragment"]) == 0
    text = capsys.readouterr().out
    line = r"Throughout, $\Sigma = Y\,X^{\dagger}\,X\,Y^{\top}$, $P_{\mathrm{col}(A_{2})} = A_{2}\,A_{2}^{\dagger}$"
    assert line in text
    P = r"P_{\mathrm{col}(A_{2})}"
    assert rf"{P}\,\Sigma\,{P} & = \Sigma\,{P}" in text
    assert rf"A_{{2}}\,A_{{1}}\,X & = {P}\,Y\,X^{{\dagger}}\,X" in text
    assert r"A_{2}\,A_{2}^{\dagger}\,A_{2} & = A_{2}" in text, "what defines the inverse is written out"
    assert r"\textbf{lem-1.5:3}" in text
    assert "proof of" not in text


def test_a_long_identity_is_written_with_named_quantities():
    """Every quantity is defined once before the next lemma, and the sum is over premises and factors as they are."""
    report = audit(BOOK, ["relu-minimum"], twice=False)
    (text,) = derivations(report.records, BOOK.find)
    assert balanced(text)
    pieces = text.split("Indeed, let ")[1:]
    assert len(pieces) >= 3
    for piece in pieces:
        here = piece.partition("Indeed, $")[0].partition(r"\label")[0]
        named = set(re.findall(r"\\mathcal{T}_{(\d+)}", here))
        shown = re.findall(r"& \\mathcal{T}_{(\d+)} =", here)
        said = re.findall(r"\$\\mathcal{T}_{(\d+)}\$, the (?:left|right) side less", here)
        assert sorted([*shown, *said], key=int) == [str(i) for i in range(len(named))]
        assert here.startswith(r"$\mathcal{T}_{0}$ be the left side less the right side of \eqref{relu-minimum")
    assert "would fill pages" not in text


def test_the_quantities_add_up_to_the_claim():
    """What the names stand for, put in again, is the certificate as it is written in one line."""
    A, B = (Variable(name, SCALAR) for name in "AB")
    long = sum((at(Variable(f"y{i}", SCALAR)) * at(B) for i in range(60)), at(A))
    zero, sign = assume(equal(long, scalar(0))), assume(at_least(at(A) * at(B), at(B)))
    square = (at(A) - long) * (at(A) - long)
    claim = at_least(3 * at(A) * at(B) + at(B) * at(B) * long + square, 3 * at(B))
    parts = (Cofactor(at(B) * at(B), 0),)
    products = (Product(Fraction(3), indices=(1,)), Product(Fraction(1), squares=(at(A) - long,)))
    theorem = combine(zero, sign, claim=claim, cofactors=parts, products=products)
    write = Printer()
    assert indeed(theorem, write, "") is None
    blocks = in_quantities(theorem, "x", write, lambda _: "", lambda one: show(one.conclusion)[:3], 46.0)
    text = " ".join(re.findall(r"& (.*?) (?:&& )?\\notag", "\n".join(blocks)))
    text = text.replace(r"\quad", "")
    values = dict(re.findall(r"\\mathcal{T}_{(\d+)} = (.*?)(?=\\mathcal{T}_{\d+} =|$)", text))
    whole = values.pop("0")
    for index, value in values.items():
        whole = whole.replace(rf"\mathcal{{T}}_{{{index}}}", f"<{re.sub(' ', '', value)}>")
    said = rf"{write.poly(at(B) * at(B))}\,<{write.poly(long)}> + 3\,<{write.poly(at(A) * at(B) - at(B))}>"
    assert re.sub(r"\s|\\,", "", whole).startswith(re.sub(r"\s|\\,", "", said))
    assert re.sub(r"\s|\\,", "", whole).endswith(re.sub(r"\s|\\,", "", f"+ <{write.poly(at(A) - long)}>^{{2}}"))
