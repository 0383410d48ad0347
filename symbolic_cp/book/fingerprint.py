"""Fingerprints of formulas: two formulas have the same one exactly when the kernel holds them for the same.

They are taken of the checked object, not of a printed text, and do not depend on the names of bound variables. A lock
file keeps them, and two processes compare what they talk about by them.

Main functions: fingerprint, canonical.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from symbolic_cp.kernel.formulas import And, Atom, Connective, Equal, ForAll, Formula, Implies, NonNegative, Quantifier
from symbolic_cp.kernel.terms import Poly


def fingerprint(formula: Formula) -> str:
    """The SHA-256 of the canonical form, in hexadecimal. Cost: linear in the formula as it is written out.

    >>> from symbolic_cp.kernel.formulas import Falsum
    >>> fingerprint(Falsum())[:12]
    '0496d069424e'
    """
    text = json.dumps(canonical(formula), separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()


def canonical(formula: Formula) -> list[Any]:
    """The formula as nested lists of texts and numbers: kernel keys, which are normal forms; fractions as they are.

    >>> from symbolic_cp.kernel.formulas import NAT, Variable, at_least, for_all
    >>> from symbolic_cp.kernel.terms import nat
    >>> forms = [canonical(for_all(Variable(name, NAT), at_least(nat(name), 0))) for name in ("n", "k")]
    >>> forms[0] == forms[1]
    True
    """
    if isinstance(formula, Atom):
        sign = "=" if isinstance(formula, Equal) else ">=" if isinstance(formula, NonNegative) else ">"
        return [sign, _term(formula.term)]
    if isinstance(formula, Connective):
        word = "and" if isinstance(formula, And) else "implies" if isinstance(formula, Implies) else "or"
        return [word, canonical(formula.left), canonical(formula.right)]
    if isinstance(formula, Quantifier):
        word, sort = "all" if isinstance(formula, ForAll) else "exists", formula.sort
        shape = [sort.kind, sort.rows.key, sort.cols.key, formula.arity]
        return [word, formula.height, shape, canonical(formula.body)]
    return ["false"]


def _term(term: Poly) -> list[Any]:
    shape = term.shape and [side.key for side in term.shape]
    content = [[str(coef), [[one.key for one in part] for part in monomial]] for monomial, coef in term.sorted_terms()]
    return [shape, content]
