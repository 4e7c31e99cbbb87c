"""Actions on many targets: in parallel up to the limit, with results, audit lines and a stop as for one at a time."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from dyntui.api.in_flight import InFlightLimit
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.access.compare import make_side, plan_sync, read_list, sync_action
from dyntui.services.actions.audit import Audit, AuditLine
from dyntui.services.actions.registry import declarations
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import set_metadata_field
from dyntui.services.actions.write_types import Confirmation, Target, WriteAction, WriteOutcome, WriteResults
from dyntui.services.connection import Connection
from dyntui.services.demo import demo_connection

YES = Confirmation(yes=True)
MAXIMUM = 8
DELETE = write_action("users.delete")


@dataclass
class CountingApp:
    """The sandbox, which counts the writes in flight."""

    inner: Callable[..., Any]
    begun: list[str] = field(default_factory=list)
    """Method and path of each write, in the order in which they came."""
    ended: list[str] = field(default_factory=list)
    """Those that were answered."""
    request_ids: dict[str, str] = field(default_factory=dict)
    """The request id of the answer by the last part of the path."""
    in_flight: int = 0
    most: int = 0
    answers_from: int = 1
    """How many have to be in flight at one time before any is answered."""
    before: Callable[[str], None] = lambda path: None
    """Called with each write before the sandbox gets it."""
    statuses: dict[str, int] = field(default_factory=dict)
    """The status to answer with, by the last part of the path, in place of the sandbox."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] == "GET":
            await self.inner(scope, receive, send)
            return
        name = scope["path"].rsplit("/", 1)[-1]
        request = f"{scope['method']} {scope['path']}"
        self.begun.append(request)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        self.before(name)
        while self.most < self.answers_from:
            await asyncio.sleep(0)

        async def send_counted(message: Any) -> None:
            for key, value in message.get("headers", ()):
                if key == b"x-dyn-request-id":
                    self.request_ids[name] = value.decode()
            await send(message)

        try:
            if status := self.statuses.get(name):
                await send({"type": "http.response.start", "status": status, "headers": []})
                await send({"type": "http.response.body", "body": b"{}"})
            else:
                await self.inner(scope, receive, send_counted)
        finally:
            self.in_flight -= 1
            self.ended.append(request)


@dataclass
class Environment:
    """A connection to the counting sandbox."""

    connection: Connection
    app: CountingApp
    limiters: RateLimiters

    async def targets(self, count: int) -> list[Target]:
        """The first users as targets."""
        page = await self.connection.client.page("getEnvironmentUsers", "users", limit=100)
        return [Target(str(row["id"]), str(row.get("email") or "")) for row in page.rows[:count]]

    async def perform(self, action: WriteAction, targets: list[Target], **options: Any) -> WriteResults:
        assessed = await self.connection.write_gate.with_impact(action, targets)
        needed = self.connection.write_gate.requirement(assessed, targets)
        confirmation = Confirmation(yes=True, typed=next(iter(needed.accepted), ""), read=needed.code)
        return await self.connection.write_gate.perform(action, targets, confirmation, **options)

    def count_sent(self) -> int:
        """The number of requests that were sent."""
        return self.connection.log.total + self.connection.log.in_flight

    def audit_lines(self) -> list[AuditLine]:
        return list(self.connection.audit.lines())

    async def users(self) -> set[str]:
        """The ids of all users."""
        page = await self.connection.client.page("getEnvironmentUsers", "users", limit=100)
        return {str(row["id"]) for row in page.rows}


@asynccontextmanager
async def environment(folder: Path) -> AsyncIterator[Environment]:
    demo = demo_connection(SandboxOptions(users=80, seed=1, latency_ms=10))
    assert demo.app is not None
    app = CountingApp(demo.app)
    limiters = RateLimiters(0, 0, InFlightLimit(MAXIMUM))
    async with Connection(
        demo.profile, demo._token, app=app, audit=Audit(folder / "audit.jsonl"), rate_limiters=limiters
    ) as connection:
        await demo.aclose()
        yield Environment(connection, app, limiters)


