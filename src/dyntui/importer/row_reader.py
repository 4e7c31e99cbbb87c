"""The base class of the readers of all formats: records below a header row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence

from dyntui.core.text import quantity
from dyntui.importer.header_synonyms import KNOWN_NAMES
from dyntui.importer.option_names import option
from dyntui.importer.presets import FIREBASE_COLUMNS, firebase_without_names
from dyntui.importer.problems import Problem
from dyntui.importer.secrets import REMOVED, is_private_key
from dyntui.importer.source_types import REPORT_COLUMNS, Cell, SourceRow, unique_names
from dyntui.importer.text_detection import count_names, looks_like_data

__all__ = ["RowReader"]


class RowReader(ABC):
    """Provides the columns, notes on how the file was read, and the rows as a stream that can be restarted."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    quoting: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    records: str = ""
    """The place of the records in a JSON file, as `--records` accepts it."""
    other_records: tuple[str, ...] = ()
    """The places that are not read."""
    header_row: int | None = None
    columns: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    """The names in the header row as they are written, without spaces at the ends; empty without a header row."""
    notes: tuple[str, ...] = ()

    width: int = 0
    first: int = 0
    keep: tuple[int, ...] | None = None

    @abstractmethod
    def rows(self) -> Iterator[SourceRow]:
        """Iterate over the rows; each call starts at the first."""

    def _set_header(self, head: Sequence[Sequence[Cell]], place: int | None) -> None:
        """Take the columns from the record at `place` (from 0) of the first records, or number them when None.

        Sets columns, header_row, notes, width (columns of the file), first (records above the data) and keep (the
        columns that are not ours of an earlier report).
        """
        below = [record for record in head[0 if place is None else place + 1 :] if _reach(record)]
        widths = Counter(map(_reach, below))
        usual, count = widths.most_common(1)[0] if widths else (0, 0)
        names: list[Cell] = list(head[place]) if place is not None else []
        while names and names[-1] in ("", None) and len(names) > usual:
            names.pop()
        if place is None and firebase_without_names(head):
            (width, _), *_ = Counter(map(len, head)).most_common(1)
            names = list(FIREBASE_COLUMNS[:width])  # older versions do not export customAttributes
            usual = len(names)
            self.notes += ("The file has no row with column names. The columns of firebase auth:export are used.",)
        elif place is None:
            names = [f"column {number}" for number in range(1, max(widths, default=1) + 1)]
            note = "No row with column names was found, so every row is data."
            self.notes += (note,)
        else:
            self.header_row = place + 1
            self.first = place + 1
            self._note_header(head, place, names)
        if count * 2 > len(below):
            names += [None] * (usual - len(names))
        columns, notes = unique_names(names)
        self.width = len(columns)
        self.notes += notes
        if any(name in REPORT_COLUMNS for name in columns):
            self.keep = tuple(index for index, name in enumerate(columns) if name not in REPORT_COLUMNS)
            columns = tuple(columns[index] for index in self.keep)
            self.notes += ("The columns of an earlier report (_dyntui_row, _error...) are ignored.",)
        self.columns = columns
        if place is not None and not any(looks_like_data(name) for name in names):
            written = tuple(str(name or "").strip() for name in names)
            self.header = written if self.keep is None else tuple(written[index] for index in self.keep)

    def _note_header(self, head: Sequence[Sequence[Cell]], place: int, names: Sequence[Cell]) -> None:
        above = [" ".join(str(cell) for cell in record if cell not in ("", None)) for record in head[:place]]
        if texts := [text for text in above if text]:
            shown = REMOVED if is_private_key(texts[0], hex_key=True) else texts[0][:60]
            rows = "row 1 is" if place == 1 else f"rows 1 to {place} are"
            self.notes += (f"The column names are in row {place + 1}; {rows} above and not imported: {shown}",)
        if any(isinstance(name, str) and name != name.strip() for name in names):
            self.notes += ("Spaces around column names are ignored.",)
        if not count_names(head, place, KNOWN_NAMES) or any(looks_like_data(name) for name in names):
            self.notes += (
                f"Row {place + 1} is used as column names. If it is data, use {option('--header-row', '0')}.",
            )

    def _odd_row(self, number: int, cells: list[Cell], damaged: bool = False) -> SourceRow:
        """Return a row whose length differs from the header: surplus values are separate, missing ones empty.

        damaged: a quotation mark in it was not closed where it should be.
        """
        problems: tuple[Problem, ...] = ()
        extra = cells[self.width :]
        while extra and extra[-1] in ("", None):
            extra.pop()
        if damaged:
            message = "A quotation mark is not closed, so other rows became part of a value."
            problems = (Problem("error", "unclosed_quote", "", message),)
        elif extra:
            message = (
                f"{quantity(len(cells), 'value')} for {quantity(self.width, 'column')}. "
                "Maybe a value contains the delimiter and is not quoted."
            )
            problems = (Problem("error", "too_many_cells", "", message),)
        elif len(cells) < self.width:
            message = f"{quantity(len(cells), 'value')} for {quantity(self.width, 'column')}. The last ones are empty."
            problems = (Problem("warning", "too_few_cells", "", message),)
        cells = cells[: self.width] + [""] * (self.width - len(cells))
        values = tuple(cells) if self.keep is None else tuple(cells[index] for index in self.keep)
        return SourceRow(number, values, problems, tuple(("", cell) for cell in extra))


def _reach(record: Sequence[Cell]) -> int:
    """Return the number of cells of a record up to its last value."""
    return max((place for place, cell in enumerate(record, start=1) if cell not in ("", None)), default=0)
