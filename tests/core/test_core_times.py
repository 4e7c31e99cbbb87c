"""Times are read as the API writes them and said as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.core.times import age, duration, now, now_iso, parse_time

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
        (timedelta(0), "0 s ago"),
        (timedelta(seconds=12), "12 s ago"),
        (timedelta(seconds=-30), "0 s ago"),
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
