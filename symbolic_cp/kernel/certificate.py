"""Chapter 7. Certificates: theorems as data, and the replay that is the only ground for believing one.

A certificate is one JSON document. Its tables share what occurs often; an entry refers to entries of the tables
before it (and earlier entries of its own) by index, so there are no cycles.

=============  ===================================================================================================
field          content
=============  ===================================================================================================
format         "symbolic-cp certificate"
version        1
kind           "proof" or "counterexample"
name           what the author calls it
nats           `[const, [[coef, name, [nat...]], ...]]`
letters        `[name, [nat...], rows, cols]`, or a literal `[entries, rows, cols]`, entries a list of rows
generators     `["scalar", name, [nat...]]`, `["nat", name, [nat...]]` or `["trace", word]`
terms          `[shape, [[coef, [generator...], word], ...]]`; shape is null or `[rows, cols]`
formulas       `["=", term]`, `[">=", term]`, `[">", term]`, `["false"]`, `["and", f, g]`, `["or", f, g]`,
               `["implies", f, g]`, `["all", variable, f]`, `["exists", variable, f]`; in f the variable is free
statement      the formula that is proved or refuted: closed
facts          (proof) the facts of the ledger that it rests on
lines          (proof) `[rule, [premise...], [parameter...]]`; a premise is the number of an earlier line
theorems       (proof) `[name, line]` for every lemma on the way, each closed; the last line proves the statement
values         (counterexample) a value for each outer quantifier: hypotheses come out true, the conclusion false
=============  ===================================================================================================

A word lists letters, i + 1 for letter i and -(i + 1) for its transpose. A number is an int or "p/q". A variable is
`[name, "nat" | "scalar", arity]` or `[name, "matrix", arity, rows, cols]`, where the nats of a shape mention the
parameters of a family as ~0, ~1, ... A value to substitute is `["nat", n]`, `["term", t]` or
`["family", arity, value]`. Cofactors are `[coef, premise, left, right, transposed]` with terms (left and right may
be null), products `[weight, [square...], [gram...], [premise...]]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbolic_cp.kernel.errors import KernelError, require
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table, evaluate_formula
from symbolic_cp.kernel.formulas import (
    IDENTIFIER,
    And,
    Equal,
    Exists,
    Falsum,
    Family,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Sort,
    Value,
    Variable,
    exists,
    for_all,
    free_names,
    opened,
)
from symbolic_cp.kernel.logic import RULES, Theorem
from symbolic_cp.kernel.terms import Generator, Letter, Nat, Poly, Rational, Word, cyclic, nat, rational
from symbolic_cp.kernel.theory import Cofactor, Product

FORMAT, VERSION = "symbolic-cp certificate", 1
LONGEST = 1_000_000
MOST_INDICES = 8
DEEPEST = 300
ATOMS: dict[str, type[Equal | NonNegative | Positive]] = {"=": Equal, ">=": NonNegative, ">": Positive}
CONNECTIVES: dict[str, type[And | Or | Implies]] = {"and": And, "or": Or, "implies": Implies}

# for each rule: how many premises (None: any number), and of which kinds the parameters are
SIGNATURES: dict[str, tuple[int | None, tuple[str, ...]]] = {
    "assume": (0, ("formula",)),
    "and_intro": (2, ()),
    "and_left": (1, ()),
    "and_right": (1, ()),
    "or_left": (1, ("formula",)),
    "or_right": (1, ("formula",)),
    "cases": (3, ()),
    "implies_intro": (1, ("formula",)),
    "implies_elim": (2, ()),
    "for_all_intro": (1, ("variable",)),
    "for_all_elim": (1, ("value",)),
    "exists_intro": (1, ("formula", "value")),
    "exists_elim": (2, ("name",)),
    "falsum_elim": (1, ("formula",)),
    "excluded_middle": (0, ("formula",)),
    "combine": (None, ("formula", "cofactors", "products")),
    "gram": (1, ("term",)),
    "trichotomy": (0, ("term",)),
    "inverse": (1, ()),
    "one_by_one": (0, ("term",)),
    "nat_nonnegative": (0, ("nat",)),
    "nat_successor": (1, ("nat", "nat")),
    "nat_difference": (1, ("nat", "nat")),
    "leibniz": (1, ("name", "nat", "formula")),
    "chain": (2, ("name", "nat", "variables", "formula", "formula?", "values")),
    "fact": (0, ("name",)),
    "evaluate": (0, ("formula",)),
}


# -------------------------------------------------------------------------------------------------------- writing


class _Writer:
    """Tables under construction; each method returns the index of an entry, made once."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Any]] = {
            name: [] for name in ("nats", "letters", "generators", "terms", "formulas")
        }
        self.known: dict[Any, int] = {}

    def _entry(self, table: str, thing: object, content: list[Any]) -> int:
        self.known[table, thing] = len(self.tables[table])
        self.tables[table].append(content)
        return self.known[table, thing]

    def nat(self, term: Nat) -> int:
        if ("nats", term) in self.known:
            return self.known["nats", term]
        atoms = [[coef, name, [self.nat(arg) for arg in args]] for (name, args), coef in term.atoms]
        return self._entry("nats", term, [term.const, atoms])

    def word(self, word: Word) -> list[int]:
        return [-1 - self.letter(one.flipped()) if one.transposed else 1 + self.letter(one) for one in word]

    def letter(self, one: Letter) -> int:
        if ("letters", one) in self.known:
            return self.known["letters", one]
        shape = [self.nat(one.rows), self.nat(one.cols)]
        if one.entries is not None:
            return self._entry("letters", one, [[[number(entry) for entry in row] for row in one.entries], *shape])
        return self._entry("letters", one, [one.name, [self.nat(arg) for arg in one.args], *shape])

    def generator(self, generator: Generator) -> int:
        if ("generators", generator) in self.known:
            return self.known["generators", generator]
        if generator.kind == "trace":
            return self._entry("generators", generator, ["trace", self.word(generator.word)])
        args = [self.nat(arg) for arg in generator.args]
        return self._entry("generators", generator, [generator.kind, generator.name, args])

    def term(self, term: Poly) -> int:
        if ("terms", term) in self.known:
            return self.known["terms", term]
        shape = [self.nat(dimension) for dimension in term.shape] if term.shape else None
        content = [
            [number(coef), [self.generator(generator) for generator in scalars], self.word(word)]
            for (scalars, word), coef in term.sorted_terms()
        ]
        return self._entry("terms", term, [shape, content])

    def variable(self, variable: Variable) -> list[Any]:
        sort = variable.sort
        shape = [self.nat(sort.rows), self.nat(sort.cols)] if sort.kind == "matrix" else []
        return [variable.name, sort.kind, variable.arity, *shape]

    def formula(self, formula: Formula) -> int:
        if ("formulas", formula) in self.known:
            return self.known["formulas", formula]
        if isinstance(formula, Falsum):
            content: list[Any] = ["false"]
        elif isinstance(formula, And | Or | Implies):
            name = next(name for name, kind in CONNECTIVES.items() if isinstance(formula, kind))
            content = [name, self.formula(formula.left), self.formula(formula.right)]
        elif isinstance(formula, ForAll | Exists):
            variable, body = opened(formula)
            kind = "all" if isinstance(formula, ForAll) else "exists"
            content = [kind, self.variable(variable), self.formula(body)]
        else:
            sign = next(sign for sign, atom in ATOMS.items() if isinstance(formula, atom))
            content = [sign, self.term(formula.term)]
        return self._entry("formulas", formula, content)

    def value(self, value: Value) -> list[Any]:
        if isinstance(value, Family):
            return ["family", value.arity, self.value(value.body)]
        return ["nat", self.nat(value)] if isinstance(value, Nat) else ["term", self.term(value)]

    def parameter(self, kind: str, value: Any) -> Any:
        if kind == "formula?" and value is None:
            return None
        if kind == "cofactors":
            return [self._cofactor(cofactor) for cofactor in value]
        if kind == "products":
            return [self._product(product) for product in value]
        if kind in ("variables", "values"):
            return [self.parameter(kind[:-1], one) for one in value]
        writers: dict[str, Callable[[Any], Any]] = {
            "name": str,
            "nat": self.nat,
            "term": self.term,
            "formula": self.formula,
            "formula?": self.formula,
            "variable": self.variable,
            "value": self.value,
        }
        return writers[kind](value)

    def _cofactor(self, cofactor: Cofactor) -> list[Any]:
        sides = [side if side is None else self.term(side) for side in (cofactor.left, cofactor.right)]
        return [self.term(cofactor.coef), cofactor.index, *sides, cofactor.transposed]

    def _product(self, product: Product) -> list[Any]:
        squares, grams = ([self.term(factor) for factor in side] for side in (product.squares, product.grams))
        return [number(product.weight), squares, grams, list(product.indices)]


