"""Connection: the client, write gate and audit log of one environment, for commands and screens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Self
from weakref import WeakSet

from dyntui.config.credentials import check_origin
from dyntui.config.flags import cache_off
from dyntui.config.paths import paths
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.resource_changes import Changes
from dyntui.services.actions.write_gate import WriteGate

if TYPE_CHECKING:
    from pathlib import Path

    from dyntui.api.client import Client
    from dyntui.api.filter_forms import FormStore
    from dyntui.api.rate_limiter import RateLimiters
    from dyntui.api.transport import AsgiApp
    from dyntui.config.profile import Profile

__all__ = ["Connection"]


class Connection:
    """An open environment: its client, write gate, audit log and the source of its token.

    token_source: where the token was found, as text. app: an ASGI application in place of the network, for the demo.
    rate_limiters: those that all connections of the process to this server share, when not given.
    Nothing is sent before the first call.
    """

    def __init__(
        self,
        profile: Profile,
        token: str,
        *,
        token_source: str = "",
        app: AsgiApp | None = None,
        rate_limiters: RateLimiters | None = None,
        audit: Audit | None = None,
    ) -> None:
        from dyntui.api.filter_forms import FilterForms
        from dyntui.api.request_log import RequestLog

        check_origin(profile)
        self._profile = profile
        self.token_source = token_source
        self.app = app
        self.rate_limiters = rate_limiters or _limiters_of(profile.base_url)
        self.log = RequestLog()
        self._filter_forms = FilterForms(_form_store(profile) if app is None else None)
        self.audit = audit or Audit(paths().audit_file)
        self.changes = Changes()
        self._token = token
        self._clients: WeakSet[Client] = WeakSet()
        self._refusal = ""
        self.client = self.new_client()
        self.write_gate = WriteGate(profile, self.client, self.audit, self.changes, ask_kind=app is None)

    @property
    def profile(self) -> Profile:
        """The profile, with the stricter environment kind of profile and server (`WriteGate.learn_kind`)."""
        return self.write_gate.profile

    def __repr__(self) -> str:
        return f"Connection({self.profile.name!r})"

    @property
    def token_hint(self) -> str:
        """The token as it is displayed: `dyn_…abc123`."""
        from dyntui.core.redact import token_hint

        return token_hint(self._token)

    @property
    def cache_file(self) -> Path:
        """The file of the row cache of this environment and token."""
        from dyntui.config.cache_files import cache_file

        return cache_file(paths().cache, self.profile.base_url, self.profile.environment_id, self._token)

    def new_client(self) -> Client:
        """Return a client for another event loop, such as the thread of a job, with the same rate limiters and log."""
        from dyntui.api.client import Client as _Client

        client = _Client(
            self._profile.base_url,
            self._profile.environment_id,
            self._token,
            read_only=self._profile.read_only,
            app=self.app,
            ca_file=self._profile.ca_file,
            rate_limiters=self.rate_limiters,
            log=self.log,
            filter_forms=self._filter_forms,
            on_write=self.changes.on_write,
        )
        if self._refusal:
            client.refuse_writes(self._refusal)
        self._clients.add(client)
        return client

    def refuse_writes(self, reason: str) -> None:
        """Refuse every further write, also the remaining ones of running actions and jobs.

        reason: a sentence without its period, such as `prod is read-only`.
        """
        self._refusal = reason
        self.write_gate.refuse_writes(reason)
        for client in tuple(self._clients):
            client.refuse_writes(reason)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def close_when_idle(self) -> None:
        """Close the connection after the writes that are running: their results are still needed."""
        await self.write_gate.wait_until_idle()
        await self.aclose()

    async def aclose(self) -> None:
        await self.client.aclose()


def _form_store(profile: Profile) -> FormStore | None:
    """Return the file that remembers the forms of filters; None with `--no-cache`."""
    from dyntui.config.filter_form_file import FilterFormFile

    return None if cache_off() else FilterFormFile(profile.base_url, profile.environment_id)


@cache
def _shared_limiters(
    base_url: str, per_minute: int, bulk_per_minute: int, in_flight: int, embedded_wallets: int, invites: int
) -> RateLimiters:
    """Return the limiters of this process for a server, which limits an address and not a token."""
    from dyntui.api.in_flight import InFlightLimit
    from dyntui.api.rate_limiter import RateLimiters as _RateLimiters

    return _RateLimiters(
        per_minute, bulk_per_minute, InFlightLimit(in_flight), embedded_wallets=embedded_wallets, invites=invites
    )


def _limiters_of(base_url: str) -> RateLimiters:
    from dyntui.config.settings import Settings

    settings = Settings.load()
    return _shared_limiters(
        base_url,
        settings.rate_per_minute,
        settings.bulk_per_minute,
        settings.in_flight,
        settings.embedded_wallets_per_minute,
        settings.invites_per_minute,
    )
