"""Step 2 of the wizard: format, encoding and header of the file, with a preview of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row, as_list
from dyntui.core.text import quantity, safe
from dyntui.resources.resource import Column
from dyntui.services.imports.draft_source import FilePreview, FileTotals
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.features.imports.parse_summary import (
    DELIMITERS,
    FORMATS,
    FOUND,
    TEXT_FORMATS,
    summary_lines_for,
)
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, value_line
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.progress import Progressed, progress_callback
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["ParseStep", "file_column", "preview_rows"]


class ParseStep(WizardStep):
    """Show how the file is read, and change it."""

    NAME = "parse"
    BINDINGS = bindings(IMPORTS_ACTIONS, "parse")
    BORDER_TITLES = {"parse-summary": "file settings", "preview": "first rows"}
    OPEN_ACTIONS = {"parse-summary": "parse.change"}

    error: DyntuiError | None = None
    """Why the file cannot be read."""
    _counted_rows = 0

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._stop = Event()

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield ReportView(id="parse-summary")
            yield Table(
                (Column("row", " "),),
                StaticRows(is_loaded=False),
                empty=lambda: "No rows below the header. Choose another header row.",
                id="preview",
            )

    @property
    def _summary(self) -> ReportView:
        return self.query_one("#parse-summary", ReportView)

    def on_step_shown(self) -> None:
        if self.wizard.preview is not None:
            self._show(self.wizard.preview)
        elif self.draft.path or self.draft.job:
            self._load_preview()

    def on_step_left(self) -> None:
        self._stop.set()

    # Reading

    def _load_preview(self) -> None:
        self._stop.set()
        self.wizard.preview = self.wizard.totals = None
        draft = self.copy()
        self.wizard.submit(lambda service: service.preview(draft), self._show, self._on_unreadable, latest="preview")

    def _show(self, preview: FilePreview) -> None:
        self.error = None
        self.wizard.preview = preview
        table = self.query_one("#preview", Table)
        table.view = StaticRows(preview_rows(preview), key="row")
        table.columns = (
            tuple(file_column(preview, place) for place in range(len(preview.info.columns))) or table.columns
        )
        table.offset_columns = 0
        table.layout_changed()
        table.show(table.view)
        self._show_summary()
        if self.wizard.totals is None:
            self._count()

    def _on_unreadable(self, error: DyntuiError) -> None:
        self.error = error
        table = self.query_one("#preview", Table)
        view = StaticRows(())
        view.error = error
        table.show(view)
        self._show_summary()

    def _count(self) -> None:
        self._stop.set()
        self._stop = stop = Event()
        self._counted_rows = 0
        draft = self.copy()
        on_rows = progress_callback(self)

        self.wizard.submit(
            lambda service: service.count(draft, on_rows, stop), self._on_counted, self._on_unreadable, latest="count"
        )

    @on(Progressed)
    def _on_progressed(self, event: Progressed) -> None:
        self._counted_rows = event.done
        self._show_summary()

    def _on_counted(self, totals: FileTotals) -> None:
        self.wizard.totals = totals
        self._show_summary()

    # Display

    def _show_summary(self) -> None:
        preview, totals = self.wizard.preview, self.wizard.totals
        rows = f"{totals.rows:,}" if totals is not None else f"counting, {self._counted_rows:,}"
        lines = (
            summary_lines_for(preview.info, self.draft.read_options, rows)
            if preview is not None
            else self._error_lines()
        )
        self._summary.set_lines(lines)
        self.changed()

    def _error_lines(self) -> list[ReportLine]:
        from dyntui.importer import UnknownEncoding

        reading = self.draft.read_options
        lines = [
            value_line("format", FORMATS.get(reading.format or "", "unknown"), key="format"),
            value_line("encoding", reading.encoding or "unknown: choose one", key="encoding", style="warn"),
        ]
        if isinstance(self.error, UnknownEncoding):
            lines.append(heading("first text in each encoding"))
            lines += [value_line(name, text) for name, text in self.error.candidates]
        return lines

    def status(self) -> Sequence[Piece]:
        if self.error is not None:
            return [("not readable", "warn")]
        totals = self.wizard.totals
        if totals is None:
            return [(f"counting {self._counted_rows:,}", "")]
        parts: list[Piece] = [(quantity(totals.rows, "row"), "")]
        if problems := sum(totals.problems.values()):
            parts.append((quantity(problems, "problem"), "warn"))
        return parts

    def blocked_reason(self) -> str | None:
        if self.error is not None:
            return f"The file cannot be read with these settings: {safe(self.error.message, 200)}"
        return None if self.wizard.preview is not None else "The file is still being read."

    # Changing the settings

    def selection_disabled_reason(self) -> str | None:
        line = self._summary.current
        if not self.draft.path:
            return "These rows come from a job; there is no file to read."
        return None if line is not None and line.key else "This line has no setting."

    def reset_disabled_reason(self) -> str | None:
        reading = self.draft.read_options
        return "All settings are as detected." if reading == type(reading)() else None

    def action_change(self) -> None:
        line = self._summary.current
        assert line is not None
        if line.key == "header_row":
            draft = self.copy()
            self.wizard.submit(lambda service: service.header_candidates(draft), self._ask_header_row)
        else:
            self._ask_choice(line.key, *self._choices(line.key))

    def action_reset(self) -> None:
        self.draft.read_options = type(self.draft.read_options)()
        self._on_options_changed()

    def _choices(self, key: str) -> tuple[str, list[Choice]]:
        from dyntui.importer import UnknownEncoding
        from dyntui.importer.text_detection import ENCODINGS_TO_TRY

        preview = self.wizard.preview
        first = Choice(FOUND, "detect", note="from the bytes of the file")
        match key:
            case "format":
                return "Format", [first, *(Choice(name, FORMATS[name]) for name in TEXT_FORMATS)]
            case "delimiter":
                return "Delimiter", [first, *(Choice(sign, words) for sign, words in DELIMITERS.items())]
            case "sheet":
                sheets = preview.info.sheets if preview is not None else ()
                return "Sheet", [Choice(sheet, sheet) for sheet in sheets]
            case "records":
                paths = (preview.info.records, *preview.info.other_records) if preview is not None else ()
                return "Records", [Choice(FOUND, "detect"), *(Choice(path, safe(path, 60)) for path in paths)]
        if isinstance(self.error, UnknownEncoding):
            return "Encoding: choose the correct text", [Choice(*candidate) for candidate in self.error.candidates]
        names = ("utf-8", "utf-16", *ENCODINGS_TO_TRY)
        return "Encoding", [first, *(Choice(name, name) for name in names)]

    def _ask_header_row(self, candidates: Mapping[int, str]) -> None:
        choices = [Choice(FOUND, "detect"), Choice("0", "none", note="every row is data")]
        choices += [Choice(str(number), f"row {number}", note=text) for number, text in candidates.items()]
        self._ask_choice("header_row", "Header Row", choices)

    def _ask_choice(self, key: str, title: str, choices: list[Choice]) -> None:
        self.console.ask_then(SelectDialog(title, choices), lambda value: self._set_option(key, value))

    def _set_option(self, key: str, value: str) -> None:
        setting: Any = None if value == FOUND else int(value) if key == "header_row" else value
        self.draft.read_options = replace(self.draft.read_options, **{key: setting})
        if key == "format":
            self.draft.read_options = replace(self.draft.read_options, records=None)
        if key in ("format", "encoding"):
            self.draft.read_options = replace(self.draft.read_options, header_row=None, delimiter=None)
        self._on_options_changed()

    def _on_options_changed(self) -> None:
        self.wizard.save()
        self._load_preview()


def file_column(preview: FilePreview, place: int) -> Column:
    """Return a table column for a column of the file, as wide as its values need."""
    name = safe(preview.info.columns[place], 40)
    values = [safe(cell_text(row.cells[place]), 60) for row in preview.rows[:50]]
    width = max([width_of(name), *(width_of(value) for value in values)], default=4)

    def pick(row: Row) -> str:
        return cell_text(as_list(row["cells"])[place])

    return Column(title=name, width=max(3, min(width, 28)), grow=width > 28, priority=place, pick=pick)


def preview_rows(preview: FilePreview) -> list[Row]:
    """Return the first rows for a table."""
    return [{"row": str(row.number), "cells": row.cells} for row in preview.rows]
