"""Theorems of the kernel as files for Coq, one a theorem.

Main functions: export (one file), export_all (all, into a directory, with the library). Each file states the theorem at
its top as a person reads it, then holds the proof as data, which Coq checks by one computation. The file Everything.v
asks for the axioms beneath all of them at once: each such question goes through the whole library.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from symbolic_cp.coq.data import Data, listed
from symbolic_cp.coq.proof import NotExported, Proof, proof_lines
from symbolic_cp.coq.statement import RESERVED, Unreadable, statement
from symbolic_cp.kernel.facts import FACTS, fact
from symbolic_cp.kernel.formulas import Formula
from symbolic_cp.kernel.logic import Theorem

LIBRARY = (
    "Terms", "Algebra", "Substitution", "Formulas", "Logic", "Theory", "Chain", "Evaluation", "Checker", "Reading",
    "Notions", "Facts",
)
INDEX = "index.json"
ALL = "Everything"
BOOK = "SymbolicCP.Book"
LOADED = "Terms Algebra Substitution Formulas Logic Theory Chain Evaluation Checker Reading Notions"
HEAD_ENDS = "Set Implicit Arguments."
HEAD = """{title}
From Coq Require Import BinInt.
From mathcomp Require Import ssreflect ssrfun ssrbool eqtype ssrnat seq fintype order ssralg ssrnum matrix.
From SymbolicCP Require Import {loaded}.
{cited}{ends} Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.Theory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition statement (R : rcfType) : Prop :=
  {text}.
"""
READ = """
Lemma read (R : rcfType) (rho : env R) : text formula_ rho <-> statement R.
Proof. unfold statement; spell_out; reading. Qed.
"""
PROVED = """
Lemma proved (R : rcfType) : true_in R formula_.
Proof. by apply: (@accepted R hypotheses cited lines); [exact: {cites}|vm_cast_no_check (erefl true)]. Qed.
{read}
Theorem {name} (R : rcfType) : statement R.
Proof.
apply: (proj1 (read (nothing R))); apply: (proj1 (den_text (nothing R) _)); last exact: proved.
by vm_cast_no_check (erefl true).
Qed.
"""
PROVED_FACT = """{read}
Theorem {name} (R : rcfType) : statement R.
Proof. exact: Facts.{name}. Qed.

Lemma proved (R : rcfType) : true_in R formula_.
Proof.
move=> rho; apply: (proj2 (den_text rho _)); last by apply: (proj2 (read rho)); exact: {name}.
by vm_cast_no_check (erefl true).
Qed.
"""
EVERYTHING = """(* The axioms beneath all theorems of the book: there are none. *)
{loaded}
Definition everything := {proofs}.
Print Assumptions everything.
"""


WITHIN = {
    *LIBRARY, ALL, "Asked", "statement", "read", "proved", "formula_", "hypotheses", "cited", "lines", "line", "env",
}
"""Names of files of the library, which would be loaded instead of it, and names within the files."""


def identifier(name: str) -> str:
    """The name of a theorem as a name of Coq and of a file: `lem-1.6` is `lem_1_6`; words that Coq has get a prefix."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return text if text[:1].isalpha() and text not in RESERVED | WITHIN else f"thm_{text}"


def export(theorem: Theorem, name: str, lemmas: Mapping[str, Theorem] | None = None) -> str:
    """The file of one closed theorem; those of `lemmas` are cited from their own files.

    Raises NotExported with the reason if the theorem is not closed or uses what the library does not have.
    """
    return exported_text(theorem, name, lemmas or {})[0]


def exported_text(
    theorem: Theorem, name: str, lemmas: Mapping[str, Theorem], title: str = ""
) -> tuple[str, tuple[str, ...]]:
    """As `export`, with a title for the reader, and with the ids that the file cites."""
    if not theorem.is_closed:
        raise NotExported("the theorem has hypotheses or free variables")
    names: dict[Formula, str] = {fact(one).conclusion: f"fact-{one}" for one in FACTS}
    names.update((lemma.conclusion, label) for label, lemma in lemmas.items() if lemma.is_closed)
    data = Data()
    proof = proof_lines(theorem, data, names)
    formula = data.formula(theorem.conclusion)
    files = [identifier(label) for label in proof.cited]
    body = [*data.lines, f"Definition formula_ := {formula}.", *_definitions(proof, files)]
    tail = PROVED.format(name=identifier(name), cites=_cites(files), read=READ)
    return "\n".join([_head(name, theorem.conclusion, files, title), *body, tail]), tuple(proof.cited)


def export_fact(name: str) -> str:
    """The file of a fact: its statement as the kernel has it, from the lemma `Facts.fact_NAME` of the library."""
    conclusion = fact(name).conclusion
    data = Data()
    formula = data.formula(conclusion)
    head = _head(f"fact-{name}", conclusion, [], FACTS[name].purpose).replace(LOADED, f"{LOADED} Facts")
    tail = PROVED_FACT.format(name=f"fact_{name}", read=READ)
    return "\n".join([head, *data.lines, f"Definition formula_ := {formula}.", tail])


def _head(name: str, conclusion: Formula, files: list[str], title: str) -> str:
    try:
        text = statement(conclusion)
    except Unreadable as error:
        raise NotExported(str(error)) from None
    cited = f"From {BOOK} Require {' '.join(files)}.\n" if files else ""
    title = comment(f"{name}. {title}" if title else name)
    return HEAD.format(title=title, loaded=LOADED, cited=cited, ends=HEAD_ENDS, text=text)


