"""Find the records of users in a JSON file by their content, and read them.

A file can be one array, an array deep inside an object, an object whose keys are ids, several documents in a row, or
pages of an API in an array. `RecordScan` looks at all of it, once, and `RecordScan.choose` takes the place that
holds people; `--records PATH` takes another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from dyntui.core.text import quantity
from dyntui.importer.fields import FIRST_ITEMS
from dyntui.importer.header_synonyms import synonym_field
from dyntui.importer.json_stream import INCOMPLETE, JsonStream
from dyntui.importer.option_names import option
from dyntui.importer.source_types import REPORT_COLUMNS, SourceError, normalize_name

__all__ = ["EACH", "ENTRY", "RecordPath", "RecordPlace", "RecordScan", "read_records", "select_records"]


class _Each(Enum):
    EACH = "items"
    ENTRY = "entries"


EACH = _Each.EACH
"""The step of a path that stands for every item of an array; an object in place of the array is its only item."""
ENTRY = _Each.ENTRY
"""The last step of a path whose records are the values of an object."""
RecordPath = tuple[str | _Each, ...]
"""Where records are, from the start of each document; () for the documents themselves."""
Record = tuple[str | None, object]
"""The key of a record, where its place is an object; and the record."""

_SAMPLED = 200
_MOST_PLACES = 500
_DEEPEST_PLACE = 8
_SUMMARY = 64
_SHOWN = 5
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}")
_IDENTITY_KEY = re.compile(rf"{_EMAIL.pattern}|\+\d{{8,15}}|0x[0-9a-fA-F]{{40}}")
"""A key that is the email, phone number or wallet of the person in its object."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_USER_LISTS = _words("users user people members customers contacts subscribers accounts profiles")
_GENERIC_LISTS = _words("data results result records rows items list entries values resources response")
_LEFTOVER_LISTS = _words(
    "deleted deletedusers removed archived errors failed failures invalid rejected skipped duplicates blocked banned "
    "disabled suspended inactive unsubscribed bounced spam test testusers"
)
_IDENTITY_FIELDS = frozenset({"email", "username", "phoneNumber", *(name for name in FIRST_ITEMS if "Address" in name)})
_IDENTITY_NAMES = _words("primaryemail primaryemailaddress emailaddress preferredusername loginid")
_INNER_OBJECTS = _words("profile attributes traits user person contact userinfo customer member name")
_INNER_LISTS = _words(
    "attributes userattributes emails emailaddresses phonenumbers identities linkedaccounts verifiedcredentials "
    "loginids loginmethods federatedidentities web3wallets wallets cryptowallets provideruserinfo"
)


@dataclass(slots=True)
class RecordPlace:
    """A place in the file that holds objects."""

    path: RecordPath
    count: int = 0
    people: int = 0
    """How many of the first objects look like people."""
    identified: int = 0
    """How many of them have a key that identifies a person, not only an email address, which may be an owner's."""
    keys: dict[str, None] = field(default_factory=dict)
    """The keys of all objects in the order of appearance."""

    @property
    def is_keyed(self) -> bool:
        """Whether the objects are the values of an object, so each has a key."""
        return self.path[-1:] == (ENTRY,)

    @property
    def name(self) -> str:
        """The path as `--records` accepts it: `users`, `data.users`, `*` for all values at the top, `.` for the whole
        file.
        """
        steps = [step if isinstance(step, str) else "*" for step in self.path]
        if len(steps) > 1 and steps[-2] != "*" and not self.is_keyed:
            steps = steps[:-1]
        return ".".join(steps) or "."

    @property
    def holds_people(self) -> bool:
        return self.people * 2 >= min(self.count, _SAMPLED) > 0

    @property
    def is_leftover(self) -> bool:
        """Whether the place has a name such as `deleted`, whose people are probably not wanted."""
        return any(normalize_name(step) in _LEFTOVER_LISTS for step in self.path if isinstance(step, str))

    @property
    def list_rank(self) -> int:
        """How well the name of the list fits: 0 for users, 1 for other words for people, 2 for data, 3 for others."""
        names = [normalize_name(step) for step in self.path if isinstance(step, str)]
        if not names or names[-1] not in _USER_LISTS | _GENERIC_LISTS:
            return 3
        return 0 if names[-1] in ("users", "user") else 1 if names[-1] in _USER_LISTS else 2


