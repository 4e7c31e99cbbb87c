"""Rows for the wizard that do not come straight from a file: those that a job keeps, and a file's in small portions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from dyntui.importer import Row, Source, SourceInfo
from dyntui.services.imports.wizard_review import journal_rows
from dyntui.store.journal import Journal

__all__ = ["ChunkedRows", "RowStore", "in_chunks"]

_PORTION = 50


def in_chunks(rows: Iterator[Row], between: Callable[[], None]) -> Iterator[Row]:
    """The rows; `between` is called before each few of them."""
    for place, row in enumerate(rows):
        if not place % _PORTION:
            between()
        yield row


class ChunkedRows(Source):
    """Another source, its rows handed out in portions."""

    def __init__(self, source: Source, between: Callable[[], None]) -> None:
        self._source = source
        self._between = between
        self.info = source.info

    def rows(self) -> Iterator[Row]:
        return in_chunks(self._source.rows(), self._between)

    def close(self) -> None:
        """Whoever opened it closes it."""


class RowStore(Source):
    """The rows of a job as a source."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.info = SourceInfo.from_json(json.dumps(journal.facts["source"]))

    def rows(self) -> Iterator[Row]:
        return journal_rows(self._journal)

    def close(self) -> None:
        """The journal is closed by whoever opened it."""
