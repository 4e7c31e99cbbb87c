"""How every writing command acts: targets from the arguments or standard input, one door, a result for each target."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, run
from dyntui.cli.output import confirm, prompt, show_progress
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation, Target, WriteAction, WriteResults
    from dyntui.services.connection import Connection

__all__ = [
    "ask_confirmation",
    "ids_argument",
    "make_progress_line",
    "perform",
    "read_ids",
    "read_option",
    "read_targets",
    "report_results",
    "run_write",
]

read_option = click.option(
    "--read", metavar="CODE", default="", help="Say that you read what it does: the code that is shown with it."
)
"""For commands that may decide who comes in: nothing that was not shown is confirmed."""

ids_argument = click.argument("ids", nargs=-1, metavar="[ID]...")


def read_ids(ids: Sequence[str], *, key: str = "id") -> list[str]:
    """The ids given, or one a line from standard input when there is `-` or none; NDJSON rows will do. key: the field
    of a row that is its id."""
    if ids and list(ids) != ["-"]:
        return list(dict.fromkeys(ids))
    if not ids and sys.stdin.isatty():
        raise UsageError("No ids were given.", hint="Give them as arguments, or one a line on standard input.")
    import json

    found: dict[str, None] = {}
    for number, line in enumerate(sys.stdin, 1):
        text = line.strip()
        if text.startswith("{"):
            try:
                text = str(json.loads(text)[key])
            except (ValueError, KeyError, TypeError):
                raise UsageError(f"Line {number} of standard input is no JSON object with {key!r} in it.") from None
        if text:
            found[text] = None
    if not found:
        raise UsageError("Standard input has no ids.", hint=f"Give one id a line, or NDJSON rows with `{key}`.")
    return list(found)


def read_targets(ids: Sequence[str]) -> list[Target]:
    """Return targets for the ids in the arguments or on standard input."""
    from dyntui.services.actions.write_types import Target

    return [Target(target_id) for target_id in read_ids(ids)]


def run_write(
    context: CliContext, action: WriteAction, targets: Sequence[Target], yes: bool, confirm_environment: str
) -> int:
    """Connect, perform `action`, print the results and return the exit code."""

    async def work() -> int:
        async with context.connection() as connection:
            results = await perform(
                context, connection, action, targets, yes=yes, confirm_environment=confirm_environment
            )
            return report_results(context, results)

    return run(work())


async def perform(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    *,
    yes: bool,
    confirm_environment: str,
    read: str = "",
) -> WriteResults:
    """Do `action` through the one door. Asks on a terminal when --yes is missing, or is not enough."""
    confirmation = await ask_confirmation(
        context, connection, action, targets, yes=yes, confirm_environment=confirm_environment, read=read
    )
    return await connection.write_gate.perform(
        action, targets, confirmation, on_progress=make_progress_line(len(targets))
    )


async def ask_confirmation(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    *,
    yes: bool,
    confirm_environment: str,
    read: str = "",
) -> Confirmation:
    """What confirms `action`: the options, or what a person answers on a terminal. What it does as things stand is
    told in any case."""
    from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel

    given = Confirmation(yes=yes, typed=confirm_environment, read=read)
    if connection.write_gate.refusal(action):
        return given
    needed = connection.write_gate.requirement(await connection.write_gate.with_impact(action, targets), targets)
    if needed.policy_change is not None:
        from dyntui.services.access.lockout_count import lockout_lines

        context.print_message(*await lockout_lines(connection, needed))
    unread = needed.code not in ("", read)
    if context.json or not sys.stdin.isatty() or (yes and not unread):
        if needed.effects and not unread:
            context.print_message(*needed.effects)
        return given
    if needed.level is not ConfirmationLevel.NONE:
        context.print_message(
            f"{needed.question}  ({needed.environment})", *needed.target_lines, *needed.effects, needed.warning
        )
    if needed.level is ConfirmationLevel.CONFIRM:
        return Confirmation(yes=confirm("Do it?"))
    if needed.level is ConfirmationLevel.TYPED and (not confirm_environment or unread):
        typed = prompt(f"Type {' or '.join(needed.accepted)} to confirm", default="")
        return Confirmation(typed=typed, read=needed.code)
    return given


def make_progress_line(count: int) -> Callable[[int, int], None] | None:
    """Tells how far it is on a terminal, when there is more than one target."""
    if count < 2 or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        show_progress(f"{done:,} of {total:,}", end=done == total)

    return show


def report_results(context: CliContext, results: WriteResults) -> int:
    """Say what became of each target; returns the exit code."""
    from dyntui.services.actions.write_types import WriteOutcome

    context.emit_json(
        {
            "action": results.action.name,
            "targets": [_result_document(item) for item in results.items],
            "counts": {outcome.value: results.count(outcome) for outcome in WriteOutcome},
        }
    )
    for item in results.items:
        why = f"  {item.error}" if item.error is not None else ""
        there = isinstance(item.value, dict) and item.value.get("exists")
        outcome = "exists" if there else item.outcome.value
        context.print_result(f"{outcome:<10} {_result_id(item)}  {item.target.label}{why}")
    if not results.remaining:
        return 0
    error = results.first_error
    return error.exit_code if error is not None and len(results.items) == 1 else EXIT_SOME_FAILED


def _result_id(item: Any) -> str:
    """The id of a target; of one that was created, what the server gave it."""
    made = item.value.get("id") if isinstance(item.value, dict) else None
    return str(item.target.id or made or "")


def _result_document(item: Any) -> dict[str, Any]:
    return {
        "id": _result_id(item),
        "label": item.target.label,
        "outcome": item.outcome.value,
        "error": None if item.error is None else str(item.error),
        "code": getattr(item.error, "code", "") or None,
        "result": item.reread if item.reread is not None else item.value,
    }
