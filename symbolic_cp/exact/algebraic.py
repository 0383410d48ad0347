"""Algebraic numbers and matrices over the field of one of them: the names of fields.py and field_matrices.py.

>>> root2 = Field.from_json({"minpoly": [-2, 0, 1], "interval": [1, 2]})
>>> print(root2, sign(root2, GENERATOR - 1))
1.4142 (root of x^2 - 2) 1
"""

from symbolic_cp.exact.field_matrices import FieldMatrix
from symbolic_cp.exact.fields import (
    GENERATOR,
    Field,
    compare,
    decimal,
    enclosure,
    inverse,
    readable,
    reduced,
    refine,
    sign,
)

__all__ = [
    "GENERATOR",
    "Field",
    "FieldMatrix",
    "compare",
    "decimal",
    "enclosure",
    "inverse",
    "readable",
    "reduced",
    "refine",
    "sign",
]
