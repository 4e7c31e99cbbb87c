"""Check email addresses and phone numbers: common ones with a pattern, the rest with libraries."""

from __future__ import annotations

import re

from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import ValidationContext

__all__ = ["RESERVED", "check_email", "check_phone", "normal_phone", "to_e164"]

RESERVED = frozenset({"test", "local", "localhost", "invalid", "onion", "arpa"})
_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def check_email(value: object, name: str, rules: ValidationContext, problems: list[Problem]) -> object:
    """Return `value` as a normalized email address, without a DNS lookup."""
    from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

    if not isinstance(value, str):
        problems.append(Problem("error", "email_invalid", name, f"{value!r} is not an email."))
        return value
    if len(value) > 255:
        problems.append(Problem("error", "too_long", name, f"{len(value)} characters; the API accepts at most 255."))
        return value
    reserved = value.rpartition(".")[2].rpartition("@")[2].casefold() in RESERVED
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
    if found.normalized != value:
        problems.append(Problem("info", "email_normalized", name, f"“{value}” is sent as {found.normalized}."))
    return found.normalized


def _corrected_email(value: str) -> str | None:
    """Return a suggestion without `mailto:`, angle brackets or a trailing dot, and with dots for commas."""
    text = value.strip().removeprefix("mailto:")
    if match := re.search(r"<([^<>\s]+@[^<>\s]+)>", text):
        text = match[1]
    text = text.strip("<>;,. ").replace(" ", "").replace(",", ".")
    plain = re.fullmatch(r"[A-Za-z0-9_%+\-.]+@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+", text)
    return text if plain and text != value and ".." not in text else None


def to_e164(value: object, name: str, rules: ValidationContext, problems: list[Problem]) -> object:
    """Transform a number in national format to +<country><number>; return it unchanged when that is not certain."""
    from dyntui.importer.cell_text import cell_to_text

    text = cell_to_text(value, name, problems)
    if text is None:
        return value
    parsed, problem = _parse(text, name, rules)
    if problem is not None or parsed is None:
        return text  # The check reports what is wrong with it.
    if parsed != text:
        problems.append(Problem("info", "phone_normalized", name, f"“{text}” is sent as {parsed}."))
    return parsed


def check_phone(value: object, name: str, rules: ValidationContext, problems: list[Problem]) -> object:
    """Check a phone number: an impossible number is an error, an unlikely one a warning."""
    import phonenumbers

    if not isinstance(value, str):
        problems.append(Problem("error", "phone_impossible", name, f"{value!r} is not a phone number."))
        return value
    parsed, problem = _parse(value, name, rules)
    if problem is not None:
        problems.append(problem)
    elif parsed is not None:
        number = phonenumbers.parse(parsed, None)
        if not phonenumbers.is_valid_number(number):
            message = f"{value} has a valid length, but no known operator uses this range."
            problems.append(Problem("warning", "phone_unlikely", name, message))
        if len(value) > 255:
            problems.append(
                Problem("error", "too_long", name, f"{len(value)} characters; the API accepts at most 255.")
            )
    return value


def _parse(text: str, name: str, rules: ValidationContext) -> tuple[str | None, Problem | None]:
    import phonenumbers
    from phonenumbers import NumberParseException, PhoneNumberFormat

    stripped = text.strip()
    if stripped.startswith("00"):
        stripped = "+" + stripped[2:]
    try:
        number = phonenumbers.parse(stripped, rules.region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not stripped.startswith("+"):
            message = f"“{text}” has no country code."
            suggestion = _with_plus(stripped) or "--region XX, or add + and the country code"
            return None, Problem("error", "phone_needs_region", name, message, suggestion)
        return None, Problem("error", "phone_impossible", name, f"“{text}” is not a phone number.")
    if not phonenumbers.is_possible_number(number):
        message = f"“{text}” is too short or too long for its country."
        return None, Problem("error", "phone_impossible", name, message, _with_plus(stripped))
    formatted: str = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return formatted, None


def _with_plus(text: str) -> str | None:
    """Return the number with a + in front, which spreadsheets remove, when that makes it valid."""
    import phonenumbers
    from phonenumbers import NumberParseException

    if text.startswith("+"):
        return None
    try:
        number = phonenumbers.parse("+" + text, None)
    except NumberParseException:
        return None
    return f"+{_SEPARATORS.sub('', text)}" if phonenumbers.is_valid_number(number) else None


def normal_phone(text: str) -> str:
    """Return the digits of a number with its leading +, for comparison."""
    bare = _SEPARATORS.sub("", text.strip())
    return "+" + bare[2:] if bare.startswith("00") else bare
