"""What statements in Coq call by a name: pseudoinverses, gradients, spectra.

Main function: named. The definitions stand in `library/Notions.v`; they are read from there, as patterns for the text
of a formula, so that nothing is written twice. A name that does not say what the formula says is refused by Coq.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

DEFINITION = re.compile(r"^Definition (\w+) (.*?) : Prop :=(.*?)\.$", re.MULTILINE | re.DOTALL)
BINDER = re.compile(r"\(([A-Za-z0-9 ]+) : ((?:[^()]|\([^()]*\))*)\)")
ARGUMENT = r"(?:\w+(?:%N)?(?:\.\+\d+)?|\([^()]*\)(?:%N)?)"
NUMBER = r"(?:\w+|\([^()]*\))"
LETTER = rf"[A-Za-z]\w*(?: {ARGUMENT})*"
PRODUCT = rf"(?:\(?{LETTER}\)?(?:\^T)?)(?: \*m \(?{LETTER}\)?(?:\^T)?)*"
ATOM = re.compile(r"\w+|\([^()]*\)")
TOKEN = re.compile(r"[A-Za-z]\w*|[^A-Za-z]")


@cache
def _patterns() -> list[tuple[str, list[str], re.Pattern[str]]]:
    """Name, parameters and pattern of every definition."""
    text = resources.files("symbolic_cp.coq").joinpath("library", "Notions.v").read_text(encoding="utf-8")
    found = []
    for name, head, body in DEFINITION.findall(text):
        sorts = {one: sort for names, sort in BINDER.findall(head) for one in names.split() if one in body}
        found.append((name, list(sorts), _pattern(flat(body), sorts)))
    return found


def notions() -> list[str]:
    """The names of all notions."""
    return [name for name, _, _ in _patterns()]


def _pattern(body: str, sorts: dict[str, str]) -> re.Pattern[str]:
    """A regular expression for the text of a formula of this form; each parameter and bound index is a group.

    A member of a family, such as `R k`, stands in brackets before a transposition and without them in a product.
    """
    bound = re.findall(r"forall \((\w) : nat\)", body)
    seen: set[str] = set()
    parts = []
    for part in TOKEN.findall(body):
        if part in sorts:
            kind = PRODUCT if part == "S" else NUMBER if sorts[part] == "nat" else LETTER
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>{kind})")
        elif part in bound:
            parts.append(f"(?P={part})" if part in seen else rf"(?P<{part}>\w+)")
        else:
            parts.append(re.escape(part))
        seen.add(part)
    text = "".join(parts)
    for letter in (one for one, sort in sorts.items() if sort.startswith("'M") and one != "S"):
        for group in (f"(?P={letter})", f"(?P<{letter}>{LETTER})"):
            text = text.replace(group + re.escape("^T"), rf"\(?{group}\)?\^T")
    return re.compile(text)


def flat(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split()).replace("( ", "(")


def named(text: str) -> str | None:
    """The text of a formula by the name of a notion, if it has one.

    >>> named("A2 *m A1 *m X *m X^T *m A1^T = Y *m X^T *m A1^T")
    'eq24 X Y A1 A2'
    """
    line = flat(text)
    for name, parameters, pattern in _patterns():
        match = pattern.fullmatch(line)
        if match:
            given = [match[one] for one in parameters]
            return " ".join([name, *(one if ATOM.fullmatch(one) else f"({one})" for one in given)])
    return None
