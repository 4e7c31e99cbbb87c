"""Metrics of the environment for a date range. Each part is a request of its own, so that one can fail alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.core.times import now, parse_time

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["RANGES", "DateRange", "Metrics", "Series", "Total", "read_metrics"]

RANGES: Mapping[str, int] = {"7 days": 7, "30 days": 30, "90 days": 90, "a year": 365}
_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date range that includes both days."""

    start: date
    end: date

    @classmethod
    def last(cls, days: int) -> DateRange:
        """Return the last `days` days, including today."""
        today = now().date()
        return cls(today - timedelta(days=days - 1), today)

    @classmethod
    def between(cls, start: str, end: str) -> DateRange:
        """Return the range of two dates. Raises UsageError."""
        try:
            found = cls(date.fromisoformat(start), date.fromisoformat(end))
        except ValueError:
            raise UsageError(
                f"{start} to {end} is not a date range.", hint="Write two dates: 2026-01-01 2026-01-31."
            ) from None
        if found.start > found.end:
            raise UsageError(f"{start} is after {end}.", hint="Write the earlier date first.")
        return found

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def granularity(self) -> str:
        """The period of one point of a chart: day, week or month."""
        return "day" if self.days <= 45 else "week" if self.days <= 200 else "month"

    @property
    def label(self) -> str:
        return f"{self.start} to {self.end}, by {self.granularity}"


