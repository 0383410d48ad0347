"""Formulas as MathML, from the LaTeX that `prover.tex` prints, converted by latex2mathml.

Main names: math, rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from symbolic_cp.prover.tex import Line
from symbolic_cp.report.layout import broken, width

BESIDE, WIDEST = 42.0, 58.0
"""In em: how wide formulas are beside a remark and without one; longer lists of variables are broken."""
WORD = re.compile(r"((?:<mi mathvariant=\"italic\">[^<]{1,8}</mi>){2,})")
LETTER = re.compile(r"<mi mathvariant=\"italic\">([^<]*)</mi>")


@lru_cache(maxsize=100_000)
def math(latex: str) -> str:
    r"""A MathML element; nothing for nothing.

    >>> math(r"A^{\top}")
    '<math><msup><mi>A</mi><mrow><mo>⊤</mo></mrow></msup></math>'
    """
    from latex2mathml.converter import convert

    if not latex.strip():
        return ""
    text = convert(latex)
    head = text.index("<mrow>") + len("<mrow>")
    body = text[head : text.rindex("</mrow>")]
    body = re.sub(r"&#x([0-9A-F]+);", _character, body)
    body = body.replace("<mi>⟹</mi>", "<mo>⟹</mo>")  # so that it has space around it
    return f"<math>{WORD.sub(_word, body)}</math>"


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(character, character)


def _word(found: re.Match[str]) -> str:
    """A name of several letters is one identifier, not a product."""
    return f"<mi>{''.join(LETTER.findall(found[0]))}</mi>"


def _fitting(lines: Sequence[Line]) -> list[Line]:
    """Lists of variables that are too wide broken at their commas."""
    found: list[Line] = []
    for line in lines:
        wide = not line.left and width(line.right) > WIDEST
        found += [Line("", row, line.indent) for row in broken(line.right, WIDEST)] if wide else [line]
    return found


def rows(lines: Sequence[Line], said: str = "") -> str:
    """Table rows that are aligned at the relation or stand further in, with a remark behind the first."""
    made = []
    for i, line in enumerate(_fitting(lines)):
        remark = f'<td class="why">{said}</td>' if said and not i else "<td></td>"
        if not line.left:
            cells = f'<td colspan="2" style="padding-left:{line.indent}.25em">{math(line.right)}</td>'
        else:
            cells = f'<td class="left">{math(line.left)}</td><td>{math(line.right)}</td>'
        made.append(f"<tr>{cells}{remark}</tr>")
    return "".join(made)
