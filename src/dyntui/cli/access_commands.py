"""What `dyntui allowlists` and `dyntui gates` share: what is done to one of them once it was told whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, confirm_options, pass_context, run
from dyntui.cli.write_helpers import perform, read_option, report_results

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from dyntui.services.access.actions import AccessActions
    from dyntui.services.actions.write_types import WriteAction
    from dyntui.services.connection import Connection

    Finder = Callable[[Connection, str], Awaitable[dict[str, Any]]]

__all__ = ["add_switches", "change", "create"]


def create(
    context: CliContext, action: WriteAction, fields: Mapping[str, Any], yes: bool, confirm_environment: str
) -> int:
    """Create one; returns the exit code."""
    from dyntui.services.actions.write_types import Target

    async def work() -> int:
        async with context.connection() as connection:
            target = Target("", str(fields["name"]), {"fields": dict(fields)})
            done = await perform(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment
            )
            return report_results(context, done)

    return run(work())


def change(
    context: CliContext,
    action: WriteAction,
    found: Finder,
    name: str,
    yes: bool,
    confirm_environment: str,
    read: str,
    **data: Any,
) -> int:
    """Do something that may decide who comes in: whom it concerns is counted and told before it is confirmed."""
    from dyntui.services.access.actions import access_target

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(action)
            target = access_target(await found(connection, name), **data)
            done = await perform(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment, read=read
            )
            return report_results(context, done)

    return run(work())


def add_switches(
    group: click.Group, metavar: str, found: Finder, actions: Callable[[], AccessActions], helps: Mapping[str, str]
) -> None:
    """`enable`, `disable` and `delete`. helps: what each does, by its name."""

    def add(command: str, action: Callable[[], WriteAction]) -> None:
        @group.command(command, help=helps[command])
        @click.argument("name", metavar=metavar)
        @confirm_options
        @read_option
        @pass_context
        def switch(context: CliContext, name: str, yes: bool, confirm_environment: str, read: str) -> int:
            return change(context, action(), found, name, yes, confirm_environment, read)

    add("enable", lambda: actions().set_enabled(True))
    add("disable", lambda: actions().set_enabled(False))
    add("delete", lambda: actions().delete())
