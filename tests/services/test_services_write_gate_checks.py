"""Each check of the write gate on its own, in the cases that no command and no screen reaches.

`scripts/mutate_write_gate.py` removes each check in turn; what other tests do not notice is asserted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from dyntui.api.catalog import catalog
from dyntui.api.client import Client
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.api.request_log import RequestLog
from dyntui.config.profile import Profile
from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.write_gate import WriteGate
from dyntui.services.actions.write_rules import effect_of, rule_of, rule_of_all
from dyntui.services.actions.write_types import (
    Confirmation,
    ConfirmationLevel,
    Impact,
    Target,
    WriteAction,
    WriteOutcome,
)

TARGETS = (Target("u1", "ada@example.com"), Target("u2"))
YES = Confirmation(yes=True, typed="acme")
DECIDES_ACCESS = (
    "deleteAllowlistById",
    "deleteAllowlistEntryById",
    "deleteGate",
    "disableAllowlistById",
    "disableGate",
    "enableAllowlistById",
    "enableGate",
    "postEntryByAllowlistId",
    "updateAllowlistById",
    "updateGate",
)


@dataclass
class _Api:
    read_only: bool = False
    rate_limiters: RateLimiters = field(default_factory=lambda: RateLimiters(0, 0))
    log: RequestLog = field(default_factory=RequestLog)


def make_gate(folder: Path, *, live: bool = False, client_read_only: bool = False) -> WriteGate:
    profile = Profile("acme", "https://app.dynamicauth.com/api/v0", "env-1", "live" if live else "sandbox")
    audit = Audit(folder / "audit.jsonl")
    return WriteGate(profile, cast(Client, _Api(client_read_only)), audit, ask_kind=False)


def make_action(operation: str = "updateUser", **options: Any) -> WriteAction:
    async def call(client: Client, target: Target, permit: WritePermit) -> str:
        return target.id

    return WriteAction("user.update", "Save", "user", operation, call, **options)


def assessed(impact: Impact) -> Any:
    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        return impact

    return assess


async def test_a_client_that_is_read_only_refuses_although_its_profile_is_not(tmp_path: Path) -> None:
    gate = make_gate(tmp_path, client_read_only=True)
    assert gate.refusal(make_action()) == "acme is read-only."
    with pytest.raises(UsageError, match="read-only"):
        await gate.perform(make_action(), TARGETS, YES)
    assert gate.refusal(make_action("getUser", effect=Effect.READ)) == ""


def test_an_action_declared_as_a_read_is_refused_in_read_only_by_its_rule(tmp_path: Path) -> None:
    gate = make_gate(tmp_path, client_read_only=True)
    assert gate.refusal(make_action("deleteUser", effect=Effect.READ)) == "acme is read-only."


async def test_the_rule_of_the_operation_is_in_the_assessed_action(tmp_path: Path) -> None:
    action = await make_gate(tmp_path).with_impact(make_action("deleteUser", effect=Effect.READ), TARGETS)
    assert action.effect is Effect.DESTRUCTIVE
    assert "cannot be undone" in action.warning


async def test_a_destructive_impact_makes_a_write_destructive(tmp_path: Path) -> None:
    gate = make_gate(tmp_path, live=True)
    action = make_action(assess_impact=assessed(Impact(effect=Effect.DESTRUCTIVE)))
    assert gate.requirement(action, TARGETS).level is ConfirmationLevel.CONFIRM
    found = await gate.with_impact(action, TARGETS)
    assert found.effect is Effect.DESTRUCTIVE
    assert gate.requirement(found, TARGETS).level is ConfirmationLevel.TYPED


def test_an_action_that_assesses_its_impact_is_not_permitted_without_it(tmp_path: Path) -> None:
    action = make_action(assess_impact=assessed(Impact()))
    with pytest.raises(UsageError, match="impact was not assessed"):
        make_gate(tmp_path).authorize(action, TARGETS, YES)


@pytest.mark.parametrize("operation", DECIDES_ACCESS)
def test_an_operation_that_controls_sign_in_is_not_permitted_without_its_impact(tmp_path: Path, operation: str) -> None:
    with pytest.raises(UsageError, match="impact was not assessed"):
        make_gate(tmp_path).authorize(make_action(operation), TARGETS[:1], YES)


def test_the_name_of_another_environment_confirms_nothing(tmp_path: Path) -> None:
    gate = make_gate(tmp_path)
    for yes in (True, False):
        with pytest.raises(UsageError, match="'other' is not this sandbox environment acme"):
            gate.authorize(make_action(), TARGETS, Confirmation(yes=yes, typed="other", environment="other"))
    gate.authorize(make_action(), TARGETS, Confirmation(typed="acme", environment="acme"))


async def test_remaining_targets_are_refused_when_the_profile_becomes_read_only(tmp_path: Path) -> None:
    gate, called = make_gate(tmp_path), []

    async def call(client: Client, target: Target, permit: WritePermit) -> None:
        called.append(target.id)
        gate.refuse_writes("acme is read-only now")

    results = await gate.perform(WriteAction("user.update", "Save", "user", "updateUser", call), TARGETS, YES)
    assert called == ["u1"]
    assert [item.outcome for item in results.items] == [WriteOutcome.DONE, WriteOutcome.NOT_TRIED]
    assert gate.refusal(make_action()) == "acme is read-only now."


async def test_nothing_is_sent_when_the_state_before_cannot_be_read(tmp_path: Path) -> None:
    gate, called = make_gate(tmp_path), []

    async def call(client: Client, target: Target, permit: WritePermit) -> None:
        called.append(target.id)

    async def before(client: Client, target: Target) -> object:
        raise UsageError("There is no such user.")

    action = WriteAction("user.update", "Save", "user", "updateUser", call, before=before)
    results = await gate.perform(action, TARGETS[:1], YES)
    assert called == []
    assert [item.outcome for item in results.items] == [WriteOutcome.FAILED]
    assert [(line.outcome, line.detail) for line in Audit(tmp_path / "audit.jsonl").lines()] == [
        ("failed", "not started: There is no such user.")
    ]


@pytest.mark.parametrize(
    ("action", "level"),
    [
        (make_action("getUser", effect=Effect.READ), ConfirmationLevel.NONE),
        (make_action("getUserOauthAccessToken", effect=Effect.READ), ConfirmationLevel.CONFIRM),
        (make_action("disableProvider"), ConfirmationLevel.TYPED),
        (make_action("updateUser"), ConfirmationLevel.CONFIRM),
        (make_action("updateUser", extra_operations=("disableProvider",)), ConfirmationLevel.TYPED),
        (make_action("updateUser", extra_operations=("deleteUser",)), ConfirmationLevel.TYPED),
        (make_action("noSuchOperation", effect=Effect.READ), ConfirmationLevel.CONFIRM),
        (
            make_action("getUser", effect=Effect.READ, extra_operations=("getUserOauthAccessToken",)),
            ConfirmationLevel.CONFIRM,
        ),
    ],
    ids=lambda value: "+".join((value.operation, *value.extra_operations)) if isinstance(value, WriteAction) else "",
)
def test_an_action_that_declares_nothing_requires_what_its_operations_do_in_live(
    tmp_path: Path, action: WriteAction, level: ConfirmationLevel
) -> None:
    assert make_gate(tmp_path, live=True).requirement(action, TARGETS).level is level


@pytest.mark.parametrize(
    "operation", ["deleteCustomNetwork", "deleteProjectById", "updateMemberRole", "deleteInvite", "createUserApiToken"]
)
def test_what_affects_the_whole_organization_is_typed_in_a_sandbox_too(tmp_path: Path, operation: str) -> None:
    gate = make_gate(tmp_path)
    for action in (make_action(operation), make_action("updateUser", extra_operations=(operation,))):
        requirement = gate.requirement(action, TARGETS[:1])
        assert "whole organization" in requirement.environment
        assert requirement.level is ConfirmationLevel.TYPED


def test_an_operation_that_no_action_declares_has_the_effect_of_the_catalog() -> None:
    operations = catalog().operations
    assert effect_of(operations["deleteUser"]) is Effect.DESTRUCTIVE
    assert effect_of(operations["updateUser"]) is Effect.WRITE
    assert effect_of(operations["getUser"]) is Effect.READ


def test_a_path_that_the_catalog_does_not_have_may_do_anything() -> None:
    own, wide = rule_of("PUT /environments/{environmentId}/news"), rule_of("PUT /organizations/news")
    assert own.effect is wide.effect is Effect.WRITE
    assert own.typed_in_live and wide.typed_in_live
    assert (own.organization_wide, wide.organization_wide) == (False, True)


def test_the_rule_of_several_operations_is_the_strictest() -> None:
    assert not rule_of_all(("updateUser", "getUser")).decides_access
    assert rule_of_all(("updateUser", "deleteGate")).decides_access
    assert rule_of_all(("getUser", "deleteUser")).effect is Effect.DESTRUCTIVE
    assert rule_of_all(("deleteUser", "getUser")).effect is Effect.DESTRUCTIVE
