"""Chapter 1. Terms: natural numbers, scalars and matrices, always in normal form.

There are three sorts of term.

* `Nat`: a dimension or an index, `c + sum k_i * atom_i` with natural coefficients. There is no subtraction,
  so a dimension is never negative. An atom is a variable `n` or a family member `d[k+1]`.
* scalar: a commutative polynomial over Q in scalar variables, natural numbers and traces.
* matrix: a sum of (scalar) * (word), where a word is a product of letters `A`, `A[k]`, `A'` that fit together.

Scalars and matrices share one class, `Poly`; a scalar has shape None and empty words. Two terms are equal exactly when
their normal forms are, so `==` decides the laws of rings, of transposition and of the trace (`tr AB = tr BA`,
`tr A' = tr A`), and nothing else. Every term carries a `key`, a nested tuple of strings and numbers, which orders terms
by structure: no output depends on the order in which things were created.

The names of variables are identifiers. `#3` is a variable bound by a quantifier and `~0` a parameter of a
family (chapter 2); no user can write either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from symbolic_cp.kernel.errors import KernelError, require

Rational = int | Fraction
Key = tuple[Any, ...]
Entries = tuple[tuple[Rational, ...], ...]
MOST_TERMS = 1_000_000
LONGEST_WORD = 10_000


def rational(value: object) -> Rational:
    """The exact number `value`, as an int where it is one.

    >>> rational(Fraction(4, 2))
    2
    """
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise KernelError(f"{value!r} is not an exact number")
    return value.numerator if value.denominator == 1 else value


class Keyed:
    """A value that is compared and hashed by its key; `names` are those of the variables in it, shapes included."""

    __slots__ = ("_hash", "key", "names")

    def _seal(self, inner: Iterable[Keyed], *key: object) -> None:
        self.key: Key = key
        self._hash = hash(key)
        self.names: frozenset[str] = frozenset().union(*(one.names for one in inner))

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Keyed) and type(self) is type(other) and self.key == other.key)

    def __hash__(self) -> int:
        return self._hash


class Nat(Keyed):
    """A natural number term: `const + sum coef * name[args]`.

    >>> n = nat("n"); print(n + 1 + n)
    2*n+1
    """

    __slots__ = ("atoms", "const")

    def __init__(self, const: int = 0, atoms: Mapping[tuple[str, tuple[Nat, ...]], int] | None = None) -> None:
        """`atoms` maps (name, indices) to a coefficient. Raises KernelError if a coefficient is negative."""
        kept = [(atom, coef) for atom, coef in (atoms or {}).items() if coef]
        natural = all(type(number) is int and number >= 0 for number in (const, *(coef for _, coef in kept)))
        require(natural, "a natural number term has no negative part and no fractions")
        kept.sort(key=lambda item: (item[0][0], tuple(index.key for index in item[0][1])))
        self.const = const
        self.atoms = tuple(kept)
        self._seal((), const, tuple((name, tuple(i.key for i in args), coef) for (name, args), coef in kept))
        for (name, args), _ in kept:
            self.names = self.names.union((name,), *(index.names for index in args))

    def __add__(self, other: Nat | int | str) -> Nat:
        other = nat(other)
        if not self.atoms and not self.const:
            return other
        total = dict(self.atoms)
        for atom, coef in other.atoms:
            total[atom] = total.get(atom, 0) + coef
        return Nat(self.const + other.const, total)

    __radd__ = __add__

    def scaled(self, factor: int) -> Nat:
        """`factor * self` for a natural number `factor`."""
        return self if factor == 1 else Nat(self.const * factor, {atom: coef * factor for atom, coef in self.atoms})

    def __repr__(self) -> str:
        parts = [("" if coef == 1 else f"{coef}*") + _named(name, args) for (name, args), coef in self.atoms]
        return "+".join(parts + ([str(self.const)] if self.const or not parts else []))


def nat(value: Nat | int | str, *indices: Nat | int | str) -> Nat:
    """A natural number from a number, or the variable (family member, with indices) of that name."""
    if isinstance(value, Nat):
        return value
    if isinstance(value, str):
        return Nat(0, {(value, tuple(nat(index) for index in indices)): 1})
    return Nat(value)


def _named(name: str, args: tuple[Nat, ...]) -> str:
    return name + (f"[{', '.join(map(repr, args))}]" if args else "")


class Letter(Keyed):
    """A matrix variable, family member or literal matrix, perhaps transposed.

    `rows` and `cols` are the shape before transposition. A literal has `entries` and the empty name.
    """

    __slots__ = ("_flipped", "args", "cols", "entries", "name", "rows", "transposed")

    def __init__(
        self, name: str, args: tuple[Nat, ...], rows: Nat, cols: Nat, transposed: bool = False,
        entries: Entries | None = None,
    ) -> None:
        self.name, self.args, self.rows, self.cols = name, args, rows, cols
        self.transposed, self.entries = transposed, entries
        self._flipped: Letter | None = None
        self._seal((*args, rows, cols), name, tuple(i.key for i in args), rows.key, cols.key, entries or (), transposed)
        self.names |= {name} - {""}

    @property
    def shape(self) -> tuple[Nat, Nat]:
        """The shape with transposition taken into account."""
        return (self.cols, self.rows) if self.transposed else (self.rows, self.cols)

    def flipped(self) -> Letter:
        """The transpose, made once."""
        found = self._flipped
        if found is None:
            found = Letter(self.name, self.args, self.rows, self.cols, not self.transposed, self.entries)
            self._flipped, found._flipped = found, self
        return found

    def __repr__(self) -> str:
        entries = "; ".join(" ".join(map(str, row)) for row in self.entries or ())
        return (_named(self.name, self.args) if self.entries is None else f"[{entries}]") + "'" * self.transposed


Word = tuple[Letter, ...]


def transpose(word: Word) -> Word:
    """(A B C)' = C' B' A'."""
    return tuple(letter.flipped() for letter in reversed(word))


def cyclic(word: Word) -> Word:
    """The least of the rotations of a word and of its transpose, all of one trace: tr AB = tr BA, tr A' = tr A."""
    turns: list[tuple[list[Key], Word]] = []
    for v in (word, transpose(word)):
        keys = [letter.key for letter in v]
        turns += [(keys[i:] + keys[:i], v[i:] + v[:i]) for i in range(len(v))]
    return min(turns, key=lambda turn: turn[0])[1]


