"""The state that screens share, and opening the connection of an environment."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dyntui.core.errors import DyntuiError
from dyntui.core.times import now

if TYPE_CHECKING:
    from textual.widget import Widget

    from dyntui.config.credentials import AskPassphrase
    from dyntui.config.profile import Profile
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.services.connection import Connection
    from dyntui.services.imports.job_thread import JobThread
    from dyntui.services.imports.progress import Progress
    from dyntui.services.imports.runner import RunResult
    from dyntui.store.cache import RowCache

__all__ = [
    "BackgroundJob",
    "ConsoleState",
    "HealthCheck",
    "Latency",
    "Notification",
    "cached_rows",
    "environment_key",
    "open_connection",
    "open_row_cache",
]


_KIND_PATIENCE = 2.0
"""Seconds that opening an environment waits for the server to say whether it is live."""


_FELT = 20.0
"""Milliseconds that make no difference to a person."""


class Latency:
    """The latency to show: it changes only when it has doubled or halved, and by more than a person can tell."""

    def __init__(self) -> None:
        self.shown: float | None = None

    def saw(self, ms: float | None) -> None:
        if ms is None:
            return
        near = self.shown is not None and (abs(ms - self.shown) < _FELT or self.shown / 2 <= ms <= self.shown * 2)
        if not near:
            self.shown = ms

    @property
    def words(self) -> str:
        """`42 ms`, `1.3 s`, or "" before the first answer."""
        if self.shown is None:
            return ""
        return f"{max(1, round(self.shown))} ms" if self.shown < 1000 else f"{self.shown / 1000:.1f} s"


@dataclass(frozen=True, slots=True)
class Notification:
    """A message that was shown. severity: information, warning or error."""

    at: datetime
    severity: str
    text: str


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of a profile check. ok: the token works. words: for people. token: its hint, "" for none."""

    ok: bool
    words: str
    token: str = ""
    at: datetime = field(default_factory=now)


class BackgroundJob(Protocol):
    """A job that goes on whatever screen is shown."""

    path: Path
    thread: JobThread
    profile: Profile

    @property
    def words(self) -> str:
        """What the frame says of it; "" for nothing."""

    @property
    def id(self) -> str:
        """The job's id."""

    @property
    def active(self) -> bool:
        """Whether it still works."""

    @property
    def progress(self) -> Progress | None:
        """The last progress report."""

    @property
    def result(self) -> RunResult | None:
        """The result, once it ended."""

    @property
    def error(self) -> BaseException | None:
        """What stopped it, when something did."""

    def watch(self, widget: Widget) -> None:
        """Send `widget` a message on every change."""

    def unwatch(self, widget: Widget) -> None:
        """Stop sending messages to `widget`."""

    async def stop_for_exit(self) -> None:
        """Stop the job so that it can be resumed."""


@dataclass(slots=True)
class ConsoleState:
    """The state that all screens share. profile is None until an environment is chosen.

    connection: None until it is open. error: why it could not be opened. running: the job of this console, if any.
    recent: users that were opened, newest last: id to label. drafts: metadata that was typed and is not saved, by user
    id. health: by profile name. rows: what lists showed, kept to be shown first; None for nothing kept.
    """

    profile: Profile | None = None
    demo: SandboxOptions | None = None
    read_only: bool = False
    connection: Connection | None = None
    rows: RowCache | None = None
    error: DyntuiError | None = None
    running: BackgroundJob | None = None
    recent: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)
    health: dict[str, HealthCheck] = field(default_factory=dict)
    notes: deque[Notification] = field(default_factory=lambda: deque(maxlen=500))

    @property
    def job_elsewhere(self) -> bool:
        """Whether the job of this console is one of another environment than the one in view."""
        job = self.running
        return job is not None and bool(job.words) and environment_key(job.profile) != environment_key(self.profile)

    @property
    def job_label(self) -> str:
        """The job for the frame, with its environment when another one is in view; "" for no job."""
        job = self.running
        if job is None:
            return ""
        return f"{job.words} in {job.profile.name}" if self.job_elsewhere else job.words

    def opened_user(self, user_id: str, label: str) -> None:
        """Remember a user for the jump bar."""
        self.recent.pop(user_id, None)
        self.recent[user_id] = label
        while len(self.recent) > 20:
            self.recent.pop(next(iter(self.recent)))

    def forget(self, *, keep_typed: bool = False) -> None:
        """Forget what belongs to the connection. keep_typed: not what was opened and typed in this environment."""
        self.connection = None
        self.rows = None  # not closed: a page that is under way may still be put into it
        self.error = None
        if not keep_typed:
            self.recent.clear()
            self.drafts.clear()


def environment_key(profile: Profile | None) -> tuple[str, str] | None:
    """What makes two profiles the same environment: address and environment id. None for no profile."""
    return (profile.base_url, profile.environment_id) if profile is not None else None


def open_connection(
    profile: Profile | None,
    demo: SandboxOptions | None,
    read_only: bool,
    ask_passphrase: AskPassphrase,
    found: Callable[[Profile, str], None],
) -> Connection:
    """Find the token and open the environment. May wait for a keyring or a person: runs in a thread.

    found: gets profile and token before the client is loaded, which takes longer than to show rows kept from before.
    """
    if demo is not None:
        from dyntui.services.demo import demo_connection

        return demo_connection(demo, read_only=read_only)
    from dyntui.config.credentials import find_token

    assert profile is not None
    credential = find_token(profile, ask_passphrase=ask_passphrase)
    found(profile, credential.token)
    from dyntui.services.connection import Connection

    if read_only:
        profile = replace(profile, read_only=True)
    connection = Connection(profile, credential.token, token_source=credential.where)
    asyncio.run(_learn_kind(connection))
    return connection


async def _learn_kind(connection: Connection) -> None:
    """Ask the server whether the environment of a sandbox profile is live, before rows of it go to the disk.

    A server that does not answer in time is asked again before a write that depends on it.
    """
    if connection.profile.kind == "live":
        return
    from dyntui.api.errors import ApiProblem

    async with connection.new_client() as client:
        with suppress(ApiProblem, TimeoutError):
            async with asyncio.timeout(_KIND_PATIENCE):
                await connection.write_gate.learn_kind(client)


BECAME_LIVE = "The server says that this environment is live; its profile says sandbox. It is treated as live."


def became_live(profile: Profile | None, connection: Connection) -> bool:
    """Whether the server says live and the profile says sandbox."""
    return profile is not None and (profile.kind, connection.profile.kind) == ("sandbox", "live")


def cached_rows(profile: Profile, token: str) -> RowCache | None:
    """The rows that were kept of an environment, if there are any."""
    from dyntui.config.paths import paths
    from dyntui.store.cache import cache_file, cache_off, open_cache

    file = cache_file(paths().cache, profile.base_url, profile.environment_id, token)
    return open_cache(file) if _on_disk(profile) and file.exists() and not cache_off() else None


def _on_disk(profile: Profile) -> bool:
    return profile.kind == "sandbox" or profile.keep_rows


def open_row_cache(connection: Connection) -> RowCache | None:
    """The row cache of the environment: a file for a sandbox and where a person has agreed to one, memory for other
    live ones and the demo, none with `--no-cache`. Waits for the disk."""
    from dyntui.store.cache import RowCache, cache_off, open_cache, purge

    if cache_off():
        return None
    on_disk = _on_disk(connection.profile) and connection.app is None
    if not on_disk and connection.app is None and connection.cache_file.exists():
        purge(connection.cache_file)  # cached while the profile was a sandbox
    return open_cache(connection.cache_file) if on_disk else RowCache()
