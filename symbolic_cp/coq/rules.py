"""Every rule of the kernel and what it is in Coq.

Main names: RULES_IN_COQ, table. Each rule is a line of `library/Checker.v`; a function decides whether it applies, and
a theorem says that what it gives holds in every environment, over every real closed field, if its premises do.

The story is the same for all: a formula means a proposition in an environment, which gives every name a function from
indices to natural numbers, to scalars and to infinite arrays; a letter cuts its shape out of the array. So terms never
have to be cast when a shape is substituted, and substitution is a change of the environment (`den_sub`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class InCoq:
    """The line of a rule, the file and the theorem that says that it is sound, and why it is."""

    line: str
    file: str
    theorem: str
    meaning: str


RULES_IN_COQ: Mapping[str, InCoq] = MappingProxyType({
    "assume": InCoq("Assume", "Logic", "assume_ok", "a hypothesis, by its number in a table"),
    "and_intro": InCoq("AndIntro", "Logic", "and_intro_ok", "a pair of proofs"),
    "and_left": InCoq("AndLeft", "Logic", "and_left_ok", "the first of a pair"),
    "and_right": InCoq("AndRight", "Logic", "and_right_ok", "the second of a pair"),
    "or_left": InCoq("OrLeft", "Logic", "or_left_ok", "left"),
    "or_right": InCoq("OrRight", "Logic", "or_right_ok", "right"),
    "cases": InCoq("Cases", "Logic", "cases_ok", "a match on a disjunction"),
    "implies_intro": InCoq("ImpliesIntro", "Logic", "implies_intro_ok", "a function of the hypothesis"),
    "implies_elim": InCoq("ImpliesElim", "Logic", "implies_elim_ok", "application"),
    "for_all_intro": InCoq("ForAllIntro", "Logic", "for_all_intro_ok", "the premise in every changed environment"),
    "for_all_elim": InCoq("ForAllElim", "Logic", "for_all_elim_ok", "the value of the term is one of all values"),
    "exists_intro": InCoq("ExistsIntro", "Logic", "exists_intro_ok", "the value of the term is the witness"),
    "exists_elim": InCoq("ExistsElim", "Logic", "exists_elim_ok", "the environment in which the name is the witness"),
    "falsum_elim": InCoq("FalsumElim", "Logic", "falsum_elim_ok", "a match on False"),
    "excluded_middle": InCoq("ExcludedMiddle", "Logic", "excluded_middle_ok", "the order of R is decidable: no axiom"),
    "combine": InCoq("Combine", "Theory", "combine_ok", "both sides have one normal form; what is put in is zero"),
    "gram": InCoq("Gram", "Theory", "gram_ok", "a sum of squares that is not positive has only zeros"),
    "trichotomy": InCoq("Trichotomy", "Theory", "trichotomy_ok", "the order of R is total"),
    "inverse": InCoq("Inverse", "Theory", "inverse_ok", "the witness is the inverse in the field R"),
    "one_by_one": InCoq("OneByOne", "Theory", "one_by_one_ok", "mx11_scalar"),
    "nat_nonnegative": InCoq("NatNonnegative", "Theory", "nat_nonnegative_ok", "ler0n"),
    "nat_successor": InCoq("NatSuccessor", "Theory", "nat_successor_ok", "n > m is m + 1 <= n, carried to R"),
    "nat_difference": InCoq("NatDifference", "Theory", "nat_difference_ok", "the witness is the difference in nat"),
    "leibniz": InCoq("Leibniz", "Theory", "leibniz_ok", "equal numbers give one environment; shapes are not cast"),
    "chain": InCoq("Chain", "Chain", "chain_ok", "values chosen one after the other, by induction on N: no axiom"),
    "fact": InCoq("Cite", "Facts", "fact_spectral", "cited; proved in Facts.v as fact_pinv, fact_split, ..."),
    "evaluate": InCoq("Evaluate", "Evaluation", "evaluate_ok", "computing with lists of rationals, proved to mean it"),
})
"""Rule of the kernel -> its counterpart."""


def table() -> str:
    """The rules as lines of text: rule, line, theorem, meaning."""
    return "\n".join(f"{rule:16} {one.line:16} {one.theorem:20} {one.meaning}" for rule, one in RULES_IN_COQ.items())
