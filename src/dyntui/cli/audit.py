"""`dyntui audit`: what was written from here, when and to what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context
from dyntui.core.errors import UsageError
from dyntui.core.times import now, parse_time

__all__ = ["audit"]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@click.command(cls=BaseCommand)
@click.option(
    "--since", metavar="TIME", help="Only lines since then: 2026-01-31, 2026-01-31T12:00:00Z, or 30m, 12h, 7d."
)
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
@pass_context
def audit(context: CliContext, since: str | None, ndjson: bool) -> None:
    """Show what was written, oldest first. The vendor's events carry no actor for API tokens; this does."""
    from dyntui.config.paths import paths
    from dyntui.services.actions.audit import Audit

    lines = list(Audit(paths().audit_file).lines(_since(since) if since else None))
    if ndjson:
        for line in lines:
            context.emit_json_line(asdict(line))
        return
    context.emit_json([asdict(line) for line in lines])
    context.print_table(
        ("time", "action", "outcome", "targets", "profile", "detail", "change"),
        (
            (
                line.time[:19],
                line.action,
                line.outcome,
                " ".join(line.targets),
                line.profile,
                line.detail,
                line.change_text,
            )
            for line in lines
        ),
    )


def _since(text: str) -> datetime:
    if text[-1:] in _UNITS and text[:-1].isdigit():
        return now() - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    moment = parse_time(text)
    if moment is None:
        raise UsageError(f"{text!r} is no time.", hint="Write 2026-01-31, 2026-01-31T12:00:00Z, or 30m, 12h, 7d.")
    return moment
