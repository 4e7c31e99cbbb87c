"""Mappings that are kept under a name, for files with the same columns."""

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
    """A step with a mapping that can be kept and brought back. A subclass gives `take`."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.kept_as = ""

    @property
    def mapping(self) -> Mapping | None:
        return self.draft.mapping

    def take(self, mapping: Mapping) -> None:
        """Make this the mapping."""
        raise NotImplementedError

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

        field = FormInput(
            "name", "name", self.kept_as, help="Letters, digits, dots, dashes. One of that name is replaced."
        )
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

                self.wizard.hand(lambda bench: load_mapping(name).bind(look.info), self.take)

        self.console.ask(SelectDialog("Mappings that are kept", [Choice(name, name) for name in names]), picked)
