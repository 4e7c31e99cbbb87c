"""Perform write actions from commands: read ids, ask for the confirmation, go through the write gate, print results.

All commands that write use this module.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, combine_options, confirm_options
from dyntui.cli.output import can_ask, confirm, prompt, show_progress
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError

if TYPE_CHECKING:
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
    "ids_argument",
    "make_progress_line",
    "perform",
    "perform_and_report",
    "print_undo_hint",
    "read_ids",
    "read_option",
    "read_targets",
    "report_results",
    "run_write",
]

read_option = click.option(
    "--read", metavar="CODE", default="", help="Acknowledge the effects with the code that is printed with them."
)
"""Option of commands that can decide who may sign in: effects that were not shown cannot be confirmed."""

confirm_access_options = combine_options(confirm_options, read_option)
ids_argument = click.argument("ids", nargs=-1, metavar="[ID]...")


def read_ids(ids: Sequence[str], *, key: str = "id") -> list[str]:
    """Return the ids in the arguments; with `-` or none, those on standard input.

    Standard input has one id a line, or NDJSON rows with the id in the field `key`. Raises UsageError when there is
    no id.
    """
    if ids and list(ids) != ["-"]:
        return list(dict.fromkeys(ids))
    if not ids and sys.stdin.isatty():
        raise UsageError("No ids were given.", hint="Give ids as arguments, or one a line on standard input.")
    import json

    found: dict[str, None] = {}
    for number, line in enumerate(sys.stdin, 1):
        text = line.strip()
        if text.startswith("{"):
            try:
                text = str(json.loads(text)[key])
            except (ValueError, KeyError, TypeError):
                raise UsageError(f"Line {number} of standard input is not a JSON object with {key!r}.") from None
        if text:
            found[text] = None
    if not found:
        raise UsageError("Standard input has no ids.", hint=f"Give one id a line, or NDJSON rows with `{key}`.")
    return list(found)


def read_targets(ids: Sequence[str]) -> list[Target]:
    """Return targets for the ids in the arguments or on standard input."""
    from dyntui.services.actions.write_types import Target

    return [Target(target_id) for target_id in read_ids(ids)]


def run_write(context: CliContext, action: WriteAction, targets: Sequence[Target], confirmation: Confirmation) -> int:
    """Connect, perform `action`, print the results and return the exit code."""
    return context.run_connected(
        lambda connection: perform_and_report(context, connection, action, targets, confirmation)
    )


async def perform_and_report(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    confirmation: Confirmation,
) -> int:
    """Perform `action`, print how to undo a change of allowlist entries, then the results. Return the exit code."""
    results = await perform(context, connection, action, targets, confirmation)
    print_undo_hint(context, action)
    return report_results(context, results)


def print_undo_hint(context: CliContext, action: WriteAction) -> None:
    """Print how to undo a change of allowlist entries."""
    if action.job:
        context.print_message(f"To undo this: dyntui allowlists undo {action.job}")


async def perform(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    confirmation: Confirmation,
) -> WriteResults:
    """Perform `action` through the write gate, after a confirmation by the options or on the terminal."""
    confirmation = await confirm_action(context, connection, action, targets, confirmation)
    return await connection.write_gate.perform(
        action, targets, confirmation, on_progress=make_progress_line(len(targets))
    )


async def confirm_action(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    from_options: Confirmation,
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
    needed = gate.requirement(action, targets)
    if needed.policy_change is not None:
        from dyntui.services.access.lockout_count import lockout_lines

        context.print_message(*await lockout_lines(connection, needed))
    if context.dry_run:
        from dyntui.cli.dry_run import print_dry_run

        raise click.exceptions.Exit(await print_dry_run(context, connection, action, targets, needed))
    return ask_confirmation(context, needed, from_options)


def ask_confirmation(context: CliContext, needed: Requirement, from_options: Confirmation) -> Confirmation:
    """Return the confirmation of the options; when they give none or not the code of the effects, ask on a terminal.

    The question is asked on the terminal also while standard input is a pipe, which may have ids.
    """
    from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel

    is_unread = needed.code not in ("", from_options.read)
    is_given = (from_options.yes or from_options.typed) and not is_unread
    if context.json or not can_ask() or is_given or needed.level is ConfirmationLevel.NONE:
        if from_options.yes and needed.warning:
            context.print_message(needed.warning)
        if needed.effects and not is_unread:
            context.print_message(*needed.effects)
        return from_options
    context.print_message(
        f"{needed.question}  ({needed.environment})", *needed.target_lines, *needed.effects, needed.warning
    )
    if needed.level is ConfirmationLevel.CONFIRM:
        return Confirmation(yes=confirm("Continue?", on_terminal=True))
    typed = prompt(f"Type {' or '.join(needed.accepted)} to confirm", default="", on_terminal=True)
    return Confirmation(typed=typed, read=needed.code)


def make_progress_line(count: int) -> Callable[[int, int], None] | None:
    """Return a callback that shows the progress on a terminal; None for a single target or without a terminal."""
    if count < 2:
        return None
    return lambda done, total: show_progress(f"{done:,} of {total:,}", end=done == total)


def report_results(context: CliContext, results: WriteResults) -> int:
    """Print the outcome of each target and a sentence about all of them. Return the exit code."""
    from dyntui.services.access.entries import already_existed
    from dyntui.services.actions.result_sentence import result_sentence
    from dyntui.services.actions.write_types import WriteOutcome

    context.emit_json(
        {
            "action": results.action.name,
            "targets": [_result_document(item) for item in results.items],
            "counts": {outcome.value: results.count(outcome) for outcome in WriteOutcome},
        }
    )
    for item in results.items:
        reason = f"  {item.error}" if item.error is not None else ""
        outcome = "exists" if already_existed(item.value) else item.outcome.value
        context.print_result(f"{outcome:<10} {_result_id(item)}  {item.target.label}{reason}")
    if not context.json:
        context.print_message(result_sentence(results))
    if not results.remaining:
        return 0
    error = results.first_error
    return error.exit_code if error is not None and len(results.items) == 1 else EXIT_SOME_FAILED


def _result_id(item: TargetResult) -> str:
    """Return the id of the target; for a new object, the id that the server assigned."""
    created_id = item.value.get("id") if isinstance(item.value, dict) else None
    return str(item.target.id or created_id or "")


def _result_document(item: TargetResult) -> dict[str, Any]:
    return {
        "id": _result_id(item),
        "label": item.target.label,
        "outcome": item.outcome.value,
        "error": None if item.error is None else str(item.error),
        "code": getattr(item.error, "code", "") or None,
        "result": item.reread if item.reread is not None else item.value,
    }