class RecordScan:
    """All places of a file that hold objects, collected while the file is read once.

    is_lines: whether each document is a line of NDJSON.
    """

    def __init__(self, *, is_lines: bool = False) -> None:
        self._is_lines = is_lines
        self._places: dict[RecordPath, RecordPlace] = {}
        self._other_values: Counter[RecordPath] = Counter()
        self.documents = 0

    # Collecting

    def add_stream(self, stream: JsonStream) -> None:
        """Read the next document of a stream."""
        self._add_document(self._read(stream, ()))

    def add_value(self, value: object) -> None:
        """Add a document that is in memory, such as a line of NDJSON."""
        document = self._places.get(())
        if document is None or document.count < _SAMPLED or not document.holds_people:
            self._search(value, ())
        self._add_document(value)

    def _add_document(self, value: object) -> None:
        self.documents += 1
        if isinstance(value, dict) and (place := self._add((), value)) and place.count <= _SAMPLED:
            place.people += _has_identity(value) - _is_person(value)  # an email is not enough: it may be an owner's

    def _read(self, stream: JsonStream, path: RecordPath) -> object:
        """Read a value of any size. Return it, or a summary with the first parts of a large one."""
        mark = stream.peek()
        if mark not in "[{":
            return stream.value()
        value = stream.small_value()
        if value is not INCOMPLETE:
            self._search(value, path)
            return value
        if mark == "{":
            summary: dict[str, object] = {}
            for key in stream.entries():
                child = self._read(stream, (*path, key))
                self._add_entry(path, key, child)
                if len(summary) < _SUMMARY:
                    summary[key] = child
            return summary
        first: list[object] = []
        for _ in stream.items():
            item = self._read(stream, (*path, EACH)) if stream.peek() == "[" else stream.value()
            if isinstance(item, dict):
                self._add_item((*path, EACH), item)
            if len(first) < _SHOWN:
                first.append(item)
        return first

    def _search(self, value: object, path: RecordPath) -> None:
        """Add the places inside a value."""
        if len(path) > _DEEPEST_PLACE:
            return
        if isinstance(value, dict):
            is_person = _has_identity(value)  # its lists are parts of a person, unless they are called users
            for key, child in value.items():
                if is_person and normalize_name(key) != "users":
                    continue
                self._add_entry(path, key, child)
                if isinstance(child, (dict, list)):
                    self._search(child, (*path, key))
        elif isinstance(value, list):
            if not value:
                self._place((*path, EACH))
            for item in value:
                if isinstance(item, dict):
                    self._add_item((*path, EACH), item)
                elif isinstance(item, list):
                    self._search(item, (*path, EACH))

    def _add_entry(self, path: RecordPath, key: str, child: object) -> None:
        if isinstance(child, dict):
            place = self._add((*path, ENTRY), child)
            if place is not None and place.count <= _SAMPLED and _IDENTITY_KEY.fullmatch(key):
                place.people += not _is_person(child)
        elif path in self._other_values or len(self._other_values) < _MOST_PLACES:
            self._other_values[path] += 1

    def _add_item(self, path: RecordPath, record: dict[str, object]) -> None:
        place = self._add(path, record)
        if place is not None and not place.identified and (place.count <= _SAMPLED or self._has_people_below(path)):
            self._search(record, path)  # a page of an API: the records are in it

    def _has_people_below(self, path: RecordPath) -> bool:
        size = len(path)
        return any(place.people and place.path[:size] == path for place in self._places.values())

    def _add(self, path: RecordPath, record: dict[str, object]) -> RecordPlace | None:
        place = self._place(path)
        if place is not None:
            place.count += 1
            place.keys.update(dict.fromkeys(record))
            if place.count <= _SAMPLED:
                place.identified += _has_identity(record)
                place.people += _is_person(record)
        return place

    def _place(self, path: RecordPath) -> RecordPlace | None:
        if path not in self._places:
            place, count = RecordPlace(path), len(self._places)
            if count >= _MOST_PLACES and (place.list_rank == 3 or count >= 10 * _MOST_PLACES):
                return None
            self._places[path] = place
        return self._places[path]

    # Choosing

    def choose(self, name: str | None = None) -> RecordPlace:
        """Return the place whose objects are the records: that of the name, or the one that holds people.

        Raises SourceError, with the names that exist, when there is none of the name.
        """
        places = list(self._places.values())
        if name is not None:
            found = [place for place in places if place.name == name.strip() or place.name == f"{name.strip()}.*"]
            if not found:
                known = ", ".join(place.name for place in self._offered(None)) or "none"
                raise SourceError(
                    f"The file has no records in {name!r}.", hint=f"Use {option('--records')} with one of: {known}."
                )
            return max(found, key=lambda place: place.count)
        people = [place for place in places if place.holds_people]
        document = self._places.get(())
        if document is not None and document in people and not any(map(_outweighs_document, people)):
            return document
        if people := [place for place in people if place.path]:
            return min(people, key=_order_of_people)
        lists = [place for place in places if place.path and not place.is_keyed]
        if lists and (document is None or any(self._is_content(place) for place in lists)):
            return min(lists, key=lambda place: (not place.count, place.list_rank, len(place.path), -place.count))
        return document or (lists[0] if lists else RecordPlace((EACH,)))

    def _is_content(self, place: RecordPlace) -> bool:
        """Return whether a list without people is the content of the document, rather than a part of a record."""
        return place.list_rank < 3 or (place.count > 0 and self.documents == 1 and not self._is_lines)

    def _offered(self, chosen: RecordPlace | None) -> list[RecordPlace]:
        """Return the other places that could be meant."""
        size = 0 if chosen is None else len(chosen.path)
        return [
            place
            for place in self._places.values()
            if place is not chosen
            and (place.path or (place.people and self.documents > 1))
            and place.count
            and (place.people or not place.is_keyed)
            and (chosen is None or not chosen.path or place.path[:size] != chosen.path)
        ]

    def other_names(self, chosen: RecordPlace) -> tuple[str, ...]:
        """Return the names of the places that are not read."""
        return tuple(place.name for place in self._offered(chosen))

    def notes(self, chosen: RecordPlace) -> tuple[str, ...]:
        """Return what a person has to know about the choice."""
        notes: list[str] = []
        if self.documents > 1 and chosen.path:
            notes.append(f"The file has {self.documents:,} JSON documents in a row. All of them are read.")
        others = self._offered(chosen)
        if chosen.is_keyed and (count := self._other_values[chosen.path[:-1]]):
            notes.append(f"Not read: {quantity(count, 'value')} of “{chosen.name}” that are no objects.")
        if chosen.path not in ((), (EACH,)) or (others and chosen.path):
            notes.append(f"The rows are the {quantity(chosen.count, 'record')} in “{chosen.name}”.")
        if others:
            shown = ", ".join(f"{place.name} ({quantity(place.count, 'record')})" for place in others[:_SHOWN])
            more = f" and {len(others) - _SHOWN:,} more" if len(others) > _SHOWN else ""
            notes.append(
                f"Not read: {shown}{more}. To read one of them instead, use {option('--records', others[0].name)}."
            )
        return tuple(notes)


