"""Add or change an environment: where it is, how careful to be, which token, and where the token is kept.

The keyring is tried before a token is asked for; no other place is ever taken in its stead unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.message import Message

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.tui.kit.dialogs.form_dialog import FormChoice, FormDialog, FormInput, Values

if TYPE_CHECKING:
    from dyntui.config.keyring_store import KeyringProbe
    from dyntui.config.profile import Profile
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["EnvironmentForm", "edit_environment"]

_PLACES = {
    "session": "this session only",
    "passphrase": "a file encrypted with a passphrase",
    "file": "a plain file only you can read (0600)",
}
_OTHER_PLACES = {"command": "a command that prints it", "environment": "environment variables"}
_KINDS = {"sandbox": "sandbox", "live": "live"}
_ACCESS = {"no": "read and write", "yes": "read-only: every write is refused"}
_ROWS = {"no": "live: only in memory", "yes": "live: on this disk for a day, 0600"}
_NEEDS_NO_TOKEN = ("command", "environment")


class EnvironmentForm(FormDialog):
    """The fields of a profile and its token. old: the profile to change; taken: names in use."""

    class Probed(Message):
        """The keyring answered, or did not."""

        def __init__(self, probe: KeyringProbe) -> None:
            super().__init__()
            self.probe = probe

    def __init__(self, old: Profile | None, taken: Collection[str], *, focus: str = "") -> None:
        from dyntui.config.urls import DEFAULT_BASE_URL

        self._focus = focus
        self._old = old
        self._taken = taken
        name = (
            FormInput("name", "name", old.name, options={old.name: old.name})
            if old
            else FormInput("name", "name", help="What you call it, such as acme-live.")
        )
        keep = (
            "Leave it empty to keep the token that is stored." if old else "From the dashboard: Developer, API Tokens."
        )
        places = {"keyring": "looking for a keyring ···"} | self._more_places()
        fields = [
            name,
            FormInput("base_url", "base URL", old.base_url if old else DEFAULT_BASE_URL),
            FormInput("environment_id", "environment id", old.environment_id if old else "", help="36 characters."),
            FormInput(
                "kind", "kind", old.kind if old else "live", options=_KINDS, help="Live asks before it destroys."
            ),
            FormInput("read_only", "access", "yes" if old and old.read_only else "no", options=_ACCESS),
            FormInput("where", "keep token in", str(old.credential) if old else "keyring", options=places),
            FormInput("token", "API token", secret=True, help=keep),
        ]
        if old is not None and old.kind == "live":
            fields.insert(-2, FormInput("keep_rows", "keep rows seen", "yes" if old.keep_rows else "no", options=_ROWS))
        title = f"Edit {old.name}" if old else "Add an environment"
        super().__init__(title, fields, check=self._wrong)

    def _more_places(self) -> dict[str, str]:
        kept = str(self._old.credential) if self._old else ""
        return _PLACES | ({kept: _OTHER_PLACES[kept]} if kept in _OTHER_PLACES else {})

    def on_mount(self) -> None:
        if self._focus:
            self.query_one(f"#field-{self._focus}").focus()
        self.run_worker(self._probe, thread=True, group="probe")

    def _probe(self) -> None:
        from dyntui.config.credentials import keyring_available

        self.post_message(self.Probed(keyring_available()))

    @on(Probed)
    def _probed(self, event: Probed) -> None:
        where = self.query_one("#field-where", FormChoice)
        stored = str(self._old.credential) if self._old else ""
        if event.probe.ok:
            options = {"keyring": f"system keyring ({event.probe.backend})"} | self._more_places()
            where.set_options(options, where.value)
            return
        options = self._more_places()
        if stored == "keyring":
            options |= {"keyring": "system keyring (it does not answer)"}
        if where.value in options:
            where.set_options(options, where.value)
        else:
            where.set_options(options, "session")
            self.mark_unchanged("where")
        self.set_note("where", f"The keyring cannot be used: {event.probe.reason}.")

    def _wrong(self, values: Values) -> Mapping[str, str]:
        from dyntui.config.credentials import check_token
        from dyntui.config.profiles import check_base_url, check_environment_id, check_name

        wrong: dict[str, str] = {}
        for name, check in (
            ("name", check_name),
            ("base_url", check_base_url),
            ("environment_id", check_environment_id),
        ):
            try:
                check(values[name])
            except UsageError as error:
                wrong[name] = str(error)
        if self._old is None and values["name"] in self._taken:
            wrong["name"] = f"There is an environment called {values['name']} already."
        for name, said in (("name", "Give it a name."), ("environment_id", "Paste its id from the dashboard.")):
            if not values[name].strip():
                wrong[name] = said
        if values["token"].strip():
            try:
                check_token(values["token"])
            except UsageError as error:
                wrong["token"] = str(error)
        elif values["where"] not in _NEEDS_NO_TOKEN and self._needs_token(values) and "base_url" not in wrong:
            anew = "Another address or place needs the token anew."
            wrong["token"] = anew if self._old else "Paste an API token from the dashboard."
        return wrong

    def _needs_token(self, values: Values) -> bool:
        from dyntui.config.profiles import check_base_url

        old = self._old
        return old is None or check_base_url(values["base_url"]) != old.base_url or values["where"] != old.credential


def profile_from(values: Values, old: Profile | None) -> Profile:
    """The profile that was filled in."""
    from dyntui.config.credentials import CredentialKind
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import check_base_url, check_environment_id

    fields: dict[str, Any] = {
        "base_url": check_base_url(values["base_url"]),
        "environment_id": check_environment_id(values["environment_id"]),
        "kind": values["kind"],
        "read_only": values["read_only"] == "yes",
        "keep_rows": values.get("keep_rows") == "yes",
        "credential": CredentialKind(values["where"]),
    }
    return replace(old, **fields) if old is not None else Profile(name=values["name"], **fields)


def edit_environment(
    console: ConsoleApp,
    old: Profile | None,
    *,
    taken: Collection[str],
    done: Callable[[Profile], None],
    focus: str = "",
) -> None:
    """Ask for an environment and store it; `done` is called when it is stored. focus: the field to begin with."""
    from dyntui.config.credentials import unconfirmed_origin
    from dyntui.config.urls import shown_host
    from dyntui.tui.shell.confirm_dialog import confirm

    form = EnvironmentForm(old, taken, focus=focus)

    def filled(values: Values) -> None:
        profile = profile_from(values, old)
        where = unconfirmed_origin(profile)
        if not where:
            _store(console, profile, values["token"], form, done)
            return

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None and confirmation.yes:
                _store(console, replace(profile, confirmed_origin=where), values["token"], form, done)
            else:
                form.reopen()

        needed = Requirement(
            ConfirmationLevel.CONFIRM,
            f"Send tokens of {profile.name} to {shown_host(profile.base_url)}?",
            (),
            "It is not one of Dynamic's own servers.",
            f"{profile.kind} environment {profile.name}",
        )
        console.ask(confirm(needed, verb="Send them there"), answered)

    console.open_form(form, filled)


def _store(
    console: ConsoleApp, profile: Profile, token: str, form: EnvironmentForm, done: Callable[[Profile], None]
) -> None:
    def work() -> None:
        from dyntui.config.credentials import check_token, store_for, token_warning
        from dyntui.config.profiles import Profiles

        try:
            profiles = Profiles.load()
            profiles.put(profile)
            warnings = profiles.save()
            if token.strip():
                checked = check_token(token)
                store_for(profile.credential, ask_passphrase=console.ask_passphrase).set(profile, checked)
                warnings += [warning] if (warning := token_warning(checked)) else []
        except DyntuiError as error:
            console.profile_stored(profile, [], error, form, done)
        else:
            console.profile_stored(profile, warnings, None, form, done)

    console.run_worker(work, thread=True, group="profiles")
