"""A small book: a true lemma, and a false one whose failures are neither rare nor the rule."""

from __future__ import annotations

import pytest

BOOK = """
from symbolic_cp.book.script import statement
from symbolic_cp.kernel.evaluation import Matrix


def oblique(rng, dims):
    n, k = dims.get("n", rng.randint(1, 3)), rng.randint(-4, 4)
    rows = [[int(j == 0) + k * int(j == 1) if i == 0 else 0 for j in range(n)] for i in range(n)]
    return {"n": n, "A": Matrix(n, n, tuple(map(tuple, rows)))}


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
    s.generators = (oblique,)
    s.conclude(A.T == A, by=[idempotent])
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("book")
    (made / "projectors.py").write_text(BOOK)
    return made
