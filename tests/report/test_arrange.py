"""Formulas of many relations: laid out in rows, and read without the breaks they are the formulas."""

import re

import pytest
from paper_book import BOOK

from symbolic_cp.kernel.formulas import SCALAR, Falsum, Implies, Variable, at, equal, for_all
from symbolic_cp.prover.notation import printer_of
from symbolic_cp.prover.tex import Line, Printer
from symbolic_cp.report.arrange import arranged
from symbolic_cp.report.layout import display, width


def read(lines):
    """Without breaks and spaces."""
    return re.sub(r"\s|\\[;,]", "", " ".join(f"{line.left} {line.right}" for line in lines))


@pytest.mark.parametrize("room", [20.0, 42.0, 58.0, 500.0])
@pytest.mark.parametrize("name", ["T9", "T4", "thm-1", "prop-7", "relu-minimum", "prop-2", "T6", "rem-strict", "lem-1"])
def test_read_without_breaks_it_is_the_formula(name, room):
    goal = BOOK.find(name).goal
    write, avoid = printer_of(goal), frozenset(one.name for one in goal.variables)
    for formula in [goal.claim, *(one.formula for one in goal.hypotheses)]:
        lines = arranged(write, formula, avoid, room)
        assert read(lines) == read([Line("", write.formula(formula, avoid))])
        if room > 40:
            own = [line for line in lines if not line.left]
            assert all(width(line.right) <= max(room, 14) + 1 for line in own)


def test_t9_has_a_row_for_each_part_and_not_for_each_relation():
    goal = BOOK.find("T9").goal
    lines = arranged(printer_of(goal), goal.claim, frozenset(one.name for one in goal.variables), 58.0)
    assert len(lines) < 22
    assert {line.left for line in lines} == {""}
    assert max(line.indent for line in lines) > 3
    (row,) = (line.right for line in lines if r"J_{k}^{\top}\,J_{k} = I_{d_{k}}" in line.right)
    assert r"B_{k}\,\mathit{Bi}_{k} = I_{d_{k}} \land \mathit{Bi}_{k}\,B_{k}" in row


def test_relations_alone_stay_aligned():
    goal = BOOK.find("lem-1").goal
    penrose = next(one.formula for one in goal.hypotheses if "Penrose" in one.label)
    write = printer_of(goal)
    assert arranged(write, penrose, frozenset(), 10.0) == write.lines(penrose)


def test_negations_and_rows_further_in():
    x = Variable("x", SCALAR)
    long = equal(sum((at(Variable(f"y{i}", SCALAR)) for i in range(40)), at(x)), at(x) + at(x))
    for formula in (Implies(for_all(x, long), Falsum()), Implies(long, Falsum()), for_all(x, Implies(long, long))):
        lines = arranged(Printer(), formula, frozenset(), 20.0)
        assert read(lines) == read([Line("", Printer().formula(formula))])
        assert len(lines) > 1
        shown = display(lines, "", "name", 30.0)
        assert shown[0] == r"\begin{flalign}"
        assert shown[1].count(r"\enspace{}") == sum(line.indent for line in lines)
