"""The names of `import symbolic_cp as cp`: calculations, statements from dictionaries and SymPy, audits."""

from __future__ import annotations

import json

import pytest
import sympy
from sympy import Eq, Identity, MatrixSymbol, Ne, Symbol, Trace, ZeroMatrix

import symbolic_cp as cp
from symbolic_cp.book.start import files
from symbolic_cp.kernel.errors import KernelError
from symbolic_cp.prover.calculation import LineFailed
from symbolic_cp.prover.certificate import replay

m, n = cp.dims("m n")
A, B, P = MatrixSymbol("A", m, n), MatrixSymbol("B", n, m), MatrixSymbol("P", n, m)
S = MatrixSymbol("S", n, n)
s = Symbol("s", real=True)


@pytest.mark.parametrize("name", cp.__all__)
def test_every_public_name_is_there_and_documented(name):
    thing = getattr(cp, name)
    assert name in dir(cp)
    assert isinstance(thing, str) or thing.__doc__


def test_an_unknown_name_is_answered_with_those_that_there_are():
    with pytest.raises(AttributeError, match="LinearNetwork"):
        _ = cp.Network


# ---------------------------------------------------------------------------------------------------- calculations


@pytest.fixture
def proof():
    return cp.Context()


def lemma(proof):
    """A critical point in A1 and the pseudoinverses of A2 and X, with which eq-27 is calculated."""
    proof.dims("d0 d1 d2 m")
    X, Y, A1, A2 = proof.matrices("X: d0 x m, Y: d2 x m, A1: d1 x d0, A2: d2 x d1")
    eq23 = proof.given(A2.T @ A2 @ A1 @ X @ X.T == A2.T @ Y @ X.T, "eq-23")
    return X, Y, A1, A2, eq23, *proof.pinv(A2, "A2p"), *proof.pinv(X, "Xp")


def test_a_calculation_proves_that_its_first_side_is_its_last(proof):
    X, Y, A1, A2, eq23, A2p, of_A2, Xp, of_X = lemma(proof)
    found = proof.calc(
        A2 @ A1 @ X,
        A2p.T @ A2.T @ A2 @ A1 @ X @ X.T @ Xp.T,
        A2p.T @ A2.T @ Y @ X.T @ Xp.T,
        A2 @ A2p @ Y @ Xp @ X,
        by=[[of_A2, of_X], eq23, [of_A2, of_X]],
    )
    assert found.formula == (A2 @ A1 @ X == A2 @ A2p @ Y @ Xp @ X)
    closed = proof.close(found)
    assert not closed.theorem.hyps


def test_a_line_that_fails_is_named_with_its_sides_and_what_would_be_true(proof):
    _, _, A1, A2, eq23, A2p, of_A2, *_ = lemma(proof)
    with pytest.raises(LineFailed) as caught:
        proof.calc(A2 @ A2p @ A2 @ A1, A2 @ A1, 2 * A2 @ A2p @ A2 @ A1, by=[of_A2, eq23])
    error = caught.value
    assert error.line == 2
    assert error.sides == ((A2 @ A1).term, (2 * A2 @ A2p @ A2 @ A1).term)
    assert error.residual == (-A2 @ A1).term
    assert error.nearest == ((2 * A2 @ A2p @ A2 @ A1).term, (2 * A2 @ A1).term)
    text = str(error)
    for said in ("line 2 of 2", "A2*A1", "left over", "-A2*A1 = 0", "would be true", "Penrose equations of A2, eq-23"):
        assert said in text
    assert isinstance(error, cp.NotProved)


def test_nothing_is_called_near_that_does_not_follow(proof):
    proof.dims("n")
    C, D = proof.matrices("C: n x n, D: n x n")
    with pytest.raises(LineFailed) as caught:
        proof.calc(C, D, by=[proof.given(C @ C == C)])
    assert caught.value.nearest is None
    assert "would be true" not in str(caught.value)


def test_a_line_has_its_own_reasons_and_no_others(proof):
    proof.dims("n")
    C, D, E = proof.matrices("C: n x n, D: n x n, E: n x n")
    first, second = proof.given(C == D, "first"), proof.given(D == E, "second")
    assert proof.calc(C, D, E, by=[[first], [second]]).formula == (C == E)
    with pytest.raises(LineFailed) as caught:
        proof.calc(C, D, E, by=[[second], [first]])
    assert caught.value.line == 1


def test_calculations_that_make_no_sense(proof):
    proof.dims("m n")
    C, D = proof.matrices("C: m x n, D: n x m")
    known = proof.given(C == 0)
    with pytest.raises(KernelError, match="two sides or more"):
        proof.calc(C)
    with pytest.raises(KernelError, match="line 1 .* is m x n and .* have equal shapes"):
        proof.calc(C, D)
    with pytest.raises(KernelError, match="2 entries of reasons for 1 lines"):
        proof.calc(C, C, by=[[known], [known]])


