"""Links, names and commands in the documentation exist. `make check` compares the generated pages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


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


def test_the_readme_names_every_command() -> None:
    from dyntui.cli.root import COMMANDS

    readme = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"dyntui {name}" not in readme] == []
