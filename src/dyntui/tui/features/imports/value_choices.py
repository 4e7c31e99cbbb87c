"""The choices of the map step about values: phone country, empty cells, wallets, values that the API refuses."""

from __future__ import annotations

from dyntui.importer import Mapping
from dyntui.importer.fields import CHAINS, WALLET_PROVIDERS
from dyntui.importer.invalid_values import ACTIONS, default_action, parse_on_invalid
from dyntui.importer.wallet_columns import EVERY_WALLET
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values, check_with

__all__ = ["ValueChoicesMixin"]


class ValueChoicesMixin(WizardStep):
    """Dialogs that change the mapping for all rows."""

    @property
    def loaded_mapping(self) -> Mapping:
        """The mapping, for actions that are not available without one."""
        assert self.draft.mapping is not None
        return self.draft.mapping

    def set_mapping(self, mapping: Mapping) -> None:
        """Use and show another mapping."""
        self.draft.mapping = mapping
        self.wizard.save()
        self.show_mapping()

    def show_mapping(self) -> None:
        """Show the mapping again."""
        raise NotImplementedError

    def action_region(self) -> None:
        from dyntui.importer.mapper import checked_region

        check = check_with(lambda values: checked_region(values["region"].strip() or None), "region")

        def on_submit(values: Values) -> None:
            self.draft.region = values["region"].strip().upper()
            self.wizard.save()
            self.show_mapping()

        help_text = (
            "Two letters, such as DE; + if only the + is missing. Else a number without country code is an error."
        )
        field = FormInput("region", "country", self.draft.region, help=help_text)
        self.console.ask_then(
            FormDialog("Phone Numbers without a Country Code", (field,), check=check, verb="set"), on_submit
        )

    def action_nulls(self) -> None:
        mapping = self.loaded_mapping

        def on_submit(values: Values) -> None:
            texts = [text.strip() for text in values["texts"].split(",") if text.strip()]
            self.set_mapping(mapping.with_nulls(texts, keep_usual=False))

        help_text = (
            "Whole cells that are read as empty, separated by commas. Without any, all cells are imported as they are."
        )
        field = FormInput("texts", "texts", ", ".join(mapping.nulls), help=help_text)
        self.console.ask_then(FormDialog("Texts for an Empty Cell", (field,), verb="set"), on_submit)

    def action_wallets(self) -> None:
        mapping = self.loaded_mapping
        proposed_name, proposed_provider = mapping.proposed_wallet
        constants = mapping.constants
        chain = str(constants.get(f"{EVERY_WALLET}chain") or "")
        fields = (
            FormInput(
                "walletName",
                "name",
                str(constants.get(f"{EVERY_WALLET}walletName") or proposed_name),
                help="The wallet that most of the users have, such as metamask or phantom.",
            ),
            FormInput(
                "walletProvider",
                "provider",
                str(constants.get(f"{EVERY_WALLET}walletProvider") or proposed_provider),
                {name: name for name in WALLET_PROVIDERS},
            ),
            FormInput("chain", "chain", chain, {"": "by column or address", **{name: name for name in CHAINS}}),
        )

        def parse(values: Values) -> Mapping:
            from dyntui.importer import parse_assignment

            changed = mapping
            for part, value in values.items():
                name = EVERY_WALLET + part
                changed = changed.with_constant(name, None)
                if value.strip():
                    changed = changed.with_constant(*parse_assignment(f"{name}={value.strip()}"))
            return changed

        form = FormDialog(
            "Wallets without a Name, Provider or Chain", fields, check=check_with(parse, "walletName"), verb="set"
        )
        self.console.ask_then(form, lambda values: self.set_mapping(parse(values)))

    def wallets_disabled_reason(self) -> str | None:
        if self.draft.kind != "users":
            return "Allowlist entries do not have this field."
        targets = self.draft.mapping.targets if self.draft.mapping is not None else ()
        return None if any(name.startswith("wallets") for name in targets) else "No column is mapped to a wallet."

    def action_on_invalid(self) -> None:
        """Ask what happens to values of one field that the API refuses."""
        mapping = self.loaded_mapping
        names = sorted({name.partition(".")[0] for name in mapping.targets} & _FIELDS)
        if not names:
            self.console.notify("No mapped field has values that the API may refuse.")
            return
        chosen = next(iter(mapping.on_invalid), "username" if "username" in names else names[0])
        action = mapping.on_invalid.get(chosen) or default_action(chosen)
        fields = (
            FormInput("field", "field", chosen if chosen in names else names[0], {name: name for name in names}),
            FormInput("action", "then", action, dict(ACTIONS)),
        )

        def on_submit(values: Values) -> None:
            field, action = parse_on_invalid(f"{values['field']}={values['action']}")
            self.set_mapping(mapping.with_on_invalid(field, action))

        self.console.ask_then(FormDialog("Values That the API Refuses", fields, verb="set"), on_submit)


_FIELDS = frozenset(
    "username firstName lastName alias jobTitle team tShirtSize phoneNumber email country wallets oauthAccounts".split()  # noqa: SIM905  # reads as a list
)
