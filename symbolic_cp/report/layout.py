r"""Lines of LaTeX broken so that they fit: how wide a formula is, about, and where it may be broken.

Widths are in em and estimated from above, for Computer Modern; what is broken stays the same formula when read on.
Main functions: width, broken, display, room_beside; `report.arrange` makes lines of formulas of many relations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbolic_cp.prover.tex import Line

PIECE = re.compile(r"\\begin\{pmatrix\}|\\end\{pmatrix\}|\\[A-Za-z]+|\\.|[_^{}&]|\s+|.")
THIN = {r"\,": 0.17, r"\;": 0.28, r"\ ": 0.35, r"\quad": 1.0, r"\top": 0.8, r"\dagger": 0.5}
SILENT = {r"\mathbb", r"\mathit", r"\text", r"\textbf", r"\operatorname", r"\left", r"\right", r"\mathrm", r"\bigl"}
SIGNS = {"=", ">", "+", "-", r"\ge", r"\neq", r"\land", r"\lor", r"\implies", r"\in"}
BREAK = re.compile(r"( [+-] |, |\\,)")
INDENT = r"\enspace{}"
"""What a row further in begins with, for each level."""
REASON, NUMBER = 0.3, 4.0
"""The part of a line that a reason may take, and the em of an equation number with the space around it."""


def width(text: str) -> float:
    r"""About how wide a formula is, in em, rather too wide.

    >>> width("A_{1}") < width("A_{1} + A_{2}") < 5
    True
    """
    total, small, depth = 0.0, [], 0
    script = False
    rows: list[float] = []
    for piece in PIECE.findall(text):
        if piece in "_^":
            script = True
            continue
        if piece == "{":
            depth += 1
            if script:
                small.append(depth)
        elif piece == "}":
            if small and small[-1] == depth:
                small.pop()
            depth -= 1
        elif piece == r"\begin{pmatrix}":
            rows, total = [total], total + 1.2
        elif rows and piece in (r"\\", r"\end{pmatrix}"):
            rows.append(total)
            total = max(rows) if piece == r"\end{pmatrix}" else rows[0] + 1.2
            rows = [] if piece == r"\end{pmatrix}" else rows
        else:
            total += _size(piece) * (0.72 if small or script else 1)
        script = False
    return total


def _size(piece: str) -> float:
    if piece in THIN:
        return THIN[piece]
    if piece in SIGNS:
        return 1.5
    if piece in SILENT or piece.isspace():
        return 0.0
    if piece == "&":
        return 1.1
    if piece in "(),.:;|":
        return 0.45
    return 0.56 if piece.isdigit() or piece.islower() else 0.82


def broken(text: str, room: float) -> list[str]:
    """A formula in rows of about `room` em: broken before a sign, or else between factors.

    >>> broken("a + b + c + d", 4.2)
    ['a + b', '+ c + d']
    """
    rows = [""]
    for piece in _pieces(text, signs=True):
        smaller = [piece] if width(piece) <= room else _pieces(piece, signs=False)
        for one in smaller:
            if rows[-1] and width(rows[-1] + one) > room:
                rows.append(one.strip().removeprefix(r"\,"))
            else:
                rows[-1] += one
    return rows


def _pieces(text: str, *, signs: bool) -> list[str]:
    """The text cut before signs, or before factors and behind commas; never inside braces or a matrix."""
    pieces, depth, start, last = [], 0, 0, 0
    for found in BREAK.finditer(text):
        between = text[last : found.start()]
        last = found.end()
        depth += between.count("{") - between.count("}") + between.count(r"\begin") - between.count(r"\end")
        if depth == 0 and (found[0] in (" + ", " - ")) == signs:
            cut = found.end() if found[0] == ", " else found.start()
            pieces.append(text[start:cut])
            start = cut
    return [one for one in [*pieces, text[start:]] if one]


def room_beside(said: str, text_width: float) -> float:
    """How many em a formula has in a display, beside the number and what is said on the right."""
    return text_width * (1 - REASON if said else 1) - NUMBER - 1


def display(lines: Sequence[Line], said: str, label: str, text_width: float) -> list[str]:
    """Relations under each other as one numbered display, with what is said on the right. `text_width` is in em."""
    room = room_beside(said, text_width)
    left = max(width(line.left) for line in lines)
    right = max(width(line.right) for line in lines)
    if any(line.indent for line in lines):
        rows = [f"& {INDENT * line.indent}{line.right}" for line in lines]
    elif left + right <= room:
        rows = [f"{line.left} & {line.right}" for line in lines]
    else:
        rows = [f"& {row}" for row in _stacked(lines, room)]
    tall = len(re.sub(r"\\[a-z]+\{|[{}]", "", said)) / (text_width * REASON * 1.9)
    box = rf"\parbox[t]{{{REASON}\linewidth}}{{\raggedright\small {said}}}"
    box = rf" && \smash[b]{{{box}}}" if tall < len(rows) - 1 else f" && {box}"
    rows[0] += box if said else " &&"
    ends = [rf" \label{{{label}}}" if label and i == 0 else r" \notag" for i in range(len(rows))]
    body = " \\\\\n".join(f"  {row}{end}" for row, end in zip(rows, ends, strict=True))
    return [r"\begin{flalign}", body, r"\end{flalign}"]


def _stacked(lines: Sequence[Line], room: float) -> list[str]:
    """Relations that are too wide to be aligned: as many in a row as fit, and one that is too wide itself broken."""
    rows: list[str] = []
    last = ""
    for line in lines:
        whole = f"{line.left} {line.right}".strip()
        if last and width(last + whole) + 0.5 <= room:
            last += rf"\; {whole}"
            continue
        rows += [last] if last else []
        last = whole
        if width(whole) > room:
            *whole_rows, last = _torn(line, room)
            rows += whole_rows
    return [*rows, last]


def _torn(line: Line, room: float) -> list[str]:
    """One relation in several rows: its right side under its left side, further rows further in."""
    if not line.left:
        first, *rest = broken(line.right, room - 1)
        return [first, *(rf"\quad {row}" for row in rest)]
    first, *rest = broken(line.left, room - 1)
    sides = broken(line.right, room - 2)
    inner = [*rest, sides[0]]
    return [first, *(rf"\quad {row}" for row in inner), *(rf"\quad\quad {row}" for row in sides[1:])]
