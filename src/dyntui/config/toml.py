"""Read and change TOML files that people edit: comments are kept, and errors name the file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dyntui.config.errors import ConfigError
from dyntui.config.private_files import read_private

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["edit_toml", "line_of", "read_toml", "read_toml_tables"]

_LIMIT = 1024 * 1024
_NOT_UTF8 = "\ufffd"
_HEADER = re.compile(r"[ \t]*\[[^\n]*")
_LOCATION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; {} when there is none. Other users may read the file, but not write it."""
    text = _text(path)
    if not text:
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _LOCATION.search(str(error))
        line = at[1] if at and at[1] else text.count("\n") + 1
        reason = _LOCATION.sub("", str(error)).rstrip(".")
        raise ConfigError(f"{path}, line {line}: {reason}.", hint="Correct it by hand. It was not changed.") from error


def read_toml_tables(path: Path, group: str) -> tuple[dict[str, Any], dict[str, ConfigError]]:
    """Read a TOML file; also return an error for each damaged table `[GROUP.NAME]`, by NAME.

    Raises ConfigError when another part of the file is damaged.
    """
    try:
        return read_toml(path), {}
    except ConfigError as error:
        damage = error
    import tomllib

    values: dict[str, Any] = {}
    damaged: dict[str, ConfigError] = {}
    text = _decode_lossy(path)
    for line, part in _split_tables(text):
        try:
            if _NOT_UTF8 in part:
                raise ValueError("It is not UTF-8")
            found = tomllib.loads(part)
        except ValueError as error:  # TOMLDecodeError is one
            name = _table_name(part, group)
            if name is None:
                raise damage from None
            at = _LOCATION.search(str(error))
            number = line + (int(at[1]) if at and at[1] else 1) - 1
            reason = _LOCATION.sub("", str(error)).rstrip(".")
            damaged[name] = ConfigError(
                f"{path}, line {number}: profile {name!r}: {reason}.", hint="Correct it by hand. It was not changed."
            )
        else:
            tables = {**values.get(group, {}), **found.get(group, {})}
            values |= found
            if tables:
                values[group] = tables
    if not damaged:
        raise damage
    return values, damaged


def _table_name(part: str, group: str) -> str | None:
    """Return NAME when `part` begins with the header `[GROUP.NAME]`, else None."""
    import tomllib

    header = _HEADER.match(part)
    try:
        tables = tomllib.loads(header[0]).get(group) if header is not None else None
    except tomllib.TOMLDecodeError:
        return None
    return next(iter(tables)) if isinstance(tables, dict) and len(tables) == 1 else None


def _decode_lossy(path: Path) -> str:
    """Return the text of `path` with `_NOT_UTF8` in place of bytes that are not UTF-8."""
    return read_private(path, _LIMIT, secret=False).decode("utf-8-sig", errors="replace")


def _split_tables(text: str) -> Iterator[tuple[int, str]]:
    """Yield what is before the first table, then each table with its header; with the number of its first line."""
    first, lines = 1, list[str]()
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if _HEADER.match(line):
            yield first, "".join(lines)
            first, lines = number, []
        lines.append(line)
    yield first, "".join(lines)


def edit_toml(path: Path) -> TOMLDocument:
    """Read a TOML file with its comments, to change it and write it back."""
    import tomlkit

    read_toml(path)  # for an error with its line
    return tomlkit.parse(_text(path))


def _text(path: Path) -> str:
    try:
        return read_private(path, _LIMIT, secret=False).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: it is not UTF-8.", hint="Save it as UTF-8.") from error


def line_of(path: Path, name: str) -> int:
    """Return the line at which the table of `name` begins, 1 when it is not found."""
    for number, line in enumerate(_text(path).splitlines(), 1):
        words = line.split("#")[0].strip().strip("[]").replace('"', "").replace("'", "")
        if line.lstrip().startswith("[") and words.endswith(f".{name}"):
            return number
    return 1
