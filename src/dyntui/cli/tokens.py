"""`dyntui tokens`: the API tokens of the environment. The one that is used here is marked."""

from __future__ import annotations

import click

from dyntui.cli.context import CommandGroup
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.resources import RESOURCES

__all__ = ["tokens"]


@click.group(cls=CommandGroup)
def tokens() -> None:
    """API tokens of the environment: list, make, delete."""


add_resource_commands(tokens, RESOURCES["tokens"])
