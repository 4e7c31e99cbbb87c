"""Typed paths: what they mean, how they are completed, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dyntui.core.typed_path import PathRule, candidates, common_start, list_names, split_typed_path, to_path


def complete(typed: str) -> list[str]:
    return list(candidates(typed, list_names(split_typed_path(typed)[0])))


def test_names_of_the_folder_complete_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "exports").mkdir()
    for name in ("People.csv", "people.json", ".hidden", "exports/users.csv"):
        (tmp_path / name).touch()
    assert complete("") == ["exports/", "People.csv", "people.json"]
    assert complete("pe") == ["People.csv", "people.json"]
    assert common_start(complete("pe")) == "People."
    assert complete("exports/u") == ["exports/users.csv"]
    assert complete("~") == ["~/"]
    assert complete("~/e") == ["~/exports/"]
    assert complete(f"{tmp_path}/ex") == [f"{tmp_path}/exports/"]
    assert complete(f"/nowhere/{tmp_path}/ex") == [f"{tmp_path}/exports/"], "the last absolute path counts"
    assert complete(".") == [".hidden"]
    assert complete("nowhere/") == []
    assert complete("a\0b/") == []
    assert list_names(str(tmp_path), frozenset({".csv"})).names == ("exports/", "People.csv")
    assert to_path(f" '{tmp_path}/a b' ") == tmp_path / "a b"
    assert to_path("~/x.csv") == tmp_path / "x.csv"


def test_what_is_wrong_with_a_path_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.touch()
    (tmp_path / "link").symlink_to("nowhere")
    new, existing = PathRule(is_new=True), PathRule()
    assert new.problem("  ") == "Enter a file name."
    assert new.problem(str(file)) == "This file already exists. Enter another name."
    assert "already exists" in new.problem(str(tmp_path / "link"))
    assert new.problem(str(tmp_path / "none" / "b.csv")) == f"There is no folder {tmp_path / 'none'}."
    assert new.problem(str(tmp_path)) == "This is a folder. Enter the name of a file in it."
    assert new.problem(str(tmp_path / "b.csv")) == ""
    assert existing.problem(str(file)) == ""
    assert "Tab completes" in existing.problem(str(tmp_path / "b.csv"))
    assert PathRule(allows_folder=True).problem(str(tmp_path)) == ""
    assert new.problem("a\0b")
    folder = PathRule(is_folder=True)
    assert (folder.problem(""), folder.problem(str(tmp_path))) == ("Enter a folder name.", "")
    assert folder.problem(str(file)) == f"There is no folder {file}. Tab completes a name."
    assert PathRule(is_optional=True).problem(" ") == ""
    assert PathRule(is_optional=True).problem(str(tmp_path / "b.csv"))
