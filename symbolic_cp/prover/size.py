"""How long a proof is.

Main function: size.
"""

from __future__ import annotations

from symbolic_cp.kernel.logic import Theorem
from symbolic_cp.kernel.replay import in_order


def size(theorem: Theorem) -> tuple[int, int]:
    """How many terms c a h b the combinations of a proof add up, and how many steps it has.

    Expanded: a cofactor (A + B) h C counts two.
    """
    terms = steps = 0
    for one in in_order(theorem):
        steps += 1
        if one.rule == "combine":
            _, cofactors, products = one.parameters
            terms += len(products)
            for cofactor in cofactors:
                sides = [side for side in (cofactor.coef, cofactor.left, cofactor.right) if side is not None]
                count = 1
                for side in sides:
                    count *= len(side.terms)
                terms += count
    return terms, steps
