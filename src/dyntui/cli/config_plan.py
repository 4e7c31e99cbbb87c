"""`dyntui config plan|drift`: how an environment differs from files, from another environment or from a snapshot."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.config import checked_resources, folder_argument, only_option
from dyntui.cli.context import CliContext, pass_context
from dyntui.cli.output import TextPart, print_styled, print_values
from dyntui.cli.shared_options import combine_options
from dyntui.core.errors import EXIT_DONE, EXIT_SOME_FAILED, UsageError
from dyntui.core.meanings import Role, role_of_change, role_of_sign
from dyntui.core.text import quantity, shorten

if TYPE_CHECKING:
    from dyntui.services.configuration.plan import ConfigPlan
    from dyntui.services.configuration.plan_file import SavedPlan
    from dyntui.services.configuration.plan_impact import PlanImpact
    from dyntui.services.connection import Connection

__all__ = ["EXIT_DIFFERENT", "PlanSource", "drift", "make_saved_plan", "plan", "print_plan", "source_options"]

T = TypeVar("T")
EXIT_DIFFERENT = 2
"""The exit code of `plan --exit-code` and `drift` for differences."""


@dataclass(frozen=True, slots=True)
class PlanSource:
    """Where the desired configuration is from, as options: one of folder, profile and snapshot."""

    folder: Path | None = None
    from_profile: str = ""
    snapshot: str = ""
    only: tuple[str, ...] = ()
    include_entries: bool = False
    prune: bool = False
    send_secrets: bool = False

    def check(self) -> None:
        """Raise UsageError unless exactly one is given."""
        given = [name for name, value in (("DIR", self.folder), ("--from-profile", self.from_profile),
            ("--snapshot", self.snapshot)) if value]  # fmt: skip
        if len(given) != 1:
            problem = "Nothing to compare with." if not given else f"{' and '.join(given)} cannot be combined."
            raise UsageError(problem, hint="Give DIR, --from-profile PROFILE or --snapshot SNAPSHOT.")
        checked_resources(self.only)


_SOURCE_OPTIONS = combine_options(
    click.option("--from-profile", metavar="PROFILE", default="", help="Take the configuration of this environment."),
    click.option("--to-profile", metavar="PROFILE", default="", help="The environment to change; same as --profile."),
    click.option("--snapshot", metavar="SNAPSHOT", default="", help="Take the configuration of this snapshot."),
    only_option,
    click.option("--include-entries", is_flag=True, help="With --from-profile: also the entries of allowlists."),
    click.option("--prune", is_flag=True, help="Delete objects and allowlist entries that are not in the files."),
    click.option("--send-secrets", is_flag=True, help="Also send the secrets of objects that exist, for new values."),
)


def source_options(command: Callable[..., T]) -> Callable[..., T]:
    """Add the options that say where the desired configuration is from, what of it, and for which environment.

    The command gets them as `source`, without a folder. --to-profile selects the environment of the context.
    """

    @functools.wraps(command)
    def with_source(
        *args: object,
        from_profile: str,
        to_profile: str,
        snapshot: str,
        only: tuple[str, ...],
        include_entries: bool,
        prune: bool,
        send_secrets: bool,
        **options: object,
    ) -> T:
        context = click.get_current_context().ensure_object(CliContext)
        if to_profile and context.profile_name not in (None, to_profile):
            raise UsageError("--to-profile and --profile name different environments.", hint="Give one of them.")
        context.profile_name = to_profile or context.profile_name
        source = PlanSource(None, from_profile, snapshot, only, include_entries, prune, send_secrets)
        return command(*args, source=source, **options)

    return _SOURCE_OPTIONS(with_source)


async def make_saved_plan(context: CliContext, connection: Connection, source: PlanSource) -> SavedPlan:
    """Read the source and the environment, and return the plan. Raises DyntuiError."""
    from dyntui.services.configuration.sources import from_environment, from_folder, from_snapshot, plan_for

    profile = connection.profile
    names = checked_resources(source.only)
    if source.folder is not None:
        desired = from_folder(source.folder, profile)
    elif source.snapshot:
        desired = from_snapshot(source.snapshot, profile)
    else:
        other = replace(context, profile_name=source.from_profile, environment_id=None, base_url=None)
        async with other.connection() as from_connection:
            desired = await from_environment(
                from_connection, profile, names, include_entries=source.include_entries or "allowlist-entries" in names
            )
    context.print_message(*desired.warnings)
    return await plan_for(connection, desired.only(names), prune=source.prune, send_secrets=source.send_secrets)


def print_plan(context: CliContext, plan: ConfigPlan) -> None:
    """Print a plan as text, in color on a terminal."""
    from dyntui.services.configuration.plan_text import (
        extra_lines,
        plan_lines,
        plan_summary,
        unsent_lines,
        warning_lines,
    )

    lines = [*plan_lines(plan, os.environ)]
    if lines and not context.prints_data:
        print_styled([[TextPart(line, _role_of(line))] for line in lines])
    extra = extra_lines(plan)
    more = [f"  … and {len(extra) - _MOST_EXTRA:,} more"] if len(extra) > _MOST_EXTRA else []
    context.print_message(
        *_not_compared(plan),
        f"Only in {plan.current.environment}:" if extra else "",
        *(f"  {line}" for line in extra[:_MOST_EXTRA]),
        *more,
        *unsent_lines(plan),
        *(f"warning: {line}" for line in warning_lines(plan)),
        plan_summary(plan),
    )


def _not_compared(plan: ConfigPlan) -> list[str]:
    """Return what is not compared, with the reasons, as lines."""
    unread = {**plan.desired.unavailable, **plan.current.unavailable}
    problems = (*plan.current.problems, *plan.desired.problems)
    return [
        *(f"not compared: {name}: {reason}" for name, reason in unread.items()),
        *(f"not compared: {each.resource} {shorten(each.name, 80)}: {each.message}" for each in problems),
    ]


_MOST_EXTRA = 20


def _role_of(line: str) -> Role:
    return Role.WARN if line.startswith(("~", "?")) else role_of_sign(line) or role_of_change(line)


async def assess(context: CliContext, connection: Connection, plan: ConfigPlan) -> PlanImpact | None:
    """Return what a plan does to sign-in; None when it cannot be known, which is printed."""
    from dyntui.services.configuration.plan_impact import assess_plan

    try:
        return await assess_plan(connection, plan)
    except UsageError as error:
        context.print_message(f"warning: {error}")
        return None


@click.command("plan", cls=BaseCommand)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@source_options
@click.option(
    "-O",
    "--save",
    metavar="PLAN",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Save the plan into this file, for `dyntui config apply`.",
)
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request.")
@click.option("--exit-code", is_flag=True, help="Exit with 2 if there are differences.")
@pass_context
def plan(
    context: CliContext, folder: Path | None, source: PlanSource, save: Path | None, markdown: bool, exit_code: bool
) -> int:
    """Show what gives an environment the configuration in DIR, of another environment or of a snapshot.

    A line begins with + for an object that is created, ~ for one that is changed, - for one that is deleted, ! for a
    difference that the API does not let dyntui remove, and ? for a value that is not set, such as a secret. Nothing is
    deleted without --prune. Nothing is written, except the plan with --save.

    \b
    Exit status: 0; with --exit-code 2 if there are differences, also with !, 1 if something could not be compared.
    """
    from dyntui.services.configuration.plan_file import save_plan
    from dyntui.services.configuration.plan_text import plan_document, plan_markdown

    source = replace(source, folder=folder)
    source.check()
    if markdown and context.prints_data:
        raise UsageError("--markdown and a format of the result cannot be combined.")

    async def work(connection: Connection) -> tuple[SavedPlan, PlanImpact | None]:
        saved = await make_saved_plan(context, connection, source)
        return saved, await assess(context, connection, saved.plan)

    saved, impact = context.run_connected(work)
    found = saved.plan
    if markdown:
        print_values(plan_markdown(saved, impact, os.environ).rstrip())
    else:
        context.print_data(plan_document(saved, impact, os.environ), is_own=True)
        print_plan(context, found)
        if impact is not None:
            context.print_message(*impact.requirement.effects, *impact.lockout)
    if save is not None:
        save_plan(save, saved)
        context.print_message(f"Plan {saved.fingerprint} saved. To apply it: dyntui config apply {save}")
    if not exit_code:
        return EXIT_DONE
    return EXIT_DIFFERENT if found.has_differences else EXIT_SOME_FAILED if found.is_partial else EXIT_DONE


@click.command("drift", cls=BaseCommand)
@folder_argument
@only_option
@pass_context
def drift(context: CliContext, folder: Path, only: tuple[str, ...]) -> int:
    """List how an environment differs from the files in DIR, one line for each difference.

    `changed` is a value that differs, `missing` is in the files and not in the environment, `extra` is only in the
    environment. Secrets are not compared, because their values are not in the files. A value that differs is a
    difference also if the API does not let `dyntui config apply` set it: standard error says so. Objects that the
    environment does not have and that no file can create are named on standard error, and are no difference.

    \b
    Exit status: 0 if there is no difference, 2 if there is one, 1 if something could not be compared.
    """
    from dyntui.resources.resource import Column
    from dyntui.services.configuration.plan_text import differences

    source = PlanSource(folder, only=only, prune=True)
    source.check()
    found = context.run_connected(lambda connection: make_saved_plan(context, connection, source)).plan
    rows = [asdict(each) for each in differences(found)]
    columns = (
        Column("kind", "difference"),
        Column("object", grow=True),
        Column("path", "value", 24),
        Column("expected", "in the files", 20),
        Column("actual", f"in {found.current.environment}", 20),
    )
    context.print_items(rows, columns)
    unread = _not_compared(found)
    not_creatable = found.not_creatable
    context.print_message(
        *unread,
        *(
            f"{'cannot be created' if each in not_creatable else 'cannot be applied'}: {each.line}"
            for each in found.impossible
        ),
    )
    if not context.prints_data:
        context.print_message(f"{quantity(len(rows), 'difference')} of {found.current.environment} from {folder}.")
    return EXIT_DIFFERENT if rows else EXIT_SOME_FAILED if unread else EXIT_DONE
