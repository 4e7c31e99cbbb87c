"""What the mapping asks: a field for a column, what is done to its values, whether e-mails count as verified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.text import safe
from dyntui.importer import ColumnMap, Mapping, Problem
from dyntui.importer.fields import MappingKind, field_for, field_names
from dyntui.importer.transforms import TRANSFORMS
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.fuzzy_select import FuzzyChoice, FuzzySelectDialog, matching
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, Choices
from dyntui.tui.kit.widgets.cells import cut, fit
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece

__all__ = ["TransformsDialog", "VerifiedDialog", "answer", "constant_dialog", "field_dialog", "metadata_key"]


def metadata_key(column: str) -> str:
    """A column's name as one step of a path."""
    return column.replace(".", "_").strip() or "value"


def answer(then: Callable[[str | None], None]) -> Callable[[FuzzyChoice | None], None]:
    """Hands on what was chosen: the choice, else the text that was typed."""

    def chosen(found: FuzzyChoice | None) -> None:
        then(None if found is None else found.key or found.text.strip() or None)

    return chosen


def field_dialog(mapping: Mapping, column: str, custom: Sequence[str]) -> FuzzySelectDialog:
    """Choose the field for a column; a dot path may be typed (`wallets.1.chain`, `metadata.plan`)."""
    taken = {each.field: each.column for each in mapping.columns if each.field and each.column != column}
    own = f"metadata.{metadata_key(column)}"
    names = dict.fromkeys((*field_names(mapping.kind, custom), *((own,) if mapping.kind == "users" else ())))
    choices = [_choice(name, mapping.kind, taken.get(name, "")) for name in names]

    def find(text: str) -> Sequence[Choice]:
        found = matching(choices, text)
        typed = text.strip()
        if typed and typed not in names and _is_field(typed, mapping.kind):
            found.insert(0, _choice(typed, mapping.kind, taken.get(typed, "")))
        return found

    return FuzzySelectDialog(f"{safe(column, 60)} goes to", find, placeholder="type a part of the field's name")


def _choice(name: str, kind: MappingKind, taken: str) -> Choice:
    note = field_for(name, kind).title + (f"; now from {taken}" if taken else "")
    return Choice(name, name, note=note)


def _is_field(name: str, kind: MappingKind) -> bool:
    from dyntui.core.errors import UsageError

    try:
        field_for(name, kind)
    except UsageError:
        return False
    return True


def constant_dialog(mapping: Mapping) -> FuzzySelectDialog:
    """Choose the field that gets a value for every row."""
    choices = [
        _choice(name, mapping.kind, "")
        for name in field_names(mapping.kind)
        if field_for(name, mapping.kind).kind not in ("object", "array", "fullname")
    ]

    def find(text: str) -> Sequence[Choice]:
        typed = text.strip()
        extra = [_choice(typed, mapping.kind, "")] if typed and _is_field(typed, mapping.kind) else []
        return list({choice.key: choice for choice in [*extra, *matching(choices, text)]}.values())

    return FuzzySelectDialog(
        "Which field gets a value for every row?", find, placeholder="such as country, metadata.source"
    )


_MEANS = {
    "unverified": (
        "E-mails are imported as not verified. Nobody can be taken for somebody else, but there is no promise that a "
        "later sign-in by e-mail reaches the imported user: it may make a new one."
    ),
    "now": (
        "Every address counts as verified from now on: people sign in with it and reach the imported user, and a "
        "social account with the same verified address is linked by itself. Choose it only when all were proven."
    ),
    "column": (
        "As the file says: where the column says yes, or has a date, the address counts as verified and people can "
        "sign in with it; the others stay unverified."
    ),
}


