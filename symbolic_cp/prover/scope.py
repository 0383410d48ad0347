"""The names that an expression may use, and the letters that stand for pseudoinverses.

Main names: Scope, nearest (advice about an unknown name), shape_text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from symbolic_cp.exact.source import quoted
from symbolic_cp.kernel.terms import Poly, Shape, matrix

RESERVED = frozenset(["I", "tr", "rank", "pinv", "psd"])
"""Words of the grammar: no letter may have these names."""


@dataclass
class Scope:
    """The names that an expression may use, and the letters that stand for pseudoinverses.

    `pinvs` maps an expression to its letter: those that a caller has named, then those that are introduced here.
    `introduced` lists the latter by name.
    """

    dimensions: set[str] = field(default_factory=set)
    scalars: set[str] = field(default_factory=set)
    matrices: dict[str, Poly] = field(default_factory=dict)
    pinvs: dict[Poly, Poly] = field(default_factory=dict)
    introduced: dict[str, Poly] = field(default_factory=dict)

    def names(self) -> set[str]:
        """All names in use."""
        return self.dimensions | self.scalars | set(self.matrices)

    def pinv(self, term: Poly) -> Poly:
        """The letter for the pseudoinverse of a matrix term (m x n), n x m; a new one unless the term has one.

        >>> scope = Scope({"m", "n"}, set(), {"A": matrix("A", "m", "n")})
        >>> A = scope.matrices["A"]; scope.pinv(A), scope.pinv(A.T), scope.pinv(A + A - A)
        (A_pinv, At_pinv, A_pinv)
        """
        if term not in self.pinvs:
            assert term.shape is not None
            name = self._fresh(_spelled(term))
            self.matrices[name] = matrix(name, term.shape[1], term.shape[0])
            self.pinvs[term] = self.matrices[name]
            self.introduced[name] = term
        return self.pinvs[term]

    def _fresh(self, base: str) -> str:
        taken = self.names()
        names = [f"{base}_pinv", *(f"{base}{count}_pinv" for count in range(2, 3 + len(taken)))]
        return next(name for name in names if name not in taken)


def _spelled(term: Poly) -> str:
    """Letters that remind of the term, as part of a name."""
    words = [word for (_, word), _ in term.sorted_terms()]
    text = "_".join("".join(one.name + ("t" if one.transposed else "") for one in word) or "I" for word in words)
    return text if 0 < len(text) <= 24 else "E"


def shape_text(shape: Shape) -> str:
    """`m x n` or `a scalar`."""
    return "a scalar" if shape is None else f"{shape[0]} x {shape[1]}"


def nearest(name: str, known: Iterable[str]) -> str:
    """The advice that follows an unknown name: what is known here, or the name that was meant."""
    names = sorted(known)
    close = get_close_matches(name, names, 1, 0.5) or [one for one in names if one.lower() == name.lower()]
    if close:
        return f"is {quoted(close[0])} meant?"
    listed = ", ".join([*names[:20], *(["…"] if len(names) > 20 else [])])
    return f"known here: {listed}" if names else "no name is known here"
