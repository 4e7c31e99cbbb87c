"""The start: rows kept on disk are there before the client is, and what the first screen does not need comes later."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import pytest
from tests.tui.access_support import notes
from tests.tui.tui_support import TOKEN, demo, press, profile, settled, text_of

from dyntui.config.cache_files import cache_file
from dyntui.config.paths import paths
from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.resources.users import USERS
from dyntui.services.lists.list_source import CachedList, ListQuery
from dyntui.store.cache import RowCache
from dyntui.tui.shell import app
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState


@pytest.mark.parametrize("no_cache", ["", "1"])
async def test_cached_rows_are_shown_before_the_client_exists(monkeypatch: pytest.MonkeyPatch, no_cache: str) -> None:
    saved = profile("acme-sandbox", kind="sandbox")
    rows = RowCache(cache_file(paths().cache, saved.base_url, saved.environment_id, TOKEN))
    people: list[Row] = [{"id": f"u{n}", "email": f"kept{n}@example.com"} for n in range(3)]
    CachedList(rows, USERS).save(ListQuery(order=USERS.list.order), 0, people, 3)
    rows.close()
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    monkeypatch.setenv("DYNTUI_NO_CACHE", no_cache)

    def fails(*_: Any, **__: Any) -> Any:
        raise DyntuiError("The client cannot be made.")

    monkeypatch.setattr("dyntui.services.connection.Connection.__init__", fails)
    console = Console(ConsoleState(profile=saved))
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert ("kept2@example.com" in text_of(console)) is not bool(no_cache)
        assert "error" in text_of(console)
        if not no_cache:
            await press(pilot, "j", "asterisk")
            assert "The environment is not open." in notes(pilot)


async def test_what_the_first_screen_does_not_need_is_loaded_when_no_key_is_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app, "_START_PERIOD_S", 0.0)
    monkeypatch.setattr(app, "_IDLE_S", inf)  # as if keys were typed all the time
    console = demo(users=3)
    async with console.run_test() as pilot:
        await settled(pilot)
        names = {path.name for path in app._STYLES.glob("*.tcss")}
        console._load_rest()
        assert styles(console) == {"base.tcss"} < names
        monkeypatch.setattr(app, "_IDLE_S", 0.0)
        console._load_rest()
        assert styles(console) == names


def styles(console: Console) -> set[str]:
    return {Path(read_from[0]).name for read_from in console.stylesheet.source if read_from[0].endswith(".tcss")}
