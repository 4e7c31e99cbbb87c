"""Check an environment: token, token scopes, latency and clock skew."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row, as_object, as_text
from dyntui.core.times import now

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["EnvironmentHealth", "check_health", "server_kind"]

_SKEW_TO_MENTION = 30.0


@dataclass(frozen=True, slots=True)
class EnvironmentHealth:
    """The result of a check in which the token was accepted; errors are raised."""

    proof: str
    """The operation that proved that the token is accepted."""
    ms: float | None
    """Latency of one response in milliseconds."""
    scopes: tuple[str, ...] | None
    """Token scopes, None if unknown."""
    skew: float | None
    """Seconds by which the clock of this machine is ahead of that of the server, None without a Date header."""
    warnings: tuple[str, ...]
    other_environment: str = ""
    """The environment of the token, when it is not that of the profile; else ""."""
    kind: str = ""
    """Live or sandbox as the server reports, "" for unknown."""
    treated_as_live: bool = False
    """Whether only the server reports live."""

    @property
    def scopes_text(self) -> str:
        """The token scopes as text for people."""
        if self.scopes is None:
            return "not reported by the server"
        return ", ".join(self.scopes) or "none"

    def as_json(self) -> dict[str, object]:
        return {
            "by": self.proof,
            "ms": None if self.ms is None else round(self.ms, 1),
            "scopes": None if self.scopes is None else list(self.scopes),
            "clock_skew_seconds": None if self.skew is None else round(self.skew, 1),
            "server_kind": self.kind or None,
            "warnings": list(self.warnings),
        }


async def server_kind(client: Client) -> str:
    """Return the environment kind that the server reports; "" when the token may not read it."""
    from dyntui.api.errors import Forbidden, NotFound

    try:
        return _kind(await client.call("getEnvironmentById"))
    except (Forbidden, NotFound):
        return ""


def _kind(document: object) -> str:
    kind = as_text(as_object(as_object(document).get("settings")).get("environmentName"))
    return kind if kind in ("live", "sandbox") else ""


async def check_health(client: Client, profile_kind: str = "live") -> EnvironmentHealth:
    """Check the token with /tokens/me, the environment, or one user, whichever it may read.

    Source: docs/vendor-api.md#introspection.

    profile_kind: the kind in the profile; the result has a warning when it differs from the server.
    """
    from dyntui.api.client import decode
    from dyntui.api.errors import ApiError, Forbidden, RateLimited, ServerError, Unauthorized

    warnings: list[str] = []
    about: Row | None = None
    belongs = ""
    try:
        about = await client.introspect()
    except (Unauthorized, RateLimited, ServerError):
        raise
    except ApiError:
        about = None  # older servers answer 404, stricter ones 400, 403 or 405
    scopes = None
    if about is not None:
        value = about.get("scopes")
        scopes = tuple(str(scope) for scope in value) if isinstance(value, list) else None
        value = about.get("projectEnvironmentId")
        if isinstance(value, str) and value and value != client.environment_id:
            belongs = value
            warnings.append(f"The token belongs to environment {belongs}, not to {client.environment_id}.")
    by, ms, date, kind = "GET /tokens/me", client.log.last_ms, "", ""
    for operation, query in (("getEnvironmentById", None), ("getEnvironmentUsers", {"limit": 1})):
        try:
            answer = await client.send(client.catalog.get(operation), query=query)
        except Forbidden:
            if about is None and operation == "getEnvironmentUsers":
                raise
            continue
        by, ms, date = operation, answer.ms, answer.headers.get("date", "")
        kind = _kind(decode(answer)) if operation == "getEnvironmentById" else ""
        break
    treated_as_live = (kind, profile_kind) == ("live", "sandbox")
    if treated_as_live:
        warnings.append("The server reports a live environment, the profile says sandbox. It is treated as live.")
    skew = _skew(date, ms or 0.0)
    if skew is not None and abs(skew) > _SKEW_TO_MENTION:
        side = "ahead of" if skew > 0 else "behind"
        warnings.append(f"This machine's clock is {abs(skew):.0f} s {side} the server's.")
    return EnvironmentHealth(
        proof=by,
        ms=ms,
        scopes=scopes,
        skew=skew,
        warnings=tuple(warnings),
        other_environment=belongs,
        kind=kind,
        treated_as_live=treated_as_live,
    )


def _skew(date: str, ms: float) -> float | None:
    try:
        server = parsedate_to_datetime(date)
        # The header is about half the latency old, and has no fractions of a second.
        return (now() - server).total_seconds() - ms / 2000 - 0.5
    except (ValueError, TypeError):
        return None
