"""`dyntui audit`: print the audit log of this machine."""

from __future__ import annotations

from dataclasses import asdict

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context

__all__ = ["audit"]


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
    from dyntui.services.events import parse_since

    lines = list(Audit(paths().audit_file).lines(parse_since(since) if since else None))
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
