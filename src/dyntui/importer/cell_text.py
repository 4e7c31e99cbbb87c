"""A cell's value as text, with the problems that a spreadsheet caused; used by validators and transforms."""

from __future__ import annotations

import re

from dyntui.importer.problems import Problem

__all__ = ["SCIENTIFIC", "cell_to_text"]

SCIENTIFIC = r"[+-]?\d(?:[.,]\d+)?[Ee]\+\d{1,3}"
_ADVICE = "Copy the value from the original system, and format the column as text."
_IS_SCIENTIFIC = re.compile(SCIENTIFIC)


def cell_to_text(value: object, name: str, problems: list[Problem]) -> str | None:
    """Return `value` as text, with a problem for digits that a spreadsheet lost; None, with a problem, for a list or
    an object.
    """
    if isinstance(value, str):
        if value[:1].isdigit() and _IS_SCIENTIFIC.fullmatch(value):
            message = f"{value} is a long number that a spreadsheet shortened. Its last digits are lost."
            problems.append(Problem("error", "excel_scientific", name, f"{message} {_ADVICE}"))
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if abs(value) >= 1e15:
            message = f"{value:.17g} was saved as a number. Spreadsheets keep 15 digits, so the last ones are wrong."
            problems.append(Problem("error", "excel_precision", name, f"{message} {_ADVICE}"))
        return str(int(value)) if value.is_integer() else repr(value)
    what = "a list" if isinstance(value, list) else "an object"
    problems.append(Problem("error", "not_text", name, f"{name} must be text, not {what}."))
    return None
