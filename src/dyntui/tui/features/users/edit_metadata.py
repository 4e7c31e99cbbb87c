"""Edits the whole metadata of a user as JSON, in a dialog or in the external editor.

The user is read, edited, read again, and the changes are shown before they are saved. The edited text stays in the
drafts of the session until it is saved or discarded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.services import editor
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.user_actions import user_target
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.services.metadata import (
    USUAL_LIMIT,
    metadata_changes,
    metadata_of,
    metadata_size,
    metadata_text,
    read_metadata,
)
from dyntui.tui.features.users.edit_profile import read_user, read_user_then
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.shell.action_runner import run_action, run_read_worker

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["edit_metadata"]

_ABOUT = "A JSON object. You see the changes before they are saved."
_ABOUT_DRAFT = "Your earlier changes, which are not saved yet."


def edit_metadata(console: ConsoleApp, user_id: str, opening_key: str, *, use_external_editor: bool) -> None:
    """Read the user and open its metadata. opening_key: the key that was pressed, for the confirmation."""
    read_user_then(console, user_id, lambda user: _MetadataEditor(console, user, opening_key).open(use_external_editor))


class _MetadataEditor:
    """One edit of the metadata of a user, from opening to saving."""

    def __init__(self, console: ConsoleApp, user: Row, opening_key: str) -> None:
        """user: the user as it was when the edit began."""
        self.console = console
        self.user = user
        self.user_id = str(user["id"])
        self.opening_key = opening_key
        self.label = user_target(user).label
        self.original = metadata_text(metadata_of(user))

    @property
    def drafts(self) -> dict[str, str]:
        """Unsaved metadata texts of the session by user id."""
        return self.console.session.drafts

    def open(self, use_external_editor: bool) -> None:
        """Edit the draft of the user, or else its metadata."""
        text = self.drafts.get(self.user_id, self.original)
        if not use_external_editor:
            self._show_dialog(text)
            return
        try:
            with self.console.suspend():
                text = editor.edit(text)
        except SuspendNotSupported:
            self._show_dialog(text)  # there is no terminal for the editor
        except UsageError as error:
            self.console.notify_error(error)
        else:
            problem = _check_metadata(text)
            self._show_dialog(text, problem, submit=not problem)

    def _show_dialog(self, text: str, problem: str = "", *, submit: bool = False) -> None:
        """Show the text for editing. submit: continue with it at once, because it is complete."""
        about = _ABOUT_DRAFT if self.user_id in self.drafts else _ABOUT
        title = f"Metadata of {self.label}"
        dialog = TextDialog(title, about, text, check=_check_metadata, original=self.original, problem=problem)

        def on_close(text: str | None) -> None:
            if dialog.was_left:
                self.drafts.pop(self.user_id, None)

        self.console.open_form(dialog, lambda text: self._on_submit(text, dialog), on_close)
        if submit:
            dialog.call_after_refresh(dialog.submit, text)

    def _on_submit(self, text: str, dialog: TextDialog) -> None:
        """Keep the text as a draft and read the user again, because it may have changed meanwhile."""
        self.drafts[self.user_id] = text

        def on_user(user: Row) -> None:
            if not dialog.was_left:
                self._confirm(user, read_metadata(text), dialog)

        run_read_worker(
            self.console,
            lambda connection: read_user(connection, self.user_id),
            on_user,
            lambda error: dialog.reopen(str(error)),
        )

    def _confirm(self, user: Row, edited: Row, dialog: TextDialog) -> None:
        """Show the changes against the metadata at the server, and save them when they are confirmed."""
        current = metadata_of(user)
        lines = metadata_changes(current, edited)
        if not lines:
            self.drafts.pop(self.user_id, None)
            dialog.finish()
            self.console.notify("No changes to save.")
            return
        if metadata_changes(metadata_of(self.user), current):
            lines.insert(0, "The metadata was changed at the server meanwhile. Saving makes these changes to it:")
        size = metadata_size(edited)
        if size > USUAL_LIMIT:
            lines.append(f"The metadata has {quantity(size, 'byte')}. The server may refuse more than {USUAL_LIMIT:,}.")
        run_action(
            self.console,
            write_action("users.edit"),
            [user_target(user, fields={"metadata": edited})],
            opening_key=self.opening_key,
            summary_lines=lines,
            form=dialog,
            done=lambda results: self._on_results(results, edited),
            reread=True,
        )

    def _on_results(self, results: WriteResults, edited: Row) -> None:
        item = results.items[0]
        if item.outcome is WriteOutcome.DONE:
            self.drafts.pop(self.user_id, None)
            if isinstance(item.reread, dict) and metadata_changes(edited, metadata_of(item.reread)):
                self.console.notify("The saved metadata differs from what was sent. Check it.", "warning")


def _check_metadata(text: str) -> str:
    """Return what is wrong with the edited text; "" for nothing."""
    try:
        read_metadata(text)
    except UsageError as error:
        return error.message
    return ""
