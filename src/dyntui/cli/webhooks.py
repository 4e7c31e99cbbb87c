"""`dyntui webhooks`: manage webhooks, list and redeliver their messages, verify the signature of a message."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.input_text import STDIN, read_bytes
from dyntui.cli.list_filters import filter_options, keep_rows
from dyntui.cli.resource_commands import make_resource_group
from dyntui.cli.resource_lists import limit_option, list_rows, show_rows
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.targets import LeftOut, ignore_missing_option, read_targets
from dyntui.cli.watch import watch_option
from dyntui.cli.write_helpers import perform, perform_and_report
from dyntui.core.errors import EXIT_SOME_FAILED, UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.resources.all_resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["webhooks"]


webhooks = make_resource_group("webhooks", "Manage webhooks, redeliver messages, verify signatures.")


_MESSAGES = RESOURCES["webhook-messages"]


@webhooks.command("messages")
@click.argument("webhook", metavar="WEBHOOK")
@click.option("--failed", is_flag=True, help="Only messages that were not delivered.")
@limit_option
@watch_option
@filter_options(_MESSAGES)
@pass_context
def list_messages(
    context: CliContext, webhook: str, failed: bool, limit: int, offset: int, conditions: RowConditions
) -> None:
    """List the messages of a webhook: status, response, attempt, latency."""
    if not failed:
        list_rows(context, _MESSAGES, parent=webhook, limit=limit, offset=offset, conditions=conditions)
        return
    from dyntui.services.actions.target_lookup import find_parent
    from dyntui.services.webhooks import scan_failed

    async def work(connection: Connection) -> list[Row]:
        webhook_id = await find_parent(connection.client, _MESSAGES, webhook)
        return [scanned.row async for scanned in scan_failed(connection.client, webhook_id)]

    rows = keep_rows(context, context.run_connected(work), conditions, _MESSAGES)
    end = offset + limit
    following = end if len(rows) > end else None
    show_rows(context, _MESSAGES, rows[offset:end], len(rows), next=following, text=str(conditions))


@webhooks.command("deliveries")
@click.argument("webhook", metavar="WEBHOOK")
@click.argument("message_id", metavar="MESSAGE")
@watch_option
@filter_options(_MESSAGES)
@pass_context
def list_deliveries(context: CliContext, webhook: str, message_id: str, conditions: RowConditions) -> None:
    """List all delivery attempts of one message, with request and response."""
    from dyntui.services.actions.target_lookup import find_parent
    from dyntui.services.webhooks import read_deliveries

    async def work(connection: Connection) -> Sequence[Row]:
        webhook_id = await find_parent(connection.client, _MESSAGES, webhook)
        return await read_deliveries(connection.client, webhook_id, message_id)

    rows = keep_rows(context, context.run_connected(work), conditions, _MESSAGES)
    show_rows(context, _MESSAGES, rows, None, text=str(conditions))


@webhooks.command("redeliver")
@click.argument("webhook", metavar="WEBHOOK")
@click.argument("messages", nargs=-1, metavar="[MESSAGE]...")
@click.option("--failed", is_flag=True, help="Redeliver all messages that were not delivered.")
@ignore_missing_option
@confirm_options
@pass_context
def redeliver_messages(
    context: CliContext,
    webhook: str,
    messages: tuple[str, ...],
    failed: bool,
    ignore_missing: bool,
    confirmation: Confirmation,
) -> int:
    """Send messages of a webhook again.

    WEBHOOK is its id or URL. A MESSAGE is an id. @FILE reads them from a file and - from standard input, one a line.
    """
    from dyntui.services.actions.resource_actions import find_action, make_target, make_write_action
    from dyntui.services.actions.target_lookup import find_parent
    from dyntui.services.webhooks import scan_failed

    record = RESOURCES["webhook-messages"]
    if failed and messages:
        raise UsageError("Message ids and --failed cannot be used together.", hint="Leave out one of them.")
    message_ids = [] if failed else read_targets(messages, key=record.key)

    async def work(connection: Connection) -> int:
        webhook_id = await find_parent(connection.client, record, webhook)
        write = make_write_action(record, find_action(record, "redeliver"), parent=webhook_id)
        if failed:
            failed_messages = scan_failed(connection.client, webhook_id)
            targets = [make_target(record, scanned.row) async for scanned in failed_messages]
        else:
            targets = [make_target(record, None, message_id) for message_id in message_ids]
        if failed and not targets:
            context.print_message("All messages were delivered, so nothing was sent.")
            return 0
        left_out = LeftOut(ignore_missing=ignore_missing)
        return await perform_and_report(context, connection, write, targets, confirmation, left_out)

    return context.run_connected(work)


@webhooks.command("verify")
@click.argument("webhook", metavar="WEBHOOK")
@click.argument("file", metavar="FILE|-", required=False)
@click.option(
    "--signature", metavar="TEXT", help="Value of the header x-dynamic-signature-256: FILE is the body alone."
)
@click.option("--message", metavar="MESSAGE", help="Check the deliveries of this message that the API has.")
@confirm_options
@pass_context
def verify_webhook_body(
    context: CliContext,
    webhook: str,
    file: str | None,
    signature: str | None,
    message: str | None,
    confirmation: Confirmation,
) -> int:
    """Check whether a request was signed with the secret of a webhook.

    FILE has a recorded delivery: a message or deliveries of the API, or a request with its headers, as {"headers": …,
    "body": …} or as HTTP text. Without FILE, it is read from standard input. The secret is read from the server and not
    shown.
    """
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.actions.target_lookup import look_up_one
    from dyntui.services.recorded_deliveries import parse_deliveries
    from dyntui.services.webhooks import read_deliveries, read_secret_action, verify_delivery, verify_signature

    if message is not None and (file is not None or signature is not None):
        raise UsageError("--message cannot be combined with FILE or --signature.", hint="Leave out one of them.")
    if message is None and file is None and sys.stdin.isatty():
        raise UsageError("There is no request to check.", hint="Give FILE, pipe the request, or use --message MESSAGE.")
    record = RESOURCES["webhooks"]
    content = b"" if message is not None else read_bytes(file or STDIN, "The request")
    recorded = parse_deliveries(content) if message is None and signature is None else []

    async def work(connection: Connection) -> tuple[object, Sequence[Row]]:
        write, row = read_secret_action(), await look_up_one(connection.client, record, webhook)
        target = make_target(record, row)
        rows = await read_deliveries(connection.client, target.id, message) if message is not None else recorded
        results = await perform(context, connection, write, [target], confirmation)
        if results.first_error is not None:
            raise results.first_error
        return results.items[0].value, rows

    document, rows = context.run_connected(work)
    secret = str(as_object(document).get("secret") or "")
    if not secret:
        raise UsageError("The server returned no secret for this webhook, so the signature cannot be verified.")
    if signature is not None:
        checks = [verify_signature(secret, content, signature)]
    else:
        checks = [verify_delivery(row, secret) for row in rows]
    if len(checks) == 1:
        context.print_data({"valid": checks[0].valid, "reason": checks[0].message})
        context.print_result(checks[0].message)
    else:
        context.print_items(
            [
                {name: row.get(name) for name in ("messageId", "deliveryId")}
                | {"valid": check.valid, "reason": check.message}
                for row, check in zip(rows, checks, strict=True)
            ]
        )
    return 0 if all(check.valid for check in checks) and checks else EXIT_SOME_FAILED
