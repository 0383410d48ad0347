"""The refuter: what is false is refuted by a small instance that the kernel accepts, what is true is not."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic_cp.exact.strict_json import parse
from symbolic_cp.kernel.evaluation import Matrix, Table, evaluate_formula
from symbolic_cp.kernel.facts import in_range, penrose, spectrum
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Equal,
    Implies,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    family,
    for_all,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import identity, matrix, nat, scalar, trace
from symbolic_cp.prover.certificate import replay
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.plan import plan
from symbolic_cp.prover.problem import problems, read_problems
from symbolic_cp.prover.refute import (
    QUICK,
    Sampling,
    counterexample,
    probe,
    refutation,
    satisfiable,
)
from symbolic_cp.prover.task import All, task

SQUARE = {"A": ["n", "n"], "B": ["n", "n"]}
RECTANGULAR = {"A": ["m", "n"], "B": ["n", "k"]}
SYMMETRIC = {"atoms": SQUARE, "symmetric": ["A", "B"]}


def goal(**fields):
    (problem,) = problems(parse(json.dumps(fields)))
    (one,) = problem.goals()
    return one


def checked(one, found):
    """The certificate, written and read again, is about the goal."""
    again = replay(json.loads(json.dumps(found.certificate())))
    statement = one.formula()
    if found.theorem is None:
        assert (again.kind, again.statement) == ("counterexample", statement)
        assert again.values == found.values
    else:
        assert (again.kind, again.statement) == ("proof", negation(statement))
        assert not again.facts
    return dict(zip(found.names, found.values, strict=True))


# name -> (problem, sum of the dimensions of the smallest counterexample)
FALSE = {
    "reverse order": (
        {"atoms": RECTANGULAR, "pinv": {"a": "A", "b": "B", "c": "A*B"}, "claims": ["c = b*a"]}, 4
    ),
    "left cancellation": ({"atoms": SQUARE, "given": ["A*B = A*A"], "claims": ["A = B"]}, 1),
    "zero divisors": ({"atoms": SQUARE, "given": ["A*B = 0"], "claims": ["B*A = 0"]}, 2),
    "trace order": ({"atoms": SQUARE, "claims": ["tr(A*A*B*B) = tr(A*B*A*B)"]}, 2),
    "trace of a square": ({"atoms": SQUARE, "claims": ["tr(A*A) >= 0"]}, 2),
    "trace of a product of symmetric ones": ({**SYMMETRIC, "claims": ["tr(A*B*A*B) >= 0"]}, 2),
    "projectors commute": ({**SYMMETRIC, "given": ["A*A = A", "B*B = B"], "claims": ["A*B = B*A"]}, 2),
    "idempotents are symmetric": ({"atoms": SQUARE, "given": ["A*A = A"], "claims": ["A = A'"]}, 2),
    "isometries are orthogonal": ({"atoms": {"U": ["m", "n"]}, "given": ["U'*U = I[n]"], "claims": ["U*U' = I[m]"]}, 3),
    "orthogonal ones are symmetric": ({"atoms": SQUARE, "given": ["A'*A = I[n]"], "claims": ["A = A'"]}, 2),
    "orthogonal ones commute": (
        {"atoms": SQUARE, "given": ["A'*A = I[n]", "B'*B = I[n]"], "claims": ["A*B = B*A"]}, 2
    ),
    "skew ones are zero": ({"atoms": SQUARE, "given": ["A' = -A"], "claims": ["A = 0"]}, 2),
    "involutions": ({"atoms": SQUARE, "given": ["A*A = I[n]"], "claims": ["A = I[n]"]}, 1),
    "nilpotent ones are zero": ({"atoms": SQUARE, "given": ["A*A = 0"], "claims": ["A = 0"]}, 2),
    "nilpotent of index 3": ({"atoms": SQUARE, "given": ["A*A*A = 0"], "claims": ["A*A = 0"]}, 3),
    "normal ones are closed under products": (
        {"atoms": SQUARE, "given": ["A*A' = A'*A", "B*B' = B'*B"], "claims": ["A*B*B'*A' = B'*A'*A*B"]}, 2
    ),
    "partial isometries are normal": ({"atoms": SQUARE, "given": ["A*A'*A = A"], "claims": ["A*A' = A'*A"]}, 2),
    "commuting is transitive": (
        {"atoms": {**SQUARE, "C": ["n", "n"]}, "given": ["A*B = B*A", "B*C = C*B"], "claims": ["A*C = C*A"]}, 2
    ),
    "inverse of a sum": (
        {"atoms": SQUARE, "inverse": {"a": "A", "b": "B", "c": "A + B"}, "claims": ["c = a + b"]}, 1
    ),
    "a polynomial of a matrix": ({"atoms": SQUARE, "given": ["A*A = A + I[n]"], "claims": ["A = A'"]}, 2),
    "definitions": ({"atoms": {**SQUARE, "C": ["n", "n"]}, "given": ["C = A*B"], "claims": ["C = B*A"]}, 2),
    "one-sided inverse": (
        {"atoms": {"A": ["m", "n"], "B": ["n", "m"]}, "given": ["B*A = I[n]"], "claims": ["A*B = I[m]"]}, 3
    ),
    "pinv of a sum": (
        {"atoms": {"A": ["m", "n"], "B": ["m", "n"]}, "claims": ["pinv(A + B) = pinv(A) + pinv(B)"]}, 2
    ),
    "rank of a product": ({"atoms": SQUARE, "claims": ["rank(A*B) = rank(B*A)"]}, 2),
    "rank is additive": ({"atoms": SQUARE, "claims": ["rank(A + B) = rank(A) + rank(B)"]}, 1),
    "full rank": ({"atoms": {"A": ["m", "n"]}, "given": ["rank(A) = n"], "claims": ["A*pinv(A) = I[m]"]}, 3),
    "disequality": ({"atoms": SQUARE, "given": ["A != 0", "B != 0"], "claims": ["A*B != 0"]}, 2),
    "nothing is nonzero": ({"atoms": {"A": ["m", "n"]}, "claims": ["A != 0"]}, 2),
    "unit vectors": (
        {"atoms": {"u": ["n", 1], "v": ["n", 1]}, "given": ["tr(u'*u) = 1", "tr(v'*v) = 1"], "claims": ["u = v"]}, 1
    ),
    "scalars": ({"scalars": ["s", "t"], "given": ["s > t", "t > 0"], "claims": ["s >= t + 1"]}, 0),
    "strict inequality": ({"scalars": ["s", "t"], "claims": ["s*s + t*t > 2*s*t"]}, 0),
    "inverse of a scalar": ({"scalars": ["s", "t"], "given": ["s*t = 1"], "claims": ["s = t"]}, 0),
    "dimensions": ({"atoms": {"A": ["m", "n"]}, "claims": ["m >= n"]}, 3),
    "least squares": (
        {
            "atoms": {"A": ["m", "n"], "b": ["m", 1], "x": ["n", 1]},
            "given": ["A'*A*x = A'*b"],
            "claims": ["x = pinv(A)*b"],
        },
        2,
    ),
    "critical points fit": (
        {
            "atoms": {"A1": ["h", "d"], "A2": ["o", "h"], "X": ["d", "n"], "Y": ["o", "n"]},
            "given": ["A2'*(A2*A1*X - Y)*X' = 0", "(A2*A1*X - Y)*X'*A1' = 0"],
            "claims": ["A2*A1*X = Y*pinv(X)*X"],
        },
        4,
    ),
    "Sylvester equations": (
        {
            "atoms": {"X": ["m", "n"], "L": ["m", "m"], "R": ["n", "n"]},
            "given": ["L*X = X*R"],
            "claims": ["L*L*X = X*R"],
        },
        2,
    ),
    "forms: difference": ({"atoms": SQUARE, "given": ["psd(A)", "psd(B)"], "claims": ["psd(A - B)"]}, 1),
    "forms: anticommutator": ({"atoms": SQUARE, "given": ["psd(A)", "psd(B)"], "claims": ["psd(A*B + B*A)"]}, 2),
    "forms: squares are not monotone": (
        {"atoms": SQUARE, "given": ["psd(B)", "psd(A - B)"], "claims": ["psd(A*A - B*B)"]}, 2
    ),
    "every system has a solution": (
        {"atoms": {"A": ["m", "n"], "C": ["m", "k"]}, "exists": {"X": ["n", "k"]}, "claims": ["A*X = C"]}, 3
    ),
    "every two-sided system": (
        {
            "atoms": {"A": ["m", "n"], "B": ["k", "l"], "C": ["m", "l"]},
            "exists": {"L": ["n", "k"]},
            "claims": ["A*L*B = C"],
        },
        4,
    ),
    "every matrix has an inverse": (
        {"atoms": {"A": ["n", "n"]}, "exists": {"L": ["n", "n"]}, "claims": ["A*L = I[n]", "L*A = I[n]"]}, 1
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_refuted_in_the_smallest_dimensions(name):
    fields, total = FALSE[name]
    one = goal(**fields)
    found = refutation(one)
    assert found is not None
    values = checked(one, found)
    assert sum(values[variable.name] for variable in one.variables if variable.sort.kind == "nat") == total
    assert all(values[variable.name] >= 1 for variable in one.variables if variable.sort.kind == "nat")


def test_entries_are_small():
    for fields, _ in FALSE.values():
        values = counterexample(goal(**fields))
        entries = [q for value in values if isinstance(value, Matrix) for row in value.entries for q in row]
        assert all(abs(q) <= 2 and getattr(q, "denominator", 1) <= 2 for q in entries)


TRUE = {
    "A'A = 0": {"atoms": SQUARE, "given": ["A'*A = 0"], "claims": ["A = 0"]},
    "square inverses": {"atoms": SQUARE, "given": ["A*B = I[n]"], "claims": ["B*A = I[n]"]},
    "Sylvester's rank inequality": {"atoms": RECTANGULAR, "claims": ["rank(A*B) >= rank(A) + rank(B) - n"]},
    "sum of forms": {"atoms": SQUARE, "given": ["psd(A)", "psd(B)"], "claims": ["psd(A + B)"]},
    "generalised inverses": {"atoms": {"A": ["m", "n"]}, "exists": {"L": ["n", "m"]}, "claims": ["A*L*A = A"]},
    "Cauchy-Schwarz": {"atoms": SQUARE, "claims": ["tr(A'*A)*tr(B'*B) >= tr(A'*B)*tr(A'*B)"]},
    "only without dimension": {"atoms": {"A": ["n", "n"]}, "claims": ["n >= 1"]},
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_are_not_refuted(name):
    assert refutation(goal(**TRUE[name])) is None


def test_the_suite(root):
    path = root.parent / "shared" / "suite" / "matrix-identities.json"
    if not path.exists():
        pytest.skip("the suite of matrix identities is not beside this checkout")
    expected = {one["name"]: one["expect"] for one in json.loads(path.read_text())["problems"]}
    for problem in read_problems(path):
        for one in problem.goals():
            found = refutation(one)
            assert (found is not None) == (expected[problem.name] == "refuted"), one.name
            if found is not None:
                values = checked(one, found)
                assert sum(value for value in values.values() if isinstance(value, int)) <= 5


def test_same_goal_same_answer():
    one = goal(**FALSE["reverse order"][0])
    assert counterexample(one) == counterexample(one)


def test_letters_do_not_matter():
    """The same statement in other letters is refuted by the same matrices."""
    first = goal(**FALSE["critical points fit"][0])
    text = json.dumps(FALSE["critical points fit"][0])
    for old, new in (("A1", "W"), ("A2", "V"), ("X", "data"), ("Y", "target")):
        text = text.replace(old, new)
    (problem,) = problems(parse(text))
    assert counterexample(first) == counterexample(problem.goals()[0])


# ------------------------------------------------------------------------------------- families, quantifiers, chains

n, r, N, k = nat("n"), nat("r"), nat("N"), nat("k")
S, P, C, D = (Variable(name, matrix_sort(n, n)) for name in "SPCD")
s, E, Q = family("s", "k", SCALAR), family("E", "k", matrix_sort(n, n)), family("Q", "k", matrix_sort(n, n))
SPECTRAL = (Variable("n", NAT), Variable("r", NAT), s, S, P, E, Q)
d = Variable("d", NAT, 1)
A = family("A", "k", matrix_sort(nat("d", k + 1), nat("d", "k")))
R = family("R", "k", matrix_sort(nat("d", "k"), nat("d", 0)))
CHAIN = (
    Hypothesis("start", equal(at(R, 0), identity(nat("d", 0)))),
    Hypothesis(
        "step",
        for_all(Variable("k", NAT), Implies(at_least(N, k + 1), equal(at(R, k + 1), at(A, "k") @ at(R, "k")))),
    ),
)
LAYERS = (Variable("N", NAT), d, A, R)


def spectral(*more):
    given = Hypothesis("spectrum", spectrum(at(S), r, s, E, Q))
    return (given, *(Hypothesis(str(i), one) for i, one in enumerate(more)))


def test_spectral_families():
    projector = equal(at(P).T, at(P)), equal(at(P) @ at(P), at(P))
    claim = in_range("i", 1, r, equal(at(P) @ at(E, "i"), at(E, "i") @ at(P)))
    one = Goal("P commutes with E", SPECTRAL, spectral(*projector), claim)
    found = refutation(one)
    values = checked(one, found)
    assert (values["n"], values["r"]) == (2, 2)
    assert set(values["E"].entries) == {(1,), (2,)}
    with_commuting = Goal(one.name, SPECTRAL, spectral(*projector, equal(at(P) @ at(S), at(S) @ at(P))), claim)
    assert refutation(with_commuting) is None
    met = satisfiable(Goal("two", SPECTRAL, spectral(at_least(r, 2), equal(at(P) @ at(S), at(S) @ at(P))), claim))
    assert met["r"] >= 2
    assert all(evaluate_formula(one.formula, met) for one in with_commuting.hypotheses[:1])


def test_chains_of_matrices():
    orthonormal = equal(at(R, N).T @ at(R, N), identity(nat("d", 0)))
    values = checked(
        Goal("isometry", LAYERS, CHAIN, orthonormal), refutation(Goal("isometry", LAYERS, CHAIN, orthonormal))
    )
    assert values["N"] == 1
    assert values["d"] == Table({(0,): 1, (1,): 1})
    some_zero = exists(Variable("k", NAT), conjunction(at_least(N, k + 1), equal(at(A, "k"), 0)))
    one = Goal("a zero product", LAYERS, (*CHAIN, Hypothesis("zero", equal(at(R, N), 0))), some_zero)
    values = checked(one, refutation(one))
    assert (values["N"], values["d"]) == (2, Table({(0,): 1, (1,): 2, (2,): 1}))


def test_hypotheses_that_something_exists_or_holds_for_all():
    inverse = exists(D, conjunction(equal(at(C) @ at(D), identity(n)), equal(at(D) @ at(C), identity(n))))
    one = Goal("orthogonal", (Variable("n", NAT), C), (Hypothesis("invertible", inverse),),
               equal(at(C).T @ at(C), identity(n)))  # fmt: skip
    assert checked(one, refutation(one))["n"] == 1
    critical = for_all(D, equal(trace(at(D).T @ at(C) @ at(S)), scalar(0)))
    one = Goal("zero", (Variable("n", NAT), C, S), (Hypothesis("critical", critical),), equal(at(S), 0))
    assert checked(one, refutation(one))["n"] == 1


def test_quantifiers_in_the_claim():
    delta = Variable("delta", SCALAR)
    one = Goal("near", (Variable("n", NAT), C), (), for_all(delta, Implies(greater(at(delta), 0),
               greater(at(delta), trace(at(C).T @ at(C))))))  # fmt: skip
    assert checked(one, refutation(one))["delta"] == 1
    square = Variable("X", matrix_sort(n, n))
    undecided = Goal("root", (Variable("n", NAT), C), (), exists(square, equal(at(square) @ at(square), at(C))))
    assert refutation(undecided) is None
    unsupported = Goal("cube", (), (), exists(delta, greater(at(delta) * at(delta), 1)))
    assert refutation(unsupported) is None


# ------------------------------------------------------------------------------------------- hypotheses, generators


@pytest.mark.parametrize(
    "given", [["tr(A'*A) = -1"], ["A = 0", "A*A = I[n]"], ["A*B = I[n]", "A = 0"], ["n = 0"], ["A != A"]]
)
def test_contradictory_hypotheses_have_no_instance(given):
    assert satisfiable(goal(atoms=SQUARE, given=given, claims=["A = B"])) is None
    assert refutation(goal(atoms=SQUARE, given=given, claims=["A = B"])) is None


def test_probing_keeps_an_instance_of_the_hypotheses():
    one = goal(atoms=SQUARE, given=["A*B = B*A", "A != B"], claims=["B*A*A = A*A*B"])
    found = probe(one, effort=QUICK)
    assert found.refutation is None
    assert all(evaluate_formula(hypothesis.formula, found.satisfied) for hypothesis in one.hypotheses)


def test_generators_hand_in_what_cannot_be_guessed():
    """No draw gives an x above 10; y follows from x, and z is tied to it by squares."""
    fields = {"scalars": ["x", "y", "z"], "given": ["x*x*x*x = 2401*y", "x > 10", "x*x = 49*z*z"], "claims": ["y = z"]}
    asked = []

    def generator(rng: Random, nats):
        asked.append(nats)
        return {"x": 14, "z": 2} if rng.randrange(2) else None

    one = goal(**fields)
    few = Sampling(attempts=20)
    assert counterexample(one, effort=few) is None
    assert checked(one, refutation(one, generators=[generator], effort=few))["x"] > 10
    assert asked == [{}] * len(asked) != []


def test_generators_choose_dimensions():
    one = goal(atoms={"A": ["m", "n"]}, claims=["rank(A) != 5"])

    def generator(_rng, _nats):
        unit = tuple(tuple(int(i == j) for j in range(6)) for i in range(5))
        return {"m": 5, "n": 6, "A": Matrix(5, 6, unit)}

    values = counterexample(one, generators=[generator])
    assert values[:2] == [5, 6] or values[:2] == [5, 5]
    assert counterexample(one) is None


def test_progress_may_stop_the_search():
    class StopError(Exception):
        pass

    calls = []

    def progress():
        calls.append(1)
        if len(calls) == 5:
            raise StopError

    with pytest.raises(StopError):
        refutation(goal(**TRUE["A'A = 0"]), effort=Sampling(progress=progress))
    assert len(calls) == 5


# ------------------------------------------------------------------------------------------------ what is read off


def roles(**fields):
    one = task(goal(**fields))
    given, _, unknowns = one.at({variable.name: 2 for variable in one.variables if variable.sort.kind == "nat"})
    found = plan(given, unknowns)
    computed = {one.name: f"{one.kind} {one.term!r}" for one in found.computed}
    return {name: found.kinds[name] for name in found.roots}, computed


def test_penrose_equations_are_recognised_however_they_are_written():
    equations = ["- A + A*p*A = 0", "p = p*A*p", "p'*A' - A*p = 0", "A'*p' = p*A"]
    assert roles(atoms={"A": ["n", "n"], "p": ["n", "n"]}, given=equations, claims=["A = p"]) == (
        {"A": ()}, {"p": "pinv A"}
    )  # fmt: skip
    assert "p" in roles(atoms={"A": ["n", "n"], "p": ["n", "n"]}, given=equations[:3], claims=["A = p"])[0]


@pytest.mark.parametrize("name", ["R", "R[1]"])
def test_a_pseudoinverse_follows_from_the_product_that_it_is_taken_of(name):
    A, X, R, p = (matrix(one, 2, 2) for one in ("A", "X", name, "p"))
    equations = [Equal(one.term) for one in _parts(penrose(R, p))]
    for order in (("p", "A", name, "X"), ("X", name, "A", "p")):
        found = plan(All((*equations, Equal(R - A @ X))), dict.fromkeys(order, (2, 2)))
        assert set(found.roots) == {"A", "X"}
        assert [(one.name, one.kind) for one in found.computed] == [(name, "equal"), ("p", "pinv")]


def _parts(formula):
    return [*_parts(formula.left), *_parts(formula.right)] if isinstance(formula, And) else [formula]


def test_kinds_are_recognised():
    def kinds(*given):
        return roles(atoms={"A": ["n", "n"]}, given=list(given), claims=["A = 0"])[0]["A"]

    assert kinds("A*A = A", "A = A'") == ("projector", "symmetric")
    assert kinds("A'*A = A") == ("projector",)
    assert kinds("A - A*A = 0") == ("idempotent",)
    assert kinds("I[n] = A'*A") == ("orthogonal",)
    assert kinds("A*A = I[n]") == ("involution",)
    assert kinds("A*A' = A'*A") == ("normal",)
    assert kinds("A*A'*A = A") == ("partial_isometry",)
    assert kinds("psd(A)") == ("psd", "symmetric")
    assert kinds("A + A' = 0") == ("skew",)
    assert kinds("A*A*A = 2*A - I[n]") == ("annihilated",)


def test_letters_that_follow_from_others():
    roots, computed = roles(
        atoms={**SQUARE, "K": ["n", "n"], "F": ["n", "n"]},
        given=["A*B*K = I[n]", "K*A*B = I[n]", "2*F' = A + B"],
        claims=["K = F"],
    )
    assert set(roots) == {"A", "B"}
    assert computed == {"K": "inverse A*B", "F": "equal 1/2*A' + 1/2*B'"}


@settings(max_examples=25)
@given(st.data())
def test_random_equations_are_never_refuted_wrongly(data):
    """Whatever is answered has been accepted by the kernel; nothing else escapes."""
    pieces = st.sampled_from(["A", "B", "A*B", "B'*A", "I[n]", "A'", "A*A", "pinv(A)", "0", "tr(B)*A"])
    pairs = st.tuples(pieces, pieces).map(" = ".join)
    fields = {"atoms": SQUARE, "given": data.draw(st.lists(pairs, max_size=2)), "claims": [data.draw(pairs)]}
    for text in [*fields["given"], *fields["claims"]]:
        if text == "0 = 0":
            return
    one = goal(**fields)
    found = refutation(one, effort=Sampling(attempts=40, smaller=40, moves=60))
    if found is not None:
        checked(one, found)
