"""Packed source files: unpacked once, limited, and watched like the file itself."""

from __future__ import annotations

import errno
import gzip
import io
from pathlib import Path

import pytest

from dyntui.importer import SourceChanged, SourceError, compressed, csv_reader, open_source

ROWS = b"email\n" + b"".join(b"user%d@example.com\n" % number for number in range(2000))


def test_a_packed_stream_is_read_like_a_file() -> None:
    with open_source(io.BytesIO(gzip.compress(ROWS)), name="users.csv.gz") as source:
        assert source.info.name == "users.csv" and source.count() == 2000
        assert "compressed with gzip" in source.info.notes[0]


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "LARGEST_UNPACKED", 1000)
    with pytest.raises(SourceError, match="unpacks to more than"):
        open_source(io.BytesIO(gzip.compress(ROWS)), name="users.csv.gz")


def test_a_line_without_an_end_is_refused_before_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "LONGEST_LINE", 1_000_000)
    with pytest.raises(SourceError, match="a line with more than 1,000,000 characters"):
        open_source(io.BytesIO(gzip.compress(b"email,name\n" + b"a,b," * 300_000)), name="users.csv.gz")
    late = io.BytesIO(gzip.compress(ROWS + b"a," * 1_000_000))
    with (
        open_source(late, name="users.csv.gz") as source,
        pytest.raises(SourceError, match="a line with more than 1,000,000 characters"),
    ):
        source.count()


def test_a_file_that_is_empty_or_packed_after_unpacking_is_refused() -> None:
    with pytest.raises(SourceError, match="empty after unpacking"):
        open_source(io.BytesIO(gzip.compress(b"")), name="users.csv.gz")
    with pytest.raises(SourceError, match="compressed twice"):
        open_source(io.BytesIO(gzip.compress(gzip.compress(ROWS))), name="users.csv.gz.gz")


def test_a_full_disk_is_not_called_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    with pytest.raises(SourceError, match="cannot be unpacked: No space left on device"):
        open_source(io.BytesIO(gzip.compress(ROWS)), name="users.csv.gz")


def test_a_packed_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "users.csv.gz"
    path.write_bytes(gzip.compress(ROWS))
    with open_source(path) as source:
        path.write_bytes(gzip.compress(ROWS + b"late@example.com\n"))
        with pytest.raises(SourceChanged):
            source.count()
