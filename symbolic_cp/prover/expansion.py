"""Certificates written out: from rules, which refer to earlier rules, down to the equations of the input.

Written out in full a certificate may be exponentially long. Then rules with long certificates are kept as lemmas:
their ids stay in the certificates of what uses them, with `TURNED` added where the transpose is meant.

Main functions: expand, value, input_of, matrix_inputs, equations_used.
"""

from __future__ import annotations

from symbolic_cp.kernel.terms import Nat, Shape
from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import Coefficient
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.rules import FLIPPED, Certificate, Term, accumulate

TURNED = 1 << 40
MOST_TERMS = 2_000


class TooLong(Exception):
    """A certificate has more than MOST_TERMS terms when it is written out."""


def is_scalar(completion: Completion, index: int) -> bool:
    """Whether an id is that of a scalar equation or rule."""
    if index < 0:
        return False
    if index < completion.first:
        return completion.scalar_input[index // 2]
    return completion.rule(index % TURNED).word is None


def matrix_inputs(completion: Completion) -> list[tuple[int, Matrix]]:
    """The matrix equations of the input with their ids, transposes included where they say something else."""
    plain = [(2 * i, m) for i, m in enumerate(completion.inputs) if not completion.scalar_input[i]]
    turned = [(i + 1, completion.alphabet.flip_all(m)) for i, m in plain if not completion.signs[i // 2]]
    return [*plain, *turned]


def input_of(completion: Completion, index: int) -> Matrix:
    """The equation with an id: an input, a transposed input, a 1 x 1 equation, or a rule kept as a lemma."""
    if index < 0:
        part = completion.ones[-index - 1]
        return {part: 1, "": -completion.alphabet.trace(part)}
    flip = completion.alphabet.flip_all
    if index < completion.first:
        matrix = completion.inputs[index // 2]
        return flip(matrix) if index & 1 else matrix
    equation = completion.rule(index % TURNED).equation()
    return flip(equation) if index >= TURNED else equation


def _shape_of(completion: Completion, index: int) -> Shape:
    """The shape of a matrix equation with an id."""
    if index < 0:
        return Nat(1), Nat(1)
    if index < completion.first:
        shape, turned = completion.equations[index // 2].shape, index & 1
    else:
        shape, turned = completion.rule(index % TURNED).shape, index >= TURNED
    return (shape[1], shape[0]) if shape and turned else shape


def value(completion: Completion, term: Term, *, scalar: bool) -> Matrix:
    """What a term of an expanded certificate stands for: a matrix, or a scalar as coefficient of the empty word."""
    left, index, right = term
    parts = input_of(completion, index)
    if not scalar or is_scalar(completion, index):
        return {left + word + right: coef for word, coef in parts.items()}
    shape = _shape_of(completion, index)
    assert shape is not None
    total: Coefficient = 0
    for word, coef in parts.items():
        total = total + coef * completion.alphabet.trace(left + word + right, shape[0])
    return {"": total} if total else {}


def _needed(completion: Completion, certificate: Certificate) -> list[int]:
    """The rules beneath a certificate, the earliest first."""
    found: set[int] = set()
    todo = [index for _, index, _ in certificate]
    while todo:
        index = todo.pop()
        if index >= completion.first and index not in found:
            found.add(index)
            todo += [other for _, other, _ in completion.rule(index).certificate]
    return sorted(found)


def equations_used(completion: Completion, certificate: Certificate) -> frozenset[int]:
    """The numbers of the input equations beneath a certificate."""
    rules = [completion.rule(index).certificate for index in _needed(completion, certificate)]
    ids = [index for one in (certificate, *rules) for _, index, _ in one]
    return frozenset(index // 2 for index in ids if 0 <= index < completion.first)


def expand(completion: Completion, certificate: Certificate, *, scalar: bool, limit: int | None = None) -> Certificate:
    """The certificate in terms of the input equations and 1 x 1 equations.

    In the certificate of a matrix, scalar rules that rest on traces of matrix equations are left as they are. With a
    limit, rules with more terms are too. Raises TooLong, without a limit.
    """
    memo: dict[int, Certificate] = {}
    for index in _needed(completion, certificate):
        rule = completion.rule(index)
        memo[index] = _expanded(completion, rule.certificate, memo, scalar=rule.word is None)
        if limit is None and len(memo[index]) > MOST_TERMS:
            raise TooLong
        if limit is not None and len(memo[index]) > limit:
            memo[index] = {("", index, ""): 1}
    total = _expanded(completion, certificate, memo, scalar=scalar)
    if limit is None and len(total) > MOST_TERMS:
        raise TooLong
    return total


def _expanded(
    completion: Completion, certificate: Certificate, memo: dict[int, Certificate], *, scalar: bool
) -> Certificate:
    total: Certificate = {}
    for (left, index, right), coef in certificate.items():
        if index < completion.first:
            _add(completion, total, (left, index, right), coef)
        elif left == FLIPPED:
            for term, number in memo[index].items():
                _add_flipped(completion, total, term, coef * number)
        elif completion.rule(index).word is None:
            if scalar or all(is_scalar(completion, i) for _, i, _ in memo[index]):
                for (a, i, b), number in memo[index].items():
                    accumulate(total, (a if scalar else left, i, b), coef * number)
            else:
                accumulate(total, (left, index, right), coef)
        else:
            shape = completion.rule(index).shape
            size = shape[0] if scalar and shape else None
            for (a, i, b), number in memo[index].items():
                _add_placed(completion, total, (left + a, i, b + right), coef * number, size)
    return total


def _add(completion: Completion, total: Certificate, term: Term, coef: Coefficient) -> None:
    """Add a term; an equation that is its own transpose, up to sign, is used as it is."""
    left, index, right = term
    if index > 0 and index & 1 and index < completion.first and completion.signs[index // 2]:
        coef, index = coef * completion.signs[index // 2], index - 1
    accumulate(total, (left, index, right), coef)


def _add_placed(completion: Completion, total: Certificate, term: Term, coef: Coefficient, size: Nat | None) -> None:
    """Add a term of a matrix rule.

    Under a trace (then `size` is that of the identity where no word is left) the word beside a scalar equation becomes
    part of the coefficient.
    """
    left, index, right = term
    if not is_scalar(completion, index):
        _add(completion, total, term, coef)
    elif size is None:
        accumulate(total, (left + right, index, ""), coef)
    else:
        accumulate(total, ("", index, ""), coef * completion.alphabet.trace(left + right, size))


def _add_flipped(completion: Completion, total: Certificate, term: Term, coef: Coefficient) -> None:
    """Add the transpose of a term."""
    left, index, right = term
    flip = completion.alphabet.flip
    if is_scalar(completion, index):
        accumulate(total, (flip(left), index, ""), coef)
    elif index < 0:
        part = completion.ones[-index - 1]
        accumulate(total, (flip(right), completion.one(flip(part)), flip(left)), coef)
    elif index >= completion.first:
        accumulate(total, (flip(right), index ^ TURNED, flip(left)), coef)
    else:
        _add(completion, total, (flip(right), index ^ 1, flip(left)), coef)
