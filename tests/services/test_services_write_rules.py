"""Whichever way an operation is called, the same is demanded before it: by its command, `do`, `api`, or the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from dyntui.api.catalog import Operation, catalog
from dyntui.api.client import Client
from dyntui.api.errors import WriteRefused
from dyntui.api.permit import WritePermit
from dyntui.config.profile import Profile
from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.services import api_console
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.raw_writes import raw_write_action
from dyntui.services.actions.registry import declarations, declared_write
from dyntui.services.actions.write_gate import WriteGate
from dyntui.services.actions.write_rules import rule_of
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Target, WriteAction
from dyntui.services.forms import FormResult

OPERATIONS = list(catalog())
CASES: list[tuple[Literal["live", "sandbox"], bool]] = [
    ("live", False),
    ("sandbox", False),
    ("sandbox", True),
    ("live", True),
]
BASE = "https://app.dynamicauth.com/api/v0"


def _gate(tmp_path: Path, kind: Literal["live", "sandbox"], read_only: bool) -> WriteGate:
    profile = Profile("acme", BASE, "env-1", kind, read_only=read_only)
    return WriteGate(
        profile, Client(BASE, "env-1", "dyn_x", read_only=read_only), Audit(tmp_path / "audit.jsonl"), ask_kind=False
    )


async def _send(client: Client, target: Target, permit: WritePermit) -> None:
    """A call that is not made: only what is demanded before it is compared."""


def _iter_calls(operation: Operation, client: Client) -> Iterator[tuple[str, WriteAction]]:
    path = {name: "value" for name in operation.path_names if name != "environmentId"}
    yield "api by id", raw_write_action(operation, path=path)
    concrete = operation.path.replace("{environmentId}", "env-1")
    for name in path:
        concrete = concrete.replace("{" + name + "}", "value")
    matched = catalog().match(operation.method, concrete)
    assert matched is not None
    assert matched[0].id == operation.id, f"{operation.method} {concrete} is {matched[0].id}"
    yield "api by path", raw_write_action(matched[0], path=matched[1])
    yield "API console", api_console._action(operation, FormResult(path, {}, {}, None, {}), [])
    for record in RESOURCES.values():
        for action in record.actions:
            is_alone = action.operation == operation.id and not action.extra_operations
            if is_alone and not (action.sensitive and action.query):
                name = f"{record.name}.{action.name}"
                yield name, declared_write(name, _send)


@pytest.mark.parametrize(("kind", "read_only"), CASES)
def test_every_operation_requires_the_same_confirmation_in_every_interface(
    tmp_path: Path, kind: Literal["live", "sandbox"], read_only: bool
) -> None:
    writes = _gate(tmp_path, kind, read_only)
    differing = {}
    for operation in OPERATIONS:
        requirements = {}
        for name, action in _iter_calls(operation, writes._client):
            needed = writes.requirement(action, [Target("x")])
            refused = bool(writes.refusal(action))
            requirements[name] = (refused, needed.level, needed.accepted, needed.destructive, needed.environment)
        if len(set(requirements.values())) != 1:
            differing[operation.id] = requirements
        if not operation.reads:
            assert next(iter(requirements.values()))[0] is read_only
    assert len(OPERATIONS) == 334
    assert differing == {}


@pytest.mark.parametrize(
    ("operation_id", "sandbox", "live"),
    [
        ("disableProvider", ConfirmationLevel.CONFIRM, ConfirmationLevel.TYPED),
        ("bulkCreateUser", ConfirmationLevel.CONFIRM, ConfirmationLevel.TYPED),
        ("updateProjectSettings", ConfirmationLevel.CONFIRM, ConfirmationLevel.TYPED),
        ("delegateOwnership", ConfirmationLevel.TYPED, ConfirmationLevel.TYPED),
        ("upgradeSubscriptionForOrganization", ConfirmationLevel.TYPED, ConfirmationLevel.TYPED),
        ("deleteMemberById", ConfirmationLevel.TYPED, ConfirmationLevel.TYPED),
        ("deleteProjectById", ConfirmationLevel.TYPED, ConfirmationLevel.TYPED),
        ("updateUser", ConfirmationLevel.CONFIRM, ConfirmationLevel.CONFIRM),
        ("getUser", ConfirmationLevel.NONE, ConfirmationLevel.NONE),
    ],
)
def test_confirmations_that_api_requires(
    tmp_path: Path, operation_id: str, sandbox: ConfirmationLevel, live: ConfirmationLevel
) -> None:
    action = raw_write_action(catalog().get(operation_id))
    kinds: list[tuple[Literal["live", "sandbox"], ConfirmationLevel]] = [("sandbox", sandbox), ("live", live)]
    for kind, level in kinds:
        assert _gate(tmp_path, kind, False).requirement(action, [Target("x")]).level is level


def test_the_warning_of_a_command_is_given_by_api_too(tmp_path: Path) -> None:
    needed = _gate(tmp_path, "live", False).requirement(raw_write_action(catalog().get("deleteUser")), [Target("x")])
    assert "cannot be undone" in needed.warning


@pytest.mark.parametrize(("kind", "read_only"), CASES)
def test_an_action_of_several_operations_requires_what_the_strictest_requires(
    tmp_path: Path, kind: Literal["live", "sandbox"], read_only: bool
) -> None:
    writes = _gate(tmp_path, kind, read_only)
    several = [each for each in declarations() if each.action.extra_operations]
    assert "allowlists.sync" in {each.name for each in several}
    for each in several:
        operations = [catalog().get(name) for name in (each.action.operation, *each.action.extra_operations)]
        raw = [writes.requirement(raw_write_action(operation), [Target("x")]) for operation in operations]
        needed = writes.requirement(declared_write(each.name, _send), [Target("x")])
        levels = list(ConfirmationLevel)
        assert needed.level is max((one.level for one in raw), key=levels.index), each.name
        assert needed.destructive == any(one.destructive for one in raw), each.name
        assert bool(writes.refusal(declared_write(each.name, _send))) is read_only


def test_what_the_catalog_does_not_have_is_a_write_and_a_path_is_typed_in_live() -> None:
    rules = [rule_of(text) for text in ("newOperation", "PUT /environments/{environmentId}/new", "PUT /organizations")]
    assert {rule.effect for rule in rules} == {Effect.WRITE}
    assert [(rule.typed_in_live, rule.organization_wide) for rule in rules] == [
        (False, False), (True, False), (True, True),
    ]  # fmt: skip


def test_no_action_is_weaker_than_the_rule_of_its_operation() -> None:
    for record in RESOURCES.values():
        for action in record.actions:
            assert rule_of(action.operation).typed_in_live >= action.typed_in_live, (record.name, action.name)


async def test_another_environment_in_the_path_is_refused_and_named_in_the_audit(tmp_path: Path) -> None:
    writes = _gate(tmp_path, "sandbox", False)
    matched = catalog().match("DELETE", "/environments/OTHER/users/u1")
    assert matched is not None
    operation, path = matched
    with pytest.raises(UsageError, match="OTHER is not the environment of acme"):
        await writes.perform(raw_write_action(operation, path=path), [Target("u1")], Confirmation(yes=True))
    (line,) = Audit(tmp_path / "audit.jsonl").lines()
    assert line.outcome == "refused"
    assert "OTHER" in line.detail
    with pytest.raises(UsageError, match="OTHER is not the environment"):
        await writes._client.call("getEnvironmentUsers", path={"environmentId": "OTHER"})


def test_the_organization_that_is_named_is_in_the_audit() -> None:
    matched = catalog().match("DELETE", "/organizations/ORG/ssoProvider/p1")
    assert matched is not None
    operation, path = matched
    assert raw_write_action(operation, path=path).scope == "organizationId=ORG"


async def test_a_confirmation_serves_for_the_confirmed_operation_only(tmp_path: Path) -> None:
    writes = _gate(tmp_path, "sandbox", False)

    async def call(client: Client, target: Target, permit: WritePermit) -> None:
        await client.call("deleteUser", path={"userId": target.id}, permit=permit)

    hidden = WriteAction("user.update", "Save", "user", "updateUser", call)
    client = writes._client
    async with client:
        results = await writes.perform(hidden, [Target("u1")], Confirmation(yes=True))
    assert isinstance(results.first_error, WriteRefused)
    assert client.log.entries() == []
