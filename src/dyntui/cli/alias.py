"""`dyntui alias`: own names of commands, in the table [alias] of settings.toml."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.list_filters import keep_rows, local_filter_options
from dyntui.cli.watch import watch_option
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["alias", "expand_alias"]

alias = CommandGroup("alias", help="List, set and remove own names of commands.")


def expand_alias(words: Sequence[str]) -> list[str]:
    """Return the words of a command line with the command in place of an alias; unchanged without an alias."""
    from dyntui.config.settings import Settings

    command = Settings.load().alias.get(words[0])
    return [*shlex.split(command), *words[1:]] if command else list(words)


@alias.command("list")
@watch_option
@local_filter_options(has_time=False)
@pass_context
def list_aliases(context: CliContext, conditions: RowConditions) -> None:
    """List your aliases."""
    from dyntui.config.settings import Settings
    from dyntui.resources.resource import Column

    aliases = Settings.load().alias
    items = [{"name": name, "command": command} for name, command in sorted(aliases.items())]
    rows = keep_rows(context, items, conditions)
    empty = "" if conditions else "There are no aliases. Set one with `dyntui alias set NAME COMMAND`."
    context.print_items(rows, (Column("name"), Column("command")), empty=empty)


@alias.command("set")
@click.argument("name")
@click.argument("command")
@pass_context
def set_alias(context: CliContext, name: str, command: str) -> None:
    """Set what `dyntui NAME` runs.

    COMMAND is one quoted argument. What is typed after NAME is added to it.
    """
    from dyntui.config.settings import ALIAS_NAME, Settings

    ctx = click.get_current_context().find_root()
    commands = ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else ()
    if name in commands:
        raise UsageError(f"{name} is a command, so it cannot be an alias.", hint="Choose another name.")
    if not ALIAS_NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be an alias.", hint="Use letters, digits and -, and begin with a letter.")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"The command is wrong: {error}.", hint="Close its quotes.") from None
    words = words[1:] if words[:1] == ["dyntui"] else words
    if not words or words[0] not in commands:
        raise UsageError(f"{' '.join(words[:1])!r} is no command of dyntui.", hint="`dyntui --help` lists them.")
    command = command.strip().removeprefix("dyntui ").strip()
    Settings.save_alias(name, command)
    context.print_data({"name": name, "command": command})
    context.print_result(f"dyntui {name}: dyntui {command}")


@alias.command("remove")
@click.argument("name", metavar="ALIAS")
@pass_context
def remove_alias(context: CliContext, name: str) -> None:
    """Remove an alias."""
    from dyntui.config.settings import Settings

    if (command := Settings.load().alias.get(name)) is None:
        raise UsageError(f"There is no alias {name!r}.", hint="`dyntui alias list` lists them.")
    Settings.save_alias(name, None)
    context.print_data({"name": name, "command": command})
    context.print_result(f"Removed {name}: dyntui {command}")
