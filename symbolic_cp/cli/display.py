"""Lines `name  text` on a terminal.

Main name: labelled. How exact numbers and matrices are written is said in `landscape.display`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def labelled(out: Console, lines: Mapping[str, str | None]) -> None:
    """Print each name and its text, aligned; further lines of a text stand below its first, None is left out."""
    width = max(map(len, lines))
    for name, text in lines.items():
        if text is not None:
            first, *rest = text.splitlines()
            out.print(f"{name:<{width}}  {first}", *(" " * (width + 2) + line for line in rest), sep="\n")
