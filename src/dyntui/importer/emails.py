"""Check email addresses; used by the validators."""

from __future__ import annotations

import re

from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import ValidationContext

__all__ = ["check_email"]

_RESERVED = frozenset({"test", "local", "localhost", "invalid", "onion", "arpa"})


def check_email(value: object, name: str, rules: ValidationContext, problems: list[Problem]) -> object:
    """Return `value` as a normalized email address, without a DNS lookup."""
    from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

    if not isinstance(value, str):
        problems.append(Problem("error", "email_invalid", name, f"{value!r} is not an email."))
        return value
    if len(value) > 255:
        problems.append(Problem("error", "too_long", name, f"{len(value)} characters; the API accepts at most 255."))
        return value
    reserved = value.rpartition(".")[2].rpartition("@")[2].casefold() in _RESERVED
    try:
        found = validate_email(
            value, check_deliverability=False, test_environment=reserved, globally_deliverable=not reserved
        )
    except EmailSyntaxError as error:
        problems.append(Problem("error", "email_invalid", name, f"“{value}”: {error}", _corrected_email(value)))
        return value
    except EmailNotValidError as error:
        problems.append(Problem("error", "email_invalid", name, f"“{value}”: {error}"))
        return value
    if reserved:
        message = f"{found.domain} is a reserved domain that cannot receive email."
        problems.append(Problem("error" if rules.live else "warning", "email_reserved_domain", name, message))
    sent = found.ascii_email
    if sent is None:
        message = f"“{value}”: the API accepts only ASCII characters before the @."
        problems.append(Problem("error", "email_invalid", name, message))
        return value
    if sent != value:
        problems.append(Problem("info", "email_normalized", name, f"“{value}” is sent as {sent}."))
    return sent


def _corrected_email(value: str) -> str | None:
    """Return a suggestion without `mailto:`, angle brackets or a trailing dot, and with dots for commas."""
    text = value.strip().removeprefix("mailto:")
    if match := re.search(r"<([^<>\s]+@[^<>\s]+)>", text):
        text = match[1]
    text = text.strip("<>;,. ").replace(" ", "").replace(",", ".")
    plain = re.fullmatch(r"[A-Za-z0-9_%+\-.]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+", text)
    return text if plain and text != value and ".." not in text else None
