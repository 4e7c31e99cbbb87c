"""Change the metadata of a user as a whole: read first, written here or in one's own editor, read again, shown as a
difference, saved. What was typed stays until it is saved or thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from dyntui.core.errors import UsageError
from dyntui.services import editor
from dyntui.services.actions.user_actions import UPDATE_USER, user_target
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.services.metadata import (
    USUAL_LIMIT,
    metadata_changes,
    metadata_of,
    metadata_size,
    metadata_text,
    read_metadata,
)
from dyntui.tui.features.users.edit_profile import fresh_user
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["edit_metadata"]

_ABOUT = "JSON. Nothing is saved before the difference was shown."
_AGAIN = "What you typed before; it is not saved yet."


def edit_metadata(console: ConsoleApp, user_id: str, key: str, *, own: bool) -> None:
    """Let a person change the metadata of a user. own: in their own editor. key: what they pressed."""
    connection = console.session.connection
    if connection is not None:
        run_read_worker(console, fresh_user(connection, user_id), lambda user: _Editing(console, user, key).begin(own))


class _Editing:
    """One metadata on its way. user: as it was when it was opened."""

    def __init__(self, console: ConsoleApp, user: dict[str, Any], key: str) -> None:
        self.console = console
        self.user = user
        self.key = key
        self.label = user_target(user).label
        self.original = metadata_text(metadata_of(user))

    @property
    def drafts(self) -> dict[str, str]:
        return self.console.session.drafts

    def begin(self, own: bool) -> None:
        text = self.drafts.get(self.user["id"], self.original)
        if not own:
            self._write(text)
            return
        try:
            with self.console.suspend():
                text = editor.edit(text)
        except SuspendNotSupported:
            self._write(text)  # no terminal to hand over
        except UsageError as error:
            self.console.notify_error(error)
        else:
            self._written(text)

    def _written(self, text: str) -> None:
        """The editor has ended; what cannot be used goes on here, with nothing lost."""
        problem = _check(text)
        self._write(text, problem, submit=not problem)

    def _write(self, text: str, problem: str = "", *, submit: bool = False) -> None:
        """Show the text to be written on. submit: it is complete, so go on with it at once."""
        about = _AGAIN if self.user["id"] in self.drafts else _ABOUT
        dialog = TextDialog(
            f"Metadata of {self.label}", about, text, check=_check, original=self.original, problem=problem
        )

        def closed(text: str | None) -> None:
            if dialog.was_left:
                self.drafts.pop(self.user["id"], None)

        self.console.open_form(dialog, lambda text: self._take(text, dialog), closed)
        if submit:
            dialog.call_after_refresh(dialog.submit, text)

    def _take(self, text: str, dialog: TextDialog) -> None:
        self.drafts[self.user["id"]] = text
        connection = self.console.session.connection
        if connection is None:
            dialog.reopen("The environment is not open.")
            return

        def confirm(user: dict[str, Any]) -> None:
            if not dialog.was_left:
                self._confirm(user, read_metadata(text), dialog)

        work = fresh_user(connection, self.user["id"])
        run_read_worker(self.console, work, confirm, lambda error: dialog.reopen(str(error)))

    def _confirm(self, user: dict[str, Any], wanted: dict[str, Any], dialog: TextDialog) -> None:
        there = metadata_of(user)
        lines = metadata_changes(there, wanted)
        if not lines:
            self.drafts.pop(user["id"], None)
            dialog.finish()
            self.console.notify("Nothing is different; nothing was saved.")
            return
        if metadata_changes(metadata_of(self.user), there):
            lines.insert(0, "It was changed meanwhile. This is what saving does to it as it is now:")
        size = metadata_size(wanted)
        if size > USUAL_LIMIT:
            lines.append(f"It is {size:,} bytes; beyond {USUAL_LIMIT:,} the server may refuse it.")
        target = user_target(user, fields={"metadata": wanted})
        run_action(
            self.console,
            UPDATE_USER,
            [target],
            verb="Save",
            opening_key=self.key,
            summary_lines=lines,
            form=dialog,
            done=lambda results: self._saved(results, wanted),
            reread=True,
        )

    def _saved(self, results: WriteResults, wanted: dict[str, Any]) -> None:
        item = results.items[0]
        if item.outcome is WriteOutcome.DONE:
            self.drafts.pop(self.user["id"], None)
            if isinstance(item.reread, dict) and metadata_changes(wanted, metadata_of(item.reread)):
                self.console.notify("The server holds other metadata than was sent: look at it.", "warning")


def _check(text: str) -> str:
    try:
        read_metadata(text)
    except UsageError as error:
        return error.message
    return ""
