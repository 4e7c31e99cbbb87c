"""Options that several commands have: the global options of all, and the confirmation of those that write."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click

from dyntui.cli.context import CliContext
from dyntui.core.process_state import set_environment_variable

__all__ = ["combine_options", "confirm_options", "global_options"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

_VARIABLES = {
    "no_color": "NO_COLOR",
    "no_cache": "DYNTUI_NO_CACHE",
    "no_pager": "DYNTUI_NO_PAGER",
    "plain": "DYNTUI_PLAIN",
    "in_flight": "DYNTUI_IN_FLIGHT",
}
"""Options that set an environment variable, because the code that needs them reads the variable."""


def _make_callback(name: str) -> Callable[[click.Context, click.Parameter, object], object]:
    """Return a click callback that stores the value of a global option in the field `name` of the context."""

    def store(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
        if isinstance(value, str) and not value.strip():  # of an unset variable: it must not select another environment
            raise click.BadParameter("It is empty.", ctx, parameter)
        if value not in (None, False):
            setattr(ctx.ensure_object(CliContext), name, value)
            if name in _VARIABLES:
                set_environment_variable(_VARIABLES[name], "1" if value is True else str(value))
        return value

    return store


def global_options() -> list[click.Option]:
    """Return the options that every command has. Their values go to the CliContext."""
    flags: list[tuple[str, str, str, str | None]] = [
        ("--profile", "profile_name", "Profile to use.", "PROFILE"),
        ("--environment-id", "environment_id", "Environment id; overrides the profile.", "ID"),
        ("--base-url", "base_url", "Base URL of the API; overrides the profile.", "URL"),
        ("--confirm-origin", "confirm_origin", "Allow sending the token to HOST, which is not Dynamic's.", "HOST"),
        ("--read-only", "read_only", "Refuse all writes.", None),
        ("--no-color", "no_color", "Disable color.", None),
        ("--no-pager", "no_pager", "Do not show long results in a pager.", None),
        ("--no-cache", "no_cache", "Do not read or write the row cache.", None),
        ("--plain", "plain", "Plain mode for screen readers: only lines of text.", None),
        ("--in-flight", "in_flight", "Send at most N requests of bulk work at a time; overrides the setting.", "N"),
        ("--debug", "debug", "Print the requests that were sent, and a redacted traceback with errors.", None),
    ]
    return [
        click.Option(
            [flag, f"_{name}"],
            is_flag=metavar is None,
            type=click.IntRange(1, 64) if flag == "--in-flight" else None,
            metavar=metavar,
            help=text,
            expose_value=False,
            callback=_make_callback(name),
        )
        for flag, name, text, metavar in flags
    ]


def combine_options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return a decorator that adds several options, in the order of the help."""

    def add_options(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add_options


def confirm_options(command: Callable[..., T]) -> Callable[..., T]:
    """Add --dry-run, --yes, --confirm-environment and --confirm to a command that writes.

    The command gets all but the first as `confirmation`, with the code of --read when it has that option. --dry-run is
    in the context, for `write_helpers.confirm_action`.
    """

    @functools.wraps(command)
    def with_confirmation(
        *args: object,
        yes: bool,
        confirm_environment: str,
        confirm: str,
        dry_run: bool,
        read: str = "",
        **options: object,
    ) -> T:
        from dyntui.services.actions.write_types import Confirmation

        click.get_current_context().ensure_object(CliContext).dry_run = dry_run
        confirmation = Confirmation(yes, confirm or confirm_environment, read, confirm_environment.strip())
        return command(*args, confirmation=confirmation, **options)

    with_text = click.option(
        "--confirm", metavar="TEXT", default="", help="Confirm with the text that the command asks for."
    )(with_confirmation)
    with_option = click.option(
        "--confirm-environment",
        metavar="NAME",
        default="",
        help="Confirm a destructive action with the environment name. Another name is refused.",
    )(with_text)
    with_yes = click.option("--yes", is_flag=True, help="Skip the confirmation prompt.")(with_option)
    return click.option("--dry-run", is_flag=True, help="Print what would be sent and its impact, but send no write.")(
        with_yes
    )
