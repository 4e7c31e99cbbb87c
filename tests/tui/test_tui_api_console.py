"""The API console: operations are searched, filled in and sent, and requests saved."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from tests.tui.resource_support import audited, confirm_it, last_note, resource_console
from tests.tui.tui_support import SMALL, fill, jump, paste, press, settled, text_of
from textual.widgets import TextArea

from dyntui.api.catalog import catalog
from dyntui.config.paths import paths
from dyntui.tui.features.api_console.api_operations import ApiOperationsScreen
from dyntui.tui.features.api_console.api_request import ApiRequestScreen
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.shell.schema_form import SchemaForm

pytestmark = pytest.mark.slow


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
