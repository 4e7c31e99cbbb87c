"""The journal: legal moves only, sums that hold, and nothing assumed after a crash."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.store.journal_rows import stored_row
from tests.store.state_moves import ROW_MOVES

from dyntui.core.errors import UsageError
from dyntui.store import job_queries
from dyntui.store.connection import JournalUnusable
from dyntui.store.job_loader import NewProblem, NewRow, load
from dyntui.store.journal import Journal, JournalConflict, JournalOutcome
from dyntui.store.lock import JobBusy, is_locked
from dyntui.store.states import JobState, RowState


def new_row(number: int, *keys: str, state: RowState = RowState.PENDING, chosen_id: str = "") -> NewRow:
    body = None if state is RowState.INVALID else b'{"n":%d}' % number
    return NewRow(number, b'["cell %d"]' % number, body, keys, chosen_id, state)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs" / "one.sqlite"


def draft(path: Path, *rows: NewRow, **options: bool) -> Journal:
    journal = Journal.create(path, kind="users", facts={"environment": "e"})
    load(journal, rows, **options)
    return journal


def running(path: Path, count: int = 5) -> Journal:
    journal = draft(path, *(new_row(n, f"email:{n}@x") for n in range(1, count + 1)))
    journal.move(JobState.READY)
    journal.move(JobState.RUNNING)
    return journal


def states(journal: Journal) -> list[str]:
    return [row.state.value for row in job_queries.iterate_rows(journal)]


def test_all_files_of_a_job_are_private(path: Path) -> None:
    with running(path):
        files = sorted(path.parent.iterdir())
        names = {"one.lock", "one.sqlite", "one.sqlite-shm", "one.sqlite-wal"}
        assert {file.name for file in files} == names
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_commits_are_synced(path: Path) -> None:
    with running(path) as journal:
        assert journal.db.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert journal.db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_second_owner_is_refused_with_the_name_of_the_first(path: Path) -> None:
    with running(path):
        assert is_locked(path.with_suffix(".lock"))
        with pytest.raises(JobBusy) as caught:
            Journal.open(path)
        assert str(os.getpid()) in caught.value.message
        assert "jobs pause one" in caught.value.hint
    assert not is_locked(path.with_suffix(".lock"))
    Journal.open(path).close()


def test_rows_in_progress_of_a_killed_owner_are_unknown_and_its_lock_is_free(path: Path) -> None:
    running(path).close()
    code = (
        "import sys, os, signal, pathlib; from dyntui.store.journal import Journal; "
        "from dyntui.store.states import JobState; "
        "j = Journal.open(pathlib.Path(sys.argv[1])); j.move(JobState.RUNNING); "
        "j.begin_batch([1, 2], 'bulkCreateUser', 10); os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert died.returncode == -9
    with Journal.open(path) as journal:
        assert journal.state is JobState.PAUSED
        assert states(journal) == ["unknown", "unknown", "pending", "pending", "pending"]
        assert journal.counts[RowState.UNKNOWN] == 2
        assert job_queries.traffic(journal) == [("bulkCreateUser", "interrupted", 1)]
        row = stored_row(journal, 1)
        assert row is not None
        assert (row.attempts, row.code) == (1, "interrupted")
        assert row.first_sent == journal.first_send


def test_a_read_only_journal_shows_committed_rows_and_changes_none(path: Path) -> None:
    with running(path) as journal, Journal.read(path) as look:
        journal.begin_batch([1], "bulkCreateUser", 1)
        look.refresh()
        assert look.counts[RowState.SENDING] == 1
        with pytest.raises(JournalConflict):
            look.begin_batch([2], "bulkCreateUser", 1)
        with pytest.raises(JournalConflict):
            look.move(JobState.DONE)


def test_the_last_request_of_other_processes_is_read_one_time(path: Path) -> None:
    with running(path) as journal, Journal.read(path) as look:
        assert journal.take_stop_request() == ""
        look.request_stop("pause")
        look.request_stop("cancel")
        assert journal.take_stop_request() == "cancel"
        assert journal.take_stop_request() == ""


def test_a_batch_takes_pending_rows_only(path: Path) -> None:
    with running(path) as journal:
        journal.begin_batch([1, 2], "bulkCreateUser", 1)
        with pytest.raises(JournalConflict):
            journal.begin_batch([2, 3], "bulkCreateUser", 1)
        assert states(journal) == ["sending", "sending", "pending", "pending", "pending"]
        assert journal.counts[RowState.SENDING] == 2


def test_rows_that_were_not_sent_lose_the_attempt_and_refused_rows_keep_it(path: Path) -> None:
    with running(path) as journal:
        journal.begin_batch([1, 2], "bulkCreateUser", 1)
        journal.return_to_pending([1], sent=False)
        journal.return_to_pending([2], sent=True)
        first, second = stored_row(journal, 1), stored_row(journal, 2)
        assert first is not None
        assert second is not None
        assert (first.attempts, first.first_sent) == (0, None)
        assert second.attempts == 1
        assert second.first_sent is not None
        for _ in range(100):
            journal.begin_batch([2], "bulkCreateUser", 1)
            journal.return_to_pending([2], sent=True)
        second = stored_row(journal, 2)
        assert second is not None
        assert second.attempts == 1, "it was refused before any work, however often"


def test_a_failed_transaction_changes_no_rows_counts_or_state(path: Path) -> None:
    with running(path) as journal:
        with pytest.raises(ZeroDivisionError), journal.transaction():
            journal.begin_batch([1], "bulkCreateUser", 1)
            journal.move(JobState.PAUSED, "x")
            raise ZeroDivisionError
        assert states(journal) == ["pending"] * 5
        assert journal.counts[RowState.PENDING] == 5
        assert (journal.state, journal.reason, journal.first_send) == (JobState.RUNNING, "", None)


@pytest.mark.parametrize("before", list(RowState))
@pytest.mark.parametrize("after", list(RowState))
def test_triggers_of_the_file_refuse_every_other_transition(path: Path, before: RowState, after: RowState) -> None:
    with draft(path, new_row(1)) as journal:
        (trigger,) = journal.db.execute("SELECT sql FROM sqlite_master WHERE name = 'row_moves'").fetchone()
        journal.db.execute("DROP TRIGGER row_moves")
        journal.db.execute("UPDATE rows SET state = ?", (before.value,))
    with sqlite3.connect(path) as db:
        db.execute(trigger)
        legal = after is before or after in ROW_MOVES[before]
        try:
            db.execute("UPDATE rows SET state = ?", (after.value,))
            moved = True
        except sqlite3.IntegrityError:
            moved = False
    assert moved is legal


def test_a_finished_job_cannot_run_again(path: Path) -> None:
    with running(path) as journal:
        journal.move(JobState.DONE)
        with pytest.raises(sqlite3.IntegrityError):
            journal.move(JobState.RUNNING)
        assert journal.state is JobState.DONE


def test_a_key_belongs_to_the_first_row_that_has_it(path: Path) -> None:
    rows = (
        new_row(1, "email:a", "username:u"),
        new_row(2, "email:b", "username:u"),
        new_row(3, "email:b"),
        new_row(4, "email:a", "username:z"),
        new_row(5, "username:z"),
    )
    with draft(path, *rows) as journal:
        # 2 shares its username with 1; 3 shares its email with 2 only, which is not sent; so with 4 and 5.
        assert states(journal) == ["pending", "review", "pending", "skipped", "pending"]
        second = stored_row(journal, 2)
        assert second is not None
        assert second.code == "shared_in_file"
        assert second.message.startswith("Row 1 has the same username, but another email.")
        assert journal.counts == {RowState.PENDING: 3, RowState.SKIPPED: 1, RowState.REVIEW: 1}


def test_duplicates_may_be_allowed(path: Path) -> None:
    with draft(path, new_row(1, "email:a"), new_row(2, "email:a"), allow_duplicates=True) as journal:
        assert states(journal) == ["pending", "pending"]


def test_an_invalid_row_reserves_no_key(path: Path) -> None:
    with draft(path, new_row(1, "email:a", state=RowState.INVALID), new_row(2, "email:a")) as journal:
        assert states(journal) == ["invalid", "pending"]


def test_an_incomplete_source_file_leaves_an_empty_draft(path: Path) -> None:
    def rows() -> object:
        yield new_row(1)
        raise OSError("the file changed while it was read")

    journal = Journal.create(path, kind="users", facts={})
    with journal, pytest.raises(OSError, match="changed"):
        load(journal, rows())  # type: ignore[arg-type]  # a generator of rows that fails on purpose
    with Journal.open(path) as reopened:
        assert (reopened.total, states(reopened), reopened.counts) == (0, [], {})


def test_problems_are_counted_by_code_and_information_is_not_stored(path: Path) -> None:
    problems = (NewProblem("error", "bad", "email", "no"), NewProblem("info", "lowered", "email", "ok"))
    with draft(path, *(new_row(n)._replace(problems=problems) for n in (1, 2))) as journal:
        assert [tuple(c) for c in job_queries.problem_counts(journal)] == [("error", "bad", 2), ("info", "lowered", 2)]
        assert [p.code for p in job_queries.problems_of(journal, 1)] == ["bad"]


def test_windows_cover_all_rows_by_number_and_state(path: Path) -> None:
    with running(path, 1203) as journal:
        journal.begin_batch(range(1, 1200, 2), "bulkCreateUser", 1)
        assert [row.number for row in job_queries.iterate_rows(journal)] == list(range(1, 1204))
        assert [r.number for r in job_queries.iterate_rows(journal, {RowState.SENDING})] == list(range(1, 1200, 2))
        assert [row.number for row in journal.pending(0, 100, 3)] == [102, 104, 106]
        assert [row.number for row in journal.pending(0, 100, 3, upto=104)] == [102, 104]
        assert journal.nth_pending(2) == 4
        assert journal.nth_pending(5000) is None


def test_send_queues_are_separate(path: Path) -> None:
    with draft(path, new_row(1, "email:a"), new_row(2, chosen_id="some-id")) as journal:
        assert [row.number for row in journal.pending(0, 0, 9)] == [1]
        assert [(row.number, row.chosen_id) for row in journal.pending(1, 0, 9)] == [(2, "some-id")]


def test_unknown_rows_are_returned_after_the_settle_time(path: Path) -> None:
    with running(path) as journal:
        journal.begin_batch([1, 2], "bulkCreateUser", 1)
        journal.settle(RowState.SENDING, [JournalOutcome(1, RowState.UNKNOWN), JournalOutcome(2, RowState.UNKNOWN)])
        oldest = journal.oldest_unknown()
        assert oldest is not None
        assert journal.unknown(9, oldest - 1) == []
        assert [row.number for row in journal.unknown(9, oldest + 1000)] == [1, 2]


def test_outcomes_for_rows_in_another_state_are_refused(path: Path) -> None:
    with running(path) as journal:
        journal.begin_batch([1], "bulkCreateUser", 1)
        with pytest.raises(JournalConflict):
            journal.settle(RowState.SENDING, [JournalOutcome(1, RowState.CREATED), JournalOutcome(2, RowState.CREATED)])
        assert states(journal)[:2] == ["sending", "pending"]


DIES = """
import os, sqlite3, sys
from pathlib import Path
from dyntui.store import connection, journal
class Dies(connection._Connection):
    def execute(self, *said):
        if said[0].startswith(sys.argv[2]):
            os._exit(9)
        return super().execute(*said)
    def close(self):
        os._exit(9)
