"""Decide the outcome of a row whose response was lost, from what the server has now; used by recovery."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.services.imports.destination import Destination, FoundRow, is_taken
from dyntui.store.journal import JournalOutcome, WorkRow
from dyntui.store.states import RowState

__all__ = ["UNMATCHED", "resolve_row"]

UNMATCHED = "unmatched"
"""The code of a row that a successful answer does not mention."""

_MOST_ATTEMPTS = 50


def resolve_row(row: WorkRow, found: Sequence[FoundRow], destination: Destination, *, upsert: bool) -> JournalOutcome:
    """Return the outcome of a row from the objects found at the server.

    Created by this job: created. Existed before: exists, or with upsert updated when all values match. Absent:
    pending, to be sent again. Anything that cannot be decided: review.
    """
    number = row.number
    if row.chosen_id and not row.keys:
        return _recovered(row, found[0]) if found else _absent(row)
    if not row.keys:
        return _review(row, "no_key", "The response was lost, and the row has no key to look it up by.")
    own = [one for one in found if one.has_first_key]
    if len(own) > 1:
        return _review(row, "ambiguous", f"Two {destination.noun}s on the server match this row.")
    if not own:
        if found:
            other = found[0].id
            return _review(row, row.code, f"Another {destination.noun} ({other}) has a value of this row.", other)
        return _absent(row)
    one = own[0]
    sent = row.first_sent
    if row.precheck != "exists" and sent is not None:
        if one.created_ms is None and row.precheck != "new":
            return _review(row, "no_creation_time", "It exists, and the server does not say since when.", one.id)
        if one.created_ms is None or _not_before(one.created_ms, sent):
            return _recovered(row, one)
    if not upsert:
        return JournalOutcome(number, RowState.EXISTS, one.id, row.code if is_taken(row.code) else "", "", "")
    touched = one.updated_ms is not None and sent is not None and one.updated_ms >= sent
    if not destination.diff(one.document, row.document):
        state = RowState.UPDATED if touched else RowState.EXISTS
        return JournalOutcome(number, state, one.id, "recovered" if touched else "")
    if touched:
        return _review(row, "changed_since", "It was changed after the row was sent, to other values.", one.id)
    return JournalOutcome(number, RowState.PENDING, "", "not_applied", "", "")


def _not_before(created: int, sent: int) -> bool:
    """Return whether it was created after the row was first sent; some servers give whole seconds only."""
    return created >= (sent if created % 1000 else sent - 999)


def _recovered(row: WorkRow, one: FoundRow) -> JournalOutcome:
    stamp = str(one.document.get("updatedAt") or "")
    return JournalOutcome(row.number, RowState.CREATED, one.id, "recovered", stamp=stamp)


def _absent(row: WorkRow) -> JournalOutcome:
    if is_taken(row.code):
        return _review(row, row.code, "The server says that it exists, but does not find it.")
    if row.code == UNMATCHED and row.attempts > 1:
        return _review(row, UNMATCHED, "The server's responses never mention this row, and it does not exist.")
    if row.attempts >= _MOST_ATTEMPTS:
        return _review(row, "gave_up", f"It was sent {row.attempts} times and does not exist.")
    return JournalOutcome(
        row.number, RowState.PENDING, "", row.code if row.code == UNMATCHED else "not_applied", "", ""
    )


def _review(row: WorkRow, code: str, message: str, found: str = "") -> JournalOutcome:
    return JournalOutcome(row.number, RowState.REVIEW, found, code, "", message)
