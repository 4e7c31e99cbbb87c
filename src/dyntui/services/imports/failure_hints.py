"""What you can do about rows that were not imported, by error code; shown in the wizard and by `dyntui jobs get`."""

from __future__ import annotations

from dyntui.services.imports.destination import is_taken
from dyntui.services.imports.response_outcome import RETRYABLE_CODES

__all__ = ["failure_hint"]

_BY_CODE = {
    "accepted": "The server does it later, perhaps after an approval. Search for it before you send the row again.",
    "duplicate_in_file": "The first row with the value was sent. Nothing to do, or change one of the rows.",
    "excluded": "Excluded in the review.",
    "cancelled": "The job was canceled before this row. Import the failed-rows file to send it.",
    "conflict": "Two users have values of this row. Compare them, then fix the row or one of the users.",
    "no_key": "The response was lost, and the row has no key to look it up by. Search for the user by name.",
    "no_creation_time": "It exists; the server does not say since when. Nothing to do if that is correct.",
    "ambiguous": "Two users match. Compare them before you send the row again.",
    "changed_since": "The user was changed meanwhile. Compare, then send the row again with upsert if necessary.",
    "gave_up": "The server never stored it. Import the failed-rows file later.",
    "unmatched": "The server's responses never mention it. Search for it, then import the failed-rows file.",
    "undecided": "The server found too many users. Search for it yourself.",
    "exists_before": "It existed before the job. Use upsert to update such users.",
    "phone_needs_region": "Give the country of phone numbers in the mapping, or write them with + and its code.",
    "too_many_cells": "Check the row in the review: a value that contains the delimiter was not quoted.",
    "http_413": "The row alone is too large. Shorten its metadata.",
    "http_422": "The server refused the values. Fix them and send the row again.",
}


def failure_hint(state: str, code: str) -> str:
    """Return one sentence about what to do; "" when the description of the code is enough."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code in RETRYABLE_CODES:
        return "The server was busy. Retry these rows."
    if is_taken(code):
        return "Another user has this value. Compare the two, or use upsert."
    return ""
