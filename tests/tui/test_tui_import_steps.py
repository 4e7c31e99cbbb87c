"""The wizard step by step, by keys: what each shows, what each decides, and that going back loses nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from tests.tui.import_support import (
    bottom,
    go_to,
    job_at_rest,
    messy,
    open_file,
    open_wizard,
    send_first,
    step_bar,
    step_of,
    wizard_of,
)
from tests.tui.tui_support import SIZE, SMALL, demo, fill, jump, lines_of, paste, press, settled, text_of, until
from textual.widgets import TextArea

from dyntui.tui.features.imports.check_step import CheckStep
from dyntui.tui.features.imports.jobs_screen import JobsScreen
from dyntui.tui.features.imports.review_step import ReviewStep
from dyntui.tui.features.imports.wizard import _load_step_class
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.path_input import PathInput

pytestmark = pytest.mark.slow


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return messy(folder / "people.csv")


@pytest.mark.parametrize("name", ["parse", "map", "review", "check", "plan", "run", "finish"])
async def test_a_step_that_is_not_composed_is_not_queried(people: Path, name: str) -> None:
    async with demo(users=3).run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        wizard = wizard_of(pilot)
        wizard._steps = {name: _load_step_class(name)(wizard)}  # made, but not mounted: that takes as long as it takes
        wizard.draft.step = name
        wizard.paint_header_footer()
        wizard.step_changed()
        wizard.lines_moved(LineList())
        assert wizard.next_disabled_reason() == (
            "This is the last step." if name == "finish" else "The step is still loading."
        )
        assert (wizard.step, wizard.back_label(), wizard.default_focus()) == (None, None, None)


# Source


async def test_the_folder_is_shown_and_a_file_is_opened_from_it(people: Path) -> None:
    (people.parent / "notes.md").write_text("not rows")
    (people.parent / "older").mkdir()
    (people.parent / "older" / "users.json").write_text('[{"email": "ada@example.com"}]')
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_wizard(pilot)
        text = text_of(console)
        assert "people.csv" in text
        assert "▸ older/" in text
        assert "notes.md" not in text
        await press(pilot, "k", "right")
        assert "users.json" in text_of(console)
        await press(pilot, "j", "enter")
        assert step_of(pilot).NAME == "parse"
        assert wizard_of(pilot).draft.name == "users.json"


async def test_a_path_is_completed(people: Path) -> None:
    (people.parent / "exports").mkdir()
    (people.parent / "peoples.txt").write_text("email")
    (people.parent / "people.pdf").write_text("no rows")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_wizard(pilot)
        await press(pilot, "slash")
        field = console.screen.query_one(PathInput)
        start = field.value
        assert "exports/" in text_of(console)
        assert "people.pdf" not in text_of(console)
        await press(pilot, *"exp", "tab")
        assert field.value == f"{start}exports/"
        await press(pilot, *["backspace"] * 8, *"PE", "tab")
        assert field.value == f"{start}people", "as far as all candidates agree"
        await press(pilot, "tab")
        assert field.value == f"{start}people.csv"
        await press(pilot, "tab")
        assert field.value == f"{start}peoples.txt"
        await press(pilot, "tab", "enter")
        assert step_bar(console).startswith(" Source ✓   ▸Parse")


async def test_an_unreadable_file_is_reported_and_the_draft_is_unchanged(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people.parent / "nowhere.csv")
        assert "There is no file" in text_of(console)
        (people.parent / "empty.csv").write_bytes(b"")
        await fill(pilot, str(people.parent / "empty.csv"))
        assert "is empty" in console.session.notifications[-1].text


async def test_rows_are_pasted(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_wizard(pilot)
        await press(pilot, "p")
        console.screen.query_one(TextArea).text = "email,first name\nada@example.com,Ada\n"
        await press(pilot, "ctrl+s")
        assert step_of(pilot).NAME == "parse"
        assert "pasted rows" in lines_of(console)[0]
        assert "ada@example.com" in text_of(console)


async def test_pasting_into_the_list_accepts_rows_or_a_path(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_wizard(pilot)
        await paste(pilot, str(people))
        assert step_of(pilot).NAME == "parse"
        await press(pilot, "left_square_bracket")
        await paste(pilot, "email\nada@example.com\ngrace@example.com\n")
        assert wizard_of(pilot).draft.name == "pasted rows"


# Parse


async def test_the_parsed_format_and_row_count_are_shown(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        text = text_of(console)
        for part in ("UTF-8 with a BOM", "semicolon", "row 1", "Łukasz", "Nowak"):
            assert part in text
        assert "60 rows" in bottom(console)
        assert "2 problems" in bottom(console)


async def test_another_delimiter_is_chosen_and_reset(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "j", "j", "enter", "down", "enter")
        assert "comma" in text_of(console)
        assert "(chosen)" in text_of(console)
        await press(pilot, "equals_sign")
        assert "(chosen)" not in text_of(console)
        assert "semicolon" in text_of(console)


async def test_another_header_row_is_chosen(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "j", "j", "j", "enter")
        assert "person0@example.com · Ada" in text_of(console)
        await press(pilot, "down", "enter")
        assert "none: every row is data" in text_of(console)
        assert "61 rows" in bottom(console)


async def test_an_unclear_encoding_is_chosen_with_previews(tmp_path: Path) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes("email,first name\nada@example.com,Zoë\n".encode("mac_roman"))
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, path)
        assert "unknown: choose one" in text_of(console)
        assert "Zoë" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "cannot be read with these settings" in console.session.notifications[-1].text
        await press(pilot, "j", "enter", "down", "enter")
        assert "1 row " in bottom(console)
        assert wizard_of(pilot).draft.read_options.encoding == "mac_roman"


# Map


async def test_the_choice_about_verified_emails_is_required(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "right_square_bracket")
        assert "▸Map 1 to choose" in step_bar(console)
        assert "! emailVerifiedAt" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert step_of(pilot).NAME == "map"
        assert "set email verification" in console.session.notifications[-1].text
        await press(pilot, "t")
        assert "No one can sign in as another" in text_of(console)
        await press(pilot, "down")
        assert "users sign in with them" in text_of(console)
        await press(pilot, "enter")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert mapping.constants == {"emailVerifiedAt": "now"}
        assert "to choose" not in step_bar(console)


async def test_a_proposed_mapping_shows_its_reason_and_a_hint_maps_no_column(tmp_path: Path) -> None:
    path = tmp_path / "hints.csv"
    path.write_text("email,name,Email verified,Company\nada@example.com,Ada Lovelace,yes,ACME\n")
    console = demo()
    async with console.run_test(size=(160, 40)) as pilot:
        await open_file(pilot, path)
        await press(pilot, "right_square_bracket")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        fields = {each.column: each.field for each in mapping.columns}
        assert fields["email"] == "email"
        assert fields["Email verified"] is None
        assert fields["Company"] is None
        assert "maybe emailVerifiedAt" in text_of(console)
        await press(pilot, "t", "down", "down")
        assert "The column decides" in text_of(console)
        await press(pilot, "enter")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert {each.column: each.field for each in mapping.columns}["Email verified"] == "emailVerifiedAt"


async def test_a_field_is_found_by_typing_a_part_of_it(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "right_square_bracket", "end", "up", "enter", *"jobt", "enter")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert {each.column: (each.field, each.reason) for each in mapping.columns}["Plan"] == ("jobTitle", "by hand")
        await press(pilot, "m")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert "metadata.Plan" in mapping.targets
        await press(pilot, "d")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert "metadata.Plan" not in mapping.targets
        assert "5 mapped · 1 excluded" in bottom(console)


async def test_transforms_show_their_result(tmp_path: Path) -> None:
    path = tmp_path / "shout.csv"
    path.write_text("email,first name\nADA@EXAMPLE.COM,Ada\n")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, path)
        await press(pilot, "right_square_bracket", "j", "e", "down", "space")
        assert "ADA@EXAMPLE.COM  →  ada@example.com" in text_of(console)
        await press(pilot, "enter")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert mapping.columns[0].transforms == ("trim", "lower")


async def test_a_constant_value_is_added_and_removed(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "right_square_bracket", "plus", *"team", "enter")
        await fill(pilot, "migrated")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert mapping.constants == {"team": "migrated"}
        assert "(every row)" in text_of(console)
        await press(pilot, "end", "up", "d")
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert mapping.constants == {}


async def test_a_mapping_is_saved_and_used_for_the_same_columns(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "right_square_bracket", "t", "enter", "end", "up", "m", "S")
        await fill(pilot, "crm")
        assert "Mapping saved as crm" in console.session.notifications[-1].text
        other = messy(people.with_name("other.csv"), rows=52)
        await jump(pilot, "import")
        await press(pilot, "slash")
        await fill(pilot, str(other))
        await press(pilot, "right_square_bracket")
        assert "Mapping crm applied" in console.session.notifications[-1].text
        mapping = wizard_of(pilot).draft.mapping
        assert mapping is not None
        assert "metadata.Plan" in mapping.targets
        assert mapping.constants == {"emailVerifiedAt": "unverified"}


async def test_the_country_of_phone_numbers_is_set(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "right_square_bracket", "t", "enter", "number_sign")
        await fill(pilot, "xx")
        assert "not a region with phone numbers" in text_of(console)
        await fill(pilot, "de")
        assert wizard_of(pilot).draft.region == "DE"


# Review


async def test_problems_are_grouped_and_row_counts_add_up(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        text = text_of(console)
        assert "52 of 60 ready · 8 with problems" in bottom(console)
        assert "Review 8 problems" in step_bar(console)
        assert "✕ email_invalid" in text
        assert "✕ duplicate_in_file" in text
        assert "! too_few_cells" in text


async def test_a_cell_is_edited_and_the_change_is_undone(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        assert "[person4@@example.com" in text_of(console)
        await press(pilot, "enter")
        assert "apply   esc cancel" in bottom(console)
        await fill(pilot, "person4@example.com")
        assert "53 of 60 ready · 7 with problems" in bottom(console)
        await press(pilot, "u")
        assert "52 of 60 ready · 8 with problems" in bottom(console)
        await press(pilot, "ctrl+r")
        assert "53 of 60 ready · 7 with problems" in bottom(console)


async def test_esc_leaves_a_cell_unchanged(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter", *"zzz", "escape")
        assert step_of(pilot).NAME == "review"
        assert "zzz" not in text_of(console)
        assert "52 of 60 ready · 8 with problems" in bottom(console)


async def test_all_rows_with_a_problem_are_fixed_together(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "tab", "down", "down")
        assert "email_invalid" in text_of(console)
        await press(pilot, "e")
        assert "Replace text in the cell" in text_of(console)
        await press(pilot, "down", "down", "enter")
        await fill(pilot, "@@", "@")
        assert "55 of 60 ready · 5 with problems" in bottom(console)
        assert "3 rows changed" in console.session.notifications[-1].text


async def test_rows_are_skipped_and_included_again(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "space", "space", "d")
        assert "52 of 60 ready · 6 with problems · 2 excluded" in bottom(console)
        await press(pilot, "tab", "end")
        assert "excluded" in text_of(console)
        await press(pilot, "tab", "d")
        assert "52 of 60 ready · 7 with problems · 1 excluded" in bottom(console)


async def test_n_moves_to_the_next_problem_and_a_shows_all_rows(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        step = step_of(pilot)
        assert isinstance(step, ReviewStep)
        assert step.table.count == 8
        await press(pilot, "f")
        assert step.table.count == 60
        seen = []
        for _ in range(8):
            await press(pilot, "n")
            assert step.table.row is not None
            seen.append(cast(int, step.table.row["number"]))
        assert sorted(seen) == [5, 8, 12, 16, 20, 25, 32, 45]
        assert step.table.cell_index == 0


async def test_the_row_in_full_and_the_json_that_is_sent(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "f", "v")
        assert "row 1 details" in text_of(console)
        assert "Nachname" in text_of(console)
        await press(pilot, "v")
        assert "row 1 JSON" in text_of(console)
        assert '"lastName": "Lovelace"' in text_of(console)
        await press(pilot, "v")
        assert "row 1 JSON" not in text_of(console)


async def test_going_back_and_changing_the_mapping_loses_no_change(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
        await press(pilot, "d", "left_square_bracket")
        assert step_of(pilot).NAME == "map"
        await press(pilot, "end", "up", "m", "right_square_bracket")
        assert "53 of 60 ready · 6 with problems · 1 excluded" in bottom(console)
        await press(pilot, "f", "v", "v")
        assert '"Plan": "free"' in text_of(console)


async def test_leaving_the_wizard_keeps_the_draft_and_releases_the_job(people: Path) -> None:
    from dyntui.services.imports.jobs import find_job
    from dyntui.store.journal import Journal

    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
        await jump(pilot, "users")
        Journal.open(find_job("last")).close()
        await press(pilot, "escape")
        assert step_of(pilot).NAME == "review"
        assert "53 of 60 ready · 7 with problems" in bottom(console)
        await press(pilot, "u")
        assert "52 of 60 ready · 8 with problems" in bottom(console)


async def test_a_draft_is_continued_in_another_console(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
    again = demo()
    async with again.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: any("people.csv" in note.text for note in again.session.notifications))
        await press(pilot, "i")
        assert "UNFINISHED IMPORTS" in text_of(again)
        assert "people.csv · review: 7 problems" in text_of(again)
        await press(pilot, "home", "down", "enter")
        assert step_of(pilot).NAME == "review"
        await until(pilot, lambda: "53 of 60 ready · 7 with problems" in bottom(again))


# Check, plan, run, finish


async def test_the_next_key_is_shown_next_to_a_long_status(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await go_to(pilot, messy(tmp_path / "people.csv", rows=3000), "check")
        await press(pilot, "right_square_bracket")
        assert "enter send first 10  . send all" in bottom(console)
        assert bottom(console).rstrip().endswith("not checked")


async def test_the_pre_check_shows_counts_that_add_up(people: Path, tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert console.session.connection is not None
        known = (await console.session.connection.client.users.list(limit=2)).rows
        path = tmp_path / "known.csv"
        lines = ["email,first name", *(f"{user['email']},Known" for user in known), "new@example.com,New"]
        path.write_text("\n".join(lines) + "\n")
        await go_to(pilot, path, "check")
        assert "not checked" in bottom(console)
        await press(pilot, "enter")
        text = text_of(console)
        assert "3 ROWS CHECKED" in text.upper()
        assert "exists" in text
        await press(pilot, "t")
        assert "updated (upsert)" in text_of(console)
        assert "not checked" in bottom(console)
        await press(pilot, "enter", "right_square_bracket")
        assert "existing users" in text_of(console)
        assert "Known" in text_of(console)


async def test_the_pre_check_names_the_conflicting_value_of_another_user(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert console.session.connection is not None
        users = (await console.session.connection.client.users.list(limit=50)).rows
        user = next(user for user in users if user["phoneNumber"])
        path = tmp_path / "shared.csv"
        path.write_text(f"email,phone\nnew@example.com,{user['phoneNumber']}\n")
        await go_to(pilot, path, "check")
        await press(pilot, "enter")
        text = text_of(console)
        assert "! value of another user" in text
        assert f"phone {user['phoneNumber']}" in text
        assert "email new@example.com" not in text


async def test_the_pre_check_can_be_stopped(people: Path) -> None:
    console = demo(latency_ms=200)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "right_square_bracket")
        step = step_of(pilot)
        assert isinstance(step, CheckStep)
        await pilot.press("enter")
        while not step.is_checking:
            await pilot.pause()
        await pilot.press("escape")
        await settled(pilot)
        assert not step.is_checking
        assert step.summary is None
        assert step_of(pilot) is step


async def test_the_plan_describes_the_job_and_needs_a_confirmation(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        text = text_of(console)
        for part in ("created", "52", "not sent", "Emails stay unverified", "Webhooks of this environment"):
            assert part in text
        await press(pilot, "enter")
        assert "Import file people.csv" in text_of(console)
        await press(pilot, "enter")
        assert console.session.running is None
        assert step_of(pilot).NAME == "plan"


async def test_ten_rows_are_sent_first_and_every_row_has_an_outcome(people: Path) -> None:
    console = demo(users=30)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        assert step_of(pilot).NAME == "run"
        assert "sent the first 10 rows" in text_of(console)
        assert "job paused" in lines_of(console)[0]
        await press(pilot, "enter")
        await job_at_rest(pilot)
        assert step_of(pilot).NAME == "finish"
        assert "52 of 60 imported, 8 not imported" in bottom(console)
        text = text_of(console)
        for part in ("failed-rows.csv", "id-map.csv", "report.html", "email_invalid"):
            assert part in text
        assert console.session.connection is not None
        page = await console.session.connection.client.users.list(limit=1)
        assert page.total == 82
        await press(pilot, "left_square_bracket")
        assert "Rows have been sent" in console.session.notifications[-1].text


async def test_no_row_is_sent_in_a_read_only_environment(people: Path) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        assert "send first 10" not in bottom(console)
        await press(pilot, "enter")
        assert console.session.notifications[-1].text == "This environment is read-only."


async def test_leaving_the_screen_does_not_stop_the_job(people: Path) -> None:
    console = demo(latency_ms=150)
    path = messy(people.with_name("more.csv"), rows=1500)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None:
            await pilot.pause()
        await pilot.press("colon", *"users", "enter")
        assert console.session.running.active
        await job_at_rest(pilot)
        assert any("Import into demo done" in note.text for note in console.session.notifications)
        await press(pilot, "escape")
        assert step_of(pilot).NAME == "finish"


async def test_quitting_is_confirmed_and_the_job_is_resumable(people: Path) -> None:
    from dyntui.services.imports.jobs import find_job, summarize_job
    from dyntui.store.states import JobState

    console = demo(latency_ms=800)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None:
            await pilot.pause()
        await pilot.press("Q")
        await pilot.pause()
        assert "Quit dyntui while an import is running?" in text_of(console)
        await pilot.press("y")
        await pilot.pause()
    known = summarize_job(find_job("last"))
    assert not known.is_busy
    assert known.state in (JobState.PAUSED, JobState.DONE)
    assert console.session.running is not None
    assert not console.session.running.active


async def test_a_job_is_paused_and_resumed(people: Path) -> None:
    console = demo(latency_ms=60)
    path = messy(people.with_name("more.csv"), rows=900)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await press(pilot, "full_stop")
        await pilot.press("y")
        while console.session.running is None or console.session.running.progress is None:
            await pilot.pause()
        await pilot.press("space")
        await job_at_rest(pilot)
        assert "paused" in text_of(console)
        await press(pilot, "enter")
        await job_at_rest(pilot)
        assert "892 of 900 imported, 8 not imported" in bottom(console)


async def test_remaining_rows_are_canceled_after_a_confirmation(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        await press(pilot, "X")
        assert "Cancel this import?" in text_of(console)
        await press(pilot, "y")
        assert step_of(pilot).NAME == "finish"
        assert "canceled" in step_bar(console)
        assert "10 of 60 imported, 50 not imported" in bottom(console)


async def test_an_import_into_a_live_environment_needs_its_name(people: Path) -> None:
    from dataclasses import replace

    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        connection.write_gate._profile = replace(connection.profile, kind="live")
        console.session.profile = connection.profile
        await go_to(pilot, people, "plan")
        await press(pilot, "enter")
        assert "Type demo to confirm:" in text_of(console)
        await press(pilot, *"nope", "enter")
        assert "The text does not match" in text_of(console)
        await fill(pilot, "demo")
        await job_at_rest(pilot)
        assert "sent the first 10 rows" in text_of(console)


# Everywhere


@pytest.mark.parametrize("size", [SIZE, SMALL, (60, 20)], ids=str)
async def test_every_step_works_in_any_size_by_keyboard(people: Path, size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go_to(pilot, people, "plan")
        await send_first(pilot)
        await press(pilot, "enter")
        await job_at_rest(pilot)
        assert step_of(pilot).NAME == "finish"
        assert all(len(line) == size[0] for line in lines_of(console))


async def test_the_help_lists_the_keys_of_every_step(people: Path) -> None:
    console = demo()
    async with console.run_test(size=(120, 60)) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "question_mark")
        text = text_of(console)
        for part in ("fix all", "exclude", "next problem", "next step", "Go to the next step."):
            assert part in text


async def test_steps_open_by_number_only_when_they_are_available(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, people)
        await press(pilot, "3")
        assert step_of(pilot).NAME == "map"
        await press(pilot, "6")
        assert step_of(pilot).NAME == "map"
        await press(pilot, "1")
        assert step_of(pilot).NAME == "source"


async def test_the_draft_file_is_private_and_complete(people: Path, still: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
    (path,) = (still / "state" / "drafts").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    document = json.loads(path.read_bytes())
    assert document["step"] == "review"
    assert document["mapping"]["constants"] == {"emailVerifiedAt": "unverified"}


async def test_lists_are_not_painted_without_a_change(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        painted: list[object] = []
        for widget in console.screen.query(LineList):
            refresh = widget.refresh

            def count(*args: object, widget: LineList = widget, refresh: object = refresh, **more: object) -> LineList:
                painted.append((str(widget.id), args))
                return widget

            widget.refresh = count  # type: ignore[method-assign]
        step_of(pilot).on_step_shown()
        await settled(pilot)
        assert painted == []


# Afterwards


async def test_failed_rows_are_corrected_and_sent_in_the_same_job(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        await press(pilot, "e")
        assert step_of(pilot).NAME == "review"
        assert "0 of 6 ready · 6 with problems" in bottom(console)
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
        assert "1 of 6 ready · 5 with problems" in bottom(console)
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert "José" in text_of(console)
        await press(
            pilot, "right_square_bracket", "right_square_bracket", "right_square_bracket", "right_square_bracket"
        )
        assert step_of(pilot).NAME == "plan"
        await press(pilot, "enter", "y")
        await job_at_rest(pilot)
        assert "1 of 6 imported, 5 not imported" in bottom(console)


async def test_a_row_refused_by_the_server_has_a_problem_until_it_is_changed(tmp_path: Path) -> None:
    from dyntui.services.imports.jobs import find_job
    from dyntui.store.journal import Journal, JournalOutcome
    from dyntui.store.states import JobState, RowState

    path = tmp_path / "people.csv"
    path.write_text("email,first name\nada@example.com,Ada\n")
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, path, "plan")
        await jump(pilot, "users")
        with Journal.open(find_job("last")) as journal:
            journal.move(JobState.RUNNING)
            journal.begin_batch([1], "bulkCreateUser", 2)
            journal.settle(
                RowState.SENDING, [JournalOutcome(1, RowState.FAILED, "", "email_blocked", "email", "not wanted")]
            )
            journal.move(JobState.DONE)
        await jump(pilot, "jobs")
        await press(pilot, "e")
        assert step_of(pilot).NAME == "review"
        assert "0 of 1 ready · 1 with problems" in bottom(console)
        assert "Refused last time: not wanted" in text_of(console)
        await press(pilot, "enter")
        await fill(pilot, "ada@example.org")
        assert "1 of 1 ready · 0 with problems" in bottom(console)
        await press(pilot, "u")
        assert "0 of 1 ready · 1 with problems" in bottom(console)
        await jump(pilot, "jobs")
        jobs = console.screen
        assert isinstance(jobs, JobsScreen)
        # both jobs began in the same second of the clock that stands still: either may come first
        states = [str(jobs.table.view.get(place)) for place in range(jobs.table.count)]
        await press(
            pilot, *["down"] * next(place for place, state in enumerate(states) if "✓ done" in state), "full_stop"
        )
        assert step_of(pilot).NAME == "plan"
        assert "1 of 1 to send" in bottom(console)


async def test_an_import_is_undone_after_typing_the_name(people: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "plan")
        await press(pilot, "full_stop", "y")
        await job_at_rest(pilot)
        await press(pilot, "u")
        assert "52" in text_of(console)
        assert "to be deleted" in text_of(console)
        await press(pilot, "enter")
        assert "Type demo to confirm:" in text_of(console)
        await fill(pilot, "demo")
        assert "deleted from the server" in text_of(console)
        assert console.session.connection is not None
        page = await console.session.connection.client.users.list(limit=1)
        assert page.total == 5


async def test_allowlist_entries_are_imported_with_the_wizard(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    wallet = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
    path.write_text(f"identifier,note\nada@example.com,Ada\n{wallet},W\nbad thing,x\nada@example.com,Again\n")
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "allowlists")
        await press(pilot, "i", "slash")
        await fill(pilot, str(path))
        await press(pilot, "right_square_bracket")
        assert "emailVerifiedAt" not in text_of(console)
        assert "walletPublicKey" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "2 of 4 ready · 2 with problems" in bottom(console)
        await press(pilot, "enter")
        await fill(pilot, "example.org")
        assert "3 of 4 ready · 1 with problems" in bottom(console)
        await press(pilot, "right_square_bracket", "enter", "right_square_bracket", "enter", "y")
        await job_at_rest(pilot)
        assert "3 of 4 imported, 1 not imported" in bottom(console)
        await press(pilot, "O")
        for part in ("ada@example.com", "example.org", "0x5aAeb6"):
            assert part in text_of(console)
        await press(pilot, "escape", "u")
        assert "ENTRIES CREATED BY THE JOB" in text_of(console)
        assert "to be deleted" in text_of(console)
        assert "no longer allow or block the users" in text_of(console)
        await press(pilot, "enter")
        assert "Type demo to confirm:" in text_of(console)
        await fill(pilot, "demo")
        assert "deleted from the server" in text_of(console)
        await press(pilot, "escape", "O")
        for part in ("ada@example.com", "0x5aAeb6"):
            assert part not in text_of(console)
        await jump(pilot, "jobs")
        await press(pilot, "u")
        assert console.session.notifications[-1].text == "The job is already undone."
