"""What a person can do about rows that did not get through, by the code they failed with."""

from __future__ import annotations

from dyntui.services.imports.destination import is_taken
from dyntui.services.imports.response_outcome import RETRYABLE_CODES

__all__ = ["failure_hint"]

_BY_CODE = {
    "duplicate_in_file": "The first row with the value was sent. Nothing to do, or tell the rows apart.",
    "excluded": "Left out by hand in the review.",
    "cancelled": "The job was given up before this row. The failed-rows file imports it.",
    "conflict": "Two users have values of this row. Look at both, and mend the row or one of them.",
    "no_key": "The answer was lost and nothing tells whether it is there. Look for the person by name.",
    "no_creation_time": "It is there; the server does not say since when. Nothing to do if that is right.",
    "ambiguous": "Two users match. Look at both before sending the row again.",
    "changed_since": "Somebody changed the user meanwhile. Compare, then send again with upsert if need be.",
    "gave_up": "The server never kept it. Try again later from the failed-rows file.",
    "unmatched": "The server's answers never name it. Look for it, then import the failed-rows file.",
    "undecided": "The server found too many. Look for it by hand.",
    "exists_before": "It was there before the job. Use upsert to change such users.",
    "phone_needs_region": "Give the country of phone numbers in the mapping, or write them with + and its code.",
    "too_many_cells": "Look at the row in the review: a value with a delimiter in it was not quoted.",
    "http_413": "The row alone is too large. Shorten its metadata.",
    "http_422": "The server refused the values. Put them right and send the row again.",
}


def failure_hint(state: str, code: str) -> str:
    """One sentence; "" when the code's own description has to do."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code in RETRYABLE_CODES:
        return "The server was busy. Retry these rows."
    if is_taken(code):
        return "Another user has this value. Compare the two, or use upsert."
    return ""
