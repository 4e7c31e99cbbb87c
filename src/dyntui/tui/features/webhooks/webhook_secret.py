"""Check a signature with the secret of a webhook, read after a confirmation. The secret is not shown and not saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.shell.action_runner import run_action

if TYPE_CHECKING:
    from dyntui.services.webhooks import SignatureCheck
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["check_signature"]


def check_signature(console: ConsoleApp, webhook: Row, check: Callable[[str], SignatureCheck]) -> None:
    """Ask for a confirmation, read the secret of `webhook`, and show the result of `check`, which gets it."""
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.webhooks import read_secret_action

    def on_results(results: WriteResults) -> None:
        value = results.items[0].value
        secret = str(value.get("secret") or "") if isinstance(value, Mapping) else ""
        if secret:
            result = check(secret)
            console.notify(result.message, "information" if result.valid else "error")
        elif results.first_error is None:
            console.notify("The server returned no secret for this webhook.", "error")

    target = make_target(RESOURCES["webhooks"], webhook)
    run_action(console, read_secret_action(), [target], opening_key="V", done=on_results)
