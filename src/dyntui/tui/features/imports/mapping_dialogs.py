"""Dialogs of the map step: field for a column, transforms, constant value, verified emails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AbstractMapping

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.text import safe
from dyntui.importer import ColumnMap, Mapping, Problem
from dyntui.importer.fields import MappingKind, field_for, field_names
from dyntui.importer.text_transforms import VALUE_TRANSFORMS
from dyntui.importer.transforms import TRANSFORMS, check_transform, describe_transform
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, check_with
from dyntui.tui.kit.dialogs.fuzzy_select_dialog import FuzzySelectDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog, match_choices
from dyntui.tui.kit.widgets.cells import cut, fit
from dyntui.tui.kit.widgets.line_list import ItemList, LineList
from dyntui.tui.kit.widgets.line_widget import Piece

__all__ = ["TransformsDialog", "VerifiedDialog", "constant_dialog", "field_dialog", "metadata_key"]


def metadata_key(column: str) -> str:
    """Return the name of a column as one step of a path."""
    return column.replace(".", "_").strip() or "value"


def field_dialog(mapping: Mapping, column: str, custom: Sequence[str]) -> FuzzySelectDialog:
    """Return the dialog that selects the field of a column; it accepts paths (`wallets.1.chain`, `metadata.plan`)."""
    mapped_from = {item.field: item.column for item in mapping.columns if item.field and item.column != column}
    own = f"metadata.{metadata_key(column)}"
    names = dict.fromkeys((*field_names(mapping.kind, custom), *((own,) if mapping.kind == "users" else ())))
    title = f"Field for {safe(column, 60)}"
    return _select_field(title, "part of the field name", mapping.kind, names, mapped_from)


def _select_field(
    title: str, placeholder: str, kind: MappingKind, names: Iterable[str], mapped_from: AbstractMapping[str, str]
) -> FuzzySelectDialog:
    """Return a dialog that selects one of the fields `names`, or another field by its path.

    mapped_from: field -> the column that is mapped to it.
    """

    def make_choice(name: str) -> Choice:
        column = mapped_from.get(name)
        return Choice(name, name, note=field_for(name, kind).title + (f"; mapped from {column}" if column else ""))

    choices = {name: make_choice(name) for name in names}

    def find(text: str) -> Sequence[Choice]:
        found = match_choices(list(choices.values()), text)
        typed = text.strip()
        if typed and typed not in choices and _is_field(typed, kind):
            found.insert(0, make_choice(typed))
        return found

    return FuzzySelectDialog(title, find, placeholder=placeholder)


def _is_field(name: str, kind: MappingKind) -> bool:
    from dyntui.core.errors import UsageError

    try:
        field_for(name, kind)
    except UsageError:
        return False
    return True


def constant_dialog(mapping: Mapping) -> FuzzySelectDialog:
    """Return the dialog that selects the field of a constant value."""
    kind = mapping.kind
    names = [name for name in field_names(kind) if field_for(name, kind).kind not in ("object", "array", "fullname")]
    return _select_field("Field with a Constant Value", "such as country, metadata.source", kind, names, {})


_EXPLANATIONS = {
    "unverified": (
        "Emails are imported as not verified. No one can sign in as another user. A later sign-in by email may create "
        "a new user instead of finding the imported one."
    ),
    "now": (
        "All emails are imported as verified: users sign in with them to the imported account, and a social account "
        "with the same verified email is linked automatically. Choose this only if every address was verified before."
    ),
    "column": (
        "The column decides: emails with yes or a date in it are imported as verified, and users can sign in with "
        "them. Other emails stay unverified."
    ),
}


class VerifiedDialog(SelectDialog):
    """Return `unverified`, `now` or `column:NAME`. columns: the columns that can contain the verification."""

    def __init__(self, columns: Sequence[str], mapping: Mapping) -> None:
        choices = [
            Choice("unverified", "Not verified"),
            Choice("now", "All verified"),
            *(Choice(f"column:{name}", f"Verified as in column “{safe(name, 30)}”") for name in columns),
        ]
        now = mapping.constants.get("emailVerifiedAt")
        current = now or next(
            (f"column:{item.column}" for item in mapping.columns if item.field == "emailVerifiedAt"), ""
        )
        start = next((i for i, choice in enumerate(choices) if choice.key == current), 0)
        super().__init__("Are these email addresses verified?", choices, start=start)

    def content(self) -> ComposeResult:
        yield from super().content()
        yield Static("", id="explanation", markup=False)

    def on_mount(self) -> None:
        self._explain()

    @on(LineList.Moved)
    def _explain(self) -> None:
        key = self._choices.items[self._choices.cursor].key.partition(":")[0]
        self.query_one("#explanation", Static).update(_EXPLANATIONS[key])


class _Transforms(ItemList[str]):
    """All transforms, the selected ones first and numbered."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "transforms")

    def __init__(self, selected: Sequence[str]) -> None:
        super().__init__([*selected, *(name for name in TRANSFORMS if name not in selected)], id="choices")
        self.selected = list(selected)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        name = self.items[index]
        order = f"{self.selected.index(name) + 1}." if name in self.selected else "  "
        return [
            self.bar(index),
            (f"{order} {fit(name, 10)} ", ""),
            (cut(describe_transform(name), max(0, width - 17)), "dim"),
        ]

    def toggle(self) -> None:
        """Select or deselect the transform under the cursor."""
        name = self.items[self.cursor]
        if name in self.selected:
            self.selected.remove(name)
        else:
            self.selected.append(name)
        self.repaint()
        self.post_message(self.Moved(self))

    def action_add_value_transform(self) -> None:
        """Ask for a transform with a value, and select it."""

        def on_submit(values: Values | None) -> None:
            name = values["transform"].strip() if values is not None else ""
            if name and name not in self.selected:
                self.selected.append(name)
                self.set_items([name, *self.items])
                self.post_message(self.Moved(self))

        usages = ", ".join(each.usage for each in VALUE_TRANSFORMS.values())
        field = FormInput("transform", "transform", help=f"One of {usages}.")
        check = check_with(lambda values: check_transform(values["transform"].strip()), "transform")
        self.app.push_screen(FormDialog("Transform with a Value", (field,), check=check, verb="add"), on_submit)


