"""Read phone numbers of files as international numbers (E.164); used by the validators, transforms and natural keys.

Nothing of a number is dropped or changed without a problem that shows it before and after: a number with letters, an
extension or other characters is an error, and one that the library reads with other digits is a warning.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from dyntui.core.interface import by_interface
from dyntui.importer.cell_text import cell_to_text
from dyntui.importer.problems import Problem, note_change
from dyntui.importer.validation_context import ValidationContext

if TYPE_CHECKING:
    import phonenumbers

__all__ = ["MISSING_PLUS", "PhoneReading", "check_phone", "normal_phone", "read_phone", "spell_on_keypad", "to_e164"]

MISSING_PLUS = "+"
"""The region that means: every number begins with its country code, and only the + may be missing."""

_SEPARATORS = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]+")
_SCIENTIFIC = re.compile(r"\+?\d(?:[.,]\d+)?E\+?\d{1,3}", re.IGNORECASE)
_FLOAT = re.compile(r"(\+?\d{5,15})[.,]0+")
_FRACTION = re.compile(r"[+-]?\d{8,15}[.,]\d{1,2}")
_EXTENSION = re.compile(
    r"(?P<number>.*\d.*?)\s*(?:;ext=|[,;#]+|\b(?:extension|extn?|x|app|dw|durchwahl|int|anexo|poste)\.?:?|(?<=\d)x)"
    r"\s*(?P<extension>\d{1,7})",
    re.IGNORECASE,
)
_ODD = re.compile(r"[^\d+\s().\-/\u00a0\u2010-\u2015]")
_TRUNK_ZERO = re.compile(r"\(0\)")
_LIKELY_DIGITS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1"})
_KEYPAD = {
    letter: str(digit)
    for digit, letters in enumerate(("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), start=2)
    for letter in letters
}
_NORTH_AMERICA = 1
"""The country code that is also the trunk prefix, so that numbers in national format begin with it."""
_MOST_DIGITS = 15
"""Most digits of an international number (ITU-T E.164)."""
_LONGEST_PREFIX = 4
"""The longest trunk or international prefix that a number in national format begins with, such as 011."""


class PhoneReading(NamedTuple):
    """How a number was understood."""

    number: str | None
    """The number as E.164; None when it was not understood, and `problem` is an error."""
    problem: Problem | None = None


def to_e164(value: object, name: str, rules: ValidationContext, problems: list[Problem]) -> object:
    """Return a phone number as +<country><number>; return it unchanged when it was not understood."""
    text = cell_to_text(value, name, problems)
    if text is None:
        return value
    reading = read_phone(text, name, rules)
    if reading.number is None:
        return text  # The check reports what is wrong with it.
    if reading.problem is not None:
        problems.append(reading.problem)
    else:
        note_change(problems, "phone_normalized", name, text, reading.number)
    return reading.number


def check_phone(value: object, name: str, rules: ValidationContext, problems: list[Problem]) -> object:
    """Check a phone number: an impossible number is an error, an unlikely one a warning."""
    import phonenumbers

    if not isinstance(value, str):
        problems.append(Problem("error", "phone_impossible", name, f"{value!r} is not a phone number."))
        return value
    reading = read_phone(value, name, rules)
    if reading.problem is not None and not any(problem.code == reading.problem.code for problem in problems):
        problems.append(reading.problem)
    if reading.number is not None and not phonenumbers.is_valid_number(phonenumbers.parse(reading.number, None)):
        message = f"{value} has a valid length, but no known operator uses this range."
        problems.append(Problem("warning", "phone_unlikely", name, message))
    return value


def read_phone(text: str, name: str, rules: ValidationContext) -> PhoneReading:
    """Read one number. name: the field, for the problem."""
    cleaned = _ascii_digits(text.strip())
    if cleaned[:4].lower() == "tel:":
        cleaned = cleaned[4:].strip()
    if _SCIENTIFIC.fullmatch(cleaned):
        message = f"{text} is a long number that a spreadsheet shortened. Its last digits are lost."
        return _error("excel_scientific", name, f"{message} Copy it from the original system, as text.")
    if match := _FLOAT.fullmatch(cleaned):
        cleaned = match[1]
    elif _FRACTION.fullmatch(cleaned):
        return _error("phone_characters", name, f"“{text}” is a number with a fraction, not a phone number.")
    if (match := _EXTENSION.fullmatch(cleaned)) and not _ODD.search(match["number"]):
        main = read_phone(match["number"], name, rules).number
        message = f"“{text}” has the extension {match['extension']}, which cannot be sent."
        return _error("phone_extension", name, message, main)
    if odd := _ODD.search(cleaned):
        if any(char.isalpha() for char in cleaned):
            return _letters_error(text, cleaned, name, rules)
        return _error("phone_characters", name, f"“{odd[0]}” in “{text}” does not belong in a phone number.")
    if cleaned.lstrip("( ").rfind("+") > 0:
        message = f"“{text}” has a + inside. One cell has one phone number."
        return _error("phone_characters", name, message)
    return _read_digits(text, cleaned, name, rules)


def _error(code: str, name: str, message: str, suggestion: str | None = None) -> PhoneReading:
    return PhoneReading(None, Problem("error", code, name, message, suggestion))


def _ascii_digits(text: str) -> str:
    """Return `text` with digits of other scripts and full-width characters as ASCII, without invisible characters."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in unicodedata.normalize("NFKC", text)
        if unicodedata.category(char) != "Cf"
    ).strip()


