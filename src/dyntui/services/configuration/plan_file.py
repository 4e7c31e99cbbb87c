"""Saved plans: one JSON file, private, with the two configurations that it was made from and no secrets.

Its fingerprint is that of the whole document, so that a plan that was edited by hand is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from dyntui.config.private_files import atomic_write, read_private
from dyntui.core.errors import UsageError
from dyntui.core.file_version import check_version
from dyntui.core.json_types import Row, as_list, as_object, as_text
from dyntui.core.strict_json import dump_json, load_json
from dyntui.core.times import now_iso
from dyntui.services.configuration.document import from_document, to_document
from dyntui.services.configuration.normal_form import FieldRules
from dyntui.services.configuration.plan import ConfigPlan, make_plan

__all__ = ["SavedPlan", "is_plan_file", "read_plan", "save_plan"]

_FORMAT = "dyntui configuration plan"
_VERSION = 1
_LARGEST = 256 * 2**20
_START = 4096


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan with what is needed to apply it later."""

    plan: ConfigPlan
    rules: FieldRules
    """What the manifest of the folder adds to the records."""
    source: str
    """What the desired configuration is from, for people: `config/`, `acme-sandbox`."""
    base_url: str
    """The server of the environment."""
    time: str = field(default_factory=now_iso)

    @property
    def fingerprint(self) -> str:
        """What identifies the two configurations and the options, in 12 characters."""
        return _fingerprint(self._document())

    def _document(self) -> dict[str, object]:
        plan = self.plan
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "time": self.time,
            "environment": plan.current.environment,
            "environment_id": plan.current.environment_id,
            "base_url": self.base_url,
            "source": self.source,
            "source_id": plan.desired.environment_id,
            "prune": plan.prune,
            "send_secrets": plan.send_secrets,
            "rules": {name: _lists(getattr(self.rules, name)) for name in _RULES},
            "current": to_document(plan.current),
            "desired": to_document(plan.desired),
        }

    def to_document(self) -> dict[str, object]:
        """Return it as JSON, with its fingerprint."""
        document = self._document()
        return {**document, "fingerprint": _fingerprint(document)}


_RULES = ("differs", "ignore", "secrets")


def _lists(values: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: [*paths] for name, paths in values.items()}


def _fingerprint(document: Mapping[str, object]) -> str:
    return sha256(dump_json(document)).hexdigest()[:12]


def is_plan_file(path: Path) -> bool:
    """Return whether a path is a file that begins like a saved plan."""
    try:
        with path.open("rb") as file:
            return _FORMAT.encode() in file.read(_START)
    except OSError:
        return False


def save_plan(path: Path, saved: SavedPlan) -> None:
    """Write a plan into a private file. Another plan is replaced, and any other file is not. Raises UsageError."""
    if path.exists() and not is_plan_file(path):
        raise UsageError(f"{path} exists and is no plan, so it was not replaced.", hint="Choose another name.")
    text = json.dumps(saved.to_document(), indent=1)
    try:
        atomic_write(path, text.encode() + b"\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def read_plan(path: Path) -> SavedPlan:
    """Read a saved plan. Raises UsageError for another file, and for a plan that was changed."""
    try:
        document = as_object(load_json(read_private(path, _LARGEST, secret=False)))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError:
        document = {}
    if document.get("format") != _FORMAT:
        raise UsageError(f"{path} is no plan.", hint="Write one with: dyntui config plan DIR --save PLAN")
    check_version(document, path, _VERSION, hint="Apply it with that version of dyntui, or make a new plan.")
    if document.get("version") != _VERSION:
        raise UsageError(f"{path} does not say its version.", hint="Make a new plan.")
    content = {name: value for name, value in document.items() if name != "fingerprint"}
    if _fingerprint(content) != document.get("fingerprint"):
        raise UsageError(f"{path} was changed after dyntui wrote it.", hint="Make a new plan.")
    return _from_document(document)


def _from_document(document: Row) -> SavedPlan:
    rules = as_object(document.get("rules"))
    parts = (
        {name: tuple(map(as_text, as_list(paths))) for name, paths in as_object(rules.get(part)).items()}
        for part in _RULES
    )
    field_rules = FieldRules(*parts)
    environment, environment_id, source, source_id, base_url, time = (
        as_text(document.get(name))
        for name in ("environment", "environment_id", "source", "source_id", "base_url", "time")
    )
    current = from_document(as_object(document.get("current")), environment, environment_id, field_rules)
    desired = from_document(as_object(document.get("desired")), source, source_id, field_rules)
    plan = make_plan(
        current, desired, prune=bool(document.get("prune")), send_secrets=bool(document.get("send_secrets"))
    )
    return SavedPlan(plan, field_rules, source, base_url, time)
