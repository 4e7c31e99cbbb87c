"""The environments screen (switch, add, edit, check, remove) and the first run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.tui_support import (
    ENVIRONMENT,
    NOWHERE,
    TOKEN,
    demo,
    fill,
    jump,
    lines_of,
    paste,
    press,
    profile,
    settled,
    stored,
    text_of,
    until,
)
from textual import events

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.paths import paths
from dyntui.config.profiles import Profiles
from dyntui.tui.features.environments.environments_screen import EnvironmentsScreen
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

Serve = Callable[..., Any]


async def test_first_run_opens_the_demo() -> None:
    console = Console(ConsoleState())
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "Try the demo" in text_of(console)
        assert "no environment" in lines_of(console)[0]
        await press(pilot, "enter")
        assert isinstance(console.screen, ResourceScreen)
        assert lines_of(console)[-1].rstrip().endswith("of 500 · just now")


async def test_first_run_adds_an_environment_and_opens_it(still: Path) -> None:
    console = Console(ConsoleState())
    async with console.run_test(size=(100, 34)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        assert "The keyring cannot be used: no keyring" in text_of(console)
        await fill(pilot, "acme", NOWHERE, ENVIRONMENT)
        await press(pilot, "right", "enter", "enter", "right", "right", "enter")
        await fill(pilot, TOKEN)
        saved = Profiles.load().get("acme")
        assert (saved.base_url, saved.environment_id, saved.kind) == (NOWHERE, ENVIRONMENT, "sandbox")
        assert saved.credential is CredentialKind.FILE
        assert store_for(CredentialKind.FILE).get(saved) == TOKEN
        assert TOKEN not in (still / "config" / "profiles.toml").read_text()
        assert isinstance(console.screen, ResourceScreen)
        assert "sandbox  acme" in lines_of(console)[0]


async def test_form_shows_problems_below_the_fields() -> None:
    console = Console(ConsoleState())
    async with console.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "ctrl+s")
        text = text_of(console)
        assert "Enter a name." in text
        assert "Paste the environment id from the dashboard." in text
        assert "Paste an API token from the dashboard." in text
        await press(pilot, "escape")
        assert not Profiles.load().names()


async def test_token_is_never_shown() -> None:
    console = Console(ConsoleState())
    async with console.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", *["down"] * 6)
        await paste(pilot, TOKEN)
        assert "Canary1" not in text_of(console)


async def test_another_server_is_confirmed_before_the_token_is_sent() -> None:
    console = Console(ConsoleState())
    async with console.run_test(size=(100, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        await fill(pilot, "odd", "https://dyn.example/api/v0", ENVIRONMENT, "", "", "", TOKEN)
        assert "Send the token of odd to dyn.example" in text_of(console)
        await press(pilot, "enter")
        assert Profiles.load().names() == []


async def test_list_shows_kind_server_token_store_and_last_use() -> None:
    stored(profile("acme-live", last_used="2026-02-27T11:00:00Z"), profile("acme-box", kind="sandbox", read_only=True))
    console = demo()
    async with console.run_test(size=(150, 30)) as pilot:
        await settled(pilot)
        await jump(pilot, "environments")
        live, box, used = lines_of(console)[2:5]
        assert live.split("  ")[1:] != []
        assert "live" in live
        assert "127.0.0.1:9" in live
        assert "memory" in live
        assert "not checked" in live
        assert "27 Feb" in live
        assert "sandbox, read-only" in box
        assert "● sandbox" in used
        assert "dyn_…" in used


async def test_a_damaged_profile_is_listed_with_its_error_and_the_others_stay_usable() -> None:
    stored(profile("acme-live"))
    file = paths().profiles_file
    file.write_text(file.read_text() + '\n[profiles.bad]\nkind = "live"\n')
    console = demo()
    async with console.run_test(size=(150, 30)) as pilot:
        await settled(pilot)
        await jump(pilot, "environments")
        assert "acme-live" in text_of(console)
        row = next(line for line in lines_of(console) if line.lstrip().startswith("bad"))
        assert "damaged" in row
        assert "line 9: profile 'bad'" in row
        screen = console.screen
        assert isinstance(screen, EnvironmentsScreen)
        screen.table.move_to([(screen.table.view.get(index) or {})["name"] for index in range(3)].index("bad"))
        await settled(pilot)
        await press(pilot, "enter")
        assert "base_url is missing" in console.session.notifications[-1].text
        assert console.screen is screen
        assert "[profiles.bad]" in file.read_text()


async def test_switching_replaces_all_screens_of_the_old_environment() -> None:
    stored(profile())
    console = demo()
    async with console.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "enter", "escape")
        await jump(pilot, "environments")
        await press(pilot, "g", "enter", "escape")
        assert "live  acme-live" in lines_of(console)[0]
        assert console.has_class("-live")
        assert "freja.bjornsen" not in text_of(console)
        assert console.back_disabled_reason() is not None
        assert console.session.recent == {}
        assert len(console._screens) == 1


async def test_a_session_token_is_requested(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        saved = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        console = Console(ConsoleState(profile=saved))
        async with console.run_test(size=(100, 30)) as pilot:
            await settled(pilot)
            assert "Token of the Sandbox Environment box" in text_of(console)
            await fill(pilot, "nonsense")
            assert "This is not a Dynamic API token" in text_of(console)
            await fill(pilot, sandbox.token)
            assert lines_of(console)[-1].rstrip().endswith("of 3 · just now")
            await press(pilot, "r")
            assert sandbox.token not in text_of(console)


async def test_profile_color_is_in_the_header_except_for_live() -> None:
    for kind, shown in (("sandbox", "#123456"), ("live", "#8C1C2C")):
        console = Console(
            ConsoleState(profile=profile(kind=kind, color="#123456", credential=CredentialKind.ENVIRONMENT))
        )
        async with console.run_test(size=(100, 30)) as pilot:
            await settled(pilot)
            assert console.screen.query_one("#header").styles.background.hex == shown


async def test_check_shows_the_result_of_the_server(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        saved = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        stored(saved, profile("dead"))
        store_for(CredentialKind.SESSION).set(saved, sandbox.token)
        console = demo()
        async with console.run_test(size=(150, 30)) as pilot:
            await settled(pilot)
            await jump(pilot, "environments")
            await press(pilot, "g", "w")
            assert re.search(r"ok, \d+ ms, \d+ scopes", text_of(console))
            assert f"dyn_…{sandbox.token[-6:]}" in text_of(console)
            await press(pilot, "j", "w")
            assert console.session.notifications[-1].text.startswith("dead: The profile dead does not store its token")
            assert "not usable" in lines_of(console)[-1]


async def test_opened_environment_is_the_next_default(serve: Serve) -> None:
    with serve(users=3) as sandbox:
        saved = profile("box", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        stored(profile("first"), saved)
        store_for(CredentialKind.SESSION).set(saved, sandbox.token)
        console = Console(ConsoleState(profile=saved))
        async with console.run_test() as pilot:
            await settled(pilot)
            assert lines_of(console)[-1].rstrip().endswith("of 3 · just now")
        profiles = Profiles.load()
        assert profiles.current == "box"
        assert profiles.get("box").last_used == "2026-03-01T12:00:00.000Z"


async def test_removing_is_confirmed_and_deletes_the_token() -> None:
    saved = profile("acme", credential=CredentialKind.FILE)
    stored(saved)
    store_for(CredentialKind.FILE).set(saved, TOKEN)
    console = demo()
    async with console.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        await jump(pilot, "environments")
        await press(pilot, "g", "d", "d", "enter")
        assert Profiles.load().names() == ["acme"]
        await press(pilot, "d", "y")
        assert Profiles.load().names() == []
        assert store_for(CredentialKind.FILE).get(saved) is None
        assert "Environment acme removed" in console.session.notifications[-1].text


async def test_editing_keeps_the_token_unless_the_base_url_changes() -> None:
    saved = profile("acme", credential=CredentialKind.FILE)
    stored(saved)
    store_for(CredentialKind.FILE).set(saved, TOKEN)
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "environments")
        await press(pilot, "g", "e", "down", "down", "down", "right", "ctrl+s")
        assert Profiles.load().get("acme").kind == "sandbox"
        assert store_for(CredentialKind.FILE).get(saved) == TOKEN
        await press(pilot, "e", "down")
        await fill(pilot, "http://127.0.0.1:10/api/v0")
        await press(pilot, "ctrl+s")
        assert "Paste the token again for this base URL or store." in text_of(console)


async def test_demo_cannot_be_edited() -> None:
    console = demo()
    async with console.run_test() as pilot:
        await settled(pilot)
        await jump(pilot, "environments")
        assert isinstance(console.screen, EnvironmentsScreen)
        await press(pilot, "e")
        assert console.session.notifications[-1].text == "demo is not stored, so it cannot be edited or removed."


async def test_a_passphrase_is_requested(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> None:
    answers = iter(["correct horse", "correct horse"])
    with serve(users=2) as sandbox:
        saved = profile("sealed", base_url=sandbox.url, environment_id=sandbox.environment_id, kind="sandbox")
        saved = profile(
            "sealed", base_url=saved.base_url, environment_id=saved.environment_id, credential=CredentialKind.PASSPHRASE
        )
        stored(saved)
        store_for(CredentialKind.PASSPHRASE, ask_passphrase=lambda _: next(answers)).set(saved, sandbox.token)
        console = Console(ConsoleState(profile=saved))
        async with console.run_test(size=(100, 30)) as pilot:
            await until(pilot, lambda: "Passphrase for the token of sealed" in text_of(console))
            console.post_message(events.Paste("correct horse"))
            await pilot.press("enter")
            await settled(pilot)
            assert lines_of(console)[-1].rstrip().endswith("of 2 · just now")
            assert "correct horse" not in text_of(console)
