"""Events of the environment and their types; records for `all_resources.RESOURCES`."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.resources.cell_formats import short_id
from dyntui.resources.columns import id_column, label_from, time_column
from dyntui.resources.resource import Column, ListOperation, Paging, Resource, Row

__all__ = ["RECORDS", "user_id_of"]


def user_id_of(event: Row) -> str:
    """Return the id of the user that an event is about; "" when it names none."""
    context, data = event.get("context"), event.get("data")
    if isinstance(context, Mapping) and context.get("userId"):
        return str(context["userId"])
    if isinstance(data, Mapping):
        for name in ("userId", "user_id"):
            if data.get(name):
                return str(data[name])
        inner = data.get("user")
        if isinstance(inner, Mapping) and inner.get("id"):
            return str(inner["id"])
        if str(event.get("eventName") or "").startswith("user.") and data.get("id"):
            return str(data["id"])
    return ""


EVENTS = Resource(
    name="events",
    description="What happened, live: sign-ins, changes, wallets",
    aliases=("event", "activity"),
    command="events",
    key="eventId",
    list=ListOperation("getEvents", "data", Paging.CURSOR, since="startDate", until="endDate", equal=("resourceType",)),
    time_field="timestamp",
    columns=(
        time_column("timestamp", "time", priority=0, former_titles=("when",)),
        Column("eventName", "event", 28, grow=True, priority=0),
        Column(title="user", width=24, grow=True, format=short_id, names="users", pick=user_id_of, priority=1),
        Column("environmentName", "environment", 11, priority=3),
        id_column("eventId", priority=2),
    ),
    detail="getEventById",
    route="event",
    cached=False,
    empty="There are no events.",
    not_configuration="It is data of running apps, not configuration.",
    label=label_from("eventName"),
)

EVENT_TYPES = Resource(
    name="event-types",
    description="Names and meanings of events, for webhooks",
    command="events",
    key="name",
    list=ListOperation("getEventTypes"),
    columns=(
        Column("name", "name", 30, priority=0),
        Column("description", "description", 50, grow=True, priority=0),
    ),
    empty="The server returned no event types.",
    not_configuration="Dynamic decides which events exist.",
)

RECORDS = (EVENTS, EVENT_TYPES)
