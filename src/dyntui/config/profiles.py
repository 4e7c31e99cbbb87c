"""Profiles, the saved environments, in profiles.toml. The file can be edited by hand and never contains a token."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from dyntui.config.errors import ConfigError, CredentialError
from dyntui.config.paths import paths
from dyntui.config.private_files import UnsafeFile, atomic_write, locked, private_dir
from dyntui.config.profile import CredentialKind, Kind, Profile
from dyntui.config.table_rules import BOOLEAN, TEXT, KeyProblem, Rule, accepted_by, check_table, invalid, one_of, rule
from dyntui.config.toml import edit_toml, read_toml_tables
from dyntui.config.urls import DEFAULT_BASE_URL, VENDOR_HOSTS, check_base_url, is_vendor, origin, origin_text
from dyntui.core.errors import UsageError
from dyntui.core.file_version import NewerFile
from dyntui.core.ids import is_uuid
from dyntui.core.json_types import as_object, as_text
from dyntui.core.times import now_iso

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = [
    "DEFAULT_BASE_URL",
    "VENDOR_HOSTS",
    "Profiles",
    "check_base_url",
    "check_environment_id",
    "check_name",
    "is_vendor",
    "origin",
    "origin_text",
    "remember_use",
]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}|[a-z][a-z_-]{0,31}|")

_REQUIRED = ("base_url", "environment_id", "kind")
_OLD_KEYS = {"color": "colour"}
"""Keys with a former spelling that is still read. A changed profile is written with the new one."""


_NAME_RULE = "up to 64 letters, digits, dots, dashes and underscores, a letter or digit first"


def check_name(name: str) -> str:
    """Return a valid profile name. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a valid profile name.", hint=f"Use {_NAME_RULE}.")
    return name


def check_environment_id(text: str) -> str:
    """Return `text` as an environment id, a lower-case UUID. Raises UsageError."""
    value = text.strip().lower()
    if not is_uuid(value):
        raise UsageError(
            f"{text!r} is not an environment id.", hint="It is the 36-character id in the dashboard under Developer."
        )
    return value


_TABLE = rule(lambda value: isinstance(value, dict), "a table")
_RULES: Mapping[str, Rule] = {
    "base_url": accepted_by(check_base_url),
    "environment_id": rule(lambda value: isinstance(value, str) and value != "" and value.isprintable(), "an id"),
    "kind": one_of(get_args(Kind)),
    "read_only": BOOLEAN,
    "color": rule(
        lambda value: isinstance(value, str) and _COLOR.fullmatch(value) is not None,
        "a color name, such as green, or #rrggbb",
    ),
    "credential": one_of(tuple(CredentialKind)),
    "credential_command": rule(lambda value: isinstance(value, str), "text"),
    "ca_file": TEXT,
    "confirmed_origin": TEXT,
    "last_used": TEXT,
    "keep_rows": rule(lambda value: value is None or isinstance(value, bool), "true or false"),
}
"""The rules of the stored fields of a profile, in the order of the file."""


