"""Find the token of a profile: in an environment variable or in its credential store, never in another one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dyntui.config.credential_command import CommandCredentialStore
from dyntui.config.credential_files import FileCredentialStore, PassphraseCredentialStore
from dyntui.config.credential_store import AskPassphrase, CredentialStore, stored_name
from dyntui.config.errors import ConfigError, CredentialError
from dyntui.config.keyring_store import KeyringCredentialStore, KeyringProbe, keyring_available
from dyntui.config.profile import CredentialKind
from dyntui.config.tokens import FALLBACK_VARIABLES, TOKEN_VARIABLE, check_token, token_warning
from dyntui.config.urls import host_label, needs_confirmation, origin, origin_text
from dyntui.core.errors import NotAuthorized, UsageError
from dyntui.core.redact import redactor, token_hint

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = [
    "AskPassphrase",
    "Credential",
    "CredentialError",
    "CredentialKind",
    "CredentialStore",
    "KeyringProbe",
    "check_origin",
    "check_token",
    "delete_token",
    "environment_token",
    "find_token",
    "keyring_available",
    "store_for",
    "token_warning",
    "unconfirmed_origin",
]

_session: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and its source. Its repr never shows the token."""

    token: str = field(repr=False)
    source: CredentialKind
    """The kind of store that the token comes from."""
    where: str
    """The store as text for people."""
    note: str = ""
    """What to know about the source, as a sentence: that the variable is one of another program."""

    def __post_init__(self) -> None:
        redactor.add(self.token)

    @property
    def hint(self) -> str:
        """The token as it may be shown: `dyn_…abc123`."""
        return token_hint(self.token)


class SessionCredentialStore(CredentialStore):
    """Keeps tokens in the memory of this process."""

    kind = CredentialKind.SESSION

    def describe(self, profile: Profile | None = None) -> str:
        return "this session only"

    def get(self, profile: Profile) -> str | None:
        return _session.get(stored_name(profile))

    def set(self, profile: Profile, token: str) -> None:
        _session[stored_name(profile)] = token

    def delete(self, profile: Profile) -> bool:
        return _session.pop(stored_name(profile), None) is not None


class EnvironmentCredentialStore(CredentialStore):
    """Reads the token from environment variables; stores nothing."""

    kind = CredentialKind.ENVIRONMENT

    def describe(self, profile: Profile | None = None) -> str:
        return f"environment variable {TOKEN_VARIABLE}"

    def get(self, profile: Profile) -> str | None:
        found = environment_token(profile, os.environ)
        return found.token if found else None

    def set(self, profile: Profile, token: str) -> None:
        raise UsageError(
            f"The token of {profile.name} comes from the environment; it is not stored.",
            hint=f"Set {TOKEN_VARIABLE}, or choose a store: keyring, passphrase, file.",
        )

    def delete(self, profile: Profile) -> bool:
        return False


def store_for(kind: CredentialKind, *, ask_passphrase: AskPassphrase | None = None) -> CredentialStore:
    match kind:
        case CredentialKind.KEYRING:
            return KeyringCredentialStore()
        case CredentialKind.SESSION:
            return SessionCredentialStore()
        case CredentialKind.PASSPHRASE:
            return PassphraseCredentialStore(ask_passphrase)
        case CredentialKind.FILE:
            return FileCredentialStore()
        case CredentialKind.COMMAND:
            return CommandCredentialStore()
        case CredentialKind.ENVIRONMENT:
            return EnvironmentCredentialStore()


def unconfirmed_origin(profile: Profile) -> str:
    """Return the origin that must be confirmed before a token is sent to it; "" when that is not needed."""
    profile_origin = origin_text(profile.base_url)
    if not needs_confirmation(profile.base_url) or profile.confirmed_origin == profile_origin:
        return ""
    return profile_origin


def check_origin(profile: Profile) -> None:
    """Raise ConfigError when the origin of the profile must be confirmed before a token is sent to it."""
    if not unconfirmed_origin(profile):
        return
    _, host, port = origin(profile.base_url)
    confirm_now = f"add --confirm-origin {host} (or set DYNTUI_CONFIRM_ORIGIN={host})"
    confirm_stored = (
        "" if profile.overridden else f", or store it: dyntui env use {profile.name} --confirm-origin {host}"
    )
    raise ConfigError(
        f"The token would be sent to {host_label(host)}, port {port}, which is not confirmed. "
        "It is not one of Dynamic's own servers; nothing was sent.",
        hint=f"If that is the right server, {confirm_now}{confirm_stored}.",
    )


def environment_token(profile: Profile, environ: Mapping[str, str]) -> Credential | None:
    """Return the token of DYNTUI_TOKEN, or of other variables if the profile has no store; None without one."""
    others = FALLBACK_VARIABLES if profile.credential is CredentialKind.ENVIRONMENT else ()
    for variable in (TOKEN_VARIABLE, *others):
        if environ.get(variable, "").strip():
            try:
                token = check_token(environ[variable])
            except UsageError as error:
                raise UsageError(f"{variable}: {error.message}", hint=error.hint) from None
            note = "" if variable == TOKEN_VARIABLE else f"{TOKEN_VARIABLE} is not set, so {variable} is used."
            return Credential(token, CredentialKind.ENVIRONMENT, f"environment variable {variable}", note)
    return None


def find_token(
    profile: Profile,
    *,
    environ: Mapping[str, str] | None = None,
    ask_passphrase: AskPassphrase | None = None,
) -> Credential:
    """Return the token of a profile: from an environment variable, else from its credential store.

    May wait for the keyring, a command or a prompt, so never call it on an event loop. Raises NotAuthorized when there
    is no token.
    """
    check_origin(profile)
    found = environment_token(profile, os.environ if environ is None else environ)
    if found:
        return found
    store = store_for(profile.credential, ask_passphrase=ask_passphrase)
    token = store.get(profile) if store.kind is not CredentialKind.ENVIRONMENT else None
    if token is None:
        raise _none(profile, store)
    where = store.describe(profile)
    try:
        return Credential(check_token(token), store.kind, where)
    except UsageError as error:
        raise CredentialError(f"The token from the {where} cannot be used. {error.message}", hint=error.hint) from None


def _none(profile: Profile, store: CredentialStore) -> NotAuthorized:
    match store.kind:
        case CredentialKind.ENVIRONMENT:
            return NotAuthorized(
                "No token is set.",
                hint=f"Set {TOKEN_VARIABLE}, or store a token: dyntui env add",
            )
        case CredentialKind.SESSION:
            return NotAuthorized(
                f"The profile {profile.name} does not store its token; the console asks for it.",
                hint=f"Set {TOKEN_VARIABLE}, or store the token: dyntui auth login --credential keyring",
            )
        case _:
            return NotAuthorized(
                f"There is no token for {profile.name} in the {store.describe(profile)}.",
                hint=f"dyntui auth login --profile {profile.name}, or set {TOKEN_VARIABLE}.",
            )


def delete_token(profile: Profile) -> bool:
    """Delete the token of a profile from its credential store. Returns whether there was one."""
    return store_for(profile.credential).delete(profile)