def _order_of_people(place: RecordPlace) -> tuple[int, int, int, bool]:
    """Return the order of places with people: named as people and near the start first, then the largest."""
    depth = len(place.path) if place.list_rank < 2 else 0
    return min(place.list_rank, 2) + place.is_leftover, depth, -place.people, place.is_keyed


def _outweighs_document(place: RecordPlace) -> bool:
    """Return whether a list of people is the content of a document that looks like a person (an owner's email)."""
    return bool(place.path) and (place.list_rank < 3 or place.people > 20)


def _is_person(record: dict[str, object]) -> bool:
    """Return whether an object has something that identifies a person: a key with a value, or an email address."""
    return _has_identity(record) or any(
        isinstance(value, str) and _EMAIL.fullmatch(value) is not None for value in record.values()
    )


def _has_identity(record: dict[str, object]) -> bool:
    """Return whether an object has a key that identifies a person, with a value."""
    return any(_identifies(str(key), value) for key, value in record.items())


def _identifies(key: str, value: object) -> bool:
    if key in REPORT_COLUMNS:
        return True  # a failed row of an earlier import
    if value in (None, "", [], {}):
        return False
    name = normalize_name(key)
    if isinstance(value, dict):
        return name in _INNER_OBJECTS and any(
            not isinstance(inner, (dict, list)) and _identifies(str(inner_key), inner)
            for inner_key, inner in value.items()
        )
    if isinstance(value, list):
        return name in _INNER_LISTS
    if name in _IDENTITY_NAMES or synonym_field(key)[0] in _IDENTITY_FIELDS:
        return not isinstance(value, bool)
    return False


def read_records(stream: JsonStream, path: RecordPath) -> Iterator[Record]:
    """Yield the records of the next document of a stream, and skip the rest."""
    if not path:
        yield None, stream.value()
        return
    step, rest = path[0], path[1:]
    mark = stream.peek()
    if mark == "[" and step is EACH:
        for _ in stream.items():
            yield from read_records(stream, rest)
    elif mark == "{" and step is EACH:
        yield from read_records(stream, rest)
    elif mark == "{":
        for key in stream.entries():
            if step is ENTRY and stream.peek() == "{":
                yield key, stream.value()
            elif key == step:
                yield from read_records(stream, rest)
            else:
                stream.skip()
    else:
        stream.skip()


def select_records(value: object, path: RecordPath) -> Iterator[Record]:
    """Yield the records of a document that is in memory."""
    if not path:
        yield None, value
        return
    step, rest = path[0], path[1:]
    if step is EACH:
        for item in value if isinstance(value, list) else [value] if isinstance(value, dict) else []:
            yield from select_records(item, rest)
    elif isinstance(value, dict):
        for key, child in value.items():
            if step is ENTRY and isinstance(child, dict):
                yield key, child
            elif key == step:
                yield from select_records(child, rest)