class Profiles:
    """The profiles of the file. Changes are written by `save`."""

    def __init__(self, path: Path, parsed: _Parsed) -> None:
        self._path = path
        self._found = parsed.profiles
        self._damaged = parsed.damaged
        self._current = parsed.current
        self._edits: list[Callable[[TOMLDocument], None]] = []
        self._dropped: list[Profile] = []
        self._environments = _environments(parsed.profiles)

    @classmethod
    def load(cls) -> Profiles:
        """Read the profiles from the file; without a file there are none.

        A damaged entry does not prevent the use of the others; see `damaged`. Raises ConfigError with the line.
        """
        path = paths().profiles_file
        values, damaged = read_toml_tables(path, "profiles")
        return cls(path, _parse(path, values, damaged))

    @property
    def damaged(self) -> Mapping[str, ConfigError]:
        """The errors of damaged entries, by name. `save` does not change these entries."""
        return self._damaged

    @property
    def is_empty(self) -> bool:
        """Whether the file has no entry, not even a damaged one."""
        return not self._found and not self._damaged

    def names(self) -> list[str]:
        """Return the names of the usable profiles, in the order of the file."""
        return list(self._found)

    def all(self) -> list[Profile]:
        """Return the usable profiles, in the order of the file."""
        return list(self._found.values())

    @property
    def current(self) -> str | None:
        """The name of the current profile, which is used when no other is selected."""
        return self._current

    def get(self, name: str) -> Profile:
        """Return the profile `name`. Raises UsageError, or ConfigError when its entry is damaged."""
        self._check_intact(name)
        try:
            return self._found[name]
        except KeyError:
            known = ", ".join(self._found)
            hint = f"Profiles: {known}." if known else "No profiles yet. Add one: dyntui env add NAME"
            raise UsageError(f"There is no profile called {name!r}.", hint=hint) from None

    def _check_intact(self, name: str) -> None:
        if name in self._damaged:
            raise self._damaged[name]

    def put(self, profile: Profile) -> None:
        """Add or replace a profile. Raises ConfigError when there is a damaged entry of that name.

        If base URL or credential kind change, `save` deletes the old token. So save first, then store the new token.
        """
        self._check_intact(profile.name)
        profile = _checked(profile)
        old = self._found.get(profile.name)
        if old and (old.base_url != profile.base_url or old.credential is not profile.credential):
            self._dropped.append(old)
        if old and origin_text(old.base_url) != origin_text(profile.base_url):
            stale = profile.confirmed_origin == old.confirmed_origin
            profile = replace(profile, confirmed_origin="" if stale else profile.confirmed_origin)
        if old and old.keep_rows and (old.base_url, old.environment_id) != (profile.base_url, profile.environment_id):
            profile = replace(profile, keep_rows=None)  # the consent applies to one base URL and environment
        self._found[profile.name] = profile
        self._edits.append(lambda document: _set_profile(document, profile))
        if self._current is None:
            self.use(profile.name)

    def remove(self, name: str) -> None:
        """Remove a profile; `save` deletes its token, except that of a damaged entry, whose store is unknown."""
        if self._damaged.pop(name, None) is None:
            self._dropped.append(self.get(name))
            del self._found[name]
        self._edits.append(lambda document: _remove_profile(document, name))
        if self._current == name:
            self._current = None

    def use(self, name: str) -> None:
        """Make `name` the current profile."""
        self.get(name)
        self._current = name
        self._edits.append(lambda document: _set_current(document, name))

    def mark_used(self, name: str) -> None:
        """Record that `name` is used now."""
        moment = now_iso()
        self._found[name] = replace(self.get(name), last_used=moment)
        self._edits.append(lambda document: _mark_used(document, name, moment))

    def save(self) -> list[str]:
        """Apply the changes to the file, and delete the tokens of removed profiles.

        The cached rows, recent users and requests of environments without a profile are deleted too. The file is read
        again first, so that changes of another process stay. Returns warnings about what could not be deleted.
        """
        private_dir(self._path.parent)
        with locked(self._path):
            document = edit_toml(self._path)
            for edit in self._edits:
                edit(document)
            parsed = _parse(self._path, document.unwrap(), {})
            self._found, self._damaged, self._current = parsed.profiles, parsed.damaged, parsed.current
            if self._edits:
                atomic_write(self._path, document.as_string().encode())
        self._edits.clear()
        warnings = []
        for environment in self._environments - _environments(self._found):
            from dyntui.config.cache_files import purge_environment
            from dyntui.config.recent_users import forget_environment
            from dyntui.config.request_history import forget_requests

            try:
                forget_environment(*environment)
                forget_requests(*environment)
                purge_environment(*environment)
            except (UnsafeFile, NewerFile, OSError) as error:
                reason = f"{error.strerror}." if isinstance(error, OSError) else error.message
                warnings.append(
                    f"The cached rows, recent users and requests of {environment[1]} were not deleted: {reason}"
                )
        self._environments = _environments(self._found)
        while self._dropped:
            from dyntui.config.credentials import delete_token

            old = self._dropped.pop()
            try:
                delete_token(old)
            except (CredentialError, UnsafeFile) as error:
                warnings.append(f"The old token of {old.name} was not deleted: {error.message}")
        return warnings


def _environments(profiles: Mapping[str, Profile]) -> set[tuple[str, str]]:
    """Return base URL and environment id of all profiles."""
    return {(profile.base_url, profile.environment_id) for profile in profiles.values()}


