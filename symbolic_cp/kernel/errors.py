"""The one exception of the kernel, and the two ways to raise it."""

from __future__ import annotations

from typing import TypeVar

Kind = TypeVar("Kind")


class KernelError(Exception):
    """A rule was used where it does not apply; the message says which condition failed."""


def require(condition: bool, message: str) -> None:
    """Raise `KernelError(message)` unless the condition holds."""
    if not condition:
        raise KernelError(message)


def expect(value: object, kind: type[Kind], message: str) -> Kind:
    """The value, which is of that kind; else `KernelError(message)`."""
    if not isinstance(value, kind):
        raise KernelError(message)
    return value
