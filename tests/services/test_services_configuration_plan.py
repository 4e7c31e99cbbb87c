"""Plans from two configurations: what is done, what is extra, what is impossible, and a choice of the changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dyntui.resources.all_resources import RESOURCES
from dyntui.services.configuration.compare import ChangeKind, LeafChange
from dyntui.services.configuration.leaf_edit import typed_value
from dyntui.services.configuration.model import (
    ConfigObject,
    ConfigProblem,
    EnvironmentConfig,
    Reference,
    config_order,
    identity_reference,
    object_name,
)
from dyntui.services.configuration.normal_form import FieldRules, normal_values
from dyntui.services.configuration.plan import (
    ConfigPlan,
    changes_since,
    for_other_environment,
    make_plan,
    select_changes,
)
from dyntui.services.configuration.plan_file import SavedPlan, read_plan, save_plan
from dyntui.services.configuration.plan_text import differences, plan_document, warning_lines
from dyntui.services.configuration.sources import with_identities


def environment(name: str, **objects: list[dict[str, object]]) -> EnvironmentConfig:
    """A configuration with these values by resource, `_` for `-` in its name."""
    made = {}
    for resource in config_order():
        record = RESOURCES[resource]
        for values in objects.get(resource.replace("-", "_"), ()):
            each = ConfigObject(resource, object_name(record, values), normal_values(record, values, FieldRules()))
            made[each.key] = each
    return EnvironmentConfig(name, f"id-{name}", made, config_order())


def settings(**networks: object) -> dict[str, object]:
    chain = {"name": "EVM", "enabled": True, "networks": [{"networkId": 1, **networks}, {"networkId": 137}]}
    return {"general": {"displayName": "Acme"}, "chains": [chain]}


CURRENT = environment(
    "current",
    settings=[settings(enabled=True)],
    allowlists=[
        {"name": "Staff", "outcome": "scope", "scope": "a", "enabled": False},
        {"name": "Old", "enabled": True},
    ],
    allowlist_entries=[
        {"allowlist": "Staff", "entries": [{"email": "a@x.example"}, {"email": "b@x.example", "alias": "B"}]},
        {"allowlist": "Old", "entries": [{"email": "o@x.example"}]},
    ],
    providers=[{"provider": "google", "enabled": True, "clientId": "g-1", "clientSecret": Reference("G")}],
    hostnames=[{"hostname": "id.x.example", "usage": "cookies"}],
)
DESIRED = environment(
    "desired",
    settings=[settings(enabled=False, rpcUrl="https://rpc.example")],
    allowlists=[{"name": "Staff", "outcome": "scope", "scope": "b", "enabled": True}],
    allowlist_entries=[
        {"allowlist": "Staff", "entries": [{"email": "b@x.example", "alias": "Bo"}, {"email": "c@x.example"}]}
    ],
    providers=[
        {"provider": "google", "enabled": True, "clientId": Reference("GOOGLE"), "clientSecret": Reference("OTHER")},
        {"provider": "github", "enabled": True, "clientId": Reference("HUB"), "clientSecret": Reference("HUB_SECRET")},
    ],
    hostnames=[{"hostname": "id.x.example", "usage": "globalWallet"}],
)


def leaves_of(plan: ConfigPlan) -> list[LeafChange]:
    return [leaf for change in plan.changes for leaf in change.leaves]


def test_an_allowlist_without_entries_needs_no_file_of_them_and_a_number_can_be_in_a_variable() -> None:
    lists: list[dict[str, object]] = [{"name": "Staff", "outcome": "block"}]
    current = environment("current", allowlists=lists, allowlist_entries=[{"allowlist": "Staff", "entries": []}])
    assert not make_plan(current, environment("desired", allowlists=lists), prune=True).has_differences

    field, settings_record = RESOURCES["custom-fields"], RESOURCES["settings"]
    assert [typed_value(field, ("position",), text) for text in ("7", "x")] == [7, "x"]
    assert typed_value(field, ("required",), "true") is True
    assert typed_value(field, ("name",), "7") == "7"
    assert typed_value(settings_record, ("security", "jwtDuration", "amount"), "9") == 9


def test_a_plan_says_what_is_done_left_impossible_and_needed() -> None:
    plan = make_plan(CURRENT, DESIRED)
    done = {(change.kind.value, change.object.title): [leaf.name for leaf in change.leaves] for change in plan.changes}
    assert done == {
        ("update", "allowlist Staff"): ["enabled", "scope"],
        ("update", "entries of allowlist Staff"): ['entries.{"email": "c@x.example"}'],
        ("update", "settings"): ["chains.EVM.networks.1.enabled", "chains.EVM.networks.1.rpcUrl"],
        ("create", "provider github"): ["provider", "enabled", "clientId", "clientSecret"],
    }
    assert [(each.object.title, len(each.leaves)) for each in plan.extra] == [
        ("allowlist Old", 2), ("entries of allowlist Staff", 1),
    ]  # fmt: skip
    assert [each.line.partition(":")[0] for each in plan.impossible] == [
        'entries of allowlist Staff entries.{"email"', "custom hostname id.x.example usage",
    ]  # fmt: skip
    assert [each.name for each in plan.missing({"HUB": "h"})] == ["HUB_SECRET"]
    pruned = make_plan(CURRENT, DESIRED, prune=True)
    assert [change.object.name for change in pruned.changes if change.kind is ChangeKind.DELETE] == ["Old"]
    assert not pruned.extra and not any(each.change.object.name == "Old" for each in pruned.impossible)
    assert make_plan(DESIRED, DESIRED, prune=True).has_differences is False


def test_objects_that_refer_to_a_deleted_one_are_named_unless_they_change_or_are_deleted_too() -> None:
    google: dict[str, object] = {"provider": "google", "enabled": True}
    coinbase: dict[str, object] = {"exchange": "coinbase", "socialProvider": "google"}
    current = environment("current", providers=[google], exchanges=[coinbase], allowlists=[{"name": "Staff"}])
    desired = replace(environment("desired"), resources=("providers", "allowlists"))
    plan = make_plan(current, desired, prune=True)
    line = "exchange coinbase refers to provider google, which is deleted."
    assert warning_lines(plan) == [line]
    pruned = make_plan(current, environment("desired"), prune=True)
    assert len(pruned.changes) == 3 and not warning_lines(pruned)
    other = environment("desired", exchanges=[{**coinbase, "socialProvider": "github"}])
    assert warning_lines(make_plan(current, other, prune=True)) == [line], "the API cannot edit an exchange"
    assert not warning_lines(make_plan(current, desired))


def test_an_object_that_a_secret_identifies_is_found_by_its_reference_or_its_value() -> None:
    url = "https://hooks.example.com/in?token=abcdef123456"
    hidden = identity_reference(RESOURCES["webhooks"], "url", url)
    assert hidden is not None
    rest: dict[str, object] = {"isEnabled": True, "events": ["user.created"]}
    current = environment("current", webhooks=[{"url": hidden, **rest}, {"url": "https://a.b", **rest}])
    renamed = environment("desired", webhooks=[{"url": Reference("MY_URL"), **rest}, {"url": "https://a.b", **rest}])
    plan = make_plan(current, renamed, prune=True)
    assert not plan.changes and len(plan.impossible) == 2
    assert plan.impossible[0].line == (
        "webhook ${MY_URL}: What identifies it is a reference without a value."
        f" If it is webhook {hidden}, use that reference. Otherwise write MY_URL into values.ENV.yaml, or, if it is a"
        " secret, set an environment variable of this name."
    )
    other = make_plan(environment("current"), renamed)
    assert [each.reason.partition("value. ")[2][:38] for each in other.impossible] == [
        "So write MY_URL into values.ENV.yaml, "
    ], "nothing looks like it"
    own_name = make_plan(environment("current"), environment("desired", webhooks=[{"url": hidden, **rest}]))
    assert own_name.impossible[0].reason.endswith(
        f"So set the environment variable {hidden.name} to it: it is a secret, which no file may have."
    )
    found = with_identities(renamed, {"MY_URL": url})
    assert not make_plan(current, found, prune=True).has_differences, "the variable says that it is the same object"
    for name in ("MY_URL", hidden.name):
        [created] = make_plan(environment("current"), with_identities(
            environment("desired", webhooks=[{"url": Reference(name), **rest}]), {name: url}
        )).changes  # fmt: skip
        assert created.kind.value == "create" and created.object.name == str(hidden)
    assert with_identities(renamed, {"MY_URL": "https://no.secret.example"}) == renamed, "it belongs into a file"
    for desired in ({"url": hidden, **rest}, {"url": url, **rest}):
        same = environment("desired", webhooks=[desired, {"url": "https://a.b", **rest}])
        assert not make_plan(current, same, prune=True).has_differences
    changed = environment("desired", webhooks=[{"url": url, **rest, "isEnabled": False}])
    assert [leaf.name for leaf in leaves_of(make_plan(current, changed))] == ["isEnabled"]


def test_objects_that_no_file_can_create_are_no_drift() -> None:
    views = environment("desired", sdk_views=[{"type": "login", "sections": []}], origins=[{"origin": "https://a.b"}])
    plan = make_plan(environment("current"), views, prune=True)
    assert [each.object for each in differences(plan)] == ["origin https://a.b"]
    (left,) = plan.not_creatable
    assert left.line.endswith("login: The API has no operation that creates a view.")


def test_a_saved_plan_keeps_what_could_not_be_read(tmp_path: Path) -> None:
    problem = ConfigProblem("allowlists", "Staff", "Two of them have this name.")
    current = replace(CURRENT, unavailable={"gates": "The token may not read them."}, problems=(problem,))
    made = SavedPlan(make_plan(current, DESIRED), FieldRules(), "config", "https://api.example")
    tmp_path.chmod(0o700)
    save_plan(tmp_path / "plan", made)
    found = read_plan(tmp_path / "plan")
    assert found.fingerprint == made.fingerprint
    assert (found.plan.current.unavailable, found.plan.current.problems) == (current.unavailable, (problem,))
    assert found.plan.is_partial and plan_document(found, None, {})["not_compared"] == current.unavailable


def test_a_choice_of_changes_leaves_the_other_values_as_they_are() -> None:
    plan = make_plan(CURRENT, DESIRED, prune=True)
    rpc = ("chains", "EVM", "networks", "1", "rpcUrl")
    chosen = select_changes(plan, {("settings", "settings"): [rpc], ("allowlists", "Old"): None})
    assert [(change.kind.value, change.object.name) for change in chosen.changes] == [
        ("delete", "Old"), ("update", "settings"),
    ]  # fmt: skip
    assert [leaf.path for change in chosen.changes[1:] for leaf in change.leaves] == [rpc]
    whole = select_changes(plan, {each.key: None for each in plan.changes})
    assert [each.key for each in whole.changes] == [each.key for each in plan.changes]
    assert sorted(map(repr, leaves_of(whole))) == sorted(map(repr, leaves_of(plan)))
    assert [each.name for each in whole.needed] == [each.name for each in plan.needed] and not whole.impossible


def test_a_part_of_the_plan_that_is_done_is_no_change_of_the_environment() -> None:
    plan = make_plan(CURRENT, DESIRED, prune=True)
    assert changes_since(plan, CURRENT) == []
    for count in range(len(plan.changes) + 1):
        partly = select_changes(plan, {each.key: None for each in plan.changes[:count]}).desired
        assert changes_since(plan, partly) == []
    staff = CURRENT.objects["allowlists", "Staff"]
    by_hand = {**CURRENT.objects, staff.key: replace(staff, values={**staff.values, "scope": "c"})}
    [change] = changes_since(plan, replace(CURRENT, objects=by_hand))
    assert [(leaf.name, leaf.before, leaf.after) for leaf in change.leaves] == [("scope", "a", "c")]
    hub = DESIRED.objects["providers", "github"]
    created = replace(hub, values={"provider": "github", "enabled": False, "scopes": "the server's default"})
    assert changes_since(plan, replace(CURRENT, objects={**CURRENT.objects, hub.key: created})) == []


def test_values_that_differ_by_nature_are_not_taken_from_another_environment() -> None:
    other = for_other_environment(CURRENT, FieldRules(differs={"settings": ("chains.networks.networkId",)}))
    assert other.objects["providers", "google"].values["clientId"] == Reference("PROVIDERS_GOOGLE_CLIENT_ID")
    new = environment("new", providers=[{"provider": "google", "enabled": True, "clientId": "own"}])
    plan = make_plan(new, other)
    assert not [change for change in plan.changes if change.object.resource == "providers"]
    assert [each.name for each in plan.unsent] == ["G"], "the environment may have it and not show it"


def test_secrets_of_objects_that_exist_are_only_sent_with_an_option() -> None:
    google = {"provider": "google", "enabled": True, "clientId": "g-1", "clientSecret": Reference("G")}
    hidden = environment("hidden", providers=[{**google, "clientSecret": None}])
    shown = environment("shown", providers=[google])
    for current, unsent in ((hidden, ["G"]), (shown, [])):
        plan = make_plan(current, shown)
        assert plan.is_empty and [each.name for each in plan.unsent] == unsent
        again = make_plan(current, shown, send_secrets=True)
        assert [[leaf.name for leaf in change.leaves] for change in again.changes] == [["clientSecret"]]
        assert [each.name for each in again.needed] == ["G"] and not again.unsent
        assert changes_since(again, current) == []


def test_an_object_whose_identity_is_not_known_is_neither_created_nor_deleted() -> None:
    current = environment("current", webhooks=[{"url": "https://live.example", "isEnabled": True}])
    desired = environment("desired", webhooks=[{"url": Reference("URL"), "isEnabled": True}])
    plan = make_plan(current, desired, prune=True)
    assert not plan.changes and not plan.needed
    assert [each.change.kind.value for each in plan.impossible] == ["create", "delete"]
