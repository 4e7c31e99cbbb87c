"""Whatever is done to a journal, and wherever it is killed: no illegal move, and the sums hold."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.families import examples
from tests.store.state_moves import ROW_MOVES

from dyntui.store import job_queries
from dyntui.store.job_loader import NewRow, load
from dyntui.store.journal import Journal, JournalConflict, JournalOutcome
from dyntui.store.states import OPEN, JobState, RowState

_KEY = st.sampled_from([f"email:{c}" for c in "abcdefgh"])
_LOADED = st.builds(
    lambda keys, state: (tuple(sorted(keys)), state),
    st.sets(_KEY, max_size=2),
    st.sampled_from([RowState.PENDING] * 4 + [RowState.INVALID, RowState.SKIPPED]),
)


class JournalMachine(RuleBasedStateMachine):
    """A model (number -> state) beside the journal; a crash is a copy of the files, as a power cut would leave them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="journal-"))
        self.generation = 0
        self.model: dict[int, RowState] = {}

    @initialize(rows=st.lists(_LOADED, min_size=1, max_size=12))
    def start(self, rows: list[tuple[tuple[str, ...], RowState]]) -> None:
        self.journal = Journal.create(self.folder / "0" / "job.sqlite", kind="users", facts={})
        load(
            self.journal,
            [
                NewRow(n, b"[]", b"{}", keys, "" if keys else f"id-{n}", state)
                for n, (keys, state) in enumerate(rows, 1)
            ],
        )
        used_keys: set[str] = set()
        for number, (keys, state) in enumerate(rows, 1):
            if state is RowState.PENDING and used_keys & set(keys):
                state = RowState.SKIPPED
            elif state is RowState.PENDING:
                used_keys |= set(keys)
            self.model[number] = state
        self.journal.move(JobState.READY)
        self.journal.move(JobState.RUNNING)

    def of(self, state: RowState) -> list[int]:
        return [number for number, now in self.model.items() if now is state]

    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        numbers = data.draw(st.lists(st.sampled_from(sorted(self.model)), unique=True, max_size=5))
        if all(self.model[n] is RowState.PENDING for n in numbers):
            self.journal.begin_batch(numbers, "bulkCreateUser", 2)
            self.model.update(dict.fromkeys(numbers, RowState.SENDING))
        else:
            try:
                self.journal.begin_batch(numbers, "bulkCreateUser", 2)
            except JournalConflict:
                return
            raise AssertionError("a row that is not pending was sent")

    @rule(data=st.data(), before=st.sampled_from([RowState.SENDING, RowState.UNKNOWN, RowState.PENDING]))
    def settle(self, data: st.DataObject, before: RowState) -> None:
        numbers = self.of(before)
        if not numbers:
            return
        number = data.draw(st.sampled_from(numbers))
        after = data.draw(st.sampled_from(sorted(RowState)))
        try:
            self.journal.settle(before, [JournalOutcome(number, after, code="c")])
        except sqlite3.IntegrityError:
            assert after is not before
            assert after not in ROW_MOVES[before]
            return
        assert after is before or after in ROW_MOVES[before]
        self.model[number] = after

    @rule(sent=st.booleans())
    def return_to_pending(self, sent: bool) -> None:
        numbers = self.of(RowState.SENDING)
        self.journal.return_to_pending(numbers, sent=sent)
        self.model.update(dict.fromkeys(numbers, RowState.PENDING))

    @rule()
    def abort(self) -> None:
        """A transaction that fails half way."""
        numbers = self.of(RowState.PENDING)
        try:
            with self.journal.transaction():
                self.journal.begin_batch(numbers, "bulkCreateUser", 2)
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            return

    @rule(closed=st.booleans())
    def kill_and_reopen(self, closed: bool) -> None:
        old = self.journal.path.parent
        self.generation += 1
        new = self.folder / str(self.generation)
        if closed:
            self.journal.close()
        shutil.copytree(old, new)
        if not closed:
            self.journal.close()
        self.journal = Journal.open(new / "job.sqlite")
        for number in self.of(RowState.SENDING):
            self.model[number] = RowState.UNKNOWN
        assert self.journal.state is JobState.PAUSED
        self.journal.move(JobState.RUNNING)

    @invariant()
    def journal_equals_model(self) -> None:
        if not self.model:
            return
        assert {row.number: row.state for row in job_queries.iterate_rows(self.journal)} == self.model
        counts = {state: n for state, n in self.journal.counts.items() if n}
        assert sum(counts.values()) == self.journal.total == len(self.model)
        for state in RowState:
            assert counts.get(state, 0) == len(self.of(state))

    @invariant()
    def every_open_row_can_be_found_by_the_runner(self) -> None:
        if not self.model:
            return
        pending = [row.number for lane in (0, 1) for row in self.journal.pending(lane, 0, 99)]
        unknown = [row.number for row in self.journal.unknown(99, 2**62)]
        assert sorted([*pending, *unknown, *self.of(RowState.SENDING)]) == [
            number for number, state in sorted(self.model.items()) if state in OPEN
        ]

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
        shutil.rmtree(self.folder)


JournalMachine.TestCase.settings = settings(max_examples=examples(25), stateful_step_count=25, deadline=None)
TestJournal = JournalMachine.TestCase
