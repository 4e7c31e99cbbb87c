"""Whether an environment can be used, in words for the list of environments. Runs in a thread with its own loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.tui.session import Health

if TYPE_CHECKING:
    from dyntui.config.credentials import AskPassphrase
    from dyntui.config.profiles import Profile
    from dyntui.services.connect import Connection

__all__ = ["check_profile"]


def check_profile(profile: Profile, ask_passphrase: AskPassphrase) -> Health:
    """Find the token, and ask the server whether it takes it."""
    from dyntui.config.credentials import find_token
    from dyntui.services.connect import Connection

    try:
        credential = find_token(profile, ask_passphrase=ask_passphrase)
    except DyntuiError as error:
        return Health(False, error.message)
    return asyncio.run(_ask(Connection(profile, credential.token, where=credential.where)))


async def _ask(connection: Connection) -> Health:
    from dyntui.api.errors import ApiError, Unauthorized

    token, client = connection.token_hint, connection.client
    async with connection:
        try:
            try:
                about = await client.introspect()
            except Unauthorized:
                raise
            except ApiError:
                about = None  # not every server tells; the next call proves the token as well
            belongs = str((about or {}).get("projectEnvironmentId") or client.environment_id)
            if belongs != client.environment_id:
                return Health(False, f"the token belongs to environment {belongs}", token)
            try:
                await client.call("getEnvironmentById")
            except ApiError as error:
                if isinstance(error, Unauthorized):
                    raise
                await client.users.list(limit=1)
        except DyntuiError as error:
            return Health(False, error.message, token)
        scopes = (about or {}).get("scopes")
        words = [f"ok, {max(1, round(client.log.last_ms or 0))} ms"]
        if isinstance(scopes, list):
            words.append(f"{len(scopes)} scopes")
        return Health(True, ", ".join(words), token)
