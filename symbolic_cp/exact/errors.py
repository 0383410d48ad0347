"""What goes wrong, as exceptions: bad input, too large input, questions that were not decided.

Main names: InputError, TooLarge, Undecided. Every room above raises these, so one place catches them.
"""

from __future__ import annotations

from typing import Self


class InputError(ValueError):
    """The input is wrong; the message says in one sentence what, and what would be right.

    Where it is wrong is kept beside the message as far as it is known.

    >>> print(InputError("a denominator is zero", file="p.json", line=3, column=7, field="X[1][2]"))
    p.json:3:7: X[1][2]: a denominator is zero
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.field = field

    def located(self) -> str:
        """The message behind all that is known of its place: `FILE:LINE:COLUMN: FIELD: message`."""
        known = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        places = [":".join(known)] if known else []
        if self.field is not None:
            places.append(self.field)
        return ": ".join([*places, self.message])

    def at(
        self,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        field: str | None = None,
    ) -> Self:
        """The same error with the gaps in its place filled; what it already knows stays.

        >>> print(InputError("a denominator is zero", field="X").at(file="p.json", field="Y"))
        p.json: X: a denominator is zero
        """
        return type(self)(
            self.message,
            file=self.file if self.file is not None else file,
            line=self.line if self.line is not None else line,
            column=self.column if self.column is not None else column,
            field=self.field if self.field is not None else field,
        )

    def __str__(self) -> str:
        return self.located()


class TooLarge(InputError):
    """The input is well formed but beyond a stated limit; the message names the limit."""


class Undecided(Exception):
    """A question was not answered within the limits given; neither yes nor no follows."""