def remember_use(profile: Profile, *, opens_next: bool = False) -> None:
    """Record in the file that a saved profile is used now. Ignores a profile that differs from the saved one.

    opens_next: also make it the current profile.
    """
    profiles = Profiles.load()
    if profile.name in profiles.names():
        stored = profiles.get(profile.name)
        if (stored.base_url, stored.environment_id) == (profile.base_url, profile.environment_id):
            profiles.mark_used(profile.name)
            if opens_next:
                profiles.use(profile.name)
            profiles.save()


def _checked(profile: Profile) -> Profile:
    """Return a valid profile, with its base URL in normal form. Raises UsageError with all problems."""
    check_name(profile.name)
    problems = _find_problems({key: getattr(profile, key) for key in _RULES})
    if problems:
        raise UsageError(f"The profile {profile.name} is not valid: {'; '.join(text for _, text in problems)}.")
    return replace(profile, base_url=check_base_url(profile.base_url))


def _find_problems(table: Mapping[str, object]) -> list[KeyProblem]:
    """Return all problems of a stored profile. Keys of other programs and of newer versions are none."""
    problems = check_table(table, _RULES, required=_REQUIRED, other_keys_allowed=True)
    if table.get("credential") == CredentialKind.COMMAND and not str(table.get("credential_command", "")).strip():
        problems.append(KeyProblem(("credential",), "credential_command is missing: the command that prints the token"))
    return problems


class _Parsed(NamedTuple):
    """The contents of the file."""

    profiles: dict[str, Profile]
    damaged: dict[str, ConfigError]
    current: str | None


def _parse(path: Path, values: dict[str, object], unreadable: dict[str, ConfigError]) -> _Parsed:
    rules = {"current": TEXT, "profiles": _TABLE}
    if problems := check_table(values, rules, other_keys_allowed=True):
        raise invalid(path, problems)
    current = as_text(values.get("current")) or None
    found: dict[str, Profile] = {}
    damaged = dict(unreadable)
    for name, table in as_object(values.get("profiles")).items():
        try:
            found[name] = _profile(path, name, table)
        except ConfigError as error:
            damaged[name] = error
    return _Parsed(found, damaged, current if current in found or current in damaged else None)


def _profile(path: Path, name: str, table: object) -> Profile:
    subject = f"profile {name!r}"
    wrong = _TABLE(table) if _NAME.fullmatch(name) else f"its name must be {_NAME_RULE}"
    if wrong or not isinstance(table, dict):
        raise invalid(path, [KeyProblem((), wrong)], parents=("profiles", name), subject=subject)
    values: dict[str, object] = {new: table[old] for new, old in _OLD_KEYS.items() if old in table} | table
    if problems := _find_problems(values):
        raise invalid(path, problems, parents=("profiles", name), subject=subject)
    stored: dict[str, Any] = {key: value for key, value in values.items() if key in _RULES}  # _RULES checked the types
    stored["credential"] = CredentialKind(stored.get("credential", CredentialKind.KEYRING))
    stored["base_url"] = check_base_url(stored["base_url"])
    return Profile(name=name, **stored)


def _set_profile(document: TOMLDocument, profile: Profile) -> None:
    import tomlkit

    if "profiles" not in document:
        document["profiles"] = tomlkit.table(is_super_table=True)
    tables = _tables(document)
    if profile.name not in tables:
        tables[profile.name] = tomlkit.table()
    table = tables[profile.name]
    for old in _OLD_KEYS.values():
        if old in table:
            del table[old]
    defaults = {field.name: field.default for field in fields(Profile)}
    for key in _RULES:
        value = getattr(profile, key)
        value = str(value) if isinstance(value, str) else value
        if key in _REQUIRED or value != defaults[key] or key == "credential":
            if table.get(key) != value:
                table[key] = value
        elif key in table:
            del table[key]


def _tables(document: TOMLDocument) -> Any:
    """Return the tables of the profiles, by name."""
    return document.get("profiles", {})


def _remove_profile(document: TOMLDocument, name: str) -> None:
    tables = _tables(document)
    if name in tables:
        del tables[name]
    if document.get("current") == name:
        del document["current"]


def _mark_used(document: TOMLDocument, name: str, moment: str) -> None:
    tables = _tables(document)
    if name in tables:  # another dyntui may have removed it
        tables[name]["last_used"] = moment


def _set_current(document: TOMLDocument, name: str) -> None:
    document["current"] = name
