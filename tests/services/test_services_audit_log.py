"""The audit log is read from its end: newest first, one entry a change, damaged lines named, filtered."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest

from dyntui.core.errors import UsageError
from dyntui.core.times import now
from dyntui.services.actions.audit import Audit, AuditLine, parse_audit_line
from dyntui.services.actions.audit_log import AuditFilter, describe_damage, read_newest_first
from dyntui.services.actions.undo import undo_disabled_reason
from dyntui.services.text_diff import leaf_diff

IN_USE = ("http://here", "e1")


def line(action: str = "users.delete", outcome: str = "done", **fields: object) -> AuditLine:
    values: dict[str, object] = {
        "operation": "deleteUser",
        "targets": ("u1",),
        "profile": "acme",
        "environment": "e1",
        "base_url": "http://here",
    }
    return AuditLine(action=action, outcome=outcome, **(values | fields))  # type: ignore[arg-type]


def read(audit: Audit, text: str = "", *, everywhere: bool = False) -> list[tuple[int, str]]:
    filter_ = AuditFilter.parse(text, None if everywhere else IN_USE)
    return [(entry.number, entry.outcome) for entry in read_newest_first(audit, filter_)]


def test_a_change_is_one_entry_and_the_newest_is_first(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.log")
    assert read(audit) == []
    for each in (
        line(outcome="started"),
        line(),
        line(outcome="started", targets=("u2",)),  # the process was killed: there is no outcome
        line(outcome="failed", detail="not started: gone", targets=("u2",)),
        line(environment="e2"),
        line("webhooks.disable", "unknown", detail="the Connection broke"),
    ):
        audit.write(each)
    assert read(audit) == [(6, "unknown"), (4, "failed"), (3, "no outcome"), (2, "done")]
    assert read(audit, everywhere=True)[1] == (5, "done")
    assert read(audit, "WEBHOOKS broke") == [(6, "unknown")]
    assert read(audit, "since:1h delete done") == [(2, "done")]
    assert read(audit, "no outcome") == [(3, "no outcome")]
    assert read(audit, "started") == [(4, "failed"), (3, "no outcome")]
    with pytest.raises(UsageError):
        AuditFilter.parse("since:yesterday")
    long_ago = AuditFilter((), now() + timedelta(hours=1), IN_USE)
    assert list(read_newest_first(audit, long_ago)) == []


def test_damaged_lines_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "audit.log"
    audit = Audit(file)
    audit.write(line())
    with file.open("ab") as stream:
        stream.write(b'{"action": "users.del\n\xff\xfe\n\n{"action": 5, "environment": "e1"}\n')
    audit.write(line(outcome="failed"))
    with file.open("ab") as stream:
        stream.write(b'{"action"')  # the line that a crash cut
    assert read(audit) == [(7, "damaged"), (6, "failed"), (5, "damaged"), (3, "damaged"), (2, "damaged"), (1, "done")]
    assert read(audit, "users") == [(6, "failed"), (1, "done")]
    assert describe_damage([3]) == "1 line of the audit log is damaged or of a newer dyntui, and left out: 3."
    assert describe_damage(range(1, 9)).endswith("left out: 1, 2, 3, 4, 5 and 3 more.")


def test_the_first_page_of_a_large_log_reads_its_end_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "audit.log"
    audit = Audit(file)
    audit.write(line())
    file.write_bytes(file.read_bytes() * 100_000)
    parsed = 0

    def counted(raw: bytes) -> AuditLine | None:
        nonlocal parsed
        parsed += 1
        return parse_audit_line(raw)

    monkeypatch.setattr("dyntui.services.actions.audit_log.parse_audit_line", counted)
    entries = read_newest_first(audit, AuditFilter.parse("", IN_USE))
    page = list(islice(entries, 500))
    assert [page[0].number, page[-1].number] == [100_000, 99_501]
    assert parsed == 500
    assert next(entries).number == 99_500
    assert sum(1 for _ in entries) == 99_499


def test_the_reason_against_an_undo_is_shown(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.log")
    for each in (
        line("webhooks.disable"),
        line("users.create", targets=("",), after={"id": "u9"}),
        line("users.edit", before={"alias": "a"}, after={"alias": "b"}),
        line("origins.delete", before={"origin": "https://a.example"}),
        line("allowlist-entries.create", job="j1", after={"email": "a@example.com"}),
        line("users.create", targets=("",)),
        line("users.edit"),
        line("users.delete"),
        line("users.delete", "failed"),
        line("webhooks.enable", "unknown"),
        line("webhooks.reveal-secret"),
        line("users.import"),
        line("api.updateThing"),
        line("webhooks.disable", environment="e2"),
    ):
        audit.write(each)
    entries = list(read_newest_first(audit, AuditFilter()))[::-1]
    reasons = [undo_disabled_reason(entry, IN_USE) for entry in entries]
    assert reasons[:5] == [None] * 5
    parts = (
        *("values are not in the audit log", "values are not in the audit log", "cannot restore a deleted user"),
        *("nothing was changed", "not known", "nothing was changed", "from its job", "request of the API"),
        "another environment",
    )
    for part, reason in zip(parts, reasons[5:], strict=True):
        assert reason and part in reason


def test_the_text_of_a_change_has_values_as_json() -> None:
    change = line(before={"on": True, "rule": {"all": False}}, after={"on": False, "rule": {"all": None}})
    assert change.change_text == 'on: true -> false, rule: {"all": false} -> {"all": null}'


def test_the_difference_of_two_objects_is_shown_leaf_by_leaf() -> None:
    before = {"name": "Beta", "rules": {"a": 1, "b": [1]}, "gone": ""}
    after = {"name": "Beta", "rules": {"a": 2, "b": [1]}, "new": None}
    assert leaf_diff(before, after) == [
        ("-", "rules.a", "1"),
        ("+", "rules.a", "2"),
        ("-", "gone", ""),
        ("+", "new", "null"),
        ("", "name", "Beta"),
        ("", "rules.b", "[1]"),
    ]
    assert leaf_diff(None, "x") == [("+", "", "x")]
