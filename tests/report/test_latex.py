"""LaTeX: every construct of formulas, balanced, the same every time, names that stay apart; the command."""

from __future__ import annotations

import json
import os
import re
from fractions import Fraction
from shutil import which
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.book.audit import audit
from symbolic_cp.cli import main
from symbolic_cp.cli.shelf import open_book
from symbolic_cp.kernel.evaluation import Matrix, Table
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Implies,
    Or,
    Variable,
    at,
    at_least,
    equal,
    exists,
    family,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import identity, literal, matrix, nat, scalar, symbol, trace, zero
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.prover.tex import Printer, escaped, number, pmatrix
from symbolic_cp.report.derivation import derivations, document
from symbolic_cp.report.layout import broken, width
from symbolic_cp.report.typeset import typeset

A, B = matrix("A", "n", "n"), matrix("B", "n", "n")
WRITE = Printer()
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


def test_the_count_of_braces_sees_what_is_wrong():
    assert balanced(r"\{a_{1}")
    assert not balanced("}{")
    assert not balanced("a_{1")
    assert not balanced(r"\begin{pmatrix}")


CONSTRUCTS = [
    (equal(A @ B.T, B), r"A\,B^{\top} = B"),
    (equal(-A @ B, 0), r"A\,B = 0"),
    (equal(A, zero("n", "n")), "A = 0"),
    (equal(A @ A, identity(nat("n"))), r"A\,A = I_{n}"),
    (at_least(trace(A), 0), r"\operatorname{Tr}(A) \ge 0"),
    (greater(trace(A) * trace(A), 0), r"(\operatorname{Tr}(A))^{2} > 0"),
    (greater(symbol("s") * symbol("s"), scalar(Fraction(1, 2))), r"s^{2} > \tfrac{1}{2}"),
    (greater(symbol("lambda", "i"), scalar(nat("n") + 1)), r"\lambda_{i} > n + 1"),
    (Falsum(), r"\bot"),
    (negation(equal(A, B)), r"A \neq B"),
    (negation(equal(-A, 0)), r"A \neq 0"),
    (negation(greater(trace(A), 0)), r"\lnot(\operatorname{Tr}(A) > 0)"),
    (And(equal(A, 0), Or(equal(B, 0), equal(A, B))), r"A = 0 \land (B = 0 \lor A = B)"),
    (And(And(equal(A, 0), equal(B, 0)), equal(A, B)), r"(A = 0 \land B = 0) \land A = B"),
    (Implies(Implies(equal(A, 0), equal(B, 0)), equal(A, B)), r"(A = 0 \implies B = 0) \implies A = B"),
    (for_all(Variable("s", SCALAR), at_least(symbol("s") * symbol("s"), 0)),
     r"\forall\, s \in \mathbb{R}:\; s^{2} \ge 0"),
    (exists(Variable("n", NAT), at_least(nat("n"), 1)), r"\exists\, n \in \mathbb{N}:\; n \ge 1"),
    (equal(literal([[1, Fraction(1, 2)], [0, -3]]).T, zero(2, 2)),
     r"\begin{pmatrix} 1 & \tfrac{1}{2} \\ 0 & -3 \end{pmatrix}^{\top} = 0"),
    (equal(literal([], (0, 3)), zero(0, 3)), r"0_{0 \times 3} = 0"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "text"), CONSTRUCTS, ids=[text for _, text in CONSTRUCTS])
def test_every_construct(formula, text):
    assert WRITE.formula(formula) == text
    assert balanced(text)


def test_families():
    layer = family("A", "k", matrix_sort(nat("d", nat("k") + 1), nat("d", "k")))
    text = WRITE.formula(for_all(family("d", "k", NAT), layer, equal(at(layer, nat("h") + 1), 0)))
    shape = r"A_{i} \in \mathbb{R}^{d_{i+1} \times d_{i}}\ (i \in \mathbb{N})"
    assert text == rf"\forall\, d_{{i}} \in \mathbb{{N}}\ (i \in \mathbb{{N}}), {shape}:\; A_{{h+1}} = 0"
    lines = WRITE.value("s", Table({(2,): 1, (1,): Matrix(1, 1, ((7,),))}))
    assert [line.left for line in lines] == ["s_{1}", "s_{2}"]


