"""Mutants of certificates: one change each, of a kind that a careless or hostile author might make.

`mutants(data, count, seed)` gives (what was changed, mutated certificate). A mutant may still be a valid proof, of the
same statement or, where the change reaches the statement, of another one; whoever uses this has to compare.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Data = dict[str, Any]
Change = Callable[[Data, random.Random], str | None]
CHANGES: list[Change] = []


class Impossible(Exception):
    """There is nothing of the kind in this certificate."""


def change(function: Change) -> Change:
    CHANGES.append(function)
    return function


def chosen(rng: random.Random, things: Sequence[Any]) -> Any:
    """One of them."""
    if not things:
        raise Impossible
    return rng.choice(things)


def terms_of(data: Data) -> list[list[Any]]:
    """Every `[coef, generators, word]` of the terms."""
    return [item for _, items in data["terms"] for item in items]


def words_of(data: Data, least: int = 1) -> list[list[int]]:
    """Every word with so many letters."""
    words = [item[2] for item in terms_of(data)] + [one[1] for one in data["generators"] if one[0] == "trace"]
    return [word for word in words if len(word) >= least]


def lines_with(data: Data, *rules: str) -> list[list[Any]]:
    return [line for line in data.get("lines", []) if line[0] in rules]


@change
def coefficient(data: Data, rng: random.Random) -> None:
    item = chosen(rng, terms_of(data))
    item[0] = chosen(rng, [2, 3, -2, "1/2", "-3/2", 0, 7])


@change
def sign(data: Data, rng: random.Random) -> None:
    item = chosen(rng, [item for item in terms_of(data) if isinstance(item[0], int)])
    item[0] = -item[0]


@change
def dropped_term(data: Data, rng: random.Random) -> None:
    _, items = chosen(rng, [term for term in data["terms"] if term[1]])
    items.pop(rng.randrange(len(items)))


@change
def doubled_term(data: Data, rng: random.Random) -> None:
    _, items = chosen(rng, [term for term in data["terms"] if term[1]])
    items.append(copy.deepcopy(rng.choice(items)))


@change
def letter(data: Data, rng: random.Random) -> None:
    word = chosen(rng, words_of(data))
    word[rng.randrange(len(word))] = rng.randint(1, len(data["letters"])) * rng.choice([1, -1])


@change
def transposition(data: Data, rng: random.Random) -> None:
    word = chosen(rng, words_of(data))
    at = rng.randrange(len(word))
    word[at] = -word[at]


@change
def order_of_factors(data: Data, rng: random.Random) -> None:
    word = chosen(rng, words_of(data, 2))
    at = rng.randrange(len(word) - 1)
    word[at], word[at + 1] = word[at + 1], word[at]


@change
def dropped_letter(data: Data, rng: random.Random) -> None:
    word = chosen(rng, words_of(data))
    word.pop(rng.randrange(len(word)))


@change
def scalar_factor(data: Data, rng: random.Random) -> None:
    item = chosen(rng, terms_of(data) if data["generators"] else [])
    if item[1] and rng.random() < 0.5:
        item[1].pop(rng.randrange(len(item[1])))
    else:
        item[1].append(chosen(rng, range(len(data["generators"]))))


@change
def shape(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, [*data["letters"], *(term[0] for term in data["terms"] if term[0])])
    entry[-rng.randint(1, 2)] = chosen(rng, range(len(data["nats"])))


@change
def shape_of_a_variable(data: Data, rng: random.Random) -> None:
    variables = [entry[1] for entry in data["formulas"] if entry[0] in ("all", "exists")]
    variables += [line[2][0] for line in lines_with(data, "for_all_intro")]
    variables += [variable for line in lines_with(data, "chain") for variable in line[2][2]]
    variable = chosen(rng, variables)
    if variable[1] == "matrix" and rng.random() < 0.7:
        variable[-rng.randint(1, 2)] = chosen(rng, range(len(data["nats"])))
    else:
        variable[1] = rng.choice(["nat", "scalar", "matrix"])


@change
def arity(data: Data, rng: random.Random) -> None:
    variables = [entry[1] for entry in data["formulas"] if entry[0] in ("all", "exists")]
    variable = chosen(rng, variables + [line[2][0] for line in lines_with(data, "for_all_intro")])
    variable[2] = 1 - variable[2] if rng.random() < 0.8 else rng.randint(0, 3)


@change
def index_shifted(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, data["nats"])
    entry[0] = max(0, entry[0] + rng.choice([1, -1]))


@change
def multiple_of_a_number(data: Data, rng: random.Random) -> None:
    _, atoms = chosen(rng, [entry for entry in data["nats"] if entry[1]])
    rng.choice(atoms)[0] = rng.choice([0, 2, 3])


@change
def index_of_a_family(data: Data, rng: random.Random) -> None:
    indices = [one[1] for one in data["letters"] if len(one) == 4]
    indices += [one[2] for one in data["generators"] if one[0] != "trace"]
    indices += [atom[2] for _, atoms in data["nats"] for atom in atoms]
    found = chosen(rng, [one for one in indices if one])
    found[rng.randrange(len(found))] = chosen(rng, range(len(data["nats"])))


@change
def name(data: Data, rng: random.Random) -> None:
    """A name is exchanged, or replaced by a fresh one, in one place."""
    places = [(one, 0) for one in data["letters"] if len(one) == 4]
    places += [(one, 1) for one in data["generators"] if one[0] != "trace"]
    places += [(atom, 1) for _, atoms in data["nats"] for atom in atoms]
    places += [(entry[1], 0) for entry in data["formulas"] if entry[0] in ("all", "exists")]
    places += [(line[2], 0) for line in lines_with(data, "exists_elim", "leibniz", "chain", "fact")]
    places += [(line[2][0], 0) for line in lines_with(data, "for_all_intro")]
    place, at = chosen(rng, places)
    place[at] = rng.choice([rng.choice(places)[0][0], "fresh", "k", "x_next", "pinv", "basis"])


@change
def relation(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, [entry for entry in data["formulas"] if entry[0] in ("=", ">=", ">")])
    entry[0] = rng.choice(["=", ">=", ">"])


@change
def connective(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, [entry for entry in data["formulas"] if entry[0] in ("and", "or", "implies")])
    entry[0] = rng.choice(["and", "or", "implies"])


@change
def quantifier(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, [entry for entry in data["formulas"] if entry[0] in ("all", "exists")])
    entry[0] = "exists" if entry[0] == "all" else "all"


@change
def sides_exchanged(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, [entry for entry in data["formulas"] if entry[0] in ("and", "or", "implies")])
    entry[1], entry[2] = entry[2], entry[1]


@change
def dropped_hypothesis(data: Data, rng: random.Random) -> None:
    """A part of a conjunction, or what stands before an implication, goes; what refers to the formula gets the rest."""
    at = chosen(rng, [i for i, entry in enumerate(data["formulas"]) if entry[0] in ("and", "implies")])
    kept = data["formulas"][at][2 if data["formulas"][at][0] == "implies" else rng.randint(1, 2)]
    for entry in data["formulas"]:
        for position in (1, 2):
            if len(entry) > position and entry[0] not in ("=", ">=", ">") and entry[position] == at:
                entry[position] = kept
    if data["statement"] == at:
        data["statement"] = kept


@change
def part_of_a_formula(data: Data, rng: random.Random) -> None:
    at = chosen(rng, list(range(1, len(data["formulas"]))))
    entry = data["formulas"][at]
    if entry[0] in ("=", ">=", ">"):
        entry[1] = chosen(rng, range(len(data["terms"])))
    elif len(entry) == 3:
        entry[2] = rng.randrange(at)


@change
def statement(data: Data, rng: random.Random) -> None:
    data["statement"] = chosen(rng, range(len(data["formulas"])))


@change
def facts_removed(data: Data, rng: random.Random) -> None:
    facts = data.get("facts")
    if facts is None:
        raise Impossible
    if facts and rng.random() < 0.7:
        facts.pop()
    else:
        facts.append(rng.choice([one for one in ("pinv", "split", "basis", "spectral") if one not in facts]))


@change
def rule(data: Data, rng: random.Random) -> None:
    line = chosen(rng, data.get("lines", []))
    pairs = {"and_left": "and_right", "or_left": "or_right", "nat_successor": "nat_difference", "assume": "evaluate",
             "for_all_intro": "for_all_elim", "falsum_elim": "implies_intro", "excluded_middle": "assume"}
    either = {**pairs, **{other: one for one, other in pairs.items()}}
    line[0] = either.get(line[0], rng.choice(["assume", "and_intro", "trichotomy", "evaluate", "inverse"]))


@change
def premise(data: Data, rng: random.Random) -> None:
    """Another earlier line: a hypothesis exchanged."""
    lines = data.get("lines", [])
    at = chosen(rng, [i for i, line in enumerate(lines) if line[1] and i > 1])
    used = lines[at][1]
    used[rng.randrange(len(used))] = rng.randrange(at)


@change
def premises_exchanged(data: Data, rng: random.Random) -> None:
    line = chosen(rng, [line for line in data.get("lines", []) if len(line[1]) > 1])
    line[1].reverse()


@change
def premise_dropped(data: Data, rng: random.Random) -> None:
    line = chosen(rng, [line for line in data.get("lines", []) if line[1]])
    line[1].pop(rng.randrange(len(line[1])))


@change
def line_dropped(data: Data, rng: random.Random) -> None:
    """A step is left out; later numbers move."""
    lines = data.get("lines", [])
    at = chosen(rng, list(range(len(lines))))
    lines.pop(at)
    for line in lines[at:]:
        line[1] = [max(0, index - (index >= at)) for index in line[1]]
    for theorem in data["theorems"]:
        theorem[1] = max(0, theorem[1] - (theorem[1] >= at))


@change
def side_condition(data: Data, rng: random.Random) -> None:
    """A hypothesis is not discharged, or generalised over too early: two steps that follow each other change places."""
    lines = data.get("lines", [])
    inside = ("for_all_intro", "implies_intro", "exists_elim")
    pairs = [i for i in range(1, len(lines)) if lines[i][0] in inside and lines[i - 1][0] in inside]
    at = chosen(rng, pairs)
    lines[at - 1][0], lines[at][0] = lines[at][0], lines[at - 1][0]
    lines[at - 1][2], lines[at][2] = lines[at][2], lines[at - 1][2]


@change
def formula_of_a_rule(data: Data, rng: random.Random) -> None:
    rules = "assume", "or_left", "or_right", "implies_intro", "exists_intro", "falsum_elim", "excluded_middle"
    line = chosen(rng, lines_with(data, *rules, "combine", "evaluate"))
    line[2][0] = chosen(rng, range(len(data["formulas"])))


@change
def term_of_a_rule(data: Data, rng: random.Random) -> None:
    line = chosen(rng, lines_with(data, "gram", "trichotomy", "one_by_one", "nat_nonnegative", "nat_successor",
                                  "nat_difference", "leibniz", "chain"))
    table = "terms" if line[0] in ("gram", "trichotomy", "one_by_one") else "nats"
    either = rng.randrange(2)
    at = {"leibniz": 1, "chain": 1, "nat_successor": either, "nat_difference": either}.get(line[0], 0)
    line[2][at] = chosen(rng, range(len(data[table])))


@change
def value(data: Data, rng: random.Random) -> None:
    """What is put for a variable."""
    values = [line[2][-1] for line in lines_with(data, "for_all_elim", "exists_intro")]
    values += [one for line in lines_with(data, "chain") for one in line[2][5]]
    found = chosen(rng, values)
    inner = found[2] if found[0] == "family" else found
    if rng.random() < 0.2:
        inner[0] = "term" if inner[0] == "nat" else "nat"
    inner[1] = rng.choice(range(len(data[f"{inner[0]}s"]) or 1))


@change
def chain(data: Data, rng: random.Random) -> None:
    """The bound, states, invariant, relation or start values of an induction."""
    line = chosen(rng, lines_with(data, "chain"))
    _, _, states, _, relation_of, start = line[2]
    which = rng.randrange(5)
    if which == 0 and states:
        states.pop(rng.randrange(len(states)))
    elif which == 1:
        line[2][3] = chosen(rng, range(len(data["formulas"])))
    elif which == 2:
        line[2][4] = chosen(rng, range(len(data["formulas"]))) if relation_of is None or rng.random() < 0.5 else None
    elif which == 3:
        start.reverse()
        states.reverse()
    elif start:
        start.pop()


@change
def cofactor(data: Data, rng: random.Random) -> None:
    line = chosen(rng, [line for line in lines_with(data, "combine") if line[2][1]])
    one = rng.choice(line[2][1])
    at = rng.randrange(6)
    if at == 4:
        one[4] = not one[4]
    elif at == 1:
        one[1] = rng.randrange(len(line[1]) + 1)
    elif at == 5:
        line[2][1].remove(one)
    else:
        another = chosen(rng, range(len(data["terms"])))
        one[at] = rng.choice([another, another, None if at else 0])


@change
def product(data: Data, rng: random.Random) -> None:
    line = chosen(rng, [line for line in lines_with(data, "combine") if line[2][2]])
    one = rng.choice(line[2][2])
    which = rng.randrange(5)
    if which == 0:
        one[0] = rng.choice([0, -1, 2, "1/2"])
    elif which == 1:
        line[2][2].remove(one)
    elif which == 2 and one[3]:
        one[3].pop()
    elif which == 3 and line[1]:
        one[3].append(rng.randrange(len(line[1])))
    else:
        one[rng.randint(1, 2)].append(chosen(rng, range(len(data["terms"]))))


@change
def theorem(data: Data, rng: random.Random) -> None:
    entry = chosen(rng, data.get("theorems", []))
    entry[1] = rng.randrange(len(data["lines"]) + 1)


@change
def number_of_a_literal(data: Data, rng: random.Random) -> None:
    rows = [row for one in data["letters"] if len(one) == 3 for row in one[0] if row]
    row = chosen(rng, rows)
    row[rng.randrange(len(row))] = rng.choice([0, 1, -1, 2, "1/2"])


@change
def value_of_an_instance(data: Data, rng: random.Random) -> None:
    """In a counterexample: a number, a shape, the order or the number of values."""
    values = data.get("values")
    at = rng.randrange(len(values)) if values else chosen(rng, [])
    which = rng.randrange(6)
    if which == 0:
        values.pop(at)
    elif which == 1:
        values.append(rng.choice(values))
    elif which == 2:
        values.reverse()
    elif isinstance(values[at], dict):
        inside = values[at]
        while "table" in inside:
            pair = chosen(rng, inside["table"])
            if not isinstance(pair[1], dict) or rng.random() < 0.3:
                pair[rng.randrange(2)] = rng.choice([[0], [1], 1, 2, "1/3"])
                return
            inside = pair[1]
        if rng.random() < 0.3:
            inside[rng.choice(["rows", "cols"])] += 1
        else:
            row = chosen(rng, [row for row in inside["entries"] if row])
            row[rng.randrange(len(row))] = rng.choice([0, 1, -1, 2, "1/2"])
    else:
        values[at] = rng.choice([0, 1, 2, -1, "1/2", 5])


def mutants(data: Data, count: int, seed: int | str) -> Iterator[tuple[str, Data]]:
    """So many mutants, the kinds in turn, always the same for the same seed."""
    rng, text = random.Random(seed), json.dumps(data)
    made = attempts = 0
    while made < count and attempts < 50 * count:
        kind = CHANGES[attempts % len(CHANGES)]
        attempts += 1
        mutant = json.loads(text)
        try:
            kind(mutant, rng)
        except Impossible:
            continue
        if mutant != data:
            made += 1
            yield kind.__name__, mutant
