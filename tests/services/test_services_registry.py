"""The registry of every write: each operation is declared one time, and every way to call it uses that declaration."""

from __future__ import annotations

from collections import Counter

import pytest

from dyntui.api.catalog import Operation, catalog
from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.resources.action import ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.api_only import api_only_reason
from dyntui.resources.undo import UndoMethod
from dyntui.services.actions.raw_writes import raw_write_action
from dyntui.services.actions.registry import declaration, declaration_of, declarations
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_rules import rule_of

WRITES = [operation for operation in catalog() if not operation.reads]


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.id)
def test_every_write_operation_is_declared_one_time_or_called_by_api_only(operation: Operation) -> None:
    names = [
        each.name for each in declarations() if each.action.operation == operation.id and not each.action.variant_of
    ]
    if names:
        assert len(names) == 1
        assert not api_only_reason(operation), f"{operation.id} is declared, so it is not called by `api` only"
    else:
        assert api_only_reason(operation), f"{operation.id} is neither declared nor listed with a reason"


def test_a_variant_names_the_declaration_of_its_operation() -> None:
    for each in declarations():
        if each.action.variant_of:
            base = declaration(each.action.variant_of)
            assert base.action.operation == each.action.operation, each.name
            assert not base.action.variant_of, each.name
        for operation_id in each.action.extra_operations:
            assert declaration_of(operation_id) is not None, each.name


def test_every_write_says_how_it_is_undone_or_that_it_cannot_be_undone() -> None:
    for each in declarations():
        undo = each.action.undo
        assert (undo is None) is (each.action.effect is Effect.READ), each.name
        if undo is None:
            continue
        if undo.method is UndoMethod.NONE:
            assert undo.reason.endswith("."), each.name
            assert each.action.warning.startswith("This cannot be undone."), each.name
            assert rule_of(each.action.operation).warning.startswith("This cannot be undone.") or each.action.variant_of
        else:
            inverse = declaration(undo.action if "." in undo.action else f"{each.record.name}.{undo.action}")
            assert inverse.action.effect is not Effect.READ, each.name
        if undo.method is UndoMethod.CREATE_AGAIN:
            assert each.record.identified_by, f"{each.name}: whether it exists again could not be found"
    with pytest.raises(ValueError, match="how it is undone"):
        ResourceAction("touch", "updateUser", "Touch the user.")


def test_names_on_the_command_line_are_unambiguous() -> None:
    for record in RESOURCES.values():
        names = Counter(action.name for action in record.actions)
        assert [name for name, count in names.items() if count > 1] == [], record.name


def test_api_is_audited_under_the_name_of_the_declaration() -> None:
    for operation in WRITES:
        declared = declaration_of(operation.id)
        expected = declared.name if declared is not None else f"api.{operation.id}"
        write = raw_write_action(operation)
        assert write.name == expected
        assert (write.warning == "This cannot be undone.") is (declared is None)


def test_an_action_that_needs_more_than_ids_and_fields_names_its_command() -> None:
    with pytest.raises(UsageError) as refused:
        write_action("users.set-metadata")
    assert "dyntui users set-metadata" in refused.value.hint
