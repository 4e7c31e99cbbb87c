"""`dyntui env`: the environments a person works with."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from dyntui.cli.context import CliContext, CommandGroup, ask_passphrase, pass_context, run
from dyntui.cli.login import (
    CREDENTIAL_KINDS,
    can_ask,
    choose_credential_kind,
    complete_profile_name,
    confirm_origin,
    obtain_token,
    store_token,
)
from dyntui.cli.output import confirm, prompt
from dyntui.core.errors import DyntuiError, UsageError

if TYPE_CHECKING:
    from dyntui.config.profile import Kind, Profile

__all__ = ["env"]

_name = click.argument("name", shell_complete=complete_profile_name, help="The profile's name.")


@click.group(cls=CommandGroup)
def env() -> None:
    """List, add, use, remove and check environments."""


@env.command("list")
@pass_context
def list_(context: CliContext) -> None:
    """List the profiles; the current one has a star."""
    from dyntui.config.profiles import Profiles
    from dyntui.core.times import age, parse_time

    profiles = Profiles.load()
    context.emit_json([_document(profile, profiles.current) for profile in profiles.all()])
    if not profiles.names():
        context.print_message("No profiles yet. Add one with `dyntui env add`, or explore with `dyntui demo`.")
        return
    context.print_table(
        ["", "name", "kind", "access", "base URL", "environment", "token in", "last used"],
        (
            [
                "*" if profile.name == profiles.current else " ",
                profile.name,
                profile.kind,
                "read-only" if profile.read_only else "read-write",
                profile.base_url,
                profile.environment_id,
                profile.credential,
                age(parse_time(profile.last_used)),
            ]
            for profile in profiles.all()
        ),
    )


@env.command()
@click.argument("name", required=False, help="What to call it here.")
@click.option("--base-url", metavar="URL", help="The API's base URL; Dynamic's own when not given.")
@click.option("--environment-id", metavar="ID", help="The environment's id (dashboard: Developer).")
@click.option("--kind", type=click.Choice(["live", "sandbox"]), help="How careful to be.")
@click.option("--read-only/--read-write", "read_only", default=None, help="Whether writes are refused.")
@click.option(
    "--credential", type=click.Choice(CREDENTIAL_KINDS), help="Where the token is kept; the keyring when it works."
)
@click.option("--command", "command", metavar="COMMAND", help="With --credential command: what prints the token.")
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="Certificates to trust (PEM).")
@click.option("--color", "--colour", "color", metavar="COLOR", help="Color in the console: a name or #rrggbb.")
@click.option("--offline", is_flag=True, help="Do not ask the server whether the environment is live.")
@click.option("--replace", "change", is_flag=True, help="Change the profile of that name; what is not given stays.")
@pass_context
def add(
    context: CliContext,
    name: str | None,
    base_url: str | None,
    environment_id: str | None,
    kind: Kind | None,
    read_only: bool | None,
    credential: str | None,
    command: str | None,
    token_stdin: bool,
    ca_file: str | None,
    color: str | None,
    offline: bool,
    change: bool,
) -> None:
    """Add an environment. On a terminal, what is missing is asked for.

    The token is asked for, or read from DYNTUI_TOKEN or standard input; it is never an argument.
    """
    from dyntui.config.profiles import Profiles, check_environment_id, check_name

    profiles = Profiles.load()
    name = check_name(name or _ask(context, "Name", "NAME"))
    old = profiles.get(name) if change and name in profiles.names() else None
    if name in profiles.names() and old is None:
        raise UsageError(f"There is a profile called {name} already.", hint="Choose another name, or add --replace.")
    address = _address(context, base_url, old)
    environment_id = environment_id or context.environment_id or (old.environment_id if old else None)
    environment_id = check_environment_id(environment_id or _ask(context, "Environment id", "--environment-id"))
    if credential is None and command is not None:
        credential = "command"
    if credential == "command" and command is None and not (old and old.credential_command):
        command = _ask(context, "Command that prints the token", "--command")
    given: dict[str, Any] = {
        "read_only": True if context.read_only else read_only,
        "color": color,
        "credential_command": command,
        "ca_file": str(Path(ca_file).absolute()) if ca_file else None,
    }
    profile = replace(
        _start(name, address, old),
        environment_id=environment_id,
        kind=kind or (old.kind if old else _kind(context, address)),
        **{key: value for key, value in given.items() if value is not None},
    )
    profile = confirm_origin(context, profile)
    kept = old is not None and old.base_url == profile.base_url and credential in (None, old.credential)
    if not kept or token_stdin:
        place = choose_credential_kind(context, credential, old.credential if old else None)
        profile = replace(profile, credential=place)
    token = None if kept and not token_stdin else obtain_token(context, profile.credential, token_stdin, needed=False)
    profiles.put(profile)
    for warning in profiles.save():
        context.print_message(warning)
    try:
        where = store_token(profile, token)
    except DyntuiError as error:
        raise type(error)(f"{name} was saved, but its token was not kept: {error.message}", hint=error.hint) from error
    if not offline and (warning := _ask_kind(profile)):
        context.print_message(warning)
        if warning == BECAME_LIVE:
            profile = replace(profile, kind="live")
            profiles.put(profile)
            profiles.save()
    context.emit_json({**_document(profile, profiles.current), "token": where})
    context.print_result(
        f"{'Changed' if old else 'Added'} {name}: {profile.kind}, {profile.base_url}, {environment_id}."
    )
    context.print_result(_token_line(profile, token, where["where"], kept))
    if profiles.current != name:
        context.print_result(f"Make it the current one with: dyntui env use {name}")


BECAME_LIVE = "warning: the server says that this environment is live; the profile is saved as live, not as sandbox."
_KIND_PATIENCE = 5.0


def _ask_kind(profile: Profile) -> str:
    """Ask the server whether the environment of a sandbox profile is live; what a person should know about it."""
    from dyntui.config.credentials import find_token
    from dyntui.core.errors import NotAuthorized
    from dyntui.services.connection import Connection

    async def work() -> str:
        import asyncio

        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            async with asyncio.timeout(_KIND_PATIENCE):
                await connection.write_gate.learn_kind()
            return connection.profile.kind

    if profile.kind == "live":
        return ""
    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase)
        return BECAME_LIVE if run(work()) == "live" else ""
    except NotAuthorized:
        return ""  # there is no token yet to ask with
    except (DyntuiError, TimeoutError) as error:
        return f"The server was not asked whether the environment is live: {error or 'no answer in time'}"


def _ask(context: CliContext, what: str, option: str) -> str:
    if not can_ask(context):
        raise UsageError(f"{option} is missing.", hint="`dyntui env add --help` shows what to give.")
    return prompt(what).strip()


def _address(context: CliContext, base_url: str | None, old: Profile | None) -> str:
    from dyntui.config.profiles import DEFAULT_BASE_URL, check_base_url

    base_url = base_url or context.base_url
    if base_url is None and old is None and can_ask(context):
        base_url = prompt("Base URL", default=DEFAULT_BASE_URL)
    return check_base_url(base_url or (old.base_url if old else DEFAULT_BASE_URL))


def _kind(context: CliContext, base_url: str) -> Kind:
    from dyntui.config.profiles import origin
    from dyntui.config.urls import is_loopback

    local = is_loopback(origin(base_url)[1])
    if not can_ask(context):
        if local:
            return "sandbox"
        raise UsageError(
            "--kind is missing.", hint="live asks before it destroys anything; sandbox is for trying things."
        )
    kinds: list[Kind] = ["live", "sandbox"]
    return cast("Kind", prompt("Kind", choices=kinds, default=kinds[local]))


def _start(name: str, base_url: str, old: Profile | None) -> Profile:
    from dyntui.config.profile import Profile

    return replace(old, base_url=base_url) if old else Profile(name, base_url, environment_id="")


def _token_line(profile: Profile, token: str | None, where: str, kept: bool) -> str:
    from dyntui.core.redact import token_hint

    if token:
        return f"Token {token_hint(token)}, kept in: {where}."
    if kept:
        return f"Token as before, kept in: {where}."
    match profile.credential:
        case "session":
            return "No token is stored; the console asks for it, commands need DYNTUI_TOKEN."
        case "command":
            return f"The token comes from: {where}."
        case _:
            return f"No token yet. Store it with: dyntui auth login --profile {profile.name}"


@env.command()
@_name
@pass_context
def use(context: CliContext, name: str) -> None:
    """Make an environment the one that is used when none is named."""
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    old = profiles.get(name)
    profile = confirm_origin(context, old)
    if profile != old:
        profiles.put(profile)
    profiles.use(name)
    profiles.save()
    context.emit_json(_document(profile, name))
    context.print_result(f"Using {name}: {profile.kind}, {profile.base_url}, {profile.environment_id}.")


@env.command()
@_name
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_context
def remove(context: CliContext, name: str, yes: bool) -> None:
    """Remove an environment from this machine, and its token. Nothing happens on the server."""
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    profile = profiles.get(name)
    if not yes:
        if not can_ask(context):
            raise UsageError(f"Removing {name} has to be confirmed.", hint="Add --yes.")
        confirm(f"Remove {name} and its token from this machine?", abort=True)
    profiles.remove(name)
    warnings = profiles.save()
    for warning in warnings:
        context.print_message(warning)
    context.emit_json({"removed": name, "warnings": warnings})
    context.print_result(f"Removed {name} ({profile.base_url}).")


@env.command()
@click.argument("name", required=False, shell_complete=complete_profile_name, help="The profile; the current one.")
@pass_context
def check(context: CliContext, name: str | None) -> None:
    """Ask the server whether the token works, what it may do, and how long an answer takes."""
    from dyntui.config.credentials import find_token
    from dyntui.core.redact import token_hint
    from dyntui.services.connection import Connection
    from dyntui.services.health import EnvironmentHealth, check_health

    context.profile_name = name or context.profile_name
    profile = context.profile()
    credential = find_token(profile, ask_passphrase=ask_passphrase)

    async def work() -> EnvironmentHealth:
        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            with context.announced_waits(connection):
                return await check_health(connection.client, profile.kind)

    health = run(work())
    hint = token_hint(credential.token)
    context.emit_json(
        {
            **_document(profile, None),
            "token": {"hint": hint, "source": credential.source, "where": credential.where},
            **health.as_json(),
        }
    )
    context.print_result(f"{profile.name}: {profile.kind}, {profile.base_url}, {profile.environment_id}")
    context.print_result(f"Token    {hint}, from: {credential.where}")
    context.print_result(
        f"Scopes   {', '.join(health.scopes) if health.scopes is not None else 'not told by this server'}"
    )
    context.print_result(f"Server   accepts it ({health.proof}), answered in {health.ms or 0:.0f} ms")
    for warning in health.warnings:
        context.print_message(f"warning: {warning}")


def _document(profile: Profile, current: str | None) -> dict[str, Any]:
    document = asdict(profile)
    del document["overridden"]
    return {**document, "current": profile.name == current} if current is not None else document
