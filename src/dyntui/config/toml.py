"""Read and change TOML files that people edit: comments are kept, and errors name the file and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dyntui.config.errors import ConfigError
from dyntui.config.private_files import read_private

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["edit_toml", "line_of", "read_toml"]

_LIMIT = 1024 * 1024
_WHERE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)\Z")


def read_toml(path: Path) -> dict[str, Any]:
    """What `path` says, nothing when there is no file. Others may read the file, but not write it."""
    text = _text(path)
    if not text:
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _WHERE.search(str(error))
        line = at[1] if at and at[1] else text.count("\n") + 1
        why = _WHERE.sub("", str(error)).rstrip(".")
        raise ConfigError(f"{path}, line {line}: {why}.", hint="Correct it by hand; it was left as it is.") from error


def edit_toml(path: Path) -> TOMLDocument:
    """The document in `path` with its comments, to be changed and written back."""
    import tomlkit

    read_toml(path)  # names the line of a mistake
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
