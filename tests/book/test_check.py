"""Statements on instances in files: letters left out, letters given, witnesses, and everything that may be wrong."""

from __future__ import annotations

import json

import pytest
from paper_book import BOOK

from symbolic_cp.book.audit import records
from symbolic_cp.book.check import check
from symbolic_cp.exact.errors import InputError, Undecided

POINT = {"X": [[1, 0], [0, 1]], "Y": [[2, 0], [0, 1]], "weights": [[[1, 0]], [[2], [0]]]}


@pytest.fixture
def run(tmp_path):
    """Check a statement (of the book that comes with the package, or another) on an instance."""

    def _run(name, instance, book=BOOK, **options):
        file = tmp_path / "instance.json"
        file.write_text(instance if isinstance(instance, str) else json.dumps(instance))
        step = book.find(name)
        return check(step.goal, file, proof=step.proof, **options)

    return _run


def shown(findings):
    return [(one.holds, one.residual) for one in findings]


def test_pseudoinverses_are_computed_from_their_matrices(run):
    outcome = run("lem-1.6", POINT)
    assert outcome.verdict == "holds"
    assert outcome.computed == {"Xp": [[1, 0], [0, 1]], "A2p": [["1/2", 0]]}
    assert shown(outcome.claims) == [(True, None)]
    assert [one.label for one in outcome.hypotheses][:2] == ["eq-23", "Penrose equations of X"]


def test_letters_that_are_given_are_checked(run):
    outcome = run("lem-1.6", POINT | {"Xp": [[1, 0], [0, 2]]})
    assert outcome.verdict == "not-applicable"
    assert outcome.computed == {"A2p": [["1/2", 0]]}
    failed = [one for one in outcome.hypotheses if not one.holds]
    assert [(one.label, one.residual) for one in failed] == [
        ("Penrose equations of X", [[0, 0], [0, 1]]), ("Penrose equations of X", [[0, 0], [0, 2]]),
    ]


def test_a_point_that_is_not_critical(run):
    outcome = run("lem-1", POINT | {"weights": [[[1, 1]], [[2], [0]]]})
    assert outcome.verdict == "not-applicable"
    assert (outcome.hypotheses[0].label, outcome.hypotheses[0].residual) == ("eq-23", [[0, 4]])


def test_exact_numbers_as_files_have_them(run):
    half = {"X": [["1/2"]], "Y": [["0.25"]], "A1": [["1/3"]], "A2": [["3/2"]]}
    assert run("lem-1", half).verdict == "holds"
    with pytest.raises(InputError, match="is a float"):
        run("lem-1", half | {"X": [[0.5]]})
    assert run("lem-1", half | {"X": [[0.5]]}, decimals=True).verdict == "holds"


def test_an_existence_claim_is_decided_by_a_witness_or_by_linear_algebra(run):
    assert shown(run("lem-1", POINT).claims) == [(True, None)] * 3
    assert shown(run("lem-1", POINT | {"L1": [[0, 0]]}).claims) == [(True, None)] * 3
    assert run("lem-1", POINT | {"L1": [[1, 5]]}).verdict == "holds"
    wide = POINT | {"weights": [[[1, 0], [7, 0]], [[2, 0], [0, 0]]]}
    assert run("lem-1", wide | {"L1": [[0, 0], [7, 0]]}).verdict == "holds"
    wrong = run("lem-1", wide | {"L1": [[0, 0], [8, 0]]})
    assert (wrong.verdict, wrong.claims[0].residual) == ("violated", [[0, 0], [-1, 0]])


def test_what_a_proof_constructs_decides_an_existence_claim(run):
    """T9.3: orthonormal bases of the columns of products of layers, which this file does not give."""
    eye, second = [[1, 0], [0, 1]], [[3, 4], [0, 0]]
    layers = {"l": 2, "m": 2, "A": {"0": eye, "1": second}, "X": eye}
    products = {"R": {"0": eye, "1": eye, "2": second}, "L": {"0": second, "1": second, "2": eye}}
    outcome = run("T9.3", layers | products)
    assert (outcome.verdict, outcome.remarks) == ("holds", ())
    irrational = [[1, 1], [0, 0]]
    layers["A"]["1"] = products["R"]["2"] = products["L"]["0"] = products["L"]["1"] = irrational
    outcome = run("T9.3", layers | products)
    assert outcome.verdict == "undecided"
    assert "there is no rational orthonormal basis" in outcome.to_json()["remarks"][0]


