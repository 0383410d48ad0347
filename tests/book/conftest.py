"""Small books made of text."""

from __future__ import annotations

from textwrap import dedent
from types import SimpleNamespace

import pytest

from symbolic_cp.book.book import Book

HEAD = """
from symbolic_cp.book.script import statement
from symbolic_cp.kernel.formulas import *
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.prover.context import Known, both, from_fact
from symbolic_cp.prover.expression import ident, of, tr
"""

PROVED = """
@statement("commute", "Powers commute", equations={"eq-7": "commute.1", "eq-8": "commute"})
def commute(s):
    s.dims("n")
    A, B = s.matrices("A: n x n, B: n x n")
    same = s.given(A @ B == B @ A, "A and B commute")
    first = s.step("commute.1", A @ A @ B == B @ A @ A, by=[same], title="twice")
    s.conclude(A @ A @ B @ B == B @ B @ A @ A, by=[same, first])
"""

WRONG = """
@statement("wrong", "A square root of zero is zero")
def wrong(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square = s.given(A @ A == 0, "A A = 0")
    zero = s.step("wrong.1", A == 0, by=[square], title="the step that fails")
    s.step("wrong.2", A @ A.T == 0, by=[zero], title="rests on it")
    s.step("wrong.3", A @ A @ A == 0, by=[square], title="does not rest on it")
    s.conclude(A.T == 0, by=[zero])
"""

REPAIRED = WRONG + """
@statement("wrong.1.repair", "A symmetric one is")
def repair(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square, symmetric = s.given(A @ A == 0, "A A = 0"), s.given(A.T == A, "A is symmetric")
    s.conclude(A == 0, by=s.zero(A, square, symmetric))
"""


@pytest.fixture
def texts():
    """Scripts that several tests use."""
    return SimpleNamespace(proved=PROVED, wrong=WRONG, repaired=REPAIRED)


@pytest.fixture
def make(tmp_path):
    """Write scripts (name -> text) into a folder, and give it."""

    def _make(folder="scripts", **scripts):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for name, text in scripts.items():
            (place / f"{name}.py").write_text(HEAD + dedent(text), encoding="utf-8")
        return place

    return _make


@pytest.fixture
def book(make):
    """The book of scripts given as text."""
    return lambda **scripts: Book(make(**scripts))
