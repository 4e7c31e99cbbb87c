"""Find and replace the values of names in JSON text, which may be cut, or be JSON inside a text of JSON."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["replace_named_values"]

_NAME_END = re.compile(r'(?<!\\)(\\*)"\s*:\s*')
"""The end of a name, with the backslashes of JSON inside a text."""
_TOKEN = re.compile(r'\\*"|[\[\]{}]')
_QUOTE = re.compile(r'(\\*)"')
_OTHER = re.compile(r"[-+.\w]+")
_LONGEST_NAME = 80
_CONSTANTS = ("null", "true", "false")


def replace_named_values(text: str, placeholder: str, is_secret: Callable[[str, object], bool]) -> tuple[str, int]:
    """Return JSON text with `"placeholder"` for the value of each secret name, and the number of those.

    is_secret: gets the name and the value as text. A list or an object is replaced as a whole.
    """
    parts: list[str] = []
    done = hidden = 0
    for end in _NAME_END.finditer(text):
        if end.start() < done:
            continue
        name = text[max(0, end.start() - _LONGEST_NAME) : end.start()].rpartition('"')[2]
        value_end = _value_end(text, end.end(), end[1])
        value = text[end.end() : value_end].strip('"\\ \n')
        if value and value not in (*_CONSTANTS, placeholder) and is_secret(name, value):
            parts += [text[done : end.end()], f'{end[1]}"{placeholder}{end[1]}"']
            done, hidden = value_end, hidden + 1
    return "".join((*parts, text[done:])), hidden


def _value_end(text: str, start: int, backslashes: str) -> int:
    """Return the end of the value that begins at `start`; that of the text when the value is cut.

    backslashes: what is before each quote, in JSON inside a text.
    """
    level = len(backslashes)
    if text.startswith(backslashes + '"', start):
        return _text_end(text, start + level + 1, level)
    if text[start : start + 1] not in ("[", "{"):
        other = _OTHER.match(text, start)
        return other.end() if other else start
    depth, place = 0, start
    while token := _TOKEN.search(text, place):
        place = token.end()
        if token[0][-1] == '"':
            place = _text_end(text, place, level)
        else:
            depth += 1 if token[0] in "[{" else -1
            if depth == 0:
                return place
    return len(text)


def _text_end(text: str, start: int, level: int) -> int:
    """Return the end of a text after its first quote. level: the number of backslashes before its quotes.

    Inside the text a quote has more backslashes, and a backslash of the text is 2 * (level + 1) of them.
    """
    for quote in _QUOTE.finditer(text, start):
        count = len(quote[1])
        if count >= level and (count - level) % (2 * (level + 1)) == 0:
            return quote.end()
    return len(text)
