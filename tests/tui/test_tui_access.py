"""Access control in the console: impact and confirmation, allowlists, entries, gates, comparison, access check."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.access_support import (
    ALLOWLISTS,
    BETA_TESTERS_ENTRIES,
    LAUNCH_PARTY,
    LAUNCH_PARTY_ENTRIES,
    WALLET,
    connection_of,
    go,
    notes,
    pretend_live,
    read_allowlist,
    read_entries,
    refuse_calls,
    to,
)
from tests.tui.import_support import open_file, send_first, step_of, wizard_of
from tests.tui.tui_support import SMALL, console_of, demo, fill, jump, lines_of, paste, press, settled, text_of, until
from textual.widgets import Input

from dyntui.sandbox.hostile_payloads import PAYLOADS
from dyntui.services.access.actions import ACCESS_RECORDS
from dyntui.services.actions.registry import declarations
from dyntui.tui.features.access.compare_screen import CompareAllowlistScreen
from dyntui.tui.features.access.entry_drafts import EntryDraftsScreen
from dyntui.tui.features.access.user_access import UserAccessScreen
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

pytestmark = pytest.mark.slow


async def test_allowlists_show_their_combined_effect_and_entry_counts() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS)
        lines = lines_of(console)
        assert "Everyone may sign in: no siteAccess list is enabled." in lines[1]
        row = next(line for line in lines if LAUNCH_PARTY in line)
        assert "siteAccess" in row
        assert "required if e" in row
        assert next(line for line in lines if line.startswith("  Staff")).split()[3] == "2"


@pytest.mark.parametrize("keys", [(*ALLOWLISTS, "G", "t"), (*LAUNCH_PARTY_ENTRIES, "t")], ids=["lists", "entries"])
@pytest.mark.parametrize("size", [(120, 40), SMALL], ids=["wide", "small"])
async def test_a_first_live_site_access_list_is_enabled_only_after_scrolling_to_the_end_and_typing_its_name(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *keys)
        dialog = console.screen
        assert isinstance(dialog, ConfirmDialog)
        text = text_of(console)
        assert "EVERYONE ELSE IS LOCKED OUT." in text
        assert "In live environment acme." in text
        field = console.screen.query_one("#typed", Input)
        if size == SMALL:
            assert field.disabled, "the impact is not scrolled to the end"
            await press(pilot, *"Launch", "space", *"party", "enter", "y", "o")
            assert console.screen is dialog
            await press(pilot, "pagedown", "pagedown")
            assert "Not counted: people who have not" in text_of(console)
        else:
            assert "could no longer sign in" in text
        for wrong in ("acme", "launch", "4"):
            await fill(pilot, wrong)
            assert "The text does not match. Nothing was changed." in text_of(console)
        assert (await read_allowlist(pilot))["enabledAt"] is None
        await fill(pilot, LAUNCH_PARTY)
        assert (await read_allowlist(pilot))["enabledAt"]
        assert not isinstance(console.screen, ConfirmDialog)
        await press(pilot, *ALLOWLISTS)
        await until(pilot, lambda: "Only users on “Launch party” may sign in." in text_of(console))


async def test_the_api_console_asks_for_the_same_confirmation(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        list_id = (await read_allowlist(pilot))["id"]
        await jump(pilot, "api enableAllowlistById")
        await press(pilot, "enter", "enter")
        await fill(pilot, list_id)
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog), text_of(console)
        assert "EVERYONE ELSE IS LOCKED OUT." in text_of(console)
        assert "could no longer sign in" in text_of(console)
        await press(pilot, "pagedown", "pagedown")
        await fill(pilot, "acme")
        assert "The text does not match." in text_of(console)
        assert (await read_allowlist(pilot))["enabledAt"] is None
        await fill(pilot, LAUNCH_PARTY)
        assert (await read_allowlist(pilot))["enabledAt"]


@pytest.mark.parametrize(
    "operation",
    sorted(
        {
            each.action.operation
            for each in declarations()
            if each.action.decides_access and each.record.name in ACCESS_RECORDS
        }
    ),
)
async def test_the_api_console_sends_no_write_in_a_read_only_environment(operation: str) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        list_id = (await read_allowlist(pilot))["id"]
        await jump(pilot, f"api {operation}")
        await press(pilot, "enter", "enter")
        await fill(pilot, list_id)
        await press(pilot, "escape", "ctrl+s")
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        assert not isinstance(console.screen, ConfirmDialog)


async def test_canceling_the_impact_dialog_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "G", "t", "escape")
        assert (await read_allowlist(pilot))["enabledAt"] is None
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


@pytest.mark.parametrize(
    "keys", [*((*ALLOWLISTS, "G", key) for key in "ted"), (*LAUNCH_PARTY_ENTRIES, "t")], ids=["t", "e", "d", "entries"]
)
async def test_access_actions_are_refused_in_a_read_only_environment(keys: tuple[str, ...]) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *keys)
        assert notes(pilot)[-1] == "This environment is read-only."
        assert isinstance(console.screen, ResourceScreen)
        assert (await read_allowlist(pilot))["enabledAt"] is None


async def test_changing_the_outcome_of_an_enabled_list_shows_its_impact() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "e")
        await press(pilot, "down", "left", "enter", "enter")
        assert isinstance(console.screen, ConfirmDialog), text_of(console)
        assert "EVERYONE ELSE IS LOCKED OUT." in text_of(console)
        assert "Type Beta testers to confirm:" in text_of(console)


async def test_an_allowlist_is_created_and_deleted() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "plus")
        await fill(pilot, "", "", "")
        lines = text_of(console).split("\n")
        note = next(y for y, line in enumerate(lines) if "The allowlist needs a name." in line)
        assert " name " in lines[note - 1]  # below its field, which gets the focus
        await fill(pilot, "Guests", "", "")
        await press(pilot, "y")
        await until(pilot, lambda: "Guests" in "\n".join(lines_of(console)[4:12]))
        await press(pilot, "G", "d")
        assert "Its entries are deleted with it" in text_of(console)
        await press(pilot, "y")
        await until(pilot, lambda: "Guests" not in "\n".join(lines_of(console)[4:12]))


async def test_an_entry_is_added_edited_and_removed() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LAUNCH_PARTY_ENTRIES, "plus")
        await fill(pilot, "ada", "", "")
        assert "is ambiguous" in text_of(console)
        await fill(pilot, "ada@example.com", "", "Ada")
        await press(pilot, "y")
        assert "ada@example.com" in await read_entries(pilot)
        await until(pilot, lambda: "Ada" in text_of(console))
        await press(pilot, "G", "e")
        await fill(pilot, "ada@new.example", "", "")
        assert "The new entry is added, then the old one is deleted" in " ".join(text_of(console).split())
        await press(pilot, "y")
        assert "ada@new.example" in await read_entries(pilot)
        assert "ada@example.com" not in await read_entries(pilot)
        await press(pilot, "G", "d", "y")
        assert "ada@new.example" not in await read_entries(pilot)


async def test_the_entry_form_accepts_the_prefixes_that_its_message_names() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LAUNCH_PARTY_ENTRIES, "plus")
        await fill(pilot, "ada", "", "")
        assert "discord:" in text_of(console)
        await fill(pilot, "discord:ada", "", "")
        await press(pilot, "y")
        assert "ada" in await read_entries(pilot)


async def test_marked_entries_are_removed_and_failed_entries_stay_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LAUNCH_PARTY_ENTRIES, "space", "space", "space")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        failing = sorted(screen.table.marks)[0]
        refuse_calls(
            monkeypatch,
            pilot,
            "deleteAllowlistEntryById",
            lambda call: call["path"]["allowlistEntryId"] == failing,
        )
        await press(pilot, "d", "y")
        await until(pilot, lambda: screen.table.marks == {failing})
        assert "1 of 3 entries not removed from " in notes(pilot)[-1]
        assert "refused by the test" in notes(pilot)[-1]
        assert len(await read_entries(pilot)) == 3


async def test_a_removal_of_several_entries_is_undone() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LAUNCH_PARTY_ENTRIES)
        before = await read_entries(pilot)
        await press(pilot, "space", "space", "d", "y")
        assert len(await read_entries(pilot)) == len(before) - 2
        await press(pilot, "u", "enter")
        assert "to add again with new ids: 2" in text_of(console)
        await press(pilot, "y")
        assert sorted(await read_entries(pilot)) == sorted(before)


LINES = (
    f"jose.munoz@example.org\nada@example.com, Ada\nADA@example.com\n{WALLET}\nnorth\nfid:77\nnora@@example.com, Nora\n"
)


async def test_pasted_entries_are_reviewed_corrected_and_added(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *BETA_TESTERS_ENTRIES, "p")
        await paste(pilot, LINES)
        await press(pilot, "ctrl+s")
        screen = console.screen
        assert isinstance(screen, EntryDraftsScreen)
        await until(pilot, lambda: screen.is_checked)
        text = text_of(console)
        assert "7 entries: 3 new, 1 already on the list, 1 duplicate, 2 invalid" in text
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        assert screen.drafts[screen.table.cursor].text == "north", "the first wrong line is selected"
        others = [draft.text for draft in screen.drafts if draft.text not in ("north", "nora@@example.com")]
        await press(pilot, "e")
        assert "The kind of “north” is ambiguous." in text_of(console), "the problem is beside the field at once"
        await press(pilot, "down", *["right"] * 5, "ctrl+s")
        await until(pilot, lambda: "4 new" in text_of(console))
        assert screen.drafts[screen.table.cursor].text == "nora@@example.com", "the next wrong line follows"
        await press(pilot, "e", "ctrl+s")
        assert "“nora@@example.com” is ambiguous" in text_of(console)
        await pilot.press(*["left"] * len("@example.com"), "backspace")
        await press(pilot, "ctrl+s")
        await until(pilot, lambda: "5 new" in text_of(console))
        assert (screen.drafts[-1].entry, screen.drafts[-1].line) == ({"email": "nora@example.com", "alias": "Nora"}, 7)
        assert [draft.text for draft in screen.drafts if draft.text in others] == others
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]
        await press(pilot, "g", "d")
        refuse_calls(monkeypatch, pilot, "postEntryByAllowlistId", lambda call: call["body"].get("farcasterFid") == 77)
        await press(pilot, "enter", "o")
        assert isinstance(console.screen, ConfirmDialog), "o is not a confirmation key when enter opened the dialog"
        await press(pilot, "y")
        await until(pilot, lambda: len(screen.drafts) == 2)
        entries = await read_entries(pilot, "Beta testers")
        assert {"ada@example.com", WALLET, "north", "nora@example.com"} <= set(entries)
        assert [draft.value for draft in screen.drafts] == ["ADA@example.com", "77"]
        assert "refused by the test" in text_of(console)


async def test_entries_are_sorted_and_filtered_by_the_server() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *BETA_TESTERS_ENTRIES, "s", "j", "enter")
        assert "sorted by alias ↑" in lines_of(console)[1]
        await press(pilot, "slash", *"jose", "enter")
        assert "jose.munoz@example.org" in text_of(console)
        assert "1 of 1" in lines_of(console)[-1]
        operations = [entry.operation for entry in connection_of(pilot).log.entries()]
        assert "getEntriesByAllowlistId" in operations


async def test_the_filter_finds_every_identifier_type_and_names_itself_when_nothing_matches() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *LAUNCH_PARTY_ENTRIES)
        await press(pilot, "plus")
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
        await go(pilot, *BETA_TESTERS_ENTRIES, "space", "space", "A")
        await press(pilot, *"launch", "enter", "y")
        assert len(await read_entries(pilot)) == 7


async def test_an_allowlist_is_compared_and_synced_with_another() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "G", "D", "down", "enter")
        screen = console.screen
        assert isinstance(screen, CompareAllowlistScreen)
        await until(pilot, lambda: screen.diff is not None)
        assert "this list only: 5 · other only: 2 · both: 0" in text_of(console)
        await press(pilot, "f", "f")
        assert len([line for line in lines_of(console) if "other only" in line]) >= 2
        await press(pilot, "f", "f", "f", "ctrl+s")
        text = text_of(console)
        assert "2 to add" in text
        assert "5 to remove" in text
        await press(pilot, "y")
        await until(pilot, lambda: "this list only: 0 · other only: 0 · both: 2" in text_of(console))
        await press(pilot, "ctrl+s")
        assert notes(pilot)[-1] == "Both sides have the same entries."
        assert sorted(await read_entries(pilot)) == sorted(await read_entries(pilot, "Staff")), "added in parallel"


async def test_an_allowlist_is_compared_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,alias\nada@example.com,Ada\nbroken@@example.com,X\n")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "G", "D", *"File", "enter")
        await fill(pilot, str(tmp_path / "nothing.csv"))
        assert "There is no file" in text_of(console)
        await fill(pilot, str(file))
        await until(pilot, lambda: "other only: 1" in text_of(console))
        assert "Invalid lines in people.csv: 1; line 2" in text_of(console)
        await press(pilot, "ctrl+s")
        assert "so entries could be removed by mistake" in notes(pilot)[-1]
        await press(pilot, "A", "y")
        await until(pilot, lambda: "both: 1" in text_of(console))


async def test_an_export_does_not_overwrite_a_file(tmp_path: Path) -> None:
    file = tmp_path / "entries.csv"
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        for _ in range(2):
            await go(pilot, *ALLOWLISTS, "G", "x")
            await fill(pilot, "", str(file))
        assert file.read_text("utf-8-sig").count("\n") == 6
        assert f"5 entries exported to {file}" in notes(pilot)[-1]
        assert "This file already exists." in text_of(console)


async def test_an_import_of_entries_is_undone_from_the_allowlist(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,alias\nada@example.com,Ada\nbob@example.com,Bob\n")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "G")
        await open_file(pilot, file)
        assert wizard_of(pilot).draft.allowlist_name == LAUNCH_PARTY
        while step_of(pilot).NAME != "plan":
            if step_of(pilot).NAME == "check":
                await press(pilot, "enter")
            before = step_of(pilot).NAME
            await press(pilot, "right_square_bracket")
            assert before != step_of(pilot).NAME, text_of(console)
        await send_first(pilot)
        assert {"ada@example.com", "bob@example.com"} <= set(await read_entries(pilot))
        await press(pilot, *LAUNCH_PARTY_ENTRIES, "u")
        assert "2 added from people.csv" in text_of(console)
        await press(pilot, "enter", "y")
        assert not {"ada@example.com", "bob@example.com"} & set(await read_entries(pilot))


@pytest.mark.parametrize(
    ("identifier", "summary"),
    [("ada@example.com", "Yes: ada@example.com may sign in."), ("fid:1", "Yes: 1 may sign in.")],
)
async def test_the_access_check_shows_its_reasons(identifier: str, summary: str) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *ALLOWLISTS, "w")
        await fill(pilot, "ada")
        assert "Cannot tell what" in text_of(console)
        await fill(pilot, identifier)
        assert summary in text_of(console)
        assert "No siteAccess list is enabled" in text_of(console)


async def test_a_user_is_added_to_an_allowlist_and_removed() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter", "w")
        screen = console.screen
        assert isinstance(screen, UserAccessScreen)
        await until(pilot, lambda: screen.answer is not None)
        assert "may sign in." in lines_of(console)[1]
        await press(pilot, "G", "A", "enter", "y")
        await until(pilot, lambda: len(screen.answer.matches if screen.answer else ()) == 1)
        email = screen.user["email"]
        assert email in await read_entries(pilot)
        await press(pilot, "d", "y")
        await until(pilot, lambda: not (screen.answer.matches if screen.answer else (1,)))
        assert email not in await read_entries(pilot)


async def test_a_gate_is_created_opened_and_enabled() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *to("gates"), "plus")
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
        gates = (await connection_of(pilot).client.page("getEnvironmentGates", "gates")).rows
        assert next(gate for gate in gates if gate["name"] == "Owners")["enabledAt"]


async def test_identifiers_on_several_allowlists_are_listed() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *BETA_TESTERS_ENTRIES, "space", "A", "enter", "y")
        await press(pilot, *ALLOWLISTS, "f")
        await until(pilot, lambda: "Beta testers, Staff" in text_of(console))


HOSTILE = {
    "lists": ALLOWLISTS,
    "enable": (*ALLOWLISTS, "G", "t"),
    "edit": (*ALLOWLISTS, "e"),
    "delete": (*ALLOWLISTS, "d"),
    "entries": BETA_TESTERS_ENTRIES,
    "edit entry": (*BETA_TESTERS_ENTRIES, "e"),
    "remove": (*BETA_TESTERS_ENTRIES, "space", "d"),
    "copy": (*BETA_TESTERS_ENTRIES, "A"),
    "compare": (*ALLOWLISTS, "D", "enter"),
    "sync": (*ALLOWLISTS, "D", "enter", "ctrl+s"),
    "duplicates": (*ALLOWLISTS, "f"),
    "gates": to("gates"),
    "gate form": to("gates", "plus"),
    "gate": to("gates", "enter"),
    "gate on": to("gates", "t"),
    "user access": ("enter", "w"),
    "explain": ("enter", "w", "w"),
}


@pytest.mark.parametrize("keys", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_text_does_nothing(keys: tuple[str, ...]) -> None:
    from tests.tui.test_tui_hostile import assert_harmless

    console = demo(30, hostile=True)
    async with console.run_test(size=(160, 50), notifications=True) as pilot:
        await go(pilot, *keys)
        assert_harmless(console)
        assert console.is_running
        assert console_of(pilot).return_code is None


async def test_hostile_pasted_entries_do_nothing() -> None:
    from tests.tui.test_tui_hostile import assert_harmless

    console = demo(30, hostile=True)
    async with console.run_test(size=(160, 50), notifications=True) as pilot:
        await go(pilot, *BETA_TESTERS_ENTRIES, "p")
        await paste(pilot, "".join(f"a{n}@x.example, {text!r}\n{text}\n" for n, text in enumerate(PAYLOADS)))
        await press(pilot, "ctrl+s")
        screen = console.screen
        assert isinstance(screen, EntryDraftsScreen)
        await until(pilot, lambda: screen.is_checked)
        assert_harmless(console)
        await press(pilot, "e")
        assert_harmless(console)
