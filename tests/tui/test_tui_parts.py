"""The small parts: history, filters, clipboard, latency, age, JSON tree, facts."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.conftest import NOW
from tests.tui.tui_support import SMALL, demo, press, settled, text_of

from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.filters import filter_hint, parse_filter
from dyntui.resources.resource import Filter
from dyntui.tui.kit import clipboard
from dyntui.tui.kit.dialogs.base_dialog import DialogFooter
from dyntui.tui.kit.dialogs.multi_select_dialog import MultiSelectDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.history import MAX_SCREENS, History
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.shell.base_screen import age_label
from dyntui.tui.shell.console_state import Latency

USERS = RESOURCES["users"].filter
assert USERS is not None


def test_history_moves_back_and_forward_and_drops_replaced_entries() -> None:
    history = History("a")
    assert history.visit("b") == []
    assert history.visit("c") == []
    assert (history.back(), history.back(), history.back()) == ("b", "a", None)
    assert history.forward() == "b"
    assert history.visit("d") == ["c"]
    assert history.forward() is None
    assert history.restart("e") == ["a", "b", "d"]
    assert history.previous is None


@given(st.lists(st.sampled_from(["visit", "visit", "visit", "back", "forward"]), max_size=100))
def test_history_is_bounded(steps: list[str]) -> None:
    history = History("0")
    entries = {"0"}
    for number, step in enumerate(steps, 1):
        if step == "visit":
            entries.add(str(number))
            entries -= set(history.visit(str(number)))
        else:
            getattr(history, step)()
        assert history.current in entries
        assert len(entries) <= MAX_SCREENS


@pytest.mark.parametrize(
    ("typed", "filter_"),
    [
        ("", {}),
        ("ada", {"filterValue": "ada", "filterColumn": "all"}),
        ("ada lovelace", {"filterValue": "ada lovelace", "filterColumn": "all"}),
        ("email:ada", {"filterValue": "ada", "filterColumn": "email"}),
        ("FIRSTNAME:Ada", {"filterValue": "Ada", "filterColumn": "firstName"}),
        ("chain:EVM", {"chain": "EVM"}),
        ("chain:EVM ada", {"chain": "EVM", "filterValue": "ada", "filterColumn": "all"}),
        ("social:google", {"filterSocialProvider": "google"}),
        ("nobody:here", {"filterValue": "nobody:here", "filterColumn": "all"}),
        ("email:", {"filterValue": "email:", "filterColumn": "all"}),
    ],
)
def test_typed_text_becomes_the_server_filter(typed: str, filter_: dict[str, str]) -> None:
    assert USERS is not None
    assert parse_filter(USERS, typed) == filter_


def test_a_plain_text_filter_has_no_prefixes() -> None:
    assert parse_filter(Filter("query"), "email:ada x") == {"query": "email:ada x"}
    assert filter_hint(Filter("query")) == "text"


def test_the_clipboard_sequence_carries_the_text_without_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {})
    data = clipboard.osc52_sequence("a\x1b]0;b\x07c")
    assert data is not None
    assert data.startswith("\x1b]52;c;")
    assert base64.b64decode(data.removeprefix("\x1b]52;c;").removesuffix("\x07")) == b"a]0;bc"


def test_the_clipboard_is_wrapped_for_tmux_and_screen_and_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {"TMUX": "1"})
    tmux = clipboard.osc52_sequence("x")
    assert tmux is not None
    assert tmux.endswith("\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\")
    monkeypatch.setattr("os.environ", {"STY": "1"})
    screen = clipboard.osc52_sequence("x" * 3000)
    assert screen is not None
    parts = screen.split("\x1b\\")[:-1]
    assert len(parts) > 1
    assert all(part.startswith("\x1bP") and len(part) <= 768 for part in parts)
    assert clipboard.osc52_sequence("x" * clipboard.MAX_BYTES) is not None
    assert clipboard.osc52_sequence("x" * (clipboard.MAX_BYTES + 1)) is None


def test_a_shown_latency_changes_only_when_it_doubles_or_halves() -> None:
    latency = Latency()
    assert latency.label == ""
    shown = []
    for ms in (40, 60, 79, 90, 50, 44, 1300):
        latency.record(ms)
        shown.append(latency.label)
    latency.record(1310)
    assert latency.label == "1.3 s"
    quick = Latency()
    for ms in (2, 9, 1):
        quick.record(ms)
    assert quick.label == "2 ms"
    assert shown == ["40 ms", "40 ms", "40 ms", "90 ms", "90 ms", "44 ms", "1.3 s"]


def test_the_shown_age_changes_each_minute() -> None:
    assert age_label(None) == ""
    assert age_label(NOW - timedelta(seconds=59)) == "just now"
    assert age_label(NOW - timedelta(seconds=61)) == "1 min ago"


def _tree(document: object) -> list[str]:
    tree = JsonTree(document)
    return ["".join(text for text, _ in tree.draw(index, 60)).rstrip() for index in range(tree.count)]


def test_a_json_tree_shows_keys_values_and_folded_counts() -> None:
    assert _tree({"a": "x", "b": {"c": [1, 2], "d": {}}, "e": None, "f": True}) == [
        '▌  a  "x"',
        " ▾ b",
        "   ▸ c  [ 2 ]",
        "     d  {}",
        "   e  null",
        "   f  true",
    ]


def test_a_json_tree_shows_hostile_keys_and_values_literally() -> None:
    assert _tree({"[b]k\x1b": "[@click=app.quit]v[/]\x9b"}) == ['▌  [b]k␛  "[@click=app.quit]v[/]<9b>"']


def test_a_json_tree_may_be_a_bare_value() -> None:
    assert _tree("only this") == ['▌  "only this"']


def test_a_folded_object_of_a_json_tree_shows_its_name() -> None:
    lines = _tree({"chains": [{"id": "1", "name": "e\x1bvm"}, {"id": "2"}, {"count": 3}]})
    assert lines == ["▌▾ chains", "   ▸ 0  { 2 }  e␛vm", "   ▸ 1  { 1 }  2", "   ▸ 2  { 1 }"]


def test_a_field_list_shows_the_age_and_the_exact_time() -> None:
    facts = FieldList(
        [FieldLine("seen", "2026-03-01T10:00:00Z"), FieldLine("seen", "2026-03-01T10:00:00Z"), FieldLine("team", None)]
    )
    lines = ["".join(text for text, _ in facts.draw(index, 60)).rstrip() for index in range(3)]
    assert lines == [
        "▌ seen  2 h ago, 2026-03-01 10:00:00 UTC",
        "  seen  2 h ago, 2026-03-01 10:00:00 UTC",
        "  team  —",
    ]


@pytest.mark.parametrize(("width", "gap"), [(69, 3), (68, 2), (64, 2), (63, 1), (59, 1)])
def test_the_keys_of_a_dialog_move_closer_before_one_is_cut(width: int, gap: int) -> None:
    keys = (("space", "show"), ("( )", "move"), ("< >", "size"), ("=", "reset"), ("enter", "apply"), ("esc", "cancel"))
    pieces, _ = DialogFooter(*keys).line(1, width)
    text = "".join(text for text, _ in pieces).rstrip()
    assert text == (" " * gap).join(f"{key} {title}" for key, title in keys)
    assert len(text) <= width


async def test_typing_filters_a_long_list_of_choices() -> None:
    console = demo(20)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        chosen: list[object] = []
        choices = [Choice(str(number), f"name {number:02}") for number in range(30)]
        console.ask(SelectDialog("Encoding", choices), chosen.append)
        await settled(pilot)
        # j and k move before a filter is typed, and are text in it
        await press(pilot, "j", "j", "k", "enter")
        console.ask(SelectDialog("Encoding", choices), chosen.append)
        await settled(pilot)
        await press(pilot, "2", "j")
        assert "No choice contains this text." in text_of(console) and "esc clear" in text_of(console)
        await press(pilot, "backspace", "down", "enter")
        assert chosen == ["1", "12"]
        # a list that fits is chosen from without typing
        console.ask(SelectDialog("Encoding", choices[:8]), chosen.append)
        await settled(pilot)
        await press(pilot, "2", "down", "enter")
        assert chosen[2:] == ["1"]
        # options are marked with space while the filter is typed; esc clears it, and the marks stay
        console.ask(MultiSelectDialog("Events", [choice.label for choice in choices], ["name 03"]), chosen.append)
        await settled(pilot)
        await press(pilot, "slash", *"12", "space", "escape")
        assert "name 00" in text_of(console) and isinstance(console.screen, MultiSelectDialog)
        await press(pilot, "enter")
        assert chosen[3:] == [["name 03", "name 12"]]
