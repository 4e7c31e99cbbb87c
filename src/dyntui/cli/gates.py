"""`dyntui gates`: what wallets have to hold to come in, or to get a scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.acting import act, read_option, report
from dyntui.cli.allowlists import outcome_option
from dyntui.cli.common import Context, Group, confirm_options, pass_context, run
from dyntui.core.errors import Usage

if TYPE_CHECKING:
    from dyntui.services.connect import Connection
    from dyntui.services.writes import WriteAction

__all__ = ["gates"]


@click.group("gates", cls=Group)
def gates() -> None:
    """List, read and change gates: what wallets have to hold."""


async def _all(connection: Connection) -> list[dict[str, Any]]:
    return (await connection.client.page("getEnvironmentGates", "gates")).items


async def _found(connection: Connection, name: str) -> dict[str, Any]:
    from dyntui.services.access.state import find

    return dict(find(await _all(connection), name, "gate"))


rule_option = click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="RULE",
    help="TYPE:NETWORK:CONTRACT[:amount=N][:tokenId=T][:chain=EVM]; TYPE is token or nft. All rules must hold.",
)


@gates.command("list")
@pass_context
def list_gates(context: Context) -> None:
    """List the gates and what they ask for."""
    from dyntui.services.access.gates import rule_words

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
                "; and ".join(rule_words(rule) for rule in row.get("rules") or () if isinstance(rule, dict)),
                row.get("id"),
            )
            for row in rows
        ),
    )


@gates.command("get")
@click.argument("name", metavar="GATE")
@pass_context
def get_gate(context: Context, name: str) -> None:
    """Read one gate with its rules, by its name or id."""
    from dyntui.cli.users import show_object

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
    context: Context,
    name: str,
    outcome: str | None,
    scope: str | None,
    rules: tuple[str, ...],
    yes: bool,
    confirm_environment: str,
) -> int:
    """Create a gate. It is off until it is enabled."""
    from dyntui.services.access.gates import CREATE_GATE, RULE_HELP, parse_rule
    from dyntui.services.access.lists import checked_fields
    from dyntui.services.access.state import Kind
    from dyntui.services.writes import Target

    if outcome is None or not rules:
        raise Usage("A gate needs an outcome and a rule.", hint=f"--outcome ... --rule {RULE_HELP}")
    given = {"name": name, "outcome": outcome, "scope": scope, "rules": [parse_rule(rule) for rule in rules]}
    fields = checked_fields(given, kind=Kind.GATE)

    async def work() -> int:
        async with context.connection() as connection:
            target = Target("", name, {"fields": fields})
            done = await act(
                context, connection, CREATE_GATE, [target], yes=yes, confirm_environment=confirm_environment
            )
            return report(context, done)

    return run(work())


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
    context: Context,
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
    from dyntui.services.access.gates import UPDATE_GATE, parse_rule
    from dyntui.services.access.lists import checked_fields
    from dyntui.services.access.state import Kind

    given: dict[str, Any] = {"name": new_name, "outcome": outcome, "scope": scope}
    fields = {key: value for key, value in given.items() if value is not None}
    if rules:
        fields["rules"] = [parse_rule(rule) for rule in rules]
    if not fields:
        raise Usage("Nothing to change was given.", hint="--name, --outcome, --scope or --rule.")
    fields = checked_fields(fields, kind=Kind.GATE)
    return _change(context, UPDATE_GATE, name, yes, confirm_environment, read, fields=fields)


@gates.command("enable")
@click.argument("name", metavar="GATE")
@confirm_options
@read_option
@pass_context
def enable_gate(context: Context, name: str, yes: bool, confirm_environment: str, read: str) -> int:
    """Enable a gate. The first one that keeps people out wants its name typed (--confirm NAME --read CODE)."""
    from dyntui.services.access.gates import switch_gate

    return _change(context, switch_gate(True), name, yes, confirm_environment, read)


@gates.command("disable")
@click.argument("name", metavar="GATE")
@confirm_options
@read_option
@pass_context
def disable_gate(context: Context, name: str, yes: bool, confirm_environment: str, read: str) -> int:
    """Disable a gate."""
    from dyntui.services.access.gates import switch_gate

    return _change(context, switch_gate(False), name, yes, confirm_environment, read)


@gates.command("delete")
@click.argument("name", metavar="GATE")
@confirm_options
@read_option
@pass_context
def delete_gate(context: Context, name: str, yes: bool, confirm_environment: str, read: str) -> int:
    """Delete a gate."""
    from dyntui.services.access.gates import DELETE_GATE

    return _change(context, DELETE_GATE, name, yes, confirm_environment, read)


def _change(
    context: Context, action: WriteAction, name: str, yes: bool, confirm_environment: str, read: str, **data: Any
) -> int:
    from dyntui.services.access.gates import gate_target

    async def work() -> int:
        async with context.connection() as connection:
            connection.writes.check(action)
            target = gate_target(await _found(connection, name), **data)
            done = await act(
                context, connection, action, [target], yes=yes, confirm_environment=confirm_environment, read=read
            )
            return report(context, done)

    return run(work())
