"""Gates, which are rules about the tokens of a wallet: the list, the detail screen, and the form of a gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row, as_objects
from dyntui.services.access.access_policy import PolicyKind, is_enabled, name_of
from dyntui.services.access.actions import access_target
from dyntui.services.access.gate_rules import RULE_FORMAT, describe_rule, parse_rule, rule_text
from dyntui.services.access.policy_fields import OUTCOMES, checked_fields
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Target, WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.detail_screen import DetailScreen, Tab
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.models import Gate
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["GateForm", "GateScreen", "GatesScreen"]

_RULE_FIELDS = 3
"""The number of rules in the form."""


class GateForm(FormDialog):
    """The form of a gate: name, outcome, scope and three rules. Other rules of the gate are not changed."""

    def __init__(self, title: str, gate: Gate) -> None:
        rules = gate.rules
        texts = [rule_text(rule.raw) for rule in rules] + [""] * _RULE_FIELDS
        more = f" {len(rules) - _RULE_FIELDS} more rules are not changed." if len(rules) > _RULE_FIELDS else ""
        fields = [
            FormInput("name", "name", gate.name),
            FormInput(
                "outcome",
                "outcome",
                gate.outcome or "siteAccess",
                {name: f"{name}: {_meaning(name)}" for name in OUTCOMES},
            ),
            FormInput(
                "scope",
                "scope",
                gate.scope or "",
                help="If empty, only users who pass may sign in.",
            ),
        ]
        for number in range(_RULE_FIELDS):
            is_last = number == _RULE_FIELDS - 1
            help_text = f"{RULE_FORMAT}. A wallet must meet all rules.{more}" if is_last else ""
            fields.append(FormInput(f"rule{number}", f"rule {number + 1}", texts[number], help=help_text))
        super().__init__(title, fields, check=_check)


def _meaning(outcome: str) -> str:
    """Return the meaning of an outcome for gates. The texts in OUTCOMES are about lists."""
    return OUTCOMES.get(outcome, "unknown outcome").replace("on it", "who pass")


def _rules(values: Values) -> list[Row]:
    """Return the rules in the form. Raises UsageError."""
    return [parse_rule(values[f"rule{number}"]) for number in range(_RULE_FIELDS) if values[f"rule{number}"].strip()]


def _check(values: Values) -> dict[str, str]:
    """Return the problems of the form by field name."""
    problems: dict[str, str] = {}
    for number in range(_RULE_FIELDS):
        try:
            if values[f"rule{number}"].strip():
                parse_rule(values[f"rule{number}"])
        except DyntuiError as error:
            problems[f"rule{number}"] = str(error)
    if not any(values[f"rule{number}"].strip() for number in range(_RULE_FIELDS)):
        problems["rule0"] = "A gate needs at least one rule."
    try:
        checked_fields({"name": values["name"], "scope": values["scope"]}, kind=PolicyKind.GATE)
    except DyntuiError as error:
        problems["name"] = error.message
    return problems


def _changed_fields(values: Values, row: Row) -> Row:
    """Return the fields of the gate that the form changed."""
    rules = _rules(values) + as_objects(row.get("rules"))[_RULE_FIELDS:]
    fields: Row = {name: values[name] for name in ("name", "outcome", "scope")} | {"rules": rules}
    return {name: value for name, value in fields.items() if value != (row.get(name) or "")}


def _ask_new_gate(console: ConsoleApp) -> None:
    from dyntui.api.models import Gate

    form = GateForm("New Gate", Gate())

    def on_submit(values: Values) -> None:
        fields = {key: value for key, value in _changed_fields(values, {}).items() if value}
        target = Target("", values["name"], {"fields": fields})
        run_action(console, write_action("gates.create"), [target], form=form)

    console.open_form(form, on_submit)


def _ask_gate_changes(console: ConsoleApp, row: Row) -> None:
    from dyntui.api.models import Gate

    form = GateForm(f"Edit {name_of(row)}", Gate.of(row))

    def on_submit(values: Values) -> None:
        if fields := _changed_fields(values, row):
            target = access_target(row, fields=fields)
            run_action(console, write_action("gates.update"), [target], opening_key="e", form=form)
        else:
            form.finish()
            console.notify("No changes to save.")

    console.open_form(form, on_submit)


def _toggle_gate(console: ConsoleApp, row: Row) -> None:
    action = write_action("gates.disable" if is_enabled(row) else "gates.enable")
    run_action(console, action, [access_target(row)], opening_key="t")


def _delete_gate(console: ConsoleApp, row: Row, done: Callable[[WriteResults], None] = lambda results: None) -> None:
    run_action(console, write_action("gates.delete"), [access_target(row)], opening_key="d", done=done)


class GatesScreen(ResourceScreen):
    """The gates of the environment."""

    BINDINGS = bindings(ACCESS_ACTIONS, "gates")

    def on_mount(self) -> None:
        self.table.markable = False
        super().on_mount()

    def action_new(self) -> None:
        _ask_new_gate(self.console)

    def action_edit(self) -> None:
        assert self.table.row is not None
        _ask_gate_changes(self.console, self.table.row)

    def action_toggle_enabled(self) -> None:
        assert self.table.row is not None
        _toggle_gate(self.console, self.table.row)

    def action_delete(self) -> None:
        assert self.table.row is not None
        _delete_gate(self.console, self.table.row)

    def action_check(self) -> None:
        from dyntui.tui.features.access.access_check import ask_access_check

        ask_access_check(self.console)


class GateScreen(DetailScreen):
    """One gate with its rules."""

    BINDINGS = bindings(ACCESS_ACTIONS, "gate")
    NOUN = "gate"
    RESOURCE = "gates"
    TABS = (Tab("gate", "Gate"), Tab("raw", "Raw"))

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.row_id, target.label))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("gates", self.label)

    def pane(self, tab: Tab) -> ComposeResult:
        if tab.name == "gate":
            yield FieldList(id="gate-fields")
        else:
            yield SearchTree(id="raw")

    async def fetch(self, client: Client) -> Row:
        return (await client.gates.get(self.object_id)).raw

    def counts(self, document: Row) -> Sequence[int | None]:
        self.label = name_of(document) or self.label
        return (None, None)

    def fill(self, tab: Tab, document: Row) -> None:
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(document)
            return
        from dyntui.api.models import Gate

        gate = Gate.of(document)
        lines = [
            FieldLine("gate", heading=True),
            FieldLine("name", gate.name),
            FieldLine("outcome", f"{gate.outcome}: {_meaning(gate.outcome)}"),
            FieldLine("scope", gate.scope),
            FieldLine("enabled", document.get("enabledAt") or "no"),
            FieldLine("id", gate.id),
            FieldLine("rules (a wallet must meet all)", heading=True),
        ]
        lines += [FieldLine(f"rule {number}", describe_rule(rule.raw)) for number, rule in enumerate(gate.rules, 1)]
        self.query_one("#gate-fields", FieldList).show(lines)

    def openable(self, pane: Widget | None) -> bool:
        return False

    def details_disabled_reason(self) -> str | None:
        return None if self.document else "The gate is still loading."

    def action_edit(self) -> None:
        assert self.document is not None
        _ask_gate_changes(self.console, self.document)

    def action_toggle_enabled(self) -> None:
        assert self.document is not None
        _toggle_gate(self.console, self.document)

    def action_delete(self) -> None:
        assert self.document is not None

        def on_results(results: WriteResults) -> None:
            if not results.remaining:
                start_worker(self, self.console.action_back)

        _delete_gate(self.console, self.document, on_results)
