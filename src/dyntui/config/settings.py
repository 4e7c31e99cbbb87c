"""Settings of the user: settings.toml, and key bindings in keymap.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

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

__all__ = ["PLAIN_VARIABLE", "Settings"]

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
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Comma-separated keys by action id, from keymap.toml."""

    @staticmethod
    def save_theme(name: str) -> None:
        """Write the theme into the file; its comments and other settings stay. Raises ConfigError."""
        path = paths().settings_file
        private_dir(path.parent)
        with locked(path):
            document = edit_toml(path)
            document["theme"] = name
            atomic_write(path, document.as_string().encode())

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
