"""What a list cannot show: deliveries, the live tail, exports, charts, the settings tree, the API console."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, cast

import pytest
from tests.services.resource_fixtures import FLAGS
from tests.services.webhook_receiver import receiving
from tests.tui.test_tui_hostile import assert_harmless
from tests.tui.tui_support import SMALL, console_of, demo, fill, jump, lines_of, paste, press, settled, text_of, until
from textual.widgets import TextArea

from dyntui.api.catalog import catalog
from dyntui.config.paths import paths
from dyntui.core.ids import short_id
from dyntui.core.json_types import as_object
from dyntui.resources import RESOURCES
from dyntui.services import editor
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, Target
from dyntui.tui.features.analytics.analytics_screen import AnalyticsScreen
from dyntui.tui.features.api_console.api_operations import ApiOperationsScreen
from dyntui.tui.features.api_console.api_request import ApiRequestScreen
from dyntui.tui.features.events.event_tail import EventTailScreen
from dyntui.tui.features.exports.exports_screen import ExportsScreen
from dyntui.tui.features.resources.settings_screen import SettingsScreen
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.webhooks.webhook_message import WebhookMessageScreen
from dyntui.tui.features.webhooks.webhook_messages import WebhookMessagesScreen
from dyntui.tui.kit.dialogs.form_dialog import FormDialog
from dyntui.tui.kit.dialogs.paste_dialog import PasteTextDialog
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.cached_names import cached_name
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.routes import LIST_SCREENS, ROUTES
from dyntui.tui.shell.schema_form import SchemaForm

pytestmark = pytest.mark.slow


def resource_console(users: int = 40, **options: Any) -> Console:
    return demo(users, **{"flags": FLAGS, **options})


def audited() -> list[tuple[str, str]]:
    return [(line.action, line.outcome) for line in Audit(paths().audit_file).lines()]


def last_note(console: Console) -> str:
    return console.session.notifications[-1].text


async def confirm_it(pilot: Any) -> None:
    screen = console_of(pilot).screen
    assert isinstance(screen, ConfirmDialog), text_of(console_of(pilot))
    await press(pilot, screen.key)


async def make_user(console: Console, name: str) -> None:
    connection = console.session.connection
    assert connection is not None
    fields = {"fields": {"email": f"{name}@example.com"}}
    results = await connection.write_gate.perform(
        write_action("users.create"), [Target("", name, fields)], Confirmation(yes=True)
    )
    assert results.first_error is None


# Webhooks


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


async def test_charts_have_a_table_of_values_and_other_date_ranges() -> None:
    console = resource_console(150)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "analytics")
        screen = console.screen
        assert isinstance(screen, AnalyticsScreen)
        text = text_of(console)
        assert "Active users: users per day" in text
        assert re.search(r"in range / all time .* users \d+ / 150 ", text)
        assert re.search(r"2026-02-\d\d +\d", text)
        axis = re.findall(r"^ *(\S+)┤", text, re.MULTILINE)
        assert len(axis) > 2 and all(number.isdigit() for number in axis), "users are whole"
        await press(pilot, "G")
        assert re.search(r"average a day +\d+(\.\d)?\s", text_of(console))
        assert "maximum a day" in text_of(console) and "total" not in text_of(console)
        titles = []
        for _ in screen.charts:
            titles.append(screen.charts[screen.chart_index].title)
            assert screen.charts[screen.chart_index].points[0][0][:10] in text_of(console)
            await press(pilot, "right_square_bracket")
        assert len(set(titles)) == len(screen.charts) >= 8
        assert screen.chart_index == 0
        await press(pilot, "greater_than_sign")
        assert screen.range.days == 90
        await press(pilot, "greater_than_sign", "greater_than_sign")
        assert "longest preset range" in last_note(console)
        await press(pilot, "P")
        await fill(pilot, "2026-02-10", "2026-02-01")
        assert "is after" in text_of(console)
        await press(pilot, "up")
        await fill(pilot, "2026-01-15", "2026-02-10")
        assert "2026-01-15 to 2026-02-10" in text_of(console)
        await press(pilot, "y")
        assert console.clipboard_text.startswith(",users\r\n")


# Settings


async def test_a_setting_is_edited_with_old_and_new_value_and_checked_afterwards() -> None:
    console = resource_console(3)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "settings")
        screen = console.screen
        assert isinstance(screen, SettingsScreen)
        await press(pilot, "slash", *"collectip", "enter")
        assert "1 of 1 found" in text_of(console)
        await press(pilot, "e")
        assert isinstance(console.screen, SchemaForm)
        await press(pilot, "space", "ctrl+s")
        text = text_of(console)
        assert "true → false" in text
        assert "The API accepts only all settings at once" in text
        await confirm_it(pilot)
        assert last_note(console) == "Setting privacy.collectIp changed to false. Press Z to undo it"
        assert audited()[-1] == ("settings.edit", "done")
        await press(pilot, "e", "ctrl+s")
        assert "No changes" in last_note(console)


async def test_other_settings_that_the_server_changes_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    console = resource_console(3)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "settings")
        client = console.session.connection.client  # type: ignore[union-attr]
        call = client.call

        async def forgetful(operation: str, **more: Any) -> Any:
            if operation == "updateProjectSettings":
                more["body"] = {**more["body"], "general": {**more["body"]["general"], "displayName": "Other"}}
            return await call(operation, **more)

        monkeypatch.setattr(client, "call", forgetful)
        await press(pilot, "slash", *"collectip", "enter", "e", "space", "ctrl+s")
        await confirm_it(pilot)
        assert "Other Settings Changed" in text_of(console)
        assert "general.displayName: Northwind → Other" in text_of(console)


async def test_a_setting_that_changed_meanwhile_is_not_overwritten() -> None:
    console = resource_console(3)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "settings")
        await press(pilot, "slash", *"displayname", "enter", "e")
        await fill(pilot, "Mine")
        sandbox = console.session.connection.app.sandbox  # type: ignore[union-attr]
        saved = sandbox.store.get("environments", sandbox.environment_id)
        saved["settings"]["general"]["displayName"] = "Theirs"
        sandbox.store.put("environments", saved)
        await confirm_it(pilot)
        assert "was changed meanwhile; nothing was sent" in last_note(console)
        assert '"Theirs"' in text_of(console)


async def test_only_single_values_are_edited() -> None:
    console = resource_console(3)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "settings")
        await press(pilot, "down", "e")
        assert "single value" in last_note(console)


# The API console


async def test_an_operation_is_searched_edited_and_sent() -> None:
    console = resource_console(20)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "api")
        assert isinstance(console.screen, ApiOperationsScreen)
        assert "of 334" in text_of(console)
        await press(pilot, "slash", *"get environment users", "enter")
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, ApiRequestScreen)
        await press(pilot, "enter")
        form = console.screen
        assert isinstance(form, SchemaForm)
        names = {field.name: name for name, field in form.schema_fields.items()}
        form.set_focus(form.query_one(f"#field-{names['limit']}"))
        await paste(pilot, "2")
        await press(pilot, "ctrl+s", "ctrl+s")
        text = text_of(console)
        assert re.search(r"● 200 +[\d,]+ ms", text)
        assert "count" in text
        await press(pilot, "slash", *"email", "enter")
        assert "found" in text.lower() or "of" in text_of(console).split("\n")[-1]
        tree = screen.query_one("#response-tree", JsonTree)
        first = tree.selected_keys
        await press(pilot, "n")
        assert tree.selected_keys != first
        await press(pilot, "y")
        assert console.clipboard_text
        assert audited() == []


async def test_a_form_longer_than_the_screen_scrolls_with_the_focus() -> None:
    console = resource_console(3)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await jump(pilot, "api createUser")
        await press(pilot, "enter", "enter")
        form = console.screen
        assert isinstance(form, SchemaForm)
        await press(pilot, "down", "down")
        assert form.focused is form.query_one("#field-f2")
        assert "ctrl+s apply" in text_of(console), "the keys stay in view"
        await press(pilot, "up", *["down"] * 20)
        assert form.focused is form.query_one("#field-f21")
        assert form.schema_fields["f21"].label in text_of(console)


async def test_writes_are_confirmed_and_errors_are_shown() -> None:
    console = resource_console(5)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "api addOrigin")
        await press(pilot, "enter", "ctrl+s")
        assert "field is required" in last_note(console)
        await press(pilot, "enter")
        await fill(pilot, "https://new.example")
        await press(pilot, "ctrl+s")
        assert "Send operation POST /environments/{environmentId}/origins?" in text_of(console)
        await confirm_it(pilot)
        assert "● 201" in text_of(console)
        await press(pilot, "ctrl+s")
        await confirm_it(pilot)
        assert "● 422" in text_of(console)
        assert "duplicate_exists" in text_of(console)
        assert [outcome for _, outcome in audited()] == ["started", "done", "started", "failed"]
        await press(pilot, "escape", "B")
        assert "422" in text_of(console)
        await press(pilot, "enter")
        assert "● 422" in text_of(console)


async def test_a_request_is_copied_and_saved_without_token_or_secret() -> None:
    console = resource_console(5)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        token = console.session.connection._token  # type: ignore[union-attr]
        await jump(pilot, "api createProvider")
        await press(pilot, "enter", "E")
        assert isinstance(console.screen, TextDialog)
        console.screen.query_one(TextArea).text = ""
        await paste(pilot, json.dumps({"provider": "google", "clientSecret": "Canary-secret"}))
        await press(pilot, "ctrl+s", "c")
        assert console.clipboard_text.startswith("curl -X POST")
        assert "$DYNTUI_TOKEN" in console.clipboard_text
        assert token not in console.clipboard_text
        await press(pilot, "C")
        assert console.clipboard_text.startswith("dyntui api createProvider -d")
        await press(pilot, "S")
        await fill(pilot, "my provider")
        saved = (paths().state / "requests.json").read_text()
        assert "my provider" in saved
        assert "Canary" not in saved
        assert token not in saved
        await press(pilot, "escape", "b")
        assert "my provider" in text_of(console)
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, ApiRequestScreen)
        assert json.loads(screen.request.body) == {"provider": "google", "clientSecret": ""}


async def test_known_ids_are_filled_in() -> None:
    console = resource_console(5)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        user_id = next(iter(console.session.recent))
        await jump(pilot, "api getUser")
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, ApiRequestScreen)
        assert screen.request.values["userId"] == user_id
        await jump(pilot, "api getOrganizationMembers")
        await press(pilot, "enter", "ctrl+s")
        assert "● 200" in text_of(console)
        assert "robin@northwind.example" in json.dumps(console.screen.response.document)  # type: ignore[attr-defined]


async def test_read_only_sends_no_write_from_the_api_console() -> None:
    console = resource_console(0, read_only=True)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        log = console.session.connection.log  # type: ignore[union-attr]
        sent = log.total
        screen: Any = None
        for operation in catalog():
            if operation.reads:
                continue
            from dyntui.services.api_console import ConsoleRequest

            if screen is None:
                screen = ApiRequestScreen(ConsoleRequest(operation.id))
                console.visit(screen)
                await settled(pilot)
                sent = log.total
            screen.operation = operation
            screen.fields = []
            screen.request = ConsoleRequest(operation.id, dict.fromkeys(operation.path_names, "x"), "{}")
            assert (
                screen.request_disabled_reason() in ("This environment is read-only.", None)
                or "This field is required" in screen.request_disabled_reason()
            )
            assert screen.request_disabled_reason() is not None
        await press(pilot, "ctrl+s")
        assert log.total == sent
        assert audited() == []


async def test_end_user_operations_show_that_the_token_cannot_call_them() -> None:
    console = resource_console(3)
    async with console.run_test(size=(140, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "api exportPrivateKey")
        await press(pilot, "enter")
        assert "the token of a signed-in user" in text_of(console)


def test_the_editor_gets_a_private_file_and_no_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "editor.sh"
    log = tmp_path / "seen"
    script.write_text(
        f'#!/bin/sh\nstat -c %a "$2" > {log}\nenv >> {log}\ncat "$2" >> {log}\nprintf \'{{"a": 2}}\' > "$2"\n'
    )
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", f"{script} --wait")
    monkeypatch.setenv("DYNTUI_TOKEN", "dyn_" + "Canary1" * 8)
    assert editor.edit('{"a": 1}') == '{"a": 2}'
    recorded = log.read_text()
    assert recorded.startswith("600\n")
    assert '{"a": 1}' in recorded
    assert "Canary1" not in recorded
    monkeypatch.setenv("VISUAL", str(tmp_path / "none"))
    from dyntui.core.errors import UsageError

    with pytest.raises(UsageError, match="cannot be started"):
        editor.edit("x")


# Hostile strings


@pytest.mark.parametrize(
    "keys",
    [
        ("webhooks", "enter", "enter", "2", "3", "4", "enter"),
        ("webhooks", "enter", "f"),
        ("webhooks", "enter", "e", "escape", "K", "y"),
        ("events", "P"),
        ("settings", "z", "G", "e"),
        ("hostnames", "enter", "2", "3"),
        ("analytics", *["right_square_bracket"] * 10),
        ("resources", "w"),
        ("api getEnvironmentById", "enter", "ctrl+s", "z", "G"),
        ("api getEnvironmentUsers", "enter", "ctrl+s", "slash", *"bob", "enter", "n"),
    ],
    ids=lambda keys: "-".join(keys)[:40],
)
async def test_hostile_strings_do_nothing(keys: tuple[str, ...]) -> None:
    console = resource_console(20, hostile=True)
    async with console.run_test(size=(160, 50), notifications=True) as pilot:
        await settled(pilot)
        await jump(pilot, keys[0])
        for key in keys[1:]:
            await press(pilot, key)
            assert_harmless(console)
        for y in (0, 1, 3, 20, 49):
            await pilot.click(offset=(6, y))
            await settled(pilot)
            assert_harmless(console)
        assert console.is_running
        assert console.return_code is None


async def test_settings_of_a_live_environment_need_a_typed_confirmation() -> None:
    from dataclasses import replace

    console = resource_console(3)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        connection.write_gate._profile = replace(connection.profile, kind="live")
        await jump(pilot, "settings")
        await press(pilot, "slash", *"collectip", "enter", "e", "space", "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog)
        await press(pilot, "escape")
        assert audited() == []


def test_the_special_screens_are_those_of_records() -> None:
    assert set(LIST_SCREENS) <= set(RESOURCES)


def test_every_route_opens_a_screen() -> None:
    for path in ROUTES.values():
        assert callable(resolve_name(path))
    for path in LIST_SCREENS.values():
        assert issubclass(resolve_name(path), ResourceScreen)
