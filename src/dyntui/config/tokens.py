"""Check the format of tokens, and remove token variables from the environment of other programs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dyntui.core.errors import UsageError
from dyntui.core.redact import redactor

__all__ = [
    "FALLBACK_VARIABLES",
    "TOKEN_VARIABLE",
    "TOKEN_VARIABLES",
    "check_token",
    "token_warning",
    "without_token_variables",
]

TOKEN_VARIABLE = "DYNTUI_TOKEN"
FALLBACK_VARIABLES = ("DYNAMIC_TOKEN", "DYNAMIC_API_TOKEN", "DYN_CLI_TOKEN")
"""Variables of other programs, such as the vendor's command line. They are read without TOKEN_VARIABLE, in order."""
TOKEN_VARIABLES = (TOKEN_VARIABLE, *FALLBACK_VARIABLES, "DYNAMIC_AUTH_TOKEN", "DYNAMIC_BEARER_TOKEN")
"""The environment variables that may have a token."""

_TOKEN = re.compile(r"dyn_[A-Za-z0-9_]+")
_LENGTHS = (40, 60)  # `dyn_` and 36 characters in the sample of the API reference, 56 in its text


def check_token(text: str) -> str:
    """Return a token without surrounding space, and add it to the redactor. Raises UsageError for another format."""
    token = text.strip()
    redactor.add(token)
    if not token:
        raise UsageError("The token is empty.", hint="Create one in the dashboard: Developer, API Tokens.")
    if not _TOKEN.fullmatch(token):
        what = "does not start with dyn_" if not token.startswith("dyn_") else "contains invalid characters"
        raise UsageError(
            f"This is not a Dynamic API token: it {what}.",
            hint="Copy all of it from the dashboard (Developer, API Tokens), which shows it only once.",
        )
    return token


def token_warning(token: str) -> str:
    """Return a warning about a token of unusual length; "" for none."""
    if len(token) in _LENGTHS:
        return ""
    return f"The token has {len(token)} characters; {_LENGTHS[1]} are usual. Check that it was copied completely."


def without_token_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `environ` without token variables, for another program such as an editor."""
    return {name: value for name, value in environ.items() if name not in TOKEN_VARIABLES}
