"""The audit log: the only record of who changed what, because the vendor's events contain no actor for API tokens.

One JSON object per line, appended and synced: ids and names of targets and outcomes, never bodies or tokens. It has the
values before and after of what can be undone, bounded and without secrets. Written by the write gate.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dyntui.config.private_files import append_private, open_regular
from dyntui.core.file_version import is_newer
from dyntui.core.redact import redact
from dyntui.core.strict_json import parse_json
from dyntui.core.text import json_text, plain_json, shorten
from dyntui.core.times import now_iso

__all__ = ["Audit", "AuditLine", "parse_audit_line"]

_SHOWN = 200
"""The maximum of characters of one value in the text of a change."""
_OMITTED_IF_EMPTY = frozenset({"before", "after", "job", "undoes", "scope", "labels"})
_OPTIONAL = _OMITTED_IF_EMPTY | {"request_id", "detail"}
"""Fields that a line may lack."""
_OTHER_TYPES = frozenset({"before", "after", "targets", "labels"})
"""Fields of a line that are not text."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit log."""

    action: str
    """The name of the action: `user.delete`."""
    operation: str
    """Catalog id."""
    targets: tuple[str, ...]
    """The ids of the targets."""
    outcome: str
    """`started`, `done`, `failed`, `unknown` (the response was lost), `not_tried` or `refused`."""
    profile: str
    """The name of the profile."""
    environment: str
    """The id of the environment."""
    base_url: str
    request_id: str = ""
    """The id that the server gave to the request; "" for none."""
    detail: str = ""
    """The reason of a failure, redacted."""
    time: str = field(default_factory=now_iso)
    before: object = None
    """The value before the change, for actions that save it."""
    after: object = None
    """The value after the change, for actions that save it."""
    job: str = ""
    """The id of the change, shared by all of its lines. `dyntui undo` takes it."""
    undoes: str = ""
    """The id of the change that was undone; "" for none."""
    scope: str = ""
    """What the targets belong to besides the environment: `organizationId=…`."""
    labels: tuple[str, ...] = ()
    """The names of the targets for people, such as emails, in the order of the targets; empty for none."""

    @property
    def named_targets(self) -> list[str]:
        """The targets with their names: `ada@example.com (id)`."""
        labels = self.labels or ("",) * len(self.targets)
        pairs = zip(self.targets, labels, strict=False)
        return [f"{label} ({target})" if label and target else label or target for target, label in pairs]

    @property
    def object_ids(self) -> list[str]:
        """The ids of the objects: those of the targets, or that of a new object, which is in `after`."""
        ids = [target for target in self.targets if target]
        created = self.after.get("id") if isinstance(self.after, dict) and not ids else None
        return [str(created)] if created else ids

    @property
    def change_text(self) -> str:
        """The difference of before and after as text; "" when they were not saved."""
        if self.before is None and self.after is None:
            return ""
        before, after = _fields(self.before), _fields(self.after)
        if not after and self.outcome != "done":
            return ", ".join(f"{name}: {_text(value)}" for name, value in before.items())
        names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
        return ", ".join(f"{name}: {_text(before.get(name))} -> {_text(after.get(name))}" for name in names)


class Audit:
    """Appends to and reads one audit log."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, line: AuditLine) -> None:
        """Append a line and sync the file. Raises when that fails: an action that cannot be recorded is not done."""
        document = asdict(line)
        document["detail"] = redact(line.detail)
        for name in ("before", "after", "labels"):
            document[name] = _redacted(document[name])
        line_fields = {
            name: value
            for name, value in document.items()
            if name not in _OMITTED_IF_EMPTY or value not in (None, "", [])
        }
        append_private(self.file, plain_json(json.dumps(line_fields, ensure_ascii=False, default=str)).encode() + b"\n")

    def lines(self, on_damage: Callable[[int], object] = lambda number: None) -> Iterator[AuditLine]:
        """Yield the lines, oldest first.

        on_damage: called with the number of each line that cannot be read, such as one that a crash left incomplete.
        """
        try:
            file = open_regular(self.file)
        except FileNotFoundError:
            return
        with file as stream:
            for number, raw in enumerate(stream, 1):
                line = parse_audit_line(raw)
                if line is not None:
                    yield line
                elif raw.strip():
                    on_damage(number)


def parse_audit_line(raw: bytes) -> AuditLine | None:
    """Return a line of the file; None when it is damaged or of a newer version. Other new fields are ignored."""
    names = AuditLine.__dataclass_fields__
    try:
        document = parse_json(raw)
    except ValueError:
        return None
    if not isinstance(document, dict) or is_newer(document) or not names.keys() <= document.keys() | _OPTIONAL:
        return None
    texts = [value for name, value in document.items() if name in names and name not in _OTHER_TYPES]
    lists = {name: document.get(name, []) for name in ("targets", "labels")}
    if not all(isinstance(each, list) for each in lists.values()) or not all(isinstance(text, str) for text in texts):
        return None
    document |= {name: tuple(map(str, each)) for name, each in lists.items()}
    return AuditLine(**{name: document[name] for name in names if name in document})


def _redacted(value: object) -> object:
    """Return the value without tokens. Identifiers of users stay, because they are what was changed."""
    match value:
        case str():
            return redact(value, people=False)
        case dict():
            return {name: _redacted(part) for name, part in value.items()}
        case list() | tuple():
            return [_redacted(part) for part in value]
    return value


def _fields(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {} if value is None else {"value": value}


def _text(value: object) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return shorten(json_text(value), _SHOWN)
