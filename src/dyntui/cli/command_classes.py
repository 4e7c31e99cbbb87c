"""Base classes of commands and groups: global options, completion of texts, help with examples, lazy commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any

import click

from dyntui.cli.context import CliContext
from dyntui.cli.output_options import make_output_options
from dyntui.cli.shared_options import global_options
from dyntui.core.process_state import resume_garbage_collection

__all__ = ["BaseCommand", "CommandGroup"]


class _CompletedText(click.types.StringParamType):
    """A text, of which the shell completes the values by the metavar of its parameter."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[click.shell_completion.CompletionItem[str]]:
        from dyntui.cli.completion_values import complete

        return complete(ctx, param, incomplete)


_COMPLETED_TEXT = _CompletedText()

_OPERATORS = frozenset(("=", "!=", "~", "^=", "$=", ">", ">=", "<", "<="))


def _join_conditions(args: Sequence[str]) -> list[str]:
    """Return the arguments with `--where FIELD OP VALUE` as two arguments, also when it is four."""
    joined = list(args)
    for index in reversed(range(len(joined) - 3)):
        if joined[index] == "--where" and joined[index + 2] in _OPERATORS:
            joined[index + 1 : index + 4] = [" ".join(joined[index + 1 : index + 4])]
    return joined


def _output_options() -> Iterator[click.Option]:
    return make_output_options(lambda ctx: ctx.ensure_object(CliContext).output)


@contextmanager
def _error_context(ctx: click.Context) -> Iterator[None]:
    """Add the command to a usage error of the block, so that it names the usage and the help: click omits it."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or ctx
        raise


class BaseCommand(click.Command):
    """A command that accepts the global options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {option for parameter in self.params for option in parameter.opts}
        shared = [*_output_options(), *global_options()]
        self.params += [option for option in shared if not own & set(option.opts)]
        for parameter in self.params:
            if parameter.type is click.STRING:
                parameter.type = _COMPLETED_TEXT

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _error_context(ctx):
            return super().parse_args(ctx, _join_conditions(args))

    def invoke(self, ctx: click.Context) -> Any:
        resume_garbage_collection()
        ctx.ensure_object(CliContext).output.check()
        return super().invoke(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from dyntui.cli.examples import examples_of

        super().format_help_text(ctx, formatter)
        if examples := examples_of(ctx.command_path.partition(" ")[2]):
            with formatter.section("Examples"):
                formatter.write("".join(f"{'':>{formatter.current_indent}}{line}\n" for line in examples))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        titles = {option.name: "Output options" for option in _output_options()}
        titles |= {option.name: "Global options" for option in global_options()}
        sections: dict[str, list[tuple[str, str]]] = {"Options": [], "Output options": [], "Global options": []}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                sections[titles.get(parameter.name, "Options")].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


_MAX_SHORT_HELP = 200
"""In characters: more than the first sentence of any command, which the help of a group shows in full."""


class CommandGroup(click.Group):
    """A group whose commands can be in modules that are imported only when a command is run."""

    command_class = BaseCommand

    def __init__(
        self,
        *args: Any,
        lazy: Mapping[str, str] | None = None,
        short_helps: Mapping[str, str] | None = None,
        sections: Mapping[str, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})
        """By command name: the command as `module:attribute`."""
        self.short_helps = dict(short_helps or {})
        """By command name: the short help of commands that the help of the group does not import."""
        self.sections = dict(sections or {"Commands": ()})
        """By title: the names of the commands under it in the help; () for all."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _error_context(ctx):
            return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*self.lazy, *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.lazy:
            command: click.Command = resolve_name(self.lazy[cmd_name])
            return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        texts: dict[str, str] = {}
        for name in self.list_commands(ctx):
            command = None if name in self.short_helps else self.get_command(ctx, name)
            if command is None:
                texts[name] = self.short_helps[name]
            elif not command.hidden:
                texts[name] = command.get_short_help_str(_MAX_SHORT_HELP)
        for title, names in self.sections.items():
            if records := [(name, text) for name, text in texts.items() if name in names or not names]:
                with formatter.section(title):
                    formatter.write_dl(records)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=2)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", ctx) from None
            raise
