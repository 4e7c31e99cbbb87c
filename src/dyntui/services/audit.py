"""The audit log: the only record of who did what, since the vendor's events carry no actor for API-token calls.

One JSON object a line, appended and synced; ids and outcomes, never bodies or tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from dyntui.config.files import append_private
from dyntui.core.redact import redact
from dyntui.core.time import now_iso, parse_time

__all__ = ["Audit", "AuditLine"]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What was done to what.

    outcome: started, done, failed, unknown (the answer was lost), not_tried, refused. detail: why, redacted.
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


class Audit:
    """Appends to, and reads, one audit file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, line: AuditLine) -> None:
        """Append and sync. A failure to write is an error: what cannot be recorded is not done."""
        document = asdict(line)
        document["detail"] = redact(line.detail)
        append_private(self.file, json.dumps(document, ensure_ascii=False).encode() + b"\n")

    def lines(self, since: datetime | None = None) -> Iterator[AuditLine]:
        """Oldest first; a line that cannot be read (a crash while writing) is passed over."""
        if not self.file.exists():
            return
        names = AuditLine.__dataclass_fields__
        with self.file.open("rb") as stream:
            for raw in stream:
                try:
                    document = json.loads(raw)
                except ValueError:
                    continue
                if not isinstance(document, dict) or not names.keys() <= document.keys() | {"request_id", "detail"}:
                    continue
                at = parse_time(document["time"])
                if since is None or (at is not None and at >= since):
                    document["targets"] = tuple(document["targets"])
                    yield AuditLine(**{name: document[name] for name in names if name in document})
