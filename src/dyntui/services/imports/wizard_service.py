"""The slow work of the import wizard on its file and its job, all in one thread; called through `WizardThread`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AbstractMapping
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from dyntui.config.paths import paths
from dyntui.core.errors import StoppedError, UsageError
from dyntui.importer import Mapping, make_mapper, propose_mapping
from dyntui.services.imports.cancel import cancel_job
from dyntui.services.imports.draft_source import DraftSource, FilePreview, FileTotals, in_chunks, raise_if_stopped
from dyntui.services.imports.job_service import (
    assess_job,
    authorize_job,
    job_requirement,
    load_confirmation,
    precheck_job,
)
from dyntui.services.imports.jobs import (
    JobLocation,
    JobSummary,
    check_location,
    find_job,
    list_jobs,
    load_source_info,
    summarize_job,
)
from dyntui.services.imports.mappings import find_mapping
from dyntui.services.imports.precheck import PRECHECKED
from dyntui.services.imports.prepare import delete_journal, prepare_job
from dyntui.services.imports.purge import purge_job
from dyntui.services.imports.reports import write_reports
from dyntui.services.imports.runner import JobOptions
from dyntui.services.imports.wizard_draft import ImportDraft, save_draft, set_decisions
from dyntui.services.imports.wizard_review import Review, copy_exclusions, journal_rows
from dyntui.store import review_log
from dyntui.store import review_queries as rows_of
from dyntui.store.journal import Journal
from dyntui.store.states import JobState

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Confirmation, Requirement, WriteAction
    from dyntui.services.connection import Connection
    from dyntui.services.imports.job_control import JobControl

__all__ = ["WizardService"]

_SAMPLE = 200


class WizardService:
    """The file and the job of one wizard. All methods run in the thread of its `WizardThread`.

    yield_to_input: called between chunks of long work, so that keys are handled first.
    """

    def __init__(self, yield_to_input: Callable[[], None] = lambda: None) -> None:
        self._yield_to_input = yield_to_input
        self._source = DraftSource(yield_to_input)
        self.journal: Journal | None = None
        self._path: Path | None = None
        self._review: Review | None = None

    # The file

    def preview(self, draft: ImportDraft) -> FilePreview:
        """Open the file of the draft and read its first rows. Raises SourceError."""
        self._source.close()
        if not draft.path and self.open_job(draft):
            journal = self.job()
            review_log.begin(journal)
            return FilePreview(load_source_info(journal), tuple(islice(journal_rows(journal), _SAMPLE)))
        source = self._source.open(draft)
        return FilePreview(source.info, source.sample(_SAMPLE))

    def header_candidates(self, draft: ImportDraft) -> dict[int, str]:
        """Return the first records of the file as text by number; one of them may be the header."""
        return self._source.header_candidates(draft)

    def count(self, draft: ImportDraft, on_rows: Callable[[int], None], stop: Event) -> FileTotals:
        """Read the whole file and count rows and problems."""
        if not draft.path and self.open_job(draft):
            return FileTotals(self.job().total, {})
        return self._source.count(draft, on_rows, stop)

    def propose_mapping(
        self, draft: ImportDraft, custom_fields: Sequence[AbstractMapping[str, object]]
    ) -> tuple[Mapping, str]:
        """Return a mapping for the file, and the name of the saved mapping or ""."""
        source = self._source.open(draft)
        if saved := find_mapping(source.info, draft.kind):
            return saved[1], saved[0]
        return propose_mapping(source.info, source.sample(_SAMPLE), custom_fields=custom_fields, kind=draft.kind), ""

    # The job

    def open_job(self, draft: ImportDraft) -> bool:
        """Open the existing job of a draft and return whether there is one. The result of its pre-check is kept."""
        if self.journal is not None and self.journal.id == draft.job:
            return True
        self._close_job()
        path = paths().jobs_dir / f"{draft.job}.sqlite"
        if not draft.job or not path.exists():
            draft.job = ""
            return False
        self.journal, self._path = Journal.open(path), path
        if draft.mapping is None and not draft.path:  # the job was not made by the wizard
            set_decisions(draft, self.journal.facts)
        return True

    def is_prepared(self, draft: ImportDraft) -> bool:
        """Return whether the job has the rows as the draft describes them."""
        journal = self.journal
        return (
            journal is not None
            and draft.mapping is not None
            and journal.facts["mapping"] == json.loads(draft.mapping.to_json())
            and journal.facts.get("region", "") == draft.region
            and self._same_rows(draft)
        )

    def _same_rows(self, draft: ImportDraft) -> bool:
        return (draft.prepared_path, draft.prepared_read_options) == (draft.path, draft.read_options)

    def count_lost_edits(self, draft: ImportDraft) -> int:
        """Return how many changed rows would be lost if the file were read again."""
        if self.journal is None or self._same_rows(draft):
            return 0
        review_log.begin(self.journal)
        return review_log.changed_rows(self.journal)

    def prepare(
        self,
        draft: ImportDraft,
        location: JobLocation,
        options: JobOptions,
        on_rows: Callable[[int], None],
        stop: Event,
    ) -> None:
        """Make the job of the draft.

        When only the mapping changed, the rows and edits of the previous job are used; otherwise the file is read
        again.
        """
        mapping = draft.mapping
        assert mapping is not None
        old = self.journal
        reused = old if self._same_rows(draft) else None

        def read(rows: int) -> None:
            raise_if_stopped(stop)
            on_rows(rows)

        if reused is not None:
            review_log.begin(reused)
            info, rows = load_source_info(reused), journal_rows(reused)
        else:
            source = self._source.open(draft)
            info, rows = source.info, source.rows()
        journal = prepare_job(
            info,
            in_chunks(rows, self._yield_to_input),
            mapping,
            location,
            region=draft.region or None,
            on_rows=read,
            options=options.facts(),
            draft=draft.id,
            **_to(draft),
        )
        journal.move(JobState.DRAFT)
        if reused is not None:
            review_log.copy(reused, journal)
            copy_exclusions(reused, journal)
        draft.job, draft.prepared_path, draft.prepared_read_options = journal.id, draft.path, draft.read_options
        save_draft(draft)
        self._close_job()
        self.journal, self._path = journal, journal.path
        if old is not None:
            delete_journal(old)
        for left in list_jobs():  # left by a process that died before it saved the draft
            if left.draft_id == draft.id and left.id != journal.id and not left.has_begun and not left.is_busy:
                purge_job(find_job(left.id), unfinished=True)

    def review(self) -> Review:
        """Return the review of the rows. It invalidates an earlier pre-check."""
        journal = self.job()
        if self._review is None or self._review.journal is not journal:
            if journal.state is JobState.READY:
                rows_of.uncheck(journal, PRECHECKED)
                journal.move(JobState.DRAFT)
            mapping = Mapping.from_json(json.dumps(journal.facts["mapping"]))
            region, kind = journal.facts.get("region", ""), journal.facts["where"]["environment_kind"]
            self._review = Review(journal, mapping, make_mapper(mapping, region=region or None, environment_kind=kind))
        return self._review

    def finish_review(self, options: JobOptions) -> Journal:
        """Return the job, ready for the pre-check."""
        journal = self.job()
        self._review = None
        if journal.facts.get("options") != options.facts():
            if journal.state is JobState.READY:
                rows_of.uncheck(journal, PRECHECKED)
            journal.note(options=options.facts())
        if journal.state is JobState.DRAFT:
            journal.move(JobState.READY)
        return journal

    def check(
        self, connection: Connection, control: JobControl, on_progress: Callable[[int, int | None], None]
    ) -> None:
        """Compare the rows with the server. Raises StoppedError when a stop was requested."""
        asyncio.run(_check(self.job(), connection, control, on_progress))

    def plan(self) -> tuple[dict[str, object], rows_of.RowCounts]:
        """Return the plan, saved next to the journal, and the counts of the review."""
        from dyntui.services.imports.plan import make_plan, save_plan

        plan = make_plan(self.job())
        save_plan(self.job(), plan)
        return plan, rows_of.sums(self.job())

    def requirement(self, connection: Connection) -> Requirement:
        """Return what has to be confirmed before the job may run."""
        return job_requirement(self.job(), connection, asyncio.run(_assess(self.job(), connection)))

    def release_job(self, connection: Connection, confirmation: Confirmation) -> tuple[Path, WritePermit]:
        """Return the path of the job and the permit to run it, and close the job so that its own thread can open it."""
        journal = self.job()
        permit = authorize_job(journal, connection, confirmation, asyncio.run(_assess(journal, connection)))
        self._close_job()
        self._path = None
        return journal.path, permit

    def resume_job(self, job: str, connection: Connection) -> tuple[Path, WritePermit]:
        """Return the path of a job and the permit to resume it. Raises UsageError when it was never confirmed."""
        path = find_job(job)
        with Journal.open(path) as journal:
            check_location(journal, JobLocation.of(connection.profile))
            confirmation = load_confirmation(journal)
            if confirmation is None:
                raise UsageError(f"Job {job} was never confirmed.", hint="Open the job and confirm its plan.")
            action = asyncio.run(_assess(journal, connection))
            return path, authorize_job(journal, connection, confirmation, action)

    def cancel(self, job: str) -> None:
        """Cancel a job that no process works on."""
        with Journal.open(find_job(job)) as journal:
            cancel_job(journal)
            write_reports(journal)

    def summary(self, job: str) -> JobSummary:
        """Return the current state of a job."""
        return summarize_job(find_job(job))

    def job(self) -> Journal:
        """Return the journal of the draft's job."""
        if self.journal is None:
            if self._path is None:
                raise UsageError("There are no rows yet.", hint="Go back to the mapping and continue from there.")
            self.journal = Journal.open(self._path)
        return self.journal

    def _close_job(self) -> None:
        self._review = None
        if self.journal is not None:
            self.journal.close()
            self.journal = None

    def close(self) -> None:
        """Close the file and the job."""
        self._source.close()
        self._close_job()


def _to(draft: ImportDraft) -> dict[str, object]:
    """Return the allowlist of the draft, to be stored with the job."""
    if draft.kind == "users":
        return {}
    return {"allowlist": {"id": draft.allowlist_id, "name": draft.allowlist_name}}


async def _assess(journal: Journal, connection: Connection) -> WriteAction:
    async with connection.new_client() as client:
        return await assess_job(journal, connection, client)


async def _check(
    journal: Journal, connection: Connection, control: JobControl, on_progress: Callable[[int, int | None], None]
) -> None:
    control.attach()
    async with connection.new_client() as client:
        work = asyncio.ensure_future(precheck_job(journal, client, on_progress))
        control.add_listener(work.cancel)
        if control.stop_requested:
            work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            raise StoppedError("The check was stopped; its results were discarded.") from None
