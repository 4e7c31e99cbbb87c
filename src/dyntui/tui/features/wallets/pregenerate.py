"""The dialog that pre-generates embedded wallets, with the current API or one of the two legacy APIs.

The user gets the wallets at the first sign-in with the identifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.services.actions.user_actions import (
    PREGENERATE_CHAINS,
    PREGENERATE_TYPES,
    pregenerate,
    pregeneration,
    wallet_chains,
)
from dyntui.services.actions.write_types import Target
from dyntui.tui.kit.dialogs.form_dialog import FormChoice, FormDialog, FormInput, Values, find_problems
from dyntui.tui.shell.action_runner import run_action

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["ask_pregeneration", "open_pregenerate"]

_APIS = {"waas": "WaaS (current)", "legacy": "embedded wallets (legacy)", "farcaster": "Farcaster (legacy)"}
_TYPES = {
    "email": "email",
    "phoneNumber": "phone number",
    "externalUserId": "external user id",
    "id": "user id",
    "socialUsername": "social username",
    "socialAccountId": "social account id",
}


class PregenerateForm(FormDialog):
    """The form. Its help names the chains of the chosen API, which differ for Solana."""

    @on(FormChoice.Changed, "#field-api")
    def _on_api_changed(self) -> None:
        self.set_note("chains", _chains_help(self.current_input()["api"]))


def _chains_help(api: str) -> str:
    return f"One or more of {', '.join(wallet_chains(PREGENERATE_CHAINS, legacy=api != 'waas'))}."


def _chain_names(values: Values) -> list[str]:
    return values["chains"].replace(",", " ").split()


def _request_for(values: Values) -> tuple[str, Row]:
    """Return the operation and the body for the values of the form. Raises UsageError."""
    fid: int | None = None
    if values["api"] == "farcaster":
        try:
            fid = int(values["fid"])
        except ValueError:
            raise UsageError("The Farcaster id must be a number.", field="fid") from None
    return pregeneration(
        values["identifier"],
        "email" if fid is not None else values["type"],
        _chain_names(values),
        social=values["social"].strip(),
        legacy=values["api"] != "waas",
        farcaster_fid=fid,
    )


def _check(values: Values) -> Mapping[str, str]:
    """Return the problems of the form by field name; "" for the whole form."""
    chains = wallet_chains(_chain_names(values), legacy=False)
    if unknown := [chain for chain in chains if chain not in PREGENERATE_CHAINS]:
        return {"chains": f"Unknown chain {', '.join(unknown)}. {_chains_help(values['api'])}"}
    return find_problems({"": partial(_request_for, values)})


def open_pregenerate(console: ConsoleApp, target: RouteTarget) -> None:
    """Open the form for the user of `target`. Called by the route table."""
    email = str(target.row.get("email") or "")
    ask_pregeneration(console, "P", identifier=email or target.row_id, identifier_type="email" if email else "id")


def ask_pregeneration(
    console: ConsoleApp, opening_key: str, *, identifier: str = "", identifier_type: str = "email"
) -> None:
    """Ask for an identifier and chains, then pre-generate the wallets after a confirmation."""
    inputs = (
        FormInput("api", "API", "waas", _APIS),
        FormInput("identifier", "identifier", identifier, help="Of the user. The Farcaster API needs an email."),
        FormInput("type", "identifier type", identifier_type, {name: _TYPES[name] for name in PREGENERATE_TYPES}),
        FormInput("chains", "chains", "EVM SVM", help=_chains_help("waas")),
        FormInput("social", "social provider", help="Only for social identifiers: google, github, ..."),
        FormInput("fid", "Farcaster id", help="Only for the Farcaster API: the account number."),
    )
    form = PregenerateForm("Pre-Generate Wallets", inputs, check=_check, verb="continue")

    def on_submit(values: Values) -> None:
        operation, body = _request_for(values)
        target = Target(values["identifier"].strip(), values["identifier"].strip())
        run_action(
            console,
            pregenerate(operation, body),
            [target],
            opening_key=opening_key,
            summary_lines=[f"{name}: {_value_text(value)}" for name, value in body.items()],
            form=form,
        )

    console.open_form(form, on_submit)


def _value_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return str(value)
