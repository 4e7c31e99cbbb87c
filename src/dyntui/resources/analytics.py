"""Key figures of the environment; a record for `dyntui.resources.RESOURCES`."""

from __future__ import annotations

from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column, ListOperation, Resource, Shape

__all__ = ["RECORDS"]

ANALYTICS = Resource(
    name="analytics",
    aliases=("charts",),
    title="Analytics",
    singular="figure",
    group="Analytics",
    key="name",
    list=ListOperation("getAnalyticsTopline", shape=Shape.NAMED, needs_date_range=True),
    columns=(
        Column("name", "what", 12, grow=True, priority=0),
        Column("inRange", "in the range", 14, right=True, format=thousands, priority=0),
        Column("allTime", "all time", 14, right=True, format=thousands, priority=0),
    ),
    route="analytics",
    cached=False,
    empty="The server tells no figures.",
    label=lambda row: str(row.get("name") or ""),
    extra_operations=(
        "getAnalyticsOverview",
        "getAnalyticsEngagement",
        "getAnalyticsWallets",
        "getWalletsBreakdown",
        "getVisitAnalytics",
    ),
)

RECORDS = (ANALYTICS,)
