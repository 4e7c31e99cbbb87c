"""Make docs/keys.md, commands.md and resources.md from the code; `--check` only says whether they are true."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dyntui.cli.root import root
from dyntui.resources import RESOURCES

DOCS = Path(__file__).parent.parent / "docs"
NOTE = "<!-- made by scripts/make_docs.py: change the code, not this file -->\n"


def keys() -> str:
    """Every action of the console."""
    from dyntui.tui.actions import ACTIONS, key_words

    out = ["# Keys\n", NOTE]
    out.append(
        "`?` shows the keys that work where you are. A key can be put on another action in `keymap.toml`\n"
        '(`dyntui doctor` says where), by the id of the action: `"list.refresh" = "f5"`.\n'
    )
    scope = ""
    for action in ACTIONS.values():
        if action.scope != scope:
            scope = action.scope
            out.append(f"\n## {scope}\n\n| keys | action | what it does | effect |\n|---|---|---|---|")
        words = " ".join(f"`{word}`" if word != "`" else "`` ` ``" for word in map(key_words, action.keys))
        out.append(f"| {words} | `{action.id}` | {action.help} | {action.effect.value} |".replace("`|`", "`\\|`"))
    return "\n".join(out) + "\n"


def commands() -> str:
    """The help of every command."""
    out = ["# Commands\n", NOTE]

    def add(command: click.Command, path: list[str], parent: click.Context | None) -> None:
        context = click.Context(command, info_name=path[-1], parent=parent, max_content_width=96, terminal_width=96)
        out.append(f"## {' '.join(path)}\n\n```\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                add(child, [*path, name], context)

    add(root, ["dyntui"], None)
    return "\n".join(out)


def resources() -> str:
    """Every list: its screen, how it is reached, and the operation behind it."""
    out = ["# Resources\n", NOTE, "| list | jump to it with | group | operation | columns |\n|---|---|---|---|---|"]
    for record in RESOURCES.values():
        names = (
            " ".join(f"`:{name}`" for name in (record.name, *record.aliases)) if not record.parent else "from its list"
        )
        columns = ", ".join(column.name for column in record.columns)
        out.append(f"| {record.title} | {names} | {record.group} | `{record.list.operation}` | {columns} |")
    return "\n".join(out) + "\n"


PAGES = {"keys.md": keys, "commands.md": commands, "resources.md": resources}


def main() -> int:
    stale = [name for name, make in PAGES.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != make()]
    if "--check" in sys.argv[1:]:
        print("\n".join(f"docs/{name} is not what the code says: run scripts/make_docs.py" for name in stale))
        return 1 if stale else 0
    for name in stale:
        (DOCS / name).write_text(PAGES[name]())
        print(f"docs/{name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
