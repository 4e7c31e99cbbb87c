"""Fields whose names say that they are secrets are masked on every screen until `K` reveals them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.cli.test_cli_secrets import SECRET, SHOWN, with_unknown_fields
from tests.services.resource_fixtures import FLAGS
from tests.tui.tui_support import console_of, demo, jump, press, settled, text_of

from dyntui.core.masking import HIDDEN
from dyntui.core.redact import redact
from dyntui.tui.features.api_console.api_request import ApiRequestScreen
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.shell.json_screen import JsonScreen

pytestmark = pytest.mark.slow
"""In test-all: the masking itself is in tests/core/test_core_masking.py."""


@pytest.fixture(autouse=True)
def unknown_fields() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dyntui.sandbox.sandbox.inject_payloads", with_unknown_fields)
        yield


async def test_the_raw_row_masks_and_reveals_unknown_secrets() -> None:
    async with demo(10, flags=FLAGS, hostile=True).run_test(size=(120, 40)) as pilot:
        console = console_of(pilot)
        await settled(pilot)
        for name in ("webhooks", "events", "users"):
            await jump(pilot, name)
            assert SECRET not in text_of(console)
            await press(pilot, "v" if name != "events" else "enter")
            assert isinstance(console.shown, JsonScreen | UserScreen), name
            tree = console.shown.query_one(JsonTree)
            await press(pilot, "z", "z")
            assert SECRET not in text_of(console)
            tree.go_to(("vaultApiKey",))
            await settled(pilot)
            assert f'vaultApiKey  "{HIDDEN}"' in text_of(console) and SHOWN in text_of(console)
            await press(pilot, "y")
            assert console.clipboard_text == HIDDEN
            await press(pilot, "K")
            assert f'vaultApiKey  "{SECRET}"' in text_of(console)
            assert "sk_" not in redact(f"a log with {SECRET}")
            await press(pilot, "y")
            assert console.clipboard_text == SECRET
            await press(pilot, "K")
            assert SECRET not in text_of(console)
            await press(pilot, "escape")


async def test_the_tabs_of_a_user_and_the_copy_menu_mask_unknown_secrets() -> None:
    async with demo(10, flags=FLAGS, hostile=True).run_test(size=(120, 40)) as pilot:
        console = console_of(pilot)
        await settled(pilot)
        await press(pilot, "c", "end", "enter")
        assert HIDDEN in console.clipboard_text and SECRET not in console.clipboard_text
        await press(pilot, "enter")
        screen = console.shown
        assert isinstance(screen, UserScreen)
        for number in range(len(screen.TABS)):
            await screen.go_to_tab(number)
            await settled(pilot)
            assert SECRET not in text_of(console), screen.TABS[number].name


async def test_a_response_of_the_api_console_masks_unknown_secrets() -> None:
    async with demo(10, flags=FLAGS, hostile=True).run_test(size=(120, 40)) as pilot:
        console = console_of(pilot)
        await settled(pilot)
        from dyntui.services.api_console import ConsoleRequest

        console.visit(ApiRequestScreen(ConsoleRequest("getEnvironmentById", {}, "", "")))
        await settled(pilot)
        await press(pilot, "ctrl+s")
        await settled(pilot)
        assert SECRET not in text_of(console) and f'"{HIDDEN}"' in text_of(console)
