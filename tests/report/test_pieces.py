"""Formulas on pages: relations are aligned where they have room, and broken to it where they have not."""

import re

import pytest

from symbolic_cp.kernel.formulas import SCALAR, Variable, at, equal
from symbolic_cp.prover.tex import Printer
from symbolic_cp.report.pieces import written


@pytest.mark.parametrize(("room", "aligned"), [(400.0, True), (28.0, False)])
def test_a_relation_is_aligned_where_it_has_room(room, aligned):
    left = sum((at(Variable(f"y{i}", SCALAR)) for i in range(30)), at(Variable("x", SCALAR)))
    text = written(Printer(), equal(left, at(Variable("z", SCALAR))), frozenset(), room=room)
    assert ('class="left"' in text) is aligned
    assert ("colspan" in text) is not aligned
    assert (text.count("<tr>") > 2) is not aligned
    assert len(re.findall(r"<mi>y</mi>", text)) == 30
