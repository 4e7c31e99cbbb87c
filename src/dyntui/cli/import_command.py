"""`dyntui import` and `dyntui allowlists import`: import users or allowlist entries from a file, as a job."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import BaseCommand, CliContext, combine_options, confirm_options, pass_context, run
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.cli.job_runner import JobSignals
    from dyntui.importer import Mapping, Source
    from dyntui.importer.fields import MappingKind
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection

__all__ = [
    "ImportOptions",
    "drop_unset",
    "file_options",
    "first_option",
    "import_entries",
    "import_users",
    "report_option",
    "run_options",
]


report_option = click.option(
    "--report", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Folder for the reports."
)
first_option = click.option("--first", type=click.IntRange(1), metavar="N", help="Send N rows, then pause.")
run_options = combine_options(
    click.option("--batch", type=click.IntRange(1, 1000), metavar="N", help="Rows per request.  [default: 100]"),
    click.option(
        "--rate", type=click.FloatRange(0), metavar="PER_MINUTE", help="Bulk requests per minute; 0 is no limit."
    ),
    click.option(
        "--settle",
        type=click.FloatRange(0),
        metavar="SECONDS",
        help="Wait before looking up rows whose response was lost.",
    ),
)
file_options = combine_options(
    click.option("--mapping", "mapping_name", metavar="NAME|FILE", help="Use a saved mapping, or a mapping file."),
    click.option(
        "--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="Map a column to a field; COLUMN= leaves it out."
    ),
    click.option("--set", "sets", multiple=True, metavar="FIELD=VALUE", help="Value for all rows that have none."),
    click.option("--save-mapping", metavar="NAME", help="Save the mapping for files with the same columns."),
    click.option("--region", metavar="XX", help="Country of phone numbers without a country code: US, DE, ..."),
    first_option,
    click.option("--dry-run", is_flag=True, help="Make and save the plan, but send nothing."),
    report_option,
    click.option("--encoding", metavar="NAME", help="Encoding of the file.  [default: detected UTF-8 or UTF-16]"),
    click.option("--delimiter", metavar="CHAR", help="Delimiter between values: , ; tab ...  [default: detected]"),
    click.option(
        "--header-row", type=click.IntRange(0), metavar="N", help="Row with the column names; 0 if the file has none."
    ),
    click.option("--sheet", metavar="NAME", help="Sheet of a spreadsheet.  [default: the first]"),
)
"""The options that decide how a file is read and mapped, and how many rows are sent."""


def drop_unset(**options: Any) -> dict[str, Any]:
    """Return the options that were given, without those that are None."""
    return {name: value for name, value in options.items() if value is not None}


@dataclass(frozen=True)
class ImportOptions:
    """The values of `file_options`, `run_options` and `confirm_options`."""

    kind: MappingKind
    """What is imported: `users` or `allowlist`."""
    mapping_name: str | None
    """Name of a saved mapping, or path of a mapping file."""
    maps: tuple[str, ...]
    """Texts `COLUMN=FIELD`."""
    sets: tuple[str, ...]
    """Texts `FIELD=VALUE`."""
    save_mapping: str | None
    """Name to save the mapping with."""
    region: str | None
    """Country of phone numbers without a country code."""
    first: int | None
    """How many rows to send before the job pauses; None for all."""
    dry_run: bool
    report: Path | None
    """Folder for the reports; None for the default folder."""
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    """Number of the row with the column names; 0 for none, None to detect it."""
    sheet: str | None
    batch: int | None
    """Rows per request."""
    rate: float | None
    """Bulk requests per minute; 0 for no limit."""
    settle: float | None
    """Seconds to wait before rows with a lost response are looked up."""
    confirmation: Confirmation

    def job_facts(self, **more_options: Any) -> dict[str, Any]:
        """Return the options that are saved in the journal of the job."""
        from dyntui.config.settings import Settings

        settle = Settings.load().settle_seconds if self.settle is None else self.settle
        options = {**drop_unset(batch=self.batch, rate=self.rate), "settle": float(settle), **more_options}
        return {
            "region": self.region,
            "options": options,
            "report": None if self.report is None else str(self.report.absolute()),
        }


@click.command("import", cls=BaseCommand)
@click.argument("file", metavar="FILE")
@click.option("--upsert", is_flag=True, help="Update users that already exist.")
@file_options
@run_options
@confirm_options
@pass_context
def import_users(context: CliContext, /, file: str, upsert: bool, **options: Any) -> int:
    """Import users from FILE.

    FILE is CSV, TSV, JSON, NDJSON, XLSX, XLS or ODS; - is standard input. Choose whether the emails are verified with
    --set emailVerifiedAt=now|unverified|DATE or --map COLUMN=emailVerifiedAt.

    \b
    Exit codes: 0 done, 1 some rows failed, 3 not authorized, 4 unreachable,
    5 stopped (continue with `dyntui jobs resume`)
    """
    import_options = ImportOptions("users", **options)
    return _import_file(context, file, import_options, import_options.job_facts(upsert=upsert))


@click.command("import", cls=BaseCommand)
@click.argument("allowlist", metavar="LIST")
@click.argument("file", metavar="FILE")
@file_options
@run_options
@confirm_options
@pass_context
def import_entries(context: CliContext, /, allowlist: str, file: str, **options: Any) -> int:
    """Import entries from FILE into LIST, a name or id.

    Each entry is one request. Entries that already exist are counted as `exists`. A column named `identifier` may
    contain identifiers of any kind: emails, wallets, domains, phone numbers.
    """
    chosen = ImportOptions("allowlist", **options)
    return _import_file(context, file, chosen, chosen.job_facts(), allowlist=allowlist)


def _import_file(
    context: CliContext, file: str, options: ImportOptions, facts: dict[str, Any], allowlist: str = ""
) -> int:
    """Import a file: read it, make the mapping and the plan, ask for the confirmation, run the job.

    facts: what is saved in the journal. allowlist: name or id of the allowlist, when entries are imported. Returns the
    exit code.
    """
    from dyntui.cli.job_runner import JobSignals

    context.profile()  # a missing environment is an error before a large file is read
    with _open_source(file, options) as source:
        for note in source.info.notes:
            context.print_message(note)
        mapping = _make_mapping(context, source, options)
        with JobSignals() as signals:
            return run(_prepare_and_run(context, source, mapping, options, facts, allowlist, signals))


def _open_source(file: str, options: ImportOptions) -> Source:
    from dyntui.importer import open_source

    delimiter = options.delimiter
    if delimiter is not None:
        delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter.lower(), delimiter)
    read_options: dict[str, Any] = {
        "encoding": options.encoding,
        "delimiter": delimiter,
        "header_row": options.header_row,
        "sheet": options.sheet,
    }
    if file == "-":
        return open_source(sys.stdin.buffer, name="standard input", **read_options)
    return open_source(Path(file), **read_options)


def _make_mapping(context: CliContext, source: Source, options: ImportOptions, custom_fields: Any = ()) -> Mapping:
    """Return the mapping: the one that --mapping names, a saved one for these columns, or an inferred one.

    --map and --set are applied to it. custom_fields: the custom fields of the environment, which are known only after
    connecting; the mapping is made again with them. Raises UsageError when a decision is missing.
    """
    from dyntui.importer import MissingChoice, parse_assignment, parse_column_map, propose_mapping
    from dyntui.importer.mapping import EMAIL_VERIFIED_CHOICES
    from dyntui.services.imports.mappings import find_mapping, load_mapping

    kind = options.kind
    if options.mapping_name is not None:
        mapping = load_mapping(options.mapping_name).bind(source.info)
        if mapping.kind != kind:
            raise UsageError(f"The mapping {options.mapping_name} is for {mapping.kind}, not for {kind}.")
    elif saved := find_mapping(source.info, kind):
        if not custom_fields:  # else it was printed before
            context.print_message(f"Using the saved mapping {saved[0]}, which was made for these columns.")
        mapping = saved[1]
    else:
        mapping = propose_mapping(source.info, source.sample(), custom_fields=custom_fields, kind=kind)
    for text in options.maps:
        column, field, transforms = parse_column_map(text, kind)
        mapping = mapping.with_column(column, field, transforms)
    for text in options.sets:
        mapping = mapping.with_constant(*parse_assignment(text, kind))
    if kind == "users" and "emailVerifiedAt" not in mapping.targets:
        raise MissingChoice("Choose whether the emails are verified.", hint=EMAIL_VERIFIED_CHOICES)
    if mapping.missing:
        raise UsageError(mapping.missing[0], hint="Map a column with --map COLUMN=FIELD.")
    return mapping


async def _prepare_and_run(
    context: CliContext,
    source: Source,
    mapping: Mapping,
    options: ImportOptions,
    facts: dict[str, Any],
    allowlist: str,
    signals: JobSignals,
) -> int:
    from dyntui.cli.job_runner import ProgressMeter, confirm_job, precheck, run_until_stopped
    from dyntui.services.imports.job_service import IMPORT, IMPORT_ENTRIES
    from dyntui.services.imports.jobs import JobLocation, load_organization_id
    from dyntui.services.imports.plan import make_plan, plan_lines, save_plan
    from dyntui.services.imports.prepare import prepare_job

    async with context.connection() as connection:
        if not options.dry_run:
            connection.write_gate.check(IMPORT if options.kind == "users" else IMPORT_ENTRIES)
        if options.kind == "users" and (fields := await _load_custom_fields(connection)):
            facts["custom_fields"] = fields
            if options.mapping_name is None:
                mapping = _make_mapping(context, source, options, fields)
        elif allowlist:
            facts["allowlist"] = await _resolve_allowlist(connection, allowlist)
        _print_mapping(context, mapping)
        if options.save_mapping:
            from dyntui.services.imports.mappings import save_mapping

            context.print_message(f"Mapping saved: {save_mapping(options.save_mapping, mapping)}")
        location = JobLocation.of(connection.profile, await load_organization_id(connection.client))
        meter = ProgressMeter()
        with prepare_job(
            source, mapping, location, on_rows=lambda n: meter.line(f"{quantity(n, 'row')} read"), **facts
        ) as journal:
            meter.end()
            context.print_message(f"Job {journal.id}")
            signals.hint = f"Continue with `dyntui jobs resume {journal.id}`."
            await precheck(context, connection, journal)
            plan = make_plan(journal)
            path = save_plan(journal, plan)
            if options.dry_run:
                context.print_result(*plan_lines(plan))
                context.print_result(f"Plan saved: {path}", f"Run it with `dyntui jobs run {journal.id}`.")
                context.emit_json({**plan, "plan": str(path)})
                return 0
            context.print_message(*plan_lines(plan))
            permit = await confirm_job(context, connection, journal, options.confirmation)
            return await run_until_stopped(context, connection, journal, permit, signals, first=options.first)


async def _resolve_allowlist(connection: Connection, name: str) -> dict[str, str]:
    from dyntui.services.imports.allowlist_destination import resolve_list
    from dyntui.services.imports.server_reader import make_reader

    list_id, list_name = await resolve_list(make_reader(connection.client, patient=True), name)
    return {"id": list_id, "name": list_name}


async def _load_custom_fields(connection: Connection) -> Sequence[Row]:
    """Return the custom fields of the environment; none when the token may not read them."""
    from dyntui.api.errors import ApiError
    from dyntui.services.imports.server_reader import with_retries

    client = connection.client
    try:
        return (await with_retries(client, lambda: client.page("getCustomFieldsForEnvironment", "customFields"))).rows
    except ApiError:
        return []


def _print_mapping(context: CliContext, mapping: Mapping) -> None:
    for column in mapping.mapped:
        context.print_message(
            f"  {column.column} -> {column.field}" + (f"  ({column.reason})" if column.reason else "")
        )
    for name, value in mapping.constants.items():
        context.print_message(f"  all rows: {name} = {value}")
    for column in mapping.unmapped:
        context.print_message(f"  {column.column} is not mapped" + (f": {column.hint}" if column.hint else ""))
