"""Commands that are made from resource records: `list`, `get` and one command for each action.

`dyntui do` runs the same actions with `run_action`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import (
    FieldArguments,
    data_option,
    nested_body,
    parse_fields,
    print_event_warnings,
    print_warnings,
    split_arguments,
    warned_before_errors,
)
from dyntui.cli.input_text import STDIN
from dyntui.cli.resource_lists import list_options, list_rows, owner_option, parent_option, show_resource
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.targets import TARGETS_HELP, UNCHANGED, LeftOut, ignore_missing_option, read_targets
from dyntui.cli.write_helpers import make_lookup_line, perform, read_option, report_results
from dyntui.core.errors import UsageError
from dyntui.resources.action import ActionTarget, NoChange
from dyntui.resources.all_resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.resources.action import ResourceAction
    from dyntui.resources.resource import Resource
    from dyntui.services.actions.write_types import Confirmation, Target, WriteAction
    from dyntui.services.connection import Connection

__all__ = [
    "ACCESS_HELP",
    "add_action_command",
    "add_resource_commands",
    "describe_fields",
    "make_resource_group",
    "run_action",
]

ACCESS_HELP = (
    "The impact on sign-in is shown before the confirmation. If it decides who may sign in, type the name "
    "(--confirm NAME); without a terminal, also pass the code printed with the impact (--read CODE)."
)
"""The part of the help of actions that can decide who may sign in."""


def run_action(
    context: CliContext,
    record: Resource,
    action: ResourceAction,
    arguments: Sequence[str],
    confirmation: Confirmation,
    *,
    parent: str = "",
    data: str | None = None,
    ignore_missing: bool = False,
) -> int:
    """Run an action of a record through the write gate, print the results and return the exit code.

    arguments: targets and FIELD=VALUE pairs. data: the value of --data. ignore_missing: whether a target that does not
    exist counts as done. Raises UsageError when the arguments do not fit the action.
    """
    from dyntui.services.actions.resource_actions import (
        created_results,
        is_single,
        make_write_action,
        mask_results,
    )
    from dyntui.services.actions.write_types import WriteResults, one_time_value

    texts, pairs = split_arguments(arguments)
    checked_action = make_write_action(record, action)
    has_targets = action.target is ActionTarget.ROWS and not is_single(record)
    if data == STDIN and has_targets and texts in ([], [STDIN]):
        raise UsageError(
            "Standard input cannot be both the fields and the targets.", hint="Give the targets as arguments."
        )
    fields = parse_fields(pairs, data)
    texts = _read_targets(record, action, texts)
    if not texts and has_targets:
        return report_results(context, WriteResults(checked_action, ()))

    async def work(connection: Connection) -> int:
        connection.write_gate.check(checked_action)
        write, targets, left_out = await _prepare_write(context, connection, record, action, texts, fields, parent)
        left_out = replace(left_out, ignore_missing=ignore_missing)
        results = await perform(context, connection, write, targets, confirmation, left_out)
        one_time = one_time_value(results)
        if one_time is not None and not context.prints_data:
            name, value = one_time
            context.print_message(f"The {name} is shown only now and is not saved:")
            context.print_result(value)
            return 0
        results = results if action.reveals[0] else mask_results(record, results)
        if action.target is ActionTarget.LIST:
            results = created_results(record, results)
        return report_results(context, results, left_out)

    return context.run_connected(work)


def _read_targets(record: Resource, action: ResourceAction, texts: Sequence[str]) -> list[str]:
    """Return the targets, from standard input if there are none. Raises UsageError when they do not fit the action."""
    from dyntui.services.actions.resource_actions import is_single

    if action.target is ActionTarget.LIST:
        if texts:
            raise UsageError(
                f"{action.name} takes FIELD=VALUE, not {texts[0]!r}.", hint=describe_fields(record, action)
            )
        return []
    if is_single(record) and not texts:
        return []
    targets = read_targets(texts, key=record.key)
    if action.single_row and len(targets) > 1:
        raise UsageError(f"{action.name} is for one {record.singular} at a time.")
    return targets


async def _prepare_write(
    context: CliContext,
    connection: Connection,
    record: Resource,
    action: ResourceAction,
    target_texts: Sequence[str],
    given: FieldArguments,
    parent: str,
) -> tuple[WriteAction, list[Target], LeftOut]:
    """Find the targets, check the field values, print the changes of a single target, and make the write action."""
    from dyntui.resources.cell_formats import get_path
    from dyntui.services.actions.owner_lookup import find_owner, look_up_items, with_owner
    from dyntui.services.actions.resource_actions import (
        NothingChanged,
        check_values,
        describe_changes,
        form_fields,
        make_new_target,
        make_write_action,
        starting_values,
    )
    from dyntui.services.actions.target_lookup import TargetLookup, find_parent, look_up_targets
    from dyntui.services.forms import field_text

    client = connection.client
    fields = form_fields(client, action)
    if given and not fields:
        raise UsageError(f"{action.name} has no field {given.names[0]!r}.", hint=describe_fields(record, action))
    changes_rows = action.target is ActionTarget.ROWS
    if changes_rows and action.fields and not given:
        raise UsageError(f"{action.name} needs at least one FIELD=VALUE.", hint=describe_fields(record, action))
    values, written = given.form_values(fields)
    owner = await find_owner(client, record, action, parent)
    if owner is not None:
        parent_id = str(owner["id"])
    else:
        parent_id = await find_parent(client, record, parent, action=action, texts=target_texts)
    if action.items and owner is not None:
        lookup = TargetLookup(look_up_items(action, target_texts, owner))
    else:
        on_progress = make_lookup_line(len(target_texts))
        lookup = await look_up_targets(client, record, action, target_texts, parent=parent_id, on_progress=on_progress)
        if owner is not None:
            lookup = replace(lookup, targets=tuple(with_owner(target, owner) for target in lookup.targets))
        elif record.belongs_to_user(action):
            context.print_message("The user is not named, because only the id was given. Give the user with --of USER.")
    targets, unchanged = _without_unchanged(action, lookup.targets)
    if action.single_row and lookup.unresolved:
        lookup.unresolved[0].only()
    texts = {**{name: field_text(value) for name, value in written.items()}, **values}
    if not changes_rows:
        targets = [make_new_target(record, texts)]
    initial_values: dict[str, str] | None = None
    if changes_rows and fields and len(targets) == 1 and (row := targets[0].data.get("row")):
        initial_values = starting_values(action, fields, row)
        current = get_path(row, action.values_path)
        written = {path: value for path, value in written.items() if get_path(current, path) != value}
        values = {**initial_values, **values}
        texts = {**initial_values, **texts}
        context.print_message(*(f"  {line}" for line in describe_changes(fields, initial_values, texts)))
    try:
        with warned_before_errors(context, action.operation, nested_body(written)):
            filled = check_values(client, action, values, before=initial_values, written=written) if fields else None
    except NothingChanged:
        unchanged += [(target, UNCHANGED) for target in targets]
        targets, filled = [], None
    if filled is not None:
        await _warn_of_unknown(context, connection, record, action, filled.body)
        targets = [replace(target, data={**target.data, "fields": filled.body or {}}) for target in targets]
    return make_write_action(record, action, filled, parent=parent_id), targets, LeftOut(lookup.unresolved, unchanged)


def _without_unchanged(
    action: ResourceAction, targets: Sequence[Target]
) -> tuple[list[Target], list[tuple[Target, str]]]:
    """Split targets into those that the action changes, and those that it would leave as they are, with the reason."""
    changed: list[Target] = []
    unchanged: list[tuple[Target, str]] = []
    for target in targets:
        row = target.data.get("row")
        reason = action.disabled_reason(row) if row and action.disabled_reason is not None else None
        if isinstance(reason, NoChange):
            unchanged.append((target, reason))
        else:
            changed.append(target)
    return changed, unchanged


async def _warn_of_unknown(
    context: CliContext, connection: Connection, record: Resource, action: ResourceAction, body: object
) -> None:
    """Print a warning for each field and value of a body that the API, or the environment, does not know."""
    print_warnings(context, action.operation, body)
    if record.name == "webhooks":
        await print_event_warnings(context, connection, body)


def describe_fields(record: Resource, action: ResourceAction) -> str:
    """Return the fields of an action as a sentence for help and hints."""
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import action_fields

    if not action.fields:
        return f"`dyntui do {record.name} {action.name}` takes only ids."
    fields = action_fields(catalog(), action)
    described = "; ".join(f"{field.label} ({field.hint})" if field.hint else field.label for field in fields)
    return f"Fields{' (* required)' if any(field.required for field in fields) else ''}: {described}."


def make_resource_group(name: str, help_text: str) -> CommandGroup:
    """Return a group with the commands of the record `name`."""
    group = CommandGroup(name, help=help_text)
    add_resource_commands(group, RESOURCES[name])
    return group


def add_resource_commands(group: click.Group, record: Resource, *, without: Collection[str] = ()) -> None:
    """Add `list`, `get` and a command for each action of a record to a group.

    without: names of commands that the group has of its own, because they do more.
    """
    if "list" not in without:

        @group.command("list", help=f"List {record.plural}.")
        @list_options(record)
        @pass_context
        def list_command(context: CliContext, /, **options: Any) -> None:
            list_rows(context, record, **options)

    if "get" not in without:

        @pass_context
        def get_command(context: CliContext, row_id: str, parent: str = "") -> None:
            show_resource(context, record, row_id, parent=parent)

        with_options = parent_option(get_command) if record.parent else get_command
        group.command("get", help=f"Show one {record.singular} in full.")(
            click.argument("row_id", metavar=_metavar(record))(with_options)
        )

    for action in record.actions:
        if action.command:
            continue
        if action.name not in without:
            add_action_command(group, record, action, action.name)


def add_action_command(group: click.Group, record: Resource, action: ResourceAction, name: str) -> None:
    """Add the command `name` that runs an action of a record to a group."""

    has_targets = action.target is ActionTarget.ROWS
    metavars = [f"[{_metavar(record, action)}]..."] if has_targets else []
    if action.fields:
        metavars.append("[FIELD=VALUE]..." if metavars else "FIELD=VALUE...")

    def action_command(
        context: CliContext,
        arguments: tuple[str, ...],
        confirmation: Confirmation,
        parent: str = "",
        data: str | None = None,
        ignore_missing: bool = False,
    ) -> int:
        return run_action(
            context, record, action, arguments, confirmation, parent=parent, data=data, ignore_missing=ignore_missing
        )

    command = confirm_options(pass_context(action_command))
    if has_targets and not action.single_row:
        command = ignore_missing_option(command)
    if record.belongs_to_user(action):
        command = owner_option(command)
    elif record.parent:
        command = parent_option(command)
    if action.fields:
        command = data_option(command)
    if action.decides_access:
        command = read_option(command)
    group.command(name, help=_help_of(record, action))(
        click.argument("arguments", nargs=-1, metavar=" ".join(metavars) or None)(command)
    )


def _describe_target(record: Resource, action: ResourceAction) -> str:
    """Return what identifies a target, as a sentence."""
    name = _metavar(record, action)
    return "ID is an id." if name == "ID" else f"{name} is an {record.identifiers}."


def _metavar(record: Resource, action: ResourceAction | None = None) -> str:
    """Return the name of a target in usage lines: `USER`, or `ID` where only an id identifies an object."""
    has_identifiers = bool(record.identified_by) and not (action is not None and action.items)
    return record.metavar if has_identifiers else "ID"


def _help_of(record: Resource, action: ResourceAction) -> str:
    parts = [action.help, *([action.warning] if action.warning else [])]
    if action.fields:
        parts.append(describe_fields(record, action))
    if action.decides_access:
        parts.append(ACCESS_HELP)
    if action.target is ActionTarget.ROWS and not action.single_row:
        parts.append(f"{_describe_target(record, action)} {TARGETS_HELP}")
    return "\n\n".join(parts)
