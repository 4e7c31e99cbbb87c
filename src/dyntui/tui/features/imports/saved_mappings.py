"""Save a mapping under a name, and use it again for files with the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.importer import Mapping
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["SavedMappingsMixin"]


class SavedMappingsMixin(WizardStep):
    """A step that saves and loads its mapping. A subclass gives `set_mapping`."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.saved_name = ""

    @property
    def mapping(self) -> Mapping | None:
        return self.draft.mapping

    def set_mapping(self, mapping: Mapping) -> None:
        """Use this mapping."""
        raise NotImplementedError

    def action_save(self) -> None:
        mapping = self.mapping
        assert mapping is not None

        def on_submit(values: Values | None) -> None:
            if values is not None:
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
        self.console.ask(FormDialog("Save mapping", (field,)), on_submit)

    def action_load(self) -> None:
        from dyntui.services.imports.mappings import mapping_names

        self.wizard.submit(lambda service: mapping_names(), self._ask_saved_mapping)

    def _ask_saved_mapping(self, names: list[str]) -> None:
        if not names:
            self.console.notify("No saved mappings yet. Press S to save this one.")
            return

        def on_selected(name: str | None) -> None:
            preview = self.wizard.preview
            if name is not None and preview is not None:
                from dyntui.services.imports.mappings import load_mapping

                self.wizard.submit(lambda service: load_mapping(name).bind(preview.info), self.set_mapping)

        self.console.ask(SelectDialog("Saved mappings", [Choice(name, name) for name in names]), on_selected)
