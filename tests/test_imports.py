"""Imports point down the house only, and nothing heavy is imported before it is used.

Read from the source of every module, imports inside functions and under TYPE_CHECKING included.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "symbolic_cp"

# Room -> the rooms it may import (and what those may import). The order and the table are the design's.
MAY_IMPORT: dict[str, set[str]] = {
    "cli": {"pytest_plugin", "report", "coq", "campaign", "book", "recheck"},
    "__main__": {"cli"},
    "pytest_plugin": {"report", "book"},
    "report": {"book", "coq"},
    "coq": {"kernel"},
    "campaign": {"landscape", "book"},
    "book": {"prover", "landscape"},
    "landscape": {"networks"},
    "networks": {"exact"},
    "prover": {"kernel", "exact"},
    "exact": set(),
    "kernel": set(),
    "recheck": set(),
    "__init__": {"book", "landscape", "networks", "prover", "exact"},  # the public names, for type checkers
}

# Room -> packages from outside that it may import (beside the standard library). None in kernel and recheck.
OUTSIDE: dict[str, set[str]] = {
    "cli": {"click", "rich", "flint"},
    "pytest_plugin": {"pytest", "_pytest"},
    "report": {"rich", "sympy", "mpmath", "flint", "matplotlib", "latex2mathml"},
    "campaign": {"flint", "distributed"},
    "book": {"flint", "sympy"},
    "landscape": {"flint", "sympy", "mpmath", "hypothesis"},  # the last for strategies.py alone
    "networks": {"flint", "sympy", "numpy", "z3"},
    "prover": {"flint", "sympy"},
    "exact": {"flint", "sympy", "mpmath", "numpy"},
}

# Modules that choose imports at run time: public names, commands (each from a table), proof scripts of a book.
DYNAMIC = {"__init__.py", "cli/frame.py", "book/book.py"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "proofs" not in path.relative_to(PACKAGE).parts)


def room(module: str) -> str:
    """The room of a module such as `symbolic_cp.exact.linear`; the package itself is the room `__init__`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def imported(path: Path) -> list[tuple[int, str]]:
    """Line and full name of everything that a module imports; `from a import b` gives both a and a.b."""
    package = name_of(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, [base, node.module or ""]))
            whole = origin == "symbolic_cp"  # then each name may be a room
            found += [(node.lineno, f"{origin}.{alias.name}" if whole else origin) for alias in node.names]
    return found


def closure(start: str) -> set[str]:
    """The rooms that a room may import, all the way down."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = MAY_IMPORT[waiting.pop()] - seen
        seen |= new
        waiting += new
    return seen


def wrong(path: Path) -> list[str]:
    here = room(name_of(path))
    allowed = closure(here) | {here} | ({"__init__"} if here in ("cli", "__main__", "report", "coq") else set())
    faults = []
    for line, target in imported(path):
        top = target.split(".")[0]
        if top == "symbolic_cp":
            # `from symbolic_cp import __version__` names no room: it is the package itself.
            there = room(target) if (PACKAGE / room(target)).exists() or room(target) in MAY_IMPORT else "__init__"
            if there not in allowed:
                faults.append(f"{path}:{line}: {here} may not import {target}")
        elif top not in sys.stdlib_module_names and top not in OUTSIDE.get(here, set()):
            faults.append(f"{path}:{line}: {here} may not import {target}")
    return faults


def test_every_module_is_in_a_room():
    assert {room(name_of(path)) for path in modules()} <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    assert not wrong(path), "\n".join(wrong(path))


def test_imports_at_run_time_are_seen_here():
    found = set()
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if names & {"import_module", "__import__", "exec", "eval", "compile_command", "spec_from_file_location"}:
            found.add(str(path.relative_to(PACKAGE)))
    assert found <= DYNAMIC


def test_the_public_names_are_those_that_type_checkers_see():
    import symbolic_cp as cp

    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == cp._HOMES
    assert {*seen, "__version__"} == set(cp.__all__)
    for name, module in seen.items():
        assert getattr(cp, name) is getattr(importlib.import_module(module), name)
    with pytest.raises(AttributeError, match="'nothing'; it has "):
        _ = cp.nothing


@pytest.mark.parametrize("trusted", ["kernel", "recheck.py"])
def test_what_is_trusted_needs_the_standard_library_only(trusted):
    home = PACKAGE / trusted
    if not home.exists():
        pytest.skip(f"{trusted} is not written yet")
    for path in [home] if home.is_file() else sorted(home.glob("*.py")):
        for line, target in imported(path):
            own = target.startswith("symbolic_cp.kernel") and trusted == "kernel"
            assert own or target.split(".")[0] in sys.stdlib_module_names, f"{path}:{line} imports {target}"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import symbolic_cp.prover.search", "exact may not import symbolic_cp.prover.search"),
        ("def f():\n    from symbolic_cp import cli", "exact may not import symbolic_cp.cli"),
        ("from ..networks import linear", "exact may not import symbolic_cp.networks"),
        ("from .. import book", "exact may not import symbolic_cp.book"),
        ("import rich", "exact may not import rich"),
        ("from symbolic_cp.exact.errors import InputError\nimport flint, json\nfrom . import linear", None),
    ],
)
def test_this_test_sees_wrong_imports(tmp_path, monkeypatch, source, fault):
    path = tmp_path / "symbolic_cp" / "exact" / "made_up.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)
    for name in ("cli", "networks", "book"):
        (tmp_path / "symbolic_cp" / name).mkdir()
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path / "symbolic_cp")
    faults = wrong(path)
    assert (not faults) if fault is None else (len(faults) == 1 and faults[0].endswith(fault))


@pytest.mark.parametrize(
    "code",
    [
        "import symbolic_cp",
        "from symbolic_cp.cli import main; assert main(['--help']) == 0",
        "from symbolic_cp.cli import main; assert main(['--version']) == 0",
    ],
)
def test_nothing_heavy_is_imported_at_the_start(code):
    heavy = ["sympy", "mpmath", "numpy", "rich", "flint", "hypothesis", "pytest"]
    report = f"import sys; {code}; print('imported:', *[m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip() == "imported:"
