"""The live tail tells each event once, whichever way the server orders them; exports are waited for and fetched."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.resource_fixtures import FLAGS, connected

from dyntui.api.errors import NotFound
from dyntui.api.models import Export
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.core.times import now, parse_since, parse_time
from dyntui.resources.events import user_id_of
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, Target
from dyntui.services.analytics import DateRange, read_metrics
from dyntui.services.connection import Connection
from dyntui.services.events import EventFilter, EventTail
from dyntui.services.vendor_exports import (
    download,
    download_host,
    export_file_name,
    wait_for_export,
)

YES = Confirmation(yes=True)


async def make_user(connection: Connection, name: str) -> None:
    results = await connection.write_gate.perform(
        write_action("users.create"), [Target("", name, {"fields": {"email": f"{name}@example.com"}})], YES
    )
    assert results.first_error is None


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("page", ["1", "3", "50"])
async def test_each_event_is_reported_one_time_in_order(order: str, page: str, tmp_path: Path) -> None:
    flags = {**FLAGS, "events-order": order, "page-size": page}
    async with connected(tmp_path, flags=flags, now=None, users=3) as connection:
        tail = EventTail(connection.client, EventFilter(resource="user"))
        before = await tail.poll()
        events: list[Row] = []
        for name in ("one", "two", "three", "four"):
            await make_user(connection, name)
            events += await tail.poll()
        events += await tail.poll()
        emails = [as_object(event["data"]).get("email") for event in events if event["eventName"] == "user.created"]
        assert emails == [f"{name}@example.com" for name in ("one", "two", "three", "four")]
        ids = [event["eventId"] for event in [*before, *events]]
        assert len(ids) == len(set(ids))
        assert not tail.missed


async def test_a_poll_without_new_events_reads_an_empty_page(tmp_path: Path) -> None:
    clock = [0.0]
    async with connected(tmp_path, flags={**FLAGS, "page-size": "10"}, now=None, users=3) as connection:
        log = connection.client.log
        tail = EventTail(connection.client, EventFilter(start=now() - timedelta(days=1)), clock=lambda: clock[0])
        await tail.poll()
        names = [f"person-{number}" for number in range(15)]
        targets = [Target("", name, {"fields": {"email": f"{name}@example.com"}}) for name in names]
        await connection.write_gate.perform(write_action("users.create"), targets, YES)
        assert len(await tail.poll()) >= 15
        bytes_of_ticks: list[int] = []
        for clock[0] in (2.0, 4.0, 32.0, 34.0, 36.0):
            requests = log.total
            assert await tail.poll() == []
            assert log.total == requests + 1, "one page, even when it is full of known events"
            bytes_of_ticks.append(log.entries()[-1].bytes_in)
        assert bytes_of_ticks[0] > 5_000, "the seconds before the latest event are read again, as it may arrive late"
        assert set(bytes_of_ticks[-2:]) == {len(b'{"data":[]}')}
        await make_user(connection, "three")
        assert [as_object(event["data"]).get("email") for event in await tail.poll()] == ["three@example.com"]


async def test_the_tail_starts_at_the_given_time_and_shows_the_selected_events(tmp_path: Path) -> None:
    async with connected(tmp_path, now=None, users=40) as connection:
        all_events = await EventTail(
            connection.client, EventFilter(start=now() - timedelta(days=400)), backlog=10_000
        ).poll()
        assert all_events == sorted(all_events, key=lambda event: str(event["timestamp"]))
        wallets = EventFilter(names=("WALLET.",), start=now() - timedelta(days=400))
        found = await EventTail(connection.client, wallets, backlog=10_000).poll()
        assert found
        assert {str(event["eventName"]).split(".")[0] for event in found} == {"wallet"}
        one = user_id_of(found[-1])
        by_text = EventFilter(text=one, start=now() - timedelta(days=400))
        assert len(one) == 36
        assert all(one in str(event) for event in await EventTail(connection.client, by_text).poll())
        middle = parse_time(all_events[len(all_events) // 2]["timestamp"])
        assert middle is not None
        ended = EventFilter(start=now() - timedelta(days=400), end=middle)
        times = [str(event["timestamp"]) for event in await EventTail(connection.client, ended, backlog=10_000).poll()]
        assert times[-1] <= middle.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("event", "user"),
    [
        ({"context": {"userId": "u"}}, "u"),
        ({"context": {}, "data": {"userId": "u"}}, "u"),
        ({"data": {"user": {"id": "u"}}}, "u"),
        ({"eventName": "user.created", "data": {"id": "u"}}, "u"),
        ({"eventName": "wallet.created", "data": {"id": "w"}}, ""),
        ({"eventName": 7, "data": [], "context": None}, ""),
    ],
)
def test_the_user_of_an_event_is_found_in_all_its_forms(event: dict[str, Any], user: str) -> None:
    assert user_id_of(event) == user


def test_times_are_accepted_in_common_formats() -> None:
    assert (now() - parse_since("2h")) - timedelta(hours=2) < timedelta(seconds=5)
    assert parse_since("2026-01-31").year == 2026
    with pytest.raises(UsageError):
        parse_since("yesterday")


# Exports


async def request_export(connection: Connection, model: str = "users") -> dict[str, Any]:
    from dyntui.resources.all_resources import RESOURCES
    from dyntui.services.actions.resource_actions import check_values, find_action, make_target, make_write_action

    record = RESOURCES["exports"]
    action = find_action(record, "create")
    filled = check_values(connection.client, action, {"model": model, "format": "csv"})
    write = make_write_action(record, action, filled)
    results = await connection.write_gate.perform(write, [make_target(record, None)], YES)
    assert results.first_error is None
    return dict(results.items[0].value)


@pytest.mark.parametrize("model", ["users", "visits"])
async def test_a_pending_export_is_downloaded_to_a_new_private_file(model: str, tmp_path: Path) -> None:
    async with connected(tmp_path, now=None, flags={**FLAGS, "export-delay-ms": "30"}) as connection:
        made = await request_export(connection, model)
        states: list[str] = []
        done = await wait_for_export(
            connection.client, made["id"], on_change=lambda export: states.append(export.status)
        )
        assert (states[-1], done.is_pending) == ("completed", False)
        assert download_host(connection, done) == "localhost"
        path, steps = tmp_path / export_file_name(done), list[tuple[int, int | None]]()
        saved = await download(connection, made["id"], path, on_progress=lambda *step: steps.append(step))
        assert saved.size == path.stat().st_size == steps[-1][0]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(path.read_text().splitlines()) == (41 if model == "users" else 21)
        assert [line.action for line in connection.audit.lines()][-1] == "exports.download"
        with pytest.raises(UsageError, match="already exists"):
            await download(connection, made["id"], path)
        assert path.stat().st_size == saved.size


@pytest.mark.parametrize("answer", ["redirect", "body"])
async def test_an_export_without_a_listed_url_is_downloaded(answer: str, tmp_path: Path) -> None:
    flags = {**FLAGS, "export-delay-ms": "0", "export-url-listed": "no", "export-download": answer}
    async with connected(tmp_path, now=None, flags=flags) as connection:
        made = await request_export(connection)
        await wait_for_export(connection.client, made["id"])
        saved = await download(connection, made["id"], tmp_path / "x.csv")
        assert (saved.host, len((tmp_path / "x.csv").read_text().splitlines())) == ("localhost", 41)


async def test_a_pending_or_failed_export_is_not_downloaded(tmp_path: Path) -> None:
    async with connected(tmp_path, now=None, flags={**FLAGS, "export-delay-ms": "60000"}) as connection:
        made = await request_export(connection)
        with pytest.raises(UsageError, match="not finished"):
            await download(connection, made["id"], tmp_path / "x.csv")
        with pytest.raises(DyntuiError, match="not finished after"):
            await wait_for_export(connection.client, made["id"], timeout_s=0.01)
        with pytest.raises(NotFound):
            await download(connection, "00000000-0000-4000-8000-000000000000", tmp_path / "x.csv")
        assert not (tmp_path / "x.csv").exists()


async def test_a_failed_download_leaves_no_file(tmp_path: Path) -> None:
    async with connected(tmp_path, now=None, flags={**FLAGS, "export-url-seconds": "0"}) as connection:
        made = await request_export(connection)
        await wait_for_export(connection.client, made["id"])
        with pytest.raises(DyntuiError):
            await download(connection, made["id"], tmp_path / "x.csv")
        assert not (tmp_path / "x.csv").exists()


def test_an_error_with_a_stack_trace_is_shortened_to_its_first_line() -> None:
    assert Export.of({"error": "It broke.\n  at line 1\n  at line 2"}).error_line == "It broke"
    assert Export.of({}).error_line == "no reason given"
    export = Export.of({"model": "../../etc", "createdAt": "2026-01-02T03:04:05Z"})
    assert export_file_name(export) == "dynamic-etc-20260102T0304.csv"


# Analytics


async def test_all_metrics_of_a_range_are_read(tmp_path: Path) -> None:
    async with connected(tmp_path, now=None, users=200) as connection:
        metrics = await read_metrics(connection.client, DateRange.last(90))
        assert not metrics.unavailable
        assert {total.name for total in metrics.totals} == {"users", "sessions", "wallets"}
        titles = {series.title for series in (*metrics.by_date, *metrics.by_name)}
        assert {"Active users", "Sessions", "Wallets", "Sign-in methods"} <= titles
        for series in (*metrics.by_date, *metrics.by_name):
            assert series.points
        wallets = next(total for total in metrics.totals if total.name == "wallets")
        shares = next(series for series in metrics.by_name if series.title == "Wallets")
        assert dict(shares.summary) == {"total": wallets.in_range}


async def test_users_of_several_days_are_not_added_up(tmp_path: Path) -> None:
    async with connected(tmp_path, now=None, users=200) as connection:
        metrics = await read_metrics(connection.client, DateRange.last(30))
        by_title = {series.title: series for series in (*metrics.by_date, *metrics.by_name)}
        active = by_title["Active users"]
        values = [value for _, value in active.points]
        assert len(values) == 30, "days without a user count in the average"
        assert active.summary == (("average a day", sum(values) / 30), ("maximum a day", max(values)))
        assert [name for name, _ in by_title["Sessions"].summary] == ["total", "average a day", "maximum a day"]
        assert by_title["Retention"].summary == (), "percentages of different weeks have no total and no average"
        by_week = await read_metrics(connection.client, DateRange.last(90))
        assert {series.title: series.period for series in by_week.by_date} == {
            "Active users": "week",
            "Sessions": "week",
            "Signed-in sessions": "day",
            "Visits without sign-in": "day",
        }


async def test_a_refused_metric_does_not_hide_the_others(tmp_path: Path) -> None:
    async with connected(tmp_path, now=None) as connection:
        call = connection.client.call

        async def some(operation: str, **more: Any) -> Any:
            if operation in ("getAnalyticsEngagement", "getAnalyticsWallets"):
                raise DyntuiError("Forbidden: not in this plan")
            return await call(operation, **more)

        connection.client.call = some  # type: ignore[method-assign, assignment]
        metrics = await read_metrics(connection.client, DateRange.last(30))
        assert metrics.unavailable == {"engagement": "Forbidden: not in this plan"}
        assert any(series.title == "Wallets" for series in metrics.by_name), "the older operation is asked instead"


def test_ranges_are_checked() -> None:
    assert DateRange.between("2026-01-01", "2026-01-31").days == 31
    assert DateRange.between("2026-01-01", "2026-01-31").granularity == "day"
    assert DateRange.last(365).granularity == "month"
    for start, end in (("2026-02-01", "2026-01-01"), ("soon", "2026-01-01")):
        with pytest.raises(UsageError):
            DateRange.between(start, end)
