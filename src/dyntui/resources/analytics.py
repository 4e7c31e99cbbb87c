"""Metrics of the environment; a record for `all_resources.RESOURCES`."""

from __future__ import annotations

from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column, ListOperation, Resource, Shape

__all__ = ["ANALYTICS"]

ANALYTICS = Resource(
    name="analytics",
    description="Charts of users, visits and wallets over time",
    aliases=("charts",),
    singular="metric",
    key="name",
    list=ListOperation("getAnalyticsTopline", shape=Shape.NAMED, needs_date_range=True),
    columns=(
        Column("name", "metric", 12, grow=True, priority=0, former_titles=("figure", "what")),
        Column("inRange", "in range", 14, right=True, format=thousands, priority=0, former_titles=("in the range",)),
        Column("allTime", "all time", 14, right=True, format=thousands, priority=0),
    ),
    route="analytics",
    cached=False,
    empty="The server returned no metrics.",
    not_configuration="It is data of running apps, not configuration.",
    extra_operations=(
        "getAnalyticsOverview",
        "getAnalyticsEngagement",
        "getAnalyticsWallets",
        "getWalletsBreakdown",
        "getVisitAnalytics",
    ),
)
