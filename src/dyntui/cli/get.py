"""`dyntui get`: list the objects of any resource, or show one."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.resource_lists import list_options, list_rows, show_resource
from dyntui.cli.tables import joined
from dyntui.core.errors import UsageError

__all__ = ["get"]


@click.command(cls=BaseCommand)
@click.argument("name", required=False, metavar="[RESOURCE]")
@click.argument("row_id", required=False, metavar="[TARGET]")
@list_options(None)
@pass_context
def get(context: CliContext, /, name: str | None, row_id: str | None, **options: Any) -> None:
    """List the objects of any resource, or show one in full. Without RESOURCE, list the resources."""
    if name is None:
        list_resources(context)
        return
    from dyntui.services.actions.resource_actions import find_resource

    record = find_resource(name)
    if row_id is None:
        list_rows(context, record, **options)
        return
    if any(options[option] for option in ("text", "all_rows", "match", "exact", "conditions")):
        raise UsageError(
            "An id cannot be combined with options of lists.",
            hint="Leave out --all and the filters of rows.",
        )
    show_resource(context, record, row_id, parent=options["parent"])


def list_resources(context: CliContext) -> None:
    """Print all resources with their descriptions, parents and actions."""
    from dyntui.resources import RESOURCES, Column

    items = (
        {
            "name": record.name,
            "aliases": list(record.aliases),
            "title": record.title,
            "description": record.description,
            "of": record.parent_resource or None,
            "actions": [action.name for action in record.actions],
            "operations": list(record.operations),
        }
        for record in RESOURCES.values()
    )
    columns = (
        Column("name", "resource"),
        Column("description"),
        Column("of", "parent"),
        Column(title="actions", pick=joined("actions", ", ")),
    )
    context.print_items(items, columns)