def number(value: Rational) -> int | str:
    """An exact number as it is written: an int, or "p/q"."""
    return value if isinstance(value, int) else f"{value.numerator}/{value.denominator}"


def write(theorem: Theorem, name: str, lemmas: dict[str, Theorem] | None = None) -> dict[str, Any]:
    """The certificate of a theorem. `lemmas` gives names to theorems beneath it. Cost: linear in its proof.

    Nothing is checked here: `replay` does that.
    """
    writer = _Writer()
    lines: list[list[Any]] = []
    known: dict[str, int] = {}
    numbers: dict[int, int] = {}
    for one in _in_order(theorem):
        _, kinds = SIGNATURES[one.rule]
        parameters = [writer.parameter(kind, value) for kind, value in zip(kinds, one.parameters, strict=True)]
        line = [one.rule, [numbers[id(premise)] for premise in one.premises], parameters]
        numbers[id(one)] = known.setdefault(repr(line), len(lines))
        if numbers[id(one)] == len(lines):
            lines.append(line)
    named = {label: numbers[id(lemma)] for label, lemma in (lemmas or {}).items() if id(lemma) in numbers}
    named[name] = numbers[id(theorem)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "kind": "proof",
        "name": name,
        "statement": writer.formula(theorem.conclusion),
        "facts": sorted(theorem.facts),
        **writer.tables,
        "lines": lines,
        "theorems": sorted(([label, line] for label, line in named.items()), key=lambda entry: entry[1]),
    }


