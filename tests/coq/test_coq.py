"""The Coq exporter: statements, the table of rules, and coqc on theorems that use every rule."""

from __future__ import annotations

import json
import os
import re
import shutil
from importlib import resources

import pytest

from symbolic_cp.coq.check import check
from symbolic_cp.coq.export import INDEX, LIBRARY, NotExported, export, export_all, exported_text, identifier
from symbolic_cp.coq.notions import notions
from symbolic_cp.coq.proof import WRITERS
from symbolic_cp.coq.recorded import proved_facts
from symbolic_cp.coq.rules import RULES_IN_COQ
from symbolic_cp.coq.statement import statement
from symbolic_cp.kernel.evaluation import evaluate
from symbolic_cp.kernel.facts import FACTS, fact, in_range, penrose, spectrum
from symbolic_cp.kernel.formulas import (
    NAT,
    SCALAR,
    And,
    Falsum,
    Variable,
    at,
    at_least,
    equal,
    exists,
    family,
    for_all,
    greater,
    matrix_sort,
    negation,
    substitute,
)
from symbolic_cp.kernel.logic import (
    RULES,
    and_intro,
    and_left,
    and_right,
    assume,
    cases,
    excluded_middle,
    exists_elim,
    exists_intro,
    falsum_elim,
    for_all_elim,
    for_all_intro,
    implies_elim,
    implies_intro,
    or_left,
    or_right,
)
from symbolic_cp.kernel.terms import literal, nat, scalar, symbol, trace
from symbolic_cp.kernel.theory import (
    Cofactor,
    Product,
    chain,
    combine,
    gram,
    inverse,
    leibniz,
    nat_difference,
    nat_nonnegative,
    nat_successor,
    one_by_one,
    trichotomy,
)
from symbolic_cp.prover.certificate import replay

# Without coqc these tests are skipped, and say so; where REQUIRE_COQ is set, as .ci/run does, they fail.
missing = shutil.which("coqc") is None and not os.environ.get("REQUIRE_COQ")
needs_coqc = pytest.mark.skipif(missing, reason="coqc is not installed (Debian: coq and libcoq-mathcomp-*)")
M, N, K, X = Variable("m", NAT), Variable("n", NAT), Variable("k", NAT), Variable("x", SCALAR)
A, B = Variable("A", matrix_sort("m", "n")), Variable("B", matrix_sort("n", "m"))
ONE = scalar(1)


def closed(theorem, *variables):
    for variable in variables:
        theorem = for_all_intro(theorem, variable)
    return theorem


def transposed_by_pinv():
    a, b = at(A), at(B)
    given = assume(penrose(a, b))
    first, last = and_left(given), and_right(and_right(and_right(given)))
    claim = equal(a.T, b @ a @ a.T)
    cofactors = (Cofactor(scalar(-1), 0, None, None, True), Cofactor(ONE, 1, None, a.T))
    found = combine(first, last, claim=claim, cofactors=cofactors, products=())
    return closed(implies_intro(found, given.conclusion), B, A, N, M)


def sums():
    """There are x with x[0] = 0, x[k+1] = x[k] + k + 1 and 2 x[k] = k*k + k."""
    x, k = at(X), nat("k")
    invariant, link = equal(2 * x, scalar(k) * scalar(k) + k), equal(symbol("x_next"), x + scalar(k) + 1)
    base = combine(claim=substitute(invariant, {"k": nat(0), "x": scalar(0)}), cofactors=(), products=())
    new = x + scalar(k) + 1
    given = assume(invariant)
    there = substitute(invariant, {"k": k + 1, "x": new})
    both = and_intro(
        combine(given, claim=there, cofactors=(Cofactor(ONE, 0),), products=()),
        combine(claim=substitute(link, {"x_next": new}), cofactors=(), products=()),
    )
    after = substitute(invariant, {"k": k + 1, "x": symbol("x_next")})
    found = exists_intro(both, exists(Variable("x_next", SCALAR), And(after, link)), new)
    step = closed(implies_intro(found, invariant), X)
    step = closed(implies_intro(step, at_least(nat("N"), k + 1)), K)
    return closed(chain(base, step, "k", nat("N"), (X,), invariant, link, (scalar(0),)), Variable("N", NAT))


