"""Exports that the server makes: wait for one and download it. The token is never sent to the host of the file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from dyntui.config.private_files import new_whole_file
from dyntui.config.urls import is_loopback
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.resources import RESOURCES
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.resource_actions import read_one
from dyntui.services.actions.write_types import Confirmation, Target

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.download import Progress
    from dyntui.services.connection import Connection

__all__ = ["SavedExport", "download", "download_host", "export_file_name", "is_pending", "wait_for_export"]

_FIRST_DELAY_S, _MAX_DELAY_S = 0.5, 10.0
_RECORD = RESOURCES["exports"]


@dataclass(frozen=True, slots=True)
class SavedExport:
    """A downloaded export."""

    path: Path
    size: int
    """In bytes."""
    host: str
    """The host that it was downloaded from."""


def is_pending(export: Mapping[str, Any]) -> bool:
    """Return whether the export is not finished. An unknown status counts as finished."""
    return export.get("status") == "pending"


def export_file_name(export: Mapping[str, Any]) -> str:
    """Return a file name from the model and the time of the export."""
    model = "".join(char for char in str(export.get("model") or "export") if char.isalnum()) or "export"
    at = "".join(char for char in str(export.get("createdAt") or "")[:16] if char.isalnum())
    return f"dynamic-{model}{f'-{at}' if at else ''}.csv"


async def wait_for_export(
    client: Client,
    export_id: str,
    *,
    on_change: Callable[[dict[str, Any]], None] | None = None,
    timeout_s: float = 3600.0,
) -> dict[str, Any]:
    """Poll an export until it is finished and return it.

    on_change: called with the export after each request. Raises DyntuiError when it is not finished after `timeout_s`.
    """
    delay = _FIRST_DELAY_S
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                export = await read_one(client, _RECORD, export_id)
                if on_change is not None:
                    on_change(export)
                if not is_pending(export):
                    return export
                await asyncio.sleep(delay)
                delay = min(_MAX_DELAY_S, delay * 1.5)
    except TimeoutError:
        raise DyntuiError(
            f"The export is not finished after {timeout_s / 60:.0f} minutes.", hint="It continues on the server."
        ) from None


def download_host(connection: Connection, export: Mapping[str, Any]) -> str:
    """Return the host of the file of a finished export, to show before the download."""
    from dyntui.api.download import host_of

    url = str(export.get("downloadUrl") or "")
    return host_of(url, loopback=_on_loopback(connection)) if url else _host(connection)


def _host(connection: Connection) -> str:
    return urlsplit(connection.profile.base_url).hostname or ""


def _on_loopback(connection: Connection) -> bool:
    return is_loopback(_host(connection))


async def download(
    connection: Connection, export_id: str, path: Path, *, on_progress: Progress | None = None
) -> SavedExport:
    """Download a finished export into a new private file, and record it in the audit log.

    An incomplete file is deleted. Raises UsageError when the export is not finished or the file exists.
    """
    from dyntui.api.download import fetch

    export = await read_one(connection.client, _RECORD, export_id)
    if is_pending(export):
        raise UsageError("The export is not finished.", hint="Wait until its status is completed.")
    if export.get("status") == "failed":
        raise UsageError(f"The export failed: {first_line(export.get('error'))}.", hint="Create a new export.")
    url, host = str(export.get("downloadUrl") or ""), download_host(connection, export)

    async def call(client: Client, target: Target, permit: Any) -> int:
        with new_whole_file(path) as stream:
            if not url:
                return await _through_the_api(client, export_id, stream)
            in_process = connection.app if _is_own(connection, url) else None
            found = await fetch(
                url,
                stream,
                log=connection.log,
                loopback=_on_loopback(connection),
                app=in_process,
                on_progress=on_progress,
            )
            return found.size

    action = declared_write("exports.download", call)
    results = await connection.write_gate.perform(action, [Target(export_id, _RECORD.label_of(export))], Confirmation())
    if results.first_error is not None:
        raise results.first_error
    return SavedExport(path, int(results.items[0].value), host)


def first_line(text: object) -> str:
    """Return the first line of the error of an export, without its stack trace."""
    lines = str(text or "no reason given").splitlines()
    return lines[0].rstrip(".") if lines else ""


def _is_own(connection: Connection, url: str) -> bool:
    return connection.app is not None and urlsplit(url).netloc == urlsplit(connection.profile.base_url).netloc


async def _through_the_api(client: Client, export_id: str, stream: BinaryIO) -> int:
    """Download from the API itself, when the export has no URL."""
    operation = client.catalog.get("downloadExportById")
    answer = await client.send(operation, path={"exportId": export_id})
    await asyncio.to_thread(stream.write, answer.body)
    return len(answer.body)
