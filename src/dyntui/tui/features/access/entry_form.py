"""The form of an allowlist entry: identifier, type and alias. It adds, edits and fixes entries."""

from __future__ import annotations

from dyntui.core.errors import DyntuiError
from dyntui.resources.allowlists import IDENTIFIER_TITLES
from dyntui.services.access.drafts import DraftState, EntryDraft, draft_of, identifier_fields
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values

__all__ = ["EntryForm", "draft_from"]

_DETECT = ""
"""The value of the type field that detects the type from the text."""


class EntryForm(FormDialog):
    """The form of an entry. Its result is read with `draft_from`."""

    def __init__(
        self,
        title: str,
        identifier: str = "",
        kind: str = _DETECT,
        alias: str = "",
        *,
        is_live: bool,
        problem: str = "",
    ) -> None:
        """identifier, kind, alias: the initial values; the kind is the field of the identifier, "" to detect it.

        is_live: whether the environment is live, where the rules are stricter. problem: what is wrong with the
        identifier, shown below it from the start.
        """
        types = {_DETECT: "detect automatically", **IDENTIFIER_TITLES}
        super().__init__(
            title,
            (
                FormInput("value", "identifier", identifier),
                FormInput("type", "type", kind, types),
                FormInput("alias", "alias", alias),
            ),
            check=lambda values: _check(values, is_live=is_live),
        )
        self._problem = problem

    def on_mount(self) -> None:
        if self._problem:
            self.set_note("value", self._problem, is_problem=True)


def draft_from(values: Values, *, is_live: bool) -> EntryDraft:
    """Return the draft of the entry in the form. Raises UsageError."""
    text = values["value"].strip()
    fields = {values["type"]: text} if values["type"] != _DETECT else identifier_fields(text)
    if alias := values["alias"].strip():
        fields["alias"] = alias
    return draft_of(fields, text=text, live=is_live)


def _check(values: Values, *, is_live: bool) -> dict[str, str]:
    if not values["value"].strip():
        return {"value": "Enter an identifier."}
    try:
        draft = draft_from(values, is_live=is_live)
    except DyntuiError as error:
        return {"": str(error)}
    return {"value": draft.problem_text} if draft.state is DraftState.INVALID else {}
