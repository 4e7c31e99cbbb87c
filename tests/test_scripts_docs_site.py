"""The website of the documentation: `make docs-site` builds it; here what it copies, and what its check finds."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from unittest import mock

import pytest
from scripts import docs_site
from scripts.man_pages import man_pages

ROOT = Path(__file__).parent.parent
MACROS = {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".BR", ".br", ".nf", ".fi", ".RS", ".RE", '.\\"'}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "docs"
    with mock.patch.object(docs_site, "SOURCE", folder):
        docs_site.copy_sources()
    return folder


def test_links_of_copied_pages_lead_to_copied_files(source: Path) -> None:
    for page in source.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", re.sub(r"(?ms)^```.*?^```|`[^`\n]+`", "", page.read_text())):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.relative_to(source)}: {target}"


def test_every_page_is_in_the_navigation(source: Path) -> None:
    listed = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text())
    pages = {str(page.relative_to(source)) for page in source.rglob("*.md")}
    assert {page for page in pages if not page.startswith("decisions/0")} == {*listed}


def test_the_site_loads_nothing_from_other_hosts_by_its_policy() -> None:
    """The scripts of the theme would load diagrams and a replacement for old browsers from elsewhere."""
    theme = (ROOT / "scripts" / "data" / "docs_theme" / "main.html").read_text()
    assert re.search(
        r'Content-Security-Policy" content="default-src \'self\' file: data: blob: \'unsafe-inline\'"', theme
    )
    settings = (ROOT / "mkdocs.yml").read_text()
    assert "font: false" in settings and "repo_url" not in settings


PAGE = '<html><head>{}</head><body><h2 id="here">x</h2>{}</body></html>'


@pytest.mark.parametrize(
    ("head", "body", "problem"),
    [
        ("", '<a href="#here">x</a><a href="https://app.example">x</a><img src="a.svg">', ""),
        ("", '<a href="b.html">x</a>', "a.html: no target: b.html"),
        ("", '<a href="a.html#there">x</a>', "a.html: no target: a.html#there"),
        ("", '<img src="https://cdn.example/a.svg">', "a.html: loads https://cdn.example/a.svg"),
        ('<script src="//cdn.example/a.js"></script>', "", "a.html: loads //cdn.example/a.js"),
        ('<link rel="stylesheet" href="https://fonts.example/a.css">', "", "a.html: loads https://fonts.example/a.css"),
        ("<style>@import 'https://fonts.example/a.css'</style>", "", "a.html: its styles load from another host"),
        ("", '<p style="background: url(//cdn.example/a)">x</p>', "a.html: its styles load from another host"),
    ],
)
def test_the_check_of_the_site(tmp_path: Path, head: str, body: str, problem: str) -> None:
    (tmp_path / "a.html").write_text(PAGE.format(head, body))
    assert list(docs_site.find_problems(tmp_path)) == ([problem] if problem else [])


def test_manual_pages_use_known_macros_and_ascii() -> None:
    pages = man_pages()
    assert {"dyntui.1", "dyntui-users.1", "dyntui-import.1"} <= pages.keys()
    for name, text in pages.items():
        assert text.isascii(), name
        macros = {line.split(maxsplit=1)[0] for line in text.splitlines() if line.startswith(".")}
        assert macros <= MACROS, name
        assert not re.search(r'(?m)^\'|^\.(TH|SH|SS|B) (?!["\w])', text), name


@pytest.mark.slow
def test_manual_pages_are_valid_groff() -> None:
    assert shutil.which("groff"), "groff is not installed: apt-get install groff-base"
    pages = sorted((ROOT / "man").glob("*.1"))
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", *map(str, pages)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert all(page.stem in done.stdout for page in pages)
