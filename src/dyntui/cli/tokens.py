"""`dyntui tokens`: API tokens of the environment. The token of the profile is marked."""

from __future__ import annotations

import click

from dyntui.cli.context import CommandGroup
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.resources import RESOURCES

__all__ = ["tokens"]


@click.group(cls=CommandGroup)
def tokens() -> None:
    """List, create and delete API tokens of the environment."""


add_resource_commands(tokens, RESOURCES["tokens"])
