"""Whether an environment can be used: is the token accepted, what may it do, how quick and how exact is the server."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from dyntui.core.times import now

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["EnvironmentHealth", "check_health", "server_kind"]

_SKEW_TO_MENTION = 30.0


@dataclass(frozen=True, slots=True)
class EnvironmentHealth:
    """What a check found. The token is accepted; every error is raised instead.

    by: the operation that proved it. scopes: None where the server does not tell. ms: of one complete answer.
    skew: seconds that this machine's clock is ahead of the server's, None without a Date header.
    belongs: the environment that the token is of, when it is another one than the profile's; else "".
    kind: live or sandbox as the server says, "" where it does not. treated_as_live: the profile says sandbox.
    """

    proof: str
    ms: float | None
    scopes: tuple[str, ...] | None
    skew: float | None
    warnings: tuple[str, ...]
    other_environment: str = ""
    kind: str = ""
    treated_as_live: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "by": self.proof,
            "ms": None if self.ms is None else round(self.ms, 1),
            "scopes": None if self.scopes is None else list(self.scopes),
            "clock_skew_seconds": None if self.skew is None else round(self.skew, 1),
            "server_kind": self.kind or None,
            "warnings": list(self.warnings),
        }


async def server_kind(client: Client) -> str:
    """What the server says the environment is: live or sandbox; "" where the token may not read that."""
    from dyntui.api.errors import Forbidden, NotFound

    try:
        return _kind(await client.call("getEnvironmentById"))
    except (Forbidden, NotFound):
        return ""


def _kind(document: Any) -> str:
    settings = document.get("settings") if isinstance(document, dict) else None
    kind = settings.get("environmentName") if isinstance(settings, dict) else None
    return kind if kind in ("live", "sandbox") else ""


async def check_health(client: Client, profile_kind: str = "live") -> EnvironmentHealth:
    """Ask what the token is: /tokens/me, the environment, or one user, whichever it may read.

    Source: docs/vendor-api.md#introspection.

    profile_kind: what the profile says; a warning when the server says live.
    """
    from dyntui.api.client import decode
    from dyntui.api.errors import ApiError, Forbidden, RateLimited, ServerError, Unauthorized

    warnings: list[str] = []
    about: dict[str, Any] | None = None
    belongs = ""
    try:
        about = await client.introspect()
    except (Unauthorized, RateLimited, ServerError):
        raise
    except ApiError:
        about = None  # an older server says 404, a stricter one 400, 403 or 405
    scopes = None
    if about is not None:
        said = about.get("scopes")
        scopes = tuple(str(scope) for scope in said) if isinstance(said, list) else None
        said = about.get("projectEnvironmentId")
        if isinstance(said, str) and said and said != client.environment_id:
            belongs = said
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
        warnings.append("The server says that this environment is live; the profile says sandbox. It counts as live.")
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
        # The header was written about half the answer's time ago, and has no fractions of a second.
        return (now() - server).total_seconds() - ms / 2000 - 0.5
    except (ValueError, TypeError):
        return None
