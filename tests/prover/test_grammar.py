"""The expression grammar: what is read, what is refused and where, and that printing and reading agree."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic_cp.exact.errors import InputError
from symbolic_cp.kernel.facts import penrose
from symbolic_cp.kernel.formulas import And, Atom, Equal, NonNegative, Positive, negation
from symbolic_cp.kernel.terms import Poly, identity, matrix, nat, scalar, symbol, trace, zero
from symbolic_cp.prover.grammar import expression, psd, relation
from symbolic_cp.prover.scope import Scope
from symbolic_cp.prover.show import show
from symbolic_cp.prover.tokens import ExpressionError

SHAPES = {"A": ("m", "n"), "B": ("n", "m"), "C": ("n", "n"), "S": ("m", "m"), "x": ("n", 1)}


def scope() -> Scope:
    return Scope({"m", "n"}, {"s", "t"}, {name: matrix(name, *shape) for name, shape in SHAPES.items()})


A, B, C, S, x = (matrix(name, *shape) for name, shape in SHAPES.items())
s, t, m, n = symbol("s"), symbol("t"), scalar(nat("m")), scalar(nat("n"))

READ = {
    "A": A,
    "A*B": A @ B,
    "A'*A": A.T @ A,
    "(A*B)'": B.T @ A.T,
    "A''": A,
    "-A + A": zero("m", "n"),
    "- - A": A,
    "-A'": -A.T,
    "2*-A": -2 * A,
    "1/2*A": Fraction(1, 2) * A,
    "3 / 4 * A": Fraction(3, 4) * A,
    "0.75*A": Fraction(3, 4) * A,
    "s*t*A - t*s*A": zero("m", "n"),
    "A*s": s * A,
    "tr(A*B) - tr(B*A)": scalar(0),
    "tr(I[n])": n,
    "n*tr(C) + 1": n * trace(C) + 1,
    "I[n] + 0[n,n]": identity("n"),
    "I[1]": identity(1),
    "x'*C*x": x.T @ C @ x,
    "((((s))))": s,
    "A -\n\tA": zero("m", "n"),
}


@pytest.mark.parametrize("text", READ)
def test_reads(text):
    assert expression(text, scope()) == READ[text]


def test_relations():
    assert relation("A = 0", scope()) == Equal(A)
    assert relation("(0) = A", scope()) == Equal(-A)
    assert relation("C = I[n]", scope()) == Equal(C - identity("n"))
    assert relation("A != 0", scope()) == negation(Equal(A))
    assert relation("s >= t", scope()) == NonNegative(s - t)
    assert relation("tr(C) > 0", scope()) == Positive(trace(C))
    assert relation("psd(C)", scope()) == psd(C)
    assert relation("n = m", scope()) == Equal(n - m)


def test_psd_does_not_capture_a_letter_called_x():
    names = Scope({"n"}, set(), {"x": matrix("x", "n", "n")})
    claim = relation("psd(x)", names)
    assert isinstance(claim, And)
    assert "x1" in show(claim) or "x0" in show(claim)
    assert claim == psd(matrix("x", "n", "n"))


def test_pinv_of_equal_expressions_is_one_letter():
    names = scope()
    first = expression("pinv(A*C) + pinv(A*(C + C - C))", names)
    assert first == 2 * names.matrices["AC_pinv"]
    assert list(names.introduced) == ["AC_pinv"]
    assert expression("pinv((A*C)')", names).shape == (nat("m"), nat("n"))
    assert len(names.introduced) == 2


def test_a_letter_that_is_a_pinv_already_is_used():
    names = scope()
    names.pinvs[A] = B
    assert expression("pinv(A)", names) == B
    assert expression("rank(A)", names) == trace(A @ B)
    assert not names.introduced


def test_introduced_names_avoid_those_in_use():
    names = scope()
    names.matrices["A_pinv"] = C
    letter = expression("pinv(A)", names)
    assert repr(letter) == "A2_pinv"
    assert isinstance(penrose(A, letter), And)


def test_rank_is_the_trace_of_the_projector():
    names = scope()
    assert expression("rank(A)", names) == trace(A @ names.matrices["A_pinv"])


REFUSED = {
    "A*A": (2, '"A" is m x n and "A" is m x n; in a product the left has as many columns as the right has rows'),
    "A + B": (3, '"A" is m x n and "B" is n x m; in a sum both have one shape'),
    "A = B": (3, '"A" is m x n and "B" is n x m; both sides of a relation have one shape'),
    "A = 1": (3, "a multiple of the identity is written 2*I[n]"),
    "s + A = 0": (3, '"s" is a scalar and "A" is m x n'),
    "A*D = 0": (3, '"D" is not defined; known here: A, B, C, S, m, n, s, t, x'),
    "Aa = 0": (1, '"Aa" is not defined; is "A" meant?'),
    "I[k] = 0": (3, '"k" is not a dimension; known here: m, n'),
    "I[n,m] = 0": (4, '"]" is expected in a shape'),
    "2[n,m] = 0": (1, "only I[n] and 0[m,n] have a shape"),
    "I = C": (1, "the identity is written I[n]"),
    "A >= 0": (1, "compares scalars; write tr(...) or psd(...)"),
    "tr(A) = 0": (1, 'tr takes a square matrix; "A" is m x n'),
    "psd(A)": (1, 'psd takes a square matrix; "A" is m x n'),
    "psd(C) = 0": (8, "a relation ends before it"),
    "s*psd(C) = 0": (3, "psd(...) is a relation of its own"),
    "rank(s) = 1": (1, 'rank takes a matrix; "s" is a scalar'),
    "pinv(s) = 1": (1, 'pinv takes a matrix; "s" is a scalar'),
    "det(C) = 1": (1, 'there is no function "det"'),
    "C^2 = C": (2, "a power is written as a product"),
    "C**2 = C": (3, "a power is written as a product"),
    "C@C = C": (2, "a product is written A*B"),
    "C/2 = C": (2, "only numbers are divided"),
    "C.T = C": (2, "a transpose A'"),
    "C′ = C": (2, "a plain apostrophe"),
    "s <= t": (3, "the larger side first"),
    "s == t": (3, "an equation is written with one ="),
    "A C = 0": (3, "between factors stands *"),
    "A = 0 C": (7, "between factors stands *"),
    "A = 0 = 0": (7, "a relation ends before it"),
    "A": (2, "a relation is expected"),
    "": (1, "a name, a number or a bracket is expected, not the end of the text"),
    "A +": (4, "not the end of the text"),
    "(A = 0": (4, '")" is expected to close this bracket'),
    "tr(C": (5, '")" is expected to close tr('),
    "tr = 0": (4, '"(" is expected after tr'),
    "1/0 = 1": (1, 'the denominator of "1/0" is zero'),
    "__import__('os').system('id')": (17, '"." is not part of an expression'),
    "$ = 0": (1, '"$" is not part of an expression'),
}


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_with_column_and_reason(text):
    column, reason = REFUSED[text]
    with pytest.raises(ExpressionError) as caught:
        relation(text, scope())
    error = caught.value
    assert (error.line, error.column) == (1, column)
    assert reason in error.message
    assert "\n" not in error.message
    line, caret = error.caret().split("\n")
    assert line == f"    {text}"
    assert caret.index("^") == 3 + column


def test_the_caret_counts_lines():
    with pytest.raises(ExpressionError) as caught:
        relation("A =\n  D", scope())
    assert (caught.value.line, caught.value.column) == (2, 3)
    assert caught.value.caret() == "      D\n      ^"
    moved = caught.value.at(file="f", field="g")
    assert moved.caret() == caught.value.caret()
    assert moved.located().startswith("f:2:3: g: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(" * 5_000 + "s" + ")" * 5_000 + " = 0", "nested deeper than 100"),
        ("(" * 101 + "s" + ")" * 101 + " = 0", "nested deeper than 100"),
        ("tr(C*" * 101 + "C" + ")" * 101 + " = 0", "nested deeper than 100"),
        ("s" + " + s" * 10_000 + " = 0", "more than 20,000 characters"),
        ("*".join(["(s + t)"] * 400) + " = 0", "is not read"),
        ("*".join(["(C + C' + I[n])"] * 9) + " = 0", "more than 500 terms"),
        ("*".join(["C"] * 201) + " = 0", "more than 200 letters"),
        ("9" * 2_001 + " = 0", "more than 2,000 digits"),
        ("*".join(["9" * 1_500] * 2) + " = 0", "more than 2,000 digits"),
        ("tr(" + "*".join(["C"] * 150) + ")*tr(" + "*".join(["C'"] * 150) + ") = 0", "more than 200 letters"),
    ],
)
def test_limits(text, reason):
    with pytest.raises(ExpressionError, match=reason):
        relation(text, scope())


def test_a_hundred_levels_are_read():
    assert expression("(" * 100 + "s" + ")" * 100, scope()) == s


# ------------------------------------------------------------------------------------------------ for all texts

numbers = st.fractions(min_value=-9, max_value=9, max_denominator=9).filter(bool)


@st.composite
def terms(draw, shape, depth=3):
    """A term of a shape with a text for it: (term, text), the text always in brackets."""
    letters = [name for name, one in SHAPES.items() if one == shape]
    flipped = [name for name, one in SHAPES.items() if one == shape[::-1]]
    choices = ["letter"] if letters else []
    choices += ["flipped"] if flipped else []
    choices += ["identity"] if shape[0] == shape[1] else []
    choices += ["zero"] if not choices else []
    if depth:
        choices += ["sum", "difference", "product", "scaled", "transpose", "negative"]
    kind = draw(st.sampled_from(choices))
    if kind in ("letter", "flipped"):
        name = draw(st.sampled_from(letters if kind == "letter" else flipped))
        return (matrix(name, *shape), name) if kind == "letter" else (matrix(name, *shape[::-1]).T, f"{name}'")
    if kind == "identity":
        return identity(shape[0]), f"I[{shape[0]}]"
    if kind == "zero":
        return zero(*shape), f"0[{shape[0]}, {shape[1]}]"
    if kind == "transpose":
        term, text = draw(terms(shape[::-1], depth - 1))
        return term.T, f"({text})'"
    return draw(compounds(shape, depth, kind))


@st.composite
def compounds(draw, shape, depth, kind):
    term, text = draw(terms(shape, depth - 1))
    if kind == "negative":
        return -term, f"(-{text})"
    if kind == "scaled":
        factor, said = draw(scalars(depth - 1))
        return factor * term, f"({said}*{text})"
    if kind == "product":
        other, said = draw(terms((shape[1], shape[1]), depth - 1))
        return term @ other, f"({text} * {said})"
    other, said = draw(terms(shape, depth - 1))
    return (term + other, f"({text}+{said})") if kind == "sum" else (term - other, f"({text} - {said})")


@st.composite
def scalars(draw, depth=3):
    kind = draw(st.sampled_from(["number", "name", "dimension", *(["trace", "sum", "product"] if depth else [])]))
    if kind == "number":
        number = draw(numbers)
        return scalar(number), f"({number})" if number < 0 else str(number)
    if kind == "name":
        name = draw(st.sampled_from(["s", "t"]))
        return symbol(name), name
    if kind == "dimension":
        name = draw(st.sampled_from(["m", "n"]))
        return scalar(nat(name)), name
    if kind == "trace":
        term, text = draw(terms(("n", "n"), depth - 1))
        return trace(term), f"tr({text})"
    (first, text), (second, said) = draw(scalars(depth - 1)), draw(scalars(depth - 1))
    return (first + second, f"({text} + {said})") if kind == "sum" else (first * second, f"({text}*{said})")


any_term = st.one_of(
    terms(("m", "n")), terms(("n", "n")), terms(("n", 1)), terms((1, 1)), scalars()
)


@given(any_term)
def test_reads_what_is_built(pair):
    term, text = pair
    assert expression(text, scope()) == term


@given(any_term)
def test_reads_what_is_printed(pair):
    term, _ = pair
    if term.shape is not None and not term.terms:
        assert repr(term) == "0"  # a zero matrix does not print its shape; in a relation the other side gives it
    else:
        assert expression(repr(term), scope()) == term


@given(any_term, st.sampled_from([Equal, NonNegative, Positive]))
def test_relations_are_read_as_they_are_shown(pair, kind):
    term, _ = pair
    if term.shape is not None:
        if not term.terms:
            return
        kind = Equal
    again = relation(show(kind(term)), scope())
    assert isinstance(again, Atom)
    assert again == kind(term) or (kind is Equal and again.term == -term)
    if kind is Equal:
        assert relation(show(negation(Equal(term))), scope()) in (negation(Equal(term)), negation(Equal(-term)))


@given(st.text(alphabet="ABCsmnx019'+-*/=!><()[],. \n_Iprtdveak", max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text):
    try:
        relation(text, scope())
    except ExpressionError as error:
        assert error.message
        assert 0 <= error.offset <= len(text)
        assert error.line is not None
        assert error.column is not None
        assert "\n" in error.caret()


@given(st.text(max_size=30))
def test_any_characters_are_read_or_refused(text):
    try:
        assert isinstance(expression(text, scope()), Poly)
    except InputError as error:
        assert "\n" not in error.message
