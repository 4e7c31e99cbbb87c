"""One thing done to all rows with the same problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dyntui.services.imports.wizard_review import Fix, Review
from dyntui.store import review_queries as rows_of
from dyntui.tui.features.imports.review_table import ReviewTable
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

__all__ = ["BulkFixMixin"]


class BulkFixMixin(WizardStep):
    """A step that shows rows by kind of problem. A subclass gives `table`, `which` and `do`."""

    which: str | None

    @property
    def table(self) -> ReviewTable:
        raise NotImplementedError

    def do(self, work: Callable[[Review], Any], say: Callable[[Any], str]) -> None:
        """Have something done, and show how things are afterwards."""
        raise NotImplementedError

    def _kind(self) -> str:
        """The problem that the cursor is on: the kind, or that of the row."""
        if self.which not in (None, rows_of.ALL, rows_of.PROBLEMS):
            return self.which or ""
        row = self.table.row
        if row is None:
            return ""
        if row["problems"]:
            return str(row["problems"][0].code)
        return rows_of.DUPLICATE if str(row["problem"]).startswith("✕") else ""

    def action_fix(self) -> None:
        code = self._kind()
        self.wizard.hand(lambda bench: bench.review().fixes(code), lambda fixes: self._pick_fix(code, fixes))

    def _pick_fix(self, code: str, fixes: list[Fix]) -> None:
        by_name = {fix.name: fix for fix in fixes}
        choices = [Choice(fix.name, fix.title, note=f"{fix.rows:,} row{'s' if fix.rows != 1 else ''}") for fix in fixes]

        def picked(name: str | None) -> None:
            if name in ("value", "replace"):
                self._ask_value(code, by_name[name])
            elif name is not None:
                self._fix(code, name)

        self.console.ask(SelectDialog(f"All rows with {code}", choices), picked)

    def _ask_value(self, code: str, fix: Fix) -> None:
        fields = [FormInput("value", "value", help="Put into the cell of every one of these rows.")]
        if fix.name == "replace":
            fields = [FormInput("value", "look for"), FormInput("instead", "put instead", help="Empty takes it away.")]

        def filled(values: Values | None) -> None:
            if values is not None:
                self._fix(code, fix.name, values["value"], values.get("instead", ""))

        self.console.ask(FormDialog(f"{fix.title}: {fix.rows:,} rows", fields, verb="do it"), filled)

    def _fix(self, code: str, how: str, value: str = "", instead: str = "") -> None:
        self.do(
            lambda review: review.fix(code, how, value=value, replacement=instead),
            lambda did: f"{did:,} rows were changed. u takes it back.",
        )
