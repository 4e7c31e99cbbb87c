"""Import drafts: the decisions made in the wizard, stored in a private file so that leaving the wizard loses nothing.

A draft is deleted when its job starts; from then on the journal has all decisions.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, read_private, remove_private
from dyntui.core.errors import UsageError
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_object, as_text
from dyntui.core.strict_json import parse_json
from dyntui.core.times import now, now_iso
from dyntui.core.validation import validate
from dyntui.importer.fields import MappingKind
from dyntui.importer.mapping import Mapping, check_names

if TYPE_CHECKING:
    from dyntui.config.profile import Profile
    from dyntui.services.imports.jobs import JobSummary

__all__ = [
    "ImportDraft",
    "ReadOptions",
    "draft_for",
    "list_drafts",
    "load_draft",
    "new_draft",
    "remove_draft",
    "save_draft",
    "save_pasted_rows",
    "set_decisions",
]

_LIMIT = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read the file; None means detect. delimiter "" is a single column, header_row 0 means no header."""

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    records: str | None = None


@dataclass(slots=True)
class ImportDraft:
    """An import that has not started."""

    id: str
    environment_id: str
    base_url: str
    profile: str
    kind: MappingKind = "users"
    path: str = ""
    is_pasted: bool = False
    """Whether the file is our own copy of pasted text."""
    read_options: ReadOptions = field(default_factory=ReadOptions)
    prepared_path: str = ""
    """The file that the rows of `job` were read from."""
    prepared_read_options: ReadOptions | None = None
    """How the rows of `job` were read."""
    mapping: Mapping | None = None
    region: str = ""
    upsert: bool = False
    step: str = "source"
    job: str = ""
    """The id of the journal with the rows, after they were prepared."""
    note: str = ""
    """The current step, as text for lists."""
    changed_at: str = ""
    source_name: str = ""
    allowlist_id: str = ""
    allowlist_name: str = ""

    @property
    def name(self) -> str:
        """The name of the file for people."""
        return "pasted rows" if self.is_pasted else Path(self.path).name or self.source_name

    def set_file(self, path: str, *, is_pasted: bool = False) -> None:
        """Use another file and reset the decisions that were made for the one before."""
        self.path, self.is_pasted = path, is_pasted
        self.read_options = ReadOptions()
        self.mapping = None


def new_draft(profile: Profile, kind: MappingKind = "users") -> ImportDraft:
    """Create an empty draft for an environment; it is not saved yet."""
    return ImportDraft(
        f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}", profile.environment_id, profile.base_url, profile.name, kind
    )


def _file(draft_id: str) -> Path:
    return paths().drafts_dir / f"{draft_id}.json"


def _data_file(draft_id: str) -> Path:
    return paths().drafts_dir / f"{draft_id}.rows"


def save_draft(draft: ImportDraft) -> None:
    """Write the draft to its file atomically."""
    draft.changed_at = now_iso()
    values = {"dyntui": "draft", **asdict(draft)}
    atomic_write(_file(draft.id), json.dumps(values, ensure_ascii=False).encode())


_OLD_KEYS = {
    "pasted": "is_pasted",
    "read_path": "prepared_path",
    "reading": "read_options",
    "read_as": "prepared_read_options",
}
"""Keys of drafts of older versions, which have a mapping as in its file and the hints of the columns in `hints`."""


def load_draft(draft_id: str) -> ImportDraft:
    """Load a draft. Raises UsageError when it cannot be read."""
    hint = f"Delete {_file(draft_id)} and start again."
    try:
        values = parse_json(read_private(_file(draft_id), _LIMIT))
    except FileNotFoundError as error:
        raise UsageError(f"There is no draft {draft_id}.", hint="Start a new import.") from error
    except ValueError as error:
        raise UsageError(f"The draft {draft_id} cannot be read ({error}).", hint=hint) from error
    check_version(values, _file(draft_id), hint="Open it with that version of dyntui. It was not changed.")
    values = {_OLD_KEYS.get(key, key): value for key, value in as_object(values).items()}
    name = f"The draft {draft_id}"
    if "hints" in values and values.get("mapping") is not None:
        hints, mapping = as_object(values["hints"]), Mapping.from_json(json.dumps(values["mapping"]), name=name)
        columns = (replace(each, hint=as_text(hints.get(each.column))) for each in mapping.columns)
        values["mapping"] = replace(mapping, columns=tuple(columns))
    draft = validate(ImportDraft, values, name=name, hint=hint)
    if draft.mapping is not None:
        check_names(draft.mapping, name)
    return draft


def list_drafts(environment_id: str = "", base_url: str = "") -> Iterator[ImportDraft]:
    """Iterate over drafts, the most recently changed first; optionally only those of one environment.

    A draft that cannot be read is left out; `load_draft` says why.
    """
    found: list[ImportDraft] = []
    for path in paths().drafts_dir.glob("*.json"):
        try:
            draft = load_draft(path.stem)
        except UsageError:
            continue
        if not environment_id or (draft.environment_id, draft.base_url) == (environment_id, base_url):
            found.append(draft)
    yield from sorted(found, key=lambda draft: draft.changed_at, reverse=True)


def draft_for(job: JobSummary) -> ImportDraft:
    """Create a draft for a job that has none; the decisions are in its journal."""
    assert job.location is not None
    where = job.location
    return ImportDraft(
        job.id,
        where.environment_id,
        where.base_url,
        where.profile,
        cast("MappingKind", job.kind),
        job=job.id,
        prepared_read_options=ReadOptions(),
        source_name=job.source,
    )


def set_decisions(draft: ImportDraft, facts: AbstractMapping[str, Any]) -> None:
    """Set the decisions of a draft to those in the facts of its job."""
    draft.mapping = Mapping.from_json(json.dumps(facts["mapping"]))
    draft.region = facts.get("region", "")
    draft.upsert = bool(facts.get("options", {}).get("upsert"))
    draft.allowlist_id = str(facts.get("allowlist", {}).get("id", ""))
    draft.allowlist_name = str(facts.get("allowlist", {}).get("name", ""))


def remove_draft(draft: ImportDraft) -> None:
    """Delete a draft and the rows that were pasted for it."""
    for path in (_file(draft.id), _data_file(draft.id)):
        if path.parent.exists():
            remove_private(path)


def save_pasted_rows(draft: ImportDraft, text: str) -> None:
    path = _data_file(draft.id)
    atomic_write(path, text.encode("utf-8", "replace"))
    draft.set_file(str(path), is_pasted=True)
