"""The wizard by keys: opening, parsing and mapping a file, and what holds for every step: sizes, help, going back."""

from __future__ import annotations

import json
from pathlib import Path

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
from tests.tui.tui_support import SIZE, SMALL, demo, fill, jump, lines_of, paste, press, settled, text_of
from textual.widgets import TextArea

from dyntui.tui.features.imports.wizard import _load_step_class
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.path_input import PathInput

pytestmark = pytest.mark.slow


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
