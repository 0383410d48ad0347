"""Certificates: theorems and counterexamples as JSON data, written and read.

Nothing here is trusted. What is written counts only when it has been replayed, and reading uses the constructors of
the kernel alone: whatever the data, what the kernel proves is what its theorem says.

A certificate is one JSON document. Its tables share what occurs often; an entry refers to entries of the tables
before it (and earlier entries of its own) by index, so there are no cycles.

=============  ===================================================================================================
field          content
=============  ===================================================================================================
format         "symbolic-cp certificate"
version        1
kind           "proof", "counterexample", "infeasible" or "feasible"
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
variables      (infeasible, feasible) the names of real numbers; no tables, statement or facts then
constraints    (infeasible, feasible) `[[coefficient...], ">=" or ">", bound]`, a coefficient for each variable
multipliers    (infeasible) one >= 0 for each constraint and a last one for 1 > 0: all cancels, and a strict one counts
point          (feasible) a number for each variable: all constraints hold there
=============  ===================================================================================================

A word lists letters, i + 1 for letter i and -(i + 1) for its transpose. A number is an int, "p/q" or "p". A variable is
`[name, "nat" | "scalar", arity]` or `[name, "matrix", arity, rows, cols]`, where the nats of a shape mention the
parameters of a family as ~0, ~1, ... A value to substitute is `["nat", n]`, `["term", t]` or
`["family", arity, value]`. Cofactors are `[coef, premise, left, right, transposed]` with terms (left and right may
be null), products `[weight, [square...], [gram...], [premise...]]`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symbolic_cp.kernel.errors import KernelError, require
from symbolic_cp.kernel.evaluation import Instance, Matrix, Table
from symbolic_cp.kernel.formulas import (
    IDENTIFIER,
    And,
    Atom,
    Equal,
    Falsum,
    Family,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Or,
    Positive,
    Quantifier,
    Sort,
    Value,
    Variable,
    exists,
    for_all,
    free_names,
    generic,
    substitute,
    substitute_nat,
)
from symbolic_cp.kernel.logic import RULES, Theorem
from symbolic_cp.kernel.replay import apply_rule, in_order, refute
from symbolic_cp.kernel.terms import (
    Generator,
    Letter,
    Nat,
    Poly,
    Rational,
    Word,
    identity,
    letter,
    literal,
    nat,
    rational,
    scalar,
    symbol,
    trace,
    zero,
)
from symbolic_cp.kernel.theory import Cofactor, Product
from symbolic_cp.prover.show import fresh
from symbolic_cp.prover.systems import Constraint, farkas, no_solution, solves

FORMAT, VERSION = "symbolic-cp certificate", 1
KINDS = ("proof", "counterexample", "infeasible", "feasible")
LONGEST, DEEPEST, MOST_INDICES, MOST_FACTORS, MOST_DIGITS = 1_000_000, 300, 8, 50, 4000
LARGEST, LARGEST_NAT = 20_000, 500
"""Parts of a formula and of a natural number: the kernel goes through them without regard to what they share."""
ATOMS: dict[str, type[Equal | NonNegative | Positive]] = {"=": Equal, ">=": NonNegative, ">": Positive}
CONNECTIVES: dict[str, type[And | Or | Implies]] = {"and": And, "or": Or, "implies": Implies}


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
        elif isinstance(formula, Quantifier):
            self.known["formulas", formula] = self._quantified(formula)
            return self.known["formulas", formula]
        else:
            assert isinstance(formula, Atom)
            sign = next(sign for sign, atom in ATOMS.items() if isinstance(formula, atom))
            content = [sign, self.term(formula.term)]
        return self._entry("formulas", formula, content)

    def _quantified(self, formula: Formula) -> int:
        """A row of quantifiers, opened in one go under the names that `opened` gives them one after the other."""
        values: dict[str, Value] = {}
        names: dict[str, str] = {}
        row: list[list[Any]] = []
        while isinstance(formula, Quantifier):
            name = fresh(formula.hint, {names.get(one, one) for one in formula.body.names})
            rows, cols = (substitute_nat(side, values) for side in (formula.sort.rows, formula.sort.cols))
            variable = Variable(name, Sort(formula.sort.kind, rows, cols), formula.arity)
            row.append(["all" if isinstance(formula, ForAll) else "exists", self.variable(variable)])
            names[f"#{formula.height}"], values[f"#{formula.height}"] = name, generic(variable)
            formula = formula.body
        index = self.formula(substitute(formula, values))
        for content in reversed(row):
            content.append(index)
            key = "formulas", repr(content)
            index = self.known[key] if key in self.known else self._entry("formulas", key[1], content)
        return index

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
    for one in in_order(theorem):
        kinds = RULES[one.rule].parameters
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


def write_counterexample(statement: Formula, values: list[Instance], name: str) -> dict[str, Any]:
    """The certificate that refutes a closed statement by values for its outer quantifiers."""
    writer = _Writer()
    index = writer.formula(statement)
    head = {"format": FORMAT, "version": VERSION, "kind": "counterexample", "name": name, "statement": index}
    return {**head, **writer.tables, "values": [_written_value(value) for value in values]}


def write_infeasible(
    variables: Sequence[str], constraints: Sequence[Constraint], multipliers: Sequence[Rational], name: str
) -> dict[str, Any]:
    """The certificate that linear inequalities have no solution: see `systems.farkas`."""
    return {**_system("infeasible", name, variables, constraints), "multipliers": [number(one) for one in multipliers]}


def write_feasible(
    variables: Sequence[str], constraints: Sequence[Constraint], point: Sequence[Rational], name: str
) -> dict[str, Any]:
    """The certificate that linear inequalities have a solution, by a point."""
    return {**_system("feasible", name, variables, constraints), "point": [number(one) for one in point]}


def _system(kind: str, name: str, variables: Sequence[str], constraints: Sequence[Constraint]) -> dict[str, Any]:
    rows = [[[number(one) for one in row], relation, number(bound)] for row, relation, bound in constraints]
    head = {"format": FORMAT, "version": VERSION, "kind": kind, "name": name}
    return {**head, "variables": list(variables), "constraints": rows}


def _written_value(value: Instance) -> Any:
    if isinstance(value, Table):
        return {"table": [[list(index), _written_value(entry)] for index, entry in sorted(value.entries.items())]}
    if isinstance(value, Matrix):
        entries = [[number(entry) for entry in row] for row in value.entries]
        return {"rows": value.rows, "cols": value.cols, "entries": entries}
    return number(value)


class _Reader:
    """The tables of a certificate, read once.

    Terms and formulas are built by the kernel's constructors alone, so what comes out is well formed.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.nats: list[Nat] = []
        self.letters: list[Poly] = []
        self.generators: list[Poly] = []
        self.terms: list[Poly] = []
        self.formulas: list[Formula] = []
        self.nat_sizes: list[int] = []
        self.sizes: list[tuple[int, int]] = []  # depth and parts of every formula, what is shared counted again
        readers: dict[str, Callable[[Any], Any]] = {
            "nats": self._nat, "letters": self._letter, "generators": self._generator, "terms": self._term,
            "formulas": self._formula,
        }
        for name, read in readers.items():
            table = getattr(self, name)
            for index, entry in enumerate(items(data.get(name), name)):
                try:
                    table.append(read(entry))
                except KernelError as error:
                    raise KernelError(f"{name}[{index}]: {error}") from None

    def _nat(self, entry: Any) -> Nat:
        const, atoms = fixed(entry, 2)
        total, size = Nat(natural(const)), 1
        for atom in items(atoms, "atoms"):
            coef, name, args = fixed(atom, 3)
            indices = items(args, "indices", MOST_INDICES)
            size += 1 + sum(self.nat_sizes[natural(one, len(self.nats) - 1)] for one in indices)
            require(size <= LARGEST_NAT, f"a natural number of more than {LARGEST_NAT} parts")
            total += nat(named(name, "~"), *self._indices(args)).scaled(natural(coef))
        self.nat_sizes.append(size)
        return total

    def _indices(self, args: Any) -> list[Nat]:
        return [pick(self.nats, arg) for arg in items(args, "indices", MOST_INDICES)]

    def _shape(self, entry: list[Any]) -> tuple[Nat, Nat]:
        rows, cols = (pick(self.nats, dimension) for dimension in fixed(entry, 2))
        return rows, cols

    def _letter(self, entry: Any) -> Poly:
        if isinstance(entry, list) and len(entry) == 3:
            rows, cols = self._shape(entry[1:])
            require(not rows.atoms and not cols.atoms, "a literal matrix has numbers as dimensions")
            return literal(_rows(entry[0]), (rows.const, cols.const))
        name, args, *shape = fixed(entry, 4)
        return letter(Letter(named(name), tuple(self._indices(args)), *self._shape(shape)))

    def _word(self, entry: Any) -> Poly | None:
        product: Poly | None = None
        for one in items(entry, "word"):
            require(type(one) is int and one != 0, "a word lists nonzero integers")
            found: Poly = pick(self.letters, abs(one) - 1)
            factor = found if one > 0 else found.T
            product = factor if product is None else product @ factor
        return product

    def _generator(self, entry: Any) -> Poly:
        if isinstance(entry, list) and entry[:1] == ["trace"]:
            word = self._word(fixed(entry, 2)[1])
            require(word is not None, "the trace of an empty word")
            assert word is not None
            return trace(word)
        kind, name, args = fixed(entry, 3)
        require(kind in ("scalar", "nat"), "a generator is scalar, nat or trace")
        indices = self._indices(args)
        return symbol(named(name), *indices) if kind == "scalar" else scalar(nat(named(name, "~"), *indices))

    def _term(self, entry: Any) -> Poly:
        shape_entry, terms = fixed(entry, 2)
        shape = None if shape_entry is None else self._shape(shape_entry)
        if shape is not None and not shape[0].atoms and not shape[1].atoms:
            require(shape[0].const * shape[1].const <= LONGEST, f"a matrix of more than {LONGEST} entries")
        total = scalar(0) if shape is None else zero(*shape)
        for one in items(terms, "terms"):
            coef, generators, letters = fixed(one, 3)
            value = scalar(exact(coef))
            for generator in items(generators, "scalars", MOST_FACTORS):
                value = value * pick(self.generators, generator)
            word = self._word(letters)
            if word is not None or shape is not None:
                value = value * (word if word is not None else identity(shape[0] if shape else 0))
            total += value
        return total

    def variable(self, entry: Any) -> Variable:
        """A variable or family, with a shape that mentions no parameter but its own."""
        require(isinstance(entry, list) and len(entry) in (3, 5), "a variable is [name, sort, arity, ...]")
        name, kind, arity, *shape = entry
        known = kind in ("nat", "scalar", "matrix") and (kind == "matrix") == bool(shape)
        require(known, "a sort is nat, scalar or matrix with a shape")
        sort = Sort(kind, *self._shape(shape)) if shape else Sort(kind)
        parameters = {f"~{i}" for i in range(natural(arity, MOST_INDICES))}
        used = {one for one in free_names(sort.rows) | free_names(sort.cols) if one[0] == "~"}
        require(used <= parameters, f"the sort of {name} has a parameter that is not an index")
        return Variable(named(name), sort, len(parameters))

    def _formula(self, entry: Any) -> Formula:
        require(isinstance(entry, list) and bool(entry) and isinstance(entry[0], str), "a formula is [kind, ...]")
        kind, *rest = entry
        below = rest[1:] if kind in ("all", "exists") else rest if kind in CONNECTIVES else []
        parts = [self.sizes[natural(one, len(self.sizes) - 1)] for one in below]
        self.sizes.append((1 + max((depth for depth, _ in parts), default=0), 1 + sum(size for _, size in parts)))
        require(self.sizes[-1][0] <= DEEPEST, f"a formula nested deeper than {DEEPEST}")
        require(self.sizes[-1][1] <= LARGEST, f"a formula of more than {LARGEST} parts")
        if kind in ATOMS:
            term = pick(self.terms, *fixed(rest, 1))
            require(kind == "=" or term.shape is None, "a matrix has no sign")
            require(not any(name[0] == "~" for name in free_names(term)), "a parameter stands outside a family")
            return ATOMS[kind](term)
        if kind in CONNECTIVES:
            left, right = (pick(self.formulas, one) for one in fixed(rest, 2))
            return CONNECTIVES[kind](left, right)
        if kind in ("all", "exists"):
            variable, body = fixed(rest, 2)
            return (for_all if kind == "all" else exists)(self.variable(variable), pick(self.formulas, body))
        require(entry == ["false"], f"there is no formula {kind[:40]!r}")
        return Falsum()

    def value(self, entry: Any) -> Value:
        """A term to put for a variable, or a family."""
        known = isinstance(entry, list) and entry[:1] in (["nat"], ["term"], ["family"])
        require(known, "a value is a nat, a term or a family")
        if entry[0] == "family":
            arity, body = fixed(entry[1:], 2)
            inner = self.value(body)
            require(not isinstance(inner, Family), "a family of families")
            assert not isinstance(inner, Family)
            return Family(natural(arity, MOST_INDICES), inner)
        value: Value = pick(self.nats if entry[0] == "nat" else self.terms, *fixed(entry[1:], 1))
        return value

    def parameter(self, kind: str, entry: Any) -> Any:
        """A parameter of a rule; `kind` as in the table of rules ("formula?" may be null, a plural is a list)."""
        if kind == "formula?":
            return None if entry is None else self.parameter("formula", entry)
        if kind in ("variables", "values", "cofactors", "products"):
            return tuple(self.parameter(kind[:-1], one) for one in items(entry, kind))
        tables: dict[str, list[Any]] = {"nat": self.nats, "term": self.terms, "formula": self.formulas}
        if kind in tables:
            return pick(tables[kind], entry)
        readers: dict[str, Callable[[Any], Any]] = {
            "name": named, "variable": self.variable, "value": self.value, "cofactor": self._cofactor,
            "product": self._product,
        }
        return readers[kind](entry)

    def _terms(self, entry: Any) -> tuple[Poly, ...]:
        return tuple(pick(self.terms, one) for one in items(entry, "factors", MOST_FACTORS))

    def _cofactor(self, entry: Any) -> Cofactor:
        coef, index, left, right, transposed = fixed(entry, 5)
        require(isinstance(transposed, bool), "a cofactor says true or false for transposed")
        sides = [side if side is None else pick(self.terms, side) for side in (left, right)]
        return Cofactor(pick(self.terms, coef), natural(index), sides[0], sides[1], transposed)

    def _product(self, entry: Any) -> Product:
        weight, squares, grams, indices = fixed(entry, 4)
        premises = tuple(natural(one) for one in items(indices, "premises", MOST_FACTORS))
        return Product(exact(weight), self._terms(squares), self._terms(grams), premises)


