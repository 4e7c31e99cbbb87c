"""The four shapes of an error body (API.md 7), read as one."""

from __future__ import annotations

from typing import Any, Self

from pydantic import ValidationError

from dyntui.api.models.common import Model

__all__ = ["ErrorBody", "ErrorDetail"]


class ErrorDetail(Model):
    """`error` when it is an object: {code, message}."""

    code: str | int | None = None
    message: str = ""


class ErrorBody(Model):
    """{error}, {error: {code, message}, payload}, {error, code, payload}, {message, code}; empty for anything else."""

    error: str | ErrorDetail | None = None
    message: str = ""
    code: str | int | None = None
    payload: dict[str, Any] | None = None

    @classmethod
    def read(cls, body: bytes) -> Self:
        """The body of an answer; never fails."""
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            return cls()

    @property
    def text(self) -> str:
        """What the server says went wrong, or ""."""
        if isinstance(self.error, str) and self.error:
            return self.error
        if isinstance(self.error, ErrorDetail) and self.error.message:
            return self.error.message
        more = (self.payload or {}).get("additionalMessages")
        return self.message or ("; ".join(map(str, more)) if isinstance(more, list) else "")

    @property
    def code_text(self) -> str:
        """The server's code as text, or ""."""
        nested = self.error.code if isinstance(self.error, ErrorDetail) else None
        code = self.code if self.code is not None else nested
        return "" if code is None else str(code)