@dataclass(frozen=True, slots=True)
class Total:
    """A total, such as the number of users."""

    name: str
    in_range: float | None
    """The value for the date range; None if unknown."""
    all_time: float | None
    """The value for all time; None if unknown."""


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one chart, by date or by name."""

    title: str
    unit: str
    """What is counted, such as `users`."""
    points: tuple[tuple[str, float], ...]
    """Date or name, and value."""
    period: str = ""
    """The period of a point of a chart by date: day, week or month; "" for a chart by name."""
    is_additive: bool = True
    """Whether the sum of the values is a number of the unit. A user who is active on two days is still one user."""

    @property
    def summary(self) -> tuple[tuple[str, float], ...]:
        """What the values are together: the total, where there is one, then average and maximum."""
        values = [value for _, value in self.points]
        if not values:
            return ()
        total = (("total", sum(values)),) if self.is_additive else ()
        if not self.period:
            return total
        average = sum(values) / len(values)
        return *total, (f"average a {self.period}", average), (f"maximum a {self.period}", max(values))


@dataclass(frozen=True, slots=True)
class Metrics:
    """All metrics of a date range."""

    range: DateRange
    totals: tuple[Total, ...] = ()
    by_date: tuple[Series, ...] = ()
    by_name: tuple[Series, ...] = ()
    unavailable: Mapping[str, str] = field(default_factory=dict)
    """The parts that could not be read, with the error messages."""


async def read_metrics(client: Client, date_range: DateRange) -> Metrics:
    """Read all parts concurrently. Raises DyntuiError only when all of them fail."""
    start, end = date_range.start.isoformat(), date_range.end.isoformat()
    range_query, dates_query = {"start": start, "end": end}, {"startDate": start, "endDate": end}
    queries: dict[str, tuple[str, dict[str, str]]] = {
        "totals": ("getAnalyticsTopline", range_query),
        "users and sessions": ("getAnalyticsOverview", {**range_query, "granularity": date_range.granularity}),
        "engagement": ("getAnalyticsEngagement", range_query),
        "wallets": ("getAnalyticsWallets", {**range_query, "chain": ""}),
        "visits": ("getVisitAnalytics", dates_query),
    }
    answers = await asyncio.gather(
        *(client.call(operation, query=query) for operation, query in queries.values()), return_exceptions=True
    )
    found: dict[str, Row] = {}
    missing: dict[str, str] = {}
    for name, answer in zip(queries, answers, strict=True):
        if isinstance(answer, DyntuiError):
            missing[name] = answer.message
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found[name] = as_object(answer)
    if not found:
        raise next(answer for answer in answers if isinstance(answer, DyntuiError))
    if "wallets" in missing:
        await _read_wallets_breakdown(client, dates_query, found, missing)
    totals = tuple(
        Total(str(name), _number(part.get("inRange")), _number(part.get("allTime")))
        for name, part in found.get("totals", {}).items()
        if isinstance(part, Mapping)
    )
    return Metrics(
        date_range,
        totals,
        tuple(series for series in _series_by_date(found, date_range) if series.points),
        tuple(series for series in _series_by_name(found) if series.points),
        missing,
    )


async def _read_wallets_breakdown(
    client: Client, query: Mapping[str, str], found: dict[str, Row], missing: dict[str, str]
) -> None:
    """Read the wallets with the older operation, which servers without `getAnalyticsWallets` have."""
    try:
        answer = await client.call("getWalletsBreakdown", query=query)
    except DyntuiError:
        return  # the error of the newer operation is reported
    if isinstance(answer, list):
        rows = [
            {"walletNameDisplay": row.get("name") or row.get("walletName"), "nWallets": row.get("count")}
            for row in as_objects(answer)
        ]
        found["wallets"] = {"breakdown": {"inRange": rows}}
        del missing["wallets"]


def _series_by_date(found: Mapping[str, Row], date_range: DateRange) -> list[Series]:
    overview, visits = found.get("users and sessions", {}), found.get("visits", {})

    def series(title: str, unit: str, rows: object, value: str, period: str, *, is_additive: bool = True) -> Series:
        points = _points(rows, "date", value)
        return Series(title, unit, _with_days(points, date_range) if period == "day" else points, period, is_additive)

    period = date_range.granularity
    by_method = as_object(overview.get("sessions")).get("byLoginMethod")
    out = [
        series("Active users", "users", overview.get("activeUsers"), "nUsers", period, is_additive=False),
        series("Sessions", "sessions", by_method, "nSessionsVisits", period),
    ]
    for name, title in (("users", "Signed-in sessions"), ("visits", "Visits without sign-in")):
        rows = as_object(visits.get(name)).get("sessions")
        out.append(series(title, "sessions" if name == "users" else "visits", rows, "count", "day"))
    return out


def _with_days(points: tuple[tuple[str, float], ...], date_range: DateRange) -> tuple[tuple[str, float], ...]:
    """Return the points with one for each day of the range: the server leaves out days on which nothing happened."""
    if not points:
        return ()
    days = (str(date_range.start + timedelta(days=number)) for number in range(date_range.days))
    return tuple(sorted({**dict.fromkeys(days, 0.0), **dict(points)}.items()))


def _series_by_name(found: Mapping[str, Row]) -> list[Series]:
    overview, engagement = found.get("users and sessions", {}), found.get("engagement", {})
    rows = as_object(found.get("wallets", {}).get("breakdown")).get("inRange")
    sessions = as_object(overview.get("sessions"))
    systems = sessions.get("byOperatingSystem")
    days = [
        {**row, "nDays": f"{row.get('nDays')} {'day' if row.get('nDays') == 1 else 'days'}"}
        for row in as_objects(engagement.get("activeWeeklyDays"))
    ]
    heat = [
        {"when": f"{_weekday(row.get('weekday'))} {_hour(row.get('hourBucket'))}", "n": row.get("nSessionsVisits")}
        for row in as_objects(engagement.get("sessionsHeatmap"))
    ]
    return [
        Series("Wallets", "wallets", _highest(_points(rows, "walletNameDisplay", "nWallets"))),
        Series("Sign-in methods", "sessions", _highest(_points(sessions.get("byLoginMethod"), "dimValue", _SESSIONS))),
        Series("Operating systems", "sessions", _highest(_points(systems, "dimValue", _SESSIONS))),
        Series("Active days per week", "user weeks", _points(days, "nDays", "nUserWeeks")),
        Series("Busiest hours", "sessions", _highest(_points(heat, "when", "n"))),
        Series("Retention", "% of new users", _retention(engagement.get("retention")), is_additive=False),
    ]


_SESSIONS = "nSessionsVisits"
_SHOWN = 8


def _retention(retention: object) -> tuple[tuple[str, float], ...]:
    """Return the share of the new users of a week that returned after each number of weeks, averaged."""
    by_week: dict[int, list[float]] = {}
    for row in as_objects(as_object(retention).get("newUsers")):
        signed_up, returned, share = (
            parse_time(row.get("cohortWeek")),
            parse_time(row.get("returningWeek")),
            _number(row.get("retentionPct")),
        )
        if signed_up is not None and returned is not None and share is not None:
            by_week.setdefault(round((returned - signed_up).days / 7), []).append(share)
    return tuple((f"week {week}", sum(shares) / len(shares)) for week, shares in sorted(by_week.items()))


def _weekday(value: object) -> str:
    return _WEEKDAYS[int(value) % 7] if isinstance(value, (int, float)) else str(value)


def _hour(value: object) -> str:
    return f"{int(value):02d}:00" if isinstance(value, (int, float)) else str(value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _points(rows: object, label: str, value: str) -> tuple[tuple[str, float], ...]:
    """Return rows as points; values with the same label are added."""
    found: dict[str, float] = {}
    for row in as_objects(rows):
        number = _number(row.get(value))
        if number is not None:
            name = str(row.get(label) or "none")
            name = name[:10] if label == "date" else name
            found[name] = found.get(name, 0.0) + number
    return tuple(sorted(found.items()) if label == "date" else found.items())


def _highest(points: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    ordered = sorted(points, key=lambda point: -point[1])
    rest = sum(value for _, value in ordered[_SHOWN:])
    return (*ordered[:_SHOWN], *((("others", rest),) if rest else ()))
