"""The second opinion: checks certificates on a bare Python, apart from everything else in the package.

    python -I recheck.py [--json] CERT...

For each certificate it says what exactly is proved, in words and in formulas, and on which facts that rests; or why
it is refused: where, at which step, and what is left over. Nothing is imported but the standard library. The kernel of
the package and this file share the certificate format and the logic, and no line of code; what both accept has been
checked twice. Exit codes: 0 all certificates hold, 1 one is refused, 2 one cannot be read, 3 one exceeds the limits.

How it works, and where it differs from the kernel on purpose:

* Everything is a **node**: a tuple of numbers and strings, entered once in a `Store` and known by its number from then
  on. So equal formulas have equal numbers, a formula of a million parts that shares them costs what is different in it,
  and a hypothesis is found by comparing integers.
* Bound variables are **de Bruijn indices** (0 is bound by the nearest quantifier), free variables have names. To open a
  quantifier puts a value for its index, to bind a name puts an index for the name; nothing that is put in has indices
  of its own, so nothing is ever captured. The parameters ~0, ~1 of a family are the numbers -1, -2.
* A polynomial is a **table of integers over one common denominator**, by (scalar factors, word). A word is a tuple of
  letters, negative where transposed. Traces are normal up to rotation (least rotation, in linear time) and
  transposition. A natural number (a dimension, an index) is a polynomial too.
* Every expansion is paid for from a budget, so hostile input ends with a sentence, in bounded time and memory.

Kinds of certificate (`KINDS`): `proof` replays every rule of the logic; `counterexample` evaluates a statement at given
values; `critical-point` evaluates the gradients of 1/2 |A_l ... A_1 X - Y|^2 over Q or Q(lambda).
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, reduce
from itertools import groupby, pairwise
from math import gcd, lcm
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

# ---------------------------------------------------------------------------------------------------------------
# Glossary.
Node = tuple[Any, ...]  # ("nat" | "scalar" | "matrix", head, indices, rows, cols): a variable or member of a family
# ("literal", rows, cols, den, entries), ("trace", word); ("poly", rows, cols, den, items), rows = cols = 0: a scalar
# ("=" | ">=" | ">", poly), ("false",), ("and" | "or" | "implies", left, right)
# ("all" | "exists", kind, arity, rows, cols, body): the sort of the variable, then the formula about it
Id = int  # the number of a node; 0 is no node
Formula: TypeAlias = Id
Term: TypeAlias = Id
Nat: TypeAlias = Id
Name: TypeAlias = str
Json: TypeAlias = Any  # what a file holds, until it has been read
Head = str | int  # of a variable: its name where it is free, its index where it is bound, -1 - i for parameter ~i
Word = tuple[int, ...]  # letters, from left to right; negative where transposed
Factors = tuple[int, ...]  # scalar factors, sorted; those of degree two stand twice
Sort = tuple[str, int, Id, Id]  # kind, arity, rows, cols
Variable = tuple[str, Sort]
Value = tuple[str, int, Any]  # ("nat" | "term", arity, Id) or ("rename", 0, Head): what is put for a variable
Env = dict[Head, Value]
Cofactor = tuple[Id, int, Id, Id, bool]  # coefficient, premise, left, right (0: none), transposed
Product = tuple[Fraction, list[Id], list[Id], list[int]]  # weight, squares, Gram factors, premises
Outcome = Id | tuple[Id, frozenset[Id]]  # a conclusion, and its hypotheses unless they are those of all premises
Pay = Callable[[int], None]  # take so many elementary operations from the budget

FORMAT, VERSION = "symbolic-cp certificate", 1
MOST_BYTES = 32_000_000  # of a file
MOST_DIGITS = 100_000  # of a number in it
MOST = 1_000_000  # natural numbers in nats, parts of a formula
DEEPEST = 300  # nesting of formulas and terms
WORK = 100_000_000  # elementary operations for one certificate
LONGEST_RANGE = 10_000  # of a quantifier that is evaluated
MOST_SHOWN = 4_000  # characters of a formula in a message

ATOMS, JOINS, QUANTIFIERS = ("=", ">=", ">"), ("and", "or", "implies"), ("all", "exists")
VARIABLES = ("nat", "scalar", "matrix")
NAT: Sort = ("nat", 0, 0, 0)
ONE = ((), ())  # the key of the constant term
FRESH = "#"  # no name: a rename to it means the index of the quantifier that is being made
FACTS = {
    "pinv": "every matrix has a Moore-Penrose inverse",
    "split": "an n-space splits into an a-space and a b-space, n = a + b",
    "basis": "an orthogonal projector has an orthonormal basis",
    "spectral": "the spectral theorem for symmetric matrices",
}


class Rejected(Exception):
    """Why a certificate is not accepted, in one line; the code is the exit code."""

    code = 1


class Refused(Rejected):
    """A step does not follow, or something claimed does not hold."""


class Malformed(Rejected):
    """The file is no certificate."""

    code = 2


class TooMuch(Rejected):
    """The limits of this program do not suffice to decide."""

    code = 3


def need(condition: object, message: str, *details: object) -> None:
    """Refuse unless the condition holds; {} in the message stands for the details."""
    if not condition:
        raise Refused(message.format(*(quoted(x) for x in details)))


# ---------------------------------------------------------------------------------------------------------------
# Polynomials under construction.


@dataclass(slots=True)
class Sum:
    """A scalar (rows = cols = 0) or matrix: integers over one denominator, by (scalar factors, word)."""

    rows: Id
    cols: Id
    terms: dict[tuple[Factors, Word], int] = field(default_factory=dict)
    den: int = 1

    def __matmul__(self, other: Sum) -> Sum:
        """The product; a scalar may stand on either side."""
        need(not self.cols or not other.rows or self.cols == other.rows, "a product of matrices that do not fit")
        terms: dict[tuple[Factors, Word], int] = {}
        for (factors, word), a in self.terms.items():
            for (more, tail), b in other.terms.items():
                key = (tuple(sorted(factors + more)) if factors and more else factors or more, word + tail)
                terms[key] = terms.get(key, 0) + a * b
        return Sum(self.rows or other.rows, other.cols or self.cols, terms, self.den * other.den)

    def plus(self, other: Sum, num: int = 1) -> Sum:
        """self + num * other, put into self."""
        need((self.rows, self.cols) == (other.rows, other.cols), "a sum of terms of different shapes")
        den = lcm(self.den, other.den)
        if den != self.den:
            self.terms, self.den = {key: a * (den // self.den) for key, a in self.terms.items()}, den
        num *= den // other.den
        for key, b in other.terms.items():
            self.terms[key] = self.terms.get(key, 0) + num * b
        return self

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.rows, self.cols).plus(self).plus(other)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.rows, self.cols).plus(self).plus(other, -1)

    @property
    def T(self) -> Sum:
        """The transpose: (A B)' = B' A'."""
        return Sum(self.cols, self.rows, {(f, turned(word)): a for (f, word), a in self.terms.items()}, self.den)

    def heft(self) -> int:
        """How dear one of its terms is, in elementary operations."""
        return max((1 + (len(f) + len(w) >> 4) + (a.bit_length() >> 7) for (f, w), a in self.terms.items()), default=1)


def number(value: int | Fraction) -> Sum:
    """A number as a scalar."""
    return Sum(0, 0, {ONE: value.numerator}, value.denominator)


def turned(word: Word) -> Word:
    """The transpose of a word."""
    return tuple(-x for x in reversed(word))


def least_rotation(word: Word) -> Word:
    """The least rotation, by comparing two candidates along the word written twice. Cost: linear."""
    n, i, j, k = len(word), 0, 1, 0
    while i < n and j < n and k < n:
        a, b = word[(i + k) % n], word[(j + k) % n]
        if a == b:
            k += 1
            continue
        i, j = (i + k + 1, j) if a > b else (i, j + k + 1)
        j, k = j + (i == j), 0
    return word[min(i, j):] + word[:min(i, j)]


# ---------------------------------------------------------------------------------------------------------------
# The store of all terms and formulas of a certificate.


def below(node: Node) -> Sequence[Id]:
    """The nodes that a node is made of."""
    tag, *parts = node
    if tag == "poly":
        return [*parts[:2], *(abs(x) for key, _ in parts[3] for part in key for x in part)]
    if tag in VARIABLES:
        return [*parts[1], *parts[2:]]
    if tag == "trace":
        return [abs(x) for x in parts[0]]
    return [] if tag == "literal" else parts[2:] if tag in QUANTIFIERS else parts


class About(NamedTuple):
    """What is asked of a node again and again."""

    names: frozenset[str] = frozenset()  # that occur free, in shapes too
    loose: int = 0  # how many quantifiers its bound variables reach beyond
    params: int = 0  # how many parameters of a family it needs
    height: int = 0  # of the formula written out
    size: int = 0
    quantified: bool = False


