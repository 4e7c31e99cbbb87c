"""`dyntui cache`: what the console keeps of lists, and how to be rid of it."""

from __future__ import annotations

import click

from dyntui.cli.context import CliContext, CommandGroup, pass_context

__all__ = ["cache"]


@click.group(cls=CommandGroup)
def cache() -> None:
    """Show and purge the row cache."""


@cache.command("status")
@pass_context
def status(context: CliContext) -> None:
    """Show what is kept: one file for each environment and token, for a day at most."""
    from dyntui.config.paths import paths
    from dyntui.store.cache import RowCache, cache_files

    found: list[tuple[str, int, dict[str, int]]] = []
    for file in cache_files(paths().cache):
        rows = RowCache(file)
        found.append((str(file), file.stat().st_size, rows.counts()))
        rows.close()
    context.emit_json([{"file": file, "bytes": size, "rows": counts} for file, size, counts in found])
    context.print_table(
        ("file", "bytes", "rows"),
        ((file, size, ", ".join(f"{n:,} {name}" for name, n in counts.items())) for file, size, counts in found),
    )
    if not context.json and not found:
        context.print_message("nothing is kept")


@cache.command("allow")
@click.argument("name", required=False)
@pass_context
def allow(context: CliContext, name: str | None) -> None:
    """Agree that rows of a live environment may rest on this disk for a day: 0600, no tokens, no second factors."""
    _agree(context, name, True)
    context.print_result("Lists are there at once next time. `dyntui cache forbid` takes it back.")


@cache.command("forbid")
@click.argument("name", required=False)
@pass_context
def forbid(context: CliContext, name: str | None) -> None:
    """Keep rows of a live environment in memory only, and delete every cached row."""
    from dyntui.config.paths import paths
    from dyntui.store.cache import cache_files, purge

    _agree(context, name, False)
    for file in cache_files(paths().cache):
        purge(file)
    context.print_result("Cached rows were deleted.")


def _agree(context: CliContext, name: str | None, keep: bool) -> None:
    from dataclasses import replace

    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    profile = profiles.get(name or context.profile_name or profiles.current or "")
    profiles.put(replace(profile, keep_rows=keep))
    profiles.save()
    context.emit_json({"profile": profile.name, "kind": profile.kind, "keep_rows": keep})
    if profile.kind == "sandbox":
        context.print_result(
            f"{profile.name} is a sandbox environment; its rows are always cached, except with --no-cache."
        )
    else:
        context.print_result(f"Rows of {profile.name} are kept {'on this disk' if keep else 'in memory only'}.")


@cache.command("purge")
@pass_context
def purge_all(context: CliContext) -> None:
    """Delete every cached row. Nothing is lost: it is fetched again."""
    from dyntui.config.paths import paths
    from dyntui.store.cache import cache_files, purge

    files = cache_files(paths().cache)
    for file in files:
        purge(file)
    context.emit_json({"purged": [str(file) for file in files]})
    context.print_result(f"{len(files)} cache file{'s' if len(files) != 1 else ''} deleted")
