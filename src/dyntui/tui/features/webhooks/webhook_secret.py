"""Read the secret of a webhook for a signature check, after a confirmation. The secret is not shown and not saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from dyntui.core.json_types import Row
from dyntui.resources import RESOURCES
from dyntui.services.actions.write_types import Confirmation, WriteResults
from dyntui.tui.shell.action_flow import WorkerMixin
from dyntui.tui.shell.confirm_dialog import confirm

__all__ = ["read_webhook_secret"]


def read_webhook_secret(screen: WorkerMixin, webhook: Row, opening_key: str, on_secret: Callable[[str], None]) -> None:
    """Ask for a confirmation, read the secret of `webhook` and call `on_secret` with it.

    opening_key: the key that started the action, which therefore does not confirm it.
    """
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.webhooks import read_secret_action

    connection = screen.console.session.connection
    if connection is None:
        return
    action, targets = read_secret_action(connection.client), [make_target(RESOURCES["webhooks"], webhook)]

    def on_results(results: WriteResults) -> None:
        error = results.first_error
        value = results.items[0].value
        secret = str(value.get("secret") or "") if isinstance(value, Mapping) else ""
        if error is not None:
            screen.console.notify_error(error)
        elif not secret:
            screen.console.notify("The server returned no secret for this webhook.", "error")
        else:
            on_secret(secret)

    def on_confirmation(confirmation: Confirmation | None) -> None:
        if confirmation is not None:
            work = partial(connection.write_gate.perform, action, targets, confirmation)
            screen.run_write_worker(work, on_results)

    requirement = connection.write_gate.requirement(action, targets)
    screen.console.ask(confirm(requirement, verb="check signature", opening_key=opening_key), on_confirmation)
