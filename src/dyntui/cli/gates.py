"""`dyntui gates`: manage gates, rules about the tokens and NFTs that a wallet must hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.access_commands import create_policy, update_policy
from dyntui.cli.allowlists import outcome_option
from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.cli.write_helpers import read_option
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_objects
from dyntui.resources import GATES

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["gates"]


@click.group("gates", cls=CommandGroup)
def gates() -> None:
    """Manage gates: tokens or NFTs that a wallet must hold."""


async def _read_gates(connection: Connection) -> Sequence[Row]:
    return (await connection.client.gates.list()).rows


_rule_option = click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="RULE",
    help="TYPE:NETWORK:CONTRACT[:amount=N][:tokenId=T][:chain=EVM], TYPE is token or nft. Repeatable; a wallet must "
    "meet all rules.",
)


@gates.command("list")
@pass_context
def list_gates(context: CliContext) -> None:
    """List gates and their rules."""
    from dyntui.services.access.gate_rules import describe_rule

    rows = context.run_connected(_read_gates)
    context.emit_json({"gates": rows})
    context.print_table(
        ("name", "outcome", "scope", "enabled", "rules", "id"),
        (
            (
                row.get("name"),
                row.get("outcome"),
                row.get("scope"),
                str(row.get("enabledAt") or "disabled")[:10],
                "; and ".join(describe_rule(rule) for rule in as_objects(row.get("rules"))),
                row.get("id"),
            )
            for row in rows
        ),
    )


@gates.command("create")
@click.argument("name", metavar="NAME")
@outcome_option
@click.option(
    "--scope",
    metavar="SCOPES",
    help="Access scopes of users who pass. Without a scope, users who do not pass may not sign in.",
)
@_rule_option
@confirm_options
@pass_context
def create_gate(
    context: CliContext,
    name: str,
    outcome: str | None,
    scope: str | None,
    rules: tuple[str, ...],
    confirmation: Confirmation,
) -> int:
    """Create a gate. It is disabled until you enable it."""
    from dyntui.services.access.access_policy import PolicyKind
    from dyntui.services.access.gate_rules import RULE_FORMAT, parse_rule
    from dyntui.services.access.policy_fields import checked_fields

    if outcome is None or not rules:
        raise UsageError("--outcome or --rule is missing.", hint=f"Use --outcome OUTCOME --rule {RULE_FORMAT}")
    options = {"name": name, "outcome": outcome, "scope": scope, "rules": [parse_rule(rule) for rule in rules]}
    fields = checked_fields(options, kind=PolicyKind.GATE)
    return create_policy(context, "gates.create", fields, confirmation)


@gates.command("update")
@click.argument("name", metavar="GATE")
@click.option("--name", "new_name", metavar="NAME", help="New name.")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="New access scopes, separated by spaces.")
@_rule_option
@confirm_options
@read_option
@pass_context
def update_gate(
    context: CliContext,
    name: str,
    new_name: str | None,
    outcome: str | None,
    scope: str | None,
    rules: tuple[str, ...],
    confirmation: Confirmation,
) -> int:
    """Change the name, outcome, scopes or rules of a gate. --rule replaces all rules."""
    from dyntui.services.access.access_policy import PolicyKind
    from dyntui.services.access.gate_rules import parse_rule
    from dyntui.services.access.policy_fields import checked_fields

    options: dict[str, Any] = {"name": new_name, "outcome": outcome, "scope": scope}
    fields = {key: value for key, value in options.items() if value is not None}
    if rules:
        fields["rules"] = [parse_rule(rule) for rule in rules]
    if not fields:
        raise UsageError("Nothing to change.", hint="Use --name, --outcome, --scope or --rule.")
    fields = checked_fields(fields, kind=PolicyKind.GATE)
    return update_policy(context, "gates.update", name, fields, confirmation)


add_resource_commands(gates, GATES, without=gates.commands.keys() | {"edit"})
