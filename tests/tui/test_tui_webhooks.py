"""Deliveries of webhooks, the live tail of events, and exports."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import cast

import pytest
from tests.services.resource_fixtures import FLAGS
from tests.services.webhook_receiver import receiving
from tests.tui.resource_support import audited, confirm_it, last_note, make_user, resource_console
from tests.tui.tui_support import fill, jump, lines_of, paste, press, settled, text_of, until

from dyntui.core.ids import short_id
from dyntui.core.json_types import as_object
from dyntui.tui.features.events.event_tail import EventTailScreen
from dyntui.tui.features.exports.exports_screen import ExportsScreen
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.webhooks.webhook_message import WebhookMessageScreen
from dyntui.tui.features.webhooks.webhook_messages import WebhookMessagesScreen
from dyntui.tui.kit.dialogs.form_dialog import FormDialog
from dyntui.tui.kit.dialogs.paste_dialog import PasteTextDialog
from dyntui.tui.shell.lists.cached_names import cached_name

pytestmark = pytest.mark.slow


async def test_a_disabled_webhook_shows_the_reason_and_is_enabled_again() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        await press(pilot, "down", "enter")
        assert isinstance(console.screen, WebhookMessagesScreen)
        text = text_of(console)
        assert "○ Disabled" in text
        assert "Dynamic disables webhooks that keep failing" in " ".join(text.split())
        await press(pilot, "t")
        assert "Enable webhook https://legacy" in text_of(console)
        await confirm_it(pilot)
        assert audited()[-1] == ("webhooks.enable", "done")
        assert "● Enabled" in text_of(console)
        assert "keep failing" not in text_of(console)


async def test_f_shows_only_failed_messages() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, WebhookMessagesScreen)
        every = screen.table.count
        await press(pilot, "f")
        assert 0 < screen.table.count < every
        assert "failed only" in text_of(console).split("\n")[0]
        assert "delivered" not in text_of(console)
        failed = {screen.table.view.id_at(index) for index in range(screen.table.count)}
        await press(pilot, "asterisk")
        assert screen.table.marks == failed
        await press(pilot, "escape")
        assert screen.table.count == every


async def test_a_message_is_shown_verified_and_redelivered() -> None:
    flags = {**FLAGS, "webhook-url": "loopback", "webhook-second-ms": "5"}
    with receiving() as receiver:
        console = resource_console(5, flags=flags)
        async with console.run_test(size=(140, 40)) as pilot:
            await settled(pilot)
            await jump(pilot, "webhooks")
            await press(pilot, "plus")
            await fill(pilot, receiver.url, "user.created")
            await press(pilot, "ctrl+s")
            await confirm_it(pilot)
            await until(pilot, lambda: receiver.got)
            receiver.status = 503
            await make_user(console, "told")
            await until(pilot, lambda: len(receiver.got) >= 4)
            await press(pilot, "r")
            await press(pilot, "G", "enter")
            screen = console.screen
            assert isinstance(screen, WebhookMessagesScreen)
            await until(pilot, lambda: _again(screen) or "failed" in text_of(console))
            await press(pilot, "g", "enter")
            message = console.screen
            assert isinstance(message, WebhookMessageScreen)
            await until(pilot, lambda: _read(message) and cast(int, message.row.get("deliveryAttempt", 0)) >= 3)
            await settled(pilot)
            assert re.search(r"response +503", text_of(console))
            await press(pilot, "4")
            assert text_of(console).count("503") >= 3
            await press(pilot, "V")
            await confirm_it(pilot)
            assert last_note(console) == "The signature is valid."
            receiver.status = 200
            await press(pilot, "full_stop")
            await confirm_it(pilot)
            assert audited()[-1] == ("webhook-messages.redeliver", "done")
            await until(pilot, lambda: _read(message) and message.row.get("status") == "delivered")
            await settled(pilot)
            await press(pilot, "2")
            assert "x-dynamic-signature-256" in text_of(console)
            assert "told@example.com" in text_of(console)
            await press(pilot, "3")
            assert "said" in text_of(console)


def _read(screen: WebhookMessageScreen) -> bool:
    """Read the message again."""
    screen.action_refresh()
    return True


def _again(screen: WebhookMessagesScreen) -> bool:
    assert screen.view is not None
    if not screen.view.loading:
        screen.view.refresh()
    return False


async def test_a_pasted_body_is_verified_without_showing_the_secret() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, WebhookMessagesScreen)
        assert screen.table.row is not None
        request = as_object(screen.table.row["request"])
        signature = str(as_object(request["headers"])["x-dynamic-signature-256"])
        for line, verdict in ((signature, "is valid"), ("f" * 64, "not valid")):
            await press(pilot, "V")
            assert isinstance(console.screen, PasteTextDialog)
            await paste(pilot, str(request["body"]))
            await press(pilot, "tab")
            await paste(pilot, line)
            await press(pilot, "ctrl+s")
            await confirm_it(pilot)
            assert verdict in last_note(console)
        assert [action for action, _ in audited()] == ["webhooks.reveal-secret"] * 4


async def test_the_secret_is_shown_after_a_confirmation() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "webhooks")
        await press(pilot, "enter", "K")
        assert "Anyone who has the secret can forge messages" in text_of(console)
        await press(pilot, "escape")
        assert audited() == []
        await press(pilot, "K")
        await confirm_it(pilot)
        secret = re.search(r"dyn_[0-9a-f]{20,}", text_of(console))
        assert secret
        await press(pilot, "escape")
        assert secret[0] not in text_of(console)
        assert not any(secret[0] in note.text for note in console.session.notifications)


# Events


async def test_the_tail_follows_pauses_and_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventTailScreen, "refresh_interval_s", 0.3)
    console = resource_console(10)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "events")
        screen = console.screen
        assert isinstance(screen, EventTailScreen)
        await until(pilot, lambda: "live" in text_of(console))
        cache = console.session.rows
        assert cache is not None
        row = screen.table.selected_row
        owner = cached_name(cache, "users", str(row["user"]))
        assert "@" in owner
        last_line = next(line for line in lines_of(console) if str(row["eventId"])[:4] in line)
        assert owner[:20] in last_line, "owners are shown by email"
        assert short_id(str(row["user"])) not in last_line
        await press(pilot, "enter")
        assert owner[:20] in lines_of(console)[0]
        await press(pilot, "escape")
        await make_user(console, "first")
        await until(pilot, lambda: "first@example.com" in text_of(console))
        assert screen.table.cursor == screen.table.count - 1
        await press(pilot, "space")
        await make_user(console, "second")
        assert "paused" in text_of(console)
        assert "second@example.com" not in text_of(console)
        await press(pilot, "space")
        await until(pilot, lambda: "second@example.com" in text_of(console))
        await press(pilot, "slash", *"first@", "enter")
        assert "second@example.com" not in text_of(console)
        assert "first@example.com" in text_of(console)
        await press(pilot, "O")
        assert isinstance(console.screen, UserScreen)
        assert "first@example.com" in text_of(console)
        await press(pilot, "escape", "escape", "enter")
        assert '"second@example.com"' in text_of(console)
        await press(pilot, "O")
        assert isinstance(console.screen, UserScreen)


async def test_the_tail_is_limited_to_a_resource_and_a_time_range() -> None:
    console = resource_console(60)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "events")
        screen = console.screen
        assert isinstance(screen, EventTailScreen)
        await press(pilot, "P")
        await fill(pilot, "yesterday")
        assert isinstance(console.screen, FormDialog)
        await press(pilot, "up")
        await fill(pilot, "400d", "2026-02-01")
        assert "since 400d until 2026-02-01" in text_of(console).split("\n")[0]
        assert screen.table.count > 10
        assert "ended" in text_of(console)
        assert all(str(row["timestamp"]) < "2026-02-01" for row in screen.rows_view.rows)
        await press(pilot, "f")
        await fill(pilot, "wallet")
        assert {str(row["eventName"]).split(".")[0] for row in screen.rows_view.rows} == {"wallet"}
        await press(pilot, "equals_sign")
        assert screen.table.count == 0


async def test_polls_without_new_events_do_not_change_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventTailScreen, "refresh_interval_s", 0.1)
    console = resource_console(3)
    async with console.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await jump(pilot, "events")
        log = console.session.connection.log  # type: ignore[union-attr]
        await until(pilot, lambda: "live" in text_of(console))
        before, sent = text_of(console), log.total
        await until(pilot, lambda: log.total > sent + 3)
        assert text_of(console) == before


# Exports


async def test_a_pending_export_is_refreshed_and_downloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ExportsScreen, "REFRESH_INTERVAL_S", 0.1)
    monkeypatch.chdir(tmp_path)
    console = resource_console(30, flags={**FLAGS, "export-delay-ms": "1500"})
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "exports")
        assert "Press + to request one" in text_of(console)
        await press(pilot, "plus", "space", "ctrl+s")
        await confirm_it(pilot)
        assert "pending" in text_of(console)
        await press(pilot, "x")
        assert last_note(console) == "The export is pending."
        await until(pilot, lambda: "completed" in text_of(console))
        await press(pilot, "x")
        assert "Downloaded from localhost. The token is not sent." in text_of(console)
        await fill(pilot, str(tmp_path / "all.csv"))
        assert "Export saved to" in last_note(console)
        file = tmp_path / "all.csv"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(file.read_text().splitlines()) == 31
        await press(pilot, "x")
        await fill(pilot, str(file))
        assert "already exists" in text_of(console)
        await press(pilot, "escape", "escape", "v")
        assert "signature" not in text_of(console)
        assert "set, not shown" in text_of(console)


# Analytics
