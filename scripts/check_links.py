"""Check the links of README.md, docs/ and the other pages; run by `make check`.

Without network: files, folders, headings and images that a relative link names have to exist. Addresses have to be
`https`, except of this machine and of examples.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)")
_REFERENCE = re.compile(r"^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
_ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")


def heading_anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them, and of its `<a id>`."""
    counts: Counter[str] = Counter()
    anchors = set(_ANCHOR.findall(text))
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        anchors.add(f"{slug}-{counts[slug]}" if counts[slug] else slug)
        counts[slug] += 1
    return anchors


def link_targets(text: str) -> list[str]:
    """Return the targets of the links and images of a page, without those in code."""
    plain = _CODE.sub("", _FENCE.sub("", text))
    return [*_LINK.findall(plain), *_REFERENCE.findall(plain)]


def find_problem(page: Path, target: str) -> str:
    """Return what is wrong with the target of a link on a page; "" when nothing is."""
    parts = urlsplit(target)
    if parts.scheme in ("https", "mailto"):
        return ""
    if parts.scheme == "http":
        is_local = parts.hostname in ("localhost", "127.0.0.1") or str(parts.hostname).endswith(".example")
        return "" if is_local else f"{target}: not https"
    file = (page.parent / unquote(parts.path)) if parts.path else page
    if not file.exists():
        return f"{target}: no such file"
    if parts.fragment and file.suffix == ".md":
        anchors = heading_anchors(file.read_text(encoding="utf-8"))
        return "" if unquote(parts.fragment) in anchors else f"{target}: no such heading"
    return ""


def tracked_pages() -> list[Path]:
    """Return the Markdown files of the repository; outside of one, those of the usual folders."""
    done = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [file for name in done.stdout.splitlines() if (file := ROOT / name).exists()]
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def find_problems(pages: list[Path]) -> Iterator[str]:
    """Yield one line for each link that leads nowhere."""
    for page in pages:
        for target in link_targets(page.read_text(encoding="utf-8")):
            if problem := find_problem(page, target):
                yield f"{page.relative_to(ROOT)}: {problem}"


def main() -> int:
    """Check the links; print the problems and return the exit code."""
    pages = tracked_pages()
    problems = list(find_problems(pages))
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"links: {len(pages)} pages, all targets exist")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
