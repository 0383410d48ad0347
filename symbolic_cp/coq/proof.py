"""Proofs of the kernel as lines for the checker of the Coq library (`library/Checker.v`).

Main function: proof_lines. One line a theorem of the kernel, premises first; facts and named lemmas are cited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from symbolic_cp.coq.data import KINDS, Data, boolean, fraction, listed
from symbolic_cp.coq.ranges import spelled_out
from symbolic_cp.kernel.formulas import (
    Exists,
    Formula,
    Or,
    Variable,
    free_names,
    generic,
    instantiate,
    is_quantifier_free,
)
from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.terms import Poly
from symbolic_cp.kernel.theory import Cofactor, Product


class NotExported(Exception):
    """A theorem that has no counterpart in Coq; the message is the reason."""


@dataclass
class Proof:
    """A proof for the checker: its hypotheses, what it cites (by name), and its lines."""

    data: Data
    hypotheses: list[str] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _hypothesis_numbers: dict[Formula, int] = field(default_factory=dict)

    def hypothesis(self, formula: Formula) -> int:
        """The number of a formula in the table of hypotheses."""
        if formula not in self._hypothesis_numbers:
            self.hypotheses.append(self.data.formula(formula))
            self._hypothesis_numbers[formula] = len(self.hypotheses)
        return self._hypothesis_numbers[formula]

    def discharged(self, formula: Formula, premise: Theorem) -> str:
        """The number of a hypothesis that a rule removes from a premise, if it is there."""
        return f"(Some {self.hypothesis(formula)}%positive)" if formula in premise.hyps else "None"

    def cite(self, name: str) -> str:
        """The line that cites the theorem of that name."""
        if name not in self.cited:
            self.cited.append(name)
        return f"Cite {self.cited.index(name)}"


def proof_lines(theorem: Theorem, data: Data, names: Mapping[Formula, str]) -> Proof:
    """The proof of a closed theorem; the theorems whose conclusions stand in `names` are cited under those names.

    Raises NotExported if a rule has no counterpart. Cost: linear in the size of the proof.
    """
    proof = Proof(data)
    done: dict[int, int] = {}
    instead: dict[int, Theorem] = {}
    stack = [(theorem, False)]
    while stack:
        one, ready = stack.pop()
        if id(one) in done:
            continue
        cited = names.get(one.conclusion) if not one.hyps else None
        if not ready and cited is None:
            if one.rule == "evaluate" and not is_quantifier_free(one.conclusion):
                instead[id(one)] = spelled_out(one.conclusion)
            premises = [instead[id(one)]] if id(one) in instead else one.premises
            stack.append((one, True))
            stack.extend((premise, False) for premise in reversed(premises))
        elif id(one) in instead:
            done[id(one)] = done[id(instead[id(one)])]
        else:
            numbers = [done[id(premise)] for premise in one.premises] if cited is None else []
            proof.lines.append(proof.cite(cited) if cited is not None else line(proof, one, numbers))
            done[id(one)] = len(proof.lines)
    return proof


def line(proof: Proof, one: Theorem, premises: list[int]) -> str:
    """The line of one theorem, whose premises are the lines of those numbers."""
    if one.rule not in WRITERS:
        raise NotExported(f"the rule {one.rule} has no counterpart in the library")
    return WRITERS[one.rule](proof, one, premises)


def _formula_rule(rule: str) -> Callable[[Proof, Theorem, list[int]], str]:
    def write(proof: Proof, one: Theorem, premises: list[int]) -> str:
        return " ".join([rule, *map(str, premises), *map(proof.data.formula, one.parameters)])

    return write


def _plain(rule: str) -> Callable[[Proof, Theorem, list[int]], str]:
    def write(_proof: Proof, _one: Theorem, premises: list[int]) -> str:
        return " ".join([rule, *map(str, premises)])

    return write


def _assume(proof: Proof, one: Theorem, _premises: list[int]) -> str:
    return f"Assume {proof.hypothesis(one.parameters[0])}"


def _cases(proof: Proof, one: Theorem, premises: list[int]) -> str:
    split = one.premises[0].conclusion
    assert isinstance(split, Or)
    sides = proof.discharged(split.left, one.premises[1]), proof.discharged(split.right, one.premises[2])
    return f"Cases {' '.join(map(str, premises))} {' '.join(sides)}"


def _implies_intro(proof: Proof, one: Theorem, premises: list[int]) -> str:
    return f"ImpliesIntro {premises[0]} {proof.hypothesis(one.parameters[0])}"


def _for_all_intro(proof: Proof, one: Theorem, premises: list[int]) -> str:
    variable = one.parameters[0]
    return f"ForAllIntro {premises[0]} {proof.data.quantified(variable)} {proof.data.name(variable.name)}"


def _for_all_elim(proof: Proof, one: Theorem, premises: list[int]) -> str:
    return f"ForAllElim {premises[0]} {proof.data.value(one.parameters[0])}"


def _exists_intro(proof: Proof, one: Theorem, premises: list[int]) -> str:
    goal, witness = one.parameters
    return f"ExistsIntro {premises[0]} {proof.data.formula(goal)} {proof.data.value(witness)}"


def _exists_elim(proof: Proof, one: Theorem, premises: list[int]) -> str:
    formula, name = one.premises[0].conclusion, one.parameters[0]
    assert isinstance(formula, Exists)
    chosen = instantiate(formula, generic(Variable(name, formula.sort, formula.arity)))
    used = proof.discharged(chosen, one.premises[1])
    return f"ExistsElim {premises[0]} {premises[1]} {used} {proof.data.name(name)}"


def _shaped_or_none(data: Data, term: Poly | None) -> str:
    return "None" if term is None else f"(Some {data.shaped(term)})"


def cofactor_text(data: Data, one: Cofactor) -> str:
    """A cofactor of a combination."""
    coef = f"(CS {data.poly(one.coef)})" if one.coef.shape is None else f"(CM {data.shaped(one.coef)})"
    sides = f"{_shaped_or_none(data, one.left)} {_shaped_or_none(data, one.right)}"
    return f"Cofactor {coef} {one.index} {sides} {boolean(one.transposed)}"


def product_text(data: Data, one: Product) -> str:
    """A positive product of a combination."""
    squares, grams = listed(map(data.poly, one.squares)), listed(map(data.shaped, one.grams))
    return f"Product {fraction(one.weight)} {squares} {grams} {listed(f'{i}%N' for i in one.indices)}"


def _combine(proof: Proof, one: Theorem, premises: list[int]) -> str:
    claim, cofactors, products = one.parameters
    data = proof.data
    terms = listed(cofactor_text(data, cofactor) for cofactor in cofactors)
    positive = listed(product_text(data, product) for product in products)
    return f"Combine {listed(f'{i}%positive' for i in premises)} {data.formula(claim)} {terms} {positive}"


def _gram(proof: Proof, one: Theorem, premises: list[int]) -> str:
    return f"Gram {premises[0]} {proof.data.shaped(one.parameters[0])}"


def _trichotomy(proof: Proof, one: Theorem, _premises: list[int]) -> str:
    return f"Trichotomy {proof.data.poly(one.parameters[0])}"


def _one_by_one(proof: Proof, one: Theorem, _premises: list[int]) -> str:
    return f"OneByOne {proof.data.shaped(one.parameters[0])}"


def _nat_rule(rule: str) -> Callable[[Proof, Theorem, list[int]], str]:
    def write(proof: Proof, one: Theorem, premises: list[int]) -> str:
        return " ".join([rule, *map(str, premises), *map(proof.data.nat, one.parameters)])

    return write


def _leibniz(proof: Proof, one: Theorem, premises: list[int]) -> str:
    name, term, formula = one.parameters
    data = proof.data
    return f"Leibniz {premises[0]} {data.name(name)} {data.nat(term)} {data.formula(formula)}"


def _chain(proof: Proof, one: Theorem, premises: list[int]) -> str:
    index, bound, states, invariant, relation, start = one.parameters
    data = proof.data
    names = {state.name for state in states}
    rows = []
    for state, value in zip(states, start, strict=True):
        own = f"{data.name(state.name)} {data.name(state.name + '_next')} {KINDS[state.sort.kind]}"
        said = not (free_names(state.sort.rows) | free_names(state.sort.cols)) & names
        rows.append(f"State {own} {data.value(value)} {boolean(said)}")
    link = "None" if relation is None else f"(Some {data.formula(relation)})"
    numbers = " ".join(map(str, premises))
    return f"Chain {numbers} {data.name(index)} {data.nat(bound)} {listed(rows)} {data.formula(invariant)} {link}"


def _fact(proof: Proof, one: Theorem, _premises: list[int]) -> str:
    return proof.cite(f"fact-{one.parameters[0]}")


WRITERS: dict[str, Callable[[Proof, Theorem, list[int]], str]] = {
    "assume": _assume,
    "and_intro": _plain("AndIntro"),
    "and_left": _plain("AndLeft"),
    "and_right": _plain("AndRight"),
    "or_left": _formula_rule("OrLeft"),
    "or_right": _formula_rule("OrRight"),
    "cases": _cases,
    "implies_intro": _implies_intro,
    "implies_elim": _plain("ImpliesElim"),
    "for_all_intro": _for_all_intro,
    "for_all_elim": _for_all_elim,
    "exists_intro": _exists_intro,
    "exists_elim": _exists_elim,
    "falsum_elim": _formula_rule("FalsumElim"),
    "excluded_middle": _formula_rule("ExcludedMiddle"),
    "combine": _combine,
    "gram": _gram,
    "trichotomy": _trichotomy,
    "inverse": _plain("Inverse"),
    "one_by_one": _one_by_one,
    "nat_nonnegative": _nat_rule("NatNonnegative"),
    "nat_successor": _nat_rule("NatSuccessor"),
    "nat_difference": _nat_rule("NatDifference"),
    "leibniz": _leibniz,
    "chain": _chain,
    "evaluate": _formula_rule("Evaluate"),
    "fact": _fact,
}
