"""Ask for an API token and store it. `env add` and `auth login` share this module."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import CliContext, ask_passphrase
from dyntui.cli.questions import confirm, prompt
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.config.credentials import CredentialKind
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import Profiles

__all__ = [
    "CREDENTIAL_KINDS",
    "choose_credential_kind",
    "confirm_origin",
    "find_saved_profile",
    "obtain_token",
    "store_token",
]

CREDENTIAL_KINDS = ["keyring", "session", "passphrase", "file", "command", "environment"]

_KIND_HELP = {
    "session": "ask each time the console starts; nothing is stored",
    "passphrase": "a file encrypted with a passphrase",
    "file": "a plain file that only you can read (0600)",
}
_MAX_TOKEN_CHARS = 64 * 1024


def find_saved_profile(context: CliContext, profiles: Profiles) -> Profile:
    """Return the saved profile that --profile or DYNTUI_PROFILE selects, else the last used one. Other options do not
    change it. Raises UsageError when there is none."""
    name = context.profile_name or os.environ.get("DYNTUI_PROFILE") or profiles.current
    if name:
        return profiles.get(name)
    hint = "Use `dyntui env use NAME`, or --profile NAME." if profiles.names() else "Add one: `dyntui env add NAME`."
    raise UsageError("No profile is selected.", hint=hint)


def confirm_origin(context: CliContext, profile: Profile) -> Profile:
    """Return the profile with its origin confirmed, if it is not one of Dynamic's origins.

    --confirm-origin or an answer on the terminal confirms it. Raises UsageError when neither does.
    """
    from dyntui.config import profile_resolution
    from dyntui.config.credentials import check_origin, unconfirmed_origin
    from dyntui.config.urls import host_label, origin

    profile = profile_resolution.confirm_origin(profile, context.confirm_origin)
    unconfirmed = unconfirmed_origin(profile)
    if not unconfirmed:
        return profile
    if not context.can_ask:
        check_origin(profile)
    context.print_message(f"{unconfirmed} is not a server of Dynamic. The token of {profile.name} would be sent to it.")
    if not confirm(f"Is {host_label(origin(profile.base_url)[1])} the right server?", on_terminal=True):
        raise click.Abort
    return replace(profile, confirmed_origin=unconfirmed)


def choose_credential_kind(context: CliContext, requested: str | None, default: str | None = None) -> CredentialKind:
    """Return the credential kind to use: `requested`, else `default`, else the keyring.

    When the keyring does not work, ask for another kind on a terminal, or raise CredentialError.
    """
    from dyntui.config.credentials import CredentialError, CredentialKind, keyring_available

    if requested not in (None, "keyring"):
        return CredentialKind(requested)
    if requested is None and default not in (None, "keyring"):
        return CredentialKind(default)
    probe = keyring_available()
    if probe.ok:
        context.print_message(f"Keyring: {probe.backend}.")
        return CredentialKind.KEYRING
    if requested == "keyring" or not context.can_ask:
        raise CredentialError(
            f"The keyring cannot be used: {probe.reason}.",
            hint="Choose another store with --credential: session, passphrase, file (plain, 0600) or command.",
        )
    context.print_message(f"The keyring cannot be used: {probe.reason}. Other credential stores:")
    context.print_message(*(f"  {name:12}{text}" for name, text in _KIND_HELP.items()))
    return CredentialKind(prompt("Credential store", choices=list(_KIND_HELP), default="session", on_terminal=True))


def obtain_token(context: CliContext, kind: CredentialKind, from_stdin: bool, *, needed: bool) -> str | None:
    """Return the token from standard input, DYNTUI_TOKEN or a hidden prompt.

    Returns None for credential kinds that store no token. Without any token, raises UsageError when `needed`, else
    returns None.
    """
    from dyntui.config.credentials import CredentialKind, check_token, token_warning

    if kind in (CredentialKind.SESSION, CredentialKind.COMMAND, CredentialKind.ENVIRONMENT):
        if from_stdin:
            raise UsageError(f"--credential {kind} does not store a token.", hint="Leave out --token-stdin.")
        return None
    if from_stdin:
        text = sys.stdin.read(_MAX_TOKEN_CHARS)
    elif os.environ.get("DYNTUI_TOKEN", "").strip():
        context.print_message("Using the token from DYNTUI_TOKEN.")
        text = os.environ["DYNTUI_TOKEN"]
    elif context.can_ask:
        text = prompt("API token (hidden)", hidden=True, on_terminal=True)
    elif needed:
        raise UsageError(
            "No token was given.", hint="Pass it with --token-stdin or DYNTUI_TOKEN, never as an argument."
        )
    else:
        return None
    token = check_token(text)
    if warning := token_warning(token):
        context.print_message(warning)
    return token


def store_token(profile: Profile, token: str | None) -> dict[str, str | None]:
    """Store the token in the credential store of the profile, unless it is None.

    Returns a description for output: `{"hint": "dyn_…abc123", "where": "Secret Service"}`.
    """
    from dyntui.config.credentials import store_for
    from dyntui.core.redact import token_hint

    store = store_for(profile.credential, ask_passphrase=ask_passphrase)
    if token is not None:
        store.set(profile, token)
    return {"hint": token_hint(token) if token else None, "where": store.describe(profile)}
