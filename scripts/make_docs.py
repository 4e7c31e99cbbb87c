"""Make docs/keys.md, commands.md and resources.md from the code; `--check` only says whether they are true."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dyntui.api.catalog import catalog
from dyntui.cli.root import root
from dyntui.resources import RESOURCES, Resource, Scope

DOCS = Path(__file__).parent.parent / "docs"
NOTE = "<!-- made by scripts/make_docs.py: change the code, not this file -->\n"

RESOURCES_TEXT = """\
Every kind of thing the API has. In the console `:everything` lists them, and says which ones the token may not
reach; on the command line `dyntui get` does. A resource that belongs to something else is opened from there, or read
with `--of ID`.
"""
OPERATIONS_TEXT = """
## Operations

Every operation of the catalog, and where it is reached. All of them can be found in the API console (`:api`) and
called with `dyntui api ID`; what is called `API console` below is reached in no other way: operations for a signed-in
person's own token, old ones that another has replaced, and those that sign or touch key shares, which a console has no
business with.
"""


def keys() -> str:
    """Every action of the console."""
    from dyntui.tui.kit.action_registry import key_label
    from dyntui.tui.shell.all_actions import ALL_ACTIONS

    out = ["# Keys\n", NOTE]
    out.append(
        "`?` shows the keys that work where you are. A key can be put on another action in `keymap.toml`\n"
        '(`dyntui doctor` says where), by the id of the action: `"list.refresh" = "f5"`.\n'
    )
    scope = ""
    scopes = list(dict.fromkeys(each.scope for each in ALL_ACTIONS))
    for action in sorted(ALL_ACTIONS, key=lambda each: scopes.index(each.scope)):
        if action.scope != scope:
            scope = action.scope
            out.append(f"\n## {scope}\n\n| keys | action | what it does | effect |\n|---|---|---|---|")
        words = " ".join(f"`{word}`" if word != "`" else "`` ` ``" for word in map(key_label, action.keys))
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
    """Every resource with its screen, its commands and its operations; every operation with where it is reached."""
    out = ["# Resources\n", NOTE, RESOURCES_TEXT]
    out.append("| resource | screen | command | actions | operations |\n|---|---|---|---|---|")
    for record in RESOURCES.values():
        actions = ", ".join(action.name for action in record.actions) or "—"
        operations = " ".join(f"`{name}`" for name in record.operations)
        out.append(f"| {record.title} | {_screen(record)} | {_commands(record)} | {actions} | {operations} |")
    out.append(OPERATIONS_TEXT)
    out.append("| operation | request | screen | command |\n|---|---|---|---|")
    holders: dict[str, list[Resource]] = {}
    for record in RESOURCES.values():
        for name in record.operations:
            holders.setdefault(name, []).append(record)
    for operation in sorted(catalog(), key=lambda each: (each.audience != "admin", each.group, each.path, each.method)):
        where = holders.get(operation.id, [])
        screens = ", ".join(dict.fromkeys(record.title for record in where)) or "API console"
        commands = f"`dyntui api {operation.id}`" if not where else _operation_command(where[0], operation.id)
        out.append(f"| `{operation.id}` | {operation.method} `{operation.path}` | {screens} | {commands} |")
    return "\n".join(out) + "\n"


def _screen(record: Resource) -> str:
    if record.scope is Scope.PARENT:
        return f"from {RESOURCES[record.parent_resource].title}"
    return " ".join(f"`:{name}`" for name in (record.name, *record.aliases))


def _commands(record: Resource) -> str:
    of = " --of ID" if record.scope is Scope.PARENT else ""
    found = [f"`dyntui {record.command}`"] if record.command else []
    found.append(f"`dyntui get {record.name}{of}`")
    return " ".join([*found, *([f"`dyntui do {record.name}`"] if record.actions else [])])


def _operation_command(record: Resource, operation: str) -> str:
    action = next((action for action in record.actions if action.operation == operation), None)
    if action is not None:
        return f"`dyntui do {record.name} {action.name}`"
    if operation in (record.list.operation, record.detail):
        return f"`dyntui get {record.name}{' ID' if operation == record.detail else ''}`"
    return f"`dyntui {record.command}`" if record.command else f"`dyntui api {operation}`"


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
