"""The check of a profile, with its result as text for the environments screen. Runs in a thread with its own loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.tui.shell.health_check import HealthCheck

if TYPE_CHECKING:
    from dyntui.config.credentials import AskPassphrase
    from dyntui.config.profile import Profile
    from dyntui.services.connection import Connection

__all__ = ["check_profile"]


def check_profile(profile: Profile, ask_passphrase: AskPassphrase) -> HealthCheck:
    """Find the token of the profile and check whether the server accepts it."""
    from dyntui.config.credentials import find_token
    from dyntui.services.connection import Connection

    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase)
    except DyntuiError as error:
        return HealthCheck(False, error.message)
    return asyncio.run(_check_server(Connection(profile, credential.token, token_source=credential.where)))


async def _check_server(connection: Connection) -> HealthCheck:
    from dyntui.services.health import check_health

    async with connection:
        try:
            result = await check_health(connection.client, connection.profile.kind)
        except DyntuiError as error:
            return HealthCheck(False, error.message, connection.token_hint)
    if result.other_environment:
        return HealthCheck(False, f"the token belongs to environment {result.other_environment}", connection.token_hint)
    if result.treated_as_live:
        return HealthCheck(True, "ok, but the server reports live", connection.token_hint)
    parts = [f"ok, {max(1, round(result.ms or 0))} ms"]
    if result.scopes is not None:
        parts.append(quantity(len(result.scopes), "scope"))
    return HealthCheck(True, ", ".join([*parts, *result.warnings]), connection.token_hint)
