"""Settings of the user: settings.toml, and key bindings in keymap.toml."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from dyntui.config.errors import ConfigError
from dyntui.config.paths import paths
from dyntui.config.toml import read_toml

__all__ = ["Settings"]


T = TypeVar("T")

_OLD_NAMES = {"console_url": "dashboard_url"}
"""Former names of settings that are still read."""


def _setting(default: T, description: str, check: Callable[[object], bool], expected: str) -> T:
    return field(default=default, metadata={"description": description, "check": check, "expected": expected})


def _whole_number(low: int, high: int) -> tuple[Callable[[object], bool], str]:
    return (lambda value: type(value) is int and low <= value <= high), f"a whole number from {low} to {high}"


def _one_of(*values: str) -> tuple[Callable[[object], bool], str]:
    return (lambda value: value in values), " or ".join(values)


_BOOL = (lambda value: isinstance(value, bool), "true or false")
_TEXT = (lambda value: isinstance(value, str) and value.isprintable(), "text")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the file, with defaults for the others. The metadata of a field describes it."""

    theme: str = _setting("", "Theme of the console; empty: from the terminal.", *_TEXT)
    animations: bool = _setting(True, "Whether spinners and other animations move.", *_BOOL)
    terminal: str = _setting(
        "lean",
        "Terminal writer: lean sends only changes, textual is Textual's own output.",
        *_one_of("lean", "textual"),
    )
    rate_per_minute: int = _setting(1500, "Maximum requests per minute; 0: no limit.", *_whole_number(0, 100_000))
    bulk_per_minute: int = _setting(150, "Maximum bulk requests per minute; 0: no limit.", *_whole_number(0, 100_000))
    page_size: int = _setting(100, "Rows per request.", *_whole_number(1, 100))
    dashboard_url: str = _setting(
        "https://app.dynamic.xyz/dashboard",
        "URL of the dashboard; {id} and {environment} are replaced.",
        lambda value: isinstance(value, str) and value.isprintable() and value.startswith("https://"),
        "an https address",
    )
    settle_seconds: int = _setting(
        30, "Seconds to wait before rows with a lost response are looked up.", *_whole_number(0, 3600)
    )
    keymap: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Settings:
        """Read the settings. Raises ConfigError with the file and the setting."""
        path = paths().settings_file
        values = read_toml(path)
        settings = {entry.name: entry for entry in fields(cls) if entry.metadata}
        values = {_OLD_NAMES.get(name, name): value for name, value in values.items()}
        for name, value in values.items():
            if name not in settings:
                raise _invalid(path, f"there is no setting {name!r}; settings: {', '.join(settings)}")
            if not settings[name].metadata["check"](value):
                raise _invalid(path, f"{name} must be {settings[name].metadata['expected']}")
        return cls(**values, keymap=_keymap())


def _keymap() -> dict[str, str]:
    """Read keymap.toml: comma-separated keys by action id. The console checks the action ids."""
    path = paths().keymap_file
    found: dict[str, str] = {}
    tables: list[tuple[str, Mapping[str, object]]] = [("", read_toml(path))]
    while tables:
        prefix, table = tables.pop()
        for name, value in table.items():
            if isinstance(value, dict):  # `users.delete = "d"` is a table in TOML
                tables.append((f"{prefix}{name}.", value))
            elif isinstance(value, str) and value.isprintable():
                found[f"{prefix}{name}"] = str(value)
            else:
                raise _invalid(path, f'{prefix}{name} must be keys in quotes, such as "ctrl+d"')
    return found


def _invalid(path: Path, reason: str) -> ConfigError:
    return ConfigError(f"{path}: {reason}.", hint="Correct it by hand.")