connection._Connection = Dies
journal.Journal.create(Path(sys.argv[1]), kind="users", facts={})
"""


@pytest.mark.parametrize("at", ["PRAGMA journal_mode", "INSERT INTO job", "never"])
def test_a_partly_created_journal_is_ignored_and_the_next_one_is_created(path: Path, at: str) -> None:
    assert subprocess.run([sys.executable, "-c", DIES, str(path), at]).returncode == 9
    assert [file for file in path.parent.iterdir() if not file.name.startswith(("making", "one.lock"))] == []
    with draft(path, new_row(1)) as journal:
        assert states(journal) == ["pending"]
    assert not [file.name for file in path.parent.iterdir() if file.name.startswith("making")]


def test_files_that_are_no_journal_or_of_a_newer_version_are_refused(path: Path, tmp_path: Path) -> None:
    running(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalUnusable, match="newer"):
        Journal.open(path)
    other = path.with_name("other.sqlite")
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    with pytest.raises(JournalUnusable, match="not the journal"):
        Journal.read(other)
    noise = path.with_name("noise.sqlite")
    noise.write_bytes(b"not a database at all" * 500)
    with pytest.raises(JournalUnusable):
        Journal.open(noise)
    with pytest.raises(UsageError, match="no job"):
        Journal.read(path.with_name("none.sqlite"))
    assert not is_locked(noise.with_suffix(".lock"))
