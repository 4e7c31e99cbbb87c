"""`dyntui audit`: print the audit log of this machine."""

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
    "--since", metavar="TIME", help="Only entries since TIME: 30m, 12h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z."
)
@click.option("--ndjson", is_flag=True, help="Print one JSON object per line.")
@pass_context
def audit(context: CliContext, since: str | None, ndjson: bool) -> None:
    """Show writes made from this machine, oldest first.

    The audit log names the profile, action and targets of each write. Dynamic's own events do not say who used an API
    token.
    """
    from dyntui.config.paths import paths
    from dyntui.services.actions.audit import Audit

    lines = list(Audit(paths().audit_file).lines(_parse_since(since) if since else None))
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


def _parse_since(text: str) -> datetime:
    if text[-1:] in _UNITS and text[:-1].isdigit():
        return now() - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    time = parse_time(text)
    if time is None:
        raise UsageError(f"{text!r} is not a time.", hint="Examples: 30m, 12h, 7d, 2026-01-31, 2026-01-31T12:00:00Z.")
    return time
