"""`dyntui import` and `dyntui allowlists import`: import users or allowlist entries from a file, as a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context, run
from dyntui.cli.import_reading import (
    ReadingOptions,
    make_mapping,
    open_file,
    print_mapping,
    reading_options,
    user_options,
)
from dyntui.cli.questions import confirm
from dyntui.cli.shared_options import combine_options, confirm_options
from dyntui.cli.targets import EMPTY_INPUT
from dyntui.core.errors import EXIT_DONE, EXIT_SOME_FAILED, UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.cli.job_runner import JobSignals
    from dyntui.importer import Mapping, Source
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.connection import Connection
    from dyntui.store.journal import Journal

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
save_plan_option = click.option(
    "--save-plan", is_flag=True, help="Save the plan and its job for `dyntui jobs run`, but send nothing."
)
run_options = combine_options(
    click.option("--batch", type=click.IntRange(1, 1000), metavar="N", help="Rows per request.  [default: 50]"),
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
    reading_options,
    first_option,
    save_plan_option,
    report_option,
    run_options,
    confirm_options,
)
"""The options that decide how a file is read and mapped, and how its rows are sent."""


def drop_unset(**options: Any) -> dict[str, Any]:
    """Return the options that were given, without those that are None."""
    return {name: value for name, value in options.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class ImportOptions(ReadingOptions):
    """The values of `file_options`."""

    first: int | None
    """How many rows to send before the job pauses; None for all."""
    save_plan: bool
    """Whether the job and its plan are made, and nothing is sent."""
    report: Path | None
    """Folder for the reports; None for the default folder."""
    batch: int | None
    """Rows per request."""
    rate: float | None
    """Bulk requests per minute; 0 for no limit."""
    settle: float | None
    """Seconds to wait before rows with a lost response are looked up."""
    confirmation: Confirmation
    allow_no_identity: bool = False
    """Whether users who cannot sign in are imported without a question."""

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
@user_options
@file_options
@pass_context
def import_users(context: CliContext, /, file: str, upsert: bool, **options: Any) -> int:
    """Import users from FILE.

    FILE is CSV, TSV, JSON, NDJSON, XLSX, XLS or ODS; - is standard input. Choose whether the emails are verified with
    --set emailVerifiedAt=now|unverified|DATE or --map COLUMN=emailVerifiedAt.

    \b
    Exit codes: 0 done, 1 some rows failed, 3 not authorized, 4 unreachable,
    5 stopped (continue with `dyntui jobs resume`)
    """
    import_options = ImportOptions(kind="users", **options)
    return _import_file(context, file, import_options, import_options.job_facts(upsert=upsert))


@click.command("import", cls=BaseCommand)
@click.argument("allowlist", metavar="LIST")
@click.argument("file", metavar="FILE")
@file_options
@pass_context
def import_entries(context: CliContext, /, allowlist: str, file: str, **options: Any) -> int:
    """Import entries from FILE into LIST, a name or id.

    Each entry is one request. Entries that already exist are counted as `exists`. A column named `identifier` may
    contain identifiers of any kind: emails, wallets, domains, phone numbers.
    """
    chosen = ImportOptions(kind="allowlist", **options)
    return _import_file(context, file, chosen, chosen.job_facts(), allowlist=allowlist)


def _import_file(
    context: CliContext, file: str, options: ImportOptions, facts: dict[str, Any], allowlist: str = ""
) -> int:
    """Import a file: read it, make the mapping and the plan, ask for the confirmation, run the job.

    facts: what is saved in the journal. allowlist: name or id of the allowlist, when entries are imported. Returns the
    exit code.
    """
    from dyntui.cli.job_runner import JobSignals
    from dyntui.importer.source_types import EmptySource

    context.profile()  # a missing environment is an error before a large file is read
    try:
        opened = open_file(file, options)
    except EmptySource:
        if file != "-":
            raise
        context.print_message(EMPTY_INPUT)
        context.print_data({"job": None, "rows": {}, "total": 0})
        return EXIT_DONE
    with opened as source:
        context.print_message(*source.info.notes)
        mapping = make_mapping(context, source, options)
        with JobSignals() as signals:
            return run(_prepare_and_run(context, source, mapping, options, facts, allowlist, signals))


async def _prepare_and_run(
    context: CliContext,
    source: Source,
    mapping: Mapping,
    options: ImportOptions,
    facts: dict[str, Any],
    allowlist: str,
    signals: JobSignals,
) -> int:
    from dyntui.cli.job_runner import ProgressMeter, precheck, removed_unless_run, run_until_stopped
    from dyntui.services.imports.job_service import IMPORT, IMPORT_ENTRIES
    from dyntui.services.imports.jobs import JobLocation, load_organization_id
    from dyntui.services.imports.plan import make_plan, plan_lines, save_plan
    from dyntui.services.imports.prepare import prepare_job

    async with context.connection() as connection:
        if not (context.dry_run or options.save_plan):
            connection.write_gate.check(IMPORT if options.kind == "users" else IMPORT_ENTRIES)
        if options.kind == "users" and (fields := await _load_custom_fields(connection)):
            facts["custom_fields"] = fields
            if options.mapping_name is None:
                mapping = make_mapping(context, source, options, fields)
        elif allowlist:
            facts["allowlist"] = await _resolve_allowlist(connection, allowlist)
        print_mapping(context, mapping)
        if options.save_mapping:
            from dyntui.services.imports.mappings import save_mapping

            context.print_message(f"Mapping saved: {save_mapping(options.save_mapping, mapping)}")
        location = JobLocation.of(connection.profile, await load_organization_id(connection.client))
        meter = ProgressMeter()
        journal = prepare_job(
            source.info,
            source.rows(),
            mapping,
            location,
            on_rows=lambda n: meter.line(f"{quantity(n, 'row')} read"),
            **facts,
        )
        with removed_unless_run(journal, is_saved=options.save_plan):
            meter.end()
            if not context.dry_run:
                context.print_message(f"Job {journal.id}")
            signals.hint = f"Continue with `dyntui jobs resume {journal.id}`."
            if options.accept_suggestions:
                from dyntui.services.imports.suggestions import accept_suggestions

                for code, count in accept_suggestions(journal).items():
                    context.print_message(f"Suggestion applied in {quantity(count, 'row')}: {code}")
            await precheck(connection, journal)
            plan = make_plan(journal)
            exit_code = EXIT_DONE if _has_rows_to_send(plan) else EXIT_SOME_FAILED
            if context.dry_run and not options.save_plan:
                context.print_result(*plan_lines(plan))
                context.print_data({**plan, "dryRun": True})
                raise click.exceptions.Exit(exit_code)
            path = save_plan(journal, plan)
            if options.save_plan:
                context.print_result(*plan_lines(plan))
                context.print_result(f"Plan saved: {path}", f"Run it with `dyntui jobs run {journal.id}`.")
                context.print_data({**plan, "plan": str(path)})
                return exit_code
            context.print_message(*plan_lines(plan))
            if not options.allow_no_identity:
                _confirm_missing_identity(context, journal)
            return await run_until_stopped(
                context, connection, journal, options.confirmation, signals, first=options.first
            )


def _has_rows_to_send(plan: dict[str, Any]) -> bool:
    """Return whether the plan sends a row, or every row that it could send exists already."""
    outcomes = plan["outcomes"]
    return bool(outcomes["create"] or outcomes["update"] or outcomes["exists"])


def _confirm_missing_identity(context: CliContext, journal: Journal) -> None:
    """Ask whether users who cannot sign in should be imported, when that may be a mistake.

    Raises UsageError without a terminal, and when the answer is no.
    """
    from dyntui.services.imports.identity import find_missing_identity

    missing = find_missing_identity(journal)
    if missing is None or not missing.needs_confirmation:
        return
    if not context.can_ask or not confirm(f"{missing.message} Import them?", on_terminal=True):
        raise UsageError(missing.message, hint=missing.advice)


async def _resolve_allowlist(connection: Connection, name: str) -> dict[str, str]:
    from dyntui.services.access.access_policy import find_policy, read_lists
    from dyntui.services.imports.server_reader import with_retries

    row = find_policy(await with_retries(connection.client, lambda: read_lists(connection.client)), name)
    return {"id": str(row["id"]), "name": str(row.get("name") or "")}


async def _load_custom_fields(connection: Connection) -> Sequence[Row]:
    """Return the custom fields of the environment; none when the token may not read them."""
    from dyntui.api.errors import ApiError
    from dyntui.services.imports.server_reader import with_retries

    client = connection.client
    try:
        return (await with_retries(client, lambda: client.page("getCustomFieldsForEnvironment", "customFields"))).rows
    except ApiError:
        return []
