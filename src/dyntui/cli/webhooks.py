"""`dyntui webhooks`: who is told what happens, what was sent to them, and whether it came from Dynamic."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context, run
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.cli.resource_lists import list_rows
from dyntui.cli.write_helpers import perform, read_ids, report_results
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError
from dyntui.resources import RESOURCES

__all__ = ["webhooks"]


@click.group(cls=CommandGroup)
def webhooks() -> None:
    """Webhooks, their messages, and their signatures."""


add_resource_commands(webhooks, RESOURCES["webhooks"])


@webhooks.command("messages")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--failed", is_flag=True, help="Only those that the receiver did not take.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
@pass_context
def list_messages(context: CliContext, webhook_id: str, failed: bool, limit: int, ndjson: bool) -> None:
    """List what was sent to a webhook: status, answer, attempt, latency."""
    record = RESOURCES["webhook-messages"]
    if not failed:
        list_rows(context, record, parent=webhook_id, limit=limit, ndjson=ndjson)
        return
    from dyntui.cli.resource_lists import show_rows

    async def work() -> list[dict[str, Any]]:
        async with context.connection() as connection:
            return (await _read_failed_messages(connection, webhook_id))[:limit]

    show_rows(context, record, run(work()), None, ndjson=ndjson)


async def _read_failed_messages(connection: Any, webhook_id: str) -> list[dict[str, Any]]:
    from dyntui.resources.webhooks import is_delivered
    from dyntui.services.lists.list_source import scan

    record = RESOURCES["webhook-messages"]
    return [
        scanned.row
        async for scanned in scan(connection.client, record, parent=webhook_id)
        if is_delivered(scanned.row) is False
    ]


@webhooks.command("deliveries")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.argument("message_id", metavar="MESSAGE")
@pass_context
def list_deliveries(context: CliContext, webhook_id: str, message_id: str) -> None:
    """Show every attempt at one message: request and response in full."""
    from dyntui.cli.resource_lists import show_rows
    from dyntui.services.webhooks import read_deliveries

    async def work() -> list[dict[str, Any]]:
        async with context.connection() as connection:
            return await read_deliveries(connection.client, webhook_id, message_id)

    show_rows(context, RESOURCES["webhook-messages"], run(work()), None)


@webhooks.command("redeliver")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.argument("ids", nargs=-1, metavar="[MESSAGE]...")
@click.option("--failed", is_flag=True, help="Every message that the receiver did not take.")
@confirm_options
@pass_context
def redeliver(
    context: CliContext, webhook_id: str, ids: tuple[str, ...], failed: bool, yes: bool, confirm_environment: str
) -> int:
    """Send messages of a webhook once more."""
    from dyntui.services.actions.resource_actions import find_action, make_target, make_write_action

    record = RESOURCES["webhook-messages"]
    if failed and ids:
        raise UsageError("Name messages, or give --failed.")

    async def work() -> int:
        async with context.connection() as connection:
            write = make_write_action(connection.client, record, find_action(record, "redeliver"), parent=webhook_id)
            if failed:
                targets = [make_target(record, row) for row in await _read_failed_messages(connection, webhook_id)]
            else:
                targets = [make_target(record, None, each) for each in read_ids(ids)]
            if not targets:
                context.print_message("No message has failed.")
                return 0
            return report_results(
                context,
                await perform(context, connection, write, targets, yes=yes, confirm_environment=confirm_environment),
            )

    return run(work())


@webhooks.command("verify")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.argument("body_file", metavar="FILE|-", default="-")
@click.option(
    "--signature", required=True, metavar="TEXT", help="What the header x-dynamic-signature-256 of the request says."
)
@confirm_options
@pass_context
def verify_webhook_body(
    context: CliContext, webhook_id: str, body_file: str, signature: str, yes: bool, confirm_environment: str
) -> int:
    """Say whether a body was signed with the webhook's secret, which is read for it and not shown."""
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.webhooks import read_secret_action, verify_signature

    record = RESOURCES["webhooks"]
    body = _read_bytes(body_file)

    async def work() -> Any:
        async with context.connection() as connection:
            write, targets = read_secret_action(connection.client), [make_target(record, None, webhook_id)]
            results = await perform(
                context, connection, write, targets, yes=yes, confirm_environment=confirm_environment
            )
            if results.first_error is not None:
                raise results.first_error
            return results.items[0].value

    webhook = run(work())
    secret = str(webhook.get("secret") or "") if isinstance(webhook, dict) else ""
    if not secret:
        raise UsageError("The server gave no secret for this webhook.")
    found = verify_signature(secret, body, signature)
    context.emit_json({"valid": found.valid, "reason": found.message})
    context.print_result(found.message)
    return 0 if found.valid else EXIT_SOME_FAILED


def _read_bytes(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None
