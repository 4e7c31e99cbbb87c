"""Faults as a client sees them, on a socket and in process."""

from __future__ import annotations

import itertools
import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest

from dyntui.core.errors import UsageError
from dyntui.sandbox.faults import FAULTS, Faults, parse_faults
from dyntui.sandbox.server import RunningServer

_BATCHES = itertools.count()


class Wire:
    """A client on loopback that sets one fault at a time."""

    def __init__(self, served: RunningServer) -> None:
        self.served = served
        self.http = httpx.Client(
            base_url=served.base_url, headers={"Authorization": f"Bearer {served.token}"}, timeout=10
        )
        self.users = f"/environments/{served.environment_id}/users"

    def set(self, **faults: float) -> None:
        self.control("faults", {name.replace("_", "-").removeprefix("f-"): chance for name, chance in faults.items()})

    def control(self, what: str, body: Any) -> None:
        response = self.http.put(f"{self.served.root_url}/__sandbox__/{what}", json=body)
        assert response.status_code == 200, response.text

    def state(self) -> Any:
        return self.http.get(f"{self.served.root_url}/__sandbox__/state").json()

    def rows(self, count: int) -> list[dict[str, str]]:
        batch = next(_BATCHES)
        return [{"email": f"{batch}-{i}@example.com"} for i in range(count)]

    def post(self, rows: list[dict[str, str]]) -> httpx.Response:
        return self.http.post(self.users + "/bulk", content=orjson.dumps(rows))

    def landed(self, rows: list[dict[str, str]]) -> int:
        """Return how many of these rows the sandbox contains."""
        lines = self.http.get(f"{self.served.root_url}/__sandbox__/users").text.splitlines()
        emails = [json.loads(line).get("email") for line in lines]
        assert len(set(emails) - {None}) == len([email for email in emails if email]), "somebody is there twice"
        return sum(row["email"] in emails for row in rows)


@pytest.fixture
def wire(served: RunningServer) -> Iterator[Wire]:
    client = Wire(served)
    yield client
    client.set()
    client.http.close()


def nothing_is_late(wire: Wire, seconds: float = 5.0) -> None:
    """Wait until all delayed requests are applied."""
    deadline = time.monotonic() + seconds
    while wire.state()["pending"]:
        assert time.monotonic() < deadline, "it was never applied"


