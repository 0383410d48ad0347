"""The proof book as a site: a small book of real scripts, its pages, and what a browser makes of them."""

from __future__ import annotations

import os
import re
import shutil
from html.parser import HTMLParser

import pytest

from symbolic_cp.book.audit import audit
from symbolic_cp.book.book import Book, home
from symbolic_cp.report.graph import Node, drawing
from symbolic_cp.report.mathml import math
from symbolic_cp.report.pages import numbering
from symbolic_cp.report.website import build

SCRIPTS = ("library", "eq_18", "eq_21", "lem_1")
FALSE = """
from symbolic_cp.book.script import statement


@statement("thm-9", "A square root of zero is zero")
def wrong(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square = s.given(A @ A == 0, "A A = 0")
    s.conclude(A == 0, by=[square])


@statement("thm-9.repair", "a symmetric one is", hidden=True)
def repair(s):
    s.dims("n")
    (A,) = s.matrices("A: n x n")
    square, symmetric = s.given(A @ A == 0, "A A = 0"), s.given(A.T == A, "A is symmetric")
    s.conclude(A == 0, by=s.zero(A, square, symmetric))
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Links(HTMLParser):
    """The addresses and ids of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):  # noqa: ARG002 - the parser's interface
        found = dict(attrs)
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids |= {found["id"]} if "id" in found else set()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    scripts = tmp_path_factory.mktemp("scripts")
    for name in SCRIPTS:
        shutil.copy(home() / f"{name}.py", scripts)
    (scripts / "wrong.py").write_text(FALSE, encoding="utf-8")
    (scripts / "ORDER").write_text("\n".join([*SCRIPTS, "wrong"]), encoding="utf-8")
    book = Book(scripts)
    folder = tmp_path_factory.mktemp("site")
    built = build(book, audit(book, twice=False), folder)
    return folder, built


def test_facts_are_spelled_out_and_the_paper_is_named(site):
    """The page that says what is assumed must not say that a pseudoinverse is a pseudoinverse."""
    folder, _ = site
    said = (folder / "facts.html").read_text("utf-8").partition('id="pinv"')[2].partition("</section>")[0]
    assert "†" not in said
    assert said.count("<mo>=</mo>") == 4
    assert "Zhou" in (folder / "index.html").read_text("utf-8")


def test_every_statement_and_equation_has_a_page_and_all_links_resolve(site):
    folder, built = site
    pages = {path.relative_to(folder).as_posix(): Links(path.read_text("utf-8")) for path in folder.rglob("*.html")}
    assert built.pages == len(pages)
    assert {"s/lem-1.html", "s/eq-27.html", "s/thm-9.repair.html", "index.html", "graph.html"} <= set(pages)
    for name, page in pages.items():
        for link in page.links:
            if link.startswith("data:"):
                continue
            assert "//" not in link, f"{name} leads outside: {link}"
            file, _, anchor = link.partition("#")
            target = (folder / name).parent / file if file else folder / name
            assert target.is_file(), f"{name}: {link}"
            if anchor and target.suffix == ".html":
                assert anchor in pages[target.resolve().relative_to(folder.resolve()).as_posix()].ids, f"{name}: {link}"


def test_verdicts_stand_beside_the_checked_formula(site):
    folder, _ = site
    lemma = (folder / "s/lem-1.html").read_text("utf-8")
    assert lemma.count("<b>proved</b>") == 10
    assert 'id="lem-1.6"' in lemma
    assert "<math>" in lemma
    assert "certificate" in lemma
    wrong = (folder / "s/thm-9.html").read_text("utf-8")
    assert "<b>repaired</b>" in wrong
    assert "thm-9.repair.html" in wrong
    assert "Every hypothesis holds and the claim does not" in wrong
    errata = (folder / "errata.html").read_text("utf-8")
    assert "lem-1" not in errata
    row = errata.partition('<tr id="thm-9">')[2]
    printed, against, repaired = row.split('<td><div class="head"')[1:]
    assert "thm-9" in printed
    assert "decided by evaluation" in against
    assert "<mtable" in against
    assert "thm-9.repair" in repaired


