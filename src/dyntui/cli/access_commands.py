"""Commands that `dyntui allowlists` and `dyntui gates` share: create and update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dyntui.cli.context import CliContext
from dyntui.cli.write_helpers import perform, report_results, run_write

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["create_policy", "update_policy"]


def create_policy(context: CliContext, name: str, fields: Mapping[str, object], confirmation: Confirmation) -> int:
    """Create a list or gate from `fields`. name: of the action, in the audit log. Returns the exit code."""
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.write_types import Target

    target = Target("", str(fields["name"]), {"fields": dict(fields)})
    return run_write(context, write_action(name), [target], confirmation)


def update_policy(
    context: CliContext, name: str, policy: str, fields: Mapping[str, object], confirmation: Confirmation
) -> int:
    """Set fields of a list or gate; its impact on sign-in is shown before the confirmation. Returns the exit code.

    name: of the action, in the audit log. policy: id or name of the list or gate.
    """
    from dyntui.services.access.actions import access_target
    from dyntui.services.actions.registry import declaration
    from dyntui.services.actions.resource_actions import find_rows, write_action

    async def work(connection: Connection) -> int:
        action = write_action(name)
        connection.write_gate.check(action)
        rows = await find_rows(connection.client, declaration(name).record, [policy])
        targets = [access_target(rows[policy], fields=fields)]
        return report_results(context, await perform(context, connection, action, targets, confirmation))

    return context.run_connected(work)
