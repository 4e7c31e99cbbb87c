"""The access check: asks for an email, wallet or other identifier and shows whether it has access, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dyntui.services.access.check import AccessAnswer, check_access, parse_subject
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, check_with
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.shell.action_runner import run_read_worker

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ask_access_check", "show_access_answer"]

_HELP = "Email, wallet, phone number, domain, or twitter:ada, discord:ada, farcaster:ada, fid:77, external:u-1."


def ask_access_check(console: ConsoleApp) -> None:
    """Ask for an identifier, check it against the allowlists and gates, and show the result."""

    def on_submit(values: Values) -> None:
        subject = parse(values)
        run_read_worker(
            console,
            lambda connection: check_access(connection.client, subject),
            lambda answer: show_access_answer(console, answer),
        )

    def parse(values: Values) -> Mapping[str, object]:
        return parse_subject(values["identifier"])

    field = FormInput("identifier", "identifier", help=_HELP)
    check = check_with(parse, "identifier")
    console.ask_then(FormDialog("Check Access", (field,), check=check, verb="check"), on_submit)


def show_access_answer(console: ConsoleApp, answer: AccessAnswer) -> None:
    """Show the result of an access check and the reasons for it."""
    lines = [answer.summary, "", *(f"· {line}" for line in answer.reasons)]
    console.ask(MessageDialog("Access Check", "\n".join(lines)))
