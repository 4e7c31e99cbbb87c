"""Texts with terminal escapes, markup and the like, put into responses by `dyntui sandbox --hostile` for tests."""

from __future__ import annotations

import re
from itertools import cycle

__all__ = ["PAYLOADS", "inject_payloads"]

PAYLOADS = (
    "[@click=app.quit]Bob[/] [/x] \x1b]0;x\x07",
    "\x1b[2J\x1b[31mred\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "[b]unterminated [/] [",
    "C1 \x9b31m \x9d0;title\x9c \x85 DEL \x7f NUL \x00 CR \r LF \n TAB \t",
    "bidi \u202egnp.exe\u202c \u2066iso\u2069 \u200fRLM \u061cALM",
    "zero\u200bwidth\u200d\ufeff \u00ad soft \U000e0041\U000e0042 tags",
    "long " + "A" * 5000,
    "z" + "\u0301\u0334\u0489" * 60 + " zalgo",
    "wide 全角 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 $(touch x) `id` %s {0} {{x}} ; rm -rf",
    '=HYPERLINK("http://evil.example","x") \'--',
)

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_NULLABLE_TEXT_FIELDS = frozenset(
    {
    "alias", "country", "email", "firstName", "jobTitle", "lastName", "phoneNumber", "tShirtSize", "team",
    "username", "btcWallet", "kdaWallet", "ltcWallet", "ckbWallet", "kasWallet", "dogeWallet", "scope", "ipAddress",
    "userAgent", "supportEmail", "supportText",
}
)  # fmt: skip
"""Text fields that may be null; they get a payload too."""
_UNCHANGED_FIELDS = frozenset({"code", "cursor", "downloadUrl", "rawToken"})
"""Text fields that a client sends back or decides by; they stay unchanged."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def inject_payloads(value: object) -> object:
    """Return the JSON value with payloads as texts and in the names of free-form objects.

    Ids, times and `_UNCHANGED_FIELDS` stay unchanged.
    """
    payloads = cycle(PAYLOADS)

    def walk(node: object, name: str, in_free_form: bool) -> object:
        if isinstance(node, dict):
            inside = in_free_form or name in ("metadata", "profile", "oauth_metadata", "headers")
            out = {
                (f"{key} {next(payloads)}" if inside else key): walk(item, key, inside) for key, item in node.items()
            }
            if inside and not out:
                out[next(payloads)] = next(payloads)
            return out
        if isinstance(node, list):
            return [walk(item, name, in_free_form) for item in node]
        if isinstance(node, str) and not (_UUID.match(node) or _TIME.match(node) or name in _UNCHANGED_FIELDS):
            return next(payloads)
        if node is None and name in _NULLABLE_TEXT_FIELDS:
            return next(payloads)
        return node

    return walk(value, "", False)
