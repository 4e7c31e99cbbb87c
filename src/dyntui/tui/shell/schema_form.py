"""A form made from an operation's schema: what must be there is marked, what is known can be chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.widgets import Input

from dyntui.core.text import safe
from dyntui.services.forms import FieldKind, FormField, read_form
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.multi_select_dialog import MultiSelectDialog
from dyntui.tui.shell.actions import SHELL_ACTIONS

__all__ = ["SchemaForm"]

_FEW = 6
"""So many options go on one line; more are chosen from a list."""


class SchemaForm(FormDialog):
    """asked: the fields. start: what they hold at first, and what is left out when it is sent. known: further options
    for a field, by its name. whole: whether what is not different may be sent all the same."""

    BINDINGS = bindings(SHELL_ACTIONS, "schema")

    def __init__(
        self,
        title: str,
        asked: Sequence[FormField],
        start: Mapping[str, str],
        *,
        verb: str,
        known: Mapping[str, Sequence[str]] | None = None,
        before: Mapping[str, str] | None = None,
        taken: Callable[[dict[str, str]], None],
    ) -> None:
        self.asked = {f"f{number}": field for number, field in enumerate(asked)}
        self.known = dict(known or {})
        self.before = before
        self.taken = taken
        self._raw: dict[str, tuple[str, str]] = {}
        fields = [self._field(name, field, start.get(field.name, "")) for name, field in self.asked.items()]
        super().__init__(title, fields, check=self._wrong, verb=verb)
        self.add_class("schema")

    def _field(self, name: str, field: FormField, value: str) -> FormInput:
        secret = field.name.lower().endswith("secret")
        shown = safe(value)
        if shown != value:
            # An input draws what it is given: what could not be drawn is shown as it is elsewhere, and kept raw.
            self._raw[name] = (shown, value)
        if field.kind in (FieldKind.FLAG, FieldKind.CHOICE) and len(field.options) <= _FEW:
            nothing = {} if field.required and value else {"": "—"}
            own = {value: value} if value and value not in field.options else {}
            options = {**nothing, **own, **{option: option for option in field.options}}
            return FormInput(name, field.label, value, options)
        value = shown
        hint = "" if field.kind is FieldKind.CHOICE or self._options(field) else field.hint
        if self._options(field):
            hint = "with commas between; ctrl+o chooses" if field.kind is FieldKind.LIST else "ctrl+o chooses"
        return FormInput(name, field.label, value, help=hint, secret=secret)

    def _options(self, field: FormField) -> tuple[str, ...]:
        return tuple(self.known.get(field.name, ())) or field.options

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("↑ ↓", "field"), ("‹ ›", "change"), ("ctrl+s", self.verb), ("esc", "cancel"))

    def named(self, values: Values) -> dict[str, str]:
        """What is filled in, by the names of the fields."""
        return {field.name: self._as_it_was(name, values[name]) for name, field in self.asked.items()}

    def _as_it_was(self, name: str, text: str) -> str:
        """A value that was not touched is the raw one, never what was shown of it."""
        shown, raw = self._raw.get(name, (None, ""))
        return raw if text == shown else text

    def _wrong(self, values: Values) -> Mapping[str, str]:
        wrong = read_form(list(self.asked.values()), self.named(values), before=self.before).errors
        return {name: wrong[field.name] for name, field in self.asked.items() if field.name in wrong}

    def done(self, values: Values | None) -> None:
        """For `Console.ask` and `Console.open_form`: hand on what was filled in."""
        if values is not None:
            self.taken(self.named(values))

    # Choosing

    def _here(self) -> tuple[str, FormField] | None:
        focused = self.focused
        name = (focused.id or "").removeprefix("field-") if isinstance(focused, Input) else ""
        return (name, self.asked[name]) if name in self.asked else None

    def choose_disabled_reason(self) -> str | None:
        here = self._here()
        return None if here is not None and self._options(here[1]) else "There is nothing to choose from here."

    def action_choose(self) -> None:
        here = self._here()
        assert here is not None
        name, field = here
        widget = self.query_one(f"#field-{name}", Input)
        chosen = [part.strip() for part in widget.value.split(",") if part.strip()]

        def picked(found: list[str] | None) -> None:
            if found is not None:
                widget.value = ", ".join(found)
                widget.cursor_position = len(widget.value)

        many = field.kind is FieldKind.LIST
        self.app.push_screen(MultiSelectDialog(field.name, self._options(field), chosen, many=many), picked)
