"""What the wizard shows and changes of how a file is read: records, rules, empty cells, paths and transforms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.tui.import_support import open_file, step_of, wizard_of
from tests.tui.tui_support import demo, fill, press, settled, text_of
from textual.pilot import Pilot

from dyntui.importer import Mapping

CASES = Path(__file__).parents[1] / "cases" / "import"
SIZE = (120, 40)


def mapping_of(pilot: Pilot[Any]) -> Mapping:
    mapping = wizard_of(pilot).draft.mapping
    assert mapping is not None
    return mapping


async def test_another_place_of_the_records_is_chosen_in_the_parse_step() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, CASES / "06-json-two-arrays.json")
        assert step_of(pilot).NAME == "parse" and "n@alpha-mail.org" in text_of(console)
        await press(pilot, "j", "j", "enter", "j", "j", "enter")
        await settled(pilot)
        assert wizard_of(pilot).draft.read_options.records == "admins"
        assert "b@alpha-mail.org" in text_of(console)


async def test_a_rule_that_leaves_rows_out_is_shown_and_switched_off() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, CASES / "27-keycloak-realm.json")
        await press(pilot, "right_square_bracket")
        assert "rows left out" in text_of(console)
        assert [rule.name for rule in mapping_of(pilot).exclusions][:1] == ["service-accounts"]
        await press(pilot, "end", "up", "enter")
        assert mapping_of(pilot).included == ("service-accounts",)
        assert "rows included" in text_of(console)
        await press(pilot, "enter")
        assert mapping_of(pilot).included == ()


async def test_the_texts_for_an_empty_cell_are_shown_and_changed() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, CASES / "15-null-text.csv")
        await press(pilot, "right_square_bracket")
        assert "empty cells" in text_of(console)
        await press(pilot, "underscore", "ctrl+u")
        await fill(pilot, "NULL, --")
        assert mapping_of(pilot).nulls == ("NULL", "--")


async def test_a_path_and_a_transform_with_a_value_are_added(tmp_path: Path) -> None:
    path = tmp_path / "phones.csv"
    path.write_text("email,mobile,landline\nada@example.com,,442079460958\n")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, path)
        await press(pilot, "right_square_bracket", "J", *"mobile|landline", "enter", *"phoneNumber", "ctrl+s")
        assert [each.column for each in mapping_of(pilot).mapped] == ["email", "mobile|landline"]
        await press(pilot, "home", "down", "down", "down", "down", "e", "plus", *"prefix:+", "ctrl+s", "enter")
        transforms = next(each.transforms for each in mapping_of(pilot).mapped if each.column == "mobile|landline")
        assert "prefix:+" in transforms
