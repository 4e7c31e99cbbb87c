"""The exports that the server makes: watched while they are pending, fetched into a file of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import on
from textual.message import Message

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.tui.features.exports.actions import EXPORTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.timer import Timer

__all__ = ["ExportsScreen"]

_EVERY = 2.0


class ExportsScreen(ResourceActionsScreen):
    """While one is pending the list is read again and again."""

    BINDINGS = bindings(EXPORTS_ACTIONS, "export")
    EVERY = _EVERY

    class Step(Message):
        """So much of a file is here."""

        def __init__(self, done: int, total: int | None) -> None:
            super().__init__()
            self.done = done
            self.total = total

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ExportsScreen.Step)

    _timer: Timer | None = None
    progress = ""

    @on(ResourceScreen.ViewChanged)
    def _watch(self) -> None:
        from dyntui.services.vendor_exports import is_pending

        view = self.view
        if view is None or view.loading or self._timer is not None:
            return
        rows = (view.get(index) for index in range(view.total))
        if any(row is not None and is_pending(row) for row in rows):
            self._timer = self.set_timer(self.EVERY, self._again)

    def _again(self) -> None:
        self._timer = None
        if self.view is not None and self.is_active:
            self.view.refresh()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._again()

    def status(self) -> Sequence[Piece]:
        return [(self.progress, ""), *super().status()] if self.progress else super().status()

    def download_disabled_reason(self) -> str | None:
        row = self.table.row
        if row is None:
            return "There is no export under the cursor."
        if self.progress:
            return "A file is being fetched already."
        return None if row.get("status") == "completed" else f"It is {row.get('status') or 'not finished'}."

    def action_download(self) -> None:
        from dyntui.services.vendor_exports import download_host, export_file_name

        row, connection = self.table.row, self.console.session.connection
        if row is None or connection is None:
            return
        try:
            host = download_host(connection, row)
        except UsageError as error:
            self.console.notify_error(error)
            return

        def check(values: Values) -> dict[str, str]:
            path = Path(values["path"]).expanduser()
            if not values["path"].strip() or path.is_dir():
                return {"path": "Give the name of a new file."}
            return {"path": "It exists already, and is not overwritten."} if path.exists() else {}

        def taken(values: Values | None) -> None:
            if values is not None:
                self._fetch(dict(row), Path(values["path"]).expanduser())

        note = f"from {host}; the token does not go there"
        field = FormInput("path", "file", str(Path.cwd() / export_file_name(row)), help=note)
        self.console.ask(FormDialog("Download into a new file", [field], check=check, verb="download"), taken)

    def _fetch(self, row: dict[str, Any], path: Path) -> None:
        from dyntui.services.vendor_exports import download

        connection = self.console.session.connection
        if connection is None:
            return
        self.progress = "downloading"
        self.refresh_status()

        def tell(done: int, total: int | None) -> None:
            self.post_message(self.Step(done, total))

        async def fetch() -> None:
            try:
                saved = await download(connection, str(row["id"]), path, on_progress=tell)
            except DyntuiError as error:
                problem = error
                self.post_message(self.Next(lambda: self._fetched(f"{problem.message} {problem.hint}", bad=True)))
            else:
                self.post_message(self.Next(lambda: self._fetched(f"{saved.size:,} bytes are in {saved.path}.")))

        self.run_worker(fetch(), group="download")

    @on(Step)
    def _step(self, event: Step) -> None:
        if self.progress:
            whole = f" of {event.total:,}" if event.total else ""
            self.progress = f"downloading {event.done:,}{whole} bytes"
            self.refresh_status()

    def _fetched(self, words: str, *, bad: bool = False) -> None:
        self.progress = ""
        self.console.notify(words.strip(), "error" if bad else "information")
        self.refresh_status()
