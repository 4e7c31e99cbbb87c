"""A person's preferences: settings.toml, and keymap.toml for keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from dyntui.config.errors import ConfigError
from dyntui.config.paths import paths
from dyntui.config.toml import read_toml

__all__ = ["Settings"]


def _setting(default: Any, description: str, check: Callable[[Any], bool], expected: str) -> Any:
    return field(default=default, metadata={"description": description, "check": check, "expected": expected})


def _whole(low: int, high: int) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: type(value) is int and low <= value <= high), f"a whole number from {low} to {high}"


def _one_of(*values: str) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: value in values), " or ".join(values)


_BOOL = (lambda value: isinstance(value, bool), "true or false")
_TEXT = (lambda value: isinstance(value, str) and value.isprintable(), "text")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the file, and the defaults for the rest. The metadata of each field describes it."""

    theme: str = _setting("", "Theme of the console; empty: by the terminal.", *_TEXT)
    animations: bool = _setting(True, "Whether spinners and the like move.", *_BOOL)
    terminal: str = _setting(
        "lean",
        "What the terminal is sent: what changed (lean), or whatever was drawn (textual).",
        *_one_of("lean", "textual"),
    )
    rate_per_minute: int = _setting(1500, "Requests a minute at most; 0: no limit here.", *_whole(0, 100_000))
    bulk_per_minute: int = _setting(150, "Bulk requests a minute at most; 0: no limit here.", *_whole(0, 100_000))
    page_size: int = _setting(100, "Rows fetched with one request.", *_whole(1, 100))
    console_url: str = _setting(
        "https://app.dynamic.xyz/dashboard",
        "The vendor's web console; {id} and {environment} in it are filled in.",
        lambda value: isinstance(value, str) and value.isprintable() and value.startswith("https://"),
        "an https address",
    )
    settle_seconds: int = _setting(30, "Wait before rows with a lost answer are looked up.", *_whole(0, 3600))
    keymap: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Settings:
        """The settings of the files; ConfigError names the file and the setting that cannot be used."""
        path = paths().settings_file
        values = read_toml(path)
        known = {entry.name: entry for entry in fields(cls) if entry.metadata}
        for name, value in values.items():
            if name not in known:
                raise _wrong(path, f"there is no setting {name!r}; there are: {', '.join(known)}")
            if not known[name].metadata["check"](value):
                raise _wrong(path, f"{name} has to be {known[name].metadata['expected']}")
        return cls(**values, keymap=_keymap())


def _keymap() -> dict[str, str]:
    """keymap.toml: action id = keys, comma-separated. Whether an action exists is the console's to say."""
    path = paths().keymap_file
    found: dict[str, str] = {}
    tables: list[tuple[str, Any]] = [("", read_toml(path))]
    while tables:
        prefix, table = tables.pop()
        for name, value in table.items():
            if isinstance(value, dict):  # `users.delete = "d"` is a table to TOML
                tables.append((f"{prefix}{name}.", value))
            elif isinstance(value, str) and value.isprintable():
                found[f"{prefix}{name}"] = str(value)
            else:
                raise _wrong(path, f'{prefix}{name} has to be keys in quotes, such as "ctrl+d"')
    return found


def _wrong(path: Path, why: str) -> ConfigError:
    return ConfigError(f"{path}: {why}.", hint="Correct it by hand.")
