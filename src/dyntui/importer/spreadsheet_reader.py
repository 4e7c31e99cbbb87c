"""Read XLSX, XLS and ODS as records, and report what the spreadsheet did to values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from dyntui.core.formula_escaping import unescape_formula
from dyntui.core.text import quantity
from dyntui.importer.header_synonyms import KNOWN_NAMES
from dyntui.importer.option_names import option
from dyntui.importer.problems import Problem
from dyntui.importer.row_reader import RowReader
from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import Cell, SourceError, SourceRow
from dyntui.importer.text_detection import find_header
from dyntui.importer.workbook_limits import MOST_FILE, SheetFacts, inspect_zip

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

__all__ = ["OLE_MAGIC", "ZIP_MAGIC", "SpreadsheetReader"]

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_HEAD = 60


class SpreadsheetReader(RowReader):
    """One sheet of a workbook. The library holds the whole sheet in memory; workbook_limits.py limits its size."""

    def __init__(self, opened: SourceFile, sheet: str | None, header_row: int | None) -> None:
        self._opened = opened
        if opened.head(4) == ZIP_MAGIC:
            self.format, facts = inspect_zip(opened)
        else:
            self.format, facts = "xls", {}
            if opened.size > MOST_FILE:
                raise SourceError(f"{opened.name} is too large for a spreadsheet.", hint="Save it as CSV.")
        self._sheet = self._load(sheet)
        self._facts = facts.get(self._sheet.name, SheetFacts())
        head = [list(values) for values in islice(self._values(), max(0, header_row or 0) + _HEAD)]
        if not any(any(cell not in ("", None) for cell in record) for record in self._values()):
            raise SourceError(f"The sheet {self._sheet.name!r} of {opened.name} is empty.", hint=self._other_sheets())
        if header_row is None:
            place = self._find_header()
            head = head if place is None or place < len(head) else list(islice(self._values(), place + _HEAD))
        else:
            place = header_row - 1 if header_row else None
            if not 0 <= header_row <= len(head):
                raise SourceError(f"The sheet has no row {header_row}.", hint="Rows count from 1.")
        self._set_header(head, place)
        self._note_marks()

    def _find_header(self) -> int | None:
        """Return the header row among the first rows with values."""
        blank = 0
        for values in self._values():
            if any(cell not in ("", None) for cell in values):
                break
            blank += 1
        place = find_header(list(islice(self._values(), blank, blank + _HEAD)), KNOWN_NAMES)
        return None if place is None else blank + place

    def _load(self, name: str | None) -> CalamineSheet:
        from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

        with _understood(self._opened.name):
            workbook = CalamineWorkbook.from_filelike(self._opened.reader())
            metadata = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            self.sheets = tuple(each.name for each in metadata)
            if not metadata:
                raise SourceError(f"{self._opened.name} has no sheets.")
            if name is not None and name not in self.sheets:
                names = ", ".join(self.sheets)
                raise SourceError(f"{self._opened.name} has no sheet {name!r}.", hint=f"Sheets: {names}.")
            visible = [each.name for each in metadata if each.visible == SheetVisibleEnum.Visible] or list(self.sheets)
            self.sheet = name or visible[0]
            if name is None and len(visible) > 1:
                other = f"Choose another one with {option('--sheet', 'NAME')}."
                self.notes += (f"Using the sheet “{self.sheet}”, one of {len(visible)}. {other}",)
            return workbook.get_sheet_by_name(self.sheet)

    def _other_sheets(self) -> str:
        others = [name for name in self.sheets if name != self.sheet]
        return f"Other sheets: {', '.join(others)} ({option('--sheet', 'NAME')})." if others else ""

    def _note_marks(self) -> None:
        if self._facts.formulas:
            self.notes += (
                f"Formulas in {quantity(len(self._facts.formulas), 'cell')}. Their last computed values are used.",
            )
        if self._facts.errors:
            self.notes += (f"Spreadsheet errors such as #REF! in {quantity(len(self._facts.errors), 'cell')}.",)

    def _values(self) -> Iterator[list[Any]]:
        with _understood(self._opened.name):
            yield from self._sheet.iter_rows()

    def rows(self) -> Iterator[SourceRow]:
        marked = self._marked_rows()
        place = self.first - 1
        for place, values in enumerate(islice(self._values(), self.first, None), start=self.first):
            if not any(value not in ("", None) for value in values) and place not in marked:
                continue
            cells = [_cell(value) for value in values]
            number = place - self.first + 1
            row = self._row(number, cells)
            if place in marked:
                row = row._replace(problems=row.problems + self._marks(place))
            yield row
        for below in sorted(each for each in marked if each > place):  # The library ends a row at its last value.
            yield self._row(below - self.first + 1, [])._replace(problems=self._marks(below))
        self._opened.check_unchanged()

    def _row(self, number: int, cells: list[Cell]) -> SourceRow:
        while len(cells) > self.width and cells[-1] in ("", None):
            cells.pop()
        if len(cells) < self.width:
            cells += [""] * (self.width - len(cells))  # Missing cells at the end of a row are empty.
        if len(cells) > self.width:
            return self._odd_row(number, cells)
        return SourceRow(number, tuple(cells) if self.keep is None else tuple([cells[index] for index in self.keep]))

    def _marked_rows(self) -> frozenset[int]:
        return frozenset(row for row, _ in (*self._facts.formulas, *self._facts.errors))

    def _marks(self, place: int) -> tuple[Problem, ...]:
        found: list[Problem] = []
        indexes = range(self.width) if self.keep is None else self.keep
        for name, column in zip(self.columns, indexes, strict=True):
            if code := self._facts.errors.get((place, column)):
                message = f"The cell has the error {code}. It is treated as empty."
                found.append(Problem("warning", "cell_error", name, message))
            elif (computed := self._facts.formulas.get((place, column))) is not None:
                if computed:
                    found.append(Problem("info", "formula", name, "A formula. Its last computed value is used."))
                else:
                    message = "The formula has no computed value. The cell is treated as empty."
                    advice = "Open the file in a spreadsheet and save it."
                    found.append(Problem("warning", "formula_not_computed", name, f"{message} {advice}"))
        return tuple(found)


def _cell(value: object) -> Cell:
    """Return a cell value: whole numbers as integers, dates as ISO text, imprecise numbers as floats."""
    if isinstance(value, str):
        return unescape_formula(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return value.isoformat() if value.time() != time() else value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value if isinstance(value, (bool, int)) else str(value)


@contextmanager
def _understood(name: str) -> Iterator[None]:
    """Raise SourceError with one line for every failure of the library, also for its panics."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError as error:
        raise SourceError(f"{name} is password-protected.", hint="Save it without a password.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise SourceError(
            f"{name} cannot be read as a spreadsheet: {error}.", hint="Save it again, or as CSV."
        ) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(f"{name} cannot be read as a spreadsheet: it is damaged.", hint="Save it as CSV.") from error
