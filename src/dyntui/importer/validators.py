"""Check values of each kind of field against the API's rules; used by the mapper and for edited cells."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Collection
from functools import partial

from dyntui.core.text import quantity
from dyntui.core.times import parse_time
from dyntui.importer.cell_text import SCIENTIFIC, cell_to_text
from dyntui.importer.fields import CHAINS, OAUTH_PROVIDERS, SIGN_IN_PROVIDERS, WALLET_PROVIDERS, ImportField
from dyntui.importer.handles import read_domain, read_handle
from dyntui.importer.option_names import option
from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import FieldStep, Step, ValidationContext, bind_step
from dyntui.importer.wallet_checks import ALTERNATIVE_PATTERNS, check_address_text, check_entry_address

__all__ = ["LONGEST", "PLAIN", "fast_path", "make_check"]

LONGEST = 255
# \w is exactly the API's \p{L}\p{N}_ .
_NAMED = re.compile(r"(?=\S)[\w .,:!?&%@/+\-'|]+(?<=\S)")
_ODD = re.compile(r"[^\w .,:!?&%@/+\-'|]")
_USERNAME = re.compile(r"[\w\-]{3,20}")
_USERNAME_CHARS = re.compile(r"[\w\-]+")
_EMAIL_LIKE = re.compile(r"[^@\s]+@[^@\s]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Most cells are values that need neither a transform nor a check.
PLAIN = {
    "name": re.compile(rf"(?!{SCIENTIFIC}\Z)(?=[^ ])[A-Za-z0-9_ .,:!?&%@/+\-'|]{{1,{LONGEST}}}(?<=[^ ])"),
    "username": re.compile(rf"(?!{SCIENTIFIC}\Z)[A-Za-z0-9_\-]{{3,20}}"),
    "email": re.compile(
        r"(?=[^@]{1,64}@)(?=.{6,254}\Z)(?!%)[A-Za-z0-9_%+\-]+(?:\.[A-Za-z0-9_%+\-]+)*"
        r"@(?:(?!..--)[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+(?!(?:test|local|localhost|invalid|onion|arpa)\Z)[a-z]{2,24}"
    ),
    "text": re.compile(rf"(?!{SCIENTIFIC}\Z)[A-Za-z0-9_.:\-]{{1,{LONGEST}}}"),
}


def fast_path(kind: str, transforms: Collection[str]) -> Callable[[str], object] | None:
    """Return a test for values of a kind that need neither these transforms nor the check; None when there is none."""
    if kind == "country" and set(transforms) <= {"trim", "country"}:
        from dyntui.importer.countries import CODES

        return CODES.__contains__
    return PLAIN[kind].fullmatch if kind in PLAIN and set(transforms) <= {"trim"} else None


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
        composed = unicodedata.normalize("NFC", text)
        if composed != text and _NAMED.fullmatch(composed):
            problems.append(Problem("info", "text_composed", name, f"“{text}” is sent with composed characters."))
            return composed
        problems.append(_odd(text, name))
    elif text and _DAMAGE.search(text) and (before := _undamaged(text)):
        message = f"“{text}” looks like “{before}”, read in another encoding."
        problems.append(Problem("warning", "text_damaged", name, message, before))
    return value if text is None else text


def _odd(text: str, name: str) -> Problem:
    suggestion = _acceptable(text)
    if match := _ODD.search(text):
        char, place = match[0], match.start() + 1
        message = f"“{char}” (U+{ord(char):04X}) at position {place} of “{text[:60]}” is refused by the API."
        return Problem("error", "odd_character", name, message, suggestion)
    return Problem("error", "odd_character", name, "The API refuses spaces at the ends.", suggestion)


_SIMILAR = str.maketrans(
    {
        **dict.fromkeys('\u2018\u2019\u201b\u02bc\u02b9`\u00b4\u2032"\u201c\u201d\u201e\u00ab\u00bb', "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212~", "-"),
        **dict.fromkeys(";\u3001\uff0c", ","),
        **dict.fromkeys("()[]{}<>#*=^$\u2022\u00b7\\", " "),
        "\u2026": "...",
    }
)
_SPACES = re.compile(r"\s+")


_DAMAGE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]")
"""The first letters of UTF-8 that was read as Windows-1252, such as Ã¼."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|&#?\w{2,8};")


