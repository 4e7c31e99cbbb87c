"""The list of the source step: unfinished imports, recent files, and folders that expand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dyntui.core.text import safe
from dyntui.core.times import parse_time, time_text, time_width
from dyntui.services.imports.wizard_draft import ImportDraft
from dyntui.services.imports.wizard_files import FileEntry, FolderListing
from dyntui.tui.features.imports import formatting
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import ItemList, Piece

__all__ = ["FileNode", "FileTree"]


@dataclass(frozen=True, slots=True)
class FileNode:
    """A line of the list."""

    kind: str
    """One of heading, draft, file, folder, up or text."""
    text: str
    path: str = ""
    depth: int = 0
    size: str = ""
    changed_at: datetime | None = None
    open: bool = False


class FileTree(ItemList[FileNode]):
    """Drafts, recent files, and a tree of folders that are listed when they are expanded."""

    def __init__(self) -> None:
        super().__init__(id="files")
        self.root = str(Path.cwd())
        self.drafts: Sequence[ImportDraft] = ()
        self.recent: Sequence[FileEntry] = ()
        self.folders: dict[str, FolderListing] = {}
        self.opened: set[str] = set()
        self._cursor_moved = False

    def build(self) -> None:
        """Rebuild the lines. The cursor stays on its line when it was moved; otherwise it is on the first file."""
        before = self.current
        nodes: list[FileNode] = []
        if self.drafts:
            nodes.append(FileNode("heading", "unfinished imports"))
            nodes += [_draft_node(draft) for draft in self.drafts]
        if self.recent:
            nodes.append(FileNode("heading", "recent files"))
            nodes += [_file_node(entry, 0, formatting.short_path(entry.path)) for entry in self.recent]
        nodes.append(FileNode("heading", f"files in {formatting.short_path(self.root)}"))
        if Path(self.root).parent != Path(self.root):
            nodes.append(FileNode("up", "..", str(Path(self.root).parent)))
        self._add(nodes, self.root, 0)
        if before is not None and self._cursor_moved:
            same = (i for i, node in enumerate(nodes) if (node.kind, node.path) == (before.kind, before.path))
            self.cursor = next(same, self.cursor)
        else:
            self.cursor = next((i for i, node in enumerate(nodes) if node.kind in ("draft", "file")), 1)
        self.set_items(nodes)

    def move_to(self, index: int) -> None:
        self._cursor_moved = True
        super().move_to(index)

    def show_folder(self, path: str) -> None:
        """Show another folder."""
        self.root = path
        self._cursor_moved = False
        self.build()

    def _add(self, nodes: list[FileNode], path: str, depth: int) -> None:
        listing = self.folders.get(path)
        if listing is None:
            nodes.append(FileNode("text", "loading ···", depth=depth))
            return
        for entry in listing.entries:
            if entry.is_folder:
                nodes.append(FileNode("folder", f"{entry.name}/", entry.path, depth, open=entry.path in self.opened))
                if entry.path in self.opened:
                    self._add(nodes, entry.path, depth + 1)
            else:
                nodes.append(_file_node(entry, depth, entry.name))
        if listing.problem:
            nodes.append(FileNode("text", f"cannot be read: {listing.problem}", depth=depth))
        elif not listing.entries:
            nodes.append(FileNode("text", "no files to import", depth=depth))

    def accessible_state(self) -> object:
        return self.cursor, self.current

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        node = self.items[index]
        bar = self.bar(index)
        if node.kind == "heading":
            return [bar, (cut(_heading_text(node.text), width - 2), "head")]
        sign = ("▾ " if node.open else "▸ ") if node.kind == "folder" else "  "
        tail = ""
        if node.kind in ("file", "draft") and width >= 50:
            tail = f"  {node.size:>9}  {fit(time_text(node.changed_at), max(12, time_width()))}"
        room = width - 3 - width_of(tail)
        text = fit(f"{'  ' * node.depth}{sign}{safe(node.text, 500)}", max(1, room))
        return [bar, (text, "dim" if node.kind == "text" else ""), (tail, "dim")]


def _heading_text(text: str) -> str:
    """Return a heading in capitals, with its path unchanged."""
    title, _, path = text.partition(" in ")
    return safe(f"{title.upper()} IN {path}" if path else title.upper())


def _draft_node(draft: ImportDraft) -> FileNode:
    step = f"{draft.step}: {draft.note}" if draft.note else draft.step
    return FileNode("draft", f"{draft.name} · {step}", draft.id, changed_at=parse_time(draft.changed_at))


def _file_node(entry: FileEntry, depth: int, name: str) -> FileNode:
    changed_at = datetime.fromtimestamp(entry.changed_at_s, UTC)
    return FileNode("file", name, entry.path, depth, formatting.format_size(entry.size_bytes), changed_at=changed_at)
