"""`dyntui` and `dyntui demo`: the only commands that load Textual."""

from __future__ import annotations

import click

from dyntui.cli.common import Command, Context, pass_context
from dyntui.core.errors import NotAuthorised, Usage

__all__ = ["demo", "open_console"]


def open_console(context: Context) -> int:
    """Open the console on the profile that the options name, the last one, or the first-run setup."""
    from dyntui.config.profiles import Profiles
    from dyntui.tui import run

    named = context.profile_name or context.environment_id or context.base_url
    try:
        profile = context.profile()
    except (Usage, NotAuthorised):
        if named or Profiles.load().names():
            raise
        profile = None
    return run(profile, read_only=context.read_only)


@click.command(cls=Command)
@click.option("--users", type=click.IntRange(0, 1_000_000), default=500, show_default=True, help="How many people.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which people.")
@pass_context
def demo(context: Context, users: int, seed: int) -> int:
    """Open the console on a built-in sandbox. Nothing to install, nothing leaves this process."""
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run

    return run(None, demo=SandboxOptions(users=users, seed=seed), read_only=context.read_only)
