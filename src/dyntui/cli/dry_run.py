"""`--dry-run`: print what a write would send and what it would do, and send no write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dyntui.core.effect import Effect
from dyntui.core.errors import EXIT_DONE, EXIT_SOME_FAILED

if TYPE_CHECKING:
    from dyntui.cli.context import CliContext
    from dyntui.cli.targets import LeftOut
    from dyntui.services.actions.write_types import Requirement, Target, WriteAction
    from dyntui.services.connection import Connection

__all__ = ["impact_document", "print_dry_run", "print_impact"]


async def print_dry_run(
    context: CliContext,
    connection: Connection,
    action: WriteAction,
    targets: Sequence[Target],
    needed: Requirement,
    left_out: LeftOut,
) -> int:
    """Print the requests and the impact of a write, and return the exit code.

    needed: what the write requires. left_out: targets that it would not be done to.
    """
    from dyntui.services.actions.dry_run import prepare_requests, request_document

    planned = await prepare_requests(connection.client, action, targets)
    documents = [[request_document(request) for request in each.requests] for each in planned]
    context.print_data(
        {
            "dryRun": True,
            "action": action.name,
            "impact": impact_document(needed),
            "items": [
                {
                    "id": each.target.id,
                    "label": each.target.label,
                    "requests": requests,
                    "error": None if each.error is None else str(each.error),
                }
                for each, requests in zip(planned, documents, strict=True)
            ]
            + left_out.documents(),
            "total": len(planned) + left_out.count,
            "next": None,
        }
    )
    for requests in documents:
        for request in requests:
            _print_request(context, request)
    failed = [each for each in planned if each.error is not None]
    context.print_message(*(f"{each.target.label or each.target.id}: {each.error}" for each in failed))
    context.print_message(*left_out.lines())
    print_impact(context, needed)
    if connection.write_gate.read_only and action.effect is not Effect.READ:
        context.print_message(f"{connection.profile.name} is read-only: without --dry-run, this is refused.")
    return EXIT_SOME_FAILED if failed or left_out.is_failure else EXIT_DONE


def _print_request(context: CliContext, request: dict[str, object]) -> None:
    """Print a request as text: method, path and query on one line, then the body."""
    import json

    from dyntui.core.text import plain_json

    query = request["query"]
    pairs = query.items() if isinstance(query, dict) else ()
    values = [(name, each) for name, value in pairs for each in (value if isinstance(value, list) else [value])]
    text = "&".join(f"{name}={value}" for name, value in values)
    context.print_result(f"{request['method']} {request['path']}{f'?{text}' if text else ''}")
    if request["body"] is not None:
        body = plain_json(json.dumps(request["body"], ensure_ascii=False, indent=2))
        context.print_result(*body.split("\n"))


def print_impact(context: CliContext, needed: Requirement) -> None:
    """Print on standard error what the write would do, and how to do it."""
    context.print_message(
        f"Dry run: no write was sent. {needed.question}  ({needed.environment})",
        *needed.target_lines,
        *needed.effects,
        needed.warning,
        f"To do it, run it without --dry-run and with {needed.options}." if needed.options else "",
    )


def impact_document(needed: Requirement) -> dict[str, object]:
    """Return what the write would do, and how to confirm it, as JSON."""
    return {
        "question": needed.question,
        "environment": needed.environment,
        "destructive": needed.destructive,
        "effects": list(needed.effects),
        "warning": needed.warning or None,
        "confirmWith": needed.options or None,
    }
