"""`dyntui members`: members of the organization. Invitations are `dyntui get invites`."""

from __future__ import annotations

import click

from dyntui.cli.context import CommandGroup
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.resources import RESOURCES

__all__ = ["members"]


@click.group(cls=CommandGroup)
def members() -> None:
    """List, edit and remove members of the organization."""


add_resource_commands(members, RESOURCES["members"])
