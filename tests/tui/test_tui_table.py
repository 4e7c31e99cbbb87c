"""The table: any number of rows, the cursor on the same row, only changed lines painted, columns by priority."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from dyntui.core.errors import DyntuiError
from dyntui.resources.resource import Column
from dyntui.tui.kit.themes import OWN_VARIABLES
from dyntui.tui.kit.widgets.cells import cut, fit, width_of, wrapped
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

COLUMNS = (
    Column("name", "name", 20, grow=True, priority=0, order="name"),
    Column("note", "note", 20, priority=2),
    Column("size", "size", 8, right=True, priority=1),
    Column("late", "late", 20, priority=3),
)


class Many:
    """Rows that are made when they are asked for, and none that is not."""

    error: DyntuiError | None = None
    loading = False
    is_loaded = True

    def __init__(self, total: int) -> None:
        self.total = total
        self.requested: set[int] = set()
        self.viewport: tuple[int, int] = (0, 0)
        self.changed: set[str] = set()
        self.added: set[str] = set()

    def get(self, index: int) -> dict[str, Any] | None:
        self.requested.add(index)
        return {"id": str(index), "name": f"row {index}", "size": index} if index < self.total else None

    def id_at(self, index: int) -> str | None:
        return str(index) if index < self.total else None

    def index_of(self, row_id: str) -> int | None:
        return int(row_id)

    def is_tombstone(self, index: int) -> bool:
        return False

    def set_viewport(self, first: int, last: int) -> None:
        self.viewport = (first, last)


class Shown(App[None]):
    """An app that is one table. painted: the regions that were asked to be painted since the last look."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table
        self.painted: list[Region] = []
        original = table.refresh

        def refresh(*regions: Region, **more: Any) -> Any:
            self.painted += regions or (Region(0, 0, 999, 999),)
            return original(*regions, **more)

        table.refresh = refresh  # type: ignore[method-assign]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return OWN_VARIABLES

    def compose(self) -> ComposeResult:
        yield self.table

    def lines(self) -> list[str]:
        return ["".join(s.text for s in strip).rstrip() for strip in self.screen._compositor.render_strips()]


def rows(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "name": name, "note": f"about {name}"} for name in names]


async def test_a_million_rows_cost_as_much_as_the_visible_ones() -> None:
    view = Many(1_000_000)
    app = Shown(Table(COLUMNS, view, markable=True))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("G")
        await pilot.pause()
        assert app.table.cursor == 999_999
        assert app.lines()[-1].startswith("▌ row 999999")
        assert len(view.requested) < 60
        assert view.viewport == (999_989, 999_999)


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (("j", "j", "k"), 1),
        (("down", "down", "up"), 1),
        (("pagedown",), 11),
        (("pagedown", "pageup"), 0),
        (("ctrl+d",), 5),
        (("ctrl+d", "ctrl+u"), 0),
        (("G", "g"), 0),
        (("end", "home", "up"), 0),
    ],
)
async def test_the_cursor_moves_by_vim_keys_and_arrow_keys(keys: tuple[str, ...], cursor: int) -> None:
    app = Shown(Table(COLUMNS, Many(100)))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press(*keys)
        assert app.table.cursor == cursor


async def test_a_cursor_move_paints_two_lines() -> None:
    app = Shown(Table(COLUMNS, Many(100)))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        app.painted.clear()
        await pilot.press("j")
        assert sorted(region.y for region in app.painted) == [1, 2]


async def test_an_unchanged_refresh_paints_no_line() -> None:
    view = StaticRows(rows("ada", "bob", "cleo"), key="id")
    app = Shown(Table(COLUMNS, view))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        app.painted.clear()
        view.set_rows(rows("ada", "bob", "cleo"))
        app.table.view_changed()
        await pilot.pause()
        assert app.painted == []


async def test_one_changed_row_paints_one_line() -> None:
    view = StaticRows(rows("ada", "bob", "cleo"), key="id")
    app = Shown(Table(COLUMNS, view))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        app.painted.clear()
        view.set_rows([*rows("ada"), {"id": "bob", "name": "bob", "note": "other"}, *rows("cleo")])
        app.table.view_changed()
        await pilot.pause()
        assert [region.y for region in app.painted] == [2]


async def test_the_cursor_stays_on_its_row_when_rows_are_inserted_above() -> None:
    view = StaticRows(rows("ada", "bob", "cleo"), key="id")
    app = Shown(Table(COLUMNS, view))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("j")
        view.set_rows(rows("new", "newer", "ada", "bob", "cleo"))
        app.table.view_changed()
        await pilot.pause()
        assert app.table.row_id == "bob"
        assert app.table.cursor == 3


