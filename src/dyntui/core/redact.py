"""Keep secrets out of logs, reports, crash files and the screen."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, quote, urlsplit

from dyntui.core.json_scanner import replace_named_values
from dyntui.core.masking import HIDDEN, is_masked_name, secret_values

__all__ = [
    "Redactor",
    "has_secret_in_url",
    "is_secret_name",
    "is_secret_value",
    "redact",
    "redact_body",
    "redactor",
    "token_hint",
    "without_secret_url",
]

_SHAPES = (
    re.compile(r"dyn_[A-Za-z0-9_]{8,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    re.compile(r"(?i)(\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}"),
)
_EMAIL_PART = r"[^\s@<>\"'=,;:()\[\]{}]"
_EMAIL = re.compile(rf"(?<!{_EMAIL_PART}){_EMAIL_PART}+@{_EMAIL_PART}+\.{_EMAIL_PART}+")
"""An email. It starts only where no other character of one is before it, so that the time is linear."""


_SECRET_ENDINGS = (
    *("secret", "secretkey", "password", "passphrase", "token", "privatekey", "jwt", "signature", "authorization"),
    *("apikey", "mnemonic", "seedphrase", "keyshare", "keyshares", "recoverycode", "recoverycodes", "backupcodes"),
    *("otp", "totp"),
)
"""The ends of the names of values that may be secrets, in lower case and without `-` and `_`."""
_PLACEHOLDERS = ("<secret>", HIDDEN)
"""What stands for a secret, and is none."""
_MOST_SECRETS = 1_000
_MARGIN = 1_024
"""The length of the end of a cut body that is dropped: it may be the start of a secret without a known form."""


def is_secret_name(name: str) -> bool:
    """Return whether the value of a field, parameter or header may be a secret. name: may be a dot path.

    Besides the names that are masked on screens (`core.masking`), these are codes and signatures, which logs hide.
    """
    last = name.rsplit(".", 1)[-1].lower().replace("-", "").replace("_", "")
    return last == "code" or last.endswith(_SECRET_ENDINGS) or is_masked_name(name)


def is_secret_value(name: str, value: str) -> bool:
    """Return whether a value with a name may be a secret. The `code` of an error has letters only, and is none."""
    return value != "" and is_secret_name(name) and (name.lower() != "code" or any(char.isdigit() for char in value))


def has_secret_in_url(text: str) -> bool:
    """Return whether a text is a URL with a password, or with a query parameter that is a secret."""
    if "://" not in text:
        return False
    try:
        url = urlsplit(text)
        has_password = bool(url.password)
    except ValueError:
        return False
    return has_password or any(
        is_secret_value(name, value) or name.lower() == "key" for name, value in parse_qsl(url.query)
    )


def without_secret_url(text: str) -> str:
    """Return a text, or only scheme and host of it when it is a URL with a secret."""
    if not has_secret_in_url(text):
        return text
    url = urlsplit(text)
    return f"{url.scheme}://{url.hostname}/…"


def token_hint(token: str) -> str:
    """Return how a token is displayed: `dyn_…abc123`. The last six characters are the API's checksum of it."""
    return f"dyn_…{token[-6:]}" if len(token) >= 16 else "dyn_…"


class Redactor:
    """Replaces known secrets, and text in the form of a token, in any text."""

    def __init__(self) -> None:
        self._exact: tuple[str, ...] = ()

    def add(self, secret: str) -> None:
        """Add a secret of at least 8 characters, to be replaced in every text, also where JSON or a URL quotes it.

        The first of very many are kept, because each makes every text slower to redact.
        """
        if len(secret) >= 8 and secret not in (*self._exact, *_PLACEHOLDERS) and len(self._exact) < _MOST_SECRETS:
            quoted = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe=""))
            # The longest first, so that no rest remains where one secret begins with another.
            self._exact = tuple(sorted({*self._exact, secret, *quoted}, key=len, reverse=True))

    def add_revealed(self, document: object) -> None:
        """Add every secret of a JSON value that is shown because its user asked for it."""
        for secret in secret_values(document):
            self.add(secret)

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


def redact_body(body: bytes, limit: int) -> str:
    """Return the start of a JSON body, at most `limit` characters, without emails and values that may be secrets.

    A body that is cut ends with `…`. Values are found by their names and by the form of a token, so that a body need
    not be complete.
    """
    is_cut = len(body) > limit + _MARGIN
    text = body[: limit + _MARGIN].decode("utf-8", "replace")
    text = redactor(replace_named_values(text, "<secret>", _is_logged_secret)[0])
    if is_cut:
        text = text[:-_MARGIN]
    return f"{text[:limit]}…" if is_cut or len(text) > limit else text


def _is_logged_secret(name: str, value: object) -> bool:
    return is_secret_value(name, str(value))