class TransformsDialog(BaseDialog[list[str]]):
    """Return the names of the selected transforms in order. samples: values for the preview."""

    BINDINGS = bindings(KIT_ACTIONS, "multi-select")
    footer_keys = (
        ("multi-select.toggle", "select"),
        ("transforms.value", "with a value"),
        ("multi-select.submit", "apply"),
        ("dialog.cancel", "cancel"),
    )

    def __init__(self, item: ColumnMap, kind: MappingKind, samples: Sequence[str], region: str | None) -> None:
        super().__init__(f"Transforms of {safe(item.column, 40)} for {safe(item.field or '', 40)}")
        self._field = field_for(item.field or "", kind)
        self._samples = samples
        self._region = region
        self._list = _Transforms(item.transforms)

    def content(self) -> ComposeResult:
        self._list.styles.height = 11
        yield self._list
        yield Static("", id="explanation", markup=False)

    def current_input(self) -> tuple[str, ...]:
        return tuple(self._list.selected)

    def on_mount(self) -> None:
        self._preview()

    @on(LineList.Moved)
    def _preview(self) -> None:
        lines = [f"{safe(value, 40)}  →  {self._result(value)}" for value in self._samples]
        self.query_one("#explanation", Static).update("\n".join(lines) or "No value for a preview.")

    def _result(self, value: str) -> str:
        from dyntui.importer.mapper import compile_step
        from dyntui.importer.validation_context import ValidationContext

        problems: list[Problem] = []
        result: object = compile_step(self._field, self._list.selected, ValidationContext(self._region))(
            value, problems
        )
        error = next((problem for problem in problems if problem.severity == "error"), None)
        return f"✕ {safe(error.message, 80)}" if error is not None else safe(result, 60)

    def action_toggle_option(self) -> None:
        self._list.toggle()

    @on(LineList.Opened)
    def action_submit(self) -> None:
        self.dismiss(list(self._list.selected))
