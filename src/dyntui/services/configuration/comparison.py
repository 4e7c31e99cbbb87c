"""Compare the environment in use with another one or with a folder. Both are read at the same time, in a thread."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dyntui.config.credentials import CredentialKind, find_token
from dyntui.config.profile import Profile
from dyntui.core.errors import DyntuiError
from dyntui.core.interface import with_keys
from dyntui.services.configuration.compare import ObjectChange, compare
from dyntui.services.configuration.model import EnvironmentConfig, Reference
from dyntui.services.configuration.normal_form import FieldRules
from dyntui.services.configuration.plan import ConfigPlan, for_other_environment, make_plan
from dyntui.services.configuration.read import read_environment
from dyntui.services.configuration.sources import from_folder
from dyntui.services.connection import Connection
from dyntui.services.thread_loop import run_in_thread

if TYPE_CHECKING:
    from dyntui.config.credentials import AskPassphrase

__all__ = ["Comparison", "OtherSide", "command_line", "compare_sides", "name_of_side", "read_comparison"]

T = TypeVar("T")
OtherSide = Profile | Path
"""What the environment in use is compared with: another environment, or a configuration folder."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The configuration of two sides, what differs, and what of it can be changed."""

    current: EnvironmentConfig
    """The environment in use."""
    other: EnvironmentConfig
    rules: FieldRules
    """What the manifest of the folder adds to the records."""
    changes: tuple[ObjectChange, ...]
    """What differs: what has to be done to make the environment in use the same as the other side."""
    plan: ConfigPlan
    """What of it can be done, with the deletion of what only the environment in use has."""
    unknown_secrets: int
    """The number of secrets that both sides have. Whether they are the same is not known."""

    @property
    def resources(self) -> tuple[str, ...]:
        """The names of the resources that are compared."""
        return tuple(name for name in self.other.resources if name in self.current.resources)

    @property
    def not_compared(self) -> Mapping[str, tuple[str, str]]:
        """By name: why a resource could not be read on either side; "" for the side that could be read."""
        names = dict.fromkeys((*self.current.unavailable, *self.other.unavailable))
        return {name: (self.current.unavailable.get(name, ""), self.other.unavailable.get(name, "")) for name in names}


def compare_sides(current: EnvironmentConfig, other: EnvironmentConfig, rules: FieldRules) -> Comparison:
    """Compare two configurations. A folder has the values of the environment in use; those of another environment
    that differ by nature are not copied."""
    is_folder = any(each.place for each in other.objects.values())
    plan = make_plan(current, other if is_folder else for_other_environment(other, rules), prune=True)
    secrets = sum(
        isinstance(value, Reference) and isinstance(leaves.get(path), Reference)
        for key, each in other.objects.items()
        if key in current.objects and (leaves := current.objects[key].leaves())
        for path, value in each.leaves().items()
    )
    return Comparison(current, other, rules, tuple(compare(current, other)), plan, secrets)


def name_of_side(other: OtherSide) -> str:
    """Return the name of the other side, for people."""
    return other.name if isinstance(other, Profile) else str(other)


def command_line(connection: Connection, other: OtherSide) -> str:
    """Return the command that plans how to make the environment in use the same as the other side."""
    name = shlex.quote(connection.profile.name)
    if isinstance(other, Path):
        return f"dyntui config plan {shlex.quote(str(other))} --profile {name}"
    return f"dyntui config plan --from-profile {shlex.quote(other.name)} --to-profile {name}"


async def read_comparison(
    connection: Connection,
    other: OtherSide,
    *,
    ask_passphrase: AskPassphrase | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Comparison:
    """Read both sides in a thread. A resource that a token may not read is in `not_compared`.

    ask_passphrase: asks for the passphrase of the token of the other environment.
    on_progress: called from the thread with the number of resources that were read, and of all.
    Raises DyntuiError for a folder or an environment that cannot be read; its message names the other side.
    """
    if isinstance(other, Path):
        return await run_in_thread(partial(_with_folder, connection, other, on_progress))
    return await run_in_thread(partial(_with_environment, connection, other, ask_passphrase, on_progress))


async def _with_folder(connection: Connection, folder: Path, on_progress: Callable[[int, int], None]) -> Comparison:
    desired = from_folder(folder, connection.profile)
    async with connection.new_client() as client:
        current = await read_environment(
            connection,
            only=desired.config.resources,
            rules=desired.rules,
            client=client,
            on_progress=on_progress,
        )
    return compare_sides(current, desired.config, desired.rules)


async def _with_environment(
    connection: Connection,
    profile: Profile,
    ask_passphrase: AskPassphrase | None,
    on_progress: Callable[[int, int], None],
) -> Comparison:
    with _errors_named(profile):
        opened = _open_other(profile, ask_passphrase)
    counts: dict[str, tuple[int, int]] = {}

    def count(side: str, done: int, total: int) -> None:
        counts[side] = done, total
        on_progress(sum(each[0] for each in counts.values()), sum(each[1] for each in counts.values()))

    async def read_other() -> EnvironmentConfig:
        with _errors_named(profile):
            return await read_environment(opened, on_progress=partial(count, "other"))

    async with opened, connection.new_client() as client:
        current, found = await _both(
            read_environment(connection, client=client, on_progress=partial(count, "current")), read_other()
        )
    return compare_sides(current, found, FieldRules())


def _open_other(profile: Profile, ask_passphrase: AskPassphrase | None) -> Connection:
    """Open another environment, only to read it. The token of DYNTUI_TOKEN is that of the environment in use."""
    environ = os.environ if profile.credential is CredentialKind.ENVIRONMENT else {}
    credential = find_token(profile, environ=environ, ask_passphrase=ask_passphrase)
    return Connection(replace(profile, read_only=True), credential.token, token_source=credential.where)


@contextmanager
def _errors_named(profile: Profile) -> Iterator[None]:
    """Put the name of an environment before the message of an error, and say where its profile can be edited."""
    try:
        yield
    except DyntuiError as error:
        error.message = f"{profile.name}: {error.message}"
        error.hint = with_keys(f"Press {{app.environments}} to open, check or edit {profile.name} there.")
        raise


async def _both(first: Coroutine[object, object, T], second: Coroutine[object, object, T]) -> tuple[T, T]:
    """Run both at the same time. An error of one cancels the other."""
    tasks = asyncio.create_task(first), asyncio.create_task(second)
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
