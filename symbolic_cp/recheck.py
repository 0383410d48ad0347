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
  letters, negative where transposed. A trace is the greatest of the rotations of its word and of its transpose. A
  natural number (a dimension, an index) is a polynomial too.
* Every expansion is paid for from a budget, so hostile input ends with a sentence, in bounded time and memory.

Kinds of certificate (`KINDS`): `proof` replays every rule of the logic; `counterexample` evaluates a statement at given
values; `critical-point` evaluates the gradients of 1/2 |A_l ... A_1 X - Y|^2 over Q or Q(x) for an algebraic number x;
`infeasible` and `feasible` say whether linear inequalities have a solution, by Farkas' multipliers or by a point.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import partial, reduce
from itertools import pairwise
from math import gcd, lcm, prod
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

# ---------------------------------------------------------------------------------------------------------------
# Glossary.
Id = int  # the number of a node; 0 is no node
Node = tuple[Any, ...]  # ("nat" | "scalar" | "matrix", head, indices, rows, cols): a variable or member of a family
# ("literal", den, entries, rows, cols), ("trace", word); ("poly", rows, cols, den, items), rows = cols = 0: a scalar
# ("=" | ">=" | ">", poly), ("false",), ("and" | "or" | "implies", left, right)
# ("all" | "exists", kind, arity, rows, cols, body): the sort of the variable, then the formula about it
Formula: TypeAlias = Id
Term: TypeAlias = Id  # a polynomial
Nat: TypeAlias = Id  # a polynomial that is a natural number
Json: TypeAlias = Any  # what a file holds, until it has been read
Head = str | int  # of a variable: its name where it is free, its index where it is bound, -1 - i for parameter ~i
Word = tuple[int, ...]  # letters, from left to right; negative where transposed
Factors = tuple[int, ...]  # scalar factors, sorted; those of degree two stand twice
Terms = dict[tuple[Factors, Word], int]  # a sum of integers * factors * word
Sort = tuple[str, int, Id, Id]  # kind, arity, rows, cols
Variable = tuple[str, Sort]
Value = tuple[str, int, Any]  # what is put for a variable: ("nat" | "term", arity, Id), or inside of this
# program ("rename", 0, a name), ("bind", 0, Sort): the index of a new quantifier
Env = dict[Head, Value]
Cofactor = tuple[Term, int, Term, Term, bool]  # coefficient, premise, left, right (0: none), transposed
Product = tuple[Fraction, list[Term], list[Term], list[int]]  # weight, squares, Gram factors, premises
Outcome = Id | tuple[Id, frozenset[Id]]  # a conclusion, and its hypotheses unless they are those of all premises
Pay = Callable[[int], None]  # take so many elementary operations from the budget

# WORK is in elementary operations for one certificate, each well below a microsecond.
FORMAT, VERSION, WORK = "symbolic-cp certificate", 1, 30_000_000
# A natural number; a file, a number in it; a quantifier that is evaluated; characters of a formula in a message.
MOST, MOST_BYTES, MOST_DIGITS, LONGEST_RANGE, MOST_SHOWN = 1_000_000, 20_000_000, 100_000, 10_000, 4_000
ATOMS, JOINS, QUANTIFIERS = ("=", ">=", ">"), ("and", "or", "implies"), ("all", "exists")
VARIABLES, LETTERS = ("nat", "scalar", "matrix"), ("matrix", "literal")
# The sort of natural numbers; the key of the constant term; no name that a certificate can have.
NAT, ONE, FRESH = ("nat", 0, 0, 0), ((), ()), "#"


class Refused(Exception):
    """Why a certificate is not accepted, in one line: a step does not follow."""


class Malformed(Refused):
    """The file is no certificate."""


class TooMuch(Refused):
    """The limits of this program do not suffice to decide."""


def need(condition: object, message: str, *details: object) -> None:
    """Refuse unless the condition holds; {} in the message stands for the details, which functions give on demand."""
    if not condition: raise Refused(message.format(*(x() if callable(x) else quoted(x) for x in details)))


# ---------------------------------------------------------------------------------------------------------------
# Polynomials under construction.


class Sum:
    """A scalar (rows = cols = 0) or matrix: integers over one denominator, by (scalar factors, word)."""

    __slots__ = ("cols", "den", "rows", "terms")

    def __init__(self, rows: Id, cols: Id, terms: Terms | None = None, den: int = 1) -> None:
        self.rows, self.cols, self.terms, self.den = rows, cols, {} if terms is None else terms, den

    def __matmul__(self, other: Sum) -> Sum:
        """The product; a scalar may stand on either side."""
        need(not self.cols or not other.rows or self.cols == other.rows, "a product of matrices that do not fit")
        terms: Terms = {}
        for (factors, word), a in self.terms.items():
            for (more, tail), b in other.terms.items():
                key = (tuple(sorted(factors + more)) if factors and more else factors or more, word + tail)
                terms[key] = terms.get(key, 0) + a * b
        return Sum(self.rows or other.rows, other.cols or self.cols, terms, self.den * other.den)

    def plus(self, other: Sum, num: int = 1) -> Sum:
        """self + num * other, put into self."""
        need((self.rows, self.cols) == (other.rows, other.cols), "a sum of terms of different shapes")
        den = lcm(self.den, other.den)
        mine, its = den // self.den, num * (den // other.den)
        if mine > 1: self.terms, self.den = {key: a * mine for key, a in self.terms.items()}, den
        for key, b in other.terms.items(): self.terms[key] = self.terms.get(key, 0) + its * b
        return self

    def __add__(self, other: Sum) -> Sum: return Sum(self.rows, self.cols).plus(self).plus(other)

    def __sub__(self, other: Sum) -> Sum: return Sum(self.rows, self.cols).plus(self).plus(other, -1)

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


# ---------------------------------------------------------------------------------------------------------------
# The store of all terms and formulas of a certificate.


def below(node: Node) -> Collection[Id]:
    """The nodes that a node is made of."""
    tag, *parts = node
    if tag == "poly": return {*parts[:2], *(abs(x) for key, _ in parts[3] for part in key for x in part)}
    if tag == "trace": return {*map(abs, parts[0])}
    if tag in VARIABLES: return {*parts[1], *parts[2:]}
    return parts[2:] if tag == "literal" or tag in QUANTIFIERS else parts


class About(NamedTuple):
    """What is asked of a node again and again."""

    names: frozenset[str] = frozenset()  # that occur free, in shapes too
    loose: int = 0  # how many quantifiers its bound variables reach beyond
    params: int = 0  # how many parameters of a family it needs
    quantified: bool = False


