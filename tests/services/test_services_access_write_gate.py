"""Enabling what decides who may come in: not unread, not untyped, not in read-only, and not on what was true before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.services.access_fixtures import SITE_ACCESS_LIST, YES, AccessEnvironment, access_environment

from dyntui.config.profile import Kind
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object
from dyntui.services.access.actions import access_target
from dyntui.services.access.gate_rules import parse_rule
from dyntui.services.actions.raw_writes import raw_write_action
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Target, WriteAction

KINDS = pytest.mark.parametrize("kind", ["live", "sandbox"])
CONTRACT = "0x" + "ab" * 20


async def enabled(env: AccessEnvironment, name: str = SITE_ACCESS_LIST) -> bool:
    return bool((await env.policy(name))["enabledAt"])


def raw(env: AccessEnvironment, operation: str, **path: str) -> WriteAction:
    return raw_write_action(env.client.catalog.get(operation), path=path)


@KINDS
@pytest.mark.parametrize("call_kind", ["action", "operation"])
@pytest.mark.parametrize(
    "confirmation",
    [
        Confirmation(),
        YES,
        Confirmation(yes=True, typed="acme"),
        Confirmation(yes=True, typed="1"),
        Confirmation(yes=True, typed=SITE_ACCESS_LIST),
        Confirmation(yes=True, typed=SITE_ACCESS_LIST, read="000000"),
    ],
)
async def test_a_first_site_access_list_is_not_enabled_without_its_name_and_the_code(
    tmp_path: Path, kind: Kind, call_kind: str, confirmation: Confirmation
) -> None:
    async with access_environment(tmp_path, kind=kind) as env:
        target = access_target(await env.policy(SITE_ACCESS_LIST))
        enable = raw(env, "enableAllowlistById", allowlistId=target.id)
        action = write_action("allowlists.enable") if call_kind == "action" else enable
        with pytest.raises(UsageError) as refused:
            await env.write_gate.perform(action, [target], confirmation)
        assert "EVERYONE ELSE IS LOCKED OUT." in refused.value.hint
        assert f"Type {SITE_ACCESS_LIST} to confirm." in refused.value.hint
        assert not await enabled(env)
        assert env.sent == []


@KINDS
@pytest.mark.parametrize("call_kind", ["action", "operation"])
async def test_name_and_code_enable_a_list_and_the_audit_log_has_the_state_before_and_after(
    tmp_path: Path, kind: Kind, call_kind: str
) -> None:
    async with access_environment(tmp_path, kind=kind) as env:
        target = access_target(await env.policy(SITE_ACCESS_LIST))
        enable = raw(env, "enableAllowlistById", allowlistId=target.id)
        action = write_action("allowlists.enable") if call_kind == "action" else enable
        needed = env.write_gate.requirement(await env.write_gate.with_impact(action, [target]), [target])
        assert needed.level is ConfirmationLevel.TYPED
        assert needed.accepted == (SITE_ACCESS_LIST,)
        assert "EVERYONE ELSE IS LOCKED OUT." in needed.effects
        await env.write_gate.perform(action, [target], Confirmation(typed=SITE_ACCESS_LIST, read=needed.code))
        assert await enabled(env)
        last = list(env.connection.audit.lines())[-1]
        assert (last.outcome, as_object(last.before)["enabledAt"]) == ("done", None)
        assert str(as_object(last.after)["enabledAt"]).startswith("2026-03-01")
        assert "enabledAt: nothing -> 2026-03-01" in last.change_text


@pytest.mark.parametrize("call_kind", ["action", "operation", "update"])
async def test_a_list_is_not_enabled_in_read_only(tmp_path: Path, call_kind: str) -> None:
    async with access_environment(tmp_path, kind="live", read_only=True) as env:
        row = await env.policy(SITE_ACCESS_LIST)
        action = {
            "action": write_action("allowlists.enable"),
            "operation": raw(env, "enableAllowlistById", allowlistId=row["id"]),
            "update": write_action("allowlists.edit"),
        }[call_kind]
        target = access_target(row, fields={"name": "x"})
        before = len(env.connection.log.entries())
        with pytest.raises(UsageError, match="read-only"):
            await env.write_gate.perform(action, [target], Confirmation(yes=True, typed=SITE_ACCESS_LIST, read="x"))
        assert len(env.connection.log.entries()) == before, "nothing is asked, nothing is sent"
        assert [line.outcome for line in env.connection.audit.lines()] == ["refused"]


async def test_a_changed_impact_must_be_confirmed_again(tmp_path: Path) -> None:
    """Somebody disables the other door between reading and typing: it is a first door now."""
    async with access_environment(tmp_path, kind="live") as env:
        other = await env.make("Staff door", "siteAccess", "ada@example.com")
        await env.confirmed(write_action("allowlists.enable"), [access_target(other)])
        target = access_target(await env.policy(SITE_ACCESS_LIST))
        action = write_action("allowlists.enable")
        needed = env.write_gate.requirement(await env.write_gate.with_impact(action, [target]), [target])
        assert needed.level is ConfirmationLevel.CONFIRM
        await env.confirmed(write_action("allowlists.disable"), [access_target(other)])
        with pytest.raises(UsageError, match="was not confirmed"):
            await env.write_gate.perform(action, [target], Confirmation(yes=True, read=needed.code))
        assert not await enabled(env)


async def test_a_hand_made_action_is_refused_without_its_impact(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        row = await env.policy(SITE_ACCESS_LIST)

        async def call(client: Any, target: Target, permit: Any) -> Any:
            return await client.call("enableAllowlistById", path={"allowlistId": target.id}, permit=permit)

        mine = WriteAction("mine", "Enable", "allowlist", "enableAllowlistById", call)
        with pytest.raises(UsageError, match="its impact was not assessed"):
            await env.write_gate.perform(mine, [access_target(row)], YES)
        with pytest.raises(UsageError, match="its impact was not assessed"):
            env.write_gate.authorize(
                write_action("allowlists.enable"), [access_target(row)], Confirmation(typed=SITE_ACCESS_LIST)
            )
        assert not await enabled(env)


@pytest.mark.parametrize("operation", ["enableAllowlistById", "disableAllowlistById", "deleteAllowlistById"])
async def test_a_list_of_another_environment_is_not_changed(tmp_path: Path, operation: str) -> None:
    """The path of these operations has no environment in it."""
    async with access_environment(tmp_path) as env:
        strange = "00000000-0000-4000-8000-000000000000"
        with pytest.raises(UsageError, match="in this environment"):
            await env.confirmed(raw(env, operation, allowlistId=strange), [Target(strange)])


async def test_two_enabled_site_access_lists_are_not_disabled_together(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        targets = [
            access_target(await env.policy(SITE_ACCESS_LIST)),
            access_target(await env.make("Second", "siteAccess")),
        ]
        with pytest.raises(UsageError, match="one allowlist at a time"):
            await env.confirmed(write_action("allowlists.enable"), targets)


async def test_an_update_keeps_other_fields_and_its_impact_is_assessed(tmp_path: Path) -> None:
    async with access_environment(tmp_path, kind="live") as env:
        beta = await env.policy("Beta testers")
        with pytest.raises(UsageError) as refused:
            target = access_target(beta, fields={"outcome": "siteAccess"})
            await env.write_gate.perform(
                write_action("allowlists.edit"), [target], Confirmation(yes=True, typed="acme")
            )
        assert "Type Beta testers to confirm." in refused.value.hint
        await env.confirmed(write_action("allowlists.edit"), [access_target(beta, fields={"name": "Testers"})])
        renamed = await env.policy("Testers")
        assert (renamed["scope"], renamed["outcome"]) == (beta["scope"], beta["outcome"])


async def test_the_audit_log_has_the_deleted_list(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        made = await env.make("Guests", "scope", "ada@example.com", scope="guest")
        await env.confirmed(write_action("allowlists.delete"), [access_target(made)])
        last = list(env.connection.audit.lines())[-1]
        before = as_object(last.before)
        assert (before["name"], before["entries"], last.after) == ("Guests", 1, None)


async def test_gates_are_created_changed_enabled_and_deleted_by_the_write_gate(tmp_path: Path) -> None:
    async with access_environment(tmp_path, kind="live") as env:
        rules = [parse_rule(f"nft:1:{CONTRACT}:amount=2:chain=EVM")]
        fields = {"name": "Holders", "outcome": "siteAccess", "rules": rules}
        made = await env.confirmed(write_action("gates.create"), [Target("", "Holders", {"fields": fields})])
        gate = made.items[0].value
        assert gate["rules"] == rules
        with pytest.raises(UsageError) as refused:
            await env.write_gate.perform(
                write_action("gates.enable"), [access_target(gate)], Confirmation(yes=True, typed="acme")
            )
        assert "Type Holders to confirm." in refused.value.hint
        done = await env.confirmed(write_action("gates.enable"), [access_target(gate)])
        assert done.items[0].reread["enabledAt"]
        await env.confirmed(write_action("gates.edit"), [access_target(gate, fields={"name": "Owners"})])
        assert as_object(await env.client.call("getGate", path={"gateId": gate["id"]}))["rules"] == rules
        await env.confirmed(write_action("gates.delete"), [access_target(gate)])
        remaining = (await env.client.page("getEnvironmentGates", "gates")).rows
        assert gate["id"] not in [each["id"] for each in remaining]


@pytest.mark.parametrize("text", ["nft", "nft:x:0xab", "coin:1:0xab", f"nft:1:{CONTRACT}:amount=0", "token:1:0xab"])
def test_an_invalid_rule_is_refused_with_the_syntax(text: str) -> None:
    with pytest.raises(UsageError):
        parse_rule(text)


async def test_removing_the_last_entry_of_the_only_list_by_its_id_needs_the_name(tmp_path: Path) -> None:
    async with access_environment(tmp_path) as env:
        only = await env.make("Guests", "siteAccess", "ada@example.com")
        await env.confirmed(write_action("allowlists.enable"), [access_target(only)])
        entry_id = str((await env.client.allowlists.entries(only["id"])).rows[0]["id"])
        action = raw(env, "deleteAllowlistEntryById", allowlistEntryId=entry_id)
        with pytest.raises(UsageError) as refused:
            await env.write_gate.perform(action, [Target(entry_id)], Confirmation(yes=True, typed="acme"))
        assert "NO ONE could sign in" in refused.value.hint
        assert await env.on(only) == ["ada@example.com"]
