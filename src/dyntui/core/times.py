"""Times and durations, in the format of the API and as shown to people.

Cells of lists, details and dialogs show times in the format of `time_display`, which the console changes with a key.
The command line leaves it at ages.

humanize has only the long form ("2 minutes ago"), which does not fit the columns of lists.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from dyntui.core.errors import UsageError
from dyntui.core.text import quantity, shorten

__all__ = [
    "TimeFormat",
    "age",
    "clock_text",
    "detail_text",
    "duration",
    "exact_text",
    "now",
    "now_iso",
    "parse_since",
    "parse_time",
    "parse_until",
    "time_display",
    "time_text",
    "time_width",
    "zone_name",
]

_DAY_S = 86_400
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class TimeFormat(StrEnum):
    """How times are shown."""

    RELATIVE = "relative"
    """As their age."""
    LOCAL = "local"
    """In the time zone of this machine, with its name."""
    UTC = "utc"


class _TimeDisplay:
    format = TimeFormat.RELATIVE


time_display = _TimeDisplay()
"""How this process shows times."""


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


def parse_since(text: str) -> datetime:
    """Parse a time: 2026-01-31, 2026-01-31T12:00:00Z, or 30m, 12h, 7d, 4w ago. Raises UsageError."""
    moment = parse_time(text)
    if moment is None and text[-1:] in _UNITS and text[:-1].isdecimal():
        try:
            moment = now() - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
        except (OverflowError, ValueError):  # more digits than a time or an int can have
            moment = None
    if moment is None:
        raise UsageError(
            f"{shorten(text, 60)!r} is not a time.", hint="Write 2026-01-31, 2026-01-31T12:00:00Z, or 30m, 12h, 7d."
        )
    return moment


def parse_until(text: str) -> datetime:
    """Parse a time as `parse_since`, but a day is its last moment: the whole day is included. Raises UsageError."""
    moment = parse_since(text)
    try:
        date.fromisoformat(text)
    except ValueError:
        return moment
    return datetime.combine(moment, time.max, moment.tzinfo)


def age(moment: datetime | None, at: datetime | None = None) -> str:
    """Return the age of a moment as lists show it: `now`, `12 s ago`, `2 min ago`, `5 h ago`, `yesterday`, `3 Nov`,
    `14 Mar 2025`, `—`."""
    if moment is None:
        return "—"
    at = at or now()
    seconds = (at - moment).total_seconds()
    if seconds < -60:
        return f"{moment.day} {moment:%b} {moment.year}" if seconds < -_DAY_S else f"in {duration(-seconds)}"
    if seconds < 60:
        return f"{int(seconds)} s ago" if seconds >= 1 else "now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if seconds < _DAY_S:
        return f"{int(seconds // 3600)} h ago"
    if seconds < 2 * _DAY_S:
        return "yesterday"
    return f"{moment.day} {moment:%b}" if moment.year == at.year else f"{moment.day} {moment:%b} {moment.year}"


def time_text(moment: datetime | None, at: datetime | None = None) -> str:
    """Return a time in the format of `time_display`: its age, `2026-11-28 09:12:33 CET` or `2026-11-28 08:12:33 UTC`.

    at: the time from which the age is counted; now by default.
    """
    if moment is None or time_display.format is TimeFormat.RELATIVE:
        return age(moment, at)
    return exact_text(moment)


def time_width() -> int:
    """Return the largest width of an exact time in the format of `time_display`; 0 for ages, which columns fit."""
    match time_display.format:
        case TimeFormat.RELATIVE:
            return 0
        case TimeFormat.LOCAL:
            return len("2026-11-28 09:12:33 +0100")
        case TimeFormat.UTC:
            return len("2026-11-28 08:12:33 UTC")


def detail_text(moment: datetime, at: datetime | None = None) -> str:
    """Return the age and the exact time with its zone: `2 h ago, 2026-11-28 08:12:33 UTC`."""
    seconds = ((at or now()) - moment).total_seconds()
    if seconds >= 2 * _DAY_S:
        text = f"{duration(seconds)} ago"
    elif seconds < -_DAY_S:
        text = f"in {duration(-seconds)}"
    else:
        text = age(moment, at)
    return f"{text}, {exact_text(moment)}"


def exact_text(moment: datetime, precision: str = "seconds") -> str:
    """Return date, time and zone: `2026-11-28 08:12:33 UTC`, in local time if that is the format of `time_display`.

    precision: `minutes`, `seconds` or `milliseconds`.
    """
    zoned = _zoned(moment, is_local=time_display.format is TimeFormat.LOCAL)
    return f"{zoned.replace(tzinfo=None).isoformat(' ', precision)} {zone_name(zoned)}"


def clock_text(moment: datetime, precision: str = "minutes") -> str:
    """Return the time of day of a moment of today: `09:12`, or with its zone when exact times are shown, `08:12 UTC`.

    precision: `minutes` or `seconds`.
    """
    zoned = _zoned(moment, is_local=time_display.format is not TimeFormat.UTC)
    text = zoned.time().isoformat(precision)
    return text if time_display.format is TimeFormat.RELATIVE else f"{text} {zone_name(zoned)}"


def zone_name(moment: datetime) -> str:
    """Return the name of the time zone, such as `CET`; the offset, such as `+0530`, if it has no short name."""
    name = moment.tzname() or ""
    return name if name.isascii() and name.isalpha() and len(name) <= 5 else f"{moment:%z}"


def _zoned(moment: datetime, *, is_local: bool) -> datetime:
    try:
        return moment.astimezone(None if is_local else UTC)
    except (OverflowError, ValueError, OSError):  # the first or last day that a datetime can have
        return moment


def duration(seconds: float) -> str:
    """Return a duration in words: `under 1 s`, `12 s`, `4 min`, `1 h 20 min`, `2 days`."""
    if seconds < 1:
        return "under 1 s"
    if seconds < 90:
        return f"{round(seconds)} s"
    if seconds < 3570:
        return f"{round(seconds / 60)} min"
    if seconds < _DAY_S:
        hours, minutes = divmod(round(seconds / 60), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = round(seconds / _DAY_S)
    return quantity(days, "day")
