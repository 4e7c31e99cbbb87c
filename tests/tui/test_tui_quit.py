"""Quitting, and setting the profile read-only, while a write on several targets is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.tui_support import SIZE, console_of, demo, jump, press, profile, settled, stored, text_of, until
from textual.pilot import Pilot

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.paths import paths
from dyntui.services.actions.audit import Audit
from dyntui.tui.shell.action_runner import ProgressDialog
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog, ask_confirmation
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.quit_dialog import QuitDialog

Serve = Callable[..., AbstractContextManager[Any]]
COUNT = 24


@asynccontextmanager
async def _revoking(serve: Serve, latency_ms: int = 80) -> AsyncIterator[Pilot[Any]]:
    """A console that revokes the sessions of several users, two at a time; at least two are done."""
    paths().config.mkdir(parents=True, exist_ok=True)
    paths().settings_file.write_text("in_flight = 2\n")
    with serve(flags=(f"slow-ms={latency_ms}",), users=60) as sandbox:
        box = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        box = replace(box, credential=CredentialKind.FILE)
        stored(box)
        store_for(CredentialKind.FILE).set(box, sandbox.token)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "users")
            await press(pilot, *["space"] * COUNT, "X")
            sandbox.set_faults(slow=1)
            await pilot.press("y")
            await until(pilot, lambda: _outcomes().count("done") >= 2)
            yield pilot


def _outcomes() -> list[str]:
    return [line.outcome for line in Audit(paths().audit_file).lines() if line.action == "users.revoke-sessions"]


def _counts() -> Counter[str]:
    return Counter(_outcomes())


@pytest.mark.parametrize("key", slow_except(["Q", "ctrl+q"], "Q"))
async def test_quitting_during_a_write_needs_a_confirmation_that_enter_declines(serve: Serve, key: str) -> None:
    async with _revoking(serve) as pilot:
        console = console_of(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(console.screen, QuitDialog))
        assert f"of {COUNT} undone?" in text_of(console)
        assert f"{COUNT} users: " in text_of(console)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(console.screen, ProgressDialog))
        await settled(pilot)
        assert console.is_running
        assert console.shown is not None
        assert _counts() == {"started": COUNT, "done": COUNT}


async def test_a_write_that_ends_during_the_confirmation_closes_both_dialogs(serve: Serve) -> None:
    async with _revoking(serve) as pilot:
        console = console_of(pilot)
        await pilot.press("Q")
        await until(pilot, lambda: isinstance(console.screen, QuitDialog))
        await until(pilot, lambda: console.shown is not None)
        assert console.is_running
        assert _counts() == {"started": COUNT, "done": COUNT}


async def test_quitting_completes_the_requests_in_progress_and_audits_skipped_targets(serve: Serve) -> None:
    async with _revoking(serve, latency_ms=400) as pilot:
        console = console_of(pilot)
        await pilot.press("Q")
        await until(pilot, lambda: isinstance(console.screen, QuitDialog))
        await pilot.press("y")
        await until(pilot, lambda: not console.is_running)
    done = _outcomes().count("done")
    assert _counts() == {"started": done, "done": done, "refused": 1}
    assert 2 <= done < COUNT
    refused = [line for line in Audit(paths().audit_file).lines() if line.outcome == "refused"]
    assert len(refused[0].targets) == COUNT - done


async def test_remaining_targets_are_refused_when_the_profile_becomes_read_only(serve: Serve) -> None:
    async with _revoking(serve, latency_ms=400) as pilot:
        console = console_of(pilot)
        box = console.session.profile
        assert box is not None

        class Form:
            def finish(self) -> None: ...

        console.store_profile(replace(box, read_only=True), list, Form(), lambda profile: None)  # type: ignore[arg-type]
        await until(pilot, lambda: "refused" in _outcomes() and _counts()["started"] == _counts()["done"])
        await settled(pilot)
        done = _outcomes().count("done")
        assert done < COUNT
        assert _counts() == {"started": done, "done": done, "refused": 1}
        texts = [shown.text for shown in console.session.notifications]
        assert any(text.startswith("box: ") and "box is read-only" in text for text in texts)


async def test_a_confirmation_that_is_being_removed_is_not_updated() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        ask_confirmation(console, "Go on?", "", "this test", lambda: None, verb="Go on")
        await until(pilot, lambda: isinstance(console.screen, ConfirmDialog))
        await settled(pilot)
        dialog = console.screen
        assert isinstance(dialog, ConfirmDialog) and dialog.is_mounted
        dialog.dismiss(None)
        await until(pilot, lambda: not dialog.query("*"))
        dialog._update_field()  # as a callback does that was scheduled before
        assert not dialog.is_mounted
