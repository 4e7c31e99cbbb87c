"""Ask for the token of an environment whose place has none: at each start, where it is kept for a session only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values

if TYPE_CHECKING:
    from dyntui.config.profile import Profile

__all__ = ["TokenDialog"]

_KEPT = {
    "session": "It is kept for this session only.",
    "keyring": "It is kept in the system keyring.",
    "passphrase": "It is kept in a file encrypted with a passphrase.",
    "file": "It is kept in a plain file only you can read.",
}


class TokenDialog(FormDialog):
    """Answers {"token": ...}."""

    def __init__(self, profile: Profile) -> None:
        field = FormInput("token", "API token", secret=True, help=_KEPT.get(profile.credential, ""))
        title = f"The token of {profile.kind} environment {profile.name}"
        super().__init__(title, (field,), check=_wrong, verb="open")


def _wrong(values: Values) -> Mapping[str, str]:
    from dyntui.config.credentials import check_token

    try:
        check_token(values["token"])
    except UsageError as error:
        return {"token": str(error)}
    return {}
