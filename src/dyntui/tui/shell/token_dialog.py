"""The dialog for the token of an environment whose credential store has none, and the names of the stores.

It opens at each start for a session store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, check_with

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["STORE_TITLES", "TokenDialog", "store_name"]

STORE_TITLES = {
    "session": "memory, for this session only",
    "keyring": "system keyring",
    "passphrase": "passphrase file, encrypted",
    "file": "plain file, readable only by you (0600)",
    "command": "command, which prints the token",
    "environment": "env variable",
}
"""Credential store -> its name, and after a comma what is to know of it."""


def store_name(credential: str) -> str:
    """Return the short name of a credential store; of one that is not known, as it is."""
    return STORE_TITLES.get(credential, credential).partition(",")[0]


class TokenDialog(FormDialog):
    """Returns {"token": ...}."""

    def __init__(self, profile: Profile) -> None:
        from dyntui.config.credentials import check_token

        field = FormInput("token", "API token", secret=True, help=f"Token store: {STORE_TITLES[profile.credential]}.")
        title = f"Token of the {profile.kind.title()} Environment {profile.name}"
        check = check_with(lambda values: check_token(values["token"]), "token")
        super().__init__(title, (field,), check=check, verb="open")
