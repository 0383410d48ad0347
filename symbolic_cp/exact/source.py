"""Text that a user handed in, with places in it: what every reader of files starts from.

Main names: Source (text with line and column of each offset), read_source (a file, or `-` for standard input),
quoted (a user's text, safe to print in a message).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from symbolic_cp.exact.errors import InputError, TooLarge

MAX_BYTES = 512 * 1024 * 1024
"""Files larger than this are refused."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, named as the user named it."""

    file: str
    text: str

    def place(self, offset: int) -> tuple[int, int]:
        r"""Line and column of an offset into the text, both counted from 1.

        >>> Source("a.csv", "x,y\n1,2\n").place(6)
        (2, 3)
        """
        start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - start + 1

    def error(self, message: str, offset: int, *, field: str | None = None) -> InputError:
        """The InputError that says `message` at that offset."""
        line, column = self.place(offset)
        return InputError(message, file=self.file, line=line, column=column, field=field)

    def too_large(self, message: str, offset: int, *, field: str | None = None) -> TooLarge:
        """The TooLarge that says `message` at that offset."""
        line, column = self.place(offset)
        return TooLarge(message, file=self.file, line=line, column=column, field=field)


def read_source(path: str | Path) -> Source:
    """The UTF-8 text of a file; `-` reads standard input.

    Raises InputError where the file cannot be read, is no UTF-8 text or holds more than 512 MiB.
    """
    name = str(path)
    try:
        if name == "-":
            name = "standard input"
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(path).open("rb") as handle:
                data = handle.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise InputError(f"cannot be read: {reason(error)}", file=name) from None
    if len(data) > MAX_BYTES:
        raise TooLarge(f"has more than {MAX_BYTES:,} bytes, the most that are read", file=name)
    return _decoded(name, data)


def reason(error: OSError | ValueError) -> str:
    """Why a file could not be read or written, in the system's words, to stand behind a colon."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]


def _decoded(name: str, data: bytes) -> Source:
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        found = f"byte 0x{data[error.start]:02x}"
        raise Source(name, before).error(f"{found} is not UTF-8; save the file as UTF-8 text", len(before)) from None


def quoted(text: str, limit: int = 60) -> str:
    r"""A user's text in quotes for a message: on one line, control characters escaped, cut at `limit` characters.

    >>> print(quoted("a\tb"), quoted("x" * 100, 5))
    "a\tb" "xxxxx…"
    """
    cut = text if len(text) <= limit else text[:limit] + "…"
    shown = json.dumps(cut, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
