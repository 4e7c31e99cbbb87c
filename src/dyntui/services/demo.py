"""The demo: a connection to a sandbox in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.services.connection import Connection

if TYPE_CHECKING:
    from dyntui.sandbox.options import SandboxOptions

__all__ = ["DEMO_PROFILE", "demo_connection"]

DEMO_PROFILE = "demo"
DEMO_URL = "http://localhost/api/v0"


def demo_connection(options: SandboxOptions, *, read_only: bool = False) -> Connection:
    """Return a connection to a new sandbox in this process."""
    from dyntui.config.profile import CredentialKind, Profile
    from dyntui.sandbox.app import Gateway
    from dyntui.sandbox.sandbox import Sandbox

    sandbox = Sandbox(options)
    profile = Profile(
        name=DEMO_PROFILE,
        base_url=DEMO_URL,
        environment_id=sandbox.environment_id,
        kind="sandbox",
        read_only=read_only,
        credential=CredentialKind.SESSION,
    )
    return Connection(profile, sandbox.token, token_source="made for this demo, in memory", app=Gateway(sandbox))
