"""`dyntui config`: pull into a folder, check it without a server, and the snapshots of earlier pulls."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Cli, Sandbox, serving

from dyntui.config.private_files import atomic_write, private_dir
from dyntui.services.configuration import history

CANARY = "canary-0123456789"
URL_CANARY = "canary-in-a-url-0123456789"
TOKEN_CANARY = "dyn_Canary0123456789Canary"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serving(users=12, flags=("organization-access=yes",)) as running:
        yield running


def quick(sandbox: Sandbox, home: Path) -> Cli:
    """Return a command line without a rate limit, for which 31 requests of a pull would wait."""
    private_dir(home / "config")
    atomic_write(home / "config" / "settings.toml", b"rate_per_minute = 0\n")
    return Cli(sandbox, home)


@pytest.fixture(scope="module")
def pulled(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the configuration of the sandbox before the tests changed it."""
    folder = tmp_path_factory.mktemp("pulled") / "config"
    first = quick(sandbox, folder.parent / "home").json("config", "pull", str(folder), "--include-entries")
    assert set(first["created"]) == set(texts(folder)) and first["unavailable"] == {} and first["problems"] == []
    return folder


@pytest.fixture
def dyntui(sandbox: Sandbox, pulled: Path, tmp_path: Path) -> Cli:
    """The command line, after that folder was pulled: a test may change the configuration."""
    return quick(sandbox, tmp_path / "home")


@pytest.fixture
def folder(pulled: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(pulled, tmp_path / "config")


SOME = tuple(
    word for name in ("settings", "allowlists", "origins", "deeplinks", "providers") for word in ("--only", name)
)


def texts(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def edit(folder: Path, name: str, before: str, after: str) -> None:
    file = folder / name
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))


def test_pulls_change_only_what_changed_and_keep_comments_and_references(
    dyntui: Cli, folder: Path, pulled: Path
) -> None:
    before = texts(folder)
    assert len({Path(name).parent for name in before}) == 21
    assert (folder / "dyntui.yaml").stat().st_mode & 0o777 == 0o666 & ~umask()
    assert before["providers/google.yaml"].splitlines()[1:] == [
        "provider: google", "enabled: true", 'clientId: "${PROVIDERS_GOOGLE_CLIENT_ID}"',
    ]  # fmt: skip
    assert "PROVIDERS_GOOGLE_CLIENT_ID: northwind-google\n" in before["values.sandbox.yaml"]
    again = dyntui.json("config", "pull", str(folder))
    assert texts(folder) == before, "a second pull changes no byte"
    assert again["unchanged"] == len(before)
    assert "no mistakes" in dyntui("config", "validate", str(folder)).stderr

    (folder / "values.sandbox.yaml").unlink()
    edit(folder, "providers/apple.yaml", "provider: apple", "provider: nothing")
    values = dyntui.json("config", "pull", str(folder), "--values", "--only", "providers")
    assert values["created"] == ["values.sandbox.yaml"] and values["missing"] == ["PROVIDERS_APPLE_CLIENT_ID"]
    shutil.rmtree(folder)
    shutil.copytree(pulled, folder)
    edit(folder, "allowlists/staff.yaml", "scope: staff", "scope: staff  # the access scope")
    edit(folder, "settings/settings.yaml", "    rpcUrl: https://rpc.example.com/8453", "    rpcUrl: ${BASE_RPC} # ours")
    edit(folder, "values.sandbox.yaml", "PROVIDERS_APPLE", "BASE_RPC: https://rpc.example.com/8453\nPROVIDERS_APPLE")
    edit(folder, "deeplinks/northwind-sign-in.yaml", "url:", "# by hand\nurl:")
    by_hand = texts(folder)
    dyntui("config", "pull", str(folder), *SOME)
    assert texts(folder) == by_hand, "files that say the same are not touched"

    dyntui("allowlists", "edit", "Staff", "--scope", "all-staff", "--yes")
    dyntui("do", "origins", "delete", "http://localhost:3000", "--yes")
    dyntui("do", "deeplinks", "delete", "northwind://sign-in", "--yes")
    dyntui("do", "providers", "delete", "github", "--yes")
    settings = ("general.displayName=Acme", "chains.0.networks.1.rpcUrl=https://other.example")
    dyntui("settings", "set", *settings, "--yes")
    dry = dyntui("config", "pull", str(folder), *SOME, "--dry-run")
    assert texts(folder) == by_hand and "Nothing was written" in dry.stderr
    done = dyntui("config", "pull", str(folder), *SOME)
    assert done.stdout == dry.stdout
    assert done.stdout.splitlines() == [
        "updated  allowlists/staff.yaml",
        "updated  settings/settings.yaml",
        "updated  values.sandbox.yaml",
        "removed  origins/http-localhost-3000.yaml",
        "removed  providers/github.yaml",
    ]
    after = texts(folder)
    assert "scope: all-staff # the access scope\n" in after["allowlists/staff.yaml"]
    assert "rpcUrl: ${BASE_RPC} # ours\n" in after["settings/settings.yaml"]
    assert "GITHUB" not in after["values.sandbox.yaml"]
    assert "BASE_RPC: https://other.example\n" in after["values.sandbox.yaml"]
    assert "displayName: Acme\n" in after["settings/settings.yaml"]
    assert "origins/http-localhost-3000.yaml" not in after
    assert after["deeplinks/northwind-sign-in.yaml"] == by_hand["deeplinks/northwind-sign-in.yaml"]
    assert "deeplinks/northwind-sign-in.yaml is not in sandbox; it was written or changed by hand" in done.stderr


def umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value


def test_no_secret_is_in_a_file(dyntui: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    some = ("--only", "settings", "--only", "providers", "--only", "custom-networks", "--only", "webhooks")
    dyntui("do", "providers", "create", "provider=github", f"clientSecret={CANARY}", "clientId=x", "--yes", check=False)
    dyntui("do", "providers", "edit", "google", f"clientSecret={CANARY}", "--yes")
    urls = (
        f"https://x:{URL_CANARY}@rpc.example",
        f"https://rpc.example/v3/{URL_CANARY}",
        f"https://x.example/?apiKey={URL_CANARY}",
    )
    names = ("chains.0.networks.0.rpcUrl", "chains.0.networks.1.rpcUrl", "general.appLogo")
    dyntui("settings", "set", *map("=".join, zip(names, urls, strict=True)), "--yes")
    dyntui("settings", "set", f"security.hCaptcha.secretKey={CANARY}", f"general.supportText={TOKEN_CANARY}", "--yes")
    folder.mkdir()
    (folder / "dyntui.yaml").write_text("secrets: {custom-networks: [rpcUrl]}\n")
    dyntui("config", "pull", str(folder), *some)
    found = texts(folder)
    everywhere = [*folder.rglob("*"), *(tmp_path / "home").rglob("*")]
    secret = (CANARY.encode(), TOKEN_CANARY.encode(), b"https://rpc.northwind.example", dyntui.sandbox.token.encode())
    files = [path for path in everywhere if path.is_file()]
    data = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
    assert not [path for path, text in zip(files, data, strict=True) if any(each in text for each in secret)]
    assert not [
        path
        for path, text in zip(files, data, strict=True)
        if URL_CANARY.encode() in text and path.suffix in (".yaml", ".gz")
    ]
    assert sum(path.suffix == ".gz" for path in files) == 1
    assert 'clientSecret: "${PROVIDERS_GOOGLE_CLIENT_SECRET}"\n' in found["providers/google.yaml"]
    assert 'supportText: "${SETTINGS_GENERAL_SUPPORT_TEXT}"\n' in found["settings/settings.yaml"]
    assert 'rpcUrl: "${CUSTOM_NETWORKS_NORTHWIND_CHAIN_RPC_URL}"\n' in found["custom-networks/northwind-chain.yaml"]
    assert 'rpcUrl: "${SETTINGS_CHAINS_EVM_NETWORKS_8453_RPC_URL}"\n' in found["settings/settings.yaml"]
    edit(folder, "providers/google.yaml", "PROVIDERS_GOOGLE_CLIENT_SECRET", "OWN_NAME")
    dyntui("config", "pull", str(folder), "--only", "providers")
    assert texts(folder)["providers/google.yaml"].count("OWN_NAME") == 1


MISTAKES = (
    ("allowlists/staff.yaml", "outcome: scope", "outcome: scop",
        "5: outcome: 'scop' is not allowed. Did you mean scope? Allowed: scope, siteAccess, block."),
    ("gates/whales.yaml", "outcome: siteAccess", "outcome: quarantine",
        "warning: outcome: 'quarantine' is not a known value. Known: scope, siteAccess"),
    ("gates/whales.yaml", "enabled: false", "enabld: no", "3: enabld: Gates have no key 'enabld' here."),
    ("exchanges/coinbase.yaml", "onRampProvider: coinbaseO", "onRampProvider: o",
        "4: onRampProvider: There is no provider 'onramp' in this folder."),
    ("settings/settings.yaml", "amount: 2", "amount: two", "jwtDuration.amount: 'two' is not of the type number."),
    ("hostnames/auth.northwind.example.yaml", "usage:", "status: active\nusage:",
        "3: status: It cannot be set with a file."),
    ("providers/apple.yaml", "enabled: false", "clientSecret: abc", "3: clientSecret: This is a secret"),
    ("origins/https-app.northwind.example.yaml", "origin:", "orign:", "The key 'origin' is missing."),
    ("webhooks/https-hooks.northwind.example-dynamic.yaml", "events:", "events: &a", "anchors and aliases"),
    ("mfa-settings/totp.yaml", "enabled: true", "enabled: true\nenabled: false", "4: the key 'enabled' is given two"),
    ("values.sandbox.yaml", "northwind-google", "7", "PROVIDERS_GOOGLE_CLIENT_ID: 7 is not of the type string."),
    ("values.sandbox.yaml", "PROVIDERS_TWITTER_", "PROVIDERS_TWIT_",
        "9: warning: PROVIDERS_TWIT_CLIENT_ID: No file refers to it. Did you mean PROVIDERS_TWITTER_CLIENT_ID?"),
    ("values.sandbox.yaml", "PROVIDERS_SMS_CLIENT_ID: northwind-sms\n", "",
        "warning: It has no value for PROVIDERS_SMS_CLIENT_ID, which providers/sms.yaml needs"),
)  # fmt: skip


def test_validate_names_file_line_key_and_what_is_allowed_without_a_server(
    dyntui: Cli, folder: Path, tmp_path: Path
) -> None:
    shutil.copy(folder / "gates/founders-pass.yaml", folder / "gates/copy.yaml")
    (folder / "orgins").mkdir()
    (folder / "orgins/a.yaml").write_text("{}")
    for name in ("more/a.yaml", "b.yml", "c.YAML"):
        (folder / "origins" / name).parent.mkdir(exist_ok=True)
        (folder / "origins" / name).write_text("origin: https://a.example\n")
    for name, before, after, _ in MISTAKES:
        edit(folder, name, before, after)
    offline = Cli(replace(dyntui.sandbox, url="http://127.0.0.1:9/api/v0", token=""), tmp_path / "home")
    done = offline("config", "validate", str(folder), check=False)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    for name, _, _, message in MISTAKES:
        assert [line for line in lines if line.startswith(f"{folder}/{name}:") and message in line], (message, lines)
    assert any("gates/founders-pass.yaml:1: gate Founders pass is also in gates/copy.yaml" in line for line in lines)
    assert any("orgins: This folder is not read" in line and "Did you mean origins?" in line for line in lines)
    unread = [line for line in lines if "origins/" in line and ": This file is not read" in line]
    assert len(unread) == 3, "a plan with --prune would delete what they have"
    assert len(lines) == len(MISTAKES) + len(unread) + 4, "\n".join(lines)
    document = json.loads(offline("config", "validate", str(folder), "--json", check=False).stdout)
    assert {problem["line"] for problem in document["problems"] if problem["file"] == "providers/apple.yaml"} == {3}
    assert offline("config", "validate", str(tmp_path), check=False).returncode == 2


def test_history_lists_compares_and_writes_snapshots(
    dyntui: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, home = tmp_path / "config", tmp_path / "home"
    dyntui("config", "pull", str(folder), "--only", "origins", "--only", "settings")
    dyntui("do", "origins", "create", "origin=https://new.example", "--yes")
    dyntui("settings", "set", "security.jwtDuration.amount:=9", "--yes")
    dyntui("config", "pull", str(folder), "--only", "origins", "--only", "settings")
    first, second = (item["id"] for item in dyntui.json("config", "history")["items"])
    assert [item["reason"] for item in dyntui.json("config", "history", "list")["items"]] == ["pull", "pull"]
    done = dyntui("config", "history", "diff", first, check=False)
    assert done.returncode == 1
    assert done.stdout == (
        "~ settings\n    security.jwtDuration.amount: 2 → 9\n+ origin https://new.example\n"
        "    origin: https://new.example\n"
    )
    back = json.loads(dyntui("config", "history", "diff", second, first, "--json", check=False).stdout)
    assert back["changes"][1] == {
        "change": "delete", "resource": "origins", "name": "https://new.example",
        "values": [{"path": "origin", "before": "https://new.example"}],
    }  # fmt: skip
    dyntui("config", "history", "export", second, str(tmp_path / "exported"))
    assert texts(tmp_path / "exported") == texts(folder)
    assert "There is no snapshot 'nothing'" in dyntui("config", "history", "diff", "nothing", check=False).stderr

    monkeypatch.setattr(history, "MAX_SNAPSHOTS", 2)
    snapshots = home / "state" / "snapshots"
    (snapshots / "20200101-000000-pull.json.gz").write_bytes(b"damaged")
    (snapshots / "20200101-000000-pull.json.gz").chmod(0o600)
    assert len(dyntui.json("config", "history")["items"]) == 2, "a damaged snapshot hides no other"
    dyntui("do", "origins", "delete", "https://new.example", "--yes")
    dyntui("config", "pull", str(folder), "--only", "origins")
    newest = dyntui.json("config", "history")["items"]
    assert newest[0]["id"] == second and len(newest) == len([*snapshots.iterdir()]) == 2
    dyntui("config", "history", "delete", second)
    assert [item["id"] for item in dyntui.json("config", "history")["items"]] == [newest[1]["id"]]
    assert oct(next(snapshots.iterdir()).stat().st_mode & 0o777) == "0o600"


def test_pull_refuses_what_it_could_damage(dyntui: Cli, tmp_path: Path) -> None:
    other, folder = tmp_path / "other", tmp_path / "config"
    other.mkdir()
    (other / "notes.txt").write_text("mine")
    done = dyntui("config", "pull", str(other), check=False)
    assert done.returncode == 2 and "has files and no dyntui.yaml" in done.stderr
    done = dyntui("config", "pull", str(folder), "--only", "users", check=False)
    assert done.returncode == 2 and "Users are not configuration. Users are data." in done.stderr
    assert not folder.exists()
    dyntui("config", "pull", str(folder), "--only", "origins")
    (folder / "origins/bad.yaml").write_text("origin: [")
    before = texts(folder)
    dyntui("do", "origins", "create", "origin=https://more.example", "--yes")
    done = dyntui("config", "pull", str(folder), "--base-url", "http://127.0.0.1:9/api/v0", check=False)
    assert done.returncode == 2 and "origins/bad.yaml:1:" in done.stderr
    assert texts(folder) == before, "nothing is written, and no request is sent, before all files could be read"
    (folder / "origins/bad.yaml").unlink()
    manifest = (folder / "dyntui.yaml").read_text()
    (folder / "dyntui.yaml").write_text(f"{manifest}diffs: {{origins: [origin]}}\n")
    done = dyntui("config", "pull", str(folder), check=False)
    assert done.returncode == 2 and "dyntui.yaml: There is no key 'diffs'. Did you mean differs?" in done.stderr
    (folder / "dyntui.yaml").write_text(manifest)
    left = [folder / name for name in (".dyntui.yaml.0123456789ab.tmp", "origins/.a.yaml.0123456789ab.tmp")]
    for path in left:
        path.touch()
    os.utime(left[1], (0, 0))
    dyntui("config", "pull", str(folder), "--only", "origins")
    assert [path.exists() for path in left] == [True, False], "only an old one is of a pull that was killed"
    (folder / "gates").write_text("")
    assert "gates is not a folder" in dyntui("config", "pull", str(folder), "--only", "gates", check=False).stderr
    (folder / "origins/link.yaml").symlink_to(other / "notes.txt")
    assert "is not a regular file" in dyntui("config", "pull", str(folder), "--only", "origins", check=False).stderr


SECRETS_BY_FORM = (
    ("origins/https-app.northwind.example.yaml", "https://app.northwind.example", "https://user:canary-123456@a.example"),
    ("deeplinks/northwind-sign-in.yaml", "northwind://sign-in", "https://hooks.example/in?token=canary-0123456789"),
    ("allowlists/staff.yaml", "scope: staff", "dyn_Canary0123456789canary"),
    ("allowlists/launch-party.yaml", "siteAccess", "eyJhbGciOiJIUzI1NiJ9.canary0123456789.canary0123456789"),
    ("gates/whales.yaml", "name: Whales", "Bearer canary0123456789abcdef"),
    ("gates/founders-pass.yaml", "  chain: EVM", "[a, {b: dyn_canary9876543210}]"),
    ("exchanges/coinbase.yaml", "coinbaseOnramp", "https://x.example/?apiKey=canary-0123456789"),
)  # fmt: skip


@pytest.mark.parametrize("is_in_manifest", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_values_that_are_secrets_by_their_form_are_refused_and_are_in_no_output(
    dyntui: Cli, folder: Path, tmp_path: Path, is_in_manifest: bool
) -> None:
    if not is_in_manifest:  # the values of an environment that was not pulled are those of its profile's name
        manifest = (folder / "dyntui.yaml").read_text()
        found = manifest.replace(dyntui.sandbox.environment_id, "0" * 36).replace("  sandbox:", "  other:")
        (folder / "dyntui.yaml").write_text(found)
    values = folder / "values.sandbox.yaml"
    written = [values.read_text().rstrip(), "NOT_USED: https://u.example/?password=canary-0123456789"]
    for number, (name, before, value) in enumerate(SECRETS_BY_FORM):
        key, colon, _ = before.partition(": ")
        edit(folder, name, before, f"{key}: ${{MINE_{number}}}" if colon else f'"${{MINE_{number}}}"')
        written.append(f"MINE_{number}: {value}")
    values.write_text("\n".join(written) + "\n")
    edit(folder, "settings/settings.yaml", "amount: 2", "amount: dyn_canary0123456789")
    edit(folder, "gates/whales.yaml", "outcome: siteAccess", "outcome: dyn_canary0123456789")
    commands = (
        ("validate",), ("validate", "--json"), ("plan",), ("plan", "--json"), ("plan", "--markdown"), ("drift",),
        ("plan", "--save", str(tmp_path / "plan")), ("apply", "--yes"), ("apply", "--dry-run"), ("plan", "--debug"),
    )  # fmt: skip
    outputs = [dyntui("config", name, str(folder), *more, check=False) for name, *more in commands]
    assert {done.returncode for done in outputs} == {2}
    lines = outputs[0].stdout.splitlines()
    for number, name in enumerate(("NOT_USED", *(f"MINE_{number}" for number in range(len(SECRETS_BY_FORM)))), 11):
        start = (
            f"{values}:{number}: {name}: This is a secret, which no file may have. Remove it, and set an environment"
        )
        assert any(line.startswith(start) for line in lines), (start, lines)
    assert "This is a secret" in outputs[2].stderr and "lists all" in outputs[2].stderr
    dyntui("config", "pull", str(folder), check=False)
    written_by_dyntui = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    data = [
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in written_by_dyntui
    ]
    texts_of_all = [*(done.stdout + done.stderr for done in outputs), *(text.decode(errors="replace") for text in data)]
    assert not [text for text in texts_of_all if "canary" in text.lower()]
    assert not (tmp_path / "plan").exists()


def test_an_object_whose_identity_is_a_secret_is_created_with_an_environment_variable(
    dyntui: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, url = tmp_path / "config", "https://hooks.example/in?token=canary-0123456789"
    only = (str(folder), "--only", "webhooks")
    dyntui("config", "pull", *only)
    (folder / "webhooks/mine.yaml").write_text('url: "${MY_HOOK}"\nisEnabled: true\nevents: [user.created]\n')
    done = dyntui("config", "plan", *only)
    assert (
        "MY_HOOK into values.ENV.yaml, or, if it is a secret, set an environment variable of this name" in done.stdout
    )
    environ = {**dyntui._environ(None), "MY_HOOK": url}
    monkeypatch.setattr(dyntui, "_environ", lambda token: environ)
    outputs = [dyntui("config", "plan", *only, "--save", str(tmp_path / "plan"))]
    assert outputs[0].stdout.startswith("+ webhook ${WEBHOOKS_HTTPS_HOOKS_EXAMPLE_")
    environ["MY_HOOK"] = url.replace("canary", "canary-2")
    refused = dyntui("config", "apply", str(tmp_path / "plan"), "--yes", check=False)
    assert refused.returncode == 2 and "has another value than in the plan" in refused.stderr
    environ["MY_HOOK"] = url
    outputs += [refused, dyntui("config", "apply", str(tmp_path / "plan"), "--yes")]
    assert "is as planned" in outputs[-1].stderr
    assert url in [each["url"] for each in dyntui.json("get", "webhooks")["items"]]
    outputs.append(dyntui("config", "plan", *only, "--exit-code"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    data = [gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files]
    assert not [path for path, text in zip(files, data, strict=True) if b"canary" in text]
    assert not [done for done in outputs if "canary" in done.stdout + done.stderr]
    [own] = [each for each in dyntui.json("get", "webhooks")["items"] if each["url"] == url]
    dyntui("do", "webhooks", "delete", str(own["webhookId"]), "--yes")
