"""Links, names and commands in the documentation exist. `make check` compares the generated pages."""

from __future__ import annotations

import re
from pathlib import Path

import click

from dyntui.cli.root import COMMANDS, root

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_architecture_page_names_files_and_functions_that_exist() -> None:
    """Each name in a step or table row is in one of the files that the same step or row names."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    source = ROOT / "src" / "dyntui"
    missing = []
    for item in re.split(r"\n(?=\d+\. |\| |- |\n)", text):
        words = re.findall(r"`([^`]+)`", item)
        files = [source / word for word in words if word.endswith(".py") and "/" in word]
        missing += [str(file) for file in files if not file.exists()]
        code = "\n".join(file.read_text() for file in files if file.exists())
        names = [word.rpartition(".")[2] for word in words if re.fullmatch(r"_?[A-Za-z][a-zA-Z_]*(\.[a-z_]+)?", word)]
        examples = ("delete", "action_delete", "action_act_NAME", "NAME_disabled_reason")
        missing += [name for name in names if code and name not in examples and not re.search(rf"\b{name}\b", code)]
    assert missing == []


def unknown_words(line: str) -> list[str]:
    """Return the words of a command that are neither a command nor an option that it has."""
    words = line.split()[1:]
    command: click.Command = root
    while isinstance(command, click.Group) and words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return words[:1]
        command, words = found, words[1:]
    known = {"--help", *(option for each in command.params for option in (*each.opts, *each.secondary_opts))}
    return [word for word in words if re.match(r"--[a-z]", word) and word.split("=")[0].rstrip("`,") not in known]


def test_commands_and_options_that_the_text_of_a_page_names_exist() -> None:
    """Those in blocks are run by test_docs_commands.py."""
    tried, wrong = 0, []
    for page in PAGES:
        text = re.sub(r"(?ms)^```.*?^```", "", page.read_text())
        for line in (part for found in re.findall(r"`(dyntui [^`]+)`", text) for part in found.split(" | ")):
            if line.startswith("dyntui "):
                tried += 1
                wrong += [f"{page.name}: {line}: {word}" for word in unknown_words(line)]
    assert tried > 500
    assert wrong == []


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"dyntui {name}" not in readme] == []
