"""`dyntui gates`: what wallets have to hold to come in, or to get a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.access_commands import add_switches, change, create
from dyntui.cli.allowlists import outcome_option
from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context, run
from dyntui.cli.write_helpers import read_option
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.access.actions import AccessActions
    from dyntui.services.connection import Connection

__all__ = ["gates"]


@click.group("gates", cls=CommandGroup)
def gates() -> None:
    """List, read and change gates: what wallets have to hold."""


async def _all(connection: Connection) -> list[dict[str, Any]]:
    return (await connection.client.page("getEnvironmentGates", "gates")).items


async def _found(connection: Connection, name: str) -> dict[str, Any]:
    from dyntui.services.access.access_policy import find_policy

    return dict(find_policy(await _all(connection), name, "gate"))


rule_option = click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="RULE",
    help="TYPE:NETWORK:CONTRACT[:amount=N][:tokenId=T][:chain=EVM]; TYPE is token or nft. All rules must hold.",
)


@gates.command("list")
@pass_context
def list_gates(context: CliContext) -> None:
    """List the gates and what they ask for."""
    from dyntui.services.access.gates import describe_rule

    async def work() -> Any:
        async with context.connection() as connection:
            return await _all(connection)

    rows = run(work())
    context.emit({"gates": rows})
    context.table(
        ("name", "outcome", "scope", "enabled", "rules", "id"),
        (
            (
                row.get("name"),
                row.get("outcome"),
                row.get("scope"),
                str(row.get("enabledAt") or "off")[:10],
                "; and ".join(describe_rule(rule) for rule in row.get("rules") or () if isinstance(rule, dict)),
                row.get("id"),
            )
            for row in rows
        ),
    )


@gates.command("get")
@click.argument("name", metavar="GATE")
@pass_context
def get_gate(context: CliContext, name: str) -> None:
    """Read one gate with its rules, by its name or id."""
    from dyntui.cli.object_output import show_object

    async def work() -> Any:
        async with context.connection() as connection:
            row = await _found(connection, name)
            return await connection.client.call("getGate", path={"gateId": row["id"]})

    show_object(context, run(work()), "gate")


@gates.command("create")
@click.argument("name", metavar="NAME")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="What who passes gets. Without one, who does not pass is kept out.")
@rule_option
@confirm_options
@pass_context
def create_gate(
    context: CliContext,
    name: str,
    outcome: str | None,
    scope: str | None,
    rules: tuple[str, ...],
    yes: bool,
    confirm_environment: str,
) -> int:
    """Create a gate. It is off until it is enabled."""
    from dyntui.services.access.access_policy import PolicyKind
    from dyntui.services.access.gates import GATE_ACTIONS, RULE_HELP, parse_rule
    from dyntui.services.access.lists import checked_fields

    if outcome is None or not rules:
        raise UsageError("A gate needs an outcome and a rule.", hint=f"--outcome ... --rule {RULE_HELP}")
    given = {"name": name, "outcome": outcome, "scope": scope, "rules": [parse_rule(rule) for rule in rules]}
    fields = checked_fields(given, kind=PolicyKind.GATE)
    return create(context, GATE_ACTIONS.create(), fields, yes, confirm_environment)


@gates.command("update")
@click.argument("name", metavar="GATE")
@click.option("--name", "new_name", metavar="NAME", help="Another name.")
@outcome_option
@click.option("--scope", metavar="SCOPES", help="Other scopes, separated by spaces.")
@rule_option
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
    yes: bool,
    confirm_environment: str,
    read: str,
) -> int:
    """Change a gate. --rule replaces all its rules."""
    from dyntui.services.access.access_policy import PolicyKind
    from dyntui.services.access.gates import GATE_ACTIONS, parse_rule
    from dyntui.services.access.lists import checked_fields

    given: dict[str, Any] = {"name": new_name, "outcome": outcome, "scope": scope}
    fields = {key: value for key, value in given.items() if value is not None}
    if rules:
        fields["rules"] = [parse_rule(rule) for rule in rules]
    if not fields:
        raise UsageError("Nothing to change was given.", hint="--name, --outcome, --scope or --rule.")
    fields = checked_fields(fields, kind=PolicyKind.GATE)
    return change(context, GATE_ACTIONS.update(), _found, name, yes, confirm_environment, read, fields=fields)


def _actions() -> AccessActions:
    from dyntui.services.access.gates import GATE_ACTIONS

    return GATE_ACTIONS


add_switches(
    gates,
    "GATE",
    _found,
    _actions,
    {
        "enable": "Enable a gate. The first one that keeps people out wants its name typed "
        "(--confirm NAME --read CODE).",
        "disable": "Disable a gate.",
        "delete": "Delete a gate.",
    },
)