def test_a_statement_page_has_all_that_is_known(site):
    folder, _ = site
    lemma = (folder / "s/lem-1.html").read_text("utf-8")
    step = lemma.partition('id="lem-1.6"')[2].partition("<article")[0]
    said = "exact instance: holds", "so does the claim; all was evaluated exactly"
    for part in ("with its hypotheses", "certificate", *said, "<mtable", "lem_1_6", ".v</a>"):
        assert part in step, part
    assert "proof, with" in lemma
    for part in ("Rests on", "Used by", "The formal statement", "Lemma 1"):
        assert part in lemma
    assert "campaign --statement lem-1 " in lemma


def test_only_what_rests_on_proofs_alone_is_whole(site):
    folder, _ = site
    graph = (folder / "graph.html").read_text("utf-8")
    looks = dict(re.findall(r'href="s/([^"]+)\.html" class="(\w+)"', graph))
    assert looks["lem-1"] == "whole"
    assert looks["thm-9"] == "repaired"


def test_what_a_statement_rests_on_stands_to_its_left():
    nodes = [
        Node(name, f"{name}.html", "whole", "✓", "", below)
        for name, below in (("c", ("b", "a")), ("b", ("a",)), ("a", ()))
    ]
    text = drawing(nodes)
    left = {name: int(x) for x, name in re.findall(r'<rect x="(\d+)".*?<text[^>]*>✓ (\w)</text>', text)}
    assert left["a"] < left["b"] < left["c"]
    assert text.count("<path") == 3


def test_names_of_several_letters_are_one_identifier():
    assert "<mi>Wb</mi>" in math(r"\mathit{Wb}\,A")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("thm-1.8", "Theorem 1, step 8"),
        ("eq-27", "equation 27"),
        ("T6", "beyond the paper: T6"),
        ("pinv-unique", "a lemma of the library"),
        ("thm-4.3.repair", "Theorem 4, step 3.repair"),
    ],
)
def test_the_numbering_of_the_paper(name, said):
    assert numbering(name) == said


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("REQUIRE_CHROMIUM"), reason="Chromium is not installed")
def test_a_browser_shows_the_pages_without_a_complaint(site):
    from playwright.sync_api import sync_playwright

    folder, _ = site
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 420, "height": 800})
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for file in (
            "index.html",
            "s/lem-1.html",
            "s/thm-9.html",
            "errata.html",
            "facts.html",
            "graph.html",
            "api.html",
        ):
            page.goto((folder / file).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{file} is too wide"
        page.goto((folder / "s/lem-1.html").as_uri())
        opened = page.locator("[id='lem-1.6'] details:has(> summary:text-is('certificate'))")
        assert not opened.locator("pre").is_visible()
        opened.locator("summary").click()
        assert "h1 = " in opened.locator("pre").inner_text()
        page.goto((folder / "graph.html").as_uri())
        page.click("svg.graph a[href='s/lem-1.html'] rect")
        assert page.url.endswith("s/lem-1.html")
        page.goto((folder / "search.html").as_uri())
        page.fill("#search", "sigma lemma")
        shown = page.locator("tr[data-search]:visible")
        texts = shown.all_text_contents()
        assert 0 < len(texts) < page.locator("tr[data-search]").count()
        page.fill("#search", "lem-1.6")
        assert shown.count() == 1
        backgrounds = set()
        for scheme in ("light", "dark"):
            plain = browser.new_context(color_scheme=scheme, java_script_enabled=False).new_page()
            plain.goto((folder / "errata.html").as_uri())
            assert plain.locator("table.errata > tbody > tr").count() == 1
            assert plain.locator("math").first.is_visible()
            backgrounds.add(plain.screenshot(clip={"x": 2, "y": 300, "width": 1, "height": 1}))
        assert len(backgrounds) == 2
        browser.close()
    assert complaints == []
