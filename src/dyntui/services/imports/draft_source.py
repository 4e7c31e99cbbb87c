"""The file of an import draft: open it, look at its first rows, read all of it. `WizardService` calls this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event

from dyntui.core.errors import StoppedError
from dyntui.importer import Source, SourceInfo, SourceRow, open_source
from dyntui.services.imports.wizard_draft import ImportDraft, ReadOptions

__all__ = ["DraftSource", "FilePreview", "FileTotals", "in_chunks", "raise_if_stopped"]

_COUNT_EVERY = 2000
_HEAD = 12
_PORTION = 50


@dataclass(frozen=True, slots=True)
class FilePreview:
    """How a file was read, and its first rows."""

    info: SourceInfo
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class FileTotals:
    """The number of rows of a file, and of problems by code."""

    rows: int
    problems: AbstractMapping[str, int]


class DraftSource:
    """The open file of a draft; it is opened again when the path or the way to read it changes.

    yield_to_input: called between chunks of long work, so that keys are handled first.
    """

    def __init__(self, yield_to_input: Callable[[], None]) -> None:
        self._yield_to_input = yield_to_input
        self._source: Source | None = None
        self._opened: tuple[str, ReadOptions] | None = None

    def open(self, draft: ImportDraft) -> Source:
        """Return the file, opened as the draft describes it. Raises SourceError."""
        if self._source is None or self._opened != (draft.path, draft.read_options):
            self.close()
            self._source = _open(draft, draft.read_options)
            self._opened = (draft.path, draft.read_options)
        return self._source

    def header_candidates(self, draft: ImportDraft) -> dict[int, str]:
        """Return the first records of the file as text by number; one of them may be the header."""
        with _open(draft, replace(draft.read_options, header_row=0)) as source:
            rows = source.sample(_HEAD)
        return {row.number: " · ".join(str(cell) for cell in row.cells if cell not in ("", None)) for row in rows}

    def count(self, draft: ImportDraft, on_rows: Callable[[int], None], stop: Event) -> FileTotals:
        """Read the whole file and count rows and problems. Raises StoppedError when `stop` is set."""
        rows, problems = 0, Counter[str]()
        for rows, row in enumerate(in_chunks(self.open(draft).rows(), self._yield_to_input), 1):
            if row.problems:
                problems.update(problem.code for problem in row.problems)
            if not rows % _COUNT_EVERY:
                raise_if_stopped(stop)
                on_rows(rows)
        return FileTotals(rows, dict(problems))

    def close(self) -> None:
        """Close the file."""
        if self._source is not None:
            self._source.close()
            self._source = None


def in_chunks(rows: Iterator[SourceRow], yield_to_input: Callable[[], None]) -> Iterator[SourceRow]:
    """Iterate over the rows, and let keys be handled before each chunk."""
    for place, row in enumerate(rows):
        if not place % _PORTION:
            yield_to_input()
        yield row


def raise_if_stopped(stop: Event) -> None:
    """Raise StoppedError when `stop` is set."""
    if stop.is_set():
        raise StoppedError("Reading was stopped.")


def _open(draft: ImportDraft, reading: ReadOptions) -> Source:
    return open_source(Path(draft.path).expanduser(), name=draft.name, **asdict(reading))
