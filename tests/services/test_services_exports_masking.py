"""Secrets in exports: looked for in what is written, and counted only there."""

from __future__ import annotations

import io

import pytest

from dyntui.services.exports import Exporter, ExportFormat

ROW = {
    "id": "u1",
    "hook": {"token": "canary", "url": "https://a.example"},
    "clientSecret": "canary",
    "b.password": "canary",
}


@pytest.mark.parametrize(
    ("columns", "masked"),
    [(("id",), 0), (("id", "hook.token"), 1), (("hook", "b.password"), 2), (("clientSecret",), 1)],
)
def test_only_secrets_that_are_written_are_counted(columns: tuple[str, ...], masked: int) -> None:
    exporter = Exporter(stream := io.BytesIO(), ExportFormat.CSV, columns, masks=True)
    exporter.row(ROW)
    exporter.end()
    assert exporter.masked == masked
    assert b"canary" not in stream.getvalue()
