"""How an object is written as a file: references as `${NAME}`, and a safe name of the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256

from dyntui.core.masking import HIDDEN
from dyntui.services.configuration.model import Reference, is_secret_text

__all__ = ["ENDING", "file_stem", "from_file_value", "to_file_value", "to_shown_value"]

ENDING = ".yaml"
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ESCAPED = re.compile(r"\$+\{[A-Za-z_][A-Za-z0-9_]*\}")
"""A text that a file has with one more `$`, so that it is not read as a reference."""
_LONGEST = 80
_NOT_SAFE = re.compile(r"[^A-Za-z0-9._]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows does not accept for a file."""


def to_file_value(value: object) -> object:
    """Return a value as it is in a file, with references as texts."""

    return _changed(value, _file_text)


def _file_text(part: object, name: str = "") -> object:
    if isinstance(part, Reference):
        return str(part)
    return f"${part}" if isinstance(part, str) and _ESCAPED.fullmatch(part) else part


def to_shown_value(value: object, name: str) -> object:
    """Return a value as `to_file_value`, for people and programs: a secret by its name or form is `HIDDEN`.

    name: of the field.
    """

    def shown(part: object, name: str) -> object:
        return HIDDEN if isinstance(part, str) and is_secret_text(name, part) else _file_text(part)

    return _changed(value, shown, name)


def from_file_value(value: object) -> object:
    """Return a value of a file, with texts that are references as `Reference`."""

    def read(part: object, name: str) -> object:
        if not isinstance(part, str):
            return part
        if found := _REFERENCE.fullmatch(part):
            return Reference(found[1])
        return part[1:] if _ESCAPED.fullmatch(part) else part

    return _changed(value, read)


def _changed(value: object, change: Callable[[object, str], object], name: str = "") -> object:
    """Return a value with each single value in it as `change` returns it for the value and the name of its field."""
    if isinstance(value, Mapping):
        return {key: _changed(part, change, key) for key, part in value.items()}
    return [_changed(part, change, name) for part in value] if isinstance(value, list) else change(value, name)


def file_stem(name: str, taken: Collection[str]) -> str:
    """Return the name of a file, without its ending, for the object `name`.

    It is safe on every file system: ASCII letters, digits, dots and hyphens. taken: names in lower case that are used.
    """
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = _NOT_SAFE.sub("-", text).strip("-.")[:_LONGEST].rstrip("-.").lower()
    if not stem or _RESERVED.fullmatch(stem) or stem in taken:
        stem = f"{stem or 'object'}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
    return stem
