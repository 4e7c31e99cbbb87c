"""Write values as YAML that parsers of YAML 1.1 and 1.2 read back as the same values.

PyYAML, which many scripts use, reads plain `NO` and `2026-01-31` as a boolean and a date. So only texts that are words
in both versions are written without quotes.
"""

from __future__ import annotations

import io
import json
import re
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from dyntui.core.text import plain_json

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import BaseRepresenter

R = TypeVar("R", bound="BaseRepresenter")

__all__ = ["dump_yaml", "is_plain_text", "quoting", "with_escapes"]

_WORD = re.compile(r"[A-Za-z/_][ -~\xa0-\ud7ff]*")
"""A text that can be plain: it starts as no number and no date does, and has no line break."""
_NO_TEXTS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words that a parser of YAML 1.1 does not read as texts, in lower case."""
_WIDEST = 1 << 30
_PAIR = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})")
"""Two escapes of JSON for one character beyond U+FFFF, for which YAML has an escape of eight digits."""


def is_plain_text(text: str) -> bool:
    """Return whether a text needs no quotes: every parser reads it as this text, and a terminal shows all of it."""
    return bool(_WORD.fullmatch(text)) and text.lower() not in _NO_TEXTS and plain_json(text) == text


def with_escapes(document: str) -> str:
    """Return a YAML document with the characters that a terminal hides or interprets escaped, in quoted texts."""
    return _PAIR.sub(_as_one_escape, plain_json(document))


def quoting(base: type[R]) -> type[R]:
    """Return a representer that quotes texts which a parser could read as something else, or a terminal interpret.

    base: a representer of ruamel.yaml, of which it is a subclass. It writes no anchors.
    """

    class Representer(base):  # type: ignore[valid-type,misc]
        def represent_text(self, text: str) -> object:
            return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_plain_text(text) else '"')

        def ignore_aliases(self, data: object) -> bool:
            return True

    Representer.add_representer(str, Representer.represent_text)
    return Representer


@cache
def _writer() -> YAML:
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import SafeRepresenter

    writer = YAML(typ="safe", pure=True)
    writer.Representer = quoting(SafeRepresenter)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the order of the server
    writer.width = _WIDEST
    return writer


def dump_yaml(value: object) -> str:
    """Return a JSON value as a YAML document without markers. Other values are written as their text.

    Characters that a terminal hides or interprets are escaped, as in `plain_json`; the values stay the same.
    """
    text = io.StringIO()
    _writer().dump(json.loads(json.dumps(value, default=str)), text)
    # Such characters are only in double-quoted texts, in which YAML has the escapes of JSON.
    return with_escapes(text.getvalue().removesuffix("...\n"))


def _as_one_escape(pair: re.Match[str]) -> str:
    high, low = (int(half, 16) for half in pair.groups())
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"
