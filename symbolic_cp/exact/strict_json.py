"""Strict JSON with a place for every value, so that each message can say where.

Main names: parse, read (text or file to a tree of Node), Node, Number. Stricter than RFC 8259 asks: duplicate keys,
NaN and Infinity, lone surrogates, more than 200 levels and numbers of more than 100,000 digits are refused.
Numbers stay the text they were: no float is ever made, and no number is converted before its length is known.
Cost: linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from flint import fmpq

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.limits import MAX_DIGITS
from symbolic_cp.exact.numbers import rational
from symbolic_cp.exact.source import Source, quoted, read_source

MAX_DEPTH = 200
"""Lists and objects nested deeper than this are refused."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN = r'[^"\\\x00-\x1f]*'  # unrolled below: an alternation would cost memory for every character
_STRING = re.compile(rf'"({_PLAIN}(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{{4}}){_PLAIN})*)"')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


class Number(str):
    """A number as the text it was written as; `is_float` tells whether it has a point or an exponent."""

    __slots__ = ()

    @property
    def is_float(self) -> bool:
        """Whether a JSON reader would make a float of it."""
        return any(mark in self for mark in ".eE")


_TYPE_NAMES = {dict: "an object", list: "a list", Number: "a number", str: "a string", bool: "a truth value"}


class Node:
    """A JSON value, where it stands, and how it is reached from the top (`X[1][3]`, counted from 1)."""

    __slots__ = ("key", "offset", "parent", "source", "value")

    def __init__(self, source: Source, offset: int, parent: Node | None = None, key: str | int = "") -> None:
        self.source = source
        self.offset = offset
        self.parent = parent
        self.key = key
        self.value: dict[str, Node] | list[Node] | Number | str | bool | None = None

    @property
    def field(self) -> str | None:
        """The path from the top, such as `weights[1][2][3]`, counted from 1; None at the top."""
        if self.parent is None:
            return None
        above = self.parent.field or ""
        if isinstance(self.key, int):
            return f"{above}[{self.key + 1}]"
        name = self.key if self.key.isidentifier() else quoted(self.key, 30)
        return f"{above}.{name}" if above else name

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return _TYPE_NAMES.get(type(self.value), "null")

    def error(self, message: str) -> InputError:
        """The InputError that says `message` about this value."""
        return self.source.error(message, self.offset, field=self.field)

    def members(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Node]:
        """The fields of an object. Raises InputError on a missing and on an unknown field."""
        members = self.object()
        known = [*required, *optional]
        for name, node in members.items():
            if name not in known:
                raise node.error(f"unknown field {quoted(name)}; {_nearest(name, known)}")
        for name in required:
            if name not in members:
                raise self.error(f"the field {quoted(name)} is missing")
        return members

    def object(self) -> dict[str, Node]:
        """The fields of an object, whatever their names. Raises InputError on anything else."""
        if not isinstance(self.value, dict):
            raise self.error(f"this is {self.kind}; an object {{…}} is expected")
        return self.value

    def items(self) -> list[Node]:
        """The entries of a list. Raises InputError on anything else."""
        if not isinstance(self.value, list):
            raise self.error(f"this is {self.kind}; a list […] is expected")
        return self.value

    def string(self) -> str:
        """The text of a string. Raises InputError on anything else."""
        if not isinstance(self.value, str) or isinstance(self.value, Number):
            raise self.error(f"this is {self.kind}; a string is expected")
        return self.value

    def natural(self, largest: int = 1_000_000) -> int:
        """A natural number up to `largest`. Raises InputError on anything else."""
        text = self.value
        if not isinstance(text, Number) or text.is_float or text.startswith("-"):
            raise self.error(f"this is {self.kind}; a natural number is expected")
        if len(text) > len(str(largest)) or int(text) > largest:
            raise self.error(f"this number is too large; at most {largest:,} is expected")
        return int(text)

    def rational(self, *, decimals: bool = False) -> fmpq:
        """The exact number; a float only with `decimals`, as the decimal that is written. Raises InputError."""
        text = self.value
        if not isinstance(text, str):
            raise self.error(f'this is {self.kind}; an exact number is expected, such as 3, "3/4" or "0.75"')
        if isinstance(text, Number) and text.is_float and not decimals:
            raise self.error(
                f'{text[:40]} is a float; write the exact number as a string, "{text[:40]}" or "p/q", '
                "or read floats as the decimals they print as with --decimals"
            )
        try:
            return rational(str(text))
        except InputError as error:
            line, column = self.source.place(self.offset)
            raise error.at(file=self.source.file, line=line, column=column, field=self.field) from None


def _nearest(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, 1)
    return f"is {quoted(close[0])} meant?" if close else f"known here: {', '.join(known)}"


