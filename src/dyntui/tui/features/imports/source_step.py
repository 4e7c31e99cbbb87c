"""Step 1: which file. Imports to go on with, recent files, and the folders, in one list; or a path that is typed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.services.imports.wizard_draft import ImportDraft, list_drafts, load_draft, save_draft, save_pasted_rows
from dyntui.services.imports.wizard_files import (
    FileEntry,
    FolderListing,
    effective_path,
    list_folder,
    recent_files,
    remember_file,
    split_typed_path,
)
from dyntui.tui.features.imports import formatting
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.file_tree import FileTree
from dyntui.tui.features.imports.fuzzy_select import FuzzyChoice, FuzzySelectDialog
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.select_dialog import Choice
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece

if TYPE_CHECKING:
    from dyntui.services.imports.wizard_service import FilePreview
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["SourceStep"]

_MOST_DRAFTS = 4


class SourceStep(WizardStep):
    """Choose a file; opening it looks at it and goes on."""

    NAME, TITLE = "source", "Source"
    BINDINGS = bindings(IMPORTS_ACTIONS, "source")

    class Listed(Message):
        """A folder was read."""

        def __init__(self, listing: FolderListing) -> None:
            super().__init__()
            self.listing = listing

    class Known(Message):
        """Drafts and recent files were read."""

        def __init__(self, found: Sequence[ImportDraft], recent: Sequence[FileEntry]) -> None:
            super().__init__()
            self.found = found
            self.recent = recent

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._asked: set[str] = set()
        self._opening = ""

    def compose(self) -> ComposeResult:
        yield FileTree()

    @property
    def files(self) -> FileTree:
        return self.query_one(FileTree)

    def current_input(self) -> None:
        if self.draft.path and not self.draft.is_pasted:
            self.files.root = str(Path(self.draft.path).expanduser().absolute().parent)
        self._asked.clear()
        self._list(self.files.root)
        for path in self.files.opened:
            self._list(path)
        profile = self.console.session.profile
        place = (profile.environment_id, profile.base_url) if profile is not None else ("", "")
        own = self.draft.id

        def look() -> None:
            found = [draft for draft in list_drafts(*place) if draft.id != own][:_MOST_DRAFTS]
            self.post_message(self.Known(found, recent_files()))

        self.run_worker(look, thread=True, group="known", exclusive=True)

    def status(self) -> Sequence[Piece]:
        return [(f"reading {safe(self._opening, 30)}", "warn")] if self._opening else []

    def blocked(self) -> str | None:
        return None if self.draft.path or self.draft.job else "Choose a file first."

    # The list

    def _list(self, path: str) -> None:
        if path not in self._asked:
            self._asked.add(path)
            self.run_worker(lambda: self.post_message(self.Listed(list_folder(path))), thread=True, group="folders")

    @on(Listed)
    def _listed(self, event: Listed) -> None:
        self.files.folders[event.listing.path] = event.listing
        self.files.build()
        shown = self.app.screen
        if isinstance(shown, FuzzySelectDialog) and shown.is_mounted:  # it looks by itself when it is there
            shown.look()

    @on(Known)
    def _known(self, event: Known) -> None:
        self.files.drafts, self.files.recent = event.found, event.recent
        self.files.build()

    # Reasons

    def selection_disabled_reason(self) -> str | None:
        node = self.files.node
        return None if node is not None and node.kind in ("draft", "file", "folder", "up") else "Nothing opens here."

    def folder_disabled_reason(self) -> str | None:
        node = self.files.node
        return None if node is not None and (node.kind == "folder" or node.depth) else "There is nothing to fold here."

    # Actions

    def action_open(self) -> None:
        node = self.files.node
        assert node is not None
        match node.kind:
            case "draft":
                self._go_on_with(node.path)
            case "file":
                self.take(node.path)
            case "folder":
                self._fold(node.path, not node.open)
            case _:
                self._show_folder(node.path)

    @on(LineList.Opened)
    async def _clicked(self) -> None:
        await self.action_do("source.open")

    def action_unfold(self) -> None:
        node = self.files.node
        if node is not None and node.kind == "folder" and not node.open:
            self._fold(node.path, True)

    def action_fold(self) -> None:
        node = self.files.node
        assert node is not None
        if node.kind == "folder" and node.open:
            self._fold(node.path, False)
        elif node.depth:
            self._fold(str(Path(node.path).parent), False)

    def _fold(self, path: str, opened: bool) -> None:
        files = self.files
        if opened:
            files.opened.add(path)
            self._list(path)
        else:
            files.opened.discard(path)
        files.build()

    def _show_folder(self, path: str) -> None:
        self._list(path)
        self.files.show_folder(path)

    def action_path(self) -> None:
        typed = "" if self.draft.is_pasted or not self.draft.path else self.draft.path
        dialog = FuzzySelectDialog(
            "Path of the file",
            self._complete,
            text=typed or f"{formatting.short_path(self.files.root)}/",
            placeholder="/path/to/users.csv",
            free=True,
            verb="open",
        )
        self.console.ask(dialog, self._typed)

    def _typed(self, chosen: FuzzyChoice | None) -> None:
        if chosen is None:
            return
        text = effective_path(chosen.text)
        begun = chosen.key and not text.endswith("/") and not Path(text).expanduser().exists()
        self.open_path(chosen.key if begun else text)

    def action_paste(self) -> None:
        from dyntui.tui.features.imports.paste_rows import PasteRowsDialog

        self.console.ask(PasteRowsDialog(), self.take_text)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if "\n" in event.text.strip() or "\r" in event.text.strip():
            self.take_text(event.text)
        elif event.text.strip():
            self.open_path(event.text)

    def _complete(self, typed: str) -> Sequence[Choice]:
        typed = effective_path(typed)
        folder, part = split_typed_path(typed)
        listing = self.files.folders.get(folder)
        if listing is None:
            self._list(folder)
            return ()
        start = typed[: len(typed) - len(part)]
        return [
            Choice(
                f"{start}{entry.name}{'/' if entry.is_folder else ''}",
                f"{entry.name}{'/' if entry.is_folder else ''}",
                note="" if entry.is_folder else formatting.size_words(entry.size_bytes),
            )
            for entry in listing.entries
            if entry.name.casefold().startswith(part.casefold())
        ]

    def open_path(self, typed: str) -> None:
        """Open a file that was typed or pasted; a folder is shown."""
        typed = effective_path(typed.strip().strip("'\""))
        if not typed:
            return
        path = Path(typed).expanduser()
        if typed.endswith("/"):
            self._show_folder(str(path.absolute()))
        else:
            self.take(str(path.absolute()))

    # A file

    def take(self, path: str) -> None:
        """Open a file and go on to how it is read."""
        if path != self.draft.path or self.draft.is_pasted:
            self.draft.set_file(path)
            self.wizard.counted = None
        self._open()

    def _open(self) -> None:
        self._opening = self.draft.name
        self.changed()
        draft = self.copy()
        self.wizard.hand(lambda bench: bench.preview(draft), self._looked, self._cannot, latest="look")

    def take_text(self, text: str | None) -> None:
        """Make pasted rows the file and go on."""
        if not text or not text.strip():
            return
        draft = self.draft
        self.wizard.counted = None
        self._opening = "pasted rows"
        self.changed()

        def keep(bench: object) -> None:
            save_pasted_rows(draft, text)
            save_draft(draft)

        self.wizard.hand(keep, lambda result: self._open())

    def _looked(self, look: FilePreview) -> None:
        self._opening = ""
        self.wizard.look = look
        if not self.draft.is_pasted:
            path = self.draft.path
            self.run_worker(lambda: remember_file(path), thread=True, group="known")
        self.wizard.show_step("parse")

    def _cannot(self, error: DyntuiError) -> None:
        from dyntui.importer import UnknownEncoding

        self._opening = ""
        if isinstance(error, UnknownEncoding):
            self.wizard.look = None
            self.wizard.show_step("parse")
            return
        name = Path(self.draft.path)
        if name.is_dir():
            self._show_folder(str(name))
        else:
            self.console.say_error(error)
        self.draft.path = ""
        self.changed()

    def _go_on_with(self, draft_id: str) -> None:
        from dyntui.tui.features.imports.entry_points import open_draft

        def found(draft: ImportDraft) -> None:
            open_draft(self.console, draft)

        self.wizard.hand(lambda bench: load_draft(draft_id), found)
