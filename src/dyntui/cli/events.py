"""`dyntui events`: list the events of the environment, and tail them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.list_filters import filter_options, local_filter_options, parse_range, refuse_empty
from dyntui.cli.resource_commands import make_resource_group
from dyntui.cli.resource_lists import list_rows, record_fields
from dyntui.cli.streams import flush, sleep_while_read
from dyntui.cli.watch import watch_option
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.json_types import Row
from dyntui.resources.all_resources import RESOURCES

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["events"]


events = make_resource_group("events", "List and tail events.")


@events.command("types")
@watch_option
@filter_options(RESOURCES["event-types"])
@pass_context
def list_event_types(context: CliContext, conditions: RowConditions) -> None:
    """List all event types."""
    list_rows(context, RESOURCES["event-types"], limit=10_000, conditions=conditions)


@events.command("tail")
@click.option(
    "--since",
    "start",
    metavar="TIME",
    callback=refuse_empty,
    default="1h",
    show_default=True,
    help="Start time: 30m, 12h, a date.",
)
@click.option(
    "--until",
    "end",
    metavar="TIME",
    callback=refuse_empty,
    default="",
    help="End time, of a date its end; the command exits then.",
)
@click.option(
    "--resource",
    metavar="NAME",
    callback=refuse_empty,
    default="",
    help="Only events of one resource: user, wallet, ...",
)
@click.option("--type", "names", metavar="NAME", multiple=True, help="Only event names that contain NAME; repeatable.")
@click.option(
    "--filter",
    "text",
    metavar="TEXT",
    callback=refuse_empty,
    default="",
    help="Only events that contain TEXT in any field.",
)
@click.option(
    "--every",
    "interval_s",
    type=click.FloatRange(0.2, 3600),
    default=2.0,
    show_default=True,
    help="Seconds between requests.",
)
@click.option("--once", "exit_after_first", is_flag=True, help="Print existing events and exit.")
@local_filter_options(has_time=False)
@pass_context
def tail(
    context: CliContext,
    start: str,
    end: str,
    resource: str,
    names: tuple[str, ...],
    text: str,
    interval_s: float,
    exit_after_first: bool,
    conditions: RowConditions,
) -> None:
    """Print new events as they arrive, oldest first, until interrupted."""
    from dyntui.core.times import now
    from dyntui.resources.events import user_id_of
    from dyntui.resources.resource import Column
    from dyntui.services.events import EventFilter, EventTail, check_event_resource
    from dyntui.services.lists.filtered_list import check_fields
    from dyntui.services.webhooks import read_event_names

    if context.prints_data and not context.output.is_streamed and not exit_after_first:
        raise UsageError(
            "Output as one document needs --once, because it is printed at the end.", hint="Use --ndjson to tail."
        )
    check_fields(conditions, [], RESOURCES["events"])
    event_filter = EventFilter(resource, names, text, *parse_range(start, end), conditions or None)

    columns = Column("timestamp"), Column("eventName"), Column(title="user", pick=user_id_of), Column("eventId")
    printer = context.item_printer(columns, record_fields(context, RESOURCES["events"]))
    prints_lines = sys.stdout.isatty() and not context.prints_data

    async def work(connection: Connection) -> None:
        if names or resource:
            known = await read_event_names(connection.client)
            if resource:
                check_event_resource(resource, known)
            unknown = [name for name in names if known and not any(name.lower() in each.lower() for each in known)]
            hint = "`dyntui events types` lists them."
            context.print_message(*(f"warning: No known event name contains {name!r}. {hint}" for name in unknown))
        tail = EventTail(connection.client, event_filter, backlog=10_000 if exit_after_first else 100)
        is_retrying = False
        while True:
            try:
                new_events = await tail.poll()
            except DyntuiError as error:
                if exit_after_first or not error.is_temporary:
                    raise
                if not is_retrying:
                    context.print_message(f"{error.message} Retrying.")
                is_retrying, new_events = True, []
            else:
                is_retrying = False
            for event in new_events:
                if prints_lines:
                    _print_event(context, event)
                else:
                    printer.add(event)
            flush()
            if exit_after_first or (event_filter.end is not None and now() >= event_filter.end):
                return
            await sleep_while_read(interval_s)

    context.run_connected(work)
    if not prints_lines:
        printer.end()


def _print_event(context: CliContext, event: Row) -> None:
    from dyntui.resources.events import user_id_of

    time = str(event.get("timestamp") or "")[:19].replace("T", " ")
    name, user, event_id = event.get("eventName") or "?", user_id_of(event) or "—", event.get("eventId") or ""
    context.print_result(f"{time}  {name:<32}  {user:<36}  {event_id}")