def _undamaged(text: str) -> str | None:
    """Return a text whose letters another program damaged as it was before; None when it is not damaged so."""
    if _ESCAPE.search(text):
        return html.unescape(_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[0], text))
    if _DAMAGE.search(text):
        try:
            return text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return None
    return None


def _acceptable(text: str) -> str | None:
    """Return a text that the API accepts and that looks like `text`; None when too little is left."""
    if "\ufffd" in text:
        return None  # the character that was there is not known
    text = (_undamaged(text) or text).strip()
    similar = unicodedata.normalize("NFC", text).translate(_SIMILAR)
    similar = _SPACES.sub(" ", similar)
    accepted = _SPACES.sub(" ", _ODD.sub("", similar)).strip()
    return accepted if accepted and _NAMED.fullmatch(accepted) and len(accepted) * 2 >= len(text) else None


def _username(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    if text and not _USERNAME.fullmatch(text):
        if _EMAIL_LIKE.fullmatch(text):
            reason = "is an email"
        elif char := next((char for char in text if not _USERNAME_CHARS.fullmatch(char)), ""):
            reason = f"has “{char}”"
        else:
            reason = f"has {quantity(len(text), 'character')}"
        advice = f"Replace it, leave it out or keep it in the metadata: {option('--on-invalid', 'username=ACTION')}."
        message = f"“{text}” {reason}; the API accepts 3 to 20 letters, digits, - and _ as a username. {advice}"
        problems.append(Problem("error", "username_refused", field.name, message, _acceptable_username(text)))
    return value if text is None else text


def _acceptable_username(text: str) -> str | None:
    """Return a similar username that the API accepts, for an email its part before the @; None when it is too short."""
    similar = re.sub(r"[^\w\-]+", "_", text.partition("@")[0] or text).strip("_")[:20].rstrip("_")
    return similar if _USERNAME.fullmatch(similar) else None


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
    if text:
        if problem := check_address_text(text, field.name):
            problems.append(problem)
        elif field.name == "walletPublicKey":
            check_entry_address(text, field.name, problems)
    return value if text is None else text


def _alternative(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    if text and not ALTERNATIVE_PATTERNS[field.name].fullmatch(text):
        message = f"“{text[:40]}” is not an address that the API accepts in {field.name}."
        problems.append(Problem("error", "wallet_address_malformed", field.name, message))
    return value if text is None else text


def _json(
    kind: type, noun: str, value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]
) -> object:
    if not isinstance(value, kind) and not _reported(field.name, problems):
        problems.append(Problem("error", "bad_json", field.name, f"{field.name} must be a JSON {noun}."))
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


def _domain(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    return read_domain(text, field.name, problems) if text else value


def _handle(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    return read_handle(text, field.kind, field.name, problems) if text else value


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _id(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = _basics(value, field.name, problems)
    if text is None:
        return value
    if not _UUID.fullmatch(text.lower()):
        message = f"“{text}” is not a UUID. Map the column to metadata to keep ids of another form."
        problems.append(Problem("error", "id_invalid", field.name, message))
    return text.lower()


def _fid(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    text = re.sub(r"\.0+\Z", "", value) if isinstance(value, str) else ""  # a number that became a float
    number = int(text) if text.isascii() and text.isdigit() else value
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
    "object": partial(_json, dict, "object"),
    "array": partial(_json, list, "list"),
    "strings": _strings,
    "any": _any,
    "domain": _domain,
    "fid": _fid,
    "alternative": _alternative,
    "id": _id,
    "twitter": _handle,
    "farcaster": _handle,
    "discord": _handle,
    "fullname": _name,
}


def make_check(field: ImportField, rules: ValidationContext) -> Step:
    """Return the check for the values of a field."""
    return bind_step(_CHECKS[field.kind], field, rules)
