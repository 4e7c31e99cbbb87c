"""`dyntui import`: a file of people becomes users, with a plan before and a report after."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context, run
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.cli.job_runner import EarlyStop
    from dyntui.importer import Mapping, Source
    from dyntui.importer.fields import MappingKind
    from dyntui.services.connection import Connection

__all__ = ["ImportOptions", "drop_unset", "file_options", "import_file", "import_users", "run_options"]


def run_options(command: Any) -> Any:
    """--batch, --rate and --settle."""
    for option in (
        click.option(
            "--settle", type=click.FloatRange(0), metavar="SECONDS", help="Before a lost answer is looked into."
        ),
        click.option(
            "--rate", type=click.FloatRange(0), metavar="PER_MINUTE", help="Bulk requests a minute; 0: no limit."
        ),
        click.option("--batch", type=click.IntRange(1, 1000), metavar="N", help="Rows in a request (100)."),
    ):
        command = option(command)
    return command


def drop_unset(**options: Any) -> dict[str, Any]:
    """Those options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def file_options(command: Any) -> Any:
    """How a file is read and mapped, and how much of it is sent."""
    for option in (
        click.option("--sheet", metavar="NAME", help="Of a spreadsheet; the first one else."),
        click.option("--header-row", type=click.IntRange(0), metavar="N", help="The row with the names; 0: none."),
        click.option("--delimiter", metavar="CHAR", help="Between values: , ; tab ..."),
        click.option("--encoding", metavar="NAME", help="Of the file, when it is neither UTF-8 nor UTF-16."),
        click.option(
            "--report", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where reports go."
        ),
        click.option("--dry-run", is_flag=True, help="Make and save the plan, send nothing."),
        click.option("--first", type=click.IntRange(1), metavar="N", help="Send the first N rows, then stop."),
        click.option("--region", metavar="XX", help="Country of phone numbers that say none: US, DE, ..."),
        click.option("--save-mapping", metavar="NAME", help="Keep the mapping for files with the same columns."),
        click.option(
            "--set", "sets", multiple=True, metavar="FIELD=VALUE", help="A value for every row that has none."
        ),
        click.option(
            "--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="Where a column goes; COLUMN=: nowhere."
        ),
        click.option("--mapping", "mapping_name", metavar="NAME|FILE", help="A saved mapping, or the file of one."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class ImportOptions:
    """What `file_options`, `run_options` and `confirm_options` gave. kind: `users` or `allowlist`."""

    kind: MappingKind
    mapping_name: str | None
    maps: tuple[str, ...]
    sets: tuple[str, ...]
    save_mapping: str | None
    region: str | None
    first: int | None
    dry_run: bool
    report: Path | None
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    sheet: str | None
    batch: int | None
    rate: float | None
    settle: float | None
    yes: bool
    confirm_environment: str

    def facts(self, **more: Any) -> dict[str, Any]:
        """What the job keeps of them."""
        from dyntui.config.settings import Settings

        settle = Settings.load().settle_seconds if self.settle is None else self.settle
        options = {**drop_unset(batch=self.batch, rate=self.rate), "settle": float(settle), **more}
        return {
            "region": self.region,
            "options": options,
            "report": None if self.report is None else str(self.report.absolute()),
        }


@click.command("import", cls=BaseCommand)
@click.argument("file", metavar="FILE")
@click.option("--upsert", is_flag=True, help="Update users who are there already.")
@file_options
@run_options
@confirm_options
@pass_context
def import_users(context: CliContext, /, file: str, upsert: bool, **options: Any) -> int:
    """Import users from FILE.

    FILE is CSV, TSV, JSON, NDJSON, XLSX, XLS or ODS, or - for standard input. Say what the e-mails are with
    --set emailVerifiedAt=now|unverified|DATE or --map COLUMN=emailVerifiedAt.

    \b
    exit: 0 done, 1 some rows failed, 3 not authorised, 4 unreachable, 5 stopped (dyntui jobs resume goes on)
    """
    chosen = ImportOptions("users", **options)
    return import_file(context, file, chosen, chosen.facts(upsert=upsert))


def import_file(context: CliContext, file: str, options: ImportOptions, facts: dict[str, Any], to: str = "") -> int:
    """Read, map, plan, confirm and run. to: the allowlist, by name or id, when entries are imported."""
    from dyntui.cli.job_runner import stop_on_signals

    context.profile()  # a missing environment is said before a large file is read
    with _open_source(file, options) as source:
        for note in source.info.notes:
            context.print_message(note)
        mapping = _make_mapping(context, source, options)
        with stop_on_signals() as early:
            return run(_prepare_and_run(context, source, mapping, options, facts, to, early))


def _open_source(file: str, options: ImportOptions) -> Source:
    from dyntui.importer import open_source

    delimiter = options.delimiter
    if delimiter is not None:
        delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter.lower(), delimiter)
    how: dict[str, Any] = {
        "encoding": options.encoding,
        "delimiter": delimiter,
        "header_row": options.header_row,
        "sheet": options.sheet,
    }
    if file == "-":
        return open_source(sys.stdin.buffer, name="standard input", **how)
    return open_source(Path(file), **how)


def _make_mapping(context: CliContext, source: Source, options: ImportOptions, custom_fields: Any = ()) -> Mapping:
    from dyntui.importer import MissingChoice, parse_assignment, parse_column_map, propose_mapping
    from dyntui.importer.mapping import EMAIL_VERIFIED_CHOICES
    from dyntui.services.imports.mappings import find_mapping, load_mapping

    kind = options.kind
    if options.mapping_name is not None:
        mapping = load_mapping(options.mapping_name).bind(source.info)
        if mapping.kind != kind:
            raise UsageError(f"The mapping {options.mapping_name} is for {mapping.kind}, not for {kind}.")
    elif saved := find_mapping(source.info, kind):
        if not custom_fields:  # said once
            context.print_message(f"using the saved mapping {saved[0]}: it was made for these columns")
        mapping = saved[1]
    else:
        mapping = propose_mapping(source.info, source.sample(), custom_fields=custom_fields, kind=kind)
    for text in options.maps:
        column, field, transforms = parse_column_map(text, kind)
        mapping = mapping.with_column(column, field, transforms)
    for text in options.sets:
        mapping = mapping.with_constant(*parse_assignment(text, kind))
    if kind == "users" and "emailVerifiedAt" not in mapping.targets:
        raise MissingChoice("Whether the e-mail addresses are verified has to be chosen.", hint=EMAIL_VERIFIED_CHOICES)
    if mapping.missing:
        raise UsageError(mapping.missing[0], hint="Say where columns go with --map COLUMN=FIELD.")
    return mapping


async def _prepare_and_run(
    context: CliContext,
    source: Source,
    mapping: Mapping,
    options: ImportOptions,
    facts: dict[str, Any],
    to: str,
    early: EarlyStop,
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
        elif to:
            facts["allowlist"] = await _resolve_allowlist(connection, to)
        _print_mapping(context, mapping)
        if options.save_mapping:
            from dyntui.services.imports.mappings import save_mapping

            context.print_message(f"mapping saved as {save_mapping(options.save_mapping, mapping)}")
        where = JobLocation.of(connection.profile, await load_organization_id(connection.client))
        meter = ProgressMeter()
        with prepare_job(source, mapping, where, on_rows=lambda n: meter.line(f"read {n:,} rows"), **facts) as journal:
            meter.end()
            context.print_message(f"job {journal.id}")
            early.hint = f"Go on with: dyntui jobs resume {journal.id}"
            await precheck(context, connection, journal)
            plan = make_plan(journal)
            path = save_plan(journal, plan)
            if options.dry_run:
                context.print_result(*plan_lines(plan))
                context.print_result(f"plan: {path}", f"run it with: dyntui jobs run {journal.id}")
                context.emit_json({**plan, "plan": str(path)})
                return 0
            context.print_message(*plan_lines(plan))
            permit = await confirm_job(context, connection, journal, yes=options.yes, typed=options.confirm_environment)
            return await run_until_stopped(context, connection, journal, permit, first=options.first)


async def _resolve_allowlist(connection: Connection, name: str) -> dict[str, str]:
    from dyntui.services.imports.allowlist_destination import resolve_list
    from dyntui.services.imports.server_reader import make_reader

    list_id, list_name = await resolve_list(make_reader(connection.client, patient=True), name)
    return {"id": list_id, "name": list_name}


async def _load_custom_fields(connection: Connection) -> list[dict[str, Any]]:
    """The environment's own fields; none when the token may not read them."""
    from dyntui.api.errors import ApiError
    from dyntui.services.imports.server_reader import with_retries

    client = connection.client
    try:
        return (await with_retries(client, lambda: client.page("getCustomFieldsForEnvironment", "customFields"))).items
    except ApiError:
        return []


def _print_mapping(context: CliContext, mapping: Mapping) -> None:
    for each in mapping.mapped:
        context.print_message(f"  {each.column} -> {each.field}" + (f"  ({each.why})" if each.why else ""))
    for name, value in mapping.constants.items():
        context.print_message(f"  every row: {name} = {value}")
    for each in mapping.unmapped:
        context.print_message(f"  {each.column} is not imported" + (f"; {each.hint}" if each.hint else ""))
