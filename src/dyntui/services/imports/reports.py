"""The files that a job writes: report (JSON, CSV, HTML), id map, and failed rows in the columns of the source file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dyntui.config.private_files import UnsafeFile, new_whole_file, private_dir, remove_private
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_list
from dyntui.importer import (
    FailedRowsWriter,
    Report,
    SourceInfo,
    failed_rows_suffix,
    write_id_map,
    write_report_csv,
    write_report_html,
    write_report_json,
)
from dyntui.importer import RowOutcome as Reported
from dyntui.services.imports.jobs import JobLocation, load_source_info
from dyntui.store import job_queries
from dyntui.store.journal import Journal
from dyntui.store.states import RowState

__all__ = ["RESULT_STATES", "check_report_folder", "default_report_folder", "result_document", "write_reports"]

RESULT_STATES = (
    RowState.CREATED,
    RowState.UPDATED,
    RowState.EXISTS,
    RowState.FAILED,
    RowState.UNKNOWN,
    RowState.REVIEW,
    RowState.INVALID,
    RowState.SKIPPED,
)
_NAMES = ("report.", "id-map.", "failed-rows.")
_WRITTEN = "reports"


def result_document(journal: Journal, report: Path | None) -> dict[str, Any]:
    """Return the document that a run ends with. Rows that were not sent yet are the difference to total."""
    return {
        "job": journal.id,
        "state": journal.state.value,
        "rows": {state.value: journal.counts.get(state, 0) for state in RESULT_STATES},
        "total": journal.total,
        "report": None if report is None else str(report),
    }


def default_report_folder(journal: Journal) -> Path:
    """Return the folder for reports when none was given: next to the journal."""
    return journal.path.with_suffix("")


def check_report_folder(journal: Journal, folder: Path | None = None) -> None:
    """Raise UsageError when the reports cannot be written to the folder that was chosen. A missing one is created.

    The default folder, next to the journal, is not checked. A report that this job did not write is not overwritten.
    """
    folder = (folder or Path(journal.facts.get("report") or default_report_folder(journal))).absolute()
    if folder == default_report_folder(journal).absolute():
        return
    hint = "Choose another folder for the reports. Nothing was sent."
    try:
        if not folder.exists():
            private_dir(folder)
        for name in set(_report_names(load_source_info(journal))) - set(_written_before(journal, folder)):
            if os.path.lexists(folder / name):
                raise UsageError(f"{folder / name} already exists and is not overwritten.", hint=hint)
        probe = folder / f".dyntui-{journal.id}.tmp"
        with new_whole_file(probe):
            pass
        probe.unlink()
    except UnsafeFile as error:
        raise UsageError(error.message, hint=hint) from error
    except OSError as error:
        raise UsageError(f"Reports cannot be written to {folder}: {error.strerror}.", hint=hint) from error


def write_reports(journal: Journal, folder: Path | None = None) -> Path:
    """Write all reports into `folder` and return it. Only files that this job wrote before are replaced."""
    folder = (folder or Path(journal.facts.get("report") or default_report_folder(journal))).absolute()
    if not folder.exists():
        private_dir(folder)
    for name in _written_before(journal, folder):
        remove_private(folder / name)
    info = load_source_info(journal)
    names = _report_names(info)
    journal.note(report=str(folder), **{_WRITTEN: {**journal.facts.get(_WRITTEN, {}), str(folder): names}})
    report = _report(journal)
    write_report_json(folder / names[0], report)
    write_report_csv(folder / names[1], report)
    write_report_html(folder / names[2], report)
    write_id_map(folder / names[3], report.outcomes())
    with FailedRowsWriter(folder / names[4], info) as writer:
        for row in iter_failed_rows(journal):
            cells, extra = row.cells
            writer.write(row.number, cells, row.code, row.field, row.message, extra)
    return folder


def _written_before(journal: Journal, folder: Path) -> list[str]:
    """Return the names of the reports of this job in a folder: never another file, whatever a damaged journal says."""
    names = as_list(journal.facts.get(_WRITTEN, {}).get(str(folder)))
    return [Path(name).name for name in names if isinstance(name, str) and name.startswith(_NAMES)]


def _report_names(info: SourceInfo) -> list[str]:
    return ["report.json", "report.csv", "report.html", "id-map.csv", f"failed-rows{failed_rows_suffix(info)}"]


def iter_failed_rows(journal: Journal) -> Iterator[job_queries.FullRow]:
    """Iterate over the rows that you can fix and import again, and those that a canceled job did not send."""
    states = {RowState.FAILED, RowState.INVALID, RowState.REVIEW, RowState.SKIPPED}
    for row in job_queries.iterate_rows(journal, states):
        if row.state is not RowState.SKIPPED or row.code == "cancelled":
            yield row


def _report(journal: Journal) -> Report:
    where = JobLocation.of_job(journal.facts)
    problems = {count.code: count.n for count in job_queries.problem_counts(journal) if count.level != "info"}
    for _, code, count in job_queries.failure_counts(journal):
        problems[code] = max(count, problems.get(code, 0))
    requests = sum(count for _, outcome, count in job_queries.traffic(journal) if outcome != "not sent")
    return Report(
        job=journal.id,
        environment=where.profile,
        environment_kind=where.environment_kind,
        source=str(journal.facts["source"].get("name", "")),
        started=_time(journal.first_send or journal.created_at),
        finished=_time(journal.changed_at),
        state=journal.state.value,
        counts={state.value: n for state in RowState if (n := journal.counts.get(state, 0))},
        outcomes=lambda: (Reported._make(row) for row in job_queries.each_outcome(journal)),
        problems=problems,
        facts={"Base URL": where.base_url, "Environment id": where.environment_id, "Requests": f"{requests:,}"},
    )


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
