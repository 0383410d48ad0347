"""A formula as a reader takes it in: what repeats is named once; equivalences and pseudoinverses are called so.

`repeated(formulas, known)` names the conditions that occur more than once; `viewed(formula, known, names)` gives a
formula as a tree, with these names in it; `laid(view, width)` writes a tree as text, broken at its connectives, with
what belongs together indented. Nothing is left out: read with the names replaced, it is the formula, but for how a row
of "and" or "or" is bracketed.

Main names: repeated, viewed, laid, in_words, View.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase

from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    And,
    Atom,
    Connective,
    Equal,
    Falsum,
    ForAll,
    Formula,
    Implies,
    Or,
    Quantifier,
    Variable,
    conjunction,
    free_names,
)
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.prover.show import opened, show, show_relation, show_variable

WORTH_NAMING = 60
"""Conditions of fewer characters are repeated rather than named."""
HARD = "\N{NO-BREAK SPACE}"
NARROWEST = 24
"""However deep the indentation, lines have so much room."""


@dataclass(frozen=True)
class Relation:
    """An equation or inequality, or falsity."""

    formula: Atom | Falsum


@dataclass(frozen=True)
class Inverse:
    """That a matrix is the pseudoinverse of a term: the four equations of Penrose."""

    letter: Poly
    term: Poly

    @property
    def name(self) -> str:
        """That of the letter."""
        ((_, (one,)),) = self.letter.terms
        return one.name


@dataclass(frozen=True)
class Named:
    """A condition that is written elsewhere."""

    name: str


@dataclass(frozen=True)
class Not:
    """The negation of a condition."""

    part: View


@dataclass(frozen=True)
class Joined:
    """Conditions with a word between them: "and", "or", "->" or "iff"."""

    word: str
    parts: tuple[View, ...]


@dataclass(frozen=True)
class Bound:
    """Variables of quantifiers of one kind before a condition."""

    universal: bool
    variables: tuple[Variable, ...]
    part: View


View = Relation | Inverse | Named | Not | Joined | Bound


def repeated(formulas: Sequence[Formula], known: Collection[str]) -> dict[Formula, str]:
    """Names (a), (b), ... for the longer conditions that occur more than once in the formulas, but for themselves.

    `known` are the names that may be free in the formulas; conditions about others are not named.
    """
    avoid = frozenset(known)
    times: Counter[Formula] = Counter()
    for formula in formulas:
        _count_within(formula, avoid, times)
    often = (one for one, number in times.items() if number > 1 and free_names(one) <= avoid)
    long = (one for one in often if not isinstance(one, Atom | Falsum) and len(show(one)) >= WORTH_NAMING)
    return dict(zip(long, _names(), strict=False))


def viewed(formula: Formula, known: Collection[str] = (), names: Mapping[Formula, str] | None = None) -> View:
    """The formula as a tree, where what stands in it and has a name is written by its name.

    `known` are the names that may be free in it.

    >>> from symbolic_cp.kernel.formulas import at, equal, matrix_sort
    >>> A, B = (at(Variable(name, matrix_sort("n", "n"))) for name in "AB")
    >>> there, back = Implies(equal(A, B), equal(B @ A, A)), Implies(equal(B @ A, A), equal(A, B))
    >>> print(*laid(viewed(And(there, back)), 80))
    A = B iff B*A = A
    """
    return _opened(formula, frozenset(known), names or {})


def _names() -> Iterator[str]:
    for times in count(1):
        yield from (f"({letter * times})" for letter in ascii_lowercase)


def _count(formula: Formula, avoid: frozenset[str], times: Counter[Formula]) -> None:
    """In how many places every condition stands, what stands in a repeated one counted once; negations do not count."""
    while isinstance(formula, Implies) and isinstance(formula.right, Falsum):
        formula = formula.left
    times[formula] += 1
    if times[formula] == 1:
        _count_within(formula, avoid, times)


def _count_within(formula: Formula, avoid: frozenset[str], times: Counter[Formula]) -> None:
    if isinstance(formula, Quantifier):
        variables, body = stripped(formula, avoid)
        _count(body, avoid | {one.name for one in variables}, times)
    elif isinstance(formula, Implies):
        _count(formula.left, avoid, times)
        _count(formula.right, avoid, times)
    elif isinstance(formula, Connective):
        for part in _parts(formula):
            for one in part if isinstance(part, tuple) else () if isinstance(part, Inverse) else (part,):
                _count(one, avoid, times)


def stripped(formula: Quantifier, avoid: frozenset[str]) -> tuple[tuple[Variable, ...], Formula]:
    """The variables that quantifiers of one kind bind one after the other, with readable names, and the body."""
    kind, variables = type(formula), list[Variable]()
    body: Formula = formula
    while isinstance(body, kind):
        variable, body = opened(body, avoid)
        avoid |= {variable.name}
        variables.append(variable)
    return tuple(variables), body


def _parts(formula: Connective) -> list[Formula | Inverse | tuple[Formula, Formula]]:
    """The parts of a conjunction or disjunction; an equivalence is a pair."""
    flat = list(_spine(formula, type(formula)))
    if isinstance(formula, Or):
        return list(flat)
    found: list[Formula | Inverse | tuple[Formula, Formula]] = []
    while flat:
        inverse, both = inverse_of(flat[:4]), equivalence(conjunction(*flat[:2]))
        if inverse is not None:
            found.append(inverse)
            del flat[:4]
        elif both is not None:
            found.append(both)
            del flat[:2]
        else:
            found.append(flat.pop(0))
    return found


def equivalence(formula: Formula) -> tuple[Formula, Formula] | None:
    """The two sides of two implications, one the converse of the other."""
    if isinstance(formula, And) and isinstance(formula.left, Implies):
        left, right = formula.left.left, formula.left.right
        if formula.right == Implies(right, left) and not isinstance(right, Falsum):
            return left, right
    return None


def inverse_of(four: Sequence[Formula]) -> Inverse | None:
    """What is a pseudoinverse of what, if these are the four equations of Penrose about a letter."""
    if len(four) != 4 or not all(isinstance(one, Equal) for one in four):
        return None
    first, second = (one.term for one in four[:2] if isinstance(one, Equal))
    for one in (word[0] for _, word in second.terms if len(word) == 1):
        letter = Poly(second.shape, {((), (one,)): 1})
        base = {key: coef for key, coef in first.terms.items() if one not in key[1]}
        for sign in (1, -1):
            term = Poly(first.shape, {key: sign * coef for key, coef in base.items()})
            fits = base and term.shape == letter.T.shape
            if fits and tuple(_spine(penrose(term, letter), And)) == tuple(four):
                return Inverse(letter, term)
    return None


def _spine(formula: Formula, kind: type[Connective]) -> Iterator[Formula]:
    """The parts of a conjunction or disjunction, in whatever way it is bracketed."""
    if isinstance(formula, kind):
        yield from _spine(formula.left, kind)
        yield from _spine(formula.right, kind)
    else:
        yield formula


def _view(formula: Formula, avoid: frozenset[str], names: Mapping[Formula, str]) -> View:
    return Named(names[formula]) if formula in names else _opened(formula, avoid, names)


def _opened(formula: Formula, avoid: frozenset[str], names: Mapping[Formula, str]) -> View:
    """The view of a formula that is itself written out."""
    if isinstance(formula, Atom | Falsum):
        return Relation(formula)
    if isinstance(formula, Quantifier):
        variables, body = stripped(formula, avoid)
        inner = _view(body, avoid | {one.name for one in variables}, names)
        return Bound(isinstance(formula, ForAll), variables, inner)
    if isinstance(formula, Implies):
        if isinstance(formula.right, Falsum):
            return Not(_view(formula.left, avoid, names))
        parts = [_view(formula.left, avoid, names)]
        rest = formula.right
        while isinstance(rest, Implies) and rest not in names and not isinstance(rest.right, Falsum):
            parts.append(_view(rest.left, avoid, names))
            rest = rest.right
        return Joined("->", (*parts, _view(rest, avoid, names)))
    assert isinstance(formula, Connective)
    found: list[View] = []
    for part in _parts(formula):
        if isinstance(part, Inverse):
            found.append(part)
        elif isinstance(part, tuple):
            found.append(Joined("iff", tuple(_view(one, avoid, names) for one in part)))
        else:
            found.append(_view(part, avoid, names))
    return found[0] if len(found) == 1 else Joined("or" if isinstance(formula, Or) else "and", tuple(found))


# ---------------------------------------------------------------------------------------------------------- as text


def in_words(formula: Formula) -> str:
    """A formula on one line, with nothing named."""
    return one_line(_view(formula, free_names(formula), {}))


def one_line(view: View) -> str:
    """The tree on one line."""
    if isinstance(view, Relation):
        return show(view.formula)
    if isinstance(view, Inverse):
        return f"{view.letter!r} = pinv({view.term!r})"
    if isinstance(view, Named):
        return view.name
    if isinstance(view, Not):
        if isinstance(view.part, Relation) and isinstance(view.part.formula, Equal):
            return show_relation(view.part.formula.term, "!=")
        return f"not {view.part.name if isinstance(view.part, Named) else f'({one_line(view.part)})'}"
    if isinstance(view, Bound):
        return f"{_head(view)} {one_line(view.part)}"
    return f" {view.word} ".join(_enclosed(part, last=part is view.parts[-1], word=view.word) for part in view.parts)


def _head(view: Bound, space: str = " ") -> str:
    variables = (show_variable(one).replace(" ", space) for one in view.variables)
    return f"{'for all' if view.universal else 'there are'} {', '.join(variables)}."


def _is_closed(view: View, *, last: bool, word: str) -> bool:
    """Whether a part of a joined condition needs no parentheses: also a conclusion, as far as it may reach."""
    if isinstance(view, Joined | Bound):
        return last and word == "->" and not (isinstance(view, Joined) and view.word == "iff")
    if isinstance(view, Not):
        return isinstance(view.part, Named) or (
            isinstance(view.part, Relation) and isinstance(view.part.formula, Equal)
        )
    return True


def _enclosed(view: View, *, last: bool = False, word: str = "") -> str:
    text = one_line(view)
    return text if _is_closed(view, last=last, word=word) else f"({text})"


def laid(view: View, width: int) -> list[str]:
    """The tree as lines of at most so many characters where that can be: one line, or broken at its connectives."""
    width = max(width, NARROWEST)
    text = one_line(view)
    if len(text) <= width:
        return [text]
    if isinstance(view, Bound):
        head = _wrapped(_head(view, HARD), width)
        return [*head, *(f"  {line}" for line in laid(view.part, width - 2))]
    if isinstance(view, Not):
        return _hung("not ", _bracketed(view.part, width - 4))
    if isinstance(view, Joined):
        lines: list[str] = []
        for i, part in enumerate(view.parts):
            closed = _is_closed(part, last=i == len(view.parts) - 1, word=view.word)
            word = f"{view.word} " if i else ""
            room = width - len(word)
            lines += _hung(word, laid(part, room) if closed else _bracketed(part, room))
        return lines
    return _wrapped(text, width)


def _wrapped(text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
    return [line.replace(HARD, " ") for line in lines]


def _bracketed(view: View, width: int) -> list[str]:
    *lines, last = _hung("(", laid(view, width - 2))
    return [*lines, last + ")"]


def _hung(head: str, lines: Sequence[str]) -> list[str]:
    return [(head if i == 0 else " " * len(head)) + line for i, line in enumerate(lines)]
