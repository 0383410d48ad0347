"""The book of the paper, loaded once in a process: what one test has had proved, the others use."""

from __future__ import annotations

from symbolic_cp.book.book import Book, home

BOOK = Book(home())
