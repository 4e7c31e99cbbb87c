"""The `dyntui` command and the table of its subcommands. A subcommand is imported only when it is called."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from dyntui.cli.command_classes import BaseCommand, CommandGroup
from dyntui.cli.context import CliContext
from dyntui.cli.error_handling import run_with_exit_code
from dyntui.cli.output import print_lines, print_usage_error
from dyntui.cli.root_help import MAX_WIDTH
from dyntui.cli.signals import default_signals, stop_signals
from dyntui.cli.streams import use_utf8
from dyntui.core.errors import EXIT_USAGE

_COMPLETE = "_DYNTUI_COMPLETE"
"""The variable with which the script of `dyntui completion` asks for values."""

__all__ = ["COMMANDS", "main", "root"]

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("dyntui.cli.demo:demo", "Open the console on a built-in sandbox."),
    "sandbox": ("dyntui.cli.sandbox:sandbox", "Serve a local Dynamic on 127.0.0.1 until interrupted."),
    "env": ("dyntui.cli.env:env", "List, add, use, check and remove environments."),
    "auth": ("dyntui.cli.auth:auth", "Store, check and delete the token of an environment."),
    "users": ("dyntui.cli.users:users", "List, create, edit and delete users."),
    "wallets": ("dyntui.cli.wallets:wallets", "List, link, pre-generate, delete and recover wallets."),
    "allowlists": ("dyntui.cli.allowlists:allowlists", "Manage allowlists and their entries."),
    "gates": ("dyntui.cli.gates:gates", "Manage gates: tokens or NFTs that a wallet must hold."),
    "access": ("dyntui.cli.access:access", "Show who may sign in, and check a user or an identifier."),
    "import": ("dyntui.cli.import_command:import_users", "Import users from FILE."),
    "jobs": ("dyntui.cli.jobs:jobs", "List, resume, cancel, report, retry and undo import jobs."),
    "webhooks": ("dyntui.cli.webhooks:webhooks", "Manage webhooks, redeliver messages, verify signatures."),
    "events": ("dyntui.cli.events:events", "List and tail events."),
    "exports": ("dyntui.cli.exports:exports", "Create and download CSV exports of all users or visits."),
    "config": ("dyntui.cli.config:config", "Write the configuration as files, check, compare and apply it."),
    "settings": ("dyntui.cli.settings:settings", "Show settings of the environment, and set them by path."),
    "tokens": ("dyntui.cli.resource_groups:tokens", "List, create and delete API tokens of the environment."),
    "members": ("dyntui.cli.resource_groups:members", "List, edit and remove members of the organization."),
    "get": ("dyntui.cli.get:get", "List the objects of any resource, or show one in full."),
    "do": ("dyntui.cli.do:do", "Run an action on a resource."),
    "api": ("dyntui.cli.api:api", "Call an operation by id, or by METHOD and PATH below the base URL."),
    "alias": ("dyntui.cli.alias:alias", "List, set and remove own names of commands."),
    "audit": ("dyntui.cli.audit:audit", "Show writes made from this machine, oldest first."),
    "undo": ("dyntui.cli.undo:undo", "Undo a write that was made from this machine."),
    "cache": ("dyntui.cli.cache:cache", "Show and clear the row cache."),
    "keys": ("dyntui.cli.keys:keys", "List the keys of the console."),
    "doctor": ("dyntui.cli.doctor:doctor", "Check this machine, the terminal, the token and the server."),
    "help": ("dyntui.cli.help_command:help_command", "Show help about a topic or a command."),
    "completion": ("dyntui.cli.completion:completion", "Print a shell completion script."),
}


class _ClosedPipe(Exception):
    """The reader of the output has closed the pipe."""


@contextmanager
def _as_closed_pipe() -> Iterator[None]:
    """Raise _ClosedPipe in place of BrokenPipeError, of which click makes an exit with 1."""
    try:
        yield
    except BrokenPipeError as error:
        raise _ClosedPipe from error


class _RootGroup(CommandGroup):
    """The group of all commands."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _as_closed_pipe():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _as_closed_pipe():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the first word. A word that is no command can be an alias of the user."""
        if args[0] not in COMMANDS:
            from dyntui.cli.alias import expand_alias

            args = expand_alias(args)
        return super().resolve_command(ctx, args)


SECTIONS: dict[str, tuple[str, ...]] = {
    "Users and access": ("users", "wallets", "allowlists", "gates", "access"),
    "Import": ("import", "jobs"),
    "Environment": ("webhooks", "events", "exports", "settings", "config", "tokens", "members"),
    "Every resource and operation": ("get", "do", "api"),
    "Environments of this machine": ("env", "auth", "audit", "undo", "cache"),
    "Console and help": ("demo", "sandbox", "keys", "alias", "doctor", "completion", "help"),
}
"""By title: the commands under it in the help."""


@click.group(
    cls=_RootGroup,
    sections=SECTIONS,
    lazy={name: command for name, (command, _) in COMMANDS.items()},
    short_helps={name: text for name, (_, text) in COMMANDS.items()},
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MAX_WIDTH},
)
@click.option("--version", is_flag=True, help="Print the versions of dyntui, Python, Textual and the catalog.")
@click.pass_context
def root(ctx: click.Context, version: bool) -> None:
    """Terminal console and command line for administering a Dynamic environment.

    Without a command, dyntui opens the console on the last used environment. `dyntui help topics` lists what the help
    explains besides the commands.
    """
    options = ctx.ensure_object(CliContext)
    if version:
        from dyntui.cli.version import print_versions

        print_versions(options)
        ctx.exit()
    if ctx.invoked_subcommand is None:
        from dyntui.cli.launch import open_console

        with default_signals():
            code = open_console(
                options.profile_name,
                options.environment_id,
                options.base_url,
                options.read_only,
                options.confirm_origin,
            )
        ctx.exit(code)


root.params += BaseCommand(None).params


def main() -> int:
    """Run the command line and return the exit code."""
    use_utf8()
    context = CliContext()
    return run_with_exit_code(lambda: _run(context), debug=lambda: context.debug, printed=lambda: context.printed)


def _run(context: CliContext) -> int:
    if _COMPLETE in os.environ:
        from dyntui.cli.completion import add_shells

        add_shells()
    try:
        with stop_signals():
            result = root.main(prog_name="dyntui", standalone_mode=False, obj=context)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        print_lines("stopped", err=True)
        return 130
    except click.ClickException as error:
        print_usage_error(error)
        return EXIT_USAGE
    except _ClosedPipe as error:
        raise BrokenPipeError from error
