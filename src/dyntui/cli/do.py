"""`dyntui do`: run any action of any resource through the write gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import data_option
from dyntui.cli.get import list_resources
from dyntui.cli.resource_commands import describe_fields, run_action
from dyntui.cli.resource_lists import parent_option
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.targets import ignore_missing_option
from dyntui.cli.write_helpers import read_option
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_objects

if TYPE_CHECKING:
    from dyntui.core.json_types import Row
    from dyntui.resources.resource import Resource
    from dyntui.services.actions.write_types import Confirmation

__all__ = ["do"]


@click.command(cls=BaseCommand)
@click.argument("name", required=False, metavar="[RESOURCE]")
@click.argument("action_name", required=False, metavar="[ACTION]")
@click.argument("words", nargs=-1, metavar="[TARGET]... [FIELD=VALUE]...")
@data_option
@parent_option
@read_option
@ignore_missing_option
@confirm_options
@pass_context
def do(
    context: CliContext,
    name: str | None,
    action_name: str | None,
    words: tuple[str, ...],
    parent: str,
    data: str | None,
    ignore_missing: bool,
    confirmation: Confirmation,
) -> int:
    """Run an action on a resource.

    Without RESOURCE, lists the resources; without ACTION, lists the actions of the resource and their fields. A TARGET
    is an id, or another value that identifies the object: an email, a name, a URL. @FILE reads them from a file and -
    from standard input, one a line.
    """
    if name is None or action_name is None:
        _check_nothing_ignored(name, data=data, parent=parent, ignore_missing=ignore_missing)
    if name is None:
        list_resources(context)
        return 0
    from dyntui.services.actions.resource_actions import find_action, find_resource

    record = find_resource(name)
    if action_name is None:
        _print_actions(context, record)
        return 0
    action = find_action(record, action_name)
    return run_action(
        context, record, action, words, confirmation, parent=parent, data=data, ignore_missing=ignore_missing
    )


def _check_nothing_ignored(name: str | None, *, data: str | None, parent: str, ignore_missing: bool) -> None:
    """Raise UsageError for an option that only an action uses.

    name: the resource that was given, without an action.
    """
    given = [("--data", data is not None), ("--of", bool(parent)), ("--ignore-missing", ignore_missing)]
    for option, is_given in given:
        if is_given:
            missing = "RESOURCE and ACTION are" if name is None else "ACTION is"
            listing = "dyntui do" if name is None else f"dyntui do {name}"
            raise UsageError(
                f"{missing} missing, so there is nothing that uses {option}.",
                hint=f"`{listing}` lists the {'resources' if name is None else 'actions'}.",
            )


def _print_actions(context: CliContext, record: Resource) -> None:
    from dyntui.api.catalog import catalog
    from dyntui.resources.resource import Column
    from dyntui.services.forms import action_fields

    operations = catalog()
    fields = {action.name: action_fields(operations, action) if action.fields else [] for action in record.actions}
    items = (
        {
            "action": action.name,
            "effect": action.effect.value,
            "on": action.target.value,
            "operation": action.operation,
            "help": action.help,
            "undo": action.undo and (action.undo.describe() if action.undo.is_possible else action.undo.sentence),
            "fields": [
                {
                    "name": field.name,
                    "kind": field.kind.value,
                    "required": field.required,
                    "options": list(field.options),
                    "hint": field.hint,
                }
                for field in fields[action.name]
            ],
        }
        for action in record.actions
    )
    columns = (
        Column("action"),
        Column("effect"),
        Column("help", "description"),
        Column(title="fields", pick=_field_words),
    )
    context.print_items(items, columns)
    if not context.prints_data:
        context.print_message(*_field_lines(record))
    if not record.actions:
        context.print_message(f"The resource {record.name} has no actions. `dyntui get {record.name}` lists them.")


def _field_lines(record: Resource) -> list[str]:
    """Return a line with what the fields accept, for each group of actions with the same fields."""
    names: dict[str, list[str]] = {}
    for action in record.actions:
        if action.fields:
            names.setdefault(describe_fields(record, action), []).append(action.name)
    return [f"{', '.join(actions)}: {fields}" for fields, actions in names.items()]


def _field_words(item: Row) -> str:
    fields = as_objects(item["fields"])
    return " ".join(f"{field['name']}=" if field["required"] else f"[{field['name']}=]" for field in fields)
