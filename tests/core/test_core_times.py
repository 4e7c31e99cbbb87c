"""Times are read as the API writes them and said as people say them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.times import (
    TimeFormat,
    age,
    clock_text,
    detail_text,
    duration,
    exact_text,
    now,
    now_iso,
    parse_time,
    time_display,
    time_text,
    time_width,
)

AT = datetime(2026, 3, 14, 12, 0, 0, tzinfo=UTC)


def test_the_current_time_is_formatted_and_parsed() -> None:
    before = now()
    read = parse_time(now_iso())
    assert read is not None
    assert abs((read - before).total_seconds()) < 5
    assert now_iso().endswith("Z")


OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=OFFSETS))
def test_a_time_with_a_zone_is_parsed_as_the_same_moment(moment: datetime) -> None:
    assert parse_time(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-14T12:00:00.000Z", AT),
        ("2026-03-14T12:00:00Z", AT),
        ("2026-03-14T13:00:00+01:00", AT),
        ("2026-03-14T12:00:00", AT),
        ("2026-03-14", AT.replace(hour=0)),
    ],
)
def test_time_formats_of_servers_are_parsed(text: str, moment: datetime) -> None:
    assert parse_time(text) == moment


@pytest.mark.parametrize("value", [None, "", "yesterday", "2026-13-01", 5, 1.5, [], "0"])
def test_other_texts_are_not_parsed_as_a_time(value: object) -> None:
    assert parse_time(value) is None


@pytest.mark.parametrize(
    ("delta", "text"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=12), "12 s ago"),
        (timedelta(seconds=-30), "now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(hours=30), "yesterday"),
        (timedelta(days=3), "11 Mar"),
        (timedelta(days=365), "14 Mar 2025"),
        (timedelta(minutes=-20), "in 20 min"),
        (timedelta(days=-40), "23 Apr 2026"),
    ],
)
def test_ages_are_formatted_in_words(delta: timedelta, text: str) -> None:
    assert age(AT - delta, AT) == text


def test_a_missing_time_has_no_age() -> None:
    assert age(None) == "—"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "under 1 s"),
        (12, "12 s"),
        (89, "89 s"),
        (90, "2 min"),
        (240, "4 min"),
        (3599, "1 h"),
        (3569, "59 min"),
        (4800, "1 h 20 min"),
        (86_399, "24 h"),
        (172_800, "2 days"),
        (86_400, "1 day"),
    ],
)
def test_durations_are_formatted_in_words(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(0, 10**9), st.floats(0, 10**9))
def test_a_longer_duration_is_not_formatted_as_a_shorter_one(one: float, two: float) -> None:
    units = {"s": 1, "min": 60, "h": 3600, "day": 86_400, "days": 86_400}

    def seconds(text: str) -> int:
        words = text.replace("under 1 s", "0 s").replace(",", "").split()
        return sum(int(words[i]) * units[words[i + 1]] for i in range(0, len(words), 2))

    low, high = sorted((one, two))
    assert seconds(duration(low)) <= seconds(duration(high))


@pytest.fixture
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Return a function that sets the time zone of the process."""

    def set_to(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    monkeypatch.setattr(time_display, "format", TimeFormat.RELATIVE)
    yield set_to
    monkeypatch.undo()
    time.tzset()


MOMENT = datetime(2026, 3, 14, 10, 12, 33, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "format", "cell", "detail", "clock"),
    [
        ("Europe/Berlin", TimeFormat.RELATIVE, "1 h ago", "2026-03-14 10:12:33 UTC", "11:12"),
        ("Europe/Berlin", TimeFormat.LOCAL, "2026-03-14 11:12:33 CET", "2026-03-14 11:12:33 CET", "11:12 CET"),
        ("Europe/Berlin", TimeFormat.UTC, "2026-03-14 10:12:33 UTC", "2026-03-14 10:12:33 UTC", "10:12 UTC"),
        (
            "America/Sao_Paulo",
            TimeFormat.LOCAL,
            "2026-03-14 07:12:33 -0300",
            "2026-03-14 07:12:33 -0300",
            "07:12 -0300",
        ),
    ],
)
def test_a_time_is_shown_as_an_age_in_local_time_or_in_utc(
    set_zone: Callable[[str], None], zone: str, format: TimeFormat, cell: str, detail: str, clock: str
) -> None:
    set_zone(zone)
    time_display.format = format
    assert time_text(MOMENT, AT) == cell
    assert len(cell) <= max(12, time_width())
    assert detail_text(MOMENT, AT) == f"1 h ago, {detail}"
    assert clock_text(MOMENT) == clock
    assert time_text(None, AT) == "—"


@pytest.mark.parametrize(
    ("days", "text"),
    [(1.5, "yesterday"), (2, "2 days ago"), (400, "400 days ago"), (-0.5, "in 12 h"), (-3, "in 3 days")],
)
def test_a_detail_counts_the_days_of_an_old_or_future_time(days: float, text: str) -> None:
    moment = AT - timedelta(days=days)
    assert detail_text(moment, AT) == f"{text}, {exact_text(moment)}"


@pytest.mark.parametrize("format", TimeFormat)
@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_first_and_the_last_day_are_shown_in_every_format(
    set_zone: Callable[[str], None], format: TimeFormat, text: str
) -> None:
    set_zone("Asia/Kolkata")
    time_display.format = format
    moment = parse_time(text)
    assert moment is not None
    assert text[:4] in exact_text(moment)
    assert time_text(moment, AT)
