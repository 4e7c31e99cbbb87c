"""Sources for the wizard: the rows of a job, and the rows of a file in small chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dyntui.importer import Source, SourceRow
from dyntui.services.imports.jobs import load_source_info
from dyntui.services.imports.wizard_review import journal_rows
from dyntui.store.journal import Journal

__all__ = ["ChunkedRows", "RowStore", "in_chunks"]

_PORTION = 50


def in_chunks(rows: Iterator[SourceRow], between: Callable[[], None]) -> Iterator[SourceRow]:
    """Iterate over the rows and call `between` before each chunk."""
    for place, row in enumerate(rows):
        if not place % _PORTION:
            between()
        yield row


class ChunkedRows(Source):
    """Another source whose rows come in chunks."""

    def __init__(self, source: Source, between: Callable[[], None]) -> None:
        self._source = source
        self._between = between
        self.info = source.info

    def rows(self) -> Iterator[SourceRow]:
        return in_chunks(self._source.rows(), self._between)

    def close(self) -> None:
        """Do nothing: the wrapped source is closed by its owner."""


class RowStore(Source):
    """The rows of a job as a source."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.info = load_source_info(journal)

    def rows(self) -> Iterator[SourceRow]:
        return journal_rows(self._journal)

    def close(self) -> None:
        """Do nothing: the journal is closed by its owner."""