def _in_order(theorem: Theorem) -> Iterator[Theorem]:
    """Every theorem beneath, premises first."""
    done: set[int] = set()
    stack = [(theorem, False)]
    while stack:
        one, ready = stack.pop()
        if id(one) in done:
            continue
        if ready:
            done.add(id(one))
            yield one
        else:
            stack.append((one, True))
            stack.extend((premise, False) for premise in reversed(one.premises))


def write_counterexample(statement: Formula, values: list[Instance], name: str) -> dict[str, Any]:
    """The certificate that refutes a closed statement by values for its outer quantifiers."""
    writer = _Writer()
    index = writer.formula(statement)
    head = {"format": FORMAT, "version": VERSION, "kind": "counterexample", "name": name, "statement": index}
    return {**head, **writer.tables, "values": [_written_value(value) for value in values]}


def _written_value(value: Instance) -> Any:
    if isinstance(value, Table):
        return {"table": [[list(index), _written_value(entry)] for index, entry in sorted(value.entries.items())]}
    if isinstance(value, Matrix):
        entries = [[number(entry) for entry in row] for row in value.entries]
        return {"rows": value.rows, "cols": value.cols, "entries": entries}
    return number(value)


# -------------------------------------------------------------------------------------------------------- reading


class _Reader:
    """The tables of a certificate, decoded once, with every index, type and shape checked."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.nats: list[Nat] = []
        self.letters: list[Letter] = []
        self.generators: list[Generator] = []
        self.terms: list[Poly] = []
        self.formulas: list[Formula] = []
        self._depths: list[int] = []
        self._fill(data, "nats", self.nats, self._nat)
        self._fill(data, "letters", self.letters, self._letter)
        self._fill(data, "generators", self.generators, self._generator)
        self._fill(data, "terms", self.terms, self._term)
        self._fill(data, "formulas", self.formulas, self._deeper)

    def _fill(self, data: dict[str, Any], name: str, table: list[Any], read: Callable[[Any], Any]) -> None:
        for index, entry in enumerate(items(data.get(name), name)):
            try:
                table.append(read(entry))
            except KernelError as error:
                raise KernelError(f"{name}[{index}]: {error}") from None

    def _nat(self, entry: Any) -> Nat:
        const, atoms = fixed(entry, 2)
        total = Nat(natural(const))
        for atom in items(atoms, "atoms"):
            coef, name, args = fixed(atom, 3)
            total += nat(term_name(name), *self.indices(args)).scaled(natural(coef))
        return total

    def indices(self, args: Any) -> tuple[Nat, ...]:
        return tuple(pick(self.nats, arg, "nat") for arg in items(args, "indices"))

    def _letter(self, entry: Any) -> Letter:
        if isinstance(entry, list) and len(entry) == 3:
            rows, cols = (pick(self.nats, one, "nat") for one in entry[1:])
            entries = tuple(tuple(exact(value) for value in items(row, "row")) for row in items(entry[0], "rows"))
            size = nat(len(entries)), {nat(len(row)) for row in entries}
            require(not rows.atoms and not cols.atoms and size[0] == rows and size[1] <= {cols}, "a ragged literal")
            return Letter("", (), rows, cols, False, entries)
        name, args, rows, cols = fixed(entry, 4)
        shape = pick(self.nats, rows, "nat"), pick(self.nats, cols, "nat")
        return Letter(plain_name(name), self.indices(args), *shape)

    def word(self, entry: Any) -> Word:
        word: list[Letter] = []
        for one in items(entry, "word"):
            require(isinstance(one, int) and not isinstance(one, bool) and one != 0, "a word lists nonzero integers")
            found: Letter = pick(self.letters, abs(one) - 1, "letter")
            word.append(found if one > 0 else found.flipped())
            fits = len(word) < 2 or word[-2].shape[1] == word[-1].shape[0]
            require(fits, "the letters of a word do not fit together")
        return tuple(word)

    def _generator(self, entry: Any) -> Generator:
        if isinstance(entry, list) and entry[:1] == ["trace"]:
            word = self.word(fixed(entry, 2)[1])
            require(bool(word) and word[0].shape[0] == word[-1].shape[1], "the word of a trace is not square")
            return Generator("trace", word=cyclic(word))
        kind, name, args = fixed(entry, 3)
        require(kind in ("scalar", "nat"), "a generator is scalar, nat or trace")
        return Generator(kind, term_name(name), self.indices(args))

    def _term(self, entry: Any) -> Poly:
        shape_entry, terms = fixed(entry, 2)
        shape = None
        if shape_entry is not None:
            rows, cols = fixed(shape_entry, 2)
            shape = pick(self.nats, rows, "nat"), pick(self.nats, cols, "nat")
        total = Poly(shape, {})
        for one in items(terms, "terms"):
            coef, scalars, letters = fixed(one, 3)
            word = self.word(letters)
            found = (word[0].shape[0], word[-1].shape[1]) if word else (shape and (shape[0], shape[0]))
            require(found == shape, "a word does not have the shape of its term")
            picked = [pick(self.generators, generator, "generator") for generator in items(scalars, "scalars")]
            key = tuple(sorted(picked, key=lambda generator: generator.key)), word
            require(key not in total.terms, "a monomial occurs twice in a term")
            total.terms[key] = exact(coef)
        return Poly(shape, total.terms)

    def variable(self, entry: Any) -> Variable:
        require(isinstance(entry, list) and len(entry) in (3, 5), "a variable is [name, sort, arity, ...]")
        name, kind, arity = entry[:3]
        if kind == "matrix":
            rows, cols = (pick(self.nats, one, "nat") for one in fixed(entry, 5)[3:])
            parameters = {f"~{i}" for i in range(min(natural(arity), MOST_INDICES))}
            used = {mentioned for mentioned in free_names(rows) | free_names(cols) if mentioned[0] == "~"}
            require(used <= parameters, f"the sort of {name} has a parameter that is not an index")
            return Variable(plain_name(name), Sort(kind, rows, cols), natural(arity))
        require(kind in ("nat", "scalar") and len(entry) == 3, "a sort is nat, scalar or matrix")
        return Variable(plain_name(name), Sort(kind), natural(arity))

    def _formula(self, entry: Any) -> Formula:
        require(isinstance(entry, list) and bool(entry) and isinstance(entry[0], str), "a formula is [kind, ...]")
        kind = entry[0]
        if kind in ATOMS:
            term = pick(self.terms, fixed(entry, 2)[1], "term")
            require(kind == "=" or term.shape is None, "a matrix has no sign")
            require(not any(name[0] == "~" for name in free_names(term)), "a parameter stands outside a family")
            return ATOMS[kind](term)
        if kind in CONNECTIVES:
            _, left, right = fixed(entry, 3)
            return CONNECTIVES[kind](self.formula(left), self.formula(right))
        if kind in ("all", "exists"):
            _, variable, body = fixed(entry, 3)
            return (for_all if kind == "all" else exists)(self.variable(variable), self.formula(body))
        require(entry == ["false"], f"there is no formula {kind!r}")
        return Falsum()

    def formula(self, index: Any) -> Formula:
        found: Formula = pick(self.formulas, index, "formula")
        return found

    def _deeper(self, entry: Any) -> Formula:
        formula = self._formula(entry)
        below = [self._depths[index] for index in entry[1:] if isinstance(index, int)] if entry[0] not in ATOMS else []
        self._depths.append(1 + max(below, default=0))
        require(self._depths[-1] <= DEEPEST, f"a formula nested deeper than {DEEPEST}")
        return formula

    def value(self, entry: Any) -> Value:
        require(isinstance(entry, list) and bool(entry), "a value is [kind, ...]")
        if entry[0] == "family":
            _, arity, body = fixed(entry, 3)
            inner = self.value(body)
            require(not isinstance(inner, Family), "a family of families")
            assert not isinstance(inner, Family)
            return Family(natural(arity), inner)
        kind, index = fixed(entry, 2)
        require(kind in ("nat", "term"), "a value is a nat, a term or a family")
        found: Value = pick(self.nats if kind == "nat" else self.terms, index, kind)
        return found

    def parameter(self, kind: str, entry: Any) -> Any:
        if kind == "formula?" and entry is None:
            return None
        if kind in ("variables", "values", "cofactors", "products"):
            return tuple(self.parameter(kind[:-1], one) for one in items(entry, kind))
        readers: dict[str, Callable[[Any], Any]] = {
            "name": plain_name,
            "nat": lambda one: pick(self.nats, one, "nat"),
            "term": lambda one: pick(self.terms, one, "term"),
            "formula": self.formula,
            "formula?": self.formula,
            "variable": self.variable,
            "value": self.value,
            "cofactor": self._cofactor,
            "product": self._product,
        }
        return readers[kind](entry)

    def _cofactor(self, entry: Any) -> Cofactor:
        coef, index, left, right, transposed = fixed(entry, 5)
        sides = [side if side is None else pick(self.terms, side, "term") for side in (left, right)]
        require(isinstance(transposed, bool), "a cofactor says true or false for transposed")
        return Cofactor(pick(self.terms, coef, "term"), natural(index), sides[0], sides[1], transposed)

    def _product(self, entry: Any) -> Product:
        weight, squares, grams, indices = fixed(entry, 4)
        factors = [tuple(pick(self.terms, one, "term") for one in items(side, "factors")) for side in (squares, grams)]
        return Product(exact(weight), factors[0], factors[1], tuple(natural(one) for one in items(indices, "premises")))


def items(value: Any, what: str) -> list[Any]:
    """The value as a list, or KernelError."""
    if not isinstance(value, list) or len(value) > LONGEST:
        raise KernelError(f"{what}: a list of at most {LONGEST} entries is expected")
    return value


def fixed(value: Any, length: int) -> list[Any]:
    """The value as a list of that length, or KernelError."""
    if not isinstance(value, list) or len(value) != length:
        raise KernelError(f"a list of {length} entries is expected")
    return value


def natural(value: Any) -> int:
    """The value as a natural number, or KernelError."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise KernelError("a natural number is expected")
    return value


