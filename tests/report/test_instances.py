"""Exact instances on the pages: a verdict for each, what it means, and values that are cut where they are large."""

from types import SimpleNamespace

import pytest
from paper_book import BOOK

from symbolic_cp.kernel.evaluation import Matrix, Table
from symbolic_cp.prover.tex import Printer
from symbolic_cp.report.instances import EFFORT, _said, _shown, drawn, instances


def shown(name):
    record = SimpleNamespace(id=name, formal="something", verdict="proved")
    return "".join(instances(record, SimpleNamespace(step=BOOK.find)))


@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("lem-1", "holds", "so does the claim; all was evaluated exactly"),
        ("T7", "tried", "less than that it holds here"),
        ("prop-3.15", "violated", "the claim is false; all was evaluated exactly"),
        ("T8.2", "undecided", "Whether the claim holds there is not known"),
        ("prop-5.1", "no instance", "No values that satisfy all hypotheses were found"),
    ],
)
def test_every_verdict_is_explained(name, verdict, words):
    text = shown(name)
    assert f"<summary>exact instance: {verdict}</summary>" in text
    assert words in text
    assert "Instances prove nothing" in text
    assert ("<math>" in text) is (verdict != "no instance")


def test_how_many_values_were_tried_is_said():
    (found,) = drawn(BOOK.find("T7"))
    assert found.best.tried > 1
    assert f"tried with {found.best.tried} values" in _said(found)


def test_parts_have_instances_of_their_own():
    text = shown("prop-7.repair")
    assert "exact instances: part 1 holds; part 2 holds; part 3 holds; part 4 holds" in text
    assert all(one.trial.work <= 2 * EFFORT for one in drawn(BOOK.find("prop-7.repair")))


def test_large_values_are_cut_and_it_is_said_how_much():
    wide = Matrix(7, 9, tuple(tuple(range(9)) for _ in range(7)))
    small = Matrix(1, 1, ((5,),))
    found = list(_shown(Printer(), {"A": wide, "B": small, "E": Table({(i,): small for i in range(6)})}))
    assert "(cut: 7 × 9)" in found[0]
    assert "⋯" in found[0]
    assert "⋮" in found[0]
    assert "8" not in found[0].partition("(cut")[0]
    assert "cut" not in found[1]
    assert len(found) == 2 + 4 + 1
    assert found[-1].startswith("and 2 more members of <math>")
