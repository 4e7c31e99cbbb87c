"""Exports that the server makes: wait for one and download it. The token is never sent to the host of the file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dyntui.config.private_files import new_whole_file
from dyntui.config.urls import is_loopback
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Confirmation, Target

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.download import Progress
    from dyntui.api.models import Export
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection

__all__ = ["SavedExport", "download", "download_host", "export_file_name", "wait_for_export"]

_FIRST_DELAY_S, _MAX_DELAY_S = 0.5, 10.0
_RECORD = RESOURCES["exports"]


@dataclass(frozen=True, slots=True)
class SavedExport:
    path: Path
    size: int
    """In bytes."""
    host: str
    """The host that it was downloaded from."""


def export_file_name(export: Export) -> str:
    """Return a file name from the model and the time of the export."""
    model = "".join(char for char in export.model if char.isalnum()) or "export"
    at = f"-{export.created_at:%Y%m%dT%H%M}" if export.created_at else ""
    return f"dynamic-{model}{at}.csv"


async def wait_for_export(
    client: Client,
    export_id: str,
    *,
    on_change: Callable[[Export], None] | None = None,
    timeout_s: float = 3600.0,
) -> Export:
    """Poll an export until it is finished and return it.

    on_change: called with the export after each request. Raises DyntuiError when it is not finished after `timeout_s`.
    """
    delay = _FIRST_DELAY_S
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                export = await client.exports.get(export_id)
                if on_change is not None:
                    on_change(export)
                if not export.is_pending:
                    return export
                await asyncio.sleep(delay)
                delay = min(_MAX_DELAY_S, delay * 1.5)
    except TimeoutError:
        raise DyntuiError(
            f"The export is not finished after {timeout_s / 60:.0f} minutes.", hint="It continues on the server."
        ) from None


def download_host(connection: Connection, export: Export) -> str:
    """Return the host of the file of a finished export, to show before the download."""
    from dyntui.api.download import host_of

    url = export.download_url
    return host_of(url, loopback=_on_loopback(connection)) if url else _host(connection)


def _host(connection: Connection) -> str:
    return urlsplit(connection.profile.base_url).hostname or ""


def _on_loopback(connection: Connection) -> bool:
    return is_loopback(_host(connection))


async def download(
    connection: Connection, export_id: str, path: Path, *, on_progress: Progress | None = None
) -> SavedExport:
    """Download a finished export into a new private file, and record it in the audit log.

    A server that does not list the URL of the file redirects to it; that URL is fetched without the token. An
    incomplete file is deleted. Raises UsageError when the export is not finished or the file exists.
    """
    from dyntui.api.download import fetch, host_of
    from dyntui.api.errors import Redirected

    export = await connection.client.exports.get(export_id)
    if export.is_pending:
        raise UsageError("The export is not finished.", hint="Wait until its status is completed.")
    if export.is_failed:
        raise UsageError(f"The export failed: {export.error_line}.", hint="Create a new export.")
    url, host = export.download_url, download_host(connection, export)

    async def call(client: Client, target: Target, permit: WritePermit) -> int:
        nonlocal host
        with new_whole_file(path) as stream:
            file_url = url
            if not file_url:
                operation = client.catalog.get("downloadExportById")
                try:
                    response = await client.send(operation, path={"exportId": export_id})
                except Redirected as redirect:
                    if not redirect.location:
                        raise
                    file_url, host = redirect.location, host_of(redirect.location, loopback=_on_loopback(connection))
                else:
                    await asyncio.to_thread(stream.write, response.body)
                    return len(response.body)
            is_own_url = urlsplit(file_url).netloc == urlsplit(connection.profile.base_url).netloc
            found = await fetch(
                file_url,
                stream,
                log=connection.log,
                loopback=_on_loopback(connection),
                app=connection.app if is_own_url else None,
                on_progress=on_progress,
            )
            return found.size

    action = declared_write("exports.download", call)
    results = await connection.write_gate.perform(
        action, [Target(export_id, _RECORD.label_of(export.raw))], Confirmation()
    )
    if results.first_error is not None:
        raise results.first_error
    return SavedExport(path, int(results.items[0].value), host)
