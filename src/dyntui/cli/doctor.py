"""`dyntui doctor`: check the machine, terminal, profile, token and server, with advice for each problem."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from dyntui.cli import doctor_checks
from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, ask_passphrase, pass_context
from dyntui.cli.doctor_checks import Check
from dyntui.core.errors import DyntuiError

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["doctor"]

_SLOW_RESPONSE_MS = 500.0


@click.command(cls=BaseCommand)
@click.option("--offline", is_flag=True, help="Do not contact the server.")
@click.option("--paths", "shows_paths", is_flag=True, help="Only print the folders that dyntui writes to.")
@pass_context
def doctor(context: CliContext, offline: bool, shows_paths: bool) -> int:
    """Check this machine, the terminal, the token and the server.

    Changes nothing. Each problem is printed with advice.
    """
    if shows_paths:
        context.print_object(_written_folders())
        return 0
    checks: list[Check] = []
    for check in _run_checks(context, offline):
        checks.append(check)
        context.print_result(f"{check.state:5}{check.name:10}{check.text}")
        if check.advice and check.state != "ok":
            context.print_result(f"{'':15}{check.advice}")
    failed = [check for check in checks if check.state == "fail"]
    documents = [{name: value for name, value in check._asdict().items() if name != "exit_code"} for check in checks]
    context.print_data({"ok": not failed, "checks": documents})
    return failed[0].exit_code if failed else 0


def _written_folders() -> dict[str, str]:
    """Return the folders that dyntui writes to by what they contain, also those that do not exist yet."""
    from dyntui.config.paths import paths, zipapp_folder

    locations = paths()
    folders = {"config": str(locations.config), "state": str(locations.state), "cache": str(locations.cache)}
    if unpacked := zipapp_folder():
        folders["zipapp"] = str(unpacked)
    return folders


def _run_checks(context: CliContext, offline: bool) -> Iterator[Check]:
    yield from doctor_checks.check_versions()
    yield from doctor_checks.check_terminal()
    yield from doctor_checks.check_files()
    yield from doctor_checks.check_file_versions()
    yield from doctor_checks.check_settings()
    profile, profile_check = _check_profile(context)
    yield profile_check
    yield from _check_stored_profiles()
    yield _check_keyring(profile)
    if profile is not None:
        yield from _check_environment(context, profile, offline)


def _check_profile(context: CliContext) -> tuple[Profile | None, Check]:
    from dyntui.config.profiles import Profiles

    try:
        options = (context.profile_name, context.environment_id, context.base_url)
        variables = ("DYNTUI_PROFILE", "DYNTUI_ENVIRONMENT_ID", "DYNAMIC_ENVIRONMENT_ID")
        if Profiles.load().is_empty and not any(options) and not any(map(os.environ.get, variables)):
            return None, Check(
                "profile", "warn", "no profiles yet", "Add one with `dyntui env add`, or explore with `dyntui demo`."
            )
        profile = context.profile()
    except DyntuiError as error:
        return None, _failed_check("profile", error)
    if profile.ca_file and not os.access(profile.ca_file, os.R_OK):
        text = f"{profile.name}: cannot read ca_file {profile.ca_file}"
        return profile, Check("profile", "fail", text, "Correct ca_file in the profile, or remove it.", exit_code=2)
    access = "read-only" if profile.read_only else "read-write"
    return profile, Check("profile", "ok", f"{profile.name}: {profile.kind}, {access}, {profile.base_url}")


def _check_stored_profiles() -> Iterator[Check]:
    """Report damaged entries of the profiles file; a file that cannot be read at all fails in `_check_profile`."""
    from dyntui.config.profiles import Profiles

    try:
        damaged = Profiles.load().damaged
    except DyntuiError:
        return
    for error in damaged.values():
        yield Check("profiles", "warn", f"not usable: {error.message}", error.hint)


def _check_keyring(profile: Profile | None) -> Check:
    from dyntui.config.credentials import keyring_available

    probe = keyring_available()
    if probe.ok:
        return Check("keyring", "ok", f"{probe.backend} works")
    needed = profile is not None and profile.credential == "keyring" and not os.environ.get("DYNTUI_TOKEN")
    advice = "Unlock or start it, or use another store: dyntui auth login --credential passphrase|file|session"
    return Check("keyring", "fail" if needed else "warn", probe.reason, advice, exit_code=3)


def _check_environment(context: CliContext, profile: Profile, offline: bool) -> Iterator[Check]:
    from dyntui.config.credentials import find_token, token_warning

    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase if context.can_ask else None)
    except DyntuiError as error:
        yield _failed_check("token", error)
        return
    warning = token_warning(credential.token)
    text = f"{credential.hint}, from {credential.where}" + (f": {credential.note}" if credential.note else "")
    yield Check("token", "warn" if warning else "ok", text, warning)
    if offline:
        return

    try:
        health = context.read_health(profile, credential)
    except DyntuiError as error:
        yield _failed_check("server", error)
        return
    is_slow = (health.ms or 0.0) > _SLOW_RESPONSE_MS
    text = f"response to {health.proof} in {health.ms or 0.0:.0f} ms"
    yield Check("server", "warn" if is_slow else "ok", text, "The console will respond slowly." if is_slow else "")
    scopes_state = "warn" if health.scopes == () else "ok"
    yield Check("scopes", scopes_state, health.scopes_text, "Create a token that has scopes.")
    if health.skew is not None:
        yield Check("clock", "ok", f"{health.skew:+.1f} s compared with the server")
    for warning in health.warnings:
        yield Check("warning", "warn", warning, "Fix this first: times or environments may be shown wrong.")


def _failed_check(name: str, error: DyntuiError) -> Check:
    return Check(name, "fail", error.message, error.hint, exit_code=error.exit_code)
