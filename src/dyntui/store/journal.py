"""The journal of an import job: one SQLite file that records every step before it is done.

A row is `sending` on disk before its request is sent. After a crash the journal thus shows which rows may have been
applied: they become `unknown` until they were looked up at the server.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from dyntui.config.private_files import private_dir
from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.core.text import without_surrogates
from dyntui.store.connection import connect, created, damaged
from dyntui.store.facts import Facts, dump_facts, load_facts
from dyntui.store.journal_types import (
    KEY_SEPARATOR,
    WORK_COLUMNS,
    JournalConflict,
    JournalOutcome,
    WorkRow,
    now_ms,
    numbers_json,
)
from dyntui.store.lock import JobLock
from dyntui.store.states import JobState, RowState

__all__ = [
    "KEY_SEPARATOR",
    "WORK_COLUMNS",
    "Journal",
    "JournalConflict",
    "JournalOutcome",
    "WorkRow",
    "now_ms",
]

_WORK = f"SELECT {WORK_COLUMNS} FROM rows r JOIN source s ON s.number = r.number "
_JOB_COLUMNS = ("id", "kind", "state", "reason", "created_at", "first_send", "total", "facts", "changed_at")
_JOB_TYPES: tuple[type | tuple[type, ...], ...] = (str, str, str, str, int, (int, type(None)), int, str, int)
_JOB = f"SELECT {', '.join(_JOB_COLUMNS)} FROM job"
_REFUSED = ", attempts = max(1, attempts - 1)"
_NEVER_SENT = ", attempts = attempts - 1, first_sent = CASE attempts WHEN 1 THEN NULL ELSE first_sent END"


class Journal:
    """The journal of one job, a context manager. Made by `create`, `open` (exclusive, for work) or `read` (to display).

    Used by one thread at a time.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, lock: JobLock | None) -> None:
        self.path = path
        self.db = db
        self._lock = lock
        self._depth = 0
        self.counts: dict[RowState, int] = {}
        try:
            self.refresh()
        except BaseException:
            db.close()
            raise

    # Open and close

    @classmethod
    def create(cls, path: Path, *, kind: str, facts: Mapping[str, object]) -> Self:
        """Create a draft job without rows. The file must not exist."""
        private_dir(path.parent)
        lock: JobLock | None = None
        at = now_ms()
        try:
            with created(path) as db:
                if os.path.lexists(path):
                    raise UsageError(f"{path} already exists.")
                db.execute(
                    "INSERT INTO job (one, id, kind, state, created_at, changed_at, facts) "
                    "VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (path.stem, kind, JobState.DRAFT, at, at, dump_facts(dict(facts))),
                )
                lock = JobLock(path.with_suffix(".lock"), path.stem)
            return cls(path, connect(path), lock)
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open and lock the job for work. Rows that were `sending` when its last process ended become `unknown`.

        A job that was `running` becomes `paused`. Raises JobBusy when another process works on it.
        """
        _check_exists(path)
        private_dir(path.parent)
        lock = JobLock(path.with_suffix(".lock"), path.stem)
        try:
            db = connect(path)
            journal = cls(path, db, lock)
            try:
                journal._recover()
            except BaseException:
                db.close()
                raise
            return journal
        except BaseException:
            lock.release()
            raise

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open the job for reading, even while another process works on it; only `request_stop` may change it."""
        _check_exists(path)
        return cls(path, connect(path), None)

    def close(self) -> None:
        """Close the file and release the lock."""
        self.db.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recover(self) -> None:
        with self.transaction():
            stranded = self.counts.get(RowState.SENDING, 0)
            if stranded:
                self.db.execute(
                    "UPDATE rows SET state = 'unknown', changed = ?, code = 'interrupted', field = '', "
                    "message = 'The process ended before the response.' WHERE state = 'sending'",
                    (now_ms(),),
                )
                self._shift(RowState.SENDING, RowState.UNKNOWN, stranded)
                self.db.execute("UPDATE batches SET outcome = 'interrupted' WHERE outcome = ''")
            if self.state is JobState.RUNNING:
                self.move(JobState.PAUSED, "the process that ran it ended")

    # Job

    def refresh(self) -> None:
        """Reload the values that another process may have changed."""
        row = self.db.execute(_JOB).fetchone()
        if row is None:
            raise damaged(self.path, "it has no job")
        for name, value, types in zip(_JOB_COLUMNS, row, _JOB_TYPES, strict=True):
            if not isinstance(value, types):
                raise damaged(self.path, f"its {name} has a wrong type")
        self.id: str = row[0]
        self.kind: str = row[1]
        self.reason: str = row[3]
        self.created_at: int = row[4]
        self.first_send: int | None = row[5]
        self.total: int = row[6]
        self.facts: Facts = load_facts(row[7], self.path)
        self.changed_at: int = row[8]
        found = self.db.execute("SELECT state, count(*) FROM rows GROUP BY state").fetchall()
        try:
            self.state = JobState(row[2])
            self.counts = {RowState(state): n for state, n in found}
        except ValueError as error:
            raise damaged(self.path, str(error)) from error

    def move(self, state: JobState, reason: str = "") -> None:
        """Set the state of the job, with a reason."""
        self._require_lock()
        at, reason = now_ms(), without_surrogates(reason)
        finished = at if state.is_over else None
        self.db.execute(
            "UPDATE job SET state = ?, reason = ?, changed_at = ?, finished_at = ?", (state, reason, at, finished)
        )
        self.state, self.reason, self.changed_at = state, reason, at

    def note(self, **facts: object) -> None:
        """Add or replace facts about the job."""
        self._require_lock()
        text = dump_facts({**self.facts, **facts})
        self.db.execute("UPDATE job SET facts = ?", (text,))
        self.facts = load_facts(text, self.path)

    def set_total(self, total: int) -> None:
        """Set the number of rows of the file."""
        self._require_lock()
        self.db.execute("UPDATE job SET total = ?", (total,))
        self.total = total

    @property
    def in_transaction(self) -> bool:
        return bool(self._depth)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all changes of the block, or none. May be nested: only the outermost block commits."""
        if self._depth:
            yield
            return
        self._require_lock()
        before = (dict(self.counts), self.state, self.reason, self.facts, self.total, self.first_send, self.changed_at)
        self.db.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            yield
            self.db.execute("COMMIT")
        except BaseException:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            self.counts, self.state, self.reason, self.facts, self.total, self.first_send, self.changed_at = before
            raise
        finally:
            self._depth = 0

    # Rows

    def work_rows(self, condition: str, values: Sequence[object]) -> list[WorkRow]:
        """Return the rows `r`, with their source `s`, that meet an SQL condition."""
        return [WorkRow._make(row) for row in self.db.execute(f"{_WORK}WHERE {condition}", values)]

    def pending(self, queue: int, after: int, limit: int, upto: int | None = None) -> list[WorkRow]:
        """Return the next rows to send, by number. queue: 0 for bulk requests, 1 for one by one."""
        bound = "" if upto is None else "AND r.number <= ? "
        return self.work_rows(
            f"r.state = 'pending' AND r.lane = ? AND r.number > ? {bound}ORDER BY r.number LIMIT ?",
            (queue, after, *(() if upto is None else (upto,)), limit),
        )

    def pending_of(self, queue: int, numbers: Sequence[int]) -> list[WorkRow]:
        """Return the rows with these numbers that are pending, by number. queue: as in `pending`."""
        return self.work_rows(
            "r.state = 'pending' AND r.lane = ? AND r.number IN (SELECT value FROM json_each(?)) ORDER BY r.number",
            (queue, numbers_json(numbers)),
        )

    def count_pending(self, queue: int) -> int:
        """Return the number of pending rows. queue: as in `pending`."""
        return self._number("SELECT count(*) FROM rows WHERE state = 'pending' AND lane = ?", queue) or 0

    def nth_pending(self, n: int) -> int | None:
        """Return the number of the n-th pending row, counted from 1; None when there are fewer."""
        return self._number("SELECT number FROM rows WHERE state = 'pending' ORDER BY number LIMIT 1 OFFSET ?", n - 1)

    def unknown(self, limit: int, changed_upto: int) -> list[WorkRow]:
        """Return rows that are unknown since `changed_upto` (ms) or before, oldest first."""
        return self.work_rows(
            "r.state = 'unknown' AND r.changed <= ? ORDER BY r.changed, r.number LIMIT ?", (changed_upto, limit)
        )

    def settled_since(self, at: int) -> int:
        """Return the number of rows that were or may have been created since a time (ms)."""
        query = "SELECT count(*) FROM rows WHERE changed >= ? AND state IN ('created', 'sending', 'unknown')"
        return self._number(query, at) or 0

    def oldest_unknown(self) -> int | None:
        """Return since when (ms) the oldest unknown row is unknown; None when there is none."""
        return self._number("SELECT min(changed) FROM rows WHERE state = 'unknown'")

    def _number(self, query: str, *values: object) -> int | None:
        """Return the number that a query finds; None when it finds no row, or NULL."""
        found = self.db.execute(query, values).fetchone()
        return None if found is None or found[0] is None else int(found[0])

    def begin_batch(self, numbers: Sequence[int], operation: str, size: int, *, at: int | None = None) -> int:
        """Mark pending rows as `sending`, and return the number of their batch.

        Their request may be sent when the transaction is committed, not before. size: of the body, in bytes.
        at: the earliest possible time at the server (ms); the time of this machine by default.
        """
        with self.transaction():
            now = now_ms()
            cursor = self.db.execute(
                "INSERT INTO batches (operation, rows, bytes, sent_at) VALUES (?, ?, ?, ?)",
                (operation, len(numbers), size, now),
            )
            batch = cursor.lastrowid
            if batch is None:
                raise JournalConflict("a batch has no id")
            changed = self.db.execute(
                "UPDATE rows SET state = 'sending', attempts = attempts + 1, batch = ?, changed = ?, "
                "first_sent = coalesce(first_sent, ?) WHERE state = 'pending' "
                "AND number IN (SELECT value FROM json_each(?))",
                (batch, now, now if at is None else at, numbers_json(numbers)),
            ).rowcount
            if changed != len(numbers):
                raise JournalConflict(f"{len(numbers)} rows should be sent, but only {changed} of them are pending")
            if self.first_send is None:
                self.db.execute("UPDATE job SET first_send = ?", (now,))
                self.first_send = now
            self._shift(RowState.PENDING, RowState.SENDING, changed)
        return batch

    def end_batch(self, batch: int, outcome: str, status: int = 0, request_id: str = "") -> None:
        """Record the outcome of a batch."""
        self.db.execute(
            "UPDATE batches SET answered_at = ?, outcome = ?, status = ?, request_id = ? WHERE id = ?",
            (now_ms(), outcome, status, request_id, batch),
        )

    def settle(self, before: RowState, outcomes: Sequence[JournalOutcome]) -> None:
        """Move rows from the state `before` to their outcomes. Raises JournalConflict for a row in another state."""
        if not outcomes:
            return
        with self.transaction():
            at = now_ms()
            changed = self.db.executemany(
                "UPDATE rows SET state = ?, changed = ?, user_id = ?, code = ?, field = ?, message = ?, stamp = ? "
                "WHERE number = ? AND state = ?",
                [(o.state, at, *map(without_surrogates, o[2:]), o.number, before) for o in outcomes],
            ).rowcount
            if changed != len(outcomes):
                raise JournalConflict(
                    f"{len(outcomes)} rows should change from {before}, but only {changed} of them have that state"
                )
            for state, n in Counter([outcome.state for outcome in outcomes]).items():
                self._shift(before, state, n)

    def return_to_pending(self, numbers: Sequence[int], *, sent: bool) -> None:
        """Make `sending` rows that the server did not accept pending again.

        sent: whether their request was sent; it then counts as one attempt, also after repeated 429s.
        """
        undo = _REFUSED if sent else _NEVER_SENT
        with self.transaction():
            changed = self.db.execute(
                f"UPDATE rows SET state = 'pending', changed = ?, code = '', field = '', message = ''{undo} "
                "WHERE state = 'sending' AND number IN (SELECT value FROM json_each(?))",
                (now_ms(), numbers_json(numbers)),
            ).rowcount
            if changed != len(numbers):
                raise JournalConflict(
                    f"{len(numbers)} rows should become pending again, but only {changed} of them were being sent"
                )
            self._shift(RowState.SENDING, RowState.PENDING, changed)

    def move_all(self, before: RowState, after: RowState, code: str, message: str) -> int:
        """Move every row of one state to another and return their number."""
        with self.transaction():
            changed = self.db.execute(
                "UPDATE rows SET state = ?, changed = ?, code = ?, message = ? WHERE state = ?",
                (after.value, now_ms(), code, without_surrogates(message), before.value),
            ).rowcount
            self._shift(before, after, changed)
        return changed

    def _shift(self, before: RowState, after: RowState, n: int) -> None:
        self.counts[before] = self.counts.get(before, 0) - n
        self.counts[after] = self.counts.get(after, 0) + n

    def _require_lock(self) -> None:
        if self._lock is None:
            raise JournalConflict(f"job {self.id} was opened for reading only")

    # Requests from other processes

    def request_stop(self, request: str) -> None:
        """Request that the process that works on the job pauses or cancels it. request: `pause` or `cancel`.

        That process checks between requests and while it waits.
        """
        self.db.execute("INSERT INTO requests (at, asked) VALUES (?, ?)", (now_ms(), request))

    def take_stop_request(self) -> str:
        """Return and delete the latest request of another process; "" for none."""
        row = self.db.execute("SELECT id, asked FROM requests ORDER BY id DESC LIMIT 1").fetchone()
        if row is None:
            return ""
        with self.transaction():
            self.db.execute("DELETE FROM requests WHERE id <= ?", (row[0],))
        return str(row[1])


def _check_exists(path: Path) -> None:
    if not path.exists():
        raise UsageError(
            f"There is no job {path.stem}.",
            hint=by_interface("Show all jobs: dyntui jobs list.", "{app.jump}jobs lists all jobs."),
        )
