"""symbolic-cp prove: verdicts, exit codes, certificates, and what people and programs read."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from symbolic_cp.cli import main
from symbolic_cp.prover.certificate import replay

TRUE = {"name": "projector", "atoms": {"A": ["m", "n"]}, "pinv": {"p": "A"}, "claims": ["A'*A*p = A'"]}
FALSE = {"name": "order", "atoms": {"A": ["n", "n"], "B": ["n", "n"]}, "claims": ["A*B = B*A"]}
OPEN = {"name": "root", "atoms": {"A": ["n", "n"]}, "exists": {"X": ["n", "n"]}, "claims": ["X*X*X = A", "X'*X = X*X'"]}


@pytest.fixture
def run(tmp_path, capsys):
    """Run the command on some problems; exit code, standard output."""

    def _run(*found, options=()):
        path = tmp_path / "problems.json"
        path.write_text(json.dumps({"problems": list(found)} if len(found) != 1 else found[0]))
        code = main(["prove", str(path), *map(str, options)])
        out, err = capsys.readouterr()
        assert err == ""
        return code, json.loads(out) if "--json" in options else out

    return _run


def test_exit_codes(run):
    assert [run(*some)[0] for some in ([TRUE], [FALSE], [OPEN], [TRUE, FALSE, OPEN], [TRUE, OPEN])] == [0, 1, 3, 1, 3]


def test_json(run):
    code, document = run(TRUE, FALSE, OPEN, options=["--json"])
    assert code == 1
    assert list(document) == ["problems"]
    true, false, undecided = document["problems"]
    assert [one["name"] for one in document["problems"]] == ["projector", "order", "root"]
    (proved,), (refuted,) = true["claims"], false["claims"]
    fields = ["claim", "verdict", "terms", "steps", "seconds", "counterexample"]
    for claim in (proved, refuted, *undecided["claims"]):
        assert list(claim)[:6] == fields
        assert claim["seconds"] >= 0
    assert (proved["claim"], proved["verdict"], proved["counterexample"]) == ("A'*A*p = A'", "proved", None)
    assert proved["terms"] >= 1
    assert proved["steps"] >= 1
    assert refuted["verdict"] == "refuted"
    assert refuted["counterexample"]["n"] == 2
    A, B = refuted["counterexample"]["A"], refuted["counterexample"]["B"]
    assert multiplied(A, B) != multiplied(B, A)
    assert [claim["verdict"] for claim in undecided["claims"]] == ["undecided", "undecided"]
    assert [claim["claim"] for claim in undecided["claims"]] == OPEN["claims"]
    assert undecided["claims"][0]["message"]


def multiplied(A, B):
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*B, strict=True)] for row in A]


def test_text(run):
    code, text = run(TRUE, FALSE, OPEN)
    assert code == 1
    assert re.search(r"^projector +A'\*A\*p = A' +proved ", text, re.MULTILINE)
    assert re.search(r"^order +A\*B = B\*A +refuted ", text, re.MULTILINE)
    assert "order: A*B = B*A is false:\n    n = 2\n    A = [" in text
    assert re.search(r"A\*B - B\*A = \[.*\]\n.*\], not 0\n", text)
    assert "root: X*X*X = A, X'*X = X*X': " in text
    assert text.endswith("1 proved, 1 refuted, 2 undecided\n")
    assert all(len(line) < 200 for line in text.splitlines() if not line.startswith("root: "))


def test_refutations_by_proof_and_by_inequality(run):
    psd = {"atoms": {"A": ["n", "n"]}, "symmetric": ["A"], "claims": ["psd(A)", "tr(A) >= 0", "tr(A) > 0"]}
    code, text = run(psd)
    assert code == 1
    assert "that the claim fails there is proved by the kernel" in text
    assert "tr(A) = -1, not >= 0" in text
    assert "not > 0" in text


def test_one_certificate(run, tmp_path):
    target = tmp_path / "one.cert.json"
    code, document = run(TRUE, options=["-o", target, "--json"])
    assert code == 0
    assert document["problems"][0]["claims"][0]["certificate"] == str(target)
    assert replay(json.loads(target.read_text())).kind == "proof"
    code, text = run(FALSE, options=["-o", target])
    assert code == 1
    assert text.endswith(f"certificate: {target}\n")
    assert replay(json.loads(target.read_text())).kind == "counterexample"


def test_a_folder_of_certificates(run, root, tmp_path):
    target = tmp_path / "certificates"
    again = {**FALSE, "claims": ["A*B = B*A", "A = B"], "name": "../order"}
    solvable = {"name": "every system", "atoms": FALSE["atoms"], "exists": {"X": ["n", "n"]}, "claims": ["A*X = B"]}
    code, text = run(TRUE, FALSE, FALSE, again, OPEN, solvable, options=["-o", target])
    assert code == 1
    assert f"certificates: {target}, 6 files" in text
    names = {"projector", "order", "order-2", "order.1", "order.2", "every_system"}
    assert {path.name for path in target.iterdir()} == {f"{name}.cert.json" for name in names}
    for path in target.iterdir():
        assert replay(json.loads(path.read_text()))
    checker = str(root / "symbolic_cp" / "recheck.py")
    done = subprocess.run(
        [sys.executable, "-I", checker, "--json", *map(str, target.iterdir())], capture_output=True, check=False
    )
    assert done.returncode == 0
    assert all(one["ok"] for one in json.loads(done.stdout)["certificates"])


def test_nothing_is_written_where_nothing_is_decided(run, tmp_path):
    target = tmp_path / "none.cert.json"
    code, document = run(OPEN, options=["-o", target, "--json"])
    assert code == 3
    assert not target.exists()
    assert document["problems"][0]["claims"][0]["certificate"] is None


def test_seconds_only_stop_earlier(run):
    code, document = run(TRUE, FALSE, options=["--seconds", "0.000001", "--json"])
    assert code == 3
    claims = [one["claims"][0] for one in document["problems"]]
    assert {one["message"] for one in claims} == {"stopped after 1e-06 seconds"}
    assert run(TRUE, FALSE, options=["--seconds", "1000", "--json"])[0] == 1


def test_same_file_same_answer(run):
    def answer():
        _, document = run(TRUE, FALSE, OPEN, options=["--json"])
        for problem in document["problems"]:
            for claim in problem["claims"]:
                del claim["seconds"]
        return document

    assert answer() == answer()


def test_contradictory_hypotheses(run):
    code, text = run({"atoms": {"A": ["n", "n"]}, "given": ["A = 0", "A*A = I[n]"], "claims": ["A = 0"]})
    assert code == 3
    assert "the hypotheses contradict each other: nothing with dimensions of at least 1 satisfies them" in text


def test_what_is_proved_for_dimensions_of_at_least_1_says_so(run):
    code, text = run({"atoms": {"A": ["n", "n"]}, "claims": ["n >= 1", "n + 1 >= 1"]})
    assert code == 0
    assert "n >= 1: proved for dimensions of at least 1; with an empty matrix the claim fails" in text
    assert "n + 1 >= 1: " not in text


def test_interruption_is_clean(monkeypatch, tmp_path, capsys):
    def interrupted(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr("symbolic_cp.prover.decide.decide", interrupted)
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(TRUE))
    assert main(["prove", str(path)]) == 130
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "symbolic-cp: interrupted")


def test_the_suite(root, capsys):
    path = root.parent / "shared" / "suite" / "matrix-identities.json"
    if not path.exists():
        pytest.skip("the suite of matrix identities is not beside this checkout")
    expected = {one["name"]: one["expect"] for one in json.loads(path.read_text())["problems"]}
    assert main(["prove", str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["problems"]
    verdicts = {one["name"]: {claim["verdict"] for claim in one["claims"]} for one in found}
    assert verdicts == {name: {verdict} for name, verdict in expected.items()}
