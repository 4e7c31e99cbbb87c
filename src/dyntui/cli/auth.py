"""`dyntui auth`: store, check and delete the token of an environment."""

from __future__ import annotations

import os
from dataclasses import replace

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, ask_passphrase, pass_context
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

_STORED_KINDS = [kind for kind in CREDENTIAL_KINDS if kind not in ("command", "environment")]
auth = CommandGroup("auth", help="Store, check and delete the token of an environment.")


@auth.command()
@click.option(
    "--credential", type=click.Choice(_STORED_KINDS), help="Credential store.  [default: unchanged, else keyring]"
)
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@pass_context
def login(context: CliContext, credential: str | None, token_stdin: bool) -> None:
    """Store a token for the profile.

    The token is read from a prompt, standard input or DYNTUI_TOKEN, never from an argument.
    """
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    saved = find_saved_profile(context, profiles)
    if credential is None and saved.credential in ("command", "environment"):
        source = "a command" if saved.credential == "command" else "an environment variable"
        raise UsageError(
            f"The token of {saved.name} comes from {source}.", hint="Use --credential to store it instead."
        )
    profile = confirm_origin(context, saved)
    kind = choose_credential_kind(context, credential, saved.credential)
    profile = replace(profile, credential=kind)
    token = obtain_token(context, kind, token_stdin, needed=True)
    stored = store_token(profile, token)
    if profile != saved:
        profiles.put(
            profile
        )  # only after the token is in its new store, because saving the profile empties the old one
        context.print_message(*profiles.save())
    context.print_data({"profile": profile.name, "token": stored, "source": kind}, is_own=True)
    if token is None:
        context.print_result(
            f"No token is stored for {profile.name}. The console asks for it; commands read DYNTUI_TOKEN."
        )
    else:
        context.print_result(f"Token {stored['hint']} of {profile.name} stored in {stored['where']}.")
        context.print_result(f"To check it: dyntui env check {profile.name}")


@auth.command("status")
@click.option("--offline", is_flag=True, help="Do not contact the server.")
@pass_context
def show_status(context: CliContext, offline: bool) -> int:
    """Show which token is used, where it is stored and its scopes."""
    from dyntui.api.errors import Unauthorized, Unreachable
    from dyntui.config.credentials import find_token

    profile = context.profile()
    credential = find_token(profile, ask_passphrase=ask_passphrase)
    document: dict[str, object] = {
        "profile": profile.name,
        "environment_id": profile.environment_id,
        "token": {"hint": credential.hint, "source": credential.source, "where": credential.where},
        "note": credential.note or None,
    }
    lines = [f"{profile.name}: {credential.hint}, from {credential.where}"]
    lines += [credential.note] if credential.note else []
    problem: DyntuiError | None = None

    if not offline:
        try:
            health = context.read_health(profile, credential)
        except Unreachable as error:  # not a failure, because the token itself was found
            document |= {"scopes": None, "error": error.message}
            lines.append(f"Cannot reach the server: {error.message}")
        except DyntuiError as error:
            problem = error
            document |= {"scopes": None, "error": error.message}
            what = "The server does not accept the token" if isinstance(error, Unauthorized) else "The check failed"
            lines.append(f"{what}: {error}")
        else:
            document |= health.as_json()
            lines.append(f"Scopes: {health.scopes_text}")
            lines += [f"warning: {warning}" for warning in health.warnings]
    context.print_data(document, is_own=True)
    context.print_result(*lines)
    return problem.exit_code if problem else 0


@auth.command()
@pass_context
def logout(context: CliContext) -> None:
    """Delete the stored token and all cached rows from this machine.

    The token stays valid on the server until you delete it there.
    """
    from dyntui.config.cache_files import purge_all
    from dyntui.config.credentials import delete_token, store_for
    from dyntui.config.paths import paths
    from dyntui.config.profiles import Profiles

    profile = find_saved_profile(context, Profiles.load())
    where = store_for(profile.credential).describe(profile)
    deleted = delete_token(profile)
    purge_all(paths().cache)
    context.print_data({"profile": profile.name, "deleted": deleted, "where": where}, is_own=True)
    if deleted:
        context.print_result(f"Token of {profile.name} deleted from {where}.")
    else:
        context.print_result(f"No token is stored in {where}.")
    if os.environ.get("DYNTUI_TOKEN"):
        context.print_message("DYNTUI_TOKEN is still set in this shell and will be used.")
    if deleted:
        context.print_message("The token stays valid on the server until you delete it there.")
