"""The expression grammar of problem files: text to terms and formulas of the kernel.

::

    relation  sum ("=" | "!=" | ">=" | ">") sum   or   psd(sum)
    sum       product (("+" | "-") product)*
    product   ("-")* postfix ("*" ("-")* postfix)*
    postfix   atom followed by any number of '
    atom      number, name, (sum), I[n], 0[m,n], pinv(sum), tr(sum), rank(sum)

A number is `3`, `3/4` or `0.75`, all exact. A side that is a bare `0` takes the shape of the other side. Shapes are
those of the names in the `Scope`. `pinv(E)` stands for one letter, the same for equal E; the scope records it, and
whoever closes the formula adds its Penrose equations. `rank(E)` is tr(E pinv(E)).

Main names: relation, expression, psd. Nothing is evaluated as code. Limits: DEEPEST, MOST_TERMS, LONGEST_WORD,
MOST_DIGITS; errors are `tokens.ExpressionError`. Cost: the products that are written, expanded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symbolic_cp.exact.source import quoted
from symbolic_cp.kernel.formulas import (
    Formula,
    Variable,
    at,
    at_least,
    conjunction,
    equal,
    for_all,
    free_names,
    greater,
    matrix_sort,
    negation,
)
from symbolic_cp.kernel.terms import Nat, Poly, identity, nat, scalar, symbol, trace, zero
from symbolic_cp.prover.scope import RESERVED, Scope, nearest, shape_text
from symbolic_cp.prover.tokens import ADVICE, ExpressionError, Token, tokens

NEAR = {
    "trace": "tr is meant",
    "rk": "rank is meant",
    "mp": "pinv is meant",
    **dict.fromkeys(["inv", "inverse"], 'the field "inverse" gives a letter for an inverse'),
    **dict.fromkeys(["t", "transpose"], "a transpose is written A'"),
}
"""What to say about functions of other names."""
DEEPEST = 100
MOST_TERMS = 500
LONGEST_WORD = 200
MOST_DIGITS = 2_000

def psd(term: Poly) -> Formula:
    """`term`, n x n, is symmetric positive semidefinite: term = term' and tr(x' term x) >= 0 for all x : n x 1."""
    assert term.shape is not None
    name = next(name for name in ("x", *(f"x{i}" for i in range(10_000))) if name not in free_names(term))
    x = Variable(name, matrix_sort(term.shape[0], 1))
    return conjunction(equal(term, term.T), for_all(x, at_least(trace(at(x).T @ term @ at(x)), 0)))


def expression(text: str, scope: Scope) -> Poly:
    """The scalar or matrix that a text denotes. Raises ExpressionError.

    >>> from symbolic_cp.kernel.terms import matrix
    >>> scope = Scope({"m", "n"}, {"s"}, {"A": matrix("A", "m", "n")})
    >>> expression("-2*s*(A - 1/2*A)*A' + tr(A'*A)*I[m]", scope)
    -s*A*A' + tr(A*A')*I[m]
    >>> expression("A*A", scope)
    Traceback (most recent call last):
    symbolic_cp.prover.tokens.ExpressionError: 1:2: "A" is m x n and "A" is m x n; in a product ...
    """
    parser = _Parser(text, scope)
    piece = parser.sum(0)
    parser.finish("an expression")
    return piece.term


def relation(text: str, scope: Scope) -> Formula:
    """The formula that a text denotes: an equation, disequality, inequality or psd(...). Raises ExpressionError.

    >>> from symbolic_cp.kernel.terms import matrix
    >>> from symbolic_cp.prover.show import show
    >>> show(relation("A'*A = 0", Scope({"m", "n"}, set(), {"A": matrix("A", "m", "n")})))
    "A'*A = 0"
    """
    parser = _Parser(text, scope)
    formula = parser.relation()
    parser.finish("a relation")
    return formula


@dataclass(frozen=True, slots=True)
class _Piece:
    """A term and where its text starts and ends."""

    term: Poly
    start: int
    end: int


class _Parser:
    """Recursive descent over the tokens of one text; `index` is the next token."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.tokens = tokens(text)
        self.index = 0

    # ------------------------------------------------------------------------------------------------- tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def take(self, *signs: str) -> Token | None:
        """The next token, read, if it is one of these signs."""
        token = self.token
        if token.kind != "sign" or token.text not in signs:
            return None
        self.index += 1
        return token

    def expect(self, sign: str, what: str) -> Token:
        token = self.take(sign)
        if token is None:
            raise self.error(f"{quoted(sign)} is expected {what}, not {self.found()}", self.token.start)
        return token

    def found(self) -> str:
        return quoted(self.token.text) if self.token.kind != "end" else "the end of the text"

    def error(self, message: str, offset: int) -> ExpressionError:
        return ExpressionError.within(message, self.text, offset)

    def finish(self, what: str) -> None:
        """Refuse what follows a complete expression."""
        token = self.token
        if token.kind == "end":
            return
        if token.kind == "sign" and token.text in ("=", "!=", ">=", ">"):
            raise self.error(f"{quoted(token.text)} is not expected here; {what} ends before it", token.start)
        raise self.error(f"{self.found()} is not expected here; between factors stands *", token.start)

    # --------------------------------------------------------------------------------------------- relations

    def relation(self) -> Formula:
        if self.token.text == "psd" and self.tokens[self.index + 1].text == "(":
            start = self.token.start
            piece = self.argument(0)
            self.square(piece, "psd", start)
            return psd(piece.term)
        left = self.sum(0)
        sign = self.take("=", "!=", ">=", ">")
        if sign is None:
            factor = self.token.kind in ("name", "number") or self.token.text == "("
            advice = "; between factors stands *" if factor else ""
            raise self.error(f"a relation is expected: = != >= or >, not {self.found()}{advice}", self.token.start)
        if sign.text == self.token.text == "=":
            raise self.error(f'"==" is not a sign here; {ADVICE["=="]}', sign.start)
        right = self.sum(0)
        if sign.text in (">=", ">"):
            return self.inequality(left, right, sign)
        difference = self.difference(left, right, sign)
        return negation(equal(difference, 0)) if sign.text == "!=" else equal(difference, 0)

    def inequality(self, left: _Piece, right: _Piece, sign: Token) -> Formula:
        for piece in (left, right):
            if piece.term.shape is not None:
                raise self.error(
                    f"{self.spelled(piece)} is {shape_text(piece.term.shape)} and {sign.text} compares scalars; "
                    "write tr(...) or psd(...)",
                    piece.start,
                )
        return (at_least if sign.text == ">=" else greater)(left.term, right.term)

    def difference(self, left: _Piece, right: _Piece, sign: Token) -> Poly:
        """left - right, where a bare 0 takes the shape of the other side."""
        if left.term.shape != right.term.shape:
            if self.is_bare_zero(right):
                return left.term
            if self.is_bare_zero(left):
                return -right.term
            raise self.error(self.mismatch(left, right, "both sides of a relation have one shape"), sign.start)
        return self.checked(left.term - right.term, sign.start)

    def is_bare_zero(self, piece: _Piece) -> bool:
        return self.text[piece.start : piece.end].strip(" ()\t\n") == "0"

    # ------------------------------------------------------------------------------------------- expressions

    def sum(self, depth: int) -> _Piece:
        left = self.product(depth)
        while sign := self.take("+", "-"):
            right = self.product(depth)
            if left.term.shape != right.term.shape:
                raise self.error(self.mismatch(left, right, "in a sum both have one shape"), sign.start)
            term = left.term + right.term if sign.text == "+" else left.term - right.term
            left = _Piece(self.checked(term, sign.start), left.start, right.end)
        return left

    def product(self, depth: int) -> _Piece:
        left = self.factor(depth)
        while sign := self.take("*"):
            right = self.factor(depth)
            one, other = left.term, right.term
            if one.shape and other.shape and one.shape[1] != other.shape[0]:
                reason = "in a product the left has as many columns as the right has rows"
                raise self.error(self.mismatch(left, right, reason), sign.start)
            if len(one.terms) * len(other.terms) > 4 * MOST_TERMS:
                raise self.error(f"a product of more than {4 * MOST_TERMS:,} terms is not expanded", sign.start)
            left = _Piece(self.checked(one * other, sign.start), left.start, right.end)
        return left

    def factor(self, depth: int) -> _Piece:
        start, negative = self.token.start, False
        while self.take("-"):
            negative = not negative
        piece = self.atom(depth)
        term = -piece.term if negative else piece.term
        end = piece.end
        while mark := self.take("'"):
            term, end = term.T, mark.end
        return _Piece(term, start, end)

    def atom(self, depth: int) -> _Piece:
        token = self.token
        if depth > DEEPEST:
            raise self.error(f"an expression nested deeper than {DEEPEST} levels is not read", token.start)
        if token.kind == "number":
            return self.number()
        if token.kind == "name":
            return self.named(depth)
        if self.take("("):
            piece = self.sum(depth + 1)
            closing = self.expect(")", "to close this bracket")
            return _Piece(piece.term, token.start, closing.end)
        power = self.index > 0 and token.text == self.tokens[self.index - 1].text == "*"
        advice = f"; {ADVICE['**']}" if power else ""
        raise self.error(f"a name, a number or a bracket is expected, not {self.found()}{advice}", token.start)

    def number(self) -> _Piece:
        token = self.token
        self.index += 1
        top, _, bottom = token.text.partition("/")
        if max(len(top), len(bottom)) > MOST_DIGITS:
            raise self.error(f"a number of more than {MOST_DIGITS:,} digits is not read in an expression", token.start)
        if bottom and int(bottom) == 0:
            raise self.error(f"the denominator of {quoted(token.text, 20)} is zero", token.start)
        if self.token.text == "[":
            if token.text != "0":
                raise self.error(f"only I[n] and 0[m,n] have a shape, not {quoted(token.text, 20)}", token.start)
            rows, cols = self.dimensions(2)
            return _Piece(zero(rows, cols), token.start, self.tokens[self.index - 1].end)
        value = Fraction(int(top), int(bottom)) if bottom else Fraction(top)
        return _Piece(scalar(value), token.start, token.end)

    def named(self, depth: int) -> _Piece:
        token, following = self.token, self.tokens[self.index + 1].text
        name = token.text
        if name == "I" and following == "[":
            self.index += 1
            (size,) = self.dimensions(1)
            return _Piece(identity(size), token.start, self.tokens[self.index - 1].end)
        if name in RESERVED:
            return self.function(depth)
        self.index += 1
        if following == "(":
            meant = NEAR.get(name.lower(), "there are tr, rank and pinv")
            raise self.error(f"there is no function {quoted(name)}; {meant}", token.start)
        if name in self.scope.matrices:
            return _Piece(self.scope.matrices[name], token.start, token.end)
        if name in self.scope.scalars:
            return _Piece(symbol(name), token.start, token.end)
        if name in self.scope.dimensions:
            return _Piece(scalar(nat(name)), token.start, token.end)
        raise self.error(f"{quoted(name)} is not defined; {nearest(name, self.scope.names())}", token.start)

    def function(self, depth: int) -> _Piece:
        token = self.token
        if token.text in ("I", "psd"):
            usage = "the identity is written I[n]" if token.text == "I" else "psd(...) is a relation of its own"
            raise self.error(f"{quoted(token.text)} is not expected here; {usage}", token.start)
        piece = self.argument(depth + 1)
        end = self.tokens[self.index - 1].end
        if token.text == "tr":
            self.square(piece, "tr", token.start)
            return _Piece(self.checked(trace(piece.term), token.start), token.start, end)
        if piece.term.shape is None:
            raise self.error(f"{token.text} takes a matrix; {self.spelled(piece)} is a scalar", token.start)
        inverse = self.scope.pinv(piece.term)
        if token.text == "pinv":
            return _Piece(inverse, token.start, end)
        return _Piece(self.checked(trace(piece.term @ inverse), token.start), token.start, end)

    def argument(self, depth: int) -> _Piece:
        name = self.token.text
        self.index += 1
        self.expect("(", f"after {name}")
        piece = self.sum(depth)
        self.expect(")", f"to close {name}(")
        return piece

    def dimensions(self, count: int) -> list[Nat]:
        """`[n]` or `[m,n]`: names of dimensions or natural numbers."""
        self.expect("[", "before a shape")
        found: list[Nat] = []
        for position in range(count):
            token = self.token
            self.index += token.kind != "end"
            if token.kind == "number" and token.text.isdigit() and len(token.text) <= 7:
                found.append(nat(int(token.text)))
            elif token.kind == "name" and token.text in self.scope.dimensions:
                found.append(nat(token.text))
            elif token.kind == "name":
                hint = nearest(token.text, self.scope.dimensions)
                raise self.error(f"{quoted(token.text)} is not a dimension; {hint}", token.start)
            else:
                what = quoted(token.text) if token.kind != "end" else "the end of the text"
                raise self.error(f"a dimension, a name or a natural number, is expected, not {what}", token.start)
            self.expect("]" if position == count - 1 else ",", "in a shape: I[n] and 0[m,n]")
        return found

    # ---------------------------------------------------------------------------------------------- complaints

    def square(self, piece: _Piece, name: str, offset: int) -> None:
        shape = piece.term.shape
        if shape is None or shape[0] != shape[1]:
            message = f"{name} takes a square matrix; {self.spelled(piece)} is {shape_text(shape)}"
            raise self.error(message, offset)

    def spelled(self, piece: _Piece) -> str:
        return quoted(self.text[piece.start : piece.end], 40)

    def mismatch(self, left: _Piece, right: _Piece, reason: str) -> str:
        first, second = (f"{self.spelled(piece)} is {shape_text(piece.term.shape)}" for piece in (left, right))
        advice = "; a multiple of the identity is written 2*I[n]" if None in (left.term.shape, right.term.shape) else ""
        return f"{first} and {second}; {reason}{advice}"

    def checked(self, term: Poly, offset: int) -> Poly:
        """The term, unless it is beyond the limits."""
        if len(term.terms) > MOST_TERMS:
            raise self.error(f"an expression of more than {MOST_TERMS:,} terms is not read", offset)
        for (scalars, word), coef in term.terms.items():
            letters = len(word) + sum(1 + len(generator.word) for generator in scalars)
            if letters > LONGEST_WORD:
                raise self.error(f"a product of more than {LONGEST_WORD} letters is not read", offset)
            if max(abs(coef.numerator), coef.denominator).bit_length() > MOST_DIGITS * 10 // 3:
                raise self.error(f"a number of more than {MOST_DIGITS:,} digits is not read in an expression", offset)
        return term


