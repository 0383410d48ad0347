"""Letters that are left out of an instance and that the others define.

What a hypothesis defines is recognised by the formula alone: Moore-Penrose and two-sided inverses, equations with a
letter alone on one side, whatever a linear system determines, the spectrum of a matrix with rational eigenvalues, and
the usual blocks of vec and Kronecker products.

Main functions: complete, define_families.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from flint import fmpq, fmpq_mat

from symbolic_cp.book.letters import Letters, infer_dimensions
from symbolic_cp.exact.errors import InputError, Undecided
from symbolic_cp.exact.linear import pinv
from symbolic_cp.exact.matrices import eye, is_symmetric, zeros
from symbolic_cp.exact.spectrum import Eigenvalue, eigenprojector, spectrum
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.kernel.evaluation import evaluate_nat
from symbolic_cp.kernel.formulas import (
    And,
    Equal,
    ForAll,
    Formula,
    Implies,
    NonNegative,
    Variable,
    free_names,
)
from symbolic_cp.kernel.terms import Generator, Nat, Poly
from symbolic_cp.prover.context import Context
from symbolic_cp.prover.goal import Goal
from symbolic_cp.prover.kronecker import blocks
from symbolic_cp.prover.numeric import Entry, degree, holds, places, solve, unpacked, value
from symbolic_cp.prover.plan import plan
from symbolic_cp.prover.task import All, Condition, Shape, Unsupported, concrete, concrete_poly, letters, task

LARGEST_SYSTEM = 4_000_000
"""Linear equations whose matrix has more entries are not solved."""

LONGEST_VEC = 200
"""Blocks are made for vectors up to this length."""


def complete(goal: Goal, known: Letters) -> None:
    """Give values to all letters of the goal that the file left out, as far as the given ones determine them.

    Raises InputError for a letter that nothing determines, Undecided for a spectrum that is not rational.
    """
    variables = goal.variables
    formulas = [hypothesis.formula for hypothesis in goal.hypotheses]
    while missing(goal, known):
        progress = infer_dimensions(known, variables)
        for formula in formulas:
            progress = _blocks(formula, variables, known) or _spectra(formula, variables, known) or progress
        if not progress and not _equations(goal, known):
            break
    left = missing(goal, known)
    if left:
        what = "them" if len(left) > 1 else "it"
        said = f"the instance leaves out {', '.join(left)}, and what is given does not determine {what}"
        raise InputError(said, file=known.file)


def define_families(goal: Goal, known: Letters) -> None:
    """Give values to dimensions, blocks and spectra that what is known determines, and to nothing else.

    Raises Undecided for a spectrum that is not rational.
    """
    formulas = [hypothesis.formula for hypothesis in goal.hypotheses]
    progress = True
    while progress:
        progress = infer_dimensions(known, goal.variables)
        for formula in formulas:
            progress = _blocks(formula, goal.variables, known) or _spectra(formula, goal.variables, known) or progress


def missing(goal: Goal, known: Letters) -> list[str]:
    """The variables of the goal without a value."""
    return [one.name for one in goal.variables if not known.knows(one)]


def _define(known: Letters, name: str, entry: Entry) -> None:
    known.point[name] = entry
    _note(known, name.partition("[")[0])


def _note(known: Letters, name: str) -> None:
    """Remember that a letter, or a family, was computed."""
    if name not in known.computed:
        known.computed.append(name)


# ---------------------------------------------------------------------------------------------------------- equations


def _equations(goal: Goal, known: Letters) -> bool:
    """Inverses, letters that stand alone, and what linear equations determine; whether there was anything new."""
    usable = tuple(one for one in goal.hypotheses if _can_be_used(one.formula, known))
    shaped = tuple(one for one in goal.variables if _has_shape(one, known))
    given, _, shapes = task(Goal(goal.name, shaped, usable, Equal(Poly(None, {})))).at(known.nats)
    if given is False or given is True or not set(shapes) - set(known.point):
        return False
    found = False
    for one in plan(given, shapes).computed:
        if one.name not in known.point and free_names(one.term) <= set(known.point):
            entry = value(one.term, known.point)
            if one.kind != "equal":
                assert isinstance(entry, fmpq_mat)
                if one.kind == "inverse" and not entry.det():
                    continue
                entry = entry.inv() if one.kind == "inverse" else pinv(entry)
            _define(known, one.name, entry)
            found = True
    return found or _linear(given, shapes, known)


def _can_be_used(formula: Formula, known: Letters) -> bool:
    """Whether numbers are known for all its dimensions and indices, and it quantifies over nothing else."""
    try:
        concrete(formula, known.nats)
    except (KernelError, Unsupported):
        return False
    return True


def _has_shape(variable: Variable, known: Letters) -> bool:
    try:
        return all(evaluate_nat(side, known.nats) >= 0 for side in (variable.sort.rows, variable.sort.cols))
    except KernelError:
        return bool(variable.arity)


def _linear(given: Condition, shapes: dict[str, Shape], known: Letters) -> bool:
    """What the equations that are linear in the unknown letters determine, for letters that occur together at once."""
    parts = given.parts if isinstance(given, All) else (given,)
    unknown = {name: shape for name, shape in shapes.items() if name not in known.point and name[0] != "%"}
    terms = [one.term for one in parts if isinstance(one, Equal)]
    terms = [term for term in terms if degree(term, unknown) == 1 and free_names(term) <= {*unknown, *known.point}]
    return any([_solved(group, unknown, known) for group in _groups(terms, set(unknown))])  # noqa: C419 - solve all


def _groups(terms: Sequence[Poly], unknown: set[str]) -> list[list[Poly]]:
    """The terms, together where they share an unknown letter."""
    groups: list[tuple[set[str], list[Poly]]] = []
    for term in terms:
        names, group = set(free_names(term) & unknown), [term]
        for other in [one for one in groups if one[0] & names]:
            groups.remove(other)
            names, group = names | other[0], other[1] + group
        groups.append((names, group))
    return [group for _, group in groups]


def _solved(terms: Sequence[Poly], unknown: dict[str, Shape], known: Letters) -> bool:
    """Give values to the letters that linear equations determine; whether there were any."""
    where = places({name: shape for name, shape in unknown.items() if any(name in free_names(term) for term in terms)})
    height = sum(term.shape[0].const * term.shape[1].const if term.shape else 1 for term in terms)
    if height * sum(rows * cols for _, rows, cols in where.values()) > LARGEST_SYSTEM:
        return False
    solved = solve(terms, where, known.point)
    if solved is None:
        return False
    particular, basis = solved
    entries = unpacked(particular, where, unknown)
    free = [any(basis[i, j] for j in range(basis.ncols())) for i in range(basis.nrows())]
    settled = [name for name, (offset, rows, cols) in where.items() if not any(free[offset : offset + rows * cols])]
    for name in settled:
        _define(known, name, entries[name])
    return bool(settled)


# ------------------------------------------------------------------------------------------------------------ spectra


def _spectra(formula: Formula, variables: Sequence[Variable], known: Letters) -> bool:
    """The spectrum of a known matrix, where the formula says for i = 1, ..., r: S E[i] = s[i] E[i]."""
    families = {one.name: one for one in variables if one.arity == 1}
    for count, term in _eigenvalue_equations(formula):
        found = _split(term)
        if found is None or not {found[0], found[1]} <= set(families):
            continue
        s, E, S = found
        if any(known.knows(families[name]) for name in (s, E)) or count in known.nats:
            continue
        try:
            matrix = value(concrete_poly(S, known.nats), known.point)
        except (KernelError, KeyError, ValueError):  # a letter of S has no value yet, or one of another shape
            continue
        if isinstance(matrix, fmpq_mat) and is_symmetric(matrix) and _put(formula, (count, s, E), matrix, known):
            return True
    return False


def _eigenvalue_equations(formula: Formula, counts: tuple[tuple[str, str], ...] = ()) -> Iterator[tuple[str, Poly]]:
    """Equations under a quantifier over 1..r, with the name r; the index is `#` and the height of the quantifier."""
    if isinstance(formula, And):
        yield from _eigenvalue_equations(formula.left, counts)
        yield from _eigenvalue_equations(formula.right, counts)
    elif isinstance(formula, ForAll) and formula.sort.kind == "nat":
        yield from _eigenvalue_equations(formula.body, (*counts, (f"#{formula.height}", "")))
    elif isinstance(formula, Implies) and counts:
        index, _ = counts[-1]
        bound = _bound(formula.left, index)
        yield from _eigenvalue_equations(formula.right, (*counts[:-1], (index, bound or counts[-1][1])))
    elif isinstance(formula, Equal) and len(counts) == 1 and counts[0][1]:
        yield counts[0][1], formula.term


def _bound(formula: Formula, index: str) -> str:
    """r, if the formula is r - index >= 0; else nothing."""
    if not isinstance(formula, NonNegative):
        return ""
    terms = formula.term.terms
    names = [scalars[0].name for (scalars, _), coef in terms.items() if coef == 1 and len(scalars) == 1]
    own = terms.get(((Generator("nat", index),), ()))
    return names[0] if own == -1 and len(terms) == 2 and len(names) == 1 else ""


def _split(term: Poly) -> tuple[str, str, Poly] | None:
    """s, E and S, if the term is S E[i] - s[i] E[i]."""
    own = [(scalars[0], word) for (scalars, word), coef in term.terms.items() if len(scalars) == 1 and coef == -1]
    own = [(one, word) for one, word in own if one.kind == "scalar" and len(word) == 1 and one.args == word[0].args]
    if len(own) != 1 or len(own[0][0].args) != 1:
        return None
    number, (E,) = own[0]
    rest = {key: coef for key, coef in term.terms.items() if key != ((number,), (E,))}
    if not all(not scalars and len(word) > 1 and word[-1] == E for scalars, word in rest):
        return None
    S = Poly((E.rows, E.rows), {(scalars, word[:-1]): coef for (scalars, word), coef in rest.items()})
    return number.name, E.name, S


def _put(formula: Formula, names: tuple[str, str, str], matrix: fmpq_mat, known: Letters) -> bool:
    """Take all eigenvalues, or the positive ones, or those that are not zero: whichever the formula allows."""
    eigenvalues = spectrum(matrix)
    if any(not isinstance(one.value, fmpq) for one in eigenvalues):
        said = ", ".join(map(str, eigenvalues))
        raise Undecided(f"instances are checked over Q, and the eigenvalues {said} are not all rational")
    count, s, E = names
    positive = [one for one in eigenvalues if isinstance(one.value, fmpq) and one.value > 0]
    for chosen in (eigenvalues, positive, [one for one in eigenvalues if one.value != 0]):
        family = _family(matrix, chosen, s, E)
        if _allows(formula, Letters({**known.nats, count: len(chosen)}, {**known.point, **family})):
            known.nats[count] = len(chosen)
            for name in (count, s, E):
                _note(known, name)
            for name, entry in family.items():
                _define(known, name, entry)
            return True
    return False


def _family(matrix: fmpq_mat, chosen: Sequence[Eigenvalue], s: str, E: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for i, one in enumerate(chosen, start=1):
        projector = eigenprojector(matrix, one)
        assert isinstance(one.value, fmpq)
        assert isinstance(projector, fmpq_mat)
        found |= {f"{s}[{i}]": one.value, f"{E}[{i}]": projector}
    return found


def _allows(formula: Formula, known: Letters) -> bool:
    """Whether what the formula says about known letters holds, and its linear equations for the others can be met."""
    condition = concrete(formula, known.nats)
    if isinstance(condition, bool):
        return condition
    parts = condition.parts if isinstance(condition, All) else (condition,)
    about = [one for one in parts if letters(one) <= set(known.point)]
    if not all(holds(one, known.point) for one in about):
        return False
    others = [one.term for one in parts if isinstance(one, Equal) and not letters(one) <= set(known.point)]
    shapes: dict[str, Shape] = {}
    for term in others:
        for _, word in term.terms:
            shapes |= {one.name: (one.rows.const, one.cols.const) for one in word if one.name not in known.point}
    linear = [term for term in others if degree(term, shapes) == 1 and free_names(term) <= {*shapes, *known.point}]
    return not linear or solve(linear, places(shapes), known.point) is not None


# ------------------------------------------------------------------------------------------------------------- blocks


def _blocks(formula: Formula, variables: Sequence[Variable], known: Letters) -> bool:
    """The usual blocks: selectors of `size` coordinates each, and unit vectors, where a hypothesis asks for blocks."""
    by_name = {one.name: one for one in variables}
    for name in (one.name.removesuffix("_c") for one in variables if one.name.endswith("_c") and one.arity == 1):
        families = [by_name.get(f"{name}_{letter}") for letter in "cCfF"]
        if None in families or any(one is not None and known.knows(one) for one in families):
            continue
        c, f = by_name[f"{name}_c"], by_name[f"{name}_f"]
        total, size, count = c.sort.rows, c.sort.cols, f.sort.rows
        if not total.atoms or _asks_for_blocks(total.atoms[0][0][0], count, size, name) != formula:
            continue
        try:
            sizes = evaluate_nat(count, known.nats), evaluate_nat(size, known.nats)
        except KernelError:
            continue
        N = total.atoms[0][0][0]
        if sizes[0] * sizes[1] > LONGEST_VEC:
            raise Undecided(f"vectors of length {sizes[0] * sizes[1]} are longer than the {LONGEST_VEC} that are built")
        if known.nats.setdefault(N, sizes[0] * sizes[1]) != sizes[0] * sizes[1]:
            said = f"{N} = {known.nats[N]}, but {sizes[0]} blocks of {sizes[1]} are expected"
            raise InputError(said, file=known.file)
        _note(known, N)
        for letter, width in (("c", sizes[1]), ("f", 1)):
            _selectors(known, f"{name}_{letter}", f"{name}_{letter.upper()}", sizes[0], width)
        return True
    return False


@lru_cache(maxsize=256)
def _asks_for_blocks(total: str, count: Nat, size: Nat, name: str) -> Formula:
    """The hypothesis that there are blocks of this name; the same few are asked for at every instance."""
    return blocks(Context(), total, count, size, name).known.formula


def _selectors(known: Letters, one: str, partial: str, count: int, width: int) -> None:
    """Columns (j - 1) width + 1 to j width of the identity for j = 1, ..., count, and the sums of their projectors."""
    total = eye(count * width)
    _define(known, f"{partial}[0]", zeros(count * width, count * width))
    so_far = zeros(count * width, count * width)
    for j in range(1, count + 1):
        rows = range(count * width)
        entries = [total[i, k] for i in rows for k in range((j - 1) * width, j * width)]
        selector = fmpq_mat(count * width, width, entries)
        so_far = so_far + selector * selector.transpose()
        _define(known, f"{one}[{j}]", selector)
        _define(known, f"{partial}[{j}]", so_far)