def test_429_has_all_three_documented_shapes_and_retry_after(wire: Wire) -> None:
    wire.set(f_429=1)
    rows = wire.rows(2)
    answers = [wire.post(rows) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {429}
    assert {answer.headers["retry-after"] for answer in answers} == {"1"}
    types = sorted(answer.headers["content-type"].partition(";")[0] for answer in answers)
    assert types == ["application/json", "application/json", "text/plain"]
    bodies = [answer.json() for answer in answers if answer.headers["content-type"].startswith("application/json")]
    assert sorted(map(tuple, bodies)) == [("error",), ("message", "code")]
    assert wire.landed(rows) == 0


@pytest.mark.parametrize(
    ("fault", "status", "landed"), [("500-before", 500, 0), ("502-after", 502, 3), ("html", 503, 0)]
)
def test_errors_are_sent_before_or_after_applying(wire: Wire, fault: str, status: int, landed: int) -> None:
    wire.control("faults", {fault: 1})
    rows = wire.rows(3)
    answer = wire.post(rows)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html") is (fault == "html")
    assert wire.landed(rows) == landed


@pytest.mark.parametrize(("fault", "landed"), [("cut-before", 0), ("cut-after", 4), ("half", 2)])
def test_cuts_close_the_connection_without_a_response(wire: Wire, fault: str, landed: int) -> None:
    wire.control("faults", {fault: 1})
    for _ in range(4):  # FIN and RST take turns by chance
        rows = wire.rows(4)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            wire.post(rows)
        assert wire.landed(rows) == landed


def test_a_cut_closes_the_socket_without_a_byte(wire: Wire) -> None:
    endings = set()
    for fault in ("cut-before", "cut-after", "half", "late"):
        wire.control("faults", {fault: 1})
        for _ in range(4):
            body = orjson.dumps(wire.rows(2))
            request = (
                f"POST /api/v0{wire.users}/bulk HTTP/1.1\r\n"
                f"Host: 127.0.0.1\r\nAuthorization: Bearer {wire.served.token}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            endings.add(_ending(wire, request.encode() + body))
    assert endings <= {"end", "reset"} and "end" in endings and "reset" in endings
    nothing_is_late(wire)


def _ending(wire: Wire, request: bytes) -> str:
    port = httpx.URL(wire.served.base_url).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        try:
            got = connection.recv(1000)
        except ConnectionResetError:
            return "reset"
    assert got == b"", got
    return "end"


def test_late_applies_after_the_cut(wire: Wire) -> None:
    wire.control("flags", {"late-min-ms": "2000", "late-max-ms": "2000"})
    wire.set(late=1)
    rows = wire.rows(3)
    started = time.monotonic()
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        wire.post(rows)
    assert time.monotonic() - started < 2
    wire.set()
    assert wire.landed(rows) == 0
    nothing_is_late(wire)
    assert wire.landed(rows) == 3


def test_delayed_requests_are_applied_once_when_they_are_flushed(wire: Wire) -> None:
    wire.control("flags", {"late-min-ms": "60000", "late-max-ms": "60000"})
    wire.set(late=1)
    rows = wire.rows(3)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        wire.post(rows)
    wire.control("flags", {"late-min-ms": "50", "late-max-ms": "600"})
    wire.set()
    assert wire.landed(rows) == 0
    flush = f"{wire.served.root_url}/__sandbox__/flush"
    assert [wire.http.post(flush).json()["pending"] for _ in range(2)] == [0, 0]
    assert wire.landed(rows) == 3


def test_truncate_sends_the_start_of_the_response(wire: Wire) -> None:
    wire.set(truncate=1)
    rows = wire.rows(5)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        wire.post(rows)
    assert wire.landed(rows) == 5

    with wire.http.stream("GET", wire.users) as response:
        assert response.status_code == 200
        received = b""
        with pytest.raises(httpx.RemoteProtocolError):
            for chunk in response.iter_raw():
                received += chunk
    assert received.startswith(b'{"count":')
    assert 0 < len(received) < int(response.headers["content-length"])


def test_slow_delays_the_response(wire: Wire) -> None:
    wire.control("flags", {"slow-ms": "250"})
    wire.set(slow=1)
    started = time.monotonic()
    assert wire.http.get(wire.users).status_code == 200
    assert time.monotonic() - started >= 0.25


def test_faults_apply_to_reads_and_half_to_batches_only(wire: Wire) -> None:
    wire.set(cut_after=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        wire.http.get(wire.users)
    wire.set(half=1)
    assert wire.http.get(wire.users).status_code == 200


def test_the_server_works_after_every_fault(wire: Wire) -> None:
    for fault in FAULTS:
        wire.control("faults", {fault: 1})
        try:
            wire.post(wire.rows(2))
        except httpx.TransportError:
            wire.http.get(wire.served.root_url + "/__sandbox__/state").raise_for_status()
        wire.set()
        assert wire.http.get(wire.users).status_code == 200
    assert set(wire.state()["faultsHappened"]) == set(FAULTS)
    nothing_is_late(wire)


def test_faults_never_apply_to_the_test_control(wire: Wire) -> None:
    wire.set(cut_before=1)
    assert wire.state()["faults"] == {"cut-before": 1.0}


async def test_in_process_a_cut_is_a_connection_error_after_applying(make_api: Any) -> None:
    api = make_api(faults={"cut-after": 1.0})
    with pytest.raises(ConnectionError):
        await api.bulk({"email": "a@example.com"})
    api.sandbox.faults.set({"truncate": 1.0})
    with pytest.raises(ConnectionError):
        await api.bulk({"email": "b@example.com"})
    api.sandbox.faults.set({"cut-before": 1.0})
    with pytest.raises(ConnectionError):
        await api.bulk({"email": "c@example.com"})
    api.sandbox.faults.set({"half": 1.0})
    with pytest.raises(ConnectionError):
        await api.bulk({"email": "d@example.com"}, {"email": "e@example.com"})
    api.sandbox.faults.set({})
    assert (await api.get("ENV/users"))["count"] == 43


async def test_delayed_requests_are_applied_when_the_sandbox_closes(make_api: Any) -> None:
    api = make_api(faults={"late": 1.0}, flags={"late-min-ms": "60000", "late-max-ms": "60000"})
    with pytest.raises(ConnectionError):
        await api.bulk({"email": "a@example.com"})
    assert api.sandbox.pending == 1
    before = api.sandbox.users.count()
    api.sandbox.flush()
    assert (api.sandbox.pending, api.sandbox.users.count()) == (0, before + 1)


def test_the_same_seed_draws_the_same_faults() -> None:
    def drawn(seed: int) -> list[str]:
        faults = Faults({"429": 0.2, "cut-after": 0.3}, seed)
        return [faults.draw(bulk=True) for _ in range(400)]

    assert drawn(1) == drawn(1) != drawn(2)
    counts = {name: drawn(3).count(name) for name in ("429", "cut-after", "")}
    assert 50 < counts["429"] < 110 and 85 < counts["cut-after"] < 155 and counts[""] > 150


@pytest.mark.parametrize(
    "pairs",
    [["cut"], ["cut-after"], ["cut-after=x"], ["cut-after=2"], ["cut-after=-1"], ["429=0.6", "slow=0.6"], ["429=nan"]],
)
def test_invalid_faults_are_refused(pairs: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_faults(pairs)
