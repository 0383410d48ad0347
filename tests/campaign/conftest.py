"""A small book: a true lemma, and a false one whose failures are neither rare nor the rule."""

from __future__ import annotations

import pytest

BOOK = """
from symbolic_cp.book.script import statement
from symbolic_cp.kernel.evaluation import Matrix


def diagonal(rng, dims):
    n = dims["n"]
    return {"n": n, "A": Matrix(n, n, tuple(tuple(int(i == j == 0) for j in range(n)) for i in range(n)))}


@statement("true", "Powers of projectors")
def true(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    idempotent = s.given(A @ A == A, "A A = A")
    s.conclude(A @ A @ A == A, by=[idempotent])


@statement("false", "Projectors are orthogonal")
def false(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    idempotent = s.given(A @ A == A, "A A = A")
    s.generators = (diagonal,)
    s.conclude(A.T == A, by=[idempotent])
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("book")
    (made / "projectors.py").write_text(BOOK)
    return made
