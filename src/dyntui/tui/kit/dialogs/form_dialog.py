"""A form of text fields and choices. Problems are shown below their field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.text import safe
from dyntui.core.typed_path import PathRule
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import width_of, wrapped
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.path_input import PathCandidates, PathInput
from dyntui.tui.kit.widgets.text_field import TextField

__all__ = ["FormChoice", "FormDialog", "FormInput", "Values", "check_with", "find_problems"]

Values = dict[str, str]

_MIN_LABEL_WIDTH, _MAX_LABEL_WIDTH = 16, 40
"""The least and the greatest width of the column of labels in cells."""
_LABEL_SHARE = 0.4
"""The greatest share of the width of the screen for the column of labels."""


@dataclass(frozen=True, slots=True)
class FormInput:
    """One field of a form."""

    name: str
    """The key of its value in the result."""
    label: str
    """The text before the field."""
    value: str = ""
    """The initial value."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Value -> label, for a choice instead of a text field."""
    help: str = ""
    """One line below the field."""
    secret: bool = False
    """Whether the text is hidden."""
    required: str = ""
    """The problem of an empty field; "" when it may be empty."""
    path: PathRule | None = None
    """What the path of a file has to be, for a field that completes it; None for any other text."""


def check_with(parse: Callable[[Values], object], name: str = "") -> Callable[[Values], Mapping[str, str]]:
    """Return a check for a form, which shows the error of `parse` below its field.

    name: the field of an error that names none; "" for the whole form.
    """
    return lambda values: find_problems({name: partial(parse, values)})


def find_problems(checks: Mapping[str, Callable[[], object]]) -> dict[str, str]:
    """Return the error of each check that raises one, by the field that the error is about.

    checks: by the name of the field for errors that name none; "" for the whole form.
    """
    problems: dict[str, str] = {}
    for name, check in checks.items():
        try:
            check()
        except UsageError as error:
            problems[error.field or name] = str(error)
        except DyntuiError as error:
            problems[name] = str(error)
    return problems


class FormChoice(LineWidget, can_focus=True):
    """A choice of one value: `‹ sandbox ›`; left, right and space change it. A long value takes several lines."""

    value: reactive[str] = reactive("", init=False)

    @dataclass
    class Changed(Message):
        """Posted when another value was chosen."""

        choice: FormChoice

        @property
        def control(self) -> FormChoice:
            return self.choice

    def __init__(self, options: Mapping[str, str], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="choice")
        self.options = dict(options)
        self.set_reactive(FormChoice.value, value if value in options else next(iter(options), ""))

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        lines = self._lines(width)
        left, right = ("‹ ", " ›") if len(self.options) > 1 else ("", "")
        pieces: list[Piece] = []
        if y < len(lines):
            pieces = [(left if y == 0 else " " * len(left), "accent"), (lines[y], "")]
            pieces += [(right, "accent")] if y == len(lines) - 1 else []
        return pieces, "cursor" if self.has_focus else ""

    def _lines(self, width: int) -> list[str]:
        return wrapped(safe(self.options.get(self.value, "")), width - len("‹  ›"))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.count_lines(width)

    def count_lines(self, width: int) -> int:
        return len(self._lines(width))

    def set_options(self, options: Mapping[str, str], value: str) -> None:
        """Replace the options, with `value` chosen."""
        self.options = dict(options)
        self.value = value
        self.repaint_lines()

    def watch_value(self) -> None:
        self.repaint_lines()
        self.post_message(self.Changed(self))

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    def on_key(self, event: events.Key) -> None:
        step = {"left": -1, "h": -1, "right": 1, "l": 1, "space": 1}.get(event.key)
        if step and self.options:
            event.stop()
            event.prevent_default()
            values = list(self.options)
            self.value = values[(values.index(self.value) + step) % len(values)]

    def on_click(self) -> None:
        values = list(self.options)
        self.value = values[(values.index(self.value) + 1) % len(values)]


def _broken_name(label: str, width: int) -> str:
    """Break a label with a name of the API that is wider than `width` before an upper-case letter or after a dot."""
    if width_of(label) <= width:
        return label
    places = [at for at in range(1, width) if label[at].isupper() or label[at - 1] in ". "]
    return f"{label[: places[-1]]}\n{_broken_name(label[places[-1] :], width)}" if places else label


