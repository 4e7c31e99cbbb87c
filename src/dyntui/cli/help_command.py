"""`dyntui help`: show a topic, or the help of a command."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.help_texts import TOPICS
from dyntui.cli.output import print_lines
from dyntui.core.errors import UsageError

__all__ = ["help_command"]


@click.command("help", cls=BaseCommand)
@click.argument("words", nargs=-1, metavar="[TOPIC|COMMAND]...")
@pass_context
def help_command(context: CliContext, words: Sequence[str]) -> None:
    """Show help about a topic or a command. `dyntui help topics` lists the topics."""
    name = " ".join(words)
    if name in ("", "topics"):
        from dyntui.resources.resource import Column

        rows = ({"topic": topic, "content": title} for topic, (title, _) in TOPICS.items())
        context.print_items(rows, (Column("topic"), Column("content", grow=True)))
        context.print_message("`dyntui help TOPIC` shows one of them, and `dyntui help COMMAND` the help of a command.")
        return
    text = cleandoc(TOPICS[name][1]) if name in TOPICS else _command_help(words)
    context.print_data({"name": name, "text": text})
    if not context.prints_data:
        print_lines(*text.split("\n"))


def _command_help(words: Sequence[str]) -> str:
    """Return the help of the command with these words. Raises UsageError with the nearest name of a topic."""
    from dyntui.core.validation import nearest_name

    ctx = click.get_current_context().find_root()
    for position, word in enumerate(words):
        group = ctx.command
        command = group.get_command(ctx, word) if isinstance(group, click.Group) else None
        if command is None:
            names = [*TOPICS, *(group.list_commands(ctx) if isinstance(group, click.Group) else ())]
            near = nearest_name(word, names)
            raise UsageError(
                f"There is no command or topic {' '.join(words[: position + 1])!r}."
                + (f" Did you mean {near}?" if near else ""),
                hint="`dyntui help topics` lists the topics, `dyntui --help` the commands.",
            )
        ctx = click.Context(command, parent=ctx, info_name=word)
    return ctx.command.get_help(ctx)
