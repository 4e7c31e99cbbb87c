"""Keep secrets out of logs, reports, crash files and the screen."""

from __future__ import annotations

import re

__all__ = ["Redactor", "redact", "redactor", "token_hint"]

_SHAPES = (
    re.compile(r"dyn_[A-Za-z0-9_]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?i)(\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}"),
)
_EMAIL = re.compile(r"[^\s@<>\"'=,;:()\[\]{}]+@[^\s@<>\"'=,;:()\[\]{}]+\.[^\s@<>\"'=,;:()\[\]{}]+")


def token_hint(token: str) -> str:
    """Return how a token is displayed: `dyn_…abc123`. The last six characters are the API's checksum of it."""
    return f"dyn_…{token[-6:]}" if len(token) >= 16 else "dyn_…"


class Redactor:
    """Replaces known secrets, and text in the form of a token, in any text."""

    def __init__(self) -> None:
        self._exact: tuple[str, ...] = ()

    def add(self, secret: str) -> None:
        """Add a secret of at least 8 characters, to be replaced in every text."""
        if len(secret) >= 8 and secret not in self._exact:
            # The longest first, so that no rest remains where one secret begins with another.
            self._exact = tuple(sorted({*self._exact, secret}, key=len, reverse=True))

    def __call__(self, text: str, *, people: bool = True) -> str:
        """Return `text` with tokens as `<token>` and, unless `people` is false, email addresses as `<email>`."""
        for secret in self._exact:
            text = text.replace(secret, "<token>")
        for shape in _SHAPES:
            text = shape.sub(lambda m: (m.group(1) if m.lastindex else "") + "<token>", text)
        return _EMAIL.sub("<email>", text) if people else text


redactor = Redactor()
"""The process's redactor: code that obtains a token adds it here first."""


def redact(text: str, *, people: bool = True) -> str:
    """Redact `text` with the redactor of the process."""
    return redactor(text, people=people)