def items(value: Any, what: str, most: int = LONGEST) -> list[Any]:
    """The value as a list of at most so many entries, or KernelError."""
    require(isinstance(value, list) and len(value) <= most, f"{what}: a list of at most {most} entries is expected")
    found: list[Any] = value
    return found


def fixed(value: Any, length: int) -> list[Any]:
    """The value as a list of that length, or KernelError."""
    require(isinstance(value, list) and len(value) == length, f"a list of {length} entries is expected")
    found: list[Any] = value
    return found


def natural(value: Any, most: int = LONGEST) -> int:
    """The value as a natural number, or KernelError."""
    require(type(value) is int and 0 <= value <= most, f"a natural number up to {most} is expected")
    found: int = value
    return found


def pick(table: list[Any], index: Any) -> Any:
    """An entry that stands already in the table, or KernelError."""
    require(bool(table), "a reference to an empty table")
    return table[natural(index, len(table) - 1)]


def exact(value: Any) -> Rational:
    """An int, or the string "p/q" or "p"; or KernelError."""
    if not isinstance(value, str):
        return rational(value)
    top, slash, bottom = value.partition("/")
    bottom = bottom if slash else "1"
    digits = top.removeprefix("-"), bottom
    decimal = all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in digits)
    require(decimal and int(bottom) != 0, f"{value[:40]!r} is not an exact number")
    return rational(Fraction(int(top), int(bottom)))


