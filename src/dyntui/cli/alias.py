"""`dyntui alias`: own names of commands, in the table [alias] of settings.toml."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import click

from dyntui.cli.context import CliContext, CommandGroup, pass_context
from dyntui.core.errors import UsageError

__all__ = ["alias", "expand_alias"]

alias = CommandGroup("alias", help="List, set and remove own names of commands.")


def expand_alias(words: Sequence[str]) -> list[str]:
    """Return the words of a command line with the command in place of an alias; unchanged without an alias."""
    from dyntui.config.settings import Settings

    command = Settings.load().alias.get(words[0])
    return [*shlex.split(command), *words[1:]] if command else list(words)


@alias.command("list")
@pass_context
def list_aliases(context: CliContext) -> None:
    """List your aliases."""
    from dyntui.config.settings import Settings
    from dyntui.resources import Column

    aliases = Settings.load().alias
    context.print_items(
        ({"name": name, "command": command} for name, command in sorted(aliases.items())),
        (Column("name"), Column("command")),
    )
    if not aliases and not context.prints_data:
        context.print_message("There are no aliases. Set one with `dyntui alias set NAME COMMAND`.")


@alias.command("set")
@click.argument("name")
@click.argument("command")
@pass_context
def set_alias(context: CliContext, name: str, command: str) -> None:
    """Let `dyntui NAME` run COMMAND, which is one quoted argument. Words after NAME are added to the command.

    \b
    Example:
      dyntui alias set spam "users list --where 'email~spam' --fields id,email"
    """
    from dyntui.cli.root import COMMANDS
    from dyntui.config.settings import ALIAS_NAME, Settings

    if name in COMMANDS:
        raise UsageError(f"{name} is a command, so it cannot be an alias.", hint="Choose another name.")
    if not ALIAS_NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be an alias.", hint="Use letters, digits and -, and begin with a letter.")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"The command is wrong: {error}.", hint="Close its quotes.") from None
    words = words[1:] if words[:1] == ["dyntui"] else words
    if not words or words[0] not in COMMANDS:
        raise UsageError(f"{' '.join(words[:1])!r} is no command of dyntui.", hint="`dyntui --help` lists them.")
    command = command.strip().removeprefix("dyntui ").strip()
    Settings.save_alias(name, command)
    context.print_data({"name": name, "command": command})
    context.print_result(f"dyntui {name}: dyntui {command}")


@alias.command("remove")
@click.argument("name")
@pass_context
def remove_alias(context: CliContext, name: str) -> None:
    """Remove an alias."""
    from dyntui.config.settings import Settings

    if (command := Settings.load().alias.get(name)) is None:
        raise UsageError(f"There is no alias {name!r}.", hint="`dyntui alias list` lists them.")
    Settings.save_alias(name, None)
    context.print_data({"name": name, "command": command})
    context.print_result(f"Removed {name}: dyntui {command}")
