"""Read the audit log for people: the newest change first, one entry a change, with a filter.

The file is read from its end in blocks, so that the first entries of a large log come at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from dyntui.config.private_files import open_regular
from dyntui.core.errors import UsageError
from dyntui.core.text import quantity
from dyntui.core.times import parse_since, parse_time
from dyntui.services.actions.audit import Audit, AuditLine, parse_audit_line

if TYPE_CHECKING:
    from dyntui.services.lists.row_conditions import RowConditions

__all__ = ["NO_OUTCOME", "AuditEntry", "AuditFilter", "describe_damage", "read_last", "read_newest_first"]

NO_OUTCOME = "no outcome"
"""The outcome that is shown for a change that was started, when the log has none."""
_BLOCK = 1 << 16
_SINCE = "since:"
_ENVIRONMENT = b'"environment": "'
_LITERAL = re.compile(r"[a-z0-9_.@-]*[a-z0-9][a-z0-9_.@-]*")
"""A word that a line which matches contains as it is, so that other lines need not be parsed."""
_NOT_LITERAL = f"started nothing {NO_OUTCOME}"
"""What contains the words that also decide without being in the line, or that are in a start but not its outcome."""
_NAMED = 5
"""The number of damaged lines that a message names."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A change in the audit log, or a line that cannot be read."""

    number: int
    """The number of its line in the file, from 1."""
    line: AuditLine | None
    """The line of its outcome, or that of its start when there is none; None for a damaged line."""

    @property
    def outcome(self) -> str:
        """The outcome; `no outcome` when the log ends after the start of the change, `damaged` for a damaged line."""
        if self.line is None:
            return "damaged"
        return NO_OUTCOME if self.line.outcome == "started" else self.line.outcome


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines are shown."""

    words: tuple[str, ...] = ()
    """Texts in lower case; each has to occur in one of the values of a line."""
    since: datetime | None = None
    """The first time; None for all."""
    environment: tuple[str, str] | None = None
    """Base URL and environment id; None for all environments."""
    conditions: RowConditions | None = None
    """What the fields of a line have to fulfill; None for nothing."""

    @classmethod
    def parse(cls, text: str, environment: tuple[str, str] | None = None) -> AuditFilter:
        """Return the filter that was typed: words, and `since:7d`. Raises UsageError for what is not a time."""
        words = text.split()
        since = next((parse_since(word[len(_SINCE) :]) for word in words if word.startswith(_SINCE)), None)
        return cls(tuple(word.lower() for word in words if not word.startswith(_SINCE)), since, environment)

    @property
    def shows_damaged(self) -> bool:
        """Whether damaged lines are shown: they can match nothing, so only without words and time."""
        return not self.words and self.since is None and self.conditions is None

    def matches(self, line: AuditLine) -> bool:
        """Return whether a line is shown."""
        if self.environment is not None and (line.base_url, line.environment) != self.environment:
            return False
        if self.since is not None and ((at := parse_time(line.time)) is None or at < self.since):
            return False
        if self.conditions is not None and not self.conditions.fits(asdict(line), time_field="time"):
            return False
        if not self.words:
            return True
        outcome = f"started {NO_OUTCOME}" if line.outcome == "started" else line.outcome
        values = (line.action, line.operation, *line.targets, *line.labels, outcome, line.profile, line.environment)
        text = " ".join((*values, line.request_id, line.detail, line.job, line.scope, line.change_text)).lower()
        return all(word in text for word in self.words)


def read_newest_first(audit: Audit, filter_: AuditFilter) -> Iterator[AuditEntry]:
    """Yield the changes that match, newest first. A start is left out when the log has the outcome.

    Raises UsageError when the file cannot be read, and UnsafeFile when it is not a file of this user.
    """
    try:
        file = open_regular(audit.file)
        with file as stream:
            yield from _entries(stream, filter_)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(
            f"The audit log {audit.file} cannot be read: {error.strerror}.", hint="Check who owns it."
        ) from error


def _entries(stream: BinaryIO, filter_: AuditFilter) -> Iterator[AuditEntry]:
    ended: Counter[tuple[object, ...]] = Counter()
    environment = filter_.environment[1].encode() if filter_.environment is not None else b""
    literal = tuple(word.encode() for word in filter_.words if _LITERAL.fullmatch(word) and word not in _NOT_LITERAL)
    for number, raw in _lines_from_end(stream):
        if environment not in raw and _ENVIRONMENT in raw:
            continue  # another environment: not worth parsing
        if literal and not all(map(raw.lower().__contains__, literal)):
            continue
        line = parse_audit_line(raw)
        if line is None:
            if filter_.shows_damaged:
                yield AuditEntry(number, None)
            continue
        key = (line.action, line.targets, line.job, line.environment, line.base_url)
        if line.outcome == "started":
            if ended[key]:
                ended[key] -= 1
                continue
        elif line.outcome != "refused" and not line.detail.startswith("not started"):
            ended[key] += 1
        if filter_.matches(line):
            yield AuditEntry(number, line)


def _lines_from_end(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty with their numbers, the last one first."""
    number, rest = 1, b""
    while block := stream.read(1 << 20):
        number += block.count(b"\n")
    position = stream.tell()
    while position:
        size = min(_BLOCK, position)
        position -= size
        stream.seek(position)
        first, *lines = (stream.read(size) + rest).split(b"\n")
        for line in reversed(lines):
            if line:
                yield number, line
            number -= 1
        rest = first
    if rest:
        yield number, rest


def read_last(audit: Audit, filter_: AuditFilter, count: int, on_damage: Callable[[int], object]) -> list[AuditLine]:
    """Return the last changes that match, oldest first. on_damage: called with the number of each damaged line."""
    found: list[AuditLine] = []
    for entry in read_newest_first(audit, filter_):
        if entry.line is None:
            on_damage(entry.number)
            continue
        found.append(entry.line)
        if len(found) == count:
            break
    return found[::-1]


def describe_damage(numbers: Iterable[int]) -> str:
    """Return the sentence that names lines that cannot be read; "" when there are none."""
    found = sorted(numbers)
    if not found:
        return ""
    names = ", ".join(f"{number:,}" for number in found[:_NAMED])
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    verb = "is" if len(found) == 1 else "are"
    lines = quantity(len(found), "line")
    return f"{lines} of the audit log {verb} damaged or of a newer dyntui, and left out: {names}{more}."
