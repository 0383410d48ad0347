"""The one exception of the kernel."""

from __future__ import annotations


class KernelError(Exception):
    """A rule was used where it does not apply; the message says which condition failed."""


def require(condition: bool, message: str) -> None:
    """Raise `KernelError(message)` unless the condition holds."""
    if not condition:
        raise KernelError(message)
