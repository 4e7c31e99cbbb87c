"""The access check: asks for an email, wallet or other identifier and shows whether it has access, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.services.access.check import AccessAnswer, check_access, parse_subject
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.shell.action_runner import run_read_worker

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ask_who", "show_answer"]

_HELP = "An email, wallet, phone or domain; or twitter:ada, discord:ada, farcaster:ada, fid:77, external:u-1."


def ask_who(console: ConsoleApp) -> None:
    """Ask for an identifier, check its access on the server, and show the result."""
    connection = console.session.connection
    if connection is None:
        console.notify("The environment is not open.", "warning")
        return

    def filled(values: Values | None) -> None:
        if values is not None:
            work = check_access(connection.client, parse_subject(values["who"]))
            run_read_worker(console, work, lambda answer: show_answer(console, answer))

    dialog = FormDialog("Check access", (FormInput("who", "identifier", help=_HELP),), check=_wrong, verb="check")
    console.ask(dialog, filled)


def _wrong(values: Values) -> dict[str, str]:
    try:
        parse_subject(values["who"])
    except DyntuiError as error:
        return {"who": error.message}
    return {}


def show_answer(console: ConsoleApp, answer: AccessAnswer) -> None:
    """Show the result of an access check and the reasons for it."""
    lines = [answer.summary, "", *(f"· {line}" for line in answer.reasons)]
    console.ask(MessageDialog("Check access", "\n".join(lines)))
