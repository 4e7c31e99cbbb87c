"""`dyntui cache`: show and clear the row cache, the rows of lists stored on this machine."""

from __future__ import annotations

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context
from dyntui.core.json_types import as_object
from dyntui.core.text import quantity

__all__ = ["cache"]


_profile_argument = click.argument(
    "name",
    required=False,
    metavar="[PROFILE]",
    help="Name of the profile.  [default: the current one]",
)

cache = CommandGroup("cache", help="Show and clear the row cache.")


@cache.command("status")
@pass_context
def show_status(context: CliContext) -> None:
    """Show the cache files and their rows, and how many recent users and requests of the API console are stored.

    Each environment and token has its own file. Rows are deleted after a day.
    """
    from dyntui.config.cache_files import cache_files
    from dyntui.config.paths import paths
    from dyntui.config.recent_users import count_recent_users
    from dyntui.config.request_history import count_requests
    from dyntui.core.file_version import NewerFile
    from dyntui.resources.cell_formats import thousands
    from dyntui.resources.resource import Column
    from dyntui.store.cache import CacheUnusable, RowCache

    files: list[tuple[str, int, dict[str, int]]] = []
    for file in cache_files(paths().cache):
        try:
            row_cache = RowCache(file)
        except (CacheUnusable, OSError) as error:
            context.print_message(f"{file} cannot be read: {error}")
            continue
        files.append((str(file), file.stat().st_size, row_cache.counts()))
        row_cache.close()
    for file, name, count in (
        (paths().recent_users_file, "recent users", count_recent_users),
        (paths().request_history_file, "requests", count_requests),
    ):
        try:
            number = count()
        except NewerFile as error:
            context.print_message(str(error))
            continue
        if number:
            files.append((str(file), file.stat().st_size, {name: number}))
    columns = (
        Column("file"),
        Column("bytes", right=True, format=thousands),
        Column("rows", pick=lambda item: ", ".join(f"{n} {name}" for name, n in as_object(item["rows"]).items())),
    )
    context.print_items(({"file": file, "bytes": size, "rows": counts} for file, size, counts in files), columns)
    if not context.prints_data and not files:
        context.print_message("The row cache is empty, and no recent users or requests are stored.")


@cache.command("allow")
@_profile_argument
@pass_context
def allow_storage(context: CliContext, name: str | None) -> None:
    """Allow storing rows of a live environment on disk.

    Stored rows make lists open faster. They are kept for up to a day in files that only you can read, and contain no
    tokens or MFA secrets.
    """
    _set_keep_rows(context, name, True)
    context.print_result("To undo this: dyntui cache forbid")


@cache.command("forbid")
@_profile_argument
@pass_context
def forbid_storage(context: CliContext, name: str | None) -> None:
    """Keep rows of a live environment in memory only, and clear what is cached.

    This deletes the cached rows, recent users and requests of all environments. The users that you open are not
    remembered: the jump bar of the console suggests them only until you quit.
    """
    from dyntui.config.cache_files import purge_all
    from dyntui.config.paths import paths

    _set_keep_rows(context, name, False)
    purge_all(paths().cache)
    context.print_result("Row cache, recent users and requests cleared.")


def _set_keep_rows(context: CliContext, name: str | None, keep: bool) -> None:
    from dataclasses import replace

    from dyntui.cli.login import find_saved_profile
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    profile = profiles.get(name) if name else find_saved_profile(context, profiles)
    profiles.put(replace(profile, keep_rows=keep))
    profiles.save()
    context.print_data({"profile": profile.name, "kind": profile.kind, "keep_rows": keep})
    if profile.kind == "sandbox":
        context.print_result(
            f"{profile.name} is a sandbox environment: its rows are always stored on disk, except with --no-cache."
        )
    else:
        context.print_result(f"Rows of {profile.name} are stored {'on disk' if keep else 'in memory only'}.")


@cache.command("purge")
@pass_context
def purge_cache(context: CliContext) -> None:
    """Clear the row cache, the recent users and the requests of the API console. Lists fetch their rows again.

    What is known about the filters of servers is cleared too.
    """
    from dyntui.config.cache_files import purge_all
    from dyntui.config.paths import paths

    files = purge_all(paths().cache)
    context.print_data({"purged": [str(file) for file in files]})
    context.print_result(f"Row cache, recent users and requests cleared: {quantity(len(files), 'file')} deleted.")
