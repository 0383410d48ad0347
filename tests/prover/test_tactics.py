"""Goals: connectives, witnesses, and what real matrices have beyond a ring."""

from __future__ import annotations

import pytest

from symbolic_cp.exact.strict_json import parse
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    Falsum,
    Or,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    exists,
    for_all,
    greater,
    implication,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.replay import replay
from symbolic_cp.kernel.terms import identity, scalar, trace
from symbolic_cp.prover.goal import Goal, Hypothesis
from symbolic_cp.prover.problem import problems
from symbolic_cp.prover.search import Effort, NotProved
from symbolic_cp.prover.tactics import prove_goal

SQUARE = matrix_sort("n", "n")
N = Variable("n", NAT)
VA, VB, VC, VL = (Variable(name, SQUARE) for name in "ABCL")
A, B, C, L = map(at, (VA, VB, VC, VL))
VS, VT = Variable("s", SCALAR), Variable("t", SCALAR)
s, t = at(VS), at(VT)
VX = Variable("x", matrix_sort("n", 1))
x = at(VX)


def proved(claim, *hypotheses, effort=None):
    given = tuple(Hypothesis(f"h{i}", formula) for i, formula in enumerate(hypotheses))
    goal = Goal("goal", (N, VS, VT, VA, VB, VC), given, claim)
    theorem = prove_goal(goal, effort) if effort else prove_goal(goal)
    assert theorem.is_closed
    assert theorem.conclusion == goal.formula()
    assert replay(theorem).conclusion == theorem.conclusion
    return theorem


def psd(S):
    return conjunction(equal(S, S.T), for_all(VX, at_least(trace(x.T @ S @ x), 0)))


def test_connectives():
    proved(conjunction(equal(A, A), at_least(s * s, 0)))
    proved(implication(equal(A, B), equal(B, C), equal(A, C)))
    proved(Or(equal(A, B), equal(A, A)))
    proved(Or(equal(A, A), equal(A, B)))
    proved(for_all(VX, at_least(trace(x.T @ A.T @ A @ x), 0)))
    proved(negation(equal(trace(A.T @ A), scalar(-1))))


def test_a_hypothesis_is_a_proof():
    theorem = proved(for_all(VX, equal(A @ x, x)), for_all(VX, equal(A @ x, x)))
    assert not theorem.facts


REAL = {
    "square inverse": (equal(B @ A, identity("n")), [equal(A @ B, identity("n"))], {"pinv"}),
    "a product": (equal(C @ A @ B, identity("n")), [equal(A @ B @ C, identity("n"))], {"pinv"}),
    "M'M": (equal(A @ B, 0), [equal(A.T @ A @ B, 0)], set()),
    "MM'": (equal(B @ A, 0), [equal(B @ A @ A.T, 0)], set()),
    "a sum of squares": (equal(A, 0), [equal(A.T @ A + B.T @ B, 0)], set()),
    "twice": (equal(A, 0), [equal(A.T, A), equal(A @ A @ A, 0)], set()),
    "equal traces": (
        equal(A, B),
        [equal(A.T, A), equal(A @ A, A), equal(B.T, B), equal(B @ B, B), equal(A @ B, B), equal(trace(A), trace(B))],
        set(),
    ),
    "a positive factor": (equal(A, 0), [greater(s, 0), equal(s * A, 0)], set()),
    "a nonzero factor": (equal(A, B), [negation(equal(s, t)), equal((s - t) * A, (s - t) * B)], set()),
    "two inequalities": (equal(s, t), [at_least(s, t), at_least(t, s)], set()),
    "psd at a matrix": (at_least(trace(A.T @ B @ A), 0), [psd(B)], {"split"}),
    "psd at a column": (psd(A.T @ B @ A), [psd(B)], set()),
    "psd and projector": (at_least(trace(B), trace(A @ B)), [psd(B), equal(A.T, A), equal(A @ A, A)], {"split"}),
    "Cauchy-Schwarz": (at_least(trace(A.T @ A) * trace(B.T @ B), trace(A.T @ B) * trace(A.T @ B)), [], set()),
    "a contradiction": (Falsum(), [negation(equal(A, B)), equal(A, C), equal(B, C)], set()),
    "not nothing": (negation(equal(A, 0)), [greater(trace(A), 0)], set()),
}


@pytest.mark.parametrize("name", list(REAL))
def test_real_matrices(name):
    claim, hypotheses, facts = REAL[name]
    assert proved(claim, *hypotheses).facts == facts


EXISTS = {
    "a letter": (exists(VL, equal(A @ L @ A, A)), [equal(A @ B @ A, A)]),
    "solved": (exists(VL, equal(A @ L @ B, C)), [equal(A @ B @ C, identity("n")), equal(A @ A, identity("n"))]),
    "a factor": (exists(VL, equal(A @ L, C)), [equal(C, A @ B)]),
    "a sum": (exists(VL, conjunction(equal((identity("n") - A) @ L, identity("n")))), [equal(A @ A @ A, 0)]),
    "a pseudoinverse": (exists(VL, conjunction(equal(A @ L @ A, A), equal(L @ A @ L, L))), []),
    "through a norm": (exists(VL, equal(L @ A.T @ B, A.T @ B)), [equal(A @ A.T @ B, 0)]),
    "zero": (exists(VL, conjunction(equal(A @ L, 0), equal(L @ A, 0))), []),
}


