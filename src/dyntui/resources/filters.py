"""Parse the text that a user types after `/` into the filter of a list endpoint, and make hints for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dyntui.resources.resource import Filter

__all__ = [
    "filter_hint",
    "filter_words",
    "name_words",
    "needs_several_requests",
    "parse_filter",
    "search_scope",
    "short_name",
]

_MAX_NAME_WORDS = 5
"""A text of more words is searched as it is: no name has them, and each split of the words needs requests."""

_ADDRESS = r"0x[0-9a-fA-F]{4,64}|(?=.*[0-9])[A-Za-z0-9_-]{20,128}|[^@\s]+@[^@\s]+"
"""A wallet address or the email of an owner, or enough of one to search for."""


def parse_filter(spec: Filter, text: str) -> dict[str, str]:
    """Parse `ada`, `email:ada` or `chain:EVM ada` into the filter of the endpoint; {} for no filter.

    {} also for a text that the list cannot be filtered by at the server, such as a word in the list of wallets.

    A word before a colon is a column or one of the other keys of the filter, in any case; all other text is searched.
    """
    if spec.owner_column:
        return {spec.parameter: text.strip()} if re.fullmatch(_ADDRESS, text.strip()) else {}
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


def filter_words(spec: Filter | None, text: str) -> str:
    """Return the text that a filter searches for, without columns and other keys: `ada` of `email:ada chain:EVM`."""
    words = text.split()
    if spec is None or spec.owner_column:
        return " ".join(words)
    if words and words[-1].endswith(":"):
        words.pop()  # a column whose value is not typed yet
    return parse_filter(spec, " ".join(words)).get(spec.key or spec.parameter, "")


def short_name(name: str) -> str:
    """Return the short form of one of the other keys: `social` for `filterSocialProvider`."""
    short = name.removeprefix("filter").removesuffix("Provider")
    return short[:1].lower() + short[1:]


def filter_hint(spec: Filter) -> str:
    """Return examples of filters, for the empty input."""
    if spec.owner_column:
        return "0x… or an email: all wallets   other text: the loaded rows"
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


def name_words(spec: Filter, parameters: Mapping[str, str]) -> Sequence[str]:
    """Return the words of a filter that may be a full name; () when it is one word or for one column."""
    words = parameters.get(spec.key or spec.parameter, "").split()
    searches_all = parameters.get(spec.column_key) in (None, spec.columns[0]) if spec.columns else False
    return words if spec.name_columns and searches_all and 2 <= len(words) <= _MAX_NAME_WORDS else ()


def needs_several_requests(spec: Filter | None, parameters: Mapping[str, str]) -> bool:
    """Return whether the server cannot apply a filter in one request, so that other requests or a scan are needed."""
    if spec is None or not parameters:
        return False
    return bool(spec.searched_locally or spec.owner_column or name_words(spec, parameters))


def search_scope(spec: Filter | None, text: str) -> str:
    """Return what is searched for a filter, where that is not one request to the server; "" otherwise."""
    if spec is not None and spec.owner_column and parse_filter(spec, text):
        return "existing wallets and users"
    if spec is not None and name_words(spec, parse_filter(spec, text)):
        return "all columns and the full name"
    return ""
