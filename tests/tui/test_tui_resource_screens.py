"""What a list cannot show: charts, the settings tree, the editor; hostile strings on these screens."""

from __future__ import annotations

import re
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from tests.tui.resource_support import audited, confirm_it, last_note, resource_console
from tests.tui.test_tui_hostile import assert_harmless
from tests.tui.tui_support import fill, jump, press, settled, text_of

from dyntui.resources.all_resources import RESOURCES
from dyntui.services import editor
from dyntui.tui.features.analytics.analytics_screen import AnalyticsScreen
from dyntui.tui.features.resources.settings_screen import SettingsScreen
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.routes import LIST_SCREENS, ROUTES
from dyntui.tui.shell.schema_form import SchemaForm

pytestmark = pytest.mark.slow


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
