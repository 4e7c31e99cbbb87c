"""Commands that `dyntui allowlists` and `dyntui gates` share: create, update, enable, disable, delete."""

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

    FindPolicy = Callable[[Connection, str], Awaitable[dict[str, Any]]]

__all__ = ["add_policy_commands", "change_policy", "create_policy"]


def create_policy(
    context: CliContext, action: WriteAction, fields: Mapping[str, Any], yes: bool, confirm_environment: str
) -> int:
    """Create a list or gate from `fields`. Returns the exit code."""
    from dyntui.services.actions.write_types import Target

    async def work() -> int:
        async with context.connection() as connection:
            target = Target("", str(fields["name"]), {"fields": dict(fields)})
            results = await perform(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment
            )
            return report_results(context, results)

    return run(work())


def change_policy(
    context: CliContext,
    action: WriteAction,
    find: FindPolicy,
    name: str,
    yes: bool,
    confirm_environment: str,
    read: str,
    **data: Any,
) -> int:
    """Run an action on a list or gate; its impact on sign-in is shown before the confirmation. Returns the exit code.

    find: reads the list or gate with an id or name. data: what the action needs in the data of its target.
    """
    from dyntui.services.access.actions import access_target

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(action)
            target = access_target(await find(connection, name), **data)
            results = await perform(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment, read=read
            )
            return report_results(context, results)

    return run(work())


def add_policy_commands(
    group: click.Group,
    metavar: str,
    find: FindPolicy,
    actions: Callable[[], AccessActions],
    help_texts: Mapping[str, str],
) -> None:
    """Add the commands `enable`, `disable` and `delete` to a group. help_texts: by command name."""

    def add(command: str, action: Callable[[], WriteAction]) -> None:
        @group.command(command, help=help_texts[command])
        @click.argument("name", metavar=metavar)
        @confirm_options
        @read_option
        @pass_context
        def run_action(context: CliContext, name: str, yes: bool, confirm_environment: str, read: str) -> int:
            return change_policy(context, action(), find, name, yes, confirm_environment, read)

    add("enable", lambda: actions().set_enabled(True))
    add("disable", lambda: actions().set_enabled(False))
    add("delete", lambda: actions().delete())
