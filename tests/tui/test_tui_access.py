"""Access control by keys: what locks people out is read and typed, what is added or removed is shown first."""

from __future__ import annotations

from pathlib import Path

import pytest
from access_support import (
    DOOR,
    DOOR_ENTRIES,
    LISTS,
    TESTERS,
    WALLET,
    connection_of,
    fail_for,
    go,
    notes,
    on_list,
    pretend_live,
    the_list,
    to,
)
from import_support import open_file, send_first, step_of, wizard_of
from textual.widgets import Input
from tui_support import SMALL, console_of, demo, fill, jump, lines_of, paste, press, settled, text_of, until

from dyntui.services.actions.write_gate import IMPACT_OPERATIONS
from dyntui.tui.features.access.compare_screen import CompareAllowlistScreen
from dyntui.tui.features.access.entry_drafts import EntryDraftsScreen
from dyntui.tui.features.access.user_access import UserAccessScreen
from dyntui.tui.shell.impact_dialog import ImpactDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

pytestmark = pytest.mark.slow


async def test_the_lists_say_what_they_do_together_and_how_many_are_on_them() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS)
        lines = lines_of(console)
        assert "Everyone may sign in: no siteAccess list is enabled." in lines[1]
        door = next(line for line in lines if DOOR in line)
        assert "siteAccess" in door
        assert "disabled; required if e" in door
        assert next(line for line in lines if line.startswith("  Staff")).split()[3] == "2"


@pytest.mark.parametrize("place", [(*LISTS, "G", "t"), (*DOOR_ENTRIES, "t")], ids=["lists", "entries"])
@pytest.mark.parametrize("size", [(120, 40), SMALL], ids=["wide", "small"])
async def test_a_first_door_in_live_is_enabled_only_by_reading_to_the_end_and_typing_its_name(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], place: tuple[str, ...]
) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *place)
        dialog = console.screen
        assert isinstance(dialog, ImpactDialog)
        text = text_of(console)
        assert "EVERYONE ELSE IS LOCKED OUT." in text
        assert "In live environment acme." in text
        field = console.screen.query_one("#typed", Input)
        if size == SMALL:
            assert field.disabled, "there is more to read"
            await press(pilot, *"Launch", "space", *"party", "enter", "y", "o")
            assert console.screen is dialog
            await press(pilot, "pagedown", "pagedown")
            assert "Not counted: people who have not" in text_of(console)
        else:
            assert "could no longer sign in" in text
        for wrong in ("acme", "launch", "4"):
            await fill(pilot, wrong)
            assert "The text does not match. Nothing was changed." in text_of(console)
        assert (await the_list(pilot))["enabledAt"] is None
        await fill(pilot, DOOR)
        assert (await the_list(pilot))["enabledAt"]
        assert not isinstance(console.screen, ImpactDialog)
        await press(pilot, *LISTS)
        await until(pilot, lambda: "Only users on “Launch party” may sign in." in text_of(console))


async def test_from_the_api_console_too_it_is_read_and_its_name_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        list_id = (await the_list(pilot))["id"]
        await jump(pilot, "api enableAllowlistById")
        await press(pilot, "enter", "enter")
        await fill(pilot, list_id)
        await press(pilot, "s")
        assert isinstance(console.screen, ImpactDialog), text_of(console)
        assert "EVERYONE ELSE IS LOCKED OUT." in text_of(console)
        assert "could no longer sign in" in text_of(console)
        await press(pilot, "pagedown", "pagedown")
        await fill(pilot, "acme")
        assert "The text does not match." in text_of(console)
        assert (await the_list(pilot))["enabledAt"] is None
        await fill(pilot, DOOR)
        assert (await the_list(pilot))["enabledAt"]


@pytest.mark.parametrize("operation", sorted(IMPACT_OPERATIONS))
async def test_in_read_only_the_api_console_sends_none_of_it(operation: str) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        list_id = (await the_list(pilot))["id"]
        await jump(pilot, f"api {operation}")
        await press(pilot, "enter", "enter")
        await fill(pilot, list_id)
        await press(pilot, "escape", "s")
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        assert not isinstance(console.screen, ImpactDialog)


