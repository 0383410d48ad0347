"""The audit for people who write Python.

Main function: audit.
"""

from __future__ import annotations

from pathlib import Path

from symbolic_cp.book.audit import Report
from symbolic_cp.book.audit import audit as audit_book
from symbolic_cp.book.book import Book, home
from symbolic_cp.exact.errors import InputError


def audit(*ids: str, book: str | Path | None = None) -> Report:
    """Check statements and steps of a book (all without ids): what `symbolic-cp audit` does.

    `book` is a folder of proof scripts, by default the one that comes with the package. The report has `summary` and
    `records`, each with `id`, `verdict` and `steps`. Cost: running the scripts. Raises InputError.

    >>> audit("eq-22").summary["proved"]
    1
    """
    wrong = next((name for name in ids if not isinstance(name, str)), None)
    if wrong is not None:
        raise InputError(f'{wrong!r} is no id; ids are written one by one, audit("lem-1", "thm-1")')
    return audit_book(Book(home() if book is None else Path(book)), ids)
