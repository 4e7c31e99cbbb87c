"""Commands that are made from resource records: `list`, `get` and one command for each action.

`dyntui do` runs the same actions with `run_action`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, confirm_options, pass_context, run
from dyntui.cli.resource_lists import list_options, list_rows, parent_option, show_resource
from dyntui.cli.write_helpers import perform, read_ids, report_results
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.resources import Resource, ResourceAction
    from dyntui.services.actions.write_types import Target, WriteAction
    from dyntui.services.connection import Connection

__all__ = ["add_resource_commands", "run_action", "split_arguments"]


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Split the arguments of an action into ids and FIELD=VALUE pairs."""
    ids, values = [], {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if equals and name:
            values[name] = value
        else:
            ids.append(argument)
    return ids, values


def run_action(
    context: CliContext,
    record: Resource,
    action: ResourceAction,
    arguments: Sequence[str],
    *,
    parent: str,
    yes: bool,
    confirm_environment: str,
    read: str = "",
) -> int:
    """Run an action of a record through the write gate, print the results and return the exit code.

    arguments: ids and FIELD=VALUE pairs. Raises UsageError when they do not fit the action.
    """
    from dyntui.resources import ActionTarget
    from dyntui.services.actions.resource_actions import (
        created_results,
        make_write_action,
        mask_results,
        one_time_value,
        with_warnings,
    )

    ids, values = split_arguments(arguments)
    ids = _check_ids(record, action, ids)

    async def work() -> int:
        async with context.connection() as connection:
            connection.write_gate.check(make_write_action(connection.client, record, action))
            write, targets = await _prepare_write(context, connection, record, action, ids, values, parent)
            write = await with_warnings(connection, record, write, targets)
            if write.warning and yes:
                context.print_message(write.warning)
            results = await perform(
                context, connection, write, targets, yes=yes, confirm_environment=confirm_environment, read=read
            )
            one_time = one_time_value(action, results.items[0].value)
            if one_time is not None and not context.json:
                name, value = one_time
                context.print_message(f"The {name} is shown only now and is not saved:")
                context.print_result(value)
                return 0
            results = results if action.reveals[0] else mask_results(record, results)
            if action.target is ActionTarget.LIST:
                results = created_results(record, results)
            return report_results(context, results)

    return run(work())


def _check_ids(record: Resource, action: ResourceAction, ids: Sequence[str]) -> list[str]:
    """Return the ids of the targets, from standard input if there are none. Raises UsageError when they do not fit."""
    from dyntui.resources import ActionTarget
    from dyntui.services.actions.resource_actions import is_single

    if action.target is ActionTarget.LIST:
        if ids:
            raise UsageError(f"{action.name} takes FIELD=VALUE, not {ids[0]!r}.", hint=_describe_fields(record, action))
        return []
    if is_single(record) and not ids:
        return []
    ids = read_ids(ids, key=record.key)
    if action.single_row and len(ids) > 1:
        raise UsageError(f"{action.name} is for one {record.singular} at a time.")
    return list(ids)


async def _prepare_write(
    context: CliContext,
    connection: Connection,
    record: Resource,
    action: ResourceAction,
    ids: Sequence[str],
    values: Mapping[str, str],
    parent: str,
) -> tuple[WriteAction, list[Target]]:
    """Read the targets, check the field values, print the changes of a single target, and make the write action."""
    from dyntui.resources import ActionTarget
    from dyntui.services.actions.resource_actions import (
        check_values,
        describe_changes,
        form_fields,
        make_target,
        make_write_action,
        read_targets,
        resolve_parent,
        starting_values,
    )

    client = connection.client
    fields = form_fields(client, action)
    if unknown := [name for name in values if name not in {field.name for field in fields}]:
        raise UsageError(f"{action.name} has no field {', '.join(unknown)}.", hint=_describe_fields(record, action))
    changes_rows = action.target is ActionTarget.ROWS
    if changes_rows and action.fields and not values:
        raise UsageError(f"{action.name} needs at least one FIELD=VALUE.", hint=_describe_fields(record, action))
    parent_id = await resolve_parent(client, record, parent)
    targets = await read_targets(client, record, action, ids, parent=parent_id)
    if not changes_rows:
        targets = [make_target(record, None, label=next(iter(values.values()), ""))]
    initial_values: dict[str, str] | None = None
    if changes_rows and fields and len(targets) == 1 and (row := targets[0].data.get("row")):
        initial_values = starting_values(action, fields, row)
        values = {**initial_values, **values}
        context.print_message(*(f"  {line}" for line in describe_changes(fields, initial_values, values)))
    filled = check_values(client, action, values, before=initial_values) if fields else None
    if filled is not None:
        targets = [replace(target, data={**target.data, "fields": filled.body or {}}) for target in targets]
    return make_write_action(client, record, action, filled, parent=parent_id), targets


def _describe_fields(record: Resource, action: ResourceAction) -> str:
    """Return the fields of an action as a sentence for help and hints."""
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import operation_fields

    if not action.fields:
        return f"`dyntui do {record.name} {action.name}` takes only ids."
    fields = operation_fields(catalog(), catalog().get(action.operation), action.fields)
    described = "; ".join(f"{field.label} ({field.hint})" if field.hint else field.label for field in fields)
    return f"Fields{' (* required)' if any(field.required for field in fields) else ''}: {described}."


def add_resource_commands(group: click.Group, record: Resource) -> None:
    """Add `list`, `get` and a command for each action of a record to a group."""
    from dyntui.resources import ActionTarget

    @group.command("list", help=f"List {record.plural}.")
    @list_options
    @pass_context
    def list_command(context: CliContext, /, **options: Any) -> None:
        list_rows(context, record, **options)

    @group.command("get", help=f"Show one {record.singular} in full.")
    @click.argument("row_id", metavar="ID")
    @parent_option
    @pass_context
    def get_command(context: CliContext, row_id: str, parent: str) -> None:
        show_resource(context, record, row_id, parent=parent)

    for action in record.actions:
        metavars = [] if action.target is ActionTarget.LIST else ["[ID]..."]
        if action.fields:
            metavars.append("[FIELD=VALUE]..." if metavars else "FIELD=VALUE...")

        def action_command(
            context: CliContext,
            arguments: tuple[str, ...],
            parent: str,
            yes: bool,
            confirm_environment: str,
            action: ResourceAction = action,
        ) -> int:
            return run_action(
                context, record, action, arguments, parent=parent, yes=yes, confirm_environment=confirm_environment
            )

        with_options = parent_option(confirm_options(pass_context(action_command)))
        help_text = f"{action.help}\n\n{_describe_fields(record, action)}" if action.fields else action.help
        group.command(action.name, help=help_text)(
            click.argument("arguments", nargs=-1, metavar=" ".join(metavars) or None)(with_options)
        )
