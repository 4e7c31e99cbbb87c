"""Read and change TOML files that people edit: comments are kept, and errors name the file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.config.errors import ConfigError
from dyntui.config.private_files import read_private
from dyntui.core.file_version import check_version
from dyntui.core.json_types import as_object

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["edit_toml", "line_of", "read_toml", "read_toml_tables"]

_LIMIT = 1024 * 1024
_VERSION = 1
"""The format of these files. They need not say it: without `version` it is 1."""
_HINT = "Correct it by hand. It was not changed."
_NOT_UTF8 = "\ufffd"
_HEADER = r"[ \t]*\[[^\n]*"
_LOCATION = r" \(at (?:line (\d+), column \d+|end of document)\)\Z"


def read_toml(path: Path) -> dict[str, object]:
    """Read a TOML file; {} when there is none. Other users may read the file, but not write it.

    Its key `version` is not returned. Raises ConfigError when that is newer than this dyntui knows.
    """
    text = _text(path)
    if not text:
        return {}
    try:
        values = _parse(text)
    except ValueError as error:
        line, reason = _explain(error, text)
        raise ConfigError(f"{path}, line {line}: {reason}.", hint=_HINT) from error
    return _without_version(values, path)


def _without_version(values: dict[str, object], path: Path) -> dict[str, object]:
    """Return the values without a version that this dyntui knows. Raises ConfigError for a newer one."""
    check_version(values, path, _VERSION, error=ConfigError)
    return {name: value for name, value in values.items() if (name, value) != ("version", _VERSION)}


def _parse(text: str) -> dict[str, object]:
    """Parse TOML. Raises ValueError."""
    import tomllib

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("It is nested too deeply") from None


def _explain(error: ValueError, text: str) -> tuple[int, str]:
    """Return the line in `text` and the reason of an error of `_parse`. Some errors say no line: then the last one."""
    at = re.search(_LOCATION, str(error))
    line = int(at[1]) if at and at[1] else text.count("\n") + 1
    reason = re.sub(_LOCATION, "", str(error)).rstrip(".")
    return line, "A number has too many digits" if reason.startswith("Exceeds the limit") else reason


def read_toml_tables(path: Path, group: str) -> tuple[dict[str, object], dict[str, ConfigError]]:
    """Read a TOML file; also return an error for each damaged table `[GROUP.NAME]`, by NAME.

    Raises ConfigError when another part of the file is damaged.
    """
    try:
        return read_toml(path), {}
    except ConfigError as error:
        damage = error
    values: dict[str, object] = {}
    damaged: dict[str, ConfigError] = {}
    text = _decode_lossy(path)
    for line, part in _split_tables(text):
        try:
            if _NOT_UTF8 in part:
                number = part.partition(_NOT_UTF8)[0].count("\n") + 1
                raise ValueError(f"It is not UTF-8 (at line {number}, column 1)")
            found = _parse(part)
        except ValueError as error:
            name = _table_name(part, group)
            if name is None:
                raise damage from None
            number, reason = _explain(error, part)
            damaged[name] = ConfigError(
                f"{path}, line {line + number - 1}: profile {name!r}: {reason}.",
                hint=_HINT,
            )
        else:
            tables = {**as_object(values.get(group)), **as_object(found.get(group))}
            values |= found
            if tables:
                values[group] = tables
    if not damaged:
        raise damage
    return _without_version(values, path), damaged


def _table_name(part: str, group: str) -> str | None:
    """Return NAME when `part` begins with the header `[GROUP.NAME]`, else None."""
    header = re.match(_HEADER, part)
    keys = _key_path(header[0]) if header is not None else ()
    return keys[1] if len(keys) == 2 and keys[0] == group else None


def _key_path(text: str) -> tuple[str, ...]:
    """Return the keys of a header `[a.b]` or an assignment `a.b = 0`; () when the text is neither."""
    try:
        value: object = _parse(text)
    except ValueError:
        return ()
    keys: list[str] = []
    while isinstance(value, dict) and len(value) == 1:
        ((key, value),) = value.items()
        keys.append(key)
    return tuple(keys)


def _decode_lossy(path: Path) -> str:
    """Return the text of `path` with `_NOT_UTF8` in place of bytes that are not UTF-8."""
    return _read(path).decode("utf-8-sig", errors="replace")


def _split_tables(text: str) -> Iterator[tuple[int, str]]:
    """Yield what is before the first table, then each table with its header; with the number of its first line."""
    first, lines = 1, list[str]()
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if re.match(_HEADER, line):
            yield first, "".join(lines)
            first, lines = number, []
        lines.append(line)
    yield first, "".join(lines)


def edit_toml(path: Path) -> TOMLDocument:
    """Read a TOML file with its comments, to change it and write it back."""
    import tomlkit

    read_toml(path)  # for an error with its line
    return tomlkit.parse(_text(path))


def _read(path: Path) -> bytes:
    """Return the content of a file, b"" when there is none."""
    try:
        return read_private(path, _LIMIT, secret=False)
    except FileNotFoundError:
        return b""


def _text(path: Path) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: it is not UTF-8.", hint="Save it as UTF-8.") from error


def line_of(path: Path, *keys: str) -> int:
    """Return the line that sets the value at `keys`, else that of the innermost table around it; 1 without any."""
    table: tuple[str, ...] = ()
    depth, found = 0, 1
    for number, line in enumerate(_decode_lossy(path).splitlines(), 1):
        if re.match(_HEADER, line):
            place = table = _key_path(line)
        else:
            place = (*table, *_key_path(f"{line.partition('=')[0]}= 0"))
        if depth < len(place) and place == keys[: len(place)]:
            depth, found = len(place), number
    return found