class Store:
    """The nodes of one certificate, each entered once, and the budget."""

    def __init__(self, work: int = WORK) -> None:
        self.left = work
        self.nodes: list[Node] = [()]
        self.about: list[About] = [About()]
        self.ids: dict[Node, Id] = {}
        self.hints: dict[Id, str] = {}

    def spend(self, work: int) -> None:
        """Pay for elementary operations."""
        self.left -= work
        if self.left < 0:
            raise TooMuch("checking this needs more work than is allowed")

    def put(self, node: Node) -> Id:
        """The number of a node."""
        if node in self.ids:
            return self.ids[node]
        parts, head = [self.about[part] for part in below(node)], node[1] if node[0] in VARIABLES else 0
        names = frozenset([head] if isinstance(head, str) else []).union(*(part.names for part in parts))
        loose, params = (head + 1, -head) if node[0] in VARIABLES and isinstance(head, int) else (0, 0)
        loose, params = max([0, loose, *(x.loose for x in parts)]), max([0, params, *(x.params for x in parts)])
        height, size = 1 + max([0, *(x.height for x in parts)]), 1 + sum(x.size for x in parts)
        quantified = node[0] in QUANTIFIERS or any(part.quantified for part in parts)
        if node[0] in QUANTIFIERS:  # a shape may have parameters of its own; the body is one quantifier deeper
            loose, params = max(parts[0].loose, parts[1].loose, parts[2].loose - 1), 0
        if height > DEEPEST or size > MOST:
            raise TooMuch("a formula or term is nested too deeply, or too long to be written down")
        self.spend(8 + len(names) + 4 * len(parts))
        self.nodes.append(node)
        self.about.append(About(names, loose, params, height, size, quantified))
        self.ids[node] = len(self.nodes) - 1
        return self.ids[node]

    # Terms.

    def variable(self, kind: str, head: Head, indices: tuple[Id, ...] = (), rows: Id = 0, cols: Id = 0) -> Sum:
        """A variable, or member of a family, as a term."""
        x = self.put((kind, head, indices, rows, cols))
        return Sum(rows, cols, {((), (x,)) if kind == "matrix" else ((x,), ()): 1})

    def nat(self, head: Head, *indices: Id) -> Id:
        """A natural number."""
        return self.poly(self.variable("nat", head, indices))

    def after(self, nat: Id) -> Id:
        """The next natural number."""
        return self.poly(self.load(nat) + number(1))

    def identity(self, size: Id) -> Sum:
        """I of that size, the empty word."""
        return Sum(size, size, {ONE: 1})

    def shape(self, letter: int) -> tuple[Id, Id]:
        """Rows and columns of a letter, which is negative where transposed."""
        node = self.nodes[abs(letter)]
        rows, cols = node[3:5] if node[0] == "matrix" else node[1:3]
        return (rows, cols) if letter > 0 else (cols, rows)

    def span(self, word: Word, rows: Id, cols: Id) -> None:
        """Refuse a word that is no matrix of that shape."""
        for letter in word:
            first, last = self.shape(letter)
            need(first == rows, "the letters of a word do not fit together, or not its shape")
            rows = last
        need(rows == cols, "a word does not have the shape that is stated")

    def collect(self, total: Sum, part: Sum, sign: int = 1) -> None:
        """Add a part to a total, paid for."""
        again = len(total.terms) if total.den % part.den else 0
        self.spend((len(part.terms) + again) * (part.heft() + (total.den.bit_length() >> 7)))
        total.plus(part, sign)

    def product(self, *parts: Sum) -> Sum:
        """The product of all, paid for."""
        result = parts[0]
        for part in parts[1:]:
            self.spend(len(result.terms) * len(part.terms) * (result.heft() + part.heft()))
            result = result @ part
        return result

    def trace(self, value: Sum) -> Sum:
        """tr(value) with tr(I_n) = n, words up to rotation and transposition."""
        need(value.rows and value.rows == value.cols, "the trace of what is no square matrix")
        size, total = self.load(value.rows), Sum(0, 0)
        for (factors, word), a in value.terms.items():
            self.spend(2 + len(word))
            one = Sum(0, 0, {(factors, ()): a}, value.den)
            self.collect(total, one @ (Sum(0, 0, {((self.trace_of(word),), ()): 1}) if word else size))
        return total

    def trace_of(self, word: Word) -> Id:
        """The trace of a word that has letters."""
        return self.put(("trace", max(least_rotation(word), least_rotation(turned(word)))))

    def norm(self, matrix: Id) -> Sum:
        """tr(M'M)."""
        M = self.load(matrix)
        need(M.rows, "a matrix is expected, not a scalar")
        return self.trace(self.product(M.T, M))

    def poly(self, value: Sum) -> Id:
        """The node of a sum: without zeros, in lowest terms, sorted."""
        common = gcd(value.den, *value.terms.values())
        items = tuple(sorted((key, a // common) for key, a in value.terms.items() if a))
        self.spend(len(value.terms) * value.heft())
        return self.put(("poly", value.rows, value.cols, value.den // common, items))

    def load(self, poly: Id) -> Sum:
        """The sum of a node."""
        _, rows, cols, den, items = self.nodes[poly]
        self.spend(len(items))
        return Sum(rows, cols, dict(items), den)

    # Formulas.

    def atom(self, sign: str, value: Sum) -> Id:
        """The formula `value sign 0`."""
        return self.put((sign, self.poly(value)))

    def compare(self, larger: Id, sign: str, smaller: Id) -> Id:
        """The formula `larger - smaller sign 0`."""
        return self.atom(sign, self.load(larger) - self.load(smaller))

    def nested(self, join: str, formulas: Sequence[Id]) -> Id:
        """f1 and (f2 and ...), or f1 -> (f2 -> ...)."""
        result = formulas[-1]
        for formula in reversed(formulas[:-1]):
            result = self.put((join, formula, result))
        return result

    def parts(self, node: Id, name: str) -> Iterator[Node]:
        """Every variable in which the name occurs free: as its head, in its indices or in its shape."""
        seen, stack = set[Id](), [node]
        while stack:
            at = stack.pop()
            if at not in seen and name in self.about[at].names:
                seen.add(at)
                self.spend(4)
                if self.nodes[at][0] in VARIABLES:
                    yield self.nodes[at]
                stack.extend(below(self.nodes[at]))

    def no_dimension(self, part: Node, name: str) -> None:
        """Refuse a free matrix that has the name in its shape, other than through its indices."""
        _, head, indices, rows, cols = part
        shape, index = (any(name in self.about[x].names for x in nodes) for nodes in ((rows, cols), indices))
        need(not shape or index or isinstance(head, int), "{} is a dimension of {}, which is still free", name, head)

    def bind(self, tag: str, variable: Variable, body: Id) -> Id:
        """`all` or `exists` variable: body, where the variable occurs in body as what it is, or not at all."""
        name, (kind, arity, rows, cols) = variable
        for part in self.parts(body, name):
            if part[1] == name:
                fits = part[0] == kind and len(part[2]) == arity
                shape = tuple(self.replace(x, parameters(part[2])) for x in (rows, cols)) if fits else ()
                need(part[3:] == shape, "{} occurs with another sort than it is bound with", name)
            else:
                self.no_dimension(part, name)
        made = self.put((tag, kind, arity, rows, cols, self.replace(body, {name: ("rename", 0, FRESH)})))
        self.hints.setdefault(made, name)
        return made

    def bind_all(self, body: Id, *binders: tuple[str, str, Sort]) -> Id:
        """Several quantifiers, outermost first."""
        for tag, name, sort in reversed(binders):
            body = self.bind(tag, (name, sort), body)
        return body

    def open(self, formula: Id, value: Value) -> Id:
        """The body of a quantified formula with a value for its variable."""
        _, *sort, body = self.nodes[formula]
        self.fits(sort, value)
        return self.replace(body, {0: value})

    def fits(self, sort: Sequence[Any], value: Value) -> None:
        """Refuse a value that is not of the sort."""
        if value[0] != "rename":
            kind, arity, *shape = sort
            need(value[:2] == ("nat" if kind == "nat" else "term", arity), "a value is not of the sort {}", kind)
            need(self.nodes[value[2]][1:3] == tuple(shape), "a value has another shape than its variable")

    def replace(self, node: Id, env: Env) -> Id:
        """Put values for names, parameters (negative) or the variable of an opened quantifier (0), all at once."""
        return Replacement(self, env).of(node, 0)


def parameters(indices: Iterable[Id]) -> Env:
    """~0, ~1, ... as these natural numbers."""
    return {-1 - i: ("nat", 0, index) for i, index in enumerate(indices)}


class Replacement:
    """One substitution, applied to every node once per depth (the number of quantifiers around it)."""

    def __init__(self, store: Store, env: Env) -> None:
        self.store, self.env = store, env
        self.done: dict[tuple[Id, int], Id] = {}
        self.terms: dict[tuple[Id, int], Sum] = {}

    def untouched(self, node: Id, depth: int) -> bool:
        """Whether there is nothing to replace in the node."""
        about = self.store.about[node]
        return about.loose <= depth and not about.params and about.names.isdisjoint(self.env)

    def of(self, node: Id, depth: int) -> Id:
        """The node (a polynomial or formula) after substitution."""
        if self.untouched(node, depth):
            return node
        if (node, depth) not in self.done:
            store = self.store
            store.spend(4)
            tag, *parts = store.nodes[node]
            if tag == "poly":
                made = store.poly(self.expanded(parts, depth))
            elif tag in QUANTIFIERS:
                kind, arity, rows, cols, body = parts
                shape = self.of(rows, depth), self.of(cols, depth)
                made = store.put((tag, kind, arity, *shape, self.of(body, depth + 1)))
                store.hints.setdefault(made, store.hints[node])
            else:
                made = store.put((tag, *(self.of(part, depth) for part in parts)))
            self.done[node, depth] = made
        return self.done[node, depth]

    def term(self, x: int, depth: int) -> Sum:
        """What a scalar factor, or a letter (negative where transposed), becomes."""
        if x < 0:
            return self.term(-x, depth).T
        if (x, depth) not in self.terms:
            self.terms[x, depth] = self.made(self.store.nodes[x], x, depth)
        return self.terms[x, depth]

    def made(self, node: Node, x: Id, depth: int) -> Sum:
        """As `term`, computed."""
        store = self.store
        if self.untouched(x, depth):
            is_letter = node[0] in ("matrix", "literal")
            return Sum(*store.shape(x), {((), (x,)): 1}) if is_letter else Sum(0, 0, {((x,), ()): 1})
        if node[0] == "trace":
            return store.trace(store.product(*(self.term(letter, depth) for letter in node[1])))
        kind, head, indices, *shape = node
        indices, shape = tuple(self.of(index, depth) for index in indices), [self.of(part, depth) for part in shape]
        key = head - depth if isinstance(head, int) and head >= 0 else head
        value = self.env.get(key) if key in (head, 0) else None
        if value is None or value[0] == "rename":
            head = head if value is None else depth if value[2] == FRESH else value[2]
            return store.variable(kind, head, indices, *shape)
        need((value[0] == "nat", value[1]) == (kind == "nat", len(indices)), "{} occurs with another sort", head)
        result = store.load(store.replace(value[2], parameters(indices)) if indices else value[2])
        need([result.rows, result.cols] == shape, "what is put for {} has another shape", head)
        return result

    def expanded(self, poly: Sequence[Any], depth: int) -> Sum:
        """A polynomial after substitution: what becomes one factor or letter is exchanged, the rest multiplied out."""
        store, (rows, cols, den, items) = self.store, poly
        total = Sum(self.of(rows, depth), self.of(cols, depth), {}, den)
        for (factors, word), a in items:
            store.spend(1 + len(word) + len(factors))
            parts = [self.term(x, depth) for x in factors + word]
            if all(len(part.terms) == part.den == 1 for part in parts):
                keys, coefficient = [next(iter(part.terms)) for part in parts], a * (total.den // den)
                for part in parts:
                    coefficient *= next(iter(part.terms.values()))
                key = (tuple(sorted(f for k in keys for f in k[0])), tuple(x for k in keys for x in k[1]))
                total.terms[key] = total.terms.get(key, 0) + coefficient
            else:
                start = store.identity(total.rows) if word else Sum(total.rows, total.cols, {ONE: 1})
                store.collect(total, store.product(start, *parts, number(Fraction(a, den))))
        return total


# ---------------------------------------------------------------------------------------------------------------
# The facts: what is assumed about real matrices, written out once more and compared with what is cited.


def ledger(store: Store) -> dict[str, Id]:
    """The statement of every fact."""
    m, n, a, b, k, r, i, j = (store.nat(name) for name in "mnabkrij")
    zero, one, next_i = store.poly(number(0)), store.poly(number(1)), store.after(i)

    def equal(left: Sum, right: Sum) -> Id:
        return store.atom("=", left - right)

    def between(low: Id, index: str, high: Id, *then: Id) -> Id:
        guards = store.compare(store.nat(index), ">=", low), store.compare(high, ">=", store.nat(index))
        return store.bind("all", (index, NAT), store.nested("implies", [*guards, *then]))

    def matrix(name: str, rows: Id, cols: Id, *indices: Id) -> Sum:
        return store.variable("matrix", name, indices, rows, cols)

    def by(rows: Id, cols: Id, arity: int = 0) -> Sort:
        return ("matrix", arity, rows, cols)

    A, B = matrix("A", m, n), matrix("B", n, m)
    AB, BA = A @ B, B @ A
    penrose = store.nested("and", [equal(AB @ A, A), equal(BA @ B, B), equal(AB.T, AB), equal(BA.T, BA)])
    nats = [("all", "m", NAT), ("all", "n", NAT)]
    pinv = store.bind_all(penrose, *nats, ("all", "A", by(m, n)), ("exists", "B", by(n, m)))

    J, K, I_a, I_b, I_n = matrix("J", n, a), matrix("K", n, b), *map(store.identity, (a, b, n))
    selectors = [equal(J.T @ J, I_a), equal(K.T @ K, I_b), equal(J.T @ K, Sum(a, b)), equal(J @ J.T + K @ K.T, I_n)]
    found = store.bind_all(store.nested("and", selectors), ("exists", "J", by(n, a)), ("exists", "K", by(n, b)))
    whole = store.nested("implies", [equal(store.load(n), store.load(a) + store.load(b)), found])
    split = store.bind_all(whole, ("all", "n", NAT), ("all", "a", NAT), ("all", "b", NAT))

    P, W = matrix("P", n, n), matrix("W", n, k)
    columns = store.nested("and", [equal(W.T @ W, store.identity(k)), equal(W @ W.T, P)])
    found = store.bind_all(columns, ("exists", "k", NAT), ("exists", "W", by(n, k)))
    whole = store.nested("implies", [equal(P.T, P), equal(P @ P, P), found])
    basis = store.bind_all(whole, ("all", "n", NAT), ("all", "P", by(n, n)))

    S, E, s, t = matrix("S", n, n), matrix("E", n, n, i), *(store.variable("scalar", "s", (x,)) for x in (i, j))
    Q = {index: matrix("Q", n, n, index) for index in (zero, i, next_i, r)}
    projector = [equal(E.T, E), equal(E @ E, E), equal(S @ E, s @ E), store.atom(">", store.trace(E))]
    adding = [store.compare(r, ">=", next_i), equal(Q[next_i], Q[i] + matrix("E", n, n, next_i))]
    spectrum = [
        between(one, "i", r, store.nested("and", projector)),
        between(one, "i", r, between(next_i, "j", r, store.atom(">", s - t))),
        equal(Q[zero], Sum(n, n)),
        store.bind("all", ("i", NAT), store.nested("implies", adding)),
        equal(Q[r], I_n),
    ]
    families = [("exists", "s", ("scalar", 1, 0, 0)), ("exists", "E", by(n, n, 1)), ("exists", "Q", by(n, n, 1))]
    found = store.bind_all(store.nested("and", spectrum), ("exists", "r", NAT), *families)
    whole = store.nested("implies", [equal(S.T, S), found])
    spectral = store.bind_all(whole, ("all", "n", NAT), ("all", "S", by(n, n)))
    return {"pinv": pinv, "split": split, "basis": basis, "spectral": spectral}


# ---------------------------------------------------------------------------------------------------------------
# The rules.


class Sequent(NamedTuple):
    """hypotheses |- conclusion, resting on facts."""

    hyps: frozenset[Id]
    conclusion: Id
    facts: frozenset[str]


class Rules:
    """What follows from what. Every method without _ is a rule; its signature says how many premises, of type
    `Sequent`, and which parameters a line with that rule has.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def _opened(self, formula: Id, *tags: str) -> list[Any]:
        """What a formula of one of these forms is made of."""
        tag, *parts = self.store.nodes[formula]
        if tag not in tags:
            raise Refused(f"a premise does not have the form '{' or '.join(tags)}': {show(self.store, formula)}")
        return parts

    def _same(self, found: Id, wanted: Id, what: str) -> None:
        """Refuse two formulas that should be one."""
        if found != wanted:
            raise Refused(f"{what} is {show(self.store, found)}; it should be {show(self.store, wanted)}")

    def _fresh(self, name: str, nodes: Iterable[Id], where: str) -> None:
        """Refuse a name that is free in one of the formulas or terms."""
        need(not any(name in self.store.about[node].names for node in nodes), f"{name} occurs in {where}")

    # Logic.

    def assume(self, formula: Formula) -> Outcome:
        """phi |- phi."""
        return formula, frozenset([formula])

    def and_intro(self, left: Sequent, right: Sequent) -> Outcome:
        """phi, psi / phi and psi."""
        return self.store.put(("and", left.conclusion, right.conclusion))

    def and_left(self, premise: Sequent) -> Outcome:
        """phi and psi / phi."""
        return int(self._opened(premise.conclusion, "and")[0])

    def and_right(self, premise: Sequent) -> Outcome:
        """phi and psi / psi."""
        return int(self._opened(premise.conclusion, "and")[1])

    def or_left(self, premise: Sequent, right: Formula) -> Outcome:
        """phi / phi or psi."""
        return self.store.put(("or", premise.conclusion, right))

    def or_right(self, premise: Sequent, left: Formula) -> Outcome:
        """psi / phi or psi."""
        return self.store.put(("or", left, premise.conclusion))

    def cases(self, either: Sequent, first: Sequent, second: Sequent) -> Outcome:
        """phi or psi, phi |- chi, psi |- chi / chi."""
        left, right = self._opened(either.conclusion, "or")
        self._same(second.conclusion, first.conclusion, "the conclusion of the second case")
        return first.conclusion, either.hyps | (first.hyps - {left}) | (second.hyps - {right})

    def implies_intro(self, premise: Sequent, hypothesis: Formula) -> Outcome:
        """phi |- psi / phi -> psi."""
        return self.store.put(("implies", hypothesis, premise.conclusion)), premise.hyps - {hypothesis}

    def implies_elim(self, implication: Sequent, premise: Sequent) -> Outcome:
        """phi -> psi, phi / psi."""
        left, right = self._opened(implication.conclusion, "implies")
        self._same(premise.conclusion, left, "the second premise")
        return int(right)

    def for_all_intro(self, premise: Sequent, variable: Variable) -> Outcome:
        """phi / all x. phi, for x not free in the hypotheses."""
        self._fresh(variable[0], premise.hyps, "a hypothesis")
        return self.store.bind("all", variable, premise.conclusion)

    def for_all_elim(self, premise: Sequent, value: Value) -> Outcome:
        """all x. phi / phi[x := t], for t of the sort of x."""
        self._opened(premise.conclusion, "all")
        return self.store.open(premise.conclusion, value)

    def exists_intro(self, premise: Sequent, goal: Formula, witness: Value) -> Outcome:
        """phi[x := t] / exists x. phi, for t of the sort of x."""
        self._opened(goal, "exists")
        self._same(premise.conclusion, self.store.open(goal, witness), "the premise")
        return goal

    def exists_elim(self, existence: Sequent, premise: Sequent, name: Name) -> Outcome:
        """exists x. phi, phi[x := name] |- psi / psi, for a name that is free nowhere else."""
        self._opened(existence.conclusion, "exists")
        rest = premise.hyps - {self.store.open(existence.conclusion, ("rename", 0, name))}
        self._fresh(name, existence.hyps | rest, "a hypothesis")
        self._fresh(name, [existence.conclusion, premise.conclusion], "what exists or what is concluded")
        return premise.conclusion, existence.hyps | rest

    def falsum_elim(self, premise: Sequent, formula: Formula) -> Outcome:
        """falsum / phi."""
        self._opened(premise.conclusion, "false")
        return formula

    def excluded_middle(self, formula: Formula) -> Outcome:
        """phi or (phi -> falsum), for phi without quantifiers."""
        need(not self.store.about[formula].quantified, "excluded middle is for formulas without quantifiers")
        return self.store.put(("or", formula, self.store.put(("implies", formula, self.store.put(("false",))))))

    # Algebra.

    def combine(
        self, premises: list[Sequent], claim: Formula, cofactors: list[Cofactor], products: list[Product]
    ) -> Outcome:
        """claim = sum of c a h b over equations h = 0 + sum of lambda s^2 tr(M'M) t over inequalities t, expanded."""
        store = self.store
        tag, *term = store.nodes[claim]
        need(tag in ATOMS or tag == "false", "the claim is no equation or inequality")
        residual = store.load(term[0]) if term else Sum(0, 0)
        for cofactor in cofactors:
            store.collect(residual, self._multiple(premises, cofactor, residual), -1)
        need(tag != "=" or not products, "an equation is no sum of inequalities")
        strict = tag in ("=", ">=")
        for weight, squares, grams, indices in products:
            need(weight > 0, "the weight of a product is not positive")
            factors = [number(weight), *(store.load(square) for square in squares for _ in range(2))]
            need(not any(factor.rows for factor in factors), "the square of a matrix in a product")
            factors += [store.norm(gram) for gram in grams]
            factors += [self._premise(premises, index, ">=", ">") for index in indices]
            strict |= not squares and not grams and all(store.nodes[premises[i].conclusion][0] == ">" for i in indices)
            store.collect(residual, store.product(*factors), -1)
        need(strict, "no product is strictly positive")
        if any(residual.terms.values()):
            raise Refused(f"the claim and the combination differ by {show(store, store.poly(residual))}")
        return claim

    def _premise(self, premises: list[Sequent], index: int, *tags: str) -> Sum:
        """The term of a premise that is an atom of that kind."""
        need(index < len(premises), "there is no premise {}", index)
        return self.store.load(self._opened(premises[index].conclusion, *tags)[0])

    def _multiple(self, premises: list[Sequent], cofactor: Cofactor, goal: Sum) -> Sum:
        """coef * left * h * right, or its trace where the goal is a scalar."""
        coef, index, left, right, transposed = cofactor
        factor, h = self.store.load(coef), self._premise(premises, index, "=")
        if not h.rows:
            need(not left and not right, "an equation between scalars has no left and right")
            return self.store.product(factor, h)
        need(not factor.rows, "the coefficient of an equation between matrices is a scalar")
        before, after = ([self.store.load(side)] if side else [] for side in (left, right))
        inner = self.store.product(factor, *before, h.T if transposed else h, *after)
        return inner if goal.rows else self.store.trace(inner)

    def gram(self, premise: Sequent, matrix: Term) -> Outcome:
        """-tr(M'M) >= 0 / M = 0."""
        self._same(premise.conclusion, self.store.atom(">=", Sum(0, 0) - self.store.norm(matrix)), "the premise")
        return self.store.put(("=", matrix))

    def trichotomy(self, term: Term) -> Outcome:
        """s = 0 or (s > 0 or -s > 0)."""
        store, s = self.store, self.store.load(term)
        need(not s.rows, "a scalar is expected, not a matrix")
        signs = store.put(("or", store.atom(">", s), store.atom(">", Sum(0, 0) - s)))
        return store.put(("or", store.atom("=", s), signs))

    def inverse(self, premise: Sequent) -> Outcome:
        """s > 0 / exists t. s t = 1."""
        store = self.store
        product = store.product(store.load(self._opened(premise.conclusion, ">")[0]), store.variable("scalar", FRESH))
        found = store.bind("exists", (FRESH, ("scalar", 0, 0, 0)), store.atom("=", product - number(1)))
        store.hints[found] = "t"
        return found

    def one_by_one(self, term: Term) -> Outcome:
        """M = tr(M) I_1 for M of shape 1 x 1."""
        store, M, one = self.store, self.store.load(term), self.store.poly(number(1))
        need((M.rows, M.cols) == (one, one), "the matrix is not 1 x 1")
        return store.atom("=", M - store.trace(M) @ store.identity(one))

    # Natural numbers.

    def nat_nonnegative(self, nat: Nat) -> Outcome:
        """n >= 0."""
        return self.store.put((">=", nat))

    def nat_successor(self, premise: Sequent, larger: Nat, smaller: Nat) -> Outcome:
        """n > m / n >= m + 1."""
        self._same(premise.conclusion, self.store.compare(larger, ">", smaller), "the premise")
        return self.store.compare(larger, ">=", self.store.after(smaller))

    def nat_difference(self, premise: Sequent, larger: Nat, smaller: Nat) -> Outcome:
        """n >= m / exists v. n = m + v."""
        store = self.store
        self._same(premise.conclusion, store.compare(larger, ">=", smaller), "the premise")
        rest = store.load(larger) - store.load(smaller) - store.variable("nat", FRESH)
        found = store.bind("exists", (FRESH, NAT), store.atom("=", rest))
        store.hints[found] = "v"
        return found

    def leibniz(self, premise: Sequent, name: Name, nat: Nat, formula: Formula) -> Outcome:
        """phi[n := t] / n = t -> phi, for n not in the hypotheses, t, or the shape of a free matrix of phi."""
        store = self.store
        self._fresh(name, [*premise.hyps, nat], "a hypothesis or the other number")
        for part in store.parts(formula, name):
            store.no_dimension(part, name)
        self._same(premise.conclusion, store.replace(formula, {name: ("nat", 0, nat)}), "the premise")
        return store.nested("implies", [store.compare(store.nat(name), "=", nat), formula])

    def chain(
        self, base: Sequent, step: Sequent, index: Name, bound: Nat, states: list[Variable], invariant: Formula,
        relation: Formula | None, start: list[Value],
    ) -> Outcome:  # fmt: skip
        """phi(0, a); all k < N, x: phi(k, x) -> exists y. phi(k+1, y) and psi(k, x, y) / a family from a, up to N."""
        store, k = self.store, self.store.nat(index)
        self._chain_names(index, states, invariant, [bound, *base.hyps, *step.hyps, *(value[2] for value in start)])
        need(len(start) == len(states), "there is not one start value for each state")
        env: Env = {index: ("nat", 0, store.poly(number(0)))}
        for (name, sort), value in zip(states, start, strict=True):
            store.fits(self._moved(sort, env), value)
            env[name] = value
        self._same(base.conclusion, store.replace(invariant, env), "the first premise")

        guards = [store.compare(bound, ">=", n) for n in (k, store.after(k))]
        env = {index: ("nat", 0, store.after(k)), **{name: ("rename", 0, f"{name}_next") for name, _ in states}}
        body = store.nested("and", [store.replace(invariant, env)] + ([relation] if relation else []))
        body = store.bind_all(body, *(("exists", f"{name}_next", self._moved(sort, env)) for name, sort in states))
        body = store.bind_all(store.nested("implies", [invariant, body]), *(("all", *state) for state in states))
        body = store.bind("all", (index, NAT), store.nested("implies", [guards[1], body]))
        self._same(step.conclusion, body, "the second premise")

        here, there = self._members(states, index, k), self._members(states, index, store.after(k))
        there = {f"{name}_next": value for name, value in there.items()}
        found = [
            self._begins(name, self._members(states, index, store.poly(number(0))), value)
            for (name, (_, _, *shape)), value in zip(states, start, strict=True)
            if not any(other in store.about[side].names for other, _ in states for side in shape)
        ]
        always = [store.nested("implies", [guards[0], store.replace(invariant, here)])]
        if relation:
            always.append(store.nested("implies", [guards[1], store.replace(relation, here | there)]))
        found += [store.bind("all", (index, NAT), formula) for formula in always]
        result, env = store.nested("and", found), self._members(states, index, store.nat(-1))
        for name, sort in reversed(states):
            kind, _, rows, cols = self._moved(sort, {**env, index: ("nat", 0, store.nat(-1))})
            result = store.bind("exists", (name + FRESH, (kind, 1, rows, cols)), result)
            store.hints[result] = name
        return result

    def _chain_names(self, index: str, states: list[Variable], invariant: Id, elsewhere: list[Id]) -> None:
        """The side conditions of `chain` on names."""
        names = [name for name, _ in states]
        following = [f"{name}_next" for name in names]
        taken = {index, *names, *following}
        need(len(taken) == 2 * len(names) + 1, "two of the index, the states and the next states have one name")
        for name in taken:
            self._fresh(name, elsewhere, "the bound, a start value or a hypothesis")
        for name in following:
            self._fresh(name, [invariant], "the invariant")
        for position, (state, (_, arity, rows, cols)) in enumerate(states):
            need(arity == 0, "the state {} is a family", state)
            for name in taken - {index} - {earlier for earlier, sort in states[:position] if sort == NAT}:
                self._fresh(name, [rows, cols], f"the shape of the state {state}")

    def _moved(self, sort: Sort, env: Env) -> Sort:
        """The sort with values for the names in its shape."""
        kind, arity, rows, cols = sort
        return kind, arity, self.store.replace(rows, env), self.store.replace(cols, env)

    def _members(self, states: list[Variable], index: str, at: Id) -> Env:
        """The members at that index of the families, called x#, that replace the states x."""
        env: Env = {}
        for name, sort in states:
            kind, _, *shape = self._moved(sort, {**env, index: ("nat", 0, at)})
            member = self.store.poly(self.store.variable(kind, name + FRESH, (at,), *shape))
            env[name] = ("nat" if kind == "nat" else "term", 0, member)
        return env

    def _begins(self, name: str, members: Env, value: Value) -> Id:
        """F[0] = a."""
        return self.store.compare(members[name][2], "=", value[2])

    # Facts and numbers.

    def fact(self, name: Name) -> Outcome:
        """The statement of a fact."""
        need(name in FACTS, "the ledger has no fact {}", name)
        return ledger(self.store)[name]

    def evaluate(self, formula: Formula) -> Outcome:
        """A formula about numbers that comes out true."""
        need(Evaluation(self.store).formula(formula), "the formula is false")
        return formula


# ---------------------------------------------------------------------------------------------------------------
# Exact matrices, and the evaluation of formulas at given values.


class Matrix(NamedTuple):
    """A rational matrix: integers over one denominator."""

    rows: int
    cols: int
    den: int
    entries: tuple[tuple[int, ...], ...]

    def bits(self) -> int:
        """The length of its largest number, in machine words."""
        return 1 + max((x.bit_length() for row in self.entries for x in row), default=0) // 64

    def at(self, row: int, col: int) -> Fraction:
        """An entry."""
        return Fraction(self.entries[row][col], self.den)


def matrix_of(rows: int, cols: int, entries: Sequence[Sequence[Fraction]]) -> Matrix:
    """A matrix from its entries."""
    den = lcm(*(x.denominator for row in entries for x in row))
    return Matrix(rows, cols, den, tuple(tuple(x.numerator * (den // x.denominator) for x in row) for row in entries))


def lowest(rows: int, cols: int, den: int, entries: tuple[tuple[int, ...], ...]) -> Matrix:
    """A matrix in lowest terms."""
    common = gcd(den, *(x for row in entries for x in row))
    return Matrix(rows, cols, den // common, tuple(tuple(x // common for x in row) for row in entries))


def diagonal(rows: int, cols: int, value: int) -> Matrix:
    """The matrix with that value on the diagonal and zero elsewhere."""
    return Matrix(rows, cols, 1, tuple(tuple(value * (i == j) for j in range(cols)) for i in range(rows)))


def trace(a: Matrix) -> Fraction:
    """The sum of the diagonal."""
    return sum((a.at(i, i) for i in range(a.rows)), Fraction(0))


def transposed(a: Matrix) -> Matrix:
    """The transpose."""
    return Matrix(a.cols, a.rows, a.den, tuple(zip(*a.entries, strict=True)) if a.rows else ((),) * a.cols)


def multiply(pay: Pay, a: Matrix, b: Matrix) -> Matrix:
    """a b."""
    need(a.cols == b.rows, "matrices with {} columns and {} rows are multiplied", a.cols, b.rows)
    pay((a.rows + 1) * (b.cols + 1) * (1 + a.cols * a.bits() * b.bits() // 4))
    columns = transposed(b).entries
    entries = tuple(tuple(sum(map(mul, row, col)) for col in columns) for row in a.entries)
    return lowest(a.rows, b.cols, a.den * b.den, entries)


def combined(pay: Pay, a: Matrix, b: Matrix, factor: Fraction | int) -> Matrix:
    """a + factor * b."""
    need(a[:2] == b[:2], "matrices of different shapes are added")
    pay((a.rows + 1) * (a.cols + 1) * (a.bits() + b.bits()))
    den = lcm(a.den, b.den * factor.denominator)
    p, q = den // a.den, factor.numerator * (den // (b.den * factor.denominator))
    pairs = (zip(*rows, strict=True) for rows in zip(a.entries, b.entries, strict=True))
    return lowest(a.rows, a.cols, den, tuple(tuple(p * x + q * y for x, y in row) for row in pairs))


Instance = Fraction | Matrix | dict[tuple[Fraction, ...], Any] | None  # None: a value that is not known yet


class Evaluation:
    """Formulas at given values of their bound variables; env has those of the enclosing quantifiers, outermost first.

    A quantifier is evaluated only over natural numbers that a guard bounds: all k. N - k >= 0 -> ..., and
    exists k. N - k >= 0 and ...; guards are what stands to the left in the body.
    """

    def __init__(self, store: Store) -> None:
        self.store, self.env = store, list[Instance]()

    def value(self, x: Id) -> Any:  # noqa: ANN401 - a Matrix for a matrix, else a Fraction
        """The value of a variable or member of a family, which must be of its sort and shape."""
        kind, head, indices, rows, cols = self.store.nodes[x]
        need(isinstance(head, int), "{} has no value", head)
        found: Any = self.env[-1 - head]
        if indices:
            at = tuple(self.scalar(index) for index in indices)
            found = found.get(at) if isinstance(found, dict) else None
        need(self.of_sort(found, (kind, 0, rows, cols)), "a variable has no value, or one of another sort or shape")
        return found

    def of_sort(self, value: Instance, sort: Sort) -> bool:
        """Whether a value is of the sort."""
        kind, arity, rows, cols = sort
        if arity:
            return isinstance(value, dict)
        if kind == "matrix":
            return isinstance(value, Matrix) and [*value[:2]] == [self.scalar(rows), self.scalar(cols)]
        return isinstance(value, Fraction) and (kind == "scalar" or (value.denominator == 1 and value >= 0))

    def word(self, word: Word) -> Matrix:
        """The value of a word that has letters."""
        factors = list[Matrix]()
        for letter in word:
            tag, *parts = self.store.nodes[abs(letter)]
            literal = tag == "literal"
            rows, cols = (int(self.scalar(x)) for x in parts[:2]) if literal else (0, 0)
            one = Matrix(rows, cols, *parts[2:]) if literal else self.value(abs(letter))
            factors.append(transposed(one) if letter < 0 else one)
        return reduce(partial(multiply, self.store.spend), factors)

    def factor(self, factor: Id) -> Fraction:
        """The value of a scalar factor."""
        tag, *parts = self.store.nodes[factor]
        return trace(self.word(parts[0])) if tag == "trace" else Fraction(self.value(factor))

    def term(self, poly: Id) -> Matrix:
        """The value of a matrix; of a scalar, as a 1 x 1 matrix."""
        _, *shape, den, items = self.store.nodes[poly]
        rows, cols = (int(self.scalar(x)) if x else 1 for x in shape)
        self.store.spend((rows + 1) * (cols + 1))
        total = diagonal(rows, cols, 0)
        for (factors, word), a in items:
            coefficient = Fraction(a, den)
            for factor in factors:
                self.store.spend(1 + (coefficient.numerator.bit_length() + coefficient.denominator.bit_length() >> 6))
                coefficient *= self.factor(factor)
            total = combined(self.store.spend, total, self.word(word) if word else diagonal(rows, cols, 1), coefficient)
        return total

    def scalar(self, poly: Id) -> Fraction:
        """The value of a scalar."""
        return self.term(poly).at(0, 0)

    def formula(self, formula: Id) -> bool:
        """Whether the formula holds. Refused where that would be a guess."""
        self.store.spend(8)
        tag, *parts = self.store.nodes[formula]
        if tag in QUANTIFIERS:
            values = (self.at(parts[4], k) for k in range(1 + self.bound(tag, parts)))
            return any(values) if tag == "exists" else all(values)
        if tag == "=":
            return not any(x for row in self.term(parts[0]).entries for x in row)
        if tag in ATOMS:
            value = self.scalar(parts[0])
            return value > 0 or (value == 0 and tag == ">=")
        if tag == "false" or self.formula(parts[0]) == (tag == "or"):
            return tag in ("or", "implies")
        return self.formula(parts[1])

    def at(self, body: Id, k: int) -> bool:
        """The body for one value of its variable."""
        self.env.append(Fraction(k))
        result = self.formula(body)
        self.env.pop()
        return result

    def bound(self, tag: str, quantifier: list[Any]) -> int:
        """The largest k that has to be looked at; -1 where there is none."""
        kind, arity, _, _, at = quantifier
        need(kind == "nat" and arity == 0, "a quantifier over something else than natural numbers is not evaluated")
        join, found = "implies" if tag == "all" else "and", None
        self.env.append(None)
        while found is None and self.store.nodes[at][0] == join:
            _, guard, at = self.store.nodes[at]
            found = self.limit(guard)
        self.env.pop()
        need(found is not None, "nothing bounds a natural number that is quantified")
        need(int(found or 0) <= LONGEST_RANGE, "a quantifier runs up to {}", found)
        return int(found or 0)

    def limit(self, guard: Id) -> int | None:
        """The largest k for which the guard can hold (-1: none), or None where it does not bound k."""
        tag, *parts = self.store.nodes[guard]
        if tag not in (">=", ">"):
            return None
        _, rows, cols, den, items = self.store.nodes[parts[0]]
        key = ((self.store.put(("nat", 0, (), 0, 0)),), ())
        slope = Fraction(dict(items).get(key, 0), den)
        rest = self.store.put(("poly", rows, cols, den, tuple(item for item in items if item[0] != key)))
        try:
            return max(-1, self.scalar(rest) // -slope) if slope < 0 else None
        except Refused:  # what else is in the guard depends on k, too
            return None


def refute(store: Store, statement: Id, values: list[Instance]) -> list[str]:
    """Check that values, one for each quantifier, meet all hypotheses and violate the conclusion; their names."""
    evaluation, at, names = Evaluation(store), statement, list[str]()
    while store.nodes[at][0] in ("all", "implies"):
        tag, *parts = store.nodes[at]
        if tag == "implies":
            need(evaluation.formula(parts[0]), "the values violate a hypothesis")
        else:
            need(len(names) < len(values), "no value is given for {}", store.hints[at])
            value = values[len(names)]
            kind, arity, rows, cols = parts[:4]
            fits = evaluation.of_sort(value, (kind, arity, rows, cols))
            need(fits, "the value of {} is not of its sort", store.hints[at])
            evaluation.env.append(value)
            names.append(store.hints[at])
        at = parts[-1]
    need(len(names) == len(values), "there are {} values for {} quantifiers", len(values), len(names))
    need(not evaluation.formula(at), "the values satisfy the conclusion")
    return names


# ---------------------------------------------------------------------------------------------------------------
# Critical points of 1/2 |A_l ... A_1 X - Y|^2 over Q, or over Q(x) for the one root x of a polynomial in an interval.

Tower = list[Matrix]  # the matrix sum of x^k * tower[k], k below the degree
Field = tuple[tuple[Fraction, ...], Fraction, Fraction]  # x^d = -(low[0] + low[1] x + ...), and the interval
RATIONALS: Field = ((Fraction(0),), Fraction(0), Fraction(0))  # x = 0


def times(pay: Pay, low: Sequence[Fraction], a: Tower, b: Tower) -> Tower:
    """a b: every power in b, and for the next one a is multiplied by x."""
    total, zero = [diagonal(a[0].rows, b[0].cols, 0) for _ in low], diagonal(a[0].rows, a[0].cols, 0)
    for part in b:
        total = [combined(pay, t, multiply(pay, left, part), 1) for t, left in zip(total, a, strict=True)]
        a = [combined(pay, left, a[-1], -c) for left, c in zip([zero, *a[:-1]], low, strict=True)]
    return total


def critical_point(pay: Pay, low: Sequence[Fraction], X: Tower, Y: Tower, weights: list[Tower]) -> list[Fraction]:
    """Refuse unless all gradients are zero; the loss, as coefficients of powers of x.

    With E = A_l ... A_1 X - Y the gradient for A_k is (A_l ... A_{k+1})' E X' (A_{k-1} ... A_1)'. What is zero modulo
    the polynomial is zero at its root, whether it is irreducible or not.
    """

    def flip(a: Tower) -> Tower:
        return [transposed(m) for m in a]

    inner = [[diagonal(m.rows, m.rows, int(k == 0)) for k, m in enumerate(X)]]  # A_k ... A_1
    for A in weights:
        inner.append(times(pay, low, A, inner[-1]))
    E = [combined(pay, a, b, -1) for a, b in zip(times(pay, low, inner[-1], X), Y, strict=True)]
    outer = times(pay, low, E, flip(X))
    for k in range(len(weights), 0, -1):
        gradient = times(pay, low, outer, flip(inner[k - 1]))
        entries = [(i + 1, j + 1, m.at(i, j)) for m in gradient for i in range(m.rows) for j in range(m.cols)]
        left = next((entry for entry in entries if entry[2]), None)
        need(not left, "the gradient for A{} is not zero, see its entry {}, {}: {}", k, *(left or ()))
        outer = times(pay, low, flip(weights[k - 1]), outer)
    return [trace(m) / 2 for m in times(pay, low, E, flip(E))]


def remainder(pay: Pay, a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    """a modulo b, polynomials with the constant term first and the leading one not zero."""
    while len(a) >= len(b):
        factor, shift = a[-1] / b[-1], len(a) - len(b)
        pay(len(b) * (1 + (factor.denominator.bit_length() + factor.numerator.bit_length()) // 8))
        a = [x - factor * b[i - shift] if i >= shift else x for i, x in enumerate(a)][:-1]
        while a and not a[-1]:
            a.pop()
    return a


def roots_between(pay: Pay, poly: list[Fraction], low: Fraction, high: Fraction) -> int:
    """The number of roots in the closed interval, by Sturm's theorem. Refuses a polynomial with multiple roots."""
    sequence = [poly, [i * c for i, c in enumerate(poly)][1:]]
    while sequence[-1]:
        sequence.append([-c for c in remainder(pay, *sequence[-2:])])
    need(len(sequence[-2]) == 1, "the polynomial has multiple roots")
    values = [[sum((c * at**i for i, c in enumerate(p)), Fraction(0)) for p in sequence[:-1]] for at in (low, high)]
    signs = [[value > 0 for value in row if value] for row in values]
    below, above = (sum(x != y for x, y in pairwise(row)) for row in signs)
    return below - above + (values[0][0] == 0)


# ---------------------------------------------------------------------------------------------------------------
# Formulas as text.


def quoted(value: object) -> str:
    """A value in a message."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        size = max(value.numerator.bit_length(), value.denominator.bit_length())
        return str(value) if size < 10_000 else f"(a number of some {size * 3 // 10} digits)"
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else ascii(value)[:60]


def shown(value: Any) -> str:  # noqa: ANN401 - an instance
    """A value of a counterexample."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(at)}: {shown(entry)}" for at, entry in value.items()) + "}"
    if isinstance(value, Matrix):
        rows = [", ".join(quoted(value.at(i, j)) for j in range(value.cols)) for i in range(value.rows)]
        return "[" + ", ".join(f"[{row}]" for row in rows) + f"] ({value.rows} x {value.cols})"
    return f"[{', '.join(quoted(x) for x in value)}]" if isinstance(value, tuple) else quoted(value)


def clipped(text: str) -> str:
    """The text, or its beginning."""
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + " ... (and more)"


def show(store: Store, node: Id) -> str:
    """A formula or polynomial on one line."""
    text = Shown(store, store.about[node].names)
    return clipped(text.poly(node) if store.nodes[node][0] == "poly" else text.formula(node))


class Shown:
    """Printing, with names for bound variables: the stack of those of the quantifiers around, outermost first."""

    def __init__(self, store: Store, taken: frozenset[str]) -> None:
        self.store, self.taken, self.stack = store, taken, list[str]()

    def variable(self, x: Id) -> str:
        """A variable with its indices."""
        _, head, indices, *_ = self.store.nodes[x]
        name = head if isinstance(head, str) else self.stack[-1 - head] if head >= 0 else "ijklpqrt"[-1 - head]
        return name + (f"[{', '.join(self.poly(index) for index in indices)}]" if indices else "")

    def word(self, word: Word) -> list[str]:
        """The letters of a word."""
        texts = list[str]()
        for letter in word:
            tag, *parts = self.store.nodes[abs(letter)]
            text = f"{[list(row) for row in parts[3]]}/{parts[2]}" if tag == "literal" else self.variable(abs(letter))
            texts.append(text + "'" * (letter < 0))
        return texts

    def term(self, key: tuple[Factors, Word], rows: Id, coefficient: Fraction) -> str:
        """One term with a positive coefficient."""
        parts = [quoted(coefficient)] if coefficient != 1 else []
        for factor in sorted(key[0]):
            tag, *rest = self.store.nodes[factor]
            parts.append(f"tr({'*'.join(self.word(rest[0]))})" if tag == "trace" else self.variable(factor))
        parts += self.word(key[1]) if key[1] else [f"I[{self.poly(rows)}]"] if rows else []
        return "*".join(parts) or "1"

    def sides(self, poly: Id) -> tuple[str, str]:
        """The terms with positive and with negative coefficients, as sums."""
        _, rows, _, den, items = self.store.nodes[poly]
        terms = [(a > 0, self.term(key, rows, Fraction(abs(a), den))) for key, a in items]
        terms.sort(key=lambda term: (term[1].isdigit(), -len(term[1]), term[1]))
        plus, minus = (" + ".join(text for side, text in terms if side == sign) or "0" for sign in (True, False))
        return plus, minus

    def poly(self, poly: Id) -> str:
        """A polynomial."""
        plus, minus = self.sides(poly)
        return plus if minus == "0" else f"{plus} - ({minus})"

    def formula(self, formula: Id) -> str:
        """A formula."""
        tag, *parts = self.store.nodes[formula]
        if tag in ATOMS:
            left, right = self.sides(parts[0])
            return f"{right} = {left}" if (left, tag) == ("0", "=") else f"{left} {tag} {right}"
        if tag in JOINS:
            texts = [self.formula(part) for part in parts]
            below = [self.store.nodes[part][0] for part in parts]
            bare = [below[0] in ATOMS, below[1] in (*ATOMS, tag)]
            left, right = (text if alone else f"({text})" for text, alone in zip(texts, bare, strict=True))
            return f"{left} {'->' if tag == 'implies' else tag} {right}"
        if tag == "false":
            return "false"
        depth = len(self.stack)
        prefix, body = self.prefix(formula)
        text = f"{'for all' if tag == 'all' else 'there are'} {prefix}: {self.formula(body)}"
        del self.stack[depth:]
        return text

    def prefix(self, formula: Id) -> tuple[str, Id]:
        """The variables of quantifiers of one kind in a row, in words, and what follows. Their names are pushed."""
        tag, found = self.store.nodes[formula][0], list[tuple[str, str]]()
        while self.store.nodes[formula][0] == tag:
            _, kind, arity, rows, cols, body = self.store.nodes[formula]
            shape = f" ({self.poly(rows)} x {self.poly(cols)})" if rows else ""
            name = hint = self.store.hints[formula]
            while name in self.taken or name in self.stack:
                name = f"{hint}{int(name[len(hint):] or 0) + 1}"
            self.stack.append(name)
            words = {"nat": "natural numbers", "scalar": "real numbers", "matrix": "matrices"}[kind]
            indices = f"[{', '.join('ijklpqrt'[:arity])}]" if arity else ""
            found.append(("families of " * (arity > 0) + words, name + indices + shape))
            formula = body
        groups = groupby(found, lambda pair: pair[0])
        return " and ".join(f"{words} {', '.join(name for _, name in group)}" for words, group in groups), formula

    def lines(self, formula: Id) -> list[str]:
        """A statement in words: for all ..., if ..., then ..."""
        result = list[str]()
        while (tag := self.store.nodes[formula][0]) in ("all", "implies"):
            if tag == "all":
                prefix, formula = self.prefix(formula)
                result.append(f"for all {prefix}:")
            else:
                _, left, formula = self.store.nodes[formula]
                result.append(f"if {self.formula(left)}")
        return [*result, ("then " if result and result[-1].startswith("if") else "") + self.formula(formula)]


# ---------------------------------------------------------------------------------------------------------------
# Reading: JSON into tables, strictly.

RATIO = re.compile(r"(-?[0-9]+)/([0-9]+)")
NUMBER = re.compile(r"(-?[0-9]+)(?:/([0-9]+)|\.([0-9]+))?")  # where a person may write: "1/2", "1" and "0.5"
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
SYMBOL = re.compile(rf"{PLAIN.pattern}|~[0-7]")
VALUE = {"nat": ("nat",), "term": ("term",)}
SPECS: dict[str, Any] = {
    # (x, y): a list of these two; [x]: a list of any number; {tag: ...}: what follows the tag; T, not t: no parameters
    "nats": ("natural", [("natural", "symbol", ["nat"])]),
    "letters": ("name", ["nat"], "nat", "nat"),
    "generators": {"scalar": ("name", ["nat"]), "nat": ("symbol", ["nat"]), "trace": (["signed"],)},
    "terms": ("Shape | None", [("exact", ["generator"], ["signed"])]),
    "formulas": {
        **dict.fromkeys(ATOMS, ("Term",)), "false": (), **dict.fromkeys(JOINS, ("formula", "formula")),
        **dict.fromkeys(QUANTIFIERS, ("Variable", "formula")),
    },
    "Shape": ("nat", "nat"),
    "Cofactor": ("Term", "natural", "Term | None", "Term | None", "flag"),
    "Product": ("exact", ["Term"], ["Term"], ["natural"]),
}  # fmt: skip


@contextmanager
def at(place: str, kind: type[Rejected] | None = None) -> Iterator[None]:
    """Say where something was rejected."""
    try:
        yield
    except RecursionError:
        raise TooMuch(f"{place}: nested too deeply") from None
    except Rejected as error:
        raise (kind if kind and not isinstance(error, TooMuch) else type(error))(f"{place}: {error}") from None


def integer(text: str) -> int:
    """An integer, in pieces that every Python converts."""
    if len(text) > MOST_DIGITS:
        raise Malformed(f"a number has more than {MOST_DIGITS} digits")
    if len(text) <= 4000 or text[0] == "-":
        return int(text) if len(text) <= 4000 else -integer(text[1:])
    half = len(text) // 2
    power: int = 10**half
    return integer(text[:-half]) * power + integer(text[-half:])


def exact(value: Json, form: re.Pattern[str] = RATIO) -> Fraction:
    """An integer, or a string of that form."""
    if type(value) is int:
        return Fraction(value)
    match = form.fullmatch(value) if isinstance(value, str) else None
    need(match, "an exact number is expected, not {}", value)
    whole, below, digits = (*(match.groups("") if match else ()), "", "")[:3]
    need(not below or below.strip("0"), "a denominator is zero")
    return Fraction(integer(whole + digits), integer(below) if below else 10 ** len(digits))


def matched(value: Json, form: re.Pattern[str]) -> str:
    """A string of that form."""
    need(isinstance(value, str) and form.fullmatch(value), "a name is expected, not {}", value)
    return str(value)


def natural(value: Json, most: int = MOST) -> int:
    """A natural number; true and false are none."""
    need(type(value) is int and 0 <= value <= most, "a natural number up to {} is expected, not {}", most, value)
    return int(value)


def flag(value: Json) -> bool:
    """true or false."""
    need(isinstance(value, bool), "true or false is expected, not {}", value)
    return bool(value)


def rows_of(entry: Json, read: Callable[[Json], Any], shape: tuple[int, int] | None = None) -> list[list[Any]]:
    """The entries of a matrix, row by row."""
    need(isinstance(entry, list) and all(isinstance(row, list) for row in entry), "a list of rows is expected")
    height, width = shape or (len(entry), len(entry[0]) if entry else 0)
    need(len(entry) == height and all(len(row) == width for row in entry), "a matrix is not {} x {}", height, width)
    return [[read(x) for x in row] for row in entry]


class Reader:
    """The tables of a certificate as nodes of a store."""

    def __init__(self, store: Store, data: dict[str, Any]) -> None:
        self.store = store
        self.tables: dict[str, list[Any]] = {}
        for table in TABLES:
            self.tables[table] = []
            for position, entry in enumerate(self.read(["any"], data[table])):
                with at(f"{table}[{position}]", Malformed):
                    literal = table == "letters" and len(self.read(["any"], entry)) == 3
                    parts = self.read(("any", "nat", "nat") if literal else SPECS[table], entry)
                    self.tables[table].append(getattr(self, "literal" if literal else table[:-1])(*parts))
        self.tables["steps"] = []

    def read(self, spec: Any, value: Json) -> Any:  # noqa: ANN401 - as the spec says
        """A value of the file, held against a spec as in `SPECS`."""
        if isinstance(spec, str):
            if spec.endswith(" | None"):
                return None if value is None else self.read(spec[:-7], value)
            if spec not in SPECS and not spec.startswith("list["):
                return self.leaf(spec, value)
            spec = SPECS.get(spec, [spec[5:-1]])
        need(isinstance(value, list), "a list is expected, not {}", value)
        if isinstance(spec, dict):
            tag = value[0] if value else None
            need(isinstance(tag, str) and tag in spec, f"one of {', '.join(spec)} is expected, not {{}}", tag)
            return tag, *self.read(spec[tag], value[1:])
        if isinstance(spec, list):
            return [self.read(spec[0], entry) for entry in value]
        need(len(value) == len(spec), "a list of {} entries is expected, not of {}", len(spec), len(value))
        return tuple(self.read(*pair) for pair in zip(spec, value, strict=True))

    def leaf(self, kind: str, value: Json) -> Any:  # noqa: ANN401 - as the kind says
        """A value that is no list, or one that a method reads."""
        table = self.tables.get(f"{kind.lower()}s" if kind != "signed" else "letters")
        if table is None:
            if kind in ("Variable", "Value"):
                return (self.variable if kind == "Variable" else self.value)(value)
            if kind in ("Name", "name", "symbol"):
                return matched(value, SYMBOL if kind == "symbol" else PLAIN)
            readers: dict[str, Callable[[Json], Any]] = {"natural": natural, "exact": exact, "flag": flag}
            return readers[kind](value) if kind in readers else value
        index = abs(value) - 1 if kind == "signed" and type(value) is int else value
        need(type(index) is int and 0 <= index < len(table), f"the number of a {kind} is expected, not {{}}", value)
        found = table[index]
        need(kind.islower() or not self.store.about[found].params, "a parameter stands outside of a family")
        return -found if kind == "signed" and value != index + 1 else found

    def nat(self, const: int, atoms: list[tuple[int, str, list[Id]]]) -> Id:
        """const + sum of coef * name[nats]."""
        total = number(const)
        for coef, name, indices in atoms:
            self.store.collect(total, self.named("nat", name, indices), coef)
        return self.store.poly(total)

    def named(self, kind: str, name: str, indices: list[Id], rows: Id = 0, cols: Id = 0) -> Sum:
        """A variable; ~0, ~1, ... are -1, -2, ..."""
        return self.store.variable(kind, -1 - int(name[1:]) if name[0] == "~" else name, tuple(indices), rows, cols)

    def letter(self, name: str, indices: list[Id], rows: Id, cols: Id) -> Id:
        """name[nats] : rows x cols."""
        return next(iter(self.named("matrix", name, indices, rows, cols).terms))[1][0]

    def literal(self, entries: Json, rows: Id, cols: Id) -> Id:
        """A matrix of numbers."""
        need(not (self.store.about[rows].names or self.store.about[cols].names), "the shape of numbers has a variable")
        shape = int(Evaluation(self.store).scalar(rows)), int(Evaluation(self.store).scalar(cols))
        return self.store.put(("literal", rows, cols, *matrix_of(*shape, rows_of(entries, exact, shape))[2:]))

    def generator(self, kind: str, *parts: Any) -> Id:  # noqa: ANN401 - as SPECS says
        """A scalar, natural number or trace."""
        if kind != "trace":
            return next(iter(self.named(kind, *parts).terms))[0][0]
        need(parts[0], "the trace of an empty word")
        rows = self.store.shape(parts[0][0])[0]
        self.store.span(parts[0], rows, rows)
        return self.store.trace_of(tuple(parts[0]))

    def term(self, shape: tuple[Id, Id] | None, items: list[tuple[Fraction, list[Id], list[int]]]) -> Id:
        """A polynomial."""
        rows, cols = shape or (0, 0)
        total = Sum(rows, cols)
        for coef, factors, word in items:
            need(rows or not word, "a scalar has no word")
            self.store.span(tuple(word), rows, cols)
            key = tuple(sorted(factors)), tuple(word)
            self.store.collect(total, Sum(rows, cols, {key: coef.numerator}, coef.denominator))
        return self.store.poly(total)

    def formula(self, tag: str, *parts: Any) -> Id:  # noqa: ANN401 - as SPECS says
        """A formula."""
        need(tag not in (">=", ">") or not self.store.nodes[parts[0]][1], "an inequality between matrices")
        return self.store.bind(tag, *parts) if tag in QUANTIFIERS else self.store.put((tag, *parts))

    def variable(self, entry: Json) -> Variable:
        """`[name, "nat" | "scalar", arity]` or `[name, "matrix", arity, rows, cols]`."""
        kind = entry[1] if isinstance(entry, list) and len(entry) > 1 else None
        need(kind in VARIABLES, "nat, scalar or matrix is expected, not {}", kind)
        name, _, arity, *shape = self.read(("name", "any", "natural", *["nat"] * (2 * (kind == "matrix"))), entry)
        rows, cols = shape or (0, 0)
        need(arity <= 8 and all(self.store.about[x].params <= arity for x in shape), "a shape has too many parameters")
        return name, (str(kind), arity, rows, cols)

    def value(self, entry: Json) -> Value:
        """`["nat", n]`, `["term", t]` or `["family", arity, value]`."""
        kind, first, *rest = self.read({**VALUE, "family": ("natural", VALUE)}, entry)
        arity, (kind, node) = (first, rest[0]) if kind == "family" else (0, (kind, first))
        need(0 < arity <= 8 or not rest, "a family has 1 to 8 indices")
        need(self.store.about[node].params <= arity, "a value has a parameter too many")
        return kind, arity, node

    def instance(self, entry: Json) -> Any:  # noqa: ANN401 - an instance
        """A number, `{"rows", "cols", "entries"}`, or for a family `{"table": [[[index...], value], ...]}`."""
        if not isinstance(entry, dict):
            return exact(entry)
        if set(entry) == {"table"}:
            pairs = self.read([(["natural"], "any")], entry["table"])
            table = {tuple(index): self.instance(value) for index, value in pairs}
            need(len(table) == len(pairs), "a table has two values in one place")
            return table
        need(set(entry) == {"rows", "cols", "entries"}, "a value has the fields rows, cols and entries, or table")
        shape = natural(entry["rows"]), natural(entry["cols"])
        return matrix_of(*shape, rows_of(entry["entries"], exact, shape))


# ---------------------------------------------------------------------------------------------------------------
# Certificates.

Report = dict[str, Any]  # file, ok, message, statement, kind, name, facts, lemmas; code, words (lines for a reader)
COMMON, TABLES = ("format", "version", "kind", "name"), ("nats", "letters", "generators", "terms", "formulas")


def step(store: Store, reader: Reader, entry: Json) -> Sequent:
    """What a line proves."""
    with at("reading it", Malformed):
        rule, premises, given = reader.read(("any", ["step"], ["any"]), entry)
        need(isinstance(rule, str) and rule[:1] != "_" and rule in vars(Rules), "there is no rule {}", rule)
        *kinds, _ = getattr(Rules, rule).__annotations__.values()
        count = kinds.count("Sequent")
        many = kinds[0:1] == ["list[Sequent]"]
        need(many or len(premises) == count, "the rule has {} premises, not {}", count, len(premises))
        parameters = reader.read(tuple(kinds[count + many:]), given)
    outcome: Outcome = getattr(Rules(store), rule)(*([premises] if many else premises), *parameters)
    hyps = frozenset[Id]().union(*(premise.hyps for premise in premises))
    store.spend(8 + len(hyps))
    facts = frozenset(given if rule == "fact" else []).union(*(premise.facts for premise in premises))
    return Sequent(outcome[1], outcome[0], facts) if isinstance(outcome, tuple) else Sequent(hyps, outcome, facts)


def check_proof(data: dict[str, Any], report: Report) -> None:
    """Replay a proof."""
    store = Store()
    reader = Reader(store, data)
    with at("the proof", Malformed):
        statement, claimed = reader.read(("formula", ["Name"]), [data["statement"], data["facts"]])
        lines, theorems = reader.read((["any"], [("label", "natural")]), [data["lines"], data["theorems"]])
        need(lines, "there are no lines")
    done = reader.tables["steps"]
    for position, line in enumerate(lines):
        with at(f"step {position} ({quoted(line[0] if isinstance(line, list) and line else line)})"):
            done.append(step(store, reader, line))
    for label, position in theorems:
        need(position < len(done), "the theorem {} has no step", label)
        is_closed = not done[position].hyps and not store.about[done[position].conclusion].names
        need(is_closed, "the theorem {} is not closed", label)
    last = done[-1]
    if last.conclusion != statement:
        raise Refused(f"the last step proves {show(store, last.conclusion)}, not the statement")
    need(not last.hyps and not store.about[statement].names, "the statement has hypotheses or free variables")
    used = sorted(last.facts)
    need(sorted(claimed) == used, f"the proof rests on the facts [{', '.join(used)}], not on [{', '.join(claimed)}]")
    facts = ledger(store) if used else {}
    rests = f"It rests on the facts {', '.join(used)}." if used else "It rests on no facts."
    report |= {"statement": show(store, statement), "facts": used, "lemmas": [label for label, _ in theorems]}
    report["message"] = f"Proved: {report['statement']}. {rests}"
    report["words"] = ["Proved:", *(f"  {line}" for line in Shown(store, frozenset()).lines(statement)), rests]
    report["words"] += [f"  {name} ({FACTS[name]}): {show(store, facts[name])}" for name in used]


def check_counterexample(data: dict[str, Any], report: Report) -> None:
    """Evaluate a statement at the values that refute it."""
    store = Store()
    reader = Reader(store, data)
    with at("the counterexample", Malformed):
        statement, values = reader.read(("formula", ["any"]), [data["statement"], data["values"]])
        values = [reader.instance(value) for value in values]
    need(not store.about[statement].names, "the statement has free variables")
    names = refute(store, statement, values)
    pairs = ", ".join(f"{name} = {shown(value)}" for name, value in zip(names, values, strict=True))
    report["statement"] = show(store, statement)
    fails = f"All hypotheses hold and the conclusion fails for {clipped(pairs)}."
    report["message"] = f"Refuted: {report['statement']}. {fails}"
    report["words"] = ["Refuted:", *(f"  {line}" for line in Shown(store, frozenset()).lines(statement)), fails]


def tower_of(entry: Json, pay: Pay, known: list[Field]) -> Tower:
    """A matrix: a list of rows, or `{"field", "entries"}` with the coefficients of powers of x."""
    degree, rows = 1, entry
    if isinstance(entry, dict):
        need(set(entry) == {"field", "entries"}, "a matrix over Q(x) has the fields field and entries")
        found = field_of(entry["field"], pay)
        need(known[-1] in (found, RATIONALS), "the matrices are over two different fields")
        known.append(found)
        degree, rows = len(found[0]), entry["entries"]
    entries = rows_of(rows, lambda x: rows_of([x if isinstance(entry, dict) else [x]], partial(exact, form=NUMBER))[0])
    need(entries and entries[0], "a matrix has at least one row and one column")
    need(all(len(x) <= degree for row in entries for x in row), "an entry has more than {} coefficients", degree)
    zeros, shape = [Fraction(0)] * degree, (len(entries), len(entries[0]))
    return [matrix_of(*shape, [[(x + zeros)[k] for x in row] for row in entries]) for k in range(degree)]


def field_of(entry: Json, pay: Pay) -> Field:
    """`{"minpoly": [c0, c1, ...], "interval": [low, high]}` with exactly one root in the closed interval."""
    need(isinstance(entry, dict) and set(entry) == {"minpoly", "interval"}, "a field has a minpoly and an interval")
    read = partial(exact, form=NUMBER)
    poly, ends = (rows_of([entry[key]], read)[0] for key in ("minpoly", "interval"))
    need(2 <= len(poly) <= 100 and poly[-1], "the polynomial has degree 1 to 99 and a leading coefficient")
    need(len(ends) == 2 and ends[0] <= ends[1], "an interval has a lower and an upper end")
    roots = roots_between(pay, poly, *ends)
    need(roots == 1, "the polynomial has {} roots in the interval, not one", roots)
    return tuple(c / poly[-1] for c in poly[:-1]), *ends


def check_critical_point(data: dict[str, Any], report: Report) -> None:
    """Evaluate the gradients at a point."""
    pay, known, towers = Store().spend, [RATIONALS], list[Tower]()
    with at("weights", Malformed):
        need(isinstance(data["weights"], list) and data["weights"], "a list of matrices is expected")
    names = ["X", "Y", *(f"A{k + 1}" for k in range(len(data["weights"])))]
    for name, entry in zip(names, [data["X"], data["Y"], *data["weights"]], strict=True):
        with at(name, Malformed):
            towers.append(tower_of(entry, pay, known))
    low, *ends = known[-1]
    zero = [[diagonal(t[0].rows, t[0].cols, 0)] * (len(low) - len(t)) for t in towers]
    X, Y, *weights = [t + z for t, z in zip(towers, zero, strict=True)]
    for name, a, b in zip(names[2:], weights, [X, *weights], strict=False):
        need(a[0].cols == b[0].rows, "{} does not fit to what it is multiplied with", name)
    need((weights[-1][0].rows, X[0].cols) == Y[0][:2], "Y does not have the shape of the output")
    loss = critical_point(pay, low, X, Y, weights)
    value = " + ".join(quoted(c) + f"*x^{k}" * (k > 0) for k, c in enumerate(loss) if c) or "0"
    shapes = ", ".join(f"{name} ({t[0].rows} x {t[0].cols})" for name, t in zip(names, towers, strict=True))
    root = " + ".join(f"{quoted(c)}*x^{k}" for k, c in enumerate([*low, Fraction(1)]) if c)
    over = f"Q(x), {root} = 0, {quoted(ends[0])} <= x <= {quoted(ends[1])}" if len(known) > 1 else "Q"
    product = "*".join([*reversed(names[2:]), "X"])
    point = f"{', '.join(names[2:])} is a critical point of 1/2 |{product} - Y|^2 for {shapes} over {over}"
    report["statement"] = clipped(point)
    report["message"] = clipped(f"Proved: {report['statement']}. Every gradient is exactly zero. The loss is {value}.")
    report["words"] = [report["message"]]


KINDS: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any], Report], None]]] = {
    "proof": ((*TABLES, "statement", "facts", "lines", "theorems"), check_proof),
    "counterexample": ((*TABLES, "statement", "values"), check_counterexample),
    "critical-point": (("X", "Y", "weights"), check_critical_point),
}


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; no field may stand twice."""
    seen = set[str]()
    for key, _ in pairs:
        need(key not in seen, "the field {} stands twice", key)
        seen.add(key)
    return dict(pairs)


def document(content: bytes) -> dict[str, Any]:
    """The JSON object in a file."""

    def refuse(text: str) -> None:
        raise Malformed(f"an exact number is expected, not {text[:60]}")

    if len(content) > MOST_BYTES:
        raise TooMuch(f"the file is larger than {MOST_BYTES} bytes")
    try:
        hooks: dict[str, Any] = {"parse_int": integer, "parse_float": refuse, "parse_constant": refuse}
        data = json.loads(content.decode("utf-8"), object_pairs_hook=object_of, **hooks)
    except UnicodeDecodeError as error:
        raise Malformed(f"the file is not UTF-8, see byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"the file is not JSON: {error.msg}, line {error.lineno}, column {error.colno}") from None
    need(isinstance(data, dict), "a certificate is a JSON object")
    return dict(data)


def check(content: bytes, file: str = "-") -> Report:
    """What a certificate establishes, or why it is not accepted. Raises nothing; cost: bounded by WORK."""
    report: Report = {"file": file, "ok": False, "message": "", "statement": None, "kind": None, "name": None}
    report |= {"facts": [], "lemmas": [], "code": 0, "words": []}
    try:
        with at("the file", Malformed):
            data = document(content)
            found = [data.get("format"), data.get("version"), type(data.get("version"))]
            need(found == [FORMAT, VERSION, int], "the format is not {}, version {}", FORMAT, VERSION)
            need(data.get("kind") in KINDS, f"the field 'kind' is none of {', '.join(KINDS)}")
            fields, check_kind = KINDS[data["kind"]]
            for name in sorted({*COMMON, *fields} ^ set(data)):
                need(False, "the field {} is " + ("unknown" if name in data else "missing"), name)
            label = data["name"]
            fits = isinstance(label, str) and 0 < len(label) <= 200 and label.isprintable()
            need(fits, "a name is expected, not {}", label)
        report |= {"kind": data["kind"], "name": label}
        check_kind(data, report)
        report["ok"] = True
    except Rejected as error:
        report |= {"code": error.code, "message": str(error)}
    return report


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = ArgumentParser("recheck", description="Check certificates.", epilog="example: recheck lem-1.cert.json")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("certificates", nargs="+", metavar="CERT", help="a file *.cert.json")
    options, codes, reports = parser.parse_args(arguments), set[int](), list[Report]()
    for file in options.certificates:
        try:
            report = check(Path(file).read_bytes(), file)
        except OSError as error:
            report = {"file": file, "ok": False, "message": f"cannot be read: {error.strerror}", "statement": None}
            report["code"] = 2
        codes.add(report["code"])
        head = f"{report['kind']} {report['name']!a} holds" if report["ok"] else f"not accepted: {report['message']}"
        if not options.json:
            sys.stdout.write("\n  ".join([f"{file}: {head}", *report.get("words", [])]) + "\n")
        reports.append({key: value for key, value in report.items() if key not in ("code", "words")})
    if options.json:
        sys.stdout.write(json.dumps({"certificates": reports}, indent=2) + "\n")
    return next((code for code in (2, 1, 3) if code in codes), 0)


if __name__ == "__main__":
    sys.exit(main())
