"""Fix all rows with the same problem; part of the review step."""

from __future__ import annotations

from collections.abc import Callable

from dyntui.core.text import quantity
from dyntui.services.imports.wizard_review import Fix, Review
from dyntui.store import review_queries
from dyntui.tui.features.imports.review_table import ReviewTable
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

__all__ = ["BulkFixMixin"]


class BulkFixMixin(WizardStep):
    """A step that shows rows by problem. A subclass gives `table`, `group` and `change`."""

    group: str | None

    @property
    def table(self) -> ReviewTable:
        raise NotImplementedError

    def change(self, work: Callable[[Review], object], message: Callable[[object], str]) -> None:
        """Run a change of the review and show its result."""
        raise NotImplementedError

    def _problem_code(self) -> str:
        """Return the code of the shown problem, or of the current row."""
        if self.group not in (None, review_queries.ALL, review_queries.PROBLEMS):
            return self.group or ""
        row = self.table.review_row
        if row is None:
            return ""
        if row.problems:
            return row.problems[0].code
        return row.code if row.code == review_queries.DUPLICATE else ""

    def action_fix(self) -> None:
        code = self._problem_code()
        self.wizard.submit(lambda service: service.review().fixes(code), lambda fixes: self._ask_fix(code, fixes))

    def _ask_fix(self, code: str, fixes: list[Fix]) -> None:
        by_name = {fix.name: fix for fix in fixes}
        choices = [Choice(fix.name, fix.title, note=quantity(fix.rows, "row")) for fix in fixes]

        def on_selected(name: str | None) -> None:
            if name in ("value", "replace"):
                self._ask_value(code, by_name[name])
            elif name is not None:
                self._apply_fix(code, name)

        self.console.ask(SelectDialog(f"All rows with {code}", choices), on_selected)

    def _ask_value(self, code: str, fix: Fix) -> None:
        fields = [FormInput("value", "value", help="Set in the cell of each of these rows.")]
        if fix.name == "replace":
            fields = [
                FormInput("value", "find"),
                FormInput("replacement", "replace with", help="Empty removes the text."),
            ]

        def on_submit(values: Values | None) -> None:
            if values is not None:
                self._apply_fix(code, fix.name, values["value"], values.get("replacement", ""))

        self.console.ask(FormDialog(f"{fix.title}: {fix.rows:,} rows", fields, verb="fix"), on_submit)

    def _apply_fix(self, code: str, fix_name: str, value: str = "", replacement: str = "") -> None:
        self.change(
            lambda review: review.fix(code, fix_name, value=value, replacement=replacement),
            lambda count: f"{count:,} rows changed. Press u to undo.",
        )