class Store:
    """The nodes of one certificate, each entered once, and the budget."""

    def __init__(self, work: int = WORK) -> None:
        self.left, self.nodes, self.about = work, list[Node]([()]), [About()]
        self.ids, self.hints, self.bound = dict[Node, Id](), dict[Id, str](), dict[Any, Id]()

    def spend(self, work: int) -> None:
        """Pay for elementary operations."""
        self.left -= work
        if self.left < 0: raise TooMuch("checking this needs more work than is allowed")

    def put(self, node: Node) -> Id:
        """The number of a node."""
        if (known := self.ids.get(node)) is not None: return known
        head, loose, params = node[1] if node[0] in VARIABLES else None, 0, 0
        if isinstance(head, int): loose, params = max(0, head + 1), max(0, -head)
        names, quantified = frozenset([head] if isinstance(head, str) else ()), node[0] in QUANTIFIERS
        for part in below(node):
            other, reach, needs, deep = self.about[part]
            names, loose, params, quantified = names | other, max(loose, reach), max(params, needs), quantified or deep
        if node[0] in QUANTIFIERS:  # a shape may have parameters of its own; the body is one quantifier deeper
            loose, params = max(self.about[node[3]].loose, self.about[node[4]].loose, self.about[node[5]].loose - 1), 0
        self.spend(24 + len(names))
        self.about.append(About(names, loose, params, quantified))
        self.nodes.append(node)
        return self.ids.setdefault(node, len(self.nodes) - 1)

    # Terms.

    def variable(self, kind: str, head: Head, indices: tuple[Id, ...] = (), rows: Id = 0, cols: Id = 0) -> Sum:
        """A variable, or member of a family, as a term."""
        return self.single(self.put((kind, head, indices, rows, cols)))

    def single(self, x: Id) -> Sum:
        """A letter or scalar factor as a term."""
        return Sum(*self.shape(x), {((), (x,)): 1}) if self.nodes[x][0] in LETTERS else Sum(0, 0, {((x,), ()): 1})

    def nat(self, head: Head, *indices: Id) -> Id:
        """A natural number."""
        return self.poly(self.variable("nat", head, indices))

    def after(self, nat: Id) -> Id:
        """The next natural number."""
        return self.poly(self.load(nat) + number(1))

    def shape(self, letter: int) -> tuple[Id, Id]:
        """Rows and columns of a letter, which is negative where transposed."""
        return self.nodes[abs(letter)][3:][:: 1 if letter > 0 else -1]

    def span(self, word: Word, rows: Id, cols: Id) -> None:
        """Refuse a word that is no matrix of that shape."""
        shapes = [self.shape(letter) for letter in word]
        need([rows, *(end for _, end in shapes)] == [*(start for start, _ in shapes), cols], "letters that do not fit")

    def collect(self, total: Sum, part: Sum, sign: int = 1) -> None:
        """Add a part to a total, paid for."""
        terms = len(part.terms) + (len(total.terms) if total.den % part.den else 0)
        self.spend(terms * (part.heft() + (total.den.bit_length() >> 7)))
        total.plus(part, sign)

    def product(self, *parts: Sum) -> Sum:
        """The product of all, paid for."""
        result = parts[0]
        for part in parts[1:]:
            self.spend(4 * len(result.terms) * len(part.terms) * (result.heft() + part.heft()))
            result = result @ part
        return result

    def trace(self, value: Sum) -> Sum:
        """tr(value) with tr(I_n) = n."""
        need(value.rows and value.rows == value.cols, "the trace of what is no square matrix")
        size, total = self.load(value.rows), Sum(0, 0)
        for (factors, word), a in value.terms.items():
            one = self.single(self.trace_of(word)) if word else size
            self.collect(total, Sum(0, 0, {(factors, ()): a}, value.den) @ one)
        return total

    def trace_of(self, word: Word) -> Id:
        """The trace of a word that has letters, up to rotation and transposition."""
        self.spend(2 + len(word) ** 2 // 4)
        return self.put(("trace", max(one[i:] + one[:i] for one in (word, turned(word)) for i in range(len(one)))))

    def norm(self, matrix: Id) -> Sum:
        """tr(M'M)."""
        return self.trace(self.product(self.load(matrix).T, self.load(matrix)))

    def poly(self, value: Sum) -> Id:
        """The node of a sum: without zeros, in lowest terms, sorted."""
        common = gcd(value.den, *value.terms.values())
        items = tuple(sorted([(key, a // common) for key, a in value.terms.items() if a]))
        self.spend(4 * len(value.terms))
        return self.put(("poly", value.rows, value.cols, value.den // common, items))

    def load(self, poly: Id) -> Sum:
        """The sum of a node."""
        _, rows, cols, den, items = self.nodes[poly]
        self.spend(len(items))
        return Sum(rows, cols, dict(items), den)

    # Formulas.

    def atom(self, sign: str, value: Sum) -> Id:
        """The formula `value sign 0`."""
        need(sign == "=" or not value.rows, "an inequality between matrices")
        return self.put((sign, self.poly(value)))

    def compare(self, larger: Id, sign: str, smaller: Id) -> Id:
        """The formula `larger - smaller sign 0`."""
        return self.atom(sign, self.load(larger) - self.load(smaller))

    def nested(self, join: str, *formulas: Id) -> Id:
        """f1 and (f2 and ...), or f1 -> (f2 -> ...)."""
        return reduce(lambda right, left: self.put((join, left, right)), reversed(formulas))

    def bind(self, body: Id, *binders: tuple[str, str, Sort]) -> Id:
        """`all` or `exists` variables: body, where each occurs in body as what it is, or not at all."""
        for tag, name, sort in reversed(binders):
            if (key := (body, tag, name, sort)) not in self.bound:
                self.bound[key] = self.put((tag, *sort, self.replace(body, {name: ("bind", 0, sort)})))
            body = self.bound[key]
            self.hints.setdefault(body, name)
        return body

    def open(self, formula: Id, value: Value) -> Id:
        """The body of a quantified formula with a value for its variable."""
        _, kind, arity, *shape, body = self.nodes[formula]
        if value[0] != "rename":
            need(value[:2] == ("nat" if kind == "nat" else "term", arity), "a value is not of the sort {}", kind)
            need([*self.nodes[value[2]][1:3]] == shape, "a value has another shape than its variable")
        return self.replace(body, {0: value})

    def replace(self, node: Id, env: Env) -> Id:
        """Put values for names, parameters (negative) or the variable of an opened quantifier (0), all at once."""
        return Replacement(self, env).of(node, 0)


def parameters(indices: Iterable[Id]) -> Env:
    """~0, ~1, ... as these natural numbers."""
    return {-1 - i: ("nat", 0, index) for i, index in enumerate(indices)}


class Replacement:
    """One substitution, applied to every node once per depth (the number of quantifiers around it)."""

    def __init__(self, store: Store, env: Env) -> None:
        self.store, self.env, self.made = store, env, dict[tuple[int, int], int]()

    def of(self, node: Id, depth: int) -> Id:
        """The node (a polynomial or formula) after substitution."""
        names, loose, params, _ = self.store.about[node]
        if loose <= depth and not params and names.isdisjoint(self.env): return node
        if (key := (node, depth)) in self.made: return self.made[key]
        store, (tag, *parts) = self.store, self.store.nodes[node]
        store.spend(4)
        if tag == "poly": return self.made.setdefault(key, store.poly(self.expanded(parts, depth)))
        kept, inside = (2, depth + 1) if tag in QUANTIFIERS else (0, depth)  # the last part is the body of a quantifier
        first = [*parts[:kept], *[self.of(part, depth) for part in parts[kept:-1]]]
        made = store.put((tag, *first, self.of(parts[-1], inside)))
        if kept: store.hints.setdefault(made, store.hints[node])
        return self.made.setdefault(key, made)

    def one(self, x: int, depth: int) -> int:
        """The letter or factor (negative where transposed) that one becomes; 0 if it becomes something else."""
        if (x, depth) not in self.made:
            value = self.term(x, depth)
            y = sum(next(iter(value.terms), ONE), ())
            alone = len(y) == 1 == value.den and value.terms == {((), y) if value.rows else (y, ()): 1}
            self.made[x, depth] = y[0] if alone else 0
        return self.made[x, depth]

    def term(self, x: int, depth: int) -> Sum:
        """What a scalar factor, or a letter (negative where transposed), becomes."""
        if x < 0: return self.term(-x, depth).T
        store, (kind, head, *rest) = self.store, self.store.nodes[x]
        names, loose, params, _ = store.about[x]
        if loose <= depth and not params and names.isdisjoint(self.env): return store.single(x)
        if kind == "trace": return store.trace(store.product(*(self.term(letter, depth) for letter in head)))
        indices, shape = tuple(self.of(index, depth) for index in rest[0]), [self.of(side, depth) for side in rest[1:]]
        key = head - depth if isinstance(head, int) and head >= 0 else head
        value = self.env.get(key) if key in (head, 0) else None
        if value is None:  # when a dimension is bound, the matrices that have it must be bound already
            binding = isinstance(head, str) and any(way == "bind" for way, _, _ in self.env.values())
            kept = not binding or shape == rest[1:] or indices != rest[0]
            need(kept, "what is bound is a dimension of {}, which is still free", head)
            return store.variable(kind, head, indices, *shape)
        what, arity, new = value
        if what == "bind":
            of_sort = new[0], new[1], *(store.replace(side, parameters(rest[0])) for side in new[2:])
            need((kind, len(indices), *rest[1:]) == of_sort, "{} occurs with another sort than it is bound with", head)
            return store.variable(kind, depth, indices, *shape)
        if what == "rename": return store.variable(kind, new, indices, *shape)
        need((what == "nat", arity) == (kind == "nat", len(indices)), "{} occurs with another sort", head)
        result = store.load(store.replace(new, parameters(indices)) if indices else new)
        need([result.rows, result.cols] == shape, "what is put for {} has another shape", head)
        return result

    def expanded(self, poly: Sequence[Any], depth: int) -> Sum:
        """A polynomial after substitution: what becomes one factor or letter is exchanged, the rest multiplied out."""
        store, (rows, cols, den, items) = self.store, poly
        total = Sum(self.of(rows, depth), self.of(cols, depth), {}, den)
        for (factors, word), a in items:
            store.spend(1 + len(word) + len(factors))
            some, letters = [self.one(x, depth) for x in factors], tuple([self.one(x, depth) for x in word])
            if all(some) and all(letters):
                key = tuple(sorted(some)), letters
                total.terms[key] = total.terms.get(key, 0) + a * (total.den // den)
            else:
                start = Sum(*((total.rows,) * 2 if word else (total.rows, total.cols)), {ONE: a}, den)
                store.collect(total, store.product(start, *(self.term(x, depth) for x in factors + word)))
        return total


# ---------------------------------------------------------------------------------------------------------------
# The facts: what is assumed about real matrices, written out once more and compared with what is cited.


def ledger(store: Store) -> dict[str, Id]:
    """The statement of every fact."""
    m, n, a, b, k, r, i, j = (store.nat(name) for name in "mnabkrij")
    zero, one, next_i = store.poly(number(0)), store.poly(number(1)), store.after(i)
    both, given = partial(store.nested, "and"), partial(store.nested, "implies")

    def matrix(name: str, rows: Id, cols: Id, *at: Id) -> Sum: return store.variable("matrix", name, at, rows, cols)

    def equal(left: Sum, right: Sum) -> Id: return store.atom("=", left - right)

    def within(low: Id, index: str, high: Id, *then: Id) -> Id:
        guards = store.compare(store.nat(index), ">=", low), store.compare(high, ">=", store.nat(index))
        return store.bind(given(*guards, *then), ("all", index, NAT))

    def each(tag: str, *binders: Any) -> list[tuple[str, str, Sort]]:  # noqa: ANN401 - names, some with shapes
        return [(tag, x, NAT) if isinstance(x, str) else (tag, x[0], ("matrix", 0, *x[1:])) for x in binders]

    A, B, P, W = matrix("A", m, n), matrix("B", n, m), matrix("P", n, n), matrix("W", n, k)
    penrose = both(equal(A @ B @ A, A), equal(B @ A @ B, B), equal((A @ B).T, A @ B), equal((B @ A).T, B @ A))
    pinv = store.bind(penrose, *each("all", "m", "n", ("A", m, n)), *each("exists", ("B", n, m)))

    J, K, I_n, I_a, I_b, I_k = matrix("J", n, a), matrix("K", n, b), *(Sum(x, x, {ONE: 1}) for x in (n, a, b, k))
    found = both(equal(J.T @ J, I_a), equal(K.T @ K, I_b), equal(J.T @ K, Sum(a, b)), equal(J @ J.T + K @ K.T, I_n))
    found = store.bind(found, *each("exists", ("J", n, a), ("K", n, b)))
    split = store.bind(given(equal(store.load(n), store.load(a) + store.load(b)), found), *each("all", "n", "a", "b"))

    found = store.bind(both(equal(W.T @ W, I_k), equal(W @ W.T, P)), *each("exists", "k", ("W", n, k)))
    basis = store.bind(given(equal(P.T, P), equal(P @ P, P), found), *each("all", "n", ("P", n, n)))

    S, E, s, t = matrix("S", n, n), matrix("E", n, n, i), *(store.variable("scalar", "s", (x,)) for x in (i, j))
    Q = {index: matrix("Q", n, n, index) for index in (zero, i, next_i, r)}
    adding = store.compare(r, ">=", next_i), equal(Q[next_i], Q[i] + matrix("E", n, n, next_i))
    spectrum = [
        within(one, "i", r, both(equal(E.T, E), equal(E @ E, E), equal(S @ E, s @ E), store.atom(">", store.trace(E)))),
        within(one, "i", r, within(next_i, "j", r, store.atom(">", s - t))),
        equal(Q[zero], Sum(n, n)), store.bind(given(*adding), ("all", "i", NAT)), equal(Q[r], I_n)]
    families = [("s", ("scalar", 1, 0, 0)), ("E", ("matrix", 1, n, n)), ("Q", ("matrix", 1, n, n))]
    found = store.bind(both(*spectrum), ("exists", "r", NAT), *(("exists", *x) for x in families))
    spectral = store.bind(given(equal(S.T, S), found), *each("all", "n", ("S", n, n)))
    return {"pinv": pinv, "split": split, "basis": basis, "spectral": spectral}


# ---------------------------------------------------------------------------------------------------------------
# The rules.


class Sequent(NamedTuple):
    """hypotheses |- conclusion, resting on facts."""

    hyps: frozenset[Id]
    conclusion: Id
    facts: frozenset[str]


class Rules:
    """What follows from what: every method without _ is a rule.

    Its signature says how many premises a line with that rule has (of type `Sequent`), and which parameters.
    """

    def __init__(self, store: Store) -> None: self.store = store

    def _opened(self, formula: Id, *tags: str) -> list[Any]:
        """What a formula of one of these forms is made of."""
        tag, *parts = self.store.nodes[formula]
        need(tag in tags, "a premise is not of the form {}: {}", " or ".join(tags), partial(show, self.store, formula))
        return parts

    def _same(self, found: Id, goal: Id, what: str) -> None:
        """Refuse two formulas that should be one."""
        need(found == goal, what + " is: {}. It should be: {}", *(partial(show, self.store, x) for x in (found, goal)))

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
        return self.store.bind(premise.conclusion, ("all", *variable))

    def for_all_elim(self, premise: Sequent, value: Value) -> Outcome:
        """all x. phi / phi[x := t], for t of the sort of x."""
        self._opened(premise.conclusion, "all")
        return self.store.open(premise.conclusion, value)

    def exists_intro(self, premise: Sequent, goal: Formula, witness: Value) -> Outcome:
        """phi[x := t] / exists x. phi, for t of the sort of x."""
        self._opened(goal, "exists")
        self._same(premise.conclusion, self.store.open(goal, witness), "the premise")
        return goal

    def exists_elim(self, existence: Sequent, premise: Sequent, name: str) -> Outcome:
        """exists x. phi, phi[x := name] |- psi / psi, for a name that is free nowhere else."""
        self._opened(existence.conclusion, "exists")
        rest = premise.hyps - {self.store.open(existence.conclusion, ("rename", 0, name))}
        self._fresh(name, {*existence.hyps, *rest, existence.conclusion, premise.conclusion}, "what is around it")
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

    def combine(self, all_: list[Sequent], claim: Formula, sums: list[Cofactor], more: list[Product]) -> Outcome:
        """claim = sum of c a h b over equations h = 0 + sum of lambda s^2 tr(M'M) t over inequalities t, expanded."""
        store, (tag, *term) = self.store, self.store.nodes[claim]
        need(tag in ATOMS or tag == "false", "the claim is no equation or inequality")
        residual = store.load(term[0]) if term else Sum(0, 0)
        for cofactor in sums: store.collect(residual, self._multiple(all_, cofactor, residual), -1)
        need(tag != "=" or not more, "an equation is no sum of inequalities")
        strict = tag in ("=", ">=")
        for weight, squares, grams, indices in more:
            need(weight > 0, "the weight of a product is not positive")
            factors = [self._premise(all_, index, ">=", ">") for index in indices] + [store.norm(M) for M in grams]
            factors += [number(weight), *(store.load(square) for square in squares for _ in range(2))]
            need(not any(factor.rows for factor in factors), "the square of a matrix in a product")
            strict |= not (squares or grams or any(store.nodes[all_[i].conclusion][0] != ">" for i in indices))
            store.collect(residual, store.product(*factors), -1)
        need(strict, "no product is strictly positive")
        rest = store.poly(residual)
        need(not store.nodes[rest][4], "the claim and the combination differ by {}", partial(show, store, rest))
        return claim

    def _premise(self, premises: list[Sequent], index: int, *tags: str) -> Sum:
        """The term of a premise that is an atom of that kind."""
        need(index < len(premises), "there is no premise {}", index)
        return self.store.load(self._opened(premises[index].conclusion, *tags)[0])

    def _multiple(self, premises: list[Sequent], cofactor: Cofactor, goal: Sum) -> Sum:
        """coef * left * h * right, or its trace where the goal is a scalar."""
        coef, index, left, right, transposed = cofactor
        factor, h = self.store.load(coef), self._premise(premises, index, "=")
        need(h.rows or not (left or right), "an equation between scalars has no left and right")
        need(not (h.rows and factor.rows), "the coefficient of an equation between matrices is a scalar")
        before, after = ([self.store.load(side)] if side else [] for side in (left, right))
        inner = self.store.product(factor, *before, h.T if transposed else h, *after)
        return self.store.trace(inner) if h.rows and not goal.rows else inner

    def gram(self, premise: Sequent, matrix: Term) -> Outcome:
        """-tr(M'M) >= 0 / M = 0."""
        self._same(premise.conclusion, self.store.atom(">=", Sum(0, 0) - self.store.norm(matrix)), "the premise")
        return self.store.put(("=", matrix))

    def trichotomy(self, term: Term) -> Outcome:
        """s = 0 or (s > 0 or -s > 0)."""
        s = self.store.load(term)
        return self.store.nested("or", *(self.store.atom(*x) for x in (("=", s), (">", s), (">", Sum(0, 0) - s))))

    def inverse(self, premise: Sequent) -> Outcome:
        """s > 0 / exists t. s t = 1."""
        s, t = self.store.load(self._opened(premise.conclusion, ">")[0]), self.store.variable("scalar", FRESH)
        return self._named("t", self.store.atom("=", self.store.product(s, t) - number(1)), ("scalar", 0, 0, 0))

    def _named(self, hint: str, formula: Id, sort: Sort, name: str = FRESH) -> Id:
        """There is a # (or that name) of that sort with that formula; it is printed as the hint."""
        found = self.store.bind(formula, ("exists", name, sort))
        self.store.hints[found] = hint
        return found

    def one_by_one(self, term: Term) -> Outcome:
        """M = tr(M) I_1 for M of shape 1 x 1."""
        M, one = self.store.load(term), self.store.poly(number(1))
        need((M.rows, M.cols) == (one, one), "the matrix is not 1 x 1")
        return self.store.atom("=", M - self.store.trace(M) @ Sum(one, one, {ONE: 1}))

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
        self._same(premise.conclusion, self.store.compare(larger, ">=", smaller), "the premise")
        more = self.store.poly(self.store.load(smaller) + self.store.variable("nat", FRESH))
        return self._named("v", self.store.compare(larger, "=", more), NAT)

    def leibniz(self, premise: Sequent, name: str, nat: Nat, formula: Formula) -> Outcome:
        """phi[n := t] / n = t -> phi, for n not in the hypotheses, t, or the shape of a free matrix of phi."""
        self._fresh(name, [*premise.hyps, nat], "a hypothesis or the other number")
        whole = self.store.bind(formula, ("all", name, NAT))
        self._same(premise.conclusion, self.store.open(whole, ("nat", 0, nat)), "the premise")
        return self.store.nested("implies", self.store.compare(self.store.nat(name), "=", nat), formula)

    def chain(self, base: Sequent, step: Sequent, index: str, bound: Nat, states: list[Variable], invariant: Formula,
              relation: Formula | None, start: list[Value]) -> Outcome:  # fmt: skip
        """phi(0, a); all k < N, x: phi(k, x) -> exists y. phi(k+1, y) and psi(k, x, y) / a family from a, up to N."""
        store, k, also = self.store, self.store.nat(index), [relation] if relation else []
        names, following = [name for name, _ in states], [f"{name}_next" for name, _ in states]
        need(len({index, *names, *following}) == 1 + 2 * len(names), "two of index, states, next states have one name")
        need([sort[1] for _, sort in states] == [0] * len(start), "each state is no family and has a start value")
        binders = [("all", index, NAT), *(("all", *state) for state in states)]
        whole = store.bind(invariant, *binders)
        elsewhere = [whole, bound, *base.hyps, *step.hyps, *(value[2] for value in start)]
        where = "a hypothesis, the bound, a start value, the invariant or the shape of an earlier state"
        for name in [index, *names, *following]: self._fresh(name, elsewhere, where)
        numbers = store.poly(number(0)), k, store.after(k), store.nat(-1)
        self._same(base.conclusion, self._applied(whole, [("nat", 0, numbers[0]), *start])[0], "the first premise")

        goal, sorts, _ = self._applied(whole, [("nat", 0, numbers[2]), *(("rename", 0, x) for x in following)])
        nexts = [*zip(following, sorts[1:], strict=True)]
        body = store.bind(store.nested("and", goal, *also), *(("exists", *state) for state in nexts))
        guards = [store.compare(bound, ">=", x) for x in (k, numbers[2])]
        body = store.nested("implies", guards[1], store.bind(store.nested("implies", invariant, body), *binders[1:]))
        self._same(step.conclusion, store.bind(body, binders[0]), "the second premise")

        members = [self._applied(whole, [("nat", 0, x), *(("member", x, name) for name in names)]) for x in numbers]
        starts = zip(states, members[0][2][1:], start, strict=True)
        found = [store.compare(member[2], "=", value[2]) for (_, (_, _, *shape)), member, value in starts
                 if not any(name in store.about[side].names for name in names for side in shape)]
        found.append(store.bind(store.nested("implies", guards[0], members[1][0]), binders[0]))
        if relation:
            between = store.bind(relation, *binders, *(("all", *state) for state in nexts))
            between = self._applied(between, [*members[1][2], *members[2][2][1:]])[0]
            found.append(store.bind(store.nested("implies", guards[1], between), binders[0]))
        result = store.nested("and", *found)
        for name, (kind, _, *shape) in reversed([*zip(names, members[3][1][1:], strict=True)]):
            result = self._named(name, result, (kind, 1, shape[0], shape[1]), name + FRESH)
        return result

    def _applied(self, formula: Id, values: Iterable[Value]) -> tuple[Id, list[Sort], list[Value]]:
        """A formula with values for its quantifiers, and their sorts. ("member", k, x) is member k of a family x#."""
        found = list[tuple[Sort, Value]]()
        for what, x, new in values:
            _, kind, arity, rows, cols, _ = self.store.nodes[formula]
            value: Value = (what, x, new)
            if what == "member":
                member = self.store.poly(self.store.variable(kind, new + FRESH, (x,), rows, cols))
                value = "nat" if kind == "nat" else "term", 0, member
            found.append(((kind, arity, rows, cols), value))
            formula = self.store.open(formula, value)
        return formula, [sort for sort, _ in found], [value for _, value in found]

    # Facts and numbers.

    def fact(self, name: str) -> Outcome:
        """The statement of a fact."""
        need(name in (facts := ledger(self.store)), "the ledger has no fact {}", name)
        return facts[name]

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

    def nonzero(self) -> list[tuple[int, int, Fraction]]:
        """Row, column (from 1) and entry wherever that is not zero."""
        return [(i, j, Fraction(x, self.den)) for i, r in enumerate(self.entries, 1) for j, x in enumerate(r, 1) if x]

    def bits(self) -> int:
        """The length of its largest number, in machine words."""
        return 1 + max((x.bit_length() for row in self.entries for x in row), default=0) // 64


def matrix_of(rows: int, cols: int, entries: Sequence[Sequence[Fraction]]) -> Matrix:
    """A matrix from its entries."""
    den = lcm(*(x.denominator for row in entries for x in row))
    return Matrix(rows, cols, den, tuple(tuple(x.numerator * (den // x.denominator) for x in row) for row in entries))


def diagonal(rows: int, cols: int, value: int) -> Matrix:
    """The matrix with that value on the diagonal and zero elsewhere."""
    return Matrix(rows, cols, 1, tuple(tuple(value * (i == j) for j in range(cols)) for i in range(rows)))


def trace(a: Matrix) -> Fraction:
    """The sum of the diagonal."""
    return Fraction(sum(a.entries[i][i] for i in range(a.rows)), a.den)


def transposed(a: Matrix) -> Matrix:
    """The transpose."""
    return Matrix(a.cols, a.rows, a.den, tuple(zip(*a.entries, strict=True)) if a.rows else ((),) * a.cols)


def multiply(pay: Pay, a: Matrix, b: Matrix) -> Matrix:
    """a b."""
    need(a.cols == b.rows, "matrices with {} columns and {} rows are multiplied", a.cols, b.rows)
    pay((a.rows + 1) * (b.cols + 1) * (1 + a.cols * a.bits() * b.bits() // 4))
    columns = transposed(b).entries
    return Matrix(a.rows, b.cols, a.den * b.den, tuple(tuple(sum(map(mul, x, y)) for y in columns) for x in a.entries))


def combined(pay: Pay, a: Matrix, b: Matrix, factor: Fraction | int) -> Matrix:
    """a + factor * b."""
    need(a[:2] == b[:2], "matrices of different shapes are added")
    pay((a.rows + 1) * (a.cols + 1) * (a.bits() + b.bits()))
    den = lcm(a.den, b.den * factor.denominator)
    p, q = den // a.den, factor.numerator * (den // (b.den * factor.denominator))
    pairs = (zip(*rows, strict=True) for rows in zip(a.entries, b.entries, strict=True))
    return Matrix(a.rows, a.cols, den, tuple(tuple(p * x + q * y for x, y in row) for row in pairs))


class Evaluation:
    """Formulas at given values of their bound variables; env has those of the enclosing quantifiers, outermost first.

    A quantifier is evaluated only over natural numbers that a guard bounds: all k. N - k >= 0 -> ..., and
    exists k. N - k >= 0 and ...; guards are what stands to the left in the body. Values are Fractions, Matrices, or
    for a family dicts from indices to these; None is a value that is not known yet.
    """

    def __init__(self, store: Store, env: tuple[Any, ...] = ()) -> None: self.store, self.env = store, env

    def of_sort(self, value: object, sort: Sequence[Any]) -> bool:
        """Whether a value is of the sort."""
        kind, arity, *shape = sort
        if arity: return isinstance(value, dict)
        if kind == "matrix": return isinstance(value, Matrix) and [*value[:2]] == [self.scalar(x) for x in shape]
        return isinstance(value, Fraction) and (kind == "scalar" or (value.denominator == 1 and value >= 0))

    def value(self, x: Id) -> Any:  # noqa: ANN401 - a Matrix for a letter, a Fraction for a scalar factor
        """The value of a letter or factor; that of a variable must be of its sort and shape."""
        tag, head, *rest = self.store.nodes[x]
        if tag == "trace": return trace(self.word(head))
        if tag == "literal": return Matrix(int(self.scalar(rest[1])), int(self.scalar(rest[2])), head, rest[0])
        indices, *shape = rest
        need(isinstance(head, int), "{} has no value", head)
        found: Any = self.env[-1 - head]
        if indices: found = isinstance(found, dict) and found.get(tuple(self.scalar(index) for index in indices))
        need(self.of_sort(found, (tag, 0, *shape)), "a variable has no value, or one of another sort or shape")
        return found

    def word(self, word: Word) -> Matrix:
        """The value of a word that has letters."""
        multiplied = partial(multiply, self.store.spend)
        return reduce(multiplied, (self.value(x) if x > 0 else transposed(self.value(-x)) for x in word))

    def term(self, poly: Id) -> Matrix:
        """The value of a matrix; of a scalar, as a 1 x 1 matrix."""
        spend, (_, *shape, den, items) = self.store.spend, self.store.nodes[poly]
        rows, cols = (int(self.scalar(x)) if x else 1 for x in shape)
        spend((rows + 1) * (cols + 1))
        total = diagonal(rows, cols, 0)
        for (factors, word), a in items:
            values = [Fraction(a, den), *map(self.value, factors)]
            spend(len(values) * sum(x.numerator.bit_length() + x.denominator.bit_length() for x in values) >> 6)
            total = combined(spend, total, self.word(word) if word else diagonal(rows, cols, 1), prod(values))
        return total

    def scalar(self, poly: Id) -> Fraction:
        """The value of a scalar."""
        return trace(self.term(poly))

    def formula(self, formula: Id) -> bool:
        """Whether the formula holds. Refused where that would be a guess."""
        self.store.spend(80)
        tag, *parts = self.store.nodes[formula]
        if tag in QUANTIFIERS: return (any if tag == "exists" else all)(self.instances(tag, parts))
        if tag == "=": return not self.term(parts[0]).nonzero()
        if tag in ATOMS: return (value := self.scalar(parts[0])) > 0 or (value == 0 and tag == ">=")
        if tag == "false" or self.formula(parts[0]) == (tag == "or"): return tag in ("or", "implies")
        return self.formula(parts[1])

    def instances(self, tag: str, parts: list[Any]) -> Iterator[bool]:
        """The body of a quantifier, for every natural number that has to be looked at."""
        need(parts[:2] == ["nat", 0], "a quantifier over something else than natural numbers is not evaluated")
        at, last, unknown = parts[-1], None, Evaluation(self.store, (*self.env, None))
        key = ((self.store.put(("nat", 0, (), 0, 0)),), ())
        while last is None and self.store.nodes[at][0] == ("implies" if tag == "all" else "and"):
            _, guard, at = self.store.nodes[at]
            if self.store.nodes[guard][0] not in (">=", ">"): continue
            *head, den, items = self.store.nodes[self.store.nodes[guard][1]]
            slope = Fraction(dict(items).get(key, 0), den)
            rest = self.store.put((*head, den, tuple(item for item in items if item[0] != key)))
            with suppress(Refused):  # raised where what else is in the guard depends on k, too
                if slope < 0: last = max(-1, unknown.scalar(rest) // -slope)
        need(last is not None and last <= LONGEST_RANGE, "a quantifier is not bounded by {} or less", LONGEST_RANGE)
        for k in range(1 + int(last or 0)): yield Evaluation(self.store, (*self.env, Fraction(k))).formula(parts[-1])

    def refuted(self, formula: Id, values: list[Any], names: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Check that values for its quantifiers meet a formula's hypotheses and violate its conclusion; their names."""
        tag, *parts = self.store.nodes[formula]
        if tag == "implies":
            (what, *inner), given = self.store.nodes[parts[0]], partial(show, self.store, parts[0], names)
            if what == "and": return self.refuted(self.store.nested("implies", *inner, parts[1]), values, names)
            left = self.term(inner[0]).nonzero()[:1] if what in ATOMS else []
            by = ", by {2} in row {0}, column {1}".format(*map(quoted, left[0])) if left else ""
            need(self.formula(parts[0]), "the values violate the hypothesis {}" + by, given)
            return self.refuted(parts[1], values, names)
        if tag != "all":
            need(not values and not self.formula(formula), "the values satisfy the conclusion, or there are too many")
            return names
        hint = self.store.hints[formula]
        need(values and self.of_sort(values[0], parts[:4]), "there is no value for {}, or none of its sort", hint)
        return Evaluation(self.store, (*self.env, values[0])).refuted(parts[-1], values[1:], (*names, hint))


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
    product = partial(times, pay, low)
    inner = [[diagonal(m.rows, m.rows, int(k == 0)) for k, m in enumerate(X)]]  # A_k ... A_1
    for A in weights: inner.append(product(A, inner[-1]))
    E = [combined(pay, a, b, -1) for a, b in zip(product(inner[-1], X), Y, strict=True)]
    outer = product(E, [*map(transposed, X)])
    for k in range(len(weights), 0, -1):
        gradient = product(outer, [*map(transposed, inner[k - 1])])
        left = [entry for m in gradient for entry in m.nonzero()]
        need(not left, "the gradient for A{} is not zero: its entry {}, {} contains {}", k, *(left[0] if left else ()))
        outer = product([*map(transposed, weights[k - 1])], outer)
    return [trace(m) / 2 for m in product(E, [*map(transposed, E)])]


def roots_between(pay: Pay, poly: list[Fraction], low: Fraction, high: Fraction) -> int:
    """The number of roots in the closed interval, by Sturm's theorem. Refuses a polynomial with multiple roots.

    Polynomials have the constant term first and the leading one not zero.
    """
    sequence = [poly, [i * c for i, c in enumerate(poly)][1:]]
    while b := sequence[-1]:
        a = sequence[-2]
        while len(a) >= len(b):  # a modulo b
            factor, shift = a[-1] / b[-1], len(a) - len(b)
            pay(len(b) * (1 + (factor.denominator.bit_length() + factor.numerator.bit_length()) // 8))
            a = [x - factor * b[i - shift] if i >= shift else x for i, x in enumerate(a)][:-1]
            while a and not a[-1]: a.pop()
        sequence.append([-c for c in a])
    need(len(sequence[-2]) == 1, "the polynomial has multiple roots")
    for x in (low, high): pay(len(poly) ** 3 * (1 + (x.numerator.bit_length() + x.denominator.bit_length()) // 64))
    values = [[sum(c * at**i for i, c in enumerate(p)) for p in sequence[:-1]] for at in (low, high)]
    before, after = (sum(x * y < 0 for x, y in pairwise(value for value in row if value)) for row in values)
    return before - after + (values[0][0] == 0)


# ---------------------------------------------------------------------------------------------------------------
# Formulas as text.


def quoted(value: object) -> str:
    """A value in a message."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        size = max(value.numerator.bit_length(), value.denominator.bit_length())
        return str(value) if size < 10_000 else f"(a number of some {size * 3 // 10} digits)"
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else ascii(value)[:60]


def clipped(text: str) -> str:
    """The text, or its beginning."""
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + " ... (and more)"


def show(store: Store, node: Id, names: Iterable[str] = ()) -> str:
    """A formula or polynomial on one line, with names for its loose variables, outermost first."""
    shown = Shown(store, node, names)
    return clipped(shown.poly(node) if store.nodes[node][0] == "poly" else shown.formula(node))


class Shown:
    """Printing, with names for bound variables: the stack of those of the quantifiers around, outermost first."""

    def __init__(self, store: Store, node: Id, names: Iterable[str]) -> None:
        self.store, self.taken, self.stack = store, {"I", "tr", *store.about[node].names}, [*names]

    def variable(self, x: int) -> str:
        """A letter or factor."""
        if x < 0: return self.variable(-x) + "'"
        self.store.spend(50)
        tag, head, *rest = self.store.nodes[x]
        if tag == "trace": return f"tr({'*'.join(map(self.variable, head))})"
        if tag == "literal": return f"[{'; '.join(' '.join(map(quoted, row)) for row in rest[0])}]/{quoted(head)}"
        name = head if isinstance(head, str) else (self.stack if head >= 0 else self.indices)[-1 - head]
        return name + (f"[{', '.join(map(self.poly, rest[0]))}]" if rest[0] else "")

    def sides(self, poly: Id) -> tuple[str, str]:
        """The terms with positive and with negative coefficients, as sums."""
        _, rows, _, den, items = self.store.nodes[poly]
        terms = list[tuple[bool, str]]()
        for (factors, word), a in items:
            parts = [quoted(abs(Fraction(a, den)))] * (abs(a) != den) + [*map(self.variable, factors + word)]
            if rows and not word: parts.append(f"I[{self.poly(rows)}]")
            terms.append((a > 0, "*".join(parts) or "1"))
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
        self.store.spend(500)
        if tag in ATOMS:
            left, right = self.sides(parts[0])
            return f"{right} = {left}" if (left, tag) == ("0", "=") else f"{left} {tag} {right}"
        if tag == "false": return "falsum"
        if tag in QUANTIFIERS:
            depth, (prefix, body) = len(self.stack), self.prefix(formula)
            text = f"{'for all' if tag == 'all' else 'there are'} {prefix}: {self.formula(body)}"
            del self.stack[depth:]
            return text
        while self.store.nodes[parts[-1]][0] == tag: parts[-1:] = self.store.nodes[parts[-1]][1:]
        texts = [text if self.store.nodes[x][0] in ATOMS else f"({text})" for x in parts for text in [self.formula(x)]]
        return f"if {', '.join(texts[:-1])} then {texts[-1]}" if tag == "implies" else f" {tag} ".join(texts)

    def prefix(self, formula: Id) -> tuple[str, Id]:
        """The variables of quantifiers of one kind in a row, in words, and what follows. Their names are pushed."""
        tag, texts, last = self.store.nodes[formula][0], list[str](), ""
        while self.store.nodes[formula][0] == tag:
            _, kind, arity, rows, cols, body = self.store.nodes[formula]
            name = hint = self.store.hints[formula]
            while name in self.taken or name in self.stack: name = f"{hint}{int(name[len(hint):] or 0) + 1}"
            letters = [*"ijklpqrt", *(f"i{n}" for n in range(len(self.stack) + len(self.taken) + 9))]
            self.indices = [x for x in letters if x not in self.taken and x not in self.stack and x != name]
            shape = f" ({self.poly(rows)} x {self.poly(cols)})" if rows else ""
            self.stack.append(name)
            noun = {"nat": "natural numbers", "scalar": "real numbers", "matrix": "matrices"}[kind]
            indices, noun = (f"[{', '.join(self.indices[:arity])}]", f"families of {noun}") if arity else ("", noun)
            texts.append(f"{noun} " * (noun != last) + name + indices + shape)
            formula, last = body, noun
        return ", ".join(texts), formula


# ---------------------------------------------------------------------------------------------------------------
# Reading: JSON into tables. The docstring of each method is the form that an entry must have.

RATIO, PLAIN, PARAMETER = map(re.compile, (r"-?[0-9]+(/[0-9]+)?", r"[A-Za-z_][A-Za-z0-9_]{0,99}", r"~[0-7]"))
LABEL = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")  # what an author calls something; printed as ASCII
TABLES = ("nats", "letters", "generators", "terms", "formulas")


@contextmanager
def at(place: str | Callable[[], str], kind: type[Refused] | None = None) -> Iterator[None]:
    """Say where something is refused. In reading (kind = Malformed) Python itself refuses what cannot be unpacked."""
    try: yield
    except (Refused, ValueError, RecursionError) as error:
        if isinstance(error, ValueError) and not kind: raise
        into = TooMuch if isinstance(error, TooMuch | RecursionError) else kind or type(error)
        raise into(f"{place() if callable(place) else place}: {error}") from None


def listed(value: Json, what: str = "a list") -> Json:
    """A list."""
    need(isinstance(value, list), what + " is expected, not {}", value)
    return value


def natural(value: Json, most: int = MOST) -> int:
    """A natural number; true and false are none."""
    need(type(value) is int and 0 <= value <= most, "a natural number up to {} is expected, not {}", most, value)
    return int(value)


def plain(value: Json, form: re.Pattern[str] = PLAIN) -> str:
    """A name, or a string of another form."""
    what = "an exact number is expected, not {}" if form is RATIO else "a name is expected, not {}"
    need(isinstance(value, str) and form.fullmatch(value), what, value)
    return str(value)


def exact(value: Json) -> Fraction:
    """An integer, "p/q" or "p"."""
    if type(value) is int: return Fraction(value)
    above, _, beneath = plain(value, RATIO).partition("/")
    need(not beneath or beneath.strip("0"), "a denominator is zero")
    return Fraction(int(above), int(beneath or 1))


def rows_of(entry: Json, read: Callable[[Json], Any], shape: tuple[int, int] | None = None) -> list[list[Any]]:
    """The entries of a matrix, row by row."""
    rows = [listed(row, "a row") for row in listed(entry, "a list of rows")]
    height, width = shape or (len(rows), len(rows[0]) if rows else 0)
    need(len(rows) == height and all(len(row) == width for row in rows), "a matrix is not {} x {}", height, width)
    return [[read(x) for x in row] for row in rows]


class Reader:
    """The tables of a certificate as nodes of a store."""

    def __init__(self, store: Store, data: dict[str, Json]) -> None:
        self.store, self.tables = store, {table: list[Id]() for table in TABLES}
        for table in TABLES: self.fill(table, data)

    def fill(self, table: str, data: dict[str, Json]) -> None:
        """Read one table."""
        known, read = self.tables[table], getattr(self, f"new_{table[:-1]}")
        with at(table, Malformed): entries = listed(data[table])
        with at(lambda: f"{table}[{len(known)}], {read.__doc__}", Malformed):
            for entry in entries: known.append(read(listed(entry)))

    def pick(self, table: str, index: Json, params: int = 9) -> Id:
        """An entry that stands already in a table, with so many parameters at most."""
        known = self.tables[table]
        need(type(index) is int and 0 <= index < len(known), "the number of an entry is expected, not {}", index)
        need(self.store.about[known[index]].params <= params, "a parameter stands outside of its family")
        return known[index]

    def named(self, kind: str, name: Json, indices: Json, *shape: Id) -> Sum:
        """A variable; ~0, ~1, ... are -1, -2, ..."""
        known = tuple(self.pick("nats", index) for index in listed(indices))
        parameter = kind == "nat" and isinstance(name, str) and PARAMETER.fullmatch(name)
        return self.store.variable(kind, -1 - int(name[1:]) if parameter else plain(name), known, *shape)

    def new_nat(self, entry: list[Json]) -> Id:
        """[const, [[coef, name, [nat...]], ...]]"""
        const, atoms = entry
        total = number(natural(const))
        for coef, name, indices in map(listed, listed(atoms)):
            self.store.collect(total, self.named("nat", name, indices), natural(coef))
        return self.store.poly(total)

    def new_letter(self, entry: list[Json]) -> Id:
        """[name, [nat...], rows, cols] or [entries, rows, cols]"""
        *first, rows, cols = entry
        shape = self.pick("nats", rows), self.pick("nats", cols)
        if len(first) == 2: return next(iter(self.named("matrix", *first, *shape).terms))[1][0]
        need(not any(self.store.about[x].names for x in shape), "the shape of numbers has a variable")
        (entries,), (height, width) = first, (int(Evaluation(self.store).scalar(x)) for x in shape)
        literal = matrix_of(height, width, rows_of(entries, exact, (height, width)))
        return self.store.put(("literal", *literal[2:], *shape))

    def word(self, entry: Json) -> Word:
        """[i + 1 for letter i, -(i + 1) for its transpose, ...]"""
        need(all(type(x) is int and x for x in listed(entry)), "a word lists letters by number, from 1")
        return tuple(self.pick("letters", abs(x) - 1) * (1 if x > 0 else -1) for x in entry)

    def new_generator(self, entry: list[Json]) -> Id:
        """["scalar" or "nat", name, [nat...]] or ["trace", word]"""
        kind, first, *rest = entry
        if kind != "trace":
            need(kind in ("scalar", "nat") and len(rest) == 1, "a generator is a scalar, a nat or a trace")
            return next(iter(self.named(kind, first, rest[0]).terms))[0][0]
        word = self.word(first)
        need(word and not rest, "the trace of an empty word")
        self.store.span(word, *self.store.shape(word[0])[:1] * 2)
        return self.store.trace_of(word)

    def new_term(self, entry: list[Json]) -> Id:
        """[shape, [[coef, [generator...], word], ...]], shape null or [rows, cols]"""
        shape, items = entry
        rows, cols = (0, 0) if shape is None else (self.pick("nats", x) for x in listed(shape))
        total = Sum(rows, cols)
        for coef, factors, letters in map(listed, listed(items)):
            value, word = exact(coef), self.word(letters)
            need(rows or not word, "a scalar has no word")
            self.store.span(word, rows, cols)
            key = tuple(sorted(self.pick("generators", x) for x in listed(factors))), word
            self.store.collect(total, Sum(rows, cols, {key: value.numerator}, value.denominator))
        return self.store.poly(total)

    def new_formula(self, entry: list[Json]) -> Id:
        """[relation, term], ["false"], [connective, formula, formula] or [quantifier, variable, formula]"""
        tag, *parts = entry
        need(tag in (*ATOMS, *JOINS, *QUANTIFIERS, "false"), "no formula begins with {}", tag)
        need(len(parts) == (0 if tag == "false" else 1 if tag in ATOMS else 2), "there is another number of entries")
        if tag in QUANTIFIERS: return self.store.bind(self.pick("formulas", parts[1]), (tag, *self.variable(parts[0])))
        if tag not in ATOMS: return self.store.put((tag, *(self.pick("formulas", part) for part in parts)))
        return self.store.atom(tag, self.store.load(self.pick("terms", parts[0], 0)))

    # Parameters of rules.

    def parameter(self, kind: str, entry: Json) -> Any:  # noqa: ANN401 - of the type that `kind` names
        """A parameter of a rule, of the type in the rule's signature."""
        if kind.startswith("list["): return [self.parameter(kind[5:-1], one) for one in listed(entry)]
        if kind.endswith(" | None"): return None if entry is None else self.parameter(kind[:-7], entry)
        if kind == "str": return plain(entry)
        if kind in ("Formula", "Term", "Nat"): return self.pick(f"{kind.lower()}s", entry, 0)
        return getattr(self, kind.lower())(entry)

    def variable(self, entry: Json) -> Variable:
        """[name, "nat" | "scalar", arity] or [name, "matrix", arity, rows, cols]"""
        name, kind, arity, *shape = listed(entry)
        need(kind in VARIABLES and len(shape) == 2 * (kind == "matrix"), "a variable is a nat, a scalar or a matrix")
        rows, cols = (self.pick("nats", x, natural(arity, 8)) for x in shape) if shape else (0, 0)
        return plain(name), (str(kind), natural(arity, 8), rows, cols)

    def value(self, entry: Json) -> Value:
        """["nat", n], ["term", t] or ["family", arity, value]"""
        kind, *rest = listed(entry)
        arity, inner = rest if kind == "family" else (0, entry)
        kind, node = listed(inner)
        need(kind in ("nat", "term") and (arity or inner is entry), "a value is a nat, a term or a family of these")
        return kind, natural(arity, 8), self.pick(f"{kind}s", node, arity)

    def cofactor(self, entry: Json) -> Cofactor:
        """[coef, premise, left, right, transposed]"""
        coef, premise, left, right, transposed = listed(entry)
        need(isinstance(transposed, bool), "true or false is expected, not {}", transposed)
        sides = [self.parameter("Term | None", side) or 0 for side in (left, right)]
        return self.pick("terms", coef, 0), natural(premise), sides[0], sides[1], transposed

    def product(self, entry: Json) -> Product:
        """[weight, [square...], [gram...], [premise...]]"""
        weight, squares, grams, premises = listed(entry)
        terms = [self.parameter("list[Term]", part) for part in (squares, grams)]
        return exact(weight), terms[0], terms[1], [natural(x) for x in listed(premises)]

    def instance(self, entry: Json) -> Any:  # noqa: ANN401 - an instance
        """A number, {"rows", "cols", "entries"}, or {"table": [[[index...], value], ...]}."""
        if not isinstance(entry, dict): return exact(entry)
        if "table" not in entry:
            need(set(entry) == {"rows", "cols", "entries"}, "a value has the fields rows, cols and entries, or table")
            shape = natural(entry["rows"]), natural(entry["cols"])
            return matrix_of(*shape, rows_of(entry["entries"], exact, shape))
        pairs = map(listed, listed(entry["table"]))
        table = {tuple(natural(x) for x in listed(index)): self.instance(value) for index, value in pairs}
        need((len(table), len(entry)) == (len(entry["table"]), 1), "a table has two values in one place")
        return table


# ---------------------------------------------------------------------------------------------------------------
# Certificates.


def step(store: Store, reader: Reader, line: Json, done: list[Sequent]) -> Sequent:
    """What a line proves."""
    with at("[rule, [premise...], [parameter...]]", Malformed):
        rule, numbers, given = listed(line)
        need(isinstance(rule, str) and rule[:1] != "_" and rule in vars(Rules), "there is no rule {}", rule)
        *kinds, _ = getattr(Rules, rule).__annotations__.values()
        need(all(natural(x) < len(done) for x in listed(numbers)), "a premise is no earlier step")
        premises = [done[x] for x in numbers]
        many, count = kinds[0] == "list[Sequent]", kinds.count("Sequent")
        need(many or len(premises) == count, "the rule has {} premises, not {}", count, len(premises))
        kinds = kinds[count + many:]
        need(len(listed(given)) == len(kinds), "the rule has {} parameters, not {}", len(kinds), len(given))
        values = [reader.parameter(*pair) for pair in zip(kinds, given, strict=True)]
    outcome: Outcome = getattr(Rules(store), rule)(*([premises] if many else premises), *values)
    hyps = frozenset[Id]().union(*(premise.hyps for premise in premises))
    facts = frozenset[str](given if rule == "fact" else []).union(*(premise.facts for premise in premises))
    store.spend(8 + len(hyps))
    return Sequent(outcome[1], outcome[0], facts) if isinstance(outcome, tuple) else Sequent(hyps, outcome, facts)


def check_proof(data: dict[str, Json]) -> dict[str, Any]:
    """Replay a proof."""
    store, done = Store(), list[Sequent]()
    reader = Reader(store, data)
    with at("the proof", Malformed):
        statement, claimed = reader.pick("formulas", data["statement"]), sorted(map(plain, listed(data["facts"])))
        need((last := len(lines := listed(data["lines"])) - 1) >= 0, "there is no step")
        theorems = [(plain(name, LABEL), natural(x, last)) for name, x in map(listed, listed(data["theorems"]))]
    with at(lambda: f"step {len(done)} ({quoted(x[0] if isinstance(x := lines[len(done)], list) and x else x)})"):
        for line in lines: done.append(step(store, reader, line, done))
    for name, position in [*theorems, ("the statement", last)]:
        hyps, conclusion, facts = done[position]
        need(not hyps and not store.about[conclusion].names, "{} has hypotheses or free variables", name)
    need(conclusion == statement, "the last step proves another formula than the statement")
    need(claimed == sorted(facts), f"the proof rests on the facts {sorted(facts)}, not on {claimed}")
    rests = "; ".join(f"{name}: {show(store, ledger(store)[name])}" for name in claimed)
    text = show(store, statement)
    message = f"Proved, {text}. Rests on {'the facts ' + rests if rests else 'no facts'}."
    return {"message": message, "statement": text, "facts": claimed, "lemmas": [name for name, _ in theorems]}


def check_counterexample(data: dict[str, Json]) -> dict[str, Any]:
    """Evaluate a statement at the values that refute it."""
    reader = Reader(Store(), data)
    with at("the counterexample", Malformed):
        statement = reader.pick("formulas", data["statement"])
        values = [reader.instance(x) for x in listed(data["values"])]
    need(not reader.store.about[statement].names, "the statement has free variables")
    names, text = Evaluation(reader.store).refuted(statement, values), show(reader.store, statement)
    point = clipped(", ".join(f"{name} = {json.dumps(x)}" for name, x in zip(names, data["values"], strict=True)))
    return {"message": f"Refuted, {text}. The hypotheses hold and the conclusion fails at {point}.", "statement": text}


def tower_of(entry: Json, pay: Pay, known: list[Field]) -> Tower:
    """A matrix: a list of rows, or {"field", "entries"} with the coefficients of powers of x."""
    over, rows = (entry.get("field"), entry.get("entries")) if isinstance(entry, dict) else (None, entry)
    if over:
        need(len(entry) == 2, "a matrix over Q(x) has the fields field and entries")
        known.append(field_of(over, pay))
        need(known[-2] in (known[-1], RATIONALS), "the matrices are over two different fields")
    entries = rows_of(rows, lambda x: [exact(c) for c in (listed(x) if over else [x])])
    degree = len(known[-1][0])
    fits = entries and entries[0] and all(len(x) <= degree for row in entries for x in row)
    need(fits, "a matrix is empty, or an entry has more than {} coefficients", degree)
    zeros, shape = [Fraction(0)] * degree, (len(entries), len(entries[0]))
    return [matrix_of(*shape, [[(x + zeros)[k] for x in row] for row in entries]) for k in range(degree)]


def field_of(entry: Json, pay: Pay) -> Field:
    """{"minpoly": [c0, c1, ...], "interval": [low, high]} with exactly one root there; "decimal" is for the eye."""
    need(isinstance(entry, dict) and {*entry} - {"decimal"} == {"minpoly", "interval"}, "a minpoly and an interval")
    poly, (low, high) = ([exact(x) for x in listed(entry[name])] for name in ("minpoly", "interval"))
    need(2 <= len(poly) <= 100 and poly[-1], "the polynomial has degree 1 to 99 and a leading coefficient")
    need(roots_between(pay, poly, low, high) == 1, "the polynomial has not exactly one root in the interval")
    return tuple(c / poly[-1] for c in poly[:-1]), low, high


def powers(coefficients: Iterable[Fraction]) -> str:
    """A polynomial in x."""
    return clipped(" + ".join(quoted(c) + f"*x^{k}" * (k > 0) for k, c in enumerate(coefficients) if c) or "0")


def check_critical_point(data: dict[str, Json]) -> dict[str, Any]:
    """Evaluate the gradients at a point."""
    pay, known, towers = Store(10 * WORK).spend, [RATIONALS], list[Tower]()
    with at("weights", Malformed): matrices = [data["X"], data["Y"], *listed(data["weights"])]
    names = ["X", "Y", *(f"A{k}" for k in range(1, len(matrices) - 1))]
    for name, entry in zip(names, matrices, strict=True):
        with at(name, Malformed): towers.append(tower_of(entry, pay, known))
    low, *ends = known[-1]
    X, Y, *weights = (t + [diagonal(t[0].rows, t[0].cols, 0)] * (len(low) - len(t)) for t in towers)
    need(weights, "there is no layer")
    loss = powers(critical_point(pay, low, X, Y, weights))
    shapes = ", ".join(f"{name} ({t[0].rows} x {t[0].cols})" for name, t in zip(names, towers, strict=True))
    over = f"Q(x), {powers([*low, Fraction(1)])} = 0, {quoted(ends[0])} <= x <= {quoted(ends[1])}" if known[1:] else "Q"
    text = f"a critical point of 1/2 |{'*'.join([*names[:1:-1], 'X'])} - Y|^2 over {over}: {shapes}"
    return {"message": f"Proved, {text}. Every gradient is exactly zero; the loss is {loss}.", "statement": text}


def check_system(data: dict[str, Json]) -> dict[str, Any]:
    """Linear inequalities: a point refutes, or multipliers prove, that they have no solution.

    Both are put into tables, and checked as any other counterexample or proof.
    """
    terms, formulas = list[Json](), list[Json]([["false"]])
    with at("the system", Malformed):
        names, rows = listed(data["variables"]), listed(data["constraints"])
        need(len({*map(str, names)}) == len(names), "two variables have one name")
        for i, (row, sign, bound) in enumerate(map(listed, reversed(rows))):
            need(sign in ATOMS[1:] and len(listed(row)) == len(names), 'no [[coefficient...], ">=" or ">", bound]')
            terms.append([None, [[str(-exact(bound)), [], []], *([c, [j], []] for j, c in enumerate(row))]])
            formulas += [[sign, i], ["implies", 2 * i + 1, 2 * i]]
        n, given = len(rows), listed(data["multipliers" if "multipliers" in data else "point"])
        products = [[x, [], [], [n - 1 - i] * (i < n)] for i, x in enumerate(given) if exact(x)]
    formulas += [["all", [x, "scalar", 0], 2 * n + j] for j, x in enumerate(reversed(names))]
    tables = dict[str, Json](zip(TABLES, ([], [], [["scalar", x, []] for x in names], terms, formulas), strict=True))
    tables |= {"statement": len(formulas) - 1, "values": given, "facts": [], "theorems": []}
    if "point" in data: return check_counterexample(tables)
    need(len(given) == n + 1, "there are {} multipliers for {} constraints and 1 > 0", len(given), n)
    lines = [*(["assume", [], [2 * i + 1]] for i in range(n)), ["combine", [*range(n)], [0, [], products]]]
    lines += [["implies_intro", [n + i], [2 * i + 1]] for i in range(n)]
    lines += [["for_all_intro", [2 * n + j], [[x, "scalar", 0]]] for j, x in enumerate(reversed(names))]
    return check_proof({**tables, "lines": lines})


KINDS: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Json]], dict[str, Any]]]] = {
    "proof": ((*TABLES, "statement", "facts", "lines", "theorems"), check_proof),
    "counterexample": ((*TABLES, "statement", "values"), check_counterexample),
    "critical-point": (("X", "Y", "weights"), check_critical_point),
    "infeasible": (("variables", "constraints", "multipliers"), check_system),
    "feasible": (("variables", "constraints", "point"), check_system)}


def object_of(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """A JSON object; no field may stand twice."""
    need(len(dict(pairs)) == len(pairs), "a field stands twice among {}", ", ".join(key for key, _ in pairs))
    return dict(pairs)


def check(content: bytes, file: str = "-") -> dict[str, Any]:
    """What a certificate establishes, or why it is not accepted. Raises nothing; cost: bounded by WORK.

    The report has the fields of `--json` (file, ok, message, statement, kind, name; facts and lemmas of a proof), and
    the exit code as code.
    """
    report: dict[str, Any] = {"file": file, "ok": False, "message": "", "statement": None, "kind": None, "name": None}
    gc.disable()  # there are no cycles to be found
    try:
        with at("JSON", Malformed):
            need(len(content) <= MOST_BYTES, "it is larger than {} bytes", MOST_BYTES)
            # 1.5, 1e9, NaN and Infinity are not exact.
            data = json.loads(content.decode(), object_pairs_hook=object_of, parse_float=exact, parse_constant=exact)
        with at("the file", Malformed):
            head = [data.get(name) for name in ("format", "version", "kind")] if isinstance(data, dict) else [None]
            known = head[:2] == [FORMAT, VERSION] and head[1] is not True and str(head[2]) in KINDS
            need(known, f"format, version and kind should be {FORMAT!r}, {VERSION} and one of {', '.join(KINDS)}")
            fields, check_kind = KINDS[str(head[2])]
            wrong = sorted({"format", "version", "kind", "name", *fields} ^ {*data})
            need(not wrong, "the field {} is " + ("unknown" if {*wrong} & {*data} else "missing"), *wrong[:1])
            report |= {"kind": head[2], "name": plain(data["name"], LABEL)}
        return report | check_kind(data) | {"ok": True, "code": 0}
    except (Refused, RecursionError) as error:
        return report | {"code": {"Refused": 1, "Malformed": 2}.get(type(error).__name__, 3), "message": str(error)}
    finally: gc.enable()


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = ArgumentParser("recheck", description="Check certificates.", epilog="example: recheck lem-1.cert.json")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("certificates", nargs="+", metavar="CERT", help="a file *.cert.json")
    options, reports = parser.parse_args(arguments), list[dict[str, Any]]()
    sys.set_int_max_str_digits(MOST_DIGITS)
    for file in options.certificates:
        try:
            with Path(file).open("rb") as stream: report = check(stream.read(MOST_BYTES + 1), file)
        except OSError as e: report = {"file": file, "ok": False, "message": e.strerror, "statement": None, "code": 2}
        reports.append(report)
        head = "{kind} {name!a} holds".format(**report) if report["ok"] else "not accepted"
        if not options.json: print(f"{file}: {head}. {report['message']}")  # noqa: T201 - this is the output
    codes = {report.pop("code") for report in reports}
    if options.json: print(json.dumps({"certificates": reports}, indent=2))  # noqa: T201 - this is the output
    return next((code for code in (2, 1, 3) if code in codes), 0)


if __name__ == "__main__":
    sys.exit(main())
