"""Random steps from random terms: the kernel and recheck.py apply the same rules, with the same results.

Names are few, so that they clash: a name stands for numbers, scalars, matrices of several shapes and families at once.
Both checkers see the same tables and lines, and must agree on every table entry and every step: refused by both, or
the same hypotheses, conclusion and facts.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import Any

import pytest

from symbolic_cp import recheck
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.formulas import Formula
from symbolic_cp.kernel.logic import RULES, Theorem
from symbolic_cp.kernel.replay import apply_rule
from symbolic_cp.prover import certificate

STEPS, ROUNDS = 400, int(os.environ.get("RANDOM_STEPS", "4"))
NATS, SCALARS, MATRICES = ("n", "m", "k", "p", "d"), ("s", "t", "x", "f", "n"), ("A", "B", "x", "x_next", "W")
FORM = {  # what a first premise has to be, so that a rule applies now and then
    "and_left": "And", "and_right": "And", "cases": "Or", "implies_elim": "Implies", "for_all_elim": "ForAll",
    "exists_elim": "Exists", "falsum_elim": "Falsum", "inverse": "Positive",
}  # fmt: skip
# Where recheck.py is stricter than the kernel, as the rules are documented.
STRICTER = ("a parameter stands outside of its family", "occurs in what is around it")


class Draw:
    """Random entries of the tables of a certificate, and random lines."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.data: dict[str, list[Any]] = {table: [] for table in recheck.TABLES}

    def index(self, table: str) -> int:
        return self.rng.randrange(len(self.data[table]))

    def indices(self, chance: float) -> list[int]:
        return [self.index("nats")] if self.rng.random() < chance else []

    def nat(self) -> list[Any]:
        atoms = [[self.rng.choice([1, 1, 2]), self.rng.choice(NATS), self.indices(0.2)] for _ in range(2)]
        if self.rng.random() < 0.15:
            atoms[0] = [1, "~0", []]
        return [self.rng.choice([0, 0, 1]), atoms[: self.rng.choice([1, 1, 2])]]

    def letter(self) -> list[Any]:
        return [self.rng.choice(MATRICES), self.indices(0.3), self.rng.randrange(4), self.rng.randrange(4)]

    def generator(self) -> list[Any]:
        kind = self.rng.choice(["scalar", "nat", "trace"])
        if kind == "trace":
            signed = [self.rng.choice([1, -1]) * (self.index("letters") + 1) for _ in range(self.rng.choice([1, 2, 2]))]
            return ["trace", signed]
        return [kind, self.rng.choice(SCALARS if kind == "scalar" else NATS), self.indices(0.2)]

    def term(self) -> list[Any]:
        if self.rng.random() < 0.6:
            return [None, [self.item(0.7, []) for _ in range(self.rng.choice([1, 1, 2]))]]
        word = [self.rng.choice([1, -1]) * (self.index("letters") + 1) for _ in range(self.rng.choice([1, 1, 2]))]
        ends = [self.data["letters"][abs(x) - 1][2:] for x in (word[0], word[-1])]
        shape = [ends[0][word[0] < 0], ends[1][word[-1] > 0]]
        return [shape, [self.item(0.2, word)] * (self.rng.random() < 0.9)]

    def item(self, chance: float, word: list[int]) -> list[Any]:
        factors = [self.index("generators") for _ in range(2) if self.rng.random() < chance]
        return [self.rng.choice([1, 1, -1, 2, "1/2"]), factors, word]

    def formula(self) -> list[Any]:
        kind = self.rng.choice(["atom", "join", "join", "quantifier", "quantifier"])
        if kind == "atom" or len(self.data["formulas"]) < 4:
            return [self.rng.choice(["=", ">=", ">"]), self.index("terms")]
        if kind == "join":
            return [self.rng.choice(["and", "or", "implies"]), self.index("formulas"), self.index("formulas")]
        return [self.rng.choice(["all", "exists"]), self.variable(), self.index("formulas")]

    def variable(self) -> list[Any]:
        """A variable as it occurs somewhere, or any."""
        source = self.rng.choice([*self.data["letters"], *self.data["generators"], ["nat", "n", []]])
        if source[0] in ("scalar", "nat") and self.rng.random() < 0.8:
            return [source[1], source[0], len(source[2])]
        if source[0] != "trace" and len(source) == 4:
            return [source[0], "matrix", len(source[1]), *source[2:]]
        return [self.rng.choice(NATS), "nat", 0]

    def value(self) -> list[Any]:
        kind = self.rng.choice(["nat", "term"])
        inner = [kind, self.index(f"{kind}s")]
        return ["family", 1, inner] if self.rng.random() < 0.15 else inner

    def parameter(self, kind: str, premises: int, before: list[Any]) -> Any:
        rng = self.rng
        if kind in ("formula", "term", "nat"):
            return self.index(f"{kind}s")
        if kind == "formula?":
            return rng.choice([None, self.index("formulas")])
        if kind == "name":
            return rng.choice([*NATS, *SCALARS, *MATRICES, "pinv", "split", "basis", "spectral"])
        if kind in ("variable", "value"):
            return self.variable() if kind == "variable" else self.value()
        if kind == "variables":
            return [self.variable() for _ in range(rng.choice([0, 1, 1, 2]))]
        if kind == "values":
            return [self.value() for _ in before[2]]
        if kind == "products":
            sides = [[self.index("terms")] if rng.random() < 0.3 else [] for _ in range(2)]
            return [[rng.choice([1, 2, "1/2"]), *sides, [0] * rng.randrange(2)]] * rng.randrange(2)
        ends = [rng.choice([None, None, self.index("terms")]) for _ in range(2)]
        return [[self.index("terms"), 0, *ends, rng.random() < 0.3] for _ in range(rng.randrange(3) * (premises > 0))]


