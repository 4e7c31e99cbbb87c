"""Rows put right before they are sent: whatever is done and undone, the sums hold and duplicates are judged rightly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import orjson
import pytest

from dyntui.importer import Mapping, open_source, propose_mapping
from dyntui.services.imports.jobs import JobLocation
from dyntui.services.imports.runner import JobOptions
from dyntui.services.imports.wizard_draft import ImportDraft
from dyntui.services.imports.wizard_review import Review
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store import review_queries as rows_of
from dyntui.store.states import RowState

LOCATION = JobLocation("acme", "http://localhost/api/v0", "env", "sandbox")

FILE = """email;first name;country;phone
ada@example.com;Ada;GB;
ada@@example.com;Ada;GB;
grace@example.com;Grace;US;
GRACE@example.com;Grace;US;
linus@example.com;Linus;Finland;
alan@example.com;Alan;Atlantis;
edsger@example.com;Edsger;NL;12
short@example.com
long@example.com;Long;GB;;surplus
"""


def draft_for(path: Path) -> ImportDraft:
    draft = ImportDraft("draft-1", "env", "http://localhost/api/v0", "acme")
    draft.set_file(str(path))
    with open_source(path) as source:
        draft.mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
    return draft


def prepared(service: WizardService, draft: ImportDraft) -> Review:
    service.prepare(draft, LOCATION, JobOptions(), lambda rows: None, Event())
    return service.review()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WizardService]:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    made = WizardService()
    yield made
    made.close()


@pytest.fixture
def draft(tmp_path: Path) -> ImportDraft:
    path = tmp_path / "people.csv"
    path.write_text(FILE, "utf-8")
    return draft_for(path)


def numbers_of(review: Review, which: str) -> list[int]:
    return rows_of.numbers(review.journal, which).tolist()


def row(review: Review, number: int) -> rows_of.ReviewRow:
    (found,) = rows_of.window(review.journal, [number])
    return found


def snapshot(review: Review) -> Any:
    """Everything that undo has to bring back."""
    journal = review.journal
    tables = {
        "rows": "SELECT number, state, lane, code, field, message FROM rows ORDER BY number",
        "source": "SELECT number, raw, body, keys FROM source ORDER BY number",
        "keys": "SELECT key, row FROM keys ORDER BY key, row",
        "problems": "SELECT row, level, code, field, message, suggestion FROM problems ORDER BY row, code, message",
        "counts": "SELECT level, code, n FROM problem_counts WHERE n > 0 ORDER BY level, code",
    }
    return {name: journal.db.execute(query).fetchall() for name, query in tables.items()}


def check_sums(review: Review) -> None:
    sums = review.summary().counts
    assert sums.total == sums.ready + sums.problems + sums.excluded
    assert sums.total == len(numbers_of(review, rows_of.ALL))
    assert sums.problems == len(numbers_of(review, rows_of.PROBLEMS))
    assert sums.excluded == len(numbers_of(review, rows_of.EXCLUDED))
    assert sum(review.journal.counts.values()) == sums.total


def test_row_counts_add_up(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    summary = review.summary()
    assert summary.counts == rows_of.RowCounts(9, 4, 5, 0, 1)
    found = {(group.level, group.code): group.rows for group in summary.groups}
    assert found["error", "email_invalid"] == 1
    assert found["error", "duplicate_in_file"] == 1
    assert found["warning", "too_few_cells"] == 1
    assert found["info", "country_normalized"] == 1


def test_correcting_a_cell_makes_its_row_ready(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    review.edit(2, 0, "ada.two@example.com")
    assert row(review, 2).state is RowState.PENDING
    assert orjson.loads(row(review, 2).body or b"")["email"] == "ada.two@example.com"
    assert review.summary().counts.problems == 4
    check_sums(review)


def test_an_invalid_change_of_a_cell_is_undone(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    before = snapshot(review)
    review.edit(1, 0, "nonsense")
    assert row(review, 1).state is RowState.INVALID
    check_sums(review)
    assert review.undo() == "row 1: email"
    assert snapshot(review) == before
    assert review.redo() == "row 1: email"
    assert row(review, 1).state is RowState.INVALID


def test_changes_create_and_resolve_duplicates(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    assert row(review, 4).message == "The same email as in row 3."
    review.edit(3, 0, "hopper@example.com")
    assert row(review, 4).state is RowState.PENDING
    review.edit(3, 0, "ada@example.com")
    assert row(review, 3).message == "The same email as in row 1."
    review.exclude([1])
    assert row(review, 3).state is RowState.PENDING
    review.include([1])
    assert row(review, 3).state is RowState.SKIPPED
    check_sums(review)


def test_rows_are_skipped_and_included_again(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    before = snapshot(review)
    review.exclude([1, 2])
    assert review.summary().counts.excluded == 2
    assert not any(group.code == "email_invalid" for group in review.summary().groups)
    review.include([1, 2])
    assert review.summary().counts.excluded == 0
    assert snapshot(review) == before
    check_sums(review)


def test_a_fix_is_applied_to_all_rows_with_a_problem(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    assert {fix.name for fix in review.fixes("country_unknown")} == {"empty", "value", "replace", "exclude"}
    assert review.fix("country_unknown", "value", value="GR") == 1
    assert orjson.loads(row(review, 6).body or b"")["country"] == "GR"
    assert review.fix("phone_needs_region", "empty") == 1
    assert row(review, 7).state is RowState.PENDING
    assert review.fix("email_invalid", "replace", value="@@", replacement="@") == 1
    assert row(review, 2).message == "The same email as in row 1."
    check_sums(review)


def test_suggestions_are_applied_to_each_row(service: WizardService, tmp_path: Path) -> None:
    path = tmp_path / "wallets.csv"
    wrong = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"  # the last letters' case does not fit the checksum
    path.write_text(f"email,wallet address,chain\nada@example.com,{wrong[:-1]}d,EVM\nb@example.com,{wrong[:-1]}D,EVM\n")
    draft = draft_for(path)
    mapping = draft.mapping
    assert mapping is not None
    for name, value in (("walletName", "metamask"), ("walletProvider", "browserExtension")):
        mapping = mapping.with_constant(f"wallets.0.{name}", value)
    draft.mapping = mapping.with_column("wallet address", "wallets.0.publicWalletAddress").with_column(
        "chain", "wallets.0.chain"
    )
    review = prepared(service, draft)
    code = "wallet_checksum"
    suggested = next(fix for fix in review.fixes(code) if fix.name == "suggestion")
    assert review.fix(code, "suggestion") == suggested.rows > 0
    assert not any(group.code == code for group in review.summary().groups)


def test_a_changed_row_with_too_many_values_is_ready(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    before = snapshot(review)
    assert row(review, 9).code == "too_many_cells"
    review.edit(9, 1, "Longer")
    assert row(review, 9).state is RowState.PENDING
    review.undo()
    assert snapshot(review) == before


def test_changes_apply_with_another_mapping(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    review.edit(2, 0, "ada.two@example.com")
    review.exclude([5])
    first = draft.job
    assert draft.mapping is not None
    draft.mapping = draft.mapping.with_column("country", "metadata.land")
    assert not service.is_prepared(draft)
    assert service.count_lost_edits(draft) == 0
    reopened = prepared(service, draft)
    assert draft.job != first
    assert service.is_prepared(draft)
    assert orjson.loads(row(reopened, 2).body or b"") == {
        "email": "ada.two@example.com",
        "firstName": "Ada",
        "metadata": {"land": "GB"},
    }
    assert numbers_of(reopened, rows_of.EXCLUDED) == [5]
    assert row(reopened, 9).code == "too_many_cells"
    assert reopened.undo() == "exclude row 5"
    assert reopened.undo() == "row 2: email"
    assert row(reopened, 2).state is RowState.INVALID
    check_sums(reopened)


def test_changes_do_not_apply_to_a_file_read_with_other_options(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    review.edit(2, 0, "ada.two@example.com")
    draft.read_options = replace(draft.read_options, header_row=2)
    assert service.count_lost_edits(draft) == 1


def test_an_empty_fix_is_refused_with_advice(service: WizardService, draft: ImportDraft) -> None:
    from dyntui.core.errors import UsageError

    review = prepared(service, draft)
    with pytest.raises(UsageError):
        review.fix("email_invalid", "replace")


def test_changes_are_loaded_by_another_process(service: WizardService, draft: ImportDraft) -> None:
    review = prepared(service, draft)
    review.edit(2, 0, "ada.two@example.com")
    service.close()
    reopened = WizardService()
    try:
        assert reopened.open_job(draft)
        assert reopened.is_prepared(draft)
        assert reopened.review().summary().undo_label == "row 2: email"
        assert reopened.review().undo() == "row 2: email"
        assert row(reopened.review(), 2).state is RowState.INVALID
    finally:
        reopened.close()


@pytest.mark.parametrize("seed", range(8))
def test_any_sequence_of_changes_can_be_undone(service: WizardService, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"p{n}@example.com" for n in range(6)] + ["bad", ""]
    lines = ["email;first name;country;phone"]
    lines += [f"{chance.choice(names)};N{n};{chance.choice(['GB', 'Atlantis', ''])};" for n in range(25)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines) + "\n")
    review = prepared(service, draft_for(path))
    start = snapshot(review)
    actions = numbers_of(review, rows_of.ALL)
    for _ in range(30):
        match chance.randrange(5):
            case 0 | 1:
                review.edit(chance.choice(actions), chance.choice([0, 2]), chance.choice([*names, "GB", "XX"]))
            case 2:
                review.exclude(chance.sample(actions, 2))
            case 3:
                review.include(chance.sample(actions, 2))
            case _:
                codes = [group.code for group in review.summary().groups if group.level == "error"]
                if codes:
                    review.fix(chance.choice(codes), "exclude")
        check_sums(review)
    fresh = snapshot(review)
    undone = 0
    while review.undo():
        undone += 1
        check_sums(review)
    assert snapshot(review) == start
    while review.redo():
        undone -= 1
    assert undone == 0
    assert snapshot(review) == fresh
    _duplicates_are_right(review)


def _duplicates_are_right(review: Review) -> None:
    """The same as if the rows had just been loaded: the first row with a key keeps it."""
    seen_keys: set[str] = set()
    query = (
        "SELECT r.number, r.state, r.code, s.keys FROM rows r JOIN source s ON s.number = r.number ORDER BY r.number"
    )
    for _, state, code, keys in review.journal.db.execute(query).fetchall():
        own = set(keys.split("\x1f")) if keys else set()
        if state == "pending":
            assert not own & seen_keys
            seen_keys |= own
        elif code == "duplicate_in_file":
            assert own & seen_keys


def test_the_mapping_of_a_job_is_loaded_from_its_journal(service: WizardService, draft: ImportDraft) -> None:
    prepared(service, draft)
    service.close()
    bare = ImportDraft("x", "env", "http://localhost/api/v0", "acme", job=draft.job)
    reopened = WizardService()
    try:
        assert reopened.open_job(bare)
        assert isinstance(bare.mapping, Mapping)
        assert bare.mapping.mapped == (draft.mapping.mapped if draft.mapping else ())
    finally:
        reopened.close()


def test_a_row_that_contradicts_another_waits_for_a_review_and_can_be_fixed(
    service: WizardService, tmp_path: Path
) -> None:
    path = tmp_path / "shared.csv"
    path.write_text("email,phone\na@x.org,+4740612345\nb@x.org,+4740612345\n")
    review = prepared(service, draft_for(path))
    assert row(review, 2).state is RowState.REVIEW
    assert [(group.level, group.code, group.rows) for group in review.summary().groups][:1] == [
        ("error", "shared_in_file", 1)
    ]
    assert (review.summary().counts.ready, review.summary().counts.problems) == (1, 1)
    review.edit(2, 1, "+4740612346")
    assert (row(review, 2).state, review.summary().counts.ready) == (RowState.PENDING, 2)
    review.undo()
    assert row(review, 2).state is RowState.REVIEW
    review.exclude([1])
    assert (row(review, 1).state, row(review, 2).state) == (RowState.SKIPPED, RowState.PENDING)
    review.include([1])
    assert row(review, 2).state is RowState.REVIEW
    journal = service.finish_review(JobOptions())
    assert journal.counts[RowState.REVIEW] == 1
    assert row(service.review(), 2).state is RowState.REVIEW  # also after the review is opened again
