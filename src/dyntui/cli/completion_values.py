"""The values that shell completion offers for arguments and options, by their metavar.

The type of every text argument (`dyntui.cli.context`) uses `complete`. Nothing here prints or asks: a value that cannot
be read is not offered. Values of other types, such as choices and paths, are completed by click.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem, split_arg_string

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.text import safe
from dyntui.resources.all_resources import RESOURCES, resource
from dyntui.resources.cell_formats import get_path
from dyntui.resources.resource import Resource

if TYPE_CHECKING:
    from dyntui.core.json_types import Row
    from dyntui.resources.action import ResourceAction
    from dyntui.services.connection import Connection
    from dyntui.services.forms import FormField

__all__ = ["complete"]

T = TypeVar("T")
Values = Iterable[tuple[str, str]]
"""Values and what they are; "" for no description."""

_TIMEOUT_S = 2.0
"""The server has to answer within this time, because the user waits with a pressed key."""
_MAX_ROWS = 200
_MAX_CHANGES = 20
_MAX_HELP = 60
_TOKEN = re.compile(r"[A-Za-z@][A-Za-z@|=-]*")


def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the values that start with `incomplete`, by the metavar of the parameter."""
    found: dict[str, CompletionItem] = {}
    for token in _TOKEN.findall(parameter.metavar or ""):
        if token in _FILES:
            found[""] = CompletionItem(incomplete, type="file")
        for value, text in _completer(token, incomplete)(ctx, incomplete):
            if value.casefold().startswith(incomplete.casefold()) and safe(value) == value:
                found.setdefault(value, CompletionItem(value, help=safe(text, _MAX_HELP) or None))
    return list(found.values())


def _completer(token: str, incomplete: str) -> Callable[[click.Context, str], Values]:
    """Return what finds the values of a metavar."""
    if incomplete.startswith("@"):
        return _files_at
    return _COMPLETERS.get(token) or (lambda ctx, _: _names(ctx, _BY_NOUN.get(token)))


# Of this machine


