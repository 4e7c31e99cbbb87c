"""`dyntui demo`: open the console on a sandbox in the same process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context

__all__ = ["demo", "sample_users_option"]

F = TypeVar("F", bound=Callable[..., Any])


def sample_users_option(*, default: int, most: int) -> Callable[[F], F]:
    """Return the option for the number of users of a sandbox."""
    return click.option(
        "--users", type=click.IntRange(0, most), default=default, show_default=True, help="Number of sample users."
    )


@click.command(cls=BaseCommand)
@sample_users_option(default=500, most=1_000_000)
@click.option("--seed", type=int, default=1, show_default=True, help="Random seed of the sample users.")
@click.option(
    "--flag",
    "flags",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a behavior flag of the sandbox (repeatable); `dyntui sandbox --help` lists them.",
)
@click.option("--tour/--no-tour", default=None, help="Show the tour of the keys, or not.  [default: until it was seen]")
@pass_context
def demo(context: CliContext, users: int, seed: int, flags: tuple[str, ...], tour: bool | None) -> int:
    """Open the console on a built-in sandbox. Needs no account and no network."""
    from dyntui.cli.signals import default_signals
    from dyntui.config.paths import paths
    from dyntui.sandbox.behavior_flags import parse_flags
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run

    options = SandboxOptions(users=users, seed=seed, flags=parse_flags(flags))
    has_tour = tour if tour is not None else not paths().tour_file.exists()
    with default_signals():
        return run(None, demo=options, read_only=context.read_only, has_tour=has_tour)
