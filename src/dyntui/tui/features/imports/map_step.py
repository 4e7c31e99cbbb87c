"""Step 3: which column goes to which field, and why. Nothing is mapped silently that a person has to decide."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.core.errors import DyntuiError
from dyntui.importer import Mapping
from dyntui.importer.value_paths import find_owner_column
from dyntui.resources import Column
from dyntui.services.imports.wizard_service import FilePreview
from dyntui.tui.features.imports import mapping_dialogs as dialogs
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.mapping_rows import VERIFIED, mapping_rows, samples_of
from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.features.imports.report_view import ReportLine, ReportView
from dyntui.tui.features.imports.row_preview import first_row
from dyntui.tui.features.imports.saved_mappings import SavedMappingsMixin
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["MapStep"]

_COLUMNS = (
    Column("shown", "column", 14, grow=True, priority=0),
    Column("target", "goes to", 20, grow=True, priority=0),
    Column("sample", "first values", 12, grow=True, priority=1),
    Column("why", "because", 16, grow=True, priority=2),
)


class MapStep(SavedMappingsMixin):
    """Columns on the left, fields on the right; what has to be chosen is said until it is."""

    NAME, TITLE = "map", "Map"
    BINDINGS = bindings(IMPORTS_ACTIONS, "map")

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._custom: Sequence[AbstractMapping[str, Any]] | None = None

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield Table(_COLUMNS, StaticRows(key="key", is_loaded=False), id="columns")
            yield ReportView(id="fields-there")
        yield MessageLine()

    def on_mount(self) -> None:
        self.query_one("#columns").border_title = "columns of the file"
        self.query_one("#fields-there").border_title = "the first row becomes"

    @property
    def columns(self) -> Table:
        return self.query_one("#columns", Table)

    # Coming to a mapping

    def current_input(self) -> None:
        look = self.wizard.look
        if look is None and (self.draft.path or self.draft.job):
            draft = self.copy()
            self.wizard.hand(lambda bench: bench.preview(draft), self._looked, latest="look")
        elif look is not None:
            self._looked(look)
        else:
            self._show()

    def _looked(self, look: FilePreview) -> None:
        self.wizard.look = look
        mapping = self.draft.mapping
        if mapping is not None and mapping.source_columns == look.info.columns:
            self._show()
        else:
            self.run_worker(self._propose(), group="propose", exclusive=True)

    async def _propose(self) -> None:
        if self._custom is None:
            self._custom = await self._custom_fields()
        draft, custom = self.copy(), self._custom
        self.wizard.hand(lambda bench: bench.propose_mapping(draft, custom), self._proposed, latest="propose")

    async def _custom_fields(self) -> Sequence[AbstractMapping[str, Any]]:
        """The environment's own fields; none when the token may not read them."""
        from dyntui.api.errors import ApiProblem

        connection = self.console.session.connection
        if connection is None or self.draft.kind != "users":
            return ()
        try:
            return (await connection.client.page("getCustomFieldsForEnvironment", "customFields")).items
        except ApiProblem:
            return ()

    def _proposed(self, proposal: tuple[Mapping, str]) -> None:
        mapping, self.kept_as = proposal
        if self.kept_as:
            self.console.say(f"The mapping {self.kept_as} was made for these columns; it is used here.")
        self.take(mapping)

    def take(self, mapping: Mapping) -> None:
        self.draft.mapping = mapping
        self.wizard.save()
        self._show()

    # What is shown

    def _show(self) -> None:
        mapping = self.mapping
        if mapping is None:
            return
        view = self.columns.view
        assert isinstance(view, StaticRows)
        view.set_rows(mapping_rows(mapping, self.wizard.look, self.draft.region))
        self.columns.view_changed()
        self._show_first()
        self.changed()

    def _show_first(self) -> None:
        """What the first row becomes, beside the columns."""
        mapping, look = self.mapping, self.wizard.look
        custom = [str(each.get("key")) for each in self._custom or ()]
        profile = self.console.session.profile
        kind = profile.kind if profile is not None else "sandbox"
        if mapping is not None and look is not None:
            region = self.draft.region
            self.wizard.hand(
                lambda bench: first_row(mapping, look, region, kind, custom), self._shown_first, latest="first"
            )

    def _shown_first(self, lines: list[ReportLine]) -> None:
        self.query_one("#fields-there", ReportView).put(lines)

    @property
    def note(self) -> str:
        mapping = self.mapping
        return f"{len(mapping.missing)} to choose" if mapping is not None and mapping.missing else ""

    def status(self) -> Sequence[Piece]:
        mapping = self.mapping
        if mapping is None:
            return [("looking for a mapping", "")]
        own = mapping.source_columns
        mapped = {find_owner_column(own, each.column) for each in mapping.mapped}
        return [(f"{len(mapped):,} columns + {len(own) - len(mapped):,} left out", "warn" if mapping.missing else "")]

    def blocked(self) -> str | None:
        mapping = self.mapping
        if mapping is None:
            return "The mapping is not there yet."
        if VERIFIED not in mapping.targets and self.draft.kind == "users":
            return "Say whether e-mails are verified: v"
        return mapping.missing[0] if mapping.missing else None

    def lines_moved(self, lines: LineList) -> None:
        row = self.columns.row
        self.query_one(MessageLine).say(str(row["why"]) if row is not None else "")

    # Reasons

    def _row(self) -> AbstractMapping[str, Any] | None:
        return self.columns.row

    def row_disabled_reason(self) -> str | None:
        return None if self._row() is not None else "There is no column under the cursor."

    def no_column(self) -> str | None:
        row = self._row()
        return None if row is not None and row["kind"] == "column" else "This is no column of the file."

    def leave_out_disabled_reason(self) -> str | None:
        row = self._row()
        if row is None or not row["field"]:
            return "This goes nowhere already."
        return "This has to be chosen: v." if row["kind"] == "choice" else None

    def metadata_disabled_reason(self) -> str | None:
        return self.user_field_disabled_reason() or self.no_column()

    def user_field_disabled_reason(self) -> str | None:
        return None if self.draft.kind == "users" else "Entries have no such choice."

    # Actions

    @on(LineList.Opened, "#columns")
    async def _clicked(self) -> None:
        await self.action_do("map.choose")

    def action_choose(self) -> None:
        """Choose what the line under the cursor goes to."""
        row = self._row()
        assert row is not None
        match row["kind"]:
            case "choice":
                self.action_verified()
            case "region":
                self.action_region()
            case "constant":
                self._ask_constant(str(row["field"]))
            case _:
                self._choose_field(str(row["column"]))

    def _choose_field(self, column: str) -> None:
        mapping = self.mapping
        assert mapping is not None
        custom = [str(each.get("key")) for each in self._custom or ()]

        def chosen(field: str | None) -> None:
            if field is not None:
                self._send(column, field)

        self.console.ask(dialogs.field_dialog(mapping, column, custom), dialogs.answer(chosen))

    def _send(self, column: str, field: str | None, transforms: Sequence[str] | None = None) -> None:
        mapping = self.mapping
        assert mapping is not None
        try:
            self.take(mapping.with_column(column, field, transforms))
        except DyntuiError as error:
            self.console.say_error(error)

    def action_leave_out(self) -> None:
        row, mapping = self._row(), self.mapping
        assert row is not None and mapping is not None
        if row["kind"] == "column":
            self._send(str(row["column"]), None)
        else:
            self.take(mapping.with_constant(str(row["field"]), None))

    def action_metadata(self) -> None:
        row = self._row()
        assert row is not None
        self._send(str(row["column"]), f"metadata.{dialogs.metadata_key(str(row['column']))}")

    def action_transforms(self) -> None:
        row, mapping, look = self._row(), self.mapping, self.wizard.look
        assert row is not None and mapping is not None
        each = next(each for each in mapping.columns if each.column == row["column"])
        assert each.field is not None
        samples = samples_of(look, each.column) if look is not None else []

        def chosen(names: list[str] | None) -> None:
            if names is not None:
                self._send(each.column, each.field, names)

        dialog = dialogs.TransformsDialog(each, self.draft.kind, samples, self.draft.region or None)
        self.console.ask(dialog, chosen)

    def transforms_disabled_reason(self) -> str | None:
        row = self._row()
        if row is None or row["kind"] != "column":
            return self.no_column()
        return None if row["field"] else "The column goes nowhere yet."

    def action_verified(self) -> None:
        """The choice that is never made silently."""
        mapping = self.mapping
        assert mapping is not None
        columns = [each.column for each in mapping.columns if VERIFIED in each.hint or each.field == VERIFIED]

        def chosen(key: str | None) -> None:
            if key is None or self.mapping is None:
                return
            how, _, column = key.partition(":")
            if how == "column":
                self.take(self.mapping.with_constant(VERIFIED, None).with_column(column, VERIFIED))
                return
            changed = self.mapping
            for each in changed.columns:
                if each.field == VERIFIED:
                    changed = changed.with_column(each.column, None)
            self.take(changed.with_constant(VERIFIED, how))

        self.console.ask(dialogs.VerifiedDialog(columns, mapping), chosen)

    def action_constant(self) -> None:
        mapping = self.mapping
        assert mapping is not None

        def chosen(field: str | None) -> None:
            if field is not None:
                self._ask_constant(field)

        self.console.ask(dialogs.constant_dialog(mapping), dialogs.answer(chosen))

    def _ask_constant(self, name: str) -> None:
        mapping = self.mapping
        assert mapping is not None
        kind = self.draft.kind

        def check(values: Values) -> dict[str, str]:
            from dyntui.importer import parse_assignment

            try:
                parse_assignment(f"{name}={values['value']}", kind)
            except DyntuiError as error:
                return {"value": str(error)}
            return {}

        def filled(values: Values | None) -> None:
            from dyntui.importer import parse_assignment

            if values is not None:
                self.take(mapping.with_constant(*parse_assignment(f"{name}={values['value']}", kind)))

        field = FormInput(
            "value", name, str(mapping.constants.get(name, "")), help="For every row that has none of its own."
        )
        self.console.ask(FormDialog("A value for every row", (field,), check=check, verb="take"), filled)

    def action_region(self) -> None:
        def check(values: Values) -> dict[str, str]:
            from dyntui.importer.mapper import checked_region

            try:
                checked_region(values["region"].strip() or None)
            except DyntuiError as error:
                return {"region": error.message}
            return {}

        def filled(values: Values | None) -> None:
            if values is not None:
                self.draft.region = values["region"].strip().upper()
                self.wizard.save()
                self._show()

        help_text = "Two letters, such as DE. Empty: a number without + and country code is an error."
        field = FormInput("region", "country", self.draft.region, help=help_text)
        self.console.ask(FormDialog("Phone numbers without a country code", (field,), check=check, verb="take"), filled)

    def action_anew(self) -> None:
        """Forget what was decided here and propose again."""
        self.run_worker(self._propose(), group="propose", exclusive=True)
