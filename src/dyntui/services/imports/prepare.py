"""Turn a source file into a job that is ready: map and validate each row, find its natural keys, store it in the
journal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import orjson

from dyntui.core.errors import UsageError
from dyntui.core.ids import new_id
from dyntui.core.interface import by_interface
from dyntui.core.json_types import as_object, as_objects
from dyntui.importer import (
    AllowlistMapper,
    Mapper,
    Mapping,
    Problem,
    SourceInfo,
    SourceRow,
    entry_keys,
    has_errors,
    make_mapper,
    natural_keys,
)
from dyntui.services.imports.jobs import JobLocation, new_job
from dyntui.store.cell_codec import pack
from dyntui.store.job_loader import NewProblem, NewRow, load
from dyntui.store.journal import Journal
from dyntui.store.review_queries import EXCLUDED
from dyntui.store.states import JobState, RowState

__all__ = ["fill_job", "prepare_job"]

_REPORT_EVERY_S = 0.5


def prepare_job(
    info: SourceInfo,
    rows: Iterable[SourceRow],
    mapping: Mapping,
    location: JobLocation,
    *,
    region: str | None = None,
    on_rows: Callable[[int], None] | None = None,
    **facts: object,
) -> Journal:
    """Create a job with all rows of a source. Nothing is sent, and the source is not needed afterwards.

    info: how the source is read. on_rows: called now and then with the number of rows read. facts: more to store with
    the job; `custom_fields`, the fields of the environment, are also validated. Raises SourceError, and leaves no job,
    when the file cannot be read to its end or changes meanwhile.
    """
    import json

    if "id" in mapping.targets and as_object(facts.get("options")).get("upsert"):
        raise UsageError(
            "Users that keep their ids are created one by one, so existing users cannot be updated.",
            hint=by_interface(
                "Leave out --upsert, or the column of ids: --map COLUMN=",
                "Turn off upsert in the Check step ({check.upsert}), or exclude the column of ids in the Map step.",
            ),
        )
    mapper = make_mapper(
        mapping,
        region=region,
        environment_kind=location.environment_kind,
        custom_fields=as_objects(facts.get("custom_fields")),
    )
    journal = new_job(
        mapping.kind,
        location,
        source=json.loads(info.to_json()),
        mapping=json.loads(mapping.to_json()),
        region=region or "",
        **facts,
    )
    return fill_job(journal, _report_rows(map_rows(rows, mapper), on_rows))


def fill_job(journal: Journal, rows: Iterable[NewRow]) -> Journal:
    """Load the rows of a new job, which is then ready. After an error there is no job."""
    try:
        load(journal, rows)
        journal.move(JobState.READY)
    except BaseException:
        journal.close()
        delete_journal(journal)
        raise
    return journal


def delete_journal(journal: Journal) -> None:
    """Delete the files of a journal, which must be closed."""
    for suffix in (".sqlite", ".sqlite-wal", ".sqlite-shm", ".lock"):
        journal.path.with_suffix(suffix).unlink(missing_ok=True)


def map_rows(rows: Iterable[SourceRow], mapper: Mapper | AllowlistMapper) -> Iterator[NewRow]:
    """Map each row of a file to a row of the journal."""
    keys_of = natural_keys if mapper.mapping.kind == "users" else entry_keys
    keyless = mapper.mapping.kind == "users"
    dumps = orjson.dumps
    for row in rows:
        mapped = mapper.map(row)
        problems = row.problems + mapped.problems if row.problems else mapped.problems
        raw = pack([row.cells, row.extra]) if row.extra else pack([row.cells])
        if not problems:
            body: bytes | None = dumps(mapped.user)
        else:
            body, problems = _encode_body(mapped.user, problems)
        if mapped.left_out is not None:
            yield _left_out_row(row.number, raw, body, keys_of(mapped.user), problems, mapped.left_out)
            continue
        if body is None:
            yield _invalid_row(row.number, raw, problems, RowState.REVIEW if mapped.needs_review else RowState.INVALID)
            continue
        keys = keys_of(mapped.user)
        chosen = str(mapped.user.get("id") or "") or (new_id() if keyless and not keys else "")
        if problems:
            noted = tuple([NewProblem._make(problem) for problem in problems])
            yield NewRow(row.number, raw, body, keys, chosen, problems=noted)
        else:
            yield NewRow(row.number, raw, body, keys, chosen)


def _encode_body(user: dict[str, object], problems: tuple[Problem, ...]) -> tuple[bytes | None, tuple[Problem, ...]]:
    if has_errors(problems):
        return None, problems
    try:
        return orjson.dumps(user), problems
    except TypeError:
        return None, (
            *problems,
            Problem("error", "not_text", "", "A value cannot be sent as JSON."),
        )


def _invalid_row(number: int, raw: bytes, problems: tuple[Problem, ...], state: RowState) -> NewRow:
    """Return a row that is not sent: invalid, or held for review."""
    first = next(problem for problem in problems if problem.severity == "error")
    noted = tuple([NewProblem._make(problem) for problem in problems])
    return NewRow(number, raw, None, (), "", state, first.code, first.field, first.message, problems=noted)


def _left_out_row(
    number: int,
    raw: bytes,
    body: bytes | None,
    keys: tuple[str, ...],
    problems: tuple[Problem, ...],
    reason: Problem,
) -> NewRow:
    """Return a row that a rule leaves out; the review can include it again, like one that was excluded by hand."""
    chosen = new_id() if body is not None and not keys else ""
    noted = tuple([NewProblem._make(problem) for problem in (*problems, reason)])
    return NewRow(number, raw, body, keys, chosen, RowState.SKIPPED, EXCLUDED, reason.field, reason.message, noted)


def _report_rows(rows: Iterator[NewRow], on_rows: Callable[[int], None] | None) -> Iterator[NewRow]:
    if on_rows is None:
        yield from rows
        return
    last = time.monotonic()
    count = 0
    for count, row in enumerate(rows, 1):
        if not count % 1000 and time.monotonic() - last > _REPORT_EVERY_S:
            last = time.monotonic()
            on_rows(count)
        yield row
    on_rows(count)
