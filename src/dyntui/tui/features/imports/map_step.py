"""Step 3 of the wizard: map columns to fields. Choices that only you can make block the next step."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from dyntui.importer import Mapping
from dyntui.importer.value_paths import find_owner_column
from dyntui.resources.resource import Column
from dyntui.services.imports.draft_source import FilePreview
from dyntui.tui.features.imports import mapping_dialogs as dialogs
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.mapping_rows import VERIFIED, column_samples, first_row_lines, mapping_rows
from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.features.imports.report_view import ReportView
from dyntui.tui.features.imports.value_choices import ValueChoicesMixin
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, check_with
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.error_hints import errors_shown

__all__ = ["MapStep"]

_COLUMNS = (
    Column("shown", "column", 14, grow=True, priority=0),
    Column("target", "field", 20, grow=True, priority=0),
    Column("sample", "first values", 12, grow=True, priority=1),
    Column("reason", "reason", 16, grow=True, priority=2),
)


class MapStep(ValueChoicesMixin):
    """The columns with their fields, and a preview of the first row."""

    NAME = "map"
    BINDINGS = bindings(IMPORTS_ACTIONS, "map")
    BORDER_TITLES = {"columns": "columns", "first-row": "preview of row 1"}
    OPEN_ACTIONS = {"columns": "map.choose"}

    saved_name = ""
    """The name of the saved mapping that is used."""
    _custom: Sequence[AbstractMapping[str, object]] | None = None
    """The custom fields of the environment; None until they are loaded."""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield Table(_COLUMNS, StaticRows(key="key", is_loaded=False), id="columns")
            yield ReportView(id="first-row", read_whole=False)
        yield MessageLine()

    @property
    def mapping(self) -> Mapping | None:
        return self.draft.mapping

    @property
    def columns(self) -> Table:
        return self.query_one("#columns", Table)

    # Loading the mapping

    def on_step_shown(self) -> None:
        preview = self.wizard.preview
        if preview is None and (self.draft.path or self.draft.job):
            draft = self.copy()
            self.wizard.submit(lambda service: service.preview(draft), self._on_preview, latest="preview")
        elif preview is not None:
            self._on_preview(preview)
        else:
            self.show_mapping()

    def _on_preview(self, preview: FilePreview) -> None:
        self.wizard.preview = preview
        mapping = self.draft.mapping
        if mapping is not None and mapping.source_columns == preview.info.columns:
            self.show_mapping()
        else:
            start_worker(self, self._propose, group="propose", exclusive=True)

    async def _propose(self) -> None:
        if self._custom is None:
            self._custom = await self._custom_fields()
        draft, custom = self.copy(), self._custom
        self.wizard.submit(lambda service: service.propose_mapping(draft, custom), self._on_proposed, latest="propose")

    async def _custom_fields(self) -> Sequence[AbstractMapping[str, object]]:
        """Return the custom fields of the environment; none when the token may not read them."""
        from dyntui.api.errors import ApiProblem

        connection = self.console.session.connection
        if connection is None or self.draft.kind != "users":
            return ()
        try:
            return (await connection.client.page("getCustomFieldsForEnvironment", "customFields")).rows
        except ApiProblem:
            return ()

    @property
    def _custom_names(self) -> list[str]:
        return [str(field.get("key")) for field in self._custom or ()]

    def _on_proposed(self, proposal: tuple[Mapping, str]) -> None:
        mapping, self.saved_name = proposal
        if self.saved_name:
            self.console.notify(f"Mapping {self.saved_name} applied: it was saved for these columns.")
        self.set_mapping(mapping)

    # Display

    def show_mapping(self) -> None:
        mapping = self.mapping
        if mapping is None:
            return
        self.columns.set_rows(mapping_rows(mapping, self.wizard.preview, self.draft.region))
        self._load_first_row()
        self.changed()

    def _load_first_row(self) -> None:
        mapping, preview = self.mapping, self.wizard.preview
        custom = self._custom_names
        profile = self.console.session.profile
        kind = profile.kind if profile is not None else "sandbox"
        if mapping is not None and preview is not None:
            region = self.draft.region
            self.wizard.submit(
                lambda service: first_row_lines(mapping, preview, region, kind, custom),
                self.query_one("#first-row", ReportView).set_lines,
                latest="first",
            )

    @property
    def note(self) -> str:
        mapping = self.mapping
        return f"{len(mapping.missing)} to choose" if mapping is not None and mapping.missing else ""

    def status(self) -> Sequence[Piece]:
        mapping = self.mapping
        if mapping is None:
            return [("proposing a mapping", "")]
        columns = mapping.source_columns
        mapped = {find_owner_column(columns, item.column) for item in mapping.mapped}
        style = "warn" if mapping.missing else ""
        return [(f"{len(mapped):,} mapped", style), (f"{len(columns) - len(mapped):,} excluded", "")]

    def blocked_reason(self) -> str | None:
        mapping = self.mapping
        if mapping is None:
            return "The mapping is still loading."
        if VERIFIED not in mapping.targets and self.draft.kind == "users":
            return f"Press {key_of('map.verified')} to set email verification."
        if mapping.missing_wallet_parts:
            return f"Press {key_of('map.wallets')} to choose the name and the provider of the wallets."
        return mapping.missing[0] if mapping.missing else None

    def lines_moved(self, lines: LineList) -> None:
        row = self.columns.row
        self.query_one(MessageLine).show_text(str(row["reason"]) if row is not None else "")

    # Reasons

    def row_disabled_reason(self) -> str | None:
        return None if self.columns.row is not None else "There is no column under the cursor."

    def column_disabled_reason(self) -> str | None:
        row = self.columns.row
        return None if row is not None and row["kind"] == "column" else "This line is not a column of the file."

    def exclude_disabled_reason(self) -> str | None:
        row = self.columns.row
        if row is None or not row["field"]:
            return "This column is already excluded."
        return (
            f"This choice is required. Press {key_of('map.verified')} to choose." if row["kind"] == "choice" else None
        )

    def metadata_disabled_reason(self) -> str | None:
        return self.user_field_disabled_reason() or self.column_disabled_reason()

    def user_field_disabled_reason(self) -> str | None:
        return None if self.draft.kind == "users" else "Allowlist entries do not have this field."

    # Actions

    def action_choose(self) -> None:
        row = self.columns.selected_row
        match row["kind"]:
            case "choice":
                self.action_verified()
            case "region":
                self.action_region()
            case "wallets":
                self.action_wallets()
            case "invalid":
                self.action_on_invalid()
            case "constant":
                self._ask_constant(str(row["field"]))
            case "rule":
                self.set_mapping(self.loaded_mapping.with_rule_switched(str(row["sample"])))
            case "nulls":
                self.action_nulls()
            case _:
                self._choose_field(str(row["column"]))

    def _choose_field(self, column: str) -> None:
        dialog = dialogs.field_dialog(self.loaded_mapping, column, self._custom_names)
        self.console.ask_then(dialog, lambda field: self._map_column(column, field))

    def _map_column(self, column: str, field: str | None, transforms: Sequence[str] | None = None) -> None:
        with errors_shown(self.console):
            self.set_mapping(self.loaded_mapping.with_column(column, field, transforms))

    def action_exclude(self) -> None:
        row, mapping = self.columns.selected_row, self.loaded_mapping
        if row["kind"] == "column":
            self._map_column(str(row["column"]), None)
        else:
            self.set_mapping(mapping.with_constant(str(row["field"]), None))

    def action_metadata(self) -> None:
        row = self.columns.selected_row
        self._map_column(str(row["column"]), f"metadata.{dialogs.metadata_key(str(row['column']))}")

    def action_transforms(self) -> None:
        row, mapping, preview = self.columns.selected_row, self.loaded_mapping, self.wizard.preview
        item = next(item for item in mapping.columns if item.column == row["column"])
        assert item.field is not None
        samples = column_samples(preview, item.column) if preview is not None else []
        dialog = dialogs.TransformsDialog(item, self.draft.kind, samples, self.draft.region or None)
        self.console.ask_then(dialog, lambda names: self._map_column(item.column, item.field, names))

    def transforms_disabled_reason(self) -> str | None:
        row = self.columns.row
        if row is None or row["kind"] != "column":
            return self.column_disabled_reason()
        return None if row["field"] else "Choose a field for this column first."

    def action_verified(self) -> None:
        """Ask whether the emails are verified; this is never chosen automatically."""
        mapping = self.loaded_mapping
        columns = [item.column for item in mapping.columns if VERIFIED in item.hint or item.field == VERIFIED]

        def on_chosen(key: str) -> None:
            if self.mapping is None:
                return
            choice, _, column = key.partition(":")
            if choice == "column":
                self.set_mapping(self.mapping.with_constant(VERIFIED, None).with_column(column, VERIFIED))
                return
            changed = self.mapping
            for item in changed.columns:
                if item.field == VERIFIED:
                    changed = changed.with_column(item.column, None)
            self.set_mapping(changed.with_constant(VERIFIED, choice))

        self.console.ask_then(dialogs.VerifiedDialog(columns, mapping), on_chosen)

    def action_constant(self) -> None:
        mapping = self.loaded_mapping
        self.console.ask_then(dialogs.constant_dialog(mapping), self._ask_constant)

    def _ask_constant(self, name: str) -> None:
        mapping = self.loaded_mapping
        kind = self.draft.kind

        def parse(values: Values) -> tuple[str, object]:
            from dyntui.importer import parse_assignment

            return parse_assignment(f"{name}={values['value']}", kind)

        def on_submit(values: Values) -> None:
            self.set_mapping(mapping.with_constant(*parse(values)))

        field = FormInput(
            "value", name, str(mapping.constants.get(name, "")), help="Used for every row without a value of its own."
        )
        form = FormDialog("Constant Value", (field,), check=check_with(parse, "value"), verb="set")
        self.console.ask_then(form, on_submit)

    def action_path(self) -> None:
        mapping = self.loaded_mapping

        def parse(values: Values) -> Mapping:
            return mapping.with_column(values["path"].strip(), values["field"].strip())

        path = FormInput(
            "path",
            "path",
            help="mobile|phone is the first that has a value, tags[split=;].0 a part, profile.email a key.",
        )
        fields = (path, FormInput("field", "field", help="Such as phoneNumber, wallets.1.chain or metadata.tag."))
        dialog = FormDialog("Map a Path", fields, check=check_with(parse, "path"), verb="map")
        self.console.ask_then(dialog, lambda values: self.set_mapping(parse(values)))

    def action_propose(self) -> None:
        start_worker(self, self._propose, group="propose", exclusive=True)

    # Saved mappings

    def action_save(self) -> None:
        mapping = self.loaded_mapping

        def on_submit(values: Values) -> None:
            from dyntui.services.imports.mappings import save_mapping

            name = values["name"].strip()
            self.wizard.submit(
                lambda service: save_mapping(name, mapping),
                lambda path: self.console.notify(f"Mapping saved as {name}. Files with these columns will use it."),
            )

        field = FormInput(
            "name",
            "name",
            self.saved_name,
            help="Letters, digits, dots and dashes. A mapping with this name is replaced.",
        )
        self.console.ask_then(FormDialog("Save Mapping", (field,)), on_submit)

    def action_load(self) -> None:
        from dyntui.services.imports.mappings import mapping_names

        self.wizard.submit(lambda service: mapping_names(), self._ask_saved_mapping)

    def _ask_saved_mapping(self, names: list[str]) -> None:
        if not names:
            self.console.notify(f"No saved mappings yet. Press {key_of('map.save')} to save this one.")
            return

        def on_selected(name: str) -> None:
            preview = self.wizard.preview
            if preview is not None:
                from dyntui.services.imports.mappings import load_mapping

                self.wizard.submit(lambda service: load_mapping(name).bind(preview.info), self.set_mapping)

        self.console.ask_then(SelectDialog("Saved Mappings", [Choice(name, name) for name in names]), on_selected)
