"""Asking for a token and putting it where the person wants it: shared by `env add` and `auth login`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, ask_passphrase
from dyntui.cli.output import confirm, prompt
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.config.credentials import CredentialKind
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import Profiles

__all__ = [
    "CREDENTIAL_KINDS",
    "can_ask",
    "choose_credential_kind",
    "complete_profile_name",
    "confirm_origin",
    "obtain_token",
    "store_token",
]
__all__ += ["find_saved_profile"]

CREDENTIAL_KINDS = ["keyring", "session", "passphrase", "file", "command", "environment"]

_KIND_HELP = {
    "session": "ask each time the console starts; nothing is stored",
    "passphrase": "a file encrypted with a passphrase",
    "file": "a plain file that only you can read (0600)",
}
_MAX_TOKEN_CHARS = 64 * 1024


def can_ask(context: CliContext) -> bool:
    """Whether there is a person at a terminal to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not context.json


def complete_profile_name(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of profiles, for the shell's completion."""
    from dyntui.config.profiles import Profiles

    return [name for name in Profiles.load().names() if name.startswith(incomplete)]


def find_saved_profile(context: CliContext, profiles: Profiles) -> Profile:
    """The saved profile that --profile, DYNTUI_PROFILE or the last use names, without what other flags override."""
    name = context.profile_name or os.environ.get("DYNTUI_PROFILE") or profiles.current
    if name:
        return profiles.get(name)
    hint = "dyntui env use NAME, or --profile NAME." if profiles.names() else "Make one: dyntui env add NAME"
    raise UsageError("No profile is chosen, and a token is kept for a profile.", hint=hint)


def confirm_origin(context: CliContext, profile: Profile) -> Profile:
    """`profile`, its address confirmed when it is outside the vendor's; raises Usage where nobody confirms it."""
    from dyntui.config import profile_resolution
    from dyntui.config.credentials import check_origin, unconfirmed_origin
    from dyntui.config.urls import host_label, origin

    profile = profile_resolution.confirm_origin(profile, context.confirm_origin)
    where = unconfirmed_origin(profile)
    if not where:
        return profile
    if not can_ask(context):
        check_origin(profile)
    context.print_message(f"{where} is not one of Dynamic's own servers. Tokens of {profile.name} would go there.")
    if not confirm(f"Is {host_label(origin(profile.base_url)[1])} the right server?"):
        raise click.Abort
    return replace(profile, confirmed_origin=where)


def choose_credential_kind(context: CliContext, wanted: str | None, default: str | None = None) -> CredentialKind:
    """Where the token is to be kept, the keyring tried before anybody is asked for a token."""
    from dyntui.config.credentials import CredentialError, CredentialKind, keyring_available

    if wanted not in (None, "keyring"):
        return CredentialKind(wanted)
    if wanted is None and default not in (None, "keyring"):
        return CredentialKind(default)
    probe = keyring_available()
    if probe.ok:
        context.print_message(f"Keyring: {probe.backend}.")
        return CredentialKind.KEYRING
    if wanted == "keyring" or not can_ask(context):
        raise CredentialError(
            f"The keyring cannot be used: {probe.reason}.",
            hint="Choose with --credential: session, passphrase, file (plain, 0600) or command.",
        )
    context.print_message(f"The keyring cannot be used: {probe.reason}. Other places for the token:")
    for name, text in _KIND_HELP.items():
        context.print_message(f"  {name:12}{text}")
    return CredentialKind(prompt("Where", choices=list(_KIND_HELP), default="session"))


def obtain_token(context: CliContext, kind: CredentialKind, from_stdin: bool, *, needed: bool) -> str | None:
    """The token, from standard input, DYNTUI_TOKEN or a hidden prompt; None when none is stored at that place.

    needed: raise Usage when there is none to be had.
    """
    from dyntui.config.credentials import CredentialKind, check_token, token_warning

    if kind in (CredentialKind.SESSION, CredentialKind.COMMAND, CredentialKind.ENVIRONMENT):
        if from_stdin:
            raise UsageError(f"No token is stored with --credential {kind}.", hint="Leave out --token-stdin.")
        return None
    if from_stdin:
        text = sys.stdin.read(_MAX_TOKEN_CHARS)
    elif os.environ.get("DYNTUI_TOKEN", "").strip():
        context.print_message("The token is taken from DYNTUI_TOKEN.")
        text = os.environ["DYNTUI_TOKEN"]
    elif can_ask(context):
        text = prompt("API token (not shown)", hidden=True)
    elif needed:
        raise UsageError("There is no token.", hint="Give it with --token-stdin or DYNTUI_TOKEN; never as an argument.")
    else:
        return None
    token = check_token(text)
    if warning := token_warning(token):
        context.print_message(warning)
    return token


def store_token(profile: Profile, token: str | None) -> dict[str, Any]:
    """Keep the token where the profile says, and describe it: `{"hint": "dyn_…abc123", "where": "Secret Service"}`."""
    from dyntui.config.credentials import store_for
    from dyntui.core.redact import token_hint

    store = store_for(profile.credential, ask_passphrase=ask_passphrase)
    if token is not None:
        store.set(profile, token)
    return {"hint": token_hint(token) if token else None, "where": store.describe(profile)}
