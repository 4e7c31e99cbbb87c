"""`dyntui settings`: show the settings of the environment, and set them by dot path."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.field_arguments import data_option, parse_fields
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.write_helpers import perform, report_results
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["settings"]

settings = CommandGroup("settings", help="Show settings of the environment, and set them by path.")


@settings.command("get")
@click.argument("path", required=False, metavar="[SETTING]")
@pass_context
def get_settings(context: CliContext, path: str | None) -> None:
    """Show all settings, or those at SETTING, such as security.jwtDuration."""
    from dyntui.core.masking import mask_field
    from dyntui.services.forms import field_text
    from dyntui.services.settings import is_leaf, read_settings, value_at, without_secrets

    settings = context.run_connected(lambda connection: read_settings(connection.client))
    found = value_at(settings if context.output.reveal else without_secrets(settings), path or "")
    if path and not context.output.reveal:
        found = mask_field(path, found)
    if is_leaf(found):
        context.print_data(found)
        context.print_result(field_text(found))
    else:
        context.print_object(found)


@settings.command("set")
@click.argument("pairs", nargs=-1, metavar="SETTING=VALUE...")
@data_option
@confirm_options
@pass_context
def set_settings(context: CliContext, pairs: tuple[str, ...], data: str | None, confirmation: Confirmation) -> int:
    """Set settings by their paths. Nothing is saved if someone changed one of them meanwhile.

    SETTING=VALUE is text, or the type of that setting; SETTING:=JSON is sent unchanged. All settings are sent at
    once, with the others as they were just read.
    """
    from dyntui.services.settings import (
        change_settings,
        find_changes,
        other_changes,
        read_settings,
        setting_warnings,
        settings_target,
        stored_otherwise,
        without_secrets,
    )

    given = parse_fields(pairs, data)
    if not given:
        raise UsageError("No setting was given.", hint="Give SETTING=VALUE, such as general.displayName=Acme.")

    async def work(connection: Connection) -> int:
        connection.write_gate.check(change_settings([]))
        changes = find_changes(await read_settings(connection.client), given.texts, given.values)
        if not changes:
            context.print_data({"changes": []})
            context.print_message("The settings have these values already, so nothing was sent.")
            return 0
        context.print_message(*(f"  {change.name}: {change.line}" for change in changes))
        context.print_message(*(f"warning: {line}" for line in setting_warnings(changes)))
        action, targets = change_settings(changes), [settings_target(changes)]
        results = await perform(context, connection, action, targets, confirmation)
        item = results.items[0]
        if item.error is None and isinstance(item.reread, dict):
            otherwise = stored_otherwise(changes, item.reread)
            others = other_changes(changes, item.value["before"], item.reread)
            context.print_message(*(f"warning: The server stored another value for {name}." for name in otherwise))
            context.print_message(*(f"warning: The server also changed {line}" for line in others))
            results = replace(results, items=(replace(item, reread=without_secrets(item.reread)),))
        return report_results(context, results)

    return context.run_connected(work)
