"""What the API console keeps of its requests: a history across starts, and responses that are saved to a file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.config.flags import cache_off
from dyntui.config.private_files import new_whole_file
from dyntui.config.request_history import StoredRequest, add_request, stored_requests
from dyntui.core.errors import UsageError
from dyntui.core.redact import redact
from dyntui.core.text import without_surrogates
from dyntui.core.times import now, parse_time
from dyntui.services.api_console import ConsoleRequest, ConsoleResponse, hide_secret_values, without_secrets

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["earlier_requests", "record_request", "save_response"]


def earlier_requests(connection: Connection) -> list[ConsoleResponse]:
    """Return the requests of earlier starts to this environment, the latest last, without their responses."""
    if not _is_stored(connection):
        return []
    operations = connection.client.catalog.operations
    return [
        ConsoleResponse(
            ConsoleRequest(stored.operation, stored.values, stored.body),
            stored.status,
            stored.ms,
            0,
            at=parse_time(stored.at) or now(),
            is_from_history=True,
        )
        for stored in stored_requests(connection.profile)
        if stored.operation in operations
    ]


def record_request(connection: Connection, response: ConsoleResponse) -> None:
    """Store a request for the next start, without its response, secrets, tokens and emails. Writes to the disk."""
    if not _is_stored(connection):
        return
    request = without_secrets(response.request)
    values = {name: value for name, value in request.values.items() if redact(value) == value}
    body = request.body if redact(request.body) == request.body else ""
    at = response.at.isoformat(timespec="milliseconds")
    stored = StoredRequest(request.operation, values, body, response.status, round(response.ms, 1), at)
    try:
        add_request(connection.profile, stored)
    except OSError as error:
        raise UsageError(f"The history of requests cannot be written: {error.strerror}.") from error


def save_response(path: Path, response: ConsoleResponse, *, with_headers: bool = False) -> int:
    """Write a response to a new private file, and return the number of values left out because they may be secrets.

    with_headers: write one JSON object with the request, the status, the headers and the body; else only the body.
    Raises UsageError when the file exists or cannot be written.
    """
    document, hidden = hide_secret_values(response.document)
    if with_headers:
        request = replace(without_secrets(response.request), name="")
        document = {
            "operation": request.operation,
            "values": dict(request.values),
            "at": response.at.isoformat(timespec="milliseconds"),
            "status": response.status,
            "ms": round(response.ms, 1),
            "headers": dict(response.headers),
            "body": document,
        }
    text = document if isinstance(document, str) else json.dumps(document, indent=2, ensure_ascii=False)
    try:
        with new_whole_file(path) as file:
            file.write(without_surrogates(redact(text, people=False)).encode() + b"\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", hint="Choose another folder.") from error
    return hidden


def _is_stored(connection: Connection) -> bool:
    """Return whether requests are stored: not those of the demo, and not without the row cache."""

    return connection.app is None and not cache_off()
