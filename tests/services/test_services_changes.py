"""What writes change: declared by the records, reported once for many writes, from any thread."""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.resource_changes import JOBS, Changes, changed_by


def test_a_write_marks_its_resource_and_parent_as_changed() -> None:
    for record in RESOURCES.values():
        for action in record.actions:
            if action.effect is not Effect.READ and not action.variant_of:
                changed = changed_by(action.operation)
                assert {record.name, record.parent_resource} - {""} <= changed, f"{record.name} {action.name}"
                assert set(record.also_changes) <= changed
                assert changed <= RESOURCES.keys()


def test_an_undeclared_write_marks_all_resources_as_changed() -> None:
    assert changed_by("delegatedSignMessage") == RESOURCES.keys()


def test_a_group_of_writes_is_reported_one_time_with_created_and_deleted_ids() -> None:
    changes = Changes()
    events: list[bool] = []
    changes.subscribe(events.append)
    with changes.batch():
        changes.on_write("addOrigin", {}, b'{"origin": {"id": "o-1"}}')
        changes.on_write("addOrigin", {}, b"<html>")
        changes.on_write("deleteUser", {"userId": "u-1"}, b"")
        assert events == []
    change = changes.take()
    assert events == [True]
    assert change.created == {"origins": ("o-1", "")}
    assert change.deleted == {"users": ("u-1",)}
    assert {"origins", "users", "wallets", "sessions"} <= change.resources
    assert not changes.take().resources
    changes.on_write("bulkCreateUser", {}, b"")
    changes.mark_changed(JOBS)
    assert events == [True, False, True]
