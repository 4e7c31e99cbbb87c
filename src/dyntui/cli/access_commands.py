"""Commands that `dyntui allowlists` and `dyntui gates` share: create and edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import data_option, parse_fields, split_arguments
from dyntui.cli.resource_commands import ACCESS_HELP
from dyntui.cli.shared_options import combine_options, confirm_options
from dyntui.cli.write_helpers import confirm_access_options, perform_and_report, run_write
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.resources.resource import Resource
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["add_policy_commands"]

F = TypeVar("F", bound=Callable[..., Any])


def add_policy_commands(group: click.Group, record: Resource, *, scope_help: str) -> None:
    """Add the commands `create` and `edit` for allowlists or gates to a group."""
    create, edit = record.action("create"), record.action("edit")
    assert create is not None and edit is not None

    @group.command("create", help=f"{create.help} {create.warning}")
    @click.argument("arguments", nargs=-1, metavar="NAME [FIELD=VALUE]...")
    @_field_options(record, scope_help)
    @confirm_options
    @pass_context
    def create_policy(
        context: CliContext, /, arguments: tuple[str, ...], confirmation: Confirmation, **options: Any
    ) -> int:
        from dyntui.services.actions.resource_actions import write_action
        from dyntui.services.actions.write_types import Target

        names, pairs = split_arguments(arguments)
        if len(names) > 1:
            raise UsageError(f"{names[1]!r} is not FIELD=VALUE.", hint="Quote a name with spaces.")
        fields = _read_fields(record, create.operation, pairs, {**options, "name": names[0] if names else None})
        required = ["name", "outcome", *(["rules"] if "rule" in options else [])]
        if missing := [name for name in required if not fields.get(name)]:
            raise UsageError(
                f"Missing required field: {missing[0]}.", hint=f"`dyntui {record.name} create --help` shows how."
            )
        target = Target("", str(fields["name"]), {"fields": fields})
        return run_write(context, write_action(f"{record.name}.create"), [target], confirmation)

    @group.command("edit", help=f"{edit.help}\n\n{ACCESS_HELP}")
    @click.argument("policy", metavar=record.singular.upper())
    @click.argument("pairs", nargs=-1, metavar="[FIELD=VALUE]...")
    @click.option("--name", metavar="NAME", help="New name.")
    @_field_options(record, "New access scopes, separated by spaces.")
    @confirm_access_options
    @pass_context
    def edit_policy(
        context: CliContext, /, policy: str, pairs: tuple[str, ...], confirmation: Confirmation, **options: Any
    ) -> int:
        from dyntui.services.access.actions import access_target
        from dyntui.services.actions.resource_actions import write_action
        from dyntui.services.actions.target_lookup import look_up_one

        fields = _read_fields(record, edit.operation, pairs, options)
        if not fields:
            raise UsageError("Nothing to change.", hint=f"Use {', '.join(f'--{name}' for name in options)}.")
        action = write_action(f"{record.name}.edit")

        async def work(connection: Connection) -> int:
            connection.write_gate.check(action)
            row = await look_up_one(connection.client, record, policy)
            return await perform_and_report(
                context, connection, action, [access_target(row, fields=fields)], confirmation
            )

        return context.run_connected(work)


def _field_options(record: Resource, scope_help: str) -> Callable[[F], F]:
    """Return a decorator that adds --outcome, --scope and, for gates, --rule, and --data."""
    options = [
        click.option(
            "--outcome",
            type=click.Choice(["siteAccess", "scope", "block"]),
            help="siteAccess: only matching users may sign in; scope: they get an access scope; block: they may not "
            "sign in.",
        ),
        click.option("--scope", metavar="SCOPES", help=scope_help),
    ]
    if record.name == "gates":
        options.append(
            click.option(
                "--rule",
                multiple=True,
                metavar="RULE",
                help="TYPE:NETWORK:CONTRACT[:amount=N][:tokenId=T][:chain=EVM], TYPE is token or nft. Repeatable; a "
                "wallet must meet all rules, and they replace those of the gate.",
            )
        )
    return combine_options(*options, data_option)


def _read_fields(record: Resource, operation: str, pairs: Sequence[str], options: dict[str, Any]) -> dict[str, object]:
    """Return the checked fields of an allowlist or gate: --data, pairs, and the options that were given."""
    from dyntui.services.access.actions import ACCESS_RECORDS
    from dyntui.services.access.gate_rules import parse_rule
    from dyntui.services.access.policy_fields import checked_fields

    given = parse_fields(pairs, options.get("data")).body(operation)
    fields = {name: value for name, value in options.items() if value is not None and name not in ("rule", "data")}
    fields = {**given, **fields}
    if rules := options.get("rule"):
        fields["rules"] = [parse_rule(rule) for rule in rules]
    return checked_fields(fields, kind=ACCESS_RECORDS[record.name])
