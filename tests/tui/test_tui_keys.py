"""Keys: search and change on the help screen, clicks in the footer, the next match, marks after an action, ctrl+s."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tui.access_support import LAUNCH_PARTY_ENTRIES
from tests.tui.import_support import messy, open_file, step_of
from tests.tui.tui_support import SIZE, SMALL, demo, jump, lines_of, press, settled, text_of

import dyntui
from dyntui.config.keymap_file import load_keymap
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write
from dyntui.config.settings import Settings
from dyntui.core.interface import with_keys
from dyntui.resources.all_resources import RESOURCES
from dyntui.tui.kit.dialogs.paste_dialog import PasteTextDialog
from dyntui.tui.kit.dialogs.select_dialog import SelectDialog
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.help_dialog import HelpDialog
from dyntui.tui.shell.key_dialog import KeyDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

KEYMAP = '# my keys\n"taking.copy" = "f9"\n\n[list]\n# like a browser\nrefresh = "f6"\n'


async def test_the_help_is_searched_and_changes_keys() -> None:
    atomic_write(paths().keymap_file, KEYMAP.encode())
    console = Console(demo().session, Settings.load())
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark", *"users.exp")
        assert "Action id: users.export" in text_of(console)
        assert "revoke sessions" not in text_of(console)
        # a key that does something else is pressed twice
        await press(pilot, "enter", "s")
        assert isinstance(console.screen, KeyDialog)
        assert "s runs list.sort (sort) now. Press s again to use it" in text_of(console)
        await press(pilot, "z")
        assert "On other screens z means: Fold or unfold all." in text_of(console)
        await press(pilot, "enter")
        assert "enter depends on what has the focus" in text_of(console)
        await press(pilot, "f7")
        assert isinstance(console.screen, HelpDialog)
        assert load_keymap() == {"taking.copy": "f9", "list.refresh": "f6", "users.export": "f7"}
        # a line with a former id of the action is replaced, and comments stay
        await press(pilot, *["backspace"] * 9, *"copying.copy", "enter", "f8")
        await press(pilot, *["backspace"] * 12, *"list.refresh", "enter", "f4")
        assert paths().keymap_file.read_text() == (
            '# my keys\n"users.export" = "f7"\n"copying.copy" = "f8"\n\n[list]\n# like a browser\nrefresh = "f4"\n'
        )
        await press(pilot, "escape", "f7")
        assert "Export Users" in text_of(console)
        await press(pilot, "escape", "x")
        assert isinstance(console.screen, ResourceScreen), "the former key does nothing"
        # the default keys
        await press(pilot, "question_mark", *"users.exp", "enter", "backspace", "escape", "x")
        assert "Export Users" in text_of(console)
        assert load_keymap() == {"copying.copy": "f8", "list.refresh": "f4"}


_SOURCE = Path(dyntui.__file__).parent
_LITERAL_KEY = re.compile(
    r"""\b[Pp]ress(?:es)?[ ](?:esc|tab|space|ctrl\+\w|f\d+|[^\W\da]|[-?!@:/*+=,.;<>#$%_\[\]])(?=[ .,;"'])"""
    r"""|\("(?:esc|space|ctrl\+s)",[ ]"[a-z]"""  # a key in the footer of a dialog
    r"""|["(;! ][b-zA-Z$%#][ ]to[ ](?:change|choose|set|stop|look)"""
    r"""|["(. ](?:esc|space|ctrl\+\w|[A-Zf/])[ ](?:clears|stops|shows|changes|undoes|skips|unmarks|to[ ])"""
)
"""A key that is written out in a text, not looked up by `key_of` or `with_keys`. Enter in a field is always enter."""


def test_texts_look_up_the_keys_that_they_name() -> None:
    sources = [path for part in ("tui", "resources", "services") for path in (_SOURCE / part).rglob("*.py")]
    found = [
        f"{path.relative_to(_SOURCE)}: {match[0]}"
        for path in sources
        for line in path.read_text().splitlines()
        for match in [_LITERAL_KEY.search(line)]
        if match and '"' in line and '"""' not in line and not line.lstrip().startswith(("Action(", "#"))
    ]
    assert [line for line in found if not line.startswith("tui/shell/key_dialog.py")] == []


async def test_texts_name_the_keys_of_the_user() -> None:
    keys = {"app.find": "f2", "list.filter": "f3", "app.back": "f4,escape", "dialog.cancel": "f6", "app.quit": "f7"}
    lines = [f'"{action_id}" = "{key}"\n' for action_id, key in {**keys, "webhooks.create": "ctrl+g"}.items()]
    atomic_write(paths().keymap_file, "".join(lines).encode())
    console = Console(demo().session, Settings.load())
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert console.session.notifications[-1].text == "Press f2 to search first."
        await press(pilot, "f3", *"nobody@example.org", "enter")
        assert "Press f3 to change the filter, f4 to clear it." in text_of(console)
        await press(pilot, "f4", "s")
        assert "f6 cancel" in text_of(console)
        await press(pilot, "f6", "f4")
        assert console.session.notifications[-1].text == "This is the first screen. Press f7 to quit."
        assert with_keys(RESOURCES["webhooks"].empty) == "There are no webhooks. Press ctrl+g to create one."
    assert with_keys(RESOURCES["webhooks"].empty) == "There are no webhooks.", "the command line names no key"


async def test_the_help_finds_actions_of_other_screens_by_key_and_id() -> None:
    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark", *"webhook.reveal")
        assert "Other screens" in text_of(console) and "Show the secret that signs" in text_of(console)
        await press(pilot, *["backspace"] * 14, "Z")
        assert "Action id: app.undo" in text_of(console)
        await press(pilot, *"zzz")
        assert "No key, name or action id contains this text." in text_of(console)


async def test_a_click_in_a_footer_presses_the_key() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        x = lines_of(console)[-1].index("s sort")
        await pilot.click(offset=(x + 3, SIZE[1] - 1))
        await settled(pilot)
        assert isinstance(console.screen, SelectDialog)
        y = next(y for y, line in enumerate(lines_of(console)) if "esc cancel" in line)
        await pilot.click(offset=(lines_of(console)[y].index("esc cancel"), y))
        await settled(pilot)
        assert isinstance(console.screen, ResourceScreen)
        # what is no key does nothing
        await pilot.click(offset=(SIZE[0] - 3, SIZE[1] - 1))
        await settled(pilot)
        assert isinstance(console.screen, ResourceScreen)


async def test_n_goes_to_the_next_match_everywhere() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert console.session.notifications[-1].text == "Press / to search first."
        await press(pilot, "slash", *"anna", "ctrl+s", "n", "n", "N")
        assert "2 of" in lines_of(console)[-1]
        await press(pilot, "escape", "j", "v", "slash", *"email", "enter")
        tree = console.screen.query_one(JsonTree)
        first = tree.selected_keys
        await press(pilot, "n")
        second = tree.selected_keys
        await press(pilot, "n", "N")
        assert tree.selected_keys == second != first
        await press(pilot, "N")
        assert tree.selected_keys == first
        await press(pilot, "G")
        assert tree.cursor == tree.count - 1
        await press(pilot, "ctrl+u", "home")
        assert tree.cursor == 0
        await press(pilot, "escape", "question_mark", "escape")
        # the fields of an object
        await press(pilot, "enter", "slash", *"visit", "enter")
        line = console.session.notifications[-1].text
        await press(pilot, "n")
        assert console.session.notifications[-1].text != line


async def test_rows_stay_marked_after_an_action_and_deleted_ones_do_not() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "space", "space", "space", "A", "enter", "y")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        assert "added to" in console.session.notifications[-1].text
        assert len(screen.table.marks) == 3
        assert "3 still marked, U unmarks" in lines_of(console)[-1]
        await press(pilot, "g", "space", "d", "y")
        assert screen.table.marks == set()
        assert "marked" not in lines_of(console)[-1]


async def test_forms_of_several_lines_and_steps_of_the_wizard_continue_with_ctrl_s(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, messy(tmp_path / "people.csv"))
        assert step_of(pilot).NAME == "parse"
        await press(pilot, "ctrl+s")
        assert step_of(pilot).NAME == "map"
        await press(pilot, *["escape"] * 4)
        await jump(pilot, "webhooks")
        await press(pilot, "enter", "V")
        dialog = console.screen
        assert isinstance(dialog, PasteTextDialog)
        assert "enter new line" in text_of(console) and "ctrl+s" in text_of(console)
        await press(pilot, *"body", "tab", *"sha256=1", "enter")
        assert console.screen is not dialog, "enter in the last field submits"


async def test_entries_stay_marked_after_they_were_copied() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, *LAUNCH_PARTY_ENTRIES, "space", "space", "A", "enter", "y")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        assert len(screen.table.marks) == 2
        await press(pilot, "U")
        assert "marked" not in lines_of(console)[-1]
