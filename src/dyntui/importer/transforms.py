"""Transforms of a cell before it is checked, by the names that mappings store."""

from __future__ import annotations

import re
from collections.abc import Callable

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import parse_json
from dyntui.importer.fields import ImportField
from dyntui.importer.problems import Problem
from dyntui.importer.validation_context import Step, ValidationContext
from dyntui.importer.vendor_formats import CHAIN_WORDS, reshape_accounts, reshape_wallets

__all__ = ["TRANSFORMS", "is_word", "make_transform", "split_name"]


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


def _trim(field: ImportField, rules: ValidationContext) -> Step:
    def trim(value: object, problems: list[Problem]) -> object:
        return (value.strip() or None) if isinstance(value, str) else value

    return trim


def _lower(field: ImportField, rules: ValidationContext) -> Step:
    return lambda value, problems: value.lower() if isinstance(value, str) else value


def _upper(field: ImportField, rules: ValidationContext) -> Step:
    return lambda value, problems: value.upper() if isinstance(value, str) else value


def _phone(field: ImportField, rules: ValidationContext) -> Step:
    from dyntui.importer.email_phone import to_e164

    return lambda value, problems: to_e164(value, field.name, rules, problems)


def _country(field: ImportField, rules: ValidationContext) -> Step:
    from dyntui.importer.countries import CODES, country_code

    def country(value: object, problems: list[Problem]) -> object:
        if not isinstance(value, str) or value in CODES:
            return value
        code = country_code(value)
        if code is None:
            return value
        problems.append(Problem("info", "country_normalized", field.name, f"“{value}” is sent as {code}."))
        return code

    return country


def _boolean(field: ImportField, rules: ValidationContext) -> Step:
    def boolean(value: object, problems: list[Problem]) -> object:
        word = is_word(value)
        return value if word is None else word

    return boolean


def _json(field: ImportField, rules: ValidationContext) -> Step:
    def parse(value: object, problems: list[Problem]) -> object:
        if not isinstance(value, str):
            return value
        try:
            return parse_json(value)
        except ValueError as error:
            problems.append(Problem("error", "bad_json", field.name, f"Not JSON: {error}."))
            return value

    return parse


_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def _number(field: ImportField, rules: ValidationContext) -> Step:
    def number(value: object, problems: list[Problem]) -> object:
        if not isinstance(value, str):
            return value
        text = value.replace(" ", "").replace("\u00a0", "")
        if not _NUMBER.fullmatch(text):
            problems.append(Problem("error", "bad_number", field.name, f"“{value}” is not a number."))
            return value
        return int(text) if text.lstrip("+-").isdigit() else float(text)

    return number


def _as_text(field: ImportField, rules: ValidationContext) -> Step:
    from dyntui.importer.cell_text import cell_to_text

    def as_text(value: object, problems: list[Problem]) -> object:
        text = cell_to_text(value, field.name, problems)
        return value if text is None else text

    return as_text


def _list(field: ImportField, rules: ValidationContext) -> Step:
    def split(value: object, problems: list[Problem]) -> object:
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            return _json(field, rules)(value, problems)
        return [part.strip() for part in re.split(r"[,;|\n]", value) if part.strip()] or None

    return split


def _date(field: ImportField, rules: ValidationContext) -> Step:
    from dyntui.importer.dates import to_rfc3339

    return lambda value, problems: to_rfc3339(value, field.name, problems)


def _verified(field: ImportField, rules: ValidationContext) -> Step:
    date = _date(field, rules)

    def verified(value: object, problems: list[Problem]) -> object:
        word = is_word(value)
        if word is None:
            return date(value, problems)
        return rules.now if word else None

    return verified


def _choice(field: ImportField, rules: ValidationContext) -> Step:
    words = {choice.casefold(): choice for choice in field.choices}
    if "EVM" in field.choices:
        words = {**CHAIN_WORDS, **words}

    def choice(value: object, problems: list[Problem]) -> object:
        return words.get(value.casefold(), value) if isinstance(value, str) else value

    return choice


def _first(field: ImportField, rules: ValidationContext) -> Step:
    split = _list(field, rules)

    def first(value: object, problems: list[Problem]) -> object:
        value = split(value, problems)
        return (value[0] if value else None) if isinstance(value, list) else value

    return first


def _wallets(field: ImportField, rules: ValidationContext) -> Step:
    return lambda value, problems: reshape_wallets(value, field.name, problems)


def _accounts(field: ImportField, rules: ValidationContext) -> Step:
    return lambda value, problems: reshape_accounts(value, field.name, problems)


def _same(field: ImportField, rules: ValidationContext) -> Step:
    return lambda value, problems: value


TRANSFORMS: dict[str, tuple[str, Callable[[ImportField, ValidationContext], Step]]] = {
    "trim": ("remove spaces at the ends", _trim),
    "lower": ("convert to lower case", _lower),
    "upper": ("convert to upper case", _upper),
    "split": ("split a full name into first and last name", _same),
    "phone": ("convert a phone number to international format (E.164)", _phone),
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
    "text": ("convert a number to text", _as_text),
    "choice": ("convert a known value to the spelling of the API", _choice),
}
"""All transforms by name: description, and the function that makes the step."""


def make_transform(name: str, field: ImportField, rules: ValidationContext) -> Step:
    """Return the transform with that name for a field."""
    if name not in TRANSFORMS:
        raise UsageError(f"{name!r} is not a transform.", hint=f"Transforms: {', '.join(TRANSFORMS)}.")
    return TRANSFORMS[name][1](field, rules)