class Generator(Keyed):
    """What scalars are made of: a scalar variable, a natural number atom, or the trace of a word.

    `kind` is "scalar", "nat" or "trace"; `word` is the cyclic normal form and used by traces only.
    """

    __slots__ = ("args", "kind", "name", "word")

    def __init__(self, kind: str, name: str = "", args: tuple[Nat, ...] = (), word: Word = ()) -> None:
        self.kind, self.name, self.args, self.word = kind, name, args, word
        self._seal((*args, *word), kind, name, tuple(i.key for i in args), tuple(letter.key for letter in word))
        self.names |= {name} - {""}

    def __repr__(self) -> str:
        return f"tr({'*'.join(map(repr, self.word))})" if self.kind == "trace" else _named(self.name, self.args)


Shape = tuple[Nat, Nat] | None
Monomial = tuple[tuple[Generator, ...], Word]
Terms = dict[Monomial, Rational]


def multiplied(left: Terms, right: Terms) -> Terms:
    """The product of two sums, multiplied out."""
    if len(left) * len(right) > MOST_TERMS: raise KernelError(f"a product of more than {MOST_TERMS} terms")
    total: Terms = {}
    for (scalars1, word1), coef1 in left.items():
        for (scalars2, word2), coef2 in right.items():
            scalars, word = scalars1 + scalars2, word1 + word2
            if scalars1 and scalars2:
                scalars = tuple(sorted(scalars, key=lambda generator: generator.key))
            if len(word) > LONGEST_WORD: raise KernelError(f"a word of over {LONGEST_WORD} letters")
            total[scalars, word] = total.get((scalars, word), 0) + coef1 * coef2
    return total


def collect(total: Terms, more: Terms) -> None:
    """Add a sum to a total under construction."""
    for monomial, coef in more.items():
        total[monomial] = total.get(monomial, 0) + coef


