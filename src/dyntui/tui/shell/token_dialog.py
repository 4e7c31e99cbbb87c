"""The dialog for the token of an environment whose credential store has none; at each start for a session store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, check_with

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["TokenDialog"]

_STORE_NOTES = {
    "session": "Stored for this session only.",
    "keyring": "Stored in the system keyring.",
    "passphrase": "Stored in a file encrypted with a passphrase.",
    "file": "Stored in a plain file that only you can read.",
}


class TokenDialog(FormDialog):
    """Returns {"token": ...}."""

    def __init__(self, profile: Profile) -> None:
        from dyntui.config.credentials import check_token

        field = FormInput("token", "API token", secret=True, help=_STORE_NOTES.get(profile.credential, ""))
        title = f"Token of the {profile.kind} environment {profile.name}"
        check = check_with(lambda values: check_token(values["token"]), "token")
        super().__init__(title, (field,), check=check, verb="open")
