"""Gates, which are rules about the tokens of a wallet: the list, the detail screen, and the form of a gate."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row, as_objects
from dyntui.resources.gates import GATES
from dyntui.services.access.access_policy import PolicyKind, name_of
from dyntui.services.access.gate_rules import RULE_FORMAT, describe_rule, parse_rule, rule_text
from dyntui.services.access.policy_fields import OUTCOMES, checked_fields
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.access.actions import ACCESS_ACTIONS
from dyntui.tui.features.access.policy_actions import PolicyActionsMixin, policy_inputs
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, find_problems
from dyntui.tui.kit.widgets.field_list import FieldLine
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.detail_screen import DetailScreen, Tab
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.api.models import Gate
    from dyntui.services.connection import Connection

__all__ = ["GateForm", "GateScreen", "GatesScreen"]

_RULE_FIELDS = 3
"""The number of rules in the form."""
_OUTCOMES = {name: meaning.replace("on it", "who pass") for name, meaning in OUTCOMES.items()}
"""The outcomes and their meaning for gates. The texts in OUTCOMES are about lists."""


class GateForm(FormDialog):
    """The form of a gate: name, outcome, scope and three rules. Other rules of the gate are not changed."""

    def __init__(self, title: str, gate: Gate) -> None:
        rules = gate.rules
        texts = [rule_text(rule.raw) for rule in rules] + [""] * _RULE_FIELDS
        more = f" {len(rules) - _RULE_FIELDS} more rules are not changed." if len(rules) > _RULE_FIELDS else ""
        fields = [*policy_inputs(gate, _OUTCOMES, "If empty, only users who pass may sign in.")]
        for number in range(_RULE_FIELDS):
            is_last = number == _RULE_FIELDS - 1
            help_text = f"{RULE_FORMAT}. A wallet must meet all rules.{more}" if is_last else ""
            fields.append(FormInput(f"rule{number}", f"rule {number + 1}", texts[number], help=help_text))
        super().__init__(title, fields, check=_check)


def _rules(values: Values) -> list[Row]:
    """Return the rules in the form. Raises UsageError."""
    return [parse_rule(values[f"rule{number}"]) for number in range(_RULE_FIELDS) if values[f"rule{number}"].strip()]


def _check(values: Values) -> dict[str, str]:
    fields = {name: values[name] for name in ("name", "scope")}
    rules = {name: text for name, text in values.items() if name.startswith("rule") and text.strip()}
    problems = find_problems(
        {"name": partial(checked_fields, fields, kind=PolicyKind.GATE)}
        | {name: partial(parse_rule, text) for name, text in rules.items()}
    )
    return problems if rules else {**problems, "rule0": "A gate needs at least one rule."}


class _GateActionsMixin(PolicyActionsMixin):
    """The form of a gate, for the list of gates and the screen of one."""

    POLICIES = "gates"

    def policy_form(self, title: str, row: Row) -> FormDialog:
        from dyntui.api.models import Gate

        return GateForm(title, Gate.of(row))

    def changed_fields(self, row: Row, values: Values) -> Row:
        rules = _rules(values) + as_objects(row.get("rules"))[_RULE_FIELDS:]
        fields: Row = {name: values[name] for name in ("name", "outcome", "scope")} | {"rules": rules}
        return {name: value for name, value in fields.items() if value != (row.get(name) or "")}


class GatesScreen(_GateActionsMixin, ResourceScreen):
    """The gates of the environment."""

    BINDINGS = bindings(ACCESS_ACTIONS, "gates")
    MARKABLE = False

    @property
    def policy(self) -> Row:
        return self.table.selected_row


class GateScreen(_GateActionsMixin, DetailScreen):
    """One gate with its rules."""

    BINDINGS = bindings(ACCESS_ACTIONS, "gate")
    record = GATES
    TABS = (Tab("gate", "Gate"), Tab("raw", "Raw"))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("gates", self.label)

    async def read(self, connection: Connection) -> Row:
        return (await connection.client.gates.get(self.object_id)).raw

    def document_loaded(self, document: Row) -> None:
        self.label = name_of(document) or self.label

    def field_lines(self, document: Row) -> list[FieldLine]:
        from dyntui.api.models import Gate

        gate = Gate.of(document)
        lines = [
            FieldLine("gate", heading=True),
            FieldLine("name", gate.name),
            FieldLine("outcome", f"{gate.outcome}: {_OUTCOMES.get(gate.outcome, 'unknown outcome')}"),
            FieldLine("scope", gate.scope),
            FieldLine("enabled", document.get("enabledAt") or "no"),
            FieldLine("id", gate.id),
            FieldLine("rules (a wallet must meet all)", heading=True),
        ]
        lines += [FieldLine(f"rule {number}", describe_rule(rule.raw)) for number, rule in enumerate(gate.rules, 1)]
        return lines

    def details_disabled_reason(self) -> str | None:
        return None if self.document else "The gate is still loading."

    @property
    def policy(self) -> Row:
        assert self.document is not None
        return self.document

    def on_deleted(self, results: WriteResults) -> None:
        if results.is_complete:
            start_worker(self, self.console.action_back)
