"""Parse dates in common formats to RFC 3339; an ambiguous date is a problem."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dyntui.importer.problems import Problem

__all__ = ["to_rfc3339"]

_SLASHED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)")
_NAMED_ZONE = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)


def to_rfc3339(value: object, name: str, problems: list[Problem]) -> object:
    """Return `value` as RFC 3339, or unchanged with a problem."""
    moment = _from_number(value)
    if moment is None and isinstance(value, str):
        text = value.strip()
        if match := _SLASHED.fullmatch(text):
            moment = _slashed(match, name, problems)
            if moment is None:
                return value
        else:
            moment = _from_text(text)
    if moment is None:
        if not isinstance(value, str):
            problems.append(Problem("error", "bad_date", name, f"“{value}” is not a valid date."))
        return value  # The check of the field reports it.
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
        problems.append(Problem("info", "date_without_zone", name, f"“{value}” has no time zone. UTC is used."))
    return _written(moment)


def _written(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    fraction = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=fraction).replace("+00:00", "Z")


def _from_number(value: object) -> datetime | None:
    """Return the date of a Unix time in seconds, milliseconds or microseconds; None for other numbers."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    for unit in (1, 1_000, 1_000_000):
        if 100_000_000 <= value / unit < 10_000_000_000:
            try:
                return datetime.fromtimestamp(value / unit, UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None


def _from_text(text: str) -> datetime | None:
    if match := _YEAR_FIRST.fullmatch(text):
        text = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}{match[4]}"
    zoned = _NAMED_ZONE.sub("+00:00", text)
    for attempt in (text, zoned):
        try:
            return datetime.fromisoformat(attempt)
        except ValueError:
            continue
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _slashed(match: re.Match[str], name: str, problems: list[Problem]) -> datetime | None:
    """Return the date for a text with dots or slashes.

    31.12.2024 has the day first. 31/12/2024 and 12/31/2024 are clear, 03/04/2024 is ambiguous."""
    first, mark, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
    day_first = mark == "." or first > 12
    if mark != "." and first <= 12 and second <= 12 and first != second:
        message = f"“{match[0]}” is {first} of month {second}, or {second} of month {first}."
        hint = f"{year}-{second:02}-{first:02} or {year}-{first:02}-{second:02}"
        problems.append(Problem("error", "ambiguous_date", name, message, hint))
        return None
    day, month = (first, second) if day_first else (second, first)
    try:
        return datetime(year, month, day, int(match[5] or 0), int(match[6] or 0), int(match[7] or 0))  # noqa: DTZ001  # no zone is what the cell says
    except ValueError:
        return None
