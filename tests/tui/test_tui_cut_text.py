"""No text is cut without a way to read it: on every screen, tab, help page, menu and dialog, with long values too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.cut_text import cut_cells, cut_texts, footer_keys, whole_text
from tests.tui.import_support import go_to, messy, open_wizard, step_of
from tests.tui.test_tui_compare_configuration import pulled
from tests.tui.tui_support import SIZE, SMALL, console_of, demo, jump, press, settled, text_of, until
from textual.pilot import Pilot

from dyntui.core.text import safe
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Scope
from dyntui.tui.features.configuration.compare_screen import CompareConfigurationScreen
from dyntui.tui.kit.action_registry import ActiveAction, active_actions
from dyntui.tui.kit.dialogs.row_dialog import RowDialog
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen

SCREENS = (
    *(record.name for record in RESOURCES.values() if record.scope is not Scope.PARENT),
    *("environments", "resources", "api", "requests", "notifications", "audit"),
)
FAST_SCREENS = ("users", "wallets", "allowlists", "webhooks", "analytics")
STEPS = ("parse", "map", "review", "check", "plan")
_SKIPPED_SCOPES = ("rows", "table", "tree", "app", "form", "dialog", "siblings")
_LEAVING = re.compile(r"\.(refresh|copy_id|auto_refresh|leave|quit)$")
"""Actions of the cursor and of the console, and those that open no dialog."""


class _Walk:
    """Goes through screens and collects the texts that are cut."""

    def __init__(self, pilot: Pilot[Any], *, dialogs: bool, hostile: bool = False) -> None:
        self.pilot = pilot
        self.dialogs = dialogs
        self.hostile = hostile
        self.found: dict[str, str] = {}
        self._tried: set[tuple[str, str]] = set()

    @property
    def screen(self) -> Any:
        return self.pilot.app.screen

    def look(self, place: str) -> None:
        for text in cut_texts(console_of(self.pilot)):
            self.found.setdefault(text, place)

    async def back_to(self, screen: Any) -> None:
        for _ in range(8):
            if self.screen is screen and not getattr(screen, "has_prompt", False):
                return
            await press(self.pilot, "escape")
        raise AssertionError(f"no way back to {screen}:\n{text_of(console_of(self.pilot))}")

    async def walk(self, place: str) -> None:
        """Look at the screen, its tabs, its help and its menu; with `dialogs` at what each of its keys opens."""
        screen = self.screen
        self.look(place)
        await press(self.pilot, "question_mark")
        self.look(f"{place}: help")
        assert isinstance(screen, ConsoleScreen)
        title = re.sub(r"\s+", "", text_of(console_of(self.pilot)))
        assert re.sub(r"\s+", "", safe(screen.breadcrumbs[-1]))[:40] in title, "the help shows the breadcrumbs in full"
        await self.back_to(screen)
        for number in range(1, getattr(screen, "each_count", 1)):
            await press(self.pilot, str((number + 1) % 10))
            self.look(f"{place}: tab {number + 1}")
            await self._open_dialogs(place)
        await self._open_dialogs(place)

    async def open_row(self, place: str) -> None:
        """Press enter; what it opens has to show the texts that are cut in the row, where the footer says so."""
        table, screen = self.pilot.app.focused, self.screen
        cells: list[str] = []
        if isinstance(table, Table) and screen.enter_shows_row and not self.hostile:
            cells = cut_cells(table)  # hostile values differ from one response to the next
        await press(self.pilot, "enter")
        text = whole_text(console_of(self.pilot))
        self.found |= {
            f"{cell} is not in {self.screen}": f"{place}, opened" for cell in cells if "".join(cell.split()) not in text
        }

    async def _open_dialogs(self, place: str) -> None:
        screen = self.screen
        for active in list(self._offered(screen)):
            await active.node.action_do(active.action.id)
            await settled(self.pilot)
            if self.screen is not screen or getattr(screen, "has_prompt", False):
                self.look(f"{place}: {active.action.id}")
                await self.back_to(screen)

    def _offered(self, screen: Any) -> Iterator[ActiveAction]:
        for active in active_actions(screen):
            id_, key = active.action.id, (active.action.id, type(screen).__name__)
            menu = id_.endswith(".menu") or active.action.name in ("columns", "filter")
            if not (self.dialogs or menu) or active.action.each or _LEAVING.search(id_) or key in self._tried:
                continue
            if active.action.scope in _SKIPPED_SCOPES or active.disabled_reason is not None:
                continue
            self._tried.add(key)
            yield active


@pytest.mark.parametrize(
    ("size", "hostile", "complete"),
    slow_except(
        [(SMALL, False, False), (SMALL, False, True), (SIZE, False, True), (SMALL, True, True), (SIZE, True, True)],
        (SMALL, False, False),
    ),
    ids=str,
)
async def test_no_text_is_cut_without_a_way_to_read_it(
    tmp_path: Path, size: tuple[int, int], hostile: bool, complete: bool
) -> None:
    console = demo(60, hostile=hostile)
    async with console.run_test(size=size) as pilot:
        await settled(pilot)
        walk = _Walk(pilot, dialogs=complete, hostile=hostile)
        if complete:
            console.visit(CompareConfigurationScreen(await pulled(tmp_path / "config", empty=True)))
            await settled(pilot)
            walk.dialogs = (
                not hostile
            )  # a plan shortens names of thousands of characters; the comparison has them in full
            await walk.walk("compare")
            walk.dialogs = complete
            await press(pilot, "G")
            walk.look("compare, the last line")
        for name in SCREENS if complete else FAST_SCREENS:
            await jump(pilot, name)
            screen = walk.screen
            await walk.walk(name)
            await walk.open_row(name)
            if walk.screen is not screen and isinstance(walk.screen, ConsoleScreen):
                await walk.walk(f"{name}, opened")
            elif walk.screen is not screen:
                walk.look(f"{name}, opened")
                await walk.back_to(screen)
        assert not walk.found, "\n".join(f"{place}: {text}" for text, place in walk.found.items())


@pytest.mark.parametrize("wide", slow_except((False, True), False))
async def test_the_wizard_cuts_no_text(tmp_path: Path, wide: bool) -> None:
    console = demo(30)
    async with console.run_test(size=SIZE if wide else SMALL) as pilot:
        walk = _Walk(pilot, dialogs=False)
        await open_wizard(pilot)
        walk.look("source")
        await press(pilot, "escape")
        await go_to(pilot, messy(tmp_path / "people.csv"), STEPS[-1])
        for step in reversed(STEPS):
            assert "next step" in footer_keys(console) or step_of(pilot).blocked_reason(), step
            await walk.walk(step)
            await press(pilot, "left_square_bracket")
        assert not walk.found, "\n".join(f"{place}: {text}" for text, place in walk.found.items())


async def test_a_row_is_shown_in_full_and_wide_screens_have_more_columns() -> None:
    console = demo(60)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        table = console.screen.query_one(Table)
        assert table.row is not None
        address = str(table.row["publicKey"])
        text = text_of(console)
        assert address not in text
        assert console.session.rows is not None
        (owner,) = console.session.rows.rows("users", [str(table.row["userId"])])
        assert owner is not None and str(owner["email"])[:20] in text, "owners are shown by email"
        assert re.search(rf"{address[:6]}\w*…\w*{address[-6:]} ", text), "an address is cut in the middle"
        await press(pilot, "semicolon")
        assert isinstance(console.screen, RowDialog)
        assert address in text_of(console)
        await press(pilot, "escape")
        assert "LAST USED" not in text_of(console)
        await pilot.resize_terminal(200, 40)
        await until(pilot, lambda: "LAST USED" in text_of(console))  # more columns instead of one wide one
        assert address in text_of(console)


async def test_enter_on_a_dns_record_shows_the_whole_row() -> None:
    console = demo(3)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "hostnames")
        await press(pilot, "enter", "2")
        assert isinstance(console.focused, Table)
        await press(pilot, "enter")
        assert isinstance(console.screen, RowDialog)
