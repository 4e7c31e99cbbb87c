"""Step 1 of the wizard: choose the source file from unfinished imports, recent files and folders, or by its path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult

from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.core.typed_path import PathRule, to_path
from dyntui.services.imports.wizard_draft import ImportDraft, list_drafts, load_draft, save_draft, save_pasted_rows
from dyntui.services.imports.wizard_files import (
    SUFFIXES,
    FileEntry,
    FolderListing,
    list_folder,
    recent_files,
    remember_file,
)
from dyntui.tui.features.imports import formatting
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.file_tree import FileTree
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.workers import run_in_thread

if TYPE_CHECKING:
    from dyntui.services.imports.draft_source import FilePreview
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["SourceStep"]

_MAX_DRAFTS = 4
_ABOUT_PASTE = "CSV, TSV or JSON. The first row can contain the column names."


class SourceStep(WizardStep):
    """Choose the source file; opening it shows the next step."""

    NAME = "source"
    BINDINGS = bindings(IMPORTS_ACTIONS, "source")
    OPEN_ACTIONS = {"files": "source.open"}

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._requested_folders: set[str] = set()
        self._opening = ""

    def compose(self) -> ComposeResult:
        yield FileTree()

    @property
    def files(self) -> FileTree:
        return self.query_one(FileTree)

    def on_step_shown(self) -> None:
        if self.draft.path and not self.draft.is_pasted:
            self.files.root = str(Path(self.draft.path).expanduser().absolute().parent)
        self._requested_folders.clear()
        self._load_folder(self.files.root)
        for path in self.files.opened:
            self._load_folder(path)
        profile = self.console.session.profile
        environment = (profile.environment_id, profile.base_url) if profile is not None else ("", "")
        own_id = self.draft.id

        def load() -> tuple[list[ImportDraft], Sequence[FileEntry]]:
            drafts = [draft for draft in list_drafts(*environment) if draft.id != own_id]
            return drafts[:_MAX_DRAFTS], recent_files()

        run_in_thread(self, load, self._on_recent_loaded, group="known", exclusive=True)

    def status(self) -> Sequence[Piece]:
        return [(f"reading {safe(self._opening, 30)}", "warn")] if self._opening else []

    def blocked_reason(self) -> str | None:
        return None if self.draft.path or self.draft.job else "Choose a file first."

    # The list

    def _load_folder(self, path: str) -> None:
        if path not in self._requested_folders:
            self._requested_folders.add(path)
            run_in_thread(self, lambda: list_folder(path), self._on_folder_loaded, group="folders")

    def _on_folder_loaded(self, listing: FolderListing) -> None:
        self.files.folders[listing.path] = listing
        self.files.build()

    def _on_recent_loaded(self, loaded: tuple[list[ImportDraft], Sequence[FileEntry]]) -> None:
        self.files.drafts, self.files.recent = loaded
        self.files.build()

    # Reasons

    def selection_disabled_reason(self) -> str | None:
        node = self.files.current
        return (
            None
            if node is not None and node.kind in ("draft", "file", "folder", "up")
            else "This line cannot be opened."
        )

    def folder_disabled_reason(self) -> str | None:
        node = self.files.current
        return (
            None if node is not None and (node.kind == "folder" or node.depth) else "There is no folder on this line."
        )

    # Actions

    def action_open(self) -> None:
        node = self.files.current
        assert node is not None
        match node.kind:
            case "draft":
                self._open_draft(node.path)
            case "file":
                self.choose_file(node.path)
            case "folder":
                self._set_folder_open(node.path, not node.open)
            case _:
                self._show_folder(node.path)

    def action_expand(self) -> None:
        node = self.files.current
        if node is not None and node.kind == "folder" and not node.open:
            self._set_folder_open(node.path, True)

    def action_collapse(self) -> None:
        node = self.files.current
        assert node is not None
        if node.kind == "folder" and node.open:
            self._set_folder_open(node.path, False)
        elif node.depth:
            self._set_folder_open(str(Path(node.path).parent), False)

    def _set_folder_open(self, path: str, opened: bool) -> None:
        files = self.files
        if opened:
            files.opened.add(path)
            self._load_folder(path)
        else:
            files.opened.discard(path)
        files.build()

    def _show_folder(self, path: str) -> None:
        self._load_folder(path)
        self.files.show_folder(path)

    def action_path(self) -> None:
        typed = "" if self.draft.is_pasted or not self.draft.path else self.draft.path
        text = typed or f"{formatting.short_path(self.files.root)}/"
        field = FormInput("path", "file", text, path=PathRule(suffixes=SUFFIXES, allows_folder=True))
        dialog = FormDialog("File Path", [field], verb="open")
        self.console.ask_then(dialog, lambda values: self.open_path(values["path"]))

    def action_paste(self) -> None:
        self.console.ask_then(TextDialog("Paste Rows", _ABOUT_PASTE, verb="import"), self.choose_pasted_rows)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if "\n" in event.text.strip() or "\r" in event.text.strip():
            self.choose_pasted_rows(event.text)
        elif event.text.strip():
            self.open_path(event.text)

    def open_path(self, typed: str) -> None:
        """Open a file by its typed or pasted path; show a folder."""
        if not typed.strip():
            return
        path = to_path(typed).absolute()
        if path.is_dir():
            self._show_folder(str(path))
        else:
            self.choose_file(str(path))

    # A file

    def choose_file(self, path: str) -> None:
        """Open a file and show the parse step."""
        if path != self.draft.path or self.draft.is_pasted:
            self.draft.set_file(path)
            self.wizard.totals = None
        self._open()

    def _open(self) -> None:
        self._opening = self.draft.name
        self.changed()
        draft = self.copy()
        self.wizard.submit(
            lambda service: service.preview(draft), self._on_preview, self._on_unreadable, latest="preview"
        )

    def choose_pasted_rows(self, text: str) -> None:
        """Use pasted rows as the source file and show the parse step."""
        if not text.strip():
            return
        draft = self.draft
        self.wizard.totals = None
        self._opening = "pasted rows"
        self.changed()

        def save(service: object) -> None:
            save_pasted_rows(draft, text)
            save_draft(draft)

        self.wizard.submit(save, lambda result: self._open())

    def _on_preview(self, preview: FilePreview) -> None:
        self._opening = ""
        self.wizard.preview = preview
        if not self.draft.is_pasted:
            path = self.draft.path
            self.run_worker(lambda: remember_file(path), thread=True, group="known")
        self.wizard.show_step("parse")

    def _on_unreadable(self, error: DyntuiError) -> None:
        from dyntui.importer import UnknownEncoding

        self._opening = ""
        if isinstance(error, UnknownEncoding):
            self.wizard.preview = None
            self.wizard.show_step("parse")
            return
        name = Path(self.draft.path)
        if name.is_dir():
            self._show_folder(str(name))
        else:
            self.console.notify_error(error)
        self.draft.path = ""
        self.changed()

    def _open_draft(self, draft_id: str) -> None:
        from dyntui.tui.features.imports.entry_points import open_draft

        self.wizard.submit(lambda service: load_draft(draft_id), lambda draft: open_draft(self.console, draft))
