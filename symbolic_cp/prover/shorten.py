"""Shorter certificates, by shortest paths.

An equation with two words, u = v or u = -v, is an edge between the words a u b and a v b for all a and b; one with a
single word, u = 0, is an edge to zero. A certificate in which all equations are of this kind is a flow in this graph
which carries the words of the claim into each other, and the fewest terms are the shortest paths. The graph is
infinite, so paths are looked for near the certificate that completion has found: through its words and their
neighbours, again and again until nothing improves. In a claim between scalars the words are those under a trace, up
to rotation and transposition. Terms of equations with more words stay as they are.

Main names: shortened, Found, size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import Central, Coefficient, Number, central, monomials
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.expansion import input_of, matrix_inputs, value
from symbolic_cp.prover.rules import Budget, Certificate, OutOfWork, Term, accumulate, add_word
from symbolic_cp.prover.simplex import nonnegative_combination, whole

ZERO = "0"  # no word: letters start above it


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate in terms of the equations (ids 2i, and 2i + 1 for transposes), with the completion behind it.

    `work` is what the completion took, `used` the numbers of the equations beneath. A certificate in stages refers to
    rules as lemmas.
    """

    completion: Completion
    certificate: Certificate
    work: int = 0
    staged: bool = False
    used: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Edge:
    """start = sign * end, because start - sign * end = factor * (equation `index`)."""

    start: str
    end: str
    sign: int
    index: int
    factor: Number


class Edges:
    """Edges by the words where they start."""

    def __init__(self, edges: Sequence[Edge]) -> None:
        self.by_start: dict[str, list[Edge]] = {}
        for edge in edges:
            self.by_start.setdefault(edge.start, []).append(edge)
        self.lengths = sorted(set(map(len, self.by_start)))


Step = tuple[str, int, Term, Number]
Place = tuple[str, int]
Tree = dict[Place, tuple[Place, Term, Number] | None]


def edges_of(matrix: Matrix, index: int) -> list[Edge]:
    """The edges that an equation gives, in both directions; none if it has more words or other coefficients."""
    items = [(word, coef) for word, coef in matrix.items() if not isinstance(coef, Central)]
    if len(items) != len(matrix) or not 1 <= len(items) <= 2:
        return []
    first, number = items[0]
    factor = whole(1 / Fraction(number))
    if len(items) == 1:
        return [Edge(first, ZERO, 1, index, factor)]
    second, other = items[1]
    if abs(other) != abs(number):
        return []
    sign = -1 if other == number else 1
    return [Edge(first, second, sign, index, factor), Edge(second, first, sign, index, -sign * factor)]