def read(path: str | Path) -> Node:
    """The JSON in a file (`-`: standard input). Raises InputError with file, line and column."""
    return _Parser(read_source(path)).document()


def parse(text: str, file: str = "input") -> Node:
    """The JSON in a text. Raises InputError with line and column.

    >>> node = parse('{"X": [[1, "1/2"]]}')
    >>> node.members(["X"])["X"].items()[0].items()[1].rational()
    1/2
    >>> parse('[1, 2,]')
    Traceback (most recent call last):
    symbolic_cp.exact.errors.InputError: input:1:6: no comma may stand before the closing ]
    """
    return _Parser(Source(file, text)).document()


class _Parser:
    """Recursive descent over one text; `position` is what has been read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.position = 0

    def document(self) -> Node:
        root = self.value(None, "", 0)
        if self.peek():
            raise self.source.error(f"{quoted(self.peek())} stands after the end of the JSON value", self.position)
        return root

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def value(self, parent: Node | None, key: str | int, depth: int) -> Node:
        first = self.peek()
        node = Node(self.source, self.position, parent, key)
        if first and first in "[{":
            if depth == MAX_DEPTH:
                message = f"nested deeper than {MAX_DEPTH} levels, the most that are read"
                raise self.source.too_large(message, node.offset)
            self.position += 1
            node.value = self.array(node, depth + 1) if first == "[" else self.object(node, depth + 1)
        elif first == '"':
            node.value = self.string()
        elif first and first in "-0123456789":
            node.value = self.number(node)
        else:
            node.value = self.word(first)
        return node

    def array(self, node: Node, depth: int) -> list[Node]:
        items: list[Node] = []
        if self.peek() == "]":
            self.position += 1
            return items
        while True:
            items.append(self.value(node, len(items), depth))
            if self.closed("]"):
                return items

    def object(self, node: Node, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        if self.peek() == "}":
            self.position += 1
            return members
        while True:
            if self.peek() != '"':
                raise self.unexpected("a field name in double quotes")
            start = self.position
            name = self.string()
            if name in members:
                raise self.source.error(f"the field {quoted(name)} is there twice", start, field=node.field)
            if self.peek() != ":":
                raise self.unexpected('":"')
            self.position += 1
            members[name] = self.value(node, name, depth)
            if self.closed("}"):
                return members

    def closed(self, bracket: str) -> bool:
        """Read the `,` or the closing bracket behind an entry; whether it was the bracket."""
        mark = self.peek()
        if mark not in (bracket, ","):
            raise self.unexpected(f'"," or "{bracket}"')
        comma = self.position
        self.position += 1
        if mark == "," and self.peek() == bracket:
            raise self.source.error(f"no comma may stand before the closing {bracket}", comma)
        return mark == bracket

    def string(self) -> str:
        match = _STRING.match(self.text, self.position)
        if match is None:
            message = "this string does not end on its line, or holds a control character or an unknown escape"
            raise self.source.error(message, self.position)
        start, self.position = self.position, match.end()
        if "\\" not in match[1]:
            return match[1]
        units = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED.get(m[2], m[2]), match[1])
        try:  # JSON writes a character beyond the basic plane as a pair of surrogates: join them
            return units.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self.source.error("half of a surrogate pair stands alone in this string", start) from None

    def number(self, node: Node) -> Number:
        match = _NUMBER.match(self.text, self.position)
        if match is None:
            raise self.unexpected("a number", "-")
        follows = self.text[match.end() : match.end() + 1]
        if follows and (follows.isalnum() or follows in "_.+-/"):
            raise node.error('this is no number of JSON; a fraction is written as a string, "3/4"')
        digits = sum(character.isdigit() for character in match[0]) if len(match[0]) > MAX_DIGITS else 0
        if digits > MAX_DIGITS:
            message = f"a number has {digits:,} digits; at most {MAX_DIGITS:,} are read"
            raise self.source.too_large(message, node.offset, field=node.field)
        self.position = match.end()
        return Number(match[0])

    def word(self, first: str) -> bool | None:
        for word, value in _WORDS.items():
            end = self.position + len(word)
            if self.text.startswith(word, self.position) and not self.text[end : end + 1].isalnum():
                self.position = end
                return value
        raise self.unexpected("a JSON value", first)

    def unexpected(self, wanted: str, first: str | None = None) -> InputError:
        found = self.peek() if first is None else first
        for word in ("NaN", "Infinity", "-Infinity"):
            if self.text.startswith(word, self.position):
                return self.source.error(f"{word} is no number; only exact numbers are read", self.position)
        hint = {"'": " (JSON wants double quotes)", "/": " (JSON has no comments)", "#": " (JSON has no comments)"}
        what = quoted(found) + hint.get(found, "") if found else "the end of the file"
        return self.source.error(f"this is no JSON: {wanted} is expected here, not {what}", self.position)
