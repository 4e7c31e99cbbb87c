"""Read recorded deliveries of webhooks from a file: rows of the API, requests as JSON, or an HTTP request as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.core.strict_json import load_json

__all__ = ["parse_deliveries"]

_HEADER = re.compile(r"[!-9;-~]+:.*")
_LISTS = ("items", "data")


def parse_deliveries(content: bytes) -> list[Row]:
    """Return the deliveries in a file as rows with `request`, as the API lists them. Raises UsageError for none.

    The file has messages or deliveries of the API (one, a list, or one a line), or a request with its headers: as
    `{"headers": …, "body": …}` or as text, with an empty line between the headers and the body.
    """
    try:
        rows = [row for document in _documents(content) for row in _rows(document)]
    except ValueError:
        rows = list(_http_requests(content))
    if rows:
        return rows
    raise UsageError(
        "The file has no recorded delivery: a request with its headers and its body.",
        hint="Use the output of `dyntui webhooks messages WEBHOOK --json`, or --signature for a body alone.",
    )


def _documents(content: bytes) -> list[object]:
    """Return the JSON document, or those of each line. Raises ValueError when there are none."""
    try:
        return [load_json(content)]
    except ValueError:
        return [load_json(line) for line in content.splitlines() if line.strip()]


def _rows(document: object) -> list[Row]:
    if isinstance(document, list):
        return [row for each in document for row in _rows(each)]
    found = as_object(document)
    if "request" in found:
        return [found]
    if "headers" in found:
        return [{"request": found}]
    return [row for name in _LISTS for each in as_objects(found.get(name)) for row in _rows(each)]


def _http_requests(content: bytes) -> Iterator[Mapping[str, object]]:
    """Yield the request of a text with headers and body; none when the text before the empty line is no header."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    parts = re.split(r"\r?\n\r?\n", text, maxsplit=1)
    lines = parts[0].splitlines()
    headers = lines[1:] if lines and not _HEADER.fullmatch(lines[0]) else lines  # without the line of the request
    if len(parts) == 2 and headers and all(map(_HEADER.fullmatch, headers)):
        pairs = (line.split(":", 1) for line in headers)
        yield {"request": {"headers": {name: value.strip() for name, value in pairs}, "body": parts[1]}}
