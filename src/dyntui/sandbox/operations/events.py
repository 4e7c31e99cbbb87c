"""Events of the environment, and the names of events."""

from __future__ import annotations

from dyntui.core.times import parse_time
from dyntui.sandbox.events import event_types
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.replies import bad_request, not_found
from dyntui.sandbox.store import Document


def parse_query_time(call: OperationCall, name: str) -> int | None:
    """Return a time of the query, in ms since 1970; None when it is not given."""
    text = call.query.get(name)
    if not text:
        return None
    at = parse_time(text)
    if at is None:
        raise bad_request(f"query/{name} must match format 'date-time'")
    return round(at.timestamp() * 1000)


@operation("getEvents")
def list_events(call: OperationCall) -> Document:
    events, cursor = call.sandbox.events.page(
        call.query.get("cursor"),
        call.query.get("resourceType", ""),
        parse_query_time(call, "startDate"),
        parse_query_time(call, "endDate"),
    )
    return {"data": events, **({"cursor": cursor} if cursor else {})}


@operation("getEventById")
def get_event(call: OperationCall) -> Document:
    found = call.sandbox.events.get(call.path["eventId"])
    if found is None:
        raise not_found("Event")
    return found


@operation("getEventTypes")
def list_event_types(call: OperationCall) -> list[Document]:
    return [{"name": name, "description": description} for name, description in event_types().items()]
