"""`dyntui allowlists import`: import entries of an allowlist from a file, as a job."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context
from dyntui.cli.import_command import ImportOptions, file_options, import_file, run_options

__all__ = ["import_entries"]


@click.command("import", cls=BaseCommand)
@click.argument("allowlist", metavar="LIST")
@click.argument("file", metavar="FILE")
@file_options
@run_options
@confirm_options
@pass_context
def import_entries(context: CliContext, /, allowlist: str, file: str, **options: Any) -> int:
    """Import entries from FILE into LIST, a name or id.

    Each entry is one request. Entries that already exist are counted as `exists`. A column named `identifier` may
    contain identifiers of any kind: emails, wallets, domains, phone numbers.
    """
    chosen = ImportOptions("allowlist", **options)
    return import_file(context, file, chosen, chosen.job_facts(), allowlist=allowlist)
