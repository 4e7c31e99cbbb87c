"""`dyntui get`: any list of the API, or one thing of it."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context
from dyntui.cli.resource_lists import list_options, list_rows, show_resource
from dyntui.core.errors import UsageError

__all__ = ["get"]


def complete_resource_name(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """The names of the records, for the shell."""
    from click.shell_completion import CompletionItem

    from dyntui.resources import RESOURCES

    return [
        CompletionItem(record.name, help=record.title)
        for record in RESOURCES.values()
        if record.name.startswith(incomplete)
    ]


@click.command(cls=BaseCommand)
@click.argument("name", required=False, metavar="[RESOURCE]", shell_complete=complete_resource_name)
@click.argument("row_id", required=False, metavar="[ID]")
@list_options
@pass_context
def get(context: CliContext, /, name: str | None, row_id: str | None, **options: Any) -> None:
    """List any resource, or show one of it in full. Without a name: what there is."""
    if name is None:
        list_resources(context)
        return
    from dyntui.services.actions.resource_actions import find_resource

    record = find_resource(name)
    if row_id is None:
        list_rows(context, record, **options)
        return
    if any(options[name] for name in ("text", "everything", "match", "exact")):
        raise UsageError("An id stands alone.", hint="Leave out --filter, --match, --exact and --all.")
    show_resource(context, record, row_id, parent=options["parent"])


def list_resources(context: CliContext) -> None:
    """What `get` and `do` know."""
    from dyntui.resources import RESOURCES

    context.emit_json(
        [
            {
                "name": record.name,
                "aliases": list(record.aliases),
                "title": record.title,
                "of": record.parent_resource or None,
                "actions": [action.name for action in record.actions],
                "operations": list(record.operations),
            }
            for record in RESOURCES.values()
        ]
    )
    context.print_table(
        ("resource", "what", "of", "actions"),
        (
            (record.name, record.title, record.parent_resource, ", ".join(action.name for action in record.actions))
            for record in RESOURCES.values()
        ),
    )
