"""Check metadata against the custom fields of the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dyntui.core.json_types import as_object, as_objects
from dyntui.importer.problems import Problem

__all__ = ["CustomFields"]


class CustomFields:
    """Checks metadata against custom fields as the API lists them ({key, name, enabled, required, fieldType, ...})."""

    def __init__(self, fields: Sequence[Mapping[str, object]]) -> None:
        self._fields = [field for field in fields if field.get("enabled", True) and field.get("key")]
        self._patterns = {
            str(field["key"]): _compiled(as_object(field.get("validationRules")).get("regex")) for field in self._fields
        }

    def __bool__(self) -> bool:
        return bool(self._fields)

    def check(self, metadata: Mapping[str, object], problems: list[Problem]) -> None:
        """Check the metadata of a user and add the problems.

        It is not documented whether the API expects a field's key or its name: both are checked.
        """
        for field in self._fields:
            key, name = str(field["key"]), str(field.get("name") or field["key"])
            used = key if key in metadata else name
            value = metadata.get(used)
            at = f"metadata.{used if used in metadata else key}"
            if value in (None, ""):
                if field.get("required"):
                    problems.append(
                        Problem("warning", "custom_field_required", at, f"“{name}” is required, but has no value.")
                    )
                continue
            rules = as_object(field.get("validationRules"))
            options = [str(option.get("label")) for option in as_objects(rules.get("validOptions"))]
            if options and str(value) not in options:
                near = next((option for option in options if option.casefold() == str(value).strip().casefold()), None)
                message = f"“{value}” is not one of {', '.join(options[:7])}."
                problems.append(Problem("warning", "custom_field_option", at, message, near))
            pattern = self._patterns[key]
            if pattern and isinstance(value, str) and len(value) <= 255 and not pattern.search(value):
                message = f"“{value}” does not match {pattern.pattern}"
                problems.append(Problem("warning", "custom_field_pattern", at, message))


def _compiled(pattern: object) -> re.Pattern[str] | None:
    """Return the compiled pattern of a field; None for one that is not checked.

    Patterns that Python cannot compile or that repeat a group are not checked: the latter could run for hours.
    """
    if not isinstance(pattern, str) or not pattern or re.search(r"\)[*+{]", pattern):
        return None
    try:
        return re.compile(pattern)
    except re.error:
        return None
