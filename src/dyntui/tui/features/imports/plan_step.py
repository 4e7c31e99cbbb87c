"""Step 6: what is going to happen, in plain words, and the one door to let it: confirmed, ten rows first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.core.ids import short_id
from dyntui.core.text import safe
from dyntui.core.times import duration
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.actions.write_types import Confirmation, Requirement
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store.review_queries import DUPLICATE, RowCounts
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, line, point, words
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.confirm_dialog import confirm

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["FIRST", "PlanStep", "plan_lines"]

FIRST = 10
"""How many rows are sent first, so that a mistake in the mapping costs ten rows and not all."""

_CHANGES = (
    Column("row", "row", 6, right=True, priority=0, format=thousands),
    Column("field", "field", 12, priority=0),
    Column("now", "now", 13, grow=True, priority=1),
    Column("then", "then", 13, grow=True, priority=0),
    Column("user", "user", 11, priority=2),
)
_OUTCOMES = (
    ("create", "created", "new"),
    ("update", "updated", "there already, changed"),
    ("exists", "left alone", "there already"),
    ("conflict", "conflicts", "match two users; not sent"),
)


class PlanStep(WizardStep):
    """The plan, and what upsert would change."""

    NAME, TITLE = "plan", "Plan"
    BINDINGS = bindings(IMPORTS_ACTIONS, "plan")

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.plan: Mapping[str, Any] | None = None
        self._needed: Requirement | None = None

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({"users" if self.draft.kind == "users" else "allowlist-entries"})

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield ReportView(id="plan-sheet")
            yield Table(_CHANGES, StaticRows(()), empty=lambda: "No user is changed.", id="changes")

    def on_mount(self) -> None:
        self.query_one("#plan-sheet").border_title = "what is going to happen"
        self.query_one("#changes").border_title = "changes to users who are there (the first ones)"

    def default_focus(self) -> Widget | None:
        return self.query_one("#plan-sheet")

    def current_input(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        options = self.wizard.options()

        def look(bench: WizardService) -> tuple[dict[str, Any], RowCounts, Requirement]:
            bench.open_job(self.draft)
            bench.finish_review(options)
            return *bench.plan(), bench.requirement(connection)

        self.wizard.hand(look, self._planned, latest="plan")

    def _planned(self, found: tuple[dict[str, Any], RowCounts, Requirement]) -> None:
        self.plan, sums, self._needed = found
        self.query_one("#plan-sheet", ReportView).put(plan_lines(self.plan, sums, self.draft.allowlist_name))
        table = self.query_one("#changes", Table)
        assert isinstance(table.view, StaticRows)
        table.view.set_rows(_changes(self.plan))
        table.view_changed()
        self.set_class(bool(self.plan["options"]["upsert"]), "-upsert")
        self.changed()

    @property
    def to_send(self) -> int:
        """How many rows are going to be sent."""
        return self.plan["outcomes"]["create"] + self.plan["outcomes"]["update"] if self.plan is not None else 0

    def status(self) -> Sequence[Piece]:
        if self.plan is None:
            return [("making the plan", "")]
        rows = f"{self.to_send:,} of {self.plan['total']:,} to send"
        return [(rows, ""), *([] if self.plan["checked_against_server"] else [("not checked", "warn")])]

    def blocked(self) -> str | None:
        return self.send_disabled_reason() or f"enter sends the first {FIRST}"

    # Letting it happen

    def send_disabled_reason(self) -> str | None:
        if self.plan is None or self._needed is None:
            return "The plan is not there yet."
        if self.console.session.running is not None and self.console.session.running.active:
            return "A job is running in this console already; pause it first."
        return None if self.to_send else "There is nothing to send."

    def action_first(self) -> None:
        self._ask(FIRST if self.to_send > FIRST else None, "enter")

    def action_all(self) -> None:
        self._ask(None, "A")

    def _ask(self, first: int | None, opening_key: str) -> None:
        needed = self._needed
        assert needed is not None
        verb = f"Send the first {first}" if first else f"Send {self.to_send:,} rows"

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None:
                self.wizard.begin(confirmation, first)

        self.console.ask(confirm(needed, verb=verb, opening_key=opening_key), answered)

    def action_upsert_back(self) -> None:
        self.wizard.show_step("check")

    def _failed(self, error: DyntuiError) -> None:
        self.console.say_error(error)


def plan_lines(plan: Mapping[str, Any], sums: RowCounts, allowlist: str = "") -> list[ReportLine]:
    """The plan in plain words; its numbers sum to the rows of the file."""
    outcomes: Mapping[str, int] = plan["outcomes"]
    to = f"{allowlist} in {plan['where']['profile']}" if allowlist else plan["where"]["profile"]
    lines = [heading(f"{plan['total']:,} rows of {plan['source']} → {to}")]
    for key, name, note in _OUTCOMES:
        if outcomes[key] or key == "create":
            lines.append(line(name, f"{outcomes[key]:,}", note=note))
    if sums.problems:
        lines.append(line("problems", f"{sums.problems:,}", note="never sent; they end in the file of failed rows"))
    if sums.excluded:
        lines.append(line("left out", f"{sums.excluded:,}", note="by hand; never sent"))
    all_rows = sum(outcomes[key] for key, _, _ in _OUTCOMES) + sums.problems + sums.excluded
    lines.append(line("sum", f"{all_rows:,}", note="rows in all"))
    if outcomes["taken"]:
        text = f"{outcomes['taken']:,} of those sent have a value of another user; expect them to be refused."
        lines.append(words(text, "warn"))
    if not plan["checked_against_server"]:
        text = "Not checked against the server yet: that is done when the job starts, before anything is sent."
        lines.append(words(text, "warn"))
    count = sum(plan["requests"].values())
    lines += [line(""), heading("how")]
    lines.append(
        line("requests", f"{count:,}", note=f"about {duration(plan['seconds_at_rate_limit'])} at the rate limit")
    )
    if plan["side_effects"]:
        lines += [line(""), heading("what it means")]
    for effect in plan["side_effects"]:
        lines.append(point(effect))
    if plan["constants"]:
        lines += [line(""), heading("for every row")]
        lines += [line(safe(name, 60), safe(value, 100)) for name, value in plan["constants"].items()]
    found = [each for each in plan["problems"] if each["level"] != "info"]
    if twice := sums.problems - outcomes["invalid"]:
        found.append({"level": "error", "code": DUPLICATE, "rows": twice})
        found.sort(key=lambda each: (each["level"] != "error", -each["rows"]))
    if found:
        lines += [line(""), heading("problems")]
        signs = {"error": "✕", "warning": "!"}
        lines += [line(f"{signs[each['level']]} {each['code']}", f"{each['rows']:,}") for each in found]
    return lines


def _changes(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"row": sample["row"], "field": name, "now": now, "then": then, "user": short_id(sample["user"])}
        for sample in plan["changes"]["samples"]
        for name, (now, then) in sample["fields"].items()
    ]
