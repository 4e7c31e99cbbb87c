"""`dyntui config apply`: change an environment as a saved plan, files or a snapshot say."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.config_plan import PlanSource, make_saved_plan, print_plan, source_options
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.write_helpers import ask_confirmation, confirm_access_options
from dyntui.core.errors import EXIT_ACCEPTED, EXIT_DONE, EXIT_SOME_FAILED, UsageError
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.configuration.apply import ApplyResult
    from dyntui.services.configuration.apply_writes import WriteStep
    from dyntui.services.configuration.plan_file import SavedPlan
    from dyntui.services.configuration.plan_impact import PlanImpact
    from dyntui.services.connection import Connection

__all__ = ["apply"]


@click.command("apply", cls=BaseCommand)
@click.argument("target", metavar="[PLAN|DIR]", required=False, type=click.Path(path_type=Path))
@source_options
@click.option(
    "--settle",
    type=click.FloatRange(0, 3600),
    metavar="SECONDS",
    help="Wait so long after a write that was stopped before its response.  [default: the setting settle_seconds]",
)
@confirm_access_options
@pass_context
def apply(
    context: CliContext, target: Path | None, source: PlanSource, settle: float | None, confirmation: Confirmation
) -> int:
    """Change an environment as a saved PLAN, the files in DIR or a snapshot say.

    A saved plan is refused if the environment was changed since. The plan and its effects on sign-in are printed before
    they are confirmed; in a live environment type its name, or use --confirm-environment. Secrets are taken from
    environment variables with the names in the files. A snapshot is saved first.

    An apply that was stopped is repeated with the same command: what is done is not done again.

    \b
    Exit status: 0 if the environment is as planned, 1 if something was not done or could not be compared.
    """
    from dyntui.services.configuration.plan_file import is_plan_file, read_plan

    saved: SavedPlan | None = None
    if target is not None and not target.is_dir():
        if not is_plan_file(target):
            raise UsageError(
                f"{target} is no plan and no folder." if target.exists() else f"There is no {target}.",
                hint="Write a plan with: dyntui config plan DIR --save PLAN",
            )
        if source != PlanSource():
            raise UsageError("A saved plan says already what is done.", hint="Give these options to `config plan`.")
        saved = read_plan(target)
    if saved is None:
        source = replace(source, folder=target)
        source.check()

    async def work(connection: Connection) -> int:
        from dyntui.services.actions.write_types import Target
        from dyntui.services.configuration.apply import APPLY, PreparedPlan, apply_plan, check_values, prepare_plan
        from dyntui.services.configuration.plan_impact import assess_plan

        connection.write_gate.check(APPLY, [Target(connection.profile.environment_id)])
        if saved is not None:
            made, prepared = saved, await prepare_plan(connection, saved.plan, saved.rules)
        else:
            made = await make_saved_plan(context, connection, source)
            prepared = PreparedPlan(made.plan, await assess_plan(connection, made.plan))
        print_plan(context, prepared.plan)
        if prepared.plan.is_empty:
            return _print_nothing(context, made)
        check_values(prepared.plan, os.environ)
        needed = prepared.impact.requirement
        context.print_message(*prepared.impact.lockout)
        if context.dry_run:
            return _print_dry_run(context, made, prepared.impact)
        confirmed = ask_confirmation(context, needed, confirmation)
        context.activity = lambda: next((write.label for write in connection.write_gate.running), "Reading")
        settle_s = settle if settle is not None else float(_default_settle())
        try:
            result = await apply_plan(
                connection, made.plan, made.rules, confirmed, values=os.environ, settle_s=settle_s,
                on_step=lambda step: context.print_result(_step_line(step)),
            )  # fmt: skip
        except asyncio.CancelledError:
            context.print_message("To continue, repeat the command. Steps that are done are not done again.")
            raise
        return _print_result(context, made, result)

    return context.run_connected(work)


def _default_settle() -> int:
    from dyntui.config.settings import Settings

    return Settings.load().settle_seconds


def _step_line(step: WriteStep) -> str:
    outcome = step.outcome.value.replace("_", " ")
    return f"{outcome:<9} {step.write.title}" + (f": {step.detail}" if step.detail else "")


def _print_nothing(context: CliContext, saved: SavedPlan) -> int:
    context.print_data(_document(saved, None), is_own=True)
    context.print_message("There is nothing to apply.")
    return EXIT_SOME_FAILED if saved.plan.is_partial else EXIT_DONE


def _print_dry_run(context: CliContext, saved: SavedPlan, impact: PlanImpact) -> int:
    from dyntui.cli.dry_run import print_impact
    from dyntui.services.configuration.plan_text import plan_document

    context.print_data({"dryRun": True, **plan_document(saved, impact, os.environ)}, is_own=True)
    print_impact(context, impact.requirement)
    return EXIT_DONE


def _document(saved: SavedPlan, result: ApplyResult | None) -> dict[str, object]:
    from dyntui.services.configuration.compare import change_rows

    left = result.left if result is not None else saved.plan
    steps = result.steps if result is not None else ()
    return {
        "environment": saved.plan.current.environment,
        "environment_id": saved.plan.current.environment_id,
        "source": saved.source,
        "complete": result is None or result.is_complete,
        "snapshot": result.snapshot.id if result is not None else None,
        "steps": [
            {"action": step.write.kind.value, "resource": step.write.object.resource, "name": step.write.object.name,
             "outcome": step.outcome.value, "error": step.detail or None, "change": step.change_id or None}
            for step in steps
        ],
        "left": change_rows(left.changes) if left is not None and result is not None else [],
        "impossible": [each.line for each in left.impossible] if left is not None else [],
    }  # fmt: skip


def _print_result(context: CliContext, saved: SavedPlan, result: ApplyResult) -> int:
    from dyntui.services.actions.write_types import ACCEPTED_NOT_DONE, WriteOutcome
    from dyntui.services.configuration.compare import change_lines

    context.print_data(_document(saved, result), is_own=True)
    name = saved.plan.current.environment
    failed = result.count_failed()
    done = f"{len(result.steps) - failed:,} of {quantity(len(result.steps), 'step')} done."
    if result.left is None:
        context.print_message(f"{done} {name} could not be read again: {result.left_error}")
    elif result.left.is_empty:
        context.print_message(f"{done} {name} is as planned.")
    else:
        lines = [line for change in result.left.changes for line in change_lines(change)]
        context.print_message(f"{done} {name} still differs:", *(f"  {line}" for line in lines))
    if result.left is not None and result.left.impossible:
        context.print_message(*(f"! {each.line}" for each in result.left.impossible))
    restore = f"dyntui config apply --snapshot {result.snapshot.id} --prune"
    context.print_message(f"To restore what was before: {restore}")
    accepted = sum(step.outcome is WriteOutcome.ACCEPTED for step in result.steps)
    if accepted:
        context.print_message(f"{quantity(accepted, 'step')}: {ACCEPTED_NOT_DONE}")
    if accepted and accepted == failed:
        return EXIT_ACCEPTED
    is_complete = result.is_complete and not saved.plan.is_partial
    return EXIT_DONE if is_complete else EXIT_SOME_FAILED
