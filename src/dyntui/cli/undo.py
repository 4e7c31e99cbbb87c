"""`dyntui undo`: undo a write that was made from this machine."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.tables import joined
from dyntui.cli.write_helpers import confirm_access_options, perform, report_results
from dyntui.core.errors import EXIT_SOME_FAILED, DyntuiError, UsageError

if TYPE_CHECKING:
    from dyntui.services.actions.undo import ChangeUndoPlan
    from dyntui.services.actions.write_types import Confirmation, WriteResults
    from dyntui.services.connection import Connection

__all__ = ["undo"]

_LISTED = 20
_LAST = "last"


@click.command(cls=BaseCommand)
@click.argument("change", required=False, metavar="[CHANGE]")
@click.option("--list", "listed", is_flag=True, help="List the last changes, and how each is undone.")
@click.option("--even-if-changed", is_flag=True, help="Also overwrite what was changed since.")
@confirm_access_options
@pass_context
def undo(
    context: CliContext, change: str | None, listed: bool, even_if_changed: bool, confirmation: Confirmation
) -> int:
    """Undo a write that was made from this machine.

    CHANGE is the id of the change, as the command that made it and --list print it. Without CHANGE, or with last, the
    last change of the environment is undone. An undo is a change too: undo it to do the change again.

    What the undo does now is printed before it is confirmed; --dry-run prints only that. If the object was changed
    since, the undo is refused, unless you add --even-if-changed. A write that cannot be undone says so before it is
    done. An import is undone with `dyntui jobs undo`.
    """

    if change is not None and not change.strip():
        raise UsageError(
            "The id of the change is empty. Nothing was sent.", hint="Without an id, the last change is undone."
        )
    if change == _LAST:
        change = None
    if listed:
        _print_changes(context)
        return 0

    async def work(connection: Connection) -> int:
        from dyntui.services.actions.undo import UNDO, plan_undo
        from dyntui.services.actions.write_types import Target

        connection.write_gate.check(UNDO, [Target(change or "")])
        plan = await plan_undo(connection, change or "", even_if_changed=even_if_changed)
        context.print_message(*plan.lines)
        results = await perform(context, connection, plan.write, plan.targets, confirmation)
        results, error = await _finish(context, connection, plan, results, confirmation)
        code = report_results(context, results)
        if error is not None:
            context.print_message(str(error))
        return code or (EXIT_SOME_FAILED if error is not None else 0)

    return context.run_connected(work)


def _print_changes(context: CliContext) -> None:
    """Print the last changes of the environment, the newest first."""
    from dyntui.config.paths import paths
    from dyntui.resources.cell_formats import time
    from dyntui.resources.resource import Column
    from dyntui.services.actions.audit import Audit
    from dyntui.services.actions.undo import last_changes

    profile = context.profile()
    changes = last_changes(Audit(paths().audit_file), (profile.base_url, profile.environment_id), _LISTED)
    columns = (
        Column("id"),
        Column("time", format=time),
        Column("action"),
        Column("targets", pick=joined("targets", ", ")),
        Column(title="undo", pick=lambda row: row["undo"] or row["reason"], grow=True),
    )
    context.print_items(map(asdict, changes), columns)


async def _finish(
    context: CliContext, connection: Connection, plan: ChangeUndoPlan, results: WriteResults, confirmation: Confirmation
) -> tuple[WriteResults, DyntuiError | None]:
    """Do what follows the first step of an undo. Return its results, and why a later step was not done."""
    step: ChangeUndoPlan | None = plan
    last = results
    try:
        while step is not None and step.then is not None:
            if (step := await step.then(last)) is None:
                break
            context.print_message(*step.lines)
            last = await perform(context, connection, step.write, step.targets, confirmation)
    except DyntuiError as error:
        return results, error
    return results, last.first_error if last is not results else None
