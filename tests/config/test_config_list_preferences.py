"""Columns and views that a person kept: they come back, a view can be forgotten, a broken file is named."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dyntui.config.errors import ConfigError
from dyntui.config.list_preferences import ListPreferences, SavedView
from dyntui.config.paths import paths
from dyntui.core.errors import UsageError

WIDTHS = (("email", 30), ("metadata.plan", 8))


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    return tmp_path


def test_saved_views_are_loaded_from_a_private_file() -> None:
    ListPreferences.keep_columns("users", WIDTHS)
    ListPreferences.keep_view("users", "pro people", SavedView("plan:pro", "email-asc", WIDTHS))
    ListPreferences.keep_view("users", "all", SavedView())
    lists = ListPreferences.load()
    assert lists.columns == {"users": WIDTHS}
    assert lists.view("users", "pro people") == SavedView("plan:pro", "email-asc", WIDTHS)
    assert stat.S_IMODE(paths().lists_file.stat().st_mode) == 0o600


def test_an_empty_view_is_saved() -> None:
    assert ListPreferences.keep_view("users", "all", SavedView()).view("users", "all") == SavedView()


def test_a_deleted_view_is_removed_and_the_others_stay() -> None:
    ListPreferences.keep_view("users", "a", SavedView("a"))
    ListPreferences.keep_view("users", "b", SavedView("b"))
    ListPreferences.keep_columns("wallets", WIDTHS)
    ListPreferences.keep_view("users", "a", None)
    assert ListPreferences.keep_columns("wallets", ()) == ListPreferences(
        columns={}, views={"users": {"b": SavedView("b")}}
    )


def test_an_unknown_view_is_reported_with_the_existing_ones() -> None:
    ListPreferences.keep_view("users", "mine", SavedView())
    with pytest.raises(UsageError, match="no view 'other'") as caught:
        ListPreferences.load().view("users", "other")
    assert "mine" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "input should be an object"),
        ('{"views": 3}', "views: input should be an object, not 3"),
        ('{"views": {"users": {"a": 1}}}', "views.users.a: input should be an object, not 1"),
        ('{"columns": {"u": [1]}}', "columns.u[0]: input should be a valid tuple, not 1"),
    ],
)
def test_an_invalid_views_file_is_reported_with_the_line_of_the_error(text: str, why: str) -> None:
    ListPreferences.keep_columns("users", WIDTHS)
    paths().lists_file.write_text(text)
    with pytest.raises(ConfigError, match=r"lists\.json") as caught:
        ListPreferences.load()
    assert why in caught.value.message