class Poly:
    """A scalar (shape None) or a matrix of the given shape, in normal form.

    `terms` maps (sorted scalar generators, word) to a nonzero rational. Operators: `+ -` on equal shapes, `@` and
    `*` multiply (shapes are checked), `.T` transposes. All raise KernelError, which names both shapes, on a mismatch.

    >>> A = matrix("A", "m", "n"); print((A @ A.T - A @ A.T).T + A @ A.T)
    A*A'
    """

    __slots__ = ("_hash", "_names", "shape", "terms")

    def __init__(self, shape: Shape, terms: Mapping[Monomial, Rational]) -> None:
        self.shape = shape
        self.terms: Terms = {monomial: coef for monomial, coef in terms.items() if coef}
        self._hash: int | None = None
        self._names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of the variables in it, those in its shape included."""
        if self._names is None:
            inner = [one.names for key in self.terms for group in key for one in group]
            self._names = frozenset[str]().union(*inner, *[side.names for side in self.shape or ()])
        return self._names

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Poly) and self.shape == other.shape and self.terms == other.terms)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.shape, frozenset(self.terms.items())))
        return self._hash

    def sorted_terms(self) -> list[tuple[Monomial, Rational]]:
        """The terms, long words first, else by structure: the order in which they are printed and written."""
        def order(item: tuple[Monomial, Rational]) -> Key:
            (scalars, word), _ = item
            return (-len(word), -len(scalars), [one.key for one in word], [one.key for one in scalars])

        return sorted(self.terms.items(), key=order)

    def __add__(self, other: Poly | Nat | Rational) -> Poly:
        other = scalar(other)
        if self.shape != other.shape: raise KernelError(f"cannot add {_shape(self.shape)} and {_shape(other.shape)}")
        total = dict(self.terms)
        collect(total, other.terms)
        return Poly(self.shape, total)

    __radd__ = __add__

    def __neg__(self) -> Poly:
        return Poly(self.shape, {monomial: -coef for monomial, coef in self.terms.items()})

    def __sub__(self, other: Poly | Nat | Rational) -> Poly:
        return self + (-scalar(other))

    def __rsub__(self, other: Poly | Nat | Rational) -> Poly:
        return scalar(other) + (-self)

    def __mul__(self, other: Poly | Nat | Rational) -> Poly:
        other = scalar(other)
        shape = self.shape or other.shape
        if self.shape and other.shape:
            if self.shape[1] != other.shape[0]:
                raise KernelError(f"cannot multiply {_shape(self.shape)} by {_shape(other.shape)}")
            shape = (self.shape[0], other.shape[1])
        return Poly(shape, multiplied(self.terms, other.terms))

    __matmul__ = __mul__

    def __rmul__(self, other: Poly | Nat | Rational) -> Poly:
        return scalar(other) * self

    @property
    def T(self) -> Poly:
        """The transpose; a scalar is its own."""
        shape = self.shape and (self.shape[1], self.shape[0])
        return Poly(shape, {(scalars, transpose(word)): coef for (scalars, word), coef in self.terms.items()})

    def __repr__(self) -> str:
        text = ""
        for (scalars, word), coef in self.sorted_terms():
            factors = [*map(repr, scalars), *map(repr, word)]
            if not word and self.shape:
                factors.append(f"I[{self.shape[0]!r}]")
            size = abs(coef)
            body = "*".join(([str(size)] if size != 1 or not factors else []) + factors)
            text += (" - " if coef < 0 else " + ") + body if text else ("-" if coef < 0 else "") + body
        return text or "0"


def _shape(shape: Shape) -> str:
    return "a scalar" if shape is None else f"a {shape[0]} x {shape[1]} matrix"


def scalar(value: Poly | Nat | Rational) -> Poly:
    """A number or a natural number term as a scalar; a `Poly` is returned as it is."""
    if isinstance(value, Poly):
        return value
    if isinstance(value, Nat):
        total: dict[Monomial, Rational] = {((), ()): value.const}
        for (name, args), coef in value.atoms:
            total[(Generator("nat", name, args),), ()] = coef
        return Poly(None, total)
    return Poly(None, {((), ()): rational(value)})


def symbol(name: str, *indices: Nat | int | str) -> Poly:
    """The scalar variable (family member) of that name."""
    return Poly(None, {((Generator("scalar", name, tuple(nat(i) for i in indices)),), ()): 1})


def letter(one: Letter) -> Poly:
    """A letter as a matrix."""
    return Poly(one.shape, {((), (one,)): 1})


def matrix(name: str, rows: Nat | int | str, cols: Nat | int | str, *indices: Nat | int | str) -> Poly:
    """The matrix variable (family member) of that name and shape."""
    return letter(Letter(name, tuple(nat(i) for i in indices), nat(rows), nat(cols)))


def literal(rows: Iterable[Iterable[Rational]], shape: tuple[int, int] | None = None) -> Poly:
    """A matrix of numbers. `shape` is needed where there are no rows or columns. Raises KernelError on ragged rows."""
    entries = tuple(tuple(rational(entry) for entry in row) for row in rows)
    height, width = shape or (len(entries), len(entries[0]) if entries else 0)
    require(len(entries) == height and all(len(row) == width for row in entries), "a literal matrix is rectangular")
    return letter(Letter("", (), nat(height), nat(width), False, entries))


def identity(size: Nat | int | str) -> Poly:
    """I_n, the empty word."""
    return Poly((nat(size), nat(size)), {((), ()): 1})


def zero(rows: Nat | int | str, cols: Nat | int | str) -> Poly:
    """The zero matrix of that shape."""
    return Poly((nat(rows), nat(cols)), {})


def trace(value: Poly) -> Poly:
    """tr(value); tr(I_n) = n. Raises KernelError if value is not square."""
    require(value.shape is not None and value.shape[0] == value.shape[1], f"the trace of {_shape(value.shape)}")
    assert value.shape is not None
    total: Terms = {}
    for (scalars, word), coef in value.terms.items():
        of_word: Terms = {((Generator("trace", word=cyclic(word)),), ()): 1} if word else scalar(value.shape[0]).terms
        collect(total, multiplied({(scalars, ()): coef}, of_word))
    return Poly(None, total)
