"""Perform write actions from commands: read ids, ask for the confirmation, go through the write gate, print results.

All commands that write use this module.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext
from dyntui.cli.progress import show_progress
from dyntui.cli.questions import confirm, prompt
from dyntui.cli.shared_options import combine_options, confirm_options
from dyntui.cli.targets import UNCHANGED, LeftOut, read_targets
from dyntui.core.errors import EXIT_ACCEPTED, EXIT_SOME_FAILED

if TYPE_CHECKING:
    from dyntui.core.json_types import Row
    from dyntui.services.actions.write_types import (
        Confirmation,
        Requirement,
        Target,
        TargetResult,
        WriteAction,
        WriteResults,
    )
    from dyntui.services.connection import Connection

__all__ = [
    "ask_confirmation",
    "confirm_access_options",
    "confirm_action",
    "make_lookup_line",
    "make_progress_line",
    "perform",
    "perform_and_report",
    "read_option",
    "report_results",
    "run_on_users",
    "run_write",
]

read_option = click.option(
    "--read", metavar="CODE", default="", help="Acknowledge the effects with the code that is printed with them."
)
"""Option of commands that can decide who may sign in: effects that were not shown cannot be confirmed."""

confirm_access_options = combine_options(confirm_options, read_option)


_NONE_LEFT_OUT = LeftOut()


def run_write(context: CliContext, action: WriteAction, targets: Sequence[Target], confirmation: Confirmation) -> int:
    """Connect, perform `action`, print the results and return the exit code."""
    return context.run_connected(
        lambda connection: perform_and_report(context, connection, action, targets, confirmation)
    )


def run_on_users(
    context: CliContext,
    action: WriteAction,
    arguments: Sequence[str],
    confirmation: Confirmation,
    *,
    ignore_missing: bool,
    prepare: Callable[[Connection], Awaitable[WriteAction]] | None = None,
    is_unchanged: Callable[[Row], bool] | None = None,
) -> int:
    """Perform an action on the users in the arguments, print the results and return the exit code.

    arguments: as `read_targets` reads them. prepare: makes the final action, where that needs requests. is_unchanged:
    whether a user is already as the action would make it, so that nothing is sent.
    """
    from dyntui.resources.users import USERS
    from dyntui.services.actions.registry import declaration
    from dyntui.services.actions.target_lookup import look_up_targets
    from dyntui.services.actions.write_types import WriteResults

    texts = read_targets(arguments)
    if not texts:
        return report_results(context, WriteResults(action, ()))

    async def work(connection: Connection) -> int:
        connection.write_gate.check(action)
        final_action = action if prepare is None else await prepare(connection)
        lookup = await look_up_targets(
            connection.client,
            USERS,
            declaration(action.name).action,
            texts,
            reads_rows=is_unchanged is not None,
            on_progress=make_lookup_line(len(texts)),
        )
        targets, unchanged = list(lookup.targets), []
        if is_unchanged is not None:
            unchanged = [(target, UNCHANGED) for target in targets if is_unchanged(target.data["row"])]
            targets = [target for target in targets if not is_unchanged(target.data["row"])]
        left_out = LeftOut(lookup.unresolved, unchanged, ignore_missing)
        if unchanged and not targets:
            return report_results(context, WriteResults(final_action, ()), left_out)
        return await perform_and_report(context, connection, final_action, targets, confirmation, left_out)

    return context.run_connected(work)


async def perform_and_report(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    confirmation: Confirmation,
    left_out: LeftOut = _NONE_LEFT_OUT,
) -> int:
    """Perform `action` and print the results. Return the exit code.

    left_out: targets that were given and are not among `targets`; they are named too.
    """
    return report_results(
        context, await perform(context, connection, action, targets, confirmation, left_out), left_out
    )


async def perform(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    confirmation: Confirmation,
    left_out: LeftOut = _NONE_LEFT_OUT,
) -> WriteResults:
    """Perform `action` through the write gate, after a confirmation by the options or on the terminal.

    Without targets nothing is done. left_out: targets that were given and are not among `targets`.
    """
    from dyntui.services.actions.write_types import WriteResults

    if not targets:
        connection.write_gate.check(action)
        return WriteResults(action, ())
    left_out.announce(context)
    confirmation = await confirm_action(context, connection, action, targets, confirmation, left_out)
    return await connection.write_gate.perform(
        action, targets, confirmation, on_progress=make_progress_line(len(targets))
    )


async def confirm_action(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    from_options: Confirmation,
    left_out: LeftOut = _NONE_LEFT_OUT,
) -> Confirmation:
    """Return the confirmation of `action` from the options; on a terminal, ask for what they do not confirm.

    The effects of the action on access are printed in both cases. With --dry-run, print what would be sent, and end
    the command.
    """
    from dyntui.services.actions.resource_actions import with_warnings

    gate = connection.write_gate
    if gate.refusal(action):
        return from_options
    action = await gate.with_impact(await with_warnings(connection, action, targets), targets)
    needed = _with_ids(gate.requirement(action, targets), targets)
    if needed.policy_change is not None:
        from dyntui.services.access.lockout_count import lockout_lines

        context.print_message(*await lockout_lines(connection, needed))
    if context.dry_run:
        from dyntui.cli.dry_run import print_dry_run

        raise click.exceptions.Exit(await print_dry_run(context, connection, action, targets, needed, left_out))
    return ask_confirmation(context, needed, from_options)


def _with_ids(needed: Requirement, targets: Sequence[Target]) -> Requirement:
    """Return the requirement with names and ids of the first targets, where they have both."""
    from dyntui.services.actions.write_records import LISTED

    named = [f"{each.label}  {each.id}" for each in targets[:LISTED] if each.label and each.id not in ("", each.label)]
    if len(named) < min(len(targets), LISTED):
        return needed
    return replace(needed, target_lines=(*named, *needed.target_lines[len(named) :]))


def ask_confirmation(context: CliContext, needed: Requirement, from_options: Confirmation) -> Confirmation:
    """Return the confirmation of the options; when they give none or not the code of the effects, ask on a terminal.

    The question is asked on the terminal also while standard input is a pipe, which may have ids.
    """
    from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel

    is_unread = needed.code not in ("", from_options.read)
    is_given = (from_options.yes or from_options.typed) and not is_unread
    if not context.can_ask or is_given or needed.level is ConfirmationLevel.NONE:
        if from_options.yes and needed.warning:
            context.print_message(needed.warning)
        if needed.effects and is_given:  # otherwise they are in the error
            context.print_message(*needed.effects)
        return from_options
    context.print_message(
        f"{needed.question}  ({needed.environment})", *needed.target_lines, *needed.effects, needed.warning
    )
    if needed.level is ConfirmationLevel.CONFIRM:
        return Confirmation(yes=confirm("Continue?", on_terminal=True))
    typed = prompt(f"Type {' or '.join(needed.accepted)} to confirm", default="", on_terminal=True)
    return Confirmation(typed=typed, read=needed.code)


_FEW_LOOKUPS = 20
"""The maximum of targets that are looked up without progress, because that takes about a second."""


def make_progress_line(count: int) -> Callable[[int, int], None] | None:
    """Return a callback that shows the progress on a terminal; None for a single target or without a terminal."""
    if count < 2:
        return None
    return lambda done, total: show_progress(f"{done:,} of {total:,}", end=done == total)


def make_lookup_line(count: int) -> Callable[[int, int], None] | None:
    """Return a callback that shows on a terminal how many targets were looked up; None for a few."""
    if count <= _FEW_LOOKUPS:
        return None
    return lambda done, total: show_progress(f"looked up {done:,} of {total:,}", end=done == total)


def report_results(context: CliContext, results: WriteResults, left_out: LeftOut = _NONE_LEFT_OUT) -> int:
    """Print the outcome of each target, a sentence about all of them and how to undo it. Return the exit code.

    left_out: targets that the action was not done to; they come last.
    """
    from dyntui.api.errors import NotFound
    from dyntui.resources.resource import Column
    from dyntui.services.actions.result_sentence import result_sentence
    from dyntui.services.actions.undo import is_undoable
    from dyntui.services.actions.write_types import ACCEPTED_NOT_DONE, WriteOutcome

    context.output.reveal = context.output.reveal or bool(results.action.reveals[0])
    outcome = Column("outcome", format=lambda value, now: str(value).replace("_", " "))
    columns = outcome, Column("id"), Column("label"), Column("error")
    context.print_items(
        [*(_result_document(item) for item in results.items), *left_out.documents()],
        columns,
        action=results.action.name,
        counts={str(outcome): results.count(outcome) for outcome in WriteOutcome} | left_out.counts(),
    )
    if not context.prints_data:
        nothing = "Nothing was sent" if left_out.count else "There are no targets, so nothing was sent."
        done = result_sentence(results) if results.items else nothing
        context.print_message(f"{done}; {left_out.sentence}" if left_out.count else done, *left_out.advice)
    if results.items and is_undoable(results):
        context.print_message(f"To undo this: dyntui undo {results.action.job}")
    accepted = results.count(WriteOutcome.ACCEPTED)
    if accepted:
        context.print_message(ACCEPTED_NOT_DONE)
    failed = [item for item in results.items if not item.outcome.is_received]
    if left_out.ignore_missing:
        failed = [item for item in failed if not isinstance(item.error, NotFound)]
    if not failed and not left_out.is_failure:
        return EXIT_ACCEPTED if accepted else 0
    error = failed[0].error if failed else None
    return error.exit_code if error is not None and len(results.items) == 1 else EXIT_SOME_FAILED


def _result_id(item: TargetResult) -> str:
    """Return the id of the target; for a new object, the id that the server assigned."""
    created_id = item.value.get("id") if isinstance(item.value, dict) else None
    return str(item.target.id or created_id or "")


def _result_document(item: TargetResult) -> dict[str, object]:
    from dyntui.services.access.entries import already_existed

    return {
        "id": _result_id(item),
        "label": item.target.label,
        "outcome": "exists" if already_existed(item.value) else item.outcome.value,
        "error": None if item.error is None else str(item.error),
        "code": getattr(item.error, "code", "") or None,
        "result": item.reread if item.reread is not None else item.value,
    }
