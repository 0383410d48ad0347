"""From text to tokens, and the error that points a caret at one of them.

Main names: ExpressionError, Token, tokens. Limits: LONGEST_TEXT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import quoted

LONGEST_TEXT = 20_000
"""Expressions with more characters than this are refused."""

_TOKEN = re.compile(
    r"""\s*(?: (?P<number>[0-9]+(?:\.[0-9]+|\s*/\s*[0-9]+)?)
             | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
             | (?P<sign>!=|>=|[-+*'()\[\],=>]) )""",
    re.VERBOSE,
)
ADVICE = {
    "**": "a power is written as a product, A*A",
    "^": "a power is written as a product, A*A, and a transpose as A'",
    "@": "a product is written A*B",
    ".": "a product is written A*B and a transpose A'",
    "/": 'only numbers are divided, as in 3/4; for a matrix name its inverse under "inverse"',
    "<": "an inequality is written with the larger side first, a >= b or a > b",
    "==": "an equation is written with one =",
    "’": "a transpose is written with a plain apostrophe, A'",
    "′": "a transpose is written with a plain apostrophe, A'",
}


class ExpressionError(InputError):
    """An expression is wrong; beside the message it keeps the text and the offset that a caret points at."""

    text: str = ""
    offset: int = 0

    @classmethod
    def within(cls, message: str, text: str, offset: int) -> ExpressionError:
        """The error about the character at `offset` of `text`."""
        error = cls(message, line=text.count("\n", 0, offset) + 1, column=offset - text.rfind("\n", 0, offset))
        error.text, error.offset = text, offset
        return error

    def at(
        self,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        field: str | None = None,
    ) -> Self:
        """The same error, text and caret included, with the gaps in its place filled."""
        moved = super().at(file=file, line=line, column=column, field=field)
        moved.text, moved.offset = self.text, self.offset
        return moved

    def placed(self, file: str, line: int, column: int, field: str | None) -> Self:
        """The same error, where the whole text stands at another place: in a file, say."""
        moved = type(self)(self.message, file=file, line=line, column=column, field=field)
        moved.text, moved.offset = self.text, self.offset
        return moved

    def caret(self) -> str:
        """The line of the text with a caret below it, cut to some 80 characters around."""
        start = self.text.rfind("\n", 0, self.offset) + 1
        line = self.text[start:].split("\n", 1)[0]
        left = max(0, self.offset - start - 60)
        shown = "".join(c if c.isprintable() else " " for c in line[left : left + 100])
        return f"    {shown}\n    {' ' * (self.offset - start - left)}^"


@dataclass(frozen=True, slots=True)
class Token:
    """A number, name or sign (`kind`), or the end; where it starts and ends."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of a text, the last of them of kind "end". Raises ExpressionError on a character without a meaning.

    >>> [token.text for token in tokens("3/4*A' = 0")]
    ['3/4', '*', 'A', "'", '=', '0', '']
    """
    if len(text) > LONGEST_TEXT:
        raise ExpressionError.within(f"an expression of more than {LONGEST_TEXT:,} characters is not read", text, 0)
    found: list[Token] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise ExpressionError.within(_unknown(text[start:]), text, start)
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind), match.end(kind)))
        position = match.end()
    return [*found, Token("end", "", len(text), len(text))]


def _unknown(rest: str) -> str:
    advice = next((text for sign, text in ADVICE.items() if rest.startswith(sign)), None)
    sign = quoted(rest[:1])
    return f"{sign} is not part of an expression" + (f"; {advice}" if advice else "")
