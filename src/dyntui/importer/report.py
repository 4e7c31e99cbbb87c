"""Write the report of a job as JSON, CSV and HTML, and the map from rows to user ids."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TextIO

from dyntui.core.formula_escaping import escape_formula, shield
from dyntui.core.text import safe as visible
from dyntui.core.text import visible_controls
from dyntui.importer.problems import CODES

__all__ = ["Report", "RowOutcome", "write_id_map", "write_report_csv", "write_report_html", "write_report_json"]

HTML_ROWS = 1000
_FINE = frozenset({"created", "updated", "exists", "skipped"})


class RowOutcome(NamedTuple):
    """The outcome of one row."""

    row: int
    state: str
    user_id: str = ""
    """Id of the user that was created or found; empty for none."""
    key: str = ""
    """The natural key of the row."""
    code: str = ""
    field: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A finished or stopped job."""

    job: str
    environment: str
    environment_kind: str
    source: str
    started: str
    finished: str
    state: str
    counts: Mapping[str, int]
    outcomes: Callable[[], Iterable[RowOutcome]]
    """Return every row in order; called for each file that is written."""
    problems: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def _create(path: Path, encoding: str = "utf-8") -> AbstractContextManager[TextIO]:
    from dyntui.config.private_files import new_whole_text

    return new_whole_text(path, encoding, "backslashreplace")


def write_report_json(path: Path, report: Report) -> None:
    """Write one JSON document as a stream: the head, then `rows`, one per line."""
    head = {
        "dyntui": "report",
        "version": 1,
        "job": report.job,
        "state": report.state,
        "environment": report.environment,
        "environment_kind": report.environment_kind,
        "source": report.source,
        "started": report.started,
        "finished": report.finished,
        "counts": dict(report.counts),
        "total": report.total,
        "problems": dict(report.problems),
        "facts": dict(report.facts),
    }
    with _create(path) as file:
        file.write(json.dumps(head, indent=2)[:-2] + ',\n  "rows": [')
        for count, outcome in enumerate(report.outcomes()):
            file.write(("," if count else "") + "\n    " + json.dumps(outcome._asdict()))
        file.write("\n  ]\n}\n")


def write_report_csv(path: Path, report: Report, *, safe: bool = True) -> None:
    """Write one line per row: row, state, user_id, key, code, field, message."""
    _write_csv(path, RowOutcome._fields, (tuple(map(str, outcome)) for outcome in report.outcomes()), safe)


def write_id_map(path: Path, outcomes: Iterable[RowOutcome], *, safe: bool = True) -> None:
    """Write row, key and user_id of every row that has a user."""
    lines = ((str(each.row), each.key, each.user_id) for each in outcomes if each.user_id)
    _write_csv(path, ("row", "key", "user_id"), lines, safe)


def _write_csv(path: Path, names: Iterable[str], lines: Iterator[tuple[str, ...]], safe: bool) -> None:
    guard = escape_formula if safe else shield
    with _create(path, "utf-8-sig" if safe else "utf-8") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([guard(visible_controls(cell)) for cell in line] for line in lines)


def write_report_html(path: Path, report: Report) -> None:
    """Write one page without scripts: numbers, problems by code, and the first rows that need attention."""
    with _create(path) as file:
        file.write(_HTML_HEAD)
        file.write(f"<h1>Import {_text(report.job)}</h1>\n<table class=facts>\n")
        facts = {
            "State": report.state,
            "Environment": f"{report.environment} ({report.environment_kind})",
            "Source": report.source,
            "Started": report.started,
            "Finished": report.finished,
            **report.facts,
        }
        for name, value in facts.items():
            file.write(f"<tr><th>{_text(name)}<td>{_text(value)}\n")
        file.write("</table>\n<h2>Rows</h2>\n<table>\n<tr><th>State<th>Rows\n")
        for state, count in report.counts.items():
            file.write(f"<tr><td>{_text(state)}<td class=n>{count:,}\n")
        file.write(f"<tr><th>Together<th class=n>{report.total:,}\n</table>\n")
        if report.problems:
            file.write("<h2>Problems by code</h2>\n<table>\n<tr><th>Code<th>Rows<th>Meaning\n")
            for code, count in sorted(report.problems.items(), key=lambda item: -item[1]):
                file.write(f"<tr><td>{_text(code)}<td class=n>{count:,}<td>{_text(CODES.get(code, ''))}\n")
            file.write("</table>\n")
        _write_rows(file, report)
        file.write("</body>\n</html>\n")


def _write_rows(file: TextIO, report: Report) -> None:
    shown = hidden = 0
    for outcome in report.outcomes():
        if outcome.state in _FINE:
            continue
        if shown == HTML_ROWS:
            hidden += 1
            continue
        if not shown:
            file.write("<h2>Rows to check</h2>\n<table>\n<tr><th>Row<th>State<th>Code<th>Field<th>Message\n")
        shown += 1
        cells = (outcome.state, outcome.code, outcome.field, outcome.message)
        file.write(f"<tr><td class=n>{outcome.row}" + "".join(f"<td>{_text(cell)}" for cell in cells) + "\n")
    if shown:
        file.write("</table>\n")
    if hidden:
        file.write(f"<p>{hidden:,} more are in the CSV and JSON reports.\n")


def _text(value: object) -> str:
    return html.escape(visible(value))


_HTML_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>dyntui import report</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #d8dee4; vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
@media (prefers-color-scheme: dark) { body { background: #15181c; color: #e4e8ec; } th, td { border-color: #333a42; } }
</style>
</head>
<body>
"""