async def test_leaving_the_dialog_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "G", "t", "escape")
        assert (await the_list(pilot))["enabledAt"] is None
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


@pytest.mark.parametrize("keys", [(*LISTS, "G", "t"), (*LISTS, "G", "e"), (*LISTS, "G", "d"), (*DOOR_ENTRIES, "t")])
async def test_in_read_only_nothing_of_it_opens(keys: tuple[str, ...]) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *keys)
        assert notes(pilot)[-1] == "This environment is read-only."
        assert isinstance(console.screen, ResourceScreen)
        assert (await the_list(pilot))["enabledAt"] is None


async def test_changing_what_an_enabled_list_does_is_weighed_as_well() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "e")
        await press(pilot, "down", "left", "enter", "enter")
        assert isinstance(console.screen, ImpactDialog), text_of(console)
        assert "EVERYONE ELSE IS LOCKED OUT." in text_of(console)
        assert "Type Beta testers to confirm:" in text_of(console)


async def test_a_list_is_made_and_deleted() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "n")
        await fill(pilot, "", "", "")
        assert "The allowlist needs a name." in text_of(console)
        await press(pilot, "up", "up")
        await fill(pilot, "Guests", "", "")
        await press(pilot, "y")
        await until(pilot, lambda: "Guests" in "\n".join(lines_of(console)[4:12]))
        await press(pilot, "G", "d")
        assert "Its entries are deleted with it" in text_of(console)
        await press(pilot, "y")
        await until(pilot, lambda: "Guests" not in "\n".join(lines_of(console)[4:12]))


async def test_an_entry_is_added_changed_and_removed() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *DOOR_ENTRIES, "n")
        await fill(pilot, "ada", "", "")
        assert "is ambiguous" in text_of(console)
        await fill(pilot, "ada@example.com", "", "Ada")
        await press(pilot, "y")
        assert "ada@example.com" in await on_list(pilot)
        await until(pilot, lambda: "Ada" in text_of(console))
        await press(pilot, "G", "e")
        await fill(pilot, "ada@new.example", "", "")
        assert "The new entry is added, then the old one is deleted" in " ".join(text_of(console).split())
        await press(pilot, "y")
        assert "ada@new.example" in await on_list(pilot)
        assert "ada@example.com" not in await on_list(pilot)
        await press(pilot, "G", "d", "y")
        assert "ada@new.example" not in await on_list(pilot)


async def test_marked_entries_are_removed_and_what_failed_stays_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *DOOR_ENTRIES, "space", "space", "space")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        kept = sorted(screen.table.marks)[0]
        fail_for(
            monkeypatch,
            pilot,
            "deleteAllowlistEntryById",
            lambda asked: asked["path"]["allowlistEntryId"] == kept,
        )
        await press(pilot, "d", "y")
        await until(pilot, lambda: screen.table.marks == {kept})
        assert "1 of 3 entries not removed from " in notes(pilot)[-1]
        assert "no such thing today" in notes(pilot)[-1]
        assert len(await on_list(pilot)) == 3


async def test_what_was_removed_together_is_undone() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        before = None
        await go(pilot, *DOOR_ENTRIES)
        before = await on_list(pilot)
        await press(pilot, "space", "space", "d", "y")
        assert len(await on_list(pilot)) == len(before) - 2
        await press(pilot, "u", "enter")
        assert "to add again with new ids: 2" in text_of(console)
        await press(pilot, "y")
        assert sorted(await on_list(pilot)) == sorted(before)


LINES = f"jose.munoz@example.org\nada@example.com, Ada\nADA@example.com\n{WALLET}\nnorth\nfid:77\n"


