"""Transforms of a cell before it is checked, by the names that mappings store."""

from __future__ import annotations

import re
from functools import cache

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import parse_json
from dyntui.importer.fields import CHAINS, OAUTH_PROVIDERS, ImportField
from dyntui.importer.problems import Problem, note_change
from dyntui.importer.text_transforms import VALUE_TRANSFORMS
from dyntui.importer.validation_context import FieldStep, Step, ValidationContext, bind_step
from dyntui.importer.vendor_formats import CHAIN_WORDS, reshape_accounts, reshape_wallets, social_provider

__all__ = ["TRANSFORMS", "check_transform", "describe_transform", "is_word", "make_transform", "split_name"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words("true yes y 1 on t x ja oui si sí sim да 是 はい verified confirmed active")
_NO = _words("false no n 0 off f nein non não нет 否 いいえ unverified unconfirmed inactive none null")
_PARTICLES = _words("van von der den de del della di da dos das du la le ten ter zu bin ibn al el st st. mac mc")


def is_word(value: object) -> bool | None:
    """Return whether a cell means yes or no; None when it means neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    word = value.strip().casefold() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def split_name(text: str) -> tuple[str, str]:
    """Return first and last name of `Last, First`, else the last word with its particles as last name."""
    if text.count(",") == 1:
        last, first = (part.strip() for part in text.split(","))
        if last and first:
            return first, last
    words = text.split()
    if len(words) < 2:
        return text.strip(), ""
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].casefold() in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


_INVISIBLE = r"\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_ENDS = re.compile(rf"\A[\s{_INVISIBLE}]+|[\s{_INVISIBLE}]+\Z")
"""Spaces and invisible characters, such as a byte order mark, at the ends of a text."""


def _trim(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, str):
        return value
    return (value.strip() if value.isascii() else _ENDS.sub("", value)) or None


def _lower(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    return value.lower() if isinstance(value, str) else value


def _upper(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    return value.upper() if isinstance(value, str) else value


def _phone(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.phones import to_e164

    return to_e164(value, field.name, rules, problems)


def _vanity(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.phones import spell_on_keypad

    return spell_on_keypad(value) if isinstance(value, str) else value


def _country(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.countries import CODES, country_code

    if not isinstance(value, str) or value in CODES:
        return value
    code = country_code(value)
    if code is None:
        return value
    note_change(problems, "country_normalized", field.name, value, code)
    return code


def _boolean(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    word = is_word(value)
    return value if word is None else word


def _json(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, str) or (field.name == "wallets" and value.lstrip()[:1] not in ("[", "{")):
        return value  # the addresses of wallets may be written one after the other
    try:
        return parse_json(value)
    except ValueError as error:
        problems.append(Problem("error", "bad_json", field.name, f"Not JSON: {error}."))
        return value


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def _number(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace(" ", "").replace("\u00a0", "")
    if not _NUMBER.fullmatch(text):
        problems.append(Problem("error", "bad_number", field.name, f"“{value}” is not a number."))
        return value
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def _as_text(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.cell_text import cell_to_text

    text = cell_to_text(value, field.name, problems)
    return value if text is None else text


def _list(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return _json(value, field, rules, problems)
    return [part.strip() for part in re.split(r"[,;|\n]", value) if part.strip()] or None


def _date(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    from dyntui.importer.dates import to_rfc3339

    return to_rfc3339(value, field.name, problems)


def _verified(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    word = is_word(value)
    if word is None:
        return _date(value, field, rules, problems)
    return rules.now if word else None


def _choice(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, str):
        return value
    if field.choices == OAUTH_PROVIDERS and value not in field.choices:
        return social_provider(value)
    words = _choice_words(field.choices)
    chain = words.get(value.casefold().partition(":")[0]) if field.choices == CHAINS else None  # CAIP-2: eip155:1
    return chain or words.get(value.casefold(), value)


@cache
def _choice_words(choices: tuple[str, ...]) -> dict[str, str]:
    return {**(CHAIN_WORDS if "EVM" in choices else {}), **{choice.casefold(): choice for choice in choices}}


def _first(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    value = _list(value, field, rules, problems)
    return (value[0] if value else None) if isinstance(value, list) else value


def _wallets(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        return value  # not JSON, which is reported
    return reshape_wallets(value, field.name, problems)


def _accounts(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    return reshape_accounts(value, field.name, problems)


_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


def _not_email(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value.strip()):
        return value
    message = f"“{value}” is an email address, so it is not imported as {field.name}."
    problems.append(Problem("info", "email_left_out", field.name, message))
    return None


def _same(value: object, field: ImportField, rules: ValidationContext, problems: list[Problem]) -> object:
    return value


TRANSFORMS: dict[str, tuple[str, FieldStep]] = {
    "trim": ("remove spaces and invisible characters at the ends", _trim),
    "lower": ("convert to lower case", _lower),
    "upper": ("convert to upper case", _upper),
    "split": ("split a full name into first and last name", _same),
    "phone": ("convert a phone number to international format (E.164)", _phone),
    "vanity": ("convert letters of a phone number to the digits of a keypad", _vanity),
    "country": ("convert a country name to its two-letter code", _country),
    "boolean": ("convert yes and no to true and false", _boolean),
    "verified": ("convert yes to now and no to no value; keep a date", _verified),
    "date": ("convert a date to RFC 3339", _date),
    "json": ("parse JSON", _json),
    "list": ("split values at commas, semicolons or bars into a list", _list),
    "first": ("keep the first value of a list", _first),
    "wallets": ("convert wallets of other systems to the format of the API", _wallets),
    "accounts": ("convert social accounts of other systems to the format of the API", _accounts),
    "number": ("convert text to a number", _number),
    "not_email": ("leave out a value that is an email address", _not_email),
    "text": ("convert a number to text", _as_text),
    "choice": ("convert a known value to the spelling of the API", _choice),
}
"""All transforms by name: description, and the function."""


def check_transform(name: str) -> None:
    """Raise UsageError for an unknown transform, or one whose value after the colon is not understood."""
    _find_step(name)


def describe_transform(name: str) -> str:
    """Return what a transform does."""
    head, colon, _ = name.partition(":")
    return VALUE_TRANSFORMS[head].description if colon else TRANSFORMS[name][0]


def make_transform(name: str, field: ImportField, rules: ValidationContext) -> Step:
    """Return the transform with that name for a field. Raises UsageError when there is none."""
    return bind_step(_find_step(name), field, rules)


def _find_step(name: str) -> FieldStep:
    head, colon, argument = name.partition(":")
    if colon and head in VALUE_TRANSFORMS:
        return VALUE_TRANSFORMS[head].make(argument)
    if name in TRANSFORMS:
        return TRANSFORMS[name][1]
    usages = (each.usage for each in VALUE_TRANSFORMS.values())
    raise UsageError(f"{name!r} is not a transform.", hint=f"Transforms: {', '.join((*TRANSFORMS, *usages))}.")
