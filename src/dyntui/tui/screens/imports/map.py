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
from dyntui.importer.paths import owner_of, reach
from dyntui.resources import Column
from dyntui.services.imports.wizard_bench import Look
from dyntui.tui.actions import bindings
from dyntui.tui.dialogs.form import Field, FormDialog, Values
from dyntui.tui.dialogs.pick import Choice, PickDialog
from dyntui.tui.screens.imports import mapping_dialogs as dialogs
from dyntui.tui.screens.imports.first_row import first_row
from dyntui.tui.screens.imports.sheet import Sheet, SheetLine
from dyntui.tui.screens.imports.step import Step
from dyntui.tui.widgets.lines import Lines
from dyntui.tui.widgets.painted import Piece
from dyntui.tui.widgets.rows import ListView
from dyntui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.screens.imports.screen import ImportScreen

__all__ = ["MapStep"]

VERIFIED = "emailVerifiedAt"
_EVERY_ROW = "(every row)"
_COLUMNS = (
    Column("shown", "column", 14, grow=True, priority=0),
    Column("target", "goes to", 22, grow=True, priority=0),
    Column("sample", "first values", 14, grow=True, priority=1),
    Column("why", "because", 16, grow=True, priority=2),
)


class MapStep(Step):
    """Columns on the left, fields on the right; what has to be chosen is said until it is."""

    NAME, TITLE = "map", "Map"
    BINDINGS = bindings("map")

    def __init__(self, wizard: ImportScreen) -> None:
        super().__init__(wizard)
        self._custom: Sequence[AbstractMapping[str, Any]] | None = None
        self._saved = ""

    def compose(self) -> ComposeResult:
        with Horizontal(classes="panes"):
            yield Table(_COLUMNS, ListView(key="key", loaded=False), id="columns")
            yield Sheet(id="fields-there")

    def on_mount(self) -> None:
        self.query_one("#columns").border_title = "columns of the file"
        self.query_one("#fields-there").border_title = "the first row becomes"

    @property
    def columns(self) -> Table:
        return self.query_one("#columns", Table)

    @property
    def mapping(self) -> Mapping | None:
        return self.draft.mapping

    # Coming to a mapping

    def entered(self) -> None:
        look = self.wizard.look
        if look is None and self.draft.path:
            draft = self.copy()
            self.wizard.hand(lambda bench: bench.look(draft), self._looked, latest="look")
        elif look is not None:
            self._looked(look)
        else:
            self._show()

    def _looked(self, look: Look) -> None:
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
        self.wizard.hand(lambda bench: bench.propose(draft, custom), self._proposed, latest="propose")

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
        mapping, self._saved = proposal
        if self._saved:
            self.console.say(f"The mapping {self._saved} was made for these columns; it is used here.")
        self._take(mapping)

    def _take(self, mapping: Mapping) -> None:
        self.draft.mapping = mapping
        self.wizard.save()
        self._show()

    # What is shown

    def _show(self) -> None:
        mapping = self.mapping
        if mapping is None:
            return
        view = self.columns.view
        assert isinstance(view, ListView)
        view.put(_rows(mapping, self.wizard.look, self.draft.region))
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

    def _shown_first(self, lines: list[SheetLine]) -> None:
        self.query_one("#fields-there", Sheet).put(lines)

    @property
    def note(self) -> str:
        mapping = self.mapping
        return f"{len(mapping.missing)} to choose" if mapping is not None and mapping.missing else ""

    def status(self) -> Sequence[Piece]:
        mapping = self.mapping
        if mapping is None:
            return [("looking for a mapping", "")]
        own = mapping.source_columns
        mapped = {owner_of(own, each.column) for each in mapping.mapped}
        return [(f"{len(mapped):,} columns + {len(own) - len(mapped):,} left out", "warn" if mapping.missing else "")]

    def blocked(self) -> str | None:
        mapping = self.mapping
        if mapping is None:
            return "The mapping is not there yet."
        if VERIFIED not in mapping.targets and self.draft.kind == "users":
            return "Say first whether the e-mail addresses are verified: v."
        return mapping.missing[0] if mapping.missing else None

    # Reasons

    def _row(self) -> AbstractMapping[str, Any] | None:
        return self.columns.row

    def no_row(self) -> str | None:
        return None if self._row() is not None else "There is no column under the cursor."

    def no_column(self) -> str | None:
        row = self._row()
        return None if row is not None and row["kind"] == "column" else "This is no column of the file."

    def not_mapped(self) -> str | None:
        row = self._row()
        if row is None or not row["field"]:
            return "This goes nowhere already."
        return "This has to be chosen: v." if row["kind"] == "choice" else None

    def no_metadata(self) -> str | None:
        return self.not_users() or self.no_column()

    def not_users(self) -> str | None:
        return None if self.draft.kind == "users" else "Entries have no such choice."

    # Actions

    @on(Lines.Opened, "#columns")
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
            self._take(mapping.with_column(column, field, transforms))
        except DyntuiError as error:
            self.console.say_error(error)

    def action_leave_out(self) -> None:
        row, mapping = self._row(), self.mapping
        assert row is not None and mapping is not None
        if row["kind"] == "column":
            self._send(str(row["column"]), None)
        else:
            self._take(mapping.with_constant(str(row["field"]), None))

    def action_metadata(self) -> None:
        row = self._row()
        assert row is not None
        self._send(str(row["column"]), f"metadata.{dialogs.metadata_key(str(row['column']))}")

    def action_transforms(self) -> None:
        row, mapping, look = self._row(), self.mapping, self.wizard.look
        assert row is not None and mapping is not None
        each = next(each for each in mapping.columns if each.column == row["column"])
        assert each.field is not None
        samples = _samples(look, each.column) if look is not None else []

        def chosen(names: list[str] | None) -> None:
            if names is not None:
                self._send(each.column, each.field, names)

        dialog = dialogs.TransformsDialog(each, self.draft.kind, samples, self.draft.region or None)
        self.console.ask(dialog, chosen)

    def no_transforms(self) -> str | None:
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
                self._take(self.mapping.with_constant(VERIFIED, None).with_column(column, VERIFIED))
                return
            changed = self.mapping
            for each in changed.columns:
                if each.field == VERIFIED:
                    changed = changed.with_column(each.column, None)
            self._take(changed.with_constant(VERIFIED, how))

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
                return {"value": f"{error.message} {error.hint}".strip()}
            return {}

        def filled(values: Values | None) -> None:
            from dyntui.importer import parse_assignment

            if values is not None:
                self._take(mapping.with_constant(*parse_assignment(f"{name}={values['value']}", kind)))

        field = Field(
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
        field = Field("region", "country", self.draft.region, help=help_text)
        self.console.ask(FormDialog("Phone numbers without a country code", (field,), check=check, verb="take"), filled)

    def action_save(self) -> None:
        mapping = self.mapping
        assert mapping is not None

        def filled(values: Values | None) -> None:
            if values is not None:
                from dyntui.services.imports.mappings import save_mapping

                name = values["name"].strip()
                self.wizard.hand(
                    lambda bench: save_mapping(name, mapping),
                    lambda path: self.console.say(
                        f"The mapping is kept as {name}; a file with these columns will use it."
                    ),
                )

        field = Field("name", "name", self._saved, help="Letters, digits, dots, dashes. One of that name is replaced.")
        self.console.ask(FormDialog("Keep this mapping", (field,)), filled)

    def action_load(self) -> None:
        from dyntui.services.imports.mappings import mapping_names

        self.wizard.hand(lambda bench: mapping_names(), self._pick_saved)

    def _pick_saved(self, names: list[str]) -> None:
        if not names:
            self.console.say("No mapping is kept yet. S keeps this one.")
            return

        def picked(name: str | None) -> None:
            look = self.wizard.look
            if name is not None and look is not None:
                from dyntui.services.imports.mappings import load_mapping

                self.wizard.hand(lambda bench: load_mapping(name).bind(look.info), self._take)

        self.console.ask(PickDialog("Mappings that are kept", [Choice(name, name) for name in names]), picked)

    def action_anew(self) -> None:
        """Forget what was decided here and propose again."""
        self.run_worker(self._propose(), group="propose", exclusive=True)


def _samples(look: Look, column: str) -> list[str]:
    """The first different values of a column or a path into one."""
    follow = reach(look.info.columns, column)
    found: dict[str, None] = {}
    for row in look.rows:
        value = follow(row.cells)
        if value not in ("", None):
            found[value if isinstance(value, str) else str(value)] = None
        if len(found) == 3:
            break
    return list(found)


def _rows(mapping: Mapping, look: Look | None, region: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if mapping.kind == "users" and all(each.field != VERIFIED for each in mapping.columns):
        chosen = mapping.constants.get(VERIFIED)
        rows.append(
            _line("choice", _EVERY_ROW, VERIFIED, _verified_words(chosen), "v chooses" if chosen else "! v: choose")
        )
    for each in mapping.columns:
        sample = " · ".join(_samples(look, each.column)) if look is not None else ""
        why = each.why + (f", {'+'.join(each.transforms)}" if each.field and each.transforms != ("trim",) else "")
        rows.append(
            _line("column", each.column, each.field or "", sample, each.hint if not each.field else why.strip(", "))
        )
    for name, value in mapping.constants.items():
        if name != VERIFIED:
            rows.append(_line("constant", _EVERY_ROW, name, str(value), "a value for every row"))
    if mapping.kind == "users" and any((each.field or "").endswith("phoneNumber") for each in mapping.mapped):
        rows.append(_line("region", _EVERY_ROW, "", region or "none", "p: country of numbers without one"))
    return rows


def _line(kind: str, column: str, field: str, sample: str, why: str) -> dict[str, Any]:
    target = f"→ {field}" if field else "phone numbers" if kind == "region" else "  left out"
    if kind == "choice" and why.startswith("!"):
        target = f"! {field}"
    key = column if kind == "column" else f"{kind} {field}"
    return {
        "key": key,
        "kind": kind,
        "column": column,
        "shown": column,
        "field": field,
        "target": target,
        "sample": sample,
        "why": why,
    }


def _verified_words(value: Any) -> str:
    return {None: "not chosen", "now": "verified, all of them", "unverified": "not verified"}.get(value, str(value))