# ------------------------------------------------------------------------------------------------------ statements


def test_prove_takes_a_dictionary_a_file_and_a_list(tmp_path):
    true = {"atoms": {"A": ["m", "n"]}, "pinv": {"P": "A"}, "claims": ["A'*A*P = A'"]}
    false = {"atoms": {"A": ["n", "n"]}, "claims": ["A*A = A"]}
    path = tmp_path / "both.json"
    path.write_text(json.dumps({"problems": [true, false]}))
    for given in (path, str(path), {"problems": [true, false]}):
        assert [one.verdict for one in cp.prove(given)] == ["proved", "refuted"]
    (answer,) = cp.prove(true)
    assert replay(answer.certificate()).statement == answer.decision.goal.formula()


def test_a_counterexample_is_given_as_numbers():
    (answer,) = cp.prove({"name": "order", "atoms": {"A": ["n", "n"], "B": ["n", "n"]}, "claims": ["A*B = B*A"]})
    values = {name: sympy.Matrix(value) for name, value in answer.counterexample.items() if name != "n"}
    assert values["A"] * values["B"] != values["B"] * values["A"]
    assert answer.theorem is None
    assert str(answer).startswith("order: A*B = B*A: refuted\n  n = 2\n  A = ")
    assert r"B\,A" in answer._repr_html_()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"claims": ["A = A"]}, '"A" is not'),
        ({"claims": [object()]}, "whole numbers"),
        ({"claims": ["1 = 1"], "atom": {}}, "atom"),
        ({"atoms": {"A": ["n", 1.5]}, "claims": ["A = A"]}, "natural number"),
    ],
)
def test_problems_that_make_no_sense(given, message):
    with pytest.raises(cp.InputError, match=message):
        cp.prove(given)


TRUE = [
    cp.Statement.from_sympy([Eq(A.T * A * P, A.T)], pinv={P: A}),
    cp.Statement.from_sympy([Eq(Trace(A * B), Trace(B * A))]),
    cp.Statement.from_sympy([Trace(A.T * A) >= 0, 0 <= Trace(3 * A * A.T) / 2]),
    cp.Statement.from_sympy([Eq(A, ZeroMatrix(m, n))], [Eq(A.T * A, ZeroMatrix(n, n))]),
    cp.Statement.from_sympy([Eq(S * A.T, A.T)], [Eq(S - Identity(n), ZeroMatrix(n, n))]),
    cp.Statement.from_sympy([Eq(S.I * S.T, S.T * S.I)], [Eq(S * S.T, S.T * S)]),
    cp.Statement.from_sympy([Eq(Trace(s * S + 2 * Identity(n)), s * Trace(S) + 2 * n)]),
    cp.Statement.from_sympy([Eq(S**3, S)], [Eq(S**2, Identity(n))]),
    cp.Statement.from_sympy([Ne(S, ZeroMatrix(n, n))], [Trace(S) > s, s >= 0]),
]


@pytest.mark.parametrize("statement", TRUE, ids=str)
def test_statements_made_of_sympy_expressions_are_proved(statement):
    assert {answer.verdict for answer in statement.prove()} == {"proved"}


@pytest.mark.parametrize("statement", TRUE, ids=str)
def test_sympy_expressions_come_back_as_they_went(statement):
    again = cp.Statement.from_sympy(**statement.to_sympy())
    for kind in ("claims", "hypotheses"):
        went, came = (getattr(one.problem, kind) for one in (statement, again))
        assert [one.formula for one in came] == [one.formula for one in went]
    went, came = ([(one.name, one.formula()) for one in given.problem.definitions] for given in (statement, again))
    assert came == went


def test_what_comes_back_holds_for_matrices_of_numbers():
    given = cp.Statement.from_sympy([Eq(A * B * A - 2 * A, A * (B - P) * A)], name="numbers").to_sympy()
    (claim,) = given["claims"]
    numbers = {A: sympy.Matrix([[1, 2]]), B: sympy.Matrix([[3], [4]]), P: sympy.Matrix([[0], [1]])}
    sides = [side.subs({m: 1, n: 2}).subs({MatrixSymbol(k.name, *v.shape): v for k, v in numbers.items()}).doit()
             for side in claim.args]
    X, Y, Z = numbers[A], numbers[B], numbers[P]
    assert sympy.Matrix(sides[0] - sides[1]) == X * Y * X - 2 * X - X * (Y - Z) * X


