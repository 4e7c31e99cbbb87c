"""`dyntui cache`: what the console keeps of lists, and how to be rid of it."""

from __future__ import annotations

import click

from dyntui.cli.common import Context, Group, pass_context

__all__ = ["cache"]


@click.group(cls=Group)
def cache() -> None:
    """Show and purge the row cache."""


@cache.command("status")
@pass_context
def status(context: Context) -> None:
    """Show what is kept: one file for each environment and token, for a day at most."""
    from dyntui.config.paths import paths
    from dyntui.store.cache import RowCache, cache_files

    found: list[tuple[str, int, dict[str, int]]] = []
    for file in cache_files(paths().cache):
        rows = RowCache(file)
        found.append((str(file), file.stat().st_size, rows.counts()))
        rows.close()
    context.emit([{"file": file, "bytes": size, "rows": counts} for file, size, counts in found])
    context.table(
        ("file", "bytes", "rows"),
        ((file, size, ", ".join(f"{n:,} {name}" for name, n in counts.items())) for file, size, counts in found),
    )
    if not context.json and not found:
        context.note("nothing is kept")


@cache.command("purge")
@pass_context
def purge_all(context: Context) -> None:
    """Delete every cached row. Nothing is lost: it is fetched again."""
    from dyntui.config.paths import paths
    from dyntui.store.cache import cache_files, purge

    files = cache_files(paths().cache)
    for file in files:
        purge(file)
    context.emit({"purged": [str(file) for file in files]})
    context.say(f"{len(files)} cache file{'s' if len(files) != 1 else ''} deleted")
