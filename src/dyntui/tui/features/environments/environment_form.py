"""The form that adds or edits an environment: its profile, its token and the credential store of the token.

The keyring is probed when the form opens. If it does not work, another store is only used when the user submits it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.typed_path import PathRule, to_path
from dyntui.tui.kit.dialogs.form_dialog import FormChoice, FormDialog, FormInput, Values, find_problems
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.token_dialog import STORE_TITLES

if TYPE_CHECKING:
    from dyntui.config.keyring_store import KeyringProbe
    from dyntui.config.profile import Profile
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["EnvironmentForm", "edit_environment"]

_STORES = ("session", "passphrase", "file")
"""Stores other than the keyring that dyntui can write to."""
_READ_ONLY_STORES = ("command", "environment")
"""Stores that the form keeps but does not offer, because dyntui cannot write to them."""
_NO_ID = "Paste the environment id from the dashboard."
_CA_HELP = "PEM certificates to trust; empty for the system's."
_KINDS = {"sandbox": "sandbox", "live": "live"}
_ACCESS = {"no": "read and write", "yes": "read-only, all writes are refused"}
_ROW_CACHE = {"no": "memory only", "yes": "file on this machine, for one day"}


class EnvironmentForm(FormDialog):
    """The fields of a profile and its token."""

    def __init__(self, old: Profile | None, existing_names: Collection[str], *, focus: str = "") -> None:
        """Make the form.

        old: the profile to edit; None to add one.
        existing_names: names that a new profile cannot have.
        focus: the name of the field that has the cursor first; "" for the first field.
        """
        from dyntui.config.profile import Profile
        from dyntui.config.urls import DEFAULT_BASE_URL

        self._focus = focus
        self._old = old
        self._existing_names = existing_names
        name = (
            FormInput("name", "name", old.name, options={old.name: old.name})
            if old
            else FormInput("name", "name", help="The name of the profile, such as acme-live.", required="Enter a name.")
        )
        token_help = "Leave empty to keep the stored token." if old else "From the dashboard: Developer, API Tokens."
        stores = {"keyring": "checking the keyring ···"} | self._other_stores()
        initial = old or Profile("", DEFAULT_BASE_URL, "")
        kind_help = "In live, destructive actions need a typed name."
        fields = [
            name,
            FormInput("base_url", "base URL", initial.base_url),
            FormInput(
                "environment_id", "environment id", initial.environment_id, help="From the dashboard.", required=_NO_ID
            ),
            FormInput("kind", "kind", initial.kind, options=_KINDS, help=kind_help),
            FormInput("read_only", "access", "yes" if initial.read_only else "no", options=_ACCESS),
            FormInput("store", "token store", str(initial.credential), options=stores),
            FormInput("token", "API token", secret=True, help=token_help),
        ]
        if old is not None:
            rule = PathRule(is_optional=True)
            fields.insert(-2, FormInput("ca_file", "CA file", old.ca_file, help=_CA_HELP, path=rule))
        if old is not None and old.kind == "live":
            fields.insert(-2, FormInput("keep_rows", "row cache", "yes" if old.keep_rows else "no", options=_ROW_CACHE))
        title = f"Edit Environment {old.name}" if old else "Add Environment"
        super().__init__(title, fields, check=self._check_values)

    def _other_stores(self) -> dict[str, str]:
        """Return the stores other than the keyring: value -> label."""
        current = str(self._old.credential) if self._old else ""
        offered = (*_STORES, current) if current in _READ_ONLY_STORES else _STORES
        return {name: STORE_TITLES[name] for name in offered}

    def on_mount(self) -> None:
        if self._focus:
            self.query_one(f"#field-{self._focus}").focus()
        from dyntui.config.credentials import keyring_available

        run_in_thread(self, keyring_available, self._on_keyring_probed, group="probe")

    def _on_keyring_probed(self, probe: KeyringProbe) -> None:
        choice = self.query_one("#field-store", FormChoice)
        current = str(self._old.credential) if self._old else ""
        if probe.ok:
            options = {"keyring": f"system keyring ({probe.backend})"} | self._other_stores()
            choice.set_options(options, choice.value)
            return
        options = self._other_stores()
        if current == "keyring":
            options |= {"keyring": "system keyring (not available)"}
        if choice.value in options:
            choice.set_options(options, choice.value)
        else:
            choice.set_options(options, "session")
            self.mark_unchanged("store")
        self.set_note("store", f"The keyring cannot be used: {probe.reason}.")

    def _check_values(self, values: Values) -> Mapping[str, str]:
        from dyntui.config.credentials import check_token
        from dyntui.config.profiles import check_base_url, check_environment_id, check_name

        checks: dict[str, Callable[[str], object]] = {
            "name": check_name,
            "base_url": check_base_url,
            "environment_id": check_environment_id,
        }
        has_token = bool(values["token"].strip())
        if has_token:
            checks["token"] = check_token
        problems = find_problems({name: partial(check, values[name]) for name, check in checks.items()})
        if self._old is None and values["name"] in self._existing_names:
            problems["name"] = f"A profile with the name {values['name']} already exists."
        can_store = not has_token and values["store"] not in _READ_ONLY_STORES
        if can_store and "base_url" not in problems and self._needs_token(values):
            again = "Paste the token again for this base URL or store."
            problems["token"] = again if self._old else "Paste an API token from the dashboard."
        return problems

    def _needs_token(self, values: Values) -> bool:
        """Return whether there is no stored token that can be used with the submitted base URL and store."""
        from dyntui.config.profiles import check_base_url

        old = self._old
        return old is None or check_base_url(values["base_url"]) != old.base_url or values["store"] != old.credential


def profile_from(values: Values, old: Profile | None) -> Profile:
    """Make the profile of the submitted values. old: the profile that is edited; None for a new one."""
    from dyntui.config.credentials import CredentialKind
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import check_base_url, check_environment_id

    ca_file = values.get("ca_file", "").strip()
    base_url, environment_id = check_base_url(values["base_url"]), check_environment_id(values["environment_id"])
    return replace(
        old if old is not None else Profile(values["name"], base_url, environment_id),
        base_url=base_url,
        environment_id=environment_id,
        kind="sandbox" if values["kind"] == "sandbox" else "live",
        read_only=values["read_only"] == "yes",
        ca_file=str(to_path(ca_file).absolute()) if ca_file else "",
        keep_rows=_keep_rows(values.get("keep_rows") == "yes", old),
        credential=CredentialKind(values["store"]),
    )


def _keep_rows(is_allowed: bool, old: Profile | None) -> bool | None:
    """Return the decision about the row cache: "no" in the form is one only where it was "yes" before."""
    before = old.keep_rows if old is not None else None
    return True if is_allowed else (False if before else before)


def edit_environment(
    console: ConsoleApp,
    old: Profile | None,
    *,
    existing_names: Collection[str],
    on_stored: Callable[[Profile], None] = lambda profile: None,
    focus: str = "",
) -> None:
    """Open the form and store the profile and its token.

    old, existing_names, focus: as in `EnvironmentForm`. on_stored: called after the profile was stored.
    """
    from dyntui.config.credentials import unconfirmed_origin
    from dyntui.config.urls import shown_host
    from dyntui.tui.shell.confirm_dialog import ask_confirmation

    form = EnvironmentForm(old, existing_names, focus=focus)

    def on_submit(values: Values) -> None:
        profile = profile_from(values, old)
        origin = unconfirmed_origin(profile)
        if not origin:
            _store(console, profile, values["token"], form, on_stored)
            return
        confirmed = replace(profile, confirmed_origin=origin)
        ask_confirmation(
            console,
            f"Send the token of {profile.name} to {shown_host(profile.base_url)}?",
            "This server does not belong to Dynamic. Continue only if you trust it.",
            f"{profile.kind} environment {profile.name}",
            lambda: _store(console, confirmed, values["token"], form, on_stored),
            form.reopen,
            verb="Send token",
        )

    console.open_form(form, on_submit)


def _store(
    console: ConsoleApp, profile: Profile, token: str, form: EnvironmentForm, on_stored: Callable[[Profile], None]
) -> None:
    """Store a profile and its token in a worker thread. token: "" to keep the stored one."""

    def store() -> list[str]:
        from dyntui.config.credentials import check_token, store_for, token_warning
        from dyntui.config.profiles import Profiles

        profiles = Profiles.load()
        profiles.put(profile)
        warnings = profiles.save()
        if token.strip():
            checked = check_token(token)
            store_for(profile.credential, ask_passphrase=console.ask_passphrase).set(profile, checked)
            warnings += [warning] if (warning := token_warning(checked)) else []
        return warnings

    console.store_profile(profile, store, form, on_stored)
