"""Read YAML that people write, with the line of each value, and change it without losing their comments.

Only what JSON has is accepted: no tags, no anchors, no key with two values. So a file means the same to every parser,
and a hostile one can neither run code nor grow when it is read.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dyntui.core.yaml_text import dump_yaml, quoting, with_escapes

if TYPE_CHECKING:
    from ruamel.yaml import YAML

__all__ = ["YamlDocument", "YamlError", "YamlPath", "parse_yaml", "update_yaml"]

YamlPath = tuple["str | int", ...]
"""The keys and indices of a value."""
KeyOf = Callable[[tuple[str, ...], object], object]
"""Returns what identifies an element of the list at a path; None when elements are identified by position."""
_DEEPEST = 64
_TAG = "tag:yaml.org,2002:"
_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)


class YamlError(ValueError):
    """A document that cannot be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        """The line, from 1."""
        self.message = message


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The value of a document, and the line of each part."""

    value: Any
    """JSON: None for an empty document."""
    lines: Mapping[YamlPath, int]
    """By path: the line of a value, from 1; that of its key for a value in an object."""
    text: str = ""
    """The text that was read."""

    def line_of(self, path: YamlPath) -> int:
        """Return the line of a value, or of the nearest object around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse_yaml(text: str) -> YamlDocument:
    """Read a document. Raises YamlError with the line of the first mistake."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        node = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except MarkedYAMLError as error:
        if conflict := _CONFLICT.search(text):
            line = text.count("\n", 0, conflict.start()) + 1
            raise YamlError(line, "there is a merge conflict that was not resolved") from None
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark is not None else 1, str(error.problem or error.context)) from None
    except YAMLError as error:
        raise YamlError(1, str(error).split("\n", 1)[0]) from None
    except RecursionError:
        raise YamlError(1, "it is nested too deeply") from None
    reader = _Reader()
    value = reader.read(node, ()) if node is not None else None
    return YamlDocument(value, reader.lines, text)


class _Reader:
    """Makes values of the nodes of one document."""

    def __init__(self) -> None:
        self.lines: dict[YamlPath, int] = {}
        self._seen: set[int] = set()

    def read(self, node: Any, path: YamlPath, line: int | None = None) -> object:
        """Return the value of a node. line: that of its key."""
        own_line = node.start_mark.line + 1
        self.lines[path] = line or own_line
        if id(node) in self._seen or node.anchor:
            raise YamlError(own_line, "anchors and aliases are not supported; write the value again")
        self._seen.add(id(node))
        if len(path) > _DEEPEST:
            raise YamlError(own_line, "it is nested too deeply")
        tag = str(node.tag).removeprefix(_TAG)
        if isinstance(node.value, str):
            return _scalar(tag, node.value, own_line)
        if tag == "seq":
            return [self.read(part, (*path, number)) for number, part in enumerate(node.value)]
        if tag != "map":
            raise YamlError(own_line, f"the tag {node.tag} is not supported")
        found: dict[str, object] = {}
        for key, part in node.value:
            if not isinstance(key.value, str) or key.anchor or str(key.tag) == f"{_TAG}merge":
                raise YamlError(key.start_mark.line + 1, "a key must be a text")
            if key.value in found:
                raise YamlError(key.start_mark.line + 1, f"the key {key.value!r} is given two times")
            found[key.value] = self.read(part, (*path, key.value), key.start_mark.line + 1)
        return found


def _scalar(tag: str, text: str, line: int) -> object:
    try:
        match tag:
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return int(text.replace("_", ""), 0 if text.lower().lstrip("+-").startswith(("0x", "0o")) else 10)
            case "float" if math.isfinite(number := float(text.replace("_", ""))):
                return number
            case "str" | "timestamp":
                return text
    except ValueError:
        pass
    raise YamlError(line, f"{text[:60]!r} is not a JSON value; quote it to make it a text")


def update_yaml(
    text: str, value: Mapping[str, object], key_of: KeyOf, is_same: Callable[[object], bool] | None = None
) -> str:
    """Return the document `text` with the value `value`, and as many of its comments and quotes as possible.

    key_of: returns what identifies an element of the list at a path; None when elements are identified by position.
    is_same: whether a value is as good as `value`, by default when it is equal.
    A document that cannot be changed without a mistake is written anew, without its comments. The ends of lines stay.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    writer = _round_trip_writer()
    document = writer.load(io.StringIO(text.replace("\r\n", "\n")))
    if isinstance(document, dict):
        _merge(document, value, (), key_of)
        out = io.StringIO()
        writer.dump(document, out)
        changed = with_escapes(out.getvalue())
        try:
            found = parse_yaml(changed).value
            if is_same(found) if is_same is not None else found == value:
                return changed.replace("\n", newline)
        except YamlError:
            pass
    return dump_yaml(value).replace("\n", newline)


def _round_trip_writer() -> YAML:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import RoundTripConstructor
    from ruamel.yaml.representer import RoundTripRepresenter
    from ruamel.yaml.scalarstring import PlainScalarString

    class Constructor(RoundTripConstructor):
        """Remembers which texts have no quotes."""

        def construct_scalar(self, node: Any) -> Any:
            value = super().construct_scalar(node)
            return PlainScalarString(value) if type(value) is str and not node.style else value

    writer = YAML(typ="rt", pure=True)
    writer.Constructor = Constructor
    writer.Representer = quoting(RoundTripRepresenter)
    writer.preserve_quotes = True
    writer.width = 1 << 30
    return writer


def _merge(node: Any, value: Mapping[str, object], path: tuple[str, ...], key_of: KeyOf) -> None:
    """Make the object `node` of a document equal to `value`."""
    for name in [name for name in node if name not in value]:
        del node[name]
    for position, (name, part) in enumerate(value.items()):
        if name not in node:
            node.insert(position, name, part)
        else:
            _merge_part(node, name, part, (*path, name), key_of)


def _merge_part(parent: Any, place: Any, value: object, path: tuple[str, ...], key_of: KeyOf) -> None:
    """Make one value of an object or a list equal to `value`."""
    node = parent[place]
    if isinstance(node, dict) and isinstance(value, Mapping):
        _merge(node, value, path, key_of)
    elif isinstance(node, list) and isinstance(value, list):
        _merge_list(node, value, path, key_of)
    elif node != value or isinstance(node, bool) is not isinstance(value, bool):
        parent[place] = value


def _merge_list(node: Any, value: list[object], path: tuple[str, ...], key_of: KeyOf) -> None:
    """Make a list equal to `value`, by the keys of the elements where they have some."""
    keys = [key_of(path, element) for element in value]
    if None in keys or len(set(keys)) < len(keys):
        for place in range(len(node) - 1, len(value) - 1, -1):
            del node[place]
        for place in range(len(node)):
            _merge_part(node, place, value[place], path, key_of)
        node.extend(value[len(node) :])
        return
    expected = dict(zip(keys, value, strict=True))
    for place in range(len(node) - 1, -1, -1):
        if key_of(path, node[place]) not in expected:
            del node[place]
    present = [key_of(path, element) for element in node]
    for place, key in enumerate(present):
        _merge_part(node, place, expected[key], path, key_of)
    is_in_order = present == [key for key in keys if key in present]
    for place, key in enumerate(keys):
        if key not in present:
            node.insert(place if is_in_order else len(node), expected[key])