class _Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields, scrolled so that the focused field is visible. It has no keys of its own."""


class FormDialog(BaseDialog[Values]):
    """A form that returns its values by field name.

    check: returns problems by field name; the name "" is for the whole form.
    on_choice: called with the values when another value of a choice was chosen; returns new texts of other fields.
    verb: the label of the key that submits.
    note: a line below the fields about none of them; "" for none.
    """

    BINDINGS = bindings(KIT_ACTIONS, "form")

    def __init__(
        self,
        title: str,
        fields: Sequence[FormInput],
        *,
        check: Callable[[Values], Mapping[str, str]] = lambda values: {},
        on_choice: Callable[[Values], Mapping[str, str]] = lambda values: {},
        verb: str = "save",
        note: str = "",
    ) -> None:
        super().__init__(title, classes="form")
        self.fields = tuple(fields)
        self.check = check
        self.on_choice = on_choice
        self.note = note
        moves = (("form.previous form.next", "field"), ("‹ ›", "change"), ("enter", "next"))
        saves = (("form.save", verb), ("dialog.cancel", "cancel"))
        if all(item.path is None for item in fields):
            self.footer_keys = (*moves, *saves)
        elif len(fields) > 1:
            self.footer_keys = (*moves[:2], ("tab", "complete"), *saves)
        else:
            self.footer_keys = (("tab", "complete"), ("enter", verb), ("dialog.cancel", "cancel"))

    def content(self) -> ComposeResult:
        longest = max((width_of(safe(item.label)) for item in self.fields), default=0)
        most = min(_MAX_LABEL_WIDTH, int(self.app.size.width * _LABEL_SHARE))
        label_width = max(_MIN_LABEL_WIDTH, min(longest + 1, most))
        yield Static("", id="problem", classes="problem -none", markup=False)  # above, where no field hides it
        with _Fields(id="fields"):
            for item in self.fields:
                with Horizontal(classes="row", id=f"row-{item.name}"):
                    label = Static(_broken_name(safe(item.label), label_width), classes="label", markup=False)
                    label.styles.width = label_width
                    yield label
                    shown_in = PathCandidates()
                    yield self._widget(item, shown_in)
                if item.path is not None:
                    shown_in.styles.margin = (0, 0, 0, label_width + 1)
                    yield shown_in
                note = Static(safe(item.help, 200), classes="note", id=f"note-{item.name}", markup=False)
                note.styles.padding = (0, 0, 0, label_width + 1)
                note.set_class(not item.help, "-none")
                yield note
        if self.note:
            yield Static(safe(self.note, 200), classes="note", markup=False)

    def _widget(self, item: FormInput, shown_in: PathCandidates) -> TextField | FormChoice:
        if item.options:
            return FormChoice(item.options, item.value, id=f"field-{item.name}")
        if item.path is not None:
            return PathInput(item.value, item.path, shown_in, id=f"field-{item.name}")
        return TextField(item.value, password=item.secret, id=f"field-{item.name}")

    def current_input(self) -> Values:
        """Return the current values by field name."""
        return {item.name: self._value(item) for item in self.fields}

    def _value(self, item: FormInput) -> str:
        if item.options:
            return self.query_one(f"#field-{item.name}", FormChoice).value
        return self.query_one(f"#field-{item.name}", Input).value

    def mark_unchanged(self, name: str) -> None:
        """Treat the value of a field as its initial value, because the program changed it, not the user."""
        if isinstance(self._initial, dict):
            self._initial = {**self._initial, name: self.current_input()[name]}

    def set_note(self, name: str, text: str, *, is_problem: bool = False) -> None:
        """Show a line below a field. is_problem: whether it is an error."""
        note = self.query_one(f"#note-{name}", Static)
        note.update(safe(text, 300))
        note.set_class(is_problem, "-problem")
        note.set_class(not text, "-none")

    def show_problem(self, text: str) -> None:
        super().show_problem(text)
        if self.focused is not None:  # the problem may leave fewer lines for the fields
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def action_next(self) -> None:
        self.focus_next("Input, FormChoice")

    def action_previous(self) -> None:
        self.focus_previous("Input, FormChoice")

    @on(FormChoice.Changed)
    def _choice_changed(self) -> None:
        for name, text in self.on_choice(self.current_input()).items():
            self.query_one(f"#field-{name}", Input).value = text
        self.input_changed()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._leave_field()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter" and isinstance(self.focused, FormChoice):
            event.stop()
            self._leave_field()

    def _leave_field(self) -> None:
        last = self.query("#fields Input, #fields FormChoice").last()
        if self.focused is last:
            self.action_save()
        else:
            self.action_next()

    def action_save(self) -> None:
        for path_input in self.query(PathInput):
            path_input.complete_only()
        values = self.current_input()
        missing = {item.name: item.required for item in self.fields if item.required and not values[item.name].strip()}
        paths = {item.name: item.path.problem(values[item.name]) for item in self.fields if item.path is not None}
        problems = {**self.check(values), **missing, **{name: text for name, text in paths.items() if text}}
        for item in self.fields:
            self.set_note(item.name, problems.get(item.name, item.help), is_problem=item.name in problems)
        names = {item.name for item in self.fields}
        others = [text for name, text in problems.items() if name not in names]
        self.show_problem(" ".join(others))
        if problems:
            first = next((item.name for item in self.fields if item.name in problems), None)
            if first is not None:
                self.query_one(f"#field-{first}").focus()
            return
        self.submit(values)
