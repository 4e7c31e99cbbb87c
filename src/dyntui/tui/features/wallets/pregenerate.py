"""Make embedded wallets for somebody ahead of sign-in, in the current form or one of the two legacy ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import on

from dyntui.core.errors import UsageError
from dyntui.services.actions.user_actions import (
    PREGENERATE_CHAINS,
    PREGENERATE_TYPES,
    pregenerate,
    pregeneration,
    wallet_chains,
)
from dyntui.services.actions.write_types import Target
from dyntui.tui.kit.dialogs.form_dialog import FormChoice, FormDialog, FormInput, Values
from dyntui.tui.shell.action_runner import run_action

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["ask_pregeneration", "open_pregenerate"]

_FORMS = {"waas": "current (waas/create)", "legacy": "legacy (embeddedWallets)", "farcaster": "legacy, Farcaster"}
_TYPES = {
    "email": "email",
    "phoneNumber": "phone number",
    "externalUserId": "external user id",
    "id": "user id",
    "socialUsername": "social username",
    "socialAccountId": "social account id",
}


class PregenerateForm(FormDialog):
    """Says what Solana is called in the form that is chosen."""

    @on(FormChoice.Changed, "#field-form")
    def _other_form(self) -> None:
        self.set_note("chains", _chains_help(self.values()["form"]))


def _chains_help(form: str) -> str:
    names = ", ".join(wallet_chains(PREGENERATE_CHAINS, legacy=form != "waas"))
    return f"Of {names}; Solana is {'SVM' if form == 'waas' else 'SOL'} here."


def _request(values: Values) -> tuple[str, dict[str, Any]]:
    fid: int | None = None
    if values["form"] == "farcaster":
        try:
            fid = int(values["fid"])
        except ValueError:
            raise UsageError("The fid is a number.") from None
    return pregeneration(
        values["identifier"],
        "email" if fid is not None else values["type"],
        values["chains"].replace(",", " ").split(),
        social=values["social"].strip(),
        legacy=values["form"] != "waas",
        farcaster_fid=fid,
    )


def _wrong(values: Values) -> Mapping[str, str]:
    named = wallet_chains(values["chains"].replace(",", " ").split(), legacy=False)
    if unknown := [name for name in named if name not in PREGENERATE_CHAINS]:
        return {"chains": f"There is no chain {', '.join(unknown)}. {_chains_help(values['form'])}"}
    try:
        _request(values)
    except UsageError as error:
        return {"": str(error)}
    return {}


def open_pregenerate(console: ConsoleApp, target: RouteTarget) -> None:
    """Pre-generate wallets for the user of `target`, as the route table asks."""
    email = str(target.row.get("email") or "")
    ask_pregeneration(console, "P", identifier=email or target.row_id, kind="email" if email else "id")


def ask_pregeneration(
    console: ConsoleApp,
    key: str,
    *,
    identifier: str = "",
    kind: str = "email",
) -> None:
    """Ask for whom and on which chains, show what is sent, make them."""
    fields = (
        FormInput("form", "form", "waas", _FORMS),
        FormInput("identifier", "for", identifier, help="Claimed by signing in with it. Farcaster: the e-mail."),
        FormInput("type", "that is", kind, {name: _TYPES[name] for name in PREGENERATE_TYPES}),
        FormInput("chains", "chains", "EVM SVM", help=_chains_help("waas")),
        FormInput("social", "provider", help="Of a social username or account: google, github, ..."),
        FormInput("fid", "fid", help="Farcaster only: the number of the account."),
    )

    form = PregenerateForm("Pre-generate wallets", fields, check=_wrong, verb="go on")

    def filled(values: Values) -> None:
        operation, body = _request(values)
        target = Target(values["identifier"].strip(), values["identifier"].strip())
        lines = [f"{name}: {_words(value)}" for name, value in body.items()]
        action = pregenerate(operation, body)
        run_action(console, action, [target], verb="Make", opening_key=key, summary_lines=lines, form=form)

    console.open_form(form, filled)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return str(value)
