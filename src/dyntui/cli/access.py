"""`dyntui access`: who may come in, and whether somebody would get in."""

from __future__ import annotations

from typing import Any

import click

from dyntui.cli.context import CliContext, CommandGroup, pass_context, run

__all__ = ["access"]


@click.group("access", cls=CommandGroup)
def access() -> None:
    """Say who may come in, and whether somebody would."""


@access.command("status")
@pass_context
def status(context: CliContext) -> None:
    """Say who may come in now, from lists and gates."""
    from dyntui.services.access.access_policy import read_access

    async def work() -> Any:
        async with context.connection() as connection:
            return await read_access(connection.client)

    found = run(work())
    context.emit({"summary": found.summary(), "lists": list(found.lists), "gates": list(found.gates)})
    context.say(*found.summary())


@access.command("check")
@click.argument("who", metavar="WHO")
@click.option("--user", "is_user", is_flag=True, help="WHO is the id of a user: everything linked to it counts.")
@click.option("--region", metavar="XX", help="Country of a phone number that says none.")
@pass_context
def check(context: CliContext, who: str, is_user: bool, region: str | None) -> int:
    """Say whether WHO would get in, and why: an e-mail, wallet, phone, domain, twitter:NAME, fid:N, ..., or a user.

    \b
    exit: 0 yes, 1 no, or it depends on gates
    """
    from dyntui.services.access.check import AccessVerdict, check_access, check_user, parse_subject

    subject = None if is_user else parse_subject(who, region=region)

    async def work() -> Any:
        async with context.connection() as connection:
            if subject is not None:
                return await check_access(connection.client, subject)
            document = await connection.client.users.get_raw(who)
            return await check_user(connection.client, document.get("user", document))

    answer = run(work())
    context.emit(answer.facts())
    context.say(answer.words, *(f"  {line}" for line in answer.because))
    return 0 if answer.verdict is AccessVerdict.YES else 1
