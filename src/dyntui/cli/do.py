"""`dyntui do`: any action on any resource, through the one door."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context
from dyntui.cli.get import complete_resource_name, list_resources
from dyntui.cli.resource_commands import run_action
from dyntui.cli.resource_lists import parent_option
from dyntui.cli.write_helpers import read_option

__all__ = ["do"]


def _complete_action(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    from dyntui.resources import resource

    record = resource(str(ctx.params.get("name") or ""))
    return [
        CompletionItem(action.name, help=action.help)
        for action in (record.actions if record else ())
        if action.name.startswith(incomplete)
    ]


@click.command(cls=BaseCommand)
@click.argument("name", required=False, metavar="[RESOURCE]", shell_complete=complete_resource_name)
@click.argument("action_name", required=False, metavar="[ACTION]", shell_complete=_complete_action)
@click.argument("words", nargs=-1, metavar="[ID]... [FIELD=VALUE]...")
@parent_option
@read_option
@confirm_options
@pass_context
def do(
    context: CliContext,
    name: str | None,
    action_name: str | None,
    words: tuple[str, ...],
    parent: str,
    read: str,
    yes: bool,
    confirm_environment: str,
) -> int:
    """Do something with a resource. Without an action: what can be done, and what it takes."""
    if name is None:
        list_resources(context)
        return 0
    from dyntui.services.actions.resource_actions import find_action, find_resource

    record = find_resource(name)
    if action_name is None:
        _list_actions(context, record)
        return 0
    action = find_action(record, action_name)
    return run_action(
        context, record, action, words, parent=parent, yes=yes, confirm_environment=confirm_environment, read=read
    )


def _list_actions(context: CliContext, record: Any) -> None:
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import operation_fields

    known = catalog()
    fields = {
        action.name: operation_fields(known, known.get(action.operation), action.fields) if action.fields else []
        for action in record.actions
    }
    context.emit_json(
        [
            {
                "action": action.name,
                "effect": action.effect.value,
                "on": action.target.value,
                "operation": action.operation,
                "help": action.help,
                "fields": [
                    {
                        "name": field.name,
                        "kind": field.kind.value,
                        "required": field.required,
                        "options": list(field.options),
                    }
                    for field in fields[action.name]
                ],
            }
            for action in record.actions
        ]
    )
    context.print_table(
        ("action", "effect", "what it does", "fields"),
        (
            (
                action.name,
                action.effect.value,
                action.help,
                " ".join(f"{field.name}=" if field.required else f"[{field.name}=]" for field in fields[action.name]),
            )
            for action in record.actions
        ),
    )
    if not record.actions:
        context.print_message(f"Nothing can be done with {record.name}; `dyntui get {record.name}` reads them.")
