"""Read the secret of a webhook for a signature check, after a confirmation. The secret is not shown and not saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.resources import RESOURCES
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.shell.action_runner import run_action

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["read_webhook_secret"]


def read_webhook_secret(console: ConsoleApp, webhook: Row, opening_key: str, on_secret: Callable[[str], None]) -> None:
    """Ask for a confirmation, read the secret of `webhook` and call `on_secret` with it.

    opening_key: the key that started the action, which therefore does not confirm it.
    """
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.webhooks import read_secret_action

    def on_results(results: WriteResults) -> None:
        value = results.items[0].value
        secret = str(value.get("secret") or "") if isinstance(value, Mapping) else ""
        if secret:
            on_secret(secret)
        elif results.first_error is None:
            console.notify("The server returned no secret for this webhook.", "error")

    target = make_target(RESOURCES["webhooks"], webhook)
    run_action(console, read_secret_action(), [target], opening_key=opening_key, done=on_results)