def gram_zero():
    a = at(A)
    given = assume(at_least(0, trace(a.T @ a)))
    return closed(implies_intro(gram(given, a), given.conclusion), A, N, M)


def positive_inverse():
    """x > 0 gives y with xy = 1, by the rule, taken apart and put together again."""
    given = assume(greater(at(X), 0))
    there = inverse(given)
    chosen = assume(equal(at(X) * symbol("y"), ONE))
    again = exists_intro(chosen, there.conclusion, symbol("y"))
    return closed(implies_intro(exists_elim(there, again, "y"), given.conclusion), X)


def square_is_not_negative():
    """x = 0, or x x > 0: trichotomy, cases, weakening."""
    x = at(X)
    goal_left, goal_right = equal(x, 0), greater(x * x, 0)
    zero = or_left(assume(equal(x, scalar(0))), goal_right)
    plus, minus = assume(greater(x, 0)), assume(greater(-x, 0))
    sides = [
        or_right(combine(one, claim=goal_right, cofactors=(), products=(Product(1, (), (), (0, 0)),)), goal_left)
        for one in (plus, minus)
    ]
    signs = trichotomy(x)
    inner = cases(assume(signs.conclusion.right), *sides)
    return closed(cases(signs, zero, inner), X)


def numbers():
    """n > m gives v with n = m + 1 + v; and n = m gives n >= m."""
    n, m = nat("n"), nat("m")
    given = assume(greater(n, m))
    there = nat_difference(nat_successor(given, n, m), n, m + 1)
    first = implies_intro(there, given.conclusion)
    same = combine(claim=at_least(m, m), cofactors=(), products=(Product(1, (scalar(0),)),))
    second = leibniz(same, "n", m, at_least(n, m))
    return closed(and_intro(and_intro(first, second), nat_nonnegative(n + m)), N, M)


def decided():
    """Excluded middle, and from falsum anything; a literal that is not zero."""
    formula = equal(at(X), scalar(0))
    contradiction = implies_elim(assume(negation(formula)), assume(formula))
    anything = falsum_elim(contradiction, greater(at(X), 5))
    first = implies_intro(implies_intro(anything, formula), negation(formula))
    computed = evaluate(negation(equal(literal([[1, 2], [3, 4]]) @ literal([[1], [0]]), 0)))
    computed = and_intro(computed, evaluate(in_range("k", 1, 2, greater(scalar(5), scalar(nat("k")) * nat("k")))))
    return closed(and_intro(and_intro(excluded_middle(formula), first), computed), X)


def small_matrix():
    column = Variable("u", matrix_sort("n", 1))
    u = at(column)
    return closed(one_by_one(u.T @ u), column, N)


def pinv_exists():
    """The fact, specialised, and used through the lemma about the transpose."""
    there = for_all_elim(for_all_elim(for_all_elim(fact("pinv"), nat("m")), nat("n")), at(A))
    lemma = transposed_by_pinv()
    for value in (nat("m"), nat("n"), at(A), at(B)):
        lemma = for_all_elim(lemma, value)
    found = implies_elim(lemma, assume(penrose(at(A), at(B))))
    goal = exists(B, found.conclusion)
    return closed(exists_elim(there, exists_intro(found, goal, at(B)), "B"), A, N, M)


THEOREMS = {
    "transposed-by-pinv": transposed_by_pinv, "sums": sums, "gram-zero": gram_zero, "inverse": positive_inverse,
    "signs": square_is_not_negative, "numbers": numbers, "decided": decided, "small": small_matrix,
    "pinv-exists": pinv_exists,
}


def accepted_elsewhere(both, corpus, mutants):
    """The corpus of recheck.py, and mutants of it that both other checkers accept, as theorems of what they say."""
    proofs = {name: data for name, data in corpus.items() if data["kind"] == "proof" and not name.startswith("fact-")}
    found = {f"corpus-{name}": replay(data).theorems[name] for name, data in proofs.items()}
    changed = {}
    for name, data in proofs.items():
        for _, mutant in mutants.mutants(data, 25, f"coq {name}"):
            checked = both.kernel(mutant)
            known = {theorem.conclusion for theorem in (*found.values(), *changed.values())}
            if checked is not None and checked.statement not in known:
                assert both.recheck(mutant)["ok"]
                changed[f"mutant-{len(changed)}"] = checked.theorems[name]
                break
    assert len(changed) > 5
    return found | changed


