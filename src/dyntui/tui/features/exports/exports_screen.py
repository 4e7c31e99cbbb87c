"""The list of exports, which the server makes: refreshed while one is pending, and downloaded to a new file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on

from dyntui.core.errors import DyntuiError, UsageError, join_sentences
from dyntui.core.text import quantity
from dyntui.core.typed_path import PathRule, to_path
from dyntui.tui.features.exports.actions import EXPORTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.progress import Progressed, progress_callback
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dyntui.api.models import Export
    from dyntui.services.vendor_exports import SavedExport

__all__ = ["ExportsScreen"]


class ExportsScreen(ResourceActionsScreen):
    """The list of exports."""

    BINDINGS = bindings(EXPORTS_ACTIONS, "export")
    REFRESH_INTERVAL_S = 2.0
    """Seconds between refreshes while an export is pending."""

    progress = ""
    """The progress of the download for the footer; "" when there is none."""

    # Pending exports

    @on(ResourceScreen.ViewChanged)
    def _on_rows_changed(self) -> None:
        self.schedule_refresh()

    def needed_interval_s(self) -> float:
        view = self.view
        rows = (view.get(index) for index in range(view.total)) if view is not None else ()
        is_pending = any(row is not None and row.get("status") == "pending" for row in rows)
        return self.REFRESH_INTERVAL_S if is_pending else 0

    def on_screen_resume(self) -> None:
        self.refresh_due()

    def status(self) -> Sequence[Piece]:
        return [(self.progress, ""), *super().status()] if self.progress else super().status()

    # Download

    def download_disabled_reason(self) -> str | None:
        row = self.table.row
        if row is None:
            return "There is no export under the cursor."
        if self.progress:
            return "A download is already running."
        status = row.get("status")
        return None if status == "completed" else f"The export is {status or 'not finished'}."

    def action_download(self) -> None:
        from dyntui.api.models import Export
        from dyntui.services.vendor_exports import download_host, export_file_name

        row, connection = self.table.row, self.console.session.connection
        if row is None or connection is None:
            return
        try:
            export = Export.of(row)
            host = download_host(connection, export)
        except UsageError as error:
            self.console.notify_error(error)
            return

        def on_submit(values: Values) -> None:
            self._download(export, to_path(values["path"]))

        note = f"Downloaded from {host}. The token is not sent."
        field = FormInput(
            "path", "file", str(Path.cwd() / export_file_name(export)), help=note, path=PathRule(is_new=True)
        )
        self.console.ask_then(FormDialog("Download Export", [field], verb="download"), on_submit)

    def _download(self, export: Export, path: Path) -> None:
        from dyntui.services.vendor_exports import download

        connection = self.console.session.connection
        if connection is None:
            return
        self.progress = "downloading"
        self.refresh_status()
        work = partial(download, connection, export.id, path, on_progress=progress_callback(self))
        self.run_worker_then(work, self._on_downloaded, self._on_failed, group="download")

    @on(Progressed)
    def _on_progress(self, message: Progressed) -> None:
        if self.progress:
            total = f" of {message.total:,}" if message.total else ""
            self.progress = f"downloading {message.done:,}{total} bytes"
            self.refresh_status()

    def _on_downloaded(self, saved: SavedExport) -> None:
        self._end_progress()
        self.console.notify(f"Export saved to {saved.path} ({quantity(saved.size, 'byte')})")

    def _on_failed(self, error: DyntuiError) -> None:
        self._end_progress()
        self.console.notify(join_sentences(error.message, error.hint), "error")

    def _end_progress(self) -> None:
        self.progress = ""
        self.refresh_status()
