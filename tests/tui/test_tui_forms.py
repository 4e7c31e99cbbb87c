"""What was filled in is not lost: not by a confirmation that is declined, a refusal of the server, or one esc."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.access_support import ALLOWLISTS, LAUNCH_PARTY_ENTRIES, connection_of, go, notes, to
from tests.tui.tui_support import SMALL, console_of, demo, fill, jump, paste, press, profile, settled, stored, text_of
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from dyntui.config.profiles import Profiles
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.tui.features.access.entry_drafts import EntryDraftsScreen
from dyntui.tui.features.api_console.api_request import ApiRequestScreen
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.dialogs.form_dialog import FormDialog
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

USER = ("j", "j", "enter")
FORMS = {
    "new user": (("plus",), {"email": "new@post.example"}),
    "profile": ((*USER, "e"), {"firstName": "Nova"}),
    "one field of the metadata": ((*USER, "m"), {"key": "plan", "value": "pro"}),
    "metadata of many": (("m",), {"key": "plan", "value": "pro"}),
    "link a wallet": ((*USER, "J"), {"publicWalletAddress": "0x" + "ab" * 20, "walletName": "metamask"}),
    "pre-generate": ((*USER, "plus"), {"identifier": "new@post.example"}),
    "new allowlist": ((*ALLOWLISTS, "plus"), {"name": "Guests"}),
    "change an allowlist": ((*ALLOWLISTS, "e"), {"name": "Guests"}),
    "add an entry": ((*LAUNCH_PARTY_ENTRIES, "plus"), {"value": "new@post.example"}),
    "new gate": ((*to("gates"), "plus"), {"name": "Guests", "rule0": "chain EVM"}),
    "new origin": ((*to("origins"), "plus"), {"f0": "https://new.example"}),
    "new webhook": ((*to("webhooks"), "plus"), {"f0": "https://new.example/hook"}),
}


def top_of(console: Console) -> Any:
    """The screen that is shown; of no type that an earlier assertion has narrowed."""
    return console.screen


async def _open(pilot: Pilot[Any], name: str) -> FormDialog:
    """Open a form and fill it in."""
    keys, values = FORMS[name]
    await go(pilot, *keys)
    form = console_of(pilot).screen
    assert isinstance(form, FormDialog)
    for field, text in values.items():
        form.query_one(f"#field-{field}", Input).value = text
    await settled(pilot)
    return form


@pytest.mark.parametrize(
    ("name", "key"),
    slow_except(
        [
            (name, key)
            for name in ("new user", "profile", "new allowlist", "new origin", "add an entry")
            for key in ("escape", "n")
        ],
        ("new user", "escape"),
        ("profile", "n"),
    ),
)
async def test_a_declined_confirmation_returns_to_the_form(name: str, key: str) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        form = await _open(pilot, name)
        values = form.current_input()
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog), text_of(console)
        await press(pilot, key)
        assert top_of(console) is form
        assert form.current_input() == values
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog), "the form can be submitted again"


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
async def test_every_form_is_reopened_and_confirms_before_it_is_closed(name: str) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        form = await _open(pilot, name)
        values = form.current_input()
        await press(pilot, "ctrl+s")
        if console.screen is not form:  # a form that is not complete yet stays as it is
            assert isinstance(console.screen, ConfirmDialog)
            await press(pilot, "escape")
        assert top_of(console) is form
        assert form.current_input() == values
        await press(pilot, "escape")
        assert top_of(console) is form
        assert "Press esc again" in text_of(console)
        await press(pilot, "escape")
        assert not isinstance(console.screen, BaseDialog)


@pytest.mark.parametrize("name", slow_except(["new user", "new allowlist", "new origin"], "new user"))
async def test_enter_confirms_non_destructive_actions(name: str) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await _open(pilot, name)
        await press(pilot, "ctrl+s", "enter")
        assert not isinstance(console.screen, BaseDialog), text_of(console)
        assert [entry.method for entry in connection_of(pilot).log.entries() if entry.method != "GET"] == ["POST"]


async def test_enter_declines_destructive_actions_only() -> None:
    console = demo()
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for destructive, effects in itertools.product((False, True), ((), ("It is on.",))):
            needed = Requirement(
                ConfirmationLevel.CONFIRM, "Do it?", (), "", "sandbox", effects=effects, destructive=destructive
            )
            answers: list[Confirmation | None] = []
            console.ask(ConfirmDialog(needed, verb="Do"), answers.append)
            await settled(pilot)
            await press(pilot, "enter")
            (answer,) = answers
            assert (answer is None) is destructive


@pytest.mark.parametrize("read", [(), ("It is on.",)], ids=["plain", "weighed"])
async def test_enter_does_not_confirm_a_dialog_opened_by_enter(read: tuple[str, ...]) -> None:
    needed = Requirement(ConfirmationLevel.CONFIRM, "Do it?", (), "", "sandbox", effects=read, destructive=False)
    console = demo()
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        answers: list[Confirmation | None] = []
        console.ask(ConfirmDialog(needed, verb="Do", opening_key="enter"), answers.append)
        await settled(pilot)
        await press(pilot, "enter")
        assert answers == []
        await press(pilot, "y")
        assert len(answers) == 1


async def test_a_refusal_reopens_the_form_with_the_reason() -> None:
    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        taken = str((await connection_of(pilot).client.users.list(limit=1)).rows[0]["email"])
        await go(pilot, "plus")
        form = top_of(console)
        assert isinstance(form, FormDialog)
        form.query_one("#field-email", Input).value = taken
        form.query_one("#field-firstName", Input).value = "Nova"
        await press(pilot, "ctrl+s", "y")
        assert top_of(console) is form
        assert (form.current_input()["email"], form.current_input()["firstName"]) == (taken, "Nova")
        assert "already exists" in text_of(console)
        # a long reason is read in full, and leaves the field in use and the keys in view
        await press(pilot, *["up"] * 12)
        form.show_problem(f"first {'reason ' * 40}last")
        await settled(pilot)
        assert all(text in text_of(console) for text in ("first reason", "reason last", "ctrl+s continue"))
        assert form.focused is not None and form.focused.region in form.query_one("#fields").region
        form.query_one("#field-email", Input).value = "nova@post.example"
        await press(pilot, "ctrl+s", "y")
        assert not isinstance(console.screen, BaseDialog)
        assert "nova@post.example" in text_of(console)


async def test_a_refused_origin_reopens_its_form_with_the_reason() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await _open(pilot, "new origin")
        await press(pilot, "ctrl+s", "y", "plus")
        form = top_of(console)
        assert isinstance(form, FormDialog)
        form.query_one("#field-f0", Input).value = "https://new.example"
        await press(pilot, "ctrl+s", "y")
        assert top_of(console) is form
        assert form.current_input()["f0"] == "https://new.example"
        assert "already" in text_of(console)


async def test_pasted_text_is_discarded_only_after_a_confirmation() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LAUNCH_PARTY_ENTRIES, "p")
        dialog = console.screen
        await paste(pilot, "new@post.example")
        await press(pilot, "escape")
        assert console.screen is dialog
        assert dialog.query_one(TextArea).text == "new@post.example"
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, EntryDraftsScreen)
        await press(pilot, "escape")
        assert isinstance(console.screen, EntryDraftsScreen)
        assert notes(pilot)[-1] == "Press esc again to discard 1 new entry."
        await press(pilot, "escape")
        assert not isinstance(console.screen, EntryDraftsScreen)


async def test_a_changed_request_is_discarded_only_after_a_confirmation() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "api addOrigin")
        await press(pilot, "enter")
        assert isinstance(console.screen, ApiRequestScreen)
        await press(pilot, "enter")
        await fill(pilot, "https://new.example")
        request = console.screen
        assert isinstance(request, ApiRequestScreen)
        await press(pilot, "escape")
        assert console.screen is request
        assert notes(pilot)[-1] == "Press esc again to discard the entered values."
        await press(pilot, "escape")
        assert console.screen is not request


async def test_an_unchanged_form_closes_without_a_confirmation() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        for keys in (("plus",), (*ALLOWLISTS, "e")):
            await go(pilot, *keys, "escape")
            assert isinstance(console.screen, ResourceScreen)


async def test_keys_typed_while_a_form_waits_for_the_server_are_ignored() -> None:
    console = demo(latency_ms=300)
    async with console.run_test(size=(120, 40)) as pilot:
        form = await _open(pilot, "profile")
        await pilot.press("ctrl+s")
        await pilot.press("x", "ctrl+s", "ctrl+s")
        await settled(pilot)
        assert isinstance(console.screen, ConfirmDialog)
        await press(pilot, "escape")
        assert top_of(console) is form
        assert form.current_input()["firstName"] == "Nova"


async def test_declining_another_base_url_returns_to_the_form_of_the_environment() -> None:
    stored(profile("acme"))
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "environments")
        await press(pilot, "g", "e", "down")
        await fill(pilot, "https://dyn.example/api/v0")
        form = top_of(console)
        assert isinstance(form, FormDialog)
        form.query_one("#field-token", Input).value = "dyn_" + "Canary1" * 8
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog)
        await press(pilot, "enter")
        assert top_of(console) is form
        assert form.current_input()["base_url"] == "https://dyn.example/api/v0"
        assert Profiles.load().get("acme").base_url != "https://dyn.example/api/v0"
