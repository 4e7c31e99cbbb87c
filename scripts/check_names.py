"""Check that names and texts use standard terms; run by `make check`.

Fails on a class name that two modules use, on a module without a docstring, and on a word of the lists below in a file
name, an identifier, a docstring, a comment or a string of the package. In tests only file names and identifiers are
checked, as their texts contain quotations and hostile data. Titles of dialogs have to be in Title Case. The pages of
`docs` and README.md are checked like the texts of the package, but the glossary and the decisions, which name former
words.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dyntui"
CONSOLE = SOURCE / "tui"
TESTS = ROOT / "tests"

WORDS = frozenset(
    [
        "amid",
        "anybody",
        "authorised",
        "beside",
        "clerk",
        "colours",
        "crumb",
        "crumbs",
        "doing",
        "door",
        "doors",
        "everything",
        "ghost",
        "ghosts",
        "heard",
        "hence",
        "happening",
        "happenings",
        "hurry",
        "mend",
        "mended",
        "mending",
        "mends",
        "patience",
        "pens",
        "poison",
        "said",
        "saying",
        "sooner",
        "surely",
        "telling",
        "thing",
        "things",
        "told",
        "weigh",
        "weighed",
        "weighing",
        "weighs",
        "weight",
        "weights",
        "wherever",
        "wish",
    ]
)
"""Words that neither names nor texts may contain."""
PHRASES = (
    "going well",
    "going badly",
    "went well",
    "went badly",
    "put away",
    "let go",
    "bear with",
    "of theirs",
    "once more",
    "what became",
    "left alone",
    "gone back",
    "by its name here",
    "whom it",
    "be rid of",
    "at most so many",
    "is told",
    "keeps out",
    "kept out",
    "what it belongs",
    "not json yet",
    "take its mark",
    "nobody can",
    "who stands",
    "what there is",
)
"""Phrases that texts may not contain, nor names with underscores."""
NAME_WORDS = frozenset(
    [
        "asked",
        "bear",
        "bench",
        "began",
        "came",
        "demanded",
        "gone",
        "held",
        "here",
        "kept",
        "later",
        "meant",
        "nobody",
        "once",
        "wanted",
        "wants",
        "went",
    ]
)
"""Ordinary words that are too vague as a part of a name."""
TEST_NAME_WORDS = NAME_WORDS - {"later", "once"}
"""The same for tests, whose names are sentences."""
EXEMPTIONS = {
    "src/dyntui/importer/presets_identity.py": frozenset(["clerk"]),
    "tests/importer/test_importer_presets.py": frozenset(["clerk"]),
    "src/dyntui/tui/shell/console_app.py": frozenset(["later"]),
    "src/dyntui/tui/shell/jump_targets.py": frozenset(["everything"]),
    "src/dyntui/tui/shell/keymap.py": frozenset(["beside", "everything", "mend", "weigh"]),
}
"""Words that a file may contain: the name of a product, a method of Textual, a former name, former action ids."""

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TEXT_WORDS = re.compile(r"[a-z]+")


TEXT_TOKENS = frozenset({tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)})
"""The tokens with text. From Python 3.12 on, the text of an f-string has tokens of its own."""
_SMALL_WORDS = frozenset(["a", "an", "and", "by", "for", "from", "in", "of", "or", "the", "to", "with", "without"])
"""The words that stay in lower case in a title."""
_PAGES_OF_WORDS = frozenset(["glossary.md"])


def name_parts(name: str) -> list[str]:
    """Return the lower-case words of an identifier in snake_case or CamelCase."""
    return [part.lower() for part in _PARTS.findall(name)]


def forbidden_in_name(name: str, vague: frozenset[str] = NAME_WORDS) -> list[str]:
    """Return the forbidden words in an identifier. `vague`: the ordinary words that it may not contain."""
    parts = name_parts(name)
    joined = " ".join(parts)
    return [word for word in parts if word in WORDS or word in vague] + [
        phrase for phrase in PHRASES if phrase in joined
    ]


def forbidden_in_text(text: str) -> list[str]:
    """Return the forbidden words in a text."""
    lower = text.lower()
    return [word for word in _TEXT_WORDS.findall(lower) if word in WORDS] + [
        phrase for phrase in PHRASES if phrase in lower
    ]


def check_file(path: Path) -> Iterator[str]:
    """Yield one line for each forbidden word in a file: in names, and outside of tests in strings and comments."""
    is_test = path.is_relative_to(TESTS)
    vague = TEST_NAME_WORDS if is_test else NAME_WORDS
    file = path.relative_to(ROOT)
    for word in forbidden_in_name(path.stem, vague):
        yield f"{file}: file name: {word!r}"
    source = path.read_text(encoding="utf-8")
    defined = _defined_names(ast.parse(source))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string in defined:
            found = forbidden_in_name(token.string, vague)
        elif not is_test and token.type in TEXT_TOKENS:
            found = forbidden_in_text(token.string)
        else:
            continue
        for word in found:
            if word in EXEMPTIONS.get(str(file), ()):
                continue
            yield f"{file}:{token.start[0]}: {word!r} in {token.string.splitlines()[0].strip()[:80]}"


def check_titles(path: Path) -> Iterator[str]:
    """Yield one line for each title of a dialog of the console that is not in Title Case. Questions are sentences."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[title, *_]) if name.endswith(("Dialog", "SchemaForm")):
                pass
            case ast.Assign(targets=[ast.Name(id="title")], value=title):
                pass
            case _:
                continue
        parts = title.values if isinstance(title, ast.JoinedStr) else [title]
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        lower = [word for word in re.findall(r"(?<!\S)[a-z]\S*", " ".join(texts)) if word not in _SMALL_WORDS]
        if lower and not texts[-1].endswith("?"):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: title not in Title Case: {' '.join(texts)!r}"


def check_page(path: Path) -> Iterator[str]:
    """Yield one line for each forbidden phrase in a page of documentation, outside of code."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).lower()
    for phrase in PHRASES:
        if phrase in text:
            yield f"{path.relative_to(ROOT)}: {phrase!r}"


def documentation_pages() -> list[Path]:
    """Return README.md and the pages in `docs`, without those that name former words."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [page for page in pages if page.is_file() and page.name not in _PAGES_OF_WORDS]


def _defined_names(tree: ast.Module) -> set[str]:
    """Return the identifiers that the module defines; those of libraries are not its choice."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.add(name)
            case ast.alias(asname=str(name)):
                names.add(name)
    return names


def check_modules(paths: list[Path]) -> Iterator[str]:
    """Yield one line for each module without a docstring and each class name that two modules use."""
    classes: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        file = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            yield f"{file}: the module has no docstring"
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(file)
    for name, files in classes.items():
        if len(files) > 1:
            yield f"class {name} is defined in {', '.join(files)}"


def main() -> int:
    """Print the problems. Return 1 if there is one, else 0."""
    paths = sorted(SOURCE.rglob("*.py"))
    checked = [*paths, *sorted(TESTS.rglob("*.py"))]
    problems = [*check_modules(paths), *(line for path in checked for line in check_file(path))]
    problems += [line for path in paths if path.is_relative_to(CONSOLE) for line in check_titles(path)]
    problems += [line for page in documentation_pages() for line in check_page(page)]
    print("\n".join(problems), file=sys.stderr if problems else sys.stdout)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
