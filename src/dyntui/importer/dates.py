"""Parse dates in common formats to RFC 3339. A date is understood as a whole or not at all.

An ambiguous date (day/month), a time zone that is only a name, and a time that does not exist are problems.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from dyntui.core.errors import UsageError
from dyntui.importer.option_names import option
from dyntui.importer.problems import Problem

__all__ = ["check_date_format", "parse_with_format", "to_rfc3339"]

_MONTH_NAMES = (
    *("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august"),
    *("sep sept september", "oct october", "nov november", "dec december"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_NAME = r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]?\s+)?"
_TIME = (
    r"(?:(?:\s*,\s*|\s+|T|\s+at\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
    r"(?:\s*(?P<zone>Z|(?:UTC|GMT)?\s*[+-]\d{2}(?::?\d{2})?|UTC|GMT)|\s+(?P<name>[a-z]{2,5}))?"
    r"(?:\s*\([^()]*\))?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4})",
        rf"{_DAY_NAME}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?P<word>{_MONTH})[\s.,-]+(?P<year>\d{{4}})",
        rf"{_DAY_NAME}(?P<word>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    )
)
_POSIX = re.compile(
    rf"(?P<weekday>mon|tue|wed|thu|fri|sat|sun)\s+(?P<word>{_MONTH})\s+(?P<day>\d{{1,2}})\s+"
    r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\s+(?P<zone>UTC|GMT|Z|[+-]\d{4})|\s+(?P<name>[a-z]{2,5}))?"
    r"\s+(?P<year>\d{4})",
    re.IGNORECASE,
)
"""The form of `date` and of C: `Fri May 31 09:00:00 UTC 2024`."""
_ISO = re.compile(r"[\dTWZ:.,+ -]+")
_NUMBER = re.compile(r"\d{9,16}(?:\.\d+)?")


def to_rfc3339(value: object, name: str, problems: list[Problem]) -> object:
    """Return `value` as RFC 3339, or unchanged with a problem. name: the field, for problems."""
    before = len(problems)
    moment = _from_number(value)
    if moment is None and isinstance(value, str):
        moment = _from_text(value.strip(), name, problems)
    if moment is None:
        if len(problems) == before:
            message = f"“{value}” is not a date or time that is understood as a whole."
            hint = f"Write it like 2024-05-31T09:00:00Z, or use {option('--date-format')}."
            problems.append(Problem("error", "bad_date", name, f"{message} {hint}"))
        return value
    return _in_utc(moment, value, name, problems)


def parse_with_format(value: object, format: str, name: str, problems: list[Problem]) -> object:
    """Return `value` as RFC 3339, read in a format of strptime, or unchanged with a problem."""
    text = value.strip() if isinstance(value, str) else str(value)
    try:
        moment = datetime.strptime(text, format)  # noqa: DTZ007  # without a zone it is reported as UTC
    except ValueError:
        message = f"“{value}” does not have the form {format}."
        problems.append(Problem("error", "bad_date", name, message))
        return value
    return _in_utc(moment, value, name, problems)


def check_date_format(format: str) -> str:
    """Return a format for `parse_with_format`. Raises UsageError when it cannot hold a whole date."""
    hint = "For example %d/%m/%Y, %m/%d/%Y %I:%M %p or %Y-%m-%dT%H:%M:%S%z."
    sample = datetime(2024, 5, 31, 21, 7, 8, tzinfo=UTC)
    try:
        parsed = datetime.strptime(sample.strftime(format), format)  # noqa: DTZ007  # only the date matters
    except ValueError as error:
        raise UsageError(f"{format!r} is not a date format: {error}.", hint=hint) from error
    if "%Z" in format:
        raise UsageError("The name of a time zone (%Z) is ambiguous.", hint="Use %z, for an offset such as +0200.")
    if parsed.date() != sample.date() or ("%I" in format and "%p" not in format):
        raise UsageError(f"{format!r} does not say the day, the month and the year, or am and pm.", hint=hint)
    return format


def _in_utc(moment: datetime, value: object, name: str, problems: list[Problem]) -> str:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
        problems.append(Problem("info", "date_without_zone", name, f"“{value}” has no time zone. UTC is used."))
    moment = moment.astimezone(UTC)
    fraction = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=fraction).replace("+00:00", "Z")


def _from_number(value: object) -> datetime | None:
    """Return the date of a Unix time in seconds, milliseconds or microseconds; None for other numbers."""
    if isinstance(value, str) and value.isascii() and _NUMBER.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    for unit in (1, 1_000, 1_000_000):
        if 100_000_000 <= value / unit < 10_000_000_000:
            try:
                return datetime.fromtimestamp(value / unit, UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None


def _from_text(text: str, name: str, problems: list[Problem]) -> datetime | None:
    if _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # one of the forms below may fit
    for form in (*_FORMS, _POSIX):
        if match := form.fullmatch(text):
            return _from_match(match, text, name, problems)
    return None


def _from_match(match: re.Match[str], text: str, name: str, problems: list[Problem]) -> datetime | None:
    parts = match.groupdict()
    if parts.get("name"):
        message = f"The time zone “{parts['name']}” of “{text}” is only a name, which can mean several zones."
        hint = "Write the offset instead, such as +02:00."
        problems.append(Problem("error", "bad_date", name, f"{message} {hint}"))
        return None
    day_and_month = _day_and_month(parts, text, name, problems)
    hour = _hour(parts)
    if day_and_month is None or hour is None:
        return None
    fraction = int(f"{parts.get('fraction') or '0':0<6}"[:6])
    try:
        moment = datetime(
            int(parts["year"]),
            day_and_month[1],
            day_and_month[0],
            hour,
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            fraction,
            _zone(parts["zone"]),
        )
    except ValueError:
        return None
    weekday = parts.get("weekday")
    return None if weekday and _DAYS[moment.weekday()] != weekday.lower() else moment


def _day_and_month(
    parts: dict[str, str | None], text: str, name: str, problems: list[Problem]
) -> tuple[int, int] | None:
    """Return day and month; None with a problem when they could be meant the other way round.

    31.12.2024 has the day first. 31/12/2024 and 12/31/2024 are clear, 03/04/2024 is ambiguous."""
    if word := parts.get("word"):
        return int(parts["day"] or 0), _MONTHS[word.lower()]
    if parts.get("first") is None:
        return int(parts["day"] or 0), int(parts["month"] or 0)
    first, other, year = int(parts["first"] or 0), int(parts["other"] or 0), parts["year"]
    is_dotted = parts["mark"] == "."
    if not is_dotted and first <= 12 and other <= 12 and first != other:
        message = f"“{text}” is {first} of month {other}, or {other} of month {first}."
        advice = (
            f"Write {year}-{other:02}-{first:02} or {year}-{first:02}-{other:02}, or use {option('--date-format')}."
        )
        problems.append(Problem("error", "ambiguous_date", name, f"{message} {advice}"))
        return None
    return (first, other) if is_dotted or first > 12 else (other, first)


def _hour(parts: dict[str, str | None]) -> int | None:
    """Return the hour from 0 to 23; None when it does not exist, such as 14 pm."""
    hour, half = int(parts["hour"] or 0), parts.get("half")
    if not half:
        return hour
    if not 1 <= hour <= 12:
        return None
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _zone(text: str | None) -> timezone | None:
    """Return the zone of an offset such as `+02:00` or `GMT+0200`; UTC for its names. Raises ValueError."""
    if not text:
        return None
    offset = re.sub(r"(?i)utc|gmt|z|[\s:]", "", text)
    if not offset:
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:5] or 0)
    if minutes > 59:
        raise ValueError(text)
    return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