async def test_many_deletions_are_in_flight_up_to_the_maximum_and_results_keep_the_order(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets, progress = await env.targets(60), []
        results = await env.perform(DELETE, targets, on_progress=lambda done, total: progress.append((done, total)))
        assert 1 < env.app.most <= MAXIMUM
        assert [item.target for item in results.items] == targets
        assert results.count(WriteOutcome.DONE) == 60
        assert progress == [(number, 60) for number in range(1, 61)]
        assert await env.users() & {target.id for target in targets} == set()


async def test_several_requests_are_sent_before_the_first_response_when_the_server_has_responded(
    tmp_path: Path,
) -> None:
    async with environment(tmp_path) as env:
        targets = await env.targets(20)
        env.app.answers_from = MAXIMUM
        async with asyncio.timeout(20):
            assert (await env.perform(DELETE, targets)).remaining == ()


async def test_each_target_has_its_own_pair_of_audit_lines_and_its_own_request_id(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets = await env.targets(20)
        await env.perform(set_metadata_field("plan", "pro"), targets)
        assert env.app.most > 1
        lines = env.audit_lines()
        for target in targets:
            started, ended = [line for line in lines if line.targets == (target.id,)]
            assert (started.outcome, ended.outcome) == ("started", "done")
            assert ended.request_id == env.app.request_ids[target.id]
        assert len(set(env.app.request_ids.values())) == 20


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda action, targets: (replace(action, in_parallel=False), targets), id="order matters"),
        pytest.param(lambda action, targets: (action, [*targets, targets[0]]), id="the same target again"),
    ],
)
async def test_one_at_a_time_where_targets_are_not_independent(tmp_path: Path, change: Any) -> None:
    async with environment(tmp_path) as env:
        action, targets = change(set_metadata_field("plan", "pro"), await env.targets(10))
        assert (await env.perform(action, targets)).remaining == ()
        assert env.app.most == 1
        assert [path.rsplit("/", 1)[-1] for path in env.app.begun] == [target.id for target in targets]


