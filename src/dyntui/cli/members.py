"""`dyntui members`: the people of the organization. Their invitations are `dyntui get invites`."""

from __future__ import annotations

import click

from dyntui.cli.context import CommandGroup
from dyntui.cli.resource_commands import add_resource_commands
from dyntui.resources import RESOURCES

__all__ = ["members"]


@click.group(cls=CommandGroup)
def members() -> None:
    """Members of the organization: list, give another role, remove."""


add_resource_commands(members, RESOURCES["members"])
