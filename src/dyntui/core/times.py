"""Times and durations, in the format of the API and as shown to people.

humanize has only the long form ("2 minutes ago"), which does not fit the columns of lists.
"""

from __future__ import annotations

from datetime import UTC, datetime

from dyntui.core.text import quantity

__all__ = ["age", "duration", "now", "now_iso", "parse_time"]


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def now_iso() -> str:
    """Return the current time in the format of the API: RFC 3339, milliseconds, `Z`."""
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: object) -> datetime | None:
    """Return an RFC 3339 time as an aware datetime; None for other text. A time without a zone is UTC."""
    if not isinstance(text, str) or not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def age(moment: datetime | None, at: datetime | None = None) -> str:
    """Return the age of a moment as lists show it: `12 s ago`, `2 min ago`, `5 h ago`, `yesterday`, `3 Nov`, `14 Mar
    2025`, `—`."""
    if moment is None:
        return "—"
    at = at or now()
    seconds = (at - moment).total_seconds()
    if seconds < -60:
        return f"{moment.day} {moment:%b} {moment.year}" if seconds < -86_400 else f"in {duration(-seconds)}"
    if seconds < 60:
        return f"{max(0, int(seconds))} s ago"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < 86_400:
        return f"{int(seconds // 3600)} h ago"
    if seconds < 2 * 86_400:
        return "yesterday"
    return f"{moment.day} {moment:%b}" if moment.year == at.year else f"{moment.day} {moment:%b} {moment.year}"


def duration(seconds: float) -> str:
    """Return a duration in words: `under 1 s`, `12 s`, `4 min`, `1 h 20 min`, `2 days`."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"{round(seconds)} s"
    if seconds < 3570:
        return f"{round(seconds / 60)} min"
    if seconds < 86_400:
        hours, minutes = divmod(round(seconds / 60), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = round(seconds / 86_400)
    return quantity(days, "day")