def _profiles(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.config.profiles import Profiles

    profiles = _quietly(lambda: Profiles.load().names()) or []
    return [(name, "") for name in profiles]


def _jobs(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.services.imports.jobs import list_jobs

    if ctx.parent is not None and ctx.parent.info_name == "allowlists":
        return _entry_jobs(ctx)
    jobs = _quietly(lambda: list(list_jobs())) or []
    newest = sorted(jobs, key=lambda job: job.created_at, reverse=True)
    last = [("last", "the newest job")] if jobs else []
    return [*last, *((job.id, f"{job.state or 'damaged'} {Path(job.source).name}".rstrip()) for job in newest)]


def _snapshots(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.services.configuration.history import LAST, list_snapshots

    found = _quietly(list_snapshots) or []
    last = [(LAST, "the newest snapshot")] if found else []
    return [*last, *((each.id, f"{each.environment}, {each.objects} objects") for each in reversed(found))]


def _config_resources(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.services.configuration.model import config_records

    return [(record.name, record.title) for record in config_records(by_choice=True)]


def _entry_jobs(ctx: click.Context) -> Values:
    from dyntui.services.access.undo import jobs_of
    from dyntui.services.imports.jobs import JobLocation

    async def read(connection: Connection) -> list[tuple[str, str]]:
        found = jobs_of(connection.audit, JobLocation.of(connection.profile))
        return [(job.id, f"{job.added} added, {job.removed} removed") for job in found]

    return _connected(ctx, read) or []


def _changes(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.services.actions.undo import last_changes

    async def read(connection: Connection) -> list[tuple[str, str]]:
        location = (connection.profile.base_url, connection.profile.environment_id)
        changes = last_changes(connection.audit, location, _MAX_CHANGES)
        return [(each.id, f"{each.action} {', '.join(each.targets)}") for each in changes if each.id and each.undo]

    return _connected(ctx, read) or []


def _mappings(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.services.imports.mappings import mapping_names

    return [(name, "saved mapping") for name in _quietly(mapping_names) or []]


def _files_at(ctx: click.Context, incomplete: str) -> Values:
    """Return the files for `@FILE`, which lists of targets and --data take; folders end in a slash."""
    folder, _, start = incomplete[1:].rpartition("/")
    prefix = f"{folder}/" if folder or incomplete.startswith("@/") else ""
    try:
        files = sorted(Path(prefix or ".").expanduser().iterdir())
    except OSError:
        return []
    return [
        (f"@{prefix}{file.name}{'/' if file.is_dir() else ''}", "") for file in files if file.name.startswith(start)
    ]


def _views(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.config.list_preferences import ListPreferences

    preferences = _quietly(ListPreferences.load)
    views = preferences.views.get("users", {}) if preferences is not None else {}
    return [(name, view.filter) for name, view in views.items()]


def _aliases(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.config.settings import Settings

    settings = _quietly(Settings.load)
    return list(settings.alias.items()) if settings is not None else []


def _row_states(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.store.states import RowState

    return [(state.value, "") for state in RowState]


# Of the catalog and the records


def _resources(ctx: click.Context, incomplete: str) -> Values:
    return [(record.name, record.title) for record in RESOURCES.values()]


def _actions(ctx: click.Context, incomplete: str) -> Values:
    record = resource(str(ctx.params.get("name") or ""))
    return [(action.name, action.help) for action in record.actions] if record else []


def _help_names(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.cli.help_texts import TOPICS

    root = ctx.find_root().command
    commands = root.list_commands(ctx) if isinstance(root, click.Group) else []
    return [("topics", ""), *((name, title) for name, (title, _) in TOPICS.items()), *((name, "") for name in commands)]


def _operations(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.api.catalog import catalog

    return [(operation.id, f"{operation.method} {operation.path}") for operation in catalog()]


def _parameters(ctx: click.Context, incomplete: str) -> Values:
    """Return the parameters of the operation of `dyntui api`, and the known values of the one that is typed."""
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import operation_fields

    # click does not parse the words of a line that ends in an option without its value
    words = split_arg_string(os.environ.get("COMP_WORDS", ""))
    operations = catalog()
    found = next((operations.operations[word] for word in words if word in operations.operations), None)
    for method, path in itertools.pairwise(words):
        if found is None and (matched := operations.match(method, f"/{path.lstrip('/')}")):
            found = matched[0]
    fields = operation_fields(operations, found) if found is not None else []
    return _assignments([field for field in fields if field.location != "body"], incomplete)


def _fields(ctx: click.Context, incomplete: str) -> Values:
    """Return the fields of the action that the command runs, and the known values of the one that is typed."""
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import action_fields

    action = _action_of(ctx)
    if action is None or not action.fields:
        return []
    return _assignments(action_fields(catalog(), action), incomplete)


def _assignments(fields: Iterable[FormField], incomplete: str) -> Values:
    """Return `NAME=` of each field, and `NAME=VALUE` with the known values of the field that is typed."""
    return [
        (f"{field.name}={value}", "" if value else field.hint)
        for field in fields
        for value in (field.options if incomplete.startswith(f"{field.name}=") else ("",))
    ]


def _action_of(ctx: click.Context) -> ResourceAction | None:
    """Return the action of `dyntui do RESOURCE ACTION` or `dyntui GROUP ACTION`."""
    names = ctx.params.get("name"), ctx.params.get("action_name")
    if ctx.info_name != "do":
        names = ctx.parent.info_name if ctx.parent is not None else None, ctx.info_name
    record = resource(str(names[0] or ""))
    return record.action(str(names[1] or "")) if record is not None else None


def _settings(ctx: click.Context, incomplete: str) -> Values:
    from dyntui.services.settings import setting_names

    return [(name, "") for name in setting_names()]


# Of the environment


def _lists(ctx: click.Context, incomplete: str) -> Values:
    return _names(ctx, RESOURCES["allowlists"])


def _targets(ctx: click.Context, incomplete: str) -> Values:
    """Return the objects of the resource of `dyntui do` or `dyntui get`."""
    return _names(ctx, resource(str(ctx.params.get("name") or "")))


def _names(ctx: click.Context, record: Resource | None) -> Values:
    """Return what identifies the objects of a resource, such as names, with their ids.

    There are too many users and wallets, and objects with a parent are not known without it.
    """
    if record is None or not record.identified_by or record.parent or record.name in ("users", "wallets"):
        return []

    async def read(connection: Connection) -> list[Row]:
        rows = scan(connection.client, record, max_rows=_MAX_ROWS)
        return [scanned.row async for scanned in rows]

    from dyntui.services.lists.list_source import scan

    name, key = record.identified_by[0], record.key
    found = _connected(ctx, read) or []
    return [(str(get_path(row, name)), str(row.get(key) or "")) for row in found if get_path(row, name)]


def _connected(ctx: click.Context, work: Callable[[Connection], Awaitable[T]]) -> T | None:
    """Return the result of `work` with the environment that the options select; None when it is not available.

    A token that a prompt or another program has to give is not asked for.
    """
    from dyntui.config.credentials import CredentialKind, environment_token, find_token
    from dyntui.services.connection import Connection

    def no_passphrase(prompt: str, confirm: bool = False) -> str:
        raise UsageError("A passphrase is not asked for while a line is completed.")

    def connect() -> T | None:
        profile = ctx.find_root().obj.profile()
        if profile.credential is CredentialKind.COMMAND and not environment_token(profile, os.environ):
            return None
        credential = find_token(profile, ask_passphrase=no_passphrase)

        async def run() -> T:
            async with Connection(profile, credential.token, token_source=credential.where) as connection:
                return await work(connection)

        return asyncio.run(asyncio.wait_for(run(), _TIMEOUT_S))

    return _quietly(connect)


def _quietly(read: Callable[[], T]) -> T | None:
    """Return the result of `read`; None for an error, because there is no place to show it while a line is typed."""
    try:
        return read()
    except (DyntuiError, OSError, TimeoutError):
        return None


_FILES = {"FILE", "FILE|-", "NAME|FILE", "PLAN", "SOURCE", "LEFT", "RIGHT"}
"""Metavars of which the values are files, among others."""

_BY_NOUN = {record.metavar: record for record in RESOURCES.values()}
"""The records by the metavar of their objects: `WEBHOOK`."""

_COMPLETERS: Mapping[str, Callable[[click.Context, str], Values]] = {
    "PROFILE": _profiles,
    "JOB": _jobs,
    "CHANGE": _changes,
    "PLAN": _jobs,
    "STATE": _row_states,
    "VIEW": _views,
    "ALIAS": _aliases,
    "NAME|FILE": _mappings,
    "TOPIC|COMMAND": _help_names,
    "RESOURCE": _resources,
    "CONFIG-RESOURCE": _config_resources,
    "SNAPSHOT": _snapshots,
    "ACTION": _actions,
    "OPERATION": _operations,
    "KEY=VALUE": _parameters,
    "FIELD=VALUE": _fields,
    "SETTING": _settings,
    "SETTING=VALUE": _settings,
    "LIST": _lists,
    "FROM": _lists,
    "TO": _lists,
    "SOURCE": _lists,
    "LEFT": _lists,
    "RIGHT": _lists,
    "TARGET": _targets,
}
