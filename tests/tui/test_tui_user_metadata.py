"""Editing the metadata of a user in the dialog or the external editor. Edited text is never lost."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from tests.tui.access_support import connection_of, go, notes
from tests.tui.tui_support import SMALL, console_of, demo, press, settled, text_of
from textual.pilot import Pilot
from textual.widgets import TextArea

from dyntui.api.errors import Invalid
from dyntui.core.json_types import as_object
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.shell.confirm_dialog import ConfirmDialog

YOUSSEF = ("j", "j", "enter")


@pytest.fixture(autouse=True)
def no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


async def read_metadata(pilot: Pilot[Any]) -> dict[str, Any]:
    screen = next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UserScreen))
    document = await connection_of(pilot).client.users.get_raw(screen.object_id)
    return dict(as_object(document["metadata"]))


async def save_from_another_client(pilot: Pilot[Any], metadata: dict[str, Any]) -> None:
    """Change the metadata with another client."""
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.write_types import Confirmation, Target

    screen = next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UserScreen))
    target = Target(screen.object_id, data={"fields": {"metadata": metadata}})
    results = await connection_of(pilot).write_gate.perform(
        write_action("users.edit"), [target], Confirmation(yes=True)
    )
    assert not results.remaining


async def replace_text(pilot: Pilot[Any], text: str) -> None:
    """Replace the text in the dialog."""
    dialog = pilot.app.screen
    assert isinstance(dialog, TextDialog)
    dialog.query_one(TextArea).text = text
    await settled(pilot)


def use_editor(monkeypatch: pytest.MonkeyPatch, pilot: Pilot[Any], tmp_path: Path, script: str) -> Path:
    """Set EDITOR to a script whose $1 is the edited file, and let the console suspend."""
    file = tmp_path / "editor.sh"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o700)
    monkeypatch.setenv("EDITOR", str(file))
    monkeypatch.setattr(console_of(pilot), "suspend", nullcontext)
    return file


@pytest.mark.parametrize("size", [pytest.param((120, 40), marks=pytest.mark.slow), SMALL], ids=["wide", "small"])
async def test_metadata_changes_are_shown_before_they_are_saved(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *YOUSSEF, "9", "e")
        before = await read_metadata(pilot)
        edited = {**before, "plan": "pro", "seats": 3}
        await replace_text(pilot, json.dumps(edited))
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog)
        assert "+ seats: 3" in text_of(console)
        assert await read_metadata(pilot) == before
        await press(pilot, "y")
        assert await read_metadata(pilot) == edited
        assert "seats  3" in text_of(console)
        assert console.session.drafts == {}


async def test_a_removed_field_is_deleted_and_unchanged_metadata_is_not_saved() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "9", "e", "f2")
        assert notes(pilot)[-1] == "No changes to save."
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        await save_from_another_client(pilot, {"plan": "pro", "old": 1})
        await press(pilot, "e")
        await replace_text(pilot, '{"plan": "pro"}')
        await press(pilot, "f2")
        assert "- old: 1" in text_of(console)
        await press(pilot, "y")
        assert await read_metadata(pilot) == {"plan": "pro"}


async def test_invalid_json_keeps_the_dialog_open() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "9", "e")
        await replace_text(pilot, '{"plan": "pro",}')
        await press(pilot, "ctrl+s")
        dialog = console.screen
        assert isinstance(dialog, TextDialog)
        assert "Invalid JSON" in text_of(console)
        assert dialog.area.text == '{"plan": "pro",}'
        await press(pilot, "escape")
        assert "Press esc again to discard your changes." in text_of(console)
        await press(pilot, "x")
        assert console.screen is dialog
        assert "Press esc again" not in text_of(console)
        await press(pilot, "escape", "escape")
        assert isinstance(console.screen, UserScreen)
        await press(pilot, "e")
        assert '"plan": "pro",}' not in text_of(console)


async def test_edited_text_survives_a_failure_and_a_canceled_confirmation(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "9", "e")
        client = connection_of(pilot).client
        call = client.call

        async def refusing(operation_id: str, **more: Any) -> Any:
            if operation_id == "updateUser":
                raise Invalid(422, "The metadata is too large", code="metadata_size_exceeded")
            return await call(operation_id, **more)

        monkeypatch.setattr(client, "call", refusing)
        await replace_text(pilot, '{"mine": 1}')
        await press(pilot, "ctrl+s", "y")
        assert "The metadata is too large" in notes(pilot)[-1]
        dialog = console.screen
        assert isinstance(dialog, TextDialog)
        assert dialog.area.text == '{"mine": 1}'
        assert "The metadata is too large" in text_of(console)
        monkeypatch.setattr(client, "call", call)
        await press(pilot, "ctrl+s", "escape")
        assert console.screen is dialog, "a canceled confirmation keeps the text"
        await press(pilot, "ctrl+s", "y")
        assert await read_metadata(pilot) == {"mine": 1}
        assert "unsaved metadata" not in text_of(console)


async def test_changes_of_another_client_are_part_of_the_shown_changes() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "9", "e")
        await replace_text(pilot, '{"mine": 1}')
        await save_from_another_client(pilot, {"theirs": 2})
        await press(pilot, "ctrl+s")
        assert "The metadata was changed at the server meanwhile." in text_of(console)
        assert "- theirs: 2" in text_of(console)
        await press(pilot, "escape")
        assert await read_metadata(pilot) == {"theirs": 2}


async def test_a_server_that_merges_metadata_causes_a_warning() -> None:
    console = demo(flags={"update-metadata": "merge"})
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "9")
        await save_from_another_client(pilot, {"plan": "pro", "old": 1})
        await press(pilot, "e")
        await replace_text(pilot, '{"plan": "free"}')
        await press(pilot, "ctrl+s", "y")
        assert any("The saved metadata differs from what was sent." in note for note in notes(pilot))


async def test_the_external_editor_gets_no_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    console = demo()
    monkeypatch.setenv("DYNTUI_TOKEN", "dyn_" + "Canary1" * 8)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "E")
        assert notes(pilot)[-1].startswith("EDITOR is not set")
        seen = tmp_path / "seen"
        use_editor(monkeypatch, pilot, tmp_path, f'env > {seen}; printf \'{{"from": "editor"}}\' > "$1"')
        await press(pilot, "E")
        assert '+ from: "editor"' in text_of(console)
        assert "Canary1" not in seen.read_text()
        await press(pilot, "y")
        assert await read_metadata(pilot) == {"from": "editor"}


@pytest.mark.parametrize(
    "typed",
    [
        b'{"plan": oops',
        pytest.param(b"\xff\xfe{", marks=pytest.mark.slow),
        pytest.param(b"", marks=pytest.mark.slow),
        pytest.param(b'{"a": 1, "a": 2}', marks=pytest.mark.slow),
    ],
)
async def test_invalid_text_of_the_editor_is_shown_in_the_dialog(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: bytes
) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        (tmp_path / "typed").write_bytes(typed)
        use_editor(monkeypatch, pilot, tmp_path, f'cp {tmp_path / "typed"} "$1"')
        await press(pilot, "E")
        dialog = console.screen
        assert isinstance(dialog, TextDialog)
        assert dialog.area.text == typed.decode("utf-8", "backslashreplace")
        assert dialog.problem
        await replace_text(pilot, '{"plan": "pro"}')
        await press(pilot, "ctrl+s", "y")
        assert await read_metadata(pilot) == {"plan": "pro"}


async def test_a_failing_editor_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        use_editor(monkeypatch, pilot, tmp_path, 'echo "{}" > "$1"; exit 1')
        await press(pilot, "E")
        assert notes(pilot)[-1] == "The editor failed with exit code 1; nothing was changed."
        assert isinstance(console.screen, UserScreen)


async def test_in_read_only_the_metadata_cannot_be_edited() -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "9", "e")
        assert isinstance(console.screen, UserScreen)
        assert "read-only" in notes(pilot)[-1]
