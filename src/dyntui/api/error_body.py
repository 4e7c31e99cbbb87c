"""The four shapes of an error body, read as one. No model: an error does not wait for pydantic.

Source: docs/vendor-api.md#errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dyntui.core.strict_json import load_json

__all__ = ["ErrorBody", "read_error"]


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says; all of it may be empty."""

    text: str = ""
    code: str = ""
    payload: Mapping[str, Any] | None = None


def read_error(body: bytes) -> ErrorBody:
    """{error}, {error: {code, message}, payload}, {error, code, payload}, {message, code}; empty for anything else."""
    try:
        said = load_json(body)
    except ValueError:
        return ErrorBody()
    if not isinstance(said, dict):
        return ErrorBody()
    error, payload = said.get("error"), said.get("payload")
    detail = error if isinstance(error, dict) else {}
    payload = payload if isinstance(payload, dict) else None
    more = (payload or {}).get("additionalMessages")
    texts = (error, detail.get("message"), said.get("message"))
    text = next((text for text in texts if isinstance(text, str) and _is_readable(text)), "")
    text = text or ("; ".join(map(str, more)) if isinstance(more, list) else "")
    codes = (code for code in (said.get("code"), detail.get("code")) if isinstance(code, str | int))
    return ErrorBody(text, str(next(codes, "")), payload)


def _is_readable(text: str) -> bool:
    """Whether there is anything in a text but lone surrogates."""
    return any(not "\ud800" <= char <= "\udfff" for char in text)
