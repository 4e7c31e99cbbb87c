"""The request log, and what the API console keeps: bodies without secrets, reads sent again, responses, history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import serving
from tests.tui.tui_support import SIZE, TOKEN, demo, fill, jump, press, profile, settled, stored, text_of

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.tui.features.api_console.api_operations import ApiOperationsScreen
from dyntui.tui.features.api_console.api_request import ApiRequestScreen
from dyntui.tui.features.session_log.log_screens import RequestLogScreen
from dyntui.tui.kit.widgets.field_list import FieldList
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState


async def test_a_request_is_shown_with_its_bodies_and_a_read_is_sent_again() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "plus", *"new@example.com", "ctrl+s", "y")
        await jump(pilot, "requests")
        screen = console.screen
        assert isinstance(screen, RequestLogScreen)
        await press(pilot, "slash", *"createUser", "enter", "enter")
        text = text_of(console)
        assert "Request body:" in text and "Response body:" in text
        assert '"email": "<email>"' in text
        assert "new@example.com" not in text.split("Request body:")[1]
        assert TOKEN not in text
        await press(pilot, "escape", "full_stop")
        assert "Only reads are sent again" in console.session.notifications[-1].text
        await press(pilot, "escape", "slash", *"getEnvironmentUsers", "enter")
        assert str(screen.table.selected_row["path"]).startswith("…/users?")
        path = str(screen.table.selected_row["raw_path"])
        await press(pilot, "full_stop")
        again = console.screen
        assert isinstance(again, ApiRequestScreen)
        assert again.response is not None and again.response.status == 200
        assert console.session.connection is not None
        last = console.session.connection.log.entries()[-1]
        assert last.path.partition("?")[0] == path.partition("?")[0]


async def test_a_response_shows_its_headers_and_is_saved(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "api")
        screen = console.screen
        assert isinstance(screen, ApiOperationsScreen)
        await press(pilot, "slash", *"users environment get")  # words of the title; filtered as it is typed
        assert 0 < screen.table.count < 30
        await press(pilot, "home", "shift+end", "backspace", *"getEnvironmentUsers", "enter", "enter", "x")
        assert console.session.notifications[-1].text == "There is no response yet."
        await press(pilot, "ctrl+s")
        labels = [field.label for field in console.screen.query_one("#request", FieldList).items]
        assert "response headers" in labels and "content-type" in labels
        await press(pilot, "x", "down")
        file = tmp_path / "answer.json"
        await fill(pilot, str(file))
        assert console.session.notifications[-1].text == f"Response saved to {file}"
        assert len(json.loads(file.read_text())["users"]) > 1
        await press(pilot, "x", "down")
        await fill(pilot, str(file))
        assert "This file already exists" in text_of(console)


async def test_the_history_of_requests_lasts_across_starts() -> None:
    with serving(users=20) as sandbox:
        fields: dict[str, Any] = {"base_url": sandbox.url, "environment_id": sandbox.environment_id}
        saved = profile("box", **fields, kind="sandbox", credential=CredentialKind.FILE)
        stored(saved)
        store_for(CredentialKind.FILE).set(saved, sandbox.token)
        for is_first in (True, False):
            console = Console(ConsoleState(profile=saved))
            async with console.run_test(size=SIZE) as pilot:
                await settled(pilot)
                await jump(pilot, "api getEnvironmentUsers")
                await press(pilot, "B")
                if is_first:
                    assert "No requests were sent" in console.session.notifications[-1].text
                    await press(pilot, "enter", "ctrl+s")
                    assert "● 200" in text_of(console)
                    continue
                assert "getEnvironmentUsers" in text_of(console)
                await press(pilot, "enter")
                assert "the response was not kept" in text_of(console)
                await press(pilot, "x")
                assert "Press ctrl+s to send the request again" in console.session.notifications[-1].text
                await press(pilot, "ctrl+s")
                assert "● 200" in text_of(console)
