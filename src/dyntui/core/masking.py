"""Mask the values of fields whose names say that they are secrets, also of fields that this release does not know.

What is masked on screens and in results is masked here, by name and at any depth. Logs use `core.redact`, which hides
more: one-time codes and signatures too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from dyntui.core.json_types import Row

__all__ = [
    "HIDDEN",
    "contains_mask",
    "hide_values",
    "is_masked_name",
    "mask",
    "mask_counted",
    "mask_field",
    "mask_row",
    "secret_values",
    "texts_in",
]

HIDDEN = "set, not shown"
"""What is shown in place of a secret. It is never sent to the server."""

_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"
_PHRASES = (
    *(("secret",), ("password",), ("passwd",), ("passphrase",), ("mnemonic",), ("jwt",), ("authorization",), ("otp",)),
    *(("private", "key"), ("api", "key"), ("secret", "key"), ("access", "key"), ("key", "share"), ("seed", "phrase")),
    *(("recovery", "phrase"), ("recovery", "code"), ("backup", "code"), ("token",)),
)
"""The words of names of secrets, without the `s` of a plural."""
_JOINED = tuple("".join(phrase) for phrase in _PHRASES)
"""The same as the ends of names without capitals, such as `clientsecret`."""
_WHOLE = (("private", "key"), ("mnemonic",), ("seed", "phrase"), ("recovery", "phrase"))
"""Secrets that may be objects: every text inside is a part of them."""
_FORMS = frozenset(
    (
        *("value", "raw", "plain", "plaintext", "text", "string", "encrypted", "encoded", "base", "b", "hex", "pem"),
        *("jwk", "hash", "hashed", "v", "old", "new", "current", "previous", "next", "live", "test", "sandbox"),
        *("production", "primary", "secondary", "backup", "data", "bytes"),
    )
)
"""Words after a phrase that name a form of the value or which of several it is."""
_ABOUT = frozenset(
    (
        *("id", "name", "count", "address", "type", "kind", "url", "uri", "enabled", "required", "allowed", "source"),
        *("duration", "expiry", "expiration", "expires", "expire", "at", "date", "time", "algorithm", "scheme"),
        *("length", "hint", "status", "state", "last", "checksum", "prefix", "suffix", "policy", "created", "updated"),
        *("rotated", "export", "acknowledgement", "index", "limit", "location", "provider", "scope", "label"),
        *("description", "note", "format", "version", "size", "strength", "less", "setting", "configuration"),
        *("config", "method", "option", "list"),
    )
)
"""Words after a phrase that name something about the secret, such as `secretName`, without the `s` of a plural."""
_NO_SECRET_BEFORE = frozenset(
    ("public", "masked", "redacted", "native", "gas", "fee", "wrapped", "nft", "stable", "reward", "governance")
)
"""Words before a phrase after which it names no secret, such as `nativeToken` and `maskedClientSecret`."""


def is_masked_name(name: str) -> bool:
    """Return whether the name of a field says that its value is a secret. name: may be a dot path."""
    return _find_phrase(name) is not None


@lru_cache(maxsize=8_192)
def _find_phrase(name: str) -> tuple[str, ...] | None:
    """Return the words that make a name the name of a secret; None when it is none."""
    last = name.rsplit(".", 1)[-1]
    words = [word.lower() for word in re.findall(_WORD, last)]
    singular = [word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in words]
    if len(words) == 1:
        joined = singular[0]
        return next((phrase for phrase, text in zip(_PHRASES, _JOINED, strict=True) if joined.endswith(text)), None)
    for phrase in _PHRASES:
        for start in range(len(singular) - len(phrase) + 1):
            end = start + len(phrase)
            if tuple(singular[start:end]) == phrase and _names_value(phrase, singular[:start], singular[end:]):
                return phrase
    return None


def _names_value(phrase: tuple[str, ...], before: list[str], after: list[str]) -> bool:
    """Return whether a name is that of the secret itself, by the words before and after the phrase."""
    if not _NO_SECRET_BEFORE.isdisjoint(before):
        return False
    if all(word in _FORMS or word.isdigit() for word in after):
        return True
    # Of `tokenX` it is not known what it is, but `secretX` is hidden unless X says that it is something else.
    return phrase != ("token",) and after[-1] not in _ABOUT


def mask(value: Any) -> Any:
    """Return a JSON value with `HIDDEN` for each secret in it; the value itself when it has none."""
    return _hide(value, HIDDEN, _is_masked, [0])


def mask_counted(value: Any) -> tuple[Any, int]:
    """Return a JSON value like `mask`, and the number of secrets in it."""
    return hide_values(value, HIDDEN, _is_masked)


def secret_values(document: object) -> set[str]:
    """Return the texts in a JSON value that `mask` hides."""
    found: set[str] = set()

    def collect(name: str, value: object) -> bool:
        is_masked = is_masked_name(name)
        if is_masked and _is_whole(name, value):
            found.update(texts_in(value))
        return is_masked

    hide_values(document, HIDDEN, collect)
    return found


def texts_in(value: object) -> Iterator[str]:
    """Yield each text and number in a JSON value, as text."""
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)
    elif value is not None:
        yield str(value)


def mask_row(row: Row) -> Row:
    """Return an object like `mask`."""
    masked: Row = mask(row)
    return masked


def mask_field(name: str, value: Any) -> Any:
    """Return the value of a field like `mask`. name: may be a dot path."""
    if value is None or value == "" or isinstance(value, (bool, float)):
        return value
    return next(iter(mask({name: value}).values()))


def hide_values(document: object, placeholder: str, is_secret: Callable[[str, object], bool]) -> tuple[object, int]:
    """Return a JSON value with a placeholder for each text and number that is a secret, and the number of those.

    is_secret: gets the name and the value; the name of a list is that of its items.
    """
    counter = [0]
    return _hide(document, placeholder, is_secret, counter), counter[0]


def contains_mask(value: object) -> bool:
    """Return whether a JSON value has `HIDDEN` in the place of a value, which must not be sent."""
    match value:
        case str():
            return value == HIDDEN or (value[:1] in ("{", "[") and f'"{HIDDEN}' in value)
        case dict():
            return any(map(contains_mask, value.values()))
        case list():
            return any(map(contains_mask, value))
    return False


def _is_masked(name: str, value: object) -> bool:
    return _KNOWN_NAMES[name]


class _NameCache(dict[str, bool]):
    """What is known of names that were seen: quicker than a call for each value of a long list."""

    def __missing__(self, name: str) -> bool:
        found = is_masked_name(name)
        if len(self) < _MOST_NAMES:
            self[name] = found
        return found


_MOST_NAMES = 8_192
_KNOWN_NAMES = _NameCache()


def _hide(value: Any, placeholder: str, is_secret: Callable[[str, object], bool], counter: list[int]) -> Any:
    if isinstance(value, dict):
        changed = {}
        for name, part in value.items():
            if part is None or part is True or part is False or part == "":
                continue
            if part.__class__ is str and part[0] not in "[{" and not is_secret(str(name), part):
                continue  # most values, without a call for each
            new = _hide_named(str(name), part, placeholder, is_secret, counter)
            if new is not part:
                changed[name] = new
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        parts = [_hide(part, placeholder, is_secret, counter) for part in value]
        return parts if any(new is not part for new, part in zip(parts, value, strict=True)) else value
    if isinstance(value, str) and value[:1] in ("{", "[") and '"' in value:
        from dyntui.core.json_scanner import replace_named_values  # few rows have JSON inside a text

        text, hidden = replace_named_values(value, placeholder, is_secret)
        counter[0] += hidden
        return text if hidden else value
    return value


def _is_whole(name: str, value: object) -> bool:
    """Return whether the value of a secret name is replaced as a whole, and not the secrets in it."""
    if isinstance(value, list):
        return not any(isinstance(item, (dict, list)) for item in value)
    return not isinstance(value, dict) or _find_phrase(name) in _WHOLE


def _hide_named(
    name: str, part: Any, placeholder: str, is_secret: Callable[[str, object], bool], counter: list[int]
) -> Any:
    """Return the value of a field, or of an item of the list in it."""
    if isinstance(part, (dict, list)):
        if not part or not is_secret(name, part):
            return _hide(part, placeholder, is_secret, counter)
        if _is_whole(name, part):
            counter[0] += 1
            return placeholder
        if isinstance(part, list):
            return [_hide_named(name, item, placeholder, is_secret, counter) for item in part]
        return _hide(part, placeholder, is_secret, counter)
    if isinstance(part, (str, int)) and not isinstance(part, bool) and part != placeholder and is_secret(name, part):
        counter[0] += 1
        return placeholder
    return _hide(part, placeholder, is_secret, counter)
