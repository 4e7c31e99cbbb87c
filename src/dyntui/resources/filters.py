"""From what a person types after `/` to the filter that a list's endpoint takes, and back."""

from __future__ import annotations

from dyntui.resources.resource import Filter

__all__ = ["filter_hint", "parse_filter", "short_name"]


def parse_filter(how: Filter, typed: str) -> dict[str, str]:
    """`ada`, `email:ada`, `chain:EVM ada` as the endpoint takes them; {} for no filter.

    A word before a colon is a column or one of the filter's other keys, whatever its case; anything else is searched.
    """
    columns = {name.casefold(): name for name in how.columns}
    others = {name.casefold(): name for name in how.other_keys}
    others |= {short_name(name).casefold(): name for name in how.other_keys}
    found: dict[str, str] = {}
    words: list[str] = []
    for word in typed.split():
        name, colon, value = word.partition(":")
        if colon and value and name.casefold() in others:
            found[others[name.casefold()]] = value
        elif colon and value and name.casefold() in columns and how.column_key:
            found[how.column_key] = columns[name.casefold()]
            words.append(value)
        else:
            words.append(word)
    if words:
        found[how.key or how.parameter] = " ".join(words)
        if how.column_key and how.columns:
            found.setdefault(how.column_key, how.columns[0])
    else:
        found.pop(how.column_key, None)
    return found


def short_name(name: str) -> str:
    """What a person types for one of the filter's other keys: `social` for `filterSocialProvider`."""
    short = name.removeprefix("filter").removesuffix("Provider")
    return short[:1].lower() + short[1:]


def filter_hint(how: Filter) -> str:
    """What can be typed, for the empty line."""
    examples = ["text"]
    if "email" in how.columns:
        examples.append("email:ada")
    if "chain" in how.other_keys:
        examples.append("chain:EVM")
    if "filterSocialProvider" in how.other_keys:
        examples.append("social:google")
    if how.column_key or how.other_keys:
        examples.append(": lists what there is")
    return "   ".join(examples)
