"""`dyntui access`: the current sign-in policy, and the access check of an identifier or a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context

if TYPE_CHECKING:
    from dyntui.services.access.check import AccessAnswer
    from dyntui.services.connection import Connection

__all__ = ["access"]

access = CommandGroup("access", help="Show who may sign in, and check a user or an identifier.")


@access.command("status")
@pass_context
def show_status(context: CliContext) -> None:
    """Show who may sign in now, according to allowlists and gates."""
    from dyntui.services.access.access_policy import read_access

    policy = context.run_connected(lambda connection: read_access(connection.client))
    context.print_data({"summary": policy.summary(), "lists": list(policy.lists), "gates": list(policy.gates)})
    context.print_result(*policy.summary())


@access.command("check")
@click.argument("identifier", metavar="IDENTIFIER")
@click.option(
    "--user",
    "is_user",
    is_flag=True,
    help="Find the user that IDENTIFIER is of, and check all identifiers of the user.",
)
@click.option("--region", metavar="XX", help="Country of a phone number without a country code: US, DE, ...")
@pass_context
def check(context: CliContext, identifier: str, is_user: bool, region: str | None) -> int:
    """Check whether an identifier or a user may sign in, and why.

    IDENTIFIER is an email, email domain, wallet or phone number, or one with a prefix (twitter:ada, fid:77). With
    --user, it is the id, email, phone number, wallet address or username of a user.

    \b
    Exit status: 0 if sign-in is allowed; 1 if it is refused or depends on gates or on an unknown outcome.
    """
    from dyntui.resources.users import USERS
    from dyntui.services.access.check import AccessVerdict, check_access, check_user, parse_subject
    from dyntui.services.actions.target_lookup import read_object

    entry = None if is_user else parse_subject(identifier, region=region)

    async def work(connection: Connection) -> AccessAnswer:
        if entry is not None:
            return await check_access(connection.client, entry)
        return await check_user(connection.client, await read_object(connection.client, USERS, identifier))

    answer = context.run_connected(work)
    context.print_data(answer.as_json())
    context.print_result(answer.summary, *(f"  {reason}" for reason in answer.reasons))
    return 0 if answer.verdict is AccessVerdict.YES else 1
