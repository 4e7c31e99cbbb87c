"""A form made from the schema of an operation: required fields are marked, known values can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.widgets import Input

from dyntui.core.text import safe
from dyntui.services.forms import FieldKind, FormField, read_form
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.multi_select_dialog import MultiSelectDialog
from dyntui.tui.shell.actions import SHELL_ACTIONS

__all__ = ["SchemaForm"]

_MAX_INLINE_OPTIONS = 6
"""Up to this number, the options are a choice on one line; more are chosen from a list."""


class SchemaForm(FormDialog):
    """A form for the fields of a schema.

    schema_fields: the fields. start: their initial values by name.
    verb: the label of the key that submits.
    suggestions: further options by field name.
    before: the values before the form, to send only changes; None to send all.

    It submits the values by the names of the schema fields.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "schema")

    def __init__(
        self,
        title: str,
        schema_fields: Sequence[FormField],
        start: Mapping[str, str],
        *,
        verb: str,
        suggestions: Mapping[str, Sequence[str]] | None = None,
        before: Mapping[str, str] | None = None,
    ) -> None:
        self.schema_fields = {f"f{number}": field for number, field in enumerate(schema_fields)}
        self.suggestions = dict(suggestions or {})
        self.before = before
        self._raw: dict[str, tuple[str, str]] = {}
        fields = [self._field(name, field, start.get(field.name, "")) for name, field in self.schema_fields.items()]
        super().__init__(title, fields, check=self._check, verb=verb)
        self.add_class("schema")

    def _field(self, name: str, field: FormField, value: str) -> FormInput:
        secret = field.name.lower().endswith("secret")
        shown = safe(value)
        if shown != value:
            # An input draws control characters: an escaped form is shown, and the raw value kept.
            self._raw[name] = (shown, value)
        if field.kind in (FieldKind.FLAG, FieldKind.CHOICE) and len(field.options) <= _MAX_INLINE_OPTIONS:
            no_value = {} if field.required and value else {"": "—"}
            current = {value: value} if value and value not in field.options else {}
            options = {**no_value, **current, **{option: option for option in field.options}}
            return FormInput(name, field.label, value, options)
        value = shown
        hint = "" if field.kind is FieldKind.CHOICE or self._options(field) else field.hint
        if self._options(field):
            hint = (
                f"Separate with commas, or press {key_of('schema.choose')} to choose."
                if field.kind is FieldKind.LIST
                else f"Press {key_of('schema.choose')} to choose."
            )
        return FormInput(name, field.label, value, help=hint, secret=secret)

    def _options(self, field: FormField) -> tuple[str, ...]:
        return tuple(self.suggestions.get(field.name, ())) or field.options

    def values_by_field(self, values: Values) -> dict[str, str]:
        """Return the values by the names of the schema fields."""
        return {field.name: self._raw_value(name, values[name]) for name, field in self.schema_fields.items()}

    def _raw_value(self, name: str, text: str) -> str:
        """Return the raw value of an unchanged field instead of its escaped form."""
        shown, raw = self._raw.get(name, (None, ""))
        return raw if text == shown else text

    def _check(self, values: Values) -> Mapping[str, str]:
        errors = read_form(list(self.schema_fields.values()), self.values_by_field(values), before=self.before).errors
        return {name: errors[field.name] for name, field in self.schema_fields.items() if field.name in errors}

    def submit(self, value: Values) -> None:
        super().submit(self.values_by_field(value))

    # Choosing values

    def _focused_field(self) -> tuple[str, FormField] | None:
        focused = self.focused
        name = (focused.id or "").removeprefix("field-") if isinstance(focused, Input) else ""
        return (name, self.schema_fields[name]) if name in self.schema_fields else None

    def choose_disabled_reason(self) -> str | None:
        current = self._focused_field()
        return None if current is not None and self._options(current[1]) else "This field has no values to choose from."

    def action_choose(self) -> None:
        current = self._focused_field()
        assert current is not None
        name, field = current
        widget = self.query_one(f"#field-{name}", Input)
        chosen = [part.strip() for part in widget.value.split(",") if part.strip()]

        def picked(found: list[str] | None) -> None:
            if found is not None:
                widget.value = ", ".join(found)
                widget.cursor_position = len(widget.value)

        multiple = field.kind is FieldKind.LIST
        self.app.push_screen(MultiSelectDialog(field.name, self._options(field), chosen, multiple=multiple), picked)