def test_spectra_and_sums_along_them_are_computed(run):
    outcome = run("prop-1", POINT | {"U": [[1, 0], [0, 1]]})
    assert outcome.verdict == "holds"
    assert (outcome.computed["r"], outcome.computed["s"]) == (2, {"1": 4, "2": 1})
    assert outcome.computed["E"]["2"] == [[0, 0], [0, 1]]


def test_a_spectrum_without_positive_eigenvalues(run):
    zero = {"X": [[1]], "Y": [[0]], "A1": [[0]], "A2": [[5]], "U": [[-1]]}
    outcome = run("prop-1", zero)
    assert (outcome.verdict, outcome.computed["r"], outcome.computed["s"]) == ("holds", 0, {})


def test_an_irrational_spectrum_is_not_decided(run):
    golden = {"X": [[1, 0], [0, 1]], "Y": [[1, 1], [1, 0]], "A1": [[0, 0]], "A2": [[0], [0]], "U": [[1, 0], [0, 1]]}
    with pytest.raises(Undecided, match=r"not all rational"):
        run("prop-1", golden)


def test_vec_and_kronecker_products_are_computed(run):
    outcome = run("eq-18", {"U": [[1, 2]], "M": [[1, 5], [3, "1/2"]], "V": [[1, 0, 4], [2, -1, 1]]})
    assert outcome.verdict == "holds"
    assert outcome.computed["x"] == [[1], [3], [5], ["1/2"]]
    assert outcome.computed["K"][0] == [1, 2, 2, 4]


def test_a_vector_that_is_no_vec(run):
    outcome = run("eq-18", {"U": [[1, 2]], "M": [[1, 5], [3, 1]], "V": [[1], [2]], "x": [[1], [3], [5], [2]]})
    assert outcome.verdict == "not-applicable"
    assert [one.label for one in outcome.hypotheses if not one.holds] == ["x = vec M"]


def test_what_refutes_a_claim_violates_it_here_too(run, book, texts):
    opened = book(wrong=texts.repaired)
    values = records(opened, "wrong.1").counterexample["values"]
    outcome = run("wrong.1", values, opened)
    assert outcome.verdict == "violated"
    assert all(one.holds for one in outcome.hypotheses)
    assert outcome.claims[0].residual == values["A"]


UNDECIDED = """
@statement("root", "Every matrix has a square root")
def root(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    x = Variable("R", matrix_sort("n", "n"))
    s.conclude(exists(x, equal(at(x) @ at(x), A.term)), by=[])
"""


def test_an_existence_claim_that_is_not_linear_needs_a_witness(run, book):
    opened = book(root=UNDECIDED)
    A = [[4, 0], [0, 9]]
    assert run("root", {"A": A}, opened).verdict == "undecided"
    assert run("root", {"A": A, "R": [[2, 0], [0, 3]]}, opened).verdict == "holds"
    assert run("root", {"A": A, "R": [[2, 0], [0, 2]]}, opened).verdict == "violated"


LINEAR = """
@statement("solve", "Every system has a solution")
def solve(s):
    s.dims("m n")
    A, b = s.matrices("A: m x n, b: m x 1")
    x = Variable("x", matrix_sort("n", 1))
    s.conclude(exists(x, equal(A.term @ at(x), b.term)), by=[])
"""


def test_a_linear_existence_claim_is_decided_both_ways(run, book):
    opened = book(solve=LINEAR)
    assert run("solve", {"A": [[1, 1]], "b": [[3]]}, opened).verdict == "holds"
    assert run("solve", {"A": [[1], [1]], "b": [[3], [4]]}, opened).verdict == "violated"


