"""Build the website of the documentation in build/site, and check its links and that it loads nothing from other hosts.

MkDocs reads one folder, but pages of docs/ link to files beside it. So docs/, the screenshots and the pages of the root
are copied into build/docs, with their links changed, and `mkdocs build --strict` reads that copy.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "build" / "docs"
SITE = ROOT / "build" / "site"
ROOT_PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "vulnerabilities.md",
    "CODE_OF_CONDUCT.md": "code-of-conduct.md",
    "LICENSE": "LICENSE",
    "NOTICE": "NOTICE",
}
"""Files of the root and their names on the site. The start page of the site is docs/index.md, not README.md."""
_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_LOADED = {
    "script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src", "audio": "src",
    "object": "data", "embed": "src",
}  # fmt: skip
"""The attribute with the address of what a browser loads by itself, by element."""
_LOADED_BY_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?\s*(?:https?:)?//""")


def copy_sources() -> None:
    """Write the pages that MkDocs reads, and the files they link to."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    for path in sorted((ROOT / "docs").rglob("*")):
        if path.is_file():
            _copy(path, SOURCE / path.relative_to(ROOT / "docs"))
    for path in sorted((ROOT / "screenshots").glob("*.svg")):
        _copy(path, SOURCE / "screenshots" / path.name)
    for name, target in ROOT_PAGES.items():
        if name != "README.md" and (ROOT / name).exists():
            _copy(ROOT / name, SOURCE / target)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".md":
        shutil.copyfile(path, target)
        return
    parts = _CODE.split(path.read_text())
    parts[::2] = [_LINK.sub(lambda found: _new_link(found, path, target), part) for part in parts[::2]]
    target.write_text("".join(parts))


def _new_link(found: re.Match[str], path: Path, target: Path) -> str:
    """Return a link of a page with the place of its target on the site."""
    start, address, fragment, end = found.groups()
    if urlsplit(address).scheme:
        return found[0]
    place = Path(os.path.normpath(path.parent / address))
    relative = place.relative_to(ROOT).as_posix()
    placed = ROOT_PAGES.get(relative, relative.removeprefix("docs/"))
    new = os.path.relpath(SOURCE / placed, target.parent)
    return f"{start}{new}{fragment or ''}{end}"


class _Page(HTMLParser):
    """The links, the headings and the addresses that a browser loads of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.update(values[name] for name in ("id", "name") if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if address := values.get(_LOADED.get(tag, ""), ""):
            self.loaded.append(address)
        self.styles.append(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "style":
            self.styles.append(data)


def find_problems(site: Path) -> Iterator[str]:
    """Yield links without a target, and what pages and styles load from another host."""
    pages: dict[Path, _Page] = {}
    for path in sorted(site.rglob("*.html")):
        pages[path] = _Page()
        pages[path].feed(path.read_text())
    for path, page in pages.items():
        name = path.relative_to(site)
        for address in page.loaded:
            if urlsplit(address).netloc:
                yield f"{name}: loads {address}"
        if any(map(_LOADED_BY_STYLES.search, page.styles)):
            yield f"{name}: its styles load from another host"
        if path.name != "404.html":  # its links are from the root of a server
            yield from (f"{name}: no target: {link}" for link in page.links if not _has_target(link, path, pages))
    for path in sorted(site.rglob("*.css")):
        if _LOADED_BY_STYLES.search(path.read_text()):
            yield f"{path.relative_to(site)}: loads from another host"


def _has_target(link: str, path: Path, pages: dict[Path, _Page]) -> bool:
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return True
    target = Path(os.path.normpath(path.parent / unquote(address.path))) if address.path else path
    target = target / "index.html" if target.is_dir() else target
    fragment = unquote(address.fragment)
    return target.is_file() and (not fragment or target not in pages or fragment in pages[target].ids)


def main() -> int:
    copy_sources()
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean"]
    # MkDocs Material prints an advertisement with this variable unset.
    done = subprocess.run(build, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=False)
    if done.returncode:
        return done.returncode
    problems = [*find_problems(SITE)]
    pages = len([*SITE.rglob("*.html")])
    print(
        "\n".join(problems) or f"build/site: {pages} pages, all links have targets, nothing is loaded from other hosts"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
