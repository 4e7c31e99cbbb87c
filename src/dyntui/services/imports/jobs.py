"""Jobs as files: create, list, find by id, and check that a job belongs to the current environment."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.config.paths import paths
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.interface import by_interface
from dyntui.core.json_types import as_object, as_text
from dyntui.core.times import now
from dyntui.store.connection import damaged
from dyntui.store.journal import Journal
from dyntui.store.lock import is_locked
from dyntui.store.states import OPEN, JobState, RowState
from dyntui.store.undo_journal import UndoState, undo_counts

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.config.profile import Profile
    from dyntui.importer.source_types import SourceInfo

__all__ = [
    "JobLocation",
    "JobSummary",
    "check_location",
    "find_job",
    "list_jobs",
    "load_organization_id",
    "load_source_info",
    "new_job",
    "plan_file",
    "summarize_job",
]

_BAD = frozenset({RowState.FAILED, RowState.INVALID, RowState.REVIEW})


@dataclass(frozen=True, slots=True)
class JobLocation:
    """The environment that a job belongs to."""

    profile: str
    base_url: str
    environment_id: str
    environment_kind: str
    organization_id: str = ""
    """The id of the organization; "" when the token may not read it."""

    @classmethod
    def of(cls, profile: Profile, organization_id: str = "") -> JobLocation:
        return cls(profile.name, profile.base_url, profile.environment_id, profile.kind, organization_id)

    @classmethod
    def of_job(cls, facts: Mapping[str, object]) -> JobLocation:
        place = as_object(facts["where"])
        return cls(
            as_text(place["profile"]),
            as_text(place["base_url"]),
            as_text(place["environment_id"]),
            as_text(place["environment_kind"]),
            as_text(place.get("organization", place.get("organisation"))),  # the older spelling
        )


@dataclass(frozen=True, slots=True)
class JobSummary:
    """A job as a row of the list of jobs."""

    id: str
    kind: str = ""
    state: JobState | None = None
    reason: str = ""
    created_at: int = 0
    total: int = 0
    counts: Mapping[RowState, int] | None = None
    source: str = ""
    location: JobLocation | None = None
    is_busy: bool = False
    """Whether a process works on the job now."""
    problem: str = ""
    """Why the journal cannot be read; "" when it can."""
    draft_id: str = ""
    """The id of the import draft that the job was made for."""
    undone_rows: int = 0
    """How many created rows an undo has deleted."""

    @property
    def created_rows(self) -> int:
        """Rows whose object still exists, as far as this machine knows."""
        return (self.counts or {}).get(RowState.CREATED, 0) - self.undone_rows

    @property
    def is_abandoned(self) -> bool:
        """Whether the process died while it read the file, so that the job is empty."""
        return self.state is JobState.DRAFT and not self.total and not self.is_busy

    @property
    def is_over(self) -> bool:
        return self.state is not None and self.state.is_over

    @property
    def has_begun(self) -> bool:
        """Whether the job may have sent something."""
        return self.state not in (JobState.DRAFT, JobState.READY)

    @property
    def open_rows(self) -> int:
        """Rows that are not final."""
        return sum(n for state, n in (self.counts or {}).items() if state in OPEN)

    @property
    def failed_rows(self) -> int:
        """Rows that were not imported."""
        return sum(n for state, n in (self.counts or {}).items() if state in _BAD)


def new_job(kind: str, location: JobLocation, **facts: object) -> Journal:
    """Create an empty, locked draft job."""
    name = f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    place = {
        "profile": location.profile,
        "base_url": location.base_url,
        "environment_id": location.environment_id,
        "environment_kind": location.environment_kind,
        "organization": location.organization_id,
    }
    return Journal.create(paths().jobs_dir / f"{name}.sqlite", kind=kind, facts={"where": place, **facts})


def journal_files() -> list[Path]:
    """Return the journals, newest first."""
    return sorted(paths().jobs_dir.glob("*.sqlite"), reverse=True)


def find_job(name: str) -> Path:
    """Return the journal of a job by its id, the start of the id, or the path of its plan. `last` is the newest job.

    Raises UsageError when no job or several jobs match.
    """
    files = journal_files()
    if name == "last":
        if files:
            return files[0]
        raise UsageError(
            "There is no job yet.",
            hint=by_interface("Create one with `dyntui import FILE`.", "Press {app.import} to import a file."),
        )
    if name.endswith(".plan.json"):
        name = Path(name).name.removesuffix(".plan.json")
    found = [path for path in files if path.stem == name] or [path for path in files if path.stem.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{len(found)} jobs start with {name}.",
            hint=f"Type more of it: {', '.join(p.stem for p in found[:4])}.",
        )
    raise UsageError(
        f"There is no job {name}.",
        hint=by_interface(
            "List all jobs with `dyntui jobs list`; `last` is the newest.", "{app.jump}jobs lists all jobs."
        ),
    )


def list_jobs() -> Iterator[JobSummary]:
    """Iterate over all jobs, newest first. One that cannot be read is listed with the reason."""
    for path in journal_files():
        yield summarize_job(path)


def summarize_job(path: Path) -> JobSummary:
    """Return the current state of a job, also while another process works on it."""
    busy = False
    try:
        busy = is_locked(path.with_suffix(".lock"))
        with Journal.read(path) as journal:
            state = journal.state
            if state is JobState.RUNNING and not busy:
                state = JobState.PAUSED  # its process died; the next start says so in the file
            return JobSummary(
                id=journal.id,
                kind=journal.kind,
                state=state,
                reason=journal.reason or ("the process that ran it ended" if state is not journal.state else ""),
                created_at=journal.created_at,
                total=journal.total,
                counts={row: n for row, n in journal.counts.items() if n},
                source=str(journal.facts.get("source", {}).get("name", "")),
                location=JobLocation.of_job(journal.facts),
                is_busy=busy,
                draft_id=str(journal.facts.get("draft", "")),
                undone_rows=undo_counts(journal).get(UndoState.DELETED, 0),
            )
    except DyntuiError as error:
        return JobSummary(path.stem, problem=str(error), is_busy=busy)
    except OSError as error:
        return JobSummary(path.stem, problem=f"{path.name} cannot be read: {error.strerror}.", is_busy=busy)


def load_source_info(journal: Journal) -> SourceInfo:
    """Return how the file of a job was read. Raises JournalUnusable when the journal does not say it completely."""
    from dyntui.importer.source_types import SourceInfo

    try:
        return SourceInfo.from_json(json.dumps(journal.facts["source"]))
    except TypeError as error:
        raise damaged(journal.path, "it does not say how its file was read") from error


def check_location(journal: Journal, current: JobLocation) -> None:
    """Raise UsageError when the job belongs to another environment, base URL or organization than the current one."""
    own = JobLocation.of_job(journal.facts)
    differs = [
        (name, mine, theirs)
        for name, mine, theirs in (
            ("environment", own.environment_id, current.environment_id),
            ("base URL", own.base_url, current.base_url),
            ("organization", own.organization_id, current.organization_id),
        )
        if mine != theirs and not (name == "organization" and not (mine and theirs))
    ]
    if differs:
        name, mine, theirs = differs[0]
        raise UsageError(
            f"Job {journal.id} belongs to the {name} {mine}, not to {theirs}.",
            hint=f"Use the profile {own.profile}, or another profile of that environment.",
        )


def plan_file(journal: Journal) -> Path:
    """Return the path of the job's plan."""
    return journal.path.with_name(f"{journal.id}.plan.json")


async def load_organization_id(client: Client) -> str:
    """Return the id of the only organization that the token can read; "" when there is none or several."""
    from dyntui.api.errors import ApiError
    from dyntui.services.imports.server_reader import with_retries

    try:
        page = await with_retries(client, lambda: client.page("getOrganizationsForMember", "organizations"))
    except ApiError:
        return ""
    return str(page.rows[0].get("id", "")) if len(page.rows) == 1 else ""
