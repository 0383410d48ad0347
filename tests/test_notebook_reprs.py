"""What objects show of themselves in a notebook: formulas and tables, made of what was computed before."""

from __future__ import annotations

import re

import pytest
from flint import fmpq_mat

import symbolic_cp as cp
from symbolic_cp.landscape.display import loss_decimal

UNIT, TARGET, ZERO = [[1, 0], [0, 1]], [[2, 0], [0, 1]], [[0, 0], [0, 0]]
LEMMA = {"atoms": {"A": ["m", "n"], "B": ["m", "k"]}, "pinv": {"P": "A"}, "claims": ["A'*A*P*B = A'*B"]}
FALSE = {"atoms": {"A": ["n", "n"]}, "given": ["A*A = 0"], "claims": ["A = 0"]}


def test_a_statement_is_a_formula():
    text = cp.Statement.of(LEMMA)._repr_latex_()
    assert text.startswith("$$\\begin{aligned}")
    assert r"\forall\;& m \in \mathbb{N}" in text
    assert r"A^{\top}\,P_{\mathrm{col}(A)}\,B = A^{\top}\,B" in text
    assert r"P_{\mathrm{col}(A)} = A\,A^{\dagger}" in text


def test_an_answer_is_its_formula_verdict_and_counterexample():
    (proved,), (refuted,) = cp.prove(LEMMA), cp.prove(FALSE)
    assert "<b>proved</b>" in proved._repr_html_()
    shown = refuted._repr_html_()
    assert "<b>refuted</b>" in shown
    matrix = fmpq_mat([[int(one) for one in row] for row in refuted.counterexample["A"]])
    assert matrix * matrix == 0 * matrix
    rows = r" \\ ".join(" &amp; ".join(map(str, row)) for row in refuted.counterexample["A"])
    assert rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}" in shown


def test_what_is_proved_step_by_step_is_a_formula():
    proof = cp.Context()
    proof.dims("m n")
    (A,) = proof.matrices("A: m x n")
    P, pinv = proof.pinv(A, "P")
    assert (A @ P)._repr_latex_() == r"$A\,P$"
    known = proof.calc(A @ P @ A @ P, A @ P, by=[pinv])
    assert known._repr_latex_() == r"$A\,P\,A\,P = A\,P$"


def test_a_landscape_is_a_table_of_its_strata():
    found = cp.DataSpectrum(UNIT, TARGET).landscape([2])
    text = found._repr_html_()
    assert text.count("<tr>") == 1 + len(found.strata)
    for one in found.strata:
        assert f"<td>{','.join(map(str, one.pattern))}</td><td>{one.rank}</td><td>{loss_decimal(one.loss)}</td>" in text
        assert f"<td>{' or '.join(one.classes)}</td>" in text


@pytest.mark.parametrize("weights", [[ZERO, ZERO], [UNIT, TARGET], [[[1, 0], [0, 0]], ZERO]])
def test_a_point_is_a_table_of_what_there_is_to_say(weights):
    found = cp.verify(UNIT, TARGET, weights)
    text = found._repr_html_()
    assert f"<td>class</td><td>{found.kind}</td>" in text
    assert ("<td>pattern</td>" in text) == (found.pattern is not None)


def test_networks_and_data_are_their_matrices():
    network = cp.LinearNetwork(UNIT, TARGET, [ZERO, UNIT])
    assert r"A_{2} = \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}" in network._repr_latex_()
    relu = cp.ReluNetwork([[1, -1]], [[2, 3]], [[["1/2"]], [[2]]])
    assert r"A_1 = \begin{pmatrix} \tfrac{1}{2} \end{pmatrix}" in relu._repr_latex_()
    large = cp.Data.of([[1] * 100], [[0] * 100])
    assert large._repr_latex_() == r"$$X \in \mathbb{Q}^{1 \times 100},\quad Y \in \mathbb{Q}^{1 \times 100}$$"


def test_relu_minima_are_a_table():
    found = cp.relu_landscape([[1, -1]], [[2, 1]])
    text = found._repr_html_()
    assert text.count("<tr>") == 1 + len(found.local_minima)
    assert re.findall(r"<td>(yes|no)</td>", text) == [
        "yes" if found.is_global(piece) else "no" for piece in found.local_minima
    ]
    point = cp.verify_relu([[1, -1]], [[2, 3]], [[[1]], [[2]]])
    assert f"<td>class</td><td>{point.kind}" in point._repr_html_()


def test_a_constructed_point_shows_its_weights():
    point = cp.critical_point(cp.DataSpectrum(UNIT, TARGET), 1, [1, 0, 0])
    text = point._repr_html_()
    assert "<td>pattern</td><td>1,0,0</td>" in text
    assert r"A_{1} = \begin{pmatrix}" in text


def test_an_audit_is_a_table_and_a_record_its_claim():
    report = cp.audit("lem-1")
    text = report._repr_html_()
    (record,) = report.records
    assert text.count("<tr>") == 2 + len(record.steps)
    assert "<caption>10 proved</caption>" in text
    assert "\u2003lem-1.6</td><td>proved</td>" in text
    assert r"\forall\," in record._repr_html_()


def test_nothing_is_computed_for_a_spectrum_that_nobody_asked_for():
    data = cp.DataSpectrum(UNIT, TARGET)
    found = data.landscape([1])
    before = set(vars(data))
    found._repr_html_()
    assert set(vars(data)) == before
