"""The meaning of words, signs, HTTP methods and statuses: the only place that says which of them is good or bad.

A value is given a role by the name of its field and its text; `tui/styles/base.tcss` says how a role looks, and
`tui/kit/themes.py` defines its color in each theme. A role never tells more than the text itself.
"""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = [
    "FIELDS",
    "METHODS",
    "SEVERITY_SIGNS",
    "SIGNS",
    "STATES",
    "Role",
    "role_of",
    "role_of_change",
    "role_of_sign",
    "sign_of_severity",
]


class Role(StrEnum):
    """What a text means. The value is the name of the style of a line."""

    NONE = ""
    """Nothing in particular."""
    GOOD = "good"
    """As it should be: delivered, enabled, added."""
    WARN = "warn"
    """Not as usual, or not finished: disabled, pending, changed."""
    BAD = "bad"
    """Failed, refused, removed."""
    READ = "read"
    """A request that changes nothing."""
    DIM = "dim"
    """Over, or not available."""
    LIVE = "live"
    """In the environment of the customers."""


_STATE_WORDS = {
    Role.GOOD: "accepted active allowed complete completed connected created delivered done enabled finished healthy "
    "imported ok redelivered reachable ready succeeded success updated valid verified yes",
    Role.WARN: "canceled cancelled disabled disconnected exists expiring no paused pending processing queued retrying "
    "review running sending stopped unknown unverified waiting warning",
    Role.BAD: "block blocked damaged deleted denied error expired failed failure forbidden invalid missing offline "
    "refused rejected revoked unauthorized unhealthy unreachable",
    Role.DIM: "draft skipped undone",
    Role.LIVE: "live",
}
_STATE_PHRASES = {
    Role.WARN: ("not checked", "not verified", "partly imported"),
    Role.BAD: (
        "no response",
        "not allowed",
        "not authorized",
        "not available",
        "not found",
        "not readable",
        "not usable",
        "timed out",
    ),
}
STATES: dict[str, Role] = {word: role for role, words in _STATE_WORDS.items() for word in words.split()} | {
    phrase: role for role, phrases in _STATE_PHRASES.items() for phrase in phrases
}
"""Role by state, in lower case: one word, or two."""

METHODS = {
    "GET": Role.READ,
    "HEAD": Role.READ,
    "POST": Role.WARN,
    "PUT": Role.WARN,
    "PATCH": Role.WARN,
    "DELETE": Role.BAD,
}
"""Role by HTTP method: what it does to the server."""

SEVERITY_SIGNS = {"error": "✕", "warning": "!"}
"""Sign by the severity of a problem or a notification."""

SIGNS = {"✓": Role.GOOD, "✕": Role.BAD, "!": Role.WARN}
"""Role by the sign at the start of a line."""

_FIELD_WORDS = """access enabled health isenabled kind level method outcome problem response result severity sign-in
signinenabled state status statuscode success verified"""
FIELDS = frozenset(_FIELD_WORDS.split())
"""The fields and columns whose values have a role, in lower case. Any other field may contain these words as a name."""

_STATUS_FIELDS = frozenset({"response", "status", "statuscode"})
_HTTP_STATUS = re.compile(r"([1-5])\d\d(?!\d)")
_HTTP_ROLES = {"2": Role.GOOD, "3": Role.WARN, "4": Role.BAD, "5": Role.BAD}
_WORDS = re.compile(r"[a-z0-9-]+")
_CHANGED_VALUES = {"current": Role.BAD, "new": Role.GOOD}
"""Role by the heading of the columns with the old and the new values of a change."""
_ADDED, _REMOVED, _CHANGED = ("+ ", "added: "), ("- ", "removed: "), " → "


def role_of(field: str, text: str) -> Role:
    """Return the role of the text of a field, by its first words, its HTTP status or its method.

    field: the name of the field, a dot path or the heading of the column.
    """
    name = field.rpartition(".")[2].casefold()
    if name not in FIELDS:
        return _CHANGED_VALUES.get(name, Role.NONE)
    if text in METHODS:
        return METHODS[text]
    if role := role_of_sign(text):
        return role
    if name in _STATUS_FIELDS and (status := _HTTP_STATUS.match(text)):
        return _HTTP_ROLES.get(status[1], Role.NONE)
    words = _WORDS.findall(text[:40].casefold().rpartition("_status_")[2])[:2]
    return STATES.get(" ".join(words)) or STATES.get(words[0], Role.NONE) if words else Role.NONE


def role_of_sign(text: str) -> Role:
    """Return the role of a line that starts with one of SIGNS and a space."""
    return SIGNS.get(text[:1], Role.NONE) if text[1:2] == " " else Role.NONE


def sign_of_severity(severity: str) -> str:
    """Return the sign of a severity and a space, for the start of its line; "" when it has none."""
    sign = SEVERITY_SIGNS.get(severity, "")
    return f"{sign} " if sign else ""


def role_of_change(text: str) -> Role:
    """Return the role of a line of a difference: `added: …`, `removed: …` or `name: old → new`."""
    text = text.lstrip()
    if text.startswith(_ADDED):
        return Role.GOOD
    if text.startswith(_REMOVED):
        return Role.BAD
    return Role.WARN if _CHANGED in text else Role.NONE
