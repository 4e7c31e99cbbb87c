"""Every resource in the console: listed and opened, its forms and dialogs; hostile strings in all. What the keys of its
actions do is tested in test_tui_record_keys.py."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.services.resource_fixtures import FILLED, parent_for
from tests.tui.conftest import NOW
from tests.tui.resource_support import OWN, audited, confirm_it, fill_form, open_record, resource_console
from tests.tui.test_tui_hostile import assert_harmless
from tests.tui.tui_support import SMALL, console_of, demo, jump, lines_of, press, settled, text_of, until

from dyntui.api.permit import WritePermit
from dyntui.config.paths import paths
from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource, Scope
from dyntui.services.actions.resource_actions import find_action
from dyntui.tui.kit.action_registry import ACTIONS
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.cached_names import cached_name
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.record_actions import TOGGLE, offered_actions
from dyntui.tui.shell.routes import list_screen
from dyntui.tui.shell.schema_form import SchemaForm

pytestmark = pytest.mark.slow

WIDE = (160, 50)
LISTED = [name for name in RESOURCES if name not in ("allowlists", "allowlist-entries", "gates")]


def assert_table(screen: ResourceScreen) -> None:
    """The table has a line of titles, and one line for each row with the beginning of each value."""
    table = screen.table
    shown = ["".join(segment.text for segment in table.render_line(y)) for y in range(table.size.height)]
    columns = [column for column in table.columns if f" {table._title(column)}" in f" {shown[0]}"]
    assert columns[0] is table.columns[0]
    assert len(columns) > 1 or len(table.columns) == 1
    for number in range(min(table.count, table.size.height - 1)):
        row = table.view.get(number)
        assert row is not None
        for column in columns:
            assert column.cell(row, NOW)[:4].strip() in shown[1 + number]


@pytest.mark.parametrize("name", LISTED)
async def test_every_list_and_its_rows_open(name: str) -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = await open_record(pilot, name)
        assert screen.record is RESOURCES[name]
        assert_table(screen)
        if screen.table.count:
            await press(pilot, "enter")
            assert console.screen is not screen, "a row without details opens as JSON"
            assert console.screen.query("LineList")
            assert console.is_running
        else:
            assert RESOURCES[name].empty.split(".")[0] in text_of(console)


@pytest.mark.parametrize("name", LISTED)
async def test_hostile_strings_do_nothing_in_any_list_detail_or_dialog(name: str) -> None:
    record = RESOURCES[name]
    console = resource_console(3, hostile=True)
    async with console.run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await open_hostile(pilot, record)
        assert_harmless(console)
        for y in (0, 3, 49):
            await pilot.click(offset=(6, y))
        await settled(pilot)
        assert_harmless(console)
        await open_hostile(pilot, record)
        for key in ("v", "z", "escape", "a", "escape", "question_mark", "escape", "enter", "2"):
            await press(pilot, key)
            assert_harmless(console)
        await open_hostile(pilot, record)
        for which, actions in offered_actions(record):
            await press(pilot, "t" if which == TOGGLE else actions[0].key)
            assert_harmless(console)
            if isinstance(console.screen, SchemaForm):
                await press(pilot, "ctrl+s")
                assert_harmless(console)
            if isinstance(console.screen, ConfirmDialog):
                await press(pilot, console.screen.key)
                assert_harmless(console)
            while len(console.screen_stack) > 1:
                await press(pilot, "escape")
        assert console.is_running
        assert console.return_code is None


async def open_hostile(pilot: Any, record: Resource) -> None:
    """The list of a record, whatever its rows say."""
    console = console_of(pilot)
    while len(console.screen_stack) > 1:
        await press(pilot, "escape")
    connection = console.session.connection
    assert connection is not None
    if record.scope is Scope.PARENT:
        console.open_list(record, await parent_for(connection, record), "[b]\x1b]0;x\x07")
    else:
        console.visit(list_screen(record))
    await settled(pilot)


def test_every_action_of_every_record_is_in_the_registry_with_its_effect() -> None:
    for name in OWN:
        for which, actions in offered_actions(RESOURCES[name]):
            action = ACTIONS[f"{name}.{which}"]
            assert action.effect is max((each.effect for each in actions), key=list(Effect).index)
            assert action.keys


# Behavior of the lists


async def test_an_edit_starts_with_the_current_values_and_shows_the_changes() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_record(pilot, "custom-fields")
        await press(pilot, "e")
        form = console.screen
        assert isinstance(form, SchemaForm)
        assert form.values_by_field(form.current_input())["key" if False else "name"] == "Plan"
        await fill_form(pilot, {"name": "Price plan"})
        assert "name: Plan → Price plan" in text_of(console)
        await confirm_it(pilot)
        assert "Price plan" in text_of(console)


async def test_a_change_longer_than_a_line_can_be_scrolled() -> None:
    console = resource_console()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await open_record(pilot, "webhooks")
        await press(pilot, "e")
        await fill_form(pilot, {"url": f"https://hooks.northwind.example/{'long/' * 60}end"})
        assert "/dynamic →" in text_of(console)
        assert "long/end" in "".join(text_of(console).split())
        await confirm_it(pilot)
        assert audited()[-1] == ("webhooks.edit", "done")


async def test_an_unchanged_form_is_not_sent() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_record(pilot, "custom-fields")
        await press(pilot, "e", "ctrl+s")
        assert "Nothing was changed" in console.session.notifications[-1].text
        assert audited() == []


async def test_a_missing_required_value_is_reported_below_its_field() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_record(pilot, "origins")
        await press(pilot, "plus", "ctrl+s")
        assert "This field is required." in text_of(console)
        assert isinstance(console.screen, SchemaForm)
        await press(pilot, "escape")
        assert audited() == []


async def test_an_action_on_marked_rows_leaves_failed_ones_marked(monkeypatch: Any) -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = await open_record(pilot, "origins")
        client = console.session.connection.client  # type: ignore[union-attr]
        call, first = client.call, screen.table.row_id

        async def refuse_first(operation: str, **more: Any) -> Any:
            if operation == "deleteOriginById" and first in more["path"].values():
                raise DyntuiError("The server refused it.")
            return await call(operation, **more)

        monkeypatch.setattr(client, "call", refuse_first)
        await press(pilot, "space", "space", "space")
        assert len(screen.table.marks) == 3
        await press(pilot, "d")
        assert "Delete 3 origins?" in text_of(console)
        await confirm_it(pilot)
        assert screen.table.marks == {first}
        assert "1 of 3 origins not deleted" in console.session.notifications[-1].text


async def test_a_write_on_many_rows_shows_progress_and_stops_after_the_current_one(monkeypatch: Any) -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = await open_record(pilot, "origins")
        client = console.session.connection.client  # type: ignore[union-attr]
        call, gate, sent = client.call, asyncio.Event(), []

        async def slow(operation: str, **more: Any) -> Any:
            value = await call(operation, **more)
            if operation == "deleteOriginById":  # the request was sent, so a stop waits for its response
                sent.append(more["path"])
                await gate.wait()
            return value

        monkeypatch.setattr(client, "call", slow)
        await press(pilot, "space", "space", "space", "d")
        screen_ = console.screen
        assert isinstance(screen_, ConfirmDialog)
        await pilot.press(screen_.key)
        await until(pilot, lambda: bool(sent) and "0 of 3" in text_of(console))
        await pilot.press("escape")
        gate.set()
        await settled(pilot)
        assert len(sent) == 1
        assert len(screen.table.marks) == 2
        assert [outcome for _, outcome in audited()] == ["started", "done"]
        assert "1 of 3 origins deleted, 2 not attempted" in console.session.notifications[-1].text


async def test_destructive_actions_in_live_need_a_typed_name() -> None:

    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        connection.write_gate._profile = replace(connection.profile, kind="live")
        await open_record(pilot, "origins")
        await press(pilot, "d")
        assert isinstance(console.screen, ConfirmDialog)
        await press(pilot, *"origins", "enter")
        assert "The text does not match" in text_of(console)
        assert audited() == []


async def test_the_token_in_use_is_marked_and_its_deletion_has_a_warning() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = await open_record(pilot, "tokens")
        assert "yes" in text_of(console).split("\n")[2]
        connection = console.session.connection
        assert connection is not None
        assert str(screen.table.row["checksum"]) == connection.token_hint[-6:]  # type: ignore[index]
        await press(pilot, "d")
        assert "This deletes the token in use" in text_of(console)
        await press(pilot, "escape")
        await press(pilot, "down", "d")
        assert "the token in use" not in text_of(console)


async def test_a_new_token_is_shown_one_time_and_not_stored() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_record(pilot, "tokens")
        await press(pilot, "plus")
        await fill_form(pilot, FILLED[("tokens", "create")])
        await confirm_it(pilot)
        raw = next(word for word in text_of(console).split() if word.startswith("dyn_") and len(word) > 40)
        await press(pilot, "escape")
        assert raw not in text_of(console)
        texts = "".join(note.text for note in console.session.notifications) + paths().audit_file.read_text()
        assert raw not in texts


async def test_details_name_the_owner_and_options_are_chosen_from_a_list() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        connections = await open_record(pilot, "global-wallet-connections")
        assert console.session.rows is not None
        owner = cached_name(console.session.rows, "users", str((connections.table.row or {})["userId"]))
        assert "@" in owner
        await press(pilot, "enter")
        assert re.search(rf"user +{re.escape(owner)}", text_of(console)), "details show the owner by email"
        await open_record(pilot, "webhooks")
        await press(pilot, "plus")
        form = console.screen
        assert isinstance(form, SchemaForm)
        await press(pilot, "down", "ctrl+o")
        assert "[ ] user.created" in text_of(console)
        await press(pilot, "space", "down", "space", "enter")
        assert form.values_by_field(form.current_input())["events"] == "user.created, user.updated"


async def test_a_list_that_the_token_does_not_reach_holds_no_keys_and_says_nothing_of_the_environment() -> None:
    console = demo(3)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        members = await open_record(pilot, "members")
        assert members.view_disabled_reason() == "The rows could not be loaded."
        await press(pilot, "enter")
        assert console.session.notifications[-1].text == "The rows could not be loaded."
        assert not console.in_key, "further keys do not wait"
        await jump(pilot, "environments")
        assert "not usable" not in text_of(console)
        assert "ok, " in text_of(console)


async def test_the_menu_is_titled_with_what_it_acts_on_and_ctrl_s_chooses() -> None:
    console = resource_console()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await open_record(pilot, "global-wallet")
        await press(pilot, "enter", "a")
        assert re.search(r"▌ e +edit ", text_of(console)), "the cursor is on the first available action"
        await press(pilot, "ctrl+s")
        assert "Edit Global Wallet Northwind Wallet" in text_of(console)
        assert re.search(r"termsOfServiceAndPrivacyPolicy +\n +Markdown ", text_of(console))
        await press(pilot, "escape")
        await open_record(pilot, "origins")
        await press(pilot, "space", "j", "space", "a")
        assert "2 Marked Rows" in text_of(console)


async def test_a_form_refused_by_the_server_is_reopened() -> None:
    console = demo(5)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_record(pilot, "webhooks")
        await press(pilot, "plus")
        wrong = {"url": "http://127.0.0.1:8000/hook", "events": "user.created, user.updatd", "isEnabled": "false"}
        await fill_form(pilot, wrong)
        await confirm_it(pilot)
        assert (
            "Webhook “http://127.0.0.1:8000/hook” not created: body/url must be https"
            in console.session.notifications[-1].text
        )
        warnings = [notification.text for notification in console.session.notifications]
        assert any("'user.updatd' is not a known value. Did you mean user.updated?" in text for text in warnings)
        form = console.screen
        assert isinstance(form, SchemaForm)
        assert form.values_by_field(form.current_input()) == wrong
        await fill_form(pilot, {"url": "https://a.example/hook", "events": "user.created"})
        await confirm_it(pilot)
        assert audited()[-1] == ("webhooks.create", "done")
        assert "https://a.example/hook" in text_of(console)


async def test_secrets_are_masked_on_every_tab() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await open_record(pilot, "providers")
        await press(pilot, "plus")
        await fill_form(pilot, {**FILLED[("providers", "create")], "clientSecret": "Canary-secret"})
        assert "Canary" not in text_of(console)
        await confirm_it(pilot)
        await press(pilot, "G", "enter")
        for key in ("1", "2", "r"):
            await press(pilot, key)
            assert "set, not shown" in text_of(console)
            assert "Canary" not in text_of(console)
        await press(pilot, "escape", "v")
        assert "Canary" not in text_of(console)
        await press(pilot, "escape", "e")
        assert "Canary" not in text_of(console)


async def test_a_detail_screen_edits_its_object_and_closes_when_it_is_deleted() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await open_record(pilot, "exchanges")
        await press(pilot, "enter")
        assert "off" not in text_of(console).split("\n")[0]
        await press(pilot, "t")
        await confirm_it(pilot)
        assert audited()[-1] == ("exchanges.enable", "done")
        assert re.search(r"\b(now|\d+ s ago)", text_of(console))
        await press(pilot, "plus")
        assert console.session.notifications[-1].text == "This action is only available in the list."
        await press(pilot, "d")
        await confirm_it(pilot)
        assert isinstance(console.screen, ResourceScreen)


# Above the environment, and what is out of reach


async def test_resources_of_the_organization_need_no_id() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "members")
        assert "robin@northwind.example" in text_of(console)
        await jump(pilot, "organizations")
        await press(pilot, "enter")
        for expected in ("Projects", "Members", "Member MFA Methods", "Custom Networks"):
            assert expected in text_of(console)
        await press(pilot, "tab", "enter")
        assert "organizations › Northwind Labs › projects" in text_of(console)
        await press(pilot, "enter", "tab", "enter")
        assert "live" in text_of(console)


async def test_lists_that_the_token_cannot_read_show_the_reason_and_are_checked_once() -> None:
    console = demo(5, flags={"organization-access": "no"})
    async with console.run_test(size=(140, 60)) as pilot:
        await settled(pilot)
        await jump(pilot, "members")
        assert "Forbidden" in text_of(console)
        assert "opening" not in lines_of(console)[-1], "the footer says what is so, too"
        await jump(pilot, "resources")
        text = text_of(console)
        assert re.search(r"Members .*not allowed", text)
        assert re.search(r"My API Tokens .*not allowed", text)
        assert re.search(r"Users .* allowed", text), "what was read is known without a check"
        log = console.session.connection.log  # type: ignore[union-attr]
        await press(pilot, "w")
        assert re.search(r"Webhooks .* allowed", text_of(console))
        sent = log.total
        await press(pilot, "w", "escape")
        await jump(pilot, "resources")
        assert log.total == sent
        await press(pilot, "colon", *"memb")
        assert "not allowed" in text_of(console)


async def test_one_of_several_organizations_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_in_no_organization(*_: object) -> bool:
        return False

    monkeypatch.setattr("dyntui.services.actions.organization_choice._has_environment", is_in_no_organization)
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        permit = WritePermit("test", frozenset())
        await connection.client.call("createOrganization", body={"name": "Second Labs"}, permit=permit)
        await jump(pilot, "members")
        assert "Choose an Organization" in text_of(console) and "Second Labs" in text_of(console)
        await press(pilot, "escape")
        assert "ambiguous" in text_of(console)
        await press(pilot, "r", "enter")
        assert "robin@northwind.example" in text_of(console)
        await jump(pilot, "invites")
        assert "Choose an Organization" not in text_of(console)


async def test_the_index_has_every_resource() -> None:
    console = resource_console()
    async with console.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await jump(pilot, "resources")
        text = text_of(console)
        for record in RESOURCES.values():
            assert record.title[:24] in text, record.name
        await press(pilot, "G", "k", "enter")
        assert not text_of(console).startswith("resources")
        assert isinstance(list_screen(RESOURCES["webhooks"]), ResourceScreen)


def test_names_of_custom_records_and_actions_are_unique() -> None:
    for name in OWN:
        for which, actions in offered_actions(RESOURCES[name]):
            if which != TOGGLE:
                assert find_action(RESOURCES[name], which) is actions[0]
