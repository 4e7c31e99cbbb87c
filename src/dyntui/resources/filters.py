"""Parse the text that a user types after `/` into the filter of a list endpoint, and make hints for it."""

from __future__ import annotations

from dyntui.resources.resource import Filter

__all__ = ["filter_hint", "parse_filter", "short_name"]


def parse_filter(spec: Filter, text: str) -> dict[str, str]:
    """Parse `ada`, `email:ada` or `chain:EVM ada` into the filter of the endpoint; {} for no filter.

    A word before a colon is a column or one of the other keys of the filter, in any case; all other text is searched.
    """
    columns = {name.casefold(): name for name in spec.columns}
    others = {name.casefold(): name for name in spec.other_keys}
    others |= {short_name(name).casefold(): name for name in spec.other_keys}
    found: dict[str, str] = {}
    words: list[str] = []
    for word in text.split():
        name, colon, value = word.partition(":")
        if colon and value and name.casefold() in others:
            found[others[name.casefold()]] = value
        elif colon and value and name.casefold() in columns and spec.column_key:
            found[spec.column_key] = columns[name.casefold()]
            words.append(value)
        else:
            words.append(word)
    if words:
        found[spec.key or spec.parameter] = " ".join(words)
        if spec.column_key and spec.columns:
            found.setdefault(spec.column_key, spec.columns[0])
    else:
        found.pop(spec.column_key, None)
    return found


def short_name(name: str) -> str:
    """Return the short form of one of the other keys: `social` for `filterSocialProvider`."""
    short = name.removeprefix("filter").removesuffix("Provider")
    return short[:1].lower() + short[1:]


def filter_hint(spec: Filter) -> str:
    """Return examples of filters, for the empty input."""
    examples = ["text"]
    if "email" in spec.columns:
        examples.append("email:ada")
    if "chain" in spec.other_keys:
        examples.append("chain:EVM")
    if "filterSocialProvider" in spec.other_keys:
        examples.append("social:google")
    if spec.column_key or spec.other_keys:
        examples.append(": lists the options")
    return "   ".join(examples)
