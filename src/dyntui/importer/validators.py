"""Check values of each kind of field against the API's rules; used by the mapper and for edited cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from dyntui.core.text import quantity
from dyntui.core.times import parse_time
from dyntui.importer.cell_text import SCIENTIFIC, cell_to_text
from dyntui.importer.fields import CHAINS, OAUTH_PROVIDERS, SIGN_IN_PROVIDERS, WALLET_PROVIDERS, ImportField
from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import FieldStep, Step, ValidationContext, bind_step

__all__ = ["LONGEST", "PLAIN", "fast_path", "make_check"]

LONGEST = 255
# \w is exactly the API's \p{L}\p{N}_ .
_NAMED = re.compile(r"(?=\S)[\w .,:!?&%@/+\-'|]+(?<=\S)")
_ODD = re.compile(r"[^\w .,:!?&%@/+\-'|]")
_USERNAME = re.compile(r"[\w.\-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ADDRESS = re.compile(r"[A-Za-z0-9_]{18,100}")
# Most cells are values that need neither a transform nor a check.
PLAIN = {
    "name": re.compile(rf"(?!{SCIENTIFIC}\Z)(?=[^ ])[A-Za-z0-9_ .,:!?&%@/+\-'|]{{1,{LONGEST}}}(?<=[^ ])"),
    "username": re.compile(rf"(?!{SCIENTIFIC}\Z)[A-Za-z0-9_.\-]{{1,{LONGEST}}}"),
    "email": re.compile(
        r"(?=[^@]{1,64}@)(?=.{6,254}\Z)[A-Za-z0-9_%+\-]+(?:\.[A-Za-z0-9_%+\-]+)*"
        r"@(?:(?!..--)[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?!(?:test|local|localhost|invalid|onion|arpa)\Z)[a-z]{2,24}"
    ),
    "text": re.compile(rf"(?!{SCIENTIFIC}\Z)[A-Za-z0-9_.:\-]{{1,{LONGEST}}}"),
}


def fast_path(kind: str) -> Callable[[str], object] | None:
    """Return a test for values of a kind that need neither transform nor check."""
    return PLAIN[kind].fullmatch if kind in PLAIN else None


def _basics(value: object, name: str, problems: list[Problem]) -> str | None:
    text = cell_to_text(value, name, problems)
    if text is None:
        return None
    if len(text) > LONGEST:
        message = f"{len(text)} characters; the API accepts at most {LONGEST}."
        problems.append(Problem("error", "too_long", name, message, text[:LONGEST].rstrip()))
    if match := _CONTROL.search(text):
        message = f"U+{ord(match[0]):04X} at position {match.start() + 1} is not allowed in text."
        problems.append(Problem("error", "control_character", name, message, _CONTROL.sub(" ", text).strip()))
    return text


def _reported(name: str, problems: list[Problem]) -> bool:
    """Return whether a transform has already reported an error for this field."""
    return any(problem.field == name and problem.severity == "error" for problem in problems)


def _name(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    name = field.name
    text = _basics(value, name, problems)
    if text and not _NAMED.fullmatch(text):
        problems.append(_odd(text, name))
    return value if text is None else text


def _odd(text: str, name: str) -> Problem:
    import unicodedata

    if match := _ODD.search(text):
        char, place = match[0], match.start() + 1
        message = f"“{char}” (U+{ord(char):04X}) at position {place} is probably refused by the API."
        composed = unicodedata.normalize("NFC", text)
        return Problem("warning", "odd_character", name, message, composed if _NAMED.fullmatch(composed) else None)
    return Problem("warning", "odd_character", name, "The API probably refuses spaces at the ends.", text.strip())


def _username(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    value = _name(value, field, rules, problems)
    if isinstance(value, str) and _NAMED.fullmatch(value) and not _USERNAME.fullmatch(value):
        char = next(char for char in value if not _USERNAME.fullmatch(char))
        message = f"“{char}” is unusual in a username. Usual are letters, digits, - _ and ."
        problems.append(Problem("warning", "username_odd", field.name, message))
    return value


def _text(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    return value if text is None else text


def _email(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.emails import check_email

    return check_email(value, field.name, rules, problems)


def _phone(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.phones import check_phone

    return check_phone(value, field.name, rules, problems)


def _country(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.countries import country_code

    text = cell_to_text(value, field.name, problems)
    if text is None:
        return value
    code = country_code(text)
    if code != text:
        message = f"“{text}” is not a two-letter country code."
        problems.append(Problem("error", "country_unknown", field.name, message, code))
    return text


def _boolean(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, bool):
        message = f"{field.name} accepts yes or no, not “{value}”."
        problems.append(Problem("error", "bad_boolean", field.name, message))
    return value


def _date(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    moment = parse_time(value) if isinstance(value, str) and "T" in value else None
    if moment is None:
        if not _reported(field.name, problems):
            message = f"“{value}” is not a date or time such as 2024-05-31T09:00:00Z."
            problems.append(Problem("error", "bad_date", field.name, message))
    elif (at := parse_time(rules.now)) and moment > at:
        problems.append(Problem("warning", "date_in_future", field.name, f"{value} is in the future."))
    return value


_CHOICE_CODES = {CHAINS: "wallet_chain_unknown", WALLET_PROVIDERS: "wallet_provider_unknown"}
_CHOICE_CODES |= {OAUTH_PROVIDERS: "oauth_provider_unknown"}


def _choice(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    code = _CHOICE_CODES.get(field.choices, "unknown_value")
    text = _basics(value, field.name, problems)
    if text is None:
        return value
    if text not in field.choices:
        near = next((choice for choice in field.choices if choice.casefold() == text.casefold()), None)
        message = f"“{text}” is not one of {', '.join(field.choices[:7])}{', ...' if len(field.choices) > 7 else ''}."
        problems.append(Problem("warning", code, field.name, message, near))
    elif field.choices == OAUTH_PROVIDERS and text not in SIGN_IN_PROVIDERS:
        message = f"Users cannot sign in with {text}."
        problems.append(Problem("warning", "oauth_provider_no_sign_in", field.name, message))
    return text


def _address(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    if text is None:
        return value
    if text and not _ADDRESS.fullmatch(text):
        problems.append(_refused_address(text, field.name))
    return text


def _refused_address(text: str, name: str) -> Problem:
    prefix, colon, _ = text.partition(":")
    if colon and prefix in ("kaspa", "kaspatest"):
        message, suggestion = (
            "The API refuses “:” in wallet addresses, although Kaspa uses it.",
            "use the field kasWallet",
        )
    elif colon and prefix in ("k", "w", "r", "u"):
        message, suggestion = (
            "The API refuses “:” in wallet addresses, although Kadena uses it.",
            "use the field kdaWallet",
        )
    elif colon or ("-" in text and len(text) == 48):
        message, suggestion = "The API refuses “:” and “-” in wallet addresses, although TON uses them.", None
    elif not 18 <= len(text) <= 100:
        message, suggestion = f"{quantity(len(text), 'character')}; the API accepts 18 to 100.", None
    else:
        odd = next((char for char in text if not re.fullmatch(r"[A-Za-z0-9_]", char)), "")
        message, suggestion = (
            f"“{odd}” is not allowed in an address. The API accepts letters, digits and underscores.",
            None,
        )
    return Problem("error", "wallet_address_refused", name, message, suggestion)


def _object(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, dict) and not _reported(field.name, problems):
        problems.append(Problem("error", "bad_json", field.name, f"{field.name} must be a JSON object."))
    return value


def _array(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, list) and not _reported(field.name, problems):
        problems.append(Problem("error", "bad_json", field.name, f"{field.name} must be a JSON list."))
    return value


def _strings(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        problems.append(Problem("error", "bad_json", field.name, f"{field.name} must be a list of texts."))
        return value
    for each in value:
        _basics(each, field.name, problems)
    return value


def _any(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, (str, float)):
        return value
    if isinstance(value, str) and "\0" in value:
        problems.append(Problem("error", "control_character", field.name, "A NUL character cannot be stored."))
    noticed: list[Problem] = []
    cell_to_text(value, field.name, noticed)
    problems += [problem._replace(severity="warning") for problem in noticed]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


_HOST = re.compile(r"(?:https?://)?(?:(?!-)[a-z0-9\-]{1,63}(?<!-)\.)+(?!\d+\Z)[a-z0-9\-]{2,24}/?", re.IGNORECASE)


def _domain(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    if text is None:
        return value
    host = text
    if not text.isascii():
        with suppress(UnicodeError):
            host = text.encode("idna").decode("ascii")
    if not _HOST.fullmatch(host):
        problems.append(Problem("error", "domain_invalid", field.name, f"“{text}” is not a domain name."))
    return text


def _fid(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        problems.append(Problem("error", "fid_invalid", field.name, f"“{value}” is not a Farcaster id."))
    return number


_CHECKS: dict[str, FieldStep] = {
    "name": _name,
    "username": _username,
    "text": _text,
    "email": _email,
    "phone": _phone,
    "country": _country,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "address": _address,
    "object": _object,
    "array": _array,
    "strings": _strings,
    "any": _any,
    "domain": _domain,
    "fid": _fid,
    "fullname": _name,
}


def make_check(field: ImportField, rules: ValidationContext) -> Step:
    """Return the check for the values of a field."""
    return bind_step(_CHECKS[field.kind], field, rules)