@pytest.mark.parametrize("name", list(EXISTS))
def test_witnesses(name):
    claim, hypotheses = EXISTS[name]
    proved(claim, *hypotheses)


def test_two_unknowns():
    VM = Variable("M", SQUARE)
    proved(exists(VL, VM, conjunction(equal(L @ at(VM), C), equal(A @ L, L))), equal(C, A @ B), equal(A @ A, A))


def test_a_pseudoinverse_of_the_witness_is_obtained():
    VM = Variable("M", SQUARE)
    claim = exists(VL, VM, conjunction(penrose(L, at(VM)), equal(L, A @ B), equal(trace(L @ at(VM) @ L), trace(A @ B))))
    assert proved(claim).facts == {"pinv"}


def test_no_witness():
    with pytest.raises(NotProved, match="no witness"):
        proved(exists(VL, equal(A @ L, identity("n"))), effort=Effort(work=5_000))
    with pytest.raises(NotProved, match="asks for more than matrices"):
        proved(exists(VT, equal(s * at(VT), scalar(1))))


@pytest.mark.parametrize(
    ("claim", "hypotheses"),
    [
        (equal(A @ B, B @ A), []),
        (equal(B, C), [equal(A @ B, A @ C)]),
        (equal(A, 0), [equal(A @ A, 0)]),
        (equal(A, 0), [equal(s * A, 0)]),
        (at_least(trace(A @ B), 0), [psd(A)]),
        (psd(A @ B), [psd(A), psd(B)]),
        (equal(s, t), [at_least(s, t)]),
        (Falsum(), [equal(A, B)]),
        (exists(VL, equal(A @ L, B)), []),
    ],
)
def test_what_is_false_is_not_proved(claim, hypotheses):
    with pytest.raises(NotProved):
        proved(claim, *hypotheses, effort=Effort(work=6_000))


def test_the_message_is_that_of_the_first_attempt():
    with pytest.raises(NotProved, match="left over: A\\*B = B\\*A") as caught:
        proved(equal(A @ B, B @ A), effort=Effort(work=2_000))
    assert caught.value.residual == A @ B - B @ A


REVERSE_ORDER = (
    '{"atoms": {"A": ["m", "n"], "B": ["n", "k"]}, "pinv": {"a": "A", "b": "B", "c": "A*B"}, "claims": ["c = b*a"]}'
)


class Stopped(KeyboardInterrupt):
    pass


def test_an_interruption_passes_through():
    calls = []

    def progress():
        calls.append(1)
        if len(calls) > 3:
            raise Stopped

    goal = problems(parse(REVERSE_ORDER))[0].goals()[0]
    with pytest.raises(Stopped):
        prove_goal(goal, Effort(progress=progress))
    assert len(calls) == 4


def test_the_effort_bounds_the_work():
    calls = []
    goal = problems(parse(REVERSE_ORDER))[0].goals()[0]
    with pytest.raises(NotProved):
        prove_goal(goal, Effort(work=4_000, progress=lambda: calls.append(1)))
    few = len(calls)
    with pytest.raises(NotProved):
        prove_goal(goal, Effort(work=16_000, progress=lambda: calls.append(1)))
    assert 0 < few < len(calls) - few


def test_cases_zero_or_not():
    proved(equal(s, 0), equal(A @ A, 0), equal(A @ B, s * B), negation(equal(B, 0)))
    shifted, other = A - s * identity("n"), A - t * identity("n")
    inverses = [equal(one, identity("n")) for one in (shifted @ B, B @ shifted, other @ C, C @ other)]
    proved(equal(B @ C, C @ B), *inverses)


def test_cases_of_a_sign():
    proved(at_least(s, 0), at_least(s * s * s, 0))
    proved(greater(s, 0), greater(s * t, 0), greater(t, 0))
    with pytest.raises(NotProved):
        proved(at_least(s, 0), at_least(s * s, 0))


def test_ranges_of_sums():
    G = A @ A.T + B @ B.T
    proved(equal(G @ C @ A, A), penrose(G, C))
    proved(equal((A + B) @ C @ A, A), penrose(A + B, C), psd(A), psd(B))
    with pytest.raises(NotProved):
        proved(equal((A + B) @ C @ A, A), penrose(A + B, C), psd(A), equal(B.T, B))


def test_psd_matrices():
    proved(equal(A, 0), psd(A), psd(-A))
    proved(at_least(trace(A @ B), 0), psd(A), psd(B))
    proved(at_least(trace(A) * trace(B), trace(A @ B)), psd(A), psd(B))
    proved(equal(A, B), psd(A), psd(B), equal(A @ A, B @ B))
    with pytest.raises(NotProved):
        proved(at_least(trace(A @ B), 0), psd(A), equal(B.T, B))


def test_matrices_without_rows():
    text = '{"atoms": {"A": ["0", "n"]}, "claims": ["A\'*A = 0"]}'
    (goal,) = problems(parse(text))[0].goals()
    assert replay(prove_goal(goal)).conclusion == goal.formula()


def test_an_identity_that_is_zero():
    proved(equal(trace(A @ B @ A), trace(A)), equal(identity("n"), 0), equal(A @ B @ A, B @ A))