INVERSE = """
@statement("inverse", "The inverse of a product")
def inverse(s):
    s.dims("n")
    C, D, E, F, S = s.matrices("C: n x n, D: n x n, E: n x n, F: n x n, S: n x n")
    (t,) = [s.scalar("t")]
    first = s.given(conjunction(C @ D == ident("n"), D @ C == ident("n")), "D inverts C")
    second = s.given(conjunction(E @ F == ident("n"), F @ E == ident("n")), "F inverts E")
    third = s.given(S == C @ E, "S is the product")
    number = s.given(t == tr(S), "t is its trace")
    s.conclude(conjunction(S @ F @ D == ident("n"), t == tr(E @ C)), by=[first, second, third, number])
"""


def test_inverses_equations_and_scalars_are_computed(run, book):
    opened = book(inverse=INVERSE)
    outcome = run("inverse", {"C": [[1, 1], [0, 1]], "E": [[2, 0], [0, 4]]}, opened)
    assert outcome.verdict == "holds"
    assert outcome.computed["F"] == [["1/2", 0], [0, "1/4"]]
    assert outcome.computed["t"] == 6
    with pytest.raises(InputError, match="the instance leaves out D, and what is given does not determine it"):
        run("inverse", {"C": [[1, 1], [1, 1]], "E": [[2, 0], [0, 4]]}, opened)


FAMILY = """
from symbolic_cp.kernel.terms import nat

@statement("chain", "A product of two layers")
def chain(s):
    d = s.family("d", "k", NAT)
    A = s.family("A", "k", matrix_sort(nat("d", nat("k") + 1), nat("d", "k")))
    (X,) = [s.matrix("X", nat("d", 0), "m")] if s.dims("m") else []
    s.conclude(of(A, 1) @ of(A, 0) @ X == 0, by=[])
"""


def test_families_of_matrices_with_their_dimensions(run, book):
    opened = book(chain=FAMILY)
    A = {"0": [[1, 2, 3], [0, 0, 1]], "1": [[0, 1]]}
    outcome = run("chain", {"A": A, "X": [[1], [1], [1]]}, opened)
    assert (outcome.verdict, outcome.claims[0].residual) == ("violated", [[1]])
    assert run("chain", {"A": A, "X": [[1], [1], [0]]}, opened).verdict == "holds"
    with pytest.raises(InputError, match=r"A\[1\] is 1 x 3, but d\[2\] x d\[1\] = 1 x 2 is expected"):
        run("chain", {"A": A | {"1": [[0, 1, 1]]}, "X": [[1], [1], [0]]}, opened)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Z": [[1]]}, 'the statement has no letter "Z"; its letters are d0, d1, d2, m, X, Y, A1, A2, Xp, A2p'),
        ({"Y": [[2, 0]]}, "A2 is 2 x 1, but d2 x d1 = 1 x 1 is expected"),
        ({"X": [[1, 0], [0]]}, "the rows of a matrix are equally long"),
        ({"X": 5}, r"X is a matrix; \[\[5\]\] is a 1 x 1 matrix"),
        ({"X": {"field": 1}}, "instances are checked over Q"),
        ({"A1": [[1, 0]]}, "A1 stands in the file already"),
        ({"activation": "relu"}, "only linear networks are checked here"),
        ({"m": 3}, "X is 2 x 2, but d0 x m = 2 x 3 is expected"),
        ({"m": 10**9}, "this number is too large"),
        ({"m": "2"}, "a natural number is expected"),
        ({"weights": []}, "the instance leaves out d1, A1, A2, A2p"),
    ],
)
def test_values_that_do_not_fit(run, change, message):
    with pytest.raises(InputError, match=message) as raised:
        run("lem-1.6", POINT | change)
    assert raised.value.file is not None


def test_names_of_other_steps_are_left_aside(run):
    assert run("lem-1.1", POINT | {"Xp": [[7]]}, others=["Xp"]).verdict == "holds"


def test_dimensions_are_not_invented(run, book):
    """A huge dimension with a letter that is left out must not become a huge matrix."""
    opened = book(root=UNDECIDED)
    with pytest.raises(InputError, match="the instance leaves out A"):
        run("root", {"n": 9999}, opened)
