"""Select the environment of a run: options, then DYNTUI_ variables, then the current profile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from dyntui.config.flags import read_flag
from dyntui.config.profile import CredentialKind, Kind, Profile
from dyntui.config.profiles import DEFAULT_BASE_URL, Profiles
from dyntui.config.urls import check_base_url, is_loopback, names_origin, needs_confirmation, origin, origin_text
from dyntui.core.errors import UsageError

__all__ = ["AD_HOC", "CONFIRM_ORIGIN_VARIABLE", "PROFILE_VARIABLE", "confirm_origin", "resolve_profile"]

AD_HOC = "environment"
"""The name of a profile that is made from options and variables, without a saved one."""

PROFILE_VARIABLE = "DYNTUI_PROFILE"
CONFIRM_ORIGIN_VARIABLE = "DYNTUI_CONFIRM_ORIGIN"
_ENVIRONMENT_ID_OPTION = "--environment-id"
_ENVIRONMENT_ID = "DYNTUI_ENVIRONMENT_ID"
_FALLBACK_ENVIRONMENT_ID = "DYNAMIC_ENVIRONMENT_ID"
_BASE_URL = "DYNTUI_BASE_URL"
_READ_ONLY = "DYNTUI_READ_ONLY"


def resolve_profile(
    name: str | None = None,
    environment_id: str | None = None,
    base_url: str | None = None,
    read_only: bool = False,
    environ: Mapping[str, str] | None = None,
    confirmed_host: str | None = None,
) -> Profile:
    """Return the profile of this run. Raises UsageError when no environment is selected.

    An environment id or base URL that differs from the saved profile is treated as live, except on loopback. An origin
    that is neither that of the saved profile nor the vendor's gets no token from a store or command, and a token from
    an environment variable only if `confirmed_host` names it.
    """
    environ = os.environ if environ is None else environ
    read_only = read_only or read_flag(environ, _READ_ONLY) or False
    source = _ENVIRONMENT_ID_OPTION if environment_id else _ENVIRONMENT_ID
    environment_id = environment_id or environ.get(_ENVIRONMENT_ID) or None
    base_url = base_url or environ.get(_BASE_URL) or None
    base_url = check_base_url(base_url) if base_url else None
    requested = name or environ.get(PROFILE_VARIABLE) or None
    profiles = Profiles.load()
    if requested:
        profile = profiles.get(requested)
    elif profiles.current and not _differs_from_current(profiles, profiles.current, environment_id, base_url):
        profile = profiles.get(profiles.current)
    else:
        source = source if environment_id else _FALLBACK_ENVIRONMENT_ID
        environment_id = environment_id or environ.get(_FALLBACK_ENVIRONMENT_ID) or None
        profile = _make_ad_hoc_profile(profiles, environment_id, base_url, source)
    profile = confirm_origin(_apply_overrides(profile, environment_id, base_url, source), confirmed_host, environ)
    return replace(profile, read_only=True) if read_only else profile


def _differs_from_current(profiles: Profiles, current: str, environment_id: str | None, base_url: str | None) -> bool:
    """Return whether environment id and base URL are both given and differ from the current profile."""
    if not environment_id or not base_url:
        return False
    if current in profiles.damaged:
        return True
    profile = profiles.get(current)
    return (environment_id, base_url) != (profile.environment_id, profile.base_url)


def _kind(base_url: str) -> Kind:
    return "sandbox" if is_loopback(origin(base_url)[1]) else "live"


def _make_ad_hoc_profile(profiles: Profiles, environment_id: str | None, base_url: str | None, source: str) -> Profile:
    if not environment_id:
        known = ", ".join(profiles.names())
        if known:
            raise UsageError(
                "No profile selected.", hint=f"Use `dyntui env use NAME` or --profile NAME. Profiles: {known}."
            )
        raise UsageError(
            "No environment selected.",
            hint="Add one with `dyntui env add`, try `dyntui demo`, or set DYNTUI_ENVIRONMENT_ID and DYNTUI_TOKEN.",
        )
    base_url = base_url or DEFAULT_BASE_URL
    return Profile(
        name=AD_HOC,
        base_url=base_url,
        environment_id=environment_id,
        kind=_kind(base_url),
        credential=CredentialKind.ENVIRONMENT,
        overridden=True,
        environment_id_source=source,
    )


def _apply_overrides(profile: Profile, environment_id: str | None, base_url: str | None, source: str) -> Profile:
    environment_id, base_url = environment_id or profile.environment_id, base_url or profile.base_url
    if (environment_id, base_url) == (profile.environment_id, profile.base_url):
        return profile
    changed = replace(
        profile,
        environment_id=environment_id,
        base_url=base_url,
        kind=_kind(base_url),
        keep_rows=None,  # the consent applies to one base URL and environment
        overridden=True,
        environment_id_source="" if environment_id == profile.environment_id else source,
    )
    if origin(base_url) == origin(profile.base_url):
        return changed
    changed = replace(changed, confirmed_origin="")
    if needs_confirmation(base_url):
        return replace(changed, credential=CredentialKind.ENVIRONMENT, credential_command="")
    return changed


def confirm_origin(profile: Profile, host: str | None = None, environ: Mapping[str, str] | None = None) -> Profile:
    """Return the profile with its origin confirmed, if `host` or DYNTUI_CONFIRM_ORIGIN names it."""
    environ = os.environ if environ is None else environ
    host = host or environ.get(CONFIRM_ORIGIN_VARIABLE, "")
    if not needs_confirmation(profile.base_url) or not names_origin(host, profile.base_url):
        return profile
    return replace(profile, confirmed_origin=origin_text(profile.base_url))
