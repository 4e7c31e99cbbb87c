"""Reports as JSON, CSV and HTML, and the map from rows to ids."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import dyntui
from dyntui.core.errors import UsageError
from dyntui.importer import Report, RowOutcome, write_id_map, write_report_csv, write_report_html, write_report_json

HOSTILE = '<script>alert(1)</script>\x1b]0;x\x07" onload=x [@click=app.quit]Bob[/]'
OUTCOMES = (
    RowOutcome(1, "created", "id-1", "email:a@x.com"),
    RowOutcome(2, "failed", "", "email:b@x.com", "invalid_email", "email", HOSTILE),
    RowOutcome(3, "exists", "id-3", "email:c@x.com"),
    RowOutcome(4, "failed", "", "=cmd|x", "lock_timeout", "", "later"),
)


def report(outcomes: Iterable[RowOutcome] = OUTCOMES) -> Report:
    rows = tuple(outcomes)
    return Report(
        job="job-1",
        environment="Acme & Sons",
        environment_kind="sandbox",
        source=HOSTILE,
        started="2026-01-01T00:00:00Z",
        finished="2026-01-01T00:01:00Z",
        state="done",
        counts={"created": 1, "exists": 1, "failed": 2},
        outcomes=lambda: iter(rows),
        problems={"email_invalid": 3},
        facts={"Batch": "100"},
    )


def test_the_json_report_has_the_summary_and_every_row(tmp_path: Path) -> None:
    write_report_json(tmp_path / "r.json", report())
    data = json.loads((tmp_path / "r.json").read_text())
    assert data["total"] == 4 == sum(data["counts"].values()) and data["source"] == HOSTILE
    assert [row["row"] for row in data["rows"]] == [1, 2, 3, 4] and data["rows"][1]["message"] == HOSTILE
    write_report_json(tmp_path / "none.json", report(()))
    assert json.loads((tmp_path / "none.json").read_text())["rows"] == []


@pytest.mark.parametrize("safe", [True, False])
def test_the_csv_report_has_every_row_and_no_formula(tmp_path: Path, safe: bool) -> None:
    write_report_csv(tmp_path / "r.csv", report(), safe=safe)
    text = (tmp_path / "r.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["row", "state", "user_id", "key", "code", "field", "message"] and len(rows) == 5
    assert rows[4][3] == ("'=cmd|x" if safe else "=cmd|x")


def test_the_id_map_has_every_row_with_a_user(tmp_path: Path) -> None:
    write_id_map(tmp_path / "ids.csv", OUTCOMES, safe=False)
    assert (tmp_path / "ids.csv").read_text().splitlines() == [
        "row,key,user_id",
        "1,email:a@x.com,id-1",
        "3,email:c@x.com,id-3",
    ]


def test_the_html_report_escapes_all_values_and_has_no_script(tmp_path: Path) -> None:
    write_report_html(tmp_path / "r.html", report())
    page = (tmp_path / "r.html").read_bytes()
    assert b"<script" not in page and b"\x1b" not in page and b"\x07" not in page and b'" onload' not in page
    assert b"&lt;script&gt;" in page and b"Acme &amp; Sons" in page and b"Content-Security-Policy" in page
    assert b"lock_timeout" in page and b"id-1" not in page


def test_the_html_report_shows_the_first_thousand_rows_and_counts_the_others(tmp_path: Path) -> None:
    write_report_html(tmp_path / "r.html", report(RowOutcome(n, "failed") for n in range(1, 1502)))
    page = (tmp_path / "r.html").read_text()
    assert page.count("<td>failed") == 1001 and "501 more" in page


def test_reports_are_private_and_overwrite_no_file(tmp_path: Path) -> None:
    for write in (write_report_json, write_report_csv, write_report_html):
        path = tmp_path / write.__name__
        write(path, report())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(UsageError):
            write(path, report())


def test_a_report_is_complete_or_absent(tmp_path: Path) -> None:
    def stopped() -> Iterable[RowOutcome]:
        yield from OUTCOMES
        assert not (tmp_path / "report").exists()
        raise KeyboardInterrupt

    cut = replace(report(), outcomes=stopped)
    for write in (write_report_json, write_report_csv, write_report_html):
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path / "report", cut)
    with pytest.raises(KeyboardInterrupt):
        write_id_map(tmp_path / "report", stopped())
    assert list(tmp_path.iterdir()) == []


def test_only_complete_report_files_are_returned() -> None:
    package = Path(dyntui.__file__).parent
    using = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(
            r"\bcreate_new\b|(?<!formatter)\.write_text\(|\.write_bytes\(|\bopen\([^)]*[\"'][wxa]b?[\"']",
            path.read_text(),
        )
    }
    # What makes the others, SQLite's files, and the temporary file of the external editor.
    assert using == {"config/private_files.py", "store/connection.py", "services/editor.py"}