def library(name):
    return resources.files("symbolic_cp.coq").joinpath("library", f"{name}.v").read_text(encoding="utf-8")


def test_every_rule_of_the_kernel_has_its_counterpart():
    assert set(RULES_IN_COQ) == set(RULES) == set(WRITERS)


@pytest.mark.parametrize("rule", sorted(RULES_IN_COQ))
def test_the_counterpart_is_in_the_library(rule):
    one = RULES_IN_COQ[rule]
    assert re.search(rf"^Theorem {one.theorem}\b", library(one.file), re.MULTILINE)
    assert re.search(rf"^ \| {one.line}\b", library("Checker"), re.MULTILINE)


def test_nothing_in_the_library_is_admitted():
    for name in LIBRARY:
        assert not re.search(r"\b(Admitted|admit|Axiom|Parameter|Conjecture|give_up)\b", library(name))


def test_every_fact_is_a_theorem_of_the_library():
    for name in FACTS:
        assert f"Theorem fact_{name} " in library("Facts")


def test_the_record_of_the_facts_is_of_this_library():
    assert proved_facts() == dict.fromkeys(FACTS, True), "run python -m symbolic_cp.coq.recorded"


def test_statements_read_as_people_write_them():
    assert statement(transposed_by_pinv().conclusion) == (
        "forall (m n : nat) (A : 'M[R]_(m, n)) (B : 'M[R]_(n, m)),\n"
        "    penrose A B ->\n"
        "    A^T = B *m A *m A^T"
    )


def test_notions_are_called_by_their_names():
    """Members of families, products, and the last part of a conjunction."""
    R, Rp = family("R", "k", matrix_sort(nat("d", "k"), "m")), family("Rp", "k", matrix_sort("m", nat("d", "k")))
    both = And(equal(at(R, 0), at(R, 0) @ at(Rp, 0) @ at(R, 0)), penrose(at(R, "k"), at(Rp, "k")))
    d = family("d", "k", NAT)
    assert statement(for_all(M, d, R, Rp, K, both)).splitlines()[-1] == (
        "    R_ 0%N = R_ 0%N *m Rp 0%N *m R_ 0%N /\\ penrose (R_ k) (Rp k)"
    )
    S, Y = Variable("X", matrix_sort("n", "n")), Variable("Y", matrix_sort("n", "n"))
    E, Q, s = (family(name, "k", matrix_sort("n", "n") if name < "a" else SCALAR) for name in "EQs")
    sums = spectrum(at(Y) @ at(S) @ at(Y).T, nat("r"), s, E, Q)
    text = statement(for_all(N, Variable("r", NAT), S, Y, s, E, Q, sums))
    assert text.splitlines()[-1] == "    spectrum (Y *m X *m Y^T) r s E Q"


def test_what_is_nearly_a_notion_is_spelled_out():
    half = equal(at(A) @ at(B), at(A) @ at(B)), equal(at(A) @ at(B) @ at(A), at(A))
    assert "penrose" not in statement(for_all(M, N, A, B, And(*half)))
    turned = penrose(at(A).T, at(B).T)
    assert "penrose" not in statement(for_all(M, N, A, B, turned))
    assert notions() == [
        "penrose", "eq23", "eq24", "orthogonal", "spectrum", "positive_spectrum", "block_structure", "eq1", "eq3"
    ]


def test_a_title_stands_in_a_comment():
    text = exported_text(small_matrix(), "lem-1", {}, 'Says "1 x 1" (*and no more*)')[0]
    assert text.startswith("(* lem-1. Says '1 x 1' ( *and no more* ) *)\nFrom Coq ")


def test_a_name_that_coq_has_taken_is_changed():
    variable = Variable("forall", SCALAR)
    assert statement(for_all(variable, equal(at(variable), at(variable) * at(variable)))) == (
        "forall (forall_ : R), forall_ = forall_ * forall_"
    )


