"""`:compare`: the configuration of the environment in use beside that of another environment or of a folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from tests.conftest import serving
from tests.tui.cut_text import cut_texts
from tests.tui.tui_support import (
    NOWHERE,
    SIZE,
    SMALL,
    console_of,
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
from textual.pilot import Pilot

from dyntui.config.credentials import CredentialKind, store_for
from dyntui.config.profile import Profile
from dyntui.core.errors import UsageError
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.actions.write_gate import WriteGate
from dyntui.services.configuration.history import list_snapshots
from dyntui.services.configuration.manifest import Manifest
from dyntui.services.configuration.pull import write_folder
from dyntui.services.configuration.read import read_environment
from dyntui.services.demo import demo_connection
from dyntui.tui.features.configuration.compare_screen import CompareConfigurationScreen
from dyntui.tui.features.configuration.comparison_table import ComparisonTable
from dyntui.tui.kit.dialogs.form_dialog import FormDialog
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.kit.dialogs.row_dialog import RowDialog
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import ConsoleState

Serve = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def seeded() -> Iterator[Any]:
    """A richly configured sandbox, which the tests only read."""
    with serving(users=5) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def unlimited(still: Path) -> None:
    """Send as fast as the sandboxes respond: the rate limit of the vendor would be most of the time of a test."""
    (still / "config").mkdir(parents=True, mode=0o700)
    (still / "config/settings.toml").write_text("rate_per_minute = 0\nsettle_seconds = 0\n")


def use(sandbox: Any, name: str, **fields: Any) -> Profile:
    """Store a profile of a local sandbox with its token, and return it."""
    defaults: dict[str, Any] = {"base_url": sandbox.url, "environment_id": sandbox.environment_id, "kind": "sandbox"}
    saved = profile(name, **(defaults | {"credential": CredentialKind.FILE} | fields))
    stored(saved)
    store_for(CredentialKind.FILE).set(saved, sandbox.token)
    return saved


async def pulled(folder: Path, **options: Any) -> Path:
    """Write the configuration of a sandbox into a folder, and return it."""
    async with demo_connection(SandboxOptions(users=0, **options)) as connection:
        found = await read_environment(connection)
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(folder, found, Manifest().with_pull(found.environment_id, "pulled", found.resources))
    return folder


def table_of(pilot: Pilot[Any]) -> ComparisonTable:
    return console_of(pilot).screen.query_one(ComparisonTable)


def go_to(pilot: Pilot[Any], *path: str) -> None:
    """Move the cursor to a line by its path."""
    index = table_of(pilot).view.index_of("\0".join(path))
    assert index is not None, f"{path} is not shown:\n{text_of(console_of(pilot))}"
    table_of(pilot).move_to(index)


def words_of(console: Console) -> str:
    """Return the text of the screen without line breaks."""
    return " ".join(text_of(console).split())


def line_with(console: Console, text: str) -> str:
    """Return the line of the screen that contains a text."""
    return next(line for line in lines_of(console) if text in line)


async def test_two_environments_are_compared_as_a_tree(serve: Serve, seeded: Any) -> None:
    use(seeded, "acme-box")
    stored(profile("no-token", base_url=NOWHERE, credential=CredentialKind.FILE))
    with serve(users=0, empty=True) as empty:
        console = Console(ConsoleState(profile=use(empty, "acme-live", kind="live"), read_only=True))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "compare")
            assert "acme-box" in text_of(console) and "Folder …" in text_of(console)
            assert "acme-live  " not in "".join(lines_of(console)[2:]), "it is not compared with itself"
            await press(pilot, "enter")
            assert isinstance(console.screen, CompareConfigurationScreen)
            assert "this environment  ● live  acme-live" in text_of(console)
            assert "other side        ● sandbox  acme-box" in text_of(console)
            assert " ".join(line_with(console, "▾ allowlists").split()) == "▌ ▾ allowlists +4 0 allowlists 4 allowlists"
            go_to(pilot, "settings")
            assert "~1" in line_with(console, "▾ settings")
            go_to(pilot, "settings", "general", "displayName")
            assert "New app" in (line := line_with(console, "general.displayName")) and "Northwind" in line
            table_of(pilot).move_to(table_of(pilot).count)
            assert "not read" in lines_of(console)[-2], "what cannot be read on a side is in view, with the reason"
            await press(pilot, "space")
            assert not table_of(pilot).marks
            await press(pilot, "semicolon")
            assert isinstance(console.screen, RowDialog) and "Forbidden" in text_of(console)
            await press(pilot, "escape")

            # Marks: a resource, an object, a value
            go_to(pilot, "allowlists")
            await press(pilot, "space")
            assert len(table_of(pilot).marks) == 4 and "4 marked" in lines_of(console)[-1]
            assert "•   ▸ Staff" in text_of(console)
            go_to(pilot, "allowlists", "Staff")
            await press(pilot, "space")
            assert not [*cut_texts(console)]
            assert "◦ ▾ allowlists" in text_of(console) and len(table_of(pilot).marks) == 3
            go_to(pilot, "settings", "general", "displayName")
            await press(pilot, "space")
            assert len(table_of(pilot).marks) == 4 and "◦ ▾ settings" in text_of(console)
            go_to(pilot, "providers", "google")
            await press(pilot, "l", "j", "j", "j")
            assert "by nature" in line_with(console, "clientId")
            await press(pilot, "r")
            assert len(table_of(pilot).marks) == 4, "marks stay when both sides are read again"
            await press(pilot, "U")

            # Folding, filters, copying
            await press(pilot, "z")
            assert table_of(pilot).count > 150, "all is unfolded"
            await press(pilot, "z")
            assert "Staff" not in text_of(console) and table_of(pilot).count == len(table_of(pilot)._roots)
            await press(pilot, "slash", *"staff", "enter")
            assert "▾ Staff" in text_of(console)
            assert "▾ allowlists" in text_of(console) and "Beta testers" not in text_of(console)
            await press(pilot, "escape", "f", "f")
            assert "settings" in text_of(console) and "allowlists" not in "".join(lines_of(console)[5:])
            await press(pilot, "f")
            assert "No differences are “this only”." in text_of(console)
            await press(pilot, "escape", "C")
            assert "allowlists" in text_of(console), "going back clears the filter first"
            assert console.clipboard_text == "dyntui config plan --from-profile acme-box --to-profile acme-live"
            await press(pilot, "ctrl+s")
            assert "read-only" in console.session.notifications[-1].text and "acme-live · read-only" in text_of(console)

            await jump(pilot, "compare no-token")
            text = words_of(console)
            assert "no-token: There is no token for no-token in the" in text
            assert "Press @ to open, check or edit no-token there." in text and "Press r to try again." in text


def write_entries(folder: Path, count: int) -> None:
    """Add an allowlist with many entries to a configuration folder."""
    manifest = folder / "dyntui.yaml"
    manifest.write_text(manifest.read_text().replace("resources:\n", "resources:\n- allowlist-entries\n"))
    lines = [f"  - email: user{number}@example.com" for number in range(count)]
    for name, text in (
        ("allowlists", "name: Many\nenabled: false\nscope: many\noutcome: scope\n"),
        ("allowlist-entries", "\n".join(["allowlist: Many", "entries:", *lines, ""])),
    ):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "many.yaml").write_text(text)


@pytest.mark.slow
async def test_a_side_that_cannot_be_read_is_named_with_what_to_do(serve: Serve, seeded: Any, tmp_path: Path) -> None:
    box = use(seeded, "acme-box")
    folder = await pulled(tmp_path / "config", empty=True)
    console = Console(ConsoleState(profile=box))
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await jump(pilot, "compare nowhere")
        assert "no other profile and no folder 'nowhere'." in console.session.notifications[-1].text
        await jump(pilot, "compare")
        await press(pilot, *"fold", "enter")
        assert isinstance(console.screen, FormDialog)
        await fill(pilot, str(tmp_path / "none"))
        assert "There is no folder" in text_of(console)
        await fill(pilot, str(tmp_path))
        assert "is not a configuration folder" in words_of(console)
        await press(pilot, "escape")
        await jump(pilot, "compare")
        await press(pilot, *"fold", "enter")
        await fill(pilot, str(folder))
        assert not [*cut_texts(console)]
        assert "● folder" in text_of(console) and "this only" in text_of(console)
        await press(pilot, "C")
        assert console.clipboard_text == f"dyntui config plan {folder} --profile acme-box"
        write_entries(folder, 3_000)
        await press(pilot, "r")
        go_to(pilot, "allowlist-entries", "Many")
        assert "▸ Many" in line_with(console, "▌"), "thousands of entries are folded at first"
        await press(pilot, "l", "G")
        assert table_of(pilot).count > 3_000
        shutil.rmtree(folder)
        await press(pilot, "r")
        text = words_of(console)
        assert "is not a configuration folder" in text and "this only" in text, "what was read before stays"


def change_by_hand(sandbox: Any, origin: str) -> None:
    """Add an origin to an environment, as somebody else would."""
    url = f"{sandbox.url}/environments/{sandbox.environment_id}/origins"
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    assert httpx.post(url, json={"origin": origin}, headers=headers).status_code == 201


async def mark(pilot: Pilot[Any], *paths: tuple[str, ...]) -> None:
    """Mark these lines and no others."""
    await press(pilot, "g", "space", "U")
    for path in paths:
        go_to(pilot, *path)
        await press(pilot, "space")


async def apply_marked(pilot: Pilot[Any], name: str) -> None:
    """Confirm the plan of what is marked by typing a name."""
    await press(pilot, "ctrl+s")
    assert isinstance(console_of(pilot).screen, ConfirmDialog), text_of(console_of(pilot))
    await press(pilot, "pagedown", "pagedown")
    await paste(pilot, name)
    await press(pilot, "enter")


async def test_what_is_marked_is_applied_after_its_plan_was_confirmed(serve: Serve, seeded: Any) -> None:
    use(seeded, "acme-box")
    with serve(users=0, empty=True) as empty:
        console = Console(ConsoleState(profile=use(empty, "acme-live", kind="live")))
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await jump(pilot, "compare acme-box")
            display_name = ("settings", "general", "displayName")
            await mark(pilot, ("allowlists", "Staff"), display_name, ("providers", "google"))
            await press(pilot, "ctrl+s")
            assert "PROVIDERS_GOOGLE_CLIENT_ID" in text_of(console), "a value that is not known is asked for"
            await paste(pilot, "my-client")
            await press(pilot, "ctrl+s")
            text = text_of(console)
            for expected in ("Apply 3 changes?", "In live environment acme-live.", "Copied from acme-box:"):
                assert expected in text
            assert "+ allowlist Staff" in text and "displayName: New app → Northwind" in text
            assert "clientId: ${PROVIDERS_GOOGLE_CLIENT_ID}" in text and "Launch party" not in text
            await press(pilot, "pagedown")
            await paste(pilot, "acme-live")
            await press(pilot, "enter")
            text = console.session.notifications[-1].text
            [snapshot] = list_snapshots()
            assert text.startswith("acme-live: 5 of 5 steps done. To restore what was before:") and snapshot.id in text
            assert not table_of(pilot).marks and "▸ Staff" not in text_of(console)
            assert table_of(pilot).view.index_of("\0".join(display_name)) is None
            go_to(pilot, "settings", "general", "supportEmail")
            go_to(pilot, "providers", "google", "clientId")
            assert "by nature" in (line := line_with(console, "clientId")) and "my-client" in line
            await press(pilot, "ctrl+s")
            assert "differs by nature" in console.session.notifications[-1].text


@pytest.mark.slow
async def test_a_changed_environment_a_deletion_and_refused_writes_are_shown(serve: Serve, seeded: Any) -> None:
    use(seeded, "acme-box")
    with serve(users=0, empty=True) as empty:
        console = Console(ConsoleState(profile=use(empty, "acme-live", kind="live")))
        async with console.run_test(size=SMALL) as pilot:
            await settled(pilot)
            await jump(pilot, "compare acme-box")
            await mark(pilot, ("settings",))
            change_by_hand(empty, "https://by-hand.example")
            await press(pilot, "ctrl+s")
            assert "was changed since the plan was made" in console.session.notifications[-1].text
            assert isinstance(console.screen, CompareConfigurationScreen) and len(table_of(pilot).marks) == 5
            go_to(pilot, "origins", "https://by-hand.example")
            assert "this only" in line_with(console, "by-hand"), "both sides are read again"

            # What only this environment has is deleted when it is marked
            await mark(pilot, ("origins", "https://by-hand.example"))
            await press(pilot, "ctrl+s")
            assert "- origin https://by-hand.example" in text_of(console)
            await fill(pilot, "acme-box")
            assert "The text does not match" in text_of(console)
            await fill(pilot, "acme-live")
            assert "this only" not in text_of(console) and len(list_snapshots()) == 1

            # What was stopped or refused is listed
            await mark(pilot, ("allowlists",))
            with mock.patch.object(WriteGate, "perform", side_effect=UsageError("refused for a test")):
                await apply_marked(pilot, "acme-live")
            assert isinstance(console.screen, MessageDialog)
            text = words_of(console)
            assert "acme-live: 0 of" in text and "✕ create allowlist Beta testers: refused for a test" in text
            await press(pilot, "G")
            assert "To restore what was before: dyntui config apply --snapshot" in words_of(console)
            await press(pilot, "escape")
            assert "+4" in line_with(console, "▾ allowlists") and "Still different:" not in text_of(console)


@pytest.mark.slow
async def test_an_apply_shows_its_progress_and_can_be_stopped(serve: Serve, tmp_path: Path) -> None:
    folder = await pulled(tmp_path / "config", empty=True)
    write_entries(folder, 500)
    with serve(users=0, empty=True, flags=("slow-ms=200",)) as empty:
        console = Console(ConsoleState(profile=use(empty, "acme-box")))
        async with console.run_test(size=SMALL) as pilot:
            await settled(pilot)
            await jump(pilot, "compare")
            await press(pilot, *"fold", "enter")
            await fill(pilot, str(folder))
            await mark(pilot, ("allowlists",), ("allowlist-entries",))
            await press(pilot, "ctrl+s", "pagedown")
            empty.set_faults(slow=1)
            await pilot.press("y")
            await until(pilot, lambda: re.search(r"[1-9]\d+ of 502", text_of(console)))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(console.screen, MessageDialog))
            text = words_of(console)
            assert "acme-box: 1 of 3 steps done" in text and "of 500: not tried" in text
            await press(pilot, "escape")
            assert "~1" in line_with(console, "▾ allowlist entries"), "the rest is still different"
