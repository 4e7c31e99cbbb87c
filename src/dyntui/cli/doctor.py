"""`dyntui doctor`: what on this machine would keep dyntui from working well, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dyntui.cli import doctor_checks as local
from dyntui.cli.context import BaseCommand, CliContext, ask_passphrase, pass_context, run
from dyntui.cli.doctor_checks import Check
from dyntui.cli.login import can_ask
from dyntui.core.errors import DyntuiError

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["doctor"]

_SLOW_MS = 500.0


@click.command(cls=BaseCommand)
@click.option("--offline", is_flag=True, help="Do not ask the server.")
@pass_context
def doctor(context: CliContext, offline: bool) -> int:
    """Check this machine, the terminal, the token and the server."""
    checks: list[Check] = []
    for check in _all(context, offline):
        checks.append(check)
        context.print_result(f"{check.state:5}{check.name:10}{check.text}")
        if check.advice and check.state != "ok":
            context.print_result(f"{'':15}{check.advice}")
    failed = [check for check in checks if check.state == "fail"]
    said = [{name: value for name, value in asdict(check).items() if name != "exit_code"} for check in checks]
    context.emit_json({"ok": not failed, "checks": said})
    return failed[0].exit_code if failed else 0


def _all(context: CliContext, offline: bool) -> Iterator[Check]:
    yield from local.versions()
    yield from local.terminal()
    yield from local.files()
    yield from local.configuration()
    profile, found = _profile(context)
    yield found
    yield _keyring(profile)
    if profile is not None:
        yield from _environment(context, profile, offline)


def _profile(context: CliContext) -> tuple[Profile | None, Check]:
    from dyntui.config.profiles import Profiles

    try:
        named = context.profile_name or context.environment_id or context.base_url
        variables = ("DYNTUI_PROFILE", "DYNTUI_ENVIRONMENT_ID", "DYNAMIC_ENVIRONMENT_ID")
        if not Profiles.load().names() and not named and not any(map(os.environ.get, variables)):
            return None, Check(
                "profile", "warn", "there is none yet", "Add one with `dyntui env add`, or `dyntui demo`."
            )
        profile = context.profile()
    except DyntuiError as error:
        return None, _failed("profile", error)
    if profile.ca_file and not os.access(profile.ca_file, os.R_OK):
        text = f"{profile.name}: its ca_file {profile.ca_file} cannot be read"
        return profile, Check("profile", "fail", text, "Correct ca_file, or take it out of the profile.", exit_code=2)
    access = "read-only" if profile.read_only else "read-write"
    return profile, Check("profile", "ok", f"{profile.name}: {profile.kind}, {access}, {profile.base_url}")


def _keyring(profile: Profile | None) -> Check:
    from dyntui.config.credentials import keyring_available

    probe = keyring_available()
    if probe.ok:
        return Check("keyring", "ok", f"{probe.backend} keeps, gives back and deletes a secret")
    needed = profile is not None and profile.credential == "keyring" and not os.environ.get("DYNTUI_TOKEN")
    advice = "Unlock or start it, or keep the token elsewhere: dyntui auth login --credential passphrase|file|session"
    return Check("keyring", "fail" if needed else "warn", probe.reason, advice, exit_code=3)


def _environment(context: CliContext, profile: Profile, offline: bool) -> Iterator[Check]:
    from dyntui.config.credentials import find_token, token_warning
    from dyntui.services.connection import Connection
    from dyntui.services.health import EnvironmentHealth, check_health

    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase if can_ask(context) else None)
    except DyntuiError as error:
        yield _failed("token", error)
        return
    odd = token_warning(credential.token)
    yield Check("token", "warn" if odd else "ok", f"{credential.hint}, from: {credential.where}", odd)
    if offline:
        return

    async def work() -> EnvironmentHealth:
        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            with context.announced_waits(connection):
                return await check_health(connection.client, profile.kind)

    try:
        health = run(work())
    except DyntuiError as error:
        yield _failed("server", error)
        return
    slow = (health.ms or 0.0) > _SLOW_MS
    text = f"answered {health.proof} in {health.ms or 0.0:.0f} ms"
    yield Check("server", "warn" if slow else "ok", text, "Expect the console to wait for it." if slow else "")
    told = ", ".join(health.scopes) if health.scopes is not None else "not told by this server"
    yield Check("scopes", "ok" if health.scopes != () else "warn", told or "none", "Make a token with scopes.")
    if health.skew is not None:
        yield Check("clock", "ok", f"{health.skew:+.1f} s against the server's")
    for warning in health.warnings:
        yield Check("warning", "warn", warning, "Correct it before you trust times and environments shown.")


def _failed(name: str, error: DyntuiError) -> Check:
    return Check(name, "fail", error.message, error.hint, exit_code=error.exit_code)
