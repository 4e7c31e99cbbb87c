"""Key figures of the environment for a date range. Each part is read separately, so that one can fail alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.times import now, parse_time

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["RANGES", "DateRange", "Figures", "Series", "Total", "read_figures"]

RANGES: Mapping[str, int] = {"7 days": 7, "30 days": 30, "90 days": 90, "a year": 365}
_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


@dataclass(frozen=True, slots=True)
class DateRange:
    """A date range with both days included. granularity: of the points of a chart: day, week or month."""

    start: date
    end: date

    @classmethod
    def last(cls, days: int) -> DateRange:
        """Return the last `days` days, with today."""
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
        return "day" if self.days <= 45 else "week" if self.days <= 200 else "month"

    @property
    def label(self) -> str:
        return f"{self.start} to {self.end}, by {self.granularity}"


@dataclass(frozen=True, slots=True)
class Total:
    """A key figure. in_range: None if unknown. all_time: None if unknown."""

    name: str
    in_range: float | None
    all_time: float | None


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers by date or name. unit: what is counted."""

    title: str
    unit: str
    points: tuple[tuple[str, float], ...]

    @property
    def sum(self) -> float:
        return sum(value for _, value in self.points)

    @property
    def peak(self) -> tuple[str, float] | None:
        """The point with the highest value."""
        return max(self.points, key=lambda point: point[1], default=None)


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures. over_time: by day. shares: by name. unavailable: parts that failed, and why."""

    range: DateRange
    totals: tuple[Total, ...] = ()
    over_time: tuple[Series, ...] = ()
    shares: tuple[Series, ...] = ()
    unavailable: Mapping[str, str] = field(default_factory=dict)


async def read_figures(client: Client, wanted: DateRange) -> Figures:
    """Read all parts concurrently. Raises the error only when all parts fail."""
    start, end = wanted.start.isoformat(), wanted.end.isoformat()
    new, old = {"start": start, "end": end}, {"startDate": start, "endDate": end}
    queries: dict[str, tuple[str, dict[str, str]]] = {
        "totals": ("getAnalyticsTopline", new),
        "users and sessions": ("getAnalyticsOverview", {**new, "granularity": wanted.granularity}),
        "engagement": ("getAnalyticsEngagement", new),
        "wallets": ("getAnalyticsWallets", {**new, "chain": ""}),
        "visits": ("getVisitAnalytics", old),
    }
    answers = await asyncio.gather(
        *(client.call(operation, query=query) for operation, query in queries.values()), return_exceptions=True
    )
    found: dict[str, Any] = {}
    missing: dict[str, str] = {}
    for name, answer in zip(queries, answers, strict=True):
        if isinstance(answer, DyntuiError):
            missing[name] = answer.message
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found[name] = answer if isinstance(answer, dict) else {}
    if not found:
        raise next(answer for answer in answers if isinstance(answer, DyntuiError))
    if "wallets" in missing:
        await _older_wallets(client, old, found, missing)
    return Figures(
        wanted,
        tuple(_totals(found.get("totals", {}))),
        tuple(series for series in _over_time(found) if series.points),
        tuple(series for series in _shares(found) if series.points),
        missing,
    )


async def _older_wallets(
    client: Client, query: Mapping[str, str], found: dict[str, Any], missing: dict[str, str]
) -> None:
    """Use the predecessor of `analytics/walletsBreakdown`, on servers without that one."""
    try:
        answer = await client.call("getWalletsBreakdown", query=query)
    except DyntuiError:
        return  # the error of the newer operation is reported
    if isinstance(answer, list):
        rows = [
            {"walletNameDisplay": _first(row, "name", "walletName"), "nWallets": row.get("count")} for row in answer
        ]
        found["wallets"] = {"breakdown": {"inRange": rows}}
        del missing["wallets"]


def _first(row: Mapping[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), "")


def _totals(topline: Mapping[str, Any]) -> list[Total]:
    return [
        Total(str(name), _number(part.get("inRange")), _number(part.get("allTime")))
        for name, part in topline.items()
        if isinstance(part, Mapping)
    ]


def _over_time(found: Mapping[str, Any]) -> list[Series]:
    overview, visits = found.get("users and sessions", {}), found.get("visits", {})
    out = [Series("Active users", "users", _points(overview.get("activeUsers"), "date", "nUsers"))]
    sessions = overview.get("sessions")
    by_method = sessions.get("byLoginMethod") if isinstance(sessions, Mapping) else None
    out.append(Series("Sessions", "sessions", _points(by_method, "date", "nSessionsVisits")))
    for name, title in (("users", "Signed-in sessions"), ("visits", "Visits without sign-in")):
        part = visits.get(name)
        rows = part.get("sessions") if isinstance(part, Mapping) else None
        out.append(Series(title, "sessions" if name == "users" else "visits", _points(rows, "date", "count")))
    return out


def _shares(found: Mapping[str, Any]) -> list[Series]:
    overview, engagement = found.get("users and sessions", {}), found.get("engagement", {})
    wallets = found.get("wallets", {}).get("breakdown")
    rows = wallets.get("inRange") if isinstance(wallets, Mapping) else None
    sessions = overview.get("sessions")
    sessions = sessions if isinstance(sessions, Mapping) else {}
    days = [
        {**row, "nDays": f"{row.get('nDays')} {'day' if row.get('nDays') == 1 else 'days'}"}
        for row in _rows(engagement.get("activeWeeklyDays"))
    ]
    heat = [
        {"when": f"{_weekday(row.get('weekday'))} {_hour(row.get('hourBucket'))}", "n": row.get("nSessionsVisits")}
        for row in _rows(engagement.get("sessionsHeatmap"))
    ]
    return [
        Series("Wallets", "wallets", _highest(_points(rows, "walletNameDisplay", "nWallets"))),
        Series("Sign-in methods", "sessions", _highest(_points(sessions.get("byLoginMethod"), "dimValue", _SESSIONS))),
        Series("Systems", "sessions", _highest(_points(sessions.get("byOperatingSystem"), "dimValue", _SESSIONS))),
        Series("Active days a week", "user weeks", _points(days, "nDays", "nUserWeeks")),
        Series("Busiest hours", "sessions", _highest(_points(heat, "when", "n"))),
        Series("Retention", "% of a week's new users", _retention(engagement.get("retention"))),
    ]


_SESSIONS = "nSessionsVisits"


def _retention(retention: Any) -> tuple[tuple[str, float], ...]:
    """Return the share of the new users of a week that returned after each number of weeks, averaged."""
    by_week: dict[int, list[float]] = {}
    for row in _rows(retention.get("newUsers") if isinstance(retention, Mapping) else None):
        cohort, back, share = (
            parse_time(row.get("cohortWeek")),
            parse_time(row.get("returningWeek")),
            _number(row.get("retentionPct")),
        )
        if cohort is not None and back is not None and share is not None:
            by_week.setdefault(round((back - cohort).days / 7), []).append(share)
    return tuple((f"week {week}", sum(shares) / len(shares)) for week, shares in sorted(by_week.items()))


def _weekday(value: Any) -> str:
    return _WEEKDAYS[int(value) % 7] if isinstance(value, (int, float)) else str(value)


def _hour(value: Any) -> str:
    return f"{int(value):02d}:00" if isinstance(value, (int, float)) else str(value)


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _points(rows: Any, label: str, value: str) -> tuple[tuple[str, float], ...]:
    """Return rows as points; values with the same label are added."""
    found: dict[str, float] = {}
    for row in _rows(rows):
        number = _number(row.get(value))
        if number is not None:
            name = str(row.get(label) or "none")
            name = name[:10] if label == "date" else name
            found[name] = found.get(name, 0.0) + number
    return tuple(sorted(found.items()) if label == "date" else found.items())


def _highest(points: Sequence[tuple[str, float]], most: int = 8) -> tuple[tuple[str, float], ...]:
    ordered = sorted(points, key=lambda point: -point[1])
    rest = sum(value for _, value in ordered[most:])
    return (*ordered[:most], *((("others", rest),) if rest else ()))