class Graph:
    """The words of matrices near a certificate, with their neighbours."""

    def __init__(self, completion: Completion, budget: Budget) -> None:
        self.completion, self.alphabet, self.budget = completion, completion.alphabet, budget
        edges = [edge for index, matrix in matrix_inputs(completion) for edge in edges_of(matrix, index)]
        self.plain = {edge.index for edge in edges}
        self.every = Edges(edges)
        self.falling = Edges([e for e in edges if e.end == ZERO or len(e.start) >= len(e.end)])

    def neighbours(self, word: str, edges: Edges, longest: int) -> Iterator[Step]:
        """One step from a word: the new word, the sign, the term of the certificate and its coefficient."""
        self.budget.spend(1 + len(word) // 8)
        room = longest - len(word)
        for position in range(len(word) + 1):
            for length in edges.lengths:
                for edge in edges.by_start.get(word[position : position + length], ()):
                    if position + length > len(word) or len(edge.end) - length > room:
                        continue
                    left, right, end = word[:position], word[position + length :], edge.end
                    if length or self.fits(left, right, end):
                        new = ZERO if end == ZERO else left + end + right
                        yield new, edge.sign, (left, edge.index, right), edge.factor

    def fits(self, left: str, right: str, inserted: str) -> bool:
        """Whether a word may stand between two others; not the zero that I = 0 makes of the empty word."""
        alphabet = self.alphabet
        return inserted != ZERO and (not left or alphabet.cols[left[-1]] == alphabet.rows[inserted[0]]) and (
            not right or alphabet.rows[right[0]] == alphabet.cols[inserted[-1]]
        )

    def movable(self, term: Term, coef: Coefficient) -> tuple[Coefficient, Coefficient]:
        """The coefficient of a term in two parts: what paths may replace, and what stays."""
        return (coef, 0) if term[1] in self.plain else (0, coef)

    def words(self, term: Term) -> list[str]:
        """The words that a term joins."""
        left, index, right = term
        return [left + word + right for word in input_of(self.completion, index)]

    def path_words(self, certificate: Certificate) -> list[str]:
        """The words that the terms of a certificate join, without those terms that stay as they are."""
        moved = [term for term, coef in certificate.items() if self.movable(term, coef)[0]]
        return [word for term in moved for word in self.words(term)]

    def demands(self, target: Matrix) -> dict[str, dict[str, Number]]:
        """What has to be carried: for each central monomial, the words with their numbers."""
        groups: dict[str, dict[str, Number]] = {}
        for word, coef in target.items():
            for monomial, number in monomials(coef).items():
                groups.setdefault(monomial, {})[word] = number
        return groups

    def around(self, words: Iterable[str], *, wide: bool) -> dict[str, list[Step]]:
        """The words given, if `wide` with their neighbours, and all steps between these."""
        inner = dict.fromkeys(words)
        longest = max(map(len, inner), default=0)
        near: dict[str, list[Step]] = {word: [] for word in inner}
        near[ZERO] = []
        for word in inner if wide else ():
            for step in self.neighbours(word, self.every, longest):
                near.setdefault(step[0], [])
        for word in [word for word in near if word != ZERO]:
            for new, sign, term, factor in self.neighbours(word, self.falling, longest):
                if new in near:
                    near[word].append((new, sign, term, factor))
                    if new != ZERO:
                        near[new].append((word, sign, term, -sign * factor))
        return near


class CyclicGraph(Graph):
    """The words under traces near a certificate of a scalar claim, up to rotation and transposition."""

    def neighbours(self, word: str, edges: Edges, longest: int) -> Iterator[Step]:
        """As for matrices, with the word read around a circle."""
        self.budget.spend(1 + len(word) // 4)
        turn, room = self.alphabet.least_turn, longest - len(word)
        for position in range(len(word)):
            turned = word[position:] + word[:position]
            for length in edges.lengths:
                for edge in edges.by_start.get(turned[:length], ()) if length <= len(word) else ():
                    rest, end = turned[length:], edge.end
                    if len(end) - length > room or not (end + rest or end == ZERO):
                        continue
                    if length or self.fits(rest, rest, end):
                        new = ZERO if end == ZERO else turn(end + rest)
                        yield new, edge.sign, ("", edge.index, rest), edge.factor

    def movable(self, term: Term, coef: Coefficient) -> tuple[Coefficient, Coefficient]:
        """Terms whose coefficient is a trace, or that leave the trace of an identity, stay."""
        left, index, right = term
        if index not in self.plain or not all(left + word + right for word in input_of(self.completion, index)):
            return 0, coef
        traces = self.alphabet.traces
        free = {m: number for m, number in monomials(coef).items() if not any(one in traces for one in m)}
        moved = central(free)
        return moved, coef - moved

    def words(self, term: Term) -> list[str]:
        """The words under the trace."""
        return [self.alphabet.least_turn(word) for word in super().words(term)]

    def demands(self, target: Matrix) -> dict[str, dict[str, Number]]:
        """For each central monomial beside a trace, the words under the trace.

        A monomial without traces is not carried: it is a demand at a word that has no neighbours.
        """
        groups: dict[str, dict[str, Number]] = {}
        for monomial, number in monomials(target.get("", 0)).items():
            traces = [one for one in monomial if one in self.alphabet.traces]
            rest = monomial.replace(traces[0], "", 1) if traces else monomial
            groups.setdefault(rest, {})[self.alphabet.traces[traces[0]] if traces else ""] = number
        return groups


def paths_from(start: str, steps: dict[str, list[Step]]) -> Tree:
    """The tree of shortest paths from a word; places are words with a sign."""
    begin: Place = (start, 1)
    tree: Tree = {begin: None}
    layer = [begin]
    while layer:
        following: list[Place] = []
        for place in layer:
            word, sign = place
            for new, turn, term, factor in steps[word]:
                then = (new, sign * turn if new != ZERO else 1)
                if then not in tree:
                    tree[then] = (place, term, sign * factor)
                    following.append(then)
        layer = following
    return tree


def path_to(place: Place, tree: Tree) -> list[tuple[Term, Number]]:
    """The terms on the path to a place: start - sign * word = their sum."""
    terms: list[tuple[Term, Number]] = []
    link = tree[place]
    while link is not None:
        place, term, factor = link
        terms.append((term, factor))
        link = tree[place]
    return terms


def carried(demand: dict[str, Number], steps: dict[str, list[Step]]) -> dict[Term, Number] | None:
    """Terms that add up to the demand, by shortest paths between its words; None if there are no such paths."""
    places = list(demand)
    if not all(word in steps for word in places):
        return None
    ways: list[list[tuple[Term, Number]]] = []
    vectors: list[dict[str, Number]] = []
    for i, word in enumerate(places):
        tree = paths_from(word, steps)
        for other in (*places[i + 1 :], ZERO):
            for sign in (1, -1):
                if (other, sign) not in tree:
                    continue
                way = path_to((other, sign), tree)
                vector: dict[str, Number] = {word: 1} if other == ZERO else {word: 1, other: -sign}
                ways += [way, [(term, -factor) for term, factor in way]]
                vectors += [vector, {key: -value for key, value in vector.items()}]
    weights = nonnegative_combination(vectors, demand, [-len(way) for way in ways])
    if weights is None:
        return None
    total: dict[Term, Number] = {}
    for weight, way in zip(weights, ways, strict=True):
        for term, factor in way if weight else ():
            total[term] = total.get(term, 0) + whole(weight) * factor
    return {term: value for term, value in total.items() if value}


def size(certificate: Certificate) -> int:
    """The number of terms, with every monomial of a coefficient counted."""
    return sum(len(monomials(coef)) for coef in certificate.values())


def shortened(
    found: Sequence[Found], target: Matrix, budget: Budget, widths: Sequence[bool], *, scalar: bool
) -> Found:
    """The first of several certificates of a claim, shortened; `target` is the claim in inner form.

    Width False: along the words of all of them; True: through their neighbours too, until nothing improves.
    """
    completion, certificate = found[0].completion, found[0].certificate
    graph = (CyclicGraph if scalar else Graph)(completion, budget)
    words = dict.fromkeys(word for one in found for word in graph.path_words(one.certificate))
    try:
        for wide in widths:
            while size(certificate) > 1:
                better = _round(graph, target, certificate, () if wide else words, wide=wide)
                if better is None or size(better) >= size(certificate):
                    break
                certificate = better
    except OutOfWork:
        pass
    used = frozenset(index // 2 for _, index, _ in certificate if 0 <= index < completion.first)
    return Found(completion, certificate, found[0].work, staged=False, used=used)


def _round(
    graph: Graph, target: Matrix, certificate: Certificate, near: Iterable[str], *, wide: bool
) -> Certificate | None:
    """The best certificate near one, or None if the demand cannot be carried there."""
    scalar = isinstance(graph, CyclicGraph)
    words = dict.fromkeys([*graph.path_words(certificate), *near])
    result: Certificate = {}
    demand = dict(target)
    for term, coef in certificate.items():
        _, kept = graph.movable(term, coef)
        if kept:
            result[term] = kept
            for word, factor in value(graph.completion, term, scalar=scalar).items():
                add_word(demand, word, -kept * factor)
    groups = graph.demands(demand)
    for group in groups.values():
        words.update(dict.fromkeys(group))
    steps = graph.around(words, wide=wide)
    for monomial, group in groups.items():
        terms = carried(group, steps)
        if terms is None:
            return None
        scale = central({monomial: 1})
        for term, number in terms.items():
            accumulate(result, term, scale * number)
    return result