def named(value: Any, also: str = "") -> str:
    """An identifier; with also="~", or a parameter ~0, ~1, ...; or KernelError."""
    require(isinstance(value, str) and len(value) <= 200, "a name is expected")
    parameter = also and value[0:1] == also and value[1:].isascii() and value[1:].isdigit()
    require(bool(parameter or IDENTIFIER.match(value)), f"{value!r} is not a name")
    name: str = value
    return name


def _rows(entry: Any) -> list[list[Rational]]:
    return [[exact(one) for one in items(row, "row")] for row in items(entry, "rows")]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a certificate establishes: the statement (or that it is false), the facts beneath, the named lemmas.

    The statement of a system of inequalities is that it has no solution.
    """

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
    require(kind in KINDS and isinstance(name, str), "a certificate has a kind and a name")
    if kind in ("infeasible", "feasible"):
        return _replay_system(data, str(kind), name)
    reader = _Reader(data)
    statement: Formula = pick(reader.formulas, data.get("statement"))
    require(not free_names(statement), "the statement has a free variable")
    if kind == "counterexample":
        values = tuple(_instance(value) for value in items(data.get("values"), "values"))
        refute(statement, list(values))
        return Checked(name, kind, statement, frozenset(), {}, values)
    theorems = _replay_lines(reader, items(data.get("lines"), "lines"))
    require(bool(theorems), "a proof has at least one line")
    proved = theorems[-1]
    require(not proved.hyps and proved.conclusion == statement, "the last line does not prove the statement")
    require(data.get("facts") == sorted(proved.facts), f"the proof rests on the facts {sorted(proved.facts)}")
    lemmas: dict[str, Theorem] = {}
    for label, line in (fixed(entry, 2) for entry in items(data.get("theorems"), "theorems")):
        lemma = pick(theorems, line)
        require(isinstance(label, str) and lemma.is_closed, f"the lemma {label!r} is not closed")
        lemmas[label] = lemma
    return Checked(name, kind, statement, proved.facts, lemmas)


def _replay_system(data: dict[str, Any], kind: str, name: str) -> Checked:
    variables = [named(one) for one in items(data.get("variables"), "variables")]
    constraints: list[Constraint] = []
    for entry in items(data.get("constraints"), "constraints"):
        row, relation, bound = fixed(entry, 3)
        require(isinstance(relation, str), "a constraint says >= or >")
        constraints.append(Constraint([exact(one) for one in items(row, "coefficients")], relation, exact(bound)))
    field = "point" if kind == "feasible" else "multipliers"
    numbers = [exact(one) for one in items(data.get(field), field)]
    if kind == "feasible":
        solves(variables, constraints, numbers)
        return Checked(name, kind, no_solution(variables, constraints), frozenset(), {}, tuple(numbers))
    theorem = farkas(variables, constraints, numbers)
    return Checked(name, kind, theorem.conclusion, theorem.facts, {name: theorem})


def _replay_lines(reader: _Reader, lines: list[Any]) -> list[Theorem]:
    theorems: list[Theorem] = []
    for position, line in enumerate(lines):
        try:
            label, premises, parameters = fixed(line, 3)
            require(isinstance(label, str) and label in RULES, f"there is no rule {str(label)[:40]!r}")
            given = [pick(theorems, premise) for premise in items(premises, "premises")]
            kinds = RULES[label].parameters
            pairs = zip(kinds, fixed(parameters, len(kinds)), strict=True)
            theorems.append(apply_rule(label, given, [reader.parameter(kind, one) for kind, one in pairs]))
        except KernelError as error:
            raise KernelError(f"line {position}: {error}") from None
    return theorems


def _instance(entry: Any) -> Instance:
    if isinstance(entry, dict) and set(entry) == {"table"}:
        rows = [fixed(row, 2) for row in items(entry["table"], "table")]
        table = {tuple(map(natural, items(index, "indices"))): _member(value) for index, value in rows}
        require(len(table) == len(rows), "a table has two values in one place")
        return Table(table)
    return _member(entry)


def _member(entry: Any) -> Rational | Matrix:
    if not isinstance(entry, dict):
        return exact(entry)
    require(set(entry) == {"rows", "cols", "entries"}, "a matrix has rows, cols and entries")
    rows, cols, entries = natural(entry["rows"]), natural(entry["cols"]), _rows(entry["entries"])
    require(len(entries) == rows and {len(row) for row in entries} <= {cols}, "a matrix is rectangular")
    return Matrix(rows, cols, tuple(map(tuple, entries)))
