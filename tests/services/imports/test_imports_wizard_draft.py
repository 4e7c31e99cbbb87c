"""Drafts of the import wizard: what was saved comes back, also from a file of an older version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dyntui.core.errors import UsageError
from dyntui.importer.mapping import ColumnMap, Mapping
from dyntui.services.imports import wizard_draft
from dyntui.services.imports.wizard_draft import ImportDraft, ReadOptions, load_draft, save_draft

ID = "20261128-120000-abcd"
MAPPING = Mapping(
    (ColumnMap("E-Mail", "email", "synonym", ("trim",), "email"), ColumnMap("Plan")), ("E-Mail", "Plan"), {"team": "x"}
)


@pytest.fixture
def draft(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ImportDraft:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path))
    draft = ImportDraft(ID, "env", "https://a.example", "dev", mapping=MAPPING, read_options=ReadOptions(header_row=1))
    save_draft(draft)
    return draft


def test_a_draft_is_loaded_unchanged(draft: ImportDraft) -> None:
    assert load_draft(ID) == draft


def test_a_draft_of_an_older_version_is_loaded(draft: ImportDraft) -> None:
    file = wizard_draft._file(ID)
    values = json.loads(file.read_text()) | {"version": 1, "hints": {"E-Mail": "email"}}
    values["mapping"] = json.loads(MAPPING.to_json().replace('"reason"', '"why"'))
    for new, old in (
        ("is_pasted", "pasted"),
        ("prepared_path", "read_path"),
        ("read_options", "reading"),
        ("prepared_read_options", "read_as"),
    ):
        values[old] = values.pop(new)
    file.write_text(json.dumps(values))
    assert load_draft(ID) == draft


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"read_options": 3}, "read_options: input should be an object, not 3"),
        ({"kind": "people"}, "kind: input should be 'users' or 'allowlist', not 'people'"),
        (
            {"mapping": {"columns": [{"column": "a", "field": "mails"}], "source_columns": ["a"]}},
            "'mails' is not a field",
        ),
    ],
)
def test_a_damaged_draft_is_reported_with_the_location(draft: ImportDraft, change: dict[str, object], why: str) -> None:
    file = wizard_draft._file(ID)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(UsageError) as caught:
        load_draft(ID)
    assert ID in caught.value.message and why in caught.value.message