def pick(table: list[Any], index: Any, what: str) -> Any:
    """An entry that stands already in the table, or KernelError."""
    position = natural(index)
    require(position < len(table), f"there is no {what} {position} before this entry")
    return table[position]


def exact(value: Any) -> Rational:
    """An int, or the string "p/q"; or KernelError."""
    if isinstance(value, str):
        top, slash, bottom = value.partition("/")
        digits = top.removeprefix("-"), bottom
        decimal = all(part.isascii() and part.isdigit() and len(part) <= 4000 for part in digits)
        require(bool(slash) and decimal and int(bottom) != 0, f"{value[:40]!r} is not an exact number")
        return rational(Fraction(int(top), int(bottom)))
    return rational(value)


def plain_name(value: Any) -> str:
    """An identifier, or KernelError."""
    if not isinstance(value, str) or not IDENTIFIER.match(value):
        raise KernelError(f"{value!r} is not a name")
    return value


def term_name(value: Any) -> str:
    """An identifier or a parameter ~0, ~1, ...; or KernelError."""
    if isinstance(value, str) and value[:1] == "~" and value[1:].isascii() and value[1:].isdigit():
        return value
    return plain_name(value)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a certificate establishes: the statement (or that it is false), the facts beneath, the named lemmas."""

    name: str
    kind: str
    statement: Formula
    facts: frozenset[str]
    theorems: dict[str, Theorem]
    values: tuple[Instance, ...] = ()


def replay(data: Any) -> Checked:
    """Recompute every conclusion of a certificate from its lines; the only way to a `Checked`.

    Raises KernelError, which names the line, the rule and the failed condition. Cost: that of the expansions.
    """
    require(isinstance(data, dict) and data.get("format") == FORMAT, "this is no certificate of symbolic-cp")
    require(data.get("version") == VERSION, f"version {data.get('version')!r} of the format is not known")
    kind, name = data.get("kind"), data.get("name")
    require(kind in ("proof", "counterexample") and isinstance(name, str), "a certificate has a kind and a name")
    reader = _Reader(data)
    statement = reader.formula(data.get("statement"))
    require(not free_names(statement), "the statement has a free variable")
    if kind == "counterexample":
        values = [_read_value(value) for value in items(data.get("values"), "values")]
        refute(statement, values)
        return Checked(name, kind, statement, frozenset(), {}, tuple(values))
    theorems = _replay_lines(reader, items(data.get("lines"), "lines"))
    require(bool(theorems), "a proof has at least one line")
    proved = theorems[-1]
    require(not proved.hyps and proved.conclusion == statement, "the last line does not prove the statement")
    require(data.get("facts") == sorted(proved.facts), f"the proof rests on the facts {sorted(proved.facts)}")
    named: dict[str, Theorem] = {}
    for entry in items(data.get("theorems"), "theorems"):
        label, line = fixed(entry, 2)
        theorem = pick(theorems, line, "line")
        require(isinstance(label, str) and theorem.is_closed, f"the lemma {label!r} is not closed")
        named[label] = theorem
    return Checked(name, kind, statement, proved.facts, named)


def _replay_lines(reader: _Reader, lines: list[Any]) -> list[Theorem]:
    theorems: list[Theorem] = []
    for position, line in enumerate(lines):
        try:
            label, premises, parameters = fixed(line, 3)
            require(isinstance(label, str) and label in SIGNATURES, f"there is no rule {label!r}")
            _, kinds = SIGNATURES[label]
            given = [pick(theorems, premise, "line") for premise in items(premises, "premises")]
            values = [
                reader.parameter(kind, one) for kind, one in zip(kinds, fixed(parameters, len(kinds)), strict=True)
            ]
            theorems.append(apply(label, given, values))
        except KernelError as error:
            raise KernelError(f"line {position}: {error}") from None
    return theorems


def apply(label: str, premises: list[Theorem], parameters: list[Any]) -> Theorem:
    """Use a rule by its name. Raises KernelError where it does not apply."""
    arity, _ = SIGNATURES[label]
    require(arity in (None, len(premises)), f"{label} takes {arity} premises, not {len(premises)}")
    if label == "combine":
        claim, cofactors, products = parameters
        return RULES[label](*premises, claim=claim, cofactors=cofactors, products=products)
    return RULES[label](*premises, *parameters)


def _read_value(entry: Any) -> Instance:
    if isinstance(entry, dict) and set(entry) == {"table"}:
        table: dict[tuple[int, ...], Rational | Matrix] = {}
        for row in items(entry["table"], "table"):
            index, value = fixed(row, 2)
            read = _read_value(value)
            require(not isinstance(read, Table), "a table of tables")
            assert not isinstance(read, Table)
            table[tuple(natural(one) for one in items(index, "indices"))] = read
        return Table(table)
    if isinstance(entry, dict):
        require(set(entry) == {"rows", "cols", "entries"}, "a matrix has rows, cols and entries")
        entries = tuple(tuple(exact(one) for one in items(row, "row")) for row in items(entry["entries"], "entries"))
        rows, cols = natural(entry["rows"]), natural(entry["cols"])
        require(len(entries) == rows and {len(row) for row in entries} <= {cols}, "a matrix is rectangular")
        return Matrix(rows, cols, entries)
    return exact(entry)


def refute(statement: Formula, values: list[Instance]) -> None:
    """Check that the values satisfy every hypothesis of a closed statement and violate its conclusion.

    One value for each outer universal quantifier, in their order. Raises KernelError, which says what fails.
    """
    given: dict[str, Instance] = {}
    remaining = list(values)
    formula = statement
    while isinstance(formula, ForAll | Implies):
        if isinstance(formula, Implies):
            require(evaluate_formula(formula.left, given), "the values violate a hypothesis")
            formula = formula.right
            continue
        require(bool(remaining), f"no value is given for {formula.hint}")
        value = remaining.pop(0)
        _check_value(formula, value)
        given[f"#{formula.height}"] = value
        formula = formula.body
    require(not remaining, "more values than quantifiers")
    require(not evaluate_formula(formula, given), "the values satisfy the conclusion")


def _check_value(formula: ForAll, value: Instance) -> None:
    kind, name = formula.sort.kind, formula.hint
    require(isinstance(value, Table) == bool(formula.arity), f"{name} is {'' if formula.arity else 'not '}a family")
    for one in value.entries.values() if isinstance(value, Table) else [value]:
        fits = isinstance(one, Matrix) if kind == "matrix" else not isinstance(one, Matrix | Table)
        require(
            fits and (kind != "nat" or (isinstance(one, int) and one >= 0)), f"the value of {name} is not of its sort"
        )
