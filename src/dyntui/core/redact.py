"""Keep secrets out of logs, reports, crash files and the screen."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

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
_NAME_END = re.compile(r'(?<!\\)(\\*)"\s*:\s*')
"""The end of a name in JSON, with the backslashes of JSON inside a text."""
_MARGIN = 1_024
"""The length of the end of a cut body that is dropped: it may be the start of a secret without a known form."""


def is_secret_name(name: str) -> bool:
    """Return whether the value of a field, parameter or header may be a secret. name: may be a dot path."""
    last = name.rsplit(".", 1)[-1].lower().replace("-", "").replace("_", "")
    return last == "code" or last.endswith(_SECRET_ENDINGS)


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


def redact_body(body: bytes, limit: int) -> str:
    """Return the start of a JSON body, at most `limit` characters, without emails and values that may be secrets.

    A body that is cut ends with `…`. Values are found by their names and by the form of a token, so that a body need
    not be complete.
    """
    is_cut = len(body) > limit + _MARGIN
    text = body[: limit + _MARGIN].decode("utf-8", "replace")
    text = redactor(_without_named_values(text))
    if is_cut:
        text = text[:-_MARGIN]
    return f"{text[:limit]}…" if is_cut or len(text) > limit else text


@lru_cache(maxsize=16)
def _value_pattern(backslashes: str) -> re.Pattern[str]:
    """Return the pattern of a value: a text, list or object up to its end or that of the body, or a number.

    backslashes: what is before each quote, in JSON inside a text. A value that ends later hides more, not less.
    """
    quote = re.escape(backslashes) + '"'
    return re.compile(rf"{quote}.*?(?:(?<!\\){quote}|\Z)|\[[^\]]*(?:\]|\Z)|\{{[^}}]*(?:\}}|\Z)|[-\d.]+", re.DOTALL)


def _without_named_values(text: str) -> str:
    """Return JSON, which may be cut, with the values of secret names as `"<secret>"`."""
    parts: list[str] = []
    done = 0
    for end in _NAME_END.finditer(text):
        name = text[max(0, end.start() - 80) : end.start()].rpartition('"')[2]
        if end.start() < done or not is_secret_name(name):
            continue
        value = _value_pattern(end[1]).match(text, end.end())
        if value is not None and is_secret_value(name, value[0].strip('"\\')):
            parts += [text[done : end.end()], f'{end[1]}"<secret>{end[1]}"']
            done = value.end()
    return "".join((*parts, text[done:]))
