"""Find out whether a job imports users that nobody could sign in as, and whether that looks like a mistake."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice

from dyntui.core.text import quantity
from dyntui.importer import Mapping
from dyntui.importer.column_inference import looks_like
from dyntui.importer.header_synonyms import synonym_field
from dyntui.importer.invalid_values import IDENTITY_FIELDS
from dyntui.importer.value_paths import find_owner_column
from dyntui.store import job_queries
from dyntui.store.journal import Journal
from dyntui.store.states import RowState

__all__ = ["MissingIdentity", "find_missing_identity"]

_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class MissingIdentity:
    """Users of a job without email, phone number, username, wallet and social account."""

    rows: int
    columns: tuple[str, ...]
    """Unmapped columns that look as if they had one of these."""
    needs_confirmation: bool
    """Whether somebody has to say that this is wanted: columns look so, or it is half of the users or more."""

    @property
    def message(self) -> str:
        """What is missing, in one or two sentences."""
        users = quantity(self.rows, "user")
        text = f"{users} cannot sign in: no email, phone number, username, wallet or social account."
        if not self.columns:
            return text
        return f"{text} These columns look like one, but are not mapped: {', '.join(self.columns)}."

    def facts(self) -> dict[str, object]:
        """Return this as JSON for the plan."""
        return {
            "rows": self.rows,
            "columns": list(self.columns),
            "needs_confirmation": self.needs_confirmation,
            "message": self.message,
        }

    @property
    def advice(self) -> str:
        """What to do about it."""
        column = self.columns[0] if self.columns else "COLUMN"
        return f'Map a column (--map "{column}=email"), or import them so with --allow-no-identity.'


def find_missing_identity(journal: Journal) -> MissingIdentity | None:
    """Return which users of a job have no identity; None when all have one."""
    rows = sum(count.n for count in job_queries.problem_counts(journal) if count.code == "no_identity")
    if journal.kind != "users" or not rows:
        return None
    columns = _identity_columns(journal)
    pending = journal.counts.get(RowState.PENDING, 0)
    return MissingIdentity(rows, columns, bool(columns) or rows * 2 >= pending)


def _identity_columns(journal: Journal) -> tuple[str, ...]:
    mapping = Mapping.from_json(json.dumps(journal.facts["mapping"]))
    columns = mapping.source_columns
    used = {find_owner_column(columns, each.column) for each in mapping.mapped}
    sample = [row.cells[0] for row in islice(job_queries.iterate_rows(journal), _SAMPLE)]
    found: list[str] = []
    for place, column in enumerate(columns):
        if column in used:
            continue
        field = synonym_field(column)[0] or (looks_like([cells[place] for cells in sample]) or ("",))[0]
        if field.partition(".")[0] in IDENTITY_FIELDS:
            found.append(column)
    return tuple(found)
