"""Commands that are made from resource records: `list`, `get` and one for each action. `dyntui do` runs the same
actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, confirm_options, pass_context, run
from dyntui.cli.resource_lists import list_options, list_rows, parent_option, show_resource
from dyntui.cli.write_helpers import perform, read_ids, report_results
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.resources import Resource, ResourceAction

__all__ = ["add_resource_commands", "run_action", "split_arguments"]


def split_arguments(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Ids, and FIELD=VALUE pairs."""
    ids, values = [], {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name:
            values[name] = value
        else:
            ids.append(word)
    return ids, values


def run_action(
    context: CliContext,
    record: Resource,
    action: ResourceAction,
    words: Sequence[str],
    *,
    parent: str,
    yes: bool,
    confirm_environment: str,
    read: str = "",
) -> int:
    """Do an action of a record through the one door; returns the exit code."""
    from dyntui.resources import ActionTarget
    from dyntui.services.actions.resource_actions import (
        check_values,
        created_results,
        describe_changes,
        form_fields,
        is_single,
        make_target,
        make_write_action,
        mask_results,
        one_time_value,
        read_targets,
        resolve_parent,
        starting_values,
        with_warnings,
    )

    given, pairs = split_arguments(words)
    ids = (
        []
        if action.target is ActionTarget.LIST or (is_single(record) and not given)
        else read_ids(given, key=record.key)
    )
    if action.target is ActionTarget.LIST and given:
        raise UsageError(
            f"{action.name} takes FIELD=VALUE, not {given[0]!r}.", hint=_describe_arguments(record, action)
        )
    if action.single_row and len(ids) > 1:
        raise UsageError(f"{action.name} is for one {record.singular} at a time.")

    async def work() -> int:
        async with context.connection() as connection:
            client = connection.client
            connection.write_gate.check(make_write_action(client, record, action))
            values, asked = pairs, form_fields(client, action)
            if unknown := [name for name in values if name not in {field.name for field in asked}]:
                raise UsageError(
                    f"{action.name} takes no {', '.join(unknown)}.", hint=_describe_arguments(record, action)
                )
            if action.target is ActionTarget.ROWS and action.fields and not values:
                raise UsageError(f"{action.name} needs something to change.", hint=_describe_arguments(record, action))
            known = await resolve_parent(client, record, parent)
            targets = await read_targets(client, record, action, ids, parent=known)
            if action.target is ActionTarget.LIST:
                targets = [make_target(record, None, label=next(iter(values.values()), ""))]
            held: dict[str, str] | None = None
            if (
                action.target is ActionTarget.ROWS
                and asked
                and len(targets) == 1
                and (row := targets[0].data.get("row"))
            ):
                held = starting_values(action, asked, row)
                values = {**held, **values}
                for line in describe_changes(asked, held, values):
                    context.print_message(f"  {line}")
            filled = check_values(client, action, values, before=held) if asked else None
            write = make_write_action(client, record, action, filled, parent=known)
            if filled is not None:
                targets = [replace(target, data={**target.data, "fields": filled.body or {}}) for target in targets]
            write = await with_warnings(connection, record, write, targets)
            if write.warning and yes:
                context.print_message(write.warning)
            results = await perform(
                context, connection, write, targets, yes=yes, confirm_environment=confirm_environment, read=read
            )
            once = one_time_value(action, results.items[0].value)
            if once is not None and not context.json:
                context.print_message(f"The {once[0]}, shown once and kept nowhere:")
                context.print_result(once[1])
                return 0
            results = results if action.reveals[0] else mask_results(record, results)
            return report_results(
                context, created_results(record, results) if action.target is ActionTarget.LIST else results
            )

    return run(work())


def _describe_arguments(record: Resource, action: ResourceAction) -> str:
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import operation_fields

    if not action.fields:
        return f"dyntui do {record.name} {action.name} takes ids alone."
    asked = operation_fields(catalog(), catalog().get(action.operation), action.fields)
    return "It takes " + ", ".join(f"{field.label}{f' ({field.hint})' if field.hint else ''}" for field in asked) + "."


def add_resource_commands(group: click.Group, record: Resource) -> None:
    """`list`, `get` and a command for each action of a record."""
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
        words = "FIELD=VALUE..." if action.target is ActionTarget.LIST else "[ID]... [FIELD=VALUE]..."
        words = words if action.fields else "" if action.target is ActionTarget.LIST else "[ID]..."
        about = f"{action.help} {_describe_arguments(record, action)}" if action.fields else action.help

        def act_command(
            context: CliContext,
            words: tuple[str, ...],
            parent: str,
            yes: bool,
            confirm_environment: str,
            action: ResourceAction = action,
        ) -> int:
            return run_action(
                context, record, action, words, parent=parent, yes=yes, confirm_environment=confirm_environment
            )

        made = click.argument("words", nargs=-1, metavar=words or None)(
            parent_option(confirm_options(pass_context(act_command)))
        )
        group.command(action.name, help=about)(made)
