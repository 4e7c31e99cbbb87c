"""Environment variables that turn something on or off."""

from __future__ import annotations

import os
from collections.abc import Mapping

from dyntui.core.errors import UsageError

__all__ = ["cache_off", "read_flag"]

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def read_flag(environ: Mapping[str, str], variable: str) -> bool | None:
    """Return whether a variable is on; None when it is not set or empty. Raises UsageError for any other value."""
    value = environ.get(variable, "").strip().lower()
    if value and value not in (*_YES, *_NO):
        raise UsageError(f"{variable} is {value!r}.", hint="Set it to 1 or 0.")
    return value in _YES if value else None


def cache_off() -> bool:
    """Return whether the cache is turned off with `--no-cache`."""
    return os.environ.get("DYNTUI_NO_CACHE", "") not in ("", "0")