async def test_the_cursor_stays_in_the_list_when_its_row_is_deleted() -> None:
    view = StaticRows(rows("ada", "bob", "cleo"), key="id")
    app = Shown(Table(COLUMNS, view))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("G")
        view.set_rows(rows("ada"))
        app.table.view_changed()
        await pilot.pause()
        assert app.table.row_id == "ada"


async def test_narrow_terminals_hide_columns_by_priority_and_l_scrolls_to_them() -> None:
    app = Shown(Table(COLUMNS, StaticRows(rows("ada"), key="id")))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        head = app.lines()[0]
        assert head.split() == ["NAME", "NOTE", "SIZE", "›"]
        await pilot.press("l", "l")
        head = app.lines()[0]
        assert head.split() == ["‹", "NAME", "SIZE", "LATE"]
        await pilot.press("h", "h")
        assert app.lines()[0].split() == ["NAME", "NOTE", "SIZE", "›"]


@pytest.mark.parametrize("width", range(8, 140))
def test_columns_fill_exactly_the_width(width: int) -> None:
    table = Table(COLUMNS, StaticRows(rows("ada"), key="id"))
    layout = table._layout(width)
    cells = [cells for _, cells in layout.cells]
    used = 2 + sum(cells) + 2 * (len(cells) - 1) + layout.more_right
    assert used <= width
    assert layout.more_right == (len(cells) < len(COLUMNS))
    if len(cells) > 1:
        assert all(cells >= column.width for column, cells in layout.cells)


async def test_the_first_column_is_truncated_with_a_sign_when_no_other_fits() -> None:
    app = Shown(Table(COLUMNS, StaticRows(rows("a name that is rather long"), key="id")))
    async with app.run_test(size=(16, 5)) as pilot:
        await pilot.pause()
        assert app.lines()[1] == "▌ a name that…"


async def test_the_header_shows_the_sorted_column_and_direction() -> None:
    table = Table(COLUMNS, StaticRows(rows("ada"), key="id"))
    table.order = ("name", True)
    app = Shown(table)
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        assert "NAME ↓" in app.lines()[0]


async def test_marks_have_a_sign_and_follow_their_rows() -> None:
    view = StaticRows(rows("ada", "bob"), key="id")
    app = Shown(Table(COLUMNS, view, markable=True))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("space")
        assert app.table.marks == {"ada"}
        assert app.lines()[1].startswith("• ada")
        view.set_rows(rows("new", "ada", "bob"))
        app.table.view_changed()
        await pilot.pause()
        assert app.lines()[2].startswith("• ada")
        await pilot.press("U")
        assert app.table.marks == set()


async def test_rows_that_are_not_loaded_are_dots_and_empty_values_are_dashes() -> None:
    class Partly(Many):
        def get(self, index: int) -> dict[str, Any] | None:
            return {"id": "0", "name": ""} if index == 0 else None

    app = Shown(Table(COLUMNS, Partly(3)))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        lines = app.lines()
        assert lines[1].split() == ["▌", "—", "—", "—", "—"]
        assert lines[2].strip() == "···"


async def test_tombstones_and_changed_rows_have_a_sign() -> None:
    class Ghostly(Many):
        def is_tombstone(self, index: int) -> bool:
            return index == 1

    view = Ghostly(4)
    view.changed = {"2"}
    app = Shown(Table(COLUMNS, view))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.pause()
        assert [line[:1] for line in app.lines()[1:5]] == ["▌", "×", "~", " "]


async def test_a_click_moves_the_cursor_and_a_second_click_opens() -> None:
    opened: list[int] = []

    class Clicked(Shown):
        def on_line_list_opened(self, event: Table.Opened) -> None:
            opened.append(event.lines.cursor)

    app = Clicked(Table(COLUMNS, Many(10)))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.click(Table, offset=(5, 4))
        assert app.table.cursor == 3
        assert opened == []
        await pilot.click(Table, offset=(5, 4))
        await pilot.pause()
        assert opened == [3]


async def test_wide_characters_keep_the_columns_in_line() -> None:
    app = Shown(Table(COLUMNS, StaticRows(rows("全角文字のとても長い名前です", "ada"), key="id")))
    async with app.run_test(size=(100, 12)) as pilot:
        await pilot.pause()
        wide, plain = ("".join(s.text for s in strip) for strip in app.screen._compositor.render_strips()[1:3])
        assert cell_len(wide[: wide.index("about")]) == cell_len(plain[: plain.index("about")])


@given(st.text(st.sampled_from("ab  字\u0301"), max_size=60), st.integers(2, 20))
def test_wrapped_text_is_whole_and_fits(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(max_size=60), st.integers(1, 40), st.booleans())
def test_fitted_text_has_exactly_the_requested_width(text: str, width: int, right: bool) -> None:
    clean = "".join(char for char in text if char.isprintable() and cell_len(char) > 0)
    assert cell_len(fit(clean, width, right=right)) == width
    assert cell_len(cut(clean, width)) <= width
