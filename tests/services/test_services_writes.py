"""The one door: nothing is written unconfirmed, in read-only, or without a line in the audit log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from dyntui.api.client import Client
from dyntui.api.errors import ConnectionLost, NotSent, Unauthorized, WriteRefused
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.api.request_log import RequestLog
from dyntui.config.profile import Kind, Profile
from dyntui.core.effect import Effect
from dyntui.core.errors import NotAuthorized, UsageError
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.write_gate import WriteGate
from dyntui.services.actions.write_types import (
    AuditUnavailable,
    Confirmation,
    ConfirmationLevel,
    Target,
    WriteAction,
    WriteOutcome,
)

YES = Confirmation(yes=True)


class Api:
    read_only = False
    rate_limiters = RateLimiters(0, 0)
    log = RequestLog()


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path / "state" / "audit.jsonl")


def make_gate(audit: Audit, kind: Kind = "sandbox", read_only: bool = False) -> WriteGate:
    profile = Profile("acme", "https://app.dynamicauth.com/api/v0", "env-1", kind, read_only=read_only)
    return WriteGate(profile, cast(Client, Api()), audit, ask_kind=False)


def make_action(effect: Effect = Effect.WRITE, fails: dict[str, Exception] | None = None, **more: Any) -> WriteAction:
    async def call(client: Client, target: Target, permit: WritePermit) -> str:
        assert isinstance(permit, WritePermit)
        permit.request_ids.append(f"req-{target.id}")
        if fails and target.id in fails:
            raise fails[target.id]
        return target.id

    operation = {Effect.READ: "getUser", Effect.WRITE: "updateUser", Effect.DESTRUCTIVE: "deleteUser"}[effect]
    return WriteAction("user.delete", "Delete", "user", operation, call, effect=effect, **more)


TARGETS = [Target(f"u{n}", f"user{n}@example.com") for n in range(3)]


def test_an_action_without_an_effect_is_a_write() -> None:
    async def call(client: Client, target: Target, permit: WritePermit) -> None: ...

    assert WriteAction("x", "X", "x", "x", call).effect is Effect.WRITE


@pytest.mark.parametrize(
    ("kind", "effect", "typed_in_live", "level"),
    [
        ("sandbox", Effect.READ, False, ConfirmationLevel.NONE),
        ("sandbox", Effect.WRITE, True, ConfirmationLevel.CONFIRM),
        ("sandbox", Effect.DESTRUCTIVE, False, ConfirmationLevel.CONFIRM),
        ("live", Effect.READ, False, ConfirmationLevel.NONE),
        ("live", Effect.WRITE, False, ConfirmationLevel.CONFIRM),
        ("live", Effect.WRITE, True, ConfirmationLevel.TYPED),
        ("live", Effect.DESTRUCTIVE, False, ConfirmationLevel.TYPED),
    ],
)
def test_the_confirmation_depends_on_the_effect_and_the_environment(
    audit: Audit, kind: Kind, effect: Effect, typed_in_live: bool, level: ConfirmationLevel
) -> None:
    needed = make_gate(audit, kind).requirement(make_action(effect, typed_in_live=typed_in_live), TARGETS)
    assert needed.level is level
    assert (needed.accepted == ("acme",)) is (level is ConfirmationLevel.TYPED)


def test_the_question_names_at_most_five_targets_and_their_number(audit: Audit) -> None:
    many = [Target(f"u{n}") for n in range(1200)]
    needed = make_gate(audit).requirement(make_action(), many)
    assert needed.question == "Delete 1,200 users?"
    assert needed.target_lines == ("u0", "u1", "u2", "u3", "u4", "… and 1,195 more")
    assert make_gate(audit).requirement(make_action(), TARGETS[:1]).question == "Delete user user0@example.com?"


async def test_without_a_confirmation_no_request_is_sent(audit: Audit) -> None:
    with pytest.raises(UsageError):
        await make_gate(audit).perform(make_action(), TARGETS, Confirmation())
    with pytest.raises(UsageError, match="was not confirmed"):
        await make_gate(audit, "live").perform(
            make_action(Effect.DESTRUCTIVE), TARGETS, Confirmation(yes=True, typed="acm")
        )
    assert list(audit.lines()) == []


@pytest.mark.parametrize("typed", ["acme", " acme "])
async def test_typing_the_name_confirms(audit: Audit, typed: str) -> None:
    results = await make_gate(audit, "live").perform(
        make_action(Effect.DESTRUCTIVE), TARGETS, Confirmation(typed=typed)
    )
    assert results.count(WriteOutcome.DONE) == 3


@pytest.mark.parametrize("typed", ["3", "2", "", "yes", "ACME"])
async def test_only_the_name_confirms_in_a_live_environment(audit: Audit, typed: str) -> None:
    with pytest.raises(UsageError, match="was not confirmed"):
        await make_gate(audit, "live").perform(
            make_action(Effect.DESTRUCTIVE), TARGETS, Confirmation(yes=True, typed=typed)
        )
    assert list(audit.lines()) == []


async def test_a_phrase_is_required_in_every_environment(audit: Audit) -> None:
    dangerous = make_action(phrase="VIP list")
    with pytest.raises(UsageError, match="VIP list"):
        await make_gate(audit).perform(dangerous, TARGETS[:1], YES)
    assert (await make_gate(audit).perform(dangerous, TARGETS[:1], Confirmation(typed="VIP list"))).remaining == ()


async def test_read_only_refuses_and_the_refusal_is_recorded(audit: Audit) -> None:
    writes = make_gate(audit, read_only=True)
    assert "read-only" in writes.refusal(make_action())
    with pytest.raises(UsageError, match="read-only"):
        await writes.perform(make_action(), TARGETS, YES)
    assert [line.outcome for line in audit.lines()] == ["refused"]


async def test_each_target_has_an_outcome_and_failed_ones_stay_marked(audit: Audit) -> None:
    results = await make_gate(audit).perform(make_action(fails={"u1": ConnectionLost("cut")}), TARGETS, YES)
    assert [item.outcome for item in results.items] == [WriteOutcome.DONE, WriteOutcome.UNKNOWN, WriteOutcome.DONE]
    assert [target.id for target in results.remaining] == ["u1"]
    assert [(line.targets, line.outcome) for line in audit.lines() if line.outcome != "started"] == [
        (("u0",), "done"),
        (("u1",), "unknown"),
        (("u2",), "done"),
    ]
    assert next(audit.lines()).environment == "env-1"


@pytest.mark.parametrize(
    "error", [NotSent("no line"), Unauthorized(401, "no"), NotAuthorized("no token"), WriteRefused("no permit")]
)
async def test_an_error_that_affects_all_targets_stops_the_write(audit: Audit, error: Exception) -> None:
    results = await make_gate(audit).perform(make_action(fails={"u0": error}), TARGETS, YES)
    assert [item.outcome for item in results.items] == [
        WriteOutcome.FAILED,
        WriteOutcome.NOT_TRIED,
        WriteOutcome.NOT_TRIED,
    ]


async def test_progress_is_reported_and_a_cancel_skips_the_other_targets(audit: Audit) -> None:
    cancel = asyncio.Event()
    reported = []

    def progress(done: int, total: int) -> None:
        reported.append((done, total))
        cancel.set()

    results = await make_gate(audit).perform(make_action(), TARGETS, YES, on_progress=progress, cancel=cancel)
    assert reported == [(1, 3)]
    assert [target.id for target in results.remaining] == ["u1", "u2"]


async def test_changed_targets_are_reloaded(audit: Audit) -> None:
    async def reread(client: Client, target: Target) -> Any:
        return {"id": target.id, "fresh": True}

    results = await make_gate(audit).perform(make_action(reread=reread), TARGETS[:1], YES)
    assert results.items[0].reread == {"id": "u0", "fresh": True}


@pytest.mark.parametrize(("is_sent", "outcome"), [(True, "unknown"), (False, "not_tried")])
async def test_an_interrupted_call_is_recorded_as_unknown_when_it_was_sent(
    audit: Audit, is_sent: bool, outcome: str
) -> None:
    started = asyncio.Event()

    async def call(client: Client, target: Target, permit: WritePermit) -> None:
        if is_sent:
            permit.begin_request()
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(make_gate(audit).perform(WriteAction("x", "X", "x", "op", call), TARGETS[:1], YES))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [line.outcome for line in audit.lines()] == ["started", outcome]


def test_the_audit_log_has_no_secret_and_is_readable_after_an_incomplete_line(audit: Audit) -> None:
    writes = make_gate(audit)
    writes.records.record_outcome(
        make_action(), TARGETS, "done", detail="token dyn_abcdefghijklmnop of ada@example.com"
    )
    with audit.file.open("ab") as stream:
        stream.write(b'{"time": "torn')
    text = audit.file.read_text()
    assert "abcdefghijklmnop" not in text and "ada@" not in text
    assert len(list(audit.lines())) == 1
    assert audit.file.stat().st_mode & 0o777 == 0o600


def _make_unwritable(audit: Audit) -> None:
    """The audit file is replaced by a folder: nothing can be appended any more, also not by root."""
    audit.file.unlink(missing_ok=True)
    audit.file.mkdir(parents=True)


async def test_an_outcome_that_cannot_be_recorded_is_returned_and_reported(audit: Audit) -> None:
    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        _make_unwritable(audit)
        return {"id": target.id}

    writes = make_gate(audit)
    gaps: list[str] = []
    writes.records.on_gap = gaps.append
    results = await writes.perform(replace(make_action(), call=call), TARGETS, YES)
    assert [item.outcome for item in results.items] == [WriteOutcome.DONE, WriteOutcome.FAILED, WriteOutcome.NOT_TRIED]
    assert results.items[0].value == {"id": "u0"}
    assert isinstance(results.items[1].error, AuditUnavailable)
    assert len(gaps) == 1
    assert "user.delete of user0@example.com ended as done" in gaps[0]


async def test_a_failure_that_cannot_be_recorded_keeps_its_error(audit: Audit) -> None:
    async def call(client: Client, target: Target, permit: WritePermit) -> None:
        _make_unwritable(audit)
        raise ConnectionLost("cut")

    writes = make_gate(audit)
    gaps: list[str] = []
    writes.records.on_gap = gaps.append
    results = await writes.perform(replace(make_action(), call=call), TARGETS[:1], YES)
    assert isinstance(results.first_error, ConnectionLost)
    assert results.items[0].outcome is WriteOutcome.UNKNOWN
    assert len(gaps) == 1


async def test_no_request_is_sent_when_the_start_cannot_be_recorded(audit: Audit) -> None:
    _make_unwritable(audit)
    sent = []

    async def call(client: Client, target: Target, permit: WritePermit) -> None:
        sent.append(target)

    results = await make_gate(audit).perform(replace(make_action(), call=call), TARGETS, YES)
    assert not sent
    assert [item.outcome for item in results.items] == [
        WriteOutcome.FAILED,
        WriteOutcome.NOT_TRIED,
        WriteOutcome.NOT_TRIED,
    ]
    assert isinstance(results.first_error, AuditUnavailable)


async def test_a_refusal_that_cannot_be_recorded_is_still_a_refusal(audit: Audit) -> None:
    _make_unwritable(audit)
    with pytest.raises(UsageError, match="read-only"):
        await make_gate(audit, read_only=True).perform(make_action(), TARGETS, YES)


def test_the_end_of_a_job_that_cannot_be_recorded_is_reported_and_its_start_refused(audit: Audit) -> None:
    _make_unwritable(audit)
    writes = make_gate(audit)
    gaps: list[str] = []
    writes.records.on_gap = gaps.append
    with pytest.raises(AuditUnavailable):
        writes.records.record_start(make_action(), TARGETS)
    writes.records.record_outcome(make_action(), TARGETS, "done")
    assert len(gaps) == 1


async def test_a_failed_reload_does_not_hide_the_outcome(audit: Audit) -> None:
    async def reread(client: Client, target: Target) -> None:
        raise UsageError("There is no such user.")

    results = await make_gate(audit).perform(make_action(reread=reread), TARGETS[:1], YES)
    assert results.items[0].outcome is WriteOutcome.DONE
