"""`dyntui auth`: the token of an environment."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import click

from dyntui.cli.context import CliContext, CommandGroup, ask_passphrase, pass_context, run
from dyntui.cli.login import (
    CREDENTIAL_KINDS,
    choose_credential_kind,
    confirm_origin,
    find_saved_profile,
    obtain_token,
    store_token,
)
from dyntui.core.errors import DyntuiError, UsageError

__all__ = ["auth"]

_STORED = [place for place in CREDENTIAL_KINDS if place not in ("command", "environment")]


@click.group(cls=CommandGroup)
def auth() -> None:
    """Store, show and forget the token of an environment."""


@auth.command()
@click.option("--credential", type=click.Choice(_STORED), help="Where to keep it; as before, or the keyring.")
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@pass_context
def login(context: CliContext, credential: str | None, token_stdin: bool) -> None:
    """Store the token: asked for, or from DYNTUI_TOKEN or standard input; never an argument."""
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    old = find_saved_profile(context, profiles)
    if credential is None and old.credential in ("command", "environment"):
        where = "a command" if old.credential == "command" else "the environment"
        raise UsageError(f"The token of {old.name} comes from {where}.", hint="To store one instead, add --credential.")
    profile = confirm_origin(context, old)
    place = choose_credential_kind(context, credential, old.credential)
    profile = replace(profile, credential=place)
    token = obtain_token(context, place, token_stdin, needed=True)
    kept = store_token(profile, token)
    if profile != old:
        profiles.put(profile)  # the new place has the token already; the old one is emptied now
        for warning in profiles.save():
            context.print_message(warning)
    context.emit_json({"profile": profile.name, "token": kept, "source": place})
    if token is None:
        context.print_result(f"{profile.name} keeps no token now; the console asks for it, commands need DYNTUI_TOKEN.")
    else:
        context.print_result(f"Token {kept['hint']} of {profile.name} is kept in: {kept['where']}.")
        context.print_result(f"Try it: dyntui env check {profile.name}")


@auth.command()
@click.option("--offline", is_flag=True, help="Do not ask the server for the scopes.")
@pass_context
def status(context: CliContext, offline: bool) -> int:
    """Show which token is used, where it is kept and what it may do."""
    from dyntui.api.errors import Unauthorized, Unreachable
    from dyntui.config.credentials import find_token
    from dyntui.services.connection import Connection
    from dyntui.services.health import EnvironmentHealth, check_health

    profile = context.profile()
    credential = find_token(profile, ask_passphrase=ask_passphrase)
    document: dict[str, Any] = {
        "profile": profile.name,
        "environment_id": profile.environment_id,
        "token": {"hint": credential.hint, "source": credential.source, "where": credential.where},
    }
    lines = [f"{profile.name}: {credential.hint}, from: {credential.where}"]
    problem: DyntuiError | None = None

    async def work() -> EnvironmentHealth:
        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            with context.announced_waits(connection):
                return await check_health(connection.client, profile.kind)

    if not offline:
        try:
            health = run(work())
        except Unreachable as error:  # the question was where the token is; that is answered
            document |= {"scopes": None, "error": error.message}
            lines.append(f"The server was not reached: {error.message}")
        except DyntuiError as error:
            problem = error
            document |= {"scopes": None, "error": error.message}
            refused = "The server does not accept it" if isinstance(error, Unauthorized) else "The server said no"
            lines.append(f"{refused}: {error}")
        else:
            document |= health.as_json()
            lines.append(f"Scopes: {', '.join(health.scopes) if health.scopes is not None else 'not told'}")
            lines += [f"warning: {warning}" for warning in health.warnings]
    context.emit_json(document)
    context.print_result(*lines)
    return problem.exit_code if problem else 0


@auth.command()
@pass_context
def logout(context: CliContext) -> None:
    """Delete the stored token from this machine, and every cached row. On the server it stays valid."""
    from dyntui.config.credentials import forget, store_for
    from dyntui.config.paths import paths
    from dyntui.config.profiles import Profiles
    from dyntui.store.cache import cache_files, purge

    profile = find_saved_profile(context, Profiles.load())
    where = store_for(profile.credential).describe(profile)
    gone = forget(profile)
    for file in cache_files(paths().cache):
        purge(file)
    context.emit_json({"profile": profile.name, "deleted": gone, "where": where})
    context.print_result(
        f"Deleted the token of {profile.name} from: {where}." if gone else f"There was none in: {where}."
    )
    if os.environ.get("DYNTUI_TOKEN"):
        context.print_message("DYNTUI_TOKEN is still set in this shell, and is used.")
    if gone:
        context.print_message("On the server the token stays valid until somebody deletes it there.")
