"""`dyntui gates`: manage gates, rules about the tokens and NFTs that a wallet must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.cli.access_commands import add_policy_commands
from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.list_filters import filter_options, text_option
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.cli.resource_lists import print_whole_list
from dyntui.cli.watch import watch_option
from dyntui.core.json_types import as_objects
from dyntui.resources.cell_formats import enabled_since
from dyntui.resources.gates import GATES
from dyntui.resources.resource import Column

if TYPE_CHECKING:
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["gates"]

gates = CommandGroup("gates", help="Manage gates: tokens or NFTs that a wallet must hold.")


@gates.command("list")
@watch_option
@text_option
@filter_options(GATES)
@pass_context
def list_gates(context: CliContext, text: str, conditions: RowConditions) -> None:
    """List gates and their rules."""
    from dyntui.services.access.gate_rules import describe_rule

    rows = context.run_connected(lambda connection: connection.client.gates.list()).rows
    columns = (
        Column("name"),
        Column("outcome"),
        Column("scope"),
        Column("enabledAt", "enabled", format=enabled_since),
        Column(title="rules", pick=lambda row: "; and ".join(map(describe_rule, as_objects(row.get("rules"))))),
        Column("id"),
    )
    print_whole_list(context, GATES, rows, conditions, columns, text=text)


add_policy_commands(
    gates,
    GATES,
    scope_help="Access scopes of users who pass. Without a scope, users who do not pass may not sign in.",
)
add_resource_commands(gates, GATES, without=gates.commands.keys())
