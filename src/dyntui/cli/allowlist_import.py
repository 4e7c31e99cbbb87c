"""`dyntui allowlists import`: a file of people, wallets or domains becomes entries of an access list."""

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
    """Import entries into LIST (its name or id) from FILE, one request an entry.

    An entry that is there already counts as `exists`. The column `identifier` may hold any kind: e-mail, wallet,
    domain, phone.
    """
    chosen = ImportOptions("allowlist", **options)
    return import_file(context, file, chosen, chosen.facts(), to=allowlist)