def tables(seed: int, both_read: Counter[str]) -> tuple[Draw, Any, recheck.Reader]:
    """Random tables of what both checkers read; they must agree on every entry."""
    draw = Draw(seed)
    data = draw.data
    data["nats"] = [[0, []], [1, []], [0, [[1, "n", []]]], [0, [[1, "m", []]]]]
    for table, make, size in [("nats", draw.nat, 12), ("letters", draw.letter, 9), ("generators", draw.generator, 9),
                              ("terms", draw.term, 16), ("formulas", draw.formula, 40)]:  # fmt: skip
        for _ in range(4 * size):
            if len(data[table]) >= size:
                break
            entry = make()
            trial = {**data, table: [*data[table], entry]}
            read = accepts(certificate._Reader, trial), accepts(recheck.Reader, recheck.Store(), trial)
            assert read[0] == read[1], entry
            both_read["entry" if read[0] else "refused entry"] += 1
            if read[0]:
                data[table].append(entry)
    return draw, certificate._Reader(data), recheck.Reader(recheck.Store(10**9), data)


def accepts(read: Any, *data: Any) -> bool:
    try:
        read(*data)
    except (KernelError, recheck.Refused):
        return False
    return True


def line(draw: Draw, theorems: list[Theorem]) -> list[Any]:
    """A random line whose premises have the right form more often than not."""
    rule = draw.rng.choice([*RULES, "for_all_intro", "for_all_elim", "exists_elim", "leibniz", "assume", "combine"])
    count = draw.rng.randrange(3) if RULES[rule].premises is None else RULES[rule].premises
    if count and not theorems:
        return line(draw, theorems)
    premises = [draw.rng.randrange(len(theorems)) for _ in range(count or 0)]
    fitting = [i for i, one in enumerate(theorems) if type(one.conclusion).__name__ == FORM.get(rule)]
    if fitting:
        premises[0] = draw.rng.choice(fitting)
    given: list[Any] = []
    for kind in RULES[rule].parameters:
        given.append(draw.parameter(kind, len(premises), given))
    return [rule, premises, given]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_both_take_the_same_steps(seed):
    found = Counter[str]()
    draw, kernel, other = tables(seed, found)

    def node(formula: Formula) -> int:
        written = json.loads(json.dumps(certificate.write_counterexample(formula, [], "formula")))
        return recheck.Reader(other.store, written).tables["formulas"][written["statement"]]

    theorems: list[Theorem] = []
    sequents: list[recheck.Sequent] = []
    for _ in range(STEPS):
        rule, premises, given = one = line(draw, theorems)
        theorem = sequent = None
        refused = ""
        try:
            pairs = zip(RULES[rule].parameters, given, strict=True)
            values = [kernel.parameter(kind, value) for kind, value in pairs]
            theorem = apply_rule(rule, [theorems[i] for i in premises], values)
        except KernelError as error:
            refused = str(error)
        try:
            sequent = recheck.step(other.store, other, one, sequents)
        except recheck.Refused as error:
            refused = str(error)
        if theorem is None or sequent is None:
            stricter = theorem is not None and any(reason in refused for reason in STRICTER)
            assert stricter or (theorem is None and sequent is None), (one, refused)
            found["refused"] += 1
            continue
        found[rule] += 1
        assert (node(theorem.conclusion), {*map(node, theorem.hyps)}) == (sequent.conclusion, sequent.hyps)
        assert theorem.facts == sequent.facts
        theorems.append(theorem)
        sequents.append(sequent)
    assert len(found) > 12
    assert len(theorems) > STEPS / 5
