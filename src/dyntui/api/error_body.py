"""Read the four shapes of an error body. They are not pydantic models, so that an error needs no slow import.

Source: docs/vendor-api.md#errors.
"""

from __future__ import annotations

from dataclasses import dataclass

from dyntui.core.json_types import Row
from dyntui.core.strict_json import load_json

__all__ = ["ErrorBody", "read_error"]


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The contents of an error body; every field may be empty."""

    text: str = ""
    """The message to display."""
    code: str = ""
    """The server's own error code."""
    payload: Row | None = None
    """Details that the server added."""


def read_error(body: bytes) -> ErrorBody:
    """Read {error}, {error: {code, message}, payload}, {error, code, payload}, {message, code}; else an empty body."""
    try:
        document = load_json(body)
    except ValueError:
        return ErrorBody()
    if not isinstance(document, dict):
        return ErrorBody()
    error, payload = document.get("error"), document.get("payload")
    detail = error if isinstance(error, dict) else {}
    payload = payload if isinstance(payload, dict) else None
    more = (payload or {}).get("additionalMessages")
    texts = (error, detail.get("message"), document.get("message"))
    text = next((text for text in texts if isinstance(text, str) and _is_readable(text)), "")
    text = text or ("; ".join(map(str, more)) if isinstance(more, list) else "")
    codes = (code for code in (document.get("code"), detail.get("code")) if isinstance(code, str | int))
    return ErrorBody(text, str(next(codes, "")), payload)


def _is_readable(text: str) -> bool:
    """Return whether a text contains anything but lone surrogates."""
    return any(not "\ud800" <= char <= "\udfff" for char in text)