async def test_a_refused_token_stops_the_targets_that_are_not_sent(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets = await env.targets(60)
        env.app.statuses = {targets[20].id: 401}
        results = await env.perform(DELETE, targets)
        outcomes = [item.outcome for item in results.items]
        assert outcomes[20] is WriteOutcome.FAILED
        assert outcomes[20 + MAXIMUM :] == [WriteOutcome.NOT_TRIED] * (60 - 20 - MAXIMUM)
        assert len(env.app.begun) == 60 - outcomes.count(WriteOutcome.NOT_TRIED)
        _check_pairs(env, results)


async def test_after_a_cancel_nothing_is_sent_and_requests_in_flight_are_reported(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets, cancel, at_cancel = await env.targets(60), asyncio.Event(), []

        def on_progress(done: int, total: int) -> None:
            if done == 20:
                cancel.set()
                at_cancel.append(env.count_sent())

        results = await env.perform(DELETE, targets, on_progress=on_progress, cancel=cancel)
        assert [env.count_sent()] == at_cancel
        assert results.count(WriteOutcome.DONE) == len(env.app.begun)
        assert 20 < len(env.app.begun) < 20 + MAXIMUM
        done = {item.target.id for item in results.items if item.outcome is WriteOutcome.DONE}
        assert await env.users() & {target.id for target in targets} == {target.id for target in targets} - done
        _check_pairs(env, results)


async def test_requests_that_wait_for_the_rate_limit_are_not_sent_after_a_cancel(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets, cancel = await env.targets(20), asyncio.Event()

        def hold(name: str) -> None:
            if len(env.app.begun) == 5:
                env.limiters.default.hold(0.3)

        def on_progress(done: int, total: int) -> None:
            started = sum(line.outcome == "started" for line in env.audit_lines())
            if started > len(env.app.begun):
                cancel.set()

        env.app.before = hold
        results = await env.perform(DELETE, targets, on_progress=on_progress, cancel=cancel)
        assert cancel.is_set(), "the cancel came while requests waited"
        assert results.count(WriteOutcome.DONE) == len(env.app.begun) < 5 + MAXIMUM
        assert "not_tried" in {line.outcome for line in env.audit_lines()}
        _check_pairs(env, results)


async def test_an_interrupt_records_each_request_in_flight_as_unknown(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets, interrupted = await env.targets(60), asyncio.Event()

        def interrupt(name: str) -> None:
            if env.app.in_flight == MAXIMUM:
                interrupted.set()

        env.app.before = interrupt
        task = asyncio.create_task(env.perform(DELETE, targets))
        await interrupted.wait()
        answered = len(env.app.ended)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        outcomes = [line.outcome for line in env.audit_lines()]
        assert outcomes.count("started") == outcomes.count("done") + outcomes.count("unknown")
        assert outcomes.count("unknown") >= len(env.app.begun) - answered > 1
        assert outcomes.count("started") == len(env.app.begun)


async def test_a_profile_that_becomes_read_only_refuses_the_targets_that_are_not_begun(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets = await env.targets(60)

        def on_progress(done: int, total: int) -> None:
            if done == 20:
                env.connection.write_gate.refuse_writes("acme is read-only")

        results = await env.perform(DELETE, targets, on_progress=on_progress)
        begun = sum(line.outcome == "started" for line in env.audit_lines())
        assert results.count(WriteOutcome.DONE) == len(env.app.begun) <= begun < 20 + MAXIMUM
        refused = [line for line in env.audit_lines() if line.outcome == "refused"]
        assert [line.targets for line in refused] == [tuple(target.id for target in targets[begun:])]
        assert str(results.first_error) == "acme is read-only. The rest was not sent."


async def test_a_defect_in_one_call_lets_the_others_end(tmp_path: Path) -> None:
    async with environment(tmp_path) as env:
        targets, is_raised = await env.targets(60), asyncio.Event()

        async def call(client: Any, target: Target, permit: WritePermit) -> Any:
            if target == targets[10]:
                is_raised.set()
                raise KeyError("defect")
            if target == targets[9]:  # its result is needed before the defect is noticed in the order of the targets
                await is_raised.wait()
                while env.app.in_flight:
                    await asyncio.sleep(0)
            return await DELETE.call(client, target, permit)

        with pytest.raises(KeyError):
            await env.perform(replace(DELETE, call=call), targets)
        outcomes = Counter(line.outcome for line in env.audit_lines())
        assert outcomes["done"] == len(env.app.begun)
        assert 10 - MAXIMUM < outcomes["done"] < 10 + MAXIMUM
        assert outcomes["started"] == outcomes["done"] + outcomes["not_tried"] + outcomes["unknown"]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_sync_removes_only_after_every_addition_is_done(tmp_path: Path, fails: bool) -> None:
    async with environment(tmp_path) as env:
        client = env.connection.client
        fields = {"name": "Guests", "outcome": "siteAccess", "scope": ""}
        made = await env.perform(write_action("allowlists.create"), [Target("", "Guests", {"fields": fields})])
        row = dict(made.items[0].value)
        old = make_side("old", [{"email": f"old{number}@example.com"} for number in range(20)])
        await env.perform(*sync_action(plan_sync(row, await read_list(client, row), old, remove=True)))
        env.app.begun.clear()
        env.app.ended.clear()
        ended_before: list[int] = []
        env.app.before = lambda name: ended_before.append(len(env.app.ended))
        new = [{"email": f"new{number}@example.com"} for number in range(20)]
        source = make_side("new", [*new[:5], {"walletPublicKey": "short"}, *new[5:]] if fails else new)
        results = await env.perform(*sync_action(plan_sync(row, await read_list(client, row), source, remove=True)))
        added = [request for request in env.app.begun if request.startswith("POST")]
        removed = [request for request in env.app.begun if request.startswith("DELETE")]
        assert env.app.most > 1
        assert len(added) == 20 + fails
        assert len(removed) == (0 if fails else 20)
        assert env.app.begun == added + removed
        assert fails or ended_before[len(added)] == len(added), "removals wait for every addition"
        assert results.count(WriteOutcome.NOT_TRIED) == (20 if fails else 0)


async def test_a_slow_disk_does_not_block_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    write = Audit.write

    def write_noted(audit: Audit, line: AuditLine) -> None:
        threads.append(threading.get_ident())
        write(audit, line)

    monkeypatch.setattr(Audit, "write", write_noted)
    async with environment(tmp_path) as env:
        await env.perform(DELETE, await env.targets(10))
    assert len(threads) == 20
    assert threading.get_ident() not in threads


async def test_an_interrupt_while_the_start_is_recorded_waits_for_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_writing, may_end, write = threading.Event(), threading.Event(), Audit.write

    def write_slowly(audit: Audit, line: AuditLine) -> None:
        if line.outcome == "started":
            is_writing.set()
            assert may_end.wait(20)
        write(audit, line)

    monkeypatch.setattr(Audit, "write", write_slowly)
    async with environment(tmp_path) as env:
        task = asyncio.create_task(env.perform(DELETE, await env.targets(1)))
        await asyncio.to_thread(is_writing.wait, 20)
        task.cancel()
        asyncio.get_running_loop().call_soon(may_end.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [line.outcome for line in env.audit_lines()] == ["started", "not_tried"]
        assert not env.app.begun


def test_a_permit_finishes_a_target_that_was_begun() -> None:
    is_stopped = False
    permit = WritePermit("a test").for_target(lambda: is_stopped)
    permit.begin_request()
    is_stopped = True
    permit.begin_request()


def test_only_actions_on_independent_objects_run_in_parallel() -> None:
    assert {each.name for each in declarations() if each.action.in_parallel} == {
        "allowlist-entries.create",
        "allowlist-entries.delete",
        "allowlists.sync",
        "allowlists.undo",
        "sessions.revoke",
        "users.add-to-allowlist",
        "users.delete",
        "users.recover-wallets",
        "users.remove-mfa-devices",
        "users.reset-mfa",
        "users.revoke-sessions",
        "users.set-metadata",
        "wallets.delete",
        "wallets.revoke-delegated-access",
        "webhook-messages.redeliver",
    }


def _check_pairs(env: Environment, results: WriteResults) -> None:
    """Check that each target has a start and its outcome in the audit log, or neither."""
    lines: dict[str, list[str]] = {}
    for line in env.audit_lines():
        lines.setdefault(line.targets[0], []).append(line.outcome)
    for item in results.items:
        expected = [["started", item.outcome.value]]
        if item.outcome is WriteOutcome.NOT_TRIED:
            expected.append([])
        assert lines.get(item.target.id, []) in expected
