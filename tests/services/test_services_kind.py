"""The environment kind decides how much is confirmed: it is learned before, and an unknown kind counts as live."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from dyntui.api.errors import NotSent, Unauthorized
from dyntui.config.profile import Profile
from dyntui.core.errors import UsageError
from dyntui.importer import open_source, propose_mapping
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services import settings
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Target
from dyntui.services.connection import Connection
from dyntui.services.imports import backoff
from dyntui.services.imports.jobs import JobLocation
from dyntui.services.imports.prepare import prepare_job
from dyntui.services.imports.wizard_draft import new_draft
from dyntui.services.imports.wizard_service import WizardService

Served = RunningServer


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Give up soon: the server has nothing to recover from."""
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(backoff, "_FIRST_DELAY_S", 0.01)
    monkeypatch.setattr(backoff, "GIVE_UP_BEFORE_FIRST_RESPONSE_S", 0.0)
    monkeypatch.setattr(backoff, "_MIN_ATTEMPTS", 2)
    stamina.set_testing(True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def live() -> Iterator[Served]:
    """A sandbox that presents itself as live."""
    with serving(SandboxOptions(users=3, flags={"environment-name": "live"})) as running:
        yield running


def opened(served: Served, token: str = "", base_url: str = "") -> Connection:
    profile = Profile("box", base_url or served.base_url, served.environment_id, "sandbox")
    return Connection(profile, token or served.token)


async def level(connection: Connection, action: Any) -> ConfirmationLevel:
    assessed = await connection.write_gate.with_impact(action, [Target("u1")])
    return connection.write_gate.requirement(assessed, [Target("u1")]).level


async def test_the_kind_is_requested_until_a_failing_server_responds(live: Served) -> None:
    async with opened(live) as connection:
        answers = [None, None]
        call = connection.client.call

        async def failing(operation: str, **options: Any) -> Any:
            if operation == "getEnvironmentById" and answers:
                answers.pop()
                live.sandbox.faults.set({"500-before": 1.0})
                try:
                    return await call(operation, **options)
                finally:
                    live.sandbox.faults.set({})
            return await call(operation, **options)

        connection.client.call = failing  # type: ignore[method-assign, assignment]
        assert await level(connection, write_action("users.delete")) is ConfirmationLevel.TYPED
        assert answers == []
        assert str(connection.profile.kind) == "live"


async def test_an_unknown_kind_counts_as_live(live: Served) -> None:
    async with opened(live) as connection:
        live.sandbox.faults.set({"500-before": 1.0})
        change = settings.change_settings([settings.SettingChange(("general", "displayName"), "a", "b")])
        assert await level(connection, write_action("users.delete")) is ConfirmationLevel.TYPED
        assert await level(connection, change) is ConfirmationLevel.TYPED
        assert await level(connection, write_action("users.edit")) is ConfirmationLevel.CONFIRM
        with pytest.raises(UsageError, match="possibly live environment box") as refused:
            await connection.write_gate.perform(write_action("users.delete"), [Target("u1")], Confirmation(yes=True))
        assert "Type box" in refused.value.hint
        live.sandbox.faults.set({})
        assert connection.profile.kind == "sandbox"
        assert await level(connection, write_action("users.delete")) is ConfirmationLevel.TYPED
        assert str(connection.profile.kind) == "live"


async def test_without_a_loaded_kind_the_confirmation_is_that_of_a_live_environment(live: Served) -> None:
    async with opened(live) as connection:
        needed = connection.write_gate.requirement(write_action("users.delete"), [Target("u1")])
        assert needed.level is ConfirmationLevel.TYPED


async def test_without_permission_to_read_the_environment_the_kind_is_that_of_the_profile(live: Served) -> None:
    with serving(SandboxOptions(users=3, scopes=("environment.users.read", "environment.users.write"))) as served:
        async with opened(served) as connection:
            assert await level(connection, write_action("users.delete")) is ConfirmationLevel.CONFIRM


@pytest.mark.parametrize(
    ("token", "base_url", "error"),
    [("dyn_wrong", "", Unauthorized), ("", "http://127.0.0.1:9/api/v0", NotSent)],
)
async def test_a_connection_that_cannot_write_is_reported(
    live: Served, token: str, base_url: str, error: type[Exception]
) -> None:
    async with opened(live, token, base_url) as connection:
        with pytest.raises(error):
            await level(connection, write_action("users.delete"))


def test_the_wizard_loads_the_kind_before_its_plan_is_confirmed(live: Served, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\nnew@x.example\n")
    service, connection = WizardService(), opened(live)
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        journal = prepare_job(source.info, source.rows(), mapping, JobLocation.of(connection.profile))
    journal.close()
    draft = new_draft(connection.profile)
    draft.job = journal.id
    assert service.open_job(draft)
    assert connection.profile.kind == "sandbox"
    assert service.requirement(connection).level is ConfirmationLevel.TYPED
    assert str(connection.profile.kind) == "live"
    with pytest.raises(UsageError, match="live environment box"):
        service.release_job(connection, Confirmation(yes=True))
    service.close()
    asyncio.run(connection.aclose())