class VerifiedDialog(BaseDialog[str]):
    """Answers `unverified`, `now` or `column:NAME`. columns: those that may say it."""

    BINDINGS = bindings(KIT_ACTIONS, "select")
    title_text = "Are these e-mail addresses verified?"

    def __init__(self, columns: Sequence[str], mapping: Mapping) -> None:
        super().__init__(classes="verified")
        choices = [
            Choice("unverified", "Leave them unverified"),
            Choice("now", "All are verified, now"),
            *(Choice(f"column:{name}", f"As the column “{safe(name, 30)}” says") for name in columns),
        ]
        self._choices = Choices(choices)
        now = mapping.constants.get("emailVerifiedAt")
        current = now or next(
            (f"column:{each.column}" for each in mapping.columns if each.field == "emailVerifiedAt"), ""
        )
        self._choices.cursor = next((i for i, choice in enumerate(choices) if choice.key == current), 0)

    def content(self) -> ComposeResult:
        self._choices.styles.height = len(self._choices.choices)
        yield self._choices
        yield Static("", id="means", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("enter", "choose"), ("esc", "decide later"))

    def on_mount(self) -> None:
        self._explain()

    @on(LineList.Moved)
    def _explain(self) -> None:
        key = self._choices.choices[self._choices.cursor].key.partition(":")[0]
        self.query_one("#means", Static).update(_MEANS[key])

    @on(LineList.Opened)
    def action_choose(self) -> None:
        self.dismiss(self._choices.choices[self._choices.cursor].key)


class _Transforms(LineList):
    """Every transform, and whether it is done."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "transforms")

    def __init__(self, done: Sequence[str]) -> None:
        super().__init__(id="choices")
        self.names = [*done, *(name for name in TRANSFORMS if name not in done)]
        self.done = list(done)

    @property
    def count(self) -> int:
        return len(self.names)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        name = self.names[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor else ("  ", "")
        order = f"{self.done.index(name) + 1}." if name in self.done else "  "
        return [bar, (f"{order} {fit(name, 10)} ", ""), (cut(TRANSFORMS[name][0], max(0, width - 17)), "dim")]

    def action_turn(self) -> None:
        name = self.names[self.cursor]
        if name in self.done:
            self.done.remove(name)
        else:
            self.done.append(name)
        self.repaint()
        self.post_message(self.Moved(self))


class TransformsDialog(BaseDialog[list[str]]):
    """Answers with the names in their order. samples: values to show what they come to."""

    BINDINGS = bindings(KIT_ACTIONS, "select")

    def __init__(self, each: ColumnMap, kind: MappingKind, samples: Sequence[str], region: str | None) -> None:
        super().__init__(classes="transforms")
        self.title_text = f"What is done to {safe(each.column, 40)} before it goes to {safe(each.field or '', 40)}"
        self._field = field_for(each.field or "", kind)
        self._samples = samples
        self._region = region
        self._list = _Transforms(each.transforms)

    def content(self) -> ComposeResult:
        self._list.styles.height = 11
        yield self._list
        yield Static("", id="means", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("space", "do it, or not"), ("enter", "take these"), ("esc", "cancel"))

    def current_input(self) -> tuple[str, ...]:
        return tuple(self._list.done)

    def on_mount(self) -> None:
        self._preview()

    @on(LineList.Moved)
    def _preview(self) -> None:
        lines = [f"{safe(value, 40)}  →  {self._result(value)}" for value in self._samples]
        self.query_one("#means", Static).update("\n".join(lines) or "There is no value to show it on.")

    def _result(self, value: str) -> str:
        from dyntui.importer.mapper import compile_step
        from dyntui.importer.validation_context import ValidationContext

        problems: list[Problem] = []
        result: Any = compile_step(self._field, self._list.done, ValidationContext(self._region))(value, problems)
        wrong = next((problem for problem in problems if problem.severity == "error"), None)
        return f"✕ {safe(wrong.message, 80)}" if wrong is not None else safe(result, 60)

    @on(LineList.Opened)
    def action_choose(self) -> None:
        self.dismiss(list(self._list.done))
