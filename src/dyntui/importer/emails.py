"""Check email addresses; used by the validators."""

from __future__ import annotations

import re
import unicodedata

from dyntui.importer.problems import Problem, note_change
from dyntui.importer.validation_context import ValidationContext

__all__ = ["check_email"]

_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a", " "))
_MARKS = frozenset("'`#=*!?/|~^{}&$%")
"""Characters that are possible at the start of an address, but that come from an escape or a comment mark."""
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
            value, strict=True, check_deliverability=False, test_environment=reserved, globally_deliverable=not reserved
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
    if found.local_part[0] in _MARKS:
        message = f"“{value}” begins with “{found.local_part[0]}”, which probably does not belong to the address."
        problems.append(Problem("error", "email_invalid", name, message, _corrected_email(value)))
        return value
    sent = found.ascii_email
    if sent is None:
        message = f"“{value}”: the API accepts only ASCII characters before the @."
        problems.append(Problem("error", "email_invalid", name, message))
        return value
    note_change(problems, "email_normalized", name, value, sent)
    return sent


_ADDRESS = re.compile(
    r"(?<![^\s<>()\[\]{}:\"])[A-Za-z0-9_+](?:[A-Za-z0-9_%+\-.']*[A-Za-z0-9_%+\-])?"
    r"@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+(?![^\s<>()\[\]{}:;,.?\"'`|\\/])"
)
"""An address with signs around it that do not belong to it."""
_ENDS = "'\"`#=*|/\\;, "
_REST = re.compile(r"\W*(?:\([^()]*\)|\?\S*)?\W*")
"""What may follow an address without being another value: a remark in brackets, the query of a URL."""
_SPACE_AT_SIGN = re.compile(r"\s*([@.,])\s*")
_WORD_COMMA = re.compile(r"(?<=[A-Za-z0-9]),(?=[A-Za-z0-9])")


def _corrected_email(value: str) -> str | None:
    """Return the only address in a text, without the signs around it, and with dots for commas; None for no suggestion.

    For example `mailto:ada@example.com`, `Ada <ada@example.com>`, `ada@example.com (work)`, `ada@example,com`.
    """
    plain = unicodedata.normalize("NFKC", value).translate(_QUOTES)
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf").strip(_ENDS)
    matches = list(_ADDRESS.finditer(plain))
    if not matches and plain.count("@") == 1:
        plain = _WORD_COMMA.sub(".", _SPACE_AT_SIGN.sub(r"\1", plain))
        matches = list(_ADDRESS.finditer(plain))
    found = {match[0] for match in matches}
    if len(found) != 1 or plain.count("@") > len(matches) or not _REST.fullmatch(plain[matches[-1].end() :]):
        return None
    text = found.pop()
    before = plain[: matches[0].start()].rstrip()[-1:]  # a word before the address may be a part of it
    return None if before.isalnum() or ".." in text or text == value else text
