"""`dyntui get`: list the objects of any resource, or show one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.resource_lists import list_options, list_rows, show_resource
from dyntui.cli.tables import joined
from dyntui.core.errors import UsageError

__all__ = ["get"]


class _GetCommand(BaseCommand):
    """`dyntui get`, which offers the options of lists only for a resource that can honor them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        honored = self._honored_options(ctx, args)
        for parameter in self.params:
            if isinstance(parameter, click.Option) and parameter.name in _LIST_OPTIONS:
                parameter.hidden = parameter.name not in honored
        return super().parse_args(ctx, args)

    def _honored_options(self, ctx: click.Context, args: list[str]) -> Collection[str]:
        """Return the names of the list options that the help and the completion show."""
        from dyntui.services.actions.resource_actions import find_resource

        try:
            values, _, _ = self.make_parser(ctx).parse_args(args=list(args))
            record = find_resource(str(values.get("name") or ""))
        except (click.UsageError, UsageError):  # it is reported where the command parses or runs
            return _LIST_OPTIONS
        return option_names(list_options(record))


@click.command(cls=_GetCommand)
@click.argument("name", required=False, metavar="[RESOURCE]")
@click.argument("row_id", required=False, metavar="[TARGET]")
@list_options(None)
@pass_context
def get(context: CliContext, /, name: str | None, row_id: str | None, **options: Any) -> None:
    """List the objects of any resource, or show one in full. Without RESOURCE, list the resources.

    `dyntui get RESOURCE --help` shows the options of its list.
    """
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


def option_names(add_options: Callable[[Callable[..., None]], Callable[..., None]]) -> frozenset[str]:
    """Return the names of the options that a decorator adds to a command."""

    def command() -> None:
        """Have options."""

    parameters: list[click.Parameter] = getattr(add_options(command), "__click_params__", [])
    return frozenset(parameter.name for parameter in parameters if parameter.name)


_LIST_OPTIONS = option_names(list_options(None))


def list_resources(context: CliContext) -> None:
    """Print all resources with their descriptions, parents and actions."""
    from dyntui.resources.all_resources import RESOURCES
    from dyntui.resources.resource import Column

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
