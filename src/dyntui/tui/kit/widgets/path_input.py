"""A text field for the path of a file: tab completes it, and the candidates are shown below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from dyntui.core.text import safe
from dyntui.core.typed_path import FolderNames, PathRule, candidates, common_start, list_names, split_typed_path
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.text_field import TextField
from dyntui.tui.kit.workers import run_in_thread

__all__ = ["PathCandidates", "PathInput"]

_MOST_LINES = 6


class PathCandidates(LineWidget):
    """The names that complete the path, below its field; hidden while the field does not have the focus."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="candidates")
        self.names: Sequence[str] = ()
        self.current = -1
        """The index of the name in the field; -1 for none."""
        self.display = False

    def show(self, names: Sequence[str], current: int = -1) -> None:
        """Show these names, in at most six lines."""
        self.names, self.current = names, current
        height = min(len(names), _MOST_LINES)
        self.display = height > 0
        self.styles.height = max(1, height)
        self.repaint()

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        count = len(self.names)
        has_more = count > _MOST_LINES
        shown = _MOST_LINES - has_more
        if has_more and y == shown:
            return [(f"  … {count - shown:,} more", "dim")], ""
        first = max(0, min(self.current - shown + 1, count - shown)) if has_more else 0
        if first + y >= count:
            return [], ""
        is_current = first + y == self.current
        name = cut(safe(self.names[first + y], 500), max(0, width - 2))
        return [("▌ " if is_current else "  ", "accent"), (name, "" if is_current else "dim")], ""


class PathInput(TextField):
    """The field. A folder is read in a thread, once for all names that are typed in it."""

    _listing: FolderNames | None = None
    """The names of the folder; None until it is read."""
    _offered: Sequence[str] = ()
    """The candidates for the typed text."""
    _place = -1
    """The index of the candidate that tab put into the field; -1 when it is what was typed."""
    _completes_when_listed = False
    """Whether tab was pressed before the folder was read."""

    def __init__(self, value: str, rule: PathRule, shown_in: PathCandidates, *, id: str | None = None) -> None:
        """rule: what the path has to be. shown_in: shows the candidates."""
        super().__init__(value, id=id)
        self.rule = rule
        self._shown_in = shown_in

    # Candidates

    def watch_value(self, value: str) -> None:
        is_offered = 0 <= self._place < len(self._offered) and value == self._offered[self._place]
        if self.has_focus and not is_offered:
            self.offer()

    def offer(self) -> None:
        """Show the candidates for the text of the field, when its folder has been read."""
        self._place = -1
        folder = split_typed_path(self.value)[0]
        if self._listing is not None and self._listing.folder == folder:
            self._show()
            return
        self._listing = None
        self._offered = ()
        suffixes = self.rule.suffixes
        run_in_thread(self, lambda: list_names(folder, suffixes), self._on_listed, group="names", exclusive=True)

    def _on_listed(self, listing: FolderNames) -> None:
        self._listing = listing
        if listing.folder != split_typed_path(self.value)[0]:
            return
        self._show()
        if self._completes_when_listed:
            self._completes_when_listed = False
            self._complete()

    def _show(self) -> None:
        assert self._listing is not None
        self._offered = candidates(self.value, self._listing)
        only_this = list(self._offered) == [self.value]
        self._paint(() if only_this or not self.has_focus else self._offered)

    def _paint(self, texts: Sequence[str]) -> None:
        names = [text.rstrip("/").rpartition("/")[2] + ("/" if text.endswith("/") else "") for text in texts]
        self._shown_in.show(names, self._place)

    # Keys

    def on_key(self, event: events.Key) -> None:
        if event.key != "tab":
            if self._place >= 0:
                self.offer()  # what tab put into the field counts as typed from now on
            return
        if self._listing is None:
            self._completes_when_listed = True
            self.offer()
        elif not self._complete():
            return
        event.stop()
        event.prevent_default()

    def _complete(self) -> bool:
        """Complete the text: by what all candidates have in common, then by one after the other. False for nothing."""
        offered = self._offered
        if self._place < 0:
            start = common_start(offered)
            if len(start) > len(self.value) or (len(offered) == 1 and start != self.value):
                self._set(start)
                return True
        if len(offered) < 2:
            return False
        self._place = (self._place + 1) % len(offered)
        self._set(offered[self._place])
        self._paint(offered)
        return True

    def complete_only(self) -> None:
        """Complete the path of an existing file when there is one candidate, as enter does."""
        if not self.rule.is_new and len(self._offered) == 1 and self.rule.problem(self.value):
            self._set(self._offered[0])

    def _set(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)

    # Focus

    def on_focus(self) -> None:
        if not self.rule.is_new and (self.value or not self.rule.is_optional):
            self.offer()

    def on_blur(self) -> None:
        self._shown_in.show(())