def test_names_stay_apart():
    names = ["A", "A1", "A01", "A_1", "Ap", "A1p", "Sigma", "Sigma1", "sigma", "I", "I1", "Sigma_1", "lam"]
    assert len({WRITE.name(name) for name in names} | {"I_{1}"}) == len(names) + 1
    both = Goal("g", (family("A", "k", SCALAR), Variable("A1", SCALAR)), (), equal(symbol("A", 1), symbol("A1")))
    assert printer_of(both).formula(both.claim) == r"A_{1} = \mathit{A1}"
    inner = exists(Variable("A", SCALAR), greater(symbol("A"), 0))
    shadowed = Goal("g", (family("A", "k", SCALAR),), (), And(inner, greater(symbol("A", 1), 0)))
    text = printer_of(shadowed).formula(shadowed.claim, frozenset({"A"}))
    assert text == r"(\exists\, \mathit{A1} \in \mathbb{R}:\; \mathit{A1} > 0) \land A_{1} > 0"


def goal(*hypotheses):
    n, m = Variable("n", NAT), Variable("m", NAT)
    X = Variable("X", matrix_sort("n", "m"))
    inverse, other = (Variable(name, matrix_sort("m", "n")) for name in ("Xp", "Q"))
    makes = {"Xp": penrose(at(X), at(inverse)), "Q": penrose(at(X), at(other))}
    given = tuple(Hypothesis("", makes[one]) for one in hypotheses)
    return Goal("g", (n, m, X, inverse, other), given, equal(at(inverse), at(other)))


@pytest.mark.parametrize(
    ("hypotheses", "text"),
    [
        ((), r"\mathit{Xp} = Q"),
        (("Xp",), r"X^{\dagger} = Q"),
        (("Q",), r"\mathit{Xp} = X^{\dagger}"),
        (("Xp", "Q"), r"\mathit{Xp} = Q"),
    ],
)
def test_a_pseudoinverse_is_one_where_the_hypothesis_says_so(hypotheses, text):
    one = goal(*hypotheses)
    sides = printer_of(one).formula(one.claim).split(" = ")
    assert sorted(sides) == sorted(text.split(" = "))


@given(st.text())
def test_any_text_is_balanced(text):
    found = escaped(text)
    assert balanced(found)
    assert not re.search(r"(?<!\\)[$&#%_]", re.sub(r"\\\\", "", found))


@given(st.fractions(), st.integers(0, 3), st.integers(0, 3))
def test_numbers_and_matrices_are_balanced(value, rows, cols):
    text = pmatrix(rows, cols, [[value] * cols] * rows)
    assert balanced(text)
    assert text.count(number(value)) >= rows * cols


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


EVERYTHING = pytest.param((), marks=pytest.mark.skipif(not NIGHTLY, reason="two minutes: nightly"))


@pytest.mark.skipif(which("latexmk") is None, reason="latexmk is not installed")
@pytest.mark.parametrize("names", [("lem-1", "lem-1.6", "prop-1"), ("prop-7", "ex-1", "prop-8"), EVERYTHING])
def test_it_compiles_without_a_warning(names, tmp_path):
    book = open_book(None)
    report = audit(book, names, lambda *_: None, twice=False)
    file = tmp_path / "out.pdf"
    log = typeset(document(derivations(report.records, book.find)), str(file))
    assert file.read_bytes().startswith(b"%PDF")
    assert [line for line in log.splitlines() if re.search(r"Warning|(Over|Under)full|undefined", line)] == []


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


def test_no_shorthand_looks_like_a_variable():
    names = ("n", "m")
    X, Xp, Y = matrix("X", *names), matrix("Xp", "m", "n"), matrix("Y", "k", "m")
    variables = [Variable(name, NAT) for name in "nmk"]
    for name, shape in {"X": "nm", "Xp": "mn", "Y": "km", "Sigma": "kk"}.items():
        variables.append(Variable(name, matrix_sort(*shape)))
    claim = equal(Y @ Xp @ X @ Y.T, matrix("Sigma", "k", "k"))
    made = (Hypothesis("", penrose(X, Xp)),)
    goal_ = Goal("g", tuple(variables), made, claim)
    assert r"Y\,X^{\dagger}\,X\,Y^{\top}" in printer_of(goal_).formula(claim)
    free = Goal("g", tuple(variables[:-1]), made, equal(Y @ Xp @ X @ Y.T, 0))
    assert printer_of(free).formula(free.claim) == r"\Sigma = 0"
    assert r"\Sigma" not in printer_of(free, frozenset({"Sigma"})).formula(free.claim)


def test_a_trace_is_turned_until_its_projector_is_seen():
    A, Ap, S = matrix("A", "n", "m"), matrix("Ap", "m", "n"), matrix("S", "n", "n")
    variables = [Variable("n", NAT), Variable("m", NAT)]
    variables += [Variable(name, matrix_sort(*shape)) for name, shape in (("A", "nm"), ("Ap", "mn"), ("S", "nn"))]
    one = Goal("g", tuple(variables), (Hypothesis("", penrose(A, Ap)),), equal(trace(Ap @ S @ A), 0))
    text = printer_of(one).formula(one.claim)
    assert r"P_{\mathrm{col}(A)}" in text
