"""Check a signature with the secret of a webhook: confirmed, with a line in the audit log, and kept by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dyntui.resources import RESOURCES
from dyntui.services.actions.write_types import Confirmation, WriteResults
from dyntui.tui.shell.action_flow import WorkerMixin
from dyntui.tui.shell.confirm_dialog import confirm

__all__ = ["with_secret"]


def with_secret(screen: WorkerMixin, webhook: Mapping[str, Any], key: str, use: Callable[[str], None]) -> None:
    """Ask, read the secret, and hand it to `use`."""
    from dyntui.services.actions.resource_actions import make_target
    from dyntui.services.webhooks import read_secret_action

    connection = screen.console.session.connection
    if connection is None:
        return
    write, targets = read_secret_action(connection.client), [make_target(RESOURCES["webhooks"], webhook)]

    def got(results: WriteResults) -> None:
        error = results.first_error
        value = results.items[0].value
        secret = str(value.get("secret") or "") if isinstance(value, Mapping) else ""
        if error is not None:
            screen.console.notify_error(error)
        elif not secret:
            screen.console.notify("The server gave no secret for this webhook.", "error")
        else:
            use(secret)

    def answered(confirmation: Confirmation | None) -> None:
        if confirmation is not None:
            screen.run_write_worker(connection.write_gate.perform(write, targets, confirmation), got)

    needed = connection.write_gate.requirement(write, targets)
    screen.console.ask(confirm(needed, verb="check the signature", opening_key=key), answered)
