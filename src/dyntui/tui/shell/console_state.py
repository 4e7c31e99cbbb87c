"""The state that screens share, and opening the connection of an environment."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from dyntui.config.flags import cache_off
from dyntui.core.errors import DyntuiError

if TYPE_CHECKING:
    from dyntui.config.credentials import AskPassphrase
    from dyntui.config.profile import Profile
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.services.connection import Connection
    from dyntui.store.cache import RowCache
    from dyntui.tui.shell.background_job import BackgroundJob
    from dyntui.tui.shell.health_check import HealthCheck

__all__ = [
    "NOT_OPEN",
    "ConsoleState",
    "Latency",
    "Notification",
    "cached_rows",
    "environment_key",
    "open_connection",
    "open_row_cache",
]


NOT_OPEN = "The environment is not open."
"""Why an action is not available that needs the connection."""

_KIND_TIMEOUT_S = 2.0
"""Seconds to wait for the server to report whether the environment is live, while it is opened."""

_MIN_DIFFERENCE_MS = 20.0
"""Differences below this number of milliseconds are not shown."""


class Latency:
    """The latency for the header. It changes only when it doubles or halves, so that the header is seldom painted."""

    def __init__(self) -> None:
        self.shown: float | None = None

    def record(self, ms: float | None) -> None:
        """Record the latency of a response in milliseconds; None is ignored."""
        if ms is None:
            return
        near = self.shown is not None and (
            abs(ms - self.shown) < _MIN_DIFFERENCE_MS or self.shown / 2 <= ms <= self.shown * 2
        )
        if not near:
            self.shown = ms

    @property
    def label(self) -> str:
        """`42 ms`, `1.3 s`, or "" before the first response."""
        if self.shown is None:
            return ""
        return f"{max(1, round(self.shown))} ms" if self.shown < 1000 else f"{self.shown / 1000:.1f} s"


class Notification(NamedTuple):
    """A notification that was shown."""

    at: datetime
    severity: str
    """`information`, `warning` or `error`."""
    text: str


class ConsoleState:
    """The state that all screens share."""

    def __init__(
        self,
        profile: Profile | None = None,
        demo: SandboxOptions | None = None,
        read_only: bool = False,
        has_tour: bool = False,
    ) -> None:
        self.profile = profile
        """The profile of the environment; None until one is chosen."""
        self.demo = demo
        """The options of the demo; None when it is not used."""
        self.read_only = read_only
        """Whether this run of the console changes nothing."""
        self.has_tour = has_tour
        """Whether the hints of the tour are shown in the demo."""
        self.connection: Connection | None = None
        """The connection to the environment; None until it is open."""
        self.rows: RowCache | None = None
        """The row cache of the environment; None for no cache."""
        self.error: DyntuiError | None = None
        """Why the environment could not be opened; None when it could."""
        self.running: BackgroundJob | None = None
        """The import job of this console; None for none."""
        self.recent: dict[str, str] = {}
        """The ids and labels of the users that were opened, also before this start, the last one at the end.

        "" for a label that may not be stored and is not known yet.
        """
        self.drafts: dict[str, str] = {}
        """Metadata that was edited and not saved, by user id."""
        self.health: dict[str, HealthCheck] = {}
        """The result of the last check, by profile name."""
        self.last_change: tuple[Connection, str] | None = None
        """The connection and the id of the last change, if it can be undone; None for none."""
        self.notifications: deque[Notification] = deque(maxlen=500)
        """The last notifications, oldest first."""

    @property
    def has_environment(self) -> bool:
        """Whether an environment is chosen, which may be the demo."""
        return self.profile is not None or self.demo is not None

    @property
    def job_elsewhere(self) -> bool:
        """Whether the job of this console belongs to another environment than the one in use."""
        job = self.running
        return job is not None and bool(job.label) and environment_key(job.profile) != environment_key(self.profile)

    @property
    def job_label(self) -> str:
        """The job for the header, with its environment when another one is in use; "" for no job."""
        job = self.running
        if job is None:
            return ""
        return f"{job.label} in {job.profile.name}" if self.job_elsewhere else job.label

    def opened_user(self, user_id: str, label: str) -> None:
        """Add a user to the suggestions of the jump bar."""
        from dyntui.config.recent_users import MAX_USERS

        self.recent.pop(user_id, None)
        self.recent[user_id] = label
        while len(self.recent) > MAX_USERS:
            self.recent.pop(next(iter(self.recent)))

    def forget(self, *, keep_drafts: bool = False) -> None:
        """Reset what belongs to the connection. keep_drafts: whether to keep recent users and drafts."""
        self.connection = None
        self.rows = None  # not closed: a page that is being loaded may still be saved in it
        self.error = None
        if not keep_drafts:
            self.recent.clear()
            self.drafts.clear()


def environment_key(profile: Profile | None) -> tuple[str, str] | None:
    """Return base URL and environment id, which identify an environment; None for no profile."""
    return (profile.base_url, profile.environment_id) if profile is not None else None


def open_connection(
    profile: Profile | None,
    demo: SandboxOptions | None,
    read_only: bool,
    ask_passphrase: AskPassphrase,
    on_token: Callable[[Profile, str], None],
) -> Connection:
    """Find the token and open the connection. Runs in a thread, because it may wait for a keyring or a passphrase.

    on_token: called with profile and token before the HTTP client is imported, so that cached rows are shown meanwhile.
    """
    if demo is not None:
        from dyntui.services.demo import demo_connection

        return demo_connection(demo, read_only=read_only)
    from dyntui.config.credentials import find_token

    assert profile is not None
    credential = find_token(profile, ask_passphrase=ask_passphrase)
    on_token(profile, credential.token)
    from dyntui.services.connection import Connection

    if read_only:
        profile = replace(profile, read_only=True)
    connection = Connection(profile, credential.token, token_source=credential.where)
    asyncio.run(_learn_kind(connection))
    return connection


async def _learn_kind(connection: Connection) -> None:
    """Ask the server whether the environment of a sandbox profile is live, before its rows are saved on disk.

    Without a response in time, it is asked again before a write that depends on it.
    """
    if connection.profile.kind == "live":
        return
    from dyntui.api.errors import ApiProblem

    async with connection.new_client() as client:
        with suppress(ApiProblem, TimeoutError):
            async with asyncio.timeout(_KIND_TIMEOUT_S):
                await connection.write_gate.learn_kind(client)


BECAME_LIVE = "The server reports a live environment, but the profile is for a sandbox. It is treated as live."


def became_live(profile: Profile | None, connection: Connection) -> bool:
    """Return whether the server reports a live environment for a sandbox profile."""
    return profile is not None and (profile.kind, connection.profile.kind) == ("sandbox", "live")


def cached_rows(profile: Profile, token: str) -> RowCache | None:
    """Open the row cache of an environment on disk; None when there is none."""
    from dyntui.config.cache_files import cache_file
    from dyntui.config.paths import paths
    from dyntui.store.cache import open_cache

    file = cache_file(paths().cache, profile.base_url, profile.environment_id, token)
    return open_cache(file) if profile.stores_rows and file.exists() and not cache_off() else None


def open_row_cache(connection: Connection) -> RowCache | None:
    """Open the row cache of the environment; None with `--no-cache`. Reads the disk, so call it in a thread.

    The cache is a file for a sandbox and where the profile allows it, and in memory for other live environments and
    the demo.
    """
    from dyntui.config.cache_files import purge
    from dyntui.store.cache import RowCache, open_cache

    if cache_off():
        return None
    on_disk = connection.profile.stores_rows and connection.app is None
    if not on_disk and connection.app is None and connection.cache_file.exists():
        purge(connection.cache_file)  # cached while the profile was a sandbox
    return open_cache(connection.cache_file) if on_disk else RowCache()
