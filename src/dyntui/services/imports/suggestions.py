"""Apply the values that problems suggest to the cells of a job that is ready, as `--accept-suggestions` does."""

from __future__ import annotations

import json

from dyntui.importer import Mapping, make_mapper
from dyntui.services.imports.wizard_review import Review
from dyntui.store import review_queries
from dyntui.store.journal import Journal
from dyntui.store.states import JobState

__all__ = ["ACCEPTED", "accept_suggestions"]

ACCEPTED = "accepted_suggestions"
"""The fact of the journal with the number of changed rows by problem code."""


def accept_suggestions(journal: Journal) -> dict[str, int]:
    """Change each cell whose problem suggests a value that solves it. Return the number of rows by problem code.

    The job must be ready and not checked against the server yet.
    """
    facts = journal.facts
    mapper = make_mapper(
        Mapping.from_json(json.dumps(facts["mapping"])),
        region=facts.get("region") or None,
        environment_kind=facts["where"]["environment_kind"],
        custom_fields=facts.get("custom_fields") or (),
    )
    journal.move(JobState.DRAFT)
    review = Review(journal, mapper.mapping, mapper)
    codes = [group.code for group in review_queries.groups(journal) if group.level in ("error", "warning")]
    counts = {code: review.fix(code, "suggestion") for code in codes if code != review_queries.DUPLICATE}
    accepted = {code: count for code, count in counts.items() if count}
    journal.note(**{ACCEPTED: accepted})
    journal.move(JobState.READY)
    return accepted
