"""A server that goes away while one browses, and comes back: what is shown stays, nothing is changed meanwhile."""

from __future__ import annotations

import pytest
from tests.conftest import serving_process
from tests.tui.access_support import notes
from tests.tui.tui_support import demo, press, profile, settled, stored, text_of, until

from dyntui.api.errors import NotSent
from dyntui.config.credentials import CredentialKind, store_for
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


async def test_the_console_goes_offline_and_reconnects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Console, "PROBE_INTERVAL_S", 0.2)
    with serving_process(users=250) as sandbox:
        port = sandbox.url.split(":")[2].split("/")[0]
        box = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        stored(box)
        store_for(CredentialKind.SESSION).set(box, sandbox.token)
        console = Console(ConsoleState(profile=box))
        async with console.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            assert isinstance(console.screen, ResourceScreen)
            first: ResourceScreen = console.screen
            await press(pilot, "j", "enter")
            email = console.screen.label  # type: ignore[attr-defined]
            await press(pilot, "escape")

            sandbox.process.kill()
            sandbox.process.wait(10)
            await pilot.press("r")
            await until(pilot, lambda: "offline since " in text_of(console))
            assert email in text_of(console), "the rows stay"
            await pilot.press("d")
            await until(pilot, lambda: notes(pilot)[-1].startswith("offline since "))
            assert notes(pilot)[-1].endswith("changes are possible when the server responds again. Nothing was sent.")
            assert console.screen is first, "nothing is asked for that cannot be done"
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(console.screen, UserScreen))
            await until(pilot, lambda: "offline since " in text_of(console))
            assert email in text_of(console), "what the list knew of the user"

            with serving_process("--port", port, users=250) as again:
                assert again.token == sandbox.token
                await until(pilot, lambda: "offline" not in text_of(console))
                screen = console.screen
                assert isinstance(screen, UserScreen)
                await until(pilot, lambda: screen.document is not None)
                assert "The server responds again." in notes(pilot)
                await press(pilot, "escape")
                await until(pilot, lambda: first.view is not None and first.view.error is None)
                assert "just now" in text_of(console)
                await press(pilot, "d", "escape")
                assert not notes(pilot)[-1].startswith("offline")


async def test_one_lost_response_is_not_reported_as_offline() -> None:
    from dyntui.api.request_log import RequestLog

    log = RequestLog()
    log.record_no_response(was_sent=True)
    assert log.offline_since is None
    log.record_no_response(was_sent=True)
    assert log.offline_since is not None
    log.started()
    log.finished("GET", "getUser", 500, 1.0, 0, 0, 1, "an error is an answer")
    assert log.offline_since is None
    log.record_no_response(was_sent=False)
    assert log.offline_since is not None


async def test_a_repeated_failure_is_notified_one_time() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        assert screen.view is not None
        for _ in range(3):
            screen.view.error = NotSent("nobody there")
            screen.post_message(ResourceScreen.ViewChanged())
            await settled(pilot)
        assert [note for note in notes(pilot) if "nobody there" in note] == ["nobody there"]
        screen.view.error = None
        screen.post_message(ResourceScreen.ViewChanged())
        await settled(pilot)
        screen.view.error = NotSent("nobody there")
        screen.post_message(ResourceScreen.ViewChanged())
        await settled(pilot)
        assert sum("nobody there" in note for note in notes(pilot)) == 2