def test_identifiers():
    assert (identifier("lem-1.6"), identifier("1")) == ("lem_1_6", "thm_1")


def test_an_open_theorem_is_refused_with_a_reason():
    with pytest.raises(NotExported, match="hypotheses or free variables"):
        export(assume(Falsum()), "open")


def test_two_ids_with_one_file_name(tmp_path):
    theorem = small_matrix()
    rows = export_all({"a-1": theorem, "a.1": closed(implies_intro(theorem, Falsum()))}, tmp_path)
    assert [row.reason for row in rows][-1] == "another theorem has the file a_1.v"


NAMES_THAT_COQ_HAS = ("Set", "proved", "lines", "statement", "Everything", "formula-", "Terms", "Order")


def test_names_that_the_files_use_themselves(tmp_path):
    """A theorem that is called as a fact is does not replace its file, and ids that Coq has no names for get others."""
    rows = export_all({"fact-pinv": small_matrix(), "uses": pinv_exists()}, tmp_path)
    found = {row.reason for row in rows if row.id == "fact-pinv"}
    assert found == {None, "another theorem has the file fact_pinv.v"}
    assert "exists" in (tmp_path / "book" / "fact_pinv.v").read_text()
    assert [identifier(name) for name in NAMES_THAT_COQ_HAS] == [
        "thm_Set", "thm_proved", "thm_lines", "thm_statement", "thm_Everything", "formula", "thm_Terms", "Order"
    ]  # fmt: skip


@needs_coqc
def test_coqc_accepts_every_rule_and_no_false_statement(tmp_path, both, corpus, mutants):
    theorems = {name: make() for name, make in THEOREMS.items()} | accepted_elsewhere(both, corpus, mutants)
    theorems |= {name: small_matrix() for name in NAMES_THAT_COQ_HAS}
    texts = [export(one, "x").split("lines : seq line := [::")[1].split("].")[0] for one in theorems.values()]
    used = {line.split()[0] for text in texts for line in text.splitlines() if line.strip()}
    assert used >= {one.line for one in RULES_IN_COQ.values()}
    rows = export_all(theorems, tmp_path)
    assert all(row.exported for row in rows)
    cites = {row.id: row.cites for row in rows}
    assert set(cites["pinv-exists"]) == {"fact-pinv", "transposed-by-pinv"}
    # a coefficient, the readable statement, and a side condition changed
    book = tmp_path / "book"
    text = (book / "transposed_by_pinv.v").read_text()
    wrong = {
        "coefficient": re.sub(r"Cofactor \(CS (\w+)\) 0", r"Cofactor (CS ((Frac 2 1, [::]) :: \1)) 0", text, count=1),
        "statement": text.replace("A^T = B *m A *m A^T", "A^T = A^T", 1),
        "notion": text.replace("penrose A B", "(A *m B *m A = A)", 1),
        "transpose": text.replace("None None true", "None None false", 1),
    }
    assert text not in wrong.values()
    index = json.loads((tmp_path / INDEX).read_text())
    for name, changed in wrong.items():
        (book / f"wrong_{name}.v").write_text(changed.replace("transposed_by_pinv", f"wrong_{name}"))
        index.append({"id": f"wrong-{name}", "file": f"wrong_{name}.v", "cites": []})
    above = (book / "pinv_exists.v").read_text().replace("transposed_by_pinv", "wrong_notion")
    (book / "above.v").write_text(above.replace("pinv_exists", "above"))
    index.append({"id": "above", "file": "above.v", "cites": ["fact-pinv", "wrong-notion"]})
    (tmp_path / INDEX).write_text(json.dumps(index))
    answers = check(tmp_path)
    refused = {answer.id: answer.message for answer in answers if not answer.accepted}
    assert refused.pop("above") == "it cites wrong-notion"
    assert set(refused) == {f"wrong-{name}" for name in wrong}
    assert all(f'book/wrong_{name}.v", line' in refused[f"wrong-{name}"] for name in wrong)
    assert [answer.id for answer in answers if answer.axioms] == []
