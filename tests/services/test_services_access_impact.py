"""What a change to lists and gates does to people is told apart, and never looks smaller than it is."""

from __future__ import annotations

from typing import Any

import pytest

from dyntui.core.effect import Effect
from dyntui.services.access.access_policy import AccessPolicy, PolicyKind, find_policy
from dyntui.services.access.impact import assess_impact, deleted, phrase_for, with_enabled, with_fields
from dyntui.services.actions.write_types import Impact


def row(name: str, outcome: str = "siteAccess", *, on: bool = True, **more: Any) -> dict[str, Any]:
    return {"id": f"id-{name}", "name": name, "outcome": outcome, "enabledAt": "2026-01-01" if on else None, **more}


def assess(
    access: AccessPolicy, one: dict[str, Any], change: Any, *, count: int | None = 3, kind: PolicyKind = PolicyKind.LIST
) -> Impact:
    return assess_impact(access, kind, [one], change, {one["id"]: count})


def lists(*rows: dict[str, Any], gates: tuple[dict[str, Any], ...] = ()) -> AccessPolicy:
    return AccessPolicy(tuple(rows), gates)


VIP, STAFF, BANNED = row("VIP"), row("Staff"), row("Banned", "block")
OFF = row("VIP", on=False)


def test_enabling_the_first_site_access_list_locks_out_all_others_and_needs_its_name() -> None:
    impact = assess(lists(OFF, row("Beta", "scope")), OFF, with_enabled(True))
    assert impact.effect is Effect.DESTRUCTIVE
    assert impact.phrase == "VIP"
    assert "EVERYONE ELSE IS LOCKED OUT." in impact.effects
    assert any("only users on “VIP” (3 entries) may sign in" in line for line in impact.effects)


def test_enabling_an_empty_first_site_access_list_locks_out_all_users() -> None:
    impact = assess(lists(OFF), OFF, with_enabled(True), count=0)
    assert "NO ONE could sign in from now on." in impact.effects
    assert impact.phrase == "VIP"


def test_enabling_another_site_access_list_allows_more_users_and_is_not_destructive() -> None:
    impact = assess(lists(OFF, STAFF), OFF, with_enabled(True))
    assert (impact.effect, impact.phrase) == (Effect.WRITE, "")
    assert "may sign in as well, in addition to “Staff”" in impact.effects[0]


def test_an_enabled_gate_does_not_make_the_first_list_harmless() -> None:
    gate = row("Holders")
    impact = assess(lists(OFF, gates=(gate,)), OFF, with_enabled(True))
    assert impact.phrase == "VIP"
    assert any("“Holders” is also enabled" in line for line in impact.effects)


@pytest.mark.parametrize("change", [with_enabled(False), deleted, with_fields({"outcome": "scope"})])
def test_disabling_the_last_site_access_list_opens_the_environment_and_needs_the_name(change: Any) -> None:
    impact = assess(lists(VIP), VIP, change)
    assert impact.phrase == "VIP"
    assert impact.effect is Effect.DESTRUCTIVE
    assert "everyone may sign in from now on" in impact.effects[0]


def test_disabling_one_of_several_site_access_lists_locks_out_users_on_no_other() -> None:
    impact = assess(lists(VIP, STAFF), VIP, with_enabled(False))
    assert (impact.effect, impact.phrase) == (Effect.DESTRUCTIVE, "")
    assert "can no longer sign in, unless also on “Staff”" in impact.effects[0]


def test_changing_an_enabled_list_to_the_first_site_access_list_is_destructive() -> None:
    scope = row("Beta", "scope", scope="beta")
    impact = assess(lists(scope), scope, with_fields({"outcome": "siteAccess"}))
    assert impact.phrase == "Beta"
    assert "EVERYONE ELSE IS LOCKED OUT." in impact.effects
    assert any("lose the scope beta" in line for line in impact.effects)


def test_changing_the_last_site_access_list_to_a_block_list_allows_and_locks_out_users() -> None:
    impact = assess(lists(VIP), VIP, with_fields({"outcome": "block"}))
    assert impact.phrase == "VIP"
    assert any("everyone may sign in" in line for line in impact.effects)
    assert any("are refused at sign-in" in line for line in impact.effects)


