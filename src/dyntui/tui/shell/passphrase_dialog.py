"""The dialog for the passphrase of a token file."""

from __future__ import annotations

from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput

__all__ = ["PassphraseDialog"]


class PassphraseDialog(FormDialog):
    """Returns {"passphrase": ...}. what: the title, which names its purpose."""

    def __init__(self, what: str) -> None:
        super().__init__(what, (FormInput("passphrase", "passphrase", secret=True),), verb="continue")
