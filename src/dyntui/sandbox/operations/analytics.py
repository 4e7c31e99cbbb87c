"""Analytics of the environment. The default range is the last 30 days."""

from __future__ import annotations

from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.events import parse_query_time
from dyntui.sandbox.replies import bad_request
from dyntui.sandbox.store import Document

_DAY_MS = 86_400_000


def _within(call: OperationCall, start: str = "start", end: str = "end") -> tuple[int, int]:
    last = parse_query_time(call, end)
    if last is None:
        last = call.now
    elif len(call.query[end]) == 10:
        last += _DAY_MS - 1  # a date includes the whole day
    first = parse_query_time(call, start)
    if first is None:
        first = last - 30 * _DAY_MS
    if first > last:
        raise bad_request(f"query/{start} must be before query/{end}")
    return first, last


@operation("getAnalyticsTopline")
def topline(call: OperationCall) -> Document:
    return call.sandbox.analytics.topline(_within(call))


@operation("getAnalyticsOverview")
def overview(call: OperationCall) -> Document:
    return call.sandbox.analytics.overview(_within(call), call.query.get("granularity", "day"))


@operation("getAnalyticsEngagement")
def engagement(call: OperationCall) -> Document:
    return call.sandbox.analytics.engagement(_within(call))


@operation("getAnalyticsWallets")
def wallets(call: OperationCall) -> Document:
    return call.sandbox.analytics.wallets(_within(call), _chain(call))


def _chain(call: OperationCall) -> str:
    chain = call.query.get("chain", "")
    return "" if chain in ("", "all") else chain_family(chain)


@operation("getWalletsBreakdown")
def breakdown(call: OperationCall) -> list[Document]:
    """The schema of the vendor does not define the response; it has the counts of `wallets` in the range."""
    found = call.sandbox.analytics.wallets(_within(call, "startDate", "endDate"), "")
    return [{"name": each["walletNameDisplay"], "count": each["nWallets"]} for each in found["breakdown"]["inRange"]]


@operation("getVisitAnalytics")
def visits(call: OperationCall) -> Document:
    within = _within(call, "startDate", "endDate")
    return call.sandbox.analytics.visits(within, call.sandbox.visitors.all())