def comment(text: str) -> str:
    """A comment of Coq, which reads quotation marks and brackets in comments, too."""
    plain = text.replace('"', "'").replace("(*", "( *").replace("*)", "* )")
    return "\n".join(textwrap.wrap(f"(* {plain} *)", 116, subsequent_indent="   ", break_long_words=False))


def _definitions(proof: Proof, files: list[str]) -> list[str]:
    lines = ";\n  ".join(proof.lines)
    return [
        f"Definition hypotheses : seq formula := {listed(proof.hypotheses)}.",
        f"Definition cited : seq formula := {listed(f'{one}.formula_' for one in files)}.",
        f"Definition lines : seq line := [::\n  {lines}].",
    ]


def _cites(files: list[str]) -> str:
    """The proof that what is cited holds."""
    term = "I"
    for one in reversed(files):
        term = f"(conj (@{one}.proved R) {term})"
    return term


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of a theorem: its file, or why there is none; `cites` are the ids of the files it needs."""

    id: str
    file: str | None
    reason: str | None
    cites: tuple[str, ...] = ()

    @property
    def exported(self) -> bool:
        """Whether there is a file."""
        return self.file is not None


def export_all(
    theorems: Mapping[str, Theorem], directory: Path, titles: Mapping[str, str] | None = None
) -> list[Exported]:
    """Write the library, the facts and one file a theorem into a directory, in an order in which Coq can read them.

    `titles` say in words what the theorems are about; they stand in comments. A theorem that stands beneath another is
    cited from its own file. Returns one row a theorem and fact, in the order for Coq; a theorem that cannot be exported
    has a reason. Raises OSError if the directory cannot be written.
    """
    library, book = directory / "library", directory / "book"
    for folder in (library, book):
        folder.mkdir(parents=True, exist_ok=True)
    for name in LIBRARY:
        text = resources.files("symbolic_cp.coq").joinpath("library", f"{name}.v").read_text(encoding="utf-8")
        (library / f"{name}.v").write_text(text, encoding="utf-8")
    rows = [Exported(f"fact-{name}", f"{identifier(f'fact-{name}')}.v", None) for name in FACTS]
    for name, row in zip(FACTS, rows, strict=True):
        (book / str(row.file)).write_text(export_fact(name), encoding="utf-8")
    rows += _Exporter(theorems, book, titles or {}, {str(row.file) for row in rows}).run()
    (book / f"{ALL}.v").write_text(everything([row.file.removesuffix(".v") for row in rows if row.file]))
    (directory / "_CoqProject").write_text(f"-Q library SymbolicCP\n-Q book {BOOK}\n", encoding="utf-8")
    (directory / INDEX).write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    return rows


def everything(names: Sequence[str], loaded: str | None = None) -> str:
    """A file that asks for the axioms beneath all these theorems, which these lines load; else their own files do."""
    loaded = "\n".join(f"From {BOOK} Require {name}." for name in names) if loaded is None else loaded
    return EVERYTHING.format(loaded=loaded, proofs="(" + ",\n  ".join(f"@{name}.{name}" for name in names) + ")")


class _Exporter:
    """Writes theorems after those which they cite."""

    def __init__(
        self, theorems: Mapping[str, Theorem], folder: Path, titles: Mapping[str, str], taken: set[str]
    ) -> None:
        self.theorems, self.folder, self.titles, self.taken = theorems, folder, titles, taken
        self.ids: dict[Formula, str] = {}
        for name, theorem in theorems.items():
            self.ids.setdefault(theorem.conclusion, name)
        self.open: set[str] = set()
        self.done: dict[str, Exported] = {}

    def run(self) -> list[Exported]:
        """All of them, each after what it cites."""
        for name in self.theorems:
            self.visit(name)
        return list(self.done.values())

    def visit(self, name: str) -> None:
        """Write what stands beneath, then the theorem."""
        stack = [(name, False)]
        while stack:
            one, ready = stack.pop()
            if one in self.done:
                continue
            if not ready:
                self.open.add(one)
                stack.append((one, True))
                stack.extend((below, False) for below in self._beneath(one))
                continue
            self.done[one] = self._write(one)

    def _beneath(self, name: str) -> list[str]:
        """The named theorems that the proof meets first and that are not being written."""
        found: dict[str, None] = {}
        root = self.theorems[name]
        seen: set[int] = set()
        stack = [root]
        while stack:
            one = stack.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            other = self.ids.get(one.conclusion) if not one.hyps else None
            if other is not None and other != name and other not in self.open:
                found[other] = None
            else:
                stack.extend(one.premises)
        return list(found)

    def _write(self, name: str) -> Exported:
        theorem = self.theorems[name]
        lemmas = {one: self.theorems[one] for one, row in self.done.items() if row.exported}
        file = f"{identifier(name)}.v"
        if file in self.taken:
            return Exported(name, None, f"another theorem has the file {file}")
        try:
            text, cites = exported_text(theorem, name, lemmas, self.titles.get(name, ""))
        except NotExported as error:
            return Exported(name, None, str(error))
        (self.folder / file).write_text(text, encoding="utf-8")
        self.taken.add(file)
        return Exported(name, file, None, cites)
