"""`dyntui demo`: the console on a sandbox of its own."""

from __future__ import annotations

import click

from dyntui.cli.context import BaseCommand, CliContext, pass_context

__all__ = ["demo"]


@click.command(cls=BaseCommand)
@click.option("--users", type=click.IntRange(0, 1_000_000), default=500, show_default=True, help="How many people.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which people.")
@click.option(
    "--switch",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="Behave otherwise (repeatable); `dyntui sandbox --help` names them.",
)
@pass_context
def demo(context: CliContext, users: int, seed: int, switches: tuple[str, ...]) -> int:
    """Open the console on a built-in sandbox. Nothing to install, nothing leaves this machine."""
    from dyntui.sandbox.behavior_flags import parse_switches
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run

    options = SandboxOptions(users=users, seed=seed, switches=parse_switches(switches))
    return run(None, demo=options, read_only=context.read_only)
