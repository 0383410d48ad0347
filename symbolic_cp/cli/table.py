"""The commands, in the order of the help page.

A command NAME lives in the module `symbolic_cp.cli.NAME`, which defines `command`; it is imported when it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COMMANDS: Mapping[str, str] = MappingProxyType({
    "audit": "Check every statement and step of the book, and say what holds.",
    "explain": "One statement or step: what is claimed, why it holds, or the counterexample.",
    "check": "One statement or step on your own instance: every hypothesis and claim.",
    "prove": "Prove or refute statements about matrices of any size.",
    "recheck": "Replay certificates with the stand-alone checker.",
    "certify": "Write the certificates of the book.",
    "verify": "Exact gradient, loss and class of a point of a network.",
    "landscape": "All critical strata of a data set: pattern, loss, class, descent.",
    "point": "Construct an exact critical point with a given pattern.",
    "relu": "Cells, critical points and local minima of a ReLU network.",
    "latex": "Derivations as LaTeX.",
    "book": "The proof book as a static site.",
    "coq": "Export to Coq, and run coqc on it.",
    "facts": "The trusted facts, who uses each, and whether Coq has it proved.",
    "campaign": "Check a statement on many random exact instances.",
    "new": "A proof script to start from, with its test.",
})
"""Every command and what it does, in one line."""
