"""The application: threads, rate limit, latency, errors and command line options."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from dyntui.cli.sandbox import sandbox as command
from dyntui.core.errors import UsageError
from dyntui.sandbox.app import Gateway
from dyntui.sandbox.behavior_flags import BEHAVIOR_FLAGS
from dyntui.sandbox.faults import FAULTS
from dyntui.sandbox.options import DOCUMENTED_RATE, RateLimit, SandboxOptions, parse_rate_limit
from dyntui.sandbox.sandbox import Sandbox


def test_threads_with_separate_event_loops_share_one_sandbox() -> None:
    sandbox = Sandbox(SandboxOptions(users=10))
    app = Gateway(sandbox)
    problems: list[BaseException] = []

    async def work(worker: int) -> None:
        transport = httpx.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {sandbox.token}"}
        url = f"/api/v0/environments/{sandbox.environment_id}/users"
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as client:
            for batch in range(8):
                rows = [{"email": f"{worker}-{batch}-{i}@example.com"} for i in range(10)] + [
                    {"email": f"shared{batch}@example.com"}
                ]
                answer = (await client.post(url + "/bulk", json=rows)).json()
                assert len(answer["created"]) >= 10
                assert (await client.get(url)).status_code == 200

    def run(worker: int) -> None:
        try:
            asyncio.run(work(worker))
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            problems.append(error)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sandbox.users.count() == 10 + 6 * 8 * 10 + 8
    sandbox.close()


async def test_the_rate_limit_refuses_with_retry_after_and_counts_bulk_requests(make_api: Any) -> None:
    api = make_api(rate_limit=RateLimit(5, 2), flags={"rate-window-ms": "600000"})
    row = [{"alias": "x"}]
    batches = [(await api("POST", "ENV/users/bulk", row)).status_code for _ in range(3)]
    assert batches == [201, 201, 429]
    reads = [await api("GET", "ENV") for _ in range(3)]
    assert [answer.status_code for answer in reads] == [200, 200, 429]
    assert 590 < int(reads[2].headers["retry-after"]) <= 600


async def test_the_rate_limit_accepts_requests_after_its_window(make_api: Any) -> None:
    api = make_api(rate_limit=RateLimit(1, 0), flags={"rate-window-ms": "100"})
    statuses: set[int] = set()
    deadline = time.monotonic() + 5
    while statuses != {200, 429} or (await api("GET", "ENV")).status_code != 200:
        statuses.add((await api("GET", "ENV")).status_code)
        assert time.monotonic() < deadline


async def test_latency_is_added_to_every_response(make_api: Any) -> None:
    api = make_api(latency_ms=80)
    started = time.monotonic()
    await api.get("ENV")
    assert time.monotonic() - started >= 0.08


async def test_paths_outside_the_api_are_not_found(api: Any) -> None:
    for path in ("/", "/api", "/api/v1/environments", "/favicon.ico"):
        response = await api.http.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert response.headers["x-request-id"]


async def test_the_test_control_refuses_other_machines(api: Any) -> None:
    transport = httpx.ASGITransport(app=api.app, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        assert (await client.get("/__sandbox__/state")).status_code == 403


async def test_every_response_has_a_separate_request_id(api: Any) -> None:
    answers = [await api("GET", path) for path in ("ENV", "ENV/users", "/nothing", "ENV/gates", "ENV/users/x")]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


async def test_an_exception_is_a_500_with_the_documented_shape(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(api.sandbox.users, "page", broken)
    transport = httpx.ASGITransport(app=api.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        url = f"/api/v0/environments/{api.sandbox.environment_id}/users"
        response = await client.get(url, headers={"Authorization": f"Bearer {api.token}"})
    assert (response.status_code, response.json()) == (500, {"error": "Internal Server Error"})
    assert response.headers["x-request-id"]


async def test_an_exception_in_a_write_rolls_it_back(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patch:
        patch.setattr(api.sandbox.store, "claim", broken)
        with pytest.raises(RuntimeError):
            await api.bulk({"email": "a@example.com"})
    assert (await api.get("ENV/users"))["count"] == 40
    assert len((await api.bulk({"email": "a@example.com"}))["created"]) == 1


def test_an_invalid_time_is_refused() -> None:
    with pytest.raises(UsageError):
        Sandbox(SandboxOptions(now="noon"))


@pytest.mark.parametrize(
    ("text", "limit"),
    [("documented", DOCUMENTED_RATE), ("60", RateLimit(60, 0)), ("60:5", RateLimit(60, 5)), (":5", None), ("x", None)],
)
def test_rate_limits_are_parsed(text: str, limit: RateLimit | None) -> None:
    if limit is None:
        with pytest.raises(UsageError):
            parse_rate_limit(text)
    else:
        assert parse_rate_limit(text) == limit


def test_help_lists_every_fault_and_every_flag_with_its_default() -> None:
    result = CliRunner().invoke(command, ["--help"], terminal_width=200)
    assert result.exit_code == 0
    for fault, meaning in FAULTS.items():
        assert f"  {fault} " in result.output and meaning in result.output
    for flag in BEHAVIOR_FLAGS.values():
        assert f"  {flag.name} " in result.output
        assert f"default {flag.default}]" in result.output


@pytest.mark.parametrize("arguments", [["--fault", "cut"], ["--flag", "x=y"], ["--rate-limit", "x"], ["--now", "noon"]])
def test_invalid_options_are_refused(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, ["--users", "0", *arguments])
    assert isinstance(result.exception, UsageError)
