"""Analytics of the environment. The default range is the last 30 days."""

from __future__ import annotations

from dyntui.sandbox.addresses import chain_family
from dyntui.sandbox.handler_registry import OperationCall, operation
from dyntui.sandbox.operations.events import parse_query_time
from dyntui.sandbox.replies import bad_request
from dyntui.sandbox.store import Document

_DAY_MS = 86_400_000


def _parse_range(call: OperationCall, start: str = "start", end: str = "end") -> tuple[int, int]:
    """Return the first and last ms since 1970 of the range in the query. `start`, `end`: its query parameters."""
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
def get_topline(call: OperationCall) -> Document:
    return call.sandbox.analytics.topline(_parse_range(call))


@operation("getAnalyticsOverview")
def get_overview(call: OperationCall) -> Document:
    return call.sandbox.analytics.overview(_parse_range(call), call.query.get("granularity", "day"))


@operation("getAnalyticsEngagement")
def get_engagement(call: OperationCall) -> Document:
    return call.sandbox.analytics.engagement(_parse_range(call))


@operation("getAnalyticsWallets")
def get_wallets(call: OperationCall) -> Document:
    return call.sandbox.analytics.wallets(_parse_range(call), _parse_chain_family(call))


def _parse_chain_family(call: OperationCall) -> str:
    chain = call.query.get("chain", "")
    return "" if chain in ("", "all") else chain_family(chain)


@operation("getWalletsBreakdown")
def get_breakdown(call: OperationCall) -> list[Document]:
    """Return the counts of `get_wallets` in the range; the schema of the vendor does not define the response."""
    found = call.sandbox.analytics.wallets(_parse_range(call, "startDate", "endDate"), "")
    return [{"name": each["walletNameDisplay"], "count": each["nWallets"]} for each in found["breakdown"]["inRange"]]


@operation("getVisitAnalytics")
def get_visits(call: OperationCall) -> Document:
    range_ms = _parse_range(call, "startDate", "endDate")
    return call.sandbox.analytics.visits(range_ms, call.sandbox.visitors.all())