@pytest.mark.parametrize(
    ("outcome", "change", "effect"),
    [
        ("block", True, Effect.DESTRUCTIVE),
        ("block", False, Effect.DESTRUCTIVE),
        ("scope", True, Effect.WRITE),
        ("scope", False, Effect.DESTRUCTIVE),
        ("somethingNew", True, Effect.DESTRUCTIVE),
    ],
)
def test_an_impact_that_locks_out_or_is_unknown_is_destructive(outcome: str, change: bool, effect: Effect) -> None:
    one = row("Other", outcome, on=not change, scope="x")
    impact = assess(lists(one), one, with_enabled(change))
    assert (impact.effect, impact.phrase) == (effect, "")


@pytest.mark.parametrize("change", [with_fields({"name": "New"}), with_fields({"outcome": "siteAccess"}), deleted])
def test_a_disabled_list_has_no_impact(change: Any) -> None:
    one = row("Beta", "scope", on=False)
    impact = assess(lists(one), one, change)
    assert (impact.effect, impact.phrase) == (Effect.WRITE, "")
    assert impact.effects == ("It is disabled, so nothing changes now.",)


def test_a_changed_name_has_no_impact() -> None:
    assert assess(lists(VIP), VIP, with_fields({"name": "Guests"})).effects == (
        "Its effect on sign-in does not change.",
    )


def test_a_gate_without_a_scope_controls_site_access() -> None:
    gate = row("Holders", "scope", on=False)
    assert assess(lists(gates=(gate,)), gate, with_enabled(True), count=None, kind=PolicyKind.GATE).phrase == "Holders"
    giving = row("Holders", "scope", on=False, scope="vip")
    assert assess(lists(gates=(giving,)), giving, with_enabled(True), count=None, kind=PolicyKind.GATE).phrase == ""


def test_the_confirmation_code_depends_on_the_shown_effects() -> None:
    first = assess(lists(OFF), OFF, with_enabled(True))
    assert first.code == assess(lists(OFF), OFF, with_enabled(True), count=4).code, "a further entry changes no effect"
    assert first.code != assess(lists(OFF), OFF, with_enabled(True), count=0).code
    other = row("VIP", on=False) | {"id": "id-2"}
    assert first.code != assess(lists(other), other, with_enabled(True)).code
    assert assess(lists(OFF, STAFF), OFF, with_enabled(True)).code == ""


@pytest.mark.parametrize(
    ("name", "phrase"),
    [("VIP list", "VIP list"), (" VIP ", "VIP"), ("a\u202eb", "id"), ("", "id"), ("x" * 300, "id"), ("\x1b[2J", "id")],
)
def test_the_phrase_is_the_name_if_it_can_be_typed(name: str, phrase: str) -> None:
    assert phrase_for({"id": "id", "name": name}) == phrase


def test_the_summary_states_who_can_sign_in() -> None:
    assert lists(OFF).summary() == ["Everyone may sign in: no siteAccess list is enabled."]
    access = lists(VIP, STAFF, BANNED, row("Beta", "scope", scope="beta"), gates=(row("Holders"),))
    assert access.summary() == [
        "Only users on “VIP” or “Staff” may sign in; one of them is enough.",
        "Users on “Banned” may not sign in.",
        "Access scopes are given to users on scope lists: beta (“Beta”).",
        "Gates require tokens as well: “Holders”.",
    ]
    assert access.column_text(VIP) == "required, or Staff"
    assert lists(VIP).column_text(VIP) == "required to sign in"
    assert lists(OFF).column_text(OFF) == "required if enabled"


def test_a_list_is_found_by_id_then_by_name_then_ignoring_case() -> None:
    rows = [row("VIP"), row("vip", "scope") | {"id": "id-2"}]
    assert find_policy(rows, "id-2")["id"] == "id-2"
    assert find_policy(rows, "VIP")["id"] == "id-VIP"
    assert find_policy([row("VIP")], "vip")["id"] == "id-VIP"
    with pytest.raises(Exception, match="2 allowlists have the name Vip"):
        find_policy(rows, "Vip")
    with pytest.raises(Exception, match="There is no allowlist nope"):
        find_policy(rows, "nope")
