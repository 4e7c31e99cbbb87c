"""`dyntui env`: manage profiles, the saved environments of this machine."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, ask_passphrase, pass_context, run
from dyntui.cli.list_filters import keep_rows, local_filter_options
from dyntui.cli.login import (
    CREDENTIAL_KINDS,
    choose_credential_kind,
    confirm_origin,
    obtain_token,
    store_token,
)
from dyntui.cli.questions import confirm, prompt
from dyntui.cli.watch import watch_option
from dyntui.core.errors import DyntuiError, UsageError

if TYPE_CHECKING:
    from dyntui.config.profile import Kind, Profile
    from dyntui.core.json_types import Row
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["env"]

_KIND_TIMEOUT_S = 5.0
_name_argument = click.argument("name", metavar="PROFILE", help="Name of the profile.")

env = CommandGroup("env", help="List, add, use, check and remove environments.")


@env.command("list")
@watch_option
@local_filter_options(has_time=False)
@pass_context
def list_profiles(context: CliContext, conditions: RowConditions) -> None:
    """List profiles. A star marks the current profile."""
    from dyntui.config.profiles import Profiles
    from dyntui.resources.cell_formats import time
    from dyntui.resources.resource import Column

    profiles = Profiles.load()
    damaged = [
        {"name": name, "current": name == profiles.current, "error": error.message}
        for name, error in profiles.damaged.items()
    ]
    context.print_message(*(f"not usable: {error.message}" for error in profiles.damaged.values()))
    if profiles.is_empty:
        context.print_message("No profiles yet. Add one with `dyntui env add`, or explore with `dyntui demo`.")
    columns = (
        Column(title=" ", pick=lambda row: "*" if row["current"] else " "),
        Column("name"),
        Column("kind", pick=lambda row: row.get("kind", "damaged")),
        Column(title="access", pick=_access_text),
        Column("base_url", "base URL"),
        Column("environment_id", "environment"),
        Column("credential"),
        Column("last_used", "last used", format=time),
    )
    rows = [*damaged, *(_document(profile, profiles.current) for profile in profiles.all())]
    context.print_items(keep_rows(context, rows, conditions), columns, is_own=True)


def _access_text(row: Row) -> str:
    return "" if "read_only" not in row else "read-only" if row["read_only"] else "read-write"


@env.command()
@click.argument("name", required=False, help="Name of the profile.")
@click.option("--base-url", metavar="URL", help="Base URL of the API.  [default: Dynamic's]")
@click.option("--environment-id", metavar="ID", help="Environment id (dashboard: Developer).")
@click.option(
    "--kind", type=click.Choice(["live", "sandbox"]), help="Environment kind; live needs more confirmation for writes."
)
@click.option("--read-only/--read-write", "read_only", default=None, help="Refuse or allow writes.  [default: allow]")
@click.option(
    "--credential", type=click.Choice(CREDENTIAL_KINDS), help="Where the token comes from.  [default: keyring]"
)
@click.option(
    "--command", "command", metavar="COMMAND", help="Command that prints the token; implies --credential command."
)
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@click.option("--ca-file", type=click.Path(exists=True, dir_okay=False), help="PEM file with CA certificates to trust.")
@click.option("--color", "color", metavar="COLOR", help="Color of the environment in the console: a name or #rrggbb.")
@click.option("--offline", is_flag=True, help="Do not check the environment kind with the server.")
@click.option("--replace", "replace_existing", is_flag=True, help="Change an existing profile; other settings stay.")
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
    replace_existing: bool,
) -> None:
    """Add an environment.

    On a terminal, dyntui asks for missing values. The token is read from a prompt, standard input or DYNTUI_TOKEN,
    never from an argument.
    """
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import Profiles, check_environment_id, check_name

    profiles = Profiles.load()
    name = check_name(name or _ask(context, "Name", "NAME"))
    old = profiles.get(name) if name in profiles.damaged or (replace_existing and name in profiles.names()) else None
    if name in profiles.names() and old is None:
        raise UsageError(f"A profile named {name} already exists.", hint="Choose another name, or use --replace.")
    base_url = _choose_base_url(context, base_url, old)
    environment_id = environment_id or context.environment_id or (old.environment_id if old else None)
    environment_id = check_environment_id(environment_id or _ask(context, "Environment id", "--environment-id"))
    if credential is None and command is not None:
        credential = "command"
    if credential == "command" and command is None and not (old and old.credential_command):
        command = _ask(context, "Command that prints the token", "--command")
    options: dict[str, Any] = {
        "read_only": True if context.read_only else read_only,
        "color": color,
        "credential_command": command,
        "ca_file": str(Path(ca_file).absolute()) if ca_file else None,
    }
    profile = replace(
        old or Profile(name, base_url, environment_id=""),
        base_url=base_url,
        environment_id=environment_id,
        kind=kind or (old.kind if old else _choose_kind(context, base_url)),
        **{key: value for key, value in options.items() if value is not None},
    )
    profile = confirm_origin(context, profile)
    keeps_token = old is not None and old.base_url == profile.base_url and credential in (None, old.credential)
    if not keeps_token or token_stdin:
        credential_kind = choose_credential_kind(context, credential, old.credential if old else None)
        profile = replace(profile, credential=credential_kind)
    token: str | None = None
    if not keeps_token or token_stdin:
        token = obtain_token(context, profile.credential, token_stdin, needed=False)
    profiles.put(profile)
    context.print_message(*profiles.save())
    try:
        stored = store_token(profile, token)
    except DyntuiError as error:
        raise type(error)(
            f"{name} was saved, but its token was not stored: {error.message}", hint=error.hint
        ) from error
    if not offline and (checked := _check_kind(context, profile)) != profile:
        profile = checked
        profiles.put(profile)
        profiles.save()
    context.print_data({**_document(profile, profiles.current), "token": stored}, is_own=True)
    verb = "Changed" if old else "Added"
    context.print_result(f"{verb} {name}: {profile.kind}, {profile.base_url}, {environment_id}.")
    context.print_result(_describe_token(profile, token, stored["where"] or "", unchanged=keeps_token))
    if profiles.current != name:
        context.print_result(f"To make it the current profile: dyntui env use {name}")


def _check_kind(context: CliContext, profile: Profile) -> Profile:
    """Return the profile as live if the server reports that its environment is live. Prints a warning then."""
    from dyntui.config.credentials import find_token
    from dyntui.core.errors import NotAuthorized
    from dyntui.services.connection import Connection

    async def work() -> str:
        import asyncio

        async with Connection(profile, credential.token, token_source=credential.where) as connection:
            async with asyncio.timeout(_KIND_TIMEOUT_S):
                await connection.write_gate.learn_kind()
            if not connection.write_gate.is_kind_known:
                raise TimeoutError
            return connection.profile.kind

    if profile.kind == "live":
        return profile
    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase)
        server_kind = run(work())
    except NotAuthorized:
        return profile  # no token yet
    except (DyntuiError, TimeoutError) as error:
        reason = error or "no response in time"
        context.print_message(f"The environment kind could not be checked with the server: {reason}")
        return profile
    if server_kind != "live":
        return profile
    context.print_message(
        "warning: the server reports a live environment; the profile is saved as live, not as sandbox."
    )
    return replace(profile, kind="live")


def _ask(context: CliContext, label: str, option: str) -> str:
    if not context.can_ask:
        raise UsageError(f"{option} is missing.", hint="`dyntui env add --help` lists the options.")
    return prompt(label, on_terminal=True).strip()


def _choose_base_url(context: CliContext, base_url: str | None, old: Profile | None) -> str:
    from dyntui.config.profiles import DEFAULT_BASE_URL, check_base_url

    base_url = base_url or context.base_url
    if base_url is None and old is None and context.can_ask:
        base_url = prompt("Base URL", default=DEFAULT_BASE_URL, on_terminal=True)
    return check_base_url(base_url or (old.base_url if old else DEFAULT_BASE_URL))


def _choose_kind(context: CliContext, base_url: str) -> Kind:
    from dyntui.config.profiles import origin
    from dyntui.config.urls import is_loopback

    is_local = is_loopback(origin(base_url)[1])
    if not context.can_ask:
        if is_local:
            return "sandbox"
        raise UsageError("--kind is missing.", hint="Use --kind live or --kind sandbox.")
    kinds: list[Kind] = ["live", "sandbox"]
    return cast("Kind", prompt("Kind", choices=kinds, default=kinds[is_local], on_terminal=True))


def _describe_token(profile: Profile, token: str | None, where: str, *, unchanged: bool) -> str:
    from dyntui.core.redact import token_hint

    if token:
        return f"Token {token_hint(token)} stored in {where}."
    if unchanged:
        return f"Token unchanged, stored in {where}."
    match profile.credential:
        case "session":
            return "No token is stored. The console asks for it; commands read DYNTUI_TOKEN."
        case "command":
            return f"The token comes from {where}."
        case _:
            return f"No token stored. To store one: dyntui auth login --profile {profile.name}"


@env.command()
@_name_argument
@pass_context
def use(context: CliContext, name: str) -> None:
    """Set the current profile, which is used without --profile."""
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    old = profiles.get(name)
    profile = confirm_origin(context, old)
    if profile != old:
        profiles.put(profile)
    profiles.use(name)
    profiles.save()
    context.print_data(_document(profile, name), is_own=True)
    context.print_result(f"Using {name}: {profile.kind}, {profile.base_url}, {profile.environment_id}.")


@env.command()
@_name_argument
@click.option("--yes", is_flag=True, help="Skip the confirmation prompt.")
@pass_context
def remove(context: CliContext, name: str, yes: bool) -> None:
    """Remove a profile and its token from this machine.

    Nothing changes on the server.
    """
    from dyntui.config.profiles import Profiles

    profiles = Profiles.load()
    address = "a damaged entry" if name in profiles.damaged else profiles.get(name).base_url
    if not yes:
        if not context.can_ask:
            raise UsageError("Not confirmed. Re-run with --yes", hint=f"This removes {name} from this machine.")
        confirm(f"Remove {name} and its token from this machine?", abort=True, on_terminal=True)
    profiles.remove(name)
    warnings = profiles.save()
    context.print_message(*warnings)
    context.print_data({"removed": name, "warnings": warnings}, is_own=True)
    context.print_result(f"Removed {name} ({address}).")


@env.command()
@click.argument(
    "name",
    required=False,
    metavar="[PROFILE]",
    help="Name of the profile.  [default: the current one]",
)
@pass_context
def check(context: CliContext, name: str | None) -> None:
    """Check the token, its scopes and the latency of the server."""
    from dyntui.config.credentials import find_token
    from dyntui.core.redact import token_hint

    context.profile_name = name or context.profile_name
    profile = context.profile()
    credential = find_token(profile, ask_passphrase=ask_passphrase)

    health = context.read_health(profile, credential)
    hint = token_hint(credential.token)
    context.print_data(
        {
            **_document(profile, None),
            "token": {"hint": hint, "source": credential.source, "where": credential.where},
            **health.as_json(),
        },
        is_own=True,
    )
    context.print_result(f"{profile.name}: {profile.kind}, {profile.base_url}, {profile.environment_id}")
    context.print_result(f"Token    {hint}, from {credential.where}")
    context.print_result(f"Scopes   {health.scopes_text}")
    context.print_result(f"Server   token accepted ({health.proof}), response in {health.ms or 0:.0f} ms")
    context.print_message(*(f"warning: {warning}" for warning in health.warnings))


def _document(profile: Profile, current: str | None) -> dict[str, Any]:
    document = asdict(profile)
    del document["overridden"], document["environment_id_source"]
    return {**document, "current": profile.name == current} if current is not None else document
