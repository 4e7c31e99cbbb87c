"""Configuration as files: which resources take part, and how their objects are read, written and compared."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from tests.cli.test_cli_output import unsafe_characters

from dyntui.api.catalog import catalog
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.config.private_files import atomic_write
from dyntui.core.errors import UsageError
from dyntui.core.yaml_document import YamlError, parse_yaml, update_yaml
from dyntui.resources.all_resources import RESOURCES
from dyntui.sandbox.app import Gateway
from dyntui.sandbox.options import SandboxOptions
from dyntui.services.configuration import pull
from dyntui.services.configuration.compare import ChangeKind, compare
from dyntui.services.configuration.folder import open_folder, read_folder
from dyntui.services.configuration.manifest import Manifest, read_manifest
from dyntui.services.configuration.model import EnvironmentConfig, Reference, config_order
from dyntui.services.configuration.normal_form import configuration_of, value_schema
from dyntui.services.configuration.plan import settable_names
from dyntui.services.configuration.pull import write_folder
from dyntui.services.configuration.read import read_environment
from dyntui.services.connection import Connection
from dyntui.services.demo import demo_connection
from dyntui.services.schemas import inner_schema

FLAGS = {"organization-access": "yes"}


def test_every_resource_is_configuration_or_has_a_reason() -> None:
    for record in RESOURCES.values():
        assert (record.configuration is None) == bool(record.not_configuration), record.name
        assert record.not_configuration == "" or record.not_configuration.endswith("."), record.name


def test_resources_follow_those_on_which_they_depend() -> None:
    order = config_order()
    for name in order:
        rules = configuration_of(RESOURCES[name])
        for other in (*rules.depends_on, *rules.references.values()):
            assert order.index(other) < order.index(name)


@pytest.mark.parametrize("name", config_order())
def test_a_configuration_names_what_its_record_and_the_catalog_have(name: str) -> None:
    record, schema = RESOURCES[name], value_schema(name)
    rules = configuration_of(record)
    actions = {action.name for action in record.actions}
    assert set(rules.cannot) <= {rules.create, rules.edit, rules.delete}, "only these need a reason"
    possible = {rules.create, rules.delete} & actions
    assert possible | set(rules.cannot) >= {rules.create} | (set() if rules.is_single else {rules.delete})
    if rules.enabled_field:
        assert {rules.enable, rules.disable} <= actions
        assert "enabled" in schema["properties"]
    for path in (*rules.secret, *rules.differs, *rules.references, *rules.defaults, *rules.list_keys):
        part: object = schema
        for key in path.split("."):
            part = inner_schema(catalog(), part)[0]  # type: ignore[arg-type]
            part = inner_schema(catalog(), part.get("items", part))[0]["properties"][key]
    response = inner_schema(catalog(), catalog().get(record.list.operation).response or {})[0]
    for part_name in (record.list.items, record.list.wrapper):
        part = response["properties"].get(part_name, response) if part_name else response
        part = inner_schema(catalog(), part)[0]
        response = inner_schema(catalog(), part.get("items", part))[0]
    returned = inner_schema(catalog(), response["properties"].get(rules.values_path, response))[0]["properties"]
    known = {*schema["properties"], *rules.read_only, *rules.secret, rules.enabled_field, record.key}
    ignored = {"id", "createdAt", "updatedAt", "enabledAt", "projectEnvironmentId", "environmentId", "allowListId"}
    if not rules.group_by:
        sent = settable_names(record, rules.create) | settable_names(record, rules.edit)
        assert sent | {*rules.identity, "enabled"} >= {*schema["properties"]} or rules.create in rules.cannot
        assert {each for each in returned if each not in known | ignored} == set(), "neither set nor read-only"


def connected(options: SandboxOptions) -> Connection:
    """Return a connection to a sandbox without a rate limit, for which the requests would wait."""
    made = demo_connection(options)
    assert isinstance(made.app, Gateway)
    return Connection(made.profile, made.app.sandbox.token, app=made.app, rate_limiters=RateLimiters(0, 0))


async def pulled(connection: Connection, folder: Path, name: str = "test") -> EnvironmentConfig:
    """Pull an environment with all entries, and check that the folder says the same."""
    before = read_manifest(folder) or Manifest()
    found = await read_environment(connection, include_entries=True, rules=before.rules)
    manifest = before.with_pull(found.environment_id, name, found.resources)
    write_folder(folder, found, manifest)
    read = read_folder(folder, environment_id=found.environment_id)
    assert compare(found, read) == compare(read, found) == []
    assert [*read.objects] == [*found.objects]
    return found


async def test_an_empty_environment_has_only_settings_and_what_dynamic_creates() -> None:
    async with connected(SandboxOptions(users=0, empty=True, flags=FLAGS)) as connection:
        found = await read_environment(connection, include_entries=True)
    assert {resource for resource, _ in found.objects} == {"settings", "sdk-views", "mfa-settings"}
    assert found.resources == config_order() and not found.unavailable and not found.problems


async def test_an_object_that_a_secret_identifies_is_the_same_one_when_it_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://hooks.example.com/in?token=abcdef123456"
    async with connected(SandboxOptions(users=2, flags=FLAGS)) as connection:
        body = {"url": url, "isEnabled": True, "events": ["user.created"]}
        await connection.client.call("createWebhook", body=body, permit=WritePermit("test", frozenset()))
        found = await pulled(connection, tmp_path)
    (hidden,) = (each for each in found.objects.values() if isinstance(each.values.get("url"), Reference))
    assert hidden.name == str(hidden.values["url"])
    for file in tmp_path.rglob("*"):
        assert "abcdef123456" not in file.name.lower()
        assert file.is_dir() or "abcdef123456" not in file.read_text().lower()
    monkeypatch.setenv(hidden.name[2:-1], url)
    assert {change.kind for change in compare(found, read_folder(tmp_path))} <= {ChangeKind.UPDATE}


@pytest.mark.slow
async def test_hostile_texts_and_thousands_of_entries_are_the_same_when_they_are_read_again(tmp_path: Path) -> None:
    async with connected(SandboxOptions(users=5, hostile=True, flags=FLAGS)) as connection:
        found = await pulled(connection, tmp_path)
        before = {path: path.read_text() for path in tmp_path.rglob("*.yaml")}
        assert len(before) > 35 and len(found.objects) > 35
        assert all(re.fullmatch(r"[a-z0-9.\-/]+", str(path.relative_to(tmp_path))) for path in before)
        assert not any(unsafe_characters(text) for text in before.values())
        await pulled(connection, tmp_path)
        assert {path: path.read_text() for path in tmp_path.rglob("*.yaml")} == before
    async with connected(SandboxOptions(users=5, flags=FLAGS)) as connection:
        assert isinstance(connection.app, Gateway)
        store = connection.app.sandbox.store
        [staff] = [
            each for each in store.all("allowlists", connection.profile.environment_id) if each["name"] == "Staff"
        ]
        with store.write():
            for number in range(10_000):
                entry = {"id": f"many-{number}", "allowListId": staff["id"], "email": f"user{number}@example.com"}
                store.put("allowlistEntries", entry, staff["id"])
        found = await pulled(connection, tmp_path / "many")
        assert len(found.objects["allowlist-entries", "Staff"].leaves()) == 10_003
        store.remove("allowlistEntries", "many-7")
        found = await pulled(connection, tmp_path / "many")
        assert len(found.objects["allowlist-entries", "Staff"].leaves()) == 10_002


def test_yaml_is_only_what_json_has_and_a_change_keeps_comments() -> None:
    refused = {
        "a: &x 1\nb: *x": 1,
        "a: 1\n<<: {b: 2}": 2,
        "a: !!python/object:os.system x": 1,
        "a: 1\nb: .inf": 2,
        "1: a": None,
        "a: 1\na: 2": 2,
        "a: [": 1,
        "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n": 2,
        "[" * 500: 1,
    }
    for text, line in refused.items():
        if line is None:
            assert parse_yaml(text).value == {"1": "a"}
            continue
        with pytest.raises(YamlError) as error:
            parse_yaml(text)
        assert error.value.line == line, text
    text = "# top\nlist:\n# first\n- name: b  # of b\n  on: true\n- {name: 'a', on: 'no'} # of a\nother: 'x' # end\n"
    value = {"list": [{"name": "a", "on": "no"}, {"name": "b", "on": False}, {"name": "c", "on": "no"}], "new": 1}
    changed = update_yaml(text, value, lambda path, element: element["name"], lambda found: len(found["list"]) == 3)  # type: ignore[index]
    assert changed == (
        "# top\nlist:\n# first\n- name: b  # of b\n  on: false\n- {name: 'a', on: 'no'} # of a\n"
        '- name: c\n  "on": "no"\nnew: 1\n'
    )
    windows = update_yaml("a: 1 # one\r\nb: 'x' # two\r\n", {"a": 2, "b": "x"}, lambda path, element: element)
    assert windows == "a: 2 # one\r\nb: 'x' # two\r\n"


@pytest.mark.slow
async def test_one_folder_has_what_differs_between_two_environments(tmp_path: Path) -> None:
    (tmp_path / "dyntui.yaml").write_text(
        "# ours\nenvironments: {}\n"
        "differs: {webhooks: [url], settings: [chains.networks.rpcUrl]}\nignore: {settings: [design]}\n"
    )
    webhook = {"url": "https://hooks.other.example/dynamic", "events": ["user.created"], "isEnabled": True}
    async with connected(SandboxOptions(users=5, flags=FLAGS)) as connection:
        first = await pulled(connection, tmp_path, "one")
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml"))
    origin = shutil.copytree(tmp_path / "providers", tmp_path / "copy")
    async with connected(SandboxOptions(users=0, seed=2, empty=True, flags=FLAGS)) as connection:
        await connection.client.call("createWebhook", body=webhook, permit=WritePermit("test"))
        second = await pulled(connection, tmp_path, "two")
        before = {path: path.read_text() for path in tmp_path.rglob("*.yaml") if not path.name.startswith("values.two")}
        before_values = (tmp_path / "values.two.yaml").read_text()
        (tmp_path / "values.two.yaml").unlink()
        folder = open_folder(tmp_path)
        result, missing = pull.write_values(folder, second, folder.manifest)
        assert result.created == ("values.two.yaml",)
        assert missing == ["WEBHOOKS_HTTPS_HOOKS_OTHER_EXAMPLE_DYNAMIC_URL"], "what identifies an object is not found"
        assert {path: path.read_text() for path in before} == before, "no other file is written"
        shutil.copytree(origin, tmp_path / "providers", dirs_exist_ok=True)
        result, missing = pull.write_values(open_folder(tmp_path), second, folder.manifest)
        assert not result.updated and "PROVIDERS_GOOGLE_CLIENT_ID" in missing
        shutil.rmtree(tmp_path / "copy")
        (tmp_path / "values.two.yaml").write_text(before_values)
        second = await pulled(connection, tmp_path, "two")
    manifest = read_manifest(tmp_path)
    assert manifest is not None and [*manifest.environments] == ["one", "two"]
    assert (tmp_path / "dyntui.yaml").read_text().startswith("# ours\n")
    assert "theme" not in (tmp_path / "settings/settings.yaml").read_text()
    [hook] = read_folder(tmp_path, "two").of("webhooks")
    assert hook.name == webhook["url"] and hook.values == webhook
    text = (tmp_path / "webhooks/https-hooks.other.example-dynamic.yaml").read_text()
    assert 'url: "${WEBHOOKS_HTTPS_HOOKS_OTHER_EXAMPLE_DYNAMIC_URL}"\n' in text
    assert (
        "SETTINGS_CHAINS_EVM_NETWORKS_8453_RPC_URL: https://rpc.example.com/8453"
        in (tmp_path / "values.one.yaml").read_text()
    )
    assert {change.kind for change in compare(first, second)} == {
        ChangeKind.UPDATE,
        ChangeKind.DELETE,
        ChangeKind.CREATE,
    }
    assert "origins/http-localhost-3000.yaml" in files
    assert not (tmp_path / "origins/http-localhost-3000.yaml").exists(), "pull makes the folder what the environment is"


@pytest.mark.slow
async def test_a_pull_that_ends_early_leaves_whole_files_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(SandboxOptions(users=5, flags=FLAGS)) as connection:
        await pulled(connection, tmp_path / "whole")
        expected = {
            path.relative_to(tmp_path / "whole"): path.read_text() for path in (tmp_path / "whole").rglob("*.yaml")
        }
        for count in (1, 2, 20, 48):
            folder, left = tmp_path / str(count), [count]

            def write_some(path: Path, data: bytes, *, is_shared: bool, left: list[int] = left) -> None:
                if not left[0]:
                    raise OSError(28, "No space left on device")
                left[0] -= 1
                atomic_write(path, data, is_shared=is_shared)

            with monkeypatch.context() as patch:
                patch.setattr(pull, "atomic_write", write_some)
                with pytest.raises(UsageError, match="No space left"):
                    await pulled(connection, folder)
            assert len([*folder.rglob("*.yaml")]) == count
            assert read_folder(folder).resources == (), "what is not there is not known to be deleted"
            await pulled(connection, folder)
            assert {path.relative_to(folder): path.read_text() for path in folder.rglob("*.yaml")} == expected
