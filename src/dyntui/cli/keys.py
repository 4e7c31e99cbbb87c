"""`dyntui keys`: the keys of the console with those of keymap.toml, and a check of that file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.tables import joined
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.tui.kit.action_registry import Action

__all__ = ["keys"]


@click.command("keys", cls=BaseCommand)
@click.argument("text", required=False, metavar="[TEXT]", help="Part of a key, an action id or a description.")
@click.option("--actions", "by_action", is_flag=True, help="List the actions with their ids instead of the keys.")
@click.option("--check", is_flag=True, help="Only check keymap.toml; exit with 1 when something is wrong in it.")
@pass_context
def keys(context: CliContext, text: str | None, by_action: bool, check: bool) -> int:
    """List the keys of the console.

    A key means the same on every screen. Keys of keymap.toml take the place of the default ones. Change them on the
    help screen (?), or add lines such as "list.refresh" = "f5" to that file: `dyntui keys --actions` lists the ids.
    """
    from dyntui.config.keymap_file import load_keymap
    from dyntui.config.paths import paths
    from dyntui.tui.shell.all_actions import ALL_ACTIONS
    from dyntui.tui.shell.keymap import current_keymap, keymap_problems

    keymap = current_keymap(load_keymap())
    problems = keymap_problems(keymap)
    if check:
        context.print_data({"file": str(paths().keymap_file), "problems": problems})
        context.print_result(*(problems or [f"{paths().keymap_file}: no problems"]))
        return 1 if problems else 0
    for problem in problems:
        context.print_message(problem)
    if by_action:
        _print_actions(context, ALL_ACTIONS, keymap, text or "")
    else:
        _print_keys(context, ALL_ACTIONS, keymap, text or "")
    return 0


def _print_keys(context: CliContext, actions: Sequence[Action], keymap: Mapping[str, str], text: str) -> None:
    from dyntui.resources.resource import Column
    from dyntui.tui.shell.key_meanings import key_table
    from dyntui.tui.shell.keymap import keys_of

    rows = [
        row
        for row in key_table(actions, lambda action: keys_of(action, keymap))
        if text == row.label or _contains(text, row.meaning, *row.actions)
    ]
    _require(rows, text)
    columns = Column("key"), Column("meaning"), Column("actions", pick=joined("actions"))
    context.print_items(
        ({"key": row.label, "meaning": row.meaning, "actions": list(row.actions)} for row in rows), columns
    )


def _print_actions(context: CliContext, actions: Sequence[Action], keymap: Mapping[str, str], text: str) -> None:
    from dyntui.resources.resource import Column
    from dyntui.tui.kit.action_registry import key_label
    from dyntui.tui.shell.keymap import keys_of

    rows: list[tuple[Action, list[str]]] = []
    for action in actions:
        labels = [key_label(key) for key in keys_of(action, keymap)]
        if text in labels or _contains(text, action.id, action.title, action.help):
            rows.append((action, labels))
    _require(rows, text)
    columns = (
        Column("id", "action"),
        Column("keys", pick=joined("keys")),
        Column("help", "what it does"),
    )
    items = (
        {"id": action.id, "keys": labels, "help": action.help, "changed": action.id in keymap}
        for action, labels in rows
    )
    context.print_items(items, columns)


def _contains(text: str, *fields: str) -> bool:
    return any(text.casefold() in field.casefold() for field in fields)


def _require(rows: Sequence[object], text: str) -> None:
    if not rows:
        raise UsageError(f"No key or action contains {text!r}.", hint="dyntui keys lists all keys.")