def test_false_statements_of_sympy_are_refuted():
    (answer,) = cp.Statement.from_sympy([Eq(S * S.T, S.T * S)]).prove()
    assert answer.verdict == "refuted"


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        (Eq(S * S.I, Identity(n)), "decided this to be True"),
        (Trace(S), "is no relation"),
        (Eq(sympy.HadamardProduct(S, S), S), "HadamardProduct"),
        (Eq(S, MatrixSymbol("S", n, n + 1) * MatrixSymbol("T", n + 1, n)), "neither a Symbol nor a natural number"),
        (Eq(MatrixSymbol("A", n, n), A * B * MatrixSymbol("Q", m, n), evaluate=False), "A is n x n in one place"),
        (Eq(s**-1, Trace(S)), "divided"),
        (Eq(sympy.sin(s), s), "sin"),
        (Eq(Symbol("2x", real=True), s), "2x"),
    ],
    ids=str,
)
def test_sympy_expressions_without_a_counterpart_are_refused(claim, message):
    with pytest.raises(cp.InputError, match=message):
        cp.Statement.from_sympy([claim])


def test_the_letter_of_an_inverse_is_no_symbol_of_the_statement():
    """Whichever is met first; B is any matrix, so nothing of this holds."""
    for name, inverted in (("S_inverse", S), ("inverse", S + S.T), ("S_inverse_2", S)):
        B, other = MatrixSymbol(name, n, n), MatrixSymbol("S_inverse", n, n)
        for claims in ([Eq(inverted.I, B, evaluate=False)], [Eq(B, inverted.I, evaluate=False)]):
            (answer,) = cp.Statement.from_sympy(claims).prove()
            assert answer.verdict == "refuted"
        (answer,) = cp.Statement.from_sympy([Eq(S * B, Identity(n))], [Trace(inverted.I + other) >= 0]).prove()
        assert answer.verdict == "refuted"
    (answer,) = cp.Statement.from_sympy([Eq(Symbol("S_inverse", real=True), Trace(S.I))]).prove()
    assert answer.verdict == "refuted"


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ([Eq(sympy.Dummy("x"), sympy.Dummy("x"), evaluate=False)], "two different symbols are called x"),
        ([Eq(Symbol("s"), s, evaluate=False)], "two different symbols are called s"),
        ([Eq(Trace(S), Symbol("n", real=True))], "two different symbols are called n"),
        ([Eq(Trace(S), Symbol("S", real=True))], "two different symbols are called S"),
        ([Eq(S, S.T), Eq(Symbol("n"), 1)], "two different symbols are called n"),
        ([Symbol("x", positive=True) >= s], "x is assumed to be positive"),
        ([Eq(Symbol("k", integer=True), s)], "k is assumed to be integer"),
        ([Eq(Symbol("x", commutative=False), s)], "x is not real"),
        ([Eq(Symbol("x", imaginary=True), s, evaluate=False)], "x is not real"),
        ([Eq(Trace(Identity(Symbol("k", prime=False))), s)], "k is assumed to be not prime"),
        ([Eq(Trace(Identity(Symbol("k", even=True))), s)], "k is assumed to be even"),
        ([Eq(Trace(Identity(Symbol("n]*X*I[n"))), s)], "is no name"),
        ([Eq(Trace(MatrixSymbol("A'", m, m)), s)], "is no name"),
        ([Eq(Trace(MatrixSymbol("psd", m, m)), s)], "is a word of the expressions"),
    ],
    ids=str,
)
def test_symbols_that_text_would_confuse_are_refused(claims, message):
    with pytest.raises(cp.InputError, match=message):
        cp.Statement.from_sympy(claims)


def test_symbols_of_definitions_are_looked_at_too():
    with pytest.raises(cp.InputError, match="two different symbols are called A"):
        cp.Statement.from_sympy([Eq(Trace(S), Symbol("A", real=True))], pinv={A: S})
    with pytest.raises(cp.InputError, match="two different symbols are called A"):
        cp.Statement.from_sympy([Eq(Trace(S), Symbol("A", real=True))], inverse={S: A})


def test_arguments_of_another_kind_are_refused_with_advice():
    with pytest.raises(cp.InputError, match="ids are written one by one"):
        cp.audit(["lem-1"])
    with pytest.raises(cp.InputError, match="a problem is a dictionary"):
        cp.prove(5)
    with pytest.raises(cp.InputError, match="names in one text"):
        cp.dims(5)


def test_claims_without_a_sympy_expression_are_refused():
    for claims in ({"claims": ["psd(A)"]}, {"exists": {"L": ["n", "n"]}, "claims": ["A*L = A"]}):
        with pytest.raises(cp.InputError, match="has no SymPy expression"):
            cp.Statement.of({"atoms": {"A": ["n", "n"]}, **claims}).to_sympy()


def test_an_audit_of_a_folder(tmp_path):
    for name, text in files("mine").items():
        (tmp_path / name).write_text(text)
    report = cp.audit(book=tmp_path)
    assert [record.id for record in report.records] == ["mine"]
    assert report.summary["proved"] == 3
    assert cp.audit("mine.2", book=str(tmp_path)).records[0].id == "mine.2"
    with pytest.raises(cp.InputError, match="yours"):
        cp.audit("yours", book=tmp_path)