def _letters_error(text: str, cleaned: str, name: str, rules: ValidationContext) -> PhoneReading:
    letters = "".join(char for char in cleaned if char.isalpha())
    if not any(char.isdigit() for char in cleaned):
        return _error("phone_impossible", name, f"“{text}” is not a phone number.")
    likely = cleaned.translate(_LIKELY_DIGITS)
    corrected = None if _ODD.search(likely) else _read_digits(likely, likely, name, rules).number
    message = f"“{text}” has letters ({letters[:20]}). For a number spelled with letters, add the transform vanity."
    return _error("phone_letters", name, message, corrected)


def _read_digits(text: str, cleaned: str, name: str, rules: ValidationContext) -> PhoneReading:
    """Read a number that has only digits, + and separators."""
    import phonenumbers

    international = _international(cleaned, rules.region)
    number = _parse(international or cleaned, None if rules.region == MISSING_PLUS else rules.region)
    if number is None:
        if international is None and rules.region in (None, MISSING_PLUS):
            return _region_error(text, cleaned, name)
        return _error("phone_impossible", name, f"“{text}” is not a phone number.")
    assumed = _with_country_code(cleaned, rules.region) if international is None else None
    if not phonenumbers.is_possible_number(number) and assumed is None:
        message = f"“{text}” is too short or too long for its country."
        return _error("phone_impossible", name, message, _with_plus(cleaned))
    found = _format(number)
    if assumed is None and (reason := _incomplete(number, found)):
        return _error("phone_impossible", name, f"“{text}” {reason}.", _with_plus(cleaned))
    if assumed is not None and (assumed != found or number.country_code != _NORTH_AMERICA):
        message = f"“{text}” is sent as {assumed}: it begins with the country code of {rules.region}."
        return PhoneReading(assumed, Problem("warning", "phone_country_code", name, message))
    if not _has_all_digits(cleaned, found, str(number.country_code)):
        message = f"“{text}” is sent as {found}, which has other digits."
        return PhoneReading(found, Problem("warning", "phone_digits_changed", name, message))
    return PhoneReading(found)


def _international(cleaned: str, region: str | None) -> str | None:
    """Return a number that states its country code, with a +; None for one in national format."""
    digits = re.sub(r"[^\d+]", "", cleaned)
    if digits.startswith("+"):
        return cleaned
    if digits.startswith("00"):
        return "+" + digits[2:]
    return "+" + digits if region == MISSING_PLUS and digits else None


def _parse(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    import phonenumbers

    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _format(number: phonenumbers.PhoneNumber) -> str:
    import phonenumbers

    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _with_country_code(cleaned: str, region: str | None) -> str | None:
    """Return the number with a + when it begins with the country code of the region and is valid so."""
    import phonenumbers

    if region is None:
        return None
    digits = re.sub(r"\D", "", cleaned)
    code = str(phonenumbers.country_code_for_region(region))
    number = _parse("+" + digits, None) if digits.startswith(code) else None
    return _format(number) if number is not None and phonenumbers.is_valid_number(number) else None


def _incomplete(number: phonenumbers.PhoneNumber, found: str) -> str:
    """Return why a number cannot be called from another country; "" when it can."""
    import phonenumbers

    if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
        return "has no area code"
    return f"has more than {_MOST_DIGITS} digits" if len(found) > _MOST_DIGITS + 1 else ""


def _has_all_digits(cleaned: str, found: str, code: str) -> bool:
    """Return whether the number has all digits of the text, apart from a trunk or international prefix."""
    typed, digits = re.sub(r"\D", "", _TRUNK_ZERO.sub("", cleaned)), found[1:]
    if typed.endswith(digits):
        return len(typed) - len(digits) <= _LONGEST_PREFIX
    national = digits.removeprefix(code)
    if cleaned.lstrip("( ").startswith(("+", "00")):
        return typed.removeprefix("00") == f"{code}0{national}"
    return typed.endswith(national) and len(typed) - len(national) <= _LONGEST_PREFIX


def _region_error(text: str, cleaned: str, name: str) -> PhoneReading:
    country = by_interface(
        "Name the country with --region XX, or --region + if only the + is missing.",
        "Press {map.region} in the Map step to set the country, or + if only the + is missing.",
    )
    message = f"“{text}” has no country code. {country}"
    return _error("phone_needs_region", name, message, _with_plus(cleaned))


def _with_plus(text: str) -> str | None:
    """Return the number with a + in front, which spreadsheets remove, when that makes it valid."""
    import phonenumbers

    number = None if text.startswith("+") else _parse("+" + text, None)
    return f"+{_SEPARATORS.sub('', text)}" if number is not None and phonenumbers.is_valid_number(number) else None


def spell_on_keypad(text: str) -> str:
    """Return a number spelled with letters (`1-800-FLOWERS`) with the digits of a telephone keypad."""
    return "".join(_KEYPAD.get(char.lower(), char) for char in text)


def normal_phone(text: str) -> str:
    """Return the digits of a number with its leading +, for comparison."""
    bare = _SEPARATORS.sub("", text.strip())
    return "+" + bare[2:] if bare.startswith("00") else bare
