"""`dyntui audit`: print the audit log of this machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.list_filters import local_filter_options
from dyntui.cli.tables import joined
from dyntui.cli.watch import watch_option

if TYPE_CHECKING:
    from dyntui.services.actions.audit import AuditLine
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["audit"]


@click.command(cls=BaseCommand)
@click.argument("words", nargs=-1)
@click.option("--this-environment", is_flag=True, help="Only changes of the environment in use (or --profile).")
@click.option("--last", type=click.IntRange(1), metavar="N", help="Only the last N changes; reads the end of the log.")
@watch_option
@local_filter_options(has_time=True)
@pass_context
def audit(
    context: CliContext,
    words: tuple[str, ...],
    this_environment: bool,
    last: int | None,
    conditions: RowConditions,
) -> None:
    """Show writes made from this machine, oldest first.

    The audit log names the profile, action and targets of each write. Dynamic's own events do not say who used an API
    token. WORDS are texts that a line has to contain, such as `users.delete`, `failed`, an id or an email; all of them
    have to match. --last N leaves out the start of each change that has an outcome.
    """
    from dyntui.config.paths import paths
    from dyntui.resources.cell_formats import time
    from dyntui.resources.resource import Column
    from dyntui.services.actions.audit import Audit, AuditLine
    from dyntui.services.actions.audit_log import AuditFilter, describe_damage, read_last
    from dyntui.services.field_names import FieldNames

    FieldNames({each.name for each in fields(AuditLine)}, {"before", "after"}).check(conditions.fields(), ())
    profile = context.profile() if this_environment else None
    filter_ = AuditFilter(
        tuple(word.lower() for word in words),
        environment=(profile.base_url, profile.environment_id) if profile is not None else None,
        conditions=conditions or None,
    )
    log, damaged = Audit(paths().audit_file), list[int]()
    lines: Iterable[AuditLine]
    if last is None:
        lines = filter(filter_.matches, log.lines(on_damage=damaged.append))
    else:
        lines = read_last(log, filter_, last, damaged.append)
    columns = (
        Column("job", "id"),
        Column("time", format=time),
        Column("action"),
        Column("outcome"),
        Column("named_targets", "targets", pick=joined("named_targets", ", ")),
        Column("profile"),
        Column("detail"),
        Column("change"),
    )
    items = ({**asdict(line), "named_targets": line.named_targets, "change": line.change_text} for line in lines)
    is_filtered = bool(words or conditions or profile is not None)
    empty = "No changes match." if is_filtered else "No changes were made from this machine."
    context.print_items(items, columns, empty=empty)
    if message := describe_damage(damaged):
        context.print_message(message)
