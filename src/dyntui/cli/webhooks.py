"""`dyntui webhooks`: manage webhooks, list and redeliver their messages, verify the signature of a message."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, confirm_options, pass_context
from dyntui.cli.resource_commands import make_resource_group
from dyntui.cli.resource_lists import limit_option, list_rows, ndjson_option, show_rows
from dyntui.cli.watch import watch_option
from dyntui.cli.write_helpers import perform, perform_and_report, read_ids
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError
from dyntui.core.json_types import Row
from dyntui.resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = ["webhooks"]


webhooks = make_resource_group("webhooks", "Manage webhooks, redeliver messages, verify signatures.")


@webhooks.command("messages")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.option("--failed", is_flag=True, help="Only messages that were not delivered.")
@limit_option
@ndjson_option
@watch_option
@pass_context
def list_messages(context: CliContext, webhook_id: str, failed: bool, limit: int, ndjson: bool) -> None:
    """List the messages of a webhook: status, response, attempt, latency."""
    record = RESOURCES["webhook-messages"]
    if not failed:
        list_rows(context, record, parent=webhook_id, limit=limit, ndjson=ndjson)
        return
    from dyntui.services.webhooks import scan_failed

    async def work(connection: Connection) -> list[Row]:
        return [scanned.row async for scanned in scan_failed(connection.client, webhook_id)]

    rows = context.run_connected(work)
    show_rows(context, record, rows[:limit], None, ndjson=ndjson)


@webhooks.command("deliveries")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.argument("message_id", metavar="MESSAGE")
@pass_context
def list_deliveries(context: CliContext, webhook_id: str, message_id: str) -> None:
    """List all delivery attempts of one message, with request and response."""
    from dyntui.services.webhooks import read_deliveries

    show_rows(
        context,
        RESOURCES["webhook-messages"],
        context.run_connected(lambda connection: read_deliveries(connection.client, webhook_id, message_id)),
        None,
    )


@webhooks.command("redeliver")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.argument("ids", nargs=-1, metavar="[MESSAGE]...")
@click.option("--failed", is_flag=True, help="Redeliver all messages that were not delivered.")
@confirm_options
@pass_context
def redeliver_messages(
    context: CliContext, webhook_id: str, ids: tuple[str, ...], failed: bool, confirmation: Confirmation
) -> int:
    """Send messages of a webhook again."""
    from dyntui.services.actions.resource_actions import find_action, make_target, make_write_action
    from dyntui.services.webhooks import scan_failed

    record = RESOURCES["webhook-messages"]
    if failed and ids:
        raise UsageError("Message ids and --failed cannot be used together.", hint="Leave out one of them.")

    async def work(connection: Connection) -> int:
        write = make_write_action(record, find_action(record, "redeliver"), parent=webhook_id)
        if failed:
            failed_messages = scan_failed(connection.client, webhook_id)
            targets = [make_target(record, scanned.row) async for scanned in failed_messages]
        else:
            targets = [make_target(record, None, message_id) for message_id in read_ids(ids)]
        if not targets:
            context.print_message("All messages were delivered, so nothing was sent.")
            return 0
        return await perform_and_report(context, connection, write, targets, confirmation)

    return context.run_connected(work)


@webhooks.command("verify")
@click.argument("webhook_id", metavar="WEBHOOK")
@click.argument("body_file", metavar="FILE|-", default="-")
@click.option(
    "--signature", required=True, metavar="TEXT", help="Value of the header x-dynamic-signature-256 of the request."
)
@confirm_options
@pass_context
def verify_webhook_body(
    context: CliContext, webhook_id: str, body_file: str, signature: str, confirmation: Confirmation
) -> int:
    """Check whether a request body was signed with the secret of a webhook.

    The secret is read from the server and not shown. Without FILE, the body is read from standard input.
    """
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.webhooks import read_secret_action, verify_signature

    record = RESOURCES["webhooks"]
    body = _read_bytes(body_file)

    async def work(connection: Connection) -> Any:
        write, targets = read_secret_action(), [make_target(record, None, webhook_id)]
        results = await perform(context, connection, write, targets, confirmation)
        if results.first_error is not None:
            raise results.first_error
        return results.items[0].value

    webhook = context.run_connected(work)
    secret = str(webhook.get("secret") or "") if isinstance(webhook, dict) else ""
    if not secret:
        raise UsageError("The server returned no secret for this webhook, so the signature cannot be verified.")
    check = verify_signature(secret, body, signature)
    context.emit_json({"valid": check.valid, "reason": check.message})
    context.print_result(check.message)
    return 0 if check.valid else EXIT_SOME_FAILED


def _read_bytes(name: str) -> bytes:
    """Read a file, or standard input for `-`. Raises UsageError when the file cannot be read."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}.") from None