async def test_many_are_pasted_looked_at_corrected_and_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *TESTERS, "p")
        await paste(pilot, LINES)
        await press(pilot, "ctrl+s")
        screen = console.screen
        assert isinstance(screen, EntryDraftsScreen)
        await until(pilot, lambda: screen.checked)
        text = text_of(console)
        assert "6 entries: 3 new, 1 already on the list, 1 duplicate, 1 invalid" in text
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        await press(pilot, "j", "j", "j", "j", "e")
        await press(pilot, "j", "j", "j", "j", "enter")
        await until(pilot, lambda: "4 new" in text_of(console))
        await press(pilot, "g", "x")
        fail_for(monkeypatch, pilot, "postEntryByAllowlistId", lambda asked: asked["body"].get("farcasterFid") == 77)
        await press(pilot, "enter", "o")
        assert isinstance(console.screen, ImpactDialog), "o does not confirm what enter opened"
        await press(pilot, "y")
        await until(pilot, lambda: len(screen.drafts) == 2)
        there = await on_list(pilot, "Beta testers")
        assert {"ada@example.com", WALLET, "north"} <= set(there)
        assert [draft.value for draft in screen.drafts] == ["ADA@example.com", "77"]
        assert "no such thing today" in text_of(console)


async def test_entries_are_ordered_and_searched_by_the_server() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *TESTERS, "s", "j", "enter")
        assert "by alias ↑" in lines_of(console)[1]
        await press(pilot, "slash", *"jose", "enter")
        assert "jose.munoz@example.org" in text_of(console)
        assert "1 of 1" in lines_of(console)[-1]
        asked = [entry for entry in connection_of(pilot).log.entries() if entry.operation == "getEntriesByAllowlistId"]
        assert asked


async def test_entries_of_every_kind_are_found_and_a_filter_without_a_hit_says_so() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *DOOR_ENTRIES)
        await press(pilot, "n")
        await fill(pilot, "+4915112345678", "", "")
        await press(pilot, "y")
        await press(pilot, "slash", *"5112345", "enter")
        assert "+4915112345678" in text_of(console)
        assert "1 of 1" in lines_of(console)[-1]
        await press(pilot, "slash", "end", *["backspace"] * 7, *"nobody", "enter")
        assert "match `nobody`" in text_of(console)
        assert "yet" not in text_of(console)


async def test_marked_entries_are_copied_to_another_list() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *TESTERS, "space", "space", "C")
        await press(pilot, "j", "j", "enter", "y")
        assert len(await on_list(pilot)) == 7


async def test_two_lists_are_compared_and_one_made_like_the_other_then_nothing_is_left_to_do() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "G", "c", "j", "enter")
        screen = console.screen
        assert isinstance(screen, CompareAllowlistScreen)
        await until(pilot, lambda: screen.diff is not None)
        assert "only here 5 · only there 2 · both 0" in text_of(console)
        await press(pilot, "f", "f")
        assert len([line for line in lines_of(console) if "only there" in line]) >= 2
        await press(pilot, "f", "f", "f", "S")
        text = text_of(console)
        assert "2 to add" in text
        assert "5 to remove" in text
        await press(pilot, "y")
        await until(pilot, lambda: "only here 0 · only there 0 · both 2" in text_of(console))
        await press(pilot, "S")
        assert notes(pilot)[-1] == "Both sides have the same entries."
        assert await on_list(pilot) == await on_list(pilot, "Staff")


async def test_a_list_is_compared_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,alias\nada@example.com,Ada\nbroken@@example.com,X\n")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "G", "c", "G", "enter")
        await fill(pilot, str(tmp_path / "nothing.csv"))
        assert "File not found." in text_of(console)
        await fill(pilot, str(file))
        await until(pilot, lambda: "only there 1" in text_of(console))
        assert "1 invalid in people.csv; line 2" in text_of(console)
        await press(pilot, "S")
        assert "so entries could be removed by mistake" in notes(pilot)[-1]
        await press(pilot, "s", "y")
        await until(pilot, lambda: "both 1" in text_of(console))


async def test_an_export_is_written_and_nothing_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "entries.csv"
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        for _ in range(2):
            await go(pilot, *LISTS, "G", "x")
            await fill(pilot, str(file), "")
        assert file.read_text("utf-8-sig").count("\n") == 6
        assert "5 entries saved to" in notes(pilot)[-2]
        assert str(file) in notes(pilot)[-1]


