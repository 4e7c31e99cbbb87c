"""Create and recognize ids, and quote them as one segment of a path."""

from __future__ import annotations

import re
import uuid
from urllib.parse import quote

from dyntui.core.errors import UsageError

__all__ = ["is_uuid", "new_id", "quote_segment", "short_id"]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def is_uuid(text: str) -> bool:
    """Whether `text` is an id as the API writes them: a 36-character lower-case UUID."""
    return bool(_UUID.match(text))


def new_id() -> str:
    """A new random UUID (version 4)."""
    return str(uuid.uuid4())


def short_id(text: str) -> str:
    """An id as lists and the frame show it: `3f2a…9c1e`."""
    return text if len(text) <= 12 else f"{text[:4]}…{text[-4:]}"


def quote_segment(value: str, name: str = "id") -> str:
    """Return `value` as one path segment.

    A blank one, `.` and `..` are refused: a client, or a server that trims it, would collapse them into another path.
    """
    if value.strip() in ("", ".", ".."):
        raise UsageError(
            f"{value!r} cannot be used as {name}.", hint="Give the whole id, as the list shows it with --json."
        )
    return quote(value, safe="", errors="surrogatepass")
