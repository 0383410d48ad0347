"""Terms at a point agree with the kernel's evaluation, and linear equations are solved or shown to be insolvable."""

from __future__ import annotations

from random import Random

from flint import fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.linear import rank
from symbolic_cp.exact.matrices import hstack, is_zero
from symbolic_cp.kernel.evaluation import evaluate_poly
from symbolic_cp.kernel.formulas import Equal
from symbolic_cp.kernel.terms import identity, matrix, symbol, trace
from symbolic_cp.prover.numeric import (
    affine,
    degree,
    from_instance,
    holds,
    insolvable,
    places,
    solve,
    system,
    to_instance,
    unpacked,
    value,
)
from symbolic_cp.prover.task import All, Some
from symbolic_cp.prover.zoo import integers

m, n = 2, 3
A, B, C, s = matrix("A", m, n), matrix("B", n, m), matrix("C", n, n), symbol("s")
SHAPES = {"A": (m, n), "B": (n, m), "C": (n, n)}
TERMS = [
    A @ B,
    s * A - A @ C * trace(C),
    A.T @ B.T + s * identity(n),
    C.T @ B @ A @ C - C,
    trace(C @ B @ A) * s - 3,
    trace(C) * trace(C) * A @ C,
]


def point(seed):
    rng = Random(seed)
    return {name: integers(rng, *shape, (-2, -1, 0, 1, 3)) for name, shape in SHAPES.items()} | {"s": fmpq(seed % 7, 3)}


@given(st.integers(0, 10**6), st.sampled_from(TERMS))
def test_values_are_those_of_the_kernel(seed, term):
    here = point(seed)
    kernel = evaluate_poly(term, {name: to_instance(entry) for name, entry in here.items()})
    assert to_instance(value(term, here)) == kernel
    assert holds(Equal(term - term), here)


@given(st.integers(0, 10**6), st.sampled_from(TERMS), st.sampled_from(["A", "B", "C", "s"]))
def test_affine_parts_add_up(seed, term, name):
    if degree(term, (name,)) > 1:
        return
    here, shapes = point(seed), {name: SHAPES.get(name)}
    M, b = affine(term, places(shapes), {key: entry for key, entry in here.items() if key != name})
    x = here[name].entries() if isinstance(here[name], fmpq_mat) else [here[name]]
    total = M * fmpq_mat(len(x), 1, x) + b
    found = value(term, here)
    assert total.entries() == (found.entries() if isinstance(found, fmpq_mat) else [found])


@given(st.integers(0, 10**6))
def test_solutions_solve(seed):
    here = point(seed)
    terms = [C @ B - B @ A @ B, C - C.T]
    shapes = {"C": (n, n)}
    others = {name: entry for name, entry in here.items() if name != "C"}
    found = solve(terms, places(shapes), others)
    if found is None:
        M, b = system(terms, places(shapes), others)
        assert rank(M) < rank(hstack(M, b))
        return
    particular, basis = found
    for weights in (integers(Random(seed), basis.ncols(), 1), integers(Random(0), basis.ncols(), 1, (0,))):
        moved = others | unpacked(particular + basis * weights, places(shapes), shapes)
        assert all(is_zero(value(term, moved)) for term in terms)


@given(st.integers(0, 10**6))
def test_insolvable_exactly_if_there_is_no_solution(seed):
    here = point(seed)
    claim = Some(("X", "t"), All((Equal(C @ matrix("X", n, m) - B - symbol("t") * A.T), Equal(symbol("t") - s))))
    shapes = {"X": (n, m), "t": None}
    terms = [one.term for one in claim.part.parts]
    found = insolvable(claim, here)
    assert (found is None) == (solve(terms, places(shapes), here) is not None)
    assert holds(claim, here) is (None if found is None else False)
    if found is not None:
        used, y = found
        M, b = system(used, places(shapes), here)
        assert is_zero(y.transpose() * M)
        assert (y.transpose() * b)[0, 0] == 1


def test_instances_there_and_back():
    for entry in (fmpq(3, 4), fmpq(2), fmpq_mat(2, 1, [1, fmpq(1, 2)]), fmpq_mat(0, 3), fmpq_mat(2, 0)):
        assert from_instance(to_instance(entry)) == entry