async def test_a_file_is_imported_into_a_list_by_the_wizard_and_undone_from_the_list(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,alias\nada@example.com,Ada\nbob@example.com,Bob\n")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "G")
        await open_file(pilot, file)
        assert wizard_of(pilot).draft.allowlist_name == DOOR
        while step_of(pilot).NAME != "plan":
            if step_of(pilot).NAME == "check":
                await press(pilot, "enter")
            before = step_of(pilot).NAME
            await press(pilot, "right_square_bracket")
            assert before != step_of(pilot).NAME, text_of(console)
        await send_first(pilot)
        assert {"ada@example.com", "bob@example.com"} <= set(await on_list(pilot))
        await press(pilot, *DOOR_ENTRIES, "u")
        assert "2 added from people.csv" in text_of(console)
        await press(pilot, "enter", "y")
        assert not {"ada@example.com", "bob@example.com"} & set(await on_list(pilot))


@pytest.mark.parametrize(
    ("who", "answer"),
    [("ada@example.com", "Yes: ada@example.com may sign in."), ("fid:1", "Yes: 1 may sign in.")],
)
async def test_whether_somebody_would_get_in_is_answered_with_reasons(who: str, answer: str) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LISTS, "w")
        await fill(pilot, "ada")
        assert "Cannot tell what" in text_of(console)
        await fill(pilot, who)
        assert answer in text_of(console)
        assert "No siteAccess list is enabled" in text_of(console)


async def test_a_user_is_put_on_a_list_and_taken_off_again() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter", "A")
        screen = console.screen
        assert isinstance(screen, UserAccessScreen)
        await until(pilot, lambda: screen.answer is not None)
        assert "may sign in." in lines_of(console)[1]
        await press(pilot, "G", "n", "enter", "y")
        await until(pilot, lambda: len(screen.answer.matches if screen.answer else ()) == 1)
        email = screen.user["email"]
        assert email in await on_list(pilot)
        await press(pilot, "d", "y")
        await until(pilot, lambda: not (screen.answer.matches if screen.answer else (1,)))
        assert email not in await on_list(pilot)


async def test_gates_are_made_opened_and_switched_with_what_they_do() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *to("gates"), "n")
        await fill(pilot, "Owners", "", "", "nft:1:0x12", "", "")
        assert "is not a contract address" in text_of(console)
        await fill(pilot, f"nft:1:{WALLET}:amount=2", "", "")
        assert "Create gate “Owners”?" in text_of(console)
        await press(pilot, "y")
        await until(pilot, lambda: "Owners" in "\n".join(lines_of(console)[2:8]))
        await press(pilot, "G", "enter")
        assert f"at least 2 of nft {WALLET} on network 1" in text_of(console)
        await press(pilot, "t")
        assert "only users who match the gate “Owners” may sign in" in " ".join(text_of(console).split())
        await fill(pilot, "Owners")
        await until(pilot, lambda: "2026-03-01" in text_of(console) or "just now" in text_of(console))
        gates = (await connection_of(pilot).client.page("getEnvironmentGates", "gates")).items
        assert next(gate for gate in gates if gate["name"] == "Owners")["enabledAt"]


async def test_who_stands_on_several_lists_is_shown() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *TESTERS, "space", "C", "enter", "y")
        await press(pilot, *LISTS, "D")
        await until(pilot, lambda: "Beta testers, Staff" in text_of(console))


HOSTILE = {
    "lists": LISTS,
    "enable": (*LISTS, "G", "t"),
    "edit": (*LISTS, "e"),
    "delete": (*LISTS, "d"),
    "entries": TESTERS,
    "edit entry": (*TESTERS, "e"),
    "remove": (*TESTERS, "space", "d"),
    "copy": (*TESTERS, "C"),
    "compare": (*LISTS, "c", "enter"),
    "sync": (*LISTS, "c", "enter", "S"),
    "gates": to("gates"),
    "gate": to("gates", "enter"),
    "gate on": to("gates", "t"),
    "person": ("enter", "A"),
    "why": ("enter", "A", "w"),
}


@pytest.mark.parametrize("keys", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_text_does_nothing(keys: tuple[str, ...]) -> None:
    from test_tui_hostile import assert_harmless

    console = demo(30, hostile=True)
    async with console.run_test(size=(160, 50), notifications=True) as pilot:
        await go(pilot, *keys)
        assert_harmless(console)
        assert console.is_running
        assert console_of(pilot).return_code is None
