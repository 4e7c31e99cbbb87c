"""`dyntui events`: what happened, and what happens."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.context import CliContext, CommandGroup, pass_context, run
from dyntui.cli.output import flush
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.cli.resource_lists import list_rows
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.resources import RESOURCES

__all__ = ["events"]


@click.group(cls=CommandGroup)
def events() -> None:
    """What happened in the environment, and what happens."""


add_resource_commands(events, RESOURCES["events"])


@events.command("types")
@pass_context
def types(context: CliContext) -> None:
    """Name every event that there is."""
    list_rows(context, RESOURCES["event-types"], limit=10_000)


@events.command("tail")
@click.option(
    "--since", "start", metavar="TIME", default="1h", show_default=True, help="From then on: 30m, 12h, a date."
)
@click.option("--until", "end", metavar="TIME", default="", help="Until then, and then end.")
@click.option("--resource", metavar="NAME", default="", help="Only events of user, wallet, ..., as the server filters.")
@click.option("--type", "names", metavar="NAME", multiple=True, help="Only names with this in them; may be repeated.")
@click.option("--filter", "text", metavar="TEXT", default="", help="Only events with this somewhere in them.")
@click.option(
    "--every", type=click.FloatRange(0.2, 3600), default=2.0, show_default=True, help="Seconds between looks."
)
@click.option("--once", is_flag=True, help="What there is, and then end.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
@pass_context
def tail(
    context: CliContext,
    start: str,
    end: str,
    resource: str,
    names: tuple[str, ...],
    text: str,
    every: float,
    once: bool,
    ndjson: bool,
) -> None:
    """Show events as they happen, oldest first, until interrupted."""
    import asyncio

    from dyntui.core.times import now
    from dyntui.services.events import EventFilter, EventTail, parse_since

    if context.json and not once:
        raise UsageError("--json is one document, and a tail has no end.", hint="Give --ndjson, or --once.")
    wanted = EventFilter(resource, names, text, parse_since(start), parse_since(end) if end else None)

    async def work() -> list[dict[str, Any]]:
        kept: list[dict[str, Any]] = []
        async with context.connection() as connection:
            tail = EventTail(connection.client, wanted, backlog=10_000 if once else 100)
            lost = False
            while True:
                try:
                    found = await tail.poll()
                except DyntuiError as error:
                    if once or not _passes(error):
                        raise
                    if not lost:
                        context.print_message(f"{error.message} Trying again.")
                    lost, found = True, []
                else:
                    lost = False
                for event in found:
                    if context.json:
                        kept.append(event)
                    else:
                        _print(context, event, ndjson)
                flush()
                if once or (wanted.end is not None and now() >= wanted.end):
                    return kept
                await asyncio.sleep(every)

    context.emit_json(run(work()))


def _passes(error: DyntuiError) -> bool:
    from dyntui.api.errors import ApiProblem

    return isinstance(error, ApiProblem) and error.passes


def _print(context: CliContext, event: dict[str, Any], ndjson: bool) -> None:
    from dyntui.resources.events import user_of

    if ndjson:
        context.emit_json_line(event)
        return
    time = str(event.get("timestamp") or "")[:19].replace("T", " ")
    name, user, event_id = event.get("eventName") or "?", user_of(event) or "—", event.get("eventId") or ""
    context.print_result(f"{time}  {name:<32}  {user:<36}  {event_id}")
