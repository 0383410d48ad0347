"""Problem files: statements about matrices of any size, as JSON, to goals of the prover.

::

    {"name": "lemma", "atoms": {"A": ["m","n"]}, "symmetric": [], "pinv": {"p": "A"}, "inverse": {}, "scalars": ["s"],
     "exists": {"L": ["n","m"]}, "given": ["s > 0"], "claims": ["A*L*A = A"]}

Only `claims` must be there. A file holds one problem or {"problems": [...]}. `pinv` and `inverse` name the
Moore-Penrose and the two-sided inverse of an expression, which may use names that are defined later in the file.
`exists` names matrices that the claims assert to exist; then all claims are one goal. The fields `expect`,
`published_terms` and `note` are ignored. Expressions are those of `grammar`.

Main names: read_problems, problems, Problem. Errors: InputError with file, line, column and field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from symbolic_cp.exact.errors import TooLarge
from symbolic_cp.exact.source import quoted
from symbolic_cp.exact.strict_json import Node, Number, read
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    IDENTIFIER,
    NAT,
    SCALAR,
    Formula,
    Variable,
    conjunction,
    equal,
    exists,
    free_names,
    matrix_sort,
)
from symbolic_cp.kernel.terms import Nat, Poly, identity, matrix, nat
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.grammar import expression, relation
from symbolic_cp.prover.scope import RESERVED, Scope, nearest, shape_text
from symbolic_cp.prover.tokens import ExpressionError, tokens

OPTIONAL = ("name", "atoms", "symmetric", "pinv", "inverse", "scalars", "exists", "given")
IGNORED = ("expect", "published_terms", "note")
LARGEST_DIMENSION = 1_000_000
MOST_FORMULAS = 100
"""A problem with more letters, or more hypotheses, than this is refused; so is one with more claims under `exists`."""
MOST_CLAIMS = 1_000


@dataclass(frozen=True, slots=True)
class Definition:
    """A letter that is the Moore-Penrose inverse (`kind` "pinv") or the two-sided inverse ("inverse") of a term."""

    name: str
    kind: str
    term: Poly
    letter: Poly
    introduced: bool

    def formula(self) -> Formula:
        """The equations that say so."""
        if self.kind == "pinv":
            return penrose(self.term, self.letter)
        unit = identity(self.term.shape[0]) if self.term.shape else 1
        return conjunction(equal(self.term @ self.letter, unit), equal(self.letter @ self.term, unit))

    def hypothesis(self) -> Hypothesis:
        """The same as a hypothesis, labelled `p = pinv(A)`."""
        return Hypothesis(f"{self.name} = {self.kind}({self.term!r})", self.formula())


@dataclass(frozen=True, slots=True)
class Problem:
    """A statement with its claims: everything that a problem file says, with shapes checked.

    `witnesses` are the matrices that the claims assert to exist; `hypotheses` are those of `symmetric` and `given`.
    """

    name: str
    dimensions: tuple[str, ...]
    scalars: tuple[str, ...]
    atoms: tuple[Variable, ...]
    witnesses: tuple[Variable, ...]
    definitions: tuple[Definition, ...]
    hypotheses: tuple[Hypothesis, ...]
    claims: tuple[Hypothesis, ...]

    def goals(self) -> tuple[Goal, ...]:
        """One goal for each claim, in order, or one for all of them if there are witnesses.

        A letter for a `pinv(...)` inside an expression belongs to the goals that use it, and to no others.
        """
        if self.witnesses:
            return (self._existence(),)
        single = len(self.claims) == 1
        names = [self.name] if single else [f"{self.name}.{i}" for i in range(1, len(self.claims) + 1)]
        return tuple(self._goal(name, claim.formula) for name, claim in zip(names, self.claims, strict=True))

    def _goal(self, name: str, claim: Formula, *, without: frozenset[str] = frozenset()) -> Goal:
        formulas = [claim, *(hypothesis.formula for hypothesis in self.hypotheses)]
        definitions = [one for one in self._needed(formulas) if one.name not in without]
        variables = (
            *(Variable(one, NAT) for one in self.dimensions),
            *(Variable(one, SCALAR) for one in self.scalars),
            *self.atoms,
            *map(_variable, definitions),
        )
        symmetric, given = _parted(self.hypotheses)
        return Goal(name, variables, (*symmetric, *(one.hypothesis() for one in definitions), *given), claim)

    def _needed(self, formulas: Iterable[Formula]) -> list[Definition]:
        """The definitions without those that were introduced for an expression which is not here."""
        used = frozenset[str]().union(*map(free_names, formulas))
        needed: list[Definition] = []
        for one in reversed(self.definitions):
            if not one.introduced or one.name in used:
                needed.insert(0, one)
                used |= free_names(one.term)
        return needed

    def _existence(self) -> Goal:
        """The goal that there are the witnesses, and with them the letters that are defined by them."""
        dependent = depend_on({one.name for one in self.witnesses}, self.definitions)
        inner = [one for one in self.definitions if one.name in dependent]
        formulas = [*(one.formula() for one in inner), *(claim.formula for claim in self.claims)]
        claim = exists(*self.witnesses, *map(_variable, inner), conjunction(*formulas))
        return self._goal(self.name, claim, without=frozenset(dependent))


def _variable(definition: Definition) -> Variable:
    assert definition.letter.shape is not None
    return Variable(definition.name, matrix_sort(*definition.letter.shape))


def _parted(hypotheses: Sequence[Hypothesis]) -> tuple[list[Hypothesis], list[Hypothesis]]:
    """Those from `symmetric`, and the others."""
    first = [one for one in hypotheses if one.label.endswith(" is symmetric")]
    return first, [one for one in hypotheses if one not in first]


def depend_on(names: Iterable[str], definitions: Sequence[Definition]) -> set[str]:
    """The names of the definitions that mention one of the names, directly or through another definition."""
    found = set(names)
    for one in definitions:
        if found & free_names(one.term):
            found.add(one.name)
    return found - set(names)


def read_problems(path: str | Path) -> list[Problem]:
    """The problems in a JSON file (`-`: standard input), in order. One without a name is called as the file is.

    Raises InputError.
    """
    return problems(read(path), Path(path).stem.strip("-") or "problem")


def problems(node: Node, name: str = "problem") -> list[Problem]:
    r"""The problem, or the problems, that a JSON value holds; `name` is for those without one. Raises InputError.

    >>> from symbolic_cp.exact.strict_json import parse
    >>> from symbolic_cp.prover.show import show
    >>> text = '{"atoms": {"A": ["m", "n"]}, "given": ["A\'*A = 0"], "claims": ["A = 0"]}'
    >>> show(problems(parse(text))[0].goals()[0].formula())
    "for all m : nat, n : nat, A : m x n. A'*A = 0 -> A = 0"
    """
    if "problems" not in node.object():
        return [_Builder(node, name).problem()]
    members = node.members(["problems"], IGNORED)
    nodes = members["problems"].items()
    if not nodes:
        raise members["problems"].error("there are no problems in this list")
    return [_Builder(one, f"{name} {i}").problem() for i, one in enumerate(nodes, start=1)]


@dataclass
class _Builder:
    """One problem under construction."""

    node: Node
    default: str
    scope: Scope = field(default_factory=Scope)
    shapes: dict[str, tuple[Nat, Nat]] = field(default_factory=dict)
    dimensions: dict[str, Node] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    def problem(self) -> Problem:
        members = self.node.members(["claims"], [*OPTIONAL, *IGNORED])
        name = members["name"].string() if "name" in members else self.default
        atoms = self.matrices(members.get("atoms"), "an atom")
        witnesses = self.matrices(members.get("exists"), "a matrix under exists")
        scalars = self.scalars(members.get("scalars"))
        self.dimension_names()
        definitions = self.definitions(members)
        dependent = depend_on(witnesses, definitions) | set(witnesses)
        symmetric = self.symmetric(members.get("symmetric"))
        given = self.relations(members.get("given"), dependent)
        claims = self.relations(members["claims"])
        if not claims:
            raise members["claims"].error("there are no claims; a problem has at least one")
        hypotheses = [one for letter, one in symmetric.items() if letter not in dependent]
        claimed = [one for letter, one in symmetric.items() if letter in dependent]
        definitions += [
            Definition(introduced, "pinv", term, self.scope.matrices[introduced], introduced=True)
            for introduced, term in self.scope.introduced.items()
        ]
        problem = Problem(
            name,
            tuple(self.dimensions),
            tuple(scalars),
            tuple(Variable(one, matrix_sort(*self.shapes[one])) for one in atoms),
            tuple(Variable(one, matrix_sort(*self.shapes[one])) for one in witnesses),
            tuple(definitions),
            (*hypotheses, *given),
            (*claimed, *claims),
        )
        self.check_size(problem)
        return problem

    def check_size(self, problem: Problem) -> None:
        letters = len(problem.dimensions) + len(self.scope.scalars) + len(self.scope.matrices)
        counts = {"names": letters, "hypotheses": len(problem.hypotheses) + len(problem.definitions)}
        if problem.witnesses:
            counts["claims under exists"] = len(problem.claims)
        for what, count in counts.items():
            if count > MOST_FORMULAS:
                message = f"a problem with {count} {what}; at most {MOST_FORMULAS} are read"
                raise self.node.source.too_large(message, self.node.offset, field=self.node.field)
        if len(problem.claims) > MOST_CLAIMS:
            message = f"a problem with {len(problem.claims)} claims; at most {MOST_CLAIMS:,} are read"
            raise TooLarge(message, file=self.node.source.file, field=self.node.field)

    # ---------------------------------------------------------------------------------------------------- names

    def claim_name(self, name: str, node: Node, what: str) -> None:
        """Note a name for something; refuse one that is no name, reserved, or taken."""
        if not IDENTIFIER.match(name):
            raise node.error(f"{quoted(name)} is no name; a name has letters, digits and _, and starts with no digit")
        if name in RESERVED:
            raise node.error(f"{quoted(name)} is a word of the expressions and cannot name {what}")
        if name in self.taken:
            raise node.error(f"{quoted(name)} is already {self.taken[name]}; it cannot be {what} too")
        self.taken[name] = what

    def matrices(self, node: Node | None, what: str) -> list[str]:
        """The names of an object such as {"A": ["m", "n"]}; their shapes are noted."""
        members = node.object() if node else {}
        for name, shape in members.items():
            self.claim_name(name, shape, what)
            sides = shape.items()
            if len(sides) != 2:
                raise shape.error(f'a shape is two dimensions, ["m", "n"]; this list has {len(sides)}')
            rows, cols = (self.dimension(side) for side in sides)
            self.shapes[name] = rows, cols
            self.scope.matrices[name] = matrix(name, rows, cols)
        return list(members)

    def dimension(self, node: Node) -> Nat:
        """A natural number, or the name of one."""
        if isinstance(node.value, Number):
            return nat(node.natural(LARGEST_DIMENSION))
        text = node.string()
        if text.isascii() and text.isdigit():
            if len(text) > len(str(LARGEST_DIMENSION)) or int(text) > LARGEST_DIMENSION:
                raise node.error(f"this dimension is too large; at most {LARGEST_DIMENSION:,} is expected")
            return nat(int(text))
        if not IDENTIFIER.match(text) or text in RESERVED:
            raise node.error(f"{quoted(text)} is no dimension; a dimension is a name or a natural number")
        if text not in self.scope.dimensions:
            self.scope.dimensions.add(text)
            self.dimensions[text] = node
        return nat(text)

    def dimension_names(self) -> None:
        """Refuse a letter that is called as a dimension is."""
        for name, node in self.dimensions.items():
            if name in self.taken:
                raise node.error(f"{quoted(name)} is {self.taken[name]} and a dimension; it can be one of them")
            self.taken[name] = "a dimension"

    def scalars(self, node: Node | None) -> list[str]:
        names: list[str] = []
        for one in node.items() if node else []:
            self.claim_name(one.string(), one, "a scalar")
            names.append(one.string())
        self.scope.scalars.update(names)
        return names

    # -------------------------------------------------------------------------------------- definitions, relations

    def definitions(self, members: dict[str, Node]) -> list[Definition]:
        """The letters of `pinv` and `inverse`, each after those that its expression mentions."""
        waiting: dict[str, tuple[str, Node]] = {}
        for kind in ("pinv", "inverse"):
            for name, node in members[kind].object().items() if kind in members else ():
                self.claim_name(name, node, f'a letter under "{kind}"')
                waiting[name] = kind, node
        found: list[Definition] = []
        mentioned = {name: self.names_in(node) for name, (_, node) in waiting.items()}
        while waiting:
            ready = next((name for name in waiting if not mentioned[name] & set(waiting)), None)
            if ready is None:
                name, (_, node) = next(iter(waiting.items()))
                others = ", ".join(map(quoted, sorted(waiting)))
                raise node.error(f"{quoted(name)} is defined by itself: {others} mention one another")
            kind, node = waiting.pop(ready)
            found.append(self.definition(ready, kind, node))
        return found

    def names_in(self, node: Node) -> set[str]:
        try:
            return {token.text for token in tokens(node.string()) if token.kind == "name"}
        except ExpressionError as error:
            raise self.placed(error, node) from None

    def definition(self, name: str, kind: str, node: Node) -> Definition:
        try:
            term = expression(node.string(), self.scope)
        except ExpressionError as error:
            raise self.placed(error, node) from None
        if term.shape is None:
            raise node.error(f"{kind} takes a matrix; {quoted(node.string(), 40)} is a scalar")
        rows, cols = term.shape
        if kind == "inverse" and rows != cols:
            shown = quoted(node.string(), 40)
            raise node.error(f"inverse takes a square matrix; {shown} is {shape_text(term.shape)}")
        self.shapes[name] = cols, rows
        letter = self.scope.matrices[name] = matrix(name, cols, rows)
        if kind == "pinv":
            self.scope.pinvs.setdefault(term, letter)
        return Definition(name, kind, term, letter, introduced=False)

    def symmetric(self, node: Node | None) -> dict[str, Hypothesis]:
        found: dict[str, Hypothesis] = {}
        for one in node.items() if node else []:
            name = one.string()
            if name not in self.shapes:
                raise one.error(f"{quoted(name)} is not a matrix of this problem; {nearest(name, self.shapes)}")
            rows, cols = self.shapes[name]
            if rows != cols:
                raise one.error(f"{quoted(name)} is {rows} x {cols}; a symmetric matrix is square")
            letter = self.scope.matrices[name]
            found[name] = Hypothesis(f"{name} is symmetric", equal(letter.T, letter))
        return found

    def relations(self, node: Node | None, forbidden: Iterable[str] = ()) -> list[Hypothesis]:
        """The formulas of a list of relations, labelled by their texts."""
        found: list[Hypothesis] = []
        for one in node.items() if node else []:
            text = one.string()
            try:
                for token in tokens(text):
                    if token.kind == "name" and token.text in forbidden:
                        message = f"{quoted(token.text)} is asserted to exist; what is given cannot speak of it"
                        raise ExpressionError.within(message, text, token.start)
                found.append(Hypothesis(text, relation(text, self.scope)))
            except ExpressionError as error:
                raise self.placed(error, one) from None
        return found

    def placed(self, error: ExpressionError, node: Node) -> ExpressionError:
        """The error with the place in the file where its expression stands."""
        start = node.offset + 1  # behind the quotation mark
        verbatim = node.source.text.startswith(error.text + '"', start)
        line, column = node.source.place(start + error.offset if verbatim else node.offset)
        return error.placed(node.source.file, line, column, node.field)
