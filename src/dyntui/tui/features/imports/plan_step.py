"""Step 6 of the wizard: what the job will send. After a confirmation it sends ten rows first, or all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.core.ids import short_id
from dyntui.core.meanings import sign_of_severity
from dyntui.core.text import quantity, safe
from dyntui.core.times import duration
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.actions.write_types import Requirement
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store.review_queries import DUPLICATE, RowCounts
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, bullet, heading, text_line, value_line
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.confirm_dialog import ConfirmDialog, ask_confirmation

__all__ = ["FIRST_ROWS", "PlanStep", "plan_lines"]

FIRST_ROWS = 10
"""Rows that are sent first, so that a wrong mapping affects ten rows and not all."""

_CHANGES = (
    Column("row", "row", 6, right=True, priority=0, format=thousands),
    Column("field", "field", 12, priority=0),
    Column("current", "current", 13, grow=True, priority=1),
    Column("new", "new", 13, grow=True, priority=0),
    Column("user", "user", 11, priority=2),
)
_OUTCOMES = (
    ("create", "created", "new"),
    ("update", "updated", "existing users"),
    ("exists", "unchanged", "exist already"),
    ("conflict", "conflicts", "match two users; not sent"),
)


class PlanStep(WizardStep):
    """The plan, and the changes of an upsert."""

    NAME = "plan"
    BINDINGS = bindings(IMPORTS_ACTIONS, "plan")
    BORDER_TITLES = {"plan-report": "plan", "changes": "first changes to existing users"}

    plan: Mapping[str, Any] | None = None
    _requirement: Requirement | None = None

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"users" if self.draft.kind == "users" else "allowlist-entries"})

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield ReportView(id="plan-report")
            yield Table(_CHANGES, StaticRows(()), empty=lambda: "No user is changed.", id="changes")

    def on_step_shown(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        options = self.wizard.options()

        def load(service: WizardService) -> tuple[dict[str, Any], RowCounts, Requirement]:
            service.open_job(self.draft)
            service.finish_review(options)
            return *service.plan(), service.requirement(connection)

        self.wizard.submit(load, self._on_planned, latest="plan")

    def _on_planned(self, found: tuple[dict[str, Any], RowCounts, Requirement]) -> None:
        self.plan, counts, self._requirement = found
        self.query_one("#plan-report", ReportView).set_lines(plan_lines(self.plan, counts, self.draft.allowlist_name))
        self.query_one("#changes", Table).set_rows(_change_rows(self.plan))
        self.set_class(bool(self.plan["options"]["upsert"]), "-upsert")
        self.changed()

    @property
    def send_count(self) -> int:
        """The number of rows to send."""
        return self.plan["outcomes"]["create"] + self.plan["outcomes"]["update"] if self.plan is not None else 0

    def status(self) -> Sequence[Piece]:
        if self.plan is None:
            return [("loading the plan", "")]
        rows = f"{self.send_count:,} of {self.plan['total']:,} to send"
        return [(rows, ""), *([] if self.plan["checked_against_server"] else [("not checked", "warn")])]

    def blocked_reason(self) -> str | None:
        return self.send_disabled_reason() or f"Press {key_of('plan.first')} to send the first {FIRST_ROWS}."

    # Sending

    def send_disabled_reason(self) -> str | None:
        if self.plan is None or self._requirement is None:
            return "The plan is still loading."
        if self.console.session.running is not None and self.console.session.running.active:
            return "Another job is running in this console. Pause it first."
        return None if self.send_count else "There is nothing to send."

    def action_first(self) -> None:
        self._confirm(FIRST_ROWS if self.send_count > FIRST_ROWS else None, "enter")

    def action_all(self) -> None:
        self._confirm(None, "A")

    def _confirm(self, first: int | None, opening_key: str) -> None:
        missing = self.plan["no_identity"] if self.plan is not None else None
        if missing is None or not missing["needs_confirmation"]:
            self._confirm_job(first, opening_key)
            return
        ask_confirmation(
            self.console,
            "Import users who cannot sign in?",
            f"{missing['message']} Press {key_of('wizard.previous')} to go back and map a column.",
            self.draft.name,
            lambda: self._confirm_job(first, "y"),
            verb="Import them",
            opening_key=opening_key,
        )

    def _confirm_job(self, first: int | None, opening_key: str) -> None:
        requirement = self._requirement
        assert requirement is not None
        verb = f"Send the first {first}" if first else f"Send {quantity(self.send_count, 'row')}"
        dialog = ConfirmDialog(requirement, verb=verb, opening_key=opening_key)
        self.console.ask_then(dialog, lambda confirmation: self.wizard.start_job(confirmation, first))


def plan_lines(plan: Mapping[str, Any], counts: RowCounts, allowlist: str = "") -> list[ReportLine]:
    """Return the plan as lines; the row counts add up to the rows of the file."""
    outcomes: Mapping[str, int] = plan["outcomes"]
    destination = f"{allowlist} in {plan['where']['profile']}" if allowlist else plan["where"]["profile"]
    lines = [heading(f"{quantity(plan['total'], 'row')} of {plan['source']} → {destination}")]
    for key, name, note in _OUTCOMES:
        if outcomes[key] or key == "create":
            lines.append(value_line(name, f"{outcomes[key]:,}", note=note))
    if counts.problems:
        lines.append(value_line("problems", f"{counts.problems:,}", note="not sent; written to the failed-rows file"))
    if counts.excluded:
        lines.append(value_line("excluded", f"{counts.excluded:,}", note="not sent"))
    total = sum(outcomes[key] for key, _, _ in _OUTCOMES) + counts.problems + counts.excluded
    lines.append(value_line("total", f"{total:,}", note="rows"))
    if outcomes["taken"]:
        text = (
            f"{outcomes['taken']:,} of these rows have a value of another user; the server will probably refuse them."
        )
        lines.append(text_line(text, "warn"))
    if plan["no_identity"]:
        lines.append(text_line(plan["no_identity"]["message"], "warn"))
    if not plan["checked_against_server"]:
        text = "Not checked: the job compares the rows with the server before it sends anything."
        lines.append(text_line(text, "warn"))
    count = sum(plan["requests"].values())
    lines += [value_line(""), heading("requests")]
    lines.append(
        value_line("requests", f"{count:,}", note=f"about {duration(plan['seconds_at_rate_limit'])} at the rate limit")
    )
    if plan["side_effects"]:
        lines += [value_line(""), heading("effects")]
    for effect in plan["side_effects"]:
        lines.append(bullet(effect))
    if plan["constants"]:
        lines += [value_line(""), heading("constants")]
        lines += [value_line(safe(name, 60), safe(value, 100)) for name, value in plan["constants"].items()]
    if plan["unmapped"] or plan["left_out"]:
        lines += [value_line(""), heading("not imported")]
    if plan["unmapped"]:
        lines.append(bullet(f"Columns: {safe(', '.join(plan['unmapped']), 400)}"))
    lines += [bullet(safe(text, 200)) for text in plan["left_out"]]
    found = [item for item in plan["problems"] if item["level"] != "info"]
    if duplicates := counts.problems - outcomes["invalid"]:
        found.append({"level": "error", "code": DUPLICATE, "rows": duplicates})
        found.sort(key=lambda item: (item["level"] != "error", -item["rows"]))
    if found:
        lines += [value_line(""), heading("problems")]
        lines += [value_line(f"{sign_of_severity(item['level'])}{item['code']}", f"{item['rows']:,}") for item in found]
    return lines


def _change_rows(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"row": sample["row"], "field": name, "current": current, "new": new, "user": short_id(sample["user"])}
        for sample in plan["changes"]["samples"]
        for name, (current, new) in sample["fields"].items()
    ]
