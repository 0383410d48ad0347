"""A book to start from: one proof script about least squares, which is true and proved, and a test of it.

Main function: files.
"""

from __future__ import annotations

import re
from keyword import iskeyword

from symbolic_cp.exact.errors import InputError
from symbolic_cp.exact.source import quoted

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
LONGEST = 60

SCRIPT = '''"""{id}: what this script proves, and from where it is."""

from symbolic_cp.book.script import Script, statement


@statement("{id}", "A solution of the normal equations fits as A A+ does")
def {function}(s: Script) -> None:
    # 1. Dimensions and matrices. The statement holds for all of them.
    s.dims("m n k")
    A, B, Z = s.matrices("A: m x n, B: m x k, Z: n x k")

    # 2. What is given. Every label is a reason that reports can name.
    normal = s.given(A.T @ A @ Z == A.T @ B, "normal equations")
    P, pinv = s.pinv(A, "P")  # P is the Moore-Penrose inverse of A; pinv knows its four equations

    # 3. Steps: a claim with its reasons. Each is a test of its own, and may be cited by its id.
    fit = s.step("{id}.1", A @ Z == A @ P @ B, by=[normal, pinv])
    s.step("{id}.2", A.T @ (B - A @ Z) == 0, by=[normal], title="the residual is orthogonal to the columns of A")

    # 4. The statement: here the first step, calculated once more line by line, each with its reasons.
    again = s.calc(
        A @ Z,
        P.T @ A.T @ A @ Z,
        P.T @ A.T @ B,
        A @ P @ B,
        by=[[pinv], [normal], [pinv]],
    )
    s.conclude(A @ Z == A @ P @ B, by=[fit, again])
'''

TEST = '''"""Every statement and step of this folder is proved, and its certificate is accepted by a second checker.

`pytest` also collects each step of {stem}.py as a test item of its own.
"""

from pathlib import Path

import symbolic_cp as cp


def test_the_book_is_proved():
    report = cp.audit(book=Path(__file__).parent)
    assert {{record.id for record in report.records}} == {{"{id}"}}
    verdicts = {{step.id: step.verdict for record in report.records for step in [record, *record.steps]}}
    assert set(verdicts.values()) == {{"proved"}}, verdicts
'''


def files(name: str) -> dict[str, str]:
    """The texts of a new book by file name: the script, its test, and ORDER. Raises InputError for a bad name.

    >>> list(files("least-squares"))
    ['least_squares.py', 'test_least_squares.py', 'ORDER']
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST or iskeyword(name) or name.startswith("test_"):
        said = "a name has letters, digits, - and _, starts with a letter, and is no word of Python, nor test_..."
        raise InputError(f"{quoted(name)} cannot name a proof script; {said}")
    stem = name.replace("-", "_")
    values = {"id": name.replace("_", "-"), "stem": stem, "function": stem}
    return {f"{stem}.py": SCRIPT.format(**values), f"test_{stem}.py": TEST.format(**values), "ORDER": f"{stem}\n"}
