"""The export of users, and their rows on this machine."""

from __future__ import annotations

import csv
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.tui.access_support import connection_of, go, notes
from tests.tui.tui_support import SMALL, TOKEN, demo, fill, paste, press, profile, settled, text_of, until
from tests.tui.user_support import MARKED, first_page, refuse, users_of
from textual.pilot import Pilot
from textual.widgets import Input

from dyntui.api.client import Client
from dyntui.api.errors import NotSent
from dyntui.tui.features.users.users_screen import UsersScreen
from dyntui.tui.shell.console_state import open_row_cache


async def export_to(pilot: Pilot[Any], path: Path, *, formats: int = 0, what: int = 0) -> None:
    """Fill in the export form. formats, what: how many times `right` is pressed in these fields."""
    await press(pilot, "x", *["right"] * what, "enter", *["right"] * formats, "enter")
    await fill(pilot, str(path))


async def test_filtered_users_are_exported_to_a_new_private_file(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "slash", *"anna", "enter")
        expected = {row["id"] for row in await filtered(pilot, "anna")}
        assert expected
        file = tmp_path / "anna.ndjson"
        await export_to(pilot, file, formats=2)
        assert notes(pilot)[-1].endswith(f"exported to {file}")
        assert {json.loads(line)["id"] for line in file.read_text().splitlines()} == expected
        assert file.stat().st_mode & 0o777 == 0o600
        await press(pilot, "x", "enter", "enter")
        await fill(pilot, str(file))
        assert "This file already exists." in text_of(console)


async def filtered(pilot: Pilot[Any], text: str) -> list[dict[str, Any]]:
    client = connection_of(pilot).client
    page = await client.users.list(filter={"filterValue": text, "filterColumn": "all"})
    return [dict(row) for row in page.rows]


async def test_all_users_are_exported_as_csv(tmp_path: Path) -> None:
    console = demo(230)
    async with console.run_test(size=SMALL) as pilot:
        await go(pilot)
        file = tmp_path / "all.csv"
        await export_to(pilot, file)
        assert notes(pilot)[-1] == f"230 users exported to {file}"
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        assert len({row["id"] for row in rows}) == 230


async def test_marked_users_are_exported_as_json(tmp_path: Path) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED)
        file = tmp_path / "marked.json"
        await export_to(pilot, file, formats=3)
        assert {row["id"] for row in json.loads(file.read_text())["items"]} == users_of(pilot).table.marks


async def test_the_file_of_an_export_follows_the_format(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").touch()

    def path() -> str:
        return console.screen.query_one("#field-path", Input).value

    async def type_instead(text: str) -> None:
        """Type another file name, and go back to the format."""
        await pilot.press("down", "home", "shift+end", "backspace")
        await paste(pilot, text)
        await press(pilot, "up")

    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await go(pilot, "x", "enter")
        names = [path()]
        for _ in range(4):
            await press(pilot, "right")
            names.append(path())
        assert names == ["users-2.csv", "users-2.csv", "users.ndjson", "users.json", "users-2.csv"]
        await type_instead("export.of.march.csv")
        await press(pilot, "left")
        assert path() == "export.of.march.json", "the name was typed: only the ending changes"
        await type_instead("list.txt")
        await press(pilot, "left")
        assert path() == "list.txt"
        assert [each.name for each in tmp_path.glob("*.*")] == ["users.csv"]


async def test_an_export_has_the_shown_columns_and_counts_deleted_rows(tmp_path: Path) -> None:
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.write_types import Confirmation, Target
    from dyntui.services.connection import Connection

    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "space", "space")
        screen = console.screen
        assert isinstance(screen, UsersScreen)
        ids = [str(row["id"]) for row in screen.marked]
        open_connection = connection_of(pilot)
        async with Connection(open_connection.profile, open_connection._token, app=open_connection.app) as other:
            await other.write_gate.perform(write_action("users.delete"), [Target(ids[0])], Confirmation(yes=True))
        await export_to(pilot, tmp_path / "shown.csv", formats=4)
        await until(pilot, lambda: "shown.csv" in notes(pilot)[-1])
        assert notes(pilot)[-1].endswith("1 marked row no longer exists")
        (row,) = csv.DictReader(io.StringIO((tmp_path / "shown.csv").read_bytes().decode("utf-8-sig")))
        columns: Any = screen.table.columns
        assert list(row) == [column.field for column in columns if column.field]
        assert row["email"] == "anna.lange@mail.example.com"


async def test_a_failed_export_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        refuse(monkeypatch, "getEnvironmentUsers", lambda more: more["query"].get("offset", 0) > 0)
        await export_to(pilot, tmp_path / "all.csv")
        assert "refused by the test" in notes(pilot)[-1]
        assert not list(tmp_path.glob("*.csv"))


async def test_mark_all_reads_the_whole_list() -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "asterisk")
        assert len(users_of(pilot).table.marks) == 230
        assert "230 marked" in text_of(console)


async def test_cached_rows_are_shown_with_their_age_while_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        first = (await first_page(pilot))[0]["email"]
        client = connection_of(pilot).client
        call = client.call
        is_online = False

        async def offline(operation_id: str, **more: Any) -> Any:
            if not is_online:
                raise NotSent("no connection")
            return await call(operation_id, **more)

        monkeypatch.setattr(client, "call", offline)
        await press(pilot, "colon", *"allowlists", "enter", "colon", *"users", "enter")
        await until(pilot, lambda: "offline since " in text_of(console))
        assert first in text_of(console)
        assert "cached, just now" in text_of(console)
        is_online = True
        await press(pilot, "r")
        await until(pilot, lambda: "offline" not in text_of(console))
        screen = console.screen
        assert isinstance(screen, UsersScreen)
        assert screen.view is not None
        await screen.view.wait_until_idle()
        await settled(pilot)
        assert "cached" not in text_of(console)
        assert screen.view.changed == set(), "a field that the cache leaves out is not a change"


async def test_no_row_cache_is_opened_with_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_NO_CACHE", "1")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        assert console.session.rows is None


@pytest.mark.parametrize(
    ("kind", "agreed", "on_disk"), [("sandbox", False, True), ("live", False, False), ("live", True, True)]
)
async def test_rows_of_a_live_environment_are_stored_only_with_consent(kind: str, agreed: bool, on_disk: bool) -> None:
    from dyntui.services.connection import Connection

    async with Connection(profile(kind=kind, keep_rows=agreed), TOKEN) as connection:
        rows = open_row_cache(connection)
        assert rows is not None
        assert (rows.file is not None) == on_disk
        assert connection.cache_file.exists() == on_disk
        rows.close()


async def test_an_export_runs_in_a_thread_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    threads: set[int] = set()
    send = Client.send

    async def recorded(client: Client, *arguments: Any, **more: Any) -> Any:
        threads.add(threading.get_ident())
        return await send(client, *arguments, **more)

    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        monkeypatch.setattr(Client, "send", recorded)
        await export_to(pilot, tmp_path / "all.csv")
        assert notes(pilot)[-1].startswith("230 users exported")
        await press(pilot, "asterisk")
        assert threads
        assert threading.get_ident() not in threads
