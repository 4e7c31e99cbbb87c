"""Settings of the user: settings.toml, and key bindings in keymap.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

from dyntui.config.errors import ConfigError
from dyntui.config.flags import read_flag
from dyntui.config.keymap_file import load_keymap
from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, locked, private_dir
from dyntui.config.table_rules import (
    BOOLEAN,
    TEXT,
    Rule,
    check_table,
    invalid,
    one_of,
    rule,
    whole_number,
)
from dyntui.config.toml import edit_toml, read_toml

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["ALIAS_NAME", "PLAIN_VARIABLE", "Settings"]

ALIAS_NAME = re.compile(r"[a-zA-Z][\w-]*", re.ASCII)

T = TypeVar("T")

_IN_FLIGHT_VARIABLE = "DYNTUI_IN_FLIGHT"
"""The environment variable that overrides the setting `in_flight`; --in-flight sets it."""
PLAIN_VARIABLE = "DYNTUI_PLAIN"
"""The environment variable that overrides the setting `plain`; --plain sets it."""
_OLD_NAMES = {"console_url": "dashboard_url"}
"""Former names of settings that are still read."""


def _setting(default: T, rule: Rule) -> T:
    return field(default=default, metadata={"rule": rule})


def _is_https_url(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and value.startswith("https://")


def _find_alias_problem(value: object) -> str:
    """Return what is wrong with the table of aliases; "" for a valid one."""
    if not isinstance(value, dict):
        return "must be a table of commands"
    import shlex

    for name, command in value.items():
        if not ALIAS_NAME.fullmatch(name):
            return f"{name!r} must be a name of letters, digits and -"
        try:
            words = shlex.split(command) if isinstance(command, str) else []
        except ValueError as error:
            return f"{name!r} is wrong: {error}"
        if not words:
            return f"{name!r} must be a command"
    return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the file, with defaults for the others."""

    theme: str = _setting("", TEXT)
    """Theme of the console, chosen with ctrl+t; empty: quiet."""
    animations: bool = _setting(True, BOOLEAN)
    """Whether spinners and other animations move."""
    terminal: str = _setting("lean", one_of(("lean", "textual")))
    """Terminal writer: lean sends only changes, textual is Textual's own output."""
    plain: bool = _setting(False, BOOLEAN)
    """Plain mode, for screen readers: text that is only appended, not drawn; DYNTUI_PLAIN overrides it."""
    rate_per_minute: int = _setting(1500, whole_number(0, 100_000))
    """Maximum requests per minute; 0: no limit."""
    bulk_per_minute: int = _setting(150, whole_number(0, 100_000))
    """Maximum bulk requests per minute; 0: no limit."""
    embedded_wallets_per_minute: int = _setting(300, whole_number(0, 100_000))
    """Maximum embedded wallets per minute that are created before the first sign-in; 0: no limit."""
    invites_per_minute: int = _setting(20, whole_number(0, 100_000))
    """Maximum invites per minute; 0: no limit."""
    in_flight: int = _setting(16, whole_number(1, 64))
    """Maximum requests of bulk work at the same time; DYNTUI_IN_FLIGHT overrides it."""
    page_size: int = _setting(100, whole_number(2, 100))
    """Rows per request; at least 2, because pages overlap by a row."""
    dashboard_url: str = _setting(
        "https://app.dynamic.xyz/dashboard", rule(_is_https_url, "an address that starts with https://")
    )
    """URL of the dashboard; {id} and {environment} are replaced."""
    settle_seconds: int = _setting(30, whole_number(0, 3600))
    """Seconds to wait before rows with a lost response are looked up."""
    alias: Mapping[str, str] = field(default_factory=dict, metadata={"rule": _find_alias_problem})
    """Commands by the own names that the user gave them, without `dyntui`."""
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Comma-separated keys by action id, from keymap.toml."""

    @staticmethod
    def save_theme(name: str) -> None:
        """Write the theme into the file; its comments and other settings stay. Raises ConfigError."""
        with _changed_file() as document:
            document["theme"] = name

    @staticmethod
    def save_alias(name: str, command: str | None) -> None:
        """Write an alias into the file, or remove it with None. Raises ConfigError."""
        with _changed_file() as document:
            aliases = document.setdefault("alias", {})
            if command is None:
                aliases.pop(name, None)
            else:
                aliases[name] = command

    @classmethod
    def load(cls) -> Settings:
        """Read the settings. Raises ConfigError with all problems of the file, or that of the environment variable."""
        path = paths().settings_file
        values = read_toml(path)
        rules = {entry.name: entry.metadata["rule"] for entry in fields(cls) if entry.metadata}
        old_rules = {old: rules[name] for old, name in _OLD_NAMES.items() if old in values}
        if problems := check_table(values, rules | old_rules, noun="setting"):
            raise invalid(path, problems)
        settings: dict[str, Any] = {
            _OLD_NAMES.get(name, name): value for name, value in values.items()
        }  # checked above
        if text := os.environ.get(_IN_FLIGHT_VARIABLE):
            settings["in_flight"] = int(text) if text.isdecimal() else text
            if problem := rules["in_flight"](settings["in_flight"]):
                raise ConfigError(f"{_IN_FLIGHT_VARIABLE} {problem}.")
        if (plain := read_flag(os.environ, PLAIN_VARIABLE)) is not None:
            settings["plain"] = plain
        return cls(**settings, keymap=load_keymap())


@contextmanager
def _changed_file() -> Iterator[TOMLDocument]:
    """Give the content of the settings file to change, and write it at the end; its comments stay."""
    path = paths().settings_file
    private_dir(path.parent)
    with locked(path):
        document = edit_toml(path)
        yield document
        atomic_write(path, document.as_string().encode())
