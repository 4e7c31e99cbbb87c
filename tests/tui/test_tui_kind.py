"""The console treats what the server says is live as live, whatever the profile says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from tests.tui.tui_support import SIZE, jump, lines_of, profile, settled, stored, text_of, until

from dyntui.config.cache_files import cache_files
from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.paths import paths
from dyntui.tui.shell.action_runner import AssessmentDialog
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState

Serve = Callable[..., AbstractContextManager[Any]]


async def test_an_environment_reported_as_live_is_live_in_the_console(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        box = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        await _open(box, sandbox.token, "sandbox")
    assert list(cache_files(paths().cache))


async def test_cached_rows_of_an_environment_reported_as_live_are_deleted(serve: Serve) -> None:
    with serve(flags=("environment-name=live",), users=3) as sandbox:
        box = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        await _open(box, sandbox.token, "live")
    assert not list(cache_files(paths().cache))


async def _open(box: Any, token: str, kind: str) -> None:
    stored(box)
    store_for(CredentialKind.SESSION).set(box, token)
    console = Console(ConsoleState(profile=box))
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert f"● {kind}" in lines_of(console)[0]
        assert console.has_class("-live") is (kind == "live")
        assert console.session.connection is not None
        assert console.session.connection.write_gate.profile.kind == kind
        assert any("reports a live environment" in note.text for note in console.session.notifications) is (
            kind == "live"
        )
        await jump(pilot, "environments")
        assert f"● {kind}" in text_of(console).split("\n", 1)[1]


async def test_esc_ends_the_wait_for_the_kind_before_a_confirmation(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = []

    async def never(client: object) -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return ""

    with serve(users=3) as sandbox:
        box = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        stored(box)
        store_for(CredentialKind.SESSION).set(box, sandbox.token)
        monkeypatch.setattr("dyntui.services.health.server_kind", never)
        monkeypatch.setattr("dyntui.api.waits.LONG_S", 0.1)
        monkeypatch.setattr("dyntui.tui.shell.console_state._KIND_TIMEOUT_S", 0.1)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            cancelled.clear()
            await jump(pilot, "users")
            await pilot.press("d")
            await until(pilot, lambda: isinstance(console.screen, AssessmentDialog))
            await until(pilot, lambda: "waiting for the server to tell whether box is live" in text_of(console))
            await pilot.press("escape")
            await until(pilot, lambda: console.shown is not None)
            await settled(pilot)
            assert cancelled == [True]
            assert console.shown is not None
