"""Whether an environment can be used, in words for the list of environments. Runs in a thread with its own loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.tui.shell.console_state import HealthCheck

if TYPE_CHECKING:
    from dyntui.config.credentials import AskPassphrase
    from dyntui.config.profile import Profile
    from dyntui.services.connection import Connection

__all__ = ["check_profile"]


def check_profile(profile: Profile, ask_passphrase: AskPassphrase) -> HealthCheck:
    """Find the token, and ask the server whether it takes it."""
    from dyntui.config.credentials import find_token
    from dyntui.services.connection import Connection

    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase)
    except DyntuiError as error:
        return HealthCheck(False, error.message)
    return asyncio.run(_ask(Connection(profile, credential.token, token_source=credential.where)))


async def _ask(connection: Connection) -> HealthCheck:
    from dyntui.services.health import check_health

    async with connection:
        try:
            found = await check_health(connection.client, connection.profile.kind)
        except DyntuiError as error:
            return HealthCheck(False, error.message, connection.token_hint)
    if found.other_environment:
        return HealthCheck(False, f"the token belongs to environment {found.other_environment}", connection.token_hint)
    if found.treated_as_live:
        return HealthCheck(True, "ok, but live by the server", connection.token_hint)
    words = [f"ok, {max(1, round(found.ms or 0))} ms"]
    if found.scopes is not None:
        words.append(f"{len(found.scopes)} scopes")
    return HealthCheck(True, ", ".join([*words, *found.warnings]), connection.token_hint)
