"""`dyntui config`: the configuration of an environment as files.

The commands of `history` are in config_history.py, those that compare and apply in config_plan.py and config_apply.py.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.core.errors import EXIT_DONE, EXIT_SOME_FAILED, EXIT_USAGE, UsageError
from dyntui.core.text import quantity, shorten

if TYPE_CHECKING:
    from dyntui.services.configuration.model import EnvironmentConfig
    from dyntui.services.configuration.pull import PullResult
    from dyntui.services.connection import Connection

__all__ = ["checked_resources", "config", "folder_argument", "only_option"]

config = CommandGroup(
    "config",
    help="Write the configuration as files, check, compare and apply it.",
    lazy={
        "plan": "dyntui.cli.config_plan:plan",
        "apply": "dyntui.cli.config_apply:apply",
        "drift": "dyntui.cli.config_plan:drift",
        "history": "dyntui.cli.config_history:history",
    },
    short_helps={
        "plan": "Show what gives an environment the configuration in DIR, of another environment or of a snapshot.",
        "apply": "Change an environment as a saved PLAN, the files in DIR or a snapshot say.",
        "drift": "List how an environment differs from the files in DIR, one line for each difference.",
        "history": "List snapshots of the configuration, compare, export and delete them.",
    },
)

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
only_option = click.option(
    "--only", "only", multiple=True, metavar="CONFIG-RESOURCE", help="Only this resource; repeat for several."
)


@config.command("pull")
@folder_argument
@only_option
@click.option("--include-entries", is_flag=True, help="Also the entries of allowlists, one file for each list.")
@click.option("--values", "only_values", is_flag=True, help="Only the values that the files refer to, as ${NAME}.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only show which files would change, and write nothing.")
@pass_context
def pull(
    context: CliContext,
    folder: Path,
    only: tuple[str, ...],
    include_entries: bool,
    only_values: bool,
    is_dry_run: bool,
) -> int:
    """Write the configuration of the environment into DIR, one file for each object.

    Comments and references in the files stay, and nothing is written for what did not change. Secrets are never
    written: a file has ${NAME} in their place. The file of an object that is no longer in the environment is removed,
    unless it was written or changed by hand.

    --values prepares the files of another environment for this one: it writes the values that this environment has for
    the references in the files, and names those for which it has none.
    """
    if only_values and is_dry_run:
        raise UsageError("--values and --dry-run exclude each other.", hint="--values changes no file but the values.")
    if only_values:
        return _pull_values(context, folder, only)
    from dyntui.services.configuration.folder import read_files
    from dyntui.services.configuration.history import save_snapshot
    from dyntui.services.configuration.manifest import Manifest, check_new_folder, read_manifest
    from dyntui.services.configuration.model import config_order
    from dyntui.services.configuration.pull import write_folder
    from dyntui.services.configuration.read import read_environment

    names = checked_resources(only)
    before = read_manifest(folder)
    if before is None:
        check_new_folder(folder)
    manifest = before or Manifest()
    files = read_files(folder, names or config_order())  # before the requests: a mistake in one ends the command

    async def work(connection: Connection) -> EnvironmentConfig:
        entries = include_entries or (not names and "allowlist-entries" in manifest.resources)
        return await read_environment(connection, only=names, include_entries=entries, rules=manifest.rules)

    found = context.run_connected(work)
    other = ", ".join(name for name, known in manifest.environments.items() if known != found.environment_id)
    if other and not manifest.environment_name(found.environment_id):
        context.print_message(f"{folder} was written from {other} before; now it gets what {found.environment} has.")
    manifest = manifest.with_pull(found.environment_id, found.environment, found.resources)
    result = write_folder(folder, found, manifest, files, is_dry_run=is_dry_run)
    snapshot = "" if is_dry_run else save_snapshot(found, "pull", is_complete=not names).id
    _print_pull(context, folder, found, result, snapshot)
    if is_dry_run:
        context.print_message("Nothing was written, because of --dry-run.")
    return EXIT_SOME_FAILED if found.problems else EXIT_DONE


def _pull_values(context: CliContext, folder: Path, only: tuple[str, ...]) -> int:
    """Write only the values of the environment to which the files of a folder refer."""
    from dyntui.services.configuration.folder import open_folder
    from dyntui.services.configuration.manifest import values_file
    from dyntui.services.configuration.pull import write_values
    from dyntui.services.configuration.read import read_environment

    names = checked_resources(only)
    opened = open_folder(folder)
    rules = opened.manifest.rules
    found = context.run_connected(lambda connection: read_environment(connection, only=names, rules=rules))
    manifest = opened.manifest.with_pull(found.environment_id, found.environment, ())
    result, missing = write_values(opened, found, manifest)
    path = values_file(folder, manifest.environment_name(found.environment_id))
    context.print_data({"environment": found.environment, "folder": str(folder), **asdict(result), "missing": missing})
    context.print_result(
        *(f"created  {name}" for name in result.created), *(f"updated  {name}" for name in result.updated)
    )
    context.print_message(*(f"{found.environment} has no value for {name}. Write one into {path}." for name in missing))
    if not missing:
        context.print_message(f"{path} has a value for each reference but those of secrets.")
    return EXIT_DONE


def checked_resources(names: tuple[str, ...]) -> list[str]:
    """Return the names of these resources. Raises UsageError for one that is not configuration."""
    from dyntui.services.actions.resource_actions import find_resource

    records = [find_resource(name) for name in names]
    for record in records:
        if record.configuration is None:
            raise UsageError(
                f"{record.title} are not configuration. {record.not_configuration}",
                hint="docs/resources.md lists the resources that are.",
            )
    return [record.name for record in records]


def _print_pull(
    context: CliContext, folder: Path, found: EnvironmentConfig, result: PullResult, snapshot_id: str
) -> None:
    context.print_data(
        {
            "environment": found.environment,
            "folder": str(folder),
            **asdict(result),
            "unavailable": dict(found.unavailable),
            "problems": [asdict(problem) for problem in found.problems],
            "snapshot": snapshot_id,
        }
    )
    context.print_result(
        *(f"created  {name}" for name in result.created),
        *(f"updated  {name}" for name in result.updated),
        *(f"removed  {name}" for name in result.removed),
    )
    for name, reason in found.unavailable.items():
        context.print_message(f"not read: {name}: {reason}")
    for name in result.left:
        context.print_message(
            f"left: {folder / name} is not in {found.environment}; it was written or changed by hand."
        )
    for problem in found.problems:
        context.print_message(f"left out: {problem.resource} {shorten(problem.name, 80)}: {problem.message}")
    counts = ", ".join(
        f"{len(names):,} {word}"
        for word, names in (("created", result.created), ("updated", result.updated), ("removed", result.removed))
        if names
    )
    objects = quantity(len(found.objects), "object")
    context.print_message(f"{objects} of {found.environment} in {folder}: {counts or 'no file changed'}.")


@config.command("validate")
@folder_argument
@pass_context
def validate(context: CliContext, folder: Path) -> int:
    """Check the files in DIR without a server: keys, types, allowed values, names of other objects.

    \b
    Exit status: 0 if there are at most warnings, 2 if a file has a mistake.
    """
    from dyntui.services.configuration.validate import validate_folder

    problems = validate_folder(folder)
    mistakes = [problem for problem in problems if not problem.is_warning]
    context.print_data({"folder": str(folder), "problems": [asdict(problem) for problem in problems]})
    context.print_result(*(f"{folder.as_posix().rstrip('/')}/{problem}" for problem in problems))
    if not context.prints_data:
        warnings = len(problems) - len(mistakes)
        context.print_message(
            f"{quantity(len(mistakes), 'mistake')}, {quantity(warnings, 'warning')}."
            if problems
            else f"{folder} has no mistakes."
        )
    return EXIT_USAGE if mistakes else EXIT_DONE
