"""Certificates written out: from rules, which refer to earlier rules, down to the equations of the input.

Main functions: expand, value, input_of, matrix_inputs.
"""

from __future__ import annotations

from symbolic_cp.kernel.terms import Nat
from symbolic_cp.prover.alphabet import Matrix
from symbolic_cp.prover.central import Coefficient
from symbolic_cp.prover.completion import Completion
from symbolic_cp.prover.rules import FLIPPED, Certificate, Term, accumulate


def is_scalar(completion: Completion, index: int) -> bool:
    """Whether an id is that of a scalar equation or rule."""
    if index < 0:
        return False
    if index < completion.first:
        return completion.scalar_input[index // 2]
    return completion.rule(index).word is None


def matrix_inputs(completion: Completion) -> list[tuple[int, Matrix]]:
    """The matrix equations of the input with their ids, transposes included where they say something else."""
    plain = [(2 * i, m) for i, m in enumerate(completion.inputs) if not completion.scalar_input[i]]
    turned = [(i + 1, completion.alphabet.flip_all(m)) for i, m in plain if not completion.signs[i // 2]]
    return [*plain, *turned]


def input_of(completion: Completion, index: int) -> Matrix:
    """The equation with an id: an input, a transposed input, a 1 x 1 equation or a scalar rule."""
    if index < 0:
        part = completion.ones[-index - 1]
        return {part: 1, "": -completion.alphabet.trace(part)}
    if index < completion.first:
        matrix = completion.inputs[index // 2]
        return completion.alphabet.flip_all(matrix) if index & 1 else matrix
    return completion.rule(index).equation()


def value(completion: Completion, term: Term, *, scalar: bool) -> Matrix:
    """What a term of an expanded certificate stands for: a matrix, or a scalar as coefficient of the empty word."""
    left, index, right = term
    parts = input_of(completion, index)
    if not scalar or is_scalar(completion, index):
        return {left + word + right: coef for word, coef in parts.items()}
    size = Nat(1)
    if index >= 0:
        shape = completion.equations[index // 2].shape
        assert shape is not None
        size = shape[index & 1]
    total: Coefficient = 0
    for word, coef in parts.items():
        total = total + coef * completion.alphabet.trace(left + word + right, size)
    return {"": total} if total else {}


def expand(completion: Completion, certificate: Certificate, *, scalar: bool) -> Certificate:
    """The certificate in terms of the input equations and 1 x 1 equations.

    In the certificate of a matrix, scalar rules that rest on traces of matrix equations are left as they are.
    """
    memo: dict[int, Certificate] = {}
    needed: set[int] = set()
    todo = [index for _, index, _ in certificate]
    while todo:
        index = todo.pop()
        if index >= completion.first and index not in needed:
            needed.add(index)
            todo += [other for _, other, _ in completion.rule(index).certificate]
    for index in sorted(needed):
        rule = completion.rule(index)
        memo[index] = _expanded(completion, rule.certificate, memo, scalar=rule.word is None)
    return _expanded(completion, certificate, memo, scalar=scalar)


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


def _add_placed(
    completion: Completion, total: Certificate, term: Term, coef: Coefficient, size: Nat | None
) -> None:
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
    else:
        _add(completion, total, (flip(right), index ^ 1, flip(left)), coef)
