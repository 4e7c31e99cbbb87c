"""The audit log: the only record of who did what, since the vendor's events carry no actor for API-token calls.

One JSON object a line, appended and synced; ids and outcomes, never bodies or tokens. Where a change could not be
told, or taken back, without it (who may come in), what it was before and is after stands there too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dyntui.config.private_files import append_private
from dyntui.core.redact import redact
from dyntui.core.strict_json import parse_json
from dyntui.core.text import plain_json
from dyntui.core.times import now_iso, parse_time

__all__ = ["Audit", "AuditLine"]

_EXTRA = frozenset({"before", "after", "job", "scope"})
_OPTIONAL = _EXTRA | {"request_id", "detail"}
"""What a line may be without."""
_OTHER_TYPES = frozenset({"before", "after", "targets"})
"""The fields of a line that are no texts."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What was done to what.

    outcome: started, done, failed, unknown (the answer was lost), not_tried, refused. detail: why, redacted.
    before, after: what was changed, as it was and as it is, for actions that keep it; None for nothing.
    job: the id that lines of one piece of work share, so that it can be undone.
    """

    action: str
    operation: str
    targets: tuple[str, ...]
    outcome: str
    profile: str
    environment: str
    base_url: str
    request_id: str = ""
    detail: str = ""
    time: str = field(default_factory=now_iso)
    before: Any = None
    after: Any = None
    job: str = ""
    scope: str = ""
    """What the targets are in besides the environment: `organizationId=…`."""

    @property
    def change_text(self) -> str:
        """Before and after in words: only what differs. "" when that was not kept."""
        if self.before is None and self.after is None:
            return ""
        before, after = _fields(self.before), _fields(self.after)
        if not after and self.outcome != "done":
            return ", ".join(f"{name}: {_text(value)}" for name, value in before.items())
        names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
        return ", ".join(f"{name}: {_text(before.get(name))} -> {_text(after.get(name))}" for name in names)


class Audit:
    """Appends to, and reads, one audit file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, line: AuditLine) -> None:
        """Append and sync. A failure to write is an error: what cannot be recorded is not done."""
        document = asdict(line)
        document["detail"] = redact(line.detail)
        for name in ("before", "after"):
            document[name] = _redacted(document[name])
        kept = {name: value for name, value in document.items() if name not in _EXTRA or value not in (None, "")}
        append_private(self.file, plain_json(json.dumps(kept, ensure_ascii=False, default=str)).encode() + b"\n")

    def lines(self, since: datetime | None = None) -> Iterator[AuditLine]:
        """Oldest first; a line that cannot be read (a crash while writing) is passed over."""
        if not self.file.exists():
            return
        names = AuditLine.__dataclass_fields__
        with self.file.open("rb") as stream:
            for raw in stream:
                try:
                    document = parse_json(raw)
                except ValueError:
                    continue
                if not isinstance(document, dict) or not names.keys() <= document.keys() | _OPTIONAL:
                    continue
                texts = [value for name, value in document.items() if name in names and name not in _OTHER_TYPES]
                if not isinstance(document["targets"], list) or not all(isinstance(text, str) for text in texts):
                    continue
                at = parse_time(document["time"])
                if since is None or (at is not None and at >= since):
                    document["targets"] = tuple(document["targets"])
                    yield AuditLine(**{name: document[name] for name in names if name in document})


def _redacted(value: Any) -> Any:
    """Without tokens. Identifiers of people stay: they are what was changed."""
    match value:
        case str():
            return redact(value, people=False)
        case dict():
            return {name: _redacted(part) for name, part in value.items()}
        case list() | tuple():
            return [_redacted(part) for part in value]
    return value


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {} if value is None else {"value": value}


def _text(value: Any) -> str:
    return "nothing" if value in (None, "", [], {}) else str(value)
