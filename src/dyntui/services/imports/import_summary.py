"""How an import ended, for the last step of the wizard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dyntui.services.imports.jobs import JobSummary, find_job, summarize_job
from dyntui.services.imports.reports import default_report_folder
from dyntui.store.job_queries import failure_counts
from dyntui.store.journal import Journal

__all__ = ["ImportSummary", "load_import_summary"]

_IMPORTED = ("created", "updated", "exists", "pending", "sending")
"""States of rows that were imported, or will be."""


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How a job ended."""

    job: JobSummary
    failures: tuple[tuple[str, str, int], ...]
    """Why rows were not imported: (state, code, rows)."""
    folder: str
    files: tuple[str, ...]
    """Names of the report files in `folder`."""
    allowlist: Mapping[str, str]
    """The id and name of the allowlist that entries went to."""


def load_import_summary(job: str) -> ImportSummary:
    """Return how a job ended. Raises UsageError when there is no such job."""
    path = find_job(job)
    with Journal.read(path) as journal:
        failures = tuple(each for each in failure_counts(journal) if each[0] not in _IMPORTED)
        folder = Path(journal.facts.get("report") or default_report_folder(journal))
        allowlist = dict(journal.facts.get("allowlist", {}))
    files = tuple(sorted(each.name for each in folder.iterdir())) if folder.is_dir() else ()
    return ImportSummary(summarize_job(path), failures, str(folder), files, allowlist)
